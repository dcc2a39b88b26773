/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.c - is this database whole: SQLite's view, the schema's, and a person's. */
#include "store/internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
	struct ut_store *s;
	ut_fault_fn *fn;
	void *user;
	bool stopped;
};

static void fault(struct check *c, const char *what)
{
	if (!c->stopped && !c->fn(c->user, what))
		c->stopped = true;
}

/* Each row is a fault, said by its first column. A query that fails is one too. */
static void rows(struct check *c, const char *sql, const char *fine)
{
	struct ut_error err = { 0 };
	sqlite3_stmt *st = ut_db_stmt(c->s, sql, &err);
	int rc = -1;

	while (st && !c->stopped && (rc = ut_db_next(c->s, st, &err)) > 0) {
		const char *what = ut_db_col(st, 0);

		if (what && (!fine || strcmp(what, fine) != 0))
			fault(c, what);
	}
	if (st)
		sqlite3_reset(st);
	if (rc < 0)
		fault(c, err.msg);
}

static const char schema_sql[] =
    "SELECT coalesce(type, '') || ' ' || coalesce(name, ''), coalesce(sql, '')"
    " FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1";

/*
 * The schema of a fresh database: what each thing is called and how it is made, each ended by NUL.
 * Made once a process and kept until its end: all migrations take ten times as long as the rest of
 * checking a small database. Two threads may both make it; one's is kept.
 */
static enum ut_status fresh_schema(const char **ret, size_t *n, struct ut_error *err)
{
	static struct ut_text *_Atomic kept;
	struct ut_text *t = atomic_load(&kept), *none = NULL;
	struct ut_store *fresh = NULL;
	enum ut_status st = UT_OK;
	sqlite3_stmt *row;
	int rc = -1;

	if (!t) {
		st = ut_store_open(NULL, UT_STORE_MEMORY, &fresh, err);
		if (st != UT_OK)
			return st;
		t = calloc(1, sizeof(*t));
		row = ut_db_stmt(fresh, schema_sql, err);
		while (t && row && (rc = ut_db_next(fresh, row, err)) > 0) {
			ut_text_addn(t, ut_db_str(row, 0), strlen(ut_db_str(row, 0)) + 1);
			ut_text_addn(t, ut_db_str(row, 1), strlen(ut_db_str(row, 1)) + 1);
		}
		ut_store_close(&fresh);
		if (!t || t->failed)
			st = ut_fail(err, UT_ENOMEM, "the schema");
		else if (rc < 0)
			st = UT_EDB;
		if (st != UT_OK || !atomic_compare_exchange_strong(&kept, &none, t)) {
			if (t)
				ut_text_done(t);
			free(t);
			t = none;
		}
	}
	if (st == UT_OK) {
		*ret = t->s;
		*n = t->len;
	}
	return st;
}

/* Tables, triggers and views as a fresh database has them: somebody may have taken the law out. */
static enum ut_status check_schema(struct check *c, struct ut_error *err)
{
	const char *want, *end;
	size_t n;
	enum ut_status st = fresh_schema(&want, &n, err);
	sqlite3_stmt *a;
	int ra;

	if (st != UT_OK)
		return st;
	end = want + n;
	a = ut_db_stmt(c->s, schema_sql, err);
	if (!a)
		return UT_EDB;
	ra = ut_db_next(c->s, a, err);
	while (ra > 0 || want < end) {
		int order = ra <= 0 ? 1 : want == end ? -1 : strcmp(ut_db_str(a, 0), want);
		const char *made = want < end ? want + strlen(want) + 1 : want;
		char what[256] = "";

		if (order < 0)
			snprintf(what, sizeof(what), "not of Undertone: %s", ut_db_str(a, 0));
		else if (order > 0)
			snprintf(what, sizeof(what), "missing: %s", want);
		else if (strcmp(ut_db_str(a, 1), made) != 0)
			snprintf(what, sizeof(what), "not as this program makes it: %s", want);
		if (what[0])
			fault(c, what);
		if (order <= 0)
			ra = ut_db_next(c->s, a, err);
		if (order >= 0)
			want = made + strlen(made) + 1;
	}
	sqlite3_reset(a);
	return ra < 0 ? UT_EDB : UT_OK;
}

static void check_calls(struct check *c, int64_t *n)
{
	struct ut_error err = { 0 };
	sqlite3_stmt *st = ut_db_stmt(c->s, "SELECT id FROM call ORDER BY id", &err);
	struct ut_call call;
	int rc = -1;

	ut_call_init(&call);
	while (st && !c->stopped && (rc = ut_db_next(c->s, st, &err)) > 0) {
		++*n;
		if (ut_store_load_call(c->s, sqlite3_column_int64(st, 0), &call, &err) != UT_OK)
			fault(c, err.msg);
	}
	if (st)
		sqlite3_reset(st);
	if (rc < 0)
		fault(c, err.msg);
	ut_call_done(&call);
}

enum ut_status ut_store_check(struct ut_store *s, ut_fault_fn *fn, void *user, int64_t *n_calls,
			      struct ut_error *err)
{
	struct check c = { s, fn, user, false };
	enum ut_status st;
	int64_t n = 0;

	rows(&c, "PRAGMA integrity_check(100)", "ok");
	rows(&c,
	     "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" ||"
	     " ' belongs to nothing in ' || parent FROM pragma_foreign_key_check",
	     NULL);
	st = check_schema(&c, err);
	rows(
	    &c,
	    "SELECT 'call ' || t.call_id || ': a tone of somebody who is not a verified external"
	    " customer' FROM tone AS t WHERE NOT EXISTS (SELECT 1 FROM closing AS k JOIN party AS p"
	    " ON p.call_id = k.call_id AND p.party = k.party WHERE k.call_id = t.call_id AND"
	    " p.role = 'customer' AND p.kind = 'external' AND p.verified = 1)",
	    NULL);
	rows(&c,
	     "SELECT 'verdict ' || v.id || ': of somebody who is not a verified external customer'"
	     " FROM verdict AS v WHERE NOT EXISTS (SELECT 1 FROM call AS c JOIN tone AS t ON"
	     " t.call_id = c.id JOIN closing AS k ON k.call_id = c.id JOIN party AS p ON"
	     " p.call_id = k.call_id AND p.party = k.party WHERE c.content = v.content AND"
	     " p.role = 'customer' AND p.kind = 'external' AND p.verified = 1)",
	     NULL);
	rows(&c,
	     "SELECT 'verdict ' || v.id || ': its blind session does not hold the call' FROM"
	     " verdict AS v WHERE v.calibration_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
	     " calibration_call AS x WHERE x.calibration_id = v.calibration_id AND"
	     " x.content = v.content)",
	     NULL);
	rows(&c,
	     "SELECT 'the queue of call ' || call_id || ' is not what its tables say' FROM"
	     " (SELECT * FROM (SELECT * FROM review_item EXCEPT SELECT * FROM review_source)"
	     " UNION SELECT * FROM (SELECT * FROM review_source EXCEPT SELECT * FROM review_item))"
	     " GROUP BY call_id",
	     NULL);
	rows(&c,
	     "SELECT 'call ' || id || ': no file' FROM call AS c WHERE NOT EXISTS"
	     " (SELECT 1 FROM file AS f WHERE f.content = c.content)",
	     NULL);
	rows(&c,
	     "SELECT 'failure of ' || f.path || ': the same key has a result, call ' || c.id"
	     " FROM failure AS f JOIN call AS c ON c.content = f.content AND"
	     " c.options = f.options AND c.model = f.model",
	     NULL);
	check_calls(&c, &n);
	if (n_calls)
		*n_calls = n;
	return st;
}
