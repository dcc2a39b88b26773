/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_call.c - one call: what was heard, why, and what the reviewer says to it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "call/problems.h"
#include "report/callplot.h"
#include "report/words.h"
#include "review/pages_internal.h"

enum { BEFORE_S = 10, AFTER_S = 3 };

void ut_page_excerpt(const struct ut_call *c, double *start_s, double *end_s)
{
	const struct ut_closing *k = &c->closing.span;

	*start_s = *end_s = 0;
	if (k->found_by == UT_FOUND_NONE)
		return;
	*start_s = UT_MAX(0, (double)k->start / UT_FRAMES_PER_S - BEFORE_S);
	*end_s = UT_MIN(c->measures.duration_s, (double)k->end / UT_FRAMES_PER_S + AFTER_S);
}

/* A call's law, once more where it is shown: only the verified external customer's tone. */
static bool may_show_tone(const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;

	return r->has_tone && r->span.found_by != UT_FOUND_NONE && r->party >= 0 &&
	       r->party < (int)c->n_parties && c->party[r->party].role == UT_ROLE_CUSTOMER &&
	       c->party[r->party].kind == UT_KIND_EXTERNAL && c->party[r->party].verified;
}

static void card(struct ut_view *v, const char *id, enum ut_str heading)
{
	ut_text_addf(v->out, "<section class=\"card\" aria-labelledby=\"%s\"><h2 id=\"%s\">", id,
		     id);
	ut_html_str(v->out, v->lang, heading);
	ut_text_add(v->out, "</h2>\n");
}

/* "0:11–0:27", left to right in every language. */
static void stretch(struct ut_text *o, double a, double b, unsigned digits)
{
	ut_text_add(o, "<span class=\"num\" dir=\"ltr\">");
	ut_words_clock(a, digits, o);
	ut_text_add(o, "–");
	ut_words_clock(b, digits, o);
	ut_text_add(o, "</span>");
}

static void scores(struct ut_view *v, const struct ut_tone *t)
{
	double p[UT_N_TONES];
	unsigned n[UT_N_TONES];
	struct ut_text *o = v->out;

	for (unsigned i = 0; i < UT_N_TONES; i++)
		p[i] = (double)t->score[i];
	ut_words_scores(p, n);
	ut_text_add(o, "<ul class=\"plain scores\"");
	ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_SCORES));
	ut_text_add(o, ">");
	for (unsigned i = 0; i < UT_N_TONES; i++) {
		ut_text_add(o, "<li><span>");
		ut_html_text(o, ut_str_tone(v->lang, (enum ut_tone_label)i));
		ut_text_addf(
		    o,
		    "</span><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
		    "aria-hidden=\"true\"><rect class=\"s-lane\" width=\"100\" height=\"8\"/>"
		    "<rect class=\"s-%s\" width=\"%.1f\" height=\"8\"/></svg>",
		    ut_tone_label_name[i], n[i] / 100.0);
		ut_html_num(o, "%u %%", (n[i] + 50) / 100);
		ut_text_add(o, "</li>");
	}
	ut_text_add(o, "</ul>\n");
}

struct example {
	unsigned bad_start;
	bool good;
};

static bool find_example(void *user, const struct ut_review_item *i)
{
	*(struct example *)user = (struct example){ i->bad_start, i->good };
	return false;
}

/* A recovery or warm closing, and what made its start a bad one. */
static void example(struct ut_view *v, const struct ut_call *c)
{
	struct example e = { 0 };

	/* what is not in the list (any more) is no example of it */
	if (ut_review_item(v->s, c->id, v->who.id, find_example, &e, NULL) != UT_OK || !e.good)
		return;
	ut_text_add(v->out, "<span>");
	ut_pages_example(v, e.bad_start, v->out);
	ut_text_add(v->out, "</span>");
	if (e.bad_start & UT_START_RAISED) {
		ut_text_add(v->out, "<small>(");
		ut_html_came_down(v->out, v->lang, &c->closing.tone);
		ut_text_add(v->out, ")</small>");
	}
}

