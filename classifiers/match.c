/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/match.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "classifiers/phrases.h"
#include "dsp/frame.h"
#include "dsp/rfft.h"

enum {
	CEPSTRA = 13,
	BANDS = 20,
	CONTEXT = 7, /* frames -6, -4 .. 6 around one */
	STACKED = CEPSTRA * CONTEXT,
	WINDOW = 200,
	FFT = 256,
	BINS = FFT / 2 + 1,
};

/* One half stands where speech without the phrase comes once in ten minutes, as in recogniser.c;
 * one unit of log-odds is that of the logistic regression. Both by tests/bench/examples_eval.c;
 * docs/recogniser.md, "Phrases by example". */
static const float even_distance = 0.332f, distance_scale = 0.0316f;

/* Mean and spread of each cepstrum over the speech of the sessions that the projection was fitted
 * on. */
static const float usual[CEPSTRA][2] = {
	{ -18.31f, 10.23f }, { 5.30f, 4.07f },  { 0.94f, 3.62f },  { 0.47f, 2.71f },
	{ -1.02f, 1.85f },   { -0.49f, 1.62f }, { -0.63f, 1.34f }, { -0.19f, 1.20f },
	{ -0.38f, 1.10f },   { -0.14f, 0.92f }, { -0.08f, 0.84f }, { -0.10f, 0.75f },
	{ -0.04f, 0.68f },
};
enum { USUAL_MEAN = 60, USUAL_SPREAD = 200 }; /* their weights, in frames of speech */

struct ut_match_model {
	float mean[STACKED], direction[UT_MATCH_DIMS][STACKED];
	float window[WINDOW], band[BANDS][BINS], dct[CEPSTRA][BANDS];
};

static double mel(double hz)
{
	return 2595 * log10(1 + hz / 700);
}

/* Triangles of equal width in mel, 200-3500 Hz; orthonormal DCT but for its first row. */
static void tables(struct ut_match_model *m)
{
	const double lo = mel(200), step = (mel(3500) - lo) / (BANDS + 1);

	for (int i = 0; i < WINDOW; i++)
		m->window[i] = (float)(0.54 - 0.46 * cos(2 * M_PI * i / (WINDOW - 1)));
	for (int b = 0; b < BANDS; b++)
		for (int k = 0; k < BINS; k++) {
			double hz[3], f = k * (double)UT_RATE_HZ / FFT, up, down;

			for (int e = 0; e < 3; e++)
				hz[e] = 700 * (pow(10, (lo + (b + e) * step) / 2595) - 1);
			up = (f - hz[0]) / (hz[1] - hz[0]);
			down = (hz[2] - f) / (hz[2] - hz[1]);
			m->band[b][k] = (float)fmax(0, fmin(up, down));
		}
	for (int c = 0; c < CEPSTRA; c++)
		for (int b = 0; b < BANDS; b++)
			m->dct[c][b] =
			    (float)(sqrt(2.0 / BANDS) * cos(M_PI * c * (b + 0.5) / BANDS));
}

enum ut_status ut_match_model_parse(const char *bytes, size_t n, struct ut_match_model **ret,
				    struct ut_error *err)
{
	static const char head[] = "undertone-lda 1 13 7 20\n";
	const size_t want = STACKED * (1 + UT_MATCH_DIMS);
	struct ut_match_model *m;
	char *copy, *p;
	size_t i = 0;

