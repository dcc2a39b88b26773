/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Activity, turns and closings on recordings of people and of hold music. Music and voices:
 * Debian's asterisk-moh-opsound-wav and asterisk-core-sounds-en-wav. Calls: UT_DATA. What is not
 * there is skipped, and said.
 */
#include <dirent.h>
#include <sndfile.h>
#include <stdlib.h>

#include "classifiers/closing.h"
#include "dsp/activity.h"
#include "dsp/engine.h"
#include "dsp/resample.h"
#include "tap.h"

#define MUSIC_DIR "/usr/share/asterisk/moh"
#define VOICE_DIR "/usr/share/asterisk/sounds/en_US_f_Allison"

struct sound {
	float *x;
	size_t n, cap;
};

static void append(void *user, const float *x, size_t n)
{
	struct sound *s = user;

	if (s->n + n > s->cap) {
		s->cap = 2 * (s->n + n);
		s->x = realloc(s->x, s->cap * sizeof(*s->x));
		if (!s->x)
			abort();
	}
	if (x)
		memcpy(s->x + s->n, x, n * sizeof(*x));
	else
		memset(s->x + s->n, 0, n * sizeof(*s->x));
	s->n += n;
}

/* Appends channel ch of a file, at 8 kHz. */
static bool read_sound(const char *path, int ch, struct sound *s)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	struct ut_resample *r = NULL;
	float *in;

	if (!f)
		return false;
	in = malloc(sizeof(*in) * (size_t)(info.frames * info.channels) + 1);
	if (!in || ut_resample_create((unsigned)info.samplerate, &r, NULL))
		abort();
	info.frames = sf_readf_float(f, in, info.frames);
	for (sf_count_t i = 0; i < info.frames; i++)
		in[i] = in[i * info.channels + ch];
	ut_resample_push(r, in, (size_t)info.frames, append, s);
	ut_resample_flush(r, append, s);
	ut_resample_destroy(&r);
	free(in);
	sf_close(f);
	return true;
}

static void take_row(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row) != UT_OK)
		abort();
}

struct result {
	struct ut_frame_table t[2];
	struct ut_activity_channel ch[2];
	unsigned n_ch;
};

static void analyse(const struct sound *s, unsigned n_ch, struct result *r)
{
	struct ut_activity_in in = { .n_ch = n_ch };
	struct ut_engine *e = NULL;

	memset(r, 0, sizeof(*r));
	r->n_ch = n_ch;
	if (ut_engine_create(&e, NULL) != UT_OK)
		abort();
	for (unsigned c = 0; c < n_ch; c++) {
		ut_engine_reset(e);
		ut_engine_push(e, s[c].x, s[c].n, take_row, &r->t[c]);
		ut_engine_flush(e, take_row, &r->t[c]);
		in.frames[c] = &r->t[c];
	}
	CHECK_EQ(ut_activity_find(&in, r->ch, NULL), UT_OK);
	ut_engine_destroy(&e);
}

static void result_done(struct result *r)
{
	for (unsigned c = 0; c < r->n_ch; c++) {
		ut_frame_table_done(&r->t[c]);
		ut_activity_channel_done(&r->ch[c]);
	}
}

static double frames_of(const struct ut_activity_channel *c, enum ut_span_kind kind, int64_t from,
			int64_t to)
{
	int64_t sum = 0;

	for (size_t i = 0; i < c->spans.n; i++) {
		const struct ut_span *s = &c->spans.v[i];
		int64_t a = UT_MAX(s->start, from), b = UT_MIN(s->end, to);

		if (s->kind == kind && a < b)
			sum += b - a;
	}
	return (double)sum;
}

static int by_value(const void *pa, const void *pb)
{
	float a = *(const float *)pa, b = *(const float *)pb;

	return a < b ? -1 : a > b;
}

/*
 * Frames of [from, to) that have a voice in a recording without noise: within 30 dB of its loud
 * parts. kept: those that were taken for speech; as_kind: those taken for `kind`.
 */
static double voiced_frames(const struct result *r, int64_t from, int64_t to,
			    enum ut_span_kind kind, double *kept, double *as_kind)
{
	const struct ut_frame_table *t = &r->t[0];
	float *db = malloc(t->n * sizeof(*db)), at;
	double n = 0;
	size_t k = 0;

