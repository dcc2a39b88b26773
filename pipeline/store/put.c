/* SPDX-License-Identifier: GPL-3.0-or-later */
/* put.c - everything that writes results: calls, failures, files, runs. */
#include "store/internal.h"

#include <stdio.h>
#include <string.h>

#include "call/wire.h"

static bool is_hash(const char *h)
{
	return strlen(h) == 64 && strspn(h, "0123456789abcdef") == 64;
}

static enum ut_status check_key(const struct ut_store_key *k, struct ut_error *err)
{
	if (is_hash(k->content) && is_hash(k->options) && is_hash(k->model))
		return UT_OK;
	return ut_fail(err, UT_EINVAL, "the key of a result needs three SHA-256 hashes");
}

static void bind_key(sqlite3_stmt *st, int *n, const struct ut_store_key *k)
{
	ut_db_text(st, n, k->content);
	ut_db_text(st, n, k->options);
	ut_db_text(st, n, k->model);
}

/* ---- runs ---- */

/*
 * Of several results of one content the one that became current last is shown. Within one run that
 * must not depend on which of two names came first, so all results of a run have its time: those
 * that it adds a millisecond after those that it only confirms, equals in the order of their keys.
 * Never behind what is there, even where a clock was set back.
 */
static enum ut_status stamp(struct ut_store *s, int64_t run_id, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT iif(m >= at, m || '+', at), iif(m >= at, m || '++',"
	    " strftime('%Y-%m-%dT%H:%M:%fZ', at, '+0.001 seconds'))"
	    " FROM (SELECT started_at AS at, (SELECT max(current_since) FROM call) AS m FROM run"
	    " WHERE id = ?)",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, run_id);
	rc = ut_db_next(s, st, err);
	if (rc > 0) {
		snprintf(s->confirmed, sizeof(s->confirmed), "%s", ut_db_str(st, 0));
		snprintf(s->added, sizeof(s->added), "%s", ut_db_str(st, 1));
		sqlite3_reset(st);
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

/* To `since`, where that is later than what it has. */
static enum ut_status set_since(struct ut_store *s, int64_t id, const char *since,
				struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "UPDATE call SET current_since = ?1 WHERE id = ?2 AND current_since <> ?1"
		       " AND (?3 OR current_since < ?1)",
		       err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, since, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, id);
	sqlite3_bind_int(st, 3, since == s->added);
	return ut_db_run(s, st, err);
}

enum ut_status ut_store_begin_run(struct ut_store *s, const struct ut_run_info *r, int64_t *run_id,
				  struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s, "INSERT INTO run (command, options, program, model, host, pid) VALUES (?,?,?,?,?,?)",
	    err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, r->command);
	ut_db_text(st, &n, r->options_json);
	ut_db_text(st, &n, r->program_version);
	ut_db_text(st, &n, r->model_hash);
	ut_db_text(st, &n, r->host ? r->host : "");
	ut_db_int(st, &n, r->pid);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	*run_id = sqlite3_last_insert_rowid(s->db);
	return stamp(s, *run_id, err);
}

enum ut_status ut_store_end_run(struct ut_store *s, int64_t run_id, const struct ut_run_counts *c,
				struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "UPDATE run SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ending = ?,"
	    " n_seen = ?, n_done = ?, n_skipped = ?, n_failed = ?, audio_s = ?, cpu_s = ?,"
	    " wall_s = ? WHERE id = ? AND ended_at IS NULL",
	    err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, c->end);
	ut_db_int(st, &n, c->seen);
	ut_db_int(st, &n, c->done);
	ut_db_int(st, &n, c->skipped);
	ut_db_int(st, &n, c->failed);
	ut_db_real(st, &n, c->audio_s);
	ut_db_real(st, &n, c->cpu_s);
	ut_db_real(st, &n, c->wall_s);
	ut_db_int(st, &n, run_id);
	return ut_db_run(s, st, err);
}

enum ut_status ut_store_lose_run(struct ut_store *s, int64_t run_id, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "UPDATE run SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ending = 'lost',"
	    " n_done = (SELECT count(*) FROM call WHERE run_id = run.id),"
	    " n_failed = (SELECT coalesce(sum(n), 0) FROM run_failure WHERE run_id = run.id),"
	    " audio_s = (SELECT coalesce(sum(duration_s), 0) FROM call WHERE run_id = run.id)"
	    " WHERE id = ? AND ended_at IS NULL",
	    err);

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, run_id);
	return ut_db_run(s, st, err);
}

