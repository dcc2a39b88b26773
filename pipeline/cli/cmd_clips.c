/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_clips.c - excerpts around closings, as sound files. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "cli/hand_out.h"
#include "cli/pick.h"
#include "clip/clip.h"
#include "clip/example.h"
#include "report/words.h"
#include "store/handed.h"

struct clips_opts {
	struct ut_pick pick;
	const char *db, *out, *format, *list, *channel;
	double before_s, after_s, level_lufs;
	int64_t limit, fade_ms;
	bool disguise;
};

static const struct ut_opt clips_opts[] = {
	{ .name = "db",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct clips_opts, db),
	  .value = "FILE",
	  .help = UT_CLI_DB_HELP },
	{ .name = "out",
	  .letter = 'o',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct clips_opts, out),
	  .value = "DIR",
	  .help = "the folder to write into; made where it is missing" },
	{ .name = "list",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct clips_opts, list),
	  .choices = "findings|good|recoveries|warm",
	  .help = "which calls, in which order (default: findings, the likeliest \"did not mean "
		  "it\" first)" },
	{ .name = "limit",
	  .letter = 'n',
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct clips_opts, limit),
	  .min = 1,
	  .max = 1e6,
	  .value = "N",
	  .help = "the first N of the list (default: 10)" },
	UT_PICK_OPTS(struct clips_opts, pick),
	{ .name = "format",
	  .letter = 'f',
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct clips_opts, format),
	  .choices = "wav|flac|opus",
	  .help = "of the files (default: wav)" },
	{ .name = "before",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct clips_opts, before_s),
	  .min = 0,
	  .max = 300,
	  .value = "S",
	  .help = "seconds before the closing (default: 10)" },
	{ .name = "after",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct clips_opts, after_s),
	  .min = 0,
	  .max = 120,
	  .value = "S",
	  .help = "seconds after it (default: 2)" },
	{ .name = "channel",
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct clips_opts, channel),
	  .choices = "both|customer",
	  .help = "both sides, or the customer's channel alone (default: both)" },
	{ .name = "disguise",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct clips_opts, disguise),
	  .help = "move the voices' pitch and formants; melody and pace stay "
		  "(docs/workshop.md says what that hides and what not)" },
	{ .name = "fade",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct clips_opts, fade_ms),
	  .min = 10,
	  .max = 50,
	  .value = "MS",
	  .help = "fade in and out, in milliseconds (default: 20)" },
	{ .name = "level",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct clips_opts, level_lufs),
	  .min = -40,
	  .max = -10,
	  .value = "LUFS",
	  .help = "loudness of every clip (default: -23, EBU R 128)" },
	{ 0 },
};

struct work {
	struct ut_store *s;
	struct ut_clip_maker *m;
	const struct clips_opts *o;
	enum ut_clip_format format;
	char *dir; /* absolute */
	struct ut_text manifest;
	size_t n_made, n_there, n_failed;
};

static void file_name(const struct work *w, const struct ut_example *e, char *name, size_t cap)
{
	/* a number and a piece of the content's hash: nobody's name */
	snprintf(name, cap, "call-%06" PRId64 "-%.8s%s", e->call.id, e->call.media.hash,
		 ut_clip_formats[w->format].extension);
}

struct before {
	const char *made_as;
	char sha256[65];
	bool same;
};

static bool made_before(void *user, const struct ut_handed *h)
{
	struct before *b = user;

	b->same = strcmp(h->made_as, b->made_as) == 0;
	snprintf(b->sha256, sizeof(b->sha256), "%s", h->sha256);
	return false;
}

/* Is the file there already, as this run would make it? Then its hash too. */
static bool is_there(struct work *w, const char *path, const char *made_as, char sha256[65])
{
	struct before b = { .made_as = made_as };
	int fd;

	if (ut_handed_list(w->s, path, made_before, &b, NULL) != UT_OK || !b.same)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	if (ut_sha256_fd(fd, sha256, &(int64_t){ 0 }, NULL) != UT_OK)
		sha256[0] = '\0';
	close(fd);
	return strcmp(sha256, b.sha256) == 0;
}

static void seconds(struct ut_text *t, double s)
{
	ut_text_addf(t, "%.2f,", s);
}

