/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outfile.h - files that are whole or not there, for those who write many. Threads: no shared
 * state. */
#ifndef UT_BASE_OUTFILE_H
#define UT_BASE_OUTFILE_H

#include <stdbool.h>

#include "base/status.h"

/*
 * Writes dir/name (name may hold one folder, which is made) by way of a temporary file beside it,
 * on disk before it gets its name. Readable for its owner and group. UT_EIO with path and fault.
 */
enum ut_status ut_outfile_write(const char *dir, const char *name, const void *bytes, size_t n,
				struct ut_error *err);
/* The same to a path that a person named; a device or pipe is written to and stays what it is.
 * No folder is made. UT_EIO, UT_ENOMEM. */
enum ut_status ut_outfile_to(const char *path, const void *bytes, size_t n, struct ut_error *err);
/* All n bytes, however often write has to be asked. False: errno says why. */
bool ut_outfile_put(int fd, const void *bytes, size_t n);
/* dir and what is missing above it; the absolute path of it (malloc) into *ret. UT_EIO. */
enum ut_status ut_outfile_folder(const char *dir, char **ret, struct ut_error *err);

#endif
