/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/worker.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "isolate/line.h"
#include "isolate/shut.h"

enum { MAX_STILLBORN = 10 };
enum { MAX_NAME = 65536, MAX_REQUEST = 80 << 20, MAX_REPLY = 256 << 20, MAX_ASK = 128 };

enum msg_type { MSG_JOB = 1, MSG_ANSWER, MSG_READY, MSG_BEAT, MSG_ASK, MSG_REPLY, MSG_ERROR };

/* Before each message, both ways. The parent believes none of it unchecked. */
struct msg {
	uint32_t type;
	int32_t code;  /* MSG_ERROR: enum ut_status; MSG_ANSWER: go */
	uint64_t n;    /* bytes that follow */
	uint64_t n2;   /* MSG_JOB: of them the name */
	double cpu_s;  /* MSG_REPLY, MSG_ERROR */
	int64_t units; /* MSG_BEAT */
};

/* ---- the worker's side ---- */

static double cpu_used_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct ut_beat {
	int sock;
	double last_s;
	unsigned skip;
	bool dropped;
};

enum { MAX_FD = 2 }; /* with a job */

/* The head of a message and, with a job, its descriptors; -1 where there is none. */
static bool recv_head(int sock, struct msg *m, int fd[MAX_FD])
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(MAX_FD * sizeof(int))];
	} u;
	struct iovec iov = { m, sizeof(*m) };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.room,
			    .msg_controllen = sizeof(u.room) };
	ssize_t k;

	fd[0] = fd[1] = -1;
	do
		k = recvmsg(sock, &h, MSG_WAITALL);
	while (k < 0 && errno == EINTR);
	if (k != (ssize_t)sizeof(*m))
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(fd, CMSG_DATA(c),
			       UT_MIN(c->cmsg_len - CMSG_LEN(0), MAX_FD * sizeof(int)));
	return true;
}

void ut_beat(struct ut_beat *b, int64_t units)
{
	double t;

	if (!b || ++b->skip < 16)
		return;
	b->skip = 0;
	t = ut_line_now_s();
	if (t - b->last_s < 0.25)
		return;
	b->last_s = t;
	ut_line_send(b->sock, &(struct msg){ .type = MSG_BEAT, .units = units },
		     sizeof(struct msg));
}

bool ut_beat_ask(struct ut_beat *b, const char *text)
{
	size_t n = strlen(text);
	struct msg m = { .type = MSG_ASK, .n = n };
	int fd[MAX_FD];

	if (n >= MAX_ASK || !ut_line_send(b->sock, &m, sizeof(m)) ||
	    !ut_line_send(b->sock, text, n) || !recv_head(b->sock, &m, fd) || m.type != MSG_ANSWER)
		_exit(0); /* the parent is gone */
	b->dropped = m.code == 0;
	return !b->dropped;
}

static void one_job(const struct ut_worker_ops *ops, void *state, double cpu_limit_s,
		    struct ut_beat *b, const struct ut_job *j)
{
	struct ut_text reply = { 0 };
	struct ut_error err = { 0 };
	struct msg m = { 0 };
	const char *body;
	double cpu = cpu_used_s();
	enum ut_status st;

	if (cpu_limit_s > 0)
		ut_shut_cpu(cpu + cpu_limit_s);
	b->last_s = ut_line_now_s();
	b->skip = 0;
	b->dropped = false;
	st = ops->work(state, j, b, &reply, &err);
	if (st == UT_OK && reply.failed)
		st = ut_fail(&err, UT_ENOMEM, "not enough memory for the result");
	if (b->dropped)
		st = ut_fail(&err, UT_EINTR, "dropped");
	m.type = st == UT_OK ? MSG_REPLY : MSG_ERROR;
	m.code = st;
	m.cpu_s = cpu_used_s() - cpu;
	body = st == UT_OK ? reply.s : err.msg;
	m.n = st == UT_OK ? reply.len : strlen(err.msg);
	if (!ut_line_send(b->sock, &m, sizeof(m)) || (m.n && !ut_line_send(b->sock, body, m.n)))
		_exit(0);
	ut_text_done(&reply);
}

