/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_phrases.c - what is listened for: lists of phrases, and examples of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classifiers/phrases.h"
#include "cli/cli.h"
#include "cli/data.h"
#include "report/words.h"
#include "run/enrol.h"

struct phrases_opts {
	const char *language, *phrase, *meaning, *out;
	int64_t channel;
	bool json;
};

static const struct ut_opt phrases_opts[] = {
	{ .name = "language",
	  .letter = 'l',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct phrases_opts, language),
	  .value = "TAG",
	  .help = "enrol: the phrase's language, as in he; list: only this one" },
	{ .name = "phrase",
	  .letter = 'p',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct phrases_opts, phrase),
	  .value = "TEXT",
	  .help = "enrol: the phrase that the recordings say, as it is to be shown" },
	{ .name = "meaning",
	  .letter = 'm',
	  .type = UT_OPT_CHOICE,
	  .offset = offsetof(struct phrases_opts, meaning),
	  .choices = "acknowledgement|goodbye|thanks|refusal",
	  .help = "enrol: what the phrase means (default: acknowledgement)" },
	{ .name = "out",
	  .letter = 'o',
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct phrases_opts, out),
	  .value = "FILE",
	  .help = "enrol: the file of examples, added to where it exists" },
	{ .name = "channel",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct phrases_opts, channel),
	  .min = 0,
	  .max = 7,
	  .value = "N",
	  .help = "enrol: the channel that holds the phrase, from 0; needed where there are more" },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct phrases_opts, json),
	  .help = "list: one JSON object a line" },
	{ 0 },
};

/* What one file holds: phrases, or examples. */
struct loaded {
	struct ut_phrase_list phrases;
	struct ut_example_list examples;
};

static enum ut_status load(const char *path, struct loaded *l, struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = ut_cli_read_file(path, &t, err);

	if (st == UT_OK && t.len >= 18 && memcmp(t.s, "undertone-examples", 18) == 0)
		st = ut_example_list_parse(t.s, t.len, path, &l->examples, err);
	else if (st == UT_OK)
		st = ut_phrases_parse(t.s ? t.s : "", t.len, path, &l->phrases, err);
	ut_text_done(&t);
	return st;
}

static void loaded_done(struct loaded *l)
{
	ut_phrase_list_done(&l->phrases);
	ut_example_list_done(&l->examples);
}

static bool in_language(const struct phrases_opts *o, const char *lang)
{
	return !o->language || strcmp(o->language, lang) == 0;
}

static void one(const struct phrases_opts *o, const char *lang, const char *phrase,
		enum ut_phrase_meaning m, const char *by, size_t n, struct ut_text *out)
{
	struct ut_json j;

	if (!in_language(o, lang))
		return;
	if (o->json) {
		ut_json_init(&j, out);
		ut_json_begin_object(&j, NULL);
		ut_json_int(&j, "schema", 1);
		ut_json_string(&j, "language", lang);
		ut_json_string(&j, "phrase", phrase);
		ut_json_string(&j, "meaning", ut_phrase_meaning_name(m));
		ut_json_int(&j, by, (int64_t)n);
		ut_json_end_object(&j);
		ut_text_add(out, "\n");
		return;
	}
	ut_text_addf(out, "%-3s %-16s ", lang, ut_phrase_meaning_name(m));
	ut_words_phrase(phrase, out);
	ut_text_addf(out, "  (%zu %.*s%s)\n", n, (int)strlen(by) - 1, by, n == 1 ? "" : "s");
}

/* An example's phrase once, with the number of its examples. */
static void list_examples(const struct phrases_opts *o, const struct ut_example_list *l,
			  struct ut_text *out)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t n = 0;
		bool first = true;

		for (size_t k = 0; k < l->n; k++) {
			if (strcmp(l->v[k].phrase, l->v[i].phrase) != 0 ||
			    strcmp(l->v[k].lang, l->v[i].lang) != 0)
				continue;
			first &= k >= i;
			n++;
		}
		if (first)
			one(o, l->v[i].lang, l->v[i].phrase, l->v[i].meaning, "examples", n, out);
	}
}

