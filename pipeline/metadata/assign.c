/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign.c - weighs what the sources say against one another and writes it into the call. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "metadata/claims.h"

enum {
	OPTION,
	SIDECAR,
	SIDECAR2,
	FILE_NAME,
	CDR,
	CDR2,
	PROFILE,
	N_SOURCES
}; /* by authority, highest first */

struct weigh {
	struct ut_call *call;
	const struct ut_meta_config *cfg;
	struct ut_claims from[N_SOURCES];
	bool has[N_SOURCES];
	unsigned n_ch; /* of the recording; 1 where all channels carry the same */
	bool conflict; /* the sources contradict each other: no role is believed */
	bool spoilt;   /* something is wrong: nobody is verified */
	bool no_memory;
};

#define PROBLEM(w, code, ...)                                                                      \
	do {                                                                                       \
		if (ut_call_problem((w)->call, code, __VA_ARGS__) != UT_OK)                        \
			(w)->no_memory = true;                                                     \
	} while (0)

bool ut_meta_sidecar_path(const char *recording, char *buf, size_t cap)
{
	static const struct {
		bool whole;
		const char *text;
	} endings[] = {
		{ false, ".json" }, { true, ".json" }, { false, ".vcon.json" }, { false, ".vcon" }
	};
	const char *slash = strrchr(recording, '/');
	const char *dot = strrchr(slash ? slash : recording, '.');
	int stem = dot ? (int)(dot - recording) : (int)strlen(recording);
	struct stat sb;
	int n;

	if (dot &&
	    (strcmp(dot, ".json") == 0 || strcmp(dot, ".vcon") == 0)) /* never its own sidecar */
		return false;
	for (size_t i = 0; i < UT_ARRAY_LEN(endings); i++) {
		n = snprintf(buf, cap, "%.*s%s", endings[i].whole ? INT_MAX : stem, recording,
			     endings[i].text);
		if (n > 0 && (size_t)n < cap && stat(buf, &sb) == 0 && S_ISREG(sb.st_mode))
			return true;
	}
	return false;
}

static enum ut_status option_claims(const char *customer, struct ut_claims *ret,
				    struct ut_error *err)
{
	struct ut_claims c = { 0 };
	struct ut_claim_party p = { .role = UT_ROLE_CUSTOMER,
				    .kind = UT_KIND_EXTERNAL,
				    .kind_implied = true };

	if (!ut_channel_parse(customer, &p))
		return ut_fail(err, UT_EINVAL,
			       "--customer: left, right, all or a channel number from 0 to %d, not "
			       "'%.40s'",
			       UT_MAX_CHANNELS - 1, customer);
	snprintf(c.source, sizeof(c.source), "option --customer %s", customer);
	if (ut_claims_add(&c, &p, err) != UT_OK)
		return UT_ENOMEM;
	*ret = c;
	return UT_OK;
}

enum ut_status ut_meta_check_opts(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
				  struct ut_error *err)
{
	struct ut_claims c = { 0 };
	struct ut_error local;
	enum ut_status st = UT_OK;

	if (o->customer)
		st = option_claims(o->customer, &c, err);
	ut_claims_done(&c);
	if (st != UT_OK || !o->profile)
		return st;
	st = ut_profile_claims(cfg, o->profile, "inbound", &c, &local);
	ut_claims_done(&c);
	if (st == UT_ENOENT) {
		struct ut_meta_profile_info info;
		char names[320];
		size_t at = 0;

		names[0] = 0;
		for (size_t i = 0; ut_meta_profile(cfg, i, &info) && at < sizeof(names); i++)
			at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
					       at ? ", " : "", info.name);
		return ut_fail(err, UT_EMETA, "--profile: there is no '%.60s'; there are %s",
			       o->profile, names);
	}
	return st == UT_ENOMEM ? st : UT_OK; /* that it needs a direction is seen call by call */
}

