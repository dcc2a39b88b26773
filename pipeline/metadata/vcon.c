/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcon.c - what a vCon says of the recording beside it: draft-ietf-vcon-vcon-core (parties, dialog,
 * party_history) with the contact centre extension (role, skill, interaction_id). Unsigned, or
 * signed as JWS in JSON: the payload is read, the signature is not checked, and the source says so.
 *
 * A dialog's parties index its channels: one entry a channel, each a party or a list of those whose
 * voices are mixed there; a single number or a list beside a mono recording is its mix.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/claims.h"

struct vcon {
	const json_t *parties;
	const json_t *dialog; /* the one that is this recording */
	const char *name;
	double start_s; /* of the dialog, UNIX time; NAN where not given */
	struct ut_claims *c;
};

static enum ut_status bad(const struct vcon *v, struct ut_error *err, const char *what)
{
	return ut_fail(err, UT_EMETA, "%.100s: vCon: %s", v->name, what);
}

/* Base64url without padding (RFC 7515, 2), tolerant of padding and of plain base64. */
static char *unbase64(const char *s, size_t *n)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = strlen(s), k = 0;
	unsigned bits = 0, have = 0;
	char *out = malloc(len + 1);

	for (size_t i = 0; out && i < len && s[i] != '='; i++) {
		char ch = s[i] == '+' ? '-' : s[i] == '/' ? '_' : s[i];
		const char *at = strchr(abc, ch);

		if (!at) {
			free(out);
			return NULL;
		}
		bits = bits << 6 | (unsigned)(at - abc);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[k++] = (char)(bits >> have & 0xff);
		}
	}
	*n = k;
	return out;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && s[0] && strlen(s) <= 4096 ? s : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The dialog that is the recording: the one whose file name or URL ends in its name; else the only
 * recording that there is. */
static enum ut_status pick_dialog(struct vcon *v, const json_t *root, const char *recording,
				  struct ut_error *err)
{
	const json_t *list = json_object_get(root, "dialog"), *d, *only = NULL;
	const char *want = recording ? base_name(recording) : NULL;
	unsigned n = 0, n_named = 0;
	size_t i;

	if (list && !json_is_array(list))
		return bad(v, err, "'dialog' is not a list");
	json_array_foreach(list, i, d)
	{
		const char *type = text_of(d, "type"), *file = text_of(d, "filename");
		const char *url = text_of(d, "url");

		if (!type || strcmp(type, "recording") != 0)
			continue;
		n++;
		only = d;
		if (want && ((file && strcmp(base_name(file), want) == 0) ||
			     (url && strcmp(base_name(url), want) == 0))) {
			v->dialog = d;
			n_named++;
		}
	}
	if (n_named > 1)
		return bad(v, err, "several dialogs name this recording");
	if (n_named == 1)
		return UT_OK;
	if (n == 0)
		return bad(v, err, "it has no dialog of type recording");
	if (n > 1)
		return ut_fail(
		    err, UT_EMETA,
		    "%.100s: vCon: %u recordings, and none has the file name of this one", v->name,
		    n);
	v->dialog = only;
	return UT_OK;
}

/* Roles of the contact centre extension; any other text is allowed there. */
static void role_of(const json_t *party, struct ut_claim_party *p)
{
	static const struct {
		const char *word;
		enum ut_role role;
		enum ut_kind kind;
	} words[] = {
		{ "customer", UT_ROLE_CUSTOMER, UT_KIND_EXTERNAL },
		{ "agent", UT_ROLE_AGENT, UT_KIND_INTERNAL },
		{ "supervisor", UT_ROLE_AGENT, UT_KIND_INTERNAL },
		{ "sme", UT_ROLE_AGENT, UT_KIND_INTERNAL },
		{ "bot", UT_ROLE_IVR, UT_KIND_UNKNOWN },
		{ "ivr", UT_ROLE_IVR, UT_KIND_UNKNOWN },
		{ "thirdparty", UT_ROLE_OTHER, UT_KIND_UNKNOWN },
	};
	const char *role = text_of(party, "role");

	for (size_t i = 0; role && i < UT_ARRAY_LEN(words); i++)
		if (strcasecmp(role, words[i].word) == 0) {
			p->role = words[i].role;
			p->kind = words[i].kind;
			p->kind_implied = true;
			return;
		}
	p->role = role ? UT_ROLE_OTHER : UT_ROLE_UNKNOWN;
}

static enum ut_status claim_channel(struct vcon *v, const json_t *who, int channel,
				    struct ut_error *err)
{
	static const char *const ids[] = { "uuid", "sip", "mailto", "tel" };
	struct ut_claim_party p = { .channel = channel };
	const json_t *party = NULL;
	const char *id = NULL;

