/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>

/* What never leaves this file together. */
struct secret {
	unsigned agent; /* store/coach.h; 0 unknown */
	bool has_tone;
	enum ut_tone_label label;
	float rank, accepting;
	unsigned n_heard, n_heard_bad;
};

struct names {
	char **v; /* [0] NULL */
	unsigned n, cap;
	unsigned last; /* runs of the same name are the rule */
};

struct ut_tally {
	bool person;
	struct ut_tally_call *call;
	struct secret *secret; /* NULL of a person */
	size_t n, cap;
	struct names team, queue;
	bool failed;
};

static void names_done(struct names *n)
{
	for (unsigned i = 1; i <= n->n; i++)
		free(n->v[i]);
	free(n->v);
}

void ut_tally_destroy(struct ut_tally **pt)
{
	struct ut_tally *t = *pt;

	if (!t)
		return;
	names_done(&t->team);
	names_done(&t->queue);
	free(t->call);
	free(t->secret);
	free(t);
	*pt = NULL;
}

/* A few hundred names at most in practice: a look along them all is quick enough. */
static bool number(struct names *n, const char *s, unsigned *ret)
{
	*ret = 0;
	if (!s || !*s)
		return true;
	if (n->last && strcmp(n->v[n->last], s) == 0) {
		*ret = n->last;
		return true;
	}
	for (unsigned i = 1; i <= n->n; i++) {
		if (strcmp(n->v[i], s) == 0) {
			*ret = n->last = i;
			return true;
		}
	}
	if (n->n + 2 > n->cap) {
		unsigned cap = n->cap ? 2 * n->cap : 16;
		char **v = realloc(n->v, cap * sizeof(*v));

		if (!v)
			return false;
		v[0] = NULL;
		n->v = v;
		n->cap = cap;
	}
	n->v[n->n + 1] = strdup(s);
	if (!n->v[n->n + 1])
		return false;
	*ret = n->last = ++n->n;
	return true;
}

static bool grow(struct ut_tally *t)
{
	size_t cap = t->cap ? 2 * t->cap : 1024;
	struct ut_tally_call *c = realloc(t->call, cap * sizeof(*c));

	if (!c)
		return false;
	t->call = c;
	if (!t->person) {
		struct secret *x = realloc(t->secret, cap * sizeof(*x));

		if (!x)
			return false;
		t->secret = x;
	}
	t->cap = cap;
	return true;
}

static bool add_group(void *user, const struct ut_group_call *g)
{
	struct ut_tally *t = user;
	struct ut_tally_call c = { .facts = g->facts, .tags = g->tags, .reviewed = g->reviewed };

	if ((t->n == t->cap && !grow(t)) || !number(&t->team, g->team, &c.team) ||
	    !number(&t->queue, g->queue, &c.queue)) {
		t->failed = true;
		return false;
	}
	t->secret[t->n] = (struct secret){
		.agent = g->agent,
		.has_tone = g->has_tone,
		.label = g->label,
		.rank = (float)g->rank,
		.accepting = (float)g->accepting,
		.n_heard = g->n_heard,
		.n_heard_bad = g->n_heard_bad,
	};
	t->call[t->n++] = c;
	return true;
}

