/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_evaluate.c - how good a tone model is on labelled recordings of people it does not know. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/evaluate.h"
#include "cli/cli.h"
#include "cli/tone_options.h"
#include "report/reliability.h"
#include "run/corpus.h"

struct options {
	const char *model, *folds, *prior, *lines, *accepting, *scores, *keep, *reliability;
	bool json, ablation;
	int64_t rounds, closings, seed, min_phrases, max_phrases;
	struct ut_tone_cli_opts tone;
};

static const struct ut_opt table[] = {
	{ "model", 'm', UT_OPT_STRING, offsetof(struct options, model), 0, 0, "FILE", NULL, 0,
	  "the model to test (default: the shipped one)" },
	{ "folds", 0, UT_OPT_CHOICE, offsetof(struct options, folds), 0, 0, NULL, "speaker", 0,
	  "instead: train on all other speakers, for each speaker in turn" },
	{ "lines", 0, UT_OPT_STRING, offsetof(struct options, lines), 0, 0, "LIST", NULL, 0,
	  "kinds of line to test on: clean,ulaw,alaw,gsm,opus,noisy,lossy" },
	{ "accepting", 0, UT_OPT_CHOICE, offsetof(struct options, accepting), 0, 0, NULL,
	  "all|cheerful|neutral", 0, "which rows are accepting closings (default: all)" },
	{ "prior", 0, UT_OPT_STRING, offsetof(struct options, prior), 0, 0, "A,R,N", NULL, 0,
	  "shares of accepting, resigned, angry to score for (default: the model's)" },
	{ "closings", 0, UT_OPT_INT, offsetof(struct options, closings), 1, 100, "N", NULL, 0,
	  "closings a recording and line, each against other earlier speech" },
	{ "min-phrases", 0, UT_OPT_INT, offsetof(struct options, min_phrases), 0, 8, "N", NULL, 0,
	  "fewest earlier recordings a closing is measured against" },
	{ "max-phrases", 0, UT_OPT_INT, offsetof(struct options, max_phrases), 0, 64, "N", NULL, 0,
	  "most of them" },
	{ "rounds", 0, UT_OPT_INT, offsetof(struct options, rounds), 0, 100000, "N", NULL, 0,
	  "bootstrap draws over speakers, for the intervals" },
	{ "seed", 0, UT_OPT_INT, offsetof(struct options, seed), 0, 1e9, "N", NULL, 0,
	  "of the draws of lines and earlier speech" },
	{ "scores", 0, UT_OPT_STRING, offsetof(struct options, scores), 0, 0, "FILE", NULL, 0,
	  "write every closing's scores as CSV" },
	{ "keep", 0, UT_OPT_STRING, offsetof(struct options, keep), 0, 0, "PREFIX", NULL, 0,
	  "with --folds: keep each model as PREFIX, the name of the speaker it never heard, "
	  ".model" },
	{ "ablation", 0, UT_OPT_BOOL, offsetof(struct options, ablation), 0, 0, NULL, NULL, 0,
	  "with --folds: a table of the figures without each part of the model, uncalibrated" },
	{ "reliability", 0, UT_OPT_STRING, offsetof(struct options, reliability), 0, 0, "FILE",
	  NULL, 0, "draw the reliability diagram into FILE, as SVG" },
	{ "json", 0, UT_OPT_BOOL, offsetof(struct options, json), 0, 0, NULL, NULL, 0,
	  "one JSON object" },
	UT_TONE_TRAIN_OPTS(struct options, tone),
	{ .name = NULL },
};

struct run {
	struct ut_corpus test, train;
	struct ut_scored *scored;
	size_t n;
};

/* Whether an example is among the accepting closings that are asked for. */
static bool wanted(const struct ut_tone_example *e, const char *accepting)
{
	if (e->label != UT_TONE_ACCEPTING || !accepting || strcmp(accepting, "all") == 0)
		return true;
	return e->usual == (strcmp(accepting, "neutral") == 0);
}

