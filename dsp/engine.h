/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - all frame measurements of one 8 kHz channel: level, F0, voice quality, spectral shape,
 * tonality. Blocks in, rows of frame.h out, in order, a bounded time later.
 * Memory: all in create; push cannot fail. Threads: one per object. Same bits for every block size.
 */
#ifndef UT_DSP_ENGINE_H
#define UT_DSP_ENGINE_H

#include "dsp/timbre.h"

struct ut_engine;
typedef void ut_frame_fn(void *user, const struct ut_frame *row);

/* Free with destroy. UT_ENOMEM. */
enum ut_status ut_engine_create(struct ut_engine **ret, struct ut_error *err);
void ut_engine_push(struct ut_engine *e, const float *x, size_t n, ut_frame_fn *emit, void *user);
void ut_engine_flush(struct ut_engine *e, ut_frame_fn *emit, void *user);
/* The timbre of the row being handed out: within emit only. */
const struct ut_timbre *ut_engine_timbre(const struct ut_engine *e);
void ut_engine_reset(struct ut_engine *e);
void ut_engine_destroy(struct ut_engine **pe);

#endif
