/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"

enum {
	MAX_LAG = UT_ALIGN_MAX_S * UT_FRAMES_PER_S,
	MAX_ROWS = 20 * 60 * UT_FRAMES_PER_S, /* of a longer call the first 20 min tell enough */
	CELL = 10,                            /* frames: turns need no finer view */
	CELL_LAG = MAX_LAG / CELL,
	LOCAL = 50,   /* frames about one over which a level is usual */
	NEAR = 40,    /* lags about a peak that belong to it */
	APART = 20,   /* cells of another answer */
	LEAST = 1000, /* frames of speech on each side, and in which both are there */
};

/* Of the peak over the robust spread of all lags, and the parts of chance; docs/WHO-IS-WHO.md. */
static const double least_z = 8, least_depth = 0.4, most_overlap = 0.6, prior = 20;

/* Lags are only looked at where at least half of the shorter side lies beside the other. */
static int64_t least_joint(size_t nx, size_t ny)
{
	return (int64_t)(nx < ny ? nx : ny) / 2;
}

/* Clipped below: digital silence is no signal. */
static float *levels(const struct ut_frame_table *t, size_t n)
{
	float *x = malloc((n + 1) * sizeof(*x));

	for (size_t i = 0; x && i < n; i++)
		x[i] = fmaxf(t->row[i].level_db, -90);
	return x;
}

/* Fast changes of a level: what is above the mean of its surroundings, bounded. */
static float *changes(const float *x, size_t n)
{
	float *y = malloc((n + 1) * sizeof(*y));
	double *sum = malloc((n + 1) * sizeof(*sum)), mean = 0;

	if (!y || !sum) {
		free(y);
		free(sum);
		return NULL;
	}
	sum[0] = 0;
	for (size_t i = 0; i < n; i++)
		sum[i + 1] = sum[i] + (double)x[i];
	for (size_t i = 0; i < n; i++) {
		size_t from = i > LOCAL ? i - LOCAL : 0, to = i + LOCAL + 1 < n ? i + LOCAL + 1 : n;
		double usual = (sum[to] - sum[from]) / (double)(to - from);

		y[i] = (float)fmax(-12, fmin(12, (double)x[i] - usual));
		mean += (double)y[i];
	}
	for (size_t i = 0; i < n; i++)
		y[i] -= (float)(mean / (double)n);
	free(sum);
	return y;
}

static double median(float *v, size_t n)
{
	qsort(v, n, sizeof(*v), ut_by_float);
	return n ? (double)v[n / 2] : 0;
}

/*
 * The lag at which the fast changes agree, by their correlation less its own running mean (turns
 * make that go up and down slowly, an echo is a needle), in robust standard deviations.
 */
static enum ut_status by_echo(const float *x, size_t nx, const float *y, size_t ny, int64_t *lag,
			      double *z, double *next)
{
	enum { N = 2 * MAX_LAG + 1, FAR = 30, BY = 10 };
	float *r = calloc(N, sizeof(*r)), *p = calloc(N, sizeof(*p)), *q = calloc(N, sizeof(*q));
	enum ut_status st = r && p && q ? UT_OK : UT_ENOMEM;
	int64_t joint = least_joint(nx, ny), lo = N, hi = 0, n;
	double mid, spread;

	*z = *next = 0;
	*lag = 0;
	for (int64_t k = 0; st == UT_OK && k < N; k++) {
		int64_t l = k - MAX_LAG; /* y is moved by l: y[i - l] beside x[i] */
		int64_t from = l > 0 ? l : 0, to = (int64_t)ny + l;
		float sum = 0;

		to = to < (int64_t)nx ? to : (int64_t)nx;
		if (to - from < (joint > LEAST ? joint : LEAST))
			continue;
		lo = k < lo ? k : lo; /* those that are left are neighbours */
		hi = k + 1;
#pragma omp simd reduction(+ : sum)
		for (int64_t i = from; i < to; i++)
			sum += x[i] * y[i - l];
		r[k] = sum / sqrtf((float)(to - from));
	}
	lo += FAR;
	hi -= FAR;
	n = hi - lo;
	for (int64_t k = lo; st == UT_OK && k < hi; k++) {
		float around = 0;

		for (int64_t d = BY; d <= FAR; d++)
			around += r[k - d] + r[k + d];
		p[k] = r[k] - around / (2 * (FAR - BY + 1));
	}
	if (st == UT_OK && n > 10 * NEAR) {
		memcpy(q, p + lo, (size_t)n * sizeof(*q));
		mid = median(q, (size_t)n);
		for (int64_t k = 0; k < n; k++)
			q[k] = fabsf(p[lo + k] - (float)mid);
		spread = fmax(median(q, (size_t)n) / 0.6745, 1e-6);
		for (int64_t k = lo; k < hi; k++)
			if (((double)p[k] - mid) / spread > *z) {
				*z = ((double)p[k] - mid) / spread;
				*lag = k - MAX_LAG;
			}
		for (int64_t k = lo; k < hi; k++)
			if (llabs(k - MAX_LAG - *lag) > NEAR)
				*next = fmax(*next, ((double)p[k] - mid) / spread);
	}
	free(r);
	free(p);
	free(q);
	return st;
}

