/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_user.c - who may use the review page. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "review/token.h"
#include "store/review.h"

struct user_opts {
	const char *db, *role;
};

static const struct ut_opt user_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct user_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "role",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct user_opts, role),
	  .choices = "viewer|trainer|admin",
	  .help = "for add: viewer reads, trainer judges too, admin also holds blind sessions "
		  "(default: trainer)" },
	{ 0 },
};

static int done(struct ut_text *out)
{
	int rc = ut_cli_print(out);

	ut_text_done(out);
	return rc;
}

/* What the store refuses of a name is wrong use, the rest is not. */
static int fail(const struct ut_error *err)
{
	if (err->code == UT_EINVAL || err->code == UT_ENOENT)
		return ut_cli_usage(&ut_cmd_user, "%s", err->msg);
	return ut_cli_fail(NULL, err);
}

static int add(struct ut_store *s, const char *name, enum ut_review_role role)
{
	char token[UT_TOKEN_CHARS + 1], hash[65];
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };

	if (ut_token_make(token, &err) != UT_OK || ut_token_hash(token, hash, &err) != UT_OK ||
	    ut_review_add_user(s, ut_cli_user(), name, role, hash, &err) != UT_OK)
		return fail(&err);
	ut_text_addf(&out, "%s ", ut_review_role_name(role));
	ut_text_add_visible(&out, name);
	ut_text_addf(&out, ": the token to sign in with, shown this once and kept nowhere:\n%s\n",
		     token);
	return done(&out);
}

static bool list_one(void *user, const struct ut_reviewer *r)
{
	struct ut_text *out = user;

	ut_text_addf(out, "%-8s %.10s  %.10s%s  ", ut_review_role_name(r->role), r->created_at,
		     r->ended_at[0] ? r->ended_at : "active", r->ended_at[0] ? "" : "    ");
	ut_text_add_visible(out, r->name);
	ut_text_add(out, "\n");
	return true;
}

static int list(struct ut_store *s)
{
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };

	ut_text_add(&out, "ROLE     SINCE       UNTIL       NAME\n");
	if (ut_review_users(s, list_one, &out, &err) != UT_OK) {
		ut_text_done(&out);
		return fail(&err);
	}
	return done(&out);
}

static int end(struct ut_store *s, const char *name)
{
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };

	if (ut_review_end_user(s, ut_cli_user(), name, &err) != UT_OK)
		return fail(&err);
	ut_text_add_visible(&out, name);
	ut_text_add(&out, " can no longer sign in; the verdicts stay\n");
	return done(&out);
}

static int cmd_user(int argc, char **argv)
{
	struct user_opts o = { .role = "trainer" };
	enum ut_review_role role = UT_REVIEW_TRAINER;
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_user, &o, argc, argv, &n);
	bool is_list;

	if (rc >= 0)
		return rc;
	is_list = strcmp(argv[1], "list") == 0;
	if (!is_list && strcmp(argv[1], "add") != 0 && strcmp(argv[1], "end") != 0)
		return ut_cli_usage(&ut_cmd_user, "'%s': add, list or end", argv[1]);
	if (n != (is_list ? 1 : 2))
		return ut_cli_usage(
		    &ut_cmd_user, is_list ? "list takes no name" : "'%s' needs one name", argv[1]);
	if (!ut_review_role_find(o.role, &role))
		return ut_cli_usage(&ut_cmd_user, "--role: viewer, trainer or admin");
	if (ut_store_open(ut_cli_db(o.db), is_list ? UT_STORE_READ : UT_STORE_MODIFY, &s, &err) !=
	    UT_OK)
		return ut_cli_fail(NULL, &err);
	if (is_list)
		rc = list(s);
	else
		rc = argv[1][0] == 'a' ? add(s, argv[2], role) : end(s, argv[2]);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_user = {
	.name = "user",
	.fn = cmd_user,
	.min_args = 1,
	.max_args = 2,
	.args = "add|list|end [NAME]",
	.help = "who may sign in to the review page",
	.about =
	    "add makes a token, prints it once and keeps only its hash; a name that has ended "
	    "comes "
	    "back with a new one. end refuses the token at once, also to who is signed in; the "
	    "verdicts stay with their author. Each change is in the record of access.",
	.opts = user_opts,
};
