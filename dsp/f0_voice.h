/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_voice.h - what the voicing decision about a frame is made from: the path around it and the
 * levels of the seconds around it. Private to the F0 tracker and its trainer.
 * Memory: embedded, fixed. Threads: one per object.
 */
#ifndef UT_DSP_F0_VOICE_H
#define UT_DSP_F0_VOICE_H

#include <stdint.h>

#include "dsp/f0_model.h"

enum {
	UT_F0_PAST = 400,   /* frames whose levels count, before */
	UT_F0_AHEAD = 200,  /* and after the frame */
	UT_F0_REACH = 15,   /* frames of path needed after it */
	UT_F0_VRING = 1024, /* holds them all; a power of two */
	UT_F0_LEVELS = 101, /* bins of 1 dB, -100..0 dBFS */
};

struct ut_f0_point { /* one frame of the path */
	float log2_hz, strength, energy;
	float feat[UT_F0_N_PATH_FEAT];
};

struct ut_f0_voice {
	float level[UT_F0_VRING];
	struct ut_f0_point point[UT_F0_VRING];
	int64_t n_level, n_point, n_out; /* frames so far */
	int64_t first, end;              /* levels counted in hist */
	uint16_t hist[UT_F0_LEVELS];
	float low_db, high_db;          /* levels 10 and 95 % of those frames stay below */
	float scene[UT_F0_N_SCENE - 2]; /* what the loud and the quiet frames are like */
	float last_log2_hz;
};

/* in: UT_F0_VOICE_IN inputs of the decision about frame i. */
typedef void ut_f0_voice_fn(void *user, int64_t i, const struct ut_f0_point *p, const float *in);

void ut_f0_voice_reset(struct ut_f0_voice *v);
/* The level of the next frame; may emit. */
void ut_f0_voice_level(struct ut_f0_voice *v, float level_db, ut_f0_voice_fn *emit, void *user);
/* The path at the next frame: arguments as of ut_f0_path_fn. Behind the levels, never ahead. */
void ut_f0_voice_point(struct ut_f0_voice *v, const struct ut_f0_frame *f, const float *log_p,
		       int chosen);
/*
 * log2 of the pitch of frame i, from inside a ut_f0_voice_fn: that of the path, a third of the
 * weight on its two neighbours where they go on smoothly. One period says less than three.
 */
float ut_f0_voice_pitch(const struct ut_f0_voice *v, int64_t i);
void ut_f0_voice_flush(struct ut_f0_voice *v, ut_f0_voice_fn *emit, void *user);

#endif
