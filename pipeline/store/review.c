/* SPDX-License-Identifier: GPL-3.0-or-later */
/* review.c - reviewers, verdicts, blind sessions. Each change is one short transaction with the
 * audit row that tells of it. */
#include "store/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "store/internal.h"

const char *ut_review_role_name(enum ut_review_role r)
{
	static const char *const names[] = { "viewer", "trainer", "admin" };

	return names[r];
}

bool ut_review_role_find(const char *name, enum ut_review_role *ret)
{
	for (unsigned i = 0; name && i < UT_N_REVIEW_ROLES; i++)
		if (strcmp(ut_review_role_name((enum ut_review_role)i), name) == 0) {
			*ret = (enum ut_review_role)i;
			return true;
		}
	return false;
}

const char *const ut_review_tag_name[UT_N_TAGS] = {
#define X(id, name) name,
	UT_REVIEW_TAGS(X)
#undef X
};

static const char *const heard_names[UT_N_TONES + 1] = { "accepting", "resigned", "angry",
							 "unsure" };

const char *ut_review_heard_name(enum ut_tone_label heard)
{
	return heard_names[heard];
}

bool ut_review_heard_find(const char *name, enum ut_tone_label *ret)
{
	for (unsigned i = 0; name && i <= UT_N_TONES; i++)
		if (strcmp(heard_names[i], name) == 0) {
			*ret = (enum ut_tone_label)i;
			return true;
		}
	return false;
}

/* Characters of valid UTF-8 without control characters (a newline may pass); -1 where it is not. */
static long text_length(const char *s, bool lines)
{
	long n = 0;

	while (*s) {
		size_t len = ut_utf8_len(s);

		if (len == 0 || (len == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f) &&
				 !(lines && (*s == '\n' || *s == '\r' || *s == '\t'))))
			return -1;
		s += len;
		n++;
	}
	return n;
}

enum ut_status ut_review_note(struct ut_store *s, const char *actor, const char *action,
			      const char *subject, int64_t n_calls, struct ut_error *err)
{
	return ut_db_audit(s, actor, action, subject, n_calls, err);
}

/* ---- people ---- */

#define REVIEWER "SELECT id, name, role, created_at, ended_at, token FROM reviewer "

static void copy_text(char *to, size_t cap, const char *from)
{
	snprintf(to, cap, "%s", from ? from : "");
}

static bool reviewer_of(sqlite3_stmt *st, struct ut_reviewer *r)
{
	r->id = sqlite3_column_int64(st, 0);
	copy_text(r->name, sizeof(r->name), ut_db_col(st, 1));
	copy_text(r->created_at, sizeof(r->created_at), ut_db_col(st, 3));
	copy_text(r->ended_at, sizeof(r->ended_at), ut_db_col(st, 4));
	copy_text(r->token, sizeof(r->token), ut_db_col(st, 5));
	return ut_review_role_find(ut_db_str(st, 2), &r->role);
}

static enum ut_status one_reviewer(struct ut_store *s, sqlite3_stmt *st, struct ut_reviewer *ret,
				   struct ut_error *err)
{
	int rc = ut_db_next(s, st, err);
	bool known = rc > 0 && reviewer_of(st, ret);

	sqlite3_reset(st);
	if (rc < 0)
		return UT_EDB;
	return known ? UT_OK : ut_fail(err, UT_ENOENT, "%s: there is no such reviewer", s->path);
}

enum ut_status ut_review_find_token(struct ut_store *s, const char token_hash[65],
				    struct ut_reviewer *ret, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, REVIEWER "WHERE token = ? AND ended_at IS NULL", err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, token_hash, -1, SQLITE_STATIC);
	return one_reviewer(s, st, ret, err);
}

enum ut_status ut_review_find_user(struct ut_store *s, int64_t id, struct ut_reviewer *ret,
				   struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, REVIEWER "WHERE id = ? AND ended_at IS NULL", err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, id);
	return one_reviewer(s, st, ret, err);
}

