/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "classifiers/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const meaning_name[UT_N_PHRASE_MEANINGS] = {
	[UT_PHRASE_ACKNOWLEDGEMENT] = "acknowledgement",
	[UT_PHRASE_GOODBYE] = "goodbye",
	[UT_PHRASE_THANKS] = "thanks",
	[UT_PHRASE_REFUSAL] = "refusal",
};

/* The phone set of the CMU pronouncing dictionary, which the English acoustic model speaks. */
static const char *const phone_set[] = {
	"AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D", "DH", "EH", "ER", "EY",
	"F",  "G",  "HH", "IH", "IY", "JH", "K",  "L",  "M", "N",  "NG", "OW", "OY",
	"P",  "R",  "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y",  "Z",  "ZH",
};

const char *ut_phrase_meaning_name(enum ut_phrase_meaning m)
{
	return (unsigned)m < UT_N_PHRASE_MEANINGS ? meaning_name[m] : "unknown";
}

bool ut_phrases_speak(const char *list, const char *call)
{
	size_t n = strlen(list);

	return strncasecmp(list, call, n) == 0 && (call[n] == '\0' || call[n] == '-');
}

static void phrase_done(struct ut_phrase *p)
{
	for (unsigned i = 0; i < p->n_pron; i++)
		free(p->pron[i].phones);
	free(p->pron);
	free(p->text);
	memset(p, 0, sizeof(*p));
}

void ut_phrase_list_done(struct ut_phrase_list *l)
{
	while (l->n)
		phrase_done(&l->v[--l->n]);
	free(l->v);
	while (l->n_spellings) {
		free(l->spelling[--l->n_spellings].seen);
		free(l->spelling[l->n_spellings].meant);
	}
	free(l->spelling);
	memset(l, 0, sizeof(*l));
}

static size_t find(const struct ut_phrase_list *l, const struct ut_phrase *p)
{
	size_t i = 0;

	while (i < l->n &&
	       (strcmp(l->v[i].text, p->text) != 0 || strcmp(l->v[i].lang, p->lang) != 0))
		i++;
	return i;
}

/* Where we are, for messages; fields are spans of the line, trimmed. */
struct at {
	const char *name;
	unsigned line;
	struct ut_error *err;
};

struct field {
	const char *s;
	size_t n;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct field trim(const char *s, size_t n)
{
	while (n && blank(s[0]))
		s++, n--;
	while (n && blank(s[n - 1]))
		n--;
	return (struct field){ s, n };
}

static bool field_is(struct field f, const char *s)
{
	return f.n == strlen(s) && memcmp(f.s, s, f.n) == 0;
}

/* The field before the first sep (all of *rest where there is none); *rest goes on behind it. */
static struct field cut(struct field *rest, char sep)
{
	const char *p = rest->n ? memchr(rest->s, sep, rest->n) : NULL;
	struct field f = *rest;

	if (p) {
		f.n = (size_t)(p - rest->s);
		rest->s = p + 1;
		rest->n -= f.n + 1;
	} else {
		rest->s += rest->n;
		rest->n = 0;
	}
	return trim(f.s, f.n);
}

static enum ut_status __attribute__((format(printf, 3, 4)))
fail_at(const struct at *at, enum ut_status code, const char *fmt, ...)
{
	struct ut_text t = { 0 };
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	ut_text_add_visible(&t, what); /* a damaged list may hold any bytes */
	ut_fail(at->err, code, "%s:%u: %s", at->name, at->line, t.s ? t.s : "");
	ut_text_done(&t);
	return code;
}

/* Digits, a point, digits; locale-free. */
static bool parse_probability(struct field f, float *ret)
{
	double v = 0, scale = 1;
	size_t i = 0;

	if (!f.n || f.n > 12)
		return false;
	for (; i < f.n && f.s[i] >= '0' && f.s[i] <= '9'; i++)
		v = v * 10 + (f.s[i] - '0');
	if (i < f.n && f.s[i] == '.')
		for (i++; i < f.n && f.s[i] >= '0' && f.s[i] <= '9'; i++) {
			scale /= 10;
			v += (f.s[i] - '0') * scale;
		}
	if (i != f.n || v > 1)
		return false;
	*ret = (float)v;
	return true;
}

static const char *find_phone(struct field f)
{
	char up[4] = { 0 };
	size_t n = f.n;

	if (n && f.s[n - 1] >= '0' && f.s[n - 1] <= '2')
		n--; /* the CMU dictionary's stress mark */
	if (!n || n >= sizeof(up))
		return NULL;
	for (size_t i = 0; i < n; i++)
		up[i] = f.s[i] >= 'a' && f.s[i] <= 'z' ? (char)(f.s[i] - 'a' + 'A') : f.s[i];
	for (size_t i = 0; i < UT_ARRAY_LEN(phone_set); i++)
		if (strcmp(phone_set[i], up) == 0)
			return phone_set[i];
	return NULL;
}

static enum ut_status parse_pron(const struct at *at, struct field text, struct field f,
				 struct ut_phrase *p)
{
	struct ut_text t = { 0 };
	struct ut_pron *grown;
	unsigned n = 0;

