/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metadata/transcript.h"

#include <stdlib.h>

#include "tap.h"

#define TOV "\xd7\x98\xd7\x95\xd7\x91"

/* One line a word: "start-end label word", times in ms; "?" where there is no label. */
static void print_words(const struct ut_transcript *t, char *buf, size_t cap)
{
	buf[0] = '\0';
	for (size_t i = 0; i < t->n; i++) {
		size_t k = strlen(buf);

		snprintf(buf + k, cap - k, "%.0f-%.0f %s %s|", 1000 * t->v[i].start_s,
			 1000 * t->v[i].end_s,
			 t->v[i].speaker == UINT32_MAX ? "?" : t->strings.s + t->v[i].speaker,
			 t->strings.s + t->v[i].text);
	}
}

static void test_formats(void)
{
	static const struct row {
		const char *name, *bytes, *format, *want;
	} rows[] = {
		{ "a list of words",
		  "[{\"speaker\": \"A\", \"word\": \"hi\", \"start\": 2.15, \"end\": 2.835},"
		  "{\"speaker\": 1, \"word\": \"okay\", \"start\": 1, \"end\": 1.5}]",
		  "json", "1000-1500 1 okay|2150-2835 A hi|" },
		{ "words under a key, marks before them",
		  "\xef\xbb\xbf {\"words\": [{\"text\": \"" TOV "\", \"start_s\": 0, \"end_s\": "
		  "0.5, \"channel\": 0}]}",
		  "json", "0-500 0 " TOV "|" },
		{ "segments with words: the segment's speaker",
		  "{\"segments\": [{\"start\": 0, \"end\": 9, \"text\": \"not used\", \"speaker\": "
		  "\"agent\", \"words\": [{\"word\": \" okay\", \"start\": 1, \"end\": 2}, "
		  "{\"word\": \"3\"}]}]}",
		  "json", "1000-2000 agent okay|" },
		{ "a line of words that begins with a time of day",
		  "1\n00:00:01,000 --> 00:00:02,000\nat\n00:06 ok\n\n", "srt",
		  "1000-2000 ? at|1000-1714 ? 00:06|1714-2000 ? ok|" },
		{ "segments with text: shared by length",
		  "{\"segments\": [{\"start\": 1, \"end\": 2, \"text\": \"a bbb\"}]}", "json",
		  "1000-1250 ? a|1250-2000 ? bbb|" },
		{ "a vCon",
		  "{\"vcon\": \"0.0.1\", \"analysis\": [{\"type\": \"summary\", \"body\": \"x\"}, "
		  "{\"type\": \"transcript\", \"encoding\": \"json\", \"body\": "
		  "\"[{\\\"party\\\": 1, \\\"word\\\": \\\"fine\\\", \\\"start\\\": 3, "
		  "\\\"end\\\": 4}]\"}]}",
		  "vcon", "3000-4000 party 1 fine|" },
		{ "a vCon: a party is who is on its channel, and the body may be base64url",
		  "{\"uuid\": \"u\", \"parties\": [{}, {}, {}], \"dialog\": [{\"type\": \"text\"}, "
		  "{\"type\": \"recording\", \"parties\": [2, [0, 1]]}], \"analysis\": [{\"type\": "
		  "\"transcript\", \"dialog\": 1, \"encoding\": \"json\", \"body\": [{\"party\": "
		  "1, "
		  "\"word\": \"b\", \"start\": 3, \"end\": 4}, {\"party\": 2, \"word\": \"a\", "
		  "\"start\": 1, \"end\": 2}]}, {\"type\": \"transcript\", \"dialog\": [1], "
		  "\"encoding\": \"base64url\", \"body\": \"W3sicGFydHkiOjAsIndvcmQiOiJj"
		  "Iiwic3RhcnQiOjUsImVuZCI6Nn1d\"}, {\"type\": \"transcript\", \"dialog\": 0, "
		  "\"body\": [{\"party\": 0, \"word\": \"typed\", \"start\": 1, \"end\": 2}]}]}",
		  "vcon", "1000-2000 0 a|3000-4000 1 b|5000-6000 1 c|" },
		{ "WebVTT",
		  "WEBVTT - x\n\nNOTE\nnothing\n\n1\n00:01.000 --> 00:02.000 align:start\n<v "
		  "Roger Bingham>got <b>it</b>\n\n01:00:00.500 --> 01:00:01.000\n<v.loud "
		  "Ann>bye</v>\n",
		  "vtt",
		  "1000-1600 Roger Bingham got|1600-2000 Roger Bingham it|3600500-3601000 Ann "
		  "bye|" },
		{ "SubRip",
		  "1\r\n00:00:01,000 --> 00:00:02,000\r\nCustomer: fine\r\nthen\r\n\r\n2\r\n"
		  "00:00:03,000 --> 00:00:04,000\r\n<i>oh: yes</i>\r\n",
		  "srt",
		  "1000-2000 Customer fine|1000-2000 ? then|3000-3500 ? oh:|3500-4000 ? yes|" },
		{ "CTM", ";; a comment\ncall A 1.5 0.25 okay 0.98\ncall B 0.5 0.5 hi 1 lex ann\n\n",
		  "ctm", "500-1000 ann hi|1500-1750 A okay|" },
		{ "what is not UTF-8 is marked",
		  "call A 0 1 ok\xff"
		  "ay\n",
		  "ctm",
		  "0-1000 A ok\xef\xbf\xbd"
		  "ay|" },
		{ "a line of nothing but tags", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A></v>\n",
		  "vtt", "" },
		{ "no words at all", "WEBVTT\n", "vtt", "" },
		{ "a cue without text", "1\n00:00:01,000 --> 00:00:02,000\n\n", "srt", "" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_transcript t = { 0 };
		struct ut_error err = { 0 };
		size_t n = strlen(r->bytes);
		char *exact = malloc(n), got[400]; /* no NUL behind: reading past it is found */

		memcpy(exact, r->bytes, n);
		tap_row(r->name);
		CHECK_EQ(ut_transcript_parse(exact, n, "t", &t, &err), UT_OK);
		CHECK_STR(err.msg, "");
		print_words(&t, got, sizeof(got));
		CHECK_STR(got, r->want);
		CHECK_STR(t.format, r->format);
		ut_transcript_done(&t);
		free(exact);
		tap_end();
	}
}

static void test_faults(void)
{
	static const struct row {
		const char *name, *bytes, *msg;
	} rows[] = {
		{ "empty", "", "empty" },
		{ "blank", " \n\t\n", "empty" },
		{ "damaged JSON", "[\n{\"word\": \"a\",", "transcript t:2: " },
		{ "another JSON", "{\"call_id\": \"x\"}", "neither a list of words" },
		{ "a vCon without", "{\"vcon\": \"0.0.1\", \"analysis\": []}", "no analysis" },
		{ "a vCon whose transcript is another recording's",
		  "{\"parties\": [{}], \"dialog\": [{\"type\": \"recording\"}], \"analysis\": "
		  "[{\"type\": \"transcript\", \"dialog\": 3, \"body\": []}]}",
		  "no analysis" },
		{ "an encrypted vCon", "{\"ciphertext\": \"x\"}", "encrypted" },
		{ "words without times", "[{\"word\": \"a\"}]", "[0] needs \"start\"" },
		{ "numbers in a list", "[1, 2]", "[0] needs" },
		{ "ends before it begins", "[{\"word\": \"a\", \"start\": 2, \"end\": 1}]",
		  "from 2 to 1 s" },
		{ "before the call", "[{\"word\": \"a\", \"start\": -1, \"end\": 1}]",
		  "from -1 to 1 s" },
		{ "a cue that ends before it begins", "1\n00:00:02,000 --> 00:00:01,000\nokay\n",
		  "t:2: the cue ends" },
		{ "an arrow without times", "1\nx --> y\nokay\n", "t:2: not a time" },
		{ "CTM with too few fields", "call A 1 2\n", "t:1: a CTM line" },
		{ "CTM with words for times", "call A one 2 okay\n", "t:1: a CTM line" },
		{ "CTM with a negative length", "call A 1 -2 okay\n", "t:1: a CTM line" },
		{ "something else", "Dear customer,\nthank you.\n", "t:1: a CTM line" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_transcript t = { 0 };
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_transcript_parse(r->bytes, strlen(r->bytes), "t", &t, &err),
			 UT_EFORMAT);
		if (!strstr(err.msg, r->msg))
			CHECK_STR(err.msg, r->msg);
		CHECK(!t.v && !t.strings.s);
		ut_transcript_done(&t);
		tap_end();
	}
}

static void test_parties(void)
{
	static const struct row {
		const char *name, *bytes;
		int want; /* party of the word; -1 unknown */
		unsigned n_parties;
		bool two_agents;
	} rows[] = {
		{ "by id", "[{\"word\":\"a\",\"start\":1,\"end\":2,\"speaker\":\"x7\"}]", 1, 2, 0 },
		{ "by role", "[{\"word\":\"a\",\"start\":1,\"end\":2,\"speaker\":\"Customer\"}]", 0,
		  2, 0 },
		{ "by channel", "[{\"word\":\"a\",\"start\":1,\"end\":2,\"channel\":1}]", 1, 2, 0 },
		{ "by side", "[{\"word\":\"a\",\"start\":1,\"end\":2,\"speaker\":\"right\"}]", 1, 2,
		  0 },
		{ "a letter is nobody in JSON",
		  "[{\"word\":\"a\",\"start\":1,\"end\":2,\"speaker\":\"A\"}]", -1, 2, 0 },
		{ "a letter is a channel in CTM", "f B 1 1 a\n", 1, 2, 0 },
		{ "CTM counts channels from 1", "f 1 1 1 a\n", 0, 2, 0 },
		{ "no such channel", "[{\"word\":\"a\",\"start\":1,\"end\":2,\"channel\":5}]", -1,
		  2, 0 },
		{ "a role of two parties",
		  "[{\"word\":\"a\",\"start\":1,\"end\":2,\"speaker\":\"agent\"}]", -1, 3, true },
		{ "no label, two parties", "[{\"word\":\"a\",\"start\":1,\"end\":2}]", -1, 2, 0 },
		{ "no label, one party", "[{\"word\":\"a\",\"start\":1,\"end\":2}]", 0, 1, 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_transcript t = { 0 };
		struct ut_call c;
		struct ut_timed_word *w = NULL;
		size_t n = 0, unknown = 0;

		tap_row(r->name);
		ut_call_init(&c);
		c.n_parties = r->n_parties;
		c.party[0].role = UT_ROLE_CUSTOMER;
		c.party[1].role = UT_ROLE_AGENT;
		c.party[1].channel = 1;
		ut_call_set(&c.party[1].id, "x7");
		c.party[2].role = r->two_agents ? UT_ROLE_AGENT : UT_ROLE_UNKNOWN;
		c.party[2].channel = 2;
		CHECK_EQ(ut_transcript_parse(r->bytes, strlen(r->bytes), "t", &t, NULL), UT_OK);
		CHECK_EQ(ut_transcript_words(&t, &c, &w, &n, &unknown, NULL), UT_OK);
		CHECK_EQ(n, r->want >= 0);
		CHECK_EQ(unknown, r->want < 0);
		if (n) {
			CHECK_EQ(w[0].party, r->want);
			CHECK_EQ(w[0].start, 100);
			CHECK_EQ(w[0].end, 200);
			CHECK_STR(w[0].text, "a");
		}
		free(w);
		ut_transcript_done(&t);
		ut_call_done(&c);
		tap_end();
	}
}

int main(void)
{
	test_formats();
	test_faults();
	test_parties();
	return tap_done();
}
