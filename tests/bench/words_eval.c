/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words_eval.c - the recogniser on real telephone speech: what it finds, what it finds wrongly.
 * usage: words_eval DATA SOURCE [--candidates | --fit PHRASE...]
 *
 * DATA/spokenwoz: two-party calls with the times of turns; a channel each; never fitted to, but see
 * docs/recogniser.md on how far to trust it. DATA/wuw, DATA/getgoing: callers with transcripts
 * without times; what is found there and stands not in the file's transcript is a false alarm, and
 * the threshold is chosen on them. Spans come from the program's own activity detection. Everything
 * is printed with its number of cases and a 95 % interval (Wilson's for shares, exact Poisson for
 * rates).
 *
 * --candidates prints one line a hit instead; --fit the threshold of each phrase for its list.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "classifiers/recogniser.h"
#include "decode/decode.h"
#include "dsp/activity.h"
#include "dsp/engine.h"
#include "dsp/resample.h"
#include "metadata/transcript.h"

enum { MAX_CH = 2, CLOSING_S = 45, NEAR = 30 };

enum corpus { SPOKENWOZ, GETGOING, WUW, N_CORPORA };
static const char *const corpus_name[N_CORPORA] = { "spokenwoz", "getgoing", "wuw" };

struct audio {
	float *x[MAX_CH];
	size_t n[MAX_CH], cap;
	unsigned n_ch, filling;
};

/* One utterance of a channel: speech without a pause of 0.5 s. */
struct utterance {
	enum corpus corpus;
	unsigned call, ch;
	int64_t start, end;
	bool has_true[UT_N_PHRASE_MEANINGS]; /* a phrase of that meaning was said in it */
	bool timed;                          /* has_true is known */
	bool closing;                        /* in the last CLOSING_S of its call */
	float best[UT_N_PHRASE_MEANINGS];    /* best score heard */
};

struct found {
	enum corpus corpus;
	unsigned phrase, call, ch, utterance;
	float score;
	bool right, initial;
	int64_t start, end;
	int64_t true_start, true_end; /* where right and timed */
};

static struct {
	struct ut_phrase_list phrases;
	struct ut_recogniser *r;
	struct utterance *u;
	size_t n_u;
	struct found *f;
	size_t n_f;
	float shipped[UT_PHRASES_MAX]; /* thresholds as the list has them */
	unsigned n_calls[N_CORPORA], said[UT_PHRASES_MAX];
	unsigned n_closings, n_found[2], n_right[2]; /* without and with phrases */
	double off_start_s[2], off_end_s[2];
	double heard_s[N_CORPORA], speech_s[N_CORPORA], cpu_hear_s, cpu_rest_s;
} all;

static void die(const char *what, const struct ut_error *err)
{
	fprintf(stderr, "words_eval: %s: %s\n", what, err ? err->msg : "failed");
	exit(1);
}

static void *more(void *v, size_t n, size_t size)
{
	if (n & (n - 1)) /* room is kept for the next power of two */
		return v;
	v = realloc(v, (n ? 2 * n : 1) * size);
	if (!v)
		die("memory", NULL);
	return v;
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 1 << 22;
	char *b = f ? malloc(cap) : NULL;

	*n = b ? fread(b, 1, cap, f) : 0;
	if (f)
		fclose(f);
	return b;
}

static void keep_samples(void *user, const float *x, size_t n)
{
	struct audio *a = user;
	unsigned c = a->filling;

	if (!a->x[c]) {
		a->cap = (size_t)8000 * 3600;
		a->x[c] = malloc(a->cap * sizeof(float));
	}
	if (!a->x[c] || a->n[c] + n > a->cap)
		die("memory", NULL);
	memcpy(a->x[c] + a->n[c], x, n * sizeof(*x));
	a->n[c] += n;
}

