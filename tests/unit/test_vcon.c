/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metadata/vcon.h"

#include <stdlib.h>
#include <zlib.h>

#include "metadata/claims.h"
#include "tap.h"

/* A recording inside; the number's digits and the spaces are the text's own. */
#define PLAIN                                                                                      \
	"{ \"uuid\":\"u-1\", \"created_at\":\"2026-01-31T14:00:00Z\",\"x\":0.10 ,\n"               \
	"\"parties\":[{\"role\":\"customer\"},{\"role\":\"agent\"}],\"dialog\":[{\"type\":"        \
	"\"recording\",\"start\":\"2026-01-31T14:05:00Z\",\"duration\":33.80,\"parties\":[0,1],"   \
	"\"filename\":\"a.wav\",\"encoding\":\"base64url\",\"body\":\"AP-_\"}]}"

static char *encode(const char *s, size_t n)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *out = calloc(1, n * 2 + 8);
	size_t k = 0;

	for (size_t i = 0; i < n; i += 3) {
		unsigned b = (unsigned char)s[i] << 16 |
			     (i + 1 < n ? (unsigned)(unsigned char)s[i + 1] << 8 : 0) |
			     (i + 2 < n ? (unsigned)(unsigned char)s[i + 2] : 0);

		for (unsigned q = 0; q < (n - i >= 3 ? 4 : n - i + 1); q++)
			out[k++] = abc[b >> (18 - 6 * q) & 63];
	}
	return out;
}

static struct ut_text sign(const char *s, size_t n)
{
	char *payload = encode(s, n);
	struct ut_text t = { 0 };

	ut_text_addf(&t, "{\"payload\":\"%s\",\"signatures\":[]}", payload);
	free(payload);
	return t;
}

static struct ut_text zip(const char *s, size_t n)
{
	static char out[4096];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s,
		       .avail_in = (uInt)n,
		       .next_out = (Bytef *)out,
		       .avail_out = sizeof(out) };
	struct ut_text t = { 0 };

	deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	ut_text_addn(&t, out, z.total_out);
	deflateEnd(&z);
	return t;
}

static void test_forms(void)
{
	struct ut_text plain = { 0 }, zipped, once, twice, deep = { 0 };
	const struct row {
		const char *name;
		struct ut_text *t;
		enum ut_status want;
		bool is_signed;
	} rows[] = {
		{ "unsigned", &plain, UT_OK, false },
		{ "compressed", &zipped, UT_OK, false },
		{ "signed", &once, UT_OK, true },
		{ "signed around a signature", &twice, UT_OK, true },
		{ "signatures without an end", &deep, UT_EMETA, true },
	};

	ut_text_add(&plain, PLAIN);
	zipped = zip(PLAIN, strlen(PLAIN));
	once = sign(zipped.s, zipped.len);
	twice = sign(once.s, once.len);
	ut_text_add(&deep, PLAIN);
	for (int i = 0; i < 9; i++) {
		struct ut_text t = sign(deep.s, deep.len);

		ut_text_done(&deep);
		deep = t;
	}
	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_vcon *v = NULL;
		struct ut_vcon_recording rec = { 0 };
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK(ut_vcon_maybe(r->t->s, r->t->len));
		CHECK_EQ(ut_vcon_open(r->t->s, r->t->len, "f", &v, &err), r->want);
		CHECK((v != NULL) == (r->want == UT_OK));
		if (v) {
			CHECK_EQ(ut_vcon_signed(v), r->is_signed);
			CHECK_EQ(ut_vcon_recording(v, &rec, &err), UT_OK);
			CHECK_EQ(rec.n, 3);
			CHECK(rec.audio && memcmp(rec.audio, "\x00\xff\xbf", 3) == 0);
			CHECK_STR(rec.name, "a.wav");
			free(rec.audio);
		}
		ut_vcon_destroy(&v);
		tap_end();
	}
	ut_text_done(&plain);
	ut_text_done(&zipped);
	ut_text_done(&once);
	ut_text_done(&twice);
	ut_text_done(&deep);
}

