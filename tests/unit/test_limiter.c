/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peaks come down to the ceiling, between the samples too; what is away from them stays as it was.
 */
#include "dsp/limiter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "tap.h"

enum { N = 48000 };

static float x[N], y[N];

/* The signal between its samples, by the whole sum of sincs: slow, and sure. */
static double between(const float *v, double at)
{
	double sum = 0;

	for (int i = (int)at - 400; i <= (int)at + 400; i++) {
		double t = M_PI * (at - i);

		if (i >= 0 && i < N)
			sum += v[i] * (fabs(t) < 1e-9 ? 1 : sin(t) / t);
	}
	return sum;
}

static double true_peak(const float *v, int from, int to)
{
	double top = 0;

	for (int i = from; i < to; i++)
		for (int k = 0; k < 8; k++)
			top = fmax(top, fabs(between(v, i + k / 8.)));
	return top;
}

static void test_sine(void)
{
	static const unsigned rates[] = { 8000, 16000, 48000 };

	for (size_t r = 0; r < UT_ARRAY_LEN(rates); r++) {
		struct ut_error err = { 0 };
		unsigned rate = rates[r];
		size_t far = rate / 50 + 16; /* 20 ms, and the taps of the interpolator */
		float least;
		char name[64];

		/* a quarter of the rate at 45 degrees: its samples are 3 dB below its peaks */
		for (int i = 0; i < N; i++) {
			double loud = i >= N / 2 && i < N / 2 + 1000 ? 1.2 : 0.3;

			x[i] = y[i] = (float)(loud * sin(M_PI / 2 * i + M_PI / 4));
		}
		snprintf(name, sizeof(name), "a burst whose peaks lie between samples, %u Hz",
			 rate);
		tap_row(name);
		CHECK_EQ(ut_limit_peaks(y, N, rate, 0.7f, &least, &err), UT_OK);
		CHECK(true_peak(x, N / 2 + 300, N / 2 + 700) > 1.19);
		CHECK(true_peak(y, N / 2 - 600, N / 2 + 1600) < 0.7 * 1.005);
		CHECK_NEAR(least, 0.7 / 1.2, 0.02);
		/* away from it: the same bits */
		CHECK(memcmp(x, y, (N / 2 - far) * sizeof(*x)) == 0);
		CHECK(memcmp(x + N / 2 + 1000 + far, y + N / 2 + 1000 + far,
			     (N / 2 - 1000 - far) * sizeof(*x)) == 0);
		tap_end();
	}
}

static void test_voice(void)
{
	struct ut_error err = { 0 };
	double low = 1, high = 0;
	float least;

	/* pulses of 80 Hz at 8 kHz, all as loud: one gain for them and what lies between them */
	memset(x, 0, sizeof(x));
	for (int i = 0; i < N; i++)
		x[i] = y[i] = (float)((i % 100 == 50 ? 0.9 : 0) + 0.01 * sin(0.3 * i));
	tap_row("a voice is not turned up between its pulses");
	CHECK_EQ(ut_limit_peaks(y, N, 8000, 0.5f, &least, &err), UT_OK);
	for (int i = 1000; i < N - 1000; i++)
		if (fabsf(x[i]) > 0.005f) {
			low = fmin(low, y[i] / x[i]);
			high = fmax(high, y[i] / x[i]);
		}
	CHECK(high < 0.6 && high / low < 1.02);
	tap_end();
}

static void test_edges(void)
{
	struct ut_error err = { 0 };
	float least = 0;

	tap_row("nothing above the ceiling: the same bits");
	for (int i = 0; i < N; i++)
		x[i] = y[i] = (float)(0.5 * sin(0.01 * i));
	CHECK_EQ(ut_limit_peaks(y, N, 8000, 0.6f, &least, &err), UT_OK);
	CHECK(least == 1 && memcmp(x, y, sizeof(x)) == 0);
	tap_end();
	tap_row("silence stays silence beside a peak");
	memset(y, 0, sizeof(y));
	y[100] = 1;
	CHECK_EQ(ut_limit_peaks(y, N, 8000, 0.1f, &least, &err), UT_OK);
	for (int i = 0; i < N; i++)
		CHECK(i == 100 || y[i] == 0);
	CHECK_NEAR(y[100], 0.1, 1e-4);
	tap_end();
	for (size_t n = 0; n < 200; n += n < 30 ? 1 : 17) {
		char name[64];
		float top = 0;

		snprintf(name, sizeof(name), "%zu samples, all too loud", n);
		tap_row(name);
		for (size_t i = 0; i < n; i++)
			y[i] = i % 2 ? 1 : -1;
		CHECK_EQ(ut_limit_peaks(y, n, 8000, 0.25f, &least, &err), UT_OK);
		for (size_t i = 0; i < n; i++)
			top = fmaxf(top, fabsf(y[i]));
		CHECK(top <= 0.2501f);
		tap_end();
	}
}

int main(void)
{
	test_sine();
	test_voice();
	test_edges();
	return tap_done();
}
