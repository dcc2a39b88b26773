/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach_json.c - one object, one line; schemas/coach.schema.json. */
#include "report/coach_words.h"

static void share(struct ut_json *j, const char *key, const struct ut_share *s)
{
	ut_json_begin_object(j, key);
	ut_json_int(j, "calls", s->k);
	ut_json_int(j, "of", s->n);
	if (s->n) {
		ut_json_real(j, "share", s->p, 4);
		ut_json_real(j, "low", s->lo, 4);
		ut_json_real(j, "high", s->hi, 4);
	} else {
		ut_json_null(j, "share");
		ut_json_null(j, "low");
		ut_json_null(j, "high");
	}
	ut_json_end_object(j);
}

static void difference(struct ut_json *j, const char *key, const struct ut_difference *d,
		       bool certain)
{
	if (!d) {
		ut_json_null(j, key);
		return;
	}
	ut_json_begin_object(j, key);
	ut_json_real(j, "difference", d->d, 4);
	ut_json_real(j, "low", d->lo, 4);
	ut_json_real(j, "high", d->hi, 4);
	ut_json_bool(j, "certain", certain);
	ut_json_end_object(j);
}

static void tones(struct ut_json *j, const char *key, const struct ut_tones *t)
{
	ut_json_begin_object(j, key);
	ut_json_string(j, "shown", ut_coach_shown_name[t->shown]);
	if (t->shown == UT_SHOWN) {
		share(j, "not_meant", &t->bad);
		ut_json_int(j, "abstained", t->n_abstain);
		share(j, "confirmed", &t->confirmed);
	}
	ut_json_end_object(j);
}

