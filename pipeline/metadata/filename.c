/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filename.c - recorders put what they know into the file's name; named groups of a regular
 * expression take it out again. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <math.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

#include "metadata/mapping.h"

static const char *const time_groups[] = { "year", "month", "day", "hour", "minute", "second" };

struct pattern {
	pcre2_code *code;
	json_t *values;
	char *utc_offset;
};

struct ut_name_patterns {
	struct pattern *v;
	size_t n;
};

bool ut_map_is_field(const char *field)
{
	for (unsigned i = 0; i < UT_N_CLAIM_FIELDS; i++)
		if (strcmp(field, ut_claim_field_name[i]) == 0)
			return true;
	return strcmp(field, "customer_channel") == 0 || strcmp(field, "agent_channel") == 0 ||
	       strcmp(field, "side") == 0 || strcmp(field, "other_side") == 0;
}

enum ut_status ut_map_check_values(const json_t *values, const char *name, const char *where,
				   struct ut_error *err)
{
	const char *field, *word;
	json_t *words, *ours;

	if (!values)
		return UT_OK;
	json_object_foreach((json_t *)(uintptr_t)values, field, words)
	{
		if (!ut_map_is_field(field) || !json_is_object(words))
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%svalues.%.40s' must be a field and an object of "
				       "its words",
				       name, where, field);
		json_object_foreach(words, word, ours)
		{
			struct ut_claims c = { 0 };
			struct ut_error why = { 0 };
			enum ut_status st;

			if (!json_is_string(ours))
				return ut_fail(err, UT_EMETA,
					       "%.100s: '%svalues.%.40s.%.40s' must be text", name,
					       where, field, word);
			st = ut_map_field(&c, field, json_string_value(ours), NULL, &why);
			ut_claims_done(&c);
			if (st != UT_OK)
				return ut_fail(err, st, "%.100s: '%svalues.%.40s': %.200s", name,
					       where, field, why.msg);
		}
	}
	return json_is_object(values)
		   ? UT_OK
		   : ut_fail(err, UT_EMETA, "%.100s: '%svalues' must be an object", name, where);
}

enum ut_status ut_map_check_offset(const char *offset, const char *name, const char *where,
				   struct ut_error *err)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "2026-01-01T00:00:00%.20s", offset ? offset : "Z");
	if (!isnan(ut_time_parse(whole)))
		return UT_OK;
	return ut_fail(err, UT_EMETA, "%.100s: '%sutc_offset' must be like +02:00 or Z", name,
		       where);
}

enum ut_status ut_map_field(struct ut_claims *c, const char *field, const char *word,
			    const json_t *values, struct ut_error *err)
{
	const char *ours = json_string_value(json_object_get(json_object_get(values, field), word));
	struct ut_claim_party p = { 0 };

	word = ours ? ours : word;
	if (!word[0])
		return UT_OK;
	if (strcmp(field, "customer_channel") == 0 || strcmp(field, "agent_channel") == 0) {
		bool customer = field[0] == 'c';

		if (!ut_channel_parse(word, &p) || (p.channel == UT_CHANNEL_ALL && !customer))
			return ut_fail(err, UT_EMETA,
				       "'%.40s' is no channel: map it to left, right or a number",
				       word);
		p.role = customer ? UT_ROLE_CUSTOMER : UT_ROLE_AGENT;
		p.kind = customer ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
		p.kind_implied = true;
		return ut_claims_add(c, &p, err);
	}
	if (strcmp(field, "side") == 0) {
		if (strcmp(word, "customer") != 0 && strcmp(word, "agent") != 0)
			return ut_fail(err, UT_EMETA,
				       "'%.40s' is no side: map it to customer or agent under "
				       "\"values\"",
				       word);
		p.role = word[0] == 'c' ? UT_ROLE_CUSTOMER : UT_ROLE_AGENT;
		p.kind = word[0] == 'c' ? UT_KIND_EXTERNAL : UT_KIND_INTERNAL;
		p.kind_implied = p.own = true;
		return ut_claims_add(c, &p, err);
	}
	if (strcmp(field, "other_side") == 0)
		return ut_call_set(&c->other_side, word) == UT_OK
			   ? UT_OK
			   : ut_fail(err, UT_ENOMEM, "metadata");
	if (strcmp(field, "direction") == 0) {
		if (strcmp(word, "inbound") != 0 && strcmp(word, "outbound") != 0 &&
		    strcmp(word, "internal") != 0)
			return ut_fail(err, UT_EMETA,
				       "'%.40s' is no direction: map it to inbound, outbound or "
				       "internal under \"values\"",
				       word);
		c->internal |= strcmp(word, "internal") == 0;
	}
	if (strcmp(field, "start_time") == 0 && isnan(ut_time_parse(word)))
		return ut_fail(err, UT_EMETA,
			       "'%.40s' is no time like 2026-01-31T14:05:00+02:00; where only the "
			       "offset is missing, give \"utc_offset\"",
			       word);
	for (unsigned i = 0; i < UT_N_CLAIM_FIELDS; i++)
		if (strcmp(field, ut_claim_field_name[i]) == 0)
			return ut_call_set(&c->field[i], word) == UT_OK
				   ? UT_OK
				   : ut_fail(err, UT_ENOMEM, "metadata");
	return ut_fail(err, UT_EMETA, "there is no field '%.40s'", field);
}

