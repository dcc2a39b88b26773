/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Speaking rate as the program measures it, over a telephone band, against known syllables.
 * usage: rate_eval DATA [LIST]   (LIST, made by rate_wuw.py: instead, calls with transcripts)
 * EmoDB: counted labels; the shipped network has learned from these (rate_train has the figures on
 * unseen speakers). RAVDESS: never learned from, English; both its sentences have seven syllables.
 * Fails where the correlation on EmoDB falls below 0.85 (utterances of 1 s and more).
 */
#include <dirent.h>
#include <stdio.h>

#include "dsp/activity.h"
#include "dsp/engine.h"
#include "dsp/rate.h"
#include "telephone.h"

struct score {
	double n, sx, sy, sxx, syy, sxy, abs_err, err;
};

static void add(struct score *s, double got, double want)
{
	s->n++;
	s->sx += got, s->sy += want;
	s->sxx += got * got, s->syy += want * want, s->sxy += got * want;
	s->abs_err += fabs(got - want);
	s->err += got - want;
}

static double print(const char *name, const char *unit, const struct score *s)
{
	double r = (s->sxy - s->sx * s->sy / s->n) /
		   sqrt((s->sxx - s->sx * s->sx / s->n) * (s->syy - s->sy * s->sy / s->n));

	printf("%-44s %5.0f  r %.3f  mean error %+.2f  mean |error| %.2f %s\n", name, s->n, r,
	       s->err / s->n, s->abs_err / s->n, unit);
	return r;
}

static void keep(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row))
		abort();
}

static bool rows_of(const char *path, struct tel *t, struct ut_frame_table *rows)
{
	struct ut_engine *e = NULL;

	rows->n = 0;
	if (!tel_read(path, 0, t))
		return false;
	tel_band(t);
	tel_mulaw(t);
	if (ut_engine_create(&e, NULL))
		abort();
	ut_engine_push(e, t->x, t->n, keep, rows);
	ut_engine_flush(e, keep, rows);
	ut_engine_destroy(&e);
	return true;
}

/* Syllables, pauses (s), start and end (s) of a label file. */
static bool labels(const char *path, double *n, double *pause, double *from, double *to)
{
	FILE *f = fopen(path, "r");
	char line[256], text[32] = "", last[32] = "";
	double t, last_t = -1;

	*n = *pause = *from = *to = 0;
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		text[0] = 0;
		if (sscanf(line, "%lf %31s", &t, text) < 1)
			continue;
		if (last_t < 0)
			*from = t;
		else if (strchr("(.)", last[0]))
			*pause += t - last_t;
		else
			*n += 1, *to = t;
		last_t = t;
		memcpy(last, text, sizeof(last));
	}
	fclose(f);
	return *n > 0;
}

static double emodb(const char *data, struct tel *t, struct ut_frame_table *rows)
{
	struct score rate = { 0 }, articulation = { 0 }, pauses = { 0 };
	struct dirent **names;
	char path[512];
	int n;

	snprintf(path, sizeof(path), "%s/emodb/flac", data);
	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		double syllables, pause, from, to;
		struct ut_rate r;
		char *dot = strrchr(names[i]->d_name, '.');

		if (!dot || strcmp(dot, ".flac") != 0)
			goto next;
		snprintf(path, sizeof(path), "%s/emodb/syllables/%.*s.silb", data,
			 (int)(dot - names[i]->d_name), names[i]->d_name);
		if (!labels(path, &syllables, &pause, &from, &to) || to - from < 1)
			goto next;
		snprintf(path, sizeof(path), "%s/emodb/flac/%s", data, names[i]->d_name);
		if (!rows_of(path, t, rows))
			goto next;
		ut_rate_measure(rows->row + (size_t)(from * 100),
				UT_MIN((size_t)(to * 100), rows->n) - (size_t)(from * 100), NULL,
				-120, &r);
		if (!r.has_rate)
			goto next;
		add(&rate, r.syllables_per_s, syllables / (to - from));
		add(&articulation, r.articulation_per_s, syllables / (to - from - pause));
		add(&pauses, r.pause_share, pause / (to - from));
	next:
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (rate.n == 0)
		return NAN;
	print("EmoDB (learned from): articulation rate", "syllables/s", &articulation);
	print("EmoDB: pause share", "", &pauses);
	return print("EmoDB (learned from): speaking rate", "syllables/s", &rate);
}

