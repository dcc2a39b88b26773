/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h - the calls of a period and of the one before, and the one door to a share of tones.
 *
 * A tally of groups knows its calls' tones, but gives away no call's tone with an agent, and no
 * agent at all: a share of tones comes out only of ut_tally_tones(), for a set of calls of at least
 * UT_TALLY_AGENTS agents and UT_TALLY_CALLS closings, of which no agent has more than half. A tally
 * of one person is loaded by a statement that cannot read tones (store/coach.h), so that the same
 * door is shut for it.
 * Memory: about 100 bytes a call. Threads: one per object.
 */
#ifndef UT_REPORT_TALLY_H
#define UT_REPORT_TALLY_H

#include "report/share.h"
#include "store/coach.h"

enum {
	UT_TALLY_AGENTS = 5, /* fewer agents: a share of tones could be laid at one's door */
	UT_TALLY_CALLS = 30, /* fewer: too few to rank by, or to show a share of tones */
};

struct ut_tally;

/* Teams and queues become numbers, by name; 0 is "none named". */
struct ut_tally_call {
	struct ut_call_facts facts;
	unsigned team, queue, tags;
	bool reviewed;
};

/* All calls of q's two periods. Free with destroy. */
enum ut_status ut_tally_groups(struct ut_store *s, const struct ut_coach_query *q,
			       struct ut_tally **ret, struct ut_error *err);
/* One person's: no tones, tags or reviews. */
enum ut_status ut_tally_person(struct ut_store *s, const char *person,
			       const struct ut_coach_query *q, struct ut_tally **ret,
			       struct ut_error *err);
void ut_tally_destroy(struct ut_tally **pt);

/* Lent; *n receives how many, in the order of their rows. */
const struct ut_tally_call *ut_tally_calls(const struct ut_tally *t, size_t *n);
/* Names 1..*n of teams, or of queues; [0] is NULL. */
const char *const *ut_tally_teams(const struct ut_tally *t, unsigned *n);
const char *const *ut_tally_queues(const struct ut_tally *t, unsigned *n);

enum ut_shown {
	UT_SHOWN,
	UT_HIDDEN_PERSON, /* of one person: never */
	UT_HIDDEN_NONE,   /* no closing with a claimed tone */
	UT_HIDDEN_AGENTS, /* too few agents, most by one of them, or not named by the metadata */
	UT_HIDDEN_CALLS,  /* too few closings with a claimed tone */
	UT_HIDDEN_REST, /* what is hidden elsewhere could be had by subtraction (report/coach.c) */
	UT_N_SHOWN
};

struct ut_tones {
	enum ut_shown shown;
	struct ut_share bad; /* resigned or angry, of the closings with a claimed tone */
	unsigned n_abstain;  /* closings of which no tone is claimed */
	/* of the calls that the model called resigned or angry and a reviewer judged: heard so */
	struct ut_share confirmed;
};
/* Of the calls i with in[i] in one of the two periods. Where not shown, all numbers are 0. */
void ut_tally_tones(const struct ut_tally *t, const bool *in, bool earlier, struct ut_tones *ret);

/* Agents of all calls i with in[i]: 0 unknown ones not counted. Of a person's tally: 1, or 0. */
unsigned ut_tally_agents(const struct ut_tally *t, const bool *in, bool earlier);

/*
 * Up to `max` calls of this period, the likeliest resigned or angry first, of those with that label
 * (bad), or those that a reviewer tagged as a good recovery, then the surest accepting ones. 0
 * where ut_tally_tones() would not show the set. Returns how many.
 */
size_t ut_tally_listen(const struct ut_tally *t, const bool *in, bool bad, int64_t *call_id,
		       size_t max);

#endif
