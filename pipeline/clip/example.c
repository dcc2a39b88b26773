/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clip/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { END_S = 30 };

const char *const ut_example_kind_name[UT_N_EXAMPLE_KINDS] = { "bad", "recovery", "warm", "other" };

struct gather {
	struct ut_example *e;
	int64_t *seen; /* reviewers */
	bool failed;
};

static bool add_verdict(void *user, const struct ut_verdict_row *r)
{
	struct gather *g = user;
	struct ut_example *e = g->e;
	struct ut_example_verdict *v;
	int64_t *seen;

	for (size_t i = 0; i < e->n_verdicts; i++)
		if (g->seen[i] == r->reviewer_id)
			return true; /* an older one */
	v = realloc(e->verdict, (e->n_verdicts + 1) * sizeof(*v));
	if (v)
		e->verdict = v;
	seen = realloc(g->seen, (e->n_verdicts + 1) * sizeof(*seen));
	if (seen)
		g->seen = seen;
	if (!v || !seen) {
		g->failed = true;
		return false;
	}
	g->seen[e->n_verdicts] = r->reviewer_id;
	v += e->n_verdicts++;
	*v = (struct ut_example_verdict){ .heard = UT_TONE_ABSTAIN };
	ut_review_heard_find(r->heard, &v->heard);
	e->heard[v->heard]++;
	g->failed = ut_call_set(&v->given_at, r->given_at) != UT_OK ||
		    ut_call_set(&v->reviewer, r->reviewer) != UT_OK ||
		    ut_call_set(&v->note, r->note) != UT_OK ||
		    ut_call_set(&v->tags, r->tags) != UT_OK;
	return !g->failed;
}

static bool take_item(void *user, const struct ut_review_item *i)
{
	((struct ut_example *)user)->bad_start = i->bad_start;
	return true;
}

static void decide(struct ut_example *e)
{
	unsigned bad = e->heard[UT_TONE_RESIGNED] + e->heard[UT_TONE_ANGRY];
	unsigned good = e->heard[UT_TONE_ACCEPTING];

	e->kind = UT_EXAMPLE_OTHER;
	e->label = UT_TONE_ABSTAIN;
	if (!ut_example_has_tone(e))
		return;
	if (bad + good > 0) {
		e->differ = bad == good;
		e->confirmed = !e->differ;
		if (bad > good)
			e->label = e->heard[UT_TONE_ANGRY] > e->heard[UT_TONE_RESIGNED]
				       ? UT_TONE_ANGRY
				       : UT_TONE_RESIGNED;
		else if (good > bad)
			e->label = UT_TONE_ACCEPTING;
	} else {
		e->label = e->call.closing.tone.label;
	}
	if (e->label == UT_TONE_RESIGNED || e->label == UT_TONE_ANGRY)
		e->kind = UT_EXAMPLE_BAD;
	else if (e->label == UT_TONE_ACCEPTING)
		e->kind = e->bad_start ? UT_EXAMPLE_RECOVERY : UT_EXAMPLE_WARM;
}

bool ut_example_has_tone(const struct ut_example *e)
{
	return e->call.closing.span.found_by != UT_FOUND_NONE && e->call.closing.has_tone;
}

enum ut_status ut_example_load(struct ut_store *s, int64_t call_id, double before_s, double after_s,
			       struct ut_example *e, struct ut_error *err)
{
	const struct ut_closing *k = &e->call.closing.span;
	struct gather g = { .e = e };
	enum ut_status st;
	double length;

	memset(e, 0, sizeof(*e));
	ut_call_init(&e->call);
	st = ut_store_must_be_current(s, call_id, err);
	if (st == UT_OK)
		st = ut_store_load_call(s, call_id, &e->call, err);
	if (st != UT_OK)
		return st;
	st = ut_review_item(s, call_id, 0, take_item, e, err);
	if (st == UT_ENOENT) { /* no tone, or an older result */
		st = UT_OK;
		if (err)
			err->msg[0] = '\0';
	}
	if (st == UT_OK && ut_example_has_tone(e))
		st = ut_review_verdicts(s, e->call.media.hash, 0, add_verdict, &g, err);
	free(g.seen);
	if (st == UT_OK && g.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st != UT_OK)
		return st;
	decide(e);
	length = e->call.media.rate_hz
		     ? (double)e->call.media.n_samples / e->call.media.rate_hz
		     : 0;
	e->start_s = length - END_S;
	e->end_s = length;
	if (k->found_by != UT_FOUND_NONE) {
		e->start_s = (double)k->start / UT_FRAMES_PER_S - before_s;
		e->end_s = UT_MIN((double)k->end / UT_FRAMES_PER_S + after_s, length);
	}
	e->start_s = UT_MAX(e->start_s, 0);
	return UT_OK;
}

void ut_example_done(struct ut_example *e)
{
	for (size_t i = 0; i < e->n_verdicts; i++) {
		free(e->verdict[i].given_at);
		free(e->verdict[i].reviewer);
		free(e->verdict[i].note);
		free(e->verdict[i].tags);
	}
	free(e->verdict);
	e->verdict = NULL;
	e->n_verdicts = 0;
	ut_call_done(&e->call);
}

void ut_example_day(const struct ut_example *e, char day[16])
{
	const char *t = e->call.meta.start_time;

	snprintf(day, 16, "%.10s", t && strlen(t) >= 10 ? t : "");
}
