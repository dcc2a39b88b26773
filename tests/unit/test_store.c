/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/wire.h"
#include "sample_call.h"
#include "store/internal.h"
#include "tap.h"

static char dir[64]; /* a folder of this run's own */

static const char *in_dir(const char *name)
{
	static char path[2][128];
	static unsigned k;

	k ^= 1;
	snprintf(path[k], sizeof(path[k]), "%s/%s", dir, name);
	return path[k];
}

static void remove_db(const char *name)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char path[160];

	for (size_t i = 0; i < UT_ARRAY_LEN(suffixes); i++) {
		snprintf(path, sizeof(path), "%s/%s%s", dir, name, suffixes[i]);
		unlink(path);
	}
}

static struct ut_store *must_open(const char *name, enum ut_store_mode mode)
{
	struct ut_error err = { 0 };
	struct ut_store *s = NULL;

	if (ut_store_open(in_dir(name), mode, &s, &err) != UT_OK) {
		printf("Bail out! %s\n", err.msg);
		fflush(stdout);
		_exit(1);
	}
	return s;
}

static struct ut_store_key key_of(const struct ut_call *c, uint32_t options)
{
	struct ut_store_key k;

	memcpy(k.content, c->media.hash, sizeof(k.content));
	sample_hash(1000000 + options, k.options);
	sample_hash(77, k.model);
	return k;
}

/* Puts sample call `seed` under options `options`; its row, 0 on failure. */
static int64_t put(struct ut_store *s, uint32_t seed, uint32_t options, struct ut_error *err)
{
	struct ut_call c;
	struct ut_store_key k;
	int64_t id = 0;

	sample_call_full(&c, seed);
	k = key_of(&c, options);
	if (ut_store_put_call(s, 0, &k, &c, &id, err) != UT_OK)
		id = 0;
	ut_call_done(&c);
	return id;
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

static void test_round_trip(void)
{
	struct ut_store *s;
	struct ut_error err = { 0 };

	s = must_open("round.db", UT_STORE_WRITE);
	for (uint32_t seed = 0; seed < 14; seed++) {
		struct ut_text a = { 0 }, b = { 0 };
		struct ut_call c, d;
		struct ut_store_key k;
		int64_t id = 0;
		char name[40];

		snprintf(name, sizeof(name), "put, load: record %u", seed);
		tap_row(name);
		if (seed < 13)
			sample_call_full(&c, seed);
		else
			sample_call_least(&c, seed);
		sample_call_full(&d, seed + 1);
		k = key_of(&c, 0);
		CHECK_EQ(ut_store_put_call(s, 0, &k, &c, &id, &err), UT_OK);
		CHECK(id > 0);
		CHECK_EQ(ut_store_load_call(s, id, &d, &err), UT_OK);
		CHECK_EQ(d.id, id);
		CHECK_EQ(ut_wire_encode(&c, &a, NULL), UT_OK);
		CHECK_EQ(ut_wire_encode(&d, &b, NULL), UT_OK);
		CHECK(a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
		ut_text_done(&a);
		ut_text_done(&b);
		ut_call_done(&c);
		ut_call_done(&d);
		tap_end();
	}
	tap_row("no such call");
	{
		struct ut_call d;

		ut_call_init(&d);
		CHECK_EQ(ut_store_load_call(s, 999, &d, &err), UT_ENOENT);
		ut_call_done(&d);
	}
	tap_end();
	ut_store_close(&s);
}

struct list {
	char text[4096];
	unsigned n;
};

static bool add_finding(void *user, const struct ut_finding *f)
{
	struct list *l = user;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%s %s %.4f %s\n", f->file, f->label,
		 f->rank, f->phrase ? f->phrase : "-");
	l->n++;
	return true;
}

static void list_findings(struct ut_store *s, struct list *l)
{
	struct ut_finding_query q = { .limit = 0 };

	memset(l, 0, sizeof(*l));
	CHECK_EQ(ut_store_findings(s, &q, add_finding, l, NULL), UT_OK);
}

static void test_order(void)
{
	struct ut_store *a = must_open("order-a.db", UT_STORE_WRITE);
	struct ut_store *b = must_open("order-b.db", UT_STORE_WRITE);
	struct list la, lb;

	tap_row("findings do not depend on the order of processing");
	for (uint32_t i = 0; i < 24; i++) {
		put(a, i, 0, NULL);
		put(b, (i * 7 + 5) % 24, 0, NULL);
	}
	list_findings(a, &la);
	list_findings(b, &lb);
	CHECK_EQ(la.n, 24);
	CHECK_STR(la.text, lb.text);
	tap_end();
	ut_store_close(&a);
	ut_store_close(&b);
}

static void test_ranked(void)
{
	struct ut_store *s = must_open("order-a.db", UT_STORE_READ);
	struct list l;
	const char *p;
	double last = 2;
	unsigned n = 0;

	tap_row("findings: highest rank first");
	list_findings(s, &l);
	for (p = l.text; *p; p = strchr(p, '\n') + 1) {
		double rank = -1;

		CHECK_EQ(sscanf(p, "%*s %*s %lf", &rank), 1);
		CHECK(rank >= 0 && rank <= last);
		last = rank;
		n++;
	}
	CHECK_EQ(n, 24);
	tap_end();
	ut_store_close(&s);
}

/* The same recording with two sidecars, in both orders, new and known: the same one is shown. */
static void test_shown(void)
{
	static const struct row {
		const char *name;
		uint32_t before; /* options of what is there already; 9: nothing */
		uint32_t first, second;
	} rows[] = {
		{ "both new", 9, 0, 1 },       { "both new, the other way round", 9, 1, 0 },
		{ "0 known, 1 new", 0, 0, 1 }, { "0 known, 1 new, the other way round", 0, 1, 0 },
		{ "1 known, 0 new", 1, 0, 1 }, { "1 known, 0 new, the other way round", 1, 1, 0 },
	};
	struct ut_run_info info = { "batch", "{}", "0.1.0", "m", "host", 1 };
	struct ut_error err = { 0 };
	int64_t shown[UT_ARRAY_LEN(rows)][2];

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct ut_store *s = NULL;
		struct ut_call c;
		struct ut_stored stored;
		int64_t run, id;

		tap_row(r->name);
		sample_call_full(&c, 1);
		CHECK_EQ(ut_store_open(NULL, UT_STORE_MEMORY, &s, &err), UT_OK);
		if (r->before != 9) {
			CHECK_EQ(ut_store_begin_run(s, &info, &run, &err), UT_OK);
			put(s, 1, r->before, &err);
			usleep(5000);
		}
		for (int again = 0; again < 2; again++) {
			CHECK_EQ(ut_store_begin_run(s, &info, &run, &err), UT_OK);
			for (int k = 0; k < 2; k++) {
				uint32_t o = k ? r->second : r->first;
				struct ut_store_key key = key_of(&c, o);

				CHECK_EQ(ut_store_find_key(s, &key, &id, &err), UT_OK);
				if (id == 0)
					put(s, 1, o, &err);
				usleep(3000);
			}
			shown[i][again] = -1;
			for (uint32_t o = 0; o < 2; o++) {
				struct ut_store_key key = key_of(&c, o);
				sqlite3_stmt *st =
				    ut_db_stmt(s, "SELECT id FROM call WHERE options = ?", &err);

				sqlite3_bind_text(st, 1, key.options, -1, SQLITE_STATIC);
				CHECK_EQ(ut_db_next(s, st, &err), 1);
				id = sqlite3_column_int64(st, 0);
				sqlite3_reset(st);
				CHECK_EQ(ut_store_stored(s, id, &stored, &err), UT_OK);
				if (stored.current)
					shown[i][again] = o;
			}
			usleep(5000);
		}
		if (i % 2) {
			CHECK_EQ(shown[i][0], shown[i - 1][0]);
			CHECK_EQ(shown[i][1], shown[i - 1][1]);
		}
		if (r->before != 9) /* what is new is shown */
			CHECK_EQ(shown[i][0], 1 - (int64_t)r->before);
		CHECK_EQ(shown[i][1], shown[0][1]);
		ut_call_done(&c);
		ut_store_close(&s);
		tap_end();
	}
}

