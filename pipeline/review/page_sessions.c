/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_sessions.c - blind sessions: who has judged how many, and, at the end, how far they agree.
 */
#include <stdlib.h>
#include <string.h>

#include "review/agreement.h"
#include "review/pages_internal.h"

enum { BOOTSTRAPS = 2000, MAX_RATERS = 64, MAX_CALLS = 256 };

static void text(struct ut_view *v, const char *tag, enum ut_str id)
{
	ut_text_addf(v->out, "<%s>", tag);
	ut_html_str(v->out, v->lang, id);
	ut_text_addf(v->out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

struct list {
	struct ut_view *v;
	unsigned n;
};

static bool session(void *user, const struct ut_calibration *c)
{
	struct list *l = user;
	struct ut_view *v = l->v;
	struct ut_text *o = v->out;
	static const enum ut_str heads[] = { UT_STR_NAME,    UT_STR_CREATED_BY, UT_STR_DATE,
					     UT_STR_DONE_OF, UT_STR_RATERS,     UT_STR_STATE };

	if (l->n++ == 0) {
		ut_text_add(o, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
		ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_SESSIONS));
		ut_text_add(o, "><table class=\"stack\"><thead><tr>");
		for (size_t i = 0; i < UT_ARRAY_LEN(heads); i++)
			text(v, "th scope=\"col\"", heads[i]);
		ut_text_add(o, "</tr></thead><tbody>\n");
	}
	ut_text_addf(o, "<tr><td><a href=\"/sessions/%lld\">", (long long)c->id);
	ut_html_bdi(o, c->name);
	ut_text_add(o, "</a></td><td");
	ut_html_attr(o, "data-label", ut_str(v->lang, UT_STR_CREATED_BY));
	ut_text_add(o, ">");
	ut_html_bdi(o, c->created_by);
	ut_text_add(o, "</td><td");
	ut_html_attr(o, "data-label", ut_str(v->lang, UT_STR_DATE));
	ut_text_add(o, ">");
	ut_html_num(o, "%.10s", c->created_at);
	ut_text_add(o, "</td><td");
	ut_html_attr(o, "data-label", ut_str(v->lang, UT_STR_DONE_OF));
	ut_text_add(o, ">");
	ut_html_num(o, "%lld / %lld", (long long)c->n_mine, (long long)c->n_calls);
	ut_text_add(o, "</td><td");
	ut_html_attr(o, "data-label", ut_str(v->lang, UT_STR_RATERS));
	ut_text_addf(o, ">%lld</td><td>", (long long)c->n_raters);
	ut_text_addf(o, "<span class=\"badge%s\">", c->ended_at ? "" : " info");
	ut_html_str(o, v->lang, c->ended_at ? UT_STR_ENDED : UT_STR_OPEN);
	ut_text_add(o, "</span></td></tr>\n");
	return true;
}

static enum ut_status new_session(struct ut_view *v, const struct ut_form *form,
				  struct ut_error *err)
{
	struct ut_filters f;
	struct ut_text *o = v->out;
	enum ut_status st;

	ut_filters_read(form, &f);
	ut_text_add(o, "<form class=\"card\" method=\"post\" action=\"/sessions\">");
	ut_pages_csrf(v, o);
	text(v, "h2", UT_STR_NEW_SESSION);
	text(v, "p class=\"lead\"", UT_STR_SESSION_FILTERS);
	ut_text_add(o, "<div class=\"filters below\"><div class=\"field\"><label for=\"name\">");
	ut_html_str(o, v->lang, UT_STR_NAME);
	ut_text_add(o, "</label><input id=\"name\" name=\"name\" required maxlength=\"128\" "
		       "dir=\"auto\"></div><div class=\"field\"><label for=\"n\">");
	ut_html_str(o, v->lang, UT_STR_N_CALLS);
	ut_text_add(o, "</label><input id=\"n\" name=\"n\" type=\"number\" min=\"1\" max=\"200\" "
		       "value=\"10\" required></div></div>\n");
	st = ut_pages_filters(v, &f, false, err);
	ut_text_add(o, "<p class=\"below\"><button class=\"primary\">");
	ut_html_str(o, v->lang, UT_STR_CREATE);
	ut_text_add(o, "</button></p></form>\n");
	return st;
}

enum ut_status ut_page_sessions(struct ut_view *v, const struct ut_form *form, struct ut_error *err)
{
	struct list l = { v, 0 };
	struct ut_html_page p;
	struct ut_text bar = { 0 }, *o = v->out;
	enum ut_status st;

	ut_pages_begin(v, &p, ut_str(v->lang, UT_STR_SESSIONS), UT_PAGES_SESSIONS, &bar);
	text(v, "h1", UT_STR_SESSIONS);
	text(v, "p class=\"lead\"", UT_STR_BLIND_LEAD);
	ut_text_add(o, "<div class=\"card\">\n");
	st = ut_review_calibrations(v->s, 0, v->who.id, session, &l, err);
	if (l.n)
		ut_text_add(o, "</tbody></table></div>");
	else
		text(v, "p class=\"muted\"", UT_STR_NO_SESSIONS);
	ut_text_add(o, "</div>\n");
	if (st == UT_OK && v->who.role == UT_REVIEW_ADMIN)
		st = new_session(v, form, err);
	ut_html_end(&p, o);
	ut_text_done(&bar);
	return st;
}

/* ---- one session ---- */

struct table { /* rating[call * MAX_RATERS + rater]; 0 nothing, else 1 + enum ut_tone_label */
	struct ut_view *v;
	unsigned char rating[MAX_CALLS * MAX_RATERS];
	int64_t call[MAX_CALLS], rater[MAX_RATERS];
	unsigned char model[MAX_CALLS];
	char name[MAX_RATERS][4 * UT_REVIEW_NAME_MAX + 1];
	size_t n_calls, n_raters;
};

static bool rating(void *user, const struct ut_rating *r)
{
	struct table *t = user;
	enum ut_tone_label heard;
	size_t k = 0;

	if (r->n < 0 || r->n >= MAX_CALLS || !ut_review_heard_find(r->heard, &heard))
		return true;
	while (k < t->n_raters && t->rater[k] != r->reviewer_id)
		k++;
	if (k == MAX_RATERS)
		return true;
	if (k == t->n_raters) {
		t->rater[t->n_raters++] = r->reviewer_id;
		strncpy(t->name[k], r->reviewer, sizeof(t->name[k]) - 1);
	}
	t->n_calls = UT_MAX(t->n_calls, (size_t)r->n + 1);
	t->call[r->n] = r->call_id;
	t->model[r->n] = r->label ? (unsigned char)(1 + ut_pages_label(r->label)) : 0;
	t->rating[(size_t)r->n * MAX_RATERS + k] = (unsigned char)(1 + heard);
	return true;
}

static enum ut_status agreement(struct ut_view *v, const struct table *t, struct ut_error *err)
{
	signed char *m = calloc(t->n_calls * t->n_raters + 1, 1);
	struct ut_agreement a;
	struct ut_text *o = v->out;
	enum ut_status st;

	if (!m)
		return ut_fail(err, UT_ENOMEM, "agreement");
	for (size_t i = 0; i < t->n_calls; i++)
		for (size_t k = 0; k < t->n_raters; k++) {
			int heard = t->rating[i * MAX_RATERS + k] - 1;

			/* who cannot tell has given no value */
			m[i * t->n_raters + k] =
			    heard < 0 || heard == UT_TONE_ABSTAIN ? -1 : (signed char)heard;
		}
	st = ut_agreement(m, t->n_calls, t->n_raters, BOOTSTRAPS, &a, err);
	free(m);
	if (st != UT_OK)
		return st;
	text(v, "h2", UT_STR_AGREEMENT);
	ut_text_add(o, "<dl class=\"facts\"><div><dt>");
	ut_html_str(o, v->lang, UT_STR_ALPHA);
	ut_text_add(o, "</dt><dd id=\"alpha\">");
	if (a.has_alpha)
		ut_html_num(o, "%.2f", a.alpha);
	else
		ut_text_add(o, "–");
	ut_text_add(o, "</dd></div>");
	if (a.has_interval) {
		ut_text_add(o, "<div><dt>");
		ut_html_str(o, v->lang, UT_STR_INTERVAL);
		ut_text_add(o, "</dt><dd>");
		ut_html_num(o, "%.2f … %.2f", a.lo, a.hi);
		ut_text_add(o, "</dd></div>");
	}
	if (a.n_values) {
		ut_text_add(o, "<div><dt>");
		ut_html_str(o, v->lang, UT_STR_OBSERVED);
		ut_text_add(o, "</dt><dd>");
		ut_html_num(o, "%.0f %%", 100 * a.observed);
		ut_text_add(o, "</dd></div>");
	}
	ut_text_add(o, "</dl>\n");
	text(v, "p class=\"muted below\"", a.has_alpha ? UT_STR_ALPHA_NOTE : UT_STR_ALPHA_NONE);
	return UT_OK;
}

static void verdict_table(struct ut_view *v, const struct table *t)
{
	struct ut_text *o = v->out;

	ut_text_add(o, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_VERDICTS));
	ut_text_add(o, "><table><thead><tr>");
	text(v, "th scope=\"col\"", UT_STR_CALL);
	text(v, "th scope=\"col\"", UT_STR_MODEL);
	for (size_t k = 0; k < t->n_raters; k++) {
		ut_text_add(o, "<th scope=\"col\">");
		ut_html_bdi(o, t->name[k]);
		ut_text_add(o, "</th>");
	}
	ut_text_add(o, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < t->n_calls; i++) {
		if (!t->call[i])
			continue;
		ut_text_addf(o, "<tr><td><a href=\"/call/%lld\">%lld</a></td><td>",
			     (long long)t->call[i], (long long)t->call[i]);
		if (t->model[i])
			ut_html_badge(o, v->lang, (enum ut_tone_label)(t->model[i] - 1));
		ut_text_add(o, "</td>");
		for (size_t k = 0; k < t->n_raters; k++) {
			unsigned char h = t->rating[i * MAX_RATERS + k];

			ut_text_add(o, "<td>");
			if (h)
				ut_html_badge(o, v->lang, (enum ut_tone_label)(h - 1));
			else
				ut_text_add(o, "–");
			ut_text_add(o, "</td>");
		}
		ut_text_add(o, "</tr>\n");
	}
	ut_text_add(o, "</tbody></table></div>\n");
}

