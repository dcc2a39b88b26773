/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trains the network of dsp/rate.h on Berlin EmoDB over a telephone band, and says how well it does
 * on speakers and sentences that it never heard.
 * usage: rate_train DATA speakers|texts|half   cross-validation, a table on stdout
 *        rate_train DATA write FILE            trains on everything, writes dsp/rate_model.h
 *
 * Truth: the corpus' syllable labels; a nucleus is the middle of the vowel labelled inside the
 * syllable, or two thirds into one without (a syllabic consonant). The loss is the squared error of
 * the density in each frame and of the count over a cut of at least a second. Each cut is stretched
 * in time by 0.5..1.5, so that the rate cannot be told from the sentence.
 */
#include <dirent.h>
#include <stdio.h>

#include "dsp/engine.h"
#include "dsp/rate_net.h"
#include "telephone.h"

enum {
	MAX_UTTERANCES = 600,
	MAX_SYLLABLES = 64,
	MAX_FRAMES = 1600,
	UNITS = UT_RATE_UNITS,
	BATCH = 8,
	N_PARAMS = sizeof(struct ut_rate_net) / sizeof(float),
};

struct utterance {
	char name[16];
	struct ut_frame *rows;
	size_t n_rows, cap;
	size_t n_syllables;
	float nucleus[MAX_SYLLABLES]; /* frames */
	float start, end;             /* of the speech, frames */
	float pause;                  /* frames labelled as pauses inside */
};

static struct utterance all[MAX_UTTERANCES];
static size_t n_all;
static unsigned seed;

static float uniform(void) /* 0..1 */
{
	return (float)rand_r(&seed) / (float)RAND_MAX;
}

static void keep_row(void *user, const struct ut_frame *row)
{
	struct utterance *u = user;

	if (u->n_rows == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 512;
		u->rows = realloc(u->rows, u->cap * sizeof(*u->rows));
		if (!u->rows)
			abort();
	}
	u->rows[u->n_rows++] = *row;
}

struct label {
	double t;
	char text[16];
};

/* "time [number] text" lines; ESPS files have a head that ends with '#'. */
static size_t read_labels(const char *path, bool esps, struct label *out, size_t max)
{
	FILE *f = fopen(path, "r");
	char line[256];
	bool body = !esps;
	size_t n = 0;

	if (!f)
		return 0;
	while (n < max && fgets(line, sizeof(line), f)) {
		out[n].text[0] = 0;
		if (!body)
			body = line[0] == '#';
		else if (sscanf(line, esps ? "%lf %*d %15s" : "%lf %15s", &out[n].t, out[n].text) >=
			 1)
			n++;
	}
	fclose(f);
	return n;
}

static bool is_vowel(const char *s)
{
	static const char *const v[] = {
		"I",  "a",  "aI", "@",  "i",  "e",  "U",  "E",  "6",  "O",  "aU",
		"o",  "9",  "y",  "4",  "Y",  "OY", "i6", "u",  "E6", "I6", "@6",
		"a6", "ao", "AU", "aO", "AO", "ia", "i@", "e@", "I@",
	};

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		if (strcmp(s, v[i]) == 0)
			return true;
	}
	return false;
}

