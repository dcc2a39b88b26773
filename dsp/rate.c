/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rate.h"

#include <math.h>
#include <string.h>

#include "dsp/kernel.h"
#include "dsp/rate_net.h"
#include "dsp/rate_model.h" /* after the shape it fills */
#include "dsp/wide.h"

const int ut_rate_dilation[UT_RATE_LAYERS] = { 1, 3, 8 };

enum {
	UNITS = UT_RATE_UNITS,
	CHUNK = 128, /* frames a pass; the reach on both sides comes on top */
	PASS = CHUNK + 2 * UT_RATE_REACH,
	/* a histogram of levels: 1 dB a bin from -100 dBFS */
	LEVELS = 120,
};

static float low_db(const struct ut_frame *f)
{
	return f->level_db - ut_k_db(1 + powf(10, f->alpha_db / 10));
}

static void count(unsigned *histogram, float db)
{
	int i = (int)floorf(db + 100);

	histogram[i < 0 ? 0 : i >= LEVELS ? LEVELS - 1 : i]++;
}

static float percentile_95(const unsigned *histogram, size_t n)
{
	size_t above = 0, want = n / 20;

	for (int i = LEVELS - 1; i > 0; i--) {
		above += histogram[i];
		if (above > want)
			return (float)(i - 100) + 0.5f;
	}
	return -100;
}

static bool measurable(const struct ut_frame *f)
{
	return ut_frame_has(f, UT_COL_alpha_db) && ut_frame_has(f, UT_COL_mfcc1);
}

bool ut_rate_normalise(const struct ut_frame *rows, size_t n, const bool *skip,
		       struct ut_rate_norm *ret)
{
	unsigned all[LEVELS] = { 0 }, low[LEVELS] = { 0 }, high[LEVELS] = { 0 };
	double sum[4] = { 0 };
	size_t n_all = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n; i++) {
		if (!measurable(&rows[i]) || (skip && skip[i]))
			continue;
		count(all, rows[i].level_db);
		count(low, low_db(&rows[i]));
		count(high, low_db(&rows[i]) + rows[i].alpha_db);
		n_all++;
	}
	if (n_all == 0)
		return false;
	ret->top_db = percentile_95(all, n_all);
	ret->top_low_db = percentile_95(low, n_all);
	ret->top_high_db = percentile_95(high, n_all);
	for (size_t i = 0; i < n; i++) {
		if (!measurable(&rows[i]) || (skip && skip[i]) ||
		    rows[i].level_db < ret->top_db - UT_RATE_PAUSE_DB)
			continue;
		for (int c = 0; c < 4; c++)
			sum[c] += (&rows[i].mfcc1)[c];
		ret->n_loud++;
	}
	for (int c = 0; c < 4; c++)
		ret->mfcc[c] = (float)(sum[c] / (double)UT_MAX(ret->n_loud, 1));
	return true;
}

static float relative(float db, float top)
{
	float v = (db - top) / 20;

	/* +2: a frame that is far below, or beyond the stretch, reads 0 */
	return (v < -2 ? -2 : v > 0.5f ? 0.5f : v) + 2;
}

void ut_rate_inputs(const struct ut_rate_norm *norm, const struct ut_frame *row,
		    float in[UT_RATE_IN])
{
	float low;

	memset(in, 0, UT_RATE_IN * sizeof(*in));
	if (!measurable(row))
		return;
	low = low_db(row);
	in[0] = relative(row->level_db, norm->top_db);
	in[1] = relative(low, norm->top_low_db);
	in[2] = relative(low + row->alpha_db, norm->top_high_db);
	in[3] = row->voicing;
	in[4] = row->flatness_db / 10 + 1;
	for (int c = 0; c < 4; c++)
		in[5 + c] = ((&row->mfcc1)[c] - norm->mfcc[c]) / 3;
}

