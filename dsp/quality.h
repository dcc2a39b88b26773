/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quality.h - voice quality of voiced frames: harmonics-to-noise ratio, jitter and shimmer from
 * marks on consecutive periods, the first two harmonics.
 *
 * Marks are chained by waveform matching: the next one is where the stretch of one period about
 * this one is found again (normalised cross-correlation, to 1/8 sample by band-limited
 * interpolation and finer by a parabola), so no fundamental is needed in the band.
 * Memory: embedded. Threads: one per object.
 */
#ifndef UT_DSP_QUALITY_H
#define UT_DSP_QUALITY_H

#include "dsp/frame.h"

enum {
	UT_MARKS = 64,         /* kept; 60 ms at 500 Hz are 30 */
	UT_QUALITY_REACH = 4,  /* frames about a frame whose marks count: +-35 ms */
	UT_QUALITY_BACK = 560, /* samples read before and after the frame's first sample */
	UT_QUALITY_AHEAD = 480,
	UT_QUALITY_MIN_PERIODS = 3,
};

struct ut_mark {
	double at;       /* samples from the first of frame 0, to a fraction */
	float amplitude; /* RMS about the mark */
	bool linked;     /* follows the mark before it by one period */
};

struct ut_quality {
	struct ut_mark mark[UT_MARKS]; /* ring; n - 1 is the newest */
	uint64_t n;
	bool open;           /* the newest mark may be followed */
	float interp[8][24]; /* of the band-limited interpolation */
};

void ut_quality_init(struct ut_quality *q);
void ut_quality_reset(struct ut_quality *q);
/*
 * Every frame in order: places the marks inside frame. x[0] is the first of the frame's 80
 * samples, x[-UT_QUALITY_BACK..UT_QUALITY_AHEAD-1] is read. f0_hz is 0 where unvoiced.
 */
void ut_quality_track(struct ut_quality *q, int64_t frame, const float *x, float f0_hz);
/*
 * Sets jitter and shimmer_db of frame from the marks within UT_QUALITY_REACH frames; those must
 * have been tracked. Valid from UT_QUALITY_MIN_PERIODS consecutive periods on.
 * jitter: mean |T[i] - T[i-1]| / mean T; shimmer_db: mean |20 log10(A[i] / A[i-1])|. As Praat does,
 * a period that differs by more than the factor 1.3, or an amplitude by 1.6, is left out.
 */
void ut_quality_perturbation(const struct ut_quality *q, int64_t frame, struct ut_frame *row);
/*
 * Sets hnr_db: 10 log10(r / (1 - r)), r the normalised cross-correlation of two periods with the
 * next two at its maximum near 1/f0 (Boersma 1993), about the centre x[0]; -20..40 dB. Reads
 * x[-240..240].
 */
void ut_quality_hnr(const struct ut_quality *q, const float *x, float f0_hz, struct ut_frame *row);
/*
 * Sets h1_h2_db where both harmonics lie in the telephone band (f0 from 300 Hz): below, the channel
 * has filtered the first one away. power: bins of bin_hz, of a window of 64 ms.
 */
void ut_quality_harmonics(const float *power, float bin_hz, float f0_hz, struct ut_frame *row);

#endif
