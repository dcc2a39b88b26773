/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge_review.c - what trainers added and took away, from one database into another. A person is
 * known by the name, a session by name and start, a verdict or note by all that it says: doing it
 * again adds nothing. Who comes with a merged database keeps authorship but no way in: a token of
 * another place is none here (`undertone user add` gives one).
 */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

struct carry {
	struct ut_store *into, *from;
	struct ut_error *err;
	int64_t n, handed; /* new rows: of people's work; of files handed out */
};

/* Columns [first, first + n) of row to the parameters 1.. of st, as they are. */
static void bind_columns(sqlite3_stmt *st, sqlite3_stmt *row, int first, int n)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_value(st, 1 + i, sqlite3_column_value(row, first + i));
}

/* The first column of a query's only row, 0 where it has none. */
static enum ut_status one_id(struct carry *c, sqlite3_stmt *st, int64_t *ret)
{
	int rc = ut_db_next(c->into, st, c->err);

	*ret = rc > 0 ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

/* Columns 0..2 of row: name, role, created_at. *id in `into`. */
static enum ut_status take_reviewer(struct carry *c, sqlite3_stmt *row, int first, int64_t *id)
{
	sqlite3_stmt *st = ut_db_stmt(
	    c->into,
	    "INSERT INTO reviewer (name, role, created_at, token, ended_at) VALUES (?, ?, ?,"
	    " lower(hex(randomblob(32))), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
	    " ON CONFLICT (name) DO NOTHING",
	    c->err);

	if (!st)
		return UT_EDB;
	bind_columns(st, row, first, 3);
	if (ut_db_run(c->into, st, c->err) != UT_OK)
		return UT_EDB;
	st = ut_db_stmt(c->into, "SELECT id FROM reviewer WHERE name = ?", c->err);
	if (!st)
		return UT_EDB;
	bind_columns(st, row, first, 1);
	return one_id(c, st, id);
}

/* Columns of row from `first` on: name, created_at, ended_at. The author is known already. */
static enum ut_status take_session(struct carry *c, sqlite3_stmt *row, int first, int64_t author,
				   int64_t *id)
{
	static const char find[] = "SELECT id FROM calibration WHERE created_at = ?2 AND"
				   " (name = ?1 OR name = substr(?1, 1, 96) || ' (' || ?2 || ')')";
	sqlite3_stmt *st = ut_db_stmt(c->into, find, c->err);

	if (!st)
		return UT_EDB;
	bind_columns(st, row, first, 2);
	if (one_id(c, st, id) != UT_OK)
		return UT_EDB;
	if (*id) {
		st = ut_db_stmt(c->into,
				"UPDATE calibration SET ended_at = ? WHERE id = ? AND"
				" ended_at IS NULL AND ?1 IS NOT NULL",
				c->err);
		if (!st)
			return UT_EDB;
		bind_columns(st, row, first + 2, 1);
		sqlite3_bind_int64(st, 2, *id);
		return ut_db_run(c->into, st, c->err);
	}
	/* another session of the same name: this one gets its start behind the name */
	st = ut_db_stmt(c->into,
			"INSERT INTO calibration (name, created_at, ended_at, created_by) VALUES ("
			"CASE WHEN EXISTS (SELECT 1 FROM calibration WHERE name = ?1) THEN"
			" substr(?1, 1, 96) || ' (' || ?2 || ')' ELSE ?1 END, ?2, ?3, ?4)",
			c->err);
	if (!st)
		return UT_EDB;
	bind_columns(st, row, first, 3);
	sqlite3_bind_int64(st, 4, author);
	if (ut_db_run(c->into, st, c->err) != UT_OK)
		return UT_EDB;
	*id = sqlite3_last_insert_rowid(c->into->db);
	c->n++;
	return UT_OK;
}

/* Runs fn on every row of a query in `from`. */
static enum ut_status each(struct carry *c, const char *sql,
			   enum ut_status (*fn)(struct carry *c, sqlite3_stmt *row))
{
	sqlite3_stmt *row = ut_db_stmt(c->from, sql, c->err);
	enum ut_status st = UT_OK;
	int rc = 0;

