/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool room(struct ut_text *t, size_t extra)
{
	if (t->failed)
		return false;
	if (extra >= SIZE_MAX / 4 || t->len + extra + 1 > SIZE_MAX / 4) {
		t->failed = true;
		return false;
	}
	if (t->len + extra + 1 > t->cap) {
		size_t cap = t->cap ? t->cap : 128;
		char *p;

		while (cap < t->len + extra + 1)
			cap *= 2;
		p = realloc(t->s, cap);
		if (!p) {
			t->failed = true;
			return false;
		}
		t->s = p;
		t->cap = cap;
	}
	return true;
}

void ut_text_done(struct ut_text *t)
{
	free(t->s);
	memset(t, 0, sizeof(*t));
}

void ut_text_clear(struct ut_text *t)
{
	t->len = 0;
	t->failed = false;
	if (t->s)
		t->s[0] = '\0';
}

void ut_text_addn(struct ut_text *t, const char *s, size_t n)
{
	if (!room(t, n))
		return;
	if (n)
		memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

void ut_text_add(struct ut_text *t, const char *s)
{
	ut_text_addn(t, s, strlen(s));
}

void ut_text_addf(struct ut_text *t, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		t->failed = true;
	else if (room(t, (size_t)n)) {
		vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
		t->len += (size_t)n;
	}
	va_end(again);
}

void ut_text_add_csv(struct ut_text *t, const char *s)
{
	bool formula = *s && strchr("=+-@\t\r", *s);

	if (!formula && !strpbrk(s, ",\"\r\n")) {
		ut_text_add(t, s);
		return;
	}
	ut_text_add(t, "\"");
	if (formula)
		ut_text_add(t, "'");
	for (; *s; s++) {
		if (*s == '"')
			ut_text_add(t, "\"");
		ut_text_addn(t, s, 1);
	}
	ut_text_add(t, "\"");
}

void ut_text_add_html(struct ut_text *t, const char *s)
{
	while (*s) {
		size_t n = ut_utf8_len(s);

		if (n == 0) {
			ut_text_add(t, "\xef\xbf\xbd");
			s++;
			continue;
		}
		switch (*s) {
		case '&':
			ut_text_add(t, "&amp;");
			break;
		case '<':
			ut_text_add(t, "&lt;");
			break;
		case '>':
			ut_text_add(t, "&gt;");
			break;
		case '"':
			ut_text_add(t, "&quot;");
			break;
		case '\'':
			ut_text_add(t, "&#39;");
			break;
		default:
			if ((unsigned char)*s >= 0x20 || strchr("\t\n\r", *s))
				ut_text_addn(t, s, n);
			else
				ut_text_add(t, "\xef\xbf\xbd");
		}
		s += n;
	}
}

static bool is_direction_mark(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return p[0] == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
				(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

void ut_text_add_visible(struct ut_text *t, const char *s)
{
	while (*s) {
		size_t n = ut_utf8_len(s);
		unsigned char c = (unsigned char)*s;

		/* C1 controls (U+0080..U+009F) drive terminals too; marks that turn the direction
		 * of what follows (U+202A..U+202E, U+2066..U+2069) make a name look like another */
		if (n == 0 || c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0) ||
		    (n == 3 && is_direction_mark(s))) {
			ut_text_addf(t, "\\x%02x", c);
			s++;
			continue;
		}
		ut_text_addn(t, s, n);
		s += n;
	}
}

size_t ut_utf8_len(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;
	uint32_t cp;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2, cp = p[0] & 0x1f;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3, cp = p[0] & 0x0f;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4, cp = p[0] & 0x07;
	else
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) /* stops at the NUL too */
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if ((n == 3 && cp < 0x800) || (n == 4 && (cp < 0x10000 || cp > 0x10ffff)) ||
	    (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	return n;
}

void ut_json_init(struct ut_json *j, struct ut_text *out)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
}

static void quoted(struct ut_text *t, const char *s)
{
	ut_text_add(t, "\"");
	while (*s) {
		size_t n = ut_utf8_len(s);
		unsigned char c = (unsigned char)*s;

		if (n == 0)
			ut_text_add(t, "\xef\xbf\xbd"), n = 1;
		else if (c == '"' || c == '\\')
			ut_text_addf(t, "\\%c", c);
		else if (c == '\n')
			ut_text_add(t, "\\n");
		else if (c == '\t')
			ut_text_add(t, "\\t");
		else if (c < 0x20 || c == 0x7f)
			ut_text_addf(t, "\\u%04x", c);
		else
			ut_text_addn(t, s, n);
		s += n;
	}
	ut_text_add(t, "\"");
}

static void lead(struct ut_json *j, const char *key)
{
	uint64_t bit = UINT64_C(1) << (j->depth & 63);

	if (j->depth && (j->need_comma & bit))
		ut_text_add(j->out, ",");
	j->need_comma |= bit;
	if (key) {
		quoted(j->out, key);
		ut_text_add(j->out, ":");
	}
}

static void open_level(struct ut_json *j, const char *key, const char *bracket)
{
	lead(j, key);
	ut_text_add(j->out, bracket);
	j->depth++;
	j->need_comma &= ~(UINT64_C(1) << (j->depth & 63));
}

void ut_json_begin_object(struct ut_json *j, const char *key)
{
	open_level(j, key, "{");
}

void ut_json_end_object(struct ut_json *j)
{
	j->depth--;
	ut_text_add(j->out, "}");
}

void ut_json_begin_array(struct ut_json *j, const char *key)
{
	open_level(j, key, "[");
}

void ut_json_end_array(struct ut_json *j)
{
	j->depth--;
	ut_text_add(j->out, "]");
}

void ut_json_string(struct ut_json *j, const char *key, const char *v)
{
	lead(j, key);
	if (v)
		quoted(j->out, v);
	else
		ut_text_add(j->out, "null");
}

void ut_json_int(struct ut_json *j, const char *key, int64_t v)
{
	lead(j, key);
	ut_text_addf(j->out, "%lld", (long long)v);
}

void ut_json_real(struct ut_json *j, const char *key, double v, unsigned digits)
{
	char buf[352];
	int n;

	lead(j, key);
	if (!isfinite(v)) {
		ut_text_add(j->out, "null");
		return;
	}
	n = snprintf(buf, sizeof(buf), "%.*f", (int)(digits > 17 ? 17 : digits), v);
	if (n > 0 && strchr(buf, '.')) {
		while (buf[n - 1] == '0')
			buf[--n] = '\0';
		if (buf[n - 1] == '.')
			buf[--n] = '\0';
	}
	ut_text_add(j->out, strcmp(buf, "-0") == 0 ? "0" : buf);
}

void ut_json_bool(struct ut_json *j, const char *key, bool v)
{
	lead(j, key);
	ut_text_add(j->out, v ? "true" : "false");
}

void ut_json_null(struct ut_json *j, const char *key)
{
	lead(j, key);
	ut_text_add(j->out, "null");
}
