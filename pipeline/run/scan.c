/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 128 };

struct level {
	DIR *dir;
	size_t len; /* of the path up to and with this folder */
	dev_t dev;
	ino_t ino;
};

struct linked { /* a folder that was entered by a symbolic link */
	dev_t dev;
	ino_t ino;
};

struct ut_scan {
	const char *const *paths;
	size_t n, at;
	struct ut_scan_opts o;
	struct level level[MAX_DEPTH];
	unsigned depth;
	struct linked *linked; /* open addressing; ino 0 = free */
	size_t n_linked, cap_linked;
	char *path;
	size_t cap;
	char *line;
	size_t line_cap;
	bool in_list;
};

bool ut_scan_is_candidate(const char *name)
{
	static const char *const not_audio[] = {
		"json", "jsonl", "csv",      "tsv",    "txt",        "xml",        "yaml",
		"yml",  "md",    "html",     "htm",    "log",        "db",         "wal",
		"shm",  "sql",   "db-wal",   "db-shm", "db-journal", "sqlite",     "cdr",
		"md5",  "sha1",  "sha256",   "sum",    "sig",        "asc",        "png",
		"jpg",  "jpeg",  "gif",      "svg",    "pdf",        "doc",        "docx",
		"xls",  "xlsx",  "zip",      "gz",     "tar",        "xz",         "bz2",
		"7z",   "part",  "partial",  "tmp",    "temp",       "crdownload", "swp",
		"lock", "py",    "sh",       "ini",    "cfg",        "conf",       "srt",
		"vtt",  "m3u",   "m3u8",     "pls",    "rttm",       "claims",     "ctm",
		"silb", "lab",   "textgrid",
	};
	const char *dot = strrchr(name, '.');
	size_t n = strlen(name);

	if (name[0] == '.' || name[0] == '\0' || name[n - 1] == '~')
		return false;
	if (!dot || (n > 10 && strcasecmp(name + n - 10, ".vcon.json") == 0))
		return true; /* a vCon may hold its recording */
	for (size_t i = 0; i < UT_ARRAY_LEN(not_audio); i++)
		if (strcasecmp(dot + 1, not_audio[i]) == 0)
			return false;
	return true;
}

enum ut_status ut_scan_create(const char *const *paths, size_t n, const struct ut_scan_opts *o,
			      struct ut_scan **ret, struct ut_error *err)
{
	struct ut_scan *s = calloc(1, sizeof(*s));

	if (!s)
		return ut_fail(err, UT_ENOMEM, "scan");
	s->paths = paths;
	s->n = n;
	s->o = *o;
	*ret = s;
	return UT_OK;
}

void ut_scan_destroy(struct ut_scan **ps)
{
	struct ut_scan *s = *ps;

	if (!s)
		return;
	while (s->depth > 0)
		closedir(s->level[--s->depth].dir);
	free(s->linked);
	free(s->path);
	free(s->line);
	free(s);
	*ps = NULL;
}

/* path = its first len bytes, then name. */
static enum ut_status set_path(struct ut_scan *s, size_t len, const char *name)
{
	size_t n = strlen(name);
	bool slash = len > 0 && s->path[len - 1] != '/';

	if (len + n + 2 > s->cap) {
		size_t cap = (len + n + 2) * 2;
		char *p = realloc(s->path, cap);

		if (!p)
			return UT_ENOMEM;
		s->path = p;
		s->cap = cap;
	}
	if (slash)
		s->path[len++] = '/';
	memcpy(s->path + len, name, n + 1);
	return UT_OK;
}

static bool excluded(const struct ut_scan *s, const char *name)
{
	for (unsigned i = 0; i < s->o.n_exclude; i++) {
		const char *p = s->o.exclude[i];

		if (fnmatch(p, strchr(p, '/') ? s->path : name, FNM_PERIOD) == 0)
			return true;
	}
	return false;
}

static bool on_the_way(const struct ut_scan *s, const struct stat *st)
{
	for (unsigned i = 0; i < s->depth; i++)
		if (s->level[i].dev == st->st_dev && s->level[i].ino == st->st_ino)
			return true;
	return false;
}

static size_t linked_slot(const struct linked *t, size_t cap, dev_t dev, ino_t ino)
{
	size_t i = ((size_t)ino * 0x9e3779b97f4a7c15ULL ^ (size_t)dev) & (cap - 1);

	while (t[i].ino && (t[i].ino != ino || t[i].dev != dev))
		i = (i + 1) & (cap - 1);
	return i;
}

/* *first: this folder was not entered by a link before; from now on it was. */
static enum ut_status by_link(struct ut_scan *s, const struct stat *st, bool *first)
{
	size_t i;

	if (s->n_linked * 2 >= s->cap_linked) {
		size_t cap = s->cap_linked ? s->cap_linked * 2 : 64;
		struct linked *t = calloc(cap, sizeof(*t));

		if (!t)
			return UT_ENOMEM;
		for (i = 0; i < s->cap_linked; i++)
			if (s->linked[i].ino)
				t[linked_slot(t, cap, s->linked[i].dev, s->linked[i].ino)] =
				    s->linked[i];
		free(s->linked);
		s->linked = t;
		s->cap_linked = cap;
	}
	i = linked_slot(s->linked, s->cap_linked, st->st_dev, st->st_ino);
	*first = s->linked[i].ino == 0;
	if (*first) {
		s->linked[i] = (struct linked){ st->st_dev, st->st_ino };
		s->n_linked++;
	}
	return UT_OK;
}

