/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_db.c - any bytes as a database that somebody hands over: read, checked, listed and merged. A
 * tone of anybody but a verified external customer must not come out. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/report.h"
#include "store/store.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ut_store *s = NULL, *into = NULL;
	struct ut_merge_counts m;
	char path[64], other[80];
	int fd;

	snprintf(path, sizeof(path), "/dev/shm/ut-fuzz-%ld.db", (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
	if (ut_store_open(path, UT_STORE_READ, &s, NULL) == UT_OK) {
		read_all(s);
		if (ut_store_open(NULL, UT_STORE_MEMORY, &into, NULL) != UT_OK)
			abort();
		ut_store_merge(into, s, "f", "fuzz", &m, NULL);
		read_all(into);
		ut_store_close(&into);
		ut_store_close(&s);
	}
	unlink(path);
	snprintf(other, sizeof(other), "%s-wal", path);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", path);
	unlink(other);
	return 0;
}
