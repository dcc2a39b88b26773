/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isolate/line.h"
#include "isolate/shut.h"

enum { MAX_CHILDREN = 64 };

/*
 * What is handed to the warden with a job. line: request and answer go through it between caller
 * and child; word: on it the warden says how the child ended, where it ended without an answer.
 */
enum { LINE, WORD, RECORDING, OTHER, N_HANDED }; /* OTHER: its other side, or the same again */

struct answer { /* before the bytes, on line and on word */
	int32_t code;
	uint32_t zero;
	uint64_t n;
};

struct ut_warden {
	int sock;
	pid_t pid;
};

/* ---- the child ---- */

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static _Noreturn void child_main(const struct ut_warden_ops *ops, const struct ut_warden_limits *l,
				 int line, int recording, int other, pid_t parent)
{
	int keep[] = { line, recording, other };
	struct ut_text reply = { 0 };
	struct ut_error err = { 0 };
	struct answer a = { 0 };
	const char *body;
	char *request = NULL;
	uint64_t n;
	enum ut_status st;

	if (!ut_shut_to_parent(parent))
		_exit(1);
	qsort(keep, UT_ARRAY_LEN(keep), sizeof(*keep), by_number);
	ut_shut_descriptors(keep, UT_ARRAY_LEN(keep), false);
	if (l->cpu_s > 0)
		ut_shut_cpu(l->cpu_s);
	/* a kernel without filters still has the limits, and a process of its own */
	ut_shut_doors(l->memory_bytes, NULL);
	if (!ut_line_receive(line, &n, sizeof(n)) || n > UT_WARDEN_MAX_REQUEST ||
	    !(request = malloc(n + 1)) || !ut_line_receive(line, request, n))
		_exit(1);
	request[n] = '\0';
	st = ops->work((const int[2]){ recording, other }, request, n, &reply, &err);
	if (st == UT_OK && reply.failed)
		st = ut_fail(&err, UT_ENOMEM, "not enough memory for the result");
	a.code = st;
	a.n = st == UT_OK ? reply.len : strlen(err.msg);
	body = st == UT_OK ? reply.s : err.msg;
	if (!ut_line_send(line, &a, sizeof(a)) || (a.n > 0 && !ut_line_send(line, body, a.n)))
		_exit(1);
	_exit(0);
}

/* ---- the warden ---- */

struct child {
	pid_t pid; /* 0: free */
	int word;
	double until_s; /* 0: no limit */
	bool late;
};

static void obituary(const struct ut_warden_limits *l, const struct child *c, int status)
{
	struct ut_error e = { 0 };
	struct answer a = { 0 };
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (c->late)
		ut_fail(&e, UT_ETIMEOUT, "took more than %.0f s and was stopped", l->wall_s);
	else if (sig == SIGXCPU)
		ut_fail(&e, UT_ETIMEOUT, "took more than %.0f s of processor time and was stopped",
			l->cpu_s);
	else if (sig == SIGKILL)
		ut_fail(&e, UT_ECRASH,
			"the process that read it was killed from outside, as a system out of "
			"memory does");
	else if (sig)
		ut_fail(&e, UT_ECRASH, "the process that read it crashed (%s)", strsignal(sig));
	else
		ut_fail(&e, UT_ECRASH, "the process that read it ended by itself (exit %d)",
			WEXITSTATUS(status));
	a.code = e.code;
	a.n = strlen(e.msg);
	if (ut_line_send(c->word, &a, sizeof(a)))
		ut_line_send(c->word, e.msg, a.n);
}

static void reap_all(const struct ut_warden_limits *l, struct child *children)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < l->n; i++)
			if (children[i].pid == pid) {
				obituary(l, &children[i], status);
				close(children[i].word);
				children[i].pid = 0;
			}
}

