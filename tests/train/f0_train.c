/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_train.c - trains the two networks of the F0 tracker and writes dsp/f0_model.c.
 * usage: f0_train EMODB LABELS OUT.c [BENCH]
 *   EMODB   folder of the corpus (flac/NAME.flac, 16 kHz mono)
 *   LABELS  folder of NAME.flac.csv made by f0_labels.praat: Praat's pitch of the clean recording
 *   BENCH   pitch bench folder: only scored after training, never trained on
 * Every recording is heard several times over a made-up line: another speed, gain, band, noise,
 * babble of the other speakers, hum and codec each time. Deterministic: one thread, one seed.
 */
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/f0_path.h"
#include "dsp/f0_voice.h"

enum { MAX_FILES = 600, PAD = 1000 };

static unsigned versions = 2;
static double voc_share = 0.45;
static double lev_p = 0.7, tone_p = 0, nobody_p = 0.06, lead_p = 0.1;

struct clip {
	char name[64];
	int speaker;
	float *x; /* 16 kHz */
	size_t n;
	float rms;
	float *babble; /* 8 kHz, at a speed of its own, RMS 1 */
	size_t n_babble;
	float (*lab)[3]; /* Praat: cross-correlation 0.40, 0.60, autocorrelation 0.45; 5 ms */
	size_t n_lab;
};

static struct clip clips[MAX_FILES];
static unsigned n_clips;

/* ---- random numbers: a fixed generator, so that a rerun gives the same coefficients ---- */

static uint64_t rng_state;

static double uniform(void)
{
	rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
	return (double)(rng_state >> 11) / 9007199254740992.0;
}

static double between(double a, double b)
{
	return a + (b - a) * uniform();
}

static double gauss(void)
{
	return sqrt(-2 * log(uniform() + 1e-12)) * cos(2 * M_PI * uniform());
}

/* ---- corpus ---- */

static float *load(const char *path, size_t *n, int *rate)
{
	SF_INFO info = { 0 };
	SNDFILE *sf = sf_open(path, SFM_READ, &info);

	if (!sf || info.channels != 1) {
		if (sf)
			sf_close(sf);
		return NULL;
	}
	float *x = calloc((size_t)info.frames + 2 * PAD, sizeof(*x));

	*n = (size_t)sf_readf_float(sf, x, info.frames);
	*rate = info.samplerate;
	sf_close(sf);
	return x;
}

/* 16 kHz to 8 kHz, played `speed` times as fast; windowed sinc. Returns the samples written. */
static size_t resample(const float *x, size_t n, double speed, float *y, size_t max)
{
	enum { HALF = 24, PARTS = 64, N = 2 * HALF * PARTS };
	static float table[N + 2];
	double cut = fmin(0.46, 0.46 / speed); /* of the input's rate */
	size_t m = (size_t)((double)n / (2 * speed));

	for (int i = 0; i < N + 2; i++) {
		double d = (double)i / PARTS - HALF, w = 0.5 + 0.5 * cos(M_PI * d / HALF);

		table[i] = (float)(d == 0 ? cut : w * sin(M_PI * cut * d) / (M_PI * d));
	}
	m = m < max ? m : max;
	for (size_t i = 0; i < m; i++) {
		double at = (double)i * 2 * speed;
		float sum = 0;
		long c = (long)floor(at);

		for (long k = c - HALF + 1; k <= c + HALF; k++) {
			if (k < 0 || k >= (long)n)
				continue;
			double d = (at - (double)k + HALF) * PARTS;
			int j = (int)d;

			sum += x[k] * (table[j] + (float)(d - j) * (table[j + 1] - table[j]));
		}
		y[i] = sum;
	}
	return m;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct clip *)a)->name, ((const struct clip *)b)->name);
}

static bool load_corpus(const char *dir, const char *labels)
{
	char path[1024], line[256];

	snprintf(path, sizeof(path), "%s/manifest.csv", dir);
	FILE *m = fopen(path, "r");

	if (!m)
		return false;
	while (n_clips < MAX_FILES && fgets(line, sizeof(line), m)) {
		struct clip *c = &clips[n_clips];
		int rate = 0;

		if (sscanf(line, "flac/%63[^,],emodb-%d", c->name, &c->speaker) != 2)
			continue;
		snprintf(path, sizeof(path), "%s/flac/%s", dir, c->name);
		c->x = load(path, &c->n, &rate);
		snprintf(path, sizeof(path), "%s/%s.csv", labels, c->name);
		FILE *l = fopen(path, "r");

		if (!c->x || rate != 16000 || !l) {
			fprintf(stderr, "%s: cannot be read\n", path);
			return false;
		}
		c->lab = calloc(c->n / 80 + 8, sizeof(*c->lab));
		while (fgets(line, sizeof(line), l) && c->n_lab < c->n / 80 + 8) {
			float *f = c->lab[c->n_lab];

			if (sscanf(line, "%*f,%f,%f,%f", f, f + 1, f + 2) == 3)
				c->n_lab++;
		}
		fclose(l);
		double e = 0;
		size_t n = 0;

		for (size_t i = 0; i < c->n; i++)
			if (i / 80 < c->n_lab && c->lab[i / 80][0] > 0)
				e += (double)c->x[i] * c->x[i], n++;
		c->rms = (float)sqrt(e / (double)(n + 1)) + 1e-6f;
		n_clips++;
	}
	fclose(m);
	qsort(clips, n_clips, sizeof(*clips), by_name);
	rng_state = 99;
	for (unsigned i = 0; i < n_clips; i++) {
		struct clip *c = &clips[i];

		c->babble = calloc(c->n, sizeof(float));
		c->n_babble = resample(c->x, c->n, between(0.85, 1.2), c->babble, c->n);
		for (size_t k = 0; k < c->n_babble; k++)
			c->babble[k] /= c->rms;
	}
	return n_clips > 0;
}

