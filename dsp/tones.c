/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/tones.h"

#include <math.h>


static const float lo_hz = 200, hi_hz = 3600;

/* Frequency in bins by a parabola through the logarithms of three powers (exact for a Gaussian
 * taper, within 2 % of a bin for Hann). */
static float refine(const float *p, size_t k)
{
	float a = logf(p[k - 1] + 1e-20f), b = logf(p[k] + 1e-20f), c = logf(p[k + 1] + 1e-20f);
	float curve = a - 2 * b + c;

	return curve < 0 ? (float)k + 0.5f * (a - c) / curve : (float)k;
}

void ut_tones_peaks(const float *power, size_t n_bins, float bin_hz, float lobe_hz,
		    struct ut_frame *row)
{
	size_t lo = (size_t)(lo_hz / bin_hz), hi = (size_t)(hi_hz / bin_hz) + 1;
	size_t reach = (size_t)ceilf(1.5f * lobe_hz / bin_hz);
	size_t k1 = 0, k2 = 0;
	float total = 0, near = 0;

	lo = UT_MAX(lo, 1);
	hi = UT_MIN(hi, n_bins - 1);
	for (size_t k = lo; k < hi; k++) {
		total += power[k];
		if (!k1 || power[k] > power[k1])
			k1 = k;
	}
	if (!(total > 1e-12f))
		return;
	/* the second: a local maximum outside the first one's lobe */
	for (size_t k = lo; k < hi; k++) {
		size_t apart = k > k1 ? k - k1 : k1 - k;

		if ((float)apart * bin_hz > lobe_hz && power[k] >= power[k - 1] &&
		    power[k] >= power[k + 1] && (!k2 || power[k] > power[k2]))
			k2 = k;
	}
	if (k2 && power[k2] < 0.01f * power[k1])
		k2 = 0;
	for (size_t k = lo; k < hi; k++) {
		size_t d1 = k > k1 ? k - k1 : k1 - k, d2 = k > k2 ? k - k2 : k2 - k;

		if (d1 <= reach || (k2 && d2 <= reach))
			near += power[k];
	}
	row->peak1_hz = refine(power, k1) * bin_hz;
	row->peak2_hz = k2 ? refine(power, k2) * bin_hz : 0;
	row->peak_share = near / total;
	row->valid |= 1u << UT_COL_peak1_hz | 1u << UT_COL_peak2_hz | 1u << UT_COL_peak_share;
}
