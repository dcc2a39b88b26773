/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analysis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sha256.h"
#include "cli/data.h"

const struct ut_cli_analysis ut_cli_analysis_default = {
	.listen = "auto",
	.max_hours = 12,
	.memory_mb = 2048,
	.stall_s = 60,
};

static enum ut_status load_model(const char *path, struct ut_tone_model **ret, struct ut_error *err)
{
	struct ut_error why = { 0 };
	struct ut_text t = { 0 };
	enum ut_status st;
	size_t n;

	if (!path) {
		const char *shipped = ut_tone_default_model(&n);

		return ut_tone_model_parse(shipped, n, ret, err);
	}
	st = ut_cli_read_file(path, &t, err);
	if (st == UT_OK) {
		st = ut_tone_model_parse(t.s ? t.s : "", t.len, ret, &why);
		if (st != UT_OK)
			ut_fail(err, st, "%s: %s", path, why.msg);
	}
	ut_text_done(&t);
	return st;
}

static enum ut_status load_permit(const struct ut_cli_analysis *a, struct ut_permit **ret,
				  struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = UT_OK;

	if (!a->objections && !a->require_notice)
		return UT_OK;
	if (a->objections)
		st = ut_cli_read_file(a->objections, &t, err);
	if (st == UT_OK)
		st = ut_permit_create(t.s, a->require_notice, ret, err);
	ut_text_done(&t);
	return st;
}

static enum ut_status add_phrases(const char *path, struct ut_phrase_list *l, struct ut_text *key,
				  struct ut_error *err)
{
	size_t from = key->len;
	enum ut_status st = ut_cli_read_file(path, key, err);

	return st != UT_OK
		   ? st
		   : ut_phrases_parse(key->s ? key->s + from : "", key->len - from, path, l, err);
}

/* Why nobody can listen here; NULL where somebody can. */
static const char *deaf(struct ut_cli_loaded *l, char *words, size_t cap)
{
	l->recogniser = ut_recogniser_opts_default;
	l->recogniser.transform = l->transform;
	if (access(l->recogniser.model_dir, R_OK | X_OK) != 0)
		return "the acoustic model is not installed (Debian: pocketsphinx-en-us)";
	if (!ut_cli_data_file("models/telephone.mllr", l->transform, sizeof(l->transform)) ||
	    !ut_cli_data_file("models/words.txt", words, cap))
		return "its files are not installed (set UNDERTONE_DATA to the share/ folder)";
	return NULL;
}

/* Phrases by example: the file's and the model they are matched with. */
static enum ut_status load_examples(const char *path, struct ut_cli_loaded *l, struct ut_text *key,
				    struct ut_error *err)
{
	struct ut_text t = { 0 };
	char model[4096];
	enum ut_status st = ut_cli_read_file(path, &t, err);

	if (st == UT_OK)
		st = ut_example_list_parse(t.s ? t.s : "", t.len, path, &l->examples, err);
	if (st == UT_OK && !l->examples.n)
		st = ut_fail(err, UT_EFORMAT, "%s: holds no examples", path);
	ut_text_addn(key, t.s ? t.s : "", t.len);
	ut_text_clear(&t);
	if (st == UT_OK)
		st = ut_cli_data_file("models/examples.lda", model, sizeof(model))
			 ? ut_cli_read_file(model, &t, err)
			 : ut_fail(err, UT_EMODEL,
				   "models/examples.lda is not installed (set "
				   "UNDERTONE_DATA to the share/ folder)");
	if (st == UT_OK)
		st = ut_match_model_parse(t.s ? t.s : "", t.len, &l->match, err);
	ut_text_addn(key, t.s ? t.s : "", t.len);
	ut_text_done(&t);
	l->recogniser.match = l->match;
	l->recogniser.examples = &l->examples;
	return st;
}

/* Who listens, the model's files into the key. Without an acoustic model examples still can. */
static enum ut_status load_ears(const struct ut_cli_analysis *a, struct ut_cli_loaded *l,
				struct ut_text *key, struct ut_error *err)
{
	const char *env = getenv("UNDERTONE_EXAMPLES");
	const char *examples = a->examples ? a->examples : env && *env ? env : NULL;
	char words[4096];
	enum ut_status st = UT_OK;

	l->deaf = deaf(l, words, sizeof(words));
	if (l->deaf && strcmp(a->listen, "auto") != 0 && !examples)
		return ut_fail(err, UT_EMODEL, "--listen %s: %s", a->listen, l->deaf);
	if (l->deaf) {
		l->recogniser.engine = NULL;
	} else {
		ut_text_addf(key, "%s\n%s\n", l->recogniser.engine, l->recogniser.model_dir);
		st = ut_cli_read_file(l->transform, key, err);
		if (st == UT_OK)
			st = ut_cli_read_file(words, &l->words, err);
		ut_text_addn(key, l->words.s ? l->words.s : "", l->words.len);
		l->recogniser.words = l->words.s;
		l->recogniser.words_n = l->words.len;
	}
	if (st == UT_OK && examples)
		st = load_examples(examples, l, key, err);
	if (!l->deaf || examples) {
		l->opts.recogniser = &l->recogniser;
		l->opts.listen = a->listen;
	}
	return st;
}

