/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purge.c - retention and rights: what goes, really goes; and the record of who asked. */
#include "store/internal.h"

#include <stdio.h>
#include <string.h>

enum { READER_PATIENCE_MS = 200 };

enum ut_status ut_db_audit(struct ut_store *s, const char *actor, const char *action,
			   const char *subject, int64_t n_calls, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s, "INSERT INTO audit (actor, action, subject, n_calls) VALUES (?,?,?,?)", err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, actor);
	ut_db_text(st, &n, action);
	ut_db_text(st, &n, subject);
	ut_db_int(st, &n, n_calls);
	return ut_db_run(s, st, err);
}

enum ut_status ut_store_note_reader(const char *path, const char *actor, const char *subject,
				    int64_t n_calls, struct ut_error *err)
{
	struct ut_store *s = NULL;
	enum ut_status st = ut_store_open(path, UT_STORE_MODIFY, &s, err);

	if (st != UT_OK)
		return st;
	ut_store_set_patience(s, READER_PATIENCE_MS);
	st = ut_db_audit(s, actor, "read", subject, n_calls, err);
	ut_store_close(&s);
	return st;
}

enum ut_status ut_store_note_export(struct ut_store *s, const char *actor, const char *subject,
				    int64_t n_calls, struct ut_error *err)
{
	return ut_db_audit(s, actor, "export", subject, n_calls, err);
}

/* Contents concerned, into a temporary table: every result and every trace of a recording goes,
 * whichever of its results was named. */
static enum ut_status find_contents(struct ut_store *s, const struct ut_purge *w,
				    struct ut_error *err)
{
	sqlite3_stmt *st;

	if (ut_db_exec(s, "CREATE TEMP TABLE IF NOT EXISTS gone (content TEXT PRIMARY KEY)", err) !=
		UT_OK ||
	    ut_db_exec(s, "DELETE FROM gone", err) != UT_OK)
		return UT_EDB;
	st = ut_db_stmt(
	    s,
	    "INSERT OR IGNORE INTO gone SELECT content FROM call AS c WHERE"
	    " (?1 > 0 AND coalesce(julianday(start_time), julianday(analysed_at)) <"
	    " julianday('now') - ?1) OR id = ?2 OR (?3 IS NOT NULL AND (customer_key = ?3 OR EXISTS"
	    " (SELECT 1 FROM party AS p WHERE p.call_id = c.id AND p.role = 'customer'"
	    " AND p.person = ?3)))",
	    err);
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, w->older_than_days);
	sqlite3_bind_int64(st, 2, w->call_id);
	sqlite3_bind_text(st, 3, w->customer_key, -1, SQLITE_STATIC);
	return ut_db_run(s, st, err);
}

/* Deletes, and says how many rows of the table itself went. */
static enum ut_status erase(struct ut_store *s, const char *sql, int64_t *n, struct ut_error *err)
{
	if (ut_db_exec(s, sql, err) != UT_OK)
		return UT_EDB;
	*n = sqlite3_changes(s->db);
	return UT_OK;
}

static enum ut_status purge(struct ut_store *s, const struct ut_purge *w, const char *actor,
			    struct ut_purge_counts *n, struct ut_error *err)
{
	char subject[64];
	sqlite3_stmt *st;

	if (find_contents(s, w, err) != UT_OK)
		return UT_EDB;
	/* failures first: they are found through the paths */
	if (erase(s,
		  "DELETE FROM failure WHERE content IN (SELECT content FROM gone) OR path IN"
		  " (SELECT path FROM file WHERE content IN (SELECT content FROM gone) UNION"
		  " SELECT other_path FROM file WHERE content IN (SELECT content FROM gone))",
		  &n->failures, err) != UT_OK)
		return UT_EDB;
	if (w->older_than_days) {
		st = ut_db_stmt(
		    s, "DELETE FROM failure WHERE julianday(last_at) < julianday('now') - ?", err);
		if (!st)
			return UT_EDB;
		sqlite3_bind_int64(st, 1, w->older_than_days);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
		n->failures += sqlite3_changes(s->db);
	}
	if (ut_db_purge_handed(s, w->handed, w->user, err) != UT_OK)
		return UT_EDB;
	/* what trainers said of a person stays, without the recording it came from */
	if (ut_db_exec(s,
		       "DELETE FROM verdict WHERE content IN (SELECT content FROM gone);"
		       "DELETE FROM calibration_call WHERE content IN (SELECT content FROM gone);"
		       "UPDATE coaching SET content = NULL WHERE content IN"
		       " (SELECT content FROM gone)",
		       err) != UT_OK)
		return UT_EDB;
	if (erase(s, "DELETE FROM file WHERE content IN (SELECT content FROM gone)", &n->files,
		  err) != UT_OK ||
	    erase(s, "DELETE FROM call WHERE content IN (SELECT content FROM gone)", &n->calls,
		  err) != UT_OK)
		return UT_EDB;
	st = ut_db_stmt(s, "SELECT count(*) FROM gone", err);
	if (!st || ut_db_next(s, st, err) < 0)
		return UT_EDB;
	n->recordings = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	/* no customer key in the record of its removal */
	if (w->older_than_days)
		snprintf(subject, sizeof(subject), "older than %lld days",
			 (long long)w->older_than_days);
	else if (w->call_id)
		snprintf(subject, sizeof(subject), "call %lld", (long long)w->call_id);
	else
		snprintf(subject, sizeof(subject), "a customer");
	return ut_db_audit(s, actor, "purge", subject, n->calls, err);
}

/* Where a reader is in the way, the pragma does not fail: it says so in its row. */
static enum ut_status cut_log(struct ut_store *s, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, "PRAGMA wal_checkpoint(TRUNCATE)", err);
	int rc;
	bool busy;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	busy = rc > 0 && sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	if (busy)
		return ut_fail(err, UT_EDB,
			       "%s: another program is reading: close it, and purge again",
			       s->path);
	return UT_OK;
}

enum ut_status ut_store_purge(struct ut_store *s, const struct ut_purge *w, const char *actor,
			      bool dry, struct ut_purge_counts *ret, struct ut_error *err)
{
	struct ut_error late = { 0 };
	enum ut_status st;

	memset(ret, 0, sizeof(*ret));
	if ((w->older_than_days > 0) + (w->call_id > 0) + (w->customer_key != NULL) != 1)
		return ut_fail(err, UT_EINVAL, "name an age, a call or a customer: exactly one");
	/* freed pages are overwritten, those of indexes too */
	if (ut_db_exec(s, "PRAGMA secure_delete = ON", err) != UT_OK)
		return UT_EDB;
	st = ut_db_begin(s, err);
	if (st != UT_OK)
		return st;
	st = purge(s, w, actor, ret, err);
	if (dry && st == UT_OK)
		return ut_db_exec(s, "ROLLBACK", err);
	st = ut_db_end(s, st, err);
	if (st != UT_OK)
		return st;
	if (ret->recordings + ret->failures == 0) /* perhaps one before was held up by a reader */
		return cut_log(s, err);
	/* the log holds old pages until it is cut; VACUUM gives the space back */
	if (ut_db_exec(s, "VACUUM", &late) == UT_OK && cut_log(s, &late) == UT_OK)
		return UT_OK;
	return ut_fail(
	    err, UT_EDB,
	    "the rows are gone, but their bytes are not overwritten and their space is not "
	    "given back yet: %s",
	    late.msg);
}
