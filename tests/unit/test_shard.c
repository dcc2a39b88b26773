/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/shard.h"

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static const char *const *vars; /* name, value, name, value..., NULL */

static const char *get(const char *name)
{
	for (const char *const *v = vars; *v; v += 2)
		if (strcmp(v[0], name) == 0)
			return v[1];
	return NULL;
}

static void test_parse(void)
{
	static const struct row {
		const char *s;
		enum ut_status want;
		int64_t index, count;
	} rows[] = {
		{ "0/1", UT_OK, 0, 1 },
		{ "7/8", UT_OK, 7, 8 },
		{ "8/8", UT_EINVAL, 0, 0 },
		{ "-1/8", UT_EINVAL, 0, 0 },
		{ "1", UT_EINVAL, 0, 0 },
		{ "1/", UT_EINVAL, 0, 0 },
		{ "1/0", UT_EINVAL, 0, 0 },
		{ "1/2/3", UT_EINVAL, 0, 0 },
		{ "a/b", UT_EINVAL, 0, 0 },
		{ "", UT_EINVAL, 0, 0 },
		{ "0/99999999999999999999", UT_EINVAL, 0, 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_shard s = { 0 };

		tap_row(r->s);
		CHECK_EQ(ut_shard_parse(r->s, &s, NULL), r->want);
		CHECK_EQ(s.index, r->index);
		CHECK_EQ(s.count, r->count);
		tap_end();
	}
}

static void test_env(void)
{
	static const struct row {
		const char *name;
		const char *vars[10];
		enum ut_status want;
		int64_t index, count;
	} rows[] = {
		{ "no scheduler", { NULL }, UT_OK, 0, 1 },
		{ "Slurm 0-7",
		  { "SLURM_ARRAY_TASK_ID", "3", "SLURM_ARRAY_TASK_MIN", "0",
		    "SLURM_ARRAY_TASK_STEP", "1", "SLURM_ARRAY_TASK_COUNT", "8", NULL },
		  UT_OK,
		  3,
		  8 },
		{ "Slurm 10-40:10",
		  { "SLURM_ARRAY_TASK_ID", "30", "SLURM_ARRAY_TASK_MIN", "10",
		    "SLURM_ARRAY_TASK_STEP", "10", "SLURM_ARRAY_TASK_COUNT", "4", NULL },
		  UT_OK,
		  2,
		  4 },
		{ "Slurm, a list with a hole: 0,5,6",
		  { "SLURM_ARRAY_TASK_ID", "6", "SLURM_ARRAY_TASK_MIN", "0",
		    "SLURM_ARRAY_TASK_STEP", "1", "SLURM_ARRAY_TASK_COUNT", "3", NULL },
		  UT_EINVAL,
		  0,
		  0 },
		{ "Slurm without a count", { "SLURM_ARRAY_TASK_ID", "3", NULL }, UT_EINVAL, 0, 0 },
		{ "Slurm, damaged", { "SLURM_ARRAY_TASK_ID", "x", NULL }, UT_EINVAL, 0, 0 },
		{ "AWS Batch",
		  { "AWS_BATCH_JOB_ARRAY_INDEX", "0", "AWS_BATCH_JOB_ARRAY_SIZE", "3", NULL },
		  UT_OK,
		  0,
		  3 },
		{ "Kubernetes",
		  { "JOB_COMPLETION_INDEX", "4", "JOB_COMPLETIONS", "5", NULL },
		  UT_OK,
		  4,
		  5 },
		{ "Kubernetes, count not set in the manifest",
		  { "JOB_COMPLETION_INDEX", "4", NULL },
		  UT_EINVAL,
		  0,
		  0 },
		{ "Grid Engine 1-9:2",
		  { "SGE_TASK_ID", "5", "SGE_TASK_FIRST", "1", "SGE_TASK_LAST", "9",
		    "SGE_TASK_STEPSIZE", "2", NULL },
		  UT_OK,
		  2,
		  5 },
		{ "Grid Engine, no array", { "SGE_TASK_ID", "undefined", NULL }, UT_OK, 0, 1 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_shard s = { 0 };
		struct ut_error err = { 0 };

		tap_row(r->name);
		vars = r->vars;
		CHECK_EQ(ut_shard_from_env(get, &s, &err), r->want);
		CHECK_EQ(s.index, r->index);
		CHECK_EQ(s.count, r->count);
		CHECK((err.msg[0] != '\0') == (r->want != UT_OK));
		tap_end();
	}
}

/* Content decides, evenly, and each in one shard only. */
static void test_of(void)
{
	enum { N = 4000, SHARDS = 7 };
	int64_t n[SHARDS] = { 0 }, a = -1, b = -1;
	char content[32];
	FILE *f = tmpfile();

	tap_row("4000 contents spread over 7 shards");
	for (int i = 0; f && i < N; i++) {
		int len = snprintf(content, sizeof(content), "recording %d", i);

		if (ftruncate(fileno(f), 0) != 0 ||
		    pwrite(fileno(f), content, (size_t)len, 0) != len ||
		    ut_shard_of(fileno(f), len, SHARDS, &a, NULL) != UT_OK || a < 0 || a >= SHARDS)
			break;
		n[a]++;
	}
	for (int i = 0; i < SHARDS; i++)
		CHECK_NEAR((double)n[i], N / SHARDS, 100); /* 4.5 sigma */
	CHECK(f && ut_shard_of(fileno(f), 14, 1000000, &a, NULL) == UT_OK);
	CHECK(f && ut_shard_of(fileno(f), 14, 1000000, &b, NULL) == UT_OK);
	CHECK_EQ(a, b);
	CHECK(f && ut_shard_of(fileno(f), 15, 1000000, &b, NULL) == UT_OK);
	CHECK(a != b); /* the size counts: recordings may begin alike */
	if (f)
		fclose(f);
	tap_end();
}

int main(void)
{
	test_parse();
	test_env();
	test_of();
	return tap_done();
}
