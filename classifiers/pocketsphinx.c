/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pocketsphinx.c - the recogniser's engine: PocketSphinx on 8 kHz speech.
 *
 * The model of Debian's pocketsphinx-en-us was trained on 16 kHz. Here its front end is set to the
 * telephone band at 8 kHz, and the model's Gaussians are moved into that front end's cepstra by one
 * linear transform (an MLLR matrix file). It was fitted on speech that exists in both bands, so
 * neither its words nor its speakers matter: see docs/recogniser.md for the corpora, the fit and
 * what it brings.
 *
 * Every stretch is heard twice. Decoded in full, the phrases against the most frequent words: what
 * else was said is explained by words, not by loose phones. And by keyphrase search, against a loop
 * of phones: it tells how well the phrase itself fits. The evidence is the sum of both.
 */
#include "classifiers/recogniser.h"

#include <math.h>
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
	MAX_LANGUAGES = 15,
	MAX_KEYS = 64, /* keyphrase hits of one stretch, the best */
};

/* Of the language model: a phrase of n phones is LONGER^n as frequent; what share of all stretches
 * begin with a phrase; and of all words are one. */
static const double longer = 0.75, first_share = 0.4, any_share = 0.2;
/* The evidence: a share of the decoder's log-odds and of the keyphrase's, and bounds for each, the
 * lower one also where the other search alone found the phrase. */
static const double word_weight = 0.5, word_min = -3, word_max = 6;
static const double key_weight = 0.7, key_min = -6;
/* Where no keyphrase reaches this, no phrase could reach a probability of 0.2, whatever the decoder
 * says: it costs twice the keyphrase search, and is not asked. */
static const double key_gate = -3.5;

/* Mean cepstra of speech over the telephone: see docs/recogniser.md. */
static const float usual_mean[N_CEP] = { 50.15f, 1.80f,  0.38f,  0.43f,  -7.25f, -4.62f, -5.36f,
					 -2.32f, -3.54f, -1.04f, -0.87f, -0.90f, -0.28f };

struct engine {
	ps_decoder_t *ps;
	logmath_t *lmath;
	const struct ut_phrase_list *phrases;
	/* a search for each language, and one for all: "keys<i>" and "words<i>" */
	const char *lang[MAX_LANGUAGES + 1]; /* lent; lang[0] is "" */
	unsigned n_lang;
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

/* A file that never touches a disk: the library reads keyphrases and language models from files
 * only. Returns its descriptor, -1 on failure; path is its name. */
static int memory_file(const struct ut_text *t, char *path, size_t cap)
{
	int fd = t->failed ? -1 : memfd_create("recogniser", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, t->s, t->len) != (ssize_t)t->len) {
		close(fd);
		return -1;
	}
	snprintf(path, cap, "/proc/self/fd/%d", fd);
	return fd;
}

/* A pronunciation of word. */
static enum ut_status add_word(struct engine *e, const char *word, const char *phones,
			       struct ut_error *err)
{
	return ps_add_word(e->ps, word, phones, 0) < 0
		   ? ut_fail(err, UT_EMODEL, "the acoustic model cannot pronounce \"%s\"", phones)
		   : UT_OK;
}

static bool of_language(const struct ut_phrase *p, const char *lang)
{
	return !*lang || strcmp(p->lang, lang) == 0;
}

/* Every pronunciation is a word of its own, "k<phrase>v<pron>", and a keyphrase. */
static enum ut_status set_keyphrases(struct engine *e, unsigned which, struct ut_error *err)
{
	const struct ut_phrase_list *l = e->phrases;
	struct ut_text t = { 0 };
	enum ut_status st = UT_OK;
	char path[64], name[24];
	int fd;

	for (size_t i = 0; i < l->n; i++)
		for (unsigned j = 0; of_language(&l->v[i], e->lang[which]) && j < l->v[i].n_pron;
		     j++)
			/* A longer phrase has more chances to win by luck and more to lose by
			 * accent: let all through here, the calibration judges. */
			ut_text_addf(&t, "k%zuv%u /1e-%u/\n", i, j,
				     16 + 4 * UT_MIN(l->v[i].pron[j].n_phones, 20u));
	fd = memory_file(&t, path, sizeof(path));
	ut_text_done(&t);
	if (fd < 0)
		return ut_fail(err, UT_EIO, "recogniser: keyphrases");
	snprintf(name, sizeof(name), "keys%u", which);
	if (ps_set_kws(e->ps, name, path) < 0)
		st = ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx refuses the phrases");
	close(fd);
	return st;
}

