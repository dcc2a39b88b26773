/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.h - the storeable part of a call record (everything but frame tables, speech and echo spans)
 * as one bounded message of bytes, from a sandboxed worker to the parent.
 *
 * The worker is untrusted: decode checks every length, enum, range and cross reference, and refuses
 * the whole message at the first fault. One description of the format serves both directions
 * (wire.c), so that they cannot drift apart. Little-endian, version in the first bytes; it never
 * leaves the machine, so no other version is read.
 * Memory: encode appends to the caller's text; decode fills an initialised record.
 * Threads: no shared state.
 */
#ifndef UT_CALL_WIRE_H
#define UT_CALL_WIRE_H

#include "base/text.h"
#include "call/call.h"

enum {
	UT_WIRE_MAX = 32 << 20, /* bytes; a longer message is neither made nor read */
	UT_WIRE_MAX_TURNS = 200000,
	UT_WIRE_MAX_SPANS = 50000, /* kept spans a channel */
	UT_WIRE_MAX_STRING = 4096, /* bytes */
	UT_WIRE_MAX_PROBLEMS = 64,
};

/* UT_EINVAL (err names the field) where the record could not be decoded again, UT_ELIMIT,
 * UT_ENOMEM. */
enum ut_status ut_wire_encode(const struct ut_call *c, struct ut_text *out, struct ut_error *err);
/*
 * c: initialised; reset on failure. UT_EFORMAT names the field, UT_ENOMEM. The path, hash and
 * parties of a hostile worker are well-formed but may be lies: the parent compares them with what
 * it knows.
 */
enum ut_status ut_wire_decode(const void *bytes, size_t n, struct ut_call *c, struct ut_error *err);

/* The kinds of span that are sent and stored: not speech (turns hold it) and not echo. */
bool ut_call_keeps_span(enum ut_span_kind kind);

#endif
