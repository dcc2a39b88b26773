/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limiter.h - holds short peaks below a ceiling and leaves the rest of a signal as it is. Pure;
 * memory: scratch of 4 floats a sample while it runs. Threads: no shared state.
 */
#ifndef UT_DSP_LIMITER_H
#define UT_DSP_LIMITER_H

#include <stddef.h>

#include "base/status.h"

/*
 * x in place, so that its true peak (ITU-R BS.1770-5, Annex 2: of the signal between its samples,
 * here on a grid of a quarter sample) comes down to `ceiling` (> 0, full scale 1). Look-ahead by
 * the control signal of P. Hamalainen, "Smoothing of the control signal without clipped output in
 * digital peak limiters", DAFx-02, Hamburg 2002: the gain that each sample needs, its minimum over
 * 10 ms on either side (longer than a period of F0 down to 50 Hz, so that a voice is turned down
 * for as long as it is loud and not pulse by pulse), then a smoothing filter of that length, which
 * cannot rise above what any sample needs. More than 20 ms away from a peak nothing is changed.
 * A gain that moves makes a peak between samples up to a hundredth of a dB higher than asked for.
 * *least: the smallest gain used, 1 where none was needed. UT_ENOMEM.
 */
enum ut_status ut_limit_peaks(float *x, size_t n, unsigned rate_hz, float ceiling, float *least,
			      struct ut_error *err);

#endif