static void test_keys(void)
{
	struct ut_store *s = must_open("keys.db", UT_STORE_WRITE);
	struct ut_error err = { 0 };
	struct ut_call c;
	struct ut_store_key k1, k2;
	struct ut_stored info;
	struct list l;
	int64_t a, b, found, again = 0;

	tap_row("an equal key is one row, whatever the path");
	a = put(s, 1, 0, &err);
	CHECK(a > 0);
	sample_call_full(&c, 1);
	k1 = key_of(&c, 0);
	k2 = key_of(&c, 1);
	ut_call_set(&c.media.path, "a-copy/other name.wav");
	CHECK_EQ(ut_store_put_call(s, 0, &k1, &c, &again, &err), UT_OK);
	CHECK_EQ(again, a);
	CHECK_EQ(count(s, "SELECT count(*) FROM call"), 1);
	CHECK_EQ(count(s, "SELECT count(*) FROM file"), 2);
	CHECK_EQ(count(s, "SELECT count(*) FROM turn"), 12);
	list_findings(s, &l);
	CHECK_EQ(l.n, 1);
	CHECK(strncmp(l.text, "a-copy/other name.wav ", 22) == 0);
	tap_end();

	tap_row("other options: a second row; the list shows the newest");
	CHECK_EQ(ut_store_find_key(s, &k2, &found, &err), UT_OK);
	CHECK_EQ(found, 0);
	b = put(s, 1, 1, &err);
	CHECK(b > a);
	list_findings(s, &l);
	CHECK_EQ(l.n, 1);
	CHECK_EQ(ut_store_stored(s, b, &info, &err), UT_OK);
	CHECK(info.current);
	CHECK_EQ(ut_store_stored(s, a, &info, &err), UT_OK);
	CHECK(!info.current);
	CHECK_STR(info.key.content, k1.content);
	tap_end();

	tap_row("asking for the old key again makes it current, at once and every time");
	for (unsigned i = 0; i < 5; i++) {
		CHECK_EQ(ut_store_find_key(s, &k1, &found, &err), UT_OK);
		CHECK_EQ(found, a);
		CHECK_EQ(ut_store_stored(s, a, &info, &err), UT_OK);
		CHECK(info.current);
		CHECK_EQ(ut_store_find_key(s, &k2, &found, &err), UT_OK);
		CHECK_EQ(ut_store_stored(s, b, &info, &err), UT_OK);
		CHECK(info.current);
	}
	tap_end();

	tap_row("so it does for a store opened to modify, as rescore does");
	ut_store_close(&s);
	CHECK_EQ(ut_store_open(in_dir("keys.db"), UT_STORE_MODIFY, &s, &err), UT_OK);
	CHECK_EQ(ut_store_find_key(s, &k1, &found, &err), UT_OK);
	CHECK_EQ(ut_store_stored(s, a, &info, &err), UT_OK);
	CHECK(info.current);
	CHECK_EQ(ut_store_find_key(s, &k2, &found, &err), UT_OK);
	CHECK_EQ(ut_store_stored(s, b, &info, &err), UT_OK);
	CHECK(info.current);
	tap_end();

	tap_row("a call is found by number, call id, path and the end of a path");
	CHECK_EQ(ut_store_find_call(s, "1", &found, &err), UT_OK);
	CHECK_EQ(found, a);
	CHECK_EQ(ut_store_find_call(s, "C-1", &found, &err), UT_OK);
	CHECK_EQ(found, b);
	CHECK_EQ(ut_store_find_call(s, "day/call-1.wav", &found, &err), UT_OK);
	CHECK_EQ(found, b);
	CHECK_EQ(ut_store_find_call(s, "call-1.wav", &found, &err), UT_OK);
	CHECK_EQ(found, b);
	CHECK_EQ(ut_store_find_call(s, "all-1.wav", &found, &err), UT_ENOENT);
	CHECK_EQ(ut_store_find_call(s, "", &found, &err), UT_ENOENT);
	ut_call_set(&c.media.path, "x/call-1.wav");
	sample_hash(4242, c.media.hash);
	k1 = key_of(&c, 0);
	CHECK_EQ(ut_store_put_call(s, 0, &k1, &c, NULL, &err), UT_OK);
	CHECK_EQ(ut_store_find_call(s, "call-1.wav", &found, &err), UT_EINVAL);
	CHECK(strstr(err.msg, "names several calls") && strstr(err.msg, "x/call-1.wav"));
	CHECK_EQ(ut_store_find_call(s, "C-1", &found, &err), UT_EINVAL);
	tap_end();

	tap_row("a damaged key is refused");
	k1.model[5] = 'X';
	CHECK_EQ(ut_store_put_call(s, 0, &k1, &c, NULL, &err), UT_EINVAL);
	tap_end();
	ut_call_done(&c);
	ut_store_close(&s);
}

