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

#include "base/text.h"
#include "dsp/frame.h"
#include "dsp/functionals.h"
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
	unsigned interruptions; /* of the customer by others, before the closing */
	bool has_latency, has_usual_latency, has_hold, has_wait, has_interruptions;
};

enum { UT_MAX_EVIDENCE = 6, UT_TONE_MAX_FEATURES = 128 };

/*
 * What ut_tone.feature holds: each functional of the closing; then of the customer's earlier
 * phrases, their mean and their standard deviation; then the context. So a model can be applied
 * again without audio. Stored by position: never renumber.
 */
enum ut_tone_feature {
	UT_TONE_CLOSING = 0,                      /* + enum ut_functional */
	UT_TONE_USUAL = UT_N_FUNCTIONALS,         /* + enum ut_functional: mean of the phrases */
	UT_TONE_SPREAD = 2 * UT_N_FUNCTIONALS,    /* + enum ut_functional: their deviation */
	UT_TONE_N_PHRASES = 3 * UT_N_FUNCTIONALS, /* earlier phrases that could be measured */
	UT_TONE_CLOSING_VOICED,                   /* voiced frames of the closing */
	UT_TONE_USUAL_VOICED,                     /* voiced frames of a phrase, mean */
	UT_TONE_SNR_DB,                           /* closing's speech over the noise */
	UT_TONE_LEAK_DB,                          /* of the loudest other channel; -120 none */
	UT_TONE_LATENCY_S,
	UT_TONE_USUAL_LATENCY_S,
	UT_TONE_WAIT_S, /* longest hold or wait before the closing */
	UT_TONE_INTERRUPTIONS,
	/* How the customer's tone moved over the call before the closing: the later half of the
	 * earlier phrases minus the first half; from four phrases on. */
	UT_TONE_DRIFT_F0,    /* semitones */
	UT_TONE_DRIFT_LEVEL, /* dB */
	UT_TONE_DRIFT_ALPHA, /* dB */
	UT_TONE_N_FEATURES,  /* also tells what version of the program measured a stored row */
};
_Static_assert((int)UT_TONE_N_FEATURES <= (int)UT_TONE_MAX_FEATURES, "the store keeps this many");

struct ut_evidence {
	const char *feature; /* "f0_median", static; in words: report/evidence.c */
	const char *unit;    /* "semitones", static */
	float value;     /* of the closing, in unit; pitch and level are relative to reference */
	float reference; /* the customer's own usual value, same unit; 0 where relative */
	enum ut_tone_label points_to;
	float contribution; /* the model's own: by how much the log-odds of points_to fall when this
			     * one measurement is put back to the customer's usual value; > 0 */
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

/*
 * Did this customer's voice begin raised and come down before the closing? By what is stored of the
 * same customer's earlier phrases alone, no model and no other speaker: the drifts (later half minus
 * first half), each over its standard error from the deviation within the halves. 1 where there are
 * six phrases or more, the mean of at least two such t is -2 or less, and it can be heard: F0 lower
 * by 1.5 semitones (what makes one syllable more prominent than another: Rietveld and Gussenhoven,
 * "On the relation between pitch excursion size and prominence", Journal of Phonetics 13, 1985) or
 * level by 3 dB. 0 where not, -1 where too little was measured to say.
 */
enum { UT_TONE_DRIFT_PHRASES = 6 };
int ut_tone_came_down(const struct ut_tone *t);

/*
 * The model, in steps that can each be read:
 * (1) how far does the closing depart from this customer's usual, whatever the direction: logistic
 *     in the mean |z| over measurements;
 * (2) if it departs, is it up (aroused) or down (resigned);
 * (3) if it is up, is it angry or only lively.
 * Steps 2 and 3 are logistic in z over a power of z's own length, so that the strength
 * of an actor does not decide. p(accepting) = p(usual) + p(departs) p(up) p(lively).
 * z = (closing - usual) / sd, where usual and sd are shrunk towards the population's by how many
 * earlier phrases there are, and sd grows as the closing gets shorter. Sources: docs/model-card.md.
 */
enum { UT_TONE_UP, UT_TONE_PRESSED, UT_N_AXES };

struct ut_tone_row {             /* of one functional */
	double mean, between_sd; /* of usual speech over customers: population */
	double within_var;       /* of one phrase around its speaker's mean, long phrases */
	double within_var_short; /* this much more, divided by the voiced frames */
	double departs;          /* weight of |z| in step 1, >= 0 */
	double axis[UT_N_AXES];  /* weights of z in steps 2 and 3 */
};

struct ut_tone_params {
	double prior[UT_N_TONES]; /* the classes' shares the scores are calibrated for */
	double prior_phrases;     /* phrases the population's variance counts for */
	double clip;              /* |z| at most */
	double power[UT_N_AXES];  /* steps 2 and 3 divide z by its length to this power, 0..1 */
	double gate_bias, gate_slope;
	double latency_slope, wait_slope; /* log-odds of departing, a second ... */
	double interruption_slope;        /* ... an interruption ... */
	double drift_slope; /* ... a deviation that the tone moved over the call beyond chance */
	double axis_bias[UT_N_AXES];
	double temperature;
	double abstain_below; /* the best score must reach this */
	struct ut_tone_row row[UT_N_FUNCTIONALS];
	char card[256]; /* one line: trained on what */
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
const struct ut_tone_params *ut_tone_model_params(const struct ut_tone_model *m); /* lent */
/* The file of a model, as ut_tone_model_parse reads it; check out->failed. UT_EINVAL where a number
 * is not finite or out of its range. */
enum ut_status ut_tone_model_write(const struct ut_tone_params *p, struct ut_text *out,
				   struct ut_error *err);

/* start, end: the closing, frames. UT_EINVAL where the span is not inside the table. */
enum ut_status ut_tone_measure(const struct ut_customer_voice *v, int64_t start, int64_t end,
			       const struct ut_tone_context *ctx, struct ut_tone *ret,
			       struct ut_error *err);
/* Fills label, scores and evidence from ret->feature. prior: of the three classes, NULL = model's
 * own. */
void ut_tone_score(const struct ut_tone_model *m, const float prior[UT_N_TONES], struct ut_tone *t);

/* For training: z of every functional (0 where it was not measured, and its bit clear), and the
 * calibrated scores of the model without prior shift, evidence or abstention. */
uint64_t ut_tone_z(const struct ut_tone_params *p, const struct ut_tone *t,
		   double z[UT_N_FUNCTIONALS]);
void ut_tone_probability(const struct ut_tone_params *p, const struct ut_tone *t,
			 double score[UT_N_TONES]);

#endif
