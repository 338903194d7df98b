// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_cell.h"

#include "sim/log/text/text_line.h"

#include <argp.h>
#include <string.h>

lk_t log_parse_object(struct argp_state *state, const char *s)
{
	struct text_word w = { .p = s, .len = strlen(s) };
	u64 lk = 0;

	if (!text_object(w, &lk) || lk >= ID_END)
		argp_error(state, "expected an object as S2PAGE or NPT:2, found \"%s\"", s);
	return (lk_t)lk;
}

/* "0x210]" */
static u64 parse_index(struct argp_state *state, const char *s)
{
	struct text_word w = { .p = s, .len = strlen(s) };
	u64 index = 0;

	if (w.len < 2 || s[w.len - 1] != ']')
		argp_error(state, "expected a field as s2_owner[0x210], found \"[%s\"", s);
	w.len--;
	if (!text_number(w, &index))
		argp_error(state, "expected a number, found \"[%s\"", s);
	return index;
}

void log_parse_cell(struct argp_state *state, const char *object, const char *s,
                    struct log_cell *out)
{
	size_t len = strcspn(s, "[");
	char name[24];
	int field;

	out->lk = log_parse_object(state, object);
	obj_name(out->lk, name, sizeof(name));
	field = obj_field_by_name(obj_kind_of(out->lk), s, len);
	if (field < 0)
		argp_error(state, "%s has no field \"%.*s\" (hypsim list fields has them)", name,
		           (int)len, s);
	out->field = (u32)field;
	out->index = s[len] ? parse_index(state, s + len + 1) : 0;
	if (!obj_index_ok(out->lk, out->field, out->index))
		argp_error(state, "%s has no cell \"%s\"", name, s);
}