UT_WIDE void ut_rate_layer(const float *restrict x, size_t n_in, size_t n, int dilation,
			   const float *restrict w, const float *restrict b, float *restrict y)
{
	for (size_t t = 0; t < n; t++) {
		float acc[UNITS];

		memcpy(acc, b, sizeof(acc));
		for (int tap = 0; tap < UT_RATE_TAPS; tap++) {
			int64_t at = (int64_t)t + (tap - UT_RATE_TAPS / 2) * dilation;
			const float *row;

			if (at < 0 || at >= (int64_t)n)
				continue;
			row = x + (size_t)at * n_in;
			for (size_t i = 0; i < n_in; i++) {
				const float *wi = w + ((size_t)tap * n_in + i) * UNITS;

				for (int u = 0; u < UNITS; u++)
					acc[u] += row[i] * wi[u];
			}
		}
		for (int u = 0; u < UNITS; u++)
			y[t * UNITS + u] = acc[u] > 0 ? acc[u] : 0;
	}
}

/* What is passed over is to the layers what lies beyond the stretch: zeros. */
static void leave_out(const bool *skip, size_t n, size_t width, float *v)
{
	for (size_t i = 0; skip && i < n; i++) {
		if (skip[i])
			memset(v + i * width, 0, width * sizeof(*v));
	}
}

/* Sum of the density over frames [from, to) of rows; the context is what the stretch has. */
static float pass(const struct ut_frame *rows, size_t n, const bool *skip, size_t from, size_t to,
		  const struct ut_rate_norm *norm)
{
	const struct ut_rate_net *net = &ut_rate_model;
	float a[PASS * UNITS], b[PASS * UNITS], sum = 0;
	size_t first = from - UT_MIN(from, UT_RATE_REACH), last = UT_MIN(n, to + UT_RATE_REACH);
	size_t len = last - first;

	for (size_t i = 0; i < len; i++)
		ut_rate_inputs(norm, &rows[first + i], a + i * UT_RATE_IN);
	skip = skip ? skip + first : NULL;
	leave_out(skip, len, UT_RATE_IN, a);
	ut_rate_layer(a, UT_RATE_IN, len, ut_rate_dilation[0], net->w1, net->b1, b);
	leave_out(skip, len, UNITS, b);
	ut_rate_layer(b, UNITS, len, ut_rate_dilation[1], net->w2, net->b2, a);
	leave_out(skip, len, UNITS, a);
	ut_rate_layer(a, UNITS, len, ut_rate_dilation[2], net->w3, net->b3, b);
	for (size_t i = from - first; i < to - first; i++) {
		float z;

		if (skip && skip[i])
			continue;
		z = net->b4 + ut_k_dot(net->w4, b + i * UNITS, UNITS);

		sum += 0.1f * (z > 20 ? z : log1pf(expf(z)));
	}
	return sum;
}

void ut_rate_measure(const struct ut_frame *rows, size_t n, const bool *skip, float noise_db,
		     struct ut_rate *ret)
{
	struct ut_rate_norm norm;
	float pause_db;
	size_t quiet = 0, run = 0, longest = 0, kept = 0, speech;
	double nuclei = 0;

	memset(ret, 0, sizeof(*ret));
	if (!ut_rate_normalise(rows, n, skip, &norm))
		return;
	for (size_t i = 0; i < n; i += CHUNK)
		nuclei += pass(rows, n, skip, i, UT_MIN(n, i + CHUNK), &norm);
	pause_db = UT_MAX(norm.top_db - UT_RATE_PAUSE_DB, noise_db + UT_RATE_NOISE_DB);
	ret->n_nuclei = (float)nuclei;
	ret->has_count = true;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && skip && skip[i])
			continue;
		kept += i < n;
		if (i < n && rows[i].level_db < pause_db) {
			run++;
			continue;
		}
		if (run >= UT_RATE_MIN_PAUSE)
			quiet += run;
		longest = UT_MAX(longest, run >= UT_RATE_MIN_PAUSE ? run : 0);
		run = 0;
	}
	if (kept < UT_RATE_MIN_FRAMES)
		return;
	ret->has_rate = ret->has_pauses = true;
	ret->syllables_per_s = (float)(nuclei * UT_FRAMES_PER_S / (double)kept);
	ret->pause_share = (float)quiet / (float)kept;
	ret->longest_pause_s = (float)longest / UT_FRAMES_PER_S;
	speech = kept - quiet;
	if (speech >= UT_RATE_MIN_SPEECH) {
		ret->has_articulation = true;
		ret->articulation_per_s = (float)(nuclei * UT_FRAMES_PER_S / (double)speech);
	}
}
