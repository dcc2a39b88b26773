/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/status.h"
#include "dsp/dualmono.h"
#include "tap.h"

enum { RATE = 8000, N = 20 * RATE };

static uint32_t seed;
static float noise(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (float)((double)seed / 2147483648.0 - 1);
}

/* Two people by turns of 1.5 s, as noise under a slow envelope: a third of the time nobody. */
static void two_parties(float *a, float *b)
{
	seed = 1;
	for (size_t i = 0; i < N; i++) {
		unsigned turn = (unsigned)(i / (3 * RATE / 2)) % 3;
		double t = (double)i / RATE, env = 0.05 + 0.1 * fabs(sin(9 * t));
		float v = (float)(env * noise());

		a[i] = turn == 0 ? v : 0;
		b[i] = turn == 1 ? v : 0;
	}
}

static void test_kinds(void)
{
	static const struct row {
		const char *name;
		unsigned n_ch;
		float mix, leak;   /* both channels carry a+b; or each leaks into the other */
		float gain, codec; /* of the second channel; noise added apart to each */
		bool want;
	} rows[] = {
		{ "mono is not dual", 1, 1, 0, 1, 0, false },
		{ "two parties", 2, 0, 0, 1, 0, false },
		{ "two parties, leak of -6 dB each way", 2, 0, 0.5f, 1, 0, false },
		{ "two parties, leak of -2 dB each way", 2, 0, 0.8f, 1, 0, false },
		{ "the same mix twice", 2, 1, 0, 1, 0, true },
		{ "the same mix, 9 dB softer", 2, 1, 0, 0.35f, 0, true },
		{ "the same mix, inverted", 2, 1, 0, -1, 0, true },
		{ "the same mix through a codec", 2, 1, 0, 1, 0.006f, true },
		{ "one silent channel", 2, 0, 0, 0, 0, false },
		{ "the same mix, other side silent", 2, 1, 0, 0, 0, false },
		{ "four channels alike", 4, 1, 0, 1, 0, true },
	};
	static float a[N], b[N], x[4][N];

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		static const size_t blocks[] = { 4096, 7 };

		tap_row(r->name);
		two_parties(a, b);
		for (size_t i = 0; i < N; i++) {
			x[0][i] = a[i] + (r->mix + r->leak) * b[i] + r->codec * noise();
			x[1][i] = r->gain * (b[i] + (r->mix + r->leak) * a[i]) + r->codec * noise();
			x[2][i] = x[3][i] = x[0][i];
		}
		for (unsigned k = 0; k < 2; k++) {
			struct ut_dualmono d;

			ut_dualmono_init(&d, r->n_ch, RATE);
			for (size_t at = 0; at < N; at += blocks[k]) {
				const float *ch[4] = { x[0] + at, x[1] + at, x[2] + at, x[3] + at };

				ut_dualmono_push(&d, ch, UT_MIN(blocks[k], N - at));
			}
			CHECK_EQ(ut_dualmono_is(&d), r->want);
		}
		tap_end();
	}
}

static void test_nothing(void)
{
	struct ut_dualmono d;
	static float zero[RATE];
	const float *ch[2] = { zero, zero };

	tap_row("digital silence says nothing");
	ut_dualmono_init(&d, 2, RATE);
	for (unsigned i = 0; i < 10; i++)
		ut_dualmono_push(&d, ch, RATE);
	CHECK(!ut_dualmono_is(&d));
	ut_dualmono_init(&d, 2, RATE);
	CHECK(!ut_dualmono_is(&d));
	tap_end();
}

int main(void)
{
	test_kinds();
	test_nothing();
	return tap_done();
}
