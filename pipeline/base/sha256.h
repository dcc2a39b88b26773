/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha256.h - content keys, as hex, by OpenSSL's libcrypto. Threads: no shared state. */
#ifndef UT_BASE_SHA256_H
#define UT_BASE_SHA256_H

#include "base/status.h"

/* Of n bytes. */
enum ut_status ut_sha256_hex(const void *data, size_t n, char hex[65], struct ut_error *err);
/* Of a whole descriptor, read from offset 0 by pread (the file position stays). UT_EIO. */
enum ut_status ut_sha256_fd(int fd, char hex[65], int64_t *size, struct ut_error *err);

/* The same, and calls beat after each piece with the bytes so far: a large file on a slow disk must
 * not look like a hang. */
typedef void ut_sha256_beat_fn(void *user, int64_t bytes);
enum ut_status ut_sha256_fd_beat(int fd, char hex[65], int64_t *size, ut_sha256_beat_fn *beat,
				 void *user, struct ut_error *err);

enum { UT_DIGEST_MAX = 64 }; /* bytes */
/* Another digest of a whole descriptor, by OpenSSL's name ("sha256", "sha512"), as bytes. UT_EINVAL
 * where there is none of that name, UT_EIO, UT_ENOMEM. */
enum ut_status ut_digest_fd(int fd, const char *name, unsigned char md[UT_DIGEST_MAX], size_t *n,
			    struct ut_error *err);

#endif
