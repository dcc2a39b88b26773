/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rescore.c - another tone model, or another prior, over stored measurements: no audio is read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "cli/cli.h"
#include "cli/tone_options.h"
#include "store/store.h"

struct rescore_opts {
	const char *db, *model, *prior;
};

static const struct ut_opt rescore_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct rescore_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "model",
	  .letter = 'm',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct rescore_opts, model),
	  .value = "FILE",
	  .help = "a tone model made by 'undertone train' (default: the built-in one)" },
	{ .name = "prior",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct rescore_opts, prior),
	  .value = "A,R,N",
	  .help = "shares of accepting, resigned and angry to expect, such as 0.95,0.03,0.02 "
		  "(default: the model's own)" },
	{ 0 },
};

struct ids {
	int64_t *v;
	size_t n, cap;
	bool failed;
};

static bool add_id(void *user, const struct ut_finding *f)
{
	struct ids *l = user;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		int64_t *v = realloc(l->v, cap * sizeof(*v));

		if (!v) {
			l->failed = true;
			return false;
		}
		l->v = v, l->cap = cap;
	}
	l->v[l->n++] = f->call_id;
	return true;
}

struct rescore {
	struct ut_store *s;
	const struct ut_tone_model *m;
	const float *prior;
	int64_t run_id;
	struct ut_run_counts n;
	int64_t relabelled, other_features;
};

/*
 * The key of the result: a row that was scored by the tone model alone gets the new model's hash,
 * as an analysis with it would; where other models or a prior had a part, all of them are hashed.
 */
static enum ut_status new_key(const struct rescore *r, const struct ut_call *c,
			      struct ut_store_key *k, struct ut_error *err)
{
	const char *hash = ut_tone_model_hash(r->m);
	struct ut_text t = { 0 };
	enum ut_status st;

	if (!r->prior && strcmp(k->model, c->closing.model_hash) == 0) {
		memcpy(k->model, hash, sizeof(k->model));
		return UT_OK;
	}
	ut_text_addf(&t, "rescored\n%s\n%s\n", k->model, hash);
	for (unsigned i = 0; r->prior && i < UT_N_TONES; i++)
		ut_text_addf(&t, "%.9g\n", r->prior[i]);
	st = t.failed ? ut_fail(err, UT_ENOMEM, "rescore")
		      : ut_sha256_hex(t.s, t.len, k->model, err);
	ut_text_done(&t);
	return st;
}

static enum ut_status one(struct rescore *r, int64_t id, struct ut_error *err)
{
	struct ut_stored stored;
	struct ut_call c;
	struct ut_tone old;
	int64_t known = 0;
	enum ut_status st;

	ut_call_init(&c);
	st = ut_store_load_call(r->s, id, &c, err);
	if (st == UT_OK)
		st = ut_store_stored(r->s, id, &stored, err);
	r->n.seen++;
	if (st != UT_OK || !c.closing.has_tone)
		goto out;
	if (c.closing.tone.n_features != UT_TONE_N_FEATURES) {
		r->other_features++;
		r->n.failed++;
		goto out;
	}
	old = c.closing.tone;
	ut_tone_score(r->m, r->prior, &c.closing.tone);
	if (strcmp(c.closing.model_hash, ut_tone_model_hash(r->m)) == 0 &&
	    memcmp(old.score, c.closing.tone.score, sizeof(old.score)) == 0) {
		r->n.skipped++;
		goto out;
	}
	st = new_key(r, &c, &stored.key, err);
	if (st == UT_OK)
		st = ut_store_find_key(r->s, &stored.key, &known, err);
	if (st != UT_OK)
		goto out;
	if (known) {
		r->n.skipped++;
		goto out;
	}
	memcpy(c.closing.model_hash, ut_tone_model_hash(r->m), sizeof(c.closing.model_hash));
	st = ut_store_put_call(r->s, r->run_id, &stored.key, &c, NULL, err);
	r->n.done++;
	r->relabelled += c.closing.tone.label != old.label;
out:
	ut_call_done(&c);
	return st;
}

static int cmd_rescore(int argc, char **argv)
{
	struct rescore_opts o = { 0 };
	struct rescore r = { .n = { .end = "finished" } };
	struct ut_tone_model *m = NULL;
	struct ut_finding_query all = { .limit = 0 };
	struct ids ids = { 0 };
	struct ut_text t = { 0 };
	struct ut_error err = { 0 };
	float prior[UT_N_TONES];
	int n, rc = ut_cli_parse(&ut_cmd_rescore, &o, argc, argv, &n);
	enum ut_status st;

	if (rc >= 0)
		return rc;
	if (o.prior && ut_tone_cli_prior(o.prior, prior, &err) != UT_OK)
		return ut_cli_usage(&ut_cmd_rescore, "%s", err.msg);
	st = ut_tone_cli_model(o.model, &m, &err);
	r.m = m;
	r.prior = o.prior ? prior : NULL;
	if (st == UT_OK) /* MODIFY: there must be something to score again */
		st = ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &r.s, &err);
	if (st == UT_OK) {
		struct ut_run_info info = { .command = "rescore",
					    .options_json = "{}",
					    .program_version = UT_VERSION,
					    .model_hash = ut_tone_model_hash(m),
					    .host = "" };

		st = ut_store_begin_run(r.s, &info, &r.run_id, &err);
	}
	if (st == UT_OK)
		st = ut_store_findings(r.s, &all, add_id, &ids, &err);
	if (st == UT_OK && ids.failed)
		st = ut_fail(&err, UT_ENOMEM, "rescore");
	for (size_t i = 0; i < ids.n && st == UT_OK; i++)
		st = one(&r, ids.v[i], &err);
	if (r.run_id) {
		if (st != UT_OK)
			r.n.end = "interrupted";
		ut_store_end_run(r.s, r.run_id, &r.n, st == UT_OK ? &err : NULL);
	}
	if (st == UT_OK) {
		ut_text_addf(&t,
			     "%lld scored again, %lld of them with another label, %lld already "
			     "done\nmodel %s\n",
			     (long long)r.n.done, (long long)r.relabelled, (long long)r.n.skipped,
			     ut_tone_model_hash(m));
		if (r.other_features)
			ut_text_addf(&t,
				     "%lld were measured by another version of the program: run "
				     "batch over their recordings\n",
				     (long long)r.other_features);
		rc = ut_cli_print(&t);
		if (rc == UT_EXIT_FINE && r.other_features)
			rc = UT_EXIT_SOME_FAILED;
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	free(ids.v);
	ut_text_done(&t);
	ut_store_close(&r.s);
	ut_tone_model_destroy(&m);
	return rc;
}

const struct ut_command ut_cmd_rescore = {
	"rescore",
	cmd_rescore,
	0,
	0,
	0,
	"",
	"apply a tone model to stored measurements",
	"Scores every stored closing that has a tone again, from what was measured then; no "
	"recording "
	"is read. Findings show the new result; the old one stays in the database under its own "
	"key.",
	rescore_opts,
};
