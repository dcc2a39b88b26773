/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training and evaluation on made-up measurements whose right answer is known. */
#include <stdlib.h>

#include "base/random.h"
#include "classifiers/evaluate.h"
#include "classifiers/train.h"
#include "tap.h"

enum { SPEAKERS = 6, EACH = 24, N = SPEAKERS * EACH, PHRASES = SPEAKERS * 12 };

struct world {
	struct ut_tone_example example[N];
	struct ut_tone_phrase phrase[PHRASES];
	bool out[SPEAKERS];
};

static void put(struct ut_tone *t, unsigned i, double v)
{
	t->feature[i] = (float)v;
	t->feature_valid[i / 64] |= UINT64_C(1) << i % 64;
}

/*
 * Every speaker has an own mean; a usual closing is noise about it, a lively one is 4 sd up in all
 * of effort, an angry one 4 sd up there and in shape, a resigned one 4 sd down in effort.
 */
static void make(struct world *w, uint64_t seed)
{
	static const double effort[] = { 0, 4, -4, 4 }, shape[] = { 0, -2, 0, 4 };
	double own[SPEAKERS][UT_N_FUNCTIONALS];

	memset(w, 0, sizeof(*w));
	for (unsigned s = 0; s < SPEAKERS; s++)
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			own[s][i] = 20 * ut_random_normal(&seed);
	for (unsigned k = 0; k < N; k++) {
		struct ut_tone_example *e = &w->example[k];
		unsigned s = k / EACH, kind = k % 4; /* usual, lively, resigned, angry */

		e->speaker = s;
		e->item = k;
		e->usual = kind == 0;
		e->label = kind < 2 ? UT_TONE_ACCEPTING
				    : (enum ut_tone_label)(UT_TONE_RESIGNED + kind - 2);
		e->tone.n_features = UT_TONE_N_FEATURES;
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
			enum ut_functional_family f = ut_functional_info[i].family;
			double v = own[s][i] + ut_random_normal(&seed);

			v += f == UT_FAMILY_EFFORT ? effort[kind] : 0;
			v += f == UT_FAMILY_SHAPE ? shape[kind] : 0;
			put(&e->tone, UT_TONE_CLOSING + i, v);
			put(&e->tone, UT_TONE_USUAL + i, own[s][i] + 0.4 * ut_random_normal(&seed));
			put(&e->tone, UT_TONE_SPREAD + i, 1);
		}
		put(&e->tone, UT_TONE_N_PHRASES, 6);
		put(&e->tone, UT_TONE_CLOSING_VOICED, 100);
		put(&e->tone, UT_TONE_USUAL_VOICED, 100);
	}
	for (unsigned k = 0; k < PHRASES; k++) {
		struct ut_tone_phrase *p = &w->phrase[k];

		p->speaker = k % SPEAKERS;
		p->f.n_voiced = 100;
		p->f.valid = (UINT64_C(1) << UT_N_FUNCTIONALS) - 1;
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			p->f.v[i] = (float)(own[p->speaker][i] + ut_random_normal(&seed));
	}
}

static struct ut_train_set set_of(const struct world *w)
{
	return (struct ut_train_set){ w->example, N, w->phrase, PHRASES, SPEAKERS, w->out };
}

static double uar(const struct world *w, const struct ut_tone_params *p)
{
	double hit[UT_N_TONES] = { 0 }, n[UT_N_TONES] = { 0 };

	for (unsigned k = 0; k < N; k++) {
		double s[UT_N_TONES];
		unsigned b = 0;

		ut_tone_probability(p, &w->example[k].tone, s);
		for (unsigned i = 1; i < UT_N_TONES; i++)
			b = s[i] > s[b] ? i : b;
		hit[w->example[k].label] += b == w->example[k].label;
		n[w->example[k].label]++;
	}
	return (hit[0] / n[0] + hit[1] / n[1] + hit[2] / n[2]) / 3;
}

