/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cdr.c - call detail records: CSV files of any switch, by a mapping in the config; Asterisk's
 * Master.csv, which has no header, by name. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

#include "metadata/mapping.h"

enum { MAX_COLUMNS = 256, MAX_FILE = 512 << 20 };

/* The columns of Asterisk's cdr_csv, in order. */
static const char *const asterisk_columns[] = {
	"accountcode", "src",      "dst",      "dcontext",  "clid", "channel",  "dstchannel",
	"lastapp",     "lastdata", "start",    "answer",    "end",  "duration", "billsec",
	"disposition", "amaflags", "uniqueid", "userfield", NULL
};

struct row {
	char *key;   /* points into bytes */
	char **cell; /* of the fields only */
};

struct table {
	char *bytes;      /* the file, cut into cells */
	char **cells;     /* n_rows x n_fields */
	struct row *rows; /* by key */
	size_t n_rows, n_fields;
	char **fields; /* our names */
	json_t *values;
	bool by_file_name;
	/* where rows tell of pairs: by the cell of the partner, or of the call id; NULL */
	const struct row **by_other, **by_call;
	char *name, *utc_offset; /* of times that have none */
};

struct ut_cdr {
	struct table *t;
	size_t n;
};

static void table_done(struct table *t)
{
	free(t->bytes);
	free(t->cells);
	free(t->rows);
	free(t->by_other);
	free(t->by_call);
	for (size_t i = 0; i < t->n_fields; i++)
		free(t->fields[i]);
	free(t->fields);
	free(t->name);
	free(t->utc_offset);
	json_decref(t->values);
}

void ut_cdr_destroy(struct ut_cdr **pc)
{
	struct ut_cdr *c = *pc;

	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		table_done(&c->t[i]);
	free(c->t);
	free(c);
	*pc = NULL;
}

/* The next record of a CSV (RFC 4180), cut in place. False at the end. */
static bool next_record(char **at, char *end, char sep, char **cell, size_t *n)
{
	char *in = *at, *out = in;

	if (in >= end)
		return false;
	for (*n = 0;;) {
		bool quoted = in < end && *in == '"';

		if (*n < MAX_COLUMNS)
			cell[(*n)++] = out;
		in += quoted;
		while (in < end) {
			if (quoted && *in == '"') {
				if (in + 1 < end && in[1] == '"') {
					*out++ = '"';
					in += 2;
					continue;
				}
				quoted = false;
				in++;
				continue;
			}
			if (!quoted && (*in == sep || *in == '\n' || *in == '\r'))
				break;
			*out++ = *in++;
		}
		if (in < end && *in == sep) {
			in++;
			*out++ = 0;
			continue;
		}
		if (in < end && *in == '\r')
			in++;
		if (in < end && *in == '\n')
			in++;
		*out = 0; /* never past `in`: at least the end of the line was there, or the
			   * file's closing zero */
		*at = in;
		return true;
	}
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

/* Which column holds what: index by name. SIZE_MAX where there is none. */
static size_t column(char *const *names, size_t n, const char *want)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], want) == 0)
			return i;
	return SIZE_MAX;
}

struct layout {
	const char *key_column;
	const json_t *fields;
	char sep;
	const char *columns[MAX_COLUMNS]; /* without a header; NULL at the end */
	bool header;
};

static enum ut_status read_rows(struct table *t, size_t n_bytes, const struct layout *l,
				struct ut_error *err)
{
	char *at = t->bytes, *end = t->bytes + n_bytes, *cell[MAX_COLUMNS];
	char *names[MAX_COLUMNS];
	size_t n = 0, n_names = 0, key, cap = 1, k = 0;
	size_t *index = calloc(t->n_fields + 1, sizeof(*index));
	const char *field;
	json_t *from;
	enum ut_status st = UT_OK;

