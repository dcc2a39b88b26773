/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/tone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "classifiers/tone_internal.h"

const char *const ut_tone_label_name[UT_N_TONES + 1] = { "accepting", "resigned", "angry",
							 "abstain" };

/* A phrase of the customer's earlier speech: speech spans with shorter gaps than this are one ...
 */
static const int64_t phrase_gap = 40;
static const int64_t phrase_min = 30, phrase_max = 600; /* ... of this length, frames */
enum { MAX_PHRASES = 256 };                             /* the latest ones before the closing */

/* Thin evidence: below these the label is abstain. Scores are given all the same. */
static const float min_phrases = 2, min_voiced = 20, min_snr_db = 8, max_leak_db = -12;

/* Context that is no functional. */
static const char latency_name[] = "latency", wait_name[] = "wait",
		  interruptions_name[] = "interruptions", drift_name[] = "drift",
		  colour_name[] = "voice_colour";

struct phrases {
	struct ut_functionals f[MAX_PHRASES];
	size_t n;
};

static void set(struct ut_tone *t, unsigned i, double v)
{
	if (!isfinite(v))
		return;
	t->feature[i] = (float)v;
	t->feature_valid[i / 64] |= (uint64_t)1 << i % 64;
}

static bool has(const struct ut_tone *t, unsigned i)
{
	return t->feature_valid[i / 64] >> i % 64 & 1;
}

static double median(const double *x, size_t n)
{
	double s[MAX_PHRASES];

	memcpy(s, x, n * sizeof(*x));
	qsort(s, n, sizeof(*s), ut_by_double);
	return n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
}

/*
 * Mean and deviation after values were drawn in to the median +- 3 robust deviations (MAD
 * * 1.4826): one shouted "hello?" must not move the customer's usual, and the mean of few uses all
 * of them.
 */
static void usual(double *x, size_t n, double *mean, double *sd)
{
	double sum = 0, sum2 = 0;

	if (n >= 5) {
		double d[MAX_PHRASES], mid = median(x, n), reach;

		for (size_t i = 0; i < n; i++)
			d[i] = fabs(x[i] - mid);
		reach = 3 * 1.4826 * median(d, n);
		for (size_t i = 0; i < n && reach > 0; i++)
			x[i] = UT_MIN(UT_MAX(x[i], mid - reach), mid + reach);
	}
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	*mean = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		sum2 += (x[i] - *mean) * (x[i] - *mean);
	*sd = n > 1 ? sqrt(sum2 / (double)(n - 1)) : NAN;
}

/* The customer's phrases that ended before frame `before`, latest first. */
static void find_phrases(const struct ut_customer_voice *v, int64_t before, struct phrases *p)
{
	const struct ut_span_list *l = v->spans;
	int64_t start = -1, end = -1;

	p->n = 0;
	for (size_t i = l ? l->n : 0; i-- > 0 || start >= 0;) {
		const struct ut_span *s = i < l->n ? &l->v[i] : NULL;

		if (s && (s->kind != UT_SPAN_SPEECH || s->end > before))
			continue;
		if (s && start >= 0 && start - s->end < phrase_gap &&
		    end - s->start <= phrase_max) {
			start = s->start;
			continue;
		}
		if (start >= 0 && end - start >= phrase_min && p->n < MAX_PHRASES &&
		    ut_functionals_measure(v->frames, start, UT_MIN(end, start + phrase_max),
					   v->spans, v->noise_db, &p->f[p->n]))
			p->n++;
		if (!s || p->n == MAX_PHRASES)
			break;
		start = s->start, end = s->end;
	}
}

/* The features of drift, and what they are the drift of. */
static const struct {
	unsigned feature;
	enum ut_functional of;
} drifts[] = { { UT_TONE_DRIFT_F0, UT_FN_f0_median },
	       { UT_TONE_DRIFT_LEVEL, UT_FN_level },
	       { UT_TONE_DRIFT_ALPHA, UT_FN_alpha } };

