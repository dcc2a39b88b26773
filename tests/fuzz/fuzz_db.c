/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_db.c - any bytes as a database that somebody hands over: read, checked, listed and merged. A
 * tone of anybody but a verified external customer must not come out. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/report.h"
#include "store/internal.h"
#include "store/review.h"

#ifdef UT_LIBFUZZER
#include <sanitizer/asan_interface.h>

/*
 * SQLite asks for memory some ten thousand times an input, and the sanitizer's allocator, which
 * notes each caller, took most of the time. So: lists of free blocks by size, each block between 16
 * bytes that nobody may touch, and untouchable itself once it is freed. What is never freed is seen
 * where the corpus is replayed, which goes without this.
 */
enum { GUARD = 16, LEAST = 6, CLASSES = 20, SLAB = 1 << 22 };
static void *free_block[CLASSES]; /* the next one is written into the guard */

static char *pages(size_t n)
{
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static char *cut(unsigned k)
{
	static char *slab;
	static size_t left;
	size_t n = (size_t)1 << k;

	if (k >= CLASSES)
		return pages(n);
	if (left < n) {
		slab = pages(SLAB);
		left = slab ? SLAB : 0;
	}
	if (!left)
		return NULL;
	left -= n;
	return slab + left;
}

#define BARE __attribute__((no_sanitize("address", "undefined", "coverage")))

BARE static unsigned class_of(size_t n)
{
	unsigned k = 64 - (unsigned)__builtin_clzl(n + 2 * GUARD - 1);

	return k < LEAST ? LEAST : k;
}

BARE static void *take(int n)
{
	unsigned k = class_of((size_t)n);
	char *p = k < CLASSES ? free_block[k] : NULL;

	if (p) {
		free_block[k] = *(void **)(void *)p;
	} else {
		p = cut(k);
		if (!p)
			return NULL;
		ASAN_POISON_MEMORY_REGION(p, (size_t)1 << k);
	}
	*(int64_t *)(void *)p = n;
	ASAN_UNPOISON_MEMORY_REGION(p + GUARD, (size_t)n);
	return p + GUARD;
}

BARE static int size_of(void *v)
{
	return (int)*(int64_t *)(void *)((char *)v - GUARD);
}

BARE static void give(void *v)
{
	char *p = (char *)v - GUARD;
	size_t n = (size_t)size_of(v);
	unsigned k = class_of(n);

	ASAN_POISON_MEMORY_REGION(v, n);
	if (k >= CLASSES) {
		ASAN_UNPOISON_MEMORY_REGION(p, (size_t)1 << k);
		munmap(p, (size_t)1 << k);
		return;
	}
	*(void **)(void *)p = free_block[k];
	free_block[k] = p;
}

BARE static void *resize(void *v, int n)
{
	int had = size_of(v);
	void *w = take(n);

	if (w) {
		memcpy(w, v, (size_t)(had < n ? had : n));
		give(v);
	}
	return w;
}

static int round_up(int n)
{
	return (n + 7) & ~7;
}

static int start(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void stop(void *unused)
{
	(void)unused;
}

static void own_memory(void)
{
	static sqlite3_mem_methods m = { take, give, resize, size_of, round_up, start, stop, NULL };

	if (m.pAppData)
		return;
	m.pAppData = &m;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &m) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK)
		abort();
}
#else
static void own_memory(void)
{
}
#endif

static bool more(void *user, const char *what)
{
	(void)what;
	return ++*(unsigned *)user < 20;
}

static bool list(void *user, const struct ut_finding *f)
{
	struct ut_text *t = user;

	for (const struct ut_report_list *l = ut_report_lists; l->name; l++)
		l->row(f, true, t);
	return t->len < 1 << 16;
}

static bool run(void *user, const struct ut_run *r)
{
	struct ut_text *t = user;

	ut_text_addf(t, "%s%s%s%s", r->started_at, r->info.host, r->info.command, r->failures);
	return t->len < 1 << 16;
}

static bool failure(void *user, const struct ut_failure *f)
{
	struct ut_text *t = user;

	ut_text_add_visible(t, f->path);
	ut_text_add_visible(t, f->message);
	return t->len < 1 << 16;
}

static bool audit(void *user, const struct ut_audit *a)
{
	struct ut_text *t = user;

	ut_text_add_visible(t, a->actor);
	return t->len < 1 << 16;
}

static bool item(void *user, const struct ut_review_item *i)
{
	struct ut_text *t = user;

	ut_text_add_html(t, i->label);
	ut_text_add_html(t, i->file ? i->file : "");
	return t->len < 1 << 16;
}

static bool verdict(void *user, const struct ut_verdict_row *v)
{
	struct ut_text *t = user;

	ut_text_add_html(t, v->reviewer);
	ut_text_add_html(t, v->note ? v->note : "");
	return t->len < 1 << 16;
}

