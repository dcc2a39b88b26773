/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metadata.h - who is who: from the command line, a JSON sidecar, a channel profile (later: CDR,
 * file names, vCon). Never guessed. Order of authority: option, sidecar, profile; a contradiction
 * between them is a problem of the call and verifies nobody.
 * Memory: results go into the call record. Threads: a config is const once loaded.
 */
#ifndef UT_METADATA_METADATA_H
#define UT_METADATA_METADATA_H

#include "call/call.h"

/* Named channel profiles and defaults out of a config file (JSON; schemas/config.schema.json). */
struct ut_meta_config;
/* path NULL: the shipped profiles only. UT_EMETA names file, key and fault. */
enum ut_status ut_meta_config_load(const char *path, struct ut_meta_config **ret,
				   struct ut_error *err);
void ut_meta_config_destroy(struct ut_meta_config **pc);

struct ut_meta_opts {
	const char *customer; /* NULL, "left", "right", "all", or a channel number from 0 */
	const char *profile;  /* NULL, or a name in the config */
	const char *sidecar;  /* bytes of the sidecar; NULL where there is none */
	size_t sidecar_n;
	const char *sidecar_name; /* for messages */
};

/* Where a recording's sidecar would be: PATH with its extension replaced by .json, then PATH.json.
 * Writes the first that exists into buf; false where none does. Opens nothing. */
bool ut_meta_sidecar_path(const char *recording, char *buf, size_t cap);

/* Checks an option's value before any file is read: UT_EINVAL, UT_EMETA. */
enum ut_status ut_meta_check_opts(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
				  struct ut_error *err);

/*
 * Fills c->meta and c->party from everything known; needs c->media.n_ch. A sidecar that is damaged
 * or contradicts the option is a problem on the call ("sidecar_invalid", "role_conflict"), never a
 * tone. One party a channel where nothing says otherwise. UT_ENOMEM only.
 */
enum ut_status ut_meta_assign(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
			      struct ut_call *c, struct ut_error *err);

#endif
