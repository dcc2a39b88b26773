/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/kernel.h"
#include "dsp/mel.h"
#include "dsp/rfft.h"
#include "dsp/tones.h"

enum {
	SHORT_BINS = UT_SPECTRUM_SHORT / 2 + 1,
	LONG_BINS = UT_SPECTRUM_LONG / 2 + 1,
	/* 0.3-3.4 kHz, and the inner borders, in short bins; a range is [from, to) */
	BAND_LO = 10,
	BAND_1K = 32,
	BAND_2K = 64,
	BAND_HI = 109,
	BAND_N = BAND_HI - BAND_LO,
	LINE_LO = 12, /* lines, 0.2-3.6 kHz, in long bins; as ut_tones_band has it */
	LINE_HI = 231,
	MAX_LINES = (LINE_HI - LINE_LO) / 3 + 1, /* a maximum of five bins: one in three */
	CEP_LO = 20,                             /* 0.31-3.39 kHz in long bins, for the cepstrum */
	CEP_HI = 218,
	CEP_N = CEP_HI - CEP_LO,
	/* quefrencies are samples: 16 is 500 Hz, 133 is 60 Hz; the line is fitted a little wider */
	PEAK_FROM = 16,
	PEAK_TO = 134,
	FIT_FROM = 8,
	FIT_TO = 168,
	FIT_N = FIT_TO - FIT_FROM,
	ROW_CEPSTRA = 4,
};

/* An empty bin reads this: 60 dB below the noise of 16 bits. */
static const float tiny = 1e-14f;
/* How far a line may move (bins of 15.6 Hz) and change (dB) in UT_TONALITY_LAG frames. */
static const float line_drift_bins = 0.25f, line_drift_db = 4;

struct lines {
	unsigned n;
	float total;
	float at[MAX_LINES + 1], db[MAX_LINES + 1], energy[MAX_LINES + 1];
};

struct ut_spectrum {
	struct ut_rfft *fft_short, *fft_long, *fft_cep;
	float hann_short[UT_SPECTRUM_SHORT], hann_long[UT_SPECTRUM_LONG];
	float level_scale; /* makes the summed power of a full-scale sine 1 */
	float slope_lo[BAND_1K - BAND_LO], slope_hi[BAND_HI - BAND_1K];
	float cep_taper[CEP_N], cep_trend[CEP_N], cep_trend_norm;
	float fit_x[FIT_N], fit_norm;
	struct ut_mel mel;
	float cepstrum[UT_MEL_CEPSTRA];
	float p_short[SHORT_BINS], p_long[LONG_BINS], db[LONG_BINS];
	float shape[2][BAND_N]; /* magnitudes of unit norm: this frame, the one before */
	unsigned turn;          /* which is this frame's */
	bool has_before, above_floor;
	struct lines lines[UT_TONALITY_LAG + 1]; /* ring: this frame's and those before */
	unsigned line_turn;
};

/* Weights that make a dot product with n values the slope of their regression on step * i. */
static void regression(float *w, unsigned n, double step)
{
	double sxx = 0, mid = (n - 1) / 2.0;

	for (unsigned i = 0; i < n; i++)
		sxx += (i - mid) * (i - mid) * step * step;
	for (unsigned i = 0; i < n; i++)
		w[i] = (float)((i - mid) * step / sxx);
}

static void hann(float *w, unsigned n)
{
	/* periodic, so that a centred sine on a bin reaches three bins only */
	for (unsigned i = 0; i < n; i++)
		w[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * i / n));
}

enum ut_status ut_spectrum_create(struct ut_spectrum **ret, struct ut_error *err)
{
	struct ut_spectrum *s = calloc(1, sizeof(*s));

	if (!s)
		goto nomem;
	if (ut_rfft_create(UT_SPECTRUM_SHORT, &s->fft_short, err) ||
	    ut_rfft_create(UT_SPECTRUM_LONG, &s->fft_long, err) ||
	    ut_rfft_create(UT_SPECTRUM_LONG, &s->fft_cep, err))
		goto nomem;
	hann(s->hann_short, UT_SPECTRUM_SHORT);
	hann(s->hann_long, UT_SPECTRUM_LONG);
	/* Parseval: the bins 0..N/2 of a sine of amplitude A hold A^2/4 * N * sum w^2 */
	s->level_scale = 4 / (UT_SPECTRUM_SHORT * ut_k_energy(s->hann_short, UT_SPECTRUM_SHORT));
	ut_mel_init(&s->mel, (float)UT_RATE_HZ / UT_SPECTRUM_SHORT, s->level_scale);
	regression(s->slope_lo, UT_ARRAY_LEN(s->slope_lo), 1e-3 * UT_RATE_HZ / UT_SPECTRUM_SHORT);
	regression(s->slope_hi, UT_ARRAY_LEN(s->slope_hi), 1e-3 * UT_RATE_HZ / UT_SPECTRUM_SHORT);
	regression(s->cep_trend, CEP_N, 1);
	regression(s->fit_x, FIT_N, 1);
	for (unsigned i = 0; i < CEP_N; i++)
		s->cep_taper[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / CEP_N));
	ut_spectrum_reset(s);
	*ret = s;
	return UT_OK;
