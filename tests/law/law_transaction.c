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
static const char *broken(const struct section *s, struct world *const *w, struct rng *rng,
                          u64 *gfn)
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
	return (1 + rng_below(r, 64)) * PMD_SIZE | (PAGE_S2_KERNEL & ~2u);
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

/* What there was to it. */
static void count_shape(const struct section *s)
{
	u32 links = 0, leaves = 0;
	bool spt = s->lk == SPT_ID;

	for (u32 i = 0; i < s->n; i++) {
		const struct slot *e = &s->slot[i];
		u64 was = e->value[0], is = e->value[e->n - 1];
		bool last = e->field == (spt ? F_SPT_spt_pmd_pool : F_NPT_pt_pmd_pool);
		bool block = !spt && e->field == F_NPT_pt_pud_pool && is && !is_table(is);

		if (!last && !block) {
			links += was == 0 && is != 0;
			seen.cleared += was != 0 && is == 0;
			continue;
		}
		leaves++;
		seen.banks += spt;
		seen.block += block;
		seen.block_over_table += block && was && is_table(was);
		seen.leaf_new += !block && phys_page(was) == 0 && phys_page(is) != 0;
		seen.leaf_gone += !block && phys_page(was) != 0 && phys_page(is) == 0;
		seen.leaf_other += !block && phys_page(was) != 0 && phys_page(is) != 0;
	}
	assert_true(links < ARRAY_SIZE(seen.links));
	seen.links[links] += leaves > 0;
	seen.sections++;
}

static void one_push(struct section *s, struct world *const *w, const struct event *e,
                     struct rng *rng)
{
	const char *wrong;
	char lock[16];
	u64 gfn;

	read_section(s, w[BEFORE], e);
	all_of(s, w[BEHIND]);
	wrong = s->n ? broken(s, w, rng, &gfn) : NULL;
	if (wrong)
		fail_msg("%s: of %u writes of a section a walker can see some, and then of gfn "
		         "0x%llx %s",
		         obj_name(s->lk, lock, sizeof(lock)), s->n, (unsigned long long)gfn, wrong);
	if (s->n)
		count_shape(s);
	all_of(s, w[BEFORE]);
	all_of(s, w[SEEN]);
}

static void worlds_of(struct world **w)
{
	for (u32 i = 0; i < WORLDS; i++) {
		w[i] = world_new(&t.config, WORLD_INDEX);
		world_keep(w[i], true);
	}
}

static void free_worlds(struct world **w)
{
	for (u32 i = 0; i < WORLDS; i++)
		world_free(w[i]);
}

/* Every section that the machine's functions made. */
static void test_own_sections(void **state)
{
	static struct section s;
	struct rng rng = { test_seed(11) };
	struct world *w[WORLDS];
	struct event e[SOURCE_BATCH];
	struct errata errata;
	struct merge *m;
	struct err err;
	u32 n;

	(void)state;
	errata_defaults(&errata);
	assert_int_equal(errata_parse(&errata, "smmu-pt-clear=intended", &err), 0);
	test_machine_boot(&t, 1, &errata);
	for (u32 i = 0; i < STEPS; i++)
		one_step(&rng);
	worlds_of(w);
	m = merge_open_memory(log_in_memory(t.log));
	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++)
			if (e[i].kind == EV_ONPT || e[i].kind == EV_OSPT)
				one_push(&s, w, &e[i], &rng);
	} while (n > 0);
	merge_free(m);
	free_worlds(w);
	vec_free(&s.cursors);
	print_message("%llu sections, %llu states of them, %llu addresses; links 0: %llu, 1: %llu, "
	              "2: %llu, 3: %llu; page new %llu, gone %llu, other %llu; block %llu, over a "
	              "table %llu; of banks %llu, roots cleared %llu\n",
	              (unsigned long long)seen.sections, (unsigned long long)seen.states,
	              (unsigned long long)seen.addresses, (unsigned long long)seen.links[0],
	              (unsigned long long)seen.links[1], (unsigned long long)seen.links[2],
	              (unsigned long long)seen.links[3], (unsigned long long)seen.leaf_new,
	              (unsigned long long)seen.leaf_gone, (unsigned long long)seen.leaf_other,
	              (unsigned long long)seen.block, (unsigned long long)seen.block_over_table,
	              (unsigned long long)seen.banks, (unsigned long long)seen.cleared);
	for (u32 i = 0; i < ARRAY_SIZE(seen.links); i++)
		assert_true(seen.links[i] > 0);
	assert_true(seen.leaf_new && seen.leaf_gone && seen.leaf_other && seen.block &&
	            seen.block_over_table && seen.banks && seen.cleared);
	test_machine_free(&t);
}