/* ---- keys, files ---- */

static enum ut_status find_key(struct ut_store *s, const struct ut_store_key *k, int64_t *call_id,
			       bool *current, bool *alone, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT id," UT_DB_CURRENT
	    ", NOT EXISTS (SELECT 1 FROM call AS o WHERE o.content = c.content AND o.id <> c.id)"
	    " FROM call AS c WHERE content = ? AND options = ? AND model = ?",
	    err);
	int n = 0, rc;

	if (!st)
		return UT_EDB;
	bind_key(st, &n, k);
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	*call_id = rc ? sqlite3_column_int64(st, 0) : 0;
	*current = rc && sqlite3_column_int(st, 1);
	*alone = rc && sqlite3_column_int(st, 2);
	sqlite3_reset(st);
	return UT_OK;
}

enum ut_status ut_store_find_key(struct ut_store *s, const struct ut_store_key *k, int64_t *call_id,
				 struct ut_error *err)
{
	bool current, alone;
	sqlite3_stmt *st;
	int64_t id;

	if (find_key(s, k, &id, &current, &alone, err) != UT_OK)
		return UT_EDB;
	if (id && s->confirmed[0]) {
		if (!alone && set_since(s, id, s->confirmed, err) != UT_OK)
			return UT_EDB;
	} else if (id && !current && s->mode != UT_STORE_READ) {
		/* never behind the one it replaces, even where a clock was set back */
		st = ut_db_stmt(s,
				"UPDATE call SET current_since = max("
				"strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),"
				"(SELECT max(current_since) || '+' FROM call WHERE content = ?))"
				" WHERE id = ?",
				err);
		if (!st)
			return UT_EDB;
		sqlite3_bind_text(st, 1, k->content, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 2, id);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	*call_id = id;
	return UT_OK;
}

/* Writes nothing where the row is the same: a nightly rerun over a million files stays cheap. */
static enum ut_status note_file(struct ut_store *s, const char *content, const char *path,
				const char *other, int64_t size, int64_t mtime_ns,
				struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "INSERT INTO file (content, path, other_path, size_bytes, mtime_ns)"
		       " VALUES (?,?,?,?,?)"
		       " ON CONFLICT DO UPDATE SET size_bytes = excluded.size_bytes,"
		       " mtime_ns = excluded.mtime_ns, other_path = excluded.other_path,"
		       " seen_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
		       " WHERE size_bytes <> excluded.size_bytes OR mtime_ns <> excluded.mtime_ns"
		       " OR other_path IS NOT excluded.other_path",
		       err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, content);
	ut_db_text(st, &n, path);
	ut_db_text(st, &n, other);
	ut_db_int(st, &n, size);
	ut_db_int(st, &n, mtime_ns);
	return ut_db_run(s, st, err);
}

enum ut_status ut_store_note_file(struct ut_store *s, const char *content, const char *path,
				  const char *other, int64_t size, int64_t mtime_ns,
				  struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT 1 FROM file WHERE content = ? AND path = ? AND"
				      " other_path IS ? AND size_bytes = ? AND mtime_ns = ?",
				      err);
	int n = 0, rc;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, content);
	ut_db_text(st, &n, path);
	ut_db_text(st, &n, other);
	ut_db_int(st, &n, size);
	ut_db_int(st, &n, mtime_ns);
	rc = ut_db_next(s, st, err);
	sqlite3_reset(st);
	if (rc < 0)
		return UT_EDB;
	return rc ? UT_OK : note_file(s, content, path, other, size, mtime_ns, err);
}

enum ut_status ut_store_find_file(struct ut_store *s, const char *path, int64_t size,
				  int64_t mtime_ns, char content[65], struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT content FROM file WHERE path = ? AND size_bytes = ?"
				      " AND mtime_ns = ? ORDER BY seen_at DESC, content LIMIT 1",
				      err);
	int n = 0, rc;

	content[0] = '\0';
	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, path);
	ut_db_int(st, &n, size);
	ut_db_int(st, &n, mtime_ns);
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	if (rc && is_hash(ut_db_str(st, 0)))
		memcpy(content, ut_db_col(st, 0), 65);
	sqlite3_reset(st);
	return UT_OK;
}

/* ---- one call ---- */

