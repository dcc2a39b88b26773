/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app_calls.c - what each address does: pages, sounds, pictures, verdicts, sessions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clip/picture.h"
#include "review/app_internal.h"

static const char app_js[] =
#include "app.inc"
    ;

static const char more_css[] =
#include "more.inc"
    ;

/* ---- pages ---- */

void ut_app_get_root(struct ut_asked *q)
{
	ut_app_redirect(q, "/queue");
}

void ut_app_get_css(struct ut_asked *q)
{
	q->r->type = "text/css; charset=utf-8";
	q->r->cache = "private, max-age=60";
	ut_text_add(&q->r->out, ut_html_css);
	ut_text_add(&q->r->out, more_css);
}

void ut_app_get_js(struct ut_asked *q)
{
	q->r->type = "text/javascript; charset=utf-8";
	q->r->cache = "private, max-age=60";
	ut_text_add(&q->r->out, app_js);
}

void ut_app_get_icon(struct ut_asked *q)
{
	q->r->type = "image/svg+xml";
	q->r->cache = "private, max-age=86400";
	q->r->picture = true;
	ut_text_add(&q->r->out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"none\" "
		    "stroke-width=\"2.4\" stroke-linecap=\"round\"><path stroke=\"#2f7fd6\" "
		    "d=\"M2 9c3-6 5-6 7 0s4 6 6 0 4-5 7-2\"/><path stroke=\"#9b6bc4\" "
		    "d=\"M2 16c3-4 5-3 7 0s4 4 6 4 5 0 7 1\"/></svg>");
}

void ut_app_get_help(struct ut_asked *q)
{
	ut_page_help(&q->view);
}

void ut_app_get_queue(struct ut_asked *q)
{
	struct ut_error err = { 0 };

	if (ut_page_queue(&q->view, &q->query, &err) != UT_OK)
		ut_app_fault(q, &err);
}

void ut_app_get_csv(struct ut_asked *q)
{
	struct ut_error err = { 0 };
	int64_t n = 0;
	enum ut_status st = ut_page_queue_csv(&q->view, &q->query, &n, &err);

	if (st == UT_OK) { /* no export without its trace */
		st = ut_review_note(ut_app_writer(q->app), q->view.who.name, "export",
				    "queue as CSV", n, &err);
		ut_app_written(q->app);
	}
	if (st != UT_OK) {
		ut_app_fault(q, &err);
		return;
	}
	q->r->type = "text/csv; charset=utf-8";
	ut_request_header(q->r, "Content-Disposition",
			  "attachment; filename=\"undertone-queue.csv\"");
}

/* One call, as stored; NULL: answered already. */
static struct ut_call *load(struct ut_asked *q)
{
	struct ut_call *c = malloc(sizeof(*c));
	struct ut_error err = { 0 };

	if (!c) {
		ut_fail(&err, UT_ENOMEM, "a call");
	} else {
		ut_call_init(c);
		if (ut_store_must_be_current(q->view.s, q->id, &err) == UT_OK &&
		    ut_store_load_call(q->view.s, q->id, c, &err) == UT_OK) {
			c->id = q->id;
			return c;
		}
		ut_call_done(c);
		free(c);
	}
	ut_app_fault(q, &err);
	return NULL;
}

static void unload(struct ut_call **pc)
{
	if (*pc)
		ut_call_done(*pc);
	free(*pc);
	*pc = NULL;
}

void ut_app_get_call(struct ut_asked *q)
{
	UT_AUTO(unload) struct ut_call *c = load(q);
	struct ut_page_recording rec = { false };
	struct ut_error err = { 0 };
	enum ut_status st;
	int64_t blind = 0;
	int fd[2] = { -1, -1 };

	if (!c)
		return;
	st = ut_app_note(q, "read", c->id, &err);
	if (st == UT_OK)
		st = ut_review_blind(q->view.s, c->media.hash, q->view.who.id, &blind, &err);
	if (st == UT_OK && ut_clip_open(q->view.s, c, false, fd, NULL) == UT_OK) {
		rec.there = true;
		ut_clip_close(fd);
	}
	if (st == UT_OK)
		st = ut_page_call(&q->view, c, blind, &rec, &q->query, &err);
	if (st != UT_OK)
		ut_app_fault(q, &err);
}

/* ---- sounds and pictures ---- */

enum kind { EXCERPT, VOICE_EN, VOICE_HE };

