/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Of each speaker one stream a line kind is made: all recordings, half a second of line noise
 * before each, through the line and the frame engine. Closings are then assembled out of its rows:
 * a few neutral recordings, then the closing, as one call whose only party is a verified customer.
 */
#include "run/corpus.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/order.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/text.h"
#include "call/call.h"
#include "decode/codec.h"
#include "decode/decode.h"
#include "dsp/engine.h"
#include "dsp/resample.h"
#include "dsp/telephone.h"

const struct ut_corpus_opts ut_corpus_train_default = {
	.lines = "ulaw,alaw,gsm,opus,noisy,lossy",
	.closings = 3,
	.min_phrases = 1,
	.max_phrases = 8,
	.cut_share = 0.25,
	.seed = 1,
};
const struct ut_corpus_opts ut_corpus_test_default = {
	.lines = "ulaw",
	.closings = 3,
	.min_phrases = 4,
	.max_phrases = 8,
	.cut_share = 0,
	.seed = 2,
};

enum {
	GAP = UT_RATE_HZ / 2, /* samples of line noise before a recording */
	GAP_FRAMES = GAP / UT_HOP,
	MAX_MANIFEST = 64 << 20,
	MAX_RECORDING_S = 30, /* of a longer one, its beginning */
	MIN_NEUTRAL = 2,
	CUT_MIN = 30,
	CUT_MAX = 150, /* frames */
};

/* X(name, least and most noise dBFS, codec, loss) */
static const struct line_kind {
	const char *name;
	double noise_min_db, noise_max_db;
	enum { PLAIN, ULAW, ALAW, GSM, OPUS } codec;
	double loss;
} lines[] = {
	{ "clean", -120, -119, PLAIN, 0 }, { "ulaw", -62, -48, ULAW, 0 },
	{ "alaw", -62, -48, ALAW, 0 },     { "gsm", -62, -48, GSM, 0 },
	{ "opus", -62, -48, OPUS, 0 },     { "noisy", -48, -36, ULAW, 0 },
	{ "lossy", -62, -48, ALAW, 0.02 },
};
const char *const ut_corpus_line_names = "clean,ulaw,alaw,gsm,opus,noisy,lossy";

struct samples {
	float *v;
	size_t n, cap;
};

struct recording {
	char *path; /* relative to the manifest */
	unsigned speaker;
	enum ut_tone_label label;
	bool usual;
	unsigned line; /* of the manifest */
	struct samples audio;
	int64_t start, end;   /* frames in the speaker's stream ... */
	size_t span, n_spans; /* ... and its stretches of speech there */
};

struct work {
	const char *manifest;
	const struct ut_corpus_opts *o;
	struct recording *rec;
	size_t n_rec, rec_cap;
	struct ut_text digest;
	struct ut_engine *engine;
	struct ut_frame_table stream;
	struct ut_activity_channel heard; /* of the stream */
	struct ut_call call;
	uint64_t seed;
	enum ut_status st; /* of a callback */
};

static enum ut_status grow(void *array, size_t *cap, size_t need, size_t size)
{
	void **p = array, *v;
	size_t n = UT_MAX(*cap, 64);

	if (need <= *cap)
		return UT_OK;
	while (n < need)
		n *= 2;
	v = realloc(*p, n * size);
	if (!v)
		return UT_ENOMEM;
	*p = v, *cap = n;
	return UT_OK;
}

/* --- the manifest --- */

static enum ut_status read_whole(const char *path, struct ut_text *ret, struct ut_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[16384];
	ssize_t n = 0;

	if (fd < 0)
		return ut_fail(err, errno == ENOENT ? UT_ENOENT : UT_EIO, "%s: %s", path,
			       strerror(errno));
	while (ret->len < MAX_MANIFEST && (n = read(fd, buf, sizeof(buf))) > 0)
		ut_text_addn(ret, buf, (size_t)n);
	if (n < 0)
		ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	close(fd);
	if (n < 0)
		return UT_EIO;
	if (ret->failed)
		return ut_fail(err, UT_ENOMEM, "%s", path);
	if (ret->len >= MAX_MANIFEST)
		return ut_fail(err, UT_ELIMIT, "%s: a manifest above %d MiB", path,
			       MAX_MANIFEST >> 20);
	if (!ret->len || memchr(ret->s, 0, ret->len))
		return ut_fail(err, UT_EFORMAT, "%s: not a CSV manifest", path);
	return UT_OK;
}

