/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_export.c - stored calls for other programs: vCon, CSV, JSON Lines, the shape of Contact Lens.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/paths.h"
#include "cli/pick.h"
#include "metadata/metadata.h"
#include "metadata/transcript.h"
#include "metadata/vcon.h"
#include "report/export.h"
#include "report/report.h"
#include "run/item.h"

struct export_opts {
	const char *db, *format, *out;
	bool vcon, fresh;
};

static const struct ut_opt export_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct export_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "format",
	  .letter = 'f',
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct export_opts, format),
	  .choices = "csv|jsonl|vcon|contact-lens",
	  .help = "what to write (docs/EXPORTS.md; default: csv)" },
	{ .name = "vcon",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct export_opts, vcon),
	  .help = "the same as --format vcon" },
	{ .name = "out",
	  .letter = 'o',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct export_opts, out),
	  .value = "PATH",
	  .help = "a file for csv and jsonl, a folder for vcon and contact-lens, which write one "
		  "file a call (default: standard output; one call only where a call is a file)" },
	{ .name = "new",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct export_opts, fresh),
	  .help = "a new vCon even of a call that came with one" },
	{ 0 },
};

static const struct format {
	const char *name, *ending; /* ending: one file a call */
	void (*head)(struct ut_text *out);
	void (*row)(const struct ut_export *e, struct ut_text *out); /* NULL: a vCon */
	bool words;                                                  /* wants the transcript */
} formats[] = {
	{ "csv", NULL, ut_export_csv_head, ut_export_csv, false },
	{ "jsonl", NULL, NULL, ut_export_jsonl, false },
	{ "vcon", ".vcon", NULL, NULL, false },
	{ "contact-lens", ".json", NULL, ut_export_contact_lens, true },
};

static bool add_finding(void *user, const struct ut_finding *f)
{
	return ut_pick_push(user, f->call_id);
}

struct export
{
	struct ut_store *s;
	const struct format *f;
	const struct export_opts *o;
	struct ut_call call;
	struct ut_stored stored;
	struct ut_cli_paths paths;
	struct ut_text out;
	int to; /* descriptor of --out FILE; -1 */
};

static enum ut_status write_file(const struct export *x, struct ut_error *err)
{
	char name[64];

	snprintf(name, sizeof(name), "call-%lld%s", (long long)x->call.id, x->f->ending);
	return ut_outfile_write(x->o->out, name, x->out.s, x->out.len, err);
}

/* ---- a vCon ---- */

/* The vCon that a recording came with: itself, or its sidecar. *v NULL: there is none. */
static enum ut_status open_its_vcon(const char *recording, struct ut_vcon **v, struct ut_error *err)
{
	char beside[4096];
	const char *path = recording;
	struct ut_beside f = { 0 };
	enum ut_status st;

	*v = NULL;
	if (!ut_path_ends(path, ".vcon") && !ut_path_ends(path, ".json")) {
		if (!ut_meta_sidecar_path(recording, beside, sizeof(beside)))
			return UT_OK;
		path = beside;
	}
	st = ut_item_read_file(path, UT_VCON_MAX_BYTES, &f, err);
	if (st == UT_OK && f.bytes && ut_vcon_maybe(f.bytes, f.n)) {
		st = ut_vcon_open(f.bytes, f.n, path, v, err);
		if (st == UT_ENOENT || st == UT_EFORMAT) /* a sidecar of ours, or none */
			st = UT_OK;
	}
	free(f.name);
	free(f.bytes);
	return st;
}

static bool came_with_one(const struct ut_call *c)
{
	for (unsigned i = 0; i < c->n_parties; i++)
		if (c->party[i].source && strncmp(c->party[i].source, "vCon ", 5) == 0)
			return true;
	return false;
}

