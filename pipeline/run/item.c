/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/path.h"
#include "base/sha256.h"
#include "metadata/metadata.h"
#include "metadata/transcript.h"
#include "metadata/vcon.h"

enum ut_status ut_item_init(struct ut_item *it, const char *path, bool named, struct ut_error *err)
{
	*it = (struct ut_item){
		.fd = -1, .vcon_fd = -1, .fd2 = -1, .named = named, .path = strdup(path)
	};
	return it->path ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

void ut_item_done(struct ut_item *it)
{
	if (it->fd >= 0)
		close(it->fd);
	if (it->vcon_fd >= 0)
		close(it->vcon_fd);
	if (it->fd2 >= 0)
		close(it->fd2);
	free(it->path2);
	free(it->sidecar2.name);
	free(it->sidecar2.bytes);
	free(it->path);
	free(it->given);
	free(it->sidecar.name);
	free(it->sidecar.bytes);
	free(it->transcript.name);
	free(it->transcript.bytes);
	*it = (struct ut_item){ .fd = -1, .vcon_fd = -1, .fd2 = -1 };
}

enum ut_status ut_item_join(struct ut_item *it, const char *path2, struct ut_error *err)
{
	it->path2 = strdup(path2);
	return it->path2 ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

int64_t ut_item_bytes(const struct ut_item *it)
{
	return it->size + (it->path2 ? it->st2.st_size : 0);
}

static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

int64_t ut_item_mtime_ns(const struct ut_item *it)
{
	return it->path2 ? UT_MAX(mtime_ns(&it->st), mtime_ns(&it->st2)) : mtime_ns(&it->st);
}

int64_t ut_item_changed_ns(const struct ut_item *it)
{
	int64_t a = ut_path_changed_ns(&it->st), b = it->path2 ? ut_path_changed_ns(&it->st2) : a;

	return UT_MAX(a, b);
}

static enum ut_status read_all(int fd, size_t max, struct ut_beside *f, struct ut_error *err)
{
	struct stat st;
	char *buf;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ut_fail(err, UT_EMETA, "is not a regular file");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return ut_fail(err, UT_ELIMIT, "is larger than %zu MB", max >> 20);
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	f->bytes = buf;
	while (f->n < (size_t)st.st_size) { /* what is written behind that now is not seen */
		ssize_t k = read(fd, buf + f->n, (size_t)st.st_size - f->n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ut_fail(err, UT_EIO, "cannot read: %s", strerror(errno));
		if (k == 0)
			break;
		f->n += (size_t)k;
	}
	buf[f->n] = '\0';
	return UT_OK;
}

static enum ut_status read_beside(const char *what, const char *path, size_t max,
				  struct ut_beside *f, struct ut_error *err)
{
	struct ut_error why = { 0 };
	enum ut_status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return UT_OK; /* gone since it was seen */
	if (fd < 0)
		return ut_fail(err, UT_EIO, "its %s %s cannot be opened: %s", what, path,
			       strerror(errno));
	st = read_all(fd, max, f, &why);
	close(fd);
	if (st != UT_OK)
		return ut_fail(err, st, "its %s %s: %s", what, path, why.msg);
	f->name = strdup(path);
	return f->name ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

enum ut_status ut_item_read_file(const char *path, size_t max, struct ut_beside *f,
				 struct ut_error *err)
{
	return read_beside("file", path, max, f, err);
}

/* ---- a vCon as the recording ---- */

/* The sidecar that a vCon is of its recording, and the transcript where it holds one. */
static enum ut_status describe(const struct ut_vcon *v, unsigned dialog, const char *recording,
			       const char *name, struct ut_beside *f, struct ut_error *err)
{
	struct ut_text t = { 0 };
	enum ut_status st = ut_vcon_sidecar(v, dialog, ut_path_base(recording), &t, err);

	if (st != UT_OK)
		return st;
	*f = (struct ut_beside){ strdup(name), t.s, t.len };
	return f->name ? UT_OK : ut_fail(err, UT_ENOMEM, "not enough memory");
}

static enum ut_status describe_all(struct ut_item *it, const struct ut_vcon *v, unsigned dialog,
				   const char *name, struct ut_error *err)
{
	enum ut_status st = describe(v, dialog, it->path, name, &it->sidecar, err);

	if (st == UT_OK && ut_vcon_has_transcript(v)) {
		struct ut_text t = { 0 };

		ut_text_addn(&t, it->sidecar.bytes, it->sidecar.n);
		it->transcript = (struct ut_beside){ strdup(name), t.s, t.len };
		if (!it->transcript.name || !it->transcript.bytes)
			st = ut_fail(err, UT_ENOMEM, "not enough memory");
	}
	return st;
}

static int unnamed(const struct ut_vcon_recording *r, struct ut_error *err)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	if (fd < 0 || !ut_outfile_put(fd, r->audio, r->n)) {
		ut_fail(err, UT_EIO, "no room for the recording inside it: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* The audio is inside: fd becomes an unnamed file that holds it. */
static enum ut_status take_out(struct ut_item *it, const struct ut_vcon_recording *r,
			       struct ut_error *err)
{
	int fd = unnamed(r, err);

	if (fd < 0)
		return UT_EIO;
	it->vcon_fd = it->fd;
	it->fd = fd;
	it->size = (int64_t)r->n;
	return UT_OK;
}

/* Both sides of the call are inside, a recording each. */
static enum ut_status take_both_out(struct ut_item *it, const struct ut_vcon *v,
				    const struct ut_vcon_recording r[2], struct ut_error *err)
{
	enum ut_status st = take_out(it, &r[0], err);

	if (st == UT_OK && (it->fd2 = unnamed(&r[1], err)) < 0)
		st = UT_EIO;
	if (st == UT_OK && fstat(it->fd2, &it->st2) != 0)
		st = ut_fail(err, UT_EIO, "cannot look at it: %s", strerror(errno));
	if (st == UT_OK)
		st = ut_item_join(it, it->path, err);
	it->st2.st_mtim = it->st.st_mtim; /* of the file that both are in */
	it->st2.st_ctim = it->st.st_ctim;
	if (st == UT_OK)
		st = describe_all(it, v, r[0].dialog, it->path, err);
	if (st == UT_OK)
		st = describe(v, r[1].dialog, it->path, it->path, &it->sidecar2, err);
	return st;
}

/* The recording beside a vCon, opened, and its path: a file of the name that its dialog gives, or
 * of its own name with an ending that recordings have. -1: there is none. */
static int find_beside(const char *vcon, const char *name, struct ut_text *path, struct stat *st)
{
	static const char *const endings[] = { "",      ".wav",  ".mp3",  ".opus", ".ogg",
					       ".flac", ".m4a",  ".mp4",  ".webm", ".au",
					       ".gsm",  ".ulaw", ".alaw", ".amr",  ".g722",
					       ".sln",  ".aac",  ".wma",  ".spx",  ".raw" };
	const char *base = ut_path_base(vcon);
	size_t dir = (size_t)(base - vcon), stem = strlen(base) - strlen(".vcon");
	int fd = -1;

	if (ut_path_ends(base, ".vcon.json"))
		stem = strlen(base) - strlen(".vcon.json");
	for (size_t i = name ? 0 : 1; i < UT_ARRAY_LEN(endings) && fd < 0; i++) {
		ut_text_clear(path);
		ut_text_addn(path, vcon, dir);
		if (i == 0)
			ut_text_add(path, name);
		else
			ut_text_addn(path, base, stem);
		ut_text_add(path, endings[i]);
		if (path->failed)
			return -1;
		fd = open(path->s, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))) {
			close(fd);
			fd = -1;
		}
	}
	return fd;
}

/* The audio is a file in the vCon's folder: that is the recording. */
static enum ut_status go_beside(struct ut_item *it, const struct ut_vcon *v,
				const struct ut_vcon_recording *r, struct ut_error *err)
{
	struct ut_text path = { 0 };
	struct stat st;
	int fd = find_beside(it->path, r->name, &path, &st);

	if (fd < 0) {
		enum ut_status rc =
		    path.failed
			? ut_fail(err, UT_ENOMEM, "not enough memory")
			: ut_fail(
			      err, UT_ENOAUDIO,
			      "a vCon without its recording, which is %s%.300s: nothing is fetched "
			      "from elsewhere; put the file beside the vCon%s%.100s",
			      r->url ? "at " : "not in it", r->url ? r->url : "",
			      r->name ? ", as " : ", under the vCon's own name",
			      r->name ? r->name : "");

		ut_text_done(&path);
		return rc;
	}
	if (!it->named) { /* the recording is found by itself, with this as its sidecar */
		it->described = true;
		close(fd);
		ut_text_done(&path);
		return UT_OK;
	}
	close(it->fd);
	it->fd = fd;
	it->st = st;
	it->size = st.st_size;
	it->given = it->path;
	it->path = path.s;
	return describe_all(it, v, r->dialog, it->given, err);
}

static int open_regular(const struct ut_text *path, struct stat *st)
{
	int fd = path->failed ? -1 : open(path->s, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Both sides are files in the vCon's folder. It is what joins them, so it is the item, also where
 * it was found in a folder: they are then left to it (run/sides.h). */
static enum ut_status go_beside_both(struct ut_item *it, const struct ut_vcon *v,
				     const struct ut_vcon_recording r[2], struct ut_error *err)
{
	struct ut_text path[2] = { { 0 }, { 0 } };
	struct stat st[2];
	int fd[2] = { -1, -1 };
	enum ut_status rc = UT_OK;

	for (int i = 0; i < 2 && rc == UT_OK; i++) {
		ut_text_addn(&path[i], it->path, (size_t)(ut_path_base(it->path) - it->path));
		ut_text_add(&path[i], r[i].name);
		fd[i] = open_regular(&path[i], &st[i]);
		if (fd[i] < 0)
			rc = ut_fail(err, UT_ENOAUDIO,
				     "a vCon of two recordings, of which %.200s is not in its "
				     "folder: nothing is fetched from elsewhere; put both files "
				     "beside the vCon",
				     r[i].name);
	}
	if (rc == UT_OK && st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino)
		rc = ut_fail(err, UT_EMETA, "both sides of the call are one file");
	if (rc != UT_OK) {
		for (int i = 0; i < 2; i++) {
			if (fd[i] >= 0)
				close(fd[i]);
			ut_text_done(&path[i]);
		}
		return rc;
	}
	close(it->fd);
	it->fd = fd[0];
	it->fd2 = fd[1];
	it->st = st[0];
	it->st2 = st[1];
	it->size = st[0].st_size;
	it->given = it->path;
	it->path = path[0].s;
	it->path2 = path[1].s;
	rc = describe_all(it, v, r[0].dialog, it->given, err);
	return rc == UT_OK ? describe(v, r[1].dialog, it->path2, it->given, &it->sidecar2, err)
			   : rc;
}

static enum ut_status open_vcon(struct ut_item *it, const char *bytes, size_t n,
				struct ut_error *err)
{
	struct ut_vcon_recording r = { 0 }, both[2] = { 0 };
	struct ut_vcon *v = NULL;
	/* the caller names the file */
	enum ut_status st = ut_vcon_open(bytes, n, "the file", &v, err);

	if (st == UT_ENOENT || st == UT_EFORMAT) /* the decoder says what it thinks of it */
		return UT_OK;
	if (st == UT_OK)
		st = ut_vcon_sides(v, both, err);
	if (st == UT_OK) {
		st = both[0].audio ? take_both_out(it, v, both, err)
				   : go_beside_both(it, v, both, err);
		free(both[0].audio);
		free(both[1].audio);
		ut_vcon_destroy(&v);
		return st;
	}
	if (st == UT_ENOENT)
		st = ut_vcon_recording(v, &r, err);
	if (st == UT_OK && r.audio) {
		st = take_out(it, &r, err);
		if (st == UT_OK)
			st = describe_all(it, v, r.dialog, it->path, err);
	} else if (st == UT_OK) {
		st = go_beside(it, v, &r, err);
	}
	free(r.audio);
	ut_vcon_destroy(&v);
	return st;
}

static enum ut_status open_other(struct ut_item *it, struct ut_error *err)
{
	if (it->fd2 < 0)
		it->fd2 = open(it->path2, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (it->fd2 < 0 || fstat(it->fd2, &it->st2) != 0)
		return ut_fail(err, errno == ENOENT ? UT_ENOENT : UT_EIO,
			       "its other side %s cannot be opened: %s", it->path2,
			       strerror(errno));
	if (!S_ISREG(it->st2.st_mode))
		return ut_fail(err, UT_EFORMAT, "its other side %s is not a regular file",
			       it->path2);
	if (it->st2.st_dev == it->st.st_dev && it->st2.st_ino == it->st.st_ino)
		return ut_fail(err, UT_EINVAL, "is both sides of the call: two files are joined");
	return UT_OK;
}

enum ut_status ut_item_open(struct ut_item *it, struct ut_error *err)
{
	struct ut_beside all = { 0 };
	enum ut_status st;

	if (it->fd < 0) /* not to be held up by a pipe that nobody writes to */
		it->fd = open(it->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (it->fd < 0)
		return ut_fail(err, errno == ENOENT || errno == ENOTDIR ? UT_ENOENT : UT_EIO,
			       "cannot open: %s", strerror(errno));
	if (fstat(it->fd, &it->st) != 0)
		return ut_fail(err, UT_EIO, "cannot look at it: %s", strerror(errno));
	if (S_ISDIR(it->st.st_mode))
		return ut_fail(err, UT_EFORMAT, "is a folder, not a recording");
	if (!S_ISREG(it->st.st_mode))
		return ut_fail(err, UT_EFORMAT, "is not a regular file");
	it->size = it->st.st_size;
	if (it->path2)
		return open_other(it, err);
	if (it->size == 0 || !(ut_path_ends(it->path, ".vcon") || ut_path_ends(it->path, ".json")))
		return UT_OK;
	st = read_all(it->fd, UT_VCON_MAX_BYTES, &all, err);
	lseek(it->fd, 0, SEEK_SET);
	if (st == UT_OK && ut_vcon_maybe(all.bytes, all.n))
		st = open_vcon(it, all.bytes, all.n, err);
	free(all.bytes);
	return st;
}

/* A vCon that lies beside its recording and holds it as well: only what it says is wanted. */
static enum ut_status read_sidecar(const char *recording, const char *path, struct ut_beside *f,
				   struct ut_error *err)
{
	bool vcon = ut_path_ends(path, ".vcon") || ut_path_ends(path, ".vcon.json");
	enum ut_status st = read_beside(
	    "sidecar", path, vcon ? (size_t)UT_VCON_MAX_BYTES : UT_META_MAX_BYTES, f, err);
	struct ut_vcon *v = NULL;
	struct ut_text t = { 0 };
	unsigned dialog;

	if (st != UT_OK || f->n <= UT_META_MAX_BYTES)
		return st;
	st = ut_vcon_open(f->bytes, f->n, path, &v, err);
	if (st == UT_OK)
		st = ut_vcon_dialog(v, recording, &dialog, err);
	if (st == UT_OK)
		st = ut_vcon_sidecar(v, dialog, ut_path_base(recording), &t, err);
	ut_vcon_destroy(&v);
	free(f->bytes);
	f->bytes = t.s;
	f->n = t.len;
	return st;
}

/* Most vCons hold no transcript: that is no fault of theirs. */
static void drop_empty(struct ut_item *it)
{
	const char *name = it->transcript.name;
	struct ut_vcon *v = NULL;

	if (!name || !(ut_path_ends(name, ".vcon") || ut_path_ends(name, ".vcon.json")))
		return;
	if (ut_vcon_open(it->transcript.bytes, it->transcript.n, name, &v, NULL) == UT_OK &&
	    ut_vcon_has_transcript(v)) {
		ut_vcon_destroy(&v);
		return;
	}
	ut_vcon_destroy(&v); /* of a damaged one the sidecar's reader tells */
	free(it->transcript.name);
	free(it->transcript.bytes);
	it->transcript = (struct ut_beside){ 0 };
}

enum ut_status ut_item_read_beside(struct ut_item *it, struct ut_error *err)
{
	char path[4096];
	enum ut_status st = UT_OK;

	if (!it->sidecar.name && ut_meta_sidecar_path(it->path, path, sizeof(path)))
		st = read_sidecar(it->path, path, &it->sidecar, err);
	if (st == UT_OK && !it->transcript.name && ut_transcript_path(it->path, path, sizeof(path)))
		st = read_beside("transcript", path, UT_TRANSCRIPT_MAX_BYTES, &it->transcript, err);
	if (st == UT_OK && it->path2 && !it->sidecar2.name &&
	    ut_meta_sidecar_path(it->path2, path, sizeof(path)))
		st = read_sidecar(it->path2, path, &it->sidecar2, err);
	if (st == UT_OK)
		drop_empty(it);
	return st;
}

static void key_part(const struct ut_beside *f, struct ut_text *out)
{
	ut_text_addf(out, "%zu\n", f->n);
	if (f->bytes)
		ut_text_addn(out, f->bytes, f->n);
}

void ut_item_key(const struct ut_item *it, struct ut_text *out)
{
	key_part(&it->sidecar, out);
	key_part(&it->transcript, out);
	if (it->path2) {
		ut_text_add(out, "joined\n");
		key_part(&it->sidecar2, out);
	}
}

/* The same file, of the same length and time of writing. */
static bool same(int fd, const struct stat *was, bool *touched)
{
	struct stat now;

	if (fstat(fd, &now) != 0 || now.st_size != was->st_size || mtime_ns(&now) != mtime_ns(was))
		return false;
	*touched |= ut_path_changed_ns(&now) != ut_path_changed_ns(was) ||
		    now.st_ctim.tv_sec != was->st_ctim.tv_sec ||
		    now.st_ctim.tv_nsec != was->st_ctim.tv_nsec;
	return true;
}

enum ut_status ut_item_unchanged(const struct ut_item *it, const char *hash, struct ut_error *err)
{
	bool touched = false;
	int fd = it->vcon_fd >= 0 ? it->vcon_fd : it->fd;
	/* of a vCon that holds both sides, that file is what may change */
	bool well = same(fd, &it->st, &touched) &&
		    (!it->path2 || it->vcon_fd >= 0 || same(it->fd2, &it->st2, &touched));

	if (well && touched) { /* written to, and its time set back? */
		char again[65];
		int64_t size;

		well = it->vcon_fd < 0 && !it->path2 &&
		       ut_sha256_fd(it->fd, again, &size, NULL) == UT_OK &&
		       strcmp(again, hash) == 0;
	}
	if (well)
		return UT_OK;
	return ut_fail(err, UT_ECHANGED,
		       "changed while it was read (still being written?); the next run takes it");
}

static void add_part(const struct ut_beside *f, struct ut_text *out)
{
	ut_text_add(out, f->name ? f->name : "");
	ut_text_addn(out, "", 1);
	if (f->name)
		ut_text_addn(out, f->bytes, f->n);
}

/* "a" or "-", the lengths of both sidecars with a comma between, NUL; the other side's name, NUL;
 * then of the sidecars and the transcript each the name, NUL, bytes. */
void ut_request_encode(const struct ut_item *it, bool ask, struct ut_text *out)
{
	ut_text_clear(out);
	ut_text_addf(out, "%s%zu,%zu", ask ? "a" : "-", it->sidecar.name ? it->sidecar.n : 0,
		     it->sidecar2.name ? it->sidecar2.n : 0);
	ut_text_addn(out, "", 1);
	ut_text_add(out, it->path2 ? it->path2 : "");
	ut_text_addn(out, "", 1);
	add_part(&it->sidecar, out);
	add_part(&it->sidecar2, out);
	add_part(&it->transcript, out);
}

/* A NUL-terminated string at *p; *p moves behind it. NULL where it does not end. */
static const char *take_string(const char **p, const char *end)
{
	const char *s = *p;
	size_t n = strnlen(s, (size_t)(end - s));

	if (s + n == end)
		return NULL;
	*p = s + n + 1;
	return s;
}

enum ut_status ut_request_decode(const struct ut_job *j, struct ut_recording *r, bool *ask,
				 struct ut_error *err)
{
	const char *p = j->request, *end = p + j->request_n, *head, *other, *name;
	char *comma;
	size_t n[2] = { 0, 0 };

	*r = (struct ut_recording){ .fd = j->fd, .fd2 = -1, .name = j->name };
	head = take_string(&p, end);
	other = head ? take_string(&p, end) : NULL;
	if (!other || !*head || (*other != '\0') != (j->fd2 >= 0))
		return ut_fail(err, UT_EINVAL, "request");
	r->fd2 = j->fd2;
	r->name2 = *other ? other : NULL;
	*ask = *head == 'a';
	n[0] = strtoul(head + 1, &comma, 10);
	n[1] = *comma == ',' ? strtoul(comma + 1, NULL, 10) : 0;
	for (int i = 0; i < 2; i++) {
		name = take_string(&p, end);
		if (!name || n[i] > (size_t)(end - p))
			return ut_fail(err, UT_EINVAL, "request");
		if (*name && i == 0) {
			r->sidecar_name = name;
			r->sidecar = p;
			r->sidecar_n = n[i];
		} else if (*name) {
			r->sidecar2_name = name;
			r->sidecar2 = p;
			r->sidecar2_n = n[i];
		}
		p += n[i];
	}
	name = take_string(&p, end);
	if (!name)
		return ut_fail(err, UT_EINVAL, "request");
	if (*name) {
		r->transcript_name = name;
		r->transcript = p;
		r->transcript_n = (size_t)(end - p);
	}
	return UT_OK;
}
