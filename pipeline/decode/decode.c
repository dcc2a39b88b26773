/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode/decode.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/backend.h"

/* So many seconds may any file have, and so many more for each of its bytes: a bomb of 40 kB that
 * decodes to days is refused after 37 min of it. Of more channels, or samples, than the densest
 * recording of a call has (stereo of 48 kHz) in proportion less: time is not what they cost. */
static const double free_s = 600, s_a_byte = 0.04;
enum { DENSE_CH = 2, DENSE_HZ = 96000 };

struct ut_decoder {
	struct ut_source src;
	struct ut_open_in in; /* what the back end was opened with, for a second time */
	const struct ut_backend *be;
	void *st;
	struct ut_decode_info info;
	int64_t pos, limit; /* next sample; the most that is allowed */
	double max_s;       /* by the caller */
	bool sparse;        /* the file's size allows for less */
	bool ended;
	bool passed;      /* has been at the end, so that a seek back keeps what is known of it */
	size_t peeked;    /* samples of the first block, decoded by open */
	int64_t expected; /* samples that the header promises for certain; -1 */
	char why[192];    /* partial; "" = whole */
	float *buf;       /* UT_DECODE_MAX_CH x UT_DECODE_BLOCK */
	float *ch[UT_DECODE_MAX_CH];
};

int64_t ut_source_read(struct ut_source *s, int64_t at, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t k = pread(s->fd, (char *)buf + done, n - done, at + (int64_t)done);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			s->io_errno = errno;
			return -1;
		}
		if (k == 0)
			break;
		done += (size_t)k;
	}
	return (int64_t)done;
}

static enum ut_status source_init(struct ut_source *s, int fd, const char *name,
				  struct ut_error *err)
{
	struct stat sb;
	const char *slash = strrchr(name, '/');
	const char *dot = strrchr(slash ? slash : name, '.');
	int64_t n;

	*s = (struct ut_source){ .fd = fd };
	if (fstat(fd, &sb) != 0)
		return ut_fail(err, UT_EIO, "cannot look at the file: %s", strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return ut_fail(err, UT_EIO, "not a regular file: copy the recording to a file");
	if (sb.st_size == 0)
		return ut_fail(err, UT_EEMPTY,
			       "the file is empty (0 bytes): copy it again from the recorder");
	s->size = sb.st_size;
	for (size_t i = 0; dot && dot[i + 1] && i < sizeof(s->ext) - 1; i++)
		s->ext[i] = (char)tolower((unsigned char)dot[i + 1]);
	s->head_n = (size_t)UT_MIN(s->size, (int64_t)UT_SNIFF_BYTES);
	s->head = malloc(s->head_n);
	if (!s->head)
		return ut_fail(err, UT_ENOMEM, "decode: no memory for the first bytes");
	n = ut_source_read(s, 0, s->head, s->head_n);
	if (n < 0)
		return ut_fail(err, UT_EIO, "cannot read: %s", strerror(s->io_errno));
	s->head_n = (size_t)n;
	if (n == 0)
		return ut_fail(err, UT_EEMPTY, "the file became empty while it was opened");
	return UT_OK;
}

/* Formats that nothing but option or name can tell, after the content was asked. */
static enum ut_status choose_raw(const struct ut_source *src, const struct ut_decode_opts *o,
				 const struct ut_raw_format **raw, struct ut_error *err)
{
	*raw = NULL;
	if (o->raw_format) {
		*raw = ut_raw_by_name(o->raw_format);
		return *raw ? UT_OK : ut_decode_check_raw_format(o->raw_format, err);
	}
	*raw = ut_raw_by_extension(src->ext);
	return *raw ? ut_raw_check(*raw, src, err) : UT_OK;
}

static void limit_length(struct ut_decoder *d, double n_ch, double rate_hz)
{
	double s = free_s + s_a_byte * (double)d->src.size;

	s *= UT_MIN(1.0, UT_MIN(DENSE_CH / n_ch, DENSE_HZ / (n_ch * rate_hz)));
	d->sparse = s <= d->max_s;
	d->src.max_s = UT_MIN(s, d->max_s);
}

static enum ut_status open_with(struct ut_decoder *d, const struct ut_backend *be,
				const struct ut_open_in *in, struct ut_error *err)
{
	enum ut_status st;

	memset(&d->info, 0, sizeof(d->info));
	d->info.n_samples = -1;
	d->info.n_audio_tracks = 1;
	d->be = be;
	d->in = *in;
	st = be->open(in, &d->info, &d->st, err);
	if (st == UT_OK && (d->info.n_ch < 1 || d->info.n_ch > UT_DECODE_MAX_CH))
		st = ut_fail(err, UT_EUNSUPPORTED,
			     "%u channels; up to %d are read: extract the parties' channels first",
			     d->info.n_ch, UT_DECODE_MAX_CH);
	if (st == UT_OK &&
	    (d->info.rate_hz < UT_DECODE_MIN_RATE_HZ || d->info.rate_hz > UT_DECODE_MAX_RATE_HZ))
		st = ut_fail(err, UT_EUNSUPPORTED,
			     "a sample rate of %u Hz; %d to %d Hz are read: convert the file, or "
			     "copy it again if it is damaged",
			     d->info.rate_hz, UT_DECODE_MIN_RATE_HZ, UT_DECODE_MAX_RATE_HZ);
	if (st == UT_OK) {
		limit_length(d, d->info.n_ch, d->info.rate_hz);
		st = be->read(d->st, d->ch, UT_DECODE_BLOCK, &d->peeked, err);
	}
	if (st == UT_OK && d->peeked == 0)
		st = ut_fail(err, UT_EEMPTY,
			     "a %s header and not one sample after it: the recorder stopped before "
			     "any audio, or the copy was cut short",
			     d->info.container);
	if (st != UT_OK) {
		be->close(d->st);
		d->st = NULL;
	}
	return st;
}

static enum ut_status choose_and_open(struct ut_decoder *d, const struct ut_decode_opts *o,
				      struct ut_error *err)
{
	struct ut_open_in in = { .src = &d->src,
				 .raw_rate_hz = o->raw_rate_hz,
				 .raw_channels = o->raw_channels };
	struct ut_error first;
	enum ut_sniff kind = UT_SNIFF_UNKNOWN;
	enum ut_status st, st2;

