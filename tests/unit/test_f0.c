/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dsp/f0.h"
#include "tap.h"

enum { RATE = 8000, MAX_ROWS = 1000, MAX_N = 8 * RATE };

struct rows {
	struct ut_f0_row v[MAX_ROWS];
	unsigned n;
};

static void keep(void *user, const struct ut_f0_row *row)
{
	struct rows *r = user;

	if (r->n < MAX_ROWS)
		r->v[r->n] = *row;
	r->n++;
}

static float signal_buf[MAX_N];
static struct rows got, want;

/* A fixed generator: uniform, -1..1. */
static float noise(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (float)(*seed >> 8) / 8388608.0f - 1;
}

static void run(struct ut_f0 *f, const float *x, size_t n, size_t block, struct rows *out)
{
	out->n = 0;
	for (size_t i = 0; i < n; i += block)
		ut_f0_push(f, x + i, UT_MIN(block, n - i), keep, out);
	ut_f0_flush(f, keep, out);
}

/* Sum of harmonics lo_hz..hi_hz of a tone gliding from f_a to f_b, tilt dB per octave; the odd
 * harmonics odd_db louder. */
static void make_voice(float *x, size_t n, double f_a, double f_b, double lo_hz, double hi_hz,
		       double tilt_db, double odd_db)
{
	double phase = 0;

	for (size_t i = 0; i < n; i++) {
		double f = f_a * pow(f_b / f_a, (double)i / (double)n), sum = 0, norm = 0;

		for (int h = 1; h * f <= hi_hz; h++) {
			double a = pow(10, (tilt_db * log2(h) + (h & 1 ? odd_db : 0)) / 20);

			if (h * f < lo_hz)
				continue;
			sum += a * cos(h * phase + 0.7 * h * h);
			norm += a * a;
		}
		x[i] = (float)(0.1 * sum / sqrt(norm > 0 ? norm : 1));
		phase += 2 * M_PI * f / RATE;
	}
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void test_known_pitch(void)
{
	static const struct row {
		const char *name;
		double f_a, f_b, lo_hz, hi_hz, tilt_db;
		double snr_db;
		double cents;          /* median error allowed */
		double voiced;         /* share of frames, at least, within 3 % */
		double odd_db, hum_db; /* hum of 100 Hz, relative to the voice; 0 none */
	} rows[] = {
		{ "55 Hz, full band", 55, 55, 0, 3600, -6, 60, 15, 0.9, 0, 0 },
		{ "80 Hz, full band", 80, 80, 0, 3600, -6, 60, 5, 0.95, 0, 0 },
		{ "120 Hz, full band", 120, 120, 0, 3600, -6, 60, 3, 0.95, 0, 0 },
		{ "120 Hz, telephone band: no fundamental", 120, 120, 300, 3400, -6, 60, 3, 0.95, 0,
		  0 },
		{ "90 Hz, telephone band, flat: harmonics 4 and up", 90, 90, 300, 3400, 0, 60, 5,
		  0.9, 0, 0 },
		{ "200 Hz, telephone band: no fundamental", 200, 200, 300, 3400, -6, 60, 3, 0.95, 0,
		  0 },
		{ "350 Hz", 350, 350, 0, 3400, -6, 60, 5, 0.95, 0, 0 },
		{ "490 Hz", 490, 490, 0, 3400, -6, 60, 8, 0.9, 0, 0 },
		{ "glide 100 to 200 Hz in 2 s", 100, 200, 300, 3400, -6, 60, 10, 0.95, 0, 0 },
		{ "glide 300 to 150 Hz in 2 s", 300, 150, 0, 3400, -6, 60, 10, 0.95, 0, 0 },
		{ "160 Hz, 20 dB white noise", 160, 160, 0, 3400, -6, 20, 10, 0.9, 0, 0 },
		{ "150 Hz, odd harmonics 6 dB down: looks like 300", 150, 150, 0, 3400, -6, 60, 5,
		  0.95, -6, 0 },
		{ "220 Hz, even harmonics 12 dB down: looks like 440", 220, 220, 0, 3400, -6, 60, 5,
		  0.95, 12, 0 },
		{ "310 Hz over hum 3 dB louder", 310, 310, 0, 3400, -6, 60, 10, 0.9, 0, 3 },
		{ "230 Hz, telephone band, hum 10 dB down", 230, 230, 300, 3400, -6, 60, 5, 0.95, 0,
		  -10 },
	};
	UT_AUTO(ut_f0_destroy) struct ut_f0 *f = NULL;
	const size_t n = 2 * RATE;

	if (ut_f0_create(&f, NULL) != UT_OK)
		return;
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		float err[MAX_ROWS];
		unsigned seed = 1, n_err = 0, n_close = 0;

		tap_row(r->name);
		make_voice(signal_buf, n, r->f_a, r->f_b, r->lo_hz, r->hi_hz, r->tilt_db,
			   r->odd_db);
		for (size_t i = 0; i < n; i++)
			signal_buf[i] +=
			    0.1f * (float)(sqrt(1.5) * pow(10, -r->snr_db / 20)) * noise(&seed);
		for (size_t i = 0; r->hum_db != 0 && i < n; i++)
			signal_buf[i] += (float)(0.1 * pow(10, r->hum_db / 20) *
						 sin(2 * M_PI * 100 * (double)i / RATE));
		ut_f0_reset(f);
		run(f, signal_buf, n, 333, &got);
		CHECK_EQ(got.n, n / 80);
		for (unsigned i = 5; i + 5 < got.n; i++) {
			double t = (got.v[i].frame * 80.0) / (double)n;
			double truth = r->f_a * pow(r->f_b / r->f_a, t);

			CHECK_EQ(got.v[i].frame, i);
			if (got.v[i].f0_hz <= 0)
				continue;
			err[n_err] = (float)fabs(1200 * log2(got.v[i].f0_hz / truth));
			n_close += err[n_err++] < 51;
		}
		CHECK(n_close >= r->voiced * (got.n - 10));
		if (n_err) {
			qsort(err, n_err, sizeof(*err), by_size);
			CHECK_NEAR(err[n_err / 2], 0, r->cents);
		}
		tap_end();
		ut_f0_reset(f);
	}
}