static void heading(struct ut_view *v, const struct ut_call *c, int64_t blind)
{
	const struct ut_closing_record *r = &c->closing;
	struct ut_text *o = v->out;

	ut_text_add(o, "<h1>");
	ut_html_str(o, v->lang, UT_STR_CALL);
	ut_text_add(o, " ");
	ut_page_call_name(o, c->id, c->meta.call_id, NULL);
	ut_text_add(o, "</h1>\n<p class=\"row\">");
	if (blind) {
		ut_text_add(o, "<span class=\"badge info\">");
		ut_html_str(o, v->lang, UT_STR_BLIND_TITLE);
		ut_text_add(o, "</span> <span class=\"muted\">");
		ut_html_str(o, v->lang, UT_STR_BLIND_HIDDEN);
		ut_text_add(o, "</span>");
	} else if (may_show_tone(c)) {
		ut_html_badge(o, v->lang, r->tone.label);
		ut_text_add(o, "<span>");
		ut_html_str(o, v->lang, UT_STR_CHANCE);
		ut_text_add(o, ": ");
		ut_html_num(o, "%ld %%",
			    lround(100 * ((double)r->tone.score[UT_TONE_RESIGNED] +
					  (double)r->tone.score[UT_TONE_ANGRY])));
		ut_text_add(o, "</span>");
		if (r->tone.label == UT_TONE_ACCEPTING)
			example(v, c);
		if (r->tone.label == UT_TONE_ABSTAIN && r->tone.abstain_reason) {
			ut_text_add(o, "<span class=\"muted\">");
			ut_html_str(o, v->lang, UT_STR_ABSTAINED);
			ut_text_add(o, ": ");
			ut_html_bdi(o, r->tone.abstain_reason);
			ut_text_add(o, "</span>");
		}
	} else {
		bool none = r->span.found_by == UT_FOUND_NONE;
		const char *why = none ? r->reason : r->no_tone_reason;

		ut_text_add(o, "<span class=\"badge\">");
		ut_html_str(o, v->lang, none ? UT_STR_NO_CLOSING : UT_STR_NO_TONE);
		ut_text_add(o, "</span> <span class=\"muted\">");
		ut_html_bdi(o, why ? why : "");
		ut_text_add(o, "</span>");
	}
	ut_text_add(o, "</p>\n");
}

static void listen(struct ut_view *v, const struct ut_call *c, const struct ut_page_recording *r)
{
	struct ut_text *o = v->out;
	double a, b;

	card(v, "h-listen", UT_STR_LISTEN);
	if (!r->there) {
		ut_text_add(o, "<p class=\"note warn\">");
		ut_html_str(o, v->lang, UT_STR_NO_RECORDING);
		ut_text_add(o, "</p></section>\n");
		return;
	}
	ut_page_excerpt(c, &a, &b);
	if (b > a) {
		ut_text_add(o, "<figure><figcaption>");
		ut_html_str(o, v->lang, UT_STR_EXCERPT);
		ut_text_add(o, " · ");
		stretch(o, a, b, 0);
		ut_text_addf(o,
			     "</figcaption><audio id=\"excerpt\" controls preload=\"none\" "
			     "src=\"/call/%lld/excerpt.wav\"",
			     (long long)c->id);
		ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_EXCERPT));
		ut_text_add(o, "></audio></figure>\n");
	}
	ut_text_addf(o, "<details%s><summary>", b > a ? "" : " open");
	ut_html_str(o, v->lang, UT_STR_WHOLE_CALL);
	ut_text_add(o, " · ");
	ut_html_clock(o, c->measures.duration_s, 0);
	ut_text_addf(o,
		     "</summary><audio id=\"whole\" controls preload=\"none\" "
		     "src=\"/call/%lld/whole.wav\"",
		     (long long)c->id);
	ut_html_attr(o, "aria-label", ut_str(v->lang, UT_STR_WHOLE_CALL));
	ut_text_add(o, "></audio></details>\n");
	if (ut_call_has_problem(c, "masked")) {
		ut_text_add(o, "<p class=\"note\">");
		ut_html_str(o, v->lang, UT_STR_MASKED_NOTE);
		ut_text_add(o, "</p>");
	}
	ut_text_add(o, "</section>\n");
}