static enum ut_status put_row(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
			      const struct ut_call *c, struct ut_error *err)
{
	const struct ut_media *m = &c->media;
	const struct ut_meta *t = &c->meta;
	const struct ut_call_measures *q = &c->measures;
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "INSERT INTO call (content, options, model, run_id, size_bytes, container, codec,"
	    " rate_hz, n_source_channels, n_samples, partial, dual_mono, aligned, lead_s,"
	    " align_confidence, call_key, start_time,"
	    " direction, queue, team, agent_id, customer_key, case_id, language, purpose, notice,"
	    " profile, duration_s, talk_s, overlap_s, non_talk_s, longest_silence_s,"
	    " longest_silence_start_s, hold_s, n_holds, longest_wait_s, no_closing_reason)"
	    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
	    "?)",
	    err);
	int n = 0;

	if (!st)
		return UT_EDB;
	bind_key(st, &n, k);
	if (run_id)
		ut_db_int(st, &n, run_id);
	else
		ut_db_null(st, &n);
	ut_db_int(st, &n, m->size_bytes);
	ut_db_text(st, &n, m->container);
	ut_db_text(st, &n, m->codec);
	ut_db_int(st, &n, m->rate_hz);
	ut_db_int(st, &n, m->n_ch);
	ut_db_int(st, &n, m->n_samples);
	ut_db_int(st, &n, m->partial);
	ut_db_int(st, &n, m->dual_mono);
	if (m->aligned == UT_ALIGNED_WHOLE) {
		ut_db_null(st, &n);
		ut_db_null(st, &n);
	} else {
		ut_db_text(st, &n, ut_aligned_name(m->aligned));
		ut_db_real(st, &n, m->lead_s);
	}
	if (m->aligned == UT_ALIGNED_ECHO || m->aligned == UT_ALIGNED_TURNS)
		ut_db_real(st, &n, (double)m->align_confidence);
	else
		ut_db_null(st, &n);
	ut_db_text(st, &n, t->call_id);
	ut_db_text(st, &n, t->start_time);
	ut_db_text(st, &n, t->direction);
	ut_db_text(st, &n, t->queue);
	ut_db_text(st, &n, t->team);
	ut_db_text(st, &n, t->agent_id);
	ut_db_text(st, &n, t->customer_key);
	ut_db_text(st, &n, t->case_id);
	ut_db_text(st, &n, t->language);
	ut_db_text(st, &n, t->purpose);
	ut_db_text(st, &n, t->notice);
	ut_db_text(st, &n, t->profile);
	ut_db_real(st, &n, q->duration_s);
	ut_db_real(st, &n, q->talk_s);
	ut_db_real(st, &n, q->overlap_s);
	ut_db_real(st, &n, q->non_talk_s);
	ut_db_real(st, &n, q->longest_silence_s);
	ut_db_real(st, &n, q->longest_silence_start_s);
	ut_db_real(st, &n, q->hold_s);
	ut_db_int(st, &n, q->n_holds);
	if (q->longest_wait_s < 0)
		ut_db_null(st, &n);
	else
		ut_db_real(st, &n, q->longest_wait_s);
	ut_db_text(st, &n,
		   c->closing.span.found_by != UT_FOUND_NONE ? NULL
		   : c->closing.reason                       ? c->closing.reason
							     : c->closing.span.reason);
	return ut_db_run(s, st, err);
}

static enum ut_status put_parties(struct ut_store *s, int64_t id, const struct ut_call *c,
				  struct ut_error *err)
{
	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *p = &c->party[i];
		sqlite3_stmt *st =
		    ut_db_stmt(s,
			       "INSERT INTO party (call_id, party, channel, role, kind, verified,"
			       " person, source) VALUES (?,?,?,?,?,?,?,?)",
			       err);
		int n = 0;

