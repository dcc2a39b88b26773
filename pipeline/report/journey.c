/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/journey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"

static const char **texts(struct ut_leg *l, size_t i)
{
	const char **const t[] = { &l->file, &l->start_time, &l->direction, &l->queue,
				   &l->team, &l->case_id,    &l->label,     &l->phrase };

	return i < UT_ARRAY_LEN(t) ? t[i] : NULL;
}

void ut_journey_init(struct ut_journey *j, const struct ut_journey_key *key)
{
	*j = (struct ut_journey){ .by_case = key->by_case,
				  .key = strdup(key->key),
				  .worst_wait = -1,
				  .worst_closing = -1 };
	j->failed = !j->key;
}

bool ut_journey_add(void *user, const struct ut_leg *l)
{
	struct ut_journey *j = user;
	struct ut_journey_leg *g;
	const char **t;

	if (j->n == j->cap) {
		size_t cap = j->cap ? 2 * j->cap : 8;
		struct ut_journey_leg *v = realloc(j->leg, cap * sizeof(*v));

		if (!v) {
			j->failed = true;
			return false;
		}
		j->leg = v;
		j->cap = cap;
	}
	g = &j->leg[j->n++];
	*g = (struct ut_journey_leg){ .l = *l };
	for (size_t i = 0; (t = texts(&g->l, i)); i++)
		if (*t && !(*t = strdup(*t)))
			j->failed = true;
	return !j->failed;
}

void ut_journey_done(struct ut_journey *j)
{
	const char **t;

	for (size_t k = 0; k < j->n; k++)
		for (size_t i = 0; (t = texts(&j->leg[k].l, i)); i++)
			free((char *)(uintptr_t)*t);
	free(j->leg);
	free(j->key);
	*j = (struct ut_journey){ 0 };
}

static enum ut_step_to step(const struct ut_journey_leg *g)
{
	if (!isfinite(g->gap_s))
		return UT_LEG_UNKNOWN;
	if (g->gap_s <= UT_TRANSFER_GAP_S)
		return UT_LEG_TRANSFER;
	return g->l.direction && strcmp(g->l.direction, "outbound") == 0 ? UT_LEG_CALLBACK
									 : UT_LEG_REPEAT;
}

void ut_journey_measure(struct ut_journey *j)
{
	double end = NAN;

	for (size_t i = 0; i < j->n; i++) {
		struct ut_journey_leg *g = &j->leg[i];
		const struct ut_leg *l = &g->l;
		const struct ut_leg *w = j->worst_wait >= 0 ? &j->leg[j->worst_wait].l : NULL;
		const struct ut_leg *c = j->worst_closing >= 0 ? &j->leg[j->worst_closing].l : NULL;

		g->gap_s = l->start_s - end; /* NAN where either is not known */
		g->how = i == 0 ? UT_LEG_FIRST : step(g);
		j->n_transfers += (g->how == UT_LEG_TRANSFER) + l->transferred;
		j->n_repeats += g->how == UT_LEG_REPEAT;
		j->n_callbacks += g->how == UT_LEG_CALLBACK;
		j->n_holds += l->n_holds;
		j->hold_s += l->hold_s;
		j->duration_s += l->duration_s;
		if (l->longest_wait_s > 0 && (!w || l->longest_wait_s > w->longest_wait_s))
			j->worst_wait = (int)i;
		if (l->rank >= 0 && (!c || l->rank > c->rank))
			j->worst_closing = (int)i;
		if (isfinite(l->start_s))
			end = isfinite(end) ? UT_MAX(end, l->start_s + l->duration_s)
					    : l->start_s + l->duration_s;
	}
	/* those without a time are last: then how long it all took is not known */
	j->span_s = j->n && isfinite(j->leg[j->n - 1].l.start_s) ? end - j->leg[0].l.start_s : NAN;
}

/* ---- text ---- */

