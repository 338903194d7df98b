/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A state, as observations read it.  Whoever has one fills it in: a machine at rest, or what was rebuilt from a log.  Nothing
 * is copied, so a view is good as long as what it points to is, and says what that holds when it is asked.
 */
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"
#include "shmem/obj/region.h"
#include "shmem/obj/regs.h"

/**
 * struct obs_cpu - one CPU
 * @ihost, @icore, @vmid, @vcpuid: the mode, and who runs
 */
struct obs_cpu {
	bool ihost, icore;
	u32 vmid, vcpuid;
	const struct ctxt *regs;
};

/**
 * struct obs_view
 * @obj:   [ID_END] contents by object, with their digests kept (obj_set())
 * @cpu:   [cpus]
 * @ctxts: [N_VMID * total_cpu] saved contexts, that of vCPU c of VM v at v * total_cpu + c
 * @data, @core: [N_VMID] values taken of each oracle
 */
struct obs_view {
	u32 cpus, total_cpu;
	const struct fixed *fixed;
	const struct obj *obj;
	struct obs_cpu cpu[MAX_CPU];
	const struct ctxt *ctxts;
	const u64 *data, *core;
};

/* Pages of a region that can be observed: those with a record that there is, and a frame of flat memory. */
static inline u64 obs_region_pages(const struct mem_region *r)
{
	u64 first = r->mb_base / PAGE_SIZE, n = region_pages(r);

	if (n == 0 || r->mb_index >= MAX_S2PAGE_NUM || first >= KVM_PFN_SPACE)
		return 0;
	return min_u64(n, min_u64(MAX_S2PAGE_NUM - r->mb_index, KVM_PFN_SPACE - first));
}

/* Does @p run on the CPU? */
static inline bool obs_active(const struct obs_view *v, vmid_t p, u32 cpu)
{
	return (p == HOSTVISOR && v->cpu[cpu].ihost) || v->cpu[cpu].vmid == p;
}

/* Is @p a principal: HOST, or a VM that is VERIFIED?  [valid role] */
static inline bool obs_in_role(const struct obs_view *v, vmid_t p)
{
	return p == HOSTVISOR || obj_get(&v->obj[INFO_ID + p], F_INFO_vm_state, 0) == VERIFIED;
}
