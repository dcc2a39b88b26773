/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/activity_feat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"

enum { N_COLUMNS = 12, N_KEPT = 3, FLOOR_BLOCK = 25, FLOOR_REACH = 10, N_BINS = 240 };

/* dBFS. Below silent_db a channel is gated or digitally silent: that is no noise floor. */
static const float lowest_db = -100, silent_db = -85;

static float clamp(float x, float lo, float hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* Mean over 2k+1 frames, the ends repeated. out must not be x. */
static void smooth(const float *x, size_t n, size_t k, float *out)
{
	double sum = 0, inv = 1.0 / (double)(2 * k + 1);

	for (size_t j = 0; j < 2 * k + 1; j++)
		sum += x[j < k ? 0 : UT_MIN(j - k, n - 1)];
	for (size_t i = 0; i < n; i++) {
		out[i] = (float)(sum * inv);
		sum += x[UT_MIN(i + k + 1, n - 1)] - x[i < k ? 0 : i - k];
	}
}

/*
 * Maximum over 2k+1 frames (van Herk 1992, Gil & Werman 1993): running maxima of blocks of 2k+1,
 * forwards in fwd and backwards in bwd; a window is covered by one of each. out may be x.
 */
static void sliding_max(const float *x, size_t n, size_t k, float *fwd, float *bwd, float *out)
{
	size_t w = 2 * k + 1;

	for (size_t i = 0; i < n; i++)
		fwd[i] = i % w && fwd[i - 1] > x[i] ? fwd[i - 1] : x[i];
	for (size_t i = n; i-- > 0;)
		bwd[i] = i + 1 < n && (i + 1) % w && bwd[i + 1] > x[i] ? bwd[i + 1] : x[i];
	for (size_t i = 0; i < n; i++) {
		size_t a = i < k ? 0 : i - k, b = UT_MIN(i + k, n - 1);

		out[i] = UT_MAX(bwd[a], fwd[b]);
	}
}

/*
 * Local noise floor: the minimum of each quarter second that is not digitally silent, of those
 * within 2.5 s the lowest but one in ten, drawn out between block centres. tmp: smoothed levels.
 */
static enum ut_status noise_floor(const float *tmp, size_t n, float *floor_db)
{
	size_t nb = (n + FLOOR_BLOCK - 1) / FLOOR_BLOCK, k = 0;
	float *min = malloc(3 * nb * sizeof(*min)), *sorted = min + nb, *out = sorted + nb, all;

	if (!min)
		return UT_ENOMEM;
	for (size_t b = 0; b < nb; b++) {
		min[b] = INFINITY;
		for (size_t i = b * FLOOR_BLOCK; i < UT_MIN((b + 1) * FLOOR_BLOCK, n); i++)
			if (tmp[i] > silent_db && tmp[i] < min[b])
				min[b] = tmp[i];
		if (min[b] < INFINITY)
			sorted[k++] = min[b];
	}
	qsort(sorted, k, sizeof(*sorted), ut_by_float);
	all = k ? sorted[k / 2] : -120;
	for (size_t b = 0; b < nb; b++) {
		size_t m = 0, from = b < FLOOR_REACH ? 0 : b - FLOOR_REACH;
		float near[2 * FLOOR_REACH + 1];

		for (size_t j = from; j < UT_MIN(b + FLOOR_REACH + 1, nb); j++) {
			size_t at = m;

			if (min[j] >= INFINITY)
				continue;
			for (; at > 0 && near[at - 1] > min[j]; at--)
				near[at] = near[at - 1];
			near[at] = min[j];
			m++;
		}
		out[b] = m ? near[m / 10] : all;
	}
	for (size_t i = 0; i < n; i++) {
		double at = ((double)i - FLOOR_BLOCK / 2.0) / FLOOR_BLOCK;
		size_t b = at <= 0 ? 0 : UT_MIN((size_t)at, nb - 1);
		double frac = at <= 0 || b == nb - 1 ? 0 : at - (double)b;

		floor_db[i] = (float)(out[b] + frac * (out[UT_MIN(b + 1, nb - 1)] - out[b]));
	}
	free(min);
	return UT_OK;
}

/* Percentile of levels by a histogram of half decibels, -120..0 dBFS. */
static float percentile(const unsigned *bins, unsigned total, float share)
{
	unsigned want = (unsigned)((float)total * share), sum = 0;

	for (int b = 0; b < N_BINS; b++) {
		sum += bins[b];
		if (sum > want)
			return ((float)b + 0.5f) / 2 - 120;
	}
	return 0;
}

static float speech_level(const struct ut_frame_table *t, const float *level)
{
	unsigned voiced[N_BINS] = { 0 }, any[N_BINS] = { 0 }, n_voiced = 0, n_any = 0;

	for (size_t i = 0; i < t->n; i++) {
		int b = (int)((clamp(level[i], -120, -0.5f) + 120) * 2);

		if (level[i] <= silent_db)
			continue;
		any[b]++;
		n_any++;
		if (t->row[i].voicing > 0.7f && level[i] > -80) {
			voiced[b]++;
			n_voiced++;
		}
	}
	if (n_voiced >= 20)
		return percentile(voiced, n_voiced, 0.8f);
	return n_any ? percentile(any, n_any, 0.8f) : -120;
}

enum ut_status ut_speech_columns_init(struct ut_speech_columns *c, const struct ut_frame_table *t)
{
	size_t n = t->n;
	float **column[N_COLUMNS] = { &c->level,      &c->floor, &c->spare,   &c->above3,
				      &c->above_max,  &c->rel3,  &c->rel_max, &c->voiced5,
				      &c->voiced_max, &c->flat4, &c->flux4,   &c->cpp4 };
	float *a, *d; /* a call of four hours has 1.4 million rows: no column for scratch alone */

	memset(c, 0, sizeof(*c));
	c->n = n;
	c->empty = true;
	if (!n)
		return UT_OK;
	c->memory = malloc(N_COLUMNS * n * sizeof(float));
	if (!c->memory)
		return UT_ENOMEM;
	for (int k = 0; k < N_COLUMNS; k++)
		*column[k] = c->memory + (size_t)k * n;
	a = c->spare;
	d = c->cpp4; /* filled last */
	for (size_t i = 0; i < n; i++) {
		c->level[i] = UT_MAX(t->row[i].level_db, lowest_db);
		c->empty &= c->level[i] <= silent_db;
	}
	c->speech_db = speech_level(t, c->level);
	smooth(c->level, n, 2, a);
	if (noise_floor(a, n, c->floor) != UT_OK) {
		ut_speech_columns_done(c);
		return UT_ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		a[i] = clamp(c->level[i] - c->floor[i], -3, 40);
	smooth(a, n, 3, c->above3);
	smooth(a, n, 1, c->above_max);
	sliding_max(c->above_max, n, 10, a, d, c->above_max);
	for (size_t i = 0; i < n; i++)
		a[i] = clamp(c->level[i] - c->speech_db, -50, 10);
	smooth(a, n, 3, c->rel3);
	smooth(a, n, 1, c->rel_max);
	sliding_max(c->rel_max, n, 10, a, d, c->rel_max);
	for (size_t i = 0; i < n; i++)
		a[i] = t->row[i].voicing;
	smooth(a, n, 5, c->voiced5);
	sliding_max(c->voiced5, n, 12, a, d, c->voiced_max);
	for (size_t i = 0; i < n; i++)
		a[i] = t->row[i].flatness_db;
	smooth(a, n, 4, c->flat4);
	for (size_t i = 0; i < n; i++)
		a[i] = t->row[i].flux;
	smooth(a, n, 4, c->flux4);
	for (size_t i = 0; i < n; i++)
		a[i] = clamp(t->row[i].cpp_db, 0, 40);
	smooth(a, n, 4, c->cpp4);
	return UT_OK;
}

void ut_speech_columns_trim(struct ut_speech_columns *c)
{
	float *less = c->memory ? realloc(c->memory, N_KEPT * c->n * sizeof(float)) : NULL;

	if (less)
		c->memory = less;
	c->level = c->memory;
	c->floor = c->level ? c->level + c->n : NULL;
	c->spare = c->floor ? c->floor + c->n : NULL;
	c->above3 = c->above_max = c->rel3 = c->rel_max = c->voiced5 = c->voiced_max = NULL;
	c->flat4 = c->flux4 = c->cpp4 = NULL;
}

void ut_speech_columns_done(struct ut_speech_columns *c)
{
	free(c->memory);
	memset(c, 0, sizeof(*c));
}

void ut_speech_features(const struct ut_speech_columns *c, const struct ut_frame_table *t, size_t i,
			float f[UT_SPEECH_FEATURES])
{
	float above = clamp(c->level[i] - c->floor[i], -3, 40);
	float range = UT_MAX(c->speech_db - c->floor[i], 6);

	f[0] = above / 10;
	f[1] = c->above3[i] / 10;
	f[2] = c->above_max[i] / 10;
	f[3] = c->rel3[i] / 10;
	f[4] = c->rel_max[i] / 10;
	f[5] = t->row[i].voicing;
	f[6] = c->voiced5[i];
	f[7] = c->voiced_max[i];
	f[8] = c->flat4[i] / 10;
	f[9] = c->flux4[i];
	f[10] = c->cpp4[i] / 10;
	f[11] = t->row[i].tonality;
	f[12] = (c->floor[i] - c->speech_db) / 10;
	f[13] = above / range;
	f[14] = c->above3[i] / range;
	f[15] = c->above_max[i] / range;
}

/* What one frame adds to a window: FIRST..SQUARED-1 also enter squared. */
enum {
	M_LEVEL,
	M_VOICING,
	M_TONALITY,
	M_FLUX,
	M_FLAT,
	M_CPP,
	M_MFCC1,
	M_MFCC2,
	M_MFCC3,
	M_MFCC4,
	M_ALPHA,
	M_SQUARED, /* those before enter squared, too */
	M_DLEVEL = M_SQUARED,
	M_PEAK,
	M_STEADY,
	M_PITCHED,
	M_ON,
	M_QUIET,
	M_N
};

static void music_frame(const struct ut_frame_table *t, float speech_db, size_t i, float m[M_N])
{
	const struct ut_frame *r = &t->row[i], *before = &t->row[i ? i - 1 : 0];
	const struct ut_frame *earlier = &t->row[i < 2 ? 0 : i - 2];
	float lo = UT_MAX(speech_db - 45, -90);

	m[M_LEVEL] = UT_MAX(r->level_db, lo);
	m[M_DLEVEL] = fabsf(m[M_LEVEL] - UT_MAX(earlier->level_db, lo));
	m[M_VOICING] = r->voicing;
	m[M_TONALITY] = r->tonality;
	m[M_FLUX] = r->flux;
	m[M_FLAT] = r->flatness_db;
	m[M_CPP] = clamp(r->cpp_db, 0, 40);
	m[M_MFCC1] = r->mfcc1;
	m[M_MFCC2] = r->mfcc2;
	m[M_MFCC3] = r->mfcc3;
	m[M_MFCC4] = r->mfcc4;
	m[M_ALPHA] = r->alpha_db;
	m[M_PEAK] = r->peak_share;
	/* a note stays within an eighth of a semitone; a voice glides */
	m[M_PITCHED] = r->f0_hz > 0 && before->f0_hz > 0;
	m[M_STEADY] = m[M_PITCHED] > 0 && fabsf(r->f0_hz - before->f0_hz) < 0.007f * r->f0_hz;
	m[M_ON] = ut_frame_has(r, UT_COL_flatness_db);
	m[M_QUIET] = m[M_LEVEL] < speech_db - 25;
}

struct music_sums {
	double sum[M_N], sq[M_SQUARED];
	size_t n;
};

static void music_add(struct music_sums *s, const float m[M_N], double sign)
{
	for (int j = 0; j < M_N; j++)
		s->sum[j] += sign * m[j];
	for (int j = 0; j < M_SQUARED; j++)
		s->sq[j] += sign * m[j] * m[j];
}

void ut_music_features(const struct ut_frame_table *t, float speech_db, const unsigned char *skip,
		       ut_music_fn *emit, void *user)
{
	struct music_sums s = { .n = 0 };
	size_t n = t->n, from = 0, to = 0; /* the sums hold frames [from, to) */

	for (size_t i = 0; i < n; i += UT_MUSIC_STEP) {
		float m[M_N], f[UT_MUSIC_FEATURES], mean[M_N], sd[M_SQUARED];
		unsigned k = 0;

		for (; to < UT_MIN(i + UT_MUSIC_REACH + 1, n); to++) {
			if (skip && skip[to])
				continue;
			music_frame(t, speech_db, to, m);
			music_add(&s, m, 1);
			s.n++;
		}
		for (; from + UT_MUSIC_REACH < i; from++) {
			if (skip && skip[from])
				continue;
			music_frame(t, speech_db, from, m);
			music_add(&s, m, -1);
			s.n--;
		}
		if (s.n * 3 < to - from) {
			emit(user, i, NULL);
			continue;
		}
		for (int j = 0; j < M_N; j++)
			mean[j] = (float)(s.sum[j] / (double)s.n);
		for (int j = 0; j < M_SQUARED; j++) {
			double var = s.sq[j] / (double)s.n - (double)mean[j] * mean[j];

			sd[j] = (float)sqrt(UT_MAX(var, 0));
		}
		f[k++] = sd[M_LEVEL];
		f[k++] = mean[M_DLEVEL];
		for (int j = M_VOICING; j <= M_CPP; j++) {
			f[k++] = mean[j];
			f[k++] = sd[j];
		}
		f[k++] = mean[M_PEAK];
		for (int j = M_MFCC1; j <= M_MFCC4; j++)
			f[k++] = sd[j];
		f[k++] = mean[M_ALPHA];
		f[k++] = sd[M_ALPHA];
		f[k++] = mean[M_STEADY] / (mean[M_PITCHED] + 0.05f);
		f[k++] = mean[M_ON];
		f[k++] = mean[M_QUIET];
		emit(user, i, f);
	}
}
