/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript.h - a transcript's timed words, from the bytes of a file beside the recording.
 *
 * Content decides the format: a JSON of words (an array, or an object with "words", or "segments"
 * that hold words or text), a vCon with an analysis of type "transcript", WebVTT, SubRip (SRT), or
 * NIST CTM. Words of a cue without times of their own share the cue's time by their length.
 * A word's speaker is a label as the file gives it; only ut_transcript_words ties it to a party,
 * and never by guessing. Pure: bytes in. Memory: owned by the transcript. Threads: no shared state.
 */
#ifndef UT_METADATA_TRANSCRIPT_H
#define UT_METADATA_TRANSCRIPT_H

#include "call/call.h"
#include "base/text.h"
#include "classifiers/phrases.h"

enum {
	UT_TRANSCRIPT_MAX_BYTES = 64 << 20,
	UT_TRANSCRIPT_MAX_WORDS = 2000000,
};

struct ut_transcript_word {
	double start_s, end_s;  /* end >= start >= 0, below 30 days */
	uint32_t text, speaker; /* offsets in strings; speaker UINT32_MAX: none given */
};

struct ut_transcript {
	struct ut_transcript_word *v; /* by start */
	size_t n, cap;
	struct ut_text strings; /* NUL-terminated pieces: valid UTF-8, U+FFFD for what was not */
	const char *format;     /* static: "json", "vcon", "vtt", "srt", "ctm" */
};

/* Into an empty t. UT_EFORMAT (err names the line or key), UT_ELIMIT, UT_ENOMEM: t stays empty. */
enum ut_status ut_transcript_parse(const char *bytes, size_t n, const char *name,
				   struct ut_transcript *t, struct ut_error *err);
void ut_transcript_done(struct ut_transcript *t);

/*
 * The words of speakers that are known to be parties of the call, as frames; none that touches a
 * masked stretch of it. A label is a party's
 * id, its role where only one party has it ("customer", "agent"), or its channel: "left", "right"
 * or a number from 0; in CTM "A", "B" or a number from 1, as NIST defines them. A word without a
 * label belongs to the one party of a call that has only one. *n_unknown (may be NULL): words of
 * other labels. ret is malloc'ed; its texts are lent from t. UT_ENOMEM.
 */
enum ut_status ut_transcript_words(const struct ut_transcript *t, const struct ut_call *c,
				   struct ut_timed_word **ret, size_t *n, size_t *n_unknown,
				   struct ut_error *err);

/* Where a recording's transcript would be: its path with the extension replaced by .words.json, .vtt,
 * .srt, .ctm, .vcon.json or .vcon (which may hold none). Writes the first that exists into buf; opens
 * nothing. */
bool ut_transcript_path(const char *recording, char *buf, size_t cap);

#endif
