/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_runs.c - what was run on a database, and what failed in it. */
#include "cli/cli.h"
#include "store/store.h"

struct runs_opts {
	const char *db;
	int64_t limit;
	bool json, failures, audit;
};

static const struct ut_opt runs_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct runs_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "limit",
	  .letter = 'n',
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct runs_opts, limit),
	  .min = 0,
	  .max = 1e9,
	  .value = "N",
	  .help = "the last N only; 0 = all (default: 20)" },
	{ .name = "failures",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct runs_opts, failures),
	  .help = "list the recordings that could not be analysed, with the reason" },
	{ .name = "audit",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct runs_opts, audit),
	  .help = "list who read the findings, merged or purged" },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct runs_opts, json),
	  .help = "one JSON object a line" },
	{ 0 },
};

struct list {
	struct ut_text out;
	bool json;
	int64_t n;
};

static bool add_run(void *user, const struct ut_run *r)
{
	struct list *l = user;
	double speed = r->n.wall_s > 0 ? r->n.audio_s / r->n.wall_s : 0;
	struct ut_json j;

	l->n++;
	if (!l->json) {
		if (l->n == 1)
			ut_text_add(
			    &l->out,
			    "  RUN  STARTED (UTC)        ENDED             SEEN      DONE   "
			    "SKIPPED    FAILED     AUDIO   SPEED\n");
		ut_text_addf(&l->out, "%5lld  %-19.19s  %-11s  ", (long long)r->id, r->started_at,
			     r->n.end ? r->n.end : "not yet");
		if (r->n.end)
			ut_text_addf(&l->out, "%9lld %9lld %9lld %9lld  %6.1f h  %4.0f x",
				     (long long)r->n.seen, (long long)r->n.done,
				     (long long)r->n.skipped, (long long)r->n.failed,
				     r->n.audio_s / 3600, speed);
		else
			ut_text_addf(&l->out, "  process %lld on %s: running, or killed",
				     (long long)r->info.pid, r->info.host);
		if (r->failures[0])
			ut_text_addf(&l->out, "  (%s)", r->failures);
		ut_text_add(&l->out, "\n");
		return true;
	}
	ut_json_init(&j, &l->out);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_int(&j, "run", r->id);
	ut_json_string(&j, "command", r->info.command);
	ut_json_string(&j, "options", r->info.options_json);
	ut_json_string(&j, "program", r->info.program_version);
	ut_json_string(&j, "model", r->info.model_hash);
	ut_json_string(&j, "host", r->info.host);
	ut_json_int(&j, "pid", r->info.pid);
	ut_json_string(&j, "started_at", r->started_at);
	ut_json_string(&j, "ended_at", r->ended_at);
	ut_json_string(&j, "ending", r->n.end);
	ut_json_int(&j, "seen", r->n.seen);
	ut_json_int(&j, "done", r->n.done);
	ut_json_int(&j, "skipped", r->n.skipped);
	ut_json_int(&j, "failed", r->n.failed);
	ut_json_real(&j, "audio_s", r->n.audio_s, 1);
	ut_json_real(&j, "cpu_s", r->n.cpu_s, 1);
	ut_json_real(&j, "wall_s", r->n.wall_s, 1);
	ut_json_string(&j, "failures", r->failures);
	ut_json_end_object(&j);
	ut_text_add(&l->out, "\n");
	return true;
}

static bool add_failure(void *user, const struct ut_failure *f)
{
	struct list *l = user;
	struct ut_json j;

	l->n++;
	if (!l->json) {
		ut_text_add_visible(&l->out, f->path);
		ut_text_addf(&l->out, ": %s, ", f->code);
		ut_text_add_visible(&l->out, f->message);
		if (f->attempts > 1)
			ut_text_addf(&l->out, " (%lld attempts)", (long long)f->attempts);
		ut_text_add(&l->out, "\n");
		return true;
	}
	ut_json_init(&j, &l->out);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_string(&j, "file", f->path);
	ut_json_string(&j, "code", f->code);
	ut_json_string(&j, "message", f->message);
	ut_json_int(&j, "attempts", f->attempts);
	ut_json_string(&j, "first_at", f->first_at);
	ut_json_string(&j, "last_at", f->last_at);
	ut_json_string(&j, "content", f->content[0] ? f->content : NULL);
	ut_json_end_object(&j);
	ut_text_add(&l->out, "\n");
	return true;
}

static bool add_audit(void *user, const struct ut_audit *a)
{
	struct list *l = user;
	struct ut_json j;

	l->n++;
	if (!l->json) {
		ut_text_addf(&l->out, "%-19.19s  ", a->at);
		ut_text_add_visible(&l->out, a->actor);
		ut_text_addf(&l->out, "  %s  ", a->action);
		ut_text_add_visible(&l->out, a->subject);
		ut_text_addf(&l->out, "  %lld call%s\n", (long long)a->n_calls,
			     a->n_calls == 1 ? "" : "s");
		return true;
	}
	ut_json_init(&j, &l->out);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_string(&j, "at", a->at);
	ut_json_string(&j, "actor", a->actor);
	ut_json_string(&j, "action", a->action);
	ut_json_string(&j, "subject", a->subject);
	ut_json_int(&j, "calls", a->n_calls);
	ut_json_end_object(&j);
	ut_text_add(&l->out, "\n");
	return true;
}

static int cmd_runs(int argc, char **argv)
{
	struct runs_opts o = { .limit = 20 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct list l = { 0 };
	enum ut_status st;
	int n, rc = ut_cli_parse(&ut_cmd_runs, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.failures && o.audit)
		return ut_cli_usage(&ut_cmd_runs, "--failures or --audit, not both");
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	l.json = o.json;
	if (o.failures)
		st = ut_store_failures(s, add_failure, &l, &err);
	else if (o.audit)
		st = ut_store_audit(s, o.limit, add_audit, &l, &err);
	else
		st = ut_store_runs(s, o.limit, false, add_run, &l, &err);
	if (st == UT_OK && l.n == 0 && !o.json)
		ut_text_add(&l.out, o.failures ? "Nothing failed.\n"
				    : o.audit  ? "Nobody yet.\n"
					       : "No runs yet.\n");
	rc = st == UT_OK ? ut_cli_print(&l.out) : ut_cli_fail(NULL, &err);
	ut_text_done(&l.out);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_runs = {
	.name = "runs",
	.fn = cmd_runs,
	.args = "",
	.help = "list what was run on a database: counts, speed, failures",
	.about = "A run without an end is still going, or its process was killed: the same command "
		 "again does what is left.",
	.opts = runs_opts,
};