	f = trim(f.s, f.n);
	for (struct field w; f.n; n++) {
		const char *ph;

		for (w = f, w.n = 0; w.n < f.n && !blank(f.s[w.n]);)
			w.n++;
		f.s += w.n, f.n -= w.n;
		f = trim(f.s, f.n);
		ph = find_phone(w);
		if (!ph) {
			ut_text_done(&t);
			return fail_at(
			    at, UT_EFORMAT,
			    "\"%.*s\" cannot be pronounced: no phone \"%.*s\" (use the 39 of "
			    "the CMU dictionary: AA AE AH AO AW AY B CH D DH EH ER EY F G HH "
			    "IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH)",
			    (int)UT_MIN(text.n, 60), text.s, (int)UT_MIN(w.n, 20), w.s);
		}
		if (n)
			ut_text_add(&t, " ");
		ut_text_add(&t, ph);
	}
	if (n < UT_PHRASE_MIN_PHONES || n > UT_PHRASE_MAX_PHONES) {
		ut_text_done(&t);
		return fail_at(
		    at, UT_EFORMAT, "\"%.*s\": a pronunciation has %d to %d phones, not %u",
		    (int)UT_MIN(text.n, 60), text.s, UT_PHRASE_MIN_PHONES, UT_PHRASE_MAX_PHONES, n);
	}
	grown = realloc(p->pron, (p->n_pron + 1) * sizeof(*grown));
	if (grown)
		p->pron = grown;
	if (!grown || t.failed) {
		ut_text_done(&t);
		return fail_at(at, UT_ENOMEM, "phrases");
	}
	p->pron[p->n_pron++] = (struct ut_pron){ t.s, n }; /* takes the text's memory */
	return UT_OK;
}

static bool valid_utf8(const char *s)
{
	while (*s) {
		size_t n = ut_utf8_len(s);

		if (!n)
			return false;
		s += n;
	}
	return true;
}

static enum ut_status parse_phrase(const struct at *at, struct field line, const char *lang,
				   struct ut_phrase *p)
{
	struct field text = cut(&line, '|'), meaning = cut(&line, '|'), thr = cut(&line, '|');
	struct field prons = line;
	enum ut_status st;

