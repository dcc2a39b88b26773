/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_db.c - any bytes as a database that somebody hands over: read, checked, listed and merged. A
 * tone of anybody but a verified external customer must not come out. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/report.h"
#include "store/review.h"
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
		struct ut_review_query q = { .list = (enum ut_review_list)i, .reviewed = -1,
					     .limit = 20, .for_reviewer = 1 };

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
		ut_store_merge(into, s, "f", "fuzz", NULL, NULL, &m, NULL);
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
