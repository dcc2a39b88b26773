/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/limiter.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { OVER = 4, REACH = 12, LOOK_MS = 10 }; /* points a sample; taps on each side of a point */

/* Windowed sinc (Hann): the signal k / OVER samples behind one of them, of the REACH samples up to
 * it and the REACH after it. */
static void interpolator(float h[OVER - 1][2 * REACH])
{
	for (int k = 1; k < OVER; k++) {
		double sum = 0, v[2 * REACH];

		for (int i = 0; i < 2 * REACH; i++) {
			double t = i - (REACH - 1) - (double)k / OVER;

			v[i] = sin(M_PI * t) / (M_PI * t) * (0.5 + 0.5 * cos(M_PI * t / REACH));
			sum += v[i];
		}
		for (int i = 0; i < 2 * REACH; i++)
			h[k - 1][i] = (float)(v[i] / sum);
	}
}

/* need[i]: the gain that brings the peaks from half-way before sample i to half-way behind it (and
 * a quarter beyond) below the ceiling. False: nowhere less than 1. */
static bool find_need(const float *x, size_t n, float ceiling, float *need)
{
	float h[OVER - 1][2 * REACH], edge[2 * REACH];
	bool any = false;

	interpolator(h);
	for (size_t i = 0; i < n; i++)
		need[i] = fabsf(x[i]);
	for (size_t i = 0; i + 1 < n; i++) {
		const float *at = x + i - (REACH - 1);
		float top = 0;

		if (i < REACH - 1 || i + REACH >= n) { /* silence lies beyond the ends */
			for (int j = 0; j < 2 * REACH; j++) {
				size_t from = i + (size_t)j;

				edge[j] = from < REACH - 1 || from - (REACH - 1) >= n
					      ? 0
					      : x[from - (REACH - 1)];
			}
			at = edge;
		}
		for (int k = 0; k < OVER - 1; k++) {
			float y = 0;

			for (int j = 0; j < 2 * REACH; j++)
				y += h[k][j] * at[j];
			top = UT_MAX(top, fabsf(y));
		}
		need[i] = UT_MAX(need[i], top);
		need[i + 1] = UT_MAX(need[i + 1], top);
	}
	for (size_t i = 0; i < n; i++) {
		any |= need[i] > ceiling;
		need[i] = need[i] > ceiling ? ceiling / need[i] : 1;
	}
	return any;
}

/* y[i] = the least of x[i - reach .. i + reach]; queue: room for n positions. */
static void least_around(const float *x, float *y, size_t n, size_t reach, size_t *queue)
{
	size_t first = 0, end = 0;

	for (size_t i = 0; i < n + reach; i++) {
		if (i < n) {
			while (end > first && x[queue[end - 1]] >= x[i])
				end--;
			queue[end++] = i;
		}
		if (i < reach)
			continue;
		while (queue[first] + reach < i - reach)
			first++;
		y[i - reach] = x[queue[first]];
	}
}

/* y[i] = mean of x[i - half .. i + half]; the first and last go on beyond the ends. A double holds
 * sums of so few floats near 1 without an error, so nothing is left of a peak once it is past. */
static void mean_around(const float *x, float *y, size_t n, size_t half)
{
	double sum = (double)half * (double)x[0];

	for (size_t i = 0; i <= half; i++)
		sum += x[UT_MIN(i, n - 1)];
	for (size_t i = 0; i < n; i++) {
		y[i] = (float)(sum / (double)(2 * half + 1));
		sum += x[UT_MIN(i + half + 1, n - 1)];
		sum -= x[i >= half ? i - half : 0];
	}
}

enum ut_status ut_limit_peaks(float *x, size_t n, unsigned rate_hz, float ceiling, float *least,
			      struct ut_error *err)
{
	size_t reach = (size_t)rate_hz * LOOK_MS / 1000;
	float *a = malloc(UT_MAX(n, 1) * sizeof(*a)), *b = malloc(UT_MAX(n, 1) * sizeof(*b));
	size_t *queue = malloc(UT_MAX(n, 1) * sizeof(*queue));
	enum ut_status st = UT_OK;

	*least = 1;
	if (!a || !b || !queue) {
		st = ut_fail(err, UT_ENOMEM, "not enough memory to hold the peaks down");
	} else if (n > 0 && find_need(x, n, ceiling, a)) {
		least_around(a, b, n, reach, queue);
		/* two means one after the other reach as far as the minimum did */
		mean_around(b, a, n, reach / 2);
		mean_around(a, b, n, reach - reach / 2);
		for (size_t i = 0; i < n; i++) {
			x[i] *= b[i];
			*least = UT_MIN(*least, b[i]);
		}
	}
	free(a);
	free(b);
	free(queue);
	return st;
}