	if (json_is_integer(who) && json_integer_value(who) >= 0)
		party = json_array_get(v->parties, (size_t)json_integer_value(who));
	if (!json_is_object(party))
		return bad(v, err, "the dialog names a party that is not there");
	role_of(party, &p);
	for (size_t i = 0; i < UT_ARRAY_LEN(ids) && !id; i++)
		id = text_of(party, ids[i]);
	p.id = (char *)(uintptr_t)id;
	if (p.role == UT_ROLE_AGENT && id && !v->c->field[UT_CLAIM_agent_id] &&
	    ut_call_set(&v->c->field[UT_CLAIM_agent_id], id) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "metadata");
	if (p.role == UT_ROLE_CUSTOMER && id && !v->c->field[UT_CLAIM_customer_key] &&
	    ut_call_set(&v->c->field[UT_CLAIM_customer_key], id) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "metadata");
	return ut_claims_add(v->c, &p, err);
}

static enum ut_status claim_parties(struct vcon *v, struct ut_error *err)
{
	const json_t *who = json_object_get(v->dialog, "parties"), *ch, *one;
	enum ut_status st = UT_OK;
	size_t i, k;

	if (json_is_integer(who))
		return claim_channel(v, who, 0, err);
	if (!json_is_array(who))
		return bad(v, err, "the recording's dialog has no 'parties'");
	json_array_foreach(who, i, ch)
	{
		if (i >= UT_MAX_CHANNELS)
			return bad(v, err, "more channels than are read");
		if (json_is_array(ch)) {
			json_array_foreach(ch, k, one)
			{
				if (st == UT_OK)
					st = claim_channel(v, one, (int)i, err);
			}
		} else {
			st = claim_channel(v, ch, (int)i, err);
		}
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct ut_span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Holds and masks out of the history of the parties: from an event to its opposite, or to the end.
 */
static enum ut_status history(struct vcon *v, struct ut_error *err)
{
	static const struct {
		const char *on, *off;
		enum ut_span_kind kind;
	} pairs[] = { { "hold", "unhold", UT_SPAN_MUSIC },
		      { "mask", "unmask", UT_SPAN_MASKED },
		      { "pause", "resume", UT_SPAN_MASKED } };
	const json_t *list = json_object_get(v->dialog, "party_history"), *e;
	double since[UT_ARRAY_LEN(pairs)] = { -1, -1, -1 };
	double end = json_number_value(json_object_get(v->dialog, "duration"));
	double last = UT_MAX(end, 0);
	unsigned agents = 0;
	size_t i;

	json_array_foreach(list, i, e)
	{
		const char *what = text_of(e, "event"), *when = text_of(e, "time");
		double t = when ? ut_time_parse(when) - v->start_s : NAN;
		struct ut_claim_party p = { 0 };

		if (!what)
			continue;
		role_of(json_array_get(v->parties, (size_t)UT_MAX(json_integer_value(
								      json_object_get(e, "party")),
								  (json_int_t)0)),
			&p);
		agents += strcmp(what, "join") == 0 && p.role == UT_ROLE_AGENT;
		for (size_t k = 0; k < UT_ARRAY_LEN(pairs); k++) {
			if (strcmp(what, pairs[k].on) != 0 && strcmp(what, pairs[k].off) != 0)
				continue;
			if (!isfinite(t))
				return bad(
				    v, err,
				    "a hold or mask in 'party_history' has no readable time");
			t = UT_MIN(UT_MAX(t, 0), 1e6);
			last = UT_MAX(last, t);
			if (strcmp(what, pairs[k].on) == 0) {
				since[k] = since[k] < 0 ? t : since[k];
			} else if (since[k] >= 0) {
				if (t > since[k] &&
				    ut_span_list_push(
					&v->c->known,
					&(struct ut_span){ .start = (int64_t)floor(since[k] * 100),
							   .end = (int64_t)ceil(t * 100),
							   .kind = pairs[k].kind,
							   .confidence = 1 }) != UT_OK)
					return ut_fail(err, UT_ENOMEM, "metadata");
				since[k] = -1;
			}
		}
	}
	for (size_t k = 0; k < UT_ARRAY_LEN(pairs); k++) {
		/* never taken back: to the end of the recording; a mask rather too long than too
		 * short */
		double to = end > 0 ? last : 1e6;

		if (since[k] >= 0 && to > since[k] &&
		    ut_span_list_push(&v->c->known,
				      &(struct ut_span){ .start = (int64_t)floor(since[k] * 100),
							 .end = (int64_t)ceil(to * 100),
							 .kind = pairs[k].kind,
							 .confidence = 1 }) != UT_OK)
			return ut_fail(err, UT_ENOMEM, "metadata");
	}
	if (v->c->known.n > 1)
		qsort(v->c->known.v, v->c->known.n, sizeof(*v->c->known.v), by_start);
	v->c->transferred = agents > 1;
	return UT_OK;
}

static enum ut_status fields(struct vcon *v, const json_t *root, struct ut_error *err)
{
	const json_t *d = v->dialog;
	const char *type = text_of(d, "interaction_type"), *start = text_of(d, "start");
	const struct {
		enum ut_claim_field field;
		const char *text;
	} from[] = {
		{ UT_CLAIM_call_id, text_of(d, "interaction_id") ? text_of(d, "interaction_id")
								 : text_of(root, "uuid") },
		{ UT_CLAIM_start_time, start },
		{ UT_CLAIM_queue, text_of(d, "skill") },
		{ UT_CLAIM_direction,
		  type && (strcmp(type, "inbound") == 0 || strcmp(type, "outbound") == 0 ||
			   strcmp(type, "internal") == 0)
		      ? type
		      : NULL },
	};

	v->start_s = start ? ut_time_parse(start) : NAN;
	if (start && !isfinite(v->start_s))
		return bad(v, err, "the dialog's 'start' is no RFC 3339 time");
	for (size_t i = 0; i < UT_ARRAY_LEN(from); i++)
		if (ut_call_set(&v->c->field[from[i].field], from[i].text) != UT_OK)
			return ut_fail(err, UT_ENOMEM, "metadata");
	if (v->c->field[UT_CLAIM_direction] &&
	    strcmp(v->c->field[UT_CLAIM_direction], "internal") == 0)
		v->c->internal = true;
	return UT_OK;
}

/* A vCon may say which extensions a reader must know to read it safely. */
static enum ut_status check_critical(const struct vcon *v, const json_t *root, struct ut_error *err)
{
	static const char *const keys[] = { "critical", "must_support" };

	for (size_t k = 0; k < UT_ARRAY_LEN(keys); k++) {
		const json_t *list = json_object_get(root, keys[k]), *e;
		size_t i;

		json_array_foreach(list, i, e)
		{
			const char *s = json_string_value(e);

			if (!s || strcasecmp(s, "cc") != 0)
				return ut_fail(err, UT_EMETA,
					       "%.100s: vCon: it may not be read without extension "
					       "'%.40s', which this program does not know",
					       v->name, s ? s : "?");
		}
	}
	return UT_OK;
}

bool ut_vcon_is(const json_t *root)
{
	return json_object_get(root, "vcon") || json_object_get(root, "payload") ||
	       json_object_get(root, "ciphertext") ||
	       (json_object_get(root, "uuid") && json_object_get(root, "created_at"));
}

static enum ut_status unwrap(const struct vcon *v, const json_t *root, json_t **ret,
			     struct ut_error *err)
{
	const char *payload = json_string_value(json_object_get(root, "payload"));
	enum ut_status st;
	char *bytes;
	size_t n;

	if (json_object_get(root, "ciphertext"))
		return bad(v, err, "it is encrypted (JWE): decrypt it first");
	if (!payload)
		return UT_OK;
	bytes = unbase64(payload, &n);
	if (!bytes)
		return bad(v, err, "the signed payload is not base64url");
	st = ut_json_load(bytes, n, v->name, ret, err);
	free(bytes);
	return st;
}

enum ut_status ut_vcon_claims(const json_t *root, const char *name, const char *recording,
			      struct ut_claims *c, struct ut_error *err)
{
	struct vcon v = { .name = name, .c = c };
	json_t *inner = NULL;
	enum ut_status st = unwrap(&v, root, &inner, err);

	if (st != UT_OK)
		return st;
	snprintf(c->source, sizeof(c->source), "vCon %.80s%s", name,
		 inner ? " (signature not checked)" : "");
	if (inner)
		root = inner;
	v.parties = json_object_get(root, "parties");
	if (!json_is_array(v.parties))
		st = bad(&v, err, "it has no list of 'parties'");
	if (st == UT_OK)
		st = check_critical(&v, root, err);
	if (st == UT_OK)
		st = pick_dialog(&v, root, recording, err);
	if (st == UT_OK)
		st = fields(&v, root, err);
	if (st == UT_OK)
		st = claim_parties(&v, err);
	if (st == UT_OK)
		st = history(&v, err);
	json_decref(inner);
	return st;
}
