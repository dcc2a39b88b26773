/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/sides.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "metadata/vcon.h"
#include "run/item.h"
#include "run/scan.h"

enum {
	FOLDERS = 16,                 /* a scan goes down and comes back */
	MAX_SIDECAR = 64 << 10,       /* bytes of one that says which two files are a call */
	MAX_VCON = UT_META_MAX_BYTES, /* a larger one holds its recordings */
};

struct joined {
	char *first, *second; /* names; first is the vCon where both are left to it */
	bool vcon;
};

struct folder {
	char *dir; /* with its slash; "" is the current one */
	struct joined *v;
	size_t n, cap;
	/* its recordings, sorted: only where a sidecar speaks of another file, and only meanwhile
	 */
	char **name;
	size_t n_names;
	bool listed;
};

struct ut_sides {
	const struct ut_meta_config *cfg;
	const char *profile;
	struct folder folder[FOLDERS];
	unsigned next;
};

enum ut_status ut_sides_create(const struct ut_meta_config *cfg, const char *profile,
			       struct ut_sides **ret, struct ut_error *err)
{
	struct ut_sides *s = calloc(1, sizeof(*s));

	if (!s)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	s->cfg = cfg;
	s->profile = profile;
	*ret = s;
	return UT_OK;
}

static void folder_done(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].first);
		free(f->v[i].second);
	}
	free(f->v);
	free(f->dir);
	*f = (struct folder){ 0 };
}

void ut_sides_destroy(struct ut_sides **ps)
{
	struct ut_sides *s = *ps;

	if (!s)
		return;
	for (unsigned i = 0; i < FOLDERS; i++)
		folder_done(&s->folder[i]);
	free(s);
	*ps = NULL;
}

/* What cannot be kept for lack of memory is as if nobody had said it: nothing is joined. */
static void add(struct folder *f, const char *first, const char *second, bool vcon)
{
	struct joined j = { strdup(first), strdup(second), vcon };

	for (size_t i = 0; i < f->n; i++) { /* said by both sides */
		struct joined *k = &f->v[i];

		if (!j.first || !j.second || vcon || k->vcon ||
		    !(strcmp(k->first, second) == 0 && strcmp(k->second, first) == 0) ||
		    strcmp(first, k->first) > 0)
			continue;
		free(k->first);
		free(k->second);
		*k = j;
		return;
	}
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;
		struct joined *v = realloc(f->v, cap * sizeof(*v));

		if (v) {
			f->v = v;
			f->cap = cap;
		}
	}
	if (!j.first || !j.second || f->n == f->cap) {
		free(j.first);
		free(j.second);
		return;
	}
	f->v[f->n++] = j;
}

/* The bytes of a file of the folder, NUL behind them; NULL where it cannot be had or is larger. */
static char *read_small(int dir, const char *name, size_t max, size_t *n)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *buf = NULL;
	ssize_t k = -1;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (size_t)st.st_size <= max && (buf = malloc((size_t)st.st_size + 1)))
		k = pread(fd, buf, (size_t)st.st_size, 0);
	close(fd);
	if (k <= 0) {
		free(buf);
		return NULL;
	}
	*n = (size_t)k;
	buf[k] = '\0';
	return buf;
}