	for (size_t i = 0; i < n_bytes; i++)
		cap += t->bytes[i] == '\n';
	t->rows = calloc(cap, sizeof(*t->rows));
	t->cells = calloc(cap * (t->n_fields + 1), sizeof(*t->cells));
	if (!index || !t->rows || !t->cells) {
		free(index);
		return ut_fail(err, UT_ENOMEM, "metadata");
	}
	if (n_bytes >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	if (l->header)
		next_record(&at, end, l->sep, names, &n_names);
	else
		for (; l->columns[n_names]; n_names++)
			names[n_names] = (char *)(uintptr_t)l->columns[n_names];
	key = column(names, n_names, l->key_column);
	if (key == SIZE_MAX)
		st = ut_fail(err, UT_EMETA, "%.100s: there is no column '%.60s'", t->name,
			     l->key_column);
	json_object_foreach((json_t *)(uintptr_t)l->fields, field, from)
	{
		index[k] = column(names, n_names, json_string_value(from));
		if (st == UT_OK && index[k] == SIZE_MAX)
			st = ut_fail(err, UT_EMETA, "%.100s: there is no column '%.60s'", t->name,
				     json_string_value(from));
		k++;
	}
	while (st == UT_OK && next_record(&at, end, l->sep, cell, &n)) {
		struct row *r = &t->rows[t->n_rows];

		if (n <= key || t->n_rows + 1 >= cap + 1 || !cell[key][0])
			continue;
		r->key = cell[key];
		r->cell = t->cells + t->n_rows * t->n_fields;
		for (size_t i = 0; i < t->n_fields; i++) {
			static char nothing[1];

			r->cell[i] = index[i] < n ? cell[index[i]] : nothing;
		}
		t->n_rows++;
	}
	free(index);
	if (st == UT_OK)
		qsort(t->rows, t->n_rows, sizeof(*t->rows), by_key);
	return st;
}

static enum ut_status read_layout(const json_t *j, const char *name, const char *where,
				  struct layout *l, struct table *t, struct ut_error *err)
{
	static const char *const keys[] = { "file",   "layout",    "columns",    "key", "fields",
					    "values", "separator", "utc_offset", NULL };
	static const char *const key_keys[] = { "column", "is", NULL };
	const json_t *key = json_object_get(j, "key"), *columns = json_object_get(j, "columns"), *v;
	const char *layout, *sep, *is = NULL, *field, *offset = NULL;
	json_t *from;
	enum ut_status st = ut_json_check_keys(j, keys, name, where, err);
	size_t i;

	if (st == UT_OK)
		st = ut_json_text(j, "layout", name, where, &layout, err);
	if (st == UT_OK)
		st = ut_json_text(j, "separator", name, where, &sep, err);
	if (st == UT_OK)
		st = ut_map_check_values(json_object_get(j, "values"), name, where, err);
	if (st == UT_OK)
		st = ut_json_text(j, "utc_offset", name, where, &offset, err);
	if (st == UT_OK)
		st = ut_map_check_offset(offset, name, where, err);
	if (st == UT_OK && ut_call_set(&t->utc_offset, offset) != UT_OK)
		st = ut_fail(err, UT_ENOMEM, "metadata");
	if (st == UT_OK && key)
		st = ut_json_check_keys(key, key_keys, name, where, err);
	if (st == UT_OK && key)
		st = ut_json_text(key, "column", name, where, &l->key_column, err);
	if (st == UT_OK && key)
		st = ut_json_text(key, "is", name, where, &is, err);
	if (st != UT_OK)
		return st;
	l->sep = sep && sep[0] ? sep[0] : ',';
	l->header = true;
	if (layout && strcmp(layout, "asterisk") == 0) {
		l->header = false;
		memcpy(l->columns, asterisk_columns, sizeof(asterisk_columns));
	} else if (layout) {
		return ut_fail(err, UT_EMETA, "%.100s: '%slayout' can be asterisk only", name,
			       where);
	}
	if (columns) {
		if (!json_is_array(columns) || json_array_size(columns) >= MAX_COLUMNS)
			return ut_fail(err, UT_EMETA, "%.100s: '%scolumns' must be a list", name,
				       where);
		l->header = false;
		memset(l->columns, 0, sizeof(l->columns));
		json_array_foreach(
		    columns, i,
		    v) if (!(l->columns[i] =
				 json_string_value(
				     v))) return ut_fail(err, UT_EMETA,
							 "%.100s: '%scolumns' must be names", name,
							 where);
	}
	if (!l->key_column || !is || (strcmp(is, "call_id") != 0 && strcmp(is, "file_name") != 0))
		return ut_fail(err, UT_EMETA,
			       "%.100s: '%skey' needs a column, and is: call_id or file_name", name,
			       where);
	t->by_file_name = strcmp(is, "file_name") == 0;
	l->fields = json_object_get(j, "fields");
	if (!json_is_object(l->fields) || json_object_size(l->fields) == 0)
		return ut_fail(err, UT_EMETA, "%.100s: '%sfields' must be an object", name, where);
	t->fields = calloc(json_object_size(l->fields), sizeof(*t->fields));
	if (!t->fields)
		return ut_fail(err, UT_ENOMEM, "metadata");
	json_object_foreach((json_t *)(uintptr_t)l->fields, field, from)
	{
		if (!ut_map_is_field(field) || !json_is_string(from))
			return ut_fail(err, UT_EMETA,
				       "%.100s: '%sfields.%.40s' must be one of our fields and the "
				       "name of a column",
				       name, where, field);
		t->fields[t->n_fields] = strdup(field);
		if (!t->fields[t->n_fields++])
			return ut_fail(err, UT_ENOMEM, "metadata");
	}
	t->values = json_incref(json_object_get(j, "values"));
	return UT_OK;
}

static enum ut_status index_pairs(struct table *t);

static enum ut_status read_table(const json_t *j, const char *name, const char *where,
				 struct table *t, struct ut_error *err)
{
	struct layout l = { 0 };
	const char *file = NULL, *slash = strrchr(name, '/');
	char path[4096];
	size_t n = 0;
	enum ut_status st;

