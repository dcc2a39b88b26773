/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span.h - a stretch of frames [start, end) and growing lists of them. */
#ifndef UT_DSP_SPAN_H
#define UT_DSP_SPAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum ut_span_kind {
	UT_SPAN_SPEECH,
	UT_SPAN_MUSIC, /* hold music */
	UT_SPAN_RINGBACK,
	UT_SPAN_BUSY,
	UT_SPAN_DTMF,
	UT_SPAN_BEEP,   /* any other steady tone: recorder beeps, fax, SIT */
	UT_SPAN_NOISE,  /* energy that is neither speech nor tonal, long and steady */
	UT_SPAN_MASKED, /* excluded by metadata (payment data): never measured, plotted or clipped
			 */
	UT_SPAN_ECHO,   /* another channel's voice leaking in */
	UT_N_SPAN_KINDS
};

struct ut_span {
	int64_t start, end; /* frames of 10 ms; end exclusive */
	enum ut_span_kind kind;
	float confidence; /* 0..1 */
};

struct ut_span_list {
	struct ut_span *v;
	size_t n, cap;
};

enum ut_status ut_span_list_push(struct ut_span_list *l, const struct ut_span *s);
void ut_span_list_done(struct ut_span_list *l);
const char *ut_span_kind_name(enum ut_span_kind kind); /* "speech", "music"... */

#endif