struct one {
	char name[4 * 128 + 1];
	int64_t n_calls, n_mine, n_raters;
	bool ended;
};

static bool keep(void *user, const struct ut_calibration *c)
{
	struct one *s = user;

	strncpy(s->name, c->name, sizeof(s->name) - 1);
	s->n_calls = c->n_calls;
	s->n_mine = c->n_mine;
	s->n_raters = c->n_raters;
	s->ended = c->ended_at != NULL;
	return false;
}

static void state(struct ut_view *v, int64_t id, const struct one *s)
{
	struct ut_text *o = v->out;

	ut_text_add(o, "<p class=\"row\">");
	ut_text_addf(o, "<span class=\"badge%s\">", s->ended ? "" : " info");
	ut_html_str(o, v->lang, s->ended ? UT_STR_ENDED : UT_STR_OPEN);
	ut_text_add(o, "</span><span>");
	ut_html_str(o, v->lang, UT_STR_DONE_OF);
	ut_text_add(o, ": ");
	ut_html_num(o, "%lld / %lld", (long long)s->n_mine, (long long)s->n_calls);
	ut_text_add(o, "</span><span>");
	ut_html_str(o, v->lang, UT_STR_RATERS);
	ut_text_addf(o, ": %lld</span></p>\n", (long long)s->n_raters);
	if (s->ended)
		return;
	if (v->who.role == UT_REVIEW_VIEWER) {
		text(v, "p", UT_STR_VIEWER_ONLY);
	} else if (s->n_mine < s->n_calls) {
		ut_text_addf(o,
			     "<p><a class=\"button primary\" id=\"next-blind\" "
			     "href=\"/sessions/%lld/next\">",
			     (long long)id);
		ut_html_str(o, v->lang, UT_STR_GO_ON);
		ut_text_add(o, "</a></p>\n");
	} else {
		text(v, "p class=\"note good\"", UT_STR_ALL_JUDGED);
	}
	text(v, "p class=\"muted\"", UT_STR_AFTER_END);
	if (v->who.role != UT_REVIEW_ADMIN)
		return;
	ut_text_addf(o, "<form method=\"post\" action=\"/sessions/%lld/end\">", (long long)id);
	ut_pages_csrf(v, o);
	ut_text_add(o, "<button>");
	ut_html_str(o, v->lang, UT_STR_END_SESSION);
	ut_text_add(o, "</button></form>\n");
}

