/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - the SQLite database: migrations, the single writer, named read-only queries.
 * Everything a person is shown comes from here. sqlite3.h is included nowhere else.
 * Errors are UT_EDB (unless said) and name the file, the fault and the way out.
 * Memory: statements are prepared once and kept. Threads: one per handle; many processes may read.
 */
#ifndef UT_STORE_STORE_H
#define UT_STORE_STORE_H

#include "base/text.h"
#include "call/call.h"

struct ut_store;

enum ut_store_mode {
	UT_STORE_READ,   /* must exist; never written */
	UT_STORE_WRITE,  /* created and migrated as needed */
	UT_STORE_MODIFY, /* must exist; migrated as needed: purge, merge sources stay READ */
	UT_STORE_MEMORY, /* path ignored; for `score` */
};

/* Not a database of ours (application_id), newer than this program, locked, read-only, missing...
 */
enum ut_status ut_store_open(const char *path, enum ut_store_mode mode, struct ut_store **ret,
			     struct ut_error *err);
void ut_store_close(struct ut_store **ps);
/* How long a writer waits for another one; default 10,000 ms. */
void ut_store_set_patience(struct ut_store *s, int ms);

/*
 * What a result depends on: SHA-256, hex. content: the recording's bytes. options: everything else
 * that changes a result (option values, the sidecar's bytes, the profile). model: all models used.
 * A rerun with an equal key is free.
 */
struct ut_store_key {
	char content[65], options[65], model[65];
};

/* ---- runs ---- */

struct ut_run_info { /* lent */
	const char *command, *options_json, *program_version, *model_hash, *host;
	int64_t pid;
};
enum ut_status ut_store_begin_run(struct ut_store *s, const struct ut_run_info *r, int64_t *run_id,
				  struct ut_error *err);
struct ut_run_counts {
	int64_t seen, done, skipped, failed;
	double audio_s, cpu_s, wall_s;
	const char *end; /* "finished", "interrupted"; on read also "lost" */
};
enum ut_status ut_store_end_run(struct ut_store *s, int64_t run_id, const struct ut_run_counts *n,
				struct ut_error *err);
/* For a run without an end whose process is gone: its end is "lost", what it did is counted. */
enum ut_status ut_store_lose_run(struct ut_store *s, int64_t run_id, struct ut_error *err);

struct ut_run { /* lent to the callback */
	int64_t id;
	struct ut_run_info info;
	const char *started_at, *ended_at; /* ended_at NULL: running, or its process was killed */
	struct ut_run_counts n;            /* zero and end NULL where it has not ended */
	const char *failures;              /* "format 3, crash 1"; "" where there are none */
};
typedef bool ut_run_fn(void *user, const struct ut_run *r); /* false stops */
/* Newest first; limit 0 = all; only_open: those that have not ended. */
enum ut_status ut_store_runs(struct ut_store *s, int64_t limit, bool only_open, ut_run_fn *fn,
			     void *user, struct ut_error *err);

/* ---- calls: what is known, results, failures ---- */

/*
 * *call_id is 0 where nothing is stored under the key. In a store that is not only read the
 * result found becomes the current one of its content again, where another key's was newer: the
 * last batch or rescore decides what `findings` shows. Of several keys of one content in one run
 * (the same recording under two names with different sidecars) those that the run added come
 * before those that it found, and then the greater key: not the order of processing.
 */
enum ut_status ut_store_find_key(struct ut_store *s, const struct ut_store_key *k, int64_t *call_id,
				 struct ut_error *err);

/* Another path (with its size, and ut_path_changed_ns as mtime_ns) whose content is known; put_call
 * does it for media.path. other: the file of the other side, whose bytes are counted in size_bytes;
 * NULL where it is one file. Writes only where something changed. */
enum ut_status ut_store_note_file(struct ut_store *s, const char *content, const char *path,
				  const char *other, int64_t size_bytes, int64_t mtime_ns,
				  struct ut_error *err);
/* The content of an unchanged file without reading it: "" where path, size and mtime are not those
 * of an earlier run. */
enum ut_status ut_store_find_file(struct ut_store *s, const char *path, int64_t size_bytes,
				  int64_t mtime_ns, char content[65], struct ut_error *err);

/*
 * One transaction: call, parties, turns, measures, closing, tone, evidence, problems; failures of
 * the same content or path go. An equal key is already there: only the path is added, *call_id is
 * the old row. The database itself (triggers) refuses a tone on a party that is not a verified
 * external customer. run_id 0: none. *call_id (NULL allowed) receives the row.
 */
