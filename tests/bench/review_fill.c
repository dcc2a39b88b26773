/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * review_fill.c - a database of many synthetic calls, as a call centre would have them: teams,
 * queues, agents, tones at their prevalence, bad starts. No sound behind it. With --go-on it keeps
 * adding a call every few milliseconds until it is stopped, as a batch does.
 * usage: review_fill DB N [FIRST [--go-on]]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sample_call.h"
#include "store/store.h"

enum { TEAMS = 12, QUEUES = 8, AGENTS = 400, DAYS = 120 };

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void set(char **slot, const char *fmt, unsigned n)
{
	char buf[64];

	/* the formats are the literals below */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(buf, sizeof(buf), fmt, n);
#pragma GCC diagnostic pop
	if (ut_call_set(slot, buf) != UT_OK)
		abort();
}

static void vary(struct ut_call *c, uint32_t seed)
{
	uint32_t s = seed * 747796405u + 2891336453u;
	double u, rest;
	time_t at;
	struct tm tm;
	char when[40];
	enum ut_tone_label label;

	for (int i = 0; i < 4; i++)
		sample_next(&s);
	at = 1790000000 - (time_t)(sample_unit(&s) * DAYS * 86400);
	gmtime_r(&at, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	set(&c->meta.start_time, when, 0);
	set(&c->meta.team, "team %u", (unsigned)(sample_unit(&s) * TEAMS));
	set(&c->meta.queue, "queue %u", (unsigned)(sample_unit(&s) * QUEUES));
	set(&c->meta.agent_id, "agent-%03u", (unsigned)(sample_unit(&s) * AGENTS));
	set(&c->meta.language, sample_unit(&s) < 0.7 ? "he" : "en", 0);
	set(&c->media.path, "/calls/%08u.wav", seed);
	u = sample_unit(&s);
	label = u < 0.06   ? UT_TONE_RESIGNED
		: u < 0.09 ? UT_TONE_ANGRY
		: u < 0.3  ? UT_TONE_ABSTAIN
			   : UT_TONE_ACCEPTING;
	c->closing.tone.label = label;
	rest = 0.4 * sample_unit(&s) + (label == UT_TONE_ABSTAIN ? 0.3 : 0.02);
	for (unsigned i = 0; i < UT_N_TONES; i++)
		c->closing.tone.score[i] = (float)(rest / 2);
	c->closing.tone.score[label == UT_TONE_ABSTAIN ? UT_TONE_ACCEPTING : label] =
	    (float)(1 - rest);
	if (label == UT_TONE_ABSTAIN) {
		set(&c->closing.tone_reason, "too little earlier speech of this customer", 0);
		c->closing.tone.abstain_reason = c->closing.tone_reason;
	} else {
		c->closing.tone.abstain_reason = NULL;
	}
	for (unsigned i = 0; i < 2; i++) /* most calls hold nobody */
		if (sample_unit(&s) < 0.9)
			c->ch[i].activity.spans.n = 0;
	for (size_t i = 0; i < c->turns.n; i++) {
		c->turns.v[i].interrupts = sample_unit(&s) < 0.05;
		c->turns.v[i].overlap = c->turns.v[i].interrupts ? 60 : 0;
		if (i)
			c->turns.v[i].latency = (int64_t)(sample_unit(&s) * 200) - 40;
	}
	if (sample_unit(&s) < 0.05)
		c->turns.v[3].latency = 1500;
}

int main(int argc, char **argv)
{
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	uint32_t n, first, i;
	bool go_on;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: review_fill DB N [FIRST [--go-on]]\n");
		return 2;
	}
	n = (uint32_t)strtoul(argv[2], NULL, 10);
	first = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	go_on = argc > 4 && strcmp(argv[4], "--go-on") == 0;
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	if (ut_store_open(argv[1], UT_STORE_WRITE, &s, &err) != UT_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (i = first; !stop && i < first + n; i++) {
		struct ut_call c;
		struct ut_store_key k;
		const struct timespec pause = { .tv_nsec = 5000000 };

		sample_call_full(&c, i);
		vary(&c, i);
		memcpy(k.content, c.media.hash, sizeof(k.content));
		sample_hash(1, k.options);
		sample_hash(77, k.model);
		if (ut_store_put_call(s, 0, &k, &c, NULL, &err) != UT_OK) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		ut_call_done(&c);
		if (go_on)
			nanosleep(&pause, NULL);
	}
	printf("%u calls put\n", i - first);
	ut_store_close(&s);
	return 0;
}
