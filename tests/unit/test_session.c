/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session.c - sessions, failed tries, forms and filters. */
#include <stdlib.h>

#include "review/form.h"
#include "review/session.h"
#include "tap.h"

static const char hash[65] = "0123";

static void test_sessions(void)
{
	struct ut_sessions *s = NULL;
	struct ut_session is;
	char id[UT_TOKEN_CHARS + 1], other[UT_TOKEN_CHARS + 1], bad[UT_TOKEN_CHARS + 1];
	int64_t t = 1000;

	CHECK_EQ(ut_sessions_create(&s, NULL), UT_OK);
	tap_row("a session is known by its id alone");
	CHECK_EQ(ut_session_begin(s, 7, hash, t, id, NULL), UT_OK);
	CHECK_EQ(ut_session_begin(s, 8, hash, t, other, NULL), UT_OK);
	CHECK(ut_session_find(s, id, t, &is) && is.reviewer_id == 7);
	CHECK_STR(is.token, hash);
	CHECK_EQ(strlen(is.csrf), UT_TOKEN_CHARS);
	CHECK(strcmp(is.csrf, id) != 0);
	memcpy(bad, id, sizeof(bad));
	bad[5] = bad[5] == 'A' ? 'B' : 'A';
	CHECK(!ut_session_find(s, bad, t, &is));
	CHECK(!ut_session_find(s, "", t, &is));
	CHECK(!ut_session_find(s, "x", t, &is));
	tap_end();

	tap_row("it ends when idle, and however busy");
	CHECK(ut_session_find(s, id, t + UT_SESSION_IDLE_S - 1, &is));
	CHECK(!ut_session_find(s, other, t + UT_SESSION_IDLE_S, &is));
	for (int64_t at = t; at < t + UT_SESSION_LIFE_S; at += UT_SESSION_IDLE_S / 2)
		CHECK(ut_session_find(s, id, at, &is));
	CHECK(!ut_session_find(s, id, t + UT_SESSION_LIFE_S, &is));
	tap_end();

	tap_row("signing out, one and all");
	CHECK_EQ(ut_session_begin(s, 7, hash, t, id, NULL), UT_OK);
	CHECK_EQ(ut_session_begin(s, 7, hash, t, other, NULL), UT_OK);
	ut_session_end(s, id);
	CHECK(!ut_session_find(s, id, t, &is) && ut_session_find(s, other, t, &is));
	ut_session_end_all(s, 7);
	CHECK(!ut_session_find(s, other, t, &is));
	tap_end();

	tap_row("the one idle longest makes room");
	CHECK_EQ(ut_session_begin(s, 1, hash, t, id, NULL), UT_OK);
	for (int i = 0; i < UT_SESSION_MAX; i++)
		CHECK_EQ(ut_session_begin(s, 2, hash, t + 1, other, NULL), UT_OK);
	CHECK(!ut_session_find(s, id, t + 1, &is) && ut_session_find(s, other, t + 1, &is));
	tap_end();

	tap_row("tries: each address, then all together");
	for (int i = 0; i < UT_TRIES_EACH; i++) {
		CHECK_EQ(ut_tries_wait(s, "10.0.0.1", t), 0);
		ut_tries_failed(s, "10.0.0.1", t);
	}
	CHECK_EQ(ut_tries_wait(s, "10.0.0.1", t), UT_TRIES_WINDOW_S);
	CHECK_EQ(ut_tries_wait(s, "10.0.0.2", t), 0);
	CHECK_EQ(ut_tries_wait(s, "10.0.0.1", t + UT_TRIES_WINDOW_S), 0);
	for (int i = 0; i < UT_TRIES_ALL; i++) {
		char a[32];

		snprintf(a, sizeof(a), "10.1.%d.%d", i / 250, i % 250);
		ut_tries_failed(s, a, t);
	}
	CHECK(ut_tries_wait(s, "10.9.9.9", t) > 0);
	tap_end();
	ut_sessions_destroy(&s);
}

static enum ut_status parse(const char *s, struct ut_form *f)
{
	ut_form_done(f);
	return ut_form_parse(s, strlen(s), f, NULL);
}

static void test_forms(void)
{
	struct ut_form f = { 0 };
	struct ut_filters q;
	struct ut_text t = { 0 };
	char many[400] = "";

	tap_row("forms");
	CHECK_EQ(parse("a=1&b=x+y%20z&c&d=%D7%A9&a=2", &f), UT_OK);
	CHECK_EQ(f.n, 5);
	CHECK_STR(ut_form_get(&f, "a"), "1");
	CHECK_STR(ut_form_get(&f, "b"), "x y z");
	CHECK_STR(ut_form_get(&f, "c"), "");
	CHECK(ut_form_text(&f, "c") == NULL && ut_form_get(&f, "e") == NULL);
	CHECK_STR(ut_form_get(&f, "d"), "ש");
	CHECK_EQ(parse("", &f), UT_OK);
	CHECK_EQ(f.n, 0);
	CHECK_EQ(parse("a=%", &f), UT_EINVAL);
	CHECK_EQ(parse("a=%zz", &f), UT_EINVAL);
	CHECK_EQ(parse("a=%00", &f), UT_EINVAL);
	CHECK_EQ(parse("a=%ff", &f), UT_EINVAL);
	ut_form_done(&f);
	CHECK_EQ(ut_form_parse("a\0b", 3, &f, NULL), UT_EINVAL);
	for (int i = 0; i < 65; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "a=1&");
	CHECK_EQ(parse(many, &f), UT_EINVAL);
	CHECK_EQ(parse("n=5&m=-1&o=5x&p=99999999999999999999", &f), UT_OK);
	CHECK_EQ(ut_form_int(&f, "n", 0, 10, 3), 5);
	CHECK_EQ(ut_form_int(&f, "m", 0, 10, 3), 3);
	CHECK_EQ(ut_form_int(&f, "o", 0, 10, 3), 3);
	CHECK_EQ(ut_form_int(&f, "p", 0, 10, 3), 3);
	tap_end();

	tap_row("filters: what is not understood is left out, the rest comes back");
	CHECK_EQ(parse("list=warm&from=2026-01-02&to=2026-1-2&team=a%26b&tone=furious&reviewed=0"
		       "&share=50&after=0.5%3Anonsense",
		       &f),
		 UT_OK);
	ut_filters_read(&f, &q);
	CHECK_EQ(q.q.list, UT_REVIEW_WARM);
	CHECK_STR(q.q.from, "2026-01-02");
	CHECK(q.q.to == NULL && q.q.label == NULL && q.q.after_call == 0);
	CHECK_EQ(q.share, 50);
	ut_filters_write(&q, &t);
	CHECK_STR(t.s, "list=warm&from=2026-01-02&team=a%26b&reviewed=0&share=50");
	tap_end();
	ut_text_done(&t);
	ut_form_done(&f);
}

int main(void)
{
	test_sessions();
	test_forms();
	return tap_done();
}
