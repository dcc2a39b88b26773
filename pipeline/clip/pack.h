/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.h - a workshop pack: excerpts, pictures and words as one folder or zip file that opens in a
 * browser by itself, without this program and without a network.
 * No customer's, agent's or reviewer's name goes into it unless names are asked for; never a tone
 * of anybody but a verified customer.
 * Memory: the pack holds its files until done. Threads: one per object.
 */
#ifndef UT_CLIP_PACK_H
#define UT_CLIP_PACK_H

#include "clip/clip.h"
#include "clip/example.h"
#include "report/html.h"

struct ut_pack_opts { /* strings lent as long as the pack */
	enum ut_lang lang;
	bool names;               /* agents, teams, customers' keys, reviewers */
	bool disguised;           /* says so */
	enum ut_clip_format format;
	const char *title;        /* NULL: "Workshop pack" */
	const char *const *prompts; /* the trainer's questions; may be none */
	size_t n_prompts;
	const char *made_on; /* "2026-11-23" */
};

struct ut_pack_file {
	char *name; /* "audio/01-call-4711.wav" */
	struct ut_text bytes;
	int64_t call_id; /* 0: speaks of all */
};

struct ut_pack {
	struct ut_pack_opts o;
	struct ut_pack_file *file;
	size_t n_files;
	/* what is put together at the end */
	struct ut_text contents, cards, handout, playlist, csv;
	unsigned n;   /* examples */
	int section;  /* under way; -1 */
	bool unconfirmed; /* one is the model's alone */
};

void ut_pack_init(struct ut_pack *p, const struct ut_pack_opts *o);
void ut_pack_done(struct ut_pack *p);
/* Bad ones first, then good ones, then others: a heading stands where the kind changes. Takes the
 * clip's bytes. view NULL: no picture. UT_ENOMEM. */
enum ut_status ut_pack_add(struct ut_pack *p, const struct ut_example *e, struct ut_clip *clip,
			   const struct ut_clip_view *view, struct ut_error *err);
/* The pages, the playlist and the table; index.html is the last file. UT_ENOMEM. */
enum ut_status ut_pack_finish(struct ut_pack *p, struct ut_error *err);
/* All of it as a zip file, under one folder; the same pack is the same bytes. UT_ENOMEM, UT_EIO. */
enum ut_status ut_pack_zip(const struct ut_pack *p, const char *folder, struct ut_text *out,
			   struct ut_error *err);

#endif
