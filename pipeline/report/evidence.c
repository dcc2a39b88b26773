/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.c - the evidence in the reader's language: how the closing differs from what is usual
 * for this customer, with units. */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/words.h"

/*
 * How a trainer would say it, so that it can be checked by ear: when the closing's value is lower,
 * when it is higher. What has no row is said by its name.
 */
static const struct wording {
	const char *feature;
	enum {
		EAR,     /* below or above, as an ear hears it */
		EAR_OFF, /* heard, but its number is not of how much: both are given */
		MACHINE, /* no ear tells it: last on a page, without a sentence of its own */
	} by;
	const char *say[UT_N_LANGS][2]; /* lower, higher */
} words[] = {
	{ "f0_median",
	  EAR,
	  { { "deeper voice", "higher voice" }, { "קול נמוך יותר", "קול גבוה יותר" } } },
	{ "f0_low",
	  EAR,
	  { { "lowest notes deeper", "lowest notes higher" },
	    { "הצלילים הנמוכים נמוכים יותר", "הצלילים הנמוכים גבוהים יותר" } } },
	{ "f0_high",
	  EAR,
	  { { "highest notes deeper", "highest notes higher" },
	    { "הצלילים הגבוהים נמוכים יותר", "הצלילים הגבוהים גבוהים יותר" } } },
	{ "f0_range",
	  EAR,
	  { { "flatter melody", "livelier melody" }, { "מנגינה שטוחה יותר", "מנגינה ערה יותר" } } },
	{ "f0_slope",
	  EAR_OFF,
	  { { "melody falls more", "melody rises more" },
	    { "המנגינה יורדת יותר", "המנגינה עולה יותר" } } },
	{ "f0_end",
	  EAR,
	  { { "voice drops at the end", "voice lifts at the end" },
	    { "הקול צונח בסוף", "הקול עולה בסוף" } } },
	{ "f0_move",
	  EAR,
	  { { "pitch moves less", "pitch moves more" },
	    { "גובה הקול זז פחות", "גובה הקול זז יותר" } } },
	{ "alpha",
	  EAR_OFF,
	  { { "duller, softer voice", "brighter, sharper voice" },
	    { "קול עמום ורך יותר", "קול בהיר וחד יותר" } } },
	{ "hammarberg",
	  EAR_OFF,
	  { { "brighter, sharper voice", "duller, softer voice" },
	    { "קול בהיר וחד יותר", "קול עמום ורך יותר" } } },
	{ "slope_lo",
	  MACHINE,
	  { { "duller voice, low band", "brighter voice, low band" },
	    { "קול עמום יותר בתחום הנמוך", "קול בהיר יותר בתחום הנמוך" } } },
	{ "slope_hi",
	  MACHINE,
	  { { "duller voice, high band", "brighter voice, high band" },
	    { "קול עמום יותר בתחום הגבוה", "קול בהיר יותר בתחום הגבוה" } } },
	{ "slope_hi_sd",
	  MACHINE,
	  { { "voice colour changes less", "voice colour changes more" },
	    { "גוון הקול משתנה פחות", "גוון הקול משתנה יותר" } } },
	{ "mfcc1",
	  MACHINE,
	  { { "voice colour 1 lower", "voice colour 1 higher" },
	    { "גוון קול 1 נמוך יותר", "גוון קול 1 גבוה יותר" } } },
	{ "mfcc2",
	  MACHINE,
	  { { "voice colour 2 lower", "voice colour 2 higher" },
	    { "גוון קול 2 נמוך יותר", "גוון קול 2 גבוה יותר" } } },
	{ "mfcc3",
	  MACHINE,
	  { { "voice colour 3 lower", "voice colour 3 higher" },
	    { "גוון קול 3 נמוך יותר", "גוון קול 3 גבוה יותר" } } },
	{ "mfcc4",
	  MACHINE,
	  { { "voice colour 4 lower", "voice colour 4 higher" },
	    { "גוון קול 4 נמוך יותר", "גוון קול 4 גבוה יותר" } } },
	{ "voice_colour",
	  MACHINE,
	  { { "voice colour", "voice colour" }, { "גוון הקול", "גוון הקול" } } },
	{ "peak",
	  EAR,
	  { { "duller voice, strongest part deeper", "sharper voice, strongest part higher" },
	    { "קול עמום יותר, עיקרו נמוך יותר", "קול חד יותר, עיקרו גבוה יותר" } } },
	{ "peak_high",
	  EAR,
	  { { "sharpest sounds less sharp", "sharpest sounds sharper" },
	    { "הצלילים החדים חדים פחות", "הצלילים החדים חדים יותר" } } },
	{ "peak_sd",
	  EAR_OFF,
	  { { "sharpness changes less", "sharpness changes more" },
	    { "חדות הקול משתנה פחות", "חדות הקול משתנה יותר" } } },
	{ "f1_low",
	  EAR,
	  { { "closed vowels closer", "closed vowels more open" },
	    { "תנועות סגורות יותר", "תנועות פתוחות יותר" } } },
	{ "f1_high",
	  EAR,
	  { { "mouth less open", "mouth wider open" }, { "הפה פתוח פחות", "הפה פתוח יותר" } } },
	{ "release",
	  EAR_OFF,
	  { { "words break off harder", "words die away softer" },
	    { "המילים נקטעות בחדות", "המילים גוועות ברכות" } } },
	{ "flux",
	  MACHINE,
	  { { "sounds change less", "sounds change more" },
	    { "הצלילים משתנים פחות", "הצלילים משתנים יותר" } } },
	{ "hnr",
	  EAR_OFF,
	  { { "rougher, breathier voice", "clearer voice" },
	    { "קול מחוספס ונשפני יותר", "קול נקי יותר" } } },
	{ "cpp",
	  EAR_OFF,
	  { { "weaker, breathier voice", "firmer, clearer voice" },
	    { "קול חלש ונשפני יותר", "קול יציב ונקי יותר" } } },
	{ "jitter",
	  EAR_OFF,
	  { { "steadier voice", "voice shakes more" }, { "קול יציב יותר", "קול רועד יותר" } } },
	{ "shimmer",
	  EAR_OFF,
	  { { "steadier voice", "rougher voice" }, { "קול יציב יותר", "קול מחוספס יותר" } } },
	{ "h1_h2", EAR_OFF, { { "pressed voice", "breathy voice" }, { "קול לחוץ", "קול נשפני" } } },
	{ "rate", EAR, { { "slower", "faster" }, { "דיבור איטי יותר", "דיבור מהיר יותר" } } },
	{ "pause_share",
	  EAR_OFF,
	  { { "fewer pauses", "more pauses" }, { "פחות הפסקות", "יותר הפסקות" } } },
	{ "voiced_share",
	  MACHINE,
	  { { "less voice, more breath", "more voice, less breath" },
	    { "פחות קול ויותר נשימה", "יותר קול ופחות נשימה" } } },
	{ "voiced_runs",
	  EAR_OFF,
	  { { "words run together", "choppier speech" },
	    { "המילים נבלעות זו בזו", "דיבור קטוע יותר" } } },
	{ "level", EAR, { { "quieter", "louder" }, { "שקט יותר", "חזק יותר" } } },
	{ "level_sd",
	  EAR,
	  { { "more even loudness", "less even loudness" },
	    { "עוצמה אחידה יותר", "עוצמה פחות אחידה" } } },
	{ "level_slope",
	  EAR_OFF,
	  { { "fades away", "gets louder" }, { "הולך ונחלש", "הולך ומתחזק" } } },
	{ "level_end",
	  EAR,
	  { { "quieter at the end", "louder at the end" }, { "שקט יותר בסוף", "חזק יותר בסוף" } } },
	{ "level_move",
	  MACHINE,
	  { { "smoother speech", "more jerky speech" },
	    { "דיבור חלק יותר", "דיבור מקוטע יותר" } } },
	{ "final_length",
	  EAR_OFF,
	  { { "clipped last syllable", "drawn-out last syllable" },
	    { "ההברה האחרונה קצרה", "ההברה האחרונה נמשכת" } } },
	{ "latency",
	  EAR,
	  { { "answered sooner", "answered later" },
	    { "תשובה מוקדמת יותר", "תשובה מאוחרת יותר" } } },
	{ "wait",
	  EAR,
	  { { "a shorter wait before", "a long wait before" },
	    { "המתנה קצרה לפני הסיום", "המתנה ארוכה לפני הסיום" } } },
	{ "interruptions",
	  EAR,
	  { { "was interrupted before", "was interrupted before" },
	    { "נקטע קודם בדבריו", "נקטע קודם בדבריו" } } },
	{ "drift",
	  EAR_OFF,
	  { { "tone moved over the call", "tone moved over the call" },
	    { "הטון השתנה במהלך השיחה", "הטון השתנה במהלך השיחה" } } },
};