static bool add_path(void *user, const char *path, UT_UNUSED const char *other)
{
	struct list *l = user;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%s\n", path);
	return true;
}

static void test_files(void)
{
	struct ut_store *s = must_open("files.db", UT_STORE_WRITE);
	struct ut_error err = { 0 };
	struct ut_call c;
	struct list l = { 0 };
	char content[65];
	int64_t id, changes;

	tap_row("an unchanged file is known without reading it");
	sample_call_full(&c, 1);
	id = put(s, 1, 0, &err);
	CHECK_EQ(ut_store_note_file(s, c.media.hash, "z\xff.wav", NULL, 100, 7, &err), UT_OK);
	CHECK_EQ(ut_store_find_file(s, "z\xff.wav", 100, 7, content, &err), UT_OK);
	CHECK_STR(content, c.media.hash);
	CHECK_EQ(ut_store_find_file(s, "z\xff.wav", 100, 8, content, &err), UT_OK);
	CHECK_STR(content, "");
	CHECK_EQ(ut_store_find_file(s, "z\xff.wav", 101, 7, content, &err), UT_OK);
	CHECK_STR(content, "");
	changes = sqlite3_total_changes(s->db);
	CHECK_EQ(ut_store_note_file(s, c.media.hash, "z\xff.wav", NULL, 100, 7, &err), UT_OK);
	CHECK_EQ(sqlite3_total_changes(s->db), changes);
	CHECK_EQ(ut_store_note_file(s, c.media.hash, "z\xff.wav", NULL, 100, 9, &err), UT_OK);
	CHECK_EQ(ut_store_find_file(s, "z\xff.wav", 100, 9, content, &err), UT_OK);
	CHECK_STR(content, c.media.hash);
	CHECK_EQ(ut_store_paths(s, id, add_path, &l, &err), UT_OK);
	CHECK_STR(l.text, "day/call-1.wav\nz\xff.wav\n");
	tap_end();
	ut_call_done(&c);
	ut_store_close(&s);
}

static bool add_failure(void *user, const struct ut_failure *f)
{
	struct list *l = user;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%s %s %lld %s\n", f->path, f->code,
		 (long long)f->attempts, f->message);
	return true;
}

static bool add_run(void *user, const struct ut_run *r)
{
	struct list *l = user;
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%s %s %lld [%s]\n", r->info.command,
		 r->n.end ? r->n.end : "-", (long long)r->n.failed, r->failures);
	return true;
}

