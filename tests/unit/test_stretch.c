/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stretch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsp/frame.h"
#include "tap.h"

enum { SECONDS = 3, FRAMES = 50 };

static void put(FILE *f, unsigned v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		fputc((int)(v >> 8 * i & 0xff), f);
}

/* Two channels of PCM: 500 Hz rising to 800 on the second, silence on the first. */
static double tone(double t)
{
	return 0.5 * sin(2 * M_PI * (500 * t + 50 * t * t));
}

static FILE *recording(unsigned rate)
{
	unsigned n = rate * SECONDS;
	FILE *f = tmpfile();

	if (!f)
		abort();
	fputs("RIFF", f);
	put(f, 36 + 4 * n, 4);
	fputs("WAVEfmt ", f);
	put(f, 16, 4);
	put(f, 1, 2);
	put(f, 2, 2);
	put(f, rate, 4);
	put(f, rate * 4, 4);
	put(f, 4, 2);
	put(f, 16, 2);
	fputs("data", f);
	put(f, 4 * n, 4);
	for (unsigned i = 0; i < n; i++) {
		put(f, 0, 2);
		put(f, (unsigned)(int)lrint(32767 * tone((double)i / rate)), 2);
	}
	fflush(f);
	return f;
}

int main(void)
{
	static const unsigned rates[] = { 8000, 11025, 16000, 44100 };
	static const int64_t starts[] = { 0, 3, 10, 137, 240, 280, 400 };
	static float x[FRAMES * UT_HOP];
	const struct ut_decode_opts o = { 0 };
	struct ut_error err = { 0 };

	ut_decode_global_init();
	for (unsigned r = 0; r < UT_ARRAY_LEN(rates); r++) {
		FILE *f = recording(rates[r]);

		for (unsigned s = 0; s < UT_ARRAY_LEN(starts); s++) {
			char name[64];
			double worst = 0;

			snprintf(name, sizeof(name), "%u Hz, from frame %d", rates[r],
				 (int)starts[s]);
			tap_row(name);
			memset(x, 0x7f, sizeof(x));
			CHECK_EQ(ut_stretch_read(fileno(f), "a.wav", &o, 1, starts[s],
						 starts[s] + FRAMES, x, &err),
				 UT_OK);
			for (int i = 0; i < FRAMES * UT_HOP; i++) {
				double t = ((double)starts[s] * UT_HOP + i) / UT_RATE_HZ;
				double want = t < SECONDS ? tone(t) : 0;

				/* the resampler rings at both ends of the recording */
				if (t > 0.02 && fabs(t - SECONDS) > 0.02)
					worst = fmax(worst, fabs((double)x[i] - want));
			}
			CHECK(worst < 0.01);
			if (worst >= 0.01)
				printf("# off by %.3f\n", worst);
			tap_end();
		}
		tap_row("the other channel");
		CHECK_EQ(ut_stretch_read(fileno(f), "a.wav", &o, 0, 100, 150, x, &err), UT_OK);
		for (int i = 0; i < FRAMES * UT_HOP; i++)
			CHECK(x[i] == 0);
		tap_end();
		tap_row("no such channel");
		CHECK_EQ(ut_stretch_read(fileno(f), "a.wav", &o, 2, 0, 50, x, &err), UT_EINVAL);
		tap_end();
		fclose(f);
	}
	return tap_done();
}
