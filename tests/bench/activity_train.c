/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activity_train - makes dsp/activity_model.c.
 * usage: activity_train [-s] DATA_DIR MUSIC_DIR >activity_model.c
 *   -s: speakers and songs with an odd number are left out, so that they can be tested on.
 *
 * Speech: telephone channels of 60 s are put together out of EmoDB utterances (CC0) with pauses,
 * gains, noises, gates, clicks and codecs; the truth is where the clean channel has sound within 30
 * dB of its loud parts, gaps below 200 ms closed. A net of one hidden layer is trained on every
 * third frame (Adam, cross-entropy). Music: windows of the hold music of Debian's
 * asterisk-moh-opsound-wav (CC BY-SA 3.0) against windows of those channels, of getgoing and wuw;
 * logistic regression by Newton's method, both sides weighing the same.
 * Same data, same model: one generator of random numbers, one thread.
 */
#include "dsp/activity_feat.h"
#include "tests/bench/lines.h"

enum {
	N_CHANNELS = 288,
	CHANNEL_S = 60,
	N_SF = UT_SPEECH_FEATURES,
	N_H = UT_SPEECH_HIDDEN,
	N_MF = UT_MUSIC_FEATURES,
	EPOCHS = 24,
	BATCH = 256,
	STRIDE = 3,
};

struct rows {
	float *x;
	unsigned char *y;
	size_t n, cap, width;
};

static void add_row(struct rows *r, const float *x, unsigned char y)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 65536;
		r->x = need(realloc(r->x, r->cap * r->width * sizeof(float)));
		r->y = need(realloc(r->y, r->cap));
	}
	memcpy(r->x + r->n * r->width, x, r->width * sizeof(float));
	r->y[r->n++] = y;
}

struct music_sink {
	struct rows *r;
	unsigned char y;
	unsigned every;
};

static void take_music(void *user, size_t frame, const float *f)
{
	struct music_sink *s = user;

	if (f && frame / UT_MUSIC_STEP % s->every == 0)
		add_row(s->r, f, s->y);
}

/* Adds windows of a channel, and where y is given frames of speech and not. */
static void learn(struct ut_engine *e, const float *x, size_t n, const unsigned char *y,
		  struct rows *speech, struct rows *music, struct music_sink sink)
{
	static struct ut_frame_table t;
	struct ut_speech_columns c;

	measure(e, x, n, &t);
	if (ut_speech_columns_init(&c, &t) != UT_OK)
		abort();
	for (size_t i = 0; y && i < t.n; i += STRIDE) {
		float f[N_SF];

		if (t.row[i].level_db <= -90)
			continue;
		ut_speech_features(&c, &t, i, f);
		add_row(speech, f, y[i]);
	}
	sink.r = music;
	if (!c.empty)
		ut_music_features(&t, c.speech_db, NULL, take_music, &sink);
	ut_speech_columns_done(&c);
}

static void make_channels(struct ut_engine *e, const struct utterance *u, size_t n_u,
			  struct rows *speech, struct rows *music)
{
	size_t n = CHANNEL_S * RATE, frames = n / UT_HOP;
	float *clean = need(malloc(n * sizeof(*clean)));
	struct tel t = { need(malloc(n * sizeof(float))), n, n };
	unsigned char *y = need(malloc(frames));

