/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.c - who asks, and may they: store handles, cookies, sign-in, the table of addresses. */
#include "review/app.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "review/app_internal.h"

enum { READERS = 8, WRITER_PATIENCE_MS = 4000, SAME_S = 600 };

/* ---- store handles ---- */

struct ut_store *ut_app_reader(struct ut_app *a)
{
	struct ut_store *s;

	pthread_mutex_lock(&a->lock);
	while (a->n_idle == 0)
		pthread_cond_wait(&a->free, &a->lock);
	s = a->idle[--a->n_idle];
	pthread_mutex_unlock(&a->lock);
	return s;
}

void ut_app_give_back(struct ut_app *a, struct ut_store *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&a->lock);
	a->idle[a->n_idle++] = s;
	pthread_cond_signal(&a->free);
	pthread_mutex_unlock(&a->lock);
}

struct ut_store *ut_app_writer(struct ut_app *a)
{
	pthread_mutex_lock(&a->write_lock);
	return a->writer;
}

void ut_app_written(struct ut_app *a)
{
	pthread_mutex_unlock(&a->write_lock);
}

/* The same person with the same call: once in ten minutes is one look. */
static bool noted(struct ut_app *a, int64_t who, const char *action, int64_t call, int64_t now_s)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < UT_ARRAY_LEN(a->look) && !found; i++)
		found = a->look[i].who == who && a->look[i].call == call &&
			a->look[i].action == action && now_s - a->look[i].at_s < SAME_S;
	pthread_mutex_unlock(&a->lock);
	return found;
}

enum ut_status ut_app_note(struct ut_asked *q, const char *action, int64_t call,
			   struct ut_error *err)
{
	struct ut_app *a = q->app;
	char subject[48];
	enum ut_status st;

	if (noted(a, q->view.who.id, action, call, q->r->now_s))
		return UT_OK;
	snprintf(subject, sizeof(subject), "call %lld", (long long)call);
	st = ut_review_note(ut_app_writer(a), q->view.who.name, action, subject, 1, err);
	ut_app_written(a);
	if (st != UT_OK)
		return st;
	pthread_mutex_lock(&a->lock);
	a->look[a->next_look] = (struct ut_look){ q->view.who.id, call, q->r->now_s, action };
	a->next_look = (a->next_look + 1) % UT_ARRAY_LEN(a->look);
	pthread_mutex_unlock(&a->lock);
	return UT_OK;
}

enum ut_status ut_app_create(const struct ut_server_options *o, struct ut_clip_maker *clips,
			     struct ut_app **ret, struct ut_error *err)
{
	struct ut_app *a = calloc(1, sizeof(*a));
	enum ut_status st = UT_OK;

	if (!a)
		return ut_fail(err, UT_ENOMEM, "a server");
	*ret = a;
	a->o = *o;
	a->port = o->port;
	a->clips = clips;
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->write_lock, NULL);
	pthread_mutex_init(&a->pack_lock, NULL);
	pthread_cond_init(&a->free, NULL);
	st = ut_store_open(o->db, UT_STORE_MODIFY, &a->writer, err); /* migrates it too */
	if (st == UT_OK)
		ut_store_set_patience(a->writer, WRITER_PATIENCE_MS);
	for (unsigned i = 0; i < READERS && st == UT_OK; i++) {
		st = ut_store_open(o->db, UT_STORE_READ, &a->idle[i], err);
		a->n_idle += st == UT_OK;
	}
	if (st == UT_OK)
		st = ut_sessions_create(&a->sessions, err);
	return st;
}

void ut_app_set_port(struct ut_app *a, uint16_t port)
{
	a->port = port;
}

void ut_app_destroy(struct ut_app **pa)
{
	struct ut_app *a = *pa;

	if (!a)
		return;
	for (unsigned i = 0; i < a->n_idle; i++)
		ut_store_close(&a->idle[i]);
	ut_store_close(&a->writer);
	ut_sessions_destroy(&a->sessions);
	for (unsigned i = 0; i < UT_ARRAY_LEN(a->kept); i++)
		ut_text_done(&a->kept[i].bytes);
	pthread_cond_destroy(&a->free);
	pthread_mutex_destroy(&a->pack_lock);
	pthread_mutex_destroy(&a->write_lock);
	pthread_mutex_destroy(&a->lock);
	free(a);
	*pa = NULL;
}