	if (!text.n)
		return fail_at(at, UT_EFORMAT,
			       "a line is \"phrase | meaning | threshold | phones\"");
	p->text = strndup(text.s, text.n);
	if (!p->text)
		return fail_at(at, UT_ENOMEM, "phrases");
	if (!valid_utf8(p->text) || strlen(p->text) != text.n)
		return fail_at(at, UT_EFORMAT, "the phrase is not UTF-8 text");
	memcpy(p->lang, lang, sizeof(p->lang));
	for (p->meaning = 0; p->meaning < UT_N_PHRASE_MEANINGS; p->meaning++)
		if (field_is(meaning, meaning_name[p->meaning]))
			break;
	if (p->meaning == UT_N_PHRASE_MEANINGS)
		return fail_at(
		    at, UT_EFORMAT,
		    "\"%s\": meaning \"%.*s\" is none of acknowledgement, goodbye, thanks, "
		    "refusal",
		    p->text, (int)UT_MIN(meaning.n, 40), meaning.s);
	if (!parse_probability(thr, &p->threshold))
		return fail_at(at, UT_EFORMAT,
			       "\"%s\": threshold \"%.*s\" is not a number from 0 to 1", p->text,
			       (int)UT_MIN(thr.n, 20), thr.s);
	while (prons.n) {
		struct field f = cut(&prons, ',');

		if (!f.n)
			continue;
		if (p->n_pron == UT_PHRASE_MAX_PRON)
			return fail_at(at, UT_ELIMIT, "\"%s\": more than %d pronunciations",
				       p->text, UT_PHRASE_MAX_PRON);
		st = parse_pron(at, text, f, p);
		if (st)
			return st;
	}
	if (!p->n_pron)
		return fail_at(at, UT_EFORMAT,
			       "\"%s\" has no pronunciation: add one in a fourth column, as in "
			       "\"okay | acknowledgement | 0.5 | OW K EY\"",
			       p->text);
	return UT_OK;
}

static enum ut_status reserve(const struct at *at, struct ut_phrase_list *l, size_t n)
{
	size_t cap = l->cap ? l->cap : 32;
	struct ut_phrase *v;

	if (n > UT_PHRASES_MAX)
		return fail_at(at, UT_ELIMIT, "more than %d phrases", UT_PHRASES_MAX);
	if (n <= l->cap)
		return UT_OK;
	while (cap < n)
		cap *= 2;
	v = realloc(l->v, cap * sizeof(*v));
	if (!v)
		return fail_at(at, UT_ENOMEM, "phrases");
	l->v = v;
	l->cap = cap;
	return UT_OK;
}

static enum ut_status append(const struct at *at, struct ut_phrase_list *l, struct ut_phrase *p)
{
	enum ut_status st;

	if (find(l, p) < l->n)
		return fail_at(at, UT_EFORMAT, "\"%s\" stands in the list twice", p->text);
	st = reserve(at, l, l->n + 1);
	if (st)
		return st;
	l->v[l->n++] = *p;
	memset(p, 0, sizeof(*p));
	return UT_OK;
}

static size_t find_spelling(const struct ut_phrase_list *l, const char *seen)
{
	size_t i = 0;

	while (i < l->n_spellings && strcmp(l->spelling[i].seen, seen) != 0)
		i++;
	return i;
}

/* Room for so many more. */
static enum ut_status reserve_spellings(const struct at *at, struct ut_phrase_list *l, size_t more)
{
	struct ut_spelling *v;

	if (!more)
		return UT_OK;
	if (l->n_spellings + more > UT_PHRASES_MAX)
		return fail_at(at, UT_ELIMIT, "more than %d spellings", UT_PHRASES_MAX);
	v = realloc(l->spelling, (l->n_spellings + more) * sizeof(*v));
	if (!v)
		return fail_at(at, UT_ENOMEM, "phrases");
	l->spelling = v;
	return UT_OK;
}

/* The rows of a whole list into those of earlier ones, whose rows of the same phrase give way. */
static enum ut_status merge(const struct at *at, struct ut_phrase_list *own,
			    struct ut_phrase_list *list)
{
	size_t fresh = 0;
	enum ut_status st;

