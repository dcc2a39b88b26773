/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_journey.c - the calls of one case, and the leg that was worst. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/journey.h"

struct journey_opts {
	const char *db, *customer, *case_id, *by;
	int64_t worst;
	bool json;
};

static const struct ut_opt journey_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct journey_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "customer",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct journey_opts, customer),
	  .value = "KEY",
	  .help = "all calls of this customer, of whatever case" },
	{ .name = "case",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct journey_opts, case_id),
	  .value = "ID",
	  .help = "all calls of this case" },
	{ .name = "worst",
	  .letter = 'n',
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct journey_opts, worst),
	  .min = 1,
	  .max = 1e6,
	  .value = "N",
	  .help = "the N worst of two calls or more (default, where nothing is named: 10)" },
	{ .name = "by",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct journey_opts, by),
	  .choices = "closing|wait",
	  .help = "what --worst goes by: the closing likeliest not meant, or the longest wait" },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct journey_opts, json),
	  .help = "one JSON object a line (schemas/journey.schema.json)" },
	{ 0 },
};

struct key_list {
	struct ut_journey_key *v;
	size_t n;
	bool failed;
};

static bool add_key(void *user, const struct ut_journey_key *k)
{
	struct key_list *l = user;
	struct ut_journey_key *v = realloc(l->v, (l->n + 1) * sizeof(*v));
	char *key = strdup(k->key);

	if (v)
		l->v = v;
	if (!v || !key) {
		free(key);
		l->failed = true;
		return false;
	}
	l->v[l->n++] = (struct ut_journey_key){ k->by_case, key };
	return true;
}

static enum ut_status print_one(struct ut_store *s, const struct ut_journey_key *key, bool json,
				struct ut_text *out, int64_t *n_calls, struct ut_error *err)
{
	struct ut_journey j;
	enum ut_status st;

	ut_journey_init(&j, key);
	st = ut_store_legs(s, key, ut_journey_add, &j, err);
	if (st == UT_OK && j.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st == UT_OK && j.n == 0)
		st = ut_fail(err, UT_ENOENT, "there is no call of %s '%s'",
			     key->by_case ? "case" : "customer", key->key);
	if (st == UT_OK) {
		ut_journey_measure(&j);
		*n_calls += (int64_t)j.n;
		if (json) {
			ut_journey_json(&j, out);
		} else {
			ut_text_add(out, out->len ? "\n" : "");
			ut_journey_text(&j, isatty(STDOUT_FILENO), out);
		}
	}
	ut_journey_done(&j);
	return st;
}

static int cmd_journey(int argc, char **argv)
{
	struct journey_opts o = { .worst = 0 };
	struct key_list keys = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	int64_t n_calls = 0;
	int n, rc = ut_cli_parse(&ut_cmd_journey, &o, argc, argv, &n);
	enum ut_status st;

	if (rc >= 0)
		return rc;
	if ((o.customer != NULL) + (o.case_id != NULL) + (o.worst > 0 || o.by) > 1)
		return ut_cli_usage(&ut_cmd_journey,
				    "one of --customer, --case and --worst (--by goes with it)");
	st = ut_store_open(ut_cli_db(o.db), UT_STORE_READ, &s, &err);
	if (st == UT_OK && (o.customer || o.case_id))
		add_key(&keys, &(struct ut_journey_key){ o.case_id != NULL,
							 o.case_id ? o.case_id : o.customer });
	else if (st == UT_OK)
		st = ut_store_worst_journeys(s, o.by && strcmp(o.by, "wait") == 0,
					     o.worst ? o.worst : 10, add_key, &keys, &err);
	if (st == UT_OK && keys.failed)
		st = ut_fail(&err, UT_ENOMEM, "not enough memory");
	for (size_t i = 0; i < keys.n && st == UT_OK; i++)
		st = print_one(s, &keys.v[i], o.json, &out, &n_calls, &err);
	if (st == UT_OK && keys.n == 0 && !o.json)
		ut_text_add(&out,
			    "No case or customer with more than one call: calls are linked by the "
			    "metadata's case_id or customer_key.\n");
	if (st == UT_ENOENT)
		rc = ut_cli_usage(&ut_cmd_journey, "%s", err.msg);
	else
		rc = st == UT_OK ? ut_cli_print(&out) : ut_cli_fail(NULL, &err);
	if (st == UT_OK)
		ut_cli_note_reader(ut_cli_db(o.db), "journey", n_calls);
	for (size_t i = 0; i < keys.n; i++)
		free((char *)(uintptr_t)keys.v[i].key);
	free(keys.v);
	ut_text_done(&out);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_journey = {
	.name = "journey",
	.fn = cmd_journey,
	.args = "",
	.help = "follow a case or customer through several calls, to the worst wait and closing",
	.about = "Calls of one case are linked by the metadata's case_id; those without one by "
		 "customer_key. In the order of their start times: a call that begins within two "
		 "minutes of "
		 "the end of the one before goes on from it (a transfer into another recording), a "
		 "later "
		 "one is a repeat, or a call back where it is outbound. The leg with the longest "
		 "wait and "
		 "the one whose closing was likeliest not meant are named: the service is as good "
		 "as its "
		 "narrowest place. docs/JOURNEY.md has the rules.",
	.opts = journey_opts,
};
