/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - one entry a target. With -Dfuzz=true (clang) libFuzzer drives it; else replay.c does,
 * over the corpus, in every test run.
 */
#ifndef UT_TESTS_FUZZ_H
#define UT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
