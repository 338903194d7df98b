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

bool watch_cycle(const struct machine *m, struct wait_cycle *out, char *text, size_t size)
{
	u32 from = 0, at;
	int n = 0;
	lk_t lk = 0;

	while (from < m->params.cpus && !closes(m, from, &out->mask))
		from++;
	if (from == m->params.cpus)
		return false;
	out->waits = 0;
	at = from;
	do {
		u32 next = waits_for(m, at, &lk);
		char name[32];

		if (next == m->params.cpus)
			return false;
		out->waits = mix64(out->waits + pub_load(&m->cpu[at].pub.waits));
		if (n >= 0 && (size_t)n < size)
			n += snprintf(text + n, size - (size_t)n,
			              "%scpu %u waits for %s (lock %u), held by cpu %u",
			              at == from ? "" : "; ", at, obj_name(lk, name, sizeof(name)),
			              lk, next);
		at = next;
	} while (at != from && (out->mask >> at & 1));
	return at == from;
}
