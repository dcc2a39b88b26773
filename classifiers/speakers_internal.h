/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speakers_internal.h - the units of speech that speakers.c weighs, and the model they are weighed
 * by. For speakers.c, its model and the trainer (tests/bench/speakers_train.c) only. */
#ifndef UT_CLASSIFIERS_SPEAKERS_INTERNAL_H
#define UT_CLASSIFIERS_SPEAKERS_INTERNAL_H

#include "classifiers/speakers.h"

enum {
	UT_VOICE_CEPSTRA = 16,
	UT_VOICE_RAW = UT_VOICE_CEPSTRA + 2, /* and mean and standard deviation of log F0 */
	UT_VOICE_DIMS = 12,
};

struct ut_voice_unit {      /* up to a second of speech, of one person as far as pauses tell */
	int64_t start, end; /* frames */
	unsigned n;         /* voiced frames measured; 0: too few, raw says nothing */
	float raw[UT_VOICE_RAW];
};

struct ut_voice_units {
	struct ut_voice_unit *v;
	size_t n, cap;
};

/* Appends the units of a channel's speech between two frames. v is the caller's to free.
 * UT_ENOMEM. */
enum ut_status ut_voice_units_find(const struct ut_speakers_in *in, int64_t from, int64_t to,
				   struct ut_voice_units *ret);

/* In the projected space units differ from their speaker's mean with unit covariance, and speakers'
 * means from one another with variance between[k]. */
struct ut_voice_model {
	float project[UT_VOICE_DIMS][UT_VOICE_RAW];
	float between[UT_VOICE_DIMS];
};
extern const struct ut_voice_model ut_voice_model;

#endif
