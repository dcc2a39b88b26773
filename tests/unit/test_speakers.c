/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Voices made of numbers: cepstra and pitch about a mean of each person's own. */
#include "classifiers/speakers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/mel.h"
#include "tap.h"

struct channel {
	struct ut_frame_table frames;
	struct ut_timbre_table timbre;
	struct ut_span_list spans;
};

static uint64_t rng;

static double noise(void)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		rng = rng * 6364136223846793005u + 1442695040888963407u;
		sum += (double)(rng >> 11) / 9007199254740992.0;
	}
	return sum;
}

static void pause_for(struct channel *c, int frames)
{
	const struct ut_frame row = { .level_db = -70 };
	const struct ut_timbre timbre = { { 0 } };

	for (int i = 0; i < frames; i++) {
		ut_frame_table_push(&c->frames, &row);
		ut_timbre_table_push(&c->timbre, &timbre);
	}
}

/* Sounds of 80 ms about the voice's mean, half of them voiced. */
static void speak(struct channel *c, const float *voice, float f0, int frames)
{
	struct ut_span s = { .start = (int64_t)c->frames.n,
			     .kind = UT_SPAN_SPEECH,
			     .confidence = 1 };
	float sound[UT_MEL_CEPSTRA] = { 0 };

	for (int i = 0; i < frames; i++) {
		struct ut_frame row = { .valid = 1u << UT_COL_mfcc1, .level_db = -20 };
		struct ut_timbre timbre;

		for (int k = 0; k < UT_MEL_CEPSTRA && i % 8 == 0; k++)
			sound[k] = voice[k] + (float)noise() * (k < 4 ? 1.2f : 0.5f);
		row.mfcc1 = sound[0];
		row.mfcc2 = sound[1];
		row.mfcc3 = sound[2];
		row.mfcc4 = sound[3];
		row.f0_hz = i / 8 % 2 ? 0 : f0 * (float)exp(0.08 * noise());
		ut_timbre_pack(sound, &timbre);
		ut_frame_table_push(&c->frames, &row);
		ut_timbre_table_push(&c->timbre, &timbre);
	}
	s.end = s.start + frames;
	ut_span_list_push(&c->spans, &s);
}

static struct ut_speakers_in in_of(const struct channel *c)
{
	return (struct ut_speakers_in){ &c->frames, &c->timbre, &c->spans };
}

static void done(struct channel *c)
{
	ut_frame_table_done(&c->frames);
	ut_timbre_table_done(&c->timbre);
	ut_span_list_done(&c->spans);
}

static const float a[UT_MEL_CEPSTRA] = { 2, -1, 0.5f, 0, -0.4f, 0.3f, 0.2f, -0.5f, 0.3f };
static const float b[UT_MEL_CEPSTRA] = { 0, 1, -0.8f, 0.8f, 0.4f, -0.5f, 0.6f, 0.3f, -0.4f };

static void test_split(void)
{
	struct channel c = { 0 };
	struct ut_speakers s = { 0 }, again = { 0 };
	struct ut_speakers_in in;
	size_t wrong = 0;

	rng = 1;
	for (int turn = 0; turn < 16; turn++) {
		speak(&c, turn % 2 ? b : a, turn % 2 ? 200 : 110, 150 + 40 * (turn % 3));
		pause_for(&c, 30);
	}
	in = in_of(&c);
	tap_row("two voices");
	CHECK(ut_speakers_split(&in, false, &s, NULL) == UT_OK && s.n_speakers == 2 && s.sure &&
	      !s.more);
	printf("# two voices: %u speakers, evidence %.1f, spread %.1f\n", s.n_speakers,
	       (double)s.apart, (double)s.spread);
	tap_end();
	for (size_t i = 0; i < s.n; i++) {
		size_t turn = 0;

		while (c.spans.v[turn].end <= s.v[i].start)
			turn++;
		wrong += s.v[i].speaker != turn % 2;
	}
	tap_row("each unit has its speaker, 0 speaks first");
	CHECK(s.n >= 32 && wrong == 0);
	printf("# %zu units, %zu with the wrong one; 0 speaks first\n", s.n, wrong);
	tap_end();
	tap_row("same input, same bits");
	CHECK(ut_speakers_split(&in, false, &again, NULL) == UT_OK && again.n == s.n &&
	      memcmp(again.v, s.v, s.n * sizeof(*s.v)) == 0);
	tap_end();
	ut_speakers_done(&s);
	ut_speakers_done(&again);
	done(&c);
}

