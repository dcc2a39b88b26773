/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metadata/claims.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const ut_claim_field_name[UT_N_CLAIM_FIELDS] = {
#define X(name) #name,
	UT_CLAIM_FIELDS(X)
#undef X
};

void ut_claims_done(struct ut_claims *c)
{
	for (unsigned i = 0; i < UT_N_CLAIM_FIELDS; i++)
		free(c->field[i]);
	for (unsigned i = 0; i < c->n_parties; i++)
		free(c->party[i].id);
	free(c->other_side);
	ut_span_list_done(&c->known);
	memset(c, 0, sizeof(*c));
}

enum ut_status ut_claims_add(struct ut_claims *c, const struct ut_claim_party *p,
			     struct ut_error *err)
{
	char *id = NULL;

	if (c->n_parties == UT_MAX_PARTIES)
		return ut_fail(err, UT_EMETA, "%s: more than %d parties", c->source,
			       UT_MAX_PARTIES);
	if (p->id && !(id = strdup(p->id)))
		return ut_fail(err, UT_ENOMEM, "metadata");
	c->party[c->n_parties] = *p;
	c->party[c->n_parties++].id = id;
	return UT_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct ut_span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

void ut_claims_sort_known(struct ut_claims *c)
{
	if (c->known.n > 1)
		qsort(c->known.v, c->known.n, sizeof(*c->known.v), by_start);
}

bool ut_channel_parse(const char *s, struct ut_claim_party *p)
{
	char *end;
	long v;

	p->side = false;
	if (strcmp(s, "left") == 0 || strcmp(s, "right") == 0) {
		p->channel = s[0] == 'r';
		p->side = true;
		return true;
	}
	if (strcmp(s, "all") == 0) {
		p->channel = UT_CHANNEL_ALL;
		return true;
	}
	if (s[0] < '0' || s[0] > '9')
		return false;
	v = strtol(s, &end, 10);
	if (*end || v >= UT_MAX_CHANNELS)
		return false;
	p->channel = (int)v;
	return true;
}

enum ut_role ut_role_parse(const char *s)
{
	for (unsigned i = 0; i < UT_N_ROLES; i++)
		if (strcmp(s, ut_role_name(i)) == 0)
			return i;
	return UT_N_ROLES;
}

enum ut_kind ut_kind_parse(const char *s)
{
	for (unsigned i = 0; i < UT_N_KINDS; i++)
		if (strcmp(s, ut_kind_name(i)) == 0)
			return i;
	return UT_N_KINDS;
}

enum ut_status ut_json_load(const char *bytes, size_t n, const char *name, json_t **ret,
			    struct ut_error *err)
{
	json_error_t je;
	json_t *j;

	if (n > UT_META_MAX_BYTES)
		return ut_fail(err, UT_EMETA, "%.100s: %zu bytes, more than the %d that are read",
			       name, n, UT_META_MAX_BYTES);
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* what Windows editors put there */
		bytes += 3;
		n -= 3;
	}
	j = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &je);
	if (!j)
		return ut_fail(err, UT_EMETA, "%.100s: line %d: %.160s", name, je.line, je.text);
	if (!json_is_object(j)) {
		json_decref(j);
		return ut_fail(err, UT_EMETA, "%.100s: not a JSON object", name);
	}
	*ret = j;
	return UT_OK;
}

/* Edit distance, for short keys only. */
static unsigned distance(const char *a, const char *b)
{
	enum { N = 24 };
	unsigned row[N + 1], la = (unsigned)strlen(a), lb = (unsigned)strlen(b);

	if (la > N || lb > N)
		return 99;
	for (unsigned j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= la; i++) {
		unsigned diag = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			unsigned up = row[j];
			unsigned sub = diag + (a[i - 1] != b[j - 1]);

			row[j] = UT_MIN(UT_MIN(up, row[j - 1]) + 1, sub);
			diag = up;
		}
	}
	return row[lb];
}

