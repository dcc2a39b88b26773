/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/turns.h"

#include <stdlib.h>
#include <string.h>

static const int64_t hold_join = 200; /* frames between two holds that are one */

static double seconds(int64_t frames)
{
	return (double)frames / 100.0;
}

static enum ut_status turn_push(struct ut_turn_list *l, const struct ut_turn *t)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct ut_turn *v = realloc(l->v, cap * sizeof(*v));

		if (!v)
			return UT_ENOMEM;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *t;
	return UT_OK;
}

void ut_turn_list_done(struct ut_turn_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

/* Inter-pausal units: speech spans inside the call, joined over closures. */
static enum ut_status make_units(const struct ut_span_list *in, int64_t n_frames,
				 struct ut_span_list *out)
{
	for (size_t i = 0; in && i < in->n; i++) {
		struct ut_span s = in->v[i];

		if (s.kind != UT_SPAN_SPEECH)
			continue;
		s.start = UT_MAX(s.start, 0);
		s.end = UT_MIN(s.end, n_frames);
		if (s.start >= s.end)
			continue;
		if (out->n && s.start - out->v[out->n - 1].end < UT_IPU_GAP)
			out->v[out->n - 1].end = UT_MAX(out->v[out->n - 1].end, s.end);
		else if (ut_span_list_push(out, &s) != UT_OK)
			return UT_ENOMEM;
	}
	return UT_OK;
}

/* Does any other party begin to speak in [from, to)? at[] only moves on: from never goes back. */
static bool other_starts(const struct ut_span_list *unit, unsigned n, unsigned party, size_t *at,
			 int64_t from, int64_t to)
{
	for (unsigned q = 0; q < n; q++) {
		if (q == party)
			continue;
		while (at[q] < unit[q].n && unit[q].v[at[q]].start < from)
			at[q]++;
		if (at[q] < unit[q].n && unit[q].v[at[q]].start < to)
			return true;
	}
	return false;
}

static enum ut_status make_turns(const struct ut_span_list *unit, unsigned n,
				 struct ut_turn_list *turns)
{
	for (unsigned p = 0; p < n; p++) {
		size_t at[UT_MAX_PARTIES] = { 0 };
		struct ut_turn t = { .party = p, .latency = UT_NO_LATENCY };

		for (size_t i = 0; i < unit[p].n; i++) {
			const struct ut_span *u = &unit[p].v[i];
			int64_t pause = u->start - t.end;

			if (i && (pause < UT_TURN_PAUSE_USED ||
				  (pause < UT_TURN_PAUSE &&
				   !other_starts(unit, n, p, at, t.end, u->start)))) {
				t.end = u->end;
				t.speech += u->end - u->start;
				continue;
			}
			if (i && turn_push(turns, &t) != UT_OK)
				return UT_ENOMEM;
			t.start = u->start;
			t.end = u->end;
			t.speech = u->end - u->start;
		}
		if (unit[p].n && turn_push(turns, &t) != UT_OK)
			return UT_ENOMEM;
	}
	return UT_OK;
}

static int by_start(const void *pa, const void *pb)
{
	const struct ut_turn *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->party < b->party ? -1 : a->party > b->party;
}

/*
 * Backchannels, interruptions and latencies of turns sorted by start. last[q] is q's latest turn
 * that began before the one looked at: a party's turns do not overlap each other, so only that one
 * can still be running.
 */
static void judge_turns(struct ut_turn *v, size_t n, unsigned n_parties)
{
	ptrdiff_t last[UT_MAX_PARTIES];
	ptrdiff_t floor_turn = -1; /* the latest turn that was no backchannel */

	for (unsigned q = 0; q < n_parties; q++)
		last[q] = -1;
	for (size_t i = 0; i < n; i++) {
		struct ut_turn *t = &v[i];
		bool inside = false;

		for (unsigned q = 0; q < n_parties; q++) {
			const struct ut_turn *o = last[q] < 0 || q == t->party ? NULL : &v[last[q]];
			int64_t left;

			if (!o || o->backchannel || o->end <= t->start)
				continue;
			left = o->end - t->start;
			if (o->start < t->start && t->end <= o->end) {
				inside = true;
				t->backchannel |= t->end - t->start <= UT_BACKCHANNEL_MAX;
			} else if (t->start - o->start >= UT_INTERRUPT_LEAD &&
				   left >= UT_INTERRUPT_MIN && left <= UT_INTERRUPT_YIELD &&
				   t->end - o->end >= UT_INTERRUPT_MIN) {
				t->interrupts = true;
			}
		}
		if (inside)
			t->interrupts = false; /* a third party had the floor throughout */
		if (!inside && floor_turn >= 0 && v[floor_turn].party != t->party)
			t->latency = t->start - v[floor_turn].end;
		last[t->party] = (ptrdiff_t)i;
		if (!inside)
			floor_turn = (ptrdiff_t)i;
	}
}

/*
 * Longest piece of each turn between other parties' turns (backchannels do not cut). last[q] as in
 * judge_turns.
 */
static void measure_longest(const struct ut_turn_list *turns, size_t first,
			    struct ut_call_measures *m)
{
	const struct ut_turn *last[UT_MAX_PARTIES] = { 0 };

	for (size_t i = first; i < turns->n; i++) {
		const struct ut_turn *t = &turns->v[i];
		int64_t from = t->start, best = 0;

		if (t->backchannel)
			continue;
		for (unsigned q = 0; q < m->n_parties; q++)
			if (last[q] && q != t->party && last[q]->end > from)
				from = UT_MIN(last[q]->end, t->end);
		for (size_t k = i + 1; k < turns->n && turns->v[k].start < t->end; k++) {
			const struct ut_turn *o = &turns->v[k];

			if (o->party == t->party || o->backchannel)
				continue;
			best = UT_MAX(best, o->start - from);
			from = UT_MAX(from, UT_MIN(o->end, t->end));
		}
		best = UT_MAX(best, t->end - from);
		m->party[t->party].longest_turn_s =
		    UT_MAX(m->party[t->party].longest_turn_s, seconds(best));
		last[t->party] = t;
	}
}

static int by_value(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return a < b ? -1 : a > b;
}

static enum ut_status measure_parties(const struct ut_turn_list *turns, size_t first,
				      struct ut_call_measures *m)
{
	size_t n = turns->n - first;
	int64_t *lat = malloc((n ? n : 1) * sizeof(*lat));

	if (!lat)
		return UT_ENOMEM;
	for (unsigned p = 0; p < m->n_parties; p++) {
		struct ut_party_measures *pm = &m->party[p];
		size_t k = 0;

		for (size_t i = first; i < turns->n; i++) {
			const struct ut_turn *t = &turns->v[i];

			if (t->party != p)
				continue;
			pm->n_turns += !t->backchannel;
			pm->n_backchannels += t->backchannel;
			pm->n_interruptions += t->interrupts;
			if (t->latency != UT_NO_LATENCY)
				lat[k++] = t->latency;
		}
		pm->n_latencies = (unsigned)k;
		if (!k)
			continue;
		qsort(lat, k, sizeof(*lat), by_value);
		pm->latency_median_s = seconds(lat[(k - 1) / 2] + lat[k / 2]) / 2;
	}
	free(lat);
	return UT_OK;
}

struct edge {
	int64_t at;
	int party; /* -1 hold, -2 masked */
	bool on;
};

enum { PARTY_HOLD = -1, PARTY_MASKED = -2 };

/* At one moment ends come before starts, so that touching spans do not overlap. */
static int by_time(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->on != b->on)
		return a->on ? 1 : -1;
	return a->party < b->party ? -1 : a->party > b->party;
}

