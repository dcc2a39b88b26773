/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_help.c - help, the man page and shell completion, all made of the command table. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char intro[] =
    "Undertone reads recorded customer calls, finds where the customer closes with \"OK, I "
    "understand\", and ranks the calls where it was not meant. It gives a tone only for a "
    "verified external customer: say which channel that is with --customer, a sidecar or a "
    "profile.";

static const struct {
	int code;
	const char *what;
} exits[] = {
	{ UT_EXIT_FINE, "fine" },
	{ UT_EXIT_SOME_FAILED, "some recordings failed; each is named, the others are done" },
	{ UT_EXIT_USAGE, "wrong use: nothing was done" },
	{ UT_EXIT_RUNTIME, "could not run: database, output or memory" },
	{ UT_EXIT_DAMAGED,
	  "merge: damaged calls were left out; each is named, the rest is taken over" },
	{ 130, "stopped by Ctrl-C; the same command goes on where it stopped" },
	{ 141, "what it writes to was closed (`| head`); batch goes on to its end all the same" },
	{ 143, "stopped by SIGTERM; likewise" },
};

/* Words of s, wrapped at 80 columns; a newline in s ends a paragraph line. */
static void wrap(struct ut_text *out, const char *s)
{
	size_t col = 0;

	while (*s) {
		size_t word = strcspn(s, " \n");

		if (col > 0 && col + 1 + word > 80) {
			ut_text_add(out, "\n");
			col = 0;
		}
		if (col > 0 && word) {
			ut_text_add(out, " ");
			col++;
		}
		ut_text_addn(out, s, word);
		col += word;
		s += word;
		if (*s == '\n') {
			ut_text_add(out, "\n");
			col = 0;
		}
		s += *s != '\0';
	}
	ut_text_add(out, "\n");
}

