/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rfft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"

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
	r->high = fftwf_alloc_real(half / 2 + 1);
	if (!r->in || !r->z || !r->re || !r->im || !r->cosine || !r->sine || !r->high)
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

void ut_rfft_power(struct ut_rfft *r, float *restrict power)
{
	unsigned half = r->n / 2;

	/*
	 * Even and odd samples are the real and imaginary part of z. With M = n/2, W = e^(-2 pi
	 * i/n): E = (Z[k] + Z*[M-k]) / 2, O = (Z[k] - Z*[M-k]) / 2i, X[k] = E + W^k O, X[M-k] = (E
	 * - W^k O)*. The element in the middle is written by both halves, alike.
	 */
	fftwf_execute(r->plan);
	ut_k_part(r->re, r->im, r->z, half);
	r->re[half] = r->re[0];
	r->im[half] = r->im[0];
	ut_k_split_power(half, r->re, r->im, r->cosine, r->sine, power, r->high);
	memcpy(power + half / 2, r->high, (half / 2 + 1) * sizeof(*power));
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
	fftwf_free(r->high);
	free(r);
	*pr = NULL;
}
