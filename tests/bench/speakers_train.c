/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speakers_train - makes classifiers/speakers_model.c.
 * usage: speakers_train DATA_DIR >speakers_model.c
 *
 * People: those of wuw (telephone calls, G.711; CC BY-SA 4.0) and of EmoDB (studio, through a made
 * telephone line; CC0). Their speech is cut into the units that speakers.c weighs. W is the
 * covariance of units about their speaker's mean, B that of speakers' means less what W leaves in
 * them; the directions are the eigenvectors of B against W, scaled to W = 1, largest first.
 * Same data, same model.
 */
#include "tests/bench/voices.h"

/* Emotions move a voice, and few of wuw have any: half of W is EmoDB's. */
static const double acted = 0.5;

enum { RAW = UT_VOICE_RAW, DIMS = UT_VOICE_DIMS, MIN_UNITS = 5, MAX_PEOPLE = 400 };

struct people {
	double w[2][RAW][RAW], n_units[2]; /* of each corpus */
	double mean[MAX_PEOPLE][RAW];
	double count[MAX_PEOPLE];
	size_t n;
};

/* One person's units: into W, and their mean. */
static void add_person(struct people *p, int corpus, const struct ut_voice_units *u)
{
	double m[RAW] = { 0 }, n = 0;

	for (size_t i = 0; i < u->n; i++) {
		if (u->v[i].n < 15)
			continue;
		for (int k = 0; k < RAW; k++)
			m[k] += u->v[i].raw[k];
		n++;
	}
	if (n < MIN_UNITS || p->n == MAX_PEOPLE)
		return;
	for (int k = 0; k < RAW; k++)
		p->mean[p->n][k] = m[k] /= n;
	p->count[p->n++] = n;
	for (size_t i = 0; i < u->n; i++)
		for (int a = 0; a < RAW && u->v[i].n >= 15; a++)
			for (int b = 0; b < RAW; b++)
				p->w[corpus][a][b] +=
				    (u->v[i].raw[a] - m[a]) * (u->v[i].raw[b] - m[b]) * n / (n - 1);
	p->n_units[corpus] += n;
}

static void hear(struct voice *v, struct tel *t, struct ut_voice_units *u)
{
	struct ut_speakers_in in;

	voice_measure(v, 1, t);
	in = voice_in(v);
	if (ut_voice_units_find(&in, 0, INT64_MAX, u) != UT_OK)
		abort();
}

static void read_ulaw(const char *path, struct tel *t)
{
	FILE *f = fopen(path, "rb");
	int ch;

	t->n = 0;
	while (f && (ch = getc(f)) != EOF) {
		int v = ~ch & 255, m = ((v & 15) << 3) + 132;
		float x = (float)((m << (v >> 4 & 7)) - 132) / 32768;

		x = v & 128 ? -x : x;
		tel_append(t, &x, 1);
	}
	if (f)
		fclose(f);
}

/* Files of dir, in order; a person is the name's [at, at + len). */
static void add_folder(struct people *p, int corpus, const char *dir, size_t at, size_t len)
{
	struct voice v = { 0 };
	struct tel t = { 0 };
	struct ut_voice_units u = { 0 };
	struct dirent **list;
	char path[4400], who[64] = "";
	int n = scandir(dir, &list, NULL, by_name);

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name, *dot = strrchr(name, '.');

		if (!dot || dot == name || strlen(name) < at + len)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (strcmp(dot, ".ulaw") == 0) {
			read_ulaw(path, &t);
		} else if (strcmp(dot, ".flac") == 0) {
			tel_read(path, 0, &t);
			trim(&t);
			tel_mulaw(&t);
		} else {
			continue;
		}
		if (strncmp(who, name + at, len) != 0) {
			add_person(p, corpus, &u);
			u.n = 0;
			snprintf(who, sizeof(who), "%.*s", (int)len, name + at);
		}
		hear(&v, &t, &u);
	}
	add_person(p, corpus, &u);
	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	free(u.v);
	free(t.x);
	voice_done(&v);
}

