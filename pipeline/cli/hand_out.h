/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hand_out.h - a file leaves the program, for `clips` and `pack`: noted, then written. */
#ifndef UT_CLI_HAND_OUT_H
#define UT_CLI_HAND_OUT_H

#include "base/text.h"
#include "store/store.h"

struct ut_cli_handed {
	const char *dir, *name; /* absolute; in it */
	const char *pack;       /* absolute: the pack it belongs to; NULL: a file by itself */
	const char *made_as;    /* see ut_handed (handed.h) */
	const int64_t *ids;     /* the calls that it holds or speaks of */
	size_t n;
};

/* Notes it in the store, then writes it (ut_outfile_write). sha256: hex, of the bytes. Errors:
 * those of ut_handed_note and ut_outfile_write, UT_ENOMEM. */
enum ut_status ut_cli_hand_out(struct ut_store *s, const struct ut_cli_handed *h,
			       const struct ut_text *bytes, char sha256[65], struct ut_error *err);

#endif
