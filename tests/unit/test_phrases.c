/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/phrases.h"

#include <stdlib.h>

#include "tap.h"

#define OKAY "okay | acknowledgement | 0.5 | OW K EY\n"

static void test_faults(void)
{
	static const struct row {
		const char *name, *bytes;
		enum ut_status want;
		const char *msg; /* a part of the message */
	} rows[] = {
		{ "a list", "language en\n" OKAY, UT_OK, NULL },
		{ "only comments", "# nothing\n\n", UT_OK, NULL },
		{ "empty", "", UT_OK, NULL },
		{ "no newline at the end", "language en\nok | thanks | 1 | OW K EY", UT_OK, NULL },
		{ "CR LF and a byte order mark", "\xef\xbb\xbflanguage en\r\n" OKAY "\r\n", UT_OK,
		  NULL },
		{ "stress and small letters",
		  "language en\nok | thanks | .5 | ow1 k ey0 , K  EY2\n", UT_OK, NULL },
		{ "no language", OKAY, UT_EFORMAT, "l.txt:1: a list begins with its language" },
		{ "unknown phone",
		  "language he\n\n\xd7\x98\xd7\x95\xd7\x91 | thanks | 1 | T OW BB\n", UT_EFORMAT,
		  "l.txt:3: \"\xd7\x98\xd7\x95\xd7\x91\" cannot be pronounced: no phone "
		  "\"BB\"" },
		{ "no pronunciation", "language en\nokay | acknowledgement | 0.5\n", UT_EFORMAT,
		  "l.txt:2: \"okay\" has no pronunciation" },
		{ "empty pronunciation", "language en\nokay | acknowledgement | 0.5 | , ,\n",
		  UT_EFORMAT, "no pronunciation" },
		{ "one phone", "language en\noh | acknowledgement | 0.5 | OW\n", UT_EFORMAT,
		  "2 to 48 phones, not 1" },
		{ "unknown meaning", "language en\nokay | yes | 0.5 | OW K EY\n", UT_EFORMAT,
		  "meaning \"yes\" is none of" },
		{ "threshold above 1", "language en\nokay | thanks | 1.1 | OW K EY\n", UT_EFORMAT,
		  "threshold \"1.1\"" },
		{ "threshold missing", "language en\nokay | thanks | | OW K EY\n", UT_EFORMAT,
		  "threshold \"\"" },
		{ "threshold negative", "language en\nokay | thanks | -0.1 | OW K EY\n", UT_EFORMAT,
		  "threshold \"-0.1\"" },
		{ "no phrase", "language en\n | thanks | 0.5 | OW K EY\n", UT_EFORMAT,
		  "a line is" },
		{ "not UTF-8", "language en\nok\xff | thanks | 0.5 | OW K EY\n", UT_EFORMAT,
		  "not UTF-8" },
		{ "twice", "language en\n" OKAY OKAY, UT_EFORMAT, "l.txt:3: \"okay\" stands" },
		{ "twice in two languages", "language en\n" OKAY "language he\n" OKAY, UT_OK,
		  NULL },
		{ "language too long", "language abcdefghijklmnop\n", UT_EFORMAT,
		  "longer than 15" },
		{ "seventeen pronunciations",
		  "language en\nok | thanks | 1 | K EY,K EY,K EY,K EY,K EY,K EY,K EY,K EY,K EY,"
		  "K EY,K EY,K EY,K EY,K EY,K EY,K EY,K EY\n",
		  UT_ELIMIT, "more than 16" },
		{ "spellings", "language en\n" OKAY "spelled okay = OK , O.K.\n", UT_OK, NULL },
		{ "a spelling twice", "language en\nspelled okay = mkay, o k, o.k.,m'kay\n", UT_OK,
		  NULL },
		{ "a spelling of two things",
		  "language en\nspelled okay = ok\nspelled O Kate = OK\n", UT_EFORMAT,
		  "l.txt:3: a spelling of \"o...\" is already one of \"okay...\"" },
		{ "spelled as nothing", "language en\nspelled okay = ok, ...\n", UT_EFORMAT,
		  "l.txt:2: a line is \"spelled" },
		{ "spelled without a sign", "language en\nspelled okay ok\n", UT_EFORMAT,
		  "l.txt:2: a line is \"spelled" },
		{ "spelled, not UTF-8", "language en\nspelled okay = \xff\n", UT_EFORMAT,
		  "not UTF-8" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_phrase_list l = { 0 };
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_phrases_parse(r->bytes, strlen(r->bytes), "l.txt", &l, &err), r->want);
		if (r->msg && !strstr(err.msg, r->msg))
			CHECK_STR(err.msg, r->msg);
		if (r->want)
			CHECK_EQ(l.n, 0); /* as it was before */
		ut_phrase_list_done(&l);
		tap_end();
	}
}

