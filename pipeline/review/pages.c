/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages.c - the frame, sign-in, help, faults, and the queue. */
#include "review/pages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "review/pages_internal.h"

enum { PAGE = 25, MAX_CSV = 5000, MAX_VALUES = 300 };

void ut_pages_begin(struct ut_view *v, struct ut_html_page *p, const char *title,
		    enum ut_pages_here here, struct ut_text *bar)
{
	static const struct {
		const char *href;
		enum ut_str id;
	} items[] = {
		[UT_PAGES_QUEUE] = { "/queue", UT_STR_CALLS },
		[UT_PAGES_SESSIONS] = { "/sessions", UT_STR_SESSIONS },
		[UT_PAGES_HELP] = { "/help", UT_STR_HELP },
	};
	struct ut_html_link nav[UT_ARRAY_LEN(items)];
	enum ut_lang other = v->lang == UT_LANG_EN ? UT_LANG_HE : UT_LANG_EN;
	const char *self = v->self ? v->self : "/";

	for (size_t i = 0; i < UT_ARRAY_LEN(items); i++)
		nav[i] = (struct ut_html_link){ items[i].href, ut_str(v->lang, items[i].id),
						(int)i == (int)here };
	ut_text_addf(bar, "<a hreflang=\"%s\" lang=\"%s\" href=\"", ut_lang_code(other),
		     ut_lang_code(other));
	ut_text_add_html(bar, self);
	ut_text_add(bar, strchr(self, '?') ? "&amp;" : "?");
	ut_text_addf(bar, "lang=%s\">", ut_lang_code(other));
	ut_html_str(bar, v->lang, UT_STR_OTHER_LANGUAGE);
	ut_text_add(bar, "</a>");
	if (v->signed_in) {
		static const enum ut_str names[UT_N_REVIEW_ROLES] = { UT_STR_ROLE_VIEWER,
								      UT_STR_ROLE_TRAINER,
								      UT_STR_ROLE_ADMIN };

		ut_text_add(bar, "<span>");
		ut_html_bdi(bar, v->who.name);
		ut_text_add(bar, " (");
		ut_html_str(bar, v->lang, names[v->who.role]);
		ut_text_add(bar, ")</span><form method=\"post\" action=\"/signout\">");
		ut_pages_csrf(v, bar);
		ut_text_add(bar, "<button class=\"quiet\">");
		ut_html_str(bar, v->lang, UT_STR_SIGN_OUT);
		ut_text_add(bar, "</button></form>");
	}
	*p = (struct ut_html_page){ .lang = v->lang,
				    .title = title,
				    .css_href = "/app.css",
				    .script_src = v->signed_in ? "/app.js" : NULL,
				    .home_href = "/",
				    .nav = nav,
				    .n_nav = v->signed_in ? UT_ARRAY_LEN(nav) : 0,
				    .bar_html = bar->failed ? NULL : bar->s };
	ut_html_begin(p, v->out);
	p->nav = NULL; /* nav is ours alone */
	p->n_nav = 0;
	if (bar->failed)
		v->out->failed = true;
}

void ut_pages_csrf(struct ut_view *v, struct ut_text *out)
{
	ut_text_add(out, "<input type=\"hidden\" name=\"csrf\"");
	ut_html_attr(out, "value", v->csrf);
	ut_text_add(out, ">");
}

void ut_page_signin(struct ut_view *v, const char *csrf, enum ut_str note, bool bad)
{
	struct ut_html_page p;
	struct ut_text bar = { 0 }, *o = v->out;

	v->signed_in = false;
	ut_pages_begin(v, &p, ut_str(v->lang, UT_STR_SIGN_IN), UT_PAGES_NOWHERE, &bar);
	ut_text_add(o, "<div class=\"card narrow\"><h1>");
	ut_html_str(o, v->lang, UT_STR_SIGN_IN);
	ut_text_add(o, "</h1>\n<p class=\"lead\">");
	ut_html_str(o, v->lang, UT_STR_SIGN_IN_LEAD);
	ut_text_add(o, "</p>\n");
	if (note != UT_STR_APP) {
		ut_text_addf(o, "<div class=\"note %s\" role=\"alert\">", bad ? "bad" : "");
		ut_html_str(o, v->lang, note);
		ut_text_add(o, "</div>\n");
	}
	ut_text_add(
	    o, "<form method=\"post\" action=\"/signin\"><input type=\"hidden\" name=\"csrf\"");
	ut_html_attr(o, "value", csrf);
	ut_text_add(o, "><div class=\"field\"><label for=\"token\">");
	ut_html_str(o, v->lang, UT_STR_TOKEN);
	ut_text_add(o, "</label><input id=\"token\" name=\"token\" type=\"password\" dir=\"ltr\" "
		       "autocomplete=\"current-password\" required autofocus spellcheck=\"false\">"
		       "</div><button class=\"primary\">");
	ut_html_str(o, v->lang, UT_STR_SIGN_IN);
	ut_text_add(o, "</button></form></div>\n");
	ut_html_end(&p, o);
	ut_text_done(&bar);
}

