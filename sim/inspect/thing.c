// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/thing.h"

#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/panic_reason.h"

#include <string.h>

static void tell(const struct things_told *t, enum thing_kind kind, u64 first, u64 n)
{
	t->thing(t->arg, kind, first, n);
}

static void tell_vm(const struct things_told *t, u64 vmid)
{
	if (vmid < N_VMID)
		tell(t, THING_VM, vmid, 1);
}

static void tell_frame_at(const struct things_told *t, u64 addr)
{
	tell(t, THING_FRAME, phys_page(addr) / PAGE_SIZE, 1);
}

/* The VM whose table or record the lock guards. */
static void tell_object(const struct things_told *t, u64 lk)
{
	if (lk >= NPT_ID && lk < ID_END)
		tell_vm(t, lk - (lk < INFO_ID ? NPT_ID : INFO_ID));
}

static void tell_space(const struct things_told *t, u64 space)
{
	if (space < SPACE_BANKS)
		tell_vm(t, space);
	else if (space < SPACE_NR)
		tell(t, THING_BANK, space - SPACE_BANKS, 1);
}

/* What an entry names: of the last level a page, above that level a block unless it names a table. */
static void tell_entry(const struct things_told *t, u64 entry, bool leaf)
{
	if (leaf && phys_page(entry))
		tell_frame_at(t, entry);
	else if (!leaf && pmd_page(entry) && !is_table(entry))
		tell(t, THING_FRAME, pmd_page(entry) / PAGE_SIZE, PMD_SIZE / PAGE_SIZE);
}

static void tell_entries(const struct things_told *t, const struct diff *d, bool leaf)
{
	tell_entry(t, d->old, leaf);
	tell_entry(t, d->new, leaf);
}

static void tell_record(const struct things_told *t, const struct diff *d)
{
	tell(t, THING_RECORD, d->first, d->last - d->first + 1);
	if (d->field == F_S2PAGE_s2_owner) {
		tell_vm(t, d->old);
		tell_vm(t, d->new);
	}
}

/* The first tables of the banks lie one behind the other, two pages each. */
static void tell_first_tables(const struct things_told *t, const struct diff *d)
{
	u64 first = (d->first - SMMU_POOL_START) / (2 * PAGE_SIZE);
	u64 last = (d->last - SMMU_POOL_START) / (2 * PAGE_SIZE);

	if (first < THING_BANKS)
		tell(t, THING_BANK, first, min_u64(last, THING_BANKS - 1) - first + 1);
}

static void tell_diff(const struct things_told *t, lk_t lk, const struct diff *d)
{
	switch (obj_kind_of(lk)) {
	case OBJ_FLATMEM:
		tell(t, THING_FRAME, d->first, d->last - d->first + 1);
		return;
	case OBJ_S2PAGE:
		tell_record(t, d);
		return;
	case OBJ_SPT:
		if (d->field == F_SPT_spt_vttbr_pool)
			tell_first_tables(t, d);
		if (d->field == F_SPT_spt_pmd_pool)
			tell_entries(t, d, true);
		return;
	case OBJ_SMMU:
		tell(t, THING_BANK, d->first, d->last - d->first + 1);
		tell_vm(t, d->old);
		tell_vm(t, d->new);
		return;
	case OBJ_NPT:
		if (d->field == F_NPT_pt_pmd_pool || d->field == F_NPT_pt_pud_pool)
			tell_entries(t, d, d->field == F_NPT_pt_pmd_pool);
		return;
	case OBJ_INFO:
		if (d->field == F_INFO_vm_vcpu || d->field == F_INFO_vm_vcpu_state)
			tell(t, THING_VCPU, thing_vcpu(lk - INFO_ID, d->first),
			     d->last - d->first + 1);
		return;
	case OBJ_CORE:
	case OBJ_NR:
		return;
	}
}

const char *thing_arg_name(const struct event *e, u32 i, size_t *len)
{
	const struct mark_arg *arg = mark_arg_of(mark_spec(e->kind), i);
	const char *name = arg ? arg->name : "";

	if (e->kind == MARK_OP && i > 0) {
		name = op_args(e->args[0]);
		for (u32 k = 1; k < i && *name; k++) {
			name += strcspn(name, " ");
			name += *name == ' ';
		}
	} else if (e->kind == MARK_SEVENT && i == 2) {
		name = op_result(e->args[0]);
	} else if (e->kind == MARK_PANIC && i > 0) {
		return panic_value_name(e->args[0], i - 1, len);
	}
	*len = strcspn(name, " ");
	return name;
}

/**
 * struct named - what the arguments so far have said
 * @vmid:  the last VM; @cbndx: the last bank of an SMMU that was not named yet; ~0: none
 */
struct named {
	u64 vmid, cbndx;
};

