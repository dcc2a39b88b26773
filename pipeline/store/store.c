/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - opening, closing, statements, transactions. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

sqlite3_stmt *ut_db_stmt(struct ut_store *s, const char *sql, struct ut_error *err)
{
	for (unsigned i = 0; i < UT_STORE_STMTS; i++) {
		struct ut_store_stmt *e = &s->stmt[i];

		if (e->sql == sql) {
			sqlite3_reset(e->st);
			sqlite3_clear_bindings(e->st);
			return e->st;
		}
		if (e->sql)
			continue;
		if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &e->st, NULL) !=
		    SQLITE_OK) {
			ut_db_fail(s, err);
			return NULL;
		}
		e->sql = sql;
		return e->st;
	}
	ut_fail(err, UT_EDB, "too many statements");
	return NULL;
}

int ut_db_next(struct ut_store *s, sqlite3_stmt *st, struct ut_error *err)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		sqlite3_reset(st);
		return 0;
	default:
		ut_db_fail(s, err);
		sqlite3_reset(st);
		return -1;
	}
}

enum ut_status ut_db_run(struct ut_store *s, sqlite3_stmt *st, struct ut_error *err)
{
	int rc;

	while ((rc = ut_db_next(s, st, err)) > 0)
		;
	return rc == 0 ? UT_OK : UT_EDB;
}

enum ut_status ut_db_exec(struct ut_store *s, const char *sql, struct ut_error *err)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? UT_OK : ut_db_fail(s, err);
}

enum ut_status ut_db_begin(struct ut_store *s, struct ut_error *err)
{
	return ut_db_exec(s, "BEGIN IMMEDIATE", err);
}

enum ut_status ut_db_end(struct ut_store *s, enum ut_status st, struct ut_error *err)
{
	if (st == UT_OK)
		st = ut_db_exec(s, "COMMIT", err);
	/* some failures (a full disk) have rolled back already */
	if (st != UT_OK && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return st;
}

void ut_db_release(struct ut_store *s)
{
	/* where memory is short even COMMIT may fail, and would leave the snapshot open */
	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

void ut_store_set_patience(struct ut_store *s, int ms)
{
	sqlite3_busy_timeout(s->db, ms);
}

/* One value of a pragma or query. */
static enum ut_status one_int(struct ut_store *s, const char *sql, int64_t *ret,
			      struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s, sql, err);
	int rc;

	if (!st)
		return UT_EDB;
	rc = ut_db_next(s, st, err);
	if (rc < 0)
		return UT_EDB;
	*ret = rc ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return UT_OK;
}

static enum ut_status check_ours(struct ut_store *s, bool *fresh, struct ut_error *err)
{
	int64_t app, tables, version;

	/* One snapshot: another process may be making it just now. Where a read fails, SQLite's
	 * error is left standing; the transaction ends when the file is closed. */
	if (ut_db_exec(s, "BEGIN", err) != UT_OK ||
	    one_int(s, "PRAGMA application_id", &app, err) != UT_OK ||
	    one_int(s, "PRAGMA user_version", &version, err) != UT_OK ||
	    one_int(s, "SELECT count(*) FROM sqlite_schema", &tables, err) != UT_OK ||
	    ut_db_exec(s, "COMMIT", err) != UT_OK)
		return UT_EDB;
	*fresh = app == 0 && tables == 0 && version == 0;
	if (*fresh)
		return UT_OK;
	if (app != UT_APPLICATION_ID)
		return ut_fail(err, UT_EDB,
			       "%s: a SQLite database, but not one of Undertone; it was not "
			       "touched: name another file with --db",
			       s->path);
	if (version > ut_db_n_steps)
		return ut_fail(
		    err, UT_EDB,
		    "%s: made by a newer Undertone (schema %lld, this program knows %d): "
		    "use that version",
		    s->path, (long long)version, ut_db_n_steps);
	return UT_OK;
}

static enum ut_status set_up(struct ut_store *s, struct ut_error *err)
{
	int on = 1;

	/* a database may come from another machine: nothing in it may run code or bend the rules */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_busy_timeout(s->db, PATIENCE_MS);
	if (ut_db_exec(s, "PRAGMA foreign_keys = ON", err) != UT_OK ||
	    ut_db_exec(s, "PRAGMA cell_size_check = ON", err) != UT_OK ||
	    ut_db_exec(s, "PRAGMA temp_store = MEMORY", err) != UT_OK)
		return UT_EDB;
	return UT_OK;
}

static enum ut_status set_up_writer(struct ut_store *s, bool fresh, struct ut_error *err)
{
	int64_t version;

	/* Before any transaction. Where WAL cannot be had (some network file systems) SQLite stays
	 * with its rollback journal: slower, as safe. */
	if (s->mode != UT_STORE_MEMORY && ut_db_exec(s, "PRAGMA journal_mode = WAL", err) != UT_OK)
		return UT_EDB;
	if (ut_db_exec(s, "PRAGMA synchronous = NORMAL", err) != UT_OK)
		return UT_EDB;
	if (!fresh && one_int(s, "PRAGMA user_version", &version, err) == UT_OK &&
	    version == ut_db_n_steps)
		return UT_OK;
	return ut_db_migrate(s, ut_db_steps, ut_db_n_steps, err);
}

/* The file itself, before SQLite speaks: its messages do not say what to do. */
static enum ut_status check_path(const char *path, enum ut_store_mode mode, struct ut_error *err)
{
	struct stat sb;

