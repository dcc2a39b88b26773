/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/callplot.h"

#include <math.h>
#include <string.h>

#include "report/words.h"

enum { W = 1000, LEFT = 86, RIGHT = 12, LANE = 26, GAP = 6 };

/* A round step that gives at most `most` of them over a span of seconds. */
static double time_step(double span, double most)
{
	static const double steps[] = {
		0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(steps); i++)
		if (span / steps[i] <= most)
			return steps[i];
	return 7200;
}

static void clock_text(struct ut_text *out, double x, double y, double s, const char *anchor)
{
	ut_text_addf(out, "<text class=\"s-text\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y,
		     anchor);
	ut_words_clock(s, 0, out);
	ut_text_add(out, "</text>\n");
}

/* ---- the whole call ---- */

struct timeline {
	const struct ut_call *c;
	struct ut_text *out;
	enum ut_lang lang;
	double scale; /* pixels a second */
	double top, bottom;
};

static double x_of(const struct timeline *t, double s)
{
	return LEFT + t->scale * UT_MAX(s, 0);
}

static void rect(struct ut_text *out, const char *class, double x, double y, double w, double h,
		 double round)
{
	ut_text_addf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
		     class, x, y, w, h);
	if (round > 0)
		ut_text_addf(out, " rx=\"%.0f\"", round);
	ut_text_add(out, "/>\n");
}

static const char *class_of(enum ut_role r)
{
	return r == UT_ROLE_CUSTOMER ? "s-customer" : r == UT_ROLE_AGENT ? "s-agent" : "s-third";
}

/* One party's turns; what lies closer than a pixel is one block, so that a long call stays small.
 */
static void turns(struct timeline *t, unsigned party, double y)
{
	const struct ut_turn_list *l = &t->c->turns;
	double from = -1, to = -1;

	for (size_t i = 0; i <= l->n; i++) {
		const struct ut_turn *u = i < l->n ? &l->v[i] : NULL;
		double a, b;

		if (u && u->party != party)
			continue;
		a = u ? x_of(t, (double)u->start / UT_FRAMES_PER_S) : 0;
		b = u ? x_of(t, (double)u->end / UT_FRAMES_PER_S) : 0;
		if (u && from >= 0 && a - to < 0.8) {
			to = UT_MAX(to, b);
			continue;
		}
		if (from >= 0)
			rect(t->out, class_of(t->c->party[party].role), from, y + 4,
			     UT_MAX(to - from, 0.8), LANE - 8, 2);
		from = a;
		to = b;
	}
}

static void interruptions(struct timeline *t, unsigned party, double y)
{
	const struct ut_turn_list *l = &t->c->turns;
	double last = -9;

	for (size_t i = 0; i < l->n; i++) {
		double x = x_of(t, (double)l->v[i].start / UT_FRAMES_PER_S);

		if (l->v[i].party != party || !l->v[i].interrupts || x - last < 3)
			continue;
		last = x;
		ut_text_addf(t->out,
			     "<path class=\"s-interrupt\" d=\"M%.1f %.1fl4 -6h-8z\"><title>", x,
			     y + 6);
		ut_html_str(t->out, t->lang, UT_STR_INTERRUPTION);
		ut_text_add(t->out, " ");
		ut_words_clock((double)l->v[i].start / UT_FRAMES_PER_S, 1, t->out);
		ut_text_add(t->out, "</title></path>\n");
	}
}

/* Holds and masked parts go through all lanes: they are the whole call's. */
static void spans(struct timeline *t)
{
	for (unsigned ch = 0; ch < t->c->n_ch; ch++) {
		const struct ut_span_list *l = &t->c->ch[ch].activity.spans;

		for (size_t i = 0; i < l->n; i++) {
			enum ut_span_kind k = l->v[i].kind;
			double a = x_of(t, (double)l->v[i].start / UT_FRAMES_PER_S),
			       b = x_of(t, (double)l->v[i].end / UT_FRAMES_PER_S);
			bool hold = k == UT_SPAN_MUSIC || k == UT_SPAN_RINGBACK;

			if (!hold && k != UT_SPAN_MASKED)
				continue;
			ut_text_addf(t->out,
				     "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				     "height=\"%.1f\"><title>",
				     hold ? "s-hold" : "s-mask", a, t->top, UT_MAX(b - a, 1),
				     t->bottom - t->top);
			ut_html_str(t->out, t->lang, hold ? UT_STR_HOLD : UT_STR_MASKED);
			ut_text_add(t->out, " ");
			ut_words_clock((double)l->v[i].start / UT_FRAMES_PER_S, 0, t->out);
			ut_text_add(t->out, "–");
			ut_words_clock((double)l->v[i].end / UT_FRAMES_PER_S, 0, t->out);
			ut_text_add(t->out, "</title></rect>\n");
		}
	}
}

