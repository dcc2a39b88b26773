/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_features.c - the measurements themselves, every 10 ms or a row a turn. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/analysis.h"
#include "cli/features_plot.h"
#include "dsp/functionals.h"
#include "dsp/level.h"
#include "dsp/rate.h"
#include "run/item.h"

struct features_opts {
	struct ut_cli_analysis analysis;
	bool frames, csv, json;
	const char *plot;
	struct ut_features_plot stretch;
};

static const struct ut_opt features_opts[] = {
	{ .name = "frames",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct features_opts, frames),
	  .help = "a row every 10 ms and channel instead of a row a turn" },
	{ .name = "csv",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct features_opts, csv),
	  .help = "comma-separated values with a head line (the default)" },
	{ .name = "json",
	  .type = UT_OPT_BOOL,
	  .offset = offsetof(struct features_opts, json),
	  .help = "one JSON object a line" },
	{ .name = "plot",
	  .type = UT_OPT_STRING,
	  .offset = offsetof(struct features_opts, plot),
	  .value = "FILE.svg",
	  .help = "instead: a picture of F0 and level over the waveform (- for standard output)" },
	{ .name = "channel",
	  .type = UT_OPT_INT,
	  .offset = offsetof(struct features_opts, stretch.channel),
	  .min = 0,
	  .max = UT_MAX_CHANNELS - 1,
	  .value = "N",
	  .help = "of --plot, 0 the first (default: the customer's, or the first)" },
	{ .name = "from",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct features_opts, stretch.from_s),
	  .min = 0,
	  .max = 1e6,
	  .value = "SECONDS",
	  .help = "where --plot begins (default: 20 s before its end)" },
	{ .name = "to",
	  .type = UT_OPT_REAL,
	  .offset = offsetof(struct features_opts, stretch.to_s),
	  .min = 0,
	  .max = 1e6,
	  .value = "SECONDS",
	  .help =
	      "where it ends, 10 minutes on at most (default: 20 s after --from, else 2 s after "
	      "the closing, or at the end)" },
	UT_CLI_ANALYSIS_OPTS(struct features_opts),
	{ 0 },
};

struct features { /* lives in the worker */
	const struct features_opts *o;
	const struct ut_analyse_opts *analyse;
	struct ut_analyser *analyser;
	struct ut_call call;
	struct ut_text out;
};

static bool to_file(const struct features_opts *o)
{
	return o->plot && strcmp(o->plot, "-") != 0;
}

/* The worker writes its rows itself: four hours of them need not go through the parent. */
static enum ut_status flush(struct features *f, size_t unless_below, struct ut_error *err)
{
	size_t done = 0;

	if (f->out.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	if (f->out.len < unless_below)
		return UT_OK;
	while (done < f->out.len) {
		ssize_t k = write(STDOUT_FILENO, f->out.s + done, f->out.len - done);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && errno == EPIPE) /* `| head`: it has seen enough */
			return ut_fail(err, UT_EINTR, "%s", "");
		if (k < 0)
			return ut_fail(err, UT_EINTR, "cannot write to %s: %s",
				       to_file(f->o) ? f->o->plot : "standard output",
				       strerror(errno));
		done += (size_t)k;
	}
	ut_text_clear(&f->out);
	return UT_OK;
}

/* Columns that stand first, under their own names, before the rest in the table's order. */
static const enum ut_frame_col first[] = { UT_COL_f0_hz, UT_COL_level_db };

static bool is_first(enum ut_frame_col c)
{
	for (size_t i = 0; i < UT_ARRAY_LEN(first); i++)
		if (first[i] == c)
			return true;
	return false;
}

static enum ut_frame_col column(unsigned i)
{
	unsigned k = (unsigned)UT_ARRAY_LEN(first);

	if (i < k)
		return first[i];
	for (unsigned c = 0;; c++)
		if (!is_first(c) && k++ == i)
			return c;
}

static void frame_csv(struct ut_text *t, const struct ut_frame *f)
{
	for (unsigned i = 0; i < UT_N_FRAME_COLS; i++) {
		enum ut_frame_col c = column(i);

		/* an empty cell was not measured; an unvoiced frame has the pitch 0 by contract */
		if (ut_frame_has(f, c))
			ut_text_addf(t, ",%.*f", (int)ut_frame_info[c].digits,
				     (double)ut_frame_get(f, c));
		else
			ut_text_add(t, c == UT_COL_f0_hz ? ",0" : ",");
	}
	ut_text_add(t, "\n");
}