enum ut_status ut_json_check_keys(const json_t *obj, const char *const *keys, const char *name,
				  const char *where, struct ut_error *err)
{
	const char *key, *near;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)obj, key, v)
	{
		unsigned best = 4, d;
		bool known = strncmp(key, "x-", 2) == 0 || strcmp(key, "$schema") == 0;

		near = NULL;
		for (const char *const *k = keys; *k && !known; k++) {
			known = strcmp(*k, key) == 0;
			d = distance(*k, key);
			if (d < best) {
				best = d;
				near = *k;
			}
		}
		if (!known)
			return ut_fail(err, UT_EMETA, "%.100s: unknown key '%s%.40s'%s%s%s", name,
				       where, key, near ? "; did you mean '" : "", near ? near : "",
				       near ? "'?" : "");
	}
	return UT_OK;
}

enum ut_status ut_json_text(const json_t *obj, const char *key, const char *name, const char *where,
			    const char **ret, struct ut_error *err)
{
	const json_t *v = json_object_get(obj, key);

	*ret = NULL;
	if (!v || json_is_null(v))
		return UT_OK;
	if (!json_is_string(v))
		return ut_fail(err, UT_EMETA, "%.100s: '%s%s' must be text", name, where, key);
	if (json_string_length(v) > 4096 || strlen(json_string_value(v)) != json_string_length(v))
		return ut_fail(err, UT_EMETA, "%.100s: '%s%s' is too long or holds a zero byte",
			       name, where, key);
	*ret = json_string_value(v);
	return UT_OK;
}

enum ut_status ut_first_speaker_read(const json_t *obj, const char *name, const char *where,
				     enum ut_role *ret, struct ut_error *err)
{
	const char *s;
	enum ut_status st = ut_json_text(obj, "first_speaker", name, where, &s, err);

	if (st != UT_OK || !s)
		return st;
	*ret = ut_role_parse(s);
	if (*ret != UT_ROLE_CUSTOMER && *ret != UT_ROLE_AGENT)
		return ut_fail(err, UT_EMETA,
			       "%.100s: '%sfirst_speaker' must be customer or agent, not '%.40s'",
			       name, where, s);
	return UT_OK;
}

double ut_time_parse(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	int year, mon, day, hour, min, sec, off_h, off_m;
	int64_t days, y;
	double t, fraction = 0;
	size_t i;

	for (i = 0; shape[i]; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (shape[i] == 'd' ? !digit : (s[i] != shape[i] && !(i == 10 && s[i] == ' ')))
			return NAN;
	}
	if (sscanf(s, "%4d-%2d-%2d%*c%2d:%2d:%2d", &year, &mon, &day, &hour, &min, &sec) != 6 ||
	    mon < 1 || mon > 12 || day < 1 || day > 31 || hour > 23 || min > 59 || sec > 60)
		return NAN;
	s += i;
	if (*s == '.') {
		size_t n = strspn(s + 1, "0123456789");

		if (n == 0)
			return NAN;
		fraction = strtod(s, NULL);
		s += 1 + n;
	}
	/* days since 1970 of a Gregorian date: years from March, 400-year cycles of 146097 days */
	y = year - (mon <= 2);
	days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * (mon + (mon > 2 ? -3 : 9)) + 2) / 5 +
	       day - 1 - 719468;
	t = (double)days * 86400 + hour * 3600 + min * 60 + sec + fraction;
	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return t;
	if ((*s != '+' && *s != '-') || strlen(s) != 6 || strspn(s + 1, "0123456789") != 2 ||
	    s[3] != ':' || strspn(s + 4, "0123456789") != 2 ||
	    sscanf(s + 1, "%2d:%2d", &off_h, &off_m) != 2)
		return NAN;
	return t - (*s == '+' ? 1 : -1) * (off_h * 3600 + off_m * 60);
}
