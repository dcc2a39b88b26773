/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame.h - one row of measurements every 10 ms of one 8 kHz channel, and a growing table of them.
 *
 * Frame i belongs to time i * 10 ms and stands for the 10 ms about it, samples [i*80-40, i*80+40);
 * analysis windows are centred there. Samples [a*80, b*80) have the frames [a, b). A value that could not be measured
 * has its bit in `valid` clear and reads 0; there is never a NaN. f0_hz is 0 and invalid where
 * unvoiced. Memory: sizeof(struct ut_frame) a row. Threads: one per table.
 */
#ifndef UT_DSP_FRAME_H
#define UT_DSP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
	UT_RATE_HZ = 8000, /* the one analysis rate, whatever the source */
	UT_HOP = 80,       /* samples a frame */
	UT_FRAMES_PER_S = UT_RATE_HZ / UT_HOP,
};

/* X(member, unit, digits after the point, what it is). Order is the column order of `features`. */
#define UT_FRAME_COLUMNS(X)                                                                        \
	X(level_db, "dBFS", 2, "RMS level, telephone band; 0 dBFS is a full-scale sine")           \
	X(f0_hz, "Hz", 2, "fundamental frequency; 0 where unvoiced")                               \
	X(voicing, "", 3, "probability that the frame is voiced")                                  \
	X(loudness, "sone-like", 4, "sum of compressed auditory band energies")                    \
	X(hnr_db, "dB", 2, "harmonics-to-noise ratio from the normalised autocorrelation")         \
	X(cpp_db, "dB", 2, "cepstral peak prominence")                                             \
	X(jitter, "", 4, "mean absolute difference of consecutive periods over the mean period")   \
	X(shimmer_db, "dB", 3, "mean absolute level difference of consecutive periods")            \
	X(h1_h2_db, "dB", 2, "first minus second harmonic; only where both are in the band")       \
	X(alpha_db, "dB", 2, "energy 1-3.4 kHz over energy 0.3-1 kHz")                             \
	X(hammarberg_db, "dB", 2, "highest peak 0.3-2 kHz over highest peak 2-3.4 kHz")            \
	X(slope_lo, "dB/kHz", 2, "spectral slope 0.3-1 kHz")                                       \
	X(slope_hi, "dB/kHz", 2, "spectral slope 1-3.4 kHz")                                       \
	X(flux, "", 4, "spectral flux between successive frames, level-normalised")                \
	X(flatness_db, "dB", 2, "spectral flatness in the telephone band")                         \
	X(tonality, "", 3, "share of the energy in stationary spectral peaks (tones, music)")      \
	X(f1_hz, "Hz", 1, "first formant")                                                         \
	X(f2_hz, "Hz", 1, "second formant")                                                        \
	X(mfcc1, "", 3, "mel cepstrum 1, telephone band")                                          \
	X(mfcc2, "", 3, "mel cepstrum 2")                                                          \
	X(mfcc3, "", 3, "mel cepstrum 3")                                                          \
	X(mfcc4, "", 3, "mel cepstrum 4")                                                          \
	X(peak1_hz, "Hz", 1, "strongest spectral peak, 0.2-3.6 kHz")                               \
	X(peak2_hz, "Hz", 1, "second spectral peak apart from it; 0 where none stands out")        \
	X(peak_share, "", 3, "share of the band's energy in those two peaks")

enum ut_frame_col {
#define X(name, unit, digits, help) UT_COL_##name,
	UT_FRAME_COLUMNS(X)
#undef X
	    UT_N_FRAME_COLS
};

struct ut_frame {
	uint32_t valid; /* bit UT_COL_x: x was measured */
#define X(name, unit, digits, help) float name;
	UT_FRAME_COLUMNS(X)
#undef X
};

/* The value of column col (a struct ut_frame is its mask followed by its columns, in order). */
static inline float ut_frame_get(const struct ut_frame *f, enum ut_frame_col col)
{
	return (&f->level_db)[col];
}

static inline bool ut_frame_has(const struct ut_frame *f, enum ut_frame_col col)
{
	return f->valid >> col & 1;
}

struct ut_frame_info {
	const char *name, *unit, *help;
	unsigned digits;
};
extern const struct ut_frame_info ut_frame_info[UT_N_FRAME_COLS];

struct ut_frame_table {
	struct ut_frame *row;
	size_t n, cap;
};

/* Appends a copy; amortised doubling. UT_ENOMEM. */
enum ut_status ut_frame_table_push(struct ut_frame_table *t, const struct ut_frame *f);
void ut_frame_table_done(struct ut_frame_table *t);

#endif
