/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Population values by moments; step 1 by Newton in two unknowns; steps 2 and 3 by Newton on the
 * ridge logistic likelihood; temperature by golden section on the likelihood of speakers left out.
 */
#include "classifiers/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/tone_internal.h"

const struct ut_train_opts ut_train_opts_default = {
	.prior_phrases = 4,
	.clip = 4,
	.power = { 0.5, 0.5 },
	.l2 = { 0.15, 0.15 },
	.cheerful = 0.5,
	/* Level: corpora have none to learn from. */
	.departs = UT_ALL_FAMILIES & ~(1 << UT_FAMILY_LEVEL),
	/* Pitch and breathiness do not tell down from up: sadness raises the pitch of some and
	 * lowers that of others; nor do dynamics, which are also the line's. They do tell lively
	 * from angry. */
	.axis = { 1 << UT_FAMILY_EFFORT | 1 << UT_FAMILY_TIMING | 1 << UT_FAMILY_SHAPE |
		      1 << UT_FAMILY_COLOUR,
		  UT_ALL_FAMILIES & ~(1 << UT_FAMILY_LEVEL) },
	.use_usual = true,
	.context = UT_ALL_CONTEXTS,
	.calibrate = true,
};

/*
 * Context priors. No public corpus of acted speech has a conversation around it, so these are not
 * learned. Listeners hear less willingness in a "sure" the later it comes, between 0, 0.6 and 1.2 s
 * of silence (Roberts, Francis and Morgan, Speech Communication 48, 2006); how large the effect is
 * in customers' calls nobody has published. Time in a queue has a significant but small role in
 * callers' satisfaction (Garcia et al., Psychology 3(2), 2012). That a customer who was
 * interrupted, or whose tone moved over the call, is likelier to close in another tone is an
 * assumption of ours. All are small on purpose: a second late moves the odds by a tenth.
 */
static const double latency_prior = 0.1, wait_prior = 0.001, interruption_prior = 0.05,
		    drift_prior = 0.1;

const char *const ut_train_context_name[UT_N_CONTEXTS] = { "latency", "wait", "interruptions",
							   "drift" };

enum {
	K = UT_N_TONES,
	D = UT_N_FUNCTIONALS + 1, /* the last is the bias */
	MAX_STEPS = 60,
};

void ut_tone_forget_usual(struct ut_tone *t)
{
	for (unsigned i = UT_TONE_USUAL; i < UT_TONE_SPREAD + UT_N_FUNCTIONALS; i++) {
		t->feature[i] = 0;
		t->feature_valid[i / 64] &= ~((uint64_t)1 << i % 64);
	}
	t->feature[UT_TONE_USUAL_VOICED] = 0;
	t->feature[UT_TONE_N_PHRASES] = 0;
}

void ut_tone_forget_context(struct ut_tone *t, unsigned contexts)
{
	static const struct {
		enum ut_train_context context;
		unsigned feature;
	} rows[] = {
		{ UT_CONTEXT_LATENCY, UT_TONE_LATENCY_S },
		{ UT_CONTEXT_LATENCY, UT_TONE_USUAL_LATENCY_S },
		{ UT_CONTEXT_WAIT, UT_TONE_WAIT_S },
		{ UT_CONTEXT_INTERRUPTIONS, UT_TONE_INTERRUPTIONS },
		{ UT_CONTEXT_DRIFT, UT_TONE_DRIFT_F0 },
		{ UT_CONTEXT_DRIFT, UT_TONE_DRIFT_LEVEL },
		{ UT_CONTEXT_DRIFT, UT_TONE_DRIFT_ALPHA },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		unsigned f = rows[i].feature;

		if (!(contexts >> rows[i].context & 1))
			continue;
		t->feature[f] = 0;
		t->feature_valid[f / 64] &= ~((uint64_t)1 << f % 64);
	}
}