static void swatch(struct ut_view *v, const char *class, enum ut_str text)
{
	ut_text_addf(
	    v->out,
	    "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"%s\" width=\"12\" "
	    "height=\"12\" rx=\"2\"/></svg>",
	    class);
	ut_html_str(v->out, v->lang, text);
	ut_text_add(v->out, "</li>");
}

static void pictures(struct ut_view *v, const struct ut_call *c, const struct ut_page_recording *r)
{
	struct ut_text *o = v->out;
	double a, b;
	bool masked = ut_call_has_problem(c, "masked");

	ut_page_excerpt(c, &a, &b);
	card(v, "h-timeline", UT_STR_TIMELINE);
	ut_text_add(o, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
		       "dir=\"ltr\" aria-labelledby=\"h-timeline\"><div class=\"wide\">");
	ut_callplot_timeline(c, v->lang, a, b, o);
	ut_text_add(o, "</div></div>\n<ul class=\"legend\">");
	swatch(v, "s-customer", UT_STR_CUSTOMER);
	swatch(v, "s-agent", UT_STR_AGENT);
	swatch(v, "s-interrupt", UT_STR_INTERRUPTION);
	swatch(v, "s-hold", UT_STR_HOLD);
	if (masked)
		swatch(v, "s-mask", UT_STR_MASKED);
	if (b > a)
		swatch(v, "s-soft", UT_STR_EXCERPT);
	ut_text_add(o, "</ul></section>\n");
	if (!r->there || b <= a || ut_call_customer(c, NULL) < 0)
		return;
	card(v, "h-voice", UT_STR_VOICE);
	ut_text_addf(o,
		     "<div class=\"scroll\" tabindex=\"0\" role=\"group\" dir=\"ltr\" "
		     "aria-labelledby=\"h-voice\">"
		     "<div class=\"wide\"><img class=\"voice\" width=\"1000\" height=\"496\" "
		     "src=\"/call/%lld/voice.svg?lang=%s\"",
		     (long long)c->id, ut_lang_code(v->lang));
	ut_html_attr(o, "alt", ut_str(v->lang, UT_STR_VOICE_ALT));
	ut_text_add(o, "></div></div>\n<ul class=\"legend\">");
	swatch(v, "s-usual", UT_STR_USUAL_RANGE);
	swatch(v, "s-mark", UT_STR_CLOSING);
	ut_text_add(o, "</ul></section>\n");
}