static bool is_hold(enum ut_span_kind k)
{
	return k == UT_SPAN_MUSIC || k == UT_SPAN_RINGBACK;
}

static void add_edges(struct edge *e, size_t *n, int64_t start, int64_t end, int64_t n_frames,
		      int party)
{
	start = UT_MAX(start, 0);
	end = UT_MIN(end, n_frames);
	if (start >= end)
		return;
	e[(*n)++] = (struct edge){ start, party, true };
	e[(*n)++] = (struct edge){ end, party, false };
}

struct sweep {
	struct ut_call_measures *m;
	int64_t talk, overlap, hold;
	int64_t hold_end;   /* of the latest hold; -hold_join - 1 before the first */
	int64_t sil_start;  /* of the silence that is running; -1 none */
	int64_t wait_start; /* of the stretch in which nobody speaks; -1 before the first speech */
	bool wait_hold, wait_after_customer;
	int64_t sil_best, sil_best_start, wait_best;
	int customer;
};

static void silence_ends(struct sweep *s, int64_t at)
{
	if (s->sil_start >= 0 && at - s->sil_start > s->sil_best) {
		s->sil_best = at - s->sil_start;
		s->sil_best_start = s->sil_start;
	}
	s->sil_start = -1;
}

/*
 * One pass over the edges of all units, holds and masks in time. Between two edges nothing changes.
 */
