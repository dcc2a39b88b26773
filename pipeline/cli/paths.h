/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.h - where a stored call's recording was seen, kept: for `show` and `export`. */
#ifndef UT_CLI_PATHS_H
#define UT_CLI_PATHS_H

#include "store/store.h"

struct ut_cli_paths { /* zeroed at first */
	char **v;
	char **other; /* the file of the other side; NULL where it is one file */
	size_t n;
	bool failed;
};

/* Appends the call's, in the order of ut_store_paths, whose errors it has; UT_ENOMEM. */
enum ut_status ut_cli_paths_load(struct ut_cli_paths *p, struct ut_store *s, int64_t id,
				 struct ut_error *err);
/* Frees; p is empty afterwards and may be used again. */
void ut_cli_paths_done(struct ut_cli_paths *p);

#endif
