/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * closing.h - which span of the customer's speech is the closing acknowledgement.
 * By turn structure (position, length, what follows) and, where there are any, by spotted phrases.
 * Pure: tables in, one span with a confidence out. Threads: no shared state.
 */
#ifndef UT_CLASSIFIERS_CLOSING_H
#define UT_CLASSIFIERS_CLOSING_H

#include <stdbool.h>

#include "dsp/turns.h"

enum ut_phrase_meaning {
	UT_PHRASE_ACKNOWLEDGEMENT,
	UT_PHRASE_GOODBYE,
	UT_PHRASE_THANKS,
	UT_PHRASE_REFUSAL,
	UT_N_PHRASE_MEANINGS
};

struct ut_phrase_hit {      /* from the recogniser or a transcript; lent */
	int64_t start, end; /* frames */
	unsigned party;
	const char *phrase; /* as a person reads it, UTF-8 */
	enum ut_phrase_meaning meaning;
	float score; /* calibrated probability that it was said, 0..1 */
};

struct ut_closing_in {
	const struct ut_turn_list *turns;
	const struct ut_span_list *speech; /* the customer's own speech spans, for trimming */
	const struct ut_phrase_hit *hits;  /* by start; NULL where no recogniser ran */
	size_t n_hits;
	int customer; /* party index, never -1 here */
	int64_t n_frames;
};

enum ut_found_by { UT_FOUND_NONE, UT_FOUND_BY_TURN, UT_FOUND_BY_PHRASE };

struct ut_closing {
	enum ut_found_by found_by; /* NONE: no closing; reason says why */
	int64_t start, end;        /* frames, trimmed to the speech itself */
	int64_t latency;    /* frames from the end of the other party's speech; UT_NO_LATENCY */
	float confidence;   /* calibrated probability that this span is the closing, 0..1 */
	const char *phrase; /* lent from hits; NULL by turn */
	const char *reason; /* static text where NONE: "the customer never speaks after ..." */
};

void ut_closing_find(const struct ut_closing_in *in, struct ut_closing *ret);

#endif
