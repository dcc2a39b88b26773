/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speakers_eval - how well two speakers of a mono mix are told apart.
 * usage: speakers_eval DATA_DIR [development|test|all|changes]
 *
 * Per file, in per cent of the reference's speech time (overlaps count for each speaker in them):
 * missed, false alarm, and confusion (speech of one given to the other), at the better of the two
 * ways to name the speakers, without a collar; and confusion with a collar of 0.25 s each side of
 * the reference's changes left out, as many publish it. Totals are sums over files; the interval is
 * the 95 % bootstrap over files. Half of the files are for development.
 *
 * spokenwoz: both channels mixed down; the truth is each channel's own speech as activity finds it
 * in the stereo recording, echoes left out. ami: excerpts of meetings with 1 to 4 people; "two"
 * counts those in which only two speak. made: calls of two actors of ravdess on a telephone line,
 * whom no training has seen; the truth is where the clean channels have sound.
 * alone: recordings of one person, which must not be split.
 * "found": people in the reference, people found (+: one of them seems to be two again). "confused"
 * is with two people expected, as where metadata says so; "unaided" where their number is found.
 */
#include "classifiers/speakers.h"
#include "tests/bench/voices.h"

enum { MAX_SPEAKERS = 8, COLLAR = 25, N_MADE = 40, MADE_S = 120, MAX_FILES = 256 };

struct score {
	char name[40];
	double speech, missed, alarm, confused, confused_found, collar_speech, collar_confused;
	unsigned speakers, found;
	bool more;
	double apart, spread;
};

struct reference {
	unsigned char *on[MAX_SPEAKERS]; /* a frame each */
	char name[MAX_SPEAKERS][16];
	unsigned n;
	size_t frames;
};

static void reference_init(struct reference *r, size_t frames)
{
	memset(r, 0, sizeof(*r));
	r->frames = frames;
	for (int i = 0; i < MAX_SPEAKERS; i++)
		r->on[i] = need(calloc(frames + 1, 1));
}

static void reference_done(struct reference *r)
{
	for (int i = 0; i < MAX_SPEAKERS; i++)
		free(r->on[i]);
}

static void compare(const struct reference *r, const struct ut_speakers *s, struct score *out)
{
	signed char *h = need(malloc(r->frames + 1));
	unsigned char *near = need(calloc(r->frames + 1, 1));
	double best = -1, together[2][MAX_SPEAKERS] = { { 0 } };
	int to[2] = { 0, 0 };

	memset(h, -1, r->frames + 1);
	for (size_t i = 0; i < s->n; i++)
		for (int64_t k = s->v[i].start; k < s->v[i].end && k < (int64_t)r->frames; k++)
			h[k] = (signed char)s->v[i].speaker;
	for (unsigned q = 0; q < r->n; q++)
		for (size_t k = 1; k < r->frames; k++) {
			if (r->on[q][k] == r->on[q][k - 1])
				continue;
			for (size_t j = k > COLLAR ? k - COLLAR : 0;
			     j < k + COLLAR && j < r->frames; j++)
				near[j] = 1;
		}
	for (size_t k = 0; k < r->frames; k++)
		for (unsigned q = 0; q < r->n && h[k] >= 0; q++)
			together[h[k]][q] += r->on[q][k];
	for (int a = 0; a < MAX_SPEAKERS; a++)
		for (int b = 0; b < MAX_SPEAKERS; b++)
			if (a != b && together[0][a] + together[1][b] > best) {
				best = together[0][a] + together[1][b];
				to[0] = a;
				to[1] = b;
			}
	out->speakers = r->n;
	out->apart = (double)s->apart;
	out->spread = (double)s->spread;

	for (size_t k = 0; k < r->frames; k++) {
		unsigned n = 0, said = h[k] >= 0, right;

		for (unsigned q = 0; q < r->n; q++)
			n += r->on[q][k];
		right = said && r->on[to[h[k]]][k];
		out->speech += n;
		out->missed += n > said ? n - said : 0;
		out->alarm += n == 0 && said;
		out->confused += n > 0 && said && !right;
		if (near[k])
			continue;
		out->collar_speech += n;
		out->collar_confused += n > 0 && said && !right;
	}
	free(h);
	free(near);
}

