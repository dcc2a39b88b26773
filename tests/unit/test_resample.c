/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/resample.h"
#include "tap.h"

enum { MAX_OUT = 40000 };

struct out {
	float x[MAX_OUT];
	size_t n;
};

static void keep(void *user, const float *x, size_t n)
{
	struct out *o = user;

	if (o->n + n <= MAX_OUT)
		memcpy(o->x + o->n, x, n * sizeof(*x));
	o->n += n;
}

static void run(struct ut_resample *r, const float *x, size_t n, size_t block, struct out *o)
{
	o->n = 0;
	for (size_t i = 0; i < n; i += block)
		ut_resample_push(r, x + i, UT_MIN(block, n - i), keep, o);
	ut_resample_flush(r, keep, o);
}

/* A sine keeps its amplitude and phase below 3.6 kHz, and leaves nothing where it would fold. */
static void test_sines(void)
{
	static const struct row {
		const char *name;
		unsigned from_hz;
		double hz, gain, tol; /* gain 0: level of the residue */
	} rows[] = {
		{ "8 kHz is copied", 8000, 1000, 1, 1e-7 },
		{ "16 kHz, 1 kHz", 16000, 1000, 1, 5e-4 },
		{ "16 kHz, 3.5 kHz", 16000, 3500, 1, 1e-3 },
		{ "16 kHz, 4.5 kHz is gone", 16000, 4500, 0, 5e-4 },
		{ "16 kHz, 7.5 kHz is gone", 16000, 7500, 0, 5e-4 },
		{ "48 kHz, 1 kHz", 48000, 1000, 1, 5e-4 },
		{ "48 kHz, 3.5 kHz", 48000, 3500, 1, 1e-3 },
		{ "48 kHz, 5 kHz is gone", 48000, 5000, 0, 5e-4 },
		{ "48 kHz, 15.2 kHz is gone (folds in the first stage)", 48000, 15200, 0, 5e-4 },
		{ "44.1 kHz, 440 Hz", 44100, 440, 1, 5e-4 },
		{ "44.1 kHz, 3.3 kHz", 44100, 3300, 1, 1e-3 },
		{ "44.1 kHz, 20 kHz is gone", 44100, 20000, 0, 5e-4 },
		{ "22.05 kHz, 2 kHz", 22050, 2000, 1, 5e-4 },
		{ "11.025 kHz, 2 kHz", 11025, 2000, 1, 5e-4 },
		{ "32 kHz, 300 Hz", 32000, 300, 1, 5e-4 },
		{ "96 kHz, 1 kHz", 96000, 1000, 1, 5e-4 },
		{ "192 kHz, 3 kHz", 192000, 3000, 1, 1e-3 },
		{ "191999 Hz (no small ratio)", 191999, 1000, 1, 1e-3 },
		{ "44056 Hz", 44056, 1000, 1, 1e-3 },
		{ "7999 Hz", 7999, 1000, 1, 1e-3 },
		{ "6 kHz up", 6000, 1000, 1, 5e-4 },
		{ "4 kHz up", 4000, 1500, 1, 1e-3 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		size_t n = r->from_hz; /* one second */
		UT_AUTO(ut_resample_destroy) struct ut_resample *rs = NULL;
		struct out *o = calloc(1, sizeof(*o));
		float *x = malloc(n * sizeof(*x));
		double worst = 0;

		tap_row(r->name);
		for (size_t i = 0; i < n; i++)
			x[i] = (float)sin(2 * M_PI * r->hz * (double)i / r->from_hz);
		CHECK_EQ(ut_resample_create(r->from_hz, &rs, NULL), UT_OK);
		run(rs, x, n, 1000, o);
		CHECK_NEAR((double)o->n, 8000, 1);
		for (size_t i = 400; i < 7600; i++) { /* away from the ends */
			double want = r->gain * sin(2 * M_PI * r->hz * (double)i / 8000);

			worst = fmax(worst, fabs(o->x[i] - want));
		}
		CHECK_NEAR(worst, 0, r->tol);
		free(x);
		free(o);
		tap_end();
	}
}

static void test_blocks(void)
{
	static const unsigned rates[] = { 8000, 16000, 44100, 48000, 6000, 44056, 192000 };
	static const size_t blocks[] = { 1, 7, 160 };
	enum { N = 30000 };
	float *x = malloc(N * sizeof(*x));
	struct out *all = calloc(1, sizeof(*all)), *got = calloc(1, sizeof(*got));
	unsigned seed = 1;

	for (int i = 0; i < N; i++)
		x[i] = (float)rand_r(&seed) / (float)RAND_MAX - 0.5f;
	for (unsigned r = 0; r < UT_ARRAY_LEN(rates); r++) {
		for (unsigned b = 0; b < UT_ARRAY_LEN(blocks); b++) {
			UT_AUTO(ut_resample_destroy) struct ut_resample *rs = NULL;
			char name[80];

			snprintf(name, sizeof(name),
				 "%u Hz in blocks of %zu: same bits, also after reset", rates[r],
				 blocks[b]);
			tap_row(name);
			CHECK_EQ(ut_resample_create(rates[r], &rs, NULL), UT_OK);
			run(rs, x, N, N, all);
			ut_resample_reset(rs);
			run(rs, x, N, blocks[b], got);
			CHECK_EQ(got->n, all->n);
			CHECK(all->n > 0 && memcmp(got->x, all->x, all->n * sizeof(*x)) == 0);
			tap_end();
		}
	}
	free(x);
	free(all);
	free(got);
}

static void test_edges(void)
{
	static const unsigned bad[] = { 0, 3999, 192001, 4000000000u };
	float x[4000];
	struct out *o = calloc(1, sizeof(*o));
	UT_AUTO(ut_resample_destroy) struct ut_resample *rs = NULL;

	tap_row("rates out of range are refused, ret untouched");
	for (unsigned i = 0; i < UT_ARRAY_LEN(bad); i++)
		CHECK_EQ(ut_resample_create(bad[i], &rs, NULL), UT_EINVAL);
	CHECK(rs == NULL);
	tap_end();

	tap_row("nothing in, nothing out; NaN and infinity become silence");
	CHECK_EQ(ut_resample_create(48000, &rs, NULL), UT_OK);
	ut_resample_flush(rs, keep, o);
	CHECK_EQ(o->n, 0);
	ut_resample_reset(rs);
	for (int i = 0; i < 4000; i++)
		x[i] = i % 2 ? NAN : INFINITY;
	run(rs, x, 4000, 4000, o);
	CHECK(o->n > 600);
	for (size_t i = 0; i < o->n; i++)
		CHECK(o->x[i] == 0);
	tap_end();
	free(o);
}

int main(void)
{
	test_sines();
	test_blocks();
	test_edges();
	return tap_done();
}
