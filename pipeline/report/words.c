/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void ut_words_scores(const double p[UT_N_TONES], unsigned ret[UT_N_TONES])
{
	enum { WHOLE = 10000 };
	double rest[UT_N_TONES], total = 0;
	unsigned sum = 0;

	for (unsigned i = 0; i < UT_N_TONES; i++)
		total += p[i] > 0 ? p[i] : 0;
	for (unsigned i = 0; i < UT_N_TONES; i++) {
		double exact =
		    total > 0 ? (p[i] > 0 ? p[i] : 0) / total * WHOLE : (double)WHOLE / UT_N_TONES;

		ret[i] = (unsigned)floor(exact);
		rest[i] = exact - ret[i];
		sum += ret[i];
	}
	while (sum < WHOLE) {
		unsigned best = 0;

		for (unsigned i = 1; i < UT_N_TONES; i++)
			if (rest[i] > rest[best])
				best = i;
		ret[best]++;
		rest[best] -= 1;
		sum++;
	}
}

void ut_words_clock(double s, unsigned digits, struct ut_text *out)
{
	static const int scale[] = { 1, 10, 100 };
	long long unit = scale[UT_MIN(digits, 2)];
	long long n = llround((s > 0 ? s : 0) * (double)unit), whole = n / unit;

	if (whole >= 3600)
		ut_text_addf(out, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
	else
		ut_text_addf(out, "%lld:%02lld", whole / 60, whole % 60);
	if (digits)
		ut_text_addf(out, ".%0*lld", (int)UT_MIN(digits, 2), n % unit);
}

void ut_words_channel(const struct ut_call *c, int channel, struct ut_text *out)
{
	if (channel < 0)
		ut_text_add(out, "the mix");
	else if (c->media.n_ch == 1)
		ut_text_add(out, "mono");
	else if (c->media.n_ch == 2 && channel < 2)
		ut_text_add(out, channel ? "right" : "left");
	else
		ut_text_addf(out, "channel %d", channel);
}

void ut_words_party(const struct ut_party *p, struct ut_text *out)
{
	ut_text_add(out, ut_role_name(p->role));
	if (p->kind != UT_KIND_UNKNOWN)
		ut_text_addf(out, " (%s)", ut_kind_name(p->kind));
}

/* The code point at valid UTF-8 of n bytes. */
static uint32_t code_point(const char *s, size_t n)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t cp = (unsigned char)s[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		cp = cp << 6 | ((unsigned char)s[i] & 0x3f);
	return cp;
}

static bool is_rtl(const char *s)
{
	while (*s) {
		size_t n = ut_utf8_len(s);

		if (n) {
			uint32_t cp = code_point(s, n);

			/* Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms */
			if ((cp >= 0x590 && cp <= 0x8ff) || (cp >= 0xfb1d && cp <= 0xfdff) ||
			    (cp >= 0xfe70 && cp <= 0xfeff))
				return true;
		}
		s += n ? n : 1;
	}
	return false;
}

void ut_words_phrase(const char *phrase, struct ut_text *out)
{
	bool rtl = is_rtl(phrase);

	if (rtl)
		ut_text_add(out, "\u2067");
	ut_text_add_visible(out, phrase);
	if (rtl)
		ut_text_add(out, "\u2069");
}

size_t ut_words_width(const char *s)
{
	size_t w = 0;

	while (*s) {
		size_t n = ut_utf8_len(s);

		if (*s == '\033') { /* a colour: up to its letter */
			s += strcspn(s, "m");
			s += *s == 'm';
			continue;
		}
		if (n == 0) {
			s++;
			w++;
			continue;
		}
		uint32_t cp = code_point(s, n);
		bool none = (cp >= 0x300 && cp <= 0x36f) || (cp >= 0x591 && cp <= 0x5bd) ||
			    cp == 0x5bf || (cp >= 0x5c1 && cp <= 0x5c7) ||
			    (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
			    (cp >= 0x2060 && cp <= 0x2069);
		bool wide = (cp >= 0x1100 && cp <= 0x115f) || (cp >= 0x2e80 && cp <= 0xa4cf) ||
			    (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0xf900 && cp <= 0xfaff) ||
			    (cp >= 0xff00 && cp <= 0xff60) || cp >= 0x1f300;

		w += none ? 0 : wide ? 2 : 1;
		s += n;
	}
	return w;
}
