/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/stop.h"

#include <string.h>

/* A signal handler has no other way to say anything. */
static volatile sig_atomic_t asked, first;

static void on_signal(int sig)
{
	if (!first)
		first = sig;
	asked = asked + 1;
}

void ut_stop_install(sigset_t *wait)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa, old;
	sigset_t block;
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	/* whoever read our messages may leave (`| head`): that ends no run */
	sigaction(SIGPIPE, &ignore, NULL);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigemptyset(&sa.sa_mask);
	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		/* nohup and background shells ignore some on purpose */
		if (sigaction(sigs[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(sigs[i], &sa, NULL);
		sigaddset(&block, sigs[i]);
	}
	sigprocmask(SIG_BLOCK, &block, wait);
}

unsigned ut_stop_asked(void)
{
	return (unsigned)asked;
}

int ut_stop_signal(void)
{
	return first;
}