	if (n < sizeof(head) - 1 || memcmp(bytes, head, sizeof(head) - 1) != 0)
		return ut_fail(err, UT_EMODEL, "examples' model: not of this version");
	m = calloc(1, sizeof(*m));
	p = copy = m ? strndup(bytes, n) : NULL;
	if (!copy) {
		free(m);
		return ut_fail(err, UT_ENOMEM, "examples' model");
	}
	for (p += sizeof(head) - 1; i < want; i++) {
		char *end;
		float v = strtof(p, &end); /* the program runs in the C locale */

		if (end == p || !isfinite(v))
			break;
		*(i < STACKED ? &m->mean[i] : &m->direction[0][0] + (i - STACKED)) = v;
		p = end;
	}
	p += strspn(p, " \n");
	if (i < want || *p) {
		free(m);
		i = i < want ? i : want + 1;
		free(copy);
		return ut_fail(err, UT_EMODEL, "examples' model: %s numbers than %zu",
			       i < want ? "fewer" : "more", want);
	}
	free(copy);
	tables(m);
	*ret = m;
	return UT_OK;
}

void ut_match_model_destroy(struct ut_match_model **pm)
{
	free(*pm);
	*pm = NULL;
}

void ut_pattern_done(struct ut_pattern *p)
{
	free(p->v);
	memset(p, 0, sizeof(*p));
}

/* One row of cepstra a hop, its window centred on the hop. */
static enum ut_status cepstra(const struct ut_match_model *m, const int16_t *pcm, size_t n,
			      float *out, struct ut_error *err)
{
	struct ut_rfft *fft = NULL;
	float power[BINS], bands[BANDS];
	enum ut_status st = ut_rfft_create(FFT, &fft, err);

	if (st)
		return st;
	memset(fft->in, 0, FFT * sizeof(float));
	for (size_t f = 0; f < n / UT_HOP; f++, out += CEPSTRA) {
		const int64_t from = (int64_t)f * UT_HOP - (WINDOW - UT_HOP) / 2;

		for (int i = 0; i < WINDOW; i++) {
			int64_t at = from + i;

			fft->in[i] = at < 0 || at >= (int64_t)n
					 ? 0
					 : m->window[i] * (float)pcm[at] * (1.0f / 32768);
		}
		ut_rfft_power(fft, power);
		for (int b = 0; b < BANDS; b++) {
			float sum = 1e-7f; /* below the quantisation of 8 bits */

			for (int k = 0; k < BINS; k++)
				sum += power[k] * m->band[b][k];
			bands[b] = logf(sum);
		}
		for (int c = 0; c < CEPSTRA; c++) {
			out[c] = 0;
			for (int b = 0; b < BANDS; b++)
				out[c] += m->dct[c][b] * bands[b];
		}
	}
	ut_rfft_destroy(&fft);
	return UT_OK;
}

/* The level (cepstrum 0) above which frames count as speech: half way from quiet to loud. */
static enum ut_status speech_level(const float *cep, size_t n, float *ret, struct ut_error *err)
{
	float *v = malloc(n * sizeof(*v));

	if (!v)
		return ut_fail(err, UT_ENOMEM, "examples");
	for (size_t i = 0; i < n; i++)
		v[i] = cep[i * CEPSTRA];
	qsort(v, n, sizeof(*v), ut_by_float);
	*ret = (v[n / 10] + v[n - 1 - n / 20]) / 2;
	free(v);
	return UT_OK;
}

/* About mean 0 and variance 1 over the frames at or above level; the others are moved along.
 * Cepstrum 0 last, as it tells which frames count. */
static void normalise(float *cep, size_t n, float level)
{
	for (int c = CEPSTRA - 1; c >= 0; c--) {
		double sum = 0, sum2 = 0, own, mean, sd;
		size_t k = 0;

		for (size_t i = 0; i < n; i++)
			if (cep[i * CEPSTRA] >= level) {
				double v = (double)cep[i * CEPSTRA + (size_t)c];

				sum += v;
				sum2 += v * v;
				k++;
			}
		/* The loudest frame always counts. A word alone is mostly itself: its mean and
		 * spread are drawn towards those of speech at large; a level has no usual mean. */
		own = mean = sum / (double)k;
		if (c)
			mean = (sum + USUAL_MEAN * (double)usual[c][0]) / ((double)k + USUAL_MEAN);
		sd = sum2 - (double)k * own * own + (double)k * (own - mean) * (own - mean);
		sd += USUAL_SPREAD * (double)usual[c][1] * (double)usual[c][1];
		sd = sqrt(fmax(0, sd / ((double)k + USUAL_SPREAD))) + 1e-3;
		for (size_t i = 0; i < n; i++) {
			float *v = &cep[i * CEPSTRA + (size_t)c];

			*v = (float)(((double)*v - mean) / sd);
		}
	}
}