/* The descriptors of the next job; false: whoever gives jobs is gone. */
static bool take_job(int sock, int fd[N_HANDED])
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(N_HANDED * sizeof(int))];
	} u;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.room,
			    .msg_controllen = sizeof(u.room) };
	ssize_t k = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;

	for (int i = 0; i < N_HANDED; i++)
		fd[i] = -1;
	if (k == 0 || (k < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	c = k > 0 ? CMSG_FIRSTHDR(&h) : NULL;
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(N_HANDED * sizeof(int)))
		memcpy(fd, CMSG_DATA(c), N_HANDED * sizeof(int));
	return true;
}

static void start_child(const struct ut_warden_ops *ops, const struct ut_warden_limits *l,
			struct child *c, const int fd[N_HANDED])
{
	pid_t self = getpid(), pid = fork();

	if (pid == 0)
		child_main(ops, l, fd[LINE], fd[RECORDING], fd[OTHER], self);
	close(fd[LINE]);
	close(fd[RECORDING]);
	close(fd[OTHER]);
	if (pid < 0) {
		struct answer a = { .code = UT_EIO, .n = 36 };

		if (ut_line_send(fd[WORD], &a, sizeof(a)))
			ut_line_send(fd[WORD], "cannot start a process to read it in", 36);
		close(fd[WORD]);
		return;
	}
	*c = (struct child){ .pid = pid, .word = fd[WORD] };
	if (l->wall_s > 0)
		c->until_s = ut_line_now_s() + l->wall_s;
}

/* Ends those whose time is up; how long poll may sleep, -1: as long as it likes. */
static int watch(struct child *children, unsigned n)
{
	double t = ut_line_now_s(), next = -1;

	for (unsigned i = 0; i < n; i++) {
		struct child *c = &children[i];

		if (c->pid == 0 || c->until_s == 0 || c->late)
			continue;
		if (t >= c->until_s) {
			c->late = true;
			kill(c->pid, SIGKILL);
		} else if (next < 0 || c->until_s - t < next) {
			next = c->until_s - t;
		}
	}
	return next < 0 ? -1 : (int)(next * 1000) + 1;
}

static _Noreturn void warden_main(const struct ut_warden_ops *ops, const struct ut_warden_limits *l,
				  int sock)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct child children[MAX_CHILDREN] = { 0 };
	sigset_t chld;
	int sig;

	for (size_t i = 0; i < UT_ARRAY_LEN(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_SETMASK, &chld, NULL);
	ut_shut_descriptors(&sock, 1, false);
	sig = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sig < 0)
		_exit(1);
	if (ops->prepare)
		ops->prepare();
	for (;;) {
		struct pollfd p[2] = { { .fd = sig, .events = POLLIN },
				       { .fd = -1, .events = POLLIN } };
		struct child *free_one = NULL;
		struct signalfd_siginfo info;
		int fd[N_HANDED];

		for (unsigned i = 0; i < l->n && !free_one; i++)
			if (children[i].pid == 0)
				free_one = &children[i];
		if (free_one)
			p[1].fd = sock;
		if (poll(p, 2, watch(children, l->n)) < 0 && errno != EINTR)
			break;
		while (read(sig, &info, sizeof(info)) > 0)
			;
		reap_all(l, children);
		if (!(p[1].revents & (POLLIN | POLLHUP)))
			continue;
		if (!take_job(sock, fd))
			break;
		if (fd[LINE] >= 0)
			start_child(ops, l, free_one, fd);
	}
	_exit(0); /* the children follow */
}

/* ---- the caller ---- */

enum ut_status ut_warden_start(const struct ut_warden_ops *ops, const struct ut_warden_limits *l,
			       struct ut_warden **ret, struct ut_error *err)
{
	struct ut_warden_limits limits = *l;
	struct timeval patience = { .tv_sec = 60 };
	struct ut_warden *w = calloc(1, sizeof(*w));
	int pair[2];

	if (!w)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	limits.n = UT_MIN(UT_MAX(l->n, 1), MAX_CHILDREN);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		free(w);
		return ut_fail(err, UT_EIO, "socketpair: %s", strerror(errno));
	}
	w->pid = fork();
	if (w->pid < 0) {
		int e = errno;

		close(pair[0]);
		close(pair[1]);
		free(w);
		return ut_fail(err, UT_EIO, "fork: %s", strerror(e));
	}
	if (w->pid == 0)
		warden_main(ops, &limits, pair[1]);
	close(pair[1]);
	w->sock = pair[0];
	setsockopt(w->sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	*ret = w;
	return UT_OK;
}

