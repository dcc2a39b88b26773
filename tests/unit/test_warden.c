/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs in processes of their own: answers, faults, limits, many threads at a time. */
#include "isolate/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static int prepared;

static void prepare(void)
{
	prepared = 42;
}

static const char *tried(int rc)
{
	return rc >= 0 ? "open" : errno == EACCES ? "closed" : strerror(errno);
}

static enum ut_status work(const int fds[2], const void *request, size_t n, struct ut_text *reply,
			   struct ut_error *err)
{
	int fd = fds[0];
	const char *what = request;
	char buf[64] = "";

	if (strcmp(what, "read") == 0) {
		ssize_t k = pread(fd, buf, sizeof(buf) - 1, 0);

		ut_text_addf(reply, "%zd %s %zu %d", k, buf, n, prepared);
	} else if (strcmp(what, "fail") == 0) {
		return ut_fail(err, UT_EFORMAT, "not\033audio");
	} else if (strcmp(what, "abort") == 0) {
		abort();
	} else if (strcmp(what, "exit") == 0) {
		_exit(7);
	} else if (strcmp(what, "quiet") == 0) {
		_exit(0);
	} else if (strcmp(what, "hang") == 0) {
		for (;;)
			poll(NULL, 0, -1);
	} else if (strcmp(what, "spin") == 0) {
		for (volatile int i = 0;; i++)
			;
	} else if (strcmp(what, "oom") == 0) {
		for (;;) {
			char *volatile p = malloc(1 << 20);

			if (!p)
				return ut_fail(err, UT_ENOMEM, "out of memory");
			memset(p, 1, 1 << 20);
		}
	} else if (strcmp(what, "large") == 0) {
		for (int i = 0; i < 500000; i++)
			ut_text_addf(reply, "%08d", i);
	} else if (strcmp(what, "doors") == 0) {
		ut_text_addf(reply, "open %s,", tried(open("/etc/passwd", O_RDONLY)));
		ut_text_addf(reply, "socket %s,", tried(socket(AF_INET, SOCK_STREAM, 0)));
		ut_text_addf(reply, "fork %s,", tried(fork()));
		ut_text_addf(reply, "memfd %s,", tried(memfd_create("x", 0)));
	}
	return UT_OK;
}

static const struct ut_warden_ops ops = { .prepare = prepare, .work = work };

static void test_jobs(struct ut_warden *w, int fd)
{
	static const struct row {
		const char *request;
		enum ut_status want;
		const char *says;
		bool not_sanitized;
	} rows[] = {
		{ "read", UT_OK, "5 hello 4 42", false },
		{ "fail", UT_EFORMAT, "not audio", false },
		{ "abort", UT_ECRASH, "the process that read it crashed (Aborted)", false },
		{ "exit", UT_ECRASH, "the process that read it ended by itself (exit 7)", false },
		{ "quiet", UT_ECRASH, "the process that read it was lost", false },
		{ "spin", UT_ETIMEOUT, "took more than 1 s of processor time and was stopped",
		  false },
		{ "oom", UT_ENOMEM, "out of memory", true },
		{ "large", UT_OK, NULL, false },
		{ "doors", UT_OK, "open closed,socket closed,fork closed,memfd closed,", false },
		{ "read", UT_OK, "5 hello 4 42", false },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct ut_text reply = { 0 };
		struct ut_error err = { 0 };

		if (r->not_sanitized && SANITIZED) {
			tap_skip(r->request, "a sanitizer needs the address space");
			continue;
		}
		tap_row(r->request);
		CHECK_EQ(ut_warden_do(w, (const int[2]){ fd, -1 }, r->request, strlen(r->request),
				      &reply, &err),
			 r->want);
		if (r->want == UT_OK && r->says)
			CHECK_STR(reply.s, r->says);
		else if (r->want == UT_OK)
			CHECK_EQ(reply.len, 4000000);
		else
			CHECK_STR(err.msg, r->says);
		ut_text_done(&reply);
		tap_end();
	}
}

static void test_wall(int fd)
{
	struct ut_warden_limits l = { .wall_s = 1, .n = 1 };
	struct ut_warden *w = NULL;
	struct ut_text reply = { 0 };
	struct ut_error err = { 0 };

	tap_row("hang");
	CHECK_EQ(ut_warden_start(&ops, &l, &w, &err), UT_OK);
	CHECK_EQ(ut_warden_do(w, (const int[2]){ fd, -1 }, "hang", 4, &reply, &err), UT_ETIMEOUT);
	CHECK_STR(err.msg, "took more than 1 s and was stopped");
	ut_text_done(&reply);
	ut_warden_stop(&w);
	tap_end();
}

struct caller {
	struct ut_warden *w;
	int fd;
	unsigned good;
};

static void *call_it(void *user)
{
	struct caller *c = user;

	for (int i = 0; i < 20; i++) {
		struct ut_text reply = { 0 };

		if (ut_warden_do(c->w, (const int[2]){ c->fd, -1 }, i % 5 ? "read" : "abort",
				 i % 5 ? 4 : 5, &reply, NULL) == (i % 5 ? UT_OK : UT_ECRASH) &&
		    (i % 5 == 0 || strcmp(reply.s, "5 hello 4 42") == 0))
			c->good++;
		ut_text_done(&reply);
	}
	return NULL;
}

static void test_threads(struct ut_warden *w, int fd)
{
	struct caller c[8];
	pthread_t t[8];

	tap_row("eight threads, more jobs than places");
	for (int i = 0; i < 8; i++) {
		c[i] = (struct caller){ w, fd, 0 };
		pthread_create(&t[i], NULL, call_it, &c[i]);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(t[i], NULL);
		CHECK_EQ(c[i].good, 20);
	}
	tap_end();
}

int main(void)
{
	struct ut_warden_limits l = { .memory_bytes = 64 << 20, .cpu_s = 1, .wall_s = 100, .n = 3 };
	struct ut_warden *w = NULL;
	struct ut_error err = { 0 };
	FILE *f = tmpfile();

	if (!f || fputs("hello", f) < 0 || fflush(f) != 0)
		return 1;
	tap_row("start");
	CHECK_EQ(ut_warden_start(&ops, &l, &w, &err), UT_OK);
	tap_end();
	test_jobs(w, fileno(f));
	test_wall(fileno(f));
	test_threads(w, fileno(f));
	ut_warden_stop(&w);
	tap_row("stopped");
	CHECK(w == NULL);
	tap_end();
	fclose(f);
	return tap_done();
}