static struct voice mono;

static void split_and_score(struct tel *t, const struct reference *r, struct score *out)
{
	struct ut_speakers_in in;
	struct ut_speakers s = { 0 };

	voice_measure(&mono, 1, t);
	in = voice_in(&mono);
	if (ut_speakers_split(&in, false, &s, NULL) != UT_OK)
		abort();
	compare(r, &s, out);
	out->found = s.n_speakers;
	out->more = s.more;
	out->confused_found = out->confused;
	out->missed = out->alarm = out->speech = out->confused = 0;
	out->collar_speech = out->collar_confused = 0;
	if (ut_speakers_split(&in, true, &s, NULL) != UT_OK)
		abort();
	compare(r, &s, out);
	ut_speakers_done(&s);
}

static size_t spokenwoz(const char *dir, struct score *out)
{
	static const char *const files[] = { "MUL1423", "SNG0072", "SNG0480", "SNG1640" };
	static struct voice ch[2];
	struct tel t[2] = { { 0 } };
	char path[4400];
	size_t n = 0;

	for (size_t i = 0; i < UT_ARRAY_LEN(files); i++) {
		struct reference r;

		snprintf(path, sizeof(path), "%s/spokenwoz/%s.wav", dir, files[i]);
		if (!tel_read(path, 0, &t[0]) || !tel_read(path, 1, &t[1]))
			continue;
		voice_measure(ch, 2, t);
		reference_init(&r, ch[0].frames.n);
		r.n = 2;
		for (int c = 0; c < 2; c++)
			for (size_t k = 0; k < ch[c].act.spans.n; k++) {
				const struct ut_span *s = &ch[c].act.spans.v[k];

				if (s->kind == UT_SPAN_SPEECH)
					memset(r.on[c] + s->start, 1, (size_t)(s->end - s->start));
			}
		for (size_t k = 0; k < t[0].n; k++)
			t[0].x[k] = (t[0].x[k] + t[1].x[k]) / 2;
		out[n] = (struct score){ 0 };
		snprintf(out[n].name, sizeof(out[n].name), "spokenwoz %s", files[i]);
		split_and_score(&t[0], &r, &out[n++]);
		reference_done(&r);
	}
	return n;
}

/* Turns of an excerpt out of the lists of turns; false where there are none. */
static bool read_turns(const char *dir, const char *uri, struct reference *r)
{
	static const char *const lists[] = { "train", "development", "test" };
	char path[4400], line[512], name[64], who[64];
	double at, len;

	for (size_t i = 0; i < UT_ARRAY_LEN(lists); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/ami/debug.%s.rttm", dir, lists[i]);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f)) {
			unsigned q;
			size_t from, to;

			if (sscanf(line, "SPEAKER %63s 1 %lf %lf <NA> <NA> %63s", name, &at, &len,
				   who) != 4 ||
			    strcmp(name, uri) != 0)
				continue;
			for (q = 0; q < r->n && strncmp(r->name[q], who, 15) != 0; q++)
				;
			if (q == MAX_SPEAKERS)
				continue;
			snprintf(r->name[q], sizeof(r->name[q]), "%.15s", who);
			r->n = UT_MAX(r->n, q + 1);
			from = UT_MIN((size_t)(at * 100), r->frames);
			to = UT_MIN((size_t)((at + len) * 100), r->frames);
			memset(r->on[q] + from, 1, to - from);
		}
		if (f)
			fclose(f);
	}
	return r->n > 0;
}