/* The phrases (for transcripts too), who listens, and the key of all models used. */
static enum ut_status load_recogniser(const struct ut_cli_analysis *a, struct ut_cli_loaded *l,
				      struct ut_error *err)
{
	static const char *const lists[] = { "phrases/en.txt", "phrases/he.txt" };
	struct ut_text key = { 0 };
	char path[4096];
	enum ut_status st = UT_OK;

	ut_text_addf(&key, "%s\n", ut_tone_model_hash(l->model));
	for (size_t i = 0; i < UT_ARRAY_LEN(lists) && st == UT_OK; i++)
		if (ut_cli_data_file(lists[i], path, sizeof(path)))
			st = add_phrases(path, &l->phrases, &key, err);
	if (st == UT_OK && a->phrases)
		st = add_phrases(a->phrases, &l->phrases, &key, err);
	l->opts.phrases = l->phrases.n ? &l->phrases : NULL;
	if (st == UT_OK && strcmp(a->listen, "never") != 0)
		st = load_ears(a, l, &key, err);
	if (st == UT_OK)
		st = ut_sha256_hex(key.s, key.len, l->model_key, err);
	ut_text_done(&key);
	return st;
}

/* A language must have phrases, or nothing would ever be heard. */
static bool listen_known(const struct ut_cli_analysis *a, const struct ut_cli_loaded *l)
{
	if (!l->opts.recogniser || strcmp(a->listen, "auto") == 0 || strcmp(a->listen, "all") == 0)
		return true;
	for (size_t i = 0; i < l->phrases.n; i++)
		if (strcmp(l->phrases.v[i].lang, a->listen) == 0)
			return true;
	for (size_t i = 0; i < l->examples.n; i++)
		if (strcmp(l->examples.v[i].lang, a->listen) == 0)
			return true;
	return false;
}

int ut_cli_load(const struct ut_command *cmd, const struct ut_cli_analysis *a, const void *opts,
		struct ut_cli_loaded *l)
{
	const char *env = getenv("UNDERTONE_CONFIG");
	const char *config = a->config ? a->config : env && *env ? env : NULL;
	struct ut_meta_opts meta = { .customer = a->customer, .profile = a->profile };
	struct ut_error err = { 0 };

	memset(l, 0, sizeof(*l));
	if (a->format && ut_decode_check_raw_format(a->format, &err) != UT_OK)
		return ut_cli_usage(cmd, "%s", err.msg);
	if (!a->format && (a->rate_hz || a->channels))
		return ut_cli_usage(cmd, "--raw-rate and --raw-channels go with --raw-format");
	if (ut_meta_config_load(config, &l->config, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (ut_meta_check_opts(l->config, &meta, &err) != UT_OK)
		return ut_cli_usage(cmd, "%s", err.msg);
	if (load_permit(a, &l->permit, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (load_model(a->model, &l->model, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_opt_json(cmd->opts, opts, UT_OPT_RESULT, &l->result_options);
	l->has_config = config != NULL;
	if (l->result_options.failed) {
		ut_fail(&err, UT_ENOMEM, "not enough memory");
		return ut_cli_fail(NULL, &err);
	}
	l->opts = (struct ut_analyse_opts){
		.decode = { .raw_format = a->format,
			    .raw_rate_hz = (unsigned)a->rate_hz,
			    .raw_channels = (unsigned)a->channels,
			    .max_duration_s = a->max_hours * 3600 },
		.meta = l->config,
		.customer = a->customer,
		.profile = a->profile,
		.tone = l->model,
		.permit = l->permit,
	};
	if (load_recogniser(a, l, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (!listen_known(a, l))
		return ut_cli_usage(cmd,
				    "--listen: auto, never, all or a language that has "
				    "phrases (en, he, or one of --phrases or --examples), not '%s'",
				    a->listen);
	l->limits = (struct ut_worker_limits){
		.memory_bytes = (size_t)a->memory_mb << 20,
		.stall_s = (double)a->stall_s,
		.max_jobs = 32, /* a new worker costs 25 ms of processor time */
		/* a hundredth of real time is 5 to 10 times what the longest recording needs */
		.cpu_s = UT_MAX(60.0, a->max_hours * 36),
	};
	return -1;
}

void ut_cli_loaded_done(struct ut_cli_loaded *l)
{
	ut_meta_config_destroy(&l->config);
	ut_tone_model_destroy(&l->model);
	ut_permit_destroy(&l->permit);
	ut_phrase_list_done(&l->phrases);
	ut_example_list_done(&l->examples);
	ut_match_model_destroy(&l->match);
	ut_text_done(&l->words);
	ut_text_done(&l->result_options);
}
