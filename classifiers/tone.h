/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tone.h - was the closing meant: accepting, resigned or angry, relative to the same customer.
 * Pure: frame tables and turns in, calibrated scores and the model's own contributions out.
 *
 * Only a verified external customer's voice may come in here: the caller must hold a
 * struct ut_customer_voice, which call/ alone makes (ut_call_customer_voice) after it checked the
 * party. There is no other way in, and no option around it (AI Act, Art. 5(1)(f)).
 * Memory: the model is loaded once and const; scratch on the stack or in the caller's object.
 * Threads: a model may be shared.
 */
#ifndef UT_CLASSIFIERS_TONE_H
#define UT_CLASSIFIERS_TONE_H

#include <stdbool.h>

#include "dsp/frame.h"
#include "dsp/turns.h"

enum ut_tone_label {
	UT_TONE_ACCEPTING,
	UT_TONE_RESIGNED,
	UT_TONE_ANGRY,
	UT_N_TONES,
	UT_TONE_ABSTAIN = UT_N_TONES
};
extern const char *const ut_tone_label_name[UT_N_TONES + 1];

/* The voice of one verified external customer in one call. Made by call/, lent. */
struct ut_customer_voice {
	const struct ut_frame_table *frames;
	const struct ut_span_list *spans; /* speech and non-speech of that party */
	const struct ut_turn_list *turns; /* of all parties: context */
	unsigned party;
	float noise_db, leak_db;
};

struct ut_tone_context {  /* what was measured of the conversation; each has a `has_` beside it */
	double latency_s; /* before the closing */
	double usual_latency_s; /* median of the customer's earlier ones */
	double hold_s, longest_wait_s;
	unsigned interruptions; /* of the customer, before the closing */
	bool has_latency, has_usual_latency, has_hold, has_wait;
};

enum { UT_MAX_EVIDENCE = 6, UT_TONE_MAX_FEATURES = 96 };

struct ut_evidence {
	const char *feature; /* "f0_median", static */
	const char *unit;    /* "semitones", static */
	float value;         /* in unit: of the closing, relative where the unit says so */
	float reference;     /* the customer's own usual value, same unit */
	enum ut_tone_label points_to;
	float contribution; /* the model's own, in log-odds towards points_to */
};

struct ut_tone {
	enum ut_tone_label label;   /* may be UT_TONE_ABSTAIN */
	float score[UT_N_TONES];    /* calibrated probabilities, sum 1 */
	const char *abstain_reason; /* static; NULL unless abstain */
	struct ut_evidence evidence[UT_MAX_EVIDENCE];
	unsigned n_evidence;
	float feature[UT_TONE_MAX_FEATURES]; /* stored, so that rescore needs no audio */
	uint64_t feature_valid[2];
	unsigned n_features;
};

struct ut_tone_model;

/* Reads a model from memory (a file's bytes; the shipped one is linked in). UT_EMODEL names the
 * fault. */
enum ut_status ut_tone_model_parse(const char *bytes, size_t n, struct ut_tone_model **ret,
				   struct ut_error *err);
/* The shipped model: lent, never freed. */
const char *ut_tone_default_model(size_t *n);
const char *ut_tone_model_hash(const struct ut_tone_model *m); /* hex, lent */
void ut_tone_model_destroy(struct ut_tone_model **pm);

/* start, end: the closing, frames. UT_EINVAL where the span is not inside the table. */
enum ut_status ut_tone_measure(const struct ut_customer_voice *v, int64_t start, int64_t end,
			       const struct ut_tone_context *ctx, struct ut_tone *ret,
			       struct ut_error *err);
/* Fills label, scores and evidence from ret->feature. prior: of the three classes, NULL = model's
 * own. */
void ut_tone_score(const struct ut_tone_model *m, const float prior[UT_N_TONES], struct ut_tone *t);

#endif