static void test_one(void)
{
	struct channel c = { 0 };
	struct ut_speakers s = { 0 };
	struct ut_speakers_in in;

	rng = 2;
	for (int turn = 0; turn < 20; turn++) {
		speak(&c, a, 120, 170);
		pause_for(&c, 40);
	}
	in = in_of(&c);
	tap_row("one voice is one speaker ");
	CHECK(ut_speakers_split(&in, false, &s, NULL) == UT_OK && s.n_speakers == 1 && s.n > 0 &&
	      s.v[s.n - 1].speaker == 0);
	printf("# one voice is one speaker (evidence %.1f)\n", (double)s.apart);
	tap_end();
	tap_row("and two that were expected are not sure");
	CHECK(ut_speakers_split(&in, true, &s, NULL) == UT_OK && !s.sure);
	tap_end();
	ut_speakers_done(&s);
	c.spans.n = 0;
	tap_row("no speech, no speaker");
	CHECK(ut_speakers_split(&in, true, &s, NULL) == UT_OK && s.n_speakers == 0 && s.n == 0);
	tap_end();
	ut_speakers_done(&s);
	done(&c);
}

static void test_three(void)
{
	static const float third[UT_MEL_CEPSTRA] = { -2, -2, 1.5f, -1, 0.8f, 0.8f, -0.6f, 0, 0.5f };
	struct channel c = { 0 };
	struct ut_speakers s = { 0 };
	struct ut_speakers_in in;

	rng = 3;
	for (int turn = 0; turn < 40; turn++) {
		if (turn % 2)
			speak(&c, b, 210, 200);
		else
			speak(&c, turn < 20 ? a : third, turn < 20 ? 110 : 150, 200);
		pause_for(&c, 30);
	}
	in = in_of(&c);
	tap_row("a third voice is noticed");
	CHECK(ut_speakers_split(&in, true, &s, NULL) == UT_OK && s.n_speakers == 2 && s.more);
	tap_end();
	ut_speakers_done(&s);
	done(&c);
}

static void test_change(void)
{
	struct channel c = { 0 };
	struct ut_speakers_in in;
	int64_t mid;
	float same, other, little;
	bool enough, enough_other, enough_little;

	rng = 4;
	for (int i = 0; i < 8; i++)
		speak(&c, a, 110, 200);
	mid = (int64_t)c.frames.n;
	for (int i = 0; i < 8; i++)
		speak(&c, b, 190, 200);
	in = in_of(&c);
	tap_row("before and after of one voice");
	CHECK(ut_speakers_change(&in, 0, 800, mid, &same, &enough, NULL) == UT_OK && enough &&
	      same < UT_ANOTHER_VOICE);
	printf("# before and after of one voice: %.1f\n", (double)same);
	tap_end();
	tap_row("another voice");
	CHECK(ut_speakers_change(&in, 0, mid, (int64_t)c.frames.n, &other, &enough_other, NULL) ==
		  UT_OK &&
	      enough_other && other > UT_ANOTHER_VOICE);
	printf("# another voice: %.1f\n", (double)other);
	tap_end();
	tap_row("too little to tell");
	CHECK(ut_speakers_change(&in, 0, mid, mid + 200, &little, &enough_little, NULL) == UT_OK &&
	      !enough_little && little == 0);
	tap_end();
	done(&c);
}

static void test_timbre(void)
{
	float cepstrum[UT_MEL_CEPSTRA], back[UT_MEL_CEPSTRA], worst = 0;
	struct ut_frame row = { .valid = 1u << UT_COL_mfcc1 };
	struct ut_timbre t;

	for (int k = 0; k < UT_MEL_CEPSTRA; k++)
		cepstrum[k] = (float)(k - 8) * 0.97f;
	row.mfcc1 = cepstrum[0];
	row.mfcc2 = cepstrum[1];
	row.mfcc3 = cepstrum[2];
	row.mfcc4 = cepstrum[3];
	ut_timbre_pack(cepstrum, &t);
	tap_row("measured");
	CHECK(ut_timbre_get(&row, &t, back));
	tap_end();
	for (int k = 0; k < UT_MEL_CEPSTRA; k++)
		worst = fmaxf(worst, fabsf(back[k] - cepstrum[k]));
	tap_row("packed and back within");
	CHECK(worst <= 0.5f / UT_TIMBRE_STEPS + 1e-6f);
	printf("# packed and back within %.3f\n", (double)worst);
	tap_end();
	cepstrum[15] = 100;
	ut_timbre_pack(cepstrum, &t);
	tap_row("cut, not wrapped");
	CHECK(t.c[UT_TIMBRE_N - 1] == 127);
	tap_end();
	row.valid = 0;
	tap_row("not measured: zeros");
	CHECK(!ut_timbre_get(&row, &t, back) && back[0] == 0);
	tap_end();
}

int main(void)
{
	test_split();
	test_one();
	test_three();
	test_change();
	test_timbre();
	return tap_done();
}
