// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/watch.h"

#include "sim/base/rng.h"

#include <stdio.h>

/* The CPU that holds the lock CPU @c waits for, or cpus when there is none. */
static u32 waits_for(const struct machine *m, u32 c, lk_t *lk)
{
	u64 waits = pub_load(&m->cpu[c].pub.waits);

	if (!waits)
		return m->params.cpus;
	*lk = waits_lock(waits);
	for (u32 h = 0; h < m->params.cpus; h++)
		if (h != c && pub_load(&m->cpu[h].pub.held) >> *lk & 1)
			return h;
	return m->params.cpus;
}

/* Follow the waits from @from; true when they come back to it. */
static bool closes(const struct machine *m, u32 from, u64 *mask)
{
	u32 at = from;
	lk_t lk;

	*mask = 0;
	do {
		*mask |= 1ull << at;
		at = waits_for(m, at, &lk);
		if (at == m->params.cpus)
			return false;
	} while (!(*mask >> at & 1));
	return at == from;
}

bool watch_cycle(const struct machine *m, struct wait_cycle *out)
{
	u32 from = 0, at;
	lk_t lk = 0;

	out->n = 0;
	while (from < m->params.cpus && !closes(m, from, &out->mask))
		from++;
	if (from == m->params.cpus)
		return false;
	out->waits = 0;
	at = from;
	do {
		u32 next = waits_for(m, at, &lk);

		if (next == m->params.cpus)
			return false;
		out->waits = mix64(out->waits + pub_load(&m->cpu[at].pub.waits));
		out->edge[out->n++] = (struct wait_edge){ .waiter = at, .holder = next, .lk = lk };
		at = next;
	} while (at != from && (out->mask >> at & 1) && out->n < MAX_CPU);
	return at == from;
}

const char *wait_cycle_print(const struct wait_cycle *c, char *buf, size_t size)
{
	size_t at = 0;
	char name[32];

	buf[0] = '\0';
	for (u32 i = 0; i < c->n && at < size; i++) {
		const struct wait_edge *e = &c->edge[i];

		at += (size_t)snprintf(buf + at, size - at,
		                       "%scpu %u waits for %s (lock %u), held by cpu %u",
		                       i ? "; " : "", e->waiter,
		                       obj_name(e->lk, name, sizeof(name)), e->lk, e->holder);
	}
	return buf;
}

void deadlock_say(struct machine *m, const struct wait_cycle *c)
{
	struct log_writer *w = log_run_writer(m->log, m->episode);
	u64 args[3 * MAX_CPU];

	for (u32 i = 0; i < c->n; i++) {
		args[3 * i] = c->edge[i].waiter;
		args[3 * i + 1] = c->edge[i].lk;
		args[3 * i + 2] = c->edge[i].holder;
	}
	if (log_on(w))
		log_mark(w, MARK_DEADLOCK, 3 * c->n, args);
}
