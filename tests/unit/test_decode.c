/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoders on files built here, byte by byte: no tool is needed. tests/contract has the matrix
 * of codecs. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decode/decode.h"
#include "tap.h"

struct bytes {
	unsigned char v[200000];
	size_t n;
};

static void add(struct bytes *b, const void *p, size_t n)
{
	memcpy(b->v + b->n, p, n);
	b->n += n;
}

static void add_le(struct bytes *b, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		b->v[b->n++] = (unsigned char)(v >> 8 * i);
}

/* A WAV header; tag 1 PCM, 3 float, 6 A-law, 7 mu-law. */
static void add_wav(struct bytes *b, unsigned tag, unsigned n_ch, unsigned hz, unsigned bits,
		    uint32_t data)
{
	add(b, "RIFF", 4);
	add_le(b, data + 36, 4);
	add(b, "WAVEfmt ", 8);
	add_le(b, 16, 4);
	add_le(b, tag, 2);
	add_le(b, n_ch, 2);
	add_le(b, hz, 4);
	add_le(b, (uint64_t)hz * n_ch * bits / 8, 4);
	add_le(b, n_ch * bits / 8, 2);
	add_le(b, bits, 2);
	add(b, "data", 4);
	add_le(b, data, 4);
}

static int16_t ramp(size_t i)
{
	return (int16_t)((i * 37) % 4001 - 2000);
}

static void add_pcm(struct bytes *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_le(b, (uint16_t)ramp(i), 2);
}

static int fd_of(const struct bytes *b)
{
	int fd = memfd_create("decode", MFD_CLOEXEC);
	size_t at = 0;

	while (fd >= 0 && at < b->n) {
		ssize_t k = write(fd, b->v + at, b->n - at);

		if (k <= 0)
			break;
		at += (size_t)k;
	}
	return fd;
}

struct got {
	enum ut_status open, read;
	struct ut_error err;
	struct ut_decode_info info;
	int64_t n;
	bool partial, in_order, in_range;
	char why[256];
	float first[4], last; /* of channel 0 */
};

static struct got decode(const struct bytes *b, const char *name, const struct ut_decode_opts *o)
{
	struct got g = { .in_order = true, .in_range = true };
	struct ut_decoder *d = NULL;
	struct ut_block blk;
	const char *why;
	int fd = fd_of(b);

	lseek(fd, 3, SEEK_SET);
	g.open = ut_decoder_open(fd, name, o, &d, &g.err);
	if (g.open == UT_OK) {
		g.info = *ut_decoder_info(d);
		while ((g.read = ut_decoder_read(d, &blk, &g.err)) == UT_OK && blk.n) {
			g.in_order &= blk.pos == g.n && blk.n <= UT_DECODE_BLOCK;
			for (unsigned c = 0; c < blk.n_ch; c++)
				for (size_t i = 0; i < blk.n; i++)
					g.in_range &= blk.ch[c][i] >= -1 && blk.ch[c][i] <= 1;
			for (size_t i = 0; i < 4 && g.n == 0 && i < blk.n; i++)
				g.first[i] = blk.ch[0][i];
			g.last = blk.ch[0][blk.n - 1];
			g.n += (int64_t)blk.n;
		}
		g.partial = ut_decoder_partial(d, &why);
		snprintf(g.why, sizeof(g.why), "%s", why);
	}
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3); /* the caller's position stays */
	ut_decoder_destroy(&d);
	CHECK(d == NULL);
	close(fd);
	return g;
}

