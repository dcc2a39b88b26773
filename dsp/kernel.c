/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/kernel.h"

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

float ut_k_dot(const float *restrict a, const float *restrict b, size_t n)
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

float ut_k_sum(const float *a, size_t n)
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

void ut_k_mul(float *restrict y, const float *restrict a, const float *restrict b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = a[i] * b[i];
}

void ut_k_power(float *restrict y, const float *restrict c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = c[2 * i] * c[2 * i] + c[2 * i + 1] * c[2 * i + 1];
}

float ut_k_max(const float *a, size_t n)
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

void ut_k_log2(float *restrict y, const float *restrict x, float scale, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] = scale * ut_k_log2_1(x[i]);
}

void ut_k_pow(float *y, const float *x, float e, size_t n)
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
