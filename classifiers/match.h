/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - phrases by example: a few recordings of a phrase, in any language, and where in other
 * speech the same phrase is said, by whomever.
 *
 * Features: 13 mel cepstra of the telephone band, mean and variance of the utterance's speech taken
 * out, 130 ms of them around each frame, projected on the 20 directions that tell phones apart and
 * speakers not (linear discriminant analysis), and brought to length 1. An example is laid over
 * speech by dynamic programming with a free beginning and end; an example frame may take 0, 1 or 2
 * frames of the speech. docs/recogniser.md says on what the directions were fitted and how much
 * better than plain cepstra they are.
 * Memory: owned by each object. Threads: a model is const once parsed.
 */
#ifndef UT_CLASSIFIERS_MATCH_H
#define UT_CLASSIFIERS_MATCH_H

#include "base/text.h"
#include "classifiers/closing.h"

enum {
	UT_MATCH_DIMS = 20,
	UT_MATCH_MIN_FRAMES = 15,  /* a shorter example is found everywhere */
	UT_MATCH_MAX_FRAMES = 500, /* of an example */
};

struct ut_match_model;

/* The bytes of share/models/examples.lda. UT_EMODEL names the fault. */
enum ut_status ut_match_model_parse(const char *bytes, size_t n, struct ut_match_model **ret,
				    struct ut_error *err);
void ut_match_model_destroy(struct ut_match_model **pm);

struct ut_pattern {
	float *v; /* n rows of UT_MATCH_DIMS, each of length 1 */
	size_t n; /* frames of 10 ms */
};

/* Features of 8 kHz samples. UT_EINVAL below 0.2 s, UT_ENOMEM. */
enum ut_status ut_pattern_make(const struct ut_match_model *m, const int16_t *pcm, size_t n,
			       struct ut_pattern *ret, struct ut_error *err);
void ut_pattern_done(struct ut_pattern *p);

/* Examples of phrases, as they are kept in a file: features, not voices. */
struct ut_example {
	char *phrase;  /* UTF-8 */
	char lang[16]; /* "he": a language tag, as in a phrase list */
	enum ut_phrase_meaning meaning;
	struct ut_pattern pattern;
};
struct ut_example_list {
	struct ut_example *v;
	size_t n, cap;
};

/*
 * Adds a recording of a phrase said alone: silence around it is cut off. UT_EINVAL where too little
 * or too much speech is left (err says how much), or phrase or lang cannot stand in a file;
 * UT_ENOMEM; the list is then as it was.
 */
enum ut_status ut_example_enrol(const struct ut_match_model *m, const int16_t *pcm, size_t n,
				const char *phrase, const char *lang,
				enum ut_phrase_meaning meaning, struct ut_example_list *list,
				struct ut_error *err);
void ut_example_list_done(struct ut_example_list *list);
/* To and from a file's bytes; parse appends. UT_EFORMAT (the line and its fault), UT_ENOMEM. */
void ut_example_list_write(const struct ut_example_list *list, struct ut_text *out);
enum ut_status ut_example_list_parse(const char *bytes, size_t n, const char *name,
				     struct ut_example_list *list, struct ut_error *err);

struct ut_match {
	int64_t start, end; /* frames of the speech that the example was laid over */
	float distance;     /* mean over the example's frames of 1 - cosine, 0..2, and of what was
			     * paid for stretching */
};

/* The best place of an example in speech; false where the speech is shorter than half of it.
 * UT_ENOMEM. */
enum ut_status ut_match_find(const struct ut_pattern *example, const struct ut_pattern *speech,
			     struct ut_match *ret, bool *found, struct ut_error *err);

/*
 * The best place of each phrase of the list in one utterance: the mean distance of its examples,
 * and the place of the nearest. lang: only examples for a call in that language (ut_phrases_speak);
 * "" all. Appends a hit a phrase to *hits (malloc'ed, grown) with first added to its frames. Its
 * score is the probability that the phrase was said, by logistic regression on the mean distance
 * (docs/recogniser.md, "Phrases by example"); hits below min_score are left out. UT_ENOMEM.
 */
enum ut_status ut_examples_match(const struct ut_example_list *list, const char *lang,
				 const struct ut_pattern *speech, int64_t first, unsigned party,
				 float min_score, struct ut_phrase_hit **hits, size_t *n_hits,
				 struct ut_error *err);
/* That probability. */
float ut_match_probability(float distance);

#endif
