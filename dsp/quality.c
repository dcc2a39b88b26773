/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/quality.h"

#include <math.h>
#include <string.h>

#include "dsp/kernel.h"

enum {
	HALF = 12, /* taps each side of the interpolation */
	FINE = 8,  /* steps a sample */
	MAX_LAGS = 128,
	HNR_MAX_WINDOW = 240,
};

/* How far from the expected period the next mark is looked for, and how alike it must be. */
static const float nearest = 0.8f, farthest = 1.25f, least_alike = 0.3f;
/* Praat's defaults (manual: "Voice 2. Jitter", "Voice 3. Shimmer"). */
static const float period_factor = 1.3f, amplitude_factor = 1.6f;

static void set(struct ut_frame *row, enum ut_frame_col col, float v)
{
	(&row->level_db)[col] = v;
	row->valid |= 1u << col;
}

static double bessel_i0(double x)
{
	double sum = 1, term = 1;

	for (int k = 1; k < 40; k++) {
		term *= x / 2 / k * (x / 2 / k);
		sum += term;
	}
	return sum;
}

void ut_quality_init(struct ut_quality *q)
{
	memset(q, 0, sizeof(*q));
	/* tap t of phase p weighs sample t - HALF + 1 for the value at p / FINE: a sinc under a
	 * Kaiser window of beta 5, right to 0.4 % up to 3.4 kHz */
	for (int p = 0; p < FINE; p++) {
		double sum = 0, w[2 * HALF];

		for (int t = 0; t < 2 * HALF; t++) {
			double d = t - HALF + 1 - (double)p / FINE;

			w[t] = d == 0 ? 1 : sin(M_PI * d) / (M_PI * d);
			w[t] *= bessel_i0(5 * sqrt(fmax(0, 1 - d * d / (HALF * HALF))));
			sum += w[t];
		}
		for (int t = 0; t < 2 * HALF; t++)
			q->interp[p][t] = (float)(w[t] / sum);
	}
}

void ut_quality_reset(struct ut_quality *q)
{
	q->n = 0;
	q->open = false;
}

/* Value of c, sampled at whole lags, at index i + p / FINE; needs HALF - 1 before and HALF after.
 */
static float between(const struct ut_quality *q, const float *c, int i, int p)
{
	/* p may be negative or beyond one sample */
	int whole = p >= 0 ? p / FINE : -((-p + FINE - 1) / FINE);

	i += whole;
	p -= whole * FINE;
	return p == 0 ? c[i] : ut_k_dot(q->interp[p], c + i - HALF + 1, 2 * HALF);
}

/* Cross-correlation over lags: products, and the energy of the later stretch. */
struct correlation {
	float first; /* energy of the earlier stretch */
	float product[MAX_LAGS], energy[MAX_LAGS], alike[MAX_LAGS]; /* alike: normalised, -1..1 */
};

/* Of n samples at x with those lag, lag + 1... later. */
static void correlate(const float *x, int n, int lag, int n_lags, struct correlation *c)
{
	float e = ut_k_energy(x + lag, (size_t)n);

	c->first = ut_k_energy(x, (size_t)n);
	for (int i = 0; i < n_lags; i++) {
		const float *y = x + lag + i;

		c->product[i] = ut_k_dot(x, y, (size_t)n);
		c->energy[i] = e;
		e += y[n] * y[n] - y[0] * y[0];
		e = e > 0 ? e : 0;
	}
	for (int i = 0; i < n_lags; i++)
		c->alike[i] = c->product[i] / sqrtf(c->first * c->energy[i] + 1e-20f);
}

/*
 * The maximum near lag index i: its place (in samples from i) and value. The products are as
 * band-limited as the signal; what is normalised is not, where a pulse enters or leaves the
 * stretch, so each is interpolated by itself.
 */
static float refine(const struct ut_quality *q, const struct correlation *c, int i, float *value)
{
	float v[2 * FINE + 1], d, curve;
	int top = 1;

	for (int p = -FINE; p <= FINE; p++) {
		int side = p < 0 ? i - 1 : i;
		float part = (float)(p < 0 ? p + FINE : p) / FINE;
		float e = c->energy[side] + part * (c->energy[side + 1] - c->energy[side]);

		v[p + FINE] = between(q, c->product, i, p) / sqrtf(c->first * e + 1e-20f);
	}
	for (int p = 2; p < 2 * FINE; p++)
		top = v[p] > v[top] ? p : top;
	curve = v[top - 1] - 2 * v[top] + v[top + 1];
	d = curve < 0 ? 0.5f * (v[top - 1] - v[top + 1]) / curve : 0;
	d = d > 1 ? 1 : d < -1 ? -1 : d;
	*value = v[top] - 0.25f * (v[top - 1] - v[top + 1]) * d;
	return ((float)(top - FINE) + d) / FINE;
}

/* RMS about position at, under a Hann window of half-width half. */
static float amplitude(const float *x, double at, float half)
{
	int from = (int)ceil(at - half), to = (int)floor(at + half);
	float sum = 0, norm = 0;

	for (int i = from; i <= to; i++) {
		float u = ((float)(i - at)) / half, w = (1 - u * u) * (1 - u * u); /* near Hann */

		sum += w * x[i] * x[i];
		norm += w;
	}
	return norm > 0 ? sqrtf(sum / norm) : 0;
}

static void add(struct ut_quality *q, double at, float amp, bool linked)
{
	q->mark[q->n++ % UT_MARKS] = (struct ut_mark){ at, amp, linked };
	q->open = true;
}

