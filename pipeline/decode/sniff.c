/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sniff.c - what a file is by its first bytes, whatever it is called. */
#include <math.h>
#include <string.h>

#include "decode/backend.h"

enum what { TO_SNDFILE, TO_LIBAV, ENCRYPTED, ARCHIVE, NOT_AUDIO };

struct magic {
	unsigned at;       /* offset */
	const char *bytes; /* '?' of mask is any */
	unsigned n;
	enum what what;
	const char *name; /* as a person knows it */
};

#define M(at_, s, what_, name_)                                                                    \
	{                                                                                          \
		at_, s, sizeof(s) - 1, what_, name_                                                \
	}

static const struct magic table[] = {
	M(0, "RF64", TO_SNDFILE, "WAV"),
	M(0, "RIFX", TO_SNDFILE, "WAV"),
	M(0, "fLaC", TO_SNDFILE, "FLAC"),
	M(0, ".snd", TO_SNDFILE, "AU"),
	M(0, "caff", TO_SNDFILE, "CAF"),
	M(0, "NIST_1A", TO_SNDFILE, "NIST"),
	M(0, "Creative Voice File", TO_SNDFILE, "VOC"),
	M(0, "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", TO_SNDFILE, "W64"),
	M(0, "OggS", TO_LIBAV, "Ogg"),
	M(0, "#!AMR", TO_LIBAV, "AMR"),
	M(0, "#!iLBC", TO_LIBAV, "iLBC"),
	M(0, "\x1a\x45\xdf\xa3", TO_LIBAV, "Matroska"),
	M(4, "ftyp", TO_LIBAV, "MP4"),
	M(4, "moov", TO_LIBAV, "MP4"),
	M(4, "mdat", TO_LIBAV, "MP4"),
	M(0, "ID3", TO_LIBAV, "MP3"),
	M(0, "FLV\x01", TO_LIBAV, "FLV"),
	M(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", TO_LIBAV, "ASF"),
	M(0, "wvpk", TO_LIBAV, "WavPack"),
	M(0, "\x00\x00\x01\xba", TO_LIBAV, "MPEG"),

	M(0, "Salted__", ENCRYPTED, "OpenSSL (enc)"),
	M(0, "U2FsdGVkX1", ENCRYPTED, "OpenSSL (enc, base64)"),
	M(0, "age-encryption.org/", ENCRYPTED, "age"),
	M(0, "-----BEGIN AGE ENCRYPTED", ENCRYPTED, "age"),
	M(0, "-----BEGIN PGP MESSAGE", ENCRYPTED, "PGP"),
	M(0, "-----BEGIN PKCS7", ENCRYPTED, "PKCS #7"),
	M(0, "-----BEGIN CMS", ENCRYPTED, "CMS"),
	M(0, "LUKS\xba\xbe", ENCRYPTED, "LUKS"),
	M(0, "VIMCRYPT", ENCRYPTED, "VimCrypt"),
	M(0, "AES\x02", ENCRYPTED, "AES Crypt"),

	M(0, "PK\x03\x04", ARCHIVE, "a ZIP archive"),
	M(0, "7z\xbc\xaf\x27\x1c", ARCHIVE, "a 7-Zip archive"),
	M(0, "Rar!\x1a\x07", ARCHIVE, "a RAR archive"),
	M(0, "\x1f\x8b", ARCHIVE, "gzip data"),
	M(0, "BZh", ARCHIVE, "bzip2 data"),
	M(0,
	  "\xfd"
	  "7zXZ",
	  ARCHIVE, "xz data"),
	M(0, "\x28\xb5\x2f\xfd", ARCHIVE, "zstd data"),
	M(257, "ustar", ARCHIVE, "a tar archive"),

	M(0, "%PDF-", NOT_AUDIO, "a PDF document"),
	M(0, "\x89PNG\r\n", NOT_AUDIO, "a PNG image"),
	M(0, "\xff\xd8\xff", NOT_AUDIO, "a JPEG image"),
	M(0, "GIF8", NOT_AUDIO, "a GIF image"),
	M(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NOT_AUDIO, "an old Office document"),
	M(0,
	  "\x7f"
	  "ELF",
	  NOT_AUDIO, "a program"),
	M(0, "SQLite format 3", NOT_AUDIO, "an SQLite database"),
	M(0, "\xd4\xc3\xb2\xa1", NOT_AUDIO, "a network capture (pcap)"),
	M(0, "\xa1\xb2\xc3\xd4", NOT_AUDIO, "a network capture (pcap)"),
	M(0, "\x0a\x0d\x0d\x0a", NOT_AUDIO, "a network capture (pcapng)"),
	M(0, "<?xml", NOT_AUDIO, "an XML document"),
	M(0, "<!DOCTYPE", NOT_AUDIO, "a web page"),
	M(0, "<html", NOT_AUDIO, "a web page"),
	M(0, "#EXTM3U", NOT_AUDIO, "a play list, without the audio"),
};

static bool at_is(const struct ut_source *s, size_t at, const char *bytes, size_t n)
{
	return s->head_n >= at + n && memcmp(s->head + at, bytes, n) == 0;
}

/* Bytes of the MPEG audio frame whose header is h; 0 where it is none (ISO 11172-3, 2.4.2.3). */
static unsigned mpeg_frame(const unsigned char *h, unsigned *kind)
{
	static const unsigned short kbps[2][3][15] = {
		{ { 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448 },
		  { 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384 },
		  { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 } },
		{ { 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256 },
		  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },
		  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 } },
	};
	static const unsigned rates[3] = { 44100, 48000, 32000 };
	unsigned version = h[1] >> 3 & 3, layer = 4 - (h[1] >> 1 & 3), br = h[2] >> 4;
	unsigned sr = h[2] >> 2 & 3, pad = h[2] >> 1 & 1, lsf = version != 3, hz;

	if (h[0] != 0xff || (h[1] & 0xe0) != 0xe0 || version == 1 || layer == 4 || br == 0 ||
	    br == 15 || sr == 3)
		return 0;
	hz = rates[sr] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	*kind = version << 8 | layer << 4 | sr;
	br = kbps[lsf][layer - 1][br] * 1000;
	if (layer == 1)
		return (12 * br / hz + pad) * 4;
	return (layer == 3 && lsf ? 72 : 144) * br / hz + pad;
}

