/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lists.c - the ranked list: a table of formats. */
#include <string.h>

#include "report/report.h"
#include "report/words.h"

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* ---- text ---- */

static void text_head(bool color, struct ut_text *out)
{
	ut_text_addf(out, "%s  CALL  NOT MEANT  LABEL      CLOSING          FILE%s\n",
		     color ? "\033[2m" : "", color ? "\033[0m" : "");
}

static void text_row(const struct ut_finding *f, bool color, struct ut_text *out)
{
	const char *tint = "";
	struct ut_text when = { 0 };
	size_t w;

	if (color && strcmp(f->label, "angry") == 0)
		tint = "\033[1;31m";
	else if (color && strcmp(f->label, "resigned") == 0)
		tint = "\033[1;33m";
	ut_text_addf(out, "%6lld  ", (long long)f->call_id);
	if (f->has_tone)
		ut_text_addf(out, "%7.1f %%  ", 100 * f->rank);
	else
		ut_text_add(out, "        -  ");
	ut_text_addf(out, "%s%-9s%s  ", tint, f->label, *tint ? "\033[0m" : "");
	if (f->has_closing) {
		ut_words_clock(f->closing_start_s, 1, &when);
		ut_text_add(&when, "-");
		ut_words_clock(f->closing_end_s, 1, &when);
	} else {
		ut_text_add(&when, "none");
	}
	ut_text_add(out, when.failed ? "" : when.s);
	for (w = when.len; w < 15; w++)
		ut_text_add(out, " ");
	ut_text_add(out, "  ");
	ut_text_add_visible(out, f->file);
	if (f->phrase) {
		ut_text_add(out, "  ");
		ut_words_phrase(f->phrase, out);
	}
	ut_text_add(out, "\n");
	ut_text_done(&when);
}

/* ---- CSV ---- */

static void csv_head(bool color UT_UNUSED, struct ut_text *out)
{
	ut_text_add(out, "call,file,start_time,team,label,accepting,resigned,angry,"
			 "closing_start_s,closing_end_s,found_by,phrase\n");
}

static void csv_row(const struct ut_finding *f, bool color UT_UNUSED, struct ut_text *out)
{
	unsigned score[UT_N_TONES];

	ut_text_addf(out, "%lld,", (long long)f->call_id);
	ut_text_add_csv(out, f->file);
	ut_text_add(out, ",");
	ut_text_add_csv(out, or_empty(f->start_time));
	ut_text_add(out, ",");
	ut_text_add_csv(out, or_empty(f->team));
	ut_text_addf(out, ",%s", f->label);
	if (f->has_tone) {
		ut_words_scores(f->score, score);
		for (unsigned i = 0; i < UT_N_TONES; i++)
			ut_text_addf(out, ",%u.%04u", score[i] / 10000, score[i] % 10000);
	} else {
		ut_text_add(out, ",,,");
	}
	if (f->has_closing)
		ut_text_addf(out, ",%.2f,%.2f,", f->closing_start_s, f->closing_end_s);
	else
		ut_text_add(out, ",,,");
	ut_text_add_csv(out, or_empty(f->found_by));
	ut_text_add(out, ",");
	ut_text_add_csv(out, or_empty(f->phrase));
	ut_text_add(out, "\n");
}

/* ---- JSON: one object a line ---- */

static void json_head(bool color UT_UNUSED, struct ut_text *out UT_UNUSED)
{
}

static void json_row(const struct ut_finding *f, bool color UT_UNUSED, struct ut_text *out)
{
	unsigned score[UT_N_TONES];
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_int(&j, "call", f->call_id);
	ut_json_string(&j, "file", f->file);
	ut_json_string(&j, "call_id", f->call_key);
	ut_json_string(&j, "start_time", f->start_time);
	ut_json_string(&j, "team", f->team);
	ut_json_string(&j, "queue", f->queue);
	ut_json_string(&j, "agent_id", f->agent_id);
	ut_json_string(&j, "label", f->label);
	if (f->has_tone) {
		ut_words_scores(f->score, score);
		ut_json_begin_object(&j, "scores");
		for (unsigned i = 0; i < UT_N_TONES; i++)
			ut_json_real(&j, ut_tone_label_name[i], score[i] / 10000.0, 4);
		ut_json_end_object(&j);
		ut_json_real(&j, "rank", (score[UT_TONE_RESIGNED] + score[UT_TONE_ANGRY]) / 10000.0,
			     4);
	} else {
		ut_json_null(&j, "scores");
		ut_json_null(&j, "rank");
	}
	if (f->has_closing) {
		ut_json_begin_object(&j, "closing");
		ut_json_real(&j, "start_s", f->closing_start_s, 2);
		ut_json_real(&j, "end_s", f->closing_end_s, 2);
		ut_json_string(&j, "found_by", f->found_by);
		ut_json_string(&j, "phrase", f->phrase);
		ut_json_end_object(&j);
	} else {
		ut_json_null(&j, "closing");
	}
	ut_json_string(&j, "flag",
		       strcmp(f->label, "resigned") == 0 || strcmp(f->label, "angry") == 0
			   ? "review"
			   : "none");
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}

const struct ut_report_list ut_report_lists[] = {
	{ "text", text_head, text_row },
	{ "csv", csv_head, csv_row },
	{ "json", json_head, json_row },
	{ 0 },
};

const struct ut_report_list *ut_report_list_find(const char *name)
{
	for (const struct ut_report_list *l = ut_report_lists; l->name; l++)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}
