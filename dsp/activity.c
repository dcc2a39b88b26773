/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One channel after the other gets log-odds of speech (a small trained net on each frame), music (a
 * logistic regression on three-second windows) and tones (tones.c); two-state Viterbi paths make
 * stretches of them. Then each pair of channels is searched for a leak: a delay at which one
 * channel's quiet voice has the other's pitch. What the leak explains is echo. At last every frame
 * is painted with one kind, and the paint is cut into spans.
 */
#include "dsp/activity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "dsp/activity_feat.h"
#include "dsp/tones.h"

/* Successive frames tell much the same: their log-odds count for less, a change costs some. */
static const float speech_weight = 0.25f, speech_switch = 4;
/* A word's quiet end lost costs more than a little silence kept. */
static const float speech_favour = 0.5f;
static const float music_weight = 0.25f, music_switch = 6;
static const float echo_weight = 0.25f, echo_switch = 4;

enum { /* frames of 10 ms */
       SPEECH_MIN = 6,
       SPEECH_GAP = 5,
       MUSIC_MIN = 300,
       MUSIC_GAP = 250,
       NOISE_MIN = 300,
       CADENCE_GAP = 650,
       TONE_EDGE = 8,
       ECHO_BACK = 5,       /* the other channel may be recorded this much later */
       ECHO_REACH = 120,    /* conference bridges and mobile networks: up to 1.2 s */
       ECHO_SAMPLES = 8000, /* frames looked at for the delay, evenly spread */
       ECHO_EVIDENCE = 20,
       SLIVER_MAX = 20, /* less than this is no word */
       SLIVER_GAP = 10,
       NOTHING = UT_N_SPAN_KINDS, /* paint */
};

/*
 * Best path through two states by log-odds z of state 1, in place: path[i] is 0 or 1. back: n bytes
 * of scratch. A change costs `change`.
 */
static void viterbi(const float *z, size_t n, float weight, float change, unsigned char *back,
		    unsigned char *path)
{
	float s0 = 0, s1 = 0;
	unsigned at;

	for (size_t i = 0; i < n; i++) {
		bool to0 = s1 - change > s0, to1 = s0 - change > s1;
		float a = to0 ? s1 - change : s0, b = to1 ? s0 - change : s1;

		back[i] = (unsigned char)(to0 | to1 << 1);
		b += weight * z[i];
		s0 = a - UT_MAX(a, b); /* only the difference counts: no growth over hours */
		s1 = b - UT_MAX(a, b);
	}
	at = s1 > s0;
	for (size_t i = n; i-- > 0;) {
		path[i] = (unsigned char)at;
		at ^= back[i] >> at & 1;
	}
}

/* Runs of 1 shorter than min become 0; runs of 0 between, shorter than gap, become 1 before. */
static void tidy(unsigned char *x, size_t n, size_t gap, size_t min)
{
	size_t end = n; /* of the latest run of 1; n before the first */

	for (size_t i = 0; i < n; i++) {
		if (!x[i])
			continue;
		if (end < i && i - end < gap)
			memset(x + end, 1, i - end);
		end = i + 1;
	}
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && x[k] == x[i]; k++)
			;
		if (x[i] && k - i < min)
			memset(x + i, 0, k - i);
	}
}

