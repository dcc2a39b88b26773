/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_batch.c - the batch with an analysis that does what each file's content says, so that every
 * fault can be had at will. usage: fault_batch DB JOBS SETTLE_S STALL_S [--retry] PATH...
 * A file: "ok TEXT", "slow SECONDS TEXT", "crash", "once N" (crashes at its first try), "hang",
 * "memory", "limit", "format", "lies" (answers for another file).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "run/batch.h"

enum { MAX_ONCE = 64 };

static enum ut_status start(void *user, void **state, struct ut_error *err)
{
	char hex[65];

	*state = user;
	return ut_sha256_hex("", 0, hex, err);
}

static enum ut_status answer(const char *text, const char *hash, int64_t size,
			     struct ut_text *reply, struct ut_error *err)
{
	struct ut_call c;
	enum ut_status st;

	ut_call_init(&c);
	memcpy(c.media.hash, hash, 65);
	c.media.size_bytes = size;
	c.media.rate_hz = 8000;
	c.media.n_ch = 1;
	c.media.n_samples = 8000;
	c.n_ch = 1;
	c.measures.duration_s = 1;
	st = ut_call_set(&c.media.path, "x");
	if (st == UT_OK)
		st = ut_call_set(&c.meta.call_id, text);
	if (st == UT_OK)
		st = ut_wire_encode(&c, reply, err);
	ut_call_done(&c);
	return st;
}

static enum ut_status work(void *state, const struct ut_job *j, struct ut_beat *b,
			   struct ut_text *reply, struct ut_error *err)
{
	int *tries = state;
	char text[256] = "", hash[65];
	int64_t size;
	ssize_t n = pread(j->fd, text, sizeof(text) - 1, 0);

	if (n < 0 || ut_sha256_fd(j->fd, hash, &size, err) != UT_OK)
		return UT_EIO;
	if (!ut_beat_ask(b, hash))
		return ut_fail(err, UT_EINTR, "dropped");
	if (strncmp(text, "ok ", 3) == 0)
		return answer(text, hash, size, reply, err);
	if (strncmp(text, "slow ", 5) == 0) {
		double s = strtod(text + 5, NULL);

		for (int64_t i = 0; i < (int64_t)(s * 1000); i++) {
			usleep(1000);
			ut_beat(b, i);
		}
		return answer(text, hash, size, reply, err);
	}
	if (strncmp(text, "once ", 5) == 0) {
		int *t = &tries[strtol(text + 5, NULL, 10) % MAX_ONCE];

		if ((*t)++ == 0)
			abort();
		return answer(text, hash, size, reply, err);
	}
	if (strncmp(text, "crash", 5) == 0)
		abort();
	if (strncmp(text, "hang", 4) == 0)
		for (;;)
			usleep(100000);
	if (strncmp(text, "memory", 6) == 0)
		return ut_fail(err, UT_ENOMEM, "not enough memory for a recording this long");
	if (strncmp(text, "limit", 5) == 0)
		return ut_fail(err, UT_ELIMIT, "decodes to more than 12 h");
	if (strncmp(text, "lies", 4) == 0) {
		memset(hash, 'a', 64);
		return answer(text, hash, size, reply, err);
	}
	return ut_fail(err, UT_EFORMAT, "not a recording that can be read");
}

int main(int argc, char **argv)
{
	static const struct ut_worker_ops ops = { .start = start, .work = work };
	static const struct ut_log log = { UT_LOG_INFO, false };
	char model[65];
	bool retry = argc > 5 && strcmp(argv[5], "--retry") == 0;
	struct ut_batch_opts o = {
		.ops = &ops,
		.scan = { .since_ns = INT64_MIN },
		.shard = { 0, 1, NULL },
		.command = "batch",
		.options_json = "{}",
		.result_options = "{}",
		.version = "test",
		.model_hash = model,
		.log = &log,
		.retry_failed = retry,
	};
	struct ut_batch_result r;
	struct ut_error err = { 0 };
	struct ut_text line = { 0 };
	enum ut_status st;

	if (argc < 6 + retry) {
		fputs("usage: fault_batch DB JOBS SETTLE_S STALL_S [--retry] PATH...\n", stderr);
		return 2;
	}
	signal(SIGXFSZ, SIG_IGN); /* a full disk, by `ulimit -f`, is then an error of write() */
	memset(model, 'b', 64);
	model[64] = '\0';
	o.db = argv[1];
	o.jobs = (unsigned)strtoul(argv[2], NULL, 10);
	o.settle_s = strtod(argv[3], NULL);
	o.limits.stall_s = strtod(argv[4], NULL);
	o.paths = (const char *const *)(argv + 5 + retry);
	o.n_paths = (size_t)(argc - 5 - retry);
	o.ops_user = mmap(NULL, MAX_ONCE * sizeof(int), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (o.ops_user == MAP_FAILED)
		return 3;
	st = ut_batch_run(&o, &r, &err);
	if (st != UT_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return 3;
	}
	ut_batch_summary(&o, &r, &line);
	printf("%s\n", line.s);
	ut_text_done(&line);
	return r.signal ? 128 + r.signal : r.n.failed || r.n.unreadable ? 1 : 0;
}
