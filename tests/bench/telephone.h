/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telephone.h - what a telephone line does to a recording, for benches: 8 kHz, 300-3400 Hz, G.711
 * mu-law there and back.
 */
#ifndef UT_TESTS_BENCH_TELEPHONE_H
#define UT_TESTS_BENCH_TELEPHONE_H

#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/resample.h"

struct tel {
	float *x;
	size_t n, cap;
};

__attribute__((unused)) static void tel_append(void *user, const float *x, size_t n)
{
	struct tel *t = user;

	if (t->n + n > t->cap) {
		t->cap = 2 * (t->n + n);
		t->x = realloc(t->x, t->cap * sizeof(*t->x));
		if (!t->x)
			abort();
	}
	memcpy(t->x + t->n, x, n * sizeof(*x));
	t->n += n;
}

/* Channel ch of a file at 8 kHz, whole band. False where it cannot be read. t is zeroed or reused.
 */
__attribute__((unused)) static bool tel_read(const char *path, int ch, struct tel *t)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	struct ut_resample *r = NULL;
	float *in;

	t->n = 0;
	if (!f)
		return false;
	in = malloc(sizeof(*in) * (size_t)(info.frames * info.channels) + 1);
	if (!in || ut_resample_create((unsigned)info.samplerate, &r, NULL))
		abort();
	info.frames = sf_readf_float(f, in, info.frames);
	for (sf_count_t i = 0; i < info.frames; i++)
		in[i] = in[i * info.channels + ch]; /* never ahead of what is still to be read */
	ut_resample_push(r, in, (size_t)info.frames, tel_append, t);
	ut_resample_flush(r, tel_append, t);
	ut_resample_destroy(&r);
	free(in);
	sf_close(f);
	return true;
}

/* 300-3400 Hz, linear phase: about 60 dB at 200 and 3500 Hz. */
__attribute__((unused)) static void tel_band(struct tel *t)
{
	enum { HALF = 150 };
	float h[2 * HALF + 1], *y = calloc(t->n + 1, sizeof(*y));

	if (!y)
		abort();
	for (int i = -HALF; i <= HALF; i++) {
		double lo = 250.0 / 8000, hi = 3450.0 / 8000, w;

		w = 0.42 + 0.5 * cos(M_PI * i / (HALF + 1)) + 0.08 * cos(2 * M_PI * i / (HALF + 1));
		h[i + HALF] =
		    (float)(w * (i ? (sin(2 * M_PI * hi * i) - sin(2 * M_PI * lo * i)) / (M_PI * i)
				   : 2 * (hi - lo)));
	}
	for (size_t i = 0; i < t->n; i++) {
		float sum = 0;

		for (int k = -HALF; k <= HALF; k++) {
			if ((k >= 0 || i >= (size_t)-k) && i + (size_t)k < t->n)
				sum += h[k + HALF] * t->x[i + (size_t)k];
		}
		y[i] = sum;
	}
	memcpy(t->x, y, t->n * sizeof(*y));
	free(y);
}

/* ITU-T G.711 mu-law of 14 bits, encoded and decoded. */
__attribute__((unused)) static void tel_mulaw(struct tel *t)
{
	for (size_t i = 0; i < t->n; i++) {
		int v = (int)lrint(fabs((double)t->x[i]) * 8192), seg = 0, step;

		v = (v > 8158 ? 8158 : v) + 33;
		while (v >> (seg + 6))
			seg++;
		step = 2 << seg;
		v = (v / step) * step + step / 2 - 33;
		t->x[i] = copysignf((float)v / 8192, t->x[i]);
	}
}

#endif
