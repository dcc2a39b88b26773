/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_score.c - one call, for a person or as one JSON object a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "cli/analysis.h"
#include "report/report.h"
#include "run/item.h"
#include "run/job.h"
#include "run/sides.h"
#include "store/store.h"

struct score_opts {
	struct ut_cli_analysis analysis;
	bool json, join;
};

static const struct ut_opt score_opts[] = {
	UT_CLI_ANALYSIS_OPTS(struct score_opts),
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct score_opts, json),
	  .help = "one JSON object a line (schemas/score.schema.json)" },
	{ .name = "join",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct score_opts, join),
	  .help =
	      "the two mono files given are the two sides of one call: the first is channel 0 "
	      "(left). Those that a sidecar, CDR, vCon or profile joins are joined without it" },
	{ 0 },
};

struct score {
	const struct ut_cli_loaded *l;
	struct ut_pool *pool;
	struct ut_store *store;
	struct ut_text request, options;
	struct ut_call call;
};

/* The record, as the worker's bytes. UT_OK: ev holds them. *fatal: no worker can run at all. */
static enum ut_status analyse(struct score *s, struct ut_item *it, struct ut_pool_event *ev,
			      bool *fatal, struct ut_error *err)
{
	enum ut_status st = ut_item_open(it, err);

	if (st == UT_OK)
		st = ut_item_read_beside(it, err);
	if (st != UT_OK)
		return st;
	ut_request_encode(it, false, &s->request);
	if (s->request.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	*fatal = true;
	while (ut_pool_n_idle(s->pool) == 0)
		if ((st = ut_pool_wait(s->pool, -1, NULL, ev, err)) != UT_OK)
			return st;
	*fatal = false;
	st = ut_pool_submit_pair(s->pool, it->fd, it->fd2, it->path, s->request.s, s->request.len,
				 NULL, err);
	while (st == UT_OK) {
		st = ut_pool_wait(s->pool, -1, NULL, ev, err);
		if (st == UT_OK && ev->what == UT_POOL_DONE) {
			if (ev->err.code != UT_OK)
				*err = ev->err;
			return ev->err.code;
		}
	}
	return st;
}

/* What is shown comes from the store, so that it can be shown again. */
static enum ut_status through_store(struct score *s, const struct ut_item *it,
				    const struct ut_pool_event *ev, struct ut_error *err)
{
	struct ut_store_key k = { 0 };
	int64_t id;
	enum ut_status st;

	ut_call_reset(&s->call);
	st = ut_wire_decode(ev->reply, ev->reply_n, &s->call, err);
	if (st == UT_OK)
		st = ut_item_unchanged(it, s->call.media.hash, err);
	if (st != UT_OK)
		return st;
	ut_text_clear(&s->options);
	ut_text_addf(&s->options, "%d\n%s\n", UT_ANALYSIS_VERSION, s->l->result_options.s);
	ut_item_key(it, &s->options);
	memcpy(k.content, s->call.media.hash, sizeof(k.content));
	memcpy(k.model, s->l->model_key, sizeof(k.model));
	/* the same content twice on one command line keeps its own name each */
	ut_text_add(&s->options, it->path);
	if (s->options.failed ||
	    ut_sha256_hex(s->options.s, s->options.len, k.options, NULL) != UT_OK ||
	    ut_call_set(&s->call.media.path, it->path) != UT_OK ||
	    ut_call_set(&s->call.media.path2, it->path2) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	st = ut_store_put_call(s->store, 0, &k, &s->call, &id, err);
	if (st == UT_OK)
		st = ut_store_load_call(s->store, id, &s->call, err);
	return st;
}

/* One side that was named, whose metadata names the other. */
static enum ut_status join_by_metadata(struct ut_sides *sides, struct ut_item *it,
				       struct ut_error *err)
{
	char other[4096];

	switch (ut_sides_find(sides, it->path, other, sizeof(other))) {
	case 1:
		return ut_item_join(it, other, err);
	case 2:
		return ut_fail(err, UT_EINVAL,
			       "is the other side of a call: score %.180s, which joins both",
			       other);
	default:
		return UT_OK;
	}
}

static int score_files(struct score *s, struct ut_sides *sides, bool json, bool join, int n,
		       char **files)
{
	int rc = UT_EXIT_FINE;

	for (int i = 0; i < (join ? 1 : n); i++) {
		struct ut_item it;
		struct ut_pool_event ev;
		struct ut_text out = { 0 };
		struct ut_error err = { 0 };
		bool fatal = false;
		enum ut_status st = ut_item_init(&it, files[i], true, &err);

		if (st == UT_OK && join)
			st = ut_item_join(&it, files[1], &err);
		else if (st == UT_OK)
			st = join_by_metadata(sides, &it, &err);
		if (st == UT_OK)
			st = analyse(s, &it, &ev, &fatal, &err);
		if (st == UT_OK)
			st = through_store(s, &it, &ev, &err);
		if (st == UT_OK) {
			int printed;

			if (json)
				ut_report_call_json(&s->call, &out);
			else
				ut_report_call_text(&s->call, isatty(STDOUT_FILENO), &out);
			printed = ut_cli_print(&out);
			if (printed != UT_EXIT_FINE)
				rc = printed;
		} else {
			ut_cli_fail(fatal ? NULL : files[i], &err);
			rc = fatal ? UT_EXIT_RUNTIME : UT_EXIT_SOME_FAILED;
		}
		ut_text_done(&out);
		ut_item_done(&it);
		if (rc == UT_EXIT_RUNTIME)
			break;
	}
	return rc;
}

static int cmd_score(int argc, char **argv)
{
	struct score_opts o = { .analysis = ut_cli_analysis_default };
	struct ut_cli_loaded l = { 0 };
	struct score s = { .l = &l };
	struct ut_sides *sides = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_score, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.join && n != 2)
		return ut_cli_usage(&ut_cmd_score, "--join: give the two files of one call, not %d",
				    n);
	rc = ut_cli_load(&ut_cmd_score, &o.analysis, &o, &l);
	if (rc < 0) {
		ut_call_init(&s.call);
		if (ut_store_open(NULL, UT_STORE_MEMORY, &s.store, &err) == UT_OK &&
		    ut_sides_create(l.opts.meta, l.opts.profile, &sides, &err) == UT_OK &&
		    ut_pool_create(&ut_analysis_ops, &l.opts, 1, &l.limits, &s.pool, &err) == UT_OK)
			rc = score_files(&s, sides, o.json, o.join, n, argv + 1);
		else
			rc = ut_cli_fail(NULL, &err);
		ut_sides_destroy(&sides);
		ut_pool_destroy(&s.pool);
		ut_store_close(&s.store);
		ut_text_done(&s.request);
		ut_text_done(&s.options);
		ut_call_done(&s.call);
	}
	ut_cli_loaded_done(&l);
	return rc;
}

const struct ut_command ut_cmd_score = {
	.name = "score",
	.fn = cmd_score,
	.min_args = 1,
	.max_args = UT_ANY_ARGS,
	.args = "FILE...",
	.help = "analyse recordings and print what was found in each",
	.about =
	    "Nothing is stored. A file that cannot be analysed is named on standard error with "
	    "its fault and the way out, and the exit code is 1.\n\n"
	    "A tone is given only for a verified external customer: --customer says which "
	    "channel that is, or a sidecar (call.json beside call.wav), or a profile.",
	.opts = score_opts,
};
