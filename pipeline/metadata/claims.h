/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims.h - private to metadata/: what one source says of a call, before the sources are weighed
 * against one another. A new kind of source is one file that fills these, and one row in assign.c.
 * Memory: strings are owned; done frees. Threads: no shared state.
 */
#ifndef UT_METADATA_CLAIMS_H
#define UT_METADATA_CLAIMS_H

#include <jansson.h>

#include "metadata/metadata.h"

/* X(member of struct ut_meta): the text fields that a source may give. */
#define UT_CLAIM_FIELDS(X)                                                                         \
	X(call_id)                                                                                 \
	X(start_time)                                                                              \
	X(direction)                                                                               \
	X(queue)                                                                                   \
	X(team) X(agent_id) X(customer_key) X(case_id) X(language) X(purpose) X(notice) X(profile)

enum ut_claim_field {
#define X(name) UT_CLAIM_##name,
	UT_CLAIM_FIELDS(X)
#undef X
	    UT_N_CLAIM_FIELDS
};
extern const char *const ut_claim_field_name[UT_N_CLAIM_FIELDS];

enum { UT_CHANNEL_ALL = -2, UT_CHANNEL_NONE = -1 };

struct ut_claim_party {
	int channel;       /* from 0; UT_CHANNEL_ALL */
	bool side;         /* said as "left" or "right": means nothing in a mono recording */
	bool own;          /* said of the one channel of the source's own file */
	enum ut_role role; /* UT_ROLE_UNKNOWN: not said */
	enum ut_kind kind; /* UT_KIND_UNKNOWN: not said */
	bool kind_implied; /* a customer is external unless somebody says otherwise */
	char *id;
};

struct ut_claims {
	char source[128]; /* "option --customer left", "sidecar call.json" */
	char *field[UT_N_CLAIM_FIELDS];
	struct ut_claim_party party[UT_MAX_PARTIES];
	unsigned n_parties;
	enum ut_role first; /* who speaks first; UT_ROLE_UNKNOWN: not said */
	char *other_side;   /* the file that holds the other side; NULL */
	bool internal;      /* both sides are employees */
	bool transferred;   /* more than one agent took part */
	struct ut_span_list known;
};

void ut_claims_done(struct ut_claims *c);
/* UT_EMETA where there are too many. */
enum ut_status ut_claims_add(struct ut_claims *c, const struct ut_claim_party *p,
			     struct ut_error *err);

/* The known spans by their start, once all are read. */
void ut_claims_sort_known(struct ut_claims *c);

/* "left", "right", "all" or a number; false where it is none of them. */
bool ut_channel_parse(const char *s, struct ut_claim_party *p);
/* UT_N_ROLES, UT_N_KINDS where the word is unknown. */
enum ut_role ut_role_parse(const char *s);
enum ut_kind ut_kind_parse(const char *s);

/* "first_speaker" of an object: "customer", "agent" or absent. UT_EMETA. */
enum ut_status ut_first_speaker_read(const json_t *obj, const char *name, const char *where,
				     enum ut_role *ret, struct ut_error *err);

/* A sidecar of ours, or a vCon. recording: its path, to find its dialog in a vCon; may be NULL.
 * UT_EMETA names the key and the fault. */
enum ut_status ut_sidecar_parse(const char *bytes, size_t n, const char *name,
				const char *recording, struct ut_claims *ret, struct ut_error *err);
/* Signed, encrypted or plain. */
bool ut_vcon_is(const json_t *root);
enum ut_status ut_vcon_claims(const char *bytes, size_t n, const char *name, const char *recording,
			      struct ut_claims *c, struct ut_error *err);
struct ut_vcon;
json_t *ut_vcon_root(const struct ut_vcon *v); /* lent */
/* UT_EMETA where it may not be read without an extension that is not known. */
enum ut_status ut_vcon_check_critical(const json_t *root, const char *name, struct ut_error *err);
/* Base64url without padding (RFC 7515, 2), tolerant of padding and of plain base64; malloc'ed, with
 * a NUL behind it. NULL where it is none, or without memory. */
char *ut_base64_decode(const char *s, size_t len, size_t *n);

/* RFC 3339 to seconds since 1970; NAN where it is none. */
double ut_time_parse(const char *s);

/* A profile's claims for a direction ("inbound", "outbound" or NULL). UT_ENOENT where there is no
 * such profile, UT_EMETA where it needs a direction that is not known. */
enum ut_status ut_profile_claims(const struct ut_meta_config *cfg, const char *name,
				 const char *direction, struct ut_claims *ret,
				 struct ut_error *err);
/* The profile that the config chooses for a recording without one; NULL. Lent. */
const char *ut_config_profile_for(const struct ut_meta_config *cfg, const char *path);
/* What the file's name, and the CDR, say by the config's mappings. UT_ENOENT where nothing. */
enum ut_status ut_config_name_claims(const struct ut_meta_config *cfg, const char *path,
				     struct ut_claims *ret, struct ut_error *err);
enum ut_status ut_config_cdr_claims(const struct ut_meta_config *cfg, const char *path,
				    const char *call_id, struct ut_claims *ret,
				    struct ut_error *err);
bool ut_config_requires_notice(const struct ut_meta_config *cfg);

/* JSON with the errors that a person can act on: name, line, key. */
enum ut_status ut_json_load(const char *bytes, size_t n, const char *name, json_t **ret,
			    struct ut_error *err);
/* UT_EMETA on a key of obj that is not in keys (NULL at the end) and does not start with "x-"; with
 * the nearest known one. where: "" or "parties[1]." */
enum ut_status ut_json_check_keys(const json_t *obj, const char *const *keys, const char *name,
				  const char *where, struct ut_error *err);
/* The text under key, NULL where it is absent or null. UT_EMETA where it is not text. */
enum ut_status ut_json_text(const json_t *obj, const char *key, const char *name, const char *where,
			    const char **ret, struct ut_error *err);

#endif
