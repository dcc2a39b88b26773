/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_heard.c - which verdicts a tone model learns from. */
#include <stdlib.h>

#include "sample_call.h"
#include "store/heard.h"
#include "store/review.h"
#include "tap.h"

enum { CALLS = 6 };

static struct ut_store *s;
static int64_t call[CALLS], who[3];

static void put(unsigned i)
{
	struct ut_call c;
	struct ut_store_key k;
	struct ut_error err = { 0 };

	sample_call_full(&c, i);
	ut_call_set(&c.meta.customer_key, i < 2 ? "one and the same" : NULL);
	memcpy(k.content, c.media.hash, sizeof(k.content));
	sample_hash(1, k.options);
	sample_hash(77, k.model);
	if (ut_store_put_call(s, 0, &k, &c, &call[i], &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	ut_call_done(&c);
}

static void judge(unsigned i, unsigned by, enum ut_tone_label heard, int64_t session)
{
	const struct ut_verdict v = { .call_id = call[i],
				      .reviewer_id = who[by],
				      .calibration_id = session,
				      .heard = heard,
				      .blind = by == 0 };
	struct ut_error err = { 0 };

	CHECK_EQ(ut_review_judge(s, &v, &err), UT_OK);
	if (err.msg[0])
		printf("# %s\n", err.msg);
}

struct got {
	unsigned n, of[CALLS];
	struct ut_heard h[CALLS];
	char customer[CALLS][80];
};

static bool take(void *user, const struct ut_heard *h)
{
	struct got *g = user;

	for (unsigned i = 0; i < CALLS; i++)
		if (call[i] == h->call_id) {
			g->of[i]++;
			g->h[i] = *h;
			snprintf(g->customer[i], sizeof(g->customer[i]), "%s", h->customer);
		}
	g->n++;
	return true;
}

static struct got ask(void)
{
	struct got g = { 0 };

	CHECK_EQ(ut_store_heard(s, take, &g, NULL), UT_OK);
	return g;
}

int main(void)
{
	static const char *const name[] = { "a", "b", "c" };
	const enum ut_tone_label unsure = UT_TONE_ABSTAIN;
	struct ut_error err = { 0 };
	const struct ut_review_query every = { .reviewed = -1 };
	struct got g;
	int64_t session = 0;

	if (ut_store_open(NULL, UT_STORE_MEMORY, &s, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		return 1;
	}
	for (unsigned i = 0; i < CALLS; i++)
		put(i);
	for (unsigned i = 0; i < 3; i++) {
		struct ut_reviewer r;
		char token[65];

		sample_hash(900 + i, token);
		if (ut_review_add_user(s, "test", name[i], UT_REVIEW_ADMIN, token, &err) ||
		    ut_review_find_token(s, token, &r, &err))
			printf("Bail out! %s\n", err.msg);
		who[i] = r.id;
	}
	tap_row("nothing was heard yet");
	CHECK_EQ(ask().n, 0);
	tap_end();

	tap_row("of one reviewer the latest counts; of several what most heard");
	judge(0, 0, UT_TONE_ANGRY, 0);
	judge(0, 0, UT_TONE_RESIGNED, 0);
	judge(1, 0, UT_TONE_ANGRY, 0);
	judge(1, 1, UT_TONE_ANGRY, 0);
	judge(1, 2, UT_TONE_ACCEPTING, 0);
	g = ask();
	CHECK_EQ(g.n, 2);
	CHECK_EQ(g.h[0].label, UT_TONE_RESIGNED);
	CHECK_EQ(g.h[0].n_reviewers, 1);
	CHECK_EQ(g.h[0].n_blind, 1);
	CHECK_EQ(g.h[1].label, UT_TONE_ANGRY);
	CHECK_EQ(g.h[1].n_reviewers, 3);
	CHECK_EQ(g.h[1].n_blind, 1);
	CHECK_STR(g.customer[0], "one and the same");
	CHECK_STR(g.customer[1], "one and the same");
	tap_end();

	tap_row("a tie and what nobody is sure of are left out");
	judge(2, 0, UT_TONE_ANGRY, 0);
	judge(2, 1, UT_TONE_RESIGNED, 0);
	judge(3, 0, UT_TONE_ANGRY, 0);
	judge(3, 0, unsure, 0);
	g = ask();
	CHECK_EQ(g.n, 2);
	judge(2, 2, UT_TONE_RESIGNED, 0);
	g = ask();
	CHECK_EQ(g.n, 3);
	CHECK_EQ(g.h[2].label, UT_TONE_RESIGNED);
	CHECK_EQ(strlen(g.customer[2]), 64); /* no customer_key: the recording */
	tap_end();

	tap_row("an open blind session tells nothing until it ends");
	CHECK_EQ(ut_review_start_calibration(s, who[0], "s", &every, CALLS, &session, &err), UT_OK);
	judge(4, 1, UT_TONE_ANGRY, session);
	CHECK_EQ(ask().n, 3);
	CHECK_EQ(ut_review_end_calibration(s, who[0], session, &err), UT_OK);
	g = ask();
	CHECK_EQ(g.n, 4);
	CHECK_EQ(g.h[4].label, UT_TONE_ANGRY);
	tap_end();
	ut_store_close(&s);
	return tap_done();
}