	if (!row)
		return UT_EDB;
	while (st == UT_OK && (rc = ut_db_next(c->from, row, c->err)) > 0)
		st = fn(c, row);
	sqlite3_reset(row);
	return rc < 0 ? UT_EDB : st;
}

static enum ut_status reviewer_row(struct carry *c, sqlite3_stmt *row)
{
	int64_t id;

	return take_reviewer(c, row, 0, &id);
}

/* name, role, created_at of the author; name, created_at, ended_at of the session; the call's
 * place and content. */
static enum ut_status session_row(struct carry *c, sqlite3_stmt *row)
{
	int64_t author, id;
	sqlite3_stmt *st;

	if (take_reviewer(c, row, 0, &author) != UT_OK ||
	    take_session(c, row, 3, author, &id) != UT_OK)
		return UT_EDB;
	if (sqlite3_column_type(row, 6) == SQLITE_NULL)
		return UT_OK;
	st = ut_db_stmt(c->into,
			"INSERT INTO calibration_call (content, calibration_id, n) SELECT ?1, ?2,"
			" coalesce(max(n) + 1, 0) FROM calibration_call WHERE calibration_id = ?2"
			" HAVING NOT EXISTS (SELECT 1 FROM calibration_call WHERE"
			" calibration_id = ?2 AND content = ?1)",
			c->err);
	if (!st)
		return UT_EDB;
	bind_columns(st, row, 6, 1);
	sqlite3_bind_int64(st, 2, id);
	return ut_db_run(c->into, st, c->err);
}

static enum ut_status take_tags(struct carry *c, int64_t from, int64_t into)
{
	sqlite3_stmt *row =
	    ut_db_stmt(c->from, "SELECT tag FROM verdict_tag WHERE verdict_id = ?", c->err);
	int rc;

	if (!row)
		return UT_EDB;
	sqlite3_bind_int64(row, 1, from);
	while ((rc = ut_db_next(c->from, row, c->err)) > 0) {
		sqlite3_stmt *st =
		    ut_db_stmt(c->into,
			       "INSERT INTO verdict_tag (tag, verdict_id) VALUES (?, ?)"
			       " ON CONFLICT DO NOTHING",
			       c->err);

		if (!st)
			break;
		bind_columns(st, row, 0, 1);
		sqlite3_bind_int64(st, 2, into);
		if (ut_db_run(c->into, st, c->err) != UT_OK)
			break;
	}
	sqlite3_reset(row);
	return rc == 0 ? UT_OK : UT_EDB;
}

/* id; name, role, created_at of the reviewer; content, start, end, given_at, heard, shown, note;
 * name, created_at, ended_at of the session; name, role, created_at of its author. */
static enum ut_status verdict_row(struct carry *c, sqlite3_stmt *row)
{
	int64_t who, author, session = 0;
	sqlite3_stmt *st;

	if (take_reviewer(c, row, 1, &who) != UT_OK)
		return UT_EDB;
	if (sqlite3_column_type(row, 11) != SQLITE_NULL &&
	    (take_reviewer(c, row, 14, &author) != UT_OK ||
	     take_session(c, row, 11, author, &session) != UT_OK))
		return UT_EDB;
	/* not where the tone it spoke of is not there (any more): the trigger would refuse it */
	st = ut_db_stmt(
	    c->into,
	    "INSERT INTO verdict (content, start_frame, end_frame, given_at, heard, shown, note,"
	    " reviewer_id, calibration_id) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE"
	    " NOT EXISTS (SELECT 1 FROM verdict WHERE content = ?1 AND reviewer_id = ?8 AND"
	    " start_frame = ?2 AND end_frame = ?3 AND given_at = ?4 AND heard = ?5 AND"
	    " calibration_id IS ?9) AND EXISTS (SELECT 1 FROM call AS c JOIN tone AS t ON"
	    " t.call_id = c.id JOIN closing AS k ON k.call_id = c.id JOIN party AS p ON"
	    " p.call_id = k.call_id AND p.party = k.party WHERE c.content = ?1 AND"
	    " p.role = 'customer' AND p.kind = 'external' AND p.verified = 1)",
	    c->err);
	if (!st)
		return UT_EDB;
	bind_columns(st, row, 4, 7);
	sqlite3_bind_int64(st, 8, who);
	if (session)
		sqlite3_bind_int64(st, 9, session);
	if (ut_db_run(c->into, st, c->err) != UT_OK)
		return UT_EDB;
	if (sqlite3_changes(c->into->db) == 0)
		return UT_OK;
	c->n++;
	return take_tags(c, sqlite3_column_int64(row, 0), sqlite3_last_insert_rowid(c->into->db));
}

static enum ut_status coaching_row(struct carry *c, sqlite3_stmt *row)
{
	sqlite3_stmt *st = ut_db_stmt(
	    c->into,
	    "INSERT INTO coaching (at, author, person, content, kind, topic, discussed, note)"
	    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM coaching WHERE"
	    " at = ?1 AND author = ?2 AND person = ?3 AND content IS ?4 AND kind = ?5 AND"
	    " topic = ?6 AND note IS ?8)",
	    c->err);

