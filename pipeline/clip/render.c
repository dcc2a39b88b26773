/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.c - the shut-in process: decode a stretch, silence what is masked, make of it what was
 * asked for. Everything that touches the recording's bytes is here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "clip/internal.h"
#include "decode/pair.h"
#include "dsp/engine.h"
#include "dsp/limiter.h"
#include "dsp/resample.h"

enum { MASK_FADE_MS = 10, MAX_GAIN_DB = 40, MAX_LIMIT_DB = 12, TRIES = 12 };
/* a lossy codec adds to its peaks: up to 1.5 dB where many are held at one height */
static const double max_peak_db[UT_N_CLIP_FORMATS] = { -1, -1, -3 };

struct take {
	float *ch[UT_DECODE_MAX_CH];
	unsigned n_ch; /* held: 1 where they are mixed already */
	size_t n;      /* samples really there */
};

static void take_done(struct take *t)
{
	for (unsigned i = 0; i < UT_DECODE_MAX_CH; i++)
		free(t->ch[i]);
}

struct source { /* one of both */
	struct ut_decoder *d;
	struct ut_pair *pair;
};

static void source_done(struct source *s)
{
	ut_decoder_destroy(&s->d);
	ut_pair_destroy(&s->pair);
}

static enum ut_status source_seek(const struct source *s, int64_t pos, struct ut_error *err)
{
	return s->pair ? ut_pair_seek(s->pair, pos, err) : ut_decoder_seek(s->d, pos, err);
}

static enum ut_status source_read(const struct source *s, struct ut_block *b, struct ut_error *err)
{
	return s->pair ? ut_pair_read(s->pair, b, err) : ut_decoder_read(s->d, b, err);
}

static enum ut_status open_it(const int fd[2], const struct ut_clip_request *q, struct source *ret,
			      struct ut_error *err)
{
	const char *const names[2] = { q->name, q->name2 };
	struct ut_decode_opts o = { 0 };
	const struct ut_decode_info *info;
	enum ut_status st;

	if (q->raw_format[0])
		o = (struct ut_decode_opts){ .raw_format = q->raw_format,
					     .raw_rate_hz = q->rate_hz,
					     .raw_channels = q->joined ? 1 : q->n_ch };
	st = q->joined ? ut_pair_open(fd, names, &o, q->lead_s, &ret->pair, err)
		       : ut_decoder_open(fd[0], q->name, &o, &ret->d, err);
	if (st != UT_OK)
		return st;
	info = q->joined ? ut_pair_info(ret->pair) : ut_decoder_info(ret->d);
	if (info->rate_hz != q->rate_hz || info->n_ch != q->n_ch)
		return ut_fail(err, UT_ECHANGED,
			       "decodes to %u channels at %u Hz; when it was analysed, to %u at "
			       "%u Hz: analyse it again",
			       info->n_ch, info->rate_hz, q->n_ch, q->rate_hz);
	return UT_OK;
}

/* n samples from `start` on: one channel, all mixed, or (apart) every channel by itself. */
static enum ut_status decode(const int fd[2], const struct ut_clip_request *q, int64_t start,
			     int64_t n, bool apart, struct take *t, struct ut_error *err)
{
	UT_AUTO(source_done) struct source src = { 0 };
	struct ut_block b;
	enum ut_status st = open_it(fd, q, &src, err);

	if (st == UT_OK && start > 0)
		st = source_seek(&src, start, err);
	if (st != UT_OK)
		return st;
	t->n_ch = apart && q->channel == UT_CLIP_MIX ? q->n_ch : 1;
	for (unsigned c = 0; c < t->n_ch; c++)
		if (!(t->ch[c] = calloc((size_t)n, sizeof(float))))
			return ut_fail(err, UT_ENOMEM, "not enough memory for the excerpt");
	while ((int64_t)t->n < n) {
		size_t k;

		st = source_read(&src, &b, err);
		if (st != UT_OK)
			return st;
		if (b.n == 0)
			break;
		k = UT_MIN(b.n, (size_t)n - t->n);
		for (unsigned c = 0; c < b.n_ch; c++) {
			float *to = t->ch[t->n_ch > 1 ? c : 0] + t->n;

			if (q->channel != UT_CLIP_MIX && (unsigned)q->channel != c)
				continue;
			for (size_t i = 0; i < k; i++)
				to[i] += b.ch[c][i];
		}
		t->n += k;
	}
	return UT_OK;
}

