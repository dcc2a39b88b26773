/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corpus.h - training and test material for the tone model: manifests of labelled recordings become
 * closings on a telephone line, each measured against earlier speech of the same person by the same
 * code that reads calls.
 *
 * A manifest is a CSV with a header and at least the columns path (relative to it), speaker, label;
 * label is neutral, accepting, resigned or angry (rows with another label are left out). Neutral
 * rows are the speech before a closing, and accepting closings; never the same row as both. Columns
 * role and kind are allowed; a row that names anybody but an external customer is refused
 * (UT_EREFUSED).
 * Memory: one speaker's audio at a time. Threads: one per object. Same files and options, same
 * bits.
 */
#ifndef UT_RUN_CORPUS_H
#define UT_RUN_CORPUS_H

#include "classifiers/train.h"

struct ut_corpus_opts {
	const char *lines; /* comma list of line kinds ("ulaw,gsm"); see ut_corpus_line_names */
	unsigned closings; /* measured closings a recording and line */
	unsigned min_phrases, max_phrases; /* earlier recordings a closing is measured against */
	double cut_share; /* share of closings and of earlier recordings cut to their end */
	uint64_t seed;
};
extern const struct ut_corpus_opts ut_corpus_train_default, ut_corpus_test_default;
extern const char *const ut_corpus_line_names; /* "clean,ulaw,alaw,gsm,opus,noisy,lossy" */

struct ut_corpus {
	struct ut_tone_example *example;
	size_t n_examples, example_cap;
	struct ut_tone_phrase *phrase;
	size_t n_phrases, phrase_cap;
	char **speaker; /* names; "MANIFEST-INDEX/" in front keeps two manifests apart */
	unsigned n_speakers;
	unsigned n_recordings,
	    n_skipped; /* skipped: too short, unvoiced, or too few neutral rows */
	char hash[65]; /* over labels, speakers and decoded samples */
};

/* Appends one manifest. The error names manifest, line and fault. */
enum ut_status ut_corpus_add(struct ut_corpus *c, const char *manifest,
			     const struct ut_corpus_opts *o, struct ut_error *err);
void ut_corpus_done(struct ut_corpus *c);

#endif
