// SPDX-License-Identifier: GPL-2.0-only
/* scope_read(): a scope that is a file. */
#include "sim/exec/scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* All of a file; *text is the caller's to free, whatever comes. */
static int read_all(FILE *f, const char *name, char **text, size_t *len, struct err *e)
{
	size_t room = 0, n;

	*text = NULL;
	*len = 0;
	do {
		if (*len == room) {
			char *more = realloc(*text, room = room ? 2 * room : 65536);

			if (!more)
				return err_set(e, ERR_MEMORY, "%s: no memory for the file", name);
			*text = more;
		}
		errno = 0;
		n = fread(*text + *len, 1, room - *len, f);
		*len += n;
	} while (n > 0);
	return ferror(f) ? err_host(e, ERR_OPEN, errno, "%s", name) : 0;
}

int scope_read(struct scope **out, const char *path, const struct scope_opts *o, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	FILE *f = is_stdin ? stdin : fopen(path, "r");
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	int rc;

	if (!f)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: a directory", path);
	else
		rc = read_all(f, name, &text, &len, e);
	if (!is_stdin)
		fclose(f);
	if (rc == 0)
		rc = scope_parse(out, name, text, len, o, e);
	free(text);
	return rc;
}
