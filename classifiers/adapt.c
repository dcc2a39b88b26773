/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maximum a posteriori: the model's own likelihood of what was heard, with a normal prior around
 * the old parameters; gradient descent with step halving. The steps of tone.h are followed
 * backwards.
 */
#include "classifiers/adapt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/evaluate.h"
#include "classifiers/tone_internal.h"

enum {
	K = UT_N_TONES,
	F = UT_N_FUNCTIONALS,
	/* parameters: log temperature, bias and slope of step 1, biases, weights of steps 2 and 3
	 */
	P_TEMPERATURE = 0,
	P_BIAS,
	P_SLOPE,
	P_AXIS_BIAS,
	P_WEIGHT = P_AXIS_BIAS + UT_N_AXES,
	N_PARAMS = P_WEIGHT + UT_N_AXES * F,
	FOLDS = 5,
	MAX_STEPS = 300,
};

/* Deviations of the prior around the old values: verdicts are few against what trained it. */
static const double temperature_sd = 0.3, bias_sd = 1, slope_sd = 1, weight_sd = 0.3;

struct sample {
	double x[UT_N_AXES][F]; /* z over its length, as step 2 and 3 see it */
	double dev, context, weight;
	enum ut_tone_label heard;
	unsigned fold;
};

struct problem {
	const struct sample *s;
	size_t n;
	int without; /* this fold is left out; -1 none */
	bool retrain;
	double old[N_PARAMS];
};

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static double prior_sd(unsigned i)
{
	return i == P_TEMPERATURE ? temperature_sd
	       : i == P_SLOPE     ? slope_sd
	       : i >= P_WEIGHT    ? weight_sd
				  : bias_sd;
}

static bool is_free(const struct problem *p, unsigned i)
{
	if (i == P_SLOPE || i >= P_WEIGHT)
		return p->retrain && (i == P_SLOPE || p->old[i] != 0);
	return true;
}

static void probabilities(const double v[N_PARAMS], const struct sample *s, double q[K],
			  double raw[K], double gate[3])
{
	double sum = 0;

	gate[0] = logistic(v[P_BIAS] + s->context + v[P_SLOPE] * s->dev);
	for (unsigned a = 0; a < UT_N_AXES; a++) {
		double x = v[P_AXIS_BIAS + a];

		for (unsigned i = 0; i < F; i++)
			x += v[P_WEIGHT + a * F + i] * s->x[a][i];
		gate[1 + a] = logistic(x);
	}
	raw[UT_TONE_RESIGNED] = gate[0] * (1 - gate[1]) + 1e-6;
	raw[UT_TONE_ANGRY] = gate[0] * gate[1] * gate[2] + 1e-6;
	raw[UT_TONE_ACCEPTING] = 1 - gate[0] + gate[0] * gate[1] * (1 - gate[2]) + 1e-6;
	for (unsigned k = 0; k < K; k++)
		sum += q[k] = pow(raw[k], exp(-v[P_TEMPERATURE]));
	for (unsigned k = 0; k < K; k++)
		q[k] /= sum;
}

/* Negative log of the posterior, and its gradient where g is not NULL. */
static double objective(const struct problem *p, const double v[N_PARAMS], double g[N_PARAMS])
{
	double total = 0;

	if (g)
		memset(g, 0, sizeof(*g) * N_PARAMS);
	for (size_t i = 0; i < p->n; i++) {
		const struct sample *s = &p->s[i];
		double q[K], raw[K], on[3], by[3] = { 0 }, sharp = exp(-v[P_TEMPERATURE]);
		double mean_log = 0;

		if ((int)s->fold == p->without)
			continue;
		probabilities(v, s, q, raw, on);
		total -= s->weight * log(q[s->heard]);
		if (!g)
			continue;
		for (unsigned k = 0; k < K; k++) {
			double d = on[0], u = on[1], r = on[2];
			/* derivatives of the raw score by the three log-odds */
			double by_k[K][3] = {
				{ -d * (1 - d) * (1 - u * (1 - r)), d * (1 - r) * u * (1 - u),
				  -d * u * r * (1 - r) },
				{ d * (1 - d) * (1 - u), -d * u * (1 - u), 0 },
				{ d * (1 - d) * u * r, d * r * u * (1 - u), d * u * r * (1 - r) },
			};
			double push = sharp * ((k == s->heard) - q[k]) / raw[k];

			for (unsigned j = 0; j < 3; j++)
				by[j] += push * by_k[k][j];
			mean_log += q[k] * log(raw[k]);
		}
		g[P_TEMPERATURE] += s->weight * sharp * (log(raw[s->heard]) - mean_log);
		g[P_BIAS] -= s->weight * by[0];
		g[P_SLOPE] -= s->weight * by[0] * s->dev;
		for (unsigned a = 0; a < UT_N_AXES; a++) {
			g[P_AXIS_BIAS + a] -= s->weight * by[1 + a];
			for (unsigned f = 0; f < F; f++)
				g[P_WEIGHT + a * F + f] -= s->weight * by[1 + a] * s->x[a][f];
		}
	}
	for (unsigned i = 0; i < N_PARAMS; i++) {
		double x = (v[i] - p->old[i]) / prior_sd(i);

		total += x * x / 2;
		if (g)
			g[i] = is_free(p, i) ? g[i] + x / prior_sd(i) : 0;
	}
	return total;
}

