/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_pack.c - a workshop pack: one folder or zip file that opens in any browser. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cli/cli.h"
#include "cli/hand_out.h"
#include "cli/pick.h"
#include "clip/pack.h"

enum { MAX_PROMPTS = 20, MAX_PROMPT_BYTES = 500, MANY = 1000 };

struct pack_opts {
	struct ut_pick pick;
	const char *db, *out, *format, *lang, *title, *prompts;
	double before_s, after_s;
	int64_t bad, good;
	bool disguise, names;
};

static const struct ut_opt pack_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct pack_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "out",
	  .letter = 'o',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct pack_opts, out),
	  .value = "DIR|FILE.zip",
	  .help = "a new folder, or a zip file" },
	{ .name = "bad",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct pack_opts, bad),
	  .min = 0,
	  .max = 100,
	  .value = "N",
	  .help = "closings that were not meant (default: 5)" },
	{ .name = "good",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct pack_opts, good),
	  .min = 0,
	  .max = 100,
	  .value = "N",
	  .help = "good examples: strong recoveries first, then warm closings (default: 5)" },
	UT_PICK_OPTS(struct pack_opts, pick),
	{ .name = "language",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct pack_opts, lang),
	  .choices = "en|he",
	  .help = "of the pages (default: en)" },
	{ .name = "title",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct pack_opts, title),
	  .value = "TEXT",
	  .help = "of the first page" },
	{ .name = "prompts",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct pack_opts, prompts),
	  .value = "FILE",
	  .help = "the trainer's questions for the discussion, one a line" },
	{ .name = "format",
	  .letter = 'f',
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct pack_opts, format),
	  .choices = "wav|flac|opus",
	  .help = "of the sound (default: wav, which every browser plays)" },
	{ .name = "before",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct pack_opts, before_s),
	  .min = 0,
	  .max = 300,
	  .value = "S",
	  .help = "seconds before the closing (default: 10)" },
	{ .name = "after",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct pack_opts, after_s),
	  .min = 0,
	  .max = 120,
	  .value = "S",
	  .help = "seconds after it (default: 2)" },
	{ .name = "disguise",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct pack_opts, disguise),
	  .help = "move the voices' pitch and formants (docs/workshop.md says what that hides)" },
	{ .name = "names",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct pack_opts, names),
	  .help = "teams, agents, customers' keys and reviewers too: for a room that may know "
		  "them" },
	{ 0 },
};

struct work {
	struct ut_store *s;
	struct ut_clip_maker *m;
	const struct pack_opts *o;
	struct ut_pack pack;
	int64_t *ids; /* in the pack */
	size_t n_ids, n_failed;
	char *prompts_text, *prompt[MAX_PROMPTS];
	size_t n_prompts;
};

/* ---- the trainer's questions ---- */

static enum ut_status read_prompts(struct work *w, const char *path, struct ut_error *err)
{
	size_t room = (size_t)MAX_PROMPTS * MAX_PROMPT_BYTES, n;
	FILE *f = fopen(path, "re");
	char *at;

	if (!f)
		return ut_fail(err, UT_EIO, "--prompts %s: %s", path, strerror(errno));
	w->prompts_text = calloc(1, room + 2);
	n = w->prompts_text ? fread(w->prompts_text, 1, room + 1, f) : 0;
	if (!w->prompts_text || ferror(f) || n > room) {
		fclose(f);
		return ut_fail(err, UT_EIO, "--prompts %s: %s", path,
			       n > room ? "longer than 10,000 bytes" : "cannot be read");
	}
	fclose(f);
	for (char *c = w->prompts_text; *c;) {
		size_t len = ut_utf8_len(c);

		if (len == 0)
			return ut_fail(err, UT_EFORMAT, "--prompts %s: not UTF-8", path);
		c += len;
	}
	for (char *line = strtok_r(w->prompts_text, "\r\n", &at); line;
	     line = strtok_r(NULL, "\r\n", &at)) {
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (w->n_prompts == MAX_PROMPTS)
			return ut_fail(err, UT_ELIMIT, "--prompts %s: more than %d lines", path,
				       MAX_PROMPTS);
		w->prompt[w->n_prompts++] = line;
	}
	return UT_OK;
}

/* ---- one example ---- */

static bool is_in(const struct work *w, int64_t id)
{
	for (size_t i = 0; i < w->n_ids; i++)
		if (w->ids[i] == id)
			return true;
	return false;
}

