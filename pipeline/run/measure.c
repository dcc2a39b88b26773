/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure.c - the streaming step: blocks of the recording in, one row every 10 ms out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decode/pair.h"
#include "run/steps.h"

enum { TAIL = UT_TAIL_S * UT_RATE_HZ };

static void on_row(void *user, const struct ut_frame *row)
{
	struct ut_chain *ch = user;

	if (ut_frame_table_push(ch->rows, row) != UT_OK ||
	    ut_timbre_table_push(ch->timbre, ut_engine_timbre(ch->engine)) != UT_OK)
		ch->no_memory = true;
}

static void keep_tail(struct ut_tail *t, const float *x, size_t n)
{
	while (n > 0) {
		size_t at = (size_t)(t->n % TAIL), k = UT_MIN(n, TAIL - at);

		for (size_t i = 0; i < k; i++) {
			float v = x[i] * 32767.0f;

			v = v > 32767 ? 32767 : v < -32767 ? -32767 : v;
			t->x[at + i] = (int16_t)lrintf(v);
		}
		t->n += (int64_t)k;
		x += k;
		n -= k;
	}
}

static void on_8k(void *user, const float *x, size_t n)
{
	struct ut_chain *ch = user;

	if (ch->tail.x) /* somebody will listen */
		keep_tail(&ch->tail, x, n);
	ut_engine_push(ch->engine, x, n, on_row, ch);
}

/* A chain for each channel, as the last call left them where that fits. */
static enum ut_status ready(struct ut_analyser *a, unsigned n_ch, unsigned rate_hz,
			    struct ut_call *c, struct ut_error *err)
{
	for (unsigned i = 0; i < n_ch; i++) {
		struct ut_chain *ch = &a->chain[i];
		enum ut_status st;

		if (a->chain_rate_hz != rate_hz)
			ut_resample_destroy(&ch->resample);
		if (!ch->resample &&
		    (st = ut_resample_create(rate_hz, &ch->resample, err)) != UT_OK)
			return st;
		if (!ch->engine && (st = ut_engine_create(&ch->engine, err)) != UT_OK)
			return st;
		if (a->recogniser && !ch->tail.x &&
		    !(ch->tail.x = malloc(TAIL * sizeof(*ch->tail.x))))
			return ut_fail(err, UT_ENOMEM, "not enough memory");
		ut_resample_reset(ch->resample);
		ut_engine_reset(ch->engine);
		ch->tail.n = 0;
		ch->rows = &c->ch[i].frames;
		ch->rows->n = 0;
		ch->timbre = &c->ch[i].timbre;
		ch->timbre->n = 0;
		ch->no_memory = false;
		ch->a = a;
	}
	for (unsigned i = n_ch; i < UT_MAX_CHANNELS && a->chain_rate_hz != rate_hz; i++)
		ut_resample_destroy(&a->chain[i].resample);
	a->chain_rate_hz = rate_hz;
	return UT_OK;
}

/*
 * What is masked (payment data) is silence before anything measures it: so that no level, floor,
 * echo or window at its edge can tell what was said. *b is then of the analyser's own memory.
 */
static enum ut_status mask_block(struct ut_analyser *a, struct ut_block *b, struct ut_error *err)
{
	const int64_t rate = a->chain_rate_hz;
	bool own = false;

	for (size_t k = 0; k < a->known.n; k++) {
		const struct ut_span *s = &a->known.v[k];
		int64_t from = s->start * rate / UT_FRAMES_PER_S - b->pos;
		int64_t to = (s->end * rate + UT_FRAMES_PER_S - 1) / UT_FRAMES_PER_S - b->pos;

		from = UT_MAX(from, 0);
		to = UT_MIN(to, (int64_t)b->n);
		if (s->kind != UT_SPAN_MASKED || from >= to)
			continue;
		if (!a->masked && !(a->masked = malloc((size_t)UT_MAX_CHANNELS * UT_DECODE_BLOCK *
						       sizeof(*a->masked))))
			return ut_fail(err, UT_ENOMEM, "not enough memory");
		for (unsigned i = 0; i < b->n_ch && i < UT_MAX_CHANNELS; i++) {
			float *x = a->masked + (size_t)i * UT_DECODE_BLOCK;

			if (!own)
				memcpy(x, b->ch[i], b->n * sizeof(*x));
			memset(x + from, 0, (size_t)(to - from) * sizeof(*x));
			b->ch[i] = x;
		}
		own = true;
	}
	return UT_OK;
}

struct reader { /* one of both */
	struct ut_decoder *d;
	struct ut_pair *pair;
};

static void reader_done(struct reader *r)
{
	ut_decoder_destroy(&r->d);
	ut_pair_destroy(&r->pair);
}

static enum ut_status stream(struct ut_analyser *a, const struct reader *r, unsigned n_ch,
			     struct ut_beat *beat, int64_t *n_samples, struct ut_error *err)
{
	double decode_s = 0, measure_s = 0, t0 = ut_cpu_s(), t1;
	struct ut_block b;
	enum ut_status st;

