/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reliability.h - a reliability diagram as SVG: how often the best score was right, against what it
 * said. Stands alone (no script, no outside font). Memory: appends to the caller's text (check
 * .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_RELIABILITY_H
#define UT_REPORT_RELIABILITY_H

#include "base/text.h"
#include "classifiers/evaluate.h"

/* title is escaped here. The lines through the points are 95 % Wilson intervals of one bin's share,
 * as if closings were independent. */
void ut_reliability_svg(const struct ut_evaluation *e, const char *title, struct ut_text *out);

#endif