static size_t ami(const char *dir, struct score *out)
{
	char path[4400], uri[64];
	struct dirent **list;
	struct tel t = { 0 };
	int n_files;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/ami", dir);
	n_files = scandir(path, &list, NULL, by_name);
	for (int i = 0; i < n_files; i++) {
		const char *dot = strrchr(list[i]->d_name, '.');
		struct reference r;

		if (!dot || strcmp(dot, ".flac") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/ami/%s", dir, list[i]->d_name);
		snprintf(uri, sizeof(uri), "%.*s", (int)(dot - list[i]->d_name), list[i]->d_name);
		if (strncmp(uri, "tr\xc3\xb1", 4) == 0 || strncmp(uri, "trn\xcc\x83", 5) == 0)
			snprintf(uri, sizeof(uri), "trn00"); /* as its list spells it */
		if (!tel_read(path, 0, &t))
			continue;
		reference_init(&r, t.n / UT_HOP);
		if (read_turns(dir, uri, &r)) {
			out[n] = (struct score){ 0 };
			snprintf(out[n].name, sizeof(out[n].name), "ami %.20s", uri);
			split_and_score(&t, &r, &out[n++]);
		}
		reference_done(&r);
	}
	free(t.x);
	return n;
}

/* Utterances of ravdess whose emotion (03-01-EE-...) is one of these. */
static size_t actors(const char *dir, const char *emotions, struct utterance **ret)
{
	char path[4400];
	struct dirent **list;
	int n;
	size_t k = 0;

	snprintf(path, sizeof(path), "%s/ravdess", dir);
	n = scandir(path, &list, NULL, by_name);
	*ret = need(calloc((size_t)UT_MAX(n, 1), sizeof(**ret)));
	for (int i = 0; i < n; i++) {
		struct utterance *u = &(*ret)[k];
		int emotion, actor;

		snprintf(path, sizeof(path), "%s/ravdess/%s", dir, list[i]->d_name);
		if (sscanf(list[i]->d_name, "03-01-%d-%*d-%*d-%*d-%d.flac", &emotion, &actor) ==
			2 &&
		    strchr(emotions, '0' + emotion) && tel_read(path, 0, &u->t)) {
			u->speaker = actor;
			trim(&u->t);
			k++;
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return k;
}

/* Two actors take turns, as calls do; both telephones have a level and a noise of their own. */
static size_t make(const char *dir, const char *emotions, struct score *out)
{
	struct utterance *u = NULL;
	size_t n_u, n = MADE_S * RATE;
	struct tel mix = { need(malloc(n * sizeof(float))), n, n };
	float *side[2] = { need(malloc(n * sizeof(float))), need(malloc(n * sizeof(float))) };

	n_u = actors(dir, emotions, &u);
	for (int call = 0; call < N_MADE && n_u; call++) {
		int who[2];
		size_t at = (size_t)(uniform() * RATE);
		struct reference r;

		who[0] = u[pick(n_u)].speaker;
		do
			who[1] = u[pick(n_u)].speaker;
		while (who[1] == who[0]);
		memset(side[0], 0, n * sizeof(float));
		memset(side[1], 0, n * sizeof(float));
		for (int c = 0, left = 1; at < n; left--) {
			const struct utterance *w;

			if (left == 0) {
				c = !c;
				left = 1 + (int)pick(3);
			}
			do
				w = &u[pick(n_u)];
			while (w->speaker != who[c]);
			if (at + w->t.n > n)
				break;
			for (size_t i = 0; i < w->t.n; i++)
				side[c][at + i] += w->t.x[i];
			at += w->t.n + (size_t)((0.1 + 0.7 * uniform()) * RATE);
		}
		reference_init(&r, n / UT_HOP);
		r.n = 2;
		memset(mix.x, 0, n * sizeof(float));
		mix.n = n;
		for (int c = 0; c < 2; c++) {
			float gain = (float)pow(10, (-9 + 9 * uniform()) / 20);

			truth(side[c], n / UT_HOP, r.on[c]);
			for (size_t i = 0; i < n; i++)
				mix.x[i] += gain * side[c][i] + (float)(gauss() * 0.0007);
		}
		tel_mulaw(&mix);
		out[call] = (struct score){ 0 };
		snprintf(out[call].name, sizeof(out[call].name), "made %s-%s %d %d",
			 who[0] % 2 ? "m" : "f", who[1] % 2 ? "m" : "f", who[0], who[1]);
		split_and_score(&mix, &r, &out[call]);
		reference_done(&r);
	}
	free(side[0]);
	free(side[1]);
	return n_u ? N_MADE : 0;
}

static size_t made(const char *dir, struct score *out)
{
	return make(dir, "12", out); /* neutral, calm */
}

static size_t acted(const char *dir, struct score *out)
{
	return make(dir, "1245", out); /* and sad, angry */
}

/* One person alone: actors, callers to a dialogue system. */
static size_t solo(const char *dir, const char *emotions, struct score *out)
{
	struct utterance *u = NULL;
	size_t n_u = actors(dir, emotions, &u), n = 0, len = 180 * (size_t)RATE;
	struct tel t = { 0 };

	for (int who = 1; who <= 24 && n_u; who++) {
		struct reference r;

		t.n = 0;
		for (size_t i = 0; i < len; i++) {
			float z = 0;

			tel_append(&t, &z, 1);
		}
		say(t.x, len, u, n_u, who, true);
		add_noise(t.x, len, u, n_u, 0, 0.0007);
		tel_mulaw(&t);
		reference_init(&r, len / UT_HOP);
		r.n = 1;
		truth(t.x, len / UT_HOP, r.on[0]);
		out[n] = (struct score){ 0 };
		snprintf(out[n].name, sizeof(out[n].name), "alone, acted %d", who);
		split_and_score(&t, &r, &out[n++]);
		reference_done(&r);
	}
	return n;
}

static size_t solo_acted(const char *dir, struct score *out)
{
	return solo(dir, "1245", out);
}

static size_t alone(const char *dir, struct score *out)
{
	struct utterance *u = NULL;
	char path[4400];
	size_t n_u, n = 0;
	struct tel t = { 0 };
	struct dirent **list;
	int n_files;

	n_u = actors(dir, "12", &u);
	for (int who = 1; who <= 48 && n_u; who++) { /* a minute; four */
		size_t len = (who > 24 ? 240 : 60) * (size_t)RATE;
		struct reference r;

		t.n = 0;
		for (size_t i = 0; i < len; i++) {
			float z = 0;

			tel_append(&t, &z, 1);
		}
		say(t.x, len, u, n_u, (who - 1) % 24 + 1, true);
		add_noise(t.x, len, u, n_u, 0, 0.0007);
		tel_mulaw(&t);
		reference_init(&r, len / UT_HOP);
		r.n = 1;
		truth(t.x, len / UT_HOP, r.on[0]);
		out[n] = (struct score){ 0 };
		snprintf(out[n].name, sizeof(out[n].name), "alone actor %d", who);
		split_and_score(&t, &r, &out[n++]);
		reference_done(&r);
	}
	for (int i = 0; i < 8; i++) {
		static const char *const files[] = { "MUL1423", "SNG0072", "SNG0480", "SNG1640" };
		struct reference r;

		snprintf(path, sizeof(path), "%s/spokenwoz/%s.wav", dir, files[i / 2]);
		if (!tel_read(path, i % 2, &t))
			continue;
		reference_init(&r, t.n / UT_HOP);
		r.n = 1;
		out[n] = (struct score){ 0 };
		snprintf(out[n].name, sizeof(out[n].name), "alone channel %s %d", files[i / 2],
			 i % 2);
		split_and_score(&t, &r, &out[n++]);
		reference_done(&r);
	}
	snprintf(path, sizeof(path), "%s/getgoing", dir);
	n_files = scandir(path, &list, NULL, by_name);
	for (int i = 0; i < n_files; i++) {
		struct reference r;
		const char *dot = strrchr(list[i]->d_name, '.');

		snprintf(path, sizeof(path), "%s/getgoing/%s", dir, list[i]->d_name);
		if (!dot || strcmp(dot, ".mp3") != 0 || !tel_read(path, 0, &t))
			continue;
		reference_init(&r, t.n / UT_HOP);
		r.n = 1;
		out[n] = (struct score){ 0 };
		snprintf(out[n].name, sizeof(out[n].name), "alone caller %.8s", list[i]->d_name);
		split_and_score(&t, &r, &out[n++]);
		reference_done(&r);
	}
	return n;
}

/* Voices a, then b: is it said to be another one? */
struct changes {
	unsigned n[2], said[2]; /* of the same person, of two */
	float most[2], least[2];
};

static void change_of(const struct tel *a, const struct tel *b, bool two, struct changes *c)
{
	struct tel t = { 0 };
	struct ut_speakers_in in;
	int64_t at = (int64_t)(a->n / UT_HOP);
	float evidence;
	bool enough;

	tel_append(&t, a->x, a->n);
	tel_append(&t, b->x, b->n);
	voice_measure(&mono, 1, &t);
	in = voice_in(&mono);
	if (ut_speakers_change(&in, 0, at, INT64_MAX, &evidence, &enough, NULL) != UT_OK)
		abort();
	if (enough) {
		c->most[two] = c->n[two] ? fmaxf(c->most[two], evidence) : evidence;
		c->least[two] = c->n[two] ? fminf(c->least[two], evidence) : evidence;
		c->n[two]++;
		c->said[two] += evidence > UT_ANOTHER_VOICE;
	}
	free(t.x);
}

static void tell_changes(const char *name, const struct changes *c)
{
	if (c->n[0] + c->n[1] == 0)
		return;
	printf(
	    "another voice, %-12s same person: %u of %u said to be another (evidence up to %.1f); "
	    "another: %u of %u found (from %.1f)\n",
	    name, c->said[0], c->n[0], (double)c->most[0], c->said[1], c->n[1],
	    (double)c->least[1]);
}

/* Each channel of spokenwoz cut at a third, half, two thirds; a half of one and a half of another
 * of the same side. The same of actors. */
static bool changes(const char *dir)
{
	static const char *const files[] = { "MUL1423", "SNG0072", "SNG0480", "SNG1640" };
	struct changes real = { 0 }, made = { 0 }, mood = { 0 };
	struct tel t[8] = { { 0 } };
	struct utterance *u = NULL, *angry = NULL;
	size_t n_u = actors(dir, "12", &u), n_calm = n_u;
	char path[4400];

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "%s/spokenwoz/%s.wav", dir, files[i / 2]);
		tel_read(path, i % 2, &t[i]);
	}
	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++) {
			if (!t[i].n || !t[j].n || i % 2 != j % 2)
				continue;
			for (size_t cut = 2; cut <= 4; cut++) {
				size_t at = i == j ? t[i].n * cut / 6 : t[i].n / 2;
				const struct tel a = { t[i].x, at, at };
				const struct tel b =
				    i == j ? (struct tel){ t[i].x + at, t[i].n - at, 0 }
					   : (struct tel){ t[j].x, t[j].n / 2, 0 };

				if (i == j || cut == 2)
					change_of(&a, &b, i != j, &real);
			}
		}
	tell_changes("spokenwoz:", &real);
	for (int k = 0; k < 96 && n_u; k++) {
		struct tel side[2] = { { 0 } };
		int who[2] = { k % 24 + 1, 0 };

		who[1] = k < 48 ? who[0] : (who[0] + 2 * (k % 11)) % 24 + 1;
		if (k >= 48 && who[1] == who[0])
			continue;
		for (int c = 0; c < 2; c++) {
			for (size_t i = 0; i < 30 * RATE; i++) {
				float z = 0;

				tel_append(&side[c], &z, 1);
			}
			say(side[c].x, side[c].n, u, n_u, who[c], true);
			add_noise(side[c].x, side[c].n, u, n_u, 0, 0.0007);
			tel_mulaw(&side[c]);
		}
		change_of(&side[0], &side[1], k >= 48, &made);
		free(side[0].x);
		free(side[1].x);
	}
	tell_changes("actors:", &made);
	n_u = actors(dir, "5", &angry);
	for (int who = 1; who <= 24 && n_u; who++) {
		struct tel side[2] = { { 0 } };

		for (int c = 0; c < 2; c++) {
			for (size_t i = 0; i < 30 * RATE; i++) {
				float z = 0;

				tel_append(&side[c], &z, 1);
			}
			say(side[c].x, side[c].n, c ? angry : u, c ? n_u : n_calm, who, true);
			add_noise(side[c].x, side[c].n, u, n_calm, 0, 0.0007);
			tel_mulaw(&side[c]);
		}
		change_of(&side[0], &side[1], false, &mood);
		free(side[0].x);
		free(side[1].x);
	}
	tell_changes("angry now:", &mood);
	return real.n[0] + made.n[0] > 0;
}

