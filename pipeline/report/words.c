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

/*
 * How a trainer would say it, so that it can be checked by ear: when the closing's value is lower,
 * when it is higher. What has no row is said by its name.
 */
static const struct {
	const char *feature, *lower, *higher;
} words[] = {
	{ "f0_median", "deeper voice", "higher voice" },
	{ "f0_low", "lowest notes deeper", "lowest notes higher" },
	{ "f0_high", "highest notes deeper", "highest notes higher" },
	{ "f0_range", "flatter melody", "livelier melody" },
	{ "f0_slope", "melody falls more", "melody rises more" },
	{ "f0_end", "voice drops at the end", "voice lifts at the end" },
	{ "f0_move", "pitch moves less", "pitch moves more" },
	{ "alpha", "duller, softer voice", "brighter, sharper voice" },
	{ "alpha_loud", "duller, softer loud parts", "brighter, sharper loud parts" },
	{ "hammarberg", "brighter, sharper voice", "duller, softer voice" },
	{ "slope_lo", "duller voice, low band", "brighter voice, low band" },
	{ "slope_lo_loud", "duller loud parts, low band", "brighter loud parts, low band" },
	{ "slope_hi", "duller voice, high band", "brighter voice, high band" },
	{ "slope_lo_sd", "voice colour changes less", "voice colour changes more" },
	{ "slope_hi_sd", "voice colour changes less", "voice colour changes more" },
	{ "mfcc1", "voice colour 1 lower", "voice colour 1 higher" },
	{ "mfcc2", "voice colour 2 lower", "voice colour 2 higher" },
	{ "mfcc3", "voice colour 3 lower", "voice colour 3 higher" },
	{ "mfcc4", "voice colour 4 lower", "voice colour 4 higher" },
	{ "mfcc1_sd", "voice colour 1 changes less", "voice colour 1 changes more" },
	{ "mfcc2_sd", "voice colour 2 changes less", "voice colour 2 changes more" },
	{ "mfcc3_sd", "voice colour 3 changes less", "voice colour 3 changes more" },
	{ "flux", "sounds change less", "sounds change more" },
	{ "flatness", "clearer, less noisy voice", "noisier, hoarser voice" },
	{ "hnr", "rougher, breathier voice", "clearer voice" },
	{ "cpp", "weaker, breathier voice", "firmer, clearer voice" },
	{ "jitter", "steadier voice", "voice shakes more" },
	{ "shimmer", "steadier voice", "rougher voice" },
	{ "h1_h2", "pressed voice", "breathy voice" },
	{ "rate", "slower", "faster" },
	{ "pause_share", "fewer pauses", "more pauses" },
	{ "voiced_share", "less voice, more breath", "more voice, less breath" },
	{ "voiced_runs", "words run together", "choppier speech" },
	{ "level", "quieter", "louder" },
	{ "level_sd", "more even loudness", "less even loudness" },
	{ "level_slope", "fades away", "gets louder" },
	{ "level_end", "quieter at the end", "louder at the end" },
	{ "level_move", "smoother speech", "more jerky speech" },
	{ "attack", "softer onsets", "harder onsets" },
	{ "final_length", "clipped last syllable", "drawn-out last syllable" },
	{ "latency", "answered sooner", "answered later" },
	{ "wait", "a shorter wait before", "a long wait before" },
};

static void number(double v, const char *unit, struct ut_text *out)
{
	double a = fabs(v);

	/* three figures, as many as an ear can use */
	ut_text_addf(out, "%.*f", a >= 100 ? 0 : a >= 10 ? 1 : a >= 0.1 ? 2 : 4, v);
	while (out->len && strchr(out->s, '.') && out->s[out->len - 1] == '0' &&
	       out->s[out->len - 2] != '.')
		out->s[--out->len] = '\0';
	if (unit[0])
		ut_text_addf(out, " %s", unit);
}

void ut_words_evidence(const struct ut_evidence *e, struct ut_text *out)
{
	double d = (double)e->value - e->reference;
	const char *say = NULL;
	struct ut_text n = { 0 };

	for (size_t i = 0; i < UT_ARRAY_LEN(words); i++)
		if (strcmp(words[i].feature, e->feature) == 0)
			say = d < 0 ? words[i].lower : words[i].higher;
	if (say)
		ut_text_addf(out, "%s: ", say);
	else
		ut_text_addf(out, "%s: ", e->feature);
	if (strcmp(e->feature, "wait") == 0) {
		number(e->value, e->unit, out);
		return;
	}
	if (strcmp(e->feature, "latency") == 0) {
		ut_text_add(out, "after ");
		number(e->value, e->unit, &n);
		ut_text_add(out, n.failed ? "" : n.s);
		ut_text_clear(&n);
		number(e->reference, e->unit, &n);
		ut_text_addf(out, ", usually %s", n.failed ? "" : n.s);
		ut_text_done(&n);
		return;
	}
	number(fabs(d), e->unit, &n);
	ut_text_addf(out, "%s %s this customer's own usual", n.failed ? "" : n.s,
		     d < 0 ? "below" : "above");
	ut_text_done(&n);
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
