/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/permit.h"

#include "tap.h"

int main(void)
{
	static const struct row {
		const char *name, *list;
		bool require;
		const char *key, *purpose, *notice;
		enum ut_status want;
	} rows[] = {
		{ "no list", NULL, false, "c1", NULL, NULL, UT_OK },
		{ "not on it", "c2\nc3\n", false, "c1", NULL, NULL, UT_OK },
		{ "on it", "# said no\n\n c3 \r\nc1\nc2", false, "c1", NULL, NULL, UT_EREFUSED },
		{ "spaces and line ends of other systems", "\tc1\t\r\n", false, "c1", NULL, NULL,
		  UT_EREFUSED },
		{ "a part of a key is another key", "c11\nc", false, "c1", NULL, NULL, UT_OK },
		{ "a comment is no key", "#c1", false, "#c1", NULL, NULL, UT_OK },
		{ "unknown customer", "c1", false, NULL, NULL, NULL, UT_OK },
		{ "notice and purpose", NULL, true, NULL, "training", "announced", UT_OK },
		{ "no notice", NULL, true, NULL, "training", NULL, UT_EREFUSED },
		{ "empty purpose", NULL, true, NULL, "", "announced", UT_EREFUSED },
		{ "an objection weighs more than a notice", "c1", true, "c1", "training",
		  "announced", UT_EREFUSED },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta m = { .customer_key = (char *)(uintptr_t)r->key,
				     .purpose = (char *)(uintptr_t)r->purpose,
				     .notice = (char *)(uintptr_t)r->notice };
		UT_AUTO(ut_permit_destroy) struct ut_permit *p = NULL;
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_permit_create(r->list, r->require, &p, NULL), UT_OK);
		CHECK_EQ(ut_permit_check(p, &m, &err), r->want);
		/* the log must not hold what the list holds */
		CHECK(!r->key || !strstr(err.msg, r->key));
		tap_end();
	}
	tap_row("nothing is asked for");
	CHECK_EQ(ut_permit_check(NULL, &(struct ut_meta){ 0 }, NULL), UT_OK);
	tap_end();
	return tap_done();
}
