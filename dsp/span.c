/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/span.h"

#include <stdlib.h>
#include <string.h>

enum ut_status ut_span_list_push(struct ut_span_list *l, const struct ut_span *s)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct ut_span *v = realloc(l->v, cap * sizeof(*v));

		if (!v)
			return UT_ENOMEM;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *s;
	return UT_OK;
}

void ut_span_list_done(struct ut_span_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

const char *ut_span_kind_name(enum ut_span_kind kind)
{
	static const char *const names[UT_N_SPAN_KINDS] = {
		"speech", "music", "ringback", "busy", "dtmf", "beep", "noise", "masked", "echo",
	};

	return (unsigned)kind < UT_N_SPAN_KINDS ? names[kind] : "unknown";
}
