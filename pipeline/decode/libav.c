/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libav.c - MP3, AAC, Opus, AMR, G.72x, Speex and the audio of video containers, by FFmpeg's
 * libraries. They were written for friendly files, so everything that could open another file, a
 * socket or a thread is shut: only the demuxers and audio decoders listed here, our own reading.
 */
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/backend.h"

/* No play lists, no concat, no images, no text: formats that carry one recording. */
static const char demuxers[] =
    "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,eac3,flac,flv,g722,g723_1,g726,g726le,g729,"
    "gsm,ilbc,loas,matroska,webm,mov,mp4,mp3,mpeg,mpegts,ogg,voc,w64,wav,wv";
static const char decoders[] =
    "aac,aac_latm,ac3,eac3,adpcm_g722,g722,adpcm_g726,adpcm_g726le,g726,g726le,adpcm_ima_qt,"
    "adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,flac,g723_1,g729,gsm,gsm_"
    "ms,ilbc,mp1,mp1float,mp2,mp2float,mp3,mp3float,nellymoser,opus,pcm_alaw,pcm_bluray,pcm_dvd,"
    "pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,"
    "pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,speex,truespeech,vorbis,wavpack,wmav1,wmav2,wmapro,"
    "wmavoice";

enum { IO_BYTES = 32 * 1024, PROBE_BYTES = 1 << 20, MIN_PROBE_SCORE = 25 };
/* Timestamps closer than this to the sample count are jitter of the container's clock (1 ms in
 * WebM), farther ones are packets that were never recorded. A hole longer than the second is a
 * broken clock and not filled. */
static const double hole_min_s = 0.040, hole_max_s = 4 * 3600.0;

struct av {
	struct ut_open_in in; /* for a reopening */
	int64_t at;           /* file position of the AVIO */
	AVIOContext *io;
	AVFormatContext *fmt;
	AVCodecContext *dec;
	AVPacket *pkt;
	AVFrame *frame;
	struct SwrContext *swr; /* only after a change of rate */
	float *swr_buf;         /* planar, UT_DECODE_MAX_CH x swr_cap */
	int swr_cap, swr_n, swr_at;
	int stream;
	unsigned rate_hz;
	int n_ch;
	int frame_at; /* next sample of frame; frame->nb_samples = used up */
	bool have_frame, flushing, ended, started;
	bool trust_times; /* this container's timestamps are real */
	int64_t pos;      /* samples given or silent */
	int64_t silence;  /* samples of silence due before the frame */
	double t0_s;      /* container time of sample 0 */
	int64_t rest_bytes;
	unsigned n_damaged;
	bool encrypted;    /* packets carry the marks of encryption */
	double packet_s;   /* length of the packet last sent */
	double lost_s;     /* of packets without sound before the first frame */
	double ogg_hole_s; /* where an Ogg stream first lacks pages; < 0 nowhere */
	double first_damage_s;
	char stopped[160]; /* why decoding ended before the file did */
};

static void no_log(UT_UNUSED void *avcl, UT_UNUSED int level, UT_UNUSED const char *fmt,
		   UT_UNUSED va_list ap)
{
}

void ut_libav_global_init(void)
{
	av_log_set_callback(no_log);
}

static int io_read(void *user, uint8_t *buf, int n)
{
	struct av *a = user;
	int64_t k = ut_source_read(a->in.src, a->at, buf, (size_t)n);

	if (k < 0)
		return AVERROR(EIO);
	if (k == 0)
		return AVERROR_EOF;
	a->at += k;
	return (int)k;
}

static int64_t io_seek(void *user, int64_t off, int whence)
{
	struct av *a = user;

	if (whence & AVSEEK_SIZE)
		return a->in.src->size;
	whence &= ~AVSEEK_FORCE;
	if (whence == SEEK_CUR)
		off += a->at;
	else if (whence == SEEK_END)
		off += a->in.src->size;
	if (off < 0)
		return AVERROR(EINVAL);
	return a->at = off;
}

