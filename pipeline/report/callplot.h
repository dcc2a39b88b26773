/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callplot.h - the pictures of one call: who spoke when, over the whole of it; and the customer's
 * voice around the closing. SVG with units and a text alternative; time runs left to right in every
 * language. Arrays in, text out.
 * Memory: appends to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_CALLPLOT_H
#define UT_REPORT_CALLPLOT_H

#include "report/html.h"

/* Inline SVG that wears the page's sheet: a lane a party, holds, interruptions, masked parts, the
 * closing. window_*: a stretch to point out (the excerpt); equal: none. */
void ut_callplot_timeline(const struct ut_call *c, enum ut_lang lang, double window_start_s,
			  double window_end_s, struct ut_text *out);
/* The same in one sentence, for who cannot see it. */
void ut_callplot_timeline_words(const struct ut_call *c, enum ut_lang lang, struct ut_text *out);

struct ut_callplot_band { /* a usual range; ok false: not known */
	double lo, hi;
	bool ok;
};

/* The customer's voice in a stretch of the call. Of nobody else: the caller has the rows from
 * ut_clip_view, which gives only those of a verified external customer. */
struct ut_callplot_voice {
	double start_s;
	const float *x; /* n samples at 8 kHz; masked parts are zero */
	size_t n;
	const struct ut_frame *rows; /* n_rows of 10 ms */
	size_t n_rows;
	struct ut_callplot_band f0_hz, level_db, rate; /* rate: syllables a second */
	const struct ut_callplot_rate {                /* stretches of speech */
		double start_s, end_s, per_s;
	} * rates;
	size_t n_rates;
	double closing_start_s, closing_end_s;
	const struct ut_callplot_mask {
		double start_s, end_s;
	} * masks;
	size_t n_masks;
};

/* A picture that stands alone (<img>), light or dark as the reader's system is. */
void ut_callplot_voice(const struct ut_callplot_voice *v, enum ut_lang lang, struct ut_text *out);

#endif
