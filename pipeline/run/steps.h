/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h - what the steps of an analysis share. For analyse.c, measure.c and steps.c only. */
#ifndef UT_RUN_STEPS_H
#define UT_RUN_STEPS_H

#include "dsp/dualmono.h"
#include "dsp/engine.h"
#include "dsp/resample.h"
#include "run/analyse.h"

enum { UT_TAIL_S = 90, UT_MAX_COSTS = 16 };

struct ut_tail { /* the last UT_TAIL_S seconds of a channel at 8 kHz, a ring */
	int16_t *x;
	int64_t n; /* samples ever written; sample i is x[i % (UT_TAIL_S * UT_RATE_HZ)] */
};

struct ut_chain { /* one channel's way from source samples to rows */
	struct ut_resample *resample;
	struct ut_engine *engine;
	struct ut_tail tail;
	struct ut_frame_table *rows; /* of the call in hand */
	struct ut_timbre_table *timbre;
	bool no_memory;
	struct ut_analyser *a;
};

struct ut_analyser {
	struct ut_analyse_opts o;
	struct ut_chain chain[UT_MAX_CHANNELS];
	unsigned chain_rate_hz; /* what the resamplers are made for */
	struct ut_dualmono dualmono;
	struct ut_recogniser *recogniser; /* NULL where nobody listens */
	int16_t *pcm;                     /* a tail in one piece */
	struct ut_span_list known;        /* of the call in hand: holds and masks by its metadata */
	float *masked;                    /* a block with its masked stretches silenced; NULL */
	struct ut_phrase_hit *hits;       /* of the call in hand */
	size_t n_hits;
	struct ut_step_cost cost[UT_MAX_COSTS];
};

struct ut_step {
	const char *name;
	enum ut_status (*run)(struct ut_analyser *a, const struct ut_recording *r,
			      struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
};
extern const struct ut_step ut_steps[]; /* ends with a row without a name */

enum ut_status ut_step_measure(struct ut_analyser *a, const struct ut_recording *r,
			       struct ut_beat *beat, struct ut_call *c, struct ut_error *err);

/* What the metadata of a recording is asked with. */
struct ut_meta_opts ut_step_meta_opts(const struct ut_analyser *a, const struct ut_recording *r);

/* Fills a->known from the metadata; lead_s: by how much the other side's file began later.
 * UT_ENOMEM. */
enum ut_status ut_step_known_spans(struct ut_analyser *a, const struct ut_recording *r,
				   double lead_s, struct ut_error *err);

/* doubts.c: what speaks against who was said to be who, or against the channels being two sides of
 * one call: named problems, and nobody verified where a score could be wrong. */
enum ut_status ut_step_doubts(struct ut_analyser *a, const struct ut_recording *r,
			      struct ut_beat *beat, struct ut_call *c, struct ut_error *err);

/* speakers.c: what voices tell. A mono mix told apart. */
enum ut_status ut_step_speakers(struct ut_analyser *a, const struct ut_recording *r,
				struct ut_beat *beat, struct ut_call *c, struct ut_error *err);

/* Processor seconds of this process. */
double ut_cpu_s(void);
/* Adds to the cost named so (static text). */
void ut_cost_add(struct ut_analyser *a, const char *name, double cpu_s);

#endif
