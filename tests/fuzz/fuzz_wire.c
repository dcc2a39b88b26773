/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_wire.c - any bytes as a worker's result. What is accepted must be a record that encodes to a
 * fixed point, can be stored and loaded again unchanged, is printed, and holds no tone of anybody
 * but a verified external customer. */
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "fuzz.h"
#include "report/report.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void through_store(const struct ut_call *c, const struct ut_text *want)
{
	static struct ut_store *s;
	struct ut_store_key k;
	struct ut_text got = { 0 };
	struct ut_purge p = { 0 };
	struct ut_purge_counts n;
	struct ut_error err = { 0 };
	struct ut_call d;

	if (!s)
		must(ut_store_open(NULL, UT_STORE_MEMORY, &s, NULL) == UT_OK);
	memset(k.options, 'a', 64);
	memset(k.model, 'b', 64);
	k.options[64] = k.model[64] = '\0';
	memcpy(k.content, c->media.hash, sizeof(k.content));
	if (!k.content[0] || !c->media.path || !c->media.path[0])
		return;
	/* the schema is a little stricter than the wire; then nothing is stored */
	if (ut_store_put_call(s, 0, &k, c, &p.call_id, &err) != UT_OK)
		return;
	ut_call_init(&d);
	must(ut_store_load_call(s, p.call_id, &d, &err) == UT_OK);
	must(ut_wire_encode(&d, &got, &err) == UT_OK);
	must(got.len == want->len && memcmp(got.s, want->s, got.len) == 0);
	must(ut_store_purge(s, &p, "fuzz", false, &n, &err) == UT_OK && n.calls == 1);
	ut_text_done(&got);
	ut_call_done(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ut_text a = { 0 }, b = { 0 };
	struct ut_call c;

	ut_call_init(&c);
	if (ut_wire_decode(data, n, &c, NULL) == UT_OK) {
		must(ut_wire_encode(&c, &a, NULL) == UT_OK);
		must(ut_wire_decode(a.s, a.len, &c, NULL) == UT_OK);
		must(ut_wire_encode(&c, &b, NULL) == UT_OK);
		must(a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
		if (c.closing.has_tone) {
			const struct ut_party *p = &c.party[c.closing.party];

			must(p->role == UT_ROLE_CUSTOMER && p->kind == UT_KIND_EXTERNAL &&
			     p->verified);
		}
		through_store(&c, &a);
		ut_text_clear(&b);
		ut_report_call_text(&c, true, &b);
		ut_report_call_json(&c, &b);
		must(!b.failed);
	}
	ut_text_done(&a);
	ut_text_done(&b);
	ut_call_done(&c);
	return 0;
}
