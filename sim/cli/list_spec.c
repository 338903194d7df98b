// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_spec.h"

#include "oracle/spec/seq.h"
#include "oracle/spec/spec.h"
#include "sim/log/mark_arg.h"

#include <stdio.h>

static void step_json(json_t *array, enum hyp_op op)
{
	const struct spec *s = spec_of(op);
	json_t *o = json_pack("{s:s,s:s}", "id", op_function(op), "event", op_event(op));

	json_array_append_new(array, o);
	if (!s->step) {
		json_object_set_new(o, "none", json_string(s->reason));
		return;
	}
	json_object_set_new(o, "step", json_string(s->name));
	json_object_set_new(o, "source", json_string(s->source));
	json_object_set_new(o, "sections", json_string(s->sections));
	json_object_set_new(o, "errata", list_words(s->errata));
	json_object_set_new(o, "ways", json_array());
	for (u32 b = 0; b < SPEC_BRANCH_NR; b++)
		if (spec_branch_op(b) == op)
			json_array_append_new(json_object_get(o, "ways"),
			                      json_pack("{s:s,s:s}", "way", spec_branch_name(b),
			                                "sentence", spec_branch_sentence(b)));
}

static void step_lines(const struct list_rows *r, enum hyp_op op)
{
	const struct spec *s = spec_of(op);
	char line[512];

	printf("%-26s ", op_function(op));
	if (!s->step) {
		snprintf(line, sizeof(line), "no step: %s", s->reason);
		list_wrapped(r, 27, line);
		return;
	}
	snprintf(line, sizeof(line), "%s  [%s]", s->name, s->source);
	list_wrapped(r, 27, line);
	snprintf(line, sizeof(line), "event %s, sections %s%s%s", op_event(op), s->sections,
	         *s->errata ? ", errata " : "", s->errata);
	printf("%-26s ", "");
	list_wrapped(r, 27, line);
	for (u32 b = 0; b < SPEC_BRANCH_NR; b++) {
		if (spec_branch_op(b) != op)
			continue;
		printf("%-26s %-13s ", "", spec_branch_name(b));
		list_wrapped(r, 41, spec_branch_sentence(b));
	}
}

/* "hvc/CLEAR_VM_S2_RANGE" */
static const char *seq_id(enum seq_row row, char *buf, size_t size)
{
	char entry[MARK_WORD];

	snprintf(buf, size, "%s/%s",
	         mark_print(NULL, MARG_ENTRY, seq_entry(row), entry, sizeof(entry)), seq_what(row));
	return buf;
}

static void seq_json(json_t *array, enum seq_row row)
{
	char id[96];

	json_array_append_new(
		array, json_pack("{s:s,s:s,s:s,s:s,s:o}", "id", seq_id(row, id, sizeof(id)),
	                         "sequence", seq_sequence(row), "operations", seq_operations(row),
	                         "source", seq_source(row), "errata", list_words(seq_errata(row))));
}

static void seq_lines(const struct list_rows *r, enum seq_row row)
{
	const char *operations = seq_operations(row), *errata = seq_errata(row);
	char line[512];

	printf("%-26s ", seq_id(row, line, sizeof(line)));
	snprintf(line, sizeof(line), "%s  [%s]", seq_sequence(row), seq_source(row));
	list_wrapped(r, 27, line);
	snprintf(line, sizeof(line), "%s%s%s%s", *operations ? "operations " : "no operation",
	         operations, *errata ? ", errata " : "", errata);
	printf("%-26s ", "");
	list_wrapped(r, 27, line);
}

void list_spec(struct list_rows *r)
{
	for (u32 op = 0; op < HYP_OP_NR; op++) {
		if (r->array)
			step_json(r->array, op);
		else
			step_lines(r, op);
	}
	for (u32 row = 0; row < SEQ_NR; row++) {
		if (r->array)
			seq_json(r->array, row);
		else
			seq_lines(r, row);
	}
}
