/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach_html.c - the coaching tables as one page that stands alone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/coach_words.h"
#include "report/forest.h"
#include "report/words.h"

struct page {
	const struct ut_coach_report *r;
	const struct ut_coach *c;
	enum ut_lang l;
	struct ut_text *out;
	unsigned n_charts;
};

static void put(struct page *p, const char *s)
{
	ut_text_add(p->out, s);
}

static void str(struct page *p, enum ut_coach_str id)
{
	ut_html_text(p->out, ut_coach_str(p->l, id));
}

static void share(struct page *p, const struct ut_share *s)
{
	if (s->n)
		ut_html_num(p->out, "%.1f %% (%.1f–%.1f)", 100 * s->p, 100 * s->lo, 100 * s->hi);
	else
		put(p, "–");
}

static void change(struct page *p, const struct ut_difference *d, bool certain)
{
	if (d && certain) {
		ut_html_num(p->out, "%+.1f (%+.1f … %+.1f)", 100 * d->d, 100 * d->lo, 100 * d->hi);
		put(p, " ");
		str(p, UT_CS_POINTS);
	} else if (d) {
		str(p, UT_CS_NOT_CERTAIN);
	} else {
		put(p, "–");
	}
}

static void unit(struct page *p, const char *u)
{
	if (strcmp(u, "s") == 0)
		ut_html_str(p->out, p->l, UT_STR_SECONDS_SHORT);
	else
		str(p, UT_CS_TIMES);
}

/* A number and its unit, as one. */
static void value(struct page *p, double v, const char *u)
{
	put(p, "<span class=\"num\">");
	ut_html_num(p->out, "%.0f", v);
	put(p, "&nbsp;");
	unit(p, u);
	put(p, "</span>");
}

/* Which calls, which seconds, and the command for a pack. */
static void listen(struct page *p, const struct ut_coach_listen *l, unsigned k)
{
	struct ut_text cmd = { 0 };

	if (!l->n)
		return;
	put(p, "<p>");
	str(p, UT_CS_LISTEN);
	put(p, ":</p>\n<ul>\n");
	for (unsigned i = 0; i < l->n; i++) {
		put(p, "<li><a href=\"");
		ut_text_add_html(p->out, p->r->link);
		ut_text_addf(p->out, "/call/%lld", (long long)l->call[i].call_id);
		put(p, "\">");
		ut_html_str(p->out, p->l, UT_STR_CALL);
		put(p, " ");
		ut_html_num(p->out, "%lld", (long long)l->call[i].call_id);
		put(p, "</a> ");
		if (l->call[i].end_s > 0) {
			put(p, "<span class=\"num\" dir=\"ltr\">");
			ut_words_clock(l->call[i].start_s, 1, p->out);
			put(p, "–");
			ut_words_clock(l->call[i].end_s, 1, p->out);
			put(p, "</span>");
		} else {
			str(p, UT_CS_WHOLE_CALL);
		}
		if (l->call[i].value > 1 && k < UT_N_COACH_MEASURES) {
			put(p, " (");
			value(p, l->call[i].value, ut_coach_measure_info[k].unit);
			put(p, ")");
		}
		put(p, "</li>\n");
	}
	put(p, "</ul>\n<p class=\"muted\">");
	str(p, UT_CS_PACK);
	put(p, ": <code dir=\"ltr\">");
	ut_coach_pack(p->r, l, &cmd);
	ut_html_text(p->out, cmd.failed ? "" : cmd.s);
	put(p, "</code></p>\n");
	ut_text_done(&cmd);
}

static void count(struct page *p, enum ut_coach_str name, size_t n)
{
	put(p, "<div><dt>");
	str(p, name);
	put(p, "</dt><dd>");
	ut_html_num(p->out, "%zu", n);
	put(p, "</dd></div>\n");
}