/* ---- the line ---- */

struct biquad {
	double b0, b1, b2, a1, a2;
};

/* Second-order Butterworth section (bilinear), high or low pass. */
static struct biquad section(double hz, double q, bool high)
{
	double w = tan(M_PI * hz / 8000), d = 1 + w / q + w * w;
	struct biquad s = { w * w / d, 2 * w * w / d, w * w / d, 2 * (w * w - 1) / d,
			    (1 - w / q + w * w) / d };

	if (high)
		s.b0 = 1 / d, s.b1 = -2 / d, s.b2 = 1 / d;
	return s;
}

static void filter(float *x, size_t n, struct biquad s)
{
	double z1 = 0, z2 = 0;

	for (size_t i = 0; i < n; i++) {
		double v = x[i], y = s.b0 * v + z1;

		z1 = s.b1 * v - s.a1 * y + z2;
		z2 = s.b2 * v - s.a2 * y;
		x[i] = (float)y;
	}
}

static void fourth_order(float *x, size_t n, double hz, bool high)
{
	filter(x, n, section(hz, 0.5412, high));
	filter(x, n, section(hz, 1.3066, high));
}

static void mu_law(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* G.711 by its segments: 14-bit magnitude, bias 33 */
		double v = fmin(fabs((double)x[i]) * 8159, 8158) + 33;
		int e = (int)floor(log2(v)) - 5;
		double step = ldexp(1, e + 1), base = ldexp(1, e + 5);
		double q = base + (floor((v - base) / step) + 0.5) * step - 33;

		x[i] = (float)((x[i] < 0 ? -q : q) / 8159);
	}
}

/* GSM full rate, there and back, in a memory file. */
struct mem {
	unsigned char *p;
	sf_count_t n, at, cap;
};

static sf_count_t mem_len(void *u)
{
	return ((struct mem *)u)->n;
}

static sf_count_t mem_seek(sf_count_t off, int whence, void *u)
{
	struct mem *m = u;

	m->at = off + (whence == SEEK_CUR ? m->at : whence == SEEK_END ? m->n : 0);
	return m->at;
}

static sf_count_t mem_read(void *p, sf_count_t n, void *u)
{
	struct mem *m = u;

	n = n < m->n - m->at ? n : m->n - m->at;
	memcpy(p, m->p + m->at, (size_t)n);
	m->at += n;
	return n;
}

static sf_count_t mem_write(const void *p, sf_count_t n, void *u)
{
	struct mem *m = u;

	if (m->at + n > m->cap)
		return 0;
	memcpy(m->p + m->at, p, (size_t)n);
	m->at += n;
	m->n = m->at > m->n ? m->at : m->n;
	return n;
}

static void gsm(float *x, size_t n)
{
	SF_VIRTUAL_IO io = { mem_len, mem_seek, mem_read, mem_write, mem_len };
	struct mem m = { .cap = (sf_count_t)n + 10000 };
	SF_INFO info = { .samplerate = 8000,
			 .channels = 1,
			 .format = SF_FORMAT_RAW | SF_FORMAT_GSM610 };

	m.p = calloc(1, (size_t)m.cap);
	SNDFILE *sf = sf_open_virtual(&io, SFM_WRITE, &info, &m);

	if (sf) {
		sf_writef_float(sf, x, (sf_count_t)n);
		sf_close(sf);
		m.at = 0;
		sf = sf_open_virtual(&io, SFM_READ, &info, &m);
	}
	if (sf) {
		sf_readf_float(sf, x, (sf_count_t)n);
		sf_close(sf);
	} else {
		fprintf(stderr, "gsm: %s\n", sf_strerror(NULL));
	}
	free(m.p);
}

struct take {     /* one recording over one line */
	float *x; /* PAD zeros before and after */
	size_t n;
	double speed;
	bool nobody; /* the line alone */
	bool loose;  /* clean: its levels may be anything */
	long lead;   /* samples of line before the recording begins */
	float *hz;   /* exact F0 of a vocoded take, each 5 ms of the recording; else NULL */
};

/*
 * The recording said again by a pulse-and-noise vocoder, so that the truth is exact. c->lab gives
 * the contour, moved by `shift`; with `extend`, gaps and pauses are voiced too, as weak as they
 * are. hz: F0 each 5 ms, 0 unvoiced.
 */
