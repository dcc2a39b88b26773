/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stretch.h - the samples of one stretch of one channel at the analysis rate, read again: the
 * analysis keeps rows, not audio.
 * Memory: the caller's. Threads: one call at a time a descriptor.
 */
#ifndef UT_RUN_STRETCH_H
#define UT_RUN_STRETCH_H

#include <stddef.h>
#include <stdint.h>

#include "decode/decode.h"

/*
 * Frames [start, end) of channel ch, start >= 0: x[0..(end - start) * UT_HOP) at UT_RATE_HZ,
 * -1..1; zeros where the recording ends before. fd, name, o: as ut_decoder_open. UT_EINVAL where
 * there is no such channel, and what decoding fails with.
 */
enum ut_status ut_stretch_read(int fd, const char *name, const struct ut_decode_opts *o,
			       unsigned ch, int64_t start, int64_t end, float *x,
			       struct ut_error *err);

#endif
