/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metadata.h - who is who: from the command line, a sidecar (our JSON, or a vCon), the file's name,
 * a CDR, a channel profile. Never guessed. Order of authority: as listed; a contradiction between
 * them is a problem of the call and verifies nobody. Where one source says that the call is
 * internal, it is: the safe side wins without a quarrel over what others only imply.
 *
 * The customer's channel: "left" and "right" are sides of a recording of two channels; a number
 * from 0 is a channel of any recording; "all" says that the recording holds the customer alone, on
 * every channel: one party, measured on channel 0. A mono recording has no sides: "left" verifies
 * nobody there, for a batch of stereo calls may hold a mono mix with the agent's voice in it; "all"
 * or 0 declare it the customer alone, which the call notes (mono_declared_customer).
 *
 * Memory: results go into the call record. Threads: a config is const once loaded.
 */
#ifndef UT_METADATA_METADATA_H
#define UT_METADATA_METADATA_H

#include "call/call.h"

enum { UT_META_MAX_BYTES = 4 << 20 }; /* of a sidecar or config */

/* Named channel profiles and defaults out of a config file (JSON; schemas/config.schema.json). */
struct ut_meta_config;
/* path NULL: the shipped profiles only. UT_EMETA names file, key and fault; UT_ENOENT, UT_EIO. */
enum ut_status ut_meta_config_load(const char *path, struct ut_meta_config **ret,
				   struct ut_error *err);
/* The same from memory; name is for messages. */
enum ut_status ut_meta_config_parse(const char *bytes, size_t n, const char *name,
				    struct ut_meta_config **ret, struct ut_error *err);
void ut_meta_config_destroy(struct ut_meta_config **pc);

struct ut_meta_profile_info { /* lent by the config */
	const char *name, *description;
	const char *layout; /* "left customer, right agent", or one a direction */
};
/* Profile i in the order of the file; false past the last. For --help and documentation. */
bool ut_meta_profile(const struct ut_meta_config *cfg, size_t i, struct ut_meta_profile_info *ret);

struct ut_meta_opts {
	const char *customer; /* NULL, "left", "right", "all", or a channel number from 0 */
	const char *profile;  /* NULL, or a name in the config */
	const char *sidecar;  /* bytes of the sidecar; NULL where there is none */
	size_t sidecar_n;
	const char *sidecar_name; /* for messages */
	const char *recording;    /* its path, for ut_meta_known_spans; may be NULL */
	/* of the file of the other side, where there is one (channel 1); NULL where not */
	const char *sidecar2, *sidecar2_name, *recording2;
	size_t sidecar2_n;
	double lead_s; /* by how much it began later; shifts known spans */
};

/* Where a recording's sidecar would be: PATH with its extension replaced by .json, then PATH.json,
 * then PATH with .vcon.json or .vcon for its extension. Writes the first that exists into buf;
 * false where none does. Opens nothing. */
bool ut_meta_sidecar_path(const char *recording, char *buf, size_t cap);

/*
 * By how much the file of the other side began later than the first, by the start_time that each
 * one's own sidecar, name or CDR row gives; NAN where one of them has none, or where they lie more
 * than an hour apart, which is no one call.
 */
double ut_meta_lead_s(const struct ut_meta_config *cfg, const struct ut_meta_opts *o);

/*
 * Is fd the recording that a vCon means by its dialog's content_hash (vcon-core-04, 2.2: "sha512-"
 * and base64url; one or a list)? UT_ECHANGED where it is not, with the reason; UT_OK where it is
 * (*checked), where none is given, and where the sidecar is no vCon. Hashes of other kinds than
 * SHA-2 are not checked. UT_EIO, UT_ENOMEM.
 */
enum ut_status ut_meta_check_content(const char *bytes, size_t n, const char *recording, int fd,
				     bool *checked, struct ut_error *err);

struct ut_meta_side {
	char other[256];   /* the file's name that a sidecar gives as the other side; "" */
	enum ut_role role; /* whose voice its own file holds; UT_ROLE_UNKNOWN */
};
/* What a sidecar says of being one side of a call. UT_EMETA, UT_ENOMEM. */
enum ut_status ut_meta_side(const char *bytes, size_t n, const char *recording,
			    struct ut_meta_side *ret);

/*
 * Is this file one side of a call whose sides are two files, by a CDR, or by the names that the
 * profile (NULL: the config's for this path) gives them? 0: no; 1: the first side (channel 0), 2:
 * the second. Writes where the other one would be into buf; opens nothing.
 */
int ut_meta_pair(const struct ut_meta_config *cfg, const char *profile, const char *path, char *buf,
		 size_t cap);

/* Checks an option's value before any file is read: UT_EINVAL, UT_EMETA. */
enum ut_status ut_meta_check_opts(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
				  struct ut_error *err);

/*
 * Fills c->meta and c->party from everything known; needs c->media.n_ch (and dual_mono: such a
 * recording is treated as mono) and, for profiles chosen by folder, c->media.path. A sidecar that
 * is damaged or contradicts the option is a problem on the call ("sidecar_invalid",
 * "role_conflict"), never a tone. One party a channel where nothing says otherwise. UT_ENOMEM only.
 */
enum ut_status ut_meta_assign(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
			      struct ut_call *c, struct ut_error *err);

/* Spans that the sidecar names, in frames: UT_SPAN_MASKED (payment data: to be left out of every
 * measure) and UT_SPAN_MUSIC (holds). Sorted, appended to ret. UT_ENOMEM; a damaged sidecar gives
 * none, ut_meta_assign tells of it. */
enum ut_status ut_meta_known_spans(const struct ut_meta_opts *o, struct ut_span_list *ret,
				   struct ut_error *err);

#endif
