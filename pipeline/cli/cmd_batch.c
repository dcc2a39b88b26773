/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_batch.c - a night's recordings into a database. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "cli/analysis.h"
#include "run/batch.h"
#include "run/job.h"
#include "run/sides.h"

struct batch_opts {
	struct ut_cli_analysis analysis;
	const char *db, *since, *newer_than, *exclude, *shard, *log;
	int64_t jobs, settle_s;
	bool null, retry_failed, quiet;
};

static const struct ut_opt batch_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct batch_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "jobs",
	  .letter = 'j',
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct batch_opts, jobs),
	  .min = 1,
	  .max = 1024,
	  .value = "N",
	  .help = "worker processes (default: one a processor)" },
	UT_CLI_ANALYSIS_OPTS(struct batch_opts),
	{ .name = "since",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct batch_opts, since),
	  .value = "WHEN",
	  .help = "only files modified since: 2026-11-22, 2026-11-22T08:00, or 36h or 7d ago" },
	{ .name = "newer-than",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct batch_opts, newer_than),
	  .value = "FILE",
	  .help = "only files modified after this one" },
	{ .name = "exclude",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct batch_opts, exclude),
	  .value = "GLOB[,GLOB...]",
	  .help = "names, or paths where there is a slash, to leave out; folders too" },
	{ .name = "null",
	  .letter = '0',
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct batch_opts, null),
	  .help = "names on standard input (-) end with a NUL byte, as of find -print0" },
	{ .name = "settle",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct batch_opts, settle_s),
	  .min = 0,
	  .max = 86400,
	  .value = "S",
	  .help = "a file modified less long ago may still be being written: it is waited for, and "
		  "left to the next run if it still grows (default: 5)" },
	{ .name = "retry-failed",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct batch_opts, retry_failed),
	  .help = "also what was set aside because it failed before" },
	{ .name = "shard",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct batch_opts, shard),
	  .value = "I/N",
	  .help = "only this machine's share, I from 0 (default: from Slurm, Kubernetes, AWS Batch "
		  "or Grid Engine array variables, where there are any)" },
	{ .name = "log",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct batch_opts, log),
	  .choices = "text|json",
	  .help = "how faults are written on standard error" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct batch_opts, quiet),
	  .help = "no progress line and no summary" },
	{ 0 },
};

/* "36h", "7d", "90m", or a date with or without a time of day, local. */
static bool parse_when(const char *s, int64_t *ns)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
					     "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S" };
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (end > s && end[0] && !end[1] && strchr("mhd", end[0]) && n >= 0 && n < 100000 &&
	    !errno) {
		long unit = end[0] == 'm' ? 60 : end[0] == 'h' ? 3600 : 86400;

		*ns = ((int64_t)time(NULL) - (int64_t)n * unit) * 1000000000;
		return true;
	}
	for (size_t i = 0; i < UT_ARRAY_LEN(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *rest = strptime(s, forms[i], &tm);
		int64_t day; /* strptime takes the 31st of February, and mktime makes March of it */

		if (rest && !*rest && ut_day_parse(s, &day)) {
			*ns = (int64_t)mktime(&tm) * 1000000000;
			return true;
		}
	}
	return false;
}

static const char *env(const char *name)
{
	return getenv(name);
}

/* -1: go on. */
static int scan_opts(const struct batch_opts *o, int n, char **paths, char *exclude,
		     struct ut_scan_opts *s)
{
	struct stat st;

	*s = (struct ut_scan_opts){ .since_ns = INT64_MIN, .list_end = o->null ? '\0' : '\n' };
	if (o->since && !parse_when(o->since, &s->since_ns))
		return ut_cli_usage(
		    &ut_cmd_batch,
		    "--since: a date (2026-11-22), a time (2026-11-22T08:00) or how "
		    "long ago (90m, 36h, 7d), not '%s'",
		    o->since);
	if (o->newer_than) {
		int64_t ns;

		if (stat(o->newer_than, &st) != 0)
			return ut_cli_usage(&ut_cmd_batch, "--newer-than: %s: %s", o->newer_than,
					    strerror(errno));
		ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec + 1;
		s->since_ns = UT_MAX(s->since_ns, ns);
	}
	for (char *p = exclude; p && *p;) {
		char *comma = strchr(p, ',');

		if (comma)
			*comma = '\0';
		if (s->n_exclude == UT_SCAN_MAX_EXCLUDE)
			return ut_cli_usage(&ut_cmd_batch, "--exclude: at most %d patterns",
					    UT_SCAN_MAX_EXCLUDE);
		if (*p)
			s->exclude[s->n_exclude++] = p;
		p = comma ? comma + 1 : NULL;
	}
	for (int i = 0; i < n; i++)
		if (strcmp(paths[i], "-") == 0)
			s->list = stdin;
	if (o->null && !s->list)
		return ut_cli_usage(&ut_cmd_batch, "--null goes with a list on standard input: "
						   "find ... -print0 | undertone batch -0 -");
	return -1;
}

static enum ut_status key(void *user, const struct ut_item *it, struct ut_text *out,
			  struct ut_error *err)
{
	return ut_analysis_key(user, it, out, err);
}

