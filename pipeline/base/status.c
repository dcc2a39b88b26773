/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	enum ut_status code;
	const char *name;
} names[] = {
	{ UT_OK, "ok" },
	{ UT_EINVAL, "invalid" },
	{ UT_ENOMEM, "memory" },
	{ UT_EIO, "io" },
	{ UT_EFORMAT, "format" },
	{ UT_EDB, "database" },
	{ UT_EEMPTY, "empty" },
	{ UT_ENOAUDIO, "no_audio" },
	{ UT_EENCRYPTED, "encrypted" },
	{ UT_EUNSUPPORTED, "unsupported" },
	{ UT_ELIMIT, "limit" },
	{ UT_ETIMEOUT, "timeout" },
	{ UT_ECRASH, "crash" },
	{ UT_ECHANGED, "changed" },
	{ UT_ENOENT, "not_found" },
	{ UT_EMODEL, "model" },
	{ UT_EMETA, "metadata" },
	{ UT_EREFUSED, "refused" },
	{ UT_EINTR, "interrupted" },
};

enum ut_status ut_fail(struct ut_error *err, enum ut_status code, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		err->code = code;
		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
	}
	return code;
}

const char *ut_status_name(enum ut_status code)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return "unknown";
}

enum ut_status ut_status_from_name(const char *name)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].code;
	return UT_EINVAL;
}
