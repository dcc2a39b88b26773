/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query.c - the named read-only queries. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The columns of view finding, written out so that the order comes from an index. */
#define FINDING_COLUMNS                                                                            \
	"SELECT c.id, (SELECT min(f.path) FROM file AS f WHERE f.content = c.content), "           \
	"c.call_key,"                                                                              \
	" c.start_time, c.team, c.queue, c.agent_id, coalesce(t.label, 'none'), t.accepting,"      \
	" t.resigned, t.angry, t.resigned + t.angry, k.start_frame / 100.0, k.end_frame / 100.0,"  \
	" k.found_by, k.phrase "

static enum ut_status list(struct ut_store *s, sqlite3_stmt *st, int64_t *left, ut_finding_fn *fn,
			   void *user, struct ut_error *err)
{
	int rc = 0;

	while (*left != 0 && (rc = ut_db_next(s, st, err)) > 0) {
		struct ut_finding f = {
			.call_id = sqlite3_column_int64(st, 0),
			.file = ut_db_col(st, 1),
			.call_key = ut_db_col(st, 2),
			.start_time = ut_db_col(st, 3),
			.team = ut_db_col(st, 4),
			.queue = ut_db_col(st, 5),
			.agent_id = ut_db_col(st, 6),
			.label = ut_db_col(st, 7),
			.has_tone = sqlite3_column_type(st, 11) != SQLITE_NULL,
			.has_closing = sqlite3_column_type(st, 12) != SQLITE_NULL,
			.score = { sqlite3_column_double(st, 8), sqlite3_column_double(st, 9),
				   sqlite3_column_double(st, 10) },
			.rank = sqlite3_column_double(st, 11),
			.closing_start_s = sqlite3_column_double(st, 12),
			.closing_end_s = sqlite3_column_double(st, 13),
			.found_by = ut_db_col(st, 14),
			.phrase = ut_db_col(st, 15),
		};

		if (!f.file)
			f.file = "";
		if (!f.label)
			f.label = "none";
		*left -= *left > 0;
		if (!fn(user, &f))
			*left = 0;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_findings(struct ut_store *s, const struct ut_finding_query *q,
				 ut_finding_fn *fn, void *user, struct ut_error *err)
{
	int64_t left = q->limit > 0 ? q->limit : -1; /* -1: no bound */
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       FINDING_COLUMNS "FROM tone AS t CROSS JOIN call AS c ON c.id = t.call_id"
				       " JOIN closing AS k ON k.call_id = t.call_id"
				       " JOIN party AS p ON p.call_id = k.call_id AND p.party ="
				       " k.party AND p.role = 'customer' AND p.kind = 'external'"
				       " AND p.verified = 1" /* should the triggers be gone */
				       " WHERE t.resigned + t.angry >= ? AND" UT_DB_CURRENT
				       "ORDER BY t.resigned + t.angry DESC, c.content",
		       err);
	enum ut_status rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_double(st, 1, q->min_rank);
	rc = list(s, st, &left, fn, user, err);
	if (rc != UT_OK || left == 0 || !q->all)
		return rc;
	st = ut_db_stmt(s,
			FINDING_COLUMNS "FROM call AS c LEFT JOIN closing AS k ON k.call_id = c.id"
					" LEFT JOIN tone AS t ON t.call_id = c.id"
					" WHERE t.call_id IS NULL AND" UT_DB_CURRENT
					"ORDER BY c.content",
			err);
	return st ? list(s, st, &left, fn, user, err) : UT_EDB;
}

enum ut_status ut_store_counts(struct ut_store *s, struct ut_store_counts *ret,
			       struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "SELECT count(*), count(t.call_id), count(k.call_id),"
		       " (SELECT count(*) FROM failure) FROM call AS c"
		       " LEFT JOIN closing AS k ON k.call_id = c.id"
		       " LEFT JOIN tone AS t ON t.call_id = c.id WHERE" UT_DB_CURRENT,
		       err);

	if (!st || ut_db_next(s, st, err) < 0)
		return UT_EDB;
	ret->recordings = sqlite3_column_int64(st, 0);
	ret->tones = sqlite3_column_int64(st, 1);
	ret->closings = sqlite3_column_int64(st, 2);
	ret->failures = sqlite3_column_int64(st, 3);
	sqlite3_reset(st);
	return UT_OK;
}

