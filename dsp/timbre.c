/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/timbre.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/mel.h"

_Static_assert((int)UT_TIMBRE_FIRST - 1 + (int)UT_TIMBRE_N == (int)UT_MEL_CEPSTRA,
	       "row and timbre together are the cepstrum");

void ut_timbre_pack(const float *cepstrum, struct ut_timbre *ret)
{
	for (int i = 0; i < UT_TIMBRE_N; i++) {
		float v = cepstrum ? cepstrum[UT_TIMBRE_FIRST - 1 + i] * UT_TIMBRE_STEPS : 0;

		ret->c[i] = (int8_t)lrintf(v > 127 ? 127 : v < -127 ? -127 : v);
	}
}

bool ut_timbre_get(const struct ut_frame *f, const struct ut_timbre *t, float *ret)
{
	const float *low = &f->mfcc1;

	memset(ret, 0, UT_MEL_CEPSTRA * sizeof(*ret));
	if (!ut_frame_has(f, UT_COL_mfcc1))
		return false;
	for (int i = 0; i < UT_TIMBRE_FIRST - 1; i++)
		ret[i] = low[i];
	for (int i = 0; i < UT_TIMBRE_N; i++)
		ret[UT_TIMBRE_FIRST - 1 + i] = (float)t->c[i] * (1.f / UT_TIMBRE_STEPS);
	return true;
}

enum ut_status ut_timbre_table_push(struct ut_timbre_table *t, const struct ut_timbre *r)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		struct ut_timbre *row = realloc(t->row, cap * sizeof(*row));

		if (!row)
			return UT_ENOMEM;
		t->row = row;
		t->cap = cap;
	}
	t->row[t->n++] = *r;
	return UT_OK;
}

void ut_timbre_table_done(struct ut_timbre_table *t)
{
	free(t->row);
	memset(t, 0, sizeof(*t));
}
