/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * f0_accuracy.c - runs the F0 tracker over the pitch bench and writes what its score.py reads.
 * usage: f0_accuracy BENCH OUT [LIST]
 * BENCH/SET/COND/ID.flac in, OUT/SET/COND/ID.csv out ("time,f0"), for each ID of
 * BENCH/SET/LIST.txt: the tracker's rows as they are, every 10 ms from 0 on.
 */
#include <dirent.h>
#include <errno.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/f0.h"

static void write_row(void *user, const struct ut_f0_row *r)
{
	fprintf(user, "%.2f,%.3f\n", (double)r->frame * 0.01, (double)r->f0_hz);
}

/* 1 where the file is not there (not every condition has every file), -1 on error. */
static int track(struct ut_f0 *f, const char *in, const char *out)
{
	SF_INFO info = { 0 };
	SNDFILE *sf = sf_open(in, SFM_READ, &info);
	float x[4096];
	sf_count_t n;

	if (!sf)
		return 1;
	if (info.samplerate != 8000 || info.channels != 1) {
		sf_close(sf);
		return 1; /* the 16 kHz originals */
	}
	FILE *h = fopen(out, "w");

	if (!h) {
		fprintf(stderr, "%s: %s\n", out, strerror(errno));
		sf_close(sf);
		return -1;
	}
	fprintf(h, "time,f0\n");
	ut_f0_reset(f);
	while ((n = sf_readf_float(sf, x, 4096)) > 0)
		ut_f0_push(f, x, (size_t)n, write_row, h);
	ut_f0_flush(f, write_row, h);
	sf_close(sf);
	return fclose(h) ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const char *const sets[] = { "egg", "fda", "syn" };
	static const char *const conds[] = { "g711", "tel", "b20", "b10", "gsm" };
	struct ut_f0 *f = NULL;
	unsigned n_done = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: f0_accuracy BENCH OUT [LIST]\n");
		return 2;
	}
	if (ut_f0_create(&f, NULL) != UT_OK)
		return 1;
	mkdir(argv[2], 0777);
	for (unsigned s = 0; s < UT_ARRAY_LEN(sets); s++) {
		char path[1024], out[1024], id[128];

		snprintf(path, sizeof(path), "%s/%s/%s.txt", argv[1], sets[s],
			 argc > 3 ? argv[3] : "dev");
		FILE *list = fopen(path, "r");

		if (!list)
			continue;
		snprintf(out, sizeof(out), "%s/%s", argv[2], sets[s]);
		mkdir(out, 0777);
		for (unsigned c = 0; c < UT_ARRAY_LEN(conds); c++) {
			snprintf(out, sizeof(out), "%s/%s/%s", argv[2], sets[s], conds[c]);
			mkdir(out, 0777);
			rewind(list);
			while (fscanf(list, "%127s", id) == 1) {
				snprintf(path, sizeof(path), "%s/%s/%s/%s.flac", argv[1], sets[s],
					 conds[c], id);
				snprintf(out, sizeof(out), "%s/%s/%s/%s.csv", argv[2], sets[s],
					 conds[c], id);
				int r = track(f, path, out);

				if (r < 0)
					return 1;
				n_done += r == 0;
			}
		}
		fclose(list);
	}
	ut_f0_destroy(&f);
	if (!n_done) {
		printf("SKIP: no pitch bench at %s\n", argv[1]);
		return 77;
	}
	return 0;
}