	if (!json_is_object(j))
		return ut_fail(err, UT_EMETA, "%.100s: '%s' must be an object", name, where);
	st = read_layout(j, name, where, &l, t, err);
	if (st == UT_OK)
		st = ut_json_text(j, "file", name, where, &file, err);
	if (st != UT_OK)
		return st;
	if (!file)
		return ut_fail(err, UT_EMETA, "%.100s: '%sfile' is missing", name, where);
	if (file[0] == '/' || !slash)
		snprintf(path, sizeof(path), "%s", file);
	else
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - name), name, file);
	if (ut_call_set(&t->name, path) != UT_OK)
		return ut_fail(err, UT_ENOMEM, "metadata");
	st = ut_meta_read_file(path, MAX_FILE, &t->bytes, &n, err);
	if (st == UT_OK)
		st = read_rows(t, n, &l, err);
	if (st == UT_OK && index_pairs(t) != UT_OK)
		st = ut_fail(err, UT_ENOMEM, "metadata");
	return st;
}

enum ut_status ut_cdr_read(const json_t *list, const char *name, struct ut_cdr **ret,
			   struct ut_error *err)
{
	struct ut_cdr *c;
	const json_t *j;
	size_t i;

	if (!list)
		return UT_OK;
	if (!json_is_array(list))
		return ut_fail(err, UT_EMETA, "%.100s: 'cdr' must be a list", name);
	c = calloc(1, sizeof(*c));
	if (c)
		c->t = calloc(json_array_size(list) + 1, sizeof(*c->t));
	if (!c || !c->t) {
		free(c);
		return ut_fail(err, UT_ENOMEM, "metadata");
	}
	json_array_foreach(list, i, j)
	{
		char where[32];
		enum ut_status st;

		snprintf(where, sizeof(where), "cdr[%zu].", i);
		st = read_table(j, name, where, &c->t[c->n++], err);
		if (st != UT_OK) {
			ut_cdr_destroy(&c);
			return st;
		}
	}
	*ret = c;
	return UT_OK;
}

/* The first of the rows with this key; *n of them. */
static const struct row *find(const struct table *t, const char *key, size_t *n)
{
	struct row want = { .key = (char *)(uintptr_t)key };
	const struct row *r =
	    t->n_rows ? bsearch(&want, t->rows, t->n_rows, sizeof(want), by_key) : NULL;

	*n = 0;
	if (!r)
		return NULL;
	while (r > t->rows && strcmp(r[-1].key, key) == 0)
		r--;
	while (r + *n < t->rows + t->n_rows && strcmp(r[*n].key, key) == 0)
		++*n;
	return r;
}

static enum ut_status map_cell(const struct table *t, size_t f, const char *cell,
			       struct ut_claims *c, struct ut_error *err)
{
	char with_offset[80];

	if (t->utc_offset && strcmp(t->fields[f], "start_time") == 0 && cell[0] &&
	    isnan(ut_time_parse(cell))) {
		snprintf(with_offset, sizeof(with_offset), "%.40s%s", cell, t->utc_offset);
		cell = with_offset;
	}
	return ut_map_field(c, t->fields[f], cell, t->values, err);
}

/* ---- two files of one call ---- */

static size_t field_index(const struct table *t, const char *field)
{
	for (size_t i = 0; i < t->n_fields; i++)
		if (strcmp(t->fields[i], field) == 0)
			return i;
	return SIZE_MAX;
}

static int by_cell(const void *a, const void *b, void *column)
{
	const struct row *const *x = a, *const *y = b;
	size_t f = *(size_t *)column;

	return strcmp((*x)->cell[f], (*y)->cell[f]);
}

static enum ut_status sort_by(const struct table *t, size_t f, const struct row ***ret)
{
	if (f == SIZE_MAX || !t->by_file_name)
		return UT_OK;
	*ret = calloc(t->n_rows + 1, sizeof(**ret));
	if (!*ret)
		return UT_ENOMEM;
	for (size_t i = 0; i < t->n_rows; i++)
		(*ret)[i] = &t->rows[i];
	qsort_r(*ret, t->n_rows, sizeof(**ret), by_cell, &f);
	return UT_OK;
}

static enum ut_status index_pairs(struct table *t)
{
	size_t call = field_index(t, "call_id");
	enum ut_status st = sort_by(t, field_index(t, "other_side"), &t->by_other);

