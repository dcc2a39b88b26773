/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0.h - fundamental frequency of one 8 kHz channel, 50-500 Hz, telephone band.
 * Blocks in, one row every 10 ms out, a bounded time later (the path looks ahead).
 * Memory: all in create; push cannot fail. Threads: one per object.
 */
#ifndef UT_DSP_F0_H
#define UT_DSP_F0_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct ut_f0;

struct ut_f0_row {
	int64_t frame;     /* frame index: centre at sample frame * 80 (see frame.h) */
	float f0_hz;       /* 50..500; 0 where unvoiced */
	float voicing;     /* calibrated probability that the frame is voiced, 0..1 */
	float periodicity; /* normalised autocorrelation at the chosen period, 0..1; HNR is made of
			      it */
};
typedef void ut_f0_fn(void *user, const struct ut_f0_row *row);

/* Free with destroy. UT_ENOMEM. */
enum ut_status ut_f0_create(struct ut_f0 **ret, struct ut_error *err);
/* n samples, -1..1, any n. Rows come in order, none skipped. */
void ut_f0_push(struct ut_f0 *f, const float *x, size_t n, ut_f0_fn *emit, void *user);
/* End of the channel: the rows still due, one for each whole hop that was pushed. */
void ut_f0_flush(struct ut_f0 *f, ut_f0_fn *emit, void *user);
void ut_f0_reset(struct ut_f0 *f);
/* The most frames by which a row may follow its audio. */
unsigned ut_f0_latency_frames(const struct ut_f0 *f);
void ut_f0_destroy(struct ut_f0 **pf);

#endif
