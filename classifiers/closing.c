/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/closing.h"

#include <math.h>
#include <stddef.h>

/* Frames of 10 ms. */
static const int64_t unit_gap = 50;        /* a shorter pause is inside one closing */
static const int64_t turn_gap = 200;       /* so is one between turns that nobody else uses */
static const int64_t long_turn = 800;      /* of a longer turn only the last unit is the closing */
static const int64_t near_end = 6000;      /* phrases are looked for in the last minute */
static const int64_t agent_goes_on = 4500; /* speech of others after which nothing was closed */
static const int64_t click_max = 8, click_gap = 15;
static const int64_t word_min = 15; /* less speech than this is no word */
static const float hit_min = 0.5f, confidence_min = 0.15f;
static const float goodbye_said = 0.95f; /* recognised as one */
static const float goodbye_alone = 0.5f; /* the other party is not on the recording */
enum { MAX_CANDIDATES = 4 };             /* customer turns looked at, from the end */

/*
 * Log-odds that the last turn of the customer is a goodbye, after the acknowledgement ("OK" - "have
 * a nice day" - "bye"). Logistic regression on drawn lengths, whose distributions stand in
 * schemas/DATA.md. Lengths enter as ln(seconds + 0.1).
 */
static const struct {
	float bias;
	float speech;   /* of the turn */
	float no_after; /* nobody speaks after it */
	float after;    /* others' speech after it, where there is some */
	float before;   /* others' speech between the customer's turn before and it */
	float latency;  /* of the turn, s, -1..2 */
} goodbye_w = { 4.88f, -2.39f, -1.64f, -6.31f, -1.54f, -2.23f };

static float log_s(int64_t frames)
{
	return logf((float)frames / 100.0f + 0.1f);
}

/* Speech of others within [from, to), backchannels left out: they do not take the floor. */
static int64_t others_speech(const struct ut_turn_list *l, int party, int64_t from, int64_t to)
{
	int64_t sum = 0;

	for (size_t i = l->n; i-- > 0;) {
		const struct ut_turn *t = &l->v[i];
		int64_t a = UT_MAX(t->start, from), b = UT_MIN(t->end, to);

		if ((int)t->party != party && !t->backchannel && a < b)
			sum += b - a;
		/* turns are sorted by start: nothing that matters lies a long turn earlier */
		if (t->start < from - 12000)
			break;
	}
	return sum;
}

/* The speech spans of one party as units: i is the index of a span inside the unit. */
static void unit_around(const struct ut_span_list *l, size_t i, int64_t gap, size_t *first,
			size_t *last)
{
	size_t a = i, b = i;

	for (size_t k = i; k-- > 0;) {
		if (l->v[k].kind != UT_SPAN_SPEECH)
			continue;
		if (l->v[a].start - l->v[k].end >= gap)
			break;
		a = k;
	}
	for (size_t k = i + 1; k < l->n; k++) {
		if (l->v[k].kind != UT_SPAN_SPEECH)
			continue;
		if (l->v[k].start - l->v[b].end >= gap)
			break;
		b = k;
	}
	*first = a;
	*last = b;
}

static bool is_click(const struct ut_span *s, int64_t gap)
{
	return s->end - s->start < click_max && gap >= click_gap;
}

/* Start and end of speech in spans first..last inside [from, to), stray clicks left off. */
static bool trim(const struct ut_span_list *l, int64_t from, int64_t to, int64_t *start,
		 int64_t *end)
{
	struct ut_span now = { 0 };
	bool have = false;

	*start = *end = -1;
	for (size_t i = 0; i <= l->n; i++) {
		struct ut_span s;

		if (i < l->n) {
			s = l->v[i];
			if (s.kind != UT_SPAN_SPEECH || s.end <= from || s.start >= to)
				continue;
			s.start = UT_MAX(s.start, from);
			s.end = UT_MIN(s.end, to);
		}
		/* the span in hand is kept once what follows it is known */
		if (have) {
			int64_t after = i < l->n ? s.start - now.end : click_gap;
			int64_t before = *start < 0 ? click_gap : now.start - *end;

			if (!(is_click(&now, before) && is_click(&now, after) &&
			      (*start < 0 || i == l->n))) {
				if (*start < 0)
					*start = now.start;
				*end = now.end;
			}
		}
		if (i < l->n) {
			now = s;
			have = true;
		}
	}
	return *start >= 0;
}

