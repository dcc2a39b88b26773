/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/functionals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "dsp/rate.h"

_Static_assert(UT_N_FUNCTIONALS <= 64, "valid is one bit a functional");

const struct ut_functional_info ut_functional_info[UT_N_FUNCTIONALS] = {
#define X(name, unit, digits, family, help) { #name, unit, help, digits, UT_FAMILY_##family },
	UT_FUNCTIONALS(X)
#undef X
};

const char *const ut_functional_family_name[UT_N_FAMILIES] = {
	"pitch", "effort", "quality", "timing", "level", "dynamics", "shape", "colour",
};

/* What is speech: within this of the stretch's own 95th percentile, and above the noise. */
static const float speech_below_top_db = 30, speech_above_noise_db = 6;
static const float voiced_below_top_db = 25, voiced_above_noise_db = 3;
static const float glide_max_st = 3; /* a step between frames above this is an octave error */

enum { MAX = UT_FUNCTIONAL_MAX_FRAMES };

struct scratch {
	size_t n; /* frames kept */
	float level[MAX], smooth[MAX];
	float st[MAX]; /* semitones of voiced frames */
	float tmp[MAX];
	bool speech[MAX], voiced[MAX];
	bool skip[MAX]; /* by position in the stretch */
	const struct ut_frame *f[MAX];
	int64_t at[MAX]; /* position in the stretch: kept frames need not be neighbours */
};

/* Of a sorted array, linear between ranks. */
static float quantile(const float *sorted, size_t n, double q)
{
	double pos = q * (double)(n - 1);
	size_t i = (size_t)pos;

	if (i + 1 >= n)
		return sorted[n - 1];
	return (float)(sorted[i] + (pos - (double)i) * (sorted[i + 1] - sorted[i]));
}

static float quantile_of(struct scratch *s, const float *x, size_t n, double q)
{
	memcpy(s->tmp, x, n * sizeof(*x));
	qsort(s->tmp, n, sizeof(*s->tmp), ut_by_float);
	return quantile(s->tmp, n, q);
}

static bool excluded(const struct ut_span_list *spans, int64_t frame)
{
	if (!spans)
		return false;
	for (size_t i = 0; i < spans->n; i++)
		if (spans->v[i].kind != UT_SPAN_SPEECH && frame >= spans->v[i].start &&
		    frame < spans->v[i].end)
			return true;
	return false;
}

static void set(struct ut_functionals *r, enum ut_functional i, double v)
{
	if (!isfinite(v))
		return;
	r->v[i] = (float)v;
	r->valid |= (uint64_t)1 << i;
}

/* Least-squares slope per second with a ridge, so that a few frames do not give a wild slope. */
static double slope_per_s(const double *t, const float *x, size_t n)
{
	double mt = 0, mx = 0, num = 0, den = 0.05;

	for (size_t i = 0; i < n; i++)
		mt += t[i], mx += x[i];
	mt /= (double)n, mx /= (double)n;
	for (size_t i = 0; i < n; i++)
		num += (t[i] - mt) * (x[i] - mx), den += (t[i] - mt) * (t[i] - mt);
	return num / den;
}

struct moments {
	double n, sum, sum2;
};

static void add(struct moments *m, double x)
{
	m->n++, m->sum += x, m->sum2 += x * x;
}

static double mean(const struct moments *m)
{
	return m->n ? m->sum / m->n : NAN;
}

static double sd(const struct moments *m)
{
	double v;

	if (m->n < 2)
		return NAN;
	v = m->sum2 / m->n - mean(m) * mean(m);
	return v > 0 ? sqrt(v) : 0;
}

/* Means and deviations of a frame column over voiced frames. */
static void columns(const struct scratch *s, struct ut_functionals *r)
{
	static const struct {
		enum ut_frame_col col;
		int mean, sd; /* functional, or -1 */
	} rows[] = {
		{ UT_COL_alpha_db, UT_FN_alpha, -1 },
		{ UT_COL_hammarberg_db, UT_FN_hammarberg, -1 },
		{ UT_COL_slope_lo, UT_FN_slope_lo, -1 },
		{ UT_COL_slope_hi, UT_FN_slope_hi, UT_FN_slope_hi_sd },
		{ UT_COL_mfcc1, UT_FN_mfcc1, -1 },
		{ UT_COL_mfcc2, UT_FN_mfcc2, -1 },
		{ UT_COL_mfcc3, UT_FN_mfcc3, -1 },
		{ UT_COL_mfcc4, UT_FN_mfcc4, -1 },
		{ UT_COL_flux, UT_FN_flux, -1 },
		{ UT_COL_hnr_db, UT_FN_hnr, -1 },
		{ UT_COL_cpp_db, UT_FN_cpp, -1 },
		{ UT_COL_jitter, UT_FN_jitter, -1 },
		{ UT_COL_shimmer_db, UT_FN_shimmer, -1 },
		{ UT_COL_h1_h2_db, UT_FN_h1_h2, -1 },
	};

	for (size_t k = 0; k < UT_ARRAY_LEN(rows); k++) {
		struct moments m = { 0 };

		for (size_t i = 0; i < s->n; i++)
			if (s->voiced[i] && ut_frame_has(s->f[i], rows[k].col))
				add(&m, ut_frame_get(s->f[i], rows[k].col));
		if (m.n < UT_FUNCTIONAL_MIN_VOICED / 2)
			continue;
		set(r, rows[k].mean, mean(&m));
		if (rows[k].sd >= 0)
			set(r, rows[k].sd, sd(&m));
	}
}

