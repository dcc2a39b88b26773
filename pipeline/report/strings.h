/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strings.h - every text of the pages, in every language: X(id, english, hebrew), one row a text.
 * A row that lacks a language does not compile (too few arguments; an empty text fails an
 * assertion in html.c). Texts are ours: they may hold no markup and are escaped where they are used.
 * Hebrew speaks to nobody's gender: nouns and infinitives instead of imperatives.
 */
#ifndef UT_REPORT_STRINGS_H
#define UT_REPORT_STRINGS_H

#define UT_STRINGS(X)                                                                              \
	/* frame */                                                                                \
	X(APP, "Undertone", "Undertone")                                                           \
	X(SKIP, "Skip to the content", "דילוג לתוכן")                                              \
	X(MAIN_NAV, "Main", "ראשי")                                                                \
	X(OTHER_LANGUAGE, "עברית", "English")                                                      \
	X(NO_EMPLOYEE_TONE,                                                                        \
	  "A tone is given only for the closing of a verified external customer. No emotion and "  \
	  "no score of an employee is computed, stored or shown.",                                 \
	  "טון ניתן רק לסיום השיחה של לקוח חיצוני מאומת. לא מחושבים, לא נשמרים ולא מוצגים רגש או " \
	  "ציון של עובדים.")                                                                       \
	/* words of the findings */                                                                \
	X(CALL, "Call", "שיחה")                                                                    \
	X(CUSTOMER, "Customer", "לקוח")                                                            \
	X(AGENT, "Agent", "נציג")                                                                  \
	X(OTHER_PARTY, "Other", "אחר")                                                             \
	X(IVR, "Recorded voice", "מענה קולי")                                                      \
	X(UNKNOWN, "unknown", "לא ידוע")                                                           \
	X(TEAM, "Team", "צוות")                                                                    \
	X(QUEUE, "Queue", "תור")                                                                   \
	X(LANGUAGE, "Language", "שפה")                                                             \
	X(DATE, "Date", "תאריך")                                                                   \
	X(TONE, "Tone", "טון")                                                                     \
	X(ACCEPTING, "accepting", "מקבל")                                                          \
	X(RESIGNED, "resigned", "משלים בלית ברירה")                                                \
	X(ANGRY, "angry", "כועס")                                                                  \
	X(ABSTAIN, "unsure", "לא ברור")                                                            \
	X(NONE, "none", "אין")                                                                     \
	X(CLOSING, "Closing", "סיום")                                                              \
	X(EVIDENCE, "Evidence", "ראיות")                                                           \
	X(HOLD, "Hold", "המתנה")                                                                   \
	X(HOLDS, "Holds", "המתנות")                                                                \
	X(MASKED, "Masked", "מוסתר")                                                               \
	X(INTERRUPTION, "Interruption", "כניסה לדברים")                                            \
	X(INTERRUPTIONS, "Interruptions", "כניסות לדברים")                                         \
	X(OVERLAP, "Overlap", "דיבור חופף")                                                        \
	X(LONGEST_WAIT, "Longest wait", "ההמתנה הארוכה ביותר")                                     \
	X(DURATION, "Duration", "משך")                                                             \
	X(SECONDS_SHORT, "s", "שנ׳")

enum ut_str {
#define X(id, en, he) UT_STR_##id,
	UT_STRINGS(X)
#undef X
	    UT_N_STRS
};

#endif
