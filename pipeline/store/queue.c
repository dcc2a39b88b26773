/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.c - the trainers' queue: keyset pages over review_item, which holds one narrow row a
 * recording; what is shown of a row comes from the tables themselves. */
#include "store/internal.h"
#include "base/day.h"
#include "base/path.h"
#include "store/review.h"

#include <stdlib.h>

enum { SHORT_PERIOD = 3 /* days */ };

/* An open blind session in which this reviewer has yet to judge the recording: its place in the
 * list would tell. ?10 is the reviewer. */
#define OPEN_BLIND                                                                                 \
	"EXISTS (SELECT 1 FROM calibration_call AS x JOIN calibration AS b"                        \
	" ON b.id = x.calibration_id AND b.ended_at IS NULL WHERE x.content = r.content"           \
	" AND NOT EXISTS (SELECT 1 FROM verdict AS v WHERE v.content = r.content"                  \
	" AND v.reviewer_id = ?10 AND v.calibration_id = b.id))"
/* Verdicts that others may see: not of open sessions, the latest of each reviewer. */
#define SEEN_VERDICTS                                                                              \
	" FROM verdict AS v WHERE v.content = r.content AND NOT EXISTS (SELECT 1 FROM"             \
	" calibration AS b WHERE b.id = v.calibration_id AND b.ended_at IS NULL)"

#define COLUMNS                                                                                    \
	"SELECT r.call_id, r.content, c.call_key, (SELECT min(f.path) FROM file AS f"              \
	" WHERE f.content = r.content), c.start_time, r.day, c.team, c.queue, c.agent_id,"         \
	" c.language, t.label, k.phrase, t.accepting, t.resigned, t.angry, c.duration_s,"          \
	" k.start_frame / 100.0, r.bad_start, r.good IS NOT NULL,"                                 \
	" (SELECT count(DISTINCT v.reviewer_id)" SEEN_VERDICTS "),"                                \
	" (SELECT v.heard FROM verdict AS v WHERE v.content = r.content AND v.reviewer_id = ?10"   \
	" ORDER BY v.id DESC LIMIT 1),"                                                            \
	" (SELECT v.heard" SEEN_VERDICTS " ORDER BY v.id DESC LIMIT 1), "
/* The party once more, should the triggers be gone. */
#define TABLES                                                                                     \
	" CROSS JOIN call AS c ON c.id = r.call_id"                                                \
	" CROSS JOIN tone AS t ON t.call_id = r.call_id"                                           \
	" CROSS JOIN closing AS k ON k.call_id = r.call_id"                                        \
	" CROSS JOIN party AS p ON p.call_id = k.call_id AND p.party = k.party"                    \
	" AND p.role = 'customer' AND p.kind = 'external' AND p.verified = 1"
#define FILTERS                                                                                    \
	" (?1 IS NULL OR r.day >= ?1) AND (?2 IS NULL OR r.day <= ?2)"                             \
	" AND (?3 IS NULL OR r.team = ?3) AND (?4 IS NULL OR r.queue = ?4)"                        \
	" AND (?5 IS NULL OR r.agent_id = ?5) AND (?6 IS NULL OR r.language = ?6)"                 \
	" AND (?7 IS NULL OR r.label = ?7) AND (?8 < 0 OR r.reviewed = ?8) AND NOT " OPEN_BLIND

/* One statement for each way in (which index is walked) and each direction. The bound on the key is
 * what the index can use, so it always stands there: from the top it is beyond every key. The
 * call's number decides between equals. */
#define DOWN(index, drive, key)                                                                    \
	COLUMNS key " FROM review_item AS r INDEXED BY " index TABLES " WHERE " drive " AND " key  \
		    " <= ?9 AND (" key " < ?9 OR r.call_id < ?11) AND " FILTERS " ORDER BY " key   \
		    " DESC, r.call_id DESC LIMIT ?12"
#define UP(index, drive, key)                                                                      \
	COLUMNS key " FROM review_item AS r INDEXED BY " index TABLES " WHERE " drive " AND " key  \
		    " >= ?9 AND (" key " > ?9 OR r.call_id > ?11) AND " FILTERS " ORDER BY " key   \
		    ", r.call_id LIMIT ?12"
#define BOTH(index, drive, key)                                                                    \
	{                                                                                          \
		DOWN(index, drive, key), UP(index, drive, key)                                     \
	}

enum way {
	BY_AGENT,
	BY_DAY,
	BY_TEAM,
	BY_QUEUE,
	BY_LABEL,
	BY_LANGUAGE,
	BY_RANK,
	GOOD,
	RECOVERY,
	WARM,
	GOOD_DAY,
	RECOVERY_DAY,
	WARM_DAY,
	N
};

static const char *const sql[N][2] = {
	[BY_AGENT] = BOTH("review_by_agent", "r.agent_id = ?5", "r.rank"),
	[BY_DAY] = BOTH("review_by_day", "r.day BETWEEN ?1 AND ?2", "r.rank"),
	[BY_TEAM] = BOTH("review_by_team", "r.team = ?3", "r.rank"),
	[BY_QUEUE] = BOTH("review_by_queue", "r.queue = ?4", "r.rank"),
	[BY_LABEL] = BOTH("review_by_label", "r.label = ?7", "r.rank"),
	[BY_LANGUAGE] = BOTH("review_by_language", "r.language = ?6", "r.rank"),
	[BY_RANK] = BOTH("review_by_rank", "1", "r.rank"),
	[GOOD] = BOTH("review_by_good", "r.good IS NOT NULL", "r.good"),
	[RECOVERY] = BOTH("review_by_good", "r.good >= 1", "r.good"),
	[WARM] = BOTH("review_by_good", "r.good < 1", "r.good"),
	[GOOD_DAY] =
	    BOTH("review_by_day", "r.day BETWEEN ?1 AND ?2 AND r.good IS NOT NULL", "r.good"),
	[RECOVERY_DAY] = BOTH("review_by_day", "r.day BETWEEN ?1 AND ?2 AND r.good >= 1", "r.good"),
	[WARM_DAY] = BOTH("review_by_day", "r.day BETWEEN ?1 AND ?2 AND r.good < 1", "r.good"),
};

