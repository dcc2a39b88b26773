/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcon.c - what a vCon says of its recording: draft-ietf-vcon-vcon-core-04 (parties, dialog,
 * party_history) with draft-ietf-vcon-cc-extension-02 (role, skill, interaction_id). Where it is
 * signed the source says that the signature was not checked; vcon_doc.c has the forms.
 *
 * A dialog's parties index its channels: one entry a channel, each a party, a list of those whose
 * voices are mixed there, or null where nobody is; a single number or a list beside a mono
 * recording is its mix.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/sha256.h"
#include "metadata/claims.h"
#include "metadata/vcon.h"

struct vcon {
	const json_t *root, *parties;
	const json_t *dialog; /* the one that is this recording */
	const char *name;
	double start_s; /* of the dialog, UNIX time; NAN where not given */
	struct ut_claims *c;
};

static enum ut_status bad(const struct vcon *v, struct ut_error *err, const char *what)
{
	return ut_fail(err, UT_EMETA, "%.100s: vCon: %s", v->name, what);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && s[0] && strlen(s) <= 4096 ? s : NULL;
}

/* The dialog that is the recording: the one whose file name or URL ends in its name; else the only
 * recording that there is. */
static enum ut_status pick_dialog(struct vcon *v, const json_t *root, const char *recording,
				  struct ut_error *err)
{
	const json_t *list = json_object_get(root, "dialog"), *d, *only = NULL;
	const char *want = recording ? ut_path_base(recording) : NULL;
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
		if (want && ((file && strcmp(ut_path_base(file), want) == 0) ||
			     (url && strcmp(ut_path_base(url), want) == 0))) {
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
	const char *role = text_of(party, "role"), *type = text_of(party, "type");

	if (!role && type && strcasecmp(type, "bot") == 0) /* the party's nature (core, 4.2.11) */
		role = type;
	for (size_t i = 0; role && i < UT_ARRAY_LEN(words); i++)
		if (strcasecmp(role, words[i].word) == 0) {
			p->role = words[i].role;
			p->kind = words[i].kind;
			p->kind_implied = true;
			return;
		}
	p->role = role ? UT_ROLE_OTHER : UT_ROLE_UNKNOWN;
}

static enum ut_status claim_channel(struct vcon *v, const json_t *who, int channel, bool own,
				    struct ut_error *err)
{
	static const char *const ids[] = { "uuid", "sip", "mailto", "tel" };
	struct ut_claim_party p = { .channel = channel, .own = own };
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
		return claim_channel(v, who, 0, true, err);
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
					st = claim_channel(v, one, (int)i, false, err);
			}
		} else if (!json_is_null(ch)) { /* null: nobody is on it */
			st = claim_channel(v, ch, (int)i, json_array_size(who) == 1, err);
		}
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}

static const struct {
	const char *on, *off;
	enum ut_span_kind kind;
} pairs[] = { { "hold", "unhold", UT_SPAN_MUSIC },
	      { "mask", "unmask", UT_SPAN_MASKED },
	      { "pause", "resume", UT_SPAN_MASKED } };

struct past { /* what the history has told so far; seconds of the recording */
	double since[UT_ARRAY_LEN(pairs)]; /* -1: it is not on */
	double last;
	unsigned agents;
};

static enum ut_status known(struct vcon *v, double from, double to, enum ut_span_kind kind,
			    struct ut_error *err)
{
	const struct ut_span span = { .start = (int64_t)floor(from * 100),
				      .end = (int64_t)ceil(to * 100),
				      .kind = kind,
				      .confidence = 1 };

	if (to > from && ut_span_list_push(&v->c->known, &span) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "metadata");
	return UT_OK;
}

/* Holds and masks out of a history of the parties: from an event to its opposite. */
static enum ut_status history_of(struct vcon *v, const json_t *list, struct past *h,
				 struct ut_error *err)
{
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e)
	{
		const char *what = text_of(e, "event"), *when = text_of(e, "time");
		double t = when ? ut_time_parse(when) - v->start_s : NAN;
		json_int_t who = json_integer_value(json_object_get(e, "party"));
		struct ut_claim_party p = { 0 };

		if (!what)
			continue;
		role_of(json_array_get(v->parties, (size_t)UT_MAX(who, (json_int_t)0)), &p);
		h->agents += strcmp(what, "join") == 0 && p.role == UT_ROLE_AGENT;
		for (size_t k = 0; k < UT_ARRAY_LEN(pairs); k++) {
			bool on = strcmp(what, pairs[k].on) == 0;

			if (!on && strcmp(what, pairs[k].off) != 0)
				continue;
			if (!isfinite(t))
				return bad(
				    v, err,
				    "a hold or mask in 'party_history' has no readable time");
			t = UT_MIN(UT_MAX(t, 0), 1e6);
			h->last = UT_MAX(h->last, t);
			if (on) {
				h->since[k] = h->since[k] < 0 ? t : h->since[k];
			} else if (h->since[k] >= 0) {
				if (known(v, h->since[k], t, pairs[k].kind, err) != UT_OK)
					return UT_ENOMEM;
				h->since[k] = -1;
			}
		}
	}
	return UT_OK;
}