static void sweep_edges(struct sweep *s, const struct edge *e, size_t n,
			const struct ut_turn_list *turns, size_t first)
{
	unsigned depth[UT_MAX_PARTIES] = { 0 }, speakers = 0, holds = 0, masks = 0;
	struct ut_turn *now[UT_MAX_PARTIES] = { 0 };
	size_t at[UT_MAX_PARTIES];
	bool spoke = false;

	for (unsigned p = 0; p < UT_MAX_PARTIES; p++)
		at[p] = first;
	for (size_t i = 0; i < n; i++) {
		int64_t len = i ? e[i].at - e[i - 1].at : 0;
		int p = e[i].party;
		bool was_silent = !speakers && !holds && !masks, is_silent;

		if (speakers)
			s->talk += len;
		if (speakers > 1) {
			s->overlap += len;
			for (unsigned q = 0; q < s->m->n_parties; q++)
				if (depth[q])
					now[q]->overlap += len;
		}
		if (!speakers && holds && len) {
			int64_t from = e[i - 1].at;

			s->hold += len;
			s->m->n_holds += from - s->hold_end > hold_join;
			s->hold_end = e[i].at;
			s->wait_hold = true;
		}

		if (p == PARTY_HOLD) {
			holds += e[i].on ? 1 : -1;
		} else if (p == PARTY_MASKED) {
			masks += e[i].on ? 1 : -1;
		} else if (e[i].on) {
			if (!speakers && s->wait_start >= 0 &&
			    (s->wait_hold || s->wait_after_customer || p != s->customer))
				s->wait_best = UT_MAX(s->wait_best, e[i].at - s->wait_start);
			speakers += depth[p]++ == 0;
			s->wait_start = -1;
			while (turns->v[at[p]].party != (unsigned)p ||
			       turns->v[at[p]].end <= e[i].at)
				at[p]++;
			now[p] = &turns->v[at[p]];
			spoke = true;
		} else {
			speakers -= --depth[p] == 0;
			if (!speakers) {
				s->wait_start = e[i].at;
				s->wait_hold = false;
				s->wait_after_customer = p == s->customer;
			}
		}

		is_silent = !speakers && !holds && !masks;
		if (was_silent && !is_silent)
			silence_ends(s, e[i].at);
		if (!was_silent && is_silent && spoke)
			s->sil_start = e[i].at;
	}
}

enum ut_status ut_turns_find(const struct ut_turns_in *in, struct ut_turn_list *turns,
			     struct ut_call_measures *m, struct ut_error *err)
{
	struct ut_span_list unit[UT_MAX_PARTIES] = { 0 };
	struct edge *edge = NULL;
	size_t first = turns->n, n_edges = 0, n_spans = 0;
	struct sweep s = { .m = m,
			   .hold_end = -hold_join - 1,
			   .sil_start = -1,
			   .wait_start = -1,
			   .wait_best = -1,
			   .customer = in->customer };
	int64_t last_speech = 0, talk_all = 0, talk[UT_MAX_PARTIES] = { 0 };
	enum ut_status st = UT_ENOMEM;

