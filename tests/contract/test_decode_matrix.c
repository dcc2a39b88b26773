/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the decoders give back of a known signal, codec by codec. Left has bursts of 440 Hz at 1.0
 * and 4.0 s, right one of 700 Hz at 2.5 s, each 0.3 s long with a peak of 0.25, over faint noise;
 * 6 s in all. Mono files hold the left channel. usage: test_decode_matrix [--make] DIR
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "decode/decode.h"
#include "tap.h"

enum { SECONDS = 6, MAX_S = 40, WIN_PER_S = 200 };
static const double burst_s = 0.3, peak = 0.25;

static double signal_at(unsigned ch, double t)
{
	static const double at[2][2] = { { 1.0, 4.0 }, { 2.5, -1 } };
	static uint32_t seed = 1;
	double x = 0;

	for (unsigned k = 0; k < 2; k++) {
		double u = t - at[ch][k];

		if (at[ch][k] >= 0 && u >= 0 && u < burst_s) {
			double edge = fmin(fmin(u, burst_s - u) / 0.005, 1);

			x += peak * edge * sin(2 * M_PI * (ch ? 700 : 440) * u);
		}
	}
	seed = seed * 1664525u + 1013904223u;
	return x + ((double)seed / 4294967296.0 - 0.5) * 1e-3;
}

static bool write_wav(const char *dir, const char *name, unsigned n_ch, unsigned hz)
{
	unsigned char h[44] = "RIFF....WAVEfmt \x10\0\0\0\1\0";
	uint32_t data = n_ch * hz * SECONDS * 2, v[] = { data + 36, hz, hz * n_ch * 2 };
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		h[4 + i] = (unsigned char)(v[0] >> 8 * i);
		h[24 + i] = (unsigned char)(v[1] >> 8 * i);
		h[28 + i] = (unsigned char)(v[2] >> 8 * i);
		h[40 + i] = (unsigned char)(data >> 8 * i);
	}
	h[22] = (unsigned char)n_ch;
	h[32] = (unsigned char)(n_ch * 2);
	h[34] = 16;
	memcpy(h + 36, "data", 4);
	fwrite(h, 1, sizeof(h), f);
	for (unsigned i = 0; i < hz * SECONDS; i++)
		for (unsigned c = 0; c < n_ch; c++) {
			int s = (int)lrint(32767 * signal_at(c, (double)i / hz));

			fputc(s & 255, f);
			fputc(s >> 8 & 255, f);
		}
	return fclose(f) == 0;
}

static int make(const char *dir)
{
	return write_wav(dir, "s8.wav", 2, 8000) && write_wav(dir, "s16.wav", 2, 16000) &&
		       write_wav(dir, "m8.wav", 1, 8000) && write_wav(dir, "m16.wav", 1, 16000)
		   ? 0
		   : 2;
}

struct got {
	enum ut_status st;
	struct ut_error err;
	struct ut_decode_info info;
	double seconds, onset[2][4]; /* s; of each burst found */
	unsigned n_onsets[2];
	double level[2]; /* in the middle of the first burst, as the peak of a sine */
	bool partial;
	char why[256];
};

static float win[2][MAX_S * WIN_PER_S];

