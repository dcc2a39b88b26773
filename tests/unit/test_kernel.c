/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernels against double-precision references, and the library's (which may be wide ones)
 * against the same source without copies: the same bits.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/status.h"
#include "dsp/kernel.h"
#include "dsp/rfft.h"
#include "tap.h"

/* kernel.c once more, plain, under other names */
#define UT_PLAIN_KERNELS
#define ut_k_dot plain_dot
#define ut_k_sum plain_sum
#define ut_k_energy plain_energy
#define ut_k_mul plain_mul
#define ut_k_max plain_max
#define ut_k_maxima plain_maxima
#define ut_k_log2 plain_log2
#define ut_k_pow plain_pow
#define ut_k_db_all plain_db_all
#define ut_k_sqrt plain_sqrt
#define ut_k_part plain_part
#define ut_k_split_power plain_split_power
#undef UT_DSP_KERNEL_H
#define ut_k_log2_1 plain_log2_1
#define ut_k_db plain_db
#include "dsp/kernel.h"
#include "../../dsp/kernel.c"
#undef ut_k_dot
#undef ut_k_sum
#undef ut_k_mul
#undef ut_k_max
#undef ut_k_maxima
#undef ut_k_log2
#undef ut_k_pow
#undef ut_k_db_all
#undef ut_k_sqrt
#undef ut_k_part
#undef ut_k_split_power

enum { MAX_N = 600 };

static float a[MAX_N], b[MAX_N], positive[MAX_N], y[2 * MAX_N], z[2 * MAX_N];

static void fill(unsigned seed)
{
	for (int i = 0; i < MAX_N; i++) {
		a[i] = (float)rand_r(&seed) / (float)RAND_MAX - 0.5f;
		b[i] = (float)rand_r(&seed) / (float)RAND_MAX - 0.5f;
		positive[i] = expf(60 * a[i]);
	}
}

static bool same(const void *p, const void *q, size_t n)
{
	return memcmp(p, q, n * sizeof(float)) == 0;
}

static bool same1(float p, float q)
{
	return same(&p, &q, 1);
}

static void test_values(void)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 31, 99, 256, 599 };

	for (unsigned i = 0; i < UT_ARRAY_LEN(lengths); i++) {
		size_t n = lengths[i];
		char name[64];
		double dot = 0, sum = 0, top = -1, worst_log = 0, worst_pow = 0, worst_db = 0;

		snprintf(name, sizeof(name), "values, n = %zu", n);
		tap_row(name);
		ut_k_log2(y, positive, 1, n);
		ut_k_pow(z, positive, 0.3f, n);
		for (size_t k = 0; k < n; k++) {
			dot += (double)a[k] * b[k];
			sum += a[k];
			top = fmax(top, a[k]);
			worst_log = fmax(worst_log, fabs(y[k] - log2(positive[k])));
			worst_pow = fmax(worst_pow, fabs(z[k] / pow(positive[k], 0.3f) - 1));
		}
		ut_k_db_all(y, positive, 1e-9f, n);
		for (size_t k = 0; k < n; k++)
			worst_db = fmax(worst_db, fabs(y[k] - 10 * log10(positive[k] + 1e-9)));
		CHECK_NEAR(ut_k_dot(a, b, n), dot, 1e-5);
		CHECK_NEAR(ut_k_sum(a, n), sum, 1e-5);
		if (n > 0)
			CHECK_NEAR(ut_k_max(a, n), top, 0);
		CHECK_NEAR(worst_log, 0, 4e-6); /* of up to 43 */
		CHECK_NEAR(worst_pow, 0, 1e-5);
		CHECK_NEAR(worst_db, 0, 2e-5);
		tap_end();
	}
}

static void test_maxima(void)
{
	static const float x[] = { 0, 1, 0, 2, 2, 1, 3, 3, 3, 0, 5, 4 };
	uint16_t at[12];

	tap_row("maxima: the first of equals, not the ends");
	CHECK_EQ(ut_k_maxima(x, 1, 11, at), 4);
	CHECK_EQ(at[0], 1);
	CHECK_EQ(at[1], 3);
	CHECK_EQ(at[2], 6);
	CHECK_EQ(at[3], 10);
	tap_end();
}

static void test_same_bits(void)
{
	for (size_t n = 0; n < MAX_N; n += n < 40 ? 1 : 37) {
		char name[64];
		size_t half = n / 2 * 2, hs = half / 2;

		snprintf(name, sizeof(name), "wide and plain, n = %zu: the same bits", n);
		tap_row(name);
		fill((unsigned)n);
		CHECK(same1(ut_k_dot(a, b, n), plain_dot(a, b, n)));
		CHECK(same1(ut_k_sum(a, n), plain_sum(a, n)));
		if (n > 0)
			CHECK(same1(ut_k_max(a, n), plain_max(a, n)));
		ut_k_mul(y, a, b, n), plain_mul(z, a, b, n);
		CHECK(same(y, z, n));
		ut_k_log2(y, positive, 3, n), plain_log2(z, positive, 3, n);
		CHECK(same(y, z, n));
		ut_k_db_all(y, positive, 1e-9f, n), plain_db_all(z, positive, 1e-9f, n);
		CHECK(same(y, z, n));
		ut_k_pow(y, positive, 0.3f, n), plain_pow(z, positive, 0.3f, n);
		CHECK(same(y, z, n));
		ut_k_sqrt(y, positive, 1e-9f, 3, n), plain_sqrt(z, positive, 1e-9f, 3, n);
		CHECK(same(y, z, n));
		ut_k_part(y, y + MAX_N, a, n / 2), plain_part(z, z + MAX_N, a, n / 2);
		CHECK(same(y, z, n / 2) && same(y + MAX_N, z + MAX_N, n / 2));
		if (half + 1 < MAX_N) {
			ut_k_split_power(half, a, b, positive, a, y, y + MAX_N);
			plain_split_power(half, a, b, positive, a, z, z + MAX_N);
			CHECK(same(y, z, hs + 1) && same(y + MAX_N, z + MAX_N, hs + 1));
		}
		tap_end();
	}
}

/* Against the sum that defines it. */
static void test_rfft(void)
{
	static const unsigned sizes[] = { 8, 20, 256, 320, 512 };

	for (unsigned i = 0; i < UT_ARRAY_LEN(sizes); i++) {
		unsigned n = sizes[i];
		UT_AUTO(ut_rfft_destroy) struct ut_rfft *r = NULL;
		double worst = 0;
		char name[64];

		snprintf(name, sizeof(name), "power spectrum of %u samples", n);
		tap_row(name);
		fill(n);
		CHECK_EQ(ut_rfft_create(n, &r, NULL), UT_OK);
		memcpy(r->in, a, n * sizeof(float));
		ut_rfft_power(r, y);
		for (unsigned k = 0; k <= n / 2; k++) {
			double re = 0, im = 0;

			for (unsigned t = 0; t < n; t++) {
				re += a[t] * cos(2 * M_PI * k * t / n);
				im -= a[t] * sin(2 * M_PI * k * t / n);
			}
			worst = fmax(worst, fabs(y[k] - (re * re + im * im)));
		}
		CHECK_NEAR(worst, 0, 1e-5 * n);
		CHECK(same(r->in, a, n));
		tap_end();
	}
}

int main(void)
{
	fill(1);
	test_values();
	test_maxima();
	test_same_bits();
	test_rfft();
	return tap_done();
}
