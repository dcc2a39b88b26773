/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach_text.c - the coaching tables for a terminal, 80 columns. */
#include <string.h>

#include "report/coach_words.h"
#include "report/words.h"

#define EN UT_LANG_EN

static const char *str(enum ut_coach_str id)
{
	return ut_coach_str(EN, id);
}

static void heading(const struct ut_coach_report *r, const char *s, struct ut_text *out)
{
	ut_text_addf(out, "\n%s%s%s\n", r->color ? "\033[1m" : "", s, r->color ? "\033[0m" : "");
}

static void share(const struct ut_share *s, struct ut_text *out)
{
	if (s->n)
		ut_text_addf(out, "%5.1f %% (%.1f-%.1f)", 100 * s->p, 100 * s->lo, 100 * s->hi);
	else
		ut_text_add(out, "    -");
}

/* Columns from the start of the last line on. */
static void pad(struct ut_text *out, size_t from, size_t col)
{
	size_t w = out->failed || !out->s ? col : ut_words_width(out->s + from);

	for (; w < col; w++)
		ut_text_add(out, " ");
}

static void change(const struct ut_difference *d, bool certain, struct ut_text *out)
{
	if (d && certain)
		ut_text_addf(out, "%+.1f points (%+.1f to %+.1f)", 100 * d->d, 100 * d->lo,
			     100 * d->hi);
	else
		ut_text_add(out, d ? "no certain difference" : "-");
}

static void seconds(const struct ut_coach_listen *l, unsigned i, unsigned k, struct ut_text *out)
{
	if (l->call[i].end_s > 0) {
		ut_text_add(out, " at ");
		ut_words_clock(l->call[i].start_s, 0, out);
		ut_text_add(out, "-");
		ut_words_clock(l->call[i].end_s, 0, out);
	}
	if (l->call[i].value > 1 && k < UT_N_COACH_MEASURES)
		ut_text_addf(out, " (%.0f %s)", l->call[i].value, ut_coach_measure_info[k].unit);
}

static void listen(const struct ut_coach_report *r, const struct ut_coach_listen *l, unsigned k,
		   const char *lead, struct ut_text *out)
{
	size_t lead_len = strlen(lead);

	for (unsigned i = 0; i < l->n; i++) {
		if (i % 2 == 0)
			ut_text_addf(out, "%s%*s", i ? "\n" : lead, i ? (int)lead_len : 0, "");
		ut_text_addf(out, "call %lld", (long long)l->call[i].call_id);
		seconds(l, i, k, out);
		if (i + 1 < l->n)
			ut_text_add(out, i % 2 == 0 ? "; " : ";");
	}
	if (!l->n)
		return;
	ut_text_addf(out, "\n%*s", (int)lead_len, "");
	ut_coach_pack(r, l, out);
	ut_text_add(out, "\n");
}

static void points(const struct ut_coach_report *r, struct ut_text *out)
{
	const struct ut_coach *c = r->coach;

	heading(r, str(UT_CS_START), out);
	if (c->n_points == 0)
		ut_text_addf(out, "  %s\n", str(UT_CS_NO_POINTS));
	for (size_t i = 0; i < c->n_points; i++) {
		const struct ut_coach_point *p = &c->point[i];
		const struct ut_coach_group *g = &c->group[p->group];

		ut_text_addf(out, "%3zu. %s: ", i + 1, ut_coach_measure_name(EN, p->measure));
		if (g->kind != UT_COACH_ALL)
			ut_text_addf(out, "%s ", ut_coach_kind_name[g->kind]);
		ut_text_add_visible(out, c->person ? c->person : ut_coach_group_name(EN, g));
		ut_text_addf(out, ", %s\n     ",
			     str(p->rising ? UT_CS_MORE_THAN_BEFORE : UT_CS_MORE_THAN_ELSEWHERE));
		share(&p->here, out);
		ut_text_addf(out, " of %u; ", p->here.n);
		ut_text_add(out, p->rising ? "before " : "elsewhere ");
		share(&p->there, out);
		ut_text_addf(out, " of %u\n       ", p->there.n);
		change(&p->more, true, out);
		ut_text_add(out, "\n");
		listen(r, &p->listen, p->measure, "       listen to ", out);
	}
	if (c->n_compared)
		ut_text_addf(out, "  (%u comparisons; %.1f such points would show by chance)\n",
			     c->n_compared, 0.025 * c->n_compared);
}

