/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evaluate.h - how good scores are: figures with bootstrap intervals over speakers. Pure and
 * repeatable. Memory: allocated inside, freed on return. Threads: no shared state.
 */
#ifndef UT_CLASSIFIERS_EVALUATE_H
#define UT_CLASSIFIERS_EVALUATE_H

#include "classifiers/tone.h"

struct ut_scored {
	float score[UT_N_TONES];
	enum ut_tone_label truth, said; /* said may be UT_TONE_ABSTAIN */
	unsigned speaker;
};

/* X(member, what it is). A figure that does not exist (a class is missing) is NaN. */
#define UT_FIGURES(X)                                                                              \
	X(uar, "unweighted average recall of the classes present")                                 \
	X(recall_accepting, "recall of accepting")                                                 \
	X(recall_resigned, "recall of resigned")                                                   \
	X(recall_angry, "recall of angry")                                                         \
	X(auc_not_accepted, "AUC of resigned + angry against accepting")                           \
	X(auc_resigned, "AUC of resigned against the rest")                                        \
	X(auc_angry, "AUC of angry against the rest")                                              \
	X(precision_top_10, "share not accepted among the top tenth by resigned + angry")          \
	X(lift_top_10, "that share over the base rate")                                            \
	X(precision_rare, "the same for the top 5 % where 5 % are not accepted")                   \
	X(ece, "expected calibration error, 10 bins of the best score")                            \
	X(abstained, "share of abstentions")

enum ut_figure {
#define X(name, help) UT_FIG_##name,
	UT_FIGURES(X)
#undef X
	    UT_N_FIGURES
};
extern const struct ut_figure_info {
	const char *name, *help;
} ut_figure_info[UT_N_FIGURES];

enum { UT_RELIABILITY_BINS = 10 };

struct ut_evaluation {
	double value[UT_N_FIGURES];
	double low[UT_N_FIGURES], high[UT_N_FIGURES]; /* 95 %, over speakers */
	unsigned n, n_speakers;
	unsigned confusion[UT_N_TONES][UT_N_TONES]; /* [truth][best score] */
	struct {
		double confidence, accuracy; /* means of the bin */
		unsigned n;
	} bin[UT_RELIABILITY_BINS]; /* by the best score: 0..0.1, 0.1..0.2, ... */
};

/* n_speakers: speakers are 0..n_speakers-1. rounds: bootstrap draws, 0 for no intervals. UT_EINVAL
 * where n is 0, UT_ENOMEM. */
enum ut_status ut_evaluate(const struct ut_scored *v, size_t n, unsigned n_speakers,
			   unsigned rounds, struct ut_evaluation *ret, struct ut_error *err);

#endif
