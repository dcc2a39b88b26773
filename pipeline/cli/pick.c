/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"

bool ut_pick_push(struct ut_pick_list *l, int64_t id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		int64_t *v = realloc(l->v, cap * sizeof(*v));

		if (!v) {
			l->failed = true;
			return false;
		}
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = id;
	return true;
}

bool ut_pick_any(const struct ut_pick *p)
{
	return p->label || p->reviewed || p->team || p->queue || p->agent || p->language ||
	       p->from || p->to;
}

const char *ut_pick_check(const struct ut_pick *p)
{
	int64_t from = 0, to = INT64_MAX;

	if (p->from && !ut_day_only(p->from, &from))
		return "--from: a day as 2026-11-01";
	if (p->to && !ut_day_only(p->to, &to))
		return "--to: a day as 2026-11-30";
	return from > to ? "--from is a later day than --to" : NULL;
}

static bool add(void *user, const struct ut_review_item *i)
{
	return ut_pick_push(user, i->call_id);
}

enum ut_status ut_pick_queue(struct ut_store *s, const struct ut_pick *p, enum ut_review_list list,
			     int reviewed, int64_t limit, struct ut_pick_list *ret,
			     struct ut_error *err)
{
	struct ut_review_query q = {
		.list = list,
		.from = p->from,
		.to = p->to,
		.team = p->team,
		.queue = p->queue,
		.agent_id = p->agent,
		.language = p->language,
		.label = p->label,
		.reviewed = reviewed,
		.limit = limit,
	};
	enum ut_status st;

	if (reviewed < 0 && p->reviewed)
		q.reviewed = strcmp(p->reviewed, "yes") == 0;
	st = ut_review_queue(s, &q, add, ret, err);
	if (st == UT_OK && ret->failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	return st;
}

enum ut_status ut_pick_named(struct ut_store *s, char **names, size_t n, struct ut_pick_list *ret,
			     struct ut_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int64_t id;
		enum ut_status st = ut_store_find_call(s, names[i], &id, err);
		bool known = false;

		if (st != UT_OK)
			return st;
		for (size_t k = 0; k < ret->n; k++)
			known = known || ret->v[k] == id;
		if (!known && !ut_pick_push(ret, id))
			return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	return UT_OK;
}