/* Side names mean nothing in mono; a channel that is not there spoils the whole description. */
static void check_channels(struct weigh *w, unsigned source)
{
	struct ut_claims *c = &w->from[source];
	unsigned n_ch = w->n_ch, kept = 0;

	if (source == PROFILE && c->first &&
	    n_ch == 1) { /* what it says of channels is of others */
		enum ut_role first = c->first;
		char source_text[sizeof(c->source)];

		memcpy(source_text, c->source, sizeof(source_text));
		ut_claims_done(c);
		memcpy(c->source, source_text, sizeof(source_text));
		c->first = first;
		return;
	}
	if (source == PROFILE && n_ch != c->n_parties && !w->call->media.dual_mono) {
		PROBLEM(w, "profile_unused",
			"%s describes %u channels, the recording has %u, so it was not used; say "
			"who is on which channel in a sidecar",
			c->source, c->n_parties, n_ch);
		ut_claims_done(c);
		w->has[source] = false;
		return;
	}
	for (unsigned i = 0; i < c->n_parties; i++) {
		struct ut_claim_party *p = &c->party[i];

		if (p->channel != UT_CHANNEL_ALL && w->call->media.dual_mono) {
			w->spoilt = true; /* no channel of it is anybody's */
			free(p->id);
			continue;
		}
		if (p->channel != UT_CHANNEL_ALL && (unsigned)p->channel >= n_ch) {
			PROBLEM(w, "channel_missing",
				"%s: there is no channel %d, the recording has %u; is it another "
				"recording, or a mono mix of both parties?",
				c->source, p->channel, n_ch);
			w->spoilt = true;
			free(p->id);
			continue;
		}
		if (p->side && n_ch == 1) {
			PROBLEM(w, "mono",
				"%s, but the recording has one channel and no sides; if it holds "
				"the customer alone, say --customer all",
				c->source);
			w->spoilt = true;
			free(p->id);
			continue;
		}
		c->party[kept++] = *p;
	}
	c->n_parties = kept;
}

/* The claim of a source on a channel; NULL. *n: how many there are. */
static const struct ut_claim_party *claim_on(const struct ut_claims *c, unsigned ch, unsigned *n)
{
	const struct ut_claim_party *found = NULL;

	*n = 0;
	for (unsigned i = 0; i < c->n_parties; i++)
		if (c->party[i].channel == (int)ch || c->party[i].channel == UT_CHANNEL_ALL) {
			found = found ? found : &c->party[i];
			++*n;
		}
	return found;
}

/* The channel on which a source puts the customer; UT_CHANNEL_NONE where it does not say. */
static int customer_channel(const struct ut_claims *c)
{
	for (unsigned i = 0; i < c->n_parties; i++)
		if (c->party[i].role == UT_ROLE_CUSTOMER)
			return c->party[i].channel;
	return UT_CHANNEL_NONE;
}

static void channel_text(int ch, unsigned n_ch, char buf[32])
{
	if (ch == UT_CHANNEL_ALL)
		snprintf(buf, 32, "all channels");
	else
		snprintf(buf, 32, "channel %d%s", ch,
			 n_ch != 2 ? ""
			 : ch == 0 ? " (left)"
				   : " (right)");
}

/* Does one say that the customer is on this channel, the other that its party is an employee? */
static bool internal_customer(const struct ut_claim_party *a, const struct ut_claim_party *b)
{
	return a->role == UT_ROLE_CUSTOMER && b->kind == UT_KIND_INTERNAL;
}

/* A source that says the customer is on all channels, and somebody else on one of them. */
static void find_crowd(struct weigh *w)
{
	for (unsigned s = 0; s < N_SOURCES; s++) {
		const struct ut_claims *c = &w->from[s];

		if (!w->has[s] || c->n_parties < 2 || customer_channel(c) == UT_CHANNEL_NONE)
			continue;
		for (unsigned i = 0; i < c->n_parties; i++) {
			if (c->party[i].channel != UT_CHANNEL_ALL)
				continue;
			PROBLEM(w, "role_conflict",
				"%s puts the customer on all channels and another party there too: "
				"nobody is verified; all is for a customer alone",
				c->source);
			w->spoilt = w->conflict = true;
		}
	}
}

