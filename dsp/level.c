/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/level.h"

#include <math.h>
#include <string.h>

enum {
	BINS = 1280, /* 0.1 dB from -120 to 8 dBFS */
	BLOCK_S = 3, /* a step is looked for between blocks of this much speech */
	BLOCK = BLOCK_S * UT_FRAMES_PER_S,
	MAX_BLOCKS = UT_LEVEL_REACH_S / BLOCK_S,
};

static const float bin_db = 0.1f, lowest_db = -120, voiced = 0.5f;

struct histogram {
	float weight[BINS], total;
};

static void add(struct histogram *h, float db, float weight)
{
	int i = (int)((db - lowest_db) / bin_db);

	h->weight[i < 0 ? 0 : i >= BINS ? BINS - 1 : i] += weight;
	h->total += weight;
}

static float quantile(const struct histogram *h, float q)
{
	float want = q * h->total, sum = 0;

	for (int i = 0; i < BINS; i++) {
		if (h->weight[i] <= 0)
			continue;
		if (sum + h->weight[i] >= want) {
			float part = (want - sum) / h->weight[i];

			return lowest_db + bin_db * ((float)i + part);
		}
		sum += h->weight[i];
	}
	return lowest_db;
}

/* Weighted median of |level - mid|. */
static float deviation(const struct histogram *h, float mid)
{
	struct histogram d = { 0 };

	for (int i = 0; i < BINS; i++) {
		if (h->weight[i] > 0)
			add(&d, lowest_db + fabsf(lowest_db + bin_db * ((float)i + 0.5f) - mid),
			    h->weight[i]);
	}
	return quantile(&d, 0.5f) - lowest_db;
}

/* The span of kind SPEECH that holds frame i, walking down; *at is the index to begin with. */
static bool in_speech(const struct ut_span_list *spans, size_t *at, int64_t i)
{
	if (!spans)
		return true;
	while (*at > 0 && spans->v[*at - 1].start > i)
		--*at;
	return *at > 0 && spans->v[*at - 1].kind == UT_SPAN_SPEECH && i < spans->v[*at - 1].end;
}

/* Whether frame i is of another kind (music, tones, masks): neither speech nor background. */
static bool is_foreign(const struct ut_span_list *spans, size_t at, int64_t i)
{
	return spans && at > 0 && spans->v[at - 1].kind != UT_SPAN_SPEECH &&
	       i < spans->v[at - 1].end;
}

static void finish(struct histogram *speech, struct histogram *background, unsigned n,
		   unsigned n_min, struct ut_level_stats *ret)
{
	ret->speech_s = (float)n / UT_FRAMES_PER_S;
	ret->background_db = -120;
	if (n < n_min)
		return;
	ret->valid = true;
	ret->median_db = quantile(speech, 0.5f);
	ret->mad_db = deviation(speech, ret->median_db);
	if (background->total > 0) {
		float floor_db = quantile(background, 0.1f);

		ret->has_background =
		    floor_db > -100 && floor_db < ret->median_db - UT_LEVEL_BACKGROUND_DB;
		ret->background_db = ret->has_background ? floor_db : -120;
	}
}

void ut_level_measure(const struct ut_frame *rows, int64_t start, int64_t end,
		      const struct ut_span_list *spans, struct ut_level_stats *ret)
{
	struct histogram speech = { 0 }, background = { 0 };
	size_t at = spans ? spans->n : 0;
	unsigned n = 0;

	memset(ret, 0, sizeof(*ret));
	for (int64_t i = end - 1; i >= start; i--) {
		bool inside = in_speech(spans, &at, i);

		if (is_foreign(spans, at, i))
			continue;
		if (inside && rows[i].voicing >= voiced) {
			add(&speech, rows[i].level_db, 1);
			n++;
		} else {
			add(&background, rows[i].level_db, 1);
		}
	}
	finish(&speech, &background, n, 5, ret);
}

/* Where the line's gain changed last before `at`, so that older frames say nothing: a frame number,
 * 0 where it did not. Blocks of BLOCK voiced frames, newest first. */
static int64_t last_step(const struct ut_frame *rows, int64_t at, const struct ut_span_list *spans,
			 bool *found)
{
	struct ut_level_stats newer = { 0 }, older;
	size_t span = spans ? spans->n : 0;
	int64_t end = at, block_end = at;
	unsigned n = 0, n_blocks = 0;

	for (int64_t i = at - 1; i >= 0 && n_blocks < MAX_BLOCKS; i--) {
		if (!in_speech(spans, &span, i) || rows[i].voicing < voiced || ++n < BLOCK)
			continue;
		ut_level_measure(rows, i, block_end, spans, &older);
		if (newer.valid && older.valid && newer.has_background && older.has_background) {
			float speech = newer.median_db - older.median_db;
			float background = newer.background_db - older.background_db;

			/* the background tells, the speech must agree */
			if (fabsf(background) >= UT_LEVEL_STEP_DB && speech * background > 0 &&
			    fabsf(speech) >= UT_LEVEL_STEP_DB / 2.f) {
				*found = true;
				return end;
			}
		}
		newer = older;
		end = i; /* the older block began here, the next one ends here */
		block_end = i;
		n = 0;
		n_blocks++;
	}
	return 0;
}

void ut_level_reference(const struct ut_frame *rows, int64_t at, const struct ut_span_list *spans,
			struct ut_level_stats *ret)
{
	struct histogram speech = { 0 }, background = { 0 };
	size_t span = spans ? spans->n : 0;
	bool changed = false;
	unsigned n = 0;
	int64_t oldest;

	memset(ret, 0, sizeof(*ret));
	oldest = last_step(rows, at, spans, &changed);
	ret->gain_changed = changed;
	for (int64_t i = at - 1; i >= oldest && n < UT_LEVEL_REACH_S * UT_FRAMES_PER_S; i--) {
		bool inside = in_speech(spans, &span, i);

		if (is_foreign(spans, span, i))
			continue;
		if (inside && rows[i].voicing >= voiced) {
			add(&speech, rows[i].level_db,
			    exp2f(-(float)n / (UT_LEVEL_HALF_S * UT_FRAMES_PER_S)));
			n++;
		} else {
			add(&background, rows[i].level_db, 1);
		}
	}
	finish(&speech, &background, n, UT_LEVEL_MIN_S * UT_FRAMES_PER_S, ret);
}