void ut_name_patterns_destroy(struct ut_name_patterns **pp)
{
	struct ut_name_patterns *p = *pp;

	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		pcre2_code_free(p->v[i].code);
		json_decref(p->v[i].values);
		free(p->v[i].utc_offset);
	}
	free(p->v);
	free(p);
	*pp = NULL;
}

/* Every named group must be a field, or nothing would tell of a misspelt one. */
static enum ut_status check_groups(const struct pattern *p, const char *name, const char *where,
				   struct ut_error *err)
{
	uint32_t n = 0, size = 0;
	PCRE2_SPTR table;

	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	if (n == 0)
		return ut_fail(err, UT_EMETA,
			       "%.100s: '%spattern' has no named group, like (?<call_id>...)", name,
			       where);
	for (uint32_t i = 0; i < n; i++) {
		const char *group = (const char *)table + i * size + 2;
		bool known = ut_map_is_field(group);

		for (size_t k = 0; k < UT_ARRAY_LEN(time_groups); k++)
			known |= strcmp(group, time_groups[k]) == 0;
		if (!known)
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%spattern': there is no field '%.40s'", name,
				       where, group);
	}
	return UT_OK;
}

static enum ut_status read_pattern(const json_t *j, const char *name, const char *where,
				   struct pattern *p, struct ut_error *err)
{
	static const char *const keys[] = { "pattern", "values", "utc_offset", NULL };
	const char *text = NULL, *offset = NULL;
	enum ut_status st;
	PCRE2_UCHAR why[120];
	PCRE2_SIZE at;
	int code;

	if (!json_is_object(j))
		return ut_fail(err, UT_EMETA, "%.100s: '%s' must be an object", name, where);
	st = ut_json_check_keys(j, keys, name, where, err);
	if (st == UT_OK)
		st = ut_json_text(j, "pattern", name, where, &text, err);
	if (st == UT_OK)
		st = ut_json_text(j, "utc_offset", name, where, &offset, err);
	if (st == UT_OK)
		st = ut_map_check_values(json_object_get(j, "values"), name, where, err);
	if (st != UT_OK)
		return st;
	if (!text)
		return ut_fail(err, UT_EMETA, "%.100s: '%spattern' is missing", name, where);
	st = ut_map_check_offset(offset, name, where, err);
	if (st != UT_OK)
		return st;
	if (ut_call_set(&p->utc_offset, offset) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "metadata");
	p->values = json_incref(json_object_get(j, "values"));
	p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	if (!p->code) {
		pcre2_get_error_message(code, why, sizeof(why));
		return ut_fail(err, UT_EMETA, "%.100s: '%spattern': %s at character %zu", name,
			       where, (const char *)why, at + 1);
	}
	return check_groups(p, name, where, err);
}

enum ut_status ut_name_patterns_read(const json_t *list, const char *name,
				     struct ut_name_patterns **ret, struct ut_error *err)
{
	struct ut_name_patterns *p;
	const json_t *j;
	size_t i;