static void test_faults(void)
{
	static const struct row {
		const char *name, *text, *msg;
		enum ut_status open, recording;
	} rows[] = {
		{ "no JSON", "{", "line 1", UT_EFORMAT, 0 },
		{ "other JSON", "{\"a\":1}", "not a vCon", UT_ENOENT, 0 },
		{ "encrypted", "{\"ciphertext\":\"x\"}", "decrypt it", UT_EENCRYPTED, 0 },
		{ "a payload that is no base64url", "{\"payload\":\"?\"}", "base64url", UT_EMETA,
		  0 },
		{ "an extension that must be known", "{\"vcon\":\"0.4.0\",\"critical\":[\"X\"]}",
		  "extension 'X'", UT_EMETA, 0 },
		{ "no recording", "{\"vcon\":\"0.4.0\",\"dialog\":[{\"type\":\"text\"}]}",
		  "no dialog of type recording", UT_OK, UT_EMETA },
		{ "a body that is no base64url",
		  "{\"vcon\":\"0.4.0\",\"dialog\":[{\"type\":\"recording\",\"body\":\"&\"}]}",
		  "not base64url", UT_OK, UT_EMETA },
		{ "two recordings inside",
		  "{\"vcon\":\"0.4.0\",\"dialog\":[{\"type\":\"recording\",\"body\":\"AA\"},"
		  "{\"type\":\"recording\",\"body\":\"AA\"}]}",
		  "2 recordings", UT_OK, UT_EMETA },
		{ "cut off (gzip)", "\x1f\x8b\x08", "damaged or cut off", UT_EMETA, 0 },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_vcon *v = NULL;
		struct ut_vcon_recording rec;
		struct ut_error err = { 0 };

		tap_row(r->name);
		CHECK_EQ(ut_vcon_open(r->text, strlen(r->text), "f", &v, &err), r->open);
		if (v)
			CHECK_EQ(ut_vcon_recording(v, &rec, &err), r->recording);
		CHECK(strstr(err.msg, r->msg) != NULL);
		ut_vcon_destroy(&v);
		tap_end();
	}
}

