/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate.c - one step a transaction; the version moves in the same one. */
#include "store/internal.h"

#include <stdio.h>

#include "migrations.h"

const char *const *const ut_db_steps = ut_migrations;
const int ut_db_n_steps = UT_ARRAY_LEN(ut_migrations);

static int version_of(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int v = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* Step 10 added tone.came_down, which is worked out of numbers that SQL cannot read. */
static enum ut_status find_came_down(struct ut_store *s, struct ut_error *err)
{
	sqlite3_stmt *row = NULL, *set = NULL;
	bool fine =
	    sqlite3_prepare_v2(s->db, "SELECT call_id, features, valid_lo, valid_hi FROM tone", -1,
			       &row, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(s->db, "UPDATE tone SET came_down = 1 WHERE call_id = ?", -1, &set,
			       NULL) == SQLITE_OK;
	int rc = SQLITE_DONE;

	while (fine && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct ut_tone t = { .feature_valid = { (uint64_t)sqlite3_column_int64(row, 2),
							(uint64_t)sqlite3_column_int64(row, 3) } };
		const unsigned char *b = sqlite3_column_blob(row, 1);
		int n = sqlite3_column_bytes(row, 1);

		if (!b || n > 4 * UT_TONE_MAX_FEATURES)
			continue; /* damaged: said where it is read */
		ut_db_unpack_features(&t, b, n);
		if (ut_tone_came_down(&t) != 1)
			continue;
		sqlite3_bind_int64(set, 1, sqlite3_column_int64(row, 0));
		fine = sqlite3_step(set) == SQLITE_DONE && sqlite3_reset(set) == SQLITE_OK;
	}
	fine = fine && rc == SQLITE_DONE;
	if (!fine)
		ut_db_fail(s, err);
	sqlite3_finalize(row);
	sqlite3_finalize(set);
	return fine ? UT_OK : UT_EDB;
}

enum ut_status ut_db_migrate(struct ut_store *s, const char *const *steps, int n,
			     struct ut_error *err)
{
	for (;;) {
		char bump[96];
		enum ut_status st = ut_db_begin(s, err);
		int v;

		if (st != UT_OK)
			return st;
		/* read inside the transaction: another process may have just done the step */
		v = version_of(s->db);
		if (v < 0)
			return ut_db_end(s, ut_db_fail(s, err), err);
		if (v >= n)
			return ut_db_end(s, UT_OK, err);
		snprintf(bump, sizeof(bump), "PRAGMA user_version = %d; PRAGMA application_id = %d",
			 v + 1, UT_APPLICATION_ID);
		st = ut_db_exec(s, steps[v], err);
		if (st == UT_OK && steps == ut_db_steps && v + 1 == 10)
			st = find_came_down(s, err);
		if (st == UT_OK)
			st = ut_db_exec(s, bump, err);
		st = ut_db_end(s, st, err);
		if (st != UT_OK)
			return st;
	}
}
