/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doubts.c - traps of recordings: what speaks against who was said to be who, or against the
 * channels being two sides of one call. Each is a named problem; where it could put somebody else's
 * voice, or another moment, in the place of the customer's closing, nobody is verified any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/speakers.h"
#include "dsp/align.h"
#include "metadata/transcript.h"
#include "run/steps.h"

enum {
	MISFIT = 200,       /* frames by which people do not misjudge when to speak */
	GAP = 1000,         /* frames of digital silence that are no pause */
	HOLD = 200,         /* frames of music or ringback that may hide another person */
	GREETING = 3000,    /* frames in which agents greet */
	ANNOUNCED = 200,    /* frames of speech before anybody could answer */
	GREETING_MAX = 600, /* frames: few agents greet for longer */
	FIRST_LEAD = 100,   /* frames by which somebody spoke first */
};

/* The other party's voice in a channel, dB below that on its own: noted; and as loud as an own
 * voice may be. */
static const float leak_noted_db = -20, leak_strong_db = -8;
/* A level that no line has: samples are all zero, or the last bit. */
static const float digital_db = -100;

static enum ut_status unverify(struct ut_call *c)
{
	enum ut_status st = UT_OK;

	for (unsigned i = 0; i < c->n_parties; i++)
		c->party[i].verified = false;
	if (!ut_call_has_problem(c, "no_customer"))
		st = ut_call_problem(c, "no_customer",
				     "no verified external customer, so no tone: see the other "
				     "problems of this call");
	return st;
}

/* Nobody is verified any more, and why. */
static enum ut_status doubt(struct ut_call *c, const char *code, const char *text)
{
	enum ut_status st = ut_call_problem(c, code, "%s: nobody is verified", text);

	return st == UT_OK ? unverify(c) : st;
}

static int agent_of(const struct ut_call *c)
{
	int found = -1;

	for (unsigned i = 0; i < c->n_parties; i++) {
		if (c->party[i].role != UT_ROLE_AGENT)
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

static enum ut_status leaks(struct ut_call *c, int customer)
{
	enum ut_status st = UT_OK;

	for (unsigned i = 0; i < c->n_ch && st == UT_OK; i++) {
		float db = c->ch[i].activity.leak_db;

		if (db <= leak_noted_db)
			continue;
		st =
		    ut_call_problem(c, "leak",
				    "another party's voice is in channel %u, %.0f dB below that on "
				    "its own: talk times and overlaps may be off",
				    i, (double)-db);
		if (st == UT_OK && db > leak_strong_db && c->party[customer].channel == (int)i)
			st = doubt(
			    c, "leak",
			    "another party's voice is about as loud in the customer's channel "
			    "as the customer's may be; record the parties apart");
	}
	return st;
}

/*
 * Two sides of one call wait for each other. Where they do so only if one of them is moved in time,
 * it is by that much that they do not fit together.
 */
static enum ut_status alignment(struct ut_call *c)
{
	struct ut_align g;
	char text[256];
	enum ut_status st = ut_align_turns(&c->ch[0].frames, &c->ch[1].frames, 0, &g, NULL);

	if (st != UT_OK || g.by == UT_ALIGN_UNKNOWN || llabs(g.lag) < MISFIT ||
	    g.unmoved < 2 * g.overlap)
		return st;
	snprintf(
	    text, sizeof(text),
	    "the channels do not fit together: both speak at once %.0f %% as much as by chance, "
	    "and %.0f %% if the second is moved by %+.1f s; were they started at different "
	    "times?",
	    100 * (double)g.unmoved, 100 * (double)g.overlap, (double)g.lag / UT_FRAMES_PER_S);
	return doubt(c, "misaligned", text);
}

/*
 * A channel of nothing but zeros at an end of the recording, while the other one speaks: it began
 * later, or ended earlier. Recorders that write zeros in every pause tell nothing.
 */
static enum ut_status cut_short(struct ut_call *c, unsigned i)
{
	const struct ut_frame_table *t = &c->ch[i].frames;
	const struct ut_span_list *other = &c->ch[!i].activity.spans;
	size_t from = 0, to = t->n, zeros = 0;
	double spoken = 0;
	char text[256];

	while (from < t->n && t->row[from].level_db <= digital_db)
		from++;
	while (to > from && t->row[to - 1].level_db <= digital_db)
		to--;
	for (size_t k = from; k < to; k++)
		zeros += t->row[k].level_db <= digital_db;
	if (to <= from || zeros * 50 > to - from)
		return UT_OK;
	from = from >= GAP ? from : 0;
	to = t->n - to >= GAP ? to : t->n;
	for (size_t k = 0; k < other->n; k++) {
		const struct ut_span *s = &other->v[k];

		if (s->kind != UT_SPAN_SPEECH)
			continue;
		spoken += (double)UT_MAX(UT_MIN(s->end, (int64_t)from) - s->start, 0);
		spoken += (double)UT_MAX(s->end - UT_MAX(s->start, (int64_t)to), 0);
	}
	if (spoken < 500)
		return UT_OK;
	snprintf(text, sizeof(text),
		 "channel %u has no sound at all %s %.0f s, while the other one speaks for %.0f s: "
		 "one of them began later or ended earlier",
		 i,
		 from && to < t->n ? "at both ends, but between"
		 : from            ? "before"
				   : "after",
		 (double)(from ? from : to) / UT_FRAMES_PER_S, spoken / UT_FRAMES_PER_S);
	return doubt(c, "channel_cut", text);
}

/* The first frame of at least `min` frames of a kind in a row; -1. */
static int64_t first_of(const struct ut_span_list *l, enum ut_span_kind kind, int64_t min)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && l->v[i].end - l->v[i].start >= min)
			return l->v[i].start;
	return -1;
}

