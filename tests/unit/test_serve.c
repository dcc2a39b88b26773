/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_serve.c - the review server, by what it answers to bytes: who gets in, what is refused, and
 * that no tone of anybody but a customer comes out. The browser's side: tests/web. */
#include <arpa/inet.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "review/server.h"
#include "review/token.h"
#include "sample_call.h"
#include "store/review.h"
#include "tap.h"

static char db[64], token[3][UT_TOKEN_CHARS + 1];
static struct ut_server *server;
static char answer[1 << 20];
static const char script[] = "<script>alert(1)</script>";

enum { VIEWER, TRAINER, ADMIN };
enum { CALL_ANGRY = 1, CALL_SCRIPT, CALL_INTERNAL, CALL_MORE };

static void fault(void *user, const char *what)
{
	(void)user;
	printf("# server: %s\n", what);
}

static void put(struct ut_store *s, uint32_t seed)
{
	struct ut_call c;
	struct ut_store_key k;
	struct ut_error err = { 0 };

	sample_call_full(&c, seed);
	for (unsigned i = 0; i < UT_N_TONES; i++)
		c.closing.tone.score[i] = 0.1f;
	c.closing.tone.score[UT_TONE_ANGRY] = 0.8f;
	c.closing.tone.label = UT_TONE_ANGRY;
	if (seed == CALL_SCRIPT) {
		char **const all[] = { &c.meta.call_id,      &c.meta.queue,     &c.meta.team,
				       &c.meta.agent_id,     &c.meta.case_id,   &c.meta.language,
				       &c.meta.customer_key, &c.media.path,     &c.closing.phrase,
				       &c.party[0].id,       &c.meta.start_time };

		for (size_t i = 0; i < UT_ARRAY_LEN(all); i++)
			ut_call_set(all[i], script);
		c.closing.span.phrase = c.closing.phrase;
	}
	if (seed == CALL_INTERNAL) { /* nobody is a verified external customer */
		c.party[0].kind = UT_KIND_INTERNAL;
		c.closing.has_tone = false;
		ut_call_set(&c.closing.no_tone_reason, "the other party is internal");
	}
	memcpy(k.content, c.media.hash, sizeof(k.content));
	sample_hash(1, k.options);
	sample_hash(77, k.model);
	if (ut_store_put_call(s, 0, &k, &c, NULL, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	ut_call_done(&c);
}

static void make_db(void)
{
	static const char *const names[] = { "Vera", "Tal", "Dana" };
	struct ut_store *s = NULL;
	char hash[65];

	snprintf(db, sizeof(db), "/tmp/ut-serve-%ld.db", (long)getpid());
	if (ut_store_open(db, UT_STORE_WRITE, &s, NULL) != UT_OK)
		exit(1);
	for (uint32_t i = 1; i < 8; i++)
		put(s, i);
	for (unsigned i = 0; i < 3; i++)
		if (ut_token_make(token[i], NULL) != UT_OK ||
		    ut_token_hash(token[i], hash, NULL) != UT_OK ||
		    ut_review_add_user(s, "test", names[i], (enum ut_review_role)i, hash, NULL) !=
			UT_OK)
			exit(1);
	ut_store_close(&s);
}

/* ---- a client ---- */

static int dial(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(ut_server_port(server)) };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)) != 0) {
		printf("Bail out! cannot connect\n");
		exit(1);
	}
	return fd;
}

/* Sends, reads to the end; the status, 0 where the connection was closed without an answer. */
static int raw(const char *bytes, size_t n)
{
	size_t got = 0;
	ssize_t r;
	int fd = dial(), status = 0;

	while (n > 0 && (r = send(fd, bytes, n, MSG_NOSIGNAL)) > 0) {
		bytes += r;
		n -= (size_t)r;
	}
	while (got < sizeof(answer) - 1 &&
	       (r = recv(fd, answer + got, sizeof(answer) - 1 - got, 0)) > 0)
		got += (size_t)r;
	answer[got] = '\0';
	close(fd);
	if (sscanf(answer, "HTTP/1.1 %d", &status) != 1)
		return 0;
	return status;
}

