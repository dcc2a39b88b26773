/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phrases.h - the phrases that are listened for, read from the bytes of a list
 * (docs/recogniser.md).
 *
 * One phrase a line, four columns parted by '|', '#' begins a comment:
 *
 *     language en
 *     okay | acknowledgement | 0.50 | OW K EY, K EY
 *
 * the phrase as a person reads it (UTF-8, any script), its meaning, the lowest probability at which
 * a hit is reported (0..1), and one or more pronunciations in the 39 phones of the CMU dictionary
 * (stress digits are allowed and ignored). How else transcripts write words of phrases:
 *
 *     spelled okay = OK, O.K.
 *
 * Memory: owned by the list. Threads: const once parsed.
 */
#ifndef UT_CLASSIFIERS_PHRASES_H
#define UT_CLASSIFIERS_PHRASES_H

#include "classifiers/closing.h"

enum {
	UT_PHRASE_MAX_PRON = 16,   /* pronunciations of one phrase */
	UT_PHRASE_MAX_PHONES = 48, /* phones of one pronunciation */
	UT_PHRASE_MIN_PHONES = 2,  /* a single phone is found everywhere */
	UT_PHRASES_MAX = 1024,     /* phrases of one list; spellings, too */
};

struct ut_pron {
	char *phones; /* "OW K EY": upper case, one blank between, no stress */
	unsigned n_phones;
};

struct ut_phrase {
	char *text; /* valid UTF-8 */
	char lang[16];
	enum ut_phrase_meaning meaning;
	float threshold; /* probability, 0..1 */
	struct ut_pron *pron;
	unsigned n_pron;
};

/* Words of a transcript and what is read for them, both as compared: each word ends with '\n'. */
struct ut_spelling {
	char *seen, *meant;
};

struct ut_phrase_list {
	struct ut_phrase *v;
	size_t n, cap;
	struct ut_spelling *spelling;
	size_t n_spellings;
};

/*
 * Adds the phrases of bytes[0..n) to list. A phrase that list has in the same language already, as
 * written, is replaced in its place: a user's row wins over the shipped one; so is what a
 * spelling stands for. A phrase twice in these bytes, or a spelling of two things, is an error. name: for messages. UT_EFORMAT names the line and the fault ("he.txt:7: \"tov\": no phone \"TT\""), UT_ELIMIT too many of something, UT_ENOMEM. On
 * failure the list is as it was before.
 */
enum ut_status ut_phrases_parse(const char *bytes, size_t n, const char *name,
				struct ut_phrase_list *list, struct ut_error *err);
void ut_phrase_list_done(struct ut_phrase_list *list);

/* Whether a list of that language is for a call in the other: "en" is for "en" and "en-GB". */
bool ut_phrases_speak(const char *list, const char *call);

/* "acknowledgement", "goodbye", "thanks", "refusal". */
const char *ut_phrase_meaning_name(enum ut_phrase_meaning m);

/*
 * The phrases of a list in the words of a transcript. Words are compared without case (ASCII),
 * punctuation, Hebrew points and bidirectional marks. A phrase of several words must stand in
 * consecutive words of one party; the longest phrase wins where several begin at a word. Before,
 * the list's spellings are read as what they stand for, in words and phrases alike, the longest
 * first; those of all languages, for calls are not always of the language that they declare.
 */
struct ut_timed_word {
	int64_t start, end; /* frames */
	unsigned party;
	const char *text; /* UTF-8, lent; one word or several */
};

/* Appends to *hits (malloc'ed, grown), in order of words; score 1 (the transcript says so).
 * UT_ENOMEM. */
enum ut_status ut_phrases_match(const struct ut_phrase_list *list, const struct ut_timed_word *w,
				size_t n_words, struct ut_phrase_hit **hits, size_t *n_hits,
				struct ut_error *err);

#endif