static void listen(struct ut_json *j, const char *key, const struct ut_coach_listen *l)
{
	ut_json_begin_array(j, key);
	for (unsigned i = 0; i < l->n; i++) {
		ut_json_begin_object(j, NULL);
		ut_json_int(j, "call", l->call[i].call_id);
		if (l->call[i].end_s > 0) {
			ut_json_real(j, "start_s", l->call[i].start_s, 2);
			ut_json_real(j, "end_s", l->call[i].end_s, 2);
		} else {
			ut_json_null(j, "start_s");
			ut_json_null(j, "end_s");
		}
		if (l->call[i].value > 0)
			ut_json_real(j, "value", l->call[i].value, 2);
		else
			ut_json_null(j, "value");
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

static void group(struct ut_json *j, const struct ut_coach *c, const struct ut_coach_group *g)
{
	bool certain;

	ut_json_begin_object(j, NULL);
	ut_json_string(j, "kind", c->person ? "person" : ut_coach_kind_name[g->kind]);
	ut_json_string(j, "name", g->name);
	ut_json_int(j, "calls", g->n_calls);
	ut_json_int(j, "calls_before", g->n_before);
	if (!c->person)
		ut_json_int(j, "agents", g->n_agents);
	ut_json_bool(j, "few", g->few);
	ut_json_begin_object(j, "measures");
	for (unsigned k = 0; k < UT_N_COACH_MEASURES && !g->one; k++) {
		const struct ut_coach_fact *f = &g->fact[k];
		const struct ut_difference *d = ut_coach_change(g, k, &certain);

		ut_json_begin_object(j, ut_coach_measure_info[k].name);
		share(j, "now", &f->now);
		share(j, "before", &f->before);
		difference(j, "change", d, certain);
		if (ut_coach_measure_info[k].unit && f->now.k) {
			ut_json_string(j, "unit", ut_coach_measure_info[k].unit);
			ut_json_real(j, "median", f->median, 2);
			ut_json_real(j, "p90", f->p90, 2);
		}
		ut_json_end_object(j);
	}
	ut_json_end_object(j);
	if (!c->person) {
		tones(j, "closings", &g->tones);
		tones(j, "closings_before", &g->tones_before);
		difference(j, "closings_change", ut_coach_change(g, UT_COACH_TONE, &certain),
			   certain);
	}
	ut_json_end_object(j);
}

static const char *measure_name(unsigned k)
{
	return k == UT_COACH_TONE ? "closed_not_meant" : ut_coach_measure_info[k].name;
}

static void points(struct ut_json *j, const struct ut_coach *c)
{
	ut_json_begin_array(j, "points");
	for (size_t i = 0; i < c->n_points; i++) {
		const struct ut_coach_point *p = &c->point[i];
		const struct ut_coach_group *g = &c->group[p->group];

		ut_json_begin_object(j, NULL);
		ut_json_string(j, "measure", measure_name(p->measure));
		ut_json_string(j, "kind", c->person ? "person" : ut_coach_kind_name[g->kind]);
		ut_json_string(j, "name", g->name);
		ut_json_string(j, "against", p->rising ? "before" : "elsewhere");
		share(j, "here", &p->here);
		share(j, "there", &p->there);
		difference(j, "more", &p->more, true);
		listen(j, "listen", &p->listen);
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
	ut_json_int(j, "compared", c->n_compared);
}

static void along(struct ut_json *j, const struct ut_coach *c)
{
	ut_json_begin_object(j, "along");
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++) {
		const struct ut_coach_along *a = &c->along[k];
		bool both = a->with.shown == UT_SHOWN && a->without.shown == UT_SHOWN;

		ut_json_begin_object(j, ut_coach_measure_info[k].name);
		tones(j, "with", &a->with);
		tones(j, "without", &a->without);
		difference(j, "more", both ? &a->more : NULL, a->differs);
		ut_json_end_object(j);
	}
	ut_json_end_object(j);
}

static void coach(struct ut_json *j, const struct ut_coach *c)
{
	int64_t days = c->query.to - c->query.from + 1;
	char day[UT_DAY_TEXT];

	ut_day_text(c->query.from, day);
	ut_json_string(j, "from", day);
	ut_day_text(c->query.to, day);
	ut_json_string(j, "to", day);
	ut_json_int(j, "days", days);
	ut_json_string(j, "team", c->query.team);
	ut_json_string(j, "queue", c->query.queue);
	ut_json_begin_array(j, "groups");
	for (size_t i = 0; i < c->n_groups; i++)
		group(j, c, &c->group[i]);
	ut_json_end_array(j);
	points(j, c);
	ut_json_begin_object(j, "listen");
	for (unsigned k = 0; k < UT_N_COACH_MEASURES; k++)
		listen(j, ut_coach_measure_info[k].name, &c->listen[k]);
	ut_json_end_object(j);
	listen(j, "smooth", &c->smooth);
	if (c->person)
		return;
	along(j, c);
	listen(j, "bad", &c->bad);
	listen(j, "good", &c->good);
}

static void log_entries(struct ut_json *j, const struct ut_coach_report *r)
{
	ut_json_begin_array(j, "log");
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct ut_coach_entry *e = &r->entry[i];

		ut_json_begin_object(j, NULL);
		ut_json_string(j, "at", e->at);
		ut_json_string(j, "author", e->author);
		ut_json_string(j, "kind", e->kind);
		ut_json_string(j, "topic", e->topic);
		ut_json_bool(j, "discussed", e->discussed);
		if (e->call_id)
			ut_json_int(j, "call", e->call_id);
		else
			ut_json_null(j, "call");
		ut_json_string(j, "note", e->note);
		ut_json_end_object(j);
	}
	ut_json_end_array(j);
}

void ut_coach_json(const struct ut_coach_report *r, struct ut_text *out)
{
	struct ut_json j;

	ut_json_init(&j, out);
	ut_json_begin_object(&j, NULL);
	ut_json_int(&j, "schema", 1);
	ut_json_string(&j, "person", r->person);
	if (r->coach)
		coach(&j, r->coach);
	if (r->person)
		log_entries(&j, r);
	ut_json_end_object(&j);
	ut_text_add(out, "\n");
}
