/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/coach.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

const char *const ut_coach_tag_name[UT_COACH_TAGS] = {
	"no-answer", "no-empathy",    "not-listening", "transferred",
	"long-wait", "good-recovery", "other",
};
const char *const ut_coach_kinds[] = { "strength", "improve", NULL };
const char *const ut_coach_topics[] = { "answer",   "empathy", "listening", "interruptions",
					"holds",    "waits",   "transfers", "dead-air",
					"recovery", "other",   NULL };

enum { MAX_NOTE = 2000, MAX_PERSON = 256 };

/* ---- one call's turns and what plays between them ---- */

struct piece {
	int64_t start, end;
	unsigned party;
	bool backchannel, interrupts;
};

struct talk {
	struct piece *turn,
	    *sound; /* sound: music, ringback, masked; party: 1 where it is a hold */
	size_t n_turns, turn_cap, n_sounds, sound_cap;
};

static void talk_done(struct talk *t)
{
	free(t->turn);
	free(t->sound);
}

static bool push(struct piece **v, size_t *n, size_t *cap, const struct piece *p)
{
	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 128;
		struct piece *w = realloc(*v, more * sizeof(*w));

		if (!w)
			return false;
		*v = w;
		*cap = more;
	}
	(*v)[(*n)++] = *p;
	return true;
}

static enum ut_status read_talk(struct ut_store *s, int64_t call_id, struct talk *t,
				struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s,
		       "SELECT start_frame, end_frame, party, backchannel, interrupts FROM turn"
		       " WHERE call_id = ? ORDER BY n",
		       err);
	int rc;

	t->n_turns = t->n_sounds = 0;
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct piece p = { sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
					 (unsigned)sqlite3_column_int(st, 2),
					 sqlite3_column_int(st, 3), sqlite3_column_int(st, 4) };

		if (!push(&t->turn, &t->n_turns, &t->turn_cap, &p)) {
			sqlite3_reset(st);
			return ut_fail(err, UT_ENOMEM, "not enough memory for the turns");
		}
	}
	if (rc < 0)
		return UT_EDB;
	st = ut_db_stmt(s,
			"SELECT start_frame, end_frame, kind <> 'masked' FROM span"
			" WHERE call_id = ? AND kind IN ('music', 'ringback', 'masked')"
			" ORDER BY start_frame, end_frame",
			err);
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct piece p = { sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
					 (unsigned)sqlite3_column_int(st, 2), false, false };

		if (!push(&t->sound, &t->n_sounds, &t->sound_cap, &p)) {
			sqlite3_reset(st);
			return ut_fail(err, UT_ENOMEM, "not enough memory for the sounds");
		}
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

/* A stretch in which nobody speaks, between two speeches. */
struct gap {
	int64_t start, end;
	bool after_customer, before_customer;
};

/* The longest piece of the gap in which nothing plays and nothing is masked. */
static struct ut_call_moment silence_in(const struct talk *t, const struct gap *g, bool *hold)
{
	struct ut_call_moment best = { 0 };
	int64_t at = g->start;

	*hold = false;
	for (size_t i = 0; i < t->n_sounds && t->sound[i].start < g->end; i++) {
		const struct piece *p = &t->sound[i];

		if (p->end <= g->start)
			continue;
		*hold |= p->party != 0;
		if (p->start - at > best.end - best.start)
			best = (struct ut_call_moment){ at, p->start };
		at = UT_MAX(at, p->end);
	}
	if (g->end - at > best.end - best.start)
		best = (struct ut_call_moment){ at, g->end };
	return best;
}

struct waits {
	unsigned n_dead_air;
	int64_t dead_air; /* frames */
	struct ut_call_moment longest_wait, longest_dead_air;
};

/* schemas/DATA.md: the customer waits in a silence that follows it, or ends with another party, or
 * has hold music in it; the rest is its own thinking. */
