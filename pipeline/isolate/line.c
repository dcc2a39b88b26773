/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/line.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

bool ut_line_send(int sock, const void *p, size_t n)
{
	const char *c = p;

	while (n > 0) {
		ssize_t k = send(sock, c, n, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		c += k;
		n -= (size_t)k;
	}
	return true;
}

bool ut_line_receive(int sock, void *p, size_t n)
{
	char *c = p;

	while (n > 0) {
		ssize_t k = recv(sock, c, n, 0);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		c += k;
		n -= (size_t)k;
	}
	return true;
}

double ut_line_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
