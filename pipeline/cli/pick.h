/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.h - which calls: filters that `clips` and `pack` share, and their list, which is also
 * `export`'s. */
#ifndef UT_CLI_PICK_H
#define UT_CLI_PICK_H

#include "store/review.h"

struct ut_pick {
	const char *label, *reviewed, *team, *queue, *agent, *language, *from, *to;
};

#define UT_PICK_OPTS(T, member)                                                                 \
	{ .name = "label",                                                                         \
	  .type = UT_OPT_CHOICE,                                                                   \
	  .offset = offsetof(T, member.label),                                                  \
	  .choices = "accepting|resigned|angry|abstain",                                           \
	  .help = "calls to which the model gave this tone" },                                     \
	    { .name = "reviewed",                                                                  \
	      .type = UT_OPT_CHOICE,                                                               \
	      .offset = offsetof(T, member.reviewed),                                           \
	      .choices = "yes|no",                                                                 \
	      .help = "calls that somebody has judged, or nobody yet" },                           \
	    { .name = "from",                                                                      \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, member.from),                                               \
	      .value = "DAY",                                                                      \
	      .help = "calls of this day and later: 2026-11-01" },                                 \
	    { .name = "to",                                                                        \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, member.to),                                                 \
	      .value = "DAY",                                                                      \
	      .help = "calls of this day and earlier" },                                           \
	    { .name = "team",                                                                      \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, member.team),                                               \
	      .value = "TEAM",                                                                     \
	      .help = "calls of this team" },                                                      \
	    { .name = "queue",                                                                     \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, member.queue),                                              \
	      .value = "QUEUE",                                                                    \
	      .help = "calls of this queue" },                                                     \
	    { .name = "agent",                                                                     \
	      .type = UT_OPT_STRING,                                                               \
	      .offset = offsetof(T, member.agent),                                              \
	      .value = "ID",                                                                       \
	      .help = "calls of this agent" },                                                     \
	{                                                                                          \
		.name = "call-language", .type = UT_OPT_STRING,                                    \
		.offset = offsetof(T, member.language), .value = "LANG",                        \
		.help = "calls in this language: he, en"                                           \
	}

struct ut_pick_list { /* call numbers; free v */
	int64_t *v;
	size_t n, cap;
	bool failed;
};
bool ut_pick_push(struct ut_pick_list *l, int64_t id);

/* True where a filter is set. */
bool ut_pick_any(const struct ut_pick *p);
/* NULL, or what is wrong with it, for a usage message (static). */
const char *ut_pick_check(const struct ut_pick *p);
/* At most limit calls of a list, in its order, appended. reviewed: -1 as the filter says, else 0, 1.
 */
enum ut_status ut_pick_queue(struct ut_store *s, const struct ut_pick *p, enum ut_review_list list,
			     int reviewed, int64_t limit, struct ut_pick_list *ret,
			     struct ut_error *err);
/* Calls named by a person; UT_ENOENT, UT_EINVAL as for ut_store_find_call. */
enum ut_status ut_pick_named(struct ut_store *s, char **names, size_t n, struct ut_pick_list *ret,
			     struct ut_error *err);

#endif