static void project(const struct ut_match_model *m, const float *cep, size_t n, float *out)
{
	for (size_t i = 0; i < n; i++, out += UT_MATCH_DIMS) {
		float x[STACKED], length = 0;

		for (int k = 0; k < CONTEXT; k++) {
			int64_t at = (int64_t)i + 2 * (k - CONTEXT / 2);

			at = UT_MAX(0, UT_MIN(at, (int64_t)n - 1));
			memcpy(x + k * CEPSTRA, cep + at * CEPSTRA, CEPSTRA * sizeof(*x));
		}
		for (int k = 0; k < STACKED; k++)
			x[k] -= m->mean[k];
		for (int d = 0; d < UT_MATCH_DIMS; d++) {
			float sum = 0;

			for (int k = 0; k < STACKED; k++)
				sum += m->direction[d][k] * x[k];
			out[d] = sum;
			length += sum * sum;
		}
		length = 1 / fmaxf(1e-6f, sqrtf(length));
		for (int d = 0; d < UT_MATCH_DIMS; d++)
			out[d] *= length;
	}
}

/* *first, *last (may be NULL): the frames from the first to the last that count as speech. */
static enum ut_status make(const struct ut_match_model *m, const int16_t *pcm, size_t n,
			   struct ut_pattern *ret, size_t *first, size_t *last,
			   struct ut_error *err)
{
	const size_t frames = n / UT_HOP;
	struct ut_pattern p = { NULL, frames };
	float *cep, level = 0;
	enum ut_status st;

	if (frames < 20)
		return ut_fail(err, UT_EINVAL, "examples: %.2f s is too short",
			       (double)n / UT_RATE_HZ);
	cep = malloc(frames * CEPSTRA * sizeof(*cep));
	p.v = malloc(frames * UT_MATCH_DIMS * sizeof(*p.v));
	st = cep && p.v ? cepstra(m, pcm, n, cep, err) : ut_fail(err, UT_ENOMEM, "examples");
	if (!st)
		st = speech_level(cep, frames, &level, err);
	if (!st) {
		if (first) {
			*first = 0, *last = frames - 1;
			while (cep[*first * CEPSTRA] < level)
				++*first;
			while (cep[*last * CEPSTRA] < level)
				--*last;
		}
		normalise(cep, frames, level);
		project(m, cep, frames, p.v);
		*ret = p;
	} else {
		ut_pattern_done(&p);
	}
	free(cep);
	return st;
}

enum ut_status ut_pattern_make(const struct ut_match_model *m, const int16_t *pcm, size_t n,
			       struct ut_pattern *ret, struct ut_error *err)
{
	return make(m, pcm, n, ret, NULL, NULL, err);
}

static bool valid_utf8(const char *s)
{
	while (*s) {
		size_t k = ut_utf8_len(s);

		if (!k)
			return false;
		s += k;
	}
	return true;
}

static bool valid_lang(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i] == '-' || (s[i] >= '0' && s[i] <= '9') ||
		      ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')))
			return false;
	return n > 0 && n < sizeof(((struct ut_example *)NULL)->lang);
}

static void example_done(struct ut_example *e)
{
	free(e->phrase);
	ut_pattern_done(&e->pattern);
	memset(e, 0, sizeof(*e));
}

