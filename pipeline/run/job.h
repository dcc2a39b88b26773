/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h - the analysis as workers do it: hash, ask, analyse, answer with wire bytes. */
#ifndef UT_RUN_JOB_H
#define UT_RUN_JOB_H

#include "run/worker.h"

/* user: a struct ut_analyse_opts. */
extern const struct ut_worker_ops ut_analysis_ops;

#endif
