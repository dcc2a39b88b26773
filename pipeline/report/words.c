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
	enum {
		EAR,     /* below or above, as an ear hears it */
		EAR_OFF, /* heard, but its number is not of how much: both are given */
		MACHINE, /* no ear tells it: last on a page, without a sentence of its own */
	} by;
} words[] = {
	{ "f0_median", "deeper voice", "higher voice", EAR },
	{ "f0_low", "lowest notes deeper", "lowest notes higher", EAR },
	{ "f0_high", "highest notes deeper", "highest notes higher", EAR },
	{ "f0_range", "flatter melody", "livelier melody", EAR },
	{ "f0_slope", "melody falls more", "melody rises more", EAR_OFF },
	{ "f0_end", "voice drops at the end", "voice lifts at the end", EAR },
	{ "f0_move", "pitch moves less", "pitch moves more", EAR },
	{ "alpha", "duller, softer voice", "brighter, sharper voice", EAR_OFF },
	{ "hammarberg", "brighter, sharper voice", "duller, softer voice", EAR_OFF },
	{ "slope_lo", "duller voice, low band", "brighter voice, low band", MACHINE },
	{ "slope_hi", "duller voice, high band", "brighter voice, high band", MACHINE },
	{ "slope_hi_sd", "voice colour changes less", "voice colour changes more", MACHINE },
	{ "mfcc1", "voice colour 1 lower", "voice colour 1 higher", MACHINE },
	{ "mfcc2", "voice colour 2 lower", "voice colour 2 higher", MACHINE },
	{ "mfcc3", "voice colour 3 lower", "voice colour 3 higher", MACHINE },
	{ "mfcc4", "voice colour 4 lower", "voice colour 4 higher", MACHINE },
	{ "voice_colour", "voice colour", "voice colour", MACHINE },
	{ "peak", "duller voice, strongest part deeper", "sharper voice, strongest part higher",
	  EAR },
	{ "peak_high", "sharpest sounds less sharp", "sharpest sounds sharper", EAR },
	{ "peak_sd", "sharpness changes less", "sharpness changes more", EAR_OFF },
	{ "f1_low", "closed vowels closer", "closed vowels more open", EAR },
	{ "f1_high", "mouth less open", "mouth wider open", EAR },
	{ "release", "words break off harder", "words die away softer", EAR_OFF },
	{ "flux", "sounds change less", "sounds change more", MACHINE },
	{ "hnr", "rougher, breathier voice", "clearer voice", EAR_OFF },
	{ "cpp", "weaker, breathier voice", "firmer, clearer voice", EAR_OFF },
	{ "jitter", "steadier voice", "voice shakes more", EAR_OFF },
	{ "shimmer", "steadier voice", "rougher voice", EAR_OFF },
	{ "h1_h2", "pressed voice", "breathy voice", EAR_OFF },
	{ "rate", "slower", "faster", EAR },
	{ "pause_share", "fewer pauses", "more pauses", EAR_OFF },
	{ "voiced_share", "less voice, more breath", "more voice, less breath", MACHINE },
	{ "voiced_runs", "words run together", "choppier speech", EAR_OFF },
	{ "level", "quieter", "louder", EAR },
	{ "level_sd", "more even loudness", "less even loudness", EAR },
	{ "level_slope", "fades away", "gets louder", EAR_OFF },
	{ "level_end", "quieter at the end", "louder at the end", EAR },
	{ "level_move", "smoother speech", "more jerky speech", MACHINE },
	{ "final_length", "clipped last syllable", "drawn-out last syllable", EAR_OFF },
	{ "latency", "answered sooner", "answered later", EAR },
	{ "wait", "a shorter wait before", "a long wait before", EAR },
	{ "interruptions", "was interrupted before", "was interrupted before", EAR },
	{ "drift", "tone moved over the call", "tone moved over the call", EAR_OFF },
};

static void number(double v, const char *unit, struct ut_text *out)
{
	double a = fabs(v);

	/* as many figures as an ear can use */
	ut_text_addf(out, "%.*f", a >= 100 ? 0 : a >= 1 ? 1 : a >= 0.1 ? 2 : 4, v);
	while (out->len && strchr(out->s, '.') && out->s[out->len - 1] == '0' &&
	       out->s[out->len - 2] != '.')
		out->s[--out->len] = '\0';
	if (strcmp(unit, "1/s") == 0)
		ut_text_add(out, " a second");
	else if (unit[0])
		ut_text_addf(out, " %s", unit);
}

bool ut_words_by_ear(const struct ut_evidence *e)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(words); i++)
		if (strcmp(words[i].feature, e->feature) == 0)
			return words[i].by != MACHINE;
	return false;
}

void ut_words_evidence(const struct ut_evidence *e, struct ut_text *out)
{
	double d = (double)e->value - e->reference;
	const char *say = NULL, *side = d < 0 ? "below" : "above";
	struct ut_text n = { 0 };
	bool both = false;

	for (size_t i = 0; i < UT_ARRAY_LEN(words); i++)
		if (strcmp(words[i].feature, e->feature) == 0) {
			say = d < 0 ? words[i].lower : words[i].higher;
			both = words[i].by != EAR;
		}
	if (say)
		ut_text_addf(out, "%s: ", say);
	else
		ut_text_addf(out, "%s: ", e->feature);
	if (strcmp(e->feature, "wait") == 0) {
		number(e->value, e->unit, out);
		return;
	}
	if (strcmp(e->feature, "interruptions") == 0) {
		ut_text_addf(out, "%.0f time%s", (double)e->value, e->value == 1 ? "" : "s");
		return;
	}
	if (strcmp(e->feature, "drift") == 0 || strcmp(e->feature, "voice_colour") == 0) {
		number(e->value, "", out);
		ut_text_addf(out, " times what is usual between phrases");
		return;
	}
	if (strcmp(e->feature, "latency") == 0)
		ut_text_add(out, "after ");
	if (both || strcmp(e->feature, "latency") == 0) {
		number(e->value, e->unit, out);
		number(e->reference, e->unit, &n);
		ut_text_addf(out, ", usually %s", n.failed ? "" : n.s);
	} else {
		number(fabs(d), e->unit, &n);
		ut_text_addf(out, "%s %s this customer's own usual", n.failed ? "" : n.s, side);
	}
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