/* What a WAV header says and what is there. */
static void test_wav_lengths(void)
{
	static const struct row {
		const char *name;
		uint32_t claimed;
		size_t there; /* samples of 16 bit mono */
		enum ut_status want;
		int64_t n;
		bool partial;
	} rows[] = {
		{ "as claimed", 16000, 8000, UT_OK, 8000, false },
		{ "one block and one sample", 2 * 4097, 4097, UT_OK, 4097, false },
		{ "one sample", 2, 1, UT_OK, 1, false },
		{ "cut to half", 16000, 4000, UT_OK, 4000, true },
		{ "cut by ten samples", 16000, 7990, UT_OK, 7990, true },
		{ "a recorder that never closed: 0", 0, 5000, UT_OK, 5000, false },
		{ "streamed: 0xffffffff", 0xffffffff, 5000, UT_OK, 5000, false },
		{ "streamed: 0x7fffffff", 0x7fffffff, 5000, UT_OK, 5000, false },
		{ "streamed: 0x7ffff000", 0x7ffff000, 5000, UT_OK, 5000, false },
		{ "header alone", 16000, 0, UT_EEMPTY, 0, false },
		{ "header alone, no length", 0, 0, UT_EEMPTY, 0, false },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		static struct bytes b;
		struct got g;

		tap_row(r->name);
		b.n = 0;
		add_wav(&b, 1, 1, 8000, 16, r->claimed);
		add_pcm(&b, r->there);
		g = decode(&b, "a.wav", NULL);
		CHECK_EQ(g.open, r->want);
		CHECK_EQ(g.n, r->n);
		CHECK_EQ(g.partial, r->partial);
		CHECK(g.in_order);
		if (r->want == UT_OK) {
			CHECK_EQ(g.info.rate_hz, 8000);
			CHECK_STR(g.info.codec, "pcm_s16");
			CHECK_NEAR(g.first[0], ramp(0) / 32768.0, 1e-9);
			CHECK_NEAR(g.last, ramp((size_t)g.n - 1) / 32768.0, 1e-9);
		} else {
			CHECK(strlen(g.err.msg) > 20);
		}
		tap_end();
	}
}

static void test_floats(void)
{
	static const uint32_t bits[] = { 0x7fc00000 /* NaN */,  0x7f800000 /* inf */,
					 0xff800000 /* -inf */, 0x3f000000 /* 0.5 */,
					 0x40000000 /* 2 */,    0xc0a00000 /* -5 */ };
	static struct bytes b;
	struct got g;

	tap_row("NaN and infinities become 0, what is too loud is clipped");
	b.n = 0;
	add_wav(&b, 3, 1, 16000, 32, sizeof(bits));
	for (size_t i = 0; i < UT_ARRAY_LEN(bits); i++)
		add_le(&b, bits[i], 4);
	g = decode(&b, "a.wav", NULL);
	CHECK_EQ(g.n, 6);
	CHECK(g.in_range);
	CHECK_NEAR(g.first[0], 0, 0);
	CHECK_NEAR(g.first[1], 0, 0);
	CHECK_NEAR(g.first[3], 0.5, 0);
	CHECK_NEAR(g.last, -1, 0);
	tap_end();
}

/* Files that are no recording, or not a readable one: the code, and words that must be in the
 * message. */