static void score(struct run *r, const struct ut_tone_model *m, const float *prior,
		  const struct options *o, long speaker)
{
	for (size_t i = 0; i < r->test.n_examples; i++) {
		const struct ut_tone_example *e = &r->test.example[i];
		struct ut_scored *s = &r->scored[r->n];
		struct ut_tone t = e->tone;

		if ((speaker >= 0 && e->speaker != (unsigned long)speaker) ||
		    !wanted(e, o->accepting))
			continue;
		if (o->tone.without && strstr(o->tone.without, "usual"))
			ut_tone_forget_usual(&t);
		ut_tone_score(m, prior, &t);
		memcpy(s->score, t.score, sizeof(s->score));
		s->said = t.label;
		s->truth = e->label;
		s->speaker = e->speaker;
		r->n++;
	}
}

/* The name of a speaker may hold anything; its file is beside the others. */
static enum ut_status keep_model(const char *prefix, const char *speaker,
				 const struct ut_text *model, struct ut_error *err)
{
	struct ut_text path = { 0 };
	enum ut_status st;

	ut_text_addf(&path, "%s", prefix);
	for (const char *c = speaker; *c; c++)
		ut_text_addf(&path, "%c", isalnum((unsigned char)*c) || *c == '-' ? *c : '_');
	ut_text_add(&path, ".model");
	st = path.failed ? ut_fail(err, UT_ENOMEM, "evaluate")
			 : ut_tone_cli_write_model(path.s, model, err);
	ut_text_done(&path);
	return st;
}

/* For each speaker a model of all others, on their training material. */
static enum ut_status folds(struct run *r, const struct ut_train_opts *train, const float *prior,
			    const struct options *o, struct ut_error *err)
{
	bool *out = calloc(UT_MAX(r->train.n_speakers, 1), sizeof(*out));
	enum ut_status st = out ? UT_OK : ut_fail(err, UT_ENOMEM, "evaluate");

	for (unsigned s = 0; s < r->train.n_speakers && !st; s++) {
		struct ut_train_set set = ut_corpus_set(&r->train);
		struct ut_tone_model *m = NULL;
		struct ut_tone_params p;
		struct ut_text t = { 0 };

		out[s] = true;
		set.leave_out = out;
		st = ut_tone_train(&set, train, &p, err);
		if (!st)
			st = ut_tone_model_write(&p, &t, err);
		if (!st)
			st = ut_tone_model_parse(t.s, t.len, &m, err);
		if (!st && o->keep)
			st = keep_model(o->keep, strrchr(r->train.speaker[s], '\n') + 1, &t, err);
		if (!st)
			score(r, m, prior, o, s);
		out[s] = false;
		ut_text_done(&t);
		ut_tone_model_destroy(&m);
	}
	free(out);
	return st;
}

static void print_text(const struct ut_evaluation *e, const struct ut_corpus *c, struct ut_text *t)
{
	static const char *const name[] = { "accepting", "resigned", "angry" };

	ut_text_addf(t, "%u closings of %u speakers (%u recordings left out)\n\n", e->n,
		     e->n_speakers, c->n_skipped);
	for (unsigned k = 0; k < UT_N_FIGURES; k++) {
		if (isnan(e->value[k]))
			continue;
		ut_text_addf(t, "%-18s %6.3f", ut_figure_info[k].name, e->value[k]);
		if (!isnan(e->low[k]))
			ut_text_addf(t, "  [%.3f, %.3f]", e->low[k], e->high[k]);
		ut_text_addf(t, "  %s\n", ut_figure_info[k].help);
	}
	ut_text_add(t, "\ntruth \\ best    accepting   resigned      angry\n");
	for (unsigned k = 0; k < UT_N_TONES; k++) {
		ut_text_addf(t, "%-14s", name[k]);
		for (unsigned j = 0; j < UT_N_TONES; j++)
			ut_text_addf(t, " %10u", e->confusion[k][j]);
		ut_text_add(t, "\n");
	}
	ut_text_add(t, "\nbest score      said   true      n\n");
	for (unsigned b = 0; b < UT_RELIABILITY_BINS; b++)
		if (e->bin[b].n)
			ut_text_addf(t, "%.1f - %.1f      %.3f  %.3f %6u\n", b / 10.0,
				     (b + 1) / 10.0, e->bin[b].confidence, e->bin[b].accuracy,
				     e->bin[b].n);
}