void ut_page_error(struct ut_view *v, enum ut_str what)
{
	struct ut_html_page p;
	struct ut_text bar = { 0 }, *o = v->out;

	ut_pages_begin(v, &p, ut_str(v->lang, UT_STR_ERR_TITLE), UT_PAGES_NOWHERE, &bar);
	ut_text_add(o, "<div class=\"card narrow\"><h1>");
	ut_html_str(o, v->lang, UT_STR_ERR_TITLE);
	ut_text_add(o, "</h1><p>");
	ut_html_str(o, v->lang, what);
	ut_text_add(o, "</p><p><a class=\"button\" href=\"/queue\">");
	ut_html_str(o, v->lang, UT_STR_BACK_TO_LIST);
	ut_text_add(o, "</a></p></div>\n");
	ut_html_end(&p, o);
	ut_text_done(&bar);
}

/* The keys, on the help page and in the dialog of app.js alike. */
void ut_pages_keys(struct ut_view *v, struct ut_text *o)
{
	static const struct {
		const char *keys;
		enum ut_str does;
	} keys[] = {
		{ "j", UT_STR_KEY_NEXT },       { "k", UT_STR_KEY_PREVIOUS },
		{ "Enter", UT_STR_KEY_OPEN },   { "Space", UT_STR_KEY_PLAY },
		{ "← →", UT_STR_KEY_SEEK },     { "a", UT_STR_AGREE },
		{ "f", UT_STR_IT_WAS_FINE },    { "g", UT_STR_HEARD_ANGRY },
		{ "r", UT_STR_HEARD_RESIGNED }, { "c", UT_STR_CANT_TELL },
		{ "n", UT_STR_KEY_NOTE },       { "l", UT_STR_KEY_LIST },
		{ "?", UT_STR_KEY_HELP },
	};

	ut_text_add(o, "<table><thead><tr><th scope=\"col\">");
	ut_html_str(o, v->lang, UT_STR_KEY);
	ut_text_add(o, "</th><th scope=\"col\">");
	ut_html_str(o, v->lang, UT_STR_DOES);
	ut_text_add(o, "</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(keys); i++) {
		ut_text_addf(o, "<tr><td><kbd>%s</kbd></td><td>", keys[i].keys);
		ut_html_str(o, v->lang, keys[i].does);
		ut_text_add(o, "</td></tr>\n");
	}
	ut_text_add(o, "</tbody></table>\n");
}

void ut_page_help(struct ut_view *v)
{
	struct ut_html_page p;
	struct ut_text bar = { 0 }, *o = v->out;

	ut_pages_begin(v, &p, ut_str(v->lang, UT_STR_HELP), UT_PAGES_HELP, &bar);
	ut_text_add(o, "<h1>");
	ut_html_str(o, v->lang, UT_STR_HELP_TITLE);
	ut_text_add(o, "</h1><p class=\"lead\">");
	ut_html_str(o, v->lang, UT_STR_HELP_LEAD);
	ut_text_add(o, "</p><div class=\"card\">\n");
	ut_pages_keys(v, o);
	ut_text_add(o, "</div>\n");
	ut_html_end(&p, o);
	ut_text_done(&bar);
}

/* ---- the queue ---- */

void ut_page_call_name(struct ut_text *out, int64_t id, const char *call_key, const char *file)
{
	char number[32];

	snprintf(number, sizeof(number), "%lld", (long long)id);
	ut_html_bdi(out, call_key && *call_key ? call_key : file && *file ? file : number);
}