enum { MAX_FIELDS = 64 };

/* Splits the CSV record at *at (RFC 4180) in place; moves *at past it. Fields are NUL-ended. */
static int record(char **at, char *field[MAX_FIELDS], unsigned *line)
{
	char *r = *at, *w = *at;
	int n = 0;
	bool end = false;

	while (!end) {
		bool quoted = *r == '"';

		if (n == MAX_FIELDS)
			return -1;
		field[n++] = w;
		r += quoted;
		for (;; r++) {
			if (quoted && *r == '"' && r[1] == '"')
				r++;
			else if (quoted && *r == '"') {
				r++;
				break;
			} else if (!*r || (!quoted && (*r == ',' || *r == '\n' || *r == '\r')))
				break;
			*line += *r == '\n';
			*w++ = *r;
		}
		if (*r == '\r')
			r++;
		end = *r != ',';
		if (end && *r && *r != '\n')
			return -1;
		*line += *r == '\n';
		r += *r != 0;
		*w++ = 0; /* w is behind r: at least a separator was read */
	}
	*at = r;
	return n;
}

static int column(char *const *field, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(field[i], name) == 0)
			return i;
	return -1;
}

static enum ut_status find_speaker(struct ut_corpus *c, const char *manifest, const char *name,
				   unsigned first, unsigned *ret)
{
	char **v;
	struct ut_text t = { 0 };

	for (unsigned i = first; i < c->n_speakers; i++)
		if (strcmp(strrchr(c->speaker[i], '\n') + 1, name) == 0) {
			*ret = i;
			return UT_OK;
		}
	v = realloc(c->speaker, (c->n_speakers + 1) * sizeof(*v));
	if (!v)
		return UT_ENOMEM;
	c->speaker = v;
	ut_text_addf(&t, "%s\n%s", manifest, name);
	if (t.failed)
		return UT_ENOMEM;
	c->speaker[c->n_speakers] = t.s;
	*ret = c->n_speakers++;
	return UT_OK;
}

static enum ut_status add_row(struct ut_corpus *c, struct work *w, unsigned first, const char *path,
			      const char *speaker, const char *label, unsigned line)
{
	struct recording r = { .line = line, .usual = strcmp(label, "neutral") == 0 };
	unsigned k = 0;

	while (k < UT_N_TONES && strcmp(label, ut_tone_label_name[k]) != 0)
		k++;
	if (k == UT_N_TONES && !r.usual)
		return UT_OK; /* "other": not for us */
	r.label = r.usual ? UT_TONE_ACCEPTING : (enum ut_tone_label)k;
	if (grow(&w->rec, &w->rec_cap, w->n_rec + 1, sizeof(*w->rec)) ||
	    find_speaker(c, w->manifest, speaker, first, &r.speaker))
		return UT_ENOMEM;
	r.path = strdup(path);
	if (!r.path)
		return UT_ENOMEM;
	w->rec[w->n_rec++] = r;
	return UT_OK;
}

/* A manifest may say who its people are; where it names one who is no external customer, it is
 * refused: employees' voices make no tone model. */
static enum ut_status check_person(const struct work *w, char *const *field, int role, int kind,
				   unsigned line, struct ut_error *err)
{
	const char *r = role < 0 ? "" : field[role], *k = kind < 0 ? "" : field[kind];

	if ((!*r || strcmp(r, "customer") == 0) && (!*k || strcmp(k, "external") == 0))
		return UT_OK;
	return ut_fail(err, UT_EREFUSED,
		       "%s: line %u: role '%.40s', kind '%.40s': a tone model is made of external "
		       "customers' voices only; take the row out",
		       w->manifest, line, r, k);
}