static void frame_json(struct ut_text *t, double time_s, unsigned ch, const struct ut_frame *f)
{
	struct ut_json j;

	ut_json_init(&j, t);
	ut_json_begin_object(&j, NULL);
	ut_json_real(&j, "time_s", time_s, 3);
	ut_json_int(&j, "channel", ch);
	ut_json_bool(&j, "voiced", ut_frame_has(f, UT_COL_f0_hz));
	for (unsigned i = 0; i < UT_N_FRAME_COLS; i++) {
		enum ut_frame_col c = column(i);

		if (ut_frame_has(f, c))
			ut_json_real(&j, ut_frame_info[c].name, (double)ut_frame_get(f, c),
				     ut_frame_info[c].digits);
		else
			ut_json_null(&j, ut_frame_info[c].name);
	}
	ut_json_end_object(&j);
	ut_text_add(t, "\n");
}

static enum ut_status print_frames(struct features *f, struct ut_error *err)
{
	const struct ut_call *c = &f->call;

	if (!f->o->json) {
		ut_text_add(&f->out, "time_s,channel,voiced");
		for (unsigned i = 0; i < UT_N_FRAME_COLS; i++)
			ut_text_addf(&f->out, ",%s", ut_frame_info[column(i)].name);
		ut_text_add(&f->out, "\n");
	}
	for (unsigned ch = 0; ch < c->n_ch; ch++) {
		const struct ut_frame_table *t = &c->ch[ch].frames;

		for (size_t i = 0; i < t->n; i++) {
			double time_s = (double)i / UT_FRAMES_PER_S;
			const struct ut_frame *row = &t->row[i];
			enum ut_status st;

			if (f->o->json) {
				frame_json(&f->out, time_s, ch, row);
			} else {
				ut_text_addf(&f->out, "%.3f,%u,%d", time_s, ch,
					     ut_frame_has(row, UT_COL_f0_hz));
				frame_csv(&f->out, row);
			}
			st = flush(f, 65536, err);
			if (st != UT_OK)
				return st;
		}
	}
	return flush(f, 0, err);
}

struct turn_row {
	const struct ut_turn *turn;
	const struct ut_party *party;
	struct ut_functionals fn;
	bool has_speaking_rate, has_relative_level;
	float speaking_rate, relative_level_db;
};

static void turn_csv(struct ut_text *t, const struct turn_row *r)
{
	const struct ut_turn *u = r->turn;

	ut_text_addf(t, "%.2f,%.2f,%u,%d,%s,%.2f,%.2f,", (double)u->start / UT_FRAMES_PER_S,
		     (double)u->end / UT_FRAMES_PER_S, u->party, r->party->channel,
		     ut_role_name(r->party->role), (double)u->speech / UT_FRAMES_PER_S,
		     (double)u->overlap / UT_FRAMES_PER_S);
	if (u->latency != UT_NO_LATENCY)
		ut_text_addf(t, "%.2f", (double)u->latency / UT_FRAMES_PER_S);
	ut_text_addf(t, ",%d,%d", u->backchannel, u->interrupts);
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		ut_text_add(t, ",");
		if (r->fn.valid >> i & 1)
			ut_text_addf(t, "%.*f", (int)ut_functional_info[i].digits,
				     (double)r->fn.v[i]);
	}
	ut_text_add(t, ",");
	if (r->has_speaking_rate)
		ut_text_addf(t, "%.2f", (double)r->speaking_rate);
	ut_text_add(t, ",");
	if (r->has_relative_level)
		ut_text_addf(t, "%.2f", (double)r->relative_level_db);
	ut_text_add(t, "\n");
}

static void turn_json(struct ut_text *t, const struct turn_row *r)
{
	const struct ut_turn *u = r->turn;
	struct ut_json j;

	ut_json_init(&j, t);
	ut_json_begin_object(&j, NULL);
	ut_json_real(&j, "start_s", (double)u->start / UT_FRAMES_PER_S, 2);
	ut_json_real(&j, "end_s", (double)u->end / UT_FRAMES_PER_S, 2);
	ut_json_int(&j, "party", u->party);
	ut_json_int(&j, "channel", r->party->channel);
	ut_json_string(&j, "role", ut_role_name(r->party->role));
	ut_json_real(&j, "speech_s", (double)u->speech / UT_FRAMES_PER_S, 2);
	ut_json_real(&j, "overlap_s", (double)u->overlap / UT_FRAMES_PER_S, 2);
	if (u->latency != UT_NO_LATENCY)
		ut_json_real(&j, "latency_s", (double)u->latency / UT_FRAMES_PER_S, 2);
	else
		ut_json_null(&j, "latency_s");
	ut_json_bool(&j, "backchannel", u->backchannel);
	ut_json_bool(&j, "interrupts", u->interrupts);
	for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++) {
		if (r->fn.valid >> i & 1)
			ut_json_real(&j, ut_functional_info[i].name, (double)r->fn.v[i],
				     ut_functional_info[i].digits);
		else
			ut_json_null(&j, ut_functional_info[i].name);
	}
	if (r->has_speaking_rate)
		ut_json_real(&j, "speaking_rate", (double)r->speaking_rate, 2);
	else
		ut_json_null(&j, "speaking_rate");
	if (r->has_relative_level)
		ut_json_real(&j, "relative_level", (double)r->relative_level_db, 2);
	else
		ut_json_null(&j, "relative_level");
	ut_json_end_object(&j);
	ut_text_add(t, "\n");
}

