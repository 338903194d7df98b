// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/panic_reason.h"

#include "sim/base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *sentence, *values;
} reasons[PANIC_NR] = {
	[PANIC_NONE] = { "PANIC_NONE", "no panic", "" },
#define PANIC(id, text, names) [PANIC_##id] = { "PANIC_" #id, text, names },
#include "sim/log/panic.def"
};

const char *panic_name(u64 reason)
{
	return reason < PANIC_NR ? reasons[reason].name : "?";
}

const char *panic_sentence(u64 reason)
{
	return reason < PANIC_NR ? reasons[reason].sentence : "?";
}

const char *panic_values(u64 reason)
{
	return reason < PANIC_NR ? reasons[reason].values : "?";
}

const char *panic_value_name(u64 reason, u32 i, size_t *len)
{
	const char *name = reason < PANIC_NR ? reasons[reason].values : "";

	for (;; i--) {
		*len = strcspn(name, " ");
		if (i == 0)
			return name;
		name += *len + (name[*len] == ' ');
	}
}

u32 panic_n_values(u64 reason)
{
	size_t len;
	u32 n = 0;

	while (*panic_value_name(reason, n, &len))
		n++;
	return n;
}

const char *panic_print_values(u64 reason, u32 n, const u64 *values, char *buf, size_t size)
{
	char number[NUMBER_TEXT];
	size_t at = 0;

	if (size > 0)
		*buf = 0;
	for (u32 i = 0; i < n && at < size; i++) {
		size_t len;
		const char *name = panic_value_name(reason, i, &len);

		at += (size_t)snprintf(buf + at, size - at, "%s%.*s%s", i ? ", " : "", (int)len,
		                       name, len ? "=" : "");
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s",
			                       number_hex(values[i], number));
	}
	return buf;
}