/* One of the frequent words: a line "word | log10 of its share | PHONES, PHONES". */
struct filler {
	double share;
	const char *phones;
	size_t n;
};

/* *p goes behind the line. */
static bool next_filler(const char **p, const char *end, struct filler *ret)
{
	while (*p < end) {
		const char *line = *p, *nl = memchr(line, '\n', (size_t)(end - line));
		const char *stop = nl ? nl : end, *bar = memchr(line, '|', (size_t)(stop - line));
		const char *bar2 = bar ? memchr(bar + 1, '|', (size_t)(stop - bar - 1)) : NULL;
		char number[16];

		*p = nl ? nl + 1 : end;
		if (*line == '#' || !bar2 || bar2 - bar > (int)sizeof(number))
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)(bar2 - bar - 1), bar + 1);
		*ret = (struct filler){ pow(10, strtod(number, NULL)), bar2 + 1,
					(size_t)(stop - bar2 - 1) };
		return true;
	}
	return false;
}

static bool is_phrase(const struct ut_phrase_list *l, const char *phones)
{
	for (size_t i = 0; i < l->n; i++)
		for (unsigned j = 0; j < l->v[i].n_pron; j++)
			if (strcmp(l->v[i].pron[j].phones, phones) == 0)
				return true;
	return false;
}

/* "name", "name(2)", ...: the library's way to write pronunciations of one word. */
static void pron_name(char *buf, size_t cap, const char *name, unsigned j)
{
	if (j)
		snprintf(buf, cap, "%s(%u)", name, j + 1);
	else
		snprintf(buf, cap, "%s", name);
}

/* The pronunciations of a filler but those that are a phrase; *n: how many. */
static enum ut_status add_filler(struct engine *e, const struct ut_phrase_list *l, const char *name,
				 const struct filler *f, unsigned *n, struct ut_error *err)
{
	const char *p = f->phones, *end = p + f->n;
	enum ut_status st = UT_OK;

	for (*n = 0; p < end && st == UT_OK;) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		char phones[200], word[40];

		while (p < end && *p == ' ')
			p++;
		snprintf(phones, sizeof(phones), "%.*s", (int)((comma ? comma : end) - p), p);
		p = comma ? comma + 1 : end;
		if (!phones[0] || is_phrase(l, phones))
			continue;
		pron_name(word, sizeof(word), name, (*n)++);
		st = add_word(e, word, phones, err);
	}
	return st;
}

/* How often a phrase is said: the short ones more. */
static double frequency(const struct ut_phrase *p)
{
	unsigned n = p->pron[0].n_phones;

	for (unsigned j = 1; j < p->n_pron; j++)
		n = UT_MIN(n, p->pron[j].n_phones);
	return pow(longer, n);
}

/* All words of all searches into the dictionary; uni: the fillers' lines of a language model. */
static enum ut_status add_words(struct engine *e, const struct ut_recogniser_opts *o,
				struct ut_text *uni, unsigned *n_fill, struct ut_error *err)
{
	const struct ut_phrase_list *l = e->phrases;
	const char *end = o->words + o->words_n, *p;
	enum ut_status st = UT_OK;
	char name[24], word[40];
	struct filler f;
	double sum = 0;

