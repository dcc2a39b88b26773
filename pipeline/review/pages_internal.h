/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages_internal.h - what the pages share. */
#ifndef UT_REVIEW_PAGES_INTERNAL_H
#define UT_REVIEW_PAGES_INTERNAL_H

#include "review/pages.h"

enum ut_pages_here { UT_PAGES_QUEUE, UT_PAGES_SESSIONS, UT_PAGES_HELP, UT_PAGES_NOWHERE };

/* Head and bar; bar must live until ut_html_end, p is filled for it. */
void ut_pages_begin(struct ut_view *v, struct ut_html_page *p, const char *title,
		    enum ut_pages_here here, struct ut_text *bar);
void ut_pages_csrf(struct ut_view *v, struct ut_text *out); /* the hidden field */
void ut_pages_keys(struct ut_view *v, struct ut_text *out);
void ut_pages_example(struct ut_view *v, unsigned bad_start, struct ut_text *out);
void ut_pages_heard(struct ut_view *v, const char *heard, struct ut_text *out);
enum ut_tone_label ut_pages_label(const char *label);
enum ut_status ut_pages_filters(struct ut_view *v, const struct ut_filters *f, bool whole,
				struct ut_error *err);
void ut_pages_query(const struct ut_filters *f, struct ut_text *out);

#endif
