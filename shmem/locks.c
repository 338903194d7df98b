// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/locks.h"

#include "lock/levels.h"
#include "lock/wait.h"
#include "shmem/guard.h"
#include "shmem/shared.h"
#include "sim/log/event.h"

/* The lock of object @id at the ticket level.  SOURCE: the bodies use lock_idx_*, one less (LocksCode) */
static u64 lock_of(const struct cpu *c, u64 id)
{
	return published(c, ERRATUM_LOCK_NUMBERING) ? id - 1 : id;
}

/* The upper specification, in one step. */
static void acquire_high(struct cpu *c, lk_t id)
{
	RELY(c, c->lock[id] == LOCK_FALSE, STUCK_LOCK_TAKEN, id);
	c->env->query(c, id);
	c->env->append(c, id, EV_WAIT_LOCK, LOCK_BOUND);
	c->env->append(c, id, EV_OPULL, id);
	RELY(c, high_ok(c, id), STUCK_LOG_HIGH, id);
	c->env->pull(c, id, true);
	c->lock[id] = LOCK_OWN_PULLED;
	c->tstate = 0;
}

static void release_high(struct cpu *c, lk_t id)
{
	struct shared_event e = { .kind = event_push_of(id), .obj = id };

	RELY(c, c->lock[id] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, id);
	c->env->push(c, id, &e);
	c->env->append(c, id, EV_REL_LOCK, 0);
	RELY(c, high_ok(c, id), STUCK_LOG_HIGH, id);
	c->lock[id] = LOCK_FALSE;
	c->tstate = 1;
}

static void acquire(struct cpu *c, lk_t id)
{
	lk_t lk = (lk_t)lock_of(c, id);

	if (unlikely(c->env) && c->level == ENV_HIGH) {
		acquire_high(c, id);
		return;
	}
	wait_lock(c, lk);
	acquire_shared(c, lk);
}

static void release(struct cpu *c, lk_t id)
{
	struct shared_event e = { .kind = event_push_of(id), .obj = id };
	lk_t lk = (lk_t)lock_of(c, id);

	if (unlikely(c->env) && c->level == ENV_HIGH) {
		release_high(c, id);
		return;
	}
	release_shared_event(c, &e, lk);
	pass_lock(c, lk);
}

#define LOCK(name, ID)                                  \
	void acquire_lock_##name(struct cpu *c)         \
	{                                               \
		if (!cpu_halted(c))                     \
			acquire(c, ID);                 \
	}                                               \
	void release_lock_##name(struct cpu *c)         \
	{                                               \
		if (!cpu_halted(c))                     \
			release(c, ID);                 \
		cpu_passed(c);                          \
	}                                               \
	void acquire_lock_##name##_spec0(struct cpu *c) \
	{                                               \
		acquire_spec0(c, ID, ID);               \
	}                                               \
	void release_lock_##name##_spec0(struct cpu *c) \
	{                                               \
		release_shared_##name(c);               \
		pass_hlock(c, (lk_t)lock_of(c, ID));    \
	}
#define LOCK_VMID(name, ID)                                          \
	void acquire_lock_##name(struct cpu *c, vmid_t vmid)         \
	{                                                            \
		if (cpu_halted(c))                                   \
			return;                                      \
		RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);           \
		acquire(c, ID + vmid);                               \
	}                                                            \
	void release_lock_##name(struct cpu *c, vmid_t vmid)         \
	{                                                            \
		if (cpu_halted(c))                                   \
			return;                                      \
		RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);           \
		release(c, ID + vmid);                               \
		cpu_passed(c);                                       \
	}                                                            \
	void acquire_lock_##name##_spec0(struct cpu *c, vmid_t vmid) \
	{                                                            \
		acquire_spec0(c, ID + (u64)vmid, vmid);              \
	}                                                            \
	void release_lock_##name##_spec0(struct cpu *c, vmid_t vmid) \
	{                                                            \
		release_shared_##name(c, vmid);                      \
		pass_hlock(c, (lk_t)lock_of(c, ID + (u64)vmid));     \
	}

void acquire_lock_spec0(struct cpu *c, lk_t lk)
{
	wait_hlock(c, lk);
	acquire_shared(c, lk);
}

void release_lock_spec0(struct cpu *c, const struct shared_event *e, lk_t lk)
{
	release_shared_event(c, e, lk);
	pass_hlock(c, lk);
}

static void acquire_spec0(struct cpu *c, u64 id, u64 arg)
{
	RELY_OF("acquire_lock_spec0", c, lock_of(c, id) < LK_SPACE, STUCK_RANGE, arg);
	acquire_lock_spec0(c, (lk_t)lock_of(c, id));
}

LOCK_VMID(pt, NPT_ID)
LOCK(spt, SPT_ID)
LOCK(s2page, S2PAGE_ID)
LOCK(core, CORE_ID)
LOCK_VMID(vm, INFO_ID)
LOCK(smmu, SMMU_ID)
