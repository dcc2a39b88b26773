/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/level.h"
#include "tap.h"

enum { N = 120 * UT_FRAMES_PER_S, CLOSING = N - 100 };

static unsigned seed;

static float noise(float spread)
{
	return spread * (2.f * (float)rand_r(&seed) / (float)RAND_MAX - 1);
}

/* One second of speech, one of background, and so on; the last second is the closing. */
static void talk(struct ut_frame *rows, float (*gain_db)(double t), float closing_db)
{
	seed = 1;
	memset(rows, 0, N * sizeof(*rows));
	for (int i = 0; i < N; i++) {
		bool speaks = i / 100 % 2 || i >= CLOSING;

		rows[i].voicing = speaks ? 0.9f : 0.1f;
		rows[i].level_db = (speaks ? -25 + noise(6) : -55 + noise(2)) + gain_db(i / 100.);
		if (i >= CLOSING)
			rows[i].level_db += closing_db;
	}
}

static float steady(double t)
{
	(void)t;
	return 0;
}

static float low_line(double t)
{
	(void)t;
	return -17;
}

static float step_up(double t)
{
	return t < 90 ? -12 : 0;
}

static float step_down(double t)
{
	return t < 60 ? 9 : 0;
}

static float slow_agc(double t)
{
	return (float)(10 * t / 120); /* 10 dB over the call */
}

static void test_relative(void)
{
	static const struct row {
		const char *name;
		float (*gain_db)(double t);
		float closing_db, want, tol;
		bool changed;
	} rows[] = {
		{ "as loud as ever", steady, 0, 0, 1, false },
		{ "5 dB louder", steady, 5, 5, 1, false },
		{ "6 dB quieter on a faint line", low_line, -6, -6, 1, false },
		{ "the line 12 dB up half a minute before", step_up, 0, 0, 1, true },
		{ "the same, and 4 dB louder", step_up, 4, 4, 1, true },
		{ "9 dB down a minute before", step_down, -3, -3, 1, true },
		{ "slow gain control, 10 dB", slow_agc, 0, 0, 2, false },
	};
	static struct ut_frame rows_of_call[N];

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_level_stats reference, closing;

		tap_row(r->name);
		talk(rows_of_call, r->gain_db, r->closing_db);
		ut_level_reference(rows_of_call, CLOSING, NULL, &reference);
		ut_level_measure(rows_of_call, CLOSING, N, NULL, &closing);
		CHECK(reference.valid && closing.valid);
		CHECK_EQ(reference.gain_changed, r->changed);
		CHECK_NEAR(closing.median_db - reference.median_db, r->want, r->tol);
		CHECK_NEAR(reference.mad_db, 3, 1);
		tap_end();
	}
}

/* A raised voice is not a gain: the background stays. */
static float shouting(double t)
{
	(void)t;
	return 0;
}

static void test_own_voice(void)
{
	static struct ut_frame rows[N];
	struct ut_level_stats s;
	struct ut_span span[2] = { { 0, 6000, UT_SPAN_MUSIC, 1 }, { 6000, N, UT_SPAN_SPEECH, 1 } };
	struct ut_span_list spans = { span, 2, 2 };

	tap_row("a raised voice is no change of gain");
	talk(rows, shouting, 0);
	for (int i = 9000; i < CLOSING; i++)
		rows[i].level_db += rows[i].voicing > 0.5f ? 12 : 0;
	ut_level_reference(rows, CLOSING, NULL, &s);
	CHECK(s.valid && !s.gain_changed);
	tap_end();

	tap_row("music is neither speech nor background");
	talk(rows, steady, 0);
	for (int i = 0; i < 6000; i++)
		rows[i].voicing = 1, rows[i].level_db = -5;
	ut_level_reference(rows, CLOSING, &spans, &s);
	CHECK(s.valid);
	CHECK_NEAR(s.median_db, -25, 1);
	CHECK_NEAR(s.background_db, -56, 1.5);
	CHECK_NEAR(s.speech_s, 29, 1.1);
	tap_end();

	tap_row("two seconds are no yardstick; nothing at all either");
	ut_level_reference(rows, 6300, &spans, &s);
	CHECK(!s.valid);
	ut_level_reference(rows, 0, NULL, &s);
	CHECK(!s.valid && s.median_db == 0);
	tap_end();
}

int main(void)
{
	test_relative();
	test_own_voice();
	return tap_done();
}
