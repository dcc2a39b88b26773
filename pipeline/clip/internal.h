/* SPDX-License-Identifier: GPL-3.0-or-later */
/* internal.h - what the maker asks of the shut-in process, and the pieces that work there. */
#ifndef UT_CLIP_INTERNAL_H
#define UT_CLIP_INTERNAL_H

#include "clip/clip.h"
#include "isolate/warden.h"

enum ut_clip_kind { UT_CLIP_EXCERPT, UT_CLIP_PIECE, UT_CLIP_VIEW };

struct ut_clip_frames { /* [start, end) of 10 ms */
	int64_t start, end;
};

/* Before n_masks and then n_turns struct ut_clip_frames, by start, not overlapping. */
struct ut_clip_request {
	enum ut_clip_kind kind;
	enum ut_clip_format format;
	int channel;
	bool disguise;
	bool only_turns; /* VIEW: the channel carries others too: rows of the turns alone */
	unsigned fade_ms;
	double level_lufs;
	double gain_db;         /* PIECE */
	uint32_t seed;          /* of the disguise */
	unsigned rate_hz, n_ch; /* what the recording must be */
	bool joined;            /* two files, a channel each */
	double lead_s;          /* by how much the second began later */
	int64_t start, n;       /* samples at rate_hz; of a VIEW: of the customer's excerpt */
	int64_t ref_start;      /* VIEW: sample at which listening for the usual range begins */
	uint64_t n_masks, n_turns;
	char name[32], name2[32]; /* "recording.gsm": what tells a headerless format */
	char raw_format[16];
};

/* Before the bytes of an excerpt. */
struct ut_clip_answer {
	int64_t n; /* samples at rate_hz of the source that it holds */
	unsigned rate_hz;
	double level_lufs, true_peak_db, gain_db, limited_db;
};

/* Before n floats, n_rows struct ut_frame. */
struct ut_clip_view_answer {
	uint64_t n, n_rows;
	struct ut_clip_usual f0_hz, level_db;
};

extern const struct ut_warden_ops ut_clip_ops;

/* ---- in the shut-in process ---- */

/* BS.1770 integrated loudness of one channel, LUFS, and its true peak, dBTP; -INFINITY where
 * nothing is above the gates. UT_ENOMEM. */
enum ut_status ut_clip_measure(const float *x, size_t n, unsigned rate_hz, double *lufs,
			       double *peak_db, struct ut_error *err);

/*
 * Another voice in place: its median F0 is moved to a common place, its formants as by another
 * size of throat; durations, pauses, levels and the contour of F0 (in semitones) stay. Stretches
 * without a voice pass nearly unchanged. UT_ENOMEM.
 */
enum ut_status ut_clip_disguise(float *x, size_t n, unsigned rate_hz, uint32_t seed,
				struct ut_error *err);
/* The factors it uses for a voice of this median F0. */
void ut_clip_disguise_factors(double median_f0_hz, uint32_t seed, double *pitch, double *formant);

/* x at from_hz as *ret at to_hz (malloc), same start, *n_ret samples. UT_ENOMEM. */
enum ut_status ut_clip_resample(const float *x, size_t n, unsigned from_hz, unsigned to_hz,
				float **ret, size_t *n_ret, struct ut_error *err);

/* One channel as a file of the format, appended: the same bytes for the same samples. Opus takes
 * only 8, 12, 16, 24 and 48 kHz. UT_EIO, UT_ENOMEM. */
enum ut_status ut_clip_encode(const float *x, size_t n, unsigned rate_hz,
			      enum ut_clip_format format, struct ut_text *out,
			      struct ut_error *err);

#endif
