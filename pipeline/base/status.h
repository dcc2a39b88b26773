/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.h - the one error convention: a status code, and a message filled where the fault is seen.
 * Memory: struct ut_error is the caller's. Threads: no shared state.
 */
#ifndef UT_BASE_STATUS_H
#define UT_BASE_STATUS_H

#include <stddef.h>
#include <stdint.h>

/* Stored in the database: append, never renumber. Names are in status.c. */
enum ut_status {
	UT_OK = 0,
	UT_EINVAL = -1, /* the caller asked for something that cannot be (option out of range) */
	UT_ENOMEM = -2,
	UT_EIO = -3,     /* the operating system refused: message has strerror */
	UT_EFORMAT = -4, /* content is not what it claims to be, or not a known format */
	UT_EDB = -5,
	UT_EEMPTY = -6,   /* the file has no bytes, or no samples */
	UT_ENOAUDIO = -7, /* a container without an audio track */
	UT_EENCRYPTED = -8,
	UT_EUNSUPPORTED = -9, /* recognised, but this build has no decoder for it */
	UT_ELIMIT = -10,      /* a bound on size, memory or duration was reached */
	UT_ETIMEOUT = -11,
	UT_ECRASH = -12,   /* the worker process died */
	UT_ECHANGED = -13, /* the file changed while it was read */
	UT_ENOENT = -14,
	UT_EMODEL = -15, /* a model file is damaged or of another version */
	UT_EMETA = -16,  /* a sidecar, profile or CDR is wrong or contradicts itself */
	UT_EREFUSED =
	    -17,        /* asked for something that the product never does (tone of an employee) */
	UT_EINTR = -18, /* stopped by a signal before the call was done */
};

struct ut_error { /* caller-owned */
	enum ut_status code;
	char msg[512];
};

/* Fills err (may be NULL) and returns code. */
enum ut_status ut_fail(struct ut_error *err, enum ut_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Short stable name of a code ("empty", "format"), for JSON, CSV and the database; never NULL. */
const char *ut_status_name(enum ut_status code);

/* The code that a name stands for; UT_EINVAL where the name is unknown. */
enum ut_status ut_status_from_name(const char *name);

#define UT_AUTO(destroy) __attribute__((cleanup(destroy)))
#define UT_MIN(a, b) ((a) < (b) ? (a) : (b))
#define UT_MAX(a, b) ((a) > (b) ? (a) : (b))
#define UT_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define UT_UNUSED __attribute__((unused))

#endif