/* UT_OK with *put false: it is not of the wanted kind. */
static enum ut_status put(struct work *w, const struct ut_example *e, struct ut_error *err)
{
	struct ut_clip_spec spec = { .start_s = e->start_s,
				     .end_s = e->end_s,
				     .channel = UT_CLIP_MIX,
				     .format = w->pack.o.format,
				     .disguise = w->o->disguise };
	struct ut_clip clip = { 0 };
	struct ut_clip_view view = { 0 };
	int64_t *ids = realloc(w->ids, (w->n_ids + 1) * sizeof(*ids));
	bool seen = false;
	enum ut_status st;
	int fd[2] = { -1, -1 };

	if (!ids)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	w->ids = ids;
	st = ut_clip_open(w->s, &e->call, true, fd, err);
	if (st == UT_OK)
		st = ut_clip_make(w->m, fd, &e->call, &spec, &clip, err);
	if (st == UT_OK && ut_call_customer(&e->call, NULL) >= 0) {
		st = ut_clip_view(w->m, fd, &e->call, clip.start_s, clip.end_s, &view, err);
		seen = st == UT_OK;
	}
	if (st == UT_OK)
		st = ut_pack_add(&w->pack, e, &clip, seen ? &view : NULL, err);
	if (st == UT_OK)
		w->ids[w->n_ids++] = e->call.id;
	ut_clip_close(fd);
	ut_clip_view_done(&view);
	ut_clip_done(&clip);
	return st;
}

/* What a person can mend is said, and the rest goes on; the others end the pack. */
static bool goes_on(struct work *w, int64_t id, enum ut_status st, const struct ut_error *err)
{
	if (st == UT_ENOMEM || st == UT_EDB)
		return false;
	w->n_failed++;
	fprintf(stderr, "undertone pack: call %" PRId64 ": %s\n", id, err->msg);
	return true;
}

enum wanted { WANT_BAD, WANT_RECOVERY, WANT_WARM, WANT_GOOD, WANT_ANY };

static bool is_wanted(enum ut_example_kind k, enum wanted want)
{
	switch (want) {
	case WANT_BAD:
		return k == UT_EXAMPLE_BAD;
	case WANT_RECOVERY:
		return k == UT_EXAMPLE_RECOVERY;
	case WANT_WARM:
		return k == UT_EXAMPLE_WARM;
	case WANT_GOOD:
		return k == UT_EXAMPLE_RECOVERY || k == UT_EXAMPLE_WARM;
	default:
		return true;
	}
}

/* Of the list, in its order, until there are `until` examples in the pack. */
static enum ut_status take(struct work *w, const struct ut_pick_list *l, enum wanted want,
			   size_t until, struct ut_error *err)
{
	for (size_t i = 0; i < l->n && w->n_ids < until; i++) {
		struct ut_example e;
		enum ut_status st;

		if (is_in(w, l->v[i]))
			continue;
		st = ut_example_load(w->s, l->v[i], w->o->before_s, w->o->after_s, &e, err);
		if (st == UT_OK && is_wanted(e.kind, want))
			st = put(w, &e, err);
		ut_example_done(&e);
		if (st != UT_OK && !goes_on(w, l->v[i], st, err))
			return st;
	}
	return UT_OK;
}

/* What reviewers heard comes before what the model alone says. */
static enum ut_status take_list(struct work *w, enum ut_review_list list, int reviewed,
				enum wanted want, size_t until, struct ut_error *err)
{
	struct ut_pick_list l = { 0 };
	enum ut_status st = UT_OK;

	if (w->n_ids < until &&
	    !(w->o->pick.reviewed && (strcmp(w->o->pick.reviewed, "yes") == 0) != reviewed)) {
		st = ut_pick_queue(w->s, &w->o->pick, list, reviewed, MANY, &l, err);
		if (st == UT_OK)
			st = take(w, &l, want, until, err);
	}
	free(l.v);
	return st;
}

static enum ut_status gather(struct work *w, struct ut_error *err)
{
	size_t bad = (size_t)w->o->bad, all;
	enum ut_status st = take_list(w, UT_REVIEW_FINDINGS, 1, WANT_BAD, bad, err);

	if (st == UT_OK)
		st = take_list(w, UT_REVIEW_FINDINGS, 0, WANT_BAD, bad, err);
	all = w->n_ids + (size_t)w->o->good; /* there may be fewer bad ones */
	if (st == UT_OK)
		st = take_list(w, UT_REVIEW_FINDINGS, 1, WANT_RECOVERY, all, err);
	if (st == UT_OK)
		st = take_list(w, UT_REVIEW_FINDINGS, 1, WANT_WARM, all, err);
	if (st == UT_OK)
		st = take_list(w, UT_REVIEW_GOOD, 0, WANT_GOOD, all, err);
	return st;
}

