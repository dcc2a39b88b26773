/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.c - the evidence in the reader's language: how the closing differs from what is usual
 * for this customer, with units. English is that of words.c. */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/words.h"

/* By feature: where the closing's value is lower, where it is higher. A feature without a row is
 * said by its name. */
static const struct {
	const char *feature, *lower, *higher;
} hebrew[] = {
	{ "f0_median", "קול נמוך יותר", "קול גבוה יותר" },
	{ "f0_low", "הצלילים הנמוכים נמוכים יותר", "הצלילים הנמוכים גבוהים יותר" },
	{ "f0_high", "הצלילים הגבוהים נמוכים יותר", "הצלילים הגבוהים גבוהים יותר" },
	{ "f0_range", "מנגינה שטוחה יותר", "מנגינה ערה יותר" },
	{ "f0_slope", "המנגינה יורדת יותר", "המנגינה עולה יותר" },
	{ "f0_end", "הקול צונח בסוף", "הקול עולה בסוף" },
	{ "f0_move", "גובה הקול זז פחות", "גובה הקול זז יותר" },
	{ "alpha", "קול עמום ורך יותר", "קול בהיר וחד יותר" },
	{ "alpha_loud", "החלקים החזקים עמומים יותר", "החלקים החזקים בהירים יותר" },
	{ "hammarberg", "קול בהיר וחד יותר", "קול עמום ורך יותר" },
	{ "slope_lo", "קול עמום יותר בתחום הנמוך", "קול בהיר יותר בתחום הנמוך" },
	{ "slope_hi", "קול עמום יותר בתחום הגבוה", "קול בהיר יותר בתחום הגבוה" },
	{ "slope_lo_loud", "חלקים חזקים עמומים יותר", "חלקים חזקים בהירים יותר" },
	{ "slope_lo_sd", "גוון הקול משתנה פחות", "גוון הקול משתנה יותר" },
	{ "slope_hi_sd", "גוון הקול משתנה פחות", "גוון הקול משתנה יותר" },
	{ "mfcc1", "גוון קול 1 נמוך יותר", "גוון קול 1 גבוה יותר" },
	{ "mfcc2", "גוון קול 2 נמוך יותר", "גוון קול 2 גבוה יותר" },
	{ "mfcc3", "גוון קול 3 נמוך יותר", "גוון קול 3 גבוה יותר" },
	{ "mfcc4", "גוון קול 4 נמוך יותר", "גוון קול 4 גבוה יותר" },
	{ "mfcc1_sd", "גוון קול 1 משתנה פחות", "גוון קול 1 משתנה יותר" },
	{ "mfcc2_sd", "גוון קול 2 משתנה פחות", "גוון קול 2 משתנה יותר" },
	{ "mfcc3_sd", "גוון קול 3 משתנה פחות", "גוון קול 3 משתנה יותר" },
	{ "flux", "הצלילים משתנים פחות", "הצלילים משתנים יותר" },
	{ "flatness", "קול נקי יותר", "קול צרוד ורועש יותר" },
	{ "hnr", "קול מחוספס ונשפני יותר", "קול נקי יותר" },
	{ "cpp", "קול חלש ונשפני יותר", "קול יציב ונקי יותר" },
	{ "jitter", "קול יציב יותר", "קול רועד יותר" },
	{ "shimmer", "קול יציב יותר", "קול מחוספס יותר" },
	{ "h1_h2", "קול לחוץ", "קול נשפני" },
	{ "rate", "דיבור איטי יותר", "דיבור מהיר יותר" },
	{ "pause_share", "פחות הפסקות", "יותר הפסקות" },
	{ "voiced_share", "פחות קול ויותר נשימה", "יותר קול ופחות נשימה" },
	{ "voiced_runs", "המילים נבלעות זו בזו", "דיבור קטוע יותר" },
	{ "level", "שקט יותר", "חזק יותר" },
	{ "level_sd", "עוצמה אחידה יותר", "עוצמה פחות אחידה" },
	{ "level_slope", "הולך ונחלש", "הולך ומתחזק" },
	{ "level_end", "שקט יותר בסוף", "חזק יותר בסוף" },
	{ "level_move", "דיבור חלק יותר", "דיבור מקוטע יותר" },
	{ "attack", "התחלות רכות יותר", "התחלות קשות יותר" },
	{ "final_length", "ההברה האחרונה קצרה", "ההברה האחרונה נמשכת" },
	{ "latency", "תשובה מוקדמת יותר", "תשובה מאוחרת יותר" },
	{ "wait", "המתנה קצרה לפני הסיום", "המתנה ארוכה לפני הסיום" },
};

static const struct {
	const char *unit, *he;
} units[] = {
	{ "semitones", "חצאי טון" }, { "semitones/s", "חצאי טון לשנייה" }, { "s", "שניות" },
	{ "1/s", "לשנייה" },         { "syllables/s", "הברות לשנייה" },    { "dB", "דציבל" },
	{ "dB/s", "דציבל לשנייה" },  { "dB/kHz", "דציבל לקילוהרץ" },
};

static void amount(struct ut_text *out, double v, const char *unit)
{
	double a = fabs(v);

	ut_html_num(out, "%.*f", a >= 100 ? 0 : a >= 1 ? 1 : 2, v);
	for (size_t i = 0; i < UT_ARRAY_LEN(units); i++)
		if (strcmp(units[i].unit, unit) == 0)
			unit = units[i].he;
	if (unit[0])
		ut_text_add(out, " ");
	ut_html_text(out, unit);
}

static void in_hebrew(struct ut_text *out, const struct ut_evidence *e)
{
	double d = (double)e->value - (double)e->reference;
	const char *say = e->feature;

	for (size_t i = 0; i < UT_ARRAY_LEN(hebrew); i++)
		if (strcmp(hebrew[i].feature, e->feature) == 0)
			say = d < 0 ? hebrew[i].lower : hebrew[i].higher;
	ut_html_text(out, say);
	ut_text_add(out, ": ");
	if (strcmp(e->feature, "wait") == 0) {
		amount(out, (double)e->value, e->unit);
	} else if (strcmp(e->feature, "latency") == 0) {
		ut_text_add(out, "אחרי ");
		amount(out, (double)e->value, e->unit);
		ut_text_add(out, ", בדרך כלל ");
		amount(out, (double)e->reference, e->unit);
	} else {
		amount(out, fabs(d), e->unit);
		ut_text_add(out, d < 0 ? " מתחת לרגיל אצל הלקוח הזה" : " מעל הרגיל אצל הלקוח הזה");
	}
}

void ut_html_evidence(struct ut_text *out, enum ut_lang l, const struct ut_evidence *e)
{
	struct ut_text t = { 0 };

	if (l == UT_LANG_HE) {
		in_hebrew(out, e);
		return;
	}
	ut_words_evidence(e, &t);
	ut_html_text(out, t.failed ? "" : t.s);
	ut_text_done(&t);
}
