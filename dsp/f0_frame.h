/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_frame.h - pitch candidates of one analysis window. Private to the F0 tracker.
 * Memory: all in init. Threads: one per object.
 */
#ifndef UT_DSP_F0_FRAME_H
#define UT_DSP_F0_FRAME_H

#include <stdbool.h>

#include "dsp/fft.h"
#include "base/status.h"

enum {
	UT_F0_WIN =
	    344, /* samples a frame sees: 43 ms, the most whose autocorrelation does not wrap */
	UT_F0_FFT = 512,
	UT_F0_LAG_MIN = 16,  /* 500 Hz */
	UT_F0_LAG_MAX = 160, /* 50 Hz */
	UT_F0_MAX_CAND = 10,
};

struct ut_f0_cand {
	float log2_hz;
	float strength; /* normalised autocorrelation at the period, at most 1 */
};

struct ut_f0_frame {
	struct ut_f0_cand cand[UT_F0_MAX_CAND];
	unsigned n;     /* 0 in silence */
	float level_db; /* RMS of the window, dBFS */
};

struct ut_f0_analysis {
	float *in, *acf;
	fftwf_complex *spec;
	fftwf_plan forth, back;
	float win[UT_F0_WIN];
	float norm[UT_F0_LAG_MAX + 2]; /* 1 / autocorrelation of the window */
};

/* UT_ENOMEM; whatever happened, done frees it. */
enum ut_status ut_f0_analysis_init(struct ut_f0_analysis *a);
void ut_f0_analysis_done(struct ut_f0_analysis *a);
/* x: UT_F0_WIN finite samples around the frame's centre. */
void ut_f0_analyse(struct ut_f0_analysis *a, const float *x, struct ut_f0_frame *out);

#endif