/* Phrases are latest first. */
static void drift(const struct phrases *p, struct ut_tone *t)
{
	size_t half = p->n / 2;

	for (size_t d = 0; d < UT_ARRAY_LEN(drifts) && half >= 2; d++) {
		double sum[2] = { 0 }, n[2] = { 0 };

		for (size_t k = 0; k < p->n; k++) {
			unsigned late = k < half;

			/* an odd one in the middle belongs to neither half */
			if ((late || k >= p->n - half) && p->f[k].valid >> drifts[d].of & 1)
				sum[late] += p->f[k].v[drifts[d].of], n[late]++;
		}
		if (n[0] >= 2 && n[1] >= 2)
			set(t, drifts[d].feature, sum[1] / n[1] - sum[0] / n[0]);
	}
}

int ut_tone_came_down(const struct ut_tone *t)
{
	/* a deviation within the halves is never less than what measuring it errs by */
	static const double least[] = { 0.5, 1, 0.5 }; /* semitones, dB, dB: as in drifts */
	double n = t->feature[UT_TONE_N_PHRASES], sum = 0, count = 0;
	bool audible = false;

	_Static_assert(UT_ARRAY_LEN(least) == UT_ARRAY_LEN(drifts), "one each");
	for (size_t d = 0; d < UT_ARRAY_LEN(drifts); d++) {
		unsigned spread = UT_TONE_SPREAD + drifts[d].of;
		double by, within;

		if (!has(t, drifts[d].feature) || !has(t, spread))
			continue;
		by = t->feature[drifts[d].feature];
		/* two halves that lie `by` apart spread by half of it more than each does */
		within = (double)t->feature[spread] * t->feature[spread] * (n - 1) / n - by * by / 4;
		within = UT_MAX(within, least[d] * least[d]);
		sum += by / (2 * sqrt(within / n));
		count++;
		audible |= (drifts[d].feature == UT_TONE_DRIFT_F0 && by <= -1.5) ||
			   (drifts[d].feature == UT_TONE_DRIFT_LEVEL && by <= -3);
	}
	if (n < UT_TONE_DRIFT_PHRASES || count < 2)
		return -1;
	return audible && sum / count <= -2;
}

enum ut_status ut_tone_measure(const struct ut_customer_voice *v, int64_t start, int64_t end,
			       const struct ut_tone_context *ctx, struct ut_tone *ret,
			       struct ut_error *err)
{
	struct ut_functionals c;
	struct phrases *p;
	double voiced = 0;

	if (start < 0 || end <= start || (uint64_t)end > v->frames->n)
		return ut_fail(err, UT_EINVAL, "tone: closing %lld..%lld outside 0..%zu",
			       (long long)start, (long long)end, v->frames->n);
	p = malloc(sizeof(*p));
	if (!p)
		return ut_fail(err, UT_ENOMEM, "tone");
	memset(ret, 0, sizeof(*ret));
	ret->n_features = UT_TONE_N_FEATURES;
	find_phrases(v, start, p);
	if (ut_functionals_measure(v->frames, start, end, v->spans, v->noise_db, &c)) {
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			if (c.valid >> i & 1)
				set(ret, UT_TONE_CLOSING + i, c.v[i]);
		set(ret, UT_TONE_SNR_DB, c.v[UT_FN_level] - v->noise_db);
	}
	set(ret, UT_TONE_CLOSING_VOICED, c.n_voiced);
	set(ret, UT_TONE_N_PHRASES, (double)p->n);
	set(ret, UT_TONE_LEAK_DB, v->leak_db);
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		double x[MAX_PHRASES], m, sd;
		size_t n = 0;

		for (size_t k = 0; k < p->n; k++)
			if (p->f[k].valid >> i & 1)
				x[n++] = p->f[k].v[i];
		if (!n)
			continue;
		usual(x, n, &m, &sd);
		set(ret, UT_TONE_USUAL + i, m);
		set(ret, UT_TONE_SPREAD + i, sd);
	}
	drift(p, ret);
	for (size_t k = 0; k < p->n; k++)
		voiced += p->f[k].n_voiced;
	if (p->n)
		set(ret, UT_TONE_USUAL_VOICED, voiced / (double)p->n);
	if (ctx && ctx->has_latency)
		set(ret, UT_TONE_LATENCY_S, ctx->latency_s);
	if (ctx && ctx->has_usual_latency)
		set(ret, UT_TONE_USUAL_LATENCY_S, ctx->usual_latency_s);
	if (ctx && (ctx->has_hold || ctx->has_wait))
		set(ret, UT_TONE_WAIT_S,
		    UT_MAX(ctx->has_hold ? ctx->hold_s : 0,
			   ctx->has_wait ? ctx->longest_wait_s : 0));
	if (ctx && ctx->has_interruptions)
		set(ret, UT_TONE_INTERRUPTIONS, ctx->interruptions);
	free(p);
	return UT_OK;
}

