/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sides that take turns, and one that is faintly heard in the other, moved by known lags. The
 * real calls are in tests/integration/pairs.py and tests/bench/align_eval.c. */
#include "dsp/align.h"

#include <math.h>
#include <stdlib.h>

#include "tap.h"

enum { N = 18000, LATER = 4000 }; /* 3 min */

static uint32_t rng;

static double uniform(void)
{
	rng = rng * 1664525u + 1013904223u;
	return (rng >> 8) / 16777216.0;
}

/* Levels of two people of one call: turns of 1 to 6 s, gaps of 0.2 to 0.8 s, a noise floor. Where
 * they do not wait, each speaks whenever it likes. */
static void talk(float *x, float *y, bool wait, float echo_db)
{
	float *side[2] = { x, y };

	for (int c = 0; c < 2; c++)
		for (int i = 0; i < N; i++)
			side[c][i] = -70 + (float)(3 * uniform());
	for (int c = 0; c < (wait ? 1 : 2); c++)
		for (int at = 50, who = c; at < N;) {
			int n = 100 + (int)(500 * uniform());

			for (int i = at; i < at + n && i < N; i++)
				side[who][i] = -25 + (float)(16 * (uniform() - 0.5));
			at += n + (wait ? 20 + (int)(60 * uniform()) : (int)(600 * uniform()));
			who = wait ? !who : who;
		}
	for (int i = 4; i < N && echo_db < 0; i++) /* x in y, 40 ms later, as powers add */
		y[i] = 10 * log10f(powf(10, y[i] / 10) + powf(10, (x[i - 4] + echo_db) / 10));
}

static void table(struct ut_frame_table *t, const float *level, size_t from, size_t n)
{
	t->n = 0;
	for (size_t i = from; i < from + n; i++)
		ut_frame_table_push(
		    t, &(struct ut_frame){ .valid = 1u << UT_COL_level_db, .level_db = level[i] });
}

int main(void)
{
	static const struct {
		const char *name;
		bool wait;
		float echo_db;
		int later;
		enum ut_align_by by;
		int within;
	} rows[] = {
		{ "turns, together", true, 0, 0, UT_ALIGN_TURNS, 60 },
		{ "turns, the second began 13 s later", true, 0, 1300, UT_ALIGN_TURNS, 60 },
		{ "turns, the second began 37 s before", true, 0, -3700, UT_ALIGN_TURNS, 60 },
		{ "an echo 36 dB down, 13 s later", true, -36, 1300, UT_ALIGN_ECHO, 6 },
		{ "an echo 36 dB down, 37 s before", true, -36, -3700, UT_ALIGN_ECHO, 6 },
		{ "nobody waits", false, 0, 700, UT_ALIGN_UNKNOWN, 0 },
	};
	float *x = malloc(N * sizeof(*x)), *y = malloc(N * sizeof(*y));
	struct ut_frame_table a = { 0 }, b = { 0 };
	struct ut_align r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t la = rows[i].later < 0 ? (size_t)-rows[i].later : 0;
		size_t lb = rows[i].later > 0 ? (size_t)rows[i].later : 0;

		tap_row(rows[i].name);
		rng = 7;
		talk(x, y, rows[i].wait, rows[i].echo_db);
		table(&a, x, la, N - LATER);
		table(&b, y, lb, N - LATER);
		CHECK_EQ(ut_align_find(&a, &b, 0, &r, NULL), UT_OK);
		CHECK_EQ(r.by, rows[i].by);
		CHECK(r.confidence >= 0 && r.confidence <= 1);
		if (r.by != UT_ALIGN_UNKNOWN)
			CHECK(llabs(r.lag - rows[i].later) <= rows[i].within);
		tap_end();
	}
	tap_row("too short, empty");
	table(&a, x, 0, 2000);
	b.n = 0;
	CHECK_EQ(ut_align_find(&a, &a, 0, &r, NULL), UT_OK);
	CHECK_EQ(ut_align_find(&a, &b, 0, &r, NULL), UT_OK);
	CHECK_EQ(r.by, UT_ALIGN_UNKNOWN);
	CHECK_EQ(ut_align_find(&b, &b, 0, &r, NULL), UT_OK);
	CHECK_EQ(r.by, UT_ALIGN_UNKNOWN);
	tap_end();
	ut_frame_table_done(&a);
	ut_frame_table_done(&b);
	free(x);
	free(y);
	return tap_done();
}
