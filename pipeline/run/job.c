/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "run/analyse.h"
#include "run/item.h"

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
	return ut_wire_encode(&w->call, reply, err);
}

const struct ut_worker_ops ut_analysis_ops = { .start = start, .work = work };