static void test_failures_and_runs(void)
{
	struct ut_store *s = must_open("failures.db", UT_STORE_WRITE);
	const struct ut_run_info info = { "batch", "{\"jobs\":2}", "0.1.0", "abc", "host", 4711 };
	const struct ut_run_counts n = { .seen = 4, .done = 1, .failed = 3, .end = "finished" };
	struct ut_error err = { 0 }, why, got;
	struct ut_store_key k = { .content = "" };
	struct list l = { 0 };
	struct ut_call c;
	int64_t run, open_run, attempts;

	tap_row("failures: by content, by path, attempts, resolved by a result");
	CHECK_EQ(ut_store_begin_run(s, &info, &run, &err), UT_OK);
	sample_call_full(&c, 1);
	ut_fail(&why, UT_EFORMAT, "not a recording");
	CHECK_EQ(ut_store_put_failure(s, run, "b.wav", &k, &why, &err), UT_OK);
	k = key_of(&c, 0);
	ut_fail(&why, UT_ECRASH, "the worker died");
	CHECK_EQ(ut_store_put_failure(s, run, "day/call-1.wav", &k, &why, &err), UT_OK);
	CHECK_EQ(ut_store_put_failure(s, run, "day/call-1.wav", &k, &why, &err), UT_OK);
	CHECK_EQ(ut_store_failures(s, add_failure, &l, &err), UT_OK);
	CHECK_STR(l.text, "b.wav format 1 not a recording\n"
			  "day/call-1.wav crash 2 the worker died\n");
	CHECK_EQ(ut_store_find_failure(s, "elsewhere.wav", &k, &attempts, &got, &err), UT_OK);
	CHECK_EQ(attempts, 2);
	CHECK_EQ(got.code, UT_ECRASH);
	CHECK_EQ(ut_store_put_call(s, run, &k, &c, NULL, &err), UT_OK);
	CHECK_EQ(ut_store_find_failure(s, "day/call-1.wav", &k, &attempts, NULL, &err), UT_OK);
	CHECK_EQ(attempts, 0);
	memset(&l, 0, sizeof(l));
	CHECK_EQ(ut_store_failures(s, add_failure, &l, &err), UT_OK);
	CHECK_STR(l.text, "b.wav format 1 not a recording\n");
	tap_end();

	CHECK_EQ(ut_store_begin_run(s, &info, &open_run, &err), UT_OK);
	CHECK_EQ(ut_store_end_run(s, run, &n, &err), UT_OK);
	tap_row("a run whose process is gone: counted, and not a second time");
	{
		int64_t lost;

		CHECK_EQ(ut_store_begin_run(s, &info, &lost, &err), UT_OK);
		k = key_of(&c, 5);
		CHECK_EQ(ut_store_put_call(s, lost, &k, &c, NULL, &err), UT_OK);
		CHECK_EQ(ut_store_lose_run(s, lost, &err), UT_OK);
		CHECK_EQ(ut_store_lose_run(s, run, &err), UT_OK); /* it has ended well */
		CHECK_EQ(count(s, "SELECT count(*) FROM run WHERE ending = 'lost'"
				  " AND n_done = 1 AND n_failed = 0 AND audio_s > 300"),
			 1);
		CHECK_EQ(count(s, "SELECT count(*) FROM run WHERE ending = 'finished'"), 1);
		sqlite3_exec(s->db, "DELETE FROM run WHERE ending = 'lost'", NULL, NULL, NULL);
	}
	tap_end();

	tap_row("runs");
	memset(&l, 0, sizeof(l));
	CHECK_EQ(ut_store_runs(s, 0, false, add_run, &l, &err), UT_OK);
	CHECK_STR(l.text, "batch - 0 []\nbatch finished 3 [crash 2, format 1]\n");
	memset(&l, 0, sizeof(l));
	CHECK_EQ(ut_store_runs(s, 0, true, add_run, &l, &err), UT_OK);
	CHECK_STR(l.text, "batch - 0 []\n");
	tap_end();
	ut_call_done(&c);
	ut_store_close(&s);
}