static bool load(const char *path, const char *raw, struct audio *a)
{
	struct ut_decode_opts o = { .raw_format = raw };
	struct ut_decoder *d = NULL;
	struct ut_resample *rs[MAX_CH] = { NULL };
	struct ut_error err = { 0 };
	struct ut_block b;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (ut_decoder_open(fd, path, &o, &d, &err))
		die(path, &err);
	a->n_ch = UT_MIN(ut_decoder_info(d)->n_ch, (unsigned)MAX_CH);
	for (unsigned c = 0; c < a->n_ch; c++)
		if (ut_resample_create(ut_decoder_info(d)->rate_hz, &rs[c], &err))
			die(path, &err);
	while (!ut_decoder_read(d, &b, &err) && b.n)
		for (a->filling = 0; a->filling < a->n_ch; a->filling++)
			ut_resample_push(rs[a->filling], b.ch[a->filling], b.n, keep_samples, a);
	for (a->filling = 0; a->filling < a->n_ch; a->filling++) {
		ut_resample_flush(rs[a->filling], keep_samples, a);
		ut_resample_destroy(&rs[a->filling]);
	}
	ut_decoder_destroy(&d);
	close(fd);
	return true;
}

static void keep_frame(void *user, const struct ut_frame *row)
{
	if (ut_frame_table_push(user, row))
		die("memory", NULL);
}

/* words[0..n): the truth of this channel with times; NULL where text alone is known: then
 * said[phrase] tells whether a phrase stands in it anywhere. */
static void judge(enum corpus corpus, unsigned call, unsigned ch, const struct ut_span_list *spans,
		  const struct ut_phrase_hit *hits, size_t n_hits,
		  const struct ut_phrase_hit *truth, size_t n_truth, bool timed, const bool *said,
		  int64_t n_frames)
{
	const size_t first = all.n_u;

	for (size_t i = 0; i < spans->n; i++) {
		const struct ut_span *s = &spans->v[i];

		if (s->kind != UT_SPAN_SPEECH)
			continue;
		if (all.n_u > first && s->start - all.u[all.n_u - 1].end < 50) {
			all.u[all.n_u - 1].end = s->end;
			continue;
		}
		all.u = more(all.u, all.n_u, sizeof(*all.u));
		all.u[all.n_u++] = (struct utterance){ .corpus = corpus,
						       .call = call,
						       .ch = ch,
						       .start = s->start,
						       .end = s->end,
						       .timed = timed };
	}
	for (size_t i = first; i < all.n_u; i++) {
		struct utterance *u = &all.u[i];

		all.speech_s[corpus] += (double)(u->end - u->start) / UT_FRAMES_PER_S;
		u->closing = u->end > n_frames - CLOSING_S * UT_FRAMES_PER_S;
		for (size_t k = 0; timed && k < n_truth; k++)
			if (truth[k].start < u->end + NEAR && truth[k].end > u->start - NEAR &&
			    (truth[k].start + truth[k].end) / 2 < u->end + NEAR &&
			    (truth[k].start + truth[k].end) / 2 > u->start - NEAR)
				u->has_true[truth[k].meaning] = true;
	}
	for (size_t i = 0; i < n_hits; i++) {
		const struct ut_phrase_hit *h = &hits[i];
		struct found f = { .corpus = corpus,
				   .call = call,
				   .ch = ch,
				   .score = h->score,
				   .start = h->start,
				   .end = h->end };
		size_t in = first;

		while (all.phrases.v[f.phrase].text != h->phrase)
			f.phrase++;
		while (in + 1 < all.n_u && all.u[in + 1].start <= (h->start + h->end) / 2)
			in++;
		f.utterance = (unsigned)in;
		f.initial = h->start - all.u[in].start < 50;
		f.right = !timed && said[f.phrase];
		/* Times inside a turn of the truth are interpolated: the same utterance will do. */
		for (size_t k = 0; k < n_truth && in < all.n_u; k++) {
			int64_t mid = (truth[k].start + truth[k].end) / 2;

			if ((strstr(truth[k].phrase, h->phrase) ||
			     strstr(h->phrase, truth[k].phrase)) &&
			    mid > all.u[in].start - NEAR && mid < all.u[in].end + NEAR) {
				f.right = true;
				f.true_start = truth[k].start;
				f.true_end = truth[k].end;
			}
		}
		if (in < all.n_u)
			all.u[in].best[h->meaning] = fmaxf(all.u[in].best[h->meaning], h->score);
		all.f = more(all.f, all.n_f, sizeof(*all.f));
		all.f[all.n_f++] = f;
	}
}

