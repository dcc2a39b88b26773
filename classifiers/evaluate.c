/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/random.h"

const struct ut_figure_info ut_figure_info[UT_N_FIGURES] = {
#define X(name, help) { #name, help },
	UT_FIGURES(X)
#undef X
};

static const double rare_rate = 0.05;

struct ranked {
	double score;
	bool positive;
};

/* Highest first; of equals the negatives first, so that ties do not flatter the top of the list. */
static int by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (int)x->positive - (int)y->positive;
}

/* Mann-Whitney over a sorted list, ties half. */
static double auc(const struct ranked *r, size_t n)
{
	double positives = 0, negatives = 0, wins = 0;

	for (size_t i = 0; i < n;) {
		double p = 0, q = 0;
		size_t j = i;

		for (; j < n && r[j].score == r[i].score; j++)
			p += r[j].positive, q += !r[j].positive;
		wins += q * (positives + p / 2);
		positives += p, negatives += q;
		i = j;
	}
	return positives && negatives ? wins / (positives * negatives) : NAN;
}

static unsigned best(const float s[UT_N_TONES])
{
	unsigned b = 0;

	for (unsigned k = 1; k < UT_N_TONES; k++)
		if (s[k] > s[b])
			b = k;
	return b;
}

/* Share of positives in the top `share` of the mass when positives weigh `rate` in all. */
static double precision_at(const struct ranked *r, size_t n, double share, double rate)
{
	double positives = 0, left = share, found = 0;

	for (size_t i = 0; i < n; i++)
		positives += r[i].positive;
	if (!positives || positives == (double)n)
		return NAN;
	for (size_t i = 0; i < n && left > 0; i++) {
		double w = r[i].positive ? rate / positives : (1 - rate) / ((double)n - positives);

		w = UT_MIN(w, left);
		if (r[i].positive)
			found += w;
		left -= w;
	}
	return found / share;
}

static void figures(const struct ut_scored *v, const size_t *pick, size_t n, struct ranked *r,
		    double out[UT_N_FIGURES])
{
	double count[UT_N_TONES] = { 0 }, hit[UT_N_TONES] = { 0 }, classes = 0, abstained = 0;
	double confidence[UT_RELIABILITY_BINS] = { 0 }, right[UT_RELIABILITY_BINS] = { 0 };
	double bad = 0;
	size_t top;

	out[UT_FIG_uar] = out[UT_FIG_ece] = 0;
	for (size_t i = 0; i < n; i++) {
		const struct ut_scored *e = &v[pick[i]];
		unsigned b = best(e->score);
		int bin = UT_MAX((int)ceil(e->score[b] * UT_RELIABILITY_BINS) - 1, 0);

		bin = UT_MIN(bin, UT_RELIABILITY_BINS - 1);
		count[e->truth]++;
		hit[e->truth] += b == e->truth;
		confidence[bin] += e->score[b];
		right[bin] += b == e->truth;
		abstained += e->said == UT_TONE_ABSTAIN;
		bad += e->truth != UT_TONE_ACCEPTING;
	}
	for (unsigned k = 0; k < UT_N_TONES; k++) {
		out[UT_FIG_recall_accepting + k] = count[k] ? hit[k] / count[k] : NAN;
		if (count[k])
			out[UT_FIG_uar] += hit[k] / count[k], classes++;
	}
	out[UT_FIG_uar] /= classes;
	for (int b = 0; b < UT_RELIABILITY_BINS; b++)
		out[UT_FIG_ece] += fabs(confidence[b] - right[b]) / (double)n;
	for (unsigned k = UT_N_TONES; k-- > 0;) { /* not accepted last: its list is used below */
		for (size_t i = 0; i < n; i++) {
			const struct ut_scored *e = &v[pick[i]];

			r[i].score =
			    k ? e->score[k]
			      : (double)e->score[UT_TONE_RESIGNED] + e->score[UT_TONE_ANGRY];
			r[i].positive = k ? e->truth == k : e->truth != UT_TONE_ACCEPTING;
		}
		qsort(r, n, sizeof(*r), by_score);
		out[UT_FIG_auc_not_accepted + k] = auc(r, n);
	}
	top = UT_MAX(n / 10, 1);
	out[UT_FIG_precision_top_10] = 0;
	for (size_t i = 0; i < top; i++)
		out[UT_FIG_precision_top_10] += r[i].positive / (double)top;
	out[UT_FIG_lift_top_10] = bad ? out[UT_FIG_precision_top_10] * (double)n / bad : NAN;
	out[UT_FIG_precision_rare] = precision_at(r, n, rare_rate, rare_rate);
	out[UT_FIG_abstained] = abstained / (double)n;
}

