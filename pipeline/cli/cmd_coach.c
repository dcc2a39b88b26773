/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_coach.c - what to train next, and the feedback log of a person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "base/outfile.h"
#include "cli/cli.h"
#include "report/coach.h"

struct coach_opts {
	const char *db, *period, *team, *queue, *agent, *format, *out, *lang, *link;
	const char *person, *kind, *topic, *call;
	bool discussed;
};

static const struct ut_opt coach_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "period",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, period),
	  .value = "DAYS",
	  .help =
	      "30d = the 30 days up to the last call, or 2026-11-01..2026-11-30 (default: 30d)" },
	{ .name = "team",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, team),
	  .value = "NAME",
	  .help = "only calls of this team" },
	{ .name = "queue",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, queue),
	  .value = "NAME",
	  .help = "only calls of this queue" },
	{ .name = "agent",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, agent),
	  .value = "ID",
	  .help = "one person: facts of conversation and the log, no tones" },
	{ .name = "format",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct coach_opts, format),
	  .choices = "text|html|json",
	  .help = "of the report or log (json: schemas/coach.schema.json; default: text)" },
	{ .name = "lang",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct coach_opts, lang),
	  .choices = "en|he",
	  .help = "language of the page (default: en)" },
	{ .name = "link",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, link),
	  .value = "URL",
	  .help = "where `undertone serve` answers, for links to calls (default: "
		  "http://127.0.0.1:8321)" },
	{ .name = "out",
	  .letter = 'o',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, out),
	  .value = "FILE",
	  .help = "write to FILE instead of standard output" },
	{ .name = "person",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, person),
	  .value = "ID",
	  .help = "note, log: whose (the agent id of the metadata)" },
	{ .name = "kind",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct coach_opts, kind),
	  .choices = "strength|improve",
	  .help = "note: what went well, or what to do otherwise" },
	{ .name = "topic",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct coach_opts, topic),
	  .choices = "answer|empathy|listening|interruptions|holds|waits|transfers|dead-air|"
		     "recovery|other",
	  .help = "note: about what" },
	{ .name = "call",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct coach_opts, call),
	  .value = "CALL",
	  .help = "note: the call that was shown" },
	{ .name = "discussed",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct coach_opts, discussed),
	  .help = "note: it was talked over with the person" },
	{ 0 },
};

/* ---- output ---- */

static int write_report(const struct coach_opts *o, const struct ut_coach_report *r)
{
	const struct ut_coach_format *f = ut_coach_formats;
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	int rc = UT_EXIT_FINE;

	while (strcmp(f->name, o->format) != 0)
		f++;
	f->write(r, &out);
	if (!o->out || strcmp(o->out, "-") == 0)
		rc = ut_cli_print(&out);
	else if (out.failed)
		rc = ut_cli_fail(NULL, &(struct ut_error){ UT_ENOMEM, "not enough memory" });
	else if (ut_outfile_to(o->out, out.s, out.len, &err) != UT_OK)
		rc = ut_cli_fail(NULL, &err);
	ut_text_done(&out);
	return rc;
}

/* ---- the log ---- */

struct entries {
	struct ut_coach_entry *v;
	size_t n;
	bool failed;
};

static void entries_done(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->v[i].at);
		free(e->v[i].author);
		free(e->v[i].kind);
		free(e->v[i].topic);
		free(e->v[i].note);
	}
	free(e->v);
}

static bool add_entry(void *user, const struct ut_coaching *c)
{
	struct entries *e = user;
	struct ut_coach_entry *v = realloc(e->v, (e->n + 1) * sizeof(*v)), *x;

	if (!v) {
		e->failed = true;
		return false;
	}
	e->v = v;
	x = &v[e->n++];
	*x = (struct ut_coach_entry){
		.at = strdup(c->at),
		.author = strdup(c->author),
		.kind = strdup(c->kind),
		.topic = strdup(c->topic),
		.note = c->note ? strdup(c->note) : NULL,
		.call_id = c->call_id,
		.discussed = c->discussed,
	};
	e->failed = !x->at || !x->author || !x->kind || !x->topic || (c->note && !x->note);
	return !e->failed;
}