static void top(struct page *p)
{
	const struct ut_coach *c = p->c;
	struct ut_text t = { 0 };

	put(p, "<h1>");
	str(p, p->r->person ? UT_CS_PERSON_TITLE : UT_CS_TITLE);
	if (p->r->person) {
		put(p, ": ");
		ut_html_bdi(p->out, p->r->person);
	}
	put(p, "</h1>\n<div class=\"note\"><p>");
	str(p, UT_CS_LAW);
	put(p, "</p></div>\n");
	if (!c)
		return;
	put(p, "<p class=\"lead\">");
	for (int before = 0; before < 2; before++) {
		ut_text_clear(&t);
		ut_coach_period(c, before, &t);
		put(p, before ? "; " : "");
		str(p, before ? UT_CS_BEFORE : UT_CS_PERIOD);
		put(p, ": ");
		ut_html_num(p->out, "%s", t.failed ? "" : t.s);
	}
	put(p, "</p>\n<div class=\"card\"><dl class=\"facts\">\n");
	ut_text_done(&t);
	if (c->query.team) {
		put(p, "<div><dt>");
		ut_html_str(p->out, p->l, UT_STR_TEAM);
		put(p, "</dt><dd>");
		ut_html_bdi(p->out, c->query.team);
		put(p, "</dd></div>\n");
	}
	if (c->query.queue) {
		put(p, "<div><dt>");
		ut_html_str(p->out, p->l, UT_STR_QUEUE);
		put(p, "</dt><dd>");
		ut_html_bdi(p->out, c->query.queue);
		put(p, "</dd></div>\n");
	}
	put(p, "<div><dt>");
	str(p, UT_CS_CALLS);
	put(p, "</dt><dd>");
	ut_html_num(p->out, "%zu", c->n_calls);
	put(p, "</dd></div>\n<div><dt>");
	str(p, UT_CS_CALLS);
	put(p, ", ");
	str(p, UT_CS_BEFORE);
	put(p, "</dt><dd>");
	ut_html_num(p->out, "%zu", c->n_before);
	put(p, "</dd></div>\n");
	if (!c->person)
		count(p, UT_CS_AGENTS, c->group[0].n_agents);
	put(p, "</dl></div>\n");
	if (c->n_calls == 0) {
		put(p, "<p>");
		str(p, UT_CS_EMPTY);
		put(p, "</p>\n");
	}
}

static void points(struct page *p)
{
	const struct ut_coach *c = p->c;

	put(p, "<section aria-labelledby=\"start\"><h2 id=\"start\">");
	str(p, UT_CS_START);
	put(p, "</h2>\n");
	if (c->n_points == 0) {
		put(p, "<p>");
		str(p, UT_CS_NO_POINTS);
		put(p, "</p>\n");
	} else {
		put(p, "<div class=\"grid\">\n");
	}
	for (size_t i = 0; i < c->n_points; i++) {
		const struct ut_coach_point *x = &c->point[i];
		const struct ut_coach_group *g = &c->group[x->group];

		put(p, "<div class=\"card\"><h3>");
		ut_html_num(p->out, "%zu", i + 1);
		put(p, " · ");
		ut_html_text(p->out, ut_coach_measure_name(p->l, x->measure));
		put(p, ": ");
		if (g->kind == UT_COACH_TEAM || g->kind == UT_COACH_QUEUE) {
			ut_html_str(p->out, p->l,
				    g->kind == UT_COACH_TEAM ? UT_STR_TEAM : UT_STR_QUEUE);
			put(p, " ");
		}
		ut_html_bdi(p->out, c->person ? c->person : ut_coach_group_name(p->l, g));
		put(p, "</h3>\n<p>");
		ut_html_text(p->out, ut_coach_measure_means(p->l, x->measure));
		put(p, "</p>\n<dl class=\"facts\"><div><dt>");
		str(p, UT_CS_HERE);
		put(p, "</dt><dd>");
		share(p, &x->here);
		put(p, "</dd></div><div><dt>");
		str(p, x->rising ? UT_CS_BEFORE : UT_CS_THERE);
		put(p, "</dt><dd>");
		share(p, &x->there);
		put(p, "</dd></div><div><dt>");
		str(p, x->rising ? UT_CS_MORE_THAN_BEFORE : UT_CS_MORE_THAN_ELSEWHERE);
		put(p, "</dt><dd>");
		change(p, &x->more, true);
		put(p, "</dd></div></dl>\n");
		listen(p, &x->listen, x->measure);
		put(p, "</div>\n");
	}
	if (c->n_points)
		put(p, "</div>\n");
	if (c->n_compared) {
		put(p, "<p class=\"muted\">");
		str(p, UT_CS_COMPARED);
		put(p, ": ");
		ut_html_num(p->out, "%u", c->n_compared);
		put(p, "; ");
		str(p, UT_CS_BY_CHANCE);
		put(p, ": ");
		ut_html_num(p->out, "%.1f", 0.025 * c->n_compared);
		put(p, "</p>\n");
	}
	put(p, "</section>\n");
}

