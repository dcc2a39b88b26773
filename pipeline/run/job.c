/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "run/analyse.h"
#include "run/item.h"

enum ut_status ut_analysis_key(const struct ut_analyse_opts *o, const struct ut_item *it,
			       struct ut_text *out, struct ut_error *err)
{
	struct ut_meta_opts m = {
		.customer = o->customer,
		.profile = o->profile,
		.sidecar = it->sidecar.bytes,
		.sidecar_n = it->sidecar.n,
		.sidecar_name = it->sidecar.name,
		.recording = it->path,
		.sidecar2 = it->sidecar2.bytes,
		.sidecar2_n = it->sidecar2.n,
		.sidecar2_name = it->sidecar2.name,
		.recording2 = it->path2,
	};
	struct ut_call c;
	const char *const *field;
	enum ut_status st;

	ut_call_init(&c);
	c.media.n_ch = 2; /* not known before it is decoded: only the answer must not waver */
	st = ut_call_set(&c.media.path, it->path);
	if (st == UT_OK)
		st = ut_meta_assign(o->meta, &m, &c, err);
	else
		ut_fail(err, st, "not enough memory");
	field = (const char *const[]){ c.meta.call_id,      c.meta.start_time, c.meta.direction,
				       c.meta.queue,        c.meta.team,       c.meta.agent_id,
				       c.meta.customer_key, c.meta.case_id,    c.meta.language,
				       c.meta.purpose,      c.meta.notice,     c.meta.profile };
	for (size_t i = 0; st == UT_OK && i < 12; i++)
		ut_text_addf(out, "%s\n", field[i] ? field[i] : "");
	for (unsigned i = 0; st == UT_OK && i < c.n_parties; i++)
		ut_text_addf(out, "%d %d %d %d\n", c.party[i].channel, (int)c.party[i].role,
			     (int)c.party[i].kind, c.party[i].verified);
	if (st == UT_OK && c.first.role != UT_ROLE_UNKNOWN)
		ut_text_addf(out, "first %d\n", (int)c.first.role);
	for (size_t i = 0; st == UT_OK && i < c.n_problems; i++)
		ut_text_addf(out, "%s\n", c.problem[i].code);
	ut_call_done(&c);
	return st;
}

enum { KEEP_ROWS = 1 << 18 }; /* 44 min; a longer call's tables are given back after it */

struct analysis {
	struct ut_analyser *analyser;
	struct ut_call call;
};

static enum ut_status start(void *user, void **state, struct ut_error *err)
{
	struct analysis *w = calloc(1, sizeof(*w));
	char hex[65];

	if (!w)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	ut_call_init(&w->call);
	*state = w;
	ut_decode_global_init();
	/* libcrypto reads its configuration at the first use: now, while files can be opened */
	if (ut_sha256_hex("", 0, hex, err) != UT_OK)
		return UT_ENOMEM;
	return ut_analyser_create(user, &w->analyser, err);
}

static void on_piece(void *user, int64_t bytes)
{
	ut_beat(user, bytes);
}

static enum ut_status work(void *state, const struct ut_job *j, struct ut_beat *beat,
			   struct ut_text *reply, struct ut_error *err)
{
	struct analysis *w = state;
	struct ut_recording r;
	char hash[65];
	int64_t size;
	bool ask;
	enum ut_status st = ut_request_decode(j, &r, &ask, err);

	if (st == UT_OK)
		st = ut_sha256_fd_beat(j->fd, hash, &size, on_piece, beat, err);
	if (st == UT_OK && j->fd2 >= 0) { /* both sides, in their order */
		char two[2 * 65], other[65];
		int64_t more;

		st = ut_sha256_fd_beat(j->fd2, other, &more, on_piece, beat, err);
		if (st == UT_OK) {
			memcpy(two, hash, 64);
			two[64] = '+';
			memcpy(two + 65, other, 65);
			st = ut_sha256_hex(two, 129, hash, err);
			size += more;
		}
	}
	if (st != UT_OK)
		return st;
	if (ask && !ut_beat_ask(beat, hash))
		return ut_fail(err, UT_EINTR, "dropped");
	ut_call_reset(&w->call);
	st = ut_analyse(w->analyser, &r, beat, &w->call, err);
	if (st != UT_OK)
		return st;
	memcpy(w->call.media.hash, hash, sizeof(hash));
	w->call.media.size_bytes = size;
	st = ut_wire_encode(&w->call, reply, err);
	for (unsigned i = 0; i < UT_MAX_CHANNELS; i++)
		if (w->call.ch[i].frames.cap > KEEP_ROWS) {
			ut_frame_table_done(&w->call.ch[i].frames);
			ut_timbre_table_done(&w->call.ch[i].timbre);
		}
	return st;
}

const struct ut_worker_ops ut_analysis_ops = { .start = start, .work = work };