/* "40 s", "12 min", "3 h", "2 days": for gaps between calls. */
static void gap(double s, struct ut_text *out)
{
	if (!isfinite(s))
		ut_text_add(out, "?");
	else if (s < 120)
		ut_text_addf(out, "%.0f s", UT_MAX(s, 0));
	else if (s < 7200)
		ut_text_addf(out, "%.0f min", s / 60);
	else if (s < 172800)
		ut_text_addf(out, "%.0f h", s / 3600);
	else
		ut_text_addf(out, "%.0f days", s / 86400);
}

static void pad(struct ut_text *out, size_t from, size_t to)
{
	for (size_t w = ut_words_width(out->s ? out->s + from : ""); w < to; w++)
		ut_text_add(out, " ");
	ut_text_add(out, "  ");
}

static void visible(struct ut_text *out, const char *s, const char *otherwise)
{
	ut_text_add_visible(out, s ? s : otherwise);
}

static const char *const how_words[] = { "first call", "goes on after", "calls again after",
					 "is called after", "after an unknown time" };

static void leg_text(const struct ut_journey *j, size_t i, struct ut_text *out)
{
	const struct ut_journey_leg *g = &j->leg[i];
	const struct ut_leg *l = &g->l;
	size_t at = out->len;

	ut_text_addf(out, "%6lld  %.25s", (long long)l->call_id,
		     l->start_time ? l->start_time : "?");
	pad(out, at, 33);
	at = out->len;
	ut_text_add(out, how_words[g->how]);
	if (g->how != UT_LEG_FIRST && g->how != UT_LEG_UNKNOWN) {
		ut_text_add(out, " ");
		gap(g->gap_s, out);
	}
	pad(out, at, 24);
	at = out->len;
	visible(out, l->queue ? l->queue : l->team, "-");
	pad(out, at, 12);
	at = out->len;
	ut_words_clock(l->duration_s, 0, out);
	pad(out, at, 7);
	at = out->len;
	if (l->longest_wait_s >= 0)
		ut_words_clock(l->longest_wait_s, 0, out);
	else
		ut_text_add(out, "-");
	pad(out, at, 5);
	at = out->len;
	if (l->n_holds) {
		ut_text_addf(out, "%lld, ", (long long)l->n_holds);
		ut_words_clock(l->hold_s, 0, out);
	} else {
		ut_text_add(out, "-");
	}
	pad(out, at, 8);
	at = out->len;
	if (l->rank >= 0)
		ut_text_addf(out, "%s, %.0f %%", l->label, 100 * l->rank);
	else
		ut_text_add(out, "-");
	pad(out, at, 15);
	if (l->transferred)
		ut_text_add(out, "transferred; ");
	if ((int)i == j->worst_wait)
		ut_text_add(out, "longest wait; ");
	if ((int)i == j->worst_closing)
		ut_text_add(out, "worst closing; ");
	while (out->len && (out->s[out->len - 1] == ' ' || out->s[out->len - 1] == ';'))
		out->s[--out->len] = '\0';
	ut_text_add(out, "\n");
}

static void count(struct ut_text *out, int64_t n, const char *one, const char *many)
{
	ut_text_addf(out, ", %lld %s", (long long)n, n == 1 ? one : many);
}

