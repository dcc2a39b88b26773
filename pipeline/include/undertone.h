/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * undertone.h - one recording in, what was found in it out: the C interface of libundertone, and
 * the only header that is installed. Plain C99, also for C++.
 *
 * Recordings are untrusted: each is decoded and analysed in a process of its own that can open
 * nothing (as `undertone score` does); a crash, a hang or a bomb there is an error here.
 * A tone is given only for a verified external customer: say which channel that is, or give a
 * sidecar that does (schemas/sidecar.schema.json). There is no option around it.
 * Phrases are not listened for: closings are found by the turns, or by a transcript's file.
 *
 * Memory: what a call fills is freed by its done; texts live as long as what they are in. Threads:
 * one per object; undertone_create forks, so call it before other threads are started.
 */
#ifndef UNDERTONE_H
#define UNDERTONE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UNDERTONE_API __attribute__((visibility("default")))

/* 0: fine. Negative: what went wrong; never renumbered. undertone_code_name has a word for each. */
enum undertone_code {
	UNDERTONE_OK = 0,
	UNDERTONE_INVALID = -1, /* an argument that cannot be */
	UNDERTONE_MEMORY = -2,
	UNDERTONE_IO = -3,
	UNDERTONE_FORMAT = -4, /* no known format, or not what it claims to be */
	UNDERTONE_EMPTY = -6,
	UNDERTONE_NO_AUDIO = -7,
	UNDERTONE_ENCRYPTED = -8,
	UNDERTONE_UNSUPPORTED = -9,
	UNDERTONE_LIMIT = -10, /* longer than allowed, or too much of it for its size */
	UNDERTONE_TIMEOUT = -11,
	UNDERTONE_CRASH = -12, /* the process that read it died */
	UNDERTONE_META = -16   /* the sidecar contradicts itself */
};

struct undertone_error { /* the caller's; may be NULL everywhere */
	int code;
	char message[512]; /* names the fault and the way out */
};

struct undertone_options {
	size_t size;          /* sizeof(struct undertone_options): later versions add fields */
	const char *customer; /* "left", "right", "all", a channel's number; NULL: a sidecar says */
	double max_hours;     /* of one recording; 0: 12 */
	size_t memory_mb;     /* of the process that reads it; 0: 2048 */
};

struct undertone_result {
	double duration_s;
	int has_closing; /* the customer's closing acknowledgement was found */
	double closing_start_s, closing_end_s, closing_confidence;
	int has_tone;      /* label and scores are there */
	const char *label; /* "accepting", "resigned", "angry", "abstain"; "none" without a tone */
	double accepting, resigned, angry; /* calibrated probabilities; they sum to 1 */
	const char
	    *reason;      /* why there is no closing, no tone, or no claim; "" where there is one */
	const char *json; /* all of it, one line: schemas/score.schema.json */
	void *owned;      /* of the library */
};

struct undertone;

/* options may be NULL. *ret is freed with destroy. */
UNDERTONE_API int undertone_create(const struct undertone_options *options, struct undertone **ret,
				   struct undertone_error *err);
UNDERTONE_API void undertone_destroy(struct undertone **u);

/* A recording with the sidecar and the transcript that lie beside it. */
UNDERTONE_API int undertone_score_file(struct undertone *u, const char *path,
				       struct undertone_result *ret, struct undertone_error *err);
/*
 * The bytes of a recording, as a file would hold them. name: for its extension (headerless formats)
 * and for messages. sidecar: JSON, may be NULL.
 */
UNDERTONE_API int undertone_score_buffer(struct undertone *u, const void *bytes, size_t n,
					 const char *name, const char *sidecar,
					 struct undertone_result *ret, struct undertone_error *err);
UNDERTONE_API void undertone_result_done(struct undertone_result *r);

UNDERTONE_API const char *undertone_code_name(int code);
UNDERTONE_API const char *undertone_version(void);

#ifdef __cplusplus
}
#endif

#endif
