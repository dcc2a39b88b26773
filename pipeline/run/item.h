/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * item.h - a recording before it goes to a worker: opened, with its sidecar; and the request.
 *
 * A vCon may be handed in as the recording: the audio inside it is then read, as bytes of the same
 * content as a file of its own would have, with the vCon as its sidecar.
 * Memory: an item owns its descriptor and strings. Threads: one.
 */
#ifndef UT_RUN_ITEM_H
#define UT_RUN_ITEM_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/text.h"
#include "isolate/worker.h"

/* Raise it when a change of the analysis changes results: it is part of every result's key. */
enum { UT_ANALYSIS_VERSION = 3 };

struct ut_recording { /* as the analysis sees it; lent */
	int fd;
	int fd2; /* the other side of the call, where name2 is not NULL */
	const char *name, *name2;
	const char *sidecar; /* NULL where there is none */
	size_t sidecar_n;
	const char *sidecar_name;
	const char *sidecar2; /* of the other side's file */
	size_t sidecar2_n;
	const char *sidecar2_name;
	const char *transcript; /* likewise */
	size_t transcript_n;
	const char *transcript_name;
};

struct ut_beside { /* a file beside the recording; name NULL where there is none */
	char *name, *bytes;
	size_t n;
};

struct ut_item {
	char *path;
	char *given;    /* the vCon that was named, where path is the recording it led to; NULL */
	bool named;     /* by the person, not found in a folder */
	int fd;         /* -1 before open */
	int vcon_fd;    /* the file itself where fd is the audio out of it; else -1 */
	bool described; /* not a recording: a vCon found in a folder beside the file it describes */
	struct stat st; /* of the file, as it was when it was opened */
	int64_t size;   /* bytes of the recording */
	struct ut_beside sidecar, transcript;
	/* the other side of the call, where it is a file of its own; path2 NULL otherwise */
	char *path2;
	int fd2;
	struct stat st2;
	struct ut_beside sidecar2;
};

/* Takes a copy of path. UT_ENOMEM. */
enum ut_status ut_item_init(struct ut_item *it, const char *path, bool named, struct ut_error *err);
/* Before it is opened: its other side. Takes a copy. UT_ENOMEM. */
enum ut_status ut_item_join(struct ut_item *it, const char *path2, struct ut_error *err);
void ut_item_done(struct ut_item *it);
/* Bytes of both sides; when either last changed (ut_path_changed_ns); when either was last written.
 */
int64_t ut_item_bytes(const struct ut_item *it);
int64_t ut_item_changed_ns(const struct ut_item *it);
int64_t ut_item_mtime_ns(const struct ut_item *it);
/* Opens and stats; the fault without the path. UT_ENOENT, UT_EIO, UT_EFORMAT (not a file). Of a
 * vCon also UT_EMETA, UT_EENCRYPTED, UT_ENOAUDIO (the recording is elsewhere: err says where). A
 * vCon that was named and whose recording lies beside it: path and fd become those of the
 * recording. */
enum ut_status ut_item_open(struct ut_item *it, struct ut_error *err);
/* Reads the sidecar and the transcript beside it, where there are. UT_EIO, UT_ELIMIT. */
enum ut_status ut_item_read_beside(struct ut_item *it, struct ut_error *err);
/* A file beside it as it is, for the exports. Gone: UT_OK and an empty f. UT_EIO, UT_ELIMIT. */
enum ut_status ut_item_read_file(const char *path, size_t max, struct ut_beside *f,
				 struct ut_error *err);
/* Appends what of them changes a result: for its key. */
void ut_item_key(const struct ut_item *it, struct ut_text *out);
/* UT_ECHANGED where the file is not what it was when it was opened. hash: of what was read then; a
 * file that was only renamed, linked or given other rights meanwhile is read once more. */
enum ut_status ut_item_unchanged(const struct ut_item *it, const char *hash, struct ut_error *err);

/* What a worker is sent besides the descriptor: it asks before it analyses, or not. */
void ut_request_encode(const struct ut_item *it, bool ask, struct ut_text *out);

/* In the worker: the recording of a job, lent from it, and whether to ask. */
enum ut_status ut_request_decode(const struct ut_job *j, struct ut_recording *r, bool *ask,
				 struct ut_error *err);

#endif
