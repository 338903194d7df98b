// SPDX-License-Identifier: GPL-2.0-only
/* scope_read(): a scope that is a file. */
#include "sim/base/slurp.h"
#include "sim/exec/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int scope_read(struct scope **out, const char *path, const struct scope_opts *o, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc;
	struct stat st;
	char *text = NULL;
	size_t len = 0;

	if (fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: a directory", path);
	else
		rc = slurp(fd, name, &text, &len, e);
	if (!is_stdin)
		close(fd);
	if (rc == 0)
		rc = scope_parse(out, name, text, len, o, e);
	free(text);
	return rc;
}
