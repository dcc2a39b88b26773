/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made signals through the real engine: tones, a synthetic voice, noise, leaks. Real calls, music
 * and voices are in tests/integration. */
#include <stdlib.h>

#include "dsp/activity.h"
#include "dsp/engine.h"
#include "tap.h"

enum { RATE = UT_RATE_HZ, MAX_S = 40 };

static float buf[2][MAX_S * RATE];
static uint32_t seed;

static double uniform(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) / 16777216.0;
}

static double gauss(void)
{
	double s = 0;

	for (int i = 0; i < 12; i++)
		s += uniform();
	return s - 6;
}

static void add_noise(float *x, double from_s, double to_s, double db)
{
	for (long i = lrint(from_s * RATE); i < lrint(to_s * RATE); i++)
		x[i] += (float)(gauss() * pow(10, (db - 3) / 20));
}

/* Two sines of a0 each (the second left out at 0 Hz), edges of 5 ms. */
static void add_tone(float *x, double from_s, double to_s, double f1, double f2, double a0)
{
	for (long i = lrint(from_s * RATE); i < lrint(to_s * RATE); i++) {
		double t = (double)i / RATE, edge = fmin(fmin(t - from_s, to_s - t) / 0.005, 1);

		x[i] += (float)(a0 * edge *
				(sin(2 * M_PI * f1 * t) + (f2 > 0 ? sin(2 * M_PI * f2 * t) : 0)));
	}
}

/*
 * A voice: a gliding pulse train through three moving resonances, syllables four a second with a
 * burst of noise before each. level: of its loud parts, dBFS. shift_s: drawn as if so much later.
 */
static void add_voice(float *x, double from_s, double to_s, double f0, double level_db,
		      double shift_s)
{
	double y1[3] = { 0 }, y2[3] = { 0 }, phase = 0, a0 = pow(10, level_db / 20);

	for (long i = lrint(from_s * RATE); i < lrint(to_s * RATE); i++) {
		double t = (double)i / RATE - from_s, syllable = fmod(t * 4.2, 1);
		double env = syllable < 0.2 ? 0 : sin(M_PI * (syllable - 0.2) / 0.8);
		double f = f0 * (1 + 0.15 * sin(2 * M_PI * 0.9 * t) - 0.05 * syllable);
		double pulse = 0, sum = 0;
		double hz[3] = { 500 + 250 * sin(2 * M_PI * 1.9 * t),
				 1500 + 500 * sin(2 * M_PI * 1.3 * t + 1), 2500 };

		phase += f / RATE;
		if (phase >= 1) {
			phase -= 1;
			pulse = 8;
		}
		pulse = pulse * env + (syllable < 0.2 ? 0.12 : 0.02) * gauss();
		for (int k = 0; k < 3; k++) {
			double r = exp(-M_PI * (80 + 40 * k) / RATE);
			double y = pulse * (1 - r) + 2 * r * cos(2 * M_PI * hz[k] / RATE) * y1[k] -
				   r * r * y2[k];

			y2[k] = y1[k];
			y1[k] = y;
			sum += y / (1 + k);
		}
		if (i + lrint(shift_s * RATE) < (long)MAX_S * RATE)
			x[i + lrint(shift_s * RATE)] += (float)(a0 * sum);
	}
}

static void take_row(void *user, const struct ut_frame *row)
{
	CHECK_EQ(ut_frame_table_push(user, row), UT_OK);
}

/* Analyses the first len_s of n_ch channels. */
static void analyse(unsigned n_ch, double len_s, const struct ut_span_list *known,
		    struct ut_activity_channel *out)
{
	struct ut_frame_table t[2] = { 0 };
	struct ut_activity_in in = { .n_ch = n_ch };
	struct ut_engine *e = NULL;

	CHECK_EQ(ut_engine_create(&e, NULL), UT_OK);
	for (unsigned c = 0; c < n_ch; c++) {
		ut_engine_reset(e);
		ut_engine_push(e, buf[c], (size_t)(len_s * RATE), take_row, &t[c]);
		ut_engine_flush(e, take_row, &t[c]);
		in.frames[c] = &t[c];
		in.known[c] = c == 0 ? known : NULL;
	}
	CHECK_EQ(ut_activity_find(&in, out, NULL), UT_OK);
	ut_engine_destroy(&e);
	for (unsigned c = 0; c < n_ch; c++)
		ut_frame_table_done(&t[c]);
}

