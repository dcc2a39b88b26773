/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * disguise.c - another voice with the same prosody: a phase vocoder (Rubber Band, its finer engine)
 * moves F0 and formants by constant factors, so every interval and every pause stays.
 */
#include <math.h>
#include <rubberband/rubberband-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "clip/internal.h"
#include "dsp/engine.h"
#include "dsp/resample.h"

enum { COMMON_F0_HZ = 150, MIN_VOICED = 20, BLOCK = 4096 };

struct voiced {
	float *f0;
	size_t n, cap;
	struct ut_engine *engine;
	bool failed;
};

static void on_row(void *user, const struct ut_frame *r)
{
	struct voiced *v = user;

	if (!ut_frame_has(r, UT_COL_f0_hz))
		return;
	if (v->n == v->cap) {
		size_t cap = v->cap ? 2 * v->cap : 4096;
		float *f0 = realloc(v->f0, cap * sizeof(*f0));

		if (!f0) {
			v->failed = true;
			return;
		}
		v->f0 = f0;
		v->cap = cap;
	}
	v->f0[v->n++] = r->f0_hz;
}

static void on_8k(void *user, const float *x, size_t n)
{
	struct voiced *v = user;

	ut_engine_push(v->engine, x, n, on_row, v);
}

/* 0 where nobody speaks. */
static enum ut_status median_f0(const float *x, size_t n, unsigned rate_hz, double *ret,
				struct ut_error *err)
{
	struct ut_resample *r = NULL;
	struct voiced v = { 0 };
	enum ut_status st = ut_resample_create(rate_hz, &r, err);

	*ret = 0;
	if (st == UT_OK)
		st = ut_engine_create(&v.engine, err);
	if (st == UT_OK) {
		ut_resample_push(r, x, n, on_8k, &v);
		ut_resample_flush(r, on_8k, &v);
		ut_engine_flush(v.engine, on_row, &v);
		if (v.failed)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	if (st == UT_OK && v.n >= MIN_VOICED) {
		qsort(v.f0, v.n, sizeof(*v.f0), ut_by_float);
		*ret = v.f0[v.n / 2];
	}
	ut_resample_destroy(&r);
	ut_engine_destroy(&v.engine);
	free(v.f0);
	return st;
}

void ut_clip_disguise_factors(double f0_hz, uint32_t seed, double *pitch, double *formant)
{
	/* three bytes of the content's hash: nobody without the recording knows them */
	double a = (seed & 0xfff) / 4095.0, b = (seed >> 12 & 0xfff) / 4095.0;

	*pitch = COMMON_F0_HZ / f0_hz;
	if (fabs(log2(*pitch)) < 2.6 / 12) /* a voice that is there already moves as well */
		*pitch = exp2(4.0 / 12);
	*pitch = UT_MIN(UT_MAX(*pitch, 0.6), 1.7) * exp2((a - 0.5) / 12); /* +-1/2 semitone */
	*formant = *pitch > 1 ? 1.12 + 0.08 * b : 0.89 - 0.06 * b;
}

static enum ut_status shift(float *x, size_t n, unsigned rate_hz, double pitch, double formant,
			    struct ut_error *err)
{
	RubberBandState s =
	    rubberband_new(rate_hz, 1,
			   RubberBandOptionProcessOffline | RubberBandOptionEngineFiner |
			       RubberBandOptionFormantPreserved | RubberBandOptionThreadingNever |
			       RubberBandOptionPitchHighConsistency,
			   1, pitch);
	float *y = s ? calloc(n, sizeof(*y)) : NULL;
	size_t done = 0;

	if (!y) {
		if (s)
			rubberband_delete(s);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	/* Rubber Band counts from where the pitch has moved them */
	rubberband_set_formant_scale(s, formant / pitch);
	rubberband_set_expected_input_duration(s, (unsigned)n);
	rubberband_set_max_process_size(s, BLOCK);
	for (size_t i = 0; i < n; i += BLOCK) {
		const float *in = x + i;

		rubberband_study(s, &in, (unsigned)UT_MIN(n - i, BLOCK), i + BLOCK >= n);
	}
	for (size_t i = 0; i < n; i += BLOCK) {
		const float *in = x + i;
		int there;

		rubberband_process(s, &in, (unsigned)UT_MIN(n - i, BLOCK), i + BLOCK >= n);
		while ((there = rubberband_available(s)) > 0 && done < n) {
			float *out = y + done;

			done += rubberband_retrieve(s, &out,
						    (unsigned)UT_MIN((size_t)there, n - done));
		}
	}
	rubberband_delete(s);
	memcpy(x, y, n * sizeof(*x));
	free(y);
	return UT_OK;
}

enum ut_status ut_clip_disguise(float *x, size_t n, unsigned rate_hz, uint32_t seed,
				struct ut_error *err)
{
	double f0, pitch, formant;
	enum ut_status st = median_f0(x, n, rate_hz, &f0, err);

	if (st != UT_OK)
		return st;
	/* a whisper too is somebody's: without an F0 as for a high voice */
	ut_clip_disguise_factors(f0 > 0 ? f0 : 200, seed, &pitch, &formant);
	return shift(x, n, rate_hz, pitch, formant, err);
}
