/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pair.h - two mono recordings, one a side of a call, read as the two channels of one.
 * Memory: both decoders and one block a side. Threads: one per object.
 */
#ifndef UT_DECODE_PAIR_H
#define UT_DECODE_PAIR_H

#include "decode/decode.h"

struct ut_pair;

/*
 * Channel 0 is the first file, 1 the second. lead_s: by how much the second one was started later;
 * it then begins with silence (negative: the first one does). UT_EFORMAT where one of them is not
 * mono, or their rates differ; else as ut_decoder_open, and err names the side.
 */
enum ut_status ut_pair_open(const int fd[2], const char *const name[2],
			    const struct ut_decode_opts *o, double lead_s, struct ut_pair **ret,
			    struct ut_error *err);
/* Of the first file, with two channels; the length is not known. */
const struct ut_decode_info *ut_pair_info(const struct ut_pair *p);
/* As ut_decoder_read; ends with the longer one, the other is silent from its end on. */
enum ut_status ut_pair_read(struct ut_pair *p, struct ut_block *b, struct ut_error *err);
/* As ut_decoder_seek; pos is of the joined call, the leading silence counted. */
enum ut_status ut_pair_seek(struct ut_pair *p, int64_t pos, struct ut_error *err);
/* As ut_decoder_partial, of either. */
bool ut_pair_partial(const struct ut_pair *p, const char **why);
/* Seconds read of each file so far. */
void ut_pair_lengths(const struct ut_pair *p, double s[2]);
void ut_pair_destroy(struct ut_pair **pp);

#endif
