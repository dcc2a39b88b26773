/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages.h - the pages of the review server, from what the store says: no connection, no file, no
 * clock. Each appends a whole HTML document to v->out.
 * Memory: the caller's. Threads: one per view and store handle.
 */
#ifndef UT_REVIEW_PAGES_H
#define UT_REVIEW_PAGES_H

#include "report/html.h"
#include "review/form.h"
#include "store/review.h"

struct ut_view {
	struct ut_store *s; /* read */
	enum ut_lang lang;
	bool signed_in;
	struct ut_reviewer who;
	const char *csrf;
	const char *self; /* path and query of this page, for the language link */
	struct ut_text *out;
};

void ut_page_signin(struct ut_view *v, const char *csrf, enum ut_str note, bool bad);
void ut_page_error(struct ut_view *v, enum ut_str what);
void ut_page_help(struct ut_view *v);
enum ut_status ut_page_queue(struct ut_view *v, const struct ut_form *f, struct ut_error *err);
/* The list as CSV; *n: its rows. */
enum ut_status ut_page_queue_csv(struct ut_view *v, const struct ut_form *f, int64_t *n,
				 struct ut_error *err);

/* What the call page needs beside the store. */
struct ut_page_recording {
	bool there; /* it can be opened */
};
/* c: as ut_store_load_call gave it. blind: the open session in which it is to be judged; 0: none.
 */
enum ut_status ut_page_call(struct ut_view *v, const struct ut_call *c, int64_t blind,
			    const struct ut_page_recording *r, const struct ut_form *f,
			    struct ut_error *err);

enum ut_status ut_page_sessions(struct ut_view *v, const struct ut_form *f, struct ut_error *err);
enum ut_status ut_page_session(struct ut_view *v, int64_t id, struct ut_error *err);

/* "call-12 · billing": how a page names a call. Escaped. */
void ut_page_call_name(struct ut_text *out, int64_t id, const char *call_key, const char *file);

/* What is heard around the closing: ten seconds before it, to three after. */
void ut_page_excerpt(const struct ut_call *c, double *start_s, double *end_s);

#endif
