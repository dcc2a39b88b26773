/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/coach.h"

#include <stdlib.h>
#include <string.h>

const struct ut_coach_measure_info ut_coach_measure_info[UT_N_COACH_MEASURES] = {
	[UT_COACH_WAIT] = { "long_wait", "s", 30, true },
	[UT_COACH_HOLD] = { "hold", "s", 0, true },
	[UT_COACH_TRANSFER] = { "transfer", NULL, 1, true },
	[UT_COACH_INTERRUPTION] = { "customer_interrupted", "times", 1, true },
	[UT_COACH_DEAD_AIR] = { "dead_air", "s", 5, true },
	[UT_COACH_CUSTOMER_TURN] = { "long_customer_turn", "s", 10, false },
};

double ut_coach_value(enum ut_coach_measure m, const struct ut_call_facts *f)
{
	switch (m) {
	case UT_COACH_WAIT:
		return f->wait_s;
	case UT_COACH_HOLD:
		return f->hold_s;
	case UT_COACH_TRANSFER:
		return f->transferred;
	case UT_COACH_INTERRUPTION:
		return f->n_interruptions;
	case UT_COACH_DEAD_AIR:
		return f->dead_air_s;
	case UT_COACH_CUSTOMER_TURN:
		return f->customer_turn_s;
	default:
		return 0;
	}
}

static bool happened(enum ut_coach_measure m, const struct ut_call_facts *f)
{
	if (m == UT_COACH_HOLD)
		return f->n_holds > 0;
	return ut_coach_value(m, f) >= ut_coach_measure_info[m].from;
}

/* What all steps need; in is a set of calls, value room for one number a call. */
struct maker {
	struct ut_coach *c;
	struct ut_store *s;
	const struct ut_tally_call *call;
	size_t n;
	bool *in, *rest;
	double *value;
};

/* Which group a call is in: by kind and number (team, queue, bit of a tag). */
static bool belongs(const struct ut_tally_call *c, enum ut_coach_kind kind, unsigned number)
{
	switch (kind) {
	case UT_COACH_TEAM:
		return c->team == number;
	case UT_COACH_QUEUE:
		return c->queue == number;
	case UT_COACH_TAG:
		return c->tags >> number & 1;
	default:
		return true;
	}
}

static void mark(struct maker *m, enum ut_coach_kind kind, unsigned number)
{
	for (size_t i = 0; i < m->n; i++)
		m->in[i] = belongs(&m->call[i], kind, number);
}

/* The number by which a group was made is not kept: its name is found again. */
static unsigned number_of(const struct ut_coach *c, const struct ut_coach_group *g)
{
	unsigned n = UT_COACH_TAGS, i = 0;
	const char *const *names = ut_coach_tag_name;

	if (!g->name)
		return 0;
	if (g->kind == UT_COACH_TEAM)
		names = ut_tally_teams(c->tally, &n), i = 1, n++;
	else if (g->kind == UT_COACH_QUEUE)
		names = ut_tally_queues(c->tally, &n), i = 1, n++;
	while (i + 1 < n && names[i] != g->name)
		i++;
	return i;
}

static void fill_fact(struct maker *m, enum ut_coach_measure k, struct ut_coach_group *g)
{
	struct ut_coach_fact *f = &g->fact[k];
	unsigned now = 0, before = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct ut_call_facts *x = &m->call[i].facts;

		if (!m->in[i] || !happened(k, x))
			continue;
		if (x->earlier)
			before++;
		else
			m->value[now++] = ut_coach_value(k, x);
	}
	ut_share_set(&f->now, now, g->n_calls);
	ut_share_set(&f->before, before, g->n_before);
	f->changed = ut_share_difference(&f->now, &f->before, &f->change) &&
		     (f->change.lo > 0 || f->change.hi < 0);
	if (now) {
		f->median = ut_share_quantile(m->value, now, 0.5);
		f->p90 = ut_share_quantile(m->value, now, 0.9);
	}
}

static void fill_group(struct maker *m, struct ut_coach_group *g)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->in[i])
			*(m->call[i].facts.earlier ? &g->n_before : &g->n_calls) += 1;
	g->n_agents = ut_tally_agents(m->c->tally, m->in, false);
	/* teams side by side must not turn into employees side by side */
	g->one = g->kind != UT_COACH_ALL && g->n_agents == 1;
	g->few = g->n_calls < UT_TALLY_CALLS ||
		 (g->kind != UT_COACH_ALL && g->n_agents < UT_TALLY_AGENTS);
	for (unsigned k = 0; k < UT_N_COACH_MEASURES && !g->one; k++)
		fill_fact(m, k, g);
	ut_tally_tones(m->c->tally, m->in, false, &g->tones);
	ut_tally_tones(m->c->tally, m->in, true, &g->tones_before);
}