/* Two sources that put the customer on different channels, or put somebody else there. */
static void find_conflicts(struct weigh *w)
{
	unsigned n_ch = w->n_ch, n;
	char text[2][32];

	for (unsigned a = 0; a < N_SOURCES; a++)
		for (unsigned b = a + 1; b < N_SOURCES; b++) {
			int ca = customer_channel(&w->from[a]), cb = customer_channel(&w->from[b]);

			if (!w->has[a] || !w->has[b] ||
			    (ca == UT_CHANNEL_NONE && cb == UT_CHANNEL_NONE))
				continue;
			channel_text(ca, n_ch, text[0]);
			if (ca != UT_CHANNEL_NONE && cb != UT_CHANNEL_NONE && cb != ca &&
			    !(n_ch == 1 && ca + cb == UT_CHANNEL_ALL)) {
				channel_text(cb, n_ch, text[1]);
				PROBLEM(w, "role_conflict",
					"%s puts the customer on %s, %s on %s: nobody is verified; "
					"correct the wrong one",
					w->from[a].source, text[0], w->from[b].source, text[1]);
				w->spoilt = w->conflict = true;
			}
			for (unsigned ch = 0; ch < n_ch; ch++) {
				const struct ut_claim_party *pa = claim_on(&w->from[a], ch, &n);
				const struct ut_claim_party *pb = claim_on(&w->from[b], ch, &n);
				bool kinds, roles;

				if (!pa || !pb)
					continue;
				/* "internal" of a nameless party is enough: no customer is that */
				if ((pa->role == UT_ROLE_UNKNOWN || pb->role == UT_ROLE_UNKNOWN) &&
				    !internal_customer(pa, pb) && !internal_customer(pb, pa))
					continue;
				roles = (pa->role == UT_ROLE_CUSTOMER) !=
					(pb->role == UT_ROLE_CUSTOMER);
				kinds = !pa->kind_implied && !pb->kind_implied && pa->kind &&
					pb->kind && pa->kind != pb->kind;
				if ((!roles && !kinds) ||
				    ut_call_has_problem(w->call, "role_conflict"))
					continue;
				channel_text((int)ch, n_ch, text[0]);
				PROBLEM(w, "role_conflict",
					"%s: %s says %s (%s), %s says %s (%s): nobody is verified; "
					"correct the wrong one",
					text[0], w->from[a].source, ut_role_name(pa->role),
					ut_kind_name(pa->kind), w->from[b].source,
					ut_role_name(pb->role), ut_kind_name(pb->kind));
				w->spoilt = w->conflict = true;
			}
		}
}

/* Which leg is the customer hangs on the direction, so it must not be in doubt. */
static void find_direction_conflict(struct weigh *w)
{
	int first = -1;

	for (int s = 0; s < N_SOURCES; s++) {
		const char *d = w->has[s] ? w->from[s].field[UT_CLAIM_direction] : NULL;

		if (!d)
			continue;
		if (first >= 0 && strcmp(d, w->from[first].field[UT_CLAIM_direction]) != 0) {
			PROBLEM(
			    w, "role_conflict",
			    "%s says the call is %s, %s says %s: nobody is verified; correct the "
			    "wrong one",
			    w->from[first].source, w->from[first].field[UT_CLAIM_direction],
			    w->from[s].source, d);
			w->spoilt = w->conflict = true;
		}
		first = first < 0 ? s : first;
	}
}

static void put(struct weigh *w, char **slot, const char *s)
{
	if (ut_call_set(slot, s) != UT_OK)
		w->no_memory = true;
}

/* Who speaks first, by the highest source that says; two that differ verify nobody. */
static void assign_first(struct weigh *w)
{
	struct ut_first_speaker *f = &w->call->first;

	for (unsigned s = 0; s < N_SOURCES; s++) {
		if (!w->has[s] || !w->from[s].first)
			continue;
		if (f->role && f->role != w->from[s].first) {
			PROBLEM(w, "role_conflict",
				"%s says that the %s speaks first, %s the %s: nobody is verified; "
				"correct the wrong one",
				f->source, ut_role_name(f->role), w->from[s].source,
				ut_role_name(w->from[s].first));
			w->spoilt = w->conflict = true;
		}
		if (!f->role) {
			f->role = w->from[s].first;
			put(w, &f->source, w->from[s].source);
		}
	}
}

/* Is it a mix whose two voices are told apart later, and are who they are by who speaks first? */
static bool mix_is_known(const struct weigh *w)
{
	return w->n_ch == 1 && w->call->first.role && !w->spoilt &&
	       w->call->party[0].role == UT_ROLE_UNKNOWN;
}