static int ask(const char *method, const char *path, const char *cookie, const char *more,
	       const char *body)
{
	struct ut_text t = { 0 };
	int status;

	ut_text_addf(&t, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n", method,
		     path, ut_server_port(server));
	if (cookie)
		ut_text_addf(&t, "Cookie: %s\r\n", cookie);
	ut_text_add(&t, more ? more : "");
	if (body)
		ut_text_addf(&t,
			     "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
			     "%zu\r\n",
			     strlen(body));
	ut_text_addf(&t, "\r\n%s", body ? body : "");
	status = raw(t.s, t.len);
	ut_text_done(&t);
	return status;
}

static bool has(const char *what)
{
	return strstr(answer, what) != NULL;
}

/* What stands between `before` and the next `end`, into buf. */
static bool cut(const char *before, char end, char *buf, size_t cap)
{
	const char *a = strstr(answer, before), *b = a ? strchr(a + strlen(before), end) : NULL;

	if (!b || (size_t)(b - a) - strlen(before) >= cap)
		return false;
	snprintf(buf, cap, "%.*s", (int)(b - a - (ptrdiff_t)strlen(before)), a + strlen(before));
	return true;
}

struct who {
	char cookie[128], csrf[64];
};

static struct who sign_in(const char *secret)
{
	struct who w = { "", "" };
	char form[64], id[64], body[256], cookie[128];

	CHECK_EQ(ask("GET", "/signin", NULL, NULL, NULL), 200);
	CHECK(cut("Set-Cookie: ut_form=", ';', form, sizeof(form)));
	snprintf(body, sizeof(body), "csrf=%s&token=%s", form, secret);
	snprintf(cookie, sizeof(cookie), "ut_form=%s", form);
	if (ask("POST", "/signin", cookie, NULL, body) != 303)
		return w;
	CHECK(has("HttpOnly; SameSite=Strict"));
	CHECK(cut("Set-Cookie: ut_session=", ';', id, sizeof(id)));
	snprintf(w.cookie, sizeof(w.cookie), "ut_session=%s", id);
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	CHECK(cut("name=\"csrf\" value=\"", '"', w.csrf, sizeof(w.csrf)));
	return w;
}

struct counted {
	const char *subject, *action;
	int64_t n;
};

static bool count_one(void *user, const struct ut_audit *a)
{
	struct counted *c = user;

	c->n +=
	    strcmp(a->action, c->action) == 0 && (!c->subject || strstr(a->subject, c->subject));
	return true;
}

/* Rows of the record of access. */
static int64_t count(const char *subject, const char *action)
{
	struct counted c = { subject, action, 0 };
	struct ut_store *s = NULL;

	if (ut_store_open(db, UT_STORE_READ, &s, NULL) == UT_OK)
		ut_store_audit(s, 0, count_one, &c, NULL);
	ut_store_close(&s);
	return c.n;
}

/* ---- rows ---- */

