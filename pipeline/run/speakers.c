/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speakers.c - what voices tell of who is who: the two people of a mono mix, a second person where
 * one was declared, another agent after a hold.
 */
#include "classifiers/speakers.h"

#include "run/steps.h"

static enum ut_status no_memory(struct ut_error *err)
{
	return ut_fail(err, UT_ENOMEM, "not enough memory");
}

static struct ut_speakers_in voices_of(const struct ut_channel *ch)
{
	return (struct ut_speakers_in){ &ch->frames, &ch->timbre, &ch->activity.spans };
}

/* A piece of the channel to both speakers: speech to its own, and to the other as echo. Pieces that
 * follow on one of their kind are joined. */
static enum ut_status deal(struct ut_call *c, const struct ut_span *s, int speaker)
{
	for (int i = 0; i < UT_MAX_SPEAKERS; i++) {
		struct ut_span_list *list = &c->speaker[i];
		struct ut_span mine = *s;
		struct ut_span *last = list->n ? &list->v[list->n - 1] : NULL;

		if (s->kind == UT_SPAN_SPEECH && speaker != i)
			mine.kind = UT_SPAN_ECHO;
		if (last && last->end == mine.start && last->kind == mine.kind) {
			last->end = mine.end;
			last->confidence = UT_MIN(last->confidence, mine.confidence);
			continue;
		}
		if (ut_span_list_push(list, &mine) != UT_OK)
			return UT_ENOMEM;
	}
	return UT_OK;
}

/* The channel's spans, as each of both speakers has them. */
static enum ut_status deal_out(struct ut_call *c, const struct ut_speakers *s)
{
	const struct ut_span_list *all = &c->ch[0].activity.spans;
	enum ut_status st = UT_OK;
	size_t k = 0;

	c->speaker[0].n = c->speaker[1].n = 0;
	for (size_t i = 0; i < all->n && st == UT_OK; i++) {
		const struct ut_span *span = &all->v[i];

		if (span->kind != UT_SPAN_SPEECH) {
			st = deal(c, span, 0);
			continue;
		}
		for (; k < s->n && s->v[k].end <= span->end && st == UT_OK; k++) {
			struct ut_span piece = *span;

			piece.start = s->v[k].start;
			piece.end = s->v[k].end;
			piece.confidence *= s->v[k].confidence;
			st = deal(c, &piece, (int)s->v[k].speaker);
		}
	}
	return st;
}

static enum ut_status name_parties(struct ut_call *c, bool believed)
{
	static const enum ut_role other[] = {
		[UT_ROLE_CUSTOMER] = UT_ROLE_AGENT, [UT_ROLE_AGENT] = UT_ROLE_CUSTOMER
	};
	bool internal = ut_call_has_problem(c, "internal_call");
	enum ut_status st = UT_OK;

	c->n_parties = 2;
	for (unsigned i = 0; i < 2 && st == UT_OK; i++) {
		struct ut_party *p = &c->party[i];

		p->channel = -1;
		p->role = UT_ROLE_UNKNOWN;
		p->kind = internal ? UT_KIND_INTERNAL : UT_KIND_UNKNOWN;
		p->verified = false;
		if (!c->first.role)
			continue;
		p->role = i == 0 ? c->first.role : other[c->first.role];
		if (!internal)
			p->kind = p->role == UT_ROLE_CUSTOMER ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
		p->verified = believed;
		st = ut_call_set(&p->source, c->first.source);
	}
	return st;
}

static enum ut_status no_customer(struct ut_call *c)
{
	return ut_call_has_problem(c, "no_customer") || ut_call_has_problem(c, "internal_call")
		   ? UT_OK
		   : ut_call_problem(c, "no_customer",
				     "no verified external customer, so no tone: see the other "
				     "problems of this call");
}

static enum ut_status mix(struct ut_call *c, const struct ut_speakers *s)
{
	bool told = c->first.role != UT_ROLE_UNKNOWN;
	enum ut_status st = UT_OK;

	if (s->n_speakers < 2) {
		if (told && s->n_speakers)
			st = ut_call_problem(c, "voices_unsure",
					     "%s says who speaks first, but only one voice was "
					     "found: nobody is verified",
					     c->first.source);
		return st == UT_OK && told ? no_customer(c) : st;
	}
	st = deal_out(c, s);
	if (st == UT_OK)
		st = name_parties(c, s->sure && !s->more);
	if (st == UT_OK)
		st =
		    ut_call_problem(c, "mono_split",
				    "one channel with two voices, told apart by sound: as a rule "
				    "of thumb a tenth of the speech may be given to the wrong one, "
				    "and speech at the same time goes to one of them");
	if (st == UT_OK && told && s->more)
		st = ut_call_problem(c, "voices_unsure",
				     "more than two voices seem to speak in this one channel (a "
				     "transfer, a recorded prompt): nobody is verified; record the "
				     "parties on separate channels");
	else if (st == UT_OK && told && !s->sure)
		st = ut_call_problem(c, "voices_unsure",
				     "the two voices of this one channel are too much alike, or "
				     "there is too little of them: nobody is verified; record the "
				     "parties on separate channels");
	if (st == UT_OK && told && (s->more || !s->sure))
		st = no_customer(c);
	return st;
}

/* Two voices that take turns, where the customer was said to be alone. Moods change a voice too,
 * but not to and fro. */
static bool two_take_turns(const struct ut_speakers *s)
{
	double time[2] = { 0 };
	unsigned changes = 0;

	for (size_t i = 0; i < s->n; i++) {
		time[s->v[i].speaker] += (double)(s->v[i].end - s->v[i].start);
		changes += i > 0 && s->v[i].speaker != s->v[i - 1].speaker;
	}
	return s->n_speakers == 2 && s->apart > 3 && changes >= 6 && UT_MIN(time[0], time[1]) > 500;
}

static enum ut_status doubt_alone(struct ut_call *c, const struct ut_speakers *s)
{
	enum ut_status st;

	if (!two_take_turns(s))
		return UT_OK;
	st = deal_out(c, s);
	c->first.role = UT_ROLE_UNKNOWN;
	if (st == UT_OK)
		st = name_parties(c, false);
	for (unsigned i = 0; i < 2 && st == UT_OK; i++)
		st = ut_call_set(&c->party[i].source, NULL);
	if (st == UT_OK)
		st = ut_call_problem(c, "role_conflict",
				     "the recording was said to hold the customer alone, but two "
				     "voices take turns in it: nobody is verified; say who speaks "
				     "first, or record the parties on separate channels");
	return st == UT_OK ? no_customer(c) : st;
}

enum ut_status ut_step_speakers(UT_UNUSED struct ut_analyser *a,
				UT_UNUSED const struct ut_recording *r,
				UT_UNUSED struct ut_beat *beat, struct ut_call *c,
				struct ut_error *err)
{
	struct ut_speakers s = { 0 };
	struct ut_speakers_in in = voices_of(&c->ch[0]);
	enum ut_status st;

	if (c->n_ch != 1 || c->n_parties != 1 || c->ch[0].activity.silent)
		return UT_OK;
	if (c->party[0].role != UT_ROLE_UNKNOWN && ut_call_customer(c, NULL) < 0)
		return UT_OK;
	st = ut_speakers_split(&in, c->first.role && c->party[0].role == UT_ROLE_UNKNOWN, &s, err);
	if (st == UT_OK)
		st = ut_call_customer(c, NULL) >= 0 ? doubt_alone(c, &s) : mix(c, &s);
	ut_speakers_done(&s);
	return st == UT_OK ? UT_OK : no_memory(err);
}