static _Noreturn void worker_main(const struct ut_worker_ops *ops, void *user,
				  const struct ut_worker_limits *l, int sock, pid_t parent)
{
	struct ut_beat b = { .sock = sock };
	struct ut_error err = { 0 }, note = { 0 };
	struct msg m;
	void *state = NULL;
	char *buf = NULL;
	size_t cap = 0;
	int fd[MAX_FD];

	if (!ut_shut_to_parent(parent))
		_exit(0);
	ut_shut_descriptors(&sock, 1, ops->keep_output);
	if (ops->start && ops->start(user, &state, &err) != UT_OK) {
		m = (struct msg){ .type = MSG_ERROR, .code = err.code, .n = strlen(err.msg) };
		if (ut_line_send(sock, &m, sizeof(m)))
			ut_line_send(sock, err.msg, m.n);
		_exit(0);
	}
	if (ut_shut_doors(l->memory_bytes, &note) == UT_OK)
		note.msg[0] = '\0';
	m = (struct msg){ .type = MSG_READY, .n = strlen(note.msg) };
	if (!ut_line_send(sock, &m, sizeof(m)) || !ut_line_send(sock, note.msg, m.n))
		_exit(0);
	while (recv_head(sock, &m, fd) && m.type == MSG_JOB && fd[0] >= 0 && m.n2 < m.n &&
	       m.n <= (uint64_t)MAX_NAME + MAX_REQUEST) {
		if (m.n + 1 > cap) {
			free(buf);
			cap = m.n + 1;
			buf = malloc(cap);
			if (!buf)
				_exit(1);
		}
		if (!ut_line_receive(sock, buf, m.n))
			break;
		buf[m.n] = '\0';
		/* "name\0request" */
		one_job(ops, state, l->cpu_s, &b,
			&(struct ut_job){ fd[0], fd[1], buf, buf + m.n2 + 1, m.n - m.n2 - 1 });
		close(fd[0]);
		if (fd[1] >= 0)
			close(fd[1]);
	}
	_exit(0);
}

/* ---- the parent's side ---- */

enum slot_state { SLOT_NONE, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY, SLOT_ASKING };

struct slot {
	enum slot_state state;
	pid_t pid;
	int sock;
	double beat_s; /* when it last showed progress */
	bool killed;   /* by the watchdog */
	unsigned jobs; /* done */
	void *tag;
	char ask[MAX_ASK];
	char *in; /* what came and was not dealt with yet */
	size_t in_n, in_cap;
};

struct ut_pool {
	const struct ut_worker_ops *ops;
	void *user;
	struct ut_worker_limits limits;
	unsigned n;
	struct slot *slot;
	struct pollfd *pfd;
	char *lent; /* the reply given out last */
	unsigned turn;
	unsigned stillborn; /* workers that died while starting, since one did start */
	bool known;         /* a worker has said how it stands with the sandbox */
	char note[256];
};

enum ut_status ut_pool_create(const struct ut_worker_ops *ops, void *user, unsigned n,
			      const struct ut_worker_limits *l, struct ut_pool **ret,
			      struct ut_error *err)
{
	struct ut_pool *p = calloc(1, sizeof(*p));

	if (p) {
		p->ops = ops;
		p->user = user;
		p->limits = *l;
		p->slot = calloc(n, sizeof(*p->slot));
		p->pfd = calloc(n, sizeof(*p->pfd));
	}
	if (!p || !p->slot || !p->pfd) {
		ut_pool_destroy(&p);
		return ut_fail(err, UT_ENOMEM, "worker pool");
	}
	p->n = n;
	for (unsigned i = 0; i < n; i++)
		p->slot[i].sock = -1;
	*ret = p;
	return UT_OK;
}

/* Ends the process, if it has not ended by itself, and takes its status. */
static int reap(struct slot *s, bool kill_it)
{
	int status = 0;

	if (kill_it)
		kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(s->sock);
	s->sock = -1;
	s->in_n = 0;
	s->state = SLOT_NONE;
	return status;
}

void ut_pool_destroy(struct ut_pool **pp)
{
	struct ut_pool *p = *pp;

	if (!p)
		return;
	for (unsigned i = 0; i < p->n; i++) {
		if (p->slot[i].state != SLOT_NONE)
			reap(&p->slot[i], true);
		free(p->slot[i].in);
	}
	free(p->slot);
	free(p->pfd);
	free(p->lent);
	free(p);
	*pp = NULL;
}