	if (!list)
		return UT_OK;
	if (!json_is_array(list))
		return ut_fail(err, UT_EMETA, "%.100s: 'file_names' must be a list", name);
	p = calloc(1, sizeof(*p));
	if (p)
		p->v = calloc(json_array_size(list) + 1, sizeof(*p->v));
	if (!p || !p->v) {
		free(p);
		return ut_fail(err, UT_ENOMEM, "metadata");
	}
	json_array_foreach(list, i, j)
	{
		char where[40];
		enum ut_status st;

		snprintf(where, sizeof(where), "file_names[%zu].", i);
		st = read_pattern(j, name, where, &p->v[p->n++], err);
		if (st != UT_OK) {
			ut_name_patterns_destroy(&p);
			return st;
		}
	}
	*ret = p;
	return UT_OK;
}

/* year, month... as one time; parts that are missing are the smallest. */
static enum ut_status set_time(const struct pattern *p, char part[][8], struct ut_claims *c,
			       struct ut_error *err)
{
	static const char *const least[] = { "", "01", "01", "00", "00", "00" };
	const char *v[6];
	char text[96];

	if (!part[0][0])
		return UT_OK;
	if (!p->utc_offset)
		return ut_fail(err, UT_EMETA,
			       "a time in the file's name needs \"utc_offset\" in the config");
	for (size_t k = 0; k < 6; k++)
		v[k] = part[k][0] ? part[k] : least[k];
	snprintf(text, sizeof(text), "%s%s-%s-%sT%s:%s:%s%s", strlen(v[0]) == 2 ? "20" : "", v[0],
		 v[1], v[2], v[3], v[4], v[5], p->utc_offset);
	if (isnan(ut_time_parse(text)))
		return ut_fail(err, UT_EMETA, "the file's name gives no time: %.60s", text);
	return ut_call_set(&c->field[UT_CLAIM_start_time], text) == UT_OK
		   ? UT_OK
		   : ut_fail(err, UT_ENOMEM, "metadata");
}

static enum ut_status take_groups(const struct pattern *p, const char *subject,
				  const PCRE2_SIZE *at, struct ut_claims *c, struct ut_error *err)
{
	uint32_t n = 0, size = 0;
	PCRE2_SPTR table;
	char part[UT_ARRAY_LEN(time_groups)][8] = { "" };
	enum ut_status st = UT_OK;

	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < n && st == UT_OK; i++, table += size) {
		unsigned g = (unsigned)table[0] << 8 | table[1];
		const char *group = (const char *)table + 2;
		char word[256];
		bool is_time = false;

		if (at[2 * g] == PCRE2_UNSET)
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)(at[2 * g + 1] - at[2 * g]),
			 subject + at[2 * g]);
		for (size_t k = 0; k < UT_ARRAY_LEN(time_groups); k++)
			if (strcmp(group, time_groups[k]) == 0) {
				snprintf(part[k], sizeof(part[k]), "%.7s", word);
				is_time = true;
			}
		if (!is_time)
			st = ut_map_field(c, group, word, p->values, err);
	}
	return st == UT_OK ? set_time(p, part, c, err) : st;
}

enum ut_status ut_name_claims(const struct ut_name_patterns *p, const char *path,
			      struct ut_claims *ret, struct ut_error *err)
{
	const char *name = ut_path_base(path);
	pcre2_match_context *limits = NULL;
	pcre2_match_data *m = NULL;
	enum ut_status st = UT_ENOENT;

	if (!p || !name || strlen(name) > 1024)
		return UT_ENOENT;
	limits = pcre2_match_context_create(NULL);
	if (limits)
		pcre2_set_match_limit(limits, 100000);
	for (size_t i = 0; i < p->n && st == UT_ENOENT && limits; i++) {
		struct ut_claims c = { 0 };

		pcre2_match_data_free(m);
		m = pcre2_match_data_create_from_pattern(p->v[i].code, NULL);
		if (!m)
			break;
		if (pcre2_match(p->v[i].code, (PCRE2_SPTR)name, PCRE2_ZERO_TERMINATED, 0, 0, m,
				limits) < 1)
			continue;
		snprintf(c.source, sizeof(c.source), "file name (pattern %zu)", i + 1);
		st = take_groups(&p->v[i], name, pcre2_get_ovector_pointer(m), &c, err);
		if (st == UT_OK)
			*ret = c;
		else
			ut_claims_done(&c);
	}
	if (!limits || (p->n && !m))
		st = ut_fail(err, UT_ENOMEM, "metadata");
	pcre2_match_data_free(m);
	pcre2_match_context_free(limits);
	return st;
}