static void measures(const struct ut_coach_report *r, struct ut_text *out)
{
	const struct ut_coach_group *g = &r->coach->group[0];

	heading(r, str(UT_CS_WHAT_HAPPENED), out);
	for (unsigned k = 0; k <= UT_COACH_TONE; k++) {
		size_t from = out->len;
		const struct ut_difference *d;
		bool certain;

		if (k == UT_COACH_TONE && r->coach->person)
			continue;
		ut_text_addf(out, "  %s", ut_coach_measure_name(EN, k));
		pad(out, from, 29);
		if (k == UT_COACH_TONE && g->tones.shown != UT_SHOWN) {
			ut_text_addf(out, "%s\n", ut_coach_shown(EN, g->tones.shown));
			continue;
		}
		share(ut_coach_share(g, k, false), out);
		pad(out, from, 51);
		d = ut_coach_change(g, k, &certain);
		change(d, certain, out);
		ut_text_add(out, "\n");
		if (k < UT_N_COACH_MEASURES && ut_coach_measure_info[k].unit && g->fact[k].now.k)
			ut_text_addf(
			    out, "      %s; where so typically %.0f %s, nine in ten up to %.0f\n",
			    ut_coach_measure_means(EN, k), g->fact[k].median,
			    ut_coach_measure_info[k].unit, g->fact[k].p90);
		else
			ut_text_addf(out, "      %s\n", ut_coach_measure_means(EN, k));
		if (k < UT_N_COACH_MEASURES)
			listen(r, &r->coach->listen[k], k, "      listen to ", out);
	}
	if (!r->coach->person && g->tones.shown == UT_SHOWN) {
		ut_text_addf(out, "      %u %s", g->tones.n_abstain, str(UT_CS_ABSTAINED));
		if (g->tones.confirmed.n) {
			ut_text_addf(out, "; %s: ", "of the flagged, reviewers heard so");
			share(&g->tones.confirmed, out);
			ut_text_addf(out, " of %u", g->tones.confirmed.n);
		}
		ut_text_add(out, "\n");
	}
}

static void groups(const struct ut_coach_report *r, enum ut_coach_kind kind, const char *title,
		   struct ut_text *out)
{
	const struct ut_coach *c = r->coach;
	bool any = false;

	for (size_t i = 0; i < c->n_groups; i++) {
		const struct ut_coach_group *g = &c->group[i];
		size_t from;

		if (g->kind != kind || g->n_calls == 0)
			continue;
		if (!any) {
			heading(r, title, out);
			ut_text_add(out,
				    "  % of calls          CALLS  WAITS  HOLDS  TRANSF  INTERR  "
				    "DEAD  TURNS  NOT MEANT\n");
		}
		any = true;
		from = out->len;
		ut_text_add(out, "  ");
		ut_text_add_visible(out, ut_coach_group_name(EN, g));
		pad(out, from, 19);
		ut_text_addf(out, " %6u", g->n_calls);
		if (g->one) {
			ut_text_addf(out, "  %s\n", str(UT_CS_ONE));
			continue;
		}
		for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
			static const int width[] = { 7, 7, 8, 8, 6, 7 };

			ut_text_addf(out, "%*.0f", width[k], 100 * g->fact[k].now.p);
		}
		ut_text_add(out, "  ");
		if (g->tones.shown == UT_SHOWN)
			ut_text_addf(out, "%.0f (%.0f-%.0f)", 100 * g->tones.bad.p,
				     100 * g->tones.bad.lo, 100 * g->tones.bad.hi);
		else
			ut_text_add(out, "hidden");
		ut_text_addf(out, "%s\n", g->few ? " *" : "");
	}
	if (any && kind == UT_COACH_TAG)
		ut_text_addf(out, "  %s\n", str(UT_CS_TAG_LEAD));
}