static bool decode(const char *path, const struct ut_decode_opts *o, struct got *g)
{
	struct ut_decoder *d = NULL;
	struct ut_block b;
	const char *why;
	int fd = open(path, O_RDONLY);
	int64_t n = 0;

	memset(g, 0, sizeof(*g));
	if (fd < 0)
		return false;
	memset(win, 0, sizeof(win));
	g->st = ut_decoder_open(fd, path, o, &d, &g->err);
	if (g->st == UT_OK) {
		g->info = *ut_decoder_info(d);
		while ((g->st = ut_decoder_read(d, &b, &g->err)) == UT_OK && b.n) {
			for (unsigned c = 0; c < UT_MIN(b.n_ch, 2u); c++)
				for (size_t i = 0; i < b.n; i++) {
					size_t w = (size_t)(b.pos + (int64_t)i) * WIN_PER_S /
						   g->info.rate_hz;

					if (w < MAX_S * WIN_PER_S)
						win[c][w] += b.ch[c][i] * b.ch[c][i];
				}
			n = b.pos + (int64_t)b.n;
		}
		g->partial = ut_decoder_partial(d, &why);
		snprintf(g->why, sizeof(g->why), "%s", why);
		g->seconds = (double)n / g->info.rate_hz;
	}
	ut_decoder_destroy(&d);
	close(fd);
	for (unsigned c = 0; c < 2 && g->info.rate_hz; c++) {
		double per = (double)g->info.rate_hz / WIN_PER_S, half = peak * peak / 2 / 4;

		for (size_t w = 1; w < MAX_S * WIN_PER_S; w++) {
			double e = win[c][w] / per, before = win[c][w - 1] / per;

			if (e >= half && before < half && g->n_onsets[c] < 4 &&
			    (g->n_onsets[c] == 0 ||
			     (double)w / WIN_PER_S - g->onset[c][g->n_onsets[c] - 1] > 0.5))
				g->onset[c][g->n_onsets[c]++] = (double)w / WIN_PER_S;
		}
		for (size_t w = 0; w < 30 && g->n_onsets[c]; w++)
			g->level[c] +=
			    win[c][(size_t)(g->onset[c][0] * WIN_PER_S) + 20 + w] / per / 30;
		g->level[c] = sqrt(2 * g->level[c]);
	}
	return true;
}