static enum ut_status read_manifest(struct ut_corpus *c, struct work *w, unsigned first,
				    struct ut_error *err)
{
	static const char *const want[] = { "path", "speaker", "label" };
	struct ut_text t = { 0 };
	char *field[MAX_FIELDS], *at;
	int col[3] = { 0 }, n, n_cols, role, kind;
	unsigned line = 1;
	enum ut_status st = read_whole(w->manifest, &t, err);

	if (st)
		goto out;
	at = t.s;
	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	n_cols = record(&at, field, &line);
	for (int i = 0; i < 3; i++) {
		col[i] = n_cols < 0 ? -1 : column(field, n_cols, want[i]);
		if (col[i] < 0) {
			st = ut_fail(err, UT_EFORMAT,
				     "%s: line 1: no column \"%s\"; a manifest needs "
				     "path,speaker,label",
				     w->manifest, want[i]);
			goto out;
		}
	}
	role = column(field, n_cols, "role");
	kind = column(field, n_cols, "kind");
	while (*at) {
		unsigned here = line;

		n = record(&at, field, &line);
		if (n == 1 && !*field[0])
			continue;
		if (n != n_cols) {
			st = ut_fail(err, UT_EFORMAT, "%s: line %u: %d fields, the header has %d",
				     w->manifest, here, n, n_cols);
			goto out;
		}
		st = check_person(w, field, role, kind, here, err);
		if (st)
			goto out;
		st = add_row(c, w, first, field[col[0]], field[col[1]], field[col[2]], here);
		if (st) {
			ut_fail(err, st, "%s", w->manifest);
			goto out;
		}
	}
	if (!w->n_rec)
		st = ut_fail(err, UT_EFORMAT,
			     "%s: no row is labelled neutral, accepting, resigned or angry",
			     w->manifest);
out:
	ut_text_done(&t);
	return st;
}

/* --- audio --- */

static void take_samples(void *user, const float *x, size_t n)
{
	struct samples *s = user;

	if (grow(&s->v, &s->cap, s->n + n, sizeof(*s->v)))
		return; /* seen by the reader: n does not grow */
	memcpy(s->v + s->n, x, n * sizeof(*x));
	s->n += n;
}

/* The first channel of a file at 8 kHz. */
static enum ut_status decode(const char *path, struct samples *s, struct ut_error *err)
{
	struct ut_decode_opts o = { 0 };
	struct ut_decoder *d = NULL;
	struct ut_resample *r = NULL;
	struct ut_block b;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum ut_status st;

	if (fd < 0)
		return ut_fail(err, errno == ENOENT ? UT_ENOENT : UT_EIO, "%s", strerror(errno));
	st = ut_decoder_open(fd, path, &o, &d, err);
	if (!st)
		st = ut_resample_create(ut_decoder_info(d)->rate_hz, &r, err);
	while (!st && s->n < (size_t)MAX_RECORDING_S * UT_RATE_HZ) {
		st = ut_decoder_read(d, &b, err);
		if (st || !b.n)
			break;
		ut_resample_push(r, b.ch[0], b.n, take_samples, s);
	}
	if (!st)
		ut_resample_flush(r, take_samples, s);
	ut_resample_destroy(&r);
	ut_decoder_destroy(&d);
	close(fd);
	return st;
}

/*
 * Telephone band, speech alone (from the first to the last three hops within 35 dB of the loudest
 * and 6 dB above the quiet ones), peak at -6 dBFS: the levels of a corpus's recordings are the
 * microphone's, not the speaker's.
 */
