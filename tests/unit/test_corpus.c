/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: what is refused and how it is said; and a made-up corpus measured twice. */
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "run/corpus.h"
#include "tap.h"

static char folder[] = "/tmp/undertone-corpus-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const void *bytes, size_t n)
{
	FILE *f = fopen(in_folder(name), "wb");

	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f))
		abort();
}

/* A buzz of 1.2 s: a pulse train with two resonances and four swells, as 16-bit WAV at 8 kHz. */
static void write_voice(const char *name, double hz, double bright, uint64_t seed)
{
	enum { LEN = 9600 };
	static unsigned char wav[44 + 2 * LEN] =
	    "RIFF\0\0\0\0WAVEfmt \20\0\0\0\1\0\1\0\100\37\0\0\200\76\0\0\2\0\20\0data";
	double y1 = 0, y2 = 0, phase = 0;
	unsigned size = 2 * LEN, riff = size + 36;

	memcpy(wav + 4, &riff, 4);
	memcpy(wav + 40, &size, 4);
	for (int i = 0; i < LEN; i++) {
		double swell = 0.55 - 0.45 * cos(2 * M_PI * i / (LEN / 4.0)), y;
		int v;

		phase += hz * (1 + 0.1 * sin(2 * M_PI * i / LEN)) / 8000;
		y = (phase >= 1) + 0.002 * ut_random_normal(&seed);
		phase -= phase >= 1;
		y += 1.6 * y1 - 0.8 * y2;
		y2 = y1, y1 = y;
		v = (int)(3000 * swell * (y - (1 - bright) * y2));
		v = v > 32767 ? 32767 : v < -32768 ? -32768 : v;
		wav[44 + 2 * i] = (unsigned char)(v & 255);
		wav[45 + 2 * i] = (unsigned char)(v >> 8 & 255);
	}
	write_file(name, wav, sizeof(wav));
}

static void test_refused(void)
{
	static const struct row {
		const char *name, *csv;
		enum ut_status want;
		const char *says;
	} rows[] = {
		{ "no column", "path,who,label\na.wav,x,angry\n", UT_EFORMAT, "\"speaker\"" },
		{ "a field too few", "path,speaker,label\n\na.wav,x\n", UT_EFORMAT, "line 3" },
		{ "text after a quote", "path,speaker,label\n\"a\"b,x,angry\n", UT_EFORMAT,
		  "line 2" },
		{ "no label of ours", "path,speaker,label\na.wav,x,other\n", UT_EFORMAT, "no row" },
		{ "empty", "", UT_EFORMAT, "not a CSV" },
		{ "a recording that is not there", "path,speaker,label\nnone.wav,x,angry\n",
		  UT_ENOENT, "line 2: none.wav" },
		{ "a recording that is none", "speaker,label,path\nx,\"neutral\",\"m.csv\"\n",
		  UT_ENOAUDIO, "line 2: m.csv" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_corpus c = { 0 };
		struct ut_error err = { 0 };
		enum ut_status st;

		tap_row(r->name);
		write_file("m.csv", r->csv, strlen(r->csv));
		st = ut_corpus_add(&c, in_folder("m.csv"), &ut_corpus_test_default, &err);
		CHECK_EQ(st, r->want);
		CHECK(strstr(err.msg, r->says));
		if (!strstr(err.msg, r->says))
			printf("# %s\n", err.msg);
		ut_corpus_done(&c);
		tap_end();
	}
	tap_row("an unknown line kind");
	{
		struct ut_corpus_opts o = ut_corpus_test_default;
		struct ut_corpus c = { 0 };
		struct ut_error err = { 0 };

		o.lines = "ulaw,umlaut";
		CHECK_EQ(ut_corpus_add(&c, in_folder("m.csv"), &o, &err), UT_EINVAL);
		CHECK(strstr(err.msg, "umlaut"));
		ut_corpus_done(&c);
	}
	tap_end();
}

static void test_corpus(void)
{
	static const char csv[] = "path,speaker,label\n"
				  "n0.wav,ann,neutral\nn1.wav,ann,neutral\nn2.wav,ann,neutral\n"
				  "n3.wav,ann,neutral\nup.wav,ann,angry\n";
	struct ut_corpus_opts o = ut_corpus_test_default;
	struct ut_corpus a = { 0 }, b = { 0 };
	struct ut_error err = { 0 };
	char name[] = "n0.wav";

	for (unsigned i = 0; i < 4; i++, name[1]++)
		write_voice(name, 120 + i, 0, i);
	write_voice("up.wav", 190, 0.9, 9);
	write_file("m.csv", csv, sizeof(csv) - 1);
	o.lines = "ulaw,gsm";
	o.closings = 2;
	o.min_phrases = o.max_phrases = 8;

	tap_row("closings against the speaker's own other recordings");
	CHECK_EQ(ut_corpus_add(&a, in_folder("m.csv"), &o, &err), UT_OK);
	if (err.code)
		printf("# %s\n", err.msg);
	CHECK_EQ(a.n_examples, 5 * 2 * 2);
	CHECK_EQ(a.n_speakers, 1);
	for (size_t i = 0; i < a.n_examples; i++) {
		const struct ut_tone_example *e = &a.example[i];
		const float *f = e->tone.feature;

		/* a neutral closing is never among its own earlier speech */
		CHECK_EQ(f[UT_TONE_N_PHRASES], e->usual ? 3 : 4);
		CHECK_EQ(e->usual, e->label == UT_TONE_ACCEPTING);
		if (!e->usual)
			CHECK_NEAR(f[UT_TONE_CLOSING + UT_FN_f0_median] -
				       f[UT_TONE_USUAL + UT_FN_f0_median],
				   12 * log2(190 / 121.5), 0.5);
	}
	tap_end();
	tap_row("the same files, the same bits");
	CHECK_EQ(ut_corpus_add(&b, in_folder("m.csv"), &o, &err), UT_OK);
	CHECK_EQ(b.n_examples, a.n_examples);
	CHECK_STR(b.hash, a.hash);
	for (size_t i = 0; i < a.n_examples && i < b.n_examples; i++)
		CHECK(memcmp(a.example[i].tone.feature, b.example[i].tone.feature,
			     sizeof(a.example[i].tone.feature)) == 0);
	tap_end();
	tap_row("a second manifest has other people and another hash");
	CHECK_EQ(ut_corpus_add(&b, in_folder("m.csv"), &o, &err), UT_OK);
	CHECK_EQ(b.n_speakers, 2);
	CHECK(strcmp(a.hash, b.hash) != 0);
	tap_end();
	ut_corpus_done(&a);
	ut_corpus_done(&b);
	for (name[1] = '0'; name[1] < '4'; name[1]++)
		unlink(in_folder(name));
	unlink(in_folder("up.wav"));
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	test_refused();
	test_corpus();
	unlink(in_folder("m.csv"));
	rmdir(folder);
	return tap_done();
}
