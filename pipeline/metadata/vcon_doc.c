/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcon_doc.c - a vCon as a document. What is written out is cut from the text that came in, not
 * printed from a tree, so that nothing but what is meant to change does: no number gets other
 * digits, no key another place.
 */
#include "metadata/vcon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "base/path.h"
#include "metadata/claims.h"

enum { MAX_WRAPS = 8 }; /* signatures around signatures (5.2.3) and compression */

struct ut_vcon {
	char *text; /* of the unsigned form; NUL behind it */
	size_t n;
	bool is_signed;
	json_t *root;
	char name[128];
};

static enum ut_status bad(const struct ut_vcon *v, struct ut_error *err, const char *what)
{
	return ut_fail(err, UT_EMETA, "%.100s: vCon: %s", v->name, what);
}

char *ut_base64_decode(const char *s, size_t len, size_t *n)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	signed char value[256];
	size_t k = 0;
	unsigned bits = 0, have = 0;
	char *out = malloc(len / 4 * 3 + 4);

	memset(value, -1, sizeof(value));
	for (int i = 0; i < 64; i++)
		value[(unsigned char)abc[i]] = (signed char)i;
	value['+'] = 62;
	value['/'] = 63;
	for (size_t i = 0; out && i < len && s[i] != '='; i++) {
		int v = value[(unsigned char)s[i]];

		if (v < 0) {
			free(out);
			return NULL;
		}
		bits = (bits << 6 | (unsigned)v) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[k++] = (char)(bits >> have & 0xff);
		}
	}
	if (out)
		out[k] = '\0';
	*n = k;
	return out;
}

static bool is_gzip(const char *p, size_t n)
{
	return n > 2 && (unsigned char)p[0] == 0x1f && (unsigned char)p[1] == 0x8b;
}

static enum ut_status gunzip(const struct ut_vcon *v, const char *p, size_t n, char **ret,
			     size_t *ret_n, struct ut_error *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n };
	size_t cap = UT_MIN(8 * n + 4096, (size_t)UT_VCON_MAX_BYTES), at = 0;
	char *out = malloc(cap + 1);
	int rc = Z_OK;

	if (!out || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
		free(out);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	while (rc == Z_OK) {
		if (at == cap) {
			size_t more = UT_MIN(2 * cap, (size_t)UT_VCON_MAX_BYTES);
			char *p2 = more > cap ? realloc(out, more + 1) : NULL;

			if (!p2) {
				inflateEnd(&z);
				free(out);
				return more > cap
					   ? ut_fail(err, UT_ENOMEM, "not enough memory")
					   : ut_fail(err, UT_ELIMIT,
						     "%.100s: vCon: more than %d MB when unpacked",
						     v->name, UT_VCON_MAX_BYTES >> 20);
			}
			out = p2;
			cap = more;
		}
		z.next_out = (Bytef *)out + at;
		z.avail_out = (uInt)(cap - at);
		rc = inflate(&z, Z_NO_FLUSH);
		at = cap - z.avail_out;
		if (rc == Z_BUF_ERROR && z.avail_in > 0)
			rc = Z_OK;
	}
	inflateEnd(&z);
	if (rc != Z_STREAM_END) {
		free(out);
		return bad(v, err, "its compressed (gzip) data is damaged or cut off");
	}
	out[at] = '\0';
	*ret = out;
	*ret_n = at;
	return UT_OK;
}