static const struct {
	const char *unit, *say[UT_N_LANGS];
} units[] = {
	{ "1/s", { "a second", "לשנייה" } },
	{ "semitones", { "semitones", "חצאי טון" } },
	{ "semitones/s", { "semitones/s", "חצאי טון לשנייה" } },
	{ "syllables/s", { "syllables/s", "הברות לשנייה" } },
	{ "s", { "s", "שניות" } },
	{ "dB", { "dB", "דציבל" } },
	{ "dB/s", { "dB/s", "דציבל לשנייה" } },
	{ "dB/kHz", { "dB/kHz", "דציבל לקילוהרץ" } },
};

static const struct {
	const char *after, *usually, *below, *above, *times, *once, *more;
} phrases[UT_N_LANGS] = {
	[UT_LANG_EN] = { "after ", ", usually ", " below this customer's own usual",
			 " above this customer's own usual", " times what is usual between phrases",
			 "1 time", " times" },
	[UT_LANG_HE] = { "אחרי ", ", בדרך כלל ", " מתחת לרגיל אצל הלקוח הזה",
			 " מעל הרגיל אצל הלקוח הזה", " פעמים מן הרגיל בין משפטים", "פעם אחת",
			 " פעמים" },
};

static const struct wording *wording(const char *feature)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(words); i++)
		if (strcmp(words[i].feature, feature) == 0)
			return &words[i];
	return NULL;
}

