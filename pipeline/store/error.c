/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.c - what SQLite says, as a sentence with the file, the fault and the way out. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of SQLite's file format: the write lock's byte in the -shm file, and the reserved byte of the
 * database itself where there is no log. */
enum { WAL_WRITE_BYTE = 120, RESERVED_BYTE = 0x40000001 };

/*
 * The process that holds the lock, 0 where that cannot be told. The descriptor stays open as long
 * as the connection: closing any descriptor of a file drops all POSIX locks that this process has
 * on it, SQLite's too.
 */
static pid_t lock_holder(struct ut_store *s)
{
	static const struct {
		const char *suffix;
		off_t byte;
	} places[] = { { "-shm", WAL_WRITE_BYTE }, { "", RESERVED_BYTE } };

	for (size_t i = 0; i < UT_ARRAY_LEN(places) && s->probe_fd < 0; i++) {
		struct ut_text name = { 0 };
		struct flock l = { .l_type = F_WRLCK,
				   .l_whence = SEEK_SET,
				   .l_start = places[i].byte,
				   .l_len = 1 };

		ut_text_addf(&name, "%s%s", s->path, places[i].suffix);
		if (!name.failed)
			s->probe_fd = open(name.s, O_RDWR | O_CLOEXEC);
		ut_text_done(&name);
		if (s->probe_fd < 0)
			continue;
		if (fcntl(s->probe_fd, F_GETLK, &l) == 0 && l.l_type != F_UNLCK)
			return l.l_pid;
	}
	return 0;
}

static void name_of(pid_t pid, char *buf, size_t cap)
{
	char path[48];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	buf[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, buf, cap - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

static enum ut_status fail_busy(struct ut_store *s, struct ut_error *err)
{
	pid_t pid = lock_holder(s);
	char name[64];

	if (pid <= 0)
		return ut_fail(err, UT_EDB,
			       "%s: another program is writing to this database and does not let "
			       "go: wait for it, or write to another file with --db",
			       s->path);
	name_of(pid, name, sizeof(name));
	return ut_fail(err, UT_EDB,
		       "%s: locked by process %ld%s%s%s, which is writing to it: wait for it, or "
		       "write to another file with --db",
		       s->path, (long)pid, name[0] ? " (" : "", name, name[0] ? ")" : "");
}

/* SQLite's own errno is that of its last try (read-only), not of the one that matters. */
static int folder_errno(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct ut_text folder = { 0 };
	int e = 0;

	ut_text_addn(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	if (!slash)
		ut_text_add(&folder, ".");
	if (!folder.failed && access(folder.s, W_OK | X_OK) != 0)
		e = errno;
	ut_text_done(&folder);
	return e;
}

enum ut_status ut_db_fail(struct ut_store *s, struct ut_error *err)
{
	int rc = sqlite3_extended_errcode(s->db);
	int sys = sqlite3_system_errno(s->db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_busy(s, err);
	case SQLITE_NOTADB:
		return ut_fail(err, UT_EDB,
			       "%s: not a database (or an encrypted one); it was not touched: name "
			       "another file with --db",
			       s->path);
	case SQLITE_CORRUPT:
		return ut_fail(err, UT_EDB,
			       "%s: the database is damaged (%s): `undertone check --db %s` says "
			       "where; restore a copy, or analyse the recordings again into a new "
			       "file",
			       s->path, sqlite3_errmsg(s->db), s->path);
	case SQLITE_READONLY:
		return ut_fail(err, UT_EDB,
			       "%s: the database, or its folder, may not be written: mend the "
			       "permissions, or write to another file with --db",
			       s->path);
	case SQLITE_FULL:
		return ut_fail(err, UT_EDB,
			       "%s: the disk is full; nothing half-written was kept: free some "
			       "space and run the same command again",
			       s->path);
	case SQLITE_CANTOPEN:
		sys = folder_errno(s->path);
		return ut_fail(err, UT_EDB,
			       "%s: cannot be opened: %s: SQLite must be able to make files beside "
			       "it; name another place with --db",
			       s->path, sys ? strerror(sys) : sqlite3_errmsg(s->db));
	case SQLITE_IOERR:
		return ut_fail(err, UT_EDB, "%s: reading or writing failed: %s", s->path,
			       sys ? strerror(sys) : sqlite3_errmsg(s->db));
	case SQLITE_NOMEM:
		return ut_fail(err, UT_ENOMEM, "%s", s->path);
	default:
		return ut_fail(err, UT_EDB, "%s: %s", s->path, sqlite3_errmsg(s->db));
	}
}
