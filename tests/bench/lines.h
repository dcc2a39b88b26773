/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h - telephone channels put together out of single utterances, with noises, gates and
 * codecs, and where they have speech; for the trainer and the bench of activity. One generator of
 * random numbers: the same calls give the same channels.
 */
#ifndef UT_TESTS_BENCH_LINES_H
#define UT_TESTS_BENCH_LINES_H

#include <dirent.h>
#include <stdio.h>

#include "dsp/engine.h"
#include "tests/bench/telephone.h"

enum { RATE = UT_RATE_HZ, VOICES = 8 /* of babble */ };

static uint64_t rng = 1;

__attribute__((unused)) static double uniform(void)
{
	rng = rng * 6364136223846793005u + 1442695040888963407u;
	return (double)(rng >> 11) / 9007199254740992.0;
}

__attribute__((unused)) static double gauss(void)
{
	return sqrt(-2 * log(1 - uniform())) * cos(2 * M_PI * uniform());
}

__attribute__((unused)) static size_t pick(size_t n)
{
	return (size_t)(uniform() * (double)n);
}

__attribute__((unused)) static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

struct utterance {
	struct tel t;
	int speaker;
};

__attribute__((unused)) static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Peak to -6 dBFS, band, edges below -46 dB of the peak cut off. */
__attribute__((unused)) static void trim(struct tel *t)
{
	float top = 1e-9f;
	size_t a = 0, b;

	tel_band(t);
	for (size_t i = 0; i < t->n; i++)
		top = fmaxf(top, fabsf(t->x[i]));
	for (size_t i = 0; i < t->n; i++)
		t->x[i] *= 0.5f / top;
	for (b = t->n; a < b && fabsf(t->x[a]) < 0.0025f; a++)
		;
	for (; b > a && fabsf(t->x[b - 1]) < 0.0025f; b--)
		;
	memmove(t->x, t->x + a, (b - a) * sizeof(*t->x));
	t->n = b - a;
}

/*
 * FLAC files of dir whose speaker, the number at name offset `at`, is even where half is set; the
 * number of them.
 */
__attribute__((unused)) static size_t read_speakers(const char *dir, size_t at, bool half,
						    struct utterance **ret)
{
	char path[4400];
	struct dirent **list;
	int n;
	size_t k = 0;

	n = scandir(dir, &list, NULL, by_name);
	if (n <= 0)
		return 0;
	*ret = need(calloc((size_t)n, sizeof(**ret)));
	for (int i = 0; i < n; i++) {
		struct utterance *u = &(*ret)[k];
		char *end;
		const char *number = list[i]->d_name + UT_MIN(at, strlen(list[i]->d_name));

		u->speaker = (int)strtol(number, &end, 10);
		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (end != number && !(half && u->speaker % 2) && tel_read(path, 0, &u->t)) {
			trim(&u->t);
			k++;
		}
		free(list[i]);
	}
	free(list);
	return k;
}

__attribute__((unused)) static float frame_db(const float *x)
{
	double s = 1e-12;

	for (int i = 0; i < UT_HOP; i++)
		s += (double)x[i] * x[i];
	return (float)(10 * log10(s / UT_HOP) + 3);
}

__attribute__((unused)) static int by_value(const void *pa, const void *pb)
{
	float a = *(const float *)pa, b = *(const float *)pb;

	return a < b ? -1 : a > b;
}

/* Where the clean channel has speech. */
__attribute__((unused)) static void truth(const float *x, size_t n, unsigned char *y)
{
	float *db = need(malloc(2 * n * sizeof(*db))), *sorted = db + n, at;
	size_t k = 0, end = n;

	for (size_t i = 0; i < n; i++) {
		db[i] = frame_db(x + i * UT_HOP);
		if (db[i] > -90)
			sorted[k++] = db[i];
	}
	qsort(sorted, k, sizeof(*sorted), by_value);
	at = k ? sorted[k * 9 / 10] - 30 : 0;
	for (size_t i = 0; i < n; i++)
		y[i] = db[i] > at;
	for (size_t i = 0; i < n; i++) {
		if (!y[i])
			continue;
		if (end < i && i - end < 20)
			memset(y + end, 1, i - end);
		end = i + 1;
	}
	for (size_t i = 0, m; i < n; i = m) {
		for (m = i + 1; m < n && y[m] == y[i]; m++)
			;
		if (y[i] && m - i < 5)
			memset(y + i, 0, m - i);
	}
	free(db);
}

/*
 * One speaker's side of a call: utterances with short pauses, and long ones for the other party; or
 * without a pause, for babble.
 */
