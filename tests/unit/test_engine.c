/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>

#include "dsp/engine.h"
#include "tap.h"

/* Counts the program's allocations: --wrap=malloc and friends. */
static unsigned long n_allocations;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t m);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	n_allocations++;
	return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t m)
{
	n_allocations++;
	return __real_calloc(n, m);
}

void *__wrap_realloc(void *p, size_t n)
{
	n_allocations++;
	return __real_realloc(p, n);
}

enum { N = 4 * UT_RATE_HZ, MAX_ROWS = N / UT_HOP + 8 };

struct rows {
	struct ut_frame v[MAX_ROWS];
	size_t n;
};

static void keep(void *user, const struct ut_frame *row)
{
	struct rows *r = user;

	if (r->n < MAX_ROWS)
		r->v[r->n] = *row;
	r->n++;
}

static double noise(unsigned *seed)
{
	return (double)rand_r(seed) / RAND_MAX - 0.5;
}

/* What is fed: a function of the sample index. */
static void silence(float *x)
{
	memset(x, 0, N * sizeof(*x));
}

static void clipped(float *x)
{
	for (int i = 0; i < N; i++)
		x[i] = sin(2 * M_PI * 170 * i / UT_RATE_HZ) > 0 ? 1 : -1;
}

static void nans(float *x)
{
	unsigned seed = 3;

	for (int i = 0; i < N; i++)
		x[i] = i % 1000 < 100 ? NAN : i % 1000 < 200 ? -INFINITY : (float)noise(&seed);
}

static void huge(float *x)
{
	for (int i = 0; i < N; i++)
		x[i] = i % 53 ? 3e38f : -3e38f;
}

static void faint(float *x)
{
	for (int i = 0; i < N; i++)
		x[i] = i % 40 ? 1e-40f : -1e-38f; /* denormal */
}

static void impulse(float *x)
{
	silence(x);
	x[N / 2] = 1;
}

static void dc(float *x)
{
	for (int i = 0; i < N; i++)
		x[i] = 0.5f;
}

static void white(float *x)
{
	unsigned seed = 5;

	for (int i = 0; i < N; i++)
		x[i] = (float)noise(&seed) * 0.2f;
}

/* Gliding buzz with pauses and noise: voiced, unvoiced and silent frames. */
static void speechlike(float *x)
{
	double phase = 0;
	unsigned seed = 7;

	for (int i = 0; i < N; i++) {
		double t = (double)i / UT_RATE_HZ, f0 = 160 + 60 * sin(2 * M_PI * 0.7 * t), s = 0;

		phase += 2 * M_PI * f0 / UT_RATE_HZ;
		for (int h = 1; h * f0 < 3600; h++)
			s += cos(h * phase) / h;
		if (fmod(t, 1) > 0.7)
			s = fmod(t, 1) > 0.85 ? 0 : noise(&seed);
		x[i] = (float)(0.1 * s + 1e-4 * noise(&seed));
	}
	for (int i = N / 2; i < N / 2 + 2000; i++)
		x[i] = 0;
}

static void run(struct ut_engine *e, const float *x, size_t n, size_t block, struct rows *r)
{
	r->n = 0;
	for (size_t i = 0; i < n; i += block)
		ut_engine_push(e, x + i, UT_MIN(block, n - i), keep, r);
	ut_engine_flush(e, keep, r);
}

/* What frame.h promises of every row. */
static bool honest(const struct ut_frame *f)
{
	for (unsigned c = 0; c < UT_N_FRAME_COLS; c++) {
		float v = ut_frame_get(f, c);

		if (!isfinite(v) || (!ut_frame_has(f, c) && v != 0))
			return false;
	}
	if (!ut_frame_has(f, UT_COL_level_db) || !ut_frame_has(f, UT_COL_loudness) ||
	    !ut_frame_has(f, UT_COL_voicing))
		return false;
	return ut_frame_has(f, UT_COL_f0_hz) == (f->f0_hz > 0) && f->voicing >= 0 &&
	       f->voicing <= 1 && f->level_db >= -120 && f->tonality >= 0 && f->tonality <= 1 &&
	       (f->f0_hz == 0 || (f->f0_hz >= 50 && f->f0_hz <= 500));
}