/* The end of the last ringback of the channel before anybody may have answered; 0 where none. */
static int64_t answered(const struct ut_call *c)
{
	int64_t at = 0;

	for (unsigned i = 0; i < c->n_ch; i++)
		for (size_t k = 0; k < c->ch[i].activity.spans.n; k++) {
			const struct ut_span *s = &c->ch[i].activity.spans.v[k];

			if (s->kind == UT_SPAN_RINGBACK)
				at = UT_MAX(at, s->end);
		}
	return at;
}

static int64_t speaks_from(const struct ut_span_list *l, int64_t at)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == UT_SPAN_SPEECH && l->v[i].start >= at &&
		    l->v[i].end - l->v[i].start >= 20)
			return l->v[i].start;
	return INT64_MAX;
}

/* What agents say first, and customers do not. */
static const char *const greetings[] = {
	"how can i help",        "how may i help",     "how can i assist", "how may i assist",
	"thank you for calling", "thanks for calling", "במה אפשר לעזור",   "איך אפשר לעזור",
	"במה אוכל לעזור",        "תודה שפנית",
};

/* Words in lower case (ASCII), blanks between, punctuation left out. */
static void plain(struct ut_text *t, const char *s)
{
	if (t->len)
		ut_text_addn(t, " ", 1);
	for (; *s; s++) {
		char ch = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
		bool word = (unsigned char)ch >= 128 || (ch >= 'a' && ch <= 'z') ||
			    (ch >= '0' && ch <= '9');

		if (word || (t->len && t->s[t->len - 1] != ' '))
			ut_text_addn(t, word ? &ch : " ", word || ch != '\'');
	}
}

/* Does a party greet like an agent, by the transcript beside the recording? */
static bool greets(const struct ut_timed_word *w, size_t n, unsigned party, bool *no_memory)
{
	struct ut_text t = { 0 };
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (w[i].party == party && w[i].start < GREETING)
			plain(&t, w[i].text);
	for (size_t i = 0; t.s && i < UT_ARRAY_LEN(greetings); i++)
		found |= strstr(t.s, greetings[i]) != NULL;
	*no_memory |= t.failed;
	ut_text_done(&t);
	return found;
}

