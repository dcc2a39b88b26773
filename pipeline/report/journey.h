/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journey.h - a customer's way through several calls, and its narrowest place: "the service is as
 * good as its narrowest pipe". docs/JOURNEY.md has the rules.
 * Memory: a journey owns its legs; done frees. Threads: no shared state.
 */
#ifndef UT_REPORT_JOURNEY_H
#define UT_REPORT_JOURNEY_H

#include "base/text.h"
#include "store/store.h"

enum {
	UT_TRANSFER_GAP_S =
	    120, /* a call that follows the one before within this goes on from it */
};

enum ut_step_to { UT_LEG_FIRST, UT_LEG_TRANSFER, UT_LEG_REPEAT, UT_LEG_CALLBACK, UT_LEG_UNKNOWN };

struct ut_journey_leg {
	struct ut_leg l; /* its texts are owned */
	enum ut_step_to how;
	double gap_s; /* from the end of the one before; NAN unknown; negative: they overlap */
};

struct ut_journey {
	bool by_case;
	char *key;
	struct ut_journey_leg *leg;
	size_t n, cap;
	bool failed; /* no memory */
	/* filled by measure */
	unsigned n_transfers, n_repeats, n_callbacks;
	int64_t n_holds;
	double hold_s, duration_s, span_s; /* span: first start to last end; NAN */
	int worst_wait, worst_closing;     /* legs; -1 none */
};

void ut_journey_init(struct ut_journey *j, const struct ut_journey_key *key);
/* A ut_leg_fn; user: the journey. */
bool ut_journey_add(void *user, const struct ut_leg *l);
void ut_journey_measure(struct ut_journey *j);
void ut_journey_done(struct ut_journey *j);

void ut_journey_text(const struct ut_journey *j, bool color, struct ut_text *out);
/* One object, one line: schemas/journey.schema.json. */
void ut_journey_json(const struct ut_journey *j, struct ut_text *out);

#endif