static void axis(struct timeline *t, double duration)
{
	double step = time_step(duration, 12);

	for (double s = 0; s <= duration + 1e-9; s += step) {
		double x = x_of(t, s);

		ut_text_addf(t->out, "<path class=\"s-grid\" d=\"M%.1f %.1fV%.1f\"/>\n", x, t->top,
			     t->bottom + 4);
		clock_text(t->out, x, t->bottom + 18, s, s == 0 ? "start" : "middle");
	}
}

static void closing(struct timeline *t)
{
	const struct ut_closing *k = &t->c->closing.span;
	double a, b;

	if (k->found_by == UT_FOUND_NONE)
		return;
	a = x_of(t, (double)k->start / UT_FRAMES_PER_S);
	b = UT_MAX(x_of(t, (double)k->end / UT_FRAMES_PER_S), a + 3);
	rect(t->out, "s-mark", a, t->top, b - a, t->bottom - t->top, 0);
	ut_text_addf(t->out, "<path class=\"s-markline\" d=\"M%.1f %.1fV%.1fM%.1f %.1fV%.1f\"/>\n",
		     a, t->top - 4, t->bottom, b, t->top - 4, t->bottom);
	ut_text_addf(t->out, "<text class=\"s-ink\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
		     (a + b) / 2, t->top - 8, a > W - 120 ? "end" : "middle");
	ut_html_str(t->out, t->lang, UT_STR_CLOSING);
	ut_text_add(t->out, "</text>\n");
}

void ut_callplot_timeline(const struct ut_call *c, enum ut_lang lang, double window_start_s,
			  double window_end_s, struct ut_text *out)
{
	double duration = UT_MAX(c->measures.duration_s, 0.1);
	struct timeline t = { .c = c, .out = out, .lang = lang, .top = 26 };
	unsigned order[UT_MAX_PARTIES], n = 0;

	for (unsigned i = 0; i < c->n_parties; i++) /* the customer on top */
		if (c->party[i].role == UT_ROLE_CUSTOMER)
			order[n++] = i;
	for (unsigned i = 0; i < c->n_parties; i++)
		if (c->party[i].role != UT_ROLE_CUSTOMER)
			order[n++] = i;
	t.scale = (W - LEFT - RIGHT) / duration;
	t.bottom = t.top + UT_MAX(n, 1) * (LANE + GAP);
	ut_text_addf(out, "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\"", W,
		     t.bottom + 26);
	ut_text_add(out, " aria-label=\"");
	ut_callplot_timeline_words(c, lang, out);
	ut_text_add(out, "\">\n<defs><pattern id=\"masked\" width=\"8\" height=\"8\" "
			 "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
			 "<path class=\"s-hatch\" d=\"M0 0V8\"/></pattern></defs>\n");
	for (unsigned i = 0; i < UT_MAX(n, 1); i++)
		rect(out, "s-lane", LEFT, t.top + i * (LANE + GAP) + GAP / 2.0, W - LEFT - RIGHT,
		     LANE, 3);
	if (window_end_s > window_start_s)
		rect(out, "s-soft", x_of(&t, window_start_s), t.top,
		     t.scale * (window_end_s - window_start_s), t.bottom - t.top, 0);
	axis(&t, duration);
	for (unsigned i = 0; i < n; i++) {
		double y = t.top + i * (LANE + GAP) + GAP / 2.0;

		ut_text_addf(out, "<text class=\"s-ink\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
			     LEFT - 10, y + LANE / 2.0 + 4);
		ut_html_text(out, ut_str_role(lang, c->party[order[i]].role));
		ut_text_add(out, "</text>\n");
		turns(&t, order[i], y);
	}
	spans(&t);
	for (unsigned i = 0; i < n; i++)
		interruptions(&t, order[i], t.top + i * (LANE + GAP) + GAP / 2.0);
	closing(&t);
	ut_text_add(out, "</svg>\n");
}