static void now(char buf[32])
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* The vCon that came in, with the analysis; in x->out. */
static enum ut_status add_to(struct export *x, const struct ut_export *e, const struct ut_vcon *v,
			     const char *recording, struct ut_error *err)
{
	const struct ut_closing_record *r = &x->call.closing;
	char at[32], uuid[37];
	struct ut_text body = { 0 };
	struct ut_vcon_addition a = { .vendor = UT_EXPORT_VENDOR,
				      .product = UT_EXPORT_PRODUCT,
				      .schema = UT_EXPORT_SCHEMA,
				      .now = at,
				      .uuid = uuid };
	struct ut_vcon_recording side[2] = { 0 };
	int channel = r->has_tone ? x->call.party[r->party].channel : 0;
	enum ut_status st;

	/* of two recordings, a side each, it is the customer's that the tone is of */
	if (x->call.media.path2 && ut_vcon_sides(v, side, NULL) == UT_OK && channel >= 0 &&
	    channel < 2) {
		recording = side[channel].name ? side[channel].name : recording;
		channel = 0;
	}
	st = ut_vcon_dialog(v, recording, &a.dialog, err);
	if (st == UT_OK && r->has_tone)
		st = ut_vcon_check_customer(v, recording, channel, err);
	free(side[0].audio);
	free(side[1].audio);
	if (st != UT_OK)
		return st;
	now(at);
	ut_export_uuid(e, "amended", uuid);
	ut_report_call_json(&x->call, &body);
	if (body.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	if (st == UT_OK) {
		body.s[body.len - 1] = '\0'; /* the end of its line */
		a.body = body.s;
		st = ut_vcon_add(v, &a, &x->out, err);
	}
	ut_text_done(&body);
	return st;
}

/* Takes the folder out of a text that names one of the call's files, or one beside it. */
static void without_folder(char *s, const char *path)
{
	size_t n = (size_t)(ut_path_base(path) - path);

	for (char *at = s; n && at && (at = memmem(at, strlen(at), path, n)) != NULL;)
		if (at == s || at[-1] == ' ')
			memmove(at, at + n, strlen(at + n) + 1);
		else
			at++;
}

/* Folders of our own disk are nobody's business elsewhere. */
static enum ut_status without_folders(struct export *x, const char *file, struct ut_error *err)
{
	struct ut_call *c = &x->call;

	for (size_t k = 0; k < x->paths.n; k++) {
		for (unsigned i = 0; i < c->n_parties; i++)
			without_folder(c->party[i].source, x->paths.v[k]);
		for (size_t i = 0; i < c->n_problems; i++)
			without_folder(c->problem[i].message, x->paths.v[k]);
		without_folder(c->closing.reason, x->paths.v[k]);
		without_folder(c->closing.no_tone_reason, x->paths.v[k]);
	}
	if (c->media.path2) {
		char *base = strdup(ut_path_base(c->media.path2));

		free(c->media.path2);
		c->media.path2 = base;
	}
	if (ut_call_set(&c->media.path, file) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	return UT_OK;
}

static enum ut_status vcon(struct export *x, const struct ut_export *e, struct ut_error *err)
{
	struct ut_vcon *v = NULL;
	struct ut_text fresh = { 0 };
	const char *recording = e->file;
	enum ut_status st = UT_OK;

	for (size_t i = 0; i < x->paths.n && st == UT_OK && !v && !x->o->fresh; i++) {
		recording = x->paths.v[i];
		st = open_its_vcon(recording, &v, err);
	}
	if (st == UT_OK)
		st = without_folders(x, e->file, err);
	if (st == UT_OK && !v && !x->o->fresh && came_with_one(&x->call))
		st =
		    ut_fail(err, UT_ENOENT,
			    "it came with a vCon that is not beside the recording any more: put it "
			    "back, or pass --new for a new one");
	if (st == UT_OK && !v) {
		ut_export_new_vcon(e, &fresh);
		st = fresh.failed ? ut_fail(err, UT_ENOMEM, "not enough memory")
				  : ut_vcon_open(fresh.s, fresh.len, e->file, &v, err);
		recording = e->file;
	}
	if (st == UT_OK)
		st = add_to(x, e, v, recording, err);
	ut_vcon_destroy(&v);
	ut_text_done(&fresh);
	return st;
}

/* ---- any format ---- */

/* The transcript beside the recording, tied to the call's parties; none is no fault. */
static enum ut_status read_words(const struct export *x, struct ut_transcript *t,
				 struct ut_timed_word **w, size_t *n, struct ut_error *err)
{
	char path[4096];
	struct ut_beside f = { 0 };
	enum ut_status st = UT_OK;

	for (size_t i = 0; i < x->paths.n && !f.name && st == UT_OK; i++)
		if (ut_transcript_path(x->paths.v[i], path, sizeof(path)))
			st = ut_item_read_file(path, UT_TRANSCRIPT_MAX_BYTES, &f, err);
	if (st == UT_OK && f.name &&
	    ut_transcript_parse(f.bytes, f.n, f.name, t, NULL) == UT_OK) /* else: as if none */
		st = ut_transcript_words(t, &x->call, w, n, NULL, err);
	free(f.name);
	free(f.bytes);
	return st;
}

static enum ut_status load(struct export *x, int64_t id, struct ut_error *err)
{
	enum ut_status st;

	ut_cli_paths_done(&x->paths);
	st = ut_store_must_be_current(x->s, id, err);
	if (st == UT_OK)
		st = ut_store_load_call(x->s, id, &x->call, err);
	if (st == UT_OK)
		st = ut_store_stored(x->s, id, &x->stored, err);
	if (st == UT_OK)
		st = ut_cli_paths_load(&x->paths, x->s, id, err);
	return st;
}

static enum ut_status flush(struct export *x, struct ut_error *err)
{
	enum ut_status st = UT_OK;

	if (x->out.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory for the output");
	else if (x->f->ending && x->o->out)
		st = write_file(x, err);
	else if (!ut_outfile_put(x->to >= 0 ? x->to : STDOUT_FILENO, x->out.s, x->out.len))
		st = ut_fail(err, UT_EIO, "cannot write %s: %s",
			     x->to >= 0 ? x->o->out : "to standard output", strerror(errno));
	ut_text_clear(&x->out);
	return st;
}

/* *fatal: nothing more can be written. */
static enum ut_status one(struct export *x, int64_t id, bool *fatal, struct ut_error *err)
{
	struct ut_transcript t = { 0 };
	struct ut_timed_word *w = NULL;
	struct ut_export e = { .call = &x->call, .stored = &x->stored };
	struct ut_text file = { 0 };
	enum ut_status st = load(x, id, err);

	*fatal = st != UT_OK;
	if (st == UT_OK && x->f->words)
		st = read_words(x, &t, &w, &e.n_words, err);
	if (st == UT_OK) {
		ut_text_add(&file, ut_path_base(x->call.media.path));
		e.file = file.s;
		e.words = w;
		if (x->f->row)
			x->f->row(&e, &x->out);
		else
			st = vcon(x, &e, err);
	}
	if (st == UT_OK && (x->f->ending || x->out.len > 1 << 16)) {
		st = flush(x, err);
		*fatal = st != UT_OK;
	} else if (st != UT_OK && x->f->ending) {
		ut_text_clear(&x->out);
	}
	free(w);
	ut_transcript_done(&t);
	ut_text_done(&file);
	return st;
}

static int write_out(struct export *x, const struct ut_pick_list *l)
{
	struct ut_error err = { 0 };
	int rc = UT_EXIT_FINE;

	/* before anything is out: an export that leaves no trace is none */
	if (l->n &&
	    ut_store_note_export(x->s, ut_cli_user(), x->f->name, (int64_t)l->n, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (x->f->head)
		x->f->head(&x->out);
	for (size_t i = 0; i < l->n; i++) {
		bool fatal;
		char what[40];

		if (one(x, l->v[i], &fatal, &err) == UT_OK)
			continue;
		snprintf(what, sizeof(what), "call %lld", (long long)l->v[i]);
		ut_cli_fail(fatal ? NULL : what, &err);
		if (fatal)
			return UT_EXIT_RUNTIME;
		rc = UT_EXIT_SOME_FAILED;
	}
	if (!x->f->ending && flush(x, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	if (x->to >= 0 && close(x->to) != 0) {
		ut_fail(&err, UT_EIO, "cannot write %s: %s", x->o->out, strerror(errno));
		rc = ut_cli_fail(NULL, &err);
	}
	x->to = -1;
	return rc;
}

/* The calls named, or all that findings lists. -1: go on. */
static int choose(struct ut_store *s, int n, char **names, struct ut_pick_list *l)
{
	struct ut_finding_query all = { .all = true };
	struct ut_error err = { 0 };
	enum ut_status st = UT_OK;

	if (n == 0)
		st = ut_store_findings(s, &all, add_finding, l, &err);
	for (int i = 0; i < n && st == UT_OK; i++) {
		int64_t id;

		st = ut_store_find_call(s, names[i], &id, &err);
		if (st == UT_ENOENT || st == UT_EINVAL)
			return ut_cli_usage(&ut_cmd_export, "%s", err.msg);
		if (st == UT_OK)
			ut_pick_push(l, id);
	}
	if (st == UT_OK && l->failed)
		st = ut_fail(&err, UT_ENOMEM, "not enough memory");
	return st == UT_OK ? -1 : ut_cli_fail(NULL, &err);
}

static int open_out(struct export *x, const struct ut_pick_list *l)
{
	struct ut_error err = { 0 };

	if (x->f->ending && !x->o->out && l->n != 1)
		return ut_cli_usage(&ut_cmd_export,
				    "%s writes one file a call: name one call, or a folder with "
				    "--out",
				    x->f->name);
	if (x->f->ending && x->o->out && mkdir(x->o->out, 0750) != 0 && errno != EEXIST) {
		ut_fail(&err, UT_EIO, "cannot make the folder %s: %s", x->o->out, strerror(errno));
		return ut_cli_fail(NULL, &err);
	}
	if (x->f->ending || !x->o->out)
		return -1;
	x->to = open(x->o->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (x->to >= 0)
		return -1;
	ut_fail(&err, UT_EIO, "cannot write %s: %s", x->o->out, strerror(errno));
	return ut_cli_fail(NULL, &err);
}

static int cmd_export(int argc, char **argv)
{
	struct export_opts o = { 0 };
	struct export x = { .o = &o, .to = -1, .f = formats };
	struct ut_pick_list l = { 0 };
	struct ut_error err = { 0 };
	int n, rc = ut_cli_parse(&ut_cmd_export, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.vcon && o.format && strcmp(o.format, "vcon") != 0)
		return ut_cli_usage(&ut_cmd_export, "--vcon or --format %s, not both", o.format);
	for (size_t i = 0; i < UT_ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].name, o.vcon ? "vcon" : o.format ? o.format : "csv") == 0)
			x.f = &formats[i];
	if (o.fresh && x.f->row)
		return ut_cli_usage(&ut_cmd_export, "--new is for vcon");
	ut_call_init(&x.call);
	if (ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &x.s, &err) != UT_OK)
		rc = ut_cli_fail(NULL, &err);
	if (rc < 0)
		rc = choose(x.s, n, argv + 1, &l);
	if (rc < 0)
		rc = open_out(&x, &l);
	if (rc < 0)
		rc = write_out(&x, &l);
	if (x.to >= 0)
		close(x.to);
	ut_cli_paths_done(&x.paths);
	free(l.v);
	ut_text_done(&x.out);
	ut_call_done(&x.call);
	ut_store_close(&x.s);
	return rc;
}

const struct ut_command ut_cmd_export = {
	.name = "export",
	.fn = cmd_export,
	.min_args = 0,
	.max_args = UT_ANY_ARGS,
	.args = "[CALL...]",
	.help = "write stored calls for other programs: CSV, JSON Lines, vCon, Contact Lens",
	.about =
	    "All calls that `undertone findings --all` lists, in its order, or those named. CALL "
	    "is as "
	    "for `undertone show`. Every export is recorded in the database (`undertone runs "
	    "--audit`) before anything is written; who may only read the database cannot "
	    "export.\n\n"
	    "vcon: the vCon that the call came with (in it, or beside the recording), the same "
	    "byte "
	    "for byte but for the analysis added and the time of the update. A signed one is never "
	    "edited: a new version is written, which names it as amended. A call that came without "
	    "one gets a new one. A tone is only ever put into it for a verified external "
	    "customer.\n\n"
	    "contact-lens: the shape of Amazon Connect Contact Lens' output files, without "
	    "sentiment. Words per minute and the text of turns are there where a transcript lies "
	    "beside the recording.",
	.opts = export_opts,
};
