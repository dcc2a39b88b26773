/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyse.h - one recording, from an open descriptor to a filled call record. Opens nothing, so
 * that it can run behind the sandbox; steps.c has the order of the steps on one screen.
 * Memory: rows, not audio: about 9 kB a second and channel, and the last 90 s of audio for the
 * recogniser. Threads: one per object.
 */
#ifndef UT_RUN_ANALYSE_H
#define UT_RUN_ANALYSE_H

#include "call/call.h"
#include "classifiers/recogniser.h"
#include "decode/decode.h"
#include "metadata/metadata.h"
#include "run/item.h"
#include "run/permit.h"

struct ut_analyse_opts { /* all lent, as long as the analyser */
	struct ut_decode_opts decode;
	const struct ut_meta_config *meta;
	const char *customer, *profile; /* as ut_meta_opts */
	const struct ut_tone_model *tone;
	/* NULL: nobody listens, closings are found by turn structure alone */
	const struct ut_recogniser_opts *recogniser;
	const struct ut_phrase_list *phrases;
	const char *listen; /* a language; "all"; "auto": where a call's language has phrases */
	const struct ut_permit *permit; /* NULL: every call may be analysed */
};

/* The time each step took of the processor since create, in seconds: what a bench prints. */
struct ut_step_cost {
	const char *name;
	double cpu_s;
};

struct ut_analyser;

enum ut_status ut_analyser_create(const struct ut_analyse_opts *o, struct ut_analyser **ret,
				  struct ut_error *err);
/* Fills c, which is initialised or reset; its hash and size are the caller's. beat may be NULL. */
enum ut_status ut_analyse(struct ut_analyser *a, const struct ut_recording *r, struct ut_beat *beat,
			  struct ut_call *c, struct ut_error *err);
/* In order; ends with a row whose name is NULL. Lent. */
const struct ut_step_cost *ut_analyser_costs(const struct ut_analyser *a);
void ut_analyser_destroy(struct ut_analyser **pa);

#endif
