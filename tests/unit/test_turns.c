/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/turns.h"
#include "tap.h"

enum { MAX_SPANS = 12, MAX_TURNS = 12 };

struct in_span {
	unsigned party;
	int64_t start, end;
	enum ut_span_kind kind;
};

#define S UT_SPAN_SPEECH
#define NOLAT UT_NO_LATENCY

static void fill(struct ut_span_list *l, const struct in_span *s, size_t n)
{
	for (size_t i = 0; i < n && s[i].end; i++) {
		struct ut_span v = { s[i].start, s[i].end, s[i].kind, 1 };

		CHECK_EQ(ut_span_list_push(&l[s[i].party], &v), UT_OK);
	}
}

static enum ut_status find(struct ut_span_list *l, int64_t n_frames, int customer,
			   struct ut_turn_list *turns, struct ut_call_measures *m)
{
	struct ut_turns_in in = { .n_parties = 2,
				  .spans = { &l[0], &l[1] },
				  .n_frames = n_frames,
				  .customer = customer };

	return ut_turns_find(&in, turns, m, NULL);
}

/* Party 0 is the customer throughout. */
static void test_rules(void)
{
	static const struct row {
		const char *name;
		struct in_span in[MAX_SPANS];
		struct want {
			unsigned party;
			int64_t start, end;
			bool backchannel, interrupts;
			int64_t latency;
		} want[MAX_TURNS];
	} rows[] = {
		{ "a closure is no pause, a pause is no turn",
		  { { 0, 100, 150, S }, { 0, 165, 200, S }, { 0, 290, 350, S } },
		  { { 0, 100, 350, 0, 0, NOLAT } } },
		{ "a second of silence ends a turn",
		  { { 0, 100, 200, S }, { 0, 300, 350, S } },
		  { { 0, 100, 200, 0, 0, NOLAT }, { 0, 300, 350, 0, 0, NOLAT } } },
		{ "question and answer",
		  { { 1, 100, 300, S }, { 0, 330, 400, S }, { 1, 420, 600, S } },
		  { { 1, 100, 300, 0, 0, NOLAT }, { 0, 330, 400, 0, 0, 30 },
		    { 1, 420, 600, 0, 0, 20 } } },
		{ "an answer in a long pause is a turn of its own",
		  { { 1, 100, 300, S }, { 0, 320, 360, S }, { 1, 380, 600, S } },
		  { { 1, 100, 300, 0, 0, NOLAT }, { 0, 320, 360, 0, 0, 20 },
		    { 1, 380, 600, 0, 0, 20 } } },
		{ "mm-hm in a short pause is a backchannel",
		  { { 1, 100, 300, S }, { 0, 310, 335, S }, { 1, 345, 600, S } },
		  { { 1, 100, 600, 0, 0, NOLAT }, { 0, 310, 335, 1, 0, NOLAT } } },
		{ "mm-hm over speech is a backchannel",
		  { { 1, 100, 600, S }, { 0, 310, 350, S } },
		  { { 1, 100, 600, 0, 0, NOLAT }, { 0, 310, 350, 1, 0, NOLAT } } },
		{ "longer speech inside takes no floor, nor is it a backchannel",
		  { { 1, 100, 600, S }, { 0, 310, 450, S } },
		  { { 1, 100, 600, 0, 0, NOLAT }, { 0, 310, 450, 0, 0, NOLAT } } },
		{ "an interruption",
		  { { 1, 100, 400, S }, { 0, 330, 600, S } },
		  { { 1, 100, 400, 0, 0, NOLAT }, { 0, 330, 600, 0, 1, -70 } } },
		{ "the other yields too late",
		  { { 1, 100, 600, S }, { 0, 330, 800, S } },
		  { { 1, 100, 600, 0, 0, NOLAT }, { 0, 330, 800, 0, 0, -270 } } },
		{ "an early start is none",
		  { { 1, 100, 400, S }, { 0, 370, 600, S } },
		  { { 1, 100, 400, 0, 0, NOLAT }, { 0, 370, 600, 0, 0, -30 } } },
		{ "a simultaneous start is none",
		  { { 1, 100, 180, S }, { 0, 110, 600, S } },
		  { { 1, 100, 180, 0, 0, NOLAT }, { 0, 110, 600, 0, 0, -70 } } },
		{ "echo, music, masked and noise are not turns",
		  { { 1, 100, 400, S }, { 0, 100, 400, UT_SPAN_ECHO }, { 0, 500, 900, UT_SPAN_MUSIC },
		    { 0, 900, 950, UT_SPAN_MASKED }, { 0, 960, 990, UT_SPAN_NOISE } },
		  { { 1, 100, 400, 0, 0, NOLAT } } },
		{ "spans past either end are cut",
		  { { 0, -50, 100, S }, { 0, 950, 2000, S } },
		  { { 0, 0, 100, 0, 0, NOLAT }, { 0, 950, 1000, 0, 0, NOLAT } } },
		{ "nobody speaks", { { 0 } }, { { 0 } } },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_span_list l[2] = { 0 };
		struct ut_turn_list turns = { 0 };
		struct ut_call_measures m;
		size_t n = 0;

		tap_row(r->name);
		fill(l, r->in, MAX_SPANS);
		CHECK_EQ(find(l, 1000, 0, &turns, &m), UT_OK);
		while (n < MAX_TURNS && r->want[n].end)
			n++;
		CHECK_EQ(turns.n, n);
		for (size_t i = 0; i < UT_MIN(n, turns.n); i++) {
			CHECK_EQ(turns.v[i].party, r->want[i].party);
			CHECK_EQ(turns.v[i].start, r->want[i].start);
			CHECK_EQ(turns.v[i].end, r->want[i].end);
			CHECK_EQ(turns.v[i].backchannel, r->want[i].backchannel);
			CHECK_EQ(turns.v[i].interrupts, r->want[i].interrupts);
			CHECK_EQ(turns.v[i].latency, r->want[i].latency);
		}
		tap_end();
		ut_turn_list_done(&turns);
		for (int p = 0; p < 2; p++)
			ut_span_list_done(&l[p]);
	}
}

