/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adapt.h - fits a tone model to what reviewers heard: few verdicts move its biases and
 * temperature, many its weights too; always pulled towards the model that was there. Pure and
 * repeatable. Memory: allocated inside, freed on return. Threads: no shared state.
 */
#ifndef UT_CLASSIFIERS_ADAPT_H
#define UT_CLASSIFIERS_ADAPT_H

#include "classifiers/train.h"

/* At least this many verdicts in all and of each class: to recalibrate, and to retrain. */
enum {
	UT_ADAPT_MIN = 20,
	UT_ADAPT_MIN_CLASS = 5,
	UT_RETRAIN_MIN = 300,
	UT_RETRAIN_MIN_CLASS = 50,
};

struct ut_adaptation {
	bool retrained; /* else recalibrated */
	unsigned n, n_speakers, per_class[UT_N_TONES];
	/* On verdicts of customers that the fit never saw (five folds): mean negative
	 * log-likelihood with classes alike, and AUC of not accepted; [0] of the old model, [1] of
	 * the new one. */
	double loss[2], auc[2];
	bool better; /* the new one's loss is lower, and its AUC not lower by over a hundredth */
};

/*
 * The speaker of an example is its customer; folds never part one. Classes count alike, so that the
 * scores stay calibrated for the old model's prior whatever reviewers chose to hear. UT_EINVAL
 * where there are too few verdicts or fewer than five customers; UT_ENOMEM.
 */
enum ut_status ut_tone_adapt(const struct ut_tone_params *old, const struct ut_tone_example *e,
			     size_t n, struct ut_tone_params *ret, struct ut_adaptation *how,
			     struct ut_error *err);

#endif
