/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call.h - one recording's record. Each step reads earlier parts as const and fills one part of its
 * own; report/ reads it as the store gave it back. No behaviour but init, reset, done and the one
 * door to a customer's voice.
 * Memory: strings and tables are owned (malloc); reset keeps table memory for the next call.
 * Threads: one per record.
 */
#ifndef UT_CALL_CALL_H
#define UT_CALL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "classifiers/closing.h"
#include "classifiers/tone.h"
#include "dsp/activity.h"
#include "dsp/timbre.h"
#include "dsp/turns.h"

enum {
	UT_MAX_MESSAGE = 1023, /* bytes of a problem's text */
	UT_MAX_WORD = 48,      /* bytes of a code, a feature's name, a unit */
};

/* How the two files of a call were laid side by side. */
enum ut_aligned {
	UT_ALIGNED_WHOLE,    /* not two files */
	UT_ALIGNED_TOGETHER, /* taken to have begun together: they are equally long */
	UT_ALIGNED_TIMES,    /* by the start times of their metadata */
	UT_ALIGNED_ECHO,     /* by one side's echo in the other (dsp/align.h) */
	UT_ALIGNED_TURNS,    /* by who waits for whom: to within a second */
	UT_ALIGNED_UNKNOWN,  /* nothing says: as if begun together, and nobody is verified */
	UT_N_ALIGNED
};
const char *ut_aligned_name(enum ut_aligned a); /* "whole", "together", "times"... */

/* Filled by decode/: what the file is. */
struct ut_media {
	char *path;    /* as given: any bytes */
	char hash[65]; /* SHA-256 of the content, hex; "" before it was hashed */
	int64_t size_bytes;
	int64_t mtime_ns;        /* since 1970, as stat gave it; 0 unknown. Not part of a result */
	char *container, *codec; /* "wav", "pcm_mulaw" */
	unsigned rate_hz, n_ch;  /* of the source */
	int64_t n_samples;       /* a channel, at rate_hz; what was really decoded */
	bool partial;            /* ended early: truncated or damaged */
	bool dual_mono;          /* all channels carry the same signal */
	/* of a call whose sides are two files: path is the first, channel 0 */
	char *path2;             /* the second; the same as path where both are in one vCon. NULL */
	enum ut_aligned aligned; /* UT_ALIGNED_WHOLE where it is one file */
	double lead_s;           /* by how much the second began later than the first */
	float align_confidence;  /* 0..1, of UT_ALIGNED_ECHO and UT_ALIGNED_TURNS */
};

enum ut_role {
	UT_ROLE_UNKNOWN,
	UT_ROLE_CUSTOMER,
	UT_ROLE_AGENT,
	UT_ROLE_IVR,
	UT_ROLE_OTHER,
	UT_N_ROLES
};
enum ut_kind { UT_KIND_UNKNOWN, UT_KIND_EXTERNAL, UT_KIND_INTERNAL, UT_N_KINDS };
const char *ut_role_name(enum ut_role r); /* "unknown", "customer", "agent"... */
const char *ut_kind_name(enum ut_kind k);

struct ut_party {
	int channel; /* source channel, 0 = left; -1 for a speaker of a mono mix, by voice */
	enum ut_role role;
	enum ut_kind kind;
	bool verified; /* role and kind come from an option, sidecar, profile, CDR or vCon */
	char *id;      /* agent id, customer key; NULL where unknown */
	char *source;  /* what said so: "option --customer", "sidecar call.json" */
};

/* Filled by metadata/: who called whom. All strings may be NULL. */
struct ut_meta {
	char *call_id, *start_time; /* RFC 3339 */
	char *direction;            /* "inbound", "outbound" */
	char *queue, *team, *agent_id, *customer_key, *case_id, *language;
	char *purpose, *notice; /* declared legal purpose; notice given to the caller */
	char *profile;          /* the channel profile that was used */
};

