/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - one call as one object on one line; the contract is schemas/score.schema.json. */
#include <math.h>

#include "call/wire.h"
#include "report/report.h"
#include "report/words.h"

enum { SCHEMA = 1 };

static double frames_s(int64_t frames)
{
	return (double)frames / UT_FRAMES_PER_S;
}

bool ut_report_review(const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;

	return r->span.found_by != UT_FOUND_NONE && r->has_tone &&
	       (r->tone.label == UT_TONE_RESIGNED || r->tone.label == UT_TONE_ANGRY);
}

static void real_or_null(struct ut_json *j, const char *key, bool has, double v, unsigned digits)
{
	ut_json_real(j, key, has ? v : NAN, digits);
}

/* Who is on a source channel; "mixed" where several parties are, "unknown" where nobody says. */
static const char *party_on(const struct ut_call *c, int channel, const struct ut_party **ret)
{
	const struct ut_party *found = NULL;

	*ret = NULL;
	for (unsigned i = 0; i < c->n_parties; i++) {
		if (c->party[i].channel != channel && c->party[i].channel >= 0)
			continue; /* a voice of a mix is on all */
		if (found)
			return "mixed";
		found = &c->party[i];
	}
	*ret = found;
	return found ? ut_role_name(found->role) : "unknown";
}