/* Are all whom a source puts on this channel agents? */
static bool all_staff(const struct ut_claims *c, unsigned ch)
{
	for (unsigned i = 0; i < c->n_parties; i++)
		if (c->party[i].channel == (int)ch && c->party[i].role != UT_ROLE_AGENT)
			return false;
	return true;
}

static bool several_on(const struct ut_claims *c, unsigned ch)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n_parties; i++)
		n += c->party[i].channel == (int)ch;
	return n > 1;
}

/* The party of one channel, by the highest source that names one. */
static void assign_channel(struct weigh *w, unsigned ch, bool internal)
{
	struct ut_call *c = w->call;
	struct ut_party *p = &c->party[c->n_parties];
	unsigned n = 0;
	bool told = false;

	p->channel = (int)ch;
	for (unsigned s = 0; s < N_SOURCES; s++) {
		const struct ut_claim_party *cp = w->has[s] ? claim_on(&w->from[s], ch, &n) : NULL;

		if (!cp)
			continue;
		if (n > 1 &&
		    all_staff(&w->from[s], ch)) { /* a transfer: one agent after the other */
			w->from[s].transferred |= several_on(&w->from[s], ch);
			if (!told) {
				told = true;
				p->role = UT_ROLE_AGENT;
				p->kind = UT_KIND_INTERNAL;
				p->verified = !w->spoilt;
				put(w, &p->source, w->from[s].source);
			}
			continue;
		}
		if (n > 1) { /* two people on one channel cannot be told apart here */
			PROBLEM(w, "mono",
				"%s puts %u parties on channel %u: they cannot be told apart; "
				"record the parties on separate channels",
				w->from[s].source, n, ch);
			told = true;
			p->role = UT_ROLE_UNKNOWN;
			p->kind = UT_KIND_UNKNOWN;
			break;
		}
		if (!told && cp->role != UT_ROLE_UNKNOWN) {
			told = true;
			p->role = cp->role;
			p->kind = cp->kind;
			p->verified = !w->spoilt;
			put(w, &p->source, w->from[s].source);
		}
		if (cp->kind != UT_KIND_UNKNOWN && p->kind == UT_KIND_UNKNOWN)
			p->kind = cp->kind;
		if (cp->id && !p->id)
			put(w, &p->id, cp->id);
	}
	if (w->conflict) {
		p->role = UT_ROLE_UNKNOWN;
		p->kind = UT_KIND_UNKNOWN;
		put(w, &p->source, NULL);
		put(w, &p->id, NULL);
	}
	if (internal)
		p->kind = UT_KIND_INTERNAL;
	c->n_parties++;
}

/* Where two channels are there and one is said to be the customer's, the other side is the agent's:
 * unverified, which no tone needs, and only so that the measures have a name. */
static void name_other_side(struct weigh *w)
{
	struct ut_call *c = w->call;

	if (c->n_parties != 2)
		return;
	for (unsigned i = 0; i < 2; i++) {
		struct ut_party *p = &c->party[i];
		const struct ut_party *q = &c->party[1 - i];

		if (p->role == UT_ROLE_UNKNOWN && !p->source && q->role == UT_ROLE_CUSTOMER &&
		    q->verified) {
			p->role = UT_ROLE_AGENT;
			put(w, &p->source, "the other side of the customer's channel");
		}
	}
}

