/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - many recordings into one database: scan, dispatch to workers, and the single writer.
 * Whatever happens to a worker, a recording or this process, the database holds whole results only,
 * and the same command again does what is left.
 * Memory: what is in hand, and the names of what must be tried again. Threads: one.
 */
#ifndef UT_RUN_BATCH_H
#define UT_RUN_BATCH_H

#include "base/log.h"
#include "run/item.h"
#include "run/scan.h"
#include "run/shard.h"
#include "isolate/worker.h"

struct ut_batch_opts { /* all lent */
	const char *db;
	const char *const *paths;
	size_t n_paths;
	struct ut_scan_opts scan;
	const struct ut_worker_ops *ops; /* ut_analysis_ops; tests inject faults */
	void *ops_user;
	struct ut_worker_limits limits;
	unsigned jobs;
	double settle_s;   /* a file touched less long ago may still be being written */
	bool retry_failed; /* also what was set aside after failing before */
	struct ut_shard shard;
	const char *command;        /* for the record of the run */
	const char *options_json;   /* likewise */
	const char *result_options; /* text of everything that changes results, sidecars aside */
	/* appends what else changes the result of one recording; may be NULL */
	enum ut_status (*key)(void *user, const struct ut_item *it, struct ut_text *out,
			      struct ut_error *err);
	void *key_user;
	/* as ut_sides_find; may be NULL */
	int (*pair)(void *user, const char *path, char *buf, size_t cap);
	void *pair_user;
	const char *version, *model_hash;
	const struct ut_log *log;
	bool progress; /* a line on stderr that is rewritten */
};

struct ut_batch_counts {
	int64_t seen;       /* recordings found */
	int64_t done;       /* analysed and stored now */
	int64_t known;      /* stored by an earlier run */
	int64_t failed;     /* now */
	int64_t set_aside;  /* failed before with the same content and options */
	int64_t refused;    /* objections, no notice: left alone on purpose */
	int64_t unsettled;  /* still being written */
	int64_t elsewhere;  /* another shard's */
	int64_t unreadable; /* folders, and names that lead nowhere */
	double audio_s, cpu_s, wall_s;
};

struct ut_batch_result {
	struct ut_batch_counts n;
	int signal; /* what stopped it; 0 = nothing */
};

/* UT_OK also where recordings failed (n says so). Anything else: it could not go on; what is done
 * is stored. */
enum ut_status ut_batch_run(const struct ut_batch_opts *o, struct ut_batch_result *ret,
			    struct ut_error *err);

/* One line: "2000 recordings: 1990 analysed (123.4 h, 812 x real time), 8 known, 2 failed". */
void ut_batch_summary(const struct ut_batch_opts *o, const struct ut_batch_result *r,
		      struct ut_text *out);

#endif
