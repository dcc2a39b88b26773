/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/coach_words.h"

#include <stdlib.h>
#include <string.h>

static const char *const strings[UT_N_LANGS][UT_N_CS] = {
#define X(id, en, he) [UT_CS_##id] = en,
	[UT_LANG_EN] = { UT_COACH_STRINGS(X) },
#undef X
#define X(id, en, he) [UT_CS_##id] = he,
	[UT_LANG_HE] = { UT_COACH_STRINGS(X) },
#undef X
};

const char *const ut_coach_kind_name[] = { "all", "team", "queue", "tag" };
const char *const ut_coach_shown_name[UT_N_SHOWN] = { "shown",      "person",    "no_tone",
						      "few_agents", "few_calls", "rest" };

const struct ut_coach_format ut_coach_formats[] = {
	{ "text", ut_coach_text },
	{ "html", ut_coach_html },
	{ "json", ut_coach_json },
	{ 0 },
};

const char *ut_coach_str(enum ut_lang l, enum ut_coach_str id)
{
	return strings[l][id];
}

const char *ut_coach_measure_name(enum ut_lang l, unsigned measure)
{
	return ut_coach_str(l, UT_CS_M0 + measure);
}

const char *ut_coach_measure_means(enum ut_lang l, unsigned measure)
{
	return ut_coach_str(l, UT_CS_D0 + measure);
}

const char *ut_coach_shown(enum ut_lang l, enum ut_shown s)
{
	return ut_coach_str(l, UT_CS_H0 + s);
}

const char *ut_coach_group_name(enum ut_lang l, const struct ut_coach_group *g)
{
	if (g->kind == UT_COACH_ALL)
		return ut_coach_str(l, UT_CS_ALL_CALLS);
	if (g->kind == UT_COACH_TAG)
		for (unsigned i = 0; i < UT_COACH_TAGS; i++)
			if (g->name == ut_coach_tag_name[i])
				return ut_coach_str(l, UT_CS_T0 + i);
	return g->name ? g->name : ut_coach_str(l, UT_CS_NOT_NAMED);
}

const char *ut_coach_topic(enum ut_lang l, const char *topic)
{
	for (unsigned i = 0; ut_coach_topics[i]; i++)
		if (strcmp(ut_coach_topics[i], topic) == 0)
			return ut_coach_str(l, UT_CS_P0 + i);
	return topic;
}

void ut_coach_period(const struct ut_coach *c, bool before, struct ut_text *out)
{
	int64_t days = c->query.to - c->query.from + 1;
	char from[UT_DAY_TEXT], to[UT_DAY_TEXT];

	ut_day_text(before ? c->query.from - days : c->query.from, from);
	ut_day_text(before ? c->query.from - 1 : c->query.to, to);
	ut_text_addf(out, "%s – %s", from, to);
}

/* As one word of a POSIX shell. */
static void shell_word(struct ut_text *out, const char *s)
{
	if (*s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			       "./_-")]) {
		ut_text_add(out, s);
		return;
	}
	ut_text_add(out, "'");
	for (; *s; s++) {
		if (*s == '\'')
			ut_text_add(out, "'\\''");
		else
			ut_text_addn(out, s, 1);
	}
	ut_text_add(out, "'");
}

void ut_coach_pack(const struct ut_coach_report *r, const struct ut_coach_listen *l,
		   struct ut_text *out)
{
	ut_text_add(out, "undertone pack --db ");
	shell_word(out, r->db);
	ut_text_add(out, " --out workshop");
	for (unsigned i = 0; i < l->n; i++)
		ut_text_addf(out, " %lld", (long long)l->call[i].call_id);
}

const struct ut_share *ut_coach_share(const struct ut_coach_group *g, unsigned measure, bool before)
{
	if (measure == UT_COACH_TONE)
		return before ? &g->tones_before.bad : &g->tones.bad;
	return before ? &g->fact[measure].before : &g->fact[measure].now;
}

const struct ut_difference *ut_coach_change(const struct ut_coach_group *g, unsigned measure,
					    bool *certain)
{
	const struct ut_coach_fact *f;

	if (measure == UT_COACH_TONE) {
		*certain = g->tone_changed;
		return g->tones.shown == UT_SHOWN && g->tones_before.shown == UT_SHOWN
			   ? &g->tone_change
			   : NULL;
	}
	f = &g->fact[measure];
	*certain = f->changed;
	return f->now.n && f->before.n ? &f->change : NULL;
}

/* 0 ranked, 1 of few calls, 2 not shown. */
static int class_of(const struct ut_coach_group *g, unsigned measure)
{
	if (g->one || (measure == UT_COACH_TONE && g->tones.shown != UT_SHOWN))
		return 2;
	return g->few;
}

static bool goes_before(const struct ut_coach *c, size_t a, size_t b, unsigned measure)
{
	const struct ut_coach_group *x = &c->group[a], *y = &c->group[b];
	int cx = class_of(x, measure), cy = class_of(y, measure);
	double px = ut_coach_share(x, measure, false)->p, py = ut_coach_share(y, measure, false)->p;

	if (cx != cy)
		return cx < cy;
	if (cx == 0 && px != py)
		return px > py;
	return a < b;
}

size_t ut_coach_order(const struct ut_coach *c, enum ut_coach_kind kind, unsigned measure,
		      size_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_groups; i++) {
		size_t k = n;

		if (c->group[i].kind != kind || c->group[i].n_calls == 0)
			continue;
		for (; k > 0 && goes_before(c, i, order[k - 1], measure); k--)
			order[k] = order[k - 1];
		order[k] = i;
		n++;
	}
	return n;
}
