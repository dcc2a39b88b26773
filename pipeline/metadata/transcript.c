/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metadata/transcript.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "metadata/claims.h"
#include "metadata/vcon.h"

#define MAX_TIME_S (30 * 86400.0)

struct reader {
	struct ut_transcript *t;
	const char *name;
	struct ut_error *err;
	unsigned line;         /* of a text format */
	uint32_t last_speaker; /* labels repeat: the last one's place */
	const json_t *dialog;  /* of a vCon: the recording, whose parties tell who is where */
};

void ut_transcript_done(struct ut_transcript *t)
{
	free(t->v);
	ut_text_done(&t->strings);
	memset(t, 0, sizeof(*t));
}

/* Keeps s[0..n) as a string of ours; offset 0 is the empty one. */
static uint32_t keep(struct ut_transcript *t, const char *s, size_t n)
{
	size_t at = t->strings.len;

	for (size_t i = 0; i < n;) {
		char four[5] = { 0 };
		size_t k;

		memcpy(four, s + i, UT_MIN(n - i, 4u));
		k = four[0] ? ut_utf8_len(four) : 0;
		if (k)
			ut_text_addn(&t->strings, s + i, k);
		else if (four[0])
			ut_text_add(&t->strings, "\xef\xbf\xbd");
		i += k ? k : 1;
	}
	ut_text_addn(&t->strings, "", 1);
	return (uint32_t)at;
}

static enum ut_status nomem(struct reader *r)
{
	return ut_fail(r->err, UT_ENOMEM, "transcript %s", r->name);
}

static enum ut_status add(struct reader *r, double start, double end, const char *s, size_t n,
			  uint32_t speaker)
{
	struct ut_transcript *t = r->t;

	if (t->n == UT_TRANSCRIPT_MAX_WORDS || t->strings.len > UINT32_MAX - 8 - 3 * n)
		return ut_fail(r->err, UT_ELIMIT, "transcript %s: more than %d words", r->name,
			       UT_TRANSCRIPT_MAX_WORDS);
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 256;
		struct ut_transcript_word *v = realloc(t->v, cap * sizeof(*v));

		if (!v)
			return nomem(r);
		t->v = v;
		t->cap = cap;
	}
	t->v[t->n++] = (struct ut_transcript_word){ start, end, keep(t, s, n), speaker };
	return t->strings.failed ? nomem(r) : UT_OK;
}

static uint32_t speaker_of(struct reader *r, const char *s, size_t n)
{
	const struct ut_text *t = &r->t->strings;

	if (r->last_speaker == UINT32_MAX || strlen(t->s + r->last_speaker) != n ||
	    memcmp(t->s + r->last_speaker, s, n) != 0)
		r->last_speaker = keep(r->t, s, n);
	return r->t->strings.failed ? UINT32_MAX : r->last_speaker;
}

