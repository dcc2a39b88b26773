/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c - one call as a page for a person, 80 columns; colour only where the caller says so. */
#include <math.h>
#include <string.h>

#include "call/wire.h"
#include "report/report.h"
#include "report/words.h"

enum { WIDTH = 80, INDENT = 13 };

struct page {
	struct ut_text *out;
	bool color;
};

static const char DIM[] = "2", BOLD[] = "1", RED[] = "1;31", YELLOW[] = "1;33", GREEN[] = "1;32",
		  CYAN[] = "36";

static void on(struct page *p, const char *sgr)
{
	if (p->color)
		ut_text_addf(p->out, "\033[%sm", sgr);
}

static void off(struct page *p)
{
	if (p->color)
		ut_text_add(p->out, "\033[0m");
}

static void label(struct page *p, const char *name, const char *sgr)
{
	ut_text_add(p->out, "  ");
	on(p, sgr);
	ut_text_add(p->out, name);
	off(p);
	for (size_t w = 2 + strlen(name); w < INDENT; w++)
		ut_text_add(p->out, " ");
}

/* Length of the piece of s that may not be broken: a word; a number and its unit; an arrow and what
 * it points to. */
static size_t piece(const char *s)
{
	static const char arrow[] = "→";
	size_t n = strcspn(s, " \n");

	for (;;) {
		const char *next = s + n + strspn(s + n, " \n");
		size_t m = strcspn(next, " \n");
		bool unit = n > 0 && s[n - 1] >= '0' && s[n - 1] <= '9' && m > 0 && m <= 2;
		bool points =
		    n >= strlen(arrow) && memcmp(s + n - strlen(arrow), arrow, strlen(arrow)) == 0;

		if (m == 0 || (!unit && !points))
			return n;
		n = (size_t)(next - s) + m;
	}
}

/* Words of `text` from column `col` on, later lines from `indent`; ends the line. */
static void wrap_at(struct page *p, const char *text, size_t col, size_t indent)
{
	bool first = true;

	while (*text) {
		struct ut_text word = { 0 };
		size_t n, w;

		text += strspn(text, " \n");
		n = piece(text);
		if (n == 0)
			break;
		ut_text_addn(&word, text, n);
		w = word.failed ? n : ut_words_width(word.s);
		if (!first && col + 1 + w > WIDTH) {
			ut_text_addf(p->out, "\n%*s", (int)indent, "");
			col = indent;
			first = true;
		}
		if (!first) {
			ut_text_add(p->out, " ");
			col++;
		}
		ut_text_addn(p->out, text, n);
		col += w;
		first = false;
		text += n;
		ut_text_done(&word);
	}
	ut_text_add(p->out, "\n");
}

static void wrap(struct page *p, const char *text)
{
	wrap_at(p, text, INDENT, INDENT);
}

/* Data from outside: made visible first. */
static void wrap_data(struct page *p, const char *text, size_t indent)
{
	struct ut_text t = { 0 };

	ut_text_add_visible(&t, text);
	wrap_at(p, t.failed || !t.s ? "" : t.s, indent, indent);
	ut_text_done(&t);
}

static void pad_to(struct ut_text *t, size_t col)
{
	for (size_t w = t->len && !t->failed ? ut_words_width(t->s) : 0; w < col; w++)
		ut_text_add(t, " ");
}

static void heading(struct page *p, const struct ut_call *c)
{
	const struct ut_media *m = &c->media;
	const char *const facts[] = { c->meta.call_id, c->meta.start_time, c->meta.direction,
				      c->meta.queue,   c->meta.team,       c->meta.agent_id,
				      c->meta.language };
	static const char *const names[] = { "call ", "", "", "queue ", "team ", "agent ", "" };
	struct ut_text t = { 0 };

	on(p, BOLD);
	ut_text_add_visible(p->out, m->path ? m->path : "");
	if (m->path2 && m->path && strcmp(m->path, m->path2) != 0) {
		ut_text_add(p->out, " + ");
		ut_text_add_visible(p->out, m->path2);
	}
	off(p);
	ut_text_add(p->out, "\n  ");
	ut_words_clock(c->measures.duration_s, 0, &t);
	ut_text_add(&t, ", ");
	if (m->container && m->container[0])
		ut_text_addf(&t, "%s %s, ", m->container, m->codec ? m->codec : "");
	ut_text_addf(&t, "%g kHz, ", m->rate_hz / 1000.0);
	if (m->dual_mono)
		ut_text_addf(&t, "%u equal channels", m->n_ch);
	else
		ut_text_add(&t, m->n_ch == 1 ? "mono" : m->n_ch == 2 ? "stereo" : "");
	if (m->n_ch > 2 && !m->dual_mono)
		ut_text_addf(&t, "%u channels", m->n_ch);
	if (m->partial)
		ut_text_add(&t, ", incomplete");
	for (size_t i = 0; i < UT_ARRAY_LEN(facts); i++)
		if (facts[i])
			ut_text_addf(&t, "; %s%s", names[i], facts[i]);
	on(p, DIM);
	wrap_data(p, t.failed ? "" : t.s, 2);
	off(p);
	ut_text_done(&t);
}

