/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * review.h - what trainers ask of the store and write into it: who they are, the queue, verdicts,
 * blind sessions, the record of access. Part of store.h's store, apart because only review/ and the
 * commands around it need it.
 * A tone comes out of here only with its verified external customer: each query that gives one
 * joins the party again, should the triggers be gone.
 * Errors are UT_EDB unless said. Memory: what callbacks get is lent. Threads: one per handle.
 */
#ifndef UT_STORE_REVIEW_H
#define UT_STORE_REVIEW_H

#include "store/store.h"

/* ---- people ---- */

enum ut_review_role { UT_REVIEW_VIEWER, UT_REVIEW_TRAINER, UT_REVIEW_ADMIN, UT_N_REVIEW_ROLES };
const char *ut_review_role_name(enum ut_review_role r); /* "viewer", "trainer", "admin" */
bool ut_review_role_find(const char *name, enum ut_review_role *ret);

enum { UT_REVIEW_NAME_MAX = 64 /* characters */, UT_REVIEW_NOTE_MAX = 2000 };

struct ut_reviewer {
	int64_t id;
	char name[4 * UT_REVIEW_NAME_MAX + 1];
	enum ut_review_role role;
	char created_at[32], ended_at[32]; /* ended_at "": active */
	char token[65];                    /* its SHA-256: another one, and old sessions are over */
};
/*
 * token_hash: SHA-256 of the token, hex. A name that has ended comes back with the new token and
 * role; one that is active is UT_EINVAL, as is a name that is empty, too long or not UTF-8. actor:
 * for the audit.
 */
enum ut_status ut_review_add_user(struct ut_store *s, const char *actor, const char *name,
				  enum ut_review_role role, const char token_hash[65],
				  struct ut_error *err);
/* UT_ENOENT where nobody active has the name. Verdicts stay. */
enum ut_status ut_review_end_user(struct ut_store *s, const char *actor, const char *name,
				  struct ut_error *err);
typedef bool ut_reviewer_fn(void *user, const struct ut_reviewer *r);
enum ut_status ut_review_users(struct ut_store *s, ut_reviewer_fn *fn, void *user,
			       struct ut_error *err); /* by name */
/* The active one whose token it is: UT_ENOENT. */
enum ut_status ut_review_find_token(struct ut_store *s, const char token_hash[65],
				    struct ut_reviewer *ret, struct ut_error *err);
/* The same by number: is a session's reviewer still welcome, and in which role. */
enum ut_status ut_review_find_user(struct ut_store *s, int64_t id, struct ut_reviewer *ret,
				   struct ut_error *err);

/* ---- the queue ---- */

/* What made a call's start a bad one (DATA.md, "Positive examples"). */
enum {
	UT_START_INTERRUPTIONS = 1,
	UT_START_OVERLAP = 2,
	UT_START_WAIT = 4,
	UT_START_HOLD = 8,
	UT_START_RAISED = 16,
};

enum ut_review_list {
	UT_REVIEW_FINDINGS,   /* the likeliest "did not mean it" first */
	UT_REVIEW_GOOD,       /* positive examples: recoveries first, then warm closings */
	UT_REVIEW_RECOVERIES, /* a bad start and an accepting close, the worst start first */
	UT_REVIEW_WARM,       /* accepting without a bad start, the surest first */
	UT_N_REVIEW_LISTS
};

struct ut_review_query { /* strings lent; NULL: any */
	enum ut_review_list list;
	const char *from, *to; /* days, "2026-11-22", UTC, both included */
	const char *team, *queue, *agent_id, *language;
	const char *label;    /* "accepting", "resigned", "angry", "abstain" */
	int reviewed;         /* -1 any, 0 not yet, 1 by somebody */
	int64_t for_reviewer; /* whose open blind calls are left out, until judged */
	int64_t limit;        /* 1.. */
	/* go on behind this row (its key and call); call 0: from the top */
	double after_key;
	int64_t after_call;
	bool back; /* against the order: rows come nearest first */
};

struct ut_review_item {
	int64_t call_id;
	const char *content, *call_key, *file; /* file: the name alone, without folders */
	const char *start_time, *day, *team, *queue, *agent_id, *language, *label, *phrase;
	double score[UT_N_TONES], rank, key; /* key: what the list is ordered by */
	double duration_s, closing_start_s;
	unsigned bad_start;      /* UT_START_* */
	bool good;               /* a positive example */
	int64_t n_verdicts;      /* of how many reviewers, outside of open blind sessions */
	const char *mine, *last; /* heard by for_reviewer; by whoever came last; NULL: none */
};
typedef bool ut_review_item_fn(void *user, const struct ut_review_item *i);
enum ut_status ut_review_queue(struct ut_store *s, const struct ut_review_query *q,
			       ut_review_item_fn *fn, void *user, struct ut_error *err);
/* One call's row, whether filters would show it or not. UT_ENOENT: no tone, or not current. */
enum ut_status ut_review_item(struct ut_store *s, int64_t call_id, int64_t for_reviewer,
			      ut_review_item_fn *fn, void *user, struct ut_error *err);

