/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/telephone.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/status.h"

enum { HALF = 120, TAPS = 2 * HALF + 1, PACKET = 160, BLOCK = 512 };

static void band_taps(float h[TAPS])
{
	const double lo = 300.0 / 8000, hi = 3400.0 / 8000, pi = 3.14159265358979;

	for (int i = 0; i < TAPS; i++) {
		double k = i - HALF;
		double sinc = k == 0 ? 2 * (hi - lo)
				     : (sin(2 * pi * hi * k) - sin(2 * pi * lo * k)) / (pi * k);
		double blackman =
		    0.42 + 0.5 * cos(pi * k / (HALF + 1)) + 0.08 * cos(2 * pi * k / (HALF + 1));

		h[i] = (float)(sinc * blackman);
	}
}

void ut_telephone_band(float *x, size_t n)
{
	float h[TAPS], in[BLOCK + TAPS - 1] = { 0 }; /* in[HALF] is the sample to come out next */
	size_t ahead = UT_MIN(n, HALF);

	band_taps(h);
	memcpy(in + HALF, x, ahead * sizeof(*x));
	for (size_t at = 0; at < n; at += BLOCK) {
		size_t len = UT_MIN(n - at, BLOCK);
		size_t from = at + ahead, more = from < n ? UT_MIN(n - from, len) : 0;

		memset(in + 2 * HALF, 0, BLOCK * sizeof(*in));
		if (ahead < HALF)
			memset(in + HALF + ahead, 0, (HALF - ahead) * sizeof(*in));
		memcpy(in + 2 * HALF, x + UT_MIN(from, n), more * sizeof(*x));
		for (size_t i = 0; i < len; i++) {
			float sum = 0;

			for (int k = 0; k < TAPS; k++)
				sum += h[k] * in[i + (size_t)k];
			x[at + i] = sum;
		}
		memmove(in, in + len, 2 * HALF * sizeof(*in));
	}
}

void ut_telephone_line(float *x, size_t n, float gain_db, float noise_db, uint64_t *seed)
{
	float gain = powf(10, gain_db / 20);
	/* the sine's RMS is 1/sqrt(2) */
	float noise = noise_db < -110 ? 0 : powf(10, noise_db / 20) * 0.70710678f;

	for (size_t i = 0; i < n; i++) {
		float v = x[i] * gain;

		if (noise > 0)
			v += noise * (float)ut_random_normal(seed);
		x[i] = UT_MIN(UT_MAX(v, -1), 1);
	}
}

/* The segment: position of the highest bit of v at or above `lowest`, 0..7. */
static int segment(int v, int lowest)
{
	int s = 0;

	while (s < 7 && v >> (lowest + s + 1))
		s++;
	return s;
}

void ut_telephone_ulaw(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* 14 bits, bias 33; the decoder gives the middle of the step (G.711, table 2) */
		int v = (int)lrintf(fminf(fabsf(x[i]), 1) * 8191);
		int biased = UT_MIN(v, 8158) + 33, s = segment(biased, 5);
		int step = biased >> (s + 1) & 15;
		int out = ((2 * step + 33) << s) - 33;

		x[i] = copysignf((float)out / 8191, x[i]);
	}
}

void ut_telephone_alaw(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* 13 bits (G.711, table 1) */
		int v = UT_MIN((int)(fminf(fabsf(x[i]), 1) * 4096), 4095), s = segment(v, 5), out;

		if (v < 32)
			out = (v & ~1) + 1;
		else
			out = (v >> (s + 1) << (s + 1)) + (1 << s);
		x[i] = copysignf((float)out / 4096, x[i]);
	}
}

void ut_telephone_loss(float *x, size_t n, double probability, uint64_t *seed)
{
	float last[PACKET] = { 0 };

	for (size_t at = 0; at < n; at += PACKET) {
		size_t len = UT_MIN(n - at, PACKET);

		if (ut_random_unit(seed) < probability) {
			for (size_t i = 0; i < PACKET; i++)
				last[i] *= 0.5f;
			memcpy(x + at, last, len * sizeof(*x));
		} else {
			memcpy(last, x + at, len * sizeof(*x));
		}
	}
}