void ut_callplot_timeline_words(const struct ut_call *c, enum ut_lang lang, struct ut_text *out)
{
	ut_html_str(out, lang, UT_STR_TIMELINE);
	ut_text_add(out, ", ");
	ut_words_clock(c->measures.duration_s, 0, out);
	for (unsigned i = 0; i < c->n_parties && i < c->measures.n_parties; i++) {
		ut_text_add(out, "; ");
		ut_html_text(out, ut_str_role(lang, c->party[i].role));
		ut_text_add(out, " ");
		ut_words_clock(c->measures.party[i].talk_s, 0, out);
	}
	if (c->measures.n_holds) {
		ut_text_add(out, "; ");
		ut_html_str(out, lang, UT_STR_HOLDS);
		ut_text_addf(out, ": %u", c->measures.n_holds);
	}
	if (c->closing.span.found_by != UT_FOUND_NONE) {
		ut_text_add(out, "; ");
		ut_html_str(out, lang, UT_STR_CLOSING);
		ut_text_add(out, " ");
		ut_words_clock((double)c->closing.span.start / UT_FRAMES_PER_S, 0, out);
	}
}

/* ---- the customer's voice ---- */

struct panel {
	double top, height, lo, hi; /* lo: at the bottom */
};

struct voice {
	const struct ut_callplot_voice *v;
	struct ut_text *out;
	enum ut_lang lang;
	double end_s, scale;
};

static double vx(const struct voice *p, double s)
{
	return LEFT + p->scale * (s - p->v->start_s);
}

static double vy(const struct panel *q, double value)
{
	double u = (value - q->lo) / (q->hi - q->lo);

	return q->top + q->height * (1 - UT_MIN(UT_MAX(u, 0), 1));
}

/* The sheet's own tokens: a picture in <img> does not see the page's. */
static const char style[] =
    "<style>:root{--ink:#17202b;--muted:#566170;--line:#d9dfe6;--c:#0a5cad;--t:#8250a8;"
    "--u:#17693f;--bg:#fff;--s:#7b8796}@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;"
    "--muted:#a3afbd;--line:#2c3744;--c:#79b8ff;--t:#cfa4ee;--u:#6bd6a0;--bg:#171e27;"
    "--s:#7d8a99}}"
    "text{font:12px system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;fill:var(--muted)}"
    ".i{fill:var(--ink)}.b{fill:var(--bg)}.g{stroke:var(--line);fill:none}"
    ".w{fill:var(--c);opacity:.8}.l{stroke:var(--c);stroke-width:2;fill:none;"
    "stroke-linecap:round;stroke-linejoin:round}.r{stroke:var(--t);stroke-width:3;fill:none;"
    "stroke-linecap:round}.u{fill:var(--u);opacity:.17}.m{fill:var(--c);opacity:.13}"
    ".k{stroke:var(--c);stroke-width:1.5;fill:none;stroke-dasharray:4 3}"
    ".h{stroke:var(--s);stroke-width:2}.x{fill:url(#m);stroke:var(--s)}</style>\n";

static void panel_name(struct voice *p, const struct panel *q, enum ut_str id)
{
	ut_text_addf(p->out, "<text class=\"i\" x=\"%d\" y=\"%.1f\">", LEFT, q->top - 7);
	ut_html_str(p->out, p->lang, id);
	ut_text_add(p->out, "</text>\n");
}

static void tick(struct voice *p, const struct panel *q, double value)
{
	ut_text_addf(p->out,
		     "<path class=\"g\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
		     "text-anchor=\"end\">%g</text>\n",
		     LEFT, vy(q, value), W - RIGHT, LEFT - 8, vy(q, value) + 4,
		     value + 0.0); /* never -0 */
}

static void band(struct voice *p, const struct panel *q, const struct ut_callplot_band *b)
{
	double top, bottom;

	if (!b->ok || b->hi <= b->lo)
		return;
	top = vy(q, b->hi);
	bottom = vy(q, b->lo);
	rect(p->out, "u", LEFT, top, W - LEFT - RIGHT, UT_MAX(bottom - top, 2), 0);
}