static int pair(void *user, const char *path, char *buf, size_t cap)
{
	return ut_sides_find(user, path, buf, cap);
}

static int run(const struct batch_opts *o, const struct ut_cli_loaded *l, struct ut_batch_opts *b)
{
	struct ut_error err = { 0 };
	struct ut_text options = { 0 }, line = { 0 };
	struct ut_log log = { UT_LOG_INFO, o->log && strcmp(o->log, "json") == 0 };
	struct ut_sides *sides = NULL;
	struct ut_batch_result r = { 0 };
	int rc = UT_EXIT_FINE;

	ut_opt_json(batch_opts, o, 0, &options);
	b->db = ut_cli_db(o->db);
	b->ops = &ut_analysis_ops;
	b->ops_user = (void *)(uintptr_t)&l->opts;
	if (l->has_config) {
		b->key = key;
		b->key_user = (void *)(uintptr_t)&l->opts;
	}
	b->pair = pair;
	if (ut_sides_create(l->opts.meta, l->opts.profile, &sides, &err) != UT_OK) {
		ut_text_done(&options);
		return ut_cli_fail(NULL, &err);
	}
	b->pair_user = sides;
	b->limits = l->limits;
	b->jobs = o->jobs ? (unsigned)o->jobs : (unsigned)UT_MAX(1, sysconf(_SC_NPROCESSORS_ONLN));
	b->settle_s = (double)o->settle_s;
	b->retry_failed = o->retry_failed;
	b->command = "batch";
	b->options_json = options.s;
	b->result_options = l->result_options.s;
	b->version = UT_VERSION;
	b->model_hash = l->model_key;
	b->log = &log;
	b->progress = !o->quiet && !log.json && isatty(STDERR_FILENO);
	if (l->deaf)
		ut_log(&log, UT_LOG_WARN, "not_listening", NULL,
		       "closings are found by turn structure alone: %s", l->deaf);
	if (options.failed) {
		ut_fail(&err, UT_ENOMEM, "not enough memory");
		rc = ut_cli_fail(NULL, &err);
	} else if (ut_batch_run(b, &r, &err) != UT_OK) {
		ut_log(&log, UT_LOG_ERROR, ut_status_name(err.code), NULL, "%s", err.msg);
		rc = UT_EXIT_RUNTIME;
	} else {
		if (r.n.failed || r.n.unreadable)
			rc = UT_EXIT_SOME_FAILED;
		if (r.signal)
			rc = 128 + r.signal;
	}
	if (err.code == UT_OK || r.n.seen > 0) {
		ut_batch_summary(b, &r, &line);
		if (!o->quiet && !line.failed)
			ut_log(&log, UT_LOG_INFO, "summary", NULL, "%s", line.s);
	}
	ut_text_done(&options);
	ut_text_done(&line);
	ut_sides_destroy(&sides);
	return rc;
}

static int cmd_batch(int argc, char **argv)
{
	struct batch_opts o = { .analysis = ut_cli_analysis_default, .settle_s = 5 };
	struct ut_cli_loaded l = { 0 };
	struct ut_batch_opts b = { .shard = { 0, 1, NULL } };
	struct ut_error err = { 0 };
	char *exclude = NULL, shard[48];
	enum ut_status st;
	int n, rc = ut_cli_parse(&ut_cmd_batch, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	st = o.shard ? ut_shard_parse(o.shard, &b.shard, &err)
		     : ut_shard_from_env(env, &b.shard, &err);
	if (st != UT_OK)
		return ut_cli_usage(&ut_cmd_batch, "%s", err.msg);
	if (b.shard.count > 1) { /* into the record of the run, wherever it came from */
		snprintf(shard, sizeof(shard), "%lld/%lld", (long long)b.shard.index,
			 (long long)b.shard.count);
		o.shard = shard;
	}
	if (o.exclude && !(exclude = strdup(o.exclude))) {
		ut_fail(&err, UT_ENOMEM, "not enough memory");
		return ut_cli_fail(NULL, &err);
	}
	rc = scan_opts(&o, n, argv + 1, exclude, &b.scan);
	if (rc < 0)
		rc = ut_cli_load(&ut_cmd_batch, &o.analysis, &o, &l);
	if (rc < 0) {
		b.paths = (const char *const *)(argv + 1);
		b.n_paths = (size_t)n;
		rc = run(&o, &l, &b);
	}
	free(exclude);
	ut_cli_loaded_done(&l);
	return rc;
}

const struct ut_command ut_cmd_batch = {
	.name = "batch",
	.fn = cmd_batch,
	.min_args = 1,
	.max_args = UT_ANY_ARGS,
	.args = "DIR|FILE|-...",
	.help = "analyse recordings, folder by folder, into a database",
	.about =
	    "Folders are read recursively. What is in the database already, with the same content, "
	    "options and model, is not done again, so the same command goes on where a stopped one "
	    "left off. A recording that cannot be analysed is one failed row with its reason; "
	    "after "
	    "a crash it is tried once more, alone, and then set aside until --retry-failed.\n\n"
	    "Ctrl-C finishes the calls in hand; a second Ctrl-C stops at once. Nothing is lost "
	    "either way.",
	.opts = batch_opts,
};
