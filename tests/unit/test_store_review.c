/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_store_review.c - people, the queue, verdicts, blind sessions, and what a merge makes of
 * them. */
#include <stdlib.h>
#include <unistd.h>

#include "sample_call.h"
#include "store/internal.h"
#include "store/review.h"
#include "tap.h"

static char hashes[4][65];

static int64_t put(struct ut_store *s, uint32_t seed, enum ut_tone_label label, float sure,
		   const char *team)
{
	struct ut_call c;
	struct ut_store_key k;
	struct ut_error err = { 0 };
	int64_t id = 0;

	sample_call_full(&c, seed);
	for (unsigned i = 0; i < UT_N_TONES; i++)
		c.closing.tone.score[i] = (1 - sure) / 2;
	c.closing.tone.score[label == UT_TONE_ABSTAIN ? 0 : label] = sure;
	c.closing.tone.label = label;
	ut_call_set(&c.meta.team, team);
	for (size_t i = 0; i < c.turns.n; i++) { /* a quiet start */
		c.turns.v[i].interrupts = false;
		c.turns.v[i].overlap = 0;
		c.turns.v[i].latency = i ? 50 : UT_NO_LATENCY;
	}
	c.ch[0].activity.spans.n = c.ch[1].activity.spans.n = 0;
	if (seed % 10 == 7) /* bad starts: two interruptions, and a wait */
		c.turns.v[1].interrupts = c.turns.v[2].interrupts = true;
	if (seed % 20 == 7)
		c.turns.v[2].latency = 1100;
	if (seed % 10 == 8) { /* a raised voice that came down */
		static const unsigned is[] = { UT_TONE_N_PHRASES, UT_TONE_DRIFT_F0,
					       UT_TONE_SPREAD + UT_FN_f0_median,
					       UT_TONE_DRIFT_LEVEL, UT_TONE_SPREAD + UT_FN_level };
		static const float v[] = { 8, -3, 2, -5, 3 };

		c.closing.tone.n_features = UT_TONE_N_FEATURES;
		for (size_t i = 0; i < UT_ARRAY_LEN(is); i++) {
			c.closing.tone.feature[is[i]] = v[i];
			c.closing.tone.feature_valid[is[i] / 64] |= (uint64_t)1 << is[i] % 64;
		}
	}
	memcpy(k.content, c.media.hash, sizeof(k.content));
	sample_hash(1, k.options);
	sample_hash(77, k.model);
	if (ut_store_put_call(s, 0, &k, &c, &id, &err) != UT_OK)
		printf("# %s\n", err.msg);
	ut_call_done(&c);
	return id;
}

