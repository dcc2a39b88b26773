/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recogniser.h - hears phrases of a list in the speech at the end of a call.
 *
 * One small interface, so that an engine is one file and one row (recogniser.c). PocketSphinx is
 * the one that is always there. An engine reads its model files in create and never again: create
 * before a sandbox closes, hear behind it. This is the one exception to "classifiers/ opens no
 * file": the paths are the caller's, and only an engine's own library opens them.
 * Memory: the model in create; hear uses a few hundred bytes a frame of speech heard.
 * Threads: one per object. The same samples give the same hits, whatever was heard before.
 */
#ifndef UT_CLASSIFIERS_RECOGNISER_H
#define UT_CLASSIFIERS_RECOGNISER_H

#include "classifiers/phrases.h"
#include "dsp/span.h"

struct ut_recogniser_opts {
	const char *engine;    /* "pocketsphinx" */
	const char *model_dir; /* acoustic model: /usr/share/pocketsphinx/model/en-us/en-us */
	const char *transform; /* share/models/telephone.mllr: the model's wide band brought to the
				* telephone's; NULL only where model_dir is a telephone model */
	float max_heard_s;     /* of speech, counted from the end of the call; 5..600, default 20 */
};
extern const struct ut_recogniser_opts ut_recogniser_opts_default; /* copy, change */

struct ut_recogniser;

/* phrases are lent and must outlive the object and its hits. UT_EINVAL, UT_EMODEL (err names the
 * file), UT_ENOMEM. */
enum ut_status ut_recogniser_create(const struct ut_recogniser_opts *o,
				    const struct ut_phrase_list *phrases,
				    struct ut_recogniser **ret, struct ut_error *err);
void ut_recogniser_destroy(struct ut_recogniser **pr);

/* One party's last samples. */
struct ut_hear_in {
	const int16_t *pcm; /* 8 kHz, lent */
	size_t n;
	int64_t pos;                       /* of pcm[0] in the call, samples at 8 kHz */
	const struct ut_span_list *speech; /* of that party: frames of the call; other kinds are
					    * passed over */
	unsigned party;
};

/*
 * Appends the phrases heard, by start, to *hits (malloc'ed, grown; frames of the call). Only
 * speech spans are heard, the last max_heard_s of them, joined into one utterance so that the
 * cepstral mean is taken over all of it. *heard_s (may be NULL) grows by the seconds of speech
 * that were listened to. UT_ENOMEM, UT_EMODEL where the engine fails.
 */
enum ut_status ut_recogniser_hear(struct ut_recogniser *r, const struct ut_hear_in *in,
				  struct ut_phrase_hit **hits, size_t *n_hits, double *heard_s,
				  struct ut_error *err);

/*
 * What an engine offers, and what it hands up: for engines and the evaluation alone.
 * The score of a candidate is a log-likelihood ratio (natural log) against whatever else the
 * engine could have heard in its place.
 */
struct ut_candidate {
	int64_t start, end; /* samples of the utterance */
	unsigned phrase;    /* index in the list */
	unsigned pron;
	float llr;
};
typedef void ut_candidate_fn(void *user, const struct ut_candidate *c);

struct ut_recogniser_engine {
	const char *name;
	enum ut_status (*create)(const struct ut_recogniser_opts *o,
				 const struct ut_phrase_list *phrases, void **ret,
				 struct ut_error *err);
	enum ut_status (*hear)(void *engine, const int16_t *pcm, size_t n, ut_candidate_fn *emit,
			       void *user, struct ut_error *err);
	void (*destroy)(void **pengine);
};
extern const struct ut_recogniser_engine ut_engine_pocketsphinx;

#endif
