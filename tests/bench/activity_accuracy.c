/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity_accuracy - where activity finds speech in made two-party calls, line by line.
 * usage: activity_accuracy DATA_DIR
 * The speakers are those of ravdess, whom no training has seen. Per cent of frames: speech missed,
 * silence taken for speech (units joined below 200 ms, as turns are made), talk time's mean error,
 * calls in which a leak was said to be. The truth is that of lines.h.
 */
#include <time.h>

#include "dsp/activity.h"
#include "tests/bench/lines.h"

enum { N_CALLS = 10, CALL_S = 60 };

static const struct line {
	const char *name;
	double snr_db; /* 0: none */
	int noise;     /* kind, of lines.h */
	double floor_db, gain_db, leak_db, delay_s;
	bool gsm, gate, clicks;
} lines[] = {
	{ "quiet line", .floor_db = -60 },
	{ "GSM", .floor_db = -60, .gsm = true },
	{ "speech at -45 dBFS", .floor_db = -78, .gain_db = -32 },
	{ "digital silence", .floor_db = -200 },
	{ "gate, comfort noise", .floor_db = -200, .gate = true },
	{ "clicks", .floor_db = -60, .clicks = true },
	{ "white noise, 20 dB", .snr_db = 20, .noise = 0 },
	{ "white noise, 10 dB", .snr_db = 10, .noise = 0 },
	{ "babble, 20 dB", .snr_db = 20, .noise = 1 },
	{ "babble, 10 dB", .snr_db = 10, .noise = 1 },
	{ "hum, 20 dB", .snr_db = 20, .noise = 2 },
	{ "hum, 10 dB", .snr_db = 10, .noise = 2 },
	{ "leak -10 dB, 20 ms", .floor_db = -60, .leak_db = -10, .delay_s = 0.02 },
	{ "leak -20 dB, 300 ms", .floor_db = -60, .leak_db = -20, .delay_s = 0.3 },
	{ "leak -30 dB, 700 ms", .floor_db = -60, .leak_db = -30, .delay_s = 0.7 },
};

struct tally {
	double miss, speech, alarm, silence, talk_error;
	unsigned n, leaks;
};

static void count(const struct ut_activity_channel *c, const unsigned char *y, size_t n,
		  struct tally *t)
{
	unsigned char *found = need(calloc(n, 1));
	double talk = 0, true_talk = 0;
	int64_t end = -100;

	for (size_t i = 0; i < c->spans.n; i++) {
		const struct ut_span *s = &c->spans.v[i];

		if (s->kind != UT_SPAN_SPEECH)
			continue;
		for (int64_t k = s->start - end < 20 ? end : s->start; k < s->end; k++)
			found[k] = 1;
		end = s->end;
	}
	for (size_t i = 0; i < n; i++) {
		t->miss += y[i] && !found[i];
		t->alarm += !y[i] && found[i];
		t->speech += y[i];
		t->silence += !y[i];
		talk += found[i];
		true_talk += y[i];
	}
	t->talk_error += fabs(talk - true_talk) / fmax(true_talk, 1);
	t->leaks += c->leak_db > -120;
	t->n++;
	free(found);
}

static void one_call(struct ut_engine *e, const struct line *l, float *const clean[2],
		     unsigned char *const y[2], const struct utterance *u, size_t n_u,
		     struct tally *t, double *cpu_s)
{
	size_t n = CALL_S * RATE;
	struct ut_frame_table table[2] = { 0 };
	struct ut_activity_in in = { .n_ch = 2 };
	struct ut_activity_channel out[2] = { 0 };
	clock_t from;