enum ut_status ut_review_users(struct ut_store *s, ut_reviewer_fn *fn, void *user,
			       struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, REVIEWER "ORDER BY name", err);
	struct ut_reviewer r;
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(s, st, err)) > 0)
		if (reviewer_of(st, &r) && !fn(user, &r))
			break;
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status add_user(struct ut_store *s, const char *name, enum ut_review_role role,
			       const char *token, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "INSERT INTO reviewer (name, role, token) VALUES (?,?,?)"
				      " ON CONFLICT (name) DO UPDATE SET role = excluded.role,"
				      " token = excluded.token, ended_at = NULL"
				      " WHERE ended_at IS NOT NULL",
				      err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, name);
	ut_db_text(st, &n, ut_review_role_name(role));
	ut_db_text(st, &n, token);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	if (sqlite3_changes(s->db) == 0)
		return ut_fail(err, UT_EINVAL,
			       "there is a reviewer '%s' already: `undertone user end` first, or "
			       "take another name",
			       name);
	return UT_OK;
}

enum ut_status ut_review_add_user(struct ut_store *s, const char *actor, const char *name,
				  enum ut_review_role role, const char token_hash[65],
				  struct ut_error *err)
{
	long n = text_length(name, false);
	char subject[4 * UT_REVIEW_NAME_MAX + 32];
	enum ut_status st;

	if (n < 1 || n > UT_REVIEW_NAME_MAX || strlen(name) > 4 * UT_REVIEW_NAME_MAX)
		return ut_fail(err, UT_EINVAL, "a name has 1 to %d characters, in UTF-8",
			       UT_REVIEW_NAME_MAX);
	st = ut_db_begin(s, err);
	if (st != UT_OK)
		return st;
	st = add_user(s, name, role, token_hash, err);
	snprintf(subject, sizeof(subject), "add %s, %s", ut_review_role_name(role), name);
	if (st == UT_OK)
		st = ut_db_audit(s, actor, "user", subject, 0, err);
	return ut_db_end(s, st, err);
}

static enum ut_status end_user(struct ut_store *s, const char *name, struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "UPDATE reviewer SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
		       " WHERE name = ? AND ended_at IS NULL",
		       err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	return sqlite3_changes(s->db)
		   ? UT_OK
		   : ut_fail(err, UT_ENOENT,
			     "there is no active reviewer '%s': `undertone user list` names them",
			     name);
}

enum ut_status ut_review_end_user(struct ut_store *s, const char *actor, const char *name,
				  struct ut_error *err)
{
	char subject[4 * UT_REVIEW_NAME_MAX + 32];
	enum ut_status st = ut_db_begin(s, err);

	if (st != UT_OK)
		return st;
	st = end_user(s, name, err);
	snprintf(subject, sizeof(subject), "end %s", name);
	if (st == UT_OK)
		st = ut_db_audit(s, actor, "user", subject, 0, err);
	return ut_db_end(s, st, err);
}

/* ---- verdicts ---- */

/* Whether a statement with up to three numbers gives a row. */
static enum ut_status is_there(struct ut_store *s, const char *literal, int64_t a, int64_t b,
			       bool *ret, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, literal, err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, a);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, b);
	rc = ut_db_next(s, st, err);
	sqlite3_reset(st);
	*ret = rc > 0;
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status may_judge(struct ut_store *s, const struct ut_verdict *v,
				struct ut_error *err)
{
	static const struct {
		const char *sql, *refusal;
	} checks[] = {
		{ "SELECT 1 FROM reviewer WHERE id = ? AND ended_at IS NULL AND role <> 'viewer'",
		  "this reviewer may only read" },
		{ "SELECT 1 FROM tone AS t JOIN closing AS k ON k.call_id = t.call_id JOIN party AS"
		  " p ON p.call_id = k.call_id AND p.party = k.party JOIN call AS c ON c.id ="
		  " t.call_id WHERE t.call_id = ? AND p.role = 'customer' AND p.kind = 'external'"
		  " AND p.verified = 1 AND" UT_DB_CURRENT,
		  "there is no tone of a verified external customer to judge" },
		{ "SELECT 1 FROM calibration AS b JOIN calibration_call AS x ON x.calibration_id ="
		  " b.id JOIN call AS c ON c.content = x.content WHERE b.id = ?1 AND b.ended_at IS"
		  " NULL AND c.id = ?2",
		  "the session is over, or does not hold this call" },
	};
	const int64_t a[] = { v->reviewer_id, v->call_id, v->calibration_id };

