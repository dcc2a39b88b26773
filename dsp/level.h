/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * level.h - how loud a stretch is against the same speaker's own speech before it, whatever the
 * line's gain did meanwhile.
 *
 * Near speech counts more than far (weights halve every UT_LEVEL_HALF_S of speech), so a slow
 * automatic gain control is followed. A sudden change of gain (a transfer, a headset adjusted)
 * moves the background as much as the speech; a speaker who raises the voice does not move the
 * background. What lies before such a change is therefore left out.
 * Memory: none beyond some kB of stack. Threads: no shared state.
 */
#ifndef UT_DSP_LEVEL_H
#define UT_DSP_LEVEL_H

#include <stdbool.h>

#include "dsp/frame.h"
#include "dsp/span.h"

enum {
	UT_LEVEL_HALF_S = 10,
	UT_LEVEL_REACH_S = 60, /* speech farther back does not count (10 s of it at 1/64) */
	UT_LEVEL_MIN_S = 3,    /* less speech is no yardstick */
	UT_LEVEL_STEP_DB = 6,  /* a change of gain of this size, up or down, is one */
	UT_LEVEL_BACKGROUND_DB =
	    12, /* the background must lie this far below the speech to be seen */
};

struct ut_level_stats {
	float median_db, mad_db; /* of the voiced frames, dBFS; median absolute deviation */
	float speech_s;          /* seconds of voiced frames that counted, without weights */
	float background_db;     /* 10th percentile between them; -120 where not seen */
	bool valid, has_background;
	bool gain_changed; /* a change of gain was found, and what lies before it left out */
};

/*
 * The speech of rows[start..end): voiced frames inside spans of kind SPEECH (spans NULL: all).
 * Every frame counts alike. Valid from 5 voiced frames on.
 */
void ut_level_measure(const struct ut_frame *rows, int64_t start, int64_t end,
		      const struct ut_span_list *spans, struct ut_level_stats *ret);
/*
 * The yardstick for a stretch that begins at `at`: the same speaker's speech before it, weighted as
 * said above. at <= the number of rows. Not valid with less than UT_LEVEL_MIN_S of voiced frames.
 * The level of the stretch, relative: ut_level_measure(...).median_db - median_db.
 */
void ut_level_reference(const struct ut_frame *rows, int64_t at, const struct ut_span_list *spans,
			struct ut_level_stats *ret);

#endif