static int list(const struct phrases_opts *o, char **files, int n)
{
	static const char *const shipped[] = { "phrases/en.txt", "phrases/he.txt" };
	struct loaded l = { 0 };
	struct ut_error err = { 0 };
	struct ut_text out = { 0 };
	char path[4096];
	enum ut_status st = UT_OK;
	int rc;

	for (size_t i = 0; n == 0 && i < UT_ARRAY_LEN(shipped) && st == UT_OK; i++)
		st = ut_cli_data_file(shipped[i], path, sizeof(path))
			 ? load(path, &l, &err)
			 : ut_fail(&err, UT_ENOENT,
				   "%s is not installed (set UNDERTONE_DATA to the share/ folder)",
				   shipped[i]);
	for (int i = 0; i < n && st == UT_OK; i++)
		st = load(files[i], &l, &err);
	for (size_t i = 0; i < l.phrases.n; i++) {
		const struct ut_phrase *p = &l.phrases.v[i];

		one(o, p->lang, p->text, p->meaning, "pronunciations", p->n_pron, &out);
	}
	list_examples(o, &l.examples, &out);
	rc = st == UT_OK ? ut_cli_print(&out) : ut_cli_fail(NULL, &err);
	ut_text_done(&out);
	loaded_done(&l);
	return rc;
}

/* Every file is looked at; each has its line, and the exit code says whether all are fine. */
static int check(char **files, int n)
{
	struct ut_text out = { 0 };
	int rc = UT_EXIT_FINE, printed;

	for (int i = 0; i < n; i++) {
		struct loaded l = { 0 };
		struct ut_error err = { 0 };

		if (load(files[i], &l, &err) != UT_OK) {
			ut_cli_fail(NULL, &err);
			rc = UT_EXIT_SOME_FAILED;
		} else {
			ut_text_add_visible(&out, files[i]);
			if (l.examples.n)
				ut_text_addf(&out, ": fine, %zu example%s\n", l.examples.n,
					     l.examples.n == 1 ? "" : "s");
			else
				ut_text_addf(&out, ": fine, %zu phrase%s\n", l.phrases.n,
					     l.phrases.n == 1 ? "" : "s");
		}
		loaded_done(&l);
	}
	printed = ut_cli_print(&out);
	ut_text_done(&out);
	return printed == UT_EXIT_FINE ? rc : printed;
}

/* Whole or not at all: beside it first, then in its place. */
static enum ut_status replace(const char *path, const struct ut_text *t, struct ut_error *err)
{
	struct ut_text tmp = { 0 };
	size_t done = 0;
	enum ut_status st = UT_OK;
	int fd;

