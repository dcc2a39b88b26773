/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * example.h - one call as something to learn from: what reviewers heard, what the model says where
 * nobody has, and the seconds to play.
 * Memory: owns its record and texts. Threads: one per object.
 */
#ifndef UT_CLIP_EXAMPLE_H
#define UT_CLIP_EXAMPLE_H

#include "call/call.h"
#include "store/review.h"

enum ut_example_kind {
	UT_EXAMPLE_BAD,      /* closed resigned or angry */
	UT_EXAMPLE_RECOVERY, /* a bad start, closed accepting (DATA.md, "Positive examples") */
	UT_EXAMPLE_WARM,     /* closed accepting */
	UT_EXAMPLE_OTHER,    /* no tone, the model abstains, or reviewers differ */
	UT_N_EXAMPLE_KINDS
};
extern const char *const ut_example_kind_name[UT_N_EXAMPLE_KINDS]; /* "bad"... */

struct ut_example_verdict { /* a reviewer's latest */
	char *given_at, *reviewer, *note; /* note NULL: none */
	char *tags;                       /* "no-answer, long-wait"; "" */
	enum ut_tone_label heard;         /* UT_TONE_ABSTAIN: can't tell */
};

struct ut_example {
	struct ut_call call;
	enum ut_example_kind kind;
	bool confirmed; /* kind is what most reviewers heard; else the model's */
	bool differ;    /* reviewers heard it, and as many this as that */
	enum ut_tone_label label; /* what most heard, else the model's */
	unsigned bad_start;       /* UT_START_* */
	unsigned heard[UT_N_TONES + 1];
	struct ut_example_verdict *verdict; /* newest first; none of open blind sessions */
	size_t n_verdicts;
	double start_s, end_s; /* what to play: around the closing, or the end of the call */
};

/* before_s, after_s: around the closing; a call without one gives its last half minute. UT_ENOENT,
 * UT_EDB, UT_ENOMEM. Done also after a failure. */
enum ut_status ut_example_load(struct ut_store *s, int64_t call_id, double before_s, double after_s,
			       struct ut_example *e, struct ut_error *err);
void ut_example_done(struct ut_example *e);
/* Is there a closing, and is it a tone's? */
bool ut_example_has_tone(const struct ut_example *e);
/* Fills the middle of a stored start time's day, "2026-11-22"; "" where it is not known. */
void ut_example_day(const struct ut_example *e, char day[16]);

#endif