/* Variance of one phrase of so many voiced frames around its speaker's mean, in the population. */
static double phrase_variance(const struct ut_tone_row *r, double voiced)
{
	return r->within_var + r->within_var_short / voiced;
}

/*
 * How much more (or less) this customer's phrases vary than the population's, over all functionals:
 * another line, shorter phrases, a livelier speaker. Functionals are correlated; they count as this
 * many independent ones, against a prior of one phrase at 1.
 */
static double variability(const struct ut_tone_params *p, const struct ut_tone *t, double n,
			  double voiced)
{
	const double independent = 8, most = 6;
	double sum = 0, count = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		double v = phrase_variance(&p->row[i], voiced), sd;

		if (!has(t, UT_TONE_SPREAD + i) || v <= 0 || p->row[i].departs <= 0)
			continue;
		sd = t->feature[UT_TONE_SPREAD + i];
		/* one functional gone wild must not speak for all */
		sum += UT_MIN(sd * sd / v, 4 * most);
		count++;
	}
	if (!count || n < 2)
		return 1;
	sum = (independent + independent * (n - 1) * sum / count) / (independent * n);
	return UT_MIN(UT_MAX(sum, 1), most * most);
}

/*
 * The customer's usual value is estimated as in a random-effects model: between customers a normal
 * prior from the population, within a customer a variance that is itself shrunk (the population's,
 * times this customer's variability, counts as prior_phrases phrases). What is left is the
 * closing's own deviation.
 */
uint64_t ut_tone_z(const struct ut_tone_params *p, const struct ut_tone *t,
		   double z[UT_N_FUNCTIONALS])
{
	double n = t->feature[UT_TONE_N_PHRASES];
	double voiced = UT_MAX(t->feature[UT_TONE_CLOSING_VOICED], 1);
	double usual_voiced = n > 0 ? UT_MAX(t->feature[UT_TONE_USUAL_VOICED], 1) : voiced;
	double lively = variability(p, t, n, usual_voiced);
	uint64_t valid = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		const struct ut_tone_row *r = &p->row[i];
		double phrase_var = phrase_variance(r, usual_voiced);
		double between = r->between_sd * r->between_sd, ratio = lively, shrunk, x, var;

		z[i] = 0;
		if (!has(t, UT_TONE_CLOSING + i) || phrase_var <= 0)
			continue;
		x = r->mean;
		var = between;
		if (has(t, UT_TONE_USUAL + i)) {
			if (has(t, UT_TONE_SPREAD + i)) {
				double sd = t->feature[UT_TONE_SPREAD + i];

				ratio =
				    (p->prior_phrases * lively + (n - 1) * sd * sd / phrase_var) /
				    (p->prior_phrases + n - 1);
			}
			shrunk = between > 0 ? n * between / (n * between + ratio * phrase_var) : 0;
			x += shrunk * (t->feature[UT_TONE_USUAL + i] - r->mean);
			var = (1 - shrunk) * between;
		}
		var += ratio * phrase_variance(r, voiced);
		z[i] = (t->feature[UT_TONE_CLOSING + i] - x) / sqrt(var);
		z[i] = UT_MIN(UT_MAX(z[i], -p->clip), p->clip);
		valid |= (uint64_t)1 << i;
	}
	return valid;
}

/* What the two steps of the model are made of, so that one measurement can be taken out. */
struct reading {
	double z[UT_N_FUNCTIONALS];
	uint64_t valid;
	double late_s, wait_s; /* beyond the usual; 0 where not known */
	double interruptions, drift;
};

