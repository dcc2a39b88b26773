/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coach.h - what trainers ask of many calls at once, and the log of what was discussed with a
 * person.
 *
 * Two queries that are never one: of a team or queue, where a call may come with its customer's
 * tone but never with a name; and of one person, whose statement may not even be prepared where it
 * reads a tone, a closing, evidence or a verdict (an authorizer of SQLite refuses it). So no share
 * of tones, and no score, can be made of an employee. Errors: UT_EDB, unless said. Memory: what
 * callbacks get is lent.
 */
#ifndef UT_STORE_COACH_H
#define UT_STORE_COACH_H

#include "base/day.h"
#include "store/store.h"

enum {
	UT_DEAD_AIR_FRAMES = 500, /* a silence as long is dead air */
};

/* Days as the call's own place counts them (the date in call.start_time), else that of the
 * analysis, UTC. Both ends belong to the period; the period before is as long and ends the day
 * before. */
struct ut_coach_query {
	int64_t from, to;         /* days since 1970 (base/day.h) */
	const char *team, *queue; /* NULL: all */
};

/* What happened in one call that has one verified external customer. No tone, no words. */
struct ut_call_facts {
	int64_t call_id;
	bool earlier;     /* in the period before */
	bool transferred; /* more than one agent took part */
	unsigned n_holds;
	unsigned n_interruptions; /* times that the customer was interrupted */
	unsigned n_dead_air;      /* dead air while the customer waits: stretches */
	double dead_air_s;        /* their sum */
	double hold_s, wait_s;    /* as call.hold_s, call.longest_wait_s; 0 where it never waited */
	double customer_turn_s;   /* the customer's longest uninterrupted turn */
	double duration_s;
};

enum { UT_COACH_TAGS = 7, UT_COACH_RECOVERY = 5 };
extern const char *const ut_coach_tag_name[UT_COACH_TAGS]; /* as verdict_tag.tag; bit i of tags */

struct ut_group_call {
	struct ut_call_facts facts;
	const char *team, *queue; /* NULL: unknown */
	/* Says only whether two calls have the same agent, for counting agents: 0 unknown. The
	 * numbers are drawn anew by every query. */
	unsigned agent;
	unsigned tags; /* of the reviewers' counted verdicts */
	bool has_tone, reviewed;
	enum ut_tone_label label;
	double rank, accepting;        /* as in struct ut_finding */
	unsigned n_heard, n_heard_bad; /* counted verdicts that are sure; those resigned or angry */
};
typedef bool ut_group_call_fn(void *user, const struct ut_group_call *c); /* false stops */
/* Current calls of both periods, in the order of their rows. */
enum ut_status ut_store_group_calls(struct ut_store *s, const struct ut_coach_query *q,
				    ut_group_call_fn *fn, void *user, struct ut_error *err);

typedef bool ut_person_call_fn(void *user, const struct ut_call_facts *c);
/* The same of the calls of one agent id. */
enum ut_status ut_store_person_calls(struct ut_store *s, const char *person,
				     const struct ut_coach_query *q, ut_person_call_fn *fn,
				     void *user, struct ut_error *err);

/* Where in a call to listen; frames, end exclusive; end 0: there is no such place. */
struct ut_call_moments {
	struct ut_call_moment {
		int64_t start, end;
	} wait, hold, interruption, dead_air, customer_turn; /* each the longest; the first
							      * interruption, with its turn */
};
enum ut_status ut_store_call_moments(struct ut_store *s, int64_t call_id,
				     struct ut_call_moments *ret, struct ut_error *err);
/* The place of the customer's closing. */
enum ut_status ut_store_call_closing(struct ut_store *s, int64_t call_id,
				     struct ut_call_moment *ret, struct ut_error *err);

/* The last day, not after `until`, with a call (of that agent where person is not NULL); -1: none.
 */
enum ut_status ut_store_last_day(struct ut_store *s, const char *person, int64_t until,
				 int64_t *ret, struct ut_error *err);

/* ---- the log of one person ---- */

extern const char *const ut_coach_kinds[];  /* "strength", "improve", NULL */
extern const char *const ut_coach_topics[]; /* as coaching.topic, ends with NULL */

struct ut_coaching {
	int64_t id;     /* on reading */
	const char *at; /* on reading */
	const char *author, *person, *kind, *topic;
	const char *note; /* NULL: none */
	int64_t call_id;  /* 0: none, or purged */
	bool discussed;
};
/* Adds an entry, and a row of audit. UT_EINVAL: an unknown kind or topic, no person, a note longer
 * than 2,000 characters; UT_ENOENT: no such call. */
enum ut_status ut_store_add_coaching(struct ut_store *s, const struct ut_coaching *c, int64_t *id,
				     struct ut_error *err);
typedef bool ut_coaching_fn(void *user, const struct ut_coaching *c); /* false stops */
/* Of one person, oldest first. There is no list of persons. */
enum ut_status ut_store_coaching(struct ut_store *s, const char *person, ut_coaching_fn *fn,
				 void *user, struct ut_error *err);

#endif
