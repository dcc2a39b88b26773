/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phrases by example, on the prompts of Debian's asterisk-core-sounds-en-wav.
 */
#include "classifiers/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

#define PROMPTS "/usr/share/asterisk/sounds/en_US_f_Allison/"

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *b = f ? malloc(1 << 22) : NULL;

	*n = b ? fread(b, 1, 1 << 22, f) : 0;
	if (f)
		fclose(f);
	return b;
}

/* The samples of a prompt behind its 44 byte header; NULL where it is not installed. */
static int16_t *prompt(const char *name, size_t *n)
{
	char path[256], *b;
	int16_t *pcm;

	snprintf(path, sizeof(path), PROMPTS "%s.wav", name);
	b = slurp(path, n);
	if (*n <= 44) {
		free(b);
		return NULL;
	}
	*n -= 44;
	pcm = malloc(*n);
	memcpy(pcm, b + 44, *n);
	*n /= 2;
	free(b);
	return pcm;
}

/* at: frame at which the phrase begins, to 0.1 s; -1 anywhere. */
static float nearest(const struct ut_match_model *m, const struct ut_example_list *l,
		     const char *in, int at)
{
	struct ut_pattern speech = { 0 };
	struct ut_phrase_hit *hits = NULL;
	size_t n, n_hits = 0;
	int16_t *pcm = prompt(in, &n);
	float d = 999;

	CHECK_EQ(ut_pattern_make(m, pcm, n, &speech, NULL), UT_OK);
	CHECK_EQ(ut_examples_match(l, "en", &speech, 1000, 1, 0, &hits, &n_hits, NULL), UT_OK);
	CHECK_EQ(n_hits, 1); /* two examples of one phrase: one hit */
	if (n_hits) {
		d = -logf(hits[0].score / (1 - hits[0].score)); /* rises with the distance */
		CHECK(hits[0].start >= 1000 && hits[0].end <= 1000 + (int64_t)speech.n);
		CHECK(hits[0].end - hits[0].start >= 30);
		CHECK_STR(hits[0].phrase, "thank you");
		if (at >= 0)
			CHECK_NEAR(hits[0].start, 1000 + at, 10);
	}
	free(hits);
	ut_pattern_done(&speech);
	free(pcm);
	return d;
}

static void test_prompts(const struct ut_match_model *m)
{
	static const struct {
		const char *name;
		int at;
	} with[] = { { "queue-thankyou", 8 }, { "demo-thanks", 126 } };
	/* not pls-hold-while-try: its "connect you" is too near */
	static const char *const without[] = { "conf-onlyperson", "agent-user", "vm-incorrect",
					       "vm-goodbye" };
	static const char *const enrol[] = { "auth-thankyou", "privacy-thankyou" };
	struct ut_example_list l = { 0 };
	float far = -999;

	for (size_t i = 0; i < UT_ARRAY_LEN(enrol); i++) {
		size_t n;
		int16_t *pcm = prompt(enrol[i], &n);

		if (!pcm) {
			tap_skip("found where it is said",
				 "asterisk-core-sounds-en-wav is not installed");
			return;
		}
		tap_row(enrol[i]);
		CHECK_EQ(ut_example_enrol(m, pcm, n, "thank you", "en", UT_PHRASE_THANKS, &l, NULL),
			 UT_OK);
		CHECK(l.v[i].pattern.n >= 20 && l.v[i].pattern.n <= n / 80);
		free(pcm);
		tap_end();
	}
	tap_row("nearer where it is said than where it is not");
	for (size_t i = 0; i < UT_ARRAY_LEN(with); i++)
		far = fmaxf(far, nearest(m, &l, with[i].name, with[i].at));
	for (size_t i = 0; i < UT_ARRAY_LEN(without); i++) {
		float d = nearest(m, &l, without[i], -1);

		if (!(d > far))
			CHECK_STR(without[i], "farther");
	}
	tap_end();
	ut_example_list_done(&l);
}

/* Noise with a melody of bands, so that it has something to match; the same for a seed. */
static void babble(int16_t *x, size_t n, unsigned seed)
{
	float y = 0;

	for (size_t i = 0; i < n; i++) {
		float pole = 0.9f * sinf((float)(i / 400 * (seed + 3)));

		seed = seed * 1664525u + 1013904223u;
		y = pole * y + (float)(seed >> 16) - 32768;
		x[i] = (int16_t)(y / 40);
		seed ^= (unsigned)(i / 400);
	}
}

static void test_itself(const struct ut_match_model *m)
{
	enum { N = 8000, AT = 24000, ALL = 40000 };
	int16_t *pcm = calloc(ALL, sizeof(*pcm));
	struct ut_pattern whole = { 0 }, part;
	struct ut_match match = { 0 };
	bool found = false;

	babble(pcm, ALL, 7);
	tap_row("a part is found where it is, at distance 0");
	CHECK_EQ(ut_pattern_make(m, pcm, ALL, &whole, NULL), UT_OK);
	part = (struct ut_pattern){ whole.v + AT / 80 * UT_MATCH_DIMS, N / 80 };
	CHECK_EQ(ut_match_find(&part, &whole, &match, &found, NULL), UT_OK);
	CHECK(found);
	CHECK_EQ(match.start, AT / 80);
	CHECK_EQ(match.end, (AT + N) / 80);
	CHECK_NEAR(match.distance, 0, 1e-5);
	tap_end();
	tap_row("not in something shorter than half of it");
	CHECK_EQ(ut_match_find(&whole, &part, &match, &found, NULL), UT_OK);
	CHECK(!found);
	tap_end();
	ut_pattern_done(&whole);
	free(pcm);
}

