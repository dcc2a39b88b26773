/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tones.h - steady tones of the telephone network: ringback, busy, DTMF, beeps.
 * Two parts: the peaks of one power spectrum (while frames are made), and the spans that rows of
 * peaks make up (after the call).
 * Memory: none but the caller's list. Threads: no shared state.
 */
#ifndef UT_DSP_TONES_H
#define UT_DSP_TONES_H

#include "dsp/frame.h"
#include "dsp/span.h"
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

/*
 * Appends the tones of one channel to out, sorted: one span a burst, RINGBACK or BUSY by the
 * cadence it is part of, DTMF, or BEEP. Reads level_db and the three peak columns. Confidence is
 * UT_TONE_SURE where cadence or steadiness leave no doubt, else less: it might be a note of music.
 * Cadences: ITU-T E.180 and its Supplement 2, with slack. DTMF: ITU-T Q.23, Q.24. UT_ENOMEM.
 */
#define UT_TONE_SURE 0.95f
enum ut_status ut_tones_find(const struct ut_frame_table *t, struct ut_span_list *out);

#endif
