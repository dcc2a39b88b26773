/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sidecar.c - the JSON file beside a recording (schemas/sidecar.schema.json), read strictly: a key
 * that is misspelt could be the one that says "internal". */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/claims.h"

static const char *const keys[] = {
	"schema",        "call_id",       "start_time",   "direction",        "queue",
	"team",          "agent_id",      "customer_key", "case_id",          "language",
	"purpose",       "notice",        "profile",      "customer_channel", "agent_channel",
	"customer_kind", "agent_kind",    "internal",     "parties",          "masked",
	"hold",          "first_speaker", "side",         "other_side",       NULL,
};
static const char *const party_keys[] = { "channel", "role", "kind", "id", NULL };
static const char *const span_keys[] = { "start_s", "end_s", "reason", NULL };

static enum ut_status read_channel(const json_t *v, const char *name, const char *what,
				   struct ut_claim_party *p, struct ut_error *err)
{
	char text[24];

	if (json_is_integer(v)) {
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
		if (ut_channel_parse(text, p))
			return UT_OK;
	} else if (json_is_string(v) && ut_channel_parse(json_string_value(v), p)) {
		return UT_OK;
	}
	return ut_fail(err, UT_EMETA,
		       "%.100s: '%s' must be \"left\", \"right\", \"all\" or a number from 0 to %d",
		       name, what, UT_MAX_CHANNELS - 1);
}

static enum ut_status read_kind(const json_t *obj, const char *key, const char *name,
				const char *where, enum ut_kind *kind, struct ut_error *err)
{
	const char *s;
	enum ut_status st = ut_json_text(obj, key, name, where, &s, err);

	if (st != UT_OK || !s)
		return st;
	*kind = ut_kind_parse(s);
	if (*kind == UT_N_KINDS)
		return ut_fail(err, UT_EMETA, "%.100s: '%s%s' must be external or internal", name,
			       where, key);
	return UT_OK;
}

/* customer_channel and customer_kind, or the agent's. */
static enum ut_status read_short_party(const json_t *j, enum ut_role role, const char *name,
				       struct ut_claims *c, struct ut_error *err)
{
	char key[32];
	const json_t *v;
	struct ut_claim_party p = { .role = role };
	enum ut_status st;

	snprintf(key, sizeof(key), "%s_kind", ut_role_name(role));
	st = read_kind(j, key, name, "", &p.kind, err);
	if (st != UT_OK)
		return st;
	if (role == UT_ROLE_CUSTOMER && p.kind == UT_KIND_INTERNAL)
		c->internal = true; /* even without a channel */
	snprintf(key, sizeof(key), "%s_channel", ut_role_name(role));
	v = json_object_get(j, key);
	if (!v || json_is_null(v))
		return UT_OK;
	st = read_channel(v, name, key, &p, err);
	if (st != UT_OK)
		return st;
	if (p.channel == UT_CHANNEL_ALL && role != UT_ROLE_CUSTOMER)
		return ut_fail(err, UT_EMETA, "%.100s: '%s' cannot be all", name, key);
	if (role == UT_ROLE_AGENT)
		p.id = c->field[UT_CLAIM_agent_id];
	else
		p.id = c->field[UT_CLAIM_customer_key];
	if (p.kind == UT_KIND_UNKNOWN) {
		p.kind = role == UT_ROLE_CUSTOMER ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
		p.kind_implied = true;
	}
	return ut_claims_add(c, &p, err);
}

/* "side": whose voice this file, of one channel, holds. */
static enum ut_status read_side(const json_t *j, const char *name, struct ut_claims *c,
				struct ut_error *err)
{
	struct ut_claim_party p = { .channel = 0, .own = true, .kind_implied = true };
	const char *s;
	enum ut_status st = ut_json_text(j, "side", name, "", &s, err);

	if (st != UT_OK || !s)
		return st;
	if (strcmp(s, "customer") != 0 && strcmp(s, "agent") != 0)
		return ut_fail(err, UT_EMETA,
			       "%.100s: 'side' must be customer or agent, not '%.40s'", name, s);
	p.role = s[0] == 'c' ? UT_ROLE_CUSTOMER : UT_ROLE_AGENT;
	p.kind = s[0] == 'c' ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
	p.id = c->field[s[0] == 'c' ? UT_CLAIM_customer_key : UT_CLAIM_agent_id];
	return ut_claims_add(c, &p, err);
}

/* A file's name, in the same folder. */
static enum ut_status read_other_side(const json_t *j, const char *name, char **ret,
				      struct ut_error *err)
{
	const char *s;
	enum ut_status st = ut_json_text(j, "other_side", name, "", &s, err);

