// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope_op.h"

#include "cpu/say.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/user.h"

#include <string.h>

/*
 * Looks in one section of CORE whether next_vmid is 0, and, if so, makes it one more in the next: whoever acted between is not
 * seen.
 */
static u64 check_then_act(struct cpu *c, const u64 *a)
{
	u32 seen;

	(void)a;
	acquire_lock_core(c);
	seen = get_next_vmid(c);
	release_lock_core(c);
	if (seen != 0)
		return 0;
	acquire_lock_core(c);
	set_next_vmid(c, get_next_vmid(c) + 1);
	release_lock_core(c);
	return 1;
}

/*
 * The operations of the classic shapes.  A variable that their programs share is a cell here, and each access to it a section of the cell's
 * lock: one step.
 */
enum { FIRST_VM = 1, OLD = 0, NEW = 1 };

static u32 look(struct cpu *c)
{
	u32 seen;

	acquire_lock_core(c);
	seen = get_next_vmid(c);
	release_lock_core(c);
	return seen;
}

static u32 add(struct cpu *c, u32 value)
{
	u32 sum;

	acquire_lock_core(c);
	sum = get_next_vmid(c) + value;
	set_next_vmid(c, sum);
	release_lock_core(c);
	return sum;
}

static void put(struct cpu *c, u32 value)
{
	acquire_lock_core(c);
	set_next_vmid(c, value);
	release_lock_core(c);
}

static u32 look_vm(struct cpu *c, u32 vm)
{
	u32 seen;

	acquire_lock_vm(c, vm);
	seen = get_vm_state(c, vm);
	release_lock_vm(c, vm);
	return seen;
}

static void put_vm(struct cpu *c, u32 vm, u32 value)
{
	acquire_lock_vm(c, vm);
	set_vm_state(c, vm, value);
	release_lock_vm(c, vm);
}

/* Counts once, under VM @a[0]'s lock. */
static u64 count(struct cpu *c, const u64 *a)
{
	acquire_lock_vm(c, (u32)a[0]);
	add(c, 1);
	release_lock_vm(c, (u32)a[0]);
	return 0;
}

/* The same between two looks at the number: by how much it has become more than by this. */
static u64 count_alone(struct cpu *c, const u64 *a)
{
	u32 before, behind;

	acquire_lock_vm(c, (u32)a[0]);
	before = look(c);
	add(c, 1);
	behind = look(c);
	release_lock_vm(c, (u32)a[0]);
	return behind - before - 1;
}

/* Makes the first cell new, then the second one: in a section each, or (@a[0]) the second while it has the first one's lock. */
static u64 set_both(struct cpu *c, const u64 *a)
{
	acquire_lock_vm(c, FIRST_VM);
	set_vm_state(c, FIRST_VM, NEW);
	if (a[0])
		put(c, NEW);
	release_lock_vm(c, FIRST_VM);
	if (!a[0])
		put(c, NEW);
	return 0;
}

/* Looks at the second cell if the first one is new, in sections as set_both(): 1: that one alone is. */
static u64 sees_first_alone(struct cpu *c, const u64 *a)
{
	u32 first, second = NEW;

	acquire_lock_vm(c, FIRST_VM);
	first = get_vm_state(c, FIRST_VM);
	if (first == NEW && a[0])
		second = look(c);
	release_lock_vm(c, FIRST_VM);
	if (first == NEW && !a[0])
		second = look(c);
	return second == OLD;
}

/* Looks whether both cells are old, or else whether both are new, a section for each look: 1: neither is so. */
static u64 sees_one_alone(struct cpu *c, const u64 *a)
{
	u32 first, second;

	if (!a[0])
		return !((look_vm(c, FIRST_VM) == OLD && look(c) == OLD) ||
		         (look_vm(c, FIRST_VM) == NEW && look(c) == NEW));
	acquire_lock_vm(c, FIRST_VM);
	first = get_vm_state(c, FIRST_VM);
	second = look(c);
	release_lock_vm(c, FIRST_VM);
	return first != second;
}

