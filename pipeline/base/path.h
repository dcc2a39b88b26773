/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - the parts of a file's name (lent: they point into it), and when a file last changed.
 * Threads: no shared state. */
#ifndef UT_BASE_PATH_H
#define UT_BASE_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* What is behind the last slash; NULL for NULL. */
static inline const char *ut_path_base(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

/* Has an ending (".vcon"), in whatever case, and something before it. */
static inline bool ut_path_ends(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);

	return n > k && strcasecmp(path + n - k, end) == 0;
}

/* When a file last changed, ns since 1970: the later of the times of its content and of its inode.
 * The first can be set to whatever a program likes (touch -r, rsync -t, what blanks card numbers
 * and keeps the time); the second is the kernel's. */
static inline int64_t ut_path_changed_ns(const struct stat *st)
{
	int64_t m = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	int64_t c = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;

	return m > c ? m : c;
}

#endif