static bool calibration(void *user, const struct ut_calibration *c)
{
	struct ut_text *t = user;

	ut_text_add_html(t, c->name);
	return t->len < 1 << 16;
}

static bool rating(void *user, const struct ut_rating *r)
{
	struct ut_text *t = user;

	ut_text_add_html(t, r->heard);
	return t->len < 1 << 16;
}

static bool reviewer(void *user, const struct ut_reviewer *r)
{
	struct ut_text *t = user;

	ut_text_add_html(t, r->name);
	return t->len < 1 << 16;
}

static void read_reviews(struct ut_store *s, struct ut_text *t)
{
	struct ut_stored row;
	int64_t id;

	for (unsigned i = 0; i < UT_N_REVIEW_LISTS; i++) {
		struct ut_review_query q = { .list = (enum ut_review_list)i,
					     .reviewed = -1,
					     .limit = 20,
					     .for_reviewer = 1 };

		ut_review_queue(s, &q, item, t, NULL);
		q.team = "north, \"A\"";
		q.back = true;
		ut_review_queue(s, &q, item, t, NULL);
	}
	ut_review_users(s, reviewer, t, NULL);
	ut_review_calibrations(s, 0, 1, calibration, t, NULL);
	ut_review_ratings(s, 1, rating, t, NULL);
	ut_review_next_blind(s, 1, 1, &id, &id, NULL);
	if (ut_store_stored(s, 1, &row, NULL) == UT_OK)
		ut_review_verdicts(s, row.key.content, 1, verdict, t, NULL);
}

static void read_all(struct ut_store *s)
{
	struct ut_finding_query q = { .all = true, .limit = 50 };
	struct ut_text t = { 0 };
	struct ut_call c;
	unsigned n = 0;
	int64_t id;

	ut_call_init(&c);
	ut_store_check(s, more, &n, NULL, NULL);
	ut_store_findings(s, &q, list, &t, NULL);
	ut_store_runs(s, 0, false, run, &t, NULL);
	ut_store_failures(s, failure, &t, NULL);
	ut_store_audit(s, 20, audit, &t, NULL);
	ut_store_find_call(s, "a.wav", &id, NULL);
	read_reviews(s, &t);
	for (id = 1; id < 5; id++) {
		if (ut_store_load_call(s, id, &c, NULL) != UT_OK)
			continue;
		if (c.closing.has_tone) {
			const struct ut_party *p = &c.party[c.closing.party];

			if (p->role != UT_ROLE_CUSTOMER || p->kind != UT_KIND_EXTERNAL ||
			    !p->verified)
				abort();
		}
		ut_report_call_text(&c, false, &t);
	}
	ut_text_done(&t);
	ut_call_done(&c);
}

/* Where the input is merged to: made once, for making one takes ten times as long as reading an
 * input. Its rows go between inputs; what cannot go shows that the input left something behind. */
static struct ut_store *target(void)
{
	static struct ut_store *s;
	static sqlite3_stmt *wipe[64];
	static unsigned n;
	sqlite3_stmt *st = NULL;

	if (!s) {
		if (ut_store_open(NULL, UT_STORE_MEMORY, &s, NULL) != UT_OK ||
		    sqlite3_prepare_v2(s->db,
				       "SELECT 'DELETE FROM ' || name FROM sqlite_schema WHERE"
				       " type = 'table' ORDER BY rowid DESC",
				       -1, &st, NULL) != SQLITE_OK)
			abort();
		while (sqlite3_step(st) == SQLITE_ROW) /* those referred to come last */
			if (n == UT_ARRAY_LEN(wipe) ||
			    sqlite3_prepare_v3(s->db, (const char *)sqlite3_column_text(st, 0), -1,
					       SQLITE_PREPARE_PERSISTENT, &wipe[n++],
					       NULL) != SQLITE_OK)
				abort();
		sqlite3_finalize(st);
	}
	if (ut_db_begin(s, NULL) != UT_OK)
		abort(); /* a transaction was left open */
	for (unsigned i = 0; i < n; i++) {
		if (sqlite3_step(wipe[i]) != SQLITE_DONE)
			abort();
		sqlite3_reset(wipe[i]);
	}
	if (ut_db_end(s, UT_OK, NULL) != UT_OK)
		abort();
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ut_store *s = NULL, *into;
	struct ut_merge_counts m;
	char path[64], other[80];
	int fd;

	own_memory();
	snprintf(path, sizeof(path), "/dev/shm/ut-fuzz-%ld.db", (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
	if (ut_store_open(path, UT_STORE_READ, &s, NULL) == UT_OK) {
		read_all(s);
		into = target();
		ut_store_merge(into, s, "f", "fuzz", NULL, NULL, &m, NULL);
		read_all(into);
		ut_store_close(&s);
	}
	unlink(path);
	snprintf(other, sizeof(other), "%s-wal", path);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", path);
	unlink(other);
	return 0;
}