static void add_group(struct maker *m, enum ut_coach_kind kind, const char *name, unsigned number)
{
	struct ut_coach_group *g = &m->c->group[m->c->n_groups];

	*g = (struct ut_coach_group){ .kind = kind, .name = name };
	mark(m, kind, number);
	fill_group(m, g);
	if (g->n_calls + g->n_before || kind == UT_COACH_ALL)
		m->c->n_groups++;
}

static enum ut_status add_groups(struct maker *m, struct ut_error *err)
{
	struct ut_coach *c = m->c;
	unsigned n_teams, n_queues;
	const char *const *team = ut_tally_teams(c->tally, &n_teams);
	const char *const *queue = ut_tally_queues(c->tally, &n_queues);

	c->group = calloc((size_t)n_teams + n_queues + UT_COACH_TAGS + 3, sizeof(*c->group));
	if (!c->group)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the groups");
	add_group(m, UT_COACH_ALL, NULL, 0);
	if (c->person)
		return UT_OK;
	for (unsigned i = 1; i <= n_teams; i++)
		add_group(m, UT_COACH_TEAM, team[i], i);
	if (n_teams)
		add_group(m, UT_COACH_TEAM, NULL, 0);
	for (unsigned i = 1; i <= n_queues; i++)
		add_group(m, UT_COACH_QUEUE, queue[i], i);
	if (n_queues)
		add_group(m, UT_COACH_QUEUE, NULL, 0);
	for (unsigned i = 0; i < UT_COACH_TAGS; i++)
		add_group(m, UT_COACH_TAG, ut_coach_tag_name[i], i);
	return UT_OK;
}

static struct ut_tones *tones_of(struct ut_coach_group *g, bool earlier)
{
	return earlier ? &g->tones_before : &g->tones;
}

static void hide(struct ut_tones *t)
{
	*t = (struct ut_tones){ .shown = UT_HIDDEN_REST };
	ut_share_set(&t->bad, 0, 0);
	ut_share_set(&t->confirmed, 0, 0);
}

/*
 * Teams are parts of a whole that is shown as well: what is hidden of the small ones must not come
 * out by subtraction. So while all that is hidden together could not be shown as one set, the
 * smallest of those shown is hidden too.
 */
static void hide_rest(struct maker *m, enum ut_coach_kind kind, bool earlier)
{
	struct ut_coach *c = m->c;

	if (tones_of(&c->group[0], earlier)->shown != UT_SHOWN)
		return;
	for (;;) {
		struct ut_coach_group *least = NULL;
		struct ut_tones rest;

		memset(m->in, 0, m->n);
		for (size_t k = 0; k < c->n_groups; k++) {
			struct ut_coach_group *g = &c->group[k];
			struct ut_tones *t = tones_of(g, earlier);

			if (g->kind != kind)
				continue;
			if (t->shown == UT_SHOWN) {
				if (!least || t->bad.n < tones_of(least, earlier)->bad.n)
					least = g;
				continue;
			}
			for (size_t i = 0; i < m->n; i++)
				m->in[i] |= belongs(&m->call[i], kind, number_of(c, g));
		}
		ut_tally_tones(c->tally, m->in, earlier, &rest);
		if (!least || rest.shown == UT_SHOWN || rest.shown == UT_HIDDEN_NONE)
			return;
		hide(tones_of(least, earlier));
	}
}

static void compare_tones(struct ut_coach *c)
{
	for (size_t i = 0; i < c->n_groups; i++) {
		struct ut_coach_group *g = &c->group[i];

		if (g->tones.shown == UT_SHOWN && g->tones_before.shown == UT_SHOWN)
			g->tone_changed = ut_share_difference(&g->tones.bad, &g->tones_before.bad,
							      &g->tone_change) &&
					  (g->tone_change.lo > 0 || g->tone_change.hi < 0);
	}
}

static void find_along(struct maker *m)
{
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
		struct ut_coach_along *a = &m->c->along[k];

		for (size_t i = 0; i < m->n; i++) {
			m->in[i] = happened(k, &m->call[i].facts);
			m->rest[i] = !m->in[i];
		}
		ut_tally_tones(m->c->tally, m->in, false, &a->with);
		ut_tally_tones(m->c->tally, m->rest, false, &a->without);
		/* the two are all calls: one alone gives the other away */
		if (a->with.shown != UT_SHOWN && a->without.shown == UT_SHOWN)
			hide(&a->without);
		else if (a->without.shown != UT_SHOWN && a->with.shown == UT_SHOWN)
			hide(&a->with);
		if (a->with.shown == UT_SHOWN && a->without.shown == UT_SHOWN)
			a->differs = ut_share_difference(&a->with.bad, &a->without.bad, &a->more) &&
				     (a->more.lo > 0 || a->more.hi < 0);
	}
}