/* What needs more than the turn itself: its pauses, and the same speaker's speech before it. */
static void measure_turn(const struct ut_channel *ch, const struct ut_span_list *spans,
			 struct turn_row *r)
{
	const struct ut_turn *u = r->turn;
	const struct ut_functionals *f = &r->fn;
	struct ut_level_stats own, usual;

	ut_functionals_measure(&ch->frames, u->start, u->end, spans,
			       ch->activity.noise_db, &r->fn);
	if (f->valid >> UT_FN_rate & 1 && f->valid >> UT_FN_pause_share & 1) {
		r->has_speaking_rate = true;
		r->speaking_rate = f->v[UT_FN_rate] * (1 - f->v[UT_FN_pause_share]);
	}
	ut_level_measure(ch->frames.row, u->start, u->end, spans, &own);
	ut_level_reference(ch->frames.row, u->start, spans, &usual);
	if (own.valid && usual.valid) {
		r->has_relative_level = true;
		r->relative_level_db = own.median_db - usual.median_db;
	}
}

static enum ut_status print_turns(struct features *f, struct ut_error *err)
{
	const struct ut_call *c = &f->call;

	if (!f->o->json) {
		ut_text_add(&f->out,
			    "start_s,end_s,party,channel,role,speech_s,overlap_s,latency_s,"
			    "backchannel,interrupts");
		for (unsigned i = 0; i < UT_N_FUNCTIONALS; i++)
			ut_text_addf(&f->out, ",%s", ut_functional_info[i].name);
		ut_text_add(&f->out, ",speaking_rate,relative_level\n");
	}
	for (size_t i = 0; i < c->turns.n; i++) {
		struct turn_row r = { .turn = &c->turns.v[i],
				      .party = &c->party[c->turns.v[i].party] };
		const struct ut_channel *ch = ut_call_party_channel(c, r.turn->party);

		if (ch)
			measure_turn(ch, ut_call_party_spans(c, r.turn->party), &r);
		if (f->o->json)
			turn_json(&f->out, &r);
		else
			turn_csv(&f->out, &r);
	}
	return flush(f, 0, err);
}

static enum ut_status start(void *user, void **state, struct ut_error *err)
{
	struct features *f = user;

	ut_call_init(&f->call);
	ut_decode_global_init();
	*state = f;
	return ut_analyser_create(f->analyse, &f->analyser, err);
}

static enum ut_status work(void *state, const struct ut_job *j, struct ut_beat *beat,
			   UT_UNUSED struct ut_text *reply, struct ut_error *err)
{
	struct features *f = state;
	struct ut_recording r;
	bool ask;
	enum ut_status st = ut_request_decode(j, &r, &ask, err);

	if (st == UT_OK)
		st = ut_analyse(f->analyser, &r, beat, &f->call, err);
	if (st != UT_OK)
		return st;
	if (f->o->plot) {
		st = ut_features_plot(&f->o->stretch, &f->call, &r, &f->analyse->decode, &f->out,
				      err);
		return st == UT_OK ? flush(f, 0, err) : st;
	}
	return f->o->frames ? print_frames(f, err) : print_turns(f, err);
}

static const struct ut_worker_ops ops = { .start = start, .work = work, .keep_output = true };

/* The picture's file takes the place of standard output: a worker can open nothing. It is whole, or
 * not there. */
static enum ut_status begin_file(const char *path, struct ut_text *part, struct ut_error *err)
{
	int fd;
	bool moved;

