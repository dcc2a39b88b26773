/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/functionals.h"
#include <stdlib.h>

#include "dsp/rate.h"
#include "tap.h"

/* 3 s of made-up rows: voiced at f0_hz with a slope, four level peaks a second, pauses. */
static void fill(struct ut_frame_table *t, float f0_hz, float st_per_s, float gain_db)
{
	t->n = 0;
	for (int i = 0; i < 300; i++) {
		struct ut_frame f = { 0 };
		float s = (float)i / 100;

#define SET(col, x) (f.col = (x), f.valid |= 1u << UT_COL_##col)
		SET(level_db, gain_db - 20 + 4 * sinf(2 * (float)M_PI * 4 * s));
		if (i >= 100 && i < 120) {
			f.level_db = gain_db - 75;
		} else {
			SET(f0_hz, f0_hz * powf(2, st_per_s * (s - 1.5f) / 12));
			SET(alpha_db, -6 + s);
			SET(hnr_db, 12);
			SET(mfcc1, i % 2 ? 1 : 3);
			SET(slope_hi, i % 2 ? 1 : 3);
			SET(peak1_hz, i % 2 ? 500 : 1000);
			SET(f1_hz, 1000);
		}
#undef SET
		if (ut_frame_table_push(t, &f))
			abort();
	}
}

static float fn(const struct ut_functionals *f, enum ut_functional i)
{
	return f->valid >> i & 1 ? f->v[i] : NAN;
}

static void test_values(void)
{
	static const struct row {
		const char *name;
		float f0_hz, slope, gain_db;
		enum ut_functional fn;
		float want, tol;
	} rows[] = {
		{ "median of 200 Hz", 200, 0, 0, UT_FN_f0_median, 12, 1e-4f },
		{ "median in the middle of a slope", 200, 4, 0, UT_FN_f0_median, 12.2f, 0.3f },
		{ "no range without movement", 200, 0, 0, UT_FN_f0_range, 0, 1e-4f },
		{ "range of a straight line", 200, 2, 0, UT_FN_f0_range, 4.8f, 0.1f },
		{ "slope, less its ridge", 200, 2, 0, UT_FN_f0_slope, 2, 0.01f },
		{ "falling end", 200, -2, 0, UT_FN_f0_end, -2.5f, 0.3f },
		{ "movement", 200, 2, 0, UT_FN_f0_move, 2, 0.01f },
		{ "mean alpha", 200, 0, 0, UT_FN_alpha, -4.48f, 0.05f },
		{ "deviation of a column", 200, 0, 0, UT_FN_slope_hi_sd, 1, 1e-3f },
		{ "strongest part, over 500 Hz", 200, 0, 0, UT_FN_peak, 6, 0.1f },
		{ "its upper end", 200, 0, 0, UT_FN_peak_high, 12, 1e-4f },
		{ "its deviation", 200, 0, 0, UT_FN_peak_sd, 6, 0.01f },
		{ "first formant, over 500 Hz", 200, 0, 0, UT_FN_f1_low, 12, 1e-4f },
		{ "pause", 200, 0, 0, UT_FN_pause_share, 20.0f / 300, 1e-4f },
		{ "two voiced runs in 3 s", 200, 0, 0, UT_FN_voiced_runs, 2.0f / 3, 1e-4f },
		{ "last run over the median one", 200, 0, 0, UT_FN_final_length, 0.36f, 0.01f },
		{ "level", 200, 0, -7, UT_FN_level, -27, 1 },
	};
	struct ut_frame_table t = { 0 };

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_functionals f;

		tap_row(r->name);
		fill(&t, r->f0_hz, r->slope, r->gain_db);
		CHECK(ut_functionals_measure(&t, 0, 300, NULL, -80 + r->gain_db, &f));
		CHECK_NEAR(fn(&f, r->fn), r->want, r->tol);
		tap_end();
	}
	ut_frame_table_done(&t);
}

static void test_gain(void)
{
	struct ut_frame_table t = { 0 };
	struct ut_functionals a, b;

	tap_row("gain changes the level and nothing else");
	fill(&t, 180, 1, 0);
	CHECK(ut_functionals_measure(&t, 0, 300, NULL, -80, &a));
	fill(&t, 180, 1, -12);
	CHECK(ut_functionals_measure(&t, 0, 300, NULL, -92, &b));
	CHECK_EQ(a.valid, b.valid);
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
		CHECK_NEAR(b.v[i] - a.v[i], i == UT_FN_level ? -12 : 0, 2e-3);
	ut_frame_table_done(&t);
	tap_end();
}

static void test_rate(void)
{
	struct ut_frame_table t = { 0 };
	struct ut_span tone = { 200, 300, UT_SPAN_BEEP, 1 };
	struct ut_span_list spans = { &tone, 1, 1 };
	struct ut_functionals f;
	struct ut_rate r;

	fill(&t, 200, 0, 0);
	tap_row("rate and pauses are those of rate.h, without what is no speech");
	ut_rate_measure(t.row, 200, NULL, -80, &r);
	CHECK(r.has_articulation && r.articulation_per_s > 0);
	CHECK(ut_functionals_measure(&t, 0, 300, &spans, -80, &f));
	CHECK_NEAR(fn(&f, UT_FN_rate), r.articulation_per_s, 1e-6);
	CHECK_NEAR(fn(&f, UT_FN_pause_share), r.pause_share, 1e-6);
	tap_end();
	tap_row("under half a second there is no rate");
	CHECK(ut_functionals_measure(&t, 0, 49, NULL, -80, &f));
	CHECK(isnan(fn(&f, UT_FN_rate)) && isnan(fn(&f, UT_FN_pause_share)));
	tap_end();
	ut_frame_table_done(&t);
}

static void test_refused(void)
{
	struct ut_frame_table t = { 0 };
	struct ut_span masked = { 90, 300, UT_SPAN_MASKED, 1 };
	struct ut_span_list spans = { &masked, 1, 1 };
	struct ut_functionals f;

	fill(&t, 200, 0, 0);
	tap_row("outside the table");
	CHECK(!ut_functionals_measure(&t, 0, 301, NULL, -80, &f));
	CHECK(!ut_functionals_measure(&t, -1, 10, NULL, -80, &f));
	CHECK(!ut_functionals_measure(&t, 10, 10, NULL, -80, &f));
	CHECK_EQ(f.valid, 0);
	tap_end();
	tap_row("nothing above the noise");
	CHECK(!ut_functionals_measure(&t, 0, 300, NULL, 0, &f));
	tap_end();
	tap_row("masked frames are not measured");
	CHECK(ut_functionals_measure(&t, 0, 300, &spans, -80, &f));
	CHECK_EQ(f.n_frames, 90);
	CHECK(!ut_functionals_measure(&t, 95, 290, &spans, -80, &f));
	tap_end();
	tap_row("every value is finite");
	for (int64_t n = 8; n < 300; n += 7)
		if (ut_functionals_measure(&t, 300 - n, 300, NULL, -80, &f))
			for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
				CHECK(isfinite(f.v[i]));
	tap_end();
	ut_frame_table_done(&t);
}

int main(void)
{
	test_values();
	test_gain();
	test_rate();
	test_refused();
	return tap_done();
}