/*
 * Where in the spectrum voiced frames are strong, in semitones: the strongest part and the first
 * formant. Both rise as the mouth opens and the voice is pressed: what an ear calls sharp.
 */
static void resonances(struct scratch *s, struct ut_functionals *r)
{
	static const float above_hz = 500, least_hz = 50;
	struct moments m = { 0 };
	float x[MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->voiced[i] || !ut_frame_has(s->f[i], UT_COL_peak1_hz))
			continue;
		x[n] = 12 * log2f(UT_MAX(s->f[i]->peak1_hz, least_hz) / above_hz);
		add(&m, x[n++]);
	}
	if (n >= UT_FUNCTIONAL_MIN_VOICED / 2) {
		set(r, UT_FN_peak, mean(&m));
		set(r, UT_FN_peak_sd, sd(&m));
		set(r, UT_FN_peak_high, quantile_of(s, x, n, 0.9));
	}
	n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->voiced[i] && ut_frame_has(s->f[i], UT_COL_f1_hz))
			x[n++] = 12 * log2f(UT_MAX(s->f[i]->f1_hz, least_hz) / above_hz);
	if (n >= UT_FUNCTIONAL_MIN_VOICED / 2) {
		set(r, UT_FN_f1_low, quantile_of(s, x, n, 0.1));
		set(r, UT_FN_f1_high, quantile_of(s, x, n, 0.9));
	}
}

static void pitch(struct scratch *s, struct ut_functionals *r)
{
	double t[MAX], moved = 0, n_moved = 0;
	size_t n = 0, last = 0, tail;
	float median;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->voiced[i])
			continue;
		s->st[n] = 12 * log2f(s->f[i]->f0_hz / 100);
		t[n] = (double)s->at[i] / UT_FRAMES_PER_S;
		if (n && s->at[i] - s->at[last] == 1 &&
		    fabsf(s->st[n] - s->st[n - 1]) < glide_max_st)
			moved += fabsf(s->st[n] - s->st[n - 1]), n_moved++;
		last = i, n++;
	}
	memcpy(s->tmp, s->st, n * sizeof(*s->st));
	qsort(s->tmp, n, sizeof(*s->tmp), ut_by_float);
	median = quantile(s->tmp, n, 0.5);
	set(r, UT_FN_f0_median, median);
	set(r, UT_FN_f0_low, quantile(s->tmp, n, 0.1));
	set(r, UT_FN_f0_high, quantile(s->tmp, n, 0.9));
	set(r, UT_FN_f0_range, quantile(s->tmp, n, 0.9) - quantile(s->tmp, n, 0.1));
	set(r, UT_FN_f0_slope, slope_per_s(t, s->st, n));
	if (n_moved > 3)
		set(r, UT_FN_f0_move, moved / n_moved * UT_FRAMES_PER_S);
	tail = UT_MAX(n / 5, 5);
	set(r, UT_FN_f0_end, quantile_of(s, s->st + n - tail, tail, 0.5) - median);
}

/* Runs of voiced frames: how many a second, and how long the last is against the median. */
static void runs(struct scratch *s, struct ut_functionals *r)
{
	float len[MAX], longest_last = 0;
	size_t n = 0, run = 0;

	for (size_t i = 0; i <= s->n; i++) {
		bool on = i < s->n && s->voiced[i] && (!run || s->at[i] - s->at[i - 1] == 1);

		if (on) {
			run++;
		} else if (run) {
			len[n++] = (float)run;
			run = i < s->n && s->voiced[i];
		}
	}
	if (!n)
		return;
	for (size_t i = n > 3 ? n - 3 : 0; i < n; i++)
		longest_last = UT_MAX(longest_last, len[i]);
	set(r, UT_FN_voiced_runs, (double)n * UT_FRAMES_PER_S / (double)s->n);
	set(r, UT_FN_final_length, log2f(longest_last / quantile_of(s, len, n, 0.5)));
}

