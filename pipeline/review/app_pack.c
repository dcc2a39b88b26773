/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app_pack.c - a workshop pack of the list that is shown, to take away as a zip file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"
#include "clip/example.h"
#include "clip/pack.h"
#include "review/app_internal.h"
#include "store/handed.h"

enum { BAD = 5, GOOD = 5, BEFORE_S = 10, AFTER_S = 2 };

struct picked {
	int64_t id[BAD + GOOD];
	size_t n, most;
};

static bool pick(void *user, const struct ut_review_item *i)
{
	struct picked *p = user;

	for (size_t k = 0; k < p->n; k++)
		if (p->id[k] == i->call_id)
			return true;
	if (p->n < p->most)
		p->id[p->n++] = i->call_id;
	return p->n < p->most;
}

/* Findings first, then good examples, under the filters of the list. What is still blind for this
 * reviewer stays out. */
static enum ut_status choose(struct ut_asked *q, struct picked *p, struct ut_error *err)
{
	struct ut_filters f;
	enum ut_status st;

	ut_filters_read(&q->form, &f);
	f.q.for_reviewer = q->view.who.id;
	f.q.limit = BAD + GOOD;
	f.q.after_call = 0;
	f.q.list = UT_REVIEW_FINDINGS;
	p->most = BAD;
	st = ut_review_queue(q->view.s, &f.q, pick, p, err);
	f.q.list = UT_REVIEW_GOOD;
	f.q.label = NULL;
	p->most = p->n + GOOD;
	return st == UT_OK ? ut_review_queue(q->view.s, &f.q, pick, p, err) : st;
}

static enum ut_status add(struct ut_asked *q, struct ut_pack *pack, const struct ut_example *e,
			  struct ut_error *err)
{
	struct ut_clip_spec spec = { .start_s = e->start_s,
				     .end_s = e->end_s,
				     .channel = UT_CLIP_MIX,
				     .format = pack->o.format };
	struct ut_clip clip = { 0 };
	struct ut_clip_view view = { 0 };
	enum ut_status st;
	bool seen = false;
	int fd[2] = { -1, -1 };

	st = ut_clip_open(q->view.s, &e->call, true, fd, err);
	if (st == UT_OK)
		st = ut_clip_make(q->app->clips, fd, &e->call, &spec, &clip, err);
	if (st == UT_OK && ut_call_customer(&e->call, NULL) >= 0) {
		st =
		    ut_clip_view(q->app->clips, fd, &e->call, clip.start_s, clip.end_s, &view, err);
		seen = st == UT_OK;
	}
	if (st == UT_OK)
		st = ut_pack_add(pack, e, &clip, seen ? &view : NULL, err);
	ut_clip_close(fd);
	ut_clip_view_done(&view);
	ut_clip_done(&clip);
	return st;
}

/* Calls whose recording is gone are left out; p keeps those that are in. */
static enum ut_status fill(struct ut_asked *q, struct ut_pack *pack, struct picked *p,
			   struct ut_error *err)
{
	static const bool bad_first[] = { true, false };
	struct picked in = { .n = 0 };

	for (size_t k = 0; k < UT_ARRAY_LEN(bad_first); k++)
		for (size_t i = 0; i < p->n; i++) {
			struct ut_example e;
			enum ut_status st =
			    ut_example_load(q->view.s, p->id[i], BEFORE_S, AFTER_S, &e, err);

			if (st == UT_OK && e.kind != UT_EXAMPLE_OTHER &&
			    (e.kind == UT_EXAMPLE_BAD) == bad_first[k]) {
				st = add(q, pack, &e, err);
				if (st == UT_OK)
					in.id[in.n++] = p->id[i];
			}
			ut_example_done(&e);
			if (st == UT_ENOMEM || st == UT_EDB)
				return st;
		}
	*p = in;
	return in.n ? UT_OK : ut_fail(err, UT_ENOENT, "no call to put into a pack");
}

/* No pack leaves without its trace, in the record of access and among what was handed out. */
static enum ut_status note(struct ut_asked *q, const struct picked *p, const struct ut_text *zip,
			   struct ut_error *err)
{
	struct ut_store *s;
	struct ut_text path = { 0 };
	char subject[64], sha256[65];
	enum ut_status st = ut_sha256_hex(zip->s, zip->len, sha256, err);

	if (st != UT_OK)
		return st;
	/* where it lies is not known: a purge names who took it */
	ut_text_addf(&path, "/downloaded by %s/undertone-pack-%.16s.zip", q->view.who.name, sha256);
	if (path.failed)
		return ut_fail(err, UT_ENOMEM, "a pack");
	snprintf(subject, sizeof(subject), "pack: %zu calls, downloaded", p->n);
	s = ut_app_writer(q->app);
	st = ut_review_note(s, q->view.who.name, "export", subject, (int64_t)p->n, err);
	if (st == UT_OK)
		st = ut_handed_note(s,
				    &(struct ut_handed){ .path = path.s,
							 .pack = path.s,
							 .sha256 = sha256,
							 .made_as = "pack",
							 .actor = q->view.who.name },
				    p->id, p->n, err);
	ut_app_written(q->app);
	ut_text_done(&path);
	return st;
}

void ut_app_post_pack(struct ut_asked *q)
{
	struct ut_pack_opts o = { .lang = q->view.lang, .format = UT_CLIP_WAV };
	struct ut_pack pack;
	struct picked p = { .n = 0 };
	struct ut_text zip = { 0 };
	struct ut_error err = { 0 };
	enum ut_status st;
	char today[16];
	time_t t = time(NULL);
	struct tm tm;

	/* one at a time: each is some twenty decodings */
	if (pthread_mutex_trylock(&q->app->pack_lock) != 0) {
		ut_request_header(q->r, "Retry-After", "10");
		ut_app_fail(q, 503, UT_STR_ERR_BUSY);
		return;
	}
	gmtime_r(&t, &tm);
	strftime(today, sizeof(today), "%Y-%m-%d", &tm);
	o.made_on = today;
	ut_pack_init(&pack, &o);
	st = choose(q, &p, &err);
	if (st == UT_OK)
		st = fill(q, &pack, &p, &err);
	if (st == UT_OK)
		st = ut_pack_finish(&pack, &err);
	if (st == UT_OK)
		st = ut_pack_zip(&pack, "undertone-pack", &zip, &err);
	if (st == UT_OK)
		st = note(q, &p, &zip, &err);
	ut_pack_done(&pack);
	pthread_mutex_unlock(&q->app->pack_lock);
	if (st != UT_OK) {
		ut_text_done(&zip);
		ut_app_fault(q, &err);
		return;
	}
	ut_text_done(&q->r->out);
	q->r->out = zip;
	q->r->type = "application/zip";
	ut_request_header(q->r, "Content-Disposition",
			  "attachment; filename=\"undertone-pack.zip\"");
}