static void ravdess(const char *data, struct tel *t, struct ut_frame_table *rows)
{
	struct score rate = { 0 }, count = { 0 };
	char path[512], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/ravdess/manifest.csv", data);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		char *comma = strchr(line, ',');
		struct ut_rate r;

		if (!comma)
			continue;
		*comma = 0;
		snprintf(path, sizeof(path), "%s/ravdess/%.300s", data, line);
		if (!rows_of(path, t, rows) || rows->n < 100)
			continue;
		ut_rate_measure(rows->row, rows->n, NULL, -120, &r);
		if (!r.has_rate)
			continue;
		add(&rate, r.syllables_per_s, 7 * 100 / (double)rows->n);
		add(&count, r.n_nuclei, 7);
	}
	if (f)
		fclose(f);
	if (rate.n == 0)
		return;
	print("RAVDESS (never heard): speaking rate", "syllables/s", &rate);
	printf("%-44s %5.0f  mean %.2f, mean |error| %.2f of 7 syllables\n",
	       "RAVDESS: syllables counted", count.n, count.sx / count.n, count.abs_err / count.n);
}

/* Raw mu-law of calls and the syllables of their transcripts, "PATH SYLLABLES" a line: counts over
 * what activity calls speech. */
static void transcripts(const char *list, struct ut_frame_table *rows)
{
	static float x[200 * UT_RATE_HZ];
	struct score count = { 0 }, rate = { 0 };
	char path[512];
	double want;
	FILE *l = fopen(list, "r");

	while (l && fscanf(l, "%511s %lf", path, &want) == 2) {
		struct ut_activity_in in = { .n_ch = 1, .frames = { rows } };
		struct ut_activity_channel out = { 0 };
		struct ut_engine *e = NULL;
		double got = 0, s = 0;
		FILE *f = fopen(path, "rb");
		size_t n = 0;
		int c;

		while (f && n < UT_ARRAY_LEN(x) && (c = fgetc(f)) != EOF) {
			int u = ~c & 0xff, v = (((u & 15) << 3) + 132) << (u >> 4 & 7);

			x[n++] = (float)(u & 0x80 ? 132 - v : v - 132) / 32768;
		}
		if (f)
			fclose(f);
		rows->n = 0;
		if (ut_engine_create(&e, NULL))
			abort();
		ut_engine_push(e, x, n, keep, rows);
		ut_engine_flush(e, keep, rows);
		ut_engine_destroy(&e);
		if (rows->n == 0 || ut_activity_find(&in, &out, NULL) != UT_OK)
			continue;
		for (size_t i = 0; i < out.spans.n; i++) {
			const struct ut_span *v = &out.spans.v[i];
			struct ut_rate r;

			if (v->kind != UT_SPAN_SPEECH)
				continue;
			ut_rate_measure(rows->row + v->start, (size_t)(v->end - v->start), NULL,
					out.noise_db, &r);
			got += r.n_nuclei;
			s += (double)(v->end - v->start) / UT_FRAMES_PER_S;
		}
		ut_activity_channel_done(&out);
		/* no more than 9 syllables a second are said, no fewer than one: a transcript of
		 * more, or of less, than the file */
		if (s < 1 || want / s > 9 || want / s < 1)
			continue;
		add(&count, got, want);
		add(&rate, got / s, want / s);
	}
	if (l)
		fclose(l);
	if (count.n == 0)
		return;
	print("WUW, English calls: syllables of a file", "", &count);
	print("WUW: rate within speech", "syllables/s", &rate);
	printf("%-44s %5.0f  %.1f counted, %.1f in the transcripts: %.3f\n", "WUW: ratio", count.n,
	       count.sx / count.n, count.sy / count.n, count.sx / count.sy);
}

int main(int argc, char **argv)
{
	struct ut_frame_table rows = { 0 };
	struct tel t = { 0 };
	double r;

	if (argc == 3) {
		transcripts(argv[2], &rows);
		ut_frame_table_done(&rows);
		return 0;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: rate_eval DATA [LIST]\n");
		return 2;
	}
	r = emodb(argv[1], &t, &rows);
	ravdess(argv[1], &t, &rows);
	ut_frame_table_done(&rows);
	free(t.x);
	if (isnan(r)) {
		printf("SKIP: no recordings in %s/emodb\n", argv[1]);
		return 77;
	}
	return r < 0.85;
}
