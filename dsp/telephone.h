/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telephone.h - what a telephone line does to speech, for training and tests: band, level, noise,
 * companding, lost packets. In place on 8 kHz samples; the same seed gives the same bits.
 * Threads: no shared state.
 */
#ifndef UT_DSP_TELEPHONE_H
#define UT_DSP_TELEPHONE_H

#include <stddef.h>
#include <stdint.h>

/* 300-3400 Hz, linear phase, no time shift (windowed sinc, 50 dB down at 200 Hz). */
void ut_telephone_band(float *x, size_t n);
/* Times 10^(gain_db / 20), plus white noise of noise_db (RMS over a full-scale sine's; below -110
 * none), clipped to -1..1. */
void ut_telephone_line(float *x, size_t n, float gain_db, float noise_db, uint64_t *seed);
/* ITU-T G.711 round trips. */
void ut_telephone_ulaw(float *x, size_t n);
void ut_telephone_alaw(float *x, size_t n);
/* Loses 20 ms packets with the given probability; a lost one repeats the last, fading by half. */
void ut_telephone_loss(float *x, size_t n, double probability, uint64_t *seed);

#endif
