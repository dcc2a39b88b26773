/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.h - one stretch of one channel as an SVG picture: waveform, F0 and level over time.
 * Arrays in, text out; stands alone (no script, no outside font) and is safe to put into a page.
 * Memory: appends to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_PLOT_H
#define UT_REPORT_PLOT_H

#include "base/text.h"
#include "dsp/frame.h"
#include "dsp/span.h"

struct ut_plot {
	const char *title; /* escaped here; NULL: none */
	const float *x;    /* n samples at 8 kHz, -1..1; NULL: no waveform panel */
	size_t n;
	const struct ut_frame *rows; /* n_rows of 10 ms; row 0 stands about sample 0 */
	size_t n_rows;
	double start_s; /* of sample 0 in the call: what the time axis shows */
	/* stretches to shade, in frames of `rows` (a closing, masked parts); n_marks may be 0 */
	const struct ut_plot_mark {
		int64_t start, end;
		const char *label; /* may be NULL */
	} * marks;
	size_t n_marks;
	/* a reference line in each panel, where has_reference: this speaker's own usual values */
	bool has_reference;
	double reference_f0_hz, reference_level_db;
	/* this speaker's own usual range, shaded in each panel; hi <= lo: none */
	double usual_f0_lo_hz, usual_f0_hi_hz, usual_level_lo_db, usual_level_hi_db;
	unsigned width; /* pixels, 320..4000; 0: 960 */
};

/* Masked parts are the caller's: pass no audio that may not be shown. */
void ut_plot_svg(const struct ut_plot *p, struct ut_text *out);

#endif