static enum ut_status read_log(struct ut_store *s, const char *person, struct entries *e,
			       struct ut_error *err)
{
	enum ut_status st = ut_store_coaching(s, person, add_entry, e, err);

	if (st == UT_OK && e->failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory for the log");
	return st;
}

static int run_log(const struct coach_opts *o, struct ut_coach_report *r)
{
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct entries e = { 0 };
	int rc;

	if (!o->person)
		return ut_cli_usage(&ut_cmd_coach, "whose log? pass --person ID");
	if (ut_store_open(r->db, UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	r->person = o->person;
	if (read_log(s, o->person, &e, &err) != UT_OK) {
		rc = ut_cli_fail(NULL, &err);
	} else {
		r->entry = e.v;
		r->n_entries = e.n;
		rc = write_report(o, r);
		ut_cli_note_reader(r->db, "coach log", (int64_t)e.n);
	}
	entries_done(&e);
	ut_store_close(&s);
	return rc;
}

static int run_note(const struct coach_opts *o, const char *db, const char *text)
{
	struct ut_coaching c = { .author = ut_cli_user(),
				 .person = o->person,
				 .kind = o->kind,
				 .topic = o->topic,
				 .note = text,
				 .discussed = o->discussed };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	enum ut_status st;
	int64_t id = 0;
	int rc;

	if (!o->person || !o->kind || !o->topic)
		return ut_cli_usage(&ut_cmd_coach, "a note needs --person, --kind and --topic");
	st = ut_store_open(db, UT_STORE_MODIFY, &s, &err);
	if (st != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (o->call)
		st = ut_store_find_call(s, o->call, &c.call_id, &err);
	if (st == UT_OK)
		st = ut_store_add_coaching(s, &c, &id, &err);
	ut_store_close(&s);
	if (st == UT_EINVAL || st == UT_ENOENT)
		return ut_cli_usage(&ut_cmd_coach, "%s", err.msg);
	if (st != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_addf(&out, "Note %lld for ", (long long)id);
	ut_text_add_visible(&out, o->person);
	ut_text_addf(&out, ": %s, %s%s.\n", o->kind, o->topic, o->discussed ? ", discussed" : "");
	rc = ut_cli_print(&out);
	ut_text_done(&out);
	return rc;
}

/* ---- the report ---- */

/* "30d", up to the last call; or two days. */
static enum ut_status read_period(const struct coach_opts *o, struct ut_store *s,
				  struct ut_coach_query *q, struct ut_error *err)
{
	const char *p = o->period ? o->period : "30d";
	const char *dots = strstr(p, "..");
	char *end;
	long days;
	enum ut_status st;

	if (dots) {
		if (dots - p == UT_DAY_TEXT - 1 && ut_day_parse(p, &q->from) &&
		    ut_day_only(dots + 2, &q->to) && q->from <= q->to)
			return UT_OK;
		return ut_fail(err, UT_EINVAL,
			       "--period: two days like 2026-11-01..2026-11-30, not '%.60s'", p);
	}
	days = strtol(p, &end, 10);
	if (end == p || strcmp(end, "d") != 0 || days < 1 || days > 3660)
		return ut_fail(err, UT_EINVAL, "--period: 1d to 3660d, or FROM..TO, not '%.60s'",
			       p);
	/* a day ahead of UTC is still today somewhere */
	st = ut_store_last_day(s, o->agent, time(NULL) / 86400 + 1, &q->to, err);
	if (st != UT_OK)
		return st;
	if (q->to < 0)
		q->to = time(NULL) / 86400;
	q->from = q->to - days + 1;
	return UT_OK;
}

static int run_report(const struct coach_opts *o, struct ut_coach_report *r)
{
	struct ut_coach_query q = { .team = o->team, .queue = o->queue };
	struct ut_coach c = { 0 };
	struct entries e = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	enum ut_status st;
	int rc;

	if (ut_store_open(r->db, UT_STORE_READ, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	st = read_period(o, s, &q, &err);
	if (st == UT_EINVAL) {
		ut_store_close(&s);
		return ut_cli_usage(&ut_cmd_coach, "%s", err.msg);
	}
	if (st == UT_OK)
		st = ut_coach_make(s, &q, o->agent, &c, &err);
	if (st == UT_OK && o->agent)
		st = read_log(s, o->agent, &e, &err);
	if (st == UT_OK) {
		r->coach = &c;
		r->person = o->agent;
		r->entry = e.v;
		r->n_entries = e.n;
		rc = write_report(o, r);
		ut_cli_note_reader(r->db, o->agent ? "coach, one person" : "coach",
				   (int64_t)(c.n_calls + c.n_before));
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	entries_done(&e);
	ut_coach_done(&c);
	ut_store_close(&s);
	return rc;
}

static int cmd_coach(int argc, char **argv)
{
	struct coach_opts o = { .format = "text", .link = "http://127.0.0.1:8321", .lang = "en" };
	struct ut_coach_report r = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_coach, &o, argc, argv, &n);
	bool note = n > 0 && strcmp(argv[1], "note") == 0;
	bool log = n > 0 && strcmp(argv[1], "log") == 0;

	if (rc >= 0)
		return rc;
	if (n > 0 && !note && !log)
		return ut_cli_usage(&ut_cmd_coach, "'%s' is neither note nor log", argv[1]);
	if (!note && (o.kind || o.topic || o.call || o.discussed))
		return ut_cli_usage(&ut_cmd_coach,
				    "--kind, --topic, --call and --discussed are for a note");
	if (n > 0 && (o.period || o.team || o.queue || o.agent))
		return ut_cli_usage(&ut_cmd_coach,
				    "--period, --team, --queue and --agent are for the report");
	if (n == 0 && o.person)
		return ut_cli_usage(&ut_cmd_coach, "--person is for a note or the log; the report "
						   "of one person is --agent ID");
	if (strncmp(o.link, "http://", 7) != 0 && strncmp(o.link, "https://", 8) != 0)
		return ut_cli_usage(&ut_cmd_coach, "--link: an address with http:// or https://");
	r.db = ut_cli_db(o.db);
	r.link = o.link;
	r.color = !o.out && isatty(STDOUT_FILENO);
	ut_lang_find(o.lang, &r.lang);
	if (note && n != 2)
		return ut_cli_usage(&ut_cmd_coach, "a note is one text: put it into quotes");
	if (log && n != 1)
		return ut_cli_usage(&ut_cmd_coach, "one operand too many: '%s'", argv[2]);
	return note ? run_note(&o, r.db, argv[2]) : log ? run_log(&o, &r) : run_report(&o, &r);
}

const struct ut_command ut_cmd_coach = {
	.name = "coach",
	.fn = cmd_coach,
	.min_args = 0,
	.max_args = 2,
	.args = "[note TEXT | log]",
	.help = "what to train next, from facts; and the feedback log of a person",
	.about =
	    "Without an operand: in how many calls the customer waited, was put on hold, "
	    "transferred "
	    "or interrupted, and how many closed resigned or angry, by team, queue and the reason "
	    "that reviewers tagged, against the period before, and which calls to listen to. "
	    "docs/coaching.md says what each measure is.\n"
	    "Employees are not ranked and get no score. A share of tones is shown of 5 or more "
	    "agents and 30 or more closings only; of one person (--agent) there are facts of "
	    "conversation and the log, never a tone.\n"
	    "note adds to the log of one person what was shown and discussed; log prints it.",
	.opts = coach_opts,
};
