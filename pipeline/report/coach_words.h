/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach_words.h - what the writers of coach.h share. Nothing outside report/ includes it. */
#ifndef UT_REPORT_COACH_WORDS_H
#define UT_REPORT_COACH_WORDS_H

#include "report/coach.h"
#include "report/coach_strings.h"

extern const char *const ut_coach_kind_name[]; /* of enum ut_coach_kind: "all", "team"... */
extern const char *const ut_coach_shown_name[UT_N_SHOWN];

/* A measure's name and what is counted; also of UT_COACH_TONE. */
const char *ut_coach_measure_name(enum ut_lang l, unsigned measure);
const char *ut_coach_measure_means(enum ut_lang l, unsigned measure);
const char *ut_coach_shown(enum ut_lang l, enum ut_shown s);
/* A group's name as a person reads it: tags in the page's language. Lent. */
const char *ut_coach_group_name(enum ut_lang l, const struct ut_coach_group *g);
const char *ut_coach_topic(enum ut_lang l, const char *topic);
/* "2026-11-01 – 2026-11-23"; before: of the period before. */
void ut_coach_period(const struct ut_coach *c, bool before, struct ut_text *out);
/* The command that makes a pack of the calls. */
void ut_coach_pack(const struct ut_coach_report *r, const struct ut_coach_listen *l,
		   struct ut_text *out);

/* The groups of one kind for a chart of one measure: those that are ranked by share, greatest
 * first, then those of few calls, then those that may not be shown, by name. order has room for
 * n_groups; returns how many. */
size_t ut_coach_order(const struct ut_coach *c, enum ut_coach_kind kind, unsigned measure,
		      size_t *order);
/* The share of a measure, and that before; of the closings for UT_COACH_TONE. */
const struct ut_share *ut_coach_share(const struct ut_coach_group *g, unsigned measure,
				      bool before);
/* The change, where both shares may be shown; NULL otherwise. */
const struct ut_difference *ut_coach_change(const struct ut_coach_group *g, unsigned measure,
					    bool *certain);

void ut_coach_text(const struct ut_coach_report *r, struct ut_text *out);
void ut_coach_json(const struct ut_coach_report *r, struct ut_text *out);
void ut_coach_html(const struct ut_coach_report *r, struct ut_text *out);

#endif
