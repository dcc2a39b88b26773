/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data_md.c - schemas/DATA.md against the schema and the problem codes: every table, view and
 * column is described, and nothing that does not exist. usage: data_md DATA.md
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call/problems.h"
#include "store/store.h"

static int bad;

/* The first `quoted` word of a line, into buf. */
static int quoted(const char *line, char *buf, size_t cap)
{
	const char *a = strchr(line, '`'), *b = a ? strchr(a + 1, '`') : NULL;

	if (!b || (size_t)(b - a) > cap)
		return 0;
	snprintf(buf, cap, "%.*s", (int)(b - a - 1), a + 1);
	return 1;
}

static int exec(sqlite3 *db, const char *sql, const char *a, const char *b, const char *c)
{
	sqlite3_stmt *st;
	int n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		exit(2);
	}
	sqlite3_bind_text(st, 1, a, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, b, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, c, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void list(sqlite3 *db, const char *what, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		exit(2);
	while (sqlite3_step(st) == SQLITE_ROW) {
		fprintf(stderr, "%s: %s\n", what, sqlite3_column_text(st, 0));
		bad = 1;
	}
	sqlite3_finalize(st);
}

/* Each row of DATA.md into table doc (section, name, cells that are filled). */
static void read_doc(sqlite3 *db, const char *path)
{
	char line[4096], section[64] = "", name[64];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), f)) {
		unsigned cells = 0;

		if (strncmp(line, "## ", 3) == 0) {
			snprintf(section, sizeof(section), "%s",
				 strncmp(line, "## Problem codes", 16) == 0 ? "problem codes" : "");
			continue;
		}
		if (strncmp(line, "### ", 4) == 0) {
			if (!quoted(line, section, sizeof(section)))
				section[0] = '\0';
			continue;
		}
		if (!section[0] || strncmp(line, "| `", 3) != 0 ||
		    !quoted(line, name, sizeof(name)))
			continue;
		for (const char *p = line; (p = strchr(p, '|')); p++)
			cells++;
		exec(db, "INSERT INTO doc VALUES (?, ?, ?)", section, name,
		     cells == 5 || (cells == 3 && strcmp(section, "problem codes") == 0) ? "1"
											 : "0");
	}
	fclose(f);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/ut-data-md-XXXXXX", path[64];
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	sqlite3 *db;

	if (argc != 2 || !mkdtemp(dir))
		return 2;
	snprintf(path, sizeof(path), "%s/t.db", dir);
	if (ut_store_open(path, UT_STORE_WRITE, &s, &err) != UT_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return 2;
	}
	ut_store_close(&s);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db,
			 "CREATE TEMP TABLE doc (section, name, whole);"
			 "CREATE TEMP TABLE code (name);"
			 "CREATE TEMP VIEW col AS SELECT m.name AS t, i.name AS c, m.type AS type"
			 " FROM main.sqlite_schema AS m, pragma_table_info(m.name) AS i"
			 " WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%';",
			 NULL, NULL, NULL) != SQLITE_OK)
		return 2;
	read_doc(db, argv[1]);
	for (const struct ut_problem_info *p = ut_problem_info; p->code; p++)
		exec(db, "INSERT INTO code VALUES (?)", p->code, NULL, NULL);

	list(
	    db, "not in DATA.md",
	    "SELECT t || '.' || c FROM col WHERE NOT EXISTS (SELECT 1 FROM doc"
	    " WHERE section = t AND name = c)"
	    /* the view repeats its table */
	    " AND NOT (t = 'current_call' AND c IN (SELECT name FROM doc WHERE section = 'call'))");
	list(db, "in DATA.md, but not in the schema",
	     "SELECT section || '.' || name FROM doc WHERE section <> 'problem codes'"
	     " AND NOT EXISTS (SELECT 1 FROM col WHERE t = section AND c = name)");
	list(db, "twice in DATA.md",
	     "SELECT section || '.' || name FROM doc GROUP BY section, name HAVING count(*) > 1");
	list(db, "not column, unit, range, meaning",
	     "SELECT section || '.' || name FROM doc WHERE whole = '0'");
	list(db, "problem code not in DATA.md",
	     "SELECT name FROM code WHERE name NOT IN (SELECT name FROM doc"
	     " WHERE section = 'problem codes')");
	list(db, "problem code in DATA.md that there is not",
	     "SELECT name FROM doc WHERE section = 'problem codes'"
	     " AND name NOT IN (SELECT name FROM code)");
	if (exec(db, "SELECT count(*) FROM doc", NULL, NULL, NULL) < 150)
		bad = 1, fprintf(stderr, "DATA.md was not read\n");
	sqlite3_close(db);
	unlink(path);
	rmdir(dir);
	return bad;
}
