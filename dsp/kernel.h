/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel.h - the inner loops: plain C that the compiler vectorises. A sum has 16 partial sums in a
 * fixed order, so that vectors of any width (SSE2, AVX, NEON) give the same bits.
 * Memory: none. Threads: no shared state.
 */
#ifndef UT_DSP_KERNEL_H
#define UT_DSP_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Sum of a[i] * b[i]. */
float ut_k_dot(const float *restrict a, const float *restrict b, size_t n);
/* Sum of a[i], and of a[i]^2. */
float ut_k_sum(const float *a, size_t n);
float ut_k_energy(const float *a, size_t n);
/* y = a * b, element by element. */
void ut_k_mul(float *restrict y, const float *restrict a, const float *restrict b, size_t n);
/* Greatest of n >= 1. */
float ut_k_max(const float *a, size_t n);
/* Indices k in [lo, hi) with a[k-1] < a[k] >= a[k+1], in order; at holds hi - lo. Returns how many.
 */
size_t ut_k_maxima(const float *a, size_t lo, size_t hi, uint16_t *at);
/* y[i] = scale * log2(x[i]); x > 0 and normal. Relative error of the logarithm below 2e-7. */
void ut_k_log2(float *restrict y, const float *restrict x, float scale, size_t n);
/* y[i] = x[i]^e, 0 < e <= 1, x > 0 and normal; relative error below 1e-5. */
void ut_k_pow(float *y, const float *x, float e, size_t n); /* y may be x */

/* dB = UT_DB_LOG2 * log2(power) */
#define UT_DB_LOG2 3.01029996f

/* y[i] = 10 log10(x[i] + add), in dB. */
void ut_k_db_all(float *restrict y, const float *restrict x, float add, size_t n);
/* y[i] = sqrt((x[i] + add) * scale). */
void ut_k_sqrt(float *restrict y, const float *restrict x, float add, float scale, size_t n);
/* re[i] = z[2i], im[i] = z[2i + 1], i < n. */
void ut_k_part(float *restrict re, float *restrict im, const float *restrict z, size_t n);
/* The power spectrum of 2 * half real samples from the transform of their pairs (see rfft.c):
 * low[0..half/2] and high[0..half/2] are its lower and upper half. re and im hold half + 1. */
void ut_k_split_power(size_t half, const float *restrict re, const float *restrict im,
		      const float *restrict cosine, const float *restrict sine, float *restrict low,
		      float *restrict high);

/* One logarithm, same formula as ut_k_log2. */
static inline float ut_k_log2_1(float x)
{
	/* x = m * 2^e with m in [sqrt(1/2), sqrt(2)); log2 m = 2/ln 2 * atanh((m-1)/(m+1)) */
	int32_t i, e;
	float m, s, s2;

	memcpy(&i, &x, sizeof(i));
	e = (i - 0x3f3504f3) >> 23;
	i -= (int32_t)((uint32_t)e << 23);
	memcpy(&m, &i, sizeof(m));
	s = (m - 1) / (m + 1);
	s2 = s * s;
	return (float)e +
	       s * (2.88539008f + s2 * (0.961796694f + s2 * (0.577078016f + s2 * 0.412198583f)));
}

static inline float ut_k_db(float power)
{
	return UT_DB_LOG2 * ut_k_log2_1(power);
}

#endif
