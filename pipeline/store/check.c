/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.c - is this database whole: SQLite's view, the schema's, and a person's. */
#include "store/internal.h"

#include <stdio.h>
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

/* Tables, triggers and views as a fresh database has them: somebody may have taken the law out. */
static enum ut_status check_schema(struct check *c, struct ut_error *err)
{
	static const char sql[] =
	    "SELECT coalesce(type, '') || ' ' || coalesce(name, ''), coalesce(sql, '')"
	    " FROM sqlite_schema"
	    " WHERE name NOT LIKE 'sqlite_%' ORDER BY 1";
	struct ut_store *fresh = NULL;
	enum ut_status st = ut_store_open(NULL, UT_STORE_MEMORY, &fresh, err);
	sqlite3_stmt *a, *b;
	int ra, rb;

	if (st != UT_OK)
		return st;
	a = ut_db_stmt(c->s, sql, err);
	b = ut_db_stmt(fresh, sql, err);
	if (!a || !b) {
		ut_store_close(&fresh);
		return UT_EDB;
	}
	ra = ut_db_next(c->s, a, err);
	rb = ut_db_next(fresh, b, err);
	while (ra > 0 || rb > 0) {
		int order = ra <= 0 ? 1 : rb <= 0 ? -1 : strcmp(ut_db_str(a, 0), ut_db_str(b, 0));
		char what[256] = "";

		if (order < 0)
			snprintf(what, sizeof(what), "not of Undertone: %s", ut_db_str(a, 0));
		else if (order > 0)
			snprintf(what, sizeof(what), "missing: %s", ut_db_str(b, 0));
		else if (strcmp(ut_db_str(a, 1), ut_db_str(b, 1)) != 0)
			snprintf(what, sizeof(what), "not as this program makes it: %s",
				 ut_db_str(a, 0));
		if (what[0])
			fault(c, what);
		if (order <= 0)
			ra = ut_db_next(c->s, a, err);
		if (order >= 0)
			rb = ut_db_next(fresh, b, err);
	}
	sqlite3_reset(a);
	ut_store_close(&fresh);
	return ra < 0 || rb < 0 ? UT_EDB : UT_OK;
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
