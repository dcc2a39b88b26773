/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum ut_status ut_claims_open(const char *db, struct ut_claims *c, struct ut_error *err)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s.claims", db) >= (int)sizeof(path))
		return ut_fail(err, UT_EIO, "%s: the name is too long", db);
	c->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (c->fd < 0)
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	return UT_OK;
}

void ut_claims_close(struct ut_claims *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static int lock(struct ut_claims *c, const char *key, short type)
{
	char head[16];
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };

	memcpy(head, key, 15);
	head[15] = '\0';
	l.l_start = (off_t)strtoull(head, NULL, 16); /* 60 bits: a valid offset */
	/* of the open file, not of the process: no library's close() takes it away */
	return fcntl(c->fd, F_OFD_SETLK, &l);
}

bool ut_claim_take(struct ut_claims *c, const char *key)
{
	/* a file system without locks cannot be shared anyway: go on as the only one */
	return lock(c, key, F_WRLCK) == 0 || (errno != EAGAIN && errno != EACCES);
}

void ut_claim_drop(struct ut_claims *c, const char *key)
{
	lock(c, key, F_UNLCK);
}