enum ut_status ut_store_stored(struct ut_store *s, int64_t call_id, struct ut_stored *ret,
			       struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT content, options, model, analysed_at, coalesce(run_id, 0)," UT_DB_CURRENT
	    "FROM call AS c WHERE id = ?",
	    err);
	char *const to[] = { ret->key.content, ret->key.options, ret->key.model, ret->analysed_at };
	const size_t cap[] = { 65, 65, 65, sizeof(ret->analysed_at) };
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	if (rc == 0)
		return ut_fail(err, UT_ENOENT, "%s: there is no call %lld", s->path,
			       (long long)call_id);
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < 4; i++) {
		const char *v = ut_db_col(st, i);
		size_t len = v ? strlen(v) : 0;

		memcpy(to[i], v ? v : "", UT_MIN(len, cap[i] - 1));
	}
	ret->run_id = sqlite3_column_int64(st, 4);
	ret->current = sqlite3_column_int(st, 5) != 0;
	sqlite3_reset(st);
	return UT_OK;
}

enum ut_status ut_store_must_be_current(struct ut_store *s, int64_t call_id, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s, "SELECT " UT_DB_CURRENT_OF("k.content") " FROM call AS k WHERE k.id = ?", err);
	int64_t now;
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	rc = ut_db_next(s, st, err);
	now = rc > 0 ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	if (rc < 0)
		return UT_EDB;
	if (rc == 0)
		return ut_fail(err, UT_ENOENT, "%s: there is no call %lld", s->path,
			       (long long)call_id);
	if (now == call_id)
		return UT_OK;
	return ut_fail(err, UT_ENOENT,
		       "call %lld is an earlier result of its recording: call %lld is what counts",
		       (long long)call_id, (long long)now);
}