bool ut_vcon_maybe(const char *bytes, size_t n)
{
	size_t i = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < n &&
	       (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n'))
		i++;
	return (i < n && bytes[i] == '{') || is_gzip(bytes, n);
}

/* One layer off: *text and *n become what was inside; *more is false where nothing was. */
static enum ut_status unwrap_one(struct ut_vcon *v, bool *more, struct ut_error *err)
{
	const char *skip =
	    v->n >= 3 && memcmp(v->text, "\xef\xbb\xbf", 3) == 0 ? v->text + 3 : v->text;
	const json_t *payload;
	json_error_t je;
	char *inner = NULL;
	size_t n = 0;
	enum ut_status st = UT_OK;

	*more = true;
	if (is_gzip(v->text, v->n)) {
		st = gunzip(v, v->text, v->n, &inner, &n, err);
	} else {
		json_decref(v->root);
		v->root =
		    json_loadb(skip, v->n - (size_t)(skip - v->text), JSON_REJECT_DUPLICATES, &je);
		if (!v->root)
			return ut_fail(err, UT_EFORMAT, "%.100s: line %d: %.160s", v->name, je.line,
				       je.text);
		if (!ut_vcon_is(v->root))
			return ut_fail(err, UT_ENOENT, "%.100s: not a vCon", v->name);
		if (json_object_get(v->root, "ciphertext"))
			return ut_fail(err, UT_EENCRYPTED,
				       "%.100s: vCon: it is encrypted (JWE): decrypt it first",
				       v->name);
		payload = json_object_get(v->root, "payload");
		if (!json_is_string(payload)) {
			*more = false;
			return UT_OK;
		}
		v->is_signed = true;
		inner =
		    ut_base64_decode(json_string_value(payload), json_string_length(payload), &n);
		if (!inner)
			return bad(v, err, "the signed payload is not base64url");
	}
	if (st != UT_OK)
		return st;
	free(v->text);
	v->text = inner;
	v->n = n;
	return UT_OK;
}

enum ut_status ut_vcon_open(const char *bytes, size_t n, const char *name, struct ut_vcon **ret,
			    struct ut_error *err)
{
	struct ut_vcon *v = calloc(1, sizeof(*v));
	enum ut_status st = UT_OK;
	bool more = true;

	if (v)
		v->text = malloc(n + 1);
	if (!v || !v->text) {
		free(v);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	snprintf(v->name, sizeof(v->name), "%.100s", name);
	memcpy(v->text, bytes, n);
	v->text[n] = '\0';
	v->n = n;
	if (n > UT_VCON_MAX_BYTES)
		st = ut_fail(err, UT_ELIMIT, "%.100s: vCon: larger than %d MB", v->name,
			     UT_VCON_MAX_BYTES >> 20);
	for (unsigned i = 0; st == UT_OK && more; i++) {
		if (i == MAX_WRAPS)
			st = bad(v, err, "too many signatures around one another");
		else
			st = unwrap_one(v, &more, err);
	}
	if (st == UT_OK)
		st = ut_vcon_check_critical(v->root, v->name, err);
	if (st != UT_OK)
		ut_vcon_destroy(&v);
	*ret = v;
	return st;
}

void ut_vcon_destroy(struct ut_vcon **pv)
{
	struct ut_vcon *v = *pv;

	if (!v)
		return;
	json_decref(v->root);
	free(v->text);
	free(v);
	*pv = NULL;
}

bool ut_vcon_signed(const struct ut_vcon *v)
{
	return v->is_signed;
}

json_t *ut_vcon_root(const struct ut_vcon *v)
{
	return v->root;
}

/* ---- the recording ---- */

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && s[0] ? s : NULL;
}

static bool has_body(const json_t *d)
{
	const char *encoding = text_of(d, "encoding");

	return text_of(d, "body") && (!encoding || strcmp(encoding, "base64url") == 0);
}

static enum ut_status take_recording(const struct ut_vcon *v, const json_t *d,
				     struct ut_vcon_recording *ret, struct ut_error *err)
{
	const char *name = text_of(d, "filename");

	ret->url = text_of(d, "url");
	if (!name)
		name = ret->url;
	if (name && ut_path_base(name)[0])
		ret->name = ut_path_base(name);
	if (!has_body(d))
		return UT_OK;
	ret->audio = ut_base64_decode(text_of(d, "body"),
				      json_string_length(json_object_get(d, "body")), &ret->n);
	if (!ret->audio)
		return bad(v, err, "the recording inside it is not base64url");
	return UT_OK;
}

/* The one party of a recording of one channel; -1 where there are more, or nobody. */
static json_int_t only_party(const json_t *d)
{
	const json_t *who = json_object_get(d, "parties");

	while (json_is_array(who) && json_array_size(who) == 1)
		who = json_array_get(who, 0);
	return json_is_integer(who) ? json_integer_value(who) : -1;
}

/* Does one begin when the other is over? Not where nothing says so. */
static bool in_a_row(const json_t *a, const json_t *b)
{
	const char *sa = text_of(a, "start"), *sb = text_of(b, "start");
	double ta = sa ? ut_time_parse(sa) : NAN, tb = sb ? ut_time_parse(sb) : NAN;
	double da = json_number_value(json_object_get(a, "duration"));
	double db = json_number_value(json_object_get(b, "duration"));

	return (da > 0 && tb >= ta + da) || (db > 0 && ta >= tb + db) || fabs(ta - tb) > 86400;
}

enum ut_status ut_vcon_sides(const struct ut_vcon *v, struct ut_vcon_recording ret[2],
			     struct ut_error *err)
{
	const json_t *list = json_object_get(v->root, "dialog"), *d, *side[2] = { NULL, NULL };
	enum ut_status st = UT_OK;
	unsigned n = 0;
	size_t i;

	memset(ret, 0, 2 * sizeof(*ret));
	json_array_foreach(list, i, d)
	{
		const char *type = text_of(d, "type");

		if (!type || strcmp(type, "recording") != 0)
			continue;
		if (n < 2) {
			side[n] = d;
			ret[n].dialog = (unsigned)i;
		}
		n++;
	}
	if (n != 2 || only_party(side[0]) < 0 || only_party(side[1]) < 0 ||
	    only_party(side[0]) == only_party(side[1]) || has_body(side[0]) != has_body(side[1]) ||
	    in_a_row(side[0], side[1]))
		return ut_fail(err, UT_ENOENT, "%.100s: vCon: not two sides of one call", v->name);
	for (i = 0; i < 2 && st == UT_OK; i++)
		st = take_recording(v, side[i], &ret[i], err);
	if (st == UT_OK && !ret[0].audio &&
	    (!ret[0].name || !ret[1].name || strcmp(ret[0].name, ret[1].name) == 0))
		st = bad(v, err, "its two recordings have no file names of their own");
	if (st != UT_OK) {
		free(ret[0].audio);
		free(ret[1].audio);
		ret[0].audio = ret[1].audio = NULL;
	}
	return st;
}

enum ut_status ut_vcon_recording(const struct ut_vcon *v, struct ut_vcon_recording *ret,
				 struct ut_error *err)
{
	const json_t *list = json_object_get(v->root, "dialog"), *d, *one = NULL;
	unsigned n = 0, n_inside = 0;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	json_array_foreach(list, i, d)
	{
		const char *type = text_of(d, "type");

		if (!type || strcmp(type, "recording") != 0)
			continue;
		n++;
		if (has_body(d)) {
			if (n_inside++ == 0) {
				one = d;
				ret->dialog = (unsigned)i;
			}
		} else if (!one) {
			one = d;
			ret->dialog = (unsigned)i;
		}
	}
	if (n == 0)
		return bad(v, err, "it has no dialog of type recording");
	if (n_inside > 1 || (n_inside == 0 && n > 1))
		return ut_fail(err, UT_EMETA,
			       "%.100s: vCon: it holds %u recordings: save each as a file of its "
			       "own beside the vCon, under the file name that its dialog gives",
			       v->name, n);
	return take_recording(v, one, ret, err);
}

enum ut_status ut_vcon_sidecar(const struct ut_vcon *v, unsigned dialog, const char *filename,
			       struct ut_text *out, struct ut_error *err)
{
	json_t *copy = json_copy(v->root), *list = json_array(), *d;
	const json_t *from = json_object_get(v->root, "dialog");
	char *text = NULL;
	bool ok = copy && list;
	size_t i;

	json_array_foreach(from, i, d)
	{
		json_t *e = json_copy(d);

		if (e && json_is_object(e)) {
			json_object_del(e, "body");
			/* any bytes may be in a file's name; those that are no UTF-8 are no name */
			if (i == dialog)
				json_object_set_new(e, "filename", json_string(filename));
		}
		ok = ok && e && json_array_append_new(list, e) == 0;
	}
	if (ok && json_object_set(copy, "dialog", list) == 0) {
		/* that the payload was signed is said by its wrapping, and that is gone */
		if (v->is_signed)
			json_object_set_new(copy, "x-undertone-signed", json_true());
		text = json_dumps(copy, JSON_COMPACT);
	}
	json_decref(list);
	json_decref(copy);
	if (!text)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	ut_text_add(out, text);
	free(text);
	return out->failed ? ut_fail(err, UT_ENOMEM, "not enough memory") : UT_OK;
}

bool ut_vcon_has_transcript(const struct ut_vcon *v)
{
	const json_t *list = json_object_get(v->root, "analysis"), *a;
	size_t i;

	json_array_foreach(list, i, a)
	{
		const char *type = text_of(a, "type");

		if (type && strcmp(type, "transcript") == 0 && json_object_get(a, "body"))
			return true;
	}
	return false;
}

/* ---- an analysis added ---- */

struct member { /* offsets in the text; key without its quotes */
	size_t key, key_n, from, to;
};

static size_t skip_space(const char *s, size_t i)
{
	while (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n')
		i++;
	return i;
}

static size_t skip_string(const char *s, size_t i)
{
	for (i++; s[i] != '"'; i++)
		i += s[i] == '\\';
	return i + 1;
}

/* Behind the value at i. The text was parsed before: it is well-formed. */
static size_t skip_value(const char *s, size_t i)
{
	unsigned depth = 0;

	do {
		if (s[i] == '"') {
			i = skip_string(s, i);
			continue;
		}
		if (s[i] == '{' || s[i] == '[')
			depth++;
		else if (s[i] == '}' || s[i] == ']')
			depth--;
		else if (depth == 0) { /* a number or a word */
			while (s[i] && !strchr(",]} \t\r\n", s[i]))
				i++;
			return i;
		}
		i++;
	} while (depth > 0);
	return i;
}

/* The members of the object, or elements of the array, that begins at i. UT_ENOMEM. */
static enum ut_status split(const char *s, size_t i, struct member **ret, size_t *n, size_t *end)
{
	bool object = s[i] == '{';
	struct member *v = NULL;

	*n = 0;
	i = skip_space(s, i + 1);
	while (s[i] != '}' && s[i] != ']') {
		struct member m = { 0 };
		struct member *p = realloc(v, (*n + 1) * sizeof(*v));

		if (!p) {
			free(v);
			return UT_ENOMEM;
		}
		v = p;
		if (object) {
			m.key = i + 1;
			i = skip_string(s, i);
			m.key_n = i - 1 - m.key;
			i = skip_space(s, i);
			i = skip_space(s, i + 1); /* the colon */
		}
		m.from = i;
		m.to = i = skip_value(s, i);
		v[(*n)++] = m;
		i = skip_space(s, i);
		if (s[i] == ',')
			i = skip_space(s, i + 1);
	}
	*end = i;
	*ret = v;
	return UT_OK;
}

static const struct member *find(const char *s, const struct member *v, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].key_n == strlen(key) && memcmp(s + v[i].key, key, v[i].key_n) == 0)
			return &v[i];
	return NULL;
}

