/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/engine.h"
#include "dsp/rate.h"
#include "tap.h"

enum { MAX_S = 12, MAX_N = MAX_S * UT_RATE_HZ };

static float x[MAX_N];
static struct ut_frame_table rows;
static bool skip[MAX_S * UT_FRAMES_PER_S];

static void keep(void *user, const struct ut_frame *row)
{
	(void)user;
	if (ut_frame_table_push(&rows, row))
		abort();
}

static void analyse(size_t n)
{
	struct ut_engine *e = NULL;

	rows.n = 0;
	if (ut_engine_create(&e, NULL))
		abort();
	ut_engine_push(e, x, n, keep, NULL);
	ut_engine_flush(e, keep, NULL);
	ut_engine_destroy(&e);
}

/* Vowels of changing colour at `rate` a second, a weak hiss between them. */
static size_t babble(double rate, double seconds, double gain)
{
	size_t n = (size_t)(seconds * UT_RATE_HZ);
	double phase = 0;
	unsigned seed = 3;

	for (size_t i = 0; i < n; i++) {
		double t = (double)i / UT_RATE_HZ, beat = t * rate, part = beat - floor(beat),
		       s = 0;
		double f0 = 140 + 15 * sin(5 * t), f1 = 450 + 150 * ((int)beat % 3);
		double open = part < 0.6 ? sin(M_PI * part / 0.6) : 0;
		double hiss = 2.0 * rand_r(&seed) / RAND_MAX - 1;

		phase += 2 * M_PI * f0 / UT_RATE_HZ;
		for (int h = 1; h * f0 < 3500; h++) {
			double d1 = (h * f0 - f1) / 120, d2 = (h * f0 - 1500) / 200;

			s += cos(h * phase) * (1 / (1 + d1 * d1) + 0.3 / (1 + d2 * d2));
		}
		x[i] = (float)(gain * (0.12 * s * open + 0.004 * hiss * (1 - open)));
	}
	return n;
}

static void test_rates(void)
{
	static const struct row {
		const char *name;
		double rate, seconds, gain;
	} cases[] = {
		{ "3 syllables a second", 3, 6, 1 },
		{ "4 a second", 4, 6, 1 },
		{ "5 a second", 5, 6, 1 },
		{ "6 a second", 6, 6, 1 },
		{ "5 a second, one second", 5, 1, 1 },
		{ "5 a second, 20 dB fainter", 5, 6, 0.1 },
		{ "5 a second, more than one pass", 5, 11, 1 },
	};

	for (const struct row *c = cases; c < cases + UT_ARRAY_LEN(cases); c++) {
		struct ut_rate r;

		tap_row(c->name);
		analyse(babble(c->rate, c->seconds, c->gain));
		ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
		CHECK(r.has_count && r.has_rate && r.has_articulation && r.has_pauses);
		CHECK_NEAR(r.syllables_per_s, c->rate, 0.25 * c->rate);
		CHECK_NEAR(r.n_nuclei, c->rate * c->seconds, 0.25 * c->rate * c->seconds);
		CHECK_NEAR(r.pause_share, 0, 0.02);
		tap_end();
	}
}

static void test_edges(void)
{
	struct ut_rate r, parts;
	unsigned seed = 7;
	size_t n;

	tap_row("a pause counts as one");
	n = babble(5, 6, 1);
	memset(x + 2 * UT_RATE_HZ, 0, 2 * UT_RATE_HZ * sizeof(*x));
	analyse(n);
	ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
	CHECK_NEAR(r.pause_share, 1 / 3., 0.03);
	CHECK_NEAR(r.longest_pause_s, 2, 0.1);
	CHECK_NEAR(r.articulation_per_s, r.syllables_per_s * 1.5, 0.05 * r.syllables_per_s);
	tap_end();

	tap_row("a pause that the line's noise fills");
	n = babble(5, 6, 1);
	for (size_t i = 2 * UT_RATE_HZ; i < 4 * UT_RATE_HZ; i++)
		x[i] = 0.1f * ((float)rand_r(&seed) / (float)RAND_MAX - 0.5f);
	analyse(n);
	ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
	CHECK_NEAR(r.pause_share, 0, 0.03);
	ut_rate_measure(rows.row, rows.n, NULL, rows.row[300].level_db, &r);
	CHECK_NEAR(r.pause_share, 1 / 3., 0.03);
	tap_end();

	tap_row("what is passed over counts for nothing");
	analyse(babble(5, 6, 1));
	memset(skip + 200, 1, 200);
	ut_rate_measure(rows.row, rows.n, skip, -120, &r);
	CHECK_NEAR(r.n_nuclei, 20, 5);
	CHECK_NEAR(r.syllables_per_s, 5, 1.25);
	CHECK_NEAR(r.pause_share, 0, 0.02);
	memset(skip, 1, sizeof(skip));
	ut_rate_measure(rows.row, rows.n, skip, -120, &r);
	CHECK(!r.has_count && r.n_nuclei == 0);
	tap_end();

	tap_row("half a second: a count, no rate");
	analyse(babble(5, 0.45, 1));
	ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
	CHECK(r.has_count && !r.has_rate && !r.has_articulation && !r.has_pauses);
	CHECK(r.syllables_per_s == 0 && r.articulation_per_s == 0);
	CHECK(r.n_nuclei > 1 && r.n_nuclei < 4);
	tap_end();

	tap_row("silence and nothing: nothing measured");
	memset(x, 0, sizeof(x));
	analyse(2 * UT_RATE_HZ);
	ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
	CHECK(!r.has_count && !r.has_rate && r.n_nuclei == 0);
	ut_rate_measure(rows.row, 0, NULL, -120, &r);
	CHECK(!r.has_count);
	tap_end();

	tap_row("passes join without a seam");
	analyse(babble(4, 11, 1));
	ut_rate_measure(rows.row, rows.n, NULL, -120, &r);
	CHECK_NEAR(r.n_nuclei, 44, 8);
	ut_rate_measure(rows.row, rows.n, NULL, -120, &parts);
	CHECK(memcmp(&r, &parts, sizeof(r)) == 0);
	tap_end();
}

int main(void)
{
	test_rates();
	test_edges();
	ut_frame_table_done(&rows);
	return tap_done();
}