/* A cell that names its column where a narrow screen stacks them. */
static void cell(struct page *p, enum ut_coach_str column)
{
	put(p, "<td");
	ut_html_attr(p->out, "data-label", ut_coach_str(p->l, column));
	put(p, "><span>");
}

static void measure_row(struct page *p, const struct ut_coach_group *g, unsigned k)
{
	const struct ut_coach_fact *f = k < UT_N_COACH_MEASURES ? &g->fact[k] : NULL;
	const struct ut_difference *d;
	bool certain;

	put(p, "<tr><th scope=\"row\">");
	ut_html_text(p->out, ut_coach_measure_name(p->l, k));
	put(p, "<br><small>");
	ut_html_text(p->out, ut_coach_measure_means(p->l, k));
	put(p, "</small></th>");
	if (!f && g->tones.shown != UT_SHOWN) {
		put(p, "<td colspan=\"4\">");
		ut_html_text(p->out, ut_coach_shown(p->l, g->tones.shown));
		put(p, "</td></tr>\n");
		return;
	}
	cell(p, UT_CS_SHARE);
	share(p, ut_coach_share(g, k, false));
	put(p, "</span></td>");
	cell(p, UT_CS_BEFORE);
	share(p, ut_coach_share(g, k, true));
	put(p, "</span></td>");
	cell(p, UT_CS_CHANGE);
	d = ut_coach_change(g, k, &certain);
	change(p, d, certain);
	put(p, "</span></td>");
	cell(p, UT_CS_TYPICAL);
	if (f && f->now.k && ut_coach_measure_info[k].unit) {
		value(p, f->median, ut_coach_measure_info[k].unit);
		put(p, "; ");
		str(p, UT_CS_NINE_IN_TEN);
		put(p, " ");
		value(p, f->p90, ut_coach_measure_info[k].unit);
	} else {
		put(p, "–");
	}
	put(p, "</span></td></tr>\n");
}

static void scroll_begin(struct page *p, const char *label)
{
	/* a name of its own: the section around it has the plain one */
	put(p, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	str(p, UT_CS_NUMBERS);
	put(p, ": ");
	ut_html_text(p->out, label);
	put(p, "\">");
}

/* One whose rows become cards on a narrow screen; up to its body. */
static void table_begin(struct page *p, const enum ut_coach_str *head, size_t n)
{
	put(p, "<table class=\"stack\"><thead><tr>");
	for (size_t i = 0; i < n; i++) {
		put(p, "<th scope=\"col\">");
		str(p, head[i]);
		put(p, "</th>");
	}
	put(p, "</tr></thead><tbody>\n");
}

static void measures(struct page *p)
{
	const struct ut_coach_group *g = &p->c->group[0];
	static const enum ut_coach_str head[] = { UT_CS_MEASURE, UT_CS_SHARE, UT_CS_BEFORE,
						  UT_CS_CHANGE, UT_CS_TYPICAL };

	put(p, "<section class=\"card\" aria-labelledby=\"what\"><h2 id=\"what\">");
	str(p, UT_CS_WHAT_HAPPENED);
	put(p, "</h2>\n");
	scroll_begin(p, ut_coach_str(p->l, UT_CS_WHAT_HAPPENED));
	table_begin(p, head, UT_ARRAY_LEN(head));
	if (!p->c->person)
		measure_row(p, g, UT_COACH_TONE);
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++)
		measure_row(p, g, k);
	put(p, "</tbody></table></div>\n");
	if (!p->c->person && g->tones.shown == UT_SHOWN) {
		put(p, "<p class=\"muted\">");
		ut_html_num(p->out, "%u", g->tones.n_abstain);
		put(p, " ");
		str(p, UT_CS_ABSTAINED);
		if (g->tones.confirmed.n) {
			put(p, ". ");
			str(p, UT_CS_CONFIRMED);
			put(p, ": ");
			share(p, &g->tones.confirmed);
			put(p, " / ");
			ut_html_num(p->out, "%u", g->tones.confirmed.n);
		}
		put(p, ".</p>\n");
	}
	put(p, "</section>\n<section><div class=\"grid\">\n");
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
		if (!p->c->listen[k].n)
			continue;
		put(p, "<div class=\"card\"><h3>");
		ut_html_text(p->out, ut_coach_measure_name(p->l, k));
		put(p, "</h3>\n");
		listen(p, &p->c->listen[k], k);
		put(p, "</div>\n");
	}
	put(p, "</div></section>\n");
}