static float shipped_threshold(const char *phrase)
{
	size_t p = 0;

	while (all.phrases.v[p].text != phrase)
		p++;
	return all.shipped[p];
}

/*
 * The closing of a channel, as the program finds it, by turns alone and with the phrases heard. The
 * truth: the last utterance of the channel in which an acknowledgement or thanks is said. Found
 * right where the two share a frame.
 */
static void closings(const struct ut_activity_channel *act, unsigned n_ch, unsigned ch,
		     const struct ut_phrase_hit *hits, size_t n_hits, size_t first_u,
		     int64_t n_frames)
{
	struct ut_turns_in in = { .n_parties = n_ch, .n_frames = n_frames, .customer = (int)ch };
	struct ut_turn_list turns = { 0 };
	struct ut_call_measures m;
	struct ut_phrase_hit *kept = malloc((n_hits + 1) * sizeof(*kept));
	const struct utterance *last = NULL;
	struct ut_error err = { 0 };
	size_t n = 0;

	for (unsigned c = 0; c < n_ch; c++)
		in.spans[c] = &act[c].spans;
	if (!kept || ut_turns_find(&in, &turns, &m, &err))
		die("turns", &err);
	for (size_t i = 0; i < n_hits; i++)
		if (hits[i].score >= shipped_threshold(hits[i].phrase))
			kept[n++] = hits[i];
	for (size_t i = first_u; i < all.n_u; i++)
		if (all.u[i].has_true[UT_PHRASE_ACKNOWLEDGEMENT] ||
		    all.u[i].has_true[UT_PHRASE_THANKS])
			last = &all.u[i];
	all.n_closings += last != NULL;
	for (int with = 0; with < 2; with++) {
		struct ut_closing c;

		ut_closing_find(&(struct ut_closing_in){ .turns = &turns,
							 .speech = &act[ch].spans,
							 .hits = with ? kept : NULL,
							 .n_hits = with ? n : 0,
							 .customer = (int)ch,
							 .n_frames = n_frames },
				&c);
		all.n_found[with] += c.found_by != UT_FOUND_NONE;
		printf("call %u, %s, %s phrases: %s %.2f-%.2f s, confidence %.2f%s%s; truth "
		       "%.2f-%.2f\n",
		       all.n_calls[SPOKENWOZ], ch ? "right" : "left", with ? "with" : "without",
		       c.found_by == UT_FOUND_NONE ? "none" : "closing",
		       (double)c.start / UT_FRAMES_PER_S, (double)c.end / UT_FRAMES_PER_S,
		       (double)c.confidence, c.phrase ? ", " : "", c.phrase ? c.phrase : "",
		       last ? (double)last->start / UT_FRAMES_PER_S : -1,
		       last ? (double)last->end / UT_FRAMES_PER_S : -1);
		if (last && c.found_by != UT_FOUND_NONE && c.start < last->end &&
		    c.end > last->start) {
			all.n_right[with]++;
			all.off_start_s[with] +=
			    fabs((double)(c.start - last->start)) / UT_FRAMES_PER_S;
			all.off_end_s[with] += fabs((double)(c.end - last->end)) / UT_FRAMES_PER_S;
		}
	}
	ut_turn_list_done(&turns);
	free(kept);
}

