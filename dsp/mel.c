/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/mel.h"

#include <math.h>
#include <string.h>

#include "dsp/kernel.h"

static const float lo_hz = 300, hi_hz = 3400;
/* An empty band reads -110 dBFS. */
static const float tiny = 1e-11f;
/* Stevens' law; the unit makes a 1 kHz sine at -26 dBFS 1. */
static const float stevens = 0.3f, unit = 3.3f;

static double to_mel(double hz)
{
	return 2595 * log10(1 + hz / 700);
}

static double from_mel(double mel)
{
	return 700 * (pow(10, mel / 2595) - 1);
}

/* 40 phon contour, Hermansky 1990 eq. 4, w in rad/s; power weight relative to 1 kHz. */
static double equal_loudness(double hz)
{
	double w2 = 4 * M_PI * M_PI * hz * hz;

	return (w2 + 56.8e6) * w2 * w2 / ((w2 + 6.3e6) * (w2 + 6.3e6) * (w2 + 0.38e9));
}

static float loudness(const struct ut_mel *m, const float *band)
{
	float v[UT_MEL_BANDS], sum;

	ut_k_mul(v, band, m->equal_loudness, UT_MEL_BANDS);
	ut_k_pow(v, v, stevens, UT_MEL_BANDS);
	sum = unit * ut_k_sum(v, UT_MEL_BANDS) - m->silence;
	return sum > 0 ? sum : 0;
}

void ut_mel_init(struct ut_mel *m, float bin_hz, float scale)
{
	double lo = to_mel(lo_hz), width = (to_mel(hi_hz) - lo) / (UT_MEL_BANDS + 1);
	float empty[UT_MEL_BANDS];

	memset(m, 0, sizeof(*m));
	m->scale = scale;
	for (unsigned b = 0; b < UT_MEL_BANDS; b++) {
		double left = from_mel(lo + b * width), mid = from_mel(lo + (b + 1) * width);
		double right = from_mel(lo + (b + 2) * width);
		unsigned k = (unsigned)floor(left / bin_hz) + 1;

		m->first[b] = k;
		for (; k * bin_hz < right && m->n[b] < 32; k++) {
			double hz = k * bin_hz;

			m->weight[b][m->n[b]++] = (float)(hz < mid ? (hz - left) / (mid - left)
								   : (right - hz) / (right - mid));
		}
		m->equal_loudness[b] = (float)(equal_loudness(mid) / equal_loudness(1000));
		for (unsigned c = 0; c < UT_MEL_CEPSTRA; c++)
			m->dct[c][b] = (float)(sqrt(2.0 / UT_MEL_BANDS) *
					       cos(M_PI * (c + 1) * (b + 0.5) / UT_MEL_BANDS));
		empty[b] = tiny;
	}
	m->silence = loudness(m, empty);
}

float ut_mel_measure(const struct ut_mel *m, const float *power, float cepstrum[UT_MEL_CEPSTRA])
{
	float band[UT_MEL_BANDS], v[UT_MEL_BANDS];

	for (unsigned b = 0; b < UT_MEL_BANDS; b++) {
		float sum = 0;

		for (unsigned i = 0; i < m->n[b]; i++)
			sum += m->weight[b][i] * power[m->first[b] + i];
		band[b] = sum * m->scale + tiny;
	}
	ut_k_log2(v, band, 0.693147181f, UT_MEL_BANDS);
	for (unsigned c = 0; c < UT_MEL_CEPSTRA; c++)
		cepstrum[c] = ut_k_dot(m->dct[c], v, UT_MEL_BANDS);
	return loudness(m, band);
}