static void vocode(const struct clip *c, double shift, bool extend, float *y, float *hz)
{
	enum { ORDER = 20, WIN = 400 };
	size_t n = c->n_lab;
	double last = 0;

	for (size_t i = 0; i < n; i++) {
		const float *l = c->lab[i];
		bool v = l[0] > 0 && (l[1] > 0 || l[2] > 0);

		hz[i] = v ? (float)(fmin(fmax(l[0] * shift, 52), 490)) : 0;
	}
	for (size_t i = 0; extend && i < n; i++) {
		if (hz[i] > 0) {
			last = hz[i];
			continue;
		}
		size_t j = i;

		while (j < n && hz[j] <= 0)
			j++;
		double next = j < n ? hz[j] : last, from = last > 0 ? last : next, wander = 0;
		bool all = uniform() < 0.5;
		size_t a = (size_t)between(0, 12), b = (size_t)between(0, 12);

		for (size_t k = i; k < j; k++) {
			wander = 0.9 * wander + 0.02 * gauss();
			double f = (from + (next - from) * (double)(k - i) / (double)(j - i)) *
				   (1 + wander);

			if (from > 0 && (all || (i > 0 && k < i + a) || (j < n && k + b >= j)))
				hz[k] = (float)fmin(fmax(f, 52), 490);
		}
		i = j - 1;
	}
	double r0[ORDER + 1] = { 0 }, r1[ORDER + 1], mem[ORDER] = { 0 }, phase = 0;
	double noise = pow(10, -between(5, 25) / 20);

	for (size_t i = 0; i * 80 < c->n; i++) {
		float w[WIN];

		for (int k = 0; k < WIN; k++) {
			long at = (long)(i * 80) + 40 + k - WIN / 2;

			w[k] =
			    at < 0 || at >= (long)c->n
				? 0
				: (float)(c->x[at] * (0.5 - 0.5 * cos(2 * M_PI * (k + 0.5) / WIN)));
		}
		for (int k = 0; k <= ORDER; k++) {
			r1[k] = k ? 0 : 1e-9;
			for (int j = 0; j + k < WIN; j++)
				r1[k] += (double)w[j] * w[j + k];
		}
		for (int half = 0; half < 2; half++) {
			double a[ORDER + 1] = { 1 }, r[ORDER + 1], err;

			for (int k = 0; k <= ORDER; k++)
				r[k] = half ? r1[k] : 0.5 * (r0[k] + r1[k]);
			r[0] *= 1.0001;
			err = r[0];
			for (int k = 1; k <= ORDER; k++) { /* Levinson and Durbin */
				double s = r[k], t[ORDER + 1];

				for (int j = 1; j < k; j++)
					s += a[j] * r[k - j];
				s = -s / err;
				memcpy(t, a, sizeof(t));
				for (int j = 1; j < k; j++)
					a[j] = t[j] + s * t[k - j];
				a[k] = s;
				err *= 1 - s * s;
			}
			double g = sqrt(err / (WIN * 0.375));
			float f = i < n ? hz[i] : 0;

			for (size_t k = i * 80 + (size_t)half * 40;
			     k < i * 80 + (size_t)half * 40 + 40 && k < c->n; k++) {
				double e;

				if (f > 0) {
					e = noise * gauss();
					phase += (double)f / 16000;
					if (phase >= 1) {
						phase -= 1;
						e += sqrt(16000 / (double)f);
					}
				} else {
					e = gauss();
					phase = uniform();
				}
				double v = g * e;

				for (int j = 0; j < ORDER; j++)
					v -= a[j + 1] * mem[j];
				memmove(mem + 1, mem, sizeof(mem) - sizeof(*mem));
				mem[0] = v;
				y[k] = (float)v;
			}
		}
		memcpy(r0, r1, sizeof(r0));
	}
}