static void evidence(struct ut_view *v, const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;
	struct ut_text *o = v->out;
	unsigned n = 0;

	if (r->span.found_by == UT_FOUND_NONE)
		return;
	card(v, "h-evidence", UT_STR_EVIDENCE);
	ut_text_add(o, "<p>");
	ut_html_str(o, v->lang, UT_STR_CLOSING);
	ut_text_add(o, " ");
	stretch(o, (double)r->span.start / UT_FRAMES_PER_S, (double)r->span.end / UT_FRAMES_PER_S,
		1);
	if (r->phrase) {
		ut_text_add(o, " <q>");
		ut_html_bdi(o, r->phrase);
		ut_text_add(o, "</q>");
	}
	ut_text_add(o, "; ");
	ut_html_str(o, v->lang,
		    r->span.found_by == UT_FOUND_BY_PHRASE ? UT_STR_FOUND_BY_PHRASE
							   : UT_STR_FOUND_BY_TURN);
	ut_text_add(o, ", ");
	ut_html_str(o, v->lang, UT_STR_CERTAIN);
	ut_text_add(o, " ");
	ut_html_num(o, "%ld %%", lround(100 * (double)r->span.confidence));
	if (r->span.latency != UT_NO_LATENCY) {
		ut_text_add(o, "; ");
		ut_html_str(o, v->lang, UT_STR_ANSWERED_AFTER);
		ut_text_add(o, " ");
		ut_html_num(o, "%.1f s", (double)r->span.latency / UT_FRAMES_PER_S);
	}
	ut_text_add(o, "</p>\n");
	if (may_show_tone(c)) {
		scores(v, &r->tone);
		ut_text_add(o, "<ul class=\"evidence\">");
		for (unsigned i = 0; i < 2 * r->tone.n_evidence; i++) {
			/* what an ear can check first */
			const struct ut_evidence *e = &r->tone.evidence[i % r->tone.n_evidence];
			bool ear = ut_words_by_ear(e);

			if (ear != (i < r->tone.n_evidence))
				continue;
			n++;
			ut_text_add(o, "<li>");
			ut_html_evidence(o, v->lang, e);
			ut_text_add(o, " <small>");
			if (!ear) {
				ut_html_str(o, v->lang, UT_STR_BY_MACHINE);
				ut_text_add(o, ", ");
			}
			ut_html_str(o, v->lang, UT_STR_POINTS_TO);
			ut_text_add(o, "</small> ");
			ut_html_badge(o, v->lang, e->points_to);
			ut_text_add(o, "</li>\n");
		}
		ut_text_add(o, "</ul>\n");
		if (n == 0) {
			ut_text_add(o, "<p class=\"muted\">");
			ut_html_str(o, v->lang, UT_STR_NO_EVIDENCE);
			ut_text_add(o, "</p>\n");
		}
	}
	ut_text_add(o, "</section>\n");
}

static void fact(struct ut_view *v, enum ut_str name)
{
	ut_text_add(v->out, "<div><dt>");
	ut_html_str(v->out, v->lang, name);
	ut_text_add(v->out, "</dt><dd>");
}

static void fact_text(struct ut_view *v, enum ut_str name, const char *value)
{
	if (!value || !*value)
		return;
	fact(v, name);
	ut_html_bdi(v->out, value);
	ut_text_add(v->out, "</dd></div>\n");
}

/* "2026-11-22 21:04 +02:00": as the metadata gave it, without its seconds. */
static void fact_start(struct ut_view *v, const char *t)
{
	size_t n = t ? strlen(t) : 0;

	if (n < 19 || t[10] != 'T') {
		fact_text(v, UT_STR_START, t);
		return;
	}
	fact(v, UT_STR_START);
	ut_html_num(v->out, "%.10s", t);
	ut_text_add(v->out, " ");
	ut_html_num(v->out, "%.5s %s", t + 11,
		    t + 19 + (t[19] == '.' ? strspn(t + 19, ".0123456789") : 0));
	ut_text_add(v->out, "</dd></div>\n");
}

static void fact_s(struct ut_view *v, enum ut_str name, double s)
{
	if (s < 0)
		return;
	fact(v, name);
	ut_html_num(v->out, "%.1f", s);
	ut_text_add(v->out, " ");
	ut_html_str(v->out, v->lang, UT_STR_SECONDS_SHORT);
	ut_text_add(v->out, "</dd></div>\n");
}