	for (int k = 0; k < N_CHANNELS; k++) {
		int how = k % 12;
		double snr = k % 12 < 4 ? 8 + 4 * (double)pick(4) : 25 + 20 * uniform(),
		       power = 1e-12, rms, count = 1e-9;
		double gain = pow(10, (-30 * uniform() * uniform() - 3) / 20);

		memset(clean, 0, n * sizeof(*clean));
		say(clean, n, u, n_u, u[pick(n_u)].speaker, true);
		truth(clean, frames, y);
		for (size_t i = 0; i < n; i++) {
			clean[i] *= (float)gain;
			if (y[i / UT_HOP]) {
				power += (double)clean[i] * clean[i];
				count++;
			}
		}
		rms = sqrt(power / count);
		memcpy(t.x, clean, n * sizeof(*clean));
		if (how < 6) {
			static const int kinds[] = { 0, 1, 2, 1, 3, 0 };

			add_noise(t.x, n, u, n_u, kinds[how], rms * pow(10, -snr / 20));
		} else if (how == 6 || how == 11) {
			add_noise(t.x, n, u, n_u, 0, pow(10, (-78 + 20 * uniform()) / 20));
		} else if (how == 7) { /* a gate that opens for speech, comfort noise by turns */
			double a = rms * pow(10, -(20 + 35 * uniform()) / 20);
			size_t period = 4000 + pick(16000);

			for (size_t i = 0; i < n; i++)
				if (y[i / UT_HOP] || i / period % 2)
					t.x[i] += (float)(gauss() * a);
		} else if (how == 8) { /* clicks */
			add_noise(t.x, n, u, n_u, 0, rms * 0.02);
			for (int q = 0; q < CHANNEL_S; q++) {
				size_t at = pick(n - 40);
				double a = rms * 8 * uniform(), w = 0.5 + 2 * uniform();

				for (int i = 0; i < 40; i++)
					t.x[at + (size_t)i] +=
					    (float)(a * exp(-i / 8.0) * cos(w * i));
			}
		} else if (how == 9) {
			add_noise(t.x, n, u, n_u, 0, rms * 0.01);
		} /* 10: digital silence */
		clip(t.x, n);
		if (k / 12 % 3 == 0)
			tel_mulaw(&t);
		else if (k / 12 % 3 == 1)
			gsm(t.x, n);
		learn(e, t.x, n, y, speech, music, (struct music_sink){ .every = 2 });
	}
	/* nobody on the line */
	for (int k = 0; k < 24; k++) {
		memset(t.x, 0, n * sizeof(*t.x));
		memset(y, 0, frames);
		add_noise(t.x, n / 2, u, n_u,
			  k % 2   ? 3
			  : k % 4 ? 2
				  : 0,
			  pow(10, (-70 + 2 * k) / 20.0));
		if (k % 3 == 0)
			tel_mulaw(&t);
		learn(e, t.x, n / 2, y, speech, music, (struct music_sink){ .every = 4 });
	}
	free(clean);
	free(t.x);
	free(y);
}

/* All files of a folder whose names end in ext, as music (y 1) or other people's speech. */
static size_t read_folder(struct ut_engine *e, const char *dir, const char *ext, bool half,
			  unsigned char y, unsigned every, struct rows *music)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, by_name), number = 0;
	size_t used = 0;

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name, *dot = strrchr(name, '.');
		char path[4096];
		struct tel t = { 0 };

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (dot && strcmp(dot, ext) == 0 && !(half && number++ % 2) &&
		    tel_read(path, 0, &t) && t.n > 2 * RATE) {
			float *plain;

			tel_band(&t);
			plain = need(malloc(t.n * sizeof(*plain)));
			memcpy(plain, t.x, t.n * sizeof(*plain));
			for (int c = 0; c < (y ? 4 : 1); c++) {
				memcpy(t.x, plain, t.n * sizeof(*plain));
				for (size_t k = 0; k < t.n; k++)
					t.x[k] *= c == 2 ? 0.1f : 0.5f;
				for (size_t k = 0; c == 3 && k < t.n; k++)
					t.x[k] += (float)(gauss() * 0.005);
				clip(t.x, t.n);
				if (c == 1)
					gsm(t.x, t.n);
				else
					tel_mulaw(&t);
				learn(e, t.x, t.n, NULL, NULL, music,
				      (struct music_sink){ .y = y, .every = every });
			}
			free(plain);
			used++;
		}
		free(t.x);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return used;
}

/* wuw: headerless mu-law, many short files: put end to end. */
static void read_wuw(struct ut_engine *e, const char *dir, struct rows *music)
{
	struct dirent **list;
	char path[4096];
	struct tel t = { 0 };
	int n;

	snprintf(path, sizeof(path), "%s/wuw", dir);
	n = scandir(path, &list, NULL, by_name);
	for (int i = 0; i < n; i++) {
		SF_INFO info = { .samplerate = RATE,
				 .channels = 1,
				 .format = SF_FORMAT_RAW | SF_FORMAT_ULAW };
		const char *dot = strrchr(list[i]->d_name, '.');
		SNDFILE *f = NULL;
		float block[4096];
		sf_count_t got;

		snprintf(path, sizeof(path), "%s/wuw/%s", dir, list[i]->d_name);
		if (dot && strcmp(dot, ".ulaw") == 0)
			f = sf_open(path, SFM_READ, &info);
		while (f && (got = sf_read_float(f, block, 4096)) > 0)
			tel_append(&t, block, (size_t)got);
		if (f)
			sf_close(f);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (t.n)
		learn(e, t.x, t.n, NULL, NULL, music, (struct music_sink){ .every = 4 });
	free(t.x);
}

static void standardise(const struct rows *r, float *mean, float *scale)
{
	for (size_t k = 0; k < r->width; k++) {
		double s = 0, q = 0;

		for (size_t i = 0; i < r->n; i++)
			s += r->x[i * r->width + k];
		s /= (double)r->n;
		for (size_t i = 0; i < r->n; i++)
			q += (r->x[i * r->width + k] - s) * (r->x[i * r->width + k] - s);
		mean[k] = (float)s;
		scale[k] = (float)(1 / sqrt(q / (double)r->n + 1e-12));
	}
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->width; k++)
			r->x[i * r->width + k] = (r->x[i * r->width + k] - mean[k]) * scale[k];
}

