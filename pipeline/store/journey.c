/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journey.c - the calls of one case, and which cases to look at. */
#include "store/internal.h"

#include <math.h>

/* The tone, should the triggers be gone, only of a verified external customer. */
#define TONE                                                                                       \
	" LEFT JOIN closing AS k ON k.call_id = c.id LEFT JOIN tone AS t ON t.call_id = c.id AND"  \
	" EXISTS (SELECT 1 FROM party AS p WHERE p.call_id = k.call_id AND p.party = k.party AND"  \
	" p.role = 'customer' AND p.kind = 'external' AND p.verified = 1) "
#define SECONDS "(julianday(c.start_time) - 2440587.5) * 86400.0"
#define LEG                                                                                        \
	"SELECT c.id, (SELECT min(f.path) FROM file AS f WHERE f.content = c.content),"            \
	" c.start_time, " SECONDS ", c.direction, c.queue, c.team, c.case_id, c.duration_s,"       \
	" c.hold_s, c.n_holds, c.longest_wait_s,"                                                  \
	" EXISTS (SELECT 1 FROM problem AS q WHERE q.call_id = c.id AND q.code = 'transferred'),"  \
	" coalesce(t.label, 'none'), t.resigned + t.angry, k.phrase FROM call AS c" TONE
#define ORDER " ORDER BY " SECONDS " IS NULL, " SECONDS ", c.id"

enum ut_status ut_store_legs(struct ut_store *s, const struct ut_journey_key *key, ut_leg_fn *fn,
			     void *user, struct ut_error *err)
{
	sqlite3_stmt *st =
	    key->by_case
		? ut_db_stmt(s, LEG "WHERE c.case_id = ? AND" UT_DB_CURRENT ORDER, err)
		: ut_db_stmt(s,
			     LEG "WHERE c.id IN (SELECT id FROM call WHERE customer_key = ?1"
				 " UNION SELECT p.call_id FROM party AS p WHERE p.person = ?1 AND"
				 " p.role = 'customer') AND" UT_DB_CURRENT ORDER,
			     err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, key->key, -1, SQLITE_STATIC);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_leg l = {
			.call_id = sqlite3_column_int64(st, 0),
			.file = ut_db_str(st, 1),
			.start_time = ut_db_col(st, 2),
			.start_s = ut_db_real_or(st, 3, NAN),
			.direction = ut_db_col(st, 4),
			.queue = ut_db_col(st, 5),
			.team = ut_db_col(st, 6),
			.case_id = ut_db_col(st, 7),
			.duration_s = sqlite3_column_double(st, 8),
			.hold_s = sqlite3_column_double(st, 9),
			.n_holds = sqlite3_column_int64(st, 10),
			.longest_wait_s = ut_db_real_or(st, 11, -1),
			.transferred = sqlite3_column_int(st, 12) != 0,
			.label = ut_db_str(st, 13),
			.rank = ut_db_real_or(st, 14, -1),
			.phrase = ut_db_col(st, 15),
		};

		if (!fn(user, &l))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_worst_journeys(struct ut_store *s, bool by_wait, int64_t limit,
				       ut_journey_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT by_case, key FROM (SELECT c.case_id IS NOT NULL AS by_case,"
	    " coalesce(c.case_id, c.customer_key) AS key, t.resigned + t.angry AS bad,"
	    " c.longest_wait_s AS wait FROM call AS c" TONE
	    "WHERE coalesce(c.case_id, c.customer_key) IS NOT NULL AND" UT_DB_CURRENT ")"
	    " GROUP BY by_case, key HAVING count(*) > 1"
	    " ORDER BY CASE WHEN ?1 THEN coalesce(max(wait), -1) ELSE coalesce(max(bad), -1) END"
	    " DESC, CASE WHEN ?1 THEN coalesce(max(bad), -1) ELSE coalesce(max(wait), -1) END DESC,"
	    " by_case, key LIMIT ?2",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int(st, 1, by_wait);
	sqlite3_bind_int64(st, 2, limit > 0 ? limit : -1);
	while ((rc = ut_db_next(s, st, err)) > 0)
		if (!fn(user, &(struct ut_journey_key){ sqlite3_column_int(st, 0) != 0,
							ut_db_str(st, 1) }))
			break;
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