/* Seconds of one kind inside [from, to). */
static double seconds_of(const struct ut_activity_channel *c, enum ut_span_kind kind, double from_s,
			 double to_s)
{
	int64_t sum = 0, from = lrint(from_s * 100), to = lrint(to_s * 100);

	for (size_t i = 0; i < c->spans.n; i++) {
		const struct ut_span *s = &c->spans.v[i];
		int64_t a = UT_MAX(s->start, from), b = UT_MIN(s->end, to);

		if (s->kind == kind && a < b)
			sum += b - a;
	}
	return (double)sum / 100;
}

static void check_sorted(const struct ut_activity_channel *c)
{
	for (size_t i = 0; i < c->spans.n; i++) {
		CHECK(c->spans.v[i].start < c->spans.v[i].end);
		CHECK(!i || c->spans.v[i - 1].end <= c->spans.v[i].start);
		CHECK(c->spans.v[i].confidence >= 0 && c->spans.v[i].confidence <= 1);
	}
}

static void clear(void)
{
	memset(buf, 0, sizeof(buf));
	seed = 1;
}

static void test_tones(void)
{
	static const struct row {
		const char *name;
		double f1, f2, on_s, off_s, again_on_s, again_off_s; /* a cadence, repeated */
		enum ut_span_kind want;
		double noise_db;
	} rows[] = {
		{ "EU ringback 425 Hz 1/4", 425, 0, 1, 4, 0, 0, UT_SPAN_RINGBACK, -80 },
		{ "the same in noise", 425, 0, 1, 4, 0, 0, UT_SPAN_RINGBACK, -45 },
		{ "US ringback 440+480 Hz 2/4", 440, 480, 2, 4, 0, 0, UT_SPAN_RINGBACK, -80 },
		{ "UK ringback 400+450 Hz", 400, 450, 0.4, 0.2, 0.4, 2, UT_SPAN_RINGBACK, -80 },
		{ "EU busy 425 Hz 0.5/0.5", 425, 0, 0.5, 0.5, 0, 0, UT_SPAN_BUSY, -80 },
		{ "EU congestion 425 Hz 0.25/0.25", 425, 0, 0.25, 0.25, 0, 0, UT_SPAN_BUSY, -80 },
		{ "US busy 480+620 Hz", 480, 620, 0.5, 0.5, 0, 0, UT_SPAN_BUSY, -80 },
		{ "US busy in noise", 480, 620, 0.5, 0.5, 0, 0, UT_SPAN_BUSY, -45 },
		{ "DTMF 1", 697, 1209, 0.08, 0.12, 0, 0, UT_SPAN_DTMF, -80 },
		{ "DTMF 5", 770, 1336, 0.05, 0.15, 0, 0, UT_SPAN_DTMF, -80 },
		{ "DTMF #, in noise", 941, 1477, 0.1, 0.2, 0, 0, UT_SPAN_DTMF, -45 },
		{ "recorder beep 1400 Hz", 1400, 0, 0.4, 12, 0, 0, UT_SPAN_BEEP, -80 },
		{ "dial tone 350+440 Hz", 350, 440, 30, 1, 0, 0, UT_SPAN_BEEP, -80 },
	};
	static const double len_s = 26;

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_activity_channel out[1] = { 0 };
		double on = 0, t = 1;

		tap_row(r->name);
		clear();
		while (t < len_s) {
			double end = fmin(t + r->on_s, len_s);

			add_tone(buf[0], t, end, r->f1, r->f2, 0.08);
			on += end - t;
			t += r->on_s + r->off_s;
			if (r->again_on_s > 0 && t < len_s) {
				end = fmin(t + r->again_on_s, len_s);
				add_tone(buf[0], t, end, r->f1, r->f2, 0.08);
				on += end - t;
				t += r->again_on_s + r->again_off_s;
			}
		}
		add_noise(buf[0], 0, len_s, r->noise_db);
		analyse(1, len_s, NULL, out);
		check_sorted(&out[0]);
		/* the window smears each edge by up to 30 ms, a burst cut at the end is one less */
		CHECK(seconds_of(&out[0], r->want, 0, len_s) > 0.75 * on);
		CHECK(seconds_of(&out[0], r->want, 0, len_s) < 1.6 * on + 0.1);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 0, len_s), 0, 0.3);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_MUSIC, 0, len_s), 0, 0);
		for (int k = 0; k < UT_N_SPAN_KINDS; k++)
			if (k != (int)r->want && k != UT_SPAN_SPEECH)
				CHECK_NEAR(seconds_of(&out[0], k, 0, len_s), 0, 0.25);
		tap_end();
		ut_activity_channel_done(&out[0]);
	}
}