static void descend(const struct problem *p, double v[N_PARAMS])
{
	double g[N_PARAMS], next[N_PARAMS], at, step = 0.01;

	memcpy(v, p->old, sizeof(p->old));
	at = objective(p, v, g);
	for (int n = 0; n < MAX_STEPS; n++) {
		double norm = 0, then;

		for (unsigned i = 0; i < N_PARAMS; i++)
			norm += g[i] * g[i];
		if (norm < 1e-10)
			break;
		for (;; step /= 2) {
			for (unsigned i = 0; i < N_PARAMS; i++)
				next[i] = v[i] - step * g[i];
			then = objective(p, next, NULL);
			if (then <= at - 0.25 * step * norm || step < 1e-12)
				break;
		}
		if (step < 1e-12)
			break;
		memcpy(v, next, sizeof(next));
		step *= 2;
		at = objective(p, v, g);
	}
}

static void to_vector(const struct ut_tone_params *m, double v[N_PARAMS])
{
	v[P_TEMPERATURE] = log(m->temperature);
	v[P_BIAS] = m->gate_bias;
	v[P_SLOPE] = m->gate_slope;
	for (unsigned a = 0; a < UT_N_AXES; a++) {
		v[P_AXIS_BIAS + a] = m->axis_bias[a];
		for (unsigned i = 0; i < F; i++)
			v[P_WEIGHT + a * F + i] = m->row[i].axis[a];
	}
}

static void from_vector(const double v[N_PARAMS], struct ut_tone_params *m)
{
	m->temperature = exp(v[P_TEMPERATURE]);
	m->gate_bias = v[P_BIAS];
	m->gate_slope = UT_MAX(v[P_SLOPE], 0);
	for (unsigned a = 0; a < UT_N_AXES; a++) {
		m->axis_bias[a] = v[P_AXIS_BIAS + a];
		for (unsigned i = 0; i < F; i++)
			m->row[i].axis[a] = v[P_WEIGHT + a * F + i];
	}
}

static void read_example(const struct ut_tone_params *m, const struct ut_tone_example *e,
			 struct sample *s)
{
	double z[F];
	uint64_t valid = ut_tone_z(m, &e->tone, z);

	memset(s, 0, sizeof(*s));
	s->dev = ut_tone_departure(m, z, valid);
	s->context = ut_tone_context_logit(m, &e->tone);
	s->heard = e->label;
	for (unsigned a = 0; a < UT_N_AXES; a++) {
		uint64_t used = ut_tone_on_axis(m, a) & valid;
		double length = ut_tone_length(z, used, m->power[a]);

		for (unsigned i = 0; i < F; i++)
			s->x[a][i] = used >> i & 1 ? z[i] / length : 0;
	}
}

