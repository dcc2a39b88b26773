/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_check.c - is a database whole. */
#include "cli/cli.h"
#include "store/store.h"

struct check_opts {
	const char *db;
	bool json;
};

static const struct ut_opt check_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct check_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct check_opts, json),
	  .help = "one JSON object" },
	{ 0 },
};

enum { MAX_FAULTS = 100 };

struct faults {
	struct ut_text text;
	struct ut_json json;
	bool as_json;
	int64_t n;
};

static bool add(void *user, const char *what)
{
	struct faults *f = user;

	f->n++;
	if (f->as_json) {
		ut_json_string(&f->json, NULL, what);
	} else {
		ut_text_add_visible(&f->text, what);
		ut_text_add(&f->text, "\n");
	}
	return f->n < MAX_FAULTS;
}

static int cmd_check(int argc, char **argv)
{
	struct check_opts o = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct faults f = { 0 };
	const char *db;
	int64_t n_calls = 0;
	int n, rc = ut_cli_parse(&ut_cmd_check, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	db = ut_cli_db(o.db);
	if (ut_store_open(db, UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	f.as_json = o.json;
	if (o.json) {
		ut_json_init(&f.json, &f.text);
		ut_json_begin_object(&f.json, NULL);
		ut_json_int(&f.json, "schema", 1);
		ut_json_string(&f.json, "db", db);
		ut_json_begin_array(&f.json, "faults");
	}
	if (ut_store_check(s, add, &f, &n_calls, &err) != UT_OK) {
		rc = ut_cli_fail(NULL, &err);
	} else {
		if (o.json) {
			ut_json_end_array(&f.json);
			ut_json_int(&f.json, "calls", n_calls);
			ut_json_end_object(&f.json);
			ut_text_add(&f.text, "\n");
		} else if (f.n == 0) {
			ut_text_add_visible(&f.text, db);
			ut_text_addf(&f.text, ": fine, %lld call%s\n", (long long)n_calls,
				     n_calls == 1 ? "" : "s");
		} else {
			ut_text_add_visible(&f.text, db);
			ut_text_addf(&f.text,
				     ": %lld fault%s%s. Restore a copy, or analyse the recordings "
				     "again into a new file: results that are there are not made "
				     "twice by `undertone merge`.\n",
				     (long long)f.n, f.n == 1 ? "" : "s",
				     f.n == MAX_FAULTS ? " and perhaps more" : "");
		}
		rc = ut_cli_print(&f.text);
		if (rc == UT_EXIT_FINE && f.n)
			rc = UT_EXIT_SOME_FAILED;
	}
	ut_text_done(&f.text);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_check = {
	.name = "check",
	.fn = cmd_check,
	.args = "",
	.help = "verify a database, page by page and call by call",
	.about = "Exit code 1 where something is wrong; each fault is a line. Nothing is changed.",
	.opts = check_opts,
};
