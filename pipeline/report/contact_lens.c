/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contact_lens.c - a call in the shape of Amazon Connect Contact Lens' output file ("Example
 * Contact Lens output files for a call", Amazon Connect administrator guide), for dashboards built
 * on it. Left out: Sentiment, of anybody, since none was measured; what Contact Lens takes from
 * words alone (issues, redaction, summaries). docs/EXPORTS.md has every field and where it differs.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/export.h"

enum { MIN_SILENCE = 300 }; /* frames: Contact Lens counts silences from 3 s on as non-talk time */

static int64_t ms(int64_t frames)
{
	return frames * (1000 / UT_FRAMES_PER_S);
}

static int64_t ms_of(double s)
{
	return llround(s * 1000);
}

/* What Contact Lens calls a participant; a second one of a role gets its number behind it. */
static const char *role(const struct ut_call *c, unsigned party, char buf[24])
{
	static const char *const names[UT_N_ROLES] = { "UNKNOWN", "CUSTOMER", "AGENT", "SYSTEM",
						       "OTHER" };
	unsigned before = 0;

	for (unsigned i = 0; i < party; i++)
		before += c->party[i].role == c->party[party].role;
	if (before)
		snprintf(buf, 24, "%s_%u", names[c->party[party].role], before + 1);
	else
		snprintf(buf, 24, "%s", names[c->party[party].role]);
	return buf;
}

static const char *id(const struct ut_call *c, unsigned party, char buf[24])
{
	snprintf(buf, 24, "%.12s-%u", c->media.hash, party);
	return buf;
}

static unsigned parties(const struct ut_call *c)
{
	return UT_MIN(c->n_parties, c->measures.n_parties);
}

static void interval(struct ut_json *j, int64_t start, int64_t end)
{
	ut_json_begin_object(j, NULL);
	ut_json_int(j, "BeginOffsetMillis", ms(start));
	ut_json_int(j, "DurationMillis", ms(end - start));
	ut_json_int(j, "EndOffsetMillis", ms(end));
	ut_json_end_object(j);
}