static void wave(struct voice *p, const struct panel *q)
{
	const struct ut_callplot_voice *v = p->v;
	double mid = q->top + q->height / 2;
	float peak = 0.02f;
	size_t columns = W - LEFT - RIGHT;

	for (size_t i = 0; i < v->n; i++)
		peak = fmaxf(peak, fabsf(v->x[i]));
	ut_text_add(p->out, "<path class=\"w\" d=\"");
	for (int side = 0; side < 2; side++) {
		for (size_t k = 0; k < columns; k++) {
			size_t c = side ? columns - 1 - k : k;
			size_t from = v->n * c / columns, to = v->n * (c + 1) / columns;
			float most = 0;

			for (size_t i = from; i < to; i++)
				most = fmaxf(most, side ? -v->x[i] : v->x[i]);
			ut_text_addf(p->out, "%s%zu %.1f", side == 0 && k == 0 ? "M" : "L",
				     LEFT + c,
				     mid + (side ? 1 : -1) * (0.4 + (double)most / (double)peak *
									(q->height / 2 - 2)));
		}
	}
	ut_text_add(p->out, "Z\"/>\n");
}

/* A line through what was measured; where nothing was, or the pitch leaps, it is broken. */
static void track(struct voice *p, const struct panel *q, enum ut_frame_col col)
{
	const struct ut_callplot_voice *v = p->v;
	double before = 0;
	bool on = false;

	ut_text_add(p->out, "<path class=\"l\" d=\"");
	for (size_t i = 0; i < v->n_rows; i++) {
		double y = (double)ut_frame_get(&v->rows[i], col);
		bool ok = ut_frame_has(&v->rows[i], col) && (col != UT_COL_level_db || y > q->lo);

		if (ok && on && col == UT_COL_f0_hz && fabs(log2(y / before)) > 0.4)
			on = false;
		if (ok)
			ut_text_addf(p->out, "%s%.1f %.1f", on ? "L" : "M",
				     vx(p, v->start_s + ((double)i + 0.5) / UT_FRAMES_PER_S),
				     vy(q, y));
		on = ok;
		before = y;
	}
	ut_text_add(p->out, "\"/>\n");
}

static void f0_bounds(const struct ut_callplot_voice *v, struct panel *q)
{
	double lo = 1e9, hi = 0;

	for (size_t i = 0; i < v->n_rows; i++)
		if (ut_frame_has(&v->rows[i], UT_COL_f0_hz)) {
			lo = UT_MIN(lo, (double)v->rows[i].f0_hz);
			hi = UT_MAX(hi, (double)v->rows[i].f0_hz);
		}
	if (v->f0_hz.ok) {
		lo = UT_MIN(lo, v->f0_hz.lo);
		hi = UT_MAX(hi, v->f0_hz.hi);
	}
	if (hi <= 0) {
		lo = 80;
		hi = 300;
	}
	q->lo = UT_MAX(40, floor(lo / 25) * 25 - 10);
	q->hi = ceil(hi / 25) * 25 + 10;
}

static void level_bounds(const struct ut_callplot_voice *v, struct panel *q)
{
	double hi = -60;

	for (size_t i = 0; i < v->n_rows; i++)
		if (ut_frame_has(&v->rows[i], UT_COL_level_db))
			hi = UT_MAX(hi, (double)v->rows[i].level_db);
	if (v->level_db.ok)
		hi = UT_MAX(hi, v->level_db.hi);
	q->hi = ceil(hi / 10) * 10;
	q->lo = q->hi - 45;
}

static void rates(struct voice *p, const struct panel *q)
{
	for (size_t i = 0; i < p->v->n_rates; i++) {
		const struct ut_callplot_rate *r = &p->v->rates[i];

		ut_text_addf(p->out, "<path class=\"r\" d=\"M%.1f %.1fH%.1f\"/>\n",
			     vx(p, r->start_s), vy(q, r->per_s), vx(p, r->end_s));
		ut_text_addf(p->out,
			     "<text class=\"i\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.1f"
			     "</text>\n",
			     (vx(p, r->start_s) + vx(p, r->end_s)) / 2, vy(q, r->per_s) - 6,
			     r->per_s);
	}
}

