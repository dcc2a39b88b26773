/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "report/words.h"

enum { WIDTH = 340, LEFT = 4, RIGHT = 4, TOP = 6, ROW = 40, AXIS = 40, LABEL_COLUMNS = 24 };

struct scale {
	double most; /* the share at the right end */
	int n_steps; /* of the axis */
};

static double px(const struct scale *s, double share)
{
	return LEFT + share / s->most * (WIDTH - LEFT - RIGHT);
}

/* Coordinates with one digit, without the locale's comma. */
static void num(struct ut_text *o, double v)
{
	long tenths = lrint(v * 10);

	ut_text_addf(o, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void line(struct ut_text *o, const char *class, double x0, double y0, double x1, double y1)
{
	ut_text_addf(o, "<path class=\"%s\" d=\"M", class);
	num(o, x0);
	ut_text_add(o, " ");
	num(o, y0);
	ut_text_add(o, "L");
	num(o, x1);
	ut_text_add(o, " ");
	num(o, y1);
	ut_text_add(o, "\"/>\n");
}

static void circle(struct ut_text *o, const char *class, double x, double y, double r)
{
	ut_text_addf(o, "<circle class=\"%s\" cx=\"", class);
	num(o, x);
	ut_text_add(o, "\" cy=\"");
	num(o, y);
	ut_text_add(o, "\" r=\"");
	num(o, r);
	ut_text_add(o, "\"/>\n");
}

static void text(struct ut_text *o, const char *class, const char *anchor, double x, double y)
{
	ut_text_addf(o, "<text class=\"%s\" text-anchor=\"%s\" x=\"", class, anchor);
	num(o, x);
	ut_text_add(o, "\" y=\"");
	num(o, y);
	ut_text_add(o, "\">");
}

/* Names come from outside and may be long. */
static void cut_label(struct ut_text *o, const char *s)
{
	struct ut_text t = { 0 };
	size_t col = 0;

	while (*s && col < LABEL_COLUMNS) {
		size_t n = ut_utf8_len(s);

		n = n ? n : 1;
		ut_text_addn(&t, s, n);
		s += n;
		col++;
	}
	if (*s)
		ut_text_add(&t, "…");
	ut_text_add_html(o, t.failed || !t.s ? "" : t.s);
	ut_text_done(&t);
}

static struct scale scale_of(const struct ut_forest *f)
{
	static const struct scale ends[] = { { 0.02, 4 }, { 0.05, 5 }, { 0.1, 5 }, { 0.2, 4 },
					     { 0.3, 3 },  { 0.4, 4 },  { 0.5, 5 }, { 0.6, 3 },
					     { 0.8, 4 },  { 1, 5 } };
	double hi = 0;
	size_t i = 0;

	for (size_t k = 0; k < f->n_rows; k++) {
		if (f->rows[k].instead)
			continue;
		/* a group of few calls would flatten all others */
		hi = fmax(hi, f->rows[k].faint ? f->rows[k].share.p : f->rows[k].share.hi);
		if (f->rows[k].before.n)
			hi = fmax(hi, f->rows[k].before.p);
	}
	while (i + 1 < UT_ARRAY_LEN(ends) && ends[i].most < hi - 1e-9)
		i++;
	return ends[i];
}

static void draw_row(const struct ut_forest *f, const struct scale *s,
		     const struct ut_forest_row *r, double y, struct ut_text *o)
{
	double at = y + 26;

	ut_text_add(o, "<g><title>");
	ut_text_add_html(o, r->label);
	if (r->instead) {
		ut_text_add(o, ": ");
		ut_text_add_html(o, r->instead);
	} else {
		ut_text_addf(o, ": %.1f %% (%.1f–%.1f %%), %u / %u", 100 * r->share.p,
			     100 * r->share.lo, 100 * r->share.hi, r->share.k, r->share.n);
		if (r->before.n) {
			ut_text_add(o, "; ");
			ut_text_add_html(o, f->before_name);
			ut_text_addf(o, ": %.1f %%", 100 * r->before.p);
		}
	}
	ut_text_add(o, "</title>\n");
	text(o, r->faint || r->instead ? "s-text" : "s-ink", "start", LEFT + 6, y + 13);
	cut_label(o, r->label);
	ut_text_add(o, "</text>\n");
	text(o, "s-text", "end", WIDTH - RIGHT, y + 13);
	if (r->instead)
		ut_text_add_html(o, r->instead);
	else
		ut_text_addf(o, "%.0f %% (%.0f–%.0f) · %u", 100 * r->share.p, 100 * r->share.lo,
			     100 * r->share.hi, r->share.n);
	ut_text_add(o, "</text>\n");
	line(o, "s-grid", LEFT, at, WIDTH - RIGHT, at);
	if (!r->instead && r->share.n) {
		line(o, r->faint ? "s-axis" : "s-markline", px(s, r->share.lo), at,
		     px(s, fmin(r->share.hi, s->most)), at);
		if (r->before.n)
			circle(o, "s-axis", px(s, r->before.p), at, 5);
		circle(o, r->faint ? "s-agent" : "s-customer", px(s, r->share.p), at, 4);
	}
	ut_text_add(o, "</g>\n");
}

void ut_forest_svg(const struct ut_forest *f, struct ut_text *o)
{
	struct scale s = scale_of(f);
	double bottom = TOP + (double)f->n_rows * ROW;

	ut_text_addf(o,
		     "<svg class=\"plot\" viewBox=\"0 0 %d %ld\" role=\"img\" "
		     "aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
		     WIDTH, lrint(bottom) + AXIS, f->id, f->id, f->id);
	ut_text_add_html(o, f->title);
	ut_text_addf(o, "</title><desc id=\"%s-d\">", f->id);
	for (size_t i = 0; i < f->n_rows; i++) {
		const struct ut_forest_row *r = &f->rows[i];

		ut_text_add(o, i ? "; " : "");
		ut_text_add_html(o, r->label);
		if (r->instead) {
			ut_text_add(o, ": ");
			ut_text_add_html(o, r->instead);
		} else {
			ut_text_addf(o, " %.0f %% (%.0f–%.0f %%)", 100 * r->share.p,
				     100 * r->share.lo, 100 * r->share.hi);
		}
	}
	ut_text_add(o, "</desc>\n");
	for (int i = 0; i <= s.n_steps; i++) {
		double v = s.most * i / s.n_steps;

		line(o, i ? "s-grid" : "s-axis", px(&s, v), TOP, px(&s, v), bottom);
		text(o, "s-text",
		     i == 0           ? "start"
		     : i == s.n_steps ? "end"
				      : "middle",
		     px(&s, v), bottom + 15);
		ut_text_addf(o, "%g</text>\n", 100 * v);
	}
	text(o, "s-text", "middle", WIDTH / 2.0, bottom + 31);
	ut_text_add_html(o, f->unit);
	ut_text_add(o, "</text>\n");
	for (size_t i = 0; i < f->n_rows; i++)
		draw_row(f, &s, &f->rows[i], TOP + (double)i * ROW, o);
	ut_text_add(o, "</svg>\n");
}
