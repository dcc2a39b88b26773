/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/kernel.h"

#include <math.h>

/*
 * Where the machine has AVX2, the loader takes the wider of two copies of each function. Both give
 * the same bits: no sum depends on the width, and nothing is contracted (tests/unit/test_kernel.c
 * holds them together). UT_PLAIN_KERNELS leaves the copies out.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(UT_PLAIN_KERNELS)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

enum { LANES = 16 };

static float fold(const float acc[LANES])
{
	float s8[8], s4[4];

	for (int i = 0; i < 8; i++)
		s8[i] = acc[i] + acc[i + 8];
	for (int i = 0; i < 4; i++)
		s4[i] = s8[i] + s8[i + 4];
	return (s4[0] + s4[2]) + (s4[1] + s4[3]);
}

WIDE float ut_k_dot(const float *restrict a, const float *restrict b, size_t n)
{
	float acc[LANES] = { 0 }, tail = 0;
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (int j = 0; j < LANES; j++)
			acc[j] += a[i + j] * b[i + j];
	for (; i < n; i++)
		tail += a[i] * b[i];
	return fold(acc) + tail;
}

WIDE float ut_k_sum(const float *a, size_t n)
{
	float acc[LANES] = { 0 }, tail = 0;
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (int j = 0; j < LANES; j++)
			acc[j] += a[i + j];
	for (; i < n; i++)
		tail += a[i];
	return fold(acc) + tail;
}

float ut_k_energy(const float *a, size_t n)
{
	return ut_k_dot(a, a, n);
}

WIDE void ut_k_mul(float *restrict y, const float *restrict a, const float *restrict b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = a[i] * b[i];
}

WIDE float ut_k_max(const float *a, size_t n)
{
	float acc[LANES], top = a[0];
	size_t i = 0;

	if (n >= LANES) {
		memcpy(acc, a, sizeof(acc));
		for (i = LANES; i + LANES <= n; i += LANES)
			for (int j = 0; j < LANES; j++)
				acc[j] = a[i + j] > acc[j] ? a[i + j] : acc[j];
		for (int j = 0; j < LANES; j++)
			top = acc[j] > top ? acc[j] : top;
	}
	for (; i < n; i++)
		top = a[i] > top ? a[i] : top;
	return top;
}

size_t ut_k_maxima(const float *a, size_t lo, size_t hi, uint16_t *at)
{
	size_t n = 0;

	/* no branch: a spectrum's ups and downs cannot be predicted */
	for (size_t k = lo; k < hi; k++) {
		at[n] = (uint16_t)k;
		n += (a[k] > a[k - 1]) & (a[k] >= a[k + 1]);
	}
	return n;
}

WIDE void ut_k_log2(float *restrict y, const float *restrict x, float scale, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = scale * ut_k_log2_1(x[i]);
}

WIDE void ut_k_pow(float *y, const float *x, float e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* 2^v = 2^whole * 2^rest, rest in [-1/2, 1/2]; Taylor of e^(rest ln 2) to order 6
		 */
		float v = e * ut_k_log2_1(x[i]);
		int32_t whole = (int32_t)(v + 192.5f) - 192; /* v > -127: the sum is positive */
		float r = (v - (float)whole) * 0.693147181f, p;
		int32_t bits = (int32_t)((uint32_t)(whole + 127) << 23);
		float two;

		memcpy(&two, &bits, sizeof(two));
		p = 1 + r * (1 + r * (0.5f +
				      r * (1.f / 6 + r * (1.f / 24 + r * (1.f / 120 + r / 720)))));
		y[i] = two * p;
	}
}

WIDE void ut_k_db_all(float *restrict y, const float *restrict x, float add, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = UT_DB_LOG2 * ut_k_log2_1(x[i] + add);
}

WIDE void ut_k_sqrt(float *restrict y, const float *restrict x, float add, float scale, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = sqrtf((x[i] + add) * scale);
}

WIDE void ut_k_part(float *restrict re, float *restrict im, const float *restrict z, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		re[i] = z[2 * i];
		im[i] = z[2 * i + 1];
	}
}

WIDE void ut_k_split_power(size_t half, const float *restrict re, const float *restrict im,
			   const float *restrict cosine, const float *restrict sine,
			   float *restrict low, float *restrict high)
{
	for (size_t k = 0; k <= half / 2; k++) {
		float a = re[k], b = im[k], c = re[half - k], d = im[half - k];
		float er = a + c, ei = b - d, odd = b + d, oi = c - a;
		float wr = cosine[k] * odd + sine[k] * oi, wi = cosine[k] * oi - sine[k] * odd;

		low[k] = 0.25f * ((er + wr) * (er + wr) + (ei + wi) * (ei + wi));
		high[half / 2 - k] = 0.25f * ((er - wr) * (er - wr) + (ei - wi) * (ei - wi));
	}
}