static void amount(double v, const char *unit, enum ut_lang l, struct ut_text *out)
{
	double a = fabs(v);
	/* in a line from right to left a minus would change its side */
	bool isolate = l == UT_LANG_HE && v < 0;

	if (isolate)
		ut_text_add(out, "\u2066");
	if (strcmp(unit, "%") == 0) {
		ut_text_addf(out, "%.0f %%", 100 * v);
		unit = "";
	} else { /* as many figures as an ear can use */
		ut_text_addf(out, "%.*f", a >= 100 ? 0 : a >= 1 ? 1 : a >= 0.1 ? 2 : 4, v);
		while (out->len && strchr(out->s, '.') && out->s[out->len - 1] == '0' &&
		       out->s[out->len - 2] != '.')
			out->s[--out->len] = '\0';
	}
	if (isolate)
		ut_text_add(out, "\u2069");
	for (size_t i = 0; i < UT_ARRAY_LEN(units); i++)
		if (strcmp(units[i].unit, unit) == 0)
			unit = units[i].say[l];
	if (unit[0])
		ut_text_addf(out, " %s", unit);
}

bool ut_words_by_ear(const struct ut_evidence *e)
{
	const struct wording *w = wording(e->feature);

	return w && w->by != MACHINE;
}

static void sentence(const struct ut_evidence *e, enum ut_lang l, struct ut_text *out)
{
	double d = (double)e->value - e->reference;
	const struct wording *w = wording(e->feature);
	bool late = strcmp(e->feature, "latency") == 0;
	const char *unit = strcmp(e->feature, "pause_share") == 0 ? "%" : e->unit; /* a share */

	ut_text_addf(out, "%s: ", w ? w->say[l][d >= 0] : e->feature);
	if (strcmp(e->feature, "wait") == 0) {
		amount(e->value, unit, l, out);
	} else if (strcmp(e->feature, "interruptions") == 0) {
		if (e->value == 1)
			ut_text_add(out, phrases[l].once);
		else
			ut_text_addf(out, "%.0f%s", (double)e->value, phrases[l].more);
	} else if (strcmp(e->feature, "drift") == 0 || strcmp(e->feature, "voice_colour") == 0) {
		amount(e->value, "", l, out);
		ut_text_add(out, phrases[l].times);
	} else if (late || (w && w->by != EAR)) {
		if (late)
			ut_text_add(out, phrases[l].after);
		amount(e->value, unit, l, out);
		ut_text_add(out, phrases[l].usually);
		amount(e->reference, unit, l, out);
	} else {
		amount(fabs(d), unit, l, out);
		ut_text_add(out, d < 0 ? phrases[l].below : phrases[l].above);
	}
}

void ut_words_evidence(const struct ut_evidence *e, struct ut_text *out)
{
	sentence(e, UT_LANG_EN, out);
}

void ut_html_evidence(struct ut_text *out, enum ut_lang l, const struct ut_evidence *e)
{
	struct ut_text t = { 0 };

	sentence(e, l, &t);
	ut_html_text(out, t.failed ? "" : t.s);
	ut_text_done(&t);
}