/* Files that must come back whole. */
static const struct row {
	const char *file, *container, *codec;
	unsigned rate, n_ch;
	double shift_s;  /* by which the codec itself may move the signal (its algorithmic delay) */
	double level_db; /* tolerance */
	double from_s;   /* where the signal starts */
} rows[] = {
	{ "pcm.wav", "wav", "pcm_s16", 8000, 2, 0, 0.2, 0 },
	{ "u8.wav", "wav", "pcm_u8", 8000, 2, 0, 0.5, 0 },
	{ "s24.wav", "wav", "pcm_s24", 16000, 2, 0, 0.2, 0 },
	{ "f32.wav", "wav", "pcm_f32", 16000, 2, 0, 0.2, 0 },
	{ "mulaw.wav", "wav", "pcm_mulaw", 8000, 2, 0, 0.5, 0 },
	{ "alaw.wav", "wav", "pcm_alaw", 8000, 2, 0, 0.5, 0 },
	{ "ima.wav", "wav", "adpcm_ima", 8000, 2, 0, 1, 0 },
	{ "ms.wav", "wav", "adpcm_ms", 8000, 2, 0, 1, 0 },
	{ "g726.wav", "wav", "adpcm_g726", 8000, 1, 0, 1, 0 },
	{ "mp3in.wav", "wav", "mp3", 16000, 2, 0.075, 1, 0 },
	{ "gsm.wav", "wav", "gsm", 8000, 1, 0.02, 2, 0 },
	{ "rf64.wav", "rf64", "pcm_s16", 8000, 2, 0, 0.2, 0 },
	{ "w64.w64", "w64", "pcm_s16", 8000, 2, 0, 0.2, 0 },
	{ "aiff.aiff", "aiff", "pcm_s16", 8000, 2, 0, 0.2, 0 },
	{ "au.au", "au", "pcm_mulaw", 8000, 2, 0, 0.5, 0 },
	{ "caf.caf", "caf", "pcm_s16", 8000, 2, 0, 0.2, 0 },
	{ "flac.flac", "flac", "flac", 16000, 2, 0, 0.2, 0 },
	{ "flac.ogg", "ogg", "flac", 16000, 2, 0, 0.2, 0 },
	{ "vorbis.ogg", "ogg", "vorbis", 16000, 2, 0, 1, 0 },
	{ "opus.opus", "ogg", "opus", 48000, 2, 0, 1.5, 0 },
	{ "opus.webm", "matroska", "opus", 48000, 2, 0.005, 1.5, 0 },
	{ "opus.mka", "matroska", "opus", 48000, 2, 0.005, 1.5, 0 },
	{ "speex.spx", "ogg", "speex", 16000, 1, 0.03, 3, 0 },
	{ "cbr.mp3", "mp3", "mp3", 16000, 2, 0, 1, 0 },
	{ "vbr.mp3", "mp3", "mp3", 16000, 2, 0, 1, 0 },
	{ "noxing.mp3", "mp3", "mp3", 16000, 2, 0.075, 1, 0 }, /* no header tells the delay */
	{ "mp3_8k.mp3", "mp3", "mp3", 8000, 2, 0, 1.5, 0 },
	{ "renamed.wav", "mp3", "mp3", 16000, 2, 0, 1, 0 },
	{ "renamed.ulaw", "mp3", "mp3", 16000, 2, 0, 1, 0 },
	{ "aac.m4a", "mp4", "aac", 16000, 2, 0, 1, 0 },
	{ "aacfast.mp4", "mp4", "aac", 16000, 2, 0, 1, 0 },
	{ "aacfrag.mp4", "mp4", "aac", 16000, 2, 0.07, 1, 0 },
	{ "aac.aac", "aac", "aac", 16000, 2, 0.07, 1, 0 }, /* ADTS has no place for it */
	{ "aac.ts", "mpegts", "aac", 16000, 2, 0.07, 1, 0 },
	{ "aac.flv", "flv", "aac", 22050, 2, 0.07, 1, 0 },
	{ "alac.m4a", "mp4", "alac", 16000, 2, 0, 0.2, 0 },
	{ "wma.wma", "asf", "wmav2", 16000, 2, 0.1, 1.5, 0 },
	{ "wv.wv", "wv", "wavpack", 16000, 2, 0, 0.2, 0 },
	{ "mp2.mpg", "mpeg", "mp2", 16000, 2, 0.05, 1, 0 },
	{ "amrnb.amr", "amr", "amr_nb", 8000, 1, 0.015, 3, 0 },
	{ "amrnb.3gp", "mp4", "amr_nb", 8000, 1, 0.015, 3, 0 },
	{ "g723.g723", "raw", "g723_1", 8000, 1, 0.03, 3, 0 },
	{ "raw.ulaw", "raw", "pcm_mulaw", 8000, 1, 0, 0.5, 0 },
	{ "raw.al", "raw", "pcm_alaw", 8000, 1, 0, 0.5, 0 },
	{ "raw.sln", "raw", "pcm_s16", 8000, 1, 0, 0.2, 0 },
	{ "raw.sln16", "raw", "pcm_s16", 16000, 1, 0, 0.2, 0 },
	{ "raw.g722", "raw", "adpcm_g722", 16000, 1, 0.003, 1, 0 },
	{ "raw.g726-32", "raw", "adpcm_g726", 8000, 1, 0, 1, 0 },
	{ "raw.g726-24", "raw", "adpcm_g726", 8000, 1, 0, 1.5, 0 },
	{ "raw.gsm", "raw", "gsm", 8000, 1, 0.02, 2, 0 },
	{ "raw.vox", "raw", "adpcm_vox", 8000, 1, 0, 1.5, 0 },
	{ "video.mp4", "mp4", "aac", 16000, 2, 0.03, 1, 0 },
	{ "late.mkv", "matroska", "opus", 48000, 2, 0.03, 1.5, 1.5 },
	{ "hole.webm", "matroska", "opus", 48000, 2, 0.03, 1.5, 0 },
	{ "cover.mp3", "mp3", "mp3", 16000, 2, 0, 1, 0 },
};

static void check_bursts(const struct got *g, const struct row *r)
{
	static const double at[2][2] = { { 1.0, 4.0 }, { 2.5, 0 } };

	for (unsigned c = 0; c < r->n_ch; c++) {
		unsigned want = c ? 1 : 2;

		CHECK_EQ(g->n_onsets[c], want);
		for (unsigned k = 0; k < UT_MIN(want, g->n_onsets[c]); k++) {
			double late = g->onset[c][k] - at[c][k] - r->from_s;

			/* two windows of 5 ms for the edge itself */
			if (late < -0.011 || late > r->shift_s + 0.011)
				CHECK_NEAR(g->onset[c][k], at[c][k] + r->from_s, r->shift_s);
		}
		CHECK_NEAR(20 * log10(g->level[c] / peak), 0, r->level_db + 0.3);
	}
}