static enum way way_of(const struct ut_review_query *q)
{
	int64_t from, to;
	/* to be put in order, but few */
	bool few =
	    ut_day_only(q->from, &from) && ut_day_only(q->to, &to) && to - from < SHORT_PERIOD;

	switch (q->list) {
	case UT_REVIEW_GOOD:
		return few ? GOOD_DAY : GOOD;
	case UT_REVIEW_RECOVERIES:
		return few ? RECOVERY_DAY : RECOVERY;
	case UT_REVIEW_WARM:
		return few ? WARM_DAY : WARM;
	default:
		break;
	}
	/* the one that leaves least, as call centres are: an agent's calls, some days', a team's...
	 */
	if (q->agent_id)
		return BY_AGENT;
	if (few)
		return BY_DAY;
	if (q->team)
		return BY_TEAM;
	if (q->queue)
		return BY_QUEUE;
	if (q->label)
		return BY_LABEL;
	return q->language ? BY_LANGUAGE : BY_RANK;
}

static enum ut_status rows(struct ut_store *s, sqlite3_stmt *st, ut_review_item_fn *fn, void *user,
			   int64_t *n, struct ut_error *err)
{
	int rc;

	*n = 0;
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_review_item i = {
			.call_id = sqlite3_column_int64(st, 0),
			.content = ut_db_str(st, 1),
			.call_key = ut_db_col(st, 2),
			.file = ut_path_base(ut_db_col(st, 3)),
			.start_time = ut_db_col(st, 4),
			.day = ut_db_str(st, 5),
			.team = ut_db_col(st, 6),
			.queue = ut_db_col(st, 7),
			.agent_id = ut_db_col(st, 8),
			.language = ut_db_col(st, 9),
			.label = ut_db_str(st, 10),
			.phrase = ut_db_col(st, 11),
			.score = { sqlite3_column_double(st, 12), sqlite3_column_double(st, 13),
				   sqlite3_column_double(st, 14) },
			.rank = sqlite3_column_double(st, 13) + sqlite3_column_double(st, 14),
			.duration_s = sqlite3_column_double(st, 15),
			.closing_start_s = sqlite3_column_double(st, 16),
			.bad_start = (unsigned)sqlite3_column_int(st, 17),
			.good = sqlite3_column_int(st, 18) != 0,
			.n_verdicts = sqlite3_column_int64(st, 19),
			.mine = ut_db_col(st, 20),
			.last = ut_db_col(st, 21),
			.key = sqlite3_column_double(st, 22),
		};

		++*n;
		if (!fn(user, &i))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}

static void bind(sqlite3_stmt *st, const struct ut_review_query *q)
{
	const char *const text[] = { q->from,     q->to,       q->team, q->queue,
				     q->agent_id, q->language, q->label };

	for (int i = 0; i < (int)UT_ARRAY_LEN(text); i++)
		sqlite3_bind_text(st, 1 + i, text[i], -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 8, q->reviewed);
	sqlite3_bind_double(st, 9, q->after_call ? q->after_key : q->back ? -1e9 : 1e9);
	sqlite3_bind_int64(st, 10, q->for_reviewer);
	sqlite3_bind_int64(st, 11, q->after_call);
	sqlite3_bind_int64(st, 12, q->limit);
}

enum ut_status ut_review_queue(struct ut_store *s, const struct ut_review_query *q,
			       ut_review_item_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, sql[way_of(q)][q->back], err);
	int64_t n;

	if (!st)
		return UT_EDB;
	bind(st, q);
	return rows(s, st, fn, user, &n, err);
}

enum ut_status ut_review_item(struct ut_store *s, int64_t call_id, int64_t for_reviewer,
			      ut_review_item_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s, COLUMNS "r.rank FROM review_item AS r" TABLES " WHERE r.call_id = ?1", err);
	enum ut_status rc;
	int64_t n;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	sqlite3_bind_int64(st, 10, for_reviewer);
	rc = rows(s, st, fn, user, &n, err);
	if (rc == UT_OK && n == 0)
		return ut_fail(err, UT_ENOENT, "%s: call %lld is not in the queue", s->path,
			       (long long)call_id);
	return rc;
}

/* Jumps from value to value in an index instead of reading it all. */
#define VALUES(column)                                                                             \
	"WITH RECURSIVE v(x) AS (SELECT min(" column ") FROM review_item UNION ALL"                \
	" SELECT (SELECT min(" column ") FROM review_item WHERE " column " > x) FROM v"            \
	" WHERE x IS NOT NULL) SELECT x FROM v WHERE x IS NOT NULL LIMIT ?"

enum ut_status ut_review_values(struct ut_store *s, enum ut_review_field f, int64_t limit,
				ut_review_value_fn *fn, void *user, struct ut_error *err)
{
	static const char *const text[] = {
		[UT_REVIEW_TEAMS] = VALUES("team"),
		[UT_REVIEW_QUEUES] = VALUES("queue"),
		[UT_REVIEW_LANGUAGES] = VALUES("language"),
	};
	sqlite3_stmt *st = ut_db_stmt(s, text[f], err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, limit);
	while ((rc = ut_db_next(s, st, err)) > 0)
		if (!fn(user, ut_db_str(st, 0)))
			break;
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