static void test_signals(struct rows *want, struct rows *got, float *x)
{
	static const struct row {
		const char *name;
		void (*fill)(float *x);
		float least_db, most_db; /* of every inner frame */
		bool voiced;             /* some frames must be, or none may be */
	} rows[] = {
		{ "silence", silence, -120, -120, false },
		{ "square wave at full scale", clipped, -6, 3, true },
		{ "NaN and infinity", nans, -40, 0, false },
		{ "values beyond any scale (a pulse train)", huge, -120, 30, true },
		{ "denormals", faint, -120, -120, false },
		{ "one impulse", impulse, -120, 0, false },
		{ "constant", dc, -120, -60, false },
		{ "white noise", white, -30, -20, false },
		{ "gliding buzz, noise, gaps", speechlike, -120, 0, true },
	};
	static const size_t blocks[] = { 1, 7, 160 };

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		UT_AUTO(ut_engine_destroy) struct ut_engine *e = NULL;
		size_t n_voiced = 0;

		tap_row(r->name);
		r->fill(x);
		CHECK_EQ(ut_engine_create(&e, NULL), UT_OK);
		run(e, x, N, N, want);
		CHECK_EQ(want->n, N / UT_HOP);
		for (size_t i = 0; i < want->n; i++) {
			if (!honest(&want->v[i])) {
				CHECK_EQ(i, -1); /* names the row */
				break;
			}
			n_voiced += want->v[i].f0_hz > 0;
			if (i >= 4 && i + 4 < want->n &&
			    !(want->v[i].level_db >= r->least_db &&
			      want->v[i].level_db <= r->most_db)) {
				CHECK_NEAR(want->v[i].level_db, r->least_db, 0);
				break;
			}
		}
		if (r->voiced)
			CHECK(n_voiced > 20);
		else
			CHECK(n_voiced < want->n / 10);
		for (unsigned b = 0; b < UT_ARRAY_LEN(blocks); b++) {
			ut_engine_reset(e);
			run(e, x, N, blocks[b], got);
			CHECK_EQ(got->n, want->n);
			CHECK(memcmp(got->v, want->v, want->n * sizeof(*want->v)) == 0);
		}
		tap_end();
	}
}

static void test_lengths(struct rows *want, struct rows *got, float *x)
{
	static const size_t lengths[] = { 0, 1, 79, 80, 81, 159, 400, 803, 2400 };
	UT_AUTO(ut_engine_destroy) struct ut_engine *e = NULL;

	CHECK_EQ(ut_engine_create(&e, NULL), UT_OK);
	speechlike(x);
	for (unsigned i = 0; i < UT_ARRAY_LEN(lengths); i++) {
		char name[80];
		UT_AUTO(ut_engine_destroy) struct ut_engine *fresh = NULL;

		snprintf(name, sizeof(name), "%zu samples: whole hops get rows; reset equals new",
			 lengths[i]);
		tap_row(name);
		ut_engine_reset(e);
		run(e, x, lengths[i], 160, want);
		CHECK_EQ(want->n, lengths[i] / UT_HOP);
		CHECK_EQ(ut_engine_create(&fresh, NULL), UT_OK);
		run(fresh, x, lengths[i], 13, got);
		CHECK(got->n == want->n && memcmp(got->v, want->v, got->n * sizeof(*got->v)) == 0);
		tap_end();
	}
}