	if (!o->raw_format)
		kind = ut_sniff(&d->src, err);
	if (kind == UT_SNIFF_REFUSE)
		return err ? err->code : UT_EFORMAT;
	if (kind == UT_SNIFF_UNKNOWN) {
		st = choose_raw(&d->src, o, &in.raw, err);
		if (st != UT_OK)
			return st;
		if (in.raw)
			return open_with(d, in.raw->backend, &in, err);
	}
	if (kind != UT_SNIFF_SNDFILE)
		return open_with(d, &ut_backend_libav, &in, err);

	/* libav takes what is in a known container but in a codec that libsndfile lacks. */
	st = open_with(d, &ut_backend_sndfile, &in, &first);
	if (st == UT_EUNSUPPORTED || st == UT_EFORMAT) {
		st2 = open_with(d, &ut_backend_libav, &in, err);
		if (st2 == UT_OK || st == UT_EUNSUPPORTED)
			return st2;
	}
	return st == UT_OK ? st : ut_fail(err, st, "%s", first.msg);
}

static enum ut_status too_long(const struct ut_decoder *d, struct ut_error *err)
{
	if (d->sparse)
		return ut_fail(err, UT_ELIMIT,
			       "%lld bytes that decode to more than %.0f min: no recording of a "
			       "call is so dense; if it is one, convert it to WAV",
			       (long long)d->src.size, d->src.max_s / 60);
	return ut_fail(err, UT_ELIMIT,
		       "longer than the limit of %.2f h: split the recording, or raise the limit "
		       "if it really is one call",
		       d->src.max_s / 3600);
}

enum ut_status ut_decoder_open(int fd, const char *name, const struct ut_decode_opts *o,
			       struct ut_decoder **ret, struct ut_error *err)
{
	static const struct ut_decode_opts none;
	struct ut_error local;
	struct ut_decoder *d = calloc(1, sizeof(*d));
	enum ut_status st;

	o = o ? o : &none;
	err = err ? err : &local;
	if (!d || !(d->buf = malloc(sizeof(float) * UT_DECODE_MAX_CH * UT_DECODE_BLOCK))) {
		free(d);
		return ut_fail(err, UT_ENOMEM, "decode: no memory");
	}
	for (unsigned c = 0; c < UT_DECODE_MAX_CH; c++)
		d->ch[c] = d->buf + (size_t)c * UT_DECODE_BLOCK;
	st = source_init(&d->src, fd, name ? name : "", err);
	d->max_s = UT_MIN(o->max_duration_s > 0 ? o->max_duration_s : 24 * 3600.0, 1e6);
	limit_length(d, 1, UT_DECODE_MIN_RATE_HZ); /* until the header has said more */
	if (st == UT_OK)
		st = choose_and_open(d, o, err);
	if (st != UT_OK) {
		if (d->src.io_errno)
			st = ut_fail(err, UT_EIO, "cannot read: %s", strerror(d->src.io_errno));
		else if (st == UT_ELIMIT)
			st = too_long(d, err);
		ut_decoder_destroy(&d);
		return st;
	}
	d->limit = (int64_t)(d->src.max_s * d->info.rate_hz);
	*ret = d;
	return UT_OK;
}

const struct ut_decode_info *ut_decoder_info(const struct ut_decoder *d)
{
	return &d->info;
}

bool ut_decoder_partial(const struct ut_decoder *d, const char **why)
{
	if (why)
		*why = d->why;
	return d->why[0] != 0;
}

/* Codecs overshoot full scale, and float files may hold anything. */
static void tidy(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float v = isfinite(x[i]) ? x[i] : 0.0f;

		x[i] = v > 1.0f ? 1.0f : v < -1.0f ? -1.0f : v;
	}
}