static float clamp(float x, float lo, float hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

struct channel {
	const struct ut_frame_table *t;
	size_t n;
	struct ut_speech_columns col;
	float *speech_z; /* log-odds of speech; col.spare */
	float *music_z;  /* a step's */
	float *echo_z;   /* excess of evidence for own speech, where another channel leaks */
	unsigned char *speech, *music, *echo, *kind, *scratch;
	struct ut_span_list tones;
	uint32_t *voiced; /* voiced frames, evenly thinned to ECHO_SAMPLES */
	size_t n_voiced;
	float noise_db;
};

static void channel_done(struct channel *c)
{
	ut_speech_columns_done(&c->col);
	ut_span_list_done(&c->tones);
	free(c->music_z);
	free(c->echo_z);
	free(c->speech);
	free(c->voiced);
	memset(c, 0, sizeof(*c));
}

static void channel_init(struct channel *c, const struct ut_frame_table *t)
{
	c->t = t;
	c->n = t->n;
}

/* What is needed once the columns that tell speech are gone: the fewer live at once, the longer a
 * call may be. */
static enum ut_status channel_masks(struct channel *c)
{
	size_t n = c->n ? c->n : 1;

	c->speech = calloc(5 * n, 1);
	c->music_z = malloc((n / UT_MUSIC_STEP + 1) * sizeof(float));
	c->voiced = malloc(ECHO_SAMPLES * sizeof(*c->voiced));
	if (!c->speech || !c->music_z || !c->voiced)
		return UT_ENOMEM;
	c->music = c->speech + n;
	c->echo = c->music + n;
	c->kind = c->echo + n;
	c->scratch = c->kind + n;
	return UT_OK;
}

static enum ut_status find_speech(struct channel *c)
{
	const struct ut_activity_model *m = &ut_activity_model;
	float w[UT_SPEECH_FEATURES][UT_SPEECH_HIDDEN]; /* so that hidden units go side by side */
	enum ut_status st = ut_speech_columns_init(&c->col, c->t);

	if (st != UT_OK)
		return st;
	c->speech_z = c->col.spare;
	for (int k = 0; k < UT_SPEECH_FEATURES; k++)
		for (int h = 0; h < UT_SPEECH_HIDDEN; h++)
			w[k][h] = m->speech_w1[h][k] * m->speech_scale[k];
	for (size_t i = 0; i < c->n; i++) {
		float sum[UT_SPEECH_HIDDEN], f[UT_SPEECH_FEATURES],
		    out = m->speech_b2 + speech_favour;

		/* nothing can be said below the level at which nothing was measured */
		if (c->t->row[i].level_db <= -90) {
			c->speech_z[i] = -12;
			continue;
		}
		ut_speech_features(&c->col, c->t, i, f);
		memcpy(sum, m->speech_b1, sizeof(sum));
		for (int k = 0; k < UT_SPEECH_FEATURES; k++) {
			float x = f[k] - m->speech_mean[k];

			for (int h = 0; h < UT_SPEECH_HIDDEN; h++)
				sum[h] += w[k][h] * x;
		}
		for (int h = 0; h < UT_SPEECH_HIDDEN; h++)
			out += m->speech_w2[h] * UT_MAX(sum[h], 0);
		c->speech_z[i] = clamp(out, -12, 12);
	}
	ut_speech_columns_trim(&c->col);
	c->speech_z = c->col.spare;
	st = channel_masks(c);
	if (st != UT_OK)
		return st;
	viterbi(c->speech_z, c->n, speech_weight, speech_switch, c->scratch, c->speech);
	tidy(c->speech, c->n, SPEECH_GAP, SPEECH_MIN);
	return UT_OK;
}

static void take_music(void *user, size_t frame, const float *f)
{
	const struct ut_activity_model *m = &ut_activity_model;
	struct channel *c = user;
	float z = m->music_b;

	for (int k = 0; f && k < UT_MUSIC_FEATURES; k++)
		z += m->music_w[k] * clamp((f[k] - m->music_mean[k]) * m->music_scale[k], -5, 5);
	/* what is far below the channel's voices for most of the time is the line's own noise */
	if (!f || f[UT_MUSIC_FEATURES - 1] > 0.6f)
		z = -8;
	c->music_z[frame / UT_MUSIC_STEP] = clamp(z, -8, 8);
}

/* Marks the tones that leave no doubt, their smeared edges, and the pauses of their cadences. */
static void mark_tones(const struct channel *c, unsigned char *x, unsigned char mark)
{
	int64_t until = -1;
	enum ut_span_kind kind = UT_N_SPAN_KINDS;

	memset(x, 0, c->n);
	for (size_t k = 0; k < c->tones.n; k++) {
		const struct ut_span *s = &c->tones.v[k];
		int64_t from = UT_MAX(s->start - TONE_EDGE, 0);
		int64_t to = UT_MIN(s->end + TONE_EDGE, (int64_t)c->n);

		if (s->confidence < UT_TONE_SURE)
			continue;
		if ((s->kind == UT_SPAN_RINGBACK || s->kind == UT_SPAN_BUSY) && s->kind == kind &&
		    s->start - until <= CADENCE_GAP)
			from = until;
		memset(x + from, mark, (size_t)(to - from));
		until = s->end;
		kind = s->kind;
	}
}

static void find_music(struct channel *c)
{
	size_t steps = (c->n + UT_MUSIC_STEP - 1) / UT_MUSIC_STEP;

	if (c->col.empty)
		return;
	mark_tones(c, c->kind, 1);
	ut_music_features(c->t, c->col.speech_db, c->kind, take_music, c);
	viterbi(c->music_z, steps, music_weight, music_switch, c->scratch, c->echo);
	for (size_t i = 0; i < c->n; i++)
		c->music[i] = c->echo[i / UT_MUSIC_STEP];
	memset(c->echo, 0, c->n);
	tidy(c->music, c->n, MUSIC_GAP, MUSIC_MIN);
	/* a window sees music before it begins: the ends are where there is sound */
	for (size_t i = 0, k; i < c->n; i = k) {
		size_t a = i, b;

		for (k = i + 1; k < c->n && c->music[k] == c->music[i]; k++)
			;
		if (!c->music[i])
			continue;
		for (b = k; a < b && c->col.level[a] < c->col.speech_db - 30; a++)
			c->music[a] = 0;
		for (; b > a && c->col.level[b - 1] < c->col.speech_db - 30; b--)
			c->music[b - 1] = 0;
	}
}

struct leak {
	bool found;
	int delay;      /* frames by which it comes later here than there */
	float db, most; /* level here relative to there: median, and what one in ten passes */
};

/* The same pitch at the same moment is the same voice. */
static bool same_pitch(float a, float b)
{
	return fabsf(a - b) < 0.025f * b;
}

struct pairs {
	size_t n, same;
};

static void list_voiced(struct channel *c)
{
	size_t n = 0, step, seen = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->t->row[i].f0_hz > 0;
	step = n / ECHO_SAMPLES + 1;
	c->n_voiced = 0;
	for (size_t i = 0; i < c->n; i++)
		if (c->t->row[i].f0_hz > 0 && seen++ % step == 0 && c->n_voiced < ECHO_SAMPLES)
			c->voiced[c->n_voiced++] = (uint32_t)i;
}

/*
 * Of the listed voiced frames of `into`: how many find `from` voiced and clearly louder d frames
 * before, and how many of those at the same pitch; their level differences, too.
 */
static struct pairs compare_pitch(const struct channel *into, const struct channel *from, int d,
				  float *difference)
{
	struct pairs p = { 0, 0 };

	for (size_t k = 0; k < into->n_voiced; k++) {
		const struct ut_frame *x = &into->t->row[into->voiced[k]], *y;
		int64_t j = (int64_t)into->voiced[k] - d;

		if (j < 0 || j >= (int64_t)from->n)
			continue;
		y = &from->t->row[j];
		if (y->f0_hz <= 0 || x->level_db > y->level_db - 3)
			continue;
		p.n++;
		if (!same_pitch(x->f0_hz, y->f0_hz))
			continue;
		if (difference)
			difference[p.same] = x->level_db - y->level_db;
		p.same++;
	}
	return p;
}

/*
 * Does `from` leak into `into`? Where it does, most of what is quieter here than there has its
 * pitch, at one delay; by chance one in twenty has. Pitch survives codecs, filters and the gain of
 * an echo suppressor, levels do not.
 */
static struct leak find_leak(const struct channel *into, const struct channel *from, float *tmp)
{
	struct leak best = { .db = -120 };
	float share[ECHO_BACK + ECHO_REACH + 1], best_share = 0, chance;
	size_t n_shares = 0;

	for (int d = -ECHO_BACK; d <= ECHO_REACH; d++) {
		struct pairs p = compare_pitch(into, from, d, NULL);
		float s = p.n ? (float)p.same / (float)p.n : 0;

		share[n_shares++] = s;
		if (p.same >= ECHO_EVIDENCE && s > best_share) {
			best_share = s;
			best.delay = d;
		}
	}
	qsort(share, n_shares, sizeof(*share), ut_by_float);
	chance = share[n_shares / 2];
	best.found = best_share > 0.5f && best_share > 3 * chance;
	if (best.found) {
		size_t k = compare_pitch(into, from, best.delay, tmp).same;

		qsort(tmp, k, sizeof(*tmp), ut_by_float);
		best.db = tmp[k / 2];
		best.most = tmp[k - 1 - k / 10];
	}
	return best;
}

/* Evidence, frame by frame, that what is heard in `into` is its own and not the leak from `from`.
 */
static void weigh_echo(struct channel *into, const struct channel *from, struct leak l)
{
	float held = -120; /* the other's level, falling 3 dB a frame: rooms ring on */

	for (int64_t i = 0; i < (int64_t)into->n; i++) {
		const struct ut_frame *r = &into->t->row[i];
		float now = -120, z;

		for (int64_t j = i - l.delay - 1; j <= i - l.delay + 1; j++)
			if (j >= 0 && j < (int64_t)from->n)
				now = UT_MAX(now, from->col.level[j]);
		held = UT_MAX(now, held - 3);
		z = (r->level_db - (held + l.most) - 3) / 2;
		if (i - l.delay >= 0 && i - l.delay < (int64_t)from->n) {
			const struct ut_frame *o = &from->t->row[i - l.delay];

			if (r->f0_hz > 0 && o->f0_hz > 0)
				z += same_pitch(r->f0_hz, o->f0_hz) ? -1.5f : 1.5f;
		}
		z = clamp(z, -4, 4);
		into->echo_z[i] = UT_MIN(into->echo_z[i], z);
	}
}

static void find_echo(struct channel *c, unsigned n_ch, struct ut_activity_channel *out, float *tmp)
{
	for (unsigned a = 0; a < n_ch && n_ch > 1; a++)
		list_voiced(&c[a]);
	for (unsigned a = 0; a < n_ch; a++) {
		float loudest = -120;

		out[a].leak_db = -120;
		for (size_t i = 0; i < c[a].n; i++)
			c[a].echo_z[i] = 4;
		for (unsigned b = 0; b < n_ch; b++) {
			struct leak l;

			if (a == b || c[a].col.empty || c[b].col.empty)
				continue;
			l = find_leak(&c[a], &c[b], tmp);
			if (!l.found)
				continue;
			weigh_echo(&c[a], &c[b], l);
			if (c[b].col.speech_db > loudest) {
				loudest = c[b].col.speech_db;
				out[a].leak_db = l.db;
			}
		}
		if (out[a].leak_db <= -120)
			continue;
		/* the path is of own speech; within what is active, the rest is echo */
		viterbi(c[a].echo_z, c[a].n, echo_weight, echo_switch, c[a].scratch, c[a].echo);
		for (size_t i = 0; i < c[a].n; i++)
			c[a].echo[i] = !c[a].echo[i];
	}
}

static void paint(struct channel *c, const struct ut_span_list *l, int only, unsigned char kind)
{
	for (size_t k = 0; l && k < l->n; k++) {
		int64_t from = UT_MAX(l->v[k].start, 0), to = UT_MIN(l->v[k].end, (int64_t)c->n);

		if ((only < 0 || l->v[k].kind == (enum ut_span_kind)only) && from < to)
			memset(c->kind + from, kind == NOTHING ? (int)l->v[k].kind : kind,
			       (size_t)(to - from));
	}
}

/* Long stretches of sound that is nothing else, well above the channel's usual floor. */
static void paint_noise(struct channel *c)
{
	for (size_t i = 0, k; i < c->n; i = k) {
		bool noisy = c->kind[i] == NOTHING && c->col.floor[i] > c->noise_db + 10 &&
			     c->col.floor[i] > -60;

		for (k = i + 1;
		     k < c->n && (c->kind[k] == NOTHING && c->col.floor[k] > c->noise_db + 10 &&
				  c->col.floor[k] > -60) == noisy;
		     k++)
			;
		if (noisy && k - i >= NOISE_MIN)
			memset(c->kind + i, UT_SPAN_NOISE, k - i);
	}
}

/*
 * A doubtful tone inside music is a note. About a sure one the window smears it into what passes
 * for speech, and between the bursts of a cadence what was taken for music is the line.
 */
static void paint_tones(struct channel *c)
{
	mark_tones(c, c->scratch, 1);
	for (size_t i = 0; i < c->n; i++)
		if (c->scratch[i] && c->kind[i] == UT_SPAN_MUSIC)
			c->kind[i] = NOTHING;
	for (size_t k = 0; k < c->tones.n; k++) {
		const struct ut_span *s = &c->tones.v[k];
		int64_t from = UT_MAX(s->start - TONE_EDGE, 0);
		int64_t to = UT_MIN(s->end + TONE_EDGE, (int64_t)c->n);

		if (s->confidence < UT_TONE_SURE &&
		    c->kind[(s->start + s->end) / 2] == UT_SPAN_MUSIC)
			continue;
		for (int64_t i = from; i < to; i++)
			if (c->kind[i] == UT_SPAN_SPEECH || c->kind[i] == UT_SPAN_ECHO)
				c->kind[i] = NOTHING;
	}
	for (size_t k = 0; k < c->tones.n; k++) {
		const struct ut_span *s = &c->tones.v[k];

		if (s->confidence >= UT_TONE_SURE ||
		    c->kind[(s->start + s->end) / 2] != UT_SPAN_MUSIC)
			memset(c->kind + s->start, (int)s->kind, (size_t)(s->end - s->start));
	}
}

/* Level below which `share` of the frames of a kind lie, by a histogram of tenths of a dB. */
static float level_percentile(const struct channel *c, unsigned char kind, float share, float none)
{
	unsigned bins[1300] = { 0 }, want; /* -120..10 dBFS */
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (c->kind[i] != kind)
			continue;
		bins[(int)((clamp(c->t->row[i].level_db, -120, 9.9f) + 120) * 10)]++;
		n++;
	}
	if (!n)
		return none;
	want = (unsigned)((double)(n - 1) * share);
	for (unsigned b = 0, sum = 0; b < UT_ARRAY_LEN(bins); b++) {
		sum += bins[b];
		if (sum > want)
			return (float)b / 10 - 120;
	}
	return none;
}

