/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h - calls for other programs: docs/EXPORTS.md is the contract of each format. They read
 * records that the store gave back; what the store refuses to hold, no export can show.
 * Memory: append to the caller's text (check .failed). Threads: no shared state.
 */
#ifndef UT_REPORT_EXPORT_H
#define UT_REPORT_EXPORT_H

#include "base/text.h"
#include "call/call.h"
#include "classifiers/phrases.h"
#include "store/store.h"

struct ut_export { /* what is known of one call; lent */
	const struct ut_call *call;
	const struct ut_stored *stored;
	const char *file;                  /* its name, without the folder */
	const struct ut_timed_word *words; /* of a transcript, by start; NULL where there is none */
	size_t n_words;
};

/* One row a call (RFC 4180: CRLF, quotes doubled), after ut_export_csv_head. A text that a
 * spreadsheet would run as a formula gets an apostrophe in front. */
void ut_export_csv_head(struct ut_text *out);
void ut_export_csv(const struct ut_export *e, struct ut_text *out);
/* One JSON object a line: schemas/score.schema.json. */
void ut_export_jsonl(const struct ut_export *e, struct ut_text *out);
/* Shaped like the output file of Amazon Connect Contact Lens (version 1.1.0), without Sentiment. */
void ut_export_contact_lens(const struct ut_export *e, struct ut_text *out);

/* A whole new vCon (draft-ietf-vcon-vcon-core-04) of a call that came without one. */
void ut_export_new_vcon(const struct ut_export *e, struct ut_text *out);
#define UT_EXPORT_VENDOR "Undertone"
#define UT_EXPORT_PRODUCT "undertone " UT_VERSION
#define UT_EXPORT_SCHEMA "undertone-score-1" /* schemas/score.schema.json */

/*
 * A UUID of version 8 (RFC 9562, 5.8) that is the same for the same call and seed: 48 bits of the
 * time of analysis in ms, and 74 of SHA-256 over the result's key and the seed. (The vCon draft
 * suggests a hash of the maker's domain name in the last 62 bits; a result must not depend on the
 * machine here.) buf holds 37 bytes.
 */
void ut_export_uuid(const struct ut_export *e, const char *seed, char buf[37]);

#endif
