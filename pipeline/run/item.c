/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "metadata/metadata.h"
#include "metadata/transcript.h"

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
	free(it->sidecar.name);
	free(it->sidecar.bytes);
	free(it->transcript.name);
	free(it->transcript.bytes);
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

static enum ut_status read_all(int fd, size_t max, struct ut_beside *f, struct ut_error *err)
{
	struct stat st;
	char *buf;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ut_fail(err, UT_EMETA, "is not a regular file");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return ut_fail(err, UT_ELIMIT, "is larger than %zu MB", max >> 20);
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	f->bytes = buf;
	while (f->n < (size_t)st.st_size) { /* what is written behind that now is not seen */
		ssize_t k = read(fd, buf + f->n, (size_t)st.st_size - f->n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
		if (k == 0)
			break;
		f->n += (size_t)k;
	}
	buf[f->n] = '\0';
	return UT_OK;
}

static enum ut_status read_beside(const char *what, const char *path, size_t max,
				  struct ut_beside *f, struct ut_error *err)
{
	struct ut_error why = { 0 };
	enum ut_status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return UT_OK; /* gone since it was seen */
	if (fd < 0)
		return ut_fail(err, UT_EIO, "its %s %s cannot be opened: %s", what, path,
			       strerror(errno));
	st = read_all(fd, max, f, &why);
	close(fd);
	if (st != UT_OK)
		return ut_fail(err, st, "its %s %s: %s", what, path, why.msg);
	f->name = strdup(path);
	return f->name ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

enum ut_status ut_item_read_beside(struct ut_item *it, struct ut_error *err)
{
	char path[4096];
	enum ut_status st = UT_OK;

	if (ut_meta_sidecar_path(it->path, path, sizeof(path)))
		st = read_beside("sidecar", path, UT_META_MAX_BYTES, &it->sidecar, err);
	if (st == UT_OK && ut_transcript_path(it->path, path, sizeof(path)))
		st = read_beside("transcript", path, UT_TRANSCRIPT_MAX_BYTES, &it->transcript, err);
	return st;
}

static void key_part(const struct ut_beside *f, struct ut_text *out)
{
	ut_text_addf(out, "%zu\n", f->n);
	if (f->bytes)
		ut_text_addn(out, f->bytes, f->n);
}

void ut_item_key(const struct ut_item *it, struct ut_text *out)
{
	key_part(&it->sidecar, out);
	key_part(&it->transcript, out);
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

static void add_part(const struct ut_beside *f, struct ut_text *out)
{
	ut_text_add(out, f->name ? f->name : "");
	ut_text_addn(out, "", 1);
	if (f->name)
		ut_text_addn(out, f->bytes, f->n);
}

/* "a" or "-", the sidecar's length, NUL; then of sidecar and transcript each the name, NUL, bytes.
 */
void ut_request_encode(const struct ut_item *it, bool ask, struct ut_text *out)
{
	ut_text_clear(out);
	ut_text_addf(out, "%s%zu", ask ? "a" : "-", it->sidecar.name ? it->sidecar.n : 0);
	ut_text_addn(out, "", 1);
	add_part(&it->sidecar, out);
	add_part(&it->transcript, out);
}

/* A NUL-terminated string at *p; *p moves behind it. NULL where it does not end. */
static const char *take_string(const char **p, const char *end)
{
	const char *s = *p;
	size_t n = strnlen(s, (size_t)(end - s));

	if (s + n == end)
		return NULL;
	*p = s + n + 1;
	return s;
}

enum ut_status ut_request_decode(const struct ut_job *j, struct ut_recording *r, bool *ask,
				 struct ut_error *err)
{
	const char *p = j->request, *end = p + j->request_n, *head, *name;
	size_t n;

	*r = (struct ut_recording){ .fd = j->fd, .name = j->name };
	head = take_string(&p, end);
	name = head ? take_string(&p, end) : NULL;
	if (!name || !*head)
		return ut_fail(err, UT_EINVAL, "request");
	*ask = *head == 'a';
	n = strtoul(head + 1, NULL, 10);
	if (n > (size_t)(end - p))
		return ut_fail(err, UT_EINVAL, "request");
	if (*name) {
		r->sidecar_name = name;
		r->sidecar = p;
		r->sidecar_n = n;
	}
	p += n;
	name = take_string(&p, end);
	if (!name)
		return ut_fail(err, UT_EINVAL, "request");
	if (*name) {
		r->transcript_name = name;
		r->transcript = p;
		r->transcript_n = (size_t)(end - p);
	}
	return UT_OK;
}
