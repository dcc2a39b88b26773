/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dualmono.h - do all channels of a recording carry the same signal? Many recorders write a mono
 * mix twice and call it stereo; measured as two people it would be nonsense.
 *
 * The recording is cut into segments of 100 ms. A segment in which a channel exceeds -60 dBFS says
 * "same" where the squared correlation of the two channels is above 0.9, and at what gain. Dual
 * mono is at least 95 % of the segments, each weighted by its RMS amplitude, agreeing on one gain
 * within 3 dB: a lossy codec or another level on one side does not hide it, while a strong leak of
 * each voice into the other channel, which correlates too, shows up as two gains. Memory: the
 * caller's object, no heap. Threads: one per object. Same result for every block size.
 */
#ifndef UT_DSP_DUALMONO_H
#define UT_DSP_DUALMONO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UT_DUALMONO_MAX_CH = 8, UT_DUALMONO_BINS = 81 /* gains of -40..40 dB */ };

struct ut_dualmono {
	unsigned n_ch;
	size_t seg, fill; /* samples of a segment; of the one under way */
	double xx[UT_DUALMONO_MAX_CH], xy[UT_DUALMONO_MAX_CH];
	double gain[UT_DUALMONO_MAX_CH][UT_DUALMONO_BINS]; /* weight of the segments that agree */
	double active[UT_DUALMONO_MAX_CH]; /* of all that say anything, against channel 0 */
	uint32_t n_active[UT_DUALMONO_MAX_CH];
};

/* n_ch: 1..UT_DUALMONO_MAX_CH, more are not looked at; rate_hz: any. */
void ut_dualmono_init(struct ut_dualmono *d, unsigned n_ch, unsigned rate_hz);
/* n samples of each channel, planar, -1..1. */
void ut_dualmono_push(struct ut_dualmono *d, const float *const *ch, size_t n);
/* The weighted share of segments in which channel c is channel 0 at one gain, 0..1; 0 for less than
 * half a second of sound. */
double ut_dualmono_share(const struct ut_dualmono *d, unsigned c);
/* Two channels or more, and all of them the same signal. */
bool ut_dualmono_is(const struct ut_dualmono *d);

#endif