	for (size_t i = 0; i < l->n; i++)
		for (unsigned j = 0; j < l->v[i].n_pron && st == UT_OK; j++) {
			snprintf(word, sizeof(word), "k%zuv%u", i, j);
			st = add_word(e, word, l->v[i].pron[j].phones, err);
			snprintf(name, sizeof(name), "p%zu", i);
			pron_name(word, sizeof(word), name, j);
			if (st == UT_OK)
				st = add_word(e, word, l->v[i].pron[j].phones, err);
		}
	for (p = o->words; next_filler(&p, end, &f);)
		sum += f.share;
	for (p = o->words; st == UT_OK && next_filler(&p, end, &f);) {
		unsigned n;

		snprintf(name, sizeof(name), "f%u", *n_fill);
		st = add_filler(e, l, name, &f, &n, err);
		if (!n)
			continue;
		ut_text_addf(uni, "%.4f\t%s\t0\n", log10(0.9 * (1 - any_share) * f.share / sum),
			     name);
		++*n_fill;
	}
	if (st == UT_OK && !*n_fill)
		st = ut_fail(err, UT_EMODEL,
			     "recogniser: no frequent words; is share/models/words.txt whole?");
	return st;
}

/*
 * The language model: a stretch begins with a phrase, "p<index>", or with a frequent word,
 * "f<index>"; after it comes any of them. Bigrams from the start of a stretch, else unigrams.
 */
static enum ut_status set_language(struct engine *e, unsigned which, const char *fillers,
				   unsigned n_fill, struct ut_error *err)
{
	const struct ut_phrase_list *l = e->phrases;
	struct ut_text uni = { 0 }, bi = { 0 }, all = { 0 };
	enum ut_status st = UT_OK;
	char path[64], name[24];
	double sum = 0;
	size_t n = 0;
	int fd;

	for (size_t i = 0; i < l->n; i++)
		sum += of_language(&l->v[i], e->lang[which]) ? frequency(&l->v[i]) : 0;
	for (size_t i = 0; i < l->n; i++) {
		double share = frequency(&l->v[i]) / sum;

		if (!of_language(&l->v[i], e->lang[which]))
			continue;
		ut_text_addf(&uni, "%.4f\tp%zu\t0\n", log10(0.9 * any_share * share), i);
		ut_text_addf(&bi, "%.4f\t<s> p%zu\n", log10(first_share * share), i);
		n++;
	}
	ut_text_addf(
	    &all,
	    "\\data\\\nngram 1=%zu\nngram 2=%zu\n\n\\1-grams:\n-1\t</s>\t0\n-99\t<s>\t%.4f\n"
	    "%s%s\n\\2-grams:\n%s\n\\end\\\n",
	    n + n_fill + 2, n, log10((1 - first_share) / (1 - any_share)), uni.s ? uni.s : "",
	    fillers, bi.s ? bi.s : "");
	all.failed |= uni.failed || bi.failed;
	fd = memory_file(&all, path, sizeof(path));
	ut_text_done(&uni);
	ut_text_done(&bi);
	ut_text_done(&all);
	if (fd < 0)
		return ut_fail(err, UT_EIO, "recogniser: language model");
	snprintf(name, sizeof(name), "words%u", which);
	if (ps_set_lm_file(e->ps, name, path) < 0)
		st = ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx refuses the phrases");
	close(fd);
	return st;
}

static enum ut_status add_searches(struct engine *e, const struct ut_recogniser_opts *o,
				   struct ut_error *err)
{
	const struct ut_phrase_list *l = e->phrases;
	struct ut_text fillers = { 0 };
	unsigned n_fill = 0;
	enum ut_status st = add_words(e, o, &fillers, &n_fill, err);

	e->lang[e->n_lang++] = "";
	for (size_t i = 0; i < l->n && st == UT_OK; i++) {
		unsigned k = 1;

		while (k < e->n_lang && strcmp(e->lang[k], l->v[i].lang) != 0)
			k++;
		if (k == MAX_LANGUAGES + 1)
			st = ut_fail(err, UT_ELIMIT, "recogniser: more than %d languages",
				     MAX_LANGUAGES);
		else if (k == e->n_lang)
			e->lang[e->n_lang++] = l->v[i].lang;
	}
	if (st == UT_OK && fillers.failed)
		st = ut_fail(err, UT_ENOMEM, "recogniser");
	for (unsigned k = 0; k < e->n_lang && st == UT_OK; k++) {
		st = set_keyphrases(e, k, err);
		if (st == UT_OK)
			st = set_language(e, k, fillers.s, n_fill, err);
	}
	ut_text_done(&fillers);
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
	    "-beam", "1e-20", /* of the keyphrase search */
	    /* so few words need no tree; the beams are as tight as the hits allow */
	    "-fwdtree", "no", "-fwdflat", "yes", "-fwdflatbeam", "1e-36", "-fwdflatwbeam", "1e-18",
	    "-bestpath", "yes", "-maxhmmpf", "1000", "-maxwpf", "10", "-remove_noise", "no",
	    "-remove_silence", "no", /* it would shift all later times */
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
	e->phrases = phrases;
	e->ps = open_decoder(o);
	if (!e->ps)
		st = ut_fail(err, UT_EMODEL, "acoustic model %s: PocketSphinx refuses it%s%s",
			     o->model_dir, o->transform ? ", or the transform " : "",
			     o->transform ? o->transform : "");
	if (!st)
		st = add_searches(e, o, err);
	if (st) {
		engine_destroy(&p);
		return st;
	}
	e->lmath = ps_get_logmath(e->ps);
	*ret = p;
	return UT_OK;
}

