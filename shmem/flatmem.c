// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/flatmem.h"

#include "shmem/shared.h"

static void put(struct cpu *c, pfn_t pfn, u64 value)
{
	obj_set(&c->shared->obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn, value);
}

static void note(struct cpu *c, pfn_t first, u64 n)
{
	if (unlikely(c->env) && n > 0)
		c->env->note(c, &c->shared->obj[FLATMEM_ID], F_FLATMEM_flatmem, first, n);
}

void flat_clear(struct cpu *c, pfn_t pfn)
{
	note(c, pfn, 1);
	put(c, pfn, 0);
}

void flat_fetch(struct cpu *c, pfn_t first, u64 n, vmid_t vmid, u64 from)
{
	note(c, first, n);
	for (u64 i = 0; i < n; i++)
		put(c, first + i, c->params->doracle(c->params, vmid, from + i));
}

void flat_put(struct cpu *c, pfn_t pfn, vmid_t vmid, u64 index)
{
	flat_fetch(c, pfn, 1, vmid, index);
}

u64 flat_load(struct cpu *c, pfn_t pfn)
{
	return obj_get(&c->shared->obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn);
}

void flat_store(struct cpu *c, pfn_t pfn, u64 value)
{
	note(c, pfn, 1);
	put(c, pfn, value);
}