void ut_pages_example(struct ut_view *v, unsigned bad_start, struct ut_text *o)
{
	const char *fact[UT_HTML_STARTS];
	size_t n = ut_html_bad_start(v->lang, bad_start, fact);

	ut_text_add(o, "<span class=\"badge info\">");
	ut_html_str(o, v->lang, bad_start ? UT_STR_RECOVERY : UT_STR_WARM);
	ut_text_add(o, "</span>");
	for (size_t i = 0; i < n; i++) {
		ut_text_add(o, i ? ", " : " <small>");
		ut_html_text(o, fact[i]);
	}
	if (n)
		ut_text_add(o, "</small>");
}

void ut_pages_heard(struct ut_view *v, const char *heard, struct ut_text *o)
{
	enum ut_tone_label h;

	if (heard && ut_review_heard_find(heard, &h))
		ut_html_badge(o, v->lang, h);
	else
		ut_text_add(o, "–");
}

enum ut_tone_label ut_pages_label(const char *label)
{
	for (unsigned i = 0; i <= UT_N_TONES; i++)
		if (label && strcmp(ut_tone_label_name[i], label) == 0)
			return (enum ut_tone_label)i;
	return UT_TONE_ABSTAIN;
}

struct row { /* one call, drawn already */
	struct ut_text html;
	int64_t id;
	double key;
	bool good;
};

struct rows {
	struct ut_view *v;
	const char *query; /* filters for the links, escaped */
	struct row row[PAGE + 1];
	size_t n, cap;
	const struct rows *other; /* what is there already */
};

static void cell(struct ut_view *v, struct ut_text *o, enum ut_str label, const char *class)
{
	ut_text_add(o, "<td");
	ut_html_attr(o, "class", class);
	ut_html_attr(o, "data-label", ut_str(v->lang, label));
	ut_text_add(o, ">");
}

static void draw_row(struct rows *r, const struct ut_review_item *i, bool example,
		     struct ut_text *o)
{
	struct ut_view *v = r->v;
	unsigned chance = (unsigned)lround(100 * i->rank);

	ut_text_add(o, "<tr>");
	cell(v, o, UT_STR_TONE, NULL);
	ut_text_add(o, "<span>");
	ut_html_badge(o, v->lang, ut_pages_label(i->label));
	if (example || i->good) {
		ut_text_add(o, " ");
		ut_pages_example(v, i->bad_start, o);
	}
	ut_text_add(o, "</span></td>");
	cell(v, o, UT_STR_CALL, NULL);
	ut_text_addf(o, "<span><a class=\"open\" href=\"/call/%lld%s%s\">", (long long)i->call_id,
		     *r->query ? "?" : "", r->query);
	ut_page_call_name(o, i->call_id, i->call_key, i->file);
	ut_text_add(o, "</a>");
	if (i->phrase) {
		ut_text_add(o, " <small><q>");
		ut_html_bdi(o, i->phrase);
		ut_text_add(o, "</q></small>");
	}
	ut_text_add(o, "</span></td>");
	cell(v, o, UT_STR_CHANCE, "n");
	ut_text_addf(
	    o,
	    "<span class=\"num\" dir=\"ltr\"><svg class=\"bar\" viewBox=\"0 0 60 8\" "
	    "aria-hidden=\"true\"><rect class=\"s-lane\" width=\"60\" height=\"8\" rx=\"4\"/>"
	    "<rect class=\"s-%s\" width=\"%u\" height=\"8\" rx=\"4\"/></svg> %u %%</span></td>",
	    ut_tone_label_name[ut_pages_label(i->label)], chance * 60 / 100, chance);
	cell(v, o, UT_STR_TEAM, i->team ? NULL : "empty");
	ut_html_bdi(o, i->team);
	ut_text_add(o, "</td>");
	cell(v, o, UT_STR_QUEUE, i->queue ? NULL : "empty");
	ut_html_bdi(o, i->queue);
	ut_text_add(o, "</td>");
	cell(v, o, UT_STR_AGENT, i->agent_id ? NULL : "empty");
	ut_html_bdi(o, i->agent_id);
	ut_text_add(o, "</td>");
	cell(v, o, UT_STR_DATE, NULL);
	ut_html_num(o, "%s", i->day);
	ut_text_add(o, "</td>");
	cell(v, o, UT_STR_DURATION, "n");
	ut_html_clock(o, i->duration_s, 0);
	ut_text_add(o, "</td>");
	cell(v, o, UT_STR_YOUR_VERDICT, i->mine || i->n_verdicts ? NULL : "empty");
	ut_text_add(o, "<span>");
	ut_pages_heard(v, i->mine, o);
	if (i->n_verdicts) {
		ut_text_add(o, " <small>");
		ut_html_str(o, v->lang, UT_STR_VERDICTS);
		ut_text_addf(o, ": %lld</small>", (long long)i->n_verdicts);
	}
	ut_text_add(o, "</span></td></tr>\n");
}

