/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goodbye_train.c - the weights of closing.c's goodbye regression. usage: goodbye_train
 *
 * No free corpus marks closings, so lengths are drawn from the distributions that stand in
 * schemas/DATA.md, half of them of a goodbye after the closing, half of a last turn that is the
 * closing itself; the logistic regression on them is printed as closing.c has it, with its error on
 * other draws. Deterministic.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N = 200000, INPUTS = 6, STEPS = 25 };

static uint64_t state = 1;

static double uniform(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double gauss(void)
{
	double r = sqrt(-2 * log(uniform()));

	return r * cos(2 * M_PI * uniform());
}

static double log_normal(double median, double sigma)
{
	return median * exp(sigma * gauss());
}

static double log_s(double s)
{
	return log(s + 0.1);
}

/* bias, speech, no_after, after, before, latency; true for a goodbye. */
static int draw(double x[INPUTS])
{
	int bye = uniform() < 0.5;
	int none = uniform() < (bye ? 0.30 : 0.15);
	double after = bye ? log_normal(0.85, 0.40) : log_normal(2.4, 0.45);

	x[0] = 1;
	x[1] = log_s(bye ? log_normal(0.85, 0.35) : log_normal(1.3, 0.55));
	x[2] = none;
	x[3] = none ? 0 : log_s(after);
	x[4] = log_s(bye ? log_normal(2.0, 0.60) : log_normal(4.0, 0.80));
	x[5] = fmax(-1, fmin(2, bye ? 0.1 + 0.35 * gauss() : 0.5 + 0.50 * gauss()));
	return bye;
}

static double odds(const double w[INPUTS], const double x[INPUTS])
{
	double z = 0;

	for (int i = 0; i < INPUTS; i++)
		z += w[i] * x[i];
	return z;
}

/* a w = b, for a symmetric and positive definite a. */
static void solve(double a[INPUTS][INPUTS], double b[INPUTS])
{
	for (int i = 0; i < INPUTS; i++)
		for (int k = i + 1; k < INPUTS; k++) {
			double f = a[k][i] / a[i][i];

			for (int j = i; j < INPUTS; j++)
				a[k][j] -= f * a[i][j];
			b[k] -= f * b[i];
		}
	for (int i = INPUTS - 1; i >= 0; i--) {
		for (int j = i + 1; j < INPUTS; j++)
			b[i] -= a[i][j] * b[j];
		b[i] /= a[i][i];
	}
}

int main(void)
{
	static const char *const name[INPUTS] = { "bias",  "speech", "no_after",
						  "after", "before", "latency" };
	static double x[N][INPUTS];
	static int is[N];
	double w[INPUTS] = { 0 };
	unsigned wrong = 0;

	for (int i = 0; i < N; i++)
		is[i] = draw(x[i]);
	for (int step = 0; step < STEPS; step++) { /* Newton's */
		double h[INPUTS][INPUTS] = { { 0 } }, g[INPUTS] = { 0 };

		for (int i = 0; i < N; i++) {
			double p = 1 / (1 + exp(-odds(w, x[i])));

			for (int a = 0; a < INPUTS; a++) {
				g[a] += (is[i] - p) * x[i][a];
				for (int b = 0; b < INPUTS; b++)
					h[a][b] += p * (1 - p) * x[i][a] * x[i][b];
			}
		}
		for (int a = 0; a < INPUTS; a++)
			h[a][a] += 1e-6;
		solve(h, g);
		for (int a = 0; a < INPUTS; a++)
			w[a] += g[a];
	}
	for (int i = 0; i < N; i++) {
		double y[INPUTS];
		int bye = draw(y);

		wrong += (odds(w, y) > 0) != bye;
	}
	printf("goodbye_w = {");
	for (int a = 0; a < INPUTS; a++)
		printf("%s %.2ff", a ? "," : "", w[a]);
	printf(" }; /*");
	for (int a = 0; a < INPUTS; a++)
		printf(" %s", name[a]);
	printf(" */\n%.1f %% of %d other draws taken for the wrong one\n", 100.0 * wrong / N, N);
	return 0;
}
