// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/flatmem.h"

#include "cpu/point.h"
#include "lock/flat.h"
#include "shmem/shared.h"
#include "sim/base/check.h"
#include "sim/log/mark_arg.h"
#include "sim/log/write/log.h"

u64 flat_value(const struct cpu *c, vmid_t vmid, u64 n)
{
	return c->params->doracle(c->params, vmid, n);
}

static struct obj *flatmem(struct cpu *c)
{
	return &c->shared->obj[FLATMEM_ID];
}

void flat_step_begin(struct cpu *c)
{
	flat_enter(c);
}

u32 flat_step_end(struct cpu *c)
{
	/* A script's number counts the published events only. */
	u32 number = unlikely(c->env) ? flat_next(c) : flat_number(c);

	flat_leave(c);
	return number;
}

/* Frames @first..@first + @n - 1 are about to change: in a step. */
static void begin(struct cpu *c, pfn_t first, u64 n)
{
	SIM_ASSERT_DBG(first < KVM_PFN_SPACE);
	SIM_ASSERT_DBG(n <= KVM_PFN_SPACE - first);
	flat_use(c);
	if (unlikely(c->control) && n > 0)
		c->control->note(c, flatmem(c), F_FLATMEM_flatmem, first, n);
}

/* One frame; @log: the log gets the difference of its values. */
static void change(struct cpu *c, pfn_t pfn, u64 value, bool log)
{
	u64 old = obj_get(flatmem(c), F_FLATMEM_flatmem, pfn);

	if (value == old)
		return;
	c->effects++;
	obj_set(flatmem(c), F_FLATMEM_flatmem, pfn, value);
	if (log)
		log_diff(c->log, FLATMEM_ID, F_FLATMEM_flatmem, pfn, 1, value - old);
}

/* The event, with the differences so far. */
static void push(struct cpu *c)
{
	u32 number = flat_number(c);

	if (log_on(c->log))
		log_flat(c->log, number, flatmem(c)->digest);
	flat_used(c);
}

void flat_fetch(struct cpu *c, pfn_t first, u64 n, vmid_t vmid, u64 from)
{
	bool log = log_on(c->log);
	/* Values that the log's header does not tell are logged themselves. */
	bool range = log && params_known(c->params, MV_STREAM_DATA, c->log->log->config);
	u64 effects = c->effects;

	flat_enter(c);
	begin(c, first, n);
	for (u64 i = 0; i < n; i++)
		change(c, first + i, flat_value(c, vmid, from + i), log && !range);
	if (range && n > 0)
		log_diff_oracle(c->log, first, n, vmid, from);
	/* Values were taken, also where the frames held the same. */
	if (n > 0 && c->effects == effects)
		c->effects++;
	push(c);
	flat_leave(c);
}

void flat_put(struct cpu *c, pfn_t pfn, vmid_t vmid, u64 index)
{
	flat_fetch(c, pfn, 1, vmid, index);
}

void flat_step_store(struct cpu *c, pfn_t pfn, u64 value)
{
	begin(c, pfn, 1);
	change(c, pfn, value, log_on(c->log));
	push(c);
}

void flat_store(struct cpu *c, pfn_t pfn, u64 value)
{
	flat_enter(c);
	flat_step_store(c, pfn, value);
	flat_leave(c);
}

void flat_clear(struct cpu *c, pfn_t pfn)
{
	flat_store(c, pfn, 0);
}

u64 flat_step_load(struct cpu *c, pfn_t pfn)
{
	u64 value;

	SIM_ASSERT_DBG(pfn < KVM_PFN_SPACE);
	if (unlikely(c->points))
		point_look(c, flatmem(c), F_FLATMEM_flatmem, pfn);
	flat_use(c);
	value = obj_get(flatmem(c), F_FLATMEM_flatmem, pfn);
	flat_used(c);
	return value;
}

u64 flat_load(struct cpu *c, pfn_t pfn)
{
	u64 value;

	flat_enter(c);
	value = flat_step_load(c, pfn);
	flat_leave(c);
	return value;
}