	for (size_t i = 0; i < UT_ARRAY_LEN(checks); i++) {
		bool there;

		if (i == 2 && v->calibration_id == 0)
			break;
		if (is_there(s, checks[i].sql, a[i], v->call_id, &there, err) != UT_OK)
			return UT_EDB;
		if (!there)
			return ut_fail(err, UT_EREFUSED, "%s", checks[i].refusal);
	}
	return UT_OK;
}

static enum ut_status put_verdict(struct ut_store *s, const struct ut_verdict *v,
				  struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, calibration_id,"
	    " heard, shown, note) SELECT c.content, k.start_frame, k.end_frame, ?2, ?3, ?4,"
	    " CASE WHEN ?5 THEN NULL ELSE t.label END, ?6 FROM call AS c JOIN closing AS k ON"
	    " k.call_id = c.id JOIN tone AS t ON t.call_id = c.id WHERE c.id = ?1",
	    err);
	int n = 0;
	int64_t id;

	if (!st)
		return UT_EDB;
	ut_db_int(st, &n, v->call_id);
	ut_db_int(st, &n, v->reviewer_id);
	if (v->calibration_id)
		ut_db_int(st, &n, v->calibration_id);
	else
		ut_db_null(st, &n);
	ut_db_text(st, &n, heard_names[v->heard]);
	ut_db_int(st, &n, v->blind);
	ut_db_text(st, &n, v->note && v->note[0] ? v->note : NULL);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	id = sqlite3_last_insert_rowid(s->db);
	for (unsigned i = 0; i < UT_N_TAGS; i++) {
		if (!(v->tags >> i & 1))
			continue;
		st = ut_db_stmt(s, "INSERT INTO verdict_tag (verdict_id, tag) VALUES (?,?)", err);
		if (!st)
			return UT_EDB;
		n = 0;
		ut_db_int(st, &n, id);
		ut_db_text(st, &n, ut_review_tag_name[i]);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

enum ut_status ut_review_judge(struct ut_store *s, const struct ut_verdict *v, struct ut_error *err)
{
	struct ut_reviewer who;
	char subject[96];
	enum ut_status st;
	long n = v->note ? text_length(v->note, true) : 0;

	if (n < 0 || n > UT_REVIEW_NOTE_MAX)
		return ut_fail(err, UT_EINVAL, "a note has at most %d characters, in UTF-8",
			       UT_REVIEW_NOTE_MAX);
	st = ut_db_begin(s, err);
	if (st != UT_OK)
		return st;
	st = may_judge(s, v, err);
	if (st == UT_OK)
		st = put_verdict(s, v, err);
	if (st == UT_OK)
		st = ut_review_find_user(s, v->reviewer_id, &who, err);
	snprintf(subject, sizeof(subject), "call %lld: %s%s", (long long)v->call_id,
		 heard_names[v->heard], v->calibration_id ? " (blind session)" : "");
	if (st == UT_OK)
		st = ut_db_audit(s, who.name, "verdict", subject, 1, err);
	return ut_db_end(s, st, err);
}

enum ut_status ut_review_verdicts(struct ut_store *s, const char *content, int64_t for_reviewer,
				  ut_verdict_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT v.id, v.reviewer_id, coalesce(v.calibration_id, 0), r.name, v.given_at,"
	    " v.heard, v.shown, v.note, (SELECT group_concat(tag, ', ') FROM (SELECT tag FROM"
	    " verdict_tag WHERE verdict_id = v.id ORDER BY tag)), NOT EXISTS (SELECT 1 FROM"
	    " verdict AS o WHERE o.content = v.content AND o.reviewer_id = v.reviewer_id AND"
	    " o.calibration_id IS v.calibration_id AND o.id > v.id)"
	    " FROM verdict AS v JOIN reviewer AS r ON r.id = v.reviewer_id WHERE v.content = ?1"
	    " AND (v.reviewer_id = ?2 OR NOT EXISTS (SELECT 1 FROM calibration AS b WHERE"
	    " b.id = v.calibration_id AND b.ended_at IS NULL)) ORDER BY v.id DESC LIMIT 200",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, content, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, for_reviewer);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_verdict_row v = {
			.id = sqlite3_column_int64(st, 0),
			.reviewer_id = sqlite3_column_int64(st, 1),
			.calibration_id = sqlite3_column_int64(st, 2),
			.reviewer = ut_db_str(st, 3),
			.given_at = ut_db_str(st, 4),
			.heard = ut_db_str(st, 5),
			.shown = ut_db_col(st, 6),
			.note = ut_db_col(st, 7),
			.tags = ut_db_str(st, 8),
			.latest = sqlite3_column_int(st, 9) != 0,
		};

		if (!fn(user, &v))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_review_blind(struct ut_store *s, const char *content, int64_t reviewer_id,
			       int64_t *ret, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT b.id FROM calibration_call AS x JOIN calibration AS b ON b.id ="
	    " x.calibration_id AND b.ended_at IS NULL WHERE x.content = ?1 AND NOT EXISTS"
	    " (SELECT 1 FROM verdict AS v WHERE v.content = x.content AND v.reviewer_id = ?2"
	    " AND v.calibration_id = b.id) ORDER BY b.id LIMIT 1",
	    err);
	int rc;

	*ret = 0;
	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, content, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, reviewer_id);
	rc = ut_db_next(s, st, err);
	if (rc > 0)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

