/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - who is signed in, kept in memory alone: a restart signs everybody out. And how often
 * signing in may fail.
 * The clock is the caller's (seconds, monotonic), so that tests need not wait.
 * Memory: fixed. Threads: any; one lock inside.
 */
#ifndef UT_REVIEW_SESSION_H
#define UT_REVIEW_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "review/token.h"

enum {
	UT_SESSION_IDLE_S = 30 * 60,      /* without a request */
	UT_SESSION_LIFE_S = 12 * 60 * 60, /* however busy */
	UT_SESSION_MAX = 1024,            /* the one idle longest makes room */
};

struct ut_sessions;

struct ut_session { /* a copy */
	int64_t reviewer_id;
	char token[65]; /* hash of what was signed in with */
	char csrf[UT_TOKEN_CHARS + 1];
};

enum ut_status ut_sessions_create(struct ut_sessions **ret, struct ut_error *err);
void ut_sessions_destroy(struct ut_sessions **ps);
/* A new session; id is what the cookie holds, its hash alone is kept. UT_EIO. */
enum ut_status ut_session_begin(struct ut_sessions *s, int64_t reviewer_id,
				const char token_hash[65], int64_t now_s,
				char id[UT_TOKEN_CHARS + 1], struct ut_error *err);
/* Whose session it is, and that it was used now; false: none, or over. */
bool ut_session_find(struct ut_sessions *s, const char *id, int64_t now_s, struct ut_session *ret);
void ut_session_end(struct ut_sessions *s, const char *id);
/* All of one reviewer's. */
void ut_session_end_all(struct ut_sessions *s, int64_t reviewer_id);

/* ---- failed tries ---- */

enum {
	UT_TRIES_WINDOW_S = 300,
	UT_TRIES_EACH = 10, /* of one address in a window */
	UT_TRIES_ALL = 100, /* of all addresses together */
};
/* Seconds until this address may try again; 0: now. */
int64_t ut_tries_wait(struct ut_sessions *s, const char *address, int64_t now_s);
void ut_tries_failed(struct ut_sessions *s, const char *address, int64_t now_s);

#endif
