/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The model file: lines of words, numbers as %.9g, one row a functional in the order of
 * functionals.h, closed by the SHA-256 of all bytes before. Every line must be there, once, in
 * order, and each number in its range: what is not exactly a model is refused.
 */
#include "classifiers/tone.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

#define MAGIC "undertone-tone-model"
enum { VERSION = 2, MAX_FILE = 64 * 1024 };

struct ut_tone_model {
	struct ut_tone_params p;
	char hash[65];
};

/* A line: its word, how many numbers, where they go, their range. */
struct line {
	const char *word;
	size_t offset;
	unsigned n;
	double min, max;
};

#define AT(member) offsetof(struct ut_tone_params, member)
static const struct line head[] = {
	{ "prior", AT(prior), UT_N_TONES, 1e-4, 1 },
	{ "prior_phrases", AT(prior_phrases), 1, 0.01, 1000 },
	{ "clip", AT(clip), 1, 0.5, 20 },
	{ "power", AT(power), UT_N_AXES, 0, 1 },
	{ "gate_bias", AT(gate_bias), 1, -100, 100 },
	{ "gate_slope", AT(gate_slope), 1, 0, 100 },
	{ "latency_slope", AT(latency_slope), 1, -10, 10 },
	{ "wait_slope", AT(wait_slope), 1, -10, 10 },
	{ "interruption_slope", AT(interruption_slope), 1, -10, 10 },
	{ "drift_slope", AT(drift_slope), 1, -10, 10 },
	{ "axis_bias", AT(axis_bias), UT_N_AXES, -100, 100 },
	{ "temperature", AT(temperature), 1, 0.1, 20 },
	{ "abstain_below", AT(abstain_below), 1, 0, 1 },
};

#define ROW_AT(member) offsetof(struct ut_tone_row, member)
/* The numbers of a row, in order. */
static const struct line row_fields[] = {
	{ "mean", ROW_AT(mean), 1, -1e6, 1e6 },
	{ "between_sd", ROW_AT(between_sd), 1, 0, 1e6 },
	{ "within_var", ROW_AT(within_var), 1, 0, 1e9 },
	{ "within_var_short", ROW_AT(within_var_short), 1, 0, 1e9 },
	{ "departs", ROW_AT(departs), 1, 0, 100 },
	{ "axis", ROW_AT(axis), UT_N_AXES, -100, 100 },
};

struct reader {
	const char *at, *end;
	unsigned line;
	struct ut_error *err;
};

static enum ut_status bad(const struct reader *r, const char *what)
{
	return ut_fail(r->err, UT_EMODEL, "tone model: line %u: %s", r->line, what);
}

/* The literal must come next. */
static bool literal(struct reader *r, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, s, n) != 0)
		return false;
	r->at += n;
	return true;
}

static bool newline(struct reader *r)
{
	if (!literal(r, "\n"))
		return false;
	r->line++;
	return true;
}

/* A space and a decimal number of at most 24 bytes within min..max. */
static enum ut_status number(struct reader *r, double min, double max, double *ret)
{
	char buf[25], *stop;
	size_t n = 0;
	double v;

	if (!literal(r, " "))
		return bad(r, "a number is missing");
	while (n < sizeof(buf) - 1 && r->at < r->end && strchr("0123456789+-.e", *r->at) && *r->at)
		buf[n++] = *r->at++;
	buf[n] = 0;
	errno = 0;
	v = strtod(buf, &stop);
	if (!n || *stop || errno || !isfinite(v))
		return bad(r, "not a number");
	if (v < min || v > max)
		return bad(r, "a number out of its range");
	*ret = v;
	return UT_OK;
}

static enum ut_status numbers(struct reader *r, void *base, const struct line *l)
{
	double *v = (double *)((char *)base + l->offset);

	for (unsigned i = 0; i < l->n; i++) {
		enum ut_status st = number(r, l->min, l->max, &v[i]);

		if (st)
			return st;
	}
	return UT_OK;
}

static enum ut_status card(struct reader *r, char *ret, size_t cap)
{
	size_t n = 0;

	if (!literal(r, "card "))
		return bad(r, "\"card\" expected");
	for (; r->at < r->end && *r->at != '\n'; r->at++) {
		if ((unsigned char)*r->at < 0x20 || (unsigned char)*r->at > 0x7e || n + 1 == cap)
			return bad(r, "the card is not one line of ASCII below 256 bytes");
		ret[n++] = *r->at;
	}
	ret[n] = 0;
	return newline(r) ? UT_OK : bad(r, "the file ends early");
}

static enum ut_status body(struct reader *r, struct ut_tone_params *p)
{
	enum ut_status st;
	double v;

