/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping house: check, merge, purge. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sha256.h"
#include "sample_call.h"
#include "store/internal.h"
#include "tap.h"

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned k;

	k = (k + 1) % 4;
	snprintf(path[k], sizeof(path[k]), "%s/%s", dir, name);
	return path[k];
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

static void key_of(const struct ut_call *c, uint32_t options, struct ut_store_key *k)
{
	memcpy(k->content, c->media.hash, sizeof(k->content));
	sample_hash(1000000 + options, k->options);
	sample_hash(77, k->model);
}

static void put(struct ut_store *s, int64_t run, uint32_t seed, uint32_t options)
{
	struct ut_call c;
	struct ut_store_key k;
	struct ut_error err = { 0 };

	sample_call_full(&c, seed);
	c.media.mtime_ns = 1700000000000000000 + seed;
	key_of(&c, options, &k);
	CHECK_EQ(ut_store_put_call(s, run, &k, &c, NULL, &err), UT_OK);
	ut_call_done(&c);
}

static void fail_one(struct ut_store *s, int64_t run, uint32_t seed, const char *path)
{
	struct ut_store_key k = { .content = "" };
	struct ut_error why = { 0 };
	struct ut_call c;

	sample_call_full(&c, seed);
	key_of(&c, 0, &k);
	ut_fail(&why, UT_ECRASH, "the worker died");
	CHECK_EQ(ut_store_put_failure(s, run, path, &k, &why, NULL), UT_OK);
	ut_call_done(&c);
}

/* A database of calls [from, to), by a run that says which shard it was. */
static void make(const char *name, uint32_t from, uint32_t to, const char *options, bool end)
{
	struct ut_store *s = must_open(name, UT_STORE_WRITE);
	struct ut_run_info info = { "batch", options, "0.1.0", "m", "host", (int64_t)from + 1 };
	const struct ut_run_counts n = { .seen = to - from, .done = to - from, .end = "finished" };
	int64_t run;

	CHECK_EQ(ut_store_begin_run(s, &info, &run, NULL), UT_OK);
	for (uint32_t i = from; i < to; i++)
		put(s, run, i, 0);
	if (end)
		CHECK_EQ(ut_store_end_run(s, run, &n, NULL), UT_OK);
	ut_store_close(&s);
}

/* Everything in the database but row numbers of calls and runs and audit, as one hash. */
static void digest(struct ut_store *s, char hex[65])
{
	static const char *const sql[] = {
		"SELECT content, options, model, analysed_at, current_since, duration_s, call_key,"
		" (SELECT started_at || pid FROM run WHERE id = run_id) FROM call ORDER BY 1, 2, 3",
		"SELECT content, path, size_bytes, mtime_ns, seen_at FROM file ORDER BY 1, 2",
		"SELECT c.content, t.* FROM turn AS t JOIN call AS c ON c.id = call_id"
		" ORDER BY c.content, c.options, t.n",
		"SELECT c.content, label, accepting, resigned, angry, hex(features) FROM tone"
		" JOIN call AS c ON c.id = call_id ORDER BY c.content, c.options",
		"SELECT c.content, feature, value FROM evidence AS e JOIN call AS c ON c.id = "
		"call_id"
		" ORDER BY c.content, c.options, e.n",
		"SELECT subject, path, code, message, attempts, first_at, last_at FROM failure"
		" ORDER BY 1",
		"SELECT command, options, host, pid, started_at, ended_at, ending FROM run"
		" ORDER BY started_at, pid",
		"SELECT code, n, (SELECT pid FROM run WHERE id = run_id) FROM run_failure"
		" ORDER BY 3, 1",
	};
	struct ut_text t = { 0 };

	for (size_t i = 0; i < UT_ARRAY_LEN(sql); i++) {
		sqlite3_stmt *st;

		if (sqlite3_prepare_v2(s->db, sql[i], -1, &st, NULL) != SQLITE_OK) {
			printf("# %s\n", sqlite3_errmsg(s->db));
			abort();
		}
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int k = 0; k < sqlite3_column_count(st); k++) {
				const char *v = (const char *)sqlite3_column_text(st, k);

				if (strcmp(sqlite3_column_name(st, k), "call_id") != 0)
					ut_text_addf(&t, "%s|", v ? v : "NULL");
			}
		sqlite3_finalize(st);
	}
	if (t.failed || ut_sha256_hex(t.s, t.len, hex, NULL) != UT_OK)
		abort();
	ut_text_done(&t);
}