static enum ut_status greeting(const struct ut_recording *r, struct ut_call *c, int customer)
{
	struct ut_transcript t = { 0 };
	struct ut_timed_word *w = NULL;
	size_t n = 0, n_unknown = 0;
	bool no_memory = false, swapped = false;
	enum ut_status st;

	if (!r->transcript)
		return UT_OK;
	st = ut_transcript_parse(r->transcript, r->transcript_n, r->transcript_name, &t, NULL);
	if (st == UT_OK)
		st = ut_transcript_words(&t, c, &w, &n, &n_unknown, NULL);
	if (st == UT_OK) {
		swapped = greets(w, n, (unsigned)customer, &no_memory);
		for (unsigned i = 0; i < c->n_parties && swapped; i++)
			swapped = (int)i == customer || !greets(w, n, i, &no_memory);
	}
	free(w);
	ut_transcript_done(&t);
	if (st == UT_ENOMEM || no_memory)
		return UT_ENOMEM;
	return swapped
		   ? doubt(c, "maybe_swapped",
			   "the transcript has the agent's greeting on the customer's side; are "
			   "the channels the other way round?")
		   : UT_OK;
}

/*
 * Who calls hears it ring. Inbound that is the customer, so ringback is on the agent's side, which
 * the customer hears; outbound it is the other way round.
 */
static enum ut_status ringing(struct ut_call *c, int customer, int agent)
{
	int64_t theirs, ours;

	if (!c->meta.direction || (strcmp(c->meta.direction, "inbound") != 0 &&
				   strcmp(c->meta.direction, "outbound") != 0))
		return UT_OK;
	theirs = first_of(ut_call_party_spans(c, (unsigned)customer), UT_SPAN_RINGBACK, 50);
	ours = first_of(ut_call_party_spans(c, (unsigned)agent), UT_SPAN_RINGBACK, 50);
	if ((theirs < 0) == (ours < 0))
		return UT_OK;
	if ((strcmp(c->meta.direction, "inbound") == 0) == (ours >= 0))
		return UT_OK;
	return doubt(c, "maybe_swapped",
		     "it rings on the side of the one who was called; are the channels, or is the "
		     "direction, the other way round?");
}

static enum ut_status first_word(struct ut_call *c, int customer, int agent)
{
	int64_t at = answered(c), theirs, ours;
	bool agent_first;

	if (c->first.role == UT_ROLE_UNKNOWN || c->party[customer].channel < 0)
		return UT_OK;
	theirs = speaks_from(ut_call_party_spans(c, (unsigned)customer), at);
	ours = speaks_from(ut_call_party_spans(c, (unsigned)agent), at);
	if (theirs == INT64_MAX || ours == INT64_MAX || llabs(theirs - ours) < FIRST_LEAD)
		return UT_OK;
	agent_first = ours < theirs;
	if (agent_first == (c->first.role == UT_ROLE_AGENT))
		return UT_OK;
	return doubt(c, "maybe_swapped",
		     agent_first
			 ? "the agent speaks first, though the customer is said to; are the "
			   "channels the other way round?"
			 : "the customer speaks first, though the agent is said to; are the "
			   "channels the other way round?");
}

/* Ends of holds on any channel: where another person may take over. Returns how many. */
static size_t holds_of(const struct ut_call *c, int64_t *from, int64_t *to, size_t max)
{
	size_t n = 0;

	for (unsigned i = 0; i < c->n_ch; i++)
		for (size_t k = 0; k < c->ch[i].activity.spans.n; k++) {
			const struct ut_span *s = &c->ch[i].activity.spans.v[k];

			if ((s->kind != UT_SPAN_MUSIC && s->kind != UT_SPAN_RINGBACK) || n == max)
				continue;
			if (n && s->start - to[n - 1] < 500 && s->start >= from[n - 1]) {
				to[n - 1] = UT_MAX(to[n - 1], s->end);
			} else {
				from[n] = s->start;
				to[n++] = s->end;
			}
		}
	return n;
}