	for (size_t i = 0; i < own->n; i++)
		fresh += find(list, &own->v[i]) == list->n;
	st = reserve(at, list, list->n + fresh);
	fresh = 0;
	for (size_t i = 0; i < own->n_spellings; i++)
		fresh += find_spelling(list, own->spelling[i].seen) == list->n_spellings;
	if (!st)
		st = reserve_spellings(at, list, fresh);
	if (st)
		return st;
	for (size_t i = 0; i < own->n; i++) {
		size_t k = find(list, &own->v[i]);

		if (k < list->n)
			phrase_done(&list->v[k]);
		else
			list->n++;
		list->v[k] = own->v[i];
		memset(&own->v[i], 0, sizeof(own->v[i]));
	}
	for (size_t i = 0; i < own->n_spellings; i++) {
		struct ut_spelling *sp = &own->spelling[i];
		size_t k = find_spelling(list, sp->seen);

		if (k < list->n_spellings) {
			free(list->spelling[k].seen);
			free(list->spelling[k].meant);
		} else {
			list->n_spellings++;
		}
		list->spelling[k] = *sp;
		*sp = (struct ut_spelling){ 0 };
	}
	return UT_OK;
}

/* One code point; s is valid UTF-8 or the byte itself stands for it. */
static unsigned decode(const char **s)
{
	const unsigned char *u = (const unsigned char *)*s;
	size_t n = ut_utf8_len(*s);

	*s += n ? n : 1;
	switch (n) {
	case 2:
		return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
	case 3:
		return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
	case 4:
		return (u[0] & 7u) << 18 | (u[1] & 0x3fu) << 12 | (u[2] & 0x3fu) << 6 |
		       (u[3] & 0x3fu);
	default:
		return u[0];
	}
}

/* 0: a break between words; 1: left out; 2: kept. */
static int char_class(unsigned c)
{
	if (c == '\'' || c == 0x2019 || c == '-' || c == 0x05f3 || c == 0x05f4)
		return 1; /* "that's" = "thats", "bye-bye" = "byebye", geresh */
	if ((c >= 0x0591 && c <= 0x05bd) || c == 0x05bf || c == 0x05c1 || c == 0x05c2 ||
	    c == 0x05c4 || c == 0x05c5 || c == 0x05c7)
		return 1; /* Hebrew points and accents */
	if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
		return 1; /* bidirectional marks, zero width */
	if (c >= 0x80)
		return c == 0xa0 || (c >= 0x2000 && c <= 0x206f) || c == 0x05be || c == 0x05c0 ||
			       c == 0x05c3 || c == 0xbf || c == 0xa1 || c == 0x3002
			   ? 0
			   : 2;
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 2 : 0;
}

/* Appends the words of s to t, each ended by '\n'. */
static unsigned fold_words(struct ut_text *t, const char *s)
{
	unsigned n = 0;
	bool in = false;

	while (*s) {
		const char *from = s;
		unsigned c = decode(&s);
		int k = char_class(c);

		if (k == 2) {
			char low = (char)(c + ('a' - 'A'));

			if (c >= 'A' && c <= 'Z')
				ut_text_addn(t, &low, 1);
			else
				ut_text_addn(t, from, (size_t)(s - from));
			in = true;
		} else if (k == 0 && in) {
			ut_text_add(t, "\n");
			n++;
			in = false;
		}
	}
	if (in) {
		ut_text_add(t, "\n");
		n++;
	}
	return n;
}

/* Takes the two strings over, also where it fails. The same once more is no fault: "mkay" and
 * "m'kay" are one as compared. */
static enum ut_status add_spelling(const struct at *at, struct ut_phrase_list *l, char *seen,
				   char *meant)
{
	const size_t k = find_spelling(l, seen);
	const char *other = k < l->n_spellings ? l->spelling[k].meant : NULL;
	enum ut_status st = UT_OK;

	if (!other)
		st = reserve_spellings(at, l, 1);
	else if (strcmp(other, meant) != 0)
		st = fail_at(at, UT_EFORMAT,
			     "a spelling of \"%.*s...\" is already one of \"%.*s...\"",
			     (int)strcspn(meant, "\n"), meant, (int)strcspn(other, "\n"), other);
	if (!other && !st) {
		l->spelling[l->n_spellings++] = (struct ut_spelling){ seen, meant };
		return UT_OK;
	}
	free(seen);
	free(meant);
	return st;
}

/* The words of a field as they are compared, each ended by '\n'; *ret is the caller's to free. */
static enum ut_status fold_field(const struct at *at, struct field f, char **ret)
{
	struct ut_text t = { 0 };
	char *s = strndup(f.s, f.n);
	bool fine = s && valid_utf8(s) && strlen(s) == f.n;
	bool words = fine && fold_words(&t, s) > 0;

	free(s);
	*ret = t.s;
	if (!s || t.failed)
		return fail_at(at, UT_ENOMEM, "phrases");
	if (!fine)
		return fail_at(at, UT_EFORMAT, "the spelling is not UTF-8 text");
	return words ? UT_OK
		     : fail_at(at, UT_EFORMAT,
			       "a line is \"spelled WORDS = SPELLING, SPELLING...\", as in "
			       "\"spelled okay = OK, O.K.\"");
}

static enum ut_status parse_spelled(const struct at *at, struct field line,
				    struct ut_phrase_list *l)
{
	struct field meant = cut(&line, '=');
	enum ut_status st = UT_OK;

