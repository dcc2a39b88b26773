/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_vcon.c - any bytes as a vCon: opened, its recording taken out, made a sidecar, amended. What
 * is written is a vCon again, with one analysis of ours, and nothing of the rest has changed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "metadata/claims.h"
#include "metadata/transcript.h"
#include "metadata/vcon.h"

static json_t *load(const struct ut_text *t)
{
	json_t *j = json_loadb(t->s, t->len, JSON_REJECT_DUPLICATES, NULL);

	if (!j)
		abort();
	return j;
}

static void check_amended(const struct ut_vcon *v, const struct ut_text *t)
{
	static const char *const may_change[] = { "analysis",   "extensions", "updated_at", "uuid",
						  "created_at", "amended",    "redacted",   NULL };
	json_t *j = load(t), *val;
	const char *key;
	unsigned n = 0;
	size_t i;

	json_object_foreach(ut_vcon_root(v), key, val)
	{
		bool may = false;

		for (const char *const *k = may_change; *k; k++)
			may |= strcmp(*k, key) == 0;
		if (!may && !json_equal(val, json_object_get(j, key)))
			abort();
	}
	json_array_foreach(json_object_get(j, "analysis"), i, val)
	{
		const char *s = json_string_value(json_object_get(val, "vendor"));

		n += s && strcmp(s, "V") == 0;
	}
	if (n < 1 ||
	    ut_vcon_signed(v) != (json_object_get(j, "amended") != NULL &&
				  !json_equal(json_object_get(j, "amended"),
					      json_object_get(ut_vcon_root(v), "amended"))))
		abort();
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	struct ut_vcon *v = NULL;
	struct ut_vcon_recording r = { 0 };
	struct ut_transcript tr = { 0 };
	struct ut_text t = { 0 };
	unsigned dialog = 0;

	if (ut_transcript_parse(s, n, "a.vcon", &tr, NULL) == UT_OK)
		ut_transcript_done(&tr);
	if (ut_vcon_open(s, n, "f", &v, NULL) != UT_OK)
		return 0;
	if (ut_vcon_recording(v, &r, NULL) == UT_OK && r.name && strchr(r.name, '/'))
		abort();
	free(r.audio);
	if (ut_vcon_dialog(v, "/x/a.wav", &dialog, NULL) == UT_OK) {
		struct ut_vcon_addition a = { .vendor = "V",
					      .product = "p",
					      .schema = "s",
					      .dialog = dialog,
					      .body = "{}",
					      .now = "2026-01-31T14:05:00Z",
					      .uuid = "new" };

		ut_vcon_check_customer(v, "/x/a.wav", 0, NULL);
		if (ut_vcon_sidecar(v, dialog, "a.wav", &t, NULL) == UT_OK)
			json_decref(load(&t));
		ut_text_clear(&t);
		if (ut_vcon_add(v, &a, &t, NULL) == UT_OK)
			check_amended(v, &t);
	}
	ut_vcon_has_transcript(v);
	ut_text_done(&t);
	ut_vcon_destroy(&v);
	return 0;
}