static void one_call(enum corpus corpus, const char *path, const char *raw,
		     const struct ut_timed_word *words, size_t n_words, bool timed)
{
	struct audio a = { 0 };
	struct ut_frame_table t[MAX_CH] = { { 0 } };
	struct ut_activity_channel act[MAX_CH];
	struct ut_activity_in in = { 0 };
	struct ut_phrase_hit *truth = NULL;
	struct ut_engine *e = NULL;
	struct ut_error err = { 0 };
	size_t n_truth = 0;
	double t0 = cpu_s();

	memset(act, 0, sizeof(act));
	if (!load(path, raw, &a))
		return;
	if (ut_phrases_match(&all.phrases, words, n_words, &truth, &n_truth, &err) ||
	    ut_engine_create(&e, &err))
		die(path, &err);
	in.n_ch = corpus == GETGOING ? 1 : a.n_ch; /* its right channel is silent */
	for (unsigned c = 0; c < in.n_ch; c++) {
		ut_engine_reset(e);
		ut_engine_push(e, a.x[c], a.n[c], keep_frame, &t[c]);
		ut_engine_flush(e, keep_frame, &t[c]);
		in.frames[c] = &t[c];
	}
	if (ut_activity_find(&in, act, &err))
		die(path, &err);
	all.cpu_rest_s += cpu_s() - t0;
	for (unsigned c = 0; c < in.n_ch; c++) {
		int16_t *pcm = malloc((a.n[c] + 1) * sizeof(*pcm));
		struct ut_phrase_hit *hits = NULL, *mine = NULL;
		bool said[UT_PHRASES_MAX] = { false };
		size_t n = 0, n_mine = 0, first_u = all.n_u;

		if (!pcm)
			die(path, NULL);
		for (size_t i = 0; i < a.n[c]; i++)
			pcm[i] = (int16_t)lrintf(fmaxf(-32768, fminf(32767, a.x[c][i] * 32768)));
		t0 = cpu_s();
		if (ut_recogniser_hear(all.r,
				       &(struct ut_hear_in){ .pcm = pcm,
							     .n = a.n[c],
							     .speech = &act[c].spans,
							     .party = c,
							     .lang = "en" },
				       &hits, &n, &all.heard_s[corpus], &err))
			die(path, &err);
		all.cpu_hear_s += cpu_s() - t0;
		for (size_t k = 0; k < n_truth; k++)
			if (truth[k].party == c) {
				mine = more(mine, n_mine, sizeof(*mine));
				mine[n_mine++] = truth[k];
				for (size_t p = 0; p < all.phrases.n; p++)
					if (all.phrases.v[p].text == truth[k].phrase) {
						said[p] = true;
						all.said[p] += corpus == SPOKENWOZ;
					}
			}
		/* "okay thank you" was said: then so were "okay" and "thank you" */
		for (size_t p = 0; p < all.phrases.n; p++)
			for (size_t k = 0; k < n_mine && !timed; k++)
				if (strstr(mine[k].phrase, all.phrases.v[p].text))
					said[p] = true;
		judge(corpus, all.n_calls[corpus], c, &act[c].spans, hits, n, timed ? mine : NULL,
		      timed ? n_mine : 0, timed, said, (int64_t)t[c].n);
		if (corpus == SPOKENWOZ) { /* as the program does it: what a call's length allows */
			struct ut_hear_in hear = { .pcm = pcm,
						   .n = a.n[c],
						   .speech = &act[c].spans,
						   .party = c,
						   .lang = "en",
						   .max_heard_s = ut_recogniser_budget_s(
						       (double)t[c].n / UT_FRAMES_PER_S) };

			free(hits);
			hits = NULL;
			n = 0;
			if (ut_recogniser_hear(all.r, &hear, &hits, &n, NULL, &err))
				die(path, &err);
			closings(act, in.n_ch, c, hits, n, first_u, (int64_t)t[c].n);
		}
		free(mine);
		free(hits);
		free(pcm);
	}
	all.n_calls[corpus]++;
	for (unsigned c = 0; c < MAX_CH; c++) {
		ut_activity_channel_done(&act[c]);
		ut_frame_table_done(&t[c]);
		free(a.x[c]);
	}
	ut_engine_destroy(&e);
	free(truth);
}

/* Left is party 0 and speaker A, right is party 1 and speaker B. */
static void spokenwoz(const char *data)
{
	static const char *const name[] = { "MUL1423", "SNG0072", "SNG0480", "SNG1640" };
	char path[512];

	for (size_t i = 0; i < UT_ARRAY_LEN(name); i++) {
		struct ut_transcript t = { 0 };
		struct ut_call c;
		struct ut_timed_word *w = NULL;
		struct ut_error err = { 0 };
		size_t n, n_words = 0;
		char *b;

		snprintf(path, sizeof(path), "%s/spokenwoz/%s.words.json", data, name[i]);
		b = slurp(path, &n);
		if (!b)
			continue;
		ut_call_init(&c);
		c.n_parties = 2;
		c.party[1].channel = 1;
		if (ut_call_set(&c.party[0].id, "A") || ut_call_set(&c.party[1].id, "B") ||
		    ut_transcript_parse(b, n, path, &t, &err) ||
		    ut_transcript_words(&t, &c, &w, &n_words, NULL, &err))
			die(path, &err);
		snprintf(path, sizeof(path), "%s/spokenwoz/%s.wav", data, name[i]);
		one_call(SPOKENWOZ, path, NULL, w, n_words, true);
		free(w);
		free(b);
		ut_transcript_done(&t);
		ut_call_done(&c);
	}
}