static void find_waits(const struct talk *t, unsigned customer, struct waits *w)
{
	int64_t end = -1;
	bool after = false; /* whose speech reached furthest */

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < t->n_turns; i++) {
		const struct piece *p = &t->turn[i];

		if (end >= 0 && p->start > end) {
			const struct gap g = { end, p->start, after, p->party == customer };
			bool hold;
			struct ut_call_moment quiet = silence_in(t, &g, &hold);

			if (g.after_customer || !g.before_customer || hold) {
				if (g.end - g.start > w->longest_wait.end - w->longest_wait.start)
					w->longest_wait = (struct ut_call_moment){ g.start, g.end };
				if (quiet.end - quiet.start >= UT_DEAD_AIR_FRAMES) {
					w->n_dead_air++;
					w->dead_air += quiet.end - quiet.start;
					if (quiet.end - quiet.start >
					    w->longest_dead_air.end - w->longest_dead_air.start)
						w->longest_dead_air = quiet;
				}
			}
		}
		if (p->end >= end) {
			end = p->end;
			after = p->party == customer;
		}
	}
}

/* The customer holds the floor when another party interrupts. */
static bool interrupts_customer(const struct talk *t, size_t i, unsigned customer)
{
	const struct piece *p = &t->turn[i];

	if (!p->interrupts || p->party == customer)
		return false;
	for (size_t k = i; k-- > 0;)
		if (t->turn[k].party == customer && !t->turn[k].backchannel)
			return t->turn[k].end > p->start;
	return false;
}

static unsigned count_interruptions(const struct talk *t, unsigned customer)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->n_turns; i++)
		n += interrupts_customer(t, i, customer);
	return n;
}

enum ut_status ut_store_call_moments(struct ut_store *s, int64_t call_id,
				     struct ut_call_moments *ret, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT party FROM party WHERE call_id = ? AND role ="
				      " 'customer' AND kind = 'external' AND verified = 1",
				      err);
	struct talk t = { 0 };
	struct waits w;
	unsigned customer;
	enum ut_status rc;
	int more;

	memset(ret, 0, sizeof(*ret));
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	more = ut_db_next(s, st, err);
	if (more <= 0)
		return more < 0 ? UT_EDB : UT_OK;
	customer = (unsigned)sqlite3_column_int(st, 0);
	sqlite3_reset(st);
	rc = read_talk(s, call_id, &t, err);
	if (rc != UT_OK) {
		talk_done(&t);
		return rc;
	}
	find_waits(&t, customer, &w);
	ret->wait = w.longest_wait;
	ret->dead_air = w.longest_dead_air;
	for (size_t i = 0; i < t.n_turns; i++) {
		const struct piece *p = &t.turn[i];

		if (ret->interruption.end == 0 && interrupts_customer(&t, i, customer))
			ret->interruption = (struct ut_call_moment){ p->start, p->end };
		if (p->party == customer &&
		    p->end - p->start > ret->customer_turn.end - ret->customer_turn.start)
			ret->customer_turn = (struct ut_call_moment){ p->start, p->end };
	}
	for (size_t i = 0; i < t.n_sounds; i++) {
		const struct piece *p = &t.sound[i];

		if (p->party && p->end - p->start > ret->hold.end - ret->hold.start)
			ret->hold = (struct ut_call_moment){ p->start, p->end };
	}
	talk_done(&t);
	return UT_OK;
}

