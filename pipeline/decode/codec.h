/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codec.h - what a codec does to 8 kHz speech: encoded and decoded again in memory, for training
 * and tests. Memory: grows with n while it runs. Threads: no shared state.
 */
#ifndef UT_DECODE_CODEC_H
#define UT_DECODE_CODEC_H

#include "base/status.h"

/* name: "gsm" (GSM 06.10 full rate), "opus". In place; the decoder's delay is taken out.
 * UT_EUNSUPPORTED where this build of libsndfile does not have it, UT_ENOMEM. */
enum ut_status ut_codec_round_trip(const char *name, float *x, size_t n, struct ut_error *err);

#endif
