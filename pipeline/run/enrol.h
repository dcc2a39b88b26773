/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enrol.h - recordings of a phrase to examples of it (classifiers/match.h), each decoded in a
 * worker like any other recording that somebody hands over. What is kept are features, not voices.
 * Memory: one recording of at most UT_ENROL_MAX_S seconds at a time. Threads: one.
 */
#ifndef UT_RUN_ENROL_H
#define UT_RUN_ENROL_H

#include "classifiers/match.h"

enum { UT_ENROL_MAX_S = 60 };

struct ut_enrol_opts { /* all lent */
	const struct ut_match_model *model;
	const char *phrase, *lang;
	enum ut_phrase_meaning meaning;
	int channel; /* from 0; -1: the recording must have one channel only */
};

/*
 * Appends the example in the recording at path to list; on failure it is as it was. Besides what
 * opening and decoding give (without the path in the message): UT_EINVAL where the recording has no
 * such channel, or too much or too little speech for an example; UT_ELIMIT where it is longer than
 * UT_ENROL_MAX_S.
 */
enum ut_status ut_enrol(const struct ut_enrol_opts *o, const char *path,
			struct ut_example_list *list, struct ut_error *err);

#endif
