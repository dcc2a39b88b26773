/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tone model: its file, its scores, its evidence, and who may be measured at all. */
#include <stdlib.h>

#include "call/call.h"
#include "classifiers/tone.h"
#include "sample_call.h" /* until dsp/activity.c has landed: its destructor */
#include "tap.h"

static struct ut_tone_model *load(void)
{
	size_t n;
	const char *text = ut_tone_default_model(&n);
	struct ut_tone_model *m = NULL;

	if (ut_tone_model_parse(text, n, &m, NULL))
		abort();
	return m;
}

static void test_file(void)
{
	static const struct row {
		const char *name, *from, *to, *want; /* the first `from` becomes `to` */
	} rows[] = {
		{ "another magic", "undertone", "undertune", "not a tone model" },
		{ "an earlier version", "model 2\n", "model 1\n", "version 1" },
		{ "a later version", "model 2\n", "model 3\n", "version 3" },
		{ "a changed number", "clip 4\n", "clip 5\n", "checksum" },
		{ "a number out of range", "clip 4\n", "clip 99\n", "out of its range" },
		{ "not a number", "clip 4\n", "clip 4-4\n", "not a number" },
		{ "infinity", "clip 4\n", "clip 1e999\n", "not a number" },
		{ "a hexadecimal number", "clip 4\n", "clip 4x0\n", "line goes on" },
		{ "a missing line", "power ", "pewer ", "another word" },
		{ "a missing row", "row f0_low", "row f0_lew", "another row" },
		{ "one number more", "clip 4\n", "clip 4 4\n", "line goes on" },
		{ "bytes after the end", "\nsha256", "\n\nsha256", "checksum" },
		{ "a control byte in the card", "card ", "card \001", "one line of ASCII" },
	};
	size_t n;
	const char *good = ut_tone_default_model(&n);

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		char *bad = malloc(n + 64);
		const char *at = strstr(good, r->from);
		struct ut_tone_model *m = NULL;
		struct ut_error err = { 0 };
		int len;

		tap_row(r->name);
		if (!bad || !at)
			abort();
		len = snprintf(bad, n + 64, "%.*s%s%s", (int)(at - good), good, r->to,
			       at + strlen(r->from));
		CHECK_EQ(ut_tone_model_parse(bad, (size_t)len, &m, &err), UT_EMODEL);
		CHECK(!m);
		CHECK(strstr(err.msg, r->want));
		if (!strstr(err.msg, r->want))
			printf("# %s\n", err.msg);
		free(bad);
		tap_end();
	}
	tap_row("every truncation is refused");
	for (size_t k = 0; k < n; k++) {
		char *cut = malloc(k + 1); /* its own block, so that ASan sees a read past it */
		struct ut_tone_model *m = NULL;

		if (!cut)
			abort();
		memcpy(cut, good, k);
		CHECK_EQ(ut_tone_model_parse(cut, k, &m, NULL), UT_EMODEL);
		free(cut);
	}
	tap_end();
}

static void test_round_trip(void)
{
	struct ut_tone_model *m = load(), *again = NULL;
	struct ut_tone_params p = *ut_tone_model_params(m);
	struct ut_text t = { 0 };

	tap_row("written and read again: the same model");
	CHECK_EQ(ut_tone_model_write(&p, &t, NULL), UT_OK);
	CHECK_EQ(ut_tone_model_parse(t.s, t.len, &again, NULL), UT_OK);
	CHECK_STR(ut_tone_model_hash(again), ut_tone_model_hash(m));
	CHECK_EQ(strlen(ut_tone_model_hash(m)), 64);
	ut_text_done(&t);
	tap_end();
	tap_row("a model that is not finite is not written");
	p.row[3].axis[1] = NAN;
	CHECK_EQ(ut_tone_model_write(&p, &t, NULL), UT_EINVAL);
	ut_text_done(&t);
	tap_end();
	ut_tone_model_destroy(&m);
	ut_tone_model_destroy(&again);
}