static void voice_axis(struct voice *p, double top, double bottom)
{
	double span = p->end_s - p->v->start_s, step = time_step(span, 14);

	for (double s = ceil(p->v->start_s / step - 1e-6) * step; s <= p->end_s; s += step) {
		ut_text_addf(p->out, "<path class=\"g\" d=\"M%.1f %.1fV%.1f\"/>\n", vx(p, s), top,
			     bottom);
		ut_text_addf(p->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
			     vx(p, s), bottom + 16);
		ut_words_clock(s, step < 1, p->out);
		ut_text_add(p->out, "</text>\n");
	}
}

static void marks(struct voice *p, double top, double bottom)
{
	const struct ut_callplot_voice *v = p->v;
	double a = UT_MAX(v->closing_start_s, v->start_s), b = UT_MIN(v->closing_end_s, p->end_s);

	if (b > a) {
		rect(p->out, "m", vx(p, a), top, vx(p, b) - vx(p, a), bottom - top, 0);
		ut_text_addf(p->out, "<path class=\"k\" d=\"M%.1f %.1fV%.1fM%.1f %.1fV%.1f\"/>",
			     vx(p, a), top, bottom, vx(p, b), top, bottom);
		ut_text_addf(p->out,
			     "<text class=\"i\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
			     (vx(p, a) + vx(p, b)) / 2, top - 5);
		ut_html_str(p->out, p->lang, UT_STR_CLOSING);
		ut_text_add(p->out, "</text>\n");
	}
	for (size_t i = 0; i < v->n_masks; i++) {
		a = UT_MAX(v->masks[i].start_s, v->start_s);
		b = UT_MIN(v->masks[i].end_s, p->end_s);
		if (b <= a)
			continue;
		rect(p->out, "x", vx(p, a), top, vx(p, b) - vx(p, a), bottom - top, 0);
		ut_text_addf(p->out,
			     "<text class=\"i\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
			     (vx(p, a) + vx(p, b)) / 2, top - 5);
		ut_html_str(p->out, p->lang, UT_STR_MASKED);
		ut_text_add(p->out, "</text>\n");
	}
}

void ut_callplot_voice(const struct ut_callplot_voice *v, enum ut_lang lang, struct ut_text *out)
{
	struct panel w = { .top = 38, .height = 70 }, l = { .top = 132, .height = 80 },
		     f = { .top = 236, .height = 130 },
		     r = { .top = 390, .height = 82, .lo = 0, .hi = 9 };
	struct voice p = { v, out, lang, v->start_s + (double)v->n_rows / UT_FRAMES_PER_S, 0 };
	double bottom = r.top + r.height, f0_step;

	if (p.end_s <= v->start_s)
		p.end_s = v->start_s + 1;
	p.scale = (W - LEFT - RIGHT) / (p.end_s - v->start_s);
	f0_bounds(v, &f);
	level_bounds(v, &l);
	ut_text_addf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
	    "height=\"%.0f\">\n",
	    W, bottom + 24, W, bottom + 24);
	ut_text_add(out, style);
	ut_text_add(out, "<defs><pattern id=\"m\" width=\"8\" height=\"8\" "
			 "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
			 "<path class=\"h\" d=\"M0 0V8\"/></pattern></defs>\n");
	rect(out, "b", 0, 0, W, bottom + 24, 0);
	band(&p, &l, &v->level_db);
	band(&p, &f, &v->f0_hz);
	band(&p, &r, &v->rate);
	voice_axis(&p, w.top, bottom);
	for (double y = l.hi; y >= l.lo; y -= 15)
		tick(&p, &l, y);
	f0_step = f.hi - f.lo > 250 ? 100 : f.hi - f.lo > 120 ? 50 : 25;
	for (double y = ceil(f.lo / f0_step) * f0_step; y <= f.hi; y += f0_step)
		tick(&p, &f, y);
	for (double y = 0; y <= r.hi; y += 3)
		tick(&p, &r, y);
	wave(&p, &w);
	track(&p, &l, UT_COL_level_db);
	track(&p, &f, UT_COL_f0_hz);
	rates(&p, &r);
	panel_name(&p, &w, UT_STR_PLOT_WAVE);
	panel_name(&p, &l, UT_STR_PLOT_LEVEL);
	panel_name(&p, &f, UT_STR_PLOT_F0);
	panel_name(&p, &r, UT_STR_PLOT_RATE);
	marks(&p, w.top - 18, bottom);
	ut_text_add(out, "</svg>\n");
}