static void test_add(void)
{
#define OURS(dialog)                                                                               \
	"{\"type\":\"report\",\"dialog\":" dialog                                                  \
	",\"mediatype\":\"application/json\",\"vendor\":"                                          \
	"\"Undertone\",\"product\":\"p\",\"schema\":\"s\",\"encoding\":\"json\",\"body\":{\"a\":"  \
	"1}}"
#define D "\"dialog\":[{\"type\":\"recording\"}]"
	static const struct row {
		const char *name;
		bool sign;
		const char *text, *want;
	} rows[] = {
		{ "what is there stays to the byte; what is missing comes last", false,
		  "{ \"uuid\":\"u\" ,\"n\":0.10,\n " D ",\"vcon\":\"0.4.0\"}",
		  "{\"uuid\":\"u\",\"n\":0.10," D
		  ",\"vcon\":\"0.4.0\",\"analysis\":[" OURS("0") "],\"updated_at\":\"NOW\"}\n" },
		{ "beside others' analysis, in the place of an earlier one of ours", false,
		  "{\"vcon\":\"0.4.0\",\"analysis\":[{\"vendor\":\"X\",\"dialog\":0},{\"vendor\":"
		  "\"Undertone\",\"dialog\":[0]}, {\"vendor\":\"Undertone\",\"dialog\":1}],"
		  "\"updated_at\":\"OLD\"," D "}",
		  "{\"vcon\":\"0.4.0\",\"analysis\":[{\"vendor\":\"X\",\"dialog\":0},{\"vendor\":"
		  "\"Undertone\",\"dialog\":1}," OURS("0") "],\"updated_at\":\"NOW\"," D "}\n" },
		{ "CC is listed where its parameters are in use", false,
		  "{\"vcon\":\"0.4.0\",\"extensions\":[ \"WTF\" "
		  "],\"parties\":[{\"role\":\"agent\"}]," D "}",
		  "{\"vcon\":\"0.4.0\",\"extensions\":[ \"WTF\" ,\"CC\"],\"parties\":[{\"role\":"
		  "\"agent\"}]," D ",\"analysis\":[" OURS("0") "],\"updated_at\":\"NOW\"}\n" },
		{ "and not twice", false,
		  "{\"vcon\":\"0.4.0\",\"extensions\":[\"cc\"],\"parties\":[{\"role\":\"agent\"}]"
		  "," D "}",
		  "{\"vcon\":\"0.4.0\",\"extensions\":[\"cc\"],\"parties\":[{\"role\":\"agent\"}]"
		  "," D ",\"analysis\":[" OURS("0") "],\"updated_at\":\"NOW\"}\n" },
		{ "of a signed one a new version", true,
		  "{\"uuid\":\"u\",\"created_at\":\"OLD\",\"updated_at\":\"OLD\",\"redacted\":{"
		  "\"uuid\":\"r\",\"type\":\"t\"}," D "}",
		  "{\"uuid\":\"NEW\",\"created_at\":\"NOW\"," D
		  ",\"analysis\":[" OURS("0") "],\"amended\":{\"uuid\":\"u\"}}\n" },
		{ "a signed one without a uuid", true, "{\"vcon\":\"0.4.0\"," D "}", NULL },
		{ "a key that hides behind an escape", false,
		  "{\"vcon\":\"0.4.0\",\"\\u0061nalysis\":[]," D "}", NULL },
		{ "no dialog", false, "{\"vcon\":\"0.4.0\",\"dialog\":[]}", NULL },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_vcon_addition a = { .vendor = "Undertone",
					      .product = "p",
					      .schema = "s",
					      .body = "{\"a\":1}",
					      .now = "NOW",
					      .uuid = "NEW" };
		struct ut_text in = { 0 }, out = { 0 };
		struct ut_vcon *v = NULL;
		struct ut_error err = { 0 };

		tap_row(r->name);
		if (r->sign)
			in = sign(r->text, strlen(r->text));
		else
			ut_text_add(&in, r->text);
		CHECK_EQ(ut_vcon_open(in.s, in.len, "f", &v, &err), UT_OK);
		if (v)
			CHECK_EQ(ut_vcon_add(v, &a, &out, &err), r->want ? UT_OK : UT_EMETA);
		if (r->want)
			CHECK_STR(out.s, r->want);
		ut_text_done(&in);
		ut_text_done(&out);
		ut_vcon_destroy(&v);
		tap_end();
	}
}

static void test_customer(void)
{
	static const struct row {
		const char *name, *parties;
		int channel;
		enum ut_status want;
	} rows[] = {
		{ "the customer's channel", "[0,1]", 0, UT_OK },
		{ "the agent's", "[0,1]", 1, UT_EREFUSED },
		{ "both on one", "[[0,1]]", 0, UT_EREFUSED },
		{ "where no roles are given", "[2,2]", 0, UT_OK },
		{ "nobody's", "[null,0]", 0, UT_EREFUSED },
		{ "behind one that is nobody's", "[null,0]", 1, UT_OK },
	};

	for (const struct row *r = rows; r < rows + UT_ARRAY_LEN(rows); r++) {
		struct ut_text t = { 0 };
		struct ut_vcon *v = NULL;

		tap_row(r->name);
		ut_text_addf(&t,
			     "{\"vcon\":\"0.4.0\",\"parties\":[{\"role\":\"customer\"},{\"role\":"
			     "\"agent\"},{}],\"dialog\":[{\"type\":\"recording\",\"parties\":%s}]}",
			     r->parties);
		CHECK_EQ(ut_vcon_open(t.s, t.len, "f", &v, NULL), UT_OK);
		if (v)
			CHECK_EQ(ut_vcon_check_customer(v, "/a.wav", r->channel, NULL), r->want);
		ut_vcon_destroy(&v);
		ut_text_done(&t);
		tap_end();
	}
}

int main(void)
{
	test_forms();
	test_faults();
	test_add();
	test_customer();
	return tap_done();
}