static void facts(struct ut_view *v, const struct ut_call *c)
{
	static const enum ut_str heads[] = { UT_STR_TALK, UT_STR_TURNS, UT_STR_INTERRUPTIONS,
					     UT_STR_ANSWERS_IN, UT_STR_LONGEST_TURN };
	struct ut_text *o = v->out;

	card(v, "h-facts", UT_STR_FACTS);
	ut_text_add(o, "<dl class=\"facts\">\n");
	fact_start(v, c->meta.start_time);
	fact_text(v, UT_STR_CALL_ID, c->meta.call_id);
	fact_text(v, UT_STR_TEAM, c->meta.team);
	fact_text(v, UT_STR_QUEUE, c->meta.queue);
	fact_text(v, UT_STR_AGENT, c->meta.agent_id);
	fact_text(v, UT_STR_CUSTOMER, c->meta.customer_key);
	fact_text(v, UT_STR_LANGUAGE, c->meta.language);
	fact_s(v, UT_STR_OVERLAP, c->measures.overlap_s);
	fact_s(v, UT_STR_HOLD_TIME, c->measures.hold_s);
	fact_s(v, UT_STR_LONGEST_WAIT, c->measures.longest_wait_s);
	ut_text_add(o, "</dl>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
		       "aria-labelledby=\"h-facts\"><table class=\"gap\"><thead><tr><td></td>");
	for (size_t i = 0; i < UT_ARRAY_LEN(heads); i++) {
		ut_text_add(o, "<th scope=\"col\" class=\"n\">");
		ut_html_str(o, v->lang, heads[i]);
		ut_text_add(o, "</th>");
	}
	ut_text_add(o, "</tr></thead><tbody>\n");
	for (unsigned i = 0; i < c->n_parties && i < c->measures.n_parties; i++) {
		const struct ut_party_measures *m = &c->measures.party[i];

		ut_text_add(o, "<tr><th scope=\"row\">");
		ut_html_text(o, ut_str_role(v->lang, c->party[i].role));
		ut_text_add(o, "</th><td class=\"n\">");
		ut_html_clock(o, m->talk_s, 0);
		ut_text_addf(o,
			     "</td><td class=\"n\">%u</td><td class=\"n\">%u</td><td class=\"n\">",
			     m->n_turns, m->n_interruptions);
		if (m->n_latencies)
			ut_html_num(o, "%.1f s", m->latency_median_s);
		else
			ut_text_add(o, "–");
		ut_text_add(o, "</td><td class=\"n\">");
		ut_html_clock(o, m->longest_turn_s, 1);
		ut_text_add(o, "</td></tr>\n");
	}
	ut_text_add(o, "</tbody></table></div>\n");
	if (c->n_problems) {
		ut_text_add(o, "<h3>");
		ut_html_str(o, v->lang, UT_STR_PROBLEMS);
		ut_text_add(o, "</h3><ul>");
		for (size_t i = 0; i < c->n_problems; i++) {
			ut_text_add(o, "<li><bdi>");
			ut_html_text(o, c->problem[i].message);
			ut_text_add(o, "</bdi></li>");
		}
		ut_text_add(o, "</ul>");
	}
	ut_text_add(o, "</section>\n");
}

/* ---- verdicts ---- */

static void button(struct ut_view *v, const char *heard, const char *keys, enum ut_str text,
		   bool primary)
{
	ut_text_addf(v->out,
		     "<button name=\"heard\" value=\"%s\" data-keys=\"%s\"%s><kbd>%c</kbd> ", heard,
		     keys, primary ? " class=\"primary\"" : "", keys[0]);
	ut_html_str(v->out, v->lang, text);
	ut_text_add(v->out, "</button>\n");
}

/* Blind, the four things that can be heard; else agreement and what it would be instead. */
static void buttons(struct ut_view *v, enum ut_tone_label label, bool blind)
{
	if (blind) {
		button(v, "accepting", "f", UT_STR_HEARD_ACCEPTING, false);
		button(v, "resigned", "r", UT_STR_HEARD_RESIGNED, false);
		button(v, "angry", "g", UT_STR_HEARD_ANGRY, false);
		button(v, "unsure", "c", UT_STR_CANT_TELL, false);
		return;
	}
	button(v, ut_review_heard_name(label), label == UT_TONE_ACCEPTING ? "af" : "a",
	       UT_STR_AGREE, true);
	if (label != UT_TONE_ACCEPTING)
		button(v, "accepting", "f", UT_STR_IT_WAS_FINE, false);
	if (label != UT_TONE_ANGRY)
		button(v, "angry", "g",
		       label == UT_TONE_RESIGNED ? UT_STR_ANGRY_NOT_RESIGNED : UT_STR_HEARD_ANGRY,
		       false);
	if (label != UT_TONE_RESIGNED)
		button(v, "resigned", "r",
		       label == UT_TONE_ANGRY ? UT_STR_RESIGNED_NOT_ANGRY : UT_STR_HEARD_RESIGNED,
		       false);
	if (label != UT_TONE_ABSTAIN)
		button(v, "unsure", "c", UT_STR_CANT_TELL, false);
}