static enum ut_status spawn(struct ut_pool *p, struct slot *s, struct ut_error *err)
{
	struct timeval patience = { .tv_sec = 10 }; /* for a worker that does not read */
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ut_fail(err, UT_EIO, "cannot start a worker: socketpair: %s",
			       strerror(errno));
	s->pid = fork();
	if (s->pid < 0) {
		int e = errno;

		close(pair[0]);
		close(pair[1]);
		return ut_fail(err, UT_EIO, "cannot start a worker: fork: %s", strerror(e));
	}
	if (s->pid == 0)
		worker_main(p->ops, p->user, &p->limits, pair[1], parent);
	close(pair[1]);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	s->sock = pair[0];
	s->state = SLOT_STARTING;
	s->beat_s = ut_line_now_s();
	s->killed = false;
	s->jobs = 0;
	s->in_n = 0;
	return UT_OK;
}

static unsigned count(const struct ut_pool *p, enum slot_state a, enum slot_state b)
{
	unsigned k = 0;

	for (unsigned i = 0; i < p->n; i++)
		k += p->slot[i].state == a || p->slot[i].state == b;
	return k;
}

unsigned ut_pool_n_idle(const struct ut_pool *p)
{
	return count(p, SLOT_IDLE, SLOT_IDLE);
}

unsigned ut_pool_n_busy(const struct ut_pool *p)
{
	return count(p, SLOT_BUSY, SLOT_ASKING);
}

const char *ut_pool_sandbox_note(const struct ut_pool *p)
{
	return p->known && p->note[0] ? p->note : NULL;
}

static bool send_job(int sock, const int fd[MAX_FD], const char *name, const void *request,
		     size_t n)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(MAX_FD * sizeof(int))];
	} u = { 0 };
	size_t n_fd = fd[1] < 0 ? 1 : 2, name_n = strlen(name);
	struct msg m = { .type = MSG_JOB, .n = name_n + 1 + n, .n2 = name_n };
	struct iovec iov = { &m, sizeof(m) };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.room,
			    .msg_controllen = CMSG_SPACE(n_fd * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	ssize_t k;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n_fd * sizeof(int));
	memcpy(CMSG_DATA(c), fd, n_fd * sizeof(int));
	do
		k = sendmsg(sock, &h, MSG_NOSIGNAL);
	while (k < 0 && errno == EINTR);
	return k == (ssize_t)sizeof(m) && ut_line_send(sock, name, name_n + 1) &&
	       ut_line_send(sock, request, n);
}

enum ut_status ut_pool_submit(struct ut_pool *p, int fd, const char *name, const void *request,
			      size_t n, void *tag, struct ut_error *err)
{
	return ut_pool_submit_pair(p, fd, -1, name, request, n, tag, err);
}

enum ut_status ut_pool_submit_pair(struct ut_pool *p, int fd, int fd2, const char *name,
				   const void *request, size_t n, void *tag, struct ut_error *err)
{
	const int both[MAX_FD] = { fd, fd2 };
	struct slot *s = NULL;

	if (strlen(name) >= MAX_NAME || n > MAX_REQUEST)
		return ut_fail(err, UT_ELIMIT, "the name or its sidecar is too long");
	for (unsigned i = 0; i < p->n && !s; i++)
		if (p->slot[i].state == SLOT_IDLE)
			s = &p->slot[i];
	if (!s)
		return ut_fail(err, UT_EINVAL, "no idle worker");
	lseek(fd, 0, SEEK_SET);
	if (fd2 >= 0)
		lseek(fd2, 0, SEEK_SET);
	if (!send_job(s->sock, both, name, request, n)) {
		reap(s, true);
		return ut_fail(err, UT_EIO, "an idle worker was lost");
	}
	s->tag = tag;
	s->beat_s = ut_line_now_s();
	s->state = SLOT_BUSY;
	return UT_OK;
}

void ut_pool_retire(struct ut_pool *p, unsigned slot)
{
	if (p->slot[slot].state == SLOT_IDLE)
		reap(&p->slot[slot], true);
}

void ut_pool_answer(struct ut_pool *p, unsigned slot, bool go)
{
	struct slot *s = &p->slot[slot];

	if (s->state != SLOT_ASKING)
		return;
	s->state = SLOT_BUSY;
	s->beat_s = ut_line_now_s();
	/* a worker that is gone by now is noticed by the next wait */
	ut_line_send(s->sock, &(struct msg){ .type = MSG_ANSWER, .code = go }, sizeof(struct msg));
}