enum ut_status ut_store_put_call(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
				 const struct ut_call *c, int64_t *call_id, struct ut_error *err);
/* content may be "" where the file could not even be hashed; then the path is the key. A second
 * failure of the same key counts as another attempt. */
enum ut_status ut_store_put_failure(struct ut_store *s, int64_t run_id, const char *path,
				    const struct ut_store_key *k, const struct ut_error *why,
				    struct ut_error *err);
struct ut_failure { /* lent to the callback */
	const char *path, *content, *code, *message, *first_at, *last_at;
	int64_t attempts, run_id;
};
typedef bool ut_failure_fn(void *user, const struct ut_failure *f);
/* All, by path. */
enum ut_status ut_store_failures(struct ut_store *s, ut_failure_fn *fn, void *user,
				 struct ut_error *err);
/* *attempts 0 where it did not fail; *why (NULL allowed) what was said then. */
enum ut_status ut_store_find_failure(struct ut_store *s, const char *path,
				     const struct ut_store_key *k, int64_t *attempts,
				     struct ut_error *why, struct ut_error *err);

/* Everything stored of one call, into an initialised record (which is reset first). media.path is
 * the least of its paths, whatever the order of processing. UT_ENOENT. */
enum ut_status ut_store_load_call(struct ut_store *s, int64_t call_id, struct ut_call *c,
				  struct ut_error *err);
/* What is known of the row itself. */
struct ut_stored {
	struct ut_store_key key;
	char analysed_at[32];
	int64_t run_id; /* 0: none */
	bool current;   /* what findings shows of this content */
};
enum ut_status ut_store_stored(struct ut_store *s, int64_t call_id, struct ut_stored *ret,
			       struct ut_error *err);
/*
 * UT_ENOENT where a later result of the same recording counts, or there is no such call. What was
 * said of a recording before (whose channel it is, what is masked) must not be heard or shown by
 * its number.
 */
enum ut_status ut_store_must_be_current(struct ut_store *s, int64_t call_id, struct ut_error *err);
/* other: the file of its other side; NULL */
typedef bool ut_path_fn(void *user, const char *path, const char *other);
/* All paths under which the call's content was seen, in byte order. */
enum ut_status ut_store_paths(struct ut_store *s, int64_t call_id, ut_path_fn *fn, void *user,
			      struct ut_error *err);

/* ---- what a person asks for ---- */

struct ut_finding { /* lent to the callback */
	int64_t call_id;
	const char *file, *start_time, *team, *queue, *agent_id, *call_key; /* NULL: unknown */
	const char *label; /* tone label, or "none" */
	bool has_tone, has_closing;
	double score[UT_N_TONES];
	double closing_start_s, closing_end_s;
	const char *found_by, *phrase; /* phrase NULL by turn */
	double rank;                   /* resigned + angry, what the list is ordered by */
};
typedef bool ut_finding_fn(void *user, const struct ut_finding *f); /* false stops */

struct ut_finding_query {
	int64_t limit; /* 0 = all */
	double min_rank;
	bool all; /* calls without a tone too, at the end */
};
/*
 * One row a recording (content): its current result. Order: rank descending, then content hash, so
 * that it does not depend on the order of processing. The first rows come quickly however many
 * there are.
 */
enum ut_status ut_store_findings(struct ut_store *s, const struct ut_finding_query *q,
				 ut_finding_fn *fn, void *user, struct ut_error *err);

struct ut_store_counts {
	int64_t recordings; /* current calls */
	int64_t tones, closings, failures;
};
enum ut_status ut_store_counts(struct ut_store *s, struct ut_store_counts *ret,
			       struct ut_error *err);

/* ---- journeys: the calls of one case, or of one customer ---- */

struct ut_journey_key { /* lent */
	bool by_case;   /* key is a case id; else a customer's key */
	const char *key;
};
struct ut_leg { /* one call; lent to the callback. NULL: unknown */
	int64_t call_id;
	const char *file, *start_time, *direction, *queue, *team, *case_id;
	double start_s; /* since 1970; NAN where no time is known */
	double duration_s, hold_s;
	int64_t n_holds;
	double longest_wait_s; /* -1 unknown */
	bool transferred;      /* more than one agent took part */
	const char *label;     /* tone label, or "none" */
	double rank;           /* resigned + angry; -1 without a tone */
	const char *phrase;
};
typedef bool ut_leg_fn(void *user, const struct ut_leg *l); /* false stops */
/* By start time, those without one last; the current result of each recording. */
enum ut_status ut_store_legs(struct ut_store *s, const struct ut_journey_key *key, ut_leg_fn *fn,
			     void *user, struct ut_error *err);
