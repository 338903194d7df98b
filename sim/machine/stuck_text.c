// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/stuck_text.h"

#include <inttypes.h>
#include <stdio.h>

const char *stuck_call(const struct stuck *s, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	if (!s->prim)
		return buf;
	at = (size_t)snprintf(buf, size, "%s(", s->prim);
	for (u32 i = 0; i < s->n_args && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at,
		                       s->args[i] < 10 ? "%s%" PRIu64 : "%s0x%" PRIx64,
		                       i ? ", " : "", s->args[i]);
	if (at < size)
		snprintf(buf + at, size - at, ")");
	return buf;
}
