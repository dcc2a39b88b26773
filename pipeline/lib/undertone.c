/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undertone.c - include/undertone.h over the workers and a store in memory, as `score` does it. */
#include "undertone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "report/report.h"
#include "run/job.h"

_Static_assert((int)UNDERTONE_META == (int)UT_EMETA && (int)UNDERTONE_CRASH == (int)UT_ECRASH &&
		   (int)UNDERTONE_LIMIT == (int)UT_ELIMIT && (int)UNDERTONE_EMPTY == (int)UT_EEMPTY,
	       "the library's codes are the program's");

struct undertone {
	struct ut_analyse_opts opts;
	struct ut_meta_config *config;
	struct ut_tone_model *model;
	char *customer;
	struct ut_pool *pool;
	struct ut_text request;
	struct ut_call call;
};

struct owned {
	struct ut_text json, reason;
};

static int tell(const struct ut_error *e, struct undertone_error *err)
{
	if (err) {
		err->code = e->code;
		memcpy(err->message, e->msg, sizeof(err->message));
		err->message[sizeof(err->message) - 1] = '\0';
	}
	return e->code;
}

void undertone_destroy(struct undertone **pu)
{
	struct undertone *u = pu ? *pu : NULL;

	if (!u)
		return;
	ut_pool_destroy(&u->pool);
	ut_meta_config_destroy(&u->config);
	ut_tone_model_destroy(&u->model);
	ut_text_done(&u->request);
	ut_call_done(&u->call);
	free(u->customer);
	free(u);
	*pu = NULL;
}

static enum ut_status start(struct undertone *u, const struct undertone_options *o,
			    struct ut_error *err)
{
	double hours = o && o->max_hours > 0 ? o->max_hours : 12;
	size_t memory_mb = o && o->memory_mb ? o->memory_mb : 2048, n;
	const struct ut_worker_limits limits = {
		.memory_bytes = memory_mb << 20,
		.stall_s = 60,
		.cpu_s = UT_MAX(60.0, hours * 36),
		.max_jobs = 32,
	};
	const char *shipped = ut_tone_default_model(&n);
	struct ut_meta_opts meta = { 0 };
	enum ut_status st;

	if (o && o->customer && !(u->customer = strdup(o->customer)))
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	meta.customer = u->customer;
	st = ut_meta_config_load(NULL, &u->config, err);
	if (st == UT_OK)
		st = ut_meta_check_opts(u->config, &meta, err);
	if (st == UT_OK)
		st = ut_tone_model_parse(shipped, n, &u->model, err);
	if (st != UT_OK)
		return st;
	u->opts = (struct ut_analyse_opts){ .decode = { .max_duration_s = hours * 3600 },
					    .meta = u->config,
					    .customer = u->customer,
					    .tone = u->model };
	return ut_pool_create(&ut_analysis_ops, &u->opts, 1, &limits, &u->pool, err);
}

int undertone_create(const struct undertone_options *o, struct undertone **ret,
		     struct undertone_error *err)
{
	struct ut_error why = { 0 };
	struct undertone *u;
	enum ut_status st;

	if (!ret || (o && o->size != sizeof(*o))) {
		ut_fail(&why, UT_EINVAL, "options.size is not sizeof(struct undertone_options)");
		return tell(&why, err);
	}
	u = calloc(1, sizeof(*u));
	if (!u) {
		ut_fail(&why, UT_ENOMEM, "not enough memory");
		return tell(&why, err);
	}
	ut_call_init(&u->call);
	st = start(u, o, &why);
	if (st != UT_OK) {
		undertone_destroy(&u);
		return tell(&why, err);
	}
	*ret = u;
	return UNDERTONE_OK;
}

static enum ut_status analyse(struct undertone *u, struct ut_item *it, struct ut_error *err)
{
	struct ut_pool_event ev;
	enum ut_status st = UT_OK;

	ut_text_clear(&u->request);
	ut_request_encode(it, false, &u->request);
	if (u->request.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	while (st == UT_OK && ut_pool_n_idle(u->pool) == 0)
		st = ut_pool_wait(u->pool, -1, NULL, &ev, err);
	if (st == UT_OK)
		st = ut_pool_submit(u->pool, it->fd, it->path, u->request.s, u->request.len, NULL,
				    err);
	while (st == UT_OK) {
		st = ut_pool_wait(u->pool, -1, NULL, &ev, err);
		if (st == UT_OK && ev.what == UT_POOL_DONE)
			break;
	}
	if (st == UT_OK && ev.err.code != UT_OK) {
		*err = ev.err;
		return ev.err.code;
	}
	ut_call_reset(&u->call);
	return st == UT_OK ? ut_wire_decode(ev.reply, ev.reply_n, &u->call, err) : st;
}

/* What is shown comes from a store, which refuses a tone of anybody but a customer once more. */
static enum ut_status through_store(struct undertone *u, const struct ut_item *it,
				    struct ut_error *err)
{
	struct ut_store_key k = { 0 };
	struct ut_store *s = NULL;
	int64_t id;
	enum ut_status st;

