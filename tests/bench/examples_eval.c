/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examples_eval.c - phrases by example on real telephone speech: what three examples by other
 * speakers find. usage: examples_eval DATA SOURCE
 *
 * DATA/wuw, the 40 % of the sessions that share/models/examples.lda was not fitted on (it is
 * session number / 2 modulo 5 that parts them: 0..2 to fit, 3..4 here). For each keyword, three
 * times, three recordings of it by three speakers are enrolled and laid over all other utterances
 * of other speakers. Prints hits at 0.1 and 0.5 false alarms a minute of speech with 95 %
 * intervals, and the logistic regression of "the keyword is in it" on the distance, with as many
 * utterances that have the keyword as have not: what ut_match_probability is. Deterministic.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifiers/match.h"
#include "dsp/frame.h"

enum { MAX_FILES = 800, DRAWS = 3, EXAMPLES = 3, MAX_SCORES = 40000 };
static const char *const keyword[] = { "operator", "thinkengine", "wildfire", "voyager", "onword" };

struct file {
	char name[32];
	char text[1500];
	double from_s, to_s; /* of its keyword */
	int session, keyword;
	struct ut_pattern speech;
	int16_t *pcm;
	size_t n;
};

static struct file files[MAX_FILES];
static size_t n_files;
static struct score {
	float distance;
	bool is;
} scores[MAX_SCORES];
static size_t n_scores;

static void die(const char *what, const struct ut_error *err)
{
	fprintf(stderr, "examples_eval: %s: %s\n", what, err ? err->msg : "failed");
	exit(1);
}

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *b = f ? malloc((1 << 22) + 1) : NULL;

	*n = b ? fread(b, 1, 1 << 22, f) : 0;
	if (b)
		b[*n] = '\0';
	if (f)
		fclose(f);
	return b;
}

static int16_t ulaw(unsigned char u)
{
	int t;

	u = (unsigned char)~u;
	t = (((u & 15) << 3) + 0x84) << (u >> 4 & 7);
	return (int16_t)(u & 0x80 ? 0x84 - t : t - 0x84);
}

static void read_files(const char *data, const struct ut_match_model *m)
{
	char path[512], *json, *p;
	struct ut_error err = { 0 };
	size_t n;

	snprintf(path, sizeof(path), "%s/wuw/wuw.json", data);
	json = slurp(path, &n);
	if (!json)
		die(path, NULL);
	for (p = json; (p = strstr(p, "\"fileName\": \"")) && n_files < MAX_FILES;) {
		struct file *f = &files[n_files];
		char *text, *from, *to, *b, *stop;
		size_t len;

		p += strlen("\"fileName\": \"");
		snprintf(f->name, sizeof(f->name), "%.*s", (int)strcspn(p, "\""), p);
		stop = strstr(p, "\"fileName\"");
		text = strstr(p, "\"transcription\": \"");
		from = strstr(p, "\"startTime\": ");
		to = strstr(p, "\"endTime\": ");
		if (!text || !from || !to || (stop && (text > stop || from > stop || to > stop)))
			continue;
		f->session = (int)strtol(f->name + 5, NULL, 10) / 2;
		if (f->session % 5 < 3)
			continue;
		snprintf(f->text, sizeof(f->text), "%.*s",
			 (int)strcspn(text + strlen("\"transcription\": \""), "\n"),
			 text + strlen("\"transcription\": \""));
		f->from_s = strtod(from + strlen("\"startTime\": "), NULL);
		f->to_s = strtod(to + strlen("\"endTime\": "), NULL);
		f->keyword = -1;
		for (size_t k = 0; k < UT_ARRAY_LEN(keyword); k++)
			if (strcasestr(f->text, keyword[k]))
				f->keyword = (int)k;
		snprintf(path, sizeof(path), "%s/wuw/%s", data, f->name);
		b = slurp(path, &len);
		f->pcm = b ? malloc(len * sizeof(*f->pcm) + 2) : NULL;
		for (size_t i = 0; f->pcm && i < len; i++)
			f->pcm[i] = ulaw((unsigned char)b[i]);
		f->n = len;
		free(b);
		if (!f->pcm || ut_pattern_make(m, f->pcm, f->n, &f->speech, &err)) {
			free(f->pcm);
			continue;
		}
		n_files++;
	}
	free(json);
}

/* The k-th of the files of this keyword whose times can be an example's, from a place of the draw's
 * own, each of another session. */
static bool enrol(const struct ut_match_model *m, int k, unsigned draw, struct ut_example_list *l,
		  int *session)
{
	size_t at = (size_t)draw * n_files / DRAWS;

	for (size_t i = 0; i < n_files && l->n < EXAMPLES; i++) {
		const struct file *f = &files[(at + i) % n_files];
		/* a little around it: enrolment cuts the silence itself */
		double from = fmax(0, f->from_s - 0.05), to = f->to_s + 0.05;
		size_t a = (size_t)(from * UT_RATE_HZ), b = (size_t)(to * UT_RATE_HZ);
		bool taken = f->keyword != k || b > f->n || b <= a;

		for (size_t j = 0; j < l->n; j++)
			taken |= session[j] == f->session;
		if (taken)
			continue;
		session[l->n] = f->session;
		ut_example_enrol(m, f->pcm + a, b - a, keyword[k], "en", UT_PHRASE_ACKNOWLEDGEMENT,
				 l, NULL);
	}
	return l->n == EXAMPLES;
}

