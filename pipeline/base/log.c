/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/text.h"

void ut_log(const struct ut_log *l, enum ut_log_level level, const char *event, const char *file,
	    const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	struct ut_text t = { 0 };
	char msg[1024];
	va_list ap;

	if (level > l->level)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (l->json) {
		struct ut_json j;
		struct timespec now;
		struct tm tm;
		char stamp[40];

		clock_gettime(CLOCK_REALTIME, &now);
		gmtime_r(&now.tv_sec, &tm);
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
		ut_json_init(&j, &t);
		ut_json_begin_object(&j, NULL);
		ut_json_string(&j, "time", stamp);
		ut_json_string(&j, "level", names[level]);
		ut_json_string(&j, "event", event);
		if (file)
			ut_json_string(&j, "file", file);
		ut_json_string(&j, "message", msg);
		ut_json_end_object(&j);
	} else {
		ut_text_add(&t, "undertone: ");
		if (level == UT_LOG_WARN)
			ut_text_add(&t, "warning: ");
		if (file) {
			ut_text_add_visible(&t, file);
			ut_text_add(&t, ": ");
		}
		ut_text_add_visible(&t, msg);
	}
	ut_text_add(&t, "\n");
	if (!t.failed)
		fputs(t.s, stderr);
	ut_text_done(&t);
}