static void add_row(struct work *w, const struct ut_example *e, const char *name,
		    const char *sha256)
{
	const struct ut_closing_record *r = &e->call.closing;
	struct ut_text *t = &w->manifest, words = { 0 };
	bool closing = r->span.found_by != UT_FOUND_NONE;
	char day[16];

	ut_example_day(e, day);
	ut_text_addf(t, "%s,%" PRId64 ",%s,", name, e->call.id, day);
	seconds(t, e->start_s);
	seconds(t, e->end_s);
	if (closing) { /* as heard in the clip */
		seconds(t, (double)r->span.start / UT_FRAMES_PER_S - e->start_s);
		seconds(t, (double)r->span.end / UT_FRAMES_PER_S - e->start_s);
	} else {
		ut_text_add(t, ",,");
	}
	if (ut_example_has_tone(e)) {
		ut_text_addf(t, "%s,", ut_tone_label_name[r->tone.label]);
		for (int i = 0; i < UT_N_TONES; i++)
			ut_text_addf(t, "%.4f,", (double)r->tone.score[i]);
		for (unsigned i = 0; i < r->tone.n_evidence; i++) {
			ut_text_add(&words, i ? "; " : "");
			ut_words_evidence(&r->tone.evidence[i], &words);
		}
	} else {
		ut_text_add(t, "none,,,,");
	}
	ut_text_addf(t, "%s,%s,%s,%s,",
		     e->confirmed ? ut_tone_label_name[e->label]
		     : e->differ  ? "reviewers differ"
				  : "",
		     ut_clip_formats[w->format].name, w->o->disguise ? "yes" : "no", sha256);
	ut_text_add_csv(t, words.s ? words.s : "");
	ut_text_add(t, "\n");
	ut_text_done(&words);
}

static enum ut_status hand_out(struct work *w, const char *name, const struct ut_text *bytes,
			       const char *made_as, const int64_t *ids, size_t n, char sha256[65],
			       struct ut_error *err)
{
	return ut_cli_hand_out(
	    w->s,
	    &(struct ut_cli_handed){
		.dir = w->dir, .name = name, .made_as = made_as, .ids = ids, .n = n },
	    bytes, sha256, err);
}

/* The fault names the recording or the call. *fatal: the next one would fail as well. */
static enum ut_status one(struct work *w, int64_t id, bool *fatal, struct ut_error *err)
{
	const struct clips_opts *o = w->o;
	struct ut_clip_spec spec = { .channel = UT_CLIP_MIX,
				     .format = w->format,
				     .fade_ms = (unsigned)o->fade_ms,
				     .level_lufs = o->level_lufs,
				     .disguise = o->disguise };
	struct ut_clip clip = { 0 };
	struct ut_text path = { 0 }, made_as = { 0 };
	struct ut_example e;
	char name[64] = "", sha256[65];
	int fd[2] = { -1, -1 }, party = -1;
	enum ut_status st = ut_example_load(w->s, id, o->before_s, o->after_s, &e, err);