static bool load_one(const char *data, const char *name, struct tel *t)
{
	static struct label syl[MAX_SYLLABLES + 8], phone[400];
	struct utterance *u = &all[n_all];
	struct ut_engine *e = NULL;
	char path[512];
	size_t n, n_phones;

	snprintf(path, sizeof(path), "%s/emodb/syllables/%s.silb", data, name);
	n = read_labels(path, false, syl, MAX_SYLLABLES + 8);
	snprintf(path, sizeof(path), "%s/emodb/phones/%sxx.lablaut", data, name);
	n_phones = read_labels(path, true, phone, 400);
	snprintf(path, sizeof(path), "%s/emodb/flac/%s.flac", data, name);
	if (n < 2 || !tel_read(path, 0, t))
		return false;
	tel_band(t);
	tel_mulaw(t);
	memset(u, 0, sizeof(*u));
	snprintf(u->name, sizeof(u->name), "%.15s", name);
	if (ut_engine_create(&e, NULL))
		abort();
	ut_engine_push(e, t->x, t->n, keep_row, u);
	ut_engine_flush(e, keep_row, u);
	ut_engine_destroy(&e);
	u->start = (float)syl[0].t * 100;
	for (size_t i = 0; i + 1 < n && u->n_syllables < MAX_SYLLABLES; i++) {
		double from = syl[i].t, to = syl[i + 1].t, mid = from + 0.67 * (to - from);

		if (strchr("(.)", syl[i].text[0])) { /* a pause, or no label at all */
			u->pause += (float)(to - from) * 100;
			continue;
		}
		for (size_t p = 0; p + 1 < n_phones; p++) {
			size_t q = p + 1;

			if (phone[p].t < from - 0.012 || phone[p].t > to - 0.01 ||
			    !is_vowel(phone[p].text))
				continue;
			while (q + 1 < n_phones &&
			       (phone[q].text[0] == '+' || phone[q].text[0] == '-'))
				q++;
			mid = (phone[p].t + UT_MIN(phone[q].t, to + 0.03)) / 2;
			break;
		}
		u->nucleus[u->n_syllables++] = (float)(mid * 100 - 0.5);
		u->end = (float)to * 100;
	}
	return u->n_syllables > 0 && u->n_rows < MAX_FRAMES;
}

