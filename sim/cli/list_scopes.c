// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_scopes.h"

#include "sim/exec/scope_named.h"

#include <stdio.h>

static const char cpus_sentence[] = "how many CPUs";
static const char sections_sentence[] = "how often each CPU does it";

static json_t *option_json(const char *key, const char *sentence, u32 max, u32 dflt)
{
	return json_pack("{s:s,s:s,s:i,s:i,s:i}", "key", key, "sentence", sentence, "min", 1, "max",
	                 (int)max, "default", (int)dflt);
}

static void option_line(const struct list_rows *r, const char *key, const char *sentence, u32 max,
                        u32 dflt)
{
	char line[160];

	snprintf(line, sizeof(line), "-o %s=1..%u  %s (default %u)", key, max, sentence, dflt);
	printf("%-16s ", "");
	list_wrapped(r, 17, line);
}

void list_scopes(struct list_rows *r)
{
	for (u32 i = 0; i < n_scope_rows; i++) {
		const struct scope_row *s = &scope_rows[i];
		json_t *options;

		if (!r->array) {
			list_row(r, "", s->name, "", s->sentence);
			option_line(r, "cpus", cpus_sentence, s->max_cpus, s->cpus);
			option_line(r, "sections", sections_sentence, s->max_sections, s->sections);
			continue;
		}
		options = json_array();
		json_array_append_new(options,
		                      option_json("cpus", cpus_sentence, s->max_cpus, s->cpus));
		json_array_append_new(options, option_json("sections", sections_sentence,
		                                           s->max_sections, s->sections));
		json_array_append_new(r->array,
		                      json_pack("{s:s,s:s,s:o}", "id", s->name, "sentence",
		                                s->sentence, "options", options));
	}
}
