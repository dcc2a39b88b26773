/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h - the analysis as workers do it: hash, ask, analyse, answer with wire bytes. */
#ifndef UT_RUN_JOB_H
#define UT_RUN_JOB_H

#include "run/analyse.h"

/* user: a struct ut_analyse_opts. */
extern const struct ut_worker_ops ut_analysis_ops;

/*
 * Appends what a configuration says of this one recording (profiles, file names, CDRs) to the text
 * its result's key is made of: a new CDR must not make yesterday's calls new, only those it speaks
 * of. UT_ENOMEM.
 */
enum ut_status ut_analysis_key(const struct ut_analyse_opts *o, const struct ut_item *it,
			       struct ut_text *out, struct ut_error *err);

#endif