void ut_journey_text(const struct ut_journey *j, bool color, struct ut_text *out)
{
	ut_text_add(out, color ? "\033[1m" : "");
	ut_text_add(out, j->by_case ? "case " : "customer ");
	visible(out, j->key, "");
	ut_text_addf(out, "%s: %zu call%s", color ? "\033[0m" : "", j->n, j->n == 1 ? "" : "s");
	if (j->n > 1 && isfinite(j->span_s)) {
		ut_text_add(out, " in ");
		gap(j->span_s, out);
	}
	count(out, j->n_repeats, "repeat", "repeats");
	count(out, j->n_callbacks, "call back", "calls back");
	count(out, j->n_transfers, "transfer", "transfers");
	count(out, j->n_holds, "hold", "holds");
	if (j->n_holds) {
		ut_text_add(out, " of ");
		ut_words_clock(j->hold_s, 0, out);
	}
	ut_text_addf(
	    out,
	    "\n%s  CALL  STARTED                    HOW                       QUEUE         "
	    "LASTS    WAIT   HOLDS     NOT MEANT%s\n",
	    color ? "\033[2m" : "", color ? "\033[0m" : "");
	for (size_t i = 0; i < j->n; i++)
		leg_text(j, i, out);
	if (j->worst_closing >= 0) {
		const struct ut_leg *l = &j->leg[j->worst_closing].l;

		ut_text_addf(out, "  Narrowest: the closing of call %lld (%.0f %% not meant)",
			     (long long)l->call_id, 100 * l->rank);
	}
	if (j->worst_wait >= 0) {
		const struct ut_leg *l = &j->leg[j->worst_wait].l;

		ut_text_addf(out, "%s the wait in call %lld (",
			     j->worst_closing >= 0 ? ";" : "  Narrowest:", (long long)l->call_id);
		ut_words_clock(l->longest_wait_s, 0, out);
		ut_text_add(out, ")");
	}
	if (j->worst_closing >= 0 || j->worst_wait >= 0)
		ut_text_add(out, "\n");
}

/* ---- JSON ---- */

static void leg_json(struct ut_json *w, const struct ut_journey_leg *g)
{
	static const char *const how[] = { "first", "transfer", "repeat", "callback", "unknown" };
	const struct ut_leg *l = &g->l;

	ut_json_begin_object(w, NULL);
	ut_json_int(w, "call", l->call_id);
	ut_json_string(w, "file", l->file);
	ut_json_string(w, "start_time", l->start_time);
	ut_json_string(w, "how", how[g->how]);
	ut_json_real(w, "gap_s", g->gap_s, 1);
	ut_json_string(w, "direction", l->direction);
	ut_json_string(w, "queue", l->queue);
	ut_json_string(w, "team", l->team);
	ut_json_string(w, "case_id", l->case_id);
	ut_json_real(w, "duration_s", l->duration_s, 3);
	ut_json_real(w, "longest_wait_s", l->longest_wait_s >= 0 ? l->longest_wait_s : NAN, 3);
	ut_json_int(w, "n_holds", l->n_holds);
	ut_json_real(w, "hold_s", l->hold_s, 3);
	ut_json_bool(w, "transferred", l->transferred);
	ut_json_string(w, "label", l->label);
	ut_json_real(w, "rank", l->rank >= 0 ? l->rank : NAN, 4);
	ut_json_string(w, "phrase", l->phrase);
	ut_json_end_object(w);
}

static void index_or_null(struct ut_json *w, const char *key, int i)
{
	if (i >= 0)
		ut_json_int(w, key, i);
	else
		ut_json_null(w, key);
}

void ut_journey_json(const struct ut_journey *j, struct ut_text *out)
{
	struct ut_json w;

	ut_json_init(&w, out);
	ut_json_begin_object(&w, NULL);
	ut_json_int(&w, "schema", 1);
	ut_json_string(&w, "linked_by", j->by_case ? "case" : "customer");
	ut_json_string(&w, "key", j->key);
	ut_json_int(&w, "n_calls", (int64_t)j->n);
	ut_json_real(&w, "span_s", j->span_s, 1);
	ut_json_real(&w, "duration_s", j->duration_s, 3);
	ut_json_int(&w, "n_repeats", j->n_repeats);
	ut_json_int(&w, "n_callbacks", j->n_callbacks);
	ut_json_int(&w, "n_transfers", j->n_transfers);
	ut_json_int(&w, "n_holds", j->n_holds);
	ut_json_real(&w, "hold_s", j->hold_s, 3);
	index_or_null(&w, "worst_wait", j->worst_wait);
	index_or_null(&w, "worst_closing", j->worst_closing);
	ut_json_begin_array(&w, "legs");
	for (size_t i = 0; i < j->n; i++)
		leg_json(&w, &j->leg[i]);
	ut_json_end_array(&w);
	ut_json_end_object(&w);
	ut_text_add(out, "\n");
}
