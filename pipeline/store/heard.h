/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heard.h - what reviewers heard in the closings that are stored now: what a tone model learns
 * from. Errors are UT_EDB. Memory: what callbacks get is lent. Threads: one per handle.
 */
#ifndef UT_STORE_HEARD_H
#define UT_STORE_HEARD_H

#include "store/store.h"

struct ut_heard {
	int64_t call_id;
	const char *customer; /* customer_key; where there is none, the recording's hash */
	enum ut_tone_label label;
	unsigned n_reviewers, n_blind; /* that heard it; of them before the score was shown */
};
typedef bool ut_heard_fn(void *user, const struct ut_heard *h); /* false stops */

/*
 * One row a recording whose current result has a tone of a verified external customer. Of each
 * reviewer the latest verdict outside open blind sessions counts, where it is sure and was of this
 * closing (the two stretches share at least half of what they cover). Where reviewers differ the
 * label that more heard than any other; a tie is left out. By content hash: the order of reviewing
 * changes nothing.
 */
enum ut_status ut_store_heard(struct ut_store *s, ut_heard_fn *fn, void *user,
			      struct ut_error *err);

#endif