	if (!st)
		return UT_EDB;
	bind_columns(st, row, 0, 8);
	if (ut_db_run(c->into, st, c->err) != UT_OK)
		return UT_EDB;
	c->n += sqlite3_changes(c->into->db);
	return UT_OK;
}

/*
 * path, pack, sha256, made_as, at, actor of a file that was handed out; a content that it holds.
 * Where both databases noted the path, the file that was written last stands there.
 */
static enum ut_status handed_row(struct carry *c, sqlite3_stmt *row)
{
	static const char *const steps[] = {
		"DELETE FROM handed_out WHERE path = ?1 AND sha256 <> ?3 AND at < ?5",
		"INSERT INTO handed_out (path, pack, sha256, made_as, at, actor)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (path) DO NOTHING",
		"INSERT INTO handed_out_call (handed_out_id, content) SELECT id, ?7 FROM handed_out"
		" WHERE path = ?1 AND sha256 = ?3 AND ?7 IS NOT NULL ON CONFLICT DO NOTHING",
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(steps); i++) {
		sqlite3_stmt *st = ut_db_stmt(c->into, steps[i], c->err);

		if (!st)
			return UT_EDB;
		bind_columns(st, row, 0, sqlite3_bind_parameter_count(st));
		if (ut_db_run(c->into, st, c->err) != UT_OK)
			return UT_EDB;
		if (i == 1)
			c->handed += sqlite3_changes(c->into->db);
	}
	return UT_OK;
}

enum ut_status ut_db_merge_review(struct ut_store *into, struct ut_store *from, int64_t *n,
				  int64_t *handed, struct ut_error *err)
{
	struct carry c = { into, from, err, 0, 0 };
	enum ut_status st;

	st = each(&c, "SELECT name, role, created_at FROM reviewer ORDER BY id", reviewer_row);
	if (st == UT_OK)
		st = each(&c,
			  "SELECT r.name, r.role, r.created_at, b.name, b.created_at, b.ended_at,"
			  " x.content FROM calibration AS b JOIN reviewer AS r ON"
			  " r.id = b.created_by LEFT JOIN calibration_call AS x ON"
			  " x.calibration_id = b.id ORDER BY b.id, x.n",
			  session_row);
	if (st == UT_OK)
		st =
		    each(&c,
			 "SELECT v.id, r.name, r.role, r.created_at, v.content, v.start_frame,"
			 " v.end_frame, v.given_at, v.heard, v.shown, v.note, b.name,"
			 " b.created_at, b.ended_at, a.name, a.role, a.created_at FROM verdict AS v"
			 " JOIN reviewer AS r ON r.id = v.reviewer_id LEFT JOIN calibration AS b"
			 " ON b.id = v.calibration_id LEFT JOIN reviewer AS a ON"
			 " a.id = b.created_by ORDER BY v.id",
			 verdict_row);
	if (st == UT_OK)
		st = each(&c,
			  "SELECT at, author, person, content, kind, topic, discussed, note FROM"
			  " coaching ORDER BY id",
			  coaching_row);
	if (st == UT_OK)
		st =
		    each(&c,
			 "SELECT h.path, h.pack, h.sha256, h.made_as, h.at, h.actor, x.content FROM"
			 " handed_out AS h LEFT JOIN handed_out_call AS x ON x.handed_out_id = h.id"
			 " ORDER BY h.id, x.content",
			 handed_row);
	*n = c.n;
	*handed = c.handed;
	return st;
}