static bool prepare(struct samples *s)
{
	size_t n = s->n / UT_HOP, first, last;
	float *level, *sorted, peak = 0, limit;

	if (n < 20)
		return false;
	level = malloc(2 * n * sizeof(*level));
	if (!level)
		return false;
	sorted = level + n;
	ut_telephone_band(s->v, s->n);
	for (size_t i = 0; i < n; i++) {
		double sum = 1e-12;

		for (size_t k = 0; k < UT_HOP; k++)
			sum += s->v[i * UT_HOP + k] * s->v[i * UT_HOP + k];
		level[i] = 10 * log10f((float)(sum / UT_HOP));
	}
	memcpy(sorted, level, n * sizeof(*level));
	qsort(sorted, n, sizeof(*sorted), ut_by_float);
	limit = UT_MAX(sorted[n - 1 - n / 50] - 35,
		       UT_MIN(sorted[n / 20] + 6, sorted[n - 1 - n / 50] - 12));
#define LOUD(i) (level[i] > limit && level[(i) + 1] > limit && level[(i) + 2] > limit)
	for (first = 0; first + 3 < n && !LOUD(first);)
		first++;
	for (last = n - 3; last > first && !LOUD(last);)
		last--;
#undef LOUD
	free(level);
	last += 3;
	if (last < first + 20)
		return false;
	s->n = (last - first) * UT_HOP;
	memmove(s->v, s->v + first * UT_HOP, s->n * sizeof(*s->v));
	for (size_t i = 0; i < s->n; i++)
		peak = fmaxf(peak, fabsf(s->v[i]));
	if (peak <= 0)
		return false;
	for (size_t i = 0; i < s->n; i++)
		s->v[i] *= 0.5f / peak;
	return true;
}

static enum ut_status load(struct ut_corpus *c, struct work *w, struct recording *r,
			   struct ut_error *err)
{
	const char *slash = strrchr(w->manifest, '/');
	struct ut_text path = { 0 };
	struct ut_error why = { 0 };
	enum ut_status st;
	char hex[65];

	if (slash && r->path[0] != '/')
		ut_text_addn(&path, w->manifest, (size_t)(slash + 1 - w->manifest));
	ut_text_add(&path, r->path);
	if (path.failed)
		return ut_fail(err, UT_ENOMEM, "%s", w->manifest);
	st = decode(path.s, &r->audio, &why);
	ut_text_done(&path);
	if (st)
		return ut_fail(err, st, "%s: line %u: %s: %s", w->manifest, r->line, r->path,
			       why.msg);
	st = ut_sha256_hex(r->audio.v, r->audio.n * sizeof(*r->audio.v), hex, err);
	if (st)
		return st;
	ut_text_addf(&w->digest, "%u %d %d %s\n", r->speaker, r->label, r->usual, hex);
	if (!prepare(&r->audio)) {
		r->audio.n = 0;
		c->n_skipped++;
	}
	return UT_OK;
}

/* --- a speaker's stream --- */

static void take_frame(void *user, const struct ut_frame *f)
{
	struct work *w = user;

	if (ut_frame_table_push(&w->stream, f))
		w->st = UT_ENOMEM;
}

static enum ut_status pass_line(struct samples *s, const struct line_kind *line, uint64_t *seed,
				struct ut_error *err)
{
	float gain = (float)ut_random_range(seed, -9, 3);
	float noise = (float)ut_random_range(seed, line->noise_min_db, line->noise_max_db);

	ut_telephone_line(s->v, s->n, gain, noise, seed);
	if (line->loss > 0)
		ut_telephone_loss(s->v, s->n, line->loss, seed);
	switch (line->codec) {
	case PLAIN:
		break;
	case ULAW:
		ut_telephone_ulaw(s->v, s->n);
		break;
	case ALAW:
		ut_telephone_alaw(s->v, s->n);
		break;
	case GSM:
		return ut_codec_round_trip("gsm", s->v, s->n, err);
	case OPUS:
		return ut_codec_round_trip("opus", s->v, s->n, err);
	}
	return UT_OK;
}

/* Where the stream has speech, as in a call; each recording's part of it. */
static enum ut_status listen(struct work *w, size_t first, size_t end, struct ut_error *err)
{
	struct ut_activity_in in = { .n_ch = 1, .frames = { &w->stream } };
	enum ut_status st;

	ut_activity_channel_done(&w->heard);
	memset(&w->heard, 0, sizeof(w->heard));
	st = ut_activity_find(&in, &w->heard, err);
	for (size_t i = first, at = 0; i < end && !st; i++) {
		struct recording *r = &w->rec[i];
		const struct ut_span_list *l = &w->heard.spans;

		while (at < l->n && l->v[at].end <= r->start)
			at++;
		r->span = at;
		for (r->n_spans = 0; at < l->n && l->v[at].start < r->end; at++)
			r->n_spans++;
		if (r->n_spans && l->v[at - 1].end > r->end)
			at--; /* it reaches into the next one */
	}
	return st;
}

