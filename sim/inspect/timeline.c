// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/timeline.h"

#include "sim/base/vec.h"
#include "sim/inspect/cpu_state.h"
#include "sim/log/mark_arg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Operations of a CPU that can be open at once: one of the workload, and what it calls. */
enum { DEPTH_MAX = NEST_MAX };

/* Of an operation with its arguments so much is kept. */
enum { CALL_BYTES = 120 };

/* An operation that is open. */
struct open_op {
	bool atomic;
	u64 id, begin, event;
	char call[CALL_BYTES];
};

/**
 * struct drawing
 * @time, @last:  of the event that is looked at, and of the latest within the part; @origin: of its first
 * @cpu_time: of each CPU's last event that has one
 * @in:      the event is within the part, and there is room; @full: there is none, or the part has ended
 * @bytes:   of what there is, about
 * @names:   number by name; @name_list: in their order
 * @lock_at: number + 1 of each lock that has a bar
 */
struct drawing {
	struct log_source *s;
	const struct timeline_options *o;
	struct sections *ss;
	u64 index, time, last, origin, cpu_time[MAX_CPU];
	bool in, full;
	size_t bytes;
	json_t *names, *name_list, *locks, *ops, *locked, *marks;
	u32 lock_at[ID_END];
	struct open_cpu {
		u32 n;
		struct open_op op[DEPTH_MAX];
	} cpu[MAX_CPU];
	u64 episode;
	bool any_episode;
	struct timeline_part part;
};

static u32 name_of(struct drawing *d, const char *text)
{
	const json_t *known = json_object_get(d->names, text);
	u32 n = (u32)json_array_size(d->name_list);

	if (known)
		return (u32)json_integer_value(known);
	json_object_set_new(d->names, text, json_integer(n));
	json_array_append_new(d->name_list, json_string(text));
	d->bytes += strlen(text) + 3;
	return n;
}

static u64 since(const struct drawing *d, u64 time)
{
	return time > d->origin ? time - d->origin : 0;
}

static u32 digits(u64 v)
{
	u32 n = 1;

	for (; v > 9; v /= 10)
		n++;
	return n;
}

/* A bar: @n numbers. */
static void bar(struct drawing *d, json_t *to, const u64 *v, u32 n)
{
	json_t *j = json_array();

	for (u32 i = 0; i < n; i++) {
		json_array_append_new(j, json_integer((json_int_t)v[i]));
		d->bytes += 1 + digits(v[i]);
	}
	d->bytes += 2;
	json_array_append_new(to, j);
	d->part.n++;
	d->full |= d->bytes > d->o->bytes;
}

static void end_op(struct drawing *d, u32 cpu)
{
	struct open_cpu *c = &d->cpu[cpu];
	const struct open_op *op = &c->op[--c->n];
	u64 v[7];

	if (!d->in)
		return;
	v[0] = cpu;
	v[1] = op->atomic;
	v[2] = name_of(d, op->call);
	v[3] = since(d, op->begin);
	v[4] = since(d, d->time);
	v[5] = op->event;
	v[6] = min_u64(d->index, d->part.to);
	bar(d, d->ops, v, ARRAY_SIZE(v));
}

/* An operation ends, and with it those within, which were left. */
static void end_ops(struct drawing *d, u32 cpu, bool atomic, u64 id)
{
	struct open_cpu *c = &d->cpu[cpu];
	u32 i = c->n;

	while (i > 0 && (c->op[i - 1].atomic != atomic || (atomic && c->op[i - 1].id != id)))
		i--;
	if (i == 0)
		return;
	while (c->n >= i)
		end_op(d, cpu);
}

static void begin_op(struct drawing *d, const struct event *e)
{
	struct open_cpu *c = &d->cpu[e->cpu];
	struct open_op *op = &c->op[c->n];

	if (c->n == DEPTH_MAX)
		return;
	c->n++;
	op->atomic = e->kind == MARK_OP;
	op->id = e->args[0];
	op->begin = d->time;
	op->event = d->index;
	(void)cpu_state_call(d->s->config, e, op->call, sizeof(op->call));
}

static void say(struct drawing *d, u32 cpu, const char *text)
{
	json_t *j;

	if (!d->in)
		return;
	j = json_pack("[i,s,I,I]", (int)cpu, text, (json_int_t)since(d, d->time),
	              (json_int_t)d->index);
	json_array_append_new(d->marks, j);
	d->bytes += strlen(text) + 24;
	d->part.n++;
	d->full |= d->bytes > d->o->bytes;
}

static void say_mark(struct drawing *d, const struct event *e, enum mark_type type)
{
	char word[MARK_WORD], text[MARK_WORD + 32];

	snprintf(text, sizeof(text), "%s %s", event_name(e->kind),
	         mark_print(d->s->config, type, e->args[0], word, sizeof(word)));
	say(d, e->cpu, text);
}

static u32 lock_of(struct drawing *d, lk_t lk)
{
	char name[32];

	if (!d->lock_at[lk]) {
		json_array_append_new(
			d->locks,
			json_string(obj_name((lk_t)d->s->lock_name(d->s, lk), name, sizeof(name))));
		d->lock_at[lk] = (u32)json_array_size(d->locks);
	}
	return d->lock_at[lk] - 1;
}