static void test_door(void)
{
	static const char *const closed[] = { "/queue",      "/queue.csv", "/call/1", "/sessions",
					      "/sessions/1", "/help",      "/" };
	struct who w;

	tap_row("nothing without signing in");
	for (size_t i = 0; i < UT_ARRAY_LEN(closed); i++) {
		CHECK_EQ(ask("GET", closed[i], NULL, NULL, NULL), 303);
		CHECK(has("Location: /signin"));
		CHECK(!has("angry"));
	}
	CHECK_EQ(ask("GET", "/call/1/excerpt.wav", NULL, NULL, NULL), 403);
	CHECK_EQ(ask("GET", "/call/1/voice.svg", NULL, NULL, NULL), 403);
	CHECK_EQ(ask("GET", "/call/1/whole.wav", NULL, NULL, NULL), 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", NULL, NULL, "heard=angry"), 403);
	CHECK_EQ(ask("GET", "/queue", "ut_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		     NULL, NULL),
		 303);
	tap_end();

	tap_row("headers");
	w = sign_in(token[VIEWER]);
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	CHECK(has("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src "
		  "'self'"));
	CHECK(has("X-Content-Type-Options: nosniff"));
	CHECK(has("X-Frame-Options: DENY"));
	CHECK(has("Cache-Control: no-store"));
	CHECK(!has("unsafe-inline"));
	CHECK(!has(" style=\"") && !has(" onclick") && !has("javascript:"));
	CHECK_EQ(count(NULL, "sign-in"), 1);
	tap_end();

	tap_row("signing out ends the session");
	{
		char body[128];

		snprintf(body, sizeof(body), "csrf=%s", w.csrf);
		CHECK_EQ(ask("POST", "/signout", w.cookie, NULL, body), 303);
		CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 303);
	}
	tap_end();
}

static void test_forgery(void)
{
	struct who w = sign_in(token[TRAINER]), other = sign_in(token[ADMIN]);
	char body[256], host[96];

	tap_row("CSRF: no token, another's token, another site, another form type");
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, "heard=angry"), 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, "heard=angry&csrf="), 403);
	snprintf(body, sizeof(body), "heard=angry&csrf=%s", other.csrf);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, body), 403);
	snprintf(body, sizeof(body), "heard=angry&csrf=%s", w.csrf);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, "Origin: http://evil.example\r\n", body),
		 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, "Origin: null\r\n", body), 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, "Sec-Fetch-Site: cross-site\r\n", body),
		 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, "Sec-Fetch-Site: same-site\r\n", body),
		 403);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie,
		     "Content-Type: text/plain\r\nContent-Length: 3\r\n", NULL),
		 415);
	CHECK_EQ(ask("GET", "/call/1/verdict?heard=angry", w.cookie, NULL, NULL), 405);
	CHECK_EQ(ask("PUT", "/call/1/verdict", w.cookie, NULL, body), 405);
	CHECK_EQ(count(NULL, "verdict"), 0);
	tap_end();

	tap_row("signing in needs its own form");
	snprintf(body, sizeof(body), "token=%s", token[TRAINER]);
	CHECK_EQ(ask("POST", "/signin", NULL, NULL, body), 403);
	snprintf(body, sizeof(body), "csrf=abc&token=%s", token[TRAINER]);
	CHECK_EQ(ask("POST", "/signin", "ut_form=abd", NULL, body), 403);
	tap_end();

	tap_row("the right form from the right place is taken, once");
	snprintf(body, sizeof(body), "heard=angry&tag=other&note=%%D7%%A9&csrf=%s", w.csrf);
	snprintf(host, sizeof(host),
		 "Origin: http://127.0.0.1:%u\r\nSec-Fetch-Site: same-origin\r\n",
		 ut_server_port(server));
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, host, body), 303);
	CHECK(has("Location: /call/1?saved=1"));
	CHECK_EQ(count("call 1: angry", "verdict"), 1);
	snprintf(body, sizeof(body), "heard=furious&csrf=%s", w.csrf);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, body), 400);
	snprintf(body, sizeof(body),
		 "heard=angry&csrf=%s&back=%%0d%%0aSet-Cookie:x=1%%26team=%%0d%%0aX-Bad:1", w.csrf);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, body), 303);
	CHECK(!has("\nSet-Cookie: x") && !has("\nX-Bad"));
	tap_end();
}

static void test_host(void)
{
	char req[256];
	struct who w = sign_in(token[VIEWER]);
	static const char *const names[] = { "evil.example", "127.0.0.1", "127.0.0.1:1",
					     "localhost.evil.example:%u", "" };

	tap_row("Host: only its own names");
	for (size_t i = 0; i < UT_ARRAY_LEN(names); i++) {
		snprintf(
		    req, sizeof(req),
		    "GET /queue HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: close\r\n\r\n",
		    names[i], w.cookie);
		CHECK_EQ(raw(req, strlen(req)), 421);
		CHECK(!has("angry"));
	}
	snprintf(req, sizeof(req),
		 "GET /signin HTTP/1.1\r\nHost: LOCALHOST:%u\r\nConnection: close\r\n\r\n",
		 ut_server_port(server));
	CHECK_EQ(raw(req, strlen(req)), 200);
	snprintf(
	    req, sizeof(req),
	    "GET /signin HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nHost: evil\r\nConnection: close\r\n\r\n",
	    ut_server_port(server));
	CHECK(raw(req, strlen(req)) != 200);
	tap_end();
}