/* w: hidden weights, hidden biases, output weights, output bias. */
enum { N_W = N_H * N_SF + N_H + N_H + 1 };

static double net(const double *w, const float *x, double *h)
{
	double out = w[N_W - 1];

	for (int j = 0; j < N_H; j++) {
		double s = w[N_H * N_SF + j];

		for (int k = 0; k < N_SF; k++)
			s += w[j * N_SF + k] * x[k];
		h[j] = s > 0 ? s : 0;
		out += w[N_H * N_SF + N_H + j] * h[j];
	}
	return out;
}

static void train_net(const struct rows *r, double *w)
{
	static double m[N_W], v[N_W];
	size_t *order = need(malloc(r->n * sizeof(*order))), step = 0;

	for (size_t i = 0; i < r->n; i++)
		order[i] = i;
	for (int k = 0; k < N_W; k++)
		w[k] = k < N_H * N_SF                         ? gauss() * sqrt(2.0 / N_SF)
		       : k >= N_H * N_SF + N_H && k < N_W - 1 ? gauss() * sqrt(1.0 / N_H)
							      : 0;
	for (int epoch = 0; epoch < EPOCHS; epoch++) {
		double rate = 0.002 * pow(0.8, epoch), loss = 0;

		for (size_t i = r->n - 1; i > 0; i--) {
			size_t k = pick(i + 1), tmp = order[i];

			order[i] = order[k];
			order[k] = tmp;
		}
		for (size_t b = 0; b + BATCH <= r->n; b += BATCH) {
			double g[N_W] = { 0 };

			for (size_t i = b; i < b + BATCH; i++) {
				const float *x = r->x + order[i] * N_SF;
				double h[N_H], z = net(w, x, h), p = 1 / (1 + exp(-z)), d;

				d = p - r->y[order[i]];
				loss -= log(r->y[order[i]] ? p + 1e-12 : 1 - p + 1e-12);
				g[N_W - 1] += d;
				for (int j = 0; j < N_H; j++) {
					double dh = d * w[N_H * N_SF + N_H + j];

					g[N_H * N_SF + N_H + j] += d * h[j];
					if (h[j] <= 0)
						continue;
					g[N_H * N_SF + j] += dh;
					for (int k = 0; k < N_SF; k++)
						g[j * N_SF + k] += dh * x[k];
				}
			}
			step++;
			for (int k = 0; k < N_W; k++) {
				double gk = g[k] / BATCH + 1e-6 * w[k];

				m[k] = 0.9 * m[k] + 0.1 * gk;
				v[k] = 0.999 * v[k] + 0.001 * gk * gk;
				w[k] -= rate * m[k] / (1 - pow(0.9, (double)step)) /
					(sqrt(v[k] / (1 - pow(0.999, (double)step))) + 1e-8);
			}
		}
		fprintf(stderr, "epoch %d: cross-entropy %.4f\n", epoch, loss / (double)r->n);
	}
	free(order);
}