	if (!*path) /* SQLite would make a passing one, and all work on it would be lost */
		return ut_fail(err, UT_EDB, "the database has no name: name a file with --db");
	if (stat(path, &sb) == 0) {
		if (S_ISREG(sb.st_mode))
			return UT_OK;
		return ut_fail(err, UT_EDB, "%s: %s, not a database file: name a file with --db",
			       path, S_ISDIR(sb.st_mode) ? "a folder" : "not a regular file");
	}
	if (errno != ENOENT)
		return ut_fail(err, UT_EDB, "%s: %s", path, strerror(errno));
	if (mode != UT_STORE_WRITE)
		return ut_fail(err, UT_EDB,
			       "%s: there is no such database; `undertone batch --db %s DIR` makes "
			       "one",
			       path, path);
	return UT_OK;
}

/* "file:" URI with every byte but the plainest escaped. */
static char *uri_of(const char *path, const char *query)
{
	struct ut_text t = { 0 };

	ut_text_add(&t, "file:");
	for (const char *p = path; *p; p++) {
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= '0' && *p <= '9') || strchr("/._-", *p))
			ut_text_addn(&t, p, 1);
		else
			ut_text_addf(&t, "%%%02x", (unsigned char)*p);
	}
	ut_text_add(&t, query);
	if (t.failed)
		ut_text_done(&t);
	return t.s;
}

static bool has_wal(const char *path)
{
	struct ut_text t = { 0 };
	struct stat sb;
	bool has;

	ut_text_addf(&t, "%s-wal", path);
	has = t.failed || (stat(t.s, &sb) == 0 && sb.st_size > 0);
	ut_text_done(&t);
	return has;
}

/*
 * A reader opens as a writer would where it may, and then forbids itself to write: only so can the
 * last one to close tidy the log and its index away. SQLite itself falls back to reading.
 */
static enum ut_status open_db(struct ut_store *s, bool immutable, struct ut_error *err)
{
	int flags = immutable ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	char *uri = NULL;
	int rc;

	if (s->mode == UT_STORE_WRITE || s->mode == UT_STORE_MEMORY)
		flags |= SQLITE_OPEN_CREATE;
	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (s->mode != UT_STORE_MEMORY) {
		uri = uri_of(s->path, immutable ? "?immutable=1" : "");
		flags |= SQLITE_OPEN_URI;
		if (!uri)
			return ut_fail(err, UT_ENOMEM, "%s", s->path);
	}
	rc = sqlite3_open_v2(uri ? uri : ":memory:", &s->db, flags, NULL);
	free(uri);
	if (!s->db)
		return ut_fail(err, UT_ENOMEM, "%s", s->path);
	if (rc != SQLITE_OK)
		return ut_db_fail(s, err);
	if (set_up(s, err) != UT_OK)
		return UT_EDB;
	return s->mode == UT_STORE_READ ? ut_db_exec(s, "PRAGMA query_only = ON", err) : UT_OK;
}

static void close_db(struct ut_store *s)
{
	for (unsigned i = 0; i < UT_STORE_STMTS; i++)
		sqlite3_finalize(s->stmt[i].st);
	memset(s->stmt, 0, sizeof(s->stmt));
	sqlite3_close(s->db);
	s->db = NULL;
}

static bool no_folder(struct ut_store *s)
{
	int rc = sqlite3_errcode(s->db) & 0xff;

	return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY;
}

enum ut_status ut_store_open(const char *path, enum ut_store_mode mode, struct ut_store **ret,
			     struct ut_error *err)
{
	struct ut_store *s;
	enum ut_status st;
	bool fresh = false;
	int64_t version;

	if (mode == UT_STORE_MEMORY)
		path = ":memory:";
	else if ((st = check_path(path, mode, err)) != UT_OK)
		return st;
	s = calloc(1, sizeof(*s));
	if (!s || !(s->path = strdup(path))) {
		free(s);
		return ut_fail(err, UT_ENOMEM, "%s", path);
	}
	s->mode = mode;
	s->probe_fd = -1;
	st = open_db(s, false, err);
	if (st == UT_OK)
		st = check_ours(s, &fresh, err);
	/* A WAL database in a folder that may not be written needs files that cannot be made; with
	 * nothing left in the log it can be read without them. */
	if (st == UT_EDB && mode == UT_STORE_READ && s->db && no_folder(s) && !has_wal(path)) {
		close_db(s);
		st = open_db(s, true, err);
		if (st == UT_OK)
			st = check_ours(s, &fresh, err);
	}
	if (st != UT_OK)
		goto fail;
	if (mode == UT_STORE_READ || mode == UT_STORE_MODIFY) {
		if (fresh) {
			st =
			    ut_fail(err, UT_EDB,
				    "%s: an empty database; `undertone batch --db %s DIR` fills it",
				    path, path);
			goto fail;
		}
	}
	if (mode != UT_STORE_READ) {
		st = set_up_writer(s, fresh, err);
	} else {
		st = one_int(s, "PRAGMA user_version", &version, err);
		if (st == UT_OK && version < ut_db_n_steps)
			st = ut_fail(err, UT_EDB,
				     "%s: made by an older Undertone (schema %lld of %d); "
				     "the next `undertone batch --db %s DIR` brings it up to date",
				     path, (long long)version, ut_db_n_steps, path);
	}
	if (st != UT_OK)
		goto fail;
	*ret = s;
	return UT_OK;
fail:
	ut_store_close(&s);
	return st;
}

void ut_store_close(struct ut_store **ps)
{
	struct ut_store *s = *ps;

	if (!s)
		return;
	close_db(s);
	if (s->probe_fd >= 0)
		close(s->probe_fd);
	free(s->path);
	free(s);
	*ps = NULL;
}
