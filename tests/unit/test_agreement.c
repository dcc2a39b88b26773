/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_agreement.c - alpha against the published examples, and secrets. */
#include <stdlib.h>

#include "review/agreement.h"
#include "review/token.h"
#include "tap.h"

static struct ut_agreement of(const signed char *by_rater, size_t n_raters, size_t n_units,
			      unsigned boot)
{
	struct ut_agreement a = { 0 };
	signed char *m = calloc(n_units * n_raters, 1);

	for (size_t r = 0; m && r < n_raters; r++)
		for (size_t u = 0; u < n_units; u++)
			m[u * n_raters + r] = by_rater[r * n_units + u];
	CHECK_EQ(ut_agreement(m, n_units, n_raters, boot, &a, NULL), UT_OK);
	free(m);
	return a;
}

static void test_published(void)
{
	/* Krippendorff 2011: A, two observers and two values; B, two observers and many values; C,
	 * four observers, 12 units, missing values */
	static const signed char a[2 * 10] = { 0, 1, 0, 0, 0, 0, 0, 0, 1, 0,
					       1, 1, 1, 0, 0, 1, 0, 0, 0, 0 };
	static const signed char b[2 * 12] = { 0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0,
					       1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3 };
	static const signed char c[4 * 12] = {
		1,  2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1, /**/
		1,  2, 3, 3, 2, 2, 4, 1, 2, 5,  -1, 3,  /**/
		-1, 3, 3, 3, 2, 3, 4, 2, 2, 5,  1,  -1, /**/
		1,  2, 3, 3, 2, 4, 4, 1, 2, 5,  1,  -1,
	};
	struct ut_agreement g;

	tap_row("Krippendorff 2011, section A: 0.095");
	CHECK_NEAR(of(a, 2, 10, 0).alpha, 0.095, 0.0005);
	tap_end();
	tap_row("section B: 0.692");
	g = of(b, 2, 12, 0);
	CHECK_NEAR(g.alpha, 0.692, 0.0005);
	CHECK_NEAR(g.observed, 9.0 / 12, 1e-12);
	tap_end();
	tap_row("section C: 0.743, missing values and a unit of one value left out");
	g = of(c, 4, 12, 2000);
	CHECK_NEAR(g.alpha, 0.743, 0.0005);
	CHECK_EQ(g.n_units, 11);
	CHECK_EQ(g.n_values, 40);
	CHECK(g.has_interval && g.lo < g.alpha && g.alpha < g.hi && g.hi <= 1);
	CHECK(g.lo > 0.3);
	tap_end();
}

static void test_edges(void)
{
	static const signed char same[2 * 4] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	static const signed char never[2 * 4] = { 0, 1, 0, 1, 1, 0, 1, 0 };
	static const signed char alone[1 * 4] = { 0, 1, 2, 1 };
	static const signed char wild[2] = { 0, 99 };
	struct ut_agreement g, h;

	tap_row("nothing to agree on");
	CHECK(!of(same, 2, 4, 100).has_alpha);
	CHECK_NEAR(of(same, 2, 4, 100).observed, 1, 0);
	CHECK(!of(alone, 1, 4, 100).has_alpha);
	CHECK(!of(NULL, 0, 0, 100).has_alpha);
	CHECK_EQ(ut_agreement(wild, 1, 2, 0, &g, NULL), UT_EINVAL);
	tap_end();
	tap_row("worse than chance, and the same interval twice");
	g = of(never, 2, 4, 500);
	h = of(never, 2, 4, 500);
	CHECK(g.alpha < 0);
	CHECK(g.has_interval && g.lo == h.lo && g.hi == h.hi);
	tap_end();
}

static void test_tokens(void)
{
	char a[UT_TOKEN_CHARS + 1], b[UT_TOKEN_CHARS + 1], hash[65];

	tap_row("tokens");
	CHECK_EQ(ut_token_make(a, NULL), UT_OK);
	CHECK_EQ(ut_token_make(b, NULL), UT_OK);
	CHECK_EQ(strlen(a), UT_TOKEN_CHARS);
	CHECK_EQ(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
		 UT_TOKEN_CHARS);
	CHECK(strcmp(a, b) != 0);
	CHECK(ut_token_equal(a, a) && !ut_token_equal(a, b) && !ut_token_equal(a, "") &&
	      !ut_token_equal("", a));
	CHECK_EQ(ut_token_hash("abc", hash, NULL), UT_OK);
	CHECK_STR(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	tap_end();
}

int main(void)
{
	test_published();
	test_edges();
	test_tokens();
	return tap_done();
}
