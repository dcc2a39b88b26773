/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encode.c - WAV, FLAC and Ogg Opus by libsndfile, another rate by libswresample. */
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

#include "clip/internal.h"

const struct ut_clip_format_info ut_clip_formats[UT_N_CLIP_FORMATS] = {
	[UT_CLIP_WAV] = { "wav", ".wav", "audio/wav" },
	[UT_CLIP_FLAC] = { "flac", ".flac", "audio/flac" },
	[UT_CLIP_OPUS] = { "opus", ".opus", "audio/ogg" },
};

enum ut_clip_format ut_clip_format_find(const char *name)
{
	for (int i = 0; name && i < UT_N_CLIP_FORMATS; i++)
		if (strcmp(ut_clip_formats[i].name, name) == 0)
			return (enum ut_clip_format)i;
	return UT_CLIP_WAV;
}

enum ut_status ut_clip_resample(const float *x, size_t n, unsigned from_hz, unsigned to_hz,
				float **ret, size_t *n_ret, struct ut_error *err)
{
	AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
	struct SwrContext *s = NULL;
	size_t room = (size_t)((double)n * to_hz / from_hz) + 4096, want, done = 0;
	const uint8_t *in = (const uint8_t *)x;
	float *y = calloc(room, sizeof(*y));
	uint8_t *out = (uint8_t *)y;
	int k = -1;

	if (y &&
	    swr_alloc_set_opts2(&s, &mono, AV_SAMPLE_FMT_FLTP, (int)to_hz, &mono,
				AV_SAMPLE_FMT_FLTP, (int)from_hz, 0, NULL) == 0 &&
	    swr_init(s) == 0) {
		k = swr_convert(s, &out, (int)room, &in, (int)n);
		while (k > 0) { /* then what it holds back */
			done += (size_t)k;
			out = (uint8_t *)(y + done);
			k = swr_convert(s, &out, (int)(room - done), NULL, 0);
		}
	}
	swr_free(&s);
	if (k < 0) {
		free(y);
		return ut_fail(err, UT_ENOMEM, "not enough memory to change the rate");
	}
	want = (size_t)llrint((double)n * to_hz / from_hz);
	*n_ret = UT_MIN(want, room);
	*ret = y;
	return UT_OK;
}

/* ---- a file in memory ---- */

struct memory {
	char *p;
	sf_count_t len, cap, at;
	bool failed;
};

static sf_count_t mem_len(void *user)
{
	return ((struct memory *)user)->len;
}

static sf_count_t mem_seek(sf_count_t to, int whence, void *user)
{
	struct memory *m = user;

	if (whence == SEEK_CUR)
		to += m->at;
	else if (whence == SEEK_END)
		to += m->len;
	if (to < 0)
		return -1;
	return m->at = to;
}

static sf_count_t mem_read(void *p, sf_count_t n, void *user)
{
	struct memory *m = user;

	n = UT_MAX(UT_MIN(n, m->len - m->at), 0);
	memcpy(p, m->p + m->at, (size_t)n);
	m->at += n;
	return n;
}

static sf_count_t mem_write(const void *p, sf_count_t n, void *user)
{
	struct memory *m = user;

	if (m->at + n > m->cap) {
		sf_count_t cap = UT_MAX(2 * m->cap, m->at + n + 65536);
		char *q = realloc(m->p, (size_t)cap);

		if (!q) {
			m->failed = true;
			return 0;
		}
		memset(q + m->cap, 0, (size_t)(cap - m->cap));
		m->p = q;
		m->cap = cap;
	}
	memcpy(m->p + m->at, p, (size_t)n);
	m->at += n;
	m->len = UT_MAX(m->len, m->at);
	return n;
}

static sf_count_t mem_tell(void *user)
{
	return ((struct memory *)user)->at;
}

/* RFC 3533: polynomial 0x04c11db7, no reflection, no final change. */
static uint32_t ogg_crc(const unsigned char *p, size_t n)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 24;
		for (int b = 0; b < 8; b++)
			crc = crc << 1 ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
	}
	return crc;
}

static void put_le32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* libsndfile numbers a stream by the clock: the same samples shall be the same bytes. */
static void fix_serial(unsigned char *p, size_t n)
{
	while (n >= 27 && memcmp(p, "OggS", 4) == 0) {
		size_t page = 27u + p[26];

		for (size_t i = 0; i < p[26] && page <= n && 27 + i < n; i++)
			page += p[27 + i];
		if (page > n)
			return;
		put_le32(p + 14, 1);
		put_le32(p + 22, 0);
		put_le32(p + 22, ogg_crc(p, page));
		p += page;
		n -= page;
	}
}

enum ut_status ut_clip_encode(const float *x, size_t n, unsigned rate_hz,
			      enum ut_clip_format format, struct ut_text *out, struct ut_error *err)
{
	static const int codes[UT_N_CLIP_FORMATS] = {
		[UT_CLIP_WAV] = SF_FORMAT_WAV | SF_FORMAT_PCM_16,
		[UT_CLIP_FLAC] = SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
		[UT_CLIP_OPUS] = SF_FORMAT_OGG | SF_FORMAT_OPUS,
	};
	SF_VIRTUAL_IO io = { mem_len, mem_seek, mem_read, mem_write, mem_tell };
	SF_INFO info = { .samplerate = (int)rate_hz, .channels = 1, .format = codes[format] };
	struct memory m = { 0 };
	SNDFILE *f = sf_open_virtual(&io, SFM_WRITE, &info, &m);
	bool fine = f != NULL;

	if (f) {
		sf_command(f, SFC_SET_CLIPPING, NULL, SF_TRUE);
		fine = sf_writef_float(f, x, (sf_count_t)n) == (sf_count_t)n;
		fine = sf_close(f) == 0 && fine;
	}
	if (fine && !m.failed) {
		if (format == UT_CLIP_OPUS)
			fix_serial((unsigned char *)m.p, (size_t)m.len);
		ut_text_addn(out, m.p, (size_t)m.len);
	}
	free(m.p);
	if (m.failed || out->failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the excerpt");
	if (!fine)
		return ut_fail(err, UT_EIO, "cannot write %s at %u Hz: %s",
			       ut_clip_formats[format].name, rate_hz, sf_strerror(NULL));
	return UT_OK;
}