static float confidence(const struct channel *c, unsigned char kind, size_t from, size_t to)
{
	double sum = 0;

	switch (kind) {
	case UT_SPAN_SPEECH:
		for (size_t i = from; i < to; i++)
			sum += sigmoid(c->speech_z[i]);
		break;
	case UT_SPAN_MUSIC:
		for (size_t i = from; i < to; i++)
			sum += sigmoid(c->music_z[i / UT_MUSIC_STEP]);
		break;
	case UT_SPAN_ECHO:
		for (size_t i = from; i < to; i++)
			sum += sigmoid(-c->echo_z[i]);
		break;
	case UT_SPAN_NOISE:
		for (size_t i = from; i < to; i++)
			sum += 1 - sigmoid(c->speech_z[i]);
		break;
	case UT_SPAN_MASKED:
		return 1;
	default:
		return 0.9f;
	}
	return (float)(sum / (double)(to - from));
}

/*
 * Less than a word of speech at the edge of an echo is the echo: the path is slow to change, and
 * transform codecs smear a leak to before it began.
 */
static void join_slivers(struct channel *c)
{
	size_t echo_end = 0; /* of the latest run of echo */
	bool any = false;

	for (size_t i = 0, k; i < c->n; i = k) {
		size_t next;

		for (k = i + 1; k < c->n && c->kind[k] == c->kind[i]; k++)
			;
		if (c->kind[i] == UT_SPAN_ECHO) {
			echo_end = k;
			any = true;
		}
		if (c->kind[i] != UT_SPAN_SPEECH || k - i >= SLIVER_MAX)
			continue;
		for (next = k; next < c->n && c->kind[next] == NOTHING; next++)
			;
		if ((any && i - echo_end < SLIVER_GAP) ||
		    (next < c->n && c->kind[next] == UT_SPAN_ECHO && next - k < SLIVER_GAP)) {
			memset(c->kind + i, UT_SPAN_ECHO, k - i);
			echo_end = k;
			any = true;
		}
	}
}