enum ut_status ut_store_call_closing(struct ut_store *s, int64_t call_id,
				     struct ut_call_moment *ret, struct ut_error *err)
{
	sqlite3_stmt *st =
	    ut_db_stmt(s, "SELECT start_frame, end_frame FROM closing WHERE call_id = ?", err);
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, call_id);
	rc = ut_db_next(s, st, err);
	if (rc > 0) {
		ret->start = sqlite3_column_int64(st, 0);
		ret->end = sqlite3_column_int64(st, 1);
		sqlite3_reset(st);
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

/* ---- the facts of many calls ---- */

#define DAY "substr(coalesce(c.start_time, c.analysed_at), 1, 10)"
/* One verified customer, and no second party that is said to be one. */
#define FACTS                                                                                      \
	" FROM call AS c CROSS JOIN party AS p ON p.call_id = c.id AND p.role = 'customer'"        \
	" AND p.kind = 'external' AND p.verified = 1"                                              \
	" JOIN party_measure AS m ON m.call_id = c.id AND m.party = p.party"
#define WANTED                                                                                     \
	" WHERE " DAY " BETWEEN ?1 AND ?3 AND (?4 IS NULL OR c.team = ?4)"                         \
	" AND (?5 IS NULL OR c.queue = ?5)"                                                        \
	" AND (SELECT count(*) FROM party AS q WHERE q.call_id = c.id AND q.role = 'customer')"    \
	" = 1 AND" UT_DB_CURRENT
#define FACT_COLUMNS                                                                               \
	" c.id, " DAY " < ?2, p.party, c.hold_s, c.n_holds, coalesce(c.longest_wait_s, 0),"        \
	" c.longest_silence_s, m.longest_turn_s, c.duration_s,"                                    \
	" (SELECT count(*) FROM party AS q WHERE q.call_id = c.id),"                               \
	" (SELECT sum(o.n_interruptions) FROM party_measure AS o WHERE o.call_id = c.id"           \
	" AND o.party <> p.party),"                                                                \
	" (SELECT count(*) FROM party AS q WHERE q.call_id = c.id AND q.role = 'agent') > 1 OR"    \
	" EXISTS (SELECT 1 FROM problem AS x WHERE x.call_id = c.id AND x.code = 'transferred')"

enum { N_FACTS = 12 };

static void bind_query(sqlite3_stmt *st, const struct ut_coach_query *q, char day[3][UT_DAY_TEXT])
{
	ut_day_text(2 * q->from - q->to - 1, day[0]);
	ut_day_text(q->from, day[1]);
	ut_day_text(q->to, day[2]);
	for (int i = 0; i < 3; i++)
		sqlite3_bind_text(st, i + 1, day[i], -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 4, q->team, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 5, q->queue, -1, SQLITE_STATIC);
}

static enum ut_status check_query(const struct ut_coach_query *q, struct ut_error *err)
{
	if (q->to < q->from)
		return ut_fail(err, UT_EINVAL, "the period ends before it begins");
	return UT_OK;
}

/* The columns of FACT_COLUMNS; turns are read only where they can say more than the sums. */
static enum ut_status read_facts(struct ut_store *s, sqlite3_stmt *st, struct talk *t,
				 struct ut_call_facts *f, struct ut_error *err)
{
	unsigned customer = (unsigned)sqlite3_column_int(st, 2);
	int n_parties = sqlite3_column_int(st, 9);
	double silence_s = sqlite3_column_double(st, 6);
	enum ut_status rc;

	*f = (struct ut_call_facts){
		.call_id = sqlite3_column_int64(st, 0),
		.earlier = sqlite3_column_int(st, 1) != 0,
		.hold_s = sqlite3_column_double(st, 3),
		.n_holds = (unsigned)sqlite3_column_int(st, 4),
		.wait_s = sqlite3_column_double(st, 5),
		.customer_turn_s = sqlite3_column_double(st, 7),
		.duration_s = sqlite3_column_double(st, 8),
		.n_interruptions = (unsigned)sqlite3_column_int(st, 10),
		.transferred = sqlite3_column_int(st, 11) != 0,
	};
	/* the longest silence of all is shorter than any dead air would be, and of two parties the
	 * other one interrupted the customer */
	if (silence_s * UT_FRAMES_PER_S < UT_DEAD_AIR_FRAMES - 0.5 && n_parties == 2)
		return UT_OK;
	rc = read_talk(s, f->call_id, t, err);
	if (rc == UT_OK) {
		struct waits w;

		find_waits(t, customer, &w);
		f->n_dead_air = w.n_dead_air;
		f->dead_air_s = (double)w.dead_air / UT_FRAMES_PER_S;
		if (n_parties > 2)
			f->n_interruptions = count_interruptions(t, customer);
	}
	return rc;
}

/* Agents become numbers in the order in which they are met; the names go no further. */
struct names {
	char **slot; /* open addressing */
	unsigned *number;
	size_t n, cap;
};

static void names_done(struct names *n)
{
	for (size_t i = 0; i < n->cap; i++)
		free(n->slot[i]);
	free(n->slot);
	free(n->number);
}

static size_t place(const struct names *n, const char *s)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	size_t i;

	for (const char *p = s; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	for (i = h & (n->cap - 1); n->slot[i] && strcmp(n->slot[i], s) != 0;)
		i = (i + 1) & (n->cap - 1);
	return i;
}

static bool names_grow(struct names *n)
{
	struct names bigger = { .cap = n->cap ? 2 * n->cap : 256, .n = n->n };

	bigger.slot = calloc(bigger.cap, sizeof(*bigger.slot));
	bigger.number = calloc(bigger.cap, sizeof(*bigger.number));
	if (!bigger.slot || !bigger.number) {
		free(bigger.slot);
		free(bigger.number);
		return false;
	}
	for (size_t i = 0; i < n->cap; i++) {
		if (n->slot[i]) {
			size_t k = place(&bigger, n->slot[i]);

			bigger.slot[k] = n->slot[i];
			bigger.number[k] = n->number[i];
		}
	}
	free(n->slot);
	free(n->number);
	*n = bigger;
	return true;
}

/* 0: unknown; UINT_MAX: no memory. */
static unsigned number_of(struct names *n, const char *s)
{
	size_t i;

	if (!s || !*s)
		return 0;
	if (2 * n->n >= n->cap && !names_grow(n))
		return UINT_MAX;
	i = place(n, s);
	if (!n->slot[i]) {
		n->slot[i] = strdup(s);
		if (!n->slot[i])
			return UINT_MAX;
		n->number[i] = (unsigned)++n->n;
	}
	return n->number[i];
}

/* What reviewers heard: of each one's several verdicts on a recording the latest counts. */
static enum ut_status read_verdicts(struct ut_store *s, struct ut_group_call *c,
				    struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT v.heard, (SELECT group_concat(t.tag) FROM verdict_tag AS t"
	    " WHERE t.verdict_id = v.id) FROM call AS c JOIN verdict AS v ON v.content = c.content"
	    " WHERE c.id = ? AND NOT EXISTS (SELECT 1 FROM verdict AS w WHERE w.content ="
	    " v.content AND w.reviewer_id = v.reviewer_id AND w.id > v.id)",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_int64(st, 1, c->facts.call_id);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const char *heard = ut_db_str(st, 0), *tag = ut_db_str(st, 1);

		c->reviewed = true;
		c->n_heard += strcmp(heard, "unsure") != 0;
		c->n_heard_bad += strcmp(heard, "resigned") == 0 || strcmp(heard, "angry") == 0;
		while (*tag) {
			size_t len = strcspn(tag, ",");

			for (unsigned i = 0; i < UT_COACH_TAGS; i++)
				if (strlen(ut_coach_tag_name[i]) == len &&
				    memcmp(ut_coach_tag_name[i], tag, len) == 0)
					c->tags |= 1u << i;
			tag += len + (tag[len] == ',');
		}
	}
	return rc < 0 ? UT_EDB : UT_OK;
}

static enum ut_tone_label label_of(const char *name)
{
	enum ut_tone_label l = UT_TONE_ACCEPTING;

	while (l < UT_TONE_ABSTAIN && strcmp(ut_tone_label_name[l], name) != 0)
		l++;
	return l;
}

enum ut_status ut_store_group_calls(struct ut_store *s, const struct ut_coach_query *q,
				    ut_group_call_fn *fn, void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT" FACT_COLUMNS ", c.team, c.queue, c.agent_id, t.label, t.accepting,"
	    " t.resigned + t.angry, EXISTS (SELECT 1 FROM verdict AS v WHERE v.content = "
	    "c.content)" FACTS " LEFT JOIN closing AS k ON k.call_id = c.id AND k.party = p.party"
	    " LEFT JOIN tone AS t ON t.call_id = k.call_id" WANTED " ORDER BY c.id",
	    err);
	struct names names = { 0 };
	struct talk t = { 0 };
	char day[3][UT_DAY_TEXT];
	enum ut_status status = check_query(q, err);
	bool on = true;
	int rc = 0;

	if (status != UT_OK)
		return status;
	if (!st)
		return UT_EDB;
	bind_query(st, q, day);
	while (on && status == UT_OK && (rc = ut_db_next(s, st, err)) > 0) {
		struct ut_group_call c = {
			.team = ut_db_col(st, N_FACTS),
			.queue = ut_db_col(st, N_FACTS + 1),
			.agent = number_of(&names, ut_db_col(st, N_FACTS + 2)),
			.has_tone = sqlite3_column_type(st, N_FACTS + 3) != SQLITE_NULL,
			.accepting = sqlite3_column_double(st, N_FACTS + 4),
			.rank = sqlite3_column_double(st, N_FACTS + 5),
		};

		if (c.has_tone)
			c.label = label_of(ut_db_str(st, N_FACTS + 3));
		if (c.agent == UINT_MAX)
			status = ut_fail(err, UT_ENOMEM, "not enough memory for the calls");
		else
			status = read_facts(s, st, &t, &c.facts, err);
		if (status == UT_OK && sqlite3_column_int(st, N_FACTS + 6))
			status = read_verdicts(s, &c, err);
		if (status == UT_OK)
			on = fn(user, &c);
	}
	sqlite3_reset(st);
	names_done(&names);
	talk_done(&t);
	return status != UT_OK ? status : rc < 0 ? UT_EDB : UT_OK;
}