static void make_call(float *x, size_t n)
{
	unsigned seed = 7;

	memset(x, 0, n * sizeof(*x));
	make_voice(x + 4000, 8000, 100, 180, 300, 3400, -6, 0);
	make_voice(x + 16000, 9000, 260, 210, 0, 3400, -9, 0);
	for (size_t i = 0; i < n; i++)
		x[i] += 0.003f * noise(&seed);
	memset(x + n - 6000, 0, 3000 * sizeof(*x)); /* and digital silence */
}

/* Field by field: the rows have padding. */
static bool same(const struct rows *a, const struct rows *b)
{
	for (unsigned i = 0; i < a->n && i < b->n; i++)
		if (a->v[i].frame != b->v[i].frame || a->v[i].f0_hz != b->v[i].f0_hz ||
		    a->v[i].voicing != b->v[i].voicing ||
		    a->v[i].periodicity != b->v[i].periodicity)
			return false;
	return a->n == b->n;
}

static void test_streaming(void)
{
	static const struct row {
		const char *name;
		size_t block;
	} rows[] = {
		{ "blocks of 1", 1 },
		{ "blocks of 7", 7 },
		{ "blocks of 160", 160 },
		{ "blocks of 4096", 4096 },
	};
	UT_AUTO(ut_f0_destroy) struct ut_f0 *f = NULL;
	const size_t n = 40000 + 37;

	make_call(signal_buf, n);
	if (ut_f0_create(&f, NULL) != UT_OK)
		return;
	run(f, signal_buf, n, n, &want);
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		tap_row(r->name);
		ut_f0_reset(f);
		run(f, signal_buf, n, r->block, &got);
		CHECK_EQ(got.n, want.n);
		CHECK_EQ(got.n, n / 80);
		CHECK(same(&got, &want));
		tap_end();
	}
	tap_row("reset equals new");
	for (size_t i = 0; i < 3000; i++)
		ut_f0_push(f, &(float){ (float)sin(0.1 * (double)i) }, 1, keep, &got);
	ut_f0_reset(f);
	run(f, signal_buf, n, 512, &got);
	CHECK(same(&got, &want));
	tap_end();
	tap_row("latency is kept");
	ut_f0_reset(f);
	for (size_t i = 0; i < n; i++) {
		got.n = i ? got.n : 0;
		ut_f0_push(f, signal_buf + i, 1, keep, &got);
		int64_t due = (int64_t)((i + 1) / 80) - ut_f0_latency_frames(f);

		if ((int64_t)got.n < due) {
			CHECK_EQ(got.n, due);
			break;
		}
	}
	tap_end();
}

