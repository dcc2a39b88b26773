/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sha256.h"

enum { MAX_SHARDS = 1000000, HEAD = 65536 };

static bool number(const char *s, int64_t *ret)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (end == s || *end || errno)
		return false;
	*ret = v;
	return true;
}

static enum ut_status check(const struct ut_shard *s, struct ut_error *err)
{
	if (s->count < 1 || s->count > MAX_SHARDS || s->index < 0 || s->index >= s->count)
		return ut_fail(err, UT_EINVAL,
			       "%s: shard %lld of %lld: the index goes from 0 to the count less 1",
			       s->source, (long long)s->index, (long long)s->count);
	return UT_OK;
}

enum ut_status ut_shard_parse(const char *s, struct ut_shard *ret, struct ut_error *err)
{
	struct ut_shard sh = { .source = "--shard" };
	char copy[48], *slash;

	if (strlen(s) < sizeof(copy)) {
		memcpy(copy, s, strlen(s) + 1);
		slash = strchr(copy, '/');
		if (slash) {
			*slash = '\0';
			if (number(copy, &sh.index) && number(slash + 1, &sh.count)) {
				if (check(&sh, err) != UT_OK)
					return UT_EINVAL;
				*ret = sh;
				return UT_OK;
			}
		}
	}
	return ut_fail(err, UT_EINVAL, "--shard: INDEX/COUNT, as 0/8, not '%s'", s);
}

/* *v from a variable; false where it is not set. A set one that is no number fails. */
static bool from(const char *(*get)(const char *), const char *name, int64_t *v, bool *wrong,
		 struct ut_error *err)
{
	const char *s = get(name);

	if (!s || !*s || strcmp(s, "undefined") == 0) /* Grid Engine's word outside arrays */
		return false;
	if (!number(s, v)) {
		*wrong = true;
		ut_fail(err, UT_EINVAL, "%s: a whole number, not '%s'", name, s);
	}
	return true;
}

enum ut_status ut_shard_from_env(const char *(*get)(const char *), struct ut_shard *ret,
				 struct ut_error *err)
{
	struct ut_shard s = { 0, 1, NULL };
	int64_t id, min = 0, max, step = 1;
	bool wrong = false, whole = true;

	if (from(get, "SLURM_ARRAY_TASK_ID", &id, &wrong, err)) {
		s.source = "Slurm array";
		from(get, "SLURM_ARRAY_TASK_MIN", &min, &wrong, err);
		from(get, "SLURM_ARRAY_TASK_STEP", &step, &wrong, err);
		whole = from(get, "SLURM_ARRAY_TASK_COUNT", &s.count, &wrong, err);
		if (!wrong && (step < 1 || (id - min) % step != 0))
			return ut_fail(err, UT_EINVAL,
				       "Slurm array: task %lld is not a step of %lld from %lld",
				       (long long)id, (long long)step, (long long)min);
		s.index = step > 0 ? (id - min) / step : -1;
	} else if (from(get, "AWS_BATCH_JOB_ARRAY_INDEX", &s.index, &wrong, err)) {
		s.source = "AWS Batch array";
		whole = from(get, "AWS_BATCH_JOB_ARRAY_SIZE", &s.count, &wrong, err);
	} else if (from(get, "JOB_COMPLETION_INDEX", &s.index, &wrong, err)) {
		s.source = "Kubernetes Indexed Job";
		/* Kubernetes gives the index alone; the manifest in docs/ sets the count */
		whole = from(get, "JOB_COMPLETIONS", &s.count, &wrong, err);
	} else if (from(get, "SGE_TASK_ID", &id, &wrong, err)) {
		s.source = "Grid Engine array";
		min = 1;
		from(get, "SGE_TASK_FIRST", &min, &wrong, err);
		from(get, "SGE_TASK_STEPSIZE", &step, &wrong, err);
		whole = from(get, "SGE_TASK_LAST", &max, &wrong, err);
		if (!wrong && step < 1)
			return ut_fail(err, UT_EINVAL, "Grid Engine array: a step of %lld",
				       (long long)step);
		if (whole && !wrong) {
			s.index = (id - min) / step;
			s.count = (max - min) / step + 1;
		}
	} else {
		*ret = s;
		return UT_OK;
	}
	if (wrong)
		return UT_EINVAL;
	if (!whole)
		return ut_fail(err, UT_EINVAL,
			       "%s: task %lld, but of how many? Pass --shard INDEX/COUNT", s.source,
			       (long long)s.index);
	if (check(&s, err) != UT_OK)
		return UT_EINVAL;
	*ret = s;
	return UT_OK;
}

enum ut_status ut_shard_of(int fd, int64_t size, int64_t count, int64_t *ret, struct ut_error *err)
{
	unsigned char buf[HEAD + 8];
	char hex[65], head[16];
	size_t n = 0;

	while (n < HEAD) {
		ssize_t k = pread(fd, buf + n, HEAD - n, (off_t)n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
		if (k == 0)
			break;
		n += (size_t)k;
	}
	for (unsigned i = 0; i < 8; i++)
		buf[n + i] = (unsigned char)((uint64_t)size >> 8 * i);
	if (ut_sha256_hex(buf, n + 8, hex, err) != UT_OK)
		return UT_ENOMEM;
	memcpy(head, hex, 15);
	head[15] = '\0';
	*ret = (int64_t)(strtoull(head, NULL, 16) % (uint64_t)count);
	return UT_OK;
}