static struct ut_store *memory(void)
{
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };

	if (ut_store_open(NULL, UT_STORE_MEMORY, &s, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	return s;
}

static int64_t add(struct ut_store *s, const char *name, enum ut_review_role role, unsigned token)
{
	struct ut_reviewer r;

	CHECK_EQ(ut_review_add_user(s, "test", name, role, hashes[token], NULL), UT_OK);
	CHECK_EQ(ut_review_find_token(s, hashes[token], &r, NULL), UT_OK);
	return r.id;
}

static int64_t count(struct ut_store *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

struct got {
	int64_t id[64];
	unsigned n, bad[64];
	double key[64];
	char last[65], mine[16];
};

static bool take(void *user, const struct ut_review_item *i)
{
	struct got *g = user;

	if (g->n == 64)
		return false;
	g->bad[g->n] = i->bad_start;
	g->key[g->n] = i->key;
	g->id[g->n++] = i->call_id;
	snprintf(g->last, sizeof(g->last), "%s", i->content);
	snprintf(g->mine, sizeof(g->mine), "%s", i->mine ? i->mine : "-");
	return true;
}

static struct got ask(struct ut_store *s, struct ut_review_query q)
{
	struct got g = { 0 };

	if (!q.limit)
		q.limit = 60;
	CHECK_EQ(ut_review_queue(s, &q, take, &g, NULL), UT_OK);
	return g;
}

static void test_people(void)
{
	struct ut_store *s = memory();
	struct ut_reviewer r;
	struct ut_error err = { 0 };

	tap_row("people");
	add(s, "דנה", UT_REVIEW_TRAINER, 0);
	CHECK_EQ(ut_review_add_user(s, "t", "דנה", UT_REVIEW_ADMIN, hashes[1], &err), UT_EINVAL);
	CHECK_EQ(ut_review_add_user(s, "t", "", UT_REVIEW_ADMIN, hashes[1], &err), UT_EINVAL);
	CHECK_EQ(ut_review_add_user(s, "t", "a\nb", UT_REVIEW_ADMIN, hashes[1], &err), UT_EINVAL);
	CHECK_EQ(ut_review_add_user(s, "t", "\xff", UT_REVIEW_ADMIN, hashes[1], &err), UT_EINVAL);
	CHECK_EQ(ut_review_end_user(s, "t", "nobody", &err), UT_ENOENT);
	CHECK_EQ(ut_review_end_user(s, "t", "דנה", &err), UT_OK);
	CHECK_EQ(ut_review_find_token(s, hashes[0], &r, &err), UT_ENOENT);
	/* comes back with another token and role, the same number */
	CHECK_EQ(add(s, "דנה", UT_REVIEW_VIEWER, 1), 1);
	CHECK_EQ(ut_review_find_token(s, hashes[0], &r, &err), UT_ENOENT);
	CHECK_EQ(ut_review_find_user(s, 1, &r, &err), UT_OK);
	CHECK_EQ(r.role, UT_REVIEW_VIEWER);
	CHECK_EQ(count(s, "SELECT count(*) FROM audit WHERE action = 'user'"), 3);
	tap_end();
	ut_store_close(&s);
}

static void test_queue(void)
{
	struct ut_store *s = memory();
	struct ut_review_query q = { .reviewed = -1 };
	struct got g, h;
	int64_t ids[5];

	tap_row("findings and positive examples, each in order");
	ids[0] = put(s, 1, UT_TONE_RESIGNED, 0.9f, "a");
	ids[1] = put(s, 2, UT_TONE_ANGRY, 0.8f, "b");
	ids[2] = put(s, 3, UT_TONE_ACCEPTING, 0.95f, "a");
	ids[3] = put(s, 7, UT_TONE_ACCEPTING, 0.7f, "b");
	ids[4] = put(s, 17, UT_TONE_ACCEPTING, 0.9f, "a");
	g = ask(s, q);
	CHECK_EQ(g.n, 5);
	CHECK(g.id[0] == ids[0] && g.id[1] == ids[1] && g.id[2] == ids[3] && g.id[3] == ids[4] &&
	      g.id[4] == ids[2]);
	q.list = UT_REVIEW_GOOD;
	g = ask(s, q);
	CHECK_EQ(g.n, 3);
	CHECK(g.id[0] == ids[3] && g.id[1] == ids[4] && g.id[2] == ids[2]);
	CHECK_EQ(g.bad[0], UT_START_INTERRUPTIONS | UT_START_WAIT);
	CHECK_EQ(g.bad[1], UT_START_INTERRUPTIONS);
	CHECK_EQ(g.bad[2], 0);
	q.list = UT_REVIEW_RECOVERIES;
	CHECK_EQ(ask(s, q).n, 2);
	q.list = UT_REVIEW_WARM;
	g = ask(s, q);
	CHECK(g.n == 1 && g.id[0] == ids[2]);
	tap_end();

	tap_row("a raised voice that came down is a bad start, of an accepting closing alone");
	q = (struct ut_review_query){ .reviewed = -1, .list = UT_REVIEW_RECOVERIES };
	ids[0] = put(s, 8, UT_TONE_ACCEPTING, 0.9f, "c");
	put(s, 18, UT_TONE_RESIGNED, 0.9f, "c");
	g = ask(s, q);
	CHECK(g.n == 3 && g.id[1] == ids[0] && g.bad[1] == UT_START_RAISED);
	CHECK_EQ(count(s, "SELECT count(*) FROM tone WHERE came_down = 1"), 2);
	CHECK_EQ(sqlite3_exec(s->db, "DELETE FROM call WHERE team = 'c'", NULL, NULL, NULL), 0);
	CHECK_EQ(ask(s, q).n, 2);
	tap_end();

	tap_row("filters");
	q = (struct ut_review_query){ .reviewed = -1, .team = "a" };
	CHECK_EQ(ask(s, q).n, 3);
	q.label = "accepting";
	CHECK_EQ(ask(s, q).n, 2);
	q.team = NULL;
	CHECK_EQ(ask(s, q).n, 3);
	q = (struct ut_review_query){ .reviewed = -1, .from = "2026-11-22", .to = "2026-11-22" };
	CHECK_EQ(ask(s, q).n, 5);
	q.to = "2026-11-29";
	CHECK_EQ(ask(s, q).n, 5);
	q.to = "2026-11-21";
	CHECK_EQ(ask(s, q).n, 0);
	q = (struct ut_review_query){ .reviewed = -1, .queue = "billing", .language = "he" };
	CHECK_EQ(ask(s, q).n, 5);
	q.agent_id = "a17";
	CHECK_EQ(ask(s, q).n, 5);
	q.agent_id = "a17' OR 1 --";
	CHECK_EQ(ask(s, q).n, 0);
	q = (struct ut_review_query){ .reviewed = 1 };
	CHECK_EQ(ask(s, q).n, 0);
	tap_end();

	tap_row("pages go on where the last one ended, and back");
	for (uint32_t i = 100; i < 130; i++)
		put(s, i * 10, UT_TONE_RESIGNED, 0.75f, "c"); /* all the same rank */
	q = (struct ut_review_query){ .reviewed = -1, .team = "c", .limit = 7 };
	g = ask(s, q);
	for (unsigned seen = 7; seen < 30; seen += h.n) {
		q.after_key = g.key[g.n - 1];
		q.after_call = g.id[g.n - 1];
		h = ask(s, q);
		CHECK(h.n > 0 && h.n <= 7);
		for (unsigned i = 0; i < h.n; i++)
			for (unsigned k = 0; k < g.n; k++)
				CHECK(h.id[i] != g.id[k]);
		if (!h.n)
			break;
		q.back = true;
		q.after_key = h.key[h.n - 1];
		q.after_call = h.id[h.n - 1];
		if (h.n > 1) {
			struct got back = ask(s, q);

			CHECK(back.n > 0 && back.id[0] == h.id[h.n - 2]);
		}
		q.back = false;
		g = h;
	}
	tap_end();

	tap_row("the queue follows its tables");
	CHECK_EQ(count(s, "SELECT count(*) FROM review_item"), 35);
	CHECK_EQ(ut_db_exec(s, "UPDATE call SET team = 'd' WHERE id = 1", NULL), UT_OK);
	CHECK_EQ(ut_db_exec(s, "DELETE FROM tone WHERE call_id = 2", NULL), UT_OK);
	CHECK_EQ(ut_db_exec(s, "DELETE FROM call WHERE id = 3", NULL), UT_OK);
	CHECK_EQ(count(s, "SELECT count(*) FROM review_item"), 33);
	CHECK_EQ(count(s, "SELECT count(*) FROM review_item WHERE team = 'd'"), 1);
	CHECK_EQ(count(s, "SELECT count(*) FROM (SELECT * FROM review_item EXCEPT"
			  " SELECT * FROM review_source)"),
		 0);
	tap_end();
	ut_store_close(&s);
}

static struct ut_verdict verdict(int64_t call, int64_t who, enum ut_tone_label heard)
{
	return (struct ut_verdict){ .call_id = call, .reviewer_id = who, .heard = heard };
}

static bool count_verdicts(void *user, const struct ut_verdict_row *v)
{
	unsigned *n = user;

	(void)v;
	++*n;
	return true;
}

static void test_verdicts(void)
{
	struct ut_store *s = memory();
	struct ut_review_query q = { .reviewed = 1, .for_reviewer = 1 };
	struct ut_error err = { 0 };
	int64_t dana = add(s, "Dana", UT_REVIEW_TRAINER, 0),
		eyal = add(s, "Eyal", UT_REVIEW_VIEWER, 1),
		call = put(s, 1, UT_TONE_RESIGNED, 0.9f, "a"), plain;
	struct ut_verdict v = verdict(call, dana, UT_TONE_ANGRY);
	char *longer = malloc(3000);
	struct got g;
	unsigned n = 0;

	tap_row("a verdict with its tags, note and audit");
	v.tags = 1u << UT_TAG_NO_ANSWER | 1u << UT_TAG_OTHER;
	v.note = "said it through the teeth";
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_OK);
	CHECK_EQ(count(s, "SELECT count(*) FROM verdict WHERE heard = 'angry' AND"
			  " shown = 'resigned' AND start_frame = 11013"),
		 1);
	CHECK_EQ(count(s, "SELECT count(*) FROM verdict_tag"), 2);
	CHECK_EQ(count(s, "SELECT count(*) FROM audit WHERE action = 'verdict' AND"
			  " actor = 'Dana'"),
		 1);
	g = ask(s, q);
	CHECK_EQ(g.n, 1);
	CHECK_STR(g.mine, "angry");
	tap_end();

	tap_row("who may not, and what cannot be judged");
	v = verdict(call, eyal, UT_TONE_ANGRY);
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EREFUSED);
	v = verdict(call, 99, UT_TONE_ANGRY);
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EREFUSED);
	v = verdict(call, dana, UT_TONE_ANGRY);
	v.calibration_id = 5;
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EREFUSED);
	memset(longer, 'x', 2999);
	longer[2999] = '\0';
	v = verdict(call, dana, UT_TONE_ANGRY);
	v.note = longer;
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EINVAL);
	v.note = "\xc3\x28";
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EINVAL);
	{ /* an internal party: no tone, so nothing to judge, whoever asks */
		struct ut_call c;
		struct ut_store_key k;

		sample_call_full(&c, 50);
		c.closing.has_tone = false;
		c.party[0].kind = UT_KIND_INTERNAL;
		memcpy(k.content, c.media.hash, sizeof(k.content));
		sample_hash(1, k.options);
		sample_hash(77, k.model);
		CHECK_EQ(ut_store_put_call(s, 0, &k, &c, &plain, &err), UT_OK);
		v = verdict(plain, dana, UT_TONE_ANGRY);
		CHECK_EQ(ut_review_judge(s, &v, &err), UT_EREFUSED);
		CHECK_EQ(count(s, "SELECT count(*) FROM review_item"), 1);
		/* nor past the functions */
		CHECK(
		    ut_db_exec(s,
			       "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id,"
			       " heard) SELECT content, 1, 2, 1, 'angry' FROM call WHERE id = 2",
			       &err) != UT_OK);
		ut_call_done(&c);
	}
	CHECK_EQ(count(s, "SELECT count(*) FROM verdict"), 1);
	tap_end();

	tap_row("another verdict does not change the first");
	v = verdict(call, dana, UT_TONE_RESIGNED);
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_OK);
	CHECK(ut_db_exec(s, "UPDATE verdict SET heard = 'accepting'", &err) != UT_OK);
	g = ask(s, q);
	CHECK_STR(g.mine, "resigned");
	CHECK_EQ(ut_review_verdicts(s, g.last, dana, count_verdicts, &n, &err), UT_OK);
	CHECK_EQ(n, 2);
	tap_end();
	free(longer);
	ut_store_close(&s);
}

