/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.c - channel profiles, shipped and of the site, and which folder uses which. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/path.h"
#include "metadata/mapping.h"

static const char shipped[] =
#include "profiles.inc" /* profiles.json as a string literal, made by meson */
    ;

enum when { ALWAYS, INBOUND, OUTBOUND, N_WHEN };
static const char *const when_key[N_WHEN] = { "channels", "inbound", "outbound" };

struct layout {
	struct {
		enum ut_role role;
		enum ut_kind kind;
	} ch[UT_MAX_CHANNELS];
	unsigned n; /* 0: not given */
};

struct profile {
	char *name, *description, *text;
	struct layout layout[N_WHEN];
	enum ut_role first; /* who speaks first; UT_ROLE_UNKNOWN: not said */
	json_t *pairs;      /* lists of two file-name patterns, checked; NULL */
};

struct folder {
	char *match, *profile;
};

struct ut_meta_config {
	struct profile *profile;
	size_t n_profiles;
	struct folder *folder;
	size_t n_folders;
	char *default_profile;
	bool require_notice;
	struct ut_name_patterns *names;
	struct ut_cdr *cdr;
};

static void profile_done(struct profile *p)
{
	free(p->name);
	free(p->description);
	free(p->text);
	json_decref(p->pairs);
}

void ut_meta_config_destroy(struct ut_meta_config **pc)
{
	struct ut_meta_config *c = *pc;

	if (!c)
		return;
	for (size_t i = 0; i < c->n_profiles; i++)
		profile_done(&c->profile[i]);
	for (size_t i = 0; i < c->n_folders; i++) {
		free(c->folder[i].match);
		free(c->folder[i].profile);
	}
	free(c->profile);
	free(c->folder);
	free(c->default_profile);
	ut_name_patterns_destroy(&c->names);
	ut_cdr_destroy(&c->cdr);
	free(c);
	*pc = NULL;
}

static const struct profile *find(const struct ut_meta_config *c, const char *name)
{
	/* from the end: a site's own profile comes after the shipped one of the same name */
	for (size_t i = c->n_profiles; i-- > 0;)
		if (strcmp(c->profile[i].name, name) == 0)
			return &c->profile[i];
	return NULL;
}

static enum ut_status read_layout(const json_t *list, const char *name, const char *where,
				  struct layout *l, struct ut_error *err)
{
	static const char *const keys[] = { "role", "kind", NULL };
	const json_t *v;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) < 1 ||
	    json_array_size(list) > UT_MAX_CHANNELS)
		return ut_fail(err, UT_EMETA, "%.100s: '%s' must be a list of 1 to %d channels",
			       name, where, UT_MAX_CHANNELS);
	json_array_foreach(list, i, v)
	{
		const char *role, *kind;
		enum ut_status st = UT_OK;

		if (!json_is_object(v))
			st = ut_fail(err, UT_EMETA, "%.100s: '%s[%zu]' must be an object", name,
				     where, i);
		if (st == UT_OK)
			st = ut_json_check_keys(v, keys, name, where, err);
		if (st == UT_OK)
			st = ut_json_text(v, "role", name, where, &role, err);
		if (st == UT_OK)
			st = ut_json_text(v, "kind", name, where, &kind, err);
		if (st != UT_OK)
			return st;
		l->ch[i].role = role ? ut_role_parse(role) : UT_N_ROLES;
		l->ch[i].kind = kind ? ut_kind_parse(kind) : UT_KIND_UNKNOWN;
		if (l->ch[i].role == UT_N_ROLES || l->ch[i].kind == UT_N_KINDS)
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%s[%zu]' needs a role (customer, agent, ivr, "
				       "other, unknown) and may have a kind (external, internal)",
				       name, where, i);
		if (l->ch[i].role == UT_ROLE_CUSTOMER && l->ch[i].kind != UT_KIND_EXTERNAL)
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%s[%zu]': a customer's kind must be external",
				       name, where, i);
	}
	l->n = (unsigned)json_array_size(list);
	return UT_OK;
}