/*
 * By how many deviations of chance the halves of the customer's earlier speech differ, above one:
 * the root mean square over the measurements of drift. Phrases of a customer vary as ut_tone_z
 * says.
 */
static double drift_beyond_chance(const struct ut_tone_params *p, const struct ut_tone *t)
{
	double n = t->feature[UT_TONE_N_PHRASES], sum = 0, count = 0;
	double voiced = UT_MAX(t->feature[UT_TONE_USUAL_VOICED], 1);
	double lively = variability(p, t, n, voiced);

	for (size_t d = 0; d < UT_ARRAY_LEN(drifts); d++) {
		double v = lively * phrase_variance(&p->row[drifts[d].of], voiced) * 4 / n;
		double x = t->feature[drifts[d].feature];

		if (has(t, drifts[d].feature) && v > 0)
			sum += x * x / v, count++;
	}
	return count ? UT_MIN(UT_MAX(sqrt(sum / count) - 1, 0), 3) : 0;
}

static struct reading read_tone(const struct ut_tone_params *p, const struct ut_tone *t)
{
	struct reading r = { .valid = ut_tone_z(p, t, r.z) };

	if (has(t, UT_TONE_LATENCY_S) && has(t, UT_TONE_USUAL_LATENCY_S))
		r.late_s = t->feature[UT_TONE_LATENCY_S] - t->feature[UT_TONE_USUAL_LATENCY_S];
	/* an answer that comes early, or over two seconds late, says no more than these ends */
	r.late_s = UT_MIN(UT_MAX(r.late_s, 0), 2);
	if (has(t, UT_TONE_WAIT_S))
		r.wait_s = UT_MIN(UT_MAX(t->feature[UT_TONE_WAIT_S] - 30, 0), 300);
	if (has(t, UT_TONE_INTERRUPTIONS))
		r.interruptions = UT_MIN(t->feature[UT_TONE_INTERRUPTIONS], 5);
	r.drift = drift_beyond_chance(p, t);
	return r;
}

static void normalise(double s[UT_N_TONES])
{
	double sum = 0;

	for (unsigned k = 0; k < UT_N_TONES; k++)
		sum += s[k];
	for (unsigned k = 0; k < UT_N_TONES; k++)
		s[k] /= sum;
}

double ut_tone_departure(const struct ut_tone_params *p, const double z[UT_N_FUNCTIONALS],
			 uint64_t valid)
{
	double sum = 0, weight = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		if (!(valid >> i & 1))
			continue;
		sum += p->row[i].departs * fabs(z[i]);
		weight += p->row[i].departs;
	}
	return weight > 0 ? sum / weight : 0;
}

double ut_tone_length(const double z[UT_N_FUNCTIONALS], uint64_t used, double power)
{
	double sum = 0, n = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
		if (used >> i & 1)
			sum += z[i] * z[i], n++;
	/* a vector shorter than chance has no direction to speak of */
	return n > 0 ? pow(UT_MAX(sqrt(sum / n), 0.3), power) : 1;
}