/* Named calls, the bad ones first, as the pages want them. */
static enum ut_status gather_named(struct work *w, const struct ut_pick_list *l,
				   struct ut_error *err)
{
	static const enum wanted order[] = { WANT_BAD, WANT_GOOD };
	struct ut_pick_list rest = { 0 };
	enum ut_status st = UT_OK;

	for (size_t k = 0; st == UT_OK && k < UT_ARRAY_LEN(order); k++) {
		struct ut_pick_list these = { 0 };

		for (size_t i = 0; st == UT_OK && i < l->n; i++) {
			struct ut_example e;

			st = ut_example_load(w->s, l->v[i], 0, 0, &e, err);
			if (st == UT_OK && is_wanted(e.kind, order[k]))
				ut_pick_push(&these, l->v[i]);
			else if (st == UT_OK && k == 0 && e.kind == UT_EXAMPLE_OTHER)
				ut_pick_push(&rest, l->v[i]);
			ut_example_done(&e);
		}
		if (st == UT_OK && (these.failed || rest.failed))
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
		if (st == UT_OK)
			st = take(w, &these, WANT_ANY, SIZE_MAX, err);
		free(these.v);
	}
	if (st == UT_OK)
		st = take(w, &rest, WANT_ANY, SIZE_MAX, err);
	free(rest.v);
	return st;
}

/* ---- writing ---- */

static bool is_zip(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcasecmp(path + n - 4, ".zip") == 0;
}

/* A folder with something in it may be somebody's work. */
static enum ut_status check_free(const char *out, struct ut_error *err)
{
	struct stat st;
	struct dirent *d;
	DIR *dir;
	bool empty = true;

	if (lstat(out, &st) != 0)
		return UT_OK;
	dir = is_zip(out) ? NULL : opendir(out);
	while (dir && empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	if (dir && empty)
		return UT_OK;
	return ut_fail(err, UT_EINVAL, "--out %s: there is one already; name another, or delete it",
		       out);
}

static enum ut_status hand_out(struct work *w, const char *dir, const char *name, const char *pack,
			       const struct ut_text *bytes, int64_t call_id, struct ut_error *err)
{
	char sha256[65];

	return ut_cli_hand_out(w->s,
			       &(struct ut_cli_handed){ .dir = dir,
							.name = name,
							.pack = pack,
							.made_as = "pack",
							.ids = call_id ? &call_id : w->ids,
							.n = call_id ? 1 : w->n_ids },
			       bytes, sha256, err);
}

static enum ut_status write_folder(struct work *w, struct ut_error *err)
{
	char *dir = NULL;
	enum ut_status st = ut_outfile_folder(w->o->out, &dir, err);

	for (size_t i = 0; st == UT_OK && i < w->pack.n_files; i++) {
		const struct ut_pack_file *f = &w->pack.file[i];

		st = hand_out(w, dir, f->name, dir, &f->bytes, f->call_id, err);
	}
	free(dir);
	return st;
}

static enum ut_status write_zip(struct work *w, struct ut_error *err)
{
	const char *slash = strrchr(w->o->out, '/'), *base = slash ? slash + 1 : w->o->out;
	struct ut_text parent = { 0 }, folder = { 0 }, path = { 0 }, bytes = { 0 };
	char *dir = NULL;
	enum ut_status st;

