/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pocketsphinx.c - the recogniser's engine: PocketSphinx keyphrase search on 8 kHz speech.
 *
 * The model of Debian's pocketsphinx-en-us was trained on 16 kHz. Here its front end is set to the
 * telephone band at 8 kHz, and the model's Gaussians are moved into that front end's cepstra by one
 * linear transform (an MLLR matrix file). It was fitted on speech that exists in both bands, so
 * neither its words nor its speakers matter: see docs/recogniser.md for the corpora, the fit and
 * what it brings.
 */
#include "classifiers/recogniser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>

#include "base/text.h"

enum {
	FRAME = 80, /* samples: PocketSphinx's 100 frames a second */
	/* A keyphrase's score is its log-likelihood over the phone loop's in the same place, in the
	 * library's units: less 1500 (so that it never is above 0), and 1024 times too small. */
	SCORE_OFFSET = 1500,
	SCORE_SCALE = 1024,
	N_CEP = 13,
	USUAL_FRAMES = 60, /* the weight of the usual mean, in frames of speech */
};

/* Mean cepstra of speech over the telephone: see docs/recogniser.md. */
static const float usual_mean[N_CEP] = { 50.15f, 1.80f,  0.38f,  0.43f,  -7.25f, -4.62f, -5.36f,
					 -2.32f, -3.54f, -1.04f, -0.87f, -0.90f, -0.28f };

struct engine {
	ps_decoder_t *ps;
	logmath_t *lmath;
};

static void engine_destroy(void **pe)
{
	struct engine *e = *pe;

	if (!e)
		return;
	if (e->ps)
		ps_free(e->ps);
	free(e);
	*pe = NULL;
}

/* PocketSphinx ends the process when some of these are missing, so they are looked for first. */
static enum ut_status check_files(const struct ut_recogniser_opts *o, struct ut_error *err)
{
	static const char *const need[] = { "mdef",      "means",
					    "variances", "transition_matrices",
					    "sendump",   "noisedict" };
	struct ut_text t = { 0 };
	enum ut_status st = UT_OK;

	for (size_t i = 0; !st && i < UT_ARRAY_LEN(need); i++) {
		ut_text_clear(&t);
		ut_text_addf(&t, "%s/%s", o->model_dir, need[i]);
		if (t.failed)
			st = ut_fail(err, UT_ENOMEM, "recogniser");
		else if (access(t.s, R_OK) != 0)
			st = ut_fail(err, UT_EMODEL,
				     "acoustic model: cannot read %s (Debian: install "
				     "pocketsphinx-en-us)",
				     t.s);
	}
	if (!st && o->transform && access(o->transform, R_OK) != 0)
		st = ut_fail(err, UT_EMODEL, "acoustic model: cannot read transform %s",
			     o->transform);
	ut_text_done(&t);
	return st;
}