static void make_take(const struct clip *c, struct take *t)
{
	static const double speeds[] = { 1, 1, 0.82, 0.9, 1.1, 1.25 };

	t->speed = speeds[(size_t)(uniform() * 6)];
	double kind = uniform();
	bool nobody = kind > 0.55 && uniform() < nobody_p;

	t->loose = kind > 0.55 && !nobody;
	t->nobody = nobody;
	t->lead = uniform() < 0.5 ? 0 : (long)(uniform() * 12000);
	if (kind > 0.55 && uniform() < lead_p) /* so long that nothing else is in view */
		t->lead = (long)between(12000, 64000);
	size_t tail = uniform() < 0.5 ? 0 : (size_t)(uniform() * 12000);
	size_t m = (size_t)((double)c->n / (2 * t->speed));

	t->n = (size_t)t->lead + m + tail;
	t->x = calloc(t->n + 2 * PAD, sizeof(float));
	float *x = t->x + PAD, *noise = calloc(t->n, sizeof(float));

	if (uniform() < voc_share) {
		float *v = calloc(c->n, sizeof(float));

		t->hz = calloc(c->n_lab, sizeof(float));
		vocode(c, between(0.75, 1.35), kind > 0.55 && uniform() < 0.8, v, t->hz);
		resample(v, c->n, t->speed, x + t->lead, m);
		free(v);
	} else {
		resample(c->x, c->n, t->speed, x + t->lead, m);
	}
	float rms = c->rms;

	if (nobody)
		memset(x, 0, t->n * sizeof(*x));
	if (uniform() < 0.6) { /* loud and soft stretches: level must not stand for voicing */
		double depth = between(3, kind < 0.55 ? 20 : 40), from = 0, to = 0;
		size_t at = 0, len = 1;

		for (size_t i = 0; i < t->n; i++, at++) {
			if (at == len || !i) {
				from = to, to = -depth * uniform();
				at = 0, len = (size_t)between(1600, 9600);
			}
			x[i] *=
			    (float)pow(10, (from + (to - from) * (double)at / (double)len) / 20);
		}
	}
	if (kind < 0.55) { /* babble of other speakers */
		unsigned n_talk = 3 + (unsigned)(uniform() * 14);

		for (unsigned k = 0; k < n_talk; k++)
			for (size_t at = 0; at < t->n;) {
				const struct clip *o = &clips[(size_t)(uniform() * n_clips)];
				size_t from =
				    at ? 0 : (size_t)(uniform() * 0.7 * (double)o->n_babble);

				if (o->speaker == c->speaker)
					continue;
				for (; at < t->n && from < o->n_babble; at++, from++)
					noise[at] += o->babble[from];
			}
	} else if (kind < 0.7) { /* coloured noise */
		double p = between(0, 0.95), s = 0;

		for (size_t i = 0; i < t->n; i++)
			noise[i] = (float)(s = p * s + gauss());
	}
	if (kind < 0.7) {
		double e = 1e-9;
		double snr = kind < 0.55 ? between(3, 28) : between(5, 35);

		for (size_t i = 0; i < t->n; i++)
			e += (double)noise[i] * noise[i];
		float g = (float)(rms * pow(10, -snr / 20) / sqrt(e / (double)t->n));

		for (size_t i = 0; i < t->n; i++)
			x[i] += g * noise[i];
	}
	if (uniform() < 0.2) { /* mains hum, rectified or not */
		double f = uniform() < 0.5 ? 50 : 60, g = rms * pow(10, between(-30, 0) / 20);
		double a[4] = { uniform(), uniform() * 1.5, uniform() * 0.3, uniform() * 0.3 };

		for (size_t i = 0; i < t->n; i++)
			for (int h = 0; h < 4; h++)
				x[i] += (float)(g * a[h] *
						sin(2 * M_PI * f * (h + 1) * (double)i / 8000));
	}
	if (nobody && uniform() < tone_p) { /* tones of the network */
		double f[2] = { between(200, 2000), between(200, 2000) };
		double g = rms * pow(10, between(-30, 0) / 20);

		for (size_t i = 0; i < t->n; i++)
			x[i] += (float)(g * (sin(2 * M_PI * f[0] * (double)i / 8000) +
					     sin(2 * M_PI * f[1] * (double)i / 8000)));
	}
	/* a floor of line noise, so that nothing is cleaner than a telephone */
	float hiss = (float)(rms * pow(10, -between(35, 70) / 20));

	for (size_t i = 0; i < t->n; i++)
		x[i] += hiss * (float)gauss();
	if (uniform() < 0.5) {
		double lo = between(200, 350);

		fourth_order(x, t->n, lo, true);
		if (uniform() < 0.5)
			filter(x, t->n, section(lo, 0.7071, true));
	} else {
		filter(x, t->n, section(between(20, 120), 0.7071, true));
	}
	fourth_order(x, t->n, between(3300, 3700), false);
	float g = (float)(pow(10, between(-38, -12) / 20) / rms);

	for (size_t i = 0; i < t->n; i++) {
		x[i] *= g;
		x[i] = fminf(fmaxf(x[i], -1), 1);
	}
	double codec = uniform();

	if (codec < 0.65)
		mu_law(x, t->n);
	else if (codec < 0.85)
		gsm(x, t->n);
	free(noise);
	if (uniform() < 0.4) { /* cut short: a piece need not begin or end in a pause */
		size_t len = (size_t)between(2400, 16000),
		       from = (size_t)(uniform() * (double)t->n);

		from = from / 80 * 80;
		if (from + len < t->n) {
			memmove(x, x + from, len * sizeof(*x));
			memset(x + len, 0, (t->n - len) * sizeof(*x));
			t->n = len;
			t->lead -= (long)from;
		}
	}
}

/* Truth at the centre of frame i: voiced (0 or 1), and F0 (0 where the labels disagree). */
static float truth(const struct clip *c, const struct take *t, size_t i, float *hz)
{
	double at = ((double)i * 80 + 40 - (double)t->lead) / 8000 * t->speed / 0.005;
	const float *l;

	*hz = 0;
	if (t->nobody || at < 0 || at + 0.5 >= (double)c->n_lab)
		return 0;
	if (t->hz) {
		*hz = t->hz[(size_t)(at + 0.5)] * (float)t->speed;
		return *hz > 0;
	}
	l = c->lab[(size_t)(at + 0.5)];
	if (l[0] > 0 && l[2] > 0 && fabsf(l[0] / l[2] - 1) < 0.06f)
		*hz = l[0] * (float)t->speed;
	return l[1] > 0 && l[2] > 0;
}

/* ---- networks: one hidden layer, Adam ---- */

struct adam {
	float *m, *v;
	int t;
};

static void adam_step(struct adam *a, float *w, const float *g, int n, float rate, float decay)
{
	if (!a->m) {
		a->m = calloc((size_t)n, sizeof(float));
		a->v = calloc((size_t)n, sizeof(float));
	}
	a->t++;
	float c1 = 1 - powf(0.9f, (float)a->t), c2 = 1 - powf(0.999f, (float)a->t);

	for (int i = 0; i < n; i++) {
		a->m[i] = 0.9f * a->m[i] + 0.1f * g[i];
		a->v[i] = 0.999f * a->v[i] + 0.001f * g[i] * g[i];
		w[i] -= rate * (a->m[i] / c1 / (sqrtf(a->v[i] / c2) + 1e-8f) + decay * w[i]);
	}
}

