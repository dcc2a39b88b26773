/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clip.h - stretches of stored recordings, made to be heard and seen: excerpts as WAV, FLAC or
 * Opus; a whole call piece by piece; the rows of the customer's voice for a plot.
 *
 * Recordings are untrusted: each piece is decoded in a shut-in process of its own
 * (isolate/warden.h). What the metadata masks (payment data) and what touch tones spell is silence
 * in all of it, on every channel; there is no option for that.
 * Memory: results are the caller's. Threads: the maker may be used from any number at a time.
 */
#ifndef UT_CLIP_CLIP_H
#define UT_CLIP_CLIP_H

#include <stdbool.h>

#include "base/text.h"
#include "call/call.h"
#include "store/store.h"

enum {
	UT_CLIP_MAX_S = 600,         /* of one excerpt */
	UT_CLIP_MAX_PIECE = 4 << 20, /* bytes of one piece of a whole call */
	UT_CLIP_MIX = -1,            /* all channels together */
};

struct ut_clip_maker;

/* Forks: before any thread. n: excerpts at a time. UT_EIO, UT_ENOMEM. */
enum ut_status ut_clip_maker_start(unsigned n, struct ut_clip_maker **ret, struct ut_error *err);
void ut_clip_maker_stop(struct ut_clip_maker **pm);

/*
 * Opens the recording of a stored call, under the first of its paths that still holds it, and only
 * where the content is still what was analysed: another file under the same name is UT_ECHANGED,
 * none is UT_ENOENT. fd[1] is its other side where that is a file of its own, else -1. c: as
 * ut_store_load_call gave it. sure: hash the content; otherwise an unchanged size and time of
 * change are enough (a page's second request for the same call).
 */
enum ut_status ut_clip_open(struct ut_store *s, const struct ut_call *c, bool sure, int fd[2],
			    struct ut_error *err);
/* What ut_clip_open opened; -1 afterwards. */
void ut_clip_close(int fd[2]);

enum ut_clip_format { UT_CLIP_WAV, UT_CLIP_FLAC, UT_CLIP_OPUS, UT_N_CLIP_FORMATS };
struct ut_clip_format_info {
	const char *name, *extension, *mime;
};
extern const struct ut_clip_format_info ut_clip_formats[UT_N_CLIP_FORMATS];
/* By its name; WAV where it is NULL or none of them. */
enum ut_clip_format ut_clip_format_find(const char *name);

struct ut_clip_spec {
	double start_s, end_s; /* in the recording; what lies outside of it is left out */
	int channel;           /* of the source, or UT_CLIP_MIX */
	enum ut_clip_format format;
	unsigned fade_ms;  /* raised cosine at both ends, 10..50; 0: 20 */
	double level_lufs; /* -40..-10; 0: -23 (EBU R 128) */
	bool disguise;     /* docs/workshop.md says what it does and does not protect against */
};

struct ut_clip {
	struct ut_text bytes;  /* the file, whole */
	double start_s, end_s; /* what it holds */
	unsigned rate_hz;
	/* ITU-R BS.1770 of what was written, as one channel; -INFINITY: nothing above its gate */
	double level_lufs, true_peak_db, gain_db;
	double limited_db; /* the most by which a short peak was held down; 0: none was */
	double masked_s;   /* silenced in it */
};

/*
 * fd as ut_clip_open gave it. The level is moved as a whole, so that loud stays
 * loud; only peaks that would pass -1 dBTP (before Opus, which adds to peaks, -3) are held down,
 * for their own few milliseconds (dsp/limiter.h). The level falls short of level_lufs where that
 * would take more than 12 dB off a peak, or where it needs more than 40 dB. UT_EINVAL (nothing of
 * it lies in the recording, no such channel, longer than UT_CLIP_MAX_S), what ut_decoder_open fails
 * with, UT_ECRASH, UT_ETIMEOUT. Free with done, also after a failure.
 */
enum ut_status ut_clip_make(struct ut_clip_maker *m, const int fd[2], const struct ut_call *c,
			    const struct ut_clip_spec *spec, struct ut_clip *ret,
			    struct ut_error *err);
void ut_clip_done(struct ut_clip *c);

/*
 * The whole call as one WAV file (PCM 16 bit, one channel, the recording's own rate) that is never
 * made whole: its size, and any piece of it. One gain for all of it, from the levels that were
 * stored (about -23 LUFS while somebody speaks). For the byte ranges of a web server.
 */
int64_t ut_clip_whole_size(const struct ut_call *c);
/* At most n bytes (UT_CLIP_MAX_PIECE) from byte `from`, appended; fewer at the end. UT_EINVAL past
 * it. A compressed recording is decoded up to there, so pieces late in a long one take seconds. */
enum ut_status ut_clip_whole_piece(struct ut_clip_maker *m, const int fd[2],
				   const struct ut_call *c, int channel, int64_t from, size_t n,
				   struct ut_text *ret, struct ut_error *err);

/* The 10th, 50th and 90th percentile; n = 0: too little was heard to say. */
struct ut_clip_usual {
	double lo, mid, hi;
	size_t n; /* frames */
};

/* What a plot of the customer's voice is drawn from. */
struct ut_clip_view {
	double start_s;
	float *x; /* n samples at 8 kHz, -1..1; masked parts are zero */
	size_t n;
	struct ut_frame *row; /* n_rows of 10 ms; masked rows hold nothing valid */
	size_t n_rows;
	/* this customer's voiced frames in up to 60 s of turns before the excerpt, at most five
	 * minutes back: the own usual range */
	struct ut_clip_usual f0_hz, level_db;
};

/*
 * Only ever of a verified external customer: UT_EREFUSED with the reason where ut_call_customer
 * finds none. Of a mono mix that was told apart, the customer's turns alone. start and end are
 * widened to whole frames; at most UT_CLIP_MAX_S. Free with done, also after a failure.
 */
enum ut_status ut_clip_view(struct ut_clip_maker *m, const int fd[2], const struct ut_call *c,
			    double start_s, double end_s, struct ut_clip_view *ret,
			    struct ut_error *err);
void ut_clip_view_done(struct ut_clip_view *v);

#endif