enum ut_review_field { UT_REVIEW_TEAMS, UT_REVIEW_QUEUES, UT_REVIEW_LANGUAGES };
typedef bool ut_review_value_fn(void *user, const char *value);
/* The values there are, in order: for a filter's choice. At most `limit`. */
enum ut_status ut_review_values(struct ut_store *s, enum ut_review_field f, int64_t limit,
				ut_review_value_fn *fn, void *user, struct ut_error *err);

/* ---- verdicts ---- */

/* X(bit, name in the database) */
#define UT_REVIEW_TAGS(X)                                                                          \
	X(NO_ANSWER, "no-answer")                                                                  \
	X(NO_EMPATHY, "no-empathy")                                                                \
	X(NOT_LISTENING, "not-listening")                                                          \
	X(TRANSFERRED, "transferred")                                                              \
	X(LONG_WAIT, "long-wait")                                                                  \
	X(GOOD_RECOVERY, "good-recovery")                                                          \
	X(OTHER, "other")
enum ut_review_tag {
#define X(id, name) UT_TAG_##id,
	UT_REVIEW_TAGS(X)
#undef X
	    UT_N_TAGS
};
extern const char *const ut_review_tag_name[UT_N_TAGS];

/* "accepting", "resigned", "angry", "unsure". ABSTAIN is unsure. */
const char *ut_review_heard_name(enum ut_tone_label heard);
bool ut_review_heard_find(const char *name, enum ut_tone_label *ret);

struct ut_verdict {
	int64_t call_id; /* its closing is what was heard */
	int64_t reviewer_id, calibration_id; /* 0: none */
	enum ut_tone_label heard;
	bool blind;       /* else the call's present label is noted as what was shown */
	const char *note; /* NULL: none */
	unsigned tags;    /* bits of ut_review_tag */
};
/*
 * One short transaction with its audit row. UT_EREFUSED: the call has no tone of a verified external
 * customer, the reviewer has ended or only views, the session is over or does not hold the call.
 * UT_EINVAL: the note is too long or not UTF-8.
 */
enum ut_status ut_review_judge(struct ut_store *s, const struct ut_verdict *v, struct ut_error *err);

struct ut_verdict_row {
	int64_t id, reviewer_id, calibration_id;
	const char *reviewer, *given_at, *heard, *shown, *note, *tags; /* tags: "a, b"; "" */
	bool latest; /* of this reviewer, in this session */
};
typedef bool ut_verdict_fn(void *user, const struct ut_verdict_row *v);
/* Newest first. Those of open blind sessions only where for_reviewer gave them. */
enum ut_status ut_review_verdicts(struct ut_store *s, const char *content, int64_t for_reviewer,
				  ut_verdict_fn *fn, void *user, struct ut_error *err);
/* The open session in which this reviewer has yet to judge this call; *ret 0: none. */
enum ut_status ut_review_blind(struct ut_store *s, const char *content, int64_t reviewer_id,
			       int64_t *ret, struct ut_error *err);

/* ---- blind sessions ---- */

struct ut_calibration {
	int64_t id, n_calls, n_mine, n_raters;
	const char *name, *created_by, *created_at, *ended_at; /* ended_at NULL: open */
};
typedef bool ut_calibration_fn(void *user, const struct ut_calibration *c);
/* Newest first; id > 0: that one alone. n_mine: what for_reviewer has judged in it. */
enum ut_status ut_review_calibrations(struct ut_store *s, int64_t id, int64_t for_reviewer,
				      ut_calibration_fn *fn, void *user, struct ut_error *err);
/*
 * Of the calls that the query's filters let through, n: half of them the likeliest findings, half
 * positive examples (or whichever there are), in an order that tells nothing. UT_EINVAL: the name
 * is taken, empty or too long; nothing passes the filters.
 */
enum ut_status ut_review_start_calibration(struct ut_store *s, int64_t by, const char *name,
					   const struct ut_review_query *q, int64_t n, int64_t *id,
					   struct ut_error *err);
enum ut_status ut_review_end_calibration(struct ut_store *s, int64_t by, int64_t id,
					 struct ut_error *err);
/* The first call that the reviewer has not judged yet; *call_id 0: none left. */
enum ut_status ut_review_next_blind(struct ut_store *s, int64_t id, int64_t reviewer_id,
				    int64_t *call_id, int64_t *n, struct ut_error *err);
/* Latest verdicts, by place in the session, then by reviewer; call_id 0 where the call is gone. */
struct ut_rating {
	int64_t n, call_id, reviewer_id;
	const char *reviewer, *heard, *label; /* label: the model's */
};
typedef bool ut_rating_fn(void *user, const struct ut_rating *r);
enum ut_status ut_review_ratings(struct ut_store *s, int64_t id, ut_rating_fn *fn, void *user,
				 struct ut_error *err);

/* Into the record of access. action: "read", "sign-in", "listen", "export"... */
enum ut_status ut_review_note(struct ut_store *s, const char *actor, const char *action,
			      const char *subject, int64_t n_calls, struct ut_error *err);

#endif