	ut_text_addf(part, "%s.part", path);
	if (part->failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	fd = open(part->s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	moved = fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0;
	if (!moved)
		ut_fail(err, UT_EINTR, "cannot write %s: %s", part->s, strerror(errno));
	if (fd >= 0 && fd != STDOUT_FILENO)
		close(fd);
	return moved ? UT_OK : UT_EINTR;
}

static enum ut_status end_file(const char *path, const struct ut_text *part, bool fine,
			       struct ut_error *err)
{
	if (fine && rename(part->s, path) == 0)
		return UT_OK;
	if (fine)
		ut_fail(err, UT_EINTR, "cannot write %s: %s", path, strerror(errno));
	unlink(part->s);
	return fine ? UT_EINTR : UT_OK;
}

static int cmd_features(int argc, char **argv)
{
	struct features_opts o = { .analysis = ut_cli_analysis_default, .stretch = { -1, -1, -1 } };
	struct ut_text part = { 0 };
	bool part_open = false;
	struct ut_cli_loaded l = { 0 };
	struct features f = { .o = &o, .analyse = &l.opts };
	struct ut_item it = { .fd = -1 };
	struct ut_pool *pool = NULL;
	struct ut_pool_event ev = { 0 };
	struct ut_text request = { 0 };
	struct ut_error err = { 0 };
	enum ut_status st;
	int n, rc = ut_cli_parse(&ut_cmd_features, &o, argc, argv, &n);

	if (rc >= 0)
		return rc;
	if (o.csv && o.json)
		return ut_cli_usage(&ut_cmd_features, "--csv or --json, not both");
	if (o.plot && (o.csv || o.json || o.frames))
		return ut_cli_usage(&ut_cmd_features, "--plot or rows, not both");
	if (!o.plot && (o.stretch.channel >= 0 || o.stretch.from_s >= 0 || o.stretch.to_s >= 0))
		return ut_cli_usage(&ut_cmd_features, "--channel, --from and --to go with --plot");
	rc = ut_cli_load(&ut_cmd_features, &o.analysis, &o, &l);
	if (rc >= 0) {
		ut_cli_loaded_done(&l);
		return rc;
	}
	/* printing may take as long as the reader of a pipe likes */
	l.limits.stall_s = l.limits.cpu_s = 0;
	rc = UT_EXIT_FINE;
	st = ut_item_init(&it, argv[1], true, &err);
	if (st == UT_OK)
		st = ut_item_open(&it, &err);
	if (st == UT_OK)
		st = ut_item_read_beside(&it, &err);
	if (st == UT_OK && to_file(&o)) {
		st = begin_file(o.plot, &part, &err);
		part_open = st == UT_OK;
	}
	if (st == UT_OK) {
		ut_request_encode(&it, false, &request);
		st = ut_pool_create(&ops, &f, 1, &l.limits, &pool, &err);
		while (st == UT_OK && ut_pool_n_idle(pool) == 0)
			st = ut_pool_wait(pool, -1, NULL, &ev, &err);
		if (st == UT_OK)
			st = ut_pool_submit(pool, it.fd, it.path, request.s, request.len, NULL,
					    &err);
		while (st == UT_OK && ev.what != UT_POOL_DONE)
			st = ut_pool_wait(pool, -1, NULL, &ev, &err);
		if (st == UT_OK && ev.err.code != UT_OK) {
			err = ev.err;
			st = err.code;
		}
	}
	if (part_open) {
		enum ut_status end = end_file(o.plot, &part, st == UT_OK, &err);

		st = st == UT_OK ? end : st;
	}
	if (st != UT_OK) {
		bool output = st == UT_EINTR;

		rc = output ? UT_EXIT_RUNTIME : UT_EXIT_SOME_FAILED;
		if (err.msg[0])
			ut_cli_fail(output ? NULL : argv[1], &err);
		else
			rc = UT_EXIT_FINE;
	}
	ut_pool_destroy(&pool);
	ut_item_done(&it);
	ut_text_done(&request);
	ut_text_done(&part);
	ut_cli_loaded_done(&l);
	return rc;
}

const struct ut_command ut_cmd_features = {
	.name = "features",
	.fn = cmd_features,
	.min_args = 1,
	.max_args = 1,
	.args = "FILE",
	.help = "print the measurements of one recording",
	.about =
	    "A row a turn: when, who, and pitch, effort, voice quality and timing of it. With "
	    "--frames a row every 10 ms of each channel; time_s is the middle of the 10 ms. "
	    "rate is the articulation rate, speaking_rate has the pauses in it; relative_level "
	    "is the turn's level against the same speaker's speech before it, in dB, robust to "
	    "changes of the line's gain.\n\n"
	    "With --plot a picture instead. A yellow shade marks the closing and what is no "
	    "speech, a green band the usual level of the speaker before the closing, or before the "
	    "picture. What the metadata "
	    "masks, and touch tones, are left out of it.",
	.opts = features_opts,
};