	ut_text_addn(&parent, slash ? w->o->out : ".", slash ? (size_t)(slash - w->o->out) : 1);
	if (slash == w->o->out)
		ut_text_add(&parent, "/");
	ut_text_addn(&folder, base, strlen(base) - 4);
	if (parent.failed || folder.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	else
		st = ut_outfile_folder(parent.s, &dir, err);
	if (st == UT_OK)
		st = ut_pack_zip(&w->pack, folder.len ? folder.s : "pack", &bytes, err);
	if (st == UT_OK) {
		ut_text_addf(&path, "%s/%s", dir, base); /* the zip is its own pack */
		st = path.failed ? ut_fail(err, UT_ENOMEM, "not enough memory")
				 : hand_out(w, dir, base, path.s, &bytes, 0, err);
	}
	free(dir);
	ut_text_done(&path);
	ut_text_done(&parent);
	ut_text_done(&folder);
	ut_text_done(&bytes);
	return st;
}

static int finish(struct work *w, const struct ut_pick_list *named)
{
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	char subject[128];
	enum ut_status st = named ? gather_named(w, named, &err) : gather(w, &err);
	int rc;

	if (st == UT_OK && w->n_ids == 0) {
		fprintf(stderr, "undertone pack: no call to put into it%s\n",
			w->n_failed ? "" : ": none passes the filters");
		return w->n_failed ? UT_EXIT_SOME_FAILED : UT_EXIT_FINE;
	}
	snprintf(subject, sizeof(subject), "pack: %zu calls%s%s", w->n_ids,
		 w->o->disguise ? ", disguised" : "", w->o->names ? ", with names" : "");
	if (st == UT_OK)
		st = ut_pack_finish(&w->pack, &err);
	if (st == UT_OK) /* what leaves no trace does not leave */
		st =
		    ut_review_note(w->s, ut_cli_user(), "export", subject, (int64_t)w->n_ids, &err);
	if (st == UT_OK)
		st = is_zip(w->o->out) ? write_zip(w, &err) : write_folder(w, &err);
	if (st != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_addf(&out, "%zu example%s in ", w->n_ids, w->n_ids == 1 ? "" : "s");
	ut_text_add_visible(&out, w->o->out);
	ut_text_add(&out, is_zip(w->o->out) ? ": unpack it and open index.html in a browser"
					    : ": open index.html in a browser");
	if (w->n_failed)
		ut_text_addf(&out, "; %zu could not be made", w->n_failed);
	ut_text_add(&out, "\n");
	rc = ut_cli_print(&out);
	ut_text_done(&out);
	return rc == UT_EXIT_FINE && w->n_failed ? UT_EXIT_SOME_FAILED : rc;
}

static int cmd_pack(int argc, char **argv)
{
	struct pack_opts o = { .before_s = 10, .after_s = 2, .bad = 5, .good = 5 };
	struct work w = { .o = &o };
	struct ut_pick_list l = { 0 };
	struct ut_pack_opts po = { 0 };
	struct ut_error err = { 0 };
	char today[16];
	time_t t = time(NULL);
	struct tm tm;
	const char *wrong;
	enum ut_status st;
	int n, rc = ut_cli_parse(&ut_cmd_pack, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!o.out || !o.out[0])
		return ut_cli_usage(&ut_cmd_pack, "--out DIR or --out FILE.zip is needed");
	wrong = ut_pick_check(&o.pick);
	if (wrong)
		return ut_cli_usage(&ut_cmd_pack, "%s", wrong);
	if (n && ut_pick_any(&o.pick))
		return ut_cli_usage(&ut_cmd_pack, "calls by name, or filters: not both");
	if (check_free(o.out, &err) != UT_OK || (o.prompts && read_prompts(&w, o.prompts, &err))) {
		free(w.prompts_text);
		return ut_cli_usage(&ut_cmd_pack, "%s", err.msg);
	}
	gmtime_r(&t, &tm);
	strftime(today, sizeof(today), "%Y-%m-%d", &tm);
	po = (struct ut_pack_opts){ .names = o.names,
				    .disguised = o.disguise,
				    .format = ut_clip_format_find(o.format),
				    .title = o.title,
				    .prompts = (const char *const *)w.prompt,
				    .n_prompts = w.n_prompts,
				    .made_on = today };
	ut_lang_find(o.lang, &po.lang);
	ut_pack_init(&w.pack, &po);
	st = ut_clip_maker_start(1, &w.m, &err);
	if (st == UT_OK)
		st = ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &w.s, &err);
	if (st == UT_OK && n)
		st = ut_pick_named(w.s, argv + 1, (size_t)n, &l, &err);
	if (st == UT_OK)
		rc = finish(&w, n ? &l : NULL);
	else if (n && (st == UT_ENOENT || st == UT_EINVAL))
		rc = ut_cli_usage(&ut_cmd_pack, "%s", err.msg);
	else
		rc = ut_cli_fail(NULL, &err);
	ut_store_close(&w.s);
	ut_clip_maker_stop(&w.m);
	ut_pack_done(&w.pack);
	free(w.prompts_text);
	free(w.ids);
	free(l.v);
	return rc;
}

const struct ut_command ut_cmd_pack = {
	.name = "pack",
	.fn = cmd_pack,
	.max_args = UT_ANY_ARGS,
	.args = "[CALL...]",
	.help = "a workshop pack: a folder or zip that opens in any browser",
	.about =
	    "Excerpts with pictures, evidence, what reviewers heard and room for questions; a "
	    "handout "
	    "to print, a playlist, a table. It needs neither this program nor a network. What "
	    "reviewers "
	    "heard decides what is a bad and what is a good example; where nobody has listened, "
	    "the "
	    "model does, and the page says \"unconfirmed\". CALL is named as for `undertone show`; "
	    "without one, the likeliest that pass the filters. No name of a customer, agent or "
	    "reviewer goes into it without --names; a reviewer's note is taken as it was written. "
	    "The "
	    "database notes each file, so that `undertone purge` can remove it; copies that were "
	    "given "
	    "away are out of its reach (docs/workshop.md).",
	.opts = pack_opts,
};
