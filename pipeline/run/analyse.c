/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/analyse.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/steps.h"

double ut_cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void ut_cost_add(struct ut_analyser *a, const char *name, double cpu_s)
{
	struct ut_step_cost *c = a->cost;

	/* the last row stays empty: it ends the table */
	while (c < a->cost + UT_MAX_COSTS - 2 && c->name && strcmp(c->name, name) != 0)
		c++;
	c->name = name;
	c->cpu_s += cpu_s;
}

const struct ut_step_cost *ut_analyser_costs(const struct ut_analyser *a)
{
	return a->cost;
}

enum ut_status ut_analyser_create(const struct ut_analyse_opts *o, struct ut_analyser **ret,
				  struct ut_error *err)
{
	struct ut_analyser *a = calloc(1, sizeof(*a));

	if (!a)
		return ut_fail(err, UT_ENOMEM, "analyser");
	a->o = *o;
	if (o->recogniser) {
		enum ut_status st =
		    ut_recogniser_create(o->recogniser, o->phrases, &a->recogniser, err);

		a->pcm = malloc((size_t)UT_TAIL_S * UT_RATE_HZ * sizeof(*a->pcm));
		if (st == UT_OK && !a->pcm)
			st = ut_fail(err, UT_ENOMEM, "analyser");
		if (st != UT_OK) {
			ut_analyser_destroy(&a);
			return st;
		}
	}
	*ret = a;
	return UT_OK;
}

void ut_analyser_destroy(struct ut_analyser **pa)
{
	struct ut_analyser *a = *pa;

	if (!a)
		return;
	for (unsigned i = 0; i < UT_MAX_CHANNELS; i++) {
		ut_resample_destroy(&a->chain[i].resample);
		ut_engine_destroy(&a->chain[i].engine);
		free(a->chain[i].tail.x);
	}
	ut_recogniser_destroy(&a->recogniser);
	free(a->pcm);
	free(a->hits);
	ut_span_list_done(&a->known);
	free(a->masked);
	free(a);
	*pa = NULL;
}

enum ut_status ut_analyse(struct ut_analyser *a, const struct ut_recording *r, struct ut_beat *beat,
			  struct ut_call *c, struct ut_error *err)
{
	for (const struct ut_step *s = ut_steps; s->name; s++) {
		double t = ut_cpu_s();
		enum ut_status st = s->run(a, r, beat, c, err);

		if (s->run != ut_step_measure) /* which keeps its own, finer books */
			ut_cost_add(a, s->name, ut_cpu_s() - t);
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}