	if (!literal(r, MAGIC))
		return ut_fail(r->err, UT_EMODEL,
			       "not a tone model (it does not begin with \"" MAGIC "\")");
	st = number(r, 0, 1e6, &v);
	if (st)
		return st;
	if (v != VERSION)
		return ut_fail(r->err, UT_EMODEL,
			       "tone model of version %g, this program reads version %d: train it "
			       "again, or use the program it came with",
			       v, VERSION);
	if (!newline(r))
		return bad(r, "the line goes on");
	st = card(r, p->card, sizeof(p->card));
	if (st)
		return st;
	for (size_t i = 0; i < UT_ARRAY_LEN(head); i++) {
		if (!literal(r, head[i].word))
			return bad(r, "another word was expected");
		st = numbers(r, p, &head[i]);
		if (st)
			return st;
		if (!newline(r))
			return bad(r, "the line goes on");
	}
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		if (!literal(r, "row ") || !literal(r, ut_functional_info[i].name))
			return bad(r, "another row was expected");
		for (size_t k = 0; k < UT_ARRAY_LEN(row_fields); k++) {
			st = numbers(r, &p->row[i], &row_fields[k]);
			if (st)
				return st;
		}
		if (!newline(r))
			return bad(r, "the line goes on");
	}
	return UT_OK;
}

enum ut_status ut_tone_model_parse(const char *bytes, size_t n, struct ut_tone_model **ret,
				   struct ut_error *err)
{
	struct reader r = { bytes, bytes + n, 1, err };
	struct ut_tone_model *m;
	enum ut_status st;
	char want[65];

	if (n > MAX_FILE)
		return ut_fail(err, UT_EMODEL, "tone model of %zu bytes: at most %d", n, MAX_FILE);
	m = calloc(1, sizeof(*m));
	if (!m)
		return ut_fail(err, UT_ENOMEM, "tone model");
	st = body(&r, &m->p);
	if (st)
		goto fail;
	st = ut_sha256_hex(bytes, (size_t)(r.at - bytes), want, err);
	if (st)
		goto fail;
	if (!literal(&r, "sha256 ") || !literal(&r, want) || !newline(&r) || r.at != r.end) {
		st = bad(&r, "the checksum is wrong: the file was changed or cut");
		goto fail;
	}
	st = ut_sha256_hex(bytes, n, m->hash, err);
	if (st)
		goto fail;
	*ret = m;
	return UT_OK;
fail:
	ut_tone_model_destroy(&m);
	return st;
}

static void add_numbers(struct ut_text *out, const void *base, const struct line *l, bool *bad_one)
{
	const double *v = (const double *)((const char *)base + l->offset);

	for (unsigned i = 0; i < l->n; i++) {
		*bad_one |= !(v[i] >= l->min && v[i] <= l->max);
		ut_text_addf(out, " %.9g", v[i]);
	}
}

enum ut_status ut_tone_model_write(const struct ut_tone_params *p, struct ut_text *out,
				   struct ut_error *err)
{
	size_t start = out->len;
	bool bad_one = false;
	enum ut_status st;
	char hex[65];

	ut_text_addf(out, MAGIC " %d\ncard %s\n", VERSION, p->card);
	for (size_t i = 0; i < UT_ARRAY_LEN(head); i++) {
		ut_text_add(out, head[i].word);
		add_numbers(out, p, &head[i], &bad_one);
		ut_text_add(out, "\n");
		if (bad_one)
			return ut_fail(err, UT_EINVAL, "tone model: %s is out of its range",
				       head[i].word);
	}
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		ut_text_addf(out, "row %s", ut_functional_info[i].name);
		for (size_t k = 0; k < UT_ARRAY_LEN(row_fields); k++)
			add_numbers(out, &p->row[i], &row_fields[k], &bad_one);
		ut_text_add(out, "\n");
		if (bad_one)
			return ut_fail(err, UT_EINVAL, "tone model: row %s is out of its range",
				       ut_functional_info[i].name);
	}
	if (out->failed)
		return ut_fail(err, UT_ENOMEM, "tone model");
	st = ut_sha256_hex(out->s + start, out->len - start, hex, err);
	if (st)
		return st;
	ut_text_addf(out, "sha256 %s\n", hex);
	return out->failed ? ut_fail(err, UT_ENOMEM, "tone model") : UT_OK;
}

const char *ut_tone_model_hash(const struct ut_tone_model *m)
{
	return m->hash;
}

const struct ut_tone_params *ut_tone_model_params(const struct ut_tone_model *m)
{
	return &m->p;
}

void ut_tone_model_destroy(struct ut_tone_model **pm)
{
	free(*pm);
	*pm = NULL;
}
