/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/batch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "run/claim.h"
#include "run/item.h"
#include "run/stop.h"
#include "store/store.h"

enum { MAX_LATER = 1000 }; /* names kept for another try before they are tried at once */

enum later_why {
	LATER_FRESH,   /* may still be being written: when it has been still for a while */
	LATER_CLAIMED, /* another batch, or another worker, has the same content in hand */
	LATER_ALONE,   /* its worker died: once more, with nothing else running */
};

struct later {
	char *path;
	bool named;
	enum later_why why;
	double when_s; /* not before */
};

enum verdict { VERDICT_NONE, VERDICT_KNOWN, VERDICT_SET_ASIDE, VERDICT_CLAIMED };

struct work { /* a recording in hand */
	struct ut_item item;
	struct ut_store_key key;
	bool alone; /* its second try */
	bool claimed;
	enum verdict verdict; /* why it was dropped after its hash was known */
	bool in_use;
};

struct batch {
	const struct ut_batch_opts *o;
	struct ut_batch_result *r;
	struct ut_store *store;
	struct ut_pool *pool;
	struct ut_scan *scan;
	struct ut_claims claims;
	struct work *work; /* o->jobs */
	struct later *later;
	size_t n_later, cap_later;
	bool scanned, alone; /* the scan is at its end; one runs alone */
	int64_t run_id;
	sigset_t wait_mask;
	double start_s, shown_s;
	struct ut_text request;
	struct ut_call call;
	/* for the estimate: names, counted apart and a little at a time */
	struct ut_scan *count;
	int64_t total;
};

