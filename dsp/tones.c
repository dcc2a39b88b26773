/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/tones.h"

#include <assert.h>
#include <math.h>

#include "dsp/kernel.h"

enum { MAX_MAXIMA = 2048 };
static const float lo_hz = 200, hi_hz = 3600;

/* Frequency in bins by a parabola through the logarithms of three powers (exact for a Gaussian
 * taper, within 2 % of a bin for Hann). */
static float refine(const float *p, size_t k)
{
	float a = ut_k_log2_1(p[k - 1] + 1e-20f), b = ut_k_log2_1(p[k] + 1e-20f);
	float c = ut_k_log2_1(p[k + 1] + 1e-20f);
	float curve = a - 2 * b + c;

	return curve < 0 ? (float)k + 0.5f * (a - c) / curve : (float)k;
}

/* Sum over [from, to) cut to [lo, hi). */
static float part(const float *p, size_t from, size_t to, size_t lo, size_t hi)
{
	from = UT_MAX(from, lo);
	to = UT_MIN(to, hi);
	return from < to ? ut_k_sum(p + from, to - from) : 0;
}

void ut_tones_band(size_t n_bins, float bin_hz, size_t *lo, size_t *hi)
{
	*lo = UT_MAX((size_t)(lo_hz / bin_hz), 1);
	*hi = UT_MIN((size_t)(hi_hz / bin_hz) + 1, n_bins - 1);
}

void ut_tones_peaks_at(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		       const uint16_t *at, size_t n_at, struct ut_frame *row)
{
	size_t lobe = (size_t)(lobe_hz / bin_hz), reach = (size_t)ceilf(1.5f * lobe_hz / bin_hz);
	size_t lo, hi, k1, k2 = 0;
	float total, top, second = 0, near;

	ut_tones_band(n_bins, bin_hz, &lo, &hi);
	total = ut_k_sum(power + lo, hi - lo);
	if (!(total > 1e-12f))
		return;
	top = ut_k_max(power + lo, hi - lo);
	for (k1 = lo; power[k1] < top; k1++)
		;
	/* the second: a local maximum outside the first one's lobe */
	for (size_t i = 0; i < n_at; i++) {
		size_t k = at[i], apart = k > k1 ? k - k1 : k1 - k;

		if (apart > lobe && power[k] > second)
			k2 = k, second = power[k];
	}
	if (second < 0.01f * top)
		k2 = 0;
	near = part(power, k1 - UT_MIN(reach, k1), k1 + reach + 1, lo, hi);
	if (k2) {
		/* what both reach counts once */
		size_t from = k2 - UT_MIN(reach, k2), to = k2 + reach + 1;

		if (k2 > k1)
			from = UT_MAX(from, k1 + reach + 1);
		else
			to = UT_MIN(to, k1 - UT_MIN(reach, k1));
		near += part(power, from, to, lo, hi);
	}
	row->peak1_hz = refine(power, k1) * bin_hz;
	row->peak2_hz = k2 ? refine(power, k2) * bin_hz : 0;
	row->peak_share = UT_MIN(near / total, 1);
	row->valid |= 1u << UT_COL_peak1_hz | 1u << UT_COL_peak2_hz | 1u << UT_COL_peak_share;
}

void ut_tones_peaks(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		    struct ut_frame *row)
{
	uint16_t at[MAX_MAXIMA];
	size_t lo, hi;

	ut_tones_band(n_bins, bin_hz, &lo, &hi);
	assert(hi - lo <= MAX_MAXIMA);
	ut_tones_peaks_at(power, n_bins, bin_hz, lobe_hz, at, ut_k_maxima(power, lo, hi, at), row);
}