/* The worker of a job died or was ended: why, in words a person can act on. */
static void obituary(const struct ut_pool *p, const struct slot *s, int status,
		     struct ut_error *err)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (s->killed)
		ut_fail(err, UT_ETIMEOUT, "made no progress for %.0f s and was stopped",
			p->limits.stall_s);
	else if (sig == SIGXCPU)
		ut_fail(err, UT_ETIMEOUT, "took more than %.0f s of processor time and was stopped",
			p->limits.cpu_s);
	else if (sig == SIGKILL)
		ut_fail(err, UT_ECRASH,
			"its worker was killed from outside, as a system out of memory does");
	else if (sig)
		ut_fail(err, UT_ECRASH, "the worker that read it crashed (%s)", strsignal(sig));
	else
		ut_fail(err, UT_ECRASH, "the worker that read it ended by itself (exit %d)",
			WEXITSTATUS(status));
}

/* Some of the bytes that have come; false at the end of the line. */
static bool take_in(struct slot *s)
{
	ssize_t k;

	if (s->in_cap - s->in_n < 65536) {
		size_t cap = s->in_cap ? s->in_cap * 2 : 131072;
		char *in = cap <= 2 * (size_t)MAX_REPLY ? realloc(s->in, cap) : NULL;

		if (!in)
			return false;
		s->in = in;
		s->in_cap = cap;
	}
	do
		k = recv(s->sock, s->in + s->in_n, 65536, MSG_DONTWAIT);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK;
	s->in_n += (size_t)k;
	return k > 0;
}

static void lend_reply(struct ut_pool *p, struct slot *s, const struct msg *m,
		       struct ut_pool_event *ev)
{
	free(p->lent);
	p->lent = s->in; /* whole buffer: the message is all that is in it */
	s->in = NULL;
	s->in_cap = 0;
	ev->reply = p->lent + sizeof(*m);
	ev->reply_n = m->n;
}

/*
 * The next whole message of a worker into ev. False: nothing whole yet. *bad: it says what no
 * worker of ours says.
 */
static bool take_message(struct ut_pool *p, struct slot *s, struct ut_pool_event *ev, bool *bad)
{
	struct msg m;
	const char *body;
	size_t whole;

	*bad = false;
	if (s->in_n < sizeof(m))
		return false;
	memcpy(&m, s->in, sizeof(m));
	if (m.n > (m.type == MSG_REPLY ? (uint64_t)MAX_REPLY : 4096) ||
	    (m.type == MSG_ASK && m.n >= MAX_ASK)) {
		*bad = true;
		return false;
	}
	whole = sizeof(m) + (size_t)m.n;
	if (s->in_n < whole)
		return false;
	body = s->in + sizeof(m);
	switch (m.type) {
	case MSG_READY:
		*bad = s->state != SLOT_STARTING;
		s->state = SLOT_IDLE;
		p->stillborn = 0;
		if (!p->known)
			snprintf(p->note, sizeof(p->note), "%.*s", (int)m.n, body);
		p->known = true;
		ev->what = UT_POOL_READY;
		break;
	case MSG_BEAT:
		s->beat_s = ut_line_now_s();
		break;
	case MSG_ASK:
		*bad = s->state != SLOT_BUSY;
		s->state = SLOT_ASKING;
		snprintf(s->ask, sizeof(s->ask), "%.*s", (int)m.n, body);
		ev->what = UT_POOL_ASK;
		ev->text = s->ask;
		break;
	case MSG_REPLY:
	case MSG_ERROR:
		*bad = s->state != SLOT_BUSY || whole != s->in_n ||
		       (m.type == MSG_ERROR) != (m.code != UT_OK);
		if (*bad)
			break;
		ev->what = UT_POOL_DONE;
		ev->cpu_s = isfinite(m.cpu_s) && m.cpu_s >= 0 ? m.cpu_s : 0;
		if (m.type == MSG_REPLY)
			lend_reply(p, s, &m, ev);
		else
			ut_fail(&ev->err, m.code, "%.*s", (int)m.n, body);
		s->state = SLOT_IDLE;
		s->jobs++;
		/* after running out of memory nothing in it is sure to be whole; what failed may
		 * have been made to */
		if (m.code == UT_ENOMEM ||
		    (p->limits.max_jobs > 0 &&
		     (s->jobs >= p->limits.max_jobs || (m.code != UT_OK && m.code != UT_EINTR))))
			reap(s, true);
		s->in_n = 0;
		return true;
	default:
		*bad = true;
	}
	if (!*bad) {
		memmove(s->in, s->in + whole, s->in_n - whole);
		s->in_n -= whole;
	}
	return !*bad;
}

/* A worker has ended, or must. */
static enum ut_status lost(struct ut_pool *p, struct slot *s, bool bad, struct ut_pool_event *ev,
			   struct ut_error *err)
{
	enum slot_state was = s->state;
	struct msg m;
	int status;

