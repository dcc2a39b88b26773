/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h - lines for the person who runs the program, on stderr. Only cli/ and run/ may log.
 * Threads: one; workers report through their pipe instead.
 */
#ifndef UT_BASE_LOG_H
#define UT_BASE_LOG_H

#include <stdbool.h>

enum ut_log_level { UT_LOG_ERROR, UT_LOG_WARN, UT_LOG_INFO, UT_LOG_DEBUG };

struct ut_log {
	enum ut_log_level level; /* the most talkative that is printed */
	bool json;               /* one object a line: time, level, event, file, message */
};

/* event: a short stable word ("call_failed"); file may be NULL. No customer data in fmt beyond
 * names. */
void ut_log(const struct ut_log *l, enum ut_log_level level, const char *event, const char *file,
	    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
