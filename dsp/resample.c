/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two stages where the source is fast: a short filter to a rate of 16..32 kHz by a whole factor,
 * then the sharp one to 8 kHz. One sharp filter alone would cost three times as much at 48 kHz.
 * Each output sample is a dot product of whole filters at an exact rational position, so that a
 * block's edges cannot matter. Kaiser windows after Kaiser (1974), 72 dB.
 */
#include "dsp/resample.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dsp/frame.h"
#include "dsp/kernel.h"

static const double stop_db = 72, pass_hz = 3600, stop_hz = 4400;
enum { MAX_PHASES = 512, OUT_BLOCK = 256, MIN_HZ = 4000, MAX_HZ = 192000 };

/* One filter: output m lies at input position m * step / scale. */
struct stage {
	uint64_t step, scale; /* in lowest terms */
	unsigned n_phases;    /* filters in the table, without the one past the end */
	bool between;         /* scale is larger than the table: blend two neighbours */
	unsigned n_taps;
	float *taps; /* (n_phases + 1) rows of n_taps */
	float *buf;  /* input history; buf[0] is input sample base */
	size_t fill, cap;
	int64_t base, n_in, n_out;
	float out[OUT_BLOCK];
	size_t n_buffered;
};

struct ut_resample {
	unsigned n_stages; /* 0: copy */
	struct stage st[2];
};

static double bessel_i0(double x)
{
	double sum = 1, term = 1;

	for (int k = 1; k < 60; k++) {
		term *= x / 2 / k * (x / 2 / k);
		sum += term;
	}
	return sum;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t t = a % b;

		a = b, b = t;
	}
	return a;
}

/* Filter from from_hz to to_hz (both may be scaled alike), flat to pass, gone from stop. */
static enum ut_status stage_init(struct stage *s, uint64_t from, uint64_t to, double pass,
				 double stop)
{
	uint64_t g = gcd(from, to);
	double rate = (double)from, cut = (pass + stop) / 2 / rate, beta, i0, half;

	s->step = from / g;
	s->scale = to / g;
	s->between = s->scale > MAX_PHASES;
	s->n_phases = s->between ? MAX_PHASES : (unsigned)s->scale;
	beta = 0.1102 * (stop_db - 8.7);
	i0 = bessel_i0(beta);
	s->n_taps = (unsigned)ceil((stop_db - 8) / (2.285 * 2 * M_PI * (stop - pass) / rate)) + 2;
	s->n_taps = (s->n_taps + 15) / 16 * 16;
	half = s->n_taps / 2;
	s->cap = 4 * (size_t)s->n_taps + 4096;
	s->taps = malloc(sizeof(float) * (s->n_phases + 1) * s->n_taps);
	s->buf = malloc(sizeof(float) * s->cap);
	if (!s->taps || !s->buf)
		return UT_ENOMEM;
	for (unsigned p = 0; p <= s->n_phases; p++) {
		float *row = s->taps + (size_t)p * s->n_taps;
		double sum = 0, frac = (double)p / s->n_phases;

		/* tap t multiplies input floor(position) - half + 1 + t */
		for (unsigned t = 0; t < s->n_taps; t++) {
			double d = t - half + 1 - frac, u = d / half;
			double w = fabs(u) < 1 ? bessel_i0(beta * sqrt(1 - u * u)) / i0 : 0;
			double v = d == 0 ? 2 * cut : sin(2 * M_PI * cut * d) / (M_PI * d);

			row[t] = (float)(w * v);
			sum += w * v;
		}
		for (unsigned t = 0; t < s->n_taps; t++) /* no ripple over the phases at 0 Hz */
			row[t] = (float)(row[t] / sum);
	}
	return UT_OK;
}

static void stage_reset(struct stage *s)
{
	/* silence before the start: the first output's filter reaches half its length back */
	s->base = -(int64_t)(s->n_taps / 2);
	s->fill = s->n_taps / 2;
	memset(s->buf, 0, s->fill * sizeof(*s->buf));
	s->n_in = s->n_out = 0;
	s->n_buffered = 0;
}

static void stage_done(struct stage *s)
{
	free(s->taps);
	free(s->buf);
}

static void stage_emit(struct stage *s, ut_samples_fn *emit, void *user)
{
	if (s->n_buffered)
		emit(user, s->out, s->n_buffered);
	s->n_buffered = 0;
}

/* All outputs before position n_in whose filters are filled. */
static void stage_run(struct stage *s, ut_samples_fn *emit, void *user)
{
	for (;;) {
		uint64_t at = (uint64_t)s->n_out * s->step, rem = at % s->scale;
		int64_t first = (int64_t)(at / s->scale) - (int64_t)(s->n_taps / 2) + 1;
		const float *x;
		float y;

		if ((int64_t)(at / s->scale) >= s->n_in ||
		    first + (int64_t)s->n_taps > s->base + (int64_t)s->fill)
			break;
		x = s->buf + (first - s->base);
		if (!s->between) {
			y = ut_k_dot(x, s->taps + rem * s->n_taps, s->n_taps);
		} else {
			double pos = (double)rem / (double)s->scale * s->n_phases;
			unsigned p = (unsigned)pos;
			float frac = (float)(pos - p);
			const float *row = s->taps + (size_t)p * s->n_taps;

			y = (1 - frac) * ut_k_dot(x, row, s->n_taps) +
			    frac * ut_k_dot(x, row + s->n_taps, s->n_taps);
		}
		s->out[s->n_buffered++] = y;
		s->n_out++;
		if (s->n_buffered == OUT_BLOCK)
			stage_emit(s, emit, user);
	}
	stage_emit(s, emit, user);
}