uint64_t ut_tone_on_axis(const struct ut_tone_params *p, unsigned axis)
{
	uint64_t used = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
		if (p->row[i].axis[axis] != 0)
			used |= (uint64_t)1 << i;
	return used;
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* What the conversation adds to step 1's log-odds. */
static double context_logit(const struct ut_tone_params *p, const struct reading *r)
{
	return p->latency_slope * r->late_s + p->wait_slope * r->wait_s +
	       p->interruption_slope * r->interruptions + p->drift_slope * r->drift;
}

static void probability(const struct ut_tone_params *p, const struct reading *r,
			double s[UT_N_TONES])
{
	double departs, on[UT_N_AXES];

	departs = logistic(p->gate_bias + context_logit(p, r) +
			   p->gate_slope * ut_tone_departure(p, r->z, r->valid));
	for (unsigned a = 0; a < UT_N_AXES; a++) {
		double length = ut_tone_length(r->z, ut_tone_on_axis(p, a) & r->valid, p->power[a]);

		on[a] = p->axis_bias[a];
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			on[a] += p->row[i].axis[a] * r->z[i] / length;
		on[a] = logistic(on[a]);
	}
	s[UT_TONE_RESIGNED] = departs * (1 - on[UT_TONE_UP]);
	s[UT_TONE_ANGRY] = departs * on[UT_TONE_UP] * on[UT_TONE_PRESSED];
	s[UT_TONE_ACCEPTING] = 1 - departs + departs * on[UT_TONE_UP] * (1 - on[UT_TONE_PRESSED]);
	for (unsigned k = 0; k < UT_N_TONES; k++)
		s[k] = pow(s[k] + 1e-6, 1 / p->temperature);
	normalise(s);
}

double ut_tone_context_logit(const struct ut_tone_params *p, const struct ut_tone *t)
{
	struct reading r = read_tone(p, t);

	return context_logit(p, &r);
}

void ut_tone_probability(const struct ut_tone_params *p, const struct ut_tone *t,
			 double score[UT_N_TONES])
{
	struct reading r = read_tone(p, t);

	probability(p, &r, score);
}

static double log_odds(const double s[UT_N_TONES], enum ut_tone_label k)
{
	return log((s[k] + 1e-9) / (1 - s[k] + 1e-9));
}

static void keep_evidence(struct ut_tone *t, const struct ut_evidence *e)
{
	unsigned at = t->n_evidence;

	while (at > 0 && t->evidence[at - 1].contribution < e->contribution)
		at--;
	if (at >= UT_MAX_EVIDENCE)
		return;
	if (t->n_evidence < UT_MAX_EVIDENCE)
		t->n_evidence++;
	memmove(t->evidence + at + 1, t->evidence + at,
		(t->n_evidence - at - 1) * sizeof(*t->evidence));
	t->evidence[at] = *e;
}

/* The class that loses the most probability when the reading becomes r, and what it loses. */
static void weigh(const struct ut_tone_params *p, const double prior[UT_N_TONES],
		  const struct reading *r, const double with[UT_N_TONES], struct ut_evidence *e,
		  struct ut_tone *t)
{
	double s[UT_N_TONES], lost = 0;

	probability(p, r, s);
	for (unsigned k = 0; k < UT_N_TONES; k++)
		s[k] *= prior[k] / p->prior[k];
	normalise(s);
	for (unsigned k = 0; k < UT_N_TONES; k++) {
		if (with[k] - s[k] <= lost)
			continue;
		lost = with[k] - s[k];
		e->contribution = (float)(log_odds(with, k) - log_odds(s, k));
		e->points_to = (enum ut_tone_label)k;
	}
	if (e->contribution >= 0.05f) /* less moves no score by more than a hundredth */
		keep_evidence(t, e);
}

/* The mel cepstrum: no ear tells its numbers apart, so it is one piece of evidence, under a name
 * that says no more than what it is. */
static void weigh_colour(const struct ut_tone_params *p, const double prior[UT_N_TONES],
			 const struct reading *r, const double with[UT_N_TONES], struct ut_tone *t)
{
	struct ut_evidence e = { .feature = colour_name, .unit = "sd" };
	struct reading without = *r;
	double sum = 0, n = 0;

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		if (ut_functional_info[i].family != UT_FAMILY_COLOUR || !(r->valid >> i & 1) ||
		    !has(t, UT_TONE_USUAL + i))
			continue;
		sum += r->z[i] * r->z[i], n++;
		without.z[i] = 0;
	}
	if (!n)
		return;
	e.value = (float)sqrt(sum / n);
	weigh(p, prior, &without, with, &e, t);
}

/* What an ear hears as one thing is one piece of evidence, under the name and number of its head:
 * a deeper voice is deeper in its lowest and highest notes too. */
static enum ut_functional evidence_head(enum ut_functional i)
{
	return i == UT_FN_f0_low || i == UT_FN_f0_high ? UT_FN_f0_median : i;
}

