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
	X(SECONDS_SHORT, "s", "שנ׳") \
	/* signing in */ \
	X(SIGN_IN, "Sign in", "כניסה") \
	X(SIGN_OUT, "Sign out", "יציאה") \
	X(SIGN_IN_LEAD, "With the token that the administrator made: undertone user add NAME", "עם האסימון שיצר מנהל המערכת: undertone user add NAME") \
	X(TOKEN, "Token", "אסימון") \
	X(SIGN_IN_FAILED, "This token is not valid.", "האסימון אינו תקף.") \
	X(SIGN_IN_WAIT, "Too many failed tries. Please wait a few minutes.", "יותר מדי ניסיונות כושלים. יש להמתין כמה דקות.") \
	X(SIGN_IN_AGAIN, "The session is over. Please sign in again.", "פג תוקף החיבור. יש להיכנס שוב.") \
	/* roles */ \
	X(ROLE_VIEWER, "viewer", "צפייה") \
	X(ROLE_TRAINER, "trainer", "הדרכה") \
	X(ROLE_ADMIN, "administrator", "ניהול") \
	/* the queue */ \
	X(CALLS, "Calls", "שיחות") \
	X(SESSIONS, "Blind sessions", "מפגשי כיול") \
	X(HELP, "Help", "עזרה") \
	X(QUEUE_TITLE, "Calls to listen to", "שיחות להאזנה") \
	X(QUEUE_LEAD, "The likeliest closings that were not meant come first, with good examples between them.", "סיומים שסביר שלא נאמרו בלב שלם מופיעים ראשונים, ודוגמאות טובות ביניהם.") \
	X(FILTERS, "Filters", "סינון") \
	X(SHOW, "Show", "הצגה") \
	X(LIST, "List", "רשימה") \
	X(LIST_FINDINGS, "Findings and examples", "ממצאים ודוגמאות") \
	X(LIST_GOOD, "Good examples only", "רק דוגמאות טובות") \
	X(LIST_RECOVERIES, "Strong recoveries", "התאוששויות") \
	X(LIST_WARM, "Warm closings", "סיומים חמים") \
	X(FROM, "From", "מתאריך") \
	X(TO, "To", "עד תאריך") \
	X(REVIEWED, "Reviewed", "נבדק") \
	X(ANY, "any", "הכול") \
	X(NOT_YET, "not yet", "עדיין לא") \
	X(YES, "yes", "כן") \
	X(SHARE, "Good examples, at least", "דוגמאות טובות, לפחות") \
	X(APPLY, "Apply", "סינון") \
	X(RESET, "Clear", "ניקוי") \
	X(NOTHING_FOUND, "No call passes these filters.", "אין שיחות שעונות על הסינון.") \
	X(NEXT_PAGE, "More calls", "שיחות נוספות") \
	X(FIRST_PAGE, "Back to the top", "חזרה לראש הרשימה") \
	X(CHANCE, "Chance it was not meant", "סיכוי שלא נאמר בלב שלם") \
	X(YOUR_VERDICT, "Your verdict", "ההכרעה שלך") \
	X(VERDICTS, "Verdicts", "הכרעות") \
	X(RECOVERY, "Strong recovery", "התאוששות") \
	X(WARM, "Warm closing", "סיום חם") \
	X(START_INTERRUPTIONS, "interruptions at the start", "כניסות לדברים בהתחלה") \
	X(START_OVERLAP, "talking at once at the start", "דיבור חופף בהתחלה") \
	X(START_WAIT, "a long wait at the start", "המתנה ארוכה בהתחלה") \
	X(START_HOLD, "a long hold at the start", "השהיה ארוכה בהתחלה") \
	X(START_RAISED, "a raised voice at the start", "קול מורם בהתחלה") \
	X(SEMITONES, "semitones", "חצאי טון") \
	X(DB, "dB", "דציבל") \
	X(CAME_DOWN, "the customer's own voice, from the first half of the speech before the closing to " \
		     "the second", \
	  "הקול של אותו לקוח, מהמחצית הראשונה של הדיבור שלפני הסיום אל השנייה") \
	X(DOWNLOAD_PACK, "Workshop pack of this list (zip)", "ערכת סדנה מהרשימה (zip)") \
	X(DOWNLOAD_CSV, "Download this list (CSV)", "הורדת הרשימה (CSV)") \
	/* a call */ \
	X(BACK_TO_LIST, "Back to the list", "חזרה לרשימה") \
	X(PREVIOUS, "Previous", "הקודמת") \
	X(NEXT, "Next", "הבאה") \
	X(LISTEN, "Listen", "האזנה") \
	X(EXCERPT, "The closing, with ten seconds before it", "הסיום, עם עשר שניות לפניו") \
	X(WHOLE_CALL, "The whole call", "השיחה המלאה") \
	X(NO_RECORDING, "The recording is not where it was analysed, or has changed since: it can be neither heard nor drawn.", "ההקלטה אינה במקום שבו נותחה או שהשתנתה מאז: אי אפשר לשמוע אותה או לצייר אותה.") \
	X(TIMELINE, "Who spoke when", "מי דיבר ומתי") \
	X(VOICE, "The customer’s voice around the closing", "קול הלקוח סביב הסיום") \
	X(VOICE_ALT, "Waveform, level in dBFS, pitch (F0) in Hz and speaking rate in syllables per second of the customer. The shaded bands are this customer’s own usual range earlier in the call. The same is said in words under Evidence.", "צורת הגל, עוצמה ב־dBFS, גובה הקול (F0) ב־Hz וקצב הדיבור בהברות לשנייה של הלקוח. הפסים המוצללים הם התחום הרגיל של הלקוח עצמו מוקדם יותר בשיחה. אותם דברים נאמרים במילים תחת ראיות.") \
	X(PLOT_WAVE, "waveform", "צורת גל") \
	X(PLOT_LEVEL, "level, dBFS", "עוצמה, dBFS") \
	X(PLOT_F0, "pitch (F0), Hz", "גובה קול (F0), Hz") \
	X(PLOT_RATE, "rate, syllables/s", "קצב, הברות/שנ׳") \
	X(USUAL_RANGE, "this customer’s usual range", "התחום הרגיל של הלקוח") \
	X(MASKED_NOTE, "Masked parts (payment data) are silent here and are never decoded into sound or pictures.", "קטעים מוסתרים (פרטי תשלום) מושתקים כאן ולעולם אינם מפוענחים לצליל או לתמונה.") \
	X(FOUND_BY_PHRASE, "found by its words", "אותר לפי המילים") \
	X(FOUND_BY_TURN, "found by its place in the call", "אותר לפי מקומו בשיחה") \
	X(CERTAIN, "certainty", "ודאות") \
	X(ANSWERED_AFTER, "answered after", "נאמר אחרי") \
	X(POINTS_TO, "points to", "מצביע על") \
	X(BY_MACHINE, "measured, hardly to be heard", "נמדד, כמעט לא נשמע") \
	X(NO_EVIDENCE, "No single measurement stands out.", "אין מדידה יחידה שבולטת.") \
	X(NO_TONE, "No tone", "אין טון") \
	X(NO_CLOSING, "No closing", "אין סיום") \
	X(ABSTAINED, "No tone is claimed", "לא נקבע טון") \
	X(SCORES, "Scores", "ציונים") \
	X(FACTS, "The conversation", "השיחה") \
	X(TALK, "Talk", "דיבור") \
	X(HOLD_TIME, "On hold", "בהמתנה") \
	X(LONGEST_TURN, "Longest turn", "התור הארוך ביותר") \
	X(TURNS, "Turns", "תורות") \
	X(ANSWERS_IN, "Answers in (median)", "זמן תגובה (חציון)") \
	X(START, "Start", "התחלה") \
	X(CALL_ID, "Call id", "מזהה שיחה") \
	X(PROBLEMS, "To know about this recording", "כדאי לדעת על ההקלטה") \
	/* verdicts */ \
	X(VERDICT, "Verdict", "הכרעה") \
	X(VERDICT_LEAD, "What did the customer’s closing say?", "מה אמר סיום השיחה של הלקוח?") \
	X(AGREE, "Agree", "מסכימים עם הקביעה") \
	X(IT_WAS_FINE, "It was fine", "היה בסדר") \
	X(HEARD_ANGRY, "Angry", "כעס") \
	X(HEARD_RESIGNED, "Resigned", "השלמה בלית ברירה") \
	X(ANGRY_NOT_RESIGNED, "Angry, not resigned", "כעס, לא השלמה") \
	X(RESIGNED_NOT_ANGRY, "Resigned, not angry", "השלמה, לא כעס") \
	X(HEARD_ACCEPTING, "Accepting", "קבלה") \
	X(CANT_TELL, "Can’t tell", "אי אפשר לדעת") \
	X(NOTE, "Note", "הערה") \
	X(TAGS, "Why", "סיבות") \
	X(TAG_NO_ANSWER, "no answer to the problem", "אין מענה לבעיה") \
	X(TAG_NO_EMPATHY, "no empathy", "חוסר אמפתיה") \
	X(TAG_NOT_LISTENING, "not listening", "חוסר הקשבה") \
	X(TAG_TRANSFERRED, "transferred", "העברה בין נציגים") \
	X(TAG_LONG_WAIT, "long wait", "המתנה ארוכה") \
	X(TAG_GOOD_RECOVERY, "good recovery", "התאוששות טובה") \
	X(TAG_OTHER, "other", "אחר") \
	X(SAVED, "The verdict is saved.", "ההכרעה נשמרה.") \
	X(HEARD, "heard", "נשמע") \
	X(SHOWN, "shown", "הוצג") \
	X(BLIND, "blind", "ללא ציון") \
	X(NOBODY_YET, "Nobody has judged this call yet.", "אף אחד עוד לא הכריע בשיחה הזו.") \
	X(VIEWER_ONLY, "You may read and listen; verdicts need the role of a trainer.", "אפשר לקרוא ולהאזין; להכרעות נדרש תפקיד הדרכה.") \
	/* blind sessions */ \
	X(BLIND_TITLE, "Blind session", "מפגש כיול") \
	X(BLIND_LEAD, "Several people judge the same calls without seeing the score or one another. The score is shown after one’s own verdict, the others’ verdicts when the session ends.", "כמה אנשים מכריעים באותן שיחות בלי לראות את הציון או זה את זה. הציון מוצג אחרי ההכרעה האישית, והכרעות האחרים בסוף המפגש.") \
	X(BLIND_HIDDEN, "The score is hidden until your verdict.", "הציון מוסתר עד ההכרעה שלך.") \
	X(NEW_SESSION, "New session", "מפגש חדש") \
	X(NAME, "Name", "שם") \
	X(N_CALLS, "Calls", "שיחות") \
	X(CREATE, "Create", "יצירה") \
	X(CREATED_BY, "By", "מאת") \
	X(RATERS, "Raters", "מכריעים") \
	X(DONE_OF, "Judged", "הוכרעו") \
	X(STATE, "State", "מצב") \
	X(OPEN, "open", "פתוח") \
	X(ENDED, "ended", "הסתיים") \
	X(GO_ON, "Judge the next call", "הכרעה בשיחה הבאה") \
	X(ALL_JUDGED, "You have judged all calls of this session.", "כל השיחות במפגש הוכרעו על ידך.") \
	X(END_SESSION, "End the session and show the agreement", "סיום המפגש והצגת ההסכמה") \
	X(AGREEMENT, "Agreement", "הסכמה") \
	X(ALPHA, "Krippendorff’s alpha (nominal)", "אלפא של קריפנדורף (נומינלי)") \
	X(INTERVAL, "95 % interval (bootstrap over calls)", "רווח 95% (bootstrap על פני שיחות)") \
	X(OBSERVED, "Pairs that agree", "זוגות מסכימים") \
	X(ALPHA_NOTE, "1 is full agreement, 0 what chance gives. Krippendorff asks for 0.8, and takes 0.667 for tentative conclusions. “Can’t tell” counts as no verdict.", "1 הוא הסכמה מלאה, 0 הוא מה שנותן המקרה. קריפנדורף דורש 0.8, ומסתפק ב־0.667 למסקנות זהירות. „אי אפשר לדעת” נחשב להיעדר הכרעה.") \
	X(ALPHA_NONE, "Too few verdicts in common, or all the same: there is nothing to compute alpha from.", "מעט מדי הכרעות משותפות, או שכולן זהות: אין ממה לחשב אלפא.") \
	X(AFTER_END, "Agreement and all verdicts are shown here when the session has ended.", "ההסכמה וכל ההכרעות יוצגו כאן בסיום המפגש.") \
	X(MODEL, "Model", "מודל") \
	X(NO_SESSIONS, "There is no blind session yet.", "אין עדיין מפגשי כיול.") \
	X(SESSION_FILTERS, "Calls are chosen with these filters: half likely findings, half good examples.", "השיחות נבחרות לפי הסינון: חציין ממצאים סבירים וחציין דוגמאות טובות.") \
	/* help */ \
	X(HELP_TITLE, "Keys", "מקשים") \
	X(HELP_LEAD, "Everything also works with the mouse, and reading works without JavaScript.", "הכול עובד גם בעכבר, והקריאה עובדת גם בלי JavaScript.") \
	X(KEY, "Key", "מקש") \
	X(DOES, "Does", "פעולה") \
	X(KEY_NEXT, "next call", "השיחה הבאה") \
	X(KEY_PREVIOUS, "previous call", "השיחה הקודמת") \
	X(KEY_OPEN, "open the call", "פתיחת השיחה") \
	X(KEY_PLAY, "play or pause", "נגינה או השהיה") \
	X(KEY_SEEK, "five seconds back or on", "חמש שניות אחורה או קדימה") \
	X(KEY_NOTE, "write a note", "כתיבת הערה") \
	X(KEY_HELP, "this help", "העזרה הזו") \
	X(KEY_LIST, "back to the list", "חזרה לרשימה") \
	/* faults */ \
	X(ERR_TITLE, "This did not work", "הפעולה לא הצליחה") \
	X(ERR_NOT_FOUND, "There is nothing here.", "אין כאן דבר.") \
	X(ERR_FORBIDDEN, "This is not allowed for your role.", "הפעולה אינה מותרת לתפקיד שלך.") \
	X(ERR_CSRF, "This form is out of date or came from elsewhere. Please open the page again.", "הטופס אינו עדכני או שהגיע ממקום אחר. יש לפתוח את הדף מחדש.") \
	X(ERR_BAD, "The request was not understood.", "הבקשה לא הובנה.") \
	X(ERR_METHOD, "This address does not take such a request.", "הכתובת אינה מקבלת בקשה כזו.") \
	X(ERR_TOO_LARGE, "The request is too large.", "הבקשה גדולה מדי.") \
	X(ERR_HOST, "The server does not go by this name.", "השרת אינו עונה לשם הזה.") \
	X(ERR_BUSY, "The database is busy. Please try again.", "מסד הנתונים עסוק. יש לנסות שוב.") \
	X(ERR_SERVER, "Something failed on the server; its log says what.", "משהו נכשל בשרת; הפרטים ביומן שלו.")

enum ut_str {
#define X(id, en, he) UT_STR_##id,
	UT_STRINGS(X)
#undef X
	    UT_N_STRS
};

#endif
