/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review/form.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "report/html.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. false: a bad escape, a zero byte, not UTF-8. */
static bool decode(char *s)
{
	char *to = s;

	for (char *p = s; *p; p++) {
		if (*p == '+') {
			*to++ = ' ';
		} else if (*p == '%') {
			int a = hex(p[1]), b = a < 0 ? -1 : hex(p[2]);

			if (b < 0 || (a == 0 && b == 0))
				return false;
			*to++ = (char)(a << 4 | b);
			p += 2;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	for (to = s; *to;) {
		size_t n = ut_utf8_len(to);

		if (n == 0)
			return false;
		to += n;
	}
	return true;
}

enum ut_status ut_form_parse(const char *s, size_t n, struct ut_form *ret, struct ut_error *err)
{
	char *at, *end;

	memset(ret, 0, sizeof(*ret));
	if (memchr(s, '\0', n))
		return ut_fail(err, UT_EINVAL, "a zero byte in a form");
	ret->text = strndup(s, n);
	if (!ret->text)
		return ut_fail(err, UT_ENOMEM, "a form");
	for (at = ret->text; at; at = end) {
		char *value;

		end = strchr(at, '&');
		if (end)
			*end++ = '\0';
		if (!*at)
			continue;
		value = strchr(at, '=');
		if (value)
			*value++ = '\0';
		if (!decode(at) || (value && !decode(value)))
			return ut_fail(err, UT_EINVAL, "a form that is not well formed");
		if (ret->n == UT_FORM_MAX)
			return ut_fail(err, UT_EINVAL, "a form of too many fields");
		ret->field[ret->n].name = at;
		ret->field[ret->n++].value = value ? value : "";
	}
	return UT_OK;
}

void ut_form_done(struct ut_form *f)
{
	free(f->text);
	memset(f, 0, sizeof(*f));
}

const char *ut_form_get(const struct ut_form *f, const char *name)
{
	for (unsigned i = 0; i < f->n; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return NULL;
}

const char *ut_form_text(const struct ut_form *f, const char *name)
{
	const char *v = ut_form_get(f, name);

	return v && *v ? v : NULL;
}

int64_t ut_form_int(const struct ut_form *f, const char *name, int64_t lo, int64_t hi,
		    int64_t otherwise)
{
	const char *v = ut_form_text(f, name);
	char *end;
	long long n;

	if (!v || !((*v >= '0' && *v <= '9') || *v == '-'))
		return otherwise;
	errno = 0;
	n = strtoll(v, &end, 10);
	return errno || *end || n < lo || n > hi ? otherwise : n;
}

static const char *day(const char *v)
{
	int64_t n;

	return ut_day_only(v, &n) ? v : NULL;
}

/* "0.75:12" as a page's link has it: a key and a call. */
static void place(const char *v, double *key, int64_t *call)
{
	char *end;
	double k;
	long long n;

	if (!v)
		return;
	k = strtod(v, &end);
	if (!isfinite(k) || *end != ':' || end[1] < '0' || end[1] > '9')
		return;
	errno = 0;
	n = strtoll(end + 1, &end, 10);
	if (errno || *end)
		return;
	*key = k;
	*call = n;
}

static const char *const lists[UT_N_REVIEW_LISTS] = {
	[UT_REVIEW_FINDINGS] = "findings",
	[UT_REVIEW_GOOD] = "good",
	[UT_REVIEW_RECOVERIES] = "recoveries",
	[UT_REVIEW_WARM] = "warm",
};

void ut_filters_read(const struct ut_form *f, struct ut_filters *ret)
{
	static const char *const labels[] = { "accepting", "resigned", "angry", "abstain" };
	const char *list = ut_form_text(f, "list"), *label = ut_form_text(f, "tone");

	memset(ret, 0, sizeof(*ret));
	for (unsigned i = 0; list && i < UT_N_REVIEW_LISTS; i++)
		if (strcmp(list, lists[i]) == 0)
			ret->q.list = (enum ut_review_list)i;
	for (unsigned i = 0; label && i < UT_ARRAY_LEN(labels); i++)
		if (strcmp(label, labels[i]) == 0)
			ret->q.label = labels[i];
	ret->q.from = day(ut_form_text(f, "from"));
	ret->q.to = day(ut_form_text(f, "to"));
	ret->q.team = ut_form_text(f, "team");
	ret->q.queue = ut_form_text(f, "queue");
	ret->q.agent_id = ut_form_text(f, "agent");
	ret->q.language = ut_form_text(f, "language");
	ret->q.reviewed = (int)ut_form_int(f, "reviewed", 0, 1, -1);
	ret->share = (int)ut_form_int(f, "share", 0, 100, UT_FILTERS_SHARE);
	place(ut_form_text(f, "after"), &ret->q.after_key, &ret->q.after_call);
	place(ut_form_text(f, "good"), &ret->good_key, &ret->good_call);
}

static void pair(struct ut_text *out, size_t start, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	if (out->len > start)
		ut_text_add(out, "&");
	ut_text_addf(out, "%s=", name);
	ut_html_url(out, value);
}

void ut_filters_write(const struct ut_filters *f, struct ut_text *out)
{
	const struct ut_review_query *q = &f->q;
	size_t start = out->len;
	char n[16];

	pair(out, start, "list", q->list == UT_REVIEW_FINDINGS ? NULL : lists[q->list]);
	pair(out, start, "from", q->from);
	pair(out, start, "to", q->to);
	pair(out, start, "team", q->team);
	pair(out, start, "queue", q->queue);
	pair(out, start, "agent", q->agent_id);
	pair(out, start, "tone", q->label);
	pair(out, start, "language", q->language);
	if (q->reviewed >= 0)
		pair(out, start, "reviewed", q->reviewed ? "1" : "0");
	if (f->share != UT_FILTERS_SHARE) {
		snprintf(n, sizeof(n), "%d", f->share);
		pair(out, start, "share", n);
	}
}
