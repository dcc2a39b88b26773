/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.c - one call back into a record. The database may come from anywhere: every index and count
 * is bounded here, and the whole record passes the checks of wire.h before it is handed out. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "call/problems.h"
#include "call/wire.h"

struct load {
	struct ut_store *s;
	struct ut_call *c;
	int64_t id;
	struct ut_error *err;
	sqlite3_stmt *used[16]; /* to be reset, wherever the loading ends */
	unsigned n_used;
};

static enum ut_status damaged(struct load *l, const char *what)
{
	return ut_fail(l->err, UT_EDB,
		       "%s: call %lld: damaged: %s; `undertone check --db %s` looks at the rest",
		       l->s->path, (long long)l->id, what, l->s->path);
}

static enum ut_status copy(struct load *l, char **slot, sqlite3_stmt *st, int col)
{
	if (ut_call_set(slot, ut_db_col(st, col)) != UT_OK)
		return ut_fail(l->err, UT_ENOMEM, "%s", l->s->path);
	return UT_OK;
}

/* Index of text in names, or -1. */
static int index_of(const char *text, const char *(*name)(unsigned), unsigned n)
{
	for (unsigned i = 0; text && i < n; i++)
		if (strcmp(name(i), text) == 0)
			return (int)i;
	return -1;
}

static const char *role_name(unsigned i)
{
	return ut_role_name((enum ut_role)i);
}

static const char *kind_name(unsigned i)
{
	return ut_kind_name((enum ut_kind)i);
}

static const char *aligned_name(unsigned i)
{
	return ut_aligned_name((enum ut_aligned)i);
}

static const char *span_name(unsigned i)
{
	return ut_span_kind_name((enum ut_span_kind)i);
}

static const char *tone_name(unsigned i)
{
	static const char *const names[] = { "accepting", "resigned", "angry", "abstain" };

	return names[i];
}

static int64_t latency_of(sqlite3_stmt *st, int col)
{
	return sqlite3_column_type(st, col) == SQLITE_NULL ? UT_NO_LATENCY
							   : sqlite3_column_int64(st, col);
}

/* Fits an int64 into a narrower field without undefined conversions; the checks refuse the rest. */
static unsigned narrow(sqlite3_stmt *st, int col)
{
	int64_t v = sqlite3_column_int64(st, col);

	return v < 0 || v > INT32_MAX ? UINT32_MAX : (unsigned)v;
}

static sqlite3_stmt *rows(struct load *l, const char *sql)
{
	sqlite3_stmt *st = ut_db_stmt(l->s, sql, l->err);

	if (st) {
		sqlite3_bind_int64(st, 1, l->id);
		l->used[l->n_used++] = st;
	}
	return st;
}

static enum ut_status load_row(struct load *l)
{
	struct ut_media *m = &l->c->media;
	struct ut_meta *t = &l->c->meta;
	struct ut_call_measures *q = &l->c->measures;
	char **const strings[] = {
		&m->path,
		&m->path2,
		&m->container,
		&m->codec,
		&t->call_id,
		&t->start_time,
		&t->direction,
		&t->queue,
		&t->team,
		&t->agent_id,
		&t->customer_key,
		&t->case_id,
		&t->language,
		&t->purpose,
		&t->notice,
		&t->profile,
		&l->c->closing.reason,
	};
	enum { N = UT_ARRAY_LEN(strings) };
	sqlite3_stmt *st = rows(
	    l, "SELECT (SELECT min(path) FROM file AS f WHERE f.content = c.content), (SELECT"
	       " other_path FROM file AS f WHERE f.content = c.content ORDER BY path LIMIT 1), "
	       "container,"
	       " codec, call_key, start_time, direction, queue, team, agent_id, customer_key,"
	       " case_id, language, purpose, notice, profile, no_closing_reason,"
	       " content, size_bytes, rate_hz, n_source_channels, n_samples, partial, dual_mono,"
	       " aligned, lead_s, align_confidence,"
	       " duration_s, talk_s, overlap_s, non_talk_s, longest_silence_s,"
	       " longest_silence_start_s, hold_s, n_holds, longest_wait_s"
	       " FROM call AS c WHERE id = ?");
	const char *hash;
	int rc, i, aligned;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(l->s, st, l->err);
	if (rc < 0)
		return UT_EDB;
	if (rc == 0)
		return ut_fail(l->err, UT_ENOENT, "%s: there is no call %lld", l->s->path,
			       (long long)l->id);
	for (i = 0; i < N; i++) {
		if (copy(l, strings[i], st, i) != UT_OK) {
			sqlite3_reset(st);
			return UT_ENOMEM;
		}
	}
	l->c->closing.span.reason = l->c->closing.reason;
	hash = ut_db_col(st, i++);
	if (hash && strlen(hash) == 64)
		memcpy(m->hash, hash, 65);
	m->size_bytes = sqlite3_column_int64(st, i++);
	m->rate_hz = narrow(st, i++);
	m->n_ch = narrow(st, i++);
	m->n_samples = sqlite3_column_int64(st, i++);
	m->partial = sqlite3_column_int(st, i++) != 0;
	m->dual_mono = sqlite3_column_int(st, i++) != 0;
	aligned = index_of(ut_db_col(st, i++), aligned_name, UT_N_ALIGNED);
	m->aligned = aligned < 0 ? UT_ALIGNED_WHOLE : (enum ut_aligned)aligned;
	m->lead_s = ut_db_real_or(st, i++, 0);
	m->align_confidence = (float)ut_db_real_or(st, i++, 0);
	q->duration_s = sqlite3_column_double(st, i++);
	q->talk_s = sqlite3_column_double(st, i++);
	q->overlap_s = sqlite3_column_double(st, i++);
	q->non_talk_s = sqlite3_column_double(st, i++);
	q->longest_silence_s = sqlite3_column_double(st, i++);
	q->longest_silence_start_s = sqlite3_column_double(st, i++);
	q->hold_s = sqlite3_column_double(st, i++);
	q->n_holds = narrow(st, i++);
	q->longest_wait_s = ut_db_real_or(st, i++, -1);
	sqlite3_reset(st);
	return UT_OK;
}