static int64_t speech_before(const struct ut_span_list *l, int64_t at)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == UT_SPAN_SPEECH)
			sum += UT_MAX(UT_MIN(l->v[i].end, at) - l->v[i].start, 0);
	return sum;
}

/* Is it another person on this side after a hold? *at: the end of the first such hold. */
static enum ut_status another_voice(const struct ut_call *c, int party, int64_t *at,
				    struct ut_error *err)
{
	enum { MAX = 32 };
	int64_t from[MAX], to[MAX], end = (int64_t)c->ch[0].frames.n;
	size_t n = holds_of(c, from, to, MAX);
	const struct ut_channel *ch = ut_call_party_channel(c, (unsigned)party);
	struct ut_speakers_in in = { &ch->frames, &ch->timbre,
				     ut_call_party_spans(c, (unsigned)party) };

	*at = -1;
	for (size_t i = 0; i < n && *at < 0; i++) {
		float evidence;
		bool enough;
		enum ut_status st;

		if (to[i] - from[i] < HOLD)
			continue;
		st = ut_speakers_change(&in, 0, to[i], end, &evidence, &enough, err);
		if (st != UT_OK)
			return st;
		if (enough && evidence > UT_ANOTHER_VOICE)
			*at = to[i];
	}
	return UT_OK;
}

/* A new agent after a hold. */
static enum ut_status agents(struct ut_call *c, int customer, int agent, struct ut_error *err)
{
	int64_t at, spoken;
	enum ut_status st = another_voice(c, agent, &at, err);

	if (st != UT_OK)
		return st;
	spoken = speech_before(ut_call_party_spans(c, (unsigned)customer), at);
	if (at >= 0 && spoken >= ANNOUNCED)
		st = ut_call_problem(
		    c, "new_voice",
		    "after the hold that ends at %lld:%02lld another voice speaks on "
		    "the agent's side (a transfer?): the agents' measures are one sum",
		    (long long)at / 6000, (long long)at / 100 % 60);
	return st;
}

/*
 * Whoever was verified spoke before the hold. An angry voice may be taken for another one, and is
 * then lost to the list; but a tone of somebody whom nobody verified, measured against another
 * person's usual, is worse.
 */
static enum ut_status handed_over(struct ut_call *c, int customer, struct ut_error *err)
{
	int64_t at;
	enum ut_status st = another_voice(c, customer, &at, err);

	if (st == UT_OK && at >= 0) {
		char text[256];

		snprintf(
		    text, sizeof(text),
		    "after the hold that ends at %lld:%02lld another voice, or one in quite "
		    "another mood, speaks on the customer's side: who closes may not be who was "
		    "verified",
		    (long long)at / 6000, (long long)at / 100 % 60);
		st = doubt(c, "other_customer", text);
	}
	return st;
}

/*
 * Speech on the agent's side that is no agent's: before it rings or music plays, while the customer
 * says next to nothing; or, before the customer's first word, in another voice than later.
 */
static enum ut_status announcement(struct ut_call *c, int customer, int agent, struct ut_error *err)
{
	enum { MAX = 32 };
	int64_t from[MAX], to[MAX], spoken = 0, at;
	size_t n = holds_of(c, from, to, MAX);
	const struct ut_span_list *ours = ut_call_party_spans(c, (unsigned)agent);
	const struct ut_span_list *theirs = ut_call_party_spans(c, (unsigned)customer);
	const struct ut_channel *ch = ut_call_party_channel(c, (unsigned)agent);
	struct ut_speakers_in in = { &ch->frames, &ch->timbre, ours };

