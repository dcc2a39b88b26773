/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embed.c - at build time: the migrations as C arrays, in the order given.
 * usage: embed OUTPUT.h NNNN-NAME.sql...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	FILE *out;

	if (argc < 3)
		return 2;
	out = fopen(argv[1], "w");
	if (!out)
		die(argv[1]);
	fprintf(out, "/* made by schemas/embed.c */\n");
	for (int i = 2; i < argc; i++) {
		const char *name = strrchr(argv[i], '/');
		FILE *in = fopen(argv[i], "rb");
		unsigned col = 0;
		int c;

		name = name ? name + 1 : argv[i];
		/* the number in the name is the version that the step leads to */
		if (strspn(name, "0123456789") != 4 || strtol(name, NULL, 10) != i - 1) {
			fprintf(stderr, "%s: step %d must be named %04d-NAME.sql\n", argv[i], i - 1,
				i - 1);
			return 1;
		}
		if (!in)
			die(argv[i]);
		fprintf(out, "static const char sql_%04d[] = {\n", i - 1);
		while ((c = getc(in)) != EOF)
			fprintf(out, "%d,%s", c > 127 ? c - 256 : c, ++col % 24 == 0 ? "\n" : "");
		fprintf(out, "0 };\n");
		if (ferror(in))
			die(argv[i]);
		fclose(in);
	}
	fprintf(out, "static const char *const ut_migrations[] = {");
	for (int i = 2; i < argc; i++)
		fprintf(out, " sql_%04d,", i - 1);
	fprintf(out, " };\n");
	if (fclose(out) != 0)
		die(argv[1]);
	return 0;
}