static void assign_parties(struct weigh *w, bool internal)
{
	struct ut_call *c = w->call;
	unsigned n_ch = UT_MIN(w->n_ch, (unsigned)UT_MAX_CHANNELS);
	int customer = UT_CHANNEL_NONE, top = -1;

	for (int s = N_SOURCES - 1; s >= 0; s--)
		if (w->has[s] && customer_channel(&w->from[s]) != UT_CHANNEL_NONE) {
			customer = customer_channel(&w->from[s]);
			top = s;
		}
	if (customer == UT_CHANNEL_ALL && !w->spoilt) {
		assign_channel(w, 0, internal);
		c->party[0].role = UT_ROLE_CUSTOMER;
	} else {
		for (unsigned ch = 0; ch < n_ch; ch++)
			assign_channel(w, ch, internal);
		name_other_side(w);
	}
	if (n_ch == 1 && top >= 0 && c->party[0].role == UT_ROLE_CUSTOMER && !w->spoilt)
		PROBLEM(w, "mono_declared_customer",
			"a mono recording, said by %s to hold the customer alone; if an agent "
			"speaks in it too, this result is wrong",
			w->from[top].source);
	else if (c->media.dual_mono && mix_is_known(w))
		PROBLEM(w, "dual_mono",
			"all %u channels carry the same signal: it is a mono mix; have the "
			"recorder keep the parties apart",
			c->media.n_ch);
	else if (c->media.dual_mono)
		PROBLEM(
		    w, "dual_mono",
		    "all %u channels carry the same signal: it is a mono mix, and who is who is "
		    "lost; have the recorder keep the parties apart, or say --customer all if it "
		    "holds the customer alone",
		    c->media.n_ch);
	else if (n_ch == 1 && !ut_call_has_problem(c, "mono") && !mix_is_known(w))
		PROBLEM(
		    w, "mono",
		    "one channel: who is who cannot be told; record the parties on separate "
		    "channels, say who speaks first (first_speaker in a sidecar or profile), or "
		    "--customer all if it holds the customer alone");
}

static void explain(struct weigh *w, bool internal)
{
	struct ut_call *c = w->call;
	struct ut_error why = { 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < c->n_parties; i++)
		n += c->party[i].role == UT_ROLE_CUSTOMER && c->party[i].kind == UT_KIND_EXTERNAL &&
		     c->party[i].verified;
	for (unsigned s = 0; s < N_SOURCES; s++)
		if (w->has[s] && w->from[s].transferred)
			PROBLEM(w, "transferred",
				"%s: more than one agent took part; their measures are one sum",
				w->from[s].source);
	if (internal)
		PROBLEM(w, "internal_call",
			"both sides are employees: conversation measures only, never a tone");
	else if (n > 1)
		PROBLEM(w, "two_customers",
			"%u parties are marked as the customer: a tone is only given for one; say "
			"which in the sidecar or by --customer",
			n);
	else if (n == 0 && w->spoilt)
		PROBLEM(w, "no_customer",
			"no verified external customer, so no tone: see the other problems of this "
			"call");
	else if (n == 0 && !mix_is_known(w) && ut_call_customer(c, &why) < 0)
		PROBLEM(w, "no_customer", "%s", why.msg);
}

/* A text field, by the highest source asked so far. */
static const char *known(const struct weigh *w, enum ut_claim_field f)
{
	for (unsigned s = 0; s < N_SOURCES; s++)
		if (w->has[s] && w->from[s].field[f])
			return w->from[s].field[f];
	return NULL;
}

static enum ut_status from_option(UT_UNUSED struct weigh *w, const struct ut_meta_opts *o,
				  struct ut_claims *ret, struct ut_error *err)
{
	return o->customer ? option_claims(o->customer, ret, err) : UT_ENOENT;
}

static enum ut_status from_sidecar(struct weigh *w, const struct ut_meta_opts *o,
				   struct ut_claims *ret, struct ut_error *err)
{
	if (!o->sidecar)
		return UT_ENOENT;
	return ut_sidecar_parse(o->sidecar, o->sidecar_n,
				o->sidecar_name ? o->sidecar_name : "sidecar", w->call->media.path,
				ret, err);
}

/* What the sidecar of the other side's file says of its own channel is of channel 1 here. */
static enum ut_status from_sidecar2(UT_UNUSED struct weigh *w, const struct ut_meta_opts *o,
				    struct ut_claims *ret, struct ut_error *err)
{
	enum ut_status st;

	if (!o->sidecar2)
		return UT_ENOENT;
	st = ut_sidecar_parse(o->sidecar2, o->sidecar2_n,
			      o->sidecar2_name ? o->sidecar2_name : "sidecar", o->recording2, ret,
			      err);
	for (unsigned i = 0; st == UT_OK && i < ret->n_parties; i++)
		if (ret->party[i].own)
			ret->party[i].channel = 1;
	return st;
}

static enum ut_status from_file_name(struct weigh *w, UT_UNUSED const struct ut_meta_opts *o,
				     struct ut_claims *ret, struct ut_error *err)
{
	return ut_config_name_claims(w->cfg, w->call->media.path, ret, err);
}