	if (!db)
		abort();
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].level_db > -70)
			db[k++] = t->row[i].level_db;
	qsort(db, k, sizeof(*db), by_value);
	at = k ? db[k * 9 / 10] - 30 : 0;
	free(db);
	for (int64_t i = from; i < to; i++) {
		if (t->row[i].level_db < at)
			continue;
		n++;
		*kept += frames_of(&r->ch[0], UT_SPAN_SPEECH, i, i + 1);
		*as_kind += frames_of(&r->ch[0], kind, i, i + 1);
	}
	return n;
}

static int is_wav(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	/* "…-2tone", "beep…" are tones, not voices */
	return n > 4 && strcmp(d->d_name + n - 4, ".wav") == 0 && !strstr(d->d_name, "tone.") &&
	       !strstr(d->d_name, "beep");
}

static void noise(struct sound *s, double rms)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < s->n; i++) {
		double g = 0;

		for (int k = 0; k < 12; k++) {
			seed = seed * 1664525u + 1013904223u;
			g += (seed >> 8) / 16777216.0;
		}
		s->x[i] += (float)((g - 6) * rms);
	}
}

static void test_music(void)
{
	struct dirent **list;
	int n = scandir(MUSIC_DIR, &list, is_wav, alphasort);
	double music = 0, speech = 0, all = 0;

	if (n <= 0) {
		tap_skip("hold music", "install asterisk-moh-opsound-wav");
		return;
	}
	for (int i = 0; i < n; i++) {
		char path[512];
		struct sound s = { 0 };
		struct result r;
		int64_t len;

		snprintf(path, sizeof(path), MUSIC_DIR "/%s", list[i]->d_name);
		tap_row(list[i]->d_name);
		CHECK(read_sound(path, 0, &s));
		analyse(&s, 1, &r);
		len = (int64_t)r.t[0].n;
		CHECK(frames_of(&r.ch[0], UT_SPAN_MUSIC, 0, len) >= 0.9 * (double)len);
		CHECK(frames_of(&r.ch[0], UT_SPAN_SPEECH, 0, len) <= 0.03 * (double)len);
		music += frames_of(&r.ch[0], UT_SPAN_MUSIC, 0, len);
		speech += frames_of(&r.ch[0], UT_SPAN_SPEECH, 0, len);
		all += (double)len;
		tap_end();
		result_done(&r);
		free(s.x);
		free(list[i]);
	}
	free(list);
	printf("# music: %.0f s, %.1f %% found as music, %.2f %% as speech\n", all / 100,
	       100 * music / all, 100 * speech / all);
}

static void test_voices(void)
{
	static const double pause_s[] = { 0.3, 1.2, 0.6, 2.5 };
	struct dirent **list;
	int n = scandir(VOICE_DIR, &list, is_wav, alphasort);
	struct sound s = { 0 };
	struct result r;
	double kept = 0, music = 0, voiced;

	if (n <= 0) {
		tap_skip("voice prompts", "install asterisk-core-sounds-en-wav");
		return;
	}
	for (int i = 0; i < n; i++) {
		char path[512];

		snprintf(path, sizeof(path), VOICE_DIR "/%s", list[i]->d_name);
		read_sound(path, 0, &s);
		append(&s, NULL, (size_t)(pause_s[i % 4] * UT_RATE_HZ));
		free(list[i]);
	}
	free(list);
	tap_row("voice prompts remain speech");
	noise(&s, 0.001);
	analyse(&s, 1, &r);
	voiced = voiced_frames(&r, 0, (int64_t)r.t[0].n, UT_SPAN_MUSIC, &kept, &music);
	CHECK(kept >= 0.95 * voiced);
	CHECK(music <= 0.005 * voiced);
	printf("# voices: %.0f s of voice, %.1f %% found as speech, %.2f %% as music\n",
	       voiced / 100, 100 * kept / voiced, 100 * music / voiced);
	tap_end();
	result_done(&r);
	free(s.x);
}

