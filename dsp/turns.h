/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turns.h - turns, pauses, overlaps and the conversation measures made of them.
 * The numeric rules (what is a turn, a backchannel, an interruption) stand in schemas/DATA.md with
 * their sources. Pure: span lists in, tables out. Threads: no shared state.
 */
#ifndef UT_DSP_TURNS_H
#define UT_DSP_TURNS_H

#include <stdbool.h>

#include "dsp/span.h"

enum { UT_MAX_PARTIES = 8 };

/* The rules' constants, in frames; sources in schemas/DATA.md. */
enum {
	UT_IPU_GAP = 20,         /* a shorter silence is a stop closure, not a pause */
	UT_TURN_PAUSE = 100,     /* a shorter pause of a party that nobody else uses is inside a turn */
	UT_TURN_PAUSE_USED = 50, /* the same where another party begins to speak in it */
	UT_BACKCHANNEL_MAX = 100,
	UT_INTERRUPT_MIN = 50,   /* overlap and speech afterwards; less is an early start */
	UT_INTERRUPT_LEAD = 20,  /* both began within this: a simultaneous start */
	UT_INTERRUPT_YIELD = 200, /* the other stops within this, or was not interrupted */
};

struct ut_turn {
	int64_t start, end; /* frames; the speech itself, end exclusive */
	unsigned party;
	int64_t speech;   /* frames of speech inside (pauses left out) */
	bool backchannel; /* a short answer inside the other's turn, not taking the floor */
	bool interrupts;  /* began while another party held the floor, and took it */
	int64_t overlap;  /* frames in which another party spoke too */
	int64_t latency;  /* frames since the other party's turn ended (negative: overlap);
			   * UT_NO_LATENCY for a first turn, after the same party, for a
			   * backchannel, and for a turn wholly inside another's */
};
#define UT_NO_LATENCY INT64_MIN

struct ut_turn_list {
	struct ut_turn *v; /* by start, then party */
	size_t n, cap;
};

struct ut_party_measures {
	double talk_s;     /* speech, pauses left out */
	double talk_ratio; /* of all parties' talk; 0 where nobody spoke */
	unsigned n_turns;  /* backchannels left out */
	unsigned n_backchannels;
	unsigned n_interruptions; /* this party interrupted another */
	double longest_turn_s;    /* longest piece of a turn with no other party's turn in it */
	double latency_median_s;  /* response latency; valid where n_latencies > 0 */
	unsigned n_latencies;
	double first_word_s; /* from the start of the recording; -1 where it never spoke */
	double hold_s;       /* music, ringback and busy tone on this party's channel */
};

struct ut_call_measures {
	double duration_s;
	double talk_s;     /* at least one party speaks */
	double overlap_s;  /* two or more speak */
	double non_talk_s; /* nobody speaks: silence, hold, tones, masked */
	double longest_silence_s; /* longest stretch between the first and the last speech in which
				   * nobody speaks, no hold music plays and nothing is masked; the
				   * whole recording where nobody speaks at all */
	double longest_silence_start_s;
	double hold_s; /* music or ringback on any channel while nobody speaks */
	unsigned n_holds; /* stretches of it, joined below 2 s */
	double longest_wait_s; /* longest time the customer waits: nobody speaks, after the
				* customer's speech, or before another's, or with hold music; -1
				* where no customer is known or it never waits between two
				* speeches */
	struct ut_party_measures party[UT_MAX_PARTIES];
	unsigned n_parties;
};

struct ut_turns_in {
	unsigned n_parties;
	const struct ut_span_list *spans[UT_MAX_PARTIES]; /* each party's speech and non-speech */
	int64_t n_frames;                                 /* of the whole call */
	int customer;                                     /* party index, -1 where unknown */
};

/* Appends to turns and fills m; both owned by the caller. UT_ENOMEM. */
enum ut_status ut_turns_find(const struct ut_turns_in *in, struct ut_turn_list *turns,
			     struct ut_call_measures *m, struct ut_error *err);
void ut_turn_list_done(struct ut_turn_list *l);

#endif
