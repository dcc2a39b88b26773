/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_phrases.c - any bytes as a list of phrases, as a file of examples, and as the model that
 * examples are compared by. What is let through must hold the contract, find its own phrases in a
 * transcript, be written and read again as itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classifiers/match.h"
#include "classifiers/phrases.h"
#include "fuzz.h"

static void check_utf8(const char *s)
{
	while (*s) {
		size_t k = ut_utf8_len(s);

		if (!k)
			abort();
		s += k;
	}
}

/* The phrases themselves as somebody's words, whole and in pieces. */
static void match(const struct ut_phrase_list *list)
{
	static const char *const said[] = {
		"o. K.",      "Thank", "you,", "mm-hm", "\xd7\x98\xd7\x95\xd7\x91",
		"all",        "right", "that", "is",    "fine",
		"fine by me", ""
	};
	struct ut_timed_word w[40];
	struct ut_phrase_hit *hits = NULL;
	size_t n = 0, n_hits = 0;

	for (size_t i = 0; i < UT_ARRAY_LEN(said); i++, n++)
		w[n] = (struct ut_timed_word){ (int64_t)n * 10, (int64_t)n * 10 + 8, 0, said[i] };
	for (size_t i = 0; i < list->n && n < UT_ARRAY_LEN(w); i++, n++)
		w[n] = (struct ut_timed_word){ (int64_t)n * 10, (int64_t)n * 10 + 8, 1,
					       list->v[i].text };
	if (ut_phrases_match(list, w, n, &hits, &n_hits, NULL) != UT_OK)
		abort();
	for (size_t i = 0; i < n_hits; i++)
		if (hits[i].party > 1 || hits[i].start < 0 || hits[i].end > w[n - 1].end ||
		    hits[i].start >= hits[i].end || (i && hits[i].start < hits[i - 1].start))
			abort();
	free(hits);
}

static void as_list(const char *s, size_t n)
{
	struct ut_phrase_list list = { 0 };
	struct ut_error err = { 0 };

	if (ut_phrases_parse(s, n, "f", &list, &err) == UT_OK) {
		for (size_t i = 0; i < list.n; i++) {
			const struct ut_phrase *p = &list.v[i];

			check_utf8(p->text);
			if (!(p->threshold >= 0 && p->threshold <= 1) || p->n_pron < 1 ||
			    p->n_pron > UT_PHRASE_MAX_PRON || !p->text[0] || !p->lang[0] ||
			    p->meaning >= UT_N_PHRASE_MEANINGS)
				abort();
			for (unsigned k = 0; k < p->n_pron; k++)
				if (p->pron[k].n_phones < UT_PHRASE_MIN_PHONES ||
				    p->pron[k].n_phones > UT_PHRASE_MAX_PHONES)
					abort();
		}
		for (size_t i = 0; i < list.n_spellings; i++) {
			check_utf8(list.spelling[i].seen);
			check_utf8(list.spelling[i].meant);
		}
		if (list.n > UT_PHRASES_MAX || list.n_spellings > UT_PHRASES_MAX)
			abort();
		match(&list);
		/* the same again: every row replaces itself */
		{
			size_t before = list.n, spelled = list.n_spellings;

			if (ut_phrases_parse(s, n, "f", &list, &err) != UT_OK || list.n != before ||
			    list.n_spellings != spelled)
				abort();
		}
		match(&list);
	} else if (list.n || list.n_spellings || !err.msg[0]) {
		abort();
	}
	ut_phrase_list_done(&list);
}

static void as_examples(const char *s, size_t n)
{
	struct ut_example_list x = { 0 }, y = { 0 };
	struct ut_phrase_hit *hits = NULL;
	struct ut_text a = { 0 }, b = { 0 };
	size_t n_hits = 0;

	if (ut_example_list_parse(s, n, "f", &x, NULL) == UT_OK) {
		for (size_t i = 0; i < x.n; i++) {
			check_utf8(x.v[i].phrase);
			for (size_t k = 0; k < x.v[i].pattern.n * UT_MATCH_DIMS; k++)
				if (!isfinite(x.v[i].pattern.v[k]))
					abort();
		}
		ut_example_list_write(&x, &a);
		if (a.failed || ut_example_list_parse(a.s, a.len, "f", &y, NULL) != UT_OK)
			abort();
		ut_example_list_write(&y, &b);
		/* frames are brought to length 1 as they are read: their bytes may change */
		if (a.len != b.len)
			abort();
		if (x.n && x.n < 8 &&
		    ut_examples_match(&x, "", &x.v[0].pattern, 100, 1, 0, &hits, &n_hits, NULL))
			abort();
		for (size_t i = 0; i < n_hits; i++)
			if (!(hits[i].score >= 0 && hits[i].score <= 1) || hits[i].start < 100 ||
			    hits[i].end > 100 + (int64_t)x.v[0].pattern.n)
				abort();
	} else if (x.n) {
		abort();
	}
	free(hits);
	ut_text_done(&a);
	ut_text_done(&b);
	ut_example_list_done(&x);
	ut_example_list_done(&y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ut_match_model *m = NULL;
	const char *s = (const char *)data;

	as_list(s, n);
	as_examples(s, n);
	if (ut_match_model_parse(s, n, &m, NULL) == UT_OK)
		ut_match_model_destroy(&m);
	return 0;
}
