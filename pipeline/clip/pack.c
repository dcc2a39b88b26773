/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clip/pack.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "clip/pack_strings.h"
#include "clip/picture.h"
#include "report/words.h"

enum str {
#define X(id, en, he) P_##id,
	UT_PACK_STRINGS(X)
#undef X
	    N_STRS
};

#define X(id, en, he)                                                                              \
	_Static_assert(sizeof(en) > 1 && sizeof(he) > 1, "a text is empty: " #id);
UT_PACK_STRINGS(X)
#undef X

static const char *const strings[UT_N_LANGS][N_STRS] = {
#define X(id, en, he) [P_##id] = en,
	[UT_LANG_EN] = { UT_PACK_STRINGS(X) },
#undef X
#define X(id, en, he) [P_##id] = he,
	[UT_LANG_HE] = { UT_PACK_STRINGS(X) },
#undef X
};

enum section { SECTION_BAD, SECTION_GOOD, SECTION_OTHER };

/* Beyond the sheet that all pages share. */
static const char pack_css[] =
    "<style>\n"
    "section.example h3 { margin-block: 1.1rem 0.3rem; }\n"
    "section.example figure { margin-block: 1rem 0.6rem; }\n"
    ".grid ol { margin-block: 0.2rem 0.8rem; padding-inline-start: 1.8rem; }\n"
    "section.example img { display: block; width: 100%; height: auto; "
    "border: 1px solid var(--line); border-radius: 6px; }\n"
    "h2.section { margin-block: 2rem 0.8rem; font-size: 1.25rem; }\n"
    "ul.words { padding-inline-start: 1.2rem; margin: 0 0 0.6rem; }\n"
    ".said { white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    ".pair { display: grid; gap: 0.8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, "
    "18rem), 1fr)); }\n"
    ".line { border-block-end: 1px solid var(--strong-line); height: 2.1rem; }\n"
    ".boxes { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; list-style: none; padding: 0; "
    "margin: 0.5rem 0; }\n"
    ".boxes li::before { content: \"\"; display: inline-block; width: 0.9rem; height: 0.9rem; "
    "border: 1.5px solid var(--ink); margin-inline-end: 0.5rem; vertical-align: -0.1rem; }\n"
    "@media print {\n"
    "\t@page { size: A4; margin: 16mm 14mm; }\n"
    "\tsection.example { break-inside: avoid; padding: 0.6rem 0.8rem; }\n"
    "\tbody { font-size: 9.5pt; }\n"
    "\tsection.example h3 { margin-block: 0.6rem 0.15rem; }\n"
    "\tsection.example img { max-height: 66mm; object-fit: contain; border: 0; }\n"
    "\th2.section { break-after: avoid; }\n"
    "\ttextarea { border-color: #777; min-height: 2.6rem; }\n"
    "\t.handout .foot { display: none; }\n"
    "}\n"
    "</style>\n";

static const char *str(const struct ut_pack *p, enum str id)
{
	return strings[p->o.lang][id];
}

static void text(const struct ut_pack *p, struct ut_text *o, enum str id)
{
	ut_text_add_html(o, str(p, id));
}

void ut_pack_init(struct ut_pack *p, const struct ut_pack_opts *o)
{
	memset(p, 0, sizeof(*p));
	p->o = *o;
	p->section = -1;
	ut_text_add(&p->playlist, "#EXTM3U\n");
	ut_text_add(&p->csv, "number,file,call,date,queue,language,kind,confirmed,model,accepting,"
			     "resigned,angry,heard_accepting,heard_resigned,heard_angry,"
			     "heard_unsure,tags,start_s,end_s,closing_start_s,closing_end_s,"
			     "evidence");
	ut_text_add(&p->csv, o->names ? ",team,agent,customer\n" : "\n");
}

void ut_pack_done(struct ut_pack *p)
{
	for (size_t i = 0; i < p->n_files; i++) {
		free(p->file[i].name);
		ut_text_done(&p->file[i].bytes);
	}
	free(p->file);
	ut_text_done(&p->contents);
	ut_text_done(&p->cards);
	ut_text_done(&p->handout);
	ut_text_done(&p->playlist);
	ut_text_done(&p->csv);
	memset(p, 0, sizeof(*p));
}

/* Takes the bytes; they are gone from t also where it fails. */
static enum ut_status add_file(struct ut_pack *p, const char *name, struct ut_text *t,
			       int64_t call_id, struct ut_error *err)
{
	struct ut_pack_file *f = realloc(p->file, (p->n_files + 1) * sizeof(*f));
	char *copy = strdup(name);

	if (f)
		p->file = f;
	if (!f || !copy || t->failed) {
		free(copy);
		ut_text_done(t);
		return ut_fail(err, UT_ENOMEM, "not enough memory for the pack");
	}
	p->file[p->n_files++] = (struct ut_pack_file){ copy, *t, call_id };
	*t = (struct ut_text){ 0 };
	return UT_OK;
}

/* ---- words ---- */

static void fact(struct ut_text *o, const char *name, const struct ut_text *markup)
{
	ut_text_add(o, "<div><dt>");
	ut_text_add_html(o, name);
	ut_text_add(o, "</dt><dd>");
	ut_text_add(o, markup->s ? markup->s : "–");
	ut_text_add(o, "</dd></div>");
}

static void fact_text(struct ut_text *o, const char *name, const char *value)
{
	struct ut_text t = { 0 };

	if (!value || !value[0])
		return;
	ut_html_bdi(&t, value);
	fact(o, name, &t);
	ut_text_done(&t);
}

static void fact_span(struct ut_text *o, const char *name, double from_s, double to_s,
		      unsigned digits)
{
	struct ut_text t = { 0 };

	ut_text_add(&t, "<span dir=\"ltr\">");
	ut_html_clock(&t, from_s, digits);
	ut_text_add(&t, " – ");
	ut_html_clock(&t, to_s, digits);
	ut_text_add(&t, "</span>");
	fact(o, name, &t);
	ut_text_done(&t);
}

static const char *tag_text(const struct ut_pack *p, const char *tag, size_t n)
{
	static const enum ut_str ids[UT_N_TAGS] = {
#define X(id, name) UT_STR_TAG_##id,
		UT_REVIEW_TAGS(X)
#undef X
	};

	for (unsigned i = 0; i < UT_N_TAGS; i++)
		if (strlen(ut_review_tag_name[i]) == n && strncmp(ut_review_tag_name[i], tag, n) == 0)
			return ut_str(p->o.lang, ids[i]);
	return NULL;
}

/* "a, b" of the store as badges in the page's language. */
static void tags(const struct ut_pack *p, const char *list, struct ut_text *o)
{
	while (list && *list) {
		size_t n = strcspn(list, ",");
		const char *t = tag_text(p, list, n);

		if (t) {
			ut_text_add(o, " <span class=\"badge info\">");
			ut_text_add_html(o, t);
			ut_text_add(o, "</span>");
		}
		list += n;
		list += strspn(list, ", ");
	}
}

static void heard_badge(const struct ut_pack *p, enum ut_tone_label l, struct ut_text *o)
{
	if (l == UT_TONE_ABSTAIN) {
		ut_text_add(o, "<span class=\"badge\">");
		ut_html_str(o, p->o.lang, UT_STR_CANT_TELL);
		ut_text_add(o, "</span>");
	} else {
		ut_html_badge(o, p->o.lang, l);
	}
}

static void verdicts(const struct ut_pack *p, const struct ut_example *e, struct ut_text *o)
{
	ut_text_add(o, "<h3>");
	text(p, o, P_HEARD);
	ut_text_add(o, "</h3>\n");
	if (e->n_verdicts == 0) {
		ut_text_add(o, "<p class=\"muted\">");
		text(p, o, P_NOBODY);
		ut_text_add(o, "</p>\n");
		return;
	}
	ut_text_add(o, "<ul class=\"words\">\n");
	for (size_t i = 0; i < e->n_verdicts; i++) {
		const struct ut_example_verdict *v = &e->verdict[i];

		ut_text_add(o, "<li>");
		heard_badge(p, v->heard, o);
		tags(p, v->tags, o);
		if (p->o.names) {
			ut_text_add(o, " <span class=\"muted\">");
			ut_html_bdi(o, v->reviewer);
			ut_text_add(o, "</span>");
		}
		if (v->note) {
			ut_text_add(o, "<div class=\"said\" dir=\"auto\">");
			ut_text_add_html(o, v->note);
			ut_text_add(o, "</div>");
		}
		ut_text_add(o, "</li>\n");
	}
	ut_text_add(o, "</ul>\n");
}

static void evidence(const struct ut_pack *p, const struct ut_example *e, struct ut_text *o)
{
	const struct ut_tone *t = &e->call.closing.tone;

	if (!ut_example_has_tone(e) || t->n_evidence == 0)
		return;
	ut_text_add(o, "<h3>");
	text(p, o, P_WHY);
	ut_text_add(o, "</h3>\n<ul class=\"words\">\n");
	/* what an ear can check comes first */
	for (int machine = 0; machine < 2; machine++)
		for (unsigned i = 0; i < t->n_evidence; i++) {
			if (ut_words_by_ear(&t->evidence[i]) != !machine)
				continue;
			ut_text_add(o, machine ? "<li class=\"muted\">" : "<li>");
			ut_html_evidence(o, p->o.lang, &t->evidence[i]);
			ut_text_add(o, "</li>\n");
		}
	ut_text_add(o, "</ul>\n");
}

static void bad_start(const struct ut_pack *p, const struct ut_example *e, struct ut_text *o)
{
	const char *fact[UT_HTML_STARTS];
	size_t n = ut_html_bad_start(p->o.lang, e->bad_start, fact);

	if (e->kind != UT_EXAMPLE_RECOVERY)
		return;
	ut_text_add(o, "<h3>");
	text(p, o, P_START);
	ut_text_add(o, "</h3>\n<ul class=\"words\">\n");
	for (size_t i = 0; i < n; i++) {
		ut_text_add(o, "<li>");
		ut_html_text(o, fact[i]);
		ut_text_add(o, "</li>\n");
	}
	if (e->bad_start & UT_START_RAISED) {
		ut_text_add(o, "<li>");
		ut_html_came_down(o, p->o.lang, &e->call.closing.tone);
		ut_text_add(o, "</li>\n");
	}
	ut_text_add(o, "</ul>\n");
}

/* ---- the picture ---- */

/* Of the voiced frames of the closing; false where there are too few to say. */
static bool closing_median(const struct ut_example *e, const struct ut_clip_view *v,
			   enum ut_frame_col col, double *ret)
{
	int64_t first = llrint(v->start_s * UT_FRAMES_PER_S);
	int64_t from = UT_MAX(e->call.closing.span.start - first, 0);
	int64_t to = UT_MIN(e->call.closing.span.end - first, (int64_t)v->n_rows);
	float *x = to > from ? malloc((size_t)(to - from) * sizeof(*x)) : NULL;
	size_t n = 0;

	for (int64_t i = from; x && i < to; i++)
		if (ut_frame_has(&v->row[i], UT_COL_f0_hz) && ut_frame_has(&v->row[i], col))
			x[n++] = ut_frame_get(&v->row[i], col);
	if (n >= 10) {
		qsort(x, n, sizeof(*x), ut_by_float);
		*ret = x[n / 2];
	}
	free(x);
	return n >= 10;
}

static void in_words(const struct ut_pack *p, const struct ut_example *e,
		     const struct ut_clip_view *v, struct ut_text *o)
{
	static const struct {
		enum ut_frame_col col;
		enum str id;
		const char *unit;
	} rows[] = {
		{ UT_COL_f0_hz, P_PITCH_CLOSING, "Hz" },
		{ UT_COL_level_db, P_LEVEL_CLOSING, "dBFS" },
	};

	ut_text_add(o, "<ul class=\"words\">\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		const struct ut_clip_usual *u = i ? &v->level_db : &v->f0_hz;
		double m;

		if (!closing_median(e, v, rows[i].col, &m))
			continue;
		ut_text_add(o, "<li>");
		text(p, o, rows[i].id);
		ut_text_add(o, ": ");
		ut_html_num(o, "%.0f %s", m, rows[i].unit);
		if (u->n) {
			ut_text_add(o, ", ");
			text(p, o, P_PITCH_USUAL);
			ut_text_add(o, " ");
			ut_html_num(o, "%.0f … %.0f %s", u->lo, u->hi,
				    rows[i].unit);
		}
		ut_text_add(o, "</li>\n");
	}
	ut_text_add(o, "</ul>\n");
}

static enum ut_status picture(struct ut_pack *p, const struct ut_example *e,
			      const struct ut_clip_view *v, struct ut_error *err)
{
	struct ut_text svg = { 0 };
	char name[32];
	enum ut_status st = ut_clip_picture(&e->call, v, p->o.lang, &svg, err);

	if (st != UT_OK) {
		ut_text_done(&svg);
		return st;
	}
	snprintf(name, sizeof(name), "plots/%02u.svg", p->n);
	return add_file(p, name, &svg, e->call.id, err);
}

static void figure(const struct ut_pack *p, struct ut_text *o)
{
	ut_text_add(o, "<figure><figcaption>");
	text(p, o, P_VOICE);
	ut_text_addf(o, "</figcaption><img src=\"plots/%02u.svg\"", p->n);
	ut_html_attr(o, "alt", str(p, P_ALT));
	ut_text_add(o, "></figure>\n");
}

/* ---- one example ---- */

static enum section section_of(const struct ut_example *e)
{
	return e->kind == UT_EXAMPLE_BAD     ? SECTION_BAD
	       : e->kind == UT_EXAMPLE_OTHER ? SECTION_OTHER
					     : SECTION_GOOD;
}

static void begin_section(struct ut_pack *p, enum section s)
{
	static const enum str ids[] = { P_BAD, P_GOOD, P_OTHER };

	if (p->section == (int)s)
		return;
	ut_text_add(&p->contents, p->section >= 0 ? "</ol></li>\n<li>" : "<li>");
	text(p, &p->contents, ids[s]);
	ut_text_addf(&p->contents, "<ol start=\"%u\">\n", p->n);
	ut_text_add(&p->cards, "<h2 class=\"section\">");
	text(p, &p->cards, ids[s]);
	ut_text_add(&p->cards, "</h2>\n");
	p->section = (int)s;
}

/* What is claimed, and how sure it is. */
static void claim(const struct ut_pack *p, const struct ut_example *e, struct ut_text *o)
{
	if (!ut_example_has_tone(e)) {
		ut_text_add(o, "<span class=\"muted\">");
		text(p, o, P_NO_TONE);
		ut_text_add(o, "</span>");
		return;
	}
	ut_html_badge(o, p->o.lang, e->label);
	if (e->kind == UT_EXAMPLE_RECOVERY || e->kind == UT_EXAMPLE_WARM) {
		ut_text_add(o, " <span class=\"badge accepting\">");
		text(p, o, e->kind == UT_EXAMPLE_WARM ? P_WARM : P_RECOVERY);
		ut_text_add(o, "</span>");
	}
	ut_text_add(o, " <span class=\"badge info\">");
	text(p, o, e->confirmed ? P_CONFIRMED : e->differ ? P_DIFFER : P_UNCONFIRMED);
	ut_text_add(o, "</span>");
}

static void facts(const struct ut_pack *p, const struct ut_example *e, const struct ut_clip *clip,
		  struct ut_text *o)
{
	const struct ut_closing *k = &e->call.closing.span;
	const struct ut_meta *m = &e->call.meta;
	char day[16];

	ut_example_day(e, day);
	ut_text_add(o, "<dl class=\"facts\">");
	fact_text(o, ut_str(p->o.lang, UT_STR_DATE), day);
	fact_text(o, ut_str(p->o.lang, UT_STR_QUEUE), m->queue);
	fact_text(o, ut_str(p->o.lang, UT_STR_LANGUAGE), m->language);
	fact_span(o, str(p, P_IN_CALL), clip->start_s, clip->end_s, 0);
	if (k->found_by != UT_FOUND_NONE)
		fact_span(o, str(p, P_CLOSING_AT),
			  UT_MAX((double)k->start / UT_FRAMES_PER_S - clip->start_s, 0),
			  (double)k->end / UT_FRAMES_PER_S - clip->start_s, 1);
	if (clip->masked_s > 0) {
		struct ut_text t = { 0 };

		ut_html_num(&t, "%.1f s", clip->masked_s);
		fact(o, str(p, P_SILENCED), &t);
		ut_text_done(&t);
	}
	if (p->o.names) {
		fact_text(o, ut_str(p->o.lang, UT_STR_TEAM), m->team);
		fact_text(o, ut_str(p->o.lang, UT_STR_AGENT), m->agent_id);
		fact_text(o, ut_str(p->o.lang, UT_STR_CUSTOMER), m->customer_key);
	}
	ut_text_add(o, "</dl>\n");
}

static void discussion(const struct ut_pack *p, struct ut_text *o)
{
	ut_text_add(o, "<h3>");
	text(p, o, P_DISCUSSION);
	ut_text_add(o, "</h3>\n");
	if (p->o.n_prompts) {
		ut_text_add(o, "<ol class=\"words\">\n");
		for (size_t i = 0; i < p->o.n_prompts; i++) {
			ut_text_add(o, "<li>");
			ut_html_bdi(o, p->o.prompts[i]);
			ut_text_add(o, "</li>\n");
		}
		ut_text_add(o, "</ol>\n");
	}
	ut_text_addf(o, "<div class=\"pair\"><div class=\"field\"><label for=\"q%u\">", p->n);
	text(p, o, P_QUESTION);
	ut_text_addf(o, "</label><textarea id=\"q%u\" dir=\"auto\"></textarea></div>"
			"<div class=\"field\"><label for=\"n%u\">",
		     p->n, p->n);
	text(p, o, P_NOTES);
	ut_text_addf(o, "</label><textarea id=\"n%u\" dir=\"auto\"></textarea></div></div>\n",
		     p->n);
}

static void card(struct ut_pack *p, const struct ut_example *e, const struct ut_clip *clip,
		 const struct ut_clip_view *view, const char *file)
{
	struct ut_text *o = &p->cards, label = { 0 };

	ut_text_addf(&label, "%s %u, ", str(p, P_EXCERPT), p->n);
	ut_text_addf(&label, "%s %" PRId64, ut_str(p->o.lang, UT_STR_CALL), e->call.id);
	ut_text_addf(&p->contents, "<li><a href=\"#e%u\">", p->n);
	ut_text_add_html(&p->contents, ut_str(p->o.lang, UT_STR_CALL));
	ut_text_addf(&p->contents, " %" PRId64 "</a> ", e->call.id);
	claim(p, e, &p->contents);
	ut_text_add(&p->contents, "</li>\n");

	ut_text_addf(o, "<section class=\"card example\" id=\"e%u\" aria-labelledby=\"h%u\">\n"
			"<h2 id=\"h%u\">",
		     p->n, p->n, p->n);
	ut_text_addf(o, "%u. ", p->n);
	ut_text_add_html(o, ut_str(p->o.lang, UT_STR_CALL));
	ut_text_addf(o, " %" PRId64 "</h2>\n<p>", e->call.id);
	claim(p, e, o);
	ut_text_add(o, "</p>\n<audio controls preload=\"metadata\"");
	ut_html_attr(o, "src", file);
	ut_html_attr(o, "aria-label", label.s);
	ut_text_add(o, "></audio>\n");
	facts(p, e, clip, o);
	if (view) {
		figure(p, o);
		in_words(p, e, view, o);
	}
	evidence(p, e, o);
	bad_start(p, e, o);
	if (ut_example_has_tone(e))
		verdicts(p, e, o);
	discussion(p, o);
	ut_text_add(o, "</section>\n");
	ut_text_done(&label);
}

/* Without what was found: the participants shall listen. */
static void handout(struct ut_pack *p, const struct ut_example *e, bool view)
{
	static const enum ut_tone_label labels[] = { UT_TONE_ACCEPTING, UT_TONE_RESIGNED,
						     UT_TONE_ANGRY };
	struct ut_text *o = &p->handout;

	ut_text_add(o, "<section class=\"card example\"><h2>");
	text(p, o, P_EXCERPT);
	ut_text_addf(o, " %u</h2>\n", p->n);
	if (view)
		figure(p, o);
	if (ut_example_has_tone(e)) {
		ut_text_add(o, "<ul class=\"boxes\">");
		for (size_t i = 0; i < UT_ARRAY_LEN(labels); i++) {
			ut_text_add(o, "<li>");
			ut_text_add_html(o, ut_str_tone(p->o.lang, labels[i]));
			ut_text_add(o, "</li>");
		}
		ut_text_add(o, "<li>");
		ut_html_str(o, p->o.lang, UT_STR_CANT_TELL);
		ut_text_add(o, "</li></ul>\n");
	}
	for (size_t i = 0; i < UT_MAX(p->o.n_prompts, 1); i++) {
		ut_text_add(o, "<h3>");
		ut_html_bdi(o, p->o.n_prompts ? p->o.prompts[i] : str(p, P_WHAT_LED));
		ut_text_add(o, "</h3><div class=\"line\"></div><div class=\"line\"></div>\n");
	}
	ut_text_add(o, "</section>\n");
}

static void csv_row(struct ut_pack *p, const struct ut_example *e, const struct ut_clip *clip,
		    const char *file)
{
	const struct ut_closing_record *r = &e->call.closing;
	const struct ut_meta *m = &e->call.meta;
	struct ut_text *o = &p->csv, words = { 0 }, all = { 0 };
	char day[16];

	ut_example_day(e, day);
	ut_text_addf(o, "%u,%s,%" PRId64 ",%s,", p->n, file, e->call.id, day);
	ut_text_add_csv(o, m->queue ? m->queue : "");
	ut_text_add(o, ",");
	ut_text_add_csv(o, m->language ? m->language : "");
	ut_text_addf(o, ",%s,%s,", ut_example_kind_name[e->kind],
		     e->confirmed ? "yes" : e->differ ? "listeners differ" : "no");
	if (ut_example_has_tone(e)) {
		ut_text_addf(o, "%s,%.4f,%.4f,%.4f,", ut_tone_label_name[r->tone.label],
			     (double)r->tone.score[0], (double)r->tone.score[1],
			     (double)r->tone.score[2]);
		for (unsigned i = 0; i < r->tone.n_evidence; i++) {
			ut_text_add(&words, i ? "; " : "");
			ut_words_evidence(&r->tone.evidence[i], &words);
		}
	} else {
		ut_text_add(o, "none,,,,");
	}
	ut_text_addf(o, "%u,%u,%u,%u,", e->heard[UT_TONE_ACCEPTING], e->heard[UT_TONE_RESIGNED],
		     e->heard[UT_TONE_ANGRY], e->heard[UT_TONE_ABSTAIN]);
	for (size_t i = 0; i < e->n_verdicts; i++)
		if (e->verdict[i].tags && e->verdict[i].tags[0])
			ut_text_addf(&all, "%s%s", all.len ? "; " : "", e->verdict[i].tags);
	ut_text_add_csv(o, all.s ? all.s : "");
	ut_text_addf(o, ",%.2f,%.2f,", clip->start_s, clip->end_s);
	if (r->span.found_by != UT_FOUND_NONE)
		ut_text_addf(o, "%.2f,%.2f", (double)r->span.start / UT_FRAMES_PER_S,
			     (double)r->span.end / UT_FRAMES_PER_S);
	else
		ut_text_add(o, ",");
	ut_text_add(o, ",");
	ut_text_add_csv(o, words.s ? words.s : "");
	if (p->o.names) {
		const char *const who[] = { m->team, m->agent_id, m->customer_key };

		for (size_t i = 0; i < UT_ARRAY_LEN(who); i++) {
			ut_text_add(o, ",");
			ut_text_add_csv(o, who[i] ? who[i] : "");
		}
	}
	ut_text_add(o, "\n");
	ut_text_done(&words);
	ut_text_done(&all);
}

enum ut_status ut_pack_add(struct ut_pack *p, const struct ut_example *e, struct ut_clip *clip,
			   const struct ut_clip_view *view, struct ut_error *err)
{
	enum ut_status st;
	char name[64];

	p->n++;
	snprintf(name, sizeof(name), "audio/%02u-call-%" PRId64 "%s", p->n, e->call.id,
		 ut_clip_formats[p->o.format].extension);
	p->unconfirmed = p->unconfirmed ||
			 (ut_example_has_tone(e) && !e->confirmed && !e->differ);
	begin_section(p, section_of(e));
	card(p, e, clip, view, name);
	handout(p, e, view != NULL);
	csv_row(p, e, clip, name);
	ut_text_addf(&p->playlist, "#EXTINF:%.1f,%u. ", clip->end_s - clip->start_s, p->n);
	ut_text_addf(&p->playlist, "%s %" PRId64 "\n%s\n", ut_str(p->o.lang, UT_STR_CALL),
		     e->call.id, name);
	st = add_file(p, name, &clip->bytes, e->call.id, err);
	if (st == UT_OK && view)
		st = picture(p, e, view, err);
	return st;
}

/* ---- the pages ---- */

static void head(const struct ut_pack *p, const struct ut_html_page *page, enum str title,
		 struct ut_text *o)
{
	ut_html_begin(page, o);
	ut_text_add(o, pack_css);
	ut_text_add(o, "<h1>");
	if (p->o.title)
		ut_html_bdi(o, p->o.title);
	else
		text(p, o, P_TITLE);
	if (title != P_TITLE) {
		ut_text_add(o, " · ");
		text(p, o, title);
	}
	ut_text_add(o, "</h1>\n");
}

static void note(const struct ut_pack *p, enum str id, const char *kind, struct ut_text *o)
{
	ut_text_addf(o, "<div class=\"note %s\"><p>", kind);
	text(p, o, id);
	ut_text_add(o, "</p></div>\n");
}

static void index_page(struct ut_pack *p, struct ut_text *o)
{
	struct ut_html_page page = { .lang = p->o.lang,
				     .title = p->o.title ? p->o.title : str(p, P_TITLE) };

	head(p, &page, P_TITLE, o);
	ut_text_add(o, "<p class=\"lead\">");
	text(p, o, P_LEAD);
	ut_text_add(o, "</p>\n");
	note(p, P_KEEP, "warn", o);
	if (p->o.disguised)
		note(p, P_DISGUISED, "", o);
	ut_text_add(o, "<div class=\"grid\"><section class=\"card\"><h2>");
	text(p, o, P_CONTENTS);
	ut_text_add(o, "</h2>\n<ul class=\"plain\">\n");
	if (p->contents.s)
		ut_text_add(o, p->contents.s);
	ut_text_add(o, p->section >= 0 ? "</ol></li></ul>\n" : "</ul>\n");
	if (p->unconfirmed) {
		ut_text_add(o, "<p class=\"muted\"><span class=\"badge info\">");
		text(p, o, P_UNCONFIRMED);
		ut_text_add(o, "</span> ");
		text(p, o, P_UNCONFIRMED_WHY);
		ut_text_add(o, "</p>\n");
	}
	ut_text_add(o, "</section>\n");
	ut_text_add(o, "<section class=\"card noprint\"><h2>");
	text(p, o, P_FILES);
	ut_text_add(o, "</h2><ul class=\"words\"><li><a href=\"handout.html\">");
	text(p, o, P_PRINT_HANDOUT);
	ut_text_add(o, "</a></li><li><a href=\"playlist.m3u8\">");
	text(p, o, P_PLAYLIST);
	ut_text_add(o, "</a></li><li><a href=\"calls.csv\">");
	text(p, o, P_TABLE);
	ut_text_add(o, "</a></li></ul>\n<p class=\"muted\">");
	text(p, o, P_TYPED);
	ut_text_add(o, "</p>\n<p class=\"muted\">");
	text(p, o, P_MADE_ON);
	ut_text_add(o, " ");
	ut_html_num(o, "%s", p->o.made_on);
	ut_text_add(o, "</p></section></div>\n");
	if (p->cards.s)
		ut_text_add(o, p->cards.s);
	o->failed = o->failed || p->cards.failed || p->contents.failed;
	ut_html_end(&page, o);
}

static void handout_page(struct ut_pack *p, struct ut_text *o)
{
	struct ut_html_page page = { .lang = p->o.lang,
				     .title = str(p, P_HANDOUT),
				     .body_class = "handout" };

	head(p, &page, P_HANDOUT, o);
	ut_text_add(o, "<p class=\"lead\">");
	text(p, o, P_HANDOUT_LEAD);
	ut_text_add(o, "</p>\n");
	if (p->handout.s)
		ut_text_add(o, p->handout.s);
	o->failed = o->failed || p->handout.failed;
	ut_html_end(&page, o);
}

enum ut_status ut_pack_finish(struct ut_pack *p, struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = add_file(p, "playlist.m3u8", &p->playlist, 0, err);

	if (st == UT_OK)
		st = add_file(p, "calls.csv", &p->csv, 0, err);
	if (st == UT_OK) {
		handout_page(p, &t);
		st = add_file(p, "handout.html", &t, 0, err);
	}
	if (st == UT_OK) {
		index_page(p, &t);
		st = add_file(p, "index.html", &t, 0, err);
	}
	ut_text_done(&t);
	return st;
}