static bool is_file(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_names(struct folder *f)
{
	DIR *list = opendir(f->dir[0] ? f->dir : ".");
	size_t cap = 0;
	struct dirent *d;

	f->listed = true;
	while (list && (d = readdir(list))) {
		if (!ut_scan_is_candidate(d->d_name) || ut_path_ends(d->d_name, ".vcon") ||
		    ut_path_ends(d->d_name, ".json"))
			continue;
		if (f->n_names == cap) {
			char **v = realloc(f->name, (cap ? 2 * cap : 256) * sizeof(*v));

			if (!v)
				break;
			f->name = v;
			cap = cap ? 2 * cap : 256;
		}
		if (!(f->name[f->n_names] = strdup(d->d_name)))
			break;
		f->n_names++;
	}
	if (list)
		closedir(list);
	if (f->n_names)
		qsort(f->name, f->n_names, sizeof(*f->name), by_name);
}

static void forget_names(struct folder *f)
{
	for (size_t i = 0; i < f->n_names; i++)
		free(f->name[i]);
	free(f->name);
	f->name = NULL;
	f->n_names = 0;
	f->listed = false;
}

/* The recording that CALL.json is the sidecar of: CALL where CALL.json is CALL.wav.json, otherwise
 * CALL with the ending of a recording. NULL: none, or several. */
static const char *owner_of(struct folder *f, int dir, const char *sidecar, char *buf, size_t cap)
{
	size_t stem = strlen(sidecar) - strlen(".json"), lo = 0, hi;
	const char *found = NULL;

	if (stem + 1 >= cap)
		return NULL;
	memcpy(buf, sidecar, stem);
	buf[stem] = '\0';
	if (is_file(dir, buf) && ut_scan_is_candidate(buf))
		return buf;
	if (!f->listed)
		list_names(f);
	buf[stem] = '.';
	hi = f->n_names;
	while (lo < hi) { /* the first that is not before "CALL." */
		size_t mid = lo + (hi - lo) / 2;

		if (strncmp(f->name[mid], buf, stem + 1) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < f->n_names && strncmp(f->name[lo], buf, stem + 1) == 0; lo++) {
		if (strchr(f->name[lo] + stem + 1, '.'))
			continue;
		if (found)
			return NULL;
		found = f->name[lo];
	}
	return found;
}

static void look_into_sidecar(struct folder *f, int dir, const char *name)
{
	struct ut_meta_side side;
	char buf[256];
	const char *owner;
	size_t n;
	char *bytes = read_small(dir, name, MAX_SIDECAR, &n);

	/* most say nothing of another file: those are not parsed */
	if (bytes && strstr(bytes, "\"other_side\"") &&
	    ut_meta_side(bytes, n, NULL, &side) == UT_OK && side.other[0] &&
	    (owner = owner_of(f, dir, name, buf, sizeof(buf))) && strcmp(owner, side.other) != 0 &&
	    is_file(dir, side.other)) {
		if (side.role == UT_ROLE_AGENT)
			add(f, side.other, owner, false);
		else
			add(f, owner, side.other, false);
	}
	free(bytes);
}

static void look_into_vcon(struct folder *f, int dir, const char *name)
{
	struct ut_vcon_recording r[2] = { 0 };
	struct ut_vcon *v = NULL;
	size_t n;
	char *bytes = read_small(dir, name, MAX_VCON, &n);

	if (bytes && ut_vcon_maybe(bytes, n) && ut_vcon_open(bytes, n, name, &v, NULL) == UT_OK &&
	    ut_vcon_sides(v, r, NULL) == UT_OK) {
		if (!r[0].audio && is_file(dir, r[0].name) && is_file(dir, r[1].name)) {
			add(f, name, r[0].name, true);
			add(f, name, r[1].name, true);
		}
		free(r[0].audio);
		free(r[1].audio);
	}
	ut_vcon_destroy(&v);
	free(bytes);
}

static void look_through(struct folder *f)
{
	DIR *list = opendir(f->dir[0] ? f->dir : ".");
	struct dirent *d;

	while (list && (d = readdir(list))) {
		if (d->d_name[0] == '.')
			continue;
		if (ut_path_ends(d->d_name, ".vcon") || ut_path_ends(d->d_name, ".vcon.json"))
			look_into_vcon(f, dirfd(list), d->d_name);
		else if (ut_path_ends(d->d_name, ".json"))
			look_into_sidecar(f, dirfd(list), d->d_name);
	}
	if (list)
		closedir(list);
	forget_names(f);
}

static const struct folder *folder_of(struct ut_sides *s, const char *path, size_t n)
{
	struct folder *f;

	for (unsigned i = 0; i < FOLDERS; i++)
		if (s->folder[i].dir && strlen(s->folder[i].dir) == n &&
		    memcmp(s->folder[i].dir, path, n) == 0)
			return &s->folder[i];
	f = &s->folder[s->next++ % FOLDERS];
	folder_done(f);
	f->dir = strndup(path, n);
	if (f->dir)
		look_through(f);
	return f->dir ? f : NULL;
}

int ut_sides_find(struct ut_sides *s, const char *path, char *buf, size_t cap)
{
	const char *base = ut_path_base(path);
	size_t dir = (size_t)(base - path);
	const struct folder *f = folder_of(s, path, dir);
	struct stat st;
	int side;

	for (size_t i = 0; f && i < f->n; i++) {
		const struct joined *j = &f->v[i];
		bool first = strcmp(j->first, base) == 0;
		int k;

		if (j->vcon ? strcmp(j->second, base) != 0 : !first && strcmp(j->second, base) != 0)
			continue;
		k = snprintf(buf, cap, "%.*s%s", (int)dir, path, first ? j->second : j->first);
		return k < 0 || (size_t)k >= cap ? 0 : first ? 1 : 2;
	}
	side = ut_meta_pair(s->cfg, s->profile, path, buf, cap);
	return side && stat(buf, &st) == 0 && S_ISREG(st.st_mode) ? side : 0;
}