static void scale_of(const float *x, size_t n, size_t stride, int dim, float *mean, float *scale)
{
	for (int d = 0; d < dim; d++) {
		double s = 0, q = 0;

		for (size_t i = 0; i < n; i++) {
			double v = x[i * stride + d];

			s += v, q += v * v;
		}
		s /= (double)n;
		mean[d] = (float)s;
		q = q / (double)n - s * s;
		scale[d] = q > 1e-8 ? (float)(1 / sqrt(q)) : 0;
	}
}

/* A frame to rank: its inputs and which candidates are right. */
struct rank_row {
	uint8_t n, right; /* bit i: candidate i is right */
	float in[UT_F0_MAX_CAND][UT_F0_N_CAND_FEAT];
	float frame[UT_F0_N_FRAME_FEAT];
};

static struct rank_row *rank_rows;
static size_t n_rank, cap_rank;

struct voice_row {
	float in[UT_F0_VOICE_IN];
	float voiced;
};

static struct voice_row *voice_rows;
static size_t n_voice, cap_voice;

/* Centring and scaling go into the weights: w[i][h] x' + b[h], x' = (x - mean) scale. */
static void fold(float *w, float *b, int n_in, int n_hid, const float *mean, const float *scale)
{
	for (int i = 0; i < n_in; i++)
		for (int h = 0; h < n_hid; h++) {
			w[i * n_hid + h] *= scale[i];
			b[h] -= mean[i] * w[i * n_hid + h];
		}
}

static void train_rank(struct ut_f0_model *m, int epochs)
{
	enum { I = UT_F0_RANK_IN, H = UT_F0_RANK_HID, NW = I * H + H + H };
	struct adam ad = { 0 };
	float *flat = malloc(sizeof(float) * n_rank * I), mean[I], scale[I];
	size_t k = 0;

	for (size_t i = 0; i < n_rank; i++) { /* scales from the first candidate of each frame */
		memcpy(flat + k, rank_rows[i].in[i % rank_rows[i].n], sizeof(rank_rows[i].in[0]));
		memcpy(flat + k + UT_F0_N_CAND_FEAT, rank_rows[i].frame,
		       sizeof(rank_rows[i].frame));
		k += I;
	}
	scale_of(flat, n_rank, I, I, mean, scale);
	free(flat);
	float w[NW], g[NW];

	for (int i = 0; i < NW; i++)
		w[i] = (float)(gauss() * (i < I * H       ? 1 / sqrt(I)
					  : i < I * H + H ? 0
							  : 1 / sqrt(H)));
	const size_t batch = 64, steps = n_rank / batch * (size_t)epochs;
	double loss = 0;
	size_t right = 0, seen = 0;

	for (size_t s = 0; s < steps; s++) {
		float rate =
		    0.003f * (float)(0.5 + 0.5 * cos(M_PI * (double)s / (double)steps)) + 1e-5f;

		memset(g, 0, sizeof(g));
		for (size_t b = 0; b < batch; b++) {
			const struct rank_row *r = &rank_rows[(size_t)(uniform() * (double)n_rank)];
			float x[UT_F0_MAX_CAND][I], hid[UT_F0_MAX_CAND][H], z[UT_F0_MAX_CAND];
			float top = -INFINITY, all = 0, good = 0;
			int best = 0;

			for (int c = 0; c < r->n; c++) {
				for (int i = 0; i < I; i++)
					x[c][i] = ((i < UT_F0_N_CAND_FEAT
							? r->in[c][i]
							: r->frame[i - UT_F0_N_CAND_FEAT]) -
						   mean[i]) *
						  scale[i];
				memcpy(hid[c], w + I * H, sizeof(hid[c]));
				for (int i = 0; i < I; i++)
					for (int h = 0; h < H; h++)
						hid[c][h] += x[c][i] * w[i * H + h];
				z[c] = 0;
				for (int h = 0; h < H; h++)
					z[c] += fmaxf(hid[c][h], 0) * w[I * H + H + h];
				if (z[c] > top)
					top = z[c], best = c;
			}
			for (int c = 0; c < r->n; c++) {
				all += expf(z[c] - top);
				good += r->right >> c & 1 ? expf(z[c] - top) : 0;
			}
			loss -= log(good / all + 1e-9), right += r->right >> best & 1, seen++;
			for (int c = 0; c < r->n; c++) {
				float p = expf(z[c] - top);
				float dz =
				    (p / all - (r->right >> c & 1 ? p / (good + 1e-20f) : 0)) /
				    (float)batch;

				for (int h = 0; h < H; h++) {
					if (hid[c][h] <= 0)
						continue;
					g[I * H + H + h] += dz * hid[c][h];
					float dh = dz * w[I * H + H + h];

					g[I * H + h] += dh;
					for (int i = 0; i < I; i++)
						g[i * H + h] += dh * x[c][i];
				}
			}
		}
		adam_step(&ad, w, g, NW, rate, 1e-4f);
		if ((s + 1) % (steps / 4) == 0) {
			printf("# rank: loss %.4f, right %.2f %%\n", loss / (double)seen,
			       100.0 * (double)right / (double)seen);
			fflush(stdout);
			loss = 0, right = seen = 0;
		}
	}
	fold(w, w + I * H, I, H, mean, scale);
	memcpy(m->rank_w, w, sizeof(m->rank_w));
	memcpy(m->rank_b, w + I * H, sizeof(m->rank_b));
	memcpy(m->rank_v, w + I * H + H, sizeof(m->rank_v));
}