/* The text of every "key": "..." of a JSON file from `from` to `to`, as one string a line. Good
 * enough for the two corpora's own files, which have no escapes in it. */
static void strings_between(const char *from, const char *to, const char *before,
			    struct ut_text *ret)
{
	size_t len = strlen(before);

	for (const char *p = from; (p = memmem(p, (size_t)(to - p), before, len)) != NULL;) {
		const char *q = p + len;

		while (q < to && !(q[0] == '"' && q[-1] != '\\'))
			q++;
		ut_text_addn(ret, p + len, (size_t)(q - p) - len);
		ut_text_add(ret, " . ");
		p = q;
	}
}

static void getgoing(const char *data)
{
	char dir[480], path[800];
	struct dirent **list = NULL;
	int n_files;

	snprintf(dir, sizeof(dir), "%s/getgoing", data);
	n_files = scandir(dir, &list, NULL, alphasort); /* a fixed order */
	for (int i = 0; i < n_files; i++) {
		const char *dot = strstr(list[i]->d_name, ".mp3");

		if (dot) {
			struct ut_text text = { 0 };
			size_t n;
			char *b;

			snprintf(path, sizeof(path), "%s/%.*s.log.json", dir,
				 (int)(dot - list[i]->d_name), list[i]->d_name);
			b = slurp(path, &n);
			if (b)
				strings_between(b, b + n, "\"USER ", &text);
			snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
			one_call(GETGOING, path, NULL,
				 &(struct ut_timed_word){ .text = text.s ? text.s : "" }, 1, false);
			free(b);
			ut_text_done(&text);
		}
		free(list[i]);
	}
	free(list);
}

static void wuw(const char *data, unsigned step)
{
	static const char key[] = "\"fileName\": \"";
	char path[512];
	unsigned k = 0;
	size_t n;
	char *b;

	snprintf(path, sizeof(path), "%s/wuw/wuw.json", data);
	b = slurp(path, &n);
	for (char *p = b; b && (p = memmem(p, (size_t)(b + n - p), key, sizeof(key) - 1));) {
		char *name = p + sizeof(key) - 1, *end = memchr(name, '"', (size_t)(b + n - name));
		char *next = memmem(name, (size_t)(b + n - name), key, sizeof(key) - 1);
		struct ut_text text = { 0 };

		strings_between(name, next ? next : b + n, "\"transcription\": \"", &text);
		/* Every step-th file: the five prompts repeat. "ThinkEngine" is left out: an
		 * invented name, in every fifth file, that begins like "thank you". */
		if (end && k++ % step == 0 && text.s && !strcasestr(text.s, "ThinkEngine")) {
			snprintf(path, sizeof(path), "%s/wuw/%.*s", data, (int)(end - name), name);
			one_call(WUW, path, "ulaw",
				 &(struct ut_timed_word){ .text = text.s ? text.s : "" }, 1, false);
		}
		ut_text_done(&text);
		p = name;
	}
	free(b);
}

/* 95 % */
static void wilson(unsigned k, unsigned n, double *lo, double *hi)
{
	double z = 1.96, p = n ? (double)k / n : 0;
	double mid = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));

	*lo = n ? fmax(0, mid - half) : 0;
	*hi = n ? fmin(1, mid + half) : 1;
}

static void print_share(const char *what, unsigned k, unsigned n)
{
	double lo, hi;

	wilson(k, n, &lo, &hi);
	printf("%-42s %3u of %3u  %3.0f %%  (%.0f..%.0f)\n", what, k, n, n ? 100.0 * k / n : 0.0,
	       100 * lo, 100 * hi);
}