/*
 * A room is for visitors of one kind at a time: who is the first of kind @a[0] locks it (CORE), and the last one unlocks it; they count
 * themselves in and out under VM 1's lock.  @a[1]: the first one unlocks it before it counts itself out.
 */
static u64 visit(struct cpu *c, const u64 *a)
{
	u32 kind = (u32)a[0], inside;
	bool has;

	acquire_lock_vm(c, FIRST_VM);
	inside = get_vcpu_state(c, FIRST_VM, kind) + 1;
	set_vcpu_state(c, FIRST_VM, kind, inside);
	has = inside == 1;
	if (has)
		acquire_lock_core(c);
	release_lock_vm(c, FIRST_VM);
	if (has && a[1])
		release_lock_core(c);
	acquire_lock_vm(c, FIRST_VM);
	inside = get_vcpu_state(c, FIRST_VM, kind) - 1;
	set_vcpu_state(c, FIRST_VM, kind, inside);
	if (inside == 0 && !a[1])
		release_lock_core(c);
	release_lock_vm(c, FIRST_VM);
	return 0;
}

enum { DEPOSITED = 1, WITHDRAWN = 2 };

static void book(struct cpu *c, u64 amount, u32 what)
{
	acquire_lock_core(c);
	set_next_remap_ptr(c, get_next_remap_ptr(c) + amount);
	set_next_vmid(c, get_next_vmid(c) | what);
	release_lock_core(c);
}

static u64 deposit(struct cpu *c, const u64 *a)
{
	book(c, a[0], DEPOSITED);
	return 0;
}

static u64 withdraw(struct cpu *c, const u64 *a)
{
	book(c, 0 - a[0], WITHDRAWN);
	return 0;
}

/* 1: money was deposited and withdrawn, and the account has something else than @a[0]. */
static u64 account_differs(struct cpu *c, const u64 *a)
{
	bool differs;

	acquire_lock_core(c);
	differs = get_next_vmid(c) == (DEPOSITED | WITHDRAWN) && get_next_remap_ptr(c) != a[0];
	release_lock_core(c);
	return differs;
}

/*
 * A driver of devices.  Who uses it counts itself, so that it is not taken away meanwhile: the number begins at 1, and whoever makes it 0
 * says that nobody is left.
 */
enum { IS_STOPPING = 1, NOBODY_LEFT, STOPPED };

static void leave(struct cpu *c)
{
	if (add(c, (u32)-1) == 0)
		put_vm(c, NOBODY_LEFT, 1);
}

/* Uses the driver, unless it is stopping; @a[0]: counts itself before it asks.  1: it was used when it had stopped. */
static u64 use_driver(struct cpu *c, const u64 *a)
{
	u64 wrong = 0;

	if (a[0])
		add(c, 1);
	if (!look_vm(c, IS_STOPPING)) {
		if (!a[0])
			add(c, 1);
		wrong = look_vm(c, STOPPED);
	}
	leave(c);
	return wrong;
}

/* Stops the driver, if nobody is left in it. */
static u64 stop_driver(struct cpu *c, const u64 *a)
{
	(void)a;
	put_vm(c, IS_STOPPING, 1);
	leave(c);
	if (look_vm(c, NOBODY_LEFT))
		put_vm(c, STOPPED, 1);
	return 0;
}

/*
 * Accesses that give 1 where they come to a page, and 0 where they fault, as what runs on a machine sees them: in the published
 * entries (mem_load, ...) whatever does not end is stuck.
 */

static u64 came(struct access a)
{
	return a.how == ACCESS_OWN || a.how == ACCESS_SHARED;
}

/* What runs here has computed @value. */
static void has(struct cpu *c, u64 index, u64 value)
{
	enum reg r = reg_by_index((u32)index);

	if (r == REG_NR)
		return;
	c->regs.r[r] = value;
	say_touch_regs(c, reg_block(r));
}

