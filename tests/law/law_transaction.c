// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactional-Page-Table: whatever part of a section's writes to a page table a walker sees, in whatever order they become visible,
 * each address is mapped as before the section or as behind it.  [VRM; spec D4]
 *
 * The sections are those that the machine's own map and unmap functions make, for every shape of what is there before: tables that are
 * missing at each level, a page, a block, a table below it, nothing to unmap.  What a section wrote is read off its log.  A walker
 * sees of each entry what it held before or one of the values that were written to it, so all combinations of these are tried, and
 * every address that is mapped in one of them, before or behind is asked.
 */
#include "shmem/locks.h"
#include "oracle/world/world.h"
#include "sim/base/addr.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/spt_ops.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

#include <stdlib.h>

enum {
	SLOTS = 600,     /* entries that a section writes */
	VALUES = 4,      /* to one entry, with the one before */
	ALL_BELOW = 512, /* so many combinations are tried all; of more, this many at random */
	STEPS = 400,
	WORLDS = 3,
};

enum { BEFORE, BEHIND, SEEN };

static struct test_machine t;

/* An entry, and what a walker may find there. */
struct slot {
	u32 field, n;
	u64 at, value[VALUES];
};

/**
 * struct section - one, as its push says
 * @cursors: differences that no walk reads
 */
struct section {
	lk_t lk;
	u32 n;
	struct slot slot[SLOTS];
	VEC(struct diff) cursors;
};

/* What shapes there were: by entries written, of which links. */
static struct {
	u64 sections, states, addresses;
	u64 links[4], leaf_new, leaf_gone, leaf_other, block, block_over_table, banks, cleared;
} seen;

static bool is_pool(lk_t lk, u32 field)
{
	return lk == SPT_ID ? field <= F_SPT_spt_pmd_pool : field <= F_NPT_pt_pmd_pool;
}

static void store(struct world *w, lk_t lk, u32 field, u64 at, u64 value)
{
	u64 was = world_value(w, lk, field, at);
	struct diff d = { .field = field, .both = true, .first = at, .last = at };
	struct world_cell where;

	d.old = was;
	d.new = value;
	if (was != value)
		assert_int_equal(world_apply(w, lk, &d, &where), WORLD_OK);
}

static void add(struct section *s, const struct world *w, u32 field, u64 at, u64 value)
{
	struct slot *e = s->slot;

	while (e < s->slot + s->n && (e->field != field || e->at != at))
		e++;
	if (e == s->slot + s->n) {
		assert_true(s->n < SLOTS);
		s->n++;
		*e = (struct slot){ .field = field, .n = 1, .at = at };
		e->value[0] = world_value(w, s->lk, field, at);
	}
	assert_true(e->n < VALUES);
	e->value[e->n++] = value;
}

/* The entries that a push writes; differences may be told by what they add. */
static void read_section(struct section *s, const struct world *w, const struct event *e)
{
	s->lk = e->lk;
	s->n = 0;
	s->cursors.n = 0;
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		u64 step = is_pool(s->lk, d->field) ? 8 : 1;

		if (!is_pool(s->lk, d->field)) {
			vec_push(&s->cursors, *d);
			continue;
		}
		for (u64 at = d->first; at <= d->last; at += step) {
			const struct slot *k = s->slot;
			u64 was = world_value(w, s->lk, d->field, at);

			for (u32 n = 0; n < s->n; n++, k++)
				if (k->field == d->field && k->at == at)
					was = k->value[k->n - 1];
			add(s, w, d->field, at, d->both ? d->new : was + d->new);
		}
	}
}

/* ---- what is asked ---- */

struct asked {
	const struct section *s;
	struct world *const *w;
	u32 bank;
	const char *wrong;
	u64 gfn, n;
};

static struct maplet map_of(const struct world *w, const struct asked *a, u64 gfn)
{
	return a->s->lk == SPT_ID ? world_spt(w, a->bank, gfn)
	                          : world_npt(w, (vmid_t)(a->s->lk - NPT_ID), gfn);
}

static void ask(void *arg, u64 gfn, u32 n, struct maplet m)
{
	struct asked *a = arg;

	(void)m;
	for (u32 i = 0; i < n && !a->wrong; i++) {
		struct maplet is = map_of(a->w[SEEN], a, gfn + i);

		a->n++;
		if (maplet_equal(is, map_of(a->w[BEFORE], a, gfn + i)) ||
		    maplet_equal(is, map_of(a->w[BEHIND], a, gfn + i)))
			continue;
		a->wrong = is.pfn ? "it is mapped to something else" : "it is not mapped";
		a->gfn = gfn + i;
	}
}

