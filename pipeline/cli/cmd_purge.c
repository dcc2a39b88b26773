/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_purge.c - retention, and a person's right to be forgotten. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "store/store.h"

struct purge_opts {
	const char *db, *older_than, *call, *customer;
	bool dry_run;
};

static const struct ut_opt purge_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "older-than",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, older_than),
	  .value = "DAYSd",
	  .help = "calls that began (or, unknown, were analysed) more than this ago: 90d, 12w" },
	{ .name = "call",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, call),
	  .value = "CALL",
	  .help = "one call, named as for `undertone show`" },
	{ .name = "customer",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, customer),
	  .value = "KEY",
	  .help = "every call of this customer" },
	{ .name = "dry-run",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct purge_opts, dry_run),
	  .help = "only say what would go" },
	{ 0 },
};

/* "90d", "12w"; 0 where it is neither. */
static int64_t days(const char *s)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno || end == s || n < 1 || n > 100000)
		return 0;
	if (strcmp(end, "d") == 0)
		return n;
	return strcmp(end, "w") == 0 ? 7 * n : 0;
}

static int purge(struct ut_store *s, const struct purge_opts *o, struct ut_purge *w)
{
	struct ut_purge_counts n;
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	enum ut_status st = UT_OK;
	int rc;

	if (o->call) {
		st = ut_store_find_call(s, o->call, &w->call_id, &err);
		if (st == UT_ENOENT || st == UT_EINVAL)
			return ut_cli_usage(&ut_cmd_purge, "%s", err.msg);
	}
	if (st == UT_OK)
		st = ut_store_purge(s, w, ut_cli_user(), o->dry_run, &n, &err);
	if (st != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_addf(&out, "%s%lld recording%s: %lld result%s, %lld file name%s, %lld failure%s\n",
		     o->dry_run ? "would remove " : "removed ", (long long)n.recordings,
		     n.recordings == 1 ? "" : "s", (long long)n.calls, n.calls == 1 ? "" : "s",
		     (long long)n.files, n.files == 1 ? "" : "s", (long long)n.failures,
		     n.failures == 1 ? "" : "s");
	rc = ut_cli_print(&out);
	ut_text_done(&out);
	return rc;
}

static int cmd_purge(int argc, char **argv)
{
	struct purge_opts o = { 0 };
	struct ut_purge w = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_purge, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!!o.older_than + !!o.call + !!o.customer != 1)
		return ut_cli_usage(&ut_cmd_purge,
				    "exactly one of --older-than, --call and --customer is needed");
	if (o.older_than && !(w.older_than_days = days(o.older_than)))
		return ut_cli_usage(&ut_cmd_purge,
				    "--older-than: a number of days or weeks (90d, 12w), not '%s'",
				    o.older_than);
	if (o.customer && !o.customer[0])
		return ut_cli_usage(&ut_cmd_purge, "--customer: the key is empty");
	w.customer_key = o.customer;
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	rc = purge(s, &o, &w);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_purge = {
	.name = "purge",
	.fn = cmd_purge,
	.args = "",
	.help = "remove calls for good: by age, by call, by customer",
	.about =
	    "Every result of the recordings concerned goes, with their file names and failures; "
	    "the "
	    "pages are overwritten and the space is given back. Recordings themselves are not "
	    "touched: remove those too, or the next batch finds them again. The database keeps a "
	    "record of who removed how many calls when (table audit), without the customer's key.",
	.opts = purge_opts,
};
