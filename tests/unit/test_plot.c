/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot.h"

#include "base/status.h"
#include "tap.h"

enum { N_ROWS = 300 };

static struct ut_frame rows[N_ROWS];
static float x[N_ROWS * UT_HOP];

static void fill(void)
{
	memset(rows, 0, sizeof(rows));
	for (int i = 0; i < N_ROWS; i++) {
		rows[i].level_db = -30 + 10 * sinf((float)i / 20);
		rows[i].valid = 1u << UT_COL_level_db;
		if (i % 100 < 60) {
			rows[i].f0_hz = 180 + (float)(i % 60);
			rows[i].valid |= 1u << UT_COL_f0_hz;
		}
	}
	for (int i = 0; i < N_ROWS * UT_HOP; i++)
		x[i] = 0.3f * sinf((float)i / 7);
}

static unsigned occurrences(const char *s, const char *what)
{
	unsigned n = 0;

	for (; s && (s = strstr(s, what)); s += strlen(what))
		n++;
	return n;
}

static void test_plot(void)
{
	static const struct ut_plot_mark marks[] = {
		{ 100, 200, "closing <&>" },
		{ -50, 10, NULL },
		{ 400, 500, "outside" },
	};
	static const struct row {
		const char *name;
		struct ut_plot p;
		const char *has, *has_not;
		unsigned n_paths; /* at least */
	} cases[] = {
		{ "everything",
		  { .title = "a & b",
		    .x = x,
		    .n = N_ROWS * UT_HOP,
		    .rows = rows,
		    .n_rows = N_ROWS,
		    .marks = marks,
		    .n_marks = 3,
		    .has_reference = true,
		    .reference_f0_hz = 200,
		    .reference_level_db = -30 },
		  "closing &lt;&amp;&gt;",
		  "outside",
		  8 },
		{ "no waveform", { .rows = rows, .n_rows = N_ROWS }, "F0, Hz", "waveform<", 6 },
		{ "the own usual range, shaded",
		  { .rows = rows,
		    .n_rows = N_ROWS,
		    .usual_f0_lo_hz = 150,
		    .usual_f0_hi_hz = 250,
		    .usual_level_lo_db = -35,
		    .usual_level_hi_db = -25 },
		  "fill=\"#1b6e53\" fill-opacity=\"0.1\"",
		  "stroke-dasharray",
		  6 },
		{ "no usual range", { .rows = rows, .n_rows = N_ROWS }, "F0, Hz", "0.1\"/>", 6 },
		{ "nothing at all", { 0 }, "level, dBFS", "<title>", 2 },
		{ "an hour in",
		  { .rows = rows, .n_rows = N_ROWS, .start_s = 3600 },
		  ">60:01.0<",
		  "nan",
		  6 },
		{ "one frame", { .x = x, .n = 80, .rows = rows, .n_rows = 1 }, "</svg>", "nan", 3 },
		{ "absurd width",
		  { .rows = rows, .n_rows = N_ROWS, .width = 1000000 },
		  "width=\"4000\"",
		  "1000000",
		  6 },
	};

	for (const struct row *r = cases; r < cases + UT_ARRAY_LEN(cases); r++) {
		struct ut_text t = { 0 };

		tap_row(r->name);
		ut_plot_svg(&r->p, &t);
		CHECK(!t.failed && t.s);
		CHECK(t.s && strncmp(t.s, "<svg ", 5) == 0);
		CHECK(t.s && strstr(t.s, r->has));
		CHECK(t.s && !strstr(t.s, r->has_not));
		CHECK_EQ(occurrences(t.s, "nan") + occurrences(t.s, "inf"), 0);
		CHECK(occurrences(t.s, "<path") >= r->n_paths);
		CHECK_EQ(occurrences(t.s, "<text"), occurrences(t.s, "</text>"));
		ut_text_done(&t);
		tap_end();
	}
}

static void test_odd_values(void)
{
	struct ut_plot p = { .x = x, .n = 8000, .rows = rows, .n_rows = 100 };
	struct ut_text t = { 0 };

	tap_row("NaN in the samples, a level far below: still a picture");
	x[5] = NAN;
	x[6] = INFINITY;
	rows[3].level_db = -120;
	ut_plot_svg(&p, &t);
	CHECK(!t.failed && occurrences(t.s, "nan") + occurrences(t.s, "-9223") == 0);
	CHECK_EQ(occurrences(t.s, "inf"), 0);
	ut_text_done(&t);
	tap_end();
}

int main(void)
{
	fill();
	test_plot();
	test_odd_values();
	return tap_done();
}
