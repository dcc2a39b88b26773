/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_decode.c - any bytes as a recording: opened, read, sought. The last byte may pick a name of
 * a headerless format. What comes out must hold the contract: finite, in range, in order. */
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decode/decode.h"
#include "fuzz.h"

static void read_some(struct ut_decoder *d, unsigned blocks)
{
	struct ut_block b;
	int64_t pos = -1;

	for (unsigned i = 0; i < blocks; i++) {
		if (ut_decoder_read(d, &b, NULL) != UT_OK || b.n == 0)
			break;
		if (b.n > UT_DECODE_BLOCK || b.n_ch > UT_DECODE_MAX_CH ||
		    (pos >= 0 && b.pos != pos))
			abort();
		for (unsigned c = 0; c < b.n_ch; c++)
			for (size_t k = 0; k < b.n; k++)
				if (!(fabsf(b.ch[c][k]) <= 1))
					abort();
		pos = b.pos + (int64_t)b.n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[16] = { "a.ulaw", "a.al",  "a.gsm", "a.g729",
					       "a.g722", "a.sln", "a.vox", "a.g726",
					       "a.g723", "a.wav", "a.mp3", "" };
	const char *name = n && data[n - 1] < 16 ? names[data[n - 1]] : NULL;
	struct ut_decode_opts o = { .max_duration_s = 60 };
	struct ut_decoder *d = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct ut_error err = { 0 };

	if (fd < 0 || (n && write(fd, data, n) != (ssize_t)n))
		abort();
	ut_decode_global_init();
	if (ut_decoder_open(fd, name ? name : "a.wav", &o, &d, &err) == UT_OK) {
		const struct ut_decode_info *info = ut_decoder_info(d);

		if (info->n_ch < 1 || info->n_ch > UT_DECODE_MAX_CH ||
		    info->rate_hz < UT_DECODE_MIN_RATE_HZ || info->rate_hz > UT_DECODE_MAX_RATE_HZ)
			abort();
		read_some(d, 50);
		if (ut_decoder_seek(d, 1000, NULL) == UT_OK)
			read_some(d, 2);
	} else if (d || !err.msg[0]) {
		abort();
	}
	ut_decoder_destroy(&d);
	close(fd);
	return 0;
}
