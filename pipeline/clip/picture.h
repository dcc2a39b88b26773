/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - the customer's voice around a closing as an SVG picture that stands alone. */
#ifndef UT_CLIP_PICTURE_H
#define UT_CLIP_PICTURE_H

#include "clip/clip.h"
#include "report/html.h"

/* Appended: waveform, level, F0 and rate with the own usual ranges, the closing, what is masked.
 * view: as ut_clip_view gave it for this call. UT_ENOMEM. */
enum ut_status ut_clip_picture(const struct ut_call *c, const struct ut_clip_view *view,
			       enum ut_lang lang, struct ut_text *out, struct ut_error *err);

#endif
