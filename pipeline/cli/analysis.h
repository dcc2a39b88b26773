/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis.h - what score, batch and features share: the options that change results, and what they
 * load once: configuration and model.
 */
#ifndef UT_CLI_ANALYSIS_H
#define UT_CLI_ANALYSIS_H

#include "cli/cli.h"
#include "run/analyse.h"
#include "isolate/worker.h"

struct ut_cli_analysis {
	const char *customer, *profile, *config, *model, *format, *objections, *listen, *phrases;
	const char *examples;
	bool require_notice;
	int64_t rate_hz, channels;
	double max_hours;
	int64_t memory_mb, stall_s;
};

extern const struct ut_cli_analysis ut_cli_analysis_default;

/* Rows for an option table whose struct T has a struct ut_cli_analysis named `analysis`. */
#define UT_CLI_ANALYSIS_OPTS(T)                                                                    \
	{ .name = "customer",                                                                      \
	  .letter = 'c',                                                                           \
	  .type = UT_OPT_STRING,                                                                   \
	  .offset = offsetof(T, analysis.customer),                                                \
	  .value = "left|right|N|all",                                                             \
	  .flags = UT_OPT_RESULT,                                                                  \
	  .help = "the channel of the customer, an external caller (N from 0); without it, a "     \
		  "sidecar or a profile there is no tone" },                                       \
	    { .name = "profile",                                                                   \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.profile),                                             \
	      .value = "NAME",                                                                     \
	      .flags = UT_OPT_RESULT,                                                              \
	      .help = "a channel profile, from the shipped ones or --config" },                    \
	    { .name = "config",                                                                    \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.config),                                              \
	      .value = "FILE",                                                                     \
	      .help = "channel profiles in JSON (default: $UNDERTONE_CONFIG)" },                   \
	    { .name = "model",                                                                     \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.model),                                               \
	      .value = "FILE",                                                                     \
	      .help = "a tone model made by 'undertone train' (default: the built-in one)" },      \
	    { .name = "listen",                                                                    \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.listen),                                              \
	      .value = "auto|never|all|LANG",                                                      \
	      .flags = UT_OPT_RESULT,                                                              \
	      .help = "hear the customer's last words for phrases: where the call's declared "     \
		      "language has a list (auto), in all lists, in one language, or never" },     \
	    { .name = "phrases",                                                                   \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.phrases),                                             \
	      .value = "FILE",                                                                     \
	      .help = "a list of phrases besides the shipped ones; of the same phrase its row "    \
		      "wins (docs/recogniser.md)" },                                               \
	    { .name = "examples",                                                                  \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.examples),                                            \
	      .value = "FILE",                                                                     \
	      .help = "phrases by example, made by 'undertone phrases enrol' (default: "           \
		      "$UNDERTONE_EXAMPLES)" },                                                    \
	    { .name = "raw-format",                                                                \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.format),                                              \
	      .value = "NAME",                                                                     \
	      .flags = UT_OPT_RESULT,                                                              \
	      .help = "for headerless recordings: ulaw, alaw, gsm, sln, g722, g729..." },          \
	    { .name = "raw-rate",                                                                  \
	      .type = UT_OPT_INT,                                                                  \
	      .offset = offsetof(T, analysis.rate_hz),                                             \
	      .min = 4000,                                                                         \
	      .max = 192000,                                                                       \
	      .value = "HZ",                                                                       \
	      .flags = UT_OPT_RESULT,                                                              \
	      .help = "sampling rate for --raw-format, where the format has no own" },             \
	    { .name = "raw-channels",                                                              \
	      .type = UT_OPT_INT,                                                                  \
	      .offset = offsetof(T, analysis.channels),                                            \
	      .min = 1,                                                                            \
	      .max = 8,                                                                            \
	      .value = "N",                                                                        \
	      .flags = UT_OPT_RESULT,                                                              \
	      .help = "channels for --raw-format (default: 1)" },                                  \
	    { .name = "objections",                                                                \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, analysis.objections),                                          \
	      .value = "FILE",                                                                     \
	      .help = "customer keys, one a line: customers who said no; their calls are left "    \
		      "alone" },                                                                   \
	    { .name = "require-notice",                                                            \
	      .type = UT_OPT_BOOL,                                                                 \
	      .offset = offsetof(T, analysis.require_notice),                                      \
	      .help = "leave calls alone whose sidecar does not declare purpose and notice" },     \
	    { .name = "max-hours",                                                                 \
	      .type = UT_OPT_REAL,                                                                 \
	      .offset = offsetof(T, analysis.max_hours),                                           \
	      .min = 0.001,                                                                        \
	      .max = 48,                                                                           \
	      .value = "H",                                                                        \
	      .help = "a recording that decodes to more is refused (default: 12)" },               \
	    { .name = "memory",                                                                    \
	      .type = UT_OPT_INT,                                                                  \
	      .offset = offsetof(T, analysis.memory_mb),                                           \
	      .min = 64,                                                                           \
	      .max = 1048576,                                                                      \
	      .value = "MB",                                                                       \
	      .help = "what a worker may use for one recording (default: 2048)" },                 \
	{                                                                                          \
		.name = "stall", .type = UT_OPT_INT, .offset = offsetof(T, analysis.stall_s),      \
		.min = 1, .max = 86400, .value = "S",                                              \
		.help = "a worker without progress for so long is stopped (default: 60)"           \
	}

struct ut_cli_loaded { /* what the options stand for */
	struct ut_analyse_opts opts;
	struct ut_worker_limits limits;
	struct ut_meta_config *config;
	struct ut_tone_model *model;
	struct ut_permit *permit;
	struct ut_phrase_list phrases;
	struct ut_example_list examples;
	struct ut_match_model *match;
	struct ut_recogniser_opts recogniser;
	struct ut_text words;
	char transform[4096];
	char model_key[65];            /* of all models used */
	const char *deaf;              /* why nobody listens, where it was wanted; static */
	struct ut_text result_options; /* the options that change results */
	bool has_config;               /* which may say something else of each recording */
};

/* Before any recording is looked at. -1: go on; otherwise the exit code (the message is printed).
 * Free with done, also after a failure. */
int ut_cli_load(const struct ut_command *cmd, const struct ut_cli_analysis *a, const void *opts,
		struct ut_cli_loaded *l);
void ut_cli_loaded_done(struct ut_cli_loaded *l);

#endif
