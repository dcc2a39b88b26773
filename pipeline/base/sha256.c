/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

static enum ut_status finish(EVP_MD_CTX *ctx, char hex[65], struct ut_error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char md[32];

	if (EVP_DigestFinal_ex(ctx, md, NULL) != 1)
		return ut_fail(err, UT_ENOMEM, "sha256");
	for (size_t i = 0; i < sizeof(md); i++) {
		hex[2 * i] = digits[md[i] >> 4];
		hex[2 * i + 1] = digits[md[i] & 15];
	}
	hex[64] = '\0';
	return UT_OK;
}

static EVP_MD_CTX *start(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

enum ut_status ut_sha256_hex(const void *data, size_t n, char hex[65], struct ut_error *err)
{
	EVP_MD_CTX *ctx = start();
	enum ut_status st;

	if (!ctx || EVP_DigestUpdate(ctx, data, n) != 1)
		st = ut_fail(err, UT_ENOMEM, "sha256");
	else
		st = finish(ctx, hex, err);
	EVP_MD_CTX_free(ctx);
	return st;
}

enum ut_status ut_sha256_fd(int fd, char hex[65], int64_t *size, struct ut_error *err)
{
	return ut_sha256_fd_beat(fd, hex, size, NULL, NULL, err);
}

enum ut_status ut_sha256_fd_beat(int fd, char hex[65], int64_t *size, ut_sha256_beat_fn *beat,
				 void *user, struct ut_error *err)
{
	EVP_MD_CTX *ctx = start();
	unsigned char buf[65536];
	int64_t pos = 0;
	enum ut_status st;

	if (!ctx)
		return ut_fail(err, UT_ENOMEM, "sha256");
	for (;;) {
		ssize_t n = pread(fd, buf, sizeof(buf), pos);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			st = ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
			break;
		}
		if (n == 0) {
			st = finish(ctx, hex, err);
			if (size)
				*size = pos;
			break;
		}
		if (EVP_DigestUpdate(ctx, buf, (size_t)n) != 1) {
			st = ut_fail(err, UT_ENOMEM, "sha256");
			break;
		}
		pos += n;
		if (beat)
			beat(user, pos);
	}
	EVP_MD_CTX_free(ctx);
	return st;
}

enum ut_status ut_digest_fd(int fd, const char *name, unsigned char md[UT_DIGEST_MAX], size_t *n,
			    struct ut_error *err)
{
	const EVP_MD *kind = EVP_get_digestbyname(name);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char buf[65536];
	unsigned len = 0;
	ssize_t k = 0;
	enum ut_status st = UT_OK;

	if (!kind || EVP_MD_size(kind) > UT_DIGEST_MAX)
		st = ut_fail(err, UT_EINVAL, "no digest '%.40s'", name);
	else if (!ctx || EVP_DigestInit_ex(ctx, kind, NULL) != 1)
		st = ut_fail(err, UT_ENOMEM, "digest");
	for (off_t pos = 0; st == UT_OK; pos += k) {
		do
			k = pread(fd, buf, sizeof(buf), pos);
		while (k < 0 && errno == EINTR);
		if (k == 0)
			break;
		if (k < 0)
			st = ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
		else if (EVP_DigestUpdate(ctx, buf, (size_t)k) != 1)
			st = ut_fail(err, UT_ENOMEM, "digest");
	}
	if (st == UT_OK && EVP_DigestFinal_ex(ctx, md, &len) != 1)
		st = ut_fail(err, UT_ENOMEM, "digest");
	EVP_MD_CTX_free(ctx);
	*n = len;
	return st;
}
