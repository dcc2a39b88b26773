/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/speakers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/speakers_internal.h"

enum {
	K = UT_VOICE_DIMS,
	UNIT = 100,       /* frames: longer speech is cut into equal parts no longer than this */
	MIN_VOICED = 4,   /* with fewer a unit says nothing of its voice */
	FULL_VOICED = 50, /* with more it says no more */
	STARTS = 6,
	MAX_ROUNDS = 40,
};

/* Units of one voice depend on each other: their evidence counts for less (VBx's F_A). */
static const double evidence_share = 0.4;
/* That the next unit is the same person's: without a pause, a short one, a long one. */
static const double stay_near = 0.9, stay_pause = 0.75, stay_far = 0.6;
enum { NEAR = 10, FAR = 50 }; /* frames of pause */

/* Two people: this much evidence; or this far apart over the spread within, and enough speech that
 * it is not by chance. In units of full weight. */
static const double two_apart = 0, two_spread = 13, min_weight = 10;
/* Voices are compared across a hold with at least this much on each side. */
static const double min_side = 5;

static bool measure_unit(const struct ut_speakers_in *in, struct ut_voice_unit *u)
{
	double sum[UT_VOICE_CEPSTRA] = { 0 }, f = 0, f2 = 0;
	float c[UT_VOICE_CEPSTRA];

	u->n = 0;
	for (int64_t i = u->start; i < u->end; i++) {
		const struct ut_frame *r = &in->frames->row[i];
		double l;

		if (r->f0_hz <= 0 || !ut_timbre_get(r, &in->timbre->row[i], c))
			continue;
		for (int k = 0; k < UT_VOICE_CEPSTRA; k++)
			sum[k] += (double)c[k];
		l = log((double)r->f0_hz);
		f += l;
		f2 += l * l;
		u->n++;
	}
	if (u->n < MIN_VOICED)
		return false;
	for (int k = 0; k < UT_VOICE_CEPSTRA; k++)
		u->raw[k] = (float)(sum[k] / u->n);
	f /= u->n;
	u->raw[UT_VOICE_CEPSTRA] = (float)f;
	u->raw[UT_VOICE_CEPSTRA + 1] = (float)sqrt(fmax(f2 / u->n - f * f, 0));
	return true;
}

static enum ut_status add_unit(struct ut_voice_units *l, const struct ut_voice_unit *u)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 256;
		struct ut_voice_unit *v = realloc(l->v, cap * sizeof(*v));

		if (!v)
			return UT_ENOMEM;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *u;
	return UT_OK;
}

enum ut_status ut_voice_units_find(const struct ut_speakers_in *in, int64_t from, int64_t to,
				   struct ut_voice_units *ret)
{
	int64_t n_rows = (int64_t)UT_MIN(in->frames->n, in->timbre->n);

	to = UT_MIN(to, n_rows);
	for (size_t i = 0; i < in->spans->n; i++) {
		const struct ut_span *s = &in->spans->v[i];
		int64_t start = UT_MAX(s->start, from), len = UT_MIN(s->end, to) - start, parts;

		if (s->kind != UT_SPAN_SPEECH || len <= 0)
			continue;
		parts = (len + UNIT - 1) / UNIT;
		for (int64_t p = 0; p < parts; p++) {
			struct ut_voice_unit u = { .start = start + len * p / parts,
						   .end = start + len * (p + 1) / parts };

			if (!measure_unit(in, &u))
				u.n = 0;
			if (add_unit(ret, &u) != UT_OK)
				return UT_ENOMEM;
		}
	}
	return UT_OK;
}

struct point { /* a unit in the projected space */
	double x[K];
	double weight; /* 0..1: how much of a full unit it is */
	double stay;
};

/* Points of units, about their weighted mean: what all share is the line. Their sum of weights. */
static double points_of(const struct ut_voice_unit *u, size_t n, struct point *p)
{
	double mean[K] = { 0 }, sum = 0;

	for (size_t t = 0; t < n; t++) {
		int64_t gap = t ? u[t].start - u[t - 1].end : 0;

		memset(&p[t], 0, sizeof(p[t]));
		p[t].stay = gap < NEAR ? stay_near : gap < FAR ? stay_pause : stay_far;
		if (!u[t].n)
			continue;
		p[t].weight = (double)UT_MIN(u[t].n, FULL_VOICED) / FULL_VOICED;
		for (int k = 0; k < K; k++) {
			for (int d = 0; d < UT_VOICE_RAW; d++)
				p[t].x[k] +=
				    (double)ut_voice_model.project[k][d] * (double)u[t].raw[d];
			mean[k] += p[t].weight * p[t].x[k];
		}
		sum += p[t].weight;
	}
	for (size_t t = 0; t < n && sum > 0; t++)
		for (int k = 0; k < K; k++)
			p[t].x[k] -= mean[k] / sum;
	return sum;
}

