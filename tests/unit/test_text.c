/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"
#include "base/text.h"
#include "tap.h"

static void test_escapes(void)
{
	static const struct row {
		const char *name;
		void (*add)(struct ut_text *, const char *);
		const char *in, *want;
	} rows[] = {
		{ "csv plain", ut_text_add_csv, "call.wav", "call.wav" },
		{ "csv quotes", ut_text_add_csv, "a,\"b\"", "\"a,\"\"b\"\"\"" },
		{ "csv formula", ut_text_add_csv, "=1+1", "\"'=1+1\"" },
		{ "html markup", ut_text_add_html, "<b a='x'>&\"", "&lt;b a=&#39;x&#39;&gt;&amp;&quot;" },
		{ "html Hebrew", ut_text_add_html, "טוב", "טוב" },
		{ "html bad byte", ut_text_add_html, "a\xff", "a\xef\xbf\xbd" },
		{ "terminal escape", ut_text_add_visible, "a\033[2J", "a\\x1b[2J" },
		{ "terminal C1", ut_text_add_visible, "a\xc2\x9b", "a\\xc2\\x9b" },
		{ "terminal direction override", ut_text_add_visible, "a\xe2\x80\xaewav",
		  "a\\xe2\\x80\\xaewav" },
		{ "terminal direction isolate", ut_text_add_visible, "\xe2\x81\xa9",
		  "\\xe2\\x81\\xa9" },
		{ "terminal Hebrew", ut_text_add_visible, "הבנתי", "הבנתי" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_text t = { 0 };

		tap_row(r->name);
		r->add(&t, r->in);
		CHECK_STR(t.s, r->want);
		ut_text_done(&t);
		tap_end();
	}
}

static void test_json(void)
{
	struct ut_text t = { 0 };
	struct ut_json j;

	tap_row("json nesting, commas, numbers, bad UTF-8");
	ut_json_init(&j, &t);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_string(&j, "file", "a\"\\\n\x01\xff");
	ut_json_begin_array(&j, "x");
	ut_json_real(&j, NULL, 1.50, 3);
	ut_json_real(&j, NULL, -0.0001, 2);
	ut_json_real(&j, NULL, 100.0, 2);
	ut_json_real(&j, NULL, NAN, 2);
	ut_json_begin_object(&j, NULL);
	ut_json_end_object(&j);
	ut_json_end_array(&j);
	ut_json_bool(&j, "b", false);
	ut_json_string(&j, "n", NULL);
	ut_json_end_object(&j);
	CHECK_STR(t.s, "{\"schema\":1,\"file\":\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\","
	               "\"x\":[1.5,0,100,null,{}],\"b\":false,\"n\":null}");
	ut_text_done(&t);
	tap_end();
}

static void test_utf8(void)
{
	static const struct row {
		const char *name, *in;
		size_t want;
	} rows[] = {
		{ "ascii", "a", 1 },          { "two bytes", "\xd7\x98", 2 },
		{ "overlong", "\xc0\x80", 0 }, { "surrogate", "\xed\xa0\x80", 0 },
		{ "cut short", "\xe2\x82", 0 }, { "four bytes", "\xf0\x9f\x98\x80", 4 },
		{ "past U+10FFFF", "\xf4\x90\x80\x80", 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		tap_row(r->name);
		CHECK_EQ(ut_utf8_len(r->in), r->want);
		tap_end();
	}
}

int main(void)
{
	test_escapes();
	test_json();
	test_utf8();
	return tap_done();
}
