/* SPDX-License-Identifier: GPL-3.0-or-later */
/* level.c - loudness as ITU-R BS.1770 and EBU R 128 define it, by libebur128. */
#include <ebur128.h>
#include <math.h>

#include "clip/internal.h"

enum ut_status ut_clip_measure(const float *x, size_t n, unsigned rate_hz, double *lufs,
			       double *peak_db, struct ut_error *err)
{
	ebur128_state *s = ebur128_init(1, rate_hz, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
	double peak = 0;
	int rc;

	*lufs = *peak_db = -INFINITY;
	if (!s)
		return ut_fail(err, UT_ENOMEM, "not enough memory to measure the level");
	rc = ebur128_add_frames_float(s, x, n);
	if (rc == EBUR128_SUCCESS)
		rc = ebur128_loudness_global(s, lufs);
	if (rc == EBUR128_SUCCESS)
		rc = ebur128_true_peak(s, 0, &peak);
	ebur128_destroy(&s);
	if (rc != EBUR128_SUCCESS)
		return ut_fail(err, UT_ENOMEM, "not enough memory to measure the level");
	if (peak > 0)
		*peak_db = 20 * log10(peak);
	return UT_OK;
}