/* Newton steps with a ridge; w[N_MF] is the bias. Inputs are clipped as in use. */
static void train_logistic(const struct rows *r, double *w)
{
	enum { N = N_MF + 1 };
	double ones = 0, wrong = 0;

	memset(w, 0, N * sizeof(*w));
	for (size_t i = 0; i < r->n; i++)
		ones += r->y[i];
	for (int it = 0; it < 25; it++) {
		static double a[N][N + 1];

		memset(a, 0, sizeof(a));
		wrong = 0;
		for (size_t i = 0; i < r->n; i++) {
			double x[N], z = 0, p, share = (r->y[i] ? ones : (double)r->n - ones), d;

			for (int k = 0; k < N_MF; k++)
				x[k] = fmax(-5, fmin(5, r->x[i * N_MF + (size_t)k]));
			x[N_MF] = 1;
			for (int k = 0; k < N; k++)
				z += w[k] * x[k];
			p = 1 / (1 + exp(-z));
			wrong += ((z > 0) != r->y[i]) / share / 2;
			d = p * (1 - p) / share;
			for (int k = 0; k < N; k++) {
				for (int j = 0; j <= k; j++)
					a[k][j] += d * x[k] * x[j];
				a[k][N] += (r->y[i] - p) / share * x[k];
			}
		}
		for (int k = 0; k < N; k++) {
			for (int j = k + 1; j < N; j++)
				a[k][j] = a[j][k];
			if (k < N_MF) {
				a[k][k] += 3e-4;
				a[k][N] -= 3e-4 * w[k];
			}
		}
		for (int k = 0; k < N; k++) /* elimination: the matrix is positive definite */
			for (int j = 0; j < N; j++) {
				double q = j == k ? 0 : a[j][k] / a[k][k];

				for (int c = k; c <= N && q != 0; c++)
					a[j][c] -= q * a[k][c];
			}
		for (int k = 0; k < N; k++)
			w[k] += fmax(-1, fmin(1, a[k][N] / a[k][k]));
	}
	fprintf(stderr, "music: %zu windows, %.2f %% wrong, both sides weighing the same\n", r->n,
		100 * wrong);
}

static void print_floats(const char *name, const double *w, const float *f, int n, const char *end)
{
	printf("%s{", name);
	for (int k = 0; k < n; k++) {
		double v = w ? w[k] : (double)f[k];

		printf("%s%s%#.7gf", k ? "," : "", k % 6 ? " " : "\n\t\t", v);
	}
	printf(" }%s", end);
}

int main(int argc, char **argv)
{
	struct rows speech = { .width = N_SF }, music = { .width = N_MF };
	static float sm[N_SF], ss[N_SF], mm[N_MF], ms[N_MF];
	static double w[N_W], v[N_MF + 1];
	struct utterance *u = NULL;
	struct ut_engine *e = NULL;
	char path[4096];
	bool half = argc > 1 && strcmp(argv[1], "-s") == 0;
	size_t n_u, n_songs, ones = 0;

	argv += half;
	argc -= half;
	if (argc != 3) {
		fprintf(stderr, "usage: activity_train [-s] DATA_DIR MUSIC_DIR\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/emodb/flac", argv[1]);
	n_u = read_speakers(path, 0, half, &u);
	if (!n_u || ut_engine_create(&e, NULL) != UT_OK) {
		fprintf(stderr, "activity_train: no emodb/flac in %s\n", argv[1]);
		return 1;
	}
	make_channels(e, u, n_u, &speech, &music);
	snprintf(path, sizeof(path), "%s/getgoing", argv[1]);
	read_folder(e, path, ".mp3", half, 0, 2, &music);
	read_wuw(e, argv[1], &music);
	n_songs = read_folder(e, argv[2], ".wav", half, 1, 2, &music);
	for (size_t i = 0; i < speech.n; i++)
		ones += speech.y[i];
	fprintf(stderr, "%zu utterances, %zu frames, %zu of them speech, %zu songs\n", n_u,
		speech.n, ones, n_songs);
	if (!n_songs) {
		fprintf(stderr, "activity_train: no music in %s\n", argv[2]);
		return 1;
	}
	standardise(&speech, sm, ss);
	standardise(&music, mm, ms);
	train_net(&speech, w);
	train_logistic(&music, v);

	printf("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
	       "/* Made by tests/bench/activity_train.c; do not edit. */\n"
	       "#include \"dsp/activity_feat.h\"\n\n/* clang-format off */\n"
	       "const struct ut_activity_model ut_activity_model = {\n");
	print_floats("\t.speech_mean = ", NULL, sm, N_SF, ",\n");
	print_floats("\t.speech_scale = ", NULL, ss, N_SF, ",\n");
	printf("\t.speech_w1 = {\n");
	for (int j = 0; j < N_H; j++)
		print_floats("\t", w + j * N_SF, NULL, N_SF, ",\n");
	printf("\t},\n");
	print_floats("\t.speech_b1 = ", w + N_H * N_SF, NULL, N_H, ",\n");
	print_floats("\t.speech_w2 = ", w + N_H * N_SF + N_H, NULL, N_H, ",\n");
	printf("\t.speech_b2 = %#.7gf,\n", w[N_W - 1]);
	print_floats("\t.music_mean = ", NULL, mm, N_MF, ",\n");
	print_floats("\t.music_scale = ", NULL, ms, N_MF, ",\n");
	print_floats("\t.music_w = ", v, NULL, N_MF, ",\n");
	printf("\t.music_b = %#.7gf,\n};\n", v[N_MF]);
	ut_engine_destroy(&e);
	return 0;
}
