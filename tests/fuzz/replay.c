/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - runs a fuzz target over the files of folders, without libFuzzer; then over every file
 * cut at some lengths and with some bytes changed, so that a plain build looks a little further.
 * usage: TARGET FOLDER... */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static unsigned n_files;

static void replay(const char *path)
{
	static uint8_t buf[1 << 20], work[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n;
	uint32_t seed = 1;

	if (!f)
		return;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	n_files++;
	LLVMFuzzerTestOneInput(buf, n);
	for (unsigned k = 1; k <= 4; k++)
		LLVMFuzzerTestOneInput(buf, n * k / 5);
	for (unsigned k = 0; k < 8 && n; k++) {
		memcpy(work, buf, n);
		for (unsigned i = 0; i < 1 + n / 200; i++) {
			seed = seed * 1664525u + 1013904223u;
			work[(seed >> 8) % n] = (uint8_t)(seed >> 3);
		}
		LLVMFuzzerTestOneInput(work, n);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		struct dirent *e;

		if (!d) {
			perror(argv[i]);
			return 2;
		}
		while ((e = readdir(d))) {
			char path[4096];

			snprintf(path, sizeof(path), "%s/%s", argv[i], e->d_name);
			if (e->d_name[0] != '.')
				replay(path);
		}
		closedir(d);
	}
	printf("%u files replayed\n", n_files);
	return n_files ? 0 : 1;
}
