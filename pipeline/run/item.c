/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "metadata/metadata.h"

enum { MAX_SIDECAR = 1 << 20 };

enum ut_status ut_item_init(struct ut_item *it, const char *path, bool named, struct ut_error *err)
{
	*it = (struct ut_item){ .fd = -1, .named = named, .path = strdup(path) };
	return it->path ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

void ut_item_done(struct ut_item *it)
{
	if (it->fd >= 0)
		close(it->fd);
	free(it->path);
	free(it->sidecar);
	free(it->sidecar_name);
	*it = (struct ut_item){ .fd = -1 };
}

enum ut_status ut_item_open(struct ut_item *it, struct ut_error *err)
{
	if (it->fd < 0) /* not to be held up by a pipe that nobody writes to */
		it->fd = open(it->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (it->fd < 0)
		return ut_fail(err, errno == ENOENT || errno == ENOTDIR ? UT_ENOENT : UT_EIO,
			       "cannot open: %s", strerror(errno));
	if (fstat(it->fd, &it->st) != 0)
		return ut_fail(err, UT_EIO, "cannot look at it: %s", strerror(errno));
	if (S_ISDIR(it->st.st_mode))
		return ut_fail(err, UT_EFORMAT, "is a folder, not a recording");
	if (!S_ISREG(it->st.st_mode))
		return ut_fail(err, UT_EFORMAT, "is not a regular file");
	return UT_OK;
}

static enum ut_status read_all(int fd, char **bytes, size_t *n, struct ut_error *err)
{
	char *buf = malloc(MAX_SIDECAR + 1);
	size_t have = 0;

	if (!buf)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	while (have <= MAX_SIDECAR) {
		ssize_t k = read(fd, buf + have, MAX_SIDECAR + 1 - have);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			free(buf);
			return ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
		}
		if (k == 0)
			break;
		have += (size_t)k;
	}
	if (have > MAX_SIDECAR) {
		free(buf);
		return ut_fail(err, UT_ELIMIT, "is larger than 1 MB");
	}
	*bytes = buf;
	*n = have;
	return UT_OK;
}

enum ut_status ut_item_read_sidecar(struct ut_item *it, struct ut_error *err)
{
	struct ut_error why = { 0 };
	char path[4096];
	struct stat st;
	enum ut_status rc;
	int fd;

	if (!ut_meta_sidecar_path(it->path, path, sizeof(path)))
		return UT_OK;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return UT_OK; /* gone since */
	if (fd < 0)
		return ut_fail(err, UT_EIO, "its sidecar %s cannot be opened: %s", path,
			       strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = ut_fail(&why, UT_EMETA, "is not a regular file");
	else
		rc = read_all(fd, &it->sidecar, &it->sidecar_n, &why);
	close(fd);
	if (rc != UT_OK)
		return ut_fail(err, rc, "its sidecar %s: %s", path, why.msg);
	it->sidecar_name = strdup(path);
	return it->sidecar_name ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

enum ut_status ut_item_unchanged(const struct ut_item *it, struct ut_error *err)
{
	struct stat now;

	if (fstat(it->fd, &now) == 0 && now.st_size == it->st.st_size &&
	    now.st_mtim.tv_sec == it->st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == it->st.st_mtim.tv_nsec)
		return UT_OK;
	return ut_fail(err, UT_ECHANGED,
		       "changed while it was read (still being written?); the next run takes it");
}

/* "a" or "-", the sidecar's name, NUL, the sidecar's bytes. */
void ut_request_encode(const struct ut_item *it, bool ask, struct ut_text *out)
{
	ut_text_clear(out);
	ut_text_add(out, ask ? "a" : "-");
	ut_text_add(out, it->sidecar ? it->sidecar_name : "");
	ut_text_addn(out, "", 1);
	if (it->sidecar)
		ut_text_addn(out, it->sidecar, it->sidecar_n);
}

enum ut_status ut_request_decode(const struct ut_job *j, struct ut_recording *r, bool *ask,
				 struct ut_error *err)
{
	size_t name_n;

	if (j->request_n < 2)
		return ut_fail(err, UT_EINVAL, "request");
	name_n = strnlen(j->request + 1, j->request_n - 1);
	if (name_n == j->request_n - 1)
		return ut_fail(err, UT_EINVAL, "request");
	*ask = j->request[0] == 'a';
	*r = (struct ut_recording){ .fd = j->fd, .name = j->name };
	if (name_n > 0) {
		r->sidecar_name = j->request + 1;
		r->sidecar = j->request + 2 + name_n;
		r->sidecar_n = j->request_n - 2 - name_n;
	}
	return UT_OK;
}
