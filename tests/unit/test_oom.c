/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each allocation fails in turn, ours (--wrap) and SQLite's: the answer is UT_ENOMEM, nothing
 * leaks, and the database holds whole calls only.
 */
#include <stdlib.h>

#include "call/wire.h"
#include "report/coach.h"
#include "report/report.h"
#include "sample_call.h"
#include "store/internal.h"
#include "tap.h"

static long countdown = -1; /* the allocation that fails; -1: none */

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t m);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t m)
{
	return fails() ? NULL : __real_calloc(n, m);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

/* SQLite is a shared library: it gets its allocator through its own door. */
static sqlite3_mem_methods real;
static long sql_countdown = -1;

static void *sql_malloc(int n)
{
	if (sql_countdown >= 0 && sql_countdown-- == 0)
		return NULL;
	return real.xMalloc(n);
}

static void *sql_realloc(void *p, int n)
{
	if (sql_countdown >= 0 && sql_countdown-- == 0)
		return NULL;
	return real.xRealloc(p, n);
}

static struct ut_store *open_memory(void)
{
	struct ut_store *s = NULL;

	if (ut_store_open(NULL, UT_STORE_MEMORY, &s, NULL) != UT_OK)
		abort();
	return s;
}

static void key_of(const struct ut_call *c, struct ut_store_key *k)
{
	memcpy(k->content, c->media.hash, sizeof(k->content));
	sample_hash(1, k->options);
	sample_hash(2, k->model);
}

static void test_wire(void)
{
	struct ut_text bytes = { 0 };
	struct ut_call c, d;
	long n;

	tap_row("decode: every allocation fails once");
	sample_call_full(&c, 3);
	if (ut_wire_encode(&c, &bytes, NULL) != UT_OK)
		abort();
	for (n = 0;; n++) {
		enum ut_status st;

		ut_call_init(&d);
		countdown = n;
		st = ut_wire_decode(bytes.s, bytes.len, &d, NULL);
		if (countdown >= 0) { /* fewer allocations than n: the end */
			CHECK_EQ(st, UT_OK);
			countdown = -1;
			ut_call_done(&d);
			break;
		}
		CHECK_EQ(st, UT_ENOMEM);
		ut_call_done(&d);
	}
	CHECK(n > 30);
	tap_end();

	tap_row("encode and the writers: every allocation fails once");
	for (unsigned what = 0; what < 3; what++) {
		for (n = 0;; n++) {
			struct ut_text t = { 0 };
			bool over;

			countdown = n;
			if (what == 0)
				ut_wire_encode(&c, &t, NULL);
			else if (what == 1)
				ut_report_call_json(&c, &t);
			else
				ut_report_call_text(&c, true, &t);
			over = countdown >= 0;
			countdown = -1;
			if (over)
				CHECK(!t.failed && t.len > 1000);
			ut_text_done(&t);
			if (over)
				break;
		}
		CHECK(n > 2);
	}
	tap_end();
	ut_text_done(&bytes);
	ut_call_done(&c);
}

static int64_t count(struct ut_store *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* One round of work with the n-th allocation failing; false where fewer were made. */
static bool round_of(struct ut_store *s, bool sql, long n, enum ut_status *put,
		     enum ut_status *load)
{
	struct ut_store_key k;
	struct ut_call c, d;
	int64_t id = 0;
	bool reached;

	sample_call_full(&c, 5);
	key_of(&c, &k);
	ut_call_init(&d);
	if (sql)
		sql_countdown = n;
	else
		countdown = n;
	*put = ut_store_put_call(s, 0, &k, &c, &id, NULL);
	*load = *put == UT_OK ? ut_store_load_call(s, id, &d, NULL) : UT_OK;
	reached = sql ? sql_countdown < 0 : countdown < 0;
	countdown = sql_countdown = -1;
	ut_call_done(&c);
	ut_call_done(&d);
	return reached;
}

static void test_store(bool sql)
{
	long n;
	unsigned failed = 0;

	tap_row(sql ? "put and load: SQLite's allocations fail one by one"
		    : "put and load: ours fail one by one");
	for (n = 0; n < 20000; n += sql ? 23 : 1) { /* SQLite makes thousands */
		struct ut_store *s = open_memory();
		enum ut_status put, load;
		bool reached = round_of(s, sql, n, &put, &load);

		CHECK(put == UT_OK || put == UT_ENOMEM || put == UT_EDB);
		CHECK(load == UT_OK || load == UT_ENOMEM || load == UT_EDB);
		failed += put != UT_OK || load != UT_OK;
		/* all of it or nothing, and the next try works */
		CHECK_EQ(count(s, "SELECT count(*) FROM turn"),
			 12 * count(s, "SELECT count(*) FROM call"));
		CHECK_EQ(round_of(s, sql, -1, &put, &load), true);
		CHECK_EQ(put, UT_OK);
		CHECK_EQ(load, UT_OK);
		CHECK_EQ(count(s, "SELECT count(*) FROM call"), 1);
		ut_store_close(&s);
		if (!reached)
			break;
	}
	CHECK(n > 20 && n < 20000);
	CHECK(failed > 10);
	tap_end();
}

static void test_coach(void)
{
	const struct ut_coach_query q = { .from = 20770, .to = 20790 };
	struct ut_store *s = open_memory();
	enum ut_status put, load;
	long n, failed = 0;

	tap_row("the coaching report: ours fail one by one");
	round_of(s, false, -1, &put, &load);
	for (n = 0; n < 20000; n++) {
		const char *person = n % 2 ? "a17" : NULL;
		struct ut_coach c = { 0 };
		struct ut_text t = { 0 };
		enum ut_status st;
		bool over;

		countdown = n / 2;
		st = ut_coach_make(s, &q, person, &c, NULL);
		if (st == UT_OK) {
			struct ut_coach_report r = {
				.coach = &c, .person = person, .db = "x", .link = "http://x"
			};

			for (const struct ut_coach_format *f = ut_coach_formats; f->name; f++)
				f->write(&r, &t);
		}
		over = countdown >= 0;
		countdown = -1;
		failed += st != UT_OK || t.failed;
		CHECK(st == UT_OK || st == UT_ENOMEM || st == UT_EDB);
		CHECK(!over || (st == UT_OK && !t.failed && c.n_calls == 1));
		ut_text_done(&t);
		ut_coach_done(&c);
		if (over && person)
			break;
	}
	CHECK(n > 20 && n < 20000);
	CHECK(failed > 10);
	tap_end();
	ut_store_close(&s);
}

static void test_open(void)
{
	long n;

	tap_row("open: SQLite's allocations fail one by one");
	/* wider and wider apart: each migration adds thousands, and each is run from the start */
	for (n = 0; n < 1000000; n += 11 + n / 64) {
		struct ut_store *s = NULL;
		enum ut_status st;
		bool over;

		sql_countdown = n;
		st = ut_store_open(NULL, UT_STORE_MEMORY, &s, NULL);
		over = sql_countdown >= 0;
		sql_countdown = -1;
		CHECK(st == UT_OK ? s != NULL : s == NULL);
		ut_store_close(&s);
		if (over)
			break;
	}
	CHECK(n > 20 && n < 1000000);
	tap_end();
}

int main(void)
{
	sqlite3_mem_methods mine;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
	mine = real;
	mine.xMalloc = sql_malloc;
	mine.xRealloc = sql_realloc;
	/* no pool inside SQLite: every allocation comes through here */
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
		return 2;
	test_wire();
	test_store(false);
	test_store(true);
	test_coach();
	test_open();
	return tap_done();
}