static void smooth_level(struct scratch *s)
{
	/* raised cosine over 70 ms */
	static const float w[4] = { 0.25f, 0.2134f, 0.125f, 0.0366f };

	for (int64_t i = 0; i < (int64_t)s->n; i++) {
		float sum = 0, weight = 0;

		for (int64_t j = UT_MAX(i - 3, 0); j <= i + 3 && j < (int64_t)s->n; j++) {
			sum += w[llabs(j - i)] * s->level[j];
			weight += w[llabs(j - i)];
		}
		s->smooth[i] = sum / weight;
	}
}

static void dynamics(struct scratch *s, struct ut_functionals *r)
{
	double t[MAX], moved = 0;
	float lv[MAX], change[MAX], median;
	size_t n = 0, n_moved = 0, tail;
	struct moments m = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		if (!s->speech[i])
			continue;
		lv[n] = s->level[i];
		t[n] = (double)s->at[i] / UT_FRAMES_PER_S;
		add(&m, lv[n++]);
		if (i && s->at[i] - s->at[i - 1] == 1) {
			moved += fabsf(s->level[i] - s->level[i - 1]);
			change[n_moved++] = s->smooth[i] - s->smooth[i - 1];
		}
	}
	median = quantile_of(s, lv, n, 0.5);
	set(r, UT_FN_level, median);
	set(r, UT_FN_level_sd, sd(&m));
	set(r, UT_FN_level_slope, slope_per_s(t, lv, n));
	tail = UT_MIN(UT_MAX(n / 4, 5), n);
	set(r, UT_FN_level_end, quantile_of(s, lv + n - tail, tail, 0.5) - median);
	if (n_moved > 3) {
		set(r, UT_FN_level_move, moved / (double)n_moved);
		set(r, UT_FN_release, quantile_of(s, change, n_moved, 0.05));
	}
}

bool ut_functionals_measure(const struct ut_frame_table *t, int64_t start, int64_t end,
			    const struct ut_span_list *spans, float noise_db,
			    struct ut_functionals *ret)
{
	struct scratch s;
	struct ut_rate rate;
	float top;
	size_t n_voiced = 0, n_speech = 0;

	memset(ret, 0, sizeof(*ret));
	if (start < 0 || end <= start || (uint64_t)end > t->n)
		return false;
	start = UT_MAX(start, end - MAX);
	s.n = 0;
	for (int64_t i = start; i < end; i++) {
		s.skip[i - start] =
		    !ut_frame_has(&t->row[i], UT_COL_level_db) || excluded(spans, i);
		if (s.skip[i - start])
			continue;
		s.f[s.n] = &t->row[i];
		s.at[s.n] = i - start;
		s.level[s.n++] = t->row[i].level_db;
	}
	if (s.n < UT_FUNCTIONAL_MIN_VOICED)
		return false;
	top = quantile_of(&s, s.level, s.n, 0.95);
	for (size_t i = 0; i < s.n; i++) {
		float lv = s.level[i];

		s.speech[i] =
		    lv > top - speech_below_top_db && lv > noise_db + speech_above_noise_db;
		s.voiced[i] = ut_frame_has(s.f[i], UT_COL_f0_hz) && s.f[i]->f0_hz > 0 &&
			      lv > top - voiced_below_top_db &&
			      lv > noise_db + voiced_above_noise_db;
		n_speech += s.speech[i];
		n_voiced += s.voiced[i];
	}
	if (n_voiced < UT_FUNCTIONAL_MIN_VOICED || n_speech < UT_FUNCTIONAL_MIN_VOICED)
		return false;
	ret->n_frames = (unsigned)s.n;
	ret->n_speech = (unsigned)n_speech;
	ret->n_voiced = (unsigned)n_voiced;
	smooth_level(&s);
	columns(&s, ret);
	resonances(&s, ret);
	pitch(&s, ret);
	runs(&s, ret);
	dynamics(&s, ret);
	ut_rate_measure(&t->row[start], (size_t)(end - start), s.skip, noise_db, &rate);
	if (rate.has_articulation)
		set(ret, UT_FN_rate, rate.articulation_per_s);
	if (rate.has_pauses)
		set(ret, UT_FN_pause_share, rate.pause_share);
	set(ret, UT_FN_voiced_share, (double)n_voiced / (double)n_speech);
	return true;
}