static void describe(const struct profile *p, struct ut_text *t)
{
	if (!p->layout[ALWAYS].n && !p->layout[INBOUND].n && !p->layout[OUTBOUND].n)
		ut_text_addf(t, "one channel, %s first", ut_role_name(p->first));
	for (unsigned w = 0; w < N_WHEN; w++) {
		const struct layout *l = &p->layout[w];

		if (l->n == 0)
			continue;
		if (w != ALWAYS)
			ut_text_addf(t, "%s%s: ", t->len ? "; " : "", when_key[w]);
		for (unsigned i = 0; i < l->n; i++) {
			if (i)
				ut_text_add(t, ", ");
			if (l->n == 2)
				ut_text_addf(t, "%s %s", i == 0 ? "left" : "right",
					     ut_role_name(l->ch[i].role));
			else
				ut_text_addf(t, "%u %s", i, ut_role_name(l->ch[i].role));
		}
	}
}

/* A name with one star in it, and no folder. */
static bool is_name_pattern(const json_t *j)
{
	const char *s = json_string_value(j), *star = s ? strchr(s, '*') : NULL;

	return star && !strchr(star + 1, '*') && !strchr(s, '/') && s[1];
}

static enum ut_status read_pairs(const json_t *j, const char *name, const char *where, json_t **ret,
				 struct ut_error *err)
{
	const json_t *v, *list = json_object_get(j, "pairs");
	size_t i;

	if (!list || json_is_null(list))
		return UT_OK;
	if (!json_is_array(list))
		return ut_fail(err, UT_EMETA, "%.100s: '%spairs' must be a list", name, where);
	json_array_foreach(list, i, v)
	{
		if (json_array_size(v) != 2 || !is_name_pattern(json_array_get(v, 0)) ||
		    !is_name_pattern(json_array_get(v, 1)))
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%spairs[%zu]' must be two file names with one * "
				       "each, as [\"*-r.wav\", \"*-t.wav\"]",
				       name, where, i);
	}
	*ret = json_deep_copy(list);
	return *ret ? UT_OK : ut_fail(err, UT_ENOMEM, "metadata");
}

static enum ut_status read_profile(const json_t *j, const char *key, const char *name,
				   struct profile *p, struct ut_error *err)
{
	static const char *const keys[] = { "description",   "channels", "inbound", "outbound",
					    "first_speaker", "pairs",    NULL };
	struct ut_text t = { 0 };
	char where[80];
	const char *description;
	enum ut_status st;

	snprintf(where, sizeof(where), "profiles.%.40s.", key);
	if (!json_is_object(j))
		return ut_fail(err, UT_EMETA, "%.100s: 'profiles.%.40s' must be an object", name,
			       key);
	st = ut_json_check_keys(j, keys, name, where, err);
	if (st == UT_OK)
		st = ut_json_text(j, "description", name, where, &description, err);
	if (st == UT_OK)
		st = ut_first_speaker_read(j, name, where, &p->first, err);
	if (st == UT_OK)
		st = read_pairs(j, name, where, &p->pairs, err);
	for (unsigned w = 0; st == UT_OK && w < N_WHEN; w++) {
		const json_t *list = json_object_get(j, when_key[w]);

		snprintf(where, sizeof(where), "profiles.%.40s.%s", key, when_key[w]);
		if (list)
			st = read_layout(list, name, where, &p->layout[w], err);
	}
	if (st != UT_OK)
		return st;
	if (p->layout[ALWAYS].n && (p->layout[INBOUND].n || p->layout[OUTBOUND].n))
		return ut_fail(err, UT_EMETA,
			       "%.100s: profile '%.40s' has channels for every direction and for "
			       "one: give one kind",
			       name, key);
	if (!p->layout[ALWAYS].n && !p->layout[INBOUND].n && !p->layout[OUTBOUND].n && !p->first)
		return ut_fail(err, UT_EMETA,
			       "%.100s: profile '%.40s' says nothing of its channels, nor who "
			       "speaks first",
			       name, key);
	describe(p, &t);
	p->text = t.s;
	p->name = strdup(key);
	p->description = strdup(description ? description : "");
	if (t.failed || !p->name || !p->description)
		return ut_fail(err, UT_ENOMEM, "metadata");
	return UT_OK;
}

