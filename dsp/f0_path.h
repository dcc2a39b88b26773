/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_path.h - the cheapest path through candidates (Viterbi), with a bounded look-ahead. Private to
 * the F0 tracker. State 0 of every frame is "unvoiced", the rest are its candidates.
 * Memory: embedded, fixed. Threads: one per object.
 */
#ifndef UT_DSP_F0_PATH_H
#define UT_DSP_F0_PATH_H

#include <stdint.h>

#include "dsp/f0_frame.h"

enum {
	UT_F0_LOOK = 30,  /* frames the decision about a frame may look ahead, at least */
	UT_F0_BATCH = 10, /* decisions are made this many at a time */
	UT_F0_RING = UT_F0_LOOK + UT_F0_BATCH,
	UT_F0_STATES = UT_F0_MAX_CAND + 1,
};

struct ut_f0_path {
	struct {
		struct ut_f0_frame frame;
		uint8_t from[UT_F0_STATES];
	} ring[UT_F0_RING];
	float cost[UT_F0_STATES]; /* of the cheapest path into each state of the newest frame */
	unsigned n;               /* frames in the ring: head is the oldest */
	unsigned head;
};

/* state: 0 unvoiced, else candidate state - 1. */
typedef void ut_f0_path_fn(void *user, const struct ut_f0_frame *f, unsigned state);

void ut_f0_path_reset(struct ut_f0_path *p);
/* local: the cost of each of the frame's n + 1 states. */
void ut_f0_path_push(struct ut_f0_path *p, const struct ut_f0_frame *f, const float *local,
		     ut_f0_path_fn *emit, void *user);
void ut_f0_path_flush(struct ut_f0_path *p, ut_f0_path_fn *emit, void *user);

#endif
