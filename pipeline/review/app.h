/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.h - one request to one answer, without a connection: who it is, may they, which page.
 * Threads: any number answer at a time.
 */
#ifndef UT_REVIEW_APP_H
#define UT_REVIEW_APP_H

#include <sys/types.h>

#include "report/strings.h"
#include "review/server.h"

struct ut_stream { /* an answer that is made while it is sent */
	ssize_t (*read)(struct ut_stream *s, uint64_t at, char *buf,
			size_t n); /* <= 0: it broke off */
	void (*done)(struct ut_stream *s);
};

struct ut_request {
	/* what came; lent, but for uri */
	char *uri; /* path and query, as it came; owned */
	bool post;
	const char *cookies, *range, *origin, *fetch_site, *languages;
	const char *body;
	size_t body_n;
	char address[64];
	int64_t now_s; /* monotonic */
	/* what goes back */
	unsigned status;
	struct ut_text out;
	struct ut_stream *stream; /* instead of out; stream_n bytes */
	uint64_t stream_n;
	const char *type, *cache; /* literals; NULL: a page, never kept */
	bool picture;             /* an SVG with a sheet of its own */
	struct {
		const char *name; /* literal */
		char value[512];
	} header[8];
	unsigned n_headers;
};

struct ut_app;

enum ut_status ut_app_create(const struct ut_server_options *o, struct ut_clip_maker *clips,
			     struct ut_app **ret, struct ut_error *err);
void ut_app_set_port(struct ut_app *a, uint16_t port); /* before the first request */
void ut_app_destroy(struct ut_app **pa);
bool ut_app_is_host(const struct ut_app *a, const char *host);
bool ut_app_is_proxied(const struct ut_app *a);

/* Fills the answer's half. */
void ut_app_answer(struct ut_app *a, struct ut_request *r);
/* The page of a fault; r->status is set already. */
void ut_app_refuse(struct ut_app *a, struct ut_request *r, enum ut_str why);
void ut_request_header(struct ut_request *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void ut_request_done(struct ut_request *r);

#endif
