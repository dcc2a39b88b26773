/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backend.h - private to decode/: what a back end is, the source that all of them read, and the
 * helpers they share. A new back end is one file and one row in decode.c.
 */
#ifndef UT_DECODE_BACKEND_H
#define UT_DECODE_BACKEND_H

#include "decode/decode.h"

enum { UT_SNIFF_BYTES = 64 * 1024 };

/* An open file: everything is read by pread, so the caller's file position is never moved. */
struct ut_source {
	int fd;
	int64_t size;
	int io_errno; /* the last read that the system refused; 0 = none */
	double max_s; /* no recording of this size may be longer */
	char ext[16]; /* of the name, lower case, without the point */
	unsigned char *head;
	size_t head_n; /* min(size, UT_SNIFF_BYTES) */
};

/* Reads up to n bytes at offset at; fewer only at the end. -1: io_errno is set. */
int64_t ut_source_read(struct ut_source *s, int64_t at, void *buf, size_t n);

/* A headerless telephone format: how it is decoded is fixed, for nothing in the file says so. */
struct ut_raw_format {
	const char *name;       /* of option --raw-format */
	const char *extensions; /* "|ulaw|ul|mu|" */
	const struct ut_backend *backend;
	int sndfile_format;   /* for the sndfile back end */
	const char *demuxer;  /* for the libav back end */
	const char *codec;    /* as shown */
	unsigned rate_hz;     /* the format's own */
	unsigned block_bytes; /* of one coded frame a channel: a rest at the end is a cut frame */
	unsigned code_size;   /* G.726: bits a sample */
	bool many_channels;   /* can interleave channels */
};
extern const struct ut_raw_format ut_raw_formats[]; /* ends with a NULL name */
const struct ut_raw_format *ut_raw_by_name(const char *name);
const struct ut_raw_format *ut_raw_by_extension(const char *ext);
/* UT_EFORMAT where the bytes cannot be this format (GSM without its frame marks). */
enum ut_status ut_raw_check(const struct ut_raw_format *f, const struct ut_source *s,
			    struct ut_error *err);
/* The names, for messages: "ulaw, alaw, ...". */
void ut_raw_names(char *buf, size_t cap);

/* What the first bytes say. */
enum ut_sniff {
	UT_SNIFF_UNKNOWN, /* no signature: ask the libav probe */
	UT_SNIFF_SNDFILE, /* a container that libsndfile reads best */
	UT_SNIFF_LIBAV,
	UT_SNIFF_REFUSE, /* err says what it is and what to do */
};
enum ut_sniff ut_sniff(const struct ut_source *s, struct ut_error *err);
/* Bytes that say nothing, described for a message: "looks random", "is text". */
const char *ut_sniff_describe(const struct ut_source *s);

/*
 * Headers that state how much audio follows (RIFF/RF64 WAV, AU, AIFF): the bytes that the audio
 * chunk claims and those that are there. False where the header is of another kind.
 */
struct ut_header {
	int64_t claimed; /* 0 where, as streaming recorders leave it, no real length is stated */
	int64_t there;
	int64_t size_at; /* offset of a RIFF chunk's length that is 0 though audio follows; or 0 */
};
bool ut_header_read(struct ut_source *s, struct ut_header *ret);

struct ut_open_in {
	struct ut_source *src;
	const struct ut_raw_format *raw; /* NULL: the content says */
	unsigned raw_rate_hz, raw_channels;
};

struct ut_backend {
	const char *name;
	/* by how much the claimed length may honestly exceed what comes out: encoder delay, padding
	 */
	unsigned slack_ms;
	/* Fills info; *st is freed by close, also after a failure (then NULL or half built). */
	enum ut_status (*open)(const struct ut_open_in *in, struct ut_decode_info *info, void **st,
			       struct ut_error *err);
	/* Up to cap samples a channel into the planar buffers; *n == 0 at the end. */
	enum ut_status (*read)(void *st, float *const *ch, size_t cap, size_t *n,
			       struct ut_error *err);
	/* NULL, or moves exactly to pos; UT_EUNSUPPORTED, and no harm done, where it cannot. */
	enum ut_status (*seek)(void *st, int64_t pos, struct ut_error *err);
	/* Damage or an early end that only the back end knows of: writes why, else leaves it. */
	void (*partial)(void *st, char *why, size_t cap);
	void (*close)(void *st);
};
extern const struct ut_backend ut_backend_sndfile, ut_backend_libav;
void ut_libav_global_init(void);

#endif
