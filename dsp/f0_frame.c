/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_frame.h"

#include <math.h>
#include <string.h>

enum ut_status ut_f0_analysis_init(struct ut_f0_analysis *a)
{
	memset(a, 0, sizeof(*a));
	a->in = fftwf_alloc_real(UT_F0_FFT);
	a->acf = fftwf_alloc_real(UT_F0_FFT);
	a->spec = fftwf_alloc_complex(UT_F0_FFT / 2 + 1);
	if (!a->in || !a->acf || !a->spec)
		return UT_ENOMEM;
	memset(a->in, 0, sizeof(*a->in) * UT_F0_FFT);
	a->forth = ut_fft_plan_r2c(UT_F0_FFT, a->in, a->spec);
	a->back = ut_fft_plan_c2r(UT_F0_FFT, a->spec, a->acf);
	if (!a->forth || !a->back)
		return UT_ENOMEM;
	for (int i = 0; i < UT_F0_WIN; i++)
		a->win[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / UT_F0_WIN));
	double r0 = 0;

	for (int k = 0; k < UT_F0_LAG_MAX + 2; k++) {
		double r = 0;

		for (int i = 0; i + k < UT_F0_WIN; i++)
			r += (double)a->win[i] * a->win[i + k];
		r0 = k ? r0 : r;
		a->norm[k] = (float)(r0 / r);
	}
	return UT_OK;
}

void ut_f0_analysis_done(struct ut_f0_analysis *a)
{
	ut_fft_plan_destroy(&a->forth);
	ut_fft_plan_destroy(&a->back);
	fftwf_free(a->in);
	fftwf_free(a->acf);
	fftwf_free(a->spec);
	memset(a, 0, sizeof(*a));
}

static void add_candidate(struct ut_f0_frame *f, float lag, float strength)
{
	unsigned at = f->n;

	if (f->n < UT_F0_MAX_CAND) {
		f->n++;
	} else { /* the weakest gives way */
		at = 0;
		for (unsigned i = 1; i < f->n; i++)
			at = f->cand[i].strength < f->cand[at].strength ? i : at;
		if (f->cand[at].strength >= strength)
			return;
	}
	f->cand[at] = (struct ut_f0_cand){ log2f(8000 / lag), strength };
}

void ut_f0_analyse(struct ut_f0_analysis *a, const float *x, struct ut_f0_frame *out)
{
	float mean = 0, energy = 0;

	out->n = 0;
#pragma omp simd reduction(+ : mean)
	for (int i = 0; i < UT_F0_WIN; i++)
		mean += x[i];
	mean /= UT_F0_WIN;
#pragma omp simd reduction(+ : energy)
	for (int i = 0; i < UT_F0_WIN; i++) {
		float d = x[i] - mean;

		energy += d * d;
		a->in[i] = d * a->win[i];
	}
	energy /= UT_F0_WIN;
	out->level_db = energy > 1e-12f ? 10 * log10f(2 * energy) : -120;
	if (energy < 1e-8f) /* below -77 dBFS: nothing a telephone line carries */
		return;
	fftwf_execute(a->forth);
	for (int k = 0; k <= UT_F0_FFT / 2; k++) {
		a->spec[k][0] = a->spec[k][0] * a->spec[k][0] + a->spec[k][1] * a->spec[k][1];
		a->spec[k][1] = 0;
	}
	fftwf_execute(a->back);
	if (!(a->acf[0] > 0))
		return;
	float r[UT_F0_LAG_MAX + 2];
	float g = 1 / a->acf[0];

	/* Boersma (1993): the signal's autocorrelation is the windowed one over the window's */
	for (int k = UT_F0_LAG_MIN - 1; k < UT_F0_LAG_MAX + 2; k++)
		r[k] = a->acf[k] * g * a->norm[k];
	for (int k = UT_F0_LAG_MIN; k <= UT_F0_LAG_MAX; k++) {
		if (r[k] < 0.2f || r[k] <= r[k - 1] || r[k] < r[k + 1])
			continue;
		float c = 2 * r[k] - r[k - 1] - r[k + 1], d = 0.5f * (r[k + 1] - r[k - 1]);
		float shift = c > 0 ? d / c : 0;
		float peak = r[k] + 0.5f * d * shift;

		add_candidate(out, k + shift, peak > 1 ? 1 / peak : peak);
	}
}
