/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tones.h - steady tones of the telephone network: the peaks of one power spectrum.
 * Memory: none. Threads: no shared state.
 */
#ifndef UT_DSP_TONES_H
#define UT_DSP_TONES_H

#include "dsp/frame.h"
#include "dsp/span.h"

/*
 * Fills peak1_hz, peak2_hz and peak_share of row and sets their valid bits: the two strongest
 * separate peaks of power (unscaled |X|^2 of a tapered window, bin k at k * bin_hz), 200-3600 Hz,
 * by a parabola through the logarithms, and the share of the energy of that band within 1.5 main
 * lobes of them. lobe_hz: half the main lobe of the window (Hann: 2 * rate / window length).
 * peak2_hz is 0 where nothing stands out beside the first (less than 1 % of its power).
 * A silent frame (no energy) leaves the three invalid.
 */
void ut_tones_peaks(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		    struct ut_frame *row);
/* The same where the caller knows the maxima of power already (ut_k_maxima over the band). */
void ut_tones_peaks_at(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		       const uint16_t *at, size_t n_at, struct ut_frame *row);
/* The bins that count: [lo, hi). */
void ut_tones_band(size_t n_bins, float bin_hz, size_t *lo, size_t *hi);

#endif