/* Speech in cells: rows above the middle of floor and loud. Returns how many frames speak. */
static unsigned char *cells(const float *x, size_t n, size_t *n_cells, size_t *spoken)
{
	unsigned char *c;
	float *v = malloc((n + 1) * sizeof(*v));
	float floor_db, loud_db, edge;

	*n_cells = n / CELL;
	*spoken = 0;
	c = calloc(*n_cells + 1, 1);
	if (!v || !c) {
		free(v);
		free(c);
		return NULL;
	}
	memcpy(v, x, n * sizeof(*v));
	qsort(v, n, sizeof(*v), ut_by_float);
	floor_db = n ? v[n / 10] : 0;
	loud_db = n ? v[n - 1 - n / 50] : 0;
	edge = fmaxf((floor_db + loud_db) / 2, loud_db - 25);
	for (size_t i = 0; i < *n_cells; i++) {
		unsigned k = 0;

		for (size_t j = 0; j < CELL; j++)
			k += x[i * CELL + j] > edge;
		c[i] = k >= 3;
		*spoken += c[i] ? CELL : 0;
	}
	free(v);
	return c;
}

/* Cells of speech at once where y is moved by l, over what chance would give. */
static double at_once(const unsigned char *x, size_t nx, const unsigned char *y, size_t ny,
		      int64_t l)
{
	int64_t from = l > 0 ? l : 0, to = (int64_t)ny + l;
	size_t sx = 0, sy = 0, both = 0;

	to = to < (int64_t)nx ? to : (int64_t)nx;
	for (int64_t i = from; i < to; i++) {
		sx += x[i];
		sy += y[i - l];
		both += x[i] & y[i - l];
	}
	if (to - from <= least_joint(nx, ny))
		return 1;
	/* where the two hardly meet little can be said: towards 1 */
	return ((double)both + prior) / ((double)sx * (double)sy / (double)(to - from) + prior);
}

static enum ut_status by_turns(const float *x, size_t nx, const float *y, size_t ny, int64_t now,
			       int64_t *lag, double *least, double *next, double *unmoved)
{
	enum { N = 2 * CELL_LAG + 1 };
	size_t cx, cy, sx, sy;
	unsigned char *a = cells(x, nx, &cx, &sx), *b = cells(y, ny, &cy, &sy);
	double *r = calloc(N, sizeof(*r));
	enum ut_status st = a && b && r ? UT_OK : UT_ENOMEM;
	int64_t at = 0, lo, hi;

	*least = *next = *unmoved = 1;
	*lag = 0;
	if (st == UT_OK && sx >= LEAST && sy >= LEAST) {
		for (int64_t k = 0; k < N; k++) {
			r[k] = at_once(a, cx, b, cy, k - CELL_LAG);
			if (r[k] < *least) {
				*least = r[k];
				at = k;
			}
		}
		*unmoved = at_once(a, cx, b, cy, now / CELL);
		/* people leave gaps: the best lags are a plain, and its middle is the answer */
		for (lo = at; lo > 0 && r[lo - 1] < *least + 0.03; lo--)
			;
		for (hi = at; hi + 1 < N && r[hi + 1] < *least + 0.03; hi++)
			;
		*lag = (lo + hi - 2 * CELL_LAG) * CELL / 2;
		for (int64_t k = 0; k < N; k++)
			if (k < lo - APART || k > hi + APART)
				*next = fmin(*next, r[k]);
	}
	free(a);
	free(b);
	free(r);
	return st;
}

/* What turns say, into ret. */
static enum ut_status turns(const float *x, size_t nx, const float *y, size_t ny, int64_t now,
			    struct ut_align *ret)
{
	double least = 1, next = 1, unmoved = 1, depth;
	int64_t lag = 0;
	enum ut_status st = by_turns(x, nx, y, ny, now, &lag, &least, &next, &unmoved);

	memset(ret, 0, sizeof(*ret));
	if (st != UT_OK)
		return st;
	depth = (next - least) / fmax(next, 1e-9);
	ret->unmoved = (float)unmoved;
	ret->overlap = (float)least;
	if (depth >= least_depth && least <= most_overlap) {
		ret->by = UT_ALIGN_TURNS;
		ret->lag = lag;
		ret->confidence = (float)depth;
	}
	return UT_OK;
}

static size_t rows_of(const struct ut_frame_table *t)
{
	return t->n < MAX_ROWS ? t->n : MAX_ROWS;
}

enum ut_status ut_align_turns(const struct ut_frame_table *a, const struct ut_frame_table *b,
			      int64_t now, struct ut_align *ret, struct ut_error *err)
{
	float *x = levels(a, rows_of(a)), *y = levels(b, rows_of(b));
	enum ut_status st = x && y ? turns(x, rows_of(a), y, rows_of(b), now, ret) : UT_ENOMEM;

	free(x);
	free(y);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "align: not enough memory");
}

enum ut_status ut_align_find(const struct ut_frame_table *a, const struct ut_frame_table *b,
			     int64_t now, struct ut_align *ret, struct ut_error *err)
{
	size_t na = rows_of(a), nb = rows_of(b);
	float *x = levels(a, na), *y = levels(b, nb);
	float *dx = x ? changes(x, na) : NULL, *dy = y ? changes(y, nb) : NULL;
	enum ut_status st = dx && dy ? turns(x, na, y, nb, now, ret) : UT_ENOMEM;
	int64_t lag = 0;
	double z = 0, next = 0;

	if (st == UT_OK)
		st = by_echo(dx, na, dy, nb, &lag, &z, &next);
	if (st == UT_OK && z >= least_z && z > 1.5 * next) {
		ret->by = UT_ALIGN_ECHO;
		ret->lag = lag;
		ret->confidence = (float)(1 - next / z);
	}
	free(x);
	free(y);
	free(dx);
	free(dy);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "align: not enough memory");
}