struct speaker { /* posterior of its mean, relative to the prior's deviation */
	double mean[K], var[K];
};

struct work {
	size_t n;
	struct point *p;
	double (*ll)[2];      /* log-likelihood of a unit under each speaker */
	double (*forward)[2]; /* probabilities given what came before */
	double *best, *now;   /* probability of speaker 1 */
};

/* Fits one speaker to the units by what of each is his; returns its part of the evidence. */
static double fit(const struct work *w, const double *share, bool second, struct speaker *s)
{
	double n = 0, sum[K] = { 0 }, evidence = 0;

	for (size_t t = 0; t < w->n; t++) {
		double a = w->p[t].weight * (!share ? 1 : second ? share[t] : 1 - share[t]);

		n += a;
		for (int k = 0; k < K; k++)
			sum[k] += a * w->p[t].x[k];
	}
	for (int k = 0; k < K; k++) {
		double b = (double)ut_voice_model.between[k];

		s->var[k] = 1 / (1 + evidence_share * n * b);
		s->mean[k] = evidence_share * s->var[k] * sqrt(b) * sum[k];
		evidence += 0.5 * (1 + log(s->var[k]) - s->var[k] - s->mean[k] * s->mean[k]);
	}
	return evidence;
}

/* Each unit's expected log-likelihood under a speaker, less what does not depend on him. */
static void likelihood(struct work *w, const struct speaker *s, int which)
{
	double scale[K], off = 0;

	for (int k = 0; k < K; k++) {
		double b = (double)ut_voice_model.between[k];

		scale[k] = sqrt(b) * s->mean[k];
		off += 0.5 * b * (s->var[k] + s->mean[k] * s->mean[k]);
	}
	for (size_t t = 0; t < w->n; t++) {
		double l = -off;

		for (int k = 0; k < K; k++)
			l += w->p[t].x[k] * scale[k];
		w->ll[t][which] = evidence_share * w->p[t].weight * l;
	}
}

/* Forward and backward through the units: g becomes the probability of speaker 1. Returns the log
 * probability of them all. */
static double smooth(struct work *w, double *g)
{
	double total = 0, b[2] = { 1, 1 };

	for (size_t t = 0; t < w->n; t++) {
		const double *l = w->ll[t], *before = t ? w->forward[t - 1] : NULL;
		double stay = w->p[t].stay, top = fmax(l[0], l[1]), sum;

		for (int s = 0; s < 2; s++)
			w->forward[t][s] =
			    exp(l[s] - top) *
			    (before ? stay * before[s] + (1 - stay) * before[!s] : 0.5);
		sum = w->forward[t][0] + w->forward[t][1];
		w->forward[t][0] /= sum;
		w->forward[t][1] /= sum;
		total += log(sum) + top;
	}
	for (size_t t = w->n; t-- > 0;) {
		const double *l = w->ll[t];
		double q0 = w->forward[t][0] * b[0], q1 = w->forward[t][1] * b[1];
		double stay = w->p[t].stay, top = fmax(l[0], l[1]), sum;
		double e0 = b[0] * exp(l[0] - top), e1 = b[1] * exp(l[1] - top);

		g[t] = q1 / (q0 + q1);
		b[0] = stay * e0 + (1 - stay) * e1;
		b[1] = stay * e1 + (1 - stay) * e0;
		sum = b[0] + b[1];
		b[0] /= sum;
		b[1] /= sum;
	}
	return total;
}

static double evidence_of_one(struct work *w)
{
	struct speaker s;
	double evidence = fit(w, NULL, false, &s);

	likelihood(w, &s, 0);
	for (size_t t = 0; t < w->n; t++)
		evidence += w->ll[t][0];
	return evidence;
}

/* From the start in g; its evidence. */
static double evidence_of_two(struct work *w, double *g)
{
	double evidence = -INFINITY;

	for (int round = 0; round < MAX_ROUNDS; round++) {
		struct speaker s[2];
		double now = fit(w, g, false, &s[0]) + fit(w, g, true, &s[1]);

		likelihood(w, &s[0], 0);
		likelihood(w, &s[1], 1);
		now += smooth(w, g);
		if (round > 3 && now - evidence < 1e-4)
			return now;
		evidence = now;
	}
	return evidence;
}