		if (!st)
			return UT_EDB;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, i);
		ut_db_int(st, &n, p->channel);
		ut_db_text(st, &n, ut_role_name(p->role));
		ut_db_text(st, &n, ut_kind_name(p->kind));
		ut_db_int(st, &n, p->verified);
		ut_db_text(st, &n, p->id);
		ut_db_text(st, &n, p->source);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	for (unsigned i = 0; i < c->measures.n_parties; i++) {
		const struct ut_party_measures *p = &c->measures.party[i];
		sqlite3_stmt *st = ut_db_stmt(
		    s,
		    "INSERT INTO party_measure (call_id, party, talk_s, talk_ratio, n_turns,"
		    " n_backchannels, n_interruptions, longest_turn_s, latency_median_s,"
		    " n_latencies, first_word_s, hold_s) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		    err);
		int n = 0;

		if (!st)
			return UT_EDB;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, i);
		ut_db_real(st, &n, p->talk_s);
		ut_db_real(st, &n, p->talk_ratio);
		ut_db_int(st, &n, p->n_turns);
		ut_db_int(st, &n, p->n_backchannels);
		ut_db_int(st, &n, p->n_interruptions);
		ut_db_real(st, &n, p->longest_turn_s);
		ut_db_real(st, &n, p->latency_median_s);
		ut_db_int(st, &n, p->n_latencies);
		if (p->first_word_s < 0)
			ut_db_null(st, &n);
		else
			ut_db_real(st, &n, p->first_word_s);
		ut_db_real(st, &n, p->hold_s);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

static enum ut_status put_channels(struct ut_store *s, int64_t id, const struct ut_call *c,
				   struct ut_error *err)
{
	for (unsigned i = 0; i < c->n_ch; i++) {
		const struct ut_activity_channel *a = &c->ch[i].activity;
		const struct ut_loudness *l = &c->ch[i].loudness;
		sqlite3_stmt *st =
		    ut_db_stmt(s,
			       "INSERT INTO channel (call_id, channel, noise_db, speech_db,"
			       " leak_db, silent, loudness) VALUES (?,?,?,?,?,?,?)",
			       err);
		int n = 0;

		if (!st)
			return UT_EDB;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, i);
		ut_db_real(st, &n, a->noise_db);
		ut_db_real(st, &n, a->speech_db);
		ut_db_real(st, &n, a->leak_db);
		ut_db_int(st, &n, a->silent);
		sqlite3_bind_blob(st, ++n, l->n ? (const void *)l->db : "", (int)l->n,
				  SQLITE_STATIC);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
		for (size_t k = 0; k < a->spans.n; k++) {
			const struct ut_span *p = &a->spans.v[k];

			if (!ut_call_keeps_span(p->kind))
				continue;
			st = ut_db_stmt(s,
					"INSERT INTO span (call_id, channel, start_frame,"
					" end_frame, kind, confidence) VALUES (?,?,?,?,?,?)",
					err);
			if (!st)
				return UT_EDB;
			n = 0;
			ut_db_int(st, &n, id);
			ut_db_int(st, &n, i);
			ut_db_int(st, &n, p->start);
			ut_db_int(st, &n, p->end);
			ut_db_text(st, &n, ut_span_kind_name(p->kind));
			ut_db_real(st, &n, p->confidence);
			if (ut_db_run(s, st, err) != UT_OK)
				return UT_EDB;
		}
	}
	return UT_OK;
}

static void bind_latency(sqlite3_stmt *st, int *n, int64_t latency)
{
	if (latency == UT_NO_LATENCY)
		ut_db_null(st, n);
	else
		ut_db_int(st, n, latency);
}

