/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/tones.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "dsp/kernel.h"

enum { MAX_MAXIMA = 2048 };
static const float lo_hz = 200, hi_hz = 3600;

/* Frequency in bins by a parabola through the logarithms of three powers (exact for a Gaussian
 * taper, within 2 % of a bin for Hann). */
static float refine(const float *p, size_t k)
{
	float a = ut_k_log2_1(p[k - 1] + 1e-20f), b = ut_k_log2_1(p[k] + 1e-20f);
	float c = ut_k_log2_1(p[k + 1] + 1e-20f);
	float curve = a - 2 * b + c;

	return curve < 0 ? (float)k + 0.5f * (a - c) / curve : (float)k;
}

/* Sum over [from, to) cut to [lo, hi). */
static float part(const float *p, size_t from, size_t to, size_t lo, size_t hi)
{
	from = UT_MAX(from, lo);
	to = UT_MIN(to, hi);
	return from < to ? ut_k_sum(p + from, to - from) : 0;
}

void ut_tones_band(size_t n_bins, float bin_hz, size_t *lo, size_t *hi)
{
	*lo = UT_MAX((size_t)(lo_hz / bin_hz), 1);
	*hi = UT_MIN((size_t)(hi_hz / bin_hz) + 1, n_bins - 1);
}

void ut_tones_peaks_at(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		       const uint16_t *at, size_t n_at, struct ut_frame *row)
{
	size_t lobe = (size_t)(lobe_hz / bin_hz), reach = (size_t)ceilf(1.5f * lobe_hz / bin_hz);
	size_t lo, hi, k1, k2 = 0;
	float total, top, second = 0, near;

	ut_tones_band(n_bins, bin_hz, &lo, &hi);
	total = ut_k_sum(power + lo, hi - lo);
	if (!(total > 1e-12f))
		return;
	top = ut_k_max(power + lo, hi - lo);
	for (k1 = lo; power[k1] < top; k1++)
		;
	/* the second: a local maximum outside the first one's lobe */
	for (size_t i = 0; i < n_at; i++) {
		size_t k = at[i], apart = k > k1 ? k - k1 : k1 - k;

		if (apart > lobe && power[k] > second)
			k2 = k, second = power[k];
	}
	if (second < 0.01f * top)
		k2 = 0;
	near = part(power, k1 - UT_MIN(reach, k1), k1 + reach + 1, lo, hi);
	if (k2) {
		/* what both reach counts once */
		size_t from = k2 - UT_MIN(reach, k2), to = k2 + reach + 1;

		if (k2 > k1)
			from = UT_MAX(from, k1 + reach + 1);
		else
			to = UT_MIN(to, k1 - UT_MIN(reach, k1));
		near += part(power, from, to, lo, hi);
	}
	row->peak1_hz = refine(power, k1) * bin_hz;
	row->peak2_hz = k2 ? refine(power, k2) * bin_hz : 0;
	row->peak_share = UT_MIN(near / total, 1);
	row->valid |= 1u << UT_COL_peak1_hz | 1u << UT_COL_peak2_hz | 1u << UT_COL_peak_share;
}

void ut_tones_peaks(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		    struct ut_frame *row)
{
	uint16_t at[MAX_MAXIMA];
	size_t lo, hi;

	ut_tones_band(n_bins, bin_hz, &lo, &hi);
	assert(hi - lo <= MAX_MAXIMA);
	ut_tones_peaks_at(power, n_bins, bin_hz, lobe_hz, at, ut_k_maxima(power, lo, hi, at), row);
}

/* Two sorted frequencies; lo is 0 for a single tone. */
struct pair {
	float lo, hi;
};

static struct pair row_pair(const struct ut_frame *r)
{
	if (r->peak2_hz <= 0)
		return (struct pair){ 0, r->peak1_hz };
	return (struct pair){ UT_MIN(r->peak1_hz, r->peak2_hz), UT_MAX(r->peak1_hz, r->peak2_hz) };
}

static bool near_hz(float a, float b, float tol)
{
	return fabsf(a - b) <= tol;
}

/*
 * A tone holds nearly all of the band's energy. A vowel can, too, for a moment, but its partials
 * are whole multiples of each other and its pitch glides.
 */
static bool is_tonal(const struct ut_frame *r, float share)
{
	return ut_frame_has(r, UT_COL_peak_share) && r->peak_share >= share;
}

