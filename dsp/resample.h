/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resample.h - one channel at any rate (4..192 kHz) to 8 kHz, linear phase, no time shift.
 * Polyphase windowed sinc; the pass band ends at 3.6 kHz. 8 kHz in is copied through.
 * Memory: in create. Threads: one per object. Same bits for every block size.
 */
#ifndef UT_DSP_RESAMPLE_H
#define UT_DSP_RESAMPLE_H

#include <stddef.h>

#include "base/status.h"

struct ut_resample;
typedef void ut_samples_fn(void *user, const float *x, size_t n);

/* UT_EINVAL for a rate out of range, UT_ENOMEM. */
enum ut_status ut_resample_create(unsigned from_hz, struct ut_resample **ret, struct ut_error *err);
void ut_resample_push(struct ut_resample *r, const float *x, size_t n, ut_samples_fn *emit,
		      void *user);
void ut_resample_flush(struct ut_resample *r, ut_samples_fn *emit, void *user);
void ut_resample_reset(struct ut_resample *r);
void ut_resample_destroy(struct ut_resample **pr);

#endif
