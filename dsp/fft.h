/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fft.h - FFTW plans the only way they are made here: single precision, ESTIMATE, under one lock.
 * MEASURE times the candidates and so may choose another algorithm, and other last bits, each run.
 * Memory: a plan is freed with ut_fft_plan_destroy. Threads: planning from any; a plan is executed
 * (fftwf_execute) on its own arrays by one thread at a time.
 */
#ifndef UT_DSP_FFT_H
#define UT_DSP_FFT_H

#include <fftw3.h>

/* n real samples to n/2+1 bins, unscaled. `in` is preserved. NULL when out of memory. */
fftwf_plan ut_fft_plan_r2c(int n, float *in, fftwf_complex *out);
/* n/2+1 bins to n real samples, unscaled. `in` is destroyed by each execution. */
fftwf_plan ut_fft_plan_c2r(int n, fftwf_complex *in, float *out);
/* n complex points, forward, unscaled. `in` is preserved. */
fftwf_plan ut_fft_plan_c2c(int n, fftwf_complex *in, fftwf_complex *out);
/* Frees the plan and sets it NULL; a NULL plan is left alone. */
void ut_fft_plan_destroy(fftwf_plan *p);

#endif