/* ---- blind sessions ---- */

enum ut_status ut_review_calibrations(struct ut_store *s, int64_t id, int64_t for_reviewer,
				      ut_calibration_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT b.id, b.name, r.name, b.created_at, b.ended_at, (SELECT count(*) FROM"
	    " calibration_call AS x WHERE x.calibration_id = b.id), (SELECT count(DISTINCT content)"
	    " FROM verdict AS v WHERE v.calibration_id = b.id AND v.reviewer_id = ?2),"
	    " (SELECT count(DISTINCT reviewer_id) FROM verdict AS v WHERE v.calibration_id = b.id)"
	    " FROM calibration AS b JOIN reviewer AS r ON r.id = b.created_by"
	    " WHERE ?1 = 0 OR b.id = ?1 ORDER BY b.id DESC LIMIT 200",
	    err);
	int64_t n = 0;
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, for_reviewer);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_calibration c = {
			.id = sqlite3_column_int64(st, 0),
			.name = ut_db_str(st, 1),
			.created_by = ut_db_str(st, 2),
			.created_at = ut_db_str(st, 3),
			.ended_at = ut_db_col(st, 4),
			.n_calls = sqlite3_column_int64(st, 5),
			.n_mine = sqlite3_column_int64(st, 6),
			.n_raters = sqlite3_column_int64(st, 7),
		};

		n++;
		if (!fn(user, &c))
			break;
	}
	sqlite3_reset(st);
	if (rc >= 0 && id && n == 0)
		return ut_fail(err, UT_ENOENT, "%s: there is no blind session %lld", s->path,
			       (long long)id);
	return rc < 0 ? UT_EDB : UT_OK;
}