bool ut_app_is_proxied(const struct ut_app *a)
{
	return a->o.public_host != NULL;
}

/* A page of another site may have its name point here (DNS rebinding): only our own names count. */
bool ut_app_is_host(const struct ut_app *a, const char *host)
{
	char own[4][128];

	if (!host)
		return false;
	if (a->o.public_host)
		return strcasecmp(host, a->o.public_host) == 0;
	snprintf(own[0], sizeof(own[0]), strchr(a->o.address, ':') ? "[%s]:%u" : "%s:%u",
		 a->o.address, a->port);
	snprintf(own[1], sizeof(own[1]), "localhost:%u", a->port);
	snprintf(own[2], sizeof(own[2]), "127.0.0.1:%u", a->port);
	snprintf(own[3], sizeof(own[3]), "[::1]:%u", a->port);
	for (unsigned i = 0; i < 4; i++)
		if (strcasecmp(host, own[i]) == 0)
			return true;
	return false;
}

/* ---- answers ---- */

void ut_request_header(struct ut_request *r, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (r->n_headers == UT_ARRAY_LEN(r->header))
		return;
	r->header[r->n_headers].name = name;
	va_start(ap, fmt);
	vsnprintf(r->header[r->n_headers].value, sizeof(r->header[0].value), fmt, ap);
	va_end(ap);
	r->n_headers++;
}

void ut_request_done(struct ut_request *r)
{
	free(r->uri);
	ut_text_done(&r->out);
	if (r->stream)
		r->stream->done(r->stream);
	memset(r, 0, sizeof(*r));
}

void ut_app_redirect(struct ut_asked *q, const char *fmt, ...)
{
	char to[480];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to, sizeof(to), fmt, ap);
	va_end(ap);
	q->r->status = 303;
	ut_request_header(q->r, "Location", "%s", to);
}

void ut_app_fail(struct ut_asked *q, unsigned status, enum ut_str why)
{
	ut_text_clear(&q->r->out);
	q->r->status = status;
	q->r->type = NULL;
	q->r->picture = false;
	ut_page_error(&q->view, why);
}

/* A fault of ours or of the database: the reader learns little, the log all. */
void ut_app_fault(struct ut_asked *q, const struct ut_error *err)
{
	switch (err->code) {
	case UT_ENOENT:
		ut_app_fail(q, 404, UT_STR_ERR_NOT_FOUND);
		return;
	case UT_EINVAL:
		ut_app_fail(q, 400, UT_STR_ERR_BAD);
		return;
	case UT_EREFUSED:
		ut_app_fail(q, 403, UT_STR_ERR_FORBIDDEN);
		return;
	case UT_ECHANGED:
		ut_app_fail(q, 410, UT_STR_NO_RECORDING);
		return;
	default:
		break;
	}
	if (q->app->o.fault)
		q->app->o.fault(q->app->o.user, err->msg);
	ut_app_fail(q, strstr(err->msg, "writing to") ? 503 : 500,
		    strstr(err->msg, "writing to") ? UT_STR_ERR_BUSY : UT_STR_ERR_SERVER);
}

/* ---- cookies ---- */

static const char *session_cookie(const struct ut_app *a)
{
	return a->o.public_host ? "__Host-ut_session" : "ut_session";
}

static const char *form_cookie(const struct ut_app *a)
{
	return a->o.public_host ? "__Host-ut_form" : "ut_form";
}

/* false: no such cookie, or too long. */
static bool cookie(const struct ut_request *r, const char *name, char *buf, size_t cap)
{
	size_t n = strlen(name);

	for (const char *p = r->cookies; p && *p;) {
		size_t len;

		p += strspn(p, " ;");
		len = strcspn(p, ";");
		if (len > n && strncmp(p, name, n) == 0 && p[n] == '=') {
			if (len - n - 1 >= cap)
				return false;
			memcpy(buf, p + n + 1, len - n - 1);
			buf[len - n - 1] = '\0';
			return true;
		}
		p += len;
	}
	return false;
}

static void set_cookie(struct ut_asked *q, const char *name, const char *value, const char *age)
{
	ut_request_header(q->r, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name,
			  value, q->app->o.public_host ? "; Secure" : "", age);
}

/* ---- signing in ---- */

