// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/slurp.h"
#include "sim/log/text/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int text_open_fd(struct log_source **out, int fd, const char *name, enum text_mode mode,
                 struct err *e)
{
	struct stat st;
	char *bytes = NULL;
	size_t len = 0;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0)
		rc = err_host(e, ERR_OPEN, errno, "%s", name);
	else if (S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: is a directory", name);
	else
		rc = slurp(fd, name, &bytes, &len, e);
	if (fd >= 0)
		close(fd);
	return rc < 0 ? rc : text_open_bytes(out, name, bytes, len, mode, e);
}

int text_open(struct log_source **out, const char *path, enum text_mode mode, struct err *e)
{
	if (strcmp(path, "-") == 0)
		return text_open_fd(out, dup(STDIN_FILENO), "standard input", mode, e);
	return text_open_fd(out, open(path, O_RDONLY | O_CLOEXEC), path, mode, e);
}
