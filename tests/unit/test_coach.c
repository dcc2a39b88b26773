/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares and intervals against published values; facts of calls with known turns; and that no way
 * leads to a tone share, a rank or a score of one person. */
#include <stdlib.h>
#include <unistd.h>

#include "base/sha256.h"
#include "report/coach.h"
#include "sample_call.h"
#include "store/internal.h"
#include "tap.h"

static char dir[64];

static void shares(void)
{
	/* 10 of 100: Wilson 0.0552..0.1744 (Brown, Cai & DasGupta 2001 give the formula); 0 of 20:
	 * z2/(n+z2) */
	static const struct row {
		unsigned k, n;
		double lo, hi;
	} rows[] = {
		{ 10, 100, 0.05523, 0.17437 },
		{ 0, 20, 0, 0.16113 },
		{ 20, 20, 0.83887, 1 },
		{ 1, 1, 0.20654, 1 },
	};
	/* Newcombe 1998, table II, method 10: cases (a), (b), (d), (f) */
	static const struct diff {
		unsigned k1, n1, k2, n2;
		double lo, hi;
	} diffs[] = {
		{ 56, 70, 48, 80, 0.0524, 0.3339 },
		{ 9, 10, 3, 10, 0.1705, 0.8090 },
		{ 5, 56, 0, 29, -0.0381, 0.1926 },
		{ 0, 10, 0, 20, -0.1611, 0.2775 },
	};
	struct ut_share a, b;
	struct ut_difference d;
	double v[] = { 4, 1, 3, 2 };

	tap_row("Wilson's interval");
	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		ut_share_set(&a, rows[i].k, rows[i].n);
		CHECK_NEAR(a.lo, rows[i].lo, 1e-4);
		CHECK_NEAR(a.hi, rows[i].hi, 1e-4);
	}
	ut_share_set(&a, 0, 0);
	CHECK_NEAR(a.lo, 0, 0);
	CHECK_NEAR(a.hi, 1, 0);
	tap_end();
	tap_row("Newcombe's interval of a difference");
	for (size_t i = 0; i < UT_ARRAY_LEN(diffs); i++) {
		ut_share_set(&a, diffs[i].k1, diffs[i].n1);
		ut_share_set(&b, diffs[i].k2, diffs[i].n2);
		CHECK(ut_share_difference(&a, &b, &d));
		CHECK_NEAR(d.lo, diffs[i].lo, 1e-4);
		CHECK_NEAR(d.hi, diffs[i].hi, 1e-4);
	}
	ut_share_set(&b, 0, 0);
	CHECK(!ut_share_difference(&a, &b, &d));
	tap_end();
	tap_row("quantiles");
	CHECK_NEAR(ut_share_quantile(v, 4, 0.5), 2.5, 1e-12);
	CHECK_NEAR(ut_share_quantile(v, 4, 0.9), 3.7, 1e-12);
	CHECK_NEAR(ut_share_quantile(v, 1, 0.9), 1, 0);
	tap_end();
}

static void days(void)
{
	static const struct row {
		const char *text;
		int64_t day;
	} rows[] = { { "1970-01-01", 0 },
		     { "2000-02-29", 11016 },
		     { "2026-11-23", 20780 },
		     { "9999-12-31", 2932896 } };
	static const char *const bad[] = { "",           "2026",       "2026-02-29", "2026-13-01",
					   "2026-00-10", "2026-1-1",   "1969-12-31", "x026-01-01",
					   "2026-04-31", "2026/04/30", "2100-02-29" };
	char text[UT_DAY_TEXT];
	int64_t day;

	tap_row("days");
	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		CHECK(ut_day_parse(rows[i].text, &day));
		CHECK_EQ(day, rows[i].day);
		ut_day_text(day, text);
		CHECK_STR(text, rows[i].text);
	}
	for (size_t i = 0; i < UT_ARRAY_LEN(bad); i++)
		CHECK(!ut_day_parse(bad[i], &day) && !ut_day_only(bad[i], &day));
	CHECK(ut_day_only("2026-11-23", &day) && day == 20780);
	CHECK(!ut_day_only(NULL, &day) && !ut_day_only("2026-11-23T10:00", &day) &&
	      !ut_day_only("2026-11-2", &day));
	for (int64_t d = 0; d < 40000; d++) {
		ut_day_text(d, text);
		CHECK(ut_day_parse(text, &day) && day == d);
	}
	tap_end();
}

/* ---- a database with known calls ---- */

