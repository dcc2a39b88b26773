/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_serve.c - the trainers' local web page. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "review/server.h"
#include "store/review.h"

struct serve_opts {
	const char *db, *listen, *behind_proxy;
	int64_t decoders;
};

static const struct ut_opt serve_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct serve_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "listen",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct serve_opts, listen),
	  .value = "ADDRESS:PORT",
	  .help = "a numeric address; port 0 takes any free one (default: 127.0.0.1:8321)" },
	{ .name = "behind-proxy",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct serve_opts, behind_proxy),
	  .value = "HOST",
	  .help = "a TLS proxy stands in front, and browsers know it as HOST (docs/deploy); needed "
		  "for an address that is not loopback" },
	{ .name = "decoders",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct serve_opts, decoders),
	  .min = 1,
	  .max = 16,
	  .value = "N",
	  .help = "recordings decoded at a time (default: 2)" },
	{ 0 },
};

static void fault(void *user, const char *what)
{
	static const struct ut_log log = { UT_LOG_ERROR, false };

	(void)user;
	ut_log(&log, UT_LOG_ERROR, "serve", NULL, "%s", what);
}

/* "127.0.0.1:8321", "[::1]:8321". */
static bool split(const char *s, char *address, size_t cap, uint16_t *port)
{
	const char *colon = strrchr(s, ':');
	char *end;
	unsigned long n;

	if (!colon || colon == s || (size_t)(colon - s) >= cap || colon[1] < '0' || colon[1] > '9')
		return false;
	n = strtoul(colon + 1, &end, 10);
	if (*end || n > 65535)
		return false;
	if (*s == '[') {
		if (colon[-1] != ']')
			return false;
		snprintf(address, cap, "%.*s", (int)(colon - s - 2), s + 1);
	} else {
		snprintf(address, cap, "%.*s", (int)(colon - s), s);
	}
	*port = (uint16_t)n;
	return true;
}

static bool is_active(void *user, const struct ut_reviewer *r)
{
	*(unsigned *)user += !r->ended_at[0];
	return true;
}

/* Nobody could sign in: say what to do, rather than serve a closed door. */
static int check_people(const char *db, unsigned *n)
{
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	enum ut_status st = ut_store_open(db, UT_STORE_MODIFY, &s, &err);

	if (st == UT_OK)
		st = ut_review_users(s, is_active, n, &err);
	ut_store_close(&s);
	return st == UT_OK ? UT_EXIT_FINE : ut_cli_fail(NULL, &err);
}

static int serve(const struct ut_server_options *so, struct ut_clip_maker *clips,
		 const sigset_t *stop)
{
	struct ut_server *server = NULL;
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	bool v6 = strchr(so->address, ':') != NULL;
	int sig, rc;

	if (ut_server_start(so, clips, &server, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_addf(&out, "http://%s%s%s:%u/ (Ctrl-C ends it)\n", v6 ? "[" : "", so->address,
		     v6 ? "]" : "", ut_server_port(server));
	rc = ut_cli_print(&out);
	ut_text_done(&out);
	if (rc == UT_EXIT_FINE)
		sigwait(stop, &sig);
	ut_server_stop(&server);
	return rc;
}

static int cmd_serve(int argc, char **argv)
{
	struct serve_opts o = { .listen = "127.0.0.1:8321", .decoders = 2 };
	struct ut_server_options so = { .fault = fault };
	struct ut_clip_maker *clips = NULL;
	struct ut_error err = { 0 };
	char address[64];
	unsigned people = 0;
	sigset_t stop;
	int n, rc = ut_cli_parse(&ut_cmd_serve, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!split(o.listen, address, sizeof(address), &so.port))
		return ut_cli_usage(&ut_cmd_serve, "--listen: ADDRESS:PORT, not '%s'", o.listen);
	if (o.behind_proxy && !o.behind_proxy[0])
		return ut_cli_usage(&ut_cmd_serve, "--behind-proxy: the name is empty");
	if (!o.behind_proxy && !ut_server_is_loopback(address))
		return ut_cli_usage(
		    &ut_cmd_serve,
		    "--listen %s would be open to other machines without TLS: put a "
		    "proxy in front and name it with --behind-proxy HOST (docs/deploy "
		    "has an nginx file)",
		    o.listen);
	so.db = ut_cli_db(o.db);
	so.address = address;
	so.public_host = o.behind_proxy;
	rc = check_people(so.db, &people);
	if (rc != UT_EXIT_FINE)
		return rc;
	if (!people)
		return ut_cli_usage(
		    &ut_cmd_serve,
		    "nobody may sign in yet: `undertone user add NAME --db %s` first", so.db);
	/* before any thread, so that all of them leave the signals to sigwait */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	if (ut_clip_maker_start((unsigned)o.decoders, &clips, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	rc = serve(&so, clips, &stop);
	ut_clip_maker_stop(&clips);
	return rc;
}

const struct ut_command ut_cmd_serve = {
	.name = "serve",
	.fn = cmd_serve,
	.args = "",
	.help = "a local web page to listen, judge and compare",
	.about =
	    "Listens on this machine alone. Reviewers sign in with the token of `undertone user "
	    "add`. The queue has the likeliest \"did not mean it\" first, with good examples "
	    "between; "
	    "a call's page plays the closing with ten seconds before it, draws the customer's "
	    "voice "
	    "against its own usual range, says the evidence in words, and takes a verdict with one "
	    "key (? lists them). Blind sessions hide the score until the verdict and measure how "
	    "far reviewers agree. Each look, listen, verdict and export is in the record of "
	    "access. "
	    "A batch may run at the same time. docs/review.md has the rest.",
	.opts = serve_opts,
};
