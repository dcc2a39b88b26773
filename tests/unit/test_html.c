/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_html.c - the frame of the pages: nothing from outside becomes markup, both languages are
 * whole, the sheet asks nobody. */
#include "report/html.h"

#include "tap.h"

static bool has(const struct ut_text *t, const char *what)
{
	return t->s && strstr(t->s, what) != NULL;
}

static void test_frame(void)
{
	static const struct ut_html_link nav[] = { { "/a?x=1&y=2", "A <b>", true } };
	struct ut_html_page p = { .lang = UT_LANG_EN,
				  .title = "<script>alert(1)</script>",
				  .css_href = "/app.css",
				  .script_src = "/app.js",
				  .home_href = "/",
				  .nav = nav,
				  .n_nav = 1 };
	struct ut_text t = { 0 };

	tap_row("a page with its sheet outside");
	ut_html_begin(&p, &t);
	ut_html_end(&p, &t);
	CHECK(!t.failed);
	CHECK(has(&t, "<html lang=\"en\" dir=\"ltr\">"));
	CHECK(!has(&t, "<script>"));
	CHECK(has(&t, "&lt;script&gt;"));
	CHECK(has(&t, "href=\"/a?x=1&amp;y=2\" aria-current=\"page\">A &lt;b&gt;</a>"));
	CHECK(!has(&t, "<style>"));
	CHECK(has(&t, "No emotion and no score of an employee"));
	tap_end();
	ut_text_clear(&t);
	tap_row("a page that stands alone, in Hebrew");
	p = (struct ut_html_page){ .lang = UT_LANG_HE, .title = "שיחות" };
	ut_html_begin(&p, &t);
	ut_html_end(&p, &t);
	CHECK(has(&t, "<html lang=\"he\" dir=\"rtl\">"));
	CHECK(has(&t, "<style>"));
	CHECK(has(&t, "default-src 'none'"));
	CHECK(!has(&t, "<script"));
	CHECK(!has(&t, "http:"));
	CHECK(!has(&t, "https:"));
	tap_end();
	ut_text_done(&t);
}

static void test_escape(void)
{
	struct ut_text t = { 0 };

	tap_row("what comes from outside");
	ut_html_attr(&t, "value", "\"'><img src=x onerror=alert(1)>");
	CHECK_STR(t.s, " value=\"&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;\"");
	ut_text_clear(&t);
	ut_html_bdi(&t, NULL);
	ut_html_bdi(&t, "a&b");
	CHECK_STR(t.s, "<bdi>–</bdi><bdi>a&amp;b</bdi>");
	ut_text_clear(&t);
	ut_html_url(&t, "a b&c/../\xd7\xa9");
	CHECK_STR(t.s, "a%20b%26c%2F..%2F%D7%A9");
	ut_text_clear(&t);
	ut_html_num(&t, "%.1f s", 2.25);
	CHECK_STR(t.s, "<span class=\"num\" dir=\"ltr\">2.2 s</span>");
	tap_end();
	ut_text_done(&t);
}

static void test_languages(void)
{
	enum ut_lang l = UT_LANG_EN;

	tap_row("languages");
	CHECK(ut_lang_find("he", &l) && l == UT_LANG_HE);
	CHECK(!ut_lang_find("xx", &l) && l == UT_LANG_HE);
	CHECK(!ut_lang_find(NULL, &l));
	for (unsigned i = 0; i < UT_N_LANGS; i++)
		for (unsigned k = 0; k < UT_N_STRS; k++) {
			const char *s = ut_str((enum ut_lang)i, (enum ut_str)k);

			CHECK(s && s[0]);
			for (const char *c = s; *c;) {
				size_t n = ut_utf8_len(c);

				CHECK(n > 0);
				c += n ? n : 1;
			}
		}
	CHECK_STR(ut_str_tone(UT_LANG_EN, UT_TONE_ABSTAIN), "unsure");
	CHECK_STR(ut_str_role(UT_LANG_EN, UT_ROLE_IVR), "Recorded voice");
	tap_end();
	tap_row("the sheet asks nobody");
	CHECK(!strstr(ut_html_css, "http"));
	CHECK(!strstr(ut_html_css, "@import"));
	CHECK(strstr(ut_html_css, "prefers-color-scheme: dark") != NULL);
	CHECK(!strstr(ut_html_css, "</"));
	tap_end();
}

int main(void)
{
	test_frame();
	test_escape();
	test_languages();
	return tap_done();
}