typedef bool ut_journey_fn(void *user, const struct ut_journey_key *key); /* false stops */
/*
 * Cases (or customers, for calls without a case) of two calls or more, the worst first: by the
 * closing that was likeliest not meant, then by the longest wait; the other way round with by_wait.
 * limit 0 = all.
 */
enum ut_status ut_store_worst_journeys(struct ut_store *s, bool by_wait, int64_t limit,
				       ut_journey_fn *fn, void *user, struct ut_error *err);

/* A call named by a person: row id, call id of the metadata, or a unique file name or its end.
 * UT_ENOENT, UT_EINVAL where it names several (the message lists some). */
enum ut_status ut_store_find_call(struct ut_store *s, const char *name, int64_t *call_id,
				  struct ut_error *err);

/* ---- keeping house ---- */

/* Something wrong: one sentence. False stops. */
typedef bool ut_fault_fn(void *user, const char *what);
/*
 * SQLite's own checks, the schema against that of this program, references, and every call loaded
 * and checked as it would be for a person. UT_OK also where faults were told to fn. *n_calls (NULL
 * allowed) counts what was looked at.
 */
enum ut_status ut_store_check(struct ut_store *s, ut_fault_fn *fn, void *user, int64_t *n_calls,
			      struct ut_error *err);

struct ut_merge_counts {
	int64_t added, known; /* calls */
	int64_t damaged;      /* calls left out, each told to fn */
	int64_t failures;     /* taken over */
	int64_t reviews;      /* verdicts, blind sessions, coaching notes that were new */
	int64_t handed;       /* files handed out (excerpts, packs) that were not noted here */
	/* of the source's last run that had one: --shard index of count; count 0: none */
	int64_t shard_index, shard_count;
	bool finished; /* its last run came to its end */
};
/*
 * Takes over what `from` has and `into` does not: calls with their times, files, runs, failures
 * that no later result has resolved, verdicts, blind sessions, coaching notes, and the people who
 * gave them (without a way in: their tokens stay where they were made). Doing it again changes
 * nothing. Each call is checked as for ut_store_load_call; a damaged one is told to fn (may be
 * NULL), nothing of it is kept, and the rest goes on. actor: for audit.
 */
enum ut_status ut_store_merge(struct ut_store *into, struct ut_store *from, const char *from_path,
			      const char *actor, ut_fault_fn *fn, void *user,
			      struct ut_merge_counts *ret, struct ut_error *err);

struct ut_handed;
struct ut_purge {                 /* exactly one of the first three */
	int64_t older_than_days;  /* > 0: by start time, else by the time of analysis */
	int64_t call_id;          /* > 0: this call's recording */
	const char *customer_key; /* all calls of this customer */
	/* told of each file handed out (handed.h) that holds them, before it is forgotten; also
	 * when dry; NULL: nobody */
	bool (*handed)(void *user, const struct ut_handed *h);
	void *user;
};
struct ut_purge_counts {
	int64_t recordings, calls, files, failures;
};
/*
 * Every result of the recordings concerned, their files and failures; overwritten, and the space
 * given back to the disk. dry: only counts. A row of audit says who, what and how many.
 */
enum ut_status ut_store_purge(struct ut_store *s, const struct ut_purge *what, const char *actor,
			      bool dry, struct ut_purge_counts *ret, struct ut_error *err);

struct ut_audit { /* lent to the callback */
	const char *at, *actor, *action, *subject;
	int64_t n_calls;
};
typedef bool ut_audit_fn(void *user, const struct ut_audit *a);
/* Who read, merged or purged; newest first; limit 0 = all. */
enum ut_status ut_store_audit(struct ut_store *s, int64_t limit, ut_audit_fn *fn, void *user,
			      struct ut_error *err);

/* Notes in the store that somebody read it. UT_OK where the database may be written, else the
 * fault; short patience, since a reader should not wait for it. */
enum ut_status ut_store_note_reader(const char *path, const char *actor, const char *subject,
				    int64_t n_calls, struct ut_error *err);

/* A row of audit: actor took n_calls calls out, as `subject`. An export that cannot be recorded is
 * not made. */
enum ut_status ut_store_note_export(struct ut_store *s, const char *actor, const char *subject,
				    int64_t n_calls, struct ut_error *err);

#endif
