/* SPDX-License-Identifier: GPL-3.0-or-later */
/* features_plot.h - the picture of `features --plot`. For cmd_features.c only. */
#ifndef UT_CLI_FEATURES_PLOT_H
#define UT_CLI_FEATURES_PLOT_H

#include "call/call.h"
#include "decode/decode.h"
#include "run/item.h"

struct ut_features_plot {
	int64_t channel;     /* -1: the customer's where known, else the first */
	double from_s, to_s; /* < 0: about the closing, or the end */
};

enum { UT_PLOT_MAX_S = 600 };

/*
 * Appends the SVG of one stretch of one channel of the analysed call c. What the metadata masks and
 * touch tones spell is neither drawn nor measured. UT_EINVAL: nothing of it lies in the recording,
 * no such channel, longer than UT_PLOT_MAX_S; and what decoding fails with.
 */
enum ut_status ut_features_plot(const struct ut_features_plot *p, const struct ut_call *c,
				const struct ut_recording *r, const struct ut_decode_opts *o,
				struct ut_text *out, struct ut_error *err);

#endif
