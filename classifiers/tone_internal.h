/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tone_internal.h - what scoring and training of the tone model must do alike. */
#ifndef UT_CLASSIFIERS_TONE_INTERNAL_H
#define UT_CLASSIFIERS_TONE_INTERNAL_H

#include "classifiers/tone.h"

/* Step 1's number: the weighted mean of |z|. 0 where nothing was measured. */
double ut_tone_departure(const struct ut_tone_params *p, const double z[UT_N_FUNCTIONALS],
			 uint64_t valid);
/* What step 2 or 3 divides z by; `used`: the functionals it looks at. */
double ut_tone_length(const double z[UT_N_FUNCTIONALS], uint64_t used, double power);
/* What is added to step 1's log-odds by latency and waiting. */
double ut_tone_context_logit(const struct ut_tone_params *p, const struct ut_tone *t);
/* Bits of the functionals that have a weight on the axis. */
uint64_t ut_tone_on_axis(const struct ut_tone_params *p, unsigned axis);

#endif
