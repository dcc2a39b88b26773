/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sndfile.c - WAV, FLAC, AU, AIFF, CAF and headerless PCM, G.711, GSM and VOX by libsndfile. */
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/backend.h"

struct snd {
	struct ut_source *src;
	sf_count_t at; /* libsndfile's file position */
	SNDFILE *sf;
	unsigned n_ch;
	int64_t patch_at; /* where libsndfile is to read a length that the recorder left 0 */
	unsigned char patch[4];
	int64_t rest_bytes; /* of a cut last frame in a headerless file */
	int64_t frames;     /* -1 unknown */
	float buf[UT_DECODE_BLOCK * UT_DECODE_MAX_CH]; /* interleaved */
};

static sf_count_t io_len(void *user)
{
	return ((struct snd *)user)->src->size;
}

static sf_count_t io_seek(sf_count_t off, int whence, void *user)
{
	struct snd *s = user;

	if (whence == SEEK_CUR)
		off += s->at;
	else if (whence == SEEK_END)
		off += s->src->size;
	if (off < 0)
		return -1;
	return s->at = off;
}

static sf_count_t io_read(void *p, sf_count_t n, void *user)
{
	struct snd *s = user;
	int64_t k = n > 0 ? ut_source_read(s->src, s->at, p, (size_t)n) : 0;

	if (k < 0)
		return 0;
	if (s->patch_at)
		for (int64_t i = 0; i < 4; i++)
			if (s->patch_at + i >= s->at && s->patch_at + i < s->at + k)
				((unsigned char *)p)[s->patch_at + i - s->at] = s->patch[i];
	s->at += k;
	return k;
}

static sf_count_t io_write(UT_UNUSED const void *p, UT_UNUSED sf_count_t n, UT_UNUSED void *user)
{
	return 0;
}

static sf_count_t io_tell(void *user)
{
	return ((struct snd *)user)->at;
}

static SF_VIRTUAL_IO io = { io_len, io_seek, io_read, io_write, io_tell };

