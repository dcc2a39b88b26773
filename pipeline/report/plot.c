/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

enum { LEFT = 64, RIGHT = 16, GAP = 20, TITLE = 28, AXIS = 34, WAVE = 120, TRACK = 150 };

static const char ink[] = "#1f2933", faint[] = "#d9dee4", wave[] = "#52708f", pitch[] = "#b3261e",
		  level[] = "#1b6e53", shade[] = "#f6c344", muted[] = "#52606d";

/* One panel and how values become pixels. */
struct panel {
	double x0, x1, y0, y1; /* pixels, y0 on top */
	double t0, t1;         /* seconds */
	double lo, hi;
	bool log;
};

static double px(const struct panel *p, double t)
{
	return p->x0 + (t - p->t0) / (p->t1 - p->t0) * (p->x1 - p->x0);
}

static double py(const struct panel *p, double v)
{
	double u = p->log ? log(v / p->lo) / log(p->hi / p->lo) : (v - p->lo) / (p->hi - p->lo);

	u = u < 0 ? 0 : u > 1 ? 1 : u;
	return p->y1 - u * (p->y1 - p->y0);
}

/* Coordinates with one digit, without the locale's comma. */
static void number(struct ut_text *o, double v)
{
	long tenths = lrint(v * 10);

	ut_text_addf(o, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void point(struct ut_text *o, const char *before, double x, double y)
{
	ut_text_add(o, before);
	number(o, x);
	ut_text_add(o, " ");
	number(o, y);
}

static void line(struct ut_text *o, double x0, double y0, double x1, double y1, const char *color,
		 const char *more)
{
	point(o, "<path d=\"M", x0, y0);
	point(o, "L", x1, y1);
	ut_text_addf(o, "\" stroke=\"%s\" fill=\"none\"%s/>\n", color, more);
}

static void label(struct ut_text *o, double x, double y, const char *anchor, const char *color,
		  const char *s)
{
	ut_text_add(o, "<text x=\"");
	number(o, x);
	ut_text_add(o, "\" y=\"");
	number(o, y);
	ut_text_addf(o, "\" text-anchor=\"%s\" fill=\"%s\">", anchor, color);
	ut_text_add_html(o, s);
	ut_text_add(o, "</text>\n");
}

/* 1, 2 or 5 times a power of ten, so that the range has at most most_ticks of them. */
static double nice_step(double range, double most_ticks)
{
	double raw = range / most_ticks, base = pow(10, floor(log10(raw)));

	return raw <= base       ? base
	       : raw <= 2 * base ? 2 * base
	       : raw <= 5 * base ? 5 * base
				 : 10 * base;
}

static void frame_of(struct ut_text *o, const struct panel *p, const char *name, const char *color)
{
	ut_text_add(o, "<rect x=\"");
	number(o, p->x0);
	ut_text_add(o, "\" y=\"");
	number(o, p->y0);
	ut_text_add(o, "\" width=\"");
	number(o, p->x1 - p->x0);
	ut_text_add(o, "\" height=\"");
	number(o, p->y1 - p->y0);
	ut_text_addf(o, "\" fill=\"none\" stroke=\"%s\"/>\n", faint);
	ut_text_addf(o,
		     "<text transform=\"translate(14 %ld) rotate(-90)\" text-anchor=\"middle\" "
		     "fill=\"%s\">%s</text>\n",
		     lrint((p->y0 + p->y1) / 2), color, name);
}

static void tick(struct ut_text *o, const struct panel *p, double v)
{
	char s[32];

	snprintf(s, sizeof(s), "%ld", lrint(v));
	line(o, p->x0, py(p, v), p->x1, py(p, v), faint, "");
	label(o, p->x0 - 6, py(p, v) + 4, "end", muted, s);
}

static void draw_marks(struct ut_text *o, const struct ut_plot *p, const struct panel *a,
		       double top)
{
	for (size_t i = 0; i < p->n_marks; i++) {
		double from = p->start_s + (double)p->marks[i].start / UT_FRAMES_PER_S;
		double to = p->start_s + (double)p->marks[i].end / UT_FRAMES_PER_S;

		from = UT_MAX(from, a->t0);
		to = UT_MIN(to, a->t1);
		if (to <= from)
			continue;
		ut_text_add(o, "<rect x=\"");
		number(o, px(a, from));
		ut_text_add(o, "\" y=\"");
		number(o, top);
		ut_text_add(o, "\" width=\"");
		number(o, px(a, to) - px(a, from));
		ut_text_add(o, "\" height=\"");
		number(o, a->y1 - top);
		ut_text_addf(o, "\" fill=\"%s\" fill-opacity=\"0.25\"/>\n", shade);
		if (p->marks[i].label)
			label(o, px(a, from) + 4, top + 13, "start", ink, p->marks[i].label);
	}
}

static void draw_time(struct ut_text *o, const struct panel *a, double top)
{
	double step = nice_step(a->t1 - a->t0, (a->x1 - a->x0) / 90);

	for (double t = ceil(a->t0 / step - 1e-6) * step; t <= a->t1 + 1e-9; t += step) {
		long tenths_ms = lrint(t * 1000);
		char s[32];

		if (step >= 1)
			snprintf(s, sizeof(s), "%ld:%02ld", tenths_ms / 60000,
				 tenths_ms / 1000 % 60);
		else
			snprintf(s, sizeof(s), "%ld:%02ld.%03ld", tenths_ms / 60000,
				 tenths_ms / 1000 % 60, tenths_ms % 1000);
		if (step < 1) { /* as many digits as the step needs */
			size_t cut = step >= 0.1 - 1e-9 ? 2 : step >= 0.01 - 1e-9 ? 1 : 0;

			s[strlen(s) - cut] = 0;
		}
		line(o, px(a, t), top, px(a, t), a->y1 + 4, faint, "");
		label(o, px(a, t), a->y1 + 18, "middle", muted, s);
	}
}

/* The lowest and highest sample of each pixel. */
static void draw_wave(struct ut_text *o, const struct ut_plot *p, const struct panel *a)
{
	size_t columns = (size_t)(a->x1 - a->x0);
	double top = 0.01; /* silence stays a line */

	for (size_t i = 0; i < p->n; i++)
		top = isfinite(p->x[i]) && fabsf(p->x[i]) > top ? fabsf(p->x[i]) : top;
	ut_text_add(o, "<path d=\"");
	for (size_t c = 0; c < columns; c++) {
		size_t from = p->n * c / columns, to = UT_MAX(p->n * (c + 1) / columns, from + 1);
		float lo = 0, hi = 0;

		for (size_t i = from; i < to && i < p->n; i++) {
			lo = p->x[i] < lo ? p->x[i] : lo;
			hi = p->x[i] > hi ? p->x[i] : hi;
		}
		point(o, "M", a->x0 + (double)c + 0.5, py(a, hi / top) - 0.3);
		point(o, "L", a->x0 + (double)c + 0.5, py(a, lo / top) + 0.3);
	}
	ut_text_addf(o, "\" stroke=\"%s\" stroke-width=\"1\" fill=\"none\"/>\n", wave);
}

/* A line that breaks where the column is not valid; a frame alone becomes a dot. */
static void draw_track(struct ut_text *o, const struct ut_plot *p, const struct panel *a,
		       enum ut_frame_col col, const char *color)
{
	bool open = false;
	float last = 0;

	ut_text_add(o, "<path d=\"");
	for (size_t i = 0; i < p->n_rows; i++) {
		double t = p->start_s + (double)i / UT_FRAMES_PER_S;
		float v = ut_frame_get(&p->rows[i], col);

		if (!ut_frame_has(&p->rows[i], col)) {
			open = false;
			continue;
		}
		/* a leap of a third in 10 ms is no glide */
		if (open && col == UT_COL_f0_hz && (v > 1.25f * last || last > 1.25f * v))
			open = false;
		point(o, open ? "L" : "M", px(a, t), py(a, v));
		if (!open)
			ut_text_add(o, "h0.1");
		open = true;
		last = v;
	}
	ut_text_addf(o,
		     "\" stroke=\"%s\" stroke-width=\"2\" stroke-linecap=\"round\" "
		     "stroke-linejoin=\"round\" fill=\"none\"/>\n",
		     color);
}

/* The range of a valid column, widened to whole steps. */
static void range_of(const struct ut_plot *p, enum ut_frame_col col, double step, double *lo,
		     double *hi)
{
	bool any = false;

	for (size_t i = 0; i < p->n_rows; i++) {
		double v = ut_frame_get(&p->rows[i], col);

		if (!ut_frame_has(&p->rows[i], col))
			continue;
		*lo = any ? UT_MIN(*lo, v) : v;
		*hi = any ? UT_MAX(*hi, v) : v;
		any = true;
	}
	*lo = floor(*lo / step) * step;
	*hi = ceil(*hi / step) * step;
	if (*hi <= *lo)
		*hi = *lo + step;
}

static void draw_reference(struct ut_text *o, const struct panel *a, double v, const char *color)
{
	if (v > a->lo && v < a->hi)
		line(o, a->x0, py(a, v), a->x1, py(a, v), color, " stroke-dasharray=\"4 4\"");
}

/* The speaker's own usual range, behind what is drawn. */
static void draw_usual(struct ut_text *o, const struct panel *a, double lo, double hi,
		       const char *color)
{
	if (!(hi > lo) || hi <= a->lo || lo >= a->hi)
		return;
	ut_text_add(o, "<rect x=\"");
	number(o, a->x0);
	ut_text_add(o, "\" y=\"");
	number(o, py(a, hi));
	ut_text_add(o, "\" width=\"");
	number(o, a->x1 - a->x0);
	ut_text_add(o, "\" height=\"");
	number(o, py(a, lo) - py(a, hi));
	ut_text_addf(o, "\" fill=\"%s\" fill-opacity=\"0.1\"/>\n", color);
}

void ut_plot_svg(const struct ut_plot *p, struct ut_text *out)
{
	unsigned width = p->width ? UT_MIN(UT_MAX(p->width, 320), 4000) : 960;
	double y = p->title ? TITLE : GAP, top, f0_step, level_step;
	double length = UT_MAX((double)p->n_rows / UT_FRAMES_PER_S, (double)p->n / UT_RATE_HZ);
	struct panel w = { .x0 = LEFT, .x1 = width - RIGHT, .t0 = p->start_s, .lo = -1, .hi = 1 };
	struct panel f, l;
	unsigned height;

	w.t1 = p->start_s + UT_MAX(length, 0.01);
	f = l = w;
	top = y;
	if (p->x) {
		w.y0 = y;
		w.y1 = y + WAVE;
		y = w.y1 + GAP;
	}
	f.y0 = y;
	f.y1 = y + TRACK;
	l.y0 = f.y1 + GAP;
	l.y1 = l.y0 + TRACK;
	height = (unsigned)(l.y1 + AXIS);
	f.lo = 75, f.hi = 300;
	range_of(p, UT_COL_f0_hz, 25, &f.lo, &f.hi);
	f.lo = UT_MAX(f.lo, 50);
	f.hi = UT_MAX(f.hi, f.lo * 2); /* an octave at least, so that a flat voice looks flat */
	f.log = true;
	l.lo = -60, l.hi = 0;
	range_of(p, UT_COL_level_db, 10, &l.lo, &l.hi);
	l.lo = UT_MAX(l.lo, -80);
	l.hi = UT_MAX(l.hi, l.lo + 20);

	ut_text_addf(out,
		     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		     "viewBox=\"0 0 %u %u\" font-family=\"system-ui, sans-serif\" font-size=\"12\" "
		     "role=\"img\" aria-label=\"Waveform, F0 and level over time\">\n"
		     "<rect width=\"%u\" height=\"%u\" fill=\"#ffffff\"/>\n",
		     width, height, width, height, width, height);
	if (p->title) {
		ut_text_add(out, "<title>");
		ut_text_add_html(out, p->title);
		ut_text_add(out, "</title>\n");
		label(out, LEFT, TITLE - 10, "start", ink, p->title);
	}
	draw_usual(out, &f, p->usual_f0_lo_hz, p->usual_f0_hi_hz, pitch);
	draw_usual(out, &l, p->usual_level_lo_db, p->usual_level_hi_db, level);
	draw_time(out, &l, top);
	draw_marks(out, p, &l, top);
	if (p->x) {
		frame_of(out, &w, "waveform", muted);
		draw_wave(out, p, &w);
	}
	frame_of(out, &f, "F0, Hz", pitch);
	f0_step = f.hi / f.lo > 2.5 ? 2 : 1;
	for (double v = 50; v <= f.hi * 1.001; v += v < 100   ? 25 * f0_step
						    : v < 200 ? 25 * f0_step
							      : 50 * f0_step) {
		if (v >= f.lo * 0.999)
			tick(out, &f, v);
	}
	draw_track(out, p, &f, UT_COL_f0_hz, pitch);
	frame_of(out, &l, "level, dBFS", level);
	level_step = nice_step(l.hi - l.lo, 6);
	for (double v = ceil(l.lo / level_step) * level_step; v <= l.hi; v += level_step)
		tick(out, &l, v);
	draw_track(out, p, &l, UT_COL_level_db, level);
	if (p->has_reference) {
		draw_reference(out, &f, p->reference_f0_hz, pitch);
		draw_reference(out, &l, p->reference_level_db, level);
	}
	ut_text_add(out, "</svg>\n");
}