	if (st != UT_OK || !s)
		return st;
	if (!s[0] || strchr(s, '/') || strlen(s) > 255)
		return ut_fail(err, UT_EMETA,
			       "%.100s: 'other_side' must be the name of a file in the same folder",
			       name);
	return ut_call_set(ret, s) == UT_OK ? UT_OK : ut_fail(err, UT_ENOMEM, "metadata");
}

static enum ut_status read_party(const json_t *v, size_t i, const char *name, struct ut_claims *c,
				 struct ut_error *err)
{
	struct ut_claim_party p = { .channel = UT_CHANNEL_NONE };
	char where[64];
	const char *s, *id;
	const json_t *ch;
	enum ut_status st;

	snprintf(where, sizeof(where), "parties[%zu].", i);
	if (!json_is_object(v))
		return ut_fail(err, UT_EMETA, "%.100s: 'parties[%zu]' must be an object", name, i);
	st = ut_json_check_keys(v, party_keys, name, where, err);
	if (st == UT_OK)
		st = ut_json_text(v, "role", name, where, &s, err);
	if (st == UT_OK && s) {
		p.role = ut_role_parse(s);
		if (p.role == UT_N_ROLES)
			st = ut_fail(err, UT_EMETA,
				     "%.100s: '%srole' must be customer, agent, ivr, other or "
				     "unknown, not '%.40s'",
				     name, where, s);
	}
	if (st == UT_OK)
		st = read_kind(v, "kind", name, where, &p.kind, err);
	if (st == UT_OK)
		st = ut_json_text(v, "id", name, where, &id, err);
	if (st != UT_OK)
		return st;
	ch = json_object_get(v, "channel");
	if (!ch)
		return ut_fail(err, UT_EMETA, "%.100s: '%schannel' is missing", name, where);
	snprintf(where, sizeof(where), "parties[%zu].channel", i);
	st = read_channel(ch, name, where, &p, err);
	if (st != UT_OK)
		return st;
	if (p.channel == UT_CHANNEL_ALL && p.role != UT_ROLE_CUSTOMER)
		return ut_fail(err, UT_EMETA, "%.100s: '%s' can be all for a customer only", name,
			       where);
	p.id = (char *)(uintptr_t)id;
	if (p.role == UT_ROLE_CUSTOMER && p.kind == UT_KIND_INTERNAL)
		c->internal = true;
	if (p.kind == UT_KIND_UNKNOWN && (p.role == UT_ROLE_CUSTOMER || p.role == UT_ROLE_AGENT)) {
		p.kind = p.role == UT_ROLE_CUSTOMER ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
		p.kind_implied = true;
	}
	return ut_claims_add(c, &p, err);
}

static enum ut_status read_spans(const json_t *j, const char *key, enum ut_span_kind kind,
				 const char *name, struct ut_claims *c, struct ut_error *err)
{
	const json_t *list = json_object_get(j, key), *v;
	enum ut_status st;
	size_t i;

	if (!list || json_is_null(list))
		return UT_OK;
	if (!json_is_array(list))
		return ut_fail(err, UT_EMETA, "%.100s: '%s' must be a list", name, key);
	json_array_foreach(list, i, v)
	{
		char where[40];
		const json_t *s = json_object_get(v, "start_s"), *e = json_object_get(v, "end_s");
		double a = json_number_value(s), b = json_number_value(e);

		snprintf(where, sizeof(where), "%s[%zu].", key, i);
		if (!json_is_number(s) || !json_is_number(e) || !(a >= 0) || !(b > a) || b > 1e6)
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%s[%zu]' needs start_s and end_s in seconds, "
				       "start before end",
				       name, key, i);
		st = ut_json_check_keys(v, span_keys, name, where, err);
		if (st != UT_OK)
			return st;
		/* outwards to whole frames: a masked number must not show at the edges */
		if (ut_span_list_push(&c->known,
				      &(struct ut_span){ .start = (int64_t)floor(a * 100),
							 .end = (int64_t)ceil(b * 100),
							 .kind = kind,
							 .confidence = 1 }) != UT_OK)
			return ut_fail(err, UT_ENOMEM, "metadata");
	}
	return UT_OK;
}

static enum ut_status read_fields(const json_t *j, const char *name, struct ut_claims *c,
				  struct ut_error *err)
{
	const char *s;

