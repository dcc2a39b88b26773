/* SPDX-License-Identifier: GPL-3.0-or-later */
/* day.h - calendar days as numbers, to count back from one. Pure. Threads: no shared state. */
#ifndef UT_BASE_DAY_H
#define UT_BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

enum { UT_DAY_TEXT = 11 }; /* "2026-11-23" and its NUL */

/* Days since 1970-01-01 of "YYYY-MM-DD" (what follows is not looked at), years 1970 to 9999. False
 * where that is no day. */
bool ut_day_parse(const char *s, int64_t *day);
/* The same of a text that is a day and nothing else, as a person or a link gives it. NULL is none.
 */
bool ut_day_only(const char *s, int64_t *day);
/* day is held within 1970-01-01..9999-12-31. */
void ut_day_text(int64_t day, char text[UT_DAY_TEXT]);

#endif
