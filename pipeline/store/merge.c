/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.c - one database into another: idempotent, through the same checks as a new result. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

enum { CALLS_A_COMMIT = 200 };

struct run_pair {
	int64_t from, into;
};

struct merge {
	struct ut_store *into, *from;
	struct ut_error *err;
	struct run_pair *run; /* by `from` */
	size_t n_run;
	struct ut_merge_counts *n;
	struct ut_merge_counts kept; /* what is committed */
	ut_fault_fn *fn;             /* told of damaged calls; NULL: nobody */
	void *user;
	struct ut_call call;
};

/* ---- runs: the same start of the same process on the same machine is the same run ---- */

static enum ut_status find_run(struct merge *m, sqlite3_stmt *row, int64_t *id)
{
	sqlite3_stmt *st = ut_db_stmt(m->into,
				      "SELECT id FROM run WHERE host = ? AND pid = ? AND"
				      " started_at = ? AND command = ?",
				      m->err);
	int rc, n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, ut_db_col(row, 5));
	ut_db_int(st, &n, sqlite3_column_int64(row, 6));
	ut_db_text(st, &n, ut_db_col(row, 7));
	ut_db_text(st, &n, ut_db_col(row, 1));
	rc = ut_db_next(m->into, st, m->err);
	if (rc < 0)
		return UT_EDB;
	*id = rc ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return UT_OK;
}

/* All columns of a row but the first, as they are, into st from its first parameter on. */
static void bind_row(sqlite3_stmt *st, sqlite3_stmt *row, int n_columns)
{
	for (int i = 1; i < n_columns; i++)
		sqlite3_bind_value(st, i, sqlite3_column_value(row, i));
}

static enum ut_status take_run(struct merge *m, sqlite3_stmt *row, int n_columns)
{
	int64_t from = sqlite3_column_int64(row, 0), id;
	struct run_pair *run = realloc(m->run, (m->n_run + 1) * sizeof(*run));
	enum ut_status rc;
	sqlite3_stmt *st;

	if (!run)
		return ut_fail(m->err, UT_ENOMEM, "%s", m->into->path);
	m->run = run;
	rc = find_run(m, row, &id);
	if (rc != UT_OK)
		return rc;
	st = ut_db_stmt(m->into,
			id ? "UPDATE run SET command = ?, options = ?, program = ?, model = ?,"
			     " host = ?, pid = ?, started_at = ?, ended_at = ?, ending = ?,"
			     " n_seen = ?, n_done = ?, n_skipped = ?, n_failed = ?, audio_s = ?,"
			     " cpu_s = ?, wall_s = ? WHERE id = ? AND ended_at IS NULL"
			   : "INSERT INTO run (command, options, program, model, host, pid,"
			     " started_at, ended_at, ending, n_seen, n_done, n_skipped, n_failed,"
			     " audio_s, cpu_s, wall_s) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			m->err);
	if (!st)
		return UT_EDB;
	bind_row(st, row, n_columns);
	if (id)
		sqlite3_bind_int64(st, n_columns, id);
	if (ut_db_run(m->into, st, m->err) != UT_OK)
		return UT_EDB;
	if (!id)
		id = sqlite3_last_insert_rowid(m->into->db);
	m->run[m->n_run++] = (struct run_pair){ from, id };
	return UT_OK;
}

static int64_t into_run(const struct merge *m, int64_t from)
{
	size_t lo = 0, hi = m->n_run;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->run[mid].from < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->n_run && m->run[lo].from == from ? m->run[lo].into : 0;
}

static enum ut_status merge_runs(struct merge *m)
{
	enum { N = 17 };
	sqlite3_stmt *row = ut_db_stmt(
	    m->from,
	    "SELECT id, command, options, program, model, host, pid, started_at, ended_at, ending,"
	    " n_seen, n_done, n_skipped, n_failed, audio_s, cpu_s, wall_s FROM run ORDER BY id",
	    m->err);
	int rc;

