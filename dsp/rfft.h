/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rfft.h - power spectrum of n real samples by a complex transform of n/2 points and one pass that
 * takes the even and odd samples apart. FFTW's own real transform, planned by ESTIMATE, takes twice
 * as long (n = 512: 0.70 us against 0.33 us).
 * Memory: all in create. Threads: one per object.
 */
#ifndef UT_DSP_RFFT_H
#define UT_DSP_RFFT_H

#include "base/status.h"

struct ut_rfft {
	unsigned n;
	float *in; /* n samples: the caller fills them; they stay */
	/* the rest is its own */
	float *z, *re, *im, *cosine, *sine, *high;
	void *plan;
};

/* n: a multiple of 4. UT_ENOMEM. Free with destroy. */
enum ut_status ut_rfft_create(unsigned n, struct ut_rfft **ret, struct ut_error *err);
/* power[k] = |X[k]|^2, k = 0..n/2, unscaled, of r->in. */
void ut_rfft_power(struct ut_rfft *r, float *restrict power);
void ut_rfft_destroy(struct ut_rfft **pr);

#endif
