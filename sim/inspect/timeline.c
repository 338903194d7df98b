// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/timeline.h"

#include "sim/base/vec.h"
#include "sim/inspect/calls.h"
#include "sim/inspect/cpu_state.h"
#include "sim/inspect/sections.h"
#include "sim/log/mark_arg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct drawing
 * @time, @last:  of the event that is looked at, and of the latest within the part; @origin: of its first
 * @cpu_time: of each CPU's last event that has one
 * @in:      the event is within the part, and there is room; @full: there is none; @ended: the part has ended
 * @bytes:   of what there is, about
 * @names:   number by name; @name_list: in their order
 * @lock_at: number + 1 of each lock that has a bar
 */
struct drawing {
	struct log_source *s;
	const struct timeline_options *o;
	struct sections *ss;
	u64 index, time, last, origin, cpu_time[MAX_CPU];
	bool in, full, ended;
	size_t bytes;
	json_t *names, *name_list, *locks, *ops, *locked, *marks;
	u32 lock_at[ID_END];
	struct calls calls;
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

/* calls.ended */
static void draw_call(void *arg, u32 cpu, const struct call *call, u64 index, const struct event *e)
{
	struct drawing *d = arg;
	u64 v[7];

	(void)index;
	(void)e;
	if (!d->in)
		return;
	v[0] = cpu;
	v[1] = call->atomic;
	v[2] = name_of(d, call->text);
	v[3] = since(d, d->s->config->timestamps ? call->ns : call->begun);
	v[4] = since(d, d->time);
	v[5] = call->begun;
	v[6] = min_u64(d->index, d->part.to);
	bar(d, d->ops, v, ARRAY_SIZE(v));
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
		json_array_append_new(d->locks,
		                      json_string(lock_name_of(&d->s->config->locks,
		                                               (lk_t)d->s->lock_name(d->s, lk),
		                                               name, sizeof(name))));
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

/* The locks that the CPU holds or waits for, when that is over without the sections' ends. */
static void end_sections(struct drawing *d, u32 cpu)
{
	const struct lock_section *s;

	for (u32 i = 0; (s = sections_open(d->ss, cpu, i)) != NULL; i++)
		end_section(d, s, false);
	for (lk_t lk = 0; lk < ID_END; lk++)
		if ((s = sections_waiting(d->ss, cpu, lk)) != NULL)
			end_section(d, s, true);
}

static void begin_episode(struct drawing *d, const struct event *e)
{
	char text[40];

	end_sections(d, e->cpu);
	if (d->any_episode && d->episode == e->arg)
		return;
	d->any_episode = true;
	d->episode = e->arg;
	snprintf(text, sizeof(text), "episode %u", e->arg);
	say(d, e->cpu, text);
}

static void take_mark(struct drawing *d, const struct event *e)
{
	calls_mark(&d->calls, d->index, e);
	if (e->kind == MARK_EPISODE)
		begin_episode(d, e);
	if (e->kind == MARK_PANIC)
		say_mark(d, e, MARG_PANIC);
	if (e->kind == MARK_STUCK)
		say_mark(d, e, MARG_STUCK);
}

/* What is still open ends with the part: operations, locks that are held, and waits. */
static void end_part(struct drawing *d)
{
	d->in = true;
	d->time = d->last;
	for (u32 cpu = 0; cpu < d->s->config->cpus; cpu++) {
		end_sections(d, cpu);
		calls_leave(&d->calls, cpu);
	}
	d->in = false;
	d->ended = true;
}

static void take(struct drawing *d, const struct event *e)
{
	bool begun = d->in;

	/* Events are counted only. */
	if (d->ended) {
		d->index++;
		return;
	}
	if (e->flags & EVF_TIME)
		d->cpu_time[e->cpu] = e->time_ns;
	d->time = d->s->config->timestamps ? d->cpu_time[e->cpu] : d->index;
	d->in = d->index >= d->o->from && d->index <= d->o->to && !d->full;
	if (begun && !d->in) {
		end_part(d);
		d->index++;
		return;
	}
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
	d->calls = (struct calls){ .config = s->config, .ended = draw_call, .arg = d };
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
