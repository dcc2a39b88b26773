/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waveform, F0 and level of a recording's stretch as SVG. usage: plot_file FILE CHANNEL FROM_S TO_S
 */
#include <stdio.h>

#include "dsp/engine.h"
#include "report/plot.h"
#include "telephone.h"

static void keep(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row))
		abort();
}

int main(int argc, char **argv)
{
	struct ut_frame_table t = { 0 };
	struct ut_text svg = { 0 };
	struct ut_engine *e = NULL;
	struct tel a = { 0 };
	struct ut_plot p = { 0 };
	size_t from, to;

	if (argc != 5 || !tel_read(argv[1], (int)strtol(argv[2], NULL, 10), &a)) {
		fprintf(stderr, "usage: plot_file FILE CHANNEL FROM_S TO_S > SVG\n");
		return 2;
	}
	if (ut_engine_create(&e, NULL))
		return 1;
	ut_engine_push(e, a.x, a.n, keep, &t);
	ut_engine_flush(e, keep, &t);
	ut_engine_destroy(&e);
	from = (size_t)(strtod(argv[3], NULL) * UT_FRAMES_PER_S);
	to = (size_t)(strtod(argv[4], NULL) * UT_FRAMES_PER_S);
	to = UT_MIN(to, t.n);
	from = UT_MIN(from, to);
	p.title = argv[1];
	p.x = a.x + from * UT_HOP;
	p.n = (to - from) * UT_HOP;
	p.rows = t.row + from;
	p.n_rows = to - from;
	p.start_s = (double)from / UT_FRAMES_PER_S;
	ut_plot_svg(&p, &svg);
	if (svg.failed || fwrite(svg.s, 1, svg.len, stdout) != svg.len)
		return 1;
	ut_text_done(&svg);
	ut_frame_table_done(&t);
	free(a.x);
	return 0;
}