/* Rate of false alarms a minute of speech, chance alone: k - 1.96 sqrt(k) .. by the square root
 * transform, exact enough for a page. */
static void print_rate(const char *what, unsigned k, double minutes)
{
	double lo = fmax(0, sqrt((double)k) - 0.98), hi = sqrt(k + 1.0) + 0.98;

	printf("%-42s %3u in %4.1f min: %.2f a minute  (%.2f..%.2f)\n", what, k, minutes,
	       k / minutes, lo * lo / minutes, hi * hi / minutes);
}

/* Of false alarms, one an utterance: a second wrong phrase in it harms no more. ms: a bit mask of
 * meanings; ch: -1 all. */
static unsigned count_false(unsigned corpora, unsigned ms, int ch, float thr)
{
	unsigned n = 0, last = UINT32_MAX;

	for (size_t i = 0; i < all.n_f; i++) {
		const struct found *f = &all.f[i];

		if (!f->right && f->score >= thr && corpora >> f->corpus & 1 &&
		    ms >> all.phrases.v[f->phrase].meaning & 1 && f->utterance != last &&
		    (ch < 0 || (unsigned)ch == f->ch) &&
		    !(all.u[f->utterance].timed &&
		      all.u[f->utterance].has_true[all.phrases.v[f->phrase].meaning])) {
			n++;
			last = f->utterance;
		}
	}
	return n;
}

