/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/fft.h"

#include <pthread.h>

/* FFTW's planner keeps global tables: only execution is thread safe. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

fftwf_plan ut_fft_plan_r2c(int n, float *in, fftwf_complex *out)
{
	pthread_mutex_lock(&planner);
	fftwf_plan p = fftwf_plan_dft_r2c_1d(n, in, out, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
	pthread_mutex_unlock(&planner);
	return p;
}

fftwf_plan ut_fft_plan_c2r(int n, fftwf_complex *in, float *out)
{
	pthread_mutex_lock(&planner);
	fftwf_plan p = fftwf_plan_dft_c2r_1d(n, in, out, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
	pthread_mutex_unlock(&planner);
	return p;
}

fftwf_plan ut_fft_plan_c2c(int n, fftwf_complex *in, fftwf_complex *out)
{
	pthread_mutex_lock(&planner);
	fftwf_plan p = fftwf_plan_dft_1d(n, in, out, FFTW_FORWARD, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
	pthread_mutex_unlock(&planner);
	return p;
}

void ut_fft_plan_destroy(fftwf_plan *p)
{
	if (!*p)
		return;
	pthread_mutex_lock(&planner);
	fftwf_destroy_plan(*p);
	pthread_mutex_unlock(&planner);
	*p = NULL;
}
