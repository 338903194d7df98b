// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/columns.h"

#include "sim/log/op.h"
#include "sim/log/panic_reason.h"
#include "sim/log/stuck_rule.h"

#include <string.h>

/* What the mark's number names, or NULL. */
static const char *named(const struct context_event *v, const struct log_config *config)
{
	switch (v->kind) {
	case MARK_BEGIN:
		return v->arg < config->n_ops ? config->op_names[v->arg] : NULL;
	case MARK_STUCK:
		return stuck_name(v->arg);
	case MARK_PANIC:
		return v->arg == PANIC_NONE ? NULL : panic_name(v->arg);
	case MARK_OP:
		return op_function(v->arg);
	case MARK_SEVENT:
		return op_event(v->arg);
	default:
		return NULL;
	}
}

static const char *cell(const struct context_event *v, const struct log_config *config, bool locks,
                        char *buf, size_t size)
{
	struct event e = { .kind = v->kind, .arg = v->arg };
	const char *what = named(v, config);
	char event[32], name[16];

	event_print(&e, event, sizeof(event));
	if (what)
		snprintf(buf, size, "%s %s", event, what);
	else if (v->kind == MARK_BEGIN || v->kind == MARK_EPISODE)
		snprintf(buf, size, "%s %u", event, v->arg);
	else if (locks && !event_is_mark(v->kind))
		snprintf(buf, size, "%s %s", obj_name(v->lk, name, sizeof(name)), event);
	else
		snprintf(buf, size, "%s", event);
	return buf;
}

void columns_print(FILE *f, const struct context_event *v, u32 n, const struct log_config *config,
                   u64 mark, bool locks)
{
	u32 width[MAX_CPU] = { 0 };
	char text[64];
	u32 last = 0;

	for (u32 i = 0; i < n; i++) {
		u32 len = (u32)strlen(cell(&v[i], config, locks, text, sizeof(text)));

		if (len < 6)
			len = 6;
		if (len > width[v[i].cpu])
			width[v[i].cpu] = len;
		if (v[i].cpu > last)
			last = v[i].cpu;
	}
	fprintf(f, "  %12s", "event");
	for (u32 cpu = 0; cpu <= last; cpu++)
		if (width[cpu])
			fprintf(f, "  CPU %-*u", cpu < last ? (int)width[cpu] - 4 : 0, cpu);
	fputc('\n', f);
	for (u32 i = 0; i < n; i++) {
		fprintf(f, "%s %12llu", v[i].index == mark ? ">" : " ",
		        (unsigned long long)(locks ? v[i].index : v[i].at));
		for (u32 cpu = 0; cpu < v[i].cpu; cpu++)
			if (width[cpu])
				fprintf(f, "  %*s", (int)width[cpu], "");
		fprintf(f, "  %s\n", cell(&v[i], config, locks, text, sizeof(text)));
	}
}
