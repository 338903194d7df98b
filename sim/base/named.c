// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/named.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Small numbers, which people know in decimal. */
static bool is_small(const char *name, size_t len)
{
	static const char *const small[] = { "vmid", "vcpuid",   "cbndx", "index",  "level",
		                             "reg",  "load_idx", "on",    "inc_exe" };

	for (u32 i = 0; i < ARRAY_SIZE(small); i++)
		if (strlen(small[i]) == len && memcmp(small[i], name, len) == 0)
			return true;
	return false;
}

size_t named_print(const char *name, size_t len, u64 value, char *buf, size_t size)
{
	return (size_t)snprintf(buf, size,
	                        value == 0 || (is_small(name, len) && value >> 16 == 0)
	                                ? "%.*s%s%" PRIu64
	                                : "%.*s%s0x%" PRIx64,
	                        (int)len, name, len ? "=" : "", value);
}

const char *named_list(const char *names, u32 n, const u64 *values, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < n && at < size; i++) {
		size_t len = strcspn(names, " ");

		if (i)
			at += (size_t)snprintf(buf + at, size - at, ", ");
		if (at < size)
			at += named_print(names, len, values[i], buf + at, size - at);
		names += len + (names[len] == ' ');
	}
	return buf;
}
