/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_frame.h"

#include <math.h>
#include <string.h>

#include "dsp/kernel.h"
#include "dsp/wide.h"

enum {
	N_Y = UT_F0_SPAN - 2 * UT_F0_TRIM,
	N_BIN = UT_F0_FFT / 2 + 1,
	N_LAG = UT_F0_LAG_MAX + 2,
	BOX = 2 * UT_F0_TRIM + 1,
	/* 15.6 Hz a bin */
	BIN_200 = 13,
	BIN_1000 = 64,
	BIN_1800 = 115,
	BIN_3400 = 218,
};

static const float silence = 1e-6f;     /* energy in a window below which no line carries speech */
static const float far_below = 1e-5f;   /* and so much below the loudest speech of late: -50 dB */
static const float peak_fall = 0.998f;  /* a frame: 0.9 dB a second */
static const float out_of_band = 1e-3f; /* share of the energy above 200 Hz below which it's hum */
static const float noise_top = 0.11f;   /* highest correlation peak of what is plainly noise */

static float ramp(float x, float from, float to)
{
	return fminf(fmaxf((x - from) / (to - from), 0), 1);
}

enum ut_status ut_f0_analysis_init(struct ut_f0_analysis *a)
{
	double r0 = 0;

	memset(a, 0, sizeof(*a));
	a->spec = fftwf_alloc_complex(UT_F0_FFT);
	a->acf = fftwf_alloc_complex(UT_F0_FFT);
	if (!a->spec || !a->acf || ut_rfft_create(UT_F0_FFT, &a->fft, NULL) != UT_OK)
		return UT_ENOMEM;
	a->plan = ut_fft_plan_c2c(UT_F0_FFT, a->spec, a->acf);
	if (!a->plan)
		return UT_ENOMEM;
	memset(a->spec, 0, UT_F0_FFT * sizeof(*a->spec));
	for (int i = 0; i < UT_F0_WIN; i++)
		a->win[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / UT_F0_WIN));
	for (int k = 0; k < N_LAG; k++) {
		double r = 0;

		for (int i = 0; i + k < UT_F0_WIN; i++)
			r += (double)a->win[i] * (double)a->win[i + k];
		r0 = k ? r0 : r;
		a->norm[k] = (float)(r0 / r);
	}
	for (int k = 0; k < N_BIN; k++) {
		float hz = (float)k * 8000 / UT_F0_FFT, up = ramp(hz, 110, 220);

		a->weight_low[k] = up * (1 - ramp(hz, 900, 1500));
		a->weight_flat[k] = up * (1 - ramp(hz, 3200, 3600));
	}
	return UT_OK;
}

void ut_f0_analysis_reset(struct ut_f0_analysis *a)
{
	a->peak = 0;
}

void ut_f0_analysis_done(struct ut_f0_analysis *a)
{
	ut_fft_plan_destroy(&a->plan);
	ut_rfft_destroy(&a->fft);
	fftwf_free(a->spec);
	fftwf_free(a->acf);
	memset(a, 0, sizeof(*a));
}

/*
 * Less the mean of 33 samples: -12 dB at 100 Hz (mains hum), -2 dB at 200 Hz, no delay. Sums of
 * 2, 4 ... 32 by doubling: each is a plain vector loop.
 */
UT_WIDE static void high_pass(const float *restrict x, float *restrict y)
{
	float s[UT_F0_SPAN];

	for (int i = 0; i < UT_F0_SPAN - 1; i++)
		s[i] = x[i] + x[i + 1];
	for (int i = 0; i < UT_F0_SPAN - 3; i++)
		s[i] = s[i] + s[i + 2];
	for (int i = 0; i < UT_F0_SPAN - 7; i++)
		s[i] = s[i] + s[i + 4];
	for (int i = 0; i < UT_F0_SPAN - 15; i++)
		s[i] = s[i] + s[i + 8];
	for (int i = 0; i < N_Y; i++)
		y[i] = x[i + UT_F0_TRIM] - (s[i] + s[i + 16] + x[i + BOX - 1]) * (1.0f / BOX);
}

