/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/day.h"

#include <stdio.h>
#include <string.h>

enum { ERA = 146097, LAST = 2932896 }; /* days of 400 years; 9999-12-31 */

/* Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March. */
static int64_t from_civil(int64_t y, int m, int d)
{
	int64_t era, in_year;
	int64_t yoe;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	in_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * ERA + yoe * 365 + yoe / 4 - yoe / 100 + in_year - 719468;
}

static void to_civil(int64_t day, int *y, int *m, int *d)
{
	int64_t z = day + 719468, era = z / ERA, doe = z - era * ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / (ERA - 1)) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static bool number(const char *s, int n, int *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*ret = *ret * 10 + s[i] - '0';
	}
	return true;
}

bool ut_day_parse(const char *s, int64_t *day)
{
	int y, m, d, y2, m2, d2;
	int64_t n;

	if (!number(s, 4, &y) || s[4] != '-' || !number(s + 5, 2, &m) || s[7] != '-' ||
	    !number(s + 8, 2, &d) || y < 1970 || m < 1 || m > 12 || d < 1)
		return false;
	n = from_civil(y, m, d);
	to_civil(n, &y2, &m2, &d2); /* the 31st of February is another day */
	if (y2 != y || m2 != m || d2 != d)
		return false;
	*day = n;
	return true;
}

bool ut_day_only(const char *s, int64_t *day)
{
	return s && strlen(s) == UT_DAY_TEXT - 1 && ut_day_parse(s, day);
}

void ut_day_text(int64_t day, char text[UT_DAY_TEXT])
{
	int y, m, d;

	to_civil(day < 0 ? 0 : day > LAST ? LAST : day, &y, &m, &d);
	snprintf(text, UT_DAY_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
		 (unsigned)d % 100);
}
