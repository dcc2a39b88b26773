/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forest.h - shares of several groups with their intervals as one SVG picture: a dot and its bar a
 * row, a ring for the period before. Stands alone and is safe to put into a page; colours are the
 * sheet's classes, with a text alternative inside.
 * Memory: appends to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_FOREST_H
#define UT_REPORT_FOREST_H

#include <stddef.h>

#include "base/text.h"
#include "report/share.h"

struct ut_forest_row {
	const char *label; /* escaped here; long ones are cut, whole in the row's own title */
	struct ut_share share;
	struct ut_share before; /* n 0: no ring */
	bool faint;             /* too few calls to be ranked */
	const char *instead;    /* shown in place of a share that may not be shown; NULL: none */
};

struct ut_forest {
	const char *id;    /* unique in the page; a literal */
	const char *title; /* escaped */
	const char *unit;  /* below the axis: "% of calls" */
	const char *before_name;
	const struct ut_forest_row *rows;
	size_t n_rows;
};

void ut_forest_svg(const struct ut_forest *f, struct ut_text *out);

#endif