static void train_voice(struct ut_f0_model *m, int epochs)
{
	enum { I = UT_F0_VOICE_IN, H = UT_F0_VOICE_HID, NW = I * H + H + H + 1 };
	struct adam ad = { 0 };
	static float w[NW], g[NW];
	float mean[I], scale[I];

	scale_of(voice_rows[0].in, n_voice, sizeof(*voice_rows) / sizeof(float), I, mean, scale);
	for (int i = 0; i < NW; i++)
		w[i] = (float)(gauss() * (i < I * H       ? 1 / sqrt(I)
					  : i < I * H + H ? 0
							  : 1 / sqrt(H)));
	const size_t batch = 128, steps = n_voice / batch * (size_t)epochs;
	double loss = 0, wrong = 0;
	size_t seen = 0;

	for (size_t s = 0; s < steps; s++) {
		float rate =
		    0.002f * (float)(0.5 + 0.5 * cos(M_PI * (double)s / (double)steps)) + 1e-5f;

		memset(g, 0, sizeof(g));
		for (size_t b = 0; b < batch; b++) {
			const struct voice_row *r =
			    &voice_rows[(size_t)(uniform() * (double)n_voice)];
			float x[I], hid[H], z = w[NW - 1];

			memcpy(hid, w + I * H, sizeof(hid));
			for (int i = 0; i < I; i++) {
				x[i] = (r->in[i] - mean[i]) * scale[i];
				for (int h = 0; h < H; h++)
					hid[h] += x[i] * w[i * H + h];
			}
			for (int h = 0; h < H; h++)
				z += fmaxf(hid[h], 0) * w[I * H + H + h];
			float p = 1 / (1 + expf(-z)), dz = (p - r->voiced) / (float)batch;

			loss -= r->voiced * log(p + 1e-9) + (1 - r->voiced) * log(1 - p + 1e-9);
			wrong += fabsf((z > 0) - r->voiced), seen++;
			g[NW - 1] += dz;
			float dh[H];

			for (int h = 0; h < H; h++) {
				g[I * H + H + h] += dz * fmaxf(hid[h], 0);
				dh[h] = hid[h] > 0 ? dz * w[I * H + H + h] : 0;
				g[I * H + h] += dh[h];
			}
			for (int i = 0; i < I; i++)
				for (int h = 0; h < H; h++)
					g[i * H + h] += dh[h] * x[i];
		}
		adam_step(&ad, w, g, NW, rate, 2e-3f);
		if ((s + 1) % (steps / 4) == 0) {
			printf("# voice: loss %.4f, wrong %.2f %%\n", loss / (double)seen,
			       100 * wrong / (double)seen);
			fflush(stdout);
			loss = wrong = 0, seen = 0;
		}
	}
	fold(w, w + I * H, I, H, mean, scale);
	memcpy(m->voice_w, w, sizeof(m->voice_w));
	memcpy(m->voice_b, w + I * H, sizeof(m->voice_b));
	memcpy(m->voice_v, w + I * H + H, sizeof(m->voice_v));
	m->voice_c = w[NW - 1];
}

/* ---- the tracker, over a whole signal ---- */

struct out {
	float *hz, *p, *per; /* a frame each */
	float *in;           /* UT_F0_VOICE_IN a frame; may be NULL */
	const struct ut_f0_model *m;
	struct ut_f0_voice *v;
};

static void on_path(void *user, const struct ut_f0_frame *f, const float *log_p, int chosen)
{
	ut_f0_voice_point(((struct out *)user)->v, f, log_p, chosen);
}

static void on_voice(void *user, int64_t i, const struct ut_f0_point *p, const float *in)
{
	struct out *o = user;

	o->hz[i] = p->log2_hz ? exp2f(p->log2_hz) : 0;
	o->p[i] = o->m->voice_v[0] == 0 ? 1 : 1 / (1 + expf(-ut_f0_voice_logit(o->m, in)));
	if (o->in)
		memcpy(o->in + i * UT_F0_VOICE_IN, in, sizeof(float) * UT_F0_VOICE_IN);
}

/* x: n samples with PAD before and after. */
static void track(struct ut_f0_analysis *an, const struct ut_f0_model *m, const float *x, size_t n,
		  struct out *o)
{
	static struct ut_f0_path path;
	static struct ut_f0_voice voice;

	o->m = m, o->v = &voice;
	ut_f0_analysis_reset(an);
	ut_f0_path_reset(&path);
	ut_f0_voice_reset(&voice);
	for (size_t i = 0; i < n / 80; i++) {
		struct ut_f0_frame f;
		float log_p[UT_F0_MAX_CAND];

		ut_f0_analyse(an, x + i * 80 + 40 - UT_F0_SPAN / 2, &f);
		ut_f0_rank(m, &f, log_p);
		ut_f0_path_push(&path, &f, log_p, on_path, o);
		ut_f0_voice_level(&voice, f.level_db, on_voice, o);
	}
	ut_f0_path_flush(&path, on_path, o);
	ut_f0_voice_flush(&voice, on_voice, o);
}

/* ---- the bench, as score.py scores it, for one threshold after another ---- */

