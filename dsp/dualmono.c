/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/dualmono.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

static const double floor_power = 1e-6; /* -60 dBFS, mean square */
static const double same_r2 = 0.9, same_share = 0.95;
enum { MIN_SEGMENTS = 5 };

void ut_dualmono_init(struct ut_dualmono *d, unsigned n_ch, unsigned rate_hz)
{
	memset(d, 0, sizeof(*d));
	d->n_ch = UT_MIN(n_ch, (unsigned)UT_DUALMONO_MAX_CH);
	d->seg = UT_MAX(rate_hz / 10, 1u);
}

static void end_segment(struct ut_dualmono *d)
{
	double x = d->xx[0];

	for (unsigned c = 1; c < d->n_ch; c++) {
		double y = d->xx[c], xy = d->xy[c], weight, db;

		if (UT_MAX(x, y) < floor_power * (double)d->seg)
			continue;
		weight = sqrt(UT_MAX(x, y));
		d->active[c] += weight;
		d->n_active[c]++;
		if (x <= 0 || y <= 0 || xy * xy <= same_r2 * x * y)
			continue;
		db = 10 * log10(y / x);
		if (db > -40.5 && db < 40.5)
			d->gain[c][(int)lrint(db) + UT_DUALMONO_BINS / 2] += weight;
	}
	memset(d->xx, 0, sizeof(d->xx));
	memset(d->xy, 0, sizeof(d->xy));
	d->fill = 0;
}

void ut_dualmono_push(struct ut_dualmono *d, const float *const *ch, size_t n)
{
	if (d->n_ch < 2)
		return;
	for (size_t at = 0; at < n;) {
		size_t take = UT_MIN(n - at, d->seg - d->fill);

		for (unsigned c = 0; c < d->n_ch; c++) {
			double xx = d->xx[c], xy = d->xy[c];

			for (size_t i = at; i < at + take; i++) {
				xx += (double)ch[c][i] * ch[c][i];
				xy += (double)ch[c][i] * ch[0][i];
			}
			d->xx[c] = xx;
			d->xy[c] = xy;
		}
		at += take;
		d->fill += take;
		if (d->fill == d->seg)
			end_segment(d);
	}
}

double ut_dualmono_share(const struct ut_dualmono *d, unsigned c)
{
	double best = 0;

	if (c >= d->n_ch || d->n_active[c] < MIN_SEGMENTS)
		return 0;
	for (unsigned b = 1; b + 1 < UT_DUALMONO_BINS; b++) {
		double sum = d->gain[c][b - 1] + d->gain[c][b] + d->gain[c][b + 1];

		best = UT_MAX(best, sum);
	}
	return best / d->active[c];
}

bool ut_dualmono_is(const struct ut_dualmono *d)
{
	for (unsigned c = 1; c < d->n_ch; c++)
		if (ut_dualmono_share(d, c) < same_share)
			return false;
	return d->n_ch > 1;
}
