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
		if (st == UT_OK)
			st = ut_db_exec(s, bump, err);
		st = ut_db_end(s, st, err);
		if (st != UT_OK)
			return st;
	}
}