static void lay_over(const struct ut_example_list *l, int k, const int *session)
{
	for (size_t i = 0; i < n_files; i++) {
		const struct file *f = &files[i];
		struct ut_error err = { 0 };
		double sum = 0;
		unsigned n = 0;

		for (size_t j = 0; j < l->n; j++)
			if (f->session == session[j])
				goto next;
		for (size_t j = 0; j < l->n; j++) {
			struct ut_match match;
			bool found;

			if (ut_match_find(&l->v[j].pattern, &f->speech, &match, &found, &err))
				die(f->name, &err);
			if (found) {
				sum += (double)match.distance;
				n++;
			}
		}
		if (n && n_scores < MAX_SCORES)
			scores[n_scores++] =
			    (struct score){ (float)(sum / n),
					    f->keyword == k || strcasestr(f->text, keyword[k]) };
	next:;
	}
}

static int nearest_first(const void *a, const void *b)
{
	const struct score *x = a, *y = b;

	return x->distance < y->distance ? -1 : x->distance > y->distance;
}

static void report(double minutes)
{
	static const double rates[] = { 0.1, 0.5 };
	unsigned n_is = 0, hits = 0, wrong = 0;
	double a = 0, b = 0;

	qsort(scores, n_scores, sizeof(*scores), nearest_first);
	for (size_t i = 0; i < n_scores; i++)
		n_is += scores[i].is;
	for (size_t r = 0; r < UT_ARRAY_LEN(rates); r++) {
		double p, half, mid, z2 = 1.96 * 1.96;
		size_t i = 0;

		for (hits = wrong = 0; i < n_scores; i++) {
			if (!scores[i].is && wrong + 1 > rates[r] * minutes)
				break;
			hits += scores[i].is;
			wrong += !scores[i].is;
		}
		p = (double)hits / n_is;
		mid = (p + z2 / (2 * n_is)) / (1 + z2 / n_is);
		half = 1.96 / (1 + z2 / n_is) * sqrt(p * (1 - p) / n_is + z2 / (4.0 * n_is * n_is));
		printf("at %.1f false alarms a minute: %u of %u, %.0f %% (%.0f..%.0f), distance "
		       "below %.3f\n",
		       rates[r], hits, n_is, 100 * p, 100 * (mid - half), 100 * (mid + half),
		       (double)scores[UT_MIN(i, n_scores - 1)].distance);
	}
	/* p(is) = 1 / (1 + exp(-(a + b d))), both classes with the same weight; Newton's steps */
	for (int it = 0; it < 30; it++) {
		double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9, det;

		for (size_t i = 0; i < n_scores; i++) {
			double d = (double)scores[i].distance, q = 1 / (1 + exp(-(a + b * d)));
			double w = scores[i].is ? 0.5 / n_is : 0.5 / (double)(n_scores - n_is);
			double e = w * ((scores[i].is ? 1 : 0) - q), h = w * q * (1 - q);

			g0 += e, g1 += e * d;
			h00 += h, h01 += h * d, h11 += h * d * d;
		}
		det = h00 * h11 - h01 * h01;
		a += (h11 * g0 - h01 * g1) / det;
		b += (h00 * g1 - h01 * g0) / det;
	}
	printf("as likely as not at distance %.3f, one unit of log-odds is %.4f\n", -a / b, -1 / b);
}

int main(int argc, char **argv)
{
	struct ut_match_model *m = NULL;
	struct ut_error err = { 0 };
	double minutes = 0;
	char path[512], *b;
	size_t n;

	if (argc != 3)
		die("usage: examples_eval DATA SOURCE", NULL);
	snprintf(path, sizeof(path), "%s/share/models/examples.lda", argv[2]);
	b = slurp(path, &n);
	if (!b || ut_match_model_parse(b, n, &m, &err))
		die(path, &err);
	free(b);
	read_files(argv[1], m);
	if (!n_files)
		die("no recordings", NULL);
	for (int k = 0; k < (int)UT_ARRAY_LEN(keyword); k++)
		for (unsigned draw = 0; draw < DRAWS; draw++) {
			struct ut_example_list l = { 0 };
			int session[EXAMPLES];

			if (enrol(m, k, draw, &l, session)) {
				lay_over(&l, k, session);
				for (size_t i = 0; i < n_files; i++)
					minutes += (double)files[i].n / UT_RATE_HZ / 60;
			}
			ut_example_list_done(&l);
		}
	printf("%zu recordings of sessions that were not fitted on, %zu pairs of a keyword's three "
	       "examples and a recording, %.0f minutes\n",
	       n_files, n_scores, minutes);
	report(minutes);
	for (size_t i = 0; i < n_files; i++) {
		free(files[i].pcm);
		ut_pattern_done(&files[i].speech);
	}
	ut_match_model_destroy(&m);
	return 0;
}