/* ---- which calls to listen to ---- */

/* This period's calls of the set in which it happened, the greatest value first. */
static void list_calls(struct maker *m, enum ut_coach_measure k, struct ut_coach_listen *l)
{
	l->n = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct ut_call_facts *f = &m->call[i].facts;
		/* a transfer has no size: the longest wait shows it best */
		double v = k == UT_COACH_TRANSFER ? f->wait_s : ut_coach_value(k, f);
		unsigned at;

		if (!m->in[i] || f->earlier || !happened(k, f) ||
		    (l->n == UT_COACH_LISTEN && v <= l->call[l->n - 1].value))
			continue;
		l->n = UT_MIN(l->n + 1, UT_COACH_LISTEN);
		for (at = l->n - 1; at > 0 && l->call[at - 1].value < v; at--)
			l->call[at] = l->call[at - 1];
		l->call[at].call_id = f->call_id;
		l->call[at].value = v;
	}
}

static enum ut_status find_places(struct maker *m, unsigned k, struct ut_coach_listen *l,
				  struct ut_error *err)
{
	for (unsigned i = 0; i < l->n; i++) {
		struct ut_call_moments at;
		struct ut_call_moment place;
		enum ut_status st;

		if (k == UT_COACH_TONE) {
			st = ut_store_call_closing(m->s, l->call[i].call_id, &place, err);
		} else {
			st = ut_store_call_moments(m->s, l->call[i].call_id, &at, err);
			place = k == UT_COACH_HOLD            ? at.hold
				: k == UT_COACH_INTERRUPTION  ? at.interruption
				: k == UT_COACH_DEAD_AIR      ? at.dead_air
				: k == UT_COACH_CUSTOMER_TURN ? at.customer_turn
							      : at.wait;
		}
		if (st != UT_OK)
			return st;
		l->call[i].start_s = (double)place.start / UT_FRAMES_PER_S;
		l->call[i].end_s = (double)place.end / UT_FRAMES_PER_S;
		if (k == UT_COACH_TONE || k == UT_COACH_TRANSFER)
			l->call[i].value = 0;
	}
	return UT_OK;
}

static enum ut_status list_closings(struct maker *m, bool bad, struct ut_coach_listen *l,
				    struct ut_error *err)
{
	int64_t id[UT_COACH_LISTEN];

	memset(l, 0, sizeof(*l));
	l->n = (unsigned)ut_tally_listen(m->c->tally, m->in, bad, id, UT_COACH_LISTEN);
	for (unsigned i = 0; i < l->n; i++)
		l->call[i].call_id = id[i];
	return find_places(m, UT_COACH_TONE, l, err);
}

/* Calls in which nothing of it happened: the longest ones say most. */
static void list_smooth(struct maker *m, struct ut_coach_listen *l)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct ut_call_facts *f = &m->call[i].facts;
		bool any = f->earlier || (m->call[i].tags & ~(1u << UT_COACH_RECOVERY)) != 0;
		unsigned at;

		for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++)
			any |= ut_coach_measure_info[k].to_train && happened(k, f);
		if (any || (l->n == UT_COACH_LISTEN && f->duration_s <= l->call[l->n - 1].value))
			continue;
		l->n = UT_MIN(l->n + 1, UT_COACH_LISTEN);
		for (at = l->n - 1; at > 0 && l->call[at - 1].value < f->duration_s; at--)
			l->call[at] = l->call[at - 1];
		l->call[at].call_id = f->call_id;
		l->call[at].value = f->duration_s;
		l->call[at].start_s = l->call[at].end_s = 0;
	}
	for (unsigned i = 0; i < l->n; i++)
		l->call[i].value = 0;
}

/* ---- points ---- */

static enum ut_status add_point(struct maker *m, size_t group, unsigned k, bool rising,
				const struct ut_share *here, const struct ut_share *there,
				struct ut_error *err)
{
	struct ut_coach *c = m->c;
	struct ut_difference d;
	struct ut_coach_point *p;

	if (!ut_share_difference(here, there, &d))
		return UT_OK;
	c->n_compared++;
	if (d.lo <= 0)
		return UT_OK;
	p = realloc(c->point, (c->n_points + 1) * sizeof(*p));
	if (!p)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the points");
	c->point = p;
	p += c->n_points++;
	*p = (struct ut_coach_point){ group, k, rising, *here, *there, d, { 0 } };
	if (k == UT_COACH_TONE)
		return list_closings(m, true, &p->listen, err);
	list_calls(m, k, &p->listen);
	return find_places(m, k, &p->listen, err);
}

