// SPDX-License-Identifier: GPL-2.0-only
/* Records of specx.jsonl: the source's helpers on register records, and its two loops. */
#include "tests/conform/kinds.h"

#include "cpu/ctxt.h"
#include "cpu/switch_regs.h"
#include "shmem/spt.h"
#include "sim/exec/call.h"
#include "sim/log/event.h"
#include "tests/conform/contents.h"
#include "tests/conform/params.h"

#include <stdio.h>
#include <string.h>

/**
 * struct records - what a helper is given
 * @g, @r: the saved context, and the CPU's registers
 * @vttbr: where the helper takes one
 */
struct records {
	struct ctxt g, r;
	u64 vttbr;
};

#define ON_G(name, ...)                          \
	static void on_##name(struct records *x) \
	{                                        \
		name(&x->g, ##__VA_ARGS__);      \
	}
#define ON_R(name, ...)                          \
	static void on_##name(struct records *x) \
	{                                        \
		name(&x->r, ##__VA_ARGS__);      \
	}
ON_G(clear_shadow_gp_regs_specx)
ON_G(reset_fp_regs_specx)
ON_G(host_to_core_specx, &x->r)
ON_G(vm_to_core_specx, &x->r)
ON_R(core_to_host_specx, &x->g)
ON_R(core_to_vm_specx, &x->g)
ON_G(exit_populate_fault_specx, &x->r)
ON_G(save_sysregs_specx, &x->r, false)
ON_R(restore_sysregs_specx, &x->g)
ON_G(fpsimd_save_state_specx, &x->r)
ON_R(fpsimd_restore_state_specx, &x->g)
ON_G(activate_traps_specx)
ON_G(deactivate_traps_specx)
ON_G(timer_enable_traps_specx, true)
ON_R(vm_el2_restore_state_specx, &x->g, x->vttbr)
ON_R(host_el2_restore_state_specx, x->vttbr)

static const struct {
	const char *name;
	void (*run)(struct records *x);
} helpers[] = {
	{ "clear_shadow_gp_regs_specx", on_clear_shadow_gp_regs_specx },
	{ "reset_fp_regs_specx", on_reset_fp_regs_specx },
	{ "host_to_core_specx", on_host_to_core_specx },
	{ "vm_to_core_specx", on_vm_to_core_specx },
	{ "core_to_host_specx", on_core_to_host_specx },
	{ "core_to_vm_specx", on_core_to_vm_specx },
	{ "exit_populate_fault_specx", on_exit_populate_fault_specx },
	{ "save_sysregs_specx", on_save_sysregs_specx },
	{ "restore_sysregs_specx", on_restore_sysregs_specx },
	{ "fpsimd_save_state_specx", on_fpsimd_save_state_specx },
	{ "fpsimd_restore_state_specx", on_fpsimd_restore_state_specx },
	{ "activate_traps_specx", on_activate_traps_specx },
	{ "deactivate_traps_specx", on_deactivate_traps_specx },
	{ "timer_enable_traps_specx", on_timer_enable_traps_specx },
	{ "vm_el2_restore_state_specx", on_vm_el2_restore_state_specx },
	{ "host_el2_restore_state_specx", on_host_el2_restore_state_specx },
};

/* Bases 1 and 2 are the general registers of the two records; states and traps are the same in both. */
static int make_records(const json_t *rec, struct records *x, struct err *e)
{
	u64 seed = 0;
	int rc = get_key(rec, "seed", UINT64_MAX, &seed, e);

	*x = (struct records){ .vttbr = 0 };
	vector_regs(&x->g, REGS, seed, 1);
	vector_regs(&x->r, REGS, seed, 2);
	vector_regs(&x->g, STATES, seed, 3);
	vector_regs(&x->r, STATES, seed, 3);
	vector_regs(&x->g, TRAP, seed, 4);
	vector_regs(&x->r, TRAP, seed, 4);
	return rc;
}

/* Which record changed is the helper's to say: all that changed in either counts. */
static json_t *all_changes(const struct records *before, const struct records *after)
{
	json_t *d = regs_changes(REG_GROUP_NR, &before->g, &after->g);

	json_object_update_new(d, regs_changes(REG_GROUP_NR, &before->r, &after->r));
	return d;
}

int specx_move(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const char *f = json_string_value(json_object_get(rec, "f"));
	struct records x, before;
	u32 i = 0;
	int rc = make_records(rec, &x, e);

	(void)r;
	while (strcmp(helpers[i].name, f) != 0)
		i++;
	if (rc == 0 && json_object_get(rec, "vttbr"))
		rc = get_key(rec, "vttbr", UINT64_MAX, &x.vttbr, e);
	if (rc < 0)
		return rc;
	before = x;
	helpers[i].run(&x);
	json_object_set_new(v->got, "d", all_changes(&before, &x));
	return 0;
}

int specx_get(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	struct records x;
	u64 index = 0;
	int rc = make_records(rec, &x, e);

	(void)r;
	if (rc == 0)
		rc = get_key(rec, "index", UINT32_MAX, &index, e);
	if (rc == 0)
		json_object_set_new(v->got, "v",
		                    num(get_shadow_ctxt_specx(&x.g, (u32)index, false)));
	return rc;
}

int specx_set(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	struct records x, before;
	u64 index = 0, value = 0;
	json_t *d;
	int rc = make_records(rec, &x, e);

	(void)r;
	if (rc == 0)
		rc = get_key(rec, "index", UINT32_MAX, &index, e);
	if (rc == 0)
		rc = get_key(rec, "val", UINT64_MAX, &value, e);
	if (rc < 0)
		return rc;
	before = x;
	set_shadow_ctxt_specx(&x.g, (u32)index, value, false);
	d = regs_changes(REGS, &before.g, &x.g);
	json_object_update_new(d, regs_changes(TRAP, &before.g, &x.g));
	json_object_set_new(v->got, "d", d);
	json_object_set_new(v->got, "ds", regs_changes(STATES, &before.g, &x.g));
	return 0;
}

/* The map of an object that has one, where it differs from nothing. */
static json_t *map_or_empty(struct rig *r, lk_t id)
{
	struct payload *p = payload_contents_snapshot(&r->env->contents, id);
	json_t *map = contents_json(event_push_of(id), NULL, p);

	payload_free(p);
	return map ? map : json_object();
}

/* fetch_from_doracle is the loop with its checks. */
int specx_fetch(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const struct prim *fetch = prim_by_name("fetch_from_doracle");
	u64 seed = 0, n = 0, vmid = 0, pfn = 0, logn = 0, value;
	u64 *counter;
	int rc = get_key(rec, "seed", UINT64_MAX, &seed, e);

	if (rc == 0)
		rc = get_key(rec, "n", UINT32_MAX, &n, e);
	if (rc == 0)
		rc = get_key(rec, "vmid", COREVISOR, &vmid, e);
	if (rc == 0)
		rc = get_key(rec, "pfn", UINT32_MAX, &pfn, e);
	if (rc == 0)
		rc = get_key(rec, "logn", UINT64_MAX, &logn, e);
	if (rc < 0)
		return rc;
	rig_reset(r, seed);
	counter = &r->m->data_logs.data[vmid];
	*counter = logn;
	if (exec_call(r->env, r->c, fetch, (u64[]){ vmid, pfn, n }, true, &value) != OUT_OK)
		return err_set(e, ERR_VECTOR, "no frames from %llu on", (unsigned long long)pfn);
	json_object_set_new(v->got, "r",
	                    json_pack("[o,o,o]", num(pfn + (*counter - logn)),
	                              map_or_empty(r, FLATMEM_ID), num(*counter)));
	return 0;
}

enum { LOOP_CELLS = 64, POOL_CELLS = 2 * LOOP_CELLS };

/* The pool that the loop runs on: 1, 2, ..., and zeros behind. */
static u64 start_cell(u64 k)
{
	return k < LOOP_CELLS ? k + 1 : 0;
}

struct loop {
	u64 n, addr;
};

static void clear_loop(struct cpu *c, void *arg)
{
	struct loop *l = arg;

	l->addr = smmu_pt_clear_loop(c, &c->shared->obj[SPT_ID], (u32)l->n, l->addr);
}

int specx_clear(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	struct loop l = { 0, 0 };
	struct obj *spt;
	json_t *cleared;
	int rc = get_key(rec, "n", LOOP_CELLS, &l.n, e);

	if (rc == 0)
		rc = get_key(rec, "addr", SMMU_POOL_START + 8 * LOOP_CELLS, &l.addr, e);
	if (rc == 0 && (l.addr % 8 || l.addr < SMMU_POOL_START))
		rc = err_set(e, ERR_VECTOR, "addr: expected the address of an entry");
	if (rc < 0)
		return rc;
	rig_reset(r, 0);
	spt = &r->m->shared.obj[SPT_ID];
	for (u64 k = 0; k < POOL_CELLS; k++)
		obj_set(spt, F_SPT_spt_vttbr_pool, SMMU_POOL_START + 8 * k, start_cell(k));
	env_begin(r->env, r->c);
	if (cpu_call(r->c, clear_loop, &l) != OUT_OK)
		return err_set(e, ERR_VECTOR, "the loop left the pool");
	env_commit(r->env);
	cleared = json_array();
	for (u64 k = 0; k < POOL_CELLS; k++)
		if (obj_get(spt, F_SPT_spt_vttbr_pool, SMMU_POOL_START + 8 * k) != start_cell(k))
			json_array_append_new(cleared, num(SMMU_POOL_START + 8 * k));
	json_object_set_new(v->got, "r", json_pack("[o,o]", num(l.addr), cleared));
	return 0;
}