static void put(struct ut_tone *t, unsigned i, double v)
{
	t->feature[i] = (float)v;
	t->feature_valid[i / 64] |= UINT64_C(1) << i % 64;
}

/* A closing like the customer's usual, but for what the caller changes. */
static struct ut_tone usual(const struct ut_tone_model *m)
{
	const struct ut_tone_params *p = ut_tone_model_params(m);
	struct ut_tone t = { .n_features = UT_TONE_N_FEATURES };

	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		put(&t, UT_TONE_CLOSING + i, p->row[i].mean);
		put(&t, UT_TONE_USUAL + i, p->row[i].mean);
		put(&t, UT_TONE_SPREAD + i, sqrt(p->row[i].within_var));
	}
	put(&t, UT_TONE_N_PHRASES, 6);
	put(&t, UT_TONE_CLOSING_VOICED, 80);
	put(&t, UT_TONE_USUAL_VOICED, 80);
	put(&t, UT_TONE_SNR_DB, 30);
	put(&t, UT_TONE_LEAK_DB, -120);
	return t;
}

static double odds(const struct ut_tone *t, unsigned k)
{
	return log(t->score[k] / (1 - t->score[k]));
}

static void test_scores(void)
{
	struct ut_tone_model *m = load();
	const struct ut_tone_params *p = ut_tone_model_params(m);
	const float rare[UT_N_TONES] = { 0.95f, 0.025f, 0.025f };
	static const struct {
		enum ut_functional fn;
		double sds;
	} bright[] = {
		{ UT_FN_alpha, 6 },       { UT_FN_peak, 6 },      { UT_FN_slope_lo, 5 },
		{ UT_FN_hammarberg, -4 }, { UT_FN_peak_high, 5 }, { UT_FN_mfcc1, -5 },
		{ UT_FN_mfcc2, -4 },      { UT_FN_mfcc3, -3 },    { UT_FN_mfcc4, -4 },
		{ UT_FN_peak_sd, 3 },     { UT_FN_f1_high, 3 },   { UT_FN_f0_median, 6 },
		{ UT_FN_f0_low, 6 },      { UT_FN_flux, 5 },
	};
	struct ut_tone t = usual(m), u;

	tap_row("like always: accepting");
	ut_tone_score(m, NULL, &t);
	CHECK_EQ(t.label, UT_TONE_ACCEPTING);
	CHECK_NEAR(t.score[0] + t.score[1] + t.score[2], 1, 1e-5);
	CHECK_EQ(t.n_evidence, 0);
	tap_end();

	tap_row("pressed and bright: not accepting, with evidence");
	for (size_t i = 0; i < UT_ARRAY_LEN(bright); i++) {
		const struct ut_tone_row *row = &p->row[bright[i].fn];

		put(&t, UT_TONE_CLOSING + bright[i].fn,
		    row->mean + bright[i].sds * sqrt(row->within_var));
	}
	u = t;
	ut_tone_score(m, NULL, &t);
	CHECK(t.score[0] < 0.6);
	CHECK(t.score[UT_TONE_ANGRY] > t.score[UT_TONE_RESIGNED]);
	CHECK(t.n_evidence > 0);
	for (unsigned i = 1; i < t.n_evidence; i++)
		CHECK(t.evidence[i - 1].contribution >= t.evidence[i].contribution);
	tap_end();

	tap_row("a rarer class needs more evidence");
	ut_tone_score(m, rare, &u);
	CHECK(u.score[0] > t.score[0] + 0.1);
	CHECK_NEAR(u.score[0] + u.score[1] + u.score[2], 1, 1e-5);
	tap_end();

	tap_row("evidence is what the score loses without the measurement");
	for (unsigned i = 0; i < t.n_evidence; i++) {
		const struct ut_evidence *e = &t.evidence[i];
		bool colour = strcmp(e->feature, "voice_colour") == 0,
		     pitch = strcmp(e->feature, "f0_median") == 0;
		unsigned n = 0, head = 0;

		u = t;
		for (unsigned k = 0; k < UT_N_FUNCTIONALS; k++) {
			const struct ut_functional_info *f = &ut_functional_info[k];

			if (strcmp(f->name, e->feature) == 0)
				head = k;
			else if (!(colour && f->family == UT_FAMILY_COLOUR) &&
				 !(pitch && (k == UT_FN_f0_low || k == UT_FN_f0_high)))
				continue;
			/* usual and mean are equal here */
			put(&u, UT_TONE_CLOSING + k, p->row[k].mean);
			n++;
		}
		CHECK_EQ(n, colour ? 4 : pitch ? 3 : 1);
		ut_tone_score(m, NULL, &u);
		CHECK_NEAR(odds(&t, e->points_to) - odds(&u, e->points_to), e->contribution, 1e-3);
		if (!colour)
			CHECK_NEAR(e->value - e->reference,
				   t.feature[UT_TONE_CLOSING + head] - p->row[head].mean, 1e-3);
	}
	tap_end();
	ut_tone_model_destroy(&m);
}

