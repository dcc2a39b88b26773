/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random.h - repeatable numbers for training, augmentation and bootstrap: the same seed gives the
 * same numbers everywhere. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Not for secrets.
 * Threads: one per state.
 */
#ifndef UT_BASE_RANDOM_H
#define UT_BASE_RANDOM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t ut_random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* [0, 1) */
static inline double ut_random_unit(uint64_t *state)
{
	return (double)(ut_random_next(state) >> 11) * 0x1p-53;
}

/* [low, high) */
static inline double ut_random_range(uint64_t *state, double low, double high)
{
	return low + (high - low) * ut_random_unit(state);
}

/* 0..n-1, n > 0 */
static inline size_t ut_random_below(uint64_t *state, size_t n)
{
	return (size_t)(ut_random_unit(state) * (double)n);
}

/* Normal, mean 0, deviation 1 (Box and Muller, 1958; one of the pair). */
static inline double ut_random_normal(uint64_t *state)
{
	double u = 1 - ut_random_unit(state), v = ut_random_unit(state);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

#endif
