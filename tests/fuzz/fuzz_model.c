/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_model.c - any bytes as a tone model. One that is read must score to a probability and must
 * be written and read again as itself. The checksum is mended first, so that the parser is reached.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "classifiers/tone.h"
#include "fuzz.h"

static void use(const struct ut_tone_model *m)
{
	const struct ut_tone_params *p = ut_tone_model_params(m);
	struct ut_tone t = { .n_features = UT_TONE_N_FEATURES,
			     .feature_valid = { ~UINT64_C(0), ~UINT64_C(0) } };
	struct ut_tone_model *again = NULL;
	struct ut_text text = { 0 };

	for (unsigned i = 0; i < UT_TONE_N_FEATURES; i++)
		t.feature[i] = (float)(i % 7) - 2;
	ut_tone_score(m, NULL, &t);
	for (unsigned k = 0; k < UT_N_TONES; k++)
		if (!(t.score[k] >= 0 && t.score[k] <= 1))
			abort();
	if (fabsf(t.score[0] + t.score[1] + t.score[2] - 1) > 1e-4f)
		abort();
	if (ut_tone_model_write(p, &text, NULL) != UT_OK ||
	    ut_tone_model_parse(text.s, text.len, &again, NULL) != UT_OK)
		abort();
	ut_tone_model_destroy(&again);
	ut_text_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ut_tone_model *m = NULL;
	char *mended, hex[65];
	size_t body = n;

	if (ut_tone_model_parse((const char *)data, n, &m, NULL) == UT_OK)
		use(m);
	ut_tone_model_destroy(&m);
	for (size_t i = 0; i + 7 <= n; i++)
		if (memcmp(data + i, "sha256 ", 7) == 0)
			body = i;
	mended = malloc(body + 80);
	if (!mended || ut_sha256_hex(data, body, hex, NULL) != UT_OK)
		abort();
	memcpy(mended, data, body);
	memcpy(mended + body, "sha256 ", 7);
	memcpy(mended + body + 7, hex, 64);
	mended[body + 71] = '\n';
	if (ut_tone_model_parse(mended, body + 72, &m, NULL) == UT_OK)
		use(m);
	ut_tone_model_destroy(&m);
	free(mended);
	return 0;
}