static enum ut_status put_turns(struct ut_store *s, int64_t id, const struct ut_call *c,
				struct ut_error *err)
{
	for (size_t i = 0; i < c->turns.n; i++) {
		const struct ut_turn *t = &c->turns.v[i];
		sqlite3_stmt *st =
		    ut_db_stmt(s,
			       "INSERT INTO turn (call_id, n, party, start_frame, end_frame,"
			       " speech_frames, overlap_frames, latency_frames, backchannel,"
			       " interrupts) VALUES (?,?,?,?,?,?,?,?,?,?)",
			       err);
		int n = 0;

		if (!st)
			return UT_EDB;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, (int64_t)i);
		ut_db_int(st, &n, t->party);
		ut_db_int(st, &n, t->start);
		ut_db_int(st, &n, t->end);
		ut_db_int(st, &n, t->speech);
		ut_db_int(st, &n, t->overlap);
		bind_latency(st, &n, t->latency);
		ut_db_int(st, &n, t->backchannel);
		ut_db_int(st, &n, t->interrupts);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

/* Four bytes a feature, little-endian IEEE 754, whatever the machine. */
static size_t pack_features(const struct ut_tone *t, unsigned char b[4 * UT_TONE_MAX_FEATURES])
{
	for (unsigned i = 0; i < t->n_features; i++) {
		uint32_t u;

		memcpy(&u, &t->feature[i], sizeof(u));
		for (unsigned k = 0; k < 4; k++)
			b[4 * i + k] = (unsigned char)(u >> 8 * k);
	}
	return 4 * t->n_features;
}

static enum ut_status put_tone(struct ut_store *s, int64_t id, const struct ut_closing_record *r,
			       struct ut_error *err)
{
	static const char *const names[UT_N_TONES + 1] = { "accepting", "resigned", "angry",
							   "abstain" };
	const struct ut_tone *t = &r->tone;
	unsigned char features[4 * UT_TONE_MAX_FEATURES];
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "INSERT INTO tone (call_id, label, accepting, resigned, angry,"
		       " abstain_reason, model, features, valid_lo, valid_hi, came_down)"
		       " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
		       err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_int(st, &n, id);
	ut_db_text(st, &n, names[t->label]);
	for (unsigned i = 0; i < UT_N_TONES; i++)
		ut_db_real(st, &n, t->score[i]);
	ut_db_text(st, &n, r->tone_reason ? r->tone_reason : t->abstain_reason);
	ut_db_text(st, &n, r->model_hash);
	sqlite3_bind_blob(st, ++n, features, (int)pack_features(t, features), SQLITE_TRANSIENT);
	ut_db_int(st, &n, (int64_t)t->feature_valid[0]);
	ut_db_int(st, &n, (int64_t)t->feature_valid[1]);
	ut_db_int(st, &n, ut_tone_came_down(t) == 1);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	for (unsigned i = 0; i < t->n_evidence; i++) {
		const struct ut_evidence *e = &t->evidence[i];

		st = ut_db_stmt(s,
				"INSERT INTO evidence (call_id, n, feature, unit, value, reference,"
				" points_to, contribution) VALUES (?,?,?,?,?,?,?,?)",
				err);
		if (!st)
			return UT_EDB;
		n = 0;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, i);
		ut_db_text(st, &n, e->feature);
		ut_db_text(st, &n, e->unit);
		ut_db_real(st, &n, e->value);
		ut_db_real(st, &n, e->reference);
		ut_db_text(st, &n, names[e->points_to]);
		ut_db_real(st, &n, e->contribution);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

static enum ut_status put_closing(struct ut_store *s, int64_t id, const struct ut_call *c,
				  struct ut_error *err)
{
	const struct ut_closing_record *r = &c->closing;
	sqlite3_stmt *st;
	int n = 0;

	if (r->span.found_by == UT_FOUND_NONE)
		return UT_OK;
	st = ut_db_stmt(s,
			"INSERT INTO closing (call_id, party, found_by, start_frame, end_frame,"
			" latency_frames, confidence, phrase, no_tone_reason)"
			" VALUES (?,?,?,?,?,?,?,?,?)",
			err);
	if (!st)
		return UT_EDB;
	ut_db_int(st, &n, id);
	ut_db_int(st, &n, r->party);
	ut_db_text(st, &n, r->span.found_by == UT_FOUND_BY_PHRASE ? "phrase" : "turn");
	ut_db_int(st, &n, r->span.start);
	ut_db_int(st, &n, r->span.end);
	bind_latency(st, &n, r->span.latency);
	ut_db_real(st, &n, r->span.confidence);
	ut_db_text(st, &n, r->phrase ? r->phrase : r->span.phrase);
	ut_db_text(st, &n, r->no_tone_reason);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	return r->has_tone ? put_tone(s, id, r, err) : UT_OK;
}

static enum ut_status put_problems(struct ut_store *s, int64_t id, const struct ut_call *c,
				   struct ut_error *err)
{
	for (size_t i = 0; i < c->n_problems; i++) {
		sqlite3_stmt *st = ut_db_stmt(
		    s, "INSERT INTO problem (call_id, n, code, message) VALUES (?,?,?,?)", err);
		int n = 0;

		if (!st)
			return UT_EDB;
		ut_db_int(st, &n, id);
		ut_db_int(st, &n, (int64_t)i);
		ut_db_text(st, &n, c->problem[i].code);
		ut_db_text(st, &n, c->problem[i].message);
		if (ut_db_run(s, st, err) != UT_OK)
			return UT_EDB;
	}
	return UT_OK;
}

static enum ut_status drop_failures(struct ut_store *s, const char *content, const char *path,
				    struct ut_error *err)
{
	/* by path too: what failed there before is not what lies there now */
	sqlite3_stmt *st = ut_db_stmt(s, "DELETE FROM failure WHERE subject = ? OR path = ?", err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, content);
	ut_db_text(st, &n, path);
	return ut_db_run(s, st, err);
}

enum ut_status ut_db_put_call(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
			      const struct ut_call *c, int64_t *call_id, struct ut_error *err)
{
	enum ut_status st;
	int64_t id;
	bool current, alone;

	st = find_key(s, k, &id, &current, &alone, err);
	if (st == UT_OK && id == 0) {
		st = put_row(s, run_id, k, c, err);
		id = sqlite3_last_insert_rowid(s->db);
		if (st == UT_OK && s->added[0])
			st = set_since(s, id, s->added, err);
		if (st == UT_OK)
			st = put_parties(s, id, c, err);
		if (st == UT_OK)
			st = put_channels(s, id, c, err);
		if (st == UT_OK)
			st = put_turns(s, id, c, err);
		if (st == UT_OK)
			st = put_closing(s, id, c, err);
		if (st == UT_OK)
			st = put_problems(s, id, c, err);
	}
	if (st == UT_OK)
		st = note_file(s, k->content, c->media.path, c->media.path2, c->media.size_bytes,
			       c->media.mtime_ns, err);
	if (st == UT_OK)
		st = drop_failures(s, k->content, c->media.path, err);
	if (st == UT_OK)
		*call_id = id;
	return st;
}

enum ut_status ut_store_put_call(struct ut_store *s, int64_t run_id, const struct ut_store_key *k,
				 const struct ut_call *c, int64_t *call_id, struct ut_error *err)
{
	enum ut_status st = check_key(k, err);
	int64_t id = 0;

	if (st != UT_OK)
		return st;
	if (!c->media.path || !c->media.path[0])
		return ut_fail(err, UT_EINVAL, "a result without a path");
	if (c->media.hash[0] && strcmp(c->media.hash, k->content) != 0)
		return ut_fail(err, UT_EINVAL, "a result under another content's key");
	st = ut_db_begin(s, err);
	if (st == UT_OK)
		st = ut_db_end(s, ut_db_put_call(s, run_id, k, c, &id, err), err);
	if (st == UT_OK && call_id)
		*call_id = id;
	return st;
}

static enum ut_status put_failure(struct ut_store *s, int64_t run_id, const char *path,
				  const struct ut_store_key *k, const struct ut_error *why,
				  struct ut_error *err)
{
	sqlite3_stmt *st;
	int n = 0;