/*
 * The cepstra, less their mean over all stretches: so nothing depends on what was heard before. A
 * mean over one short word is mostly that word, so it is drawn towards a usual one.
 */
static enum ut_status cepstra(struct engine *e, const int16_t *pcm, size_t n, mfcc_t ***ret,
			      int32 *n_ret, struct ut_error *err)
{
	fe_t *fe = ps_get_fe(e->ps);

	if (fe_start_utt(fe) < 0 || fe_process_utt(fe, pcm, n, ret, n_ret) < 0)
		return ut_fail(err, UT_ENOMEM, "recogniser: features");
	for (int k = 0; k < N_CEP; k++) {
		double sum = USUAL_FRAMES * (double)usual_mean[k];

		for (int32 i = 0; i < *n_ret; i++)
			sum += (double)(*ret)[i][k];
		sum /= *n_ret + USUAL_FRAMES;
		for (int32 i = 0; i < *n_ret; i++)
			(*ret)[i][k] -= (mfcc_t)sum;
	}
	return UT_OK;
}

/* A stretch to one of the searches. */
static enum ut_status search(struct engine *e, const char *kind, unsigned which, mfcc_t **cep,
			     int32 n, struct ut_error *err)
{
	char name[24];

	snprintf(name, sizeof(name), "%s%u", kind, which);
	if (ps_set_search(e->ps, name) < 0 || ps_start_utt(e->ps) < 0 ||
	    ps_process_cep(e->ps, cep, n, 0, 1) < 0 || ps_end_utt(e->ps) < 0)
		return ut_fail(err, UT_EMODEL, "recogniser: PocketSphinx stopped");
	return UT_OK;
}

struct key {                   /* a keyphrase hit */
	struct ut_candidate c; /* llr: log-odds against chance */
	bool used;
};

/*
 * A ratio that other speech reaches once in ten minutes falls with every phone of the phrase: 25 -
 * 9 (n - 2), over 45 phrases; 10 units are one of log-odds. docs/recogniser.md, "Calibration".
 */
static double key_odds(const struct ut_pron *p, double llr)
{
	return 0.1 * (llr - 25 + 9 * ((double)p->n_phones - 2));
}

static size_t keys(struct engine *e, int32 from, struct key *v)
{
	size_t n = 0;

	for (ps_seg_t *s = ps_seg_iter(e->ps); s; s = ps_seg_next(s)) {
		struct key k = { 0 };
		int a, b, ascr, lscr, back;
		int32 llr = ps_seg_prob(s, &ascr, &lscr, &back);

		if (n == MAX_KEYS || sscanf(ps_seg_word(s), "k%uv%u", &k.c.phrase, &k.c.pron) != 2)
			continue;
		ps_seg_frames(s, &a, &b);
		k.c.start = (int64_t)(from + a) * FRAME;
		k.c.end = (int64_t)(from + b + 1) * FRAME;
		k.c.llr = (float)key_odds(
		    &e->phrases->v[k.c.phrase].pron[k.c.pron],
		    logmath_log_to_ln(e->lmath, (llr + SCORE_OFFSET) * SCORE_SCALE));
		v[n++] = k;
	}
	return n;
}

