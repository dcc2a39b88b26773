/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/train_reviews.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/adapt.h"
#include "cli/cli.h"
#include "cli/tone_options.h"
#include "store/heard.h"

struct rows {
	struct row {
		int64_t call_id;
		char *customer;
		enum ut_tone_label label;
	} * v;
	size_t n, cap;
	unsigned n_blind, n_heard;
	bool failed;
};

static bool take(void *user, const struct ut_heard *h)
{
	struct rows *r = user;

	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 256;
		struct row *v = realloc(r->v, cap * sizeof(*v));

		if (!v) {
			r->failed = true;
			return false;
		}
		r->v = v, r->cap = cap;
	}
	r->v[r->n] = (struct row){ h->call_id, strdup(h->customer), h->label };
	r->failed |= !r->v[r->n].customer;
	r->n++;
	r->n_blind += h->n_blind;
	r->n_heard += h->n_reviewers;
	return !r->failed;
}

/* The number of a customer: that of the first row with the same one. */
static unsigned number_of(const struct rows *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(r->v[k].customer, r->v[i].customer) == 0)
			return (unsigned)k;
	return (unsigned)i;
}

/* Measurements of the calls; rows of another version of the program are counted and left out. */
static enum ut_status load(struct ut_store *s, const struct rows *r, struct ut_tone_example *e,
			   size_t *n, size_t *n_other, struct ut_error *err)
{
	struct ut_call c;
	enum ut_status st = UT_OK;

	ut_call_init(&c);
	for (size_t i = 0; i < r->n && st == UT_OK; i++) {
		st = ut_store_load_call(s, r->v[i].call_id, &c, err);
		if (st != UT_OK)
			break;
		if (!c.closing.has_tone || c.closing.tone.n_features != UT_TONE_N_FEATURES) {
			++*n_other;
			continue;
		}
		e[(*n)++] = (struct ut_tone_example){ .tone = c.closing.tone,
						      .label = r->v[i].label,
						      .speaker = number_of(r, i),
						      .item = (unsigned)i };
	}
	ut_call_done(&c);
	return st;
}

static void say(const struct ut_adaptation *how, const struct rows *r, size_t n_other,
		struct ut_text *t)
{
	ut_text_addf(t,
		     "%u closings of %u customers, heard %u times (%u of them before the score was "
		     "shown): %u accepting, %u resigned, %u angry\n",
		     how->n, how->n_speakers, r->n_heard, r->n_blind, how->per_class[0],
		     how->per_class[1], how->per_class[2]);
	if (n_other)
		ut_text_addf(t,
			     "%zu more were measured by another version of the program: run batch "
			     "over their recordings\n",
			     n_other);
	ut_text_addf(t,
		     "%s, %s\n"
		     "on verdicts of customers it did not learn from:\n"
		     "                 old    new\n"
		     "log-loss       %.3f  %.3f\n"
		     "AUC not acc.   %.3f  %.3f\n",
		     how->retrained ? "retrained" : "recalibrated",
		     how->better ? "better than the old model" : "no better than the old model",
		     how->loss[0], how->loss[1], how->auc[0], how->auc[1]);
}

static enum ut_status write(const struct ut_train_reviews *o, const struct ut_tone_model *old,
			    const struct ut_adaptation *how, struct ut_tone_params *p,
			    struct ut_text *said, struct ut_error *err)
{
	struct ut_tone_model *m = NULL;
	struct ut_text text = { 0 };
	enum ut_status st;

	if (o->card)
		snprintf(p->card, sizeof(p->card), "%s", o->card);
	else
		snprintf(p->card, sizeof(p->card),
			 "%s on %u verdicts of %u customers, from model %.16s: log-loss %.3f -> "
			 "%.3f, AUC %.3f -> %.3f",
			 how->retrained ? "retrained" : "recalibrated", how->n, how->n_speakers,
			 ut_tone_model_hash(old), how->loss[0], how->loss[1], how->auc[0],
			 how->auc[1]);
	st = ut_tone_model_write(p, &text, err);
	if (!st)
		st = ut_tone_model_parse(text.s, text.len, &m, err);
	if (!st)
		st = ut_tone_cli_write_model(o->out, &text, err);
	if (!st)
		ut_text_addf(said, "model %s\nuse it with: undertone rescore --model %s\n",
			     ut_tone_model_hash(m), o->out);
	ut_tone_model_destroy(&m);
	ut_text_done(&text);
	return st;
}

int ut_cli_train_reviews(const struct ut_train_reviews *o)
{
	struct ut_store *s = NULL;
	struct ut_tone_model *old = NULL;
	struct ut_tone_example *e = NULL;
	struct ut_tone_params p;
	struct ut_adaptation how;
	struct rows r = { 0 };
	struct ut_text said = { 0 };
	struct ut_error err = { 0 };
	size_t n = 0, n_other = 0;
	bool refused = false;
	int rc;
	enum ut_status st = ut_tone_cli_model(o->model, &old, &err);

	if (st == UT_OK)
		st = ut_store_open(ut_cli_db(o->db), UT_STORE_READ, &s, &err);
	if (st == UT_OK)
		st = ut_store_heard(s, take, &r, &err);
	if (st == UT_OK) {
		e = calloc(UT_MAX(r.n, 1), sizeof(*e));
		if (!e || r.failed)
			st = ut_fail(&err, UT_ENOMEM, "train");
	}
	if (st == UT_OK)
		st = load(s, &r, e, &n, &n_other, &err);
	if (st == UT_OK)
		st = ut_tone_adapt(ut_tone_model_params(old), e, n, &p, &how, &err);
	if (st == UT_OK) {
		say(&how, &r, n_other, &said);
		refused = !how.better && !o->even_if_worse;
		if (!refused)
			st = write(o, old, &how, &p, &said, &err);
	}
	rc = said.len ? ut_cli_print(&said) : UT_EXIT_FINE;
	if (st == UT_OK && refused)
		st = ut_fail(&err, UT_EREFUSED,
			     "%s was not written: the old model is as good on what was heard "
			     "(--even-if-worse writes it all the same)",
			     o->out);
	if (st != UT_OK)
		rc = ut_cli_fail(NULL, &err);
	for (size_t i = 0; i < r.n; i++)
		free(r.v[i].customer);
	free(r.v);
	free(e);
	ut_text_done(&said);
	ut_store_close(&s);
	ut_tone_model_destroy(&old);
	return rc;
}