static void test_measures(void)
{
	static const struct in_span in[] = {
		{ 1, 100, 300, S },		 /* agent */
		{ 0, 330, 430, S },		 /* customer, latency 0.3 */
		{ 1, 400, 900, S },		 /* overlaps 0.3; latency -0.3 */
		{ 0, 600, 640, S },		 /* backchannel */
		{ 0, 950, 1150, S },		 /* latency 0.5 */
		{ 1, 1090, 1400, S },		 /* interrupts the customer, 0.6 overlap */
		{ 1, 1500, 3000, UT_SPAN_MUSIC }, /* hold */
		{ 1, 3100, 3200, UT_SPAN_MUSIC }, /* the same hold */
		{ 1, 3300, 3400, S },
		{ 0, 3900, 4000, S }, /* a slow answer: 5 s, not a wait */
		{ 1, 4300, 4400, S }, /* agent's pause: 3 s wait */
		{ 0, 4600, 4650, UT_SPAN_MASKED },
		{ 0, 5000, 5100, S },
	};
	struct ut_span_list l[2] = { 0 };
	struct ut_turn_list turns = { 0 };
	struct ut_call_measures m;

	tap_row("measures of a call");
	fill(l, in, UT_ARRAY_LEN(in));
	CHECK_EQ(find(l, 6000, 0, &turns, &m), UT_OK);
	CHECK_NEAR(m.duration_s, 60, 1e-9);
	CHECK_NEAR(m.talk_s, 2 + 1 + 5 - .3 + 2 + 3.1 - .6 + 1 + 1 + 1 + 1, 1e-9);
	CHECK_NEAR(m.overlap_s, .3 + .4 + .6, 1e-9);
	CHECK_NEAR(m.non_talk_s, 60 - m.talk_s, 1e-9);
	CHECK_NEAR(m.hold_s, 16, 1e-9);
	CHECK_EQ(m.n_holds, 1);
	CHECK_NEAR(m.longest_silence_s, 5, 1e-9);
	CHECK_NEAR(m.longest_silence_start_s, 34, 1e-9);
	CHECK_NEAR(m.longest_wait_s, 19, 1e-9); /* 14 to 33, with the music */
	CHECK_NEAR(m.party[0].talk_s, 1 + .4 + 2 + 1 + 1, 1e-9);
	CHECK_NEAR(m.party[1].talk_s, 2 + 5 + 3.1 + 1 + 1, 1e-9);
	CHECK_NEAR(m.party[0].talk_ratio, 5.4 / (5.4 + 12.1), 1e-9);
	CHECK_EQ(m.party[0].n_turns, 4);
	CHECK_EQ(m.party[0].n_backchannels, 1);
	CHECK_EQ(m.party[0].n_interruptions, 0);
	CHECK_EQ(m.party[1].n_interruptions, 1);
	CHECK_EQ(m.party[0].n_latencies, 4);
	CHECK_NEAR(m.party[0].latency_median_s, (0.5 + 5) / 2, 1e-9); /* .3 .5 5 6 */
	CHECK_NEAR(m.party[0].first_word_s, 3.3, 1e-9);
	CHECK_NEAR(m.party[1].longest_turn_s, 4.7, 1e-9); /* 4.3 to 9, the backchannel no cut */
	CHECK_NEAR(m.party[1].hold_s, 16, 1e-9);
	tap_end();
	ut_turn_list_done(&turns);

	tap_row("who speaks alone has all of the talk, not a bit more"); /* 1.1 + 2.2 > 3.3 */
	{
		static const struct in_span alone[] = { { 0, 100, 210, S }, { 0, 1000, 1220, S } };
		struct ut_span_list one[2] = { 0 };

		fill(one, alone, UT_ARRAY_LEN(alone));
		CHECK_EQ(find(one, 6000, -1, &turns, &m), UT_OK);
		CHECK(m.party[0].talk_ratio == 1);
		CHECK_NEAR(m.party[0].talk_s, 3.3, 1e-9);
		ut_span_list_done(&one[0]);
		ut_span_list_done(&one[1]);
	}
	tap_end();
	ut_turn_list_done(&turns);

	tap_row("no customer, no wait");
	CHECK_EQ(find(l, 6000, -1, &turns, &m), UT_OK);
	CHECK_NEAR(m.longest_wait_s, -1, 0);
	tap_end();
	ut_turn_list_done(&turns);
	for (int p = 0; p < 2; p++)
		ut_span_list_done(&l[p]);

	tap_row("nobody speaks");
	CHECK_EQ(find(l, 700, 0, &turns, &m), UT_OK);
	CHECK_NEAR(m.longest_silence_s, 7, 1e-9);
	CHECK_NEAR(m.party[0].first_word_s, -1, 0);
	CHECK_NEAR(m.party[0].talk_ratio, 0, 0);
	CHECK_EQ(turns.n, 0);
	tap_end();

	tap_row("refused: more parties than there may be, a customer that is none");
	struct ut_turns_in bad = { .n_parties = UT_MAX_PARTIES + 1, .customer = -1 };

	CHECK_EQ(ut_turns_find(&bad, &turns, &m, NULL), UT_EINVAL);
	bad.n_parties = 1;
	bad.customer = 1;
	CHECK_EQ(ut_turns_find(&bad, &turns, &m, NULL), UT_EINVAL);
	tap_end();
}

