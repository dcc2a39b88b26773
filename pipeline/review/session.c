/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

enum { N_ADDRESSES = 256 };

struct row {
	char hash[65]; /* of the cookie's id; "": free */
	int64_t began_s, used_s;
	struct ut_session is;
};

struct tries {
	char address[64];
	int64_t began_s;
	unsigned n;
};

struct ut_sessions {
	pthread_mutex_t lock;
	struct row row[UT_SESSION_MAX];
	struct tries all, each[N_ADDRESSES];
};

enum ut_status ut_sessions_create(struct ut_sessions **ret, struct ut_error *err)
{
	struct ut_sessions *s = calloc(1, sizeof(*s));

	if (!s || pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return ut_fail(err, UT_ENOMEM, "sessions");
	}
	*ret = s;
	return UT_OK;
}

void ut_sessions_destroy(struct ut_sessions **ps)
{
	if (!*ps)
		return;
	pthread_mutex_destroy(&(*ps)->lock);
	explicit_bzero(*ps, sizeof(**ps));
	free(*ps);
	*ps = NULL;
}

static bool over(const struct row *r, int64_t now_s)
{
	return now_s - r->used_s >= UT_SESSION_IDLE_S || now_s - r->began_s >= UT_SESSION_LIFE_S;
}

enum ut_status ut_session_begin(struct ut_sessions *s, int64_t reviewer_id,
				const char token_hash[65], int64_t now_s,
				char id[UT_TOKEN_CHARS + 1], struct ut_error *err)
{
	struct row fresh = { .began_s = now_s, .used_s = now_s, .is.reviewer_id = reviewer_id };
	struct row *at = NULL;
	enum ut_status st = ut_token_make(id, err);

	memcpy(fresh.is.token, token_hash, sizeof(fresh.is.token));
	if (st == UT_OK)
		st = ut_token_make(fresh.is.csrf, err);
	if (st == UT_OK)
		st = ut_token_hash(id, fresh.hash, err);
	if (st != UT_OK)
		return st;
	pthread_mutex_lock(&s->lock);
	for (struct row *r = s->row; r < s->row + UT_SESSION_MAX; r++) {
		if (!r->hash[0] || over(r, now_s)) {
			at = r;
			break;
		}
		if (!at || r->used_s < at->used_s)
			at = r;
	}
	*at = fresh;
	pthread_mutex_unlock(&s->lock);
	return UT_OK;
}

/* Under the lock. The hash of what was sent is compared, so its time tells nothing of the id. */
static struct row *find(struct ut_sessions *s, const char *id)
{
	char hash[65];

	if (strlen(id) != UT_TOKEN_CHARS || ut_token_hash(id, hash, NULL) != UT_OK)
		return NULL;
	for (struct row *r = s->row; r < s->row + UT_SESSION_MAX; r++)
		if (r->hash[0] && strcmp(r->hash, hash) == 0)
			return r;
	return NULL;
}

bool ut_session_find(struct ut_sessions *s, const char *id, int64_t now_s, struct ut_session *ret)
{
	struct row *r;
	bool found;

	pthread_mutex_lock(&s->lock);
	r = find(s, id);
	if (r && over(r, now_s)) {
		explicit_bzero(r, sizeof(*r));
		r = NULL;
	}
	found = r != NULL;
	if (r) {
		r->used_s = now_s;
		*ret = r->is;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

void ut_session_end(struct ut_sessions *s, const char *id)
{
	struct row *r;

	pthread_mutex_lock(&s->lock);
	r = find(s, id);
	if (r)
		explicit_bzero(r, sizeof(*r));
	pthread_mutex_unlock(&s->lock);
}

void ut_session_end_all(struct ut_sessions *s, int64_t reviewer_id)
{
	pthread_mutex_lock(&s->lock);
	for (struct row *r = s->row; r < s->row + UT_SESSION_MAX; r++)
		if (r->hash[0] && r->is.reviewer_id == reviewer_id)
			explicit_bzero(r, sizeof(*r));
	pthread_mutex_unlock(&s->lock);
}

/* ---- failed tries ---- */

static int64_t wait_of(const struct tries *t, unsigned most, int64_t now_s)
{
	int64_t left = t->began_s + UT_TRIES_WINDOW_S - now_s;

	return t->n >= most && left > 0 ? left : 0;
}

static void count(struct tries *t, int64_t now_s)
{
	if (t->n == 0 || now_s - t->began_s >= UT_TRIES_WINDOW_S) {
		t->began_s = now_s;
		t->n = 0;
	}
	t->n++;
}

static struct tries *tries_of(struct ut_sessions *s, const char *address, bool make)
{
	struct tries *oldest = s->each;

	for (struct tries *t = s->each; t < s->each + N_ADDRESSES; t++) {
		if (t->n && strcmp(t->address, address) == 0)
			return t;
		if (oldest->n && (!t->n || t->began_s < oldest->began_s))
			oldest = t;
	}
	if (!make)
		return NULL;
	memset(oldest, 0, sizeof(*oldest));
	strncpy(oldest->address, address, sizeof(oldest->address) - 1);
	return oldest;
}

int64_t ut_tries_wait(struct ut_sessions *s, const char *address, int64_t now_s)
{
	struct tries *t;
	int64_t wait, of_all;

	pthread_mutex_lock(&s->lock);
	t = tries_of(s, address, false);
	wait = t ? wait_of(t, UT_TRIES_EACH, now_s) : 0;
	of_all = wait_of(&s->all, UT_TRIES_ALL, now_s);
	pthread_mutex_unlock(&s->lock);
	return UT_MAX(wait, of_all);
}

void ut_tries_failed(struct ut_sessions *s, const char *address, int64_t now_s)
{
	pthread_mutex_lock(&s->lock);
	count(tries_of(s, address, true), now_s);
	count(&s->all, now_s);
	pthread_mutex_unlock(&s->lock);
}
