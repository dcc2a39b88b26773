/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.h - bytes over a socket between a parent and its child, whole or not at all, and the clock
 * that both go by. Threads: no shared state.
 */
#ifndef UT_ISOLATE_LINE_H
#define UT_ISOLATE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* All n bytes; waits. False: the other side has gone (no SIGPIPE), or errno says why. */
bool ut_line_send(int sock, const void *p, size_t n);
bool ut_line_receive(int sock, void *p, size_t n);

/* Seconds of a clock that is never set (CLOCK_MONOTONIC). */
double ut_line_now_s(void);

#endif