/* A recording never needs a second file, whatever it says. */
static int io_refuse(UT_UNUSED struct AVFormatContext *s, AVIOContext **pb,
		     UT_UNUSED const char *url, UT_UNUSED int flags,
		     UT_UNUSED AVDictionary **options)
{
	*pb = NULL;
	return AVERROR(EPERM);
}

static enum ut_status fail_av(struct ut_error *err, const struct av *a, int code, const char *doing)
{
	char text[AV_ERROR_MAX_STRING_SIZE];

	if (code == AVERROR(ENOMEM))
		return ut_fail(err, UT_ENOMEM, "decode: no memory (%s)", doing);
	if (a->in.src->io_errno)
		return ut_fail(err, UT_EIO, "cannot read: %s", strerror(a->in.src->io_errno));
	av_strerror(code, text, sizeof(text));
	return ut_fail(err, UT_EFORMAT, "%s: %s: the file is damaged or cut short, copy it again",
		       doing, text);
}

/* What the file is, by content: its demuxer. */
static enum ut_status find_demuxer(struct av *a, const AVInputFormat **ret, struct ut_error *err)
{
	const AVInputFormat *f = NULL;
	int score;

	if (a->in.raw) {
		*ret = av_find_input_format(a->in.raw->demuxer);
		return *ret ? UT_OK
			    : ut_fail(err, UT_EUNSUPPORTED,
				      "this build of libavformat cannot read raw %s: convert the "
				      "file to WAV",
				      a->in.raw->name);
	}
	score = av_probe_input_buffer2(a->io, &f, "", NULL, 0, PROBE_BYTES);
	if (!f || score < MIN_PROBE_SCORE)
		return ut_fail(err, UT_EFORMAT,
			       "not a recording in a known format (%s); if it is headerless "
			       "telephone audio, pass --raw-format (ulaw, alaw, gsm, sln, g729...)",
			       ut_sniff_describe(a->in.src));
	if (av_match_list(f->name, demuxers, ',') == 0) {
		if (strstr(f->name, "_pipe") || strcmp(f->name, "image2") == 0)
			return ut_fail(err, UT_ENOAUDIO,
				       "an image, not a recording: leave it out of the list");
		return ut_fail(err, UT_EFORMAT,
			       "looks like %s (%.40s), which is not read here: if it is headerless "
			       "telephone audio, pass --raw-format; else convert it to WAV",
			       f->long_name ? f->long_name : "something else", f->name);
	}
	*ret = f;
	return UT_OK;
}

static const char drm_text[] = "the audio track is encrypted (DRM): export it from the system "
			       "that made it without protection";

static bool is_encrypted(const AVStream *st)
{
	uint32_t tag = st->codecpar->codec_tag;

	if (tag == MKTAG('e', 'n', 'c', 'a') || tag == MKTAG('d', 'r', 'm', 's'))
		return true;
	return av_stream_get_side_data(st, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) ||
	       av_dict_get(st->metadata, "enc_key_id", NULL, 0);
}

/* The ASF Content Encryption objects (DRM) stand in the header. */
static bool asf_encrypted(const struct ut_source *s)
{
	static const unsigned char guid[2][16] = {
		{ 0xfb, 0xb3, 0x11, 0x22, 0x23, 0xbd, 0xd2, 0x11, 0xb4, 0xb7, 0x00, 0xa0, 0xc9,
		  0x55, 0xfc, 0x6e },
		{ 0x14, 0xe6, 0x8a, 0x29, 0x22, 0x26, 0x17, 0x4c, 0xb9, 0x35, 0xda, 0xe0, 0x7e,
		  0xe9, 0x28, 0x9c },
	};

	return memmem(s->head, s->head_n, guid[0], 16) || memmem(s->head, s->head_n, guid[1], 16);
}

static enum ut_status pick_stream(struct av *a, struct ut_decode_info *info, struct ut_error *err)
{
	const AVStream *st;
	unsigned n_audio = 0, n_video = 0;
	bool encrypted = false;

