/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/tones.h"
#include "tap.h"

enum { N = 256, BINS = N / 2 + 1 };

/* Power spectrum by definition, in double: the reference does not share the engine's FFT. */
static void spectrum(const double *x, float *power)
{
	for (int k = 0; k < BINS; k++) {
		double re = 0, im = 0;

		for (int i = 0; i < N; i++) {
			double w = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / N);

			re += w * x[i] * cos(2 * M_PI * k * i / N);
			im += w * x[i] * sin(2 * M_PI * k * i / N);
		}
		power[k] = (float)(re * re + im * im);
	}
}

static void test_peaks(void)
{
	static const struct row {
		const char *name;
		double hz1, a1, hz2, a2, noise;
		double want1, want2, share_min, share_max;
	} rows[] = {
		{ "425 Hz", 425, 0.3, 0, 0, 0, 425, 0, 0.99, 1.001 },
		{ "DTMF 5", 770, 0.2, 1336, 0.25, 0, 1336, 770, 0.99, 1.001 },
		{ "busy 480+620", 480, 0.2, 620, 0.18, 0, 480, 620, 0.99, 1.001 },
		{ "tone at 20 dB over noise", 1004, 0.3, 0, 0, 0.03, 1004, -1, 0.9, 1 },
		{ "noise", 0, 0, 0, 0, 0.1, -1, -1, 0, 0.6 },
	};
	static double x[N];
	static float power[BINS];

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_frame f = { 0 };
		uint32_t seed = 1;

		tap_row(r->name);
		for (int i = 0; i < N; i++) {
			double n = 0;

			for (int k = 0; k < 12; k++) {
				seed = seed * 1664525u + 1013904223u;
				n += seed / 4294967296.0 - 0.5;
			}
			x[i] = r->a1 * sin(2 * M_PI * r->hz1 * i / 8000) +
			       r->a2 * sin(2 * M_PI * r->hz2 * i / 8000 + 1) + r->noise * n;
		}
		spectrum(x, power);
		ut_tones_peaks(power, BINS, 8000.0f / N, 2 * 8000.0f / N, &f);
		CHECK(ut_frame_has(&f, UT_COL_peak1_hz));
		if (r->want1 >= 0)
			CHECK_NEAR(f.peak1_hz, r->want1, 3);
		if (r->want2 >= 0)
			CHECK_NEAR(f.peak2_hz, r->want2, 6);
		CHECK(f.peak_share >= r->share_min && f.peak_share <= r->share_max);
		tap_end();
	}
	tap_row("silence has no peak");
	struct ut_frame f = { 0 };

	memset(power, 0, sizeof(power));
	ut_tones_peaks(power, BINS, 8000.0f / N, 2 * 8000.0f / N, &f);
	CHECK_EQ(f.valid, 0);
	tap_end();
}

int main(void)
{
	test_peaks();
	return tap_done();
}