static bool is_dtmf(const struct ut_frame *r)
{
	static const float low[] = { 697, 770, 852, 941 }, high[] = { 1209, 1336, 1477, 1633 };
	struct pair p = row_pair(r);
	bool a = false, b = false;

	if (!is_tonal(r, 0.8f))
		return false;
	/* receivers must take 1.5 % and may take up to 3.5 %: Q.24 */
	for (int i = 0; i < 4; i++) {
		a |= near_hz(p.lo, low[i], 0.018f * low[i]);
		b |= near_hz(p.hi, high[i], 0.018f * high[i]);
	}
	return a && b;
}

struct burst {
	int64_t start, end;
	struct pair hz;
	float level_db; /* the loudest 50 ms */
	enum ut_span_kind kind;
	bool sure; /* by cadence, or long and unwavering: no note of music */
};

enum {
	DTMF_MIN = 4, /* frames of 10 ms; the window smears, so that 40 ms of tone give these */
	BEEP_MIN = 12,
	LOW_BEEP_MIN = 20, /* below 700 Hz, where voices are steady for longer */
	SURE_MIN = 100,
	EDGE = 3, /* frames that the 64 ms window takes to fill */
};

/* How far a machine's tone strays in noise; a voice or a bell strays more. */
static float slack_hz(float f, bool beating)
{
	return beating ? 8 : 1.5f + 0.004f * f;
}

/* The burst that begins at frame i: steady in frequency and level. False where there is none. */
static bool take_burst(const struct ut_frame_table *t, size_t i, struct burst *b)
{
	const struct ut_frame *r = t->row;
	bool dtmf = is_dtmf(&r[i]);
	float share = dtmf ? 0.8f : 0.9f;
	struct pair sum = { 0, 0 }, mean = row_pair(&r[i]);
	size_t k = i, n = 0, n_one = 0, min_n;
	float sum_one = 0; /* frames that showed one line only of two */
	float lo_db = 200, hi_db = -200;
	/* 440 + 480 Hz: two lines as near as the window tells apart, or one between them */
	bool beating = !dtmf && (mean.lo > 0 ? mean.hi - mean.lo < 60 : false);

	if (!is_tonal(&r[i], share))
		return false;
	for (; k < t->n && is_tonal(&r[k], share) && is_dtmf(&r[k]) == dtmf; k++) {
		struct pair p = row_pair(&r[k]);

		/* the weaker of two lines comes and goes; one that joins far away ends it */
		if ((p.lo > 0) != (mean.lo > 0)) {
			float one = p.lo > 0 ? mean.hi : p.hi;
			struct pair *two = p.lo > 0 ? &p : &mean;

			if (two->hi - two->lo < 60) {
				beating = true;
				p = mean.lo > 0 ? mean : (struct pair){ 0, (p.lo + p.hi) / 2 };
			} else if (near_hz(one, two->hi, slack_hz(one, false)) ||
				   near_hz(one, two->lo, slack_hz(one, false))) {
				if (two == &mean) {
					sum_one += one;
					n_one++;
				}
				p = mean;
			} else {
				break;
			}
		}
		if (!near_hz(p.lo, mean.lo, slack_hz(p.lo, beating)) ||
		    !near_hz(p.hi, mean.hi, slack_hz(p.hi, beating)))
			break;
		sum.lo += p.lo;
		sum.hi += p.hi;
		n++;
		mean = (struct pair){ sum.lo / (float)n, sum.hi / (float)n };
	}
	min_n = dtmf ? DTMF_MIN : mean.hi < 700 ? LOW_BEEP_MIN : BEEP_MIN;
	if (n < min_n)
		return false;
	/* the second line was noise on the burst's edge */
	if (2 * n_one > n)
		mean = (struct pair){ 0, sum_one / (float)n_one };
	/* steady inside: a note decays, a voice moves; means of 50 ms pass over the beat of a pair
	 */
	for (size_t j = i + EDGE; j + EDGE + 4 < k; j++) {
		float mean_db = 0;

		for (size_t m = 0; m < 5; m++)
			mean_db += r[j + m].level_db / 5;
		lo_db = UT_MIN(lo_db, mean_db);
		hi_db = UT_MAX(hi_db, mean_db);
	}
	if (!dtmf && hi_db - lo_db > 4)
		return false;
	/* partials of a hummed note; no network tone is that low or such a pair */
	if (!dtmf && mean.hi < 300)
		return false;
	if (!dtmf && mean.lo > 0 && mean.hi < 1200 &&
	    (near_hz(mean.hi, 2 * mean.lo, 8) || near_hz(mean.hi, 1.5f * mean.lo, 6) ||
	     near_hz(mean.hi, 3 * mean.lo, 10)))
		return false;
	*b = (struct burst){ (int64_t)i,
			     (int64_t)k,
			     mean,
			     hi_db,
			     dtmf ? UT_SPAN_DTMF : UT_SPAN_BEEP,
			     dtmf || (n >= SURE_MIN && hi_db - lo_db < 1.5f) };
	return true;
}

