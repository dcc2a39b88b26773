/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/f0_path.h"
#include "dsp/f0_voice.h"

enum {
	HOP = 80,
	/* frame i's span begins this many samples before sample i * HOP */
	LEAD = UT_F0_SPAN / 2,
	BUF = UT_F0_SPAN + 16 * HOP,
	/* hops a span reaches beyond its own */
	REACH = (LEAD + HOP - 1) / HOP,
};

/* Probability of voicing beyond which a frame gets a pitch. */
static const float threshold = 0.5f;

struct ut_f0 {
	struct ut_f0_analysis an;
	struct ut_f0_path path;
	struct ut_f0_voice voice;
	float buf[BUF];
	size_t at, fill;    /* the next span begins at buf[at]; buf[0..fill) is filled */
	int64_t n_in;       /* samples pushed */
	int64_t n_analysed; /* frames */
	ut_f0_fn *emit;     /* of the call in progress */
	void *user;
};

void ut_f0_reset(struct ut_f0 *f)
{
	ut_f0_analysis_reset(&f->an);
	ut_f0_path_reset(&f->path);
	ut_f0_voice_reset(&f->voice);
	memset(f->buf, 0, sizeof(f->buf));
	f->at = 0;
	f->fill = LEAD; /* silence before the first sample */
	f->n_in = f->n_analysed = 0;
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

static void voiced(void *user, int64_t i, const struct ut_f0_point *p, const float *in)
{
	struct ut_f0 *f = user;
	struct ut_f0_row row = { .frame = i };

	row.periodicity = fminf(fmaxf(p->strength, 0), 1);
	if (p->log2_hz > 0) {
		row.voicing = 1 / (1 + expf(-ut_f0_voice_logit(&ut_f0_model, in)));
		if (row.voicing > threshold)
			row.f0_hz = fminf(fmaxf(exp2f(ut_f0_voice_pitch(&f->voice, i)), 50), 500);
	}
	f->emit(f->user, &row);
}

static void decided(void *user, const struct ut_f0_frame *fr, const float *log_p, int chosen)
{
	struct ut_f0 *f = user;

	ut_f0_voice_point(&f->voice, fr, log_p, chosen);
}

static void analyse(struct ut_f0 *f)
{
	struct ut_f0_frame fr;
	float log_p[UT_F0_MAX_CAND];

	ut_f0_analyse(&f->an, f->buf + f->at, &fr);
	if (fr.n)
		ut_f0_rank(&ut_f0_model, &fr, log_p);
	ut_f0_path_push(&f->path, &fr, log_p, decided, f);
	ut_f0_voice_level(&f->voice, fr.level_db, voiced, f);
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
		while (f->fill - f->at >= UT_F0_SPAN && f->n_analysed < n_frames)
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
	feed(f, NULL, UT_F0_SPAN, f->n_in / HOP);
	ut_f0_path_flush(&f->path, decided, f);
	ut_f0_voice_flush(&f->voice, voiced, f);
}

unsigned ut_f0_latency_frames(const struct ut_f0 *f)
{
	(void)f;
	return UT_MAX(UT_F0_AHEAD, UT_F0_PATH_LAG + UT_F0_REACH) + REACH + 1;
}