static void test_voice(void)
{
	static const struct row {
		const char *name;
		double voice_db, noise_db;
		bool gated, clicks;
	} rows[] = {
		{ "a voice at -20 dBFS", -20, -65, false, false },
		{ "a voice at -45 dBFS is still speech", -45, -75, false, false },
		{ "a voice in noise", -20, -40, false, false },
		{ "digital silence between", -20, 0, true, false },
		{ "comfort noise that comes and goes", -20, -60, true, false },
		{ "clicks", -20, -65, false, true },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_activity_channel out[1] = { 0 };

		tap_row(r->name);
		clear();
		add_voice(buf[0], 3, 6, 120, r->voice_db + 6, 0);
		add_voice(buf[0], 10, 11, 120, r->voice_db + 6, 0);
		for (int s = 0; r->noise_db < 0 && s < 15; s++)
			if (!r->gated || s % 2)
				add_noise(buf[0], s, s + 1, r->noise_db);
		for (int s = 0; r->clicks && s < 15; s++)
			for (int i = 0; i < 30; i++)
				buf[0][s * RATE + 3000 + i] +=
				    (float)(0.5 * exp(-i / 8.0) * cos(1.9 * i));
		analyse(1, 15, NULL, out);
		check_sorted(&out[0]);
		CHECK(!out[0].silent);
		CHECK(seconds_of(&out[0], UT_SPAN_SPEECH, 3, 6) > 2.4);
		CHECK(seconds_of(&out[0], UT_SPAN_SPEECH, 10, 11) > 0.7);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 0, 2.8), 0, 0.05);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 6.3, 9.8), 0, 0.05);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 11.3, 15), 0, 0.05);
		if (r->noise_db < 0 && !r->gated)
			CHECK_NEAR(out[0].noise_db, r->noise_db, 3);
		tap_end();
		ut_activity_channel_done(&out[0]);
	}
}

static void test_silence(void)
{
	static const struct row {
		const char *name;
		double noise_db, len_s;
	} rows[] = {
		{ "digital silence", 0, 10 },     { "no sound at all", 0, 0 },
		{ "one frame", -30, 0.01 },       { "white noise, quiet", -70, 10 },
		{ "white noise, loud", -20, 10 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_activity_channel out[1] = { 0 };

		tap_row(r->name);
		clear();
		if (r->noise_db < 0)
			add_noise(buf[0], 0, r->len_s, r->noise_db);
		analyse(1, r->len_s, NULL, out);
		CHECK(out[0].silent);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_MUSIC, 0, r->len_s), 0, 0);
		if (r->len_s >= 10)
			CHECK_NEAR(out[0].noise_db, r->noise_db < 0 ? r->noise_db : -120, 2);
		CHECK_NEAR(out[0].speech_db, out[0].noise_db, 0);
		CHECK_NEAR(out[0].leak_db, -120, 0);
		tap_end();
		ut_activity_channel_done(&out[0]);
	}
}

