/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token.h - secrets: random, shown once, kept only as a hash, compared in constant time.
 * Threads: no shared state.
 */
#ifndef UT_REVIEW_TOKEN_H
#define UT_REVIEW_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum { UT_TOKEN_CHARS = 43 /* 256 bits in base64url */ };

/* A new secret of 256 bits from the kernel. UT_EIO. */
enum ut_status ut_token_make(char token[UT_TOKEN_CHARS + 1], struct ut_error *err);
/* SHA-256, hex: what the store keeps. 256 random bits need no slow hash. */
enum ut_status ut_token_hash(const char *token, char hex[65], struct ut_error *err);
/* The time it takes does not tell where they differ. */
bool ut_token_equal(const char *a, const char *b);

#endif
