/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode/codec.h"

#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int format;
} codecs[] = {
	{ "gsm", SF_FORMAT_WAV | SF_FORMAT_GSM610 },
	{ "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS },
};

/* A file in memory. */
struct mem {
	unsigned char *v;
	sf_count_t n, cap, at;
};

static sf_count_t mem_length(void *user)
{
	return ((struct mem *)user)->n;
}

static sf_count_t mem_seek(sf_count_t offset, int whence, void *user)
{
	struct mem *m = user;
	sf_count_t to = whence == SEEK_CUR   ? m->at + offset
			: whence == SEEK_END ? m->n + offset
					     : offset;

	if (to < 0)
		return -1;
	return m->at = to;
}

static sf_count_t mem_read(void *ptr, sf_count_t count, void *user)
{
	struct mem *m = user;
	sf_count_t left = m->at < m->n ? m->n - m->at : 0;

	count = UT_MIN(count, left);
	memcpy(ptr, m->v + m->at, (size_t)count);
	m->at += count;
	return count;
}

static sf_count_t mem_write(const void *ptr, sf_count_t count, void *user)
{
	struct mem *m = user;

	if (m->at + count > m->cap) {
		sf_count_t cap = (m->at + count) * 2;
		unsigned char *v = realloc(m->v, (size_t)cap);

		if (!v)
			return 0;
		memset(v + m->cap, 0, (size_t)(cap - m->cap));
		m->v = v, m->cap = cap;
	}
	memcpy(m->v + m->at, ptr, (size_t)count);
	m->at += count;
	m->n = UT_MAX(m->n, m->at);
	return count;
}

static sf_count_t mem_tell(void *user)
{
	return ((struct mem *)user)->at;
}

enum ut_status ut_codec_round_trip(const char *name, float *x, size_t n, struct ut_error *err)
{
	SF_VIRTUAL_IO io = { mem_length, mem_seek, mem_read, mem_write, mem_tell };
	SF_INFO info = { .samplerate = 8000, .channels = 1 };
	struct mem m = { 0 };
	SNDFILE *f;
	sf_count_t done;

	for (size_t i = 0; i < UT_ARRAY_LEN(codecs); i++)
		if (strcmp(name, codecs[i].name) == 0)
			info.format = codecs[i].format;
	if (!info.format)
		return ut_fail(err, UT_EINVAL, "codec \"%s\": gsm or opus", name);
	f = sf_open_virtual(&io, SFM_WRITE, &info, &m);
	if (!f) {
		free(m.v);
		return ut_fail(err, UT_EUNSUPPORTED, "codec %s: %s", name, sf_strerror(NULL));
	}
	done = sf_writef_float(f, x, (sf_count_t)n);
	sf_close(f);
	if (done != (sf_count_t)n || !m.v) {
		free(m.v);
		return ut_fail(err, UT_ENOMEM, "codec %s", name);
	}
	m.at = 0;
	info.format = 0;
	f = sf_open_virtual(&io, SFM_READ, &info, &m);
	if (!f) {
		free(m.v);
		return ut_fail(err, UT_EUNSUPPORTED, "codec %s: %s", name, sf_strerror(NULL));
	}
	done = sf_readf_float(f, x, (sf_count_t)n);
	if (done < (sf_count_t)n)
		memset(x + done, 0, (n - (size_t)done) * sizeof(*x));
	sf_close(f);
	free(m.v);
	return UT_OK;
}