static enum ut_status from_cdr(struct weigh *w, UT_UNUSED const struct ut_meta_opts *o,
			       struct ut_claims *ret, struct ut_error *err)
{
	return ut_config_cdr_claims(w->cfg, w->call->media.path, known(w, UT_CLAIM_call_id), ret,
				    err);
}

static enum ut_status from_cdr2(struct weigh *w, const struct ut_meta_opts *o,
				struct ut_claims *ret, struct ut_error *err)
{
	enum ut_status st;

	if (!o->recording2)
		return UT_ENOENT;
	st = ut_config_cdr_claims(w->cfg, o->recording2, NULL, ret, err); /* by its name alone */
	for (unsigned i = 0; st == UT_OK && i < ret->n_parties; i++)
		if (ret->party[i].own)
			ret->party[i].channel = 1;
	return st;
}

static enum ut_status from_profile(struct weigh *w, const struct ut_meta_opts *o,
				   struct ut_claims *ret, struct ut_error *err)
{
	const char *profile = o->profile ? o->profile : known(w, UT_CLAIM_profile);
	enum ut_status st;

	if (!profile)
		profile = ut_config_profile_for(w->cfg, w->call->media.path);
	put(w, &w->call->meta.profile, profile);
	for (unsigned s = 0; s < PROFILE; s++)
		if (w->from[s].internal) /* whoever is there, it is no customer */
			return UT_ENOENT;
	if (!profile)
		return UT_ENOENT;
	st = ut_profile_claims(w->cfg, profile, known(w, UT_CLAIM_direction), ret, err);
	return st == UT_ENOENT ? UT_EMETA : st;
}

/* In the order in which they are asked: a later one may use what an earlier one said. */
static const struct source {
	enum ut_status (*claims)(struct weigh *w, const struct ut_meta_opts *o,
				 struct ut_claims *ret, struct ut_error *err);
	const char *problem; /* where it is there but cannot be used */
	bool spoils;         /* and then nobody is verified: it may have said "internal" */
} sources[N_SOURCES] = {
	[OPTION] = { from_option, "role_conflict", true },
	[SIDECAR] = { from_sidecar, "sidecar_invalid", true },
	[SIDECAR2] = { from_sidecar2, "sidecar_invalid", true },
	[FILE_NAME] = { from_file_name, "metadata_invalid", true },
	[CDR] = { from_cdr, "metadata_invalid", true },
	[CDR2] = { from_cdr2, "metadata_invalid", true },
	[PROFILE] = { from_profile, "profile_unused", false },
};

static enum ut_status gather(struct weigh *w, const struct ut_meta_opts *o)
{
	for (unsigned s = 0; s < N_SOURCES; s++) {
		struct ut_error err = { 0 };
		enum ut_status st = sources[s].claims(w, o, &w->from[s], &err);

		w->has[s] = st == UT_OK;
		if (st == UT_ENOMEM)
			return st;
		if (st == UT_OK || st == UT_ENOENT)
			continue;
		PROBLEM(w, sources[s].problem, "%s%s", err.msg,
			sources[s].spoils ? ": nobody is verified until that is mended" : "");
		w->spoilt |= sources[s].spoils;
	}
	for (unsigned s = 0; s < N_SOURCES; s++)
		if (w->has[s])
			check_channels(w, s);
	return UT_OK;
}

static void assign_fields(struct weigh *w)
{
	struct ut_meta *m = &w->call->meta;
	char **const slot[UT_N_CLAIM_FIELDS] = {
#define X(name) &m->name,
		UT_CLAIM_FIELDS(X)
#undef X
	};

	for (unsigned f = 0; f < UT_N_CLAIM_FIELDS; f++)
		for (unsigned s = 0; s < N_SOURCES; s++)
			if (w->has[s] && w->from[s].field[f] && !*slot[f])
				put(w, slot[f], w->from[s].field[f]);
	if (ut_config_requires_notice(w->cfg) && (!m->purpose || !m->notice)) {
		PROBLEM(w, "no_notice",
			"the config requires a declared purpose and notice, and this call has no "
			"%s: nobody is verified; give both in the sidecar",
			m->purpose ? "notice" : "purpose");
		w->spoilt = true;
	}
}

