/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wide.h - UT_WIDE before a function: where the machine has AVX2, the loader takes a copy compiled
 * for it. Only for loops whose result does not depend on the width of the vectors (no reordered
 * sums), so that every machine gives the same bits.
 */
#ifndef UT_DSP_WIDE_H
#define UT_DSP_WIDE_H

#include <string.h>

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(UT_PLAIN_KERNELS)
#define UT_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define UT_WIDE
#endif

/* Eight floats, element by element; halves where the machine is narrower. */
typedef float ut_v8 __attribute__((vector_size(32)));
#define UT_V8_LOAD(v, p) memcpy(&(v), (p), sizeof(v))

#endif
