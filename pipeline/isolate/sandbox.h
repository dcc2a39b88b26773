/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sandbox.h - closes the doors of this process for good: no opening of files, no sockets, no new
 * processes, no reaching for others. What is open already may be read, written and closed.
 * Memory: none kept. Threads: call while there is one.
 */
#ifndef UT_ISOLATE_SANDBOX_H
#define UT_ISOLATE_SANDBOX_H

#include "base/status.h"

/* UT_EUNSUPPORTED where the kernel refuses; the process then runs on with its doors open. */
enum ut_status ut_sandbox_enter(struct ut_error *err);

#endif
