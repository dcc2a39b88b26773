/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/reliability.h"

#include <math.h>

enum { LEFT = 70, TOP = 50, SIDE = 400, WIDTH = 500, HEIGHT = 530 };

static const char ink[] = "#1f2933", faint[] = "#d9dee4", bar[] = "#1b6e53", muted[] = "#52606d";

static double px(double v)
{
	return LEFT + v * SIDE;
}

static double py(double v)
{
	return TOP + (1 - v) * SIDE;
}

/* Pixels with one digit, without the locale's comma. */
static void pixel(struct ut_text *o, const char *before, double v)
{
	long tenths = lrint(v * 10);

	ut_text_addf(o, "%s%ld.%ld", before, tenths / 10, tenths % 10);
}

static void line(struct ut_text *o, double x0, double y0, double x1, double y1, const char *color,
		 const char *more)
{
	pixel(o, "<path d=\"M", px(x0));
	pixel(o, " ", py(y0));
	pixel(o, "L", px(x1));
	pixel(o, " ", py(y1));
	ut_text_addf(o, "\" stroke=\"%s\" fill=\"none\"%s/>\n", color, more);
}

static void label(struct ut_text *o, double x, double y, const char *anchor, const char *color)
{
	pixel(o, "<text x=\"", x);
	pixel(o, "\" y=\"", y);
	ut_text_addf(o, "\" text-anchor=\"%s\" fill=\"%s\">", anchor, color);
}

/* The two ends of the Wilson interval (E. B. Wilson, JASA 22, 1927) at 95 %. */
static double wilson(double share, double n, double sign)
{
	const double z = 1.96;

	return (share + z * z / (2 * n) +
		sign * z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) /
	       (1 + z * z / n);
}

void ut_reliability_svg(const struct ut_evaluation *e, const char *title, struct ut_text *o)
{
	ut_text_addf(o,
		     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		     "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
		     "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
		     WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	label(o, LEFT, 20, "start", ink);
	ut_text_add_html(o, title);
	ut_text_add(o, "</text>\n");
	label(o, LEFT, 38, "start", muted);
	ut_text_addf(o, "%u closings of %u speakers; expected calibration error %.3f</text>\n",
		     e->n, e->n_speakers, e->value[UT_FIG_ece]);
	for (int i = 0; i <= 5; i++) {
		double v = i / 5.0;

		line(o, v, 0, v, 1, faint, "");
		line(o, 0, v, 1, v, faint, "");
		label(o, px(v), py(0) + 18, "middle", muted);
		ut_text_addf(o, "%d.%d</text>\n", i / 5, i * 2 % 10);
		label(o, LEFT - 8, py(v) + 4, "end", muted);
		ut_text_addf(o, "%d.%d</text>\n", i / 5, i * 2 % 10);
	}
	line(o, 0, 0, 1, 1, muted, " stroke-dasharray=\"5 4\"");
	for (unsigned b = 0; b < UT_RELIABILITY_BINS; b++) {
		double n = e->bin[b].n, said = e->bin[b].confidence, right = e->bin[b].accuracy;

		if (n < 1)
			continue;
		line(o, said, wilson(right, n, -1), said, wilson(right, n, 1), bar,
		     " stroke-width=\"2\"");
		pixel(o, "<circle cx=\"", px(said));
		pixel(o, "\" cy=\"", py(right));
		pixel(o, "\" r=\"", 3 + 12 * sqrt(n / e->n));
		ut_text_addf(o, "\" fill=\"%s\" fill-opacity=\"0.8\"/>\n", bar);
		label(o, px(said) + 18, py(right) + 14, "start", muted);
		ut_text_addf(o, "%u</text>\n", e->bin[b].n);
	}
	label(o, px(0.5), HEIGHT - 30, "middle", ink);
	ut_text_add(o, "said: the best score</text>\n");
	ut_text_addf(o,
		     "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\" "
		     "fill=\"%s\">true: how often it was right</text>\n",
		     TOP + SIDE / 2, ink);
	ut_text_add(o, "</svg>\n");
}
