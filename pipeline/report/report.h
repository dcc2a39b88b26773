/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - writers: one a format, one table of them. They read records that the store gave back.
 * Memory: append to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_REPORT_H
#define UT_REPORT_REPORT_H

#include "base/text.h"
#include "call/call.h"
#include "store/store.h"

/* One call, whole: `score` (a page for a person) and `score --json` (one object, one line). */
void ut_report_call_text(const struct ut_call *c, bool color, struct ut_text *out);
void ut_report_call_json(const struct ut_call *c, struct ut_text *out);

struct ut_report_list {   /* the ranked list */
	const char *name; /* "text", "csv", "json" */
	void (*head)(struct ut_text *out);
	void (*row)(const struct ut_finding *f, struct ut_text *out);
};
extern const struct ut_report_list ut_report_lists[];
const struct ut_report_list *ut_report_list_find(const char *name); /* NULL where unknown */

#endif