static void test_abstain(void)
{
	static const struct row {
		const char *name;
		unsigned feature;
		float value;
		const char *want;
	} rows[] = {
		{ "one short word", UT_TONE_CLOSING_VOICED, 12, "too little voiced speech" },
		{ "nothing said before", UT_TONE_N_PHRASES, 0, "too little earlier speech" },
		{ "noise", UT_TONE_SNR_DB, 4, "too noisy" },
		{ "leak", UT_TONE_LEAK_DB, -6, "leaks" },
	};
	struct ut_tone_model *m = load();

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_tone t = usual(m);

		tap_row(r->name);
		put(&t, r->feature, r->value);
		ut_tone_score(m, NULL, &t);
		CHECK_EQ(t.label, UT_TONE_ABSTAIN);
		CHECK(t.abstain_reason && strstr(t.abstain_reason, r->want));
		CHECK_NEAR(t.score[0] + t.score[1] + t.score[2], 1, 1e-5);
		tap_end();
	}
	tap_row("nothing measured at all: still a probability");
	{
		struct ut_tone t = { .n_features = UT_TONE_N_FEATURES };

		ut_tone_score(m, NULL, &t);
		CHECK_EQ(t.label, UT_TONE_ABSTAIN);
		CHECK_NEAR(t.score[0] + t.score[1] + t.score[2], 1, 1e-5);
	}
	tap_end();
	ut_tone_model_destroy(&m);
}

/* Rows of a voice at f0_hz; phrases of a second with pauses of a half. */
static void speak(struct ut_frame_table *t, struct ut_span_list *spans, unsigned n, float f0_hz)
{
	for (unsigned p = 0; p < n; p++) {
		struct ut_span s = { (int64_t)t->n, (int64_t)t->n + 100, UT_SPAN_SPEECH, 1 };

		for (int i = 0; i < 150; i++) {
			struct ut_frame f = { 0 };
			bool on = i < 100;

			f.level_db = on ? -20 + 4 * sinf((float)i / 4) : -70;
			f.valid = 1u << UT_COL_level_db;
			if (on) {
				f.f0_hz = f0_hz * (1 + 0.05f * sinf((float)(i + 7 * (int)p) / 30));
				f.valid |= 1u << UT_COL_f0_hz;
			}
			if (ut_frame_table_push(t, &f))
				abort();
		}
		if (ut_span_list_push(spans, &s))
			abort();
	}
}

