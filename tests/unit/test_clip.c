/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Excerpts: what is faded, levelled, masked, disguised, refused; a whole call in pieces; rows. */
#include "clip/internal.h"

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sha256.h"
#include "dsp/engine.h"
#include "tap.h"

enum { RATE = 8000, LENGTH_S = 20 };

#define ONE(fd) ((const int[2]){ fd, -1 })
static struct ut_clip_maker *maker;

/* ---- recordings made here ---- */

struct voice { /* pulses through two resonators: a vowel whose F0 moves */
	double phase, y1[2], y2[2];
};

static double vowel(struct voice *v, double f0, double f1, double f2, double rate)
{
	const double f[2] = { f1, f2 }, bw[2] = { 90, 120 };
	double x;

	v->phase += f0 / rate;
	x = v->phase >= 1 ? 1 : 0;
	v->phase -= floor(v->phase);
	for (int i = 0; i < 2; i++) {
		double r = exp(-M_PI * bw[i] / rate);
		double y = x + 2 * r * cos(2 * M_PI * f[i] / rate) * v->y1[i] - r * r * v->y2[i];

		v->y2[i] = v->y1[i];
		v->y1[i] = y;
		x = y;
	}
	return x;
}

/* F0 at t: a slow wave of 8 semitones and a fast one of 3 around mid. */
static double contour(double mid, double t)
{
	return mid * exp2((4 * sin(2 * M_PI * 0.4 * t) + 1.5 * sin(2 * M_PI * 1.3 * t)) / 12);
}