static void load(const char *data)
{
	struct dirent **names;
	struct tel t = { 0 };
	char dir[512];
	int n;

	snprintf(dir, sizeof(dir), "%s/emodb/flac", data);
	n = scandir(dir, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char *dot = strrchr(names[i]->d_name, '.');

		if (dot && strcmp(dot, ".flac") == 0 && n_all < MAX_UTTERANCES) {
			*dot = 0;
			n_all += load_one(data, names[i]->d_name, &t);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	free(t.x);
}

/* One cut, ready for the network. */
struct cut {
	size_t n;
	float x[MAX_FRAMES * UT_RATE_IN], want[MAX_FRAMES], count;
};

/* Frames [from, to) of u, stretched so that speed times as much is said a second. */
static void make_cut(const struct utterance *u, float from, float to, float speed, float spread,
		     struct cut *c)
{
	size_t first = (size_t)UT_MAX(from, 0), last = UT_MIN((size_t)to, u->n_rows);
	struct ut_rate_norm norm;
	float a[UT_RATE_IN], b[UT_RATE_IN];

	c->n = UT_MIN((size_t)((float)(last - first) / speed), MAX_FRAMES);
	c->count = 0;
	ut_rate_normalise(u->rows + first, last - first, NULL, &norm);
	for (size_t i = 0; i < c->n; i++) {
		float at = (float)first + (float)i * speed;
		size_t k = (size_t)at;
		float f = at - (float)k;

		ut_rate_inputs(&norm, &u->rows[UT_MIN(k, last - 1)], a);
		ut_rate_inputs(&norm, &u->rows[UT_MIN(k + 1, last - 1)], b);
		for (int j = 0; j < UT_RATE_IN; j++)
			c->x[i * UT_RATE_IN + (size_t)j] = a[j] + f * (b[j] - a[j]);
		c->want[i] = 0;
	}
	for (size_t s = 0; s < u->n_syllables; s++) {
		float at = (u->nucleus[s] - (float)first) / speed, norm_sum = 0;

		for (int k = -12; k <= 12; k++)
			norm_sum += expf(-0.5f * (float)(k * k) / (spread * spread));
		for (int k = -12; k <= 12; k++) {
			float d = floorf(at) + (float)k - at;
			long i = (long)floorf(at) + k;

			if (i >= 0 && i < (long)c->n)
				c->want[i] += expf(-0.5f * d * d / (spread * spread)) / norm_sum;
		}
	}
	for (size_t i = 0; i < c->n; i++)
		c->count += c->want[i];
}

struct activations {
	float h1[MAX_FRAMES * UNITS], h2[MAX_FRAMES * UNITS], h3[MAX_FRAMES * UNITS];
	float z[MAX_FRAMES], y[MAX_FRAMES];
	float g1[MAX_FRAMES * UNITS], g2[MAX_FRAMES * UNITS], g3[MAX_FRAMES * UNITS];
};

static float forward(const struct ut_rate_net *net, const struct cut *c, struct activations *a)
{
	float sum = 0;

	ut_rate_layer(c->x, UT_RATE_IN, c->n, ut_rate_dilation[0], net->w1, net->b1, a->h1);
	ut_rate_layer(a->h1, UNITS, c->n, ut_rate_dilation[1], net->w2, net->b2, a->h2);
	ut_rate_layer(a->h2, UNITS, c->n, ut_rate_dilation[2], net->w3, net->b3, a->h3);
	for (size_t t = 0; t < c->n; t++) {
		float z = net->b4;

		for (int u = 0; u < UNITS; u++)
			z += net->w4[u] * a->h3[t * UNITS + (size_t)u];
		a->z[t] = z;
		a->y[t] = 0.1f * (z > 20 ? z : log1pf(expf(z)));
		sum += a->y[t];
	}
	return sum;
}

/* gy: gradient by the layer's output (changed); adds to gw, gb; gx may be NULL. */
static void layer_back(const float *restrict x, size_t n_in, size_t n, int dilation,
		       const float *restrict w, const float *restrict y, float *restrict gy,
		       float *restrict gw, float *restrict gb, float *restrict gx)
{
	float turned[UNITS * UNITS]; /* one tap's weights, by unit, input */

	if (gx)
		memset(gx, 0, n * n_in * sizeof(*gx));
	for (size_t i = 0; i < n * UNITS; i++)
		gy[i] = y[i] > 0 ? gy[i] : 0;
	for (size_t t = 0; t < n; t++) {
		for (int u = 0; u < UNITS; u++)
			gb[u] += gy[t * UNITS + (size_t)u];
	}
	for (int tap = 0; tap < UT_RATE_TAPS; tap++) {
		long shift = (tap - UT_RATE_TAPS / 2) * dilation;
		const float *wt = w + (size_t)tap * n_in * UNITS;
		float *gwt = gw + (size_t)tap * n_in * UNITS;

		for (size_t i = 0; i < n_in; i++) {
			for (size_t u = 0; u < UNITS; u++)
				turned[u * n_in + i] = wt[i * UNITS + u];
		}
		for (long t = UT_MAX(0, -shift); t < (long)n && t + shift < (long)n; t++) {
			const float *xt = x + (size_t)(t + shift) * n_in,
				    *g = gy + (size_t)t * UNITS;

			for (size_t i = 0; i < n_in; i++) {
				for (int u = 0; u < UNITS; u++)
					gwt[i * UNITS + (size_t)u] += xt[i] * g[u];
			}
			for (size_t u = 0; gx && u < UNITS; u++) {
				for (size_t i = 0; i < n_in; i++)
					gx[(size_t)(t + shift) * n_in + i] +=
					    turned[u * n_in + i] * g[u];
			}
		}
	}
}

static void backward(const struct ut_rate_net *net, const struct cut *c, struct activations *a,
		     float sum, float count_weight, struct ut_rate_net *g)
{
	float gc = count_weight * 2 * (sum - c->count) / UT_MAX(c->count, 1);

	for (size_t t = 0; t < c->n; t++) {
		float gz = 100 * 2 * (a->y[t] - c->want[t]) / (float)c->n + gc;

		gz *= 0.1f / (1 + expf(-a->z[t]));
		g->b4 += gz;
		for (int u = 0; u < UNITS; u++) {
			g->w4[u] += gz * a->h3[t * UNITS + (size_t)u];
			a->g3[t * UNITS + (size_t)u] = gz * net->w4[u];
		}
	}
	layer_back(a->h2, UNITS, c->n, ut_rate_dilation[2], net->w3, a->h3, a->g3, g->w3, g->b3,
		   a->g2);
	layer_back(a->h1, UNITS, c->n, ut_rate_dilation[1], net->w2, a->h2, a->g2, g->w2, g->b2,
		   a->g1);
	layer_back(c->x, UT_RATE_IN, c->n, ut_rate_dilation[0], net->w1, a->h1, a->g1, g->w1, g->b1,
		   NULL);
}

static void fill_random(float *w, size_t n, float spread)
{
	for (size_t i = 0; i < n; i++)
		w[i] = spread * (uniform() + uniform() + uniform() - 1.5f) * 2;
}

/* Adam (Kingma and Ba 2015) with a falling step. use[i]: utterance i may be learned from. */
static void train(struct ut_rate_net *net, const bool *use, int epochs)
{
	static struct cut c;
	static struct activations a;
	static float m[N_PARAMS], v[N_PARAMS];
	static struct ut_rate_net g;
	size_t order[MAX_UTTERANCES], n = 0, step = 0, n_steps;
	float *w = (float *)net, *gw = (float *)&g;

	memset(net, 0, sizeof(*net));
	memset(m, 0, sizeof(m));
	memset(v, 0, sizeof(v));
	seed = 1;
	fill_random(net->w1, sizeof(net->w1) / 4, sqrtf(2.f / (UT_RATE_TAPS * UT_RATE_IN)));
	fill_random(net->w2, sizeof(net->w2) / 4, sqrtf(2.f / (UT_RATE_TAPS * UNITS)));
	fill_random(net->w3, sizeof(net->w3) / 4, sqrtf(2.f / (UT_RATE_TAPS * UNITS)));
	fill_random(net->w4, UNITS, sqrtf(2.f / UNITS));
	for (size_t i = 0; i < n_all; i++) {
		if (use[i])
			order[n++] = i;
	}
	n_steps = (size_t)epochs * (n / BATCH);
	for (int e = 0; e < epochs; e++) {
		for (size_t i = n - 1; i > 0; i--) {
			size_t k = (size_t)(uniform() * (float)i), swap = order[i];

			order[i] = order[k], order[k] = swap;
		}
		for (size_t i = 0; i + BATCH <= n; i += BATCH, step++) {
			float rate =
			    0.003f * 0.5f * (1 + cosf((float)M_PI * (float)step / (float)n_steps));
			float c1 = 1 - powf(0.9f, (float)step + 1),
			      c2 = 1 - powf(0.999f, (float)step + 1);

			memset(&g, 0, sizeof(g));
			for (size_t k = i; k < i + BATCH; k++) {
				const struct utterance *u = &all[order[k]];
				float from = u->start - 2, to = u->end + 2, speed, sum;

				speed = expf(uniform() * 1.1f - 0.69f); /* 0.5..1.5 */
				if (uniform() < 0.5f && to - from > 110) {
					float len = 100 + uniform() * (to - from - 100);

					from += uniform() * (to - from - len);
					to = from + len;
				}
				make_cut(u, from, to, speed, 2, &c);
				sum = forward(net, &c, &a);
				backward(net, &c, &a, sum, 0.03f, &g);
			}
			for (size_t p = 0; p < N_PARAMS; p++) {
				float gp = gw[p] / BATCH + 1e-5f * w[p];

				m[p] = 0.9f * m[p] + 0.1f * gp;
				v[p] = 0.999f * v[p] + 0.001f * gp * gp;
				w[p] -= rate * (m[p] / c1) / (sqrtf(v[p] / c2) + 1e-8f);
			}
		}
	}
}

struct score {
	double n, sx, sy, sxx, syy, sxy, abs_err, err;
};

static void add_score(struct score *s, double got, double want)
{
	s->n++;
	s->sx += got, s->sy += want;
	s->sxx += got * got, s->syy += want * want, s->sxy += got * want;
	s->abs_err += fabs(got - want);
	s->err += got - want;
}

static void print_score(const char *name, const struct score *s)
{
	double r = (s->sxy - s->sx * s->sy / s->n) /
		   sqrt((s->sxx - s->sx * s->sx / s->n) * (s->syy - s->sy * s->sy / s->n));

	printf("%-28s %5.0f  r %.3f  mean error %+.2f  mean |error| %.2f syllables/s\n", name, s->n,
	       r, s->err / s->n, s->abs_err / s->n);
	fflush(stdout);
}

static float rate_of(const struct ut_rate_net *net, const struct utterance *u)
{
	static struct cut c;
	static struct activations a;

	make_cut(u, u->start, u->end, 1, 2, &c);
	return forward(net, &c, &a) * 100 / (u->end - u->start);
}

static unsigned group_of(const struct utterance *u, const char *by)
{
	/* names: 2 digits of speaker, 3 of text, emotion, version */
	unsigned v =
	    by[0] == 's' || by[0] == 'h'
		? (unsigned)((u->name[0] - '0') * 10 + u->name[1] - '0')
		: (unsigned)((u->name[2] - 'a') * 100 + (u->name[3] - '0') * 10 + u->name[4] - '0');
	static const unsigned speakers[] = { 3, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	static const unsigned texts[] = { 1, 2, 4, 5, 7, 101, 102, 103, 109, 110 };
	const unsigned *list = by[0] == 't' ? texts : speakers;

	for (unsigned i = 0; i < 10; i++) {
		if (list[i] == v)
			return by[0] == 'h' ? i % 2 : i % 5;
	}
	return 0;
}

static void validate(const char *by, int epochs)
{
	static struct ut_rate_net net;
	struct score total = { 0 };
	unsigned n_groups = by[0] == 'h' ? 2 : 5;

	for (unsigned g = 0; g < n_groups; g++) {
		bool use[MAX_UTTERANCES];
		struct score s = { 0 };
		char name[64];

		for (size_t i = 0; i < n_all; i++)
			use[i] = group_of(&all[i], by) != g;
		train(&net, use, epochs);
		for (size_t i = 0; i < n_all; i++) {
			const struct utterance *u = &all[i];
			double want = (double)u->n_syllables * 100 / (u->end - u->start);

			if (use[i] || u->end - u->start < 100)
				continue;
			add_score(&s, rate_of(&net, u), want);
			add_score(&total, rate_of(&net, u), want);
		}
		snprintf(name, sizeof(name), "unseen %s, fold %u", by, g + 1);
		print_score(name, &s);
	}
	print_score("all folds", &total);
}

static void write_array(FILE *f, const char *name, const float *w, size_t n)
{
	fprintf(f, "\t.%s = {", name);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s%.5ef,", i % 8 ? " " : "\n\t\t", (double)w[i]);
	fprintf(f, "\n\t},\n");
}

static int write_model(const char *path, int epochs)
{
	static struct ut_rate_net net;
	bool use[MAX_UTTERANCES];
	FILE *f = fopen(path, "w");

	if (!f)
		return 1;
	memset(use, 1, sizeof(use));
	train(&net, use, epochs);
	fprintf(f,
		"/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
		"/* Written by tests/bench/rate_train.c from Berlin EmoDB (CC0). Do not edit. */\n"
		"/* clang-format off */\n"
		"static const struct ut_rate_net ut_rate_model = {\n");
	write_array(f, "w1", net.w1, sizeof(net.w1) / 4);
	write_array(f, "w2", net.w2, sizeof(net.w2) / 4);
	write_array(f, "w3", net.w3, sizeof(net.w3) / 4);
	write_array(f, "b1", net.b1, UNITS);
	write_array(f, "b2", net.b2, UNITS);
	write_array(f, "b3", net.b3, UNITS);
	write_array(f, "w4", net.w4, UNITS);
	fprintf(f, "\t.b4 = %.5ef,\n};\n", (double)net.b4);
	return fclose(f) != 0;
}

int main(int argc, char **argv)
{
	int epochs = 100, rc = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: rate_train DATA speakers|texts|half [EPOCHS]\n"
				"       rate_train DATA write FILE\n");
		return 2;
	}
	load(argv[1]);
	if (n_all == 0) {
		printf("SKIP: no recordings in %s/emodb\n", argv[1]);
		return 77;
	}
	printf("%zu utterances\n", n_all);
	if (strcmp(argv[2], "write") == 0 && argc == 4)
		rc = write_model(argv[3], epochs);
	else
		validate(argv[2], argc > 3 ? (int)strtol(argv[3], NULL, 10) : epochs);
	for (size_t i = 0; i < n_all; i++)
		free(all[i].rows);
	return rc;
}