/* The sweep against counting frame by frame, on random spans of three parties. */
static void test_brute(void)
{
	enum { N = 3000 };
	static unsigned char on[3][N], held[N];
	uint32_t seed = 7;

	tap_row("talk, overlap, hold: same as counting frames");
	for (int round = 0; round < 200; round++) {
		struct ut_span_list l[3] = { 0 };
		struct ut_turn_list turns = { 0 };
		struct ut_call_measures m;
		struct ut_turns_in in = { .n_parties = 3,
					  .spans = { &l[0], &l[1], &l[2] },
					  .n_frames = N,
					  .customer = 0 };
		int64_t talk = 0, overlap = 0, hold = 0, turn_overlap = 0, want_overlap = 0;

		memset(on, 0, sizeof(on));
		memset(held, 0, sizeof(held));
		for (int p = 0; p < 3; p++) {
			int64_t t = 0;

			for (;;) {
				struct ut_span s;

				seed = seed * 1664525u + 1013904223u;
				t += UT_IPU_GAP + (seed >> 8) % 200;
				seed = seed * 1664525u + 1013904223u;
				s = (struct ut_span){ t, t + 1 + (seed >> 8) % 150,
						      (seed >> 20) % 5 ? UT_SPAN_SPEECH :
									 UT_SPAN_MUSIC,
						      1 };
				if (s.end > N)
					break;
				CHECK_EQ(ut_span_list_push(&l[p], &s), UT_OK);
				for (t = s.start; t < s.end; t++)
					*(s.kind == UT_SPAN_MUSIC ? &held[t] : &on[p][t]) = 1;
			}
		}
		for (int t = 0; t < N; t++) {
			int n = on[0][t] + on[1][t] + on[2][t];

			talk += n > 0;
			overlap += n > 1;
			hold += !n && held[t];
			want_overlap += n > 1 ? n : 0;
		}
		CHECK_EQ(ut_turns_find(&in, &turns, &m, NULL), UT_OK);
		CHECK_NEAR(m.talk_s, talk / 100.0, 1e-9);
		CHECK_NEAR(m.overlap_s, overlap / 100.0, 1e-9);
		CHECK_NEAR(m.hold_s, hold / 100.0, 1e-9);
		for (size_t i = 0; i < turns.n; i++)
			turn_overlap += turns.v[i].overlap;
		CHECK_EQ(turn_overlap, want_overlap);
		ut_turn_list_done(&turns);
		for (int p = 0; p < 3; p++)
			ut_span_list_done(&l[p]);
	}
	tap_end();
}

int main(void)
{
	test_rules();
	test_measures();
	test_brute();
	return tap_done();
}
