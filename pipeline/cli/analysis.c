/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analysis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sha256.h"

const struct ut_cli_analysis ut_cli_analysis_default = {
	.listen = "auto",
	.max_hours = 12,
	.memory_mb = 2048,
	.stall_s = 60,
};

enum { MAX_FILE = 16 << 20 };

static enum ut_status read_file(const char *path, struct ut_text *out, struct ut_error *err)
{
	FILE *f = fopen(path, "re");
	char buf[16384];
	size_t n;

	if (!f)
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && out->len < MAX_FILE)
		ut_text_addn(out, buf, n);
	if (ferror(f) || out->len >= MAX_FILE || out->failed)
		ut_fail(err, UT_EIO, "%s: %s", path,
			ferror(f) ? strerror(errno) : "larger than 16 MB");
	else
		err->code = UT_OK;
	fclose(f);
	return err->code;
}

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
	st = read_file(path, &t, err);
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
		st = read_file(a->objections, &t, err);
	if (st == UT_OK)
		st = ut_permit_create(t.s, a->require_notice, ret, err);
	ut_text_done(&t);
	return st;
}

/* Where the phrase lists and the recogniser's transform are: $UNDERTONE_DATA, beside an installed
 * program, in the source tree around a build folder, or where they were to be installed. */
static bool data_file(const char *name, char *buf, size_t cap)
{
	const char *env = getenv("UNDERTONE_DATA");
	char exe[4096] = "", *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	static const char *const places[] = { "share/undertone", "share" };

	if (env && *env)
		return snprintf(buf, cap, "%s/%s", env, name) < (int)cap && access(buf, R_OK) == 0;
	slash = n > 0 ? strrchr(exe, '/') : NULL;
	if (slash)
		*slash = '\0';
	for (size_t i = 0; slash && i < UT_ARRAY_LEN(places); i++)
		if (snprintf(buf, cap, "%s/../%s/%s", exe, places[i], name) < (int)cap &&
		    access(buf, R_OK) == 0)
			return true;
	return snprintf(buf, cap, "%s/%s", UT_DATADIR, name) < (int)cap && access(buf, R_OK) == 0;
}

static enum ut_status add_phrases(const char *path, struct ut_phrase_list *l, struct ut_text *key,
				  struct ut_error *err)
{
	size_t from = key->len;
	enum ut_status st = read_file(path, key, err);

	return st != UT_OK
		   ? st
		   : ut_phrases_parse(key->s ? key->s + from : "", key->len - from, path, l, err);
}

/* Why nobody can listen here; NULL where somebody can. */
static const char *deaf(struct ut_cli_loaded *l)
{
	l->recogniser = ut_recogniser_opts_default;
	l->recogniser.transform = l->transform;
	if (access(l->recogniser.model_dir, R_OK | X_OK) != 0)
		return "the acoustic model is not installed (Debian: pocketsphinx-en-us)";
	if (!data_file("models/telephone.mllr", l->transform, sizeof(l->transform)))
		return "its files are not installed (set UNDERTONE_DATA to the share/ folder)";
	return NULL;
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
		if (data_file(lists[i], path, sizeof(path)))
			st = add_phrases(path, &l->phrases, &key, err);
	if (st == UT_OK && a->phrases)
		st = add_phrases(a->phrases, &l->phrases, &key, err);
	l->opts.phrases = l->phrases.n ? &l->phrases : NULL;
	if (st == UT_OK && strcmp(a->listen, "never") != 0) {
		l->deaf = deaf(l);
		if (l->deaf && strcmp(a->listen, "auto") != 0) {
			st = ut_fail(err, UT_EMODEL, "--listen %s: %s", a->listen, l->deaf);
		} else if (!l->deaf) {
			ut_text_addf(&key, "%s\n%s\n", l->recogniser.engine,
				     l->recogniser.model_dir);
			st = read_file(l->transform, &key, err);
			l->opts.recogniser = &l->recogniser;
			l->opts.listen = a->listen;
		}
	}
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
				    "phrases (en, he, or one of --phrases), not '%s'",
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
	ut_text_done(&l->result_options);
}