static const enum ut_str tag_text[UT_N_TAGS] = { UT_STR_TAG_NO_ANSWER,     UT_STR_TAG_NO_EMPATHY,
						 UT_STR_TAG_NOT_LISTENING, UT_STR_TAG_TRANSFERRED,
						 UT_STR_TAG_LONG_WAIT,     UT_STR_TAG_GOOD_RECOVERY,
						 UT_STR_TAG_OTHER };

/* "long-wait, other" of the store, in the reader's language. */
static void said_tags(struct ut_view *v, const char *tags)
{
	const char *comma = "";

	while (*tags) {
		size_t n = strcspn(tags, ",");

		for (unsigned i = 0; i < UT_N_TAGS; i++)
			if (strlen(ut_review_tag_name[i]) == n &&
			    strncmp(ut_review_tag_name[i], tags, n) == 0) {
				ut_text_add(v->out, comma);
				ut_html_str(v->out, v->lang, tag_text[i]);
				comma = ", ";
			}
		tags += n;
		tags += strspn(tags, ", ");
	}
}

static void form(struct ut_view *v, const struct ut_call *c, int64_t blind, const char *query)
{
	struct ut_text *o = v->out;

	ut_text_addf(o, "<form id=\"verdict\" method=\"post\" action=\"/call/%lld/verdict\">",
		     (long long)c->id);
	ut_pages_csrf(v, o);
	ut_text_addf(o, "<input type=\"hidden\" name=\"back\" value=\"%s\">", query);
	ut_text_add(o, "<fieldset><legend>");
	ut_html_str(o, v->lang, UT_STR_VERDICT_LEAD);
	ut_text_add(o, "</legend><div class=\"keys\">\n");
	buttons(v, c->closing.tone.label, blind != 0);
	ut_text_add(o, "</div></fieldset>\n<fieldset><legend class=\"small\">");
	ut_html_str(o, v->lang, UT_STR_TAGS);
	ut_text_add(o, "</legend><div class=\"tags\">");
	for (unsigned i = 0; i < UT_N_TAGS; i++) {
		ut_text_addf(
		    o, "<label class=\"check\"><input type=\"checkbox\" name=\"tag\" value=\"%s\">",
		    ut_review_tag_name[i]);
		ut_html_str(o, v->lang, tag_text[i]);
		ut_text_add(o, "</label>\n");
	}
	ut_text_add(o, "</div></fieldset>\n<div class=\"field\"><label for=\"note\">");
	ut_html_str(o, v->lang, UT_STR_NOTE);
	ut_text_addf(o,
		     "</label><textarea id=\"note\" name=\"note\" maxlength=\"%d\" dir=\"auto\">"
		     "</textarea></div></form>\n",
		     UT_REVIEW_NOTE_MAX);
}

struct verdicts {
	struct ut_view *v;
	unsigned n;
};

