/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate.h - speaking rate of a stretch of speech, from its frame rows alone.
 *
 * A small convolutional network (rate_model.h) gives each frame the density of syllable nuclei; its
 * sum is their count. It was trained on German (Berlin EmoDB) over a telephone band, at speeds from
 * 0.5 to 1.5 of what was said; tests/bench/rate_train.c made it, and docs/measurement.md has its
 * figures on speakers and sentences that it never heard.
 * Memory: none beyond some 60 kB of stack. Threads: no shared state.
 */
#ifndef UT_DSP_RATE_H
#define UT_DSP_RATE_H

#include <stdbool.h>

#include "dsp/frame.h"

enum {
	UT_RATE_MIN_FRAMES = 50, /* shorter stretches have no rate, only a count */
	UT_RATE_MIN_SPEECH = 30, /* frames above the pause threshold, for an articulation rate */
	UT_RATE_MIN_PAUSE = 20,  /* frames below it that make a pause */
	UT_RATE_PAUSE_DB = 25,   /* below the stretch's own loud level */
	UT_RATE_NOISE_DB = 6,
};

struct ut_rate {
	bool has_count, has_rate, has_articulation, has_pauses;
	float n_nuclei;           /* syllable nuclei, a fraction at the edges */
	float syllables_per_s;    /* over the whole stretch, pauses too */
	float articulation_per_s; /* pauses left out */
	float pause_share;        /* of the stretch, 0..1 */
	float longest_pause_s;
};

/*
 * rows[0..n): one stretch, from the first word's begin to the last one's end. skip[0..n), or NULL:
 * frames to pass over, as if they were no part of the stretch (tones, masked speech); a duration
 * says nothing of them. noise_db: the line without speech, dBFS (-120 where not known); what is not
 * UT_RATE_NOISE_DB above it is a pause too. What could not be measured reads 0 with its `has_`
 * false.
 */
void ut_rate_measure(const struct ut_frame *rows, size_t n, const bool *skip, float noise_db,
		     struct ut_rate *ret);

#endif