/* Eigenvectors (columns of v) and values of a symmetric matrix, by Jacobi's rotations. */
static void eigen(double a[RAW][RAW], double v[RAW][RAW])
{
	for (int i = 0; i < RAW; i++)
		for (int j = 0; j < RAW; j++)
			v[i][j] = i == j;
	for (int sweep = 0; sweep < 60; sweep++)
		for (int p = 0; p < RAW; p++)
			for (int q = p + 1; q < RAW; q++) {
				double th = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]);
				double c = cos(th), s = sin(th);

				for (int k = 0; k < RAW; k++) {
					double x = a[k][p], y = a[k][q];

					a[k][p] = c * x - s * y;
					a[k][q] = s * x + c * y;
				}
				for (int k = 0; k < RAW; k++) {
					double x = a[p][k], y = a[q][k];

					a[p][k] = c * x - s * y;
					a[q][k] = s * x + c * y;
					x = v[k][p];
					y = v[k][q];
					v[k][p] = c * x - s * y;
					v[k][q] = s * x + c * y;
				}
			}
}

int main(int argc, char **argv)
{
	static struct people p;
	static double w[RAW][RAW], b[RAW][RAW], v[RAW][RAW], m[RAW][RAW], u[RAW][RAW];
	double mean[RAW] = { 0 }, per = 0;
	char path[4096];
	int order[RAW];

	snprintf(path, sizeof(path), "%s/wuw", argc > 1 ? argv[1] : ".");
	add_folder(&p, 0, path, 0, strlen("WUWII00000"));
	snprintf(path, sizeof(path), "%s/emodb/flac", argc > 1 ? argv[1] : ".");
	add_folder(&p, 1, path, 0, 2);
	if (p.n < 20) {
		fprintf(stderr, "speakers_train: too few people in %s\n", path);
		return 1;
	}
	for (size_t i = 0; i < p.n; i++) {
		per += 1 / p.count[i] / (double)p.n;
		for (int k = 0; k < RAW; k++)
			mean[k] += p.mean[i][k] / (double)p.n;
	}
	for (int a = 0; a < RAW; a++)
		for (int c = 0; c < RAW; c++) {
			w[a][c] = (1 - acted) * p.w[0][a][c] / p.n_units[0] +
				  acted * p.w[1][a][c] / p.n_units[1];
			for (size_t i = 0; i < p.n; i++)
				b[a][c] += (p.mean[i][a] - mean[a]) * (p.mean[i][c] - mean[c]) /
					   (double)(p.n - 1);
			b[a][c] -= per * w[a][c];
		}
	fprintf(stderr, "%zu people, %.0f units\n", p.n, p.n_units[0] + p.n_units[1]);
	/* W^-1/2 B W^-1/2 */
	memcpy(m, w, sizeof(m));
	eigen(m, v);
	memset(u, 0, sizeof(u));
	for (int a = 0; a < RAW; a++)
		for (int c = 0; c < RAW; c++)
			for (int k = 0; k < RAW; k++)
				u[a][c] += v[a][k] * v[c][k] / sqrt(m[k][k]);
	memset(m, 0, sizeof(m));
	for (int a = 0; a < RAW; a++)
		for (int c = 0; c < RAW; c++)
			for (int k = 0; k < RAW; k++)
				for (int l = 0; l < RAW; l++)
					m[a][c] += u[a][k] * b[k][l] * u[l][c];
	eigen(m, v);
	for (int k = 0; k < RAW; k++)
		order[k] = k;
	for (int i = 0; i < RAW; i++)
		for (int j = i + 1; j < RAW; j++)
			if (m[order[j]][order[j]] > m[order[i]][order[i]]) {
				int t = order[i];

				order[i] = order[j];
				order[j] = t;
			}
	printf(
	    "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
	    "/* Made by tests/bench/speakers_train.c from %zu people, %.0f units of speech: wuw\n"
	    " * (WUW Corpus II, CC BY-SA 4.0) and EmoDB (CC0). Do not edit. */\n"
	    "#include \"classifiers/speakers_internal.h\"\n\n"
	    "const struct ut_voice_model ut_voice_model = {\n\t.project = {\n",
	    p.n, p.n_units[0] + p.n_units[1]);
	for (int k = 0; k < DIMS; k++) {
		printf("\t\t{");
		for (int a = 0; a < RAW; a++) {
			double x = 0;

			for (int c = 0; c < RAW; c++)
				x += u[a][c] * v[c][order[k]];
			printf("%s%.6gf,", a % 6 ? " " : "\n\t\t\t", x);
		}
		printf("\n\t\t},\n");
	}
	printf("\t},\n\t.between = {");
	for (int k = 0; k < DIMS; k++)
		printf("%s%.4ff,", k % 6 ? " " : "\n\t\t", fmax(m[order[k]][order[k]], 1e-3));
	printf("\n\t},\n};\n");
	return 0;
}