/* What a statement about a person may read: everything else is refused when it is prepared. */
static int only_facts(void *user, int action, const char *table, const char *column,
		      const char *db UT_UNUSED, const char *view UT_UNUSED)
{
	static const char *const allowed[] = { "call", "party", "party_measure", "problem" };

	if (action == SQLITE_SELECT || action == SQLITE_FUNCTION)
		return SQLITE_OK;
	if (action == SQLITE_READ && table && strcmp(column, "no_closing_reason") != 0)
		for (size_t i = 0; i < UT_ARRAY_LEN(allowed); i++)
			if (strcmp(table, allowed[i]) == 0)
				return SQLITE_OK;
	*(bool *)user = true;
	return SQLITE_DENY;
}

sqlite3_stmt *ut_db_person_stmt(struct ut_store *s, const char *sql, struct ut_error *err)
{
	bool refused = false;
	sqlite3_stmt *st;

	sqlite3_set_authorizer(s->db, only_facts, &refused);
	st = ut_db_stmt(s, sql, err);
	sqlite3_set_authorizer(s->db, NULL, NULL);
	if (refused) {
		ut_fail(err, UT_EREFUSED,
			"a statement about a person asks for more than facts of conversation");
		return NULL;
	}
	return st;
}

enum ut_status ut_store_person_calls(struct ut_store *s, const char *person,
				     const struct ut_coach_query *q, ut_person_call_fn *fn,
				     void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_person_stmt(
	    s, "SELECT" FACT_COLUMNS FACTS WANTED " AND c.agent_id = ?6 ORDER BY c.id", err);
	struct talk t = { 0 };
	char day[3][UT_DAY_TEXT];
	enum ut_status status = check_query(q, err);
	bool on = true;
	int rc = 0;

	if (status != UT_OK)
		return status;
	if (!st)
		return err && err->code == UT_EREFUSED ? UT_EREFUSED : UT_EDB;
	bind_query(st, q, day);
	sqlite3_bind_text(st, 6, person, -1, SQLITE_STATIC);
	while (on && status == UT_OK && (rc = ut_db_next(s, st, err)) > 0) {
		struct ut_call_facts f;

		status = read_facts(s, st, &t, &f, err);
		if (status == UT_OK)
			on = fn(user, &f);
	}
	sqlite3_reset(st);
	talk_done(&t);
	return status != UT_OK ? status : rc < 0 ? UT_EDB : UT_OK;
}

