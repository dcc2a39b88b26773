/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure.c - the streaming step: blocks of the recording in, one row every 10 ms out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/pair.h"
#include "dsp/align.h"
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
				  double lead_s, struct reader *ret, struct ut_error *err)
{
	if (!r->name2)
		return ut_decoder_open(r->fd, r->name, &a->o.decode, &ret->d, err);
	return ut_pair_open((const int[2]){ r->fd, r->fd2 },
			    (const char *const[2]){ r->name, r->name2 }, &a->o.decode, lead_s,
			    &ret->pair, err);
}

/* ---- two files of one call ---- */

enum {
	ECHO_OFF = 30,   /* frames: an echo comes up to that late by itself */
	TURNS_OFF = 150, /* turns tell no better */
};

/* What the sound says of how the sides lie, each from its own beginning. */
static enum ut_status listen_in(const struct ut_call *c, const double length_s[2],
				struct ut_align *ret, struct ut_error *err)
{
	int64_t lead = llrint(c->media.lead_s * UT_FRAMES_PER_S);
	struct ut_frame_table side[2];

	for (int i = 0; i < 2; i++) {
		int64_t skip = UT_MAX(i ? lead : -lead, 0);

		side[i] = c->ch[i].frames;
		skip = UT_MIN(skip, (int64_t)side[i].n);
		side[i].row += skip;
		/* without the silence that fills up the shorter one */
		side[i].n =
		    UT_MIN(side[i].n - (size_t)skip, (size_t)(length_s[i] * UT_FRAMES_PER_S));
	}
	return ut_align_find(&side[0], &side[1], lead, ret, err);
}

static bool is_off(const struct ut_align *g, double lead_s)
{
	return llabs(g->lag - llrint(lead_s * UT_FRAMES_PER_S)) >
		   (g->by == UT_ALIGN_ECHO ? ECHO_OFF : TURNS_OFF) &&
	       (g->by == UT_ALIGN_ECHO || g->unmoved > 1.5f * g->overlap);
}

static enum ut_status say_aligned(struct ut_call *c, double said_s, const struct ut_align *g)
{
	struct ut_media *m = &c->media;
	bool turns = g->by == UT_ALIGN_TURNS;
	char by_meta[64] = "nothing says when they were started";

	if (isfinite(said_s))
		snprintf(by_meta, sizeof(by_meta), "by their metadata it was %+.1f s", said_s);
	return ut_call_problem(
	    c, "aligned_by_sound",
	    "the second file of this call was begun %+.1f s after the first, by %s (confidence "
	    "%.2f; "
	    "%s)%s",
	    m->lead_s,
	    turns ? "who waits for whom, to within about a second" : "the echo of one in the other",
	    (double)m->align_confidence, by_meta,
	    turns ? ": waits and answer times may be off by that much and are no evidence" : "");
}

/*
 * How the two files lie side by side, once they were measured with lead_s. *again: they do not lie
 * as their sound says, and are to be measured once more with the new lead in c->media.
 */
static enum ut_status align(double said_s, const struct reader *rd, bool second, struct ut_call *c,
			    bool *again, struct ut_error *err)
{
	struct ut_media *m = &c->media;
	bool said = isfinite(said_s);
	struct ut_align g;
	double s[2];
	enum ut_status st;

	*again = false;
	if (second) /* it was done the first time */
		return UT_OK;
	ut_pair_lengths(rd->pair, s);
	st = listen_in(c, s, &g, err);
	if (st != UT_OK)
		return st;
	if (g.by != UT_ALIGN_UNKNOWN && is_off(&g, m->lead_s)) {
		m->aligned = g.by == UT_ALIGN_ECHO ? UT_ALIGNED_ECHO : UT_ALIGNED_TURNS;
		m->lead_s = (double)g.lag / UT_FRAMES_PER_S;
		m->align_confidence = g.confidence;
		*again = true;
		return say_aligned(c, said_s, &g) == UT_OK
			   ? UT_OK
			   : ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	m->aligned = said                       ? UT_ALIGNED_TIMES
		     : g.by != UT_ALIGN_UNKNOWN ? UT_ALIGNED_TOGETHER
		     : fabs(s[0] - s[1]) <= 1   ? UT_ALIGNED_TOGETHER
						: UT_ALIGNED_UNKNOWN;
	if (m->aligned != UT_ALIGNED_UNKNOWN)
		return UT_OK;
	return ut_call_problem(c, "start_unknown",
			       "the two files of this call are %.1f and %.1f s long, nothing says "
			       "when they were started, and their sound does not tell either: "
			       "nobody is verified; give start_time in a sidecar of each",
			       s[0], s[1]) == UT_OK
		   ? UT_OK
		   : ut_fail(err, UT_ENOMEM, "not enough memory");
}

static enum ut_status measure(struct ut_analyser *a, const struct ut_recording *r, double said_s,
			      bool second, struct ut_beat *beat, struct ut_call *c, bool *again,
			      struct ut_error *err)
{
	UT_AUTO(reader_done) struct reader rd = { 0 };
	const struct ut_decode_info *info;
	const char *why = NULL;
	enum ut_status st = open_reader(a, r, c->media.lead_s, &rd, err);

	if (st != UT_OK)
		return st;
	st = ut_step_known_spans(a, r, c->media.lead_s, err);
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
	if (rd.pair) {
		st = align(said_s, &rd, second, c, again, err);
		if (st != UT_OK || *again)
			return st;
	}
	c->media.partial =
	    rd.pair ? ut_pair_partial(rd.pair, &why) : ut_decoder_partial(rd.d, &why);
	if (c->media.partial && ut_call_problem(c, "partial", "%s; analysed as far as it goes",
						why ? why : "the recording ends early") != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	c->media.dual_mono = ut_dualmono_is(&a->dualmono);
	if (c->media.dual_mono)
		c->n_ch = 1; /* the others say the same */
	return UT_OK;
}

/* Fills media and each channel's rows. */
enum ut_status ut_step_measure(struct ut_analyser *a, const struct ut_recording *r,
			       struct ut_beat *beat, struct ut_call *c, struct ut_error *err)
{
	struct ut_meta_opts o = ut_step_meta_opts(a, r);
	double said_s = r->name2 ? ut_meta_lead_s(a->o.meta, &o) : (double)NAN;
	bool again = false;
	enum ut_status st;

	c->media.lead_s = isfinite(said_s) ? said_s : 0;
	st = measure(a, r, said_s, false, beat, c, &again, err);
	if (st == UT_OK && again) { /* what is masked moves along: nothing of the first is kept */
		c->media.n_samples = 0;
		st = measure(a, r, said_s, true, beat, c, &again, err);
	}
	return st;
}
