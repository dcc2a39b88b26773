/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * permit.h - whose calls may be analysed at all: customers who objected are left alone, and where
 * it is required a call must declare its purpose and the notice that was given. Checked before a
 * recording is decoded.
 * Memory: the list. Threads: const once made.
 */
#ifndef UT_RUN_PERMIT_H
#define UT_RUN_PERMIT_H

#include <stdbool.h>

#include "call/call.h"

struct ut_permit;

/* list: customer keys, one a line; blank lines and lines that begin with # are left out; NULL for
 * none. UT_ENOMEM. */
enum ut_status ut_permit_create(const char *list, bool require_notice, struct ut_permit **ret,
				struct ut_error *err);
/* UT_EREFUSED says why, without naming the customer. p NULL: everything is permitted. */
enum ut_status ut_permit_check(const struct ut_permit *p, const struct ut_meta *m,
			       struct ut_error *err);
void ut_permit_destroy(struct ut_permit **pp);

#endif
