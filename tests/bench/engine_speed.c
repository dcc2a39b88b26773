/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds of CPU a stage takes for one second of one 8 kHz channel, on real speech.
 * usage: engine_speed FILE... (read through the resampler; every channel counts)
 */
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "dsp/activity.h"
#include "dsp/engine.h"
#include "dsp/f0.h"
#include "dsp/formant.h"
#include "dsp/frame.h"
#include "dsp/quality.h"
#include "dsp/resample.h"
#include "dsp/spectrum.h"

enum { REPEAT = 7, MARGIN = 1024 };

struct channel {
	float *x; /* MARGIN samples of silence on both sides */
	size_t n, cap;
	struct ut_frame_table rows;
};

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void append(void *user, const float *x, size_t n)
{
	struct channel *c = user;

	if (c->n + n + MARGIN > c->cap) {
		c->cap = 2 * (c->n + n + MARGIN);
		c->x = realloc(c->x, c->cap * sizeof(*c->x));
		if (!c->x)
			abort();
	}
	memcpy(c->x + c->n, x, n * sizeof(*x));
	c->n += n;
}

static bool load(const char *path, struct channel **all, unsigned *n_all)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	float *in, *one;
	static const float quiet[MARGIN];

	if (!f)
		return false;
	in = malloc(sizeof(*in) * (size_t)(info.frames * info.channels));
	one = malloc(sizeof(*one) * (size_t)info.frames);
	*all = realloc(*all, sizeof(**all) * (*n_all + (unsigned)info.channels));
	if (!in || !one || !*all)
		abort();
	info.frames = sf_readf_float(f, in, info.frames);
	for (int ch = 0; ch < info.channels; ch++) {
		struct channel *c = &(*all)[(*n_all)++];
		struct ut_resample *r = NULL;

		memset(c, 0, sizeof(*c));
		append(c, quiet, MARGIN);
		for (sf_count_t i = 0; i < info.frames; i++)
			one[i] = in[i * info.channels + ch];
		if (ut_resample_create((unsigned)info.samplerate, &r, NULL))
			abort();
		ut_resample_push(r, one, (size_t)info.frames, append, c);
		ut_resample_flush(r, append, c);
		ut_resample_destroy(&r);
		append(c, quiet, MARGIN);
		c->n -= 2 * MARGIN;
	}
	sf_close(f);
	free(in);
	free(one);
	return true;
}

/* The stages: each runs over a channel and uses the rows of the engine's run where it needs F0. */
static void keep(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row))
		abort();
}

static void ignore(void *user, const struct ut_frame *row)
{
	(void)user;
	(void)row;
}

static void ignore_f0(void *user, const struct ut_f0_row *row)
{
	(void)user;
	(void)row;
}

static void run_engine(struct channel *c)
{
	struct ut_engine *e = NULL;

	if (ut_engine_create(&e, NULL))
		abort();
	ut_engine_push(e, c->x + MARGIN, c->n, ignore, NULL);
	ut_engine_flush(e, ignore, NULL);
	ut_engine_destroy(&e);
}

static void run_f0(struct channel *c)
{
	struct ut_f0 *f = NULL;

	if (ut_f0_create(&f, NULL))
		abort();
	ut_f0_push(f, c->x + MARGIN, c->n, ignore_f0, NULL);
	ut_f0_flush(f, ignore_f0, NULL);
	ut_f0_destroy(&f);
}

static void run_spectrum(struct channel *c)
{
	struct ut_spectrum *s = NULL;

	if (ut_spectrum_create(&s, NULL))
		abort();
	for (size_t i = 0; i < c->rows.n; i++) {
		struct ut_frame row = { 0 };

		ut_spectrum_measure(s, c->x + MARGIN + i * UT_HOP, &row);
		if (c->rows.row[i].f0_hz > 0)
			ut_spectrum_prominence(s, &row);
	}
	ut_spectrum_destroy(&s);
}

static void run_marks(struct channel *c)
{
	struct ut_quality q;

	ut_quality_init(&q);
	for (size_t i = 0; i < c->rows.n; i++) {
		struct ut_frame row = { 0 };

		ut_quality_track(&q, (int64_t)i, c->x + MARGIN + i * UT_HOP - UT_HOP / 2,
				 c->rows.row[i].f0_hz);
		if (i >= UT_QUALITY_REACH && c->rows.row[i - UT_QUALITY_REACH].f0_hz > 0)
			ut_quality_perturbation(&q, (int64_t)(i - UT_QUALITY_REACH), &row);
	}
}

