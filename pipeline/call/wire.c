/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/wire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "call/problems.h"

/* "UTC4": raise the digit with any change of the visit below. */
static const char magic[4] = { 'U', 'T', 'C', '4' };

enum { MAX_FRAME = 1 << 30 }; /* 10 ms each: 124 days */
static const double MAX_S = 1e7, MAX_LEAD_S = 86400, MAX_DB = 1e4, MAX_VALUE = 1e9;

/* One visitor for both directions. The first fault is kept; after it nothing is read or written. */
struct io {
	struct ut_text *out; /* NULL when reading */
	const unsigned char *p, *end;
	const char *bad; /* the field that was refused */
	bool nomem;
};

static bool stop(struct io *x, const char *what)
{
	if (!x->bad)
		x->bad = what;
	return false;
}

static bool io_u64(struct io *x, uint64_t *v, const char *what)
{
	unsigned char b[8];

	if (x->bad)
		return false;
	if (x->out) {
		for (unsigned i = 0; i < 8; i++)
			b[i] = (unsigned char)(*v >> 8 * i);
		ut_text_addn(x->out, (const char *)b, sizeof(b));
		return true;
	}
	if (x->end - x->p < 8)
		return stop(x, what);
	*v = 0;
	for (unsigned i = 0; i < 8; i++)
		*v |= (uint64_t)x->p[i] << 8 * i;
	x->p += 8;
	return true;
}

/* Leaves *v alone on a fault. */
static bool io_int(struct io *x, int64_t *v, int64_t lo, int64_t hi, const char *what)
{
	uint64_t u = (uint64_t)*v;

	if (!io_u64(x, &u, what))
		return false;
	if ((int64_t)u < lo || (int64_t)u > hi)
		return stop(x, what);
	*v = (int64_t)u;
	return true;
}

static bool io_real(struct io *x, double *v, double lo, double hi, const char *what)
{
	uint64_t u;
	double d;

	d = *v == 0 ? 0 : *v;
	memcpy(&u, &d, sizeof(u));
	if (!io_u64(x, &u, what))
		return false;
	memcpy(&d, &u, sizeof(d));
	if (!(d >= lo && d <= hi)) /* NaN too */
		return stop(x, what);
	*v = d == 0 ? 0 : d; /* no database keeps the sign of a zero */
	return true;
}

static bool io_string(struct io *x, char **slot, size_t max, const char *what)
{
	int64_t n = *slot ? (int64_t)strlen(*slot) : -1;
	char *copy;

	if (!io_int(x, &n, -1, (int64_t)max, what))
		return false;
	if (x->out) {
		if (n > 0)
			ut_text_addn(x->out, *slot, (size_t)n);
		return true;
	}
	free(*slot);
	*slot = NULL;
	if (n < 0)
		return true;
	if (x->end - x->p < n || memchr(x->p, 0, (size_t)n))
		return stop(x, what);
	copy = malloc((size_t)n + 1);
	if (!copy) {
		x->nomem = true;
		return stop(x, what);
	}
	memcpy(copy, x->p, (size_t)n);
	copy[n] = '\0';
	x->p += n;
	*slot = copy;
	return true;
}