static enum ut_status finish(struct channel *c, const struct ut_span_list *known,
			     struct ut_activity_channel *out)
{
	enum ut_status st;

	memset(c->kind, NOTHING, c->n);
	for (size_t i = 0; i < c->n; i++)
		if (c->speech[i])
			c->kind[i] = c->echo[i] ? UT_SPAN_ECHO : UT_SPAN_SPEECH;
	join_slivers(c);
	for (size_t i = 0; i < c->n; i++)
		if (c->music[i])
			c->kind[i] = UT_SPAN_MUSIC;
	paint_tones(c);
	paint(c, known, -1, NOTHING);
	paint(c, known, UT_SPAN_MASKED, UT_SPAN_MASKED);

	c->noise_db = level_percentile(c, NOTHING, 0.5f,
				       c->n && !c->col.empty ? c->col.floor[c->n / 2] : -120);
	paint_noise(c);
	out->noise_db = c->noise_db;
	out->speech_db = level_percentile(c, UT_SPAN_SPEECH, 0.5f, out->noise_db);
	out->silent = true;
	for (size_t i = 0, k; i < c->n; i = k) {
		struct ut_span s;

		for (k = i + 1; k < c->n && c->kind[k] == c->kind[i]; k++)
			;
		if (c->kind[i] == NOTHING)
			continue;
		/* what tones and music left of speech may be too short to be any */
		if (c->kind[i] == UT_SPAN_SPEECH && k - i < SPEECH_MIN)
			continue;
		s = (struct ut_span){ (int64_t)i, (int64_t)k, c->kind[i],
				      confidence(c, c->kind[i], i, k) };
		out->silent &= s.kind != UT_SPAN_SPEECH;
		st = ut_span_list_push(&out->spans, &s);
		if (st != UT_OK)
			return st;
	}
	return UT_OK;
}

