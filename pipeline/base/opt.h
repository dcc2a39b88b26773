/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt.h - option tables: one table a struct of options gives flags, bounds, --help, the man page,
 * shell completion, and the record of a run.
 */
#ifndef UT_BASE_OPT_H
#define UT_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

enum ut_opt_type {
	UT_OPT_BOOL,   /* bool; the flag sets it */
	UT_OPT_INT,    /* int64_t, min..max */
	UT_OPT_REAL,   /* double, min..max */
	UT_OPT_STRING, /* const char *, lent from argv */
	UT_OPT_CHOICE, /* const char *, one of `choices` ("left|right|all") */
};

enum { UT_OPT_RESULT = 1 }; /* the option changes results, so it belongs into the options hash */

struct ut_opt {
	const char *name; /* "customer": --customer VALUE, --customer=VALUE */
	char letter;      /* short form, or 0 */
	enum ut_opt_type type;
	size_t offset; /* into the options struct */
	double min, max;
	const char *value; /* what the value is called in help: "FILE" */
	const char *choices;
	unsigned flags;
	const char *help; /* one line, lower case, no full stop */
};

/* A table ends with a row whose name is NULL. */

/*
 * Reads argv[1..]: options in any order, "--" ends them; the operands are moved to argv[1..] in
 * their order and counted in *n_operands. UT_EINVAL names the flag, the fault and what is allowed
 * (with the nearest name for a misspelt one).
 */
enum ut_status ut_opt_parse(const struct ut_opt *table, void *opts, int argc, char **argv,
			    int *n_operands, struct ut_error *err);
/* The options block of --help, aligned, wrapped at 80 columns. */
void ut_opt_help(const struct ut_opt *table, struct ut_text *out);
/* {"name":value,...}; only those with any of `flags` where flags is not 0. */
void ut_opt_json(const struct ut_opt *table, const void *opts, unsigned flags, struct ut_text *out);

#endif