static double clock_s(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double now_s(void)
{
	return clock_s(CLOCK_MONOTONIC);
}

/* As it lies there, not what is taken out of it; with its other side. */
static int64_t file_size(const struct ut_item *it)
{
	return it->st.st_size + (it->path2 ? it->st2.st_size : 0);
}

/* ---- what a person sees ---- */

static void clear_line(const struct batch *b)
{
	if (b->o->progress && b->shown_s > 0)
		fputs("\r\033[K", stderr);
}

static void count_some(struct batch *b)
{
	struct ut_scan_entry e;

	for (int i = 0; b->count && i < 2000; i++) {
		if (ut_scan_next(b->count, &e, NULL) != UT_OK || e.what == UT_SCAN_END)
			ut_scan_destroy(&b->count);
		else
			b->total += e.what == UT_SCAN_FILE;
	}
}

static void progress(struct batch *b)
{
	const struct ut_batch_counts *n = &b->r->n;
	double t = now_s(), wall = t - b->start_s;
	int64_t settled = n->done + n->known + n->failed + n->set_aside + n->refused + n->elsewhere;

	if (!b->o->progress || t - b->shown_s < 0.5)
		return;
	count_some(b);
	b->shown_s = t;
	fprintf(stderr, "\r\033[K%lld", (long long)settled);
	if (!b->count && b->total)
		fprintf(stderr, " of %lld", (long long)b->total);
	fprintf(stderr, " recordings, %lld failed", (long long)n->failed);
	if (n->audio_s > 0)
		fprintf(stderr, ", %.0f x real time", n->audio_s / wall);
	if (!b->count && n->done > 2 && b->total > settled) {
		/* what is known passes at once, so only new ones tell the speed */
		double left = wall / (double)(n->done + n->failed) * (double)(b->total - settled);

		if (left >= 90)
			fprintf(stderr, ", about %.0f min left", left / 60);
		else
			fprintf(stderr, ", about %.0f s left", left);
	}
	if (ut_stop_asked())
		fputs("; finishing what is in hand", stderr);
	fflush(stderr);
}

static void say(const struct batch *b, enum ut_log_level level, const char *event, const char *path,
		const struct ut_error *e)
{
	clear_line(b);
	ut_log(b->o->log, level, event, path, "%s", e->msg);
}

/* ---- names for later ---- */

static enum ut_status put_off(struct batch *b, const char *path, bool named, enum later_why why,
			      double when_s, struct ut_error *err)
{
	struct later l = { .path = strdup(path), .named = named, .why = why, .when_s = when_s };

	if (l.path && b->n_later == b->cap_later) {
		size_t cap = b->cap_later ? b->cap_later * 2 : 64;
		struct later *p = realloc(b->later, cap * sizeof(*p));

		if (p) {
			b->later = p;
			b->cap_later = cap;
		}
	}
	if (!l.path || b->n_later == b->cap_later) {
		free(l.path);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	b->later[b->n_later++] = l;
	return UT_OK;
}

/* ---- one recording ---- */

static enum ut_status record_failure(struct batch *b, const char *path,
				     const struct ut_store_key *k, const struct ut_error *why,
				     struct ut_error *err)
{
	b->r->n.failed++;
	say(b, UT_LOG_ERROR, "call_failed", path, why);
	return ut_store_put_failure(b->store, b->run_id, path, k, why, err);
}

static void release(struct batch *b, struct work *w)
{
	if (w->claimed)
		ut_claim_drop(&b->claims, w->key.content);
	if (w->alone)
		b->alone = false;
	ut_item_done(&w->item);
	memset(w, 0, sizeof(*w));
	w->item.fd = w->item.vcon_fd = -1;
}

/* The name under which it can be taken again. */
static const char *given(const struct work *w)
{
	return w->item.given ? w->item.given : w->item.path;
}

/* The fault may pass by itself: nothing of the content. */
static bool passing(enum ut_status code)
{
	return code == UT_EREFUSED || code == UT_EIO || code == UT_ECHANGED || code == UT_ENOENT ||
	       code == UT_EINTR || code == UT_EDB;
}

/* Is the content settled under this key: stored, or set aside? */
static enum ut_status look_up(struct batch *b, const struct work *w, enum verdict *v,
			      struct ut_error *err)
{
	struct ut_error why = { 0 };
	int64_t id = 0, attempts = 0;
	enum ut_status st = ut_store_find_key(b->store, &w->key, &id, err);

	*v = VERDICT_NONE;
	if (st != UT_OK)
		return st;
	if (id) {
		*v = VERDICT_KNOWN;
		return UT_OK;
	}
	st = ut_store_find_failure(b->store, w->item.path, &w->key, &attempts, &why, err);
	if (st == UT_OK && attempts > 0 && !passing(why.code) && !b->o->retry_failed)
		*v = VERDICT_SET_ASIDE;
	return st;
}

/* Everything that changes a result but the content and the model. */
static enum ut_status options_key(const struct batch *b, struct work *w, struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = UT_OK;

	ut_text_addf(&t, "analysis %d\n%s\n", UT_ANALYSIS_VERSION, b->o->result_options);
	ut_item_key(&w->item, &t);
	if (b->o->key)
		st = b->o->key(b->o->key_user, &w->item, &t, err);
	if (st == UT_OK && t.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st == UT_OK)
		st = ut_sha256_hex(t.s, t.len, w->key.options, err);
	ut_text_done(&t);
	memccpy(w->key.model, b->o->model_hash, '\0', sizeof(w->key.model) - 1);
	return st;
}

static enum ut_status settle(struct batch *b, struct work *w, enum verdict v, struct ut_error *err)
{
	switch (v) {
	case VERDICT_KNOWN:
		b->r->n.known++;
		return ut_store_note_file(b->store, w->key.content, w->item.path, w->item.path2,
					  file_size(&w->item), ut_item_changed_ns(&w->item), err);
	case VERDICT_SET_ASIDE:
		b->r->n.set_aside++;
		return UT_OK;
	case VERDICT_CLAIMED:
		return put_off(b, given(w), w->item.named, LATER_CLAIMED, now_s() + 0.2, err);
	case VERDICT_NONE:
		break;
	}
	return UT_OK;
}

/* A side of a call whose other side lies beside it is joined with it; false for the second one,
 * which goes with the first. */
static bool join_sides(struct batch *b, struct work *w, enum ut_status *st, struct ut_error *err)
{
	char other[4096];
	int side = b->o->pair ? b->o->pair(b->o->pair_user, w->item.path, other, sizeof(other)) : 0;

	*st = UT_OK;
	if (side == 0)
		return true;
	if (side == 2) {
		b->r->n.seen--;
		return false;
	}
	*st = ut_item_join(&w->item, other, err);
	return true;
}

/*
 * Takes one name in hand: w is then ready for a worker (*ready), or the name is dealt with. l is
 * where it comes from if it was put off before. Only the database's faults fail.
 */
static enum ut_status take(struct batch *b, struct work *w, const char *path, bool named,
			   const struct later *l, bool *ready, struct ut_error *err)
{
	static const struct ut_store_key no_key;
	struct ut_error why = { 0 };
	enum verdict v = VERDICT_NONE;
	double age;
	enum ut_status st;

	*ready = false;
	st = ut_item_init(&w->item, path, named, err);
	if (st != UT_OK)
		return st;
	w->in_use = true;
	if (!l)
		b->r->n.seen++;
	if (!join_sides(b, w, &st, &why))
		return st;
	if (st == UT_OK)
		st = ut_item_open(&w->item, &why);
	if (st == UT_ENOENT && !named) { /* gone since it was seen: nothing to keep */
		b->r->n.seen--;
		return UT_OK;
	}
	if (st != UT_OK)
		return record_failure(b, path, &no_key, &why, err);
	if (w->item.described) { /* a sidecar: what it describes comes by itself */
		b->r->n.seen -= !l;
		return UT_OK;
	}
	path = w->item.path; /* of a vCon that was named: that of its recording */

	age = clock_s(CLOCK_REALTIME) - (double)ut_item_mtime_ns(&w->item) * 1e-9;
	/* a time in the future tells nothing */
	if (b->o->settle_s > 0 && age >= 0 && age < b->o->settle_s) {
		if (l && l->why == LATER_FRESH) {
			b->r->n.unsettled++;
			ut_fail(&why, UT_ECHANGED, "is still being written; the next run takes it");
			say(b, UT_LOG_WARN, "unsettled", path, &why);
			return UT_OK;
		}
		return put_off(b, given(w), named, LATER_FRESH, now_s() + b->o->settle_s - age,
			       err);
	}
	if (b->o->shard.count > 1) {
		int64_t shard = 0;

		st = ut_shard_of(w->item.fd, w->item.size, b->o->shard.count, &shard, &why);
		if (st != UT_OK)
			return record_failure(b, path, &no_key, &why, err);
		if (shard != b->o->shard.index) {
			b->r->n.elsewhere++;
			return UT_OK;
		}
	}
	st = ut_item_read_beside(&w->item, &why);
	if (st != UT_OK)
		return record_failure(b, path, &no_key, &why, err);
	st = options_key(b, w, err);
	if (st != UT_OK)
		return st;
	/* an unchanged file need not even be read */
	st = ut_store_find_file(b->store, path, file_size(&w->item), ut_item_changed_ns(&w->item),
				w->key.content, err);
	if (st == UT_OK && w->key.content[0])
		st = look_up(b, w, &v, err);
	if (st == UT_OK)
		st = settle(b, w, v, err);
	w->alone = l && l->why == LATER_ALONE;
	*ready = st == UT_OK && v == VERDICT_NONE;
	return st;
}

static bool is_hash(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

/* The worker knows the content now. */
static enum ut_status on_ask(struct batch *b, const struct ut_pool_event *ev, struct ut_error *err)
{
	struct work *w = ev->tag;
	enum ut_status st = UT_OK;

	w->verdict = VERDICT_NONE;
	if (is_hash(ev->text)) {
		memcpy(w->key.content, ev->text, 65);
		for (unsigned i = 0; i < b->o->jobs; i++) {
			struct work *x = &b->work[i];

			/* our own locks do not stop ourselves */
			if (x != w && x->in_use && x->claimed &&
			    strcmp(x->key.content, w->key.content) == 0)
				w->verdict = VERDICT_CLAIMED;
		}
		if (w->verdict == VERDICT_NONE && !ut_claim_take(&b->claims, w->key.content))
			w->verdict = VERDICT_CLAIMED;
		/* in this order: what another one stores before it lets go is seen */
		if (w->verdict == VERDICT_NONE) {
			w->claimed = true;
			st = look_up(b, w, &w->verdict, err);
		}
	}
	ut_pool_answer(b->pool, ev->slot, st == UT_OK && w->verdict == VERDICT_NONE);
	return st;
}

static enum ut_status store_call(struct batch *b, struct work *w, const struct ut_pool_event *ev,
				 struct ut_error *err)
{
	struct ut_error why = { 0 };
	int64_t id;
	enum ut_status st = ut_item_unchanged(&w->item, w->key.content, &why);

	ut_call_reset(&b->call);
	if (st == UT_OK)
		st = ut_wire_decode(ev->reply, ev->reply_n, &b->call, &why);
	/* a worker that has seen hostile content may say anything: hold it to what is known */
	if (st == UT_OK && (strcmp(b->call.media.hash, w->key.content) != 0 ||
			    b->call.media.size_bytes != ut_item_bytes(&w->item)))
		st = ut_fail(&why, UT_ECRASH, "the worker answered for another file");
	if (st == UT_OK && (b->call.media.aligned == UT_ALIGNED_WHOLE) != !w->item.path2)
		st = ut_fail(&why, UT_ECRASH, "the worker answered for another number of files");
	if (st == UT_OK && (ut_call_set(&b->call.media.path, w->item.path) != UT_OK ||
			    ut_call_set(&b->call.media.path2, w->item.path2) != UT_OK))
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st != UT_OK)
		return record_failure(b, w->item.path, &w->key, &why, err);
	b->call.media.mtime_ns = ut_item_changed_ns(&w->item);
	st = ut_store_put_call(b->store, b->run_id, &w->key, &b->call, &id, &why);
	if (st != UT_OK) /* if even this cannot be stored, the database is at fault */
		return record_failure(b, w->item.path, &w->key, &why, err);
	if (w->item.vcon_fd >= 0 && /* so that the next run knows the file by its own size */
	    ut_store_note_file(b->store, w->key.content, w->item.path, w->item.path2,
			       file_size(&w->item), ut_item_changed_ns(&w->item), err) != UT_OK)
		return UT_EDB;
	if (b->call.media.partial) /* damage, or bytes made to look like it */
		ut_pool_retire(b->pool, ev->slot);
	b->r->n.done++;
	b->r->n.audio_s += b->call.measures.duration_s;
	return UT_OK;
}

static enum ut_status on_done(struct batch *b, const struct ut_pool_event *ev, struct ut_error *err)
{
	struct work *w = ev->tag;
	enum ut_status code = ev->err.code, st;

	b->r->n.cpu_s += ev->cpu_s;
	if (w->verdict != VERDICT_NONE)
		st = settle(b, w, w->verdict, err);
	else if (code == UT_OK)
		st = store_call(b, w, ev, err);
	else if (code == UT_EREFUSED) {
		b->r->n.refused++;
		say(b, UT_LOG_INFO, "call_refused", w->item.path, &ev->err);
		st = UT_OK;
	} else if ((ev->died || code == UT_ENOMEM) && !w->alone)
		st = put_off(b, given(w), w->item.named, LATER_ALONE, 0, err);
	else
		st = record_failure(b, w->item.path, &w->key, &ev->err, err);
	release(b, w);
	return st;
}

/* ---- the loop ---- */

static struct work *free_work(struct batch *b)
{
	for (unsigned i = 0; i < b->o->jobs; i++)
		if (!b->work[i].in_use)
			return &b->work[i];
	return NULL;
}

static enum ut_status submit(struct batch *b, struct work *w, struct ut_error *err)
{
	struct ut_error why = { 0 };
	enum ut_status st;

	ut_request_encode(&w->item, true, &b->request);
	if (b->request.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	st = ut_pool_submit_pair(b->pool, w->item.fd, w->item.fd2, w->item.path, b->request.s,
				 b->request.len, w, &why);
	if (st == UT_OK) {
		b->alone = w->alone;
		return UT_OK;
	}
	if (st == UT_EIO) /* the idle worker was lost: no fault of the recording */
		st = put_off(b, given(w), w->item.named, w->alone ? LATER_ALONE : LATER_CLAIMED,
			     now_s(), err);
	else
		st = record_failure(b, w->item.path, &w->key, &why, err);
	w->alone = false;
	release(b, w);
	return st;
}

/* A name that was put off and whose time has come, into *l; false where there is none. */
static bool pick_later(struct batch *b, struct later *l)
{
	double t = now_s();
	bool full = b->n_later > MAX_LATER;

	if (!b->scanned && !full)
		return false;
	for (size_t i = 0; i < b->n_later; i++) {
		struct later *x = &b->later[i];
		bool quiet = ut_pool_n_busy(b->pool) == 0;

		if (x->when_s > t && !(full && x->why == LATER_CLAIMED))
			continue;
		if (x->why == LATER_ALONE && !quiet)
			continue;
		*l = *x;
		*x = b->later[--b->n_later];
		return true;
	}
	return false;
}

/* Gives idle workers something to do. *more: there is, or will be. */
static enum ut_status dispatch(struct batch *b, bool *more, struct ut_error *err)
{
	*more = true;
	while (!ut_stop_asked() && !b->alone && ut_pool_n_idle(b->pool) > 0) {
		struct work *w = free_work(b);
		struct ut_scan_entry e = { 0 };
		struct later l = { 0 };
		struct timespec zero = { 0 };
		enum ut_status st;
		bool ready = false;

		ppoll(NULL, 0, &zero, &b->wait_mask); /* lets a signal in */
		progress(b);
		if (!w)
			return UT_OK;
		if (pick_later(b, &l)) {
			st = take(b, w, l.path, l.named, &l, &ready, err);
			free(l.path);
		} else if (!b->scanned) {
			st = ut_scan_next(b->scan, &e, err);
			if (st == UT_OK && e.what == UT_SCAN_FILE) {
				st = take(b, w, e.path, e.named, NULL, &ready, err);
			} else if (st == UT_OK && e.what == UT_SCAN_ERROR) {
				b->r->n.unreadable++;
				say(b, UT_LOG_ERROR, "unreadable", e.path, &e.err);
			}
			b->scanned = e.what == UT_SCAN_END;
		} else {
			*more = b->n_later > 0;
			return UT_OK;
		}
		if (st == UT_OK && ready)
			st = submit(b, w, err);
		else if (w->in_use)
			release(b, w);
		if (st != UT_OK)
			return st;
	}
	if (ut_stop_asked())
		*more = false;
	return UT_OK;
}

static enum ut_status loop(struct batch *b, struct ut_error *err)
{
	for (;;) {
		struct ut_pool_event ev;
		bool more;
		enum ut_status st = dispatch(b, &more, err);

		if (st != UT_OK)
			return st;
		if (ut_stop_asked() > 1)
			return UT_OK;
		if (!more && ut_pool_n_busy(b->pool) == 0)
			return UT_OK;
		st = ut_pool_wait(b->pool, more && b->scanned ? 50 : 500, &b->wait_mask, &ev, err);
		if (st == UT_OK && ev.what == UT_POOL_ASK)
			st = on_ask(b, &ev, err);
		else if (st == UT_OK && ev.what == UT_POOL_DONE)
			st = on_done(b, &ev, err);
		if (st != UT_OK)
			return st;
		progress(b);
	}
}

/* ---- runs that were killed: their record says so from the next run on ---- */

struct lost {
	int64_t id[64];
	unsigned n;
	const char *host;
};

static bool add_lost(void *user, const struct ut_run *r)
{
	struct lost *l = user;
	pid_t pid = (pid_t)r->info.pid;

	/* a process of another machine cannot be asked; another run may have the number by now */
	if (pid > 0 && strcmp(r->info.host, l->host) == 0 && kill(pid, 0) != 0 && errno == ESRCH)
		l->id[l->n++] = r->id;
	return l->n < UT_ARRAY_LEN(l->id);
}

static enum ut_status end_lost(struct batch *b, const char *host, struct ut_error *err)
{
	struct lost l = { .host = host };
	enum ut_status st = ut_store_runs(b->store, 0, true, add_lost, &l, err);

	for (unsigned i = 0; i < l.n && st == UT_OK; i++)
		st = ut_store_lose_run(b->store, l.id[i], err);
	return st;
}

static enum ut_status begin(struct batch *b, struct ut_error *err)
{
	const struct ut_batch_opts *o = b->o;
	char host[256] = "";
	struct ut_run_info info = {
		.command = o->command,
		.options_json = o->options_json,
		.program_version = o->version,
		.model_hash = o->model_hash,
		.host = host,
		.pid = getpid(),
	};
	enum ut_status st;

	gethostname(host, sizeof(host) - 1);
	b->work = calloc(o->jobs, sizeof(*b->work));
	if (!b->work)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	st = ut_store_open(o->db, UT_STORE_WRITE, &b->store, err);
	if (st == UT_OK)
		st = ut_claims_open(o->db, &b->claims, err);
	if (st == UT_OK)
		st = ut_scan_create(o->paths, o->n_paths, &o->scan, &b->scan, err);
	if (st == UT_OK && o->progress && !o->scan.list)
		st = ut_scan_create(o->paths, o->n_paths, &o->scan, &b->count, err);
	if (st == UT_OK)
		st = ut_pool_create(o->ops, o->ops_user, o->jobs, &o->limits, &b->pool, err);
	if (st == UT_OK)
		st = end_lost(b, host, err);
	if (st == UT_OK)
		st = ut_store_begin_run(b->store, &info, &b->run_id, err);
	return st;
}

static void end(struct batch *b)
{
	struct ut_batch_counts *n = &b->r->n;
	struct ut_error why = { 0 };
	struct ut_run_counts c = {
		.seen = n->seen,
		.done = n->done,
		.skipped = n->known + n->set_aside + n->refused + n->unsettled + n->elsewhere,
		.failed = n->failed,
		.audio_s = n->audio_s,
		.cpu_s = n->cpu_s,
		.wall_s = n->wall_s,
		.end = b->r->signal ? "interrupted" : "finished",
	};

	if (b->run_id && ut_store_end_run(b->store, b->run_id, &c, &why) != UT_OK)
		say(b, UT_LOG_WARN, "run_not_recorded", NULL, &why);
}

enum ut_status ut_batch_run(const struct ut_batch_opts *o, struct ut_batch_result *ret,
			    struct ut_error *err)
{
	struct batch b = { .o = o, .r = ret, .claims = { -1 }, .start_s = now_s() };
	enum ut_status st;

	memset(ret, 0, sizeof(*ret));
	ut_call_init(&b.call);
	ut_stop_install(&b.wait_mask);
	st = begin(&b, err);
	if (st == UT_OK)
		st = loop(&b, err);
	ret->n.cpu_s += clock_s(CLOCK_PROCESS_CPUTIME_ID);
	ret->n.wall_s = now_s() - b.start_s;
	ret->signal = ut_stop_signal();
	clear_line(&b);
	if (b.pool && ut_pool_sandbox_note(b.pool))
		ut_log(o->log, UT_LOG_WARN, "no_sandbox", NULL,
		       "workers run without their system-call filter: %s",
		       ut_pool_sandbox_note(b.pool));
	if (st == UT_OK)
		end(&b);
	ut_pool_destroy(&b.pool); /* before the items that its workers read */
	for (unsigned i = 0; b.work && i < o->jobs; i++)
		if (b.work[i].in_use)
			release(&b, &b.work[i]);
	for (size_t i = 0; i < b.n_later; i++)
		free(b.later[i].path);
	free(b.later);
	free(b.work);
	ut_scan_destroy(&b.scan);
	ut_scan_destroy(&b.count);
	ut_text_done(&b.request);
	ut_call_done(&b.call);
	ut_claims_close(&b.claims);
	ut_store_close(&b.store);
	return st;
}

void ut_batch_summary(const struct ut_batch_opts *o, const struct ut_batch_result *r,
		      struct ut_text *out)
{
	const struct ut_batch_counts *n = &r->n;
	int64_t mine = n->seen - n->elsewhere;
	const struct {
		int64_t n;
		const char *what;
	} parts[] = {
		{ n->known, "known already" },
		{ n->failed, "failed" },
		{ n->set_aside, "set aside after failing before (--retry-failed tries again)" },
		{ n->refused, "left alone (objection or no notice)" },
		{ n->unsettled, "still being written (the next run takes them)" },
		{ n->unreadable, "unreadable" },
	};

	if (o->shard.count > 1)
		ut_text_addf(out, "shard %lld of %lld (%s): ", (long long)o->shard.index,
			     (long long)o->shard.count, o->shard.source);
	if (r->signal)
		ut_text_add(out, "stopped: ");
	if (mine == 0 && n->unreadable == 0) {
		ut_text_add(out, "no recordings found");
	} else if (n->done == 0 && mine > 0 && n->known == mine) {
		ut_text_addf(out, "nothing to do: %lld recording%s, all in %s already",
			     (long long)mine, mine == 1 ? "" : "s", o->db);
	} else {
		ut_text_addf(out, "%lld recording%s: %lld analysed", (long long)mine,
			     mine == 1 ? "" : "s", (long long)n->done);
		if (n->done > 0)
			ut_text_addf(out, " (%.2f h of audio, %.0f x real time)", n->audio_s / 3600,
				     n->wall_s > 0 ? n->audio_s / n->wall_s : 0);
		for (size_t i = 0; i < UT_ARRAY_LEN(parts); i++)
			if (parts[i].n > 0)
				ut_text_addf(out, ", %lld %s", (long long)parts[i].n,
					     parts[i].what);
		ut_text_addf(out, "; %s", o->db);
	}
	if (r->signal)
		ut_text_add(out, "; the same command goes on from here");
}
