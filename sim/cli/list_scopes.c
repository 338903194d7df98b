// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_scopes.h"

#include "sim/exec/scope_named.h"
#include "sim/explore/drawn.h"

#include <stdio.h>

static json_t *choice_json(const struct scope_choice *c)
{
	return json_pack("{s:s,s:s,s:i,s:i,s:i}", "key", c->key, "sentence", c->sentence, "min",
	                 (int)c->min, "max", (int)c->max, "default", (int)c->dflt);
}

static void choice_line(const struct list_rows *r, const struct scope_choice *c)
{
	char line[200];

	snprintf(line, sizeof(line), "-o %s=%u..%u  %s (default %u)", c->key, c->min, c->max,
	         c->sentence, c->dflt);
	printf("%-16s ", "");
	list_wrapped(r, 17, line);
}

/* Scopes that are drawn have options of the command, and those of their scenario. */
static void list_drawn(struct list_rows *r, const struct drawn_row *d)
{
	const struct scope_choice options[] = {
		{ .key = "--cpus",
		  .sentence = "how many CPUs",
		  .min = 1,
		  .max = DRAWN_MAX_CPUS,
		  .dflt = d->cpus },
		{ .key = "--ops",
		  .sentence = "operations of each CPU",
		  .min = 1,
		  .max = DRAWN_MAX_OPS,
		  .dflt = d->ops },
		{ .key = "--before",
		  .sentence = "operations of each CPU before concurrent",
		  .min = 0,
		  .max = DRAWN_MAX_BEFORE,
		  .dflt = d->before },
	};
	json_t *all = json_array();

	if (!r->array)
		list_row(r, "", d->name, "", d->sentence);
	for (u32 i = 0; i < ARRAY_SIZE(options); i++) {
		const struct scope_choice *c = &options[i];
		char line[160];

		json_array_append_new(all, choice_json(c));
		snprintf(line, sizeof(line), "%s %u..%u  %s (default %u)", c->key, c->min, c->max,
		         c->sentence, c->dflt);
		if (r->array)
			continue;
		printf("%-16s ", "");
		list_wrapped(r, 17, line);
	}
	if (r->array)
		json_array_append_new(r->array, json_pack("{s:s,s:s,s:O}", "id", d->name,
		                                          "sentence", d->sentence, "options", all));
	json_decref(all);
}

static void list_named(struct list_rows *r)
{
	for (u32 i = 0; i < n_scope_rows; i++) {
		const struct scope_row *s = &scope_rows[i];
		struct scope_choice choice[SCOPE_CHOICES];
		u32 n = scope_choices(s, choice);
		char sized[80];
		const char *sentence = s->sentence;
		json_t *options;

		if (!sentence) {
			snprintf(sized, sizeof(sized), "%s with %u CPUs", s->shape, s->cpus);
			sentence = sized;
		}
		if (!r->array) {
			list_row(r, "", s->name, "", sentence);
			for (u32 k = 0; k < n; k++)
				choice_line(r, &choice[k]);
			continue;
		}
		options = json_array();
		for (u32 k = 0; k < n; k++)
			json_array_append_new(options, choice_json(&choice[k]));
		json_array_append_new(r->array,
		                      json_pack("{s:s,s:s,s:o}", "id", s->name, "sentence",
		                                sentence, "options", options));
	}
}

void list_scopes(struct list_rows *r)
{
	list_named(r);
	for (u32 i = 0; i < n_drawn_rows; i++)
		list_drawn(r, &drawn_rows[i]);
}