static void entry_error(struct ut_scan *s, struct ut_scan_entry *e, enum ut_status code,
			const char *what, const char *why)
{
	e->what = UT_SCAN_ERROR;
	e->path = s->path;
	ut_fail(&e->err, code, "%s%s", what, why);
}

/* Opens the folder that path names. False: nothing to see here; e may hold why. */
static bool enter(struct ut_scan *s, bool named, struct ut_scan_entry *e)
{
	struct level *l = &s->level[s->depth];
	struct stat st;
	int fd;

	if (s->depth == MAX_DEPTH) {
		entry_error(s, e, UT_ELIMIT, "folders are nested too deeply", "");
		return false;
	}
	fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !named)
		return false; /* gone since its name was read */
	if (fd < 0 || fstat(fd, &st) != 0 || !(l->dir = fdopendir(fd))) {
		int saved = errno;

		if (fd >= 0)
			close(fd);
		entry_error(s, e, UT_EIO, "cannot read this folder: ", strerror(saved));
		return false;
	}
	l->len = strlen(s->path);
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	s->depth++;
	return true;
}

static bool too_old(const struct ut_scan *s, const struct stat *st)
{
	return s->o.since_ns != INT64_MIN &&
	       (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec < s->o.since_ns;
}

/* One name of the folder on top; true: e is filled. */
static enum ut_status visit(struct ut_scan *s, const struct dirent *d, struct ut_scan_entry *e)
{
	int dirfd_ = dirfd(s->level[s->depth - 1].dir);
	unsigned char type = d->d_type;
	bool link = type == DT_LNK, have = false;
	struct stat st;

	if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
		return UT_OK;
	/* most names are settled without asking the disk */
	if (type == DT_REG && !ut_scan_is_candidate(d->d_name))
		return UT_OK;
	if (set_path(s, s->level[s->depth - 1].len, d->d_name) != UT_OK)
		return UT_ENOMEM;
	if (excluded(s, d->d_name))
		return UT_OK;
	if (type == DT_UNKNOWN || type == DT_LNK) {
		if (type == DT_UNKNOWN && fstatat(dirfd_, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			link = S_ISLNK(st.st_mode);
		if (fstatat(dirfd_, d->d_name, &st, 0) != 0) {
			if (link && errno == ELOOP)
				entry_error(s, e, UT_EIO, "a symbolic link that leads to itself",
					    "");
			else if (link && errno == ENOENT)
				entry_error(s, e, UT_ENOENT, "a symbolic link that leads nowhere",
					    "");
			else if (errno != ENOENT)
				entry_error(s, e, UT_EIO, "cannot look at it: ", strerror(errno));
			return UT_OK;
		}
		have = true;
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_FIFO;
	}
	if (type == DT_DIR) {
		bool first = true;

		if (d->d_name[0] == '.')
			return UT_OK; /* .git, .Trash and the like */
		if (link && (on_the_way(s, &st) || by_link(s, &st, &first) != UT_OK || !first))
			return UT_OK;
		enter(s, false, e);
		return UT_OK;
	}
	if (type != DT_REG || !ut_scan_is_candidate(d->d_name))
		return UT_OK;
	if (s->o.since_ns != INT64_MIN) {
		if (!have && fstatat(dirfd_, d->d_name, &st, 0) != 0)
			return UT_OK;
		if (too_old(s, &st))
			return UT_OK;
	}
	e->what = UT_SCAN_FILE;
	e->path = s->path;
	e->named = false;
	return UT_OK;
}

/* An operand or a line of the list. */
static enum ut_status start_path(struct ut_scan *s, const char *path, struct ut_scan_entry *e)
{
	struct stat st;

	if (set_path(s, 0, path) != UT_OK)
		return UT_ENOMEM;
	if (stat(path, &st) != 0) {
		entry_error(s, e, errno == ENOENT || errno == ENOTDIR ? UT_ENOENT : UT_EIO, "",
			    errno == ENOENT ? "there is no such file or folder" : strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		enter(s, true, e);
	} else if (!too_old(s, &st)) {
		e->what = UT_SCAN_FILE;
		e->path = s->path;
		e->named = true;
	}
	return UT_OK;
}

enum ut_status ut_scan_next(struct ut_scan *s, struct ut_scan_entry *e, struct ut_error *err)
{
	memset(e, 0, sizeof(*e));
	while (e->what == UT_SCAN_END) {
		enum ut_status st = UT_OK;

		if (s->depth > 0) {
			struct dirent *d;

			errno = 0;
			d = readdir(s->level[s->depth - 1].dir);
			if (d) {
				st = visit(s, d, e);
			} else {
				int saved = errno;

				s->depth--;
				closedir(s->level[s->depth].dir);
				s->path[s->level[s->depth].len] = '\0';
				if (saved)
					entry_error(
					    s, e, UT_EIO,
					    "cannot read all of this folder: ", strerror(saved));
			}
		} else if (s->in_list) {
			ssize_t n = getdelim(&s->line, &s->line_cap, s->o.list_end, s->o.list);

			if (n <= 0) {
				s->in_list = false;
				continue;
			}
			if (s->line[n - 1] == (char)s->o.list_end)
				s->line[n - 1] = '\0';
			if (s->line[0])
				st = start_path(s, s->line, e);
		} else if (s->at < s->n) {
			const char *path = s->paths[s->at++];

			if (strcmp(path, "-") == 0 && s->o.list)
				s->in_list = true;
			else
				st = start_path(s, path, e);
		} else {
			return UT_OK;
		}
		if (st != UT_OK)
			return ut_fail(err, st, "not enough memory to read folders");
	}
	return UT_OK;
}