/* The lowest threshold with at most rate false alarms a minute on wuw and getgoing. */
static float threshold_for(unsigned ms, double rate)
{
	const unsigned on = 1u << WUW | 1u << GETGOING;
	const double minutes = (all.speech_s[WUW] + all.speech_s[GETGOING]) / 60;
	float lo = 0, hi = 1;

	for (int i = 0; i < 24; i++) {
		float mid = (lo + hi) / 2;

		if (count_false(on, ms, -1, mid) <= rate * minutes)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

static void report_utterances(const char *what, unsigned ms, float thr, int ch, bool closing)
{
	unsigned said = 0, heard = 0;

	for (size_t i = 0; i < all.n_u; i++) {
		const struct utterance *u = &all.u[i];
		bool is = false, got = false;

		if (!u->timed || (ch >= 0 && u->ch != (unsigned)ch) || (closing && !u->closing))
			continue;
		for (unsigned m = 0; m < UT_N_PHRASE_MEANINGS; m++)
			if (ms >> m & 1) {
				is |= u->has_true[m];
				got |= u->best[m] >= thr;
			}
		said += is;
		heard += is && got;
	}
	print_share(what, heard, said);
}

static void report_errors(float thr)
{
	double ds = 0, de = 0;
	unsigned n = 0;

	for (size_t i = 0; i < all.n_f; i++) {
		const struct found *f = &all.f[i];

		if (!f->right || f->corpus != SPOKENWOZ || f->score < thr)
			continue;
		ds += fabs((double)(f->start - f->true_start)) / UT_FRAMES_PER_S;
		de += fabs((double)(f->end - f->true_end)) / UT_FRAMES_PER_S;
		n++;
	}
	printf(
	    "mean |start error| %.2f s, mean |end error| %.2f s over %u hits; the truth inside a "
	    "turn is interpolated\n",
	    n ? ds / n : 0, n ? de / n : 0, n);
}

/* ms: a bit mask of meanings. */
static void report_shipped(const char *what, unsigned ms)
{
	char line[96];

	for (int ch = 0; ch < 2; ch++) {
		unsigned said[2] = { 0 }, heard[2] = { 0 };

		for (unsigned i = 0; i < all.n_u; i++) {
			const struct utterance *u = &all.u[i];
			bool is = false, got = false;

			if (!u->timed || u->ch != (unsigned)ch)
				continue;
			for (unsigned m = 0; m < UT_N_PHRASE_MEANINGS; m++)
				is |= u->has_true[m] && ms >> m & 1;
			for (size_t k = 0; k < all.n_f; k++)
				got |= all.f[k].corpus == SPOKENWOZ && all.f[k].utterance == i &&
				       ms >> all.phrases.v[all.f[k].phrase].meaning & 1 &&
				       all.f[k].score >= all.shipped[all.f[k].phrase];
			for (int c = 0; c < 1 + u->closing; c++) {
				said[c] += is;
				heard[c] += is && got;
			}
		}
		snprintf(line, sizeof(line), "%s, %s", what,
			 ch ? "right (agent)" : "left (customer)");
		print_share(line, heard[0], said[0]);
		print_share("    of them in the last 45 s", heard[1], said[1]);
	}
	for (unsigned c = 0; c < N_CORPORA; c++) {
		unsigned n = 0, last = UINT32_MAX;

		for (size_t k = 0; k < all.n_f; k++) {
			const struct found *f = &all.f[k];
			const struct utterance *u = &all.u[f->utterance];
			enum ut_phrase_meaning m = all.phrases.v[f->phrase].meaning;

			if (f->corpus != c || f->right || f->utterance == last || !(ms >> m & 1) ||
			    f->score < all.shipped[f->phrase] || (u->timed && u->has_true[m]))
				continue;
			n++;
			last = f->utterance;
		}
		snprintf(line, sizeof(line), "%s, %s: false alarms", what, corpus_name[c]);
		print_rate(line, n, all.speech_s[c] / 60);
	}
}

/* Per phrase the threshold above which nothing is heard wrongly in wuw and getgoing, 0.3 of
 * log-odds added, and not below 0.2; for the phrases named in often, whose share of true hits is
 * largest, one in ten minutes is let through. */
static void fit(const char *const *often, int n_often)
{
	const double minutes = (all.speech_s[WUW] + all.speech_s[GETGOING]) / 60;

	for (unsigned p = 0; p < all.phrases.n; p++) {
		unsigned allowed = 0;
		float last = 2;

		for (int i = 0; i < n_often; i++)
			if (strcmp(often[i], all.phrases.v[p].text) == 0)
				allowed = (unsigned)(0.1 * minutes);
		for (unsigned k = 0; k <= allowed; k++) { /* the allowed-th highest false score */
			float top = 0;

			for (size_t i = 0; i < all.n_f; i++)
				if (all.f[i].phrase == p && !all.f[i].right &&
				    all.f[i].corpus != SPOKENWOZ && all.f[i].score < last)
					top = fmaxf(top, all.f[i].score);
			last = top;
		}
		last = 1 / (1 + expf(-0.3f) * (1 / fmaxf(1e-9f, last) - 1));
		printf("%s\t%.2f\n", all.phrases.v[p].text,
		       ceil(100 * (double)fmaxf(0.2f, fminf(0.99f, last))) / 100);
	}
}

static void report(void)
{
	static const struct row {
		const char *name;
		unsigned ms;
	} rows[] = {
		{ "acknowledgement", 1u << UT_PHRASE_ACKNOWLEDGEMENT },
		{ "thanks", 1u << UT_PHRASE_THANKS },
		{ "goodbye", 1u << UT_PHRASE_GOODBYE },
		{ "refusal", 1u << UT_PHRASE_REFUSAL },
		{ "any", (1u << UT_N_PHRASE_MEANINGS) - 1 },
	};
	static const double rates[] = { 0.1, 0.5, 1.0 };
	char line[96];

	for (unsigned c = 0; c < N_CORPORA; c++)
		printf("%-10s %3u files, %5.1f min of speech, %.1f of them heard\n", corpus_name[c],
		       all.n_calls[c], all.speech_s[c] / 60, all.heard_s[c] / 60);
	for (size_t k = 0; k < UT_ARRAY_LEN(rates); k++) {
		printf("\nat %.1f false alarms a minute of wuw and getgoing\n", rates[k]);
		for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
			float thr = threshold_for(r->ms, rates[k]);

			printf("  %s, threshold %.3f\n", r->name, (double)thr);
			for (int ch = 0; ch < 2; ch++) {
				const char *who = ch ? "right (agent)" : "left (customer)";

				snprintf(line, sizeof(line), "    utterances, %s", who);
				report_utterances(line, r->ms, thr, ch, false);
				snprintf(line, sizeof(line), "    in the last %d s, %s", CLOSING_S,
					 who);
				report_utterances(line, r->ms, thr, ch, true);
			}
			print_rate("    false alarms, both channels",
				   count_false(1u << SPOKENWOZ, r->ms, -1, thr),
				   all.speech_s[SPOKENWOZ] / 60);
			if (r->ms == 1)
				report_errors(thr);
		}
	}
	printf("\nat the thresholds of the list\n");
	report_shipped("acknowledgements", 1u << UT_PHRASE_ACKNOWLEDGEMENT);
	report_shipped("phrases", (1u << UT_N_PHRASE_MEANINGS) - 1);
	for (int with = 0; with < 2; with++) {
		snprintf(line, sizeof(line), "closings %s phrases, found right",
			 with ? "with" : "without");
		print_share(line, all.n_right[with], all.n_closings);
		printf("    mean |start error| %.2f s, |end error| %.2f s\n",
		       all.off_start_s[with] / UT_MAX(all.n_right[with], 1u),
		       all.off_end_s[with] / UT_MAX(all.n_right[with], 1u));
	}
	printf("\nrecogniser %.1f CPU s for %.1f min of speech (%.3f a second); decoding and "
	       "measuring %.1f CPU s\n",
	       all.cpu_hear_s, (all.heard_s[0] + all.heard_s[1] + all.heard_s[2]) / 60,
	       all.cpu_hear_s / (all.heard_s[0] + all.heard_s[1] + all.heard_s[2]), all.cpu_rest_s);
}

int main(int argc, char **argv)
{
	struct ut_recogniser_opts o = ut_recogniser_opts_default;
	struct ut_error err = { 0 };
	char path[512], words[512];
	size_t n;
	char *b;

	if (argc < 3)
		die("usage: words_eval DATA SOURCE [--candidates]", NULL);
	snprintf(path, sizeof(path), "%s/share/phrases/en.txt", argv[2]);
	b = slurp(path, &n);
	if (!b || ut_phrases_parse(b, n, path, &all.phrases, &err))
		die(path, &err);
	for (size_t i = 0; i < all.phrases.n; i++)
		all.shipped[i] = all.phrases.v[i].threshold,
		all.phrases.v[i].threshold = 1e-9f; /* all of them: the curve is drawn here */
	snprintf(path, sizeof(path), "%s/share/models/telephone.mllr", argv[2]);
	o.transform = path;
	o.max_heard_s = 600;
	snprintf(words, sizeof(words), "%s/share/models/words.txt", argv[2]);
	o.words = slurp(words, &o.words_n);
	if (!o.words)
		die(words, NULL);
	if (ut_recogniser_create(&o, &all.phrases, &all.r, &err))
		die(path, &err);
	spokenwoz(argv[1]);
	getgoing(argv[1]);
	wuw(argv[1], 2);
	if (!all.n_calls[SPOKENWOZ])
		die("no calls", NULL);
	if (argc > 3 && strcmp(argv[3], "--candidates") == 0) {
		for (size_t i = 0; i < all.n_u; i++)
			printf("U\t%zu\t%s\t%u\t%u\t%lld\t%lld\t%d\t%d\n", i,
			       corpus_name[all.u[i].corpus], all.u[i].call, all.u[i].ch,
			       (long long)all.u[i].start, (long long)all.u[i].end,
			       all.u[i].has_true[UT_PHRASE_ACKNOWLEDGEMENT], all.u[i].closing);
		for (size_t i = 0; i < all.n_f; i++)
			printf("F\t%u\t%s\t%u\t%u\t%s\t%.9g\t%d\t%d\t%lld\t%lld\n",
			       all.f[i].utterance, corpus_name[all.f[i].corpus], all.f[i].call,
			       all.f[i].ch, all.phrases.v[all.f[i].phrase].text,
			       (double)all.f[i].score, all.f[i].right, all.f[i].initial,
			       (long long)all.f[i].start, (long long)all.f[i].end);
	} else {
		report();
	}
	if (argc > 3 && strcmp(argv[3], "--fit") == 0)
		fit((const char *const *)argv + 4, argc - 4);
	ut_recogniser_destroy(&all.r);
	ut_phrase_list_done(&all.phrases);
	free((char *)o.words);
	free(all.f);
	free(all.u);
	free(b);
	return 0;
}