static void print_json(const struct ut_evaluation *e, const struct ut_corpus *c, struct ut_text *t)
{
	struct ut_json j;

	ut_json_init(&j, t);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_string(&j, "data", c->hash);
	ut_json_int(&j, "closings", e->n);
	ut_json_int(&j, "speakers", e->n_speakers);
	for (unsigned k = 0; k < UT_N_FIGURES; k++) {
		ut_json_begin_object(&j, ut_figure_info[k].name);
		ut_json_real(&j, "value", e->value[k], 4);
		ut_json_real(&j, "low", e->low[k], 4);
		ut_json_real(&j, "high", e->high[k], 4);
		ut_json_end_object(&j);
	}
	ut_json_begin_array(&j, "reliability");
	for (unsigned b = 0; b < UT_RELIABILITY_BINS; b++) {
		ut_json_begin_object(&j, NULL);
		ut_json_int(&j, "n", e->bin[b].n);
		ut_json_real(&j, "said", e->bin[b].n ? e->bin[b].confidence : NAN, 4);
		ut_json_real(&j, "true", e->bin[b].n ? e->bin[b].accuracy : NAN, 4);
		ut_json_end_object(&j);
	}
	ut_json_end_array(&j);
	ut_json_end_object(&j);
	ut_text_add(t, "\n");
}

static enum ut_status write_scores(const struct run *r, const char *path, struct ut_error *err)
{
	FILE *f = fopen(path, "wx");
	struct ut_text t = { 0 };
	bool bad;

	if (!f)
		return ut_fail(err, UT_EIO, "%s: cannot be made (does it exist?)", path);
	ut_text_add(&t, "speaker,label,said,accepting,resigned,angry\n");
	for (size_t i = 0; i < r->n; i++) {
		const struct ut_scored *s = &r->scored[i];

		ut_text_add_csv(&t, strrchr(r->test.speaker[s->speaker], '\n') + 1);
		ut_text_addf(&t, ",%s,%s,%.4f,%.4f,%.4f\n", ut_tone_label_name[s->truth],
			     ut_tone_label_name[s->said], s->score[0], s->score[1], s->score[2]);
	}
	bad = t.failed || fwrite(t.s, 1, t.len, f) != t.len;
	bad |= fclose(f) != 0;
	ut_text_done(&t);
	return bad ? ut_fail(err, UT_EIO, "%s: could not be written", path) : UT_OK;
}

/* What --without knows, one part after the other. */
static enum ut_status ablation(struct run *r, struct options *o, const float *prior,
			       struct ut_text *t, struct ut_error *err)
{
	static const char *const parts[] = { NULL,     "usual",         "context", "latency",
					     "wait",   "interruptions", "drift",   "pitch",
					     "effort", "quality",       "timing",  "dynamics",
					     "shape",  "colour" };
	enum ut_status st = UT_OK;

	ut_text_add(t, "without         UAR                   AUC not accepted      AUC resigned  "
		       "AUC angry\n");
	for (size_t i = 0; i < UT_ARRAY_LEN(parts) && !st; i++) {
		struct ut_corpus_opts material;
		struct ut_train_opts train;
		struct ut_evaluation e;

		o->tone.without = parts[i];
		st = ut_tone_cli_apply(&o->tone, &train, &material, err);
		train.calibrate = false;
		r->n = 0;
		if (!st)
			st = folds(r, &train, prior, o, err);
		if (!st)
			st = ut_evaluate(r->scored, r->n, r->test.n_speakers, (unsigned)o->rounds,
					 &e, err);
		if (st)
			break;
		ut_text_addf(t, "%-14s", parts[i] ? parts[i] : "nothing");
		for (unsigned k = 0; k < 2; k++) {
			enum ut_figure f = k ? UT_FIG_auc_not_accepted : UT_FIG_uar;

			ut_text_addf(t, "  %.3f [%.3f, %.3f]", e.value[f], e.low[f], e.high[f]);
		}
		ut_text_addf(t, "  %.3f         %.3f\n", e.value[UT_FIG_auc_resigned],
			     e.value[UT_FIG_auc_angry]);
	}
	return st;
}

static enum ut_status draw(const struct ut_evaluation *e, const char *path, struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st;

	ut_reliability_svg(e, "How far to trust a score", &t);
	st =
	    t.failed ? ut_fail(err, UT_ENOMEM, "evaluate") : ut_tone_cli_write_model(path, &t, err);
	ut_text_done(&t);
	return st;
}

