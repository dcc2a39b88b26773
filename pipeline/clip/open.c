/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open.c - the recording of a stored call, as it was analysed or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/sha256.h"
#include "clip/clip.h"
#include "metadata/vcon.h"

/* An unnamed file of these bytes; -1. */
static int unnamed(const char *bytes, size_t n)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	for (size_t done = 0; fd >= 0 && done < n;) {
		ssize_t k = write(fd, bytes + done, n - done);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)k;
	}
	return fd;
}

/* The audio inside a vCon, where fd is one that holds it: a call may have been analysed out of it.
 * Otherwise fd itself. */
static int out_of_vcon(int fd, off_t size, const char *path)
{
	struct ut_vcon_recording r = { 0 };
	struct ut_vcon *v = NULL;
	char *bytes = NULL;
	int inner = -1;

	if ((!ut_path_ends(path, ".vcon") && !ut_path_ends(path, ".json")) ||
	    size > UT_VCON_MAX_BYTES || !(bytes = malloc((size_t)size + 1)))
		return fd;
	if (pread(fd, bytes, (size_t)size, 0) == size && ut_vcon_maybe(bytes, (size_t)size) &&
	    ut_vcon_open(bytes, (size_t)size, "the file", &v, NULL) == UT_OK &&
	    ut_vcon_recording(v, &r, NULL) == UT_OK && r.audio)
		inner = unnamed(r.audio, r.n);
	free(r.audio);
	ut_vcon_destroy(&v);
	free(bytes);
	if (inner < 0)
		return fd;
	close(fd);
	return inner;
}

struct search {
	struct ut_store *store;
	const char *hash;
	bool sure;
	int fd;
	char *changed; /* a path that holds something else now */
	int first_errno;
	char *first;
	unsigned n;
};

static bool try_path(void *user, const char *path)
{
	struct search *s = user;
	struct ut_error ignore = { 0 };
	char hash[65] = "";
	struct stat sb;
	int64_t size;
	/* not to hang on a pipe somebody put there */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), e = errno;

	if (fd >= 0 && (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode))) {
		close(fd);
		fd = -1;
		e = EINVAL;
	}
	if (fd < 0) {
		if (s->n++ == 0 && (s->first = strdup(path)))
			s->first_errno = e;
		return true;
	}
	if (!s->sure &&
	    ut_store_find_file(s->store, path, sb.st_size,
			       sb.st_mtim.tv_sec * INT64_C(1000000000) + sb.st_mtim.tv_nsec, hash,
			       &ignore) != UT_OK)
		hash[0] = '\0';
	fd = out_of_vcon(fd, sb.st_size, path);
	if (strcmp(hash, s->hash) != 0 && ut_sha256_fd(fd, hash, &size, &ignore) != UT_OK)
		hash[0] = '\0';
	if (strcmp(hash, s->hash) == 0) {
		s->fd = fd;
		return false;
	}
	close(fd);
	s->n++;
	if (!s->changed)
		s->changed = strdup(path);
	return true;
}

enum ut_status ut_clip_open(struct ut_store *store, const struct ut_call *c, bool sure, int *fd,
			    struct ut_error *err)
{
	struct search s = { .store = store, .hash = c->media.hash, .sure = sure, .fd = -1 };
	enum ut_status st = ut_store_paths(store, c->id, try_path, &s, err);

	if (st == UT_OK && s.fd < 0 && s.changed)
		st = ut_fail(err, UT_ECHANGED,
			     "%s: no longer the recording that was analysed (its content differs): "
			     "put the recording back, or analyse the file as it is now with "
			     "`undertone batch`",
			     s.changed);
	else if (st == UT_OK && s.fd < 0 && s.first)
		st = ut_fail(err, UT_ENOENT, "%s: %s: put the recording back where it was analysed",
			     s.first,
			     s.first_errno == EINVAL ? "not a file" : strerror(s.first_errno));
	else if (st == UT_OK && s.fd < 0)
		st = ut_fail(err, UT_ENOENT, "no file is known for this call");
	free(s.changed);
	free(s.first);
	if (st == UT_OK)
		*fd = s.fd;
	return st;
}
