/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - the parts of a file's name. Lent: they point into it. Threads: no shared state. */
#ifndef UT_BASE_PATH_H
#define UT_BASE_PATH_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

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

#endif
