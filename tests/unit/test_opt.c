/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/opt.h"
#include "tap.h"

struct opts {
	bool json;
	int64_t jobs;
	double prior;
	const char *customer, *db;
};

static const struct ut_opt table[] = {
	{ .name = "json", .type = UT_OPT_BOOL, .offset = offsetof(struct opts, json), .help = "JSON" },
	{ .name = "jobs", .letter = 'j', .type = UT_OPT_INT, .offset = offsetof(struct opts, jobs),
	  .min = 1, .max = 256, .value = "N", .help = "worker processes" },
	{ .name = "prior", .type = UT_OPT_REAL, .offset = offsetof(struct opts, prior), .min = 0,
	  .max = 1, .flags = UT_OPT_RESULT, .help = "prevalence" },
	{ .name = "customer", .type = UT_OPT_CHOICE, .offset = offsetof(struct opts, customer),
	  .choices = "left|right|all", .flags = UT_OPT_RESULT, .help = "the customer's channel" },
	{ .name = "db", .type = UT_OPT_STRING, .offset = offsetof(struct opts, db), .value = "FILE",
	  .help = "database" },
	{ 0 },
};

static void test_parse(void)
{
	static const struct row {
		const char *name;
		const char *argv[6];
		enum ut_status want;
		const char *json_or_message;
		int operands;
	} rows[] = {
		{ "nothing", { "x" }, UT_OK,
		  "{\"json\":false,\"jobs\":0,\"prior\":0,\"customer\":null,\"db\":null}", 0 },
		{ "mixed order", { "x", "a.wav", "--json", "-j", "4", "b.wav" }, UT_OK,
		  "{\"json\":true,\"jobs\":4,\"prior\":0,\"customer\":null,\"db\":null}", 2 },
		{ "equals, dashes", { "x", "--customer=left", "--db=-x", "--", "--json" }, UT_OK,
		  "{\"json\":false,\"jobs\":0,\"prior\":0,\"customer\":\"left\",\"db\":\"-x\"}", 1 },
		{ "misspelt", { "x", "--custmer", "left" }, UT_EINVAL,
		  "unknown option --custmer; did you mean --customer?", 0 },
		{ "not a choice", { "x", "--customer", "lef" }, UT_EINVAL,
		  "--customer: one of left|right|all, not 'lef'", 0 },
		{ "out of range", { "x", "--jobs", "0" }, UT_EINVAL,
		  "--jobs: a whole number from 1 to 256, not '0'", 0 },
		{ "not a number", { "x", "--prior", "nan" }, UT_EINVAL,
		  "--prior: a number from 0 to 1, not 'nan'", 0 },
		{ "no value", { "x", "--db" }, UT_EINVAL, "--db needs a value: FILE", 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct opts o = { 0 };
		struct ut_error err = { 0 };
		struct ut_text t = { 0 };
		char *argv[7] = { 0 };
		int argc = 0, n = 0;

		tap_row(r->name);
		while (argc < 6 && r->argv[argc]) {
			argv[argc] = (char *)(uintptr_t)r->argv[argc];
			argc++;
		}
		CHECK_EQ(ut_opt_parse(table, &o, argc, argv, &n, &err), r->want);
		if (r->want == UT_OK) {
			ut_opt_json(table, &o, 0, &t);
			CHECK_STR(t.s, r->json_or_message);
			CHECK_EQ(n, r->operands);
		} else {
			CHECK_STR(err.msg, r->json_or_message);
		}
		ut_text_done(&t);
		tap_end();
	}
}

int main(void)
{
	test_parse();
	return tap_done();
}
