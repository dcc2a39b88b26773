/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_path.h - the cheapest path through candidates (Viterbi), with a bounded look-ahead and a prior
 * on the speaker's range. Private to the F0 tracker. The path goes through unvoiced frames too:
 * voicing is decided along it, later.
 * Memory: embedded, fixed. Threads: one per object.
 */
#ifndef UT_DSP_F0_PATH_H
#define UT_DSP_F0_PATH_H

#include <stdint.h>

#include "dsp/f0_frame.h"

enum {
	UT_F0_DELAY = 100, /* frames by which the speaker's range is known ahead of the search */
	UT_F0_LOOK = 30,   /* frames the search may look ahead, at least */
	UT_F0_BATCH = 10,  /* decisions are made this many at a time */
	UT_F0_RING = 256,  /* holds them all; a power of two */
	UT_F0_PATH_LAG = UT_F0_DELAY + UT_F0_LOOK + UT_F0_BATCH,
};

struct ut_f0_path {
	struct {
		struct ut_f0_frame frame;
		float log_p[UT_F0_MAX_CAND];
		uint8_t from[UT_F0_MAX_CAND];
	} ring[UT_F0_RING];
	float cost[UT_F0_MAX_CAND];  /* of the cheapest path into each state of the newest frame */
	int64_t n_in, n_done, n_out; /* frames pushed, searched, emitted */
	float range_weight, range_sum; /* running mean of the clear frames' log2 F0 */
};

/* chosen: index of the candidate; -1 where the frame has none. */
typedef void ut_f0_path_fn(void *user, const struct ut_f0_frame *f, const float *log_p, int chosen);

void ut_f0_path_reset(struct ut_f0_path *p);
/* log_p: log probability of each candidate of the frame. */
void ut_f0_path_push(struct ut_f0_path *p, const struct ut_f0_frame *f, const float *log_p,
		     ut_f0_path_fn *emit, void *user);
void ut_f0_path_flush(struct ut_f0_path *p, ut_f0_path_fn *emit, void *user);

#endif
