/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_transcript.c - any bytes as a transcript beside a recording. What is let through must hold
 * the contract: words in order, finite, in valid UTF-8, tied to parties that exist; hits inside the
 * words they were found in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classifiers/phrases.h"
#include "fuzz.h"
#include "metadata/transcript.h"

static const char list[] = "language en\n"
			   "spelled okay = OK, O.K.\n"
			   "okay | acknowledgement | 0.5 | OW K EY\n"
			   "got it | acknowledgement | 0.5 | G AA T IH T\n"
			   "language he\n"
			   "\xd7\x98\xd7\x95\xd7\x91 | acknowledgement | 0.5 | T OW V\n";

static void check_utf8(const char *s)
{
	while (*s) {
		size_t k = ut_utf8_len(s);

		if (!k)
			abort();
		s += k;
	}
}

static void as_transcript(const char *s, size_t n, const struct ut_phrase_list *phrases)
{
	struct ut_transcript t = { 0 };
	struct ut_timed_word *w = NULL;
	struct ut_phrase_hit *hits = NULL;
	size_t n_words = 0, n_hits = 0;
	struct ut_call c;

	ut_call_init(&c);
	c.n_parties = 2;
	c.party[0].role = UT_ROLE_CUSTOMER;
	c.party[1].role = UT_ROLE_AGENT;
	c.party[1].channel = 1;
	if (ut_transcript_parse(s, n, "f", &t, NULL) == UT_OK) {
		for (size_t i = 0; i < t.n; i++) {
			if (!isfinite(t.v[i].start_s) || !isfinite(t.v[i].end_s) ||
			    t.v[i].start_s < 0 || t.v[i].end_s < t.v[i].start_s ||
			    (i && t.v[i].start_s < t.v[i - 1].start_s))
				abort();
			check_utf8(t.strings.s + t.v[i].text);
			if (t.v[i].speaker != UINT32_MAX)
				check_utf8(t.strings.s + t.v[i].speaker);
		}
		if (ut_transcript_words(&t, &c, &w, &n_words, NULL, NULL) == UT_OK &&
		    ut_phrases_match(phrases, w, n_words, &hits, &n_hits, NULL) == UT_OK) {
			for (size_t i = 0; i < n_words; i++)
				if (w[i].party >= c.n_parties || w[i].start < 0 ||
				    w[i].end < w[i].start)
					abort();
			for (size_t i = 0; i < n_hits; i++)
				if (hits[i].party >= c.n_parties || hits[i].start < 0)
					abort();
		}
	} else if (t.n || t.v) {
		abort(); /* a refused one stays empty */
	}
	free(hits);
	free(w);
	ut_transcript_done(&t);
	ut_call_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ut_phrase_list phrases;
	const char *s = (const char *)data;

	if (!phrases.n && ut_phrases_parse(list, sizeof(list) - 1, "list", &phrases, NULL))
		abort();
	as_transcript(s, n, &phrases);
	return 0;
}