/* A span of a recording, cut to it; false where it is no speech or nothing is left. */
static bool part(const struct work *w, const struct recording *r, size_t i, int64_t from,
		 struct ut_span *ret)
{
	*ret = w->heard.spans.v[r->span + i];
	ret->start = UT_MAX(ret->start, from);
	ret->end = UT_MIN(ret->end, r->end);
	return ret->kind == UT_SPAN_SPEECH && ret->start < ret->end;
}

static enum ut_status make_stream(struct work *w, size_t first, size_t end,
				  const struct line_kind *line, struct ut_error *err)
{
	static const float quiet[GAP];
	struct samples s = { 0 };
	size_t want = 0;
	enum ut_status st;

	for (size_t i = first; i < end; i++) {
		struct recording *r = &w->rec[i];

		take_samples(&s, quiet, GAP);
		r->start = (int64_t)(s.n / UT_HOP);
		take_samples(&s, r->audio.v, r->audio.n);
		r->end = (int64_t)(s.n / UT_HOP);
		want += GAP + r->audio.n;
	}
	take_samples(&s, quiet, GAP);
	if (s.n != want + GAP) {
		free(s.v);
		return ut_fail(err, UT_ENOMEM, "corpus");
	}
	st = pass_line(&s, line, &w->seed, err);
	w->stream.n = 0;
	w->st = UT_OK;
	if (!st) {
		ut_engine_reset(w->engine);
		ut_engine_push(w->engine, s.v, s.n, take_frame, w);
		ut_engine_flush(w->engine, take_frame, w);
		st = w->st;
	}
	free(s.v);
	if (!st)
		st = listen(w, first, end, err);
	return st ? ut_fail(err, st, "corpus: out of memory") : UT_OK;
}

/* Copies a recording with the pause before it to the end of the call; all of it, or its end.
 * *whole: from its first speech to its last; empty where there is none. */
static enum ut_status say(struct work *w, const struct recording *r, struct ut_span *whole)
{
	struct ut_channel *ch = &w->call.ch[0];
	int64_t start = r->start, shift;
	size_t cut = ut_random_below(&w->seed, CUT_MAX - CUT_MIN);

	if (ut_random_unit(&w->seed) < w->o->cut_share)
		start = UT_MAX(start, r->end - CUT_MIN - (int64_t)cut);
	for (int64_t i = r->start - GAP_FRAMES; i < r->start; i++)
		if (ut_frame_table_push(&ch->frames, &w->stream.row[i]))
			return UT_ENOMEM;
	shift = (int64_t)ch->frames.n - start;
	for (int64_t i = start; i < r->end; i++)
		if (ut_frame_table_push(&ch->frames, &w->stream.row[i]))
			return UT_ENOMEM;
	*whole = (struct ut_span){ .start = -1, .end = -1 };
	for (size_t i = 0; i < r->n_spans; i++) {
		struct ut_span s;

		if (!part(w, r, i, start, &s))
			continue;
		s.start += shift, s.end += shift;
		whole->start = whole->start < 0 ? s.start : whole->start;
		whole->end = s.end;
		if (ut_span_list_push(&ch->activity.spans, &s))
			return UT_ENOMEM;
	}
	return UT_OK;
}