void ut_example_list_done(struct ut_example_list *l)
{
	while (l->n)
		example_done(&l->v[--l->n]);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

static enum ut_status append(struct ut_example_list *l, struct ut_example *e, struct ut_error *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		struct ut_example *v = realloc(l->v, cap * sizeof(*v));

		if (!v)
			return ut_fail(err, UT_ENOMEM, "examples");
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *e;
	memset(e, 0, sizeof(*e));
	return UT_OK;
}

enum ut_status ut_example_enrol(const struct ut_match_model *m, const int16_t *pcm, size_t n,
				const char *phrase, const char *lang,
				enum ut_phrase_meaning meaning, struct ut_example_list *list,
				struct ut_error *err)
{
	struct ut_example e = { .meaning = meaning };
	size_t first, last, frames;
	enum ut_status st;

	if (!phrase[0] || strpbrk(phrase, "|\n\r") || !valid_utf8(phrase))
		return ut_fail(err, UT_EINVAL,
			       "examples: a phrase is one line of UTF-8 text without '|'");
	if (!valid_lang(lang, strlen(lang)))
		return ut_fail(err, UT_EINVAL,
			       "examples: a language is 1 to %zu letters, digits or '-', as in "
			       "\"he\"",
			       sizeof(e.lang) - 1);
	memccpy(e.lang, lang, '\0', sizeof(e.lang));
	st = make(m, pcm, n, &e.pattern, &first, &last, err);
	if (st)
		return st;
	frames = last + 1 - first;
	if (frames < UT_MATCH_MIN_FRAMES || frames > UT_MATCH_MAX_FRAMES) {
		ut_pattern_done(&e.pattern);
		return ut_fail(err, UT_EINVAL,
			       "examples: \"%.60s\" has %.2f s of speech; an example has %.2f to "
			       "%.2f",
			       phrase, (double)frames / UT_FRAMES_PER_S,
			       (double)UT_MATCH_MIN_FRAMES / UT_FRAMES_PER_S,
			       (double)UT_MATCH_MAX_FRAMES / UT_FRAMES_PER_S);
	}
	memmove(e.pattern.v, e.pattern.v + first * UT_MATCH_DIMS,
		frames * UT_MATCH_DIMS * sizeof(float));
	e.pattern.n = frames;
	e.phrase = strdup(phrase);
	st = e.phrase ? append(list, &e, err) : ut_fail(err, UT_ENOMEM, "examples");
	example_done(&e);
	return st;
}

/* "undertone-examples 2", then for each: a line "language | phrase | meaning | frames", and a line
 * a frame of signed bytes in hexadecimal, 127 for 1. */
void ut_example_list_write(const struct ut_example_list *list, struct ut_text *out)
{
	ut_text_add(out, "undertone-examples 2\n");
	for (size_t i = 0; i < list->n; i++) {
		const struct ut_example *e = &list->v[i];

		ut_text_addf(out, "%s | %s | %s | %zu\n", e->lang, e->phrase,
			     ut_phrase_meaning_name(e->meaning), e->pattern.n);
		for (size_t k = 0; k < e->pattern.n * UT_MATCH_DIMS; k++) {
			int v = (int)lrintf(127 * e->pattern.v[k]);

			ut_text_addf(out, "%02x%s", (unsigned)v & 0xff,
				     k % UT_MATCH_DIMS == UT_MATCH_DIMS - 1 ? "\n" : "");
		}
	}
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The line at *p without its end; *p goes behind it. */
static bool next_line(const char **p, const char *end, const char **line, size_t *n)
{
	const char *nl;

	if (*p == end)
		return false;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	*line = *p;
	*n = (size_t)((nl ? nl : end) - *p);
	*p = nl ? nl + 1 : end;
	return true;
}

static bool read_frame(const char *s, size_t n, float *v)
{
	float length = 0;

	if (n != 2 * UT_MATCH_DIMS)
		return false;
	for (int d = 0; d < UT_MATCH_DIMS; d++) {
		int hi = hex(s[2 * d]), lo = hex(s[2 * d + 1]), b = hi * 16 + lo;

		if (hi < 0 || lo < 0)
			return false;
		v[d] = (float)(b > 127 ? b - 256 : b);
		length += v[d] * v[d];
	}
	if (!(length > 0))
		return false;
	for (int d = 0; d < UT_MATCH_DIMS; d++)
		v[d] /= sqrtf(length);
	return true;
}

/* The field before the next " | " of *s, which then begins behind it. */
static bool cut(const char **s, const char *end, const char **field, size_t *n)
{
	const char *bar = memmem(*s, (size_t)(end - *s), " | ", 3);

	if (!bar || bar == *s)
		return false;
	*field = *s;
	*n = (size_t)(bar - *s);
	*s = bar + 3;
	return true;
}

static bool read_head(const char *s, size_t n, struct ut_example *e, bool *nomem)
{
	const char *end = s + n, *lang, *phrase, *meaning;
	size_t frames = 0, n_lang, n_phrase, n_meaning;

	if (memchr(s, '\0', n) || !cut(&s, end, &lang, &n_lang) ||
	    !cut(&s, end, &phrase, &n_phrase) || !cut(&s, end, &meaning, &n_meaning) ||
	    !valid_lang(lang, n_lang))
		return false;
	memcpy(e->lang, lang, n_lang);
	for (e->meaning = 0; e->meaning < UT_N_PHRASE_MEANINGS; e->meaning++)
		if (strlen(ut_phrase_meaning_name(e->meaning)) == n_meaning &&
		    memcmp(ut_phrase_meaning_name(e->meaning), meaning, n_meaning) == 0)
			break;
	for (; s < end && *s >= '0' && *s <= '9' && frames < 10000; s++)
		frames = frames * 10 + (size_t)(*s - '0');
	if (e->meaning == UT_N_PHRASE_MEANINGS || s != end || frames < UT_MATCH_MIN_FRAMES ||
	    frames > UT_MATCH_MAX_FRAMES)
		return false;
	e->phrase = strndup(phrase, n_phrase);
	e->pattern.v = malloc(frames * UT_MATCH_DIMS * sizeof(float));
	e->pattern.n = frames;
	*nomem = !e->phrase || !e->pattern.v;
	return *nomem || valid_utf8(e->phrase);
}

enum ut_status ut_example_list_parse(const char *bytes, size_t n, const char *name,
				     struct ut_example_list *list, struct ut_error *err)
{
	static const char head[] = "undertone-examples 2";
	const char *p = bytes, *end = bytes + n, *s;
	const size_t before = list->n;
	struct ut_example e = { 0 };
	enum ut_status st = UT_OK;
	unsigned line = 1;
	size_t len;

	if (!next_line(&p, end, &s, &len) || len != sizeof(head) - 1 || memcmp(s, head, len) != 0)
		return ut_fail(err, UT_EFORMAT, "%s:1: not a file of examples", name);
	while (!st && next_line(&p, end, &s, &len)) {
		bool nomem = false;

		line++;
		if (!read_head(s, len, &e, &nomem))
			st = ut_fail(err, UT_EFORMAT,
				     "%s:%u: not \"language | phrase | meaning | number of "
				     "frames\"",
				     name, line);
		else if (nomem)
			st = ut_fail(err, UT_ENOMEM, "examples");
		for (size_t k = 0; !st && k < e.pattern.n; k++) {
			line++;
			if (!next_line(&p, end, &s, &len) ||
			    !read_frame(s, len, e.pattern.v + k * UT_MATCH_DIMS))
				st = ut_fail(err, UT_EFORMAT,
					     "%s:%u: not a frame of %d hexadecimal bytes", name,
					     line, UT_MATCH_DIMS);
		}
		if (!st)
			st = append(list, &e, err);
		example_done(&e);
	}
	while (st && list->n > before)
		example_done(&list->v[--list->n]);
	return st;
}

/*
 * Row i of the table holds, for every frame j of the speech, the least sum of distances of example
 * frames 0..i that ends at j, and where it began: from j (the speech stands still, 0.15 more), j-1,
 * or j-2 (a frame is passed over, 0.05 more). The two prices keep the path near its own tempo.
 */
enum ut_status ut_match_find(const struct ut_pattern *x, const struct ut_pattern *y,
			     struct ut_match *ret, bool *found, struct ut_error *err)
{
	struct cell {
		float sum;
		int32_t start;
	} * row, *next;
	size_t best = 0;

	*found = false;
	if (!x->n || y->n < x->n / 2 + 2 || y->n > INT32_MAX)
		return UT_OK;
	row = malloc(2 * y->n * sizeof(*row));
	if (!row)
		return ut_fail(err, UT_ENOMEM, "examples");
	next = row + y->n;
	for (size_t i = 0; i < x->n; i++) {
		const float *a = x->v + i * UT_MATCH_DIMS;
		struct cell *swap = row;

		for (size_t j = 0; j < y->n; j++) {
			const float *b = y->v + j * UT_MATCH_DIMS;
			struct cell c = { 0, (int32_t)j };
			float dot = 0;

			for (int d = 0; d < UT_MATCH_DIMS; d++)
				dot += a[d] * b[d];
			if (i) {
				c = (struct cell){ row[j].sum + 0.15f, row[j].start };
				if (j >= 1 && row[j - 1].sum < c.sum)
					c = row[j - 1];
				if (j >= 2 && row[j - 2].sum + 0.05f < c.sum)
					c = (struct cell){ row[j - 2].sum + 0.05f,
							   row[j - 2].start };
			}
			c.sum += 1 - dot;
			next[j] = c;
		}
		row = next;
		next = swap;
	}
	for (size_t j = 1; j < y->n; j++)
		if (row[j].sum < row[best].sum)
			best = j;
	*ret = (struct ut_match){ row[best].start, (int64_t)best + 1, row[best].sum / (float)x->n };
	*found = true;
	free(UT_MIN(row, next));
	return UT_OK;
}

float ut_match_probability(float distance)
{
	return 1 / (1 + expf((distance - even_distance) / distance_scale));
}

enum ut_status ut_examples_match(const struct ut_example_list *list, const char *lang,
				 const struct ut_pattern *speech, int64_t first, unsigned party,
				 float min_score, struct ut_phrase_hit **hits, size_t *n_hits,
				 struct ut_error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct ut_example *e = &list->v[i];
		struct ut_match best = { 0, 0, FLT_MAX };
		struct ut_phrase_hit *grown;
		double sum = 0;
		unsigned n = 0;
		float score;
		size_t k;

		if (*lang && !ut_phrases_speak(e->lang, lang))
			continue;
		for (k = 0; k < i && (strcmp(list->v[k].phrase, e->phrase) != 0 ||
				      strcmp(list->v[k].lang, e->lang) != 0);
		     k++) {
		}
		if (k < i)
			continue; /* its examples were all laid over at the first */
		for (k = i; k < list->n; k++) {
			struct ut_match m;
			enum ut_status st;
			bool found;

			if (strcmp(list->v[k].phrase, e->phrase) != 0 ||
			    strcmp(list->v[k].lang, e->lang) != 0)
				continue;
			st = ut_match_find(&list->v[k].pattern, speech, &m, &found, err);
			if (st)
				return st;
			if (!found)
				continue;
			sum += (double)m.distance;
			n++;
			if (m.distance < best.distance)
				best = m;
		}
		score = n ? ut_match_probability((float)(sum / n)) : 0;
		if (!n || score < min_score)
			continue;
		grown = realloc(*hits, (*n_hits + 1) * sizeof(*grown));
		if (!grown)
			return ut_fail(err, UT_ENOMEM, "examples");
		*hits = grown;
		grown[(*n_hits)++] = (struct ut_phrase_hit){
			.start = first + best.start,
			.end = first + best.end,
			.party = party,
			.phrase = e->phrase,
			.meaning = e->meaning,
			.score = score,
		};
	}
	return UT_OK;
}
