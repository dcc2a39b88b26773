/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - the frame that all pages share (review server, workshop packs, coaching reports): head,
 * style, languages, escaping. One sheet (style.css) for light and dark, print, left-to-right and
 * right-to-left; no script, no request to anywhere.
 * Whatever comes from a recording's metadata goes through ut_html_text, ut_html_bdi, ut_html_attr
 * or ut_html_url; only literals of ours go out with ut_text_add.
 * Memory: appends to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_HTML_H
#define UT_REPORT_HTML_H

#include "base/text.h"
#include "call/call.h"
#include "report/strings.h"

enum ut_lang { UT_LANG_EN, UT_LANG_HE, UT_N_LANGS };

/* "en", "he": what the lang attribute says. */
const char *ut_lang_code(enum ut_lang l);
/* false (and *ret untouched) where the code is not known. */
bool ut_lang_find(const char *code, enum ut_lang *ret);
/* A text of strings.h; lent, never NULL. */
const char *ut_str(enum ut_lang l, enum ut_str id);
/* "accepting"... of a tone's label, as a person reads it. */
const char *ut_str_tone(enum ut_lang l, enum ut_tone_label label);
const char *ut_str_role(enum ut_lang l, enum ut_role role);

extern const char ut_html_css[]; /* style.css */

struct ut_html_link {
	const char *href, *text; /* both are escaped */
	bool here;               /* this page */
};

struct ut_html_page {
	enum ut_lang lang;
	const char *title;      /* escaped; "Undertone" is added */
	const char *css_href;   /* NULL: the sheet is put into the page */
	const char *script_src; /* NULL: none */
	const char *body_class; /* NULL: none */
	/* the bar on top; n_nav 0: the name alone */
	const char *home_href; /* NULL: the name is no link */
	const struct ut_html_link *nav;
	size_t n_nav;
	/* markup of ours at the end of the bar (who is signed in); NULL: none */
	const char *bar_html;
};

/* Up to and with <main id="main">. A page whose sheet is inside forbids itself every request but
 * for the pictures and sounds beside it (a CSP in the head). */
void ut_html_begin(const struct ut_html_page *p, struct ut_text *out);
/* </main>, the sentence that no employee has a tone, and the end. */
void ut_html_end(const struct ut_html_page *p, struct ut_text *out);

/* Escaped, also safe inside a double-quoted attribute; NULL writes nothing. */
void ut_html_text(struct ut_text *out, const char *s);
/* The same isolated (<bdi>), so that a name's direction does not turn its neighbours; NULL or ""
 * writes a dash. */
void ut_html_bdi(struct ut_text *out, const char *s);
/* ` name="value"`; name is a literal. NULL writes nothing. */
void ut_html_attr(struct ut_text *out, const char *name, const char *value);
/* Percent-encoded, for a value in a URL's query or a path segment. */
void ut_html_url(struct ut_text *out, const char *s);
void ut_html_str(struct ut_text *out, enum ut_lang l, enum ut_str id);
/* <span class="badge resigned">resigned</span> */
void ut_html_badge(struct ut_text *out, enum ut_lang l, enum ut_tone_label label);
/* What was measured, against this customer's usual, with its unit. Escaped markup. */
void ut_html_evidence(struct ut_text *out, enum ut_lang l, const struct ut_evidence *e);
/* What made the start of a call a bad one, in words: pointers to static texts into ret, how many. */
enum { UT_HTML_STARTS = 5 };
size_t ut_html_bad_start(enum ut_lang l, unsigned bad_start, const char *ret[UT_HTML_STARTS]);
/* By how much the customer's voice came down over the call, in semitones and dB; nothing where that
 * was not measured. Escaped markup. */
void ut_html_came_down(struct ut_text *out, enum ut_lang l, const struct ut_tone *t);
/* A number, clock or unit: <span class="num" dir="ltr">; text is escaped. */
void ut_html_num(struct ut_text *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "3:12.4" in the same way. */
void ut_html_clock(struct ut_text *out, double s, unsigned digits);

#endif
