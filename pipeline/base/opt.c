/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/opt.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_choice(const char *choices, const char *v)
{
	size_t n = strlen(v);

	for (const char *p = choices; p; p = strchr(p, '|')) {
		p += *p == '|';
		if (strncmp(p, v, n) == 0 && (p[n] == '|' || p[n] == '\0'))
			return true;
	}
	return false;
}

static enum ut_status set(const struct ut_opt *o, void *opts, const char *v, struct ut_error *err)
{
	char *field = (char *)opts + o->offset;
	char *end;

	switch (o->type) {
	case UT_OPT_BOOL:
		if (strcmp(v, "true") != 0 && strcmp(v, "false") != 0)
			return ut_fail(err, UT_EINVAL, "--%s: true or false, not '%s'", o->name, v);
		*(bool *)field = v[0] == 't';
		return UT_OK;
	case UT_OPT_INT: {
		long long n;

		errno = 0;
		n = strtoll(v, &end, 10);
		if (end == v || *end || errno || (double)n < o->min || (double)n > o->max)
			return ut_fail(err, UT_EINVAL,
				       "--%s: a whole number from %.0f to %.0f, not '%s'", o->name,
				       o->min, o->max, v);
		*(int64_t *)field = n;
		return UT_OK;
	}
	case UT_OPT_REAL: {
		double x;

		errno = 0;
		x = strtod(v, &end);
		if (end == v || *end || errno || !isfinite(x) || x < o->min || x > o->max)
			return ut_fail(err, UT_EINVAL, "--%s: a number from %g to %g, not '%s'",
				       o->name, o->min, o->max, v);
		*(double *)field = x;
		return UT_OK;
	}
	case UT_OPT_CHOICE:
		if (!is_choice(o->choices, v))
			return ut_fail(err, UT_EINVAL, "--%s: one of %s, not '%s'", o->name,
				       o->choices, v);
		*(const char **)field = v;
		return UT_OK;
	case UT_OPT_STRING:
		*(const char **)field = v;
		return UT_OK;
	}
	return ut_fail(err, UT_EINVAL, "--%s: unknown type", o->name);
}

static const struct ut_opt *find_n(const struct ut_opt *table, const char *name, size_t n)
{
	for (const struct ut_opt *o = table; o->name; o++)
		if (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
			return o;
	return NULL;
}

/* Levenshtein distance, bounded to short names: only used to say "did you mean". */
static unsigned distance(const char *a, size_t n, const char *b)
{
	unsigned row[64];
	size_t m = strlen(b);

	if (m >= UT_ARRAY_LEN(row) || n >= UT_ARRAY_LEN(row))
		return UINT32_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diag = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned up = row[j];
			unsigned best = diag + (a[i - 1] != b[j - 1]);

			best = UT_MIN(best, UT_MIN(up, row[j - 1]) + 1);
			row[j] = best;
			diag = up;
		}
	}
	return row[m];
}

static enum ut_status unknown(const struct ut_opt *table, const char *name, size_t n,
			      struct ut_error *err)
{
	const struct ut_opt *near = NULL;
	unsigned best = 3;

	for (const struct ut_opt *o = table; o->name; o++) {
		unsigned d = distance(name, n, o->name);

		if (d < best)
			best = d, near = o;
	}
	if (near)
		return ut_fail(err, UT_EINVAL, "unknown option --%.*s; did you mean --%s?", (int)n,
			       name, near->name);
	return ut_fail(err, UT_EINVAL, "unknown option --%.*s; --help lists them", (int)n, name);
}

enum ut_status ut_opt_parse(const struct ut_opt *table, void *opts, int argc, char **argv,
			    int *n_operands, struct ut_error *err)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *value = NULL;
		const struct ut_opt *o = NULL;

		if (strcmp(a, "--") == 0) {
			while (++i < argc)
				argv[1 + n++] = argv[i];
			break;
		}
		if (a[0] != '-' || a[1] == '\0') { /* "-" alone is an operand: standard input */
			argv[1 + n++] = argv[i];
			continue;
		}
		if (a[1] == '-') {
			size_t len = strcspn(a + 2, "=");

			o = find_n(table, a + 2, len);
			if (!o)
				return unknown(table, a + 2, len, err);
			value = a[2 + len] ? a + 3 + len : NULL;
		} else {
			for (const struct ut_opt *p = table; p->name && !o; p++)
				if (p->letter == a[1])
					o = p;
			if (!o)
				return ut_fail(err, UT_EINVAL,
					       "unknown option -%c; --help lists them", a[1]);
			if (a[2] && o->type == UT_OPT_BOOL)
				return ut_fail(err, UT_EINVAL,
					       "-%c takes no value, and short options stand "
					       "alone: '%s'",
					       a[1], a);
			value = a[2] ? a + 2 : NULL;
		}
		if (o->type == UT_OPT_BOOL && !value) {
			*(bool *)((char *)opts + o->offset) = true;
			continue;
		}
		if (!value) {
			if (++i >= argc)
				return ut_fail(err, UT_EINVAL, "--%s needs a value: %s", o->name,
					       o->value     ? o->value
					       : o->choices ? o->choices
							    : "VALUE");
			value = argv[i];
		}
		if (set(o, opts, value, err) != UT_OK)
			return UT_EINVAL;
	}
	*n_operands = n;
	return UT_OK;
}

void ut_opt_help(const struct ut_opt *table, struct ut_text *out)
{
	enum { HELP_COL = 26, WIDTH = 80 };

	for (const struct ut_opt *o = table; o->name; o++) {
		size_t start = out->len, col;
		const char *v = o->value ? o->value : o->choices ? o->choices : "VALUE";
		const char *p = o->help;

		if (o->letter)
			ut_text_addf(out, "  -%c, --%s", o->letter, o->name);
		else
			ut_text_addf(out, "      --%s", o->name);
		if (o->type != UT_OPT_BOOL)
			ut_text_addf(out, " %s", v);
		col = out->len - start;
		if (col + 2 > HELP_COL) {
			ut_text_add(out, "\n");
			col = 0;
		}
		ut_text_addf(out, "%*s", (int)(HELP_COL - col), "");
		col = HELP_COL;
		while (*p) {
			size_t word = strcspn(p, " ");

			if (col > HELP_COL && col + 1 + word > WIDTH) {
				ut_text_addf(out, "\n%*s", HELP_COL, "");
				col = HELP_COL;
			}
			if (col > HELP_COL) {
				ut_text_add(out, " ");
				col++;
			}
			ut_text_addn(out, p, word);
			col += word;
			p += word;
			p += *p == ' ';
		}
		ut_text_add(out, "\n");
	}
}

void ut_opt_json(const struct ut_opt *table, const void *opts, unsigned flags, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	for (const struct ut_opt *o = table; o->name; o++) {
		const char *field = (const char *)opts + o->offset;

		if (flags && !(o->flags & flags))
			continue;
		switch (o->type) {
		case UT_OPT_BOOL:
			ut_json_bool(&j, o->name, *(const bool *)field);
			break;
		case UT_OPT_INT:
			ut_json_int(&j, o->name, *(const int64_t *)field);
			break;
		case UT_OPT_REAL:
			ut_json_real(&j, o->name, *(const double *)field, 9);
			break;
		case UT_OPT_STRING:
		case UT_OPT_CHOICE:
			ut_json_string(&j, o->name, *(const char *const *)field);
			break;
		}
	}
	ut_json_end_object(&j);
}