/* Of a group: against the period before, and (where it is a part) against all other calls. */
static enum ut_status find_points_of(struct maker *m, size_t at, struct ut_error *err)
{
	struct ut_coach *c = m->c;
	struct ut_coach_group *g = &c->group[at], *all = &c->group[0];
	enum ut_status st = UT_OK;

	if (g->few || g->kind == UT_COACH_TAG) /* reviewed calls were chosen, not drawn */
		return UT_OK;
	mark(m, g->kind, number_of(c, g));
	for (unsigned k = 0; k < UT_N_COACH_MEASURES && st == UT_OK; k++) {
		const struct ut_coach_fact *f = &g->fact[k];
		struct ut_share rest;

		if (!ut_coach_measure_info[k].to_train)
			continue;
		if (g->n_before >= UT_TALLY_CALLS)
			st = add_point(m, at, k, true, &f->now, &f->before, err);
		ut_share_set(&rest, all->fact[k].now.k - f->now.k, all->n_calls - g->n_calls);
		if (st == UT_OK && at > 0 && rest.n >= UT_TALLY_CALLS)
			st = add_point(m, at, k, false, &f->now, &rest, err);
	}
	if (st != UT_OK || g->tones.shown != UT_SHOWN)
		return st;
	if (g->tones_before.shown == UT_SHOWN)
		st =
		    add_point(m, at, UT_COACH_TONE, true, &g->tones.bad, &g->tones_before.bad, err);
	if (st == UT_OK && at > 0) {
		struct ut_tones rest;

		for (size_t i = 0; i < m->n; i++)
			m->rest[i] = !m->in[i];
		ut_tally_tones(c->tally, m->rest, false, &rest);
		if (rest.shown == UT_SHOWN)
			st = add_point(m, at, UT_COACH_TONE, false, &g->tones.bad, &rest.bad, err);
	}
	return st;
}

static int by_sureness(const void *a, const void *b)
{
	const struct ut_coach_point *x = a, *y = b;

	if (x->more.lo != y->more.lo)
		return x->more.lo < y->more.lo ? 1 : -1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->measure != y->measure)
		return x->measure < y->measure ? -1 : 1;
	return x->rising - y->rising;
}

static enum ut_status fill(struct maker *m, struct ut_error *err)
{
	struct ut_coach *c = m->c;
	enum ut_status st = add_groups(m, err);

	if (st != UT_OK)
		return st;
	c->n_calls = c->group[0].n_calls;
	c->n_before = c->group[0].n_before;
	for (int earlier = 0; earlier < 2; earlier++) {
		hide_rest(m, UT_COACH_TEAM, earlier);
		hide_rest(m, UT_COACH_QUEUE, earlier);
	}
	compare_tones(c);
	find_along(m);
	for (size_t i = 0; i < c->n_groups && st == UT_OK; i++)
		st = find_points_of(m, i, err);
	if (c->n_points)
		qsort(c->point, c->n_points, sizeof(*c->point), by_sureness);
	mark(m, UT_COACH_ALL, 0);
	for (unsigned k = 0; k < UT_N_COACH_MEASURES && st == UT_OK; k++) {
		list_calls(m, k, &c->listen[k]);
		st = find_places(m, k, &c->listen[k], err);
	}
	list_smooth(m, &c->smooth);
	if (st == UT_OK)
		st = list_closings(m, true, &c->bad, err);
	return st == UT_OK ? list_closings(m, false, &c->good, err) : st;
}

enum ut_status ut_coach_make(struct ut_store *s, const struct ut_coach_query *q, const char *person,
			     struct ut_coach *ret, struct ut_error *err)
{
	struct maker m = { .c = ret, .s = s };
	enum ut_status st;

	*ret = (struct ut_coach){ .query = *q, .person = person };
	st = person ? ut_tally_person(s, person, q, &ret->tally, err)
		    : ut_tally_groups(s, q, &ret->tally, err);
	if (st != UT_OK)
		return st;
	m.call = ut_tally_calls(ret->tally, &m.n);
	m.in = calloc(m.n + 1, sizeof(*m.in));
	m.rest = calloc(m.n + 1, sizeof(*m.rest));
	m.value = calloc(m.n + 1, sizeof(*m.value));
	if (m.in && m.rest && m.value)
		st = fill(&m, err);
	else
		st = ut_fail(err, UT_ENOMEM, "not enough memory for the calls");
	free(m.in);
	free(m.rest);
	free(m.value);
	return st;
}

void ut_coach_done(struct ut_coach *c)
{
	free(c->group);
	free(c->point);
	ut_tally_destroy(&c->tally);
	memset(c, 0, sizeof(*c));
}
