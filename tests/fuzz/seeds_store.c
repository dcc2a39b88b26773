/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seeds_store.c - makes the seeds of the wire and db targets. usage: seeds_store CORPUS_DIR */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "call/wire.h"
#include "sample_call.h"
#include "store/review.h"
#include "store/store.h"

static void write_seed(const char *dir, const char *name, const struct ut_text *t)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f || fwrite(t->s, 1, t->len, f) != t->len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

/* Somebody who judged one call, in and out of a blind session, and a note. */
static void review(struct ut_store *s)
{
	struct ut_review_query q = { .reviewed = -1 };
	struct ut_verdict v = { .call_id = 1, .reviewer_id = 1, .heard = UT_TONE_ANGRY, .tags = 3,
				.note = "heard" };
	char hash[65];
	int64_t id;

	sample_hash(3, hash);
	if (ut_review_add_user(s, "seed", "Dana", UT_REVIEW_ADMIN, hash, NULL) != UT_OK ||
	    ut_review_judge(s, &v, NULL) != UT_OK ||
	    ut_review_start_calibration(s, 1, "week 1", &q, 1, &id, NULL) != UT_OK)
		exit(1);
	v.calibration_id = id;
	v.blind = true;
	if (ut_review_judge(s, &v, NULL) != UT_OK)
		exit(1);
}

int main(int argc, char **argv)
{
	char path[512], name[32], small[600];
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	sqlite3 *db;

	if (argc != 2)
		return 2;
	snprintf(path, sizeof(path), "%s/db/full.tmp", argv[1]);
	if (ut_store_open(path, UT_STORE_WRITE, &s, &err) != UT_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (uint32_t i = 0; i < 5; i++) {
		struct ut_call c;
		struct ut_text t = { 0 };
		struct ut_store_key k;

		if (i < 4)
			sample_call_full(&c, i);
		else
			sample_call_least(&c, i);
		if (ut_wire_encode(&c, &t, &err) != UT_OK)
			return 1;
		snprintf(name, sizeof(name), "wire/record-%u", i);
		write_seed(argv[1], name, &t);
		memcpy(k.content, c.media.hash, sizeof(k.content));
		sample_hash(1, k.options);
		sample_hash(2, k.model);
		if ((i == 1 || i == 4) && ut_store_put_call(s, 0, &k, &c, NULL, &err) != UT_OK)
			return 1;
		ut_text_done(&t);
		ut_call_done(&c);
	}
	review(s);
	ut_store_close(&s);
	/* small pages make a small seed */
	snprintf(
	    small, sizeof(small),
	    "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM INTO '%s/db/two-calls'",
	    argv[1]);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, small, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		return 1;
	}
	sqlite3_close(db);
	unlink(path);
	return 0;
}
