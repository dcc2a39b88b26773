/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/closing.h"
#include "tap.h"

enum { MAX_SPANS = 16, MAX_HITS = 4, CUSTOMER = 0, AGENT = 1 };

struct in_span {
	unsigned party;
	int64_t start, end;
	enum ut_span_kind kind;
};

#define S UT_SPAN_SPEECH

static void test_rows(void)
{
	static const struct row {
		const char *name;
		int64_t n_frames;
		struct in_span in[MAX_SPANS];
		struct ut_phrase_hit hits[MAX_HITS];
		enum ut_found_by found_by;
		int64_t start, end, latency;
		float min_confidence, max_confidence;
	} rows[] = {
		{ "the customer's last turn, the agent's goodbye",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 1, 1250, 1450, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1200, 60, 0.9f, 1 },
		{ "bye, bye after it is not the closing",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 1, 1210, 1450, S }, { 0, 1460, 1530, S },
		    { 1, 1540, 1610, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1200, 60, 0.8f, 0.999f },
		{ "a recognised goodbye is not the closing, however it lies",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 1, 1210, 1450, S }, { 0, 1510, 1700, S },
		    { 1, 1720, 1910, S } },
		  { { 1510, 1700, CUSTOMER, "goodbye", UT_PHRASE_GOODBYE, 0.9f } },
		  UT_FOUND_BY_TURN, 1060, 1200, 60, 0.65f, 0.9f },
		{ "okay, a silence, I understand: found by its first word, one closing",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1120, S }, { 0, 1230, 1350, S }, { 1, 1400, 1600, S } },
		  { { 1062, 1110, CUSTOMER, "okay", UT_PHRASE_ACKNOWLEDGEMENT, 0.7f } },
		  UT_FOUND_BY_PHRASE, 1060, 1350, 60, 0.9f, 0.99f },
		{ "a backchannel while the agent says goodbye is not the closing",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 1, 1250, 1700, S }, { 0, 1400, 1440, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1200, 60, 0.8f, 1 },
		{ "a pause inside is one closing, a click after it is not in it",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1120, S }, { 0, 1160, 1250, S }, { 0, 1290, 1294, S },
		    { 1, 1350, 1600, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1250, 60, 0.8f, 1 },
		{ "the agent's echo after it is not in it",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 0, 1205, 1400, UT_SPAN_ECHO }, { 1, 1205, 1400, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1200, 60, 0.8f, 1 },
		{ "of a long last turn the last unit",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 900, S }, { 0, 960, 1500, S },
		    { 0, 1580, 1700, S }, { 1, 1750, 2000, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1580, 1700, UT_NO_LATENCY, 0.8f, 1 },
		{ "a recognised acknowledgement wins: its own unit",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1040, 1080, S }, { 0, 1110, 1180, S }, { 1, 1250, 1450, S },
		    { 0, 1500, 1700, S }, { 1, 1750, 1950, S } },
		  { { 1045, 1170, CUSTOMER, "OK, I understand", UT_PHRASE_ACKNOWLEDGEMENT, 0.8f } },
		  UT_FOUND_BY_PHRASE, 1040, 1180, 40, 0.5f, 0.7f },
		{ "one weak phrase does not move it",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1040, 1180, S }, { 1, 1250, 1450, S }, { 0, 1500, 1700, S },
		    { 1, 1750, 1950, S } },
		  { { 1045, 1080, CUSTOMER, "okay", UT_PHRASE_ACKNOWLEDGEMENT, 0.3f } },
		  UT_FOUND_BY_TURN, 1500, 1700, 50, 0.4f, 0.8f },
		{ "three weak ones in one turn do",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1040, 1180, S }, { 1, 1250, 1450, S }, { 0, 1500, 1700, S },
		    { 1, 1750, 1950, S } },
		  { { 1042, 1080, CUSTOMER, "okay", UT_PHRASE_ACKNOWLEDGEMENT, 0.3f },
		    { 1085, 1120, CUSTOMER, "all right", UT_PHRASE_ACKNOWLEDGEMENT, 0.45f },
		    { 1130, 1175, CUSTOMER, "thank you", UT_PHRASE_THANKS, 0.55f } },
		  UT_FOUND_BY_PHRASE, 1040, 1180, 40, 0.4f, 0.7f },
		{ "a transcript's word wins over everything",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1040, 1180, S }, { 1, 1250, 1450, S }, { 0, 1500, 1700, S },
		    { 1, 1750, 1950, S } },
		  { { 1045, 1080, CUSTOMER, "okay", UT_PHRASE_ACKNOWLEDGEMENT, 1 },
		    { 1510, 1600, CUSTOMER, "fine", UT_PHRASE_ACKNOWLEDGEMENT, 0.99f } },
		  UT_FOUND_BY_PHRASE, 1040, 1180, 40, 1, 1 },
		{ "the last of two acknowledgements; the agent's, and a doubtful one, do not count",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1040, 1180, S }, { 1, 1250, 1450, S }, { 0, 1500, 1700, S } },
		  { { 360, 490, CUSTOMER, "fine", UT_PHRASE_ACKNOWLEDGEMENT, 0.9f },
		    { 1050, 1170, CUSTOMER, "I see", UT_PHRASE_ACKNOWLEDGEMENT, 0.7f },
		    { 1260, 1440, AGENT, "OK", UT_PHRASE_ACKNOWLEDGEMENT, 0.9f },
		    { 1520, 1600, CUSTOMER, "OK", UT_PHRASE_ACKNOWLEDGEMENT, 0.2f } },
		  UT_FOUND_BY_PHRASE, 1040, 1180, 40, 0.35f, 0.6f },
		{ "an acknowledgement long before the end is not the closing",
		  20000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 18000, 18500, S },
		    { 0, 18560, 18700, S }, { 1, 18750, 18950, S } },
		  { { 360, 490, CUSTOMER, "fine", UT_PHRASE_ACKNOWLEDGEMENT, 0.9f } },
		  UT_FOUND_BY_TURN, 18560, 18700, 60, 0.8f, 1 },
		{ "a weary closing with a pause of 1.5 s, nobody else speaking",
		  3000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1300, S }, { 0, 1450, 1600, S }, { 1, 1650, 1850, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1600, 60, 0.8f, 1 },
		{ "a tenth of a second is no word",
		  2000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 550, 1000, S },
		    { 0, 1060, 1200, S }, { 1, 1250, 1450, S }, { 0, 1600, 1610, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 1060, 1200, 60, 0.9f, 1 },
		{ "customer only on the line", 2000,
		  { { 0, 100, 300, S }, { 0, 600, 700, S } },
		  { { 0 } }, UT_FOUND_BY_TURN, 600, 700, UT_NO_LATENCY, 0.15f, 1 },
		{ "the customer never speaks", 2000, { { 1, 100, 300, S } }, { { 0 } },
		  UT_FOUND_NONE, 0, 0, UT_NO_LATENCY, 0, 0 },
		{ "only mm-hm", 2000, { { 1, 100, 1000, S }, { 0, 300, 340, S } }, { { 0 } },
		  UT_FOUND_NONE, 0, 0, UT_NO_LATENCY, 0, 0 },
		{ "hello? and nothing more", 2000, { { 0, 100, 150, S }, { 1, 200, 1000, S } },
		  { { 0 } }, UT_FOUND_NONE, 0, 0, UT_NO_LATENCY, 0, 0 },
		{ "the agent goes on for a minute", 9000,
		  { { 1, 100, 300, S }, { 0, 350, 500, S }, { 1, 1000, 8000, S } },
		  { { 0 } }, UT_FOUND_NONE, 0, 0, UT_NO_LATENCY, 0, 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_span_list l[2] = { 0 };
		struct ut_turn_list turns = { 0 };
		struct ut_call_measures m;
		struct ut_turns_in tin = { .n_parties = 2,
					   .spans = { &l[0], &l[1] },
					   .n_frames = r->n_frames,
					   .customer = CUSTOMER };
		struct ut_closing_in in = { .turns = &turns,
					    .speech = &l[CUSTOMER],
					    .hits = r->hits,
					    .customer = CUSTOMER,
					    .n_frames = r->n_frames };
		struct ut_closing got;

		tap_row(r->name);
		for (size_t i = 0; i < MAX_SPANS && r->in[i].end; i++) {
			struct ut_span v = { r->in[i].start, r->in[i].end, r->in[i].kind, 1 };

			CHECK_EQ(ut_span_list_push(&l[r->in[i].party], &v), UT_OK);
		}
		while (in.n_hits < MAX_HITS && r->hits[in.n_hits].end)
			in.n_hits++;
		CHECK_EQ(ut_turns_find(&tin, &turns, &m, NULL), UT_OK);
		ut_closing_find(&in, &got);
		CHECK_EQ(got.found_by, r->found_by);
		CHECK_EQ(got.start, r->start);
		CHECK_EQ(got.end, r->end);
		CHECK_EQ(got.latency, r->latency);
		CHECK(got.confidence >= r->min_confidence && got.confidence <= r->max_confidence);
		CHECK((got.reason != NULL) == (r->found_by == UT_FOUND_NONE));
		CHECK((got.phrase != NULL) == (r->found_by == UT_FOUND_BY_PHRASE));
		tap_end();
		ut_turn_list_done(&turns);
		for (int p = 0; p < 2; p++)
			ut_span_list_done(&l[p]);
	}
}