static void test_train(void)
{
	static struct world w, other;
	struct ut_train_set set = set_of(&w);
	struct ut_train_opts o = ut_train_opts_default;
	struct ut_tone_params p, q;
	struct ut_error err = { 0 };

	make(&w, 1);
	make(&other, 2);
	tap_row("learns the world, and strangers of the same world");
	CHECK_EQ(ut_tone_train(&set, &o, &p, &err), UT_OK);
	CHECK(uar(&w, &p) > 0.95);
	CHECK(uar(&other, &p) > 0.9);
	CHECK(p.gate_slope > 0);
	tap_end();

	tap_row("population values: mean between speakers, variance within");
	CHECK_NEAR(p.row[UT_FN_alpha].within_var + p.row[UT_FN_alpha].within_var_short / 100, 1,
		   0.5);
	CHECK(p.row[UT_FN_alpha].between_sd > 5);
	tap_end();

	tap_row("the same examples, the same bits");
	CHECK_EQ(ut_tone_train(&set, &o, &q, NULL), UT_OK);
	CHECK(memcmp(&p, &q, sizeof(p)) == 0);
	tap_end();

	tap_row("a speaker that is left out is not looked at");
	w.out[2] = true;
	CHECK_EQ(ut_tone_train(&set, &o, &p, NULL), UT_OK);
	for (unsigned k = 0; k < N; k++)
		if (w.example[k].speaker == 2)
			w.example[k].tone.feature[UT_FN_alpha] += 1000;
	for (unsigned k = 0; k < PHRASES; k++)
		if (w.phrase[k].speaker == 2)
			w.phrase[k].f.v[UT_FN_alpha] += 1000;
	CHECK_EQ(ut_tone_train(&set, &o, &q, NULL), UT_OK);
	CHECK(memcmp(&p, &q, sizeof(p)) == 0);
	w.out[2] = false;
	CHECK_EQ(ut_tone_train(&set, &o, &q, NULL), UT_OK);
	CHECK(memcmp(&p, &q, sizeof(p)) != 0);
	tap_end();

	tap_row("without the customer's own usual, strangers are told apart worse");
	make(&w, 1);
	o.use_usual = false;
	CHECK_EQ(ut_tone_train(&set, &o, &q, NULL), UT_OK);
	for (unsigned k = 0; k < N; k++)
		ut_tone_forget_usual(&other.example[k].tone);
	CHECK(uar(&other, &q) < 0.7);
	tap_end();

	o = ut_train_opts_default;
	tap_row("a class without examples");
	for (unsigned k = 0; k < N; k++)
		if (w.example[k].label == UT_TONE_ANGRY)
			w.example[k].label = UT_TONE_RESIGNED;
	CHECK_EQ(ut_tone_train(&set, &o, &q, &err), UT_EINVAL);
	CHECK(strstr(err.msg, "angry"));
	tap_end();
	tap_row("one speaker alone");
	for (unsigned s = 1; s < SPEAKERS; s++)
		w.out[s] = true;
	CHECK_EQ(ut_tone_train(&set, &o, &q, &err), UT_EINVAL);
	CHECK(strstr(err.msg, "at least 2"));
	tap_end();
}

#define A UT_TONE_ACCEPTING
#define R UT_TONE_RESIGNED
#define G UT_TONE_ANGRY

static void test_figures(void)
{
	/* by hand: not accepted 0.8 0.5 0.5 | accepting 0.5 0.3 0.1 */
	static const struct ut_scored v[] = {
		{ { 0.2f, 0.7f, 0.1f }, R, R, 0 },
		{ { 0.5f, 0.125f, 0.375f }, G, A, 1 },
		{ { 0.5f, 0.375f, 0.125f }, R, A, 2 },
		{ { 0.5f, 0.25f, 0.25f }, A, A, 0 },
		{ { 0.7f, 0.2f, 0.1f }, A, A, 1 },
		{ { 0.9f, 0.05f, 0.05f }, A, UT_TONE_ABSTAIN, 2 },
	};
	static const struct row {
		const char *name;
		enum ut_figure f;
		double want;
	} rows[] = {
		{ "UAR", UT_FIG_uar, (1 + 0.5 + 0) / 3 },
		{ "recall of resigned", UT_FIG_recall_resigned, 0.5 },
		{ "AUC with ties half", UT_FIG_auc_not_accepted, 8.0 / 9 },
		{ "AUC of angry", UT_FIG_auc_angry, 1 },
		{ "top tenth: one of one", UT_FIG_precision_top_10, 1 },
		{ "lift over one half", UT_FIG_lift_top_10, 2 },
		/* 5 % of the mass: 0.05/3 at 0.8, then the tie's accepting 0.95/3 first */
		{ "rare: ties do not flatter", UT_FIG_precision_rare, 1.0 / 3 },
		/* bins 0.5: three right one of three; 0.7: two, right; 0.9: one, right */
		{ "calibration", UT_FIG_ece, (0.5 * 3 - 1) / 6 + (2 - 1.4) / 6 + (1 - 0.9) / 6 },
		{ "abstentions", UT_FIG_abstained, 1.0 / 6 },
	};
	struct ut_evaluation e;

	if (ut_evaluate(v, UT_ARRAY_LEN(v), 3, 200, &e, NULL) != UT_OK)
		abort();
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		tap_row(r->name);
		CHECK_NEAR(e.value[r->f], r->want, 1e-6);
		CHECK(!(e.low[r->f] > e.high[r->f]));
		tap_end();
	}
	tap_row("tables");
	CHECK_EQ(e.n, 6);
	CHECK_EQ(e.n_speakers, 3);
	CHECK_EQ(e.confusion[A][A], 3);
	CHECK_EQ(e.confusion[G][A], 1);
	CHECK_EQ(e.bin[4].n, 3);
	CHECK_NEAR(e.bin[4].accuracy, 1.0 / 3, 1e-9);
	tap_end();
	tap_row("nothing to score");
	CHECK_EQ(ut_evaluate(v, 0, 3, 0, &e, NULL), UT_EINVAL);
	tap_end();
	tap_row("one class alone has no AUC");
	CHECK_EQ(ut_evaluate(v + 3, 3, 3, 0, &e, NULL), UT_OK);
	CHECK(isnan(e.value[UT_FIG_auc_not_accepted]));
	CHECK(isnan(e.value[UT_FIG_precision_rare]));
	CHECK_NEAR(e.value[UT_FIG_uar], 1, 1e-9);
	tap_end();
}

int main(void)
{
	test_train();
	test_figures();
	return tap_done();
}
