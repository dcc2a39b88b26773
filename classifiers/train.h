/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * train.h - fits a tone model to measured closings. Pure and repeatable: the same examples in the
 * same order give the same bits.
 * Memory: allocated inside, freed on return. Threads: no shared state.
 */
#ifndef UT_CLASSIFIERS_TRAIN_H
#define UT_CLASSIFIERS_TRAIN_H

#include "classifiers/tone.h"

struct ut_tone_example {
	struct ut_tone tone; /* as ut_tone_measure left it */
	enum ut_tone_label label;
	bool usual;       /* accepting in the customer's usual voice: a neutral row */
	unsigned speaker; /* 0..n-1 */
	unsigned item;    /* the recording it comes from */
};

struct ut_tone_phrase { /* usual speech, for the population's values */
	struct ut_functionals f;
	unsigned speaker;
};

enum { UT_ALL_FAMILIES = (1 << UT_N_FAMILIES) - 1 };

enum ut_train_context {
	UT_CONTEXT_LATENCY,
	UT_CONTEXT_WAIT,
	UT_CONTEXT_INTERRUPTIONS,
	UT_CONTEXT_DRIFT,
	UT_N_CONTEXTS,
	UT_ALL_CONTEXTS = (1 << UT_N_CONTEXTS) - 1
};
extern const char *const ut_train_context_name[UT_N_CONTEXTS];

struct ut_train_opts {
	double prior_phrases; /* see struct ut_tone_params */
	double clip;
	double power[UT_N_AXES];  /* see struct ut_tone_params */
	double l2[UT_N_AXES];     /* ridge on the weights of steps 2 and 3, per example */
	double cheerful;          /* share of accepting closings that are not in the usual voice */
	unsigned departs;         /* families (bits of enum ut_functional_family) of step 1 ... */
	unsigned axis[UT_N_AXES]; /* ... and of steps 2 and 3 */
	bool use_usual;           /* false: the customer's own earlier speech is not looked at */
	unsigned context; /* bits of enum ut_train_context: those with their documented priors */
	bool calibrate;           /* temperature, by leaving speakers out */
};
extern const struct ut_train_opts ut_train_opts_default; /* copy, change */

struct ut_train_set {
	const struct ut_tone_example *example;
	size_t n_examples;
	const struct ut_tone_phrase *phrase;
	size_t n_phrases;
	unsigned n_speakers;
	const bool *leave_out; /* n_speakers flags of those not to be looked at, or NULL */
};

/* UT_EINVAL where a class has no example, or fewer than two speakers are left; UT_ENOMEM. */
enum ut_status ut_tone_train(const struct ut_train_set *set, const struct ut_train_opts *o,
			     struct ut_tone_params *ret, struct ut_error *err);

/* Forgets the customer's earlier speech in a measurement: what the model would know without it. */
void ut_tone_forget_usual(struct ut_tone *t);
/* contexts: bits of enum ut_train_context. */
void ut_tone_forget_context(struct ut_tone *t, unsigned contexts);

#endif