static bool take(void *user, const struct ut_review_item *i)
{
	struct rows *r = user;
	struct row *at = &r->row[r->n];

	for (size_t k = 0; r->other && k < r->other->n; k++)
		if (r->other->row[k].id == i->call_id)
			return true;
	if (r->n == r->cap)
		return false;
	at->id = i->call_id;
	at->key = i->key;
	at->good = i->good;
	draw_row(r, i, r->other != NULL, &at->html);
	r->n++;
	return true;
}

static void rows_done(struct rows *r)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(r->row); i++)
		ut_text_done(&r->row[i].html);
}

struct choice {
	struct ut_text *out;
	const char *now;
	bool seen;
};

static bool choice(void *user, const char *value)
{
	struct choice *c = user;
	bool now = c->now && strcmp(c->now, value) == 0;

	c->seen |= now;
	ut_text_add(c->out, "<option");
	ut_html_attr(c->out, "value", value);
	ut_text_add(c->out, now ? " selected>" : ">");
	ut_html_text(c->out, value);
	ut_text_add(c->out, "</option>");
	return true;
}

static void field_begin(struct ut_view *v, const char *name, enum ut_str label, struct ut_text *o)
{
	ut_text_addf(o, "<div class=\"field%s\"><label for=\"f-%s\">",
		     strcmp(name, "list") == 0 ? " wide2" : "", name);
	ut_html_str(o, v->lang, label);
	ut_text_add(o, "</label>");
}

static void select_begin(struct ut_view *v, const char *name, enum ut_str label, struct ut_text *o)
{
	field_begin(v, name, label, o);
	ut_text_addf(o, "<select id=\"f-%s\" name=\"%s\">", name, name);
}

static void option(struct ut_view *v, const char *value, enum ut_str text, bool now,
		   struct ut_text *o)
{
	ut_text_addf(o, "<option value=\"%s\"%s>", value, now ? " selected" : "");
	ut_html_str(o, v->lang, text);
	ut_text_add(o, "</option>");
}

static enum ut_status values(struct ut_view *v, const char *name, enum ut_str label,
			     enum ut_review_field f, const char *now, struct ut_error *err)
{
	struct choice c = { v->out, now, false };
	enum ut_status st;

	select_begin(v, name, label, v->out);
	option(v, "", UT_STR_ANY, !now, v->out);
	st = ut_review_values(v->s, f, MAX_VALUES, choice, &c, err);
	if (now && !c.seen)
		choice(&c, now);
	ut_text_add(v->out, "</select></div>\n");
	return st;
}

static void input(struct ut_view *v, const char *name, enum ut_str label, const char *type,
		  const char *value)
{
	field_begin(v, name, label, v->out);
	ut_text_addf(v->out, "<input id=\"f-%s\" name=\"%s\" type=\"%s\"", name, name, type);
	ut_html_attr(v->out, "value", value);
	ut_text_add(v->out, "></div>\n");
}

/* The fields of a form that chooses calls: the queue's, and a new session's. */
enum ut_status ut_pages_filters(struct ut_view *v, const struct ut_filters *f, bool whole,
				struct ut_error *err)
{
	static const struct {
		const char *value;
		enum ut_str text;
	} lists[] = { { "findings", UT_STR_LIST_FINDINGS },
		      { "good", UT_STR_LIST_GOOD },
		      { "recoveries", UT_STR_LIST_RECOVERIES },
		      { "warm", UT_STR_LIST_WARM } },
	  tones[] = { { "resigned", UT_STR_RESIGNED },
		      { "angry", UT_STR_ANGRY },
		      { "accepting", UT_STR_ACCEPTING },
		      { "abstain", UT_STR_ABSTAIN } };
	static const int shares[] = { 0, 10, 20, 30, 50 };
	struct ut_text *o = v->out;
	enum ut_status st;