enum ut_status ut_store_paths(struct ut_store *s, int64_t call_id, ut_path_fn *fn, void *user,
			      struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT path, other_path FROM file WHERE content ="
				      " (SELECT content FROM call WHERE id = ?) ORDER BY path",
				      err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	while ((rc = ut_db_next(s, st, err)) > 0)
		if (!fn(user, ut_db_str(st, 0), ut_db_col(st, 1)))
			break;
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

/* The one call that a query gives, or a message that lists some of several. 0: none. */
static enum ut_status only_one(struct ut_store *s, sqlite3_stmt *st, const char *name, int64_t *ret,
			       struct ut_error *err)
{
	struct ut_text list = { 0 };
	unsigned n = 0;
	int rc;

	*ret = 0;
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const char *path = ut_db_col(st, 1);

		if (n++ == 0)
			*ret = sqlite3_column_int64(st, 0);
		if (n <= 3)
			ut_text_addf(&list, "%s%lld (%s)", n > 1 ? ", " : "",
				     (long long)sqlite3_column_int64(st, 0), path ? path : "");
		else
			break;
	}
	sqlite3_reset(st);
	if (rc >= 0 && n > 1) {
		*ret = 0;
		ut_fail(err, UT_EINVAL, "'%s' names several calls: %s%s; pass the number", name,
			list.failed ? "" : list.s, n > 3 ? ", ..." : "");
		rc = -2;
	}
	ut_text_done(&list);
	return rc == -2 ? UT_EINVAL : rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_find_call(struct ut_store *s, const char *name, int64_t *call_id,
				  struct ut_error *err)
{
	static const char *const sql[] = {
		/* a row's number: any row, current or not */
		"SELECT id, NULL FROM call WHERE ?1 <> '' AND ?1 NOT GLOB '*[^0-9]*'"
		" AND id = CAST(?1 AS INTEGER)",
		"SELECT id, path FROM current_call WHERE call_key = ?1 ORDER BY id LIMIT 4",
		"SELECT DISTINCT c.id, c.path FROM file AS f JOIN current_call AS c"
		" ON c.content = f.content WHERE f.path = ?1 OR f.other_path = ?1 ORDER BY c.id"
		" LIMIT 4",
		/* the end of a path, from a slash on */
		"SELECT DISTINCT c.id, c.path FROM file AS f JOIN current_call AS c"
		" ON c.content = f.content"
		" WHERE ?1 <> '' AND (substr(f.path, -length(?1) - 1) = '/' || ?1"
		" OR substr(f.other_path, -length(?1) - 1) = '/' || ?1)"
		" ORDER BY c.id LIMIT 4",
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(sql); i++) {
		sqlite3_stmt *st = ut_db_stmt(s, sql[i], err);
		enum ut_status rc;

		if (!st)
			return UT_EDB;
		sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
		rc = only_one(s, st, name, call_id, err);
		if (rc != UT_OK || *call_id)
			return rc;
	}
	return ut_fail(err, UT_ENOENT,
		       "there is no call '%s' in %s: pass a number from `undertone findings`, a "
		       "call id, or a file name",
		       name, s->path);
}

enum ut_status ut_store_runs(struct ut_store *s, int64_t limit, bool only_open, ut_run_fn *fn,
			     void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT id, command, options, program, model, host, pid, started_at, ended_at, ending,"
	    " n_seen, n_done, n_skipped, n_failed, audio_s, cpu_s, wall_s,"
	    " (SELECT group_concat(code || ' ' || n, ', ') FROM (SELECT code, n FROM run_failure"
	    " WHERE run_id = r.id ORDER BY n DESC, code))"
	    " FROM run AS r WHERE NOT ?1 OR ended_at IS NULL ORDER BY id DESC LIMIT ?2",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int(st, 1, only_open);
	sqlite3_bind_int64(st, 2, limit > 0 ? limit : -1);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		struct ut_run r = {
			.id = sqlite3_column_int64(st, 0),
			.info = { .command = ut_db_str(st, 1),
				  .options_json = ut_db_str(st, 2),
				  .program_version = ut_db_str(st, 3),
				  .model_hash = ut_db_str(st, 4),
				  .host = ut_db_str(st, 5),
				  .pid = sqlite3_column_int64(st, 6) },
			.started_at = ut_db_str(st, 7),
			.ended_at = ut_db_col(st, 8),
			.n = { .end = ut_db_col(st, 9),
			       .seen = sqlite3_column_int64(st, 10),
			       .done = sqlite3_column_int64(st, 11),
			       .skipped = sqlite3_column_int64(st, 12),
			       .failed = sqlite3_column_int64(st, 13),
			       .audio_s = sqlite3_column_double(st, 14),
			       .cpu_s = sqlite3_column_double(st, 15),
			       .wall_s = sqlite3_column_double(st, 16) },
			.failures = ut_db_col(st, 17),
		};

		if (!r.failures)
			r.failures = "";
		if (!fn(user, &r))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_failures(struct ut_store *s, ut_failure_fn *fn, void *user,
				 struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT path, content, code, message, first_at, last_at,"
				      " attempts, coalesce(run_id, 0) FROM failure"
				      " ORDER BY path, subject, options, model",
				      err);
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(s, st, err)) > 0) {
		struct ut_failure f = {
			.path = ut_db_str(st, 0),
			.content = ut_db_str(st, 1),
			.code = ut_db_str(st, 2),
			.message = ut_db_str(st, 3),
			.first_at = ut_db_str(st, 4),
			.last_at = ut_db_str(st, 5),
			.attempts = sqlite3_column_int64(st, 6),
			.run_id = sqlite3_column_int64(st, 7),
		};

		if (!fn(user, &f))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_audit(struct ut_store *s, int64_t limit, ut_audit_fn *fn, void *user,
			      struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT at, actor, action, subject, n_calls FROM audit"
				      " ORDER BY id DESC LIMIT ?",
				      err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, limit > 0 ? limit : -1);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_audit a = {
			.at = ut_db_str(st, 0),
			.actor = ut_db_str(st, 1),
			.action = ut_db_str(st, 2),
			.subject = ut_db_str(st, 3),
			.n_calls = sqlite3_column_int64(st, 4),
		};

		if (!fn(user, &a))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
