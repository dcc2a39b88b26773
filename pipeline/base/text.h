/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - a growing byte string, and a JSON writer on top of it.
 * Memory: grows with realloc; a failed growth sets `failed` and later appends do nothing, so that a
 * writer checks once at its end. Threads: one per object.
 */
#ifndef UT_BASE_TEXT_H
#define UT_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ut_text {
	char *s; /* NUL-terminated once anything was appended; NULL before */
	size_t len, cap;
	bool failed;
};

void ut_text_done(struct ut_text *t);  /* frees; t is empty afterwards and may be used again */
void ut_text_clear(struct ut_text *t); /* length 0, memory kept */
void ut_text_add(struct ut_text *t, const char *s);
void ut_text_addn(struct ut_text *t, const char *s, size_t n);
void ut_text_addf(struct ut_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As a CSV field (RFC 4180): quoted where it must be. Formula starters (= + - @ in text fields) get
 * an apostrophe in front, so that a spreadsheet does not run a file name. */
void ut_text_add_csv(struct ut_text *t, const char *s);
/* HTML-escaped text (also safe inside a double-quoted attribute). */
void ut_text_add_html(struct ut_text *t, const char *s);
/* What is safe on a terminal: control bytes and invalid UTF-8 become \xNN. */
void ut_text_add_visible(struct ut_text *t, const char *s);

/* JSON: ut_json_* append to a text; commas are kept by the writer. Keys are literals of ours. */
struct ut_json {
	struct ut_text *out;
	uint64_t need_comma; /* one bit a depth, 64 deep at most */
	unsigned depth;
};

void ut_json_init(struct ut_json *j, struct ut_text *out);
void ut_json_begin_object(struct ut_json *j,
			  const char *key); /* key NULL inside an array or at top */
void ut_json_end_object(struct ut_json *j);
void ut_json_begin_array(struct ut_json *j, const char *key);
void ut_json_end_array(struct ut_json *j);
/* NULL writes null. Invalid UTF-8 (a file name may be any bytes) is written as U+FFFD. */
void ut_json_string(struct ut_json *j, const char *key, const char *v);
void ut_json_int(struct ut_json *j, const char *key, int64_t v);
/* digits after the point, trailing zeros kept away; a value that is not finite writes null. */
void ut_json_real(struct ut_json *j, const char *key, double v, unsigned digits);
void ut_json_bool(struct ut_json *j, const char *key, bool v);
void ut_json_null(struct ut_json *j, const char *key);

/* Length of the valid UTF-8 sequence at s (1..4), 0 where it is not valid. s is NUL-terminated. */
size_t ut_utf8_len(const char *s);

#endif