	for (size_t i = 0; i < n && spoken < ANNOUNCED; i++)
		spoken =
		    speech_before(theirs, from[i]) < ANNOUNCED ? speech_before(ours, from[i]) : 0;
	at = speaks_from(theirs, 0);
	if (spoken < ANNOUNCED && at < INT64_MAX && speech_before(ours, at) >= GREETING_MAX) {
		float evidence;
		bool enough;
		enum ut_status st =
		    ut_speakers_change(&in, 0, at, (int64_t)ch->frames.n, &evidence, &enough, err);

		if (st != UT_OK)
			return st;
		if (enough && evidence > UT_ANOTHER_VOICE)
			spoken = speech_before(ours, at);
	}
	return spoken < ANNOUNCED
		   ? UT_OK
		   : ut_call_problem(c, "announcement",
				     "%.0f s are spoken on the agent's side before the agent "
				     "answers (a menu, a queue): they count as the agent's talk",
				     (double)spoken / UT_FRAMES_PER_S);
}

/* Metadata of another recording, or a recording that was changed, says nothing of who is who. */
static enum ut_status content(const struct ut_recording *r, struct ut_call *c)
{
	const struct {
		const char *bytes, *name;
		size_t n;
		int fd;
	} side[2] = { { r->sidecar, r->name, r->sidecar_n, r->fd },
		      { r->sidecar2, r->name2, r->sidecar2_n, r->fd2 } };

	for (int i = 0; i < 2; i++) {
		struct ut_error why = { 0 };
		bool checked;
		enum ut_status st =
		    side[i].bytes && side[i].name
			? ut_meta_check_content(side[i].bytes, side[i].n, side[i].name, side[i].fd,
						&checked, &why)
			: UT_OK;

		if (st == UT_ENOMEM)
			return st;
		if (st != UT_OK) /* unread is unproven */
			return doubt(c, "content_changed", why.msg);
	}
	return UT_OK;
}

static enum ut_status on_hold(struct ut_call *c)
{
	bool music = false; /* what only rings before the answer is no hold */

	for (unsigned i = 0; i < c->n_ch; i++)
		music |= first_of(&c->ch[i].activity.spans, UT_SPAN_MUSIC, 1) >= 0;
	return c->measures.n_holds && music
		   ? ut_call_problem(c, "hold", "on hold %u time%s, for %.0f s in all",
				     c->measures.n_holds, c->measures.n_holds == 1 ? "" : "s",
				     c->measures.hold_s)
		   : UT_OK;
}

enum ut_status ut_step_doubts(UT_UNUSED struct ut_analyser *a, const struct ut_recording *r,
			      UT_UNUSED struct ut_beat *beat, struct ut_call *c,
			      struct ut_error *err)
{
	int customer = ut_call_customer(c, NULL), agent = agent_of(c);
	bool apart = c->n_ch == 2 && c->n_parties == 2 && c->party[0].channel >= 0;
	enum ut_status st = content(r, c);

	if (st == UT_OK)
		st = on_hold(c);

	if (st == UT_OK && apart && customer >= 0)
		st = leaks(c, customer);
	for (unsigned i = 0; i < 2 && st == UT_OK && apart; i++)
		st = cut_short(c, i);
	if (st == UT_OK && apart && !ut_call_has_problem(c, "channel_cut"))
		st = alignment(c);
	if (st == UT_OK && c->media.aligned == UT_ALIGNED_UNKNOWN)
		st = unverify(c);
	if (st == UT_OK && customer >= 0)
		st = greeting(r, c, customer);
	if (st == UT_OK && customer >= 0 && agent >= 0 && apart) {
		st = ringing(c, customer, agent);
		if (st == UT_OK)
			st = first_word(c, customer, agent);
		if (st == UT_OK)
			st = announcement(c, customer, agent, err);
		if (st == UT_OK)
			st = agents(c, customer, agent, err);
	}
	if (st == UT_OK && customer >= 0 && c->party[customer].channel >= 0)
		st = handed_over(c, customer, err);
	return st == UT_OK ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}