static void test_paths(void)
{
	static const char *const bad[] = {
		"/../../etc/passwd",
		"/call/../../../etc/passwd",
		"/call/1/../../etc/passwd",
		"/call/%2e%2e%2f%2e%2e%2fetc/passwd/excerpt.wav",
		"/call/1%2f..%2f..%2fetc%2fpasswd",
		"/call//etc/passwd",
		"/call/1/excerpt.wav/../../../etc/passwd",
		"/call/1/excerpt.wav%00.png",
		"/call/0",
		"/call/-1",
		"/call/1e9",
		"/call/99999999999999999999999",
		"/call/1'--",
		"/app.js/../server.c",
		"//etc/passwd",
		"/\\etc/passwd",
		"http://elsewhere.example/queue",
		"/queue/",
		"/call/ 1",
		"/sessions/77",
		"/call/77",
		"/call/77/excerpt.wav",
	};
	struct who w = sign_in(token[ADMIN]);

	tap_row("nothing climbs: only the addresses there are");
	for (size_t i = 0; i < UT_ARRAY_LEN(bad); i++) {
		int status = ask("GET", bad[i], w.cookie, NULL, NULL);

		CHECK(status == 404 || status == 400 || status == 0);
		if (status != 404 && status != 400 && status != 0)
			printf("# %s: %d\n", bad[i], status);
		CHECK(!has("root:"));
		/* nor does the link to the other language lead away */
		CHECK(!has("href=\"//") && !has("href=\"/\\") && !has("href=\"http"));
	}
	CHECK_EQ(ask("GET", "/queue?team=%00", w.cookie, NULL, NULL), 400);
	CHECK_EQ(ask("GET", "/queue?team=%ff", w.cookie, NULL, NULL), 400);
	CHECK_EQ(ask("GET", "/queue?team=a'%20OR%201%20--", w.cookie, NULL, NULL), 200);
	CHECK(!has("/call/1"));
	tap_end();

	tap_row("a recording that is not there, or not what it was");
	CHECK_EQ(ask("GET", "/call/1/excerpt.wav", w.cookie, NULL, NULL), 404);
	CHECK_EQ(ask("GET", "/call/1", w.cookie, NULL, NULL), 200);
	CHECK(has("is not where it was analysed"));
	CHECK(!has("<audio"));
	tap_end();
}

static void test_markup(void)
{
	struct who w = sign_in(token[TRAINER]);
	static const char *const pages[] = { "/queue",
					     "/call/2",
					     "/queue?team=%3Cscript%3Ealert(1)%3C/script%3E",
					     "/queue?agent=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
					     "/sessions",
					     "/call/2?lang=he" };
	char body[256];

	tap_row("a customer named <script>");
	snprintf(body, sizeof(body),
		 "heard=angry&note=%%3Cscript%%3Ealert(1)%%3C/script%%3E&csrf=%s", w.csrf);
	CHECK_EQ(ask("POST", "/call/2/verdict", w.cookie, NULL, body), 303);
	for (size_t i = 0; i < UT_ARRAY_LEN(pages); i++) {
		const char *p = answer;

		CHECK_EQ(ask("GET", pages[i], w.cookie, NULL, NULL), 200);
		CHECK(has("</html>"));
		CHECK(!has(script));
		for (unsigned n = 0; (p = strstr(p, "<script")) != NULL; p++, n++)
			CHECK(n == 0 && strncmp(p, "<script defer src=\"/app.js\">", 27) == 0);
	}
	CHECK_EQ(ask("GET", "/call/2", w.cookie, NULL, NULL), 200);
	CHECK(has("&lt;script&gt;alert(1)&lt;/script&gt;"));
	CHECK_EQ(ask("GET", "/queue.csv", w.cookie, NULL, NULL), 200);
	CHECK(has("Content-Type: text/csv") && has("attachment"));
	CHECK_EQ(count("queue as CSV", "export"), 1);
	tap_end();
}

