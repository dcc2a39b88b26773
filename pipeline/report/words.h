/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - numbers as a person reads them; shared by the writers of report/. */
#ifndef UT_REPORT_WORDS_H
#define UT_REPORT_WORDS_H

#include "base/text.h"
#include "call/call.h"

/* Probabilities in steps of 1/10,000 that sum to exactly 10,000 (largest remainders), so that what
 * is printed sums to 1. */
void ut_words_scores(const double p[UT_N_TONES], unsigned ret[UT_N_TONES]);

/* "3:12.4", "1:03:12.4"; digits after the point 0..2, cut, not rounded up past a minute. */
void ut_words_clock(double s, unsigned digits, struct ut_text *out);

/* "left", "right" in a stereo file; else "channel 3", "the mix". */
void ut_words_channel(const struct ut_call *c, int channel, struct ut_text *out);

/* "customer (external)"... */
void ut_words_party(const struct ut_party *p, struct ut_text *out);

/* "voice deeper: 2.8 semitones below this customer's own usual". No full stop. */
void ut_words_evidence(const struct ut_evidence *e, struct ut_text *out);
/* A person can check it by listening. */
bool ut_words_by_ear(const struct ut_evidence *e);

/* A phrase for a terminal: right-to-left text is isolated (U+2067..U+2069), so that what stands
 * beside it keeps its place. */
void ut_words_phrase(const char *phrase, struct ut_text *out);
/* Columns a text takes on a terminal: zero-width marks and combining points count as none. */
size_t ut_words_width(const char *s);

#endif