void ut_warden_stop(struct ut_warden **pw)
{
	struct ut_warden *w = *pw;

	if (!w)
		return;
	close(w->sock);
	kill(w->pid, SIGKILL);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(w);
	*pw = NULL;
}

static bool hand_over(int sock, const int fd[N_HANDED])
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(N_HANDED * sizeof(int))];
	} u = { 0 };
	char byte = 1;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.room,
			    .msg_controllen = sizeof(u.room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	ssize_t k;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(N_HANDED * sizeof(int));
	memcpy(CMSG_DATA(c), fd, N_HANDED * sizeof(int));
	do
		k = sendmsg(sock, &h, MSG_NOSIGNAL);
	while (k < 0 && errno == EINTR);
	return k == 1;
}

/* An answer whole, onto reply or into err. False: it did not come whole. */
static bool take_answer(int sock, struct ut_text *reply, enum ut_status *st, struct ut_error *err)
{
	char msg[sizeof(((struct ut_error *)0)->msg)];
	struct answer a;

	if (!ut_line_receive(sock, &a, sizeof(a)))
		return false;
	if (a.code == UT_OK) {
		size_t before = reply->len;
		char piece[16384];

		if (a.n > UT_WARDEN_MAX_REPLY) {
			*st = ut_fail(err, UT_ELIMIT, "the result is too long");
			return true;
		}
		for (uint64_t left = a.n; left > 0;) {
			size_t n = UT_MIN(left, sizeof(piece));

			if (!ut_line_receive(sock, piece, n)) {
				reply->len = before;
				return false;
			}
			ut_text_addn(reply, piece, n);
			left -= n;
		}
		*st = reply->failed ? ut_fail(err, UT_ENOMEM, "not enough memory") : UT_OK;
		return true;
	}
	if (a.n >= sizeof(msg) || !ut_line_receive(sock, msg, a.n))
		return false;
	msg[a.n] = '\0';
	for (char *c = msg; *c; c++) /* it is shown to people */
		if ((unsigned char)*c < ' ')
			*c = ' ';
	*st = ut_fail(err, a.code < 0 && a.code >= UT_EINTR ? a.code : UT_ECRASH, "%s", msg);
	return true;
}

enum ut_status ut_warden_do(struct ut_warden *w, const int fd[2], const void *request, size_t n,
			    struct ut_text *reply, struct ut_error *err)
{
	int line[2], word[2], handed[N_HANDED];
	uint64_t n64 = n;
	enum ut_status st = UT_ECRASH;
	bool sent;

	if (n > UT_WARDEN_MAX_REQUEST)
		return ut_fail(err, UT_ELIMIT, "the call has too many marks");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
		return ut_fail(err, UT_EIO, "socketpair: %s", strerror(errno));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, word) != 0) {
		int e = errno;

		close(line[0]);
		close(line[1]);
		return ut_fail(err, UT_EIO, "socketpair: %s", strerror(e));
	}
	handed[LINE] = line[1];
	handed[WORD] = word[1];
	handed[RECORDING] = fd[0];
	/* there is always one: a list of descriptors has no holes */
	handed[OTHER] = fd[1] >= 0 ? fd[1] : fd[0];
	sent = hand_over(w->sock, handed);
	close(line[1]);
	close(word[1]);
	if (!sent) {
		st = ut_fail(err, UT_EIO,
			     "the process that reads recordings is gone or busy; "
			     "try again, or start the program again");
	} else {
		/* a child that died already shows on the other line */
		if (ut_line_send(line[0], &n64, sizeof(n64)))
			ut_line_send(line[0], request, n);
		if (!take_answer(line[0], reply, &st, err) &&
		    !take_answer(word[0], reply, &st, err))
			st = ut_fail(err, UT_ECRASH, "the process that read it was lost");
	}
	close(line[0]);
	close(word[0]);
	return st;
}
