/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Excerpts of real speech come out at the level asked for, whatever their peaks: every stretch of
 * 12 s of the service calls (both sides mixed), and acted utterances. UT_DATA.
 */
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clip/internal.h"
#include "tap.h"

enum { STRETCH_S = 12 };

static struct ut_clip_maker *maker;

struct sum {
	unsigned n, held;                  /* excerpts; those in which a peak was held down */
	double worst_lu, peak_db, held_db; /* the greatest */
};

static double level_of(const struct ut_text *t, double *peak)
{
	double lufs;
	SF_INFO info = { 0 };
	char name[] = "/tmp/clip-real-XXXXXX";
	int fd = mkstemp(name);
	SNDFILE *f;
	float *x;

	unlink(name);
	if (fd < 0 || write(fd, t->s, t->len) != (ssize_t)t->len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	f = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
	if (!f)
		abort();
	x = calloc((size_t)info.frames + 1, sizeof(*x));
	sf_readf_float(f, x, info.frames);
	sf_close(f);
	if (ut_clip_measure(x, (size_t)info.frames, (unsigned)info.samplerate, &lufs, peak, NULL) !=
	    UT_OK)
		abort();
	free(x);
	return lufs;
}

static void excerpts(const char *path, struct sum *s)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	struct ut_call c;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!f || fd < 0)
		abort();
	sf_close(f);
	ut_call_init(&c);
	ut_call_set(&c.media.path, path);
	memset(c.media.hash, '0', 64);
	c.media.rate_hz = (unsigned)info.samplerate;
	c.media.n_ch = c.n_ch = (unsigned)info.channels;
	c.media.n_samples = info.frames;
	for (double at = 0; at + 1 < (double)info.frames / info.samplerate; at += STRETCH_S) {
		struct ut_clip_spec spec = { .start_s = at,
					     .end_s = at + STRETCH_S,
					     .channel = UT_CLIP_MIX };
		struct ut_error err = { 0 };
		struct ut_clip k;
		double peak, level;

		CHECK_EQ(ut_clip_make(maker, (const int[2]){ fd, -1 }, &c, &spec, &k, &err), UT_OK);
		level = level_of(&k.bytes, &peak);
		if (isfinite(level) && k.gain_db < 39) { /* else nobody speaks */
			s->n++;
			s->held += k.limited_db > 0;
			s->worst_lu = fmax(s->worst_lu, fabs(level + 23));
			s->peak_db = fmax(s->peak_db, peak);
			s->held_db = fmax(s->held_db, k.limited_db);
		}
		ut_clip_done(&k);
	}
	ut_call_done(&c);
	close(fd);
}

int main(void)
{
	static const char *const corpora[][2] = { { "spokenwoz", "/spokenwoz/*.wav" },
						  { "emodb", "/emodb/flac/*.flac" },
						  { "ravdess", "/ravdess/*-01.flac" } };
	const char *data = getenv("UT_DATA");
	struct ut_error err = { 0 };

	if (ut_clip_maker_start(1, &maker, &err) != UT_OK)
		abort();
	for (size_t i = 0; i < UT_ARRAY_LEN(corpora); i++) {
		struct sum s = { .peak_db = -INFINITY };
		char pattern[4096], name[64];
		glob_t g;

		snprintf(pattern, sizeof(pattern), "%s%s", data ? data : "", corpora[i][1]);
		snprintf(name, sizeof(name), "%s: the level asked for", corpora[i][0]);
		if (!data || glob(pattern, 0, NULL, &g) != 0) {
			tap_skip(name, "not in UT_DATA");
			continue;
		}
		tap_row(name);
		for (size_t k = 0; k < g.gl_pathc; k++)
			excerpts(g.gl_pathv[k], &s);
		printf("# %u excerpts; %u with peaks held down, by %.1f dB at most; %.2f LU away "
		       "from -23 LUFS at most; true peak %.2f dBTP at most\n",
		       s.n, s.held, s.held_db, s.worst_lu, s.peak_db);
		CHECK(s.n > 20);
		CHECK(s.worst_lu <= 0.5);
		CHECK(s.peak_db <= -1 + 0.01); /* 16 bits round */
		tap_end();
		globfree(&g);
	}
	ut_clip_maker_stop(&maker);
	return tap_done();
}