	if (in->n_parties < 1 || in->n_parties > UT_MAX_PARTIES || in->n_frames < 0 ||
	    in->customer >= (int)in->n_parties)
		return ut_fail(err, UT_EINVAL, "turns: %u parties, customer %d", in->n_parties,
			       in->customer);
	*m = (struct ut_call_measures){ .n_parties = in->n_parties,
					.duration_s = seconds(in->n_frames) };
	for (unsigned p = 0; p < in->n_parties; p++) {
		if (make_units(in->spans[p], in->n_frames, &unit[p]) != UT_OK)
			goto fail;
		n_spans += unit[p].n + (in->spans[p] ? in->spans[p]->n : 0);
	}
	if (make_turns(unit, in->n_parties, turns) != UT_OK)
		goto fail;
	if (turns->n > first)
		qsort(turns->v + first, turns->n - first, sizeof(*turns->v), by_start);
	judge_turns(turns->v + first, turns->n - first, in->n_parties);

	edge = malloc((2 * n_spans + 1) * sizeof(*edge));
	if (!edge)
		goto fail;
	for (unsigned p = 0; p < in->n_parties; p++) {
		const struct ut_span_list *l = in->spans[p];
		struct ut_party_measures *pm = &m->party[p];

		pm->first_word_s = unit[p].n ? seconds(unit[p].v[0].start) : -1;
		for (size_t i = 0; i < unit[p].n; i++) {
			add_edges(edge, &n_edges, unit[p].v[i].start, unit[p].v[i].end,
				  in->n_frames, (int)p);
			talk[p] += unit[p].v[i].end - unit[p].v[i].start;
			last_speech = UT_MAX(last_speech, unit[p].v[i].end);
		}
		pm->talk_s = seconds(talk[p]);
		talk_all += talk[p];
		for (size_t i = 0; l && i < l->n; i++) {
			if (is_hold(l->v[i].kind) || l->v[i].kind == UT_SPAN_BUSY)
				pm->hold_s += seconds(l->v[i].end - l->v[i].start);
			if (is_hold(l->v[i].kind))
				add_edges(edge, &n_edges, l->v[i].start, l->v[i].end, in->n_frames,
					  PARTY_HOLD);
			else if (l->v[i].kind == UT_SPAN_MASKED)
				add_edges(edge, &n_edges, l->v[i].start, l->v[i].end, in->n_frames,
					  PARTY_MASKED);
		}
	}
	qsort(edge, n_edges, sizeof(*edge), by_time);
	sweep_edges(&s, edge, n_edges, turns, first);
	if (!last_speech) {
		s.sil_best = in->n_frames;
		s.sil_best_start = 0;
	}
	m->talk_s = seconds(s.talk);
	m->overlap_s = seconds(s.overlap);
	m->non_talk_s = seconds(in->n_frames - s.talk);
	m->hold_s = seconds(s.hold);
	m->longest_silence_s = seconds(s.sil_best);
	m->longest_silence_start_s = seconds(s.sil_best_start);
	m->longest_wait_s = in->customer < 0 || s.wait_best < 0 ? -1 : seconds(s.wait_best);
	for (unsigned p = 0; p < in->n_parties; p++)
		/* of frames: a sum of seconds may come out above the whole */
		m->party[p].talk_ratio = talk_all ? (double)talk[p] / (double)talk_all : 0;
	measure_longest(turns, first, m);
	st = measure_parties(turns, first, m);
fail:
	for (unsigned p = 0; p < in->n_parties; p++)
		ut_span_list_done(&unit[p]);
	free(edge);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "turns");
}