void ut_cli_help_text(const struct ut_command *cmd, struct ut_text *out)
{
	if (cmd) {
		ut_text_addf(out, "usage: undertone %s%s%s%s\n\n", cmd->name,
			     cmd->opts ? " [OPTION...]" : "", *cmd->args ? " " : "", cmd->args);
		ut_text_addf(out, "%s\n", cmd->help);
		if (cmd->about) {
			ut_text_add(out, "\n");
			wrap(out, cmd->about);
		}
		ut_text_add(out, "\noptions:\n");
		if (cmd->opts)
			ut_opt_help(cmd->opts, out);
		ut_text_add(out, "  -h, --help              this text\n");
		return;
	}
	ut_text_add(out, "usage: undertone COMMAND [OPTION...] [ARGUMENT...]\n\n");
	wrap(out, intro);
	ut_text_add(out, "\ncommands:\n");
	for (const struct ut_command *const *c = ut_commands; *c; c++)
		if (!((*c)->flags & UT_CMD_HIDDEN))
			ut_text_addf(out, "  %-12s %s\n", (*c)->name, (*c)->help);
	ut_text_add(out, "\n'undertone COMMAND --help' has each one's options.\n\nexit codes:\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(exits); i++)
		ut_text_addf(out, "  %-4d %s\n", exits[i].code, exits[i].what);
}

/* Text for roff: backslashes, and dots at the start of a line, are commands there. */
static void roff(struct ut_text *out, const char *s)
{
	bool start = true;

	for (; *s; s++) {
		if (*s == '\n' && s[1] == '\n') { /* a paragraph */
			ut_text_add(out, "\n.PP\n");
			s++;
			start = true;
			continue;
		}
		if (start && (*s == '.' || *s == '\''))
			ut_text_add(out, "\\&");
		if (*s == '\\')
			ut_text_add(out, "\\e");
		else if (*s == '-')
			ut_text_add(out, "\\-");
		else
			ut_text_addn(out, s, 1);
		start = *s == '\n';
	}
}

static void roff_opts(struct ut_text *out, const struct ut_opt *o)
{
	for (; o->name; o++) {
		ut_text_add(out, ".TP\n");
		if (o->letter)
			ut_text_addf(out, "\\fB\\-%c\\fR, ", o->letter);
		ut_text_add(out, "\\fB\\-\\-");
		roff(out, o->name);
		ut_text_add(out, "\\fR");
		if (o->type != UT_OPT_BOOL) {
			ut_text_add(out, " \\fI");
			roff(out, o->value ? o->value : o->choices ? o->choices : "VALUE");
			ut_text_add(out, "\\fR");
		}
		ut_text_add(out, "\n");
		roff(out, o->help);
		ut_text_add(out, "\n");
	}
}

void ut_cli_man_text(struct ut_text *out)
{
	ut_text_addf(out, ".TH UNDERTONE 1 \"\" \"undertone %s\" \"User Commands\"\n", UT_VERSION);
	ut_text_add(out, ".SH NAME\nundertone \\- was \"OK, I understand\" meant? Ranks recorded "
			 "customer calls\n.SH SYNOPSIS\n");
	ut_text_add(out, "\\fBundertone\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
			 "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n");
	roff(out, intro);
	ut_text_add(out, "\n.SH COMMANDS\n");
	for (const struct ut_command *const *p = ut_commands; *p; p++) {
		const struct ut_command *c = *p;

		if (c->flags & UT_CMD_HIDDEN)
			continue;
		ut_text_addf(out, ".SS \"undertone %s%s%s%s\"\n", c->name,
			     c->opts ? " [OPTION...]" : "", *c->args ? " " : "", c->args);
		roff(out, c->help);
		ut_text_add(out, ".\n");
		if (c->about) {
			ut_text_add(out, ".PP\n");
			roff(out, c->about);
			ut_text_add(out, "\n");
		}
		if (c->opts)
			roff_opts(out, c->opts);
	}
	ut_text_add(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(exits); i++) {
		ut_text_addf(out, ".TP\n\\fB%d\\fR\n", exits[i].code);
		roff(out, exits[i].what);
		ut_text_add(out, "\n");
	}
	ut_text_add(out, ".SH ENVIRONMENT\n.TP\n\\fBUNDERTONE_DB\\fR\nthe database where "
			 "\\-\\-db is not given.\n");
}

void ut_cli_completion_text(struct ut_text *out)
{
	ut_text_add(out, "# bash completion for undertone; made by 'undertone help --completion'\n"
			 "_undertone() {\n"
			 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
			 "words=\n"
			 "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
			 "\t\tCOMPREPLY=($(compgen -W '");
	for (const struct ut_command *const *p = ut_commands; *p; p++)
		if (!((*p)->flags & UT_CMD_HIDDEN))
			ut_text_addf(out, "%s ", (*p)->name);
	ut_text_add(out, "--help --version' -- \"$cur\"))\n\t\treturn\n\tfi\n"
			 "\tcase ${COMP_WORDS[1]}:$prev in\n");
	for (const struct ut_command *const *p = ut_commands; *p; p++) {
		for (const struct ut_opt *o = (*p)->opts; o && o->name; o++) {
			if (o->type != UT_OPT_CHOICE)
				continue;
			ut_text_addf(out, "\t%s:--%s) words='", (*p)->name, o->name);
			for (const char *s = o->choices; *s; s++)
				ut_text_addn(out, *s == '|' ? " " : s, 1);
			ut_text_add(out, "' ;;\n");
		}
	}
	ut_text_add(out, "\tesac\n\tif [ -z \"$words\" ]; then\n\t\tcase "
			 "${COMP_WORDS[1]}:$cur in\n");
	for (const struct ut_command *const *p = ut_commands; *p; p++) {
		ut_text_addf(out, "\t\t%s:-*) words='--help", (*p)->name);
		for (const struct ut_opt *o = (*p)->opts; o && o->name; o++)
			ut_text_addf(out, " --%s", o->name);
		ut_text_add(out, "' ;;\n");
	}
	ut_text_add(out, "\t\tesac\n\tfi\n"
			 "\t[ -n \"$words\" ] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
			 "}\ncomplete -o default -F _undertone undertone\n");
}

struct help_opts {
	bool man, completion;
};

static const struct ut_opt help_opts[] = {
	{ .name = "man",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct help_opts, man),
	  .help = "the man page, in roff" },
	{ .name = "completion",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct help_opts, completion),
	  .help = "completion for bash" },
	{ 0 },
};

static int cmd_help(int argc, char **argv)
{
	struct help_opts o = { 0 };
	struct ut_text t = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_help, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.man) {
		ut_cli_man_text(&t);
	} else if (o.completion) {
		ut_cli_completion_text(&t);
	} else {
		const struct ut_command *cmd = NULL;

		for (const struct ut_command *const *c = ut_commands; n && *c; c++)
			if (strcmp((*c)->name, argv[1]) == 0)
				cmd = *c;
		if (n && !cmd)
			return ut_cli_usage(&ut_cmd_help, "there is no command '%s'", argv[1]);
		ut_cli_help_text(cmd, &t);
	}
	rc = ut_cli_print(&t);
	ut_text_done(&t);
	return rc;
}

const struct ut_command ut_cmd_help = {
	.name = "help",
	.fn = cmd_help,
	.max_args = 1,
	.args = "[COMMAND]",
	.help = "this overview, or a command's options",
	.opts = help_opts,
};

static int cmd_version(int argc, char **argv)
{
	int n, rc = ut_cli_parse(&ut_cmd_version, NULL, argc, argv, &n);

	if (rc >= 0)
		return rc;
	printf("undertone %s\n", UT_VERSION);
	return UT_EXIT_FINE;
}

const struct ut_command ut_cmd_version = {
	.name = "version",
	.fn = cmd_version,
	.args = "",
	.help = "the program's version",
};