static bool names_dialog(const json_t *v, json_int_t dialog)
{
	const json_t *e;
	size_t i;

	json_array_foreach(v, i, e)
	{
		if (json_is_integer(e) && json_integer_value(e) == dialog)
			return true;
	}
	return json_is_integer(v) && json_integer_value(v) == dialog;
}

/* Is there a dialog of type "transfer" (4.3.14) in which this recording has a part? */
static bool in_transfer(const struct vcon *v)
{
	static const char *const parts[] = { "original", "consultation", "target_dialog" };
	const json_t *list = json_object_get(v->root, "dialog"), *d;
	json_int_t own = -1;
	size_t i;

	json_array_foreach(list, i, d)
	{
		if (d == v->dialog)
			own = (json_int_t)i;
	}
	json_array_foreach(list, i, d)
	{
		const char *type = text_of(d, "type");

		for (size_t k = 0; type && strcmp(type, "transfer") == 0 && k < UT_ARRAY_LEN(parts);
		     k++)
			if (names_dialog(json_object_get(d, parts[k]), own))
				return true;
	}
	return false;
}

/* Of the recording itself, and of the set of recordings (4.3.7) that it is a part of. */
static enum ut_status history(struct vcon *v, struct ut_error *err)
{
	double end = json_number_value(json_object_get(v->dialog, "duration"));
	const json_t *set = json_object_get(v->dialog, "recording_set");
	struct past h = { .since = { -1, -1, -1 }, .last = UT_MAX(end, 0) };
	enum ut_status st = history_of(v, json_object_get(v->dialog, "party_history"), &h, err);

	if (st == UT_OK && json_is_integer(set) && json_integer_value(set) >= 0)
		st = history_of(v,
				json_object_get(json_array_get(json_object_get(v->root, "dialog"),
							       (size_t)json_integer_value(set)),
						"party_history"),
				&h, err);
	for (size_t k = 0; st == UT_OK && k < UT_ARRAY_LEN(pairs); k++)
		/* never taken back: to the end of the recording; a mask rather too long than too
		 * short */
		if (h.since[k] >= 0)
			st = known(v, h.since[k], end > 0 ? h.last : 1e6, pairs[k].kind, err);
	ut_claims_sort_known(v->c);
	v->c->transferred = h.agents > 1 || in_transfer(v);
	return st;
}

/* A text, or the first of a list of them: the prose of the extension has the one, its schema the
 * other. */
static const char *skill_of(const json_t *d)
{
	const json_t *list = json_object_get(d, "skill");
	const char *s = json_is_array(list) ? json_string_value(json_array_get(list, 0))
					    : json_string_value(list);

	return s && s[0] && strlen(s) <= 4096 ? s : NULL;
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
		{ UT_CLAIM_queue, skill_of(d) },
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
enum ut_status ut_vcon_check_critical(const json_t *root, const char *name, struct ut_error *err)
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
					       name, s ? s : "?");
		}
	}
	return UT_OK;
}

bool ut_vcon_is(const json_t *root)
{
	return json_object_get(root, "vcon") || json_object_get(root, "payload") ||
	       json_object_get(root, "ciphertext") ||
	       (json_object_get(root, "uuid") && json_object_get(root, "created_at")) ||
	       (json_is_array(json_object_get(root, "parties")) &&
		json_is_array(json_object_get(root, "dialog")));
}

static enum ut_status claims_of(struct vcon *v, const json_t *root, const char *recording,
				struct ut_error *err)
{
	enum ut_status st = UT_OK;

	v->root = root;
	v->parties = json_object_get(root, "parties");
	if (!json_is_array(v->parties))
		st = bad(v, err, "it has no list of 'parties'");
	if (st == UT_OK)
		st = ut_vcon_check_critical(root, v->name, err);
	if (st == UT_OK)
		st = pick_dialog(v, root, recording, err);
	if (st == UT_OK)
		st = fields(v, root, err);
	if (st == UT_OK)
		st = claim_parties(v, err);
	if (st == UT_OK)
		st = history(v, err);
	return st;
}

enum ut_status ut_vcon_claims(const char *bytes, size_t n, const char *name, const char *recording,
			      struct ut_claims *c, struct ut_error *err)
{
	struct vcon v = { .name = name, .c = c };
	struct ut_vcon *doc = NULL;
	enum ut_status st = ut_vcon_open(bytes, n, name, &doc, err);
	const json_t *root = st == UT_OK ? ut_vcon_root(doc) : NULL;