static bool any_has(const json_t *list, const char *const *keys)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		for (const char *const *k = keys; *k; k++)
			if (json_object_get(o, *k))
				return true;
	}
	return false;
}

/* Are parameters of the contact centre extension in use, and is it not listed? */
static bool lacks_cc(const json_t *root)
{
	static const char *const party[] = { "role", "contact_list", NULL };
	static const char *const dialog[] = { "campaign", "interaction_type", "interaction_id",
					      "skill", NULL };
	const json_t *e;
	size_t i;

	json_array_foreach(json_object_get(root, "extensions"), i, e)
	{
		if (json_is_string(e) && strcasecmp(json_string_value(e), "CC") == 0)
			return false;
	}
	return any_has(json_object_get(root, "parties"), party) ||
	       any_has(json_object_get(root, "dialog"), dialog);
}

/* An earlier result of ours for the same dialog: the new one takes its place. */
static bool is_ours(const json_t *e, const struct ut_vcon_addition *a)
{
	const char *vendor = text_of(e, "vendor");
	const json_t *d = json_object_get(e, "dialog");

	if (!vendor || strcmp(vendor, a->vendor) != 0)
		return false;
	if (json_is_array(d) && json_array_size(d) == 1)
		d = json_array_get(d, 0);
	return json_is_integer(d) && json_integer_value(d) == (json_int_t)a->dialog;
}

