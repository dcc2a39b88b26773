/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align_eval.c - are two sides of a call laid beside one another where they belong? Real calls
 * (spokenwoz: each a file a side, one begun later by a random time, ends cut), whole and in parts,
 * and calls made of actors with a faint echo or none. docs/WHO-IS-WHO.md quotes it.
 *
 * usage: align_eval DATA_DIR
 */
#include "dsp/align.h"
#include "tests/bench/voices.h"

struct count {
	unsigned n, echo, turns, right, wrong, unsure;
	double worst;
};

static struct voice side[2];

/* Side 1 begins `later` frames later. within: frames of error that are right. */
static void one(const struct tel *x, const struct tel *y, int64_t later, int64_t within,
		struct count *c)
{
	struct ut_align r;
	int64_t skip = llabs(later) * UT_HOP;
	const struct tel *t[2] = { x, y };

	for (int i = 0; i < 2; i++) {
		size_t from = (later > 0) == (i == 1) ? (size_t)skip : 0;

		voice_rows(&side[i], t[i]->x + from, t[i]->n - from);
	}
	if (ut_align_find(&side[0].frames, &side[1].frames, 0, &r, NULL) != UT_OK)
		abort();
	c->n++;
	c->unsure += r.by == UT_ALIGN_UNKNOWN;
	if (r.by == UT_ALIGN_UNKNOWN)
		return;
	c->echo += r.by == UT_ALIGN_ECHO;
	c->turns += r.by == UT_ALIGN_TURNS;
	c->wrong += llabs(r.lag - later) > within;
	c->right += llabs(r.lag - later) <= within;
	if (llabs(r.lag - later) <= within)
		c->worst = fmax(c->worst, (double)llabs(r.lag - later) / 100);
}

static void tell(const char *name, const struct count *c)
{
	printf("%-34s %4u  by echo %3u, by turns %3u: right %3u (to %.2f s), wrong %u; unsure %u\n",
	       name, c->n, c->echo, c->turns, c->right, c->worst, c->wrong, c->unsure);
}

int main(int argc, char **argv)
{
	static const char *const files[] = { "MUL1423", "SNG0072", "SNG0480", "SNG1640" };
	static const int echo_db[] = { 0, -50, -40, -30 };
	struct tel t[4][2] = { 0 };
	char path[4400];
	bool any = false;

	if (argc != 2)
		return 2;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 2; k++) {
			snprintf(path, sizeof(path), "%s/spokenwoz/%s.wav", argv[1], files[i]);
			any |= tel_read(path, k, &t[i][k]);
		}
	if (!any) {
		printf("no calls in %s/spokenwoz: NOT measured\n", argv[1]);
		return 77;
	}
	for (int i = 0; i < 4; i++) { /* whole calls */
		struct count c = { 0 };

		for (int k = 0; k < 20; k++)
			one(&t[i][0], &t[i][1], (int64_t)((uniform() - 0.5) * 4000), 100, &c);
		snprintf(path, sizeof(path), "%s, begun up to 20 s apart", files[i]);
		tell(path, &c);
	}
	for (int len = 30; len <= 60; len += 30) {
		struct count c = { 0 };

		for (int k = 0; k < 80; k++) {
			int i = k % 4;
			size_t n = (size_t)len * RATE;
			size_t at = t[i][0].n > n ? pick(t[i][0].n - n) : 0;
			const struct tel a = { t[i][0].x + at, n, 0 }, b = { t[i][1].x + at, n, 0 };

			one(&a, &b, (int64_t)((uniform() - 0.5) * 1000), 100, &c);
		}
		snprintf(path, sizeof(path), "%d s of them, up to 5 s apart", len);
		tell(path, &c);
	}
	{ /* sides of different calls belong nowhere */
		struct count c = { 0 };

		for (int k = 0; k < 24; k++)
			if (k % 4 != k / 4 % 4)
				one(&t[k % 4][0], &t[k / 4 % 4][1], 0, -1, &c);
		tell("sides of different calls", &c);
	}
	for (size_t e = 0; e < UT_ARRAY_LEN(echo_db); e++) { /* an echo put into the real calls */
		struct count c = { 0 };

		for (int k = 0; k < 40; k++) {
			int i = k % 4;
			struct tel a = { 0 }, b = { 0 };
			size_t n = UT_MIN(t[i][0].n, (size_t)60 * RATE), late = 40 * UT_HOP / 10;
			float g = echo_db[e] ? (float)pow(10, echo_db[e] / 20.0) : 0;

			tel_append(&a, t[i][0].x, n);
			tel_append(&b, t[i][1].x, n);
			for (size_t s = late; s < n; s++)
				b.x[s] += g * a.x[s - late];
			tel_mulaw(&a);
			tel_mulaw(&b);
			one(&a, &b, (int64_t)((uniform() - 0.5) * 2000), 100, &c);
			free(a.x);
			free(b.x);
		}
		if (echo_db[e])
			snprintf(path, sizeof(path), "60 s, echo %d dB, up to 10 s apart",
				 echo_db[e]);
		else
			snprintf(path, sizeof(path), "60 s, no echo added, up to 10 s apart");
		tell(path, &c);
	}
	voice_done(&side[0]);
	voice_done(&side[1]);
	return 0;
}