	if (st != UT_OK) /* whatever is wrong with it, it is the metadata that is wrong */
		return st == UT_ENOMEM ? st : ut_fail(err, UT_EMETA, "%s", err ? err->msg : "");
	snprintf(c->source, sizeof(c->source), "vCon %.80s%s", name,
		 ut_vcon_signed(doc) || json_is_true(json_object_get(root, "x-undertone-signed"))
		     ? " (signature not checked)"
		     : "");
	st = claims_of(&v, root, recording, err);
	ut_vcon_destroy(&doc);
	return st;
}

enum ut_status ut_vcon_dialog(const struct ut_vcon *doc, const char *recording, unsigned *dialog,
			      struct ut_error *err)
{
	struct vcon v = { .name = ut_path_base(recording) };
	const json_t *root = ut_vcon_root(doc), *d;
	enum ut_status st = pick_dialog(&v, root, recording, err);
	size_t i;

	json_array_foreach(json_object_get(root, "dialog"), i, d)
	{
		if (st == UT_OK && d == v.dialog)
			*dialog = (unsigned)i;
	}
	return st;
}

enum ut_status ut_vcon_check_customer(const struct ut_vcon *doc, const char *recording, int channel,
				      struct ut_error *err)
{
	struct ut_claims c = { 0 };
	struct vcon v = { .name = ut_path_base(recording), .c = &c };
	enum ut_status st = claims_of(&v, ut_vcon_root(doc), recording, err);
	bool here = false, elsewhere = false, other = c.internal;

	for (unsigned i = 0; st == UT_OK && i < c.n_parties; i++) {
		const struct ut_claim_party *p = &c.party[i];

		if (p->role == UT_ROLE_CUSTOMER)
			*(p->channel == channel ? &here : &elsewhere) = true;
		other |= p->channel == channel &&
			 ((p->role != UT_ROLE_CUSTOMER && p->role != UT_ROLE_UNKNOWN) ||
			  p->kind == UT_KIND_INTERNAL);
	}
	ut_claims_done(&c);
	if (st == UT_OK && (other || (elsewhere && !here)))
		st = ut_fail(err, UT_EREFUSED,
			     "%.100s: its vCon says now that channel %d is not an external "
			     "customer's: run batch again",
			     v.name, channel);
	return st;
}

/* ---- is it the recording that is meant ---- */

static enum ut_status check_hash(const struct vcon *v, const char *text, int fd, bool *checked,
				 struct ut_error *err)
{
	static const struct {
		const char *prefix, *name;
	} kinds[] = { { "sha512-", "sha512" }, { "sha256-", "sha256" }, { "sha384-", "sha384" } };
	const char *dash = strchr(text, '-');
	unsigned char md[UT_DIGEST_MAX];
	const char *name = NULL;
	size_t n = 0, want_n = 0;
	char *want;
	enum ut_status st;
	bool same;

	for (size_t i = 0; i < UT_ARRAY_LEN(kinds); i++)
		if (strncasecmp(text, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			name = kinds[i].name;
	if (!name)
		return UT_OK;
	st = ut_digest_fd(fd, name, md, &n, err);
	if (st != UT_OK)
		return st;
	want = ut_base64_decode(dash + 1, strlen(dash + 1), &want_n);
	same = want && want_n == n && memcmp(want, md, n) == 0;
	free(want);
	*checked = true;
	return same ? UT_OK
		    : ut_fail(err, UT_ECHANGED,
			      "%.100s: vCon: its content_hash (%s) is not that of this recording: "
			      "one of them was changed, or it is another call's",
			      v->name, name);
}

enum ut_status ut_meta_check_content(const char *bytes, size_t n, const char *recording, int fd,
				     bool *checked, struct ut_error *err)
{
	struct vcon v = { .name = ut_path_base(recording) };
	struct ut_vcon *doc = NULL;
	const json_t *hash, *one;
	enum ut_status st = UT_OK;
	size_t i;

	*checked = false;
	/* what is wrong with the vCon itself is told by those who read its claims */
	if (!bytes || !ut_vcon_maybe(bytes, n) ||
	    ut_vcon_open(bytes, n, "the vCon", &doc, NULL) != UT_OK ||
	    pick_dialog(&v, ut_vcon_root(doc), recording, NULL) != UT_OK) {
		ut_vcon_destroy(&doc);
		return UT_OK;
	}
	hash = json_object_get(v.dialog, "content_hash");
	if (json_is_string(hash))
		st = check_hash(&v, json_string_value(hash), fd, checked, err);
	json_array_foreach(hash, i, one)
	{
		if (st == UT_OK && json_is_string(one))
			st = check_hash(&v, json_string_value(one), fd, checked, err);
	}
	ut_vcon_destroy(&doc);
	return st;
}
