/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review/token.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/sha256.h"

enum ut_status ut_token_make(char token[UT_TOKEN_CHARS + 1], struct ut_error *err)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char b[33] = { 0 };
	size_t got = 0;

	while (got < 32) {
		ssize_t n = getrandom(b + got, 32 - got, 0);

		if (n < 0 && errno != EINTR)
			return ut_fail(err, UT_EIO, "the kernel gives no random numbers: %s",
				       strerror(errno));
		got += n > 0 ? (size_t)n : 0;
	}
	for (unsigned i = 0; i < UT_TOKEN_CHARS; i++) {
		unsigned bit = 6 * i, v = (unsigned)b[bit / 8] << 8 | b[bit / 8 + 1];

		token[i] = digits[v >> (10 - bit % 8) & 63];
	}
	token[UT_TOKEN_CHARS] = '\0';
	explicit_bzero(b, sizeof(b));
	return UT_OK;
}

enum ut_status ut_token_hash(const char *token, char hex[65], struct ut_error *err)
{
	return ut_sha256_hex(token, strlen(token), hex, err);
}

bool ut_token_equal(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	volatile unsigned char d = n != m;

	for (size_t i = 0; i < n && i < m; i++)
		d |= (unsigned char)(a[i] ^ b[i]);
	return d == 0;
}
