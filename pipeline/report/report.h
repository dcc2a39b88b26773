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

/* One call, whole: `score` (a page for a person) and `score --json` (one object, one line;
 * schemas/score.schema.json). */
void ut_report_call_text(const struct ut_call *c, bool color, struct ut_text *out);
void ut_report_call_json(const struct ut_call *c, struct ut_text *out);

/* What the store knows beside the record; lent. */
struct ut_report_row {
	const struct ut_stored *stored;
	const char *const *paths;
	size_t n_paths;
	const char *const *others; /* the other side's file of each; NULL, or of NULLs */
};
/* The same with everything stored: turns, holds and tones, features, where the row comes from. */
void ut_report_show_text(const struct ut_call *c, const struct ut_report_row *r, bool color,
			 struct ut_text *out);
void ut_report_show_json(const struct ut_call *c, const struct ut_report_row *r,
			 struct ut_text *out);

struct ut_report_list {   /* the ranked list */
	const char *name; /* "text", "csv", "json" */
	void (*head)(bool color, struct ut_text *out);
	void (*row)(const struct ut_finding *f, bool color, struct ut_text *out);
};
extern const struct ut_report_list ut_report_lists[]; /* ends with a row whose name is NULL */
const struct ut_report_list *ut_report_list_find(const char *name); /* NULL where unknown */

/* A finding is flagged for review where the tone's label is resigned or angry: never where the
 * model abstained, or where there is no tone. */
bool ut_report_review(const struct ut_call *c);

#endif
