/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "metadata/claims.h"
#include "tap.h"

/* "0 customer external verified; 1 agent internal" */
static void parties_text(const struct ut_call *c, struct ut_text *t)
{
	for (unsigned i = 0; i < c->n_parties; i++) {
		const struct ut_party *p = &c->party[i];

		ut_text_addf(t, "%s%d %s %s%s%s%s", i ? "; " : "", p->channel,
			     ut_role_name(p->role), ut_kind_name(p->kind),
			     p->verified ? " verified" : "", p->id ? " " : "", p->id ? p->id : "");
	}
}

static void problems_text(const struct ut_call *c, struct ut_text *t)
{
	for (size_t i = 0; i < c->n_problems; i++)
		ut_text_addf(t, "%s%s", i ? " " : "", c->problem[i].code);
}

#define SIDE "{\"schema\":1,"
static const char notice_config[] = "{\"schema\":1,\"require_notice\":true}";
static const char folder_config[] =
    "{\"schema\":1,\"folders\":[{\"match\":\"*/verint/*\",\"profile\":\"verint\"}],"
    "\"default_profile\":\"generic\"}";

/* A vCon of a customer, an agent, somebody without a role, and a second agent. */
#define VCON(top, parties, more)                                                                   \
	"{\"vcon\":\"0.4.0\",\"uuid\":\"u-1\"," top                                                \
	"\"parties\":[{\"role\":\"customer\",\"tel\":\"+97250\"},"                                 \
	"{\"role\":\"agent\",\"sip\":\"sip:a@x\"},{\"name\":\"?\"},{\"role\":\"Agent\"}],"         \
	"\"dialog\":[{\"type\":"                                                                   \
	"\"recording\",\"start\":\"2026-01-31T14:05:00Z\",\"duration\":60,\"filename\":\"a.wav\"," \
	"\"parties\":" parties                                                                     \
	",\"party_history\":[{\"party\":0,\"event\":\"hold\",\"time\":\"2026-01-31T14:05:10Z\"},"  \
	"{\"party\":0,\"event\":\"unhold\",\"time\":\"2026-01-31T16:05:20.5+02:00\"},{\"party\":"  \
	"1,\"event\":"                                                                             \
	"\"mask\",\"time\":\"2026-01-31T14:05:50Z\"}]}" more "]}"
#define NAMES(pattern, words)                                                                      \
	"{\"schema\":1,\"file_names\":[{\"pattern\":\"" pattern                                    \
	"\",\"values\":{\"direction\":{" words "}}}]}"