static enum ut_status merge(const char *into, const char *from, struct ut_merge_counts *n)
{
	struct ut_store *a = must_open(into, UT_STORE_WRITE), *b = must_open(from, UT_STORE_READ);
	struct ut_error err = { 0 };
	enum ut_status st = ut_store_merge(a, b, from, "tester", NULL, NULL, n, &err);

	if (st != UT_OK)
		printf("# %s\n", err.msg);
	ut_store_close(&a);
	ut_store_close(&b);
	return st;
}

static void digest_of(const char *name, char hex[65])
{
	struct ut_store *s = must_open(name, UT_STORE_READ);

	digest(s, hex);
	ut_store_close(&s);
}

static int64_t count(const char *name, const char *sql)
{
	struct ut_store *s = must_open(name, UT_STORE_READ);
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	ut_store_close(&s);
	return n;
}

static bool not_call_4(UT_UNUSED void *user, const struct ut_finding *f)
{
	CHECK(f->call_id != 4);
	return true;
}

static void test_merge(void)
{
	struct ut_merge_counts n;
	char once[65], twice[65], other[65];
	struct ut_store *s;

	make("s0.db", 0, 6, "{\"shard\":\"0/3\"}", true);
	make("s1.db", 6, 11, "{\"shard\":\"1/3\"}", true);
	make("s2.db", 11, 13, "{\"shard\":\"2/3\"}", false);
	s = must_open("s0.db", UT_STORE_WRITE);
	fail_one(s, 1, 50, "gone.wav");      /* stays */
	fail_one(s, 1, 7, "day/call-7.wav"); /* another shard has its result, made later... */
	sqlite3_exec(s->db,
		     "UPDATE failure SET last_at = '2020-01-01T00:00:00.000Z',"
		     " first_at = last_at WHERE path LIKE '%-7.wav'",
		     NULL, NULL, NULL);
	ut_store_close(&s);

	tap_row("merge: counts, and what the sources say of their shards");
	CHECK_EQ(merge("all.db", "s0.db", &n), UT_OK);
	CHECK_EQ(n.added, 6);
	CHECK_EQ(n.shard_index, 0);
	CHECK_EQ(n.shard_count, 3);
	CHECK(n.finished);
	CHECK_EQ(n.failures, 2);
	CHECK_EQ(merge("all.db", "s1.db", &n), UT_OK);
	CHECK_EQ(n.shard_index, 1);
	CHECK_EQ(merge("all.db", "s2.db", &n), UT_OK);
	CHECK_EQ(n.added, 2);
	CHECK(!n.finished);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM call"), 13);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM turn"), 13 * 12);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM run"), 3);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM failure"), 1);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM file WHERE mtime_ns < 1700000000000000000"),
		 0);
	tap_end();

	tap_row("merge again: nothing changes, not even a row number");
	digest_of("all.db", once);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const names[] = { "s2.db", "s0.db", "s1.db" };

		CHECK_EQ(merge("all.db", names[i], &n), UT_OK);
		CHECK_EQ(n.added, 0);
		CHECK_EQ(n.failures, 0);
	}
	digest_of("all.db", twice);
	CHECK_STR(twice, once);
	CHECK_EQ(count("all.db", "SELECT max(id) FROM call"), 13);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM audit WHERE action = 'merge'"), 3);
	tap_end();

	tap_row("merge in another order gives the same database");
	CHECK_EQ(merge("rev.db", "s2.db", &n), UT_OK);
	CHECK_EQ(merge("rev.db", "s1.db", &n), UT_OK);
	CHECK_EQ(merge("rev.db", "s0.db", &n), UT_OK);
	digest_of("rev.db", other);
	CHECK_STR(other, once);
	tap_end();

	tap_row("a result that another database made current stays current");
	s = must_open("s0.db", UT_STORE_WRITE);
	put(s, 0, 3, 1);
	ut_store_close(&s);
	CHECK_EQ(merge("all.db", "s0.db", &n), UT_OK);
	CHECK_EQ(n.added, 1);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM finding"), 13);
	CHECK_EQ(count("all.db", "SELECT count(*) FROM current_call AS c JOIN call AS o"
				 " ON o.content = c.content AND o.id <> c.id"
				 " AND c.analysed_at > o.analysed_at"),
		 1);
	tap_end();

	tap_row("triggers gone and a tone of an employee: not listed, not merged, not counted");
	make("law.db", 0, 6, "{}", true);
	s = must_open("law.db", UT_STORE_WRITE);
	CHECK_EQ(sqlite3_exec(s->db,
			      "DROP TRIGGER party_keeps_tone;"
			      "UPDATE party SET kind = 'internal' WHERE call_id = 4",
			      NULL, NULL, NULL),
		 SQLITE_OK);
	CHECK(ut_store_findings(s, &(struct ut_finding_query){ .limit = 0 }, not_call_4, NULL,
				NULL) == UT_OK);
	ut_store_close(&s);
	CHECK_EQ(merge("of_law.db", "law.db", &n), UT_OK);
	CHECK_EQ(n.damaged, 1); /* the target's own law refuses it; the rest is taken over */
	CHECK_EQ(n.added, 5);
	CHECK_EQ(count("of_law.db", "SELECT count(*) FROM call"), 5);
	CHECK_EQ(count("of_law.db", "SELECT count(*) FROM tone AS t JOIN closing AS k ON"
				    " k.call_id = t.call_id JOIN party AS p ON p.call_id = k.call_id"
				    " AND p.party = k.party WHERE p.kind <> 'external'"),
		 0);
	tap_end();

	tap_row("killed in the middle of a merge: the next one finishes it");
	make("big.db", 100, 900, "{}", true);
	for (unsigned i = 0; i < 6; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			merge("cut.db", "big.db", &n);
			_exit(0);
		}
		usleep(40000 + 30000 * i);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		s = must_open("cut.db", UT_STORE_WRITE); /* as the next merge would */
		ut_store_close(&s);
		CHECK_EQ(count("cut.db", "SELECT count(*) FROM call WHERE (SELECT count(*) FROM"
					 " turn WHERE call_id = id) <> 12"),
			 0);
	}
	CHECK_EQ(merge("cut.db", "big.db", &n), UT_OK);
	CHECK_EQ(count("cut.db", "SELECT count(*) FROM call"), 800);
	CHECK_EQ(merge("whole.db", "big.db", &n), UT_OK);
	digest_of("cut.db", once);
	digest_of("whole.db", twice);
	CHECK_STR(once, twice);
	tap_end();
}