/*
 * Zero in every masked stretch, and a raised cosine of `fade` samples down to it and up from it
 * outside, so that nothing clicks. x[0] is `at` seconds into the recording.
 */
static void silence(const struct ut_clip_frames *m, uint64_t n_masks, double at, unsigned rate_hz,
		    size_t fade, float *x, size_t n)
{
	for (uint64_t i = 0; i < n_masks; i++) {
		double s = ((double)m[i].start / UT_FRAMES_PER_S - at) * rate_hz;
		double e = ((double)m[i].end / UT_FRAMES_PER_S - at) * rate_hz;
		/* outwards to whole samples; a hair for what is whole but for rounding */
		int64_t a = (int64_t)floor(s + 1e-6), b = (int64_t)ceil(e - 1e-6);

		for (int64_t k = UT_MAX(a, 0); k < UT_MIN(b, (int64_t)n); k++)
			x[k] = 0;
		for (int64_t k = 1; k <= (int64_t)fade; k++) {
			float w = (float)(0.5 - 0.5 * cos(M_PI * (double)k / (double)(fade + 1)));

			if (a - k >= 0 && a - k < (int64_t)n)
				x[a - k] *= w;
			if (b - 1 + k >= 0 && b - 1 + k < (int64_t)n)
				x[b - 1 + k] *= w;
		}
	}
}

static void fade_ends(float *x, size_t n, size_t fade)
{
	fade = UT_MIN(fade, n / 2);
	for (size_t k = 0; k < fade; k++) {
		float w = (float)(0.5 - 0.5 * cos(M_PI * ((double)k + 0.5) / (double)fade));

		x[k] *= w;
		x[n - 1 - k] *= w;
	}
}

/* The least rate of the format that keeps what is there. */
static unsigned rate_for(enum ut_clip_format f, unsigned rate_hz)
{
	static const unsigned opus[] = { 8000, 12000, 16000, 24000, 48000 };

	if (f != UT_CLIP_OPUS)
		return rate_hz < 8000 ? 8000 : rate_hz > 48000 ? 48000 : rate_hz;
	for (size_t i = 0; i < UT_ARRAY_LEN(opus); i++)
		if (rate_hz <= opus[i])
			return opus[i];
	return 48000;
}

static void scale(float *y, const float *x, size_t n, double db)
{
	double k = pow(10, db / 20);

	for (size_t i = 0; i < n; i++)
		y[i] = (float)(x[i] * k);
}

/*
 * x to the level asked for, true peaks below `top` dBFS. Where they would pass it, short peaks are
 * held down (MAX_LIMIT_DB at most), and what the level loses by that is made up for. a holds what x
 * measures, and then what was made of it.
 */
static enum ut_status bring_to_level(float *x, size_t n, double level_lufs, double top,
				     struct ut_clip_answer *a, struct ut_error *err)
{
	const double most = UT_MIN(MAX_GAIN_DB, top + MAX_LIMIT_DB - a->true_peak_db);
	double gain = isfinite(a->level_lufs) ? UT_MIN(level_lufs - a->level_lufs, most)
					      : UT_MIN(0, top - a->true_peak_db);
	double ceiling = top, over = a->true_peak_db + gain - top;
	enum ut_status st = UT_OK;
	float *y = NULL;