static void test_file(const struct ut_match_model *m)
{
	int16_t *pcm = calloc(8000, sizeof(*pcm));
	struct ut_example_list a = { 0 }, b = { 0 };
	struct ut_text t = { 0 }, again = { 0 };

	babble(pcm, 8000, 3);
	tap_row("written, read, and written again: the same bytes");
	CHECK_EQ(ut_example_enrol(m, pcm, 8000, "\xd7\x98\xd7\x95\xd7\x91", "he",
				  UT_PHRASE_ACKNOWLEDGEMENT, &a, NULL),
		 UT_OK);
	ut_example_list_write(&a, &t);
	CHECK_EQ(ut_example_list_parse(t.s, t.len, "f", &b, NULL), UT_OK);
	CHECK_EQ(b.n, 1);
	CHECK_STR(b.v[0].phrase, "\xd7\x98\xd7\x95\xd7\x91");
	CHECK_STR(b.v[0].lang, "he");
	for (size_t i = 0; b.n && i < b.v[0].pattern.n * UT_MATCH_DIMS; i++)
		CHECK_NEAR(b.v[0].pattern.v[i], a.v[0].pattern.v[i], 0.02);
	tap_end();
	tap_row("cut off at any byte: refused, and the list as it was");
	for (size_t n = 0; n < t.len - 1; n++) {
		struct ut_error err = { 0 };
		enum ut_status st = ut_example_list_parse(t.s, n, "f", &b, &err);

		/* after the first line there is an empty, valid list */
		if (st != (n == 20 || n == 21 ? UT_OK : UT_EFORMAT))
			CHECK_EQ(n, -1);
		CHECK_EQ(b.n, 1);
	}
	tap_end();
	ut_text_done(&t);
	ut_text_done(&again);
	ut_example_list_done(&a);
	ut_example_list_done(&b);
	free(pcm);
}

static void test_refused(const struct ut_match_model *m)
{
	static const struct row {
		const char *name, *phrase;
		size_t n;
		enum ut_status want;
	} rows[] = {
		{ "nothing", "x", 0, UT_EINVAL },
		{ "0.1 s", "x", 800, UT_EINVAL },
		{ "more than 5 s", "x", 60000, UT_EINVAL },
		{ "a phrase with a bar", "a | b", 8000, UT_EINVAL },
		{ "no phrase", "", 8000, UT_EINVAL },
		{ "one second", "x", 8000, UT_OK },
	};
	int16_t *pcm = calloc(60000, sizeof(*pcm));

	babble(pcm, 60000, 5);
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_example_list l = { 0 };

		tap_row(r->name);
		CHECK_EQ(
		    ut_example_enrol(m, pcm, r->n, r->phrase, "en", UT_PHRASE_THANKS, &l, NULL),
		    r->want);
		CHECK_EQ(l.n, r->want == UT_OK);
		ut_example_list_done(&l);
		tap_end();
	}
	tap_row("digital silence is one long example of nothing: no NaN");
	{
		struct ut_pattern p = { 0 };

		memset(pcm, 0, 16000);
		CHECK_EQ(ut_pattern_make(m, pcm, 8000, &p, NULL), UT_OK);
		for (size_t i = 0; i < p.n * UT_MATCH_DIMS; i++)
			if (!isfinite(p.v[i]))
				CHECK_EQ(i, -1);
		ut_pattern_done(&p);
	}
	tap_end();
	free(pcm);
}

int main(void)
{
	struct ut_match_model *m = NULL, *none = NULL;
	struct ut_error err = { 0 };
	char path[512];
	size_t n;
	char *b;

	snprintf(path, sizeof(path), "%s/share/models/examples.lda", getenv("UT_SOURCE"));
	b = slurp(path, &n);
	if (!b)
		return 1;
	tap_row("the shipped model");
	CHECK_EQ(ut_match_model_parse(b, n, &m, &err), UT_OK);
	CHECK_STR(err.msg, "");
	tap_end();
	tap_row("a model cut short, a longer one, another file");
	CHECK_EQ(ut_match_model_parse(b, n - 20, &none, &err), UT_EMODEL);
	CHECK_EQ(ut_match_model_parse(b, 10, &none, &err), UT_EMODEL);
	b[n] = '7'; /* behind the last newline: one number more */
	CHECK_EQ(ut_match_model_parse(b, n + 1, &none, &err), UT_EMODEL);
	CHECK_EQ(ut_match_model_parse("undertone-lda 2 13 7 20\n", 24, &none, &err), UT_EMODEL);
	tap_end();
	if (m) {
		test_prompts(m);
		test_itself(m);
		test_file(m);
		test_refused(m);
	}
	ut_match_model_destroy(&m);
	free(b);
	return tap_done();
}
