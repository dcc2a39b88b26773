/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the command table, and the way to a row of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* clang-format off */
const struct ut_command *const ut_commands[] = {
	&ut_cmd_score,
	&ut_cmd_batch,
	&ut_cmd_findings,
	&ut_cmd_coach,
	&ut_cmd_clips,
	&ut_cmd_pack,
	&ut_cmd_show,
	&ut_cmd_runs,
	&ut_cmd_check,
	&ut_cmd_merge,
	&ut_cmd_purge,
	&ut_cmd_train,
	&ut_cmd_evaluate,
	&ut_cmd_rescore,
	&ut_cmd_features,
	&ut_cmd_phrases,
	&ut_cmd_export,
	&ut_cmd_journey,
	&ut_cmd_serve,
	&ut_cmd_user,
	&ut_cmd_help,
	&ut_cmd_version,
	NULL, /* a new command: one row above */
};
/* clang-format on */

static const struct ut_command *find(const char *name)
{
	for (const struct ut_command *const *c = ut_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int print_help(const struct ut_command *cmd)
{
	struct ut_text t = { 0 };
	int rc;

	ut_cli_help_text(cmd, &t);
	rc = ut_cli_print(&t);
	ut_text_done(&t);
	return rc;
}

int main(int argc, char **argv)
{
	const struct ut_command *cmd;

	if (argc < 2) {
		struct ut_text t = { 0 };

		ut_cli_help_text(NULL, &t);
		if (t.s)
			fputs(t.s, stderr);
		ut_text_done(&t);
		return UT_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help(NULL);
	cmd = find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (!cmd) {
		struct ut_text t = { 0 };

		ut_text_add_visible(&t, argv[1]);
		fprintf(stderr,
			"undertone: there is no command '%s'; undertone --help lists them\n",
			t.s ? t.s : "");
		ut_text_done(&t);
		return UT_EXIT_USAGE;
	}
	if (wants_help(argc - 1, argv + 1))
		return print_help(cmd);
	return cmd->fn(argc - 1, argv + 1);
}
