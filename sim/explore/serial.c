// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/serial.h"

#include "sim/base/vec.h"

#include <stdlib.h>

/**
 * struct serial
 * @cpu:    [n] who makes the first operation, the second, ...; @next: [n] who is tried there next, or NOBODY
 * @forced: so many of them are given
 * @first_cpu, @first_next: [n] the same of the first order, for probes; @probe: they are made up to this operation of it
 * @at_least: serial_at_least()
 * @at:     operations that were begun in this execution
 * @now, @op: the CPU that goes on, and which of its operations it is in
 */
struct serial {
	VEC(u32) cpu;
	VEC(u32) next;
	VEC(u32) first_cpu;
	VEC(u32) first_next;
	u32 probe;
	u64 at_least;
	u32 forced, at, now, op;
	bool begun;
};

struct serial *serial_new(void)
{
	return xcalloc(1, sizeof(struct serial));
}

void serial_free(struct serial *s)
{
	if (!s)
		return;
	vec_free(&s->cpu);
	vec_free(&s->next);
	vec_free(&s->first_cpu);
	vec_free(&s->first_next);
	free(s);
}

static u32 from(const struct execution *x, u32 i)
{
	while (i < x->cpus && !execution_can(x, i))
		i++;
	return i < x->cpus ? i : NOBODY;
}

/* How many could make the operation instead, of the CPUs from @i on. */
static u32 others(const struct execution *x, u32 i)
{
	u32 n = 0;

	for (; i < x->cpus; i++)
		n += execution_can(x, i);
	return n;
}

/* The first order is begun? */
static bool begin_first(struct serial *s)
{
	bool first = !s->begun;

	s->at = 0;
	s->now = NOBODY;
	s->at_least += first;
	s->begun = true;
	return first;
}

static bool begin(void *arg)
{
	struct serial *s = arg;

	if (begin_first(s))
		return true;
	while (s->cpu.n > 0 && s->next.v[s->cpu.n - 1] == NOBODY) {
		s->cpu.n--;
		s->next.n--;
	}
	if (s->cpu.n == 0)
		return false;
	s->forced = s->cpu.n;
	s->cpu.v[s->forced - 1] = s->next.v[s->forced - 1];
	return true;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct serial *s = arg;

	if (s->now != NOBODY && x->op[s->now] == s->op && execution_can(x, s->now))
		return s->now;
	if (s->at < s->forced) {
		s->now = s->cpu.v[s->at];
		if (s->at == s->forced - 1)
			s->next.v[s->at] = from(x, s->now + 1);
	} else {
		s->now = from(x, 0);
		vec_push(&s->cpu, s->now);
		vec_push(&s->next, from(x, s->now + 1));
		s->at_least += others(x, s->now + 1);
	}
	s->at++;
	s->op = x->op[s->now];
	return s->now;
}

static void ended(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static u32 same(const void *arg)
{
	(void)arg;
	return 0;
}

struct strategy serial_strategy(struct serial *s)
{
	return (struct strategy){ begin, choose, ended, same, s, false };
}

static bool begin_probe(void *arg)
{
	struct serial *s = arg;

	if (begin_first(s))
		return true;
	if (s->probe == 0)
		for (u32 i = 0; i < s->cpu.n; i++) {
			vec_push(&s->first_cpu, s->cpu.v[i]);
			vec_push(&s->first_next, s->next.v[i]);
		}
	while (s->probe < s->first_next.n && s->first_next.v[s->probe] == NOBODY)
		s->probe++;
	if (s->probe == s->first_next.n)
		return false;
	s->cpu.n = s->next.n = 0;
	for (u32 i = 0; i < s->probe; i++) {
		vec_push(&s->cpu, s->first_cpu.v[i]);
		vec_push(&s->next, NOBODY);
	}
	vec_push(&s->cpu, s->first_next.v[s->probe++]);
	vec_push(&s->next, NOBODY);
	s->forced = s->cpu.n;
	return true;
}

struct strategy serial_probes(struct serial *s)
{
	return (struct strategy){ begin_probe, choose, ended, same, s, false };
}

u64 serial_at_least(const struct serial *s)
{
	return s->at_least;
}
