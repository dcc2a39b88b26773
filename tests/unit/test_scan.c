/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders as people have them, made in a temporary place. */
#include "run/scan.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "tap.h"

static void put(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	if (fd >= 0)
		close(fd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All that the scan says, sorted, "path" or "path!status", joined by spaces. */
static void all(const char *const *paths, size_t n, const struct ut_scan_opts *o,
		struct ut_text *out)
{
	UT_AUTO(ut_scan_destroy) struct ut_scan *s = NULL;
	struct ut_scan_entry e;
	char *got[64];
	size_t k = 0;

	if (ut_scan_create(paths, n, o, &s, NULL) != UT_OK)
		return;
	while (ut_scan_next(s, &e, NULL) == UT_OK && e.what != UT_SCAN_END && k < 64) {
		struct ut_text t = { 0 };

		ut_text_add_visible(&t, e.path);
		if (e.what == UT_SCAN_ERROR)
			ut_text_addf(&t, "!%s", ut_status_name(e.err.code));
		got[k++] = t.s;
	}
	qsort(got, k, sizeof(*got), by_name);
	for (size_t i = 0; i < k; i++) {
		ut_text_addf(out, "%s%s", i ? " " : "", got[i]);
		free(got[i]);
	}
	if (!out->s)
		ut_text_add(out, "");
}

static int rm(const char *path, UT_UNUSED const struct stat *st, UT_UNUSED int flag,
	      UT_UNUSED struct FTW *ftw)
{
	return remove(path);
}

static void build(void)
{
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	mkdir("day1", 0700);
	mkdir("day1/deep", 0700);
	mkdir("day2", 0700);
	mkdir("empty", 0700);
	mkdir("vcons", 0700);
	put("vcons/a.vcon");
	put("vcons/b.vcon.json");
	put("vcons/vcon.json");
	mkdir(".hidden", 0700);
	put("day1/a.wav");
	put("day1/a.json");
	put("day1/a.wav.json");
	put("day1/deep/b.mp3");
	put("day1/deep/B.TXT");
	put("day1/deep/noext");
	put("day1/.c.wav");
	put("day1/d.wav.part");
	put("day2/\xe9t\xe9.wav"); /* Latin-1 */
	put("day2/old.wav");
	put(".hidden/x.wav");
	utimensat(AT_FDCWD, "day2/old.wav", old, 0);
	if (symlink("../day2", "day1/link") != 0 || symlink("..", "day1/deep/up") != 0 ||
	    symlink("self", "day1/self") != 0 || symlink("nowhere", "day1/dangling") != 0 ||
	    symlink("a.wav", "day1/alias.wav") != 0 || mkfifo("day1/pipe.wav", 0600) != 0)
		puts("# cannot build the folders");
}

static void test_scan(void)
{
	static const struct row {
		const char *name;
		const char *paths[3];
		const char *exclude[2];
		int64_t since_ns;
		const char *list;
		int list_end;
		const char *want;
	} rows[] = {
		{ "a folder; links are followed once, loops are not",
		  { "day1" },
		  { NULL },
		  INT64_MIN,
		  NULL,
		  0,
		  "day1/a.wav day1/alias.wav day1/dangling!not_found day1/deep/b.mp3 "
		  "day1/deep/noext day1/link/\\xe9t\\xe9.wav day1/link/old.wav day1/self!io" },
		{ "names in any encoding",
		  { "day2/" },
		  { NULL },
		  INT64_MIN,
		  NULL,
		  0,
		  "day2/\\xe9t\\xe9.wav day2/old.wav" },
		{ "a vCon may hold its recording, other JSON does not",
		  { "vcons" },
		  { NULL },
		  INT64_MIN,
		  NULL,
		  0,
		  "vcons/a.vcon vcons/b.vcon.json" },
		{ "an empty folder", { "empty" }, { NULL }, INT64_MIN, NULL, 0, "" },
		{ "a file is meant, whatever its name; a wrong name is said",
		  { "day1/a.json", "gone" },
		  { NULL },
		  INT64_MIN,
		  NULL,
		  0,
		  "day1/a.json gone!not_found" },
		{ "excluded by name and by path",
		  { "day1" },
		  { "*.mp3", "day1/[adls]*" },
		  INT64_MIN,
		  NULL,
		  0,
		  "" },
		{ "modified since",
		  { "day2" },
		  { NULL },
		  INT64_C(2000000000000),
		  NULL,
		  0,
		  "day2/\\xe9t\\xe9.wav" },
		{ "a list, lines",
		  { "-" },
		  { NULL },
		  INT64_MIN,
		  "day2/old.wav\n\nday1/deep\n",
		  '\n',
		  "day1/deep/b.mp3 day1/deep/noext day1/deep/up/a.wav day1/deep/up/alias.wav "
		  "day1/deep/up/dangling!not_found day1/deep/up/deep/b.mp3 day1/deep/up/deep/noext "
		  "day1/deep/up/link/\\xe9t\\xe9.wav day1/deep/up/link/old.wav "
		  "day1/deep/up/self!io "
		  "day2/old.wav" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_scan_opts o = { .since_ns = r->since_ns, .list_end = r->list_end };
		struct ut_text got = { 0 };
		size_t n = 0;

		tap_row(r->name);
		while (n < 3 && r->paths[n])
			n++;
		while (o.n_exclude < 2 && r->exclude[o.n_exclude]) {
			o.exclude[o.n_exclude] = r->exclude[o.n_exclude];
			o.n_exclude++;
		}
		if (r->list)
			o.list = fmemopen((void *)(uintptr_t)r->list, strlen(r->list), "r");
		all(r->paths, n, &o, &got);
		CHECK_STR(got.s, r->want);
		ut_text_done(&got);
		if (o.list)
			fclose(o.list);
		tap_end();
	}
}

static void test_nul_list(void)
{
	static const char list[] = "day2/old.wav\0day1/a.wav";
	struct ut_scan_opts o = { .since_ns = INT64_MIN, .list_end = '\0' };
	const char *dash = "-";
	struct ut_text got = { 0 };

	tap_row("a list, NUL, without one at its end");
	o.list = fmemopen((void *)(uintptr_t)list, sizeof(list) - 1, "r");
	all(&dash, 1, &o, &got);
	CHECK_STR(got.s, "day1/a.wav day2/old.wav");
	ut_text_done(&got);
	fclose(o.list);
	tap_end();
}

int main(void)
{
	char dir[] = "/tmp/undertone-scan-XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	build();
	test_scan();
	test_nul_list();
	if (chdir("/") != 0 || nftw(dir, rm, 16, FTW_DEPTH | FTW_PHYS) != 0)
		printf("# %s is left behind\n", dir);
	return tap_done();
}