	memcpy(k.content, u->call.media.hash, sizeof(k.content));
	memccpy(k.model, ut_tone_model_hash(u->model), '\0', sizeof(k.model) - 1);
	if (ut_sha256_hex("", 0, k.options, NULL) != UT_OK ||
	    ut_call_set(&u->call.media.path, it->path) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	st = ut_store_open(NULL, UT_STORE_MEMORY, &s, err);
	if (st == UT_OK)
		st = ut_store_put_call(s, 0, &k, &u->call, &id, err);
	if (st == UT_OK)
		st = ut_store_load_call(s, id, &u->call, err);
	ut_store_close(&s);
	return st;
}

static enum ut_status fill(const struct ut_call *c, struct undertone_result *r,
			   struct ut_error *err)
{
	const struct ut_closing_record *k = &c->closing;
	struct owned *o = calloc(1, sizeof(*o));
	const char *reason = "";

	if (!o)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	r->owned = o;
	r->duration_s = c->measures.duration_s;
	r->label = "none";
	r->has_closing = k->span.found_by != UT_FOUND_NONE;
	if (r->has_closing) {
		r->closing_start_s = (double)k->span.start / UT_FRAMES_PER_S;
		r->closing_end_s = (double)k->span.end / UT_FRAMES_PER_S;
		r->closing_confidence = (double)k->span.confidence;
	}
	r->has_tone = r->has_closing && k->has_tone;
	if (r->has_tone) {
		r->label = ut_tone_label_name[k->tone.label];
		r->accepting = (double)k->tone.score[UT_TONE_ACCEPTING];
		r->resigned = (double)k->tone.score[UT_TONE_RESIGNED];
		r->angry = (double)k->tone.score[UT_TONE_ANGRY];
	}
	if (!r->has_closing)
		reason = k->reason;
	else if (!r->has_tone)
		reason = k->no_tone_reason;
	else if (k->tone.label == UT_TONE_ABSTAIN)
		reason = k->tone.abstain_reason;
	ut_text_add(&o->reason, reason ? reason : "");
	ut_report_call_json(c, &o->json);
	if (o->reason.failed || o->json.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	r->reason = o->reason.s;
	r->json = o->json.s;
	return UT_OK;
}

static int score(struct undertone *u, struct ut_item *it, enum ut_status st,
		 struct undertone_result *ret, struct ut_error *why, struct undertone_error *err)
{
	struct undertone_result r = { 0 };

	if (st == UT_OK)
		st = analyse(u, it, why);
	if (st == UT_OK)
		st = ut_item_unchanged(it, u->call.media.hash, why);
	if (st == UT_OK)
		st = through_store(u, it, why);
	if (st == UT_OK)
		st = fill(&u->call, &r, why);
	ut_item_done(it);
	if (st != UT_OK) {
		undertone_result_done(&r);
		return tell(why, err);
	}
	*ret = r;
	return UNDERTONE_OK;
}

int undertone_score_file(struct undertone *u, const char *path, struct undertone_result *ret,
			 struct undertone_error *err)
{
	struct ut_error why = { 0 };
	struct ut_item it;
	enum ut_status st = ut_item_init(&it, path, true, &why);

	if (st == UT_OK)
		st = ut_item_open(&it, &why);
	if (st == UT_OK)
		st = ut_item_read_beside(&it, &why);
	return score(u, &it, st, ret, &why, err);
}

static enum ut_status take_buffer(struct ut_item *it, const void *bytes, size_t n,
				  const char *sidecar, struct ut_error *err)
{
	const char *p = bytes;

	it->fd = memfd_create("recording", MFD_CLOEXEC);
	if (it->fd < 0)
		return ut_fail(err, UT_EIO, "no memory file: %s", strerror(errno));
	for (size_t done = 0; done < n;) {
		ssize_t k = write(it->fd, p + done, n - done);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return ut_fail(err, UT_EIO, "no memory file: %s", strerror(errno));
		done += (size_t)k;
	}
	if (fstat(it->fd, &it->st) != 0)
		return ut_fail(err, UT_EIO, "no memory file: %s", strerror(errno));
	it->size = it->st.st_size;
	if (sidecar) {
		it->sidecar.name = strdup("sidecar");
		it->sidecar.bytes = strdup(sidecar);
		it->sidecar.n = strlen(sidecar);
		if (!it->sidecar.name || !it->sidecar.bytes)
			return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	return UT_OK;
}

int undertone_score_buffer(struct undertone *u, const void *bytes, size_t n, const char *name,
			   const char *sidecar, struct undertone_result *ret,
			   struct undertone_error *err)
{
	struct ut_error why = { 0 };
	struct ut_item it;
	enum ut_status st = ut_item_init(&it, name && *name ? name : "recording", true, &why);

	if (st == UT_OK)
		st = take_buffer(&it, bytes, n, sidecar, &why);
	return score(u, &it, st, ret, &why, err);
}

void undertone_result_done(struct undertone_result *r)
{
	struct owned *o = r->owned;

	if (o) {
		ut_text_done(&o->json);
		ut_text_done(&o->reason);
		free(o);
	}
	memset(r, 0, sizeof(*r));
}

const char *undertone_code_name(int code)
{
	return ut_status_name((enum ut_status)code);
}

const char *undertone_version(void)
{
	return UT_VERSION;
}