/* "okay" is in "okay great" and the other way round. */
static bool same_words(const struct ut_phrase *a, const struct ut_phrase *b)
{
	return strstr(a->text, b->text) || strstr(b->text, a->text);
}

/* The best keyphrase of the same words at the same time. */
static double support(const struct engine *e, const struct ut_candidate *c, struct key *v, size_t n)
{
	const struct ut_phrase *p = &e->phrases->v[c->phrase];
	double best = key_min;

	for (size_t i = 0; i < n; i++) {
		const struct ut_candidate *k = &v[i].c;

		if (k->start >= c->end || k->end <= c->start ||
		    !same_words(p, &e->phrases->v[k->phrase]))
			continue;
		v[i].used |= k->phrase == c->phrase;
		best = fmax(best, (double)k->llr);
	}
	return best;
}

static enum ut_status hear_one(struct engine *e, unsigned which, mfcc_t **cep,
			       const struct ut_part *part, ut_candidate_fn *emit, void *user,
			       struct ut_error *err)
{
	const int32 from = (int32)part->from, n = (int32)(part->to - part->from);
	struct key key[MAX_KEYS];
	double best = -HUGE_VAL;
	size_t n_keys;
	enum ut_status st = search(e, "keys", which, cep + from, n, err);

	if (st)
		return st;
	n_keys = keys(e, from, key);
	for (size_t i = 0; i < n_keys; i++)
		best = fmax(best, (double)key[i].c.llr);
	if (best < key_gate)
		return UT_OK;
	st = search(e, "words", which, cep + from, n, err);
	if (st)
		return st;
	ps_get_prob(e->ps); /* makes the posteriors of the words */
	for (ps_seg_t *s = ps_seg_iter(e->ps); s; s = ps_seg_next(s)) {
		struct ut_candidate c = { 0 };
		int a, b, ascr, lscr, back;
		int32 lp = ps_seg_prob(s, &ascr, &lscr, &back);
		double p = fmin(exp(logmath_log_to_ln(e->lmath, lp)), 1 - 1e-9);

		if (sscanf(ps_seg_word(s), "p%u", &c.phrase) != 1)
			continue;
		sscanf(ps_seg_word(s), "p%*u(%u", &c.pron);
		c.pron -= c.pron > 0;
		ps_seg_frames(s, &a, &b);
		c.start = (int64_t)(from + a) * FRAME;
		c.end = (int64_t)(from + b + 1) * FRAME;
		c.llr = (float)(word_weight * fmax(word_min, fmin(log(p) - log1p(-p), word_max)) +
				key_weight * support(e, &c, key, n_keys));
		emit(user, &c);
	}
	for (size_t i = 0; i < n_keys; i++) {
		if (key[i].used)
			continue;
		key[i].c.llr = (float)(word_weight * word_min +
				       key_weight * fmax(key_min, (double)key[i].c.llr));
		emit(user, &key[i].c);
	}
	return UT_OK;
}

static enum ut_status engine_hear(void *engine, const char *lang, const int16_t *pcm, size_t n,
				  const struct ut_part *part, size_t n_parts, ut_candidate_fn *emit,
				  void *user, struct ut_error *err)
{
	struct engine *e = engine;
	mfcc_t **cep = NULL;
	int32 n_cep = 0;
	unsigned which = 0;
	enum ut_status st;

	while (*lang && ++which < e->n_lang && !ut_phrases_speak(e->lang[which], lang)) {
	}
	if (which == e->n_lang)
		return UT_OK;
	st = cepstra(e, pcm, n, &cep, &n_cep, err);
	for (size_t i = 0; i < n_parts && st == UT_OK; i++) {
		struct ut_part p = { part[i].from, UT_MIN(part[i].to, (int64_t)n_cep) };

		if (p.to - p.from >= 10) /* less is no word, and the library needs some frames */
			st = hear_one(e, which, cep, &p, emit, user, err);
	}
	if (cep)
		fe_free_2d(cep);
	return st;
}

const struct ut_recogniser_engine ut_engine_pocketsphinx = {
	.name = "pocketsphinx",
	.create = engine_create,
	.hear = engine_hear,
	.destroy = engine_destroy,
};
