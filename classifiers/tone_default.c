/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped tone model (models/default.model), linked in. */
#include "classifiers/tone.h"

static const char text[] =
#include "default_model.h"
    ;

const char *ut_tone_default_model(size_t *n)
{
	*n = sizeof(text) - 1;
	return text;
}
