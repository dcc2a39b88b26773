/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maker.c - the caller's side: what is asked of the shut-in process, and the check of what it
 * answers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/internal.h"

enum {
	MEMORY = 1 << 30,
	CPU_S = 300,  /* a late stretch of a long compressed call is decoded from its start */
	WALL_S = 600, /* on a machine with better things to do */
	WAV_HEADER = 44,
	REF_BACK_S = 300,
	REF_TURNS_S = 60,
	MARGIN = 100, /* frames: masks near a stretch reach into it by their ramps */
};

struct ut_clip_maker {
	struct ut_warden *warden;
};

enum ut_status ut_clip_maker_start(unsigned n, struct ut_clip_maker **ret, struct ut_error *err)
{
	struct ut_warden_limits l = {
		.memory_bytes = MEMORY, .cpu_s = CPU_S, .wall_s = WALL_S, .n = n
	};
	struct ut_clip_maker *m = calloc(1, sizeof(*m));
	enum ut_status st;

	if (!m)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	st = ut_warden_start(&ut_clip_ops, &l, &m->warden, err);
	if (st != UT_OK) {
		free(m);
		return st;
	}
	*ret = m;
	return UT_OK;
}

void ut_clip_maker_stop(struct ut_clip_maker **pm)
{
	if (!*pm)
		return;
	ut_warden_stop(&(*pm)->warden);
	free(*pm);
	*pm = NULL;
}

/* ---- requests ---- */

/* What a headerless recording is: by its name, else by the codec it was decoded with. */
static void name_format(char name[32], const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	snprintf(name, 32, "recording%s", dot && strlen(dot) < 16 && !strchr(dot, '/') ? dot : "");
}

static void raw_format(struct ut_clip_request *q, const struct ut_media *m)
{
	static const char *const by_codec[][2] = {
		{ "pcm_mulaw", "ulaw" },  { "pcm_alaw", "alaw" }, { "gsm", "gsm" },
		{ "adpcm_vox", "vox" },   { "g729", "g729" },     { "g723_1", "g723" },
		{ "adpcm_g722", "g722" },
	};
	if (!m->container || strcmp(m->container, "raw") != 0 || !m->codec)
		return;
	for (size_t i = 0; i < UT_ARRAY_LEN(by_codec); i++)
		if (strcmp(m->codec, by_codec[i][0]) == 0)
			snprintf(q->raw_format, sizeof(q->raw_format), "%s", by_codec[i][1]);
	if (strcmp(m->codec, "pcm_s16") == 0)
		snprintf(q->raw_format, sizeof(q->raw_format), "sln");
}

static void begin(struct ut_clip_request *q, enum ut_clip_kind kind, const struct ut_call *c)
{
	memset(q, 0, sizeof(*q));
	q->kind = kind;
	q->rate_hz = c->media.rate_hz;
	q->n_ch = c->media.n_ch;
	q->joined = c->media.aligned != UT_ALIGNED_WHOLE;
	q->lead_s = c->media.lead_s;
	name_format(q->name, c->media.path);
	name_format(q->name2, c->media.path2);
	raw_format(q, &c->media);
}

struct frames {
	struct ut_clip_frames *v;
	size_t n, cap;
	bool failed;
};

static void push(struct frames *f, int64_t start, int64_t end)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		struct ut_clip_frames *v = realloc(f->v, cap * sizeof(*v));

		if (!v) {
			f->failed = true;
			return;
		}
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = (struct ut_clip_frames){ start, end };
}

