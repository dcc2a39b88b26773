/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tap.h - the test runner's side of the Test Anything Protocol: one line a row, on after a failure.
 * Use: tap_row("name"); CHECK...; tap_end(); ...; return tap_done();
 * Threads: one. Memory: none.
 */
#ifndef UT_TESTS_TAP_H
#define UT_TESTS_TAP_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct {
	const char *row;
	unsigned n, n_failed, row_failed;
} tap;

__attribute__((unused)) static void tap_row(const char *name)
{
	tap.row = name;
	tap.row_failed = 0;
}

__attribute__((unused)) static void tap_end(void)
{
	tap.n++;
	tap.n_failed += tap.row_failed != 0;
	printf("%sok %u - %s\n", tap.row_failed ? "not " : "", tap.n, tap.row);
	fflush(stdout);
}

/* A row that cannot run here (data missing): counted, and loud about the reason. */
__attribute__((unused)) static void tap_skip(const char *name, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++tap.n, name, why);
	fflush(stdout);
}

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%u\n", tap.n);
	return tap.n_failed ? 1 : 0;
}

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			tap.row_failed++;                                                          \
			printf("# %s:%d: [%s] %s\n", __FILE__, __LINE__, tap.row, #cond);          \
		}                                                                                  \
	} while (0)

#define CHECK_EQ(got, want)                                                                        \
	do {                                                                                       \
		long long g_ = (long long)(got), w_ = (long long)(want);                           \
		if (g_ != w_) {                                                                    \
			tap.row_failed++;                                                          \
			printf("# %s:%d: [%s] %s: got %lld, want %lld\n", __FILE__, __LINE__,      \
			       tap.row, #got, g_, w_);                                             \
		}                                                                                  \
	} while (0)

#define CHECK_NEAR(got, want, tol)                                                                 \
	do {                                                                                       \
		double g_ = (got), w_ = (want), t_ = (tol);                                        \
		if (!(fabs(g_ - w_) <= t_)) {                                                      \
			tap.row_failed++;                                                          \
			printf("# %s:%d: [%s] %s: got %.9g, want %.9g +- %.3g\n", __FILE__,        \
			       __LINE__, tap.row, #got, g_, w_, t_);                               \
		}                                                                                  \
	} while (0)

#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		const char *g_ = (got), *w_ = (want);                                              \
		if (!g_ || strcmp(g_, w_) != 0) {                                                  \
			tap.row_failed++;                                                          \
			printf("# %s:%d: [%s] %s: got \"%s\", want \"%s\"\n", __FILE__, __LINE__,  \
			       tap.row, #got, g_ ? g_ : "(null)", w_);                             \
		}                                                                                  \
	} while (0)

#endif
