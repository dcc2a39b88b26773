/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spectrum.h - what the spectrum of one frame tells: level, loudness, slopes, balance, flux,
 * flatness, tonality, mel cepstrum, cepstral peak prominence.
 *
 * Two Hann windows about the frame's centre: 32 ms where quick changes count (level, shape, MFCC),
 * 64 ms where lines must be told apart (tones, cepstral peak). Everything is limited to the
 * telephone band, 0.3-3.4 kHz, so that a wideband source measures the same.
 * Memory: all in create; measure cannot fail. Threads: one per object.
 */
#ifndef UT_DSP_SPECTRUM_H
#define UT_DSP_SPECTRUM_H

#include "dsp/frame.h"

enum {
	UT_SPECTRUM_SHORT = 256, /* samples of the 32 ms window; bins are 31.25 Hz apart */
	UT_SPECTRUM_LONG = 512,  /* 64 ms, 15.625 Hz */
	UT_SPECTRUM_REACH = UT_SPECTRUM_LONG / 2, /* samples needed each side of the centre */
	UT_TONALITY_LAG = 5, /* frames: a line must still stand after this time */
	/* below this level (dBFS) only level and loudness are measured: G.711 idle noise */
	UT_SPECTRUM_FLOOR_DB = -75,
};

struct ut_spectrum;

enum ut_status ut_spectrum_create(struct ut_spectrum **ret, struct ut_error *err);
/*
 * Measures the frame whose centre is x[0]; x[-UT_SPECTRUM_REACH..UT_SPECTRUM_REACH-1] is read, and
 * must be finite. Call for every frame in order: flux and tonality look at earlier ones. Sets the
 * columns and valid bits of level_db, loudness and, above the floor, alpha_db, hammarberg_db,
 * slope_lo, slope_hi, flux, flatness_db, mfcc1-4, peak1_hz, peak2_hz, peak_share and tonality
 * (against the frame UT_TONALITY_LAG before).
 * Returns the tonality that the frame UT_TONALITY_LAG before has against this one, the same lines
 * seen from the other side; 0 where it has none. A frame's tonality is the larger of both, so that
 * the first 50 ms of a tone count.
 */
float ut_spectrum_measure(struct ut_spectrum *s, const float *x, struct ut_frame *row);
/* Sets cpp_db of the last frame measured, which must have been above the floor. */
void ut_spectrum_prominence(struct ut_spectrum *s, struct ut_frame *row);
/* The mel cepstrum of the last frame measured, coefficients 1..UT_MEL_CEPSTRA (mel.h), of which the
 * row has the first four; NULL where that frame was below the floor. Lent until the next call. */
const float *ut_spectrum_cepstrum(const struct ut_spectrum *s);
/* The 32 ms power spectrum of the last frame measured, 129 bins, |X|^2 unscaled; NULL where that
 * frame was below the floor. Lent until the next call. */
const float *ut_spectrum_short(const struct ut_spectrum *s);
/* The 64 ms one, 257 bins. */
const float *ut_spectrum_long(const struct ut_spectrum *s);
void ut_spectrum_reset(struct ut_spectrum *s);
void ut_spectrum_destroy(struct ut_spectrum **ps);

#endif