static void run_hnr(struct channel *c)
{
	struct ut_quality q;

	ut_quality_init(&q);
	for (size_t i = 0; i < c->rows.n; i++) {
		struct ut_frame row = { 0 };

		if (c->rows.row[i].f0_hz > 0)
			ut_quality_hnr(&q, c->x + MARGIN + i * UT_HOP, c->rows.row[i].f0_hz, &row);
	}
}

static void run_formants(struct channel *c)
{
	static struct ut_formant f;
	float power[UT_FORMANT_BINS];

	ut_formant_init(&f);
	for (unsigned k = 0; k < UT_FORMANT_BINS; k++)
		power[k] = 1.f / (float)(1 + (k % 17));
	for (size_t i = 0; i < c->rows.n; i++) {
		struct ut_frame row = { 0 };

		power[i % UT_FORMANT_BINS] += 0.01f;
		ut_formant_measure(&f, power, c->rows.row[i].f0_hz, &row);
	}
}

static void run_activity(struct channel *c)
{
	struct ut_activity_in in = { .n_ch = 1, .frames = { &c->rows } };
	struct ut_activity_channel out = { 0 };

	if (ut_activity_find(&in, &out, NULL))
		abort();
	ut_activity_channel_done(&out);
}

int main(int argc, char **argv)
{
	static const struct stage {
		const char *name;
		void (*run)(struct channel *c);
	} stages[] = {
		{ "F0", run_f0 },
		{ "spectrum (level, shape, MFCC, lines, CPP)", run_spectrum },
		{ "period marks, jitter, shimmer", run_marks },
		{ "HNR", run_hnr },
		{ "formants", run_formants },
		{ "the whole engine", run_engine },
		{ "activity (one channel alone)", run_activity },
	};
	struct channel *all = NULL;
	unsigned n = 0;
	struct rusage use;
	double audio_s = 0, voiced = 0, frames = 0;

	for (int i = 1; i < argc; i++) {
		if (!load(argv[i], &all, &n))
			fprintf(stderr, "engine_speed: cannot read %s\n", argv[i]);
	}
	if (n == 0) {
		printf("SKIP: no recording to measure\n");
		return 77;
	}
	for (unsigned i = 0; i < n; i++) {
		struct ut_engine *e = NULL;

		if (ut_engine_create(&e, NULL))
			abort();
		ut_engine_push(e, all[i].x + MARGIN, all[i].n, keep, &all[i].rows);
		ut_engine_flush(e, keep, &all[i].rows);
		ut_engine_destroy(&e);
		audio_s += (double)all[i].n / UT_RATE_HZ;
		frames += (double)all[i].rows.n;
		for (size_t k = 0; k < all[i].rows.n; k++)
			voiced += all[i].rows.row[k].f0_hz > 0;
	}
	printf("%u channels, %.0f s, %.0f %% of the frames voiced; least of %d runs\n", n, audio_s,
	       100 * voiced / frames, REPEAT);
	printf("%-44s %12s %12s %9s\n", "stage", "ns per s", "CPU s per h", "x real");
	for (const struct stage *s = stages; s < stages + UT_ARRAY_LEN(stages); s++) {
		double best = 1e9;

		for (int k = 0; k < REPEAT; k++) {
			double t = cpu_s();

			for (unsigned i = 0; i < n; i++)
				s->run(&all[i]);
			best = UT_MIN(best, cpu_s() - t);
		}
		printf("%-44s %12.0f %12.3f %9.0f\n", s->name, best / audio_s * 1e9,
		       best / audio_s * 3600, audio_s / best);
	}
	getrusage(RUSAGE_SELF, &use);
	printf("peak memory %.0f MB, of which the samples and rows kept here are %.0f MB\n",
	       (double)use.ru_maxrss / 1024,
	       (audio_s * UT_RATE_HZ * 4 + frames * sizeof(struct ut_frame)) / 1e6);
	printf("rows: %zu bytes each, %.1f MB per channel-hour\n", sizeof(struct ut_frame),
	       sizeof(struct ut_frame) * 360000 / 1e6);
	for (unsigned i = 0; i < n; i++) {
		free(all[i].x);
		ut_frame_table_done(&all[i].rows);
	}
	free(all);
	return 0;
}
