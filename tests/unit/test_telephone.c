/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/telephone.h"
#include "tap.h"

enum { SIZE = 4000 };

static double rms_db(const float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i] * x[i];
	return 10 * log10(2 * sum / (double)n + 1e-20); /* over a full-scale sine's */
}

static void tone(float *x, double hz, double amplitude)
{
	for (int i = 0; i < SIZE; i++)
		x[i] = (float)(amplitude * sin(2 * M_PI * hz * i / 8000));
}

static void test_band(void)
{
	static const struct row {
		const char *name;
		double hz, min_db, max_db;
	} rows[] = {
		{ "mains hum is gone", 50, -200, -50 }, { "100 Hz", 100, -200, -40 },
		{ "400 Hz passes", 400, -0.2, 0.2 },    { "1 kHz passes", 1000, -0.05, 0.05 },
		{ "3.2 kHz passes", 3200, -0.5, 0.2 },  { "3.9 kHz is gone", 3900, -200, -40 },
	};
	static float x[SIZE];

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		double db;

		tap_row(r->name);
		tone(x, r->hz, 1);
		ut_telephone_band(x, SIZE);
		db = rms_db(x + 500, SIZE - 1000);
		CHECK(db >= r->min_db && db <= r->max_db);
		tap_end();
	}
	for (size_t n = 1; n <= SIZE; n = n * 3 + 1) {
		tap_row("an impulse stays where it is, for any length");
		memset(x, 0, sizeof(x));
		x[n / 2] = 1;
		ut_telephone_band(x, n);
		for (size_t i = 0; i < n; i++)
			CHECK(fabsf(x[i]) <= fabsf(x[n / 2]));
		for (size_t k = 1; k <= n / 2 && n / 2 + k < n; k++)
			CHECK_NEAR(x[n / 2 - k], x[n / 2 + k], 1e-6);
		tap_end();
	}
}

static void test_companding(void)
{
	/* decoder outputs of G.711, tables 1 and 2, over full scale */
	static const struct row {
		const char *name;
		void (*law)(float *, size_t);
		float in, want;
	} rows[] = {
		{ "mu-law zero", ut_telephone_ulaw, 0, 0 },
		{ "mu-law least step", ut_telephone_ulaw, 2.2f / 8191, 2.0f / 8191 },
		{ "mu-law second chord", ut_telephone_ulaw, 34.0f / 8191, 33.0f / 8191 },
		{ "mu-law largest", ut_telephone_ulaw, 1, 8031.0f / 8191 },
		{ "mu-law negative", ut_telephone_ulaw, -1, -8031.0f / 8191 },
		{ "A-law least", ut_telephone_alaw, 0.5f / 4096, 1.0f / 4096 },
		{ "A-law second chord", ut_telephone_alaw, 32.5f / 4096, 33.0f / 4096 },
		{ "A-law third chord", ut_telephone_alaw, 65.0f / 4096, 66.0f / 4096 },
		{ "A-law largest", ut_telephone_alaw, 1, 4032.0f / 4096 },
	};
	static float x[SIZE], y[SIZE];
	uint64_t seed = 1;

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		float v = r->in;

		tap_row(r->name);
		r->law(&v, 1);
		CHECK_NEAR(v, r->want, 1e-7);
		tap_end();
	}
	tap_row("a second round trip changes nothing");
	tone(x, 700, 0.9);
	ut_telephone_line(x, SIZE, 0, -40, &seed);
	ut_telephone_ulaw(x, SIZE);
	memcpy(y, x, sizeof(x));
	ut_telephone_ulaw(y, SIZE);
	CHECK(memcmp(x, y, sizeof(x)) == 0);
	ut_telephone_alaw(x, SIZE);
	memcpy(y, x, sizeof(x));
	ut_telephone_alaw(y, SIZE);
	CHECK(memcmp(x, y, sizeof(x)) == 0);
	tap_end();
}

static void test_line(void)
{
	static float x[SIZE], y[SIZE];
	uint64_t a = 7, b = 7;

	tap_row("gain, noise level, clipping");
	memset(x, 0, sizeof(x));
	ut_telephone_line(x, SIZE, 0, -30, &a);
	CHECK_NEAR(rms_db(x, SIZE), -30, 0.3);
	tone(x, 500, 0.1);
	ut_telephone_line(x, SIZE, 6, -120, &a);
	CHECK_NEAR(rms_db(x, SIZE), -14, 0.05);
	tone(x, 500, 1);
	ut_telephone_line(x, SIZE, 12, -120, &a);
	for (int i = 0; i < SIZE; i++)
		CHECK(x[i] >= -1 && x[i] <= 1);
	tap_end();
	tap_row("the same seed, the same bits");
	a = 7;
	tone(x, 500, 0.5);
	memcpy(y, x, sizeof(x));
	ut_telephone_line(x, SIZE, -3, -40, &a);
	ut_telephone_loss(x, SIZE, 0.2, &a);
	ut_telephone_line(y, SIZE, -3, -40, &b);
	ut_telephone_loss(y, SIZE, 0.2, &b);
	CHECK(memcmp(x, y, sizeof(x)) == 0);
	tap_end();
	tap_row("lost packets: none at 0, a fading repeat at 1");
	tone(x, 500, 0.5);
	memcpy(y, x, sizeof(x));
	ut_telephone_loss(y, SIZE, 0, &a);
	CHECK(memcmp(x, y, sizeof(x)) == 0);
	ut_telephone_loss(y, SIZE, 1, &a);
	CHECK_NEAR(rms_db(y, SIZE), -200, 1);
	tap_end();
}

int main(void)
{
	test_band();
	test_companding();
	test_line();
	return tap_done();
}
