/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample_call.h - records for the tests of wire, store and report: one with every field filled,
 * different for every seed, and the smallest one. Free with ut_call_done.
 */
#ifndef UT_TESTS_SAMPLE_CALL_H
#define UT_TESTS_SAMPLE_CALL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "call/call.h"

/* A small generator: the same numbers everywhere. */
static uint32_t sample_next(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

static double sample_unit(uint32_t *seed)
{
	return (sample_next(seed) >> 8) / (double)(1 << 24);
}

__attribute__((unused)) static void sample_hash(uint32_t seed, char hex[65])
{
	if (ut_sha256_hex(&seed, sizeof(seed), hex, NULL) != UT_OK)
		abort();
}

__attribute__((unused)) static void sample_call_least(struct ut_call *c, uint32_t seed)
{
	ut_call_init(c);
	ut_call_set(&c->media.path, "empty.wav");
	sample_hash(seed + 1000, c->media.hash);
	c->media.n_ch = 1;
	c->media.rate_hz = 8000;
	c->n_ch = 1;
	ut_call_set(&c->closing.reason, "the customer never speaks");
	c->closing.span.reason = c->closing.reason;
}

__attribute__((unused)) static void sample_call_full(struct ut_call *c, uint32_t seed)
{
	static const char *const features[UT_MAX_EVIDENCE] = {
		"f0_median", "level", "rate", "latency", "f0_range", "cpp_median"
	};
	static const char *const units[UT_MAX_EVIDENCE] = { "semitones", "dB",        "syllables/s",
							    "s",         "semitones", "dB" };
	struct ut_media *m = &c->media;
	struct ut_closing_record *r = &c->closing;
	uint32_t s = seed * 2654435761u + 1;
	char buf[64];
	double sum = 0;

	ut_call_init(c);
	snprintf(buf, sizeof(buf), "day/call-%u.wav", seed);
	ut_call_set(&m->path, buf);
	sample_hash(seed, m->hash);
	m->size_bytes = 1000000 + seed;
	ut_call_set(&m->container, "wav");
	ut_call_set(&m->codec, "pcm_mulaw");
	m->rate_hz = 8000;
	m->n_ch = 2;
	m->n_samples = 2400000 + seed;
	m->partial = seed % 3 == 0;

	snprintf(buf, sizeof(buf), "C-%u", seed);
	ut_call_set(&c->meta.call_id, buf);
	ut_call_set(&c->meta.start_time, "2026-11-22T21:04:05+02:00");
	ut_call_set(&c->meta.direction, "inbound");
	ut_call_set(&c->meta.queue, "billing");
	ut_call_set(&c->meta.team, "north, \"A\"");
	ut_call_set(&c->meta.agent_id, "a17");
	ut_call_set(&c->meta.customer_key, "k-99");
	ut_call_set(&c->meta.case_id, "case 4");
	ut_call_set(&c->meta.language, "he");
	ut_call_set(&c->meta.purpose, "training");
	ut_call_set(&c->meta.notice, "announced");
	ut_call_set(&c->meta.profile, "stereo-left");

	c->n_parties = 2;
	c->party[0] = (struct ut_party){ .channel = 0,
					 .role = UT_ROLE_CUSTOMER,
					 .kind = UT_KIND_EXTERNAL,
					 .verified = true,
					 .id = strdup("k-99"),
					 .source = strdup("sidecar call.json") };
	c->party[1] = (struct ut_party){ .channel = 1,
					 .role = UT_ROLE_AGENT,
					 .kind = UT_KIND_INTERNAL,
					 .verified = true,
					 .id = strdup("a17"),
					 .source = strdup("sidecar call.json") };
	c->n_ch = 2;
	for (unsigned i = 0; i < 2; i++) {
		struct ut_activity_channel *a = &c->ch[i].activity;
		struct ut_span hold = { 4000 + 100 * i, 5210, UT_SPAN_MUSIC, 0.9f };
		struct ut_span beep = { 6000, 6020, UT_SPAN_BEEP, 1.0f };

		a->noise_db = (float)(-70 + 10 * sample_unit(&s));
		a->speech_db = (float)(-30 + 10 * sample_unit(&s));
		a->leak_db = (float)(-40 + 10 * sample_unit(&s));
		ut_span_list_push(&a->spans, &hold);
		ut_span_list_push(&a->spans, &beep);
		ut_loudness_resize(&c->ch[i].loudness, 300);
		for (size_t k = 0; k < 300; k++)
			if (k % 7)
				c->ch[i].loudness.db[k] = (int8_t)(-20 - (int)((k * 37 + 11 * i) % 40));
	}
	c->turns.v = calloc(12, sizeof(*c->turns.v));
	c->turns.cap = c->turns.n = 12;
	for (size_t i = 0; i < 12; i++) {
		struct ut_turn *t = &c->turns.v[i];

		t->start = 1000 * (int64_t)i + 13;
		t->end = t->start + 700;
		t->party = (i + 1) % 2;
		t->speech = 600;
		t->backchannel = i == 5;
		t->interrupts = i == 7;
		t->overlap = i == 7 ? 31 : 0;
		t->latency = i ? (int64_t)(sample_next(&s) % 300) - 50 : UT_NO_LATENCY;
	}

	c->measures = (struct ut_call_measures){ .duration_s = 300 + sample_unit(&s),
						 .talk_s = 201.5,
						 .overlap_s = 3.25,
						 .non_talk_s = 98.5,
						 .longest_silence_s = 7.01,
						 .longest_silence_start_s = 88.2,
						 .hold_s = 12.1,
						 .n_holds = 1,
						 .longest_wait_s = 43.5,
						 .n_parties = 2 };
	for (unsigned i = 0; i < 2; i++)
		c->measures.party[i] = (struct ut_party_measures){
			.talk_s = 100.75 + 10 * sample_unit(&s),
			.talk_ratio = i ? 0.4375 : 0.5625,
			.n_turns = 6,
			.n_backchannels = i ? 1 : 0,
			.n_interruptions = i ? 0 : 1,
			.longest_turn_s = 20.5,
			.latency_median_s = 0.72,
			.n_latencies = 5,
			.first_word_s = 0.13 + 3 * i,
			.hold_s = i ? 0 : 12.1,
		};

	r->party = 0;
	r->span.found_by = seed % 2 ? UT_FOUND_BY_PHRASE : UT_FOUND_BY_TURN;
	r->span.start = 11013;
	r->span.end = 11160;
	r->span.latency = 130;
	r->span.confidence = 0.875f;
	if (seed % 2)
		ut_call_set(&r->phrase, "טוב, הבנתי");
	r->span.phrase = r->phrase;
	r->has_tone = true;
	sample_hash(77, r->model_hash);
	for (unsigned i = 0; i < UT_N_TONES; i++) {
		r->tone.score[i] = (float)(0.05 + sample_unit(&s));
		sum += r->tone.score[i];
	}
	for (unsigned i = 0; i < UT_N_TONES; i++)
		r->tone.score[i] /= (float)sum;
	for (unsigned i = 1; i < UT_N_TONES; i++)
		if (r->tone.score[i] > r->tone.score[r->tone.label])
			r->tone.label = (enum ut_tone_label)i;
	if (seed % 4 == 3) {
		r->tone.label = UT_TONE_ABSTAIN;
		ut_call_set(&r->tone_reason, "too little earlier speech of this customer");
		r->tone.abstain_reason = r->tone_reason;
	}
	r->tone.n_evidence = 1 + seed % UT_MAX_EVIDENCE;
	for (unsigned i = 0; i < r->tone.n_evidence; i++)
		r->tone.evidence[i] = (struct ut_evidence){
			.feature = features[i],
			.unit = units[i],
			.value = (float)(sample_unit(&s) * 6 - 3),
			.reference = (float)(sample_unit(&s) * 2),
			.points_to = (enum ut_tone_label)(sample_next(&s) % UT_N_TONES),
			.contribution = (float)(sample_unit(&s) * 2 - 0.5),
		};
	r->tone.n_features = 70;
	for (unsigned i = 0; i < 70; i++) {
		r->tone.feature[i] = (float)(sample_unit(&s) * 20 - 10);
		if (i % 9)
			r->tone.feature_valid[i / 64] |= UINT64_C(1) << i % 64;
		else
			r->tone.feature[i] = 0;
	}
	if (m->partial)
		ut_call_problem(c, "partial", "ends %u bytes early; analysed as far as it goes",
				seed);
	ut_call_problem(c, "leak", "the agent's voice is strong in the customer's channel");
}

/* Until the rooms that own these are in the tree; the linker prefers theirs. */
__attribute__((weak)) void ut_turn_list_done(struct ut_turn_list *l);
__attribute__((weak)) void ut_activity_channel_done(struct ut_activity_channel *c);
__attribute__((weak)) void ut_turn_list_done(struct ut_turn_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}
__attribute__((weak)) void ut_activity_channel_done(struct ut_activity_channel *c)
{
	ut_span_list_done(&c->spans);
}

#endif