	for (int c = 0; c < 2; c++) {
		struct tel x = { need(malloc(n * sizeof(float))), n, n };
		size_t late = (size_t)(l->delay_s * RATE);
		double power = 0, k = 1e-9, gain = pow(10, l->gain_db / 20);

		for (size_t i = 0; i < n; i++) {
			x.x[i] = clean[c][i];
			if (l->leak_db < 0 && i >= late)
				x.x[i] += clean[!c][i - late] * (float)pow(10, l->leak_db / 20);
			x.x[i] *= (float)gain;
			if (y[c][i / UT_HOP])
				power += (double)clean[c][i] * clean[c][i], k++;
		}
		if (l->snr_db > 0)
			add_noise(x.x, n, u, n_u, l->noise,
				  gain * sqrt(power / k) * pow(10, -l->snr_db / 20));
		else if (l->floor_db > -150)
			add_noise(x.x, n, u, n_u, 0, pow(10, (l->floor_db - 3) / 20));
		for (size_t i = 0; l->gate && i < n; i++)
			if (y[c][i / UT_HOP] || i / 12000 % 2)
				x.x[i] += (float)(gauss() * 0.002);
		for (int q = 0; l->clicks && q < CALL_S; q++) {
			size_t at = pick(n - 40);

			for (int i = 0; i < 40; i++)
				x.x[at + (size_t)i] += (float)(0.5 * exp(-i / 8.0) * cos(1.9 * i));
		}
		clip(x.x, n);
		if (l->gsm)
			gsm(x.x, n);
		else
			tel_mulaw(&x);
		measure(e, x.x, n, &table[c]);
		in.frames[c] = &table[c];
		free(x.x);
	}
	from = clock();
	if (ut_activity_find(&in, out, NULL) != UT_OK)
		abort();
	*cpu_s += (double)(clock() - from) / CLOCKS_PER_SEC;
	for (int c = 0; c < 2; c++) {
		count(&out[c], y[c], UT_MIN(table[c].n, n / UT_HOP), t);
		ut_activity_channel_done(&out[c]);
		ut_frame_table_done(&table[c]);
	}
}

int main(int argc, char **argv)
{
	size_t n = CALL_S * RATE, n_u;
	struct tally t[UT_ARRAY_LEN(lines)] = { 0 };
	struct utterance *u = NULL;
	struct ut_engine *e = NULL;
	float *clean[2];
	unsigned char *y[2];
	char path[4096];
	double cpu_s = 0;

	snprintf(path, sizeof(path), "%s/ravdess", argc > 1 ? argv[1] : ".");
	n_u = read_speakers(path, strlen("03-01-01-01-01-01-"), false, &u);
	if (!n_u) {
		printf("SKIP: no recordings in %s\n", path);
		return 77;
	}
	if (ut_engine_create(&e, NULL) != UT_OK)
		abort();
	for (int c = 0; c < 2; c++) {
		clean[c] = need(malloc(n * sizeof(float)));
		y[c] = need(malloc(n / UT_HOP));
	}
	for (int call = 0; call < N_CALLS; call++) {
		for (int c = 0; c < 2; c++) {
			memset(clean[c], 0, n * sizeof(float));
			say(clean[c], n, u, n_u, u[pick(n_u)].speaker, true);
			truth(clean[c], n / UT_HOP, y[c]);
			for (size_t i = 0; i < n; i++)
				clean[c][i] *= 0.5f;
		}
		for (size_t k = 0; k < UT_ARRAY_LEN(lines); k++)
			one_call(e, &lines[k], clean, y, u, n_u, &t[k], &cpu_s);
	}
	printf("%-22s %7s %7s %10s %6s\n", "line", "miss %", "alarm %", "talk err %", "leaks");
	for (size_t k = 0; k < UT_ARRAY_LEN(lines); k++)
		printf("%-22s %7.1f %7.1f %10.1f %3u/%u\n", lines[k].name,
		       100 * t[k].miss / t[k].speech, 100 * t[k].alarm / t[k].silence,
		       100 * t[k].talk_error / t[k].n, t[k].leaks, t[k].n);
	printf("activity: %.3f CPU s per hour of a channel\n",
	       cpu_s / (N_CALLS * 2.0 * UT_ARRAY_LEN(lines) * CALL_S / 3600));
	ut_engine_destroy(&e);
	return 0;
}
