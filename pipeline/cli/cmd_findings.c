/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_findings.c - the ranked list: the likeliest "did not mean it" on top. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/report.h"

struct findings_opts {
	const char *db;
	int64_t limit;
	double min_score;
	bool json, csv, all;
};

static const struct ut_opt findings_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct findings_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "limit",
	  .letter = 'n',
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct findings_opts, limit),
	  .min = 0,
	  .max = 1e9,
	  .value = "N",
	  .help = "the first N only; 0 = all (default: 25 on a terminal, else all)" },
	{ .name = "min-score",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct findings_opts, min_score),
	  .min = 0,
	  .max = 1,
	  .value = "P",
	  .help = "only where the chance that it was not meant is at least P" },
	{ .name = "all",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct findings_opts, all),
	  .help = "calls without a tone too, at the end" },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct findings_opts, json),
	  .help = "one JSON object a line (schemas/finding.schema.json)" },
	{ .name = "csv",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct findings_opts, csv),
	  .help = "comma-separated values with a header line" },
	{ 0 },
};

struct list {
	const struct ut_report_list *format;
	bool color;
	int64_t n;
	int rc;
	struct ut_text out;
};

static bool add(void *user, const struct ut_finding *f)
{
	struct list *l = user;

	l->format->row(f, l->color, &l->out);
	l->n++;
	if (l->out.len > 1 << 16) {
		l->rc = ut_cli_print(&l->out);
		ut_text_clear(&l->out);
	}
	return l->rc == UT_EXIT_FINE;
}

/* What the list leaves out, and what to do about it. */
static void foot(const struct list *l, const struct ut_store_counts *n, bool all,
		 struct ut_text *out)
{
	int64_t without = n->recordings - n->tones;

	if (n->recordings == 0 && n->failures == 0)
		ut_text_add(out, "No calls yet: `undertone batch DIR` analyses recordings.\n");
	if (n->recordings)
		ut_text_addf(out, "%s%lld of %lld call%s listed", l->n ? "\n" : "", (long long)l->n,
			     (long long)n->recordings, n->recordings == 1 ? "" : "s");
	if (n->recordings && without)
		ut_text_addf(out, "; %lld without a tone (%s`undertone show CALL` says why)",
			     (long long)without, all ? "" : "--all lists them; ");
	if (n->recordings)
		ut_text_add(out, ".\n");
	if (n->failures)
		ut_text_addf(out,
			     "%lld recording%s could not be analysed: `undertone runs --failures` "
			     "lists them.\n",
			     (long long)n->failures, n->failures > 1 ? "s" : "");
}

static int print(struct ut_store *s, const struct findings_opts *o)
{
	struct ut_finding_query q = { .limit = o->limit, .min_rank = o->min_score, .all = o->all };
	struct ut_store_counts n = { 0 };
	struct ut_error err = { 0 };
	struct list l = {
		.format = ut_report_list_find(o->json  ? "json"
					      : o->csv ? "csv"
						       : "text"),
		.color = isatty(STDOUT_FILENO) && !o->json && !o->csv,
	};
	bool text = !o->json && !o->csv;

	if (q.limit < 0)
		q.limit = isatty(STDOUT_FILENO) && text ? 25 : 0;
	if (text && ut_store_counts(s, &n, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (!text || n.tones || (o->all && n.recordings))
		l.format->head(l.color, &l.out);
	if (ut_store_findings(s, &q, add, &l, &err) != UT_OK)
		l.rc = ut_cli_fail(NULL, &err);
	if (text)
		foot(&l, &n, o->all, &l.out);
	if (l.rc == UT_EXIT_FINE)
		l.rc = ut_cli_print(&l.out);
	ut_text_done(&l.out);
	ut_cli_note_reader(ut_cli_db(o->db), "findings", l.n);
	return l.rc;
}

static int cmd_findings(int argc, char **argv)
{
	struct findings_opts o = { .limit = -1 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_findings, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.json && o.csv)
		return ut_cli_usage(&ut_cmd_findings, "--json or --csv, not both");
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	rc = print(s, &o);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_findings = {
	.name = "findings",
	.fn = cmd_findings,
	.args = "",
	.help = "list the calls, the likeliest \"did not mean it\" on top",
	.about =
	    "Ordered by the chance that the closing was not meant (resigned or angry), then by the "
	    "recording's content: the order does not depend on when a call was analysed. A "
	    "recording that was analysed with several options or models is listed once, with the "
	    "result of the last batch. CALL is the number for `undertone show`.",
	.opts = findings_opts,
};
