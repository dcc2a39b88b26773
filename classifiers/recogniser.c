/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/recogniser.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/frame.h"

/* One row an engine. */
static const struct ut_recogniser_engine *const engines[] = { &ut_engine_pocketsphinx };

const struct ut_recogniser_opts ut_recogniser_opts_default = {
	.engine = "pocketsphinx",
	.model_dir = "/usr/share/pocketsphinx/model/en-us/en-us",
	.transform = NULL,
	.max_heard_s = 9,
};

enum {
	PAD = 12,  /* frames kept around a span: a soft onset is cut off by any activity detector */
	JOIN = 50, /* a shorter pause does not part two utterances */
	BEGIN = (int)(UT_HEAR_S * UT_FRAMES_PER_S),
	LONGEST_PHONE = 30, /* frames, mean over a phrase: static and hum fit a stretched vowel */
	INITIAL = PAD + 45, /* a phrase that starts before this begins the utterance */
};

struct ut_recogniser {
	const struct ut_recogniser_engine *engine;
	void *state;
	const struct ut_phrase_list *phrases;
	const struct ut_match_model *match;
	const struct ut_example_list *examples;
	int64_t max_heard; /* frames */
};

float ut_recogniser_budget_s(double call_s)
{
	return (float)fmax(2 * (UT_HEAR_S + (double)PAD / UT_FRAMES_PER_S), call_s / 45);
}

enum ut_status ut_recogniser_create(const struct ut_recogniser_opts *o,
				    const struct ut_phrase_list *phrases,
				    struct ut_recogniser **ret, struct ut_error *err)
{
	const struct ut_recogniser_engine *engine = NULL;
	struct ut_recogniser *r;
	enum ut_status st;

	for (size_t i = 0; o->engine && i < UT_ARRAY_LEN(engines); i++)
		if (strcmp(engines[i]->name, o->engine) == 0)
			engine = engines[i];
	if (o->engine && !engine)
		return ut_fail(err, UT_EINVAL, "recogniser: no engine \"%s\"", o->engine);
	if (!(o->max_heard_s >= 1 && o->max_heard_s <= 600))
		return ut_fail(err, UT_EINVAL, "recogniser: max_heard_s %g is not 1..600",
			       (double)o->max_heard_s);
	if (engine ? !phrases->n : !o->match)
		return ut_fail(err, UT_EINVAL, "recogniser: no phrases to listen for");
	r = calloc(1, sizeof(*r));
	if (!r)
		return ut_fail(err, UT_ENOMEM, "recogniser");
	r->engine = engine;
	r->phrases = phrases;
	r->max_heard = lrintf(o->max_heard_s * UT_FRAMES_PER_S);
	r->match = o->match;
	r->examples = o->examples;
	st = engine ? engine->create(o, phrases, &r->state, err) : UT_OK;
	if (st) {
		ut_recogniser_destroy(&r);
		return st;
	}
	*ret = r;
	return UT_OK;
}

void ut_recogniser_destroy(struct ut_recogniser **pr)
{
	struct ut_recogniser *r = *pr;

	if (!r)
		return;
	if (r->state)
		r->engine->destroy(&r->state);
	free(r);
	*pr = NULL;
}

/* A stretch of speech inside the joined utterance. */
struct stretch {
	int64_t at;         /* first frame in the utterance */
	int64_t start, end; /* frames of the call */
};

struct hearing {
	const struct ut_recogniser *r;
	const struct stretch *stretch;
	size_t n_stretches;
	unsigned party;
	struct ut_phrase_hit *hits;
	size_t n, cap;
	bool nomem;
};

/*
 * From an engine's evidence to a probability. What other speech reaches once in ten minutes stands
 * for one half; inside an utterance, where most chances for an error are, more is asked.
 * docs/recogniser.md, "Calibration".
 */
static const double even = 2.0, inside = 2.0;