static void test_roles(void)
{
	struct who v = sign_in(token[VIEWER]), t = sign_in(token[TRAINER]),
		   a = sign_in(token[ADMIN]);
	char body[256], hash[65];
	struct ut_store *s = NULL;

	tap_row("a viewer only reads");
	CHECK_EQ(ask("GET", "/call/4", v.cookie, NULL, NULL), 200);
	CHECK(!has("id=\"verdict\""));
	snprintf(body, sizeof(body), "heard=angry&csrf=%s", v.csrf);
	CHECK_EQ(ask("POST", "/call/4/verdict", v.cookie, NULL, body), 403);
	snprintf(body, sizeof(body), "name=x&n=2&csrf=%s", v.csrf);
	CHECK_EQ(ask("POST", "/sessions", v.cookie, NULL, body), 403);
	CHECK_EQ(ask("GET", "/sessions/1/next", v.cookie, NULL, NULL), 403);
	snprintf(body, sizeof(body), "name=x&n=2&csrf=%s", t.csrf);
	CHECK_EQ(ask("POST", "/sessions", t.cookie, NULL, body), 403);
	CHECK_EQ(count("call 4", "verdict"), 0);
	CHECK_EQ(count("call 4", "read"), 1);
	tap_end();

	tap_row("blind: no score on the page, none in the queue, before one's verdict");
	snprintf(body, sizeof(body), "name=week+1&n=7&csrf=%s", a.csrf);
	CHECK_EQ(ask("POST", "/sessions", a.cookie, NULL, body), 303);
	CHECK(has("Location: /sessions/1"));
	CHECK_EQ(ask("GET", "/queue", t.cookie, NULL, NULL), 200);
	CHECK(!has("href=\"/call/"));
	CHECK_EQ(ask("GET", "/queue.csv", t.cookie, NULL, NULL), 200);
	CHECK(!has("\n5,") && !has("\n1,") && has("call,call_key"));
	CHECK_EQ(ask("GET", "/call/5", t.cookie, NULL, NULL), 200);
	CHECK(!has("badge angry") && !has("80 %") && !has("h-evidence") &&
	      has("hidden until your"));
	CHECK_EQ(ask("GET", "/call/5", v.cookie, NULL, NULL), 200);
	CHECK(!has("badge angry") && !has("80 %") && !has("h-evidence"));
	/* "agree" cannot be sent blind: there is nothing to agree with */
	CHECK(!has("data-keys=\"a\""));
	snprintf(body, sizeof(body), "heard=resigned&csrf=%s", t.csrf);
	CHECK_EQ(ask("POST", "/call/5/verdict", t.cookie, NULL, body), 303);
	CHECK_EQ(ask("GET", "/call/5?session=1", t.cookie, NULL, NULL), 200);
	CHECK(has("badge angry") && has("80 %"));
	CHECK_EQ(ask("GET", "/call/5", a.cookie, NULL, NULL), 200);
	CHECK(!has("badge angry") && !has("badge resigned"));
	CHECK_EQ(ask("GET", "/sessions/1", a.cookie, NULL, NULL), 200);
	CHECK(!has("id=\"alpha\""));
	snprintf(body, sizeof(body), "csrf=%s", a.csrf);
	CHECK_EQ(ask("POST", "/sessions/1/end", a.cookie, NULL, body), 303);
	CHECK_EQ(ask("GET", "/sessions/1", a.cookie, NULL, NULL), 200);
	CHECK(has("id=\"alpha\""));
	tap_end();

	tap_row("ended and let in again with another token: the old session stays out");
	CHECK_EQ(ask("GET", "/queue", v.cookie, NULL, NULL), 200);
	CHECK_EQ(ut_store_open(db, UT_STORE_MODIFY, &s, NULL), UT_OK);
	CHECK_EQ(ut_review_end_user(s, "test", "Vera", NULL), UT_OK);
	CHECK_EQ(ut_token_make(token[VIEWER], NULL), UT_OK);
	CHECK_EQ(ut_token_hash(token[VIEWER], hash, NULL), UT_OK);
	CHECK_EQ(ut_review_add_user(s, "test", "Vera", UT_REVIEW_VIEWER, hash, NULL), UT_OK);
	ut_store_close(&s);
	CHECK_EQ(ask("GET", "/queue", v.cookie, NULL, NULL), 303);
	v = sign_in(token[VIEWER]);
	CHECK_EQ(ask("GET", "/queue", v.cookie, NULL, NULL), 200);
	tap_end();

	tap_row("who has ended is out at once");
	CHECK_EQ(ut_store_open(db, UT_STORE_MODIFY, &s, NULL), UT_OK);
	CHECK_EQ(ut_review_end_user(s, "test", "Vera", NULL), UT_OK);
	ut_store_close(&s);
	CHECK_EQ(ask("GET", "/queue", v.cookie, NULL, NULL), 303);
	tap_end();
}

