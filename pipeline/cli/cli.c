/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

static int usage(const struct ut_command *cmd, const char *msg)
{
	struct ut_text t = { 0 };

	ut_text_addf(&t, "undertone %s: ", cmd->name);
	ut_text_add_visible(&t, msg);
	ut_text_addf(&t, "\nTry 'undertone %s --help'.\n", cmd->name);
	if (!t.failed)
		fputs(t.s, stderr);
	ut_text_done(&t);
	return UT_EXIT_USAGE;
}

int ut_cli_usage(const struct ut_command *cmd, const char *fmt, ...)
{
	char msg[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return usage(cmd, msg);
}

int ut_cli_parse(const struct ut_command *cmd, void *opts, int argc, char **argv, int *n_operands)
{
	static const struct ut_opt none[] = { { 0 } };
	struct ut_error err = { 0 };
	int n = 0;

	if (ut_opt_parse(cmd->opts ? cmd->opts : none, opts, argc, argv, &n, &err) != UT_OK)
		return usage(cmd, err.msg);
	if (n < cmd->min_args)
		return ut_cli_usage(cmd, "missing operand: %s", cmd->args);
	if (cmd->max_args != UT_ANY_ARGS && n > cmd->max_args)
		return ut_cli_usage(cmd, "one operand too many: '%s'", argv[1 + cmd->max_args]);
	*n_operands = n;
	return -1;
}

int ut_cli_fail(const char *what, const struct ut_error *err)
{
	static const struct ut_log log = { UT_LOG_ERROR, false };

	ut_log(&log, UT_LOG_ERROR, ut_status_name(err->code), what, "%s", err->msg);
	return UT_EXIT_RUNTIME;
}

int ut_cli_print(const struct ut_text *t)
{
	struct ut_error err = { 0 };

	if (t->failed)
		ut_fail(&err, UT_ENOMEM, "not enough memory for the output");
	else if ((t->len && fwrite(t->s, 1, t->len, stdout) != t->len) || fflush(stdout) != 0)
		ut_fail(&err, UT_EIO, "cannot write to standard output: %s", strerror(errno));
	else
		return UT_EXIT_FINE;
	return ut_cli_fail(NULL, &err);
}

const char *ut_cli_db(const char *option)
{
	const char *env = getenv("UNDERTONE_DB");

	if (option)
		return option;
	return env && *env ? env : "undertone.db";
}

const char *ut_cli_user(void)
{
	const struct passwd *p = getpwuid(getuid());

	return p ? p->pw_name : "unknown";
}

void ut_cli_note_reader(const char *db, const char *what, int64_t n_calls)
{
	/* who may only read the database leaves no trace in it, and is not stopped for that */
	if (n_calls)
		ut_store_note_reader(db, ut_cli_user(), what, n_calls, NULL);
}