static enum ut_status measure(struct ut_corpus *c, struct work *w, size_t closing,
			      const size_t *usual, size_t n_usual, struct ut_error *err)
{
	const struct recording *r = &w->rec[closing];
	struct ut_channel *ch = &w->call.ch[0];
	struct ut_customer_voice voice;
	struct ut_tone_example *e;
	struct ut_span span;
	enum ut_status st;
	int party;

	ch->frames.n = 0;
	ch->activity.spans.n = 0;
	for (size_t i = 0; i < n_usual; i++) {
		st = say(w, &w->rec[usual[i]], &span);
		if (st)
			return ut_fail(err, st, "corpus");
	}
	st = say(w, r, &span);
	if (!st && span.start < 0)
		return UT_OK; /* no speech was found in it: on this line it is no closing */
	if (st || grow(&c->example, &c->example_cap, c->n_examples + 1, sizeof(*c->example)))
		return ut_fail(err, UT_ENOMEM, "corpus");
	st = ut_call_customer_voice(&w->call, &voice, &party, err);
	if (st)
		return st;
	e = &c->example[c->n_examples];
	*e = (struct ut_tone_example){ .label = r->label,
				       .usual = r->usual,
				       .speaker = r->speaker,
				       .item = c->n_recordings + (unsigned)closing };
	st = ut_tone_measure(&voice, span.start, span.end, NULL, &e->tone, err);
	if (st)
		return st;
	/* what has no voice at all cannot be learned from; a test counts it as a miss */
	c->n_examples++;
	return UT_OK;
}

static enum ut_status add_phrases(struct ut_corpus *c, struct work *w, const size_t *usual,
				  size_t n_usual, struct ut_error *err)
{
	for (size_t i = 0; i < n_usual; i++) {
		const struct recording *r = &w->rec[usual[i]];
		size_t cut = ut_random_below(&w->seed, CUT_MAX - CUT_MIN);
		/* whole, and its end alone: how much more a short phrase varies */
		int64_t from[] = { r->start, r->end - CUT_MIN - (int64_t)cut };

		for (size_t k = 0; k < UT_ARRAY_LEN(from); k++) {
			struct ut_tone_phrase p = { .speaker = r->speaker };
			int64_t start = -1, end = -1;

			for (size_t j = 0; j < r->n_spans && from[k] >= r->start; j++) {
				struct ut_span s;

				if (!part(w, r, j, from[k], &s))
					continue;
				start = start < 0 ? s.start : start;
				end = s.end;
			}
			if (start < 0 || !ut_functionals_measure(&w->stream, start, end, NULL,
								 w->heard.noise_db, &p.f))
				continue;
			if (grow(&c->phrase, &c->phrase_cap, c->n_phrases + 1, sizeof(*c->phrase)))
				return ut_fail(err, UT_ENOMEM, "corpus");
			c->phrase[c->n_phrases++] = p;
		}
	}
	return UT_OK;
}

static enum ut_status one_line(struct ut_corpus *c, struct work *w, size_t first, size_t end,
			       const struct line_kind *line, size_t *usual, size_t n_usual,
			       struct ut_error *err)
{
	size_t *draw = usual + n_usual; /* room for as many again */
	enum ut_status st = make_stream(w, first, end, line, err);

	w->call.ch[0].activity.noise_db = w->heard.noise_db;
	w->call.ch[0].activity.leak_db = -120;
	if (!st)
		st = add_phrases(c, w, usual, n_usual, err);
	for (size_t i = first; i < end && !st; i++) {
		for (unsigned k = 0; k < w->o->closings && !st; k++) {
			size_t n = 0, take;

			for (size_t j = 0; j < n_usual; j++)
				if (usual[j] != i)
					draw[n++] = usual[j];
			take = w->o->min_phrases +
			       ut_random_below(&w->seed, w->o->max_phrases - w->o->min_phrases + 1);
			take = UT_MIN(take, n);
			for (size_t j = 0; j < take; j++) { /* Fisher and Yates, as far as needed */
				size_t other = j + ut_random_below(&w->seed, n - j), x = draw[j];

				draw[j] = draw[other], draw[other] = x;
			}
			st = measure(c, w, i, draw, take, err);
		}
	}
	return st;
}

static bool chosen(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += n)
		if ((at == list || at[-1] == ',') && (!at[n] || at[n] == ','))
			return true;
	return false;
}