static int by_start(const void *a, const void *b)
{
	const struct ut_clip_frames *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void unite(struct frames *f)
{
	size_t k = 0;

	if (f->n == 0)
		return;
	qsort(f->v, f->n, sizeof(*f->v), by_start);
	for (size_t i = 1; i < f->n; i++)
		if (f->v[i].start <= f->v[k].end)
			f->v[k].end = UT_MAX(f->v[k].end, f->v[i].end);
		else
			f->v[++k] = f->v[i];
	f->n = k + 1;
}

/*
 * What may not be heard in [from, to): masked by the metadata, and touch tones, which spell card
 * numbers (with a little around them: a detector finds their middle). Of every channel, for one
 * leaks into the other.
 */
static void find_masks(const struct ut_call *c, int64_t from, int64_t to, struct frames *f)
{
	enum { TONE_EDGE = 5 };

	for (unsigned i = 0; i < c->n_ch; i++) {
		const struct ut_span_list *l = &c->ch[i].activity.spans;

		for (size_t k = 0; k < l->n; k++) {
			int64_t edge = l->v[k].kind == UT_SPAN_DTMF ? TONE_EDGE : 0;

			if (l->v[k].kind != UT_SPAN_MASKED && l->v[k].kind != UT_SPAN_DTMF)
				continue;
			if (l->v[k].end + edge > from - MARGIN &&
			    l->v[k].start - edge < to + MARGIN)
				push(f, UT_MAX(l->v[k].start - edge, 0), l->v[k].end + edge);
		}
	}
	unite(f);
}

static enum ut_status ask(struct ut_clip_maker *m, const int fd[2], struct ut_clip_request *q,
			  const struct frames *masks, const struct frames *turns,
			  struct ut_text *reply, struct ut_error *err)
{
	struct ut_text all = { 0 };
	enum ut_status st;

	q->n_masks = masks->n;
	q->n_turns = turns ? turns->n : 0;
	ut_text_addn(&all, (const char *)q, sizeof(*q));
	ut_text_addn(&all, (const char *)masks->v, masks->n * sizeof(*masks->v));
	if (turns)
		ut_text_addn(&all, (const char *)turns->v, turns->n * sizeof(*turns->v));
	if (all.failed || masks->failed || (turns && turns->failed))
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	else
		st = ut_warden_do(m->warden, fd, all.s, all.len, reply, err);
	ut_text_done(&all);
	return st;
}

static enum ut_status nonsense(struct ut_error *err)
{
	return ut_fail(err, UT_ECRASH, "the process that read it sent nonsense");
}

/* ---- an excerpt ---- */

static int64_t first_frame(int64_t sample, unsigned rate_hz)
{
	return sample * UT_FRAMES_PER_S / rate_hz;
}

static enum ut_status check_stretch(const struct ut_call *c, int channel, double start_s,
				    double end_s, struct ut_error *err)
{
	double length = c->media.rate_hz ? (double)c->media.n_samples / c->media.rate_hz : 0;

	if (!(end_s > start_s) || !(start_s < length) || !(end_s > 0))
		return ut_fail(err, UT_EINVAL,
			       "an excerpt from %.2f s to %.2f s of a recording of %.2f s", start_s,
			       end_s, length);
	if (UT_MIN(end_s, length) - UT_MAX(start_s, 0) > UT_CLIP_MAX_S)
		return ut_fail(err, UT_EINVAL, "an excerpt of more than %d s", UT_CLIP_MAX_S);
	if (channel != UT_CLIP_MIX && (channel < 0 || (unsigned)channel >= c->media.n_ch))
		return ut_fail(err, UT_EINVAL, "no channel %d in a recording of %u", channel + 1,
			       c->media.n_ch);
	return UT_OK;
}

enum ut_status ut_clip_make(struct ut_clip_maker *m, const int fd[2], const struct ut_call *c,
			    const struct ut_clip_spec *spec, struct ut_clip *ret,
			    struct ut_error *err)
{
	struct ut_clip_request q;
	struct ut_clip_answer a;
	struct ut_text reply = { 0 };
	struct frames masks = { 0 };
	enum ut_status st;
	int64_t end;

	memset(ret, 0, sizeof(*ret));
	st = check_stretch(c, spec->channel, spec->start_s, spec->end_s, err);
	if (st != UT_OK)
		return st;
	begin(&q, UT_CLIP_EXCERPT, c);
	q.format = spec->format;
	q.channel = spec->channel;
	q.disguise = spec->disguise;
	q.fade_ms = spec->fade_ms ? UT_MIN(UT_MAX(spec->fade_ms, 10), 50) : 20;
	q.level_lufs = spec->level_lufs != 0 ? UT_MIN(UT_MAX(spec->level_lufs, -40), -10) : -23;
	q.seed = (uint32_t)strtoul(c->media.hash + 56, NULL, 16); /* not in any file name */
	q.start = llrint(UT_MAX(spec->start_s, 0) * q.rate_hz);
	end = UT_MIN(llrint(UT_MIN(spec->end_s, 1e9) * q.rate_hz), c->media.n_samples);
	q.n = end - q.start;
	if (q.n <= 0)
		return ut_fail(err, UT_EINVAL, "an excerpt of no samples");
	find_masks(c, first_frame(q.start, q.rate_hz), first_frame(end, q.rate_hz) + 1, &masks);
	st = ask(m, fd, &q, &masks, NULL, &reply, err);
	if (st == UT_OK && reply.len < sizeof(a))
		st = nonsense(err);
	if (st == UT_OK) {
		memcpy(&a, reply.s, sizeof(a));
		if (a.n < 1 || a.n > q.n || a.rate_hz < 4000 || a.rate_hz > 192000 ||
		    isnan(a.level_lufs) || isnan(a.true_peak_db) || !isfinite(a.gain_db) ||
		    !isfinite(a.limited_db))
			st = nonsense(err);
	}
	if (st == UT_OK) {
		ut_text_addn(&ret->bytes, reply.s + sizeof(a), reply.len - sizeof(a));
		ret->start_s = (double)q.start / q.rate_hz;
		ret->end_s = (double)(q.start + a.n) / q.rate_hz;
		ret->rate_hz = a.rate_hz;
		ret->level_lufs = a.level_lufs;
		ret->true_peak_db = a.true_peak_db;
		ret->gain_db = a.gain_db;
		ret->limited_db = a.limited_db;
		for (size_t i = 0; i < masks.n; i++) {
			double from = (double)masks.v[i].start / UT_FRAMES_PER_S;
			double to = (double)masks.v[i].end / UT_FRAMES_PER_S;

			from = UT_MAX(from, ret->start_s);
			to = UT_MIN(to, ret->end_s);
			ret->masked_s += UT_MAX(to - from, 0);
		}
		if (ret->bytes.failed)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	free(masks.v);
	ut_text_done(&reply);
	return st;
}

void ut_clip_done(struct ut_clip *c)
{
	ut_text_done(&c->bytes);
}

/* ---- the whole call ---- */

int64_t ut_clip_whole_size(const struct ut_call *c)
{
	return WAV_HEADER + 2 * UT_MIN(c->media.n_samples, (INT64_C(0xffffffff) - 44) / 2);
}

static void put_le(char *p, uint32_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (char)(v >> 8 * i & 0xff);
}

static void wav_header(const struct ut_call *c, char h[WAV_HEADER])
{
	uint32_t data = (uint32_t)(ut_clip_whole_size(c) - WAV_HEADER);

	memcpy(h, "RIFF....WAVEfmt ", 16);
	put_le(h + 4, data + WAV_HEADER - 8, 4);
	put_le(h + 16, 16, 4);
	put_le(h + 20, 1, 2); /* PCM */
	put_le(h + 22, 1, 2); /* channels */
	put_le(h + 24, c->media.rate_hz, 4);
	put_le(h + 28, 2 * c->media.rate_hz, 4);
	put_le(h + 32, 2, 2);
	put_le(h + 34, 16, 2);
	memcpy(h + 36, "data", 4);
	put_le(h + 40, data, 4);
}

/*
 * From the stored speech level: dBFS of a sine, whose LUFS are 3.0 + 0.7 lower at 1 kHz (BS.1770),
 * of the loudest of the channels concerned.
 */
static double whole_gain_db(const struct ut_call *c, int channel)
{
	double speech = -120;

	for (unsigned i = 0; i < c->n_ch; i++)
		if ((channel == UT_CLIP_MIX || (unsigned)channel == i || c->n_ch == 1) &&
		    !c->ch[i].activity.silent)
			speech = UT_MAX(speech, c->ch[i].activity.speech_db);
	return speech <= -120 ? 0 : UT_MIN(UT_MAX(-23 - (speech - 3.7), -20), 40);
}

enum ut_status ut_clip_whole_piece(struct ut_clip_maker *m, const int fd[2],
				   const struct ut_call *c, int channel, int64_t from, size_t n,
				   struct ut_text *ret, struct ut_error *err)
{
	int64_t size = ut_clip_whole_size(c), to, first, last;
	struct ut_clip_request q;
	struct ut_text reply = { 0 };
	struct frames masks = { 0 };
	char h[WAV_HEADER];
	enum ut_status st;

	if (from < 0 || from >= size || n == 0)
		return ut_fail(err, UT_EINVAL, "byte %lld of %lld", (long long)from,
			       (long long)size);
	if (channel != UT_CLIP_MIX && (channel < 0 || (unsigned)channel >= c->media.n_ch))
		return ut_fail(err, UT_EINVAL, "no channel %d in a recording of %u", channel + 1,
			       c->media.n_ch);
	to = from + UT_MIN((int64_t)UT_MIN(n, UT_CLIP_MAX_PIECE), size - from);
	if (from < WAV_HEADER) {
		wav_header(c, h);
		ut_text_addn(ret, h + from, (size_t)(UT_MIN(to, WAV_HEADER) - from));
		from = WAV_HEADER;
	}
	if (to <= from)
		return ret->failed ? ut_fail(err, UT_ENOMEM, "not enough memory") : UT_OK;
	first = (from - WAV_HEADER) / 2;
	last = (to - WAV_HEADER + 1) / 2;
	begin(&q, UT_CLIP_PIECE, c);
	q.channel = channel;
	q.gain_db = whole_gain_db(c, channel);
	q.start = first;
	q.n = last - first;
	find_masks(c, first_frame(first, q.rate_hz), first_frame(last, q.rate_hz) + 1, &masks);
	st = ask(m, fd, &q, &masks, NULL, &reply, err);
	if (st == UT_OK && reply.len != (size_t)q.n * 2)
		st = nonsense(err);
	if (st == UT_OK) {
		ut_text_addn(ret, reply.s + (from - WAV_HEADER - 2 * first), (size_t)(to - from));
		if (ret->failed)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	free(masks.v);
	ut_text_done(&reply);
	return st;
}

/* ---- rows ---- */

/* The customer's turns that begin before `end`, and where to begin to listen for the usual. */
static int64_t find_turns(const struct ut_call *c, unsigned party, int64_t start, int64_t end,
			  struct frames *f)
{
	int64_t from = start, speech = 0;

	for (size_t i = c->turns.n; i-- > 0;) {
		const struct ut_turn *t = &c->turns.v[i];

		if (t->party != party || t->start >= end)
			continue;
		if (t->start < start) {
			if (speech >= REF_TURNS_S * UT_FRAMES_PER_S ||
			    start - t->start > REF_BACK_S * UT_FRAMES_PER_S)
				break;
			speech += UT_MIN(t->end, start) - t->start;
			from = UT_MIN(from, t->start);
		}
		push(f, t->start, t->end);
	}
	unite(f);
	return from;
}

static bool take_view(const struct ut_text *reply, uint64_t max_rows, struct ut_clip_view *v)
{
	struct ut_clip_view_answer a;

	if (reply->len < sizeof(a))
		return false;
	memcpy(&a, reply->s, sizeof(a));
	if (a.n_rows > max_rows || a.n != a.n_rows * UT_HOP ||
	    reply->len != sizeof(a) + a.n * sizeof(*v->x) + a.n_rows * sizeof(*v->row))
		return false;
	v->x = malloc(UT_MAX(a.n, 1) * sizeof(*v->x));
	v->row = malloc(UT_MAX(a.n_rows, 1) * sizeof(*v->row));
	if (!v->x || !v->row)
		return false;
	memcpy(v->x, reply->s + sizeof(a), a.n * sizeof(*v->x));
	memcpy(v->row, reply->s + sizeof(a) + a.n * sizeof(*v->x), a.n_rows * sizeof(*v->row));
	v->n = a.n;
	v->n_rows = a.n_rows;
	v->f0_hz = a.f0_hz;
	v->level_db = a.level_db;
	for (size_t i = 0; i < v->n; i++)
		if (!isfinite(v->x[i]))
			return false;
	for (size_t i = 0; i < v->n_rows; i++)
		for (unsigned k = 0; k < UT_N_FRAME_COLS; k++)
			if (!isfinite(ut_frame_get(&v->row[i], k)))
				return false;
	return isfinite(v->f0_hz.lo) && isfinite(v->f0_hz.mid) && isfinite(v->f0_hz.hi) &&
	       isfinite(v->level_db.lo) && isfinite(v->level_db.mid) && isfinite(v->level_db.hi);
}

enum ut_status ut_clip_view(struct ut_clip_maker *m, const int fd[2], const struct ut_call *c,
			    double start_s, double end_s, struct ut_clip_view *ret,
			    struct ut_error *err)
{
	int party = ut_call_customer(c, err), channel;
	struct frames masks = { 0 }, turns = { 0 };
	struct ut_text reply = { 0 };
	struct ut_clip_request q;
	int64_t first, last, ref;
	double per_frame;
	enum ut_status st;

	memset(ret, 0, sizeof(*ret));
	if (party < 0)
		return UT_EREFUSED;
	channel = c->party[party].channel;
	st = check_stretch(c, UT_MAX(channel, 0), start_s, end_s, err);
	if (st != UT_OK)
		return st;
	begin(&q, UT_CLIP_VIEW, c);
	per_frame = (double)q.rate_hz / UT_FRAMES_PER_S;
	q.channel = UT_MAX(channel, 0);
	q.only_turns = channel < 0;
	first = (int64_t)floor(UT_MAX(start_s, 0) * UT_FRAMES_PER_S + 1e-6);
	last = (int64_t)ceil(UT_MIN(end_s, 1e9) * UT_FRAMES_PER_S - 1e-6);
	last = UT_MIN(last, (int64_t)((double)c->media.n_samples / per_frame));
	if (last <= first)
		return ut_fail(err, UT_EINVAL, "an excerpt of less than 10 ms");
	/* half a second before, so that the first rows have something behind them */
	ref = find_turns(c, (unsigned)party, first, last, &turns);
	ref = UT_MAX(UT_MIN(ref, first) - UT_FRAMES_PER_S / 2, 0);
	q.start = llrint((double)first * per_frame);
	q.n = llrint((double)last * per_frame) - q.start;
	q.ref_start = llrint((double)ref * per_frame);
	find_masks(c, ref, last, &masks);
	st = ask(m, fd, &q, &masks, &turns, &reply, err);
	if (st == UT_OK && !take_view(&reply, (uint64_t)(last - first), ret))
		st = nonsense(err);
	ret->start_s = (double)first / UT_FRAMES_PER_S;
	free(masks.v);
	free(turns.v);
	ut_text_done(&reply);
	return st;
}

void ut_clip_view_done(struct ut_clip_view *v)
{
	free(v->x);
	free(v->row);
	memset(v, 0, sizeof(*v));
}