/* A form for somebody without a session yet: its secret is in a cookie and in the form. */
static void signin_page(struct ut_asked *q, enum ut_str note, bool bad)
{
	char secret[UT_TOKEN_CHARS + 1];
	struct ut_error err = { 0 };

	if (!cookie(q->r, form_cookie(q->app), secret, sizeof(secret)) ||
	    strlen(secret) != UT_TOKEN_CHARS) {
		if (ut_token_make(secret, &err) != UT_OK) {
			ut_app_fault(q, &err);
			return;
		}
		set_cookie(q, form_cookie(q->app), secret, "");
	}
	ut_page_signin(&q->view, secret, note, bad);
}

void ut_app_get_signin(struct ut_asked *q)
{
	if (q->view.signed_in)
		ut_app_redirect(q, "/queue");
	else
		signin_page(q, ut_form_get(&q->query, "over") ? UT_STR_SIGN_IN_AGAIN : UT_STR_APP,
			    false);
}

void ut_app_post_signin(struct ut_asked *q)
{
	const char *token = ut_form_get(&q->form, "token"), *sent = ut_form_get(&q->form, "csrf");
	char secret[UT_TOKEN_CHARS + 1], hash[65], id[UT_TOKEN_CHARS + 1];
	struct ut_app *a = q->app;
	struct ut_reviewer who;
	struct ut_error err = { 0 };
	enum ut_status st;
	int64_t wait = ut_tries_wait(a->sessions, q->r->address, q->r->now_s);

	if (wait > 0) {
		q->r->status = 429;
		ut_request_header(q->r, "Retry-After", "%lld", (long long)wait);
		signin_page(q, UT_STR_SIGN_IN_WAIT, true);
		return;
	}
	if (!sent || !cookie(q->r, form_cookie(a), secret, sizeof(secret)) ||
	    !ut_token_equal(sent, secret)) {
		ut_app_fail(q, 403, UT_STR_ERR_CSRF);
		return;
	}
	st = ut_token_hash(token ? token + strspn(token, " ") : "", hash, &err);
	if (st == UT_OK)
		st = ut_review_find_token(q->view.s, hash, &who, &err);
	if (st == UT_ENOENT) {
		ut_tries_failed(a->sessions, q->r->address, q->r->now_s);
		q->r->status = 403;
		signin_page(q, UT_STR_SIGN_IN_FAILED, true);
		return;
	}
	if (st == UT_OK) {
		st = ut_review_note(ut_app_writer(a), who.name, "sign-in", q->r->address, 0, &err);
		ut_app_written(a);
	}
	if (st == UT_OK)
		st = ut_session_begin(a->sessions, who.id, who.token, q->r->now_s, id, &err);
	if (st != UT_OK) {
		ut_app_fault(q, &err);
		return;
	}
	set_cookie(q, session_cookie(a), id, "");
	ut_app_redirect(q, "/queue");
}

void ut_app_post_signout(struct ut_asked *q)
{
	char id[UT_TOKEN_CHARS + 1];

	if (cookie(q->r, session_cookie(q->app), id, sizeof(id)))
		ut_session_end(q->app->sessions, id);
	set_cookie(q, session_cookie(q->app), "", "; Max-Age=0");
	ut_app_redirect(q, "/signin");
}

/* ---- who asks ---- */

/* A session is good as long as its reviewer is: `undertone user end` ends it at once. */
static enum ut_status find_reader(struct ut_asked *q, struct ut_error *err)
{
	char id[UT_TOKEN_CHARS + 1];
	enum ut_status st;

	if (!cookie(q->r, session_cookie(q->app), id, sizeof(id)) ||
	    !ut_session_find(q->app->sessions, id, q->r->now_s, &q->session))
		return UT_OK;
	st = ut_review_find_user(q->view.s, q->session.reviewer_id, &q->view.who, err);
	if (st == UT_ENOENT) {
		ut_session_end_all(q->app->sessions, q->session.reviewer_id);
		return UT_OK;
	}
	if (st != UT_OK)
		return st;
	/* ended and let in again since, with another token: whoever holds the old one stays out */
	if (strcmp(q->view.who.token, q->session.token) != 0) {
		ut_session_end(q->app->sessions, id);
		memset(&q->view.who, 0, sizeof(q->view.who));
		return UT_OK;
	}
	q->view.signed_in = true;
	q->view.csrf = q->session.csrf;
	return UT_OK;
}