/* How much a direction counts: the share of a difference there that is between people. */
static double worth(int k)
{
	double b = (double)ut_voice_model.between[k];

	return sqrt(b / (1 + b));
}

/* The principal direction of the points, each dimension by its worth, across those in earlier. */
static void principal(const struct work *w, const double (*earlier)[K], int n_earlier, double *v)
{
	double c[K][K] = { { 0 } }, y[K];

	for (size_t t = 0; t < w->n; t++)
		for (int i = 0; i < K; i++)
			for (int j = 0; j < K; j++)
				c[i][j] += w->p[t].weight * w->p[t].x[i] * w->p[t].x[j] * worth(i) *
					   worth(j);
	for (int i = 0; i < K; i++)
		v[i] = 1 + 0.1 * i;
	for (int round = 0; round < 50; round++) {
		double norm = 0;

		for (int q = 0; q < n_earlier; q++) {
			double d = 0;

			for (int i = 0; i < K; i++)
				d += v[i] * earlier[q][i];
			for (int i = 0; i < K; i++)
				v[i] -= d * earlier[q][i];
		}
		for (int i = 0; i < K; i++) {
			y[i] = 0;
			for (int j = 0; j < K; j++)
				y[i] += c[i][j] * v[j];
			norm += y[i] * y[i];
		}
		norm = sqrt(norm) + 1e-30;
		for (int i = 0; i < K; i++)
			v[i] = y[i] / norm;
	}
}

static void work_done(struct work *w)
{
	free(w->p);
	free(w->ll);
	free(w->forward);
	free(w->best);
	free(w->now);
}

static enum ut_status work_init(struct work *w, size_t n)
{
	*w = (struct work){ .n = n };
	w->p = calloc(n + 1, sizeof(*w->p));
	w->ll = calloc(n + 1, sizeof(*w->ll));
	w->forward = calloc(n + 1, sizeof(*w->forward));
	w->best = calloc(n + 1, sizeof(*w->best));
	w->now = calloc(n + 1, sizeof(*w->now));
	return w->p && w->ll && w->forward && w->best && w->now ? UT_OK : UT_ENOMEM;
}

/* The best division of w's points into two, in w->best; its evidence over that of one. */
static double divide(struct work *w)
{
	double best = -INFINITY, direction[STARTS][K];

	for (int i = 0; i < STARTS; i++) {
		double evidence;

		principal(w, direction, i, direction[i]);
		for (size_t t = 0; t < w->n; t++) {
			double d = 0;

			for (int k = 0; k < K; k++)
				d += w->p[t].x[k] * direction[i][k] * worth(k);
			w->now[t] = d > 0 ? 0.9 : 0.1;
		}
		evidence = evidence_of_two(w, w->now);
		if (evidence > best) {
			double *swap = w->best;

			best = evidence;
			w->best = w->now;
			w->now = swap;
		}
	}
	return best - evidence_of_one(w);
}

/* Squared distance of the two means, each dimension over the variance within. 0 for an empty one.
 */
static double spread(const struct work *w)
{
	double n[2] = { 1e-9, 1e-9 }, m[2][K] = { { 0 } }, q[K] = { 0 }, d2 = 0;

	for (size_t t = 0; t < w->n; t++) {
		int s = w->best[t] > 0.5;
		double a = w->p[t].weight;

		n[s] += a;
		for (int k = 0; k < K; k++) {
			m[s][k] += a * w->p[t].x[k];
			q[k] += a * w->p[t].x[k] * w->p[t].x[k];
		}
	}
	if (n[0] < 0.5 || n[1] < 0.5)
		return 0;
	for (int k = 0; k < K; k++) {
		double d = m[0][k] / n[0] - m[1][k] / n[1];
		double within =
		    (q[k] - m[0][k] * m[0][k] / n[0] - m[1][k] * m[1][k] / n[1]) / (n[0] + n[1]);

		d2 += d * d / (within + 0.2); /* few units vary too little by chance */
	}
	return d2;
}

/* Is one of the two two people again? */
static enum ut_status look_for_more(const struct ut_voice_units *units, const double *g, bool *more)
{
	struct ut_voice_unit *part = calloc(units->n + 1, sizeof(*part));
	struct work w = { 0 };
	enum ut_status st = part ? work_init(&w, units->n) : UT_ENOMEM;