	if (was == SLOT_STARTING && s->in_n >= sizeof(m)) {
		memcpy(&m, s->in, sizeof(m)); /* its start failed and it said why */
		if (m.type == MSG_ERROR && m.n <= s->in_n - sizeof(m)) {
			ut_fail(err, m.code < 0 ? m.code : UT_EIO, "%.*s", (int)m.n,
				s->in + sizeof(m));
			reap(s, true);
			return err ? err->code : UT_EIO;
		}
	}
	status = reap(s, true);
	/* once or twice is somebody's kill; time after time is ours */
	if (was == SLOT_STARTING && ++p->stillborn > MAX_STILLBORN)
		return ut_fail(err, UT_ECRASH, "workers die while they start (%s)",
			       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit");
	if (was == SLOT_BUSY || was == SLOT_ASKING) {
		ev->what = UT_POOL_DONE;
		ev->died = true;
		if (bad)
			ut_fail(&ev->err, UT_ECRASH, "the worker that read it sent nonsense");
		else
			obituary(p, s, status, &ev->err);
	}
	return UT_OK;
}

static bool watched(const struct ut_pool *p, const struct slot *s)
{
	return p->limits.stall_s > 0 && (s->state == SLOT_BUSY || s->state == SLOT_STARTING);
}

/* How long poll may sleep: until the caller's time, or until a worker has been still too long. */
static int sleep_ms(const struct ut_pool *p, double until)
{
	double t = ut_line_now_s(), left = UT_MIN(until - t, 1);

	for (unsigned i = 0; i < p->n; i++)
		if (watched(p, &p->slot[i]))
			left = UT_MIN(left, p->slot[i].beat_s + p->limits.stall_s - t);
	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

/* Only after what has come was read, so that a parent that was away does not blame a worker. */
static void watchdog(struct ut_pool *p)
{
	double t = ut_line_now_s();

	for (unsigned i = 0; i < p->n; i++) {
		struct slot *s = &p->slot[i];

		if (watched(p, s) && !s->killed && t - s->beat_s > p->limits.stall_s) {
			s->killed = true;
			kill(s->pid, SIGKILL); /* poll sees the end of its line */
		}
	}
}

enum ut_status ut_pool_wait(struct ut_pool *p, int timeout_ms, const sigset_t *mask,
			    struct ut_pool_event *ev, struct ut_error *err)
{
	double until = timeout_ms < 0 ? INFINITY : ut_line_now_s() + timeout_ms / 1000.0;

	for (;;) {
		struct timespec ts;
		double before = ut_line_now_s();
		int ms;

		memset(ev, 0, sizeof(*ev));
		for (unsigned i = 0; i < p->n; i++) {
			enum ut_status st;

			if (p->slot[i].state == SLOT_NONE &&
			    (st = spawn(p, &p->slot[i], err)) != UT_OK)
				return st;
			p->pfd[i] = (struct pollfd){ .fd = p->slot[i].sock, .events = POLLIN };
		}
		ms = sleep_ms(p, until);
		ts = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
		if (ppoll(p->pfd, p->n, &ts, mask) < 0) {
			if (errno == EINTR)
				return UT_OK;
			return ut_fail(err, UT_EIO, "poll: %s", strerror(errno));
		}
		/* the machine slept or we were stopped: nobody could make progress */
		if (ut_line_now_s() - before > ms / 1000.0 + 5)
			for (unsigned i = 0; i < p->n; i++)
				p->slot[i].beat_s = ut_line_now_s();
		/* round robin, so that no worker starves behind a talkative one */
		for (unsigned k = 0; k < p->n; k++) {
			unsigned i = (p->turn + k) % p->n;
			struct slot *s = &p->slot[i];
			bool open = true, bad = false;
			enum ut_status st = UT_OK;

			if (!p->pfd[i].revents)
				continue;
			open = take_in(s);
			while (ev->what == UT_POOL_NONE && take_message(p, s, ev, &bad))
				;
			if (ev->what == UT_POOL_NONE && (!open || bad))
				st = lost(p, s, bad, ev, err);
			if (st != UT_OK)
				return st;
			if (ev->what != UT_POOL_NONE) {
				ev->slot = i;
				ev->tag = s->tag;
				p->turn = i + 1;
				return UT_OK;
			}
		}
		watchdog(p);
		if (ut_line_now_s() >= until)
			return UT_OK;
	}
}