/* Held-out scores of both models into the figures of `how`. */
static enum ut_status compare(const struct problem *all, const struct ut_tone_example *e,
			      unsigned n_speakers, struct ut_adaptation *how, struct ut_error *err)
{
	struct ut_scored *scored[2] = { calloc(all->n, sizeof(**scored)),
					calloc(all->n, sizeof(**scored)) };
	struct ut_evaluation *figures = malloc(sizeof(*figures));
	enum ut_status st = UT_OK;
	double sum_weight = 0;

	if (!scored[0] || !scored[1] || !figures)
		st = ut_fail(err, UT_ENOMEM, "adapt");
	for (int fold = 0; fold < FOLDS && !st; fold++) {
		struct problem p = *all;
		double v[N_PARAMS];

		p.without = fold;
		descend(&p, v);
		for (size_t i = 0; i < p.n; i++) {
			const double *by[2] = { p.old, v };

			if ((int)p.s[i].fold != fold)
				continue;
			sum_weight += p.s[i].weight;
			for (unsigned m = 0; m < 2; m++) {
				double q[K], raw[K], on[3];

				probabilities(by[m], &p.s[i], q, raw, on);
				how->loss[m] -= p.s[i].weight * log(q[p.s[i].heard]);
				for (unsigned k = 0; k < K; k++)
					scored[m][i].score[k] = (float)q[k];
				scored[m][i].truth = p.s[i].heard;
				scored[m][i].speaker = e[i].speaker;
			}
		}
	}
	for (unsigned m = 0; m < 2 && !st; m++) {
		how->loss[m] /= sum_weight;
		st = ut_evaluate(scored[m], all->n, n_speakers, 0, figures, err);
		how->auc[m] = st ? 0 : figures->value[UT_FIG_auc_not_accepted];
	}
	how->better = how->loss[1] < how->loss[0] && how->auc[1] > how->auc[0] - 0.01;
	free(scored[0]);
	free(scored[1]);
	free(figures);
	return st;
}

static enum ut_status enough(const struct ut_adaptation *how, struct ut_error *err)
{
	for (unsigned k = 0; k < K; k++)
		if (how->n < UT_ADAPT_MIN || how->per_class[k] < UT_ADAPT_MIN_CLASS ||
		    how->n_speakers < FOLDS)
			return ut_fail(err, UT_EINVAL,
				       "%u verdicts (%u accepting, %u resigned, %u angry) of %u "
				       "customers are too few: at least %d, %d of each kind, of "
				       "%d customers",
				       how->n, how->per_class[0], how->per_class[1],
				       how->per_class[2], how->n_speakers, UT_ADAPT_MIN,
				       UT_ADAPT_MIN_CLASS, FOLDS);
	return UT_OK;
}

enum ut_status ut_tone_adapt(const struct ut_tone_params *old, const struct ut_tone_example *e,
			     size_t n, struct ut_tone_params *ret, struct ut_adaptation *how,
			     struct ut_error *err)
{
	struct sample *s = calloc(UT_MAX(n, 1), sizeof(*s));
	struct problem p = { .s = s, .n = n, .without = -1 };
	unsigned n_speakers = 0;
	unsigned *order = NULL;
	double v[N_PARAMS];
	enum ut_status st;

	if (!s)
		return ut_fail(err, UT_ENOMEM, "adapt");
	memset(how, 0, sizeof(*how));
	how->n = (unsigned)n;
	for (size_t i = 0; i < n; i++) {
		how->per_class[e[i].label]++;
		n_speakers = UT_MAX(n_speakers, e[i].speaker + 1);
	}
	order = calloc(UT_MAX(n_speakers, 1), sizeof(*order));
	if (!order) {
		free(s);
		return ut_fail(err, UT_ENOMEM, "adapt");
	}
	/* customers in the order of their first verdict, dealt over the folds */
	for (size_t i = 0; i < n; i++) {
		if (!order[e[i].speaker])
			order[e[i].speaker] = ++how->n_speakers;
		read_example(old, &e[i], &s[i]);
		s[i].fold = (order[e[i].speaker] - 1) % FOLDS;
	}
	st = enough(how, err);
	how->retrained = n >= UT_RETRAIN_MIN;
	for (unsigned k = 0; k < K; k++)
		how->retrained &= how->per_class[k] >= UT_RETRAIN_MIN_CLASS;
	for (size_t i = 0; i < n && !st; i++)
		s[i].weight = (double)n / K / how->per_class[s[i].heard];
	p.retrain = how->retrained;
	to_vector(old, p.old);
	if (!st)
		st = compare(&p, e, n_speakers, how, err);
	if (!st) {
		descend(&p, v);
		*ret = *old;
		from_vector(v, ret);
	}
	free(order);
	free(s);
	return st;
}