static void along(const struct ut_coach_report *r, struct ut_text *out)
{
	bool any = false;

	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
		const struct ut_coach_along *a = &r->coach->along[k];
		size_t from;

		if (a->with.shown != UT_SHOWN || a->without.shown != UT_SHOWN)
			continue;
		if (!any)
			heading(r, str(UT_CS_ALONG), out);
		any = true;
		from = out->len;
		ut_text_addf(out, "  %s", ut_coach_measure_name(EN, k));
		pad(out, from, 29);
		ut_text_add(out, "with ");
		share(&a->with.bad, out);
		ut_text_add(out, ", without ");
		share(&a->without.bad, out);
		ut_text_add(out, "\n");
		if (a->differs) {
			ut_text_add(out, "      ");
			change(&a->more, true, out);
			ut_text_add(out, "\n");
		}
	}
	if (any)
		ut_text_add(out, "  To go along is not to cause.\n");
}

static void log_entries(const struct ut_coach_report *r, struct ut_text *out)
{
	heading(r, str(UT_CS_LOG), out);
	if (r->n_entries == 0)
		ut_text_addf(out, "  %s\n", str(UT_CS_LOG_EMPTY));
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct ut_coach_entry *e = &r->entry[i];

		ut_text_addf(out, "  %.10s  %-8s  %s", e->at, e->kind, e->topic);
		if (e->call_id)
			ut_text_addf(out, ", call %lld", (long long)e->call_id);
		ut_text_addf(out, ", %s, by ",
			     str(e->discussed ? UT_CS_DISCUSSED : UT_CS_NOT_DISCUSSED));
		ut_text_add_visible(out, e->author);
		ut_text_add(out, "\n");
		if (e->note) {
			ut_text_add(out, "              ");
			ut_text_add_visible(out, e->note);
			ut_text_add(out, "\n");
		}
	}
}

static void top(const struct ut_coach_report *r, struct ut_text *out)
{
	const struct ut_coach *c = r->coach;

	ut_text_add(out, r->person ? str(UT_CS_PERSON_TITLE) : str(UT_CS_TITLE));
	if (r->person) {
		ut_text_add(out, ": ");
		ut_text_add_visible(out, r->person);
	}
	ut_text_add(out, "\n");
	if (!c)
		return;
	ut_text_add(out, "  ");
	ut_coach_period(c, false, out);
	ut_text_add(out, ", against ");
	ut_coach_period(c, true, out);
	if (c->query.team) {
		ut_text_add(out, "; team ");
		ut_text_add_visible(out, c->query.team);
	}
	if (c->query.queue) {
		ut_text_add(out, "; queue ");
		ut_text_add_visible(out, c->query.queue);
	}
	ut_text_addf(out, "\n  %zu calls with a verified customer; %zu before\n", c->n_calls,
		     c->n_before);
	if (c->n_calls && c->group[0].few)
		ut_text_add(out, "  Few calls: the intervals are wide, and nothing is ranked.\n");
}

void ut_coach_text(const struct ut_coach_report *r, struct ut_text *out)
{
	top(r, out);
	if (r->coach && r->coach->n_calls) {
		points(r, out);
		measures(r, out);
		groups(r, UT_COACH_TEAM, str(UT_CS_BY_TEAM), out);
		groups(r, UT_COACH_QUEUE, str(UT_CS_BY_QUEUE), out);
		groups(r, UT_COACH_TAG, str(UT_CS_BY_TAG), out);
		along(r, out);
		if (r->coach->bad.n) {
			heading(r, str(UT_CS_BAD), out);
			listen(r, &r->coach->bad, UT_COACH_TONE, "  ", out);
		}
		if (r->coach->good.n) {
			heading(r, str(UT_CS_GOOD), out);
			listen(r, &r->coach->good, UT_COACH_TONE, "  ", out);
		}
		if (r->coach->smooth.n) {
			heading(r, str(UT_CS_SMOOTH), out);
			listen(r, &r->coach->smooth, UT_COACH_TONE, "  ", out);
		}
	}
	if (r->person)
		log_entries(r, out);
	ut_text_add(out, "\n");
	if (r->coach && !r->coach->n_calls)
		ut_text_addf(out, "%s\n", str(UT_CS_EMPTY));
	else if (r->coach && !r->person)
		ut_text_add(
		    out,
		    "* few calls or agents: not ranked. hidden: tones are shown only of 5 or more "
		    "agents, none\nwith more than half, and 30 or more closings. "
		    "Employees are not ranked or scored.\n");
	else
		ut_text_add(out, "Facts of conversation and the log: no tone, score or rank of an "
				 "employee exists.\n");
}
