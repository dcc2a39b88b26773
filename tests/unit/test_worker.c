/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults injected into workers: the pool names each, replaces the worker and goes on. */
#include "isolate/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static enum ut_status start(void *user, void **state, struct ut_error *err)
{
	if (user && *(int *)user == 2)
		abort();
	if (user)
		return ut_fail(err, UT_EMODEL, "model: damaged");
	*state = NULL;
	return UT_OK;
}

static const char *tried(int rc)
{
	return rc >= 0 ? "open" : errno == EACCES ? "closed" : strerror(errno);
}

static enum ut_status work(UT_UNUSED void *state, const struct ut_job *j, struct ut_beat *b,
			   struct ut_text *reply, struct ut_error *err)
{
	char buf[64] = "";

	if (strcmp(j->name, "read") == 0) {
		ssize_t n = read(j->fd, buf, sizeof(buf) - 1);

		ut_text_addf(reply, "%zd %s %s", n, buf, j->request);
	} else if (strcmp(j->name, "who") == 0) {
		ut_text_addf(reply, "%ld", (long)getpid());
	} else if (strcmp(j->name, "fail") == 0) {
		return ut_fail(err, UT_EFORMAT, "not audio");
	} else if (strcmp(j->name, "crash") == 0) {
		raise(SIGSEGV);
	} else if (strcmp(j->name, "abort") == 0) {
		abort();
	} else if (strcmp(j->name, "exit") == 0) {
		_exit(7);
	} else if (strcmp(j->name, "hang") == 0) {
		for (;;)
			pause();
	} else if (strcmp(j->name, "spin") == 0) {
		for (int64_t i = 0;; i++)
			ut_beat(b, i); /* progress, but no end */
	} else if (strcmp(j->name, "slow") == 0) {
		for (int64_t i = 0; i < 16 * 16; i++) { /* 2.6 s, longer than the stall limit */
			usleep(10000);
			ut_beat(b, i);
		}
		ut_text_add(reply, "slow");
	} else if (strcmp(j->name, "oom") == 0) {
		for (size_t i = 0;; i++) {
			char *volatile p = malloc(1 << 20); /* or clang needs none */

			if (!p)
				return ut_fail(err, UT_ENOMEM, "out of memory");
			memset(p, 1, 1 << 20);
		}
	} else if (strcmp(j->name, "ask") == 0) {
		bool go = ut_beat_ask(b, "what I have");

		ut_text_addf(reply, "%s", go ? "went" : "dropped");
	} else if (strcmp(j->name, "large") == 0) {
		for (int i = 0; i < 100000; i++)
			ut_text_addf(reply, "%08d", i);
	} else if (strcmp(j->name, "nonsense") == 0) {
		for (int fd = 3; fd < 64; fd++)
			if (write(fd, "\377\377\377\377", 4) == 4)
				for (int i = 0; i < 100; i++)
					if (write(fd, "nonsense", 8) < 0)
						break;
		pause();
	} else if (strcmp(j->name, "doors") == 0) {
		struct rlimit r;

		ut_text_addf(reply, "open %s,", tried(open("/etc/passwd", O_RDONLY)));
		ut_text_addf(reply, "socket %s,", tried(socket(AF_INET, SOCK_STREAM, 0)));
		ut_text_addf(reply, "fork %s,", tried(fork()));
		ut_text_addf(reply, "exec %s,", tried(execl("/bin/true", "true", NULL)));
		ut_text_addf(reply, "kill %s,", tried(kill(getppid(), 0)));
		ut_text_addf(reply, "unlink %s,", tried(unlink("/tmp/none")));
		getrlimit(RLIMIT_CORE, &r);
		ut_text_addf(reply, "core %d", (int)r.rlim_max);
	}
	return UT_OK;
}

/* the number of the process: whether it is still the same one */
static const struct ut_worker_ops ops = { .start = start, .work = work };

/* Until the job is answered. */
static enum ut_status drain(struct ut_pool *p, struct ut_pool_event *ev, bool go)
{
	for (int i = 0; i < 900; i++) { /* 3 min: a busy machine */
		if (ut_pool_wait(p, 200, NULL, ev, NULL) != UT_OK)
			return UT_ECRASH;
		if (ev->what == UT_POOL_ASK) {
			CHECK_STR(ev->text, "what I have");
			ut_pool_answer(p, ev->slot, go);
		}
		if (ev->what == UT_POOL_DONE)
			return ev->err.code;
	}
	return UT_ETIMEOUT;
}