static void chart(struct page *p, enum ut_coach_kind kind, unsigned k, const size_t *order,
		  size_t n)
{
	struct ut_forest_row *row = calloc(n, sizeof(*row));
	char id[16];
	struct ut_forest f = {
		.id = id,
		.title = ut_coach_measure_name(p->l, k),
		.unit = ut_coach_str(p->l, k == UT_COACH_TONE ? UT_CS_PERCENT_OF_CLOSINGS
							      : UT_CS_PERCENT_OF_CALLS),
		.before_name = ut_coach_str(p->l, UT_CS_BEFORE),
		.rows = row,
		.n_rows = n,
	};

	if (!row) {
		p->out->failed = true;
		return;
	}
	snprintf(id, sizeof(id), "c%u", p->n_charts++);
	for (size_t i = 0; i < n; i++) {
		const struct ut_coach_group *g = &p->c->group[order[i]];
		bool hidden = k == UT_COACH_TONE && g->tones.shown != UT_SHOWN;

		row[i] = (struct ut_forest_row){
			.label = ut_coach_group_name(p->l, g),
			.share = *ut_coach_share(g, k, false),
			.before = *ut_coach_share(g, k, true),
			.faint = g->few,
			.instead = g->one   ? ut_coach_str(p->l, UT_CS_ONE)
				   : hidden ? ut_coach_shown(p->l, g->tones.shown)
					    : NULL,
		};
		if (kind == UT_COACH_TAG ||
		    (k == UT_COACH_TONE && g->tones_before.shown != UT_SHOWN))
			row[i].before.n = 0;
	}
	put(p, "<figure class=\"card\"><h3>");
	ut_html_text(p->out, f.title);
	put(p, "</h3><figcaption>");
	ut_html_text(p->out, ut_coach_measure_means(p->l, k));
	put(p, "</figcaption>\n");
	ut_forest_svg(&f, p->out);
	put(p, "</figure>\n");
	free(row);
}

/* The same numbers for who does not see pictures, or wants to copy them. */
static void numbers(struct page *p, enum ut_coach_str title, const size_t *order, size_t n)
{
	put(p, "<details class=\"card\"><summary>");
	str(p, UT_CS_NUMBERS);
	put(p, ": ");
	str(p, title);
	put(p, "</summary>\n");
	scroll_begin(p, ut_coach_str(p->l, title));
	put(p, "<table><thead><tr><th scope=\"col\">");
	str(p, UT_CS_GROUP);
	put(p, "</th><th scope=\"col\" class=\"n\">");
	str(p, UT_CS_CALLS);
	put(p, "</th>");
	for (unsigned k = 0; k <= UT_COACH_TONE; k++) {
		put(p, "<th scope=\"col\" class=\"n\">");
		ut_html_text(p->out, ut_coach_measure_name(p->l, k));
		put(p, "</th>");
	}
	put(p, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		const struct ut_coach_group *g = &p->c->group[order[i]];

		put(p, "<tr><th scope=\"row\">");
		ut_html_bdi(p->out, ut_coach_group_name(p->l, g));
		if (g->few && !g->one) {
			put(p, "<br><small>");
			str(p, UT_CS_FEW);
			put(p, "</small>");
		}
		put(p, "</th><td class=\"n\">");
		ut_html_num(p->out, "%u", g->n_calls);
		put(p, "</td>");
		for (unsigned k = 0; k <= UT_COACH_TONE; k++) {
			const struct ut_difference *d;
			bool certain;

			put(p, "<td class=\"n\">");
			if (g->one) {
				str(p, UT_CS_ONE);
			} else if (k == UT_COACH_TONE && g->tones.shown != UT_SHOWN) {
				ut_html_text(p->out, ut_coach_shown(p->l, g->tones.shown));
			} else {
				share(p, ut_coach_share(g, k, false));
				d = ut_coach_change(g, k, &certain);
				if (d && certain) {
					put(p, "<br><small>");
					str(p, UT_CS_CHANGE);
					put(p, " ");
					ut_html_num(p->out, "%+.1f", 100 * d->d);
					put(p, "</small>");
				}
			}
			put(p, "</td>");
		}
		put(p, "</tr>\n");
	}
	put(p, "</tbody></table></div></details>\n");
}

