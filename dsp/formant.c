/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/formant.h"

#include <math.h>
#include <string.h>

#include "dsp/kernel.h"

enum { ORDER = UT_FORMANT_ORDER, BAND_LO = 8, BAND_HI = 109, EDGE = 6, MAX_PEAKS = 8 };

static const double bin_hz = 31.25;
static const float pre_emphasis = 0.95f;
/* The spectrum is read inside the unit circle, nearer to the poles, where close ones part
 * (McCandless 1974). */
static const double inside = 0.95;
static const float f1_lo = 220, f1_hi = 1100, f2_lo = 550, f2_hi = 2900, widest = 500;
/* Above this F0 the harmonics are too far apart to show an envelope. */
static const float highest_f0 = 350;

void ut_formant_init(struct ut_formant *f)
{
	memset(f, 0, sizeof(*f));
	for (int k = 0; k < UT_FORMANT_GRID; k++) {
		f->start[k][0] = cos(M_PI * k / UT_FORMANT_GRID);
		f->start[k][1] = sin(M_PI * k / UT_FORMANT_GRID);
	}
	for (int l = 0; l <= ORDER; l++) {
		for (int k = 0; k < UT_FORMANT_BINS; k++) {
			double w = M_PI * k / (UT_FORMANT_BINS - 1);
			double pre = 1 - 2 * pre_emphasis * cos(w) + pre_emphasis * pre_emphasis;

			/* inner bins stand for their mirror images too */
			f->lag_cos[l][k] = (float)((k == 0 || k == UT_FORMANT_BINS - 1 ? 1 : 2) *
						   pre * cos(w * l));
		}
		for (int k = 0; k < UT_FORMANT_GRID; k++)
			f->grid_cos[l][k] =
			    (float)((l ? 2 : 1) * cos(M_PI * k / UT_FORMANT_GRID * l));
	}
}

/* Levinson-Durbin: a[0] = 1, prediction polynomial of autocorrelation r. */
static bool levinson(const float *r, double *a)
{
	double err = r[0] * (1 + 1e-9), tmp[ORDER + 1];

	a[0] = 1;
	for (int i = 1; i <= ORDER; i++) {
		double acc = r[i], k;

		if (!(err > 0))
			return false;
		for (int j = 1; j < i; j++)
			acc += a[j] * r[i - j];
		k = -acc / err;
		memcpy(tmp, a, sizeof(tmp));
		for (int j = 1; j < i; j++)
			a[j] = tmp[j] + k * tmp[i - j];
		a[i] = k;
		err *= 1 - k * k;
	}
	return err > 0;
}

/* Newton's steps from (*re, *im) to a root of the polynomial z^ORDER + a1 z^(ORDER-1) + ... */
static void polish(const double *a, double *re, double *im)
{
	double x = *re, y = *im;

	for (int step = 0; step < 4; step++) {
		double pr = 1, pi = 0, dr = 0, di = 0, t, norm;

		for (int i = 1; i <= ORDER; i++) {
			t = dr * x - di * y + pr;
			di = dr * y + di * x + pi;
			dr = t;
			t = pr * x - pi * y + a[i];
			pi = pr * y + pi * x;
			pr = t;
		}
		norm = dr * dr + di * di;
		if (norm < 1e-18)
			break;
		x -= (pr * dr + pi * di) / norm;
		y -= (pi * dr - pr * di) / norm;
	}
	*re = x;
	*im = y;
}

void ut_formant_measure(const struct ut_formant *f, const float *power, float f0_hz,
			struct ut_frame *row)
{
	float p[UT_FORMANT_BINS], r[ORDER + 1], grid[UT_FORMANT_GRID] = { 0 }, lo = 0, hi = 0;
	float hz[MAX_PEAKS];
	double a[ORDER + 1], inner[ORDER + 1], pow_r = 1;
	unsigned n = 0;

	if (f0_hz <= 0 || f0_hz > highest_f0)
		return;
	memcpy(p, power, sizeof(p));
	for (int k = 0; k < EDGE; k++) {
		lo += p[BAND_LO + k] / EDGE;
		hi += p[BAND_HI - 1 - k] / EDGE;
	}
	for (int k = 0; k < BAND_LO; k++)
		p[k] = lo;
	for (int k = BAND_HI; k < UT_FORMANT_BINS; k++)
		p[k] = hi;
	for (int l = 0; l <= ORDER; l++)
		r[l] = ut_k_dot(f->lag_cos[l], p, UT_FORMANT_BINS);
	if (!levinson(r, a))
		return;
	for (int i = 0; i <= ORDER; i++) {
		inner[i] = a[i] / pow_r; /* A(inside * e^jw) = sum a_i inside^-i e^-jwi */
		pow_r *= inside;
	}
	for (int l = 0; l <= ORDER; l++) {
		double c = 0;

		for (int i = 0; i + l <= ORDER; i++)
			c += inner[i] * inner[i + l];
		for (int k = 0; k < UT_FORMANT_GRID; k++)
			grid[k] += (float)c * f->grid_cos[l][k];
	}
	for (int k = 1; k + 1 < UT_FORMANT_GRID && n < MAX_PEAKS; k++) {
		double re, im, width;
		float at;

		if (grid[k] > grid[k - 1] || grid[k] >= grid[k + 1])
			continue;
		re = inside * f->start[k][0];
		im = inside * f->start[k][1];
		polish(a, &re, &im);
		width = -0.5 * log(re * re + im * im) * UT_RATE_HZ / M_PI;
		at = (float)(atan2(im, re) * UT_RATE_HZ / (2 * M_PI));
		/* Newton may run to a neighbour: then that one comes twice */
		if (fabs(at - k * bin_hz) < 150 && width < widest &&
		    (n == 0 || at > hz[n - 1] + 50))
			hz[n++] = at;
	}
	for (unsigned i = 0; i < n; i++) {
		enum ut_frame_col col = UT_COL_f1_hz;

		if (row->valid >> UT_COL_f1_hz & 1)
			col = UT_COL_f2_hz;
		else if (hz[i] > f1_hi) /* F1 was missed: this is F2 alone */
			col = UT_COL_f2_hz;
		if (col == UT_COL_f1_hz ? hz[i] < f1_lo : hz[i] < f2_lo || hz[i] > f2_hi)
			continue;
		(&row->level_db)[col] = hz[i];
		row->valid |= 1u << col;
		if (col == UT_COL_f2_hz)
			return;
	}
}