struct pick { /* contents for a session */
	struct pick_row {
		char content[65], order[65];
	} * v;
	size_t n, cap;
	const char *name;
	bool failed;
};

static bool pick(void *user, const struct ut_review_item *i)
{
	struct pick *p = user;
	struct ut_text t = { 0 };

	for (size_t k = 0; k < p->n; k++)
		if (strcmp(p->v[k].content, i->content) == 0)
			return true;
	if (p->n == p->cap)
		return false;
	snprintf(p->v[p->n].content, sizeof(p->v[p->n].content), "%s", i->content);
	ut_text_addf(&t, "%s %s", p->name, i->content);
	if (t.failed || ut_sha256_hex(t.s, t.len, p->v[p->n].order, NULL) != UT_OK)
		p->failed = true;
	p->n++;
	ut_text_done(&t);
	return !p->failed;
}

static int by_order(const void *a, const void *b)
{
	return strcmp(((const struct pick_row *)a)->order, ((const struct pick_row *)b)->order);
}

static enum ut_status pick_calls(struct ut_store *s, const struct ut_review_query *filters,
				 int64_t n, struct pick *p, struct ut_error *err)
{
	static const enum ut_review_list lists[] = { UT_REVIEW_GOOD, UT_REVIEW_FINDINGS };
	struct ut_review_query q = *filters;
	enum ut_status st = UT_OK;

	q.after_call = 0;
	q.back = false;
	q.limit = 2 * n;
	/* as many examples as findings, but the findings fill what is left */
	for (size_t i = 0; i < UT_ARRAY_LEN(lists) && st == UT_OK; i++) {
		q.list = lists[i];
		p->cap = (size_t)(i == 0 ? n / 2 : n);
		st = ut_review_queue(s, &q, pick, p, err);
	}
	q.list = UT_REVIEW_GOOD;
	if (st == UT_OK && p->n < p->cap)
		st = ut_review_queue(s, &q, pick, p, err);
	if (st == UT_OK && p->failed)
		return ut_fail(err, UT_ENOMEM, "a blind session");
	if (st == UT_OK && p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_order);
	return st;
}

