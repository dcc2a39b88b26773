/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One frame goes three steps: its F0 row arrives (the path looks ahead, so up to a second late);
 * then, when its audio stands complete about it, the spectrum and the period marks are taken; and
 * PENDING frames later, when what follows is known too, jitter, shimmer and tonality are closed and
 * the row goes out. Every step depends on frame numbers alone, never on the blocks.
 */
#include "dsp/engine.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/f0.h"
#include "dsp/formant.h"
#include "dsp/quality.h"
#include "dsp/spectrum.h"

enum {
	AHEAD = UT_QUALITY_AHEAD, /* samples needed from a frame's centre on, and before it */
	BACK = UT_QUALITY_BACK + UT_HOP / 2,
	PENDING = 5, /* frames */
	CHUNK = UT_HOP,
	SLACK = 64 * UT_HOP, /* so that the history moves seldom */
};

_Static_assert((int)AHEAD >= (int)UT_SPECTRUM_REACH, "spectra reach ahead");
_Static_assert((int)BACK >= (int)UT_SPECTRUM_REACH, "spectra reach back");
_Static_assert((int)PENDING >= (int)UT_QUALITY_REACH && (int)PENDING >= (int)UT_TONALITY_LAG,
	       "what follows is known when a row is closed");

struct ut_engine {
	struct ut_f0 *f0;
	struct ut_spectrum *spectrum;
	struct ut_quality quality;
	struct ut_formant formant;

	float *audio; /* audio[0] is sample audio_base; silence before the start */
	size_t audio_fill, audio_cap;
	int64_t audio_base;

	struct ut_f0_row *f0_row; /* ring of those not measured yet */
	size_t f0_cap;
	int64_t n_f0, n_measured, n_out; /* frames through each step */

	struct ut_frame pending[PENDING + 1]; /* ring by frame number */
	struct ut_timbre timbre[PENDING + 1]; /* likewise */
};

static void take_f0(void *user, const struct ut_f0_row *row)
{
	struct ut_engine *e = user;

	e->f0_row[(size_t)e->n_f0++ % e->f0_cap] = *row;
}

static void close_row(struct ut_engine *e, ut_frame_fn *emit, void *user)
{
	struct ut_frame *row = &e->pending[e->n_out % (PENDING + 1)];

	if (row->f0_hz > 0)
		ut_quality_perturbation(&e->quality, e->n_out, row);
	e->n_out++;
	emit(user, row);
}

static void set(struct ut_frame *row, enum ut_frame_col col, float v)
{
	(&row->level_db)[col] = v;
	row->valid |= 1u << col;
}

static void measure_one(struct ut_engine *e, ut_frame_fn *emit, void *user)
{
	const struct ut_f0_row *f = &e->f0_row[(size_t)e->n_measured % e->f0_cap];
	struct ut_frame *row = &e->pending[e->n_measured % (PENDING + 1)];
	const float *centre = e->audio + (e->n_measured * UT_HOP - e->audio_base);
	const float *p_short, *p_long;
	float earlier;

	memset(row, 0, sizeof(*row));
	earlier = ut_spectrum_measure(e->spectrum, centre, row);
	ut_timbre_pack(ut_spectrum_cepstrum(e->spectrum),
		       &e->timbre[e->n_measured % (PENDING + 1)]);
	p_short = ut_spectrum_short(e->spectrum);
	p_long = ut_spectrum_long(e->spectrum);
	if (e->n_measured - UT_TONALITY_LAG >= e->n_out) {
		struct ut_frame *old =
		    &e->pending[(e->n_measured - UT_TONALITY_LAG) % (PENDING + 1)];

		old->tonality = UT_MAX(old->tonality, earlier);
	}
	set(row, UT_COL_voicing, p_short ? f->voicing : 0);
	if (f->f0_hz > 0 && p_short) {
		set(row, UT_COL_f0_hz, f->f0_hz);
		ut_spectrum_prominence(e->spectrum, row);
		ut_quality_hnr(&e->quality, centre, f->f0_hz, row);
		ut_quality_harmonics(p_long, (float)UT_RATE_HZ / UT_SPECTRUM_LONG, f->f0_hz, row);
		ut_formant_measure(&e->formant, p_short, f->f0_hz, row);
	}
	ut_quality_track(&e->quality, e->n_measured, centre - UT_HOP / 2, row->f0_hz);
	e->n_measured++;
	if (e->n_measured - e->n_out > PENDING)
		close_row(e, emit, user);
}