static void find_language(struct ut_asked *q)
{
	char code[16];

	q->view.lang = UT_LANG_EN;
	if (ut_lang_find(ut_form_get(&q->query, "lang"), &q->view.lang)) {
		ut_request_header(q->r, "Set-Cookie",
				  "ut_lang=%s; Path=/; SameSite=Strict; Max-Age=31536000",
				  ut_lang_code(q->view.lang));
		return;
	}
	if (cookie(q->r, "ut_lang", code, sizeof(code)) && ut_lang_find(code, &q->view.lang))
		return;
	if (q->r->languages && (strncasecmp(q->r->languages, "he", 2) == 0 ||
				strncasecmp(q->r->languages, "iw", 2) == 0))
		q->view.lang = UT_LANG_HE;
}

/* The browser says where a form came from: not from elsewhere. */
static bool same_site(const struct ut_asked *q)
{
	const struct ut_request *r = q->r;
	const char *host;

	if (r->fetch_site && strcmp(r->fetch_site, "same-origin") != 0 &&
	    strcmp(r->fetch_site, "none") != 0)
		return false;
	if (!r->origin)
		return true;
	host = strstr(r->origin, "://");
	if (!host || !ut_app_is_host(q->app, host + 3))
		return false;
	return strncmp(r->origin, q->app->o.public_host ? "https://" : "http://", 7) == 0;
}

/* ---- addresses ---- */

enum { ANYBODY = -1 };

static const struct route {
	const char *path; /* '#' stands for a number */
	bool post;
	int role; /* the least; ANYBODY: without a session too */
	void (*fn)(struct ut_asked *q);
} routes[] = {
	{ "/", false, UT_REVIEW_VIEWER, ut_app_get_root },
	{ "/app.css", false, ANYBODY, ut_app_get_css },
	{ "/app.js", false, ANYBODY, ut_app_get_js },
	{ "/favicon.ico", false, ANYBODY, ut_app_get_icon },
	{ "/signin", false, ANYBODY, ut_app_get_signin },
	{ "/signin", true, ANYBODY, ut_app_post_signin },
	{ "/signout", true, UT_REVIEW_VIEWER, ut_app_post_signout },
	{ "/help", false, UT_REVIEW_VIEWER, ut_app_get_help },
	{ "/queue", false, UT_REVIEW_VIEWER, ut_app_get_queue },
	{ "/queue.csv", false, UT_REVIEW_VIEWER, ut_app_get_csv },
	{ "/pack.zip", true, UT_REVIEW_TRAINER, ut_app_post_pack },
	{ "/call/#", false, UT_REVIEW_VIEWER, ut_app_get_call },
	{ "/call/#/excerpt.wav", false, UT_REVIEW_VIEWER, ut_app_get_excerpt },
	{ "/call/#/whole.wav", false, UT_REVIEW_VIEWER, ut_app_get_whole },
	{ "/call/#/voice.svg", false, UT_REVIEW_VIEWER, ut_app_get_voice },
	{ "/call/#/verdict", true, UT_REVIEW_TRAINER, ut_app_post_verdict },
	{ "/sessions", false, UT_REVIEW_VIEWER, ut_app_get_sessions },
	{ "/sessions", true, UT_REVIEW_ADMIN, ut_app_post_sessions },
	{ "/sessions/#", false, UT_REVIEW_VIEWER, ut_app_get_session },
	{ "/sessions/#/next", false, UT_REVIEW_TRAINER, ut_app_get_next },
	{ "/sessions/#/end", true, UT_REVIEW_ADMIN, ut_app_post_end },
};

/* Byte for byte, a number where the pattern says so: nothing is decoded, so nothing can climb. */
static bool matches(const char *pattern, const char *path, size_t n, int64_t *id)
{
	const char *end = path + n;

	for (; *pattern; pattern++) {
		if (*pattern != '#') {
			if (path == end || *path++ != *pattern)
				return false;
			continue;
		}
		if (path == end || *path < '1' || *path > '9')
			return false;
		for (*id = 0; path < end && *path >= '0' && *path <= '9'; path++) {
			if (*id > INT64_MAX / 100)
				return false;
			*id = 10 * *id + (*path - '0');
		}
	}
	return path == end;
}