static float probability(const struct ut_candidate *c, bool initial)
{
	/* 1 is a transcript's alone */
	return fminf(0.999f,
		     (float)(1 / (1 + exp(even + (initial ? 0 : inside) - (double)c->llr))));
}

static void take(void *user, const struct ut_candidate *c)
{
	struct hearing *h = user;
	const struct ut_phrase *p = &h->r->phrases->v[c->phrase];
	const int64_t mid = (c->start + c->end) / 2 / UT_HOP;
	const struct stretch *s = h->stretch;
	struct ut_phrase_hit hit = { .party = h->party, .phrase = p->text, .meaning = p->meaning };

	while (s + 1 < h->stretch + h->n_stretches && s[1].at <= mid)
		s++;
	hit.score = probability(c, c->start / UT_HOP - s->at < INITIAL);
	if (hit.score < p->threshold ||
	    c->end - c->start > LONGEST_PHONE * UT_HOP * p->pron[c->pron].n_phones)
		return;
	hit.start = UT_MAX(c->start / UT_HOP - s->at, 0) + s->start;
	hit.end = UT_MIN(c->end / UT_HOP - s->at + s->start, s->end);
	if (hit.end <= hit.start)
		return;
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 32;
		struct ut_phrase_hit *v = realloc(h->hits, cap * sizeof(*v));

		if (!v) {
			h->nomem = true;
			return;
		}
		h->hits = v;
		h->cap = cap;
	}
	h->hits[h->n++] = hit;
}

