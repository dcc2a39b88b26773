/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/html.h"

#include <stdio.h>
#include <string.h>

#include "report/words.h"
#include "store/review.h"

#define X(id, en, he) _Static_assert(sizeof(en) > 1 && sizeof(he) > 1, "a text is empty: " #id);
UT_STRINGS(X)
#undef X

static const char *const strings[UT_N_LANGS][UT_N_STRS] = {
#define X(id, en, he) [UT_STR_##id] = en,
	[UT_LANG_EN] = { UT_STRINGS(X) },
#undef X
#define X(id, en, he) [UT_STR_##id] = he,
	[UT_LANG_HE] = { UT_STRINGS(X) },
#undef X
};

static const struct {
	const char *code, *dir;
} langs[UT_N_LANGS] = {
	[UT_LANG_EN] = { "en", "ltr" },
	[UT_LANG_HE] = { "he", "rtl" },
};

const char ut_html_css[] =
#include "style.inc"
    ;

const char *ut_lang_code(enum ut_lang l)
{
	return langs[l].code;
}

bool ut_lang_find(const char *code, enum ut_lang *ret)
{
	for (unsigned i = 0; code && i < UT_N_LANGS; i++)
		if (strcmp(langs[i].code, code) == 0) {
			*ret = (enum ut_lang)i;
			return true;
		}
	return false;
}

const char *ut_str(enum ut_lang l, enum ut_str id)
{
	return strings[l][id];
}

const char *ut_str_tone(enum ut_lang l, enum ut_tone_label label)
{
	static const enum ut_str ids[UT_N_TONES + 1] = { UT_STR_ACCEPTING, UT_STR_RESIGNED,
							 UT_STR_ANGRY, UT_STR_ABSTAIN };

	return ut_str(l, ids[label]);
}

const char *ut_str_role(enum ut_lang l, enum ut_role role)
{
	static const enum ut_str ids[UT_N_ROLES] = {
		[UT_ROLE_UNKNOWN] = UT_STR_UNKNOWN,   [UT_ROLE_CUSTOMER] = UT_STR_CUSTOMER,
		[UT_ROLE_AGENT] = UT_STR_AGENT,       [UT_ROLE_IVR] = UT_STR_IVR,
		[UT_ROLE_OTHER] = UT_STR_OTHER_PARTY,
	};

	return ut_str(l, ids[role]);
}

void ut_html_text(struct ut_text *out, const char *s)
{
	if (s)
		ut_text_add_html(out, s);
}

void ut_html_bdi(struct ut_text *out, const char *s)
{
	ut_text_add(out, "<bdi>");
	ut_text_add_html(out, s && *s ? s : "–");
	ut_text_add(out, "</bdi>");
}

void ut_html_attr(struct ut_text *out, const char *name, const char *value)
{
	if (!value)
		return;
	ut_text_addf(out, " %s=\"", name);
	ut_text_add_html(out, value);
	ut_text_add(out, "\"");
}

void ut_html_url(struct ut_text *out, const char *s)
{
	for (; s && *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= '0' && *s <= '9') || strchr("-._~", *s))
			ut_text_addn(out, s, 1);
		else
			ut_text_addf(out, "%%%02X", (unsigned char)*s);
	}
}

void ut_html_str(struct ut_text *out, enum ut_lang l, enum ut_str id)
{
	ut_text_add_html(out, ut_str(l, id));
}

void ut_html_badge(struct ut_text *out, enum ut_lang l, enum ut_tone_label label)
{
	ut_text_addf(out, "<span class=\"badge %s\">", ut_tone_label_name[label]);
	ut_text_add_html(out, ut_str_tone(l, label));
	ut_text_add(out, "</span>");
}

