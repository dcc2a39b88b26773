/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.h - the recordings under some folders, or in a list, one at a time. Nothing is collected:
 * millions of files cost what one path costs. A folder is entered by a symbolic link once at most,
 * and never inside itself.
 * Memory: one open folder a level. Threads: one per object.
 */
#ifndef UT_RUN_SCAN_H
#define UT_RUN_SCAN_H

#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"

enum { UT_SCAN_MAX_EXCLUDE = 32 };

struct ut_scan_opts {
	const char *exclude[UT_SCAN_MAX_EXCLUDE]; /* shell patterns: of a name, or of a path where
						   * they have a slash; folders too */
	unsigned n_exclude;
	int64_t since_ns; /* files modified before are left out; INT64_MIN = none */
	FILE *list;       /* what the operand "-" stands for; lent */
	int list_end;     /* '\n' or '\0': what ends a name there */
};

enum ut_scan_what {
	UT_SCAN_END,
	UT_SCAN_FILE,
	UT_SCAN_ERROR, /* this path could not be read; the scan goes on */
};

struct ut_scan_entry {
	enum ut_scan_what what;
	const char *path; /* lent until the next; any bytes */
	bool named;       /* given by name, not found in a folder: whatever it is, it is meant */
	struct ut_error err;
};

struct ut_scan;

/* paths: lent, as long as the scan. UT_ENOMEM. */
enum ut_status ut_scan_create(const char *const *paths, size_t n, const struct ut_scan_opts *o,
			      struct ut_scan **ret, struct ut_error *err);
/* UT_ENOMEM only. */
enum ut_status ut_scan_next(struct ut_scan *s, struct ut_scan_entry *e, struct ut_error *err);
void ut_scan_destroy(struct ut_scan **ps);

/* Whether a name found in a folder can be a recording: not hidden, and no ending that says
 * otherwise (sidecars, lists, pictures, unfinished downloads); a vCon can. Its content is not looked
 * at. */
bool ut_scan_is_candidate(const char *name);

#endif