static void find_evidence(const struct ut_tone_params *p, const double prior[UT_N_TONES],
			  const struct reading *r, const double with[UT_N_TONES], struct ut_tone *t)
{
	t->n_evidence = 0;
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		struct ut_evidence e = { .feature = ut_functional_info[i].name,
					 .unit = ut_functional_info[i].unit };
		struct reading without = *r;
		float shown_from = 0;

		if (!(r->valid >> i & 1) || !has(t, UT_TONE_USUAL + i) ||
		    ut_functional_info[i].family == UT_FAMILY_COLOUR || evidence_head(i) != i)
			continue;
		/* above 100 Hz, and below full scale, say nothing to a person */
		if (i == UT_FN_f0_median || i == UT_FN_level)
			shown_from = t->feature[UT_TONE_USUAL + i];
		e.value = t->feature[UT_TONE_CLOSING + i] - shown_from;
		e.reference = t->feature[UT_TONE_USUAL + i] - shown_from;
		for (unsigned j = 0; j < UT_N_FUNCTIONALS; j++)
			if (evidence_head(j) == i)
				without.z[j] = 0;
		weigh(p, prior, &without, with, &e, t);
	}
	weigh_colour(p, prior, r, with, t);
	if (r->late_s > 0) {
		struct ut_evidence e = { .feature = latency_name,
					 .unit = "s",
					 .value = t->feature[UT_TONE_LATENCY_S],
					 .reference = t->feature[UT_TONE_USUAL_LATENCY_S] };
		struct reading without = *r;

		without.late_s = 0;
		weigh(p, prior, &without, with, &e, t);
	}
	if (r->wait_s > 0) {
		struct ut_evidence e = { .feature = wait_name,
					 .unit = "s",
					 .value = t->feature[UT_TONE_WAIT_S] };
		struct reading without = *r;

		without.wait_s = 0;
		weigh(p, prior, &without, with, &e, t);
	}
	if (r->interruptions > 0) {
		struct ut_evidence e = { .feature = interruptions_name,
					 .unit = "",
					 .value = t->feature[UT_TONE_INTERRUPTIONS] };
		struct reading without = *r;

		without.interruptions = 0;
		weigh(p, prior, &without, with, &e, t);
	}
	if (r->drift > 0) {
		struct ut_evidence e = { .feature = drift_name,
					 .unit = "sd",
					 .value = (float)r->drift + 1 };
		struct reading without = *r;

		without.drift = 0;
		weigh(p, prior, &without, with, &e, t);
	}
}

static const char *thin(const struct ut_tone *t)
{
	if (t->feature[UT_TONE_CLOSING_VOICED] < min_voiced)
		return "too little voiced speech in the closing";
	if (t->feature[UT_TONE_N_PHRASES] < min_phrases)
		return "too little earlier speech of this customer to compare with";
	if (has(t, UT_TONE_SNR_DB) && t->feature[UT_TONE_SNR_DB] < min_snr_db)
		return "too noisy";
	if (has(t, UT_TONE_LEAK_DB) && t->feature[UT_TONE_LEAK_DB] > max_leak_db)
		return "the other party leaks into the customer's channel";
	return NULL;
}

void ut_tone_score(const struct ut_tone_model *m, const float prior[UT_N_TONES], struct ut_tone *t)
{
	const struct ut_tone_params *p = ut_tone_model_params(m);
	struct reading r = read_tone(p, t);
	double s[UT_N_TONES], use[UT_N_TONES];
	unsigned best = 0;

	for (unsigned k = 0; k < UT_N_TONES; k++)
		use[k] = prior ? UT_MAX(prior[k], 1e-6) : p->prior[k];
	normalise(use);
	probability(p, &r, s);
	for (unsigned k = 0; k < UT_N_TONES; k++)
		s[k] *= use[k] / p->prior[k];
	normalise(s);
	for (unsigned k = 0; k < UT_N_TONES; k++) {
		t->score[k] = (float)s[k];
		if (s[k] > s[best])
			best = k;
	}
	find_evidence(p, use, &r, s, t);
	t->label = (enum ut_tone_label)best;
	t->abstain_reason = thin(t);
	if (!t->abstain_reason && s[best] < p->abstain_below)
		t->abstain_reason = "no tone stands out";
	if (t->abstain_reason)
		t->label = UT_TONE_ABSTAIN;
}