	if (over <= 0) { /* nothing to hold down: one gain for all of it */
		scale(x, x, n, gain);
		a->gain_db = gain;
		a->level_lufs += gain;
		a->true_peak_db += gain;
		return UT_OK;
	}
	y = malloc(n * sizeof(*y));
	if (!y)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the excerpt");
	for (unsigned i = 0; i < TRIES; i++) {
		double below;
		float least;

		scale(y, x, n, gain);
		st = ut_limit_peaks(y, n, a->rate_hz, (float)pow(10, ceiling / 20), &least, err);
		if (st == UT_OK)
			st = ut_clip_measure(y, n, a->rate_hz, &a->level_lufs, &a->true_peak_db,
					     err);
		if (st != UT_OK)
			break;
		a->gain_db = gain;
		a->limited_db = -20 * log10(least);
		over = a->true_peak_db - top;
		below = level_lufs - a->level_lufs;
		if (over <= 0 && (below <= 0.05 || gain >= most))
			break;
		if (over > 0)
			ceiling -= over + 0.001;
		gain = UT_MIN(gain + UT_MAX(below, 0), most);
	}
	if (st == UT_OK) {
		over = UT_MAX(over, 0);
		scale(x, y, n, -over);
		a->level_lufs -= over;
		a->true_peak_db -= over;
	}
	free(y);
	return st;
}

static enum ut_status excerpt(const int fd[2], const struct ut_clip_request *q,
			      const struct ut_clip_frames *masks, struct take *t,
			      struct ut_text *reply, struct ut_error *err)
{
	double at = (double)q->start / q->rate_hz;
	struct ut_clip_answer a = { .rate_hz = rate_for(q->format, q->rate_hz) };
	size_t mask_fade, fade;
	enum ut_status st = decode(fd, q, q->start, q->n, q->disguise, t, err);

	if (st != UT_OK)
		return st;
	if (t->n == 0)
		return ut_fail(err, UT_EINVAL, "the recording ends before the excerpt begins");
	a.n = (int64_t)t->n;
	mask_fade = (size_t)q->rate_hz * MASK_FADE_MS / 1000;
	for (unsigned c = 0; c < t->n_ch && st == UT_OK; c++) {
		silence(masks, q->n_masks, at, q->rate_hz, mask_fade, t->ch[c], t->n);
		if (q->disguise)
			st = ut_clip_disguise(t->ch[c], t->n, q->rate_hz, q->seed, err);
		for (size_t i = 0; c > 0 && i < t->n; i++)
			t->ch[0][i] += t->ch[c][i];
	}
	if (st == UT_OK && a.rate_hz != q->rate_hz) {
		float *y = NULL;
		size_t n;

		st = ut_clip_resample(t->ch[0], t->n, q->rate_hz, a.rate_hz, &y, &n, err);
		if (st == UT_OK) {
			free(t->ch[0]);
			t->ch[0] = y;
			t->n = n;
		}
	}
	if (st != UT_OK)
		return st;
	/* what a filter smeared into a masked stretch was not masked, but silence is promised */
	silence(masks, q->n_masks, at, a.rate_hz, 0, t->ch[0], t->n);
	fade = (size_t)a.rate_hz * q->fade_ms / 1000;
	fade_ends(t->ch[0], t->n, fade);
	st = ut_clip_measure(t->ch[0], t->n, a.rate_hz, &a.level_lufs, &a.true_peak_db, err);
	if (st != UT_OK)
		return st;
	st = bring_to_level(t->ch[0], t->n, q->level_lufs, max_peak_db[q->format], &a, err);
	if (st != UT_OK)
		return st;
	ut_text_addn(reply, (const char *)&a, sizeof(a));
	return ut_clip_encode(t->ch[0], t->n, a.rate_hz, q->format, reply, err);
}

/* Samples of the whole call, 16 bit little-endian. */
static enum ut_status piece(const int fd[2], const struct ut_clip_request *q,
			    const struct ut_clip_frames *masks, struct take *t,
			    struct ut_text *reply, struct ut_error *err)
{
	double gain = 32767 * pow(10, q->gain_db / 20);
	enum ut_status st = decode(fd, q, q->start, q->n, false, t, err);

