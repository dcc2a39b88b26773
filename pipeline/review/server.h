/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - the trainers' web page: HTTP on one address, a thread a connection.
 *
 * What a client sends is never a path: a recording is opened by ut_clip_open, by the number of a
 * call in the store, and decoded in a process of its own. Readers read from WAL snapshots; what is
 * written (verdicts, sessions, the record of access) goes through one handle in short transactions,
 * so that a batch at the same time is never stopped.
 * Memory: the server's own. Threads: start and stop from one.
 */
#ifndef UT_REVIEW_SERVER_H
#define UT_REVIEW_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "clip/clip.h"

struct ut_server_options {
	const char *db;
	const char *address; /* numeric, "127.0.0.1", "::1" */
	uint16_t port;       /* 0: any free one */
	/* behind a TLS proxy: the one name that browsers may use (Host), and cookies for TLS alone.
	 * NULL: the address itself or localhost */
	const char *public_host;
	unsigned header_s, request_s, idle_s;        /* time limits; 0: 10, 120, 30 */
	void (*fault)(void *user, const char *what); /* from any thread; NULL: none */
	void *user;
};

struct ut_server;

/* clips outlives the server. UT_EINVAL: an address that is none, or not loopback without
 * public_host. UT_EIO: it cannot be bound. */
enum ut_status ut_server_start(const struct ut_server_options *o, struct ut_clip_maker *clips,
			       struct ut_server **ret, struct ut_error *err);
uint16_t ut_server_port(const struct ut_server *s);
void ut_server_stop(struct ut_server **ps);

/* "127.0.0.0/8", "::1": nobody else's machine can reach it. */
bool ut_server_is_loopback(const char *address);

#endif
