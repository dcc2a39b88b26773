/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapping.h - private to metadata/: what a site's config says of its own files: which named groups
 * of a file name, and which columns of a CDR, are which of our fields.
 * Memory: owned by the config. Threads: const once loaded.
 */
#ifndef UT_METADATA_MAPPING_H
#define UT_METADATA_MAPPING_H

#include "metadata/claims.h"

/* Sets a field from a site's own word for it, translated by values (an object of objects: field,
 * word, ours; may be NULL). Beside the text fields: customer_channel and agent_channel. UT_EMETA
 * where the word is not one that the field may have. */
enum ut_status ut_map_field(struct ut_claims *c, const char *field, const char *word,
			    const json_t *values, struct ut_error *err);
/* Is there such a field? */
bool ut_map_is_field(const char *field);
/* Checks a "values" object. */
enum ut_status ut_map_check_values(const json_t *values, const char *name, const char *where,
				   struct ut_error *err);

/* Checks a "utc_offset"; NULL is fine. */
enum ut_status ut_map_check_offset(const char *offset, const char *name, const char *where,
				   struct ut_error *err);

struct ut_name_patterns;
/* list: the config's "file_names"; NULL gives none. */
enum ut_status ut_name_patterns_read(const json_t *list, const char *name,
				     struct ut_name_patterns **ret, struct ut_error *err);
/* The first pattern that matches the file's name. UT_ENOENT where none does. */
enum ut_status ut_name_claims(const struct ut_name_patterns *p, const char *path,
			      struct ut_claims *ret, struct ut_error *err);
void ut_name_patterns_destroy(struct ut_name_patterns **pp);

struct ut_cdr;
/* list: the config's "cdr"; files are read now, relative to the folder of the config. */
enum ut_status ut_cdr_read(const json_t *list, const char *name, struct ut_cdr **ret,
			   struct ut_error *err);
/* The row of this call: by its call id, or by the recording's file name. UT_ENOENT where there is
 * none; UT_EMETA where rows of one call contradict each other. */
enum ut_status ut_cdr_claims(const struct ut_cdr *cdr, const char *path, const char *call_id,
			     struct ut_claims *ret, struct ut_error *err);
/*
 * The other file of this file's call by rows that go by file name: the row names it (other_side),
 * or is named by one, or exactly one other row has its call_id and another side. *side: 1 where
 * this file is channel 0, 2 where the other one is: the customer's is, where that is said; else the
 * one whose row names the other; else the first by name. False where there is none. other is lent.
 */
bool ut_cdr_pair(const struct ut_cdr *cdr, const char *base, const char **other, int *side);
void ut_cdr_destroy(struct ut_cdr **pc);

/* A whole file of at most max bytes. UT_ENOENT, UT_EIO, UT_EMETA (too large, not a file). */
enum ut_status ut_meta_read_file(const char *path, size_t max, char **ret, size_t *n,
				 struct ut_error *err);

#endif
