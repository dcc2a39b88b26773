/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/call.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/problems.h"

const char *ut_role_name(enum ut_role r)
{
	static const char *const names[UT_N_ROLES] = { "unknown", "customer", "agent", "ivr",
						       "other" };

	return (unsigned)r < UT_N_ROLES ? names[r] : "unknown";
}

const char *ut_kind_name(enum ut_kind k)
{
	static const char *const names[UT_N_KINDS] = { "unknown", "external", "internal" };

	return (unsigned)k < UT_N_KINDS ? names[k] : "unknown";
}

const char *ut_aligned_name(enum ut_aligned a)
{
	static const char *const names[UT_N_ALIGNED] = { "whole", "together", "times",
							 "echo",  "turns",    "unknown" };

	return (unsigned)a < UT_N_ALIGNED ? names[a] : "unknown";
}

void ut_call_init(struct ut_call *c)
{
	memset(c, 0, sizeof(*c));
	c->closing.party = -1;
	c->measures.longest_wait_s = -1;
}

static void free_strings(char **const *slots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(*slots[i]);
}

static void free_fields(struct ut_call *c)
{
	struct ut_meta *m = &c->meta;
	char **const slots[] = {
		&c->media.path,
		&c->media.path2,
		&c->media.container,
		&c->media.codec,
		&m->call_id,
		&m->start_time,
		&m->direction,
		&m->queue,
		&m->team,
		&m->agent_id,
		&m->customer_key,
		&m->case_id,
		&m->language,
		&m->purpose,
		&m->notice,
		&m->profile,
		&c->closing.phrase,
		&c->closing.reason,
		&c->closing.no_tone_reason,
		&c->closing.tone_reason,
		&c->first.source,
	};

	free_strings(slots, UT_ARRAY_LEN(slots));
	for (unsigned i = 0; i < UT_MAX_EVIDENCE; i++) {
		free(c->closing.evidence_feature[i]);
		free(c->closing.evidence_unit[i]);
	}
	for (unsigned i = 0; i < UT_MAX_PARTIES; i++) {
		free(c->party[i].id);
		free(c->party[i].source);
	}
	for (size_t i = 0; i < c->n_problems; i++)
		free(c->problem[i].message);
}

void ut_call_reset(struct ut_call *c)
{
	struct ut_call keep = *c;

	free_fields(c);
	ut_call_init(c);
	for (unsigned i = 0; i < UT_MAX_CHANNELS; i++) {
		c->ch[i].frames = keep.ch[i].frames;
		c->ch[i].frames.n = 0;
		c->ch[i].timbre = keep.ch[i].timbre;
		c->ch[i].timbre.n = 0;
		c->ch[i].activity.spans = keep.ch[i].activity.spans;
		c->ch[i].activity.spans.n = 0;
		c->ch[i].loudness = keep.ch[i].loudness;
		c->ch[i].loudness.n = 0;
	}
	for (unsigned i = 0; i < UT_MAX_SPEAKERS; i++) {
		c->speaker[i] = keep.speaker[i];
		c->speaker[i].n = 0;
	}
	c->turns = keep.turns;
	c->turns.n = 0;
	c->problem = keep.problem;
	c->problem_cap = keep.problem_cap;
}

void ut_call_done(struct ut_call *c)
{
	free_fields(c);
	for (unsigned i = 0; i < UT_MAX_CHANNELS; i++) {
		ut_frame_table_done(&c->ch[i].frames);
		ut_timbre_table_done(&c->ch[i].timbre);
		ut_span_list_done(&c->ch[i].activity.spans);
		free(c->ch[i].loudness.db);
	}
	for (unsigned i = 0; i < UT_MAX_SPEAKERS; i++)
		ut_span_list_done(&c->speaker[i]);
	ut_turn_list_done(&c->turns);
	free(c->problem);
	ut_call_init(c);
}

enum ut_status ut_loudness_resize(struct ut_loudness *l, size_t n)
{
	if (n > l->cap) {
		int8_t *db = realloc(l->db, n);

		if (!db)
			return UT_ENOMEM;
		l->db = db;
		l->cap = n;
	}
	if (n)
		memset(l->db, UT_NO_LEVEL, n);
	l->n = n;
	return UT_OK;
}

enum ut_status ut_call_set(char **slot, const char *s)
{
	char *copy = NULL;

	if (s && !(copy = strdup(s)))
		return UT_ENOMEM;
	free(*slot);
	*slot = copy;
	return UT_OK;
}