/* A queue: twenty seconds of music, a prompt, and so on. */
static void test_queue(void)
{
	static const char *const prompts[] = { "queue-thankyou", "queue-periodic-announce",
					       "pls-hold-while-try", "vm-instructions",
					       "demo-congrats" };
	struct {
		int64_t start, end;
	} prompt[UT_ARRAY_LEN(prompts)];
	struct sound s = { 0 }, song = { 0 };
	struct result r;
	double kept = 0, as_music = 0, voiced = 0, music = 0, music_all = 0;

	if (!read_sound(MUSIC_DIR "/reno_project-system.wav", 0, &song)) {
		tap_skip("music and prompts by turns", "install asterisk-moh-opsound-wav");
		return;
	}
	for (size_t i = 0; i < UT_ARRAY_LEN(prompts); i++) {
		char path[512];

		append(&s, song.x + (2 + 20 * i) * UT_RATE_HZ, 20 * UT_RATE_HZ);
		append(&s, NULL, UT_RATE_HZ / 2);
		prompt[i].start = (int64_t)(s.n / UT_HOP);
		snprintf(path, sizeof(path), VOICE_DIR "/%s.wav", prompts[i]);
		if (!read_sound(path, 0, &s)) {
			tap_skip("music and prompts by turns",
				 "install asterisk-core-sounds-en-wav");
			goto done;
		}
		prompt[i].end = (int64_t)(s.n / UT_HOP);
		append(&s, NULL, UT_RATE_HZ / 2);
	}
	tap_row("music and prompts by turns");
	noise(&s, 0.001);
	analyse(&s, 1, &r);
	for (size_t i = 0; i < UT_ARRAY_LEN(prompts); i++) {
		int64_t before = i ? prompt[i - 1].end + 50 : 0;

		voiced += voiced_frames(&r, prompt[i].start, prompt[i].end, UT_SPAN_MUSIC, &kept,
					&as_music);
		music += frames_of(&r.ch[0], UT_SPAN_MUSIC, before, prompt[i].start - 50);
		music_all += (double)(prompt[i].start - 50 - before);
	}
	CHECK(kept >= 0.9 * voiced);
	CHECK(music >= 0.9 * music_all);
	printf("# queue: %.1f %% of the prompts' voice kept, %.1f %% of the music found\n",
	       100 * kept / voiced, 100 * music / music_all);
	tap_end();
	result_done(&r);
done:
	free(s.x);
	free(song.x);
}

static const char *data_dir(void)
{
	const char *d = getenv("UT_DATA");

	return d ? d : "";
}

/* Words of one speaker as frames; false where there is no file. */
static bool read_words(const char *path, char speaker, unsigned char *y, int64_t n)
{
	FILE *f = fopen(path, "r");
	char line[512];

	if (!f)
		return false;
	memset(y, 0, (size_t)n);
	while (fgets(line, sizeof(line), f)) {
		const char *who = strstr(line, "\"speaker\": \""), *a = strstr(line, "\"start\": ");
		const char *b = strstr(line, "\"end\": ");

		if (!who || !a || !b || who[12] != speaker)
			continue;
		for (int64_t i = lrint(100 * strtod(a + 9, NULL));
		     i < UT_MIN(lrint(100 * strtod(b + 7, NULL)), n); i++)
			y[i] = 1;
	}
	fclose(f);
	return true;
}

/*
 * Real calls: the transcript's words run on through a turn's pauses, so speech is joined over
 * pauses below a second before it is compared. The closing of each call, by ear, in frames.
 */
