/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/enrol.h"

#include <math.h>
#include <stdlib.h>

#include "decode/decode.h"
#include "dsp/frame.h"
#include "dsp/resample.h"
#include "run/item.h"

struct samples {
	int16_t *x;
	size_t n;
	bool full;
};

static void keep(void *user, const float *x, size_t n)
{
	struct samples *s = user;

	for (size_t i = 0; i < n; i++) {
		float v = x[i] * 32767.0f;

		if (s->n == (size_t)UT_ENROL_MAX_S * UT_RATE_HZ) {
			s->full = true;
			return;
		}
		s->x[s->n++] = (int16_t)lrintf(v > 32767 ? 32767 : v < -32767 ? -32767 : v);
	}
}

static enum ut_status read_channel(const struct ut_job *j, int channel, struct samples *s,
				   struct ut_error *err)
{
	UT_AUTO(ut_decoder_destroy) struct ut_decoder *d = NULL;
	UT_AUTO(ut_resample_destroy) struct ut_resample *rs = NULL;
	struct ut_decode_opts o = { .max_duration_s = UT_ENROL_MAX_S };
	struct ut_block b = { 0 };
	enum ut_status st = ut_decoder_open(j->fd, j->name, &o, &d, err);
	unsigned n_ch;

	if (st != UT_OK)
		return st;
	n_ch = ut_decoder_info(d)->n_ch;
	if (channel < 0 && n_ch > 1)
		return ut_fail(err, UT_EINVAL,
			       "has %u channels; say which one holds the phrase with --channel "
			       "(from 0)",
			       n_ch);
	if (channel >= (int)n_ch)
		return ut_fail(err, UT_EINVAL, "has no channel %d, its channels are 0 to %u",
			       channel, n_ch - 1);
	st = ut_resample_create(ut_decoder_info(d)->rate_hz, &rs, err);
	while (st == UT_OK && (st = ut_decoder_read(d, &b, err)) == UT_OK && b.n)
		ut_resample_push(rs, b.ch[UT_MAX(channel, 0)], b.n, keep, s);
	if (st == UT_OK)
		ut_resample_flush(rs, keep, s);
	return st;
}

static enum ut_status start(void *user, void **state, UT_UNUSED struct ut_error *err)
{
	ut_decode_global_init();
	*state = user;
	return UT_OK;
}

static enum ut_status work(void *state, const struct ut_job *j, UT_UNUSED struct ut_beat *beat,
			   struct ut_text *reply, struct ut_error *err)
{
	const struct ut_enrol_opts *o = state;
	struct samples s = { malloc((size_t)UT_ENROL_MAX_S * UT_RATE_HZ * sizeof(int16_t)), 0,
			     false };
	struct ut_example_list l = { 0 };
	enum ut_status st = s.x ? read_channel(j, o->channel, &s, err)
				: ut_fail(err, UT_ENOMEM, "not enough memory");

	if (st == UT_OK)
		st = ut_example_enrol(o->model, s.x, s.n, o->phrase, o->lang, o->meaning, &l, err);
	if (st == UT_OK)
		ut_example_list_write(&l, reply);
	ut_example_list_done(&l);
	free(s.x);
	return st;
}

enum ut_status ut_enrol(const struct ut_enrol_opts *o, const char *path,
			struct ut_example_list *list, struct ut_error *err)
{
	static const struct ut_worker_ops ops = { .start = start, .work = work };
	static const struct ut_worker_limits limits = { .memory_bytes = (size_t)512 << 20,
							.stall_s = 60,
							.cpu_s = 60 };
	struct ut_enrol_opts lent = *o;
	struct ut_item it = { .fd = -1 };
	struct ut_pool *pool = NULL;
	struct ut_pool_event ev = { 0 };
	enum ut_status st = ut_item_init(&it, path, true, err);

	if (st == UT_OK)
		st = ut_item_open(&it, err);
	if (st == UT_OK)
		st = ut_pool_create(&ops, &lent, 1, &limits, &pool, err);
	while (st == UT_OK && ut_pool_n_idle(pool) == 0)
		st = ut_pool_wait(pool, -1, NULL, &ev, err);
	if (st == UT_OK)
		st = ut_pool_submit(pool, it.fd, it.path, "", 0, NULL, err);
	while (st == UT_OK && ev.what != UT_POOL_DONE)
		st = ut_pool_wait(pool, -1, NULL, &ev, err);
	if (st == UT_OK && ev.err.code != UT_OK)
		st = ut_fail(err, ev.err.code, "%s", ev.err.msg);
	if (st == UT_OK) /* checked again, line by line: the worker read a stranger's file */
		st = ut_example_list_parse(ev.reply, ev.reply_n, "worker", list, err);
	ut_pool_destroy(&pool);
	ut_item_done(&it);
	return st;
}
