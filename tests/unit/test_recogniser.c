/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * On a real voice over the telephone band: the prompts of Debian's asterisk-core-sounds-en-wav.
 */
#include "classifiers/recogniser.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

#define PROMPTS "/usr/share/asterisk/sounds/en_US_f_Allison/"
#define MODEL "/usr/share/pocketsphinx/model/en-us/en-us"

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *b = f ? malloc(1 << 22) : NULL;

	*n = b ? fread(b, 1, 1 << 22, f) : 0;
	if (f)
		fclose(f);
	return b;
}

static char *source_file(const char *name, char *path, size_t cap)
{
	snprintf(path, cap, "%s/%s", getenv("UT_SOURCE"), name);
	return path;
}

static void read_phrases(struct ut_phrase_list *l, const char *name)
{
	char path[512];
	size_t n;
	char *b = slurp(source_file(name, path, sizeof(path)), &n);
	struct ut_error err = { 0 };

	tap_row(name);
	CHECK_EQ(ut_phrases_parse(b, n, name, l, &err), UT_OK);
	CHECK_STR(err.msg, "");
	CHECK(l->n > 10);
	tap_end();
	free(b);
}

static char *words; /* share/models/words.txt */
static size_t words_n;

static struct ut_recogniser *make(const struct ut_phrase_list *l, float max_heard_s)
{
	static char path[512];
	struct ut_recogniser_opts o = ut_recogniser_opts_default;
	struct ut_recogniser *r = NULL;
	struct ut_error err = { 0 };

	o.max_heard_s = max_heard_s;
	o.transform = source_file("share/models/telephone.mllr", path, sizeof(path));
	o.words = words;
	o.words_n = words_n;
	tap_row("create");
	CHECK_EQ(ut_recogniser_create(&o, l, &r, &err), UT_OK);
	CHECK_STR(err.msg, "");
	tap_end();
	return r;
}

/* A WAV file's samples behind its 44 byte header, speech from end to end, at `pos` of a call. */
static size_t hear_prompt(struct ut_recogniser *r, const char *name, int64_t pos,
			  struct ut_phrase_hit **hits, size_t *n_hits)
{
	char path[512];
	size_t n;
	char *b;

	snprintf(path, sizeof(path), PROMPTS "%s.wav", name);
	b = slurp(path, &n);
	*hits = NULL;
	*n_hits = 0;
	if (n > 44) {
		struct ut_span s = { .start = pos / 80,
				     .end = pos / 80 + (int64_t)(n - 44) / 160,
				     .kind = UT_SPAN_SPEECH };
		struct ut_span_list speech = { &s, 1, 1 };
		int16_t *pcm = malloc(n);

		memcpy(pcm, b + 44, n - 44);
		CHECK_EQ(ut_recogniser_hear(r,
					    &(struct ut_hear_in){ .pcm = pcm,
								  .n = (n - 44) / 2,
								  .pos = pos,
								  .speech = &speech,
								  .party = 3 },
					    hits, n_hits, NULL, NULL),
			 UT_OK);
		free(pcm);
	}
	free(b);
	return n;
}

static void test_prompts(struct ut_recogniser *r)
{
	static const struct row {
		const char *name, *want; /* NULL: nothing may be found in it */
	} rows[] = {
		{ "queue-thankyou", "thank you" },
		{ "conf-onlyperson", NULL },
		{ "agent-user", NULL },
		{ "pls-hold-while-try", NULL },
		{ "vm-incorrect", NULL },
		{ "digits/8", NULL },
	};

	for (const struct row *t = rows; t < rows + UT_ARRAY_LEN(rows); t++) {
		struct ut_phrase_hit *hits = NULL;
		size_t n = 0;
		bool found = false;

		tap_row(t->name);
		if (hear_prompt(r, t->name, 0, &hits, &n) <= 44) {
			tap_skip(t->name, "asterisk-core-sounds-en-wav is not installed");
			continue;
		}
		for (size_t i = 0; i < n; i++) {
			if (t->want && strcmp(hits[i].phrase, t->want) == 0)
				found = true;
			else if (!t->want)
				CHECK_STR(hits[i].phrase, "(nothing)");
			CHECK(hits[i].score >= 0 && hits[i].score <= 1);
			CHECK(hits[i].end > hits[i].start);
			CHECK_EQ(hits[i].party, 3);
		}
		CHECK(found == (t->want != NULL));
		free(hits);
		tap_end();
	}
}

/* The same samples give the same hits after anything else, and times move with the call. */
static void test_same_again(struct ut_recogniser *r)
{
	struct ut_phrase_hit *a, *b, *c;
	size_t na, nb, nc;

	tap_row("same samples, same hits, at another time of the call");
	if (hear_prompt(r, "queue-thankyou", 0, &a, &na) <= 44) {
		tap_skip("same samples, same hits", "asterisk-core-sounds-en-wav is not installed");
		return;
	}
	hear_prompt(r, "conf-onlyperson", 0, &b, &nb);
	hear_prompt(r, "queue-thankyou", 80 * 123456, &c, &nc);
	CHECK(na > 0);
	CHECK_EQ(na, nc);
	for (size_t i = 0; i < na && i < nc; i++) {
		CHECK_EQ(c[i].start, a[i].start + 123456);
		CHECK_EQ(c[i].end, a[i].end + 123456);
		CHECK(c[i].score == a[i].score && c[i].phrase == a[i].phrase);
	}
	free(a);
	free(b);
	free(c);
	tap_end();
}

