/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mel.h - mel bands of a power spectrum in the telephone band, their cepstrum and loudness.
 * Memory: embedded, init cannot fail. Threads: const after init.
 */
#ifndef UT_DSP_MEL_H
#define UT_DSP_MEL_H

#include <stddef.h>

enum { UT_MEL_BANDS = 20, UT_MEL_CEPSTRA = 16, UT_MEL_MAX_BINS = 129 };

struct ut_mel {
	unsigned first[UT_MEL_BANDS], n[UT_MEL_BANDS]; /* bins of a band */
	float weight[UT_MEL_BANDS][32];
	float equal_loudness[UT_MEL_BANDS];
	float dct[UT_MEL_CEPSTRA][UT_MEL_BANDS];
	float scale;   /* of power: a full-scale sine has 1 */
	float silence; /* loudness of empty bands, taken off */
};

/* Triangles of equal width in mel (2595 log10(1 + f/700)), 0.3-3.4 kHz. bin_hz: bin distance of
 * the power spectra, 8..40 Hz. scale: makes the power summed over a sine's bins 1 at full scale. */
void ut_mel_init(struct ut_mel *m, float bin_hz, float scale);
/*
 * cepstrum: coefficients 1..16 of the DCT of the natural logarithm of the bands (no liftering).
 * Returns the loudness: bands weighted by an equal-loudness curve (Hermansky 1990, eq. 4), to the
 * power 0.3 (Stevens: 10 dB double it), summed, scaled so that a 1 kHz sine at -26 dBFS has 1.
 */
float ut_mel_measure(const struct ut_mel *m, const float *power, float cepstrum[UT_MEL_CEPSTRA]);

#endif
