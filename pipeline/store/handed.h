/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handed.h - files with customers' voices that the program wrote for people to take away (excerpts,
 * workshop packs): noted where they were made, so that a purge finds them again.
 * Errors are UT_EDB unless said. Memory: what callbacks get is lent. Threads: one per handle.
 */
#ifndef UT_STORE_HANDED_H
#define UT_STORE_HANDED_H

#include "store/store.h"

struct ut_handed {
	const char *path;    /* absolute */
	const char *pack;    /* absolute: the pack it belongs to; NULL: a file by itself */
	const char *sha256;  /* of the file, hex */
	const char *made_as; /* how it was made, in words that differ where the file would */
	const char *at, *actor; /* when and by whom; not read by ut_handed_note, but actor */
};

/* The recordings (call rows) that one file holds or speaks of. A path that was noted before is
 * noted anew. */
enum ut_status ut_handed_note(struct ut_store *s, const struct ut_handed *h,
			      const int64_t *call_ids, size_t n, struct ut_error *err);

typedef bool ut_handed_fn(void *user, const struct ut_handed *h); /* false stops */
/* By pack, then path. path NULL: all; else the one. */
enum ut_status ut_handed_list(struct ut_store *s, const char *path, ut_handed_fn *fn, void *user,
			      struct ut_error *err);

#endif
