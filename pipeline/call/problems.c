/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/problems.h"

#include <stddef.h>
#include <string.h>

const struct ut_problem_info ut_problem_info[] = {
#define X(code, help) { #code, help },
	UT_PROBLEMS(X)
#undef X
	    { NULL, NULL },
};

const char *ut_problem_code(const char *code)
{
	for (const struct ut_problem_info *p = ut_problem_info; p->code; p++)
		if (strcmp(p->code, code) == 0)
			return p->code;
	return NULL;
}