/* A probability as a word: what a person may make of it. */
static const char *surely(unsigned in_10000)
{
	return in_10000 >= 8500 ? "clearly" : in_10000 >= 6500 ? "probably" : "perhaps";
}

static void verdict(struct page *p, const struct ut_call *c, const unsigned score[UT_N_TONES])
{
	const struct ut_closing_record *r = &c->closing;
	struct ut_text t = { 0 };

	ut_text_add(p->out, "\n");
	if (r->span.found_by == UT_FOUND_NONE) {
		label(p, "NO CLOSING", YELLOW);
		ut_text_add(&t,
			    r->reason && r->reason[0] ? r->reason : "no acknowledgement was found");
	} else if (!r->has_tone) {
		label(p, "NO TONE", YELLOW);
		ut_text_add(&t, r->no_tone_reason && r->no_tone_reason[0]
				    ? r->no_tone_reason
				    : "no verified external customer");
	} else if (r->tone.label == UT_TONE_ABSTAIN) {
		label(p, "UNSURE", YELLOW);
		ut_text_addf(&t, "no tone is claimed: %s",
			     r->tone.abstain_reason ? r->tone.abstain_reason
						    : "not certain enough");
	} else {
		bool bad = ut_report_review(c);

		label(p, bad ? "REVIEW" : "NO FLAG",
		      r->tone.label == UT_TONE_ANGRY ? RED
		      : bad                          ? YELLOW
						     : GREEN);
		ut_text_addf(&t, "the customer's closing sounds %s %s",
			     surely(score[r->tone.label]), ut_tone_label_name[r->tone.label]);
		if (bad)
			ut_text_addf(&t, "; chance that it was not meant: %u %%",
				     (score[UT_TONE_RESIGNED] + score[UT_TONE_ANGRY] + 50) / 100);
	}
	wrap_data(p, t.failed ? "" : t.s, INDENT);
	ut_text_done(&t);
}

static void closing(struct page *p, const struct ut_call *c)
{
	const struct ut_closing_record *r = &c->closing;
	struct ut_text t = { 0 };
	double latency;

	if (r->span.found_by == UT_FOUND_NONE)
		return;
	label(p, "Closing", BOLD);
	ut_words_clock((double)r->span.start / UT_FRAMES_PER_S, 1, &t);
	ut_text_add(&t, " to ");
	ut_words_clock((double)r->span.end / UT_FRAMES_PER_S, 1, &t);
	ut_text_add(p->out, t.failed ? "" : t.s);
	if (r->phrase) {
		ut_text_add(p->out, "  ");
		on(p, CYAN);
		ut_words_phrase(r->phrase, p->out);
		off(p);
	}
	ut_text_addf(p->out, "\n%*s", INDENT, "");
	ut_text_clear(&t);
	ut_text_addf(&t, "found by %s, ",
		     r->span.found_by == UT_FOUND_BY_PHRASE ? "its words"
							    : "its place in the call");
	if (r->span.confidence > 0.985f)
		ut_text_add(&t, "almost certain");
	else
		ut_text_addf(&t, "%.0f %% certain", 100.0 * (double)r->span.confidence);
	if (r->span.latency != UT_NO_LATENCY) {
		latency = (double)r->span.latency / UT_FRAMES_PER_S;
		if (latency >= 0)
			ut_text_addf(&t, "; answered after %.1f s", latency);
		else
			ut_text_addf(&t, "; began %.1f s before the other had finished", -latency);
	}
	wrap(p, t.failed ? "" : t.s);
	ut_text_done(&t);
}

/* What an ear can check, a sentence each; what only a machine hears is counted. */
static void evidence(struct page *p, const struct ut_tone *t)
{
	unsigned said = 0, rest = 0;

	for (unsigned i = 0; i < t->n_evidence; i++) {
		struct ut_text says = { 0 };

		if (!ut_words_by_ear(&t->evidence[i])) {
			rest++;
			continue;
		}
		if (said++ == 0)
			label(p, "Listen for", BOLD);
		else
			ut_text_addf(p->out, "%*s", INDENT, "");
		ut_words_evidence(&t->evidence[i], &says);
		ut_text_addf(&says, " → %s", ut_tone_label_name[t->evidence[i].points_to]);
		ut_text_add(p->out, "- ");
		wrap_data(p, says.failed ? "" : says.s, INDENT + 2);
		ut_text_done(&says);
	}
	if (rest) {
		if (said == 0)
			label(p, "Reasons", BOLD);
		else
			ut_text_addf(p->out, "%*s", INDENT, "");
		ut_text_addf(p->out, "%s%u %smeasure%s of the sound of the voice (--json has %s)\n",
			     said ? "- and " : "", rest, said ? "more " : "", rest > 1 ? "s" : "",
			     rest > 1 ? "them" : "it");
	}
}