static void put(unsigned char *p, uint32_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* PCM 16 of planar channels, in memory; the descriptor. */
static int recording(float *const *ch, unsigned n_ch, size_t n, unsigned rate)
{
	size_t size = 44 + n * n_ch * 2;
	unsigned char *p = calloc(1, size);
	int fd = memfd_create("recording", MFD_CLOEXEC);

	memcpy(p, "RIFF....WAVEfmt ", 16);
	put(p + 4, (uint32_t)size - 8, 4);
	put(p + 16, 16, 4);
	put(p + 20, 1, 2);
	put(p + 22, n_ch, 2);
	put(p + 24, rate, 4);
	put(p + 28, rate * n_ch * 2, 4);
	put(p + 32, n_ch * 2, 2);
	put(p + 34, 16, 2);
	memcpy(p + 36, "data", 4);
	put(p + 40, (uint32_t)size - 44, 4);
	for (size_t i = 0; i < n; i++)
		for (unsigned c = 0; c < n_ch; c++)
			put(p + 44 + 2 * (i * n_ch + c), (uint32_t)lrintf(ch[c][i] * 32767), 2);
	if (write(fd, p, size) != (ssize_t)size)
		abort();
	free(p);
	return fd;
}

static void known(struct ut_call *c, unsigned n_ch, size_t n, unsigned rate)
{
	ut_call_init(c);
	c->id = 1;
	ut_call_set(&c->media.path, "day/call.wav");
	ut_call_set(&c->media.container, "wav");
	ut_call_set(&c->media.codec, "pcm_s16");
	if (ut_sha256_hex("x", 1, c->media.hash, NULL) != UT_OK)
		abort();
	c->media.rate_hz = rate;
	c->media.n_ch = n_ch;
	c->media.n_samples = (int64_t)n;
	c->n_ch = n_ch;
	c->n_parties = n_ch;
	for (unsigned i = 0; i < n_ch; i++)
		c->party[i] = (struct ut_party){
			.channel = (int)i,
			.role = i ? UT_ROLE_AGENT : UT_ROLE_CUSTOMER,
			.kind = i ? UT_KIND_INTERNAL : UT_KIND_EXTERNAL,
			.verified = true,
		};
}

static void mask(struct ut_call *c, unsigned ch, double from_s, double to_s, enum ut_span_kind k)
{
	struct ut_span s = { llrint(from_s * 100), llrint(to_s * 100), k, 1 };

	if (ut_span_list_push(&c->ch[ch].activity.spans, &s) != UT_OK)
		abort();
}

/* A file back to samples. */
struct heard {
	float *x;
	size_t n;
	unsigned rate;
	int format;
};

struct bytes {
	const char *p;
	sf_count_t n, at;
};

static sf_count_t b_len(void *u)
{
	return ((struct bytes *)u)->n;
}

static sf_count_t b_seek(sf_count_t to, int whence, void *u)
{
	struct bytes *b = u;

	return b->at = whence == SEEK_SET ? to : whence == SEEK_CUR ? b->at + to : b->n + to;
}

static sf_count_t b_read(void *p, sf_count_t n, void *u)
{
	struct bytes *b = u;

	n = UT_MAX(UT_MIN(n, b->n - b->at), 0);
	memcpy(p, b->p + b->at, (size_t)n);
	b->at += n;
	return n;
}

static sf_count_t b_tell(void *u)
{
	return ((struct bytes *)u)->at;
}

static struct heard hear(const struct ut_text *t)
{
	SF_VIRTUAL_IO io = { b_len, b_seek, b_read, NULL, b_tell };
	struct bytes b = { t->s, (sf_count_t)t->len, 0 };
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open_virtual(&io, SFM_READ, &info, &b);
	struct heard h = { 0 };

	CHECK(f != NULL);
	if (!f)
		return h;
	CHECK_EQ(info.channels, 1);
	h.x = calloc((size_t)info.frames + 1, sizeof(float));
	h.n = (size_t)sf_readf_float(f, h.x, info.frames);
	h.rate = (unsigned)info.samplerate;
	h.format = info.format;
	sf_close(f);
	return h;
}

static double energy(const float *x, size_t from, size_t to)
{
	double e = 0;

	for (size_t i = from; i < to; i++)
		e += (double)x[i] * x[i];
	return e;
}

static float *two[2]; /* channel 0: a voice at 210 Hz with pauses; channel 1: another at 110 Hz */
enum { N = RATE * LENGTH_S };

static void make_two(void)
{
	struct voice a = { 0 }, b = { 0 };

	two[0] = calloc(N, sizeof(float));
	two[1] = calloc(N, sizeof(float));
	for (size_t i = 0; i < N; i++) {
		double t = (double)i / RATE, on = fmod(t, 4) < 2.6 ? 1 : 0;

		two[0][i] = (float)(0.02 * on * vowel(&a, contour(210, t), 700, 1300, RATE));
		two[1][i] = (float)(0.03 * (1 - on) * vowel(&b, contour(110, t), 500, 1500, RATE));
	}
}

static void test_formats(int fd, const struct ut_call *c)
{
	static const int want[] = { SF_FORMAT_WAV | SF_FORMAT_PCM_16,
				    SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
				    SF_FORMAT_OGG | SF_FORMAT_OPUS };

	for (int f = 0; f < UT_N_CLIP_FORMATS; f++)
		for (int disguise = 0; disguise < 2; disguise++) {
			struct ut_clip_spec s = { .start_s = 3,
						  .end_s = 11.5,
						  .channel = UT_CLIP_MIX,
						  .format = f,
						  .disguise = disguise };
			struct ut_clip k, again;
			struct ut_error err = { 0 };
			double lufs, peak;
			struct heard h;
			char name[64];

			snprintf(name, sizeof(name), "%s%s: length, level, same bytes",
				 ut_clip_formats[f].name, disguise ? ", disguised" : "");
			tap_row(name);
			CHECK_EQ(ut_clip_make(maker, ONE(fd), c, &s, &k, &err), UT_OK);
			CHECK_STR(err.msg, "");
			CHECK_EQ(ut_clip_make(maker, ONE(fd), c, &s, &again, &err), UT_OK);
			CHECK(k.bytes.len == again.bytes.len &&
			      memcmp(k.bytes.s, again.bytes.s, k.bytes.len) == 0);
			CHECK_NEAR(k.start_s, 3, 1e-9);
			CHECK_NEAR(k.end_s, 11.5, 1e-9);
			h = hear(&k.bytes);
			CHECK_EQ(h.format & ~SF_FORMAT_ENDMASK, want[f]);
			CHECK_EQ(h.n, 68000);
			CHECK_EQ(h.rate, 8000);
			CHECK_EQ(ut_clip_measure(h.x, h.n, h.rate, &lufs, &peak, &err), UT_OK);
			CHECK_NEAR(lufs, -23, 0.3);
			CHECK_NEAR(lufs, k.level_lufs, 0.3);
			CHECK(peak <= -1 + 0.2);
			free(h.x);
			ut_clip_done(&k);
			ut_clip_done(&again);
			tap_end();
		}
}

static void test_peak(void)
{
	struct ut_call c;
	struct ut_clip k;
	struct ut_error err = { 0 };
	float *x = calloc(N, sizeof(float)), *one[] = { x };
	struct ut_clip_spec s = { .start_s = 0, .end_s = 4, .level_lufs = -12 };
	int fd;

	/* clicks over a faint hum: the level asked for would pass full scale */
	for (size_t i = 0; i < N; i++)
		x[i] = (float)(0.01 * sin(2 * M_PI * 300 * (double)i / RATE)) +
		       (i % 4000 == 2000 ? 0.9f : 0);
	fd = recording(one, 1, N, RATE);
	known(&c, 1, N, RATE);
	tap_row("peaks are held down by 12 dB at most, then they bound the gain");
	CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
	CHECK(k.true_peak_db <= -1 && k.true_peak_db > -1.1);
	CHECK_NEAR(k.limited_db, 12, 0.1);
	CHECK(k.level_lufs < -20);
	ut_clip_done(&k);
	tap_end();
	close(fd);
	for (size_t i = 0; i < N; i++)
		x[i] = 0;
	fd = recording(one, 1, N, RATE);
	tap_row("digital silence stays silence");
	CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
	CHECK(isinf(k.level_lufs) && k.gain_db == 0);
	ut_clip_done(&k);
	tap_end();
	close(fd);
	ut_call_done(&c);
	free(x);
}

/* A voice with a bang in it: no single gain reaches the level. */
static void test_limited(void)
{
	struct ut_call c;
	float *x = calloc(N, sizeof(float)), *one[] = { x };
	struct ut_error err = { 0 };
	double quiet, peak, level;
	int fd;

	for (size_t i = 0; i < N; i++)
		x[i] = 0.75f * two[0][i] + (i % 40000 > 20000 && i % 40000 < 20008 ? 0.85f : 0) *
					       (float)sin(0.9 * (double)i);
	fd = recording(one, 1, N, RATE);
	known(&c, 1, N, RATE);
	CHECK_EQ(ut_clip_measure(x, N, RATE, &quiet, &peak, &err), UT_OK);
	printf("# %.1f LUFS, true peak %.1f dBTP\n", quiet, peak);
	for (int f = 0; f < UT_N_CLIP_FORMATS; f++) {
		struct ut_clip_spec s = { .start_s = 0, .end_s = LENGTH_S, .format = f };
		struct ut_clip k;
		struct heard h;
		char name[64];

		snprintf(name, sizeof(name), "%s: the level holds in spite of peaks",
			 ut_clip_formats[f].name);
		tap_row(name);
		CHECK(-1 - peak < -23 - quiet - 2); /* else nothing is shown here */
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
		CHECK(k.limited_db > 2 && k.limited_db <= 12.01);
		h = hear(&k.bytes);
		CHECK_EQ(ut_clip_measure(h.x, h.n, h.rate, &level, &peak, &err), UT_OK);
		CHECK_NEAR(level, -23, 0.5);
		CHECK(peak <= -1 + (f == UT_CLIP_OPUS ? 0.5 : 0.01));
		free(h.x);
		ut_clip_done(&k);
		tap_end();
	}
	close(fd);
	ut_call_done(&c);
	free(x);
}

static void test_fades(void)
{
	struct ut_call c;
	float *x = calloc(N, sizeof(float)), *one[] = { x };
	int fd;

	for (size_t i = 0; i < N; i++)
		x[i] = (float)(0.2 * sin(2 * M_PI * 1000 * (double)i / RATE + 0.4));
	fd = recording(one, 1, N, RATE);
	known(&c, 1, N, RATE);
	for (unsigned ms = 10; ms <= 50; ms += 20) {
		struct ut_clip_spec s = { .start_s = 2, .end_s = 5, .fade_ms = ms };
		size_t fade = ms * RATE / 1000;
		struct ut_error err = { 0 };
		struct ut_clip k;
		struct heard h;
		double g;
		char name[64];

		snprintf(name, sizeof(name), "raised cosine of %u ms at both ends", ms);
		tap_row(name);
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
		h = hear(&k.bytes);
		CHECK_EQ(h.n, 24000);
		g = pow(10, k.gain_db / 20);
		for (size_t i = 0; i < h.n; i++) {
			size_t in = UT_MIN(i, h.n - 1 - i);
			double w = in >= fade
				       ? 1
				       : pow(sin(M_PI / 2 * ((double)in + 0.5) / (double)fade), 2);

			if (fabs(h.x[i] - g * w * x[16000 + i]) > 1.5 / 32767 * (1 + g)) {
				CHECK_NEAR(h.x[i], g * w * x[16000 + i], 1e-4);
				break;
			}
		}
		free(h.x);
		ut_clip_done(&k);
		tap_end();
	}
	close(fd);
	ut_call_done(&c);
	free(x);
}

static void test_masks(void)
{
	static const enum ut_span_kind kinds[] = { UT_SPAN_MASKED, UT_SPAN_DTMF };
	struct ut_call c;
	int fd;

	for (unsigned r = 0; r < 2; r++) { /* also at a rate that must be changed for Opus */
		unsigned rate = r ? 11025 : 8000;
		size_t n = (size_t)rate * 12;
		float *ch[2] = { calloc(n, sizeof(float)), calloc(n, sizeof(float)) };

		/* sound only inside the masked stretch, on both channels */
		for (size_t i = 0; i < n; i++) {
			double t = (double)i / rate;

			if (t >= 5.003 && t < 6.997) {
				ch[0][i] = (float)(0.5 * sin(2 * M_PI * 440 * t));
				ch[1][i] = (float)(0.5 * sin(2 * M_PI * 900 * t));
			}
		}
		fd = recording(ch, 2, n, rate);
		for (unsigned k = 0; k < 2; k++)
			for (int f = 0; f < UT_N_CLIP_FORMATS; f++)
				for (int d = 0; d < 2; d++) {
					struct ut_clip_spec s = { .start_s = 3.14159,
								  .end_s = 9,
								  .channel = UT_CLIP_MIX,
								  .format = f,
								  .disguise = d };
					struct ut_error err = { 0 };
					struct ut_clip clip;
					struct heard h;
					char name[80];

					known(&c, 2, n, rate);
					/* noted on one channel, silent on both */
					mask(&c, 1, 5, 7, kinds[k]);
					snprintf(name, sizeof(name),
						 "%s hidden: %s%s at %u Hz is silence",
						 ut_span_kind_name(kinds[k]),
						 ut_clip_formats[f].name, d ? ", disguised" : "",
						 rate);
					tap_row(name);
					CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &clip, &err),
						 UT_OK);
					CHECK_NEAR(clip.masked_s, k ? 2.1 : 2, 1e-6);
					h = hear(&clip.bytes);
					CHECK(h.n > 5 * rate);
					CHECK(energy(h.x, 0, h.n) == 0 ||
					      (f == UT_CLIP_OPUS && energy(h.x, 0, h.n) < 1e-6));
					free(h.x);
					ut_clip_done(&clip);
					ut_call_done(&c);
					tap_end();
				}
		close(fd);
		free(ch[0]);
		free(ch[1]);
	}
}