nomem:
	ut_spectrum_destroy(&s);
	return ut_fail(err, UT_ENOMEM, "spectrum");
}

void ut_spectrum_reset(struct ut_spectrum *s)
{
	s->has_before = s->above_floor = false;
	s->turn = s->line_turn = 0;
	for (unsigned i = 0; i <= UT_TONALITY_LAG; i++)
		s->lines[i].n = 0;
}

void ut_spectrum_destroy(struct ut_spectrum **ps)
{
	struct ut_spectrum *s = *ps;

	if (!s)
		return;
	ut_rfft_destroy(&s->fft_short);
	ut_rfft_destroy(&s->fft_long);
	ut_rfft_destroy(&s->fft_cep);
	free(s);
	*ps = NULL;
}

const float *ut_spectrum_cepstrum(const struct ut_spectrum *s)
{
	return s->above_floor ? s->cepstrum : NULL;
}

const float *ut_spectrum_short(const struct ut_spectrum *s)
{
	return s->above_floor ? s->p_short : NULL;
}

const float *ut_spectrum_long(const struct ut_spectrum *s)
{
	return s->above_floor ? s->p_long : NULL;
}

static void set(struct ut_frame *row, enum ut_frame_col col, float v)
{
	(&row->level_db)[col] = v;
	row->valid |= 1u << col;
}

/* Balance, slopes, flatness and flux from the 32 ms spectrum. */
static void measure_shape(struct ut_spectrum *s, float band, struct ut_frame *row)
{
	const float *p = s->p_short + BAND_LO;
	float *now = s->shape[s->turn], *before = s->shape[s->turn ^ 1];
	float low = ut_k_sum(p, BAND_1K - BAND_LO);
	float high = ut_k_sum(p + (BAND_1K - BAND_LO), BAND_HI - BAND_1K);
	float *db = s->db; /* free until the lines are looked for */
	float top_low = ut_k_max(p, BAND_2K - BAND_LO);
	float top_high = ut_k_max(p + (BAND_2K - BAND_LO), BAND_HI - BAND_2K);

	set(row, UT_COL_alpha_db, ut_k_db((high + tiny) / (low + tiny)));
	set(row, UT_COL_hammarberg_db, ut_k_db((top_low + tiny) / (top_high + tiny)));
	ut_k_db_all(db, p, tiny, BAND_N);
	ut_k_sqrt(now, p, tiny, 1 / band, BAND_N);
	set(row, UT_COL_slope_lo, ut_k_dot(s->slope_lo, db, BAND_1K - BAND_LO));
	set(row, UT_COL_slope_hi,
	    ut_k_dot(s->slope_hi, db + (BAND_1K - BAND_LO), BAND_HI - BAND_1K));
	set(row, UT_COL_flatness_db, ut_k_sum(db, BAND_N) / BAND_N - ut_k_db(band / BAND_N));
	if (s->has_before) {
		/* both have unit norm: |a - b|^2 = 2 - 2 ab */
		float d = 2 - 2 * ut_k_dot(now, before, BAND_N);

		set(row, UT_COL_flux, d > 0 ? sqrtf(d) : 0);
	}
	s->turn ^= 1;
}

/* Finds the lines of the 64 ms spectrum; db holds its logarithm. */
static void find_lines(const struct ut_spectrum *s, const uint16_t *at, size_t n_at,
		       struct lines *l)
{
	const float *p = s->p_long, *db = s->db;
	unsigned n = 0;

	l->total = ut_k_sum(p + LINE_LO, LINE_HI - LINE_LO) + tiny;
	for (size_t i = 0; i < n_at; i++) {
		unsigned k = at[i];
		float a = db[k - 1], b = db[k], c = db[k + 1];

		/* kept, or written over by the next */
		l->at[n] = (float)k + 0.5f * (a - c) / (a - 2 * b + c);
		l->db[n] = b;
		l->energy[n] = p[k - 2] + p[k - 1] + p[k] + p[k + 1] + p[k + 2];
		n += (p[k] > p[k - 2]) & (p[k] >= p[k + 2]);
	}
	l->n = n;
}

