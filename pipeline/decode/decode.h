/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode.h - any recording to blocks of planar float at the source's own rate.
 * A table of back ends (sndfile.c, libav.c, raw.c); content decides, the name only breaks ties for
 * headerless telephone formats. Reads from a descriptor only, so that a sandboxed worker can use
 * it. Memory: bounded, whatever the length. Threads: one per object.
 *
 * Time: sample 0 is the first sample that was recorded: encoder delay (MP3, AAC, Opus) is skipped,
 * a track that starts later than its container starts with silence, and a hole in the timestamps of
 * a container is filled with silence, so that times agree with what a player shows.
 */
#ifndef UT_DECODE_DECODE_H
#define UT_DECODE_DECODE_H

#include <stdbool.h>

#include "base/status.h"

enum { UT_DECODE_MAX_CH = 8, UT_DECODE_BLOCK = 4096 };
enum { UT_DECODE_MIN_RATE_HZ = 4000, UT_DECODE_MAX_RATE_HZ = 192000 };

struct ut_decode_opts {
	const char *raw_format; /* NULL, or for headerless files: "ulaw" "alaw" "gsm" "sln" "sln16"
				 * "g722" "g729" "g726-32" ...: overrides what content says */
	unsigned raw_rate_hz;   /* 0 = the format's own */
	unsigned raw_channels;  /* 0 = 1 */
	double max_duration_s;  /* UT_ELIMIT past it; 0 = 24 h. A small file is held to less: 10 min
				 * and 0.04 s a byte (25 bytes a second are a tenth of what the
				 * sparest telephone codec writes in silence), and to a share of
				 * that where it has more than 2 channels, or more than 96,000
				 * samples a second in all of them */
};

struct ut_decode_info {
	char container[32], codec[32]; /* "wav", "pcm_mulaw" */
	unsigned rate_hz, n_ch;
	int64_t n_samples;       /* as the header claims; -1 unknown */
	unsigned n_audio_tracks; /* of the container; the default one is decoded */
};

struct ut_block {                          /* lent: valid until the next read */
	const float *ch[UT_DECODE_MAX_CH]; /* planar, -1..1, always finite */
	unsigned n_ch;
	size_t n;
	int64_t pos; /* of the first sample */
};

struct ut_decoder;

/*
 * fd: a regular file open for reading; stays the caller's, and its position stays where it is.
 * name: for messages and for headerless formats' extension. UT_EEMPTY, UT_EFORMAT, UT_ENOAUDIO,
 * UT_EENCRYPTED, UT_EUNSUPPORTED, UT_EIO, UT_ENOMEM, UT_EINVAL (an unknown raw format); err names
 * the fault and the way out (the caller prefixes the file). Success means that at least one sample
 * was decoded.
 */
enum ut_status ut_decoder_open(int fd, const char *name, const struct ut_decode_opts *o,
			       struct ut_decoder **ret, struct ut_error *err);
const struct ut_decode_info *ut_decoder_info(const struct ut_decoder *d);
/*
 * The next block, at most UT_DECODE_BLOCK samples; b->n == 0 at the end. After an error in the
 * middle of a file that already gave samples: UT_OK with n == 0 and ut_decoder_partial true.
 * UT_ELIMIT past max_duration_s.
 */
enum ut_status ut_decoder_read(struct ut_decoder *d, struct ut_block *b, struct ut_error *err);
/* The recording ended before its header said, or damage was skipped; *why is lent text. Final once
 * read gave n == 0. */
bool ut_decoder_partial(const struct ut_decoder *d, const char **why);
/* Moves to exactly sample pos; past the end the next read gives n == 0. Compressed formats decode
 * on from where they are, or from the start again: exact before fast. */
enum ut_status ut_decoder_seek(struct ut_decoder *d, int64_t pos, struct ut_error *err);
void ut_decoder_destroy(struct ut_decoder **pd);

/* UT_EINVAL where name is not a headerless format; the message lists them. */
enum ut_status ut_decode_check_raw_format(const char *name, struct ut_error *err);

/* One-time set-up that opens files or allocates global tables; call before a sandbox closes doors.
 */
void ut_decode_global_init(void);

#endif