static enum ut_status load_parties(struct load *l)
{
	sqlite3_stmt *st = rows(l, "SELECT party, channel, role, kind, verified, person, source"
				   " FROM party WHERE call_id = ? ORDER BY party");
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		struct ut_party *p = &l->c->party[l->c->n_parties];
		int role = index_of(ut_db_col(st, 2), role_name, UT_N_ROLES);
		int kind = index_of(ut_db_col(st, 3), kind_name, UT_N_KINDS);
		int64_t ch = sqlite3_column_int64(st, 1);

		if (l->c->n_parties == UT_MAX_PARTIES || role < 0 || kind < 0 || ch < -1 ||
		    ch >= UT_MAX_CHANNELS || sqlite3_column_int64(st, 0) != l->c->n_parties)
			return damaged(l, "parties");
		l->c->n_parties++;
		p->channel = (int)ch;
		p->role = (enum ut_role)role;
		p->kind = (enum ut_kind)kind;
		p->verified = sqlite3_column_int(st, 4) != 0;
		if (copy(l, &p->id, st, 5) != UT_OK || copy(l, &p->source, st, 6) != UT_OK)
			return UT_ENOMEM;
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status load_measures(struct load *l)
{
	struct ut_call_measures *q = &l->c->measures;
	sqlite3_stmt *st = rows(l, "SELECT party, talk_s, talk_ratio, n_turns, n_backchannels,"
				   " n_interruptions, longest_turn_s, latency_median_s,"
				   " n_latencies, first_word_s, hold_s FROM party_measure"
				   " WHERE call_id = ? ORDER BY party");
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		if (q->n_parties == UT_MAX_PARTIES || sqlite3_column_int64(st, 0) != q->n_parties)
			return damaged(l, "measures of the parties");
		q->party[q->n_parties++] = (struct ut_party_measures){
			.talk_s = sqlite3_column_double(st, 1),
			.talk_ratio = sqlite3_column_double(st, 2),
			.n_turns = narrow(st, 3),
			.n_backchannels = narrow(st, 4),
			.n_interruptions = narrow(st, 5),
			.longest_turn_s = sqlite3_column_double(st, 6),
			.latency_median_s = sqlite3_column_double(st, 7),
			.n_latencies = narrow(st, 8),
			.first_word_s = ut_db_real_or(st, 9, -1),
			.hold_s = sqlite3_column_double(st, 10),
		};
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status load_loudness(struct load *l, sqlite3_stmt *st, int col,
				    struct ut_loudness *ret)
{
	const int8_t *b = sqlite3_column_blob(st, col);
	int n = sqlite3_column_bytes(st, col);

	if (ut_loudness_resize(ret, (size_t)n) != UT_OK)
		return ut_fail(l->err, UT_ENOMEM, "not enough memory");
	for (int i = 0; i < n; i++) {
		if (b[i] > 0 || (b[i] < UT_LEAST_LEVEL && b[i] != UT_NO_LEVEL))
			return damaged(l, "loudness");
		ret->db[i] = b[i];
	}
	return UT_OK;
}

static enum ut_status load_channels(struct load *l)
{
	sqlite3_stmt *st = rows(l, "SELECT channel, noise_db, speech_db, leak_db, silent,"
				   " loudness FROM channel WHERE call_id = ? ORDER BY channel");
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		struct ut_activity_channel *a = &l->c->ch[l->c->n_ch].activity;

		if (l->c->n_ch == UT_MAX_CHANNELS || sqlite3_column_int64(st, 0) != l->c->n_ch)
			return damaged(l, "channels");
		l->c->n_ch++;
		a->noise_db = (float)sqlite3_column_double(st, 1);
		a->speech_db = (float)sqlite3_column_double(st, 2);
		a->leak_db = (float)sqlite3_column_double(st, 3);
		a->silent = sqlite3_column_int(st, 4) != 0;
		if (load_loudness(l, st, 5, &l->c->ch[l->c->n_ch - 1].loudness) != UT_OK)
			return UT_EDB;
	}
	if (rc < 0)
		return UT_EDB;
	st = rows(l, "SELECT channel, start_frame, end_frame, kind, confidence FROM span"
		     " WHERE call_id = ? ORDER BY channel, start_frame");
	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		int64_t ch = sqlite3_column_int64(st, 0);
		int kind = index_of(ut_db_col(st, 3), span_name, UT_N_SPAN_KINDS);
		struct ut_span p = { sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
				     (enum ut_span_kind)kind, (float)sqlite3_column_double(st, 4) };

		if (kind < 0 || ch < 0 || ch >= l->c->n_ch ||
		    l->c->ch[ch].activity.spans.n == UT_WIRE_MAX_SPANS)
			return damaged(l, "spans");
		if (ut_span_list_push(&l->c->ch[ch].activity.spans, &p) != UT_OK)
			return ut_fail(l->err, UT_ENOMEM, "%s", l->s->path);
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status load_turns(struct load *l)
{
	struct ut_turn_list *v = &l->c->turns;
	sqlite3_stmt *st = rows(l, "SELECT party, start_frame, end_frame, speech_frames,"
				   " overlap_frames, latency_frames, backchannel, interrupts"
				   " FROM turn WHERE call_id = ? ORDER BY n");
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		if (v->n == UT_WIRE_MAX_TURNS)
			return damaged(l, "turns");
		if (v->n == v->cap) {
			size_t cap = v->cap ? v->cap * 2 : 64;
			struct ut_turn *p = realloc(v->v, cap * sizeof(*p));

			if (!p)
				return ut_fail(l->err, UT_ENOMEM, "%s", l->s->path);
			v->v = p;
			v->cap = cap;
		}
		v->v[v->n++] = (struct ut_turn){
			.party = narrow(st, 0),
			.start = sqlite3_column_int64(st, 1),
			.end = sqlite3_column_int64(st, 2),
			.speech = sqlite3_column_int64(st, 3),
			.overlap = sqlite3_column_int64(st, 4),
			.latency = latency_of(st, 5),
			.backchannel = sqlite3_column_int(st, 6) != 0,
			.interrupts = sqlite3_column_int(st, 7) != 0,
		};
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

void ut_db_unpack_features(struct ut_tone *t, const unsigned char *b, int n_bytes)
{
	t->n_features = (unsigned)n_bytes / 4;
	for (unsigned i = 0; i < t->n_features; i++) {
		uint32_t u = 0;

		for (unsigned k = 0; k < 4; k++)
			u |= (uint32_t)b[4 * i + k] << 8 * k;
		memcpy(&t->feature[i], &u, sizeof(u));
	}
}

static enum ut_status load_tone(struct load *l)
{
	struct ut_closing_record *r = &l->c->closing;
	struct ut_tone *t = &r->tone;
	sqlite3_stmt *st =
	    rows(l, "SELECT label, accepting, resigned, angry, abstain_reason, model,"
		    " features, valid_lo, valid_hi FROM tone WHERE call_id = ?");
	const char *hash;
	int rc, label, n_bytes;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(l->s, st, l->err);
	if (rc <= 0)
		return rc < 0 ? UT_EDB : UT_OK;
	label = index_of(ut_db_col(st, 0), tone_name, UT_N_TONES + 1);
	n_bytes = sqlite3_column_bytes(st, 6);
	hash = ut_db_col(st, 5);
	if (label < 0 || n_bytes > 4 * UT_TONE_MAX_FEATURES || !hash || strlen(hash) > 64)
		return damaged(l, "tone");
	r->has_tone = true;
	t->label = (enum ut_tone_label)label;
	for (int i = 0; i < UT_N_TONES; i++)
		t->score[i] = (float)sqlite3_column_double(st, 1 + i);
	if (copy(l, &r->tone_reason, st, 4) != UT_OK)
		return UT_ENOMEM;
	t->abstain_reason = r->tone_reason;
	memcpy(r->model_hash, hash, strlen(hash) + 1);
	ut_db_unpack_features(t, sqlite3_column_blob(st, 6), n_bytes);
	t->feature_valid[0] = (uint64_t)sqlite3_column_int64(st, 7);
	t->feature_valid[1] = (uint64_t)sqlite3_column_int64(st, 8);
	sqlite3_reset(st);

	st = rows(l, "SELECT feature, unit, value, reference, points_to, contribution FROM evidence"
		     " WHERE call_id = ? ORDER BY n");
	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		unsigned i = t->n_evidence;
		int to = index_of(ut_db_col(st, 4), tone_name, UT_N_TONES);

		if (i == UT_MAX_EVIDENCE || to < 0 || !ut_db_col(st, 0) || !ut_db_col(st, 1))
			return damaged(l, "evidence");
		if (copy(l, &r->evidence_feature[i], st, 0) != UT_OK ||
		    copy(l, &r->evidence_unit[i], st, 1) != UT_OK)
			return UT_ENOMEM;
		t->evidence[i] = (struct ut_evidence){
			.feature = r->evidence_feature[i],
			.unit = r->evidence_unit[i],
			.value = (float)sqlite3_column_double(st, 2),
			.reference = (float)sqlite3_column_double(st, 3),
			.points_to = (enum ut_tone_label)to,
			.contribution = (float)sqlite3_column_double(st, 5),
		};
		t->n_evidence++;
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status load_closing(struct load *l)
{
	struct ut_closing_record *r = &l->c->closing;
	sqlite3_stmt *st = rows(l, "SELECT party, found_by, start_frame, end_frame, latency_frames,"
				   " confidence, phrase, no_tone_reason FROM closing"
				   " WHERE call_id = ?");
	int64_t party;
	const char *by;
	int rc;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(l->s, st, l->err);
	if (rc <= 0)
		return rc < 0 ? UT_EDB : UT_OK;
	party = sqlite3_column_int64(st, 0);
	by = ut_db_col(st, 1);
	if (party < 0 || party >= l->c->n_parties || !by)
		return damaged(l, "closing");
	r->party = (int)party;
	r->span.found_by = strcmp(by, "phrase") == 0 ? UT_FOUND_BY_PHRASE : UT_FOUND_BY_TURN;
	r->span.start = sqlite3_column_int64(st, 2);
	r->span.end = sqlite3_column_int64(st, 3);
	r->span.latency = latency_of(st, 4);
	r->span.confidence = (float)sqlite3_column_double(st, 5);
	if (copy(l, &r->phrase, st, 6) != UT_OK || copy(l, &r->no_tone_reason, st, 7) != UT_OK)
		return UT_ENOMEM;
	r->span.phrase = r->phrase;
	sqlite3_reset(st);
	return load_tone(l);
}

static enum ut_status load_problems(struct load *l)
{
	sqlite3_stmt *st =
	    rows(l, "SELECT code, message FROM problem WHERE call_id = ? ORDER BY n");
	int rc;

	if (!st)
		return UT_EDB;
	while ((rc = ut_db_next(l->s, st, l->err)) > 0) {
		const char *code = ut_db_col(st, 0), *message = ut_db_col(st, 1);

		code = code ? ut_problem_code(code) : NULL;
		if (!code || !message || l->c->n_problems == UT_WIRE_MAX_PROBLEMS)
			return damaged(l, "problems");
		if (ut_call_problem(l->c, code, "%s", message) != UT_OK)
			return ut_fail(l->err, UT_ENOMEM, "%s", l->s->path);
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_status load(struct load *l)
{
	static enum ut_status (*const parts[])(struct load *) = {
		load_row,   load_parties, load_measures, load_channels,
		load_turns, load_closing, load_problems,
	};
	struct ut_text scratch = { 0 };
	struct ut_error why = { 0 };
	enum ut_status st = UT_OK;

	for (size_t i = 0; i < UT_ARRAY_LEN(parts) && st == UT_OK; i++)
		st = parts[i](l);
	if (st != UT_OK)
		return st;
	l->c->id = l->id;
	st = ut_wire_encode(l->c, &scratch, &why);
	ut_text_done(&scratch);
	return st == UT_OK ? UT_OK : damaged(l, why.msg);
}

enum ut_status ut_store_load_call(struct ut_store *s, int64_t call_id, struct ut_call *c,
				  struct ut_error *err)
{
	struct load l = { .s = s, .c = c, .id = call_id, .err = err };
	bool own = sqlite3_get_autocommit(s->db);
	enum ut_status st;

	ut_call_reset(c);
	/* one snapshot: a purge between two of the reads must not give half a call */
	if (own && (st = ut_db_exec(s, "BEGIN", err)) != UT_OK)
		return st;
	st = load(&l);
	while (l.n_used > 0)
		sqlite3_reset(l.used[--l.n_used]);
	if (own)
		ut_db_release(s);
	if (st != UT_OK)
		ut_call_reset(c);
	return st;
}
