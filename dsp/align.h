/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align.h - by how much one side of a call was started later than the other, by its sound alone:
 * for two recordings of one side each whose start times nobody says.
 *
 * Two things tell it. An echo or leak of one side in the other, however faint: the fast changes of
 * both levels then agree at one lag and at no other. And that people wait for each other: at the
 * right lag they speak at once least (Sacks, Schegloff and Jefferson 1974). The first is exact to
 * the delay of the echo, the second to about half a second.
 * Memory: scratch is freed on return. Threads: no shared state.
 */
#ifndef UT_DSP_ALIGN_H
#define UT_DSP_ALIGN_H

#include "dsp/frame.h"

enum { UT_ALIGN_MAX_S = 60 }; /* the furthest lag that is looked for */

enum ut_align_by {
	UT_ALIGN_UNKNOWN, /* too little speech, or no lag stands out */
	UT_ALIGN_ECHO,
	UT_ALIGN_TURNS,
};

struct ut_align {
	enum ut_align_by by;
	int64_t lag;      /* frames that side 1 must be moved by to fit: positive, it began later */
	float confidence; /* 0..1: how far the lag stands above the next best; see align.c */
	/* speech at once as a share of what chance would give: at that lag, and at `now` */
	float overlap, unmoved;
};

/* a, b: rows of both sides from their own beginnings; now: the lag that others say, frames.
 * UT_ENOMEM. */
enum ut_status ut_align_find(const struct ut_frame_table *a, const struct ut_frame_table *b,
			     int64_t now, struct ut_align *ret, struct ut_error *err);
/* The same by turns alone, at a hundredth of the cost: for two channels of one recording, whose
 * echo tells of the line and not of the recorder. */
enum ut_status ut_align_turns(const struct ut_frame_table *a, const struct ut_frame_table *b,
			      int64_t now, struct ut_align *ret, struct ut_error *err);

#endif
