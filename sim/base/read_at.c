// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/read_at.h"

#include <errno.h>
#include <unistd.h>

int read_at(int fd, void *buf, size_t n, u64 offset)
{
	for (size_t got = 0; got < n;) {
		ssize_t rc = pread(fd, (u8 *)buf + got, n - got, (off_t)(offset + got));

		if (rc < 0 && errno == EINTR)
			continue;
		if (rc <= 0) {
			errno = rc == 0 ? 0 : errno;
			return -1;
		}
		got += (size_t)rc;
	}
	return 0;
}
