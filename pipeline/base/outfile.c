/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

bool ut_outfile_put(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

/* Every folder of the path but its last part. */
static bool make_folders(char *path)
{
	for (char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		bool fine;

		*s = '\0';
		fine = mkdir(path, 0750) == 0 || errno == EEXIST;
		*s = '/';
		if (!fine)
			return false;
	}
	return true;
}

enum ut_status ut_outfile_write(const char *dir, const char *name, const void *bytes, size_t n,
				struct ut_error *err)
{
	struct ut_text path = { 0 }, tmp = { 0 };
	enum ut_status st = UT_OK;
	bool fine;
	int fd = -1;

	ut_text_addf(&path, "%s/%s", dir, name);
	ut_text_addf(&tmp, "%s.part", path.s ? path.s : "");
	if (path.failed || tmp.failed) {
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
		goto out;
	}
	unlink(tmp.s); /* of a run that was killed; or a link that somebody put there */
	fine = make_folders(tmp.s);
	if (fine)
		fd = open(tmp.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	fine = fine && fd >= 0 && ut_outfile_put(fd, bytes, n) && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		fine = false;
	if (!fine || rename(tmp.s, path.s) != 0) {
		st = ut_fail(err, UT_EIO, "cannot write %s: %s", path.s, strerror(errno));
		if (fd >= 0)
			unlink(tmp.s);
	}
out:
	ut_text_done(&path);
	ut_text_done(&tmp);
	return st;
}

enum ut_status ut_outfile_to(const char *path, const void *bytes, size_t n, struct ut_error *err)
{
	const char *slash = strrchr(path, '/');
	struct ut_text dir = { 0 };
	enum ut_status st;
	struct stat is;

	if (stat(path, &is) == 0 && !S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode)) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		bool fine = fd >= 0 && ut_outfile_put(fd, bytes, n);

		if (fd >= 0 && close(fd) != 0)
			fine = false;
		return fine ? UT_OK
			    : ut_fail(err, UT_EIO, "cannot write %s: %s", path, strerror(errno));
	}
	/* "/name" is "" and "name", which are put together again with a slash */
	ut_text_addn(&dir, slash ? path : ".", slash ? (size_t)(slash - path) : 1);
	if (dir.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	else if (slash && slash > path && stat(dir.s, &is) != 0) /* a slip makes no folders */
		st = ut_fail(err, UT_EIO, "cannot write %s: %s", path, strerror(errno));
	else
		st = ut_outfile_write(dir.s ? dir.s : "", slash ? slash + 1 : path, bytes, n, err);
	ut_text_done(&dir);
	return st;
}

enum ut_status ut_outfile_folder(const char *dir, char **ret, struct ut_error *err)
{
	struct ut_text path = { 0 };
	enum ut_status st = UT_OK;

	ut_text_addf(&path, "%s/", dir);
	if (path.failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory");
	*ret = make_folders(path.s) ? realpath(path.s, NULL) : NULL; /* with its slash: a folder */
	if (!*ret)
		st = ut_fail(err, UT_EIO, "cannot make the folder %s: %s", dir, strerror(errno));
	ut_text_done(&path);
	return st;
}