static bool submit(struct ut_pool *p, int fd, const char *name)
{
	struct ut_pool_event ev;
	struct ut_error err = { 0 };

	for (int i = 0; ut_pool_n_idle(p) == 0 && i < 50; i++)
		if (ut_pool_wait(p, 200, NULL, &ev, &err) != UT_OK)
			return false;
	return ut_pool_submit(p, fd, name, "request", 7, NULL, &err) == UT_OK;
}

static void test_faults(void)
{
	static const struct row {
		const char *name;
		enum ut_status want;
		bool died;
		const char *reply_or_message;
		enum { NEITHER, GO, NOT_SANITIZED } extra;
	} rows[] = {
		{ "read", UT_OK, false, "5 hello request", NEITHER },
		{ "fail", UT_EFORMAT, false, "not audio", NEITHER },
		{ "crash", UT_ECRASH, true, "the worker that read it crashed (Segmentation fault)",
		  NOT_SANITIZED },
		{ "abort", UT_ECRASH, true, "the worker that read it crashed (Aborted)", NEITHER },
		{ "exit", UT_ECRASH, true, "the worker that read it ended by itself (exit 7)",
		  NEITHER },
		{ "hang", UT_ETIMEOUT, true, "made no progress for 2 s and was stopped", NEITHER },
		{ "spin", UT_ETIMEOUT, true, "took more than 1 s of processor time and was stopped",
		  NEITHER },
		{ "slow", UT_OK, false, "slow", NEITHER },
		{ "oom", UT_ENOMEM, false, "out of memory", NOT_SANITIZED },
		{ "ask", UT_OK, false, "went", GO },
		{ "ask", UT_EINTR, false, "dropped", NEITHER },
		{ "large", UT_OK, false, NULL, NEITHER },
		{ "nonsense", UT_ECRASH, true, "the worker that read it sent nonsense", NEITHER },
		{ "doors", UT_OK, false,
		  "open closed,socket closed,fork closed,exec closed,kill closed,unlink closed,"
		  "core 0",
		  NEITHER },
		{ "read", UT_OK, false, "5 hello request", NEITHER },
	};
	struct ut_worker_limits l = { .memory_bytes = 64 << 20, .stall_s = 2, .cpu_s = 1 };
	struct ut_pool *p = NULL;
	FILE *f = tmpfile();
	char path[64];
	int fd;

	if (!f || fputs("hello", f) < 0 || fflush(f) != 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	fd = open(path, O_RDONLY | O_CLOEXEC); /* as the batch does: a worker cannot write to it */
	if (ut_pool_create(&ops, NULL, 1, &l, &p, NULL) != UT_OK)
		return;
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_pool_event ev = { 0 };

		if (SANITIZED && r->extra == NOT_SANITIZED) {
			tap_skip(r->name, "the sanitizer has its own way with it");
			continue;
		}
		if (strcmp(r->name, "doors") == 0 && ut_pool_sandbox_note(p)) {
			tap_skip(r->name, ut_pool_sandbox_note(p));
			continue;
		}
		tap_row(r->name);
		CHECK(submit(p, fd, r->name));
		CHECK_EQ(drain(p, &ev, r->extra == GO), r->want);
		CHECK_EQ(ev.died, r->died);
		if (r->reply_or_message && r->want != UT_OK) {
			CHECK_STR(ev.err.msg, r->reply_or_message);
		} else if (r->reply_or_message) {
			CHECK_EQ(ev.reply_n, strlen(r->reply_or_message));
			CHECK(ev.reply && strncmp(ev.reply, r->reply_or_message, ev.reply_n) == 0);
		} else {
			CHECK_EQ(ev.reply_n, 800000);
			CHECK(ev.reply && memcmp(ev.reply + 799992, "00099999", 8) == 0);
		}
		tap_end();
	}
	ut_pool_destroy(&p);
	CHECK(p == NULL);
	close(fd);
	fclose(f);
}