static void test_mask_in_speech(int fd)
{
	struct ut_call c;
	struct ut_error err = { 0 };

	for (int d = 0; d < 2; d++) {
		struct ut_clip_spec s = { .start_s = 4, .end_s = 10, .disguise = d };
		struct ut_clip k;
		struct heard h;

		known(&c, 2, N, RATE);
		mask(&c, 0, 4.5, 5.25, UT_SPAN_MASKED);
		mask(&c, 0, 9, 9.5, UT_SPAN_MASKED);
		tap_row(d ? "masked inside disguised speech: exact zeros, sound around"
			  : "masked inside speech: exact zeros, sound around");
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
		h = hear(&k.bytes);
		CHECK(energy(h.x, 4000, 10000) == 0);
		CHECK(energy(h.x, 40000, 44000) == 0);
		CHECK(energy(h.x, 0, 4000) > 0.5);
		CHECK(energy(h.x, 10000, 16000) > 0.5);
		free(h.x);
		ut_clip_done(&k);
		ut_call_done(&c);
		tap_end();
	}
}

/* ---- disguise ---- */

struct rows {
	struct ut_frame_table t;
};

static void on_row(void *user, const struct ut_frame *r)
{
	if (ut_frame_table_push(user, r) != UT_OK)
		abort();
}

