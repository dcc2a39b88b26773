/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_voice.h"

#include <math.h>
#include <string.h>

enum { MASK = UT_F0_VRING - 1 };

static const int context[UT_F0_N_CONTEXT] = { -14, -9, -5, -3, -2, -1, 0, 1, 2, 3, 5, 9, 14 };

static const float neighbour = 0.25f; /* weight of a frame's neighbours in its pitch */
static const float glide_most = 0.1f; /* octaves from frame to frame; beyond, it is another pitch */

void ut_f0_voice_reset(struct ut_f0_voice *v)
{
	memset(v, 0, sizeof(*v));
}

static unsigned bin_of(float level_db)
{
	float b = level_db + 100;

	return b <= 0 ? 0 : b >= UT_F0_LEVELS - 1 ? UT_F0_LEVELS - 1 : (unsigned)b;
}

static void count(struct ut_f0_voice *v, int64_t i)
{
	while (v->end < v->n_level && v->end <= i + UT_F0_AHEAD)
		v->hist[bin_of(v->level[v->end++ & MASK])]++;
	while (v->first < i - UT_F0_PAST)
		v->hist[bin_of(v->level[v->first++ & MASK])]--;
	unsigned n = 0, sum = 0, k;

	if (i % 10)
		return;
	for (k = 1; k < UT_F0_LEVELS; k++) /* bin 0 is digital silence: says nothing */
		n += v->hist[k];
	v->low_db = v->high_db = -100;
	if (!n)
		return;
	for (k = 1; sum + v->hist[k] <= n / 10; k++)
		sum += v->hist[k];
	v->low_db = (float)k - 99.5f;
	for (; sum + v->hist[k] <= n * 95 / 100; k++)
		sum += v->hist[k];
	v->high_db = (float)k - 99.5f;
}

/*
 * How periodic the loud frames are (falls with noise even where nobody pauses), and what the quiet
 * ones are like (babble is periodic and low, hiss is neither).
 */
static void see(struct ut_f0_voice *v)
{
	float mean = 1e-12f, loud = 1e-12f, quiet = 1e-12f, sum[UT_F0_N_SCENE - 2] = { 0 };
	int64_t end = UT_MIN(v->end, v->n_point);

	for (int64_t j = v->first; j < end; j += 3)
		mean += v->point[j & MASK].energy;
	mean *= 3.0f / (float)(end - v->first + 1);
	for (int64_t j = v->first; j < end; j += 3) {
		const struct ut_f0_point *p = &v->point[j & MASK];
		float w = mean / (p->energy + 0.003f * mean);

		if (p->energy <= 0)
			continue;
		loud += p->energy;
		quiet += w;
		sum[0] += p->energy * p->feat[2];
		sum[1] += p->energy * p->feat[4];
		sum[2] += w * p->feat[2];
		sum[3] += w * p->feat[4];
		sum[4] += w * p->feat[8];
		sum[5] += w * p->feat[9];
	}
	for (int k = 0; k < UT_F0_N_SCENE - 2; k++)
		v->scene[k] = sum[k] / (k < 2 ? loud : quiet);
}

static void emit_next(struct ut_f0_voice *v, ut_f0_voice_fn *emit, void *user)
{
	float in[UT_F0_VOICE_IN];
	int64_t i = v->n_out++;

	count(v, i);
	if (i % 10 == 0)
		see(v);
	for (int c = 0; c < UT_F0_N_CONTEXT; c++) {
		int64_t j = UT_MIN(UT_MAX(i + context[c], 0), v->n_point - 1);

		memcpy(in + c * UT_F0_N_PATH_FEAT, v->point[j & MASK].feat,
		       sizeof(v->point[j & MASK].feat));
		/* relative levels: the gain of the line says nothing */
		in[c * UT_F0_N_PATH_FEAT] = fmaxf(v->level[j & MASK] - v->high_db, -60);
	}
	float *rest = in + UT_F0_N_CONTEXT * UT_F0_N_PATH_FEAT;

	rest[0] = v->high_db - v->low_db;
	rest[1] = fmaxf(v->level[i & MASK] - v->low_db, -20);
	memcpy(rest + 2, v->scene, sizeof(v->scene));
	emit(user, i, &v->point[i & MASK], in);
}

void ut_f0_voice_level(struct ut_f0_voice *v, float level_db, ut_f0_voice_fn *emit, void *user)
{
	v->level[v->n_level++ & MASK] = level_db;
	while (v->n_out + UT_F0_AHEAD < v->n_level && v->n_out + UT_F0_REACH < v->n_point)
		emit_next(v, emit, user);
}

void ut_f0_voice_point(struct ut_f0_voice *v, const struct ut_f0_frame *f, const float *log_p,
		       int chosen)
{
	struct ut_f0_point *p = &v->point[v->n_point++ & MASK];

	memset(p, 0, sizeof(*p));
	p->energy = f->energy;
	p->feat[7] = f->feat[0];
	p->feat[8] = f->feat[1];
	p->feat[9] = f->feat[2];
	p->feat[1] = 0.3f;
	p->feat[5] = -4;
	if (chosen < 0)
		return;
	const struct ut_f0_cand *c = &f->cand[chosen];

	p->log2_hz = c->log2_hz;
	p->strength = c->feat[0];
	p->feat[1] = fminf(fabsf(c->log2_hz - v->last_log2_hz), 0.3f);
	v->last_log2_hz = c->log2_hz;
	p->feat[2] = c->feat[0];
	p->feat[3] = c->feat[1];
	p->feat[4] = c->feat[2];
	p->feat[5] = fmaxf(log_p[chosen], -4);
	p->feat[6] = c->log2_hz - 7;
}

float ut_f0_voice_pitch(const struct ut_f0_voice *v, int64_t i)
{
	float mid = v->point[i & MASK].log2_hz, sum = mid, weight = 1;

	for (int64_t j = i - 1; j <= i + 1; j += 2) {
		float side = j >= 0 && j < v->n_point ? v->point[j & MASK].log2_hz : 0;

		if (side > 0 && fabsf(side - mid) < glide_most) {
			sum += neighbour * side;
			weight += neighbour;
		}
	}
	return sum / weight;
}

void ut_f0_voice_flush(struct ut_f0_voice *v, ut_f0_voice_fn *emit, void *user)
{
	while (v->n_out < v->n_point)
		emit_next(v, emit, user);
}
