/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode.h - any recording to blocks of planar float at the source's own rate.
 * A table of back ends (sndfile.c, libav.c, raw.c); content decides, the name only breaks ties for
 * headerless telephone formats. Reads from a descriptor only, so that a sandboxed worker can use
 * it. Memory: bounded, whatever the length. Threads: one per object.
 */
#ifndef UT_DECODE_DECODE_H
#define UT_DECODE_DECODE_H

#include <stdbool.h>

#include "base/status.h"

enum { UT_DECODE_MAX_CH = 8, UT_DECODE_BLOCK = 4096 };

struct ut_decode_opts {
	const char *raw_format; /* NULL, or for headerless files: "ulaw" "alaw" "gsm" "sln" "sln16"
				 * "g722" "g729" "g726-32" ...: overrides what content says */
	unsigned raw_rate_hz;   /* 0 = the format's own */
	unsigned raw_channels;  /* 0 = 1 */
	double max_duration_s;  /* UT_ELIMIT past it; 0 = 24 h */
};

struct ut_decode_info {
	char container[32], codec[32]; /* "wav", "pcm_mulaw" */
	unsigned rate_hz, n_ch;
	int64_t n_samples; /* as the header claims; -1 unknown */
};

struct ut_block {                          /* lent: valid until the next read */
	const float *ch[UT_DECODE_MAX_CH]; /* planar, -1..1 */
	unsigned n_ch;
	size_t n;
	int64_t pos; /* of the first sample */
};

struct ut_decoder;

/*
 * fd: a regular file open for reading; stays the caller's. name: for messages and for headerless
 * formats' extension. UT_EEMPTY, UT_EFORMAT, UT_ENOAUDIO, UT_EENCRYPTED, UT_EUNSUPPORTED, UT_EIO,
 * UT_ENOMEM; err names the fault and the way out (the caller prefixes the file).
 */
enum ut_status ut_decoder_open(int fd, const char *name, const struct ut_decode_opts *o,
			       struct ut_decoder **ret, struct ut_error *err);
const struct ut_decode_info *ut_decoder_info(const struct ut_decoder *d);
/*
 * The next block, at most UT_DECODE_BLOCK samples; b->n == 0 at the end. After an error in the
 * middle of a file that already gave samples: UT_OK with n == 0 and ut_decoder_partial true.
 */
enum ut_status ut_decoder_read(struct ut_decoder *d, struct ut_block *b, struct ut_error *err);
/* The recording ended before its header said, or damage was skipped; *why is lent text. */
bool ut_decoder_partial(const struct ut_decoder *d, const char **why);
/* Moves to sample pos (as near before it as the format allows); UT_EUNSUPPORTED where it cannot. */
enum ut_status ut_decoder_seek(struct ut_decoder *d, int64_t pos, struct ut_error *err);
void ut_decoder_destroy(struct ut_decoder **pd);

/* One-time set-up that opens files or allocates global tables; call before a sandbox closes doors.
 */
void ut_decode_global_init(void);

#endif
