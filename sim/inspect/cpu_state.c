// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/cpu_state.h"

#include "sim/log/op.h"

#include <inttypes.h>
#include <string.h>

static const char *lock_text(const struct log_source *s, lk_t lk, char *buf, size_t size)
{
	return lock_name_of(&s->config->locks, (lk_t)s->lock_name(s, lk), buf, size);
}

static const char *level_name(const struct log_source *s, const struct nest_level *l)
{
	const char *work = nest_work_name(s->config, l->id);

	if (l->kind == NEST_OP)
		return op_function(l->id);
	return work ? work : "?";
}

void cpu_state_print(const struct log_source *s, const struct sections *ss, u32 cpu, FILE *f)
{
	const struct nest_cpu *n = sections_nest(ss, cpu);
	const struct lock_section *sec;
	const char *before = "";
	char name[32];

	fprintf(f, "CPU %-2u  ", cpu);
	for (u32 i = 0; i < n->n; i++) {
		if (n->level[i].kind == NEST_SECTION)
			continue;
		fprintf(f, "%s%s", before, level_name(s, &n->level[i]));
		before = " > ";
	}
	fputs(before[0] ? "" : "in no operation", f);
	for (u32 i = 0; (sec = sections_open(ss, cpu, i)); i++)
		fprintf(f, "; holds %s since %" PRIu64, lock_text(s, sec->lk, name, sizeof(name)),
		        sec->got.index);
	for (lk_t lk = 0; lk < ID_END; lk++) {
		sec = sections_waiting(ss, cpu, lk);
		if (sec)
			fprintf(f, "; asked for %s at %" PRIu64 ", behind %u",
			        lock_text(s, lk, name, sizeof(name)), sec->asked.index, sec->depth);
	}
	fputc('\n', f);
}

static json_t *section_json(const struct log_source *s, const struct lock_section *sec, u64 since)
{
	return json_pack("{s:I,s:I,s:I}", "lock", (json_int_t)s->lock_name(s, sec->lk), "since",
	                 (json_int_t)since, "depth", (json_int_t)sec->depth);
}

json_t *cpu_state_json(const struct log_source *s, const struct sections *ss, u32 cpu)
{
	json_t *ops = json_array(), *holds = json_array(), *waits = json_array();
	const struct nest_cpu *n = sections_nest(ss, cpu);
	const struct lock_section *sec;

	for (u32 i = 0; i < n->n; i++)
		if (n->level[i].kind != NEST_SECTION)
			json_array_append_new(ops, json_string(level_name(s, &n->level[i])));
	for (u32 i = 0; (sec = sections_open(ss, cpu, i)); i++)
		json_array_append_new(holds, section_json(s, sec, sec->got.index));
	for (lk_t lk = 0; lk < ID_END; lk++) {
		sec = sections_waiting(ss, cpu, lk);
		if (sec)
			json_array_append_new(waits, section_json(s, sec, sec->asked.index));
	}
	return json_pack("{s:i,s:o,s:o,s:o}", "cpu", (int)cpu, "operations", ops, "holds", holds,
	                 "waits", waits);
}

const char *cpu_state_operation(const struct log_config *c, const struct nest_where *in, char *buf,
                                size_t size)
{
	const char *work = nest_work_name(c, in->work);

	if (in->atomic == NEST_NONE)
		snprintf(buf, size, "%s", work ? work : "-");
	else
		snprintf(buf, size, "%s%s%s", op_function(in->atomic), work ? " in " : "",
		         work ? work : "");
	return buf;
}

const char *cpu_state_call(const struct log_config *c, const struct event *e, char *buf,
                           size_t size)
{
	const char *work;

	if (e->kind == MARK_OP)
		return op_print(e->args[0], e->n - 1, e->args + 1, buf, size);
	work = nest_work_name(c, e->args[0]);
	snprintf(buf, size, "%s", work ? work : "?");
	for (u32 i = 1; i < e->n; i++) {
		size_t len = strlen(buf);

		snprintf(buf + len, size - len, " 0x%" PRIx64, e->args[i]);
	}
	return buf;
}