static bool add_person(void *user, const struct ut_call_facts *f)
{
	struct ut_tally *t = user;

	if (t->n == t->cap && !grow(t)) {
		t->failed = true;
		return false;
	}
	t->call[t->n++] = (struct ut_tally_call){ .facts = *f };
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Numbers in the order of the names, whatever the order of the rows. */
static bool sort_names(struct ut_tally *t, struct names *n, bool team)
{
	unsigned *to = calloc(n->n + 1, sizeof(*to));
	char **old = calloc(n->n + 1, sizeof(*old));

	if (!to || !old) {
		free(to);
		free(old);
		return false;
	}
	if (n->n) {
		memcpy(old + 1, n->v + 1, n->n * sizeof(*old));
		qsort(n->v + 1, n->n, sizeof(*n->v), by_name);
	}
	for (unsigned i = 1; i <= n->n; i++) {
		char **at = bsearch(&old[i], n->v + 1, n->n, sizeof(*n->v), by_name);

		to[i] = (unsigned)(at - n->v);
	}
	for (size_t i = 0; i < t->n; i++) {
		unsigned *x = team ? &t->call[i].team : &t->call[i].queue;

		*x = to[*x];
	}
	free(to);
	free(old);
	return true;
}

static enum ut_status load(struct ut_store *s, const char *person, const struct ut_coach_query *q,
			   struct ut_tally **ret, struct ut_error *err)
{
	struct ut_tally *t = calloc(1, sizeof(*t));
	enum ut_status st;

	if (!t)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the calls");
	t->person = person != NULL;
	if (person)
		st = ut_store_person_calls(s, person, q, add_person, t, err);
	else
		st = ut_store_group_calls(s, q, add_group, t, err);
	if (st == UT_OK &&
	    (t->failed || !sort_names(t, &t->team, true) || !sort_names(t, &t->queue, false)))
		st = ut_fail(err, UT_ENOMEM, "not enough memory for the calls");
	if (st == UT_OK)
		*ret = t;
	else
		ut_tally_destroy(&t);
	return st;
}

enum ut_status ut_tally_groups(struct ut_store *s, const struct ut_coach_query *q,
			       struct ut_tally **ret, struct ut_error *err)
{
	return load(s, NULL, q, ret, err);
}

enum ut_status ut_tally_person(struct ut_store *s, const char *person,
			       const struct ut_coach_query *q, struct ut_tally **ret,
			       struct ut_error *err)
{
	return load(s, person, q, ret, err);
}

const struct ut_tally_call *ut_tally_calls(const struct ut_tally *t, size_t *n)
{
	*n = t->n;
	return t->call;
}

const char *const *ut_tally_teams(const struct ut_tally *t, unsigned *n)
{
	*n = t->team.n;
	return (const char *const *)t->team.v;
}

const char *const *ut_tally_queues(const struct ut_tally *t, unsigned *n)
{
	*n = t->queue.n;
	return (const char *const *)t->queue.v;
}

static bool wanted(const struct ut_tally *t, const bool *in, bool earlier, size_t i)
{
	return in[i] && t->call[i].facts.earlier == earlier;
}

/* How many calls each agent has in the set; [0]: the unknown ones. claimed: only closings with a
 * claimed tone. NULL: no memory. */
static unsigned *calls_by_agent(const struct ut_tally *t, const bool *in, bool earlier,
				bool claimed, unsigned *n_agents)
{
	unsigned *n;

	*n_agents = 0;
	for (size_t i = 0; i < t->n; i++)
		*n_agents = UT_MAX(*n_agents, t->secret[i].agent);
	n = calloc((size_t)*n_agents + 1, sizeof(*n));
	for (size_t i = 0; n && i < t->n; i++) {
		const struct secret *x = &t->secret[i];

		if (wanted(t, in, earlier, i) &&
		    (!claimed || (x->has_tone && x->label != UT_TONE_ABSTAIN)))
			n[x->agent]++;
	}
	return n;
}

unsigned ut_tally_agents(const struct ut_tally *t, const bool *in, bool earlier)
{
	unsigned *n, n_agents, different = 0;

	if (t->person) {
		for (size_t i = 0; i < t->n; i++)
			if (wanted(t, in, earlier, i))
				return 1;
		return 0;
	}
	n = calls_by_agent(t, in, earlier, false, &n_agents);
	for (unsigned i = 1; n && i <= n_agents; i++)
		different += n[i] > 0;
	free(n);
	return different;
}

/* Whether a share of the set's tones may be shown, by who took the calls. */
static enum ut_shown may_show(const struct ut_tally *t, const bool *in, bool earlier)
{
	unsigned n_agents, different = 0, most = 0, all = 0;
	unsigned *n;

	if (t->person)
		return UT_HIDDEN_PERSON;
	n = calls_by_agent(t, in, earlier, true, &n_agents);
	if (!n)
		return UT_HIDDEN_AGENTS; /* no memory to be sure */
	for (unsigned i = 0; i <= n_agents; i++) {
		all += n[i];
		if (i == 0) /* nobody knows whose: they may all be one's */
			continue;
		different += n[i] > 0;
		most = UT_MAX(most, n[i]);
	}
	most = UT_MAX(most, n[0]);
	free(n);
	return all == 0                                        ? UT_HIDDEN_NONE
	       : different < UT_TALLY_AGENTS || 2 * most > all ? UT_HIDDEN_AGENTS
	       : all < UT_TALLY_CALLS                          ? UT_HIDDEN_CALLS
							       : UT_SHOWN;
}

void ut_tally_tones(const struct ut_tally *t, const bool *in, bool earlier, struct ut_tones *ret)
{
	unsigned k = 0, n = 0, flagged = 0, agreed = 0;

	memset(ret, 0, sizeof(*ret));
	ut_share_set(&ret->bad, 0, 0);
	ut_share_set(&ret->confirmed, 0, 0);
	ret->shown = may_show(t, in, earlier);
	if (ret->shown != UT_SHOWN)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct secret *x = &t->secret[i];
		bool bad = x->label == UT_TONE_RESIGNED || x->label == UT_TONE_ANGRY;

		if (!x->has_tone || !wanted(t, in, earlier, i))
			continue;
		if (x->label == UT_TONE_ABSTAIN) {
			ret->n_abstain++;
			continue;
		}
		n++;
		k += bad;
		if (bad && x->n_heard) {
			flagged++;
			agreed += 2 * x->n_heard_bad > x->n_heard;
		}
	}
	ut_share_set(&ret->bad, k, n);
	ut_share_set(&ret->confirmed, agreed, flagged);
}

/* Higher is listed earlier; negative: not at all. */
static double worth(const struct ut_tally *t, size_t i, bool bad)
{
	const struct secret *x = &t->secret[i];
	bool is_bad = x->label == UT_TONE_RESIGNED || x->label == UT_TONE_ANGRY;
	const unsigned recovery = 1u << UT_COACH_RECOVERY;

	if (!x->has_tone)
		return -1;
	if (bad)
		return is_bad ? (double)x->rank : -1;
	if (t->call[i].tags & recovery)
		return 2 + (double)x->accepting;
	return x->label == UT_TONE_ACCEPTING && x->n_heard_bad == 0 ? (double)x->accepting : -1;
}

size_t ut_tally_listen(const struct ut_tally *t, const bool *in, bool bad, int64_t *call_id,
		       size_t max)
{
	struct ut_tones tones;
	double best[32];
	size_t n = 0;

	max = UT_MIN(max, UT_ARRAY_LEN(best));
	ut_tally_tones(t, in, false, &tones);
	if (tones.shown != UT_SHOWN || max == 0)
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		double w = wanted(t, in, false, i) ? worth(t, i, bad) : -1;
		size_t k;

		if (w < 0 || (n == max && w <= best[n - 1]))
			continue;
		n = UT_MIN(n + 1, max);
		for (k = n - 1; k > 0 && best[k - 1] < w; k--) {
			best[k] = best[k - 1];
			call_id[k] = call_id[k - 1];
		}
		best[k] = w;
		call_id[k] = t->call[i].facts.call_id;
	}
	return n;
}