static void test_refusals(void)
{
	static const struct row {
		const char *name, *file, *head;
		size_t head_n, pad; /* pad: pseudo-random bytes after it */
		enum ut_status want;
		const char *says;
	} rows[] = {
#define H(s) s, sizeof(s) - 1
		{ "empty", "a.wav", H(""), 0, UT_EEMPTY, "0 bytes" },
		{ "OpenSSL", "a.wav", H("Salted__"), 9000, UT_EENCRYPTED, "decrypt" },
		{ "age", "a.mp3", H("age-encryption.org/v1\n-> X"), 9000, UT_EENCRYPTED, "age" },
		{ "PGP armour", "a.wav", H("-----BEGIN PGP MESSAGE-----\n"), 99, UT_EENCRYPTED,
		  "PGP" },
		{ "PGP public key", "a.wav",
		  H("\x85\x01\x0c\x03"
		    "12345678"
		    "\x01\x07\xff"),
		  9000, UT_EENCRYPTED, "PGP" },
		{ "PGP symmetric", "a.wav",
		  H("\x8c\x0d\x04\x09\x03\x02"
		    "1234567890"),
		  9000, UT_EENCRYPTED, "PGP" },
		{ "encrypted ZIP", "a.wav", H("PK\x03\x04\x14\x00\x01\x00"), 900, UT_EENCRYPTED,
		  "password" },
		{ "plain ZIP", "a.wav", H("PK\x03\x04\x14\x00\x00\x00"), 900, UT_EFORMAT,
		  "unpack" },
		{ "gzip", "a.wav.gz", H("\x1f\x8b\x08\x00"), 900, UT_EFORMAT, "unpack" },
		{ "PDF", "a.wav", H("%PDF-1.7\n"), 900, UT_ENOAUDIO, "PDF" },
		{ "PNG", "a.wav", H("\x89PNG\r\n\x1a\n"), 900, UT_ENOAUDIO, "PNG" },
		{ "JPEG", "a.mp3", H("\xff\xd8\xff\xe0"), 900, UT_ENOAUDIO, "JPEG" },
		{ "text", "a.wav", H("call 1: customer was angry\n"), 0, UT_ENOAUDIO, "text" },
		{ "Hebrew text", "a.wav", H("טוב, הבנתי\n"), 0, UT_ENOAUDIO, "text" },
		{ "web page", "a.wav", H("<!DOCTYPE html><html>"), 0, UT_ENOAUDIO, "web page" },
		{ "play list", "a.m3u8", H("#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n"), 0,
		  UT_ENOAUDIO, "play list" },
		{ "concat script", "a.wav", H("ffconcat version 1.0\nfile /etc/passwd\n"), 0,
		  UT_ENOAUDIO, "text" },
		{ "DRM header of ASF", "a.wma",
		  H("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"), 900,
		  UT_EFORMAT, "" },
		{ "MP4 without index", "a.m4a",
		  H("\0\0\0\x18"
		    "ftypM4A \0\0\0\0M4A isom"
		    "\0\0\x10\0mdat"),
		  4088, UT_EFORMAT, "moov" },
		{ "RIFF of 8 bytes", "a.wav", H("RIFF\x24\0\0\0"), 0, UT_EFORMAT, "cut short" },
		{ "WAV header cut", "a.wav", H("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0"), 0,
		  UT_EFORMAT, "" },
		{ "random", "a.wav", H(""), 70000, UT_EFORMAT, "random" },
		{ "zeros", "a.wav", H("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 0, UT_EFORMAT,
		  "zero" },
		{ "no frame of .g729", "a.g729", H("abcde"), 0, UT_EEMPTY, "frame" },
		{ "not GSM", "a.gsm", H("\x12"), 3000, UT_EFORMAT, "--raw-format" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		static struct bytes b;
		struct got g;
		uint32_t seed = 7;

		tap_row(r->name);
		b.n = 0;
		add(&b, r->head, r->head_n);
		for (size_t i = 0; i < r->pad; i++) {
			seed = seed * 1664525u + 1013904223u;
			b.v[b.n++] = (unsigned char)(seed >> 24);
		}
		g = decode(&b, r->file, NULL);
		CHECK_STR(ut_status_name(g.open), ut_status_name(r->want));
		if (!strstr(g.err.msg, r->says))
			CHECK_STR(g.err.msg, r->says);
		tap_end();
	}
}

/* Headerless formats: by extension, by option, and content before both. */
static void test_raw(void)
{
	static const struct row {
		const char *name, *file;
		struct ut_decode_opts o;
		bool wav; /* the bytes are a WAV */
		size_t n_bytes;
		enum ut_status want;
		const char *container, *codec;
		unsigned rate, n_ch;
		int64_t n;
		bool partial;
	} rows[] = {
		{ "mu-law by extension",
		  "A.ULAW",
		  { 0 },
		  false,
		  8000,
		  UT_OK,
		  "raw",
		  "pcm_mulaw",
		  8000,
		  1,
		  8000,
		  false },
		{ "A-law",
		  "in/x.y/a.al",
		  { 0 },
		  false,
		  800,
		  UT_OK,
		  "raw",
		  "pcm_alaw",
		  8000,
		  1,
		  800,
		  false },
		{ "sln16",
		  "a.sln16",
		  { 0 },
		  false,
		  3200,
		  UT_OK,
		  "raw",
		  "pcm_s16",
		  16000,
		  1,
		  1600,
		  false },
		{ "sln, half a sample over",
		  "a.sln",
		  { 0 },
		  false,
		  1601,
		  UT_OK,
		  "raw",
		  "pcm_s16",
		  8000,
		  1,
		  800,
		  true },
		{ "vox",
		  "a.vox",
		  { 0 },
		  false,
		  800,
		  UT_OK,
		  "raw",
		  "adpcm_vox",
		  8000,
		  1,
		  1600,
		  false },
		{ "g722",
		  "a.g722",
		  { 0 },
		  false,
		  1600,
		  UT_OK,
		  "raw",
		  "adpcm_g722",
		  16000,
		  1,
		  3200,
		  false },
		{ "g726-32",
		  "a.g726-32",
		  { 0 },
		  false,
		  800,
		  UT_OK,
		  "raw",
		  "adpcm_g726",
		  8000,
		  1,
		  1600,
		  false },
		{ "g726-16",
		  "a.g726-16",
		  { 0 },
		  false,
		  800,
		  UT_OK,
		  "raw",
		  "adpcm_g726",
		  8000,
		  1,
		  3200,
		  false },
		{ "option over extension",
		  "a.al",
		  { .raw_format = "ulaw" },
		  false,
		  800,
		  UT_OK,
		  "raw",
		  "pcm_mulaw",
		  8000,
		  1,
		  800,
		  false },
		{ "option, stereo, rate",
		  "a.bin",
		  { .raw_format = "sln", .raw_rate_hz = 11025, .raw_channels = 2 },
		  false,
		  4000,
		  UT_OK,
		  "raw",
		  "pcm_s16",
		  11025,
		  2,
		  1000,
		  false },
		{ "option over content",
		  "a.wav",
		  { .raw_format = "ulaw" },
		  true,
		  156,
		  UT_OK,
		  "raw",
		  "pcm_mulaw",
		  8000,
		  1,
		  200,
		  false },
		{ "content over extension",
		  "a.ulaw",
		  { 0 },
		  true,
		  800,
		  UT_OK,
		  "wav",
		  "pcm_s16",
		  8000,
		  1,
		  400,
		  false },
		{ "unknown option",
		  "a.wav",
		  { .raw_format = "mp3" },
		  false,
		  800,
		  UT_EINVAL,
		  NULL,
		  NULL,
		  0,
		  0,
		  0,
		  false },
		{ "ambiguous .raw",
		  "a.raw",
		  { 0 },
		  false,
		  8000,
		  UT_EFORMAT,
		  NULL,
		  NULL,
		  0,
		  0,
		  0,
		  false },
		{ "stereo GSM",
		  "a.gsm",
		  { .raw_format = "gsm", .raw_channels = 2 },
		  false,
		  660,
		  UT_EINVAL,
		  NULL,
		  NULL,
		  0,
		  0,
		  0,
		  false },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		static struct bytes b;
		struct got g;

		tap_row(r->name);
		b.n = 0;
		if (r->wav)
			add_wav(&b, 1, 1, 8000, 16, (uint32_t)r->n_bytes);
		for (size_t i = 0; i < r->n_bytes; i++)
			b.v[b.n++] = (unsigned char)(0x78 + i * 5 % 31);
		g = decode(&b, r->file, &r->o);
		CHECK_STR(ut_status_name(g.open), ut_status_name(r->want));
		if (r->want == UT_OK && g.open == UT_OK) {
			CHECK_STR(g.info.container, r->container);
			CHECK_STR(g.info.codec, r->codec);
			CHECK_EQ(g.info.rate_hz, r->rate);
			CHECK_EQ(g.info.n_ch, r->n_ch);
			CHECK_EQ(g.n, r->n);
			CHECK_EQ(g.partial, r->partial);
		}
		tap_end();
	}
}

/* mu-law silence is 0xff, which looks like an MPEG sync word over and over. */
static void test_false_sync(void)
{
	static const unsigned char fill[] = { 0xff, 0xfb, 0xfa, 0xfd, 0xf3 };

	for (size_t k = 0; k < sizeof(fill); k++) {
		static struct bytes b;
		struct got g;
		char name[64];

		snprintf(name, sizeof(name), "mu-law speech pauses of 0x%02x are no MP3", fill[k]);
		tap_row(name);
		b.n = 0;
		for (size_t i = 0; i < 60000; i++)
			b.v[b.n++] =
			    i % 997 < 900 ? (i & 1 ? fill[k] : 0xff) : (unsigned char)(i * 7);
		g = decode(&b, "a.ulaw", NULL);
		CHECK_EQ(g.open, UT_OK);
		CHECK_STR(g.info.codec, "pcm_mulaw");
		CHECK_EQ(g.n, 60000);
		tap_end();
	}
}

static uint16_t crc(const unsigned char *p, size_t n, unsigned bits, unsigned poly)
{
	unsigned c = 0;

	for (size_t i = 0; i < n; i++) {
		c ^= (unsigned)p[i] << (bits - 8);
		for (int k = 0; k < 8; k++)
			c = c >> (bits - 1) & 1 ? c << 1 ^ poly : c << 1;
	}
	return (uint16_t)(c & ((1u << bits) - 1));
}

/* FLAC of constant blocks, each 65,535 samples of silence in 11 to 15 bytes and 3 a channel. */
static void add_flac_bomb(struct bytes *b, unsigned rate_hz, unsigned n_ch, size_t size)
{
	static const unsigned rates[] = { 0,     88200, 176400, 192000, 8000,  16000,
					  22050, 24000, 32000,  44100,  48000, 96000 };
	unsigned char head[26] = { 'f', 'L', 'a', 'C', 0x80, 0, 0, 34, 0xff, 0xff, 0xff, 0xff };
	unsigned code = 1;

	while (rates[code] != rate_hz)
		code++;
	head[18] = (unsigned char)(rate_hz >> 12);
	head[19] = (unsigned char)(rate_hz >> 4);
	head[20] = (unsigned char)(rate_hz << 4 | (n_ch - 1) << 1);
	head[21] = 0xf0; /* 16 bits */
	add(b, head, sizeof(head));
	memset(b->v + b->n, 0, 16);
	b->n += 16;
	for (unsigned i = 0; b->n < size; i++) {
		size_t from = b->n;

		add(b, "\xff\xf8", 2);
		b->v[b->n++] = (unsigned char)(0x70 | code);
		b->v[b->n++] = (unsigned char)((n_ch - 1) << 4 | 8);
		if (i < 0x80) {
			b->v[b->n++] = (unsigned char)i;
		} else if (i < 0x800) {
			b->v[b->n++] = (unsigned char)(0xc0 | i >> 6);
			b->v[b->n++] = (unsigned char)(0x80 | (i & 0x3f));
		} else {
			b->v[b->n++] = (unsigned char)(0xe0 | i >> 12);
			b->v[b->n++] = (unsigned char)(0x80 | (i >> 6 & 0x3f));
			b->v[b->n++] = (unsigned char)(0x80 | (i & 0x3f));
		}
		add(b, "\xff\xfe", 2);
		b->v[b->n] = (unsigned char)crc(b->v + from, b->n - from, 8, 0x07);
		b->n++;
		memset(b->v + b->n, 0, 3 * n_ch);
		b->n += 3 * n_ch;
		{
			uint16_t c = crc(b->v + from, b->n - from, 16, 0x8005);

			b->v[b->n++] = (unsigned char)(c >> 8);
			b->v[b->n++] = (unsigned char)c;
		}
	}
}

/* The cost of a bomb, counted as what is decoded of it before it is refused: what is measured goes
 * by the second of each channel, what is resampled by the sample. */
static void test_bomb(void)
{
	static const struct row {
		unsigned rate_hz, n_ch;
		bool dense; /* 40 kB hold more than the limit */
	} rows[] = {
		{ 8000, 1, true }, { 8000, 8, true }, { 192000, 8, true }, { 192000, 1, false }
	};
	static struct bytes b;
	struct got g;

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		char name[96];
		double most;

		snprintf(name, sizeof(name), "40 kB of %u channels at %u Hz that decode to hours",
			 r->n_ch, r->rate_hz);
		tap_row(name);
		b.n = 0;
		add_flac_bomb(&b, r->rate_hz, r->n_ch, 40000);
		g = decode(&b, "bomb.flac", NULL);
		most = 600 + 0.04 * (double)b.n; /* 37 min */
		CHECK_EQ(g.open, UT_OK);
		CHECK_EQ(g.read, r->dense ? UT_ELIMIT : UT_OK);
		if (r->dense)
			CHECK(strstr(g.err.msg, "bytes that decode to more than") != NULL);
		CHECK(g.n > 60 * r->rate_hz);
		CHECK((double)g.n <= most * r->rate_hz);
		CHECK((double)g.n * r->n_ch <= 2 * most * r->rate_hz);
		CHECK((double)g.n * r->n_ch <= 96000 * most);
		tap_end();
	}

	tap_row("eight minutes of silence in 1 kB are none");
	b.n = 0;
	add_flac_bomb(&b, 8000, 1, 900);
	g = decode(&b, "quiet.flac", NULL);
	CHECK_EQ(g.read, UT_OK);
	CHECK(g.n > 480 * 8000);
	tap_end();
}

static void test_limits(void)
{
	static struct bytes b;
	struct ut_decode_opts o = { .max_duration_s = 2 };
	struct got g;

	tap_row("longer than the limit");
	b.n = 0;
	add_wav(&b, 7, 1, 8000, 8, 24000);
	memset(b.v + b.n, 0x55, 24000);
	b.n += 24000;
	g = decode(&b, "a.wav", &o);
	CHECK_EQ(g.open, UT_OK);
	CHECK_EQ(g.read, UT_ELIMIT);
	CHECK(strstr(g.err.msg, "limit") != NULL);
	CHECK(g.n <= 16000);
	tap_end();

	tap_row("just the limit");
	o.max_duration_s = 3;
	g = decode(&b, "a.wav", &o);
	CHECK_EQ(g.read, UT_OK);
	CHECK_EQ(g.n, 24000);
	tap_end();

	tap_row("nine channels");
	b.n = 0;
	add_wav(&b, 1, 9, 8000, 16, 1800);
	add_pcm(&b, 900);
	g = decode(&b, "a.wav", NULL);
	CHECK_EQ(g.open, UT_EUNSUPPORTED);
	tap_end();

	tap_row("a rate of 100 Hz");
	b.n = 0;
	add_wav(&b, 1, 1, 100, 16, 1800);
	add_pcm(&b, 900);
	g = decode(&b, "a.wav", NULL);
	CHECK_EQ(g.open, UT_EUNSUPPORTED);
	tap_end();
}

static void test_seek(void)
{
	static const int64_t to[] = { 0, 1, 4095, 4096, 4097, 9999, 7 };
	static struct bytes b;
	struct ut_decoder *d = NULL;
	struct ut_block blk;
	int fd;

	tap_row("seek is exact, back and forth, and past the end");
	b.n = 0;
	add_wav(&b, 1, 1, 8000, 16, 20000);
	add_pcm(&b, 10000);
	fd = fd_of(&b);
	CHECK_EQ(ut_decoder_open(fd, "a.wav", NULL, &d, NULL), UT_OK);
	for (size_t k = 0; d && k < UT_ARRAY_LEN(to); k++) {
		CHECK_EQ(ut_decoder_seek(d, to[k], NULL), UT_OK);
		CHECK_EQ(ut_decoder_read(d, &blk, NULL), UT_OK);
		CHECK_EQ(blk.pos, to[k]);
		CHECK(blk.n > 0);
		CHECK_NEAR(blk.ch[0][0], ramp((size_t)to[k]) / 32768.0, 1e-9);
	}
	CHECK_EQ(ut_decoder_seek(d, 50000, NULL), UT_OK);
	CHECK_EQ(ut_decoder_read(d, &blk, NULL), UT_OK);
	CHECK_EQ(blk.n, 0);
	CHECK_EQ(ut_decoder_seek(d, -1, NULL), UT_EINVAL);
	CHECK(!ut_decoder_partial(d, NULL));
	ut_decoder_destroy(&d);
	close(fd);
	tap_end();
}

static void test_not_files(void)
{
	struct ut_decoder *d = NULL;
	struct ut_error err;
	int fd = open("/", O_RDONLY | O_DIRECTORY), pipes[2];

	tap_row("a folder and a pipe are refused");
	CHECK_EQ(ut_decoder_open(fd, "/", NULL, &d, &err), UT_EIO);
	CHECK(strstr(err.msg, "regular file") != NULL);
	close(fd);
	if (pipe(pipes) == 0) {
		CHECK_EQ(ut_decoder_open(pipes[0], "p", NULL, &d, &err), UT_EIO);
		close(pipes[0]);
		close(pipes[1]);
	}
	CHECK_EQ(ut_decoder_open(-1, "x", NULL, &d, &err), UT_EIO);
	CHECK(d == NULL);
	tap_end();
}

int main(void)
{
	ut_decode_global_init();
	test_wav_lengths();
	test_floats();
	test_refusals();
	test_raw();
	test_false_sync();
	test_limits();
	test_bomb();
	test_seek();
	test_not_files();
	return tap_done();
}