	ut_text_add(o, "<div class=\"filters\">\n");
	if (whole) {
		select_begin(v, "list", UT_STR_LIST, o);
		for (size_t i = 0; i < UT_ARRAY_LEN(lists); i++)
			option(v, lists[i].value, lists[i].text, (size_t)f->q.list == i, o);
		ut_text_add(o, "</select></div>\n");
	}
	input(v, "from", UT_STR_FROM, "date", f->q.from);
	input(v, "to", UT_STR_TO, "date", f->q.to);
	st = values(v, "team", UT_STR_TEAM, UT_REVIEW_TEAMS, f->q.team, err);
	if (st == UT_OK)
		st = values(v, "queue", UT_STR_QUEUE, UT_REVIEW_QUEUES, f->q.queue, err);
	input(v, "agent", UT_STR_AGENT, "text", f->q.agent_id);
	if (whole) {
		select_begin(v, "tone", UT_STR_TONE, o);
		option(v, "", UT_STR_ANY, !f->q.label, o);
		for (size_t i = 0; i < UT_ARRAY_LEN(tones); i++)
			option(v, tones[i].value, tones[i].text,
			       f->q.label && strcmp(f->q.label, tones[i].value) == 0, o);
		ut_text_add(o, "</select></div>\n");
	}
	if (st == UT_OK)
		st =
		    values(v, "language", UT_STR_LANGUAGE, UT_REVIEW_LANGUAGES, f->q.language, err);
	if (whole) {
		select_begin(v, "reviewed", UT_STR_REVIEWED, o);
		option(v, "", UT_STR_ANY, f->q.reviewed < 0, o);
		option(v, "0", UT_STR_NOT_YET, f->q.reviewed == 0, o);
		option(v, "1", UT_STR_YES, f->q.reviewed == 1, o);
		ut_text_add(o, "</select></div>\n");
		select_begin(v, "share", UT_STR_SHARE, o);
		for (size_t i = 0; i < UT_ARRAY_LEN(shares); i++)
			ut_text_addf(o, "<option value=\"%d\"%s>%d %%</option>", shares[i],
				     f->share == shares[i] ? " selected" : "", shares[i]);
		ut_text_add(o, "</select></div>\n");
	}
	ut_text_add(o, "</div>\n");
	return st;
}

/* Findings, and as many positive examples among them as the share asks for. */
static enum ut_status fetch(struct ut_view *v, const struct ut_filters *f, struct rows *list,
			    struct rows *good, struct ut_error *err)
{
	struct ut_review_query q = f->q;
	size_t have = 0, want = (size_t)((f->share * PAGE + 99) / 100);
	enum ut_status st;

	q.for_reviewer = v->who.id;
	q.limit = PAGE + 1;
	list->cap = PAGE + 1;
	st = ut_review_queue(v->s, &q, take, list, err);
	if (st != UT_OK || q.list != UT_REVIEW_FINDINGS ||
	    (q.label && strcmp(q.label, "accepting") == 0))
		return st;
	for (size_t i = 0; i < list->n && i < PAGE; i++)
		have += list->row[i].good;
	if (have >= want)
		return UT_OK;
	q.list = UT_REVIEW_GOOD;
	q.label = NULL;
	q.after_key = f->good_key;
	q.after_call = f->good_call;
	q.limit = PAGE + (int64_t)(want - have);
	good->cap = want - have;
	good->other = list;
	return ut_review_queue(v->s, &q, take, good, err);
}

static void place(struct ut_text *out, const char *name, const struct row *r)
{
	ut_text_addf(out, "%s%s=%.17g%%3A%lld", out->len ? "&amp;" : "", name, r->key,
		     (long long)r->id);
}

