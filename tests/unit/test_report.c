/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "dsp/functionals.h"
#include "report/report.h"
#include "report/html.h"
#include "report/words.h"
#include "sample_call.h"
#include "tap.h"

static void test_scores(void)
{
	static const struct row {
		const char *name;
		double p[UT_N_TONES];
		unsigned want[UT_N_TONES];
	} rows[] = {
		{ "thirds", { 1 / 3.0, 1 / 3.0, 1 / 3.0 }, { 3334, 3333, 3333 } },
		{ "one", { 1, 0, 0 }, { 10000, 0, 0 } },
		{ "nothing", { 0, 0, 0 }, { 3334, 3333, 3333 } },
		{ "largest remainder", { 0.12344, 0.12346, 0.7531 }, { 1234, 1235, 7531 } },
		{ "sums to a little less", { 0.3, 0.3, 0.3999 }, { 3000, 3000, 4000 } },
		{ "sums to a little more", { 0.30002, 0.3, 0.4 }, { 3000, 3000, 4000 } },
	};
	uint32_t s = 5;

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		unsigned got[UT_N_TONES];

		tap_row(r->name);
		ut_words_scores(r->p, got);
		for (unsigned i = 0; i < UT_N_TONES; i++)
			CHECK_EQ(got[i], r->want[i]);
		tap_end();
	}
	tap_row("10,000 random scores sum to one and are off by less than a step");
	for (unsigned n = 0; n < 10000; n++) {
		double a = sample_unit(&s), b = sample_unit(&s) * (1 - a);
		double p[UT_N_TONES] = { a, b, 1 - a - b };
		unsigned got[UT_N_TONES];

		ut_words_scores(p, got);
		CHECK_EQ(got[0] + got[1] + got[2], 10000);
		for (unsigned i = 0; i < UT_N_TONES; i++)
			CHECK_NEAR(got[i] / 10000.0, p[i], 1e-4);
	}
	tap_end();
}

static void test_words(void)
{
	static const struct clock_row {
		double s;
		unsigned digits;
		const char *want;
	} clocks[] = {
		{ 0, 0, "0:00" },
		{ 59.96, 1, "1:00.0" },
		{ 59.94, 1, "0:59.9" },
		{ 3599.99, 1, "1:00:00.0" },
		{ 3661.25, 2, "1:01:01.25" },
		{ -1, 0, "0:00" },
	};
	static const struct evidence_row {
		const char *feature, *unit;
		float value, reference;
		const char *want;
	} evidence[] = {
		{ "f0_median", "semitones", -1.8f, 1,
		  "deeper voice: 2.8 semitones below this "
		  "customer's own usual" },
		{ "f0_median", "semitones", 4, 1,
		  "higher voice: 3.0 semitones above this "
		  "customer's own usual" },
		{ "latency", "s", 1.3f, 0.4f, "answered later: after 1.3 s, usually 0.4 s" },
		{ "wait", "s", 43.5f, 0, "a long wait before: 43.5 s" },
		{ "jitter", "", 0.0312f, 0.02f, "voice shakes more: 0.0312, usually 0.02" },
		{ "interruptions", "", 2, 0, "was interrupted before: 2 times" },
		{ "drift", "sd", 2.5f, 0,
		  "tone moved over the call: 2.5 times what is usual between phrases" },
		{ "brand_new", "dB", 12.34f, 0,
		  "brand_new: 12.3 dB above this customer's own "
		  "usual" },
	};
	static const struct phrase_row {
		const char *phrase, *want;
		size_t width;
	} phrases[] = {
		{ "OK, I understand", "OK, I understand", 16 },
		{ "טוב, הבנתי", "\u2067טוב, הבנתי\u2069", 10 },
		{ "שָׁלוֹם", "\u2067שָׁלוֹם\u2069", 4 },
		{ "a\033[2J", "a\\x1b[2J", 8 },
		{ "日本", "日本", 4 },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(clocks); i++) {
		struct ut_text t = { 0 };

		tap_row(clocks[i].want);
		ut_words_clock(clocks[i].s, clocks[i].digits, &t);
		CHECK_STR(t.s, clocks[i].want);
		ut_text_done(&t);
		tap_end();
	}
	for (size_t i = 0; i < UT_ARRAY_LEN(evidence); i++) {
		struct ut_evidence e = { .feature = evidence[i].feature,
					 .unit = evidence[i].unit,
					 .value = evidence[i].value,
					 .reference = evidence[i].reference };
		struct ut_text t = { 0 };

		tap_row(evidence[i].want);
		ut_words_evidence(&e, &t);
		CHECK_STR(t.s, evidence[i].want);
		ut_text_done(&t);
		tap_end();
	}
	for (size_t i = 0; i < UT_ARRAY_LEN(phrases); i++) {
		struct ut_text t = { 0 };

		tap_row(phrases[i].phrase);
		ut_words_phrase(phrases[i].phrase, &t);
		CHECK_STR(t.s, phrases[i].want);
		CHECK_EQ(ut_words_width(t.s ? t.s : ""), phrases[i].width);
		ut_text_done(&t);
		tap_end();
	}
}

