// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/show_columns.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Of a text: the room that the last column shall have, and the least that any has; how far columns may lie apart, and must to be told apart. */
enum { LAST_ROOM = 36, LEAST_ROOM = 16, WIDEST = 36, NARROWEST = 4 };

/**
 * struct show_columns
 * @step: how far the columns lie apart
 * @at:   [cpu] where its column begins, behind @lead
 * @room: columns behind @lead
 * @text: [@len] what was written to @out
 */
struct show_columns {
	u32 lead, room, step, n_cpus;
	u64 cpus;
	u32 at[MAX_CPU];
	FILE *out;
	char *text;
	size_t len;
};

/* How far the columns lie apart. */
static u32 step_of(u32 room, u32 n)
{
	u32 last = room / 2 < LAST_ROOM ? room / 2 : LAST_ROOM;
	u32 step = n > 1 ? (room - last) / (n - 1) : 0;

	return step > WIDEST ? WIDEST : step;
}

struct show_columns *show_columns_new(u32 width, u32 lead, u64 cpus, u32 n_cpus)
{
	struct show_columns *s = xcalloc(1, sizeof(*s));
	u32 n = 0, last;

	*s = (struct show_columns){ .lead = lead, .cpus = cpus, .n_cpus = n_cpus };
	s->room = width > lead + LEAST_ROOM ? width - lead : LEAST_ROOM;
	last = s->room - LEAST_ROOM;
	for (u32 cpu = 0; cpu < n_cpus; cpu++)
		n += cpus >> cpu & 1;
	s->step = step_of(s->room, n);
	n = 0;
	for (u32 cpu = 0; cpu < n_cpus; cpu++) {
		u32 at = cpus >> cpu & 1 ? s->step * n++ : 0;

		s->at[cpu] = at < last ? at : last;
	}
	s->out = open_memstream(&s->text, &s->len);
	if (!s->out)
		abort();
	return s;
}

void show_columns_free(struct show_columns *s)
{
	if (!s)
		return;
	fclose(s->out);
	free(s->text);
	free(s);
}

void show_columns_head(struct show_columns *s, FILE *f, const char *text)
{
	u32 at = 0;

	fprintf(f, "%-*s", (int)s->lead, text);
	for (u32 cpu = 0; cpu < s->n_cpus; cpu++) {
		char name[16];
		u32 len = (u32)snprintf(name, sizeof(name), "CPU %u", cpu);

		/* Where names have no room beside each other, some are left out. */
		if (!(s->cpus >> cpu & 1) || (at && s->at[cpu] <= at) || s->at[cpu] + len > s->room)
			continue;
		fprintf(f, "%*s%s", (int)(s->at[cpu] - at), "", name);
		at = s->at[cpu] + len;
	}
	fputc('\n', f);
}

FILE *show_columns_text(struct show_columns *s, u32 cpu)
{
	rewind(s->out);
	if (s->step < NARROWEST)
		fprintf(s->out, "%u: ", cpu);
	return s->out;
}

void show_columns_line(struct show_columns *s, FILE *f, u32 cpu, u32 depth)
{
	u32 at = s->at[cpu] + (depth < s->step / 2 ? depth : s->step / 2), room;

	fflush(s->out);
	if (at > s->room - LEAST_ROOM)
		at = s->room - LEAST_ROOM;
	room = s->room - at;
	if (s->len > room)
		fprintf(f, "%*s%.*s...\n", (int)at, "", (int)room - 3, s->text);
	else
		fprintf(f, "%*s%.*s\n", (int)at, "", (int)s->len, s->text);
}
