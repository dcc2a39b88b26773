/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.c - one row or one line a call. */
#include "report/export.h"

#include "report/report.h"
#include "report/words.h"

/* The one party of a role; NULL where there is none, or more than one. */
static const struct ut_party_measures *only(const struct ut_call *c, enum ut_role role)
{
	const struct ut_party_measures *found = NULL;

	for (unsigned i = 0; i < c->n_parties && i < c->measures.n_parties; i++) {
		if (c->party[i].role != role)
			continue;
		if (found)
			return NULL;
		found = &c->measures.party[i];
	}
	return found;
}

static void text(struct ut_text *out, const char *s)
{
	ut_text_add(out, ",");
	ut_text_add_csv(out, s ? s : "");
}

static void real(struct ut_text *out, bool has, double v, int digits)
{
	ut_text_add(out, ",");
	if (has)
		ut_text_addf(out, "%.*f", digits, v);
}

static void whole(struct ut_text *out, bool has, unsigned v)
{
	ut_text_add(out, ",");
	if (has)
		ut_text_addf(out, "%u", v);
}

static void party(struct ut_text *out, const struct ut_party_measures *p)
{
	real(out, p, p ? p->talk_s : 0, 2);
	real(out, p, p ? p->talk_ratio : 0, 4);
	whole(out, p, p ? p->n_turns : 0);
	whole(out, p, p ? p->n_interruptions : 0);
	real(out, p && p->n_latencies, p ? p->latency_median_s : 0, 2);
}

void ut_export_csv_head(struct ut_text *out)
{
	ut_text_add(out,
		    "call,file,sha256,call_id,case_id,start_time,duration_s,direction,queue,team,"
		    "language,talk_s,overlap_s,non_talk_s,longest_silence_s,hold_s,n_holds,"
		    "longest_wait_s,customer_talk_s,customer_talk_ratio,customer_turns,"
		    "customer_interruptions,customer_latency_s,agent_talk_s,agent_talk_ratio,"
		    "agent_turns,agent_interruptions,agent_latency_s,closing_start_s,"
		    "closing_end_s,found_by,phrase,label,accepting,resigned,angry,flag,"
		    "no_tone_reason,problems\r\n");
}

/* Only where the closing is a verified external customer's: the store holds no other, and this is
 * asked once more. */
static bool has_tone(const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;

	return r->span.found_by != UT_FOUND_NONE && r->has_tone &&
	       r->party == ut_call_customer(c, NULL);
}

static void closing(struct ut_text *out, const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;
	bool has = r->span.found_by != UT_FOUND_NONE, tone = has_tone(c);
	unsigned score[UT_N_TONES];
	double p[UT_N_TONES];

	real(out, has, (double)r->span.start / UT_FRAMES_PER_S, 2);
	real(out, has, (double)r->span.end / UT_FRAMES_PER_S, 2);
	text(out, !has ? NULL : r->span.found_by == UT_FOUND_BY_PHRASE ? "phrase" : "turn");
	text(out, r->phrase ? r->phrase : r->span.phrase);
	text(out, tone ? ut_tone_label_name[r->tone.label] : "none");
	for (unsigned i = 0; i < UT_N_TONES; i++)
		p[i] = r->tone.score[i];
	if (tone)
		ut_words_scores(p, score);
	for (unsigned i = 0; i < UT_N_TONES; i++)
		real(out, tone, tone ? score[i] / 10000.0 : 0, 4);
	text(out, tone && ut_report_review(c) ? "review" : "none");
	text(out, tone ? NULL : has ? r->no_tone_reason : r->reason);
}

void ut_export_csv(const struct ut_export *e, struct ut_text *out)
{
	const struct ut_call *c = e->call;
	const struct ut_call_measures *m = &c->measures;
	const struct ut_meta *t = &c->meta;
	struct ut_text codes = { 0 };

	ut_text_addf(out, "%lld", (long long)c->id);
	text(out, c->media.path);
	text(out, c->media.hash);
	text(out, t->call_id);
	text(out, t->case_id);
	text(out, t->start_time);
	real(out, true, m->duration_s, 2);
	text(out, t->direction);
	text(out, t->queue);
	text(out, t->team);
	text(out, t->language);
	real(out, true, m->talk_s, 2);
	real(out, true, m->overlap_s, 2);
	real(out, true, m->non_talk_s, 2);
	real(out, true, m->longest_silence_s, 2);
	real(out, true, m->hold_s, 2);
	whole(out, true, m->n_holds);
	real(out, m->longest_wait_s >= 0, m->longest_wait_s, 2);
	party(out, only(c, UT_ROLE_CUSTOMER));
	party(out, only(c, UT_ROLE_AGENT));
	closing(out, c);
	for (size_t i = 0; i < c->n_problems; i++)
		ut_text_addf(&codes, "%s%s", i ? " " : "", c->problem[i].code);
	text(out, codes.s);
	ut_text_add(out, "\r\n");
	out->failed |= codes.failed;
	ut_text_done(&codes);
}

void ut_export_jsonl(const struct ut_export *e, struct ut_text *out)
{
	ut_report_call_json(e->call, out);
}
