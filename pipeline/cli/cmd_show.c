/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_show.c - everything stored of one call. */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/paths.h"
#include "report/report.h"

struct show_opts {
	const char *db;
	bool json;
};

static const struct ut_opt show_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct show_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct show_opts, json),
	  .help = "one JSON object: that of score --json, and what else is stored" },
	{ 0 },
};

static int show(struct ut_store *s, const char *db, const char *name, bool json)
{
	struct ut_call c;
	struct ut_stored stored;
	struct ut_cli_paths paths = { 0 };
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	enum ut_status st;
	int64_t id = 0;
	int rc;

	ut_call_init(&c);
	st = ut_store_find_call(s, name, &id, &err);
	if (st == UT_OK)
		st = ut_store_must_be_current(s, id, &err);
	if (st == UT_OK)
		st = ut_store_load_call(s, id, &c, &err);
	if (st == UT_OK)
		st = ut_store_stored(s, id, &stored, &err);
	if (st == UT_OK)
		st = ut_cli_paths_load(&paths, s, id, &err);
	if (st == UT_OK) {
		struct ut_report_row r = { &stored, (const char *const *)paths.v, paths.n,
					   (const char *const *)paths.other };

		if (json)
			ut_report_show_json(&c, &r, &out);
		else
			ut_report_show_text(&c, &r, isatty(STDOUT_FILENO), &out);
		rc = ut_cli_print(&out);
		ut_cli_note_reader(db, "show", 1);
	} else if (st == UT_ENOENT || st == UT_EINVAL) {
		rc = ut_cli_usage(&ut_cmd_show, "%s", err.msg);
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	ut_cli_paths_done(&paths);
	ut_text_done(&out);
	ut_call_done(&c);
	return rc;
}

static int cmd_show(int argc, char **argv)
{
	struct show_opts o = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_show, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	rc = show(s, ut_cli_db(o.db), argv[1], o.json);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_show = {
	.name = "show",
	.fn = cmd_show,
	.min_args = 1,
	.max_args = 1,
	.args = "CALL",
	.help = "print everything stored of one call",
	.about = "CALL is a number from `undertone findings`, the call id of the metadata, or a "
		 "file name (or the end of its path) that names one call only.",
	.opts = show_opts,
};
