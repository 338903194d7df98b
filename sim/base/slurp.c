// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/slurp.h"

#include "sim/base/interrupt.h"
#include "sim/base/vec.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES  (1ull << 36)
/* Of a device: some never end. */
#define MAX_DEVICE (1ull << 26)

int slurp(int fd, const char *name, char **out, size_t *len, struct err *e)
{
	size_t cap = 1 << 16, n = 0;
	char *p = xcalloc(cap, 1);
	struct stat st;
	bool device = fstat(fd, &st) == 0 && S_ISCHR(st.st_mode);
	ssize_t got;

	for (;;) {
		got = read(fd, p + n, cap - n);
		if (got < 0 && errno == EINTR && !interrupted())
			continue;
		if (got <= 0 || interrupted())
			break;
		n += (size_t)got;
		if (n < cap)
			continue;
		char *more =
			cap * 2 <= (device ? MAX_DEVICE : MAX_BYTES) ? realloc(p, cap * 2) : NULL;
		if (!more) {
			free(p);
			return err_set(e, ERR_MEMORY, "%s: more than %zu bytes", name, cap);
		}
		p = more;
		cap *= 2;
	}
	if (interrupted()) {
		free(p);
		return err_set(e, ERR_INTERRUPT, "%s: interrupted", name);
	}
	if (got < 0) {
		int error = errno;

		free(p);
		errno = error;
		return err_host(e, ERR_OPEN, errno, "%s", name);
	}
	p[n] = '\0';
	*out = p;
	*len = n;
	return 0;
}