/* The law of the product, on every page there is. */
static void test_law(void)
{
	static const char *const forms[] = { "/call/3", "/call/3?lang=he",
					     "/call/3?saved=1&session=1" };
	struct who w = sign_in(token[TRAINER]);
	char body[128];

	tap_row("an internal call: no tone, score, evidence or verdict, whoever asks");
	for (size_t i = 0; i < UT_ARRAY_LEN(forms); i++) {
		CHECK_EQ(ask("GET", forms[i], w.cookie, NULL, NULL), 200);
		CHECK(!has("badge angry") && !has("badge resigned") && !has("badge accepting"));
		CHECK(!has("class=\"plain scores\"") && !has("ul class=\"evidence\"") &&
		      !has("voice.svg") && !has("id=\"verdict\"") && !has("80 %"));
	}
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	CHECK(!has("/call/3\"") && !has("/call/3?"));
	CHECK_EQ(ask("GET", "/queue?agent=a17&share=50", w.cookie, NULL, NULL), 200);
	CHECK(!has("/call/3\"") && !has("/call/3?"));
	CHECK_EQ(ask("GET", "/queue.csv", w.cookie, NULL, NULL), 200);
	CHECK(!has("\n3,"));
	snprintf(body, sizeof(body), "heard=angry&csrf=%s", w.csrf);
	CHECK_EQ(ask("POST", "/call/3/verdict", w.cookie, NULL, body), 403);
	CHECK_EQ(ask("GET", "/call/3/voice.svg", w.cookie, NULL, NULL), 404);
	tap_end();
}

/* A database that somebody bent: the triggers are gone, and an agent has the tone. */
static void test_bent(void)
{
	struct who w = sign_in(token[TRAINER]);
	sqlite3 *raw_db = NULL;
	char body[128];

	tap_row("a tone of an agent in a database without its triggers is not shown either");
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	CHECK(has("/call/6\""));
	CHECK_EQ(sqlite3_open(db, &raw_db), SQLITE_OK);
	sqlite3_busy_timeout(raw_db, 5000);
	CHECK_EQ(sqlite3_exec(raw_db,
			      "DROP TRIGGER party_keeps_tone; UPDATE party SET role = 'agent',"
			      " kind = 'internal' WHERE call_id = 6 AND party = 0",
			      NULL, NULL, NULL),
		 SQLITE_OK);
	sqlite3_close(raw_db);
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	CHECK(!has("/call/6\""));
	CHECK_EQ(ask("GET", "/queue.csv", w.cookie, NULL, NULL), 200);
	CHECK(!has("\n6,"));
	ask("GET", "/call/6", w.cookie, NULL, NULL);
	CHECK(!has("badge angry") && !has("class=\"plain scores\"") && !has("id=\"verdict\""));
	snprintf(body, sizeof(body), "heard=angry&csrf=%s", w.csrf);
	CHECK_EQ(ask("POST", "/call/6/verdict", w.cookie, NULL, body), 403);
	CHECK(ask("GET", "/call/6/voice.svg", w.cookie, NULL, NULL) != 200);
	CHECK(ask("GET", "/call/6/excerpt.wav", w.cookie, NULL, NULL) != 200);
	tap_end();
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void test_size(void)
{
	struct who w = sign_in(token[TRAINER]);
	struct ut_text t = { 0 };
	char *big = malloc(200001);

	memset(big, 'a', 200000);
	big[200000] = '\0';
	tap_row("too large: address, headers, body, chunked body");
	ut_text_addf(&t, "/queue?team=%.*s", 6000, big);
	CHECK(ask("GET", t.s, w.cookie, NULL, NULL) == 414);
	ut_text_clear(&t);
	ut_text_addf(&t, "X-Big: %s\r\n", big);
	{
		int status = ask("GET", "/queue", w.cookie, t.s, NULL);

		CHECK(status == 0 || status == 413 || status == 431 || status == 414 ||
		      status == 400);
	}
	ut_text_clear(&t);
	ut_text_addf(&t, "csrf=%s&heard=angry&note=%s", w.csrf, big);
	CHECK_EQ(ask("POST", "/call/1/verdict", w.cookie, NULL, t.s), 413);
	ut_text_clear(&t);
	ut_text_addf(&t,
		     "POST /call/1/verdict HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: %s\r\n"
		     "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n",
		     ut_server_port(server), w.cookie, 200000, big);
	CHECK_EQ(raw(t.s, t.len), 413);
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	tap_end();
	free(big);
	ut_text_done(&t);
}

/* Limits are 2 s here. */
static void test_slow(void)
{
	static const char head[] = "GET /signin HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ";
	int fd = dial();
	double from = seconds(), took;
	bool open = true;

	tap_row("a client that drips is cut off, whatever it sends");
	send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL);
	while (open && seconds() - from < 15) {
		const struct timespec pause = { .tv_nsec = 200000000 };
		char b;

		open = send(fd, "a", 1, MSG_NOSIGNAL) == 1;
		nanosleep(&pause, NULL);
		if (open && recv(fd, &b, 1, MSG_DONTWAIT) == 0)
			open = false;
	}
	took = seconds() - from;
	CHECK(!open && took < 8);
	close(fd);
	tap_end();

	tap_row("many that say nothing do not keep others out");
	{
		int idle[300], n = 0;

		for (; n < 200; n++)
			idle[n] = dial();
		CHECK_EQ(ask("GET", "/signin", NULL, NULL, NULL), 200);
		for (; n < 300; n++) /* more than there is room for */
			idle[n] = dial();
		{
			const struct timespec pause = { .tv_sec = 5 };

			nanosleep(&pause, NULL);
		}
		CHECK_EQ(ask("GET", "/signin", NULL, NULL, NULL), 200);
		while (n > 0)
			close(idle[--n]);
	}
	tap_end();
}