static void groups(struct page *p, enum ut_coach_kind kind, enum ut_coach_str title)
{
	size_t *order = calloc(p->c->n_groups, sizeof(*order));
	size_t n;

	if (!order) {
		p->out->failed = true;
		return;
	}
	n = ut_coach_order(p->c, kind, UT_COACH_TONE, order);
	if (n) {
		ut_text_addf(p->out, "<section aria-labelledby=\"g%d\"><h2 id=\"g%d\">", (int)kind,
			     (int)kind);
		str(p, title);
		put(p, "</h2>\n<p class=\"lead\">");
		str(p, kind == UT_COACH_TAG ? UT_CS_TAG_LEAD : UT_CS_HOW_TO_READ);
		put(p, "</p>\n<div class=\"grid\">\n");
		chart(p, kind, UT_COACH_TONE, order, n);
		for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
			n = ut_coach_order(p->c, kind, k, order);
			chart(p, kind, k, order, n);
		}
		put(p, "</div>\n");
		n = ut_coach_order(p->c, kind, UT_COACH_TONE, order);
		numbers(p, title, order, n);
		put(p, "</section>\n");
	}
	free(order);
}

static void along(struct page *p)
{
	static const enum ut_coach_str head[] = { UT_CS_MEASURE, UT_CS_WITH, UT_CS_WITHOUT,
						  UT_CS_DIFFERENCE };
	bool any = false;

	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++)
		any |= p->c->along[k].with.shown == UT_SHOWN;
	if (!any)
		return;
	put(p, "<section class=\"card\" aria-labelledby=\"along\"><h2 id=\"along\">");
	str(p, UT_CS_ALONG);
	put(p, "</h2>\n<p class=\"lead\">");
	str(p, UT_CS_ALONG_LEAD);
	put(p, "</p>\n");
	scroll_begin(p, ut_coach_str(p->l, UT_CS_ALONG));
	table_begin(p, head, UT_ARRAY_LEN(head));
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
		const struct ut_coach_along *a = &p->c->along[k];

		put(p, "<tr><th scope=\"row\">");
		ut_html_text(p->out, ut_coach_measure_name(p->l, k));
		put(p, "<br><small>");
		ut_html_text(p->out, ut_coach_measure_means(p->l, k));
		put(p, "</small></th>");
		if (a->with.shown != UT_SHOWN || a->without.shown != UT_SHOWN) {
			put(p, "<td colspan=\"3\">");
			ut_html_text(p->out, ut_coach_shown(p->l, a->with.shown != UT_SHOWN
								      ? a->with.shown
								      : a->without.shown));
			put(p, "</td></tr>\n");
			continue;
		}
		cell(p, UT_CS_WITH);
		share(p, &a->with.bad);
		put(p, "</span></td>");
		cell(p, UT_CS_WITHOUT);
		share(p, &a->without.bad);
		put(p, "</span></td>");
		cell(p, UT_CS_DIFFERENCE);
		change(p, &a->more, a->differs);
		put(p, "</span></td></tr>\n");
	}
	put(p, "</tbody></table></div></section>\n");
}

