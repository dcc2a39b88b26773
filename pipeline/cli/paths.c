/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/paths.h"

#include <stdlib.h>
#include <string.h>

static bool add_path(void *user, const char *path)
{
	struct ut_cli_paths *p = user;
	char **v = realloc(p->v, (p->n + 1) * sizeof(*v));

	if (v)
		p->v = v;
	if (!v || !(p->v[p->n] = strdup(path))) {
		p->failed = true;
		return false;
	}
	p->n++;
	return true;
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
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i]);
	free(p->v);
	*p = (struct ut_cli_paths){ 0 };
}