static enum thing_role find_role(const struct event *e, u32 i)
{
	enum mark_type type = mark_arg_of(mark_spec(e->kind), i)->type;
	static const struct {
		const char *name;
		enum thing_role role;
	} names[] = {
		{ "pfn", ROLE_FRAME },   { "pa", ROLE_ADDR },    { "pte", ROLE_ENTRY },
		{ "vmid", ROLE_VM },     { "owner", ROLE_VM },   { "vcpuid", ROLE_VCPU },
		{ "cbndx", ROLE_CBNDX }, { "index", ROLE_SMMU },
	};
	size_t len;
	const char *name = thing_arg_name(e, i, &len);

	if (type == MARG_SPACE)
		return ROLE_SPACE;
	if (type == MARG_OBJECT)
		return ROLE_OBJECT;
	if (type != MARG_DEC && type != MARG_HEX)
		return ROLE_NONE;
	if (e->kind == MARK_OP && e->args[0] == OP_map_page_host)
		return i == 1 ? ROLE_ADDR : ROLE_NONE;
	for (u32 k = 0; k < ARRAY_SIZE(names); k++)
		if (strlen(names[k].name) == len && memcmp(names[k].name, name, len) == 0)
			return names[k].role;
	return ROLE_NONE;
}

/* Names of the arguments of operations and panics depend on the first one. */
static bool names_depend(u32 kind)
{
	return kind == MARK_OP || kind == MARK_SEVENT || kind == MARK_PANIC;
}

static enum thing_role role_of(const struct things_told *t, const struct event *e, u32 i)
{
	const struct mark_spec *spec = &mark_specs[e->kind];
	u64 row = names_depend(e->kind) ? e->args[0] : 0;
	u32 at = i;
	u8 *v;

	if (!names_depend(e->kind) && i >= spec->fixed)
		at = spec->fixed + (spec->group > 1 ? (i - spec->fixed) % spec->group : 0);
	if (!t->roles || row >= ROLE_ROWS || at >= ROLE_ARGS)
		return find_role(e, i);
	v = &t->roles->v[e->kind][row][at];
	if (*v == ROLE_UNKNOWN)
		*v = (u8)find_role(e, i);
	return (enum thing_role) * v;
}

static void tell_named(const struct things_told *t, const struct event *e, u32 i, struct named *n)
{
	u64 v = e->args[i];

	switch (role_of(t, e, i)) {
	case ROLE_UNKNOWN:
	case ROLE_NONE:
		return;
	case ROLE_FRAME:
		tell(t, THING_FRAME, v, 1);
		return;
	case ROLE_ADDR:
		tell_frame_at(t, v);
		return;
	case ROLE_ENTRY:
		if (phys_page(v))
			tell_frame_at(t, v);
		return;
	case ROLE_VM:
		n->vmid = v;
		tell_vm(t, v);
		return;
	case ROLE_VCPU:
		if (n->vmid < N_VMID && v < THING_VCPUS)
			tell(t, THING_VCPU, thing_vcpu(n->vmid, v), 1);
		return;
	case ROLE_CBNDX:
		n->cbndx = v;
		return;
	case ROLE_SMMU:
		if (v < SMMU_NUM && n->cbndx < SMMU_NUM_CTXT_BANKS)
			tell(t, THING_BANK, smmu_id((u32)v, (u32)n->cbndx), 1);
		return;
	case ROLE_SPACE:
		tell_space(t, v);
		return;
	case ROLE_OBJECT:
		tell_object(t, v);
		return;
	}
}

/* A vCPU's number follows its VM's. */
static void tell_surprise(const struct things_told *t, const struct event *e)
{
	u64 vmid = ~0ull;

	for (u32 i = mark_spec(e->kind)->fixed; i + 1 < e->n; i += 2) {
		u64 v = e->args[i + 1];

		if (e->args[i] == MV_ABOUT_FRAME) {
			tell(t, THING_FRAME, v, 1);
		} else if (e->args[i] == MV_ABOUT_VM) {
			vmid = v;
			tell_vm(t, v);
		} else if (e->args[i] == MV_ABOUT_VCPU && vmid < N_VMID && v < THING_VCPUS) {
			tell(t, THING_VCPU, thing_vcpu(vmid, v), 1);
		} else if (e->args[i] == MV_ABOUT_BANK && v < THING_BANKS) {
			tell(t, THING_BANK, v, 1);
		}
	}
}

static void tell_mark(const struct things_told *t, const struct event *e)
{
	struct named n = { ~0ull, ~0ull };

	if (e->kind == MARK_SURPRISE) {
		tell_surprise(t, e);
		return;
	}
	for (u32 i = 0; i < e->n; i++)
		tell_named(t, e, i, &n);
}

void things_of(const struct event *e, const struct things_told *told)
{
	if (event_is_mark(e->kind)) {
		tell_mark(told, e);
		return;
	}
	tell_object(told, e->lk);
	if (!event_is_push(e->kind) || e->lk >= ID_END || e->kind != event_push_of(e->lk))
		return;
	for (u32 i = 0; i < e->n; i++)
		tell_diff(told, e->lk, &e->diffs[i]);
}