static void examples(struct page *p)
{
	static const struct {
		enum ut_coach_str title, lead;
	} part[] = { { UT_CS_BAD, UT_N_CS },
		     { UT_CS_GOOD, UT_CS_GOOD_LEAD },
		     { UT_CS_SMOOTH, UT_N_CS } };
	const struct ut_coach_listen *l[] = { &p->c->bad, &p->c->good, &p->c->smooth };

	put(p, "<section><div class=\"grid\">\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(l); i++) {
		if (!l[i]->n)
			continue;
		put(p, "<div class=\"card\"><h2>");
		str(p, part[i].title);
		put(p, "</h2>\n");
		if (part[i].lead != UT_N_CS) {
			put(p, "<p class=\"muted\">");
			str(p, part[i].lead);
			put(p, "</p>\n");
		}
		listen(p, l[i], UT_COACH_TONE);
		put(p, "</div>\n");
	}
	put(p, "</div></section>\n");
}

static void log_entries(struct page *p)
{
	const struct ut_coach_report *r = p->r;
	static const enum ut_coach_str head[] = { UT_CS_WHEN, UT_CS_KIND, UT_CS_TOPIC, UT_CS_NOTE,
						  UT_CS_BY };

	put(p, "<section class=\"card\" aria-labelledby=\"log\"><h2 id=\"log\">");
	str(p, UT_CS_LOG);
	put(p, "</h2>\n");
	if (r->n_entries == 0) {
		put(p, "<p>");
		str(p, UT_CS_LOG_EMPTY);
		put(p, "</p></section>\n");
		return;
	}
	scroll_begin(p, ut_coach_str(p->l, UT_CS_LOG));
	table_begin(p, head, UT_ARRAY_LEN(head));
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct ut_coach_entry *e = &r->entry[i];
		bool good = strcmp(e->kind, "strength") == 0;

		put(p, "<tr>");
		cell(p, UT_CS_WHEN);
		ut_html_num(p->out, "%.10s", e->at);
		put(p, "</span></td>");
		cell(p, UT_CS_KIND);
		put(p, good ? "<span class=\"badge accepting\">" : "<span class=\"badge info\">");
		str(p, good ? UT_CS_strength : UT_CS_improve);
		put(p, "</span></span></td>");
		cell(p, UT_CS_TOPIC);
		ut_html_text(p->out, ut_coach_topic(p->l, e->topic));
		put(p, "</span></td>");
		cell(p, UT_CS_NOTE);
		if (e->note)
			ut_html_bdi(p->out, e->note);
		if (e->call_id) {
			put(p, " <a href=\"");
			ut_text_add_html(p->out, r->link);
			ut_text_addf(p->out, "/call/%lld\">", (long long)e->call_id);
			ut_html_str(p->out, p->l, UT_STR_CALL);
			put(p, " ");
			ut_html_num(p->out, "%lld", (long long)e->call_id);
			put(p, "</a>");
		}
		put(p, " <small>");
		str(p, e->discussed ? UT_CS_DISCUSSED : UT_CS_NOT_DISCUSSED);
		put(p, "</small></span></td>");
		cell(p, UT_CS_BY);
		ut_html_bdi(p->out, e->author);
		put(p, "</span></td></tr>\n");
	}
	put(p, "</tbody></table></div></section>\n");
}

void ut_coach_html(const struct ut_coach_report *r, struct ut_text *out)
{
	struct page p = { r, r->coach, r->lang, out, 0 };
	const struct ut_html_page frame = {
		.lang = r->lang,
		.title = ut_coach_str(r->lang, r->person ? UT_CS_PERSON_TITLE : UT_CS_TITLE),
	};

	ut_html_begin(&frame, out);
	top(&p);
	if (p.c && p.c->n_calls) {
		points(&p);
		measures(&p);
		groups(&p, UT_COACH_TEAM, UT_CS_BY_TEAM);
		groups(&p, UT_COACH_QUEUE, UT_CS_BY_QUEUE);
		groups(&p, UT_COACH_TAG, UT_CS_BY_TAG);
		if (!p.c->person)
			along(&p);
		examples(&p);
	}
	if (r->person)
		log_entries(&p);
	ut_html_end(&frame, out);
}
