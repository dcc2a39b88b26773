/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timbre.h - the finer mel cepstrum of each frame, which tells voices apart, packed: one byte a
 * coefficient, in a table of its own beside the frame table, so that rows stay small.
 * Memory: 12 bytes a row. Threads: one per table.
 */
#ifndef UT_DSP_TIMBRE_H
#define UT_DSP_TIMBRE_H

#include "dsp/frame.h"

enum {
	UT_TIMBRE_FIRST = 5, /* the cepstral coefficient of c[0]; those before are in the row */
	UT_TIMBRE_N = 12,
	UT_TIMBRE_STEPS = 16, /* of one unit; what is beyond +-8 is cut */
};

struct ut_timbre {
	int8_t c[UT_TIMBRE_N]; /* times UT_TIMBRE_STEPS; all 0 where the frame has no mfcc1 */
};

struct ut_timbre_table {
	struct ut_timbre *row; /* of the same frames as the channel's frame table */
	size_t n, cap;
};

/* cepstrum: coefficients 1..16 (mel.h); NULL gives zeros. */
void ut_timbre_pack(const float *cepstrum, struct ut_timbre *ret);
/* Coefficients 1..16 of a frame. False, and zeros, where they were not measured. */
bool ut_timbre_get(const struct ut_frame *f, const struct ut_timbre *t, float *ret);

/* Appends a copy; amortised doubling. UT_ENOMEM. */
enum ut_status ut_timbre_table_push(struct ut_timbre_table *t, const struct ut_timbre *row);
void ut_timbre_table_done(struct ut_timbre_table *t);

#endif
