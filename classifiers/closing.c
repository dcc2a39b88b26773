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
static const float named_min = 0.2f; /* a phrase that names its turn: as low as lists report */
static const float hit_min = 0.5f, confidence_min = 0.15f;
static const float certain = 1; /* the score of a transcript's words */
/* How much more often a phrase of a meaning is said in the closing than in another turn of the
 * customer's. A goodbye is told by goodbye() already. */
static const float says_more[UT_N_PHRASE_MEANINGS] = {
	[UT_PHRASE_ACKNOWLEDGEMENT] = 8,
	[UT_PHRASE_THANKS] = 2,
	[UT_PHRASE_GOODBYE] = 1,
	[UT_PHRASE_REFUSAL] = 0.3f,
};
/* The share of calls that end otherwise than the drawn ones: there any of the last turns is as
 * likely as the others. It keeps turn structure from being surer than it can be. */
static const float otherwise = 0.5f;
static const float goodbye_said = 0.95f; /* recognised as one */
static const float goodbye_alone = 0.5f; /* the other party is not on the recording */
enum { MAX_CANDIDATES = 4 };             /* customer turns looked at, from the end */

/*
 * Log-odds that the last turn of the customer is a goodbye, after the acknowledgement ("OK" - "have
 * a nice day" - "bye"). Logistic regression on drawn lengths (tests/train/goodbye_train.c), whose
 * distributions stand in schemas/DATA.md. Lengths enter as ln(seconds + 0.1).
 */
static const struct {
	float bias;
	float speech;   /* of the turn */
	float no_after; /* nobody speaks after it */
	float after;    /* others' speech after it, where there is some */
	float before;   /* others' speech between the customer's turn before and it */
	float latency;  /* of the turn, s, -1..2 */
} goodbye_w = { 4.79f, -2.35f, -1.63f, -6.25f, -1.49f, -2.21f };

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

/* The next span of speech inside [from, to) from index *i on, forwards or backwards, cut to it. */
static bool next_speech(const struct ut_span_list *l, int64_t from, int64_t to, size_t *i, int step,
			struct ut_span *ret)
{
	for (; *i < l->n; *i += (size_t)step) { /* below 0 it wraps to above n */
		const struct ut_span *s = &l->v[*i];

		if (s->kind != UT_SPAN_SPEECH || s->end <= from || s->start >= to)
			continue;
		*ret = *s;
		ret->start = UT_MAX(s->start, from);
		ret->end = UT_MIN(s->end, to);
		*i += (size_t)step;
		return true;
	}
	return false;
}

/* The outermost end of speech from one side, stray clicks left off: spans below click_max that are
 * click_gap away from any longer one, however many follow one another. */
static bool outer_end(const struct ut_span_list *l, int64_t from, int64_t to, int step,
		      int64_t *ret)
{
	size_t i = step > 0 ? 0 : l->n - 1;
	struct ut_span s, last = { 0 };
	bool in_group = false;

	while (l->n && next_speech(l, from, to, &i, step, &s)) {
		int64_t gap = step > 0 ? s.start - last.end : last.start - s.end;

		if (!in_group || gap >= click_gap) /* a group begins: all before it were clicks */
			*ret = step > 0 ? s.start : s.end;
		if (s.end - s.start >= click_max)
			return true;
		in_group = true;
		last = s;
	}
	return false;
}