static void test_hostile(void)
{
	enum kind {
		SILENCE,
		NOTHING,
		SHORT,
		NANS,
		INF,
		CLIPPED,
		DC,
		NOISE,
		SOFT,
		LOW,
		HUM,
		HUGE_LEVEL
	};
	static const struct row {
		const char *name;
		enum kind kind;
		size_t n;
		double max_voiced; /* share of frames */
	} rows[] = {
		{ "empty", NOTHING, 0, 0 },
		{ "79 samples: no hop", SHORT, 79, 0 },
		{ "80 samples: one row", SHORT, 80, 1 },
		{ "silence", SILENCE, 16000, 0 },
		{ "not a number", NANS, 16000, 0 },
		{ "infinite", INF, 16000, 0 },
		{ "constant", DC, 16000, 0 },
		{ "white noise is not voiced", NOISE, 64000, 0.01 },
		{ "soft white noise is not voiced", SOFT, 64000, 0.01 },
		{ "low noise is not voiced", LOW, 64000, 0.02 },
		{ "hum is not voiced", HUM, 64000, 0.01 },
		{ "clipped voice", CLIPPED, 16000, 1 },
		{ "1000 times full scale", HUGE_LEVEL, 16000, 1 },
	};
	UT_AUTO(ut_f0_destroy) struct ut_f0 *f = NULL;

	if (ut_f0_create(&f, NULL) != UT_OK)
		return;
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		unsigned seed = 3, n_voiced = 0;

		tap_row(r->name);
		make_voice(signal_buf, r->n, 150, 150, 0, 3400, -6, 0);
		for (size_t i = 0; i < r->n; i++) {
			float *x = signal_buf + i;

			switch (r->kind) {
			case SILENCE:
			case NOTHING:
				*x = 0;
				break;
			case SHORT:
				break;
			case NANS:
				*x = NAN;
				break;
			case INF:
				*x = i & 1 ? INFINITY : -INFINITY;
				break;
			case CLIPPED:
				*x = fminf(fmaxf(*x * 40, -1), 1);
				break;
			case DC:
				*x = 0.5f;
				break;
			case NOISE:
				*x = 0.1f * noise(&seed);
				break;
			case SOFT:
				*x = 0.001f * noise(&seed);
				break;
			case LOW: /* one pole at 0.9 */
				*x = 0.9f * (i ? x[-1] : 0) + 0.02f * noise(&seed);
				break;
			case HUM:
				*x = 0.02f * (float)sin(2 * M_PI * 100 * (double)i / RATE);
				break;
			case HUGE_LEVEL:
				*x *= 1000;
				break;
			}
		}
		ut_f0_reset(f);
		run(f, signal_buf, r->n, 160, &got);
		CHECK_EQ(got.n, r->n / 80);
		for (unsigned i = 0; i < got.n; i++) {
			CHECK(got.v[i].f0_hz == 0 ||
			      (got.v[i].f0_hz >= 50 && got.v[i].f0_hz <= 500));
			CHECK(got.v[i].voicing >= 0 && got.v[i].voicing <= 1);
			CHECK(got.v[i].periodicity >= 0 && got.v[i].periodicity <= 1);
			n_voiced += got.v[i].f0_hz > 0;
		}
		CHECK(n_voiced <= r->max_voiced * got.n);
		tap_end();
	}
}

int main(void)
{
	test_known_pitch();
	test_streaming();
	test_hostile();
	return tap_done();
}
