// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/doctor.h"

#include "sim/log/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *doctor_state_name(enum doctor_state state)
{
	static const char *const names[] = { "ok", "note", "WRONG" };

	return names[state];
}

void doctor_add(struct doctor *d, const char *name, enum doctor_state state, json_t *values,
                const char *says, ...)
{
	char *text;
	va_list ap;

	va_start(ap, says);
	if (vasprintf(&text, says, ap) < 0)
		abort();
	va_end(ap);
	d->wrong |= state == DOCTOR_WRONG;
	json_array_append_new(d->items, json_pack("{s:s, s:s, s:o, s:o}", "name", name, "state",
	                                          doctor_state_name(state), "says",
	                                          json_bytes(text), "values", values));
	free(text);
}
