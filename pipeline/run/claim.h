/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claim.h - "this recording is in hand": one byte a recording of a lock file beside the database,
 * locked by the kernel. A killed process holds nothing, so there is nothing stale to clean up.
 * The file stays empty. Threads: one.
 */
#ifndef UT_RUN_CLAIM_H
#define UT_RUN_CLAIM_H

#include <stdbool.h>

#include "base/status.h"

struct ut_claims {
	int fd;
};

/* Opens DB.claims. UT_EIO. */
enum ut_status ut_claims_open(const char *db, struct ut_claims *c, struct ut_error *err);
void ut_claims_close(struct ut_claims *c);
/* False: another process has it. key: at least 15 hex digits. */
bool ut_claim_take(struct ut_claims *c, const char *key);
void ut_claim_drop(struct ut_claims *c, const char *key);

#endif