/* All workers stay in use, and one that dies takes nothing of the others along. */
static void test_many(void)
{
	struct ut_worker_limits l = { .stall_s = 10 };
	struct ut_pool *p = NULL;
	FILE *f = tmpfile();
	unsigned sent = 0, ok = 0, died = 0;

	tap_row("200 jobs on 4 workers, every tenth crashes");
	if (!f || ut_pool_create(&ops, NULL, 4, &l, &p, NULL) != UT_OK)
		return;
	while (ok + died < 200) {
		struct ut_pool_event ev;

		while (sent < 200 && ut_pool_n_idle(p) > 0) {
			const char *name = sent % 10 == 0 ? "abort" : "read";

			if (ut_pool_submit(p, fileno(f), name, "", 0, NULL, NULL) == UT_OK)
				sent++;
		}
		if (ut_pool_wait(p, 5000, NULL, &ev, NULL) != UT_OK || ev.what == UT_POOL_NONE)
			break;
		if (ev.what == UT_POOL_DONE)
			*(ev.err.code == UT_OK ? &ok : &died) += 1;
	}
	CHECK_EQ(ok, 180);
	CHECK_EQ(died, 20);
	ut_pool_destroy(&p);
	fclose(f);
	tap_end();
}

static void test_start_fails(void)
{
	struct ut_worker_limits l = { 0 };
	struct ut_pool *p = NULL;
	struct ut_pool_event ev;
	static const struct {
		const char *name;
		int how;
		enum ut_status want;
		const char *message;
	} rows[] = {
		{ "a worker that cannot start is an error of the pool, not of a job", 1, UT_EMODEL,
		  "model: damaged" },
		{ "workers that die as they start end the pool, in the end", 2, UT_ECRASH,
		  "workers die while they start (Aborted)" },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		struct ut_error err = { 0 };
		int how = rows[i].how;

		tap_row(rows[i].name);
		if (ut_pool_create(&ops, &how, 1, &l, &p, NULL) != UT_OK)
			return;
		CHECK_EQ(ut_pool_wait(p, 5000, NULL, &ev, &err), rows[i].want);
		CHECK_STR(err.msg, rows[i].message);
		ut_pool_destroy(&p);
		tap_end();
	}
}

/* The process that does the next job; 0: none did. */
static long who(struct ut_pool *p, int fd, unsigned *slot)
{
	struct ut_pool_event ev;
	char text[32];

	if (!submit(p, fd, "who") || drain(p, &ev, true) != UT_OK)
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)ev.reply_n, ev.reply); /* no NUL behind it */
	*slot = ev.slot;
	return strtol(text, NULL, 10);
}

static void test_replaced(void)
{
	const struct ut_worker_limits limits = { .stall_s = 60, .max_jobs = 3 };
	struct ut_pool *p = NULL;
	struct ut_pool_event ev;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	long a, b;
	unsigned slot;

	tap_row("a worker is replaced after three jobs");
	CHECK_EQ(ut_pool_create(&ops, NULL, 1, &limits, &p, NULL), UT_OK);
	a = who(p, fd, &slot);
	CHECK_EQ(who(p, fd, &slot), a);
	CHECK_EQ(who(p, fd, &slot), a);
	b = who(p, fd, &slot);
	CHECK(a && b && a != b);
	tap_end();

	tap_row("and after one that failed");
	CHECK(submit(p, fd, "fail"));
	CHECK_EQ(drain(p, &ev, true), UT_EFORMAT);
	CHECK(!ev.died);
	a = who(p, fd, &slot);
	CHECK(a && a != b);
	tap_end();

	tap_row("but not after one that was dropped");
	CHECK(submit(p, fd, "ask"));
	CHECK_EQ(drain(p, &ev, false), UT_EINTR);
	CHECK_EQ(who(p, fd, &slot), a);
	tap_end();

	tap_row("and where its answer raised doubts");
	b = who(p, fd, &slot);
	ut_pool_retire(p, slot);
	a = who(p, fd, &slot);
	CHECK(a && b && a != b);
	tap_end();
	ut_pool_destroy(&p);
	close(fd);
}

int main(void)
{
	test_replaced();
	test_faults();
	test_many();
	test_start_fails();
	return tap_done();
}