static void write_analysis(const struct ut_vcon_addition *a, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_string(&j, "type", "report");
	ut_json_int(&j, "dialog", a->dialog);
	ut_json_string(&j, "mediatype", "application/json");
	ut_json_string(&j, "vendor", a->vendor);
	ut_json_string(&j, "product", a->product);
	ut_json_string(&j, "schema", a->schema);
	ut_json_string(&j, "encoding", "json");
	ut_json_end_object(&j);
	out->len--; /* the brace: one member more */
	ut_text_add(out, ",\"body\":");
	ut_text_add(out, a->body);
	ut_text_add(out, "}");
}

/* The array of text s from..to with ours taken out and the new one last. list: NULL = not there. */
static enum ut_status write_list(const struct ut_vcon *v, const struct member *m,
				 const struct ut_vcon_addition *a, struct ut_text *out)
{
	const json_t *list = json_object_get(v->root, "analysis");
	struct member *e = NULL;
	size_t n = 0, end;

	if (m && v->text[m->from] == '[' && split(v->text, m->from, &e, &n, &end) != UT_OK)
		return UT_ENOMEM;
	ut_text_add(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (is_ours(json_array_get(list, i), a))
			continue;
		ut_text_addn(out, v->text + e[i].from, e[i].to - e[i].from);
		ut_text_add(out, ",");
	}
	write_analysis(a, out);
	ut_text_add(out, "]");
	free(e);
	return UT_OK;
}