#define N_THR 9
static void bench(const char *dir, struct ut_f0_analysis *an, const struct ut_f0_model *m)
{
	static const char *const sets[] = { "egg", "fda", "syn" };
	static const char *const conds[] = { "g711", "tel", "b10", "gsm" };
	static const float thr[N_THR] = {
		0.3f, 0.35f, 0.4f, 0.45f, 0.5f, 0.55f, 0.6f, 0.65f, 0.7f
	};
	double mean[N_THR] = { 0 };

	printf(
	    "set  cond   GPE  oct-  oct+   |c|  miss    FA  FFE(.5)  FFE at 0.3, 0.35 ... 0.7\n");
	for (int s = 0; s < 3; s++)
		for (int c = 0; c < 4; c++) {
			char path[1024], id[128], line[128];
			long nv = 0, nu = 0, both[N_THR] = { 0 }, gross[N_THR] = { 0 },
			     lo[N_THR] = { 0 }, hi[N_THR] = { 0 }, miss[N_THR] = { 0 },
			     fa[N_THR] = { 0 };
			double cents[N_THR] = { 0 };

			snprintf(path, sizeof(path), "%s/%s/dev.txt", dir, sets[s]);
			FILE *l = fopen(path, "r");

			while (l && fscanf(l, "%127s", id) == 1) {
				size_t n = 0;
				int rate;

				snprintf(path, sizeof(path), "%s/%s/%s/%s.flac", dir, sets[s],
					 conds[c], id);
				float *x = load(path, &n, &rate);

				if (!x)
					continue;
				memmove(x + PAD, x, n * sizeof(*x));
				memset(x, 0, PAD * sizeof(*x));
				size_t nf = n / 80;
				struct out o = { .hz = calloc(nf + 1, 4), .p = calloc(nf + 1, 4) };

				track(an, m, x + PAD, n, &o);
				snprintf(path, sizeof(path), "%s/%s/truth/%s.csv", dir, sets[s],
					 id);
				FILE *t = fopen(path, "r");

				while (fgets(line, sizeof(line), t)) {
					double at, f;

					if (sscanf(line, "%lf,%lf", &at, &f) != 2 || f < 0)
						continue;
					/* rows every 5 ms: the frames' centres and, between two,
					 * their mean */
					long q = lrint(at / 0.005), j = q / 2;
					bool mid = q % 2 == 0, ok = true;
					float hz, pv;

					if (j >= (long)nf)
						j = (long)nf - 1, mid = false,
						ok = at < (double)nf * 0.01 + 0.001;
					hz = o.hz[j], pv = o.p[j];
					if (mid && j > 0) {
						pv = 0.5f * (pv + o.p[j - 1]);
						if (fabsf(hz / o.hz[j - 1] - 1) < 0.2f)
							hz = 0.5f * (hz + o.hz[j - 1]);
						else if (o.p[j - 1] > o.p[j])
							hz = o.hz[j - 1];
					}
					f > 0 ? nv++ : nu++;
					for (int k = 0; k < N_THR; k++) {
						bool v = ok && pv > thr[k] && hz > 0;

						if (f > 0 && !v)
							miss[k]++;
						else if (f <= 0)
							fa[k] += v;
						if (f <= 0 || !v)
							continue;
						double r = hz / f;

						both[k]++;
						if (fabs(r - 1) > 0.2)
							gross[k]++, lo[k] += r<0.6, hi[k] += r> 1.6;
						else
							cents[k] += fabs(1200 * log2(r));
					}
				}
				fclose(t);
				free(o.hz), free(o.p), free(x);
			}
			if (l)
				fclose(l);
			int k = 4;

			printf("%-4s %-5s %5.2f %5.2f %5.2f %5.1f %5.2f %5.2f %6.2f   ", sets[s],
			       conds[c], 100.0 * gross[k] / both[k], 100.0 * lo[k] / both[k],
			       100.0 * hi[k] / both[k], cents[k] / (both[k] - gross[k]),
			       100.0 * miss[k] / nv, 100.0 * fa[k] / nu,
			       100.0 * (miss[k] + fa[k] + gross[k]) / (nv + nu));
			for (k = 0; k < N_THR; k++) {
				double ffe = 100.0 * (miss[k] + fa[k] + gross[k]) / (nv + nu);

				printf(" %5.2f", ffe);
				if (c < 3)
					mean[k] += ffe / 9;
			}
			printf("\n");
		}
	printf("mean of nine:                                          ");
	for (int k = 0; k < N_THR; k++)
		printf(" %5.2f", mean[k]);
	printf("\n");
}

/* cols 0: one row without braces of its own. */
static void write_array(FILE *f, const char *name, const float *v, size_t n, size_t cols)
{
	fprintf(f, "\t.%s = {", name);
	for (size_t i = 0; i < n; i++) {
		if (cols && i % cols == 0)
			fprintf(f, "%s\n\t\t{", i ? " }," : "");
		fprintf(f, "%s%.5ef,", i % (cols ? cols : n) % 7 ? " " : "\n\t\t ", (double)v[i]);
	}
	fprintf(f, "%s\n\t},\n", cols ? " }," : "");
}

static void round_all(struct ut_f0_model *m)
{
	float *v = (float *)m;

	for (size_t i = 0; i < sizeof(*m) / sizeof(float); i++) {
		char s[32];

		snprintf(s, sizeof(s), "%.5e", (double)v[i]);
		v[i] = strtof(s, NULL);
	}
}