static bool file_has(const char *name, const char *bytes)
{
	static const char *const suffixes[] = { "", "-wal" };
	bool found = false;

	for (unsigned i = 0; i < 2; i++) {
		char path[160];
		struct stat sb;
		char *all;
		int fd;

		snprintf(path, sizeof(path), "%s/%s%s", dir, name, suffixes[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (fstat(fd, &sb) != 0 || !(all = malloc((size_t)sb.st_size + 1)) ||
		    read(fd, all, (size_t)sb.st_size) != sb.st_size)
			abort();
		found = found || memmem(all, (size_t)sb.st_size, bytes, strlen(bytes));
		free(all);
		close(fd);
	}
	return found;
}

static void test_purge(void)
{
	struct ut_store *s;
	struct ut_purge_counts n;
	struct ut_purge by_call = { 0 }, by_age = { .older_than_days = 30 },
			by_customer = { .customer_key = "k-secret" }, none = { 0 };
	struct ut_error err = { 0 };
	struct ut_call c;
	struct ut_store_key k;
	struct stat before, after;
	int64_t id;
	char a[65], b[65];

	make("purge.db", 0, 60, "{}", true);
	s = must_open("purge.db", UT_STORE_WRITE);
	put(s, 0, 7, 1); /* a second result of one recording */
	sample_call_full(&c, 500);
	ut_call_set(&c.meta.customer_key, "k-secret");
	ut_call_set(&c.party[0].id, "k-secret");
	ut_call_set(&c.media.path, "secret-path.wav");
	key_of(&c, 0, &k);
	CHECK_EQ(ut_store_put_call(s, 0, &k, &c, NULL, &err), UT_OK);
	sample_hash(501, c.media.hash); /* known by the party alone */
	key_of(&c, 0, &k);
	ut_call_set(&c.meta.customer_key, NULL);
	CHECK_EQ(ut_store_put_call(s, 0, &k, &c, NULL, &err), UT_OK);
	sample_hash(502, c.media.hash); /* an agent of that name is no customer */
	key_of(&c, 0, &k);
	ut_call_set(&c.party[0].id, "somebody");
	ut_call_set(&c.party[1].id, "k-secret");
	ut_call_set(&c.media.path, "other.wav");
	CHECK_EQ(ut_store_put_call(s, 0, &k, &c, NULL, &err), UT_OK);
	ut_call_done(&c);

	tap_row("purge: a dry run changes nothing");
	digest(s, a);
	CHECK_EQ(ut_store_purge(s, &by_customer, "tester", true, &n, &err), UT_OK);
	CHECK_EQ(n.recordings, 2);
	CHECK_EQ(n.calls, 2);
	digest(s, b);
	CHECK_STR(b, a);
	tap_end();

	tap_row("purge of a customer: rows, file names and bytes are gone; the log says so");
	CHECK(file_has("purge.db", "secret-path.wav"));
	CHECK_EQ(ut_store_purge(s, &by_customer, "tester", false, &n, &err), UT_OK);
	CHECK_EQ(n.recordings, 2);
	CHECK(!file_has("purge.db", "secret-path.wav"));
	ut_store_close(&s);
	CHECK_EQ(count("purge.db", "SELECT count(*) FROM call WHERE customer_key = 'k-secret'"), 0);
	CHECK_EQ(count("purge.db", "SELECT count(*) FROM file WHERE path = 'other.wav'"), 1);
	CHECK_EQ(count("purge.db", "SELECT count(*) FROM audit WHERE actor = 'tester' AND"
				   " action = 'purge' AND n_calls = 2 AND subject = 'a customer'"),
		 1);
	CHECK_EQ(count("purge.db", "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	tap_end();

	tap_row("purge while somebody reads: the rows go; the bytes are said to be left, then go");
	make("reader.db", 0, 20, "{}", true);
	{
		struct ut_store *r = must_open("reader.db", UT_STORE_READ);
		struct ut_purge one = { .customer_key = "k-99" };

		sqlite3_exec(r->db, "BEGIN; SELECT count(*) FROM call", NULL, NULL, NULL);
		s = must_open("reader.db", UT_STORE_MODIFY);
		ut_store_set_patience(s, 20);
		CHECK_EQ(ut_store_purge(s, &one, "tester", false, &n, &err), UT_EDB);
		CHECK(strstr(err.msg, "the rows are gone, but"));
		CHECK_EQ(n.recordings, 20);
		ut_store_close(&r);
		CHECK_EQ(ut_store_purge(s, &one, "tester", false, &n, &err), UT_OK);
		CHECK_EQ(n.recordings, 0);
		CHECK(!file_has("reader.db", "day/call-3.wav"));
		ut_store_close(&s);
	}
	tap_end();

	tap_row("purge of a call: every result of its recording, and its failures");
	s = must_open("purge.db", UT_STORE_MODIFY);
	CHECK_EQ(ut_store_find_call(s, "C-7", &id, &err), UT_OK);
	by_call.call_id = id;
	fail_one(s, 0, 7, "day/call-7.wav");
	CHECK_EQ(ut_store_purge(s, &by_call, "tester", false, &n, &err), UT_OK);
	CHECK_EQ(n.recordings, 1);
	CHECK_EQ(n.calls, 2);
	CHECK_EQ(n.failures, 1);
	CHECK_EQ(ut_store_find_call(s, "C-7", &id, &err), UT_ENOENT);
	CHECK(!file_has("purge.db", "day/call-7.wav"));
	tap_end();

	tap_row("purge by age: by the call's own start, and the file gets smaller");
	if (sqlite3_exec(s->db,
			 "UPDATE call SET start_time = strftime('%Y-%m-%dT%H:%M:%S+02:00', 'now',"
			 " '-31 days') WHERE id BETWEEN 20 AND 49;"
			 "UPDATE call SET start_time = strftime('%Y-%m-%dT%H:%M:%SZ', 'now',"
			 " '-29 days') WHERE id NOT BETWEEN 20 AND 49;"
			 "UPDATE call SET start_time = 'yesterday',"
			 " analysed_at = '2020-01-01T00:00:00.000Z' WHERE id = 10;",
			 NULL, NULL, NULL) != SQLITE_OK)
		abort();
	sqlite3_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	stat(in_dir("purge.db"), &before);
	CHECK_EQ(ut_store_purge(s, &by_age, "tester", false, &n, &err), UT_OK);
	CHECK_EQ(n.recordings, 31);
	stat(in_dir("purge.db"), &after);
	CHECK(after.st_size < before.st_size * 3 / 4);
	CHECK_EQ(ut_store_purge(s, &by_age, "tester", false, &n, &err), UT_OK);
	CHECK_EQ(n.recordings, 0);
	CHECK_EQ(ut_store_purge(s, &none, "tester", false, &n, &err), UT_EINVAL);
	ut_store_close(&s);
	tap_end();
}

/* What a trainer said, under the law of the tone and the right to be forgotten. */
static void test_reviews(void)
{
	struct ut_store *s;
	struct ut_purge_counts n;
	struct ut_purge by_call = { 0 };
	struct ut_error err = { 0 };

	make("review.db", 0, 3, "{}", true);
	s = must_open("review.db", UT_STORE_MODIFY);
	CHECK_EQ(ut_store_find_call(s, "C-1", &by_call.call_id, &err), UT_OK);
	if (sqlite3_exec(s->db,
			 "INSERT INTO reviewer (name, role, token) VALUES ('Noa', 'trainer',"
			 " printf('%064d', 1));"
			 "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard,"
			 " note) SELECT content, 5, 9, 1, 'angry', 'her-own-words' FROM call;"
			 "INSERT INTO verdict_tag SELECT id, 'other' FROM verdict;"
			 "INSERT INTO coaching (author, person, content, kind, topic, discussed)"
			 " SELECT 'Noa', 'a-1', content, 'strength', 'answer', 1 FROM call",
			 NULL, NULL, NULL) != SQLITE_OK)
		abort();

	tap_row("a verdict where no customer has a tone is refused, and none is changed");
	CHECK_EQ(sqlite3_exec(s->db,
			      "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id,"
			      " heard) VALUES (printf('%064d', 7), 5, 9, 1, 'angry')",
			      NULL, NULL, NULL),
		 SQLITE_CONSTRAINT_TRIGGER);
	CHECK_EQ(sqlite3_exec(s->db, "UPDATE verdict SET heard = 'unsure'", NULL, NULL, NULL),
		 SQLITE_CONSTRAINT_TRIGGER);
	tap_end();

	tap_row("purge takes the verdicts of a recording along; the coaching note loses its link");
	CHECK_EQ(ut_store_purge(s, &by_call, "tester", false, &n, &err), UT_OK);
	CHECK_EQ(count("review.db", "SELECT count(*) FROM verdict"), 2);
	CHECK_EQ(count("review.db", "SELECT count(*) FROM verdict_tag"), 2);
	CHECK_EQ(count("review.db", "SELECT count(*) FROM coaching WHERE content IS NULL"), 1);
	CHECK_EQ(count("review.db", "SELECT count(*) FROM coaching"), 3);
	tap_end();

	tap_row("a tone that goes takes the verdicts of its recording along");
	CHECK_EQ(sqlite3_exec(s->db, "DELETE FROM tone", NULL, NULL, NULL), SQLITE_OK);
	CHECK_EQ(count("review.db", "SELECT count(*) FROM verdict"), 0);
	ut_store_close(&s);
	tap_end();
}

struct faults {
	char text[8192];
	unsigned n;
};

static bool add_fault(void *user, const char *what)
{
	struct faults *f = user;
	size_t len = strlen(f->text);

	snprintf(f->text + len, sizeof(f->text) - len, "%s\n", what);
	return ++f->n < 50;
}

static void test_check(void)
{
	static const struct row {
		const char *name, *sql, *want; /* want NULL: nothing wrong */
	} rows[] = {
		{ "whole", "SELECT 1", NULL },
		{ "a trigger dropped", "DROP TRIGGER tone_only_of_customer",
		  "missing: trigger tone_only_of_customer" },
		{ "a table added", "CREATE TABLE other (x)", "not of Undertone: table other" },
		{ "a trigger weakened",
		  "DROP TRIGGER party_keeps_tone; CREATE TRIGGER party_keeps_tone BEFORE UPDATE ON"
		  " party BEGIN SELECT 1; END",
		  "not as this program makes it: trigger party_keeps_tone" },
		{ "a tone of an agent",
		  "DROP TRIGGER party_keeps_tone; UPDATE party SET role = 'agent'",
		  "a tone of somebody who is not a verified external customer" },
		{ "a call deleted behind its rows' back", "DELETE FROM call WHERE id = 2",
		  "belongs to nothing in call" },
		{ "a call without a file", "DELETE FROM file", "no file" },
		{ "an unknown problem code",
		  "UPDATE problem SET code = 'nonsense' WHERE code = 'leak'",
		  "call 1: damaged: problems" },
		{ "turns out of order", "UPDATE turn SET start_frame = 0 WHERE n = 5",
		  "call 1: damaged: result: t.start" },
		{ "a turn of nobody", "UPDATE turn SET party = 7 WHERE n = 5",
		  "call 1: damaged: result: t.party" },
		{ "a party lost", "DELETE FROM party WHERE party = 1", "call 1: damaged" },
		{ "a hole in the parties", "UPDATE party SET party = 5 WHERE party = 1",
		  "call 1: damaged: parties" },
		{ "a failure beside a result",
		  "INSERT INTO failure (subject, options, model, content, path, code, message)"
		  " SELECT content, options, model, content, 'x', 'io', 'y' FROM call WHERE id = 1",
		  "the same key has a result, call 1" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_store *s;
		struct faults f = { 0 };
		struct ut_error err = { 0 };
		int64_t n = 0;
		sqlite3 *db;
		char name[80];

		snprintf(name, sizeof(name), "check: %s", r->name);
		tap_row(name);
		unlink(in_dir("check.db"));
		make("check.db", 1, 4, "{}", true);
		if (sqlite3_open(in_dir("check.db"), &db) != SQLITE_OK ||
		    sqlite3_exec(db, r->sql, NULL, NULL, NULL) != SQLITE_OK) {
			printf("# %s\n", sqlite3_errmsg(db));
			CHECK(!"prepared");
		}
		sqlite3_close(db);
		s = must_open("check.db", UT_STORE_READ);
		CHECK_EQ(ut_store_check(s, add_fault, &f, &n, &err), UT_OK);
		if (r->want) {
			CHECK(strstr(f.text, r->want));
			if (!strstr(f.text, r->want))
				printf("# got: %s\n", f.text);
		} else {
			CHECK_EQ(f.n, 0);
			CHECK_EQ(n, 3);
		}
		ut_store_close(&s);
		tap_end();
	}
}

static void test_merge_damaged(void)
{
	static const char *const harm[] = {
		"UPDATE turn SET party = 7 WHERE call_id = 3 AND n = 5",
		"UPDATE problem SET code = 'nonsense' WHERE call_id = 3 AND code = 'leak'",
		"DROP TRIGGER party_keeps_tone; UPDATE party SET role = 'agent' WHERE call_id = 3",
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(harm); i++) {
		struct ut_merge_counts n = { 0 };
		struct faults f = { 0 };
		struct ut_error err = { 0 };
		struct ut_store *a, *b;
		sqlite3 *db;

		tap_row("merge: a damaged call is named and left out, the rest taken over");
		unlink(in_dir("harmed.db"));
		unlink(in_dir("whole.db"));
		make("harmed.db", 0, 6, "{}", true);
		CHECK_EQ(sqlite3_open(in_dir("harmed.db"), &db), SQLITE_OK);
		CHECK_EQ(sqlite3_exec(db, harm[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		a = must_open("whole.db", UT_STORE_WRITE);
		b = must_open("harmed.db", UT_STORE_READ);
		for (int again = 0; again < 2; again++) {
			memset(&f, 0, sizeof(f));
			CHECK_EQ(ut_store_merge(a, b, "h", "tester", add_fault, &f, &n, &err),
				 UT_OK);
			CHECK_EQ(n.damaged, 1);
			CHECK_EQ(n.added, again ? 0 : 5);
			CHECK_EQ(n.known, again ? 5 : 0);
			CHECK_EQ(f.n, 1);
			CHECK(strstr(f.text, "call 3 is left out"));
		}
		memset(&f, 0, sizeof(f));
		CHECK_EQ(ut_store_check(a, add_fault, &f, NULL, &err), UT_OK);
		CHECK_EQ(f.n, 0);
		ut_store_close(&a);
		ut_store_close(&b);
		CHECK_EQ(count("whole.db", "SELECT count(*) FROM call"), 5);
		tap_end();
	}
}

/* Pages of a real database with bytes changed: refused or read, never a crash or a hang. */
static void test_damaged(void)
{
	struct stat sb;
	char *whole, *copy;
	unsigned faults = 0, fine = 0;
	uint32_t seed = 3;
	int fd;

	tap_row("400 databases with random bytes changed: said, not crashed");
	unlink(in_dir("check.db"));
	make("check.db", 1, 9, "{}", true);
	fd = open(in_dir("check.db"), O_RDONLY);
	if (fd < 0 || fstat(fd, &sb) != 0 || !(whole = malloc((size_t)sb.st_size)) ||
	    !(copy = malloc((size_t)sb.st_size)) ||
	    read(fd, whole, (size_t)sb.st_size) != sb.st_size)
		abort();
	close(fd);
	for (unsigned round = 0; round < 400; round++) {
		struct ut_store *s = NULL;
		struct ut_error err = { 0 };
		struct faults f = { 0 };
		struct ut_call c;

		memcpy(copy, whole, (size_t)sb.st_size);
		for (unsigned i = 0; i < 1 + round % 64; i++)
			copy[sample_next(&seed) % (uint32_t)sb.st_size] =
			    (char)(sample_next(&seed) >> 11);
		fd = open(in_dir("bad.db"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 || write(fd, copy, (size_t)sb.st_size) != sb.st_size)
			abort();
		close(fd);
		if (ut_store_open(in_dir("bad.db"), UT_STORE_READ, &s, &err) != UT_OK) {
			CHECK(err.msg[0]);
			faults++;
			continue;
		}
		ut_call_init(&c);
		for (int64_t id = 1; id < 9; id++)
			ut_store_load_call(s, id, &c, &err);
		ut_call_done(&c);
		if (ut_store_check(s, add_fault, &f, NULL, &err) != UT_OK || f.n)
			faults++;
		else
			fine++; /* the byte meant nothing, or is a value like another */
		ut_store_close(&s);
	}
	CHECK(faults > 50);
	CHECK_EQ(faults + fine, 400);
	free(whole);
	free(copy);
	tap_end();
}

int main(void)
{
	snprintf(dir, sizeof(dir), "/tmp/ut-keep-XXXXXX");
	if (!mkdtemp(dir))
		return 2;
	test_merge();
	test_purge();
	test_reviews();
	test_check();
	test_merge_damaged();
	test_damaged();
	fflush(stdout);
	if (fork() == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return tap_done();
}
