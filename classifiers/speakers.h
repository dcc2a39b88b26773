/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speakers.h - who speaks when in one channel, by voice: two people of a mono mix told apart, and
 * whether a voice is another one after a hold. Says nothing of who they are, nor of anybody's tone.
 *
 * Speech is cut into units of up to a second. Each is described by its voiced frames: mean mel
 * cepstrum, mean and spread of log F0, projected on the directions in which people differ more
 * than the same person does from second to second (linear discriminant analysis). A two-covariance
 * model (Brummer and de Villiers 2010) in a hidden Markov model of two speakers, fitted by
 * variational Bayes from several starts (as in VBx, Landini et al. 2022), gives each unit a
 * speaker. Overlapping speech goes to one of both.
 * Memory: scratch is freed on return; what is returned is the caller's. Threads: no shared state.
 */
#ifndef UT_CLASSIFIERS_SPEAKERS_H
#define UT_CLASSIFIERS_SPEAKERS_H

#include <stdbool.h>

#include "dsp/span.h"
#include "dsp/timbre.h"

struct ut_speakers_in { /* one channel; all lent */
	const struct ut_frame_table *frames;
	const struct ut_timbre_table *timbre; /* of the same frames */
	const struct ut_span_list *spans;     /* its activity: only SPEECH is looked at */
};

struct ut_speaker_segment {
	int64_t start, end; /* frames of speech, end exclusive; by time, not overlapping */
	unsigned speaker;   /* 0 for whoever speaks first, 1 */
	float confidence;   /* that it is this one and not the other, 0.5..1 */
};

struct ut_speakers {
	unsigned n_speakers; /* 0 where nobody speaks; 1, 2 */
	bool sure;           /* two and the voices are far apart; or told: see expect */
	bool more;           /* one of the two seems to be two people again */
	float apart;  /* log evidence for two people over one; 0 where it could not be weighed */
	float spread; /* squared distance of the two over the spread within; see docs */
	struct ut_speaker_segment *v; /* all of the channel's speech */
	size_t n, cap;
};

/*
 * ret is zeroed or reused. expect_two: it is known from elsewhere that two people speak, so they
 * are told apart however alike they sound (`sure` says whether the voices bear it out); otherwise
 * only where the voices leave little doubt. UT_ENOMEM.
 */
enum ut_status ut_speakers_split(const struct ut_speakers_in *in, bool expect_two,
				 struct ut_speakers *ret, struct ut_error *err);
void ut_speakers_done(struct ut_speakers *s);

/*
 * Log evidence that the speech before frame `at` (back to `from`) and after it (up to `to`) is of
 * two people rather than of one; above UT_ANOTHER_VOICE it is another voice. *enough is false where
 * one of both sides has too little speech to tell; *ret is 0 then. UT_ENOMEM.
 */
enum ut_status ut_speakers_change(const struct ut_speakers_in *in, int64_t from, int64_t at,
				  int64_t to, float *ret, bool *enough, struct ut_error *err);
#define UT_ANOTHER_VOICE 3.0f /* between same and other actors; docs/WHO-IS-WHO.md */

#endif
