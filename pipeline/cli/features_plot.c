/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/features_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "dsp/level.h"
#include "report/plot.h"
#include "run/stretch.h"

enum { DEFAULT_S = 20, AFTER_CLOSING_S = 2, MAX_MARKS = 64 };

struct picture {
	unsigned ch;
	int64_t start, end; /* frames */
	float *x;
	struct ut_frame *row;
	struct ut_plot_mark mark[MAX_MARKS];
	size_t n_marks;
};

static const struct ut_closing_record *closing_on(const struct ut_call *c, unsigned ch)
{
	const struct ut_closing_record *k = &c->closing;

	return k->span.found_by != UT_FOUND_NONE && k->party >= 0 &&
		       c->party[k->party].channel == (int)ch
		   ? k
		   : NULL;
}

static enum ut_status choose(const struct ut_features_plot *p, const struct ut_call *c,
			     struct picture *w, struct ut_error *err)
{
	const struct ut_closing_record *k;
	int customer = ut_call_customer(c, NULL);
	int64_t n;

	w->ch = p->channel >= 0 ? (unsigned)p->channel
		: customer >= 0 && c->party[customer].channel >= 0
		    ? (unsigned)c->party[customer].channel
		    : 0;
	if (w->ch >= c->n_ch)
		return ut_fail(err, UT_EINVAL, "no channel %u to draw: %u, from 0 on, %s analysed",
			       w->ch, c->n_ch, c->n_ch == 1 ? "was" : "were");
	n = (int64_t)c->ch[w->ch].frames.n;
	k = closing_on(c, w->ch);
	w->end = p->to_s >= 0     ? (int64_t)ceil(p->to_s * UT_FRAMES_PER_S)
		 : p->from_s >= 0 ? (int64_t)((p->from_s + DEFAULT_S) * UT_FRAMES_PER_S)
		 : k              ? k->span.end + AFTER_CLOSING_S * UT_FRAMES_PER_S
				  : n;
	w->end = UT_MIN(w->end, n);
	w->start = p->from_s >= 0 ? (int64_t)(p->from_s * UT_FRAMES_PER_S)
				  : UT_MAX(w->end - DEFAULT_S * UT_FRAMES_PER_S, 0);
	if (w->start >= w->end)
		return ut_fail(err, UT_EINVAL,
			       "nothing to draw between %.2f and %.2f s: the recording has %.2f s",
			       (double)w->start / UT_FRAMES_PER_S, (double)w->end / UT_FRAMES_PER_S,
			       (double)n / UT_FRAMES_PER_S);
	if (w->end - w->start > UT_PLOT_MAX_S * UT_FRAMES_PER_S)
		return ut_fail(err, UT_EINVAL, "a plot holds %d s at most: give --from and --to",
			       UT_PLOT_MAX_S);
	return UT_OK;
}

/* What a person must not see is no part of the picture. */
static void hide(struct picture *w, int64_t from, int64_t to)
{
	from = UT_MAX(from, w->start) - w->start;
	to = UT_MIN(to, w->end) - w->start;
	if (from >= to)
		return;
	memset(w->x + from * UT_HOP, 0, (size_t)(to - from) * UT_HOP * sizeof(*w->x));
	memset(w->row + from, 0, (size_t)(to - from) * sizeof(*w->row));
}

static void mark(struct picture *w, int64_t from, int64_t to, const char *label)
{
	if (to > w->start && from < w->end && w->n_marks < MAX_MARKS)
		w->mark[w->n_marks++] =
		    (struct ut_plot_mark){ from - w->start, to - w->start, label };
}

static void annotate(const struct ut_call *c, struct picture *w)
{
	const struct ut_span_list *l = &c->ch[w->ch].activity.spans;
	const struct ut_closing_record *k = closing_on(c, w->ch);

	for (size_t i = 0; i < l->n; i++) {
		const struct ut_span *s = &l->v[i];

		if (s->kind == UT_SPAN_MASKED || s->kind == UT_SPAN_DTMF)
			hide(w, s->start, s->end);
		if (s->kind != UT_SPAN_SPEECH)
			mark(w, s->start, s->end, ut_span_kind_name(s->kind));
	}
	if (k)
		mark(w, k->span.start, k->span.end, "closing");
}

enum ut_status ut_features_plot(const struct ut_features_plot *p, const struct ut_call *c,
				const struct ut_recording *r, const struct ut_decode_opts *o,
				struct ut_text *out, struct ut_error *err)
{
	struct picture w = { 0 };
	struct ut_text title = { 0 };
	const struct ut_closing_record *k;
	struct ut_level_stats usual;
	struct ut_plot plot;
	size_t n;
	enum ut_status st = choose(p, c, &w, err);

	if (st != UT_OK)
		return st;
	n = (size_t)(w.end - w.start);
	w.x = malloc(n * UT_HOP * sizeof(*w.x));
	w.row = malloc(n * sizeof(*w.row));
	if (!w.x || !w.row) {
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
		goto out;
	}
	st = ut_stretch_read(r->fd, r->name, o, w.ch, w.start, w.end, w.x, err);
	if (st != UT_OK)
		goto out;
	memcpy(w.row, c->ch[w.ch].frames.row + w.start, n * sizeof(*w.row));
	annotate(c, &w);
	ut_text_addf(&title, "%s, channel %u", ut_path_base(r->name), w.ch);
	plot = (struct ut_plot){ .title = title.failed ? NULL : title.s,
				 .x = w.x,
				 .n = n * UT_HOP,
				 .rows = w.row,
				 .n_rows = n,
				 .start_s = (double)w.start / UT_FRAMES_PER_S,
				 .marks = w.mark,
				 .n_marks = w.n_marks };
	/* the speaker's own earlier speech, whatever the line's gain did */
	k = closing_on(c, w.ch);
	ut_level_reference(c->ch[w.ch].frames.row,
			   k && k->span.start > w.start && k->span.start < w.end ? k->span.start
										 : w.start,
			   &c->ch[w.ch].activity.spans, &usual);
	if (usual.valid) {
		plot.usual_level_lo_db = (double)(usual.median_db - usual.mad_db);
		plot.usual_level_hi_db = (double)(usual.median_db + usual.mad_db);
	}
	ut_plot_svg(&plot, out);
out:
	free(w.x);
	free(w.row);
	ut_text_done(&title);
	return st;
}