static void test_measure(void)
{
	struct ut_frame_table t = { 0 };
	struct ut_span_list spans = { 0 };
	struct ut_customer_voice v = { &t, &spans, NULL, 0, -70, -120 };
	struct ut_tone tone;
	int64_t closing;

	speak(&t, &spans, 7, 200);
	closing = (int64_t)t.n;
	speak(&t, &spans, 1, 150);
	speak(&t, &spans, 3, 400); /* after the closing: must not count */
	tap_row("relative to what was said before, and only that");
	CHECK_EQ(ut_tone_measure(&v, closing, closing + 100, NULL, &tone, NULL), UT_OK);
	CHECK_EQ(tone.feature[UT_TONE_N_PHRASES], 7);
	CHECK_NEAR(tone.feature[UT_TONE_USUAL + UT_FN_f0_median], 12, 0.9);
	CHECK_NEAR(tone.feature[UT_TONE_CLOSING + UT_FN_f0_median], 7.02, 0.9);
	CHECK_NEAR(tone.feature[UT_TONE_SNR_DB], 50, 3);
	CHECK(!(tone.feature_valid[UT_TONE_LATENCY_S / 64] >> UT_TONE_LATENCY_S % 64 & 1));
	tap_end();
	tap_row("one shouted phrase does not move the usual");
	spans.n = 6;
	for (int64_t i = spans.v[2].start; i < spans.v[2].end; i++)
		t.row[i].f0_hz = 450;
	CHECK_EQ(ut_tone_measure(&v, closing, closing + 100, NULL, &tone, NULL), UT_OK);
	CHECK_NEAR(tone.feature[UT_TONE_USUAL + UT_FN_f0_median], 12, 1);
	tap_end();
	tap_row("a span outside the table");
	CHECK_EQ(ut_tone_measure(&v, closing, (int64_t)t.n + 1, NULL, &tone, NULL), UT_EINVAL);
	CHECK_EQ(ut_tone_measure(&v, -1, 10, NULL, &tone, NULL), UT_EINVAL);
	tap_end();
	ut_frame_table_done(&t);
	ut_span_list_done(&spans);
}

/* Values as stored; each row changes one thing of a start that was raised and came down. */
static void test_came_down(void)
{
	static const struct {
		const char *name;
		float n, f0, level, alpha, spread_f0, spread_level;
		bool has_level;
		int want;
	} rows[] = {
		{ "raised at first, came down", 8, -3, -4, -1, 2, 3, true, 1 },
		{ "the other way", 8, 3, 4, 1, 2, 3, true, 0 },
		{ "no more than phrases differ anyway", 8, -3, -4, -1, 8, 12, true, 0 },
		{ "sure, but not to be heard", 40, -1, -1, -1, 0.6f, 1.1f, true, 0 },
		{ "pitch against level", 8, -3, 4, 0, 2, 3, true, 0 },
		{ "five phrases", 5, -3, -4, -1, 2, 3, true, -1 },
		{ "one measure", 8, -3, 0, 0, 2, 0, false, -1 },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		struct ut_tone t = { .n_features = UT_TONE_N_FEATURES };

		tap_row(rows[i].name);
		put(&t, UT_TONE_N_PHRASES, rows[i].n);
		put(&t, UT_TONE_DRIFT_F0, rows[i].f0);
		put(&t, UT_TONE_SPREAD + UT_FN_f0_median, rows[i].spread_f0);
		if (rows[i].has_level) {
			put(&t, UT_TONE_DRIFT_LEVEL, rows[i].level);
			put(&t, UT_TONE_SPREAD + UT_FN_level, rows[i].spread_level);
			put(&t, UT_TONE_DRIFT_ALPHA, rows[i].alpha);
			put(&t, UT_TONE_SPREAD + UT_FN_alpha, 1);
		}
		CHECK_EQ(ut_tone_came_down(&t), rows[i].want);
		tap_end();
	}
	tap_row("nothing measured");
	CHECK_EQ(ut_tone_came_down(&(struct ut_tone){ 0 }), -1);
	tap_end();
}