static void test_empty(const struct ut_phrase_list *l)
{
	static const struct row {
		const char *name;
		struct ut_span span[3];
		size_t n_spans, n;
		double want_s;
	} rows[] = {
		{ "no spans", { { 0 } }, 0, 8000, 0 },
		{ "only music", { { 0, 100, UT_SPAN_MUSIC, 1 } }, 1, 8000, 0 },
		{ "a span before the samples", { { -500, -300, UT_SPAN_SPEECH, 1 } }, 1, 8000, 0 },
		{ "a span behind the samples", { { 300, 500, UT_SPAN_SPEECH, 1 } }, 1, 8000, 0 },
		{ "silence in a span", { { 10, 60, UT_SPAN_SPEECH, 1 } }, 1, 8000, 0.72 },
		{ "spans that join",
		  { { 10, 30, UT_SPAN_SPEECH, 1 }, { 40, 60, UT_SPAN_SPEECH, 1 } },
		  2,
		  8000,
		  0.72 },
		{ "one frame", { { 0, 1, UT_SPAN_SPEECH, 1 } }, 1, 80, 0.01 },
		{ "of long speech its beginning",
		  { { 0, 100, UT_SPAN_SPEECH, 1 }, { 200, 700, UT_SPAN_SPEECH, 1 } },
		  2,
		  56000,
		  1.12 + 1.32 },
		{ "more than is heard: the last ones",
		  { { 0, 200, UT_SPAN_SPEECH, 1 },
		    { 260, 400, UT_SPAN_SPEECH, 1 },
		    { 500, 690, UT_SPAN_SPEECH, 1 } },
		  3,
		  56000,
		  3 },
	};
	int16_t *pcm = calloc(56000, sizeof(*pcm));
	struct ut_recogniser *r = make(l, 3);

	for (const struct row *t = rows; r && t < rows + UT_ARRAY_LEN(rows); t++) {
		struct ut_span spans[3];
		struct ut_span_list speech = { spans, t->n_spans, 3 };
		struct ut_phrase_hit *hits = NULL;
		size_t n = 0;
		double heard = 0;

		memcpy(spans, t->span, sizeof(spans));
		tap_row(t->name);
		CHECK_EQ(ut_recogniser_hear(
			     r, &(struct ut_hear_in){ .pcm = pcm, .n = t->n, .speech = &speech },
			     &hits, &n, &heard, NULL),
			 UT_OK);
		CHECK_EQ(n, 0);
		CHECK_NEAR(heard, t->want_s, 1e-9);
		free(hits);
		tap_end();
	}
	free(pcm);
	ut_recogniser_destroy(&r);
}

static void test_refused(const struct ut_phrase_list *l)
{
	static const struct ut_phrase_list none = { 0 };
	static const struct row {
		const char *name, *engine, *model, *transform;
		float max_s;
		bool no_phrases;
		enum ut_status want;
		const char *msg;
	} rows[] = {
		{ "unknown engine", "ear", MODEL, NULL, 30, false, UT_EINVAL, "no engine \"ear\"" },
		{ "no model there", "pocketsphinx", "/nowhere", NULL, 30, false, UT_EMODEL,
		  "/nowhere/mdef" },
		{ "no transform there", "pocketsphinx", MODEL, "/nowhere.mllr", 30, false,
		  UT_EMODEL, "/nowhere.mllr" },
		{ "a transform that is none", "pocketsphinx", MODEL, MODEL "/noisedict", 30, false,
		  UT_EMODEL, "noisedict" },
		{ "nothing to listen for", "pocketsphinx", MODEL, NULL, 30, true, UT_EINVAL,
		  "no phrases" },
		{ "no time to hear", "pocketsphinx", MODEL, NULL, 0.5f, false, UT_EINVAL,
		  "max_heard_s" },
		{ "no frequent words", "pocketsphinx", MODEL, NULL, 30, false, UT_EMODEL,
		  "words.txt" },
		{ "neither an engine nor examples", NULL, MODEL, NULL, 30, false, UT_EINVAL,
		  "no phrases" },
		{ "not a number", "pocketsphinx", MODEL, NULL, NAN, false, UT_EINVAL,
		  "max_heard_s" },
	};

	for (const struct row *t = rows; t < rows + UT_ARRAY_LEN(rows); t++) {
		bool no_words = strcmp(t->name, "no frequent words") == 0;
		struct ut_recogniser_opts o = { .engine = t->engine,
						.model_dir = t->model,
						.transform = t->transform,
						.words = no_words ? "# none\n" : words,
						.words_n = no_words ? 7 : words_n,
						.max_heard_s = t->max_s };
		struct ut_recogniser *r = NULL;
		struct ut_error err = { 0 };

		tap_row(t->name);
		CHECK_EQ(ut_recogniser_create(&o, t->no_phrases ? &none : l, &r, &err), t->want);
		CHECK(!r);
		if (!strstr(err.msg, t->msg))
			CHECK_STR(err.msg, t->msg);
		ut_recogniser_destroy(&r);
		tap_end();
	}
}

int main(void)
{
	struct ut_phrase_list en = { 0 };
	struct ut_recogniser *r;
	char path[512];

	words = slurp(source_file("share/models/words.txt", path, sizeof(path)), &words_n);
	read_phrases(&en, "share/phrases/en.txt");
	read_phrases(&en, "share/phrases/he.txt"); /* both languages at once */
	/* The list's threshold comes from calls; this test is about hearing at all. */
	for (size_t i = 0; i < en.n; i++)
		if (strcmp(en.v[i].text, "thank you") == 0)
			en.v[i].threshold = 0.1f;
	r = make(&en, 30);
	if (r) {
		test_prompts(r);
		test_same_again(r);
	}
	test_empty(&en);
	test_refused(&en);
	ut_recogniser_destroy(&r);
	ut_recogniser_destroy(&r);
	ut_phrase_list_done(&en);
	free(words);
	return tap_done();
}