/* Whoever writes, with whatever program: the database refuses. */
static void test_law(void)
{
	static const struct row {
		const char *name, *sql;
		const char *want; /* NULL: allowed */
	} rows[] = {
		{ "a tone on the agent",
		  "DELETE FROM tone; UPDATE closing SET party = 1;"
		  "INSERT INTO tone VALUES (1,'angry',0,0,1,NULL,'',x'',0,0,0)",
		  "a tone is only stored for a verified external customer" },
		{ "a tone on an unverified customer",
		  "DELETE FROM tone; UPDATE party SET verified = 0 WHERE party = 0;"
		  "INSERT INTO tone VALUES (1,'angry',0,0,1,NULL,'',x'',0,0,0)",
		  "a tone is only stored for a verified external customer" },
		{ "a tone on an internal customer",
		  "DELETE FROM tone; UPDATE party SET kind = 'internal' WHERE party = 0;"
		  "INSERT INTO tone VALUES (1,'angry',0,0,1,NULL,'',x'',0,0,0)",
		  "a tone is only stored for a verified external customer" },
		{ "a tone without a closing",
		  "DELETE FROM tone; DELETE FROM closing;"
		  "INSERT INTO tone VALUES (1,'angry',0,0,1,NULL,'',x'',0,0,0)",
		  "a tone is only stored for a verified external customer" },
		{ "a tone moved to a call without one",
		  "INSERT INTO call SELECT 99, replace(content,'a','b'), options, model, run_id,"
		  " analysed_at, current_since, size_bytes, container, codec, rate_hz,"
		  " n_source_channels, n_samples, partial, dual_mono, call_key, start_time,"
		  " direction, queue, team, agent_id, customer_key, case_id, language, purpose,"
		  " notice, profile, duration_s, talk_s, overlap_s, non_talk_s, longest_silence_s,"
		  " longest_silence_start_s, hold_s, n_holds, longest_wait_s, no_closing_reason,"
		  " aligned, lead_s, align_confidence"
		  " FROM call WHERE id = 1;"
		  "INSERT INTO party VALUES (99, 0, 0, 'agent', 'internal', 1, NULL, NULL);"
		  "INSERT INTO closing VALUES (99, 0, 'turn', 1, 2, NULL, 0.5, NULL, NULL);"
		  "DELETE FROM evidence; UPDATE tone SET call_id = 99 WHERE call_id = 1",
		  "a tone is only stored for a verified external customer" },
		{ "the party of a tone made an agent", "UPDATE party SET role = 'agent'",
		  "this party has a tone; remove the tone first" },
		{ "the party of a tone made internal",
		  "UPDATE party SET kind = 'internal' WHERE party = 0",
		  "this party has a tone; remove the tone first" },
		{ "the closing of a tone given to the agent", "UPDATE closing SET party = 1",
		  "this closing has a tone; remove the tone first" },
		{ "the party of a tone replaced",
		  "INSERT OR REPLACE INTO party VALUES (1, 0, 0, 'agent', 'internal', 1, NULL, "
		  "NULL)",
		  "this party has a tone; remove the tone first" },
		{ "the closing of a tone replaced",
		  "INSERT OR REPLACE INTO closing VALUES (1, 1, 'turn', 1, 2, NULL, 0.5, NULL, "
		  "NULL)",
		  "this closing has a tone; remove the tone first" },
		{ "the agent moved into the place of a tone",
		  "UPDATE OR REPLACE party SET party = 0 WHERE party = 1",
		  "this party has a tone; remove the tone first" },
		{ "a closing goes with its tone",
		  "DELETE FROM closing; UPDATE tone SET label = 'sad'", NULL },
		{ "an unknown label", "UPDATE tone SET label = 'sad'", "CHECK constraint failed:" },
		{ "scores that do not sum to 1", "UPDATE tone SET angry = angry + 0.1",
		  "CHECK constraint failed:" },
		{ "a text in a number", "UPDATE call SET duration_s = 'long'",
		  "cannot store TEXT value in REAL column" },
		{ "an unknown role", "UPDATE party SET role = 'boss' WHERE party = 1",
		  "CHECK constraint failed:" },
		{ "an ordinary change", "UPDATE party SET source = 'x'", NULL },
	};

	for (unsigned fk = 0; fk < 2; fk++) {
		for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
			struct ut_store *s;
			sqlite3 *db;
			char *msg = NULL, name[160];
			int rc;

			snprintf(name, sizeof(name), "refused by SQL%s: %s",
				 fk ? "" : ", foreign keys off", r->name);
			if (!r->want)
				snprintf(name, sizeof(name), "allowed by SQL: %s", r->name);
			tap_row(name);
			remove_db("law.db");
			s = must_open("law.db", UT_STORE_WRITE);
			CHECK_EQ(put(s, 1, 0, NULL), 1);
			ut_store_close(&s);
			if (sqlite3_open(in_dir("law.db"), &db) != SQLITE_OK)
				abort();
			sqlite3_exec(db, fk ? "PRAGMA foreign_keys = ON" : "", NULL, NULL, NULL);
			rc = sqlite3_exec(db, r->sql, NULL, NULL, &msg);
			if (r->want) {
				CHECK(rc != SQLITE_OK);
				CHECK(msg && strstr(msg, r->want));
				if (!msg || !strstr(msg, r->want))
					printf("# got: %s\n", msg ? msg : "nothing");
			} else {
				CHECK_EQ(rc, SQLITE_OK);
			}
			sqlite3_free(msg);
			sqlite3_close(db);
			tap_end();
		}
	}

	tap_row("a tone does not outlive its party, foreign keys off");
	{
		sqlite3 *db;
		struct ut_store *s;

		remove_db("law.db");
		s = must_open("law.db", UT_STORE_WRITE);
		put(s, 1, 0, NULL);
		if (sqlite3_open(in_dir("law.db"), &db) != SQLITE_OK)
			abort();
		CHECK_EQ(sqlite3_exec(db, "DELETE FROM party WHERE party = 0", NULL, NULL, NULL),
			 SQLITE_OK);
		sqlite3_close(db);
		CHECK_EQ(count(s, "SELECT count(*) FROM tone"), 0);
		ut_store_close(&s);
	}
	tap_end();

	tap_row("put_call of a record with an agent's tone");
	{
		struct ut_store *s = must_open("law2.db", UT_STORE_WRITE);
		struct ut_error err = { 0 };
		struct ut_store_key k;
		struct ut_call c;

		sample_call_full(&c, 1);
		c.closing.party = 1;
		k = key_of(&c, 0);
		CHECK_EQ(ut_store_put_call(s, 0, &k, &c, NULL, &err), UT_EDB);
		CHECK(strstr(err.msg, "a tone is only stored for a verified external customer"));
		CHECK_EQ(count(s, "SELECT count(*) FROM call"), 0);
		CHECK_EQ(count(s, "SELECT count(*) FROM party"), 0);
		CHECK(put(s, 2, 0, &err) > 0);
		ut_call_done(&c);
		ut_store_close(&s);
	}
	tap_end();
}