enum ut_status ut_store_last_day(struct ut_store *s, const char *person, int64_t until,
				 int64_t *ret, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(s,
				      "SELECT max(" DAY ") FROM call AS c WHERE " DAY " <= ?1"
				      " AND (?2 IS NULL OR c.agent_id = ?2)",
				      err);
	char day[UT_DAY_TEXT];
	const char *v;

	*ret = -1;
	if (!st)
		return UT_EDB;
	ut_day_text(until, day);
	sqlite3_bind_text(st, 1, day, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, person, -1, SQLITE_STATIC);
	if (ut_db_next(s, st, err) < 0)
		return UT_EDB;
	v = ut_db_col(st, 0);
	if (v && !ut_day_parse(v, ret))
		*ret = -1;
	sqlite3_reset(st);
	return UT_OK;
}

/* ---- the log ---- */

static bool known(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (s && strcmp(*list, s) == 0)
			return true;
	return false;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static enum ut_status check_coaching(const struct ut_coaching *c, struct ut_error *err)
{
	if (!c->person || !*c->person || strlen(c->person) > MAX_PERSON)
		return ut_fail(err, UT_EINVAL, "a note is for one person: name the agent's id");
	if (!c->author || !*c->author)
		return ut_fail(err, UT_EINVAL, "a note has an author");
	if (!known(ut_coach_kinds, c->kind))
		return ut_fail(err, UT_EINVAL, "a note is a 'strength' or something to 'improve'");
	if (!known(ut_coach_topics, c->topic))
		return ut_fail(err, UT_EINVAL, "there is no topic '%s'", c->topic ? c->topic : "");
	if (c->note && (!*c->note || characters(c->note) > MAX_NOTE))
		return ut_fail(err, UT_EINVAL, "a note has 1 to %d characters, this one has %zu",
			       MAX_NOTE, characters(c->note));
	return UT_OK;
}

static enum ut_status add_coaching(struct ut_store *s, const struct ut_coaching *c, int64_t *id,
				   struct ut_error *err)
{
	char subject[MAX_PERSON + 16];
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "INSERT INTO coaching (author, person, content, kind, topic, discussed, note)"
	    " SELECT ?, ?, (SELECT content FROM call WHERE id = ?3), ?4, ?5, ?6, ?7"
	    " WHERE ?3 = 0 OR EXISTS (SELECT 1 FROM call WHERE id = ?3)",
	    err);
	int n = 0;

	if (!st)
		return UT_EDB;
	ut_db_text(st, &n, c->author);
	ut_db_text(st, &n, c->person);
	ut_db_int(st, &n, c->call_id);
	ut_db_text(st, &n, c->kind);
	ut_db_text(st, &n, c->topic);
	ut_db_int(st, &n, c->discussed);
	ut_db_text(st, &n, c->note);
	if (ut_db_run(s, st, err) != UT_OK)
		return UT_EDB;
	if (sqlite3_changes(s->db) == 0)
		return ut_fail(err, UT_ENOENT, "%s: there is no call %lld", s->path,
			       (long long)c->call_id);
	if (id)
		*id = sqlite3_last_insert_rowid(s->db);
	snprintf(subject, sizeof(subject), "note for %s", c->person);
	return ut_db_audit(s, c->author, "coach", subject, c->call_id != 0, err);
}