static void serve(struct ut_asked *q, const struct route *route)
{
	struct ut_request *r = q->r;

	if (route->role != ANYBODY && !q->view.signed_in) {
		/* a picture or sound gets no page for an answer */
		if (r->post || strstr(route->path, "/call/#/"))
			ut_app_fail(q, 403, UT_STR_SIGN_IN_AGAIN);
		else
			ut_app_redirect(q, r->cookies && strstr(r->cookies, session_cookie(q->app))
					       ? "/signin?over=1"
					       : "/signin");
		return;
	}
	if (r->post && !same_site(q)) {
		ut_app_fail(q, 403, UT_STR_ERR_CSRF);
		return;
	}
	if (r->post && q->view.signed_in && route->role != ANYBODY) {
		const char *sent = ut_form_get(&q->form, "csrf");

		if (!sent || !ut_token_equal(sent, q->session.csrf)) {
			ut_app_fail(q, 403, UT_STR_ERR_CSRF);
			return;
		}
	}
	if (route->role != ANYBODY && (int)q->view.who.role < route->role) {
		ut_app_fail(q, 403, UT_STR_ERR_FORBIDDEN);
		return;
	}
	route->fn(q);
}

static void answer(struct ut_asked *q)
{
	struct ut_request *r = q->r;
	const char *mark = strchr(r->uri, '?');
	size_t n = mark ? (size_t)(mark - r->uri) : strlen(r->uri);
	const struct route *found = NULL;
	struct ut_error err = { 0 };
	enum ut_status st =
	    ut_form_parse(mark ? mark + 1 : "", mark ? strlen(mark + 1) : 0, &q->query, &err);
	bool known = false;

	if (st == UT_OK && r->post)
		st = ut_form_parse(r->body, r->body_n, &q->form, &err);
	find_language(q);
	q->view.s = ut_app_reader(q->app);
	if (st == UT_OK)
		st = find_reader(q, &err);
	for (size_t i = 0; i < UT_ARRAY_LEN(routes); i++) {
		if (!matches(routes[i].path, r->uri, n, &q->id))
			continue;
		known = true;
		if (routes[i].post == r->post) {
			found = &routes[i];
			break;
		}
	}
	if (st != UT_OK) {
		ut_app_fault(q, &err);
	} else if (found) {
		serve(q, found);
	} else if (known) {
		ut_request_header(r, "Allow", "%s", r->post ? "GET, HEAD" : "POST");
		ut_app_fail(q, 405, UT_STR_ERR_METHOD);
	} else {
		ut_app_fail(q, 404, UT_STR_ERR_NOT_FOUND);
	}
	ut_app_give_back(q->app, q->view.s);
}

/* On this server, as browsers read it: "//host/", "/\\host/" and "http://host/" lead away. */
static bool is_here(const char *uri)
{
	return uri[0] == '/' && uri[1] != '/' && uri[1] != '\\';
}

void ut_app_answer(struct ut_app *a, struct ut_request *r)
{
	struct ut_asked q = { .app = a, .r = r };
	struct ut_text self = { 0 };
	const char *mark = strchr(r->uri, '?');

	/* for the language link: this page without an older choice of it */
	ut_text_addn(&self, r->uri, mark ? (size_t)(mark - r->uri) : strlen(r->uri));
	for (const char *p = mark; p && *p;) {
		size_t n = strcspn(p + 1, "&") + 1;

		if (strncmp(p + 1, "lang=", 5) != 0 && strncmp(p + 1, "saved", 5) != 0) {
			ut_text_add(&self, strchr(self.s ? self.s : "", '?') ? "&" : "?");
			ut_text_addn(&self, p + 1, n - 1);
		}
		p += n;
	}
	r->status = 200;
	q.view.out = &r->out;
	q.view.self = r->post || self.failed || !is_here(r->uri) ? "/" : self.s;
	answer(&q);
	ut_form_done(&q.query);
	ut_form_done(&q.form);
	ut_text_done(&self);
}

void ut_app_refuse(struct ut_app *a, struct ut_request *r, enum ut_str why)
{
	struct ut_asked q = { .app = a, .r = r };

	q.view.out = &r->out;
	q.view.self = "/";
	ut_page_error(&q.view, why);
}