static bool verdict(void *user, const struct ut_verdict_row *r)
{
	struct verdicts *l = user;
	struct ut_view *v = l->v;
	struct ut_text *o = v->out;

	if (l->n++ == 0)
		ut_text_add(o, "<ul class=\"plain verdicts\">");
	ut_text_addf(o, "<li%s>", r->latest ? "" : " class=\"old\"");
	ut_html_bdi(o, r->reviewer);
	ut_text_add(o, " ");
	ut_pages_heard(v, r->heard, o);
	ut_text_add(o, " <small>");
	ut_html_num(o, "%.10s %.5s", r->given_at, strlen(r->given_at) > 16 ? r->given_at + 11 : "");
	ut_text_add(o, " · ");
	if (r->shown) {
		ut_html_str(o, v->lang, UT_STR_SHOWN);
		ut_text_add(o, ": ");
		ut_html_text(o, ut_str_tone(v->lang, ut_pages_label(r->shown)));
	} else {
		ut_html_str(o, v->lang, UT_STR_BLIND);
	}
	if (r->tags[0])
		ut_text_add(o, " · ");
	said_tags(v, r->tags);
	ut_text_add(o, "</small>");
	if (r->note) {
		ut_text_add(o, "<p dir=\"auto\">");
		ut_html_text(o, r->note);
		ut_text_add(o, "</p>");
	}
	ut_text_add(o, "</li>\n");
	return true;
}

static enum ut_status judge(struct ut_view *v, const struct ut_call *c, int64_t blind,
			    const char *query, bool saved, struct ut_error *err)
{
	struct verdicts l = { v, 0 };
	struct ut_text *o = v->out;
	enum ut_status st = UT_OK;

	card(v, "h-verdict", UT_STR_VERDICT);
	if (saved) {
		ut_text_add(o, "<p class=\"note good\" role=\"status\">");
		ut_html_str(o, v->lang, UT_STR_SAVED);
		ut_text_add(o, "</p>\n");
	}
	if (!may_show_tone(c)) {
		ut_text_add(o, "<p class=\"muted\">");
		ut_html_str(o, v->lang, UT_STR_NO_TONE);
		ut_text_add(o, "</p>");
	} else if (v->who.role == UT_REVIEW_VIEWER) {
		ut_text_add(o, "<p class=\"muted\">");
		ut_html_str(o, v->lang, UT_STR_VIEWER_ONLY);
		ut_text_add(o, "</p>");
	} else {
		form(v, c, blind, query);
	}
	if (!blind && may_show_tone(c)) {
		ut_text_add(o, "<h3>");
		ut_html_str(o, v->lang, UT_STR_VERDICTS);
		ut_text_add(o, "</h3>\n");
		st = ut_review_verdicts(v->s, c->media.hash, v->who.id, verdict, &l, err);
		if (l.n) {
			ut_text_add(o, "</ul>\n");
		} else {
			ut_text_add(o, "<p class=\"muted\">");
			ut_html_str(o, v->lang, UT_STR_NOBODY_YET);
			ut_text_add(o, "</p>\n");
		}
	}
	ut_text_add(o, "</section>\n");
	return st;
}

/* ---- where it stands in the list ---- */

struct place {
	double rank, good;
	bool is_good;
};

static bool remember(void *user, const struct ut_review_item *i)
{
	struct place *p = user;

	p->rank = i->key;
	p->is_good = i->good;
	/* as view review_source counts it */
	p->good = i->score[UT_TONE_ACCEPTING] + __builtin_popcount(i->bad_start);
	return false;
}

static bool first(void *user, const struct ut_review_item *i)
{
	*(int64_t *)user = i->call_id;
	return false;
}

static void step(struct ut_view *v, int64_t id, const char *query, const char *dom, const char *key,
		 enum ut_str text)
{
	struct ut_text *o = v->out;

	if (!id)
		return;
	ut_text_addf(o, "<a class=\"button\" id=\"%s\" href=\"/call/%lld%s%s\"><kbd>%s</kbd> ", dom,
		     (long long)id, *query ? "?" : "", query, key);
	ut_html_str(o, v->lang, text);
	ut_text_add(o, "</a>");
}

