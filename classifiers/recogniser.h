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

#include "classifiers/match.h"
#include "classifiers/phrases.h"
#include "dsp/span.h"

struct ut_recogniser_opts {
	const char *engine;    /* "pocketsphinx"; NULL: none */
	const char *model_dir; /* acoustic model: /usr/share/pocketsphinx/model/en-us/en-us */
	const char *transform; /* share/models/telephone.mllr: the model's wide band brought to the
				* telephone's; NULL only where model_dir is a telephone model */
	const char *words; /* the bytes of share/models/words.txt: what other speech is made of */
	size_t words_n;
	/* phrases by example besides the list; both or neither */
	const struct ut_match_model *match;
	const struct ut_example_list *examples;
	float max_heard_s; /* of speech, counted from the end of the call; 1..600, default 9 */
};
extern const struct ut_recogniser_opts ut_recogniser_opts_default; /* copy, change */

/*
 * The seconds to hear of a call that lasts so long: hearing one costs as much as decoding and
 * measuring about 45 of a call of two channels, so listening stays the smaller part of the cost of
 * all calls above two minutes. The last two turns are heard of any call.
 */
float ut_recogniser_budget_s(double call_s);

struct ut_recogniser;

/* phrases, words, match and examples are lent and must outlive the object and its hits. engine
 * NULL: examples alone. UT_EINVAL, UT_EMODEL (err names the file), UT_ENOMEM. */
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
	const char *lang;  /* of the call: phrases of that language only; "" or NULL: all */
	float max_heard_s; /* at most so much, below the object's own; 0: that one */
};

/*
 * Appends the phrases heard, by start, to *hits (malloc'ed, grown; frames of the call). What is
 * heard is how an utterance begins, its first UT_HEAR_S seconds: an acknowledgement opens its turn,
 * and the middle of long speech costs much and is where the errors are. Utterances from the end of
 * the call backwards, until max_heard_s are heard; the cepstral mean is taken over all of them.
 * *heard_s (may be NULL) grows by the seconds that were listened to. UT_ENOMEM, UT_EMODEL where the
 * engine fails.
 */
#define UT_HEAR_S 1.2
enum ut_status ut_recogniser_hear(struct ut_recogniser *r, const struct ut_hear_in *in,
				  struct ut_phrase_hit **hits, size_t *n_hits, double *heard_s,
				  struct ut_error *err);

/*
 * What an engine offers, and what it hands up: for engines and the evaluation alone.
 * The score of a candidate is its evidence against whatever else the engine could have heard in its
 * place, as log-odds (natural log) up to a constant: recogniser.c calibrates it.
 */
struct ut_part { /* a stretch of speech, frames of pcm */
	int64_t from, to;
};
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
	/* Each part by itself. lang as in ut_hear_in. */
	enum ut_status (*hear)(void *engine, const char *lang, const int16_t *pcm, size_t n,
			       const struct ut_part *part, size_t n_parts, ut_candidate_fn *emit,
			       void *user, struct ut_error *err);
	void (*destroy)(void **pengine);
};
extern const struct ut_recogniser_engine ut_engine_pocketsphinx;

#endif
