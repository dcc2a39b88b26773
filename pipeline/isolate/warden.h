/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * warden.h - one job, one process. A small process without threads (the warden) is started early;
 * it forks a shut-in child for every job, watches its time, and says how it ended. So a program
 * with threads, which may not fork safely itself, has recordings decoded outside of itself, and
 * two customers' recordings never meet in one process.
 * Memory: a reply is the caller's. Threads: jobs may be given from any number of threads at a time.
 */
#ifndef UT_ISOLATE_WARDEN_H
#define UT_ISOLATE_WARDEN_H

#include "base/status.h"
#include "base/text.h"

enum { UT_WARDEN_MAX_REQUEST = 16 << 20, UT_WARDEN_MAX_REPLY = 128 << 20 };

struct ut_warden_ops {
	void (*prepare)(void); /* once, in the warden, before any door closes; may be NULL */
	/* In the child, shut in. fd: the recording, and its other side where it has one (otherwise
	 * the same again); closed afterwards. request is trusted, the recording is not. */
	enum ut_status (*work)(const int fd[2], const void *request, size_t n,
			       struct ut_text *reply, struct ut_error *err);
};

struct ut_warden_limits {
	size_t memory_bytes; /* address space of a child beyond what it starts with; 0 = none */
	double cpu_s;        /* of one job; 0 = none */
	double wall_s;       /* of one job; 0 = none */
	unsigned n;          /* children at a time, 1..64; more jobs wait */
};

struct ut_warden;

/* Forks: call before any thread is started. ops must be static. UT_EIO, UT_ENOMEM. */
enum ut_status ut_warden_start(const struct ut_warden_ops *ops, const struct ut_warden_limits *l,
			       struct ut_warden **ret, struct ut_error *err);
/* Ends the warden and what still runs. */
void ut_warden_stop(struct ut_warden **pw);

/*
 * Does the job and waits for it. fd: the recording and its other side, or -1; they stay the
 * caller's; their position is not used. reply is
 * appended to: bytes of a process that has read untrusted input, so check them. What the job
 * failed with, or UT_ECRASH, UT_ETIMEOUT, UT_ELIMIT (a request or reply too long), UT_EIO.
 */
enum ut_status ut_warden_do(struct ut_warden *w, const int fd[2], const void *request, size_t n,
			    struct ut_text *reply, struct ut_error *err);

#endif