	do {
		char *to = NULL, *from = NULL;

		st = fold_field(at, meant, &to);
		if (!st)
			st = fold_field(at, cut(&line, ','), &from);
		if (!st) {
			st = add_spelling(at, l, from, to);
		} else {
			free(from);
			free(to);
		}
	} while (!st && line.n);
	return st;
}

static enum ut_status parse_language(const struct at *at, struct field tag, char lang[16])
{
	if (tag.n >= 16)
		return fail_at(at, UT_EFORMAT, "language tag longer than 15 bytes");
	memset(lang, 0, 16);
	memcpy(lang, tag.s, tag.n);
	return UT_OK;
}

static bool is_directive(struct field line, const char *word, struct field *rest)
{
	size_t n = strlen(word);

	if (line.n <= n + 1 || memcmp(line.s, word, n) != 0 || !blank(line.s[n]) ||
	    memchr(line.s, '|', line.n))
		return false;
	*rest = trim(line.s + n, line.n - n);
	return true;
}

enum ut_status ut_phrases_parse(const char *bytes, size_t n, const char *name,
				struct ut_phrase_list *list, struct ut_error *err)
{
	struct ut_phrase_list own = { 0 };
	struct field rest = { bytes, n };
	struct at at = { name, 0, err };
	enum ut_status st = UT_OK;
	char lang[16] = "";

	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		rest.s += 3, rest.n -= 3;
	while (rest.n && !st) {
		struct field line = cut(&rest, '\n'), f;

		at.line++;
		f = line;
		line = cut(&f, '#');
		if (!line.n)
			continue;
		if (is_directive(line, "language", &f)) {
			st = parse_language(&at, f, lang);
		} else if (is_directive(line, "spelled", &f)) {
			st = parse_spelled(&at, f, &own);
		} else {
			struct ut_phrase p = { 0 };

			st = lang[0] ? parse_phrase(&at, line, lang, &p)
				     : fail_at(&at, UT_EFORMAT,
					       "a list begins with its language: \"language en\"");
			if (!st)
				st = append(&at, &own, &p);
			phrase_done(&p);
		}
	}
	if (!st)
		st = merge(&at, &own, list);
	ut_phrase_list_done(&own);
	return st;
}

struct piece { /* one folded word of the transcript */
	size_t at, first, last; /* the words it was made of */
};

static size_t count_words(const char *folded)
{
	size_t n = 0;

	while ((folded = strchr(folded, '\n')))
		folded++, n++;
	return n;
}

/* The longest spelling that s begins with; NULL: none. s is folded. */
static const struct ut_spelling *spelling_at(const struct ut_phrase_list *l, const char *s)
{
	const struct ut_spelling *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < l->n_spellings; i++) {
		size_t n = strlen(l->spelling[i].seen);

		if (n > best_len && strncmp(s, l->spelling[i].seen, n) == 0)
			best = &l->spelling[i], best_len = n;
	}
	return best;
}

static void respell_phrase(const struct ut_phrase_list *l, const char *s, struct ut_text *out)
{
	while (*s) {
		const struct ut_spelling *sp = spelling_at(l, s);
		size_t n = sp ? strlen(sp->seen) : strcspn(s, "\n") + 1;

		if (sp)
			ut_text_add(out, sp->meant);
		else
			ut_text_addn(out, s, n);
		s += n;
	}
}

/* The same of a transcript's words, which keep their times; not across parties. */
static bool respell_words(const struct ut_phrase_list *l, const struct ut_timed_word *w,
			  struct ut_text *words, struct piece **piece, size_t *n)
{
	struct ut_text out = { 0 };
	struct piece *v = NULL;
	size_t k = 0, cap = 0;

