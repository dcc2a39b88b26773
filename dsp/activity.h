/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity.h - where each channel of a call has speech, and where it has music, tones or echo.
 * Works on the frame tables of all channels at once, after the call: the noise floor is estimated
 * over the whole channel and the other channel tells what is only leaking.
 * Memory: appends to the caller's lists; scratch is freed on return. Threads: no shared state.
 */
#ifndef UT_DSP_ACTIVITY_H
#define UT_DSP_ACTIVITY_H

#include "dsp/frame.h"
#include "dsp/span.h"

enum { UT_MAX_CHANNELS = 8 };

struct ut_activity_in {
	unsigned n_ch; /* 1..UT_MAX_CHANNELS */
	const struct ut_frame_table *frames[UT_MAX_CHANNELS];
	/* spans known from outside (masks, holds); lent, may be NULL; sorted */
	const struct ut_span_list *known[UT_MAX_CHANNELS];
};

struct ut_activity_channel {
	struct ut_span_list spans; /* sorted, not overlapping; SPEECH and non-speech kinds alike */
	float noise_db;  /* level of the channel without speech, dBFS; -120 for digital silence */
	float speech_db; /* median level of its speech frames, dBFS; noise_db where there is none */
	float leak_db;   /* level at which the loudest other channel appears here, relative to
			  * that channel (dB, negative); -120 where none was found */
	bool silent;     /* not one speech span */
};

/* out has n_ch zeroed entries; on failure they are left to be freed by done. UT_ENOMEM. */
enum ut_status ut_activity_find(const struct ut_activity_in *in, struct ut_activity_channel *out,
				struct ut_error *err);
void ut_activity_channel_done(struct ut_activity_channel *c);

#endif