/* Previous and next under the same filters, each one row of the same index. */
static enum ut_status neighbours(struct ut_view *v, const struct ut_call *c,
				 const struct ut_filters *f, int64_t ret[2], struct ut_error *err)
{
	struct place p = { 0 };
	struct ut_review_query q = f->q;
	struct ut_error none = { 0 };
	enum ut_status st = ut_review_item(v->s, c->id, v->who.id, remember, &p, &none);

	ret[0] = ret[1] = 0;
	if (st == UT_ENOENT)
		return UT_OK;
	if (st != UT_OK)
		return ut_fail(err, st, "%s", none.msg);
	q.for_reviewer = v->who.id;
	q.limit = 1;
	q.after_call = c->id;
	q.after_key = q.list == UT_REVIEW_FINDINGS ? p.rank : p.good;
	if (q.list != UT_REVIEW_FINDINGS && !p.is_good)
		return UT_OK;
	for (int i = 0; i < 2 && st == UT_OK; i++) {
		q.back = i == 0;
		st = ut_review_queue(v->s, &q, first, &ret[i], err);
		if (ret[i] == c->id)
			ret[i] = 0;
	}
	return st;
}

enum ut_status ut_page_call(struct ut_view *v, const struct ut_call *c, int64_t blind,
			    const struct ut_page_recording *r, const struct ut_form *formed,
			    struct ut_error *err)
{
	struct ut_filters f;
	struct ut_html_page p;
	struct ut_text bar = { 0 }, query = { 0 }, title = { 0 }, *o = v->out;
	int64_t near[2] = { 0, 0 }, session = ut_form_int(formed, "session", 1, INT64_MAX, 0);
	enum ut_status st = UT_OK;
	const char *q;

	ut_filters_read(formed, &f);
	ut_pages_query(&f, &query);
	q = query.s ? query.s : "";
	if (!blind)
		st = neighbours(v, c, &f, near, err);
	ut_text_addf(&title, "%s %s", ut_str(v->lang, UT_STR_CALL),
		     c->meta.call_id ? c->meta.call_id : "");
	ut_pages_begin(v, &p, title.s ? title.s : "", UT_PAGES_NOWHERE, &bar);
	ut_text_addf(o, "<p class=\"row noprint\"><a id=\"list\" href=\"/queue%s%s\">",
		     *q ? "?" : "", q);
	ut_html_str(o, v->lang, UT_STR_BACK_TO_LIST);
	ut_text_add(o, "</a><span class=\"push row\">");
	step(v, near[0], q, "previous", "k", UT_STR_PREVIOUS);
	step(v, near[1], q, "next", "j", UT_STR_NEXT);
	ut_text_add(o, "</span></p>\n");
	if (session || blind) {
		ut_text_addf(
		    o, "<p class=\"row noprint\"><a class=\"button\" href=\"/sessions/%lld\">",
		    (long long)(blind ? blind : session));
		ut_html_str(o, v->lang, UT_STR_BLIND_TITLE);
		ut_text_add(o, "</a>");
		if (!blind) {
			ut_text_addf(o,
				     "<a class=\"button primary\" id=\"next-blind\" "
				     "href=\"/sessions/%lld/next\">",
				     (long long)session);
			ut_html_str(o, v->lang, UT_STR_GO_ON);
			ut_text_add(o, "</a>");
		}
		ut_text_add(o, "</p>\n");
	}
	heading(v, c, blind);
	ut_text_add(o, "<div class=\"two\"><div class=\"first\">\n");
	listen(v, c, r);
	ut_text_add(o, "</div><div class=\"side\">\n");
	if (st == UT_OK)
		st = judge(v, c, blind, q, ut_form_get(formed, "saved") != NULL, err);
	ut_text_add(o, "</div><div class=\"rest\">\n");
	pictures(v, c, r);
	if (!blind)
		evidence(v, c);
	facts(v, c);
	ut_text_add(o, "</div></div>\n");
	ut_html_end(&p, o);
	o->failed |= query.failed | title.failed;
	ut_text_done(&bar);
	ut_text_done(&query);
	ut_text_done(&title);
	return st;
}