	st = ut_db_stmt(s,
			"INSERT INTO failure (subject, options, model, content, path, run_id, code,"
			" message) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
			" path = excluded.path, run_id = excluded.run_id, code = excluded.code,"
			" message = excluded.message, attempts = attempts + 1,"
			" last_at = excluded.last_at",
			err);
	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, k->content[0] ? k->content : path);
	ut_db_text(st, &n, k->options);
	ut_db_text(st, &n, k->model);
	ut_db_text(st, &n, k->content);
	ut_db_text(st, &n, path);
	if (run_id)
		ut_db_int(st, &n, run_id);
	else
		ut_db_null(st, &n);
	ut_db_text(st, &n, ut_status_name(why->code));
	ut_db_text(st, &n, why->msg);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	if (!run_id)
		return UT_OK;
	st = ut_db_stmt(s,
			"INSERT INTO run_failure (run_id, code, n) VALUES (?, ?, 1)"
			" ON CONFLICT DO UPDATE SET n = n + 1",
			err);
	if (!st)
		return UT_EDB;
	n = 0;
	ut_db_int(st, &n, run_id);
	ut_db_text(st, &n, ut_status_name(why->code));
	return ut_db_run(s, st, err);
}

enum ut_status ut_store_put_failure(struct ut_store *s, int64_t run_id, const char *path,
				    const struct ut_store_key *k, const struct ut_error *why,
				    struct ut_error *err)
{
	if (ut_db_begin(s, err) != UT_OK)
		return UT_EDB;
	return ut_db_end(s, put_failure(s, run_id, path, k, why, err), err);
}

enum ut_status ut_store_find_failure(struct ut_store *s, const char *path,
				     const struct ut_store_key *k, int64_t *attempts,
				     struct ut_error *why, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT attempts, code, message FROM failure WHERE"
				      " subject = ? AND options = ? AND model = ?",
				      err);
	int n = 0, rc;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, k->content[0] ? k->content : path);
	ut_db_text(st, &n, k->options);
	ut_db_text(st, &n, k->model);
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	*attempts = rc ? sqlite3_column_int64(st, 0) : 0;
	if (rc && why)
		ut_fail(why, ut_status_from_name(ut_db_str(st, 1)), "%s", ut_db_str(st, 2));
	sqlite3_reset(st);
	return UT_OK;
}
