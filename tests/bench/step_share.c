/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_share.c - what each step of an analysis costs: CPU seconds an hour of audio, and its share.
 * usage: step_share FILE... (customer: left). In one process, without the sandbox or the store.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "call/wire.h"
#include "run/steps.h"

int main(int argc, char **argv)
{
	struct ut_meta_config *meta = NULL;
	struct ut_tone_model *model = NULL;
	struct ut_analyser *a = NULL;
	struct ut_error err = { 0 };
	struct ut_call c;
	struct ut_text wire = { 0 };
	size_t model_n;
	const char *shipped = ut_tone_default_model(&model_n);
	double audio_s = 0, hash_s = 0, wire_s = 0, total = 0;

	ut_decode_global_init();
	if (ut_meta_config_load(NULL, &meta, &err) != UT_OK ||
	    ut_tone_model_parse(shipped, model_n, &model, &err) != UT_OK ||
	    ut_analyser_create(
		&(struct ut_analyse_opts){ .meta = meta, .customer = "left", .tone = model }, &a,
		&err) != UT_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return 3;
	}
	ut_call_init(&c);
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
		double t = ut_cpu_s();
		char hex[65];

		if (fd < 0 || ut_sha256_fd(fd, hex, NULL, &err) != UT_OK) {
			perror(argv[i]);
			return 3;
		}
		hash_s += ut_cpu_s() - t;
		ut_call_reset(&c);
		if (ut_analyse(a, &(struct ut_recording){ .fd = fd, .name = argv[i] }, NULL, &c,
			       &err) != UT_OK) {
			fprintf(stderr, "%s: %s\n", argv[i], err.msg);
		} else {
			audio_s += c.measures.duration_s;
			t = ut_cpu_s();
			ut_text_clear(&wire);
			memcpy(c.media.hash, hex, sizeof(hex));
			if (ut_wire_encode(&c, &wire, &err) != UT_OK)
				fprintf(stderr, "%s: %s\n", argv[i], err.msg);
			wire_s += ut_cpu_s() - t;
		}
		close(fd);
	}
	ut_cost_add(a, "hash", hash_s);
	ut_cost_add(a, "wire", wire_s);
	for (const struct ut_step_cost *s = ut_analyser_costs(a); s->name; s++)
		total += s->cpu_s;
	printf("%.2f h of audio, %.2f CPU s: %.0f x real time\n", audio_s / 3600, total,
	       audio_s / total);
	printf("%-10s %14s %8s\n", "step", "CPU s/hour", "share");
	for (const struct ut_step_cost *s = ut_analyser_costs(a); s->name; s++)
		printf("%-10s %14.3f %7.1f%%\n", s->name, s->cpu_s / audio_s * 3600,
		       100 * s->cpu_s / total);
	ut_text_done(&wire);
	ut_call_done(&c);
	ut_analyser_destroy(&a);
	ut_tone_model_destroy(&model);
	ut_meta_config_destroy(&meta);
	return 0;
}
