/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vcon.c - a new vCon of a call that came without one: draft-ietf-vcon-vcon-core-04 with the
 * contact centre extension (role, interaction_id, interaction_type, skill). The recording stays
 * where it is: the dialog has its name, not its sound. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/sha256.h"
#include "report/export.h"
#include "report/report.h"

void ut_export_uuid(const struct ut_export *e, const char *seed, char buf[37])
{
	struct ut_text t = { 0 };
	struct tm tm = { 0 };
	char hex[65] = "";
	unsigned frac = 0;
	int64_t at = 0;

	ut_text_addf(&t, "%s\n%s\n%s\n%s", e->stored->key.content, e->stored->key.options,
		     e->stored->key.model, seed);
	if (t.failed || ut_sha256_hex(t.s, t.len, hex, NULL) != UT_OK)
		snprintf(hex, sizeof(hex), "%s", e->stored->key.content);
	ut_text_done(&t);
	if (sscanf(e->stored->analysed_at, "%d-%d-%dT%d:%d:%d.%3u", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &frac) >= 6) {
		tm.tm_year -= 1900;
		tm.tm_mon--;
		at = (int64_t)timegm(&tm) * 1000 + frac;
	}
	/* 48 bits of time, version 8, 12 bits, variant 10, 62 bits */
	snprintf(buf, 37, "%08x-%04x-8%.3s-%c%.3s-%.12s",
		 (unsigned)((uint64_t)at >> 16 & 0xffffffff), (unsigned)(at & 0xffff), hex,
		 "89ab"[hex[3] % 4], hex + 4, hex + 8);
}

static const char *media_type(const struct ut_media *m)
{
	static const struct {
		const char *container, *type;
	} known[] = {
		{ "wav", "audio/x-wav" }, { "mp3", "audio/x-mp3" }, { "ogg", "audio/ogg" },
		{ "mov", "audio/x-mp4" }, { "flac", "audio/flac" }, { "webm", "audio/webm" },
		{ "amr", "audio/AMR" },   { "au", "audio/basic" },
	};

	for (size_t i = 0; m->container && i < UT_ARRAY_LEN(known); i++)
		if (strncmp(m->container, known[i].container, strlen(known[i].container)) == 0)
			return known[i].type;
	return NULL;
}

static void parties(struct ut_json *j, const struct ut_call *c)
{
	ut_json_begin_array(j, "parties");
	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *p = &c->party[i];
		const char *id = p->id;

		if (!id && p->role == UT_ROLE_CUSTOMER)
			id = c->meta.customer_key;
		if (!id && p->role == UT_ROLE_AGENT)
			id = c->meta.agent_id;
		ut_json_begin_object(j, NULL);
		if (id)
			ut_json_string(j, "uuid", id);
		if (p->role == UT_ROLE_IVR)
			ut_json_string(j, "type", "bot");
		else if (p->role == UT_ROLE_CUSTOMER || p->role == UT_ROLE_AGENT)
			ut_json_string(j, "role", ut_role_name(p->role));
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

/* One entry a channel: a party, a list of those that share it, null where nobody is on it. */
static void channels(struct ut_json *j, const struct ut_call *c, unsigned from, unsigned to)
{
	unsigned n_ch = to - from;

	ut_json_begin_array(j, "parties");
	for (unsigned ch = from; ch < to; ch++) {
		unsigned n = 0, last = 0;

		for (unsigned i = 0; i < c->n_parties; i++)
			/* of a mix every party is on every channel */
			if (c->party[i].channel == (int)ch || c->party[i].channel < 0)
				n++, last = i;
		if (n == 0) {
			ut_json_null(j, NULL);
		} else if (n == 1) {
			ut_json_int(j, NULL, last);
		} else {
			if (n_ch > 1) /* a mono recording lists its parties without another list */
				ut_json_begin_array(j, NULL);
			for (unsigned i = 0; i < c->n_parties; i++)
				if (c->party[i].channel == (int)ch || c->party[i].channel < 0)
					ut_json_int(j, NULL, i);
			if (n_ch > 1)
				ut_json_end_array(j);
		}
	}
	ut_json_end_array(j);
}

/* The recording of channels from..to. late_s: by how much it began later than the call. */
static void recording(struct ut_json *j, const struct ut_export *e, const char *file, unsigned from,
		      unsigned to, double late_s)
{
	const struct ut_call *c = e->call;
	const char *type = media_type(&c->media);

	ut_json_begin_object(j, NULL);
	ut_json_string(j, "type", "recording");
	if (c->meta.start_time && late_s == 0)
		ut_json_string(j, "start", c->meta.start_time);
	ut_json_real(j, "duration", c->measures.duration_s - late_s, 3);
	channels(j, c, from, to);
	if (type)
		ut_json_string(j, "mediatype", type);
	ut_json_string(j, "filename", file);
	if (c->meta.call_id)
		ut_json_string(j, "interaction_id", c->meta.call_id);
	if (c->meta.direction)
		ut_json_string(j, "interaction_type", c->meta.direction);
	if (c->meta.queue)
		ut_json_string(j, "skill", c->meta.queue);
	ut_json_end_object(j);
}

/* One, or one a side where each is a file of its own. */
static void dialog(struct ut_json *j, const struct ut_export *e)
{
	const struct ut_media *m = &e->call->media;
	unsigned n_ch = UT_MAX(UT_MIN(m->n_ch, (unsigned)UT_MAX_CHANNELS), 1u);
	const char *slash = m->path2 ? strrchr(m->path2, '/') : NULL;
	const char *other = slash ? slash + 1 : m->path2;

	ut_json_begin_array(j, "dialog");
	if (other && strcmp(other, e->file) != 0) {
		recording(j, e, e->file, 0, 1, UT_MAX(-m->lead_s, 0));
		recording(j, e, other, 1, 2, UT_MAX(m->lead_s, 0));
	} else {
		recording(j, e, e->file, 0, n_ch, 0);
	}
	ut_json_end_array(j);
}

void ut_export_new_vcon(const struct ut_export *e, struct ut_text *out)
{
	char uuid[37];
	struct ut_json j;

	ut_export_uuid(e, "vcon", uuid);
	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_string(&j, "vcon", "0.4.0");
	ut_json_string(&j, "uuid", uuid);
	ut_json_begin_array(&j, "extensions");
	ut_json_string(&j, NULL, "CC");
	ut_json_end_array(&j);
	ut_json_string(&j, "created_at", e->stored->analysed_at);
	parties(&j, e->call);
	dialog(&j, e);
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}