static bool left_out(const struct ut_train_set *set, unsigned speaker)
{
	return set->leave_out && set->leave_out[speaker];
}

/*
 * One functional over usual speech: mean and deviation between speakers, and within a speaker a
 * variance a + b / voiced frames (least squares of squared residuals on 1 / frames, a and b >= 0).
 */
static enum ut_status population(const struct ut_train_set *set, unsigned fn,
				 struct ut_tone_row *row, struct ut_error *err)
{
	double *sum = calloc(3 * (size_t)set->n_speakers, sizeof(*sum));
	double *n = sum + set->n_speakers, *mean = n + set->n_speakers;
	double speakers = 0, m = 0, m2 = 0, sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, total = 0;

	if (!sum)
		return ut_fail(err, UT_ENOMEM, "train");
	for (size_t i = 0; i < set->n_phrases; i++) {
		const struct ut_tone_phrase *p = &set->phrase[i];

		if (!left_out(set, p->speaker) && p->f.valid >> fn & 1)
			sum[p->speaker] += p->f.v[fn], n[p->speaker]++;
	}
	for (unsigned s = 0; s < set->n_speakers; s++) {
		if (n[s] < 2)
			continue;
		mean[s] = sum[s] / n[s];
		speakers++, m += mean[s], m2 += mean[s] * mean[s];
	}
	if (speakers < 2) {
		free(sum);
		memset(row, 0, sizeof(*row));
		return UT_OK; /* never measured here: the model does not use it */
	}
	m /= speakers;
	for (size_t i = 0; i < set->n_phrases; i++) {
		const struct ut_tone_phrase *p = &set->phrase[i];
		double x, y;

		if (left_out(set, p->speaker) || !(p->f.valid >> fn & 1) || n[p->speaker] < 2)
			continue;
		x = 1.0 / UT_MAX(p->f.n_voiced, 1);
		y = p->f.v[fn] - mean[p->speaker];
		y *= y * n[p->speaker] / (n[p->speaker] - 1);
		sw++, sx += x, sy += y, sxx += x * x, sxy += x * y;
	}
	total = sy / sw;
	row->mean = m;
	/* The speakers of one corpus share a room, a microphone and their sentences; those of the
	 * world do not. So a customer's own mean counts for more than the corpus alone would say.
	 */
	row->between_sd = sqrt(UT_MAX((m2 - speakers * m * m) / (speakers - 1), 4 * total));
	row->within_var_short = (sw * sxy - sx * sy) / UT_MAX(sw * sxx - sx * sx, 1e-12);
	row->within_var = (sy - row->within_var_short * sx) / sw;
	if (row->within_var_short < 0) {
		row->within_var_short = 0;
		row->within_var = total;
	}
	/* a long phrase is never without any variance of its own */
	if (row->within_var < total / 4) {
		row->within_var = total / 4;
		row->within_var_short = (total - row->within_var) * sw / sx;
	}
	free(sum);
	return UT_OK;
}

/* What of the examples the two steps see. */
struct sample {
	double z[UT_N_AXES][D]; /* divided by its length; the last is 1 */
	double dev, context;
	double w_gate, w_axis[UT_N_AXES];
	enum ut_tone_label label;
	bool usual;
};

/* 1 / (1 + exp(-x)) fitted: log-odds of departing = bias + slope * dev + context, slope >= 0. */
static void fit_gate(const struct sample *s, size_t n, struct ut_tone_params *p)
{
	double b = 0, a = 1;

	for (int step = 0; step < MAX_STEPS; step++) {
		/* a weak prior keeps a separable set finite */
		double gb = 1e-4 * b, ga = 1e-4 * a, hbb = 1e-4, hab = 0, haa = 1e-4, det;

		for (size_t i = 0; i < n; i++) {
			double q = 1 / (1 + exp(-(b + a * s[i].dev + s[i].context)));
			double r = q - !s[i].usual, v = q * (1 - q) * s[i].w_gate;

			gb += s[i].w_gate * r, ga += s[i].w_gate * r * s[i].dev;
			hbb += v, hab += v * s[i].dev, haa += v * s[i].dev * s[i].dev;
		}
		det = haa * hbb - hab * hab;
		if (det < 1e-14)
			break;
		b -= UT_MIN(UT_MAX((haa * gb - hab * ga) / det, -2), 2);
		a -= UT_MIN(UT_MAX((hbb * ga - hab * gb) / det, -2), 2);
	}
	p->gate_bias = b;
	p->gate_slope = UT_MAX(a, 0);
}