static bool count_ratings(void *user, const struct ut_rating *r)
{
	unsigned *n = user;

	(void)r;
	++*n;
	return true;
}

static void test_blind(void)
{
	struct ut_store *s = memory();
	struct ut_review_query q = { .reviewed = -1 };
	struct ut_error err = { 0 };
	int64_t dana = add(s, "Dana", UT_REVIEW_ADMIN, 0),
		eyal = add(s, "Eyal", UT_REVIEW_TRAINER, 1), id = 0, call, place, blind;
	struct ut_verdict v;
	unsigned n;
	struct got g;

	for (uint32_t i = 0; i < 12; i++)
		put(s, i, i % 3 ? UT_TONE_ACCEPTING : UT_TONE_ANGRY, 0.6f + 0.02f * (float)i, "a");
	tap_row("a session of findings and examples");
	CHECK_EQ(ut_review_start_calibration(s, dana, "week 1", &q, 6, &id, &err), UT_OK);
	CHECK_EQ(count(s, "SELECT count(*) FROM calibration_call"), 6);
	CHECK_EQ(count(s, "SELECT count(*) FROM calibration_call AS x JOIN review_item AS i ON"
			  " i.content = x.content WHERE i.good IS NOT NULL"),
		 3);
	CHECK_EQ(ut_review_start_calibration(s, dana, "week 1", &q, 6, &id, &err), UT_EINVAL);
	CHECK_EQ(ut_review_start_calibration(s, dana, "", &q, 6, &id, &err), UT_EINVAL);
	CHECK_EQ(ut_review_start_calibration(s, dana, "x", &q, 0, &id, &err), UT_EINVAL);
	q.team = "nobody";
	CHECK_EQ(ut_review_start_calibration(s, dana, "x", &q, 5, &id, &err), UT_EINVAL);
	tap_end();

	tap_row("its calls are out of the queue of who has not judged");
	q = (struct ut_review_query){ .reviewed = -1, .for_reviewer = eyal };
	CHECK_EQ(ask(s, q).n, 6);
	CHECK_EQ(ut_review_next_blind(s, 1, eyal, &call, &place, &err), UT_OK);
	CHECK(call > 0 && place == 0);
	v = verdict(call, eyal, UT_TONE_RESIGNED);
	v.calibration_id = 1;
	v.blind = true;
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_OK);
	CHECK_EQ(count(s, "SELECT count(*) FROM verdict WHERE shown IS NULL AND"
			  " calibration_id = 1"),
		 1);
	CHECK_EQ(ask(s, q).n, 7);
	q.for_reviewer = dana;
	g = ask(s, q);
	CHECK_EQ(g.n, 6);
	tap_end();

	tap_row("nobody sees another's verdict before the end");
	{
		struct ut_stored r;

		CHECK_EQ(ut_store_stored(s, call, &r, &err), UT_OK);
		n = 0;
		CHECK_EQ(ut_review_verdicts(s, r.key.content, dana, count_verdicts, &n, &err),
			 UT_OK);
		CHECK_EQ(n, 0);
		CHECK_EQ(ut_review_blind(s, r.key.content, dana, &blind, &err), UT_OK);
		CHECK_EQ(blind, 1);
		CHECK_EQ(ut_review_blind(s, r.key.content, eyal, &blind, &err), UT_OK);
		CHECK_EQ(blind, 0);
		CHECK_EQ(ut_review_end_calibration(s, dana, 1, &err), UT_OK);
		CHECK_EQ(ut_review_verdicts(s, r.key.content, dana, count_verdicts, &n, &err),
			 UT_OK);
		CHECK_EQ(n, 1);
		n = 0;
		CHECK_EQ(ut_review_ratings(s, 1, count_ratings, &n, &err), UT_OK);
		CHECK_EQ(n, 1);
	}
	v.reviewer_id = dana;
	CHECK_EQ(ut_review_judge(s, &v, &err), UT_EREFUSED); /* it is over */
	CHECK_EQ(ask(s, q).n, 12);
	tap_end();
	ut_store_close(&s);
}

