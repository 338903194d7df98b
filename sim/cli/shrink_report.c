// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/shrink_report.h"

#include "shmem/obj/obj.h"

#include <jansson.h>
#include <string.h>

/* Rows of steps; columns: of a CPU, from that many CPUs on narrower. */
enum { ROWS = 12, WIDE = 40, NARROW = 24, MANY = 4 };

static u32 calls_of(const struct scope *s)
{
	u32 n = 0;

	for (u32 c = 0; c < s->cpus; c++)
		n += s->program[c].n;
	return n;
}

/* "| |" for each lock that is held, at most six. */
static u32 bars(u64 held, char *buf)
{
	u32 n = 0;

	for (; held && n < 6; held &= held - 1)
		buf[n++] = '|';
	buf[n] = '\0';
	return n;
}

/* What the step is about, in brackets: the lock whose ticket is taken; else the kind of the point, and of finer steps at what. */
static void about_text(const struct step *s, char *buf, size_t size)
{
	char object[64];

	switch ((u32)s->kind) {
	case POINT_TICKET:
		step_object_print(s, buf, size);
		return;
	case POINT_QUEUED:
	case POINT_LOOKED:
	case POINT_PASS:
	case POINT_WORD:
	case POINT_STORE:
	case POINT_READ:
	case POINT_INVALIDATE:
	case POINT_CTXT:
		snprintf(buf, size, "%s %s", point_word((enum point_kind)s->kind),
		         step_object_print(s, object, sizeof(object)));
		return;
	default:
		snprintf(buf, size, "%s", point_word((enum point_kind)s->kind));
	}
}

static void step_text(const struct shrunk *s, u32 i, char *buf, size_t size)
{
	const struct scheduled *v = &s->schedule.v[i];
	const struct scope_calls *p = &s->scope->program[v->step.cpu];
	const char *call = v->call < p->n ? p->v[v->call].text : "";
	char about[80];
	bool first = true;

	for (u32 k = 0; k < i; k++)
		if (s->schedule.v[k].step.cpu == v->step.cpu && s->schedule.v[k].call == v->call)
			first = false;
	about_text(&v->step, about, sizeof(about));
	snprintf(buf, size, "%.80s%s[%.40s]", first ? call : "...", *call ? " " : "", about);
}

/* A step in its CPU's column; in the others a bar for each lock that is held there when it is made. */
static void print_row(FILE *f, const struct shrunk *s, u32 i, u32 width)
{
	u32 cpus = s->scope->cpus, last = cpus;
	char cell[128];

	fprintf(f, "  %4u  ", i);
	while (last > 1 && last - 1 != s->schedule.v[i].step.cpu && !s->held[i * cpus + last - 1])
		last--;
	for (u32 c = 0; c < last; c++) {
		u32 n = bars(s->held[i * cpus + c], cell);

		if (c == s->schedule.v[i].step.cpu) {
			cell[n] = ' ';
			step_text(s, i, cell + n + (n > 0), sizeof(cell) - n - 1);
		} else if (s->waits[i * cpus + c]) {
			snprintf(cell + n, sizeof(cell) - n, " waits for %s",
			         obj_name(s->waits[i * cpus + c] - 1, (char[32]){ "" }, 32));
		}
		if (c + 1 < last)
			fprintf(f, "%-*.*s ", (int)width, (int)width, cell);
		else
			fprintf(f, "%.*s", (int)width, cell);
	}
	fputc('\n', f);
}

static void print_columns(FILE *f, const struct shrunk *s)
{
	u32 cpus = s->scope->cpus, width = cpus < MANY ? WIDE : NARROW;
	u32 from = s->schedule.n > ROWS ? s->schedule.n - ROWS : 0;
	char name[16];

	fprintf(f, "  step  ");
	for (u32 c = 0; c < cpus; c++) {
		snprintf(name, sizeof(name), "CPU %u", c);
		fprintf(f, c + 1 < cpus ? "%-*s " : "%.*s\n", (int)width, name);
	}
	if (from)
		fprintf(f, "        (%u steps before)\n", from);
	for (u32 i = from; i < s->schedule.n; i++)
		print_row(f, s, i, width);
}

static void print_nearest(FILE *f, const struct shrunk *s, const char *verdict)
{
	char a[96], b[96];

	if (!s->passes) {
		fprintf(f, "no order of it was seen that does not come to %s\n", verdict);
		return;
	}
	if (s->decides)
		fprintf(f, "decides: %s (step %u) before %s (step %u)\n",
		        step_print(&s->schedule.v[s->first].step, a, sizeof(a)), s->first,
		        step_print(&s->schedule.v[s->second].step, b, sizeof(b)), s->second);
	else
		fprintf(f, "differs from step %u on:\n", s->first);
	fprintf(f, "nearest without %s, by CPU: ", verdict);
	for (u32 i = 0; i < s->passing.n && i < 40; i++)
		fprintf(f, "%s%u", i ? " " : "", s->passing.v[i].step.cpu);
	fprintf(f, s->passing.n > 40 ? " ...\n" : "\n");
}

/* "2 CPUs, 1 call, 4 steps" */
static void size_print(FILE *f, u32 cpus, u32 calls, u32 steps)
{
	fprintf(f, "%u CPU%s, %u call%s, %u step%s", cpus, cpus == 1 ? "" : "s", calls,
	        calls == 1 ? "" : "s", steps, steps == 1 ? "" : "s");
}

json_t *shrink_json(const struct shrunk *s)
{
	json_t *o = json_object(), *passing = json_array();

	for (u32 i = 0; i < s->passing.n; i++)
		json_array_append_new(passing, json_integer(s->passing.v[i].step.cpu));
	json_object_set_new(o, "cpus", json_integer(s->scope->cpus));
	json_object_set_new(o, "calls", json_integer(calls_of(s->scope)));
	json_object_set_new(o, "steps", json_integer(s->schedule.n));
	json_object_set_new(o, "switches", json_integer(schedule_switches(&s->schedule)));
	json_object_set_new(o, "tried", json_integer((json_int_t)s->tried));
	json_object_set_new(o, "in_time", json_boolean(s->in_time));
	json_object_set_new(o, "decides",
	                    s->decides ? json_pack("[i,i]", (int)s->first, (int)s->second)
	                               : json_null());
	json_object_set_new(o, "passing", s->passes ? passing : json_null());
	if (!s->passes)
		json_decref(passing);
	return o;
}

void shrink_print(FILE *f, const struct shrunk *s, const struct scope *from, u32 steps,
                  const char *verdict)
{
	fprintf(f, "\nshrunk from ");
	size_print(f, from->cpus, calls_of(from), steps);
	fprintf(f, " to ");
	size_print(f, s->scope->cpus, calls_of(s->scope), s->schedule.n);
	fprintf(f, ", %u switch%s (%llu scopes tried, %.2f s%s):\n",
	        schedule_switches(&s->schedule), schedule_switches(&s->schedule) == 1 ? "" : "es",
	        (unsigned long long)s->tried, (double)s->ns / 1e9,
	        s->in_time ? "" : ", out of time");
	print_columns(f, s);
	fprintf(f, "  %s\n", verdict);
	print_nearest(f, s, verdict);
}
