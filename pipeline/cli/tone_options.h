/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tone_options.h - options that `train` and `evaluate` share, and what they mean. */
#ifndef UT_CLI_TONE_OPTIONS_H
#define UT_CLI_TONE_OPTIONS_H

#include "classifiers/train.h"
#include "run/corpus.h"

struct ut_tone_cli_opts {
	double l2_up, l2_pressed, cheerful, power, prior_phrases;
	const char *without;
	const char *lines; /* training material; NULL: its default */
	const char *departs, *up, *pressed;
	int64_t closings;
};
extern const struct ut_tone_cli_opts ut_tone_cli_default;

#define UT_TONE_TRAIN_OPTS(type, member)                                                           \
	{ "without",                                                                               \
	  0,                                                                                       \
	  UT_OPT_STRING,                                                                           \
	  offsetof(type, member.without),                                                          \
	  0,                                                                                       \
	  0,                                                                                       \
	  "LIST",                                                                                  \
	  NULL,                                                                                    \
	  0,                                                                                       \
	  "leave out what is named: usual, context (or of it latency, wait, interruptions, "       \
	  "drift), or a family (pitch, effort, quality, timing, dynamics, shape, colour)" },       \
	    { "train-lines",                                                                       \
	      0,                                                                                   \
	      UT_OPT_STRING,                                                                       \
	      offsetof(type, member.lines),                                                        \
	      0,                                                                                   \
	      0,                                                                                   \
	      "LIST",                                                                              \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "kinds of line to train on: clean,ulaw,alaw,gsm,opus,noisy,lossy" },                 \
	    { "train-closings",                                                                    \
	      0,                                                                                   \
	      UT_OPT_INT,                                                                          \
	      offsetof(type, member.closings),                                                     \
	      1,                                                                                   \
	      100,                                                                                 \
	      "N",                                                                                 \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "closings a recording and line" },                                                   \
	    { "departs",                                                                           \
	      0,                                                                                   \
	      UT_OPT_STRING,                                                                       \
	      offsetof(type, member.departs),                                                      \
	      0,                                                                                   \
	      0,                                                                                   \
	      "LIST",                                                                              \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "families that tell how far a closing departs from the usual" },                     \
	    { "up",                                                                                \
	      0,                                                                                   \
	      UT_OPT_STRING,                                                                       \
	      offsetof(type, member.up),                                                           \
	      0,                                                                                   \
	      0,                                                                                   \
	      "LIST",                                                                              \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "families that tell a departure up (aroused) from down (resigned)" },                \
	    { "pressed",                                                                           \
	      0,                                                                                   \
	      UT_OPT_STRING,                                                                       \
	      offsetof(type, member.pressed),                                                      \
	      0,                                                                                   \
	      0,                                                                                   \
	      "LIST",                                                                              \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "families that tell angry from lively" },                                            \
	    { "ridge-up", 0,    UT_OPT_REAL, offsetof(type, member.l2_up), 1e-6, 1e3,              \
	      "X",        NULL, 0,           "ridge on the weights of up" },                       \
	    { "ridge-pressed",                                                                     \
	      0,                                                                                   \
	      UT_OPT_REAL,                                                                         \
	      offsetof(type, member.l2_pressed),                                                   \
	      1e-6,                                                                                \
	      1e3,                                                                                 \
	      "X",                                                                                 \
	      NULL,                                                                                \
	      0,                                                                                   \
	      "ridge on the weights of pressed" },                                                 \
	    { "cheerful",  0,                                                                      \
	      UT_OPT_REAL, offsetof(type, member.cheerful),                                        \
	      0,           1,                                                                      \
	      "SHARE",     NULL,                                                                   \
	      0,           "share of accepting closings that are more than neutral" },             \
	    { "power",     0,                                                                      \
	      UT_OPT_REAL, offsetof(type, member.power),                                           \
	      0,           1,                                                                      \
	      "X",         NULL,                                                                   \
	      0,           "how far strength is taken out of the direction" },                     \
	{                                                                                          \
		"prior-phrases", 0, UT_OPT_REAL, offsetof(type, member.prior_phrases), 0.01, 1000, \
		    "N", NULL, 0, "phrases that the population's variance counts for"              \
	}

/* UT_EINVAL names the word that is none. */
enum ut_status ut_tone_cli_apply(const struct ut_tone_cli_opts *o, struct ut_train_opts *train,
				 struct ut_corpus_opts *material, struct ut_error *err);
struct ut_train_set ut_corpus_set(const struct ut_corpus *c);

/* "0.9,0.05,0.05": accepting, resigned, angry; positive, made to sum to 1. UT_EINVAL. */
enum ut_status ut_tone_cli_prior(const char *s, float prior[UT_N_TONES], struct ut_error *err);
/* The model in a file, or the shipped one where path is NULL. */
enum ut_status ut_tone_cli_model(const char *path, struct ut_tone_model **ret,
				 struct ut_error *err);
/* A model is never written over: a new one has its own name and hash. UT_EIO. */
enum ut_status ut_tone_cli_write_model(const char *path, const struct ut_text *t,
				       struct ut_error *err);

#endif
