/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tone_options.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct ut_tone_cli_opts ut_tone_cli_default = {
	.l2_up = -1, .l2_pressed = -1, .cheerful = -1, .power = -1
};

/* Calls fn for each word of a comma list; stops at the first status that is not UT_OK. */
static enum ut_status families(const char *list, unsigned *bits, bool *usual, unsigned *context,
			       struct ut_error *err)
{
	for (const char *at = list;;) {
		size_t n = strcspn(at, ",");
		unsigned f = 0, x = 0;

		while (f < UT_N_FAMILIES && (strlen(ut_functional_family_name[f]) != n ||
					     strncmp(ut_functional_family_name[f], at, n) != 0))
			f++;
		while (x < UT_N_CONTEXTS && (strlen(ut_train_context_name[x]) != n ||
					     strncmp(ut_train_context_name[x], at, n) != 0))
			x++;
		if (f < UT_N_FAMILIES)
			*bits |= 1u << f;
		else if (usual && n == 5 && strncmp(at, "usual", n) == 0)
			*usual = true;
		else if (context && n == 7 && strncmp(at, "context", n) == 0)
			*context = UT_ALL_CONTEXTS;
		else if (context && x < UT_N_CONTEXTS)
			*context |= 1u << x;
		else
			return ut_fail(err, UT_EINVAL,
				       "\"%.*s\" is no family of measurements: pitch, effort, "
				       "quality, timing, level, dynamics, shape, colour%s",
				       (int)UT_MIN(n, 40), at,
				       usual ? ", or usual, context, latency, wait, interruptions, "
					       "drift"
					     : "");
		if (!at[n])
			return UT_OK;
		at += n + 1;
	}
}

enum ut_status ut_tone_cli_apply(const struct ut_tone_cli_opts *o, struct ut_train_opts *train,
				 struct ut_corpus_opts *material, struct ut_error *err)
{
	const struct {
		const char *list;
		unsigned *bits;
	} sets[] = { { o->departs, &train->departs },
		     { o->up, &train->axis[UT_TONE_UP] },
		     { o->pressed, &train->axis[UT_TONE_PRESSED] } };
	unsigned out = 0, bits, context = 0;
	bool usual = false;
	enum ut_status st = UT_OK;

	*train = ut_train_opts_default;
	*material = ut_corpus_train_default;
	if (o->without)
		st = families(o->without, &out, &usual, &context, err);
	for (size_t i = 0; i < UT_ARRAY_LEN(sets) && !st; i++) {
		if (!sets[i].list)
			continue;
		bits = 0;
		st = families(sets[i].list, &bits, NULL, NULL, err);
		*sets[i].bits = bits;
	}
	if (st)
		return st;
	train->departs &= ~out;
	for (unsigned a = 0; a < UT_N_AXES; a++)
		train->axis[a] &= ~out;
	train->use_usual = !usual;
	train->context = UT_ALL_CONTEXTS & ~context;
	if (o->l2_up >= 0)
		train->l2[UT_TONE_UP] = o->l2_up;
	if (o->l2_pressed >= 0)
		train->l2[UT_TONE_PRESSED] = o->l2_pressed;
	if (o->cheerful >= 0)
		train->cheerful = o->cheerful;
	if (o->power >= 0)
		train->power[UT_TONE_UP] = train->power[UT_TONE_PRESSED] = o->power;
	if (o->prior_phrases > 0)
		train->prior_phrases = o->prior_phrases;
	if (o->lines)
		material->lines = o->lines;
	if (o->closings > 0)
		material->closings = (unsigned)o->closings;
	return UT_OK;
}

struct ut_train_set ut_corpus_set(const struct ut_corpus *c)
{
	return (struct ut_train_set){
		.example = c->example,
		.n_examples = c->n_examples,
		.phrase = c->phrase,
		.n_phrases = c->n_phrases,
		.n_speakers = c->n_speakers,
	};
}

enum ut_status ut_tone_cli_prior(const char *s, float prior[UT_N_TONES], struct ut_error *err)
{
	float sum = 0;
	const char *at = s;

	for (unsigned k = 0; k < UT_N_TONES; k++) {
		char *end;

		prior[k] = strtof(at, &end);
		if (end == at || *end != (k + 1 < UT_N_TONES ? ',' : '\0') ||
		    !(prior[k] > 0 && prior[k] < 1e6f))
			return ut_fail(
			    err, UT_EINVAL,
			    "--prior %s: three positive shares, accepting,resigned,angry, "
			    "such as 0.95,0.03,0.02",
			    s);
		sum += prior[k];
		at = end + 1;
	}
	for (unsigned k = 0; k < UT_N_TONES; k++)
		prior[k] /= sum;
	return UT_OK;
}

enum ut_status ut_tone_cli_model(const char *path, struct ut_tone_model **ret, struct ut_error *err)
{
	struct ut_error why = { 0 };
	char *buf;
	size_t n = 0;
	ssize_t got = 0;
	int fd;
	enum ut_status st;

	if (!path) {
		const char *shipped = ut_tone_default_model(&n);

		return ut_tone_model_parse(shipped, n, ret, err);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	buf = malloc(128 * 1024);
	while (buf && n < 128 * 1024 && (got = read(fd, buf + n, 128 * 1024 - n)) > 0)
		n += (size_t)got;
	if (!buf)
		st = ut_fail(&why, UT_ENOMEM, "out of memory");
	else if (got < 0)
		st = ut_fail(&why, UT_EIO, "%s", strerror(errno));
	else
		st = ut_tone_model_parse(buf, n, ret, &why);
	free(buf);
	close(fd);
	return st ? ut_fail(err, st, "%s: %s", path, why.msg) : UT_OK;
}

enum ut_status ut_tone_cli_write_model(const char *path, const struct ut_text *t,
				       struct ut_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t done = 0;

	if (fd < 0)
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(errno));
	while (done < t->len) {
		ssize_t n = write(fd, t->s + done, t->len - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	bool lost = done < t->len;

	lost |= fsync(fd) != 0;
	lost |= close(fd) != 0; /* whatever happened before */
	if (lost) {
		int e = errno;

		unlink(path);
		return ut_fail(err, UT_EIO, "%s: %s", path, strerror(e));
	}
	return UT_OK;
}