static u64 time_of(const struct drawing *d, const struct section_at *at)
{
	return d->s->config->timestamps ? at->ns : at->index;
}

static void let_go(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct drawing *d = arg;
	char op[160];
	u64 v[9];

	(void)ss;
	if (!d->in)
		return;
	v[0] = s->cpu;
	v[1] = lock_of(d, s->lk);
	v[2] = name_of(d, cpu_state_operation(d->s->config, &s->in, op, sizeof(op)));
	v[4] = since(d, time_of(d, &s->got));
	v[3] = s->depth ? since(d, time_of(d, &s->asked)) : v[4];
	v[5] = since(d, time_of(d, &s->released));
	v[6] = s->asked.index;
	v[7] = s->got.index;
	v[8] = s->released.index;
	bar(d, d->locked, v, ARRAY_SIZE(v));
}

/* A lock that is held, or waited for, when that is over without its section's end. */
static void end_section(struct drawing *d, const struct lock_section *s, bool waits)
{
	struct lock_section cut = *s;

	cut.released = (struct section_at){ .index = min_u64(d->index, d->part.to), .ns = d->time };
	if (waits)
		cut.got = cut.released;
	let_go(d, d->ss, &cut);
}

/* The CPU is in nothing any more. */
static void end_cpu(struct drawing *d, u32 cpu)
{
	const struct lock_section *s;

	for (u32 i = 0; (s = sections_open(d->ss, cpu, i)) != NULL; i++)
		end_section(d, s, false);
	for (lk_t lk = 0; lk < ID_END; lk++)
		if ((s = sections_waiting(d->ss, cpu, lk)) != NULL)
			end_section(d, s, true);
	while (d->cpu[cpu].n > 0)
		end_op(d, cpu);
}

static void begin_episode(struct drawing *d, const struct event *e)
{
	char text[40];

	end_cpu(d, e->cpu);
	if (d->any_episode && d->episode == e->arg)
		return;
	d->any_episode = true;
	d->episode = e->arg;
	snprintf(text, sizeof(text), "episode %u", e->arg);
	say(d, e->cpu, text);
}

static void take_mark(struct drawing *d, const struct event *e)
{
	switch (e->kind) {
	case MARK_EPISODE:
		begin_episode(d, e);
		return;
	case MARK_BEGIN:
	case MARK_OP:
		begin_op(d, e);
		return;
	case MARK_END_OP:
		end_ops(d, e->cpu, false, 0);
		return;
	case MARK_SEVENT:
		end_ops(d, e->cpu, true, e->args[0]);
		return;
	case MARK_STOPPED:
		while (d->cpu[e->cpu].n > 0)
			end_op(d, e->cpu);
		return;
	case MARK_PANIC:
		say_mark(d, e, MARG_PANIC);
		return;
	case MARK_STUCK:
		say_mark(d, e, MARG_STUCK);
		return;
	default:
		return;
	}
}

/* What is still open ends with the part: operations, locks that are held, and waits. */
static void end_part(struct drawing *d)
{
	d->in = true;
	d->time = d->last;
	for (u32 cpu = 0; cpu < d->s->config->cpus; cpu++)
		end_cpu(d, cpu);
	d->in = false;
	d->full = true;
}

static void take(struct drawing *d, const struct event *e)
{
	bool begun = d->in;

	if (e->flags & EVF_TIME)
		d->cpu_time[e->cpu] = e->time_ns;
	d->time = d->s->config->timestamps ? d->cpu_time[e->cpu] : d->index;
	d->in = d->index >= d->o->from && d->index <= d->o->to && !d->full;
	if (begun && !d->in)
		end_part(d);
	if (d->in && !begun) {
		d->origin = d->time;
		d->part.from = d->index;
	}
	if (d->in) {
		d->part.to = d->index;
		d->last = max_u64(d->last, d->time);
	}
	if (event_is_mark(e->kind) && !(e->flags & EVF_RUN))
		take_mark(d, e);
	sections_event(d->ss, d->index++, e);
}

static json_t *result(struct drawing *d)
{
	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o}", "unit",
	                 d->s->config->timestamps ? "ns" : "events", "cpus",
	                 (int)d->s->config->cpus, "locks", d->locks, "names", d->name_list, "ops",
	                 d->ops, "locked", d->locked, "marks", d->marks);
}

json_t *timeline_read(struct log_source *s, const struct timeline_options *o,
                      struct timeline_part *out, struct err *e)
{
	struct drawing *d = xcalloc(1, sizeof(*d));
	const struct sections_told told = { .done = let_go, .arg = d };
	struct event ev[SOURCE_BATCH];
	json_t *j = NULL;
	u32 n;
	int rc;

	d->s = s;
	d->o = o;
	d->ss = sections_new(&told);
	d->names = json_object();
	d->name_list = json_array();
	d->locks = json_array();
	d->ops = json_array();
	d->locked = json_array();
	d->marks = json_array();
	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			take(d, &ev[i]);
	} while (rc == 0 && n > 0 && (!o->keep_going || o->keep_going()));
	if (d->in)
		end_part(d);
	d->part.events = d->index;
	*out = d->part;
	j = result(d);
	json_decref(d->names);
	sections_free(d->ss);
	free(d);
	if (rc < 0) {
		json_decref(j);
		return NULL;
	}
	return j;
}