	for (int s = 0; s < 2 && st == UT_OK; s++) {
		w.n = 0;
		for (size_t t = 0; t < units->n; t++)
			if ((g[t] > 0.5) == s)
				part[w.n++] = units->v[t];
		if (points_of(part, w.n, w.p) >= 2 * min_weight)
			*more |= divide(&w) > two_apart || spread(&w) > two_spread;
	}
	work_done(&w);
	free(part);
	return st;
}

static enum ut_status add_segment(struct ut_speakers *r, const struct ut_speaker_segment *s)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 256;
		struct ut_speaker_segment *v = realloc(r->v, cap * sizeof(*v));

		if (!v)
			return UT_ENOMEM;
		r->v = v;
		r->cap = cap;
	}
	r->v[r->n++] = *s;
	return UT_OK;
}

enum ut_status ut_speakers_split(const struct ut_speakers_in *in, bool expect_two,
				 struct ut_speakers *ret, struct ut_error *err)
{
	struct ut_voice_units units = { 0 };
	struct work w = { 0 };
	double weight = 0, apart = 0, far = 0;
	bool two = false, sure = false, more = false, flip = false;
	enum ut_status st = ut_voice_units_find(in, 0, INT64_MAX, &units);

	ret->n = 0;
	if (st == UT_OK)
		st = work_init(&w, units.n);
	if (st == UT_OK)
		weight = points_of(units.v, units.n, w.p);
	if (st == UT_OK && weight > 0) {
		apart = divide(&w);
		far = spread(&w);
		sure = far > 0 && weight >= min_weight && (apart > two_apart || far > two_spread);
		two = sure || (expect_two && far > 0);
		if (two)
			st = look_for_more(&units, w.best, &more);
	}
	for (size_t t = 0; t < units.n && st == UT_OK; t++) {
		double g = two ? w.best[t] : 0;
		struct ut_speaker_segment s = { units.v[t].start, units.v[t].end, 0, 1 };

		flip = t ? flip : g > 0.5;
		s.speaker = (g > 0.5) != flip;
		s.confidence = (float)fmax(g, 1 - g);
		st = add_segment(ret, &s);
	}
	ret->n_speakers = !units.n ? 0 : two ? 2 : 1;
	ret->sure = sure;
	ret->more = more;
	ret->apart = (float)apart;
	ret->spread = (float)far;
	work_done(&w);
	free(units.v);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "speakers: not enough memory");
}

void ut_speakers_done(struct ut_speakers *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* Log evidence of points p[from..to) as one speaker's, about the mean of them all. */
static double evidence_of_set(const struct point *p, size_t from, size_t to)
{
	double n = 0, sum[K] = { 0 }, evidence = 0;

	for (size_t t = from; t < to; t++) {
		n += evidence_share * p[t].weight;
		for (int k = 0; k < K; k++)
			sum[k] += evidence_share * p[t].weight * p[t].x[k];
	}
	for (int k = 0; k < K; k++) {
		double b = (double)ut_voice_model.between[k];

		evidence += 0.5 * b * sum[k] * sum[k] / (1 + b * n) - 0.5 * log(1 + b * n);
	}
	return evidence;
}

enum ut_status ut_speakers_change(const struct ut_speakers_in *in, int64_t from, int64_t at,
				  int64_t to, float *ret, bool *enough, struct ut_error *err)
{
	struct ut_voice_units units = { 0 };
	struct point *p = NULL;
	size_t mid = 0;
	double side[2] = { 0, 0 };
	enum ut_status st = ut_voice_units_find(in, from, at, &units);

	*ret = 0;
	*enough = false;
	mid = units.n;
	if (st == UT_OK)
		st = ut_voice_units_find(in, at, to, &units);
	if (st == UT_OK && !(p = calloc(units.n + 1, sizeof(*p))))
		st = UT_ENOMEM;
	if (st == UT_OK && points_of(units.v, units.n, p) > 0) {
		for (size_t t = 0; t < units.n; t++)
			side[t >= mid] += p[t].weight;
		*enough = side[0] >= min_side && side[1] >= min_side;
		if (*enough)
			*ret =
			    (float)(evidence_of_set(p, 0, mid) + evidence_of_set(p, mid, units.n) -
				    evidence_of_set(p, 0, units.n));
	}
	free(p);
	free(units.v);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "speakers: not enough memory");
}