/* At the end: was this all that the header promised? */
static void judge_end(struct ut_decoder *d)
{
	struct ut_header h;
	double rate = d->info.rate_hz;

	if (d->passed)
		return;
	d->passed = true;
	if (d->why[0] == 0)
		d->be->partial(d->st, d->why, sizeof(d->why));
	if (d->why[0])
		return;
	if (ut_header_read(&d->src, &h) && h.claimed > h.there)
		snprintf(d->why, sizeof(d->why),
			 "cut short: the header promises %.1f s of audio, %.1f s are there",
			 (double)d->pos / rate * (double)h.claimed / (double)UT_MAX(h.there, 1),
			 (double)d->pos / rate);
	else if (d->info.n_samples > d->pos + (int64_t)d->info.rate_hz * d->be->slack_ms / 1000)
		snprintf(d->why, sizeof(d->why),
			 "cut short or damaged: the header promises %.1f s of audio, %.1f s could "
			 "be decoded",
			 (double)d->info.n_samples / rate, (double)d->pos / rate);
}

enum ut_status ut_decoder_read(struct ut_decoder *d, struct ut_block *b, struct ut_error *err)
{
	struct ut_error local;
	enum ut_status st = UT_OK;
	size_t n = d->peeked;

	err = err ? err : &local;
	*b = (struct ut_block){ .n_ch = d->info.n_ch, .pos = d->pos };
	d->peeked = 0;
	if (n == 0 && !d->ended)
		st = d->be->read(d->st, d->ch, UT_DECODE_BLOCK, &n, err);
	if (st == UT_ENOMEM)
		return st;
	if (st == UT_ELIMIT)
		return too_long(d, err);
	if (st != UT_OK) {
		n = 0;
		if (d->src.io_errno)
			snprintf(d->why, sizeof(d->why), "reading stopped after %.1f s: %s",
				 (double)d->pos / d->info.rate_hz, strerror(d->src.io_errno));
		else
			snprintf(d->why, sizeof(d->why), "damaged after %.1f s: %.120s",
				 (double)d->pos / d->info.rate_hz, err->msg);
	}
	if (n == 0) {
		d->ended = true;
		judge_end(d);
		return UT_OK;
	}
	if (d->pos + (int64_t)n > d->limit)
		return too_long(d, err);
	for (unsigned c = 0; c < d->info.n_ch; c++) {
		tidy(d->ch[c], n);
		b->ch[c] = d->ch[c];
	}
	b->n = n;
	d->pos += (int64_t)n;
	return UT_OK;
}

/* Decoding on, or again from the start, gives the very samples that a reading from the start gave;
 * what libraries call seeking is off by frames in MP3, and absent in GSM. */
static enum ut_status seek_by_decoding(struct ut_decoder *d, int64_t pos, struct ut_error *err)
{
	int64_t at = d->pos + (int64_t)d->peeked;
	enum ut_status st = UT_OK;
	size_t n = 1;

	if (pos < at) {
		struct ut_decode_info info = { 0 };
		void *fresh = NULL;

		st = d->be->open(&d->in, &info, &fresh, err);
		if (st != UT_OK) {
			d->be->close(fresh);
			return st;
		}
		d->be->close(d->st);
		d->st = fresh;
		at = 0;
	}
	while (st == UT_OK && n > 0 && at < pos) {
		st = d->be->read(d->st, d->ch, (size_t)UT_MIN(pos - at, (int64_t)UT_DECODE_BLOCK),
				 &n, err);
		at += (int64_t)n;
	}
	return st;
}

enum ut_status ut_decoder_seek(struct ut_decoder *d, int64_t pos, struct ut_error *err)
{
	struct ut_error local;
	enum ut_status st = UT_EUNSUPPORTED;

	err = err ? err : &local;
	if (pos < 0)
		return ut_fail(err, UT_EINVAL, "seek before the start");
	if (d->be->seek)
		st = d->be->seek(d->st, pos, err);
	if (st == UT_EUNSUPPORTED)
		st = seek_by_decoding(d, pos, err);
	if (st != UT_OK)
		return st;
	d->peeked = 0;
	d->ended = false;
	d->pos = pos;
	return UT_OK;
}

void ut_decoder_destroy(struct ut_decoder **pd)
{
	struct ut_decoder *d = *pd;

	if (!d)
		return;
	if (d->st)
		d->be->close(d->st);
	free(d->src.head);
	free(d->buf);
	free(d);
	*pd = NULL;
}

enum ut_status ut_decode_check_raw_format(const char *name, struct ut_error *err)
{
	char names[256];

	if (ut_raw_by_name(name))
		return UT_OK;
	ut_raw_names(names, sizeof(names));
	return ut_fail(err, UT_EINVAL, "'%.40s' is not a headerless format; there are %s", name,
		       names);
}

void ut_decode_global_init(void)
{
	ut_libav_global_init();
}
