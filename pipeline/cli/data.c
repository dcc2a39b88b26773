/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILE = 16 << 20 };

enum ut_status ut_cli_read_file(const char *path, struct ut_text *out, struct ut_error *err)
{
	FILE *f = fopen(path, "re");
	char buf[16384];
	size_t n;

	if (!f)
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && out->len < MAX_FILE)
		ut_text_addn(out, buf, n);
	if (ferror(f) || out->len >= MAX_FILE || out->failed)
		ut_fail(err, UT_EIO, "%s: %s", path,
			ferror(f) ? strerror(errno) : "larger than 16 MB");
	else
		err->code = UT_OK;
	fclose(f);
	return err->code;
}

bool ut_cli_data_file(const char *name, char *buf, size_t cap)
{
	const char *env = getenv("UNDERTONE_DATA");
	char exe[4096] = "", *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	static const char *const places[] = { "share/undertone", "share" };

	if (env && *env)
		return snprintf(buf, cap, "%s/%s", env, name) < (int)cap && access(buf, R_OK) == 0;
	slash = n > 0 ? strrchr(exe, '/') : NULL;
	if (slash)
		*slash = '\0';
	for (size_t i = 0; slash && i < UT_ARRAY_LEN(places); i++)
		if (snprintf(buf, cap, "%s/../%s/%s", exe, places[i], name) < (int)cap &&
		    access(buf, R_OK) == 0)
			return true;
	return snprintf(buf, cap, "%s/%s", UT_DATADIR, name) < (int)cap && access(buf, R_OK) == 0;
}