void ut_quality_track(struct ut_quality *q, int64_t frame, const float *x, float f0_hz)
{
	double origin = (double)(frame * UT_HOP), p;
	float period = f0_hz > 0 ? UT_RATE_HZ / f0_hz : 0;
	struct correlation c;
	int width, lo, hi, from;

	if (f0_hz <= 0) {
		q->open = false;
		return;
	}
	if (q->open && q->mark[(q->n - 1) % UT_MARKS].at - origin < -1.5 * period - UT_HOP)
		q->open = false;
	if (!q->open) {
		/* begin on the strongest sample of the period about the centre */
		int half = (int)(period / 2), best = UT_HOP / 2;

		for (int i = UT_HOP / 2 - half; i <= UT_HOP / 2 + half; i++)
			best = fabsf(x[i]) > fabsf(x[best]) ? i : best;
		add(q, origin + best, amplitude(x, best, 0.2f * period), false);
	}
	width = (int)lrintf(period);
	lo = (int)floorf(nearest * period);
	hi = (int)ceilf(farthest * period);
	for (;;) {
		int top = HALF, a;
		float value, lag;

		p = q->mark[(q->n - 1) % UT_MARKS].at - origin;
		if (p + period > UT_HOP)
			return;
		a = (int)lrint(p) - width / 2;
		/* lags around the range too, for the interpolation */
		from = lo - HALF;
		correlate(x + a, width, from, hi - lo + 1 + 2 * HALF, &c);
		for (int i = HALF + 1; i <= HALF + hi - lo; i++)
			top = c.alike[i] > c.alike[top] ? i : top;
		if (c.alike[top] < least_alike || top == HALF || top == HALF + hi - lo) {
			q->open = false; /* nothing alike, or a slope without a maximum */
			return;
		}
		lag = (float)(from + top) + refine(q, &c, top, &value);
		p += lag;
		add(q, origin + p, amplitude(x, p, 0.2f * lag), true);
	}
}

void ut_quality_perturbation(const struct ut_quality *q, int64_t frame, struct ut_frame *row)
{
	double mid = (double)(frame * UT_HOP + UT_HOP / 2);
	double from = mid - (UT_QUALITY_REACH - 0.5) * UT_HOP, to = 2 * mid - from;
	uint64_t oldest = q->n > UT_MARKS ? q->n - UT_MARKS : 0;
	double periods = 0, d_period = 0, d_amp = 0;
	unsigned n_periods = 0, n_d = 0, n_amp = 0;
	double last = 0; /* the period before this one; 0 after a break */

	for (uint64_t i = oldest + 1; i < q->n; i++) {
		const struct ut_mark *m = &q->mark[i % UT_MARKS], *b = &q->mark[(i - 1) % UT_MARKS];
		double t = m->at - b->at;

		if (!m->linked || b->at < from || m->at > to) {
			last = 0;
			continue;
		}
		periods += t;
		n_periods++;
		if (last > 0 && t < last * period_factor && last < t * period_factor) {
			d_period += fabs(t - last);
			n_d++;
		}
		last = t;
		if (m->amplitude > 0 && b->amplitude > 0 &&
		    m->amplitude < b->amplitude * amplitude_factor &&
		    b->amplitude < m->amplitude * amplitude_factor) {
			d_amp += fabsf(2 * ut_k_db(m->amplitude / b->amplitude));
			n_amp++;
		}
	}
	if (n_periods < UT_QUALITY_MIN_PERIODS)
		return;
	if (n_d > 0)
		set(row, UT_COL_jitter, (float)(d_period / n_d / (periods / n_periods)));
	if (n_amp > 0)
		set(row, UT_COL_shimmer_db, (float)(d_amp / n_amp));
}

void ut_quality_hnr(const struct ut_quality *q, const float *x, float f0_hz, struct ut_frame *row)
{
	float period = UT_RATE_HZ / f0_hz, r;
	struct correlation c;
	int lag = (int)lrintf(period), n = UT_MIN(2 * lag, HNR_MAX_WINDOW), from = lag - HALF - 2;
	int top = HALF;

	/* both stretches together lie about the centre */
	correlate(x - (n + lag) / 2, n, from, 2 * HALF + 5, &c);
	for (int i = HALF; i <= HALF + 4; i++)
		top = c.alike[i] > c.alike[top] ? i : top;
	refine(q, &c, top, &r);
	r = r > 0.9999f ? 0.9999f : r < 0.0099f ? 0.0099f : r;
	set(row, UT_COL_hnr_db, ut_k_db(r / (1 - r)));
}

/* Highest power near hz, by a parabola through the logarithms. */
static float peak_db(const float *power, float bin_hz, float hz)
{
	unsigned k = (unsigned)lrintf(hz / bin_hz), top = k;
	float a, b, c, curve;

	for (unsigned i = k - 1; i <= k + 1; i++)
		top = power[i] > power[top] ? i : top;
	a = ut_k_db(power[top - 1] + 1e-14f);
	b = ut_k_db(power[top] + 1e-14f);
	c = ut_k_db(power[top + 1] + 1e-14f);
	curve = a - 2 * b + c;
	return curve < 0 ? b - 0.125f * (a - c) * (a - c) / curve : b;
}

void ut_quality_harmonics(const float *power, float bin_hz, float f0_hz, struct ut_frame *row)
{
	if (f0_hz >= 300)
		set(row, UT_COL_h1_h2_db,
		    peak_db(power, bin_hz, f0_hz) - peak_db(power, bin_hz, 2 * f0_hz));
}