static void test_content(void)
{
	static const char bytes[] =
	    "language en # a comment\nall right | refusal | 0.25 | ao1 l R ay1 t, AO R AY T\n";
	struct ut_phrase_list l = { 0 };

	tap_row("what is read");
	CHECK_EQ(ut_phrases_parse(bytes, sizeof(bytes) - 1, "l.txt", &l, NULL), UT_OK);
	CHECK_EQ(l.n, 1);
	CHECK_STR(l.v[0].text, "all right");
	CHECK_STR(l.v[0].lang, "en");
	CHECK_EQ(l.v[0].meaning, UT_PHRASE_REFUSAL);
	CHECK_NEAR(l.v[0].threshold, 0.25, 1e-6);
	CHECK_EQ(l.v[0].n_pron, 2);
	CHECK_STR(l.v[0].pron[0].phones, "AO L R AY T");
	CHECK_EQ(l.v[0].pron[1].n_phones, 4);
	ut_phrase_list_done(&l);
	tap_end();
}

/* What a phrase of the list is written as does not matter, and a later list's spelling wins. */
static void test_spellings(void)
{
	static const char first[] = "language en\nOK got it | thanks | 0.5 | OW K EY G AA T IH T\n"
				    "spelled okay = OK\nspelled sure = aye\n",
			  second[] = "language en\nspelled okay = aye, okey\n";
	const struct ut_timed_word w[] = { { 0, 9, 0, "aye" }, { 10, 19, 0, "got it" } };
	struct ut_phrase_list l = { 0 };
	struct ut_phrase_hit *hits = NULL;
	size_t n = 0;

	tap_row("spellings of two lists");
	CHECK_EQ(ut_phrases_parse(first, sizeof(first) - 1, "1.txt", &l, NULL), UT_OK);
	CHECK_EQ(ut_phrases_match(&l, w, 2, &hits, &n, NULL), UT_OK);
	CHECK_EQ(n, 0);
	CHECK_EQ(ut_phrases_parse(second, sizeof(second) - 1, "2.txt", &l, NULL), UT_OK);
	CHECK_EQ(l.n_spellings, 3);
	CHECK_EQ(ut_phrases_match(&l, w, 2, &hits, &n, NULL), UT_OK);
	CHECK_EQ(n, 1);
	CHECK_STR(n ? hits[0].phrase : "", "OK got it");
	free(hits);
	ut_phrase_list_done(&l);
	tap_end();
}

/* A later list's row takes the place of an earlier one's; a list with a fault changes nothing. */
static void test_override(void)
{
	static const char shipped[] =
	    "language en\nokay | acknowledgement | 0.5 | OW K EY\nbye | goodbye | 0.5 | B AY\n"
	    "language he\nokay | acknowledgement | 0.5 | OW K EY\n";
	static const struct row {
		const char *name, *bytes;
		enum ut_status want;
		size_t n;
		double threshold;
		const char *pron;
	} rows[] = {
		{ "the later list wins",
		  "language en\nokay | thanks | 0.9 | AH K EY\nsure | thanks | 0.5 | SH UH R\n",
		  UT_OK, 4, 0.9, "AH K EY" },
		{ "another language is another phrase",
		  "language de\nokay | thanks | 0.9 | AH K EY\n", UT_OK, 4, 0.5, "OW K EY" },
		{ "twice in the later list",
		  "language en\nokay | thanks | 0.9 | AH K EY\nokay | thanks | 0.8 | AH K EY\n",
		  UT_EFORMAT, 3, 0.5, "OW K EY" },
		{ "a fault after the row", "language en\nokay | thanks | 0.9 | AH K EY\noh\n",
		  UT_EFORMAT, 3, 0.5, "OW K EY" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_phrase_list l = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_phrases_parse(shipped, sizeof(shipped) - 1, "s.txt", &l, NULL), UT_OK);
		CHECK_EQ(ut_phrases_parse(r->bytes, strlen(r->bytes), "u.txt", &l, NULL), r->want);
		CHECK_EQ(l.n, r->n);
		CHECK_STR(l.v[0].text, "okay");
		CHECK_NEAR(l.v[0].threshold, r->threshold, 1e-6);
		CHECK_STR(l.v[0].pron[0].phones, r->pron);
		CHECK_STR(l.v[2].lang, "he"); /* and its row stays as it was */
		CHECK_STR(l.v[2].pron[0].phones, "OW K EY");
		ut_phrase_list_done(&l);
		tap_end();
	}
}