static bool good_times(double start, double end)
{
	return start >= 0 && end >= start && end < MAX_TIME_S; /* false for a NaN too */
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* A cue's words share its time by their bytes: the best guess there is without more. */
static enum ut_status add_cue(struct reader *r, double start, double end, const char *s, size_t n,
			      uint32_t speaker)
{
	size_t total = 0, done = 0;

	for (size_t i = 0; i < n; i++)
		total += !is_space(s[i]);
	for (size_t i = 0; i < n;) {
		size_t from;
		enum ut_status st;

		while (i < n && is_space(s[i]))
			i++;
		from = i;
		while (i < n && !is_space(s[i]))
			i++;
		if (i == from)
			break;
		st = add(r, start + (end - start) * (double)done / (double)total,
			 start + (end - start) * (double)(done + i - from) / (double)total,
			 s + from, i - from, speaker);
		if (st)
			return st;
		done += i - from;
	}
	return UT_OK;
}

/* JSON */

static enum ut_status load(struct reader *r, const char *bytes, size_t n, json_t **ret)
{
	json_error_t e;

	*ret = json_loadb(bytes, n, 0, &e);
	if (*ret)
		return UT_OK;
	return json_error_code(&e) == json_error_out_of_memory
		   ? nomem(r)
		   : ut_fail(r->err, UT_EFORMAT, "transcript %s:%d: %s", r->name, e.line, e.text);
}

static const json_t *first_of(const json_t *o, const char *a, const char *b, const char *c)
{
	const json_t *v = json_object_get(o, a);

	if (!v)
		v = json_object_get(o, b);
	return v || !c ? v : json_object_get(o, c);
}

static bool names_party(const json_t *v, json_int_t party)
{
	const json_t *e;
	size_t i;

	json_array_foreach(v, i, e)
	{
		if (json_is_integer(e) && json_integer_value(e) == party)
			return true;
	}
	return json_is_integer(v) && json_integer_value(v) == party;
}

/* In a vCon a party is an index of its parties; who it is here is told by the channel it is on. */
static uint32_t vcon_party(struct reader *r, json_int_t party)
{
	const json_t *channels = json_object_get(r->dialog, "parties"), *e;
	char label[40];
	size_t i;

	snprintf(label, sizeof(label), "party %lld",
		 (long long)party); /* no label of a party here */
	json_array_foreach(channels, i, e)
	{
		if (names_party(e, party))
			snprintf(label, sizeof(label), "%zu", i);
	}
	if (names_party(channels, party) && !json_is_array(channels))
		snprintf(label, sizeof(label), "0");
	return speaker_of(r, label, strlen(label));
}

static uint32_t json_speaker(struct reader *r, const json_t *o, uint32_t otherwise)
{
	const json_t *v = first_of(o, "speaker", "party", "channel");
	char number[32];

	if (r->dialog && json_is_integer(v) && v == json_object_get(o, "party"))
		return vcon_party(r, json_integer_value(v));
	if (json_is_string(v))
		return speaker_of(r, json_string_value(v), json_string_length(v));
	if (!json_is_integer(v))
		return otherwise;
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
	return speaker_of(r, number, strlen(number));
}

/* An array of words or segments: each an object with start, end (seconds) and word or text, or with
 * words of its own. */
static enum ut_status json_words(struct reader *r, const json_t *list, const char *where,
				 uint32_t speaker, unsigned depth)
{
	size_t i;
	const json_t *o;

	json_array_foreach(list, i, o)
	{
		const json_t *s = first_of(o, "start", "start_s", NULL);
		const json_t *e = first_of(o, "end", "end_s", NULL);
		const json_t *w = first_of(o, "word", "text", NULL);
		const json_t *inner = json_object_get(o, "words");
		uint32_t who = json_speaker(r, o, speaker);
		enum ut_status st;

		if (json_is_array(inner) && depth) {
			st = json_words(r, inner, "words", who, depth - 1);
		} else if (!json_is_number(s) || !json_is_number(e) || !json_is_string(w)) {
			if (depth || !json_is_string(w)) {
				st =
				    ut_fail(r->err, UT_EFORMAT,
					    "transcript %s: %s[%zu] needs \"start\" and \"end\" in "
					    "seconds, and \"word\" or \"text\"",
					    r->name, where, i);
			} else {
				st = UT_OK; /* an aligner leaves out the times it did not find */
			}
		} else if (!good_times(json_number_value(s), json_number_value(e))) {
			st = ut_fail(r->err, UT_EFORMAT,
				     "transcript %s: %s[%zu]: from %g to %g s is no time", r->name,
				     where, i, json_number_value(s), json_number_value(e));
		} else {
			st = add_cue(r, json_number_value(s), json_number_value(e),
				     json_string_value(w), json_string_length(w), who);
		}
		if (st)
			return st;
	}
	return UT_OK;
}

static enum ut_status json_transcript(struct reader *r, const json_t *root)
{
	const json_t *list = json_is_array(root) ? root : json_object_get(root, "segments");
	const char *where = json_is_array(root) ? "" : "segments";

	if (!json_is_array(list)) {
		list = json_object_get(root, "words");
		where = "words";
	}
	if (!json_is_array(list))
		return ut_fail(r->err, UT_EFORMAT,
			       "transcript %s: neither a list of words nor \"words\" nor "
			       "\"segments\"",
			       r->name);
	return json_words(r, list, where, UINT32_MAX, 1);
}

/* The body of an analysis as JSON: as it is, as text, or as base64url of text (core, 2.3.2). */
static enum ut_status analysis_body(struct reader *r, const json_t *a, json_t **ret)
{
	json_t *body = json_object_get(a, "body");
	const char *encoding = json_string_value(json_object_get(a, "encoding"));
	enum ut_status st;
	char *text = NULL;
	size_t n;

	*ret = NULL;
	if (!json_is_string(body)) {
		*ret = json_incref(body);
		return UT_OK;
	}
	if (encoding && strcmp(encoding, "base64url") == 0) {
		text = ut_base64_decode(json_string_value(body), json_string_length(body), &n);
		if (!text)
			return ut_fail(r->err, UT_EFORMAT,
				       "transcript %s: its body is not base64url", r->name);
	}
	st = load(r, text ? text : json_string_value(body), text ? n : json_string_length(body),
		  ret);
	free(text);
	return st;
}

/* Up to its last slash, and from its first dot behind that, left out. */
static bool same_stem(const char *a, const char *b)
{
	size_t na, nb;

	a = ut_path_base(a);
	b = ut_path_base(b);
	na = strcspn(a, ".");
	nb = strcspn(b, ".");
	return na == nb && memcmp(a, b, na) == 0;
}

/* The recording that this transcript lies beside: the vCon's only one, or that of its name; -1. */
static json_int_t vcon_recording(const struct reader *r, const json_t *root)
{
	const json_t *d;
	json_int_t only = -1, named = -1;
	unsigned n = 0;
	size_t i;

	json_array_foreach(json_object_get(root, "dialog"), i, d)
	{
		const char *type = json_string_value(json_object_get(d, "type"));
		const char *file = json_string_value(json_object_get(d, "filename"));

		if (!type || strcmp(type, "recording") != 0)
			continue;
		n++;
		only = (json_int_t)i;
		if (file && same_stem(file, r->name))
			named = (json_int_t)i;
	}
	return n == 1 ? only : named;
}

static enum ut_status vcon_transcripts(struct reader *r, const json_t *root)
{
	const json_t *list = json_object_get(root, "analysis"), *a;
	const json_t *nowhere = json_null(); /* no party has a channel */
	json_int_t own = vcon_recording(r, root);
	bool any = false;
	size_t i;

	r->dialog =
	    own >= 0 ? json_array_get(json_object_get(root, "dialog"), (size_t)own) : nowhere;
	json_array_foreach(list, i, a)
	{
		const char *type = json_string_value(json_object_get(a, "type"));
		const json_t *of = json_object_get(a, "dialog");
		json_t *body;
		enum ut_status st;

		if (!type || strcmp(type, "transcript") != 0 || !json_object_get(a, "body"))
			continue;
		if (of && !names_party(of, own)) /* another recording's */
			continue;
		st = analysis_body(r, a, &body);
		if (st == UT_OK)
			st = json_transcript(r, body);
		json_decref(body);
		if (st)
			return st;
		any = true;
	}
	return any ? UT_OK
		   : ut_fail(r->err, UT_EFORMAT,
			     "transcript %s: the vCon has no analysis of type \"transcript\"",
			     r->name);
}

static enum ut_status read_json(struct reader *r, const char *bytes, size_t n)
{
	json_t *root = NULL;
	struct ut_vcon *v = NULL;
	struct ut_error why = { 0 };
	enum ut_status st = load(r, bytes, n, &root);

	if (st)
		return st;
	if (json_is_object(root) && ut_vcon_is(root)) {
		r->t->format = "vcon";
		st = ut_vcon_open(bytes, n, r->name, &v, &why);
		if (st != UT_OK)
			st = ut_fail(r->err, st == UT_ENOMEM ? st : UT_EFORMAT, "transcript %s",
				     why.msg);
		else
			st = vcon_transcripts(r, ut_vcon_root(v));
		ut_vcon_destroy(&v);
	} else {
		r->t->format = "json";
		st = json_transcript(r, root);
	}
	json_decref(root);
	return st;
}

/* Text formats */

struct line {
	const char *s;
	size_t n;
};

static bool next_line(struct reader *r, const char **p, const char *end, struct line *ret)
{
	const char *nl;

	if (*p == end)
		return false;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	ret->s = *p;
	ret->n = (size_t)((nl ? nl : end) - *p);
	*p = nl ? nl + 1 : end;
	while (ret->n && is_space(ret->s[ret->n - 1]))
		ret->n--;
	r->line++;
	return true;
}

/* [HH:]MM:SS(.|,)mmm; the place behind it, or NULL. Locale-free. */
static const char *cue_time(const char *s, const char *end, double *ret)
{
	double whole = 0, part = 0, scale = 1;
	unsigned fields = 1, digits = 0;

	for (; s < end; s++) {
		if (*s >= '0' && *s <= '9') {
			part = part * 10 + (*s - '0');
			if (++digits > 6)
				return NULL;
		} else if (*s == ':' && digits && fields < 3) {
			whole = (whole + part) * 60;
			part = 0, digits = 0, fields++;
		} else {
			break;
		}
	}
	if (!digits || fields < 2)
		return NULL;
	whole += part;
	if (s < end && (*s == '.' || *s == ','))
		for (s++; s < end && *s >= '0' && *s <= '9'; s++) {
			scale /= 10;
			whole += (*s - '0') * scale;
		}
	*ret = whole;
	return s;
}

/* *start and *end change only where it is one: words may begin with a time of day. */
static bool find_arrow(struct line l, double *start, double *end)
{
	const char *stop = l.s + l.n, *p = l.s;
	double from, to;

	while (p < stop && is_space(*p))
		p++;
	p = cue_time(p, stop, &from);
	while (p && p < stop && is_space(*p))
		p++;
	if (!p || stop - p < 3 || memcmp(p, "-->", 3) != 0)
		return false;
	for (p += 3; p < stop && is_space(*p);)
		p++;
	if (!cue_time(p, stop, &to))
		return false;
	*start = from;
	*end = to;
	return true;
}

/* "NAME: words": short, without a blank, and a capital or the name of a role, so that "oh: yes" is
 * no name. */
static uint32_t take_prefix(struct reader *r, struct line *l, uint32_t otherwise)
{
	char label[24] = { 0 };
	size_t i = 0;

	while (i < l->n && is_space(l->s[i]))
		i++;
	l->s += i;
	l->n -= i;
	for (i = 0; i < l->n && i + 1 < sizeof(label) && l->s[i] != ':' && !is_space(l->s[i]); i++)
		label[i] = l->s[i];
	if (!i || i + 1 >= l->n || l->s[i] != ':' || !is_space(l->s[i + 1]))
		return otherwise;
	if (label[0] >= 'a' && label[0] <= 'z' && ut_role_parse(label) == UT_N_ROLES)
		return otherwise;
	l->s += i + 1;
	l->n -= i + 1;
	return speaker_of(r, label, i);
}

/* WebVTT's <v Name> gives the speaker; all other tags are dropped. SRT has <i> and the like. */
static enum ut_status cue_text(struct reader *r, double start, double end, struct line l)
{
	struct ut_text plain = { 0 };
	uint32_t who = UINT32_MAX;
	enum ut_status st;

	for (size_t i = 0; i < l.n; i++) {
		const char *close = l.s[i] == '<' ? memchr(l.s + i, '>', l.n - i) : NULL;
		size_t k;

		if (!close) {
			ut_text_addn(&plain, l.s + i, 1);
			continue;
		}
		k = i + 2;
		if (l.s[i + 1] == 'v' && (l.s[k] == ' ' || l.s[k] == '.')) {
			while (l.s[k] != ' ' && l.s[k] != '>')
				k++; /* classes: <v.loud Name> */
			while (l.s[k] == ' ')
				k++;
			if (l.s + k < close)
				who = speaker_of(r, l.s + k, (size_t)(close - l.s) - k);
		}
		i = (size_t)(close - l.s);
	}
	if (plain.failed) {
		ut_text_done(&plain);
		return nomem(r);
	}
	if (!plain.len) /* nothing but tags */
		return UT_OK;
	l = (struct line){ plain.s, plain.len };
	who = take_prefix(r, &l, who);
	st = add_cue(r, start, end, l.s, l.n, who);
	ut_text_done(&plain);
	return st;
}

/* SRT and WebVTT: a line with an arrow, then text up to an empty line. */
static enum ut_status read_cues(struct reader *r, const char *p, const char *end)
{
	struct line l;
	double from = 0, to = 0;
	bool in = false;

	while (next_line(r, &p, end, &l)) {
		enum ut_status st = UT_OK;

		if (l.n == 0) {
			in = false;
		} else if (find_arrow(l, &from, &to)) {
			if (!good_times(from, to))
				return ut_fail(r->err, UT_EFORMAT,
					       "transcript %s:%u: the cue ends before it begins",
					       r->name, r->line);
			in = true;
		} else if (in) {
			st = cue_text(r, from, to, l);
		} else if (memmem(l.s, l.n, "-->", 3)) {
			st = ut_fail(r->err, UT_EFORMAT, "transcript %s:%u: not a time of a cue",
				     r->name, r->line);
		}
		if (st)
			return st;
	}
	return UT_OK;
}

static bool number(const char *s, size_t n, double *ret)
{
	char buf[32], *stop;

	if (!n || n >= sizeof(buf))
		return false;
	memcpy(buf, s, n);
	buf[n] = '\0';
	if (strspn(buf, "0123456789.") < n)
		return false;
	*ret = strtod(buf, &stop); /* the program runs in the C locale */
	return *stop == '\0';
}

/* file channel start duration word [confidence [type [speaker]]] */
static enum ut_status read_ctm(struct reader *r, const char *p, const char *end)
{
	struct line l;

	while (next_line(r, &p, end, &l)) {
		struct line f[8];
		size_t n = 0;
		double start, len;
		enum ut_status st;

		for (size_t i = 0; i < l.n && n < UT_ARRAY_LEN(f);) {
			while (i < l.n && is_space(l.s[i]))
				i++;
			f[n].s = l.s + i;
			while (i < l.n && !is_space(l.s[i]))
				i++;
			f[n].n = (size_t)(l.s + i - f[n].s);
			n += f[n].n > 0;
		}
		if (!n || (f[0].n >= 2 && memcmp(f[0].s, ";;", 2) == 0))
			continue;
		if (n < 5 || !number(f[2].s, f[2].n, &start) || !number(f[3].s, f[3].n, &len) ||
		    !good_times(start, start + len))
			return ut_fail(r->err, UT_EFORMAT,
				       "transcript %s:%u: a CTM line is \"file channel start "
				       "duration word\"",
				       r->name, r->line);
		st = add(r, start, start + len, f[4].s, f[4].n,
			 n == 8 ? speaker_of(r, f[7].s, f[7].n) : speaker_of(r, f[1].s, f[1].n));
		if (st)
			return st;
	}
	return UT_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct ut_transcript_word *x = a, *y = b;

	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

enum ut_status ut_transcript_parse(const char *bytes, size_t n, const char *name,
				   struct ut_transcript *t, struct ut_error *err)
{
	struct reader r = { t, name, err, 0, UINT32_MAX, NULL };
	enum ut_status st;
	size_t i = 0;

	if (n > UT_TRANSCRIPT_MAX_BYTES)
		return ut_fail(err, UT_ELIMIT, "transcript %s: larger than %d MB", name,
			       UT_TRANSCRIPT_MAX_BYTES >> 20);
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		bytes += 3, n -= 3;
	while (i < n && is_space(bytes[i]))
		i++;
	if (i == n)
		return ut_fail(err, UT_EFORMAT, "transcript %s: empty", name);
	if (bytes[i] == '{' || bytes[i] == '[') {
		st = read_json(&r, bytes, n);
	} else if (n - i >= 6 && memcmp(bytes + i, "WEBVTT", 6) == 0) {
		t->format = "vtt";
		st = read_cues(&r, bytes, bytes + n);
	} else if (memmem(bytes, n, "-->", 3)) {
		t->format = "srt";
		st = read_cues(&r, bytes, bytes + n);
	} else {
		t->format = "ctm";
		st = read_ctm(&r, bytes, bytes + n);
	}
	if (st) {
		ut_transcript_done(t);
		return st;
	}
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_start);
	return UT_OK;
}

static int party_of(const struct ut_transcript *t, const char *label, const struct ut_call *c)
{
	int found = -1;
	struct ut_claim_party side;
	int channel = -1;

	for (unsigned p = 0; p < c->n_parties; p++)
		if (c->party[p].id && strcmp(c->party[p].id, label) == 0)
			return (int)p;
	for (unsigned p = 0; p < c->n_parties; p++)
		if (c->party[p].role != UT_ROLE_UNKNOWN &&
		    strcasecmp(ut_role_name(c->party[p].role), label) == 0) {
			if (found >= 0)
				return -1; /* two of that role: which one is not said */
			found = (int)p;
		}
	if (found >= 0)
		return found;
	if (strcmp(t->format, "ctm") == 0) {
		if (label[0] && !label[1])
			channel = label[0] >= 'A' && label[0] <= 'B'   ? label[0] - 'A'
				  : label[0] >= '1' && label[0] <= '8' ? label[0] - '1'
								       : -1;
	} else if (ut_channel_parse(label, &side)) {
		channel = side.channel;
	}
	for (unsigned p = 0; channel >= 0 && p < c->n_parties; p++)
		if (c->party[p].channel == channel) {
			if (found >= 0)
				return -1; /* a mix: the channel is two people */
			found = (int)p;
		}
	return found;
}

/* Was any of it said in a masked stretch, on whatever channel? */
static bool is_masked(const struct ut_call *c, int64_t start, int64_t end)
{
	for (unsigned ch = 0; ch < c->n_ch; ch++) {
		const struct ut_span_list *l = &c->ch[ch].activity.spans;

		for (size_t i = 0; i < l->n; i++)
			if (l->v[i].kind == UT_SPAN_MASKED && l->v[i].start < end &&
			    start < l->v[i].end)
				return true;
	}
	return false;
}

enum ut_status ut_transcript_words(const struct ut_transcript *t, const struct ut_call *c,
				   struct ut_timed_word **ret, size_t *n, size_t *n_unknown,
				   struct ut_error *err)
{
	struct ut_timed_word *v = malloc((t->n + 1) * sizeof(*v));
	uint32_t last = UINT32_MAX - 1;
	size_t kept = 0, unknown = 0;
	int party = -1;

	if (!v)
		return ut_fail(err, UT_ENOMEM, "transcript");
	for (size_t i = 0; i < t->n; i++) {
		const struct ut_transcript_word *w = &t->v[i];

		if (w->speaker != last) {
			last = w->speaker;
			party = last != UINT32_MAX  ? party_of(t, t->strings.s + last, c)
				: c->n_parties == 1 ? 0
						    : -1;
		}
		if (party < 0) {
			unknown++;
			continue;
		}
		v[kept] = (struct ut_timed_word){ llround(w->start_s * UT_FRAMES_PER_S),
						  llround(w->end_s * UT_FRAMES_PER_S),
						  (unsigned)party, t->strings.s + w->text };
		kept += !is_masked(c, v[kept].start, UT_MAX(v[kept].end, v[kept].start + 1));
	}
	*ret = v;
	*n = kept;
	if (n_unknown)
		*n_unknown = unknown;
	return UT_OK;
}

bool ut_transcript_path(const char *recording, char *buf, size_t cap)
{
	static const char *const ext[] = { ".words.json", ".vtt",       ".srt",
					   ".ctm",        ".vcon.json", ".vcon" };
	const char *slash = strrchr(recording, '/');
	const char *dot = strrchr(slash ? slash : recording, '.');
	int stem = dot ? (int)(dot - recording) : (int)strlen(recording);
	struct stat sb;

	for (size_t i = 0; i < UT_ARRAY_LEN(ext); i++) {
		int n = snprintf(buf, cap, "%.*s%s", stem, recording, ext[i]);

		if (n > 0 && (size_t)n < cap && strcmp(buf, recording) != 0 &&
		    stat(buf, &sb) == 0 && S_ISREG(sb.st_mode))
			return true;
	}
	return false;
}