enum ut_status ut_page_session(struct ut_view *v, int64_t id, struct ut_error *err)
{
	struct one s = { .n_calls = 0 };
	struct ut_html_page p;
	struct ut_text bar = { 0 }, *o = v->out;
	struct table *t;
	enum ut_status st = ut_review_calibrations(v->s, id, v->who.id, keep, &s, err);

	if (st != UT_OK)
		return st;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ut_fail(err, UT_ENOMEM, "a page");
	t->v = v;
	ut_pages_begin(v, &p, s.name, UT_PAGES_SESSIONS, &bar);
	text(v, "p class=\"muted\"", UT_STR_BLIND_TITLE);
	ut_text_add(o, "<h1>");
	ut_html_bdi(o, s.name);
	ut_text_add(o, "</h1>\n");
	text(v, "p class=\"lead\"", UT_STR_BLIND_LEAD);
	ut_text_add(o, "<div class=\"card\">\n");
	state(v, id, &s);
	if (s.ended) { /* not before: nobody is swayed by the others */
		st = ut_review_ratings(v->s, id, rating, t, err);
		if (st == UT_OK)
			st = agreement(v, t, err);
		if (st == UT_OK && t->n_raters)
			verdict_table(v, t);
	}
	ut_text_add(o, "</div>\n");
	ut_html_end(&p, o);
	ut_text_done(&bar);
	free(t);
	return st;
}