/* Words of "A: okay / B: got it": a letter before the colon is the party, '|' parts the words. */
static void test_match(void)
{
	static const char list[] =
	    "language en\nokay | acknowledgement | 0.5 | OW K EY\n"
	    "okay I got it | acknowledgement | 0.5 | OW K EY AY G AA T IH T\n"
	    "got it | acknowledgement | 0.5 | G AA T IH T\n"
	    "that's fine | acknowledgement | 0.5 | DH AE T S F AY N\n"
	    "bye bye | goodbye | 0.5 | B AY B AY\n"
	    "language he\n"
	    "\xd7\x98\xd7\x95\xd7\x91 | acknowledgement | 0.5 | T OW V\n"
	    "\xd7\x98\xd7\x95\xd7\x91 \xd7\x94\xd7\x91\xd7\xa0\xd7\xaa\xd7\x99 | acknowledgement | "
	    "0.5 | T OW V HH EH V AA N T IY\n"
	    "\xd7\x90\xd7\x95\xd7\xa7\xd7\x99\xd7\x99 | acknowledgement | 0.5 | OW K EY\n"
	    "spelled okay = OK, O.K., o k dear\n"
	    "spelled got it = gotit\n"
	    "spelled \xd7\x90\xd7\x95\xd7\xa7\xd7\x99\xd7\x99 = \xd7\x90\xd7\x95 "
	    "\xd7\xa7\xd7\x99\xd7\x99\n";
	static const struct row {
		const char *name, *words[6];
		unsigned party[6];
		const char *want; /* "phrase@word of start-word of end, ..." */
	} rows[] = {
		{ "one word", { "Okay." }, { 0 }, "okay@0-0 " },
		{ "the longest wins", { "Okay,", "I", "got", "it!" }, { 0 }, "okay I got it@0-3 " },
		{ "not across parties",
		  { "okay", "I", "got", "it" },
		  { 0, 0, 1, 1 },
		  "okay@0-0 got it@2-3 " },
		{ "not inside a word", { "okayed", "tokay" }, { 0 }, "" },
		{ "an apostrophe of another kind",
		  { "That\xe2\x80\x99s", "fine" },
		  { 0 },
		  "that's fine@0-1 " },
		{ "several words in one",
		  { "yes okay, I got it now" },
		  { 0 },
		  "okay I got it@0-0 " },
		{ "twice", { "okay", "okay" }, { 0 }, "okay@0-0 okay@1-1 " },
		{ "two words written as one are not the phrase", { "Bye-bye" }, { 0 }, "" },
		{ "Hebrew with points, marks and punctuation",
		  { "\xe2\x80\x8f\xd7\x98\xd6\xb9\xd7\x95\xd7\x91,",
		    "\xd7\x94\xd7\x91\xd7\xa0\xd7\xaa\xd7\x99." },
		  { 0 },
		  "\xd7\x98\xd7\x95\xd7\x91 \xd7\x94\xd7\x91\xd7\xa0\xd7\xaa\xd7\x99@0-1 " },
		{ "not UTF-8", { "\xff\xfe", "okay" }, { 0 }, "okay@1-1 " },
		{ "another spelling", { "OK." }, { 0 }, "okay@0-0 " },
		{ "with points", { "yes,", "O.K.,", "I", "got", "it" }, { 0 }, "okay I got it@1-4 " },
		{ "in two words", { "O.", "K.", "now" }, { 0 }, "okay@0-1 " },
		{ "the longest spelling", { "o", "k", "dear", "Ok" }, { 0 }, "okay@0-2 okay@3-3 " },
		{ "a spelling not across parties", { "O", "K" }, { 0, 1 }, "" },
		{ "one word for two", { "ok", "I", "gotit" }, { 0 }, "okay I got it@0-2 " },
		{ "not inside a word, either", { "oks", "book" }, { 0 }, "" },
		{ "a Hebrew spelling in two words",
		  { "\xd7\x90\xd7\x95", "\xd7\xa7\xd7\x99\xd7\x99." },
		  { 0 },
		  "\xd7\x90\xd7\x95\xd7\xa7\xd7\x99\xd7\x99@0-1 " },
		{ "no words", { NULL }, { 0 }, "" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_phrase_list l = { 0 };
		struct ut_timed_word w[6];
		struct ut_phrase_hit *hits = NULL;
		size_t n = 0, n_words = 0;
		char got[200] = "";

		tap_row(r->name);
		CHECK_EQ(ut_phrases_parse(list, sizeof(list) - 1, "l.txt", &l, NULL), UT_OK);
		for (; n_words < 6 && r->words[n_words]; n_words++)
			w[n_words] = (struct ut_timed_word){ (int64_t)n_words * 10,
							     (int64_t)n_words * 10 + 9,
							     r->party[n_words], r->words[n_words] };
		CHECK_EQ(ut_phrases_match(&l, w, n_words, &hits, &n, NULL), UT_OK);
		for (size_t i = 0; i < n; i++) {
			size_t k = strlen(got);

			snprintf(got + k, sizeof(got) - k, "%s@%d-%d ", hits[i].phrase,
				 (int)hits[i].start / 10, (int)hits[i].end / 10);
			CHECK_NEAR(hits[i].score, 1, 0);
		}
		CHECK_STR(got, r->want);
		free(hits);
		ut_phrase_list_done(&l);
		tap_end();
	}
}

int main(void)
{
	test_faults();
	test_content();
	test_override();
	test_spellings();
	test_match();
	return tap_done();
}