	for (;;) {
		st = r->pair ? ut_pair_read(r->pair, &b, err) : ut_decoder_read(r->d, &b, err);
		t1 = ut_cpu_s();
		decode_s += t1 - t0;
		if (st != UT_OK || b.n == 0)
			break;
		if (a->known.n && mask_block(a, &b, err) != UT_OK)
			return UT_ENOMEM;
		ut_dualmono_push(&a->dualmono, b.ch, b.n);
		for (unsigned i = 0; i < n_ch; i++) {
			struct ut_chain *ch = &a->chain[i];

			ut_resample_push(ch->resample, b.ch[i], b.n, on_8k, ch);
			if (ch->no_memory)
				return ut_fail(err, UT_ENOMEM,
					       "not enough memory for a recording this long");
		}
		*n_samples += (int64_t)b.n;
		ut_beat(beat, *n_samples);
		t0 = ut_cpu_s();
		measure_s += t0 - t1;
	}
	ut_cost_add(a, "decode", decode_s);
	if (st != UT_OK)
		return st;
	for (unsigned i = 0; i < n_ch; i++) {
		struct ut_chain *ch = &a->chain[i];

		ut_resample_flush(ch->resample, on_8k, ch);
		ut_engine_flush(ch->engine, on_row, ch);
		if (ch->no_memory)
			return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	ut_cost_add(a, "measure", measure_s + ut_cpu_s() - t1);
	return UT_OK;
}

static enum ut_status open_reader(const struct ut_analyser *a, const struct ut_recording *r,
				  struct reader *ret, struct ut_error *err)
{
	if (!r->name2)
		return ut_decoder_open(r->fd, r->name, &a->o.decode, &ret->d, err);
	return ut_pair_open((const int[2]){ r->fd, r->fd2 },
			    (const char *const[2]){ r->name, r->name2 }, &a->o.decode,
			    isfinite(r->lead_s) ? r->lead_s : 0, &ret->pair, err);
}

/* Two files that nobody says the start of: were they started together? */
static enum ut_status pair_problem(const struct ut_recording *r, const struct reader *rd,
				   struct ut_call *c)
{
	double s[2];

	if (!rd->pair || isfinite(r->lead_s))
		return UT_OK;
	ut_pair_lengths(rd->pair, s);
	return fabs(s[0] - s[1]) <= 1
		   ? UT_OK
		   : ut_call_problem(c, "start_unknown",
				     "the two files of this call are %.1f and %.1f s long, and "
				     "nothing says when they were started: taken to have begun "
				     "together; give start_time in a sidecar of each",
				     s[0], s[1]);
}

/* Fills media and each channel's rows. */
enum ut_status ut_step_measure(struct ut_analyser *a, const struct ut_recording *r,
			       struct ut_beat *beat, struct ut_call *c, struct ut_error *err)
{
	UT_AUTO(reader_done) struct reader rd = { 0 };
	const struct ut_decode_info *info;
	const char *why = NULL;
	enum ut_status st = open_reader(a, r, &rd, err);

	if (st != UT_OK)
		return st;
	st = ut_step_known_spans(a, r, err);
	if (st != UT_OK)
		return st;
	info = rd.pair ? ut_pair_info(rd.pair) : ut_decoder_info(rd.d);
	c->media.rate_hz = info->rate_hz;
	c->media.n_ch = info->n_ch;
	if (ut_call_set(&c->media.path, r->name) != UT_OK ||
	    ut_call_set(&c->media.container, info->container) != UT_OK ||
	    ut_call_set(&c->media.codec, info->codec) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	c->n_ch = info->n_ch;
	if (info->n_audio_tracks > 1 &&
	    ut_call_problem(c, "extra_tracks",
			    "%u audio tracks, of which the default one was analysed; if each party "
			    "has a track of its own, export them as the channels of one recording",
			    info->n_audio_tracks) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	ut_dualmono_init(&a->dualmono, info->n_ch, info->rate_hz);
	st = ready(a, info->n_ch, info->rate_hz, c, err);
	if (st == UT_OK)
		st = stream(a, &rd, info->n_ch, beat, &c->media.n_samples, err);
	if (st != UT_OK)
		return st;
	if (c->ch[0].frames.n == 0)
		return ut_fail(err, UT_EEMPTY, "less than 10 ms of audio");
	if (pair_problem(r, &rd, c) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	c->media.partial = rd.pair ? ut_pair_partial(rd.pair, &why)
				   : ut_decoder_partial(rd.d, &why);
	if (c->media.partial && ut_call_problem(c, "partial", "%s; analysed as far as it goes",
						why ? why : "the recording ends early") != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	c->media.dual_mono = ut_dualmono_is(&a->dualmono);
	if (c->media.dual_mono)
		c->n_ch = 1; /* the others say the same */
	return UT_OK;
}
