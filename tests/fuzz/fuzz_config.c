/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_config.c - any bytes as a config with what it leads to: the config, the CDR file that it
 * names
 * (/proc/self/fd/199), and a recording's path for its profiles, folders, pairs and file names;
 * parted by NUL. Whatever they say, a call gets a customer only if that party is external and
 * verified.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "metadata/metadata.h"

enum { CDR_FD = 199 };

static void cdr_file(const char *s, size_t n)
{
	int fd = memfd_create("cdr", 0);

	if (fd < 0 || write(fd, s, n) != (ssize_t)n || dup2(fd, CDR_FD) < 0)
		abort();
	close(fd);
}

static void assign(const struct ut_meta_config *cfg, const char *path, const char *profile,
		   unsigned n_ch)
{
	static const char sidecar[] = "{\"schema\": 1, \"call_id\": \"c-1\"}";
	struct ut_meta_opts o = { .profile = profile, .recording = path, .sidecar_name = "s" };
	struct ut_call c;
	int who;

	if (n_ch == 2) {
		o.sidecar = sidecar;
		o.sidecar_n = sizeof(sidecar) - 1;
	}
	ut_call_init(&c);
	c.media.n_ch = n_ch;
	if (ut_call_set(&c.media.path, path) != UT_OK)
		abort();
	if (ut_meta_check_opts(cfg, &o, NULL) == UT_OK &&
	    ut_meta_assign(cfg, &o, &c, NULL) == UT_OK) {
		who = ut_call_customer(&c, NULL);
		if (c.n_parties < 1 || c.n_parties > n_ch)
			abort();
		if (who >= 0 && (c.party[who].role != UT_ROLE_CUSTOMER || !c.party[who].verified ||
				 c.party[who].kind != UT_KIND_EXTERNAL ||
				 ut_call_has_problem(&c, "role_conflict")))
			abort();
	}
	ut_call_done(&c);
}

static void use(const struct ut_meta_config *cfg, const char *path)
{
	struct ut_meta_profile_info p;
	char other[300], back[300];

	for (unsigned n_ch = 1; n_ch <= 3; n_ch++)
		assign(cfg, path, NULL, n_ch);
	for (size_t i = 0; ut_meta_profile(cfg, i, &p); i++) {
		int side = ut_meta_pair(cfg, p.name, path, other, sizeof(other));

		if (!p.name || !p.layout)
			abort();
		/* the two sides of a call find each other, unless a name fits several pairs */
		if (side && (side > 2 || strlen(other) >= sizeof(other)))
			abort();
		if (side)
			ut_meta_pair(cfg, p.name, other, back, sizeof(back));
		assign(cfg, path, p.name, 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *end = s + n, *cdr = memchr(s, 0, n), *path = NULL;
	struct ut_meta_config *cfg = NULL;
	struct ut_error err = { 0 };
	char name[256] = "/rec/2026/in-c-1-r.wav";

	if (n == 0)
		return 0;
	cdr = cdr ? cdr + 1 : end;
	path = memchr(cdr, 0, (size_t)(end - cdr));
	cdr_file(cdr, (size_t)((path ? path : end) - cdr));
	if (path && ++path < end) {
		size_t k = strnlen(path, (size_t)(end - path));

		k = k < sizeof(name) - 1 ? k : sizeof(name) - 1;
		memcpy(name, path, k);
		name[k] = '\0';
	}
	if (ut_meta_config_parse(s, strnlen(s, n), "f", &cfg, &err) == UT_OK)
		use(cfg, name);
	else if (cfg || !err.msg[0])
		abort();
	ut_meta_config_destroy(&cfg);
	return 0;
}
