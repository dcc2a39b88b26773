/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_path.h"

#include <math.h>
#include <string.h>

/* Boersma (1993), "path finder", for frames of 10 ms. */
static const float jump_cost = 0.35f;    /* an octave */
static const float voicing_cost = 0.14f; /* voiced to unvoiced or back */

void ut_f0_path_reset(struct ut_f0_path *p)
{
	memset(p, 0, sizeof(*p));
}

/* Walks back from the cheapest end and emits the oldest n frames. */
static void emit_oldest(struct ut_f0_path *p, unsigned n, ut_f0_path_fn *emit, void *user)
{
	uint8_t state[UT_F0_RING];
	unsigned s = 0, newest = (p->head + p->n - 1) % UT_F0_RING;

	for (unsigned i = 1; i <= p->ring[newest].frame.n; i++)
		s = p->cost[i] < p->cost[s] ? i : s;
	for (unsigned i = p->n; i-- > 0;) {
		state[i] = (uint8_t)s;
		s = p->ring[(p->head + i) % UT_F0_RING].from[s];
	}
	for (unsigned i = 0; i < n; i++) {
		emit(user, &p->ring[p->head].frame, state[i]);
		p->head = (p->head + 1) % UT_F0_RING;
	}
	p->n -= n;
}

void ut_f0_path_push(struct ut_f0_path *p, const struct ut_f0_frame *f, const float *local,
		     ut_f0_path_fn *emit, void *user)
{
	float cost[UT_F0_STATES], least = INFINITY;
	unsigned at = (p->head + p->n) % UT_F0_RING;
	const struct ut_f0_frame *old =
	    p->n ? &p->ring[(at + UT_F0_RING - 1) % UT_F0_RING].frame : NULL;

	for (unsigned j = 0; j <= f->n; j++) {
		float best = old ? INFINITY : 0;
		unsigned from = 0;

		for (unsigned i = 0; old && i <= old->n; i++) {
			float c = p->cost[i];

			if (i && j)
				c += jump_cost *
				     fabsf(f->cand[j - 1].log2_hz - old->cand[i - 1].log2_hz);
			else if (i || j)
				c += voicing_cost;
			if (c < best)
				best = c, from = i;
		}
		cost[j] = best + local[j];
		p->ring[at].from[j] = (uint8_t)from;
		least = fminf(least, cost[j]);
	}
	/* only differences matter: keeps a four-hour sum from losing digits */
	for (unsigned j = 0; j <= f->n; j++)
		p->cost[j] = cost[j] - least;
	p->ring[at].frame = *f;
	if (++p->n == UT_F0_RING)
		emit_oldest(p, UT_F0_BATCH, emit, user);
}

void ut_f0_path_flush(struct ut_f0_path *p, ut_f0_path_fn *emit, void *user)
{
	if (p->n)
		emit_oldest(p, p->n, emit, user);
}