__attribute__((unused)) static void say(float *x, size_t n, const struct utterance *u, size_t n_u,
					int speaker, bool pauses)
{
	size_t at = (size_t)(uniform() * 5 * RATE);

	for (;;) {
		const struct utterance *w = &u[pick(n_u)];

		if (speaker >= 0 && w->speaker != speaker)
			continue;
		if (at + w->t.n > n)
			return;
		for (size_t i = 0; i < w->t.n; i++)
			x[at + i] += w->t.x[i];
		at += w->t.n;
		if (pauses)
			at += (size_t)((uniform() < 0.5 ? 0.1 + uniform() : 2 + 10 * uniform()) *
				       RATE);
	}
}

__attribute__((unused)) static void add_noise(float *x, size_t n, const struct utterance *u,
					      size_t n_u, int kind, double rms)
{
	float *z = need(calloc(n, sizeof(*z)));
	double sum = 1e-12, pink = 0, base = uniform() < 0.5 ? 50 : 60;

	if (kind == 0) {
		for (size_t i = 0; i < n; i++)
			z[i] = (float)gauss();
	} else if (kind == 1) {
		for (int v = 0; v < VOICES; v++)
			say(z, n, u, n_u, -1, false);
	} else if (kind == 2) {
		for (size_t i = 0; i < n; i++) {
			for (int k = 2; k < 14; k++)
				z[i] +=
				    (float)(sin(2 * M_PI * base * k * (double)i / RATE + k * k) /
					    k);
			z[i] += (float)(0.1 * gauss());
		}
	} else { /* falling 6 dB an octave above 200 Hz: rooms, cars */
		for (size_t i = 0; i < n; i++) {
			pink = 0.85 * pink + gauss();
			z[i] = (float)pink;
		}
	}
	for (size_t i = 0; i < n; i++)
		sum += (double)z[i] * z[i];
	for (size_t i = 0; i < n; i++)
		x[i] += (float)(z[i] * rms / sqrt(sum / (double)n));
	free(z);
}

/* A file in memory for libsndfile. */
struct memory {
	unsigned char *p;
	sf_count_t n, at, cap;
};

__attribute__((unused)) static sf_count_t mem_len(void *u)
{
	return ((struct memory *)u)->n;
}

__attribute__((unused)) static sf_count_t mem_seek(sf_count_t off, int whence, void *u)
{
	struct memory *m = u;

	m->at = off + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m->at : m->n);
	return m->at;
}

__attribute__((unused)) static sf_count_t mem_read(void *p, sf_count_t n, void *u)
{
	struct memory *m = u;

	n = UT_MAX(UT_MIN(n, m->n - m->at), 0);
	memcpy(p, m->p + m->at, (size_t)n);
	m->at += n;
	return n;
}

__attribute__((unused)) static sf_count_t mem_write(const void *p, sf_count_t n, void *u)
{
	struct memory *m = u;

	if (m->at + n > m->cap) {
		m->cap = 2 * (m->at + n);
		m->p = need(realloc(m->p, (size_t)m->cap));
	}
	memcpy(m->p + m->at, p, (size_t)n);
	m->at += n;
	m->n = UT_MAX(m->n, m->at);
	return n;
}

__attribute__((unused)) static sf_count_t mem_tell(void *u)
{
	return ((struct memory *)u)->at;
}

__attribute__((unused)) static void gsm(float *x, size_t n)
{
	SF_VIRTUAL_IO io = { mem_len, mem_seek, mem_read, mem_write, mem_tell };
	SF_INFO info = { .samplerate = RATE,
			 .channels = 1,
			 .format = SF_FORMAT_WAV | SF_FORMAT_GSM610 };
	struct memory m = { 0 };
	SNDFILE *f = need(sf_open_virtual(&io, SFM_WRITE, &info, &m));

	sf_write_float(f, x, (sf_count_t)n);
	sf_close(f);
	m.at = 0;
	memset(&info, 0, sizeof(info));
	f = need(sf_open_virtual(&io, SFM_READ, &info, &m));
	sf_read_float(f, x, (sf_count_t)n);
	sf_close(f);
	free(m.p);
}

__attribute__((unused)) static void clip(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = fmaxf(-1, fminf(x[i], 1));
}

__attribute__((unused)) static void take_row(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row) != UT_OK)
		abort();
}

__attribute__((unused)) static void measure(struct ut_engine *e, const float *x, size_t n,
					    struct ut_frame_table *t)
{
	t->n = 0;
	ut_engine_reset(e);
	ut_engine_push(e, x, n, take_row, t);
	ut_engine_flush(e, take_row, t);
}

#endif