/* Solves h x = g in place (Cholesky, h symmetric positive definite, lower half used). */
static bool solve(double *h, double *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double sum = h[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= h[i * n + k] * h[j * n + k];
			if (i == j && sum <= 0)
				return false;
			h[i * n + j] = i == j ? sqrt(sum) : sum / h[j * n + j];
		}
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			g[i] -= h[i * n + k] * g[k];
		g[i] /= h[i * n + i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			g[i] -= h[k * n + i] * g[k];
		g[i] /= h[i * n + i];
	}
	return true;
}

/*
 * Ridge logistic regression of "up" or "angry"; the bias has a ridge of a thousandth. Functionals
 * that the axis does not use have z = 0 everywhere, so their weights stay 0. Newton with full steps
 * converges from 0 here: the ridge bounds the curvature's ratio.
 */
static enum ut_status fit_axis(const struct sample *s, size_t n, unsigned axis, double l2,
			       double w[D], struct ut_error *err)
{
	double h[D * D], g[D];

	memset(w, 0, sizeof(*w) * D);
	for (int step = 0; step < MAX_STEPS; step++) {
		double moved = 0;

		memset(h, 0, sizeof(h));
		for (unsigned j = 0; j < D; j++) {
			double ridge = j == D - 1 ? l2 * 1e-3 : l2;

			g[j] = ridge * w[j];
			h[j * D + j] = ridge;
		}
		for (size_t i = 0; i < n; i++) {
			const double *z = s[i].z[axis];
			bool yes = axis == UT_TONE_UP ? s[i].label != UT_TONE_RESIGNED
						      : s[i].label == UT_TONE_ANGRY;
			double x = 0, q, v;

			if (s[i].w_axis[axis] == 0)
				continue;
			for (unsigned d = 0; d < D; d++)
				x += w[d] * z[d];
			q = 1 / (1 + exp(-x));
			v = s[i].w_axis[axis] * q * (1 - q);
			q = s[i].w_axis[axis] * (q - yes);
			for (unsigned d = 0; d < D; d++) {
				g[d] += q * z[d];
				for (unsigned e = 0; e <= d; e++)
					h[d * D + e] += v * z[d] * z[e];
			}
		}
		if (!solve(h, g, D))
			return ut_fail(err, UT_EINVAL,
				       "train: the examples do not determine a model");
		for (unsigned j = 0; j < D; j++) {
			w[j] -= g[j];
			moved = UT_MAX(moved, fabs(g[j]));
		}
		if (moved < 1e-9)
			break;
	}
	return UT_OK;
}

static uint64_t family_bits(unsigned families)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
		if (families >> ut_functional_info[i].family & 1)
			bits |= (uint64_t)1 << i;
	return bits;
}

/* z of an example under the options (what is switched off is forgotten). */
static struct ut_tone seen(const struct ut_tone *t, const struct ut_train_opts *o)
{
	struct ut_tone s = *t;

	if (!o->use_usual)
		ut_tone_forget_usual(&s);
	ut_tone_forget_context(&s, UT_ALL_CONTEXTS & ~o->context);
	return s;
}

