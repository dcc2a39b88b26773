/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_frame.h - pitch candidates of one frame and the evidence for each. Private to the F0 tracker.
 * Memory: all in init. Threads: one per object.
 */
#ifndef UT_DSP_F0_FRAME_H
#define UT_DSP_F0_FRAME_H

#include <stdbool.h>

#include "dsp/fft.h"
#include "dsp/rfft.h"

enum {
	UT_F0_SPAN = 544, /* samples a frame sees, its centre in the middle */
	UT_F0_TRIM = 16,  /* lost at each end to the high-pass filter */
	UT_F0_WIN = 344,  /* windowed for the spectrum: 43 ms, the most that does not wrap */
	UT_F0_FFT = 512,
	UT_F0_LAG_MIN = 16,  /* 500 Hz */
	UT_F0_LAG_MAX = 160, /* 50 Hz */
	UT_F0_MAX_CAND = 8,
	UT_F0_N_CAND_FEAT = 12,
	UT_F0_N_FRAME_FEAT = 3,
};

struct ut_f0_cand {
	float log2_hz;
	float feat[UT_F0_N_CAND_FEAT]; /* [0]: short-time correlation at the period, -1..1 */
};

struct ut_f0_frame {
	struct ut_f0_cand cand[UT_F0_MAX_CAND];
	unsigned n;                     /* 0 in silence and noise */
	float energy;                   /* 200-3400 Hz, mean square; 0 in silence */
	float level_db;                 /* the same in dB; -100 in silence */
	float feat[UT_F0_N_FRAME_FEAT]; /* share below 1 kHz, tilt, flatness */
};

struct ut_f0_analysis {
	struct ut_rfft *fft;
	fftwf_complex *spec, *acf;
	fftwf_plan plan;
	float win[UT_F0_WIN];
	float norm[UT_F0_LAG_MAX + 2]; /* 1 / autocorrelation of the window */
	float weight_low[UT_F0_FFT / 2 + 1], weight_flat[UT_F0_FFT / 2 + 1];
	float peak; /* energy of the loudest frame of late; falls slowly */
};

/* UT_ENOMEM; whatever happened, done frees it. */
enum ut_status ut_f0_analysis_init(struct ut_f0_analysis *a);
void ut_f0_analysis_reset(struct ut_f0_analysis *a);
void ut_f0_analysis_done(struct ut_f0_analysis *a);
/* x: UT_F0_SPAN finite samples around the centre of the next frame. */
void ut_f0_analyse(struct ut_f0_analysis *a, const float *x, struct ut_f0_frame *out);

#endif
