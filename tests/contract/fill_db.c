/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fill_db.c - a database of known records, for tests of the commands that read one.
 * usage: fill_db FILE N: a run, N full records with seeds 0..N-1 (-N: backwards),
 * a bare one, two failures.
 */
#include <stdlib.h>

#include "sample_call.h"
#include "store/store.h"

static void die(const struct ut_error *err)
{
	fprintf(stderr, "fill_db: %s\n", err->msg);
	exit(1);
}

int main(int argc, char **argv)
{
	static const struct ut_run_info info = { "batch", "{\"jobs\":2}", "0.1.0",
						 "0123",  "host",         4711 };
	struct ut_run_counts counts = {
		.failed = 2, .audio_s = 1e4, .cpu_s = 12, .wall_s = 7, .end = "finished"
	};
	struct ut_store *s = NULL;
	struct ut_error err = { 0 }, why = { 0 };
	struct ut_store_key k = { .content = "" };
	long arg = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	uint32_t n = (uint32_t)labs(arg);
	int64_t run;

	if (argc != 3)
		return 2;
	if (ut_store_open(argv[1], UT_STORE_WRITE, &s, &err) != UT_OK ||
	    ut_store_begin_run(s, &info, &run, &err) != UT_OK)
		die(&err);
	for (uint32_t i = 0; i <= n; i++) {
		struct ut_call c;

		if (i < n)
			sample_call_full(&c, arg < 0 ? n - 1 - i : i);
		else
			sample_call_least(&c, i);
		memcpy(k.content, c.media.hash, sizeof(k.content));
		sample_hash(1, k.options);
		sample_hash(2, k.model);
		if (ut_store_put_call(s, run, &k, &c, NULL, &err) != UT_OK)
			die(&err);
		ut_call_done(&c);
	}
	memset(&k, 0, sizeof(k));
	ut_fail(&why, UT_EFORMAT, "not a recording: a text file");
	if (ut_store_put_failure(s, run, "day/notes.wav", &k, &why, &err) != UT_OK)
		die(&err);
	ut_fail(&why, UT_EEMPTY, "the file is empty; copy it again");
	if (ut_store_put_failure(s, run, "day/zero.wav", &k, &why, &err) != UT_OK)
		die(&err);
	counts.done = n + 1;
	counts.seen = n + 3;
	if (ut_store_end_run(s, run, &counts, &err) != UT_OK)
		die(&err);
	ut_store_close(&s);
	return 0;
}