static unsigned seed = 1;

static int64_t below(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static const struct ut_span *span_at(const struct ut_span_list *l, int64_t frame)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].start <= frame && frame < l->v[i].end)
			return &l->v[i];
	return NULL;
}

/* From s on, before a pause of 0.15 s, there is nothing of the customer's of 80 ms. */
static bool only_clicks(const struct ut_span_list *l, const struct ut_span *s, int step)
{
	const struct ut_span *last = s;

	for (; s && s >= l->v && s < l->v + l->n; s += step) {
		if (s->kind != S)
			continue;
		if (s != last && (step > 0 ? s->start - last->end : last->start - s->end) >= 15)
			return true;
		if (s->end - s->start >= 8)
			return false;
		last = s;
	}
	return true;
}

/* Speech, echoes of the agent and clicks in any order, with words said or heard anywhere, also in an
 * echo: the closing begins and ends with the customer's own speech and not with a click. */
static void test_ends(void)
{
	static const char *const what[] = { "by turn", "recognised", "by transcript" };
	unsigned found[UT_ARRAY_LEN(what)] = { 0 };

	for (unsigned how = 0; how < UT_ARRAY_LEN(what); how++) {
		tap_row(what[how]);
		for (unsigned round = 0; round < 3000; round++) {
			struct ut_span_list l[2] = { 0 };
			struct ut_turn_list turns = { 0 };
			struct ut_call_measures m;
			struct ut_phrase_hit hit = { .party = CUSTOMER,
						     .phrase = "okay",
						     .meaning = UT_PHRASE_ACKNOWLEDGEMENT,
						     .score = how == 2 ? 1 : 0.9f };
			struct ut_turns_in tin = { .n_parties = 2,
						   .spans = { &l[0], &l[1] },
						   .customer = CUSTOMER };
			struct ut_closing_in in = { .turns = &turns,
						    .speech = &l[CUSTOMER],
						    .hits = &hit,
						    .n_hits = how > 0,
						    .customer = CUSTOMER };
			struct ut_closing c;
			int64_t t = 100;

			for (unsigned i = 0; i < 14; i++) {
				unsigned kind = (unsigned)below(4);
				int64_t n = kind == 2 ? 2 + below(6) : 20 + below(200);
				struct ut_span v = { t, t + n, S, 1 };

				if (kind == 0 || kind == 3)
					CHECK_EQ(ut_span_list_push(&l[AGENT], &v), UT_OK);
				v.kind = kind == 3 ? UT_SPAN_ECHO : S;
				v.start += kind == 3;
				if (kind != 0)
					CHECK_EQ(ut_span_list_push(&l[CUSTOMER], &v), UT_OK);
				t += n + 2 + below(90);
			}
			in.n_frames = tin.n_frames = t + 50;
			hit.start = t / 2 + below((unsigned)t / 2);
			hit.end = hit.start + 10 + below(80);
			CHECK_EQ(ut_turns_find(&tin, &turns, &m, NULL), UT_OK);
			ut_closing_find(&in, &c);
			if (c.found_by != UT_FOUND_NONE) {
				const struct ut_span *a = span_at(&l[CUSTOMER], c.start);
				const struct ut_span *b = span_at(&l[CUSTOMER], c.end - 1);

				found[how]++;
				CHECK(c.start < c.end);
				CHECK(a && a->kind == S);
				CHECK(b && b->kind == S && b->end == c.end);
				CHECK(!only_clicks(&l[CUSTOMER], a, 1));
				CHECK(!only_clicks(&l[CUSTOMER], b, -1));
			}
			ut_turn_list_done(&turns);
			for (int p = 0; p < 2; p++)
				ut_span_list_done(&l[p]);
		}
		CHECK(found[how] > 1000);
		tap_end();
	}
}

int main(void)
{
	test_rows();
	test_ends();
	return tap_done();
}