static void name_format(const SF_INFO *in, struct ut_decode_info *info)
{
	static const struct {
		int code;
		const char *name;
	} containers[] = {
		{ SF_FORMAT_WAV, "wav" },   { SF_FORMAT_WAVEX, "wav" }, { SF_FORMAT_RF64, "rf64" },
		{ SF_FORMAT_W64, "w64" },   { SF_FORMAT_FLAC, "flac" }, { SF_FORMAT_AU, "au" },
		{ SF_FORMAT_AIFF, "aiff" }, { SF_FORMAT_CAF, "caf" },   { SF_FORMAT_NIST, "nist" },
		{ SF_FORMAT_VOC, "voc" },   { SF_FORMAT_OGG, "ogg" },   { SF_FORMAT_RAW, "raw" },
	}, codecs[] = {
		{ SF_FORMAT_PCM_S8, "pcm_s8" },      { SF_FORMAT_PCM_U8, "pcm_u8" },
		{ SF_FORMAT_PCM_16, "pcm_s16" },     { SF_FORMAT_PCM_24, "pcm_s24" },
		{ SF_FORMAT_PCM_32, "pcm_s32" },     { SF_FORMAT_FLOAT, "pcm_f32" },
		{ SF_FORMAT_DOUBLE, "pcm_f64" },     { SF_FORMAT_ULAW, "pcm_mulaw" },
		{ SF_FORMAT_ALAW, "pcm_alaw" },      { SF_FORMAT_IMA_ADPCM, "adpcm_ima" },
		{ SF_FORMAT_MS_ADPCM, "adpcm_ms" },  { SF_FORMAT_GSM610, "gsm" },
		{ SF_FORMAT_VOX_ADPCM, "adpcm_vox" }, { SF_FORMAT_G721_32, "g721" },
		{ SF_FORMAT_G723_24, "g723_24" },    { SF_FORMAT_G723_40, "g723_40" },
		{ SF_FORMAT_ALAC_16, "alac" },       { SF_FORMAT_ALAC_24, "alac" },
	};
	const char *container = "sndfile", *codec = "other";

	for (size_t i = 0; i < UT_ARRAY_LEN(containers); i++)
		if (containers[i].code == (in->format & SF_FORMAT_TYPEMASK))
			container = containers[i].name;
	for (size_t i = 0; i < UT_ARRAY_LEN(codecs); i++)
		if (codecs[i].code == (in->format & SF_FORMAT_SUBMASK))
			codec = codecs[i].name;
	if ((in->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC)
		codec = "flac";
	snprintf(info->container, sizeof(info->container), "%s", container);
	snprintf(info->codec, sizeof(info->codec), "%s", codec);
}

static enum ut_status snd_open(const struct ut_open_in *in, struct ut_decode_info *info, void **st,
			       struct ut_error *err)
{
	const struct ut_raw_format *raw = in->raw;
	struct snd *s = malloc(sizeof(*s));
	SF_INFO sfi = { 0 };
	struct ut_header h;

	if (!s)
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	*st = s;
	memset(s, 0, offsetof(struct snd, buf));
	s->src = in->src;
	s->frames = -1;
	if (raw) {
		sfi.format = raw->sndfile_format;
		sfi.samplerate = (int)(in->raw_rate_hz ? in->raw_rate_hz : raw->rate_hz);
		sfi.channels = (int)(in->raw_channels ? in->raw_channels : 1);
		if (sfi.channels > 1 && !raw->many_channels)
			return ut_fail(err, UT_EINVAL, "raw format %s has one channel, not %d",
				       raw->name, sfi.channels);
		s->rest_bytes =
		    s->src->size % ((int64_t)raw->block_bytes * UT_MIN(sfi.channels, 1024));
	}
	if (!raw && ut_header_read(s->src, &h) && h.size_at && h.there < INT32_MAX) {
		s->patch_at = h.size_at;
		for (unsigned i = 0; i < 4; i++)
			s->patch[i] = (unsigned char)(h.there >> 8 * i);
	}
	s->sf = sf_open_virtual(&io, SFM_READ, &sfi, s);
	if (!s->sf) {
		int code = sf_error(NULL);

		if (code == SF_ERR_MALFORMED_FILE)
			return ut_fail(err, UT_EFORMAT,
				       "the header is damaged or cut short: copy the file again");
		if (code == SF_ERR_UNSUPPORTED_ENCODING)
			return ut_fail(err, UT_EUNSUPPORTED, "a codec that libsndfile lacks");
		return ut_fail(err, UT_EFORMAT,
			       "cannot be read (%.200s): copy the file again, or "
			       "convert it to WAV",
			       sf_strerror(NULL));
	}
	/* libav knows of an encoder's delay; newer libsndfiles would decode these too */
	if ((sfi.format & SF_FORMAT_SUBMASK) >= SF_FORMAT_VORBIS &&
	    (sfi.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_CAF)
		return ut_fail(err, UT_EUNSUPPORTED, "a codec that libsndfile is not used for");
	info->n_ch = s->n_ch = (unsigned)sfi.channels;
	info->rate_hz = (unsigned)UT_MAX(sfi.samplerate, 0);
	if (sfi.frames > 0 && sfi.frames < SF_COUNT_MAX)
		info->n_samples = s->frames = sfi.frames;
	name_format(&sfi, info);
	return UT_OK;
}

static enum ut_status snd_read(void *st, float *const *ch, size_t cap, size_t *n,
			       struct ut_error *err)
{
	struct snd *s = st;
	sf_count_t k = sf_readf_float(s->sf, s->buf, (sf_count_t)cap);

	if (k <= 0) {
		*n = 0;
		if (s->src->io_errno)
			return ut_fail(err, UT_EIO, "cannot read: %s", strerror(s->src->io_errno));
		return UT_OK;
	}
	for (unsigned c = 0; c < s->n_ch; c++)
		for (sf_count_t i = 0; i < k; i++)
			ch[c][i] = s->buf[(size_t)i * s->n_ch + c];
	*n = (size_t)k;
	return UT_OK;
}

static enum ut_status snd_seek(void *st, int64_t pos, struct ut_error *err)
{
	struct snd *s = st;

	if (s->frames >= 0 && pos > s->frames)
		pos = s->frames;
	if (sf_seek(s->sf, pos, SF_SEEK_SET) < 0)
		return ut_fail(err, UT_EUNSUPPORTED, "cannot move to sample %lld: %.200s",
			       (long long)pos, sf_strerror(s->sf));
	return UT_OK;
}

static void snd_partial(void *st, char *why, size_t cap)
{
	struct snd *s = st;

	if (s->rest_bytes)
		snprintf(why, cap, "cut short: %lld bytes of an unfinished frame at the end",
			 (long long)s->rest_bytes);
}

static void snd_close(void *st)
{
	struct snd *s = st;

	if (s && s->sf)
		sf_close(s->sf);
	free(s);
}

const struct ut_backend ut_backend_sndfile = {
	.name = "libsndfile",
	.open = snd_open,
	.read = snd_read,
	.seek = snd_seek,
	.partial = snd_partial,
	.close = snd_close,
};
