/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_meta.c - any bytes as a sidecar. Whatever they say, a call gets a customer
 * only if exactly one party is customer, external and verified. */
#include <stdlib.h>

#include "fuzz.h"
#include "metadata/metadata.h"

static void as_sidecar(const char *s, size_t n, unsigned n_ch, const char *customer)
{
	static struct ut_meta_config *cfg;
	struct ut_meta_opts o = {
		.customer = customer, .sidecar = s, .sidecar_n = n, .sidecar_name = "f"
	};
	struct ut_span_list spans = { 0 };
	struct ut_call c;
	int who;

	if (!cfg && ut_meta_config_load(NULL, &cfg, NULL) != UT_OK)
		abort();
	ut_call_init(&c);
	c.media.n_ch = n_ch;
	if (ut_meta_assign(cfg, &o, &c, NULL) == UT_OK) {
		who = ut_call_customer(&c, NULL);
		if (c.n_parties < 1 || c.n_parties > n_ch)
			abort();
		if (who >= 0 && (c.party[who].role != UT_ROLE_CUSTOMER || !c.party[who].verified ||
				 c.party[who].kind != UT_KIND_EXTERNAL ||
				 ut_call_has_problem(&c, "sidecar_invalid") ||
				 ut_call_has_problem(&c, "role_conflict")))
			abort();
	}
	if (ut_meta_known_spans(&o, &spans, NULL) == UT_OK)
		for (size_t i = 0; i < spans.n; i++)
			if (spans.v[i].start < 0 || spans.v[i].end <= spans.v[i].start ||
			    (i && spans.v[i].start < spans.v[i - 1].start))
				abort();
	ut_span_list_done(&spans);
	ut_call_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;

	as_sidecar(s, n, 2, NULL);
	as_sidecar(s, n, 2, "left");
	as_sidecar(s, n, 1, "all");
	return 0;
}
