/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heard.c - verdicts as training material. */
#include "store/heard.h"

#include "store/internal.h"

enum ut_status ut_store_heard(struct ut_store *s, ut_heard_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT c.id, coalesce(c.customer_key, c.content),"
	    " sum(v.heard = 'accepting'), sum(v.heard = 'resigned'), sum(v.heard = 'angry'),"
	    " sum(v.shown IS NULL)"
	    " FROM verdict AS v JOIN call AS c ON c.content = v.content"
	    " JOIN tone AS t ON t.call_id = c.id JOIN closing AS k ON k.call_id = c.id"
	    " JOIN party AS p ON p.call_id = k.call_id AND p.party = k.party"
	    " AND p.role = 'customer' AND p.kind = 'external' AND p.verified = 1"
	    " WHERE" UT_DB_CURRENT
	    "AND NOT EXISTS (SELECT 1 FROM calibration AS b WHERE b.id = v.calibration_id"
	    " AND b.ended_at IS NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM verdict AS w WHERE w.content = v.content"
	    " AND w.reviewer_id = v.reviewer_id AND w.id > v.id AND NOT EXISTS (SELECT 1 FROM"
	    " calibration AS b WHERE b.id = w.calibration_id AND b.ended_at IS NULL))"
	    " AND v.heard <> 'unsure'"
	    " AND 2 * (min(v.end_frame, k.end_frame) - max(v.start_frame, k.start_frame)) >="
	    " max(v.end_frame, k.end_frame) - min(v.start_frame, k.start_frame)"
	    " GROUP BY c.id ORDER BY c.content",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(s, st, err)) > 0) {
		struct ut_heard h = { .call_id = sqlite3_column_int64(st, 0),
				      .customer = ut_db_str(st, 1),
				      .n_blind = (unsigned)sqlite3_column_int(st, 5) };
		unsigned most = 0;
		bool tie = false;

		for (unsigned k = 0; k < UT_N_TONES; k++) {
			unsigned n = (unsigned)sqlite3_column_int(st, 2 + (int)k);

			h.n_reviewers += n;
			if (n > most) {
				most = n;
				h.label = (enum ut_tone_label)k;
				tie = false;
			} else if (n == most && n) {
				tie = true;
			}
		}
		if (!tie && most && !fn(user, &h))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
