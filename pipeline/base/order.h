/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.h - for qsort: plain numbers, the smallest first. Threads: no shared state. */
#ifndef UT_BASE_ORDER_H
#define UT_BASE_ORDER_H

static inline int ut_by_float(const void *pa, const void *pb)
{
	float a = *(const float *)pa, b = *(const float *)pb;

	return (a > b) - (a < b);
}

static inline int ut_by_double(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

#endif