static u64 try_load(struct cpu *c, const u64 *a)
{
	return came(mem_access(c, ACCESS_LOAD, a[0], (u32)a[1]));
}

static u64 try_store(struct cpu *c, const u64 *a)
{
	has(c, a[1], a[2]);
	return came(mem_access(c, ACCESS_STORE, a[0], (u32)a[1]));
}

static u64 try_dev_load(struct cpu *c, const u64 *a)
{
	return came(dev_access(c, ACCESS_LOAD, a[0], (u32)a[1], (u32)a[2], (u32)a[3]));
}

static u64 try_dev_store(struct cpu *c, const u64 *a)
{
	has(c, a[1], a[2]);
	return came(dev_access(c, ACCESS_STORE, a[0], (u32)a[1], (u32)a[3], (u32)a[4]));
}

static u64 try_dma_load(struct cpu *c, const u64 *a)
{
	return came(dma_access(c, ACCESS_LOAD, a[0], 0, (u32)a[1], (u32)a[2]));
}

static u64 try_dma_store(struct cpu *c, const u64 *a)
{
	return came(dma_access(c, ACCESS_STORE, a[0], a[1], (u32)a[2], (u32)a[3]));
}

#define ACCESS_ROW(name_, function_, n_, ...)                                             \
	{                                                                                 \
		.name = #name_, .function = #function_, .source = "", .family = PRIM_HYP, \
		.returns = true, .n_args = n_, .arg = { __VA_ARGS__ }, .call = name_      \
	}

#define GFN   PRIM_ARG_gfn
#define REG   PRIM_ARG_reg
#define VALUE PRIM_ARG_value
#define CBNDX PRIM_ARG_cbndx
#define SMMU  PRIM_ARG_smmu

#define OP(f, gives, n, ...)                                                                    \
	{                                                                                       \
		.name = #f, .function = #f, .source = "", .family = PRIM_HYP, .returns = gives, \
		.n_args = n, .arg = { __VA_ARGS__ }, .call = f                                  \
	}

const struct prim scope_ops[] = {
	OP(check_then_act, true, 0),
	OP(count, false, 1, PRIM_ARG_vmid),
	OP(count_alone, true, 1, PRIM_ARG_vmid),
	OP(set_both, false, 1, PRIM_ARG_u32),
	OP(sees_first_alone, true, 1, PRIM_ARG_u32),
	OP(sees_one_alone, true, 1, PRIM_ARG_u32),
	OP(visit, false, 2, PRIM_ARG_vcpuid, PRIM_ARG_u32),
	OP(deposit, false, 1, PRIM_ARG_value),
	OP(withdraw, false, 1, PRIM_ARG_value),
	OP(account_differs, true, 1, PRIM_ARG_value),
	OP(use_driver, true, 1, PRIM_ARG_u32),
	OP(stop_driver, false, 0),
	ACCESS_ROW(try_load, mem_load, 2, GFN, REG),
	ACCESS_ROW(try_store, mem_store, 3, GFN, REG, VALUE),
	ACCESS_ROW(try_dev_load, dev_load, 4, GFN, REG, CBNDX, SMMU),
	ACCESS_ROW(try_dev_store, dev_store, 5, GFN, REG, VALUE, CBNDX, SMMU),
	ACCESS_ROW(try_dma_load, dma_load, 3, GFN, CBNDX, SMMU),
	ACCESS_ROW(try_dma_store, dma_store, 4, GFN, VALUE, CBNDX, SMMU),
};
const u32 n_scope_ops = (u32)ARRAY_SIZE(scope_ops);

const struct prim *scope_callable(const char *name)
{
	for (u32 i = 0; i < n_scope_ops; i++)
		if (strcmp(scope_ops[i].name, name) == 0)
			return &scope_ops[i];
	return prim_by_name(name);
}