static void total(const char *name, const struct score *s, size_t n, unsigned speakers, int half)
{
	double sum[7] = { 0 }, draws[1000];
	unsigned found = 0;
	size_t k = 0;
	const struct score *v[MAX_FILES];

	for (size_t i = 0; i < n; i++)
		if ((!speakers || s[i].speakers == speakers) && (half < 0 || (int)(i % 2) == half))
			v[k++] = &s[i];
	if (!k)
		return;
	for (size_t i = 0; i < k; i++) {
		sum[0] += v[i]->speech;
		sum[1] += v[i]->missed;
		sum[2] += v[i]->alarm;
		sum[3] += v[i]->confused;
		sum[4] += v[i]->collar_speech;
		sum[5] += v[i]->collar_confused;
		sum[6] += v[i]->confused_found;
		found += v[i]->found == 2;
	}
	for (int d = 0; d < 1000; d++) {
		double a = 0, b = 0;

		for (size_t i = 0; i < k; i++) {
			const struct score *x = v[pick(k)];

			a += x->speech;
			b += x->confused;
		}
		draws[d] = 100 * b / a;
	}
	for (int i = 1; i < 1000; i++)
		for (int j = i; j > 0 && draws[j] < draws[j - 1]; j--) {
			double x = draws[j];

			draws[j] = draws[j - 1];
			draws[j - 1] = x;
		}
	printf("%-26s %2u of %zu two %11.0f s %6.1f %7.1f %9.1f  [%5.1f, %5.1f] %9.1f %9.1f\n",
	       name, found, k, sum[0] / 100, 100 * sum[1] / sum[0], 100 * sum[2] / sum[0],
	       100 * sum[3] / sum[0], draws[25], draws[974], 100 * sum[5] / sum[4],
	       100 * sum[6] / sum[0]);
}

