/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * formant.h - the first two formants of a voiced frame in the telephone band.
 * Linear prediction from the power spectrum; outside 0.3-3.4 kHz the spectrum is held level, so
 * that no poles are spent on the channel's edges and every source measures the same.
 * Memory: embedded. Threads: const after init.
 */
#ifndef UT_DSP_FORMANT_H
#define UT_DSP_FORMANT_H

#include "dsp/frame.h"

enum { UT_FORMANT_ORDER = 8, UT_FORMANT_BINS = 129, UT_FORMANT_GRID = 128 };

struct ut_formant {
	float lag_cos[UT_FORMANT_ORDER + 1][UT_FORMANT_BINS]; /* weights of the autocorrelation */
	float grid_cos[UT_FORMANT_ORDER + 1][UT_FORMANT_GRID];
	double start[UT_FORMANT_GRID][2]; /* points of the unit circle */
};

void ut_formant_init(struct ut_formant *f);
/* power: 129 bins of 31.25 Hz. Sets f1_hz and f2_hz, each only where a resonance narrow enough to
 * be a formant (bandwidth below 500 Hz) was found in its range. */
void ut_formant_measure(const struct ut_formant *f, const float *power, float f0_hz,
			struct ut_frame *row);

#endif
