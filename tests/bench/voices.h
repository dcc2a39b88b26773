/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.h - a channel with its timbre and activity, for the trainer and the benches of speakers.
 */
#ifndef UT_TESTS_BENCH_VOICES_H
#define UT_TESTS_BENCH_VOICES_H

#include "classifiers/speakers_internal.h"
#include "dsp/activity.h"
#include "tests/bench/lines.h"

struct voice {
	struct ut_engine *engine;
	struct ut_frame_table frames;
	struct ut_timbre_table timbre;
	struct ut_activity_channel act;
};

__attribute__((unused)) static void voice_row(void *user, const struct ut_frame *row)
{
	struct voice *v = user;

	if (ut_frame_table_push(&v->frames, row) != UT_OK ||
	    ut_timbre_table_push(&v->timbre, ut_engine_timbre(v->engine)) != UT_OK)
		abort();
}

/* Rows of one channel; v keeps its memory from one to the next. */
__attribute__((unused)) static void voice_rows(struct voice *v, const float *x, size_t n)
{
	if (!v->engine && ut_engine_create(&v->engine, NULL) != UT_OK)
		abort();
	v->frames.n = v->timbre.n = 0;
	ut_engine_reset(v->engine);
	ut_engine_push(v->engine, x, n, voice_row, v);
	ut_engine_flush(v->engine, voice_row, v);
}

/* Rows and activity of n channels. */
__attribute__((unused)) static void voice_measure(struct voice *v, unsigned n_ch,
						  const struct tel *x)
{
	struct ut_activity_in in = { .n_ch = n_ch };
	struct ut_activity_channel out[UT_MAX_CHANNELS] = { 0 };

	for (unsigned c = 0; c < n_ch; c++) {
		voice_rows(&v[c], x[c].x, x[c].n);
		in.frames[c] = &v[c].frames;
	}
	if (ut_activity_find(&in, out, NULL) != UT_OK)
		abort();
	for (unsigned c = 0; c < n_ch; c++) {
		ut_activity_channel_done(&v[c].act);
		v[c].act = out[c];
	}
}

__attribute__((unused)) static struct ut_speakers_in voice_in(const struct voice *v)
{
	return (struct ut_speakers_in){ &v->frames, &v->timbre, &v->act.spans };
}

__attribute__((unused)) static void voice_done(struct voice *v)
{
	ut_engine_destroy(&v->engine);
	ut_frame_table_done(&v->frames);
	ut_timbre_table_done(&v->timbre);
	ut_activity_channel_done(&v->act);
}

#endif
