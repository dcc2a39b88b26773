/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shard.h - which of N machines takes a recording, by the recording's own content, so that adding,
 * moving or renaming files moves no other; and what schedulers call I and N.
 */
#ifndef UT_RUN_SHARD_H
#define UT_RUN_SHARD_H

#include <stdbool.h>

#include "base/status.h"

struct ut_shard {
	int64_t index, count; /* 0 <= index < count; count 1 = everything */
	const char *source;   /* what said so, for messages: "--shard", "Slurm array"; static */
};

/* "I/N", I from 0. UT_EINVAL. */
enum ut_status ut_shard_parse(const char *s, struct ut_shard *ret, struct ut_error *err);
/*
 * From a scheduler's variables, through get (getenv, in cli/): Slurm arrays
 * ((ID - MIN) / STEP of COUNT), Kubernetes Indexed Jobs, AWS Batch arrays, Grid Engine arrays.
 * ret stays 0/1 where there are none. UT_EINVAL where they are set but make no sense, or give an
 * index without a count.
 */
enum ut_status ut_shard_from_env(const char *(*get)(const char *name), struct ut_shard *ret,
				 struct ut_error *err);
/* The shard of an open recording: of its size and its first 64 KiB. UT_EIO. */
enum ut_status ut_shard_of(int fd, int64_t size, int64_t count, int64_t *ret, struct ut_error *err);

#endif