static void stage_push(struct stage *s, const float *x, size_t n, bool counts, ut_samples_fn *emit,
		       void *user)
{
	while (n > 0) {
		uint64_t at = (uint64_t)s->n_out * s->step / s->scale;
		int64_t keep = (int64_t)at - (int64_t)(s->n_taps / 2) + 1; /* oldest still needed */
		size_t drop, take;

		if (s->fill == s->cap) {
			/* a fast source may skip ahead of what has come */
			drop = (size_t)UT_MIN(UT_MAX(keep - s->base, 0), (int64_t)s->fill);
			memmove(s->buf, s->buf + drop, (s->fill - drop) * sizeof(*s->buf));
			s->base += (int64_t)drop;
			s->fill -= drop;
		}
		take = UT_MIN(n, s->cap - s->fill);
		if (x) {
			for (size_t i = 0; i < take; i++)
				s->buf[s->fill + i] = isfinite(x[i]) ? x[i] : 0;
			x += take;
		} else {
			memset(s->buf + s->fill, 0, take * sizeof(*s->buf));
		}
		s->fill += take;
		n -= take;
		if (counts)
			s->n_in += (int64_t)take;
		stage_run(s, emit, user);
	}
}

enum ut_status ut_resample_create(unsigned from_hz, struct ut_resample **ret, struct ut_error *err)
{
	struct ut_resample *r;
	unsigned whole = from_hz / 16000;
	enum ut_status st = UT_OK;

	if (from_hz < MIN_HZ || from_hz > MAX_HZ)
		return ut_fail(err, UT_EINVAL, "sampling rate %u Hz is outside %d..%d Hz", from_hz,
			       MIN_HZ, MAX_HZ);
	r = calloc(1, sizeof(*r));
	if (!r)
		goto nomem;
	if (from_hz != UT_RATE_HZ) {
		uint64_t from = from_hz;

		if (whole >= 2) {
			/* what folds into 0..stop_hz later must be gone: from from/whole - stop_hz
			 */
			r->n_stages++;
			st = stage_init(&r->st[0], (uint64_t)whole * from, from, whole * pass_hz,
					from - whole * stop_hz);
			if (st)
				goto nomem;
		}
		/* rates in units of 1/whole Hz keep from/whole exact */
		uint64_t unit = whole >= 2 ? whole : 1;
		double nyquist = UT_MIN((double)from / 2, stop_hz);
		double pass = UT_MIN(pass_hz, nyquist * 0.82);

		r->n_stages++;
		st = stage_init(&r->st[r->n_stages - 1], from, UT_RATE_HZ * unit,
				pass * (double)unit, nyquist * (double)unit);
		if (st)
			goto nomem;
	}
	ut_resample_reset(r);
	*ret = r;
	return UT_OK;
nomem:
	ut_resample_destroy(&r);
	return ut_fail(err, UT_ENOMEM, "resample");
}

struct chain {
	struct stage *next;
	ut_samples_fn *emit;
	void *user;
};

static void pass_on(void *user, const float *x, size_t n)
{
	struct chain *c = user;

	stage_push(c->next, x, n, true, c->emit, c->user);
}

void ut_resample_push(struct ut_resample *r, const float *x, size_t n, ut_samples_fn *emit,
		      void *user)
{
	struct chain c = { &r->st[1], emit, user };

	if (n == 0)
		return;
	if (r->n_stages == 0)
		emit(user, x, n);
	else if (r->n_stages == 1)
		stage_push(&r->st[0], x, n, true, emit, user);
	else
		stage_push(&r->st[0], x, n, true, pass_on, &c);
}

void ut_resample_flush(struct ut_resample *r, ut_samples_fn *emit, void *user)
{
	struct chain c = { &r->st[1], emit, user };

	if (r->n_stages == 2) {
		stage_push(&r->st[0], NULL, r->st[0].n_taps, false, pass_on, &c);
		stage_push(&r->st[1], NULL, r->st[1].n_taps, false, emit, user);
	} else if (r->n_stages == 1) {
		stage_push(&r->st[0], NULL, r->st[0].n_taps, false, emit, user);
	}
}

void ut_resample_reset(struct ut_resample *r)
{
	for (unsigned i = 0; i < r->n_stages; i++)
		stage_reset(&r->st[i]);
}

void ut_resample_destroy(struct ut_resample **pr)
{
	if (!*pr)
		return;
	for (unsigned i = 0; i < (*pr)->n_stages; i++)
		stage_done(&(*pr)->st[i]);
	free(*pr);
	*pr = NULL;
}
