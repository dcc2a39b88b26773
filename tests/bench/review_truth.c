/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * review_truth.c - a reviewer who hears what is true: a verdict on every stored call that TRUTH.csv
 * (of make_calls.py: file, customer_speaker, label, ...) names, and its customer as customer_key
 * given to batch. To see what `train --from-reviews` makes of many verdicts; for development.
 * usage: review_truth DB TRUTH.csv [EVERY]   (only each EVERY-th call)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/review.h"

struct rows {
	struct {
		int64_t id;
		char file[256];
	} v[20000];
	size_t n;
};

static bool take(void *user, const struct ut_finding *f)
{
	struct rows *r = user;
	const char *slash = strrchr(f->file, '/');

	if (r->n == UT_ARRAY_LEN(r->v))
		return false;
	r->v[r->n].id = f->call_id;
	snprintf(r->v[r->n].file, sizeof(r->v[r->n].file), "%s", slash ? slash + 1 : f->file);
	r->n++;
	return true;
}

int main(int argc, char **argv)
{
	static struct rows r;
	struct ut_store *s = NULL;
	struct ut_finding_query all = { 0 };
	struct ut_reviewer who;
	struct ut_error err = { 0 };
	char line[1024], token[65];
	size_t n = 0, at = 0, every;
	FILE *f;

	if (argc < 3) {
		fprintf(stderr, "usage: review_truth DB TRUTH.csv [EVERY]\n");
		return 2;
	}
	every = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	memset(token, 'a', 64);
	token[64] = '\0';
	f = fopen(argv[2], "r");
	if (!f || ut_store_open(argv[1], UT_STORE_MODIFY, &s, &err) != UT_OK ||
	    ut_review_add_user(s, "review_truth", "truth", UT_REVIEW_TRAINER, token, &err) !=
		UT_OK ||
	    ut_review_find_token(s, token, &who, &err) != UT_OK ||
	    ut_store_findings(s, &all, take, &r, &err) != UT_OK) {
		fprintf(stderr, "%s\n", f ? err.msg : argv[2]);
		return 1;
	}
	while (fgets(line, sizeof(line), f)) {
		char *save = NULL, *file = strtok_r(line, ",", &save);
		char *label =
		    file && strtok_r(NULL, ",", &save) ? strtok_r(NULL, ",", &save) : NULL;
		struct ut_verdict v = { .reviewer_id = who.id, .blind = true };

		if (!label || !ut_review_heard_find(label, &v.heard) || at++ % every)
			continue;
		for (size_t i = 0; i < r.n; i++)
			if (strcmp(r.v[i].file, file) == 0)
				v.call_id = r.v[i].id;
		if (v.call_id && ut_review_judge(s, &v, &err) != UT_OK) {
			fprintf(stderr, "%s: %s\n", file, err.msg);
			return 1;
		}
		n += v.call_id != 0;
	}
	printf("%zu verdicts\n", n);
	fclose(f);
	ut_store_close(&s);
	return 0;
}
