/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stretch.h"

#include <string.h>

#include "dsp/frame.h"
#include "dsp/resample.h"

enum { BEFORE = 10 }; /* frames that the resampler's filter needs to have run in */

struct out {
	float *x;
	size_t n, cap, drop;
};

static void take(void *user, const float *x, size_t n)
{
	struct out *o = user;
	size_t skip = UT_MIN(n, o->drop);

	o->drop -= skip;
	n = UT_MIN(n - skip, o->cap - o->n);
	memcpy(o->x + o->n, x + skip, n * sizeof(*x));
	o->n += n;
}

enum ut_status ut_stretch_read(int fd, const char *name, const struct ut_decode_opts *o,
			       unsigned ch, int64_t start, int64_t end, float *x,
			       struct ut_error *err)
{
	UT_AUTO(ut_decoder_destroy) struct ut_decoder *d = NULL;
	UT_AUTO(ut_resample_destroy) struct ut_resample *r = NULL;
	const struct ut_decode_info *info;
	/* from a whole second on: there every rate has a whole sample */
	int64_t first = UT_MAX(start - BEFORE, 0) / UT_FRAMES_PER_S * UT_FRAMES_PER_S;
	struct out out = { .x = x,
			   .cap = (size_t)(end - start) * UT_HOP,
			   .drop = (size_t)(start - first) * UT_HOP };
	struct ut_block b;
	enum ut_status st = ut_decoder_open(fd, name, o, &d, err);

	memset(x, 0, out.cap * sizeof(*x));
	if (st != UT_OK)
		return st;
	info = ut_decoder_info(d);
	if (ch >= info->n_ch)
		return ut_fail(err, UT_EINVAL, "no channel %u: the recording has %u", ch,
			       info->n_ch);
	st = ut_resample_create(info->rate_hz, &r, err);
	if (st == UT_OK)
		st = ut_decoder_seek(d, first * info->rate_hz / UT_FRAMES_PER_S, err);
	while (st == UT_OK && out.n < out.cap) {
		st = ut_decoder_read(d, &b, err);
		if (st != UT_OK)
			return st;
		if (b.n == 0) {
			ut_resample_flush(r, take, &out);
			break;
		}
		ut_resample_push(r, b.ch[ch], b.n, take, &out);
	}
	return st;
}