/* A copy of what was made before; false: nothing. */
static bool kept(struct ut_app *a, int64_t call, enum kind kind, int64_t now_s, struct ut_text *out)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < UT_ARRAY_LEN(a->kept) && !found; i++) {
		struct ut_kept *k = &a->kept[i];

		if (!k->bytes.len || k->call != call || k->kind != (int)kind)
			continue;
		k->used_s = now_s;
		ut_text_addn(out, k->bytes.s, k->bytes.len);
		found = true;
	}
	pthread_mutex_unlock(&a->lock);
	return found;
}

static void keep(struct ut_app *a, int64_t call, enum kind kind, int64_t now_s,
		 const struct ut_text *t)
{
	struct ut_kept *oldest = a->kept;
	struct ut_text copy = { 0 };

	ut_text_addn(&copy, t->s, t->len);
	if (copy.failed) {
		ut_text_done(&copy);
		return;
	}
	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < UT_ARRAY_LEN(a->kept); i++)
		if (!a->kept[i].bytes.len || a->kept[i].used_s < oldest->used_s) {
			oldest = &a->kept[i];
			if (!oldest->bytes.len)
				break;
		}
	ut_text_done(&oldest->bytes);
	*oldest = (struct ut_kept){ copy, call, now_s, (int)kind };
	pthread_mutex_unlock(&a->lock);
}

/* "bytes=a-b", "bytes=a-", "bytes=-n" of n_all bytes (RFC 9110, 14.1.2). 0: none (or several, which
 * we may ignore); 1: *from, *to (both included); -1: cannot be met. */
static int range_of(const char *s, uint64_t n_all, uint64_t *from, uint64_t *to)
{
	char *end;
	uint64_t a, b;

	if (!s || strncmp(s, "bytes=", 6) != 0 || strchr(s, ','))
		return 0;
	s += 6;
	if (*s == '-') {
		a = strtoull(s + 1, &end, 10);
		if (end == s + 1 || *end || s[1] < '0' || s[1] > '9')
			return 0;
		if (a == 0 || n_all == 0)
			return -1;
		*from = n_all - UT_MIN(a, n_all);
		*to = n_all - 1;
		return 1;
	}
	if (*s < '0' || *s > '9')
		return 0;
	a = strtoull(s, &end, 10);
	if (*end != '-')
		return 0;
	s = end + 1;
	b = n_all ? n_all - 1 : 0;
	if (*s) {
		if (*s < '0' || *s > '9')
			return 0;
		b = UT_MIN(strtoull(s, &end, 10), b);
		if (*end)
			return 0;
	}
	if (a >= n_all || b < a)
		return a >= n_all ? -1 : 0;
	*from = a;
	*to = b;
	return 1;
}

/* Status and headers of a sound of n_all bytes; false: answered (416). */
static bool begin_sound(struct ut_asked *q, uint64_t n_all, uint64_t *from, uint64_t *to)
{
	int rc = range_of(q->r->range, n_all, from, to);

	ut_request_header(q->r, "Accept-Ranges", "bytes");
	if (rc < 0) {
		ut_app_fail(q, 416, UT_STR_ERR_BAD);
		ut_request_header(q->r, "Content-Range", "bytes */%llu", (unsigned long long)n_all);
		return false;
	}
	q->r->type = "audio/wav";
	if (rc == 0) {
		*from = 0;
		*to = n_all ? n_all - 1 : 0;
		return true;
	}
	q->r->status = 206;
	ut_request_header(q->r, "Content-Range", "bytes %llu-%llu/%llu", (unsigned long long)*from,
			  (unsigned long long)*to, (unsigned long long)n_all);
	return true;
}

/* While something is decoded the reader goes to others; the store is not needed any more. */
static void release_reader(struct ut_asked *q)
{
	ut_app_give_back(q->app, q->view.s);
	q->view.s = NULL;
}

static enum ut_status make_excerpt(struct ut_asked *q, const struct ut_call *c, struct ut_text *out,
				   struct ut_error *err)
{
	struct ut_clip_spec spec = { .channel = UT_CLIP_MIX, .format = UT_CLIP_WAV };
	struct ut_clip clip = { 0 };
	enum ut_status st;
	int fd[2] = { -1, -1 };

	ut_page_excerpt(c, &spec.start_s, &spec.end_s);
	if (spec.end_s <= spec.start_s)
		return ut_fail(err, UT_ENOENT, "call %lld has no closing", (long long)c->id);
	st = ut_clip_open(q->view.s, c, true, fd, err);
	release_reader(q);
	if (st == UT_OK)
		st = ut_clip_make(q->app->clips, fd, c, &spec, &clip, err);
	if (st == UT_OK) {
		*out = clip.bytes;
		clip.bytes = (struct ut_text){ 0 };
	}
	ut_clip_done(&clip);
	ut_clip_close(fd);
	return st;
}