int main(int argc, char **argv)
{
	static struct ut_f0_model m;
	struct ut_f0_analysis an;

	if (argc < 4) {
		fprintf(stderr, "usage: f0_train EMODB LABELS OUT.c [BENCH]\n");
		return 2;
	}
	if (getenv("VERSIONS"))
		versions = (unsigned)strtoul(getenv("VERSIONS"), NULL, 10);
	if (getenv("LEVP"))
		lev_p = strtod(getenv("LEVP"), NULL);
	if (getenv("VOC"))
		voc_share = strtod(getenv("VOC"), NULL);
	if (!load_corpus(argv[1], argv[2]) || ut_f0_analysis_init(&an) != UT_OK)
		return 1;
	struct take *takes = calloc((size_t)versions * n_clips, sizeof(*takes));

	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned v = 0; v < versions; v++)
			for (unsigned ci = 0; ci < n_clips; ci++) {
				const struct clip *c = &clips[ci];
				struct take t = takes[v * n_clips + ci];

				if (!t.x) {
					rng_state = (uint64_t)(ci * 1000 + v) * 2654435761u + 17;
					uniform(), uniform(), uniform();
					make_take(c, &t);
					takes[v * n_clips + ci] = t;
				}
				size_t nf = t.n / 80;

				if (pass == 0) {
					ut_f0_analysis_reset(&an);
					for (size_t i = 0; i < nf; i++) {
						struct ut_f0_frame f;
						float hz;

						if (truth(c, &t, i, &hz) < 0.9f || hz <= 0 ||
						    hz > 510 || hz < 48)
							continue;
						ut_f0_analyse(
						    &an, t.x + PAD + i * 80 + 40 - UT_F0_SPAN / 2,
						    &f);
						unsigned right = 0;

						for (unsigned k = 0; k < f.n; k++)
							right |=
							    (unsigned)(fabsf(f.cand[k].log2_hz -
									     log2f(hz)) < 0.07f)
							    << k;
						if (!right || f.n < 2)
							continue;
						if (n_rank == cap_rank)
							rank_rows = realloc(
							    rank_rows,
							    sizeof(*rank_rows) *
								(cap_rank = cap_rank * 2 + 10000));
						struct rank_row *r = &rank_rows[n_rank++];

						r->n = (uint8_t)f.n, r->right = (uint8_t)right;
						for (unsigned k = 0; k < f.n; k++)
							memcpy(r->in[k], f.cand[k].feat,
							       sizeof(r->in[k]));
						memcpy(r->frame, f.feat, sizeof(r->frame));
					}
				} else {
					struct out o = { .hz = calloc(nf + 1, 4),
							 .p = calloc(nf + 1, 4),
							 .in = calloc(nf + 1, 4 * UT_F0_VOICE_IN) };

					track(&an, &m, t.x + PAD, t.n, &o);
					for (size_t i = 0; i < nf; i++) {
						float hz, votes = truth(c, &t, i, &hz);

						if (n_voice == cap_voice)
							voice_rows =
							    realloc(voice_rows,
								    sizeof(*voice_rows) *
									(cap_voice = cap_voice * 2 +
										     10000));
						struct voice_row *r = &voice_rows[n_voice++];

						memcpy(r->in, o.in + i * UT_F0_VOICE_IN,
						       sizeof(r->in));
						r->voiced = votes;
						if (t.loose && uniform() < lev_p) {
							float off = (float)between(-30, 5);

							for (int k = 0; k < UT_F0_N_CONTEXT; k++)
								r->in[k * UT_F0_N_PATH_FEAT] += off;
							r->in[UT_F0_N_CONTEXT * UT_F0_N_PATH_FEAT +
							      1] += off;
						}
					}
					free(o.hz), free(o.p), free(o.in);
				}
			}
		printf("# %zu frames to rank, %zu to voice\n", n_rank, n_voice);
		fflush(stdout);
		rng_state = 12345;
		if (pass == 0)
			train_rank(&m, 4);
		else
			train_voice(&m, 4);
	}
	round_all(&m);
	FILE *f = fopen(argv[3], "w");

	if (!f)
		return 1;
	fprintf(f, "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
		   "/*\n * f0_model.c - coefficients of f0_model.h. Made by "
		   "tests/train/f0_train.sh from EmoDB (CC0 1.0),\n"
		   " * which says how; do not edit.\n */\n"
		   "#include \"dsp/f0_model.h\"\n\nconst struct ut_f0_model ut_f0_model = {\n");
#define PUT(member) write_array(f, #member, m.member, sizeof(m.member) / sizeof(float), 0)
#define PUT_ROWS(member)                                                                           \
	write_array(f, #member, m.member[0], sizeof(m.member) / sizeof(float),                     \
		    sizeof(m.member[0]) / sizeof(float))
	PUT_ROWS(rank_w), PUT(rank_b), PUT(rank_v);
	PUT_ROWS(voice_w), PUT(voice_b), PUT(voice_v);
	fprintf(f, "\t.voice_c = %.5ef,\n};\n", (double)m.voice_c);
	if (fclose(f))
		return 1;
	if (argc > 4)
		bench(argv[4], &an, &m);
	ut_f0_analysis_done(&an);
	return 0;
}