static void test_whole(const char *dir)
{
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct got g;
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, r->file);
		if (!decode(path, NULL, &g)) {
			tap_skip(r->file, "no encoder for it here");
			continue;
		}
		tap_row(r->file);
		CHECK_STR(g.st == UT_OK ? "" : g.err.msg, "");
		CHECK_STR(g.info.container, r->container);
		CHECK_STR(g.info.codec, r->codec);
		CHECK_EQ(g.info.rate_hz, r->rate);
		CHECK_EQ(g.info.n_ch, r->n_ch);
		CHECK_STR(g.why, "");
		CHECK_NEAR(g.seconds, SECONDS + r->from_s, r->shift_s + 0.13);
		if (g.st == UT_OK && g.info.n_ch == r->n_ch)
			check_bursts(&g, r);
		tap_end();
	}
}

/* Other things that must hold, and what becomes of damage. */
static void test_odd(const char *dir)
{
	static const struct odd {
		const char *file;
		enum ut_status want;
		const char *says; /* in the message or the reason */
		bool partial;
		unsigned n_ch, tracks;
		double min_s, max_s;
	} odds[] = {
		{ "raw.g729", UT_OK, "", false, 1, 1, 2.99, 3.01 },
		{ "nodata.awb", UT_OK, "", false, 1, 1, 5.9, 6.1 },
		{ "videoonly.mp4", UT_ENOAUDIO, "video", false, 0, 0, 0, 0 },
		{ "cenc.mp4", UT_EENCRYPTED, "DRM", false, 0, 0, 0, 0 },
		{ "tracks.mkv", UT_OK, "", false, 1, 2, 5.9, 6.1 },
		{ "rate.aac", UT_OK, "", false, 2, 1, 12, 12.4 },
		{ "chans.mp3", UT_OK, "channels changes from 2 to 1", true, 2, 1, 5.8, 6.2 },
		{ "chained.ogg", UT_OK, "", false, 2, 1, 11.9, 12.1 },
		{ "cut-pcm.wav", UT_OK, "cut short", true, 2, 1, 3.5, 3.7 },
		{ "cut-mulaw.wav", UT_OK, "cut short", true, 2, 1, 3.5, 3.7 },
		{ "cut-ima.wav", UT_OK, "cut short", true, 2, 1, 3.3, 3.7 },
		{ "cut-gsm.wav", UT_OK, "cut short", true, 1, 1, 3.3, 3.7 },
		{ "cut-au.au", UT_OK, "cut short", true, 2, 1, 3.5, 3.7 },
		{ "cut-aiff.aiff", UT_OK, "cut short", true, 2, 1, 3.5, 3.7 },
		{ "cut-flac.flac", UT_OK, "", true, 2, 1, 2, 5 },
		{ "cut-vorbis.ogg", UT_OK, "", true, 2, 1, 1, 5.5 },
		{ "cut-opus.opus", UT_OK, "", true, 2, 1, 1, 5.5 },
		{ "cut-opus.webm", UT_OK, "", true, 2, 1, 1, 5.5 },
		{ "cut-cbr.mp3", UT_OK, "cut short", true, 2, 1, 3.4, 3.8 },
		{ "cut-vbr.mp3", UT_OK, "cut short", true, 2, 1, 1, 5.5 },
		{ "cut-aac.m4a", UT_EFORMAT, "moov", false, 0, 0, 0, 0 },
		{ "cut-aacfast.mp4", UT_OK, "", true, 2, 1, 1, 5.5 },
		{ "cut-aacfrag.mp4", UT_OK, "", true, 2, 1, 0, 5.8 },
		{ "cut-aac.aac", UT_OK, "", true, 2, 1, 1, 5.5 },
		{ "cut-amrnb.amr", UT_OK, "", false, 1, 1, 3.3, 3.8 },
		{ "cut-raw.gsm", UT_OK, "unfinished frame", true, 1, 1, 3.5, 3.7 },
		{ "cut-raw.g722", UT_OK, "", false, 1, 1, 3.5, 3.7 },
		{ "cut-wma.wma", UT_OK, "", true, 2, 1, 1, 5 },
		{ "cut-speex.spx", UT_OK, "", true, 1, 1, 1, 5.5 },
		{ "hurt-pcm.wav", UT_OK, "", false, 2, 1, 5.9, 6.1 }, /* nothing can tell */
		{ "hurt-flac.flac", UT_OK, "", true, 2, 1, 1, 6.1 },
		{ "hurt-vorbis.ogg", UT_OK, "", true, 2, 1, 1, 6.1 },
		{ "hurt-opus.opus", UT_OK, "", true, 2, 1, 1, 6.2 },
		{ "hurt-cbr.mp3", UT_OK, "damaged", true, 2, 1, 5, 6.3 },
		{ "hurt-aac.m4a", UT_OK, "damaged", true, 2, 1, 5, 6.3 },
		{ "head-pcm.wav", UT_OK, "cut short", true, 2, 1, 0.005, 0.01 },
		{ "head-aac.m4a", UT_EFORMAT, "moov", false, 0, 0, 0, 0 },
	};

	for (const struct odd *o = odds; o < odds + UT_ARRAY_LEN(odds); o++) {
		struct got g;
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, o->file);
		if (!decode(path, NULL, &g)) {
			tap_skip(o->file, "no encoder for it here");
			continue;
		}
		tap_row(o->file);
		CHECK_STR(ut_status_name(g.st), ut_status_name(o->want));
		CHECK_EQ(g.partial, o->partial);
		if (!strstr(o->want == UT_OK ? g.why : g.err.msg, o->says))
			CHECK_STR(o->want == UT_OK ? g.why : g.err.msg, o->says);
		if (g.partial)
			CHECK(g.why[0] != 0);
		if (o->want == UT_OK) {
			CHECK_EQ(g.info.n_ch, o->n_ch);
			CHECK_EQ(g.info.n_audio_tracks, o->tracks);
			if (!(g.seconds >= o->min_s && g.seconds <= o->max_s))
				CHECK_NEAR(g.seconds, (o->min_s + o->max_s) / 2,
					   (o->max_s - o->min_s) / 2);
		} else {
			CHECK(strlen(g.err.msg) > 20);
		}
		tap_end();
	}
}