/* Of frames: the first phrases at one pitch, the later at another. */
static void test_came_down_heard(void)
{
	static const struct {
		const char *name;
		float early_hz, late_hz;
		int want;
	} rows[] = {
		{ "higher and louder at first", 260, 200, 1 },
		{ "the same all along", 200, 200, 0 },
		{ "higher and louder later", 200, 260, 0 },
	};

	for (size_t i = 0; i < UT_ARRAY_LEN(rows); i++) {
		struct ut_frame_table t = { 0 };
		struct ut_span_list spans = { 0 };
		struct ut_customer_voice v = { &t, &spans, NULL, 0, -70, -120 };
		bool early_loud = rows[i].early_hz > rows[i].late_hz;
		struct ut_tone tone;
		int64_t half, closing;

		speak(&t, &spans, 5, rows[i].early_hz);
		half = (int64_t)t.n;
		speak(&t, &spans, 5, rows[i].late_hz);
		closing = (int64_t)t.n;
		speak(&t, &spans, 1, rows[i].late_hz);
		for (int64_t k = 0; rows[i].early_hz != rows[i].late_hz && k < closing; k++)
			if (t.row[k].level_db > -60 && (k < half) == early_loud)
				t.row[k].level_db += 6;
		tap_row(rows[i].name);
		CHECK_EQ(ut_tone_measure(&v, closing, closing + 100, NULL, &tone, NULL), UT_OK);
		CHECK_EQ(ut_tone_came_down(&tone), rows[i].want);
		tap_end();
		ut_frame_table_done(&t);
		ut_span_list_done(&spans);
	}
}

/* The law: there is no voice, and so no tone, of anyone but a verified external customer. */
static void test_law(void)
{
	static const struct row {
		const char *name;
		enum ut_role role;
		enum ut_kind kind;
		bool verified, dual_mono, allowed;
	} rows[] = {
		{ "verified customer", UT_ROLE_CUSTOMER, UT_KIND_EXTERNAL, true, false, true },
		{ "agent", UT_ROLE_AGENT, UT_KIND_EXTERNAL, true, false, false },
		{ "agent, internal", UT_ROLE_AGENT, UT_KIND_INTERNAL, true, false, false },
		{ "internal caller", UT_ROLE_CUSTOMER, UT_KIND_INTERNAL, true, false, false },
		{ "kind not known", UT_ROLE_CUSTOMER, UT_KIND_UNKNOWN, true, false, false },
		{ "role not known", UT_ROLE_UNKNOWN, UT_KIND_EXTERNAL, true, false, false },
		{ "not verified", UT_ROLE_CUSTOMER, UT_KIND_EXTERNAL, false, false, false },
		{ "dual mono", UT_ROLE_CUSTOMER, UT_KIND_EXTERNAL, true, true, false },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_customer_voice v;
		struct ut_error err = { 0 };
		struct ut_call c;
		int party = -1;

		tap_row(r->name);
		ut_call_init(&c);
		c.n_ch = c.media.n_ch = 2;
		c.media.dual_mono = r->dual_mono;
		c.n_parties = 2;
		c.party[0] = (struct ut_party){
			.channel = 0, .role = r->role, .kind = r->kind, .verified = r->verified
		};
		c.party[1] = (struct ut_party){ .channel = 1,
						.role = UT_ROLE_AGENT,
						.kind = UT_KIND_INTERNAL,
						.verified = true };
		CHECK_EQ(ut_call_customer_voice(&c, &v, &party, &err),
			 r->allowed ? UT_OK : UT_EREFUSED);
		CHECK_EQ(party, r->allowed ? 0 : -1);
		CHECK_EQ(err.msg[0] != 0, !r->allowed);
		ut_call_done(&c);
		tap_end();
	}
}

int main(void)
{
	test_file();
	test_round_trip();
	test_scores();
	test_abstain();
	test_measure();
	test_came_down();
	test_came_down_heard();
	test_law();
	return tap_done();
}
