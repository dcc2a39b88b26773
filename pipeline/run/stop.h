/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop.h - Ctrl-C and SIGTERM: the first asks to finish what is in hand, the second to stop now. */
#ifndef UT_RUN_STOP_H
#define UT_RUN_STOP_H

#include <signal.h>

/* Catches SIGINT, SIGTERM and SIGHUP, blocks them, and leaves in *wait the mask to wait with. */
void ut_stop_install(sigset_t *wait);
unsigned ut_stop_asked(void); /* how often */
int ut_stop_signal(void);     /* the first one; 0 = none */

#endif