#define INT(field, lo, hi)                                                                         \
	do {                                                                                       \
		int64_t v_ = (int64_t)(field);                                                     \
		if (io_int(x, &v_, lo, hi, #field))                                                \
			(field) = (__typeof__(field))v_;                                           \
	} while (0)
#define REAL(field, lo, hi)                                                                        \
	do {                                                                                       \
		double v_ = (double)(field);                                                       \
		if (io_real(x, &v_, lo, hi, #field))                                               \
			(field) = (__typeof__(field))v_;                                           \
	} while (0)
#define BOOL(field) INT(field, 0, 1)
#define STRING(field) io_string(x, &(field), UT_WIRE_MAX_STRING, #field)
#define NEED(cond, what)                                                                           \
	do {                                                                                       \
		if (!(cond))                                                                       \
			stop(x, what);                                                             \
	} while (0)

static void io_latency(struct io *x, int64_t *v)
{
	bool has = *v != UT_NO_LATENCY;

	BOOL(has);
	if (has) {
		int64_t n = *v == UT_NO_LATENCY ? 0 : *v;

		if (io_int(x, &n, -MAX_FRAME, MAX_FRAME, "latency"))
			*v = n;
	} else {
		*v = UT_NO_LATENCY;
	}
}

/* "" or 64 digits of lower-case hex. */
static void io_hash(struct io *x, char hash[65])
{
	char copy[65], *s = copy;
	size_t n;

	memcpy(copy, hash, 64);
	copy[64] = '\0';
	if (x->out) {
		n = strlen(copy);
		NEED((n == 0 || n == 64) && strspn(copy, "0123456789abcdef") == n, "hash");
		io_string(x, &s, 64, "hash");
		return;
	}
	s = NULL;
	if (!io_string(x, &s, 64, "hash"))
		return;
	n = s ? strlen(s) : 0;
	NEED(s && (n == 0 || n == 64) && strspn(s, "0123456789abcdef") == n, "hash");
	if (!x->bad)
		memcpy(hash, s, n + 1);
	free(s);
}

static void io_media(struct io *x, struct ut_media *m)
{
	STRING(m->path);
	io_hash(x, m->hash);
	INT(m->size_bytes, -1, INT64_MAX / 2);
	STRING(m->container);
	STRING(m->codec);
	INT(m->rate_hz, 0, 10000000);
	INT(m->n_ch, 0, 1024);
	INT(m->n_samples, -1, INT64_MAX / 2);
	BOOL(m->partial);
	BOOL(m->dual_mono);
	INT(m->aligned, 0, UT_N_ALIGNED - 1);
	REAL(m->lead_s, -MAX_LEAD_S, MAX_LEAD_S);
	REAL(m->align_confidence, 0, 1);
	/* what the store has no place for was not measured */
	NEED(m->aligned != UT_ALIGNED_WHOLE || m->lead_s == 0, "lead_s");
	NEED(m->aligned == UT_ALIGNED_ECHO || m->aligned == UT_ALIGNED_TURNS ||
		 m->align_confidence == 0,
	     "align_confidence");
}

static void io_meta(struct io *x, struct ut_meta *m)
{
	STRING(m->call_id);
	STRING(m->start_time);
	STRING(m->direction);
	STRING(m->queue);
	STRING(m->team);
	STRING(m->agent_id);
	STRING(m->customer_key);
	STRING(m->case_id);
	STRING(m->language);
	STRING(m->purpose);
	STRING(m->notice);
	STRING(m->profile);
}

static void io_parties(struct io *x, struct ut_call *c)
{
	INT(c->n_parties, 0, UT_MAX_PARTIES);
	for (unsigned i = 0; !x->bad && i < c->n_parties; i++) {
		struct ut_party *p = &c->party[i];

		INT(p->channel, -1, UT_MAX_CHANNELS - 1);
		INT(p->role, 0, UT_N_ROLES - 1);
		INT(p->kind, 0, UT_N_KINDS - 1);
		BOOL(p->verified);
		STRING(p->id);
		STRING(p->source);
	}
}

bool ut_call_keeps_span(enum ut_span_kind kind)
{
	return kind != UT_SPAN_SPEECH && kind != UT_SPAN_ECHO;
}

static void io_span(struct io *x, struct ut_span *s, int64_t after)
{
	INT(s->start, after, MAX_FRAME);
	INT(s->end, s->start + 1, MAX_FRAME);
	INT(s->kind, 0, UT_N_SPAN_KINDS - 1);
	NEED(ut_call_keeps_span(s->kind), "span kind");
	REAL(s->confidence, 0, 1);
}

static void io_spans(struct io *x, struct ut_span_list *l)
{
	int64_t n = 0, after = 0;

	if (x->out) {
		for (size_t i = 0; i < l->n; i++)
			n += ut_call_keeps_span(l->v[i].kind);
	}
	INT(n, 0, UT_WIRE_MAX_SPANS);
	if (x->out) {
		for (size_t i = 0; i < l->n && !x->bad; i++) {
			struct ut_span s = l->v[i];

			if (!ut_call_keeps_span(s.kind))
				continue;
			io_span(x, &s, after);
			after = s.end;
		}
		return;
	}
	l->n = 0;
	for (int64_t i = 0; i < n && !x->bad; i++) {
		struct ut_span s = { 0 };

		io_span(x, &s, after);
		after = s.end;
		if (!x->bad && ut_span_list_push(l, &s) != UT_OK) {
			x->nomem = true;
			stop(x, "span");
		}
	}
}

static void io_loudness(struct io *x, struct ut_loudness *l)
{
	int64_t n = (int64_t)l->n;

	if (!io_int(x, &n, 0, MAX_FRAME / UT_FRAMES_PER_S, "loudness"))
		return;
	if (x->out) {
		if (n)
			ut_text_addn(x->out, (const char *)l->db, (size_t)n);
		return;
	}
	if (x->end - x->p < n) {
		stop(x, "loudness");
		return;
	}
	if (ut_loudness_resize(l, (size_t)n) != UT_OK) {
		x->nomem = true;
		stop(x, "loudness");
		return;
	}
	for (int64_t i = 0; i < n; i++) {
		l->db[i] = (int8_t)x->p[i];
		if (l->db[i] > 0 || (l->db[i] < UT_LEAST_LEVEL && l->db[i] != UT_NO_LEVEL))
			stop(x, "loudness");
	}
	x->p += n;
}

static void io_channels(struct io *x, struct ut_call *c)
{
	INT(c->n_ch, 0, UT_MAX_CHANNELS);
	for (unsigned i = 0; !x->bad && i < c->n_ch; i++) {
		struct ut_activity_channel *a = &c->ch[i].activity;

		REAL(a->noise_db, -MAX_DB, MAX_DB);
		REAL(a->speech_db, -MAX_DB, MAX_DB);
		REAL(a->leak_db, -MAX_DB, MAX_DB);
		BOOL(a->silent);
		io_spans(x, &a->spans);
		io_loudness(x, &c->ch[i].loudness);
	}
}

static void io_turns(struct io *x, struct ut_call *c)
{
	int64_t n = (int64_t)c->turns.n, after = 0;

	INT(n, 0, UT_WIRE_MAX_TURNS);
	if (x->bad)
		return;
	if (!x->out) {
		struct ut_turn *v;

		/* a claimed count may not cost more memory than its bytes */
		NEED(n <= (x->end - x->p) / 64, "turns");
		if (x->bad)
			return;
		v = n ? realloc(c->turns.v, (size_t)n * sizeof(*v)) : NULL;
		if (n && !v) {
			x->nomem = true;
			stop(x, "turns");
			return;
		}
		if (n) {
			c->turns.v = v;
			c->turns.cap = (size_t)n;
		}
		c->turns.n = 0;
	}
	for (int64_t i = 0; i < n && !x->bad; i++) {
		struct ut_turn t = { 0 };

		if (x->out)
			t = c->turns.v[i];
		INT(t.start, after, MAX_FRAME);
		INT(t.end, t.start, MAX_FRAME);
		INT(t.party, 0, (int64_t)c->n_parties - 1);
		INT(t.speech, 0, MAX_FRAME);
		BOOL(t.backchannel);
		BOOL(t.interrupts);
		INT(t.overlap, 0, MAX_FRAME);
		io_latency(x, &t.latency);
		after = t.start;
		if (!x->out && !x->bad)
			c->turns.v[c->turns.n++] = t;
	}
}

static void io_measures(struct io *x, struct ut_call_measures *m, unsigned n_parties)
{
	REAL(m->duration_s, 0, MAX_S);
	REAL(m->talk_s, 0, MAX_S);
	REAL(m->overlap_s, 0, MAX_S);
	REAL(m->non_talk_s, 0, MAX_S);
	REAL(m->longest_silence_s, 0, MAX_S);
	REAL(m->longest_silence_start_s, 0, MAX_S);
	REAL(m->hold_s, 0, MAX_S);
	INT(m->n_holds, 0, INT32_MAX);
	REAL(m->longest_wait_s, -1, MAX_S);
	NEED(m->longest_wait_s >= 0 || m->longest_wait_s == -1, "longest_wait_s");
	INT(m->n_parties, 0, UT_MAX_PARTIES);
	NEED(m->n_parties <= n_parties, "measures of a party that there is not");
	for (unsigned i = 0; !x->bad && i < m->n_parties; i++) {
		struct ut_party_measures *p = &m->party[i];

		REAL(p->talk_s, 0, MAX_S);
		REAL(p->talk_ratio, 0, 1);
		INT(p->n_turns, 0, INT32_MAX);
		INT(p->n_backchannels, 0, INT32_MAX);
		INT(p->n_interruptions, 0, INT32_MAX);
		REAL(p->longest_turn_s, 0, MAX_S);
		REAL(p->latency_median_s, -MAX_S, MAX_S);
		INT(p->n_latencies, 0, INT32_MAX);
		REAL(p->first_word_s, -1, MAX_S);
		NEED(p->first_word_s >= 0 || p->first_word_s == -1, "first_word_s");
		REAL(p->hold_s, 0, MAX_S);
	}
}

/* A short name or unit: evidence is static text in the worker and owned text here. */
static void io_word(struct io *x, const char **lent, char **owned, const char *what)
{
	static const char *const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-/% .";

	if (x->out) {
		char *s = (char *)(uintptr_t)*lent;

		NEED(s, what);
		io_string(x, &s, UT_MAX_WORD, what);
		return;
	}
	io_string(x, owned, UT_MAX_WORD, what);
	NEED(*owned && strspn(*owned, allowed) == strlen(*owned), what);
	*lent = *owned;
}

static void io_tone(struct io *x, struct ut_closing_record *r)
{
	struct ut_tone *t = &r->tone;
	double sum = 0;

	INT(t->label, 0, UT_N_TONES);
	for (unsigned i = 0; i < UT_N_TONES; i++) {
		REAL(t->score[i], 0, 1);
		sum += t->score[i];
	}
	NEED(fabs(sum - 1) < 1e-3, "tone scores must sum to 1");
	INT(t->n_evidence, 0, UT_MAX_EVIDENCE);
	for (unsigned i = 0; !x->bad && i < t->n_evidence; i++) {
		struct ut_evidence *e = &t->evidence[i];

		io_word(x, &e->feature, &r->evidence_feature[i], "evidence feature");
		io_word(x, &e->unit, &r->evidence_unit[i], "evidence unit");
		REAL(e->value, -MAX_VALUE, MAX_VALUE);
		REAL(e->reference, -MAX_VALUE, MAX_VALUE);
		INT(e->points_to, 0, UT_N_TONES - 1);
		REAL(e->contribution, -MAX_VALUE, MAX_VALUE);
	}
	INT(t->n_features, 0, UT_TONE_MAX_FEATURES);
	io_u64(x, &t->feature_valid[0], "feature_valid");
	io_u64(x, &t->feature_valid[1], "feature_valid");
	for (unsigned i = 0; i < 128; i++)
		NEED(i < t->n_features || !(t->feature_valid[i / 64] >> i % 64 & 1),
		     "feature_valid");
	for (unsigned i = 0; !x->bad && i < t->n_features; i++)
		REAL(t->feature[i], -MAX_VALUE, MAX_VALUE);
}

/* A lent text beside its owned copy: the worker may have filled only the lent one. */
static void io_reason(struct io *x, const char **lent, char **owned, const char *what)
{
	if (x->out) {
		char *s = *owned ? *owned : (char *)(uintptr_t)*lent;

		io_string(x, &s, UT_WIRE_MAX_STRING, what);
		return;
	}
	io_string(x, owned, UT_WIRE_MAX_STRING, what);
	*lent = *owned;
}

static void io_closing(struct io *x, struct ut_call *c)
{
	struct ut_closing_record *r = &c->closing;

	INT(r->span.found_by, 0, UT_FOUND_BY_PHRASE);
	if (r->span.found_by == UT_FOUND_NONE) {
		NEED(!r->has_tone, "a tone without a closing");
		io_reason(x, &r->span.reason, &r->reason, "closing reason");
		return;
	}
	INT(r->party, 0, (int64_t)c->n_parties - 1);
	io_reason(x, &r->span.phrase, &r->phrase, "closing phrase");
	INT(r->span.start, 0, MAX_FRAME);
	INT(r->span.end, r->span.start + 1, MAX_FRAME);
	io_latency(x, &r->span.latency);
	REAL(r->span.confidence, 0, 1);
	BOOL(r->has_tone);
	STRING(r->no_tone_reason);
	if (x->bad || !r->has_tone)
		return;
	NEED(c->party[r->party].role == UT_ROLE_CUSTOMER &&
		 c->party[r->party].kind == UT_KIND_EXTERNAL && c->party[r->party].verified,
	     "a tone of a party that is not a verified external customer");
	io_hash(x, r->model_hash);
	io_tone(x, r);
	io_reason(x, &r->tone.abstain_reason, &r->tone_reason, "abstain reason");
}

static void io_problems(struct io *x, struct ut_call *c)
{
	int64_t n = (int64_t)c->n_problems;

	INT(n, 0, UT_WIRE_MAX_PROBLEMS);
	for (int64_t i = 0; i < n && !x->bad; i++) {
		char *code = NULL, *message = NULL;
		const char *known;

		if (x->out) {
			code = (char *)(uintptr_t)c->problem[i].code;
			NEED(ut_problem_code(code), "problem code");
			io_string(x, &code, UT_MAX_WORD, "problem code");
			io_string(x, &c->problem[i].message, UT_MAX_MESSAGE, "problem message");
			continue;
		}
		io_string(x, &code, UT_MAX_WORD, "problem code");
		io_string(x, &message, UT_MAX_MESSAGE, "problem message");
		known = code ? ut_problem_code(code) : NULL;
		NEED(known && message && !ut_call_has_problem(c, known), "problem");
		if (!x->bad && ut_call_problem(c, known, "%s", message) != UT_OK) {
			x->nomem = true;
			stop(x, "problem");
		}
		free(code);
		free(message);
	}
}

static void visit(struct io *x, struct ut_call *c)
{
	io_media(x, &c->media);
	io_meta(x, &c->meta);
	io_parties(x, c);
	io_channels(x, c);
	io_turns(x, c);
	io_measures(x, &c->measures, c->n_parties);
	io_closing(x, c);
	io_problems(x, c);
}

enum ut_status ut_wire_encode(const struct ut_call *c, struct ut_text *out, struct ut_error *err)
{
	struct ut_call copy = *c; /* the visitor takes a record that it could write to */
	size_t start = out->len;
	struct io x = { .out = out };

	ut_text_addn(out, magic, sizeof(magic));
	visit(&x, &copy);
	if (x.bad)
		return ut_fail(err, UT_EINVAL, "result: %s", x.bad);
	if (out->failed)
		return ut_fail(err, UT_ENOMEM, "result");
	if (out->len - start > UT_WIRE_MAX)
		return ut_fail(err, UT_ELIMIT, "result: more than %d bytes", UT_WIRE_MAX);
	return UT_OK;
}

enum ut_status ut_wire_decode(const void *bytes, size_t n, struct ut_call *c, struct ut_error *err)
{
	struct io x = { .p = bytes };

	if (n > UT_WIRE_MAX)
		return ut_fail(err, UT_EFORMAT, "result: %zu bytes", n);
	if (n < sizeof(magic) || memcmp(bytes, magic, sizeof(magic)) != 0)
		return ut_fail(err, UT_EFORMAT, "result: not a result of this version");
	x.p += sizeof(magic);
	x.end = (const unsigned char *)bytes + n;
	ut_call_reset(c);
	visit(&x, c);
	if (!x.bad && x.p != x.end)
		stop(&x, "bytes after the end");
	if (!x.bad)
		return UT_OK;
	ut_call_reset(c);
	if (x.nomem)
		return ut_fail(err, UT_ENOMEM, "result: %s", x.bad);
	return ut_fail(err, UT_EFORMAT, "result: %s", x.bad);
}