_Static_assert((int)UT_FIG_recall_angry == (int)UT_FIG_recall_accepting + (int)UT_TONE_ANGRY &&
		   (int)UT_FIG_auc_angry == (int)UT_FIG_auc_not_accepted + (int)UT_TONE_ANGRY,
	       "figures of the classes lie in the classes' order");

/* Percentiles of the draws in which the figure exists. */
static void interval(double *x, size_t n, double *low, double *high)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			x[m++] = x[i];
	*low = *high = NAN;
	if (!m)
		return;
	qsort(x, m, sizeof(*x), ut_by_double);
	*low = x[(size_t)(0.025 * (double)(m - 1) + 0.5)];
	*high = x[(size_t)(0.975 * (double)(m - 1) + 0.5)];
}

static void tables(const struct ut_scored *v, size_t n, struct ut_evaluation *e)
{
	for (size_t i = 0; i < n; i++) {
		unsigned b = best(v[i].score);
		int bin = UT_MAX((int)ceil(v[i].score[b] * UT_RELIABILITY_BINS) - 1, 0);

		bin = UT_MIN(bin, UT_RELIABILITY_BINS - 1);
		e->confusion[v[i].truth][b]++;
		e->bin[bin].n++;
		e->bin[bin].confidence += v[i].score[b];
		e->bin[bin].accuracy += b == v[i].truth;
	}
	for (int b = 0; b < UT_RELIABILITY_BINS; b++) {
		if (!e->bin[b].n)
			continue;
		e->bin[b].confidence /= e->bin[b].n;
		e->bin[b].accuracy /= e->bin[b].n;
	}
}

enum ut_status ut_evaluate(const struct ut_scored *v, size_t n, unsigned n_speakers,
			   unsigned rounds, struct ut_evaluation *ret, struct ut_error *err)
{
	size_t *pick, *first, cap = 0, largest = 0, m;
	struct ranked *r;
	double *draws;
	uint64_t seed = 1;

	if (!n || !n_speakers)
		return ut_fail(err, UT_EINVAL, "evaluate: nothing was scored");
	memset(ret, 0, sizeof(*ret));
	ret->n = (unsigned)n;
	/* a draw may take the longest speaker every time */
	first = calloc((size_t)n_speakers + 1, sizeof(*first));
	if (!first)
		return ut_fail(err, UT_ENOMEM, "evaluate");
	for (size_t i = 0; i < n; i++)
		first[v[i].speaker]++;
	for (unsigned s = 0; s < n_speakers; s++) {
		largest = UT_MAX(largest, first[s]);
		ret->n_speakers += first[s] > 0;
	}
	cap = UT_MAX(largest * n_speakers, n);
	free(first);
	pick = malloc(cap * sizeof(*pick));
	r = malloc(cap * sizeof(*r));
	draws = malloc(sizeof(*draws) * UT_N_FIGURES * UT_MAX(rounds, 1));
	if (!pick || !r || !draws) {
		free(pick), free(r), free(draws);
		return ut_fail(err, UT_ENOMEM, "evaluate");
	}
	for (size_t i = 0; i < n; i++)
		pick[i] = i;
	figures(v, pick, n, r, ret->value);
	tables(v, n, ret);
	for (unsigned round = 0; round < rounds; round++) {
		double f[UT_N_FIGURES];

		m = 0;
		while (!m) /* speakers without a row may be all that was drawn */
			for (unsigned s = 0; s < n_speakers; s++) {
				size_t who = ut_random_below(&seed, n_speakers);

				for (size_t i = 0; i < n; i++)
					if (v[i].speaker == who)
						pick[m++] = i;
			}
		figures(v, pick, m, r, f);
		for (unsigned k = 0; k < UT_N_FIGURES; k++)
			draws[k * rounds + round] = f[k];
	}
	for (unsigned k = 0; k < UT_N_FIGURES; k++)
		interval(draws + k * rounds, rounds, &ret->low[k], &ret->high[k]);
	free(pick), free(r), free(draws);
	return UT_OK;
}
