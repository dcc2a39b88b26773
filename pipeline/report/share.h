/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * share.h - shares of calls and how sure they are; 95 % intervals. Pure. Threads: no shared state.
 */
#ifndef UT_REPORT_SHARE_H
#define UT_REPORT_SHARE_H

#include <stdbool.h>

struct ut_share {
	unsigned k, n;    /* k of n */
	double p, lo, hi; /* 0..1; 0, 0, 1 where n is 0 */
};

/* Wilson's score interval, 1927, J. Am. Stat. Assoc. 22, 209-212. k at most n. */
void ut_share_set(struct ut_share *s, unsigned k, unsigned n);

struct ut_difference {
	double d, lo, hi; /* -1..1 */
};
/*
 * a - b of two independent shares: Newcombe's method 10 out of the two score intervals, 1998,
 * Statistics in Medicine 17, 873-890. False, with -1..1, where either has no calls.
 */
bool ut_share_difference(const struct ut_share *a, const struct ut_share *b,
			 struct ut_difference *ret);

/* The p-th part (0..1) of n values, interpolated between neighbours (Hyndman & Fan 1996, type 7);
 * sorts v. n at least 1. */
double ut_share_quantile(double *v, unsigned n, double p);

#endif