static void table_head(struct ut_view *v)
{
	static const enum ut_str heads[] = { UT_STR_TONE, UT_STR_CALL,     UT_STR_CHANCE,
					     UT_STR_TEAM, UT_STR_QUEUE,    UT_STR_AGENT,
					     UT_STR_DATE, UT_STR_DURATION, UT_STR_YOUR_VERDICT };
	struct ut_text *o = v->out;

	ut_text_add(o, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_QUEUE_TITLE));
	ut_text_add(o, "><table class=\"stack queue\"><thead><tr>");
	for (size_t i = 0; i < UT_ARRAY_LEN(heads); i++) {
		ut_text_addf(o, "<th scope=\"col\"%s>", i == 2 || i == 7 ? " class=\"n\"" : "");
		ut_html_str(o, v->lang, heads[i]);
		ut_text_add(o, "</th>");
	}
	ut_text_add(o, "</tr></thead><tbody>\n");
}

/* The filters once more, for a form that is posted. */
static void hidden(const struct ut_filters *f, struct ut_text *o)
{
	const char *const fields[][2] = {
		{ "from", f->q.from },
		{ "to", f->q.to },
		{ "team", f->q.team },
		{ "queue", f->q.queue },
		{ "agent", f->q.agent_id },
		{ "tone", f->q.label },
		{ "language", f->q.language },
		{ "reviewed", f->q.reviewed < 0 ? NULL : f->q.reviewed ? "1" : "0" }
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(fields); i++) {
		if (!fields[i][1])
			continue;
		ut_text_addf(o, "<input type=\"hidden\" name=\"%s\"", fields[i][0]);
		ut_html_attr(o, "value", fields[i][1]);
		ut_text_add(o, ">");
	}
}

/* Examples stand at even distances between the findings. */
static void draw_list(struct ut_view *v, const struct ut_filters *f, const struct rows *list,
		      const struct rows *good, const char *query)
{
	size_t n_find = UT_MIN(list->n, PAGE - good->n), g = 0, total = n_find + good->n;
	struct ut_text next = { 0 }, *o = v->out;

	if (total == 0) {
		ut_text_add(o, "<p class=\"note\">");
		ut_html_str(o, v->lang, UT_STR_NOTHING_FOUND);
		ut_text_add(o, "</p>");
	} else {
		table_head(v);
		for (size_t i = 0, k = 0; k < total; k++) {
			bool example =
			    g < good->n && (i >= n_find || k >= (g + 1) * total / (good->n + 1));
			const struct row *r = example ? &good->row[g++] : &list->row[i++];

			ut_text_add(o, r->html.failed ? "" : r->html.s);
			o->failed |= r->html.failed;
		}
		ut_text_add(o, "</tbody></table></div>\n");
	}
	ut_text_add(o, "<p class=\"row\">");
	if (list->n > n_find && n_find) {
		ut_text_add(&next, query);
		place(&next, "after", &list->row[n_find - 1]);
		if (good->n)
			place(&next, "good", &good->row[good->n - 1]);
		else if (f->good_call)
			ut_text_addf(&next, "&amp;good=%.17g%%3A%lld", f->good_key,
				     (long long)f->good_call);
		ut_text_addf(o, "<a class=\"button\" rel=\"next\" href=\"/queue?%s\">",
			     next.failed ? "" : next.s);
		ut_html_str(o, v->lang, UT_STR_NEXT_PAGE);
		ut_text_add(o, "</a>");
	}
	if (f->q.after_call) {
		ut_text_addf(o, "<a href=\"/queue?%s\">", query);
		ut_html_str(o, v->lang, UT_STR_FIRST_PAGE);
		ut_text_add(o, "</a>");
	}
	if (total) {
		ut_text_addf(o, "<a class=\"push\" href=\"/queue.csv?%s\" download>", query);
		ut_html_str(o, v->lang, UT_STR_DOWNLOAD_CSV);
		ut_text_add(o, "</a>");
	}
	ut_text_add(o, "</p>\n");
	if (total && v->who.role >= UT_REVIEW_TRAINER) {
		ut_text_add(o, "<form class=\"row\" method=\"post\" action=\"/pack.zip\">");
		ut_pages_csrf(v, o);
		hidden(f, o);
		ut_text_add(o, "<button class=\"push\" id=\"pack\">");
		ut_html_str(o, v->lang, UT_STR_DOWNLOAD_PACK);
		ut_text_add(o, "</button></form>\n");
	}
	ut_text_done(&next);
}

