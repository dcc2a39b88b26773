/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.c - the order of an analysis. Each step reads what the earlier ones filled, and fills one
 * part of the call's record. A new step is one function and one row. */
#include "metadata/transcript.h"
#include "run/steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum ut_status permit(struct ut_analyser *a, const struct ut_recording *r,
			     struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status assign(struct ut_analyser *a, const struct ut_recording *r,
			     struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status activity(struct ut_analyser *a, const struct ut_recording *r,
			       struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status turns(struct ut_analyser *a, const struct ut_recording *r,
			    struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status listen(struct ut_analyser *a, const struct ut_recording *r,
			     struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status closing(struct ut_analyser *a, const struct ut_recording *r,
			      struct ut_beat *beat, struct ut_call *c, struct ut_error *err);
static enum ut_status tone(struct ut_analyser *a, const struct ut_recording *r,
			   struct ut_beat *beat, struct ut_call *c, struct ut_error *err);

const struct ut_step ut_steps[] = {
	{ "permit", permit },             /* nothing: may this call be analysed at all? */
	{ "measure", ut_step_measure },   /* media, ch[].frames: decode, resample, 10 ms rows */
	{ "assign", assign },             /* meta, party[]: who is who */
	{ "activity", activity },         /* ch[].activity: where there is speech, music, tones */
	{ "speakers", ut_step_speakers }, /* speaker[], party[]: a mono mix told apart by voice */
	{ "turns", turns },               /* turns, measures: who spoke when */
	{ "doubts", ut_step_doubts },     /* party[].verified: traps of recordings */
	{ "listen", listen },             /* nothing of the record: phrases for the next step */
	{ "closing", closing },           /* closing.span: where is "OK, I understand" */
	{ "tone", tone },                 /* closing.tone: was it meant; verified customers only */
	{ 0 },
};

static enum ut_status no_memory(struct ut_error *err)
{
	return ut_fail(err, UT_ENOMEM, "not enough memory");
}

struct ut_meta_opts ut_step_meta_opts(const struct ut_analyser *a, const struct ut_recording *r)
{
	return (struct ut_meta_opts){
		.customer = a->o.customer,
		.profile = a->o.profile,
		.sidecar = r->sidecar,
		.sidecar_n = r->sidecar_n,
		.sidecar_name = r->sidecar_name,
		.recording = r->name,
		.sidecar2 = r->sidecar2,
		.sidecar2_n = r->sidecar2_n,
		.sidecar2_name = r->sidecar2_name,
		.recording2 = r->name2,
	};
}

enum ut_status ut_step_known_spans(struct ut_analyser *a, const struct ut_recording *r,
				   double lead_s, struct ut_error *err)
{
	struct ut_meta_opts o = ut_step_meta_opts(a, r);

	a->known.n = 0;
	o.lead_s = lead_s;
	return ut_meta_known_spans(&o, &a->known, err);
}

/* Before anything is decoded: what the metadata says, on a record of its own. */
static enum ut_status permit(struct ut_analyser *a, const struct ut_recording *r,
			     UT_UNUSED struct ut_beat *beat, UT_UNUSED struct ut_call *c,
			     struct ut_error *err)
{
	struct ut_meta_opts o = ut_step_meta_opts(a, r);
	struct ut_call scratch;
	enum ut_status st;

	if (!a->o.permit)
		return UT_OK;
	ut_call_init(&scratch);
	scratch.media.n_ch = 2;
	st = ut_call_set(&scratch.media.path, r->name);
	if (st == UT_OK)
		st = ut_meta_assign(a->o.meta, &o, &scratch, err);
	else
		no_memory(err);
	if (st == UT_OK)
		st = ut_permit_check(a->o.permit, &scratch.meta, err);
	ut_call_done(&scratch);
	return st;
}

static enum ut_status assign(struct ut_analyser *a, const struct ut_recording *r,
			     UT_UNUSED struct ut_beat *beat, struct ut_call *c,
			     struct ut_error *err)
{
	struct ut_meta_opts o = ut_step_meta_opts(a, r);

	return ut_meta_assign(a->o.meta, &o, c, err);
}

/* What a person should know of the sound itself. */
static enum ut_status sound_problems(struct ut_call *c)
{
	unsigned n_silent = 0;
	enum ut_status st = UT_OK;

	for (unsigned i = 0; i < c->n_ch; i++)
		n_silent += c->ch[i].activity.silent;
	if (n_silent == c->n_ch)
		return ut_call_problem(c, "no_speech", "nobody speaks in this recording");
	for (unsigned i = 0; i < c->n_ch && st == UT_OK; i++) {
		const struct ut_activity_channel *ac = &c->ch[i].activity;

		if (ac->silent)
			st = ut_call_problem(
			    c, "silent_channel",
			    "channel %u has no speech; was the other side recorded?", i);
		/* below this a voice is near the steps of 8-bit telephone codecs */
		else if (ac->speech_db < -50)
			st = ut_call_problem(c, "low_level",
					     "channel %u is very quiet (speech at %.0f dBFS)", i,
					     (double)ac->speech_db);
	}
	return st;
}

/*
 * "All channels are the customer's" holds for a recording of the customer alone. Where more than
 * one channel has speech of its own, one of them is somebody else's: nobody is verified any more.
 */
static enum ut_status doubt_all(struct ut_call *c)
{
	unsigned n = 0;
	enum ut_status st;

	for (unsigned i = 0; i < c->n_ch; i++)
		n += !c->ch[i].activity.silent;
	if (n < 2 || c->n_parties != 1 || ut_call_customer(c, NULL) < 0)
		return UT_OK;
	c->n_parties = UT_MIN(c->n_ch, (unsigned)UT_MAX_PARTIES);
	for (unsigned i = 0; i < c->n_parties; i++) {
		c->party[i].channel = (int)i;
		c->party[i].role = UT_ROLE_UNKNOWN;
		c->party[i].kind = UT_KIND_UNKNOWN;
		c->party[i].verified = false;
	}
	st = ut_call_problem(c, "role_conflict",
			     "all channels were said to be the customer's, but %u of them have "
			     "speech of their own; say which one is the customer, as with "
			     "--customer left",
			     n);
	if (st == UT_OK)
		st = ut_call_problem(c, "no_customer",
				     "no verified external customer, so no tone: see the other "
				     "problems of this call");
	return st;
}

/* How much is left out, and of how much. */
static enum ut_status masked_problem(const struct ut_analyser *a, struct ut_call *c)
{
	int64_t n = 0, end = (int64_t)c->ch[0].frames.n, last = 0;

	for (size_t i = 0; i < a->known.n; i++) {
		const struct ut_span *s = &a->known.v[i];

		if (s->kind != UT_SPAN_MASKED)
			continue;
		n += UT_MAX(UT_MIN(s->end, end) - UT_MAX(s->start, last), 0);
		last = UT_MAX(last, s->end);
	}
	return n ? ut_call_problem(
		       c, "masked",
		       "%.1f s are masked by the metadata and left out of every measure",
		       (double)n / UT_FRAMES_PER_S)
		 : UT_OK;
}

static enum ut_status activity(struct ut_analyser *a, UT_UNUSED const struct ut_recording *r,
			       UT_UNUSED struct ut_beat *beat, struct ut_call *c,
			       struct ut_error *err)
{
	struct ut_activity_in in = { .n_ch = c->n_ch };
	struct ut_activity_channel out[UT_MAX_CHANNELS];
	enum ut_status st = UT_OK;

	memset(out, 0, sizeof(out));
	for (unsigned i = 0; i < c->n_ch; i++) {
		in.frames[i] = &c->ch[i].frames;
		in.known[i] = a->known.n ? &a->known : NULL;
		out[i].spans = c->ch[i].activity.spans; /* empty, but with its memory */
	}
	if (st == UT_OK)
		st = ut_activity_find(&in, out, err);
	for (unsigned i = 0; i < c->n_ch; i++)
		c->ch[i].activity = out[i];
	if (st == UT_OK &&
	    (masked_problem(a, c) != UT_OK || sound_problems(c) != UT_OK || doubt_all(c) != UT_OK))
		st = no_memory(err);
	return st;
}

/* The mean level of each second's speech, as power: the own speech, what leaks in left out. */
static enum ut_status loudness(struct ut_channel *ch)
{
	const struct ut_span_list *l = &ch->activity.spans;
	const struct ut_frame_table *t = &ch->frames;
	size_t k = 0;

	if (ut_loudness_resize(&ch->loudness, (t->n + UT_FRAMES_PER_S - 1) / UT_FRAMES_PER_S) !=
	    UT_OK)
		return UT_ENOMEM;
	for (size_t s = 0; s < ch->loudness.n; s++) {
		int64_t from = (int64_t)s * UT_FRAMES_PER_S, to = from + UT_FRAMES_PER_S;
		double power = 0;
		unsigned n = 0;

		while (k < l->n && l->v[k].end <= from)
			k++;
		for (size_t j = k; j < l->n && l->v[j].start < to; j++) {
			int64_t end = UT_MIN(UT_MIN(l->v[j].end, to), (int64_t)t->n);

			if (l->v[j].kind != UT_SPAN_SPEECH)
				continue;
			for (int64_t i = UT_MAX(l->v[j].start, from); i < end; i++, n++)
				power += pow(10, (double)t->row[i].level_db / 10);
		}
		if (n)
			ch->loudness.db[s] = (int8_t)lrint(
			    UT_MIN(UT_MAX(10 * log10(power / n), UT_LEAST_LEVEL), 0.0));
	}
	return UT_OK;
}

static enum ut_status turns(UT_UNUSED struct ut_analyser *a, UT_UNUSED const struct ut_recording *r,
			    UT_UNUSED struct ut_beat *beat, struct ut_call *c, struct ut_error *err)
{
	static const struct ut_span_list nothing;
	struct ut_turns_in in = { .n_parties = c->n_parties,
				  .customer = ut_call_customer(c, NULL) };
	bool taken[UT_MAX_CHANNELS] = { false };
	enum ut_status st;

	for (unsigned i = 0; i < c->n_parties; i++) {
		int ch = c->party[i].channel;

		/* two parties on one channel are not told apart: the first one has its speech */
		if (ch >= 0 && taken[ch])
			in.spans[i] = &nothing;
		else
			in.spans[i] = ut_call_party_spans(c, i);
		if (ch >= 0)
			taken[ch] = true;
	}
	for (unsigned i = 0; i < c->n_ch; i++) {
		in.n_frames = UT_MAX(in.n_frames, (int64_t)c->ch[i].frames.n);
		if (loudness(&c->ch[i]) != UT_OK)
			return no_memory(err);
	}
	st = ut_turns_find(&in, &c->turns, &c->measures, err);
	c->measures.duration_s = (double)c->media.n_samples / c->media.rate_hz;
	if (st == UT_OK && in.customer >= 0 && c->measures.party[in.customer].talk_s <= 0 &&
	    ut_call_problem(c, "customer_silent",
			    "the customer's channel has no speech; is --customer right?") != UT_OK)
		return no_memory(err);
	return st;
}

/* The language to listen for; "" = any, NULL = do not listen. */
static const char *language(const struct ut_analyser *a, const struct ut_call *c)
{
	const struct ut_example_list *examples = a->o.recogniser->examples;

	if (strcmp(a->o.listen, "all") == 0)
		return "";
	if (strcmp(a->o.listen, "auto") != 0)
		return a->o.listen;
	for (size_t i = 0; c->meta.language && a->o.phrases && i < a->o.phrases->n; i++)
		if (ut_phrases_speak(a->o.phrases->v[i].lang, c->meta.language))
			return c->meta.language;
	for (size_t i = 0; c->meta.language && examples && i < examples->n; i++)
		if (ut_phrases_speak(examples->v[i].lang, c->meta.language))
			return c->meta.language;
	return NULL;
}

/* The last samples of a channel, oldest first, into a->pcm. */
static size_t tail(const struct ut_analyser *a, unsigned ch)
{
	const struct ut_tail *t = &a->chain[ch].tail;
	const int64_t cap = (int64_t)UT_TAIL_S * UT_RATE_HZ;
	size_t n = (size_t)UT_MIN(t->n, cap), from = t->n > cap ? (size_t)(t->n % cap) : 0;

	memcpy(a->pcm, t->x + from, (n - from) * sizeof(*t->x));
	memcpy(a->pcm + n - from, t->x, from * sizeof(*t->x));
	return n;
}

/*
 * The phrases of the transcript beside the recording; of all parties: it says who speaks.
 * *says_it: it tells what the customer says. It does not where it cannot be read, or where none of
 * its words is the customer's and some are of a speaker who is no party of the call.
 */
static enum ut_status read_transcript(struct ut_analyser *a, const struct ut_recording *r,
				      struct ut_call *c, int customer, bool *says_it,
				      struct ut_error *err)
{
	struct ut_transcript t = { 0 };
	struct ut_timed_word *w = NULL;
	size_t n = 0, n_unknown = 0;
	struct ut_error why = { 0 };
	enum ut_status st =
	    ut_transcript_parse(r->transcript, r->transcript_n, r->transcript_name, &t, &why);

	*says_it = false;
	if (st != UT_OK && st != UT_ENOMEM)
		return ut_call_problem(c, "transcript_invalid", "%s; it is not used", why.msg) ==
			       UT_OK
			   ? UT_OK
			   : no_memory(err);
	if (st == UT_OK)
		st = ut_transcript_words(&t, c, &w, &n, &n_unknown, &why);
	if (st == UT_OK)
		st = ut_phrases_match(a->o.phrases, w, n, &a->hits, &a->n_hits, &why);
	if (st == UT_OK && n == 0 && n_unknown > 0)
		st = ut_call_problem(c, "transcript_invalid",
				     "transcript %s: none of its speakers is a party of this call; "
				     "name them customer and agent, or left and right",
				     r->transcript_name);
	*says_it = n_unknown == 0;
	for (size_t i = 0; st == UT_OK && i < n; i++)
		*says_it |= w[i].party == (unsigned)customer;
	free(w);
	ut_transcript_done(&t);
	return st == UT_OK ? UT_OK : no_memory(err);
}

/* What the customer says at the end. Nobody else is listened to. */
static enum ut_status listen(struct ut_analyser *a, const struct ut_recording *r,
			     UT_UNUSED struct ut_beat *beat, struct ut_call *c,
			     struct ut_error *err)
{
	int customer = ut_call_customer(c, NULL);
	const char *lang = a->recogniser ? language(a, c) : NULL;
	bool says_it = false;
	struct ut_hear_in in;
	unsigned ch;

	free(a->hits);
	a->hits = NULL;
	a->n_hits = 0;
	if (customer < 0)
		return UT_OK;
	if (r->transcript && a->o.phrases) {
		enum ut_status st = read_transcript(a, r, c, customer, &says_it, err);

		if (st != UT_OK || says_it || !lang)
			return st;
		free(a->hits); /* of other parties: what is heard is the customer's alone */
		a->hits = NULL;
		a->n_hits = 0;
	}
	if (!lang)
		return UT_OK;
	ch = (unsigned)(ut_call_party_channel(c, (unsigned)customer) - c->ch);
	in = (struct ut_hear_in){
		.pcm = a->pcm,
		.n = tail(a, ch),
		.speech = ut_call_party_spans(c, (unsigned)customer),
		.party = (unsigned)customer,
		.lang = lang,
		.max_heard_s = ut_recogniser_budget_s(c->measures.duration_s),
	};
	in.pos = a->chain[ch].tail.n - (int64_t)in.n;
	return ut_recogniser_hear(a->recogniser, &in, &a->hits, &a->n_hits, NULL, err);
}

static enum ut_status closing(struct ut_analyser *a, UT_UNUSED const struct ut_recording *r,
			      UT_UNUSED struct ut_beat *beat, struct ut_call *c,
			      struct ut_error *err)
{
	struct ut_closing_record *rec = &c->closing;
	struct ut_error why = { 0 };
	struct ut_closing_in in = {
		.turns = &c->turns,
		.customer = ut_call_customer(c, &why),
		.hits = a->hits,
		.n_hits = a->n_hits,
		.n_frames = (int64_t)(c->measures.duration_s * UT_FRAMES_PER_S),
	};
	const char *phrase, *reason;

	rec->span.latency = UT_NO_LATENCY;
	if (in.customer < 0)
		return ut_call_set(&rec->reason, why.msg) == UT_OK ? UT_OK : no_memory(err);
	in.speech = ut_call_party_spans(c, (unsigned)in.customer);
	ut_closing_find(&in, &rec->span);
	rec->party = in.customer;
	phrase = rec->span.phrase;
	reason = rec->span.found_by == UT_FOUND_NONE ? rec->span.reason : NULL;
	if (ut_call_set(&rec->phrase, phrase) != UT_OK ||
	    ut_call_set(&rec->reason, reason) != UT_OK)
		return no_memory(err);
	rec->span.phrase = rec->phrase;
	rec->span.reason = rec->reason;
	return UT_OK;
}

static void context(const struct ut_call *c, int customer, struct ut_tone_context *x)
{
	const struct ut_closing *cl = &c->closing.span;
	const struct ut_party_measures *me = &c->measures.party[customer];

	*x = (struct ut_tone_context){
		.has_latency = cl->latency != UT_NO_LATENCY,
		.has_usual_latency = me->n_latencies > 0,
		.usual_latency_s = me->latency_median_s,
		.has_hold = true,
		.hold_s = c->measures.hold_s,
		.has_wait = c->measures.longest_wait_s >= 0,
		.longest_wait_s = UT_MAX(c->measures.longest_wait_s, 0),
	};
	if (c->media.aligned == UT_ALIGNED_TURNS) /* laid so that nobody waits long */
		x->has_latency = x->has_usual_latency = x->has_wait = false;
	if (x->has_latency)
		x->latency_s = (double)cl->latency / UT_FRAMES_PER_S;
	x->has_interruptions = c->n_parties > 1;
	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *t = &c->turns.v[i];

		x->interruptions +=
		    t->interrupts && t->party != (unsigned)customer && t->start < cl->start;
	}
}

static enum ut_status tone(struct ut_analyser *a, UT_UNUSED const struct ut_recording *r,
			   UT_UNUSED struct ut_beat *beat, struct ut_call *c, struct ut_error *err)
{
	struct ut_closing_record *rec = &c->closing;
	struct ut_customer_voice voice;
	struct ut_tone_context ctx;
	struct ut_error why = { 0 };
	int customer;
	enum ut_status st;

	if (rec->span.found_by == UT_FOUND_NONE)
		return UT_OK;
	st = ut_call_customer_voice(c, &voice, &customer, &why); /* the only door to a voice */
	if (st == UT_OK) {
		context(c, customer, &ctx);
		st =
		    ut_tone_measure(&voice, rec->span.start, rec->span.end, &ctx, &rec->tone, &why);
	}
	if (st == UT_ENOMEM)
		return no_memory(err);
	if (st != UT_OK)
		return ut_call_set(&rec->no_tone_reason, why.msg) == UT_OK ? UT_OK : no_memory(err);
	ut_tone_score(a->o.tone, NULL, &rec->tone);
	rec->has_tone = true;
	memccpy(rec->model_hash, ut_tone_model_hash(a->o.tone), '\0', sizeof(rec->model_hash) - 1);
	return UT_OK;
}
