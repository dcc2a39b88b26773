/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rfft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"

enum ut_status ut_rfft_create(unsigned n, struct ut_rfft **ret, struct ut_error *err)
{
	struct ut_rfft *r = calloc(1, sizeof(*r));
	unsigned half = n / 2;

	if (!r)
		goto nomem;
	r->n = n;
	r->in = fftwf_alloc_real(n);
	r->z = fftwf_alloc_real(n);
	r->re = fftwf_alloc_real(half + 1);
	r->im = fftwf_alloc_real(half + 1);
	r->cosine = fftwf_alloc_real(half + 1);
	r->sine = fftwf_alloc_real(half + 1);
	if (!r->in || !r->z || !r->re || !r->im || !r->cosine || !r->sine)
		goto nomem;
	memset(r->in, 0, n * sizeof(*r->in));
	for (unsigned k = 0; k <= half; k++) {
		r->cosine[k] = (float)cos(2 * M_PI * k / n);
		r->sine[k] = (float)sin(2 * M_PI * k / n);
	}
	r->plan = ut_fft_plan_c2c((int)half, (fftwf_complex *)r->in, (fftwf_complex *)r->z);
	if (!r->plan)
		goto nomem;
	*ret = r;
	return UT_OK;
nomem:
	ut_rfft_destroy(&r);
	return ut_fail(err, UT_ENOMEM, "transform");
}

/*
 * Even and odd samples are the real and imaginary part of z. With M = n/2 and W = e^(-2 pi i/n):
 * E = (Z[k] + Z*[M-k]) / 2, O = (Z[k] - Z*[M-k]) / 2i, X[k] = E + W^k O, X[M-k] = (E - W^k O)*.
 */
static void split(unsigned half, const float *restrict re, const float *restrict im,
		  const float *restrict cosine, const float *restrict sine, float *restrict low,
		  float *restrict high)
{
	/* low and high are halves of one spectrum; the one in the middle is written by both, alike
	 */
	for (unsigned k = 0; k <= half / 2; k++) {
		float a = re[k], b = im[k], c = re[half - k], d = im[half - k];
		float er = a + c, ei = b - d, odd = b + d, oi = c - a;
		float wr = cosine[k] * odd + sine[k] * oi, wi = cosine[k] * oi - sine[k] * odd;

		low[k] = 0.25f * ((er + wr) * (er + wr) + (ei + wi) * (ei + wi));
		high[half / 2 - k] = 0.25f * ((er - wr) * (er - wr) + (ei - wi) * (ei - wi));
	}
}

void ut_rfft_power(struct ut_rfft *r, float *restrict power)
{
	unsigned half = r->n / 2;

	fftwf_execute(r->plan);
	for (unsigned k = 0; k < half; k++) {
		r->re[k] = r->z[2 * k];
		r->im[k] = r->z[2 * k + 1];
	}
	r->re[half] = r->re[0];
	r->im[half] = r->im[0];
	split(half, r->re, r->im, r->cosine, r->sine, power, power + half / 2);
}

void ut_rfft_destroy(struct ut_rfft **pr)
{
	struct ut_rfft *r = *pr;
	fftwf_plan plan;

	if (!r)
		return;
	plan = r->plan;
	ut_fft_plan_destroy(&plan);
	fftwf_free(r->in);
	fftwf_free(r->z);
	fftwf_free(r->re);
	fftwf_free(r->im);
	fftwf_free(r->cosine);
	fftwf_free(r->sine);
	free(r);
	*pr = NULL;
}
