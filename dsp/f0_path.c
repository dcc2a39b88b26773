/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_path.h"

#include <math.h>
#include <string.h>

enum { MASK = UT_F0_RING - 1 };

static const float jump_cost = 15;    /* nats an octave, from one frame to the next ... */
static const float jump_most = 9;     /* ... but a jump after a pause or a break costs no more */
static const float range_free = 0.4f; /* octaves from the speaker's mean that cost nothing */
static const float range_cost = 3;    /* nats an octave beyond */
static const float range_keep = 1 - 1 / 300.0f; /* forgets over 300 clear frames */
static const float range_sure = 30;             /* clear frames until the range counts in full */
static const float clear_log_p = -0.2f;         /* of the best candidate of a clear frame */
static const float clear_strength = 0.8f;

void ut_f0_path_reset(struct ut_f0_path *p)
{
	memset(p, 0, sizeof(*p));
}

/* The speaker's range, from frames where one candidate leaves no doubt. */
static void learn_range(struct ut_f0_path *p, const struct ut_f0_frame *f, const float *log_p)
{
	unsigned top = 0;

	for (unsigned j = 1; j < f->n; j++)
		top = log_p[j] > log_p[top] ? j : top;
	if (!f->n || log_p[top] < clear_log_p || f->cand[top].feat[0] < clear_strength)
		return;
	p->range_weight = p->range_weight * range_keep + 1;
	p->range_sum = p->range_sum * range_keep + f->cand[top].log2_hz;
}

/* Extends the search by the next frame. */
static void search(struct ut_f0_path *p)
{
	float cost[UT_F0_MAX_CAND], least, least_old = 0;
	const struct ut_f0_frame *old = p->n_done ? &p->ring[(p->n_done - 1) & MASK].frame : NULL;
	const struct ut_f0_frame *f = &p->ring[p->n_done & MASK].frame;
	const float *log_p = p->ring[p->n_done & MASK].log_p;
	uint8_t *from = p->ring[p->n_done & MASK].from;
	unsigned n_old = old ? old->n : 0, any = 0;
	float mid = p->range_sum / (p->range_weight + 1e-6f);
	float trust = range_cost * fminf(p->range_weight / range_sure, 1);

	if (old)
		least_old = p->cost[0];
	for (unsigned i = 1; i < n_old; i++)
		if (p->cost[i] < least_old)
			least_old = p->cost[i], any = i;
	from[0] = (uint8_t)any; /* for a frame without candidates */
	cost[0] = least_old;
	for (unsigned j = 0; j < f->n; j++) {
		float best = least_old + (n_old ? jump_most : 0), hz = f->cand[j].log2_hz;

		from[j] = (uint8_t)any;
		for (unsigned i = 0; i < n_old; i++) {
			float c = p->cost[i] + jump_cost * fabsf(hz - old->cand[i].log2_hz);

			if (c < best)
				best = c, from[j] = (uint8_t)i;
		}
		cost[j] = best - log_p[j] + trust * fmaxf(fabsf(hz - mid) - range_free, 0);
	}
	least = cost[0];
	for (unsigned j = 1; j < f->n; j++)
		least = fminf(least, cost[j]);
	/* only differences matter: keeps a four-hour sum from losing digits */
	for (unsigned j = 0; j < UT_MAX(f->n, 1u); j++)
		p->cost[j] = cost[j] - least;
	p->n_done++;
}

/* Walks back from the cheapest end and emits the oldest n frames. */
static void emit_oldest(struct ut_f0_path *p, int64_t n, ut_f0_path_fn *emit, void *user)
{
	uint8_t state[UT_F0_LOOK + UT_F0_BATCH];
	unsigned s = 0;

	for (unsigned i = 1; i < p->ring[(p->n_done - 1) & MASK].frame.n; i++)
		s = p->cost[i] < p->cost[s] ? i : s;
	for (int64_t i = p->n_done; i-- > p->n_out;) {
		state[i - p->n_out] = (uint8_t)s;
		s = p->ring[i & MASK].from[s];
	}
	for (int64_t i = 0; i < n; i++) {
		const struct ut_f0_frame *f = &p->ring[p->n_out & MASK].frame;

		emit(user, f, p->ring[p->n_out & MASK].log_p, f->n ? state[i] : -1);
		p->n_out++;
	}
}

static void step(struct ut_f0_path *p, ut_f0_path_fn *emit, void *user)
{
	search(p);
	if (p->n_done - p->n_out == UT_F0_LOOK + UT_F0_BATCH)
		emit_oldest(p, UT_F0_BATCH, emit, user);
}

void ut_f0_path_push(struct ut_f0_path *p, const struct ut_f0_frame *f, const float *log_p,
		     ut_f0_path_fn *emit, void *user)
{
	p->ring[p->n_in & MASK].frame = *f;
	memcpy(p->ring[p->n_in & MASK].log_p, log_p, f->n * sizeof(*log_p));
	p->n_in++;
	learn_range(p, f, log_p);
	if (p->n_in - p->n_done > UT_F0_DELAY)
		step(p, emit, user);
}

void ut_f0_path_flush(struct ut_f0_path *p, ut_f0_path_fn *emit, void *user)
{
	while (p->n_done < p->n_in)
		step(p, emit, user);
	emit_oldest(p, p->n_done - p->n_out, emit, user);
}