	if (!row)
		return UT_EDB;
	while ((rc = ut_db_next(m->from, row, m->err)) > 0)
		if (take_run(m, row, N) != UT_OK)
			break;
	sqlite3_reset(row);
	if (rc != 0)
		return UT_EDB;
	row = ut_db_stmt(m->from, "SELECT run_id, code, n FROM run_failure", m->err);
	if (!row)
		return UT_EDB;
	while ((rc = ut_db_next(m->from, row, m->err)) > 0) {
		sqlite3_stmt *st = ut_db_stmt(m->into,
					      "INSERT INTO run_failure (code, n, run_id)"
					      " VALUES (?,?,?) ON CONFLICT DO UPDATE"
					      " SET n = max(n, excluded.n)",
					      m->err);

		if (!st)
			break;
		bind_row(st, row, 3);
		sqlite3_bind_int64(st, 3, into_run(m, sqlite3_column_int64(row, 0)));
		if (ut_db_run(m->into, st, m->err) != UT_OK)
			break;
	}
	sqlite3_reset(row);
	return rc == 0 ? UT_OK : UT_EDB;
}

/* What the last run said of itself: batch writes "shard":"I/N" into its options. */
static enum ut_status read_shard(struct merge *m)
{
	sqlite3_stmt *st =
	    ut_db_stmt(m->from,
		       "SELECT json_extract(options, '$.shard'), ending IS 'finished' FROM run"
		       " WHERE command = 'batch' AND json_valid(options) ORDER BY id DESC LIMIT 1",
		       m->err);
	const char *text;
	char *slash;
	int rc;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(m->from, st, m->err);
	if (rc > 0) {
		m->n->finished = sqlite3_column_int(st, 1) != 0;
		text = ut_db_col(st, 0);
		if (text && strlen(text) < 40) {
			int64_t index = strtoll(text, &slash, 10);
			int64_t count = *slash == '/' ? strtoll(slash + 1, NULL, 10) : 0;

			if (count > 0 && index >= 0 && index < count) {
				m->n->shard_index = index;
				m->n->shard_count = count;
			}
		}
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

/* ---- calls ---- */

static enum ut_status take_files(struct merge *m, const char *content)
{
	sqlite3_stmt *row = ut_db_stmt(
	    m->from,
	    "SELECT content, path, other_path, size_bytes, mtime_ns, seen_at FROM file WHERE"
	    " content = ?",
	    m->err);
	int rc;

	if (!row)
		return UT_EDB;
	sqlite3_bind_text(row, 1, content, -1, SQLITE_STATIC);
	while ((rc = ut_db_next(m->from, row, m->err)) > 0) {
		/* a row that put_call made a moment ago has no time: real ones replace it */
		sqlite3_stmt *st = ut_db_stmt(
		    m->into,
		    "INSERT INTO file (path, other_path, size_bytes, mtime_ns, seen_at, content)"
		    " VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET size_bytes ="
		    " excluded.size_bytes, mtime_ns = excluded.mtime_ns, seen_at = "
		    "excluded.seen_at,"
		    " other_path = excluded.other_path"
		    " WHERE mtime_ns = 0 OR excluded.seen_at > seen_at",
		    m->err);

		if (!st)
			break;
		bind_row(st, row, 6);
		sqlite3_bind_text(st, 6, content, -1, SQLITE_STATIC);
		if (ut_db_run(m->into, st, m->err) != UT_OK)
			break;
	}
	sqlite3_reset(row);
	return rc == 0 ? UT_OK : UT_EDB;
}

static enum ut_status set_times(struct merge *m, int64_t id, const char *analysed_at,
				const char *current_since)
{
	sqlite3_stmt *st = ut_db_stmt(m->into,
				      "UPDATE call SET analysed_at = coalesce(?1, analysed_at),"
				      " current_since = CASE WHEN ?1 IS NULL"
				      " THEN max(current_since, ?2) ELSE ?2 END WHERE id = ?3"
				      " AND (?1 IS NOT NULL OR current_since < ?2)",
				      m->err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, analysed_at, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, current_since, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, id);
	return ut_db_run(m->into, st, m->err);
}

static void copy_hash(char to[65], const char *from)
{
	size_t n = from ? strlen(from) : 0;

	memcpy(to, from ? from : "", UT_MIN(n, 64));
	to[UT_MIN(n, 64)] = '\0';
}

static enum ut_status take_call(struct merge *m, sqlite3_stmt *row)
{
	struct ut_store_key k;
	sqlite3_stmt *st;
	enum ut_status rc;
	int64_t id = 0;
	int step, n = 0;

	copy_hash(k.content, ut_db_col(row, 1));
	copy_hash(k.options, ut_db_col(row, 2));
	copy_hash(k.model, ut_db_col(row, 3));
	st = ut_db_stmt(
	    m->into, "SELECT id FROM call WHERE content = ? AND options = ? AND model = ?", m->err);
	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, k.content);
	ut_db_text(st, &n, k.options);
	ut_db_text(st, &n, k.model);
	step = ut_db_next(m->into, st, m->err);
	if (step < 0)
		return UT_EDB;
	if (step)
		id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if (id) {
		m->n->known++;
		rc = set_times(m, id, NULL, ut_db_col(row, 6));
	} else {
		rc = ut_store_load_call(m->from, sqlite3_column_int64(row, 0), &m->call, m->err);
		if (rc == UT_OK && !m->call.media.path)
			rc = ut_call_set(&m->call.media.path, k.content) == UT_OK
				 ? UT_OK
				 : ut_fail(m->err, UT_ENOMEM, "%s", m->into->path);
		if (rc == UT_OK)
			rc = ut_db_put_call(m->into, into_run(m, sqlite3_column_int64(row, 4)), &k,
					    &m->call, &id, m->err);
		if (rc == UT_OK)
			rc = set_times(m, id, ut_db_col(row, 5), ut_db_col(row, 6));
		m->n->added += rc == UT_OK;
	}
	return rc == UT_OK ? take_files(m, k.content) : rc;
}

/* Damage in what is taken over, not a fault of either database as such. */
static bool is_damage(const struct merge *m)
{
	int from = sqlite3_errcode(m->from->db) & 0xff, into = sqlite3_errcode(m->into->db) & 0xff;
	bool well = from == SQLITE_OK || from == SQLITE_ROW || from == SQLITE_DONE;

	/* the records themselves, or a page that only this call has */
	if (into == SQLITE_OK || into == SQLITE_ROW || into == SQLITE_DONE)
		return well || from == SQLITE_CORRUPT;
	return well && into == SQLITE_CONSTRAINT; /* the target's rules refuse it */
}

/*
 * One call, or nothing of it: a damaged one is named and left out, and the rest goes on. The same
 * fault in what is around it (disk, lock, memory) ends the merge.
 */
static enum ut_status take_or_leave(struct merge *m, sqlite3_stmt *row)
{
	struct ut_error why = { 0 }, *err = m->err;
	struct ut_merge_counts before = *m->n;
	struct ut_text t = { 0 };
	enum ut_status st = ut_db_exec(m->into, "SAVEPOINT one_call", err);