	*fatal = st != UT_OK;
	if (st == UT_OK && o->channel && strcmp(o->channel, "customer") == 0) {
		party = ut_call_customer(&e.call, err);
		if (party < 0)
			st = UT_EREFUSED;
		else if (e.call.party[party].channel < 0)
			st = ut_fail(
			    err, UT_EREFUSED,
			    "%s: a mono mix: the customer has no channel of their own; leave "
			    "--channel customer out",
			    e.call.media.path);
		else
			spec.channel = e.call.party[party].channel;
	}
	spec.start_s = e.start_s;
	spec.end_s = e.end_s;
	if (st == UT_OK) {
		file_name(w, &e, name, sizeof(name));
		ut_text_addf(&path, "%s/%s", w->dir, name);
		ut_text_addf(
		    &made_as, "clip 1: %.2f to %.2f s, channel %d, %s, fade %d ms, %.1f LUFS%s",
		    spec.start_s, spec.end_s, spec.channel, ut_clip_formats[w->format].name,
		    (int)o->fade_ms, o->level_lufs, o->disguise ? ", disguised" : "");
		/* masks that came later must go into it too */
		for (unsigned c = 0; c < e.call.n_ch; c++) {
			const struct ut_span_list *l = &e.call.ch[c].activity.spans;

			for (size_t i = 0; i < l->n; i++)
				if (l->v[i].kind == UT_SPAN_MASKED || l->v[i].kind == UT_SPAN_DTMF)
					ut_text_addf(&made_as, " -%" PRId64 "+%" PRId64,
						     l->v[i].start, l->v[i].end);
		}
		if (path.failed || made_as.failed)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	if (st == UT_OK && is_there(w, path.s, made_as.s, sha256)) {
		w->n_there++;
		add_row(w, &e, name, sha256);
	} else if (st == UT_OK) {
		st = ut_clip_open(w->s, &e.call, true, fd, err);
		if (st == UT_OK) {
			st = ut_clip_make(w->m, fd, &e.call, &spec, &clip, err);
			if (st != UT_OK && err) { /* in the name of the recording */
				struct ut_error why = *err;

				ut_fail(err, st, "%.300s: %.200s", e.call.media.path, why.msg);
			}
		}
		if (st == UT_OK) {
			st = hand_out(w, name, &clip.bytes, made_as.s, &id, 1, sha256, err);
			*fatal = st != UT_OK;
		}
		if (st == UT_OK) {
			w->n_made++;
			add_row(w, &e, name, sha256);
		}
		ut_clip_close(fd);
	}
	ut_clip_done(&clip);
	ut_text_done(&path);
	ut_text_done(&made_as);
	ut_example_done(&e);
	return st;
}

static int make_all(struct work *w, const struct ut_pick_list *l)
{
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	char subject[128], sha256[65];
	int rc = UT_EXIT_FINE;

	/* before anything is out: what leaves no trace does not leave */
	snprintf(subject, sizeof(subject), "clips: %zu as %s%s", l->n,
		 ut_clip_formats[w->format].name, w->o->disguise ? ", disguised" : "");
	if (l->n &&
	    ut_review_note(w->s, ut_cli_user(), "export", subject, (int64_t)l->n, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_add(&w->manifest, "file,call,date,start_s,end_s,closing_start_s,closing_end_s,"
				  "tone,accepting,resigned,angry,heard,format,disguised,sha256,"
				  "evidence\n");
	for (size_t i = 0; i < l->n; i++) {
		bool fatal;

		if (one(w, l->v[i], &fatal, &err) == UT_OK)
			continue;
		rc = UT_EXIT_SOME_FAILED;
		w->n_failed++;
		fprintf(stderr, "undertone clips: call %" PRId64 ": %s\n", l->v[i], err.msg);
		if (fatal)
			return UT_EXIT_RUNTIME;
	}
	if (w->n_made + w->n_there &&
	    (w->manifest.failed ? ut_fail(&err, UT_ENOMEM, "not enough memory")
				: hand_out(w, "manifest.csv", &w->manifest, "manifest", l->v, l->n,
					   sha256, &err)) != UT_OK)
		return ut_cli_fail(NULL, &err);
	ut_text_addf(&out, "%zu clip%s in ", w->n_made + w->n_there,
		     w->n_made + w->n_there == 1 ? "" : "s");
	ut_text_add_visible(&out, w->o->out);
	if (w->n_there)
		ut_text_addf(&out, " (%zu of them there already)", w->n_there);
	if (w->n_failed)
		ut_text_addf(&out, "; %zu could not be made", w->n_failed);
	ut_text_add(&out, l->n ? "\n" : ": no call passes the filters\n");
	if (ut_cli_print(&out) != UT_EXIT_FINE)
		rc = UT_EXIT_RUNTIME;
	ut_text_done(&out);
	return rc;
}

static enum ut_review_list list_of(const char *name)
{
	static const char *const names[UT_N_REVIEW_LISTS] = { "findings", "good", "recoveries",
							      "warm" };

	for (int i = 0; name && i < UT_N_REVIEW_LISTS; i++)
		if (strcmp(names[i], name) == 0)
			return (enum ut_review_list)i;
	return UT_REVIEW_FINDINGS;
}

static int cmd_clips(int argc, char **argv)
{
	struct clips_opts o = {
		.before_s = 10, .after_s = 2, .level_lufs = -23, .limit = 10, .fade_ms = 20
	};
	struct work w = { .o = &o };
	struct ut_pick_list l = { 0 };
	struct ut_error err = { 0 };
	const char *wrong;
	enum ut_status st;
	int n, rc = ut_cli_parse(&ut_cmd_clips, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (!o.out || !o.out[0])
		return ut_cli_usage(&ut_cmd_clips, "--out DIR is needed: where to write the clips");
	wrong = ut_pick_check(&o.pick);
	if (wrong)
		return ut_cli_usage(&ut_cmd_clips, "%s", wrong);
	if (n && (ut_pick_any(&o.pick) || o.list))
		return ut_cli_usage(&ut_cmd_clips, "calls by name, or filters: not both");
	w.format = ut_clip_format_find(o.format);
	if (ut_clip_maker_start(1, &w.m, &err) != UT_OK)
		return ut_cli_fail(NULL, &err);
	st = ut_store_open(ut_cli_db(o.db), UT_STORE_MODIFY, &w.s, &err);
	if (st == UT_OK && n)
		st = ut_pick_named(w.s, argv + 1, (size_t)n, &l, &err);
	else if (st == UT_OK)
		st = ut_pick_queue(w.s, &o.pick, list_of(o.list), -1, o.limit, &l, &err);
	if (st == UT_OK && l.n)
		st = ut_outfile_folder(o.out, &w.dir, &err);
	if (st == UT_OK)
		rc = make_all(&w, &l);
	else if (n && (st == UT_ENOENT || st == UT_EINVAL))
		rc = ut_cli_usage(&ut_cmd_clips, "%s", err.msg);
	else
		rc = ut_cli_fail(NULL, &err);
	ut_store_close(&w.s);
	ut_clip_maker_stop(&w.m);
	ut_text_done(&w.manifest);
	free(w.dir);
	free(l.v);
	return rc;
}

const struct ut_command ut_cmd_clips = {
	.name = "clips",
	.fn = cmd_clips,
	.max_args = UT_ANY_ARGS,
	.args = "[CALL...]",
	.help = "excerpts around closings, as sound files",
	.about =
	    "Each excerpt is faded, brought to one loudness (never compressed, so loud stays "
	    "loud), "
	    "and named by the call's number: no name of a person is in a file name. What the "
	    "metadata masks and what touch tones spell is silent. manifest.csv says where each "
	    "clip comes from and what was found. CALL is named as for `undertone show`; without "
	    "one, the first of the list that pass the filters. Files that are there already are "
	    "not made again, so a run that was stopped goes on. A recording that is gone, damaged "
	    "or no longer what was analysed is named, and the others are made. The database notes "
	    "each file, so that `undertone purge` can remove it.",
	.opts = clips_opts,
};
