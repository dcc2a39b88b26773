/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode/pair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

struct side {
	struct ut_decoder *d;
	int64_t late;       /* samples of silence before it */
	int64_t lead;       /* of them still to come */
	struct ut_block in; /* what was read of it */
	size_t used;
	bool ended;
	int64_t n;
	float out[UT_DECODE_BLOCK];
};

struct ut_pair {
	struct ut_decode_info info;
	struct side side[2];
	int64_t pos;
};

static enum ut_status open_side(struct side *s, int fd, const char *name,
				const struct ut_decode_opts *o, struct ut_error *err)
{
	struct ut_error why = { 0 };
	enum ut_status st = ut_decoder_open(fd, name, o, &s->d, &why);

	name = ut_path_base(name);
	if (st != UT_OK)
		return ut_fail(err, st, "%.80s: %s", name, why.msg);
	if (ut_decoder_info(s->d)->n_ch != 1)
		return ut_fail(err, UT_EFORMAT,
			       "%.80s has %u channels; only two mono recordings are joined", name,
			       ut_decoder_info(s->d)->n_ch);
	return UT_OK;
}

enum ut_status ut_pair_open(const int fd[2], const char *const name[2],
			    const struct ut_decode_opts *o, double lead_s, struct ut_pair **ret,
			    struct ut_error *err)
{
	struct ut_pair *p = calloc(1, sizeof(*p));
	enum ut_status st = p ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
	unsigned rate[2];

	for (int i = 0; i < 2 && st == UT_OK; i++) {
		st = open_side(&p->side[i], fd[i], name[i], o, err);
		if (st == UT_OK)
			rate[i] = ut_decoder_info(p->side[i].d)->rate_hz;
	}
	if (st == UT_OK && rate[0] != rate[1])
		st = ut_fail(err, UT_EFORMAT,
			     "the two recordings have different rates, %u and %u Hz: they are not "
			     "two sides of one recording",
			     rate[0], rate[1]);
	if (st != UT_OK) {
		ut_pair_destroy(&p);
		return st;
	}
	p->info = *ut_decoder_info(p->side[0].d);
	p->info.n_ch = 2;
	p->info.n_samples = -1;
	p->side[lead_s > 0].late = llrint(fabs(lead_s) * p->info.rate_hz);
	p->side[lead_s > 0].lead = p->side[lead_s > 0].late;
	*ret = p;
	return UT_OK;
}

const struct ut_decode_info *ut_pair_info(const struct ut_pair *p)
{
	return &p->info;
}

/* Fills s->out up to n samples; what is behind its end is silence. Returns the last that was not.
 */
static enum ut_status fill(struct side *s, size_t n, size_t *real, struct ut_error *err)
{
	size_t at = (size_t)UT_MIN(s->lead, (int64_t)n);

	memset(s->out, 0, n * sizeof(*s->out));
	s->lead -= (int64_t)at;
	*real = at;
	while (at < n && !s->ended) {
		size_t take;

		if (s->used == s->in.n) {
			enum ut_status st = ut_decoder_read(s->d, &s->in, err);

			if (st != UT_OK)
				return st;
			s->used = 0;
			s->ended = s->in.n == 0;
			continue;
		}
		take = UT_MIN(n - at, s->in.n - s->used);
		memcpy(s->out + at, s->in.ch[0] + s->used, take * sizeof(*s->out));
		s->used += take;
		s->n += (int64_t)take;
		at += take;
		*real = at;
	}
	return UT_OK;
}

enum ut_status ut_pair_read(struct ut_pair *p, struct ut_block *b, struct ut_error *err)
{
	size_t real[2];

	*b = (struct ut_block){ .n_ch = 2, .pos = p->pos };
	for (int i = 0; i < 2; i++) {
		enum ut_status st = fill(&p->side[i], UT_DECODE_BLOCK, &real[i], err);

		if (st != UT_OK)
			return st;
		b->ch[i] = p->side[i].out;
	}
	b->n = UT_MAX(real[0], real[1]);
	p->pos += (int64_t)b->n;
	return UT_OK;
}

enum ut_status ut_pair_seek(struct ut_pair *p, int64_t pos, struct ut_error *err)
{
	for (int i = 0; i < 2; i++) {
		struct side *s = &p->side[i];
		enum ut_status st = ut_decoder_seek(s->d, UT_MAX(pos - s->late, 0), err);

		if (st != UT_OK)
			return st;
		s->lead = UT_MAX(s->late - pos, 0);
		s->in.n = s->used = 0;
		s->ended = false;
	}
	p->pos = pos;
	return UT_OK;
}

bool ut_pair_partial(const struct ut_pair *p, const char **why)
{
	for (int i = 0; i < 2; i++)
		if (ut_decoder_partial(p->side[i].d, why))
			return true;
	return false;
}

void ut_pair_lengths(const struct ut_pair *p, double s[2])
{
	for (int i = 0; i < 2; i++)
		s[i] = (double)p->side[i].n / p->info.rate_hz;
}

void ut_pair_destroy(struct ut_pair **pp)
{
	if (!*pp)
		return;
	for (int i = 0; i < 2; i++)
		ut_decoder_destroy(&(*pp)->side[i].d);
	free(*pp);
	*pp = NULL;
}
