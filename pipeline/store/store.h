/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - the SQLite database: migrations, the single writer, named read-only queries.
 * Everything a person is shown comes from here. sqlite3.h is included nowhere else.
 * Memory: statements are prepared once at open. Threads: one per handle; many processes may read.
 */
#ifndef UT_STORE_STORE_H
#define UT_STORE_STORE_H

#include "call/call.h"

struct ut_store;

enum ut_store_mode {
	UT_STORE_READ,   /* must exist; never written */
	UT_STORE_WRITE,  /* created and migrated as needed */
	UT_STORE_MEMORY, /* path ignored; for `score` */
};

/* UT_EDB: not a database of ours (application_id), newer than this program, locked, read-only...;
 * the message names the file and the way out. */
enum ut_status ut_store_open(const char *path, enum ut_store_mode mode, struct ut_store **ret,
			     struct ut_error *err);
void ut_store_close(struct ut_store **ps);

/* What a result depends on. A rerun with an equal key is free. */
struct ut_store_key {
	char content[65], options[65], model[65]; /* SHA-256, hex */
};

struct ut_run_info { /* lent on begin; owned by the callee's row on read */
	const char *command, *options_json, *program_version, *model_hash, *host;
	int64_t pid;
};

enum ut_status ut_store_begin_run(struct ut_store *s, const struct ut_run_info *r, int64_t *run_id,
				  struct ut_error *err);
struct ut_run_counts {
	int64_t seen, done, skipped, failed;
	double audio_s, cpu_s, wall_s;
	const char *end; /* "finished", "interrupted" */
};
enum ut_status ut_store_end_run(struct ut_store *s, int64_t run_id, const struct ut_run_counts *n,
				struct ut_error *err);

/* *call_id is 0 where nothing is stored under the key. */
enum ut_status ut_store_find_key(struct ut_store *s, const struct ut_store_key *k, int64_t *call_id,
				 struct ut_error *err);
/*
 * One transaction: call, parties, turns, measures, closing, tone, evidence, problems. An earlier
 * failure row of the same file content is resolved. The database itself (a trigger) refuses a tone
 * on a party that is not a verified external customer. *call_id receives the row.
 */
enum ut_status ut_store_put_call(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
				 const struct ut_call *c, int64_t *call_id, struct ut_error *err);
/* content may be "" where the file could not even be hashed; then the path is the key. */
enum ut_status ut_store_put_failure(struct ut_store *s, int64_t run_id, const char *path,
				    const struct ut_store_key *k, const struct ut_error *why,
				    struct ut_error *err);

/* Everything stored of one call, into an initialised record. UT_ENOENT. */
enum ut_status ut_store_load_call(struct ut_store *s, int64_t call_id, struct ut_call *c,
				  struct ut_error *err);

struct ut_finding { /* lent to the callback */
	int64_t call_id;
	const char *file, *start_time, *team, *queue, *agent_id, *call_key;
	const char *label; /* tone label, or "none" */
	double score[UT_N_TONES];
	double closing_start_s, closing_end_s;
	const char *found_by, *phrase; /* phrase NULL by turn */
	double rank;                   /* resigned + angry, what the list is ordered by */
};
typedef bool ut_finding_fn(void *user, const struct ut_finding *f); /* false stops */

struct ut_finding_query {
	int64_t limit; /* 0 = all */
	double min_rank;
};
/* Order: rank descending, then content hash, so that it does not depend on the order of processing.
 */
enum ut_status ut_store_findings(struct ut_store *s, const struct ut_finding_query *q,
				 ut_finding_fn *fn, void *user, struct ut_error *err);

/* A call named by a person: row id, call id of the metadata, or a unique file name or its end.
 * UT_ENOENT, UT_EINVAL where it names several (the message lists some). */
enum ut_status ut_store_find_call(struct ut_store *s, const char *name, int64_t *call_id,
				  struct ut_error *err);

#endif
