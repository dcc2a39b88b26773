/* SPDX-License-Identifier: GPL-3.0-or-later */
/* internal.h - what the files of store/ share. Nothing outside store/ includes it. */
#ifndef UT_STORE_INTERNAL_H
#define UT_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/handed.h"

enum {
	UT_APPLICATION_ID = 0x55544f4e, /* "UTON" */
	UT_STORE_STMTS = 96,
};

struct ut_store {
	sqlite3 *db;
	char *path;
	enum ut_store_mode mode;
	int probe_fd; /* see lock_holder in error.c; -1 */
	/* current_since of what this handle's run confirms, and of what it adds; "" without a run
	 */
	char confirmed[64], added[64];
	struct ut_store_stmt {
		const char *sql; /* the literal's address is the key */
		sqlite3_stmt *st;
	} stmt[UT_STORE_STMTS];
};

/*
 * Of several results of one recording (content) the one that counts, as in view current_call: the
 * condition on a row `c` of call, and the row's id of a content. One rule, in one place: what an
 * earlier result said of a person must not come back by another query.
 */
#define UT_DB_CURRENT                                                                              \
	" NOT EXISTS (SELECT 1 FROM call AS o WHERE o.content = c.content AND"                     \
	" (o.current_since, o.options, o.model) > (c.current_since, c.options, c.model)) "
#define UT_DB_CURRENT_OF(content)                                                                  \
	"(SELECT c.id FROM call AS c WHERE c.content = " content                                   \
	" ORDER BY c.current_since DESC, c.options DESC, c.model DESC LIMIT 1)"

/* Prepares once, then hands the same statement out again, reset. sql is a literal. NULL: err. */
sqlite3_stmt *ut_db_stmt(struct ut_store *s, const char *sql, struct ut_error *err);
/* coach.c: the same for a statement about one employee, which may read nothing but facts of
 * conversation: NULL and UT_EREFUSED where it asks for a tone, a closing, a verdict... */
sqlite3_stmt *ut_db_person_stmt(struct ut_store *s, const char *sql, struct ut_error *err);
/* Runs to its end, then resets. */
enum ut_status ut_db_run(struct ut_store *s, sqlite3_stmt *st, struct ut_error *err);
/* 1 a row, 0 the end, -1 a failure (err is filled). */
int ut_db_next(struct ut_store *s, sqlite3_stmt *st, struct ut_error *err);
enum ut_status ut_db_exec(struct ut_store *s, const char *sql, struct ut_error *err);
/* Fills err from the connection's last error. */
enum ut_status ut_db_fail(struct ut_store *s, struct ut_error *err);

enum ut_status ut_db_begin(struct ut_store *s, struct ut_error *err);
/* Commits where st is UT_OK, else rolls back; returns the first failure. */
enum ut_status ut_db_end(struct ut_store *s, enum ut_status st, struct ut_error *err);
/* Ends a transaction that only read. */
void ut_db_release(struct ut_store *s);

/* Binding by position, counted from 1 by the caller's own counter. */
static inline void ut_db_int(sqlite3_stmt *st, int *n, int64_t v)
{
	sqlite3_bind_int64(st, ++*n, v);
}
static inline void ut_db_real(sqlite3_stmt *st, int *n, double v)
{
	sqlite3_bind_double(st, ++*n, v);
}
static inline void ut_db_null(sqlite3_stmt *st, int *n)
{
	sqlite3_bind_null(st, ++*n);
}
/* v must live until the statement has run; NULL binds NULL. */
static inline void ut_db_text(sqlite3_stmt *st, int *n, const char *v)
{
	sqlite3_bind_text(st, ++*n, v, -1, SQLITE_STATIC);
}
/* Lent until the next step; NULL for NULL. */
static inline const char *ut_db_col(sqlite3_stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st, i);
}
/* The same with "" for NULL: a database from elsewhere may lack what ours never lacks. */
static inline const char *ut_db_str(sqlite3_stmt *st, int i)
{
	const char *v = ut_db_col(st, i);

	return v ? v : "";
}
static inline double ut_db_real_or(sqlite3_stmt *st, int i, double otherwise)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? otherwise : sqlite3_column_double(st, i);
}

/* put.c: ut_store_put_call inside the caller's transaction, its arguments checked. */
enum ut_status ut_db_put_call(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
			      const struct ut_call *c, int64_t *call_id, struct ut_error *err);
/* purge.c: a row of audit, inside the caller's transaction. */
enum ut_status ut_db_audit(struct ut_store *s, const char *actor, const char *action,
			   const char *subject, int64_t n_calls, struct ut_error *err);

/* load.c: what tone.features holds; n_bytes is 4 * UT_TONE_MAX_FEATURES at most. */
void ut_db_unpack_features(struct ut_tone *t, const unsigned char *b, int n_bytes);
/* merge_review.c: reviewers, sessions, verdicts and coaching notes, and what was handed out, inside
 * the caller's transaction, after the calls. *n, *handed: rows that were new. */
enum ut_status ut_db_merge_review(struct ut_store *into, struct ut_store *from, int64_t *n,
				  int64_t *handed, struct ut_error *err);
/* handed.c: tells fn (NULL allowed) of what was handed out of the contents in `gone`, and forgets
 * it. */
enum ut_status ut_db_purge_handed(struct ut_store *s, ut_handed_fn *fn, void *user,
				  struct ut_error *err);

/* migrate.c: to `n` steps; the caller has opened WRITE. Separate from the list of real steps so
 * that tests can bring their own. */
enum ut_status ut_db_migrate(struct ut_store *s, const char *const *steps, int n,
			     struct ut_error *err);
/* The version of the shipped migrations, and their text. */
extern const char *const *const ut_db_steps;
extern const int ut_db_n_steps;

#endif