/* Every pronunciation is a word of its own, "p<phrase>v<pron>", and a keyphrase. */
static enum ut_status add_keyphrases(struct engine *e, const struct ut_phrase_list *l,
				     struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = UT_OK;
	char path[64];
	int fd = -1;

	for (size_t i = 0; i < l->n; i++)
		for (unsigned j = 0; j < l->v[i].n_pron; j++) {
			char word[40];
			bool last = i + 1 == l->n && j + 1 == l->v[i].n_pron;

			snprintf(word, sizeof(word), "p%zuv%u", i, j);
			if (ps_add_word(e->ps, word, l->v[i].pron[j].phones, last) < 0) {
				st = ut_fail(err, UT_EMODEL,
					     "\"%s\": the model cannot pronounce \"%s\"",
					     l->v[i].text, l->v[i].pron[j].phones);
				goto out;
			}
			/* A longer phrase has more chances to win by luck and more to lose by
			 * accent: let all through here, the calibration judges. */
			ut_text_addf(&t, "%s /1e-%u/\n", word,
				     20 + 4 * UT_MIN(l->v[i].pron[j].n_phones, 20u));
		}
	/* The library reads keyphrases from a file only; this one never touches a disk. */
	fd = memfd_create("keyphrases", MFD_CLOEXEC);
	if (t.failed || fd < 0 || write(fd, t.s, t.len) != (ssize_t)t.len) {
		st = ut_fail(err, t.failed ? UT_ENOMEM : UT_EIO, "recogniser: keyphrases");
		goto out;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (ps_set_kws(e->ps, "phrases", path) < 0 || ps_set_search(e->ps, "phrases") < 0)
		st = ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx refuses the phrases");
out:
	if (fd >= 0)
		close(fd);
	ut_text_done(&t);
	return st;
}

/* The front end is given in full and the model file by file: named by its folder, the library would
 * read the folder's feat.params over it. */
static ps_decoder_t *open_decoder(const struct ut_recogniser_opts *o)
{
	static const char *const file[][2] = {
		{ "-mdef", "mdef" },       { "-mean", "means" },
		{ "-var", "variances" },   { "-tmat", "transition_matrices" },
		{ "-sendump", "sendump" }, { "-fdict", "noisedict" },
	};
	cmd_ln_t *cfg = cmd_ln_init(
	    NULL, ps_args(), TRUE, "-samprate", "8000", "-lowerf", "200", "-upperf", "3500",
	    "-nfilt", "20", "-nfft", "256", "-transform", "dct", "-lifter", "22", "-feat",
	    "1s_c_d_dd", "-svspec", "0-12/13-25/26-38", "-agc", "none", "-cmn", "none", "-varnorm",
	    "no", "-dither", "no", "-ds",
	    "2", /* Gaussians every other frame: as many hits, at two thirds of the cost */
	    "-beam", "1e-20", "-remove_noise", "no", "-remove_silence",
	    "no", /* it would shift all later times */
	    NULL);
	struct ut_text path = { 0 };
	ps_decoder_t *ps = NULL;

	for (size_t i = 0; cfg && i < UT_ARRAY_LEN(file); i++) {
		ut_text_clear(&path);
		ut_text_addf(&path, "%s/%s", o->model_dir, file[i][1]);
		if (!path.failed)
			cmd_ln_set_str_r(cfg, file[i][0], path.s);
	}
	if (cfg && !path.failed)
		ps = ps_init(cfg);
	if (ps && o->transform) {
		ps_mllr_t *m = ps_mllr_read(o->transform); /* the decoder's from now on */

		if (!m || !ps_update_mllr(ps, m)) {
			ps_free(ps);
			ps = NULL;
		}
	}
	ut_text_done(&path);
	if (cfg)
		cmd_ln_free_r(cfg);
	return ps;
}

static enum ut_status engine_create(const struct ut_recogniser_opts *o,
				    const struct ut_phrase_list *phrases, void **ret,
				    struct ut_error *err)
{
	void *p = NULL;
	struct engine *e;
	enum ut_status st = check_files(o, err);

	if (st)
		return st;
	err_set_logfp(NULL); /* a library of ours does not write to stderr */
	p = e = calloc(1, sizeof(*e));
	if (!e)
		return ut_fail(err, UT_ENOMEM, "recogniser");
	e->ps = open_decoder(o);
	if (!e->ps)
		st = ut_fail(err, UT_EMODEL, "acoustic model %s: PocketSphinx refuses it%s%s",
			     o->model_dir, o->transform ? ", or the transform " : "",
			     o->transform ? o->transform : "");
	if (!st)
		st = add_keyphrases(e, phrases, err);
	if (st) {
		engine_destroy(&p);
		return st;
	}
	e->lmath = ps_get_logmath(e->ps);
	*ret = p;
	return UT_OK;
}

/*
 * The cepstra, less their mean, to the search: all at once, so that nothing depends on what was
 * heard before. A mean over one short word is mostly that word, so it is drawn towards a usual one.
 */
static enum ut_status push(struct engine *e, const int16_t *pcm, size_t n, struct ut_error *err)
{
	fe_t *fe = ps_get_fe(e->ps);
	mfcc_t **cep = NULL;
	int32 n_cep = 0;
	enum ut_status st = UT_OK;

	if (fe_start_utt(fe) < 0 || fe_process_utt(fe, pcm, n, &cep, &n_cep) < 0)
		st = ut_fail(err, UT_ENOMEM, "recogniser: features");
	for (int k = 0; !st && k < N_CEP; k++) {
		double sum = USUAL_FRAMES * (double)usual_mean[k];

		for (int32 i = 0; i < n_cep; i++)
			sum += (double)cep[i][k];
		sum /= n_cep + USUAL_FRAMES;
		for (int32 i = 0; i < n_cep; i++)
			cep[i][k] -= (mfcc_t)sum;
	}
	if (!st && n_cep && ps_process_cep(e->ps, cep, n_cep, 0, 1) < 0)
		st = ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx stopped");
	if (cep)
		fe_free_2d(cep);
	return st;
}

static enum ut_status engine_hear(void *engine, const int16_t *pcm, size_t n, ut_candidate_fn *emit,
				  void *user, struct ut_error *err)
{
	struct engine *e = engine;
	enum ut_status st;

	if (ps_start_utt(e->ps) < 0)
		return ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx does not start");
	st = push(e, pcm, n, err);
	if (ps_end_utt(e->ps) < 0 && !st)
		st = ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx stopped");
	if (st)
		return st;
	for (ps_seg_t *s = ps_seg_iter(e->ps); s; s = ps_seg_next(s)) {
		struct ut_candidate c = { 0 };
		int from, to, ascr, lscr, back;
		int32 llr = ps_seg_prob(s, &ascr, &lscr, &back);

		if (sscanf(ps_seg_word(s), "p%uv%u", &c.phrase, &c.pron) != 2)
			continue;
		ps_seg_frames(s, &from, &to);
		c.start = (int64_t)from * FRAME;
		c.end = (int64_t)(to + 1) * FRAME;
		c.llr = (float)logmath_log_to_ln(e->lmath, (llr + SCORE_OFFSET) * SCORE_SCALE);
		emit(user, &c);
	}
	return UT_OK;
}

const struct ut_recogniser_engine ut_engine_pocketsphinx = {
	.name = "pocketsphinx",
	.create = engine_create,
	.hear = engine_hear,
	.destroy = engine_destroy,
};
