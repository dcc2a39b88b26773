/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raw.c - the table of headerless telephone formats, and which extension means which of them. */
#include <sndfile.h>
#include <stdio.h>
#include <string.h>

#include "decode/backend.h"

#define SND &ut_backend_sndfile
#define AV &ut_backend_libav
#define SLN(name_, hz)                                                                             \
	{                                                                                          \
		.name = name_, .extensions = "|" name_ "|", .backend = SND,                        \
		.sndfile_format = SF_FORMAT_RAW | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE,             \
		.codec = "pcm_s16", .rate_hz = hz, .block_bytes = 2, .many_channels = true         \
	}
/* RFC 3551 packing (first sample in the low bits), as Asterisk and RTP recorders write it. */
#define G726(name_, ext, bits)                                                                     \
	{                                                                                          \
		.name = name_, .extensions = ext, .backend = AV, .demuxer = "g726le",              \
		.codec = "adpcm_g726", .rate_hz = 8000, .block_bytes = 1, .code_size = bits        \
	}

/* Extensions are those of Asterisk's format modules and of SoX. `.raw` and `.pcm` are not here:
 * one program's linear is another's mu-law, and a wrong guess is noise at full level. */
const struct ut_raw_format ut_raw_formats[] = {
	{ .name = "ulaw",
	  .extensions = "|ulaw|ul|mulaw|mu|ulw|",
	  .backend = SND,
	  .sndfile_format = SF_FORMAT_RAW | SF_FORMAT_ULAW,
	  .codec = "pcm_mulaw",
	  .rate_hz = 8000,
	  .block_bytes = 1,
	  .many_channels = true },
	{ .name = "alaw",
	  .extensions = "|alaw|al|alw|la|",
	  .backend = SND,
	  .sndfile_format = SF_FORMAT_RAW | SF_FORMAT_ALAW,
	  .codec = "pcm_alaw",
	  .rate_hz = 8000,
	  .block_bytes = 1,
	  .many_channels = true },
	SLN("sln", 8000),
	SLN("sln12", 12000),
	SLN("sln16", 16000),
	SLN("sln24", 24000),
	SLN("sln32", 32000),
	SLN("sln44", 44100),
	SLN("sln48", 48000),
	SLN("sln96", 96000),
	SLN("sln192", 192000),
	{ .name = "gsm",
	  .extensions = "|gsm|",
	  .backend = SND,
	  .sndfile_format = SF_FORMAT_RAW | SF_FORMAT_GSM610,
	  .codec = "gsm",
	  .rate_hz = 8000,
	  .block_bytes = 33 },
	{ .name = "vox",
	  .extensions = "|vox|",
	  .backend = SND,
	  .sndfile_format = SF_FORMAT_RAW | SF_FORMAT_VOX_ADPCM,
	  .codec = "adpcm_vox",
	  .rate_hz = 8000,
	  .block_bytes = 1 },
	{ .name = "g722",
	  .extensions = "|g722|",
	  .backend = AV,
	  .demuxer = "g722",
	  .codec = "adpcm_g722",
	  .rate_hz = 16000,
	  .block_bytes = 1 },
	{ .name = "g729",
	  .extensions = "|g729|g729a|",
	  .backend = AV,
	  .demuxer = "g729",
	  .codec = "g729",
	  .rate_hz = 8000,
	  .block_bytes = 10 },
	{ .name = "g723",
	  .extensions = "|g723|g723_1|tco|rco|",
	  .backend = AV,
	  .demuxer = "g723_1",
	  .codec = "g723_1",
	  .rate_hz = 8000,
	  .block_bytes = 1 },
	G726("g726-32", "|g726|g726-32|", 4),
	G726("g726-40", "|g726-40|", 5),
	G726("g726-24", "|g726-24|", 3),
	G726("g726-16", "|g726-16|", 2),
	{ 0 },
};

const struct ut_raw_format *ut_raw_by_name(const char *name)
{
	for (const struct ut_raw_format *f = ut_raw_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct ut_raw_format *ut_raw_by_extension(const char *ext)
{
	char key[24];

	if (!ext[0] || strchr(ext, '|'))
		return NULL;
	snprintf(key, sizeof(key), "|%s|", ext);
	for (const struct ut_raw_format *f = ut_raw_formats; f->name; f++)
		if (strstr(f->extensions, key))
			return f;
	return NULL;
}

void ut_raw_names(char *buf, size_t cap)
{
	size_t at = 0;

	buf[0] = 0;
	for (const struct ut_raw_format *f = ut_raw_formats; f->name && at < cap; f++)
		at += (size_t)snprintf(buf + at, cap - at, "%s%s", at ? ", " : "", f->name);
}

enum ut_status ut_raw_check(const struct ut_raw_format *f, const struct ut_source *s,
			    struct ut_error *err)
{
	size_t frames = 0, marked = 0;

	if (s->size < (int64_t)f->block_bytes)
		return ut_fail(err, UT_EEMPTY,
			       "%lld bytes are less than one %s frame: copy the file again",
			       (long long)s->size, f->name);
	if (strcmp(f->name, "gsm") != 0)
		return UT_OK;
	/* GSM 06.10 frames in a file start with the nibble 0xD; nothing else does, every 33 bytes.
	 */
	for (size_t at = 0; at + 33 <= s->head_n; at += 33, frames++)
		marked += s->head[at] >> 4 == 0xD;
	if (marked * 10 < frames * 9)
		return ut_fail(err, UT_EFORMAT,
			       "named .gsm, but only %zu of its first %zu frames carry the GSM "
			       "6.10 mark: pass --raw-format with what it really is",
			       marked, frames);
	return UT_OK;
}
