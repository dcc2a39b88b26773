/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form.h - what a browser sends: "a=b&c=d" of a query or a form's body, percent-decoded and checked
 * for UTF-8; and the queue's filters as such a query.
 * Memory: a form owns one copy of its text. Threads: one per object.
 */
#ifndef UT_REVIEW_FORM_H
#define UT_REVIEW_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "store/review.h"

enum { UT_FORM_MAX = 64 /* fields */ };

struct ut_form {
	char *text;
	struct {
		const char *name, *value;
	} field[UT_FORM_MAX];
	unsigned n;
};

/* UT_EINVAL: more fields than UT_FORM_MAX, a bad escape, a zero byte, not UTF-8. UT_ENOMEM. Free
 * with done, also after a failure. */
enum ut_status ut_form_parse(const char *s, size_t n, struct ut_form *ret, struct ut_error *err);
void ut_form_done(struct ut_form *f);
/* The first value of that name; NULL: none. */
const char *ut_form_get(const struct ut_form *f, const char *name);
/* The same; NULL also where it is empty. */
const char *ut_form_text(const struct ut_form *f, const char *name);
/* A whole number within lo..hi, else `otherwise`. */
int64_t ut_form_int(const struct ut_form *f, const char *name, int64_t lo, int64_t hi,
		    int64_t otherwise);

/* What the queue shows: filters, and the least share of positive examples in percent. */
struct ut_filters {
	struct ut_review_query q; /* strings lent from the form; q.limit is not set */
	int share;                /* 0..100 */
	double good_key;          /* where the examples go on; call 0: from the top */
	int64_t good_call;
};
enum { UT_FILTERS_SHARE = 20 };

/* What is not understood is left out: a link from elsewhere must not fail. */
void ut_filters_read(const struct ut_form *f, struct ut_filters *ret);
/* "team=a&label=angry" without a place: the same list from its top. Percent-encoded; put it through
 * ut_html_attr. */
void ut_filters_write(const struct ut_filters *f, struct ut_text *out);

#endif