static float fold(const ut_v8 *v)
{
	const ut_v8 s = *v;

	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/* Sums of a*a, b*b, a*b[-1], a*b, a*b[+1] over n elements, a multiple of 8. */
UT_WIDE static void products(const float *a, const float *b, int n, float sum[5])
{
	ut_v8 aa = { 0 }, bb = { 0 }, less = { 0 }, ab = { 0 }, more = { 0 };

	for (int i = 0; i < n; i += 8) {
		ut_v8 v, w, u;

		UT_V8_LOAD(v, a + i);
		UT_V8_LOAD(w, b + i);
		aa += v * v;
		bb += w * w;
		ab += v * w;
		UT_V8_LOAD(u, b + i - 1);
		less += v * u;
		UT_V8_LOAD(u, b + i + 1);
		more += v * u;
	}
	sum[0] = fold(&aa);
	sum[1] = fold(&bb);
	sum[2] = fold(&less);
	sum[3] = fold(&ab);
	sum[4] = fold(&more);
}

/* z = g * re + i im, over N_BIN bins and mirrored, as the spectrum of an even sequence is. */
UT_WIDE static void pair(const float *restrict re, const float *restrict im, float g,
			 float *restrict z)
{
	for (int k = 0; k < N_BIN; k++) {
		z[2 * k] = g * re[k];
		z[2 * k + 1] = im[k];
	}
	for (int k = 1; k < N_BIN - 1; k++) {
		z[2 * (UT_F0_FFT - k)] = g * re[k];
		z[2 * (UT_F0_FFT - k) + 1] = im[k];
	}
}

/* The two autocorrelations, normalised, and their weighted sum. */
UT_WIDE static void unpair(const float *restrict z, const float *restrict norm, float g1, float g2,
			   float *restrict r1, float *restrict r2, float *restrict s)
{
	for (int k = 0; k < N_LAG; k++) {
		r1[k] = z[2 * k] * g1 * norm[k];
		r2[k] = z[2 * k + 1] * g2 * norm[k];
		s[k] = 0.5f * r1[k] + r2[k];
	}
}

/*
 * Correlation over energies of two stretches that lie lag apart, centred on the frame, each one
 * period long (8 ms at least): its maximum near the lag, and in *shift where that is.
 */
static float correlate(const float *y, int lag, float *shift)
{
	int len = lag > 64 ? (lag + 7) / 8 * 8 : 64;
	const float *a = y + N_Y / 2 - (len + lag) / 2, *b = a + lag;
	float sum[5], d[3], c, s;

	products(a, b, len, sum);
	float aa = sum[0] + 1e-9f, bb = sum[1] + 1e-9f;
	float less = bb + b[-1] * b[-1] - b[len - 1] * b[len - 1];
	float more = bb + b[len] * b[len] - b[0] * b[0];

	d[0] = sum[2] / sqrtf(aa * fmaxf(less, 1e-9f));
	d[1] = sum[3] / sqrtf(aa * bb);
	d[2] = sum[4] / sqrtf(aa * fmaxf(more, 1e-9f));
	c = 2 * d[1] - d[0] - d[2];
	s = 0.5f * (d[2] - d[0]);
	if (c <= 1e-6f) { /* no maximum here: the better end */
		*shift = d[2] > d[0] ? 1 : -1;
		return fmaxf(d[0], d[2]);
	}
	*shift = fminf(fmaxf(s / c, -1), 1);
	return d[1] + 0.5f * s * *shift;
}

/* r at a lag between samples; 0 beyond the longest. */
static float at(const float *r, float lag)
{
	int k = (int)lag;

	return k > UT_F0_LAG_MAX ? 0 : r[k] + (lag - (float)k) * (r[k + 1] - r[k]);
}

/* The UT_F0_MAX_CAND best maxima of s. */
static unsigned pick(const float *s, int *lag, float *rank)
{
	uint16_t peak[UT_F0_LAG_MAX + 1 - UT_F0_LAG_MIN];
	size_t n_peak = ut_k_maxima(s, UT_F0_LAG_MIN, UT_F0_LAG_MAX + 1, peak);
	unsigned n = 0;

	for (size_t p = 0; p < n_peak; p++) {
		float v = s[peak[p]] - 0.0005f * (float)peak[p];
		unsigned i = n;

		if (s[peak[p]] < 0.05f)
			continue;
		if (n < UT_F0_MAX_CAND) {
			n++;
		} else { /* the weakest gives way */
			i = 0;
			for (unsigned j = 1; j < n; j++)
				i = rank[j] < rank[i] ? j : i;
			if (rank[i] >= v)
				continue;
		}
		rank[i] = v, lag[i] = peak[p];
	}
	return n;
}

void ut_f0_analyse(struct ut_f0_analysis *a, const float *x, struct ut_f0_frame *out)
{
	float y[N_Y], power[N_BIN], root[N_BIN], flat[N_BIN], energy;

	memset(out->feat, 0, sizeof(out->feat));
	out->n = 0;
	out->energy = 0;
	out->level_db = -100;
	high_pass(x, y);
	ut_k_mul(a->fft->in, y + (N_Y - UT_F0_WIN) / 2, a->win, UT_F0_WIN);
	energy = ut_k_energy(a->fft->in, UT_F0_WIN);
	a->peak = fmaxf(a->peak * peak_fall, energy);
	if (energy < silence || energy < a->peak * far_below)
		return;
	ut_rfft_power(a->fft, power);

	float low = ut_k_sum(power + BIN_200, BIN_1000 - BIN_200);
	float mid = ut_k_sum(power + BIN_1000, BIN_1800 - BIN_1000);
	float high = ut_k_sum(power + BIN_1800, BIN_3400 - BIN_1800);
	float total = low + mid + high, tiny = 1e-9f * energy;

	if (total < out_of_band * energy * (UT_F0_FFT / 2)) /* hum, and nothing else */
		return;
	/* compressed to amplitudes: formants and single tones weigh less */
	ut_k_sqrt(root, power, 0, 1, N_BIN);
	ut_k_mul(flat, root, a->weight_flat, N_BIN);
	out->energy = total;
	out->level_db = ut_k_db(total) - 20;
	out->feat[0] = 0.30103f * ut_k_log2_1((low + tiny) / total);
	out->feat[1] = 0.30103f * ut_k_log2_1((high + tiny) / (low + tiny));
	out->feat[2] = 0.05f * ut_k_sum(flat, N_BIN) / sqrtf(total);

	/*
	 * Both autocorrelations by one transform: the spectra are even, so one comes out as the
	 * real and the other as the imaginary part. Boersma (1993): the signal's autocorrelation
	 * is that of the windowed signal over that of the window.
	 */
	float r1[N_LAG], r2[N_LAG], s[N_LAG], g = 1 / energy;

	ut_k_mul(root, power, a->weight_low, N_BIN);
	pair(root, flat, g, (float *)a->spec);
	fftwf_execute(a->plan);
	float g1 = 1 / (a->acf[0][0] + 1e-9f), g2 = 1 / (a->acf[0][1] + 1e-9f), top = 0;

	unpair((const float *)a->acf, a->norm, g1, g2, r1, r2, s);

	int lag[UT_F0_MAX_CAND];
	float rank[UT_F0_MAX_CAND], best = 0;
	unsigned n = pick(s, lag, rank);

	for (unsigned i = 0; i < n; i++) {
		top = fmaxf(top, r2[lag[i]]);
		best = fmaxf(best, rank[i]);
	}
	if (top < noise_top)
		return;
	for (unsigned i = 0; i < n; i++) {
		struct ut_f0_cand *c = &out->cand[i];
		int l = lag[i];
		float shift, strength = correlate(y, l, &shift), k = (float)l + shift;

		c->log2_hz = 12.9657843f - ut_k_log2_1(k); /* log2(8000 / k) */
		c->feat[0] = strength;
		c->feat[1] = r1[l];
		c->feat[2] = r2[l];
		/* an octave and a fifth too high or too low show here */
		c->feat[3] = at(r1, k / 2);
		c->feat[4] = at(r2, k / 2);
		c->feat[5] = at(r2, k * 2);
		c->feat[6] = at(r2, k * 3);
		c->feat[7] = at(r2, k / 3);
		c->feat[8] = at(r2, k * 1.5f);
		c->feat[9] = at(r2, k * 2 / 3);
		c->feat[10] = rank[i] - best;
		c->feat[11] = c->log2_hz - 7;
	}
	out->n = n;
}