/* The filters as they stand in a link: encoded, then escaped. */
void ut_pages_query(const struct ut_filters *f, struct ut_text *out)
{
	struct ut_text plain = { 0 };

	ut_text_add(out, "");
	ut_filters_write(f, &plain);
	if (plain.s)
		ut_text_add_html(out, plain.s);
	out->failed |= plain.failed;
	ut_text_done(&plain);
}

enum ut_status ut_page_queue(struct ut_view *v, const struct ut_form *form, struct ut_error *err)
{
	struct ut_filters f;
	struct ut_html_page p;
	struct ut_text bar = { 0 }, query = { 0 }, *o = v->out;
	struct rows *list = calloc(2, sizeof(*list)), *good = list + 1;
	enum ut_status st;

	if (!list)
		return ut_fail(err, UT_ENOMEM, "a page");
	ut_filters_read(form, &f);
	ut_pages_query(&f, &query);
	list->v = good->v = v;
	list->query = good->query = query.s ? query.s : "";
	st = fetch(v, &f, list, good, err);
	if (st == UT_OK) {
		ut_pages_begin(v, &p, ut_str(v->lang, UT_STR_QUEUE_TITLE), UT_PAGES_QUEUE, &bar);
		ut_text_add(o, "<h1>");
		ut_html_str(o, v->lang, UT_STR_QUEUE_TITLE);
		ut_text_add(o, "</h1><p class=\"lead\">");
		ut_html_str(o, v->lang, UT_STR_QUEUE_LEAD);
		ut_text_add(
		    o,
		    "</p>\n<form class=\"card\" method=\"get\" action=\"/queue\" role=\"search\"");
		ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_FILTERS));
		ut_text_add(o, ">\n");
		st = ut_pages_filters(v, &f, true, err);
		ut_text_add(o, "<p class=\"row below\"><button class=\"primary\">");
		ut_html_str(o, v->lang, UT_STR_APPLY);
		ut_text_add(o, "</button><a href=\"/queue\">");
		ut_html_str(o, v->lang, UT_STR_RESET);
		ut_text_add(o, "</a></p></form>\n<div class=\"card\">\n");
		draw_list(v, &f, list, good, query.s ? query.s : "");
		ut_text_add(o, "</div>\n");
		ut_html_end(&p, o);
	}
	rows_done(list);
	rows_done(good);
	free(list);
	ut_text_done(&bar);
	ut_text_done(&query);
	return st;
}

struct csv {
	struct ut_text *out;
	int64_t n;
};

static bool csv_row(void *user, const struct ut_review_item *i)
{
	struct csv *c = user;
	const char *const cells[] = { i->call_key, i->file,     i->start_time, i->team,
				      i->queue,    i->agent_id, i->language,   i->label };

	ut_text_addf(c->out, "%lld", (long long)i->call_id);
	for (size_t k = 0; k < UT_ARRAY_LEN(cells); k++) {
		ut_text_add(c->out, ",");
		ut_text_add_csv(c->out, cells[k] ? cells[k] : "");
	}
	for (unsigned k = 0; k < UT_N_TONES; k++)
		ut_text_addf(c->out, ",%.4f", i->score[k]);
	ut_text_addf(c->out, ",%.2f,%.2f,%u,%lld,%s\r\n", i->duration_s, i->closing_start_s,
		     i->bad_start, (long long)i->n_verdicts, i->last ? i->last : "");
	c->n++;
	return true;
}

enum ut_status ut_page_queue_csv(struct ut_view *v, const struct ut_form *form, int64_t *n,
				 struct ut_error *err)
{
	struct ut_filters f;
	struct csv c = { v->out, 0 };
	enum ut_status st;

	ut_filters_read(form, &f);
	f.q.for_reviewer = v->who.id;
	f.q.limit = MAX_CSV;
	f.q.after_call = 0;
	ut_text_add(v->out,
		    "call,call_key,file,start_time,team,queue,agent,language,tone,accepting,"
		    "resigned,angry,duration_s,closing_start_s,bad_start,reviewers,"
		    "last_verdict\r\n");
	st = ut_review_queue(v->s, &f.q, csv_row, &c, err);
	*n = c.n;
	return st;
}
