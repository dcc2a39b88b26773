/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shut.h - what a child process does to itself before it touches a recording: no descriptors but
 * its own, limits, no core, closed doors. Call in this order, in the child, with one thread.
 */
#ifndef UT_ISOLATE_SHUT_H
#define UT_ISOLATE_SHUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"

/* Signals of a terminal or service manager are the parent's to decide on; goes when parent goes.
 * False: it is gone already. */
bool ut_shut_to_parent(pid_t parent);
/* Closes all but n descriptors (ascending, none below 3) and, unless kept, standard output. */
void ut_shut_descriptors(const int *keep, size_t n, bool keep_output);
/*
 * memory_bytes: address space beyond what is in use now; 0: no limit. No core dump, no ptrace, and
 * the sandbox. UT_EUNSUPPORTED where the kernel refuses the last; the limits hold all the same.
 */
enum ut_status ut_shut_doors(size_t memory_bytes, struct ut_error *note);
/* SIGXCPU once this process has used so many seconds in all. May be called again. */
void ut_shut_cpu(double s);

#endif
