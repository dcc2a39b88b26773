/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/paths.h"

#include <stdlib.h>
#include <string.h>

static bool add_path(void *user, const char *path, const char *other)
{
	struct ut_cli_paths *p = user;
	char **v = realloc(p->v, (p->n + 1) * sizeof(*v));
	char **w = v ? realloc(p->other, (p->n + 1) * sizeof(*w)) : NULL;

	if (v)
		p->v = v;
	if (w)
		p->other = w;
	if (!v || !w || !(v[p->n] = strdup(path))) {
		p->failed = true;
		return false;
	}
	w[p->n] = other ? strdup(other) : NULL;
	p->failed = other && !w[p->n];
	p->n++;
	return !p->failed;
}

enum ut_status ut_cli_paths_load(struct ut_cli_paths *p, struct ut_store *s, int64_t id,
				 struct ut_error *err)
{
	enum ut_status st = ut_store_paths(s, id, add_path, p, err);

	if (st == UT_OK && p->failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	return st;
}

void ut_cli_paths_done(struct ut_cli_paths *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i]);
		free(p->other[i]);
	}
	free(p->v);
	free(p->other);
	*p = (struct ut_cli_paths){ 0 };
}