enum ut_status ut_store_add_coaching(struct ut_store *s, const struct ut_coaching *c, int64_t *id,
				     struct ut_error *err)
{
	enum ut_status st = check_coaching(c, err);

	if (st == UT_OK)
		st = ut_db_begin(s, err);
	if (st != UT_OK)
		return st;
	return ut_db_end(s, add_coaching(s, c, id, err), err);
}

enum ut_status ut_store_coaching(struct ut_store *s, const char *person, ut_coaching_fn *fn,
				 void *user, struct ut_error *err)
{
	sqlite3_stmt *st = ut_db_stmt(
	    s,
	    "SELECT g.id, g.at, g.author, g.person, g.kind, g.topic, g.note, g.discussed,"
	    " " UT_DB_CURRENT_OF(
		"g.content") " FROM coaching AS g WHERE g.person = ? ORDER BY g.at, g.id",
	    err);
	int rc;

	if (!st)
		return UT_EDB;
	sqlite3_bind_text(st, 1, person, -1, SQLITE_STATIC);
	while ((rc = ut_db_next(s, st, err)) > 0) {
		const struct ut_coaching c = {
			.id = sqlite3_column_int64(st, 0),
			.at = ut_db_str(st, 1),
			.author = ut_db_str(st, 2),
			.person = ut_db_str(st, 3),
			.kind = ut_db_str(st, 4),
			.topic = ut_db_str(st, 5),
			.note = ut_db_col(st, 6),
			.discussed = sqlite3_column_int(st, 7) != 0,
			.call_id = sqlite3_column_int64(st, 8),
		};

		if (!fn(user, &c))
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? UT_EDB : UT_OK;
}