	/* the same call id alone may also be a transfer */
	if (st == UT_OK && field_index(t, "side") != SIZE_MAX)
		st = sort_by(t, call, &t->by_call);
	return st;
}

/* The rows whose cell f is this, as [*from, *to). */
static void range_of(const struct table *t, const struct row **v, size_t f, const char *cell,
		     size_t *from, size_t *to)
{
	size_t lo = 0, hi = t->n_rows;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(v[mid]->cell[f], cell) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*from = *to = lo;
	while (*to < t->n_rows && strcmp(v[*to]->cell[f], cell) == 0)
		++*to;
}

/* "customer", "agent", or what stands there. */
static const char *side_word(const struct table *t, const struct row *r)
{
	size_t f = field_index(t, "side");
	const char *word = f != SIZE_MAX && r ? r->cell[f] : "";
	const char *ours =
	    json_string_value(json_object_get(json_object_get(t->values, "side"), word));

	return ours ? ours : word;
}

static const struct row *only_row(const struct table *t, const char *key)
{
	size_t n;
	const struct row *r = find(t, key, &n);

	return n == 1 ? r : NULL;
}

static bool pair_in(const struct table *t, const char *base, const char **other, int *side)
{
	const struct row *r = only_row(t, base), *q = NULL;
	size_t f = field_index(t, "other_side"), c = field_index(t, "call_id"), from, to;
	bool named = false, names = false;
	const char *mine, *theirs;

	*other = NULL;
	if (t->by_other && r && r->cell[f][0]) {
		*other = r->cell[f];
		names = true;
	}
	if (t->by_other) { /* it may have no row of its own */
		range_of(t, t->by_other, f, base, &from, &to);
		if (to - from == 1 && (!*other || strcmp(*other, t->by_other[from]->key) == 0)) {
			*other = t->by_other[from]->key;
			named = true;
		}
	}
	if (!*other && t->by_call && r && r->cell[c][0]) {
		range_of(t, t->by_call, c, r->cell[c], &from, &to);
		if (to - from == 2) {
			q = t->by_call[from] == r ? t->by_call[to - 1] : t->by_call[from];
			if (strcmp(side_word(t, q), side_word(t, r)) != 0 && side_word(t, q)[0] &&
			    side_word(t, r)[0])
				*other = q->key;
		}
	}
	if (!*other || strchr(*other, '/') || strcmp(*other, base) == 0)
		return false;
	q = only_row(t, *other);
	mine = side_word(t, r);
	theirs = side_word(t, q);
	if (strcmp(mine, "customer") == 0 || strcmp(theirs, "agent") == 0)
		*side = 1;
	else if (strcmp(theirs, "customer") == 0 || strcmp(mine, "agent") == 0)
		*side = 2;
	else if (names != named)
		*side = names ? 1 : 2;
	else
		*side = strcmp(base, *other) < 0 ? 1 : 2;
	return true;
}

bool ut_cdr_pair(const struct ut_cdr *cdr, const char *base, const char **other, int *side)
{
	for (size_t i = 0; cdr && i < cdr->n; i++)
		if (cdr->t[i].by_file_name && pair_in(&cdr->t[i], base, other, side))
			return true;
	return false;
}

enum ut_status ut_cdr_claims(const struct ut_cdr *cdr, const char *path, const char *call_id,
			     struct ut_claims *ret, struct ut_error *err)
{
	const char *base = ut_path_base(path);

	for (size_t i = 0; cdr && i < cdr->n; i++) {
		const struct table *t = &cdr->t[i];
		const char *key = t->by_file_name ? base : call_id;
		size_t n = 0;
		const struct row *r = key ? find(t, key, &n) : NULL;
		struct ut_claims c = { 0 };
		enum ut_status st = UT_OK;

		if (!r && key && t->by_file_name) /* some write the whole path */
			r = find(t, path, &n);
		if (!r)
			continue;
		snprintf(c.source, sizeof(c.source), "CDR %.100s", t->name);
		for (size_t f = 0; f < t->n_fields && st == UT_OK; f++) {
			for (size_t k = 1; k < n && st == UT_OK; k++)
				if (strcmp(r[k].cell[f], r[0].cell[f]) != 0)
					st = ut_fail(err, UT_EMETA,
						     "CDR %.100s: %zu rows of this call differ in "
						     "%s: '%.40s' and '%.40s'",
						     t->name, n, t->fields[f], r[0].cell[f],
						     r[k].cell[f]);
			if (st == UT_OK)
				st = map_cell(t, f, r->cell[f], &c, err);
		}
		if (st == UT_OK)
			*ret = c;
		else
			ut_claims_done(&c);
		return st;
	}
	return UT_ENOENT;
}
