/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fill_coach.c - a database of N invented calls over 60 days up to 2026-11-22, for the coaching
 * report and for measuring at 200,000 calls: three teams of 8 agents and one of 2, four queues,
 * turns, holds, waits, tones. In the second half team "north" interrupts more and queue "returns"
 * keeps customers waiting; closings after long waits are worse. usage: fill_coach FILE N
 */
#include <stdlib.h>
#include <time.h>

#include "base/day.h"
#include "sample_call.h"
#include "store/coach.h"

enum { DAYS = 60, N_TURNS = 28 };

static const char *const teams[] = { "north", "south", "צוות מערב", "night" };
static const char *const queues[] = { "billing", "returns", "parcels", "החזרות" };

static void die(const struct ut_error *err)
{
	fprintf(stderr, "fill_coach: %s\n", err->msg);
	exit(1);
}

static void set(char **slot, const char *v)
{
	if (ut_call_set(slot, v) != UT_OK)
		abort();
}

static void make(struct ut_call *c, uint32_t seed, uint32_t n)
{
	uint32_t s = seed * 2654435761u + 7;
	unsigned team = sample_unit(&s) < 0.06 ? 3 : seed % 3, queue = (seed / 3) % 4;
	unsigned agent = (unsigned)(sample_unit(&s) * (team == 3 ? 2 : 8));
	int64_t last = 0, day;
	bool late, interrupts, waits, quiet, bad;
	double x;
	char buf[64], text[UT_DAY_TEXT];

	sample_call_full(c, seed);
	snprintf(buf, sizeof(buf), "night/%u.wav", seed);
	set(&c->media.path, buf);
	ut_day_parse("2026-11-22", &last);
	day = last - DAYS + 1 + (int64_t)((double)seed / n * DAYS);
	late = last - day < DAYS / 2;
	ut_day_text(day, text);
	snprintf(buf, sizeof(buf), "%sT%02u:%02u:00+02:00", text, 8 + seed % 11, seed % 60);
	set(&c->meta.start_time, buf);
	set(&c->meta.team, teams[team]);
	set(&c->meta.queue, queues[queue]);
	snprintf(buf, sizeof(buf), "a%u", team * 8 + agent);
	set(&c->meta.agent_id, buf);
	set(&c->party[1].id, buf);

	interrupts = sample_unit(&s) < (team == 0 && late ? 0.45 : 0.2);
	waits = sample_unit(&s) < (queue == 1 && late ? 0.35 : 0.12);
	quiet = sample_unit(&s) < 0.15;
	free(c->turns.v);
	c->turns.v = calloc(N_TURNS, sizeof(*c->turns.v));
	if (!c->turns.v)
		abort();
	c->turns.cap = c->turns.n = N_TURNS;
	last = 0;
	for (size_t i = 0; i < N_TURNS; i++) {
		struct ut_turn *t = &c->turns.v[i];

		t->party = (i + 1) % 2;
		t->start = last + 40 + (int64_t)(100 * sample_unit(&s));
		if (quiet && i == 10)
			t->start += 700 + (int64_t)(900 * sample_unit(&s));
		if (waits && i == 14)
			t->start += 3000 + (int64_t)(4000 * sample_unit(&s));
		if (interrupts && i == 20)
			t->start = last - 90;
		t->end = t->start + 150 + (int64_t)(1100 * sample_unit(&s) * sample_unit(&s));
		t->party = i % 2 ? 0 : 1;
		t->speech = t->end - t->start;
		t->interrupts = interrupts && i == 20;
		t->latency = i ? t->start - last : UT_NO_LATENCY;
		last = t->end;
	}
	for (unsigned i = 0; i < 2; i++)
		ut_span_list_done(&c->ch[i].activity.spans);
	if (waits) {
		const struct ut_span hold = { c->turns.v[13].end + 50, c->turns.v[14].start - 50,
					      UT_SPAN_MUSIC, 0.9f };

		ut_span_list_push(&c->ch[0].activity.spans, &hold);
	}
	c->measures.n_holds = waits;
	c->measures.hold_s =
	    waits ? (double)(c->turns.v[14].start - c->turns.v[13].end - 100) / 100 : 0;
	c->measures.longest_wait_s = 0;
	c->measures.longest_silence_s = 1.4;
	for (size_t i = 1; i < N_TURNS; i++) {
		const struct ut_turn *t = &c->turns.v[i];
		double gap = (double)(t->start - t[-1].end) / 100;

		if (t->party == 1 && gap > c->measures.longest_wait_s)
			c->measures.longest_wait_s = gap;
		if (!(waits && i == 14) && gap > c->measures.longest_silence_s)
			c->measures.longest_silence_s = gap;
	}
	c->measures.party[1].n_interruptions = interrupts;
	c->measures.party[0].n_interruptions = 0;
	c->measures.party[0].longest_turn_s = 0;
	for (size_t i = 1; i < N_TURNS; i += 2)
		c->measures.party[0].longest_turn_s =
		    UT_MAX(c->measures.party[0].longest_turn_s,
			   (double)(c->turns.v[i].end - c->turns.v[i].start) / 100);
	c->measures.duration_s = (double)last / 100 + 5;
	if (sample_unit(&s) < 0.07)
		ut_call_problem(c, "transferred", "two agents took part");

	c->closing.span.start = c->turns.v[N_TURNS - 1].start;
	c->closing.span.end = c->turns.v[N_TURNS - 1].end;
	bad = sample_unit(&s) < (waits ? 0.3 : 0.1);
	x = 0.55 + 0.4 * sample_unit(&s);
	c->closing.tone.score[UT_TONE_ACCEPTING] = (float)(bad ? (1 - x) / 2 : x);
	c->closing.tone.score[UT_TONE_RESIGNED] = (float)(bad ? x : (1 - x) / 2);
	c->closing.tone.score[UT_TONE_ANGRY] = (float)((1 - x) / 2);
	if (c->closing.tone.label != UT_TONE_ABSTAIN)
		c->closing.tone.label = bad ? UT_TONE_RESIGNED : UT_TONE_ACCEPTING;
}

int main(int argc, char **argv)
{
	static const struct ut_run_info info = { "batch", "{\"jobs\":2}", "0.1.0",
						 "0123",  "host",         4711 };
	struct ut_run_counts counts = { .end = "finished" };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct ut_store_key k = { .content = "" };
	uint32_t n = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	int64_t run;

	if (n == 0)
		return 2;
	if (ut_store_open(argv[1], UT_STORE_WRITE, &s, &err) != UT_OK ||
	    ut_store_begin_run(s, &info, &run, &err) != UT_OK)
		die(&err);
	for (uint32_t i = 0; i < n; i++) {
		struct ut_call c;

		make(&c, i, n);
		memcpy(k.content, c.media.hash, sizeof(k.content));
		sample_hash(1, k.options);
		sample_hash(2, k.model);
		if (ut_store_put_call(s, run, &k, &c, NULL, &err) != UT_OK)
			die(&err);
		ut_call_done(&c);
	}
	counts.done = counts.seen = n;
	if (ut_store_end_run(s, run, &counts, &err) != UT_OK)
		die(&err);
	ut_store_close(&s);
	return 0;
}