static void test_calls(void)
{
	static const struct row {
		const char *name;
		int64_t start, end;
		bool leaks; /* the customer into the agent's channel, 0.7 s late */
	} rows[] = {
		{ "MUL1423", 11500, 11600, false }, /* "no that will be all" */
		{ "SNG0072", 9170, 9500, false },   /* "no I'm good ... thank you", then bye bye */
		{ "SNG0480", 10760, 10940, false }, /* "no that's all thank you" */
		{ "SNG1640", 7610, 7760, true },    /* "no that will be all for me" */
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		char wav[512], words[512];
		struct sound s[2] = { 0 };
		struct result got;
		struct ut_turn_list turns = { 0 };
		struct ut_call_measures m;
		struct ut_closing c;
		int64_t n;
		unsigned char *y;

		snprintf(wav, sizeof(wav), "%s/spokenwoz/%s.wav", data_dir(), r->name);
		snprintf(words, sizeof(words), "%s/spokenwoz/%s.words.json", data_dir(), r->name);
		if (!read_sound(wav, 0, &s[0]) || !read_sound(wav, 1, &s[1])) {
			tap_skip(r->name, "no spokenwoz in UT_DATA");
			continue;
		}
		tap_row(r->name);
		analyse(s, 2, &got);
		n = (int64_t)got.t[0].n;
		y = malloc((size_t)n);
		if (!y)
			abort();
		for (int ch = 0; ch < 2; ch++) {
			double said = 0, both = 0, only = 0, silent = 0;
			int64_t end = -1000;
			unsigned char *found = calloc((size_t)n, 1);

			if (!found)
				abort();
			for (size_t i = 0; i < got.ch[ch].spans.n; i++) {
				const struct ut_span *p = &got.ch[ch].spans.v[i];

				if (p->kind != UT_SPAN_SPEECH)
					continue;
				for (int64_t k = p->start - end < 100 ? end : p->start; k < p->end;
				     k++)
					found[k] = 1;
				end = p->end;
			}
			CHECK(read_words(words, ch ? 'B' : 'A', y, n));
			for (int64_t i = 0; i < n; i++) {
				said += y[i];
				both += y[i] && found[i];
				only += !y[i] && found[i];
				silent += !y[i];
			}
			/* words are laid out evenly over a turn: its silent ends count as missed */
			CHECK(both >= 0.72 * said);
			CHECK(only <= 0.04 * silent);
			CHECK_NEAR(frames_of(&got.ch[ch], UT_SPAN_MUSIC, 0, n), 0, 0);
			printf("# %s %s: %.1f s of words, %.1f %% found, %.1f %% of the rest\n",
			       r->name, ch ? "agent" : "customer", said / 100, 100 * both / said,
			       100 * only / silent);
			free(found);
		}
		CHECK(got.ch[0].leak_db < -30); /* SNG0072 has a faint one, 0.3 s late */
		CHECK_EQ(got.ch[1].leak_db > -120, r->leaks);

		struct ut_turns_in in = { .n_parties = 2,
					  .spans = { &got.ch[0].spans, &got.ch[1].spans },
					  .n_frames = n,
					  .customer = 0 };

		CHECK_EQ(ut_turns_find(&in, &turns, &m, NULL), UT_OK);
		ut_closing_find(
		    &(struct ut_closing_in){
			.turns = &turns, .speech = &got.ch[0].spans, .customer = 0, .n_frames = n },
		    &c);
		CHECK_EQ(c.found_by, UT_FOUND_BY_TURN);
		CHECK_NEAR(c.start, r->start, 30);
		CHECK_NEAR(c.end, r->end, 30);
		tap_end();
		ut_turn_list_done(&turns);
		result_done(&got);
		free(y);
		for (int ch = 0; ch < 2; ch++)
			free(s[ch].x);
	}
}

/* Callers and actors: none of it is music. */
static void test_no_music(void)
{
	static const struct row {
		const char *name, *dir, *ext;
		bool together; /* short files, one after the other */
	} rows[] = {
		{ "callers of getgoing", "getgoing", ".mp3", false },
		{ "actors of emodb", "emodb/flac", ".flac", true },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		char dir[512], path[1024];
		struct dirent **list;
		struct sound s = { 0 };
		double speech = 0, music = 0;
		int n;

		snprintf(dir, sizeof(dir), "%s/%s", data_dir(), r->dir);
		n = scandir(dir, &list, NULL, alphasort);
		if (n <= 0) {
			tap_skip(r->name, "not in UT_DATA");
			continue;
		}
		tap_row(r->name);
		for (int i = 0; i < n; i++) {
			const char *dot = strrchr(list[i]->d_name, '.');

			snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
			if (dot && strcmp(dot, r->ext) == 0 && read_sound(path, 0, &s))
				append(&s, NULL, UT_RATE_HZ / 2);
			if (s.n && (!r->together || i == n - 1)) {
				struct result got;

				analyse(&s, 1, &got);
				speech += frames_of(&got.ch[0], UT_SPAN_SPEECH, 0, INT64_MAX);
				music += frames_of(&got.ch[0], UT_SPAN_MUSIC, 0, INT64_MAX);
				result_done(&got);
				s.n = 0;
			}
			free(list[i]);
		}
		free(list);
		CHECK(speech > 0);
		CHECK(music <= 0.02 * speech);
		printf("# %s: %.0f s of speech, %.0f s taken for music\n", r->name, speech / 100,
		       music / 100);
		tap_end();
		free(s.x);
	}
}

int main(void)
{
	test_music();
	test_voices();
	test_queue();
	test_calls();
	test_no_music();
	return tap_done();
}
