// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/skipped.h"

#include <inttypes.h>

void skipped_print(FILE *f, const char *before, const struct log_config *c,
                   const struct log_status *st)
{
	bool any = false;

	for (u32 i = 0; i < MARK_SKIPPABLE; i++) {
		u64 n = st->skipped[i];

		if (n == 0)
			continue;
		if (any)
			fprintf(f, ", %" PRIu64 " of number %u", n, MARK_MAY_SKIP + i);
		else
			fprintf(f, "%sskipped: %" PRIu64 " mark%s of number %u", before, n,
			        n == 1 ? "" : "s", MARK_MAY_SKIP + i);
		any = true;
	}
	if (any)
		fputs(", which this version does not know\n", f);
	for (u32 i = 0; i < c->n_unknown; i++)
		fprintf(f, "%s%s%s", i ? ", " : before,
		        i                  ? ""
		        : c->n_unknown > 1 ? "skipped: configuration keys "
		                           : "skipped: configuration key ",
		        c->unknown[i]);
	if (c->n_unknown)
		fputs(", which this version does not know\n", f);
}

json_t *skipped_json(const struct log_config *c, const struct log_status *st)
{
	json_t *marks = json_array(), *keys = json_array();

	for (u32 i = 0; i < MARK_SKIPPABLE; i++)
		if (st->skipped[i])
			json_array_append_new(marks, json_pack("{s:i, s:I}", "number",
			                                       MARK_MAY_SKIP + (int)i, "count",
			                                       (json_int_t)st->skipped[i]));
	for (u32 i = 0; i < c->n_unknown; i++)
		json_array_append_new(keys, json_string(c->unknown[i]));
	return json_pack("{s:o, s:o}", "marks", marks, "keys", keys);
}