/* ---- sections that are none ---- */

static const u64 root = 0, pgd = PGD_OFFSET, pud = PUD_OFFSET, pmd = PMD_OFFSET;

/* An entry of VM 3's table: the pool's field, the address in the pools, values one after the other. */
static void write_entry(struct section *s, const struct world *w, u32 field, u64 at, u64 value)
{
	add(s, w, field, pool_start(3) + at, value);
}

static u64 table_at(u64 at)
{
	return (pool_start(3) + at) | PMD_TYPE_TABLE;
}

/* gfn 0 maps frame 0x210, gfn 1 frame 0x211, by tables of their own at each level; the next last table is empty. */
static void map_two(struct section *s, struct world *const *w)
{
	for (u32 i = 0; i < WORLDS; i++) {
		s->n = 0;
		s->lk = NPT_ID + 3;
		write_entry(s, w[i], F_NPT_pt_vttbr_pool, root, table_at(pgd));
		write_entry(s, w[i], F_NPT_pt_pgd_pool, pgd, table_at(pud));
		write_entry(s, w[i], F_NPT_pt_pud_pool, pud, table_at(pmd));
		write_entry(s, w[i], F_NPT_pt_pmd_pool, pmd, 0x210fff);
		write_entry(s, w[i], F_NPT_pt_pmd_pool, pmd + 8, 0x211fff);
		all_of(s, w[i]);
	}
	s->n = 0;
}

/* Is it a transaction?  It is left as it was before. */
static bool is_transaction(struct section *s, struct world *const *w)
{
	struct rng rng = { 1 };
	u32 mark = world_mark(w[BEHIND]);
	bool ok;
	u64 gfn;

	all_of(s, w[BEHIND]);
	ok = broken(s, w, &rng, &gfn) == NULL;
	world_undo(w[BEHIND], mark);
	s->n = 0;
	return ok;
}

static void test_broken_sections(void **state)
{
	static struct section s;
	struct world *w[WORLDS];
	const u64 next_pmd = pmd + PAGE_SIZE;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	worlds_of(w);
	map_two(&s, w);

	/* Another page: one write. */
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0x212fff);
	assert_true(is_transaction(&s, w));
	/* Taken out first, and then put in: for a moment nothing is there (M34). */
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0);
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0x212fff);
	assert_false(is_transaction(&s, w));
	/* Two pages: each address for itself is before or behind; that it is one leaf a section is the checks' own rule. */
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0x212fff);
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd + 8, 0x213fff);
	assert_true(is_transaction(&s, w));
	/* The table is taken out of the tree, and its old entry filled with another's page: the walk may find that (E5). */
	write_entry(&s, w[0], F_NPT_pt_pgd_pool, pgd, 0);
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0x212fff);
	assert_false(is_transaction(&s, w));
	/* A fresh table is linked, and a page put into it, in either order. */
	write_entry(&s, w[0], F_NPT_pt_pud_pool, pud + 8, table_at(next_pmd));
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, next_pmd, 0x212fff);
	assert_true(is_transaction(&s, w));
	/* The same with a table that is not empty, whose old entry is cleared: it may be found before that. */
	for (u32 i = 0; i < WORLDS; i++) {
		write_entry(&s, w[i], F_NPT_pt_pmd_pool, next_pmd + 8, 0x3fffff);
		all_of(&s, w[i]);
		s.n = 0;
	}
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, next_pmd + 8, 0);
	write_entry(&s, w[0], F_NPT_pt_pud_pool, pud + 8, table_at(next_pmd));
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, next_pmd, 0x212fff);
	assert_false(is_transaction(&s, w));
	/* A block in place of a table is one write; with one of the table's pages changed as well it is two. */
	write_entry(&s, w[0], F_NPT_pt_pud_pool, pud, 0x400ffd);
	assert_true(is_transaction(&s, w));
	write_entry(&s, w[0], F_NPT_pt_pud_pool, pud, 0x400ffd);
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, pmd, 0x212fff);
	assert_false(is_transaction(&s, w));
	/* A table in place of a table: what the new one lacks is neither before nor behind. */
	write_entry(&s, w[0], F_NPT_pt_pud_pool, pud, table_at(next_pmd));
	write_entry(&s, w[0], F_NPT_pt_pmd_pool, next_pmd, 0x210fff);
	assert_false(is_transaction(&s, w));
	free_worlds(w);
	vec_free(&s.cursors);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_own_sections),
		                            cmocka_unit_test(test_broken_sections) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