enum ut_status ut_meta_assign(const struct ut_meta_config *cfg, const struct ut_meta_opts *o,
			      struct ut_call *c, struct ut_error *err)
{
	struct weigh w = { .call = c, .cfg = cfg, .n_ch = c->media.dual_mono ? 1 : c->media.n_ch };
	bool internal = false;
	enum ut_status st = gather(&w, o);

	if (st == UT_OK) {
		assign_fields(&w);
		for (unsigned s = 0; s < N_SOURCES; s++)
			internal |= w.from[s].internal;
		if (!internal) {
			find_crowd(&w);
			find_conflicts(&w);
			find_direction_conflict(&w);
		}
		assign_first(&w);
		assign_parties(&w, internal);
		if (w.n_ch == 1 && c->first.role && c->party[0].role == UT_ROLE_CUSTOMER)
			PROBLEM(&w, "mono_declared_customer",
				"a mono recording, said to hold the customer alone, while %s says "
				"who speaks first: if an agent speaks in it too, this result is "
				"wrong",
				c->first.source);
		explain(&w, internal);
		if (w.spoilt) /* then this is not believed either */
			c->first.role = UT_ROLE_UNKNOWN;
	}
	for (unsigned s = 0; s < N_SOURCES; s++)
		ut_claims_done(&w.from[s]);
	if (st != UT_OK || w.no_memory)
		return ut_fail(err, UT_ENOMEM, "metadata: no memory");
	return UT_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct ut_span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* What a sidecar's spans say, moved by the silence that its file is led by. */
static enum ut_status add_known(const char *bytes, size_t n, const char *recording, double later_s,
				struct ut_span_list *ret)
{
	struct ut_claims c = { 0 };
	enum ut_status st = bytes ? ut_sidecar_parse(bytes, n, "", recording, &c, NULL) : UT_OK;

	for (size_t i = 0; st == UT_OK && i < c.known.n; i++) {
		struct ut_span s = c.known.v[i];

		/* outwards, as the span itself was widened to whole frames */
		s.start += (int64_t)floor(later_s * UT_FRAMES_PER_S);
		s.end += (int64_t)ceil(later_s * UT_FRAMES_PER_S);
		st = ut_span_list_push(ret, &s);
	}
	ut_claims_done(&c);
	return st;
}

enum ut_status ut_meta_known_spans(const struct ut_meta_opts *o, struct ut_span_list *ret,
				   struct ut_error *err)
{
	enum ut_status st =
	    add_known(o->sidecar, o->sidecar_n, o->recording, UT_MAX(-o->lead_s, 0), ret);

	if (st != UT_ENOMEM && o->sidecar2) {
		st =
		    add_known(o->sidecar2, o->sidecar2_n, o->recording2, UT_MAX(o->lead_s, 0), ret);
		if (ret->n > 1)
			qsort(ret->v, ret->n, sizeof(*ret->v), by_start);
	}
	return st == UT_ENOMEM ? ut_fail(err, st, "metadata: no memory") : UT_OK;
}

/* Takes the claims' start_time where there is one, and frees them. */
static double start_of(enum ut_status st, struct ut_claims *c)
{
	double t = st == UT_OK && c->field[UT_CLAIM_start_time]
		       ? ut_time_parse(c->field[UT_CLAIM_start_time])
		       : (double)NAN;

	ut_claims_done(c);
	return t;
}

static double own_start_s(const struct ut_meta_config *cfg, const char *bytes, size_t n,
			  const char *path)
{
	struct ut_claims c = { 0 };
	double t =
	    bytes ? start_of(ut_sidecar_parse(bytes, n, "", path, &c, NULL), &c) : (double)NAN;

	if (!isfinite(t))
		t = start_of(ut_config_name_claims(cfg, path, &c, NULL), &c);
	if (!isfinite(t)) /* by its name: a row by call id is of both */
		t = start_of(ut_config_cdr_claims(cfg, path, NULL, &c, NULL), &c);
	return t;
}

double ut_meta_lead_s(const struct ut_meta_config *cfg, const struct ut_meta_opts *o)
{
	double a, b;

	if (!o->recording || !o->recording2)
		return (double)NAN;
	a = own_start_s(cfg, o->sidecar, o->sidecar_n, o->recording);
	b = own_start_s(cfg, o->sidecar2, o->sidecar2_n, o->recording2);
	return fabs(b - a) <= 3600 ? b - a : (double)NAN;
}