bool ut_call_has_problem(const struct ut_call *c, const char *code)
{
	for (size_t i = 0; i < c->n_problems; i++)
		if (strcmp(c->problem[i].code, code) == 0)
			return true;
	return false;
}

enum ut_status ut_call_problem(struct ut_call *c, const char *code, const char *fmt, ...)
{
	char msg[UT_MAX_MESSAGE + 1], *copy;
	va_list ap;
	size_t i;

	code = ut_problem_code(code);
	assert(code); /* a row is missing in problems.h */
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	copy = strdup(msg);
	if (!copy)
		return UT_ENOMEM;
	for (i = 0; i < c->n_problems; i++) {
		if (strcmp(c->problem[i].code, code) == 0) {
			free(c->problem[i].message);
			c->problem[i].message = copy;
			return UT_OK;
		}
	}
	if (c->n_problems == c->problem_cap) {
		size_t cap = c->problem_cap ? c->problem_cap * 2 : 8;
		struct ut_problem *p = realloc(c->problem, cap * sizeof(*p));

		if (!p) {
			free(copy);
			return UT_ENOMEM;
		}
		c->problem = p;
		c->problem_cap = cap;
	}
	c->problem[c->n_problems++] = (struct ut_problem){ code, copy };
	return UT_OK;
}

int ut_call_customer(const struct ut_call *c, struct ut_error *why)
{
	int found = -1;
	unsigned sharing = 0;

	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *p = &c->party[i];

		if (p->role != UT_ROLE_CUSTOMER || p->kind != UT_KIND_EXTERNAL || !p->verified)
			continue;
		if (found >= 0) {
			ut_fail(
			    why, UT_EREFUSED,
			    "two parties are marked as the customer; a tone is only given for one: "
			    "pass --customer left|right|N, or mend the sidecar");
			return -1;
		}
		found = (int)i;
	}
	if (found < 0) {
		ut_fail(why, UT_EREFUSED,
			"no verified external customer, so no tone: pass --customer left|right|N, "
			"a sidecar or a channel profile that says which channel is the customer");
		return -1;
	}
	/* a voice of a mix is verified only where both were surely told apart (run/) */
	if (c->party[found].channel < 0)
		return found;
	for (unsigned i = 0; i < c->n_parties; i++)
		sharing += c->party[i].channel == c->party[found].channel;
	if (c->media.dual_mono && c->n_parties > 1) {
		ut_fail(why, UT_EREFUSED,
			"all channels carry the same signal, so the customer cannot be told from "
			"the agent: no tone; record the parties on separate channels");
		return -1;
	}
	if (sharing > 1) {
		ut_fail(why, UT_EREFUSED,
			"the customer's channel also carries another party: no tone; record the "
			"parties on separate channels");
		return -1;
	}
	return found;
}

const struct ut_channel *ut_call_party_channel(const struct ut_call *c, unsigned i)
{
	int ch = i < c->n_parties ? c->party[i].channel : UT_MAX_CHANNELS;

	if (ch < 0)
		ch = c->n_ch == 1 && i < UT_MAX_SPEAKERS ? 0 : UT_MAX_CHANNELS;
	return (unsigned)ch < c->n_ch ? &c->ch[ch] : NULL;
}

const struct ut_span_list *ut_call_party_spans(const struct ut_call *c, unsigned i)
{
	static const struct ut_span_list nothing;
	const struct ut_channel *ch = ut_call_party_channel(c, i);

	if (!ch)
		return &nothing;
	return c->party[i].channel < 0 ? &c->speaker[i] : &ch->activity.spans;
}

enum ut_status ut_call_customer_voice(const struct ut_call *c, struct ut_customer_voice *ret,
				      int *party, struct ut_error *err)
{
	int i = ut_call_customer(c, err);
	const struct ut_channel *ch;

	if (i < 0)
		return UT_EREFUSED;
	ch = ut_call_party_channel(c, (unsigned)i);
	if (!ch)
		return ut_fail(err, UT_EREFUSED,
			       "the customer is said to be on channel %d, but the recording has %u",
			       c->party[i].channel, c->n_ch);
	*ret = (struct ut_customer_voice){
		.frames = &ch->frames,
		.spans = ut_call_party_spans(c, (unsigned)i),
		.turns = &c->turns,
		.party = (unsigned)i,
		.noise_db = ch->activity.noise_db,
		.leak_db = ch->activity.leak_db,
	};
	*party = i;
	return UT_OK;
}