/* The last unit (pauses below gap) inside [from, to) that is more than a click. */
static bool last_unit(const struct ut_span_list *l, int64_t from, int64_t to, int64_t gap,
		      int64_t *start, int64_t *end)
{
	for (size_t i = l->n; i-- > 0;) {
		size_t a, b;

		if (l->v[i].kind != UT_SPAN_SPEECH || l->v[i].start >= to)
			continue;
		if (l->v[i].end <= from)
			return false;
		unit_around(l, i, gap, &a, &b);
		if (trim(l, UT_MAX(l->v[a].start, from), UT_MIN(l->v[b].end, to), start, end) &&
		    *end - *start >= click_max)
			return true;
		i = a;
		if (i == 0)
			return false;
	}
	return false;
}

/* Of speech that begins at start: its turn's latency where it opens the turn, else none. */
static int64_t latency_at(const struct ut_turn_list *l, int party, int64_t start)
{
	for (size_t i = l->n; i-- > 0;) {
		const struct ut_turn *t = &l->v[i];

		if ((int)t->party != party || start < t->start || start >= t->end)
			continue;
		if (t->latency == UT_NO_LATENCY || start - t->start >= unit_gap)
			return UT_NO_LATENCY;
		return t->latency + (start - t->start);
	}
	return UT_NO_LATENCY;
}

