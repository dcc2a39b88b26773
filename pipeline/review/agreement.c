/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review/agreement.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"

enum { N = UT_AGREEMENT_MAX_VALUES };

/* What one unit adds to the coincidence matrix: pairs of values, each pair counted 1 / (m - 1). */
struct unit {
	double same;     /* of pairs that agree */
	double value[N]; /* how often each value was given, where it could be paired */
	double m;        /* values */
};

static void read_unit(const signed char *r, size_t n_raters, struct unit *u)
{
	memset(u, 0, sizeof(*u));
	for (size_t i = 0; i < n_raters; i++)
		if (r[i] >= 0) {
			u->value[(int)r[i]]++;
			u->m++;
		}
	if (u->m < 2) {
		memset(u, 0, sizeof(*u));
		return;
	}
	for (int v = 0; v < N; v++)
		u->same += u->value[v] * (u->value[v] - 1) / (u->m - 1);
}

/* alpha = 1 - (n - 1) sum_{c != k} o_ck / sum_{c != k} n_c n_k; false where it is not defined. */
static bool alpha_of(const struct unit *u, const size_t *pick, size_t n_units, double *ret)
{
	double n = 0, same = 0, total[N] = { 0 }, expected = 0;

	for (size_t i = 0; i < n_units; i++) {
		const struct unit *p = &u[pick ? pick[i] : i];

		n += p->m;
		same += p->same;
		for (int v = 0; v < N; v++)
			total[v] += p->value[v];
	}
	for (int v = 0; v < N; v++)
		expected += total[v] * (n - total[v]);
	if (n < 2 || expected <= 0)
		return false;
	*ret = 1 - (n - 1) * (n - same) / expected;
	return true;
}

static uint64_t next(uint64_t *s)
{
	/* SplitMix64, Steele et al. 2014 */
	uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static enum ut_status bootstrap(const struct unit *u, size_t n, unsigned n_boot,
				struct ut_agreement *ret, struct ut_error *err)
{
	double *a = calloc(n_boot, sizeof(*a));
	size_t *pick = calloc(n, sizeof(*pick)), k = 0;
	uint64_t seed = 20111;

	if (!a || !pick) {
		free(a);
		free(pick);
		return ut_fail(err, UT_ENOMEM, "agreement");
	}
	for (unsigned b = 0; b < n_boot; b++) {
		for (size_t i = 0; i < n; i++)
			pick[i] = (size_t)(next(&seed) % n);
		/* a sample in which all say the same: perfect agreement on nothing, which says
		 * neither; left out, as where the whole data are such */
		k += alpha_of(u, pick, n, &a[k]);
	}
	if (k >= 40) {
		qsort(a, k, sizeof(*a), ut_by_double);
		ret->lo = a[(size_t)floor(0.025 * (double)(k - 1))];
		ret->hi = a[(size_t)ceil(0.975 * (double)(k - 1))];
		ret->has_interval = true;
	}
	free(a);
	free(pick);
	return UT_OK;
}

enum ut_status ut_agreement(const signed char *rating, size_t n_units, size_t n_raters,
			    unsigned n_boot, struct ut_agreement *ret, struct ut_error *err)
{
	enum { MIN_UNITS = 3 };
	struct unit *u;
	enum ut_status st = UT_OK;
	double same = 0;
	size_t n = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n_units * n_raters; i++)
		if (rating[i] < -1 || rating[i] >= N)
			return ut_fail(err, UT_EINVAL, "a rating of %d", rating[i]);
	u = calloc(n_units ? n_units : 1, sizeof(*u));
	if (!u)
		return ut_fail(err, UT_ENOMEM, "agreement");
	for (size_t i = 0; i < n_units; i++) {
		read_unit(rating + i * n_raters, n_raters, &u[n]);
		if (u[n].m == 0)
			continue;
		ret->n_values += (size_t)u[n].m;
		same += u[n].same;
		n++;
	}
	ret->n_units = n;
	if (ret->n_values)
		ret->observed = same / (double)ret->n_values;
	ret->has_alpha = alpha_of(u, NULL, n, &ret->alpha);
	if (ret->has_alpha && n >= MIN_UNITS && n_boot)
		st = bootstrap(u, n, n_boot, ret, err);
	free(u);
	return st;
}