/* A chain of equal MPEG frames: eight in a row cannot come about in mu-law silence or noise, which
 * libav's own probe now and then takes for MP3. */
static bool is_mpeg_audio(const struct ut_source *s)
{
	size_t at = 0;
	unsigned kind, first = 0, n = 0, len;

	while (n < 8) {
		if (at + 4 > s->head_n)
			return n >= 2 && s->size < UT_SNIFF_BYTES; /* a clip of a few frames */
		len = mpeg_frame(s->head + at, &kind);
		if (len < 8 || (n && kind != first))
			return false;
		first = kind;
		at += len;
		n++;
	}
	return true;
}

/* A chain of ADTS frames (raw AAC). */
static bool is_adts(const struct ut_source *s)
{
	size_t at = 0;
	unsigned n = 0, len;

	while (n < 6) {
		const unsigned char *h = s->head + at;

		if (at + 7 > s->head_n)
			return n >= 2 && s->size < UT_SNIFF_BYTES;
		len = (unsigned)(h[3] & 3) << 11 | (unsigned)h[4] << 3 | h[5] >> 5;
		if (h[0] != 0xff || (h[1] & 0xf6) != 0xf0 || len < 7)
			return false;
		at += len;
		n++;
	}
	return true;
}

/* An OpenPGP message without armour starts with an encrypted session key (RFC 4880, 5.1, 5.3). */
static bool is_pgp(const struct ut_source *s)
{
	const unsigned char *h = s->head;

	if (s->head_n < 16)
		return false;
	if (h[0] == 0x85 && h[3] == 3 && (h[12] >= 1 && h[12] <= 22))
		return true; /* old format, two-byte length, version 3 public-key session key */
	if (h[0] == 0x84 && h[2] == 3 && (h[11] >= 1 && h[11] <= 22))
		return true;
	if (h[0] == 0xc1 && h[1] < 192 && h[2] == 3 && (h[11] >= 1 && h[11] <= 22))
		return true; /* new format */
	if (h[0] == 0xc1 && h[1] >= 192 && h[1] < 224 && h[3] == 3)
		return true;
	/* symmetric session key, version 4, a known cipher, salted or iterated */
	return (h[0] == 0x8c || h[0] == 0xc3) && h[1] < 64 && h[2] == 4 && h[3] >= 1 &&
	       h[3] <= 13 && (h[4] == 0 || h[4] == 1 || h[4] == 3);
}