static struct ut_frame_table measure(const float *x, size_t n)
{
	struct ut_frame_table t = { 0 };
	struct ut_engine *e = NULL;

	if (ut_engine_create(&e, NULL) != UT_OK)
		abort();
	ut_engine_push(e, x, n, on_row, &t);
	ut_engine_flush(e, on_row, &t);
	ut_engine_destroy(&e);
	return t;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double median(const struct ut_frame_table *t, enum ut_frame_col col)
{
	float *v = calloc(t->n + 1, sizeof(*v));
	size_t n = 0;
	double m;

	for (size_t i = 0; i < t->n; i++)
		if (ut_frame_has(&t->row[i], col) && ut_frame_has(&t->row[i], UT_COL_f0_hz))
			v[n++] = ut_frame_get(&t->row[i], col);
	qsort(v, n, sizeof(*v), by_value);
	m = n ? v[n / 2] : 0;
	free(v);
	return m;
}

static void test_disguise(void)
{
	static const double mids[] = { 95, 120, 150, 185, 240 };

	for (size_t k = 0; k < UT_ARRAY_LEN(mids); k++) {
		struct voice v = { 0 };
		float *x = calloc(N, sizeof(float)), *y = calloc(N, sizeof(float));
		struct ut_frame_table a, b;
		double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0, n = 0, r, moved, throat;
		double la = 0, lb = 0, laa = 0, lbb = 0, lab = 0, m = 0, level;
		struct ut_error err = { 0 };
		char name[96];

		for (size_t i = 0; i < N; i++) {
			double t = (double)i / RATE, on = fmod(t, 4) < 2.6;
			double loud = on * exp(1.2 * sin(2 * M_PI * 0.7 * t));

			x[i] =
			    (float)(0.01 * loud * vowel(&v, contour(mids[k], t), 650, 1400, RATE));
		}
		memcpy(y, x, N * sizeof(*x));
		snprintf(name, sizeof(name), "disguise of a voice at %.0f Hz", mids[k]);
		tap_row(name);
		CHECK_EQ(ut_clip_disguise(y, N, RATE, 12345, &err), UT_OK);
		a = measure(x, N);
		b = measure(y, N);
		for (size_t i = 0; i < UT_MIN(a.n, b.n); i++) {
			const struct ut_frame *p = &a.row[i], *q = &b.row[i];

			if (ut_frame_has(p, UT_COL_level_db) && p->level_db > -60 &&
			    ut_frame_has(q, UT_COL_level_db)) {
				la += p->level_db, lb += q->level_db, m++;
				laa += p->level_db * p->level_db;
				lbb += q->level_db * q->level_db;
				lab += p->level_db * q->level_db;
			}
			if (!ut_frame_has(p, UT_COL_f0_hz) || !ut_frame_has(q, UT_COL_f0_hz))
				continue;
			sa += log2(p->f0_hz), sb += log2(q->f0_hz), n++;
			saa += log2(p->f0_hz) * log2(p->f0_hz);
			sbb += log2(q->f0_hz) * log2(q->f0_hz);
			sab += log2(p->f0_hz) * log2(q->f0_hz);
		}
		r = (sab - sa * sb / n) / sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
		level = (lab - la * lb / m) / sqrt((laa - la * la / m) * (lbb - lb * lb / m));
		moved = 12 * log2(median(&b, UT_COL_f0_hz) / median(&a, UT_COL_f0_hz));
		throat = median(&b, UT_COL_f2_hz) / median(&a, UT_COL_f2_hz);
		printf("# F0 moved by %+.1f semitones, F2 by a factor of %.2f; correlation of "
		       "F0 contours %.3f, of level contours %.3f (%.0f frames)\n",
		       moved, throat, r, level, n);
		CHECK(n > 600);
		CHECK(r > 0.95);
		CHECK(level > 0.9);
		CHECK(fabs(moved) > 2);
		CHECK(throat > 1.07 || throat < 0.93);
		ut_frame_table_done(&a);
		ut_frame_table_done(&b);
		free(x);
		free(y);
		tap_end();
	}
	tap_row("disguise: different voices to one place, different recordings by different ways");
	for (double f = 70; f < 400; f *= 1.03) {
		double p, q, p2, q2;

		ut_clip_disguise_factors(f, 7, &p, &q);
		ut_clip_disguise_factors(f, 0xabcdef, &p2, &q2);
		CHECK(fabs(12 * log2(p)) > 2 && (q > 1.1 || q < 0.9));
		CHECK(p != p2 && q != q2);
	}
	tap_end();
}

/* ---- the whole call ---- */

static void test_whole(int fd)
{
	struct ut_call c;
	struct ut_text all = { 0 }, pieces = { 0 };
	struct ut_error err = { 0 };
	int64_t size;
	uint32_t seed = 1;
	struct heard h;

	known(&c, 2, N, RATE);
	c.ch[0].activity.speech_db = -26;
	c.ch[1].activity.speech_db = -30;
	mask(&c, 0, 5, 6, UT_SPAN_MASKED);
	size = ut_clip_whole_size(&c);
	tap_row("a whole call: size, sound, masked part");
	CHECK_EQ(size, 44 + 2 * N);
	CHECK_EQ(ut_clip_whole_piece(maker, ONE(fd), &c, UT_CLIP_MIX, 0, 1 << 22, &all, &err),
		 UT_OK);
	CHECK_EQ(all.len, size);
	h = hear(&all);
	CHECK_EQ(h.n, N);
	CHECK(energy(h.x, 40000, 48000) == 0);
	for (size_t i = 60000; i < 60400; i++)
		CHECK_NEAR(h.x[i], (two[0][i] + two[1][i]) * pow(10, (-23 + 26 + 3.7) / 20), 1e-3);
	free(h.x);
	tap_end();
	tap_row("any pieces of it are the same bytes");
	while ((int64_t)pieces.len < size) {
		seed = seed * 1664525u + 1013904223u;
		if (ut_clip_whole_piece(maker, ONE(fd), &c, UT_CLIP_MIX, (int64_t)pieces.len,
					1 + seed % 60000, &pieces, &err) != UT_OK)
			break;
	}
	CHECK_EQ(pieces.len, size);
	CHECK(pieces.len == all.len && memcmp(pieces.s, all.s, all.len) == 0);
	CHECK_EQ(ut_clip_whole_piece(maker, ONE(fd), &c, UT_CLIP_MIX, size, 1, &pieces, &err),
		 UT_EINVAL);
	CHECK_EQ(ut_clip_whole_piece(maker, ONE(fd), &c, UT_CLIP_MIX, -1, 1, &pieces, &err),
		 UT_EINVAL);
	CHECK_EQ(ut_clip_whole_piece(maker, ONE(fd), &c, 2, 0, 100, &pieces, &err), UT_EINVAL);
	tap_end();
	ut_text_done(&all);
	ut_text_done(&pieces);
	ut_call_done(&c);
}

/* ---- rows ---- */

static void test_view(int fd)
{
	struct ut_frame_table want = measure(two[0], N);
	struct ut_clip_view v;
	struct ut_error err = { 0 };
	struct ut_call c;
	struct ut_turn turns[3] = { { .start = 0, .end = 260, .party = 0 },
				    { .start = 400, .end = 660, .party = 0 },
				    { .start = 800, .end = 1060, .party = 0 } };
	unsigned bad = 0;

	known(&c, 2, N, RATE);
	c.turns.v = turns;
	c.turns.n = 3;
	mask(&c, 1, 8.5, 9, UT_SPAN_MASKED);
	tap_row("a view: the rows of the whole call, masked rows empty, the own usual range");
	CHECK_EQ(ut_clip_view(maker, ONE(fd), &c, 8, 11, &v, &err), UT_OK);
	CHECK_EQ(v.n_rows, 300);
	CHECK_EQ(v.n, 24000);
	CHECK_NEAR(v.start_s, 8, 1e-9);
	for (size_t i = 0; i < v.n_rows; i++) {
		const struct ut_frame *a = &v.row[i], *b = &want.row[800 + i];

		if (i >= 50 && i < 100)
			bad += a->valid != 0;
		else if (ut_frame_has(a, UT_COL_f0_hz) && ut_frame_has(b, UT_COL_f0_hz))
			bad += fabsf(a->f0_hz - b->f0_hz) > 0.02f * b->f0_hz;
	}
	CHECK(bad <= 6); /* the path of F0 begins elsewhere */
	CHECK(energy(v.x, 4000, 8000) == 0);
	CHECK_NEAR(v.x[2000], two[0][66000], 1e-4);
	printf("# usual F0 of %zu frames: %.0f to %.0f Hz\n", v.f0_hz.n, v.f0_hz.lo, v.f0_hz.hi);
	CHECK(v.f0_hz.n > 100);
	CHECK(v.f0_hz.lo < v.f0_hz.mid && v.f0_hz.mid < v.f0_hz.hi);
	CHECK(v.f0_hz.lo > 140 && v.f0_hz.hi < 300);
	CHECK(v.level_db.lo > -60 && v.level_db.hi < 0);
	ut_clip_view_done(&v);
	tap_end();
	tap_row("nobody's voice but a verified customer's");
	c.party[0].verified = false;
	CHECK_EQ(ut_clip_view(maker, ONE(fd), &c, 8, 11, &v, &err), UT_EREFUSED);
	CHECK(v.n_rows == 0 && err.msg[0]);
	ut_clip_view_done(&v);
	c.party[0].verified = true;
	c.party[0].kind = UT_KIND_INTERNAL;
	CHECK_EQ(ut_clip_view(maker, ONE(fd), &c, 8, 11, &v, &err), UT_EREFUSED);
	ut_clip_view_done(&v);
	tap_end();
	c.turns.v = NULL;
	c.turns.n = 0;
	ut_call_done(&c);
	ut_frame_table_done(&want);
}

static void test_view_of_mix(void)
{
	float *mix = calloc(N, sizeof(float)), *one[] = { mix };
	struct ut_turn turns[3] = { { .start = 400, .end = 660, .party = 0 },
				    { .start = 660, .end = 800, .party = 1 },
				    { .start = 800, .end = 1060, .party = 0 } };
	struct ut_clip_view v;
	struct ut_error err = { 0 };
	struct ut_call c;
	unsigned theirs = 0, others = 0;
	int fd;

	for (size_t i = 0; i < N; i++)
		mix[i] = two[0][i] + two[1][i];
	fd = recording(one, 1, N, RATE);
	known(&c, 1, N, RATE);
	c.n_parties = 2;
	c.party[0].channel = -1;
	c.party[1] = (struct ut_party){
		.channel = -1, .role = UT_ROLE_AGENT, .kind = UT_KIND_INTERNAL, .verified = true
	};
	c.turns.v = turns;
	c.turns.n = 3;
	tap_row("a mono mix that was told apart: the customer's turns, nothing of the agent's");
	CHECK_EQ(ut_clip_view(maker, ONE(fd), &c, 6, 11, &v, &err), UT_OK);
	CHECK_EQ(v.n_rows, 500);
	for (size_t i = 0; i < v.n_rows; i++) {
		bool own = (i < 60) || (i >= 200 && i < 460);

		theirs += own && v.row[i].valid != 0;
		others +=
		    !own && (v.row[i].valid != 0 || energy(v.x, i * UT_HOP, (i + 1) * UT_HOP) != 0);
	}
	CHECK(theirs > 200);
	CHECK_EQ(others, 0);
	CHECK(energy(v.x, 200 * UT_HOP, 400 * UT_HOP) > 0.01);
	ut_clip_view_done(&v);
	tap_end();
	c.turns.v = NULL;
	c.turns.n = 0;
	ut_call_done(&c);
	close(fd);
	free(mix);
}

/* ---- what is asked wrongly, and recordings that are not what they were ---- */

static void test_wrong(int fd)
{
	static const struct row {
		const char *name;
		double from, to;
		int channel;
		enum ut_status want;
	} rows[] = {
		{ "ends before it begins", 5, 4, 0, UT_EINVAL },
		{ "not a number", NAN, 4, 0, UT_EINVAL },
		{ "after the end", 20, 25, 0, UT_EINVAL },
		{ "before the start", -5, 0, 0, UT_EINVAL },
		{ "a channel too many", 1, 2, 2, UT_EINVAL },
		{ "a channel of another kind", 1, 2, -2, UT_EINVAL },
		{ "over both ends", -1e9, 1e9, UT_CLIP_MIX, UT_OK },
	};
	struct ut_call c;
	struct ut_clip k;

	known(&c, 2, N, RATE);
	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		struct ut_clip_spec s = { .start_s = rows[i].from,
					  .end_s = rows[i].to,
					  .channel = rows[i].channel };
		struct ut_error err = { 0 };

		tap_row(rows[i].name);
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), rows[i].want);
		CHECK((err.msg[0] != 0) == (rows[i].want != UT_OK));
		ut_clip_done(&k);
		tap_end();
	}
	{
		struct ut_clip_spec s = { .start_s = 18, .end_s = 24 };
		struct ut_error err = { 0 };

		c.media.n_samples = 25 * RATE; /* as if it had been longer */
		tap_row("a recording that ends early gives what is there");
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_OK);
		CHECK_NEAR(k.end_s, 20, 1e-9);
		ut_clip_done(&k);
		s.start_s = 22;
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_EINVAL);
		CHECK_STR(err.msg, "the recording ends before the excerpt begins");
		ut_clip_done(&k);
		tap_end();
		c.media.rate_hz = 16000;
		tap_row("another rate than when it was analysed");
		s.start_s = 0, s.end_s = 1;
		CHECK_EQ(ut_clip_make(maker, ONE(fd), &c, &s, &k, &err), UT_ECHANGED);
		ut_clip_done(&k);
		tap_end();
	}
	ut_call_done(&c);
}

