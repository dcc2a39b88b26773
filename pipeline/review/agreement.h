/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agreement.h - do several raters hear the same: Krippendorff's alpha for nominal data, any number
 * of raters, with missing values; and its bootstrap interval.
 * Pure: numbers in, numbers out. Threads: no shared state.
 */
#ifndef UT_REVIEW_AGREEMENT_H
#define UT_REVIEW_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum { UT_AGREEMENT_MAX_VALUES = 16 };

struct ut_agreement {
	bool has_alpha;    /* false: fewer than two values can be paired, or nothing varies */
	double alpha;      /* 1 agreement, 0 chance, below 0 worse than chance */
	bool has_interval; /* false with fewer than 3 calls that two raters judged */
	double lo, hi;     /* 95 % */
	double observed;   /* share of pairs that agree, each call by its raters; 0..1 */
	size_t n_units, n_values; /* that could be paired: calls, verdicts */
};

/*
 * rating[u * n_raters + r] is what rater r said of unit u: 0..UT_AGREEMENT_MAX_VALUES - 1, or -1
 * for nothing. alpha = 1 - Do / De from the coincidence matrix: K. Krippendorff, Computing
 * Krippendorff's Alpha-Reliability (2011), section C. The interval: the percentiles 2.5 and 97.5 of
 * alpha over n_boot samples of the units with replacement (A. Zapf et al., BMC Medical Research
 * Methodology 16:93, 2016, who find it keeps its coverage); the same units give the same
 * interval. UT_EINVAL for a value out of range, UT_ENOMEM.
 */
enum ut_status ut_agreement(const signed char *rating, size_t n_units, size_t n_raters,
			    unsigned n_boot, struct ut_agreement *ret, struct ut_error *err);

#endif