	if (st != UT_OK)
		return st;
	/* the ramps reach over the edges of a piece: every piece must say the same of a sample */
	silence(masks, q->n_masks, (double)q->start / q->rate_hz, q->rate_hz,
		(size_t)q->rate_hz * MASK_FADE_MS / 1000, t->ch[0], t->n);
	for (int64_t i = 0; i < q->n; i++) { /* past a damaged end: silence, the size is promised */
		double v = rint(t->ch[0][i] * gain);
		int16_t s = (int16_t)(v > 32767 ? 32767 : v < -32767 ? -32767 : v);
		char le[2] = { (char)(s & 0xff), (char)(s >> 8 & 0xff) };

		ut_text_addn(reply, le, 2);
	}
	return UT_OK;
}

/* ---- rows ---- */

struct view {
	const struct ut_clip_request *q;
	const struct ut_clip_frames *masks, *turns;
	struct ut_engine *engine;
	int64_t row0;        /* frame of the first row */
	int64_t first, last; /* frames of the excerpt, end exclusive */
	int64_t n_8k;        /* samples seen */
	float *x;            /* of the excerpt */
	struct ut_frame_table rows;
	int64_t n_rows;
	float *f0, *level; /* of the usual range */
	size_t n_usual, cap;
	bool failed;
};

static bool within(const struct ut_clip_frames *f, uint64_t n, int64_t frame)
{
	uint64_t lo = 0, hi = n;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (frame >= f[mid].end)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && frame >= f[lo].start;
}

static void on_row(void *user, const struct ut_frame *row)
{
	struct view *v = user;
	int64_t frame = v->row0 + v->n_rows++;
	static const struct ut_frame nothing;

	if (within(v->masks, v->q->n_masks, frame) ||
	    (v->q->only_turns && !within(v->turns, v->q->n_turns, frame)))
		row = &nothing;
	if (frame >= v->first && frame < v->last && ut_frame_table_push(&v->rows, row) != UT_OK)
		v->failed = true;
	if (frame >= v->first || !ut_frame_has(row, UT_COL_f0_hz) ||
	    !ut_frame_has(row, UT_COL_level_db) || !within(v->turns, v->q->n_turns, frame))
		return;
	if (v->n_usual == v->cap) {
		size_t cap = v->cap ? 2 * v->cap : 4096;
		float *f0 = realloc(v->f0, cap * sizeof(*f0));
		float *level = f0 ? realloc(v->level, cap * sizeof(*level)) : NULL;

		if (f0)
			v->f0 = f0;
		if (level)
			v->level = level;
		if (!f0 || !level) {
			v->failed = true;
			return;
		}
		v->cap = cap;
	}
	v->f0[v->n_usual] = row->f0_hz;
	v->level[v->n_usual++] = row->level_db;
}

static void on_8k(void *user, const float *x, size_t n)
{
	struct view *v = user;
	int64_t from = (v->first - v->row0) * UT_HOP, to = (v->last - v->row0) * UT_HOP;

	for (size_t i = 0; i < n; i++) {
		int64_t at = v->n_8k + (int64_t)i;

		if (at >= from && at < to)
			v->x[at - from] = x[i];
	}
	v->n_8k += (int64_t)n;
	ut_engine_push(v->engine, x, n, on_row, v);
}

static struct ut_clip_usual usual(float *v, size_t n)
{
	if (n < UT_FRAMES_PER_S)
		return (struct ut_clip_usual){ 0 };
	qsort(v, n, sizeof(*v), ut_by_float);
	return (struct ut_clip_usual){ v[n / 10], v[n / 2], v[n - 1 - n / 10], n };
}

static enum ut_status stream(const int fd[2], const struct ut_clip_request *q,
			     struct ut_resample *r, struct view *v, struct ut_error *err)
{
	UT_AUTO(source_done) struct source src = { 0 };
	int64_t end = q->start + q->n;
	/* a little more on the right, so that the last rows see what comes */
	int64_t until = end + q->rate_hz / 4, at = q->ref_start;
	struct ut_block b;
	enum ut_status st = open_it(fd, q, &src, err);