	for (unsigned i = 0; i < UT_N_CLAIM_FIELDS; i++) {
		enum ut_status st = ut_json_text(j, ut_claim_field_name[i], name, "", &s, err);

		if (st != UT_OK)
			return st;
		if (ut_call_set(&c->field[i], s && s[0] ? s : NULL) != UT_OK)
			return ut_fail(err, UT_ENOMEM, "metadata");
	}
	s = c->field[UT_CLAIM_direction];
	if (s && strcmp(s, "inbound") != 0 && strcmp(s, "outbound") != 0 &&
	    strcmp(s, "internal") != 0)
		return ut_fail(err, UT_EMETA,
			       "%.100s: 'direction' must be inbound, outbound or internal, not "
			       "'%.40s'",
			       name, s);
	if (s && strcmp(s, "internal") == 0)
		c->internal = true;
	s = c->field[UT_CLAIM_start_time];
	if (s && !isfinite(ut_time_parse(s)))
		return ut_fail(err, UT_EMETA,
			       "%.100s: 'start_time' must be like 2026-01-31T14:05:00+02:00, not "
			       "'%.40s'",
			       name, s);
	return UT_OK;
}

static enum ut_status read_all(const json_t *j, const char *name, struct ut_claims *c,
			       struct ut_error *err)
{
	const json_t *v = json_object_get(j, "schema"), *list, *p;
	enum ut_status st;
	size_t i;

	if (!json_is_integer(v))
		return ut_fail(err, UT_EMETA,
			       "%.100s: no \"schema\": 1 in it, so it is not an Undertone sidecar; "
			       "see schemas/sidecar.schema.json, or move it away",
			       name);
	if (json_integer_value(v) != 1)
		return ut_fail(err, UT_EMETA, "%.100s: schema %lld; this program reads schema 1",
			       name, (long long)json_integer_value(v));
	st = ut_json_check_keys(j, keys, name, "", err);
	if (st == UT_OK)
		st = read_fields(j, name, c, err);
	if (st == UT_OK)
		st = ut_first_speaker_read(j, name, "", &c->first, err);
	v = json_object_get(j, "internal");
	if (st == UT_OK && v && !json_is_boolean(v) && !json_is_null(v))
		st = ut_fail(err, UT_EMETA, "%.100s: 'internal' must be true or false", name);
	if (json_is_true(v))
		c->internal = true;
	if (st == UT_OK)
		st = read_short_party(j, UT_ROLE_CUSTOMER, name, c, err);
	if (st == UT_OK)
		st = read_short_party(j, UT_ROLE_AGENT, name, c, err);
	if (st == UT_OK)
		st = read_side(j, name, c, err);
	if (st == UT_OK)
		st = read_other_side(j, name, &c->other_side, err);
	list = json_object_get(j, "parties");
	if (st == UT_OK && list && !json_is_array(list) && !json_is_null(list))
		st = ut_fail(err, UT_EMETA, "%.100s: 'parties' must be a list", name);
	if (st == UT_OK && json_is_array(list)) {
		json_array_foreach(list, i, p)
		{
			if (st == UT_OK)
				st = read_party(p, i, name, c, err);
		}
	}
	if (st == UT_OK)
		st = read_spans(j, "masked", UT_SPAN_MASKED, name, c, err);
	if (st == UT_OK)
		st = read_spans(j, "hold", UT_SPAN_MUSIC, name, c, err);
	ut_claims_sort_known(c);
	return st;
}

enum ut_status ut_meta_side(const char *bytes, size_t n, const char *recording,
			    struct ut_meta_side *ret)
{
	struct ut_claims c = { 0 };
	enum ut_status st = ut_sidecar_parse(bytes, n, "", recording, &c, NULL);

	*ret = (struct ut_meta_side){ 0 };
	if (st == UT_OK && c.other_side)
		snprintf(ret->other, sizeof(ret->other), "%s", c.other_side);
	for (unsigned i = 0; st == UT_OK && i < c.n_parties; i++)
		if (c.party[i].own)
			ret->role = c.party[i].role;
	ut_claims_done(&c);
	return st;
}

enum ut_status ut_sidecar_parse(const char *bytes, size_t n, const char *name,
				const char *recording, struct ut_claims *ret, struct ut_error *err)
{
	struct ut_claims c = { 0 };
	json_t *j = NULL;
	enum ut_status st;

	snprintf(c.source, sizeof(c.source), "sidecar %.100s", name);
	if (n > 2 && memcmp(bytes, "\x1f\x8b", 2) == 0) /* gzip: only a vCon may be */
		st = ut_vcon_claims(bytes, n, name, recording, &c, err);
	else
		st = ut_json_load(bytes, n, name, &j, err);
	if (st == UT_OK && j && ut_vcon_is(j) && !json_object_get(j, "schema"))
		st = ut_vcon_claims(bytes, n, name, recording, &c, err);
	else if (st == UT_OK && j)
		st = read_all(j, name, &c, err);
	json_decref(j);
	if (st == UT_OK)
		*ret = c;
	else
		ut_claims_done(&c);
	return st;
}