/* NULL: each address is mapped as before or as behind. */
static const char *ask_all(const struct section *s, struct world *const *w, u64 *gfn)
{
	struct asked a = { .s = s, .w = w };

	for (u32 i = 0; i < WORLDS; i++) {
		for (a.bank = 0; s->lk == SPT_ID && a.bank < EL2_SMMU_CFG_SIZE; a.bank++)
			world_each_spt_leaf(w[i], a.bank, ask, &a);
		if (s->lk != SPT_ID)
			world_each_leaf(w[i], (vmid_t)(s->lk - NPT_ID), ask, &a);
	}
	seen.addresses += a.n;
	*gfn = a.gfn;
	return a.wrong;
}

/* Entry @i holds its value number @pick[i]. */
static void see(const struct section *s, struct world *w, const u32 *pick)
{
	world_begin(w);
	for (u32 i = 0; i < s->n; i++)
		store(w, s->lk, s->slot[i].field, s->slot[i].at, s->slot[i].value[pick[i]]);
}

static void all_of(const struct section *s, struct world *w)
{
	struct world_cell where;

	world_begin(w);
	for (u32 i = 0; i < s->n; i++)
		store(w, s->lk, s->slot[i].field, s->slot[i].at,
		      s->slot[i].value[s->slot[i].n - 1]);
	for (u32 i = 0; i < s->cursors.n; i++)
		(void)world_apply(w, s->lk, &s->cursors.v[i], &where);
}

/* The next combination; false: there is none. */
static bool next(const struct section *s, u32 *pick)
{
	for (u32 i = 0; i < s->n; i++) {
		if (++pick[i] < s->slot[i].n)
			return true;
		pick[i] = 0;
	}
	return false;
}

static u64 combinations(const struct section *s)
{
	u64 n = 1;

	for (u32 i = 0; i < s->n && n <= ALL_BELOW; i++)
		n *= s->slot[i].n;
	return n;
}

/* Is the section a transaction?  @w: [BEFORE] and [SEEN] before it, [BEHIND] behind it.  NULL: it is. */
static const char *broken(const struct section *s, struct world *const *w, struct rng *rng, u64 *gfn)
{
	bool all = combinations(s) <= ALL_BELOW;
	const char *wrong = NULL;
	u32 pick[SLOTS] = { 0 };

	for (u32 k = 0; !wrong; k++) {
		u32 mark = world_mark(w[SEEN]);

		see(s, w[SEEN], pick);
		seen.states++;
		wrong = ask_all(s, w, gfn);
		world_undo(w[SEEN], mark);
		for (u32 i = 0; !all && i < s->n; i++)
			pick[i] = (u32)rng_below(rng, s->slot[i].n);
		if (all ? !next(s, pick) : k == ALL_BELOW)
			break;
	}
	return wrong;
}

/* ---- the machine's own sections ---- */

KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(clear_pfn_host, k[0])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(unmap_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(init_spt, (u32)k[0], (u32)k[1])

static u64 page_pte(struct rng *r)
{
	return (0x200 + rng_below(r, 256)) * PAGE_SIZE | PAGE_S2_KERNEL;
}

static u64 block_pte(struct rng *r)
{
	return ((1 + rng_below(r, 64)) * PMD_SIZE) | PMD_SECT_MASK_OF_TEST;
}

/* Few places at each level, so that tables are shared, and missing. */
static u64 somewhere(struct rng *r)
{
	static const u64 steps[] = { 1ull << 39, 1ull << 30, 1ull << 21, 1ull << 12 };
	u64 addr = 0;

	for (u32 i = 0; i < ARRAY_SIZE(steps); i++)
		addr += steps[i] * rng_below(r, i < 2 ? 2 : 3);
	return addr;
}

static void one_step(struct rng *r)
{
	static const u32 vms[] = { 3, 4, COREVISOR };
	u32 vmid = vms[rng_below(r, ARRAY_SIZE(vms))], bank = (u32)rng_below(r, 3);
	u64 addr = somewhere(r), frame = 0x200 + rng_below(r, 8);

	switch (rng_below(r, 8)) {
	case 0:
	case 1:
	case 2:
		/* A page below a block halts the machine. */
		if (kit_walk(&t, (vmid_t)vmid, addr).level != 2)
			OK(map_s2pt, vmid, addr, 3, rng_below(r, 4) ? page_pte(r) : PAGE_GUEST);
		break;
	case 3:
		OK(map_s2pt, vmid, addr, 2, block_pte(r));
		break;
	case 4:
		OK(map_s2pt, HOSTVISOR, frame * PAGE_SIZE, 3, frame * PAGE_SIZE | PAGE_S2_KERNEL);
		break;
	case 5:
		OK(clear_pfn_host, frame);
		break;
	case 6:
		OK(map_spt, bank, 0, addr & (KVM_PHYS_SIZE - 1), page_pte(r));
		break;
	default:
		if (rng_below(r, 8))
			OK(unmap_spt, bank, 0, addr & (KVM_PHYS_SIZE - 1));
		else
			OK(init_spt, bank, 0);
	}
}
