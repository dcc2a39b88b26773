/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Learning from verdicts: reviewers whose ears are known, because they follow a model. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "classifiers/adapt.h"
#include "tap.h"

enum { MOST = 900, CUSTOMERS = 60 };

static void put(struct ut_tone *t, unsigned i, double v)
{
	t->feature[i] = (float)v;
	t->feature_valid[i / 64] |= UINT64_C(1) << i % 64;
}

/* A closing somewhere between usual, down and up. */
static void closing(const struct ut_tone_params *p, struct ut_tone *t, uint64_t *seed)
{
	double strength = 2.5 * ut_random_unit(seed), side = ut_random_unit(seed) < 0.5 ? -1 : 1;

	memset(t, 0, sizeof(*t));
	t->n_features = UT_TONE_N_FEATURES;
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		double sd = sqrt(p->row[i].within_var + p->row[i].within_var_short / 80);
		double lean = p->row[i].axis[UT_TONE_UP] > 0 ? 1 : -1;

		put(t, UT_TONE_CLOSING + i,
		    p->row[i].mean + sd * (ut_random_normal(seed) + side * lean * strength));
		put(t, UT_TONE_USUAL + i, p->row[i].mean);
		put(t, UT_TONE_SPREAD + i, sd);
	}
	put(t, UT_TONE_N_PHRASES, 6);
	put(t, UT_TONE_CLOSING_VOICED, 80);
	put(t, UT_TONE_USUAL_VOICED, 80);
}

/* n verdicts of reviewers who hear as `ears` says. */
static void hear(const struct ut_tone_params *ears, struct ut_tone_example *e, size_t n)
{
	uint64_t seed = 7;

	for (size_t i = 0; i < n; i++) {
		double s[UT_N_TONES], u;
		unsigned k = 0;

		e[i] = (struct ut_tone_example){ .speaker = (unsigned)(i % CUSTOMERS),
						 .item = (unsigned)i };
		closing(ears, &e[i].tone, &seed);
		ut_tone_probability(ears, &e[i].tone, s);
		u = ut_random_unit(&seed);
		while (k + 1 < UT_N_TONES && u > s[k])
			u -= s[k++];
		e[i].label = (enum ut_tone_label)k;
	}
}

int main(void)
{
	struct ut_tone_example *e = calloc(MOST, sizeof(*e));
	struct ut_tone_model *m = NULL;
	struct ut_tone_params old, ears, p, again;
	struct ut_adaptation how;
	struct ut_error err = { 0 };
	size_t n;
	const char *file = ut_tone_default_model(&n);

	if (!e || ut_tone_model_parse(file, n, &m, &err) != UT_OK)
		abort();
	old = ears = *ut_tone_model_params(m);
	ears.gate_bias -= 2; /* these reviewers call less of it a departure ... */
	ears.axis_bias[UT_TONE_PRESSED] += 1.5; /* ... and more of what is up angry */

	tap_row("few verdicts recalibrate: biases move, weights do not");
	hear(&ears, e, 150);
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &p, &how, &err), UT_OK);
	CHECK(!how.retrained);
	CHECK(how.better);
	CHECK(how.loss[1] < how.loss[0] - 0.02);
	CHECK(p.gate_bias < old.gate_bias - 0.7);
	CHECK(p.axis_bias[UT_TONE_PRESSED] > old.axis_bias[UT_TONE_PRESSED] + 0.4);
	CHECK(p.row[UT_FN_alpha].axis[0] == old.row[UT_FN_alpha].axis[0]);
	CHECK(p.gate_slope == old.gate_slope);
	tap_end();

	tap_row("the same verdicts give the same model");
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &again, &how, &err), UT_OK);
	CHECK(memcmp(&p, &again, sizeof(p)) == 0);
	tap_end();

	tap_row("many verdicts retrain: weights move too, and what is unused stays unused");
	ears.row[UT_FN_alpha].axis[UT_TONE_UP] += 1;
	hear(&ears, e, MOST);
	CHECK_EQ(ut_tone_adapt(&old, e, MOST, &p, &how, &err), UT_OK);
	CHECK(how.retrained);
	CHECK(how.better);
	CHECK(p.row[UT_FN_alpha].axis[UT_TONE_UP] > old.row[UT_FN_alpha].axis[UT_TONE_UP]);
	CHECK(p.row[UT_FN_f0_median].axis[UT_TONE_UP] == 0);
	tap_end();

	tap_row("the old model's own ears: little to gain");
	hear(&old, e, 150);
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &p, &how, &err), UT_OK);
	CHECK(how.loss[1] > how.loss[0] - 0.1); /* classes are weighed alike, so a little */
	tap_end();

	tap_row("verdicts by chance: refused by the comparison");
	for (size_t i = 0; i < 150; i++)
		e[i].label = (enum ut_tone_label)(i * 7 / 3 % 3);
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &p, &how, &err), UT_OK);
	CHECK(how.auc[1] < 0.65);
	tap_end();

	tap_row("too few: says how many there are, and how many it takes");
	CHECK_EQ(ut_tone_adapt(&old, e, 12, &p, &how, &err), UT_EINVAL);
	CHECK(strstr(err.msg, "12 verdicts") && strstr(err.msg, "at least 20"));
	tap_end();
	tap_row("too few customers, too few of a kind");
	for (size_t i = 0; i < 150; i++)
		e[i].speaker %= 4;
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &p, &how, &err), UT_EINVAL);
	for (size_t i = 0; i < 150; i++) {
		e[i].speaker = (unsigned)i;
		e[i].label = i < 4 ? UT_TONE_ANGRY : (enum ut_tone_label)(i % 2);
	}
	CHECK_EQ(ut_tone_adapt(&old, e, 150, &p, &how, &err), UT_EINVAL);
	CHECK_EQ(ut_tone_adapt(&old, e, 0, &p, &how, &err), UT_EINVAL);
	tap_end();
	ut_tone_model_destroy(&m);
	free(e);
	return tap_done();
}