/* Start and end of speech in l inside [from, to); false where there are only clicks. */
static bool trim(const struct ut_span_list *l, int64_t from, int64_t to, int64_t *start,
		 int64_t *end)
{
	return outer_end(l, from, to, 1, start) && outer_end(l, from, to, -1, end);
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
		int64_t s, e;

		if ((int)t->party != in->customer || t->backchannel || t->speech < word_min ||
		    !trim(in->speech, t->start, t->end, &s, &e))
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

/* The speech around a recognised phrase: the customer's turn as the turn structure has it ("okay
 * ... I understand" is one closing), its unit where that turn is long or none. False: no speech of
 * the customer's is there; a transcript may give words to the wrong party's time, and what lies
 * there is the agent's echo or nothing. */
static bool around_phrase(const struct ut_closing_in *in, const struct ut_phrase_hit *h,
			  const struct candidate *cand, size_t n_cand, int64_t *start, int64_t *end)
{
	for (size_t i = 0; i < n_cand; i++)
		if (cand[i].start < h->end && cand[i].end > h->start &&
		    cand[i].end - cand[i].start <= long_turn &&
		    trim(in->speech, cand[i].start, cand[i].end, start, end))
			return true;
	for (size_t k = 0; k < in->speech->n; k++) {
		const struct ut_span *s = &in->speech->v[k];
		size_t a, b;

		if (s->kind != UT_SPAN_SPEECH || s->end <= h->start || s->start >= h->end)
			continue;
		unit_around(in->speech, k, unit_gap, &a, &b);
		if (in->speech->v[b].end - in->speech->v[a].start > long_turn)
			unit_around(in->speech, k, UT_IPU_GAP, &a, &b);
		if (trim(in->speech, in->speech->v[a].start, in->speech->v[b].end, start, end))
			return true;
		break;
	}
	return false;
}

/* The customer's last acknowledgement of the last minute in a transcript: it wins over structure.
 */
static bool by_transcript(const struct ut_closing_in *in, const struct candidate *cand,
			  size_t n_cand, struct ut_closing *ret)
{
	for (size_t i = in->n_hits; i-- > 0;) {
		const struct ut_phrase_hit *h = &in->hits[i];
		int64_t start, end;

		if ((int)h->party != in->customer || h->meaning != UT_PHRASE_ACKNOWLEDGEMENT ||
		    h->score < certain || h->end < in->n_frames - near_end)
			continue;
		if (!around_phrase(in, h, cand, n_cand, &start, &end))
			continue;
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

/*
 * How much likelier what was heard in a turn is if it is the closing. Each phrase counts by the
 * probability that it was said; several together ("okay, all right, thank you") add up, the second
 * half as much, the third a quarter, for they do not come independently. *best: the likeliest
 * acknowledgement, else thanks; NULL where there is none that was likely said.
 */
static float evidence(const struct ut_closing_in *in, const struct candidate *c,
		      const struct ut_phrase_hit **best, bool *heard)
{
	float sum = 0, weight = 1;

	*best = NULL;
	for (size_t i = 0; i < in->n_hits; i++) {
		const struct ut_phrase_hit *h = &in->hits[i];

		if ((int)h->party != in->customer || h->start >= c->end || h->end <= c->start ||
		    h->end < in->n_frames - near_end)
			continue;
		*heard = true;
		sum += weight * logf(1 + h->score * (says_more[h->meaning] - 1));
		if (says_more[h->meaning] > 1)
			weight /= 2;
		if (h->score < named_min ||
		    (h->meaning != UT_PHRASE_ACKNOWLEDGEMENT && h->meaning != UT_PHRASE_THANKS))
			continue;
		if (!*best || h->meaning < (*best)->meaning ||
		    (h->meaning == (*best)->meaning && h->score > (*best)->score))
			*best = h;
	}
	return expf(sum);
}

void ut_closing_find(const struct ut_closing_in *in, struct ut_closing *ret)
{
	struct candidate cand[MAX_CANDIDATES + 1];
	const struct candidate *best = NULL;
	size_t n;
	const struct ut_phrase_hit *said_best = NULL, *phrase[MAX_CANDIDATES] = { NULL };
	float still = 1, best_p = 0, sum = 0, p[MAX_CANDIDATES] = { 0 };
	float likelier[MAX_CANDIDATES];
	bool bye[MAX_CANDIDATES], heard = false;
	size_t n_eligible = 0, n_open = 0;
	bool others = false, speaks = false;
	int64_t s, e;

	n = candidates(in, cand, UT_ARRAY_LEN(cand));
	if (by_transcript(in, cand, n, ret))
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

	for (size_t j = 0; j < UT_MIN(n, (size_t)MAX_CANDIDATES); j++, n_eligible++) {
		int64_t next = j ? cand[j - 1].start : in->n_frames;
		int64_t prev = j + 1 < n ? cand[j + 1].end : 0;
		float g;

		if (others_speech(in->turns, in->customer, cand[j].end, in->n_frames) >
		    agent_goes_on)
			break;
		/* with nothing said before it, it cannot be the goodbye after a closing */
		if (j + 1 == n)
			g = 0;
		else
			g = others ? goodbye(in, &cand[j], next, prev) : goodbye_alone;
		p[j] = still * (1 - g);
		still *= g;
	}
	/* Of the turns and of none of them (still): structure, then what was heard. */
	for (size_t j = 0; j < n_eligible; j++) {
		likelier[j] = evidence(in, &cand[j], &phrase[j], &heard);
		bye[j] = said(in, UT_PHRASE_GOODBYE, cand[j].start, cand[j].end);
		n_open += !bye[j];
	}
	for (size_t j = 0; j < n_eligible; j++) {
		if (heard)
			p[j] = (1 - otherwise) * p[j] +
			       (bye[j] ? 0 : otherwise * (1 - still) / (float)n_open);
		p[j] *= likelier[j];
		sum += p[j];
	}
	for (size_t j = 0; j < n_eligible; j++) {
		p[j] /= sum + still;
		if (p[j] > best_p) {
			best_p = p[j];
			best = &cand[j];
			said_best = phrase[j];
		}
	}
	if (!best)
		return none(ret, "the other party goes on for long after the customer's last turn");
	if (best_p < confidence_min)
		return none(ret, "no turn near the end looks like a closing");
	*ret = (struct ut_closing){ .found_by = said_best ? UT_FOUND_BY_PHRASE : UT_FOUND_BY_TURN,
				    .start = best->start,
				    .end = best->end,
				    .latency = best->latency,
				    .confidence = best_p,
				    .phrase = said_best ? said_best->phrase : NULL };
	if (said_best && best->end - best->start > long_turn &&
	    around_phrase(in, said_best, cand, 0, &ret->start, &ret->end)) {
		/* the phrase's unit, not the turn's last */
		ret->latency = latency_at(in->turns, in->customer, ret->start);
		return;
	}
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
