/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack_strings.h - the texts of workshop packs: X(id, english, hebrew), as report/strings.h. */
#ifndef UT_CLIP_PACK_STRINGS_H
#define UT_CLIP_PACK_STRINGS_H

/* it counts bytes, not columns */
/* clang-format off */
#define UT_PACK_STRINGS(X) \
	X(TITLE, "Workshop pack", "חבילה לסדנה") \
	X(HANDOUT, "Handout", "דף עבודה") \
	X(LEAD, \
	  "Excerpts around the closing of calls: closings that were hardly meant, and good examples " \
	  "beside them. Listen first, read afterwards.", \
	  "קטעים מסביב לסיום של שיחות: סיומים שכנראה לא נאמרו בלב שלם, ולצידם דוגמאות טובות. " \
	  "כדאי להאזין קודם ולקרוא אחר כך.") \
	X(KEEP, \
	  "This pack holds voices of customers. It is for the people in the workshop alone: not to be " \
	  "passed on or put on a network, and to be deleted afterwards, copies included.", \
	  "החבילה מכילה קולות של לקוחות. היא מיועדת למשתתפי הסדנה בלבד: אין להעביר אותה הלאה או " \
	  "להעלות אותה לרשת, ויש למחוק אותה בסיום, כולל העתקים.") \
	X(DISGUISED, \
	  "The voices are disguised: pitch and timbre are moved, melody and pace are as they were. " \
	  "What is said can still tell who speaks. Pictures and numbers are of the voice as it was.", \
	  "הקולות הוסוו: גובה הקול וגונו שונו, המנגינה והקצב נשארו כשהיו. הדברים שנאמרים עדיין " \
	  "עשויים להסגיר את הדובר. התרשימים והמספרים הם של הקול המקורי.") \
	X(MADE_ON, "Made on", "נוצר בתאריך") \
	X(CONTENTS, "Contents", "תוכן") \
	X(FILES, "To take along", "קבצים נוספים") \
	X(PRINT_HANDOUT, "Handout for participants, to print", "דף עבודה למשתתפים, להדפסה") \
	X(PLAYLIST, "Playlist of all excerpts (M3U8)", "רשימת השמעה של כל הקטעים (M3U8)") \
	X(TABLE, "Table (CSV)", "טבלה (CSV)") \
	X(BAD, "Closings that were not meant", "סיומים שלא נאמרו בלב שלם") \
	X(GOOD, "Good examples", "דוגמאות טובות") \
	X(OTHER, "More calls", "שיחות נוספות") \
	X(RECOVERY, "Strong recovery: a bad start, a good close", \
	  "התאוששות: התחלה קשה, סיום טוב") \
	X(WARM, "Warm closing", "סיום חם") \
	X(CONFIRMED, "confirmed by listening", "אושר בהאזנה") \
	X(UNCONFIRMED, "unconfirmed", "לא אושר") \
	X(UNCONFIRMED_WHY, "The model alone says so; nobody has listened yet.", \
	  "כך קבע המודל בלבד; איש עוד לא האזין.") \
	X(DIFFER, "listeners differ", "המאזינים חלוקים") \
	X(NO_TONE, "No tone was given to this call.", "לשיחה זו לא נקבע טון.") \
	X(EXCERPT, "Excerpt", "קטע") \
	X(EXCERPT_OF, "Excerpt of call", "קטע משיחה") \
	X(IN_CALL, "In the call", "בתוך השיחה") \
	X(CLOSING_AT, "Closing in the excerpt", "הסיום בתוך הקטע") \
	X(SILENCED, "Silenced (masked)", "הושתק (מוסתר)") \
	X(CALL_LENGTH, "Length of the call", "אורך השיחה") \
	X(VOICE, "The customer’s voice, with the own usual range shaded", \
	  "קול הלקוח; התחום הרגיל שלו מוצלל") \
	X(ALT, "Waveform, pitch (F0) and level of the customer’s voice over the excerpt.", \
	  "צורת הגל, גובה הקול (F0) והעוצמה של קול הלקוח לאורך הקטע.") \
	X(PITCH_CLOSING, "Pitch in the closing (median)", "גובה הקול בסיום (חציון)") \
	X(PITCH_USUAL, "usually", "בדרך כלל") \
	X(LEVEL_CLOSING, "Level in the closing (median)", "העוצמה בסיום (חציון)") \
	X(WHY, "Why it stands out", "מה בולט") \
	X(START, "What made the start hard", "מה הקשה בהתחלה") \
	X(HEARD, "What listeners heard", "מה שמעו המאזינים") \
	X(NOBODY, "Nobody has listened yet.", "איש עוד לא האזין.") \
	X(DISCUSSION, "For discussion", "לדיון") \
	X(QUESTION, "Question to the group", "שאלה לקבוצה") \
	X(NOTES, "Notes", "הערות") \
	X(TYPED, \
	  "What is typed here is printed with the page, but not saved: questions that shall stay " \
	  "come from --prompts when the pack is made.", \
	  "הטקסט שמוקלד כאן מודפס עם הדף אך אינו נשמר: שאלות קבועות נכנסות לחבילה בעת יצירתה, " \
	  "דרך \u2066--prompts\u2069.") \
	X(HANDOUT_LEAD, \
	  "For each excerpt: what did the customer’s last words say? Mark it while listening, then " \
	  "note what led there.", \
	  "לכל קטע: מה אמרו המילים האחרונות של הלקוח? לסמן תוך כדי האזנה, ואחר כך לרשום מה הוביל " \
	  "לכך.") \
	X(WHAT_LED, "What led there? What could have been said?", \
	  "מה הוביל לכך? מה היה אפשר לומר?") \
	X(NAME, "Name", "שם") \
	X(REVIEWER, "Listener", "האזנה")
/* clang-format on */

#endif