void ut_app_get_excerpt(struct ut_asked *q)
{
	UT_AUTO(unload) struct ut_call *c = load(q);
	struct ut_error err = { 0 };
	struct ut_text bytes = { 0 };
	uint64_t from, to;
	enum ut_status st;

	if (!c)
		return;
	st = ut_app_note(q, "listen", c->id, &err);
	if (st == UT_OK && !kept(q->app, c->id, EXCERPT, q->r->now_s, &bytes)) {
		st = make_excerpt(q, c, &bytes, &err);
		if (st == UT_OK)
			keep(q->app, c->id, EXCERPT, q->r->now_s, &bytes);
	}
	if (st != UT_OK) {
		ut_app_fault(q, &err);
	} else if (begin_sound(q, bytes.len, &from, &to)) {
		ut_text_addn(&q->r->out, bytes.s + from, (size_t)(to - from + 1));
	}
	ut_text_done(&bytes);
}

struct whole { /* the whole call, made piece by piece while it is sent */
	struct ut_stream stream;
	struct ut_app *app;
	struct ut_call *c;
	int fd[2];
	uint64_t from; /* byte of the file that the answer begins with */
	struct ut_text piece;
	uint64_t piece_at;
};

static ssize_t whole_read(struct ut_stream *s, uint64_t at, char *buf, size_t n)
{
	enum { PIECE = 512 << 10 };
	struct whole *w = (struct whole *)s;
	size_t off, have;

	at += w->from;
	if (at < w->piece_at || at >= w->piece_at + w->piece.len) {
		struct ut_error err = { 0 };

		ut_text_clear(&w->piece);
		w->piece_at = at;
		if (ut_clip_whole_piece(w->app->clips, w->fd, w->c, UT_CLIP_MIX, (int64_t)at, PIECE,
					&w->piece, &err) != UT_OK ||
		    !w->piece.len) {
			if (w->app->o.fault)
				w->app->o.fault(w->app->o.user, err.msg);
			return -1;
		}
	}
	off = (size_t)(at - w->piece_at);
	have = UT_MIN(n, w->piece.len - off);
	memcpy(buf, w->piece.s + off, have);
	return (ssize_t)have;
}

static void whole_done(struct ut_stream *s)
{
	struct whole *w = (struct whole *)s;

	ut_text_done(&w->piece);
	unload(&w->c);
	ut_clip_close(w->fd);
	free(w);
}

void ut_app_get_whole(struct ut_asked *q)
{
	struct ut_call *c = load(q);
	struct ut_error err = { 0 };
	struct whole *w = NULL;
	uint64_t from, to;
	enum ut_status st;
	int fd[2] = { -1, -1 };

	if (!c)
		return;
	st = ut_app_note(q, "listen", c->id, &err);
	if (st == UT_OK) /* the whole content is read once, at its beginning; then its time tells */
		st = ut_clip_open(q->view.s, c, !q->r->range || strstr(q->r->range, "=0-"), fd,
				  &err);
	release_reader(q);
	if (st == UT_OK && !(w = calloc(1, sizeof(*w))))
		st = ut_fail(&err, UT_ENOMEM, "a call");
	if (st != UT_OK) {
		ut_app_fault(q, &err);
	} else if (begin_sound(q, (uint64_t)ut_clip_whole_size(c), &from, &to)) {
		*w = (struct whole){ .stream = { whole_read, whole_done },
				     .app = q->app,
				     .c = c,
				     .fd = { fd[0], fd[1] },
				     .from = from };
		q->r->stream = &w->stream;
		q->r->stream_n = to - from + 1;
		return;
	}
	free(w);
	unload(&c);
	ut_clip_close(fd);
}

void ut_app_get_voice(struct ut_asked *q)
{
	UT_AUTO(unload) struct ut_call *c = load(q);
	enum kind kind = q->view.lang == UT_LANG_HE ? VOICE_HE : VOICE_EN;
	struct ut_clip_view view = { 0 };
	struct ut_error err = { 0 };
	enum ut_status st = UT_OK;
	double a, b;
	int fd[2] = { -1, -1 };

	if (!c)
		return;
	if (!kept(q->app, c->id, kind, q->r->now_s, &q->r->out)) {
		ut_page_excerpt(c, &a, &b);
		st = b > a ? ut_clip_open(q->view.s, c, false, fd, &err)
			   : ut_fail(&err, UT_ENOENT, "no closing");
		release_reader(q);
		if (st == UT_OK)
			st = ut_clip_view(q->app->clips, fd, c, a, b, &view, &err);
		if (st == UT_OK)
			st = ut_clip_picture(c, &view, q->view.lang, &q->r->out, &err);
		if (st == UT_OK && !q->r->out.failed)
			keep(q->app, c->id, kind, q->r->now_s, &q->r->out);
		ut_clip_view_done(&view);
		ut_clip_close(fd);
	}
	if (st != UT_OK) {
		ut_app_fault(q, &err);
		return;
	}
	q->r->type = "image/svg+xml";
	q->r->picture = true;
}