static void none(struct ut_closing *ret, const char *reason)
{
	*ret = (struct ut_closing){ .found_by = UT_FOUND_NONE,
				    .latency = UT_NO_LATENCY,
				    .reason = reason };
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

/* How many of the customer's acknowledgements or goodbyes were recognised inside [start, end). */
static bool said(const struct ut_closing_in *in, enum ut_phrase_meaning m, int64_t start,
		 int64_t end)
{
	for (size_t i = 0; i < in->n_hits; i++) {
		const struct ut_phrase_hit *h = &in->hits[i];

		if ((int)h->party == in->customer && h->meaning == m && h->score >= hit_min &&
		    h->start < end && h->end > start)
			return true;
	}
	return false;
}

/* A customer's turn, or some of them with short silences in which nobody else speaks. */
struct candidate {
	int64_t start, end, speech, latency;
};

/* Probability that it is only the goodbye after the closing. */
static float goodbye(const struct ut_closing_in *in, const struct candidate *t, int64_t next_start,
		     int64_t prev_end)
{
	int64_t after = others_speech(in->turns, in->customer, t->end, next_start);
	int64_t before = others_speech(in->turns, in->customer, prev_end, t->start);
	float lat = t->latency == UT_NO_LATENCY ? 0.5f : (float)t->latency / 100.0f;

	if (said(in, UT_PHRASE_GOODBYE, t->start, t->end))
		return goodbye_said;
	return sigmoid(goodbye_w.bias + goodbye_w.speech * log_s(t->speech) +
		       (after ? goodbye_w.after * log_s(after) : goodbye_w.no_after) +
		       goodbye_w.before * log_s(before) +
		       goodbye_w.latency * UT_MAX(-1.0f, UT_MIN(lat, 2.0f)));
}

/* The customer's last n at most, cand[0] the last. */
static size_t candidates(const struct ut_closing_in *in, struct candidate *cand, size_t max)
{
	size_t n = 0;

	for (size_t i = in->turns->n; i-- > 0;) {
		const struct ut_turn *t = &in->turns->v[i];
		struct candidate *c = n ? &cand[n - 1] : NULL;

		if ((int)t->party != in->customer || t->backchannel || t->speech < word_min)
			continue;
		if (c && c->start - t->end < turn_gap &&
		    !others_speech(in->turns, in->customer, t->end, c->start)) {
			c->start = t->start;
			c->speech += t->speech;
			c->latency = t->latency;
			continue;
		}
		if (n == max)
			break;
		cand[n++] = (struct candidate){ t->start, t->end, t->speech, t->latency };
	}
	return n;
}

/* The speech around a recognised phrase: the customer's turn as the turn structure has it ("okay ...
 * I understand" is one closing), its unit where that turn is long or none. */
static void around_phrase(const struct ut_closing_in *in, const struct ut_phrase_hit *h,
			  const struct candidate *cand, size_t n_cand, int64_t *start, int64_t *end)
{
	for (size_t i = 0; i < n_cand; i++)
		if (cand[i].start < h->end && cand[i].end > h->start &&
		    cand[i].end - cand[i].start <= long_turn &&
		    trim(in->speech, cand[i].start, cand[i].end, start, end))
			return;
	for (size_t k = 0; k < in->speech->n; k++) {
		const struct ut_span *s = &in->speech->v[k];
		size_t a, b;

		if (s->kind != UT_SPAN_SPEECH || s->end <= h->start || s->start >= h->end)
			continue;
		unit_around(in->speech, k, unit_gap, &a, &b);
		if (in->speech->v[b].end - in->speech->v[a].start > long_turn)
			unit_around(in->speech, k, UT_IPU_GAP, &a, &b);
		if (trim(in->speech, in->speech->v[a].start, in->speech->v[b].end, start, end))
			return;
		break;
	}
	*start = h->start;
	*end = h->end;
}

/* The customer's last recognised acknowledgement in the last minute wins over structure. */
static bool by_phrase(const struct ut_closing_in *in, const struct candidate *cand, size_t n_cand,
		      struct ut_closing *ret)
{
	for (size_t i = in->n_hits; i-- > 0;) {
		const struct ut_phrase_hit *h = &in->hits[i];
		int64_t start, end;

		if ((int)h->party != in->customer || h->meaning != UT_PHRASE_ACKNOWLEDGEMENT ||
		    h->score < hit_min || h->end < in->n_frames - near_end)
			continue;
		around_phrase(in, h, cand, n_cand, &start, &end);
		*ret = (struct ut_closing){ .found_by = UT_FOUND_BY_PHRASE,
					    .start = start,
					    .end = end,
					    .latency = latency_at(in->turns, in->customer, start),
					    .confidence = h->score,
					    .phrase = h->phrase };
		return true;
	}
	return false;
}

void ut_closing_find(const struct ut_closing_in *in, struct ut_closing *ret)
{
	struct candidate cand[MAX_CANDIDATES + 1];
	const struct candidate *best = NULL;
	size_t n;
	float still = 1, best_p = 0;
	bool others = false, speaks = false;
	int64_t s, e;

	n = candidates(in, cand, UT_ARRAY_LEN(cand));
	if (by_phrase(in, cand, n, ret))
		return;
	for (size_t i = 0; i < in->turns->n; i++) {
		const struct ut_turn *t = &in->turns->v[i];

		speaks |= (int)t->party == in->customer;
		others |= (int)t->party != in->customer && !t->backchannel;
	}
	if (!speaks)
		return none(ret, "the customer never speaks");
	if (!n)
		return none(ret, "the customer only says short words while another party talks");
	if (n == 1 && others && cand[0].latency == UT_NO_LATENCY)
		return none(ret, "the customer speaks only once, before the other party");

	for (size_t j = 0; j < UT_MIN(n, (size_t)MAX_CANDIDATES); j++) {
		int64_t next = j ? cand[j - 1].start : in->n_frames;
		int64_t prev = j + 1 < n ? cand[j + 1].end : 0;
		float g, p;

		if (others_speech(in->turns, in->customer, cand[j].end, in->n_frames) >
		    agent_goes_on)
			break;
		/* with nothing said before it, it cannot be the goodbye after a closing */
		if (j + 1 == n)
			g = 0;
		else
			g = others ? goodbye(in, &cand[j], next, prev) : goodbye_alone;
		p = still * (1 - g);
		if (p > best_p) {
			best_p = p;
			best = &cand[j];
		}
		still *= g;
	}
	if (!best)
		return none(ret, "the other party goes on for long after the customer's last turn");
	if (best_p < confidence_min)
		return none(ret, "no turn near the end looks like a closing");
	*ret = (struct ut_closing){ .found_by = UT_FOUND_BY_TURN,
				    .start = best->start,
				    .end = best->end,
				    .latency = best->latency,
				    .confidence = best_p };
	if (best->end - best->start <= long_turn) {
		if (trim(in->speech, best->start, best->end, &s, &e)) {
			ret->start = s;
			ret->end = e;
		}
	} else if (last_unit(in->speech, best->start, best->end, unit_gap, &s, &e) &&
		   (e - s <= long_turn ||
		    last_unit(in->speech, best->start, best->end, UT_IPU_GAP, &s, &e))) {
		ret->start = s;
		ret->end = e;
		ret->latency = latency_at(in->turns, in->customer, s);
	}
}