static void test_no_allocation(struct rows *got, float *x)
{
	UT_AUTO(ut_engine_destroy) struct ut_engine *e = NULL;
	unsigned long before;

	tap_row("no allocation in push and flush");
	speechlike(x);
	CHECK_EQ(ut_engine_create(&e, NULL), UT_OK);
	CHECK(n_allocations > 0);
	before = n_allocations;
	run(e, x, N, 160, got);
	ut_engine_reset(e);
	run(e, x, N, 160, got);
	CHECK_EQ(n_allocations - before, 0);
	CHECK_EQ(got->n, N / UT_HOP);
	tap_end();
}

/* The rows known by construction: level, balance, slope, noise and tone measures. */
static void test_calibration(struct rows *r, float *x)
{
	static const struct row {
		const char *name;
		double hz, amplitude; /* a sine; hz 0: white noise */
		enum ut_frame_col col;
		double want, tol;
	} rows[] = {
		{ "full-scale sine: 0 dBFS", 1000, 1, UT_COL_level_db, 0, 0.05 },
		{ "half: -6.02 dBFS", 700, 0.5, UT_COL_level_db, -6.0206, 0.05 },
		{ "-60 dB", 2500, 0.001, UT_COL_level_db, -60, 0.05 },
		{ "below the band", 100, 1, UT_COL_level_db, -75, 25 },
		{ "1 kHz at -26 dBFS has loudness 1", 1000, 0.0501187, UT_COL_loudness, 1, 0.03 },
		{ "10 dB more are twice as loud", 1000, 0.158489, UT_COL_loudness, 2, 0.12 },
		{ "tone: no change, no flux", 1000, 0.3, UT_COL_flux, 0, 0.01 },
		{ "noise: flux", 0, 0.3, UT_COL_flux, 0.45, 0.15 },
		{ "white noise is flat", 0, 0.3, UT_COL_flatness_db, -2.5, 1.2 },
		{ "a tone is not", 1234, 0.3, UT_COL_flatness_db, -80, 30 },
		{ "tone: all its energy stands", 480, 0.3, UT_COL_tonality, 1, 0.03 },
		{ "noise: little does", 0, 0.3, UT_COL_tonality, 0.05, 0.07 },
		{ "white noise: 2.4 kHz to 0.7 kHz is 5.5 dB", 0, 0.3, UT_COL_alpha_db, 5.4, 0.6 },
		{ "white noise: no slope", 0, 0.3, UT_COL_slope_hi, 0, 0.5 },
		{ "white noise: no low slope", 0, 0.3, UT_COL_slope_lo, 0, 1.5 },
		{ "strongest peak", 852, 0.3, UT_COL_peak1_hz, 852, 1 },
	};
	UT_AUTO(ut_engine_destroy) struct ut_engine *e = NULL;

	CHECK_EQ(ut_engine_create(&e, NULL), UT_OK);
	for (const struct row *w = rows; w < rows + UT_ARRAY_LEN(rows); w++) {
		unsigned seed = 11, n = 0;
		double sum = 0;

		tap_row(w->name);
		for (int i = 0; i < N; i++)
			x[i] = (float)(w->amplitude * (w->hz > 0
							   ? sin(2 * M_PI * w->hz * i / UT_RATE_HZ)
							   : noise(&seed)));
		ut_engine_reset(e);
		run(e, x, N, 160, r);
		for (size_t i = 10; i + 10 < r->n; i++) {
			if (ut_frame_has(&r->v[i], w->col))
				sum += ut_frame_get(&r->v[i], w->col), n++;
		}
		CHECK(n > r->n / 2);
		CHECK_NEAR(sum / n, w->want, w->tol);
		tap_end();
	}
}

int main(void)
{
	struct rows *want = calloc(1, sizeof(*want)), *got = calloc(1, sizeof(*got));
	float *x = malloc(N * sizeof(*x));

	test_signals(want, got, x);
	test_lengths(want, got, x);
	test_no_allocation(got, x);
	test_calibration(got, x);
	free(want);
	free(got);
	free(x);
	return tap_done();
}
