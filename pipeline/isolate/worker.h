/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker.h - a pool of worker processes around work that may crash, hang or eat memory. The parent
 * hands a worker an open descriptor and some bytes; the worker, which can open nothing itself,
 * answers with bytes or an error. A worker that dies is one failed job, and is replaced.
 * Memory: a reply is lent until the next wait. Threads: none may run when workers are started.
 */
#ifndef UT_ISOLATE_WORKER_H
#define UT_ISOLATE_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct ut_job { /* as the worker sees it; lent */
	int fd;  /* the recording, at offset 0; closed after the job */
	int fd2; /* its other half, likewise; -1 where it is whole */
	const char *name;
	const char *request; /* bytes, with a NUL behind them */
	size_t request_n;
};

struct ut_beat; /* the worker's line to its parent */

/* Work goes on: units done so far (samples). Cheap: most calls only count. */
void ut_beat(struct ut_beat *b, int64_t units);
/* Tells the parent what is in hand (text of at most 127 bytes: a content hash) and waits for its
 * word: false: drop it, the job is then answered as UT_EINTR. */
bool ut_beat_ask(struct ut_beat *b, const char *text);

struct ut_worker_ops {
	/* Both run in the worker. start: before the doors close. */
	enum ut_status (*start)(void *user, void **state, struct ut_error *err);
	enum ut_status (*work)(void *state, const struct ut_job *j, struct ut_beat *b,
			       struct ut_text *reply, struct ut_error *err);
	bool keep_output; /* the worker may write to standard output (`features`) */
};

struct ut_worker_limits {
	size_t memory_bytes; /* address space beyond what the worker starts with; 0 = none */
	double stall_s;      /* without progress; 0 = none */
	double cpu_s;        /* of one job; 0 = none */
	/* A worker is replaced after so many jobs, and after one that failed: what a hostile file
	 * may have done to it touches few others. 0 = never. */
	unsigned max_jobs;
};

struct ut_pool;

/* Starts nothing yet; workers are forked by wait and submit. UT_ENOMEM. */
enum ut_status ut_pool_create(const struct ut_worker_ops *ops, void *user, unsigned n,
			      const struct ut_worker_limits *l, struct ut_pool **ret,
			      struct ut_error *err);
/* Kills what still runs. */
void ut_pool_destroy(struct ut_pool **pp);

enum ut_pool_what {
	UT_POOL_NONE,  /* the time is up, or a signal came */
	UT_POOL_READY, /* a worker can take a job */
	UT_POOL_ASK,   /* text holds what it asked; answer it, at leisure */
	UT_POOL_DONE,  /* reply, or status and err */
};

struct ut_pool_event {
	enum ut_pool_what what;
	unsigned slot;
	void *tag;         /* of the job */
	const char *text;  /* ASK */
	const char *reply; /* DONE with UT_OK; lent */
	size_t reply_n;
	struct ut_error err; /* DONE: err.code is UT_OK or why not */
	bool died;           /* the worker itself was lost: crash, hang, limit */
	double cpu_s;        /* what the job cost; 0 where the worker died */
};

unsigned ut_pool_n_idle(const struct ut_pool *p);
unsigned ut_pool_n_busy(const struct ut_pool *p);
/* To an idle worker, which must exist. fd stays the caller's. UT_EIO: it died while idle; the pool
 * replaces it, try again after a wait. */
enum ut_status ut_pool_submit(struct ut_pool *p, int fd, const char *name, const void *request,
			      size_t n, void *tag, struct ut_error *err);
/* The worker is replaced before its next job: its last answer raised doubts. */
void ut_pool_retire(struct ut_pool *p, unsigned slot);
/* The same with a second descriptor. */
enum ut_status ut_pool_submit_pair(struct ut_pool *p, int fd, int fd2, const char *name,
				   const void *request, size_t n, void *tag, struct ut_error *err);
void ut_pool_answer(struct ut_pool *p, unsigned slot, bool go);
/*
 * One event. timeout_ms < 0: no limit. mask (may be NULL) is the signal mask while waiting, as for
 * ppoll. Fails only where workers cannot be started at all.
 */
enum ut_status ut_pool_wait(struct ut_pool *p, int timeout_ms, const sigset_t *mask,
			    struct ut_pool_event *ev, struct ut_error *err);
/* NULL where every worker is shut in; otherwise why not, once a worker has started. */
const char *ut_pool_sandbox_note(const struct ut_pool *p);

#endif