	if (st != UT_OK)
		return st;
	m->err = &why;
	st = take_call(m, row);
	m->err = err;
	if (st == UT_OK)
		return ut_db_exec(m->into, "RELEASE one_call", err);
	if (st == UT_ENOMEM || !is_damage(m))
		return ut_fail(err, st, "%s", why.msg);
	if (ut_db_exec(m->into, "ROLLBACK TO one_call; RELEASE one_call", err) != UT_OK)
		return UT_EDB;
	*m->n = before;
	m->n->damaged++;
	ut_text_addf(&t, "call %lld is left out: %s", (long long)sqlite3_column_int64(row, 0),
		     why.msg);
	if (m->fn)
		m->fn(m->user, t.failed ? why.msg : t.s);
	ut_text_done(&t);
	return UT_OK;
}

static enum ut_status merge_calls(struct merge *m)
{
	sqlite3_stmt *row = ut_db_stmt(m->from,
				       "SELECT id, content, options, model, run_id, analysed_at,"
				       " current_since FROM call ORDER BY id",
				       m->err);
	enum ut_status st = UT_OK;
	int64_t n = 0;
	int rc = 0;

	if (!row)
		return UT_EDB;
	while (st == UT_OK && (rc = ut_db_next(m->from, row, m->err)) > 0) {
		st = take_or_leave(m, row);
		if (st == UT_OK && ++n % CALLS_A_COMMIT == 0) {
			st = ut_db_exec(m->into, "COMMIT", m->err);
			if (st == UT_OK)
				m->kept = *m->n;
			if (st == UT_OK)
				st = ut_db_begin(m->into, m->err);
		}
	}
	sqlite3_reset(row);
	return rc < 0 ? UT_EDB : st;
}

/* ---- failures: only what no later result of the same content or path has resolved ---- */

static enum ut_status merge_failures(struct merge *m)
{
	sqlite3_stmt *row =
	    ut_db_stmt(m->from,
		       "SELECT run_id, subject, options, model, content, path, code,"
		       " message, attempts, first_at, last_at FROM failure",
		       m->err);
	int rc;