static void participants(struct ut_json *j, const struct ut_call *c)
{
	char buf[24];

	ut_json_begin_array(j, "Participants");
	for (unsigned i = 0; i < parties(c); i++) {
		ut_json_begin_object(j, NULL);
		ut_json_string(j, "ParticipantId", id(c, i, buf));
		ut_json_string(j, "ParticipantRole", role(c, i, buf));
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

/* The customer's closing as a category, so that calls can be found by it. */
static void categories(struct ut_json *j, const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;
	bool has = r->span.found_by != UT_FOUND_NONE && r->has_tone &&
		   r->party == ut_call_customer(c, NULL) && r->tone.label != UT_TONE_ABSTAIN;
	char name[40] = "";

	if (has)
		snprintf(name, sizeof(name), "Undertone-closing-%s",
			 ut_tone_label_name[r->tone.label]);
	ut_json_begin_object(j, "Categories");
	ut_json_begin_array(j, "MatchedCategories");
	if (has)
		ut_json_string(j, NULL, name);
	ut_json_end_array(j);
	ut_json_begin_object(j, "MatchedDetails");
	if (has) {
		ut_json_begin_object(j, name);
		ut_json_begin_array(j, "PointsOfInterest");
		ut_json_begin_object(j, NULL);
		ut_json_int(j, "BeginOffsetMillis", ms(r->span.start));
		ut_json_int(j, "EndOffsetMillis", ms(r->span.end));
		ut_json_end_object(j);
		ut_json_end_array(j);
		ut_json_end_object(j);
	}
	ut_json_end_object(j);
	ut_json_end_object(j);
}

/* Where the turn that this one broke into ends; its own start where there is none. */
static int64_t interrupted_until(const struct ut_call *c, const struct ut_turn *t)
{
	int64_t end = t->start;

	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *o = &c->turns.v[i];

		if (o->party != t->party && o->start < t->start && o->end > end)
			end = o->end;
	}
	return UT_MIN(end, t->end);
}

static void interruptions(struct ut_json *j, const struct ut_call *c)
{
	int64_t n = 0, total = 0;
	char buf[24];

	ut_json_begin_object(j, "Interruptions");
	ut_json_begin_object(j, "InterruptionsByInterrupter");
	for (unsigned p = 0; p < parties(c); p++) {
		if (c->measures.party[p].n_interruptions == 0)
			continue;
		ut_json_begin_array(j, role(c, p, buf));
		for (size_t i = 0; i < c->turns.n; i++) {
			const struct ut_turn *t = &c->turns.v[i];
			int64_t until;

			if (t->party != p || !t->interrupts)
				continue;
			until = interrupted_until(c, t);
			interval(j, t->start, until);
			n++;
			total += until - t->start;
		}
		ut_json_end_array(j);
	}
	ut_json_end_object(j);
	ut_json_int(j, "TotalCount", n);
	ut_json_int(j, "TotalTimeMillis", ms(total));
	ut_json_end_object(j);
}

/* Silences and holds: stretches of 3 s or more outside everybody's turns. */
static void non_talk(struct ut_json *j, const struct ut_call *c)
{
	int64_t from = 0, total = 0, end = llround(c->measures.duration_s * UT_FRAMES_PER_S);

	ut_json_begin_object(j, "NonTalkTime");
	ut_json_begin_array(j, "Instances");
	for (size_t i = 0; i <= c->turns.n; i++) {
		int64_t to = i < c->turns.n ? c->turns.v[i].start : end;

		if (to - from >= MIN_SILENCE) {
			interval(j, from, to);
			total += to - from;
		}
		if (i < c->turns.n)
			from = UT_MAX(from, c->turns.v[i].end);
	}
	ut_json_end_array(j);
	ut_json_int(j, "TotalTimeMillis", ms(total));
	ut_json_end_object(j);
}

/* Words of a text: it may hold several. */
static unsigned count_words(const char *s)
{
	unsigned n = 0;

	while (*s) {
		size_t k = strcspn(s, " \t\r\n");

		n += k > 0;
		s += k;
		s += strspn(s, " \t\r\n");
	}
	return n;
}

static void talk_speed(struct ut_json *j, const struct ut_export *e)
{
	const struct ut_call *c = e->call;
	char buf[24];

	ut_json_begin_object(j, "TalkSpeed");
	ut_json_begin_object(j, "DetailsByParticipant");
	for (unsigned p = 0; p < parties(c); p++) {
		double talk_s = c->measures.party[p].talk_s;
		unsigned n = 0;

		for (size_t i = 0; i < e->n_words; i++)
			n += e->words[i].party == p ? count_words(e->words[i].text) : 0;
		if (n == 0 || talk_s <= 0) /* no transcript: no words were counted */
			continue;
		ut_json_begin_object(j, role(c, p, buf));
		ut_json_int(j, "AverageWordsPerMinute", llround(n * 60 / talk_s));
		ut_json_end_object(j);
	}
	ut_json_end_object(j);
	ut_json_end_object(j);
}

static void talk_time(struct ut_json *j, const struct ut_call *c)
{
	double total = 0;
	char buf[24];

	for (unsigned p = 0; p < parties(c); p++)
		total += c->measures.party[p].talk_s;
	ut_json_begin_object(j, "TalkTime");
	ut_json_int(j, "TotalTimeMillis", ms_of(total));
	ut_json_begin_object(j, "DetailsByParticipant");
	for (unsigned p = 0; p < parties(c); p++) {
		ut_json_begin_object(j, role(c, p, buf));
		ut_json_int(j, "TotalTimeMillis", ms_of(c->measures.party[p].talk_s));
		ut_json_end_object(j);
	}
	ut_json_end_object(j);
	ut_json_end_object(j);
}

/* A turn's words: those of its party whose middle lies in it. */
static void content(const struct ut_export *e, const struct ut_turn *t, struct ut_text *out)
{
	ut_text_add(out, "");
	for (size_t i = 0; i < e->n_words; i++) {
		const struct ut_timed_word *w = &e->words[i];
		int64_t at = w->start + (w->end - w->start) / 2;

		if (w->party != t->party || at < t->start || at >= t->end)
			continue;
		ut_text_addf(out, "%s%s", out->len ? " " : "", w->text);
	}
}

/* A value a second, as Contact Lens has: dB above one step of 16 bits (dBFS + 96), null where the
 * party does not speak in it. */
static void loudness(struct ut_json *j, const struct ut_call *c, const struct ut_turn *t)
{
	/* of a speaker told apart in a mix: the mix, which is mostly its own in its own turn */
	int ch = c->party[t->party].channel < 0 && c->n_ch == 1 ? 0 : c->party[t->party].channel;
	const struct ut_loudness *l =
	    ch >= 0 && (unsigned)ch < c->n_ch ? &c->ch[ch].loudness : NULL;

	if (!l || l->n == 0) /* measured before levels were kept */
		return;
	ut_json_begin_array(j, "LoudnessScores");
	for (int64_t s = t->start / UT_FRAMES_PER_S; s * UT_FRAMES_PER_S < t->end; s++)
		ut_json_real(j, NULL,
			     s < (int64_t)l->n && l->db[s] != UT_NO_LEVEL ? l->db[s] + 96.0 : NAN,
			     0);
	ut_json_end_array(j);
}

static void transcript(struct ut_json *j, const struct ut_export *e)
{
	const struct ut_call *c = e->call;
	struct ut_text words = { 0 };
	char buf[24], turn[40];

	ut_json_begin_array(j, "Transcript");
	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *t = &c->turns.v[i];

		ut_text_clear(&words);
		content(e, t, &words);
		snprintf(turn, sizeof(turn), "%.12s-turn-%zu", c->media.hash, i);
		ut_json_begin_object(j, NULL);
		ut_json_int(j, "BeginOffsetMillis", ms(t->start));
		ut_json_string(j, "Content", words.failed || !words.s ? "" : words.s);
		ut_json_int(j, "EndOffsetMillis", ms(t->end));
		ut_json_string(j, "Id", turn);
		loudness(j, c, t);
		ut_json_string(j, "ParticipantId", id(c, t->party, buf));
		ut_json_string(j, "ParticipantRole", role(c, t->party, buf));
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
	ut_text_done(&words);
}

void ut_export_contact_lens(const struct ut_export *e, struct ut_text *out)
{
	const struct ut_call *c = e->call;
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_string(&j, "Version", "1.1.0");
	ut_json_string(&j, "AccountId", "undertone");
	ut_json_string(&j, "Channel", "VOICE");
	ut_json_begin_object(&j, "ContentMetadata");
	ut_json_string(&j, "Output", "Raw");
	ut_json_end_object(&j);
	ut_json_string(&j, "JobStatus", "COMPLETED");
	if (c->meta.language)
		ut_json_string(&j, "LanguageCode", c->meta.language);
	ut_json_begin_object(&j, "CustomerMetadata");
	ut_json_string(&j, "ContactId", c->meta.call_id ? c->meta.call_id : c->media.hash);
	ut_json_string(&j, "InputFile", e->file);
	ut_json_end_object(&j);
	participants(&j, c);
	categories(&j, c);
	ut_json_begin_object(&j, "ConversationCharacteristics");
	ut_json_int(&j, "TotalConversationDurationMillis", ms_of(c->measures.duration_s));
	interruptions(&j, c);
	non_talk(&j, c);
	talk_speed(&j, e);
	talk_time(&j, c);
	ut_json_end_object(&j);
	transcript(&j, e);
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}