static void test_assign(void)
{
	static const struct row {
		const char *name;
		unsigned n_ch;
		const char *customer, *profile, *sidecar, *config;
		const char *parties, *problems;
		int voice; /* the party whose tone may be given; -1 */
	} rows[] = {
		{ "nothing known", 2, NULL, NULL, NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown", "no_customer", -1 },
		{ "option left", 2, "left", NULL, NULL, NULL,
		  "0 customer external verified; 1 agent unknown", "", 0 },
		{ "option right", 2, "right", NULL, NULL, NULL,
		  "0 agent unknown; 1 customer external verified", "", 1 },
		{ "option 2 of four", 4, "2", NULL, NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown; 2 customer external verified; 3 unknown "
		  "unknown",
		  "", 2 },
		{ "option all", 2, "all", NULL, NULL, NULL, "0 customer external verified", "", 0 },
		{ "option not there", 2, "3", NULL, NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown", "channel_missing no_customer", -1 },
		{ "mono: left is no side", 1, "left", NULL, NULL, NULL, "0 unknown unknown",
		  "mono no_customer", -1 },
		{ "mono: right is no side", 1, "right", NULL, NULL, NULL, "0 unknown unknown",
		  "channel_missing mono no_customer", -1 },
		{ "mono: all", 1, "all", NULL, NULL, NULL, "0 customer external verified",
		  "mono_declared_customer", 0 },
		{ "mono: 0", 1, "0", NULL, NULL, NULL, "0 customer external verified",
		  "mono_declared_customer", 0 },
		{ "mono: nothing", 1, NULL, NULL, NULL, NULL, "0 unknown unknown",
		  "mono no_customer", -1 },
		{ "mono with a stereo profile", 1, NULL, "azure", NULL, NULL, "0 unknown unknown",
		  "profile_unused mono no_customer", -1 },
		{ "mono, agent first", 1, NULL, "mono-agent-first", NULL, NULL,
		  "0 unknown unknown", "", -1 },
		{ "mono, the sidecar says who speaks first", 1, NULL, NULL,
		  SIDE "\"first_speaker\":\"customer\"}", NULL, "0 unknown unknown", "", -1 },
		{ "mono, two say who speaks first", 1, NULL, "mono-agent-first",
		  SIDE "\"first_speaker\":\"customer\"}", NULL, "0 unknown unknown",
		  "role_conflict mono no_customer", -1 },
		{ "mono, agent first, internal", 1, NULL, "mono-agent-first",
		  SIDE "\"internal\":true}", NULL, "0 unknown internal", "mono internal_call", -1 },
		{ "mono, neither speaks first", 1, NULL, NULL,
		  SIDE "\"first_speaker\":\"ivr\"}", NULL, "0 unknown unknown",
		  "sidecar_invalid mono no_customer", -1 },
		{ "stereo with a mono profile", 2, NULL, "mono-agent-first", NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown", "profile_unused no_customer", -1 },
		{ "mono of customer and agent", 1, NULL, NULL,
		  SIDE "\"customer_channel\":0,\"agent_channel\":0}", NULL, "0 unknown unknown",
		  "mono no_customer", -1 },
		{ "mono with a stereo sidecar", 1, NULL, NULL,
		  SIDE "\"customer_channel\":0,\"agent_channel\":1}", NULL, "0 customer external",
		  "channel_missing mono no_customer", -1 },
		{ "profile", 2, NULL, "amazon-connect", NULL, NULL,
		  "0 customer external verified; 1 agent internal verified", "", 0 },
		{ "profile, agent left", 2, NULL, "verint", NULL, NULL,
		  "0 agent internal verified; 1 customer external verified", "", 1 },
		{ "profile that needs the direction", 2, NULL, "freeswitch", NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown", "profile_unused no_customer", -1 },
		{ "inbound", 2, NULL, "freeswitch", SIDE "\"direction\":\"inbound\"}", NULL,
		  "0 customer external verified; 1 agent internal verified", "", 0 },
		{ "outbound", 2, NULL, "freeswitch", SIDE "\"direction\":\"outbound\"}", NULL,
		  "0 agent internal verified; 1 customer external verified", "", 1 },
		{ "profile out of the sidecar", 2, NULL, NULL,
		  SIDE "\"profile\":\"asterisk\",\"direction\":\"outbound\"}", NULL,
		  "0 agent internal verified; 1 customer external verified", "", 1 },
		{ "profile that is not there", 2, NULL, NULL, SIDE "\"profile\":\"nope\"}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "profile_unused no_customer", -1 },
		{ "profile by folder", 2, NULL, NULL, NULL, folder_config,
		  "0 agent internal verified; 1 customer external verified", "", 1 },
		{ "sidecar", 2, NULL, NULL,
		  SIDE
		  "\"customer_channel\":\"right\",\"agent_channel\":\"left\",\"agent_id\":\"a7\","
		  "\"customer_key\":\"k\"}",
		  NULL, "0 agent internal verified a7; 1 customer external verified k", "", 1 },
		{ "sidecar, parties", 2, NULL, NULL,
		  SIDE "\"parties\":[{\"channel\":1,\"role\":\"ivr\"},{\"channel\":0,\"role\":"
		       "\"customer\",\"id\":\"k\"}]}",
		  NULL, "0 customer external verified k; 1 ivr unknown verified", "", 0 },
		{ "an agent alone is no customer beside it", 2, NULL, NULL,
		  SIDE "\"agent_channel\":1}", NULL, "0 unknown unknown; 1 agent internal verified",
		  "no_customer", -1 },
		{ "option and sidecar agree", 2, "left", NULL, SIDE "\"customer_channel\":0}", NULL,
		  "0 customer external verified; 1 agent unknown", "", 0 },
		{ "option against sidecar", 2, "left", NULL, SIDE "\"customer_channel\":1}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "option against the sidecar's agent", 2, "left", NULL,
		  SIDE "\"agent_channel\":0}", NULL, "0 unknown unknown; 1 unknown unknown",
		  "role_conflict no_customer", -1 },
		{ "option against profile", 2, "left", "verint", NULL, NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "sidecar against profile", 2, NULL, "azure", SIDE "\"customer_channel\":1}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "all against the sidecar's agent", 2, "all", NULL, SIDE "\"agent_channel\":1}",
		  NULL, "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "a nameless internal party is no customer", 2, "left", NULL,
		  SIDE "\"parties\":[{\"channel\":0,\"kind\":\"internal\"}]}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "nor by a profile", 2, NULL, "azure",
		  SIDE "\"parties\":[{\"channel\":0,\"role\":\"unknown\",\"kind\":\"internal\"}]}",
		  NULL, "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "internal on the other channel", 2, "left", NULL,
		  SIDE "\"parties\":[{\"channel\":1,\"kind\":\"internal\"}]}", NULL,
		  "0 customer external verified; 1 agent internal", "", 0 },
		{ "all, and an agent too", 2, NULL, NULL,
		  SIDE "\"customer_channel\":\"all\",\"agent_channel\":1}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "internal", 2, NULL, NULL, SIDE "\"internal\":true,\"customer_channel\":0}", NULL,
		  "0 customer internal verified; 1 agent internal", "internal_call", -1 },
		{ "internal by direction", 2, "left", NULL, SIDE "\"direction\":\"internal\"}",
		  NULL, "0 customer internal verified; 1 agent internal", "internal_call", -1 },
		{ "internal customer", 2, NULL, "azure", SIDE "\"customer_kind\":\"internal\"}",
		  NULL, "0 unknown internal; 1 unknown internal", "internal_call", -1 },
		{ "internal customer as a party", 2, "left", "azure",
		  SIDE "\"parties\":[{\"channel\":0,\"role\":\"customer\",\"kind\":\"internal\"}]}",
		  NULL, "0 customer internal verified; 1 agent internal", "internal_call", -1 },
		{ "two customers", 2, NULL, NULL,
		  SIDE "\"parties\":[{\"channel\":0,\"role\":\"customer\"},{\"channel\":1,\"role\":"
		       "\"customer\"}]}",
		  NULL, "0 customer external verified; 1 customer external verified",
		  "two_customers", -1 },
		{ "damaged sidecar", 2, "left", NULL, "{\"schema\":1,", NULL,
		  "0 customer external; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "empty sidecar", 2, "left", NULL, "", NULL,
		  "0 customer external; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "somebody else's JSON", 2, "left", NULL, "{\"a\":1}", NULL,
		  "0 customer external; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "the same key twice", 2, NULL, NULL,
		  SIDE "\"customer_channel\":0,\"customer_channel\":1}", NULL,
		  "0 unknown unknown; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "vCon", 2, NULL, NULL, VCON("", "[1,0]", ""), NULL,
		  "0 agent internal verified sip:a@x; 1 customer external verified +97250", "", 1 },
		{ "vCon: the dialog of this file among several", 2, NULL, NULL,
		  VCON("", "[0,1]",
		       ",{\"type\":\"recording\",\"filename\":\"other.wav\",\"parties\":[1,0]}"),
		  NULL, "0 customer external verified +97250; 1 agent internal verified sip:a@x",
		  "", 0 },
		{ "vCon: a role is missing", 2, NULL, NULL, VCON("", "[0,2]", ""), NULL,
		  "0 customer external verified +97250; 1 agent unknown", "", 0 },
		{ "vCon: two agents on one side", 2, NULL, NULL, VCON("", "[0,[1,3]]", ""), NULL,
		  "0 customer external verified +97250; 1 agent internal verified", "transferred",
		  0 },
		{ "vCon: customer and agent on one side", 2, NULL, NULL, VCON("", "[[0,1],2]", ""),
		  NULL, "0 unknown unknown; 1 unknown unknown", "mono no_customer", -1 },
		{ "vCon: mono mix", 1, NULL, NULL, VCON("", "[0,1]", ""), NULL,
		  "0 customer external +97250", "channel_missing mono no_customer", -1 },
		{ "vCon: mono of the customer alone", 1, NULL, NULL, VCON("", "0", ""), NULL,
		  "0 customer external verified +97250", "mono_declared_customer", 0 },
		{ "vCon against the option", 2, "left", NULL, VCON("", "[1,0]", ""), NULL,
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "vCon: a party that is not there", 2, NULL, NULL, VCON("", "[0,9]", ""), NULL,
		  "0 unknown unknown; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "vCon: unknown critical extension", 2, NULL, NULL,
		  VCON("\"critical\":[\"X\"],", "[0,1]", ""), NULL,
		  "0 unknown unknown; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "vCon: known critical extension", 2, NULL, NULL,
		  VCON("\"critical\":[\"CC\"],", "[0,1]", ""), NULL,
		  "0 customer external verified +97250; 1 agent internal verified sip:a@x", "", 0 },
		{ "vCon: nobody on a channel", 3, NULL, NULL, VCON("", "[null,1,0]", ""), NULL,
		  "0 unknown unknown; 1 agent internal verified sip:a@x; 2 customer external verified "
		  "+97250",
		  "", 2 },
		{ "vCon: transferred", 2, NULL, NULL,
		  VCON("", "[0,1]", ",{\"type\":\"transfer\",\"original\":[0],\"transferor\":1}"),
		  NULL, "0 customer external verified +97250; 1 agent internal verified sip:a@x",
		  "transferred", 0 },
		{ "vCon: another recording's transfer", 2, NULL, NULL,
		  VCON("", "[0,1]", ",{\"type\":\"transfer\",\"original\":5}"), NULL,
		  "0 customer external verified +97250; 1 agent internal verified sip:a@x", "", 0 },
		{ "vCon: a bot by its type, and its own skill in a list", 2, NULL, NULL,
		  "{\"parties\":[{\"type\":\"bot\"},{\"role\":\"customer\"}],\"dialog\":[{\"type\":"
		  "\"recording\",\"parties\":[0,1],\"skill\":[\"s\"]}]}",
		  NULL, "0 ivr unknown verified; 1 customer external verified", "", 1 },
		{ "vCon: encrypted", 2, "left", NULL, "{\"ciphertext\":\"x\"}", NULL,
		  "0 customer external; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		{ "vCon: no recording in it", 2, "left", NULL,
		  "{\"vcon\":\"0.4.0\",\"uuid\":\"u\",\"parties\":[],\"dialog\":[]}", NULL,
		  "0 customer external; 1 unknown unknown", "sidecar_invalid no_customer", -1 },
		/* {"uuid":"u","parties":[{"role":"customer"},{"role":"agent"}],"dialog":[{"type":
		 * "recording","parties":[0,1]}]} */
		{ "vCon: signed", 2, NULL, NULL,
		  "{\"payload\":"
		  "\"eyJ1dWlkIjoidSIsInBhcnRpZXMiOlt7InJvbGUiOiJjdXN0b21lciJ9LHsicm9sZSI6"
		  "ImFnZW50In1dLCJkaWFsb2ciOlt7InR5cGUiOiJyZWNvcmRpbmciLCJwYXJ0aWVzIjpbMCwxXX1dfQ\""
		  ","
		  "\"signatures\":[]}",
		  NULL, "0 customer external verified; 1 agent internal verified", "", 0 },
		{ "file name: direction for the profile", 2, NULL, "freeswitch", NULL,
		  NAMES("(?<call_id>[a-z]+)[.]wav", ""), "0 unknown unknown; 1 unknown unknown",
		  "profile_unused no_customer", -1 },
		{ "file name: says inbound", 2, NULL, "freeswitch", NULL,
		  NAMES("(?<direction>a)[.]wav", "\"a\":\"inbound\""),
		  "0 customer external verified; 1 agent internal verified", "", 0 },
		{ "file name: says outbound", 2, NULL, "freeswitch", NULL,
		  NAMES("(?<direction>a)[.]wav", "\"a\":\"outbound\""),
		  "0 agent internal verified; 1 customer external verified", "", 1 },
		{ "file name: says internal", 2, "left", NULL, NULL,
		  NAMES("(?<direction>a)[.]wav", "\"a\":\"internal\""),
		  "0 customer internal verified; 1 agent internal", "internal_call", -1 },
		{ "file name: a word without meaning", 2, "left", NULL, NULL,
		  NAMES("(?<direction>a)[.]wav", "\"b\":\"internal\""),
		  "0 customer external; 1 unknown unknown", "metadata_invalid no_customer", -1 },
		{ "file name against sidecar", 2, "left", NULL, SIDE "\"direction\":\"inbound\"}",
		  NAMES("(?<direction>a)[.]wav", "\"a\":\"outbound\""),
		  "0 unknown unknown; 1 unknown unknown", "role_conflict no_customer", -1 },
		{ "file name: no match", 2, "left", NULL, NULL,
		  NAMES("(?<direction>b)[.]wav", "\"b\":\"inbound\""),
		  "0 customer external verified; 1 agent unknown", "", 0 },
		{ "file name: endless backtracking is cut off", 2, "left", NULL, NULL,
		  NAMES("(?<call_id>(?:(?:a|a)*)*)b$", ""),
		  "0 customer external verified; 1 agent unknown", "", 0 },
		{ "notice required", 2, "left", NULL, SIDE "\"purpose\":\"training\"}",
		  notice_config, "0 customer external; 1 unknown unknown", "no_notice no_customer",
		  -1 },
		{ "notice given", 2, "left", NULL,
		  SIDE "\"purpose\":\"training\",\"notice\":\"IVR\"}", notice_config,
		  "0 customer external verified; 1 agent unknown", "", 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta_config *cfg = NULL;
		struct ut_meta_opts o = { .customer = r->customer,
					  .profile = r->profile,
					  .sidecar = r->sidecar,
					  .sidecar_n = r->sidecar ? strlen(r->sidecar) : 0,
					  .sidecar_name = "call.json" };
		struct ut_call c;
		struct ut_text parties = { 0 }, problems = { 0 };
		struct ut_error err = { 0 };

		tap_row(r->name);
		ut_text_add(&parties, "");
		ut_text_add(&problems, "");
		CHECK_EQ(ut_meta_config_parse(r->config, r->config ? strlen(r->config) : 0,
					      "config", &cfg, &err),
			 UT_OK);
		ut_call_init(&c);
		c.media.n_ch = r->n_ch;
		CHECK_EQ(ut_call_set(&c.media.path, "/calls/verint/a.wav"), UT_OK);
		CHECK_EQ(ut_meta_check_opts(cfg, &o, &err), UT_OK);
		CHECK_EQ(ut_meta_assign(cfg, &o, &c, &err), UT_OK);
		parties_text(&c, &parties);
		problems_text(&c, &problems);
		CHECK_STR(parties.s, r->parties);
		CHECK_STR(problems.s, r->problems);
		CHECK_EQ(ut_call_customer(&c, NULL), r->voice);
		for (size_t i = 0; i < c.n_problems; i++)
			CHECK(strlen(c.problem[i].message) > 20);
		ut_call_done(&c);
		ut_text_done(&parties);
		ut_text_done(&problems);
		ut_meta_config_destroy(&cfg);
		tap_end();
	}
}

/* A recording that carries the same on both channels is mono, whatever it calls itself. */
static void test_dual_mono(void)
{
	static const struct row {
		const char *name, *customer, *profile, *sidecar, *problems;
		int voice;
	} rows[] = {
		{ "dual mono: left", "left", NULL, NULL, "dual_mono no_customer", -1 },
		{ "dual mono: 0", "0", NULL, NULL, "dual_mono no_customer", -1 },
		{ "dual mono: profile", NULL, "azure", NULL, "dual_mono no_customer", -1 },
		{ "dual mono: sidecar", NULL, NULL,
		  SIDE "\"customer_channel\":0,\"agent_channel\":1}", "dual_mono no_customer", -1 },
		{ "dual mono: all", "all", NULL, NULL, "mono_declared_customer", 0 },
		{ "dual mono: nothing", NULL, NULL, NULL, "dual_mono no_customer", -1 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta_config *cfg = NULL;
		struct ut_meta_opts o = { .customer = r->customer,
					  .profile = r->profile,
					  .sidecar = r->sidecar,
					  .sidecar_n = r->sidecar ? strlen(r->sidecar) : 0 };
		struct ut_text problems = { 0 };
		struct ut_call c;

		tap_row(r->name);
		CHECK_EQ(ut_meta_config_load(NULL, &cfg, NULL), UT_OK);
		ut_call_init(&c);
		c.media.n_ch = 2;
		c.media.dual_mono = true;
		CHECK_EQ(ut_meta_assign(cfg, &o, &c, NULL), UT_OK);
		problems_text(&c, &problems);
		CHECK_STR(problems.s, r->problems);
		CHECK_EQ(c.n_parties, 1);
		CHECK_EQ(ut_call_customer(&c, NULL), r->voice);
		ut_text_done(&problems);
		ut_call_done(&c);
		ut_meta_config_destroy(&cfg);
		tap_end();
	}
}

static void test_fields(void)
{
	static const char doc[] =
	    SIDE "\"call_id\":\"c1\",\"start_time\":\"2026-01-31T14:05:00Z\",\"direction\":"
		 "\"inbound\",\"queue\":\"q\",\"team\":\"\xd7\xa6\xd7\xa4\xd7\x95\xd7\x9f\","
		 "\"agent_id\":\"a\",\"case_id\":\"k\",\"language\":\"he\",\"profile\":\"generic\","
		 "\"masked\":[{\"start_s\":9.001,\"end_s\":9.999},{\"start_s\":2,\"end_s\":3}],"
		 "\"hold\":[{\"start_s\":5,\"end_s\":6}]}";
	struct ut_meta_config *cfg = NULL;
	struct ut_meta_opts o = { .sidecar = doc,
				  .sidecar_n = sizeof(doc) - 1,
				  .sidecar_name = "c" };
	struct ut_span_list spans = { 0 };
	struct ut_call c;

	tap_row("fields and spans come through");
	CHECK_EQ(ut_meta_config_load(NULL, &cfg, NULL), UT_OK);
	ut_call_init(&c);
	c.media.n_ch = 2;
	CHECK_EQ(ut_meta_assign(cfg, &o, &c, NULL), UT_OK);
	CHECK_STR(c.meta.call_id, "c1");
	CHECK_STR(c.meta.start_time, "2026-01-31T14:05:00Z");
	CHECK_STR(c.meta.team, "\xd7\xa6\xd7\xa4\xd7\x95\xd7\x9f");
	CHECK_STR(c.meta.profile, "generic");
	CHECK(c.meta.purpose == NULL);
	CHECK_STR(c.party[0].source, "profile generic");
	CHECK_EQ(ut_meta_known_spans(&o, &spans, NULL), UT_OK);
	CHECK_EQ(spans.n, 3);
	if (spans.n == 3) {
		CHECK_EQ(spans.v[0].start, 200);
		CHECK_EQ(spans.v[0].kind, UT_SPAN_MASKED);
		CHECK_EQ(spans.v[1].kind, UT_SPAN_MUSIC);
		CHECK_EQ(spans.v[2].start, 900); /* outwards */
		CHECK_EQ(spans.v[2].end, 1000);
	}
	ut_span_list_done(&spans);
	ut_call_done(&c);
	ut_meta_config_destroy(&cfg);
	tap_end();
}

static void test_vcon_fields(void)
{
	static const char doc[] = VCON("", "[0,1]", "");
	struct ut_meta_config *cfg = NULL;
	struct ut_meta_opts o = { .sidecar = doc,
				  .sidecar_n = sizeof(doc) - 1,
				  .sidecar_name = "v.vcon" };
	struct ut_span_list spans = { 0 };
	struct ut_call c;

	tap_row("vCon: fields, holds and masks");
	CHECK_EQ(ut_meta_config_load(NULL, &cfg, NULL), UT_OK);
	ut_call_init(&c);
	c.media.n_ch = 2;
	CHECK_EQ(ut_meta_assign(cfg, &o, &c, NULL), UT_OK);
	CHECK_STR(c.meta.call_id, "u-1");
	CHECK_STR(c.meta.start_time, "2026-01-31T14:05:00Z");
	CHECK_STR(c.meta.agent_id, "sip:a@x");
	CHECK_STR(c.meta.customer_key, "+97250");
	CHECK_STR(c.party[0].source, "vCon v.vcon");
	CHECK_EQ(ut_meta_known_spans(&o, &spans, NULL), UT_OK);
	CHECK_EQ(spans.n, 2);
	if (spans.n == 2) {
		CHECK_EQ(spans.v[0].start, 1000);
		CHECK_EQ(spans.v[0].end, 2050);
		CHECK_EQ(spans.v[0].kind, UT_SPAN_MUSIC);
		CHECK_EQ(spans.v[1].start, 5000); /* never unmasked: to the end */
		CHECK_EQ(spans.v[1].end, 6000);
		CHECK_EQ(spans.v[1].kind, UT_SPAN_MASKED);
	}
	ut_span_list_done(&spans);
	ut_call_done(&c);
	ut_meta_config_destroy(&cfg);
	tap_end();
}

static void test_times(void)
{
	static const struct row {
		const char *text;
		double want; /* NAN: refused */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2000-02-29T12:00:00Z", 951825600 },
		{ "2026-01-31T16:05:20.5+02:00", 1769868320.5 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2026-01-31 16:05:20-05:30", 1769895320 },
		{ "2026-01-31T16:05:20", NAN },
		{ "2026-02-00T16:05:20Z", NAN },
		{ "2026-01-31T16:05:20.Z", NAN },
		{ "2026-01-31T16:05:20+2:00", NAN },
		{ "", NAN },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		tap_row(r->text[0] ? r->text : "no time");
		if (isnan(r->want))
			CHECK(isnan(ut_time_parse(r->text)));
		else
			CHECK_NEAR(ut_time_parse(r->text), r->want, 1e-6);
		tap_end();
	}
}

static void test_file_name_fields(void)
{
	static const char config[] =
	    "{\"schema\":1,\"file_names\":[{\"pattern\":\"^(?<year>....)(?<month>..)(?<day>..)-(?<"
	    "hour>..)"
	    "(?<minute>..)_(?<direction>in|out)_(?<agent_id>[^_]+)_(?<call_id>[0-9.]+)[.]\",\"utc_"
	    "offset\":"
	    "\"+02:00\",\"values\":{\"direction\":{\"in\":\"inbound\",\"out\":\"outbound\"}}}]}";
	struct ut_meta_config *cfg = NULL;
	struct ut_meta_opts o = { .profile = "asterisk" };
	struct ut_error err = { 0 };
	struct ut_call c;

	tap_row("file name: time, direction, agent, call");
	CHECK_EQ(ut_meta_config_parse(config, strlen(config), "config", &cfg, &err), UT_OK);
	CHECK_STR(err.msg, "");
	ut_call_init(&c);
	c.media.n_ch = 2;
	CHECK_EQ(ut_call_set(&c.media.path, "/r/20260131-1405_out_a7_1769.12.wav"), UT_OK);
	CHECK_EQ(ut_meta_assign(cfg, &o, &c, NULL), UT_OK);
	CHECK_STR(c.meta.start_time, "2026-01-31T14:05:00+02:00");
	CHECK_STR(c.meta.direction, "outbound");
	CHECK_STR(c.meta.agent_id, "a7");
	CHECK_STR(c.meta.call_id, "1769.12");
	CHECK_EQ(ut_call_customer(&c, NULL), 1);
	ut_call_done(&c);
	ut_meta_config_destroy(&cfg);
	tap_end();
}

static void test_patterns_refused(void)
{
	static const struct row {
		const char *name, *pattern, *says;
	} rows[] = {
		{ "no group", "a.wav", "no named group" },
		{ "a group that is no field", "(?<colour>a)", "no field 'colour'" },
		{ "not an expression", "(?<call_id>a", "character" },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta_config *cfg = NULL;
		struct ut_error err = { 0 };
		char text[256];

		tap_row(r->name);
		snprintf(text, sizeof(text), "{\"schema\":1,\"file_names\":[{\"pattern\":\"%s\"}]}",
			 r->pattern);
		CHECK_EQ(ut_meta_config_parse(text, strlen(text), "config", &cfg, &err), UT_EMETA);
		if (!strstr(err.msg, r->says))
			CHECK_STR(err.msg, r->says);
		CHECK(cfg == NULL);
		tap_end();
	}
}

static bool put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	return f && fputs(text, f) >= 0 && fclose(f) == 0;
}

static void test_cdr(void)
{
	static const char by_file[] = "{\"schema\":1,\"cdr\":[{\"file\":\"cdr.csv\",\"separator\":"
				      "\";\",\"key\":{\"column\":\"rec\",\"is\":"
				      "\"file_name\"},\"fields\":{\"call_id\":\"id\",\"direction\":"
				      "\"dir\",\"team\":\"team\",\"start_time\":"
				      "\"at\"},\"utc_offset\":\"+02:00\",\"values\":{\"direction\":"
				      "{\"I\":\"inbound\",\"O\":\"outbound\","
				      "\"X\":\"internal\"}}}]}";
	static const char csv[] = "id;rec;dir;team;at\r\n"
				  "1;a.wav;O;\"north; \"\"old\"\"\";2026-01-31 14:05:00\r\n"
				  "\r\n"
				  "2;x.wav;X;\"two\nlines\";\r\n"
				  "3;twice.wav;I;t;\n4;twice.wav;I;t;\n"
				  "5;same.wav;I;t;\n5;same.wav;I;t;\n"
				  "6;odd.wav;Q;t;\n7;short.wav";
	static const char master[] =
	    "{\"schema\":1,\"file_names\":[{\"pattern\":\"(?<call_id>[0-9.]+)[.]wav\"}],\"cdr\":[{"
	    "\"file\":"
	    "\"Master.csv\",\"layout\":\"asterisk\",\"key\":{\"column\":\"uniqueid\",\"is\":\"call_"
	    "id\"},"
	    "\"fields\":{\"queue\":\"dst\",\"customer_key\":\"src\",\"direction\":\"dcontext\"},"
	    "\"values\":{"
	    "\"direction\":{\"from-trunk\":\"inbound\",\"from-internal\":\"internal\"}}}]}";
	static const char master_csv[] =
	    "\"\",\"0501\",\"300\",\"from-trunk\",\"\"\"A B\"\" "
	    "<0501>\",\"SIP/t-1\",\"SIP/9-1\",\"Queue\",\"q\","
	    "\"2026-01-31 14:05:00\",,\"2026-01-31 "
	    "14:06:00\",60,50,\"ANSWERED\",\"DOCUMENTATION\",\"1769.1\",\"\"\n";
	static const struct row {
		const char *name, *config, *path;
		const char *call_id, *team, *direction, *start_time, *queue, *problems;
		int voice;
	} rows[] = {
		{ "by file name, quotes", by_file, "/r/a.wav", "1", "north; \"old\"", "outbound",
		  "2026-01-31 14:05:00+02:00", NULL, "", 1 },
		{ "internal, two lines in a cell", by_file, "x.wav", "2", "two\nlines", "internal",
		  NULL, NULL, "internal_call", -1 },
		{ "no row", by_file, "n.wav", NULL, NULL, NULL, NULL, NULL,
		  "profile_unused no_customer", -1 },
		{ "rows that differ", by_file, "twice.wav", NULL, NULL, NULL, NULL, NULL,
		  "metadata_invalid profile_unused no_customer", -1 },
		{ "rows alike", by_file, "same.wav", "5", "t", "inbound", NULL, NULL, "", 0 },
		{ "a direction that means nothing", by_file, "odd.wav", NULL, NULL, NULL, NULL,
		  NULL, "metadata_invalid profile_unused no_customer", -1 },
		{ "a row cut short", by_file, "short.wav", "7", NULL, NULL, NULL, NULL,
		  "profile_unused no_customer", -1 },
		{ "Asterisk's Master.csv by call id", master, "1769.1.wav", "1769.1", NULL,
		  "inbound", NULL, "300", "", 0 },
		{ "Asterisk, another call", master, "1769.2.wav", "1769.2", NULL, NULL, NULL, NULL,
		  "profile_unused no_customer", -1 },
	};
	char dir[] = "/tmp/ut-cdr-XXXXXX", a[128], b[128], cfg_path[128];

	CHECK(mkdtemp(dir) != NULL);
	snprintf(a, sizeof(a), "%s/cdr.csv", dir);
	snprintf(b, sizeof(b), "%s/Master.csv", dir);
	snprintf(cfg_path, sizeof(cfg_path), "%s/config.json", dir);
	CHECK(put_file(a, csv) && put_file(b, master_csv));
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta_config *cfg = NULL;
		struct ut_meta_opts o = { .profile = "asterisk" };
		struct ut_text problems = { 0 };
		struct ut_error err = { 0 };
		struct ut_call c;
		const char *const want[] = { r->call_id, r->team, r->direction, r->start_time,
					     r->queue };

		tap_row(r->name);
		CHECK(put_file(cfg_path, r->config));
		CHECK_EQ(ut_meta_config_load(cfg_path, &cfg, &err), UT_OK);
		CHECK_STR(err.msg, "");
		ut_call_init(&c);
		c.media.n_ch = 2;
		CHECK_EQ(ut_call_set(&c.media.path, r->path), UT_OK);
		CHECK_EQ(ut_meta_assign(cfg, &o, &c, NULL), UT_OK);
		{
			const char *const got[] = { c.meta.call_id, c.meta.team, c.meta.direction,
						    c.meta.start_time, c.meta.queue };

			for (size_t i = 0; i < UT_ARRAY_LEN(want); i++)
				if (want[i])
					CHECK_STR(got[i], want[i]);
				else
					CHECK(got[i] == NULL);
		}
		ut_text_add(&problems, "");
		problems_text(&c, &problems);
		CHECK_STR(problems.s, r->problems);
		CHECK_EQ(ut_call_customer(&c, NULL), r->voice);
		ut_text_done(&problems);
		ut_call_done(&c);
		ut_meta_config_destroy(&cfg);
		tap_end();
	}
	unlink(a);
	unlink(b);
	unlink(cfg_path);
	rmdir(dir);
}

static void test_options(void)
{
	static const struct row {
		const char *name, *customer, *profile;
		enum ut_status want;
		const char *says;
	} rows[] = {
		{ "fine", "left", "generic", UT_OK, "" },
		{ "a direction is asked for later", NULL, "freeswitch", UT_OK, "" },
		{ "middle", "middle", NULL, UT_EINVAL, "left, right, all" },
		{ "8", "8", NULL, UT_EINVAL, "0 to 7" },
		{ "-1", "-1", NULL, UT_EINVAL, "left, right, all" },
		{ "empty", "", NULL, UT_EINVAL, "left, right, all" },
		{ "profile", NULL, "amazon", UT_EMETA, "amazon-connect" },
	};
	struct ut_meta_config *cfg = NULL;

	CHECK_EQ(ut_meta_config_load(NULL, &cfg, NULL), UT_OK);
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_meta_opts o = { .customer = r->customer, .profile = r->profile };
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_meta_check_opts(cfg, &o, &err), r->want);
		if (!strstr(err.msg, r->says))
			CHECK_STR(err.msg, r->says);
		tap_end();
	}
	ut_meta_config_destroy(&cfg);
}

/* The cases that the schemas are held to as well (tests/contract/meta_contract.py). */
static void test_cases(void)
{
	char path[4096], name[128];
	const char *root = getenv("UT_SOURCE");
	json_t *all, *c;
	size_t i;

	snprintf(path, sizeof(path), "%s/tests/contract/meta_cases.json", root ? root : "..");
	all = json_load_file(path, 0, NULL);
	if (!all) {
		tap_skip("cases", "tests/contract/meta_cases.json not found; set UT_SOURCE");
		return;
	}
	for (unsigned k = 0; k < 2; k++) {
		json_array_foreach(json_object_get(all, k ? "config" : "sidecar"), i, c)
		{
			char *doc = json_dumps(json_object_get(c, "doc"), 0);
			struct ut_claims claims = { 0 };
			struct ut_meta_config *cfg = NULL;
			struct ut_error err = { 0 };
			enum ut_status st;

			snprintf(name, sizeof(name), "%s: %s", k ? "config" : "sidecar",
				 json_string_value(json_object_get(c, "name")));
			tap_row(name);
			st = k ? ut_meta_config_parse(doc, strlen(doc), "f", &cfg, &err)
			       : ut_sidecar_parse(doc, strlen(doc), "f", NULL, &claims, &err);
			CHECK_STR(err.msg[0] && st == UT_OK ? err.msg : "", "");
			CHECK_EQ(st, json_is_true(json_object_get(c, "ok")) ? UT_OK : UT_EMETA);
			if (st != UT_OK)
				CHECK(strstr(err.msg, "f: ") && strlen(err.msg) > 15);
			ut_claims_done(&claims);
			ut_meta_config_destroy(&cfg);
			free(doc);
			tap_end();
		}
	}
	json_decref(all);
}

static void test_profiles(void)
{
	static const char *const must[] = { "amazon-connect", "twilio-flex", "azure",   "verint",
					    "freeswitch",     "asterisk",    "genesys", "generic" };
	struct ut_meta_config *cfg = NULL;
	struct ut_meta_profile_info p;

	tap_row("the shipped profiles are there, and described");
	CHECK_EQ(ut_meta_config_load(NULL, &cfg, NULL), UT_OK);
	for (size_t k = 0; k < UT_ARRAY_LEN(must); k++) {
		bool found = false;

		for (size_t i = 0; ut_meta_profile(cfg, i, &p); i++)
			if (strcmp(p.name, must[k]) == 0) {
				found = true;
				CHECK(strlen(p.description) > 20);
				CHECK(strstr(p.layout, "customer") && strstr(p.layout, "agent"));
			}
		CHECK(found);
	}
	ut_meta_config_destroy(&cfg);
	tap_end();

	tap_row("a config file that is not there, or a folder");
	CHECK_EQ(ut_meta_config_load("/nonexistent/x.json", &cfg, NULL), UT_ENOENT);
	CHECK_EQ(ut_meta_config_load("/", &cfg, NULL), UT_EMETA);
	CHECK(cfg == NULL);
	tap_end();
}

static bool touch(const char *path)
{
	FILE *f = fopen(path, "w");

	return f && fclose(f) == 0;
}

static void test_sidecar_path(void)
{
	char dir[] = "/tmp/ut-meta-XXXXXX", a[128], b[128], got[128];

	tap_row("where the sidecar is looked for");
	CHECK(mkdtemp(dir) != NULL);
	snprintf(a, sizeof(a), "%s/call.wav.json", dir);
	snprintf(b, sizeof(b), "%s/call.json", dir);
	snprintf(got, sizeof(got), "%s/call.wav", dir);
	{
		char rec[128], none[160];

		snprintf(rec, sizeof(rec), "%s", got);
		CHECK(!ut_meta_sidecar_path(rec, got, sizeof(got)));
		CHECK(touch(a));
		CHECK(ut_meta_sidecar_path(rec, got, sizeof(got)));
		CHECK_STR(got, a);
		CHECK(touch(b));
		CHECK(ut_meta_sidecar_path(rec, got, sizeof(got)));
		CHECK_STR(got, b);
		CHECK(!ut_meta_sidecar_path(b, got, sizeof(got))); /* not its own */
		CHECK(!ut_meta_sidecar_path(rec, got, 10));
		snprintf(none, sizeof(none), "%s/v1.2/call", dir);
		CHECK(!ut_meta_sidecar_path(none, got, sizeof(got)));
	}
	unlink(a);
	unlink(b);
	rmdir(dir);
	tap_end();
}

int main(void)
{
	test_assign();
	test_dual_mono();
	test_fields();
	test_vcon_fields();
	test_times();
	test_file_name_fields();
	test_patterns_refused();
	test_cdr();
	test_options();
	test_cases();
	test_profiles();
	test_sidecar_path();
	return tap_done();
}
