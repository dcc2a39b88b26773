/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sides.h - which recordings are one side of a call whose other side is a file of its own: by a
 * sidecar that names it ("other_side"), by a vCon of two recordings, by a CDR, by the names that a
 * profile gives. The sidecars and vCons of a folder are looked through once, when the first of its
 * files is asked for, so that the second side is known before the first was seen.
 * Memory: what a few folders say of pairs. Threads: one.
 */
#ifndef UT_RUN_SIDES_H
#define UT_RUN_SIDES_H

#include "metadata/metadata.h"

struct ut_sides;

/* cfg, profile (may be NULL): lent, as ut_meta_pair. UT_ENOMEM. */
enum ut_status ut_sides_create(const struct ut_meta_config *cfg, const char *profile,
			       struct ut_sides **ret, struct ut_error *err);
void ut_sides_destroy(struct ut_sides **ps);

/*
 * 0: it is whole, as far as anybody says. 1: the first side (channel 0), 2: the second, which goes
 * with the first. buf: the other side's path; of 2 also the vCon that joins both. Only where that
 * file is there. A folder or sidecar that cannot be read says nothing.
 */
int ut_sides_find(struct ut_sides *s, const char *path, char *buf, size_t cap);

#endif
