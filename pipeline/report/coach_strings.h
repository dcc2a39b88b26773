/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coach_strings.h - the texts of the coaching page: X(id, english, hebrew), as strings.h.
 */
#ifndef UT_REPORT_COACH_STRINGS_H
#define UT_REPORT_COACH_STRINGS_H

#include "report/html.h"

/* it counts bytes, not columns */
/* clang-format off */
#define UT_COACH_STRINGS(X) \
	X(TITLE, "What to train next", "הנושאים הבאים לאימון") \
	X(PERSON_TITLE, "Feedback", "משוב") \
	X(LAW, \
	  "This page ranks no employee and gives nobody a score. Tones are the customers', and " \
	  "only as shares of groups of at least 5 agents, none with more than half, and 30 " \
	  "closings. Of one person there are facts of conversation and the feedback log, never a " \
	  "share of tones.", \
	  "דף זה אינו מדרג עובדים ואינו נותן ציון לאיש. הטון הוא של הלקוחות בלבד, ומוצג רק כשיעור " \
	  "בקבוצות של לפחות 5 נציגים, שאף אחד מהם אינו רוב, ו־30 סיומים. על אדם יחיד מוצגות רק " \
	  "עובדות על השיחות ויומן המשוב, ולעולם לא שיעור של טונים.") \
	X(PERIOD, "Period", "תקופה") \
	X(BEFORE, "Period before", "התקופה הקודמת") \
	X(CALLS, "Calls", "שיחות") \
	X(AGENTS, "Agents", "נציגים") \
	X(ALL_CALLS, "All calls", "כל השיחות") \
	X(NOT_NAMED, "not named", "ללא שם") \
	X(EMPTY, "No calls with a verified customer in this period.", \
	  "אין בתקופה זו שיחות עם לקוח מאומת.") \
	X(START, "Start here", "כאן כדאי להתחיל") \
	X(NO_POINTS, "Nothing stands out: no difference whose interval leaves out zero.", \
	  "אין חריגה: לא נמצא הבדל שרווח הסמך שלו אינו כולל אפס.") \
	X(COMPARED, "Comparisons made", "השוואות שנעשו") \
	X(BY_CHANCE, "points to expect by chance alone", "ממצאים הצפויים במקרה בלבד") \
	X(MORE_THAN_BEFORE, "more than in the period before", "יותר מאשר בתקופה הקודמת") \
	X(MORE_THAN_ELSEWHERE, "more than in all other calls", "יותר מאשר בכל שאר השיחות") \
	X(DIFFERENCE, "Difference", "הבדל") \
	X(POINTS, "percentage points", "נקודות אחוז") \
	X(HERE, "Here", "כאן") \
	X(THERE, "All other calls", "כל שאר השיחות") \
	X(WHAT_HAPPENED, "What happened in the calls", "מה קרה בשיחות") \
	X(MEASURE, "Measure", "מדד") \
	X(SHARE, "Share of calls", "שיעור השיחות") \
	X(CHANGE, "Change", "שינוי") \
	X(NOT_CERTAIN, "no certain difference", "אין הבדל ודאי") \
	X(TYPICAL, "Where it happened: typical", "כאשר קרה: ערך אופייני") \
	X(NINE_IN_TEN, "nine in ten up to", "תשע מכל עשר עד") \
	X(TIMES, "×", "×") \
	X(FEW, "few calls or agents: not ranked", "מעט שיחות או נציגים: ללא דירוג") \
	X(ONE, "one agent: not compared", "נציג אחד: ללא השוואה") \
	X(BY_TEAM, "By team", "לפי צוות") \
	X(BY_QUEUE, "By queue", "לפי תור") \
	X(BY_TAG, "By the reason that reviewers tagged", "לפי הסיבה שסומנה בבדיקה") \
	X(TAG_LEAD, \
	  "Reviewed calls were chosen to be listened to: their shares are not those of " \
	  "all calls.", \
	  "שיחות שנבדקו נבחרו להאזנה: השיעורים בהן אינם השיעורים בכל השיחות.") \
	X(HOW_TO_READ, \
	  "A dot is the share, its bar the 95 % interval, the ring the period before; the last " \
	  "number counts the calls. Intervals treat calls as independent of each other.", \
	  "נקודה היא השיעור, הקו הוא רווח הסמך 95%, והטבעת היא התקופה הקודמת; המספר האחרון הוא " \
	  "מספר השיחות. רווחי הסמך מניחים שהשיחות בלתי תלויות זו בזו.") \
	X(PERCENT_OF_CALLS, "% of calls", "% מהשיחות") \
	X(PERCENT_OF_CLOSINGS, "% of closings with a claimed tone", "% מהסיומים שנקבע להם טון") \
	X(NUMBERS, "The numbers", "המספרים") \
	X(GROUP, "Group", "קבוצה") \
	X(ALONG, "What goes along with bad closings", "מה מופיע יחד עם סיומים רעים") \
	X(ALONG_LEAD, \
	  "Share of closings resigned or angry in calls with it and without it. To go " \
	  "along is not to cause.", \
	  "שיעור הסיומים מתוך השלמה או כעס בשיחות שבהן קרה הדבר ובשיחות שבהן לא קרה. " \
	  "הופעה משותפת אינה סיבה.") \
	X(WITH, "With it", "כאשר קרה") \
	X(WITHOUT, "Without it", "כאשר לא קרה") \
	X(LISTEN, "Listen to", "להאזנה") \
	X(WHOLE_CALL, "whole call", "השיחה כולה") \
	X(BAD, "Closings to listen to", "סיומים להאזנה") \
	X(GOOD, "Good examples", "דוגמאות טובות") \
	X(GOOD_LEAD, "Recoveries that reviewers tagged, then the surest accepting closings.", \
	  "תיקונים מוצלחים שסומנו בבדיקה, ואחריהם הסיומים המקבלים הברורים ביותר.") \
	X(SMOOTH, "Calls in which none of this happened", "שיחות שבהן לא קרה דבר מכל אלה") \
	X(PACK, "As a workshop pack", "כחבילת סדנה") \
	X(CONFIRMED, "Flagged closings that reviewers heard so", \
	  "סיומים מסומנים שכך נשמעו בבדיקה") \
	X(ABSTAINED, "closings without a claimed tone", "סיומים שלא נקבע להם טון") \
	X(LOG, "Feedback log", "יומן משוב") \
	X(LOG_EMPTY, "No entries yet.", "אין עדיין רישומים.") \
	X(WHEN, "When", "מתי") \
	X(BY, "By", "מאת") \
	X(KIND, "Kind", "סוג") \
	X(TOPIC, "Topic", "נושא") \
	X(NOTE, "Note", "הערה") \
	X(DISCUSSED, "discussed", "נדון") \
	X(NOT_DISCUSSED, "not yet discussed", "טרם נדון") \
	X(strength, "strength", "חוזקה") \
	X(improve, "to improve", "לשיפור") \
	/* measures: a name, and what is counted */ \
	X(M0, "Long waits", "המתנות ארוכות") \
	X(M1, "Holds", "השהיות") \
	X(M2, "Transfers", "העברות בין נציגים") \
	X(M3, "Customer interrupted", "כניסה לדברי הלקוח") \
	X(M4, "Dead air", "דממה") \
	X(M5, "Customer speaks at length", "דיבור רצוף של הלקוח") \
	X(M6, "Closed resigned or angry", "סיום מתוך השלמה או כעס") \
	X(D0, "the customer once waited 30 s or longer", "הלקוח המתין פעם אחת 30 שניות או יותר") \
	X(D1, "hold music or ringing, while nobody spoke", "מוזיקת המתנה או צלצול, בלי שאיש מדבר") \
	X(D2, "more than one agent took part", "השתתף יותר מנציג אחד") \
	X(D3, "the customer was interrupted at least once", "נכנסו לדברי הלקוח לפחות פעם אחת") \
	X(D4, "the customer waited in silence for 5 s or longer", \
	  "הלקוח המתין בשקט 5 שניות או יותר") \
	X(D5, "the customer spoke for 10 s or longer at one go", \
	  "הלקוח דיבר 10 שניות או יותר ברצף") \
	X(D6, "of the closings of which the model claims a tone", \
	  "מתוך הסיומים שהמודל קבע להם טון") \
	/* why a share is not shown, in the order of enum ut_shown */ \
	X(H0, "shown", "מוצג") \
	X(H1, "not of one person", "לא על אדם יחיד") \
	X(H2, "no closing with a tone", "אין סיום עם טון") \
	X(H3, "too few agents: not shown", "מעט מדי נציגים: לא מוצג") \
	X(H4, "too few closings: not shown", "מעט מדי סיומים: לא מוצג") \
	X(H5, "not shown: small groups beside it", "לא מוצג: לצידה קבוצות קטנות") \
	/* tags, in the order of ut_coach_tag_name */ \
	X(T0, "no answer to the problem", "לא ניתן מענה לבעיה") \
	X(T1, "no empathy", "חוסר אמפתיה") \
	X(T2, "not listening", "חוסר הקשבה") \
	X(T3, "transferred", "העברה") \
	X(T4, "long wait", "המתנה ארוכה") \
	X(T5, "good recovery", "תיקון מוצלח") \
	X(T6, "other", "אחר") \
	/* topics, in the order of ut_coach_topics */ \
	X(P0, "answer", "מענה") \
	X(P1, "empathy", "אמפתיה") \
	X(P2, "listening", "הקשבה") \
	X(P3, "interruptions", "כניסה לדברים") \
	X(P4, "holds", "השהיות") \
	X(P5, "waits", "המתנות") \
	X(P6, "transfers", "העברות") \
	X(P7, "dead air", "דממה") \
	X(P8, "recovery", "תיקון") \
	X(P9, "other", "אחר")
/* clang-format on */

enum ut_coach_str {
#define X(id, en, he) UT_CS_##id,
	UT_COACH_STRINGS(X)
#undef X
	    UT_N_CS
};

/* Lent, never NULL. */
const char *ut_coach_str(enum ut_lang l, enum ut_coach_str id);

#endif
