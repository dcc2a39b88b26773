/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_merge.c - the databases of many machines into one. */
#include <stdlib.h>

#include "cli/cli.h"
#include "store/store.h"

struct merge_opts {
	const char *into;
};

static const struct ut_opt merge_opts[] = {
	{ .name = "into",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct merge_opts, into),
	  .value = "DB",
	  .help = "the database that takes the others over; made where there is none" },
	{ 0 },
};

struct merge {
	struct ut_store *into;
	struct ut_merge_counts sum;
	unsigned char *seen; /* by shard index */
	int64_t count;       /* of shards; 0: none said so */
	int n_failed;
	struct ut_text out;
};

static bool note_damage(void *user, const char *what)
{
	struct merge *m = user;

	ut_text_add_visible(&m->out, what);
	ut_text_add(&m->out, "\n");
	return true;
}

static void note(struct merge *m, const char *file, const char *what)
{
	m->n_failed++;
	ut_text_add_visible(&m->out, file);
	ut_text_addf(&m->out, ": %s\n", what);
}

/* Which shards are there: said by the options of each source's last run. */
static int note_shard(struct merge *m, const char *file, const struct ut_merge_counts *n)
{
	enum { MAX_SHARDS = 1000000 };

	if (!n->finished)
		note(m, file, "its last run did not come to its end; run that shard again");
	if (n->shard_count == 0)
		return 0;
	if (m->count && n->shard_count != m->count) {
		struct ut_text t = { 0 };

		ut_text_addf(&t, "a shard of %lld, the others of %lld; give one set",
			     (long long)n->shard_count, (long long)m->count);
		note(m, file, t.failed ? "another set of shards" : t.s);
		ut_text_done(&t);
		return 0;
	}
	if (!m->seen && n->shard_count <= MAX_SHARDS) {
		m->seen = calloc((size_t)n->shard_count, 1);
		if (!m->seen)
			return -1;
		m->count = n->shard_count;
	}
	if (m->seen)
		m->seen[n->shard_index] = 1;
	return 0;
}

static void note_missing(struct merge *m)
{
	int64_t missing = 0;

	for (int64_t i = 0; i < m->count; i++) {
		if (m->seen[i])
			continue;
		if (missing == 0)
			ut_text_addf(&m->out, "missing of %lld shards:", (long long)m->count);
		if (missing++ < 50)
			ut_text_addf(&m->out, " %lld", (long long)i);
	}
	if (missing) {
		m->n_failed++;
		ut_text_addf(&m->out,
			     "%s; run them, then merge all again: what is there is not taken "
			     "twice\n",
			     missing > 50 ? " ..." : "");
	}
}

/* -1: cannot go on at all. */
static int take(struct merge *m, const char *file, struct ut_error *err)
{
	struct ut_store *from = NULL;
	struct ut_merge_counts n = { 0 };
	enum ut_status st = ut_store_open(file, UT_STORE_READ, &from, err);

	if (st == UT_OK)
		st = ut_store_merge(m->into, from, file, ut_cli_user(), note_damage, m, &n, err);
	ut_store_close(&from);
	m->sum.added += n.added;
	m->sum.known += n.known;
	m->sum.damaged += n.damaged;
	m->sum.failures += n.failures;
	m->sum.reviews += n.reviews;
	m->sum.handed += n.handed;
	if (st == UT_ENOMEM)
		return -1;
	if (st != UT_OK) {
		/* the message names the file: that of the source or of the target */
		m->n_failed++;
		ut_text_add_visible(&m->out, err->msg);
		ut_text_add(&m->out, "\n");
		return 0;
	}
	return note_shard(m, file, &n);
}

static int cmd_merge(int argc, char **argv)
{
	struct merge_opts o = { 0 };
	struct merge m = { 0 };
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_merge, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!o.into)
		return ut_cli_usage(&ut_cmd_merge, "--into DB is needed");
	if (ut_store_open(o.into, UT_STORE_WRITE, &m.into, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	rc = UT_EXIT_FINE;
	for (int i = 1; i <= n && rc == UT_EXIT_FINE; i++)
		if (take(&m, argv[i], &err) < 0)
			rc = ut_cli_fail(argv[i], &err);
	note_missing(&m);
	ut_text_addf(
	    &m.out, "%lld call%s taken over from %d database%s, %lld known, %lld failure%s\n",
	    (long long)m.sum.added, m.sum.added == 1 ? "" : "s", n, n == 1 ? "" : "s",
	    (long long)m.sum.known, (long long)m.sum.failures, m.sum.failures == 1 ? "" : "s");
	if (m.sum.damaged)
		ut_text_addf(&m.out,
			     "%lld damaged call%s left out: analyse the recording%s again into the "
			     "merged database\n",
			     (long long)m.sum.damaged, m.sum.damaged == 1 ? "" : "s",
			     m.sum.damaged == 1 ? "" : "s");
	if (m.sum.reviews)
		ut_text_addf(
		    &m.out,
		    "%lld review%s taken over (verdicts, blind sessions, coaching notes); who gave "
		    "them may not sign in here before `undertone user add`\n",
		    (long long)m.sum.reviews, m.sum.reviews == 1 ? "" : "s");
	if (m.sum.handed)
		ut_text_addf(
		    &m.out,
		    "%lld file%s that had been handed out (excerpts, packs) noted: a purge "
		    "here finds %s\n",
		    (long long)m.sum.handed, m.sum.handed == 1 ? "" : "s",
		    m.sum.handed == 1 ? "it" : "them");
	if (rc == UT_EXIT_FINE)
		rc = ut_cli_print(&m.out);
	if (rc == UT_EXIT_FINE && m.n_failed)
		rc = UT_EXIT_SOME_FAILED;
	else if (rc == UT_EXIT_FINE && m.sum.damaged)
		rc = UT_EXIT_DAMAGED;
	ut_text_done(&m.out);
	free(m.seen);
	ut_store_close(&m.into);
	return rc;
}

const struct ut_command ut_cmd_merge = {
	.name = "merge",
	.fn = cmd_merge,
	.min_args = 1,
	.max_args = UT_ANY_ARGS,
	.args = "SHARD...",
	.help = "fold the databases of many machines into one",
	.about =
	    "Doing it again changes nothing: what is there is not taken twice. Where the "
	    "sources were made by `batch --shard I/N` (or a scheduler's array), all N must be "
	    "given: the missing ones are listed, the others are taken over all the same, and "
	    "the exit code is 1. So it is where a source cannot be read, or its last run did "
	    "not come to its end. A damaged call is named and left out, the rest is taken over, "
	    "and the exit code is 4.",
	.opts = merge_opts,
};
