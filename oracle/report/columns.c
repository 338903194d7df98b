// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/columns.h"

#include "sim/log/op.h"
#include "sim/log/panic_reason.h"
#include "sim/log/stuck_rule.h"

#include <string.h>

enum { MAX_COLUMNS = 6 }; /* of records behind a break */

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
	char event[32], name[LOCK_NAME_BYTES];

	event_print(&e, event, sizeof(event));
	if (what)
		snprintf(buf, size, "%s %s", event, what);
	else if (v->kind == MARK_BEGIN || v->kind == MARK_EPISODE)
		snprintf(buf, size, "%s %u", event, v->arg);
	else if (locks && !event_is_mark(v->kind))
		snprintf(buf, size, "%s %s",
		         lock_name_of(&config->locks, v->lk, name, sizeof(name)), event);
	else
		snprintf(buf, size, "%s", event);
	return buf;
}

const char *columns_cell(const struct context_event *v, const struct log_config *config, char *buf,
                         size_t size)
{
	return cell(v, config, false, buf, size);
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

static u32 wider(u32 a, u32 b)
{
	return a > b ? a : b;
}

/* "NPT:2 INC_TICKET 7/5" */
static const char *behind_cell(const struct broken_record *r, bool locks, char *buf, size_t size)
{
	struct event e = { .kind = r->kind, .arg = r->arg };
	char event[32], name[16], word[32] = "";

	event_print(&e, event, sizeof(event));
	if (r->ranked && r->lk == FLATMEM_ID)
		snprintf(word, sizeof(word), " number %u", r->ticket);
	else if (r->ranked)
		snprintf(word, sizeof(word), " %u/%u", r->ticket, r->now);
	/* The bound that a ticket promises says nothing here. */
	snprintf(buf, size, "%s%s%s%s", locks ? obj_name(r->lk, name, sizeof(name)) : "",
	         locks ? " " : "", r->kind == EV_INC_TICKET ? event_name(r->kind) : event, word);
	return buf;
}

/* CPUs with records, @cpu first, into @column; how many there are, of which the first MAX_COLUMNS are there. */
static u32 behind_cpus(const struct broken *b, u32 cpu, u32 column[MAX_COLUMNS])
{
	u64 seen = 0;
	u32 n = 0;

	for (u32 pass = 0; pass < 2; pass++)
		for (u32 i = 0; i < b->n_records; i++) {
			u32 c = b->record[i].cpu;

			if (seen >> c & 1 || (pass == 0 && c != cpu))
				continue;
			seen |= 1ull << c;
			if (n < MAX_COLUMNS)
				column[n] = c;
			n++;
		}
	return n;
}

/* Record @i of CPU @cpu, or NULL. */
static const struct broken_record *record_of(const struct broken *b, u32 cpu, u32 i)
{
	for (u32 k = 0; k < b->n_records; k++)
		if (b->record[k].cpu == cpu && i-- == 0)
			return &b->record[k];
	return NULL;
}

void columns_behind(FILE *f, const struct broken *b, u32 cpu, bool locks)
{
	u32 column[MAX_COLUMNS], n = behind_cpus(b, cpu, column);
	u32 shown = n < MAX_COLUMNS ? n : MAX_COLUMNS, width[MAX_COLUMNS] = { 0 };
	const struct broken_record *r;
	bool any = true;
	char text[96];

	for (u32 c = 0; c < shown; c++)
		for (u32 i = 0; (r = record_of(b, column[c], i)) != NULL; i++)
			width[c] = wider(width[c],
			                 (u32)strlen(behind_cell(r, locks, text, sizeof(text))));
	fprintf(f, "  %12s", "behind it");
	for (u32 c = 0; c < shown; c++)
		fprintf(f, "  CPU %-*u", c + 1 < shown ? (int)wider(width[c], 6) - 4 : 0,
		        column[c]);
	fprintf(f, "%s\n", n > shown ? "  and others" : "");
	for (u32 i = 0; any; i++) {
		u32 skip = 14;

		any = false;
		for (u32 c = 0; c < shown; c++) {
			r = record_of(b, column[c], i);
			if (r)
				fprintf(f, "%*s  %s", (int)skip, "",
				        behind_cell(r, locks, text, sizeof(text)));
			skip = r ? wider(width[c], 6) - (u32)strlen(text)
			         : skip + 2 + wider(width[c], 6);
			any |= r != NULL;
		}
		if (any)
			fputc('\n', f);
	}
}