struct ut_problem {       /* a named fact about the recording that a person should know */
	const char *code; /* static, stable; the table is call/problems.h */
	char *message;    /* says what to do; at most UT_MAX_MESSAGE bytes */
};

/* One value a second of the recording: the mean level of the channel's own speech in it, dBFS. */
struct ut_loudness {
	int8_t *db; /* UT_NO_LEVEL where nobody speaks (or it is masked) */
	size_t n, cap;
};
enum { UT_NO_LEVEL = -128, UT_LEAST_LEVEL = -120 };

struct ut_channel {
	struct ut_frame_table frames;
	struct ut_timbre_table timbre; /* of the same frames */
	struct ut_activity_channel activity;
	struct ut_loudness loudness;
};

/* Filled by metadata/: who is said to speak first in a recording. */
struct ut_first_speaker {
	enum ut_role role; /* UT_ROLE_CUSTOMER, UT_ROLE_AGENT; UT_ROLE_UNKNOWN where nobody says */
	char *source;
};

enum { UT_MAX_SPEAKERS = 2 }; /* told apart in one channel */

/* What is shown and stored of a customer's closing. */
struct ut_closing_record {
	struct ut_closing span; /* span.phrase and span.reason point into phrase/reason below */
	char *phrase, *reason;
	int party;
	bool has_tone;
	char *no_tone_reason; /* where has_tone is false and there is a closing */
	struct ut_tone tone;
	/* owned copies of the tone's static texts when it came from the store or a worker */
	char *tone_reason, *evidence_feature[UT_MAX_EVIDENCE], *evidence_unit[UT_MAX_EVIDENCE];
	char model_hash[65];
};

struct ut_call {
	int64_t id; /* row in the store; 0 before */
	struct ut_media media;
	struct ut_meta meta;
	struct ut_party party[UT_MAX_PARTIES];
	unsigned n_parties;
	struct ut_channel ch[UT_MAX_CHANNELS];
	unsigned n_ch; /* analysed channels */
	struct ut_first_speaker first;
	/* of a mono mix told apart: channel 0's spans as party i has them, the other's speech as
	 * echo. Not stored */
	struct ut_span_list speaker[UT_MAX_SPEAKERS];
	struct ut_turn_list turns;
	struct ut_call_measures measures;
	struct ut_closing_record closing;
	struct ut_problem *problem;
	size_t n_problems, problem_cap;
};

void ut_call_init(struct ut_call *c);
void ut_call_reset(struct ut_call *c);
void ut_call_done(struct ut_call *c);

/* Makes it n seconds long, none of them known. UT_ENOMEM. */
enum ut_status ut_loudness_resize(struct ut_loudness *l, size_t n);

/* Replaces *slot by a copy of s (NULL allowed). UT_ENOMEM. */
enum ut_status ut_call_set(char **slot, const char *s);
/* code is a literal out of call/problems.h. One problem a code: a second one replaces the message.
 */
enum ut_status ut_call_problem(struct ut_call *c, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool ut_call_has_problem(const struct ut_call *c, const char *code);

/* Where party i speaks, and what else its channel holds: its channel's spans, or those of its voice
 * in a mono mix. Lent; empty where it has none. */
const struct ut_span_list *ut_call_party_spans(const struct ut_call *c, unsigned i);
/* The analysed channel that holds it; NULL. Lent. */
const struct ut_channel *ut_call_party_channel(const struct ut_call *c, unsigned i);

/*
 * The only way to a struct ut_customer_voice. The one party that is customer, external and
 * verified; its index in *party. UT_EREFUSED with the reason, and what to pass, where there is
 * none, or more than one, or where the channel also carries an employee (dual mono, a mono mix
 * whose two voices were not surely told apart).
 */
enum ut_status ut_call_customer_voice(const struct ut_call *c, struct ut_customer_voice *ret,
				      int *party, struct ut_error *err);
/* Same test without the voice: the customer's party index or -1. */
int ut_call_customer(const struct ut_call *c, struct ut_error *why);

#endif