static enum ut_status put_calibration(struct ut_store *s, int64_t by, const char *name,
				      const struct pick *p, int64_t *id, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "INSERT INTO calibration (name, created_by) VALUES (?,?)"
				      " ON CONFLICT DO NOTHING",
				      err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, name);
	ut_db_int(st, &n, by);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	if (sqlite3_changes(s->db) == 0)
		return ut_fail(err, UT_EINVAL, "there is a session '%s' already", name);
	*id = sqlite3_last_insert_rowid(s->db);
	for (size_t i = 0; i < p->n; i++) {
		st = ut_db_stmt(s,
				"INSERT INTO calibration_call (calibration_id, n, content)"
				" VALUES (?,?,?)",
				err);
		if (!st)
			return UT_EDB;
		n = 0;
		ut_db_int(st, &n, *id);
		ut_db_int(st, &n, (int64_t)i);
		ut_db_text(st, &n, p->v[i].content);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

enum ut_status ut_review_start_calibration(struct ut_store *s, int64_t by, const char *name,
					   const struct ut_review_query *q, int64_t n, int64_t *id,
					   struct ut_error *err)
{
	enum { MAX_CALLS = 200, NAME_MAX_CHARS = 128 };
	struct pick p = { .name = name };
	struct ut_reviewer who;
	long len = text_length(name, false);
	enum ut_status st;

	if (len < 1 || len > NAME_MAX_CHARS)
		return ut_fail(err, UT_EINVAL, "a session's name has 1 to %d characters",
			       NAME_MAX_CHARS);
	if (n < 1 || n > MAX_CALLS)
		return ut_fail(err, UT_EINVAL, "a session has 1 to %d calls", MAX_CALLS);
	p.v = calloc((size_t)n, sizeof(*p.v));
	if (!p.v)
		return ut_fail(err, UT_ENOMEM, "a blind session");
	/* the calls are chosen before the transaction: it stays short */
	st = ut_review_find_user(s, by, &who, err);
	if (st == UT_OK)
		st = pick_calls(s, q, n, &p, err);
	if (st == UT_OK && p.n == 0)
		st = ut_fail(err, UT_EINVAL, "no call passes these filters");
	if (st == UT_OK)
		st = ut_db_begin(s, err);
	if (st == UT_OK) {
		st = put_calibration(s, by, name, &p, id, err);
		if (st == UT_OK)
			st = ut_db_audit(s, who.name, "coach", "blind session", (int64_t)p.n, err);
		st = ut_db_end(s, st, err);
	}
	free(p.v);
	return st;
}

enum ut_status ut_review_end_calibration(struct ut_store *s, int64_t by, int64_t id,
					 struct ut_error *err)
{
	struct ut_reviewer who;
	sqlite3_stmt *st;
	enum ut_status rc = ut_review_find_user(s, by, &who, err);

	if (rc == UT_OK)
		rc = ut_db_begin(s, err);
	if (rc != UT_OK)
		return rc;
	st = ut_db_stmt(s,
			"UPDATE calibration SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
			" WHERE id = ? AND ended_at IS NULL",
			err);
	rc = UT_EDB;
	if (st) {
		sqlite3_bind_int64(st, 1, id);
		rc = ut_db_run(s, st, err);
	}
	if (rc == UT_OK)
		rc = ut_db_audit(s, who.name, "coach", "end of a blind session", 0, err);
	return ut_db_end(s, rc, err);
}

enum ut_status ut_review_next_blind(struct ut_store *s, int64_t id, int64_t reviewer_id,
				    int64_t *call_id, int64_t *n, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT i.call_id, x.n FROM calibration_call AS x JOIN calibration AS b ON"
	    " b.id = x.calibration_id AND b.ended_at IS NULL JOIN review_item AS i ON"
	    " i.content = x.content WHERE x.calibration_id = ?1 AND NOT EXISTS (SELECT 1 FROM"
	    " verdict AS v WHERE v.content = x.content AND v.calibration_id = ?1 AND"
	    " v.reviewer_id = ?2) ORDER BY x.n LIMIT 1",
	    err);
	int rc;

	*call_id = *n = 0;
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, reviewer_id);
	rc = ut_db_next(s, st, err);
	if (rc > 0) {
		*call_id = sqlite3_column_int64(st, 0);
		*n = sqlite3_column_int64(st, 1);
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_review_ratings(struct ut_store *s, int64_t id, ut_rating_fn *fn, void *user,
				 struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT x.n, coalesce(" UT_DB_CURRENT_OF(
		"x.content") ", 0), v.reviewer_id, r.name, v.heard,"
			     " (SELECT label FROM review_item AS i WHERE i.content = x.content)"
			     " FROM calibration_call AS x JOIN verdict AS v ON v.content ="
			     " x.content AND v.calibration_id = x.calibration_id JOIN reviewer AS r"
			     " ON r.id = v.reviewer_id WHERE x.calibration_id = ?1 AND NOT EXISTS"
			     " (SELECT 1 FROM verdict AS o WHERE o.content = v.content AND"
			     " o.reviewer_id = v.reviewer_id AND o.calibration_id ="
			     " v.calibration_id AND o.id > v.id) ORDER BY x.n, v.reviewer_id",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, id);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_rating r = {
			.n = sqlite3_column_int64(st, 0),
			.call_id = sqlite3_column_int64(st, 1),
			.reviewer_id = sqlite3_column_int64(st, 2),
			.reviewer = ut_db_str(st, 3),
			.heard = ut_db_str(st, 4),
			.label = ut_db_col(st, 5),
		};

		if (!fn(user, &r))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