/* Every sample after a seek is the one that a reading from the start gives. */
static void test_seek(const char *dir)
{
	static const char *const files[] = { "pcm.wav",   "gsm.wav",  "flac.flac", "vorbis.ogg",
					     "opus.webm", "cbr.mp3",  "aac.m4a",   "amrnb.amr",
					     "raw.g722",  "hole.webm" };
	static const double to[] = { 3.9, 0.7, 0, 4.05, 2.2 };
	static float all[MAX_S * 48000];

	for (size_t f = 0; f < UT_ARRAY_LEN(files); f++) {
		struct ut_decoder *d = NULL;
		struct ut_block b;
		char path[4096], name[64];
		int fd;
		int64_t n = 0;

		snprintf(path, sizeof(path), "%s/%s", dir, files[f]);
		snprintf(name, sizeof(name), "seek in %s", files[f]);
		fd = open(path, O_RDONLY);
		if (fd < 0) {
			tap_skip(name, "no encoder for it here");
			continue;
		}
		tap_row(name);
		CHECK_EQ(ut_decoder_open(fd, path, NULL, &d, NULL), UT_OK);
		while (d && ut_decoder_read(d, &b, NULL) == UT_OK && b.n) {
			memcpy(all + b.pos, b.ch[0], b.n * sizeof(*all));
			n = b.pos + (int64_t)b.n;
		}
		for (size_t k = 0; d && k < UT_ARRAY_LEN(to); k++) {
			int64_t pos = (int64_t)(to[k] * ut_decoder_info(d)->rate_hz);

			CHECK_EQ(ut_decoder_seek(d, pos, NULL), UT_OK);
			CHECK_EQ(ut_decoder_read(d, &b, NULL), UT_OK);
			CHECK_EQ(b.pos, pos);
			CHECK(b.n > 0 && b.pos + (int64_t)b.n <= n);
			CHECK(b.n == 0 || memcmp(all + pos, b.ch[0], b.n * sizeof(*all)) == 0);
		}
		ut_decoder_destroy(&d);
		close(fd);
		tap_end();
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--make") == 0)
		return make(argv[2]);
	if (argc != 2)
		return 2;
	ut_decode_global_init();
	test_whole(argv[1]);
	test_odd(argv[1]);
	test_seek(argv[1]);
	return tap_done();
}