static void test_tries(void)
{
	struct who w = sign_in(token[TRAINER]);
	int status = 0, n;

	tap_row("signing in fails ten times, then waits; who is in stays in");
	for (n = 0; n < 14 && status != 429; n++) {
		char form[64], body[256], cookie[128];

		status = ask("GET", "/signin", NULL, NULL, NULL);
		CHECK(cut("Set-Cookie: ut_form=", ';', form, sizeof(form)));
		snprintf(cookie, sizeof(cookie), "ut_form=%s", form);
		snprintf(body, sizeof(body), "csrf=%s&token=wrong%d", form, n);
		status = ask("POST", "/signin", cookie, NULL, body);
		CHECK(status == 403 || status == 429);
	}
	CHECK_EQ(n, 11);
	CHECK(has("Retry-After: "));
	CHECK(!sign_in(token[TRAINER]).cookie[0]);
	CHECK_EQ(ask("GET", "/queue", w.cookie, NULL, NULL), 200);
	tap_end();
}

static void test_start(struct ut_clip_maker *clips)
{
	static const char *const open[] = { "0.0.0.0", "192.0.2.1", "::" };
	struct ut_server *s = NULL;
	struct ut_error err = { 0 };

	tap_row("no other machine without a proxy that is named");
	for (size_t i = 0; i < UT_ARRAY_LEN(open); i++) {
		struct ut_server_options o = { .db = db, .address = open[i] };

		CHECK_EQ(ut_server_start(&o, clips, &s, &err), UT_EINVAL);
	}
	CHECK(ut_server_is_loopback("127.9.9.9") && ut_server_is_loopback("::1") &&
	      !ut_server_is_loopback("128.0.0.1") && !ut_server_is_loopback("example.org"));
	tap_end();

	tap_row("behind a proxy: its name alone, cookies for TLS alone");
	{
		struct ut_server_options o = { .db = db,
					       .address = "127.0.0.1",
					       .public_host = "review.example.org",
					       .fault = fault };
		struct ut_server *before = server;
		char req[200];

		CHECK_EQ(ut_server_start(&o, clips, &server, &err), UT_OK);
		CHECK_EQ(ask("GET", "/signin", NULL, NULL, NULL), 421);
		snprintf(req, sizeof(req),
			 "GET /signin HTTP/1.1\r\nHost: review.example.org\r\n"
			 "Connection: close\r\n\r\n");
		CHECK_EQ(raw(req, strlen(req)), 200);
		CHECK(has("Set-Cookie: __Host-ut_form=") && has("; Secure"));
		ut_server_stop(&server);
		server = before;
	}
	tap_end();
}

int main(void)
{
	struct ut_clip_maker *clips = NULL;
	struct ut_error err = { 0 };
	struct ut_server_options o = { .db = db,
				       .address = "127.0.0.1",
				       .header_s = 2,
				       .idle_s = 2,
				       .request_s = 20,
				       .fault = fault };
	char other[96];

	make_db();
	if (ut_clip_maker_start(1, &clips, &err) != UT_OK ||
	    ut_server_start(&o, clips, &server, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		return 1;
	}
	test_start(clips);
	test_door();
	test_forgery();
	test_host();
	test_paths();
	test_markup();
	test_law();
	test_size();
	test_slow();
	test_roles();
	test_bent();
	test_tries();
	ut_server_stop(&server);
	ut_clip_maker_stop(&clips);
	unlink(db);
	snprintf(other, sizeof(other), "%s-wal", db);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", db);
	unlink(other);
	return tap_done();
}
