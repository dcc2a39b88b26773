/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/shut.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "isolate/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool ut_shut_to_parent(pid_t parent)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	sigset_t none;

	/* Ctrl-C and a service manager's SIGTERM reach the whole group; the parent alone decides,
	 * and a worker goes when its parent goes. */
	for (size_t i = 0; i < UT_ARRAY_LEN(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == parent;
}

void ut_shut_descriptors(const int *keep, size_t n, bool keep_output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned from = 3;

	if (null >= 0) {
		dup2(null, 0);
		if (!keep_output)
			dup2(null, 1);
		if (!SANITIZED) /* whose last words are worth having */
			dup2(null, 2);
	}
	/* above all the database's: a worker must not even hold it */
	for (size_t i = 0; i < n; i++) {
		if ((unsigned)keep[i] > from)
			close_range(from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	close_range(from, ~0U, 0);
}

static void limit(int what, rlim_t v)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return;
	r.rlim_cur = r.rlim_max == RLIM_INFINITY ? v : UT_MIN(v, r.rlim_max);
	if (what != RLIMIT_CPU) /* that one moves with every job */
		r.rlim_max = r.rlim_cur;
	setrlimit(what, &r);
}

static size_t address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fscanf(f, "%lu", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

enum ut_status ut_shut_doors(size_t memory_bytes, struct ut_error *note)
{
	limit(RLIMIT_CORE, 0); /* a core would hold a customer's voice */
	if (!SANITIZED)
		prctl(PR_SET_DUMPABLE, 0);
	if (memory_bytes && !SANITIZED)
		limit(RLIMIT_AS, address_space() + memory_bytes);
	return ut_sandbox_enter(note);
}

void ut_shut_cpu(double s)
{
	limit(RLIMIT_CPU, (rlim_t)ceil(s));
}