/* Every feature that the tone model may name is said in words. */
static void test_every_feature(void)
{
	tap_row("no feature of the model is left without words");
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		struct ut_evidence e = { .feature = ut_functional_info[i].name,
					 .unit = ut_functional_info[i].unit,
					 .value = 1 };
		struct ut_text t = { 0 };
		char raw[64];

		ut_words_evidence(&e, &t);
		snprintf(raw, sizeof(raw), "%s: ", e.feature);
		CHECK(t.s && strncmp(t.s, raw, strlen(raw)) != 0);
		ut_text_clear(&t);
		ut_html_evidence(&t, UT_LANG_HE, &e);
		CHECK(t.s && strncmp(t.s, raw, strlen(raw)) != 0);
		ut_text_done(&t);
	}
	tap_end();
}

/* The page byte for byte; UT_GOLDEN=write makes the files again, to be read before a commit. */
static void test_pages(void)
{
	static const char *const names[] = {
		"full", "phrase", "angry", "abstain", "bare", "agent"
	};

	for (uint32_t i = 0; i < UT_ARRAY_LEN(names); i++) {
		struct ut_text page = { 0 };
		char path[512], want[8192] = "";
		const char *root = getenv("UT_SOURCE"), *mode = getenv("UT_GOLDEN");
		struct ut_call c;
		FILE *f;

		tap_row(names[i]);
		if (i == 4) {
			sample_call_least(&c, i);
		} else {
			sample_call_full(&c, i);
		}
		if (i == 5) { /* who is who is not known: no tone, and the page says what to do */
			c.party[0].role = UT_ROLE_UNKNOWN;
			c.party[0].verified = false;
			c.closing.has_tone = false;
			c.measures.longest_wait_s = -1;
			ut_call_set(&c.closing.no_tone_reason,
				    "no verified external customer, so no tone: pass --customer "
				    "left|right|N, a sidecar or a channel profile that says which "
				    "channel is the customer");
		}
		ut_report_call_text(&c, false, &page);
		snprintf(path, sizeof(path), "%s/tests/golden/page_%s.txt", root ? root : ".",
			 names[i]);
		if (mode && strcmp(mode, "write") == 0 && (f = fopen(path, "w"))) {
			fputs(page.s, f);
			fclose(f);
		}
		f = fopen(path, "r");
		CHECK(f != NULL);
		if (f) {
			want[fread(want, 1, sizeof(want) - 1, f)] = '\0';
			fclose(f);
		}
		CHECK_STR(page.s, want);
		for (const char *line = page.s; line && *line; line = strchr(line, '\n') + 1) {
			char copy[512];

			snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
			CHECK(ut_words_width(copy) <= 80);
		}
		ut_text_clear(&page);
		ut_report_call_text(&c, true, &page);
		CHECK(strstr(page.s, "\033[") != NULL);
		ut_text_done(&page);
		ut_call_done(&c);
		tap_end();
	}
}

static void test_hostile_names(void)
{
	struct ut_text page = { 0 };
	struct ut_call c;

	tap_row("control bytes of names and messages do not reach the terminal");
	sample_call_full(&c, 1);
	ut_call_set(&c.media.path, "a\033]0;x\007\xe2\x80\xae.wav");
	ut_call_set(&c.meta.queue, "q\033[31m");
	ut_call_set(&c.closing.phrase, "p\r\n\033[2J\xe2\x81\xa9");
	ut_call_problem(&c, "leak", "m\033[1m");
	ut_report_call_text(&c, false, &page);
	CHECK(page.s && !strchr(page.s, '\033') && !strchr(page.s, '\007') &&
	      !strchr(page.s, '\r') && !strstr(page.s, "\xe2\x80\xae"));
	ut_text_done(&page);
	ut_call_done(&c);
	tap_end();
}

int main(void)
{
	test_scores();
	test_words();
	test_every_feature();
	test_pages();
	test_hostile_names();
	return tap_done();
}
