/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/permit.h"

#include <stdlib.h>
#include <string.h>

struct ut_permit {
	char *text; /* keys, each ended by NUL */
	const char **key;
	size_t n;
	bool require_notice;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum ut_status ut_permit_create(const char *list, bool require_notice, struct ut_permit **ret,
				struct ut_error *err)
{
	struct ut_permit *p = calloc(1, sizeof(*p));
	size_t lines = 1;
	char *save = NULL;

	if (p)
		p->text = strdup(list ? list : "");
	for (const char *s = list; s && *s; s++)
		lines += *s == '\n';
	if (p && p->text)
		p->key = calloc(lines, sizeof(*p->key));
	if (!p || !p->key) {
		ut_permit_destroy(&p);
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	p->require_notice = require_notice;
	for (char *s = strtok_r(p->text, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		size_t n;

		s += strspn(s, " \t\r");
		n = strlen(s);
		while (n > 0 && strchr(" \t\r", s[n - 1]))
			s[--n] = '\0';
		if (n > 0 && *s != '#')
			p->key[p->n++] = s;
	}
	qsort(p->key, p->n, sizeof(*p->key), by_text);
	*ret = p;
	return UT_OK;
}

enum ut_status ut_permit_check(const struct ut_permit *p, const struct ut_meta *m,
			       struct ut_error *err)
{
	if (!p)
		return UT_OK;
	if (m->customer_key && bsearch(&m->customer_key, p->key, p->n, sizeof(*p->key), by_text))
		return ut_fail(err, UT_EREFUSED,
			       "left alone: its customer is on the list of objections");
	if (p->require_notice && (!m->purpose || !*m->purpose || !m->notice || !*m->notice))
		return ut_fail(err, UT_EREFUSED,
			       "left alone: its sidecar declares no %s (--require-notice)",
			       !m->purpose || !*m->purpose ? "purpose" : "notice");
	return UT_OK;
}

void ut_permit_destroy(struct ut_permit **pp)
{
	struct ut_permit *p = *pp;

	if (!p)
		return;
	free(p->text);
	free(p->key);
	free(p);
	*pp = NULL;
}
