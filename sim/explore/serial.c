// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/serial.h"

#include "sim/base/vec.h"

#include <stdlib.h>

/**
 * struct serial
 * @cpu:    [n] who makes the first operation, the second, ...; @next: [n] who is tried there next, or NOBODY
 * @forced: so many of them are given
 * @at:     operations that were begun in this execution
 * @now, @op: the CPU that goes on, and which of its operations it is in
 */
struct serial {
	VEC(u32) cpu;
	VEC(u32) next;
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
	free(s);
}

static u32 from(const struct execution *x, u32 i)
{
	while (i < x->cpus && !execution_can(x, i))
		i++;
	return i < x->cpus ? i : NOBODY;
}

static bool begin(void *arg)
{
	struct serial *s = arg;

	s->at = 0;
	s->now = NOBODY;
	if (!s->begun) {
		s->begun = true;
		return true;
	}
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