static bool is_text(const struct ut_source *s)
{
	size_t n = UT_MIN(s->head_n, (size_t)4096), odd = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = s->head[i];

		if (c == 0)
			return false;
		odd += c < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
		odd += c == 127;
	}
	/* UTF-8 text: the high bytes come as lead and continuation */
	for (size_t i = 0; i + 1 < n; i++)
		if (s->head[i] >= 0xc0 && (s->head[i + 1] & 0xc0) != 0x80)
			return false;
		else if (s->head[i] < 0x80 && (s->head[i + 1] & 0xc0) == 0x80)
			return false;
	return odd == 0;
}

static bool all_zero(const struct ut_source *s)
{
	for (size_t i = 0; i < s->head_n; i++)
		if (s->head[i])
			return false;
	return true;
}

/* Bits a byte; 8 is what encryption and good compression leave. */
static double entropy(const struct ut_source *s)
{
	size_t count[256] = { 0 };
	double h = 0;

	for (size_t i = 0; i < s->head_n; i++)
		count[s->head[i]]++;
	for (unsigned i = 0; i < 256; i++)
		if (count[i]) {
			double p = (double)count[i] / (double)s->head_n;

			h -= p * log2(p);
		}
	return h;
}

const char *ut_sniff_describe(const struct ut_source *s)
{
	if (all_zero(s))
		return "it starts with nothing but zero bytes, as a failed copy leaves them";
	if (is_text(s))
		return "it is text";
	if (s->head_n >= 4096 && entropy(s) > 7.9)
		return "its bytes look random: it may be encrypted or compressed";
	return "no known signature";
}

/* RIFF is a family: WAVE is ours, AVI is libav's, the rest is pictures and MIDI. */
static enum ut_sniff sniff_riff(const struct ut_source *s, struct ut_error *err)
{
	if (at_is(s, 8, "WAVE", 4))
		return UT_SNIFF_SNDFILE;
	if (at_is(s, 8, "AVI ", 4))
		return UT_SNIFF_LIBAV;
	if (s->head_n < 12)
		ut_fail(err, UT_EFORMAT,
			"only %zu bytes of a RIFF (WAV) header: the copy was cut short, copy it "
			"again",
			s->head_n);
	else
		ut_fail(err, UT_ENOAUDIO, "a RIFF file of type '%.4s', not a recording",
			(const char *)s->head + 8);
	return UT_SNIFF_REFUSE;
}

/* Signatures of four printable bytes or two bytes can turn up in headerless speech too. A name that
 * says so (.ulaw) wins over a signature as short as gzip's; longer ones win over the name. */
static bool too_short_for_raw(const struct magic *m, const struct ut_source *s)
{
	return m->n < 4 && ut_raw_by_extension(s->ext) && m->what != TO_LIBAV;
}

