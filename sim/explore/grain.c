// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/grain.h"

#include "sim/log/op.h"

#include <string.h>

bool grain_known_equal(const struct grain_known *a, const struct grain_known *b)
{
	return a->depend == b->depend && a->grain == b->grain && a->long_locks == b->long_locks &&
	       a->looked == b->looked && a->raced == b->raced && a->data == b->data &&
	       a->core == b->core && a->contexts == b->contexts && a->frames == b->frames;
}

/* Is it an access of running code, or of a device? */
static bool is_access(const struct prim *p)
{
	const char *name = p->function ? p->function : p->name;

	for (u32 op = 0; op < HYP_OP_NR; op++)
		if (op_is_access(op) && strcmp(op_function(op), name) == 0)
			return true;
	return false;
}

bool grain_accesses(const struct scope *s)
{
	for (u32 c = 0; c < s->cpus; c++)
		for (u32 i = 0; i < s->program[c].n; i++)
			if (is_access(s->program[c].v[i].prim))
				return true;
	return false;
}

void grain_begin(struct grain *g)
{
	g->again = false;
	memset(g->spent, true, sizeof(g->spent));
}

static void learn_long(struct grain *g, u64 locks)
{
	g->again |= (locks & ~g->known.long_locks) != 0;
	g->known.long_locks |= locks;
}

/* All that is nested in @lk, over any number of locks. */
static u64 below(const struct grain *g, lk_t lk)
{
	u64 all = 0, next = g->nests[lk];

	while (next & ~all) {
		u64 fresh = next & ~all;

		all |= fresh;
		for (; fresh; fresh &= fresh - 1)
			next |= g->nests[__builtin_ctzll(fresh)];
	}
	return all;
}

static void nest(struct grain *g, u64 held, lk_t lk)
{
	for (u64 left = held; left; left &= left - 1) {
		lk_t outer = (lk_t)__builtin_ctzll(left);

		if (g->nests[outer] >> lk & 1)
			continue;
		g->nests[outer] |= 1ull << lk;
		for (lk_t l = 0; l < LK_SPACE; l++)
			if (below(g, l) >> l & 1)
				learn_long(g, 1ull << l);
	}
}

/* Can somebody see that it is done, beside the acquisition and release of locks? */
static bool is_seen(const struct grain *g, u32 cpu, enum point_kind kind, u32 object)
{
	return kind == POINT_READ || kind == POINT_STORE || kind == POINT_INVALIDATE ||
	       (kind == POINT_FLAT && (g->known.frames || g->accessing[cpu])) ||
	       (kind == POINT_DATA && g->known.data >> object & 1) ||
	       (kind == POINT_CORE && g->known.core >> object & 1);
}

static bool begins_by_cells(struct grain *g, u32 cpu, u64 held, enum point_kind kind, u32 object)
{
	bool seen = is_seen(g, cpu, kind, object), begins;

	if (kind == POINT_TICKET)
		nest(g, held, object);
	begins = kind == POINT_HALT ||
	         (kind == POINT_TICKET && (g->spent[cpu] || grain_orders(g, object))) ||
	         (kind == POINT_HOLD && grain_orders(g, object)) || (seen && g->spent[cpu]);
	/* What uses contexts on either side of it is no more one step than by tickets. */
	begins |= g->known.contexts && g->spent[cpu];
	/* The first that it does has to be in some step. */
	if ((kind == POINT_FLAT || kind == POINT_DATA || kind == POINT_CORE) && !seen && held == 0)
		begins = true;
	if (begins) {
		learn_long(g, held);
		g->spent[cpu] = false;
	}
	g->spent[cpu] |= seen;
	return begins;
}

/* By tickets: is what a section does noted, so that it has to be in a step of its CPU, also where that was served? */
static bool holds(const struct grain *g)
{
	return g->accesses || g->slots || g->known.looked || g->known.contexts ||
	       g->known.grain > GRAIN_LOCK;
}

bool grain_begins(struct grain *g, u32 cpu, u64 held, enum point_kind kind, u32 object)
{
	switch ((u32)kind) {
	case POINT_TICKET:
	case POINT_FLAT:
	case POINT_DATA:
	case POINT_CORE:
	case POINT_HALT:
		return g->known.depend != DEPEND_CELLS ||
		       begins_by_cells(g, cpu, held, kind, object);
	case POINT_HOLD:
		return g->known.depend == DEPEND_CELLS ? begins_by_cells(g, cpu, held, kind, object)
		                                       : holds(g);
	case POINT_INVALIDATE:
		return g->slots && (g->known.depend != DEPEND_CELLS ||
		                    begins_by_cells(g, cpu, held, kind, object));
	case POINT_QUEUED:
	case POINT_PASS:
	case POINT_FLAT_IN:
	case POINT_FLAT_OUT:
	case POINT_WORD:
		return grain_words(g);
	default:
		return false;
	}
}

bool grain_begins_cell(struct grain *g, u32 cpu, u64 held, enum point_kind kind, lk_t lk,
                       bool locked)
{
	bool raced = g->known.raced >> lk & 1, each = grain_each_cell(g);
	bool is = kind == POINT_STORE ? raced || each : locked ? raced && each : true;

	return is && (g->known.depend != DEPEND_CELLS || begins_by_cells(g, cpu, held, kind, lk));
}

static void learn(struct grain *g, u64 *bits, lk_t lk)
{
	g->again |= !(*bits >> lk & 1);
	*bits |= 1ull << lk;
}

void grain_looked(struct grain *g, lk_t lk)
{
	learn(g, &g->known.looked, lk);
}

void grain_raced(struct grain *g, lk_t lk)
{
	learn(g, &g->known.raced, lk);
}

void grain_raced_context(struct grain *g, u32 vmid)
{
	g->again |= !(g->known.contexts >> vmid & 1);
	g->known.contexts |= 1u << vmid;
}

void grain_used_context(struct grain *g, u32 cpu)
{
	g->spent[cpu] = true;
}

u32 grain_points(const struct grain *g)
{
	u32 points = 1u << POINT_TICKET | 1u << POINT_FLAT | 1u << POINT_DATA | 1u << POINT_CORE |
	             1u << POINT_HALT | 1u << POINT_PASSED;

	if (g->known.depend == DEPEND_CELLS || holds(g))
		points |= 1u << POINT_HOLD;
	if (grain_words(g))
		points |= 1u << POINT_QUEUED | 1u << POINT_PASS | 1u << POINT_FLAT_IN |
		          1u << POINT_FLAT_OUT | 1u << POINT_WORD | 1u << POINT_PULL |
		          1u << POINT_PUSHED;
	return g->slots ? points | 1u << POINT_INVALIDATE : points;
}

void grain_call(struct grain *g, u32 cpu, const struct prim *p)
{
	g->accessing[cpu] = is_access(p);
}

void grain_passed(struct grain *g, u32 cpu)
{
	g->spent[cpu] = true;
}

void grain_keeps(struct grain *g, u64 held)
{
	if (g->known.depend == DEPEND_CELLS)
		learn_long(g, held);
}

void grain_shared(struct grain *g, enum resource_kind kind, u64 id)
{
	if (g->known.depend != DEPEND_CELLS)
		return;
	if (kind == RESOURCE_FRAME && !g->known.frames) {
		g->known.frames = g->again = true;
	} else if (kind == RESOURCE_DATA && !(g->known.data >> id & 1)) {
		g->known.data |= 1u << id;
		g->again = true;
	} else if (kind == RESOURCE_CORE && !(g->known.core >> id & 1)) {
		g->known.core |= 1u << id;
		g->again = true;
	}
}
