/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coach.h - what to train next, from facts: the tables of one period, and their writers.
 * Every measure is "in how many calls did it happen", so that each has an interval; what is a
 * measure, and from which second on it counts, stands in docs/coaching.md and schemas/DATA.md.
 * Memory: ut_coach owns its tables. Threads: one per object.
 */
#ifndef UT_REPORT_COACH_H
#define UT_REPORT_COACH_H

#include "report/html.h"
#include "report/tally.h"

enum ut_coach_measure {
	UT_COACH_WAIT,
	UT_COACH_HOLD,
	UT_COACH_TRANSFER,
	UT_COACH_INTERRUPTION,
	UT_COACH_DEAD_AIR,
	UT_COACH_CUSTOMER_TURN,
	UT_N_COACH_MEASURES,
	UT_COACH_TONE = UT_N_COACH_MEASURES, /* of a point: the closings */
};

struct ut_coach_measure_info {
	const char *name; /* in the JSON */
	const char *unit; /* of the value in a call where it happened: "s", "times"; NULL: none */
	double from;      /* it happened where the value is at least this */
	bool to_train;    /* more of it is a reason to train; else it is only told */
};
extern const struct ut_coach_measure_info ut_coach_measure_info[UT_N_COACH_MEASURES];
/* The value of one call. */
double ut_coach_value(enum ut_coach_measure m, const struct ut_call_facts *f);

struct ut_coach_fact {
	struct ut_share now, before; /* calls in which it happened */
	struct ut_difference change; /* now - before */
	bool changed;                /* the interval of the change has no 0 in it */
	double median, p90;          /* of the value, of this period's calls in which it happened */
};

enum ut_coach_kind { UT_COACH_ALL, UT_COACH_TEAM, UT_COACH_QUEUE, UT_COACH_TAG };

struct ut_coach_group {
	enum ut_coach_kind kind;
	const char *name; /* lent; NULL: none named */
	unsigned n_calls, n_before, n_agents;
	/* fewer than UT_TALLY_CALLS calls or UT_TALLY_AGENTS named agents: not ranked, and no point
	 * is made of it; one: all calls are one agent's, and nothing is said of it here */
	bool few, one;
	struct ut_coach_fact fact[UT_N_COACH_MEASURES];
	struct ut_tones tones, tones_before;
	struct ut_difference tone_change; /* where both are shown */
	bool tone_changed;
};

enum { UT_COACH_LISTEN = 5 };

struct ut_coach_listen {
	unsigned n;
	struct {
		int64_t call_id;
		double start_s, end_s; /* end_s 0: the whole call */
		double value;          /* of the measure; 0 for tones */
	} call[UT_COACH_LISTEN];
};

struct ut_coach_point {
	size_t group;
	unsigned measure; /* enum ut_coach_measure, or UT_COACH_TONE */
	bool rising;      /* against the period before; else against all other calls */
	struct ut_share here, there;
	struct ut_difference more; /* here - there; lo is above 0 */
	struct ut_coach_listen listen;
};

/* How often closings were resigned or angry in calls where it happened, and in the others. It goes
 * along; that is no cause. */
struct ut_coach_along {
	struct ut_tones with, without;
	struct ut_difference more; /* where both are shown */
	bool differs;
};

struct ut_coach {
	struct ut_coach_query query;
	const char *person; /* lent from the caller; NULL: groups */
	size_t n_calls, n_before;
	struct ut_coach_group *group; /* [0]: all; then teams, queues, tags by name */
	size_t n_groups;
	struct ut_coach_point *point; /* the surest first */
	size_t n_points;
	unsigned n_compared; /* comparisons that could have become a point */
	struct ut_coach_along along[UT_N_COACH_MEASURES];
	struct ut_coach_listen listen[UT_N_COACH_MEASURES]; /* of all calls, the greatest first */
	struct ut_coach_listen bad, good;                   /* closings; good recoveries first */
	struct ut_coach_listen smooth; /* calls in which none of what is to train happened */
	struct ut_tally *tally;
};

/* person NULL: of teams, queues and tags. ret is freed with done, also after a failure. */
enum ut_status ut_coach_make(struct ut_store *s, const struct ut_coach_query *q, const char *person,
			     struct ut_coach *ret, struct ut_error *err);
void ut_coach_done(struct ut_coach *c);

/* ---- writers ---- */

struct ut_coach_entry { /* one of the log, owned by the caller */
	char *at, *author, *kind, *topic, *note;
	int64_t call_id;
	bool discussed;
};

struct ut_coach_report {
	const struct ut_coach *coach; /* NULL: the log alone */
	const char *person;           /* whose log; NULL: none */
	const struct ut_coach_entry *entry;
	size_t n_entries;
	const char *db;   /* for the commands that are shown */
	const char *link; /* where `undertone serve` answers: "http://127.0.0.1:8321" */
	enum ut_lang lang;
	bool color;
};
struct ut_coach_format {
	const char *name; /* "text", "html", "json" */
	void (*write)(const struct ut_coach_report *r, struct ut_text *out);
};
extern const struct ut_coach_format ut_coach_formats[]; /* ends with a row whose name is NULL */

#endif