enum ut_sniff ut_sniff(const struct ut_source *s, struct ut_error *err)
{
	if (at_is(s, 0, "RIFF", 4))
		return sniff_riff(s, err);
	if (at_is(s, 0, "FORM", 4) && (at_is(s, 8, "AIFF", 4) || at_is(s, 8, "AIFC", 4)))
		return UT_SNIFF_SNDFILE;
	for (const struct magic *m = table; m < table + UT_ARRAY_LEN(table); m++) {
		if (!at_is(s, m->at, m->bytes, m->n) || too_short_for_raw(m, s))
			continue;
		switch (m->what) {
		case TO_SNDFILE:
			return UT_SNIFF_SNDFILE;
		case TO_LIBAV:
			return UT_SNIFF_LIBAV;
		case ENCRYPTED:
			ut_fail(err, UT_EENCRYPTED,
				"encrypted with %s: decrypt it first and pass the result", m->name);
			return UT_SNIFF_REFUSE;
		case ARCHIVE:
			if (m->bytes[0] == 'P' && s->head_n > 6 && s->head[6] & 1)
				ut_fail(err, UT_EENCRYPTED,
					"an encrypted ZIP archive: unpack it with its password and "
					"pass the recordings inside");
			else
				ut_fail(err, UT_EFORMAT,
					"%s, not a recording: unpack it and pass what is inside",
					m->name);
			return UT_SNIFF_REFUSE;
		case NOT_AUDIO:
			ut_fail(err, UT_ENOAUDIO, "%s, not a recording: leave it out of the list",
				m->name);
			return UT_SNIFF_REFUSE;
		}
	}
	if (is_mpeg_audio(s) || is_adts(s))
		return UT_SNIFF_LIBAV;
	if (is_pgp(s) && !ut_raw_by_extension(s->ext)) {
		ut_fail(err, UT_EENCRYPTED,
			"encrypted with PGP: decrypt it first (gpg --decrypt) "
			"and pass the result");
		return UT_SNIFF_REFUSE;
	}
	if (is_text(s) && !ut_raw_by_extension(s->ext)) {
		ut_fail(err, UT_ENOAUDIO, "a text file, not a recording: leave it out of the list");
		return UT_SNIFF_REFUSE;
	}
	return UT_SNIFF_UNKNOWN;
}

static uint32_t u32(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		   : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Walks IFF-like chunks to the one called id; its body's offset and claimed size. */
static bool find_chunk(struct ut_source *s, const char *id, bool big, int64_t *body, uint32_t *size)
{
	unsigned char h[8];
	int64_t at = 12;

	for (unsigned n = 0; n < 1000; n++) {
		if (ut_source_read(s, at, h, 8) != 8)
			return false;
		*size = u32(h + 4, big);
		*body = at + 8;
		if (memcmp(h, id, 4) == 0)
			return true;
		at = *body + *size + (*size & 1);
	}
	return false;
}

/* Is there another chunk at this place, whole? Then an audio chunk of length 0 before it is meant.
 */
static bool chunk_follows(struct ut_source *s, int64_t at)
{
	unsigned char h[8];

	if (ut_source_read(s, at, h, 8) != 8)
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (h[i] < ' ' || h[i] > 'z')
			return false;
	return at + 8 + u32(h + 4, false) <= s->size;
}

bool ut_header_read(struct ut_source *s, struct ut_header *ret)
{
	bool big = at_is(s, 0, "RIFX", 4) || at_is(s, 0, "FORM", 4);
	bool riff = at_is(s, 0, "RIFF", 4), rf64 = at_is(s, 0, "RF64", 4);
	int64_t body;
	uint32_t size;

	if (at_is(s, 0, ".snd", 4)) {
		if (s->head_n < 12)
			return false;
		body = u32(s->head + 4, true);
		size = u32(s->head + 8, true);
	} else if (!riff && !rf64 && !big) {
		return false;
	} else if (!find_chunk(s, at_is(s, 0, "FORM", 4) ? "SSND" : "data", big, &body, &size)) {
		return false;
	}
	*ret = (struct ut_header){ .claimed = size, .there = UT_MAX(s->size - body, 0) };
	if (rf64 && size == UINT32_MAX && at_is(s, 12, "ds64", 4) && s->head_n >= 36)
		ret->claimed = (int64_t)UT_MIN((uint64_t)u32(s->head + 32, false) << 32 |
						   u32(s->head + 28, false),
					       (uint64_t)INT64_MAX);
	else if (size >= 0x7fff0000) /* a recorder that never came back to write the length */
		ret->claimed = 0;
	if (riff && size == 0 && ret->there > 0 && !chunk_follows(s, body))
		ret->size_at = body - 4;
	return true;
}