static void weigh(struct sample *s, size_t n, double cheerful)
{
	/* cells: usual, cheerful, resigned, angry; classes count alike, and so do their cells */
	double share[4] = { 1 - cheerful, cheerful, 1, 1 }, count[4] = { 0 };

	for (size_t i = 0; i < n; i++)
		count[s[i].usual ? 0 : 1 + s[i].label]++;
	if (!count[0])
		share[1] = 1;
	if (!count[1])
		share[0] = 1;
	for (size_t i = 0; i < n; i++) {
		unsigned cell = s[i].usual ? 0 : 1 + s[i].label;
		double w = s[i].usual ? 0 : share[cell] / count[cell];
		double lively = count[1] ? share[1] : 0;

		s[i].w_gate = share[cell] / count[cell] / 3;
		s[i].w_axis[UT_TONE_UP] = w / (lively + 2);
		s[i].w_axis[UT_TONE_PRESSED] =
		    s[i].label == UT_TONE_RESIGNED ? 0 : w / (lively + 1);
	}
}

static enum ut_status fit(const struct ut_train_set *set, const struct ut_train_opts *o,
			  struct ut_tone_params *p, struct ut_error *err)
{
	uint64_t departs = family_bits(o->departs);
	struct sample *s = calloc(UT_MAX(set->n_examples, 1), sizeof(*s));
	unsigned per_class[K] = { 0 };
	double w[D];
	const struct {
		double *slope, prior;
	} context[UT_N_CONTEXTS] = {
		[UT_CONTEXT_LATENCY] = { &p->latency_slope, latency_prior },
		[UT_CONTEXT_WAIT] = { &p->wait_slope, wait_prior },
		[UT_CONTEXT_INTERRUPTIONS] = { &p->interruption_slope, interruption_prior },
		[UT_CONTEXT_DRIFT] = { &p->drift_slope, drift_prior },
	};
	size_t n = 0;
	enum ut_status st = UT_OK;

	if (!s)
		return ut_fail(err, UT_ENOMEM, "train");
	memset(p, 0, sizeof(*p));
	for (unsigned k = 0; k < K; k++)
		p->prior[k] = 1.0 / K;
	p->prior_phrases = o->prior_phrases;
	p->clip = o->clip;
	memcpy(p->power, o->power, sizeof(p->power));
	p->temperature = 1;
	p->abstain_below = 0.4;
	for (unsigned c = 0; c < UT_N_CONTEXTS; c++)
		*context[c].slope = o->context >> c & 1 ? context[c].prior : 0;
	for (unsigned i = 0; i < UT_N_FUNCTIONALS && !st; i++) {
		st = population(set, i, &p->row[i], err);
		p->row[i].departs = departs >> i & 1 && p->row[i].within_var > 0;
	}
	for (size_t i = 0; i < set->n_examples && !st; i++) {
		const struct ut_tone_example *e = &set->example[i];
		struct ut_tone t = seen(&e->tone, o);
		double z[UT_N_FUNCTIONALS];
		uint64_t valid;

		if (left_out(set, e->speaker))
			continue;
		valid = ut_tone_z(p, &t, z);
		s[n].dev = ut_tone_departure(p, z, valid);
		s[n].context = ut_tone_context_logit(p, &t);
		for (unsigned a = 0; a < UT_N_AXES; a++) {
			uint64_t used = valid & family_bits(o->axis[a]);
			double length = ut_tone_length(z, used, o->power[a]);

			for (unsigned k = 0; k < UT_N_FUNCTIONALS; k++)
				s[n].z[a][k] = used >> k & 1 ? z[k] / length : 0;
			s[n].z[a][D - 1] = 1;
		}
		s[n].label = e->label;
		s[n].usual = e->usual;
		per_class[e->label]++;
		n++;
	}
	for (unsigned k = 0; k < K && !st; k++)
		if (!per_class[k])
			st = ut_fail(err, UT_EINVAL, "train: no example of \"%s\" is left",
				     ut_tone_label_name[k]);
	if (!st) {
		weigh(s, n, o->cheerful);
		fit_gate(s, n, p);
	}
	for (unsigned a = 0; a < UT_N_AXES && !st; a++) {
		st = fit_axis(s, n, a, o->l2[a], w, err);
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			p->row[i].axis[a] = w[i];
		p->axis_bias[a] = w[D - 1];
	}
	free(s);
	return st;
}

