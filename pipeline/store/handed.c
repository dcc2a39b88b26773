/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/handed.h"

#include "store/internal.h"

#define HANDED "SELECT path, pack, sha256, made_as, at, actor FROM handed_out "

static enum ut_status note(struct ut_store *s, const struct ut_handed *h, const int64_t *call_ids,
			   size_t n, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, "DELETE FROM handed_out WHERE path = ?", err);
	int64_t id;
	int k = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &k, h->path);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	st = ut_db_stmt(
	    s, "INSERT INTO handed_out (actor, path, pack, sha256, made_as) VALUES (?,?,?,?,?)", err);
	if (!st)
		return UT_EDB;
	k = 0;
	ut_db_text(st, &k, h->actor);
	ut_db_text(st, &k, h->path);
	ut_db_text(st, &k, h->pack);
	ut_db_text(st, &k, h->sha256);
	ut_db_text(st, &k, h->made_as);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	id = sqlite3_last_insert_rowid(s->db);
	for (size_t i = 0; i < n; i++) {
		st = ut_db_stmt(s,
				"INSERT OR IGNORE INTO handed_out_call (handed_out_id, content)"
				" SELECT ?, content FROM call WHERE id = ?",
				err);
		if (!st)
			return UT_EDB;
		k = 0;
		ut_db_int(st, &k, id);
		ut_db_int(st, &k, call_ids[i]);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

enum ut_status ut_handed_note(struct ut_store *s, const struct ut_handed *h,
			      const int64_t *call_ids, size_t n, struct ut_error *err)
{
	enum ut_status st = ut_db_begin(s, err);

	if (st != UT_OK)
		return st;
	return ut_db_end(s, note(s, h, call_ids, n, err), err);
}

static enum ut_status give(struct ut_store *s, sqlite3_stmt *st, ut_handed_fn *fn, void *user,
			   struct ut_error *err)
{
	int rc;

	while ((rc = ut_db_next(s, st, err)) > 0) {
		struct ut_handed h = {
			.path = ut_db_str(st, 0),
			.pack = ut_db_col(st, 1),
			.sha256 = ut_db_str(st, 2),
			.made_as = ut_db_str(st, 3),
			.at = ut_db_str(st, 4),
			.actor = ut_db_str(st, 5),
		};

		if (!fn(user, &h))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_handed_list(struct ut_store *s, const char *path, ut_handed_fn *fn, void *user,
			      struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s, HANDED "WHERE ?1 IS NULL OR path = ?1 ORDER BY pack, path", err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
	return give(s, st, fn, user, err);
}

/* A pack that holds one voice of those that go, goes as a whole. */
#define CONCERNED                                                                                  \
	"WHERE id IN (SELECT handed_out_id FROM handed_out_call WHERE content IN"                  \
	" (SELECT content FROM gone))"                                                             \
	" OR pack IN (SELECT pack FROM handed_out WHERE pack IS NOT NULL AND id IN"                \
	" (SELECT handed_out_id FROM handed_out_call WHERE content IN (SELECT content FROM gone))) "

enum ut_status ut_db_purge_handed(struct ut_store *s, ut_handed_fn *fn, void *user,
				  struct ut_error *err)
{
	sqlite3_stmt *st;

	if (fn) {
		st = ut_db_stmt(s, HANDED CONCERNED "ORDER BY pack, path DESC", err);
		if (!st || give(s, st, fn, user, err) != UT_OK)
			return UT_EDB;
	}
	/* a shell may have left foreign keys off in making the rows, ours are on */
	return ut_db_exec(s, "DELETE FROM handed_out " CONCERNED, err);
}
