/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h - what a command is, and what all commands share. A new command is one file that defines a
 * struct ut_command, and one row in main.c; --help, the man page and shell completion follow.
 * Only here are argv and the environment read. Threads: one.
 */
#ifndef UT_CLI_CLI_H
#define UT_CLI_CLI_H

#include "base/log.h"
#include "base/opt.h"
#include "base/status.h"
#include "base/text.h"

enum { /* in the man page */
       UT_EXIT_FINE,
       UT_EXIT_SOME_FAILED, /* some recordings failed; the others are done */
       UT_EXIT_USAGE,
       UT_EXIT_RUNTIME, /* could not run at all: database, output, memory */
       UT_EXIT_DAMAGED, /* merge: all is there but damaged calls, which are named */
};

enum { UT_CMD_HIDDEN = 1, UT_ANY_ARGS = -1 };

struct ut_command {
	const char *name;
	int (*fn)(int argc, char **argv); /* argv[0] is the command's name */
	unsigned flags;
	int min_args, max_args;    /* operands; UT_ANY_ARGS: no upper bound */
	const char *args;          /* "FILE...", as the synopsis shows it */
	const char *help;          /* one line, lower case, no full stop */
	const char *about;         /* paragraphs for --help and the man page; NULL allowed */
	const struct ut_opt *opts; /* ends with a row without a name; NULL where there are none */
};

/* The rows of main.c's table. */
extern const struct ut_command ut_cmd_batch;
extern const struct ut_command ut_cmd_check;
extern const struct ut_command ut_cmd_clips;
extern const struct ut_command ut_cmd_coach;
extern const struct ut_command ut_cmd_evaluate;
extern const struct ut_command ut_cmd_export;
extern const struct ut_command ut_cmd_features;
extern const struct ut_command ut_cmd_findings;
extern const struct ut_command ut_cmd_help;
extern const struct ut_command ut_cmd_journey;
extern const struct ut_command ut_cmd_merge;
extern const struct ut_command ut_cmd_pack;
extern const struct ut_command ut_cmd_phrases;
extern const struct ut_command ut_cmd_purge;
extern const struct ut_command ut_cmd_rescore;
extern const struct ut_command ut_cmd_runs;
extern const struct ut_command ut_cmd_score;
extern const struct ut_command ut_cmd_serve;
extern const struct ut_command ut_cmd_show;
extern const struct ut_command ut_cmd_train;
extern const struct ut_command ut_cmd_user;
extern const struct ut_command ut_cmd_version;

extern const struct ut_command *const ut_commands[]; /* ends with NULL */

/*
 * Parses argv by cmd->opts into opts and checks the number of operands, which are then
 * argv[1..*n_operands]. -1: go on; otherwise the exit code to return (the message is printed).
 */
int ut_cli_parse(const struct ut_command *cmd, void *opts, int argc, char **argv, int *n_operands);

/* Prints "undertone CMD: message" and where help is; UT_EXIT_USAGE. */
int ut_cli_usage(const struct ut_command *cmd, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints err on stderr, prefixed by what (a file name; NULL where err names it);
 * UT_EXIT_RUNTIME. */
int ut_cli_fail(const char *what, const struct ut_error *err);

/* Writes t to standard output. UT_EXIT_FINE, or UT_EXIT_RUNTIME with a message: a full disk must
 * not look like a finished report. */
int ut_cli_print(const struct ut_text *t);

/* The database: --db FILE, else $UNDERTONE_DB, else undertone.db in the working folder. */
const char *ut_cli_db(const char *option);
#define UT_CLI_DB_HELP "the database (default: $UNDERTONE_DB, else undertone.db)"

/* The login name of who runs the program, for the store's record of reads and purges. */
const char *ut_cli_user(void);
/* Into that record, where the database may be written: `what` read n_calls calls. */
void ut_cli_note_reader(const char *db, const char *what, int64_t n_calls);

/* Text for `undertone help [COMMAND]`, the man page and bash completion. */
void ut_cli_help_text(const struct ut_command *cmd, struct ut_text *out); /* NULL: overview */
void ut_cli_man_text(struct ut_text *out);
void ut_cli_completion_text(struct ut_text *out);

#endif