struct spec {
	const char *day, *team, *queue, *agent;
	const char *label; /* of the tone; NULL: none */
};

static uint32_t n_made;

static struct ut_store *must_open(const char *name)
{
	struct ut_error err = { 0 };
	struct ut_store *s = NULL;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (ut_store_open(path, UT_STORE_WRITE, &s, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	return s;
}

/* 0.5 s of silence between ten turns of 2 s; nothing is wrong with it. */
static void plain_call(struct ut_call *c, const struct spec *x)
{
	char buf[64];

	sample_call_full(c, n_made++);
	snprintf(buf, sizeof(buf), "%sT10:00:00+02:00", x->day);
	ut_call_set(&c->meta.start_time, buf);
	ut_call_set(&c->meta.team, x->team);
	ut_call_set(&c->meta.queue, x->queue);
	ut_call_set(&c->meta.agent_id, x->agent);
	c->turns.n = 10;
	for (size_t i = 0; i < 10; i++) {
		struct ut_turn *t = &c->turns.v[i];

		*t = (struct ut_turn){ .start = 250 * (int64_t)i,
				       .end = 250 * (int64_t)i + 200,
				       .party = i % 2 ? 0 : 1,
				       .speech = 200,
				       .latency = i ? 50 : UT_NO_LATENCY };
	}
	for (unsigned i = 0; i < 2; i++)
		c->ch[i].activity.spans.n = 0;
	c->measures.n_holds = 0;
	c->measures.hold_s = 0;
	c->measures.longest_wait_s = 0.5;
	c->measures.longest_silence_s = 0.5;
	c->measures.duration_s = 30;
	c->measures.party[0].longest_turn_s = 2;
	c->measures.party[0].n_interruptions = 3; /* the customer interrupts: not what is counted */
	c->measures.party[1].n_interruptions = 0;
	c->closing.has_tone = x->label != NULL;
	for (unsigned i = 0; x->label && i <= UT_N_TONES; i++) {
		if (strcmp(ut_tone_label_name[i], x->label) != 0)
			continue;
		c->closing.tone.label = (enum ut_tone_label)i;
		for (unsigned k = 0; k < UT_N_TONES; k++)
			c->closing.tone.score[k] = i == UT_N_TONES ? 1.0f / 3
						   : k == i        ? 0.8f
								   : 0.1f;
	}
	if (!x->label)
		ut_call_set(&c->closing.no_tone_reason, "no");
}

static int64_t put(struct ut_store *s, struct ut_call *c, uint32_t options)
{
	struct ut_store_key k = { .content = "" };
	struct ut_error err = { 0 };
	int64_t id = 0;

	memcpy(k.content, c->media.hash, sizeof(k.content));
	sample_hash(1000000 + options, k.options);
	sample_hash(77, k.model);
	if (ut_store_put_call(s, 0, &k, c, &id, &err) != UT_OK)
		printf("# %s\n", err.msg);
	ut_call_done(c);
	return id;
}

static int64_t put_plain(struct ut_store *s, const char *day, const char *team, const char *agent,
			 const char *label)
{
	const struct spec x = { day, team, "q", agent, label };
	struct ut_call c;

	plain_call(&c, &x);
	return put(s, &c, 0);
}

static const struct ut_coach_query november = { .from = 20758, .to = 20787 }; /* 1st..30th */

struct got {
	struct ut_call_facts f[200];
	size_t n;
};

static bool keep(void *user, const struct ut_call_facts *f)
{
	struct got *g = user;

	g->f[g->n++] = *f;
	return g->n < UT_ARRAY_LEN(g->f);
}

static bool keep_group(void *user, const struct ut_group_call *c)
{
	return keep(user, &c->facts);
}

static void facts(void)
{
	const struct spec x = { "2026-11-10", "t", "q", "a1", "angry" };
	struct ut_store *s = must_open("facts.db");
	struct ut_call_moments at;
	struct ut_error err = { 0 };
	struct got g = { .n = 0 };
	struct ut_call c;
	int64_t id;

	/* 6 s after the customer's turn 3 (ends 9.5 s): dead air. 7 s before its turn 7: its own
	 * thinking. After turn 5 (customer): 20 s, of which music plays for 16: two silences of 2 s
	 */
	plain_call(&c, &x);
	for (size_t i = 4; i < 10; i++)
		c.turns.v[i].start += 550, c.turns.v[i].end += 550;
	for (size_t i = 6; i < 10; i++)
		c.turns.v[i].start += 1950, c.turns.v[i].end += 1950;
	for (size_t i = 7; i < 10; i++)
		c.turns.v[i].start += 650, c.turns.v[i].end += 650;
	{
		const struct ut_span music = { c.turns.v[5].end + 200, c.turns.v[6].start - 200,
					       UT_SPAN_MUSIC, 0.9f };

		ut_span_list_push(&c.ch[0].activity.spans, &music);
	}
	c.measures.n_holds = 1;
	c.measures.hold_s = 16;
	c.measures.longest_wait_s = 20;
	c.measures.longest_silence_s = 7;
	id = put(s, &c, 0);
	/* the second one: hold music that leaves 5.2 s of silence before it; the agent interrupts
	 */
	plain_call(&c, &x);
	for (size_t i = 2; i < 10; i++)
		c.turns.v[i].start += 1550, c.turns.v[i].end += 1550;
	{
		const struct ut_span music = { c.turns.v[1].end + 520, c.turns.v[2].start,
					       UT_SPAN_MUSIC, 0.9f };

		ut_span_list_push(&c.ch[1].activity.spans, &music);
	}
	c.turns.v[8].start = c.turns.v[7].end - 80;
	c.turns.v[8].interrupts = true;
	c.measures.longest_silence_s = 5.2;
	c.measures.party[1].n_interruptions = 1;
	c.measures.party[0].longest_turn_s = 12;
	put(s, &c, 0);
	/* three parties: the second agent interrupts the first one, then the customer */
	plain_call(&c, &x);
	c.n_parties = c.measures.n_parties = 3;
	c.party[2] = (struct ut_party){
		.channel = -1, .role = UT_ROLE_AGENT, .kind = UT_KIND_INTERNAL, .verified = true
	};
	c.measures.party[2] = c.measures.party[1];
	c.measures.party[2].n_interruptions = 2;
	c.turns.v[3].party = 2; /* begins while the first agent of turn 2 speaks */
	c.turns.v[3].start = c.turns.v[2].end - 70;
	c.turns.v[3].interrupts = true;
	c.turns.v[6].party = 2;
	c.turns.v[6].start = c.turns.v[5].end - 70;
	c.turns.v[6].interrupts = true;
	put(s, &c, 0);
	/* not counted: nobody verified, another month, an older result of the same recording */
	plain_call(&c, &x);
	c.closing.has_tone = false;
	c.party[0].verified = false;
	put(s, &c, 0);
	put_plain(s, "2026-12-01", "t", "a1", NULL);
	put_plain(s, "2026-09-30", "t", "a1", NULL);
	plain_call(&c, &x);
	put(s, &c, 0);
	n_made--;
	plain_call(&c, &x);
	c.measures.longest_wait_s = 99;
	put(s, &c, 1);
	/* the day before the period, late in the evening: of the period before */
	put_plain(s, "2026-10-31", "t", "a2", NULL);

	for (int person = 0; person < 2; person++) {
		tap_row(person ? "facts of one person's calls" : "facts of a group's calls");
		memset(&g, 0, sizeof(g));
		CHECK_EQ(person ? ut_store_person_calls(s, "a1", &november, keep, &g, &err)
				: ut_store_group_calls(s, &november, keep_group, &g, &err),
			 UT_OK);
		CHECK_EQ(g.n, person ? 4 : 5);
		CHECK_EQ(g.f[0].n_dead_air, 1);
		CHECK_NEAR(g.f[0].dead_air_s, 6, 1e-9);
		CHECK_NEAR(g.f[0].wait_s, 20, 1e-9);
		CHECK_EQ(g.f[0].n_interruptions, 0);
		CHECK_EQ(g.f[0].n_holds, 1);
		CHECK(!g.f[0].transferred && !g.f[0].earlier);
		CHECK_EQ(g.f[1].n_dead_air, 1);
		CHECK_NEAR(g.f[1].dead_air_s, 5.2, 1e-9);
		CHECK_EQ(g.f[1].n_interruptions, 1);
		CHECK_NEAR(g.f[1].customer_turn_s, 12, 1e-9);
		CHECK_EQ(g.f[2].n_interruptions, 1);
		CHECK(g.f[2].transferred);
		CHECK_NEAR(g.f[3].wait_s, 99, 1e-9);
		if (!person)
			CHECK(g.f[4].earlier);
		tap_end();
	}
	tap_row("where to listen");
	CHECK_EQ(ut_store_call_moments(s, id, &at, &err), UT_OK);
	CHECK_EQ(at.dead_air.start, 950);
	CHECK_EQ(at.dead_air.end, 1550);
	CHECK_EQ(at.wait.start, 2000); /* turn 5 ends at 14.5 + 5.5 s */
	CHECK_EQ(at.wait.end, 4000);
	CHECK_EQ(at.hold.start, 2200);
	CHECK_EQ(at.hold.end, 3800);
	CHECK_EQ(at.interruption.end, 0);
	tap_end();
	ut_store_close(&s);
}

/* ---- what may be shown ---- */

static enum ut_shown shown_of(struct ut_coach *c, const char *team)
{
	for (size_t i = 0; i < c->n_groups; i++)
		if (c->group[i].kind == UT_COACH_TEAM && c->group[i].name &&
		    strcmp(c->group[i].name, team) == 0)
			return c->group[i].tones.shown;
	return UT_N_SHOWN;
}

/* n calls of the team by that many agents; every fourth closed angry. */
static void put_team(struct ut_store *s, const char *team, unsigned n, unsigned n_agents)
{
	char agent[32];

	for (unsigned i = 0; i < n; i++) {
		snprintf(agent, sizeof(agent), "%s-%u", team, i % n_agents);
		put_plain(s, "2026-11-10", team, agent, i % 4 ? "accepting" : "angry");
	}
}

static void groups(void)
{
	struct ut_store *s = must_open("groups.db");
	struct ut_error err = { 0 };
	struct ut_coach c = { 0 };

	put_team(s, "five", 40, 5);
	put_team(s, "six", 60, 6);
	put_team(s, "seven", 35, 7);
	tap_row("a share of tones of five agents is shown");
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(c.group[0].tones.shown, UT_SHOWN);
	CHECK_EQ(c.group[0].tones.bad.n, 135);
	CHECK_EQ(c.group[0].tones.bad.k, 10 + 15 + 9);
	CHECK_EQ(c.group[0].n_agents, 18);
	CHECK_EQ(shown_of(&c, "five"), UT_SHOWN);
	CHECK_EQ(shown_of(&c, "six"), UT_SHOWN);
	ut_coach_done(&c);
	tap_end();

	tap_row("of four agents it is not, and cannot be had by subtraction");
	put_team(s, "four", 80, 4);
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(c.group[0].tones.shown, UT_SHOWN);
	CHECK_EQ(shown_of(&c, "four"), UT_HIDDEN_AGENTS);
	CHECK_EQ(shown_of(&c, "seven"), UT_HIDDEN_REST); /* the smallest beside it */
	CHECK_EQ(shown_of(&c, "five"), UT_SHOWN);
	for (size_t i = 0; i < c.n_groups; i++)
		if (c.group[i].tones.shown != UT_SHOWN)
			CHECK(c.group[i].tones.bad.n == 0 && c.group[i].tones.n_abstain == 0);
	ut_coach_done(&c);
	tap_end();

	tap_row("one of five who took most calls");
	for (unsigned i = 0; i < 60; i++)
		put_plain(s, "2026-11-11", "lead", "lead-0", "angry");
	put_team(s, "lead", 50, 5);
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(shown_of(&c, "lead"), UT_HIDDEN_AGENTS);
	ut_coach_done(&c);
	tap_end();

	tap_row("agents that the metadata do not name");
	for (unsigned i = 0; i < 60; i++)
		put_plain(s, "2026-11-11", "nameless", NULL, "angry");
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(shown_of(&c, "nameless"), UT_HIDDEN_AGENTS);
	ut_coach_done(&c);
	tap_end();

	tap_row("a filter that leaves one agent shows no tone, no list of closings and no facts");
	{
		struct ut_coach_query q = november;

		q.team = "one";
		put_team(s, "one", 50, 1);
		CHECK_EQ(ut_coach_make(s, &q, NULL, &c, &err), UT_OK);
		CHECK_EQ(c.n_calls, 50);
		CHECK_EQ(c.group[0].tones.shown, UT_HIDDEN_AGENTS);
		CHECK_EQ(c.bad.n, 0);
		CHECK_EQ(c.good.n, 0);
		CHECK_EQ(shown_of(&c, "one"), UT_HIDDEN_AGENTS);
		for (size_t i = 1; i < c.n_groups; i++)
			CHECK(c.group[i].one && c.group[i].fact[0].now.n == 0);
		CHECK_EQ(c.n_points, 0);
		ut_coach_done(&c);
	}
	tap_end();

	tap_row("few closings");
	put_team(s, "small", 29, 6);
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(shown_of(&c, "small"), UT_HIDDEN_CALLS);
	for (size_t i = 0; i < c.n_points; i++)
		CHECK(!c.group[c.point[i].group].few);
	ut_coach_done(&c);
	tap_end();
	ut_store_close(&s);
}

/* The whole of what is written about one person, in all formats and languages. */
static void write_person(struct ut_store *s, const char *person, struct ut_text *out)
{
	struct ut_error err = { 0 };
	struct ut_coach c = { 0 };
	struct ut_coach_report r = { &c, person, NULL, 0, "x.db", "http://x", UT_LANG_EN, false };

	CHECK_EQ(ut_coach_make(s, &november, person, &c, &err), UT_OK);
	CHECK_EQ(c.n_points, 2);
	for (const struct ut_coach_format *f = ut_coach_formats; f->name; f++)
		for (r.lang = UT_LANG_EN; r.lang < UT_N_LANGS; r.lang++)
			f->write(&r, out);
	CHECK(!out->failed);
	ut_coach_done(&c);
}

static void person(void)
{
	static const char *const refused[] = {
		"SELECT label FROM tone",
		"SELECT call_id FROM closing",
		"SELECT value FROM evidence",
		"SELECT heard FROM verdict",
		"SELECT tag FROM verdict_tag",
		"SELECT rank FROM finding",
		"SELECT no_closing_reason FROM call",
		("SELECT c.id FROM call AS c WHERE EXISTS (SELECT 1 FROM tone AS t WHERE"
		 " t.call_id = c.id AND t.angry > 0.5)"),
		"UPDATE call SET team = ''",
	};
	struct ut_store *s = must_open("person.db");
	struct ut_error err = { 0 };
	struct ut_text a = { 0 }, b = { 0 };
	struct ut_call c;

	/* waits: 20 of 40 in November, 2 of 40 in October */
	for (unsigned i = 0; i < 80; i++) {
		const struct spec x = { i < 40 ? "2026-10-20" : "2026-11-20", "t", "q", "a1",
					i % 3 ? "accepting" : "resigned" };

		plain_call(&c, &x);
		if (i < 2 || i >= 60) {
			c.measures.longest_wait_s = 31 + i;
			c.measures.n_holds = 1;
			c.measures.hold_s = 20;
		}
		put(s, &c, 0);
	}
	tap_row("a statement about a person that reads more than facts is refused");
	for (size_t i = 0; i < UT_ARRAY_LEN(refused); i++) {
		CHECK(!ut_db_person_stmt(s, refused[i], &err));
		CHECK_EQ(err.code, UT_EREFUSED);
	}
	CHECK(ut_db_person_stmt(s, "SELECT id, hold_s FROM call", &err) != NULL);
	CHECK(ut_db_stmt(s, "SELECT count(*) FROM tone", &err) != NULL);
	tap_end();

	tap_row("what is written of a person does not depend on any tone or verdict");
	write_person(s, "a1", &a);
	CHECK_EQ(
	    ut_db_exec(s,
		       "INSERT INTO reviewer (name, role, token) VALUES ('r', 'trainer',"
		       " '0000000000000000000000000000000000000000000000000000000000000000');"
		       "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard)"
		       " SELECT content, 1, 2, 1, 'angry' FROM call;"
		       "INSERT INTO verdict_tag SELECT id, 'no-empathy' FROM verdict;"
		       "UPDATE tone SET label = 'angry', angry = 1, resigned = 0, accepting = 0",
		       &err),
	    UT_OK);
	write_person(s, "a1", &b);
	CHECK(a.len > 1000 && a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
	ut_text_clear(&b);
	CHECK_EQ(ut_db_exec(s, "DELETE FROM closing", &err), UT_OK);
	write_person(s, "a1", &b);
	CHECK(a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
	tap_end();
	ut_text_done(&a);
	ut_text_done(&b);
	ut_store_close(&s);
}

static void reviewed(void)
{
	struct ut_store *s = must_open("reviewed.db");
	struct ut_error err = { 0 };
	struct ut_coach c = { 0 };

	put_team(s, "t", 40, 8); /* calls 1, 5, 9.. are angry */
	CHECK_EQ(ut_db_exec(
		     s,
		     "INSERT INTO reviewer (name, role, token) VALUES ('r', 'trainer',"
		     " '0000000000000000000000000000000000000000000000000000000000000000');"
		     "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard)"
		     " SELECT content, 1, 2, 1, 'angry' FROM call WHERE id <= 9;"
		     /* a second thought about the first */
		     "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard)"
		     " SELECT content, 1, 2, 1, 'accepting' FROM call WHERE id = 1;"
		     "INSERT INTO verdict_tag SELECT id, 'no-answer' FROM verdict WHERE id <= 3;"
		     "INSERT INTO verdict_tag SELECT id, 'good-recovery' FROM verdict WHERE id = 8",
		     &err),
		 UT_OK);
	tap_row("reviewers: the latest verdict counts, tags make groups, recoveries come first");
	CHECK_EQ(ut_coach_make(s, &november, NULL, &c, &err), UT_OK);
	CHECK_EQ(c.group[0].tones.confirmed.n, 3); /* 1, 5, 9 are flagged and judged */
	CHECK_EQ(c.group[0].tones.confirmed.k, 2);
	for (size_t i = 0; i < c.n_groups; i++)
		if (c.group[i].kind == UT_COACH_TAG && strcmp(c.group[i].name, "no-answer") == 0)
			CHECK_EQ(c.group[i].n_calls,
				 2); /* 2 and 3; the first's tag was withdrawn */
	CHECK_EQ(c.good.call[0].call_id, 8);
	CHECK_EQ(c.bad.n, 5);
	ut_coach_done(&c);
	tap_end();
	ut_store_close(&s);
}

static bool count_entries(void *user, const struct ut_coaching *c)
{
	struct ut_coaching *last = user;

	last->id++;
	last->call_id = c->call_id;
	last->discussed = c->discussed;
	return true;
}

static void log_of_person(void)
{
	struct ut_store *s = must_open("log.db");
	struct ut_coaching good = { .author = "lea",
				    .person = "a1",
				    .kind = "strength",
				    .topic = "listening",
				    .note = "let the customer finish",
				    .discussed = true };
	struct ut_coaching c, last = { 0 };
	struct ut_purge what = { 0 };
	struct ut_purge_counts n;
	struct ut_error err = { 0 };
	char *large = calloc(1, 2002);

	tap_row("the log of a person");
	good.call_id = put_plain(s, "2026-11-10", "t", "a1", "angry");
	CHECK_EQ(ut_store_add_coaching(s, &good, NULL, &err), UT_OK);
	c = good, c.person = "a2", c.call_id = 0, c.note = NULL;
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_OK);
	c = good, c.kind = "bad";
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_EINVAL);
	c = good, c.topic = "anger";
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_EINVAL);
	c = good, c.person = "";
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_EINVAL);
	c = good, c.note = "";
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_EINVAL);
	c = good, c.call_id = 999;
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_ENOENT);
	if (large)
		memset(large, 'x', 2001);
	c = good, c.note = large;
	CHECK_EQ(ut_store_add_coaching(s, &c, NULL, &err), UT_EINVAL);
	CHECK_EQ(ut_store_coaching(s, "a1", count_entries, &last, &err), UT_OK);
	CHECK_EQ(last.id, 1);
	CHECK_EQ(last.call_id, good.call_id);
	CHECK(last.discussed);
	/* what was said stays when the recording goes */
	what.call_id = good.call_id;
	CHECK_EQ(ut_store_purge(s, &what, "lea", false, &n, &err), UT_OK);
	last.id = 0;
	CHECK_EQ(ut_store_coaching(s, "a1", count_entries, &last, &err), UT_OK);
	CHECK_EQ(last.id, 1);
	CHECK_EQ(last.call_id, 0);
	tap_end();
	free(large);
	ut_store_close(&s);
}

int main(void)
{
	char cmd[96];

	snprintf(dir, sizeof(dir), "/tmp/ut-coach-XXXXXX");
	if (!mkdtemp(dir))
		return 2;
	shares();
	days();
	facts();
	groups();
	person();
	reviewed();
	log_of_person();
	static const char *const made[] = { "facts", "groups", "person", "reviewed", "log" };
	for (size_t i = 0; i < UT_ARRAY_LEN(made); i++) {
		static const char *const ends[] = { "", "-wal", "-shm" };

		for (size_t k = 0; k < UT_ARRAY_LEN(ends); k++) {
			snprintf(cmd, sizeof(cmd), "%s/%s.db%s", dir, made[i], ends[k]);
			unlink(cmd);
		}
	}
	rmdir(dir);
	return tap_done();
}