static void tone(struct page *p, const struct ut_call *c, const unsigned score[UT_N_TONES])
{
	static const char *const tint[UT_N_TONES] = { GREEN, YELLOW, RED };
	const struct ut_tone *t = &c->closing.tone;

	if (c->closing.span.found_by == UT_FOUND_NONE || !c->closing.has_tone)
		return;
	for (unsigned i = 0; i < UT_N_TONES; i++) {
		unsigned bars = (score[i] * 40 + 5000) / 10000;

		if (i == 0)
			label(p, "Tone", BOLD);
		else
			ut_text_addf(p->out, "%*s", INDENT, "");
		ut_text_addf(p->out, "%-10s %3u %%%s", ut_tone_label_name[i], (score[i] + 50) / 100,
			     bars ? "  " : "");
		on(p, tint[i]);
		for (unsigned k = 0; k < bars; k++)
			ut_text_add(p->out, "▪");
		off(p);
		ut_text_add(p->out, "\n");
	}
	evidence(p, t);
}

static void who(struct page *p, const struct ut_call *c)
{
	struct ut_text t = { 0 };

	if (c->n_parties == 0)
		return;
	ut_text_add(p->out, "\n");
	label(p, "Who", BOLD);
	on(p, DIM);
	ut_text_add(p->out, "on          talks      turns  interrupts  answers in  longest turn\n");
	off(p);
	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *q = &c->party[i];
		const struct ut_party_measures *m =
		    i < c->measures.n_parties ? &c->measures.party[i] : NULL;

		ut_text_clear(&t);
		ut_text_addf(&t, "  %s", ut_role_name(q->role));
		pad_to(&t, INDENT);
		ut_words_channel(c, q->channel, &t);
		pad_to(&t, INDENT + 9);
		if (m) {
			struct ut_text talk = { 0 };

			ut_words_clock(m->talk_s, 0, &talk);
			ut_text_addf(&t, "%7s %3.0f %% %6u  %10u  ", talk.failed ? "" : talk.s,
				     100 * m->talk_ratio, m->n_turns, m->n_interruptions);
			ut_text_clear(&talk);
			if (m->n_latencies)
				ut_text_addf(&t, "%8.1f s  ", m->latency_median_s);
			else
				ut_text_addf(&t, "%10s  ", "-");
			ut_words_clock(m->longest_turn_s, 1, &talk);
			ut_text_addf(&t, "%12s", talk.failed ? "" : talk.s);
			ut_text_done(&talk);
		}
		ut_text_add(p->out, t.failed ? "" : t.s);
		ut_text_add(p->out, "\n");
	}
	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *q = &c->party[i];

		if (!q->verified && q->role == UT_ROLE_UNKNOWN)
			continue;
		ut_text_clear(&t);
		ut_words_channel(c, q->channel, &t);
		ut_text_add(&t, " is the ");
		ut_words_party(q, &t);
		ut_text_addf(&t, "%s: %s", q->verified ? "" : ", not verified",
			     q->source ? q->source : "no source");
		on(p, DIM);
		ut_text_addf(p->out, "%*s", INDENT, "");
		wrap_data(p, t.failed ? "" : t.s, INDENT);
		off(p);
	}
	ut_text_done(&t);
}

static void talk(struct page *p, const struct ut_call *c)
{
	const struct ut_call_measures *m = &c->measures;
	struct ut_text t = { 0 };

	label(p, "Talk", BOLD);
	ut_words_clock(m->talk_s, 0, &t);
	ut_text_add(&t, " of ");
	ut_words_clock(m->duration_s, 0, &t);
	ut_text_add(&t, "; nobody speaks for ");
	ut_words_clock(m->non_talk_s, 0, &t);
	ut_text_addf(&t, ", several at once for %.1f s", m->overlap_s);
	if (m->longest_silence_s > 0) {
		ut_text_addf(&t, "; longest silence %.1f s, at ", m->longest_silence_s);
		ut_words_clock(m->longest_silence_start_s, 0, &t);
	}
	if (m->longest_wait_s >= 0)
		ut_text_addf(&t, "; the customer waits %.1f s at most", m->longest_wait_s);
	if (m->n_holds) {
		ut_text_addf(&t, "; on hold %u time%s, ", m->n_holds, m->n_holds > 1 ? "s" : "");
		ut_words_clock(m->hold_s, 0, &t);
		ut_text_add(&t, " in all");
	}
	wrap(p, t.failed ? "" : t.s);
	ut_text_done(&t);
}