	for (size_t i = 0; i < *n;) {
		const struct piece *p = *piece + i;
		const struct ut_spelling *sp = spelling_at(l, words->s + p->at);
		size_t took = sp ? count_words(sp->seen) : 1, made, at = out.len;

		if (sp && w[p[took - 1].last].party != w[p->first].party)
			sp = NULL, took = 1;
		made = sp ? count_words(sp->meant) : 1;
		if (sp)
			ut_text_add(&out, sp->meant);
		else
			ut_text_addn(&out, words->s + p->at,
				     strcspn(words->s + p->at, "\n") + 1);
		if (k + made > cap) {
			struct piece *grown;

			cap = 2 * cap + made + 64;
			grown = realloc(v, cap * sizeof(*v));
			if (!grown)
				break;
			v = grown;
		}
		for (size_t j = 0; j < made && !out.failed; j++) {
			v[k++] = (struct piece){ at, p->first, p[took - 1].last };
			at += strcspn(out.s + at, "\n") + 1;
		}
		i += took;
		if (out.failed)
			break;
		if (i == *n) {
			free(*piece);
			*piece = v;
			*n = k;
			ut_text_done(words);
			*words = out;
			return true;
		}
	}
	free(v);
	ut_text_done(&out);
	return *n == 0;
}

enum ut_status ut_phrases_match(const struct ut_phrase_list *list, const struct ut_timed_word *w,
				size_t n_words, struct ut_phrase_hit **hits, size_t *n_hits,
				struct ut_error *err)
{
	struct ut_text words = { 0 }, phrases = { 0 }, one = { 0 };
	struct piece *piece = NULL;
	size_t n = 0, cap = 0, *begin = calloc(list->n + 1, sizeof(*begin));
	enum ut_status st = UT_OK;

	for (size_t i = 0; begin && i < list->n; i++) {
		begin[i] = phrases.len;
		ut_text_clear(&one);
		fold_words(&one, list->v[i].text);
		if (one.failed)
			goto nomem;
		respell_phrase(list, one.s ? one.s : "", &phrases);
		ut_text_addn(&phrases, "", 1);
	}
	for (size_t i = 0; i < n_words; i++) {
		size_t at = words.len;
		unsigned k = fold_words(&words, w[i].text);

		for (unsigned j = 0; j < k && !words.failed; j++) {
			if (n == cap) {
				struct piece *v = realloc(piece, (cap * 2 + 64) * sizeof(*v));

				if (!v)
					goto nomem;
				piece = v;
				cap = cap * 2 + 64;
			}
			piece[n++] = (struct piece){ at, i, i };
			at =
			    (size_t)((char *)memchr(words.s + at, '\n', words.len - at) - words.s) +
			    1;
		}
	}
	if (!begin || words.failed || phrases.failed ||
	    !respell_words(list, w, &words, &piece, &n))
		goto nomem;
	for (size_t i = 0; i < n;) {
		const struct ut_phrase *best = NULL;
		size_t best_len = 0, last = i;

		for (size_t k = 0; k < list->n; k++) {
			const char *p = phrases.s + begin[k];
			size_t len = strlen(p), j = i;

			if (len <= best_len || strncmp(words.s + piece[i].at, p, len) != 0)
				continue;
			while (j + 1 < n && piece[j + 1].at < piece[i].at + len &&
			       w[piece[j + 1].first].party == w[piece[i].first].party)
				j++;
			if (j + 1 < n && piece[j + 1].at < piece[i].at + len)
				continue; /* its end is another party's */
			best = &list->v[k], best_len = len, last = j;
		}
		if (best) {
			struct ut_phrase_hit *v = realloc(*hits, (*n_hits + 1) * sizeof(*v));

			if (!v)
				goto nomem;
			*hits = v;
			v[(*n_hits)++] = (struct ut_phrase_hit){
				.start = w[piece[i].first].start,
				.end = w[piece[last].last].end,
				.party = w[piece[i].first].party,
				.phrase = best->text,
				.meaning = best->meaning,
				.score = 1,
			};
			i = last;
		}
		i++;
	}
	goto out;
nomem:
	st = ut_fail(err, UT_ENOMEM, "phrases");
out:
	free(begin);
	free(piece);
	ut_text_done(&one);
	ut_text_done(&words);
	ut_text_done(&phrases);
	return st;
}