static void test_leak(void)
{
	static const struct row {
		const char *name;
		double leak_db, delay_s;
		bool double_talk;
	} rows[] = {
		{ "leak at -10 dB", -10, 0, false },
		{ "leak at -15 dB, 60 ms later", -15, 0.06, false },
		{ "leak at -25 dB, 700 ms later", -25, 0.7, false },
		{ "double talk stays speech", -20, 0.03, true },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_activity_channel out[2] = { 0 };

		tap_row(r->name);
		clear();
		add_voice(buf[1], 2, 8, 110, -14, 0);
		add_voice(buf[1], 14, 18, 105, -14, 0);
		seed = 1;
		add_voice(buf[0], 2, 8, 110, -14 + r->leak_db, r->delay_s);
		add_voice(buf[0], 14, 18, 105, -14 + r->leak_db, r->delay_s);
		add_voice(buf[0], 10, 13, 190, -14, 0);
		if (r->double_talk)
			add_voice(buf[0], 4, 6, 195, -14, 0);
		for (int c = 0; c < 2; c++)
			add_noise(buf[c], 0, 20, -70);
		analyse(2, 20, NULL, out);
		check_sorted(&out[0]);
		CHECK_NEAR(out[0].leak_db, r->leak_db, 4);
		CHECK_NEAR(out[1].leak_db, -120, 0);
		CHECK(seconds_of(&out[0], UT_SPAN_SPEECH, 10, 13) > 2.4);
		CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 14, 19), 0, 0.05);
		CHECK(seconds_of(&out[0], UT_SPAN_ECHO, 14, 19) > 2.5);
		if (r->double_talk)
			CHECK(seconds_of(&out[0], UT_SPAN_SPEECH, 4, 6) > 1.5);
		else
			CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 2, 9), 0, 0.25);
		CHECK(seconds_of(&out[1], UT_SPAN_SPEECH, 2, 8) > 4.8);
		tap_end();
		for (int c = 0; c < 2; c++)
			ut_activity_channel_done(&out[c]);
	}
}

static void test_known(void)
{
	struct ut_span mask = { 400, 500, UT_SPAN_MASKED, 1 },
		       hold = { 450, 550, UT_SPAN_MUSIC, 1 };
	struct ut_span_list known = { 0 };
	struct ut_activity_channel out[1] = { 0 }, again[1] = { 0 };

	tap_row("masked stretches are never speech, and win over other known ones");
	clear();
	add_voice(buf[0], 3, 7, 120, -14, 0);
	add_noise(buf[0], 0, 10, -65);
	CHECK_EQ(ut_span_list_push(&known, &mask), UT_OK);
	CHECK_EQ(ut_span_list_push(&known, &hold), UT_OK);
	analyse(1, 10, &known, out);
	check_sorted(&out[0]);
	CHECK_NEAR(seconds_of(&out[0], UT_SPAN_MASKED, 4, 5), 1, 1e-9);
	CHECK_NEAR(seconds_of(&out[0], UT_SPAN_MUSIC, 5, 5.5), 0.5, 1e-9);
	CHECK_NEAR(seconds_of(&out[0], UT_SPAN_SPEECH, 4, 5.5), 0, 0);
	CHECK(seconds_of(&out[0], UT_SPAN_SPEECH, 3, 4) > 0.7);
	tap_end();

	tap_row("the same in, the same out");
	analyse(1, 10, &known, again);
	CHECK_EQ(again[0].spans.n, out[0].spans.n);
	for (size_t i = 0; i < UT_MIN(again[0].spans.n, out[0].spans.n); i++) {
		CHECK_EQ(again[0].spans.v[i].start, out[0].spans.v[i].start);
		CHECK_EQ(again[0].spans.v[i].end, out[0].spans.v[i].end);
		CHECK_EQ(again[0].spans.v[i].kind, out[0].spans.v[i].kind);
		CHECK_NEAR(again[0].spans.v[i].confidence, out[0].spans.v[i].confidence, 0);
	}
	tap_end();
	ut_activity_channel_done(&out[0]);
	ut_activity_channel_done(&again[0]);
	ut_span_list_done(&known);

	tap_row("refused: no channel, too many");
	struct ut_activity_in none = { .n_ch = 0 }, many = { .n_ch = UT_MAX_CHANNELS + 1 };

	CHECK_EQ(ut_activity_find(&none, out, NULL), UT_EINVAL);
	CHECK_EQ(ut_activity_find(&many, out, NULL), UT_EINVAL);
	tap_end();
}

int main(void)
{
	test_tones();
	test_voice();
	test_silence();
	test_leak();
	test_known();
	return tap_done();
}
