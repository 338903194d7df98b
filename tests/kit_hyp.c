// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_hyp.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/base/addr.h"
#include "tests/kit.h"

#include <stdlib.h>

struct kit_call {
	kit_fn *fn;
	const u64 *k;
	u64 value;
};

static void run(struct cpu *c, void *arg)
{
	struct kit_call *call = arg;

	call->value = call->fn(c, call->k);
}

static enum outcome call(struct test_machine *t, u32 cpu, struct kit_call *k)
{
	return cpu_call(&t->m->cpu[cpu], run, k);
}

u64 kit_ok(struct test_machine *t, u32 cpu, kit_fn *fn, const char *name, const u64 *k)
{
	struct kit_call one = { .fn = fn, .k = k };
	enum outcome how = call(t, cpu, &one);

	if (how != OUT_OK)
		fail_msg("%s(%llu, %llu, %llu, ...): outcome %d, %s by %s", name,
		         (unsigned long long)k[0], (unsigned long long)k[1],
		         (unsigned long long)k[2], how, stuck_name(t->m->cpu[cpu].stuck.rule),
		         t->m->cpu[cpu].stuck.prim ? t->m->cpu[cpu].stuck.prim : "-");
	return one.value;
}

void kit_stuck(struct test_machine *t, u32 cpu, enum stuck_rule rule, kit_fn *fn, const char *name,
               const u64 *k)
{
	struct kit_call one = { .fn = fn, .k = k };
	enum outcome how = call(t, cpu, &one);

	if (how != OUT_STUCK || t->m->cpu[cpu].stuck.rule != rule)
		fail_msg("%s(%llu, %llu, %llu, ...): outcome %d, %s, expected %s", name,
		         (unsigned long long)k[0], (unsigned long long)k[1],
		         (unsigned long long)k[2], how, stuck_name(t->m->cpu[cpu].stuck.rule),
		         stuck_name(rule));
}

void kit_refuses(struct test_machine *t, kit_fn *fn, const char *name, const u64 *k, u32 n)
{
	const struct stuck *s = &t->m->cpu[0].stuck;

	kit_stuck(t, 0, STUCK_RANGE, fn, name, k);
	assert_string_equal(s->prim, name);
	assert_true(s->n_args > 0);
	for (u32 i = 0; i < s->n_args && i < n; i++)
		if (s->args[i] != k[i])
			fail_msg("%s: argument %u is %llu in the report, was %llu", name, i,
			         (unsigned long long)s->args[i], (unsigned long long)k[i]);
}

void kit_panics(struct test_machine *t, u32 cpu, kit_fn *fn, const char *name, const u64 *k)
{
	struct kit_call one = { .fn = fn, .k = k };
	enum outcome how = call(t, cpu, &one);

	if (how != OUT_PANIC || one.value != 0)
		fail_msg("%s(%llu, %llu, %llu, ...): outcome %d, value %llu, expected a panic",
		         name, (unsigned long long)k[0], (unsigned long long)k[1],
		         (unsigned long long)k[2], how, (unsigned long long)one.value);
	assert_true(flag_get(&t->m->halt));
	if (t->m->cpu[cpu].panicked && log_on(t->m->cpu[cpu].log))
		kit_expect_panic_mark(t, cpu);
}

u64 kit_held(const struct test_machine *t)
{
	const struct cpu *c = &t->m->cpu[0];
	u64 held = 0;

	for (lk_t lk = 0; lk < ID_END; lk++)
		if (c->lock[lk] == LOCK_OWN_PULLED)
			held |= 1ull << lk;
	assert_true(held == cpu_held(c));
	return held;
}

u64 kit_cell(const struct test_machine *t, lk_t lk, u32 field, u64 index)
{
	return obj_get(&t->m->shared.obj[lk], field, index);
}

struct kit_pte kit_walk(const struct test_machine *t, vmid_t vmid, u64 addr)
{
	static const u32 pools[] = { F_NPT_pt_vttbr_pool, F_NPT_pt_pgd_pool, F_NPT_pt_pud_pool,
		                     F_NPT_pt_pmd_pool };
	u64 table = 65536 + 33554432ull * vmid;

	for (u32 level = 0;; level++) {
		u64 slot = table + 8 * (addr >> (39 - 9 * level) & 511);
		u64 e = kit_cell(t, NPT_ID + vmid, pools[level], slot);
		u64 out = e & 0xfffffffff000;

		if (level == 3 || (level == 2 && (e & 3) != 3)) {
			u64 pfn = out / 4096 + (level == 2 ? addr >> 12 & 511 : 0);

			return (struct kit_pte){ out ? level : 0, e, out ? pfn : 0 };
		}
		if (e == 0)
			return (struct kit_pte){ 0 };
		table = out;
	}
}

/* The index of a page of the machine that test_machine_boot() makes. */
static u64 index_of(const struct test_machine *t, u64 pfn)
{
	for (u32 i = 0; i < t->fixed.region_cnt; i++) {
		const struct mem_region *r = &t->fixed.region[i];

		if (r->mb_index != INVALID64 && pfn * 4096 - r->mb_base < r->mb_size)
			return r->mb_index + pfn - r->mb_base / 4096;
	}
	fail_msg("frame %llu is not managed", (unsigned long long)pfn);
	return 0;
}

struct kit_page kit_page(const struct test_machine *t, u64 pfn)
{
	u64 i = index_of(t, pfn);

	return (struct kit_page){ (u32)kit_cell(t, S2PAGE_ID, F_S2PAGE_s2_owner, i),
		                  (u32)kit_cell(t, S2PAGE_ID, F_S2PAGE_s2_count, i),
		                  kit_cell(t, S2PAGE_ID, F_S2PAGE_s2_gfn, i) };
}

bool kit_page_is(const struct test_machine *t, u64 pfn, u32 owner, u32 count, u64 gfn)
{
	struct kit_page p = kit_page(t, pfn);

	if (p.owner == owner && p.count == count && p.gfn == gfn)
		return true;
	print_error("page %llu is (%u, %u, %llu), expected (%u, %u, %llu)\n",
	            (unsigned long long)pfn, p.owner, p.count, (unsigned long long)p.gfn, owner,
	            count, (unsigned long long)gfn);
	return false;
}

static u64 set_page(struct cpu *c, const u64 *k)
{
	acquire_lock_s2page(c);
	set_s2_page_vmid(c, k[0], (u32)k[1]);
	set_s2_page_count(c, k[0], (u32)k[2]);
	set_s2_page_gfn(c, k[0], k[3]);
	release_lock_s2page(c);
	return 0;
}

void kit_set_page(struct test_machine *t, u64 pfn, u32 owner, u32 count, u64 gfn)
{
	kit_ok(t, 0, set_page, "set_page", KIT_LIST(index_of(t, pfn), owner, count, gfn));
}

static u64 set_state(struct cpu *c, const u64 *k)
{
	acquire_lock_vm(c, (u32)k[0]);
	set_vm_state(c, (u32)k[0], (u32)k[1]);
	release_lock_vm(c, (u32)k[0]);
	return 0;
}

void kit_set_state(struct test_machine *t, vmid_t vmid, u32 state)
{
	kit_ok(t, 0, set_state, "set_state", KIT_LIST(vmid, state));
}

void kit_forget(struct test_machine *t)
{
	for (u32 i = 0; i < t->config.cpus; i++)
		free(kit_events(t, i));
}

u64 kit_flat(const struct test_machine *t, u64 pfn)
{
	return kit_cell(t, FLATMEM_ID, F_FLATMEM_flatmem, pfn);
}