static enum ut_status evaluate(struct run *r, struct options *o, int n, char **manifest,
			       const struct ut_train_opts *train,
			       const struct ut_corpus_opts *train_material,
			       const struct ut_corpus_opts *material, const float *prior,
			       struct ut_evaluation *e, struct ut_text *text, struct ut_error *err)
{
	struct ut_tone_model *m = NULL;
	enum ut_status st = UT_OK;

	if (!o->folds)
		st = ut_tone_cli_model(o->model, &m, err);
	for (int i = 0; i < n && !st; i++)
		st = ut_corpus_add(&r->test, manifest[i], material, err);
	for (int i = 0; i < n && !st && o->folds; i++)
		st = ut_corpus_add(&r->train, manifest[i], train_material, err);
	if (!st) {
		r->scored = calloc(UT_MAX(r->test.n_examples, 1), sizeof(*r->scored));
		if (!r->scored)
			st = ut_fail(err, UT_ENOMEM, "evaluate");
	}
	if (!st && o->ablation)
		return ablation(r, o, prior, text, err);
	if (!st && o->folds)
		st = folds(r, train, prior, o, err);
	else if (!st)
		score(r, m, prior, o, -1);
	if (!st)
		st = ut_evaluate(r->scored, r->n, r->test.n_speakers, (unsigned)o->rounds, e, err);
	if (!st && o->reliability)
		st = draw(e, o->reliability, err);
	if (!st && o->scores)
		st = write_scores(r, o->scores, err);
	ut_tone_model_destroy(&m);
	return st;
}

static int cmd_evaluate(int argc, char **argv)
{
	struct options o = { .rounds = 1000,
			     .closings = 3,
			     .seed = 2,
			     .min_phrases = 4,
			     .max_phrases = 8,
			     .tone = ut_tone_cli_default };
	struct ut_corpus_opts material = ut_corpus_test_default, train_material;
	struct ut_train_opts train;
	struct ut_evaluation e;
	struct run r = { 0 };
	struct ut_text t = { 0 };
	struct ut_error err = { 0 };
	float prior[UT_N_TONES];
	int n, rc = ut_cli_parse(&ut_cmd_evaluate, &o, argc, argv, &n);
	enum ut_status st;

	if (rc >= 0)
		return rc;
	if (o.model && o.folds)
		return ut_cli_usage(&ut_cmd_evaluate, "--model and --folds: one of the two");
	if ((o.keep || o.ablation) && !o.folds)
		return ut_cli_usage(&ut_cmd_evaluate, "--keep and --ablation go with --folds");
	if (o.ablation && (o.keep || o.scores || o.reliability || o.json || o.tone.without))
		return ut_cli_usage(&ut_cmd_evaluate,
				    "--ablation prints its table and nothing else");
	if (o.min_phrases > o.max_phrases)
		return ut_cli_usage(&ut_cmd_evaluate, "--min-phrases is above --max-phrases");
	st = ut_tone_cli_apply(&o.tone, &train, &train_material, &err);
	if (!st && o.prior)
		st = ut_tone_cli_prior(o.prior, prior, &err);
	if (st)
		return ut_cli_usage(&ut_cmd_evaluate, "%s", err.msg);
	if (o.lines)
		material.lines = o.lines;
	material.closings = (unsigned)o.closings;
	material.seed = (uint64_t)o.seed;
	material.min_phrases = (unsigned)o.min_phrases;
	material.max_phrases = (unsigned)o.max_phrases;
	st = evaluate(&r, &o, n, argv + 1, &train, &train_material, &material,
		      o.prior ? prior : NULL, &e, &t, &err);
	if (!st) {
		if (!o.ablation)
			(o.json ? print_json : print_text)(&e, &r.test, &t);
		rc = ut_cli_print(&t);
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	ut_text_done(&t);
	free(r.scored);
	ut_corpus_done(&r.test);
	ut_corpus_done(&r.train);
	return rc;
}

const struct ut_command ut_cmd_evaluate = {
	"evaluate",
	cmd_evaluate,
	0,
	1,
	UT_ANY_ARGS,
	"MANIFEST.csv...",
	"test a tone model on labelled recordings",
	"Prints recall, AUC, precision at the top, calibration and their 95 % intervals (bootstrap "
	"over "
	"speakers), the confusions, and how often a score of so much was right. With --folds "
	"speaker "
	"no model ever hears the person it is tested on.",
	table,
};
