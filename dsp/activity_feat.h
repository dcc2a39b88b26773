/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity_feat.h - what the speech and the music classifier of activity.c look at. Inside dsp/
 * and its trainer only (tests/bench/activity_train.c): model and features change together.
 * Memory: columns are allocated by init. Threads: no shared state.
 */
#ifndef UT_DSP_ACTIVITY_FEAT_H
#define UT_DSP_ACTIVITY_FEAT_H

#include "dsp/frame.h"

enum {
	UT_SPEECH_FEATURES = 16,
	UT_SPEECH_HIDDEN = 12,
	UT_MUSIC_FEATURES = 22,
	UT_MUSIC_STEP = 10,   /* frames between two looks for music */
	UT_MUSIC_REACH = 150, /* frames each side that a look covers */
};

/* Smoothed columns of one channel, and its two levels. */
struct ut_speech_columns {
	size_t n;
	float *level, *floor, *above3, *above_max, *rel3, *rel_max, *voiced5, *voiced_max, *flat4,
	    *flux4, *cpp4;
	float *spare; /* a column more: the caller's, after init */
	float *memory;
	float speech_db; /* 80th percentile of its voiced frames' levels, dBFS */
	bool empty;      /* nothing above digital silence */
};

/* UT_ENOMEM. */
enum ut_status ut_speech_columns_init(struct ut_speech_columns *c, const struct ut_frame_table *t);
/* Gives back all columns but level, floor and spare. */
void ut_speech_columns_trim(struct ut_speech_columns *c);
void ut_speech_columns_done(struct ut_speech_columns *c);
void ut_speech_features(const struct ut_speech_columns *c, const struct ut_frame_table *t, size_t i,
			float f[UT_SPEECH_FEATURES]);

/*
 * Calls back with the features of the window about frame 0, UT_MUSIC_STEP, 2 * UT_MUSIC_STEP...
 * speech_db as above. skip: a byte a frame, not 0 where it does not count (network tones); may be
 * NULL. Where less than a third of a window counts, f is NULL.
 */
typedef void ut_music_fn(void *user, size_t frame, const float *f);
void ut_music_features(const struct ut_frame_table *t, float speech_db, const unsigned char *skip,
		       ut_music_fn *emit, void *user);

/*
 * Both trained by activity_train on data that may ship; log-odds come out. Speech: one hidden layer
 * of rectifiers. Music: logistic regression. Inputs are (f - mean) * scale.
 */
struct ut_activity_model {
	float speech_mean[UT_SPEECH_FEATURES], speech_scale[UT_SPEECH_FEATURES];
	float speech_w1[UT_SPEECH_HIDDEN][UT_SPEECH_FEATURES], speech_b1[UT_SPEECH_HIDDEN];
	float speech_w2[UT_SPEECH_HIDDEN], speech_b2;
	float music_mean[UT_MUSIC_FEATURES], music_scale[UT_MUSIC_FEATURES];
	float music_w[UT_MUSIC_FEATURES], music_b;
};
extern const struct ut_activity_model ut_activity_model;

#endif