enum ut_status ut_activity_find(const struct ut_activity_in *in, struct ut_activity_channel *out,
				struct ut_error *err)
{
	struct channel c[UT_MAX_CHANNELS] = { 0 };
	enum ut_status st = UT_OK;
	size_t longest = 1;
	float *tmp = NULL;

	if (in->n_ch < 1 || in->n_ch > UT_MAX_CHANNELS)
		return ut_fail(err, UT_EINVAL, "activity: %u channels", in->n_ch);
	for (unsigned k = 0; k < in->n_ch; k++) {
		channel_init(&c[k], in->frames[k]);
		longest = UT_MAX(longest, in->frames[k]->n);
	}
	for (unsigned k = 0; k < in->n_ch && st == UT_OK; k++) {
		st = find_speech(&c[k]);
		if (st == UT_OK)
			st = ut_tones_find(c[k].t, &c[k].tones);
		if (st == UT_OK)
			find_music(&c[k]);
	}
	for (unsigned k = 0; k < in->n_ch && st == UT_OK; k++)
		if (!(c[k].echo_z = malloc((c[k].n ? c[k].n : 1) * sizeof(float))))
			st = UT_ENOMEM;
	if (st == UT_OK && !(tmp = malloc(longest * sizeof(*tmp))))
		st = UT_ENOMEM;
	if (st == UT_OK)
		find_echo(c, in->n_ch, out, tmp);
	for (unsigned k = 0; k < in->n_ch && st == UT_OK; k++)
		st = finish(&c[k], in->known[k], &out[k]);
	for (unsigned k = 0; k < in->n_ch; k++)
		channel_done(&c[k]);
	free(tmp);
	return st == UT_OK ? UT_OK : ut_fail(err, st, "activity");
}

void ut_activity_channel_done(struct ut_activity_channel *c)
{
	ut_span_list_done(&c->spans);
	memset(c, 0, sizeof(*c));
}