	if (!row)
		return UT_EDB;
	while ((rc = ut_db_next(m->from, row, m->err)) > 0) {
		sqlite3_stmt *st = ut_db_stmt(
		    m->into,
		    "INSERT INTO failure (subject, options, model, content, path, code, message,"
		    " attempts, first_at, last_at, run_id)"
		    " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11 WHERE NOT EXISTS ("
		    "SELECT 1 FROM call AS c WHERE c.analysed_at >= ?10 AND (c.content = ?4 OR"
		    " c.content IN (SELECT content FROM file WHERE path = ?5)))"
		    " ON CONFLICT DO UPDATE SET path = excluded.path, code = excluded.code,"
		    " message = excluded.message, attempts = excluded.attempts,"
		    " last_at = excluded.last_at, run_id = excluded.run_id"
		    " WHERE excluded.last_at > last_at",
		    m->err);
		int64_t run;

		if (!st)
			break;
		bind_row(st, row, 11);
		run = into_run(m, sqlite3_column_int64(row, 0));
		if (run)
			sqlite3_bind_int64(st, 11, run);
		else
			sqlite3_bind_null(st, 11);
		if (ut_db_run(m->into, st, m->err) != UT_OK)
			break;
		m->n->failures += sqlite3_changes(m->into->db);
	}
	sqlite3_reset(row);
	return rc == 0 ? UT_OK : UT_EDB;
}

enum ut_status ut_store_merge(struct ut_store *into, struct ut_store *from, const char *from_path,
			      const char *actor, ut_fault_fn *fn, void *user,
			      struct ut_merge_counts *ret, struct ut_error *err)
{
	struct merge m = {
		.into = into, .from = from, .err = err, .n = ret, .fn = fn, .user = user
	};
	enum ut_status st;

	memset(ret, 0, sizeof(*ret));
	ut_call_init(&m.call);
	/* one snapshot of the source, so that a batch that still writes there gives no half state
	 */
	st = ut_db_exec(from, "BEGIN", err);
	if (st != UT_OK)
		return st;
	st = ut_db_begin(into, err);
	if (st == UT_OK) {
		st = read_shard(&m);
		if (st == UT_OK)
			st = merge_runs(&m);
		if (st == UT_OK)
			st = merge_calls(&m);
		if (st == UT_OK)
			st = merge_failures(&m);
		if (st == UT_OK)
			st = ut_db_merge_review(into, from, &ret->reviews, &ret->handed, err);
		if (st == UT_OK && (ret->added || ret->reviews || ret->handed))
			st = ut_db_audit(into, actor, "merge", from_path, ret->added, err);
		st = ut_db_end(into, st, err);
		if (st != UT_OK) { /* the rest was rolled back */
			ret->added = m.kept.added;
			ret->known = m.kept.known;
			ret->failures = m.kept.failures;
			ret->reviews = 0;
			ret->handed = 0;
			ret->damaged = m.kept.damaged;
		}
	}
	ut_db_release(from);
	ut_call_done(&m.call);
	free(m.run);
	return st;
}