	ut_text_addf(&tmp, "%s.part", path);
	if (t->failed || tmp.failed) {
		ut_text_done(&tmp);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	fd = open(tmp.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	while (fd >= 0 && done < t->len) {
		ssize_t k = write(fd, t->s + done, t->len - done);

		if (k < 0 && errno != EINTR)
			break;
		done += k > 0 ? (size_t)k : 0;
	}
	if (fd < 0 || done < t->len || fsync(fd) != 0 || rename(tmp.s, path) != 0)
		st = ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (st != UT_OK)
		unlink(tmp.s);
	ut_text_done(&tmp);
	return st;
}

static enum ut_status load_match_model(struct ut_match_model **ret, struct ut_error *err)
{
	struct ut_text t = { 0 };
	char path[4096];
	enum ut_status st = ut_cli_data_file("models/examples.lda", path, sizeof(path))
				? ut_cli_read_file(path, &t, err)
				: ut_fail(err, UT_ENOENT,
					  "models/examples.lda is not installed (set "
					  "UNDERTONE_DATA to the share/ folder)");

	if (st == UT_OK)
		st = ut_match_model_parse(t.s ? t.s : "", t.len, ret, err);
	ut_text_done(&t);
	return st;
}

/* A recording that cannot be an example is left out and named; the others are kept. */
static int enrol(const struct phrases_opts *o, char **files, int n)
{
	struct ut_enrol_opts e = { .phrase = o->phrase,
				   .lang = o->language,
				   .channel = (int)o->channel };
	struct ut_match_model *m = NULL;
	struct loaded l = { 0 };
	struct ut_error err = { 0 };
	struct ut_text t = { 0 };
	size_t before;
	int rc = UT_EXIT_FINE;
	enum ut_status st = load_match_model(&m, &err);

	while (o->meaning && strcmp(ut_phrase_meaning_name(e.meaning), o->meaning) != 0)
		e.meaning++;
	e.model = m;
	if (st == UT_OK && access(o->out, F_OK) == 0)
		st = load(o->out, &l, &err);
	if (st == UT_OK && l.phrases.n)
		st = ut_fail(&err, UT_EFORMAT,
			     "%s: is a list of phrases; give --out a file of its own", o->out);
	before = l.examples.n;
	for (int i = 0; i < n && st == UT_OK; i++)
		if (ut_enrol(&e, files[i], &l.examples, &err) != UT_OK) {
			ut_cli_fail(files[i], &err);
			rc = UT_EXIT_SOME_FAILED;
		}
	if (st == UT_OK && l.examples.n > before) {
		ut_example_list_write(&l.examples, &t);
		st = replace(o->out, &t, &err);
	}
	if (st == UT_OK) {
		ut_text_clear(&t);
		ut_text_addf(&t, "%zu of %d recordings enrolled as ", l.examples.n - before, n);
		ut_words_phrase(o->phrase, &t);
		ut_text_add(&t, "; ");
		ut_text_add_visible(&t, o->out);
		ut_text_addf(&t, " holds %zu examples\n", l.examples.n);
		if (ut_cli_print(&t) != UT_EXIT_FINE)
			rc = UT_EXIT_RUNTIME;
	} else {
		rc = ut_cli_fail(NULL, &err);
	}
	ut_text_done(&t);
	loaded_done(&l);
	ut_match_model_destroy(&m);
	return rc;
}

static int cmd_phrases(int argc, char **argv)
{
	struct phrases_opts o = { .channel = -1 };
	int n, rc = ut_cli_parse(&ut_cmd_phrases, &o, argc, argv, &n);
	const char *what;

	if (rc >= 0)
		return rc;
	what = argv[1];
	if (strcmp(what, "list") == 0)
		return list(&o, argv + 2, n - 1);
	if (strcmp(what, "check") == 0)
		return n > 1 ? check(argv + 2, n - 1)
			     : ut_cli_usage(&ut_cmd_phrases, "check: which FILE?");
	if (strcmp(what, "enrol") != 0)
		return ut_cli_usage(&ut_cmd_phrases, "list, check or enrol, not '%s'", what);
	if (!o.phrase || !*o.phrase || !o.language || !*o.language || !o.out || n < 2)
		return ut_cli_usage(&ut_cmd_phrases,
				    "enrol needs --language, --phrase, --out and recordings, as in "
				    "enrol --language he --phrase \"\xd7\x94\xd7\x91\xd7\xa0\xd7"
				    "\xaa\xd7\x99\" --out our.examples 1.wav 2.wav 3.wav");
	return enrol(&o, argv + 2, n - 1);
}

const struct ut_command ut_cmd_phrases = {
	.name = "phrases",
	.fn = cmd_phrases,
	.min_args = 1,
	.max_args = UT_ANY_ARGS,
	.args = "list [FILE...] | check FILE... | enrol RECORDING...",
	.help = "list, check or enrol what is listened for",
	.about =
	    "list: the phrases of the shipped lists, or of FILEs. check: whether every line of a "
	    "list can be read and every phrase pronounced; a fault is named with its line. "
	    "enrol: a few recordings of a phrase said alone, in any language, best by several "
	    "people, become examples in a file for score and batch (--examples FILE). The file "
	    "holds features of the words, no voices.",
	.opts = phrases_opts,
};
