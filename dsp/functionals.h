/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * functionals.h - one stretch of one voice in 38 numbers: pitch, effort, voice quality, timing,
 * dynamics and shape, over the frame rows of frame.h.
 *
 * All but `level` do not change with the gain of the line; none uses the length of the stretch.
 * Memory: scratch on the stack (about 130 kB). Threads: no shared state.
 */
#ifndef UT_DSP_FUNCTIONALS_H
#define UT_DSP_FUNCTIONALS_H

#include "dsp/frame.h"
#include "dsp/span.h"

/* The last this many frames of a longer stretch are measured (20 s). */
enum { UT_FUNCTIONAL_MAX_FRAMES = 2000, UT_FUNCTIONAL_MIN_VOICED = 8 };

/* X(member, unit, digits, family, what it is). Order is the order in the store: append only. */
#define UT_FUNCTIONALS(X)                                                                          \
	X(f0_median, "semitones", 2, PITCH, "median pitch, above 100 Hz")                          \
	X(f0_low, "semitones", 2, PITCH, "10th percentile of pitch, above 100 Hz")                 \
	X(f0_high, "semitones", 2, PITCH, "90th percentile of pitch, above 100 Hz")                \
	X(f0_range, "semitones", 2, SHAPE, "90th minus 10th percentile of pitch")                  \
	X(f0_slope, "semitones/s", 2, SHAPE, "slope of pitch over the stretch")                    \
	X(f0_end, "semitones", 2, SHAPE, "pitch of the last fifth above the median")               \
	X(f0_move, "semitones/s", 1, PITCH, "mean absolute pitch movement")                        \
	X(alpha, "dB", 2, EFFORT, "energy 1-3.4 kHz over 0.3-1 kHz, voiced")                       \
	X(hammarberg, "dB", 2, EFFORT, "peak 0.3-2 kHz over peak 2-3.4 kHz, voiced")               \
	X(slope_lo, "dB/kHz", 2, EFFORT, "spectral slope 0.3-1 kHz, voiced")                       \
	X(slope_hi, "dB/kHz", 2, EFFORT, "spectral slope 1-3.4 kHz, voiced")                       \
	X(slope_hi_sd, "dB/kHz", 2, EFFORT, "how much the slope 1-3.4 kHz changes")                \
	X(mfcc1, "", 3, COLOUR, "mel cepstrum 1, voiced")                                          \
	X(mfcc2, "", 3, COLOUR, "mel cepstrum 2, voiced")                                          \
	X(mfcc3, "", 3, COLOUR, "mel cepstrum 3, voiced")                                          \
	X(mfcc4, "", 3, COLOUR, "mel cepstrum 4, voiced")                                          \
	X(peak, "semitones", 2, EFFORT, "strongest part of the spectrum, above 500 Hz")            \
	X(peak_high, "semitones", 2, EFFORT, "90th percentile of it, above 500 Hz")                \
	X(flux, "", 4, QUALITY, "spectral flux, voiced")                                           \
	X(hnr, "dB", 2, QUALITY, "harmonics-to-noise ratio, voiced")                               \
	X(cpp, "dB", 2, QUALITY, "cepstral peak prominence, voiced")                               \
	X(jitter, "", 4, QUALITY, "jitter, voiced")                                                \
	X(shimmer, "dB", 3, QUALITY, "shimmer, voiced")                                            \
	X(h1_h2, "dB", 2, QUALITY, "first over second harmonic, voiced")                           \
	X(peak_sd, "semitones", 2, QUALITY, "how much the strongest part moves")                   \
	X(f1_low, "semitones", 2, QUALITY, "10th percentile of the first formant, above 500 Hz")   \
	X(f1_high, "semitones", 2, QUALITY, "90th percentile of the first formant, above 500 Hz")  \
	X(rate, "syllables/s", 2, TIMING, "articulation rate: syllables a second, without pauses") \
	X(pause_share, "", 3, TIMING, "share of the stretch that is pauses of 0.2 s and more")     \
	X(voiced_share, "", 3, TIMING, "voiced share of the speech")                               \
	X(voiced_runs, "1/s", 2, TIMING, "voiced runs a second")                                   \
	X(level, "dB", 2, LEVEL, "median level of speech, dBFS")                                   \
	X(level_sd, "dB", 2, DYNAMICS, "how much the level changes")                               \
	X(level_slope, "dB/s", 2, SHAPE, "slope of the level over the stretch")                    \
	X(level_end, "dB", 2, SHAPE, "level of the last quarter above the median")                 \
	X(level_move, "dB", 3, DYNAMICS, "mean absolute change of level a frame")                  \
	X(release, "dB", 3, DYNAMICS, "5th percentile of the level's change a frame")              \
	X(final_length, "", 2, SHAPE, "last voiced run over the median run, log2")

enum ut_functional {
#define X(name, unit, digits, family, help) UT_FN_##name,
	UT_FUNCTIONALS(X)
#undef X
	    UT_N_FUNCTIONALS
};

enum ut_functional_family {
	UT_FAMILY_PITCH,
	UT_FAMILY_EFFORT,
	UT_FAMILY_QUALITY,
	UT_FAMILY_TIMING,
	UT_FAMILY_LEVEL,
	UT_FAMILY_DYNAMICS,
	UT_FAMILY_SHAPE,
	UT_FAMILY_COLOUR,
	UT_N_FAMILIES
};
extern const char *const ut_functional_family_name[UT_N_FAMILIES];

struct ut_functional_info {
	const char *name, *unit, *help;
	unsigned digits;
	enum ut_functional_family family;
};
extern const struct ut_functional_info ut_functional_info[UT_N_FUNCTIONALS];

struct ut_functionals {
	float v[UT_N_FUNCTIONALS]; /* 0 where not valid; never a NaN */
	uint64_t valid;            /* bit UT_FN_x */
	unsigned n_frames, n_speech, n_voiced;
};

/*
 * Measures frames [start, end) of t, leaving out those inside any span of `spans` that is not
 * speech (spans may be NULL). noise_db: the channel without speech, dBFS. False, and a zeroed ret,
 * where fewer than UT_FUNCTIONAL_MIN_VOICED frames are voiced or the stretch is not in the table.
 */
bool ut_functionals_measure(const struct ut_frame_table *t, int64_t start, int64_t end,
			    const struct ut_span_list *spans, float noise_db,
			    struct ut_functionals *ret);

#endif