/* Shares of now's and of old's energy in lines that both have. */
static void compare_lines(const struct lines *old, const struct lines *now, float *share_old,
			  float *share_now)
{
	float sum_old = 0, sum_now = 0;

	for (unsigned i = 0, j = 0; i < now->n; i++) {
		while (j < old->n && old->at[j] < now->at[i] - line_drift_bins)
			j++;
		if (j < old->n && old->at[j] <= now->at[i] + line_drift_bins &&
		    fabsf(old->db[j] - now->db[i]) <= line_drift_db) {
			sum_old += old->energy[j];
			sum_now += now->energy[i];
		}
	}
	/* neighbouring lines share bins, so the sum may pass the total */
	*share_old = UT_MIN(sum_old / old->total, 1);
	*share_now = UT_MIN(sum_now / now->total, 1);
}

/*
 * Cepstral peak prominence after Hillenbrand et al. (1994): the peak of the cepstrum (dB) between
 * 2 and 16.6 ms over its regression line. The spectrum is its logarithm in the telephone band,
 * freed of its trend and tapered, so that the band's edges do not ring.
 */
void ut_spectrum_prominence(struct ut_spectrum *s, struct ut_frame *row)
{
	const float *db = s->db + CEP_LO;
	float mean = ut_k_sum(db, CEP_N) / CEP_N, slope = ut_k_dot(db, s->cep_trend, CEP_N);
	float base = mean - slope * (CEP_N - 1) / 2, line, level, trend;
	float cepstrum[LONG_BINS], c[FIT_N];
	unsigned top = PEAK_FROM - FIT_FROM;

	for (unsigned i = 0; i < CEP_N; i++)
		s->fft_cep->in[i] = (db[i] - base - slope * (float)i) * s->cep_taper[i];
	ut_rfft_power(s->fft_cep, cepstrum);
	ut_k_db_all(c, cepstrum + FIT_FROM, 1e-6f, FIT_N);
	for (unsigned i = top; i < PEAK_TO - FIT_FROM; i++)
		top = c[i] > c[top] ? i : top;
	level = ut_k_sum(c, FIT_N) / FIT_N;
	trend = ut_k_dot(c, s->fit_x, FIT_N);
	line = level + trend * ((float)top - (FIT_N - 1) / 2.f);
	set(row, UT_COL_cpp_db, c[top] - line);
}

float ut_spectrum_measure(struct ut_spectrum *s, const float *x, struct ut_frame *row)
{
	struct lines *now = &s->lines[s->line_turn], *old;
	float band, power, *cep = s->cepstrum, share_old = 0, share_now = 0;
	uint16_t at[LINE_HI - LINE_LO];
	size_t n_at;

	s->line_turn = (s->line_turn + 1) % (UT_TONALITY_LAG + 1);
	old = &s->lines[s->line_turn]; /* written over next time */
	ut_k_mul(s->fft_short->in, x - UT_SPECTRUM_SHORT / 2, s->hann_short, UT_SPECTRUM_SHORT);
	ut_rfft_power(s->fft_short, s->p_short);
	band = ut_k_sum(s->p_short + BAND_LO, BAND_N);
	power = band * s->level_scale;
	set(row, UT_COL_level_db, power > 1e-12f ? ut_k_db(power) : -120);
	set(row, UT_COL_loudness, ut_mel_measure(&s->mel, s->p_short, cep));
	s->above_floor = row->level_db > UT_SPECTRUM_FLOOR_DB;
	if (!s->above_floor) {
		s->has_before = false;
		now->n = 0;
		return 0;
	}
	for (unsigned c = 0; c < ROW_CEPSTRA; c++)
		set(row, UT_COL_mfcc1 + c, cep[c]);
	measure_shape(s, band, row);
	s->has_before = true;

	ut_k_mul(s->fft_long->in, x - UT_SPECTRUM_LONG / 2, s->hann_long, UT_SPECTRUM_LONG);
	ut_rfft_power(s->fft_long, s->p_long);
	ut_k_db_all(s->db + LINE_LO - 2, s->p_long + LINE_LO - 2, tiny, LINE_HI - LINE_LO + 4);
	n_at = ut_k_maxima(s->p_long, LINE_LO, LINE_HI, at);
	ut_tones_peaks_at(s->p_long, LONG_BINS, (float)UT_RATE_HZ / UT_SPECTRUM_LONG,
			  2.f * UT_RATE_HZ / UT_SPECTRUM_LONG, at, n_at, row);
	find_lines(s, at, n_at, now);
	if (old->n)
		compare_lines(old, now, &share_old, &share_now);
	set(row, UT_COL_tonality, share_now);
	return share_old;
}
