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

/* The audio inside a vCon, where fd is one that holds it (both sides, where `pair`): a call may
 * have been analysed out of it. Otherwise fd itself. */
static void out_of_vcon(int fd[2], off_t size, const char *path, bool pair)
{
	struct ut_vcon_recording r[2] = { 0 };
	struct ut_vcon *v = NULL;
	char *bytes = NULL;
	int inner[2] = { -1, -1 };
	enum ut_status st = UT_ENOENT;

	if ((!ut_path_ends(path, ".vcon") && !ut_path_ends(path, ".json")) ||
	    size > UT_VCON_MAX_BYTES || !(bytes = malloc((size_t)size + 1)))
		return;
	if (pread(fd[0], bytes, (size_t)size, 0) == size && ut_vcon_maybe(bytes, (size_t)size))
		st = ut_vcon_open(bytes, (size_t)size, "the file", &v, NULL);
	if (st == UT_OK)
		st = pair ? ut_vcon_sides(v, r, NULL) : ut_vcon_recording(v, r, NULL);
	for (int i = 0; i < 1 + pair && st == UT_OK && r[i].audio; i++)
		inner[i] = unnamed(r[i].audio, r[i].n);
	free(r[0].audio);
	free(r[1].audio);
	ut_vcon_destroy(&v);
	free(bytes);
	if (inner[0] >= 0 && (inner[1] >= 0) == pair) {
		ut_clip_close(fd);
		fd[0] = inner[0];
		fd[1] = inner[1];
	} else {
		ut_clip_close(inner);
	}
}

void ut_clip_close(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

struct search {
	struct ut_store *store;
	const char *hash;
	bool sure;
	int fd[2];
	char *changed; /* a path that holds something else now */
	int first_errno;
	char *first;
	unsigned n;
};

/* A regular file; -1 and errno. Not to hang on a pipe somebody put there. */
static int open_file(const char *path, struct stat *sb)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && (fstat(fd, sb) != 0 || !S_ISREG(sb->st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

/* The hash of what is open, as the analysis made it; "" where it cannot be read. */
static void hash_of(const int fd[2], char hash[65])
{
	char both[2 * 64 + 2], other[65];
	int64_t size;

	if (ut_sha256_fd(fd[0], hash, &size, NULL) != UT_OK)
		hash[0] = '\0';
	if (!hash[0] || fd[1] < 0)
		return;
	if (ut_sha256_fd(fd[1], other, &size, NULL) != UT_OK) {
		hash[0] = '\0';
		return;
	}
	memcpy(both, hash, 64);
	both[64] = '+';
	memcpy(both + 65, other, 65);
	if (ut_sha256_hex(both, 129, hash, NULL) != UT_OK)
		hash[0] = '\0';
}

static bool try_path(void *user, const char *path, const char *other)
{
	struct search *s = user;
	struct ut_error ignore = { 0 };
	char hash[65] = "";
	struct stat sb, sb2 = { 0 };
	bool pair = other != NULL, inside = pair && strcmp(path, other) == 0;
	int fd[2] = { open_file(path, &sb), -1 }, e = errno;

	if (fd[0] >= 0 && pair && !inside) {
		fd[1] = open_file(other, &sb2);
		e = errno;
		if (fd[1] < 0) {
			path = other;
			ut_clip_close(fd);
		}
	}
	if (fd[0] < 0) {
		if (s->n++ == 0 && (s->first = strdup(path)))
			s->first_errno = e;
		return true;
	}
	if (!s->sure && !inside &&
	    ut_store_find_file(s->store, path, sb.st_size + sb2.st_size,
			       pair ? UT_MAX(ut_path_changed_ns(&sb), ut_path_changed_ns(&sb2))
				    : ut_path_changed_ns(&sb),
			       hash, &ignore) != UT_OK)
		hash[0] = '\0';
	if (!pair || inside)
		out_of_vcon(fd, sb.st_size, path, pair);
	if (strcmp(hash, s->hash) != 0)
		hash_of(fd, hash);
	if (strcmp(hash, s->hash) == 0) {
		memcpy(s->fd, fd, sizeof(fd));
		return false;
	}
	ut_clip_close(fd);
	s->n++;
	if (!s->changed)
		s->changed = strdup(path);
	return true;
}

enum ut_status ut_clip_open(struct ut_store *store, const struct ut_call *c, bool sure, int fd[2],
			    struct ut_error *err)
{
	struct search s = { .store = store, .hash = c->media.hash, .sure = sure, .fd = { -1, -1 } };
	enum ut_status st = ut_store_paths(store, c->id, try_path, &s, err);

	if (st == UT_OK && s.fd[0] < 0 && s.changed)
		st = ut_fail(err, UT_ECHANGED,
			     "%s: no longer the recording that was analysed (its content differs): "
			     "put the recording back, or analyse the file as it is now with "
			     "`undertone batch`",
			     s.changed);
	else if (st == UT_OK && s.fd[0] < 0 && s.first)
		st = ut_fail(err, UT_ENOENT, "%s: %s: put the recording back where it was analysed",
			     s.first,
			     s.first_errno == EINVAL ? "not a file" : strerror(s.first_errno));
	else if (st == UT_OK && s.fd[0] < 0)
		st = ut_fail(err, UT_ENOENT, "no file is known for this call");
	free(s.changed);
	free(s.first);
	if (st == UT_OK)
		memcpy(fd, s.fd, sizeof(s.fd));
	return st;
}