void ut_html_num(struct ut_text *out, const char *fmt, ...)
{
	char buf[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	ut_text_add(out, "<span class=\"num\" dir=\"ltr\">");
	ut_text_add_html(out, buf);
	ut_text_add(out, "</span>");
}

void ut_html_clock(struct ut_text *out, double s, unsigned digits)
{
	ut_text_add(out, "<span class=\"num\" dir=\"ltr\">");
	ut_words_clock(s, digits, out);
	ut_text_add(out, "</span>");
}

/* Two voices, one of which sinks. */
static const char logo[] =
    "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">"
    "<path class=\"s-track\" d=\"M2 9c3-6 5-6 7 0s4 6 6 0 4-5 7-2\"/>"
    "<path class=\"s-track2\" d=\"M2 15c3-4 5-3 7 0s4 4 6 4 5 0 7 1\"/></svg>";

static void bar(const struct ut_html_page *p, struct ut_text *out)
{
	ut_text_add(out, "<header class=\"top\"><div class=\"top-in\">");
	if (p->home_href) {
		ut_text_add(out, "<a class=\"brand\"");
		ut_html_attr(out, "href", p->home_href);
		ut_text_add(out, ">");
	} else {
		ut_text_add(out, "<span class=\"brand\">");
	}
	ut_text_add(out, logo);
	ut_html_str(out, p->lang, UT_STR_APP);
	ut_text_add(out, p->home_href ? "</a>" : "</span>");
	if (p->n_nav) {
		ut_text_add(out, "<nav");
		ut_html_attr(out, "aria-label", ut_str(p->lang, UT_STR_MAIN_NAV));
		ut_text_add(out, ">");
		for (size_t i = 0; i < p->n_nav; i++) {
			ut_text_add(out, "<a");
			ut_html_attr(out, "href", p->nav[i].href);
			ut_text_add(out, p->nav[i].here ? " aria-current=\"page\">" : ">");
			ut_html_text(out, p->nav[i].text);
			ut_text_add(out, "</a>");
		}
		ut_text_add(out, "</nav>");
	}
	if (p->bar_html) {
		ut_text_add(out, "<div class=\"who\">");
		ut_text_add(out, p->bar_html);
		ut_text_add(out, "</div>");
	}
	ut_text_add(out, "</div></header>\n");
}

void ut_html_begin(const struct ut_html_page *p, struct ut_text *out)
{
	ut_text_addf(out,
		     "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n"
		     "<meta charset=\"utf-8\">\n",
		     langs[p->lang].code, langs[p->lang].dir);
	if (!p->css_href)
		ut_text_add(out, "<meta http-equiv=\"Content-Security-Policy\" content=\""
				 "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' "
				 "data: file:; media-src 'self' data: file:; base-uri 'none'; "
				 "form-action 'none'\">\n");
	ut_text_add(out, "<meta name=\"viewport\" content=\"width=device-width, "
			 "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
			 "<meta name=\"referrer\" content=\"same-origin\">\n<title>");
	ut_html_text(out, p->title);
	ut_text_add(out, " · ");
	ut_html_str(out, p->lang, UT_STR_APP);
	ut_text_add(out, "</title>\n");
	if (p->css_href) {
		ut_text_add(out, "<link rel=\"stylesheet\"");
		ut_html_attr(out, "href", p->css_href);
		ut_text_add(out, ">\n");
	} else {
		ut_text_add(out, "<style>\n");
		ut_text_add(out, ut_html_css);
		ut_text_add(out, "</style>\n");
	}
	if (p->script_src) {
		ut_text_add(out, "<script defer");
		ut_html_attr(out, "src", p->script_src);
		ut_text_add(out, "></script>\n");
	}
	ut_text_add(out, "</head>\n<body");
	ut_html_attr(out, "class", p->body_class);
	ut_text_add(out, ">\n<a class=\"skip\" href=\"#main\">");
	ut_html_str(out, p->lang, UT_STR_SKIP);
	ut_text_add(out, "</a>\n");
	bar(p, out);
	ut_text_add(out, "<main id=\"main\">\n");
}

void ut_html_end(const struct ut_html_page *p, struct ut_text *out)
{
	ut_text_add(out, "</main>\n<footer class=\"foot\"><p>");
	ut_html_str(out, p->lang, UT_STR_NO_EMPLOYEE_TONE);
	ut_text_add(out, "</p></footer>\n</body>\n</html>\n");
}

size_t ut_html_bad_start(enum ut_lang l, unsigned bad_start, const char *ret[UT_HTML_STARTS])
{
	static const struct {
		unsigned bit;
		enum ut_str id;
	} facts[UT_HTML_STARTS] = {
		{ UT_START_RAISED, UT_STR_START_RAISED },
		{ UT_START_INTERRUPTIONS, UT_STR_START_INTERRUPTIONS },
		{ UT_START_OVERLAP, UT_STR_START_OVERLAP },
		{ UT_START_WAIT, UT_STR_START_WAIT },
		{ UT_START_HOLD, UT_STR_START_HOLD },
	};
	size_t n = 0;

	for (size_t i = 0; i < UT_ARRAY_LEN(facts); i++)
		if (bad_start & facts[i].bit)
			ret[n++] = ut_str(l, facts[i].id);
	return n;
}

void ut_html_came_down(struct ut_text *out, enum ut_lang l, const struct ut_tone *t)
{
	static const struct {
		unsigned feature;
		enum ut_str unit;
	} rows[] = { { UT_TONE_DRIFT_F0, UT_STR_SEMITONES }, { UT_TONE_DRIFT_LEVEL, UT_STR_DB } };
	unsigned n = 0;

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		unsigned f = rows[i].feature;

		if (!(t->feature_valid[f / 64] >> f % 64 & 1))
			continue;
		if (!n)
			ut_html_str(out, l, UT_STR_CAME_DOWN);
		ut_text_add(out, n++ ? ", " : ": ");
		ut_html_num(out, "%+.1f", (double)t->feature[f]);
		ut_text_add(out, " ");
		ut_html_str(out, l, rows[i].unit);
	}
}