static void test_garbage(void)
{
	uint32_t seed = 7;

	tap_row("200 damaged recordings: an answer or a fault, nothing else");
	for (int i = 0; i < 200; i++) {
		size_t n = 4000;
		int good = recording(two, 2, n, RATE);
		struct ut_clip_spec s = { .start_s = 0.1, .end_s = 0.4, .channel = UT_CLIP_MIX };
		struct ut_error err = { 0 };
		struct ut_clip_view v;
		struct ut_clip k;
		struct ut_call c;
		enum ut_status st;

		for (int j = 0; j < 4; j++) {
			unsigned char b;
			off_t at;

			seed = seed * 1664525u + 1013904223u;
			at = (off_t)(seed >> 8) % 64;
			seed = seed * 1664525u + 1013904223u;
			b = (unsigned char)(seed >> 24);
			if (pwrite(good, &b, 1, at) != 1)
				abort();
		}
		known(&c, 2, n, RATE);
		st = ut_clip_make(maker, ONE(good), &c, &s, &k, &err);
		CHECK(st != UT_ECRASH && st != UT_ETIMEOUT);
		CHECK((st == UT_OK) == (k.bytes.len > 0));
		ut_clip_done(&k);
		st = ut_clip_view(maker, ONE(good), &c, 0.1, 0.4, &v, &err);
		CHECK(st != UT_ECRASH && st != UT_ETIMEOUT);
		ut_clip_view_done(&v);
		ut_call_done(&c);
		close(good);
	}
	tap_end();
}

int main(void)
{
	struct ut_error err = { 0 };
	struct ut_call c;
	int fd;

	tap_row("start");
	CHECK_EQ(ut_clip_maker_start(2, &maker, &err), UT_OK);
	tap_end();
	make_two();
	fd = recording(two, 2, N, RATE);
	known(&c, 2, N, RATE);
	test_formats(fd, &c);
	test_peak();
	test_limited();
	test_fades();
	test_masks();
	test_mask_in_speech(fd);
	test_disguise();
	test_whole(fd);
	test_view(fd);
	test_view_of_mix();
	test_wrong(fd);
	test_garbage();
	ut_call_done(&c);
	close(fd);
	free(two[0]);
	free(two[1]);
	ut_clip_maker_stop(&maker);
	return tap_done();
}
