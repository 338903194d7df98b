// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/whole_file.h"

#include "sim/base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void forget(struct whole_file *f)
{
	free(f->path);
	free(f->temp);
	*f = (struct whole_file){ .fd = -1 };
}

static int refuse(struct whole_file *f, const char *path, struct err *e)
{
	int rc = err_host(e, ERR_OPEN, errno, "%s", path);

	forget(f);
	return rc;
}

/* The mode that open() would have given to a new file. */
static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

int whole_open(struct whole_file *f, const char *path, struct err *e)
{
	char real[PATH_MAX];
	struct stat st, named;
	bool there = stat(path, &st) == 0;
	/* A link stays, and what it points to is replaced. */
	bool has_name = there && realpath(path, real) && stat(real, &named) == 0 &&
	                named.st_dev == st.st_dev && named.st_ino == st.st_ino;

	*f = (struct whole_file){ .fd = -1 };
	if (!*path)
		return err_set(e, ERR_USAGE, "the name of a file to be written is empty");
	f->path = strdup(has_name ? real : path);
	/* What has no name, as a descriptor's temporary file, cannot be replaced by another. */
	if (there && (!S_ISREG(st.st_mode) || !has_name)) {
		f->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		return f->fd < 0 ? refuse(f, path, e) : 0;
	}
	/* Who may not write the file shall not replace it either. */
	if (there && access(real, W_OK) < 0)
		return refuse(f, path, e);
	if (asprintf(&f->temp, "%s.XXXXXX", f->path) < 0)
		f->temp = NULL;
	f->fd = f->temp ? mkostemp(f->temp, O_CLOEXEC) : -1;
	if (f->fd < 0)
		return refuse(f, path, e);
	interrupt_leftover(f->temp);
	if (fchmod(f->fd, there ? st.st_mode & 07777 : new_mode()) < 0) {
		err_host(e, ERR_OPEN, errno, "%s", path);
		whole_drop(f);
		return -(int)e->code;
	}
	return 0;
}

int whole_try(const char *path, struct err *e)
{
	struct whole_file f;
	struct stat st;
	int rc;

	/* Opening a pipe would wait for its reader, and closing it would tell the reader that nothing comes. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		if (S_ISDIR(st.st_mode))
			return err_host(e, ERR_OPEN, EISDIR, "%s", path);
		return access(path, W_OK) == 0 ? 0 : err_host(e, ERR_OPEN, errno, "%s", path);
	}
	rc = whole_open(&f, path, e);
	whole_drop(&f);
	return rc;
}

int whole_write(struct whole_file *f, const void *p, size_t n, struct err *e)
{
	for (size_t done = 0; done < n;) {
		ssize_t rc = write(f->fd, (const u8 *)p + done, n - done);

		if (rc < 0 && errno == EINTR)
			continue;
		if (rc < 0)
			return err_host(e, ERR_DISK, errno, "%s", f->path);
		done += (size_t)rc;
	}
	return 0;
}

int whole_commit(struct whole_file *f, struct err *e)
{
	int rc = close(f->fd);

	f->fd = -1;
	if (rc == 0 && f->temp)
		rc = rename(f->temp, f->path);
	if (rc < 0) {
		err_set(e, ERR_DISK, "%s: %s", f->path, strerror(errno));
		whole_drop(f);
		return -ERR_DISK;
	}
	if (f->temp)
		interrupt_no_leftover(f->temp);
	forget(f);
	return 0;
}

void whole_drop(struct whole_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->temp) {
		unlink(f->temp);
		interrupt_no_leftover(f->temp);
	}
	if (f->path)
		forget(f);
}

int whole_put(const char *path, const void *p, size_t n, struct err *e)
{
	struct whole_file f;
	int rc = whole_open(&f, path, e);

	if (rc == 0)
		rc = whole_write(&f, p, n, e);
	if (rc == 0)
		return whole_commit(&f, e);
	whole_drop(&f);
	return rc;
}
