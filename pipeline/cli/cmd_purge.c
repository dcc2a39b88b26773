/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_purge.c - retention, and a person's right to be forgotten. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "cli/cli.h"
#include "store/handed.h"
#include "store/store.h"

struct purge_opts {
	const char *db, *older_than, *call, *customer;
	bool dry_run;
};

static const struct ut_opt purge_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "older-than",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, older_than),
	  .value = "DAYSd",
	  .help = "calls that began (or, unknown, were analysed) more than this ago: 90d, 12w" },
	{ .name = "call",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, call),
	  .value = "CALL",
	  .help = "one call, named as for `undertone show`" },
	{ .name = "customer",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct purge_opts, customer),
	  .value = "KEY",
	  .help = "every call of this customer" },
	{ .name = "dry-run",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct purge_opts, dry_run),
	  .help = "only say what would go" },
	{ 0 },
};

/* "90d", "12w"; 0 where it is neither. */
static int64_t days(const char *s)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno || end == s || n < 1 || n > 100000)
		return 0;
	if (strcmp(end, "d") == 0)
		return n;
	return strcmp(end, "w") == 0 ? 7 * n : 0;
}

/* ---- what was handed out ---- */

struct files {
	bool dry;
	struct ut_text out;
	size_t n_removed, n_gone, n_left;
	char *pack; /* the one under way */
};

/* The pack's own folders, where nothing else is in them any more. */
static void leave_pack(struct files *f)
{
	static const char *const inner[] = { "/audio", "/plots", "" };
	struct ut_text path = { 0 };

	for (size_t i = 0; f->pack && !f->dry && i < UT_ARRAY_LEN(inner); i++) {
		ut_text_clear(&path);
		ut_text_addf(&path, "%s%s", f->pack, inner[i]);
		if (!path.failed)
			rmdir(path.s);
	}
	ut_text_done(&path);
	free(f->pack);
	f->pack = NULL;
}

static void say(struct files *f, const char *what, const struct ut_handed *h)
{
	ut_text_addf(&f->out, "%s ", what);
	ut_text_add_visible(&f->out, h->path);
	ut_text_addf(&f->out, " (%s, %.10s, ", h->pack ? "of a pack" : "excerpt or list", h->at);
	ut_text_add_visible(&f->out, h->actor);
	ut_text_add(&f->out, ")\n");
}

/* Only the very file that was written: another one under its name is somebody's own. */
static bool remove_file(void *user, const struct ut_handed *h)
{
	struct files *f = user;
	char sha256[65] = "";
	struct stat st;
	int fd;

	if (!h->pack || !f->pack || strcmp(h->pack, f->pack) != 0) {
		leave_pack(f);
		f->pack = h->pack ? strdup(h->pack) : NULL;
	}
	fd = open(h->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		f->n_gone++;
		say(f, "not there any more, look for copies:", h);
		return true;
	}
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
			ut_sha256_fd(fd, sha256, &(int64_t){ 0 }, NULL) != UT_OK))
		sha256[0] = '\0';
	if (fd >= 0)
		close(fd);
	if (strcmp(sha256, h->sha256) != 0) {
		f->n_left++;
		say(f, fd < 0 ? "cannot be read, delete it yourself:"
			      : "changed since, delete it yourself:", h);
	} else if (f->dry || unlink(h->path) == 0) {
		f->n_removed++;
		say(f, f->dry ? "would delete" : "deleted", h);
	} else {
		f->n_left++;
		say(f, "cannot be deleted, do it yourself:", h);
	}
	return true;
}

static int purge(struct ut_store *s, const struct purge_opts *o, struct ut_purge *w)
{
	struct ut_purge_counts n;
	struct ut_error err = { 0 };
	struct files f = { .dry = o->dry_run };
	struct ut_text out = { 0 };
	enum ut_status st = UT_OK;
	int rc;

	w->handed = remove_file;
	w->user = &f;

	if (o->call) {
		st = ut_store_find_call(s, o->call, &w->call_id, &err);
		if (st == UT_ENOENT || st == UT_EINVAL)
			return ut_cli_usage(&ut_cmd_purge, "%s", err.msg);
	}
	if (st == UT_OK)
		st = ut_store_purge(s, w, ut_cli_user(), o->dry_run, &n, &err);
	leave_pack(&f);
	if (st != UT_OK) {
		ut_cli_print(&f.out); /* what went, went */
		ut_text_done(&f.out);
		return ut_cli_fail(NULL, &err);
	}
	ut_text_addf(&out, "%s%lld recording%s: %lld result%s, %lld file name%s, %lld failure%s\n",
		     o->dry_run ? "would remove " : "removed ", (long long)n.recordings,
		     n.recordings == 1 ? "" : "s", (long long)n.calls, n.calls == 1 ? "" : "s",
		     (long long)n.files, n.files == 1 ? "" : "s", (long long)n.failures,
		     n.failures == 1 ? "" : "s");
	if (f.out.s)
		ut_text_add(&out, f.out.s);
	out.failed = out.failed || f.out.failed;
	rc = ut_cli_print(&out);
	ut_text_done(&out);
	ut_text_done(&f.out);
	if (rc == UT_EXIT_FINE && f.n_left)
		rc = UT_EXIT_SOME_FAILED;
	return rc;
}

static int cmd_purge(int argc, char **argv)
{
	struct purge_opts o = { 0 };
	struct ut_purge w = { 0 };
	struct ut_store *s = NULL;
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_purge, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!!o.older_than + !!o.call + !!o.customer != 1)
		return ut_cli_usage(&ut_cmd_purge,
				    "exactly one of --older-than, --call and --customer is needed");
	if (o.older_than && !(w.older_than_days = days(o.older_than)))
		return ut_cli_usage(&ut_cmd_purge,
				    "--older-than: a number of days or weeks (90d, 12w), not '%s'",
				    o.older_than);
	if (o.customer && !o.customer[0])
		return ut_cli_usage(&ut_cmd_purge, "--customer: the key is empty");
	w.customer_key = o.customer;
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &s, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	rc = purge(s, &o, &w);
	ut_store_close(&s);
	return rc;
}

const struct ut_command ut_cmd_purge = {
	.name = "purge",
	.fn = cmd_purge,
	.args = "",
	.help = "remove calls for good: by age, by call, by customer",
	.about =
	    "Every result of the recordings concerned goes, with their file names and failures; "
	    "the "
	    "pages are overwritten and the space is given back. Recordings themselves are not "
	    "touched: remove those too, or the next batch finds them again. Excerpts and workshop "
	    "packs that hold them and are still where `undertone clips` and `undertone pack` wrote "
	    "them are deleted, a pack as a whole; those that were moved or changed are named, for a "
	    "person to delete (exit code 1), and copies that were given away are out of its reach. "
	    "The database keeps a record of who removed how many calls when (table audit), without "
	    "the customer's key.",
	.opts = purge_opts,
};