int main(int argc, char **argv)
{
	static struct score s[MAX_FILES];
	const char *dir = argc > 1 ? argv[1] : ".", *what = argc > 2 ? argv[2] : "all";
	int half = strcmp(what, "development") == 0 ? 0 : strcmp(what, "test") == 0 ? 1 : -1;
	static const struct {
		const char *name;
		size_t (*run)(const char *dir, struct score *out);
		unsigned speakers; /* files with this number make a total of their own */
	} sets[] = { { "spokenwoz", spokenwoz, 0 }, { "ami", ami, 2 },
		     { "made", made, 0 },           { "made, acted", acted, 0 },
		     { "alone", alone, 0 },         { "alone, acted", solo_acted, 0 } };
	bool any = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%-26s %5s %7s %6s %7s %7s %9s %18s %7s %9s\n", "per cent of speech", "found",
	       "apart", "spread", "missed", "alarm", "confused", "95 %", "collar", "unaided");
	for (size_t k = 0; k < UT_ARRAY_LEN(sets) && strcmp(what, "changes") != 0; k++) {
		size_t n = sets[k].run(dir, s);

		any |= n > 0;
		for (size_t i = 0; i < n; i++)
			if (half < 0 || (int)(i % 2) == half)
				printf("%-26s %2u, %u%s %7.1f %6.1f %7.1f %7.1f %9.1f %18s %7.1f "
				       "%9.1f\n",
				       s[i].name, s[i].speakers, s[i].found, s[i].more ? "+" : " ",
				       s[i].apart, s[i].spread, 100 * s[i].missed / s[i].speech,
				       100 * s[i].alarm / s[i].speech,
				       100 * s[i].confused / s[i].speech, "",
				       100 * s[i].collar_confused / s[i].collar_speech,
				       100 * s[i].confused_found / s[i].speech);
		if (sets[k].speakers)
			total("  two speak", s, n, sets[k].speakers, half);
		total(sets[k].name, s, n, 0, half);
	}
	any |= changes(dir);
	voice_done(&mono);
	if (!any)
		printf("SKIP: no recordings in %s\n", dir);
	return any ? 0 : 77;
}
