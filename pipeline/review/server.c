/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.c - connections: limits, headers, answers. What is answered: routes.c. */
#include "review/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "review/app.h"

enum {
	MAX_CONNECTIONS = 256,
	MAX_HEADERS = 32 << 10, /* bytes of a request's line and headers, and of its answer's */
	MAX_BODY = 16 << 10,
	MAX_URI = 4096,
	STACK_BYTES = 1 << 20,
};

struct ut_server {
	struct ut_app *app;
	struct MHD_Daemon *daemon;
	uint16_t port;
	pthread_t reaper;
	bool has_reaper, stopping;
	unsigned header_s, request_s, idle_s;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* a client may drip bytes for ever: each connection's present state has a deadline */
	struct conn {
		struct ut_server *server;
		int fd; /* -1: free */
		int64_t deadline_s;
		bool busy; /* a request is in hand */
	} conn[MAX_CONNECTIONS];
};

static int64_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

bool ut_server_is_loopback(const char *address)
{
	struct in_addr a;
	struct in6_addr b;

	if (inet_pton(AF_INET, address, &a) == 1)
		return ntohl(a.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, address, &b) == 1 && IN6_IS_ADDR_LOOPBACK(&b);
}

/* ---- deadlines ---- */

static void set_deadline(struct conn *c, bool busy, unsigned in_s)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->server->lock);
	c->busy = busy;
	c->deadline_s = now_s() + in_s;
	pthread_mutex_unlock(&c->server->lock);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct ut_server *s = cls;
	const union MHD_ConnectionInfo *fd =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	pthread_mutex_lock(&s->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		for (struct conn *c = s->conn; c < s->conn + MAX_CONNECTIONS; c++) {
			if (c->fd >= 0)
				continue;
			*c = (struct conn){ s, fd ? fd->connect_fd : -1, now_s() + s->header_s,
					    false };
			*socket_context = c;
			break;
		}
	} else if (*socket_context) {
		((struct conn *)*socket_context)->fd = -1;
		*socket_context = NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

static void *reap(void *user)
{
	struct ut_server *s = user;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_sec++;
		pthread_cond_timedwait(&s->wake, &s->lock, &t);
		for (struct conn *c = s->conn; c < s->conn + MAX_CONNECTIONS; c++)
			if (c->fd >= 0 && now_s() >= c->deadline_s)
				shutdown(c->fd, SHUT_RDWR); /* its thread closes it */
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- one request ---- */

struct request {
	struct ut_request r;
	struct ut_text body;
	bool started, answered;
};

static struct conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* Of several lines the last: a proxy that adds its own puts it behind those of its client. */
static enum MHD_Result last_forwarded(void *cls, enum MHD_ValueKind kind, const char *key,
				      const char *value)
{
	const char **last = cls;

	(void)kind;
	if (value && strcasecmp(key, "X-Forwarded-For") == 0)
		*last = value;
	return MHD_YES;
}

/* The address that tries are counted by. */
static void address_of(struct MHD_Connection *c, bool proxied, char *buf, size_t cap)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded = NULL;
	const void *a = NULL;

	snprintf(buf, cap, "unknown");
	if (proxied)
		MHD_get_connection_values(c, MHD_HEADER_KIND, last_forwarded, &forwarded);
	if (forwarded) { /* what the proxy itself added is the last */
		const char *comma = strrchr(forwarded, ',');
		unsigned char raw[sizeof(struct in6_addr)];

		forwarded = comma ? comma + 1 : forwarded;
		forwarded += strspn(forwarded, " ");
		/* nothing but an address goes into the log */
		if (inet_pton(AF_INET, forwarded, raw) == 1 ||
		    inet_pton(AF_INET6, forwarded, raw) == 1)
			snprintf(buf, cap, "%s", forwarded);
		return;
	}
	if (!i || !i->client_addr)
		return;
	if (i->client_addr->sa_family == AF_INET)
		a = &((const struct sockaddr_in *)(const void *)i->client_addr)->sin_addr;
	else if (i->client_addr->sa_family == AF_INET6)
		a = &((const struct sockaddr_in6 *)(const void *)i->client_addr)->sin6_addr;
	if (a)
		inet_ntop(i->client_addr->sa_family, a, buf, (socklen_t)cap);
}

struct count {
	const char *name;
	unsigned n;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *key,
				    const char *value)
{
	struct count *c = cls;

	(void)kind;
	(void)value;
	c->n += strcasecmp(key, c->name) == 0;
	return MHD_YES;
}

static unsigned times(struct MHD_Connection *c, const char *name)
{
	struct count n = { name, 0 };

	MHD_get_connection_values(c, MHD_HEADER_KIND, count_header, &n);
	return n.n;
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct request *q = calloc(1, sizeof(*q));

	(void)cls;
	(void)c;
	if (q && strlen(uri) <= MAX_URI)
		q->r.uri = strdup(uri);
	return q;
}

static ssize_t pull(void *cls, uint64_t at, char *buf, size_t n)
{
	struct ut_stream *s = cls;
	ssize_t got = s->read(s, at, buf, n);

	return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void drop(void *cls)
{
	struct ut_stream *s = cls;

	s->done(s);
}

static struct MHD_Response *response_of(struct ut_request *r)
{
	struct MHD_Response *m;

	if (r->stream) {
		m = MHD_create_response_from_callback(r->stream_n, 256 << 10, pull, r->stream,
						      drop);
		if (!m)
			r->stream->done(r->stream);
		r->stream = NULL;
		return m;
	}
	if (r->out.failed) {
		r->status = 500;
		ut_text_done(&r->out);
	}
	m = MHD_create_response_from_buffer(
	    r->out.len, r->out.s ? r->out.s : (void *)(uintptr_t) "",
	    r->out.s ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (m)
		r->out = (struct ut_text){ 0 };
	return m;
}

static enum MHD_Result answer(struct MHD_Connection *c, struct request *q)
{
	static const char *const always[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Permissions-Policy",
		  "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
	};
	struct ut_request *r = &q->r;
	struct MHD_Response *m = response_of(r);
	enum MHD_Result rc;

	q->answered = true;
	if (!m)
		return MHD_NO;
	for (size_t i = 0; i < UT_ARRAY_LEN(always); i++)
		MHD_add_response_header(m, always[i][0], always[i][1]);
	MHD_add_response_header(
	    m, "Content-Security-Policy",
	    r->picture ? "default-src 'none'; style-src 'unsafe-inline'; "
			 "frame-ancestors 'none'"
		       : "default-src 'none'; script-src 'self'; style-src "
			 "'self'; img-src 'self'; media-src 'self'; connect-src "
			 "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
	MHD_add_response_header(m, "Cache-Control", r->cache ? r->cache : "no-store");
	MHD_add_response_header(m, "Content-Type", r->type ? r->type : "text/html; charset=utf-8");
	for (unsigned i = 0; i < r->n_headers; i++)
		MHD_add_response_header(m, r->header[i].name, r->header[i].value);
	rc = MHD_queue_response(c, r->status, m);
	MHD_destroy_response(m);
	return rc;
}

/* What can be refused from the head of a request alone. */
static enum ut_str refuse(struct ut_server *s, struct MHD_Connection *c, const char *method,
			  struct ut_request *r)
{
	const char *length = header(c, "Content-Length"), *type = header(c, "Content-Type");
	enum { FORM_LEN = 33 };

	if (!r->uri) {
		r->status = 414;
		return UT_STR_ERR_TOO_LARGE;
	}
	if (times(c, "Host") != 1 || !ut_app_is_host(s->app, header(c, "Host"))) {
		r->status = 421;
		return UT_STR_ERR_HOST;
	}
	r->post = strcmp(method, "POST") == 0;
	if (!r->post && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		r->status = 405;
		ut_request_header(r, "Allow", "GET, HEAD, POST");
		return UT_STR_ERR_METHOD;
	}
	if ((length &&
	     (strlen(length) > 9 || strtol(length, NULL, 10) > (r->post ? MAX_BODY : 0)))) {
		r->status = 413;
		return UT_STR_ERR_TOO_LARGE;
	}
	if (r->post &&
	    (!type || strncasecmp(type, "application/x-www-form-urlencoded", FORM_LEN) != 0)) {
		r->status = 415;
		return UT_STR_ERR_BAD;
	}
	return UT_STR_APP;
}

static void read_head(struct ut_server *s, struct MHD_Connection *c, struct ut_request *r)
{
	r->cookies = header(c, "Cookie");
	r->range = header(c, "Range");
	r->origin = header(c, "Origin");
	r->fetch_site = header(c, "Sec-Fetch-Site");
	r->languages = header(c, "Accept-Language");
	r->now_s = now_s();
	address_of(c, ut_app_is_proxied(s->app), r->address, sizeof(r->address));
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_n, void **state)
{
	struct ut_server *s = cls;
	struct request *q = *state;
	enum ut_str why;

	(void)url;
	(void)version;
	if (!q)
		return MHD_NO;
	if (!q->started) {
		q->started = true;
		set_deadline(conn_of(c), true, s->header_s);
		read_head(s, c, &q->r);
		why = refuse(s, c, method, &q->r);
		if (why != UT_STR_APP) {
			ut_request_header(&q->r, "Connection", "close");
			ut_app_refuse(s->app, &q->r, why);
			return answer(c, q);
		}
		return MHD_YES; /* an answer in this first call would end the connection */
	}
	if (*upload_n) { /* chunked bodies have no length to refuse by */
		if (q->body.len + *upload_n <= MAX_BODY)
			ut_text_addn(&q->body, upload, *upload_n);
		else
			q->r.status = 413;
		*upload_n = 0;
		return MHD_YES;
	}
	if (q->answered)
		return MHD_YES;
	set_deadline(conn_of(c), true, s->request_s);
	if (q->r.status == 413) {
		ut_request_header(&q->r, "Connection", "close");
		ut_app_refuse(s->app, &q->r, UT_STR_ERR_TOO_LARGE);
	} else {
		q->r.body = q->body.s ? q->body.s : "";
		q->r.body_n = q->body.len;
		ut_app_answer(s->app, &q->r);
	}
	return answer(c, q);
}

static void on_completed(void *cls, struct MHD_Connection *c, void **state,
			 enum MHD_RequestTerminationCode code)
{
	struct ut_server *s = cls;
	struct request *q = *state;

	(void)code;
	set_deadline(conn_of(c), false, s->idle_s);
	if (!q)
		return;
	ut_text_done(&q->body);
	ut_request_done(&q->r);
	free(q);
	*state = NULL;
}

/* ---- start and stop ---- */

static enum ut_status start_daemon(struct ut_server *s, const struct ut_server_options *o,
				   struct ut_error *err)
{
	struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_port = htons(o->port) };
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_port = htons(o->port) };
	bool v6 = inet_pton(AF_INET6, o->address, &a6.sin6_addr) == 1;
	const struct sockaddr *a = v6 ? (const struct sockaddr *)(const void *)&a6
				      : (const struct sockaddr *)(const void *)&a4;
	const union MHD_DaemonInfo *port;

	if (!v6 && inet_pton(AF_INET, o->address, &a4.sin_addr) != 1)
		return ut_fail(err, UT_EINVAL, "'%s' is no address: 127.0.0.1 or ::1, for example",
			       o->address);
	errno = 0;
	s->daemon = MHD_start_daemon(
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
		(v6 ? MHD_USE_IPv6 : 0),
	    o->port, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, a,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS - 4,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MAX_HEADERS, MHD_OPTION_CONNECTION_TIMEOUT,
	    s->idle_s, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
	if (!s->daemon)
		return ut_fail(err, UT_EIO, "%s port %u cannot be listened on: %s", o->address,
			       o->port, errno ? strerror(errno) : "no reason given");
	port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	s->port = port && port->port ? port->port : o->port;
	return UT_OK;
}

enum ut_status ut_server_start(const struct ut_server_options *o, struct ut_clip_maker *clips,
			       struct ut_server **ret, struct ut_error *err)
{
	struct ut_server *s;
	enum ut_status st;

	if (!o->public_host && !ut_server_is_loopback(o->address))
		return ut_fail(err, UT_EINVAL,
			       "%s is not this machine alone: put a TLS proxy in front and say so "
			       "(--behind-proxy)",
			       o->address);
	s = calloc(1, sizeof(*s));
	if (!s)
		return ut_fail(err, UT_ENOMEM, "a server");
	s->header_s = o->header_s ? o->header_s : 10;
	s->request_s = o->request_s ? o->request_s : 120;
	s->idle_s = o->idle_s ? o->idle_s : 30;
	for (unsigned i = 0; i < MAX_CONNECTIONS; i++)
		s->conn[i].fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	st = ut_app_create(o, clips, &s->app, err);
	if (st == UT_OK)
		st = start_daemon(s, o, err);
	if (st == UT_OK) {
		ut_app_set_port(s->app, s->port);
		s->has_reaper = pthread_create(&s->reaper, NULL, reap, s) == 0;
		if (!s->has_reaper)
			st = ut_fail(err, UT_EIO, "a thread cannot be started");
	}
	if (st != UT_OK) {
		ut_server_stop(&s);
		return st;
	}
	*ret = s;
	return UT_OK;
}

uint16_t ut_server_port(const struct ut_server *s)
{
	return s->port;
}

void ut_server_stop(struct ut_server **ps)
{
	struct ut_server *s = *ps;

	if (!s)
		return;
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	if (s->has_reaper)
		pthread_join(s->reaper, NULL);
	ut_app_destroy(&s->app);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
	*ps = NULL;
}