static bool fault(void *user, const char *what)
{
	unsigned *n = user;

	printf("# %s\n", what);
	++*n;
	return true;
}

static void test_merge(void)
{
	struct ut_store *from = memory(), *into = memory();
	struct ut_review_query q = { .reviewed = -1 };
	struct ut_merge_counts n;
	struct ut_error err = { 0 };
	struct ut_reviewer r;
	int64_t dana = add(from, "Dana", UT_REVIEW_ADMIN, 0), id, call;
	struct ut_verdict v;
	unsigned faults = 0;

	for (uint32_t i = 0; i < 4; i++)
		call = put(from, i, UT_TONE_ANGRY, 0.8f, "a");
	v = verdict(call, dana, UT_TONE_ACCEPTING);
	v.tags = 1u << UT_TAG_LONG_WAIT;
	CHECK_EQ(ut_review_judge(from, &v, &err), UT_OK);
	CHECK_EQ(ut_review_start_calibration(from, dana, "week 1", &q, 3, &id, &err), UT_OK);
	CHECK_EQ(ut_review_next_blind(from, id, dana, &call, &(int64_t){ 0 }, &err), UT_OK);
	v = verdict(call, dana, UT_TONE_ABSTAIN);
	v.calibration_id = id;
	v.blind = true;
	CHECK_EQ(ut_review_judge(from, &v, &err), UT_OK);
	CHECK_EQ(ut_db_exec(from,
			    "INSERT INTO coaching (author, person, kind, topic, discussed)"
			    " VALUES ('Dana', 'a17', 'strength', 'recovery', 1)",
			    &err),
		 UT_OK);

	tap_row("a merge takes what trainers added, once");
	CHECK_EQ(ut_store_merge(into, from, "f", "test", NULL, NULL, &n, &err), UT_OK);
	CHECK_EQ(n.reviews, 4); /* two verdicts, a session, a note */
	CHECK_EQ(count(into, "SELECT count(*) FROM verdict"), 2);
	CHECK_EQ(count(into, "SELECT count(*) FROM verdict_tag"), 1);
	CHECK_EQ(count(into, "SELECT count(*) FROM calibration_call"), 3);
	CHECK_EQ(count(into, "SELECT count(*) FROM coaching"), 1);
	CHECK_EQ(count(into, "SELECT count(*) FROM review_item WHERE reviewed"),
		 count(from, "SELECT count(*) FROM review_item WHERE reviewed"));
	CHECK_EQ(ut_store_merge(into, from, "f", "test", NULL, NULL, &n, &err), UT_OK);
	CHECK_EQ(n.reviews, 0);
	CHECK_EQ(count(into, "SELECT count(*) FROM verdict"), 2);
	CHECK_EQ(count(into, "SELECT count(*) FROM calibration"), 1);
	CHECK_EQ(count(into, "SELECT count(*) FROM reviewer"), 1);
	tap_end();

	tap_row("nobody comes in with a merged token");
	CHECK_EQ(ut_review_find_token(into, hashes[0], &r, &err), UT_ENOENT);
	CHECK_EQ(ut_review_find_user(into, 1, &r, &err), UT_ENOENT);
	tap_end();

	tap_row("the end of a session arrives later; another of its name stays apart");
	CHECK_EQ(ut_review_end_calibration(from, dana, id, &err), UT_OK);
	CHECK_EQ(ut_store_merge(into, from, "f", "test", NULL, NULL, &n, &err), UT_OK);
	CHECK_EQ(count(into, "SELECT count(*) FROM calibration WHERE ended_at IS NULL"), 0);
	CHECK_EQ(ut_db_exec(from, "UPDATE calibration SET created_at = '2020-01-01T00:00:00.000Z'",
			    &err),
		 UT_OK);
	CHECK_EQ(ut_store_merge(into, from, "f", "test", NULL, NULL, &n, &err), UT_OK);
	CHECK_EQ(count(into, "SELECT count(*) FROM calibration"), 2);
	CHECK_EQ(ut_store_merge(into, from, "f", "test", NULL, NULL, &n, &err), UT_OK);
	CHECK_EQ(count(into, "SELECT count(*) FROM calibration"), 2);
	tap_end();

	tap_row("check looks at reviews");
	CHECK_EQ(ut_store_check(into, fault, &faults, NULL, &err), UT_OK);
	CHECK_EQ(faults, 0);
	CHECK_EQ(ut_db_exec(into,
			    "UPDATE review_item SET rank = 2 WHERE call_id = 1;"
			    "DELETE FROM calibration_call WHERE calibration_id = 1",
			    &err),
		 UT_OK);
	CHECK_EQ(ut_store_check(into, fault, &faults, NULL, &err), UT_OK);
	CHECK_EQ(faults, 2);
	tap_end();
	ut_store_close(&from);
	ut_store_close(&into);
}

int main(void)
{
	for (unsigned i = 0; i < 4; i++)
		sample_hash(9000 + i, hashes[i]);
	test_people();
	test_queue();
	test_verdicts();
	test_blind();
	test_merge();
	return tap_done();
}