	if (st == UT_OK && at > 0)
		st = source_seek(&src, at, err);
	while (st == UT_OK && at < until) {
		st = source_read(&src, &b, err);
		if (st != UT_OK || b.n == 0)
			break;
		b.n = UT_MIN(b.n, (size_t)(until - at));
		ut_resample_push(r, b.ch[q->channel], b.n, on_8k, v);
		at += (int64_t)b.n;
	}
	if (st == UT_OK) {
		ut_resample_flush(r, on_8k, v);
		ut_engine_flush(v->engine, on_row, v);
		if (at <= q->start)
			st =
			    ut_fail(err, UT_EINVAL, "the recording ends before the excerpt begins");
		else if (v->failed)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	return st;
}

static enum ut_status view(const int fd[2], const struct ut_clip_request *q,
			   const struct ut_clip_frames *masks, const struct ut_clip_frames *turns,
			   struct ut_text *reply, struct ut_error *err)
{
	double per_frame = (double)q->rate_hz / UT_FRAMES_PER_S;
	struct view v = { .q = q, .masks = masks, .turns = turns };
	struct ut_clip_view_answer a = { 0 };
	struct ut_resample *r = NULL;
	enum ut_status st;
	size_t n;

	v.row0 = llrint((double)q->ref_start / per_frame);
	v.first = llrint((double)q->start / per_frame);
	v.last = llrint((double)(q->start + q->n) / per_frame);
	n = (size_t)(v.last - v.first) * UT_HOP;
	v.x = calloc(n, sizeof(*v.x));
	st = v.x ? ut_resample_create(q->rate_hz, &r, err)
		 : ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st == UT_OK)
		st = ut_engine_create(&v.engine, err);
	if (st == UT_OK)
		st = stream(fd, q, r, &v, err);
	if (st == UT_OK) {
		silence(masks, q->n_masks, (double)v.first / UT_FRAMES_PER_S, UT_RATE_HZ, 0, v.x,
			n);
		for (int64_t f = v.first; q->only_turns && f < v.last; f++)
			if (!within(turns, q->n_turns, f))
				memset(v.x + (f - v.first) * UT_HOP, 0, UT_HOP * sizeof(*v.x));
		a.n_rows = v.rows.n;
		a.n = a.n_rows * UT_HOP;
		a.f0_hz = usual(v.f0, v.n_usual);
		a.level_db = usual(v.level, v.n_usual);
		ut_text_addn(reply, (const char *)&a, sizeof(a));
		ut_text_addn(reply, (const char *)v.x, a.n * sizeof(*v.x));
		ut_text_addn(reply, (const char *)v.rows.row, a.n_rows * sizeof(*v.rows.row));
	}
	ut_resample_destroy(&r);
	ut_engine_destroy(&v.engine);
	ut_frame_table_done(&v.rows);
	free(v.x);
	free(v.f0);
	free(v.level);
	return st;
}

static enum ut_status work(const int fd[2], const void *request, size_t n, struct ut_text *reply,
			   struct ut_error *err)
{
	struct ut_clip_request q;
	const struct ut_clip_frames *masks, *turns;
	struct take t = { 0 };
	enum ut_status st;

	memcpy(&q, request, sizeof(q)); /* from our own parent, which made it whole */
	masks = (const void *)((const char *)request + sizeof(q));
	turns = masks + q.n_masks;
	if (n != sizeof(q) + (q.n_masks + q.n_turns) * sizeof(*masks))
		return ut_fail(err, UT_EINVAL, "a damaged request");
	switch (q.kind) {
	case UT_CLIP_EXCERPT:
		st = excerpt(fd, &q, masks, &t, reply, err);
		break;
	case UT_CLIP_PIECE:
		st = piece(fd, &q, masks, &t, reply, err);
		break;
	default:
		st = view(fd, &q, masks, turns, reply, err);
	}
	take_done(&t);
	return st;
}

const struct ut_warden_ops ut_clip_ops = { .prepare = ut_decode_global_init, .work = work };