	for (unsigned i = 0; i < a->fmt->nb_streams; i++) {
		st = a->fmt->streams[i];
		n_audio += st->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
		n_video += st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
		encrypted |= is_encrypted(st);
	}
	if (encrypted ||
	    (strncmp(a->fmt->iformat->name, "asf", 3) == 0 && asf_encrypted(a->in.src)))
		return ut_fail(err, UT_EENCRYPTED, "%s", drm_text);
	if (n_audio == 0)
		return ut_fail(err, UT_ENOAUDIO, "a %s file without an audio track%s",
			       a->fmt->iformat->long_name ? a->fmt->iformat->long_name
							  : a->fmt->iformat->name,
			       n_video ? " (only video): was the sound recorded elsewhere?"
				       : ": copy it again if there should be one");
	a->stream = av_find_best_stream(a->fmt, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	for (unsigned i = 0; a->stream < 0 && i < a->fmt->nb_streams; i++)
		if (a->fmt->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
			a->stream = (int)i;
	for (unsigned i = 0; i < a->fmt->nb_streams; i++)
		if ((int)i != a->stream)
			a->fmt->streams[i]->discard = AVDISCARD_ALL;
	info->n_audio_tracks = n_audio;
	return UT_OK;
}

static enum ut_status open_codec(struct av *a, struct ut_error *err)
{
	AVStream *st = a->fmt->streams[a->stream];
	const char *name = avcodec_get_name(st->codecpar->codec_id);
	const AVCodec *codec = avcodec_find_decoder(st->codecpar->codec_id);
	int r;

	if (!codec || av_match_list(codec->name, decoders, ',') == 0)
		return ut_fail(err, UT_EUNSUPPORTED,
			       "audio in %s, which this build cannot decode: convert it to WAV or "
			       "FLAC",
			       st->codecpar->codec_id == AV_CODEC_ID_NONE ? "an unknown codec"
									  : name);
	a->dec = avcodec_alloc_context3(codec);
	if (!a->dec)
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	r = avcodec_parameters_to_context(a->dec, st->codecpar);
	a->dec->thread_count = 1;
	a->dec->pkt_timebase = st->time_base; /* so that skipped priming moves the timestamps */
	if (r >= 0)
		r = avcodec_open2(a->dec, codec, NULL);
	if (r < 0)
		return fail_av(err, a, r, name);
	return UT_OK;
}

static enum ut_status open_format(struct av *a, struct ut_error *err)
{
	const AVInputFormat *demuxer = NULL;
	AVDictionary *opts = NULL;
	unsigned char *buf = av_malloc(IO_BYTES);
	enum ut_status st;
	int r;

	if (buf)
		a->io = avio_alloc_context(buf, IO_BYTES, 0, a, io_read, NULL, io_seek);
	if (!a->io) {
		av_free(buf);
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	}
	st = find_demuxer(a, &demuxer, err);
	if (st != UT_OK)
		return st;
	a->fmt = avformat_alloc_context();
	if (!a->fmt)
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	a->fmt->pb = a->io;
	a->fmt->io_open = io_refuse;
	a->fmt->flags |= AVFMT_FLAG_CUSTOM_IO;
	a->fmt->probesize = PROBE_BYTES;
	a->fmt->max_analyze_duration = 5 * AV_TIME_BASE;
	a->fmt->max_streams = 64;
	a->fmt->codec_whitelist = av_strdup(decoders);
	a->fmt->format_whitelist = av_strdup(demuxers);
	a->fmt->protocol_whitelist = av_strdup("none");
	if (a->in.raw) {
		unsigned hz = a->in.raw_rate_hz ? a->in.raw_rate_hz : a->in.raw->rate_hz;

		if (a->in.raw_channels > 1)
			return ut_fail(err, UT_EINVAL, "raw format %s has one channel, not %u",
				       a->in.raw->name, a->in.raw_channels);
		/* an option that a demuxer lacks stays behind and does no harm */
		av_dict_set_int(&opts, "sample_rate", hz, 0);
		if (a->in.raw->code_size)
			av_dict_set_int(&opts, "code_size", a->in.raw->code_size, 0);
	}
	r = avformat_open_input(&a->fmt, "", demuxer, &opts); /* frees fmt on failure */
	av_dict_free(&opts);
	if (r < 0 && demuxer && strncmp(demuxer->name, "mov", 3) == 0)
		return ut_fail(err, UT_EFORMAT,
			       "an MP4 file without its index (moov): the recorder or the copy was "
			       "stopped before it was written; copy the file again");
	if (r < 0)
		return fail_av(err, a, r, demuxer ? demuxer->name : "open");
	r = avformat_find_stream_info(a->fmt, NULL);
	if (r == AVERROR(ENOMEM) || a->in.src->io_errno)
		return fail_av(err, a, r, "looking for the audio track");
	return UT_OK;
}

static void name_it(struct av *a, struct ut_decode_info *info)
{
	const char *name = a->fmt->iformat->name;
	size_t len = strcspn(name, ",");

	if (a->in.raw)
		snprintf(info->container, sizeof(info->container), "raw");
	else if (strncmp(name, "mov,", 4) == 0)
		snprintf(info->container, sizeof(info->container), "mp4");
	else
		snprintf(info->container, sizeof(info->container), "%.*s", (int)len, name);
	snprintf(info->codec, sizeof(info->codec), "%s",
		 a->in.raw ? a->in.raw->codec
			   : avcodec_get_name(a->fmt->streams[a->stream]->codecpar->codec_id));
}

/* Containers that store a real time for every packet; the others' are counted from bytes. */
static bool has_real_times(const char *demuxer)
{
	return av_match_list(demuxer, "matroska,webm,mov,mp4,ogg,mpegts,asf,flv", ',') > 0;
}

/* What the header claims, in samples; -1 where it claims nothing or libav only guessed. */
static int64_t claimed_samples(const struct av *a)
{
	const AVStream *st = a->fmt->streams[a->stream];
	double s = -1;

	if (a->fmt->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
		return -1;
	if (st->duration > 0)
		s = (double)st->duration * av_q2d(st->time_base);
	else if (a->fmt->duration > 0 && a->fmt->nb_streams == 1)
		s = (double)a->fmt->duration / AV_TIME_BASE;
	return s > 0 && s < 1e7 ? (int64_t)(s * a->rate_hz) : -1;
}

/* Keeps the clock running over a packet that gives no sound. */
static void lose(struct av *a, double packet_s)
{
	if (packet_s > 0 && packet_s < 10) {
		if (a->started)
			a->silence += llrint(packet_s * a->rate_hz);
		else
			a->lost_s += packet_s;
	}
}

static void damage(struct av *a, double packet_s)
{
	if (a->n_damaged++ == 0)
		a->first_damage_s = a->rate_hz ? (double)a->pos / a->rate_hz : 0;
	/* a container with real times shows the hole by itself */
	if (!a->trust_times)
		lose(a, packet_s);
}

/* Between words an AMR coder sends comfort noise parameters or nothing (3GPP TS 26.101, frame types
 * 8 to 15), which libavcodec's decoder takes for damage: here they are silence. */
static bool is_amr_pause(const struct av *a)
{
	return a->dec->codec_id == AV_CODEC_ID_AMR_NB && a->pkt->size > 0 &&
	       (a->pkt->data[0] >> 3 & 15) >= 8;
}

/* The next decoded frame into a->frame; sets ended. Damaged packets are counted and skipped. */
static enum ut_status next_frame(struct av *a, struct ut_error *err)
{
	double tb = av_q2d(a->fmt->streams[a->stream]->time_base);
	int r;

	for (;;) {
		r = avcodec_receive_frame(a->dec, a->frame);
		if (r == 0 && a->frame->nb_samples > 0)
			return UT_OK;
		if (r == 0)
			continue;
		if (r == AVERROR_EOF) {
			a->ended = true;
			return UT_OK;
		}
		if (r == AVERROR(ENOMEM))
			return fail_av(err, a, r, "decoding");
		if (r != AVERROR(EAGAIN)) {
			damage(a, a->packet_s);
			if (a->flushing) {
				a->ended = true;
				return UT_OK;
			}
		}
		r = av_read_frame(a->fmt, a->pkt);
		if (r == AVERROR(ENOMEM))
			return fail_av(err, a, r, "reading");
		if (r < 0) {
			if (r != AVERROR_EOF || a->in.src->io_errno)
				snprintf(a->stopped, sizeof(a->stopped),
					 "reading stopped after %.1f s: %s",
					 a->rate_hz ? (double)a->pos / a->rate_hz : 0.0,
					 a->in.src->io_errno ? strerror(a->in.src->io_errno)
							     : "the container is damaged");
			a->flushing = true;
			avcodec_send_packet(a->dec, NULL);
			continue;
		}
		if (a->pkt->stream_index == a->stream) {
			/* headerless demuxers flag every short last read */
			if (a->trust_times && a->pkt->flags & AV_PKT_FLAG_CORRUPT)
				damage(a, 0);
			if (av_packet_get_side_data(a->pkt, AV_PKT_DATA_ENCRYPTION_INFO, NULL)) {
				a->encrypted = a->ended = true;
				if (a->started)
					snprintf(a->stopped, sizeof(a->stopped),
						 "encrypted (DRM) after %.1f s",
						 (double)a->pos / a->rate_hz);
				av_packet_unref(a->pkt);
				return UT_OK;
			}
			a->packet_s = (double)a->pkt->duration * tb;
			r = is_amr_pause(a) ? 0 : avcodec_send_packet(a->dec, a->pkt);
			if (is_amr_pause(a))
				lose(a, 0.020);
			else if (r < 0 && r != AVERROR(EAGAIN) && r != AVERROR_EOF)
				damage(a, a->packet_s);
		}
		av_packet_unref(a->pkt);
	}
}

static double frame_time_s(const struct av *a)
{
	int64_t pts = a->frame->best_effort_timestamp;

	if (pts == AV_NOPTS_VALUE)
		return NAN;
	return (double)pts * av_q2d(a->fmt->streams[a->stream]->time_base);
}

/* Places a new frame on the time line: how much silence comes before it. */
static void place_frame(struct av *a)
{
	double t = frame_time_s(a), hole;

	if (!a->started) {
		const AVStream *st = a->fmt->streams[a->stream];

		a->started = true;
		a->silence = llrint(a->lost_s * a->rate_hz);
		a->t0_s = (isnan(t) ? 0 : t) - a->lost_s;
		/* the track may start later than the recording (another track's start) */
		if (has_real_times(a->fmt->iformat->name) && a->fmt->nb_streams > 1 &&
		    a->fmt->start_time != AV_NOPTS_VALUE && st->start_time != AV_NOPTS_VALUE) {
			hole = (double)st->start_time * av_q2d(st->time_base) -
			       (double)a->fmt->start_time / AV_TIME_BASE;
			if (hole > hole_min_s && hole < hole_max_s) {
				a->silence += llrint(hole * a->rate_hz);
				a->t0_s -= hole;
			}
		}
		return;
	}
	if (!a->trust_times || isnan(t))
		return;
	hole = t - a->t0_s - (double)(a->pos + a->silence) / a->rate_hz;
	if (hole > hole_min_s && hole < hole_max_s) {
		/* an Ogg stream counts its samples: a hole there is lost pages, not a pause */
		if (a->ogg_hole_s < 0 && strcmp(a->fmt->iformat->name, "ogg") == 0)
			a->ogg_hole_s = (double)a->pos / a->rate_hz;
		a->silence += llrint(hole * a->rate_hz);
	} else if (fabs(hole) > hole_min_s)
		a->t0_s += hole; /* another chained stream, or a broken clock: go on from here */
}

/* Samples [from, from+n) of channel c of a frame, to float. */
static void convert(const AVFrame *f, int n_ch, int c, int from, int n, float *out)
{
	enum AVSampleFormat sf = f->format;
	bool planar = av_sample_fmt_is_planar(sf);
	const uint8_t *base = f->extended_data[planar ? c : 0];
	size_t step = planar ? 1 : (size_t)n_ch;
	size_t at = (size_t)from * step + (planar ? 0 : (size_t)c);

#define EACH(type, expr)                                                                           \
	for (int i = 0; i < n; i++, at += step) {                                                  \
		type v = ((const type *)(const void *)base)[at];                                   \
		out[i] = (float)(expr);                                                            \
	}                                                                                          \
	break
	switch (av_get_packed_sample_fmt(sf)) {
	case AV_SAMPLE_FMT_U8:
		EACH(uint8_t, (v - 128) / 128.0f);
	case AV_SAMPLE_FMT_S16:
		EACH(int16_t, v / 32768.0f);
	case AV_SAMPLE_FMT_S32:
		EACH(int32_t, v / 2147483648.0);
	case AV_SAMPLE_FMT_S64:
		EACH(int64_t, (double)v / 9223372036854775808.0);
	case AV_SAMPLE_FMT_FLT:
		EACH(float, v);
	case AV_SAMPLE_FMT_DBL:
		EACH(double, v);
	default:
		memset(out, 0, sizeof(*out) * (size_t)n);
	}
#undef EACH
}

/* A frame at another rate than the first: resampled, for the time line has one rate. */
static enum ut_status resample_frame(struct av *a, struct ut_error *err)
{
	AVChannelLayout layout = { 0 };
	float *planes[UT_DECODE_MAX_CH];
	int cap, r;

	av_channel_layout_default(&layout, a->n_ch);
	r = swr_alloc_set_opts2(&a->swr, &layout, AV_SAMPLE_FMT_FLTP, (int)a->rate_hz, &layout,
				a->frame->format, a->frame->sample_rate, 0, NULL);
	if (r >= 0)
		r = swr_init(a->swr);
	if (r < 0)
		return fail_av(err, a, r, "resampling");
	cap = (int)av_rescale_rnd(a->frame->nb_samples, a->rate_hz, a->frame->sample_rate,
				  AV_ROUND_UP) +
	      64;
	if (cap > a->swr_cap) {
		free(a->swr_buf);
		a->swr_buf = malloc(sizeof(float) * (size_t)cap * (size_t)a->n_ch);
		a->swr_cap = a->swr_buf ? cap : 0;
		if (!a->swr_buf)
			return ut_fail(err, UT_ENOMEM, "decode: no memory");
	}
	for (int c = 0; c < a->n_ch; c++)
		planes[c] = a->swr_buf + (size_t)c * (size_t)a->swr_cap;
	/* frame by frame: the filter's edges cost less than carrying its state across changes */
	r = swr_convert(a->swr, (uint8_t **)planes, a->swr_cap,
			(const uint8_t **)a->frame->extended_data, a->frame->nb_samples);
	if (r >= 0) {
		int more;

		a->swr_n = r;
		for (int c = 0; c < a->n_ch; c++)
			planes[c] += r;
		more = swr_convert(a->swr, (uint8_t **)planes, a->swr_cap - r, NULL, 0);
		a->swr_n += UT_MAX(more, 0);
	}
	swr_free(&a->swr);
	if (r < 0)
		return fail_av(err, a, r, "resampling");
	a->swr_at = 0;
	return UT_OK;
}

static void time_text(double s, char buf[24])
{
	snprintf(buf, 24, "%d:%02d:%04.1f", (int)(s / 3600), (int)(s / 60) % 60, fmod(s, 60));
}

/* Makes samples available: a frame, silence, or the end. */
static enum ut_status fill(struct av *a, struct ut_error *err)
{
	enum ut_status st;
	char when[24];

	st = next_frame(a, err);
	if (st != UT_OK || a->ended)
		return st;
	if (a->n_ch == 0) { /* the first frame knows better than the header (HE-AAC) */
		a->n_ch = a->frame->ch_layout.nb_channels;
		a->rate_hz = (unsigned)UT_MAX(a->frame->sample_rate, 0);
		if (a->n_ch < 1 || a->n_ch > UT_DECODE_MAX_CH ||
		    a->rate_hz < UT_DECODE_MIN_RATE_HZ || a->rate_hz > UT_DECODE_MAX_RATE_HZ) {
			a->ended = true; /* decode.c says why */
			return UT_OK;
		}
	}
	if (a->frame->ch_layout.nb_channels != a->n_ch) {
		/* A party may move to another channel here: better no audio than another's voice.
		 */
		time_text((double)a->pos / a->rate_hz, when);
		snprintf(a->stopped, sizeof(a->stopped),
			 "the number of channels changes from %d to %d at %s; only what is before "
			 "that is read",
			 a->n_ch, a->frame->ch_layout.nb_channels, when);
		a->ended = true;
		return UT_OK;
	}
	place_frame(a);
	/* a hole that leads past the end need not be filled first */
	if ((double)(a->pos + a->silence) > a->in.src->max_s * a->rate_hz)
		return ut_fail(err, UT_ELIMIT, "too long");
	a->frame_at = 0;
	a->swr_n = a->swr_at = 0;
	a->have_frame = true;
	if (a->frame->sample_rate > 0 && (unsigned)a->frame->sample_rate != a->rate_hz) {
		st = resample_frame(a, err);
		a->frame_at = a->frame->nb_samples;
	}
	return st;
}

static enum ut_status av_read(void *user, float *const *ch, size_t cap, size_t *n,
			      struct ut_error *err)
{
	struct av *a = user;
	size_t done = 0, k;
	enum ut_status st;

	while (done < cap) {
		if (a->silence > 0) {
			k = (size_t)UT_MIN(a->silence, (int64_t)(cap - done));
			for (int c = 0; c < a->n_ch; c++)
				memset(ch[c] + done, 0, k * sizeof(float));
			a->silence -= (int64_t)k;
		} else if (a->have_frame && a->swr_at < a->swr_n) {
			k = UT_MIN((size_t)(a->swr_n - a->swr_at), cap - done);
			for (int c = 0; c < a->n_ch; c++)
				memcpy(ch[c] + done,
				       a->swr_buf + (size_t)c * (size_t)a->swr_cap + a->swr_at,
				       k * sizeof(float));
			a->swr_at += (int)k;
		} else if (a->have_frame && a->frame_at < a->frame->nb_samples) {
			k = UT_MIN((size_t)(a->frame->nb_samples - a->frame_at), cap - done);
			for (int c = 0; c < a->n_ch; c++)
				convert(a->frame, a->n_ch, c, a->frame_at, (int)k, ch[c] + done);
			a->frame_at += (int)k;
		} else if (a->ended) {
			break;
		} else {
			a->have_frame = false;
			st = fill(a, err);
			if (st != UT_OK) {
				*n = 0;
				return st;
			}
			continue;
		}
		done += k;
		a->pos += (int64_t)k;
	}
	*n = done;
	return UT_OK;
}

static void av_close(void *user)
{
	struct av *a = user;

	if (!a)
		return;
	avcodec_free_context(&a->dec);
	avformat_close_input(&a->fmt);
	if (a->io) {
		av_freep(&a->io->buffer); /* libav may have replaced ours */
		avio_context_free(&a->io);
	}
	av_packet_free(&a->pkt);
	av_frame_free(&a->frame);
	swr_free(&a->swr);
	free(a->swr_buf);
	free(a);
}

static enum ut_status av_open(const struct ut_open_in *in, struct ut_decode_info *info, void **st,
			      struct ut_error *err)
{
	struct av *a = calloc(1, sizeof(*a));
	enum ut_status r;

	if (!a)
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	*st = a;
	a->in = *in;
	a->ogg_hole_s = -1;
	ut_libav_global_init();
	if (in->raw && in->raw->block_bytes)
		a->rest_bytes = in->src->size % in->raw->block_bytes;
	a->pkt = av_packet_alloc();
	a->frame = av_frame_alloc();
	if (!a->pkt || !a->frame)
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	r = open_format(a, err);
	if (r == UT_OK)
		r = pick_stream(a, info, err);
	if (r == UT_OK)
		r = open_codec(a, err);
	if (r != UT_OK)
		return r;
	a->trust_times = has_real_times(a->fmt->iformat->name);
	name_it(a, info);
	r = fill(a, err); /* rate and channels are the first frame's */
	if (r != UT_OK)
		return r;
	if (a->n_ch == 0 && a->encrypted)
		return ut_fail(err, UT_EENCRYPTED, "%s", drm_text);
	if (a->n_ch == 0)
		return a->n_damaged
			   ? ut_fail(err, UT_EFORMAT,
				     "not one of %u packets of %s audio could be decoded: the "
				     "file is damaged, or encrypted",
				     a->n_damaged, info->codec)
			   : ut_fail(err, UT_EEMPTY,
				     "a %s header and not one sample of audio after it: the "
				     "recorder stopped early, or the copy was cut short",
				     info->container);
	info->rate_hz = a->rate_hz;
	info->n_ch = (unsigned)a->n_ch;
	if (a->rate_hz)
		info->n_samples = claimed_samples(a);
	return UT_OK;
}

/* An Ogg stream ends with a page that says so (RFC 3533, 6). */
static const char *ogg_end(struct ut_source *src)
{
	enum { PAGE_MAX = 27 + 255 + 255 * 255 };
	size_t n = (size_t)UT_MIN(src->size, (int64_t)PAGE_MAX), at, body, need;
	unsigned char *buf = malloc(n);
	const char *why = NULL;

	if (!buf || ut_source_read(src, src->size - (int64_t)n, buf, n) != (int64_t)n) {
		free(buf);
		return NULL;
	}
	for (at = n < 4 ? 0 : n - 3; at-- > 0;)
		if (memcmp(buf + at, "OggS", 4) == 0)
			break;
	if (at == SIZE_MAX || at + 27 > n || at + 27 + buf[at + 26] > n) {
		why = "cut short in the middle of a page";
	} else {
		body = at + 27 + buf[at + 26];
		need = 0;
		for (size_t i = at + 27; i < body; i++)
			need += buf[i];
		if (body + need > n)
			why = "cut short in the middle of a page";
		else if (!(buf[at + 5] & 4))
			why = "no end mark: cut short, or the recorder was stopped";
	}
	free(buf);
	return why;
}

static void av_partial(void *user, char *why, size_t cap)
{
	struct av *a = user;
	const char *end;
	char when[24];

	if (a->stopped[0]) {
		snprintf(why, cap, "%s", a->stopped);
	} else if (a->n_damaged) {
		time_text(a->first_damage_s, when);
		snprintf(why, cap, "damaged: %u packet%s could not be decoded, the first at %s",
			 a->n_damaged, a->n_damaged == 1 ? "" : "s", when);
	} else if (a->ogg_hole_s >= 0) {
		time_text(a->ogg_hole_s, when);
		snprintf(why, cap, "damaged: part of the stream is missing at %s", when);
	} else if (strcmp(a->fmt->iformat->name, "ogg") == 0 && (end = ogg_end(a->in.src))) {
		snprintf(why, cap, "%s", end);
	} else if (a->rest_bytes) {
		snprintf(why, cap, "cut short: %lld bytes of an unfinished frame at the end",
			 (long long)a->rest_bytes);
	}
}

const struct ut_backend ut_backend_libav = {
	.name = "libav",
	.slack_ms = 500,
	.open = av_open,
	.read = av_read,
	.partial = av_partial,
	.close = av_close,
};