static bool same_tone(const struct burst *a, const struct burst *b)
{
	float ta = a->hz.lo > 0 ? a->hz.lo : a->hz.hi, tb = b->hz.lo > 0 ? b->hz.lo : b->hz.hi;

	/* machines repeat themselves; a tune does not */
	return near_hz(ta, tb, 20) && near_hz(a->hz.hi, b->hz.hi, 40) &&
	       fabsf(a->level_db - b->level_db) < 3;
}

static bool between(int64_t x, int64_t lo, int64_t hi)
{
	return x >= lo && x <= hi;
}

/* Ringback and busy tones of the world lie here: 425, 400 + 450, 440 + 480 Hz, and 480 + 620. */
static bool is_progress(const struct burst *b)
{
	float lo = b->hz.lo > 0 ? b->hz.lo : b->hz.hi;

	return lo > 375 && lo < 495 &&
	       (b->hz.hi < 505 || (near_hz(lo, 480, 8) && near_hz(b->hz.hi, 620, 8)));
}

/* Names the bursts [i, n) that belong to one cadence; returns the first that does not. */
static size_t name_cadence(struct burst *b, size_t i, size_t n)
{
	size_t k = i + 1, n_busy_gaps = 0, n_ring_gaps = 0;
	int64_t longest = b[i].end - b[i].start;
	enum ut_span_kind kind = UT_SPAN_BEEP;
	bool sure = true;

	if (b[i].kind == UT_SPAN_DTMF || !is_progress(&b[i]))
		return i + 1;
	for (; k < n && same_tone(&b[i], &b[k]) && b[k].start - b[k - 1].end <= 650; k++) {
		int64_t gap = b[k].start - b[k - 1].end;

		n_busy_gaps += between(gap, 10, 90);
		n_ring_gaps += between(gap, 130, 650);
		longest = UT_MAX(longest, b[k].end - b[k].start);
	}
	if (n_ring_gaps && n_ring_gaps * 2 >= n_busy_gaps && longest <= 300) {
		kind = UT_SPAN_RINGBACK;
	} else if (n_busy_gaps >= 2 && longest <= 100) {
		kind = UT_SPAN_BUSY;
	} else if (k == i + 1 && between(longest, 35, 300)) {
		kind = UT_SPAN_RINGBACK; /* answered after one ring, or cut into at the start */
		sure = b[i].sure;
	} else {
		return k;
	}
	for (size_t j = i; j < k; j++) {
		b[j].kind = kind;
		b[j].sure = sure;
	}
	return k;
}

enum ut_status ut_tones_find(const struct ut_frame_table *t, struct ut_span_list *out)
{
	struct burst *b = NULL;
	size_t n = 0, cap = 0;
	enum ut_status st = UT_OK;

	for (size_t i = 0; i < t->n;) {
		struct burst now;

		if (!take_burst(t, i, &now)) {
			i++;
			continue;
		}
		if (n == cap) {
			struct burst *v;

			cap = cap ? cap * 2 : 64;
			v = realloc(b, cap * sizeof(*v));
			if (!v) {
				free(b);
				return UT_ENOMEM;
			}
			b = v;
		}
		b[n++] = now;
		i = (size_t)now.end;
	}
	for (size_t i = 0; i < n;)
		i = name_cadence(b, i, n);
	for (size_t i = 0; i < n && st == UT_OK; i++) {
		struct ut_span s = { b[i].start, b[i].end, b[i].kind,
				     b[i].sure ? UT_TONE_SURE : 0.7f };

		st = ut_span_list_push(out, &s);
	}
	free(b);
	return st;
}