static int best_first(const void *a, const void *b)
{
	const struct ut_phrase_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_start(const void *a, const void *b)
{
	const struct ut_phrase_hit *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Of hits that share most of the shorter one's time, the best stays. */
static size_t thin(struct ut_phrase_hit *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof(*v), best_first);
	for (size_t i = 0; i < n; i++) {
		bool free_place = true;

		for (size_t k = 0; k < kept && free_place; k++) {
			int64_t both = UT_MIN(v[i].end, v[k].end) - UT_MAX(v[i].start, v[k].start);

			free_place =
			    2 * both < UT_MIN(v[i].end - v[i].start, v[k].end - v[k].start);
		}
		if (free_place)
			v[kept++] = v[i];
	}
	qsort(v, kept, sizeof(*v), by_start);
	return kept;
}

/* The beginnings of the last utterances, at most max frames: returns their number. */
static size_t choose(const struct ut_hear_in *in, int64_t max, struct stretch *v)
{
	const int64_t first = (in->pos + UT_HOP - 1) / UT_HOP;
	const int64_t last = (in->pos + (int64_t)in->n) / UT_HOP;
	size_t n = 0, kept = 0;
	int64_t at = 0;

	/* Backwards; v is filled from its end as a stack, then turned round. */
	for (size_t i = in->speech->n; i-- > 0;) {
		const struct ut_span *s = &in->speech->v[i];
		int64_t end = UT_MIN(s->end + PAD, last), start = UT_MAX(s->start - PAD, first);

		if (s->kind != UT_SPAN_SPEECH)
			continue;
		if (end <= start)
			break;
		if (n && s->end + JOIN > v[n - 1].start + PAD)
			v[n - 1].start = start; /* one utterance with the later one */
		else
			v[n++] = (struct stretch){ .start = start, .end = end };
	}
	for (; kept < n && max > 0; kept++) {
		v[kept].end =
		    UT_MIN(v[kept].end, v[kept].start + UT_MIN(max, (int64_t)BEGIN + PAD));
		max -= v[kept].end - v[kept].start;
	}
	for (size_t i = 0; i < kept / 2; i++) {
		struct stretch t = v[i];

		v[i] = v[kept - 1 - i];
		v[kept - 1 - i] = t;
	}
	for (size_t i = 0; i < kept; i++) {
		v[i].at = at;
		at += v[i].end - v[i].start;
	}
	return kept;
}

static enum ut_status by_engine(struct ut_recogniser *r, const struct ut_hear_in *in,
				const int16_t *pcm, size_t frames, struct hearing *h,
				struct ut_error *err)
{
	struct ut_part *part = calloc(h->n_stretches, sizeof(*part));
	enum ut_status st;

	if (!part)
		return ut_fail(err, UT_ENOMEM, "recogniser");
	for (size_t i = 0; i < h->n_stretches; i++)
		part[i] = (struct ut_part){ h->stretch[i].at, h->stretch[i].at + h->stretch[i].end -
								  h->stretch[i].start };
	st = r->engine->hear(r->state, in->lang ? in->lang : "", pcm, frames * UT_HOP, part,
			     h->n_stretches, take, h, err);
	free(part);
	return st == UT_OK && h->nomem ? ut_fail(err, UT_ENOMEM, "recogniser") : st;
}

/* Features over all stretches, so that they are normalised over more than one word. */
static enum ut_status by_example(struct ut_recogniser *r, const struct ut_hear_in *in,
				 const int16_t *pcm, size_t frames, struct hearing *h,
				 struct ut_error *err)
{
	struct ut_pattern all = { 0 };
	enum ut_status st;

	if (frames < 20)
		return UT_OK; /* too short for any phrase */
	st = ut_pattern_make(r->match, pcm, frames * UT_HOP, &all, err);
	for (size_t i = 0; i < h->n_stretches && st == UT_OK; i++) {
		const struct stretch *s = &h->stretch[i];
		struct ut_pattern one = { all.v + s->at * UT_MATCH_DIMS,
					  (size_t)(s->end - s->start) };

		st = ut_examples_match(r->examples, in->lang ? in->lang : "", &one, s->start,
				       in->party, 0.5f, &h->hits, &h->n, err);
		h->cap = h->n; /* it grows to what it needs */
	}
	ut_pattern_done(&all);
	return st;
}

enum ut_status ut_recogniser_hear(struct ut_recogniser *r, const struct ut_hear_in *in,
				  struct ut_phrase_hit **hits, size_t *n_hits, double *heard_s,
				  struct ut_error *err)
{
	struct stretch *v = calloc(in->speech->n + 1, sizeof(*v));
	struct hearing h = { .r = r, .stretch = v, .party = in->party };
	const int64_t own = lrintf(in->max_heard_s * UT_FRAMES_PER_S);
	struct ut_phrase_hit *grown;
	int16_t *pcm = NULL;
	enum ut_status st = UT_OK;
	int64_t frames;

	if (!v)
		goto nomem;
	h.n_stretches = choose(in, own > 0 ? UT_MIN(own, r->max_heard) : r->max_heard, v);
	if (!h.n_stretches)
		goto out;
	frames = v[h.n_stretches - 1].at + v[h.n_stretches - 1].end - v[h.n_stretches - 1].start;
	pcm = malloc((size_t)frames * UT_HOP * sizeof(*pcm));
	if (!pcm)
		goto nomem;
	for (size_t i = 0; i < h.n_stretches; i++)
		memcpy(pcm + v[i].at * UT_HOP, in->pcm + (v[i].start * UT_HOP - in->pos),
		       (size_t)(v[i].end - v[i].start) * UT_HOP * sizeof(*pcm));
	if (r->engine)
		st = by_engine(r, in, pcm, (size_t)frames, &h, err);
	if (st == UT_OK && r->match)
		st = by_example(r, in, pcm, (size_t)frames, &h, err);
	if (heard_s)
		*heard_s += (double)frames / UT_FRAMES_PER_S;
	if (st || !h.n)
		goto out;
	h.n = thin(h.hits, h.n);
	grown = realloc(*hits, (*n_hits + h.n) * sizeof(*grown));
	if (!grown)
		goto nomem;
	memcpy(grown + *n_hits, h.hits, h.n * sizeof(*grown));
	*hits = grown;
	*n_hits += h.n;
	goto out;
nomem:
	st = ut_fail(err, UT_ENOMEM, "recogniser");
out:
	free(h.hits);
	free(pcm);
	free(v);
	return st;
}