static void problems(struct page *p, const struct ut_call *c)
{
	if (c->n_problems)
		ut_text_add(p->out, "\n");
	for (size_t i = 0; i < c->n_problems; i++) {
		label(p, "Note", YELLOW);
		wrap_data(p, c->problem[i].message, INDENT);
	}
}

void ut_report_call_text(const struct ut_call *c, bool color, struct ut_text *out)
{
	struct page p = { out, color };
	double s[UT_N_TONES];
	unsigned score[UT_N_TONES];

	for (unsigned i = 0; i < UT_N_TONES; i++)
		s[i] = c->closing.tone.score[i];
	ut_words_scores(s, score);
	heading(&p, c);
	verdict(&p, c, score);
	closing(&p, c);
	tone(&p, c, score);
	who(&p, c);
	talk(&p, c);
	problems(&p, c);
	ut_text_add(out, "\n");
}

static void turns(struct page *p, const struct ut_call *c)
{
	if (c->turns.n == 0)
		return;
	label(p, "Turns", BOLD);
	on(p, DIM);
	ut_text_add(p->out, "    from         to  who        speech   latency\n");
	off(p);
	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *t = &c->turns.v[i];
		struct ut_text at = { 0 }, to = { 0 };

		ut_words_clock((double)t->start / UT_FRAMES_PER_S, 1, &at);
		ut_words_clock((double)t->end / UT_FRAMES_PER_S, 1, &to);
		ut_text_addf(p->out, "%*s%8s  %9s  %-8s %6.1f s", INDENT, "", at.failed ? "" : at.s,
			     to.failed ? "" : to.s, ut_role_name(c->party[t->party].role),
			     (double)t->speech / UT_FRAMES_PER_S);
		if (t->latency != UT_NO_LATENCY)
			ut_text_addf(p->out, "  %6.2f s", (double)t->latency / UT_FRAMES_PER_S);
		else
			ut_text_add(p->out, "        -");
		if (t->backchannel)
			ut_text_add(p->out, "  backchannel");
		if (t->interrupts)
			ut_text_add(p->out, "  interrupts");
		ut_text_add(p->out, "\n");
		ut_text_done(&at);
		ut_text_done(&to);
	}
	ut_text_add(p->out, "\n");
}

static void spans(struct page *p, const struct ut_call *c)
{
	bool first = true;

	for (unsigned i = 0; i < c->n_ch; i++) {
		const struct ut_span_list *l = &c->ch[i].activity.spans;

		for (size_t k = 0; k < l->n; k++) {
			const struct ut_span *s = &l->v[k];
			struct ut_text t = { 0 };

			if (!ut_call_keeps_span(s->kind))
				continue;
			if (first)
				label(p, "Sounds", BOLD);
			else
				ut_text_addf(p->out, "%*s", INDENT, "");
			first = false;
			ut_words_clock((double)s->start / UT_FRAMES_PER_S, 1, &t);
			ut_text_add(&t, " to ");
			ut_words_clock((double)s->end / UT_FRAMES_PER_S, 1, &t);
			ut_text_addf(&t, "  %s, ", ut_span_kind_name(s->kind));
			ut_words_channel(c, (int)i, &t);
			ut_text_add(p->out, t.failed ? "" : t.s);
			ut_text_add(p->out, "\n");
			ut_text_done(&t);
		}
	}
	if (!first)
		ut_text_add(p->out, "\n");
}

void ut_report_show_text(const struct ut_call *c, const struct ut_report_row *r, bool color,
			 struct ut_text *out)
{
	struct page p = { out, color };

	ut_report_call_text(c, color, out);
	turns(&p, c);
	spans(&p, c);
	label(&p, "Stored", BOLD);
	ut_text_addf(out, "call %lld, analysed %s", (long long)c->id, r->stored->analysed_at);
	if (r->stored->run_id)
		ut_text_addf(out, " by run %lld", (long long)r->stored->run_id);
	if (!r->stored->current)
		ut_text_add(out, "; a newer result of this recording is current");
	ut_text_addf(out, "\n%*scontent %s\n%*soptions %s\n%*smodel   %s\n", INDENT, "",
		     r->stored->key.content, INDENT, "", r->stored->key.options, INDENT, "",
		     r->stored->key.model);
	for (size_t i = 0; i < r->n_paths; i++) {
		ut_text_addf(out, "%*sfile    ", INDENT, "");
		ut_text_add_visible(out, r->paths[i]);
		if (r->others && r->others[i]) {
			ut_text_addf(out, "\n%*sand     ", INDENT, "");
			ut_text_add_visible(out, r->others[i]);
		}
		ut_text_add(out, "\n");
	}
	ut_text_add(out, "\n");
}