static enum ut_status check_lines(const char *list, struct ut_error *err)
{
	for (const char *at = list;;) {
		size_t n = strcspn(at, ","), i = 0;

		while (i < UT_ARRAY_LEN(lines) &&
		       (strlen(lines[i].name) != n || strncmp(lines[i].name, at, n) != 0))
			i++;
		if (i == UT_ARRAY_LEN(lines))
			return ut_fail(err, UT_EINVAL, "no line kind \"%.*s\"; there are %s",
				       (int)UT_MIN(n, 40), at, ut_corpus_line_names);
		if (!at[n])
			return UT_OK;
		at += n + 1;
	}
}

static int by_speaker(const void *a, const void *b)
{
	const struct recording *x = a, *y = b;

	if (x->speaker != y->speaker)
		return x->speaker < y->speaker ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static enum ut_status one_speaker(struct ut_corpus *c, struct work *w, size_t first, size_t end,
				  struct ut_error *err)
{
	size_t *usual = malloc(2 * (end - first) * sizeof(*usual)), n_usual = 0, kept = first;
	enum ut_status st = usual ? UT_OK : ut_fail(err, UT_ENOMEM, "corpus");

	for (size_t i = first; i < end && !st; i++)
		st = load(c, w, &w->rec[i], err);
	for (size_t i = first; i < end && !st; i++) /* those that have speech, in front */
		if (w->rec[i].audio.n) {
			struct recording r = w->rec[i];

			w->rec[i] = w->rec[kept];
			w->rec[kept++] = r;
		}
	for (size_t i = first; i < kept && !st; i++)
		if (w->rec[i].usual)
			usual[n_usual++] = i;
	if (!st && n_usual < MIN_NEUTRAL)
		c->n_skipped += (unsigned)(kept - first);
	for (size_t l = 0; l < UT_ARRAY_LEN(lines) && !st && n_usual >= MIN_NEUTRAL; l++)
		if (chosen(w->o->lines, lines[l].name))
			st = one_line(c, w, first, kept, &lines[l], usual, n_usual, err);
	for (size_t i = first; i < end; i++) {
		free(w->rec[i].audio.v);
		w->rec[i].audio = (struct samples){ 0 };
	}
	free(usual);
	return st;
}

enum ut_status ut_corpus_add(struct ut_corpus *c, const char *manifest,
			     const struct ut_corpus_opts *o, struct ut_error *err)
{
	struct work w = { .manifest = manifest, .o = o, .seed = o->seed };
	unsigned first_speaker = c->n_speakers;
	enum ut_status st = check_lines(o->lines, err);

	ut_call_init(&w.call);
	w.call.media.n_ch = w.call.n_ch = w.call.n_parties = 1;
	w.call.party[0] = (struct ut_party){ .role = UT_ROLE_CUSTOMER,
					     .kind = UT_KIND_EXTERNAL,
					     .verified = true };
	if (!st)
		st = read_manifest(c, &w, first_speaker, err);
	if (!st)
		st = ut_engine_create(&w.engine, err);
	if (!st)
		qsort(w.rec, w.n_rec, sizeof(*w.rec), by_speaker);
	ut_text_add(&w.digest, c->hash);
	for (size_t i = 0, end; i < w.n_rec && !st; i = end) {
		for (end = i; end < w.n_rec && w.rec[end].speaker == w.rec[i].speaker;)
			end++;
		st = one_speaker(c, &w, i, end, err);
	}
	if (!st && w.digest.failed)
		st = ut_fail(err, UT_ENOMEM, "corpus");
	if (!st)
		st = ut_sha256_hex(w.digest.s, w.digest.len, c->hash, err);
	c->n_recordings += (unsigned)w.n_rec;
	for (size_t i = 0; i < w.n_rec; i++) {
		free(w.rec[i].path);
		free(w.rec[i].audio.v);
	}
	free(w.rec);
	ut_text_done(&w.digest);
	ut_engine_destroy(&w.engine);
	ut_frame_table_done(&w.stream);
	ut_activity_channel_done(&w.heard);
	ut_call_done(&w.call);
	return st;
}

void ut_corpus_done(struct ut_corpus *c)
{
	for (unsigned i = 0; i < c->n_speakers; i++)
		free(c->speaker[i]);
	free(c->speaker);
	free(c->example);
	free(c->phrase);
	memset(c, 0, sizeof(*c));
}
