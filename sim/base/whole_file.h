/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A file that is written in one go: under a name of its own beside the place where it belongs, and renamed when it is whole.
 * What was there before stays until then, and is what is left when the work does not come to its end.  A device or a pipe is
 * written directly.
 */
#include "sim/base/err.h"

/**
 * struct whole_file
 * @fd:   to be written; closed by whole_commit() and whole_drop()
 * @path: where it belongs; @temp: where it is until then, NULL: @path is no regular file
 */
struct whole_file {
	int fd;
	char *path, *temp;
};

/* Errors: ERR_USAGE (an empty name), ERR_OPEN, ERR_DISK, ERR_HOST. */
MUST_CHECK int whole_open(struct whole_file *f, const char *path, struct err *e);
/* Can @path be written?  The file stays as it is, and none is made.  Errors: of whole_open(). */
MUST_CHECK int whole_try(const char *path, struct err *e);
/* The next @n bytes.  Errors: ERR_DISK, ERR_HOST. */
MUST_CHECK int whole_write(struct whole_file *f, const void *p, size_t n, struct err *e);
/* It is whole.  Errors: ERR_DISK; the file is dropped then. */
MUST_CHECK int whole_commit(struct whole_file *f, struct err *e);
/* Give up.  Does nothing for a file that was committed or dropped, or was never opened. */
void whole_drop(struct whole_file *f);

/* All of a file at once.  Errors: of whole_open() and whole_write(); what was there stays then. */
MUST_CHECK int whole_put(const char *path, const void *p, size_t n, struct err *e);
