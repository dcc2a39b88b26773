/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/f0_model.h"

#include <math.h>

#include "dsp/kernel.h"
#include "dsp/wide.h"

/*
 * hid[h] = max(0, b[h] + sum of in[i] * w[i][h]), or without the max. One function a shape, so that
 * the hidden units stay in registers.
 */
#define LAYER(name, n_hid)                                                                         \
	UT_WIDE static void name(const float *restrict in, int n, const float(*restrict w)[n_hid], \
				 const float *restrict b, bool clip, float *restrict hid)          \
	{                                                                                          \
		ut_v8 acc[n_hid / 8], v;                                                           \
                                                                                                   \
		for (int h = 0; h < n_hid / 8; h++)                                                \
			UT_V8_LOAD(acc[h], b + 8 * h);                                             \
		for (int i = 0; i < n; i++)                                                        \
			for (int h = 0; h < n_hid / 8; h++) {                                      \
				UT_V8_LOAD(v, w[i] + 8 * h);                                       \
				acc[h] += in[i] * v;                                               \
			}                                                                          \
		memcpy(hid, acc, sizeof(acc));                                                     \
		for (int h = 0; clip && h < n_hid; h++)                                            \
			hid[h] = hid[h] > 0 ? hid[h] : 0;                                          \
	}
LAYER(rank_layer, UT_F0_RANK_HID)
LAYER(voice_layer, UT_F0_VOICE_HID)

void ut_f0_rank(const struct ut_f0_model *m, const struct ut_f0_frame *f, float *log_p)
{
	float common[UT_F0_RANK_HID], top = -INFINITY, sum = 0;

	/* the frame's own inputs are the same for all candidates */
	rank_layer(f->feat, UT_F0_N_FRAME_FEAT, m->rank_w + UT_F0_N_CAND_FEAT, m->rank_b, false,
		   common);
	for (unsigned c = 0; c < f->n; c++) {
		float hid[UT_F0_RANK_HID];

		rank_layer(f->cand[c].feat, UT_F0_N_CAND_FEAT, m->rank_w, common, true, hid);
		log_p[c] = ut_k_dot(hid, m->rank_v, UT_F0_RANK_HID);
		top = fmaxf(top, log_p[c]);
	}
	for (unsigned c = 0; c < f->n; c++)
		sum += expf(log_p[c] - top);
	top += logf(sum);
	for (unsigned c = 0; c < f->n; c++)
		log_p[c] -= top;
}

float ut_f0_voice_logit(const struct ut_f0_model *m, const float *in)
{
	float hid[UT_F0_VOICE_HID];

	voice_layer(in, UT_F0_VOICE_IN, m->voice_w, m->voice_b, true, hid);
	return m->voice_c + ut_k_dot(hid, m->voice_v, UT_F0_VOICE_HID);
}
