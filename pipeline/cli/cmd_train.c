/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_train.c - labelled recordings in, a tone model out. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/tone_options.h"
#include "cli/train_reviews.h"
#include "run/corpus.h"

struct options {
	const char *out, *card, *db, *model;
	bool from_reviews, even_if_worse;
	struct ut_tone_cli_opts tone;
};

static const struct ut_opt table[] = {
	{ "out", 'o', UT_OPT_STRING, offsetof(struct options, out), 0, 0, "FILE", NULL, 0,
	  "where the model goes; it must not exist yet" },
	{ "card", 0, UT_OPT_STRING, offsetof(struct options, card), 0, 0, "TEXT", NULL, 0,
	  "one line of ASCII kept in the model: trained on whom" },
	{ "from-reviews", 0, UT_OPT_BOOL, offsetof(struct options, from_reviews), 0, 0, NULL, NULL,
	  0,
	  "learn from what trainers heard in stored closings, without recordings: a model near the "
	  "one of --model; few verdicts recalibrate it, from 300 on they retrain it" },
	{ "db", 0, UT_OPT_STRING, offsetof(struct options, db), 0, 0, "FILE", NULL, 0,
	  "with --from-reviews: " UT_CLI_DB_HELP },
	{ "model", 'm', UT_OPT_STRING, offsetof(struct options, model), 0, 0, "FILE", NULL, 0,
	  "with --from-reviews: the model to start from (default: the built-in one)" },
	{ "even-if-worse", 0, UT_OPT_BOOL, offsetof(struct options, even_if_worse), 0, 0, NULL,
	  NULL, 0,
	  "with --from-reviews: write the new model though it is no better on verdicts that it did "
	  "not learn from" },
	UT_TONE_TRAIN_OPTS(struct options, tone),
	{ .name = NULL },
};

static int cmd_train(int argc, char **argv)
{
	struct options o = { .tone = ut_tone_cli_default };
	struct ut_corpus c = { 0 };
	struct ut_corpus_opts material = ut_corpus_train_default;
	struct ut_tone_params p;
	struct ut_train_opts train;
	struct ut_tone_model *m = NULL;
	struct ut_train_set set;
	struct ut_text text = { 0 };
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_train, &o, argc, argv, &n);
	enum ut_status st;

	if (rc >= 0)
		return rc;
	if (!o.out)
		return ut_cli_usage(&ut_cmd_train, "--out FILE says where the model goes");
	if (o.from_reviews && n)
		return ut_cli_usage(&ut_cmd_train, "--from-reviews takes no manifest");
	if (o.from_reviews)
		return ut_cli_train_reviews(&(struct ut_train_reviews){
		    .db = o.db,
		    .model = o.model,
		    .out = o.out,
		    .card = o.card,
		    .even_if_worse = o.even_if_worse,
		});
	if (!n)
		return ut_cli_usage(&ut_cmd_train, "a MANIFEST.csv, or --from-reviews");
	if (o.db || o.model || o.even_if_worse)
		return ut_cli_usage(&ut_cmd_train,
				    "--db, --model and --even-if-worse go with --from-reviews");
	st = ut_tone_cli_apply(&o.tone, &train, &material, &err);
	if (st)
		return ut_cli_usage(&ut_cmd_train, "%s", err.msg);
	for (int i = 1; i <= n && !st; i++)
		st = ut_corpus_add(&c, argv[i], &material, &err);
	set = ut_corpus_set(&c);
	if (!st)
		st = ut_tone_train(&set, &train, &p, &err);
	if (!st) {
		if (o.card)
			snprintf(p.card, sizeof(p.card), "%s", o.card);
		else
			snprintf(p.card, sizeof(p.card), "%u recordings of %u speakers, data %.16s",
				 c.n_recordings, c.n_speakers, c.hash);
		st = ut_tone_model_write(&p, &text, &err);
	}
	if (!st) /* what cannot be read again is not written */
		st = ut_tone_model_parse(text.s, text.len, &m, &err);
	if (!st)
		st = ut_tone_cli_write_model(o.out, &text, &err);
	if (!st) {
		ut_text_clear(&text);
		ut_text_addf(&text,
			     "%u recordings of %u speakers (%u left out: too short or without "
			     "neutral speech)\n%zu closings measured on %s\n",
			     c.n_recordings, c.n_speakers, c.n_skipped, c.n_examples,
			     material.lines);
		ut_text_addf(&text, "data %s\nmodel %s\n", c.hash, ut_tone_model_hash(m));
		rc = ut_cli_print(&text);
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	ut_tone_model_destroy(&m);
	ut_text_done(&text);
	ut_corpus_done(&c);
	return rc;
}

const struct ut_command ut_cmd_train = {
	"train",
	cmd_train,
	0,
	0,
	UT_ANY_ARGS,
	"[MANIFEST.csv...]",
	"train a tone model on labelled recordings, or on trainers' verdicts",
	"A manifest is a CSV with the columns path,speaker,label; label is neutral, accepting, "
	"resigned or angry, and paths are relative to the manifest. Neutral rows are the speech "
	"that "
	"a closing is measured against, and accepting closings (never the same row as both). Each "
	"recording is put on several kinds of telephone line. The same data give the same model, "
	"bit "
	"for bit. Train only on recordings of people who agreed to it. With --from-reviews the "
	"verdicts in the database are the labels, and its measurements the material; the new model "
	"is compared with the old one on customers it did not learn from, and is not written where "
	"it is no better.",
	table,
};
