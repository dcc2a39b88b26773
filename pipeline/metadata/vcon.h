/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcon.h - a vCon as a document (draft-ietf-vcon-vcon-core-04): opened whichever form it came in,
 * the recording taken out of it, an analysis put in. What it says of who is who is claims.h's.
 *
 * Forms: unsigned; signed (JWS, JSON serialisation, 5.2): the payload is read and the signature is
 * not checked, since who may sign is a site's own decision; either may be compressed (gzip, 6.2).
 * An encrypted one (JWE) is refused.
 * Memory: a document owns what it lends. Threads: one per object.
 */
#ifndef UT_METADATA_VCON_H
#define UT_METADATA_VCON_H

#include "base/status.h"
#include "base/text.h"
#include "call/call.h"

enum { UT_VCON_MAX_BYTES = 256 << 20 }; /* as a file, and once more when it is unpacked */

struct ut_vcon;

/* Does this look like one, so that ut_vcon_open is worth a try? Reads the first bytes only. */
bool ut_vcon_maybe(const char *bytes, size_t n);
/* UT_ENOENT: JSON, but no vCon. UT_EFORMAT (no JSON), UT_EENCRYPTED, UT_EMETA (damaged, or it may
 * not be read without an extension that is not known), UT_ELIMIT, UT_ENOMEM. name: for messages. */
enum ut_status ut_vcon_open(const char *bytes, size_t n, const char *name, struct ut_vcon **ret,
			    struct ut_error *err);
void ut_vcon_destroy(struct ut_vcon **pv);
bool ut_vcon_signed(const struct ut_vcon *v);

struct ut_vcon_recording {
	const char *name; /* base name of its file name or URL; NULL where it has none. Lent */
	const char *url;  /* lent; NULL */
	char *audio;      /* malloc'ed; NULL where it is not in the vCon */
	size_t n;
	unsigned dialog; /* its index */
};
/* The recording itself: of several, the only one that is inside. UT_EMETA where there is none or
 * where it cannot be told which, or its body is damaged. */
enum ut_status ut_vcon_recording(const struct ut_vcon *v, struct ut_vcon_recording *ret,
				 struct ut_error *err);
/*
 * Where the vCon's only two recordings are the two sides of one call (one party each, not the same
 * one, and not one after the other): both, in the order of their dialogs. UT_ENOENT where they are
 * not; UT_EMETA, UT_ENOMEM. The caller frees each audio.
 */
enum ut_status ut_vcon_sides(const struct ut_vcon *v, struct ut_vcon_recording ret[2],
			     struct ut_error *err);
/* The vCon without the bodies of its dialogs, as the sidecar of the recording `dialog`, which is
 * given `filename`: so that a reader who looks for that file finds it. */
enum ut_status ut_vcon_sidecar(const struct ut_vcon *v, unsigned dialog, const char *filename,
			       struct ut_text *out, struct ut_error *err);
bool ut_vcon_has_transcript(const struct ut_vcon *v);

/* The dialog that `recording` (a path) is, as for its roles. UT_EMETA. */
enum ut_status ut_vcon_dialog(const struct ut_vcon *v, const char *recording, unsigned *dialog,
			      struct ut_error *err);
/*
 * UT_EREFUSED where it says that somebody else than an external customer is on `channel` of that
 * recording, or the customer on another, or that the call is internal: a tone may then not be put
 * into it. One that gives no roles contradicts nothing.
 */
enum ut_status ut_vcon_check_customer(const struct ut_vcon *v, const char *recording, int channel,
				      struct ut_error *err);

struct ut_vcon_addition {
	const char *vendor, *product, *schema; /* of the analysis (4.5) */
	unsigned dialog;
	const char *body; /* a JSON value */
	const char *now;  /* RFC 3339: updated_at; of an amended one created_at */
	const char *uuid; /* of an amended one */
};
/*
 * The same vCon, byte for byte but for: the analysis added (in the place of one of the same vendor
 * and dialog, where there is one), updated_at, and "CC" among the extensions where parameters of
 * the contact centre extension are in use and it is missing. Of a signed one a new version is made
 * (4.1.9): its own uuid and created_at, and "amended" naming the version that was signed.
 */
enum ut_status ut_vcon_add(const struct ut_vcon *v, const struct ut_vcon_addition *a,
			   struct ut_text *out, struct ut_error *err);

#endif