static void write_extensions(const struct ut_vcon *v, const struct member *m, struct ut_text *out)
{
	size_t from = m ? skip_space(v->text, m->from + 1) : 0;

	if (!m || v->text[m->from] != '[' || v->text[from] == ']') {
		ut_text_add(out, "[\"CC\"]");
		return;
	}
	ut_text_addn(out, v->text + m->from, m->to - 1 - m->from);
	ut_text_add(out, ",\"CC\"]");
}

static void write_string(const char *s, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_string(&j, NULL, s);
}

static void write_amended(const char *uuid, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_string(&j, "uuid", uuid);
	ut_json_end_object(&j);
}

enum ut_status ut_vcon_add(const struct ut_vcon *v, const struct ut_vcon_addition *a,
			   struct ut_text *out, struct ut_error *err)
{
	/* what changes, and whether it is written where it is missing */
	enum { ANALYSIS, EXTENSIONS, UPDATED, UUID, CREATED, AMENDED, REDACTED, N };
	const struct {
		const char *key;
		bool set, drop;
	} change[N] = {
		[ANALYSIS] = { "analysis", true, false },
		[EXTENSIONS] = { "extensions", lacks_cc(v->root), false },
		[UPDATED] = { "updated_at", !v->is_signed, v->is_signed },
		[UUID] = { "uuid", v->is_signed, false },
		[CREATED] = { "created_at", v->is_signed, false },
		[AMENDED] = { "amended", v->is_signed, false },
		/* mutually exclusive with amended (4.1.8); the version before keeps it */
		[REDACTED] = { "redacted", false, v->is_signed },
	};
	const char *uuid = text_of(v->root, "uuid");
	struct member *m = NULL;
	size_t n = 0, end = 0,
	       start = skip_space(
		   v->text,
		   ut_vcon_maybe(v->text, v->n) && (unsigned char)v->text[0] == 0xef ? 3 : 0);
	bool written[N] = { false };
	enum ut_status st = UT_OK;
	json_t *check;

	if (v->is_signed && !uuid)
		return bad(v, err,
			   "it is signed and has no 'uuid' by which a new version could "
			   "name it");
	if (json_array_size(json_object_get(v->root, "dialog")) <= a->dialog)
		return bad(v, err, "the dialog of the recording is not there");
	if (split(v->text, start, &m, &n, &end) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	ut_text_add(out, "{");
	for (size_t i = 0; i < n + N && st == UT_OK; i++) {
		/* first what is there, in its order, then what was missing */
		const struct member *old = i < n ? &m[i] : NULL;
		unsigned k = i < n ? 0 : (unsigned)(i - n);

		while (old && k < N && find(v->text, old, 1, change[k].key) == NULL)
			k++;
		if (k < N && change[k].drop)
			continue;
		if (!old && (!change[k].set || written[k]))
			continue;
		if (out->s && out->s[out->len - 1] != '{')
			ut_text_add(out, ",");
		if (k == N || !change[k].set) { /* as it was */
			ut_text_addn(out, v->text + old->key - 1, old->to - (old->key - 1));
			continue;
		}
		written[k] = true;
		ut_text_addf(out, "\"%s\":", change[k].key);
		if (k == ANALYSIS)
			st = write_list(v, old, a, out);
		else if (k == EXTENSIONS)
			write_extensions(v, old, out);
		else if (k == UUID)
			write_string(a->uuid, out);
		else if (k == AMENDED)
			write_amended(uuid, out);
		else
			write_string(a->now, out);
	}
	ut_text_add(out, "}\n");
	free(m);
	if (st != UT_OK || out->failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	/* a key written with escapes would not have been found, and stand there twice */
	check = json_loadb(out->s, out->len, JSON_REJECT_DUPLICATES, NULL);
	if (!check)
		return bad(v, err, "its keys are written in a way that cannot be amended");
	json_decref(check);
	return UT_OK;
}
