/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serve_client.c - N reviewers at once against undertone serve: each signs in and goes round the
 * pages, as fast as they come (--think MS: with that pause between them). Prints median, 99th
 * percentile and count of each kind of page, and of all.
 * usage: serve_client PORT SECONDS REVIEWERS THINK_MS CALLS TOKEN...
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 8, MAX_TIMES = 200000, ANSWER = 1 << 20 };

static const char *const kind_name[KINDS] = {
	"queue",
	"queue, next page",
	"queue of a team",
	"queue of an agent",
	"queue, rare",
	"good examples",
	"call",
	"verdict",
};

static uint16_t port;
static double until;
static long think_ms, n_calls;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static float times[KINDS][MAX_TIMES];
static size_t n_times[KINDS], n_failed;

struct reviewer {
	pthread_t thread;
	const char *token;
	int fd;
	unsigned seed;
	char *answer, cookie[128], csrf[64], after[256];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int dial(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One request on a kept connection; the status, 0 where it broke. */
static int ask(struct reviewer *r, const char *method, const char *path, const char *cookie,
	       const char *body)
{
	char head[2048];
	size_t got = 0, want = 0, sent = 0;
	ssize_t n;
	char *end = NULL, *length;
	int status = 0, len;

	if (r->fd < 0 && (r->fd = dial()) < 0)
		return 0;
	len = snprintf(head, sizeof(head),
		       "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: %s\r\n%sContent-Length: "
		       "%zu\r\n\r\n%s",
		       method, path, port, cookie,
		       body ? "Content-Type: application/x-www-form-urlencoded\r\n" : "",
		       body ? strlen(body) : 0, body ? body : "");
	while (sent < (size_t)len &&
	       (n = send(r->fd, head + sent, (size_t)len - sent, MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	while (got < ANSWER - 1 && (!end || got < want)) {
		n = recv(r->fd, r->answer + got, ANSWER - 1 - got, 0);
		if (n <= 0)
			break;
		got += (size_t)n;
		r->answer[got] = '\0';
		if (!end && (end = strstr(r->answer, "\r\n\r\n"))) {
			length = strstr(r->answer, "Content-Length: ");
			want = (size_t)(end + 4 - r->answer) +
			       (length ? strtoul(length + 16, NULL, 10) : 0);
		}
	}
	if (!end || got < want) {
		close(r->fd);
		r->fd = -1;
		return 0;
	}
	sscanf(r->answer, "HTTP/1.1 %d", &status);
	return status;
}

static void cut(const char *from, const char *before, char end, char *buf, size_t cap)
{
	const char *a = strstr(from, before), *b = a ? strchr(a + strlen(before), end) : NULL;

	buf[0] = '\0';
	if (b)
		snprintf(buf, cap, "%.*s", (int)(b - a - (long)strlen(before)), a + strlen(before));
}

static void sign_in(struct reviewer *r)
{
	char form[64], body[256], cookie[128], id[64];

	if (ask(r, "GET", "/signin", "", NULL) != 200)
		exit(1);
	cut(r->answer, "Set-Cookie: ut_form=", ';', form, sizeof(form));
	snprintf(body, sizeof(body), "csrf=%s&token=%s", form, r->token);
	snprintf(cookie, sizeof(cookie), "ut_form=%s", form);
	if (ask(r, "POST", "/signin", cookie, body) != 303) {
		fprintf(stderr, "serve_client: cannot sign in\n");
		exit(1);
	}
	cut(r->answer, "Set-Cookie: ut_session=", ';', id, sizeof(id));
	snprintf(r->cookie, sizeof(r->cookie), "ut_session=%s", id);
	ask(r, "GET", "/queue", r->cookie, NULL);
	cut(r->answer, "name=\"csrf\" value=\"", '"', r->csrf, sizeof(r->csrf));
}

static void note(int kind, double s, int ok)
{
	pthread_mutex_lock(&lock);
	if (!ok)
		n_failed++;
	else if (n_times[kind] < MAX_TIMES)
		times[kind][n_times[kind]++] = (float)(1000 * s);
	pthread_mutex_unlock(&lock);
}

static unsigned dice(struct reviewer *r, unsigned n)
{
	r->seed = r->seed * 1664525u + 1013904223u;
	return (r->seed >> 8) % n;
}

/* What a trainer does: mostly lists and calls, now and then a verdict. */
static int path_of(struct reviewer *r, char *path, size_t cap, char *body, size_t body_cap)
{
	unsigned d = dice(r, 100);

	body[0] = '\0';
	if (d < 20) {
		snprintf(path, cap, "/queue");
		return 0;
	}
	if (d < 35 && r->after[0]) {
		snprintf(path, cap, "/queue?%s", r->after);
		return 1;
	}
	if (d < 45) {
		snprintf(path, cap, "/queue?team=team+%u&reviewed=0", dice(r, 12));
		return 2;
	}
	if (d < 52) {
		snprintf(path, cap, "/queue?agent=agent-%03u", dice(r, 400));
		return 3;
	}
	if (d < 56) {
		snprintf(path, cap,
			 "/queue?team=team+%u&queue=queue+%u&tone=angry&from=2026-09-0%u"
			 "&to=2026-09-0%u&language=en",
			 dice(r, 12), dice(r, 8), 1 + dice(r, 4), 5 + dice(r, 4));
		return 4;
	}
	if (d < 62) {
		snprintf(path, cap, "/queue?list=recoveries&team=team+%u", dice(r, 12));
		return 5;
	}
	if (d < 92) {
		snprintf(path, cap, "/call/%u", 1 + dice(r, (unsigned)n_calls));
		return 6;
	}
	snprintf(path, cap, "/call/%u/verdict", 1 + dice(r, (unsigned)n_calls));
	snprintf(body, body_cap, "heard=resigned&tag=long-wait&csrf=%s", r->csrf);
	return 7;
}

static void *work(void *user)
{
	struct reviewer *r = user;
	const struct timespec think = { think_ms / 1000, think_ms % 1000 * 1000000 };
	char path[512], body[256];

	while (now() < until) {
		int kind = path_of(r, path, sizeof(path), body, sizeof(body)), status;
		double from = now();

		status =
		    ask(r, kind == 7 ? "POST" : "GET", path, r->cookie, kind == 7 ? body : NULL);
		note(kind, now() - from, status == (kind == 7 ? 303 : 200));
		if (status != (kind == 7 ? 303 : 200))
			fprintf(stderr, "%s: %d\n", path, status);
		if (kind == 0) {
			char *amp;

			cut(r->answer, "rel=\"next\" href=\"/queue?", '"', r->after,
			    sizeof(r->after));
			while ((amp = strstr(r->after, "&amp;")))
				memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
		}
		if (think_ms)
			nanosleep(&think, NULL);
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void print(const char *name, float *t, size_t n)
{
	if (!n)
		return;
	qsort(t, n, sizeof(*t), by_value);
	printf("%-20s %8zu %10.1f %10.1f %10.1f\n", name, n, (double)t[n / 2],
	       (double)t[(size_t)(0.99 * (double)(n - 1))], (double)t[n - 1]);
}

int main(int argc, char **argv)
{
	struct reviewer *r;
	int n;
	size_t all = 0;
	float *every;

	if (argc < 7) {
		fprintf(stderr,
			"usage: serve_client PORT SECONDS REVIEWERS THINK_MS CALLS TOKEN...\n");
		return 2;
	}
	port = (uint16_t)strtoul(argv[1], NULL, 10);
	n = (int)strtol(argv[3], NULL, 10);
	think_ms = strtol(argv[4], NULL, 10);
	n_calls = strtol(argv[5], NULL, 10);
	r = calloc((size_t)n, sizeof(*r));
	for (int i = 0; i < n; i++) {
		r[i].token = argv[6 + i % (argc - 6)];
		r[i].fd = -1;
		r[i].seed = (unsigned)i * 7919 + 1;
		r[i].answer = malloc(ANSWER);
		sign_in(&r[i]);
	}
	until = now() + strtod(argv[2], NULL);
	for (int i = 0; i < n; i++)
		pthread_create(&r[i].thread, NULL, work, &r[i]);
	for (int i = 0; i < n; i++)
		pthread_join(r[i].thread, NULL);
	printf("%-20s %8s %10s %10s %10s\n", "page", "n", "median ms", "99 % ms", "most ms");
	for (int k = 0; k < KINDS; k++)
		all += n_times[k];
	every = calloc(all + 1, sizeof(*every));
	all = 0;
	for (int k = 0; k < KINDS; k++) {
		memcpy(every + all, times[k], n_times[k] * sizeof(**times));
		all += n_times[k];
		print(kind_name[k], times[k], n_times[k]);
	}
	print("all pages", every, all);
	printf("failed: %zu\n", n_failed);
	return n_failed != 0;
}
