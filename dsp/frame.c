/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/frame.h"

#include <stdlib.h>
#include <string.h>

const struct ut_frame_info ut_frame_info[UT_N_FRAME_COLS] = {
#define X(name, unit, digits, help) { #name, unit, help, digits },
	UT_FRAME_COLUMNS(X)
#undef X
};

_Static_assert(sizeof(struct ut_frame) == sizeof(uint32_t) + UT_N_FRAME_COLS * sizeof(float),
	       "ut_frame_get relies on columns without padding");
_Static_assert(UT_N_FRAME_COLS <= 32, "valid is one bit a column");

enum ut_status ut_frame_table_push(struct ut_frame_table *t, const struct ut_frame *f)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		struct ut_frame *row = realloc(t->row, cap * sizeof(*row));

		if (!row)
			return UT_ENOMEM;
		t->row = row;
		t->cap = cap;
	}
	t->row[t->n++] = *f;
	return UT_OK;
}

void ut_frame_table_done(struct ut_frame_table *t)
{
	free(t->row);
	memset(t, 0, sizeof(*t));
}
