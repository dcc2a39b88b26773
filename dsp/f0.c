/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/f0_path.h"

enum {
	HOP = 80,
	/* frame i's window begins this many samples before its hop */
	LEAD = (UT_F0_WIN - HOP) / 2,
	BUF = UT_F0_WIN + 16 * HOP,
};

struct ut_f0 {
	struct ut_f0_analysis an;
	struct ut_f0_path path;
	float buf[BUF];     /* from the next frame's window on */
	size_t at, fill;    /* the next window begins at buf[at]; buf[0..fill) is filled */
	int64_t n_in;       /* samples pushed */
	int64_t n_analysed; /* frames */
	int64_t n_out;      /* rows */
	float peak_db;      /* level of the loudest speech of late; falls slowly */
	ut_f0_fn *emit;     /* of the call in progress */
	void *user;
};

void ut_f0_reset(struct ut_f0 *f)
{
	ut_f0_path_reset(&f->path);
	memset(f->buf, 0, sizeof(f->buf));
	f->at = 0;
	f->fill = LEAD; /* silence before the first sample */
	f->n_in = f->n_analysed = f->n_out = 0;
	f->peak_db = -60;
}

enum ut_status ut_f0_create(struct ut_f0 **ret, struct ut_error *err)
{
	struct ut_f0 *f = calloc(1, sizeof(*f));

	if (!f || ut_f0_analysis_init(&f->an) != UT_OK) {
		ut_f0_destroy(&f);
		return ut_fail(err, UT_ENOMEM, "f0");
	}
	ut_f0_reset(f);
	*ret = f;
	return UT_OK;
}

void ut_f0_destroy(struct ut_f0 **pf)
{
	if (!*pf)
		return;
	ut_f0_analysis_done(&(*pf)->an);
	free(*pf);
	*pf = NULL;
}

static void decided(void *user, const struct ut_f0_frame *fr, unsigned state)
{
	struct ut_f0 *f = user;
	struct ut_f0_row row = { .frame = f->n_out++ };
	float best = 0;

	for (unsigned i = 0; i < fr->n; i++)
		best = fmaxf(best, fr->cand[i].strength);
	if (state) {
		row.f0_hz = exp2f(fr->cand[state - 1].log2_hz);
		row.f0_hz = fminf(fmaxf(row.f0_hz, 50), 500);
		best = fr->cand[state - 1].strength;
	}
	row.periodicity = fminf(fmaxf(best, 0), 1);
	row.voicing = 1 / (1 + expf(-12 * (row.periodicity - 0.5f)));
	f->emit(f->user, &row);
}

static void analyse(struct ut_f0 *f)
{
	struct ut_f0_frame fr;
	float local[UT_F0_STATES];

	ut_f0_analyse(&f->an, f->buf + f->at, &fr);
	f->peak_db = fmaxf(f->peak_db - 0.02f, fr.level_db);
	/* unvoiced gains as the frame sinks below the speech around it */
	local[0] = -0.45f - fmaxf(0, (f->peak_db - 30 - fr.level_db) * 0.03f);
	for (unsigned i = 0; i < fr.n; i++) /* a period fits twice as well as its double */
		local[i + 1] = -fr.cand[i].strength - 0.01f * (fr.cand[i].log2_hz - 5.6f);
	ut_f0_path_push(&f->path, &fr, local, decided, f);
	f->at += HOP;
	f->n_analysed++;
}

/* Appends n samples (zeros where x is NULL) and analyses every frame that is complete. */
static void feed(struct ut_f0 *f, const float *x, size_t n, int64_t n_frames)
{
	while (n > 0) {
		if (f->at && BUF - f->fill < n) {
			f->fill -= f->at;
			memmove(f->buf, f->buf + f->at, f->fill * sizeof(*f->buf));
			f->at = 0;
		}
		size_t take = UT_MIN(n, BUF - f->fill);

		for (size_t i = 0; i < take; i++) {
			float v = x ? x[i] : 0;

			/* not a number, or no audio: silence rather than a poisoned window */
			f->buf[f->fill + i] = fabsf(v) <= 16 ? v : 0;
		}
		f->fill += take;
		n -= take;
		x = x ? x + take : NULL;
		while (f->fill - f->at >= UT_F0_WIN && f->n_analysed < n_frames)
			analyse(f);
	}
}

void ut_f0_push(struct ut_f0 *f, const float *x, size_t n, ut_f0_fn *emit, void *user)
{
	f->emit = emit, f->user = user;
	f->n_in += (int64_t)n;
	feed(f, x, n, INT64_MAX);
}

void ut_f0_flush(struct ut_f0 *f, ut_f0_fn *emit, void *user)
{
	f->emit = emit, f->user = user;
	feed(f, NULL, UT_F0_WIN, f->n_in / HOP);
	ut_f0_path_flush(&f->path, decided, f);
}

unsigned ut_f0_latency_frames(const struct ut_f0 *f)
{
	(void)f;
	return UT_F0_RING + (UT_F0_WIN - HOP) / 2 / HOP + 1;
}
