/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate_net.h - the network of rate.h: its shape, its inputs, and one pass; also for its trainer.
 *
 * Three dilated convolutions in time with rectified outputs, then one sum through a softplus. A
 * frame's density depends on UT_RATE_REACH frames about it; beyond the stretch there are zeros.
 */
#ifndef UT_DSP_RATE_NET_H
#define UT_DSP_RATE_NET_H

#include "dsp/frame.h"

enum {
	UT_RATE_IN = 9,
	UT_RATE_UNITS = 16,
	UT_RATE_TAPS = 5,
	UT_RATE_LAYERS = 3,
	UT_RATE_REACH = 2 * (1 + 3 + 8), /* frames each side */
};
extern const int ut_rate_dilation[UT_RATE_LAYERS];

struct ut_rate_net {
	/* by tap, input, unit: the input of the frame (tap - 2) * dilation away */
	float w1[UT_RATE_TAPS * UT_RATE_IN * UT_RATE_UNITS];
	float w2[UT_RATE_TAPS * UT_RATE_UNITS * UT_RATE_UNITS];
	float w3[UT_RATE_TAPS * UT_RATE_UNITS * UT_RATE_UNITS];
	float b1[UT_RATE_UNITS], b2[UT_RATE_UNITS], b3[UT_RATE_UNITS];
	float w4[UT_RATE_UNITS], b4;
};

/* What a stretch is measured against. */
struct ut_rate_norm {
	float top_db, top_low_db,
	    top_high_db; /* 95th percentiles: whole band, below, above 1 kHz */
	float mfcc[4];   /* means of the frames that are not pauses */
	size_t n_loud;   /* frames within UT_RATE_PAUSE_DB of the top */
};

/* False where no frame of the stretch is above the measurable floor. skip: see rate.h. */
bool ut_rate_normalise(const struct ut_frame *rows, size_t n, const bool *skip,
		       struct ut_rate_norm *ret);
void ut_rate_inputs(const struct ut_rate_norm *norm, const struct ut_frame *row,
		    float in[UT_RATE_IN]);
/* One layer: y[t] = act(b + sum w x[t + (tap - 2) * dilation]), t = 0..n-1; x has n frames, zeros
 * beyond. */
void ut_rate_layer(const float *restrict x, size_t n_in, size_t n, int dilation,
		   const float *restrict w, const float *restrict b, float *restrict y);

#endif
