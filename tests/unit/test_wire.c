/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/wire.h"

#include "call/problems.h"
#include "sample_call.h"
#include "tap.h"

static bool same(const struct ut_text *a, const struct ut_text *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

/* encode -> decode -> encode gives the same bytes, and the decoded record the same values. */
static void test_round_trip(void)
{
	for (uint32_t seed = 0; seed < 14; seed++) {
		struct ut_text a = { 0 }, b = { 0 };
		struct ut_error err = { 0 };
		struct ut_call c, d;
		char name[40];

		snprintf(name, sizeof(name), "round trip, record %u", seed);
		tap_row(name);
		if (seed < 13)
			sample_call_full(&c, seed);
		else
			sample_call_least(&c, seed);
		sample_call_full(&d, seed + 1); /* decode must clear what was there */
		CHECK_EQ(ut_wire_encode(&c, &a, &err), UT_OK);
		CHECK_EQ(ut_wire_decode(a.s, a.len, &d, &err), UT_OK);
		CHECK_EQ(ut_wire_encode(&d, &b, &err), UT_OK);
		CHECK(same(&a, &b));
		CHECK_STR(d.media.path, c.media.path);
		CHECK_STR(d.media.hash, c.media.hash);
		CHECK_EQ(d.turns.n, c.turns.n);
		if (c.turns.n) {
			CHECK_EQ(d.turns.v[0].latency, UT_NO_LATENCY);
			CHECK_EQ(d.turns.v[5].backchannel, true);
			CHECK_EQ(d.turns.v[7].overlap, 31);
			CHECK_EQ(d.ch[1].activity.spans.v[0].start, 4100);
			CHECK_STR(d.closing.tone.evidence[0].feature, "f0_median");
			CHECK_STR(d.party[1].id, "a17");
			CHECK(ut_call_has_problem(&d, "leak"));
			CHECK(d.closing.tone.score[2] == c.closing.tone.score[2]);
			CHECK(d.measures.duration_s == c.measures.duration_s);
		} else {
			CHECK_STR(d.closing.span.reason, "the customer never speaks");
		}
		ut_text_done(&a);
		ut_text_done(&b);
		ut_call_done(&c);
		ut_call_done(&d);
		tap_end();
	}
}

static void test_spans_left_out(void)
{
	struct ut_span speech = { 0, 100, UT_SPAN_SPEECH, 1 }, echo = { 100, 120, UT_SPAN_ECHO, 1 },
		       noise = { 130, 140, UT_SPAN_NOISE, 1 };
	struct ut_text a = { 0 };
	struct ut_call c, d;

	tap_row("speech and echo spans stay behind");
	sample_call_least(&c, 1);
	ut_span_list_push(&c.ch[0].activity.spans, &speech);
	ut_span_list_push(&c.ch[0].activity.spans, &echo);
	ut_span_list_push(&c.ch[0].activity.spans, &noise);
	ut_call_init(&d);
	CHECK_EQ(ut_wire_encode(&c, &a, NULL), UT_OK);
	CHECK_EQ(ut_wire_decode(a.s, a.len, &d, NULL), UT_OK);
	CHECK_EQ(d.ch[0].activity.spans.n, 1);
	CHECK_EQ(d.ch[0].activity.spans.v[0].kind, UT_SPAN_NOISE);
	ut_text_done(&a);
	ut_call_done(&c);
	ut_call_done(&d);
	tap_end();
}

/* Every way in which a record may not be sent: the encoder and so the decoder must refuse it. */
static void break_party(struct ut_call *c)
{
	c->turns.v[3].party = 2;
}
static void break_tone_role(struct ut_call *c)
{
	c->party[0].role = UT_ROLE_AGENT;
}
static void break_tone_kind(struct ut_call *c)
{
	c->party[0].kind = UT_KIND_INTERNAL;
}
static void break_tone_verified(struct ut_call *c)
{
	c->party[0].verified = false;
}
static void break_tone_party(struct ut_call *c)
{
	c->closing.party = 1;
}
static void break_sum(struct ut_call *c)
{
	c->closing.tone.score[0] += 0.1f;
}
static void break_nan(struct ut_call *c)
{
	c->measures.talk_s = NAN;
}
static void break_inf(struct ut_call *c)
{
	c->closing.tone.feature[3] = INFINITY;
}
static void break_enum(struct ut_call *c)
{
	c->party[1].role = UT_N_ROLES;
}
static void break_span(struct ut_call *c)
{
	c->closing.span.end = c->closing.span.start;
}
static void break_order(struct ut_call *c)
{
	c->turns.v[4].start = 5;
}
static void break_hash(struct ut_call *c)
{
	c->media.hash[0] = 'G';
}
static void break_valid(struct ut_call *c)
{
	c->closing.tone.feature_valid[1] |= UINT64_C(1) << 60;
}
static void break_feature(struct ut_call *c)
{
	c->closing.tone.evidence[0].feature = NULL;
}
static void break_wait(struct ut_call *c)
{
	c->measures.longest_wait_s = -0.5;
}
static void break_first_word(struct ut_call *c)
{
	c->measures.party[1].first_word_s = -0.01;
}
static void break_parties(struct ut_call *c)
{
	c->n_parties = 1;
}

static void test_refused(void)
{
	static const struct row {
		const char *name;
		void (*change)(struct ut_call *);
		const char *want;
	} rows[] = {
		{ "turn of nobody", break_party, "result: t.party" },
		{ "tone of an agent", break_tone_role, NULL },
		{ "tone of an employee", break_tone_kind, NULL },
		{ "tone without verification", break_tone_verified, NULL },
		{ "tone of the other party", break_tone_party, NULL },
		{ "scores that do not sum to 1", break_sum, "result: tone scores must sum to 1" },
		{ "not a number", break_nan, "result: m->talk_s" },
		{ "infinite", break_inf, "result: t->feature[i]" },
		{ "unknown role", break_enum, "result: p->role" },
		{ "empty closing", break_span, "result: r->span.end" },
		{ "turns out of order", break_order, "result: t.start" },
		{ "hash that is not hex", break_hash, "result: hash" },
		{ "valid bit of no feature", break_valid, "result: feature_valid" },
		{ "evidence without a name", break_feature, "result: evidence feature" },
		{ "a wait below zero that is not -1", break_wait, "result: longest_wait_s" },
		{ "a first word below zero that is not -1", break_first_word,
		  "result: first_word_s" },
		{ "turns of a lost party", break_parties, "result: t.party" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_text a = { 0 };
		struct ut_error err = { 0 };
		struct ut_call c;

		tap_row(r->name);
		sample_call_full(&c, 1);
		r->change(&c);
		CHECK_EQ(ut_wire_encode(&c, &a, &err), UT_EINVAL);
		CHECK_STR(err.msg, r->want ? r->want
					   : "result: a tone of a party that is not a verified "
					     "external customer");
		ut_text_done(&a);
		ut_call_done(&c);
		tap_end();
	}
}

/* Hostile bytes: every cut, every single byte set to values that mean something, and noise. */
static void test_hostile(void)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct ut_text a = { 0 }, b = { 0 }, e = { 0 };
	struct ut_call c, d;
	char *copy;
	unsigned accepted = 0, refused = 0;
	uint32_t s = 9;

	sample_call_full(&c, 3);
	ut_call_init(&d);
	if (ut_wire_encode(&c, &a, NULL) != UT_OK || !(copy = malloc(a.len + 1)))
		abort();

	tap_row("every cut is refused");
	for (size_t n = 0; n < a.len; n++) {
		memcpy(copy, a.s, n);
		CHECK_EQ(ut_wire_decode(copy, n, &d, NULL), UT_EFORMAT);
	}
	memcpy(copy, a.s, a.len);
	copy[a.len] = 0;
	CHECK_EQ(ut_wire_decode(copy, a.len + 1, &d, NULL), UT_EFORMAT);
	tap_end();

	tap_row("every byte changed: refused, or a record that encodes again");
	for (size_t i = 0; i < a.len; i++) {
		for (size_t k = 0; k < sizeof(values); k++) {
			memcpy(copy, a.s, a.len);
			copy[i] = (char)values[k];
			if (ut_wire_decode(copy, a.len, &d, NULL) != UT_OK) {
				refused++;
				continue;
			}
			accepted++;
			ut_text_clear(&b);
			CHECK_EQ(ut_wire_encode(&d, &b, NULL), UT_OK);
			/* what was accepted is a fixed point (doubles may have become floats) */
			CHECK_EQ(ut_wire_decode(b.s, b.len, &d, NULL), UT_OK);
			ut_text_clear(&e);
			CHECK_EQ(ut_wire_encode(&d, &e, NULL), UT_OK);
			CHECK(same(&b, &e));
		}
	}
	CHECK(accepted > 0 && refused > 0);
	tap_end();

	tap_row("noise");
	for (unsigned n = 0; n < 2000; n++) {
		memcpy(copy, a.s, a.len);
		for (unsigned k = 0; k < 1 + n % 40; k++)
			copy[4 + sample_next(&s) % (a.len - 4)] = (char)(sample_next(&s) >> 13);
		ut_wire_decode(copy, a.len, &d, NULL);
	}
	CHECK_EQ(ut_wire_decode("UTC1", 4, &d, NULL), UT_EFORMAT);
	CHECK_EQ(ut_wire_decode("", 0, &d, NULL), UT_EFORMAT);
	tap_end();

	free(copy);
	ut_text_done(&e);
	ut_text_done(&a);
	ut_text_done(&b);
	ut_call_done(&c);
	ut_call_done(&d);
}

static void test_problems(void)
{
	tap_row("problem codes");
	CHECK_STR(ut_problem_code("partial"), "partial");
	CHECK(!ut_problem_code("no such code"));
	for (const struct ut_problem_info *p = ut_problem_info; p->code; p++)
		CHECK(strlen(p->code) <= UT_MAX_WORD && p->help[0]);
	tap_end();
}

int main(void)
{
	test_round_trip();
	test_spans_left_out();
	test_refused();
	test_hostile();
	test_problems();
	return tap_done();
}