/* ---- verdicts and sessions ---- */

void ut_app_post_verdict(struct ut_asked *q)
{
	const struct ut_form *f = &q->form;
	struct ut_verdict v = { .call_id = q->id, .reviewer_id = q->view.who.id };
	const char *back = ut_form_text(f, "back");
	struct ut_filters filters;
	struct ut_form place = { 0 };
	struct ut_text query = { 0 };
	struct ut_stored row;
	struct ut_error err = { 0 };
	enum ut_status st;

	if (!ut_review_heard_find(ut_form_get(f, "heard"), &v.heard)) {
		ut_app_fail(q, 400, UT_STR_ERR_BAD);
		return;
	}
	for (unsigned i = 0; i < f->n; i++)
		for (unsigned k = 0; k < UT_N_TAGS; k++)
			if (strcmp(f->field[i].name, "tag") == 0 &&
			    strcmp(f->field[i].value, ut_review_tag_name[k]) == 0)
				v.tags |= 1u << k;
	v.note = ut_form_text(f, "note");
	st = ut_store_stored(q->view.s, q->id, &row, &err);
	/* whether it is blind is what the store says, not what the form does */
	if (st == UT_OK)
		st = ut_review_blind(q->view.s, row.key.content, v.reviewer_id, &v.calibration_id,
				     &err);
	v.blind = v.calibration_id != 0;
	if (st == UT_OK) {
		st = ut_review_judge(ut_app_writer(q->app), &v, &err);
		ut_app_written(q->app);
	}
	if (st != UT_OK) {
		ut_app_fault(q, &err);
		return;
	}
	/* the filters are read and written again, so that nothing else comes back */
	if (back && ut_form_parse(back, strlen(back), &place, NULL) == UT_OK) {
		ut_filters_read(&place, &filters);
		ut_filters_write(&filters, &query);
	}
	if (v.calibration_id)
		ut_app_redirect(q, "/call/%lld?saved=1&session=%lld", (long long)q->id,
				(long long)v.calibration_id);
	else
		ut_app_redirect(q, "/call/%lld?saved=1%s%s", (long long)q->id, query.s ? "&" : "",
				query.s && query.len < 400 ? query.s : "");
	ut_form_done(&place);
	ut_text_done(&query);
}

void ut_app_get_sessions(struct ut_asked *q)
{
	struct ut_error err = { 0 };

	if (ut_page_sessions(&q->view, &q->query, &err) != UT_OK)
		ut_app_fault(q, &err);
}

void ut_app_post_sessions(struct ut_asked *q)
{
	const char *name = ut_form_text(&q->form, "name");
	struct ut_filters f;
	struct ut_error err = { 0 };
	enum ut_status st;
	int64_t id = 0;

	ut_filters_read(&q->form, &f);
	f.q.for_reviewer = 0;
	st = ut_review_start_calibration(ut_app_writer(q->app), q->view.who.id, name ? name : "",
					 &f.q, ut_form_int(&q->form, "n", 1, 200, 0), &id, &err);
	ut_app_written(q->app);
	if (st != UT_OK)
		ut_app_fault(q, &err);
	else
		ut_app_redirect(q, "/sessions/%lld", (long long)id);
}

void ut_app_get_session(struct ut_asked *q)
{
	struct ut_error err = { 0 };

	if (ut_page_session(&q->view, q->id, &err) != UT_OK)
		ut_app_fault(q, &err);
}

void ut_app_get_next(struct ut_asked *q)
{
	struct ut_error err = { 0 };
	int64_t call, n;

	if (ut_review_next_blind(q->view.s, q->id, q->view.who.id, &call, &n, &err) != UT_OK)
		ut_app_fault(q, &err);
	else if (call)
		ut_app_redirect(q, "/call/%lld?session=%lld", (long long)call, (long long)q->id);
	else
		ut_app_redirect(q, "/sessions/%lld", (long long)q->id);
}

void ut_app_post_end(struct ut_asked *q)
{
	struct ut_error err = { 0 };
	enum ut_status st =
	    ut_review_end_calibration(ut_app_writer(q->app), q->view.who.id, q->id, &err);

	ut_app_written(q->app);
	if (st != UT_OK)
		ut_app_fault(q, &err);
	else
		ut_app_redirect(q, "/sessions/%lld", (long long)q->id);
}