static enum ut_status read_profiles(const json_t *j, const char *name, struct ut_meta_config *c,
				    struct ut_error *err)
{
	const char *key;
	json_t *v;
	struct profile *grown;

	if (!j)
		return UT_OK;
	if (!json_is_object(j))
		return ut_fail(err, UT_EMETA, "%.100s: 'profiles' must be an object", name);
	grown =
	    realloc(c->profile, (c->n_profiles + json_object_size(j) + 1) * sizeof(*c->profile));
	if (!grown)
		return ut_fail(err, UT_ENOMEM, "metadata");
	c->profile = grown;
	json_object_foreach((json_t *)(uintptr_t)j, key, v)
	{
		struct profile *p = &c->profile[c->n_profiles];
		enum ut_status st;

		memset(p, 0, sizeof(*p));
		c->n_profiles++; /* so that a half-built one is freed */
		st = read_profile(v, key, name, p, err);
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}

/* A name that must be a profile. */
static enum ut_status read_profile_name(const struct ut_meta_config *c, const json_t *j,
					const char *key, const char *name, const char *where,
					char **ret, struct ut_error *err)
{
	const char *s;
	enum ut_status st = ut_json_text(j, key, name, where, &s, err);

	if (st != UT_OK || !s)
		return st;
	if (!find(c, s))
		return ut_fail(err, UT_EMETA, "%.100s: '%s%s': there is no profile '%.60s'", name,
			       where, key, s);
	return ut_call_set(ret, s) == UT_OK ? UT_OK : ut_fail(err, UT_ENOMEM, "metadata");
}

static enum ut_status read_folders(const json_t *list, const char *name, struct ut_meta_config *c,
				   struct ut_error *err)
{
	static const char *const keys[] = { "match", "profile", NULL };
	const json_t *v;
	size_t i;

	if (!list)
		return UT_OK;
	if (!json_is_array(list))
		return ut_fail(err, UT_EMETA, "%.100s: 'folders' must be a list", name);
	c->folder = calloc(json_array_size(list) + 1, sizeof(*c->folder));
	if (!c->folder)
		return ut_fail(err, UT_ENOMEM, "metadata");
	json_array_foreach(list, i, v)
	{
		struct folder *f = &c->folder[c->n_folders++];
		char where[40];
		const char *match = NULL;
		enum ut_status st = UT_OK;

		snprintf(where, sizeof(where), "folders[%zu].", i);
		if (!json_is_object(v))
			st = ut_fail(err, UT_EMETA, "%.100s: 'folders[%zu]' must be an object",
				     name, i);
		if (st == UT_OK)
			st = ut_json_check_keys(v, keys, name, where, err);
		if (st == UT_OK)
			st = ut_json_text(v, "match", name, where, &match, err);
		if (st == UT_OK)
			st = read_profile_name(c, v, "profile", name, where, &f->profile, err);
		if (st == UT_OK && (!match || !f->profile))
			st = ut_fail(err, UT_EMETA,
				     "%.100s: 'folders[%zu]' needs match and profile", name, i);
		if (st == UT_OK && ut_call_set(&f->match, match) != UT_OK)
			st = ut_fail(err, UT_ENOMEM, "metadata");
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}

static enum ut_status read_config(const json_t *j, const char *name, struct ut_meta_config *c,
				  struct ut_error *err)
{
	static const char *const keys[] = {
		"schema", "profiles", "default_profile", "folders", "require_notice", "file_names",
		"cdr",    NULL
	};
	const json_t *v = json_object_get(j, "schema");
	enum ut_status st;

