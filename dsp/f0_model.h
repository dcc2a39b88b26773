/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_model.h - the two small networks of the F0 tracker: one ranks the candidates of a frame, one
 * tells voiced from unvoiced along the chosen path. Private to the F0 tracker and its trainer.
 */
#ifndef UT_DSP_F0_MODEL_H
#define UT_DSP_F0_MODEL_H

#include "dsp/f0_frame.h"

enum {
	UT_F0_RANK_IN = UT_F0_N_CAND_FEAT + UT_F0_N_FRAME_FEAT,
	UT_F0_RANK_HID = 16,
	UT_F0_N_PATH_FEAT = 10,
	UT_F0_N_CONTEXT = 13,
	UT_F0_N_SCENE = 8, /* of the seconds around: one set of inputs for all frames there */
	UT_F0_VOICE_IN = UT_F0_N_PATH_FEAT * UT_F0_N_CONTEXT + UT_F0_N_SCENE,
	UT_F0_VOICE_HID = 32,
};

/* Hidden units are max(0, .). */
struct ut_f0_model {
	float rank_w[UT_F0_RANK_IN][UT_F0_RANK_HID], rank_b[UT_F0_RANK_HID];
	float rank_v[UT_F0_RANK_HID];
	float voice_w[UT_F0_VOICE_IN][UT_F0_VOICE_HID], voice_b[UT_F0_VOICE_HID];
	float voice_v[UT_F0_VOICE_HID], voice_c;
};

extern const struct ut_f0_model ut_f0_model; /* generated */

/* Log probability of each candidate, given that the frame is voiced. */
void ut_f0_rank(const struct ut_f0_model *m, const struct ut_f0_frame *f, float *log_p);
/* Log odds that the frame with these inputs is voiced. */
float ut_f0_voice_logit(const struct ut_f0_model *m, const float *in);

#endif