static void measure_ready(struct ut_engine *e, ut_frame_fn *emit, void *user)
{
	while (e->n_measured < e->n_f0 &&
	       e->n_measured * UT_HOP + AHEAD <= e->audio_base + (int64_t)e->audio_fill)
		measure_one(e, emit, user);
}

static void append(struct ut_engine *e, const float *x, size_t n)
{
	if (e->audio_fill + n > e->audio_cap) {
		int64_t keep = e->n_measured * UT_HOP - BACK;
		size_t drop = (size_t)(keep - e->audio_base);

		memmove(e->audio, e->audio + drop, (e->audio_fill - drop) * sizeof(*e->audio));
		e->audio_base = keep;
		e->audio_fill -= drop;
		assert(e->audio_fill + n <= e->audio_cap);
	}
	if (x) {
		/* what is not a number is silence; 0 dBFS is 1, so 8 is beyond any real signal */
		for (size_t i = 0; i < n; i++) {
			float v = isfinite(x[i]) ? x[i] : 0;

			e->audio[e->audio_fill + i] = v > 8 ? 8 : v < -8 ? -8 : v;
		}
	} else {
		memset(e->audio + e->audio_fill, 0, n * sizeof(*e->audio));
	}
	e->audio_fill += n;
}

enum ut_status ut_engine_create(struct ut_engine **ret, struct ut_error *err)
{
	struct ut_engine *e = calloc(1, sizeof(*e));
	enum ut_status st = UT_ENOMEM;
	unsigned late;

	if (!e)
		return ut_fail(err, UT_ENOMEM, "engine");
	st = ut_f0_create(&e->f0, err);
	if (st)
		goto fail;
	st = ut_spectrum_create(&e->spectrum, err);
	if (st)
		goto fail;
	ut_quality_init(&e->quality);
	ut_formant_init(&e->formant);
	late = ut_f0_latency_frames(e->f0);
	e->f0_cap = late + AHEAD / UT_HOP + 8;
	e->audio_cap = BACK + AHEAD + (late + 2) * UT_HOP + SLACK;
	e->f0_row = malloc(e->f0_cap * sizeof(*e->f0_row));
	e->audio = malloc(e->audio_cap * sizeof(*e->audio));
	if (!e->f0_row || !e->audio) {
		st = ut_fail(err, UT_ENOMEM, "engine");
		goto fail;
	}
	ut_engine_reset(e);
	*ret = e;
	return UT_OK;
fail:
	ut_engine_destroy(&e);
	return st;
}

void ut_engine_push(struct ut_engine *e, const float *x, size_t n, ut_frame_fn *emit, void *user)
{
	while (n > 0) {
		size_t take = UT_MIN(n, CHUNK);

		append(e, x, take);
		ut_f0_push(e->f0, e->audio + e->audio_fill - take, take, take_f0, e);
		measure_ready(e, emit, user);
		x += take;
		n -= take;
	}
}

void ut_engine_flush(struct ut_engine *e, ut_frame_fn *emit, void *user)
{
	/* silence after the end completes the last windows */
	for (int i = 0; i < AHEAD; i += CHUNK) {
		append(e, NULL, CHUNK);
		measure_ready(e, emit, user);
	}
	ut_f0_flush(e->f0, take_f0, e);
	measure_ready(e, emit, user);
	while (e->n_out < e->n_measured)
		close_row(e, emit, user);
}

const struct ut_timbre *ut_engine_timbre(const struct ut_engine *e)
{
	return &e->timbre[(e->n_out - 1) % (PENDING + 1)]; /* counted before it is handed out */
}

void ut_engine_reset(struct ut_engine *e)
{
	ut_f0_reset(e->f0);
	ut_spectrum_reset(e->spectrum);
	ut_quality_reset(&e->quality);
	memset(e->audio, 0, BACK * sizeof(*e->audio));
	e->audio_base = -BACK;
	e->audio_fill = BACK;
	e->n_f0 = e->n_measured = e->n_out = 0;
}

void ut_engine_destroy(struct ut_engine **pe)
{
	if (!*pe)
		return;
	ut_f0_destroy(&(*pe)->f0);
	if ((*pe)->spectrum)
		ut_spectrum_destroy(&(*pe)->spectrum);
	free((*pe)->audio);
	free((*pe)->f0_row);
	free(*pe);
	*pe = NULL;
}