	if (!json_is_integer(v) || json_integer_value(v) != 1)
		return ut_fail(err, UT_EMETA, "%.100s: 'schema' must be 1", name);
	st = ut_json_check_keys(j, keys, name, "", err);
	if (st == UT_OK)
		st = read_profiles(json_object_get(j, "profiles"), name, c, err);
	if (st == UT_OK)
		st = read_folders(json_object_get(j, "folders"), name, c, err);
	if (st == UT_OK)
		st = read_profile_name(c, j, "default_profile", name, "", &c->default_profile, err);
	if (st == UT_OK)
		st = ut_name_patterns_read(json_object_get(j, "file_names"), name, &c->names, err);
	if (st == UT_OK)
		st = ut_cdr_read(json_object_get(j, "cdr"), name, &c->cdr, err);
	v = json_object_get(j, "require_notice");
	if (st == UT_OK && v && !json_is_boolean(v))
		st = ut_fail(err, UT_EMETA, "%.100s: 'require_notice' must be true or false", name);
	if (st == UT_OK)
		c->require_notice = json_is_true(v);
	return st;
}

static enum ut_status parse_into(struct ut_meta_config *c, const char *bytes, size_t n,
				 const char *name, struct ut_error *err)
{
	json_t *j = NULL;
	enum ut_status st = ut_json_load(bytes, n, name, &j, err);

	if (st == UT_OK)
		st = read_config(j, name, c, err);
	json_decref(j);
	return st;
}

enum ut_status ut_meta_config_parse(const char *bytes, size_t n, const char *name,
				    struct ut_meta_config **ret, struct ut_error *err)
{
	struct ut_meta_config *c = calloc(1, sizeof(*c));
	enum ut_status st;

	if (!c)
		return ut_fail(err, UT_ENOMEM, "metadata");
	st = parse_into(c, shipped, sizeof(shipped) - 1, "shipped profiles", err);
	if (st == UT_OK && bytes)
		st = parse_into(c, bytes, n, name, err);
	if (st == UT_OK)
		*ret = c;
	else
		ut_meta_config_destroy(&c);
	return st;
}

enum ut_status ut_meta_read_file(const char *path, size_t max, char **ret, size_t *ret_n,
				 struct ut_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat sb;
	size_t n = 0, cap;
	char *buf;

	if (fd < 0)
		return ut_fail(err, errno == ENOENT ? UT_ENOENT : UT_EIO, "config %.200s: %s", path,
			       strerror(errno));
	if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode) || (size_t)sb.st_size > max) {
		close(fd);
		return ut_fail(err, UT_EMETA, "%.200s: not a file of at most %zu bytes", path, max);
	}
	cap = (size_t)sb.st_size;
	buf = malloc(cap + 1);
	while (buf && n < cap) {
		ssize_t k = read(fd, buf + n, cap - n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		n += (size_t)k;
	}
	close(fd);
	if (!buf)
		return ut_fail(err, UT_ENOMEM, "metadata");
	buf[n] = 0;
	*ret = buf;
	*ret_n = n;
	return UT_OK;
}

enum ut_status ut_meta_config_load(const char *path, struct ut_meta_config **ret,
				   struct ut_error *err)
{
	char *bytes = NULL;
	size_t n = 0;
	enum ut_status st = UT_OK;

