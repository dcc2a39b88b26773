/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app_internal.h - one request in hand, and what answers it. */
#ifndef UT_REVIEW_APP_INTERNAL_H
#define UT_REVIEW_APP_INTERNAL_H

#include <pthread.h>

#include "review/app.h"
#include "review/pages.h"
#include "review/session.h"

struct ut_look {
	int64_t who, call, at_s;
	const char *action; /* a literal: its address is compared */
};

struct ut_kept { /* an excerpt or a picture, made already: a browser asks for pieces */
	struct ut_text bytes;
	int64_t call, used_s;
	int kind; /* enum kind in app_calls.c */
};

struct ut_app {
	struct ut_server_options o;
	_Atomic uint16_t port; /* known when the server listens already */
	struct ut_clip_maker *clips;
	struct ut_sessions *sessions;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t free;
	struct ut_store *idle[8];
	unsigned n_idle, next_look;
	struct ut_look look[256];
	struct ut_kept kept[24];
	pthread_mutex_t pack_lock; /* held while a pack is made */
	pthread_mutex_t write_lock;
	struct ut_store *writer;
};

struct ut_asked {
	struct ut_app *app;
	struct ut_request *r;
	struct ut_view view; /* view.s: a reader for as long as the answer is made */
	struct ut_session session;
	struct ut_form query, form;
	int64_t id; /* of the address */
};

/* Waits for a free one. */
struct ut_store *ut_app_reader(struct ut_app *a);
void ut_app_give_back(struct ut_app *a, struct ut_store *s);
/* The one that writes; give it back at once. */
struct ut_store *ut_app_writer(struct ut_app *a);
void ut_app_written(struct ut_app *a);

/* Into the record of access; a second look at the same call soon after is not another one. */
enum ut_status ut_app_note(struct ut_asked *q, const char *action, int64_t call,
			   struct ut_error *err);

void ut_app_redirect(struct ut_asked *q, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void ut_app_fail(struct ut_asked *q, unsigned status, enum ut_str why);
void ut_app_fault(struct ut_asked *q, const struct ut_error *err);

void ut_app_get_signin(struct ut_asked *q);
void ut_app_post_signin(struct ut_asked *q);
void ut_app_post_signout(struct ut_asked *q);
void ut_app_get_root(struct ut_asked *q);
void ut_app_get_css(struct ut_asked *q);
void ut_app_get_js(struct ut_asked *q);
void ut_app_get_icon(struct ut_asked *q);
void ut_app_get_help(struct ut_asked *q);
void ut_app_get_queue(struct ut_asked *q);
void ut_app_get_csv(struct ut_asked *q);
void ut_app_get_call(struct ut_asked *q);
void ut_app_get_excerpt(struct ut_asked *q);
void ut_app_get_whole(struct ut_asked *q);
void ut_app_get_voice(struct ut_asked *q);
void ut_app_post_verdict(struct ut_asked *q);
void ut_app_post_pack(struct ut_asked *q);
void ut_app_get_sessions(struct ut_asked *q);
void ut_app_post_sessions(struct ut_asked *q);
void ut_app_get_session(struct ut_asked *q);
void ut_app_get_next(struct ut_asked *q);
void ut_app_post_end(struct ut_asked *q);

#endif
