/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/item.h"

#include <stdlib.h>

#include "tap.h"

/* Bytes may hold anything, so they are given with their length. */
static void test_round_trip(void)
{
	static const struct row {
		const char *name;
		bool ask;
		const char *sidecar_name, *sidecar;
		size_t sidecar_n;
		const char *transcript_name, *transcript;
		size_t transcript_n;
	} rows[] = {
		{ "nothing beside it", true, NULL, NULL, 0, NULL, NULL, 0 },
		{ "a sidecar", false, "a.json", "{}", 2, NULL, NULL, 0 },
		{ "an empty sidecar is one all the same", true, "a.json", "", 0, NULL, NULL, 0 },
		{ "a transcript", true, NULL, NULL, 0, "a.vtt", "WEBVTT", 6 },
		{ "both, with NUL bytes", true, "a.json", "{\0}", 3, "a.vtt", "\0\0x", 3 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_item it = {
			.fd = -1,
			.sidecar = { (char *)(uintptr_t)r->sidecar_name,
				     (char *)(uintptr_t)r->sidecar, r->sidecar_n },
			.transcript = { (char *)(uintptr_t)r->transcript_name,
					(char *)(uintptr_t)r->transcript, r->transcript_n },
		};
		struct ut_text t = { 0 };
		struct ut_recording rec;
		bool ask = !r->ask;

		tap_row(r->name);
		ut_request_encode(&it, r->ask, &t);
		CHECK_EQ(
		    ut_request_decode(&(struct ut_job){ 7, -1, "n", t.s, t.len }, &rec, &ask, NULL),
		    UT_OK);
		CHECK_EQ(ask, r->ask);
		CHECK_EQ(rec.fd, 7);
		CHECK((rec.sidecar_name != NULL) == (r->sidecar_name != NULL));
		CHECK((rec.transcript_name != NULL) == (r->transcript_name != NULL));
		if (r->sidecar_name) {
			CHECK_STR(rec.sidecar_name, r->sidecar_name);
			CHECK_EQ(rec.sidecar_n, r->sidecar_n);
			CHECK(memcmp(rec.sidecar, r->sidecar, r->sidecar_n) == 0);
		}
		if (r->transcript_name) {
			CHECK_STR(rec.transcript_name, r->transcript_name);
			CHECK_EQ(rec.transcript_n, r->transcript_n);
			CHECK(memcmp(rec.transcript, r->transcript, r->transcript_n) == 0);
		}
		ut_text_done(&t);
		tap_end();
	}
}

static void test_refused(void)
{
	static const struct row {
		const char *name, *bytes;
		size_t n;
	} rows[] = {
		{ "empty", "", 0 },
		{ "no end of the head", "a0", 2 },
		{ "no sidecar's name", "a0\0", 3 },
		{ "the sidecar is shorter than said", "a9\0x\0abc", 8 },
		{ "no transcript's name", "a3\0x\0abc", 8 },
		{ "an absurd length", "a99999999999999999999\0x\0abc\0", 28 },
		{ "an empty head", "\0\0\0", 3 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		char *copy =
		    malloc(r->n + 1); /* the end of the heap block is the end of the bytes */
		struct ut_recording rec;
		bool ask;

		tap_row(r->name);
		if (copy) {
			memcpy(copy, r->bytes, r->n);
			copy[r->n] = '\0';
			CHECK_EQ(ut_request_decode(&(struct ut_job){ 7, -1, "n", copy, r->n }, &rec,
						   &ask, NULL),
				 UT_EINVAL);
		}
		free(copy);
		tap_end();
	}
}

/* What lies beside a recording is part of its result's key, and the parts cannot be confused. */
static void test_key(void)
{
	struct ut_item a = { .sidecar = { (char *)(uintptr_t) "s", (char *)(uintptr_t) "12", 2 } };
	struct ut_item b = { .transcript = { (char *)(uintptr_t) "s", (char *)(uintptr_t) "12",
					     2 } };
	struct ut_text ta = { 0 }, tb = { 0 };

	tap_row("a sidecar is not a transcript");
	ut_item_key(&a, &ta);
	ut_item_key(&b, &tb);
	CHECK(ta.len != tb.len || memcmp(ta.s, tb.s, ta.len) != 0);
	ut_text_done(&ta);
	ut_text_done(&tb);
	tap_end();
}

int main(void)
{
	test_round_trip();
	test_refused();
	test_key();
	return tap_done();
}
