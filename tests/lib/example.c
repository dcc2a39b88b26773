/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * example.c - how a program uses libundertone. usage: example RECORDING [CHANNEL]
 * Prints a line for a person and the JSON, once from the file and once from its bytes in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <undertone.h>

static int print(const struct undertone_result *r)
{
	if (!r->has_closing)
		return printf("no closing: %s\n", r->reason) < 0;
	if (!r->has_tone)
		return printf("%.1f to %.1f s: no tone: %s\n", r->closing_start_s, r->closing_end_s,
			      r->reason) < 0;
	return printf("%.1f to %.1f s: %s (accepting %.2f, resigned %.2f, angry %.2f)\n",
		      r->closing_start_s, r->closing_end_s, r->label, r->accepting, r->resigned,
		      r->angry) < 0;
}

static char *read_all(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = malloc(64 << 20);

	*n = f && p ? fread(p, 1, 64 << 20, f) : 0;
	if (f)
		fclose(f);
	return p;
}

int main(int argc, char **argv)
{
	struct undertone_options o = { sizeof(o), argc > 2 ? argv[2] : NULL, 0, 0 };
	struct undertone_result r, again;
	struct undertone_error err;
	struct undertone *u = NULL;
	char *bytes;
	size_t n;
	int bad = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: example RECORDING [CHANNEL]\n");
		return 2;
	}
	if (undertone_create(&o, &u, &err) != UNDERTONE_OK ||
	    undertone_score_file(u, argv[1], &r, &err) != UNDERTONE_OK) {
		fprintf(stderr, "%s: %s: %s\n", argv[1], undertone_code_name(err.code),
			err.message);
		undertone_destroy(&u);
		return 1;
	}
	print(&r);
	fputs(r.json, stdout);
	undertone_result_done(&r);
	bytes = read_all(argv[1], &n);
	if (undertone_score_buffer(u, bytes, n, argv[1], NULL, &again, &err) == UNDERTONE_OK) {
		bad = print(&again);
		fputs(again.json, stdout);
		undertone_result_done(&again);
	} else {
		fprintf(stderr, "from memory: %s\n", err.message);
	}
	free(bytes);
	undertone_destroy(&u);
	return bad;
}
