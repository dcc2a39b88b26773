/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.c - the picture of a customer's voice, of what the shut-in process measured. */
#include <stdlib.h>

#include "clip/picture.h"
#include "dsp/functionals.h"
#include "dsp/rate.h"
#include "report/callplot.h"

enum { MAX_SPANS = 4096 };

/* The customer's usual rate, as the tone's own features have it. */
static struct ut_callplot_band usual_rate(const struct ut_call *c)
{
	const struct ut_tone *t = &c->closing.tone;
	unsigned mean = UT_TONE_USUAL + UT_FN_rate, sd = UT_TONE_SPREAD + UT_FN_rate;
	struct ut_callplot_band b = { 0, 0, false };

	if (!c->closing.has_tone || sd >= t->n_features ||
	    !(t->feature_valid[mean / 64] >> mean % 64 & 1) ||
	    !(t->feature_valid[sd / 64] >> sd % 64 & 1))
		return b;
	b.ok = true;
	b.lo = UT_MAX(0, (double)t->feature[mean] - (double)t->feature[sd]);
	b.hi = (double)t->feature[mean] + (double)t->feature[sd];
	return b;
}

enum ut_status ut_clip_picture(const struct ut_call *c, const struct ut_clip_view *view,
			       enum ut_lang lang, struct ut_text *out, struct ut_error *err)
{
	struct ut_callplot_voice v = {
		.start_s = view->start_s,
		.x = view->x,
		.n = view->n,
		.rows = view->row,
		.n_rows = view->n_rows,
		.f0_hz = { view->f0_hz.lo, view->f0_hz.hi, view->f0_hz.n > 0 },
		.level_db = { view->level_db.lo, view->level_db.hi, view->level_db.n > 0 },
		.rate = usual_rate(c),
		.closing_start_s = (double)c->closing.span.start / UT_FRAMES_PER_S,
		.closing_end_s = (double)c->closing.span.end / UT_FRAMES_PER_S,
	};
	struct ut_callplot_rate *rates = calloc(MAX_SPANS, sizeof(*rates));
	struct ut_callplot_mask *masks = calloc(MAX_SPANS, sizeof(*masks));
	int64_t first = (int64_t)(view->start_s * UT_FRAMES_PER_S + 0.5);
	int customer = ut_call_customer(c, NULL),
	    ch0 = customer < 0 ? -1 : c->party[customer].channel;
	float noise_db = ch0 >= 0 && ch0 < (int)c->n_ch ? c->ch[ch0].activity.noise_db : -120;

	if (!rates || !masks) {
		free(rates);
		free(masks);
		return ut_fail(err, UT_ENOMEM, "a picture");
	}
	for (size_t i = 0; i < c->turns.n && v.n_rates < MAX_SPANS; i++) {
		const struct ut_turn *t = &c->turns.v[i];
		int64_t a = UT_MAX(t->start - first, 0),
			b = UT_MIN(t->end - first, (int64_t)view->n_rows);
		struct ut_rate rate;

		if ((int)t->party != customer || b - a < UT_RATE_MIN_FRAMES)
			continue;
		ut_rate_measure(view->row + a, (size_t)(b - a), NULL, noise_db, &rate);
		if (rate.has_articulation)
			rates[v.n_rates++] = (struct ut_callplot_rate){
				(double)(a + first) / UT_FRAMES_PER_S,
				(double)(b + first) / UT_FRAMES_PER_S, (double)rate.articulation_per_s
			};
	}
	for (unsigned ch = 0; ch < c->n_ch; ch++)
		for (size_t i = 0; i < c->ch[ch].activity.spans.n && v.n_masks < MAX_SPANS; i++) {
			const struct ut_span *s = &c->ch[ch].activity.spans.v[i];

			if (s->kind == UT_SPAN_MASKED)
				masks[v.n_masks++] = (struct ut_callplot_mask){
					(double)s->start / UT_FRAMES_PER_S,
					(double)s->end / UT_FRAMES_PER_S
				};
		}
	v.rates = rates;
	v.masks = masks;
	ut_callplot_voice(&v, lang, out);
	free(rates);
	free(masks);
	return UT_OK;
}
