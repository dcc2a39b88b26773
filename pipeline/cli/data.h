/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.h - small files that are read whole: what is shipped (share/), and what a user names. */
#ifndef UT_CLI_DATA_H
#define UT_CLI_DATA_H

#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"

/* Appends the file to out. UT_EIO (err names the file), also for one of more than 16 MB. */
enum ut_status ut_cli_read_file(const char *path, struct ut_text *out, struct ut_error *err);

/* Where a file of share/ is ("phrases/en.txt"): in $UNDERTONE_DATA, beside an installed program, in
 * the source tree around a build folder, or where they were to be installed. False: nowhere. */
bool ut_cli_data_file(const char *name, char *buf, size_t cap);

#endif
