/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/share.h"

#include <math.h>
#include <stdlib.h>

#include "base/order.h"

static const double z = 1.959963984540054; /* two-sided 95 % of the normal distribution */

void ut_share_set(struct ut_share *s, unsigned k, unsigned n)
{
	double p, mid, half, scale;

	*s = (struct ut_share){ k, n, 0, 0, 1 };
	if (n == 0)
		return;
	p = (double)k / n;
	scale = 1 / (1 + z * z / n);
	mid = (p + z * z / (2 * n)) * scale;
	half = z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) * scale;
	s->p = p;
	s->lo = k == 0 ? 0 : fmax(0, mid - half);
	s->hi = k == n ? 1 : fmin(1, mid + half);
}

bool ut_share_difference(const struct ut_share *a, const struct ut_share *b,
			 struct ut_difference *ret)
{
	*ret = (struct ut_difference){ 0, -1, 1 };
	if (a->n == 0 || b->n == 0)
		return false;
	ret->d = a->p - b->p;
	ret->lo = ret->d - hypot(a->p - a->lo, b->hi - b->p);
	ret->hi = ret->d + hypot(a->hi - a->p, b->p - b->lo);
	return true;
}

double ut_share_quantile(double *v, unsigned n, double p)
{
	double at = p * (n - 1);
	unsigned i = (unsigned)at;

	qsort(v, n, sizeof(*v), ut_by_double);
	return i + 1 < n ? v[i] + (at - i) * (v[i + 1] - v[i]) : v[i];
}