/* Mean negative log-likelihood, classes alike, of scores that are sharpened by 1 / temperature. */
static double loss(const double *score, const struct ut_tone_example *e, size_t n, double t,
		   double cheerful)
{
	double count[4] = { 0 }, sum[4] = { 0 };

	for (size_t i = 0; i < n; i++) {
		const double *q = score + i * K;
		double total = 0, mine = 0;
		unsigned cell = e[i].usual ? 0 : 1 + e[i].label;

		for (unsigned k = 0; k < K; k++) {
			double v = pow(q[k], 1 / t);

			total += v;
			if (k == e[i].label)
				mine = v;
		}
		sum[cell] -= log(mine / total);
		count[cell]++;
	}
	for (unsigned c = 0; c < 4; c++)
		sum[c] /= UT_MAX(count[c], 1);
	return ((1 - cheerful) * sum[0] + cheerful * sum[1] + sum[2] + sum[3]) / 3;
}

static enum ut_status calibrate(const struct ut_train_set *set, const struct ut_train_opts *o,
				struct ut_tone_params *p, struct ut_error *err)
{
	const double golden = 0.6180339887498949;
	double *score = malloc(sizeof(*score) * K * UT_MAX(set->n_examples, 1));
	struct ut_tone_example *tested = malloc(sizeof(*tested) * UT_MAX(set->n_examples, 1));
	bool *out = malloc(set->n_speakers);
	double lo = log(0.5), hi = log(4);
	size_t n = 0;
	enum ut_status st = UT_OK;

	if (!score || !out || !tested)
		st = ut_fail(err, UT_ENOMEM, "train");
	for (unsigned fold = 0; fold < set->n_speakers && !st; fold++) {
		struct ut_train_set rest = *set;
		struct ut_tone_params q;

		if (left_out(set, fold))
			continue;
		for (unsigned s = 0; s < set->n_speakers; s++)
			out[s] = left_out(set, s) || s == fold;
		rest.leave_out = out;
		if (fit(&rest, o, &q, NULL))
			continue; /* too few without this one: it cannot be a test */
		for (size_t i = 0; i < set->n_examples; i++) {
			if (set->example[i].speaker != fold)
				continue;
			tested[n] = set->example[i];
			tested[n].tone = seen(&tested[n].tone, o);
			ut_tone_probability(&q, &tested[n].tone, score + n * K);
			n++;
		}
	}
	for (int step = 0; step < 40 && !st && n; step++) {
		double a = hi - golden * (hi - lo), b = lo + golden * (hi - lo);

		if (loss(score, tested, n, exp(a), o->cheerful) <
		    loss(score, tested, n, exp(b), o->cheerful))
			hi = b;
		else
			lo = a;
	}
	if (!st && n)
		p->temperature = exp((lo + hi) / 2);
	free(score);
	free(tested);
	free(out);
	return st;
}

enum ut_status ut_tone_train(const struct ut_train_set *set, const struct ut_train_opts *o,
			     struct ut_tone_params *ret, struct ut_error *err)
{
	struct ut_tone_params p;
	enum ut_status st;
	unsigned speakers = 0;

	for (unsigned s = 0; s < set->n_speakers; s++)
		speakers += !left_out(set, s);
	if (speakers < 2)
		return ut_fail(err, UT_EINVAL, "train: %u speaker(s), at least 2 are needed",
			       speakers);
	st = fit(set, o, &p, err);
	if (!st && o->calibrate)
		st = calibrate(set, o, &p, err);
	if (!st)
		*ret = p;
	return st;
}