	if (path)
		st = ut_meta_read_file(path, UT_META_MAX_BYTES, &bytes, &n, err);
	if (st == UT_OK)
		st = ut_meta_config_parse(bytes, n, path, ret, err);
	free(bytes);
	return st;
}

bool ut_meta_profile(const struct ut_meta_config *cfg, size_t i, struct ut_meta_profile_info *ret)
{
	if (i >= cfg->n_profiles)
		return false;
	*ret = (struct ut_meta_profile_info){ cfg->profile[i].name, cfg->profile[i].description,
					      cfg->profile[i].text };
	return true;
}

enum ut_status ut_profile_claims(const struct ut_meta_config *cfg, const char *name,
				 const char *direction, struct ut_claims *ret, struct ut_error *err)
{
	const struct profile *p = find(cfg, name);
	const struct layout *l;
	struct ut_claims c = { 0 };

	if (!p)
		return ut_fail(err, UT_ENOENT, "there is no channel profile '%.60s'", name);
	l = &p->layout[ALWAYS];
	if (l->n == 0) {
		if (direction && strcmp(direction, "inbound") == 0)
			l = &p->layout[INBOUND];
		else if (direction && strcmp(direction, "outbound") == 0)
			l = &p->layout[OUTBOUND];
		if (l->n == 0 && !(p->first && !p->layout[INBOUND].n && !p->layout[OUTBOUND].n))
			return ut_fail(err, UT_EMETA,
				       "profile %.60s depends on the direction of the call, which "
				       "is %s: give \"direction\" in the sidecar",
				       name, direction ? direction : "not known");
	}
	snprintf(c.source, sizeof(c.source), "profile %.60s%s%s", name,
		 l == &p->layout[ALWAYS] ? "" : ", ", l == &p->layout[ALWAYS] ? "" : direction);
	c.first = p->first;
	for (unsigned i = 0; i < l->n; i++) {
		struct ut_claim_party cp = { .channel = (int)i,
					     .role = l->ch[i].role,
					     .kind = l->ch[i].kind,
					     .kind_implied = true };

		if (ut_claims_add(&c, &cp, err) != UT_OK)
			return UT_ENOMEM;
	}
	*ret = c;
	return UT_OK;
}

const char *ut_config_profile_for(const struct ut_meta_config *cfg, const char *path)
{
	for (size_t i = 0; path && i < cfg->n_folders; i++)
		if (fnmatch(cfg->folder[i].match, path, 0) == 0)
			return cfg->folder[i].profile;
	return cfg->default_profile;
}

bool ut_config_requires_notice(const struct ut_meta_config *cfg)
{
	return cfg->require_notice;
}

enum ut_status ut_config_name_claims(const struct ut_meta_config *cfg, const char *path,
				     struct ut_claims *ret, struct ut_error *err)
{
	return ut_name_claims(cfg->names, path, ret, err);
}

enum ut_status ut_config_cdr_claims(const struct ut_meta_config *cfg, const char *path,
				    const char *call_id, struct ut_claims *ret,
				    struct ut_error *err)
{
	return ut_cdr_claims(cfg->cdr, path, call_id, ret, err);
}

/* The other name where name is pattern with something for its star. */
static bool other_name(const char *name, const char *pattern, const char *other, int folder,
		       const char *path, char *buf, size_t cap)
{
	const char *star = strchr(pattern, '*'), *second = strchr(other, '*');
	size_t head = (size_t)(star - pattern), tail = strlen(star + 1), n = strlen(name);
	int k;

	if (n <= head + tail || memcmp(name, pattern, head) != 0 ||
	    strcmp(name + n - tail, star + 1) != 0)
		return false;
	k = snprintf(buf, cap, "%.*s%.*s%.*s%s", folder, path, (int)(second - other), other,
		     (int)(n - head - tail), name + head, second + 1);
	return k > 0 && (size_t)k < cap;
}

int ut_meta_pair(const struct ut_meta_config *cfg, const char *profile, const char *path, char *buf,
		 size_t cap)
{
	const char *name = ut_path_base(path), *row;
	const struct profile *p;
	const json_t *v;
	int side;
	size_t i;

	if (ut_cdr_pair(cfg->cdr, name, &row, &side)) {
		int k = snprintf(buf, cap, "%.*s%s", (int)(name - path), path, row);

		return k > 0 && (size_t)k < cap ? side : 0;
	}
	profile = profile ? profile : ut_config_profile_for(cfg, path);
	p = profile ? find(cfg, profile) : NULL;
	if (!p || !p->pairs)
		return 0;
	json_array_foreach(p->pairs, i, v)
	{
		for (side = 0; side < 2; side++)
			if (other_name(name, json_string_value(json_array_get(v, (size_t)side)),
				       json_string_value(json_array_get(v, (size_t)!side)),
				       (int)(name - path), path, buf, cap))
				return side + 1;
	}
	return 0;
}