static void channels(struct ut_json *j, const struct ut_call *c)
{
	unsigned n = UT_MIN(c->media.n_ch, UT_MAX_CHANNELS);

	ut_json_begin_array(j, "channels");
	for (unsigned i = 0; i < n; i++) {
		const struct ut_party *p;
		const char *who = party_on(c, (int)i, &p);

		ut_json_begin_object(j, NULL);
		ut_json_int(j, "index", i);
		ut_json_string(j, "party", who);
		ut_json_string(j, "kind", p ? ut_kind_name(p->kind) : "unknown");
		ut_json_bool(j, "verified", p && p->verified);
		ut_json_string(j, "source", p ? p->source : NULL);
		if (i < c->n_ch) {
			const struct ut_activity_channel *a = &c->ch[i].activity;

			ut_json_real(j, "noise_db", a->noise_db, 1);
			ut_json_real(j, "speech_db", a->speech_db, 1);
			ut_json_real(j, "leak_db", a->leak_db, 1);
			ut_json_bool(j, "silent", a->silent);
		}
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

static void measures(struct ut_json *j, const struct ut_call *c)
{
	const struct ut_call_measures *m = &c->measures;

	ut_json_begin_object(j, "measures");
	ut_json_real(j, "talk_s", m->talk_s, 3);
	ut_json_real(j, "overlap_s", m->overlap_s, 3);
	ut_json_real(j, "non_talk_s", m->non_talk_s, 3);
	ut_json_real(j, "longest_silence_s", m->longest_silence_s, 3);
	ut_json_real(j, "longest_silence_start_s", m->longest_silence_start_s, 3);
	ut_json_real(j, "hold_s", m->hold_s, 3);
	ut_json_int(j, "n_holds", m->n_holds);
	real_or_null(j, "longest_wait_s", m->longest_wait_s >= 0, m->longest_wait_s, 3);
	ut_json_begin_array(j, "parties");
	for (unsigned i = 0; i < m->n_parties && i < c->n_parties; i++) {
		const struct ut_party_measures *p = &m->party[i];

		ut_json_begin_object(j, NULL);
		ut_json_int(j, "index", i);
		ut_json_int(j, "channel", c->party[i].channel);
		ut_json_string(j, "party", ut_role_name(c->party[i].role));
		ut_json_real(j, "talk_s", p->talk_s, 3);
		ut_json_real(j, "talk_ratio", p->talk_ratio, 4);
		ut_json_int(j, "n_turns", p->n_turns);
		ut_json_int(j, "n_backchannels", p->n_backchannels);
		ut_json_int(j, "n_interruptions", p->n_interruptions);
		ut_json_real(j, "longest_turn_s", p->longest_turn_s, 3);
		real_or_null(j, "latency_median_s", p->n_latencies > 0, p->latency_median_s, 3);
		ut_json_int(j, "n_latencies", p->n_latencies);
		real_or_null(j, "first_word_s", p->first_word_s >= 0, p->first_word_s, 3);
		ut_json_real(j, "hold_s", p->hold_s, 3);
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
	ut_json_end_object(j);
}

static void tone(struct ut_json *j, const struct ut_closing_record *r, bool features)
{
	const struct ut_tone *t = &r->tone;
	double p[UT_N_TONES];
	unsigned score[UT_N_TONES];

	if (!r->has_tone) {
		ut_json_null(j, "tone");
		ut_json_string(j, "no_tone_reason", r->no_tone_reason);
		ut_json_begin_array(j, "evidence");
		ut_json_end_array(j);
		return;
	}
	for (unsigned i = 0; i < UT_N_TONES; i++)
		p[i] = t->score[i];
	ut_words_scores(p, score);
	ut_json_begin_object(j, "tone");
	ut_json_string(j, "label", ut_tone_label_name[t->label]);
	ut_json_begin_object(j, "scores");
	for (unsigned i = 0; i < UT_N_TONES; i++)
		ut_json_real(j, ut_tone_label_name[i], score[i] / 10000.0, 4);
	ut_json_end_object(j);
	ut_json_string(j, "abstain_reason", t->abstain_reason);
	ut_json_string(j, "model", r->model_hash);
	if (features) {
		ut_json_begin_array(j, "features");
		for (unsigned i = 0; i < t->n_features; i++)
			real_or_null(j, NULL, t->feature_valid[i / 64] >> i % 64 & 1, t->feature[i],
				     6);
		ut_json_end_array(j);
	}
	ut_json_end_object(j);
	ut_json_begin_array(j, "evidence");
	for (unsigned i = 0; i < t->n_evidence; i++) {
		const struct ut_evidence *e = &t->evidence[i];
		struct ut_text says = { 0 };

		ut_words_evidence(e, &says);
		ut_json_begin_object(j, NULL);
		ut_json_string(j, "feature", e->feature);
		ut_json_real(j, "value", e->value, 4);
		ut_json_string(j, "unit", e->unit);
		ut_json_real(j, "reference", e->reference, 4);
		ut_json_string(j, "points_to", ut_tone_label_name[e->points_to]);
		ut_json_real(j, "contribution", e->contribution, 3);
		ut_json_string(j, "text", says.failed ? NULL : says.s);
		ut_json_end_object(j);
		ut_text_done(&says);
	}
	ut_json_end_array(j);
}

static void closing(struct ut_json *j, const struct ut_call *c, bool features)
{
	const struct ut_closing_record *r = &c->closing;

	if (r->span.found_by == UT_FOUND_NONE) {
		ut_json_null(j, "closing");
		ut_json_string(j, "closing_reason", r->reason ? r->reason : r->span.reason);
		return;
	}
	ut_json_begin_object(j, "closing");
	ut_json_real(j, "start_s", frames_s(r->span.start), 2);
	ut_json_real(j, "end_s", frames_s(r->span.end), 2);
	ut_json_string(j, "found_by", r->span.found_by == UT_FOUND_BY_PHRASE ? "phrase" : "turn");
	ut_json_string(j, "phrase", r->phrase ? r->phrase : r->span.phrase);
	real_or_null(j, "latency_s", r->span.latency != UT_NO_LATENCY,
		     r->span.latency != UT_NO_LATENCY ? frames_s(r->span.latency) : 0, 2);
	ut_json_real(j, "confidence", r->span.confidence, 4);
	ut_json_int(j, "channel", c->party[r->party].channel);
	tone(j, r, features);
	ut_json_end_object(j);
}

static void meta(struct ut_json *j, const struct ut_call *c)
{
	const struct ut_meta *m = &c->meta;

	ut_json_string(j, "call_id", m->call_id);
	ut_json_string(j, "start_time", m->start_time);
	ut_json_string(j, "direction", m->direction);
	ut_json_string(j, "queue", m->queue);
	ut_json_string(j, "team", m->team);
	ut_json_string(j, "agent_id", m->agent_id);
	ut_json_string(j, "case_id", m->case_id);
	ut_json_string(j, "language", m->language);
	ut_json_string(j, "profile", m->profile);
}

static void media(struct ut_json *j, const struct ut_media *m)
{
	ut_json_begin_object(j, "media");
	ut_json_string(j, "container", m->container);
	ut_json_string(j, "codec", m->codec);
	ut_json_int(j, "rate_hz", m->rate_hz);
	ut_json_int(j, "channels", m->n_ch);
	ut_json_int(j, "size_bytes", m->size_bytes);
	ut_json_bool(j, "partial", m->partial);
	ut_json_bool(j, "dual_mono", m->dual_mono);
	ut_json_string(j, "sha256", m->hash);
	if (m->aligned != UT_ALIGNED_WHOLE) {
		ut_json_string(j, "other_file", m->path2);
		ut_json_string(j, "aligned", ut_aligned_name(m->aligned));
		ut_json_real(j, "lead_s", m->lead_s, 3);
		if (m->align_confidence > 0)
			ut_json_real(j, "align_confidence", (double)m->align_confidence, 2);
	}
	ut_json_end_object(j);
}

static void problems(struct ut_json *j, const struct ut_call *c)
{
	ut_json_begin_array(j, "problems");
	for (size_t i = 0; i < c->n_problems; i++) {
		ut_json_begin_object(j, NULL);
		ut_json_string(j, "code", c->problem[i].code);
		ut_json_string(j, "message", c->problem[i].message);
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

static void body(struct ut_json *j, const struct ut_call *c, bool features)
{
	ut_json_int(j, "schema", SCHEMA);
	ut_json_string(j, "file", c->media.path);
	ut_json_real(j, "duration_s", c->measures.duration_s, 3);
	meta(j, c);
	media(j, &c->media);
	channels(j, c);
	measures(j, c);
	closing(j, c, features);
	ut_json_string(j, "flag", ut_report_review(c) ? "review" : "none");
	problems(j, c);
}

void ut_report_call_json(const struct ut_call *c, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	body(&j, c, false);
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}

static void turns(struct ut_json *j, const struct ut_call *c)
{
	ut_json_begin_array(j, "turns");
	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *t = &c->turns.v[i];
		bool has = t->latency != UT_NO_LATENCY;

		ut_json_begin_object(j, NULL);
		ut_json_real(j, "start_s", frames_s(t->start), 2);
		ut_json_real(j, "end_s", frames_s(t->end), 2);
		ut_json_int(j, "party", t->party);
		ut_json_real(j, "speech_s", frames_s(t->speech), 2);
		ut_json_real(j, "overlap_s", frames_s(t->overlap), 2);
		real_or_null(j, "latency_s", has, has ? frames_s(t->latency) : 0, 2);
		ut_json_bool(j, "backchannel", t->backchannel);
		ut_json_bool(j, "interrupts", t->interrupts);
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

static void spans(struct ut_json *j, const struct ut_call *c)
{
	ut_json_begin_array(j, "spans");
	for (unsigned i = 0; i < c->n_ch; i++) {
		const struct ut_span_list *l = &c->ch[i].activity.spans;

		for (size_t k = 0; k < l->n; k++) {
			const struct ut_span *s = &l->v[k];

			if (!ut_call_keeps_span(s->kind))
				continue;
			ut_json_begin_object(j, NULL);
			ut_json_int(j, "channel", i);
			ut_json_real(j, "start_s", frames_s(s->start), 2);
			ut_json_real(j, "end_s", frames_s(s->end), 2);
			ut_json_string(j, "kind", ut_span_kind_name(s->kind));
			ut_json_real(j, "confidence", s->confidence, 4);
			ut_json_end_object(j);
		}
	}
	ut_json_end_array(j);
}

void ut_report_show_json(const struct ut_call *c, const struct ut_report_row *r,
			 struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	body(&j, c, true);
	turns(&j, c);
	spans(&j, c);
	ut_json_begin_object(&j, "stored");
	ut_json_int(&j, "call", c->id);
	ut_json_string(&j, "analysed_at", r->stored->analysed_at);
	if (r->stored->run_id)
		ut_json_int(&j, "run", r->stored->run_id);
	else
		ut_json_null(&j, "run");
	ut_json_bool(&j, "current", r->stored->current);
	ut_json_string(&j, "content", r->stored->key.content);
	ut_json_string(&j, "options", r->stored->key.options);
	ut_json_string(&j, "model", r->stored->key.model);
	ut_json_string(&j, "customer_key", c->meta.customer_key);
	ut_json_string(&j, "purpose", c->meta.purpose);
	ut_json_string(&j, "notice", c->meta.notice);
	ut_json_begin_array(&j, "paths");
	for (size_t i = 0; i < r->n_paths; i++)
		ut_json_string(&j, NULL, r->paths[i]);
	ut_json_end_array(&j);
	ut_json_end_object(&j);
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}