/* Every whole call is there or not at all. */
static void check_whole(struct ut_store *s)
{
	CHECK_EQ(count(s, "SELECT count(*) FROM call AS c WHERE"
			  " (SELECT count(*) FROM turn WHERE call_id = c.id) <> 12"
			  " OR (SELECT count(*) FROM party WHERE call_id = c.id) <> 2"
			  " OR (SELECT count(*) FROM tone WHERE call_id = c.id) <> 1"
			  " OR (SELECT count(*) FROM span WHERE call_id = c.id) <> 4"
			  " OR (SELECT count(*) FROM file WHERE content = c.content) <> 1"),
		 0);
	CHECK_EQ(count(s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	CHECK_EQ(count(s, "SELECT count(*) FROM pragma_integrity_check"
			  " WHERE integrity_check <> 'ok'"),
		 0);
}

static void test_full_disk(void)
{
	struct ut_store *s = must_open("full.db", UT_STORE_WRITE);
	struct ut_error err = { 0 };
	char limit[64];
	uint32_t n = 0;
	int64_t before;

	tap_row("a full disk: a clear message, whole calls only, and on after there is space");
	snprintf(limit, sizeof(limit), "PRAGMA max_page_count = %lld",
		 (long long)count(s, "PRAGMA page_count") + 20);
	sqlite3_exec(s->db, limit, NULL, NULL, NULL);
	while (n < 5000 && put(s, n, 0, &err) > 0)
		n++;
	CHECK(n > 3 && n < 5000);
	CHECK(strstr(err.msg, "the disk is full"));
	before = count(s, "SELECT count(*) FROM call");
	CHECK_EQ(before, n);
	check_whole(s);
	sqlite3_exec(s->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
	CHECK(put(s, n, 0, &err) > 0);
	CHECK_EQ(count(s, "SELECT count(*) FROM call"), n + 1);
	check_whole(s);
	tap_end();
	ut_store_close(&s);
}

/* The system's own refusal to write more, in the log and in the index. */
static void test_file_limit(void)
{
	tap_row("a limit on file size: whole calls only, and on after it is lifted");
	for (rlim_t bytes = 40000; bytes < 900000; bytes = bytes * 2 + 4321) {
		struct ut_store *s;
		pid_t pid;
		int status;

		remove_db("limit.db");
		s = must_open("limit.db", UT_STORE_WRITE);
		ut_store_close(&s);
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			const struct rlimit l = { bytes, bytes };
			struct ut_error err = { 0 };
			uint32_t n = 0;

			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &l);
			if (ut_store_open(in_dir("limit.db"), UT_STORE_WRITE, &s, &err) != UT_OK)
				_exit(strstr(err.msg, "limit.db") ? 0 : 1);
			while (n < 2000 && put(s, n, 0, &err) > 0)
				n++;
			/* the same call again and again does not make it worse */
			for (unsigned i = 0; i < 3; i++)
				put(s, n, 0, &err);
			ut_store_close(&s);
			_exit(n < 2000 && strstr(err.msg, "limit.db") ? 0 : 2);
		}
		waitpid(pid, &status, 0);
		CHECK(WIFEXITED(status));
		CHECK_EQ(WEXITSTATUS(status), 0);
		s = must_open("limit.db", UT_STORE_WRITE);
		check_whole(s);
		CHECK(put(s, 3000, 0, NULL) > 0);
		check_whole(s);
		ut_store_close(&s);
	}
	tap_end();
}

static void test_killed(void)
{
	tap_row("kill -9 in the middle of puts: only whole calls, and the next run finishes");
	remove_db("killed.db");
	for (unsigned round = 0; round < 12; round++) {
		struct ut_store *s;
		int p[2];
		char byte;
		pid_t pid;

		if (pipe(p) != 0)
			abort();
		pid = fork();
		if (pid == 0) {
			close(p[0]);
			if (ut_store_open(in_dir("killed.db"), UT_STORE_WRITE, &s, NULL) != UT_OK)
				_exit(1);
			for (uint32_t i = 0;; i++) {
				put(s, i % 100000, 0, NULL);
				if (write(p[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(p[1]);
		/* let it come a different way each time */
		for (unsigned i = 0; i < 5 + 9 * round; i++)
			if (read(p[0], &byte, 1) != 1)
				break;
		usleep(137 * round);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(p[0]);
		s = must_open("killed.db", UT_STORE_WRITE);
		CHECK(count(s, "SELECT count(*) FROM call") >= 5 + 9 * round);
		check_whole(s);
		ut_store_close(&s);
	}
	tap_end();
}

static void test_locked(void)
{
	struct ut_store *s = must_open("locked.db", UT_STORE_WRITE), *r;
	struct ut_error err = { 0 };
	char want[64], byte;
	int p[2], q[2];
	pid_t pid;

	put(s, 1, 0, NULL);
	if (pipe(p) != 0 || pipe(q) != 0)
		abort();
	pid = fork();
	if (pid == 0) {
		sqlite3 *db;

		if (sqlite3_open(in_dir("locked.db"), &db) != SQLITE_OK ||
		    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
			_exit(1);
		if (write(p[1], "x", 1) != 1 || read(q[0], &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	tap_row("another writer: refused after the patience, named by its process");
	CHECK_EQ(read(p[0], &byte, 1), 1);
	ut_store_set_patience(s, 50);
	CHECK_EQ(put(s, 2, 0, &err), 0);
	snprintf(want, sizeof(want), "locked by process %ld (test_store)", (long)pid);
	CHECK(strstr(err.msg, want));
	if (!strstr(err.msg, want))
		printf("# %s\n", err.msg);
	r = must_open("locked.db", UT_STORE_READ);
	CHECK_EQ(count(r, "SELECT count(*) FROM call"), 1); /* readers go on */
	ut_store_close(&r);
	CHECK_EQ(write(q[1], "x", 1), 1);
	waitpid(pid, NULL, 0);
	CHECK(put(s, 2, 0, &err) > 0);
	tap_end();

	tap_row("a reader in the middle of its list does not stop the writer");
	r = must_open("locked.db", UT_STORE_READ);
	sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL);
	CHECK_EQ(count(r, "SELECT count(*) FROM call"), 2);
	CHECK(put(s, 3, 0, &err) > 0);
	CHECK_EQ(count(r, "SELECT count(*) FROM call"), 2);
	CHECK_EQ(count(s, "SELECT count(*) FROM call"), 3);
	ut_store_close(&r);
	tap_end();
	ut_store_close(&s);
}

static void write_file(const char *name, const char *bytes, size_t n)
{
	FILE *f = fopen(in_dir(name), "wb");

	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static void test_open_errors(void)
{
	static const struct row {
		const char *name, *file, *sql; /* sql: makes the file with another program */
		enum ut_store_mode mode;
		const char *want;
	} rows[] = {
		{ "missing", "none.db", NULL, UT_STORE_READ, "there is no such database" },
		{ "missing, to be changed", "none.db", NULL, UT_STORE_MODIFY,
		  "there is no such database" },
		{ "a folder", ".", NULL, UT_STORE_WRITE, "a folder, not a database file" },
		{ "no such folder", "no/such/x.db", NULL, UT_STORE_WRITE, "cannot be opened" },
		{ "a text", "text.db", NULL, UT_STORE_WRITE, "not a database" },
		{ "another program's database", "other.db", "CREATE TABLE t (x)", UT_STORE_WRITE,
		  "not one of Undertone" },
		{ "another application id", "other2.db",
		  "CREATE TABLE t (x); PRAGMA application_id = 7", UT_STORE_READ,
		  "not one of Undertone" },
		{ "newer", "newer.db",
		  "CREATE TABLE t (x); PRAGMA application_id = 0x55544f4e;"
		  "PRAGMA user_version = 9999",
		  UT_STORE_WRITE, "made by a newer Undertone (schema 9999" },
		{ "empty, to be read", "empty.db", NULL, UT_STORE_READ, "an empty database" },
	};

	write_file("text.db", "RIFF this is not a database, it is a text of some length.........",
		   64);
	write_file("empty.db", "", 0);
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_store *s = NULL;
		struct ut_error err = { 0 };
		char name[80];

		snprintf(name, sizeof(name), "refused to open: %s", r->name);
		tap_row(name);
		if (r->sql) {
			sqlite3 *db;

			if (sqlite3_open(in_dir(r->file), &db) != SQLITE_OK ||
			    sqlite3_exec(db, r->sql, NULL, NULL, NULL) != SQLITE_OK)
				abort();
			sqlite3_close(db);
		}
		CHECK_EQ(ut_store_open(in_dir(r->file), r->mode, &s, &err), UT_EDB);
		CHECK(s == NULL);
		CHECK(strstr(err.msg, r->want));
		CHECK(strstr(err.msg, dir));
		if (!strstr(err.msg, r->want))
			printf("# %s\n", err.msg);
		tap_end();
	}

	tap_row("an empty file is a new database for a writer; odd names are kept");
	{
		struct ut_store *s = must_open("empty.db", UT_STORE_WRITE);

		CHECK(put(s, 1, 0, NULL) > 0);
		ut_store_close(&s);
		s = must_open("a?b%20c#d 'e.db", UT_STORE_WRITE);
		ut_store_close(&s);
		CHECK_EQ(access(in_dir("a?b%20c#d 'e.db"), F_OK), 0);
		s = must_open("a?b%20c#d 'e.db", UT_STORE_READ);
		ut_store_close(&s);
	}
	tap_end();

	tap_row("damaged pages: refused, and the message says what to do");
	{
		struct ut_store *s = must_open("damaged.db", UT_STORE_WRITE);
		struct ut_error err = { 0 };
		char junk[4096];
		unsigned failed = 0;
		struct stat sb;
		int fd;

		for (uint32_t i = 0; i < 40; i++)
			put(s, i, 0, NULL);
		ut_store_close(&s);
		memset(junk, 0xa5, sizeof(junk));
		fd = open(in_dir("damaged.db"), O_RDWR);
		if (fd < 0 || fstat(fd, &sb) != 0)
			abort();
		for (off_t at = 8192; at + 4096 <= sb.st_size; at += 4096)
			if (pwrite(fd, junk, sizeof(junk), at) != (ssize_t)sizeof(junk))
				abort();
		close(fd);
		if (ut_store_open(in_dir("damaged.db"), UT_STORE_READ, &s, &err) != UT_OK) {
			failed++;
		} else {
			struct ut_finding_query q = { .all = true };
			struct list l = { 0 };

			failed += ut_store_findings(s, &q, add_finding, &l, &err) != UT_OK;
			ut_store_close(&s);
		}
		CHECK_EQ(failed, 1);
		CHECK(strstr(err.msg, "undertone check"));
		tap_end();
	}
}

/* As nobody, because root may write everywhere. */
static void test_read_only(void)
{
	struct ut_store *s;
	pid_t pid;
	int status;

	if (geteuid() != 0) {
		tap_skip("read-only folder", "needs root, to become another user");
		return;
	}
	tap_row("a folder that may not be written: read works, write says why");
	mkdir(in_dir("ro"), 0755);
	s = must_open("ro/a.db", UT_STORE_WRITE);
	put(s, 1, 0, NULL);
	ut_store_close(&s);
	chmod(in_dir("ro/a.db"), 0644);
	chmod(in_dir("ro"), 0555);
	chmod(dir, 0755);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct ut_error err = { 0 };
		struct ut_finding_query q = { 0 };
		struct list l = { 0 };

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(10);
		if (ut_store_open(in_dir("ro/a.db"), UT_STORE_READ, &s, &err) != UT_OK) {
			printf("# %s\n", err.msg);
			fflush(stdout);
			_exit(11);
		}
		if (ut_store_findings(s, &q, add_finding, &l, &err) != UT_OK || l.n != 1)
			_exit(12);
		ut_store_close(&s);
		if (ut_store_open(in_dir("ro/a.db"), UT_STORE_WRITE, &s, &err) == UT_OK)
			_exit(13);
		if (!strstr(err.msg, "may not be written") && !strstr(err.msg, "Permission")) {
			printf("# %s\n", err.msg);
			fflush(stdout);
			_exit(14);
		}
		if (ut_store_open(in_dir("ro/new.db"), UT_STORE_WRITE, &s, &err) == UT_OK)
			_exit(15);
		if (!strstr(err.msg, "Permission denied")) {
			printf("# %s\n", err.msg);
			fflush(stdout);
			_exit(16);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	chmod(in_dir("ro"), 0755);
	tap_end();
}

static void schema_of(struct ut_store *s, struct ut_text *out)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, "SELECT sql FROM sqlite_schema ORDER BY type, name", -1, &st,
			       NULL) != SQLITE_OK)
		abort();
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(st, 0);

		ut_text_addf(out, "%s;\n", sql ? sql : "");
	}
	sqlite3_finalize(st);
}

static void test_migrations(void)
{
	static const char *const good[] = { "CREATE TABLE a (x); INSERT INTO a VALUES (1);",
					    "ALTER TABLE a ADD COLUMN y;", "CREATE TABLE b (x);" };
	static const char *const bad[] = { "CREATE TABLE a (x);",
					   "CREATE TABLE b (x); CREATE TABLE a (x);" };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	sqlite3 *db;

	tap_row("migrations: one at a time, again is free, a failed one leaves the last");
	if (sqlite3_open(in_dir("steps.db"), &db) != SQLITE_OK)
		abort();
	s = calloc(1, sizeof(*s));
	s->db = db;
	s->path = strdup("steps.db");
	s->mode = UT_STORE_WRITE;
	s->probe_fd = -1;
	CHECK_EQ(ut_db_migrate(s, good, 1, &err), UT_OK);
	CHECK_EQ(count(s, "PRAGMA user_version"), 1);
	CHECK_EQ(ut_db_migrate(s, good, 3, &err), UT_OK);
	CHECK_EQ(ut_db_migrate(s, good, 3, &err), UT_OK);
	CHECK_EQ(count(s, "PRAGMA user_version"), 3);
	CHECK_EQ(count(s, "SELECT count(*) FROM a"), 1);
	CHECK_EQ(count(s, "PRAGMA application_id"), UT_APPLICATION_ID);
	ut_store_close(&s);

	remove_db("steps.db");
	if (sqlite3_open(in_dir("steps.db"), &db) != SQLITE_OK)
		abort();
	s = calloc(1, sizeof(*s));
	s->db = db;
	s->path = strdup("steps.db");
	s->mode = UT_STORE_WRITE;
	s->probe_fd = -1;
	CHECK_EQ(ut_db_migrate(s, bad, 2, &err), UT_EDB);
	CHECK_EQ(count(s, "PRAGMA user_version"), 1);
	CHECK_EQ(count(s, "SELECT count(*) FROM sqlite_schema"), 1);
	ut_store_close(&s);
	tap_end();

	tap_row("eight processes make the same new database at once");
	fflush(stdout);
	for (unsigned i = 0; i < 8; i++) {
		if (fork() == 0) {
			if (ut_store_open(in_dir("race.db"), UT_STORE_WRITE, &s, &err) != UT_OK) {
				printf("# %s\n", err.msg);
				fflush(stdout);
				_exit(1);
			}
			for (uint32_t k = 0; k < 20; k++)
				if (put(s, k, 0, &err) == 0)
					_exit(2);
			ut_store_close(&s);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < 8; i++) {
		int status;

		wait(&status);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	s = must_open("race.db", UT_STORE_READ);
	CHECK_EQ(count(s, "SELECT count(*) FROM call"), 20);
	check_whole(s);
	ut_store_close(&s);
	tap_end();

	tap_row("every older version reaches a fresh one's schema");
	for (int v = 0; v <= ut_db_n_steps; v++) {
		struct ut_text fresh = { 0 }, old = { 0 };

		remove_db("steps.db");
		if (v > 0) {
			if (sqlite3_open(in_dir("steps.db"), &db) != SQLITE_OK)
				abort();
			s = calloc(1, sizeof(*s));
			s->db = db;
			s->path = strdup("steps.db");
			s->mode = UT_STORE_WRITE;
			s->probe_fd = -1;
			CHECK_EQ(ut_db_migrate(s, ut_db_steps, v, &err), UT_OK);
			ut_store_close(&s);
		}
		s = must_open("steps.db", UT_STORE_WRITE);
		schema_of(s, &old);
		ut_store_close(&s);
		CHECK_EQ(ut_store_open(NULL, UT_STORE_MEMORY, &s, &err), UT_OK);
		schema_of(s, &fresh);
		ut_store_close(&s);
		CHECK(fresh.len > 1000);
		CHECK_STR(old.s, fresh.s);
		ut_text_done(&fresh);
		ut_text_done(&old);
	}
	tap_end();

	tap_row("a reader leaves no file behind");
	s = must_open("tidy.db", UT_STORE_WRITE);
	put(s, 1, 0, NULL);
	ut_store_close(&s);
	s = must_open("tidy.db", UT_STORE_READ);
	CHECK_EQ(count(s, "SELECT count(*) FROM call"), 1);
	CHECK(sqlite3_exec(s->db, "DELETE FROM call", NULL, NULL, NULL) != SQLITE_OK);
	ut_store_close(&s);
	CHECK(access(in_dir("tidy.db-wal"), F_OK) != 0);
	CHECK(access(in_dir("tidy.db-shm"), F_OK) != 0);
	tap_end();

	tap_row("in memory, for score");
	CHECK_EQ(ut_store_open(NULL, UT_STORE_MEMORY, &s, &err), UT_OK);
	CHECK(put(s, 1, 0, &err) > 0);
	ut_store_close(&s);
	tap_end();
}

int main(void)
{
	char cmd[128];

	signal(SIGPIPE, SIG_IGN);
	snprintf(dir, sizeof(dir), "/tmp/ut-store-XXXXXX");
	if (!mkdtemp(dir))
		return 2;
	test_round_trip();
	test_order();
	test_ranked();
	test_shown();
	test_keys();
	test_files();
	test_failures_and_runs();
	test_law();
	test_full_disk();
	test_file_limit();
	test_killed();
	test_locked();
	test_open_errors();
	test_read_only();
	test_migrations();
	snprintf(cmd, sizeof(cmd), "%s", dir);
	if (fork() == 0) {
		execlp("rm", "rm", "-rf", cmd, (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return tap_done();
}
