// SPDX-License-Identifier: GPL-2.0-only
/* The observation functions, in the order of obs.def, but for those of pages (pages.c).  [SecuritySecurityDef] */
#include "oracle/obs/leaves.h"
#include "oracle/obs/row.h"
#include "oracle/obs/sink.h"
#include "shmem/obj/region.h"

enum { SMMU_BANKS = SMMU_NUM * SMMU_NUM_CTXT_BANKS };

static u64 pages(const struct obs_view *v, u32 field, u64 index)
{
	return obj_get(&v->obj[S2PAGE_ID], field, index);
}

static void reg(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (u32 c = 0; c < v->cpus; c++) {
		const struct obs_cpu *cpu = &v->cpu[c];

		if (cpu->icore || cpu->vmid != p)
			continue;
		for (u32 r = 0; r < REG_NR; r++)
			if (reg_group((enum reg)r) == REGS)
				obs_put(s, (u64)c << 16 | r, cpu->regs->r[r]);
	}
}

struct npt_arg {
	const struct obs_view *v;
	vmid_t p;
	struct obs_sink *s;
};

static void npt_leaf(void *arg, u64 gfn, u64 pfn, u64 pte)
{
	struct npt_arg *a = arg;

	(void)pte;
	if (a->p == HOSTVISOR && pfn) {
		u64 index = region_page_index(a->v->fixed, pfn);

		if (index == INVALID64 || pages(a->v, F_S2PAGE_s2_owner, index) != HOSTVISOR)
			return;
	}
	obs_put(a->s, gfn, pfn);
}

static void npt(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	struct npt_arg a = { v, p, s };

	obs_each_npt(&v->obj[NPT_ID + p], p, npt_leaf, &a);
}

static u64 bank_owner(const struct obs_view *v, u32 bank)
{
	return obj_get(&v->obj[SMMU_ID], F_SMMU_smmu_vmid, bank);
}

static void smmu(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (u32 b = 0; b < SMMU_BANKS; b++)
		obs_put(s, b, p == HOSTVISOR ? bank_owner(v, b) : bank_owner(v, b) == p);
}

struct spt_arg {
	u32 bank;
	struct obs_sink *s;
};

static void spt_leaf(void *arg, u64 iova_gfn, u64 pfn, u64 pte)
{
	struct spt_arg *a = arg;
	u64 key = ((u64)a->bank << 32 | iova_gfn) * 2;

	obs_put(a->s, key, pfn);
	obs_put(a->s, key + 1, pte);
}

static void spt(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (u32 b = 0; b < SMMU_BANKS; b++) {
		struct spt_arg a = { b, s };

		if (p == HOSTVISOR || bank_owner(v, b) == p)
			obs_each_spt(&v->obj[SPT_ID], b, spt_leaf, &a);
	}
}

static void ctxt(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (u32 c = 0; c < v->total_cpu; c++)
		for (u32 r = 0; r < REG_NR; r++)
			obs_put(s, (u64)c << 16 | r, v->ctxts[p * v->total_cpu + c].r[r]);
}

/* Fields @first to @last of VM @w. */
static void vm_fields(const struct obs_view *v, vmid_t w, u32 first, u32 last, struct obs_sink *s)
{
	const struct obj *o = &v->obj[INFO_ID + w];

	for (u32 f = first; f <= last; f++)
		for (u64 i = 0; i < obj_field(OBJ_INFO, f)->count; i++)
			obs_put(s, (u64)w << 16 | f << 8 | i, obj_get(o, f, i));
}

static void boot_info(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (vmid_t w = 0; w < N_VMID; w++)
		if (p == HOSTVISOR || w == p)
			vm_fields(v, w, F_INFO_vm_next_load_info, F_INFO_vm_inc_exe, s);
}

static void state_info(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	if (p != HOSTVISOR)
		vm_fields(v, p, F_INFO_vm_kvm, F_INFO_vm_power, s);
}

static void core_data(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	if (p != HOSTVISOR)
		return;
	for (u32 f = F_CORE_next_vmid; f <= F_CORE_next_remap_ptr; f++)
		obs_put(s, f, obj_get(&v->obj[CORE_ID], f, 0));
}

static void dirty(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	if (p != HOSTVISOR)
		return;
	for (u32 i = 0; i < N_VMID * v->total_cpu; i++)
		obs_put(s, (u64)(i / v->total_cpu) << 16 | i % v->total_cpu,
		        v->ctxts[i].r[R_dirty] == INVALID64);
}

static void cur_vcpuid(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (u32 c = 0; c < v->cpus; c++)
		if (obs_active(v, p, c))
			obs_put(s, c, 1ull + v->cpu[c].vcpuid);
}

static void data_log(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	obs_put(s, p, v->data[p]);
}

static void core_log(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	for (vmid_t w = 0; w < N_VMID; w++)
		if (p == HOSTVISOR || w == p)
			obs_put(s, w, v->core[w]);
}

static void smmu_cfg(const struct obs_view *v, vmid_t p, struct obs_sink *s)
{
	const struct smmu_conf *c = &v->fixed->smmu;
	u64 key = 0;

	(void)p;
	obs_put(s, key++, c->smmu_num);
	for (u32 i = 0; i < SMMU_NUM; i++) {
#define U64S(name, max) obs_put(s, key++, c->name[i]);
#define U32S(name, max) obs_put(s, key++, c->name[i]);
#include "shmem/obj/smmu_conf.def"
	}
}

#define KIND(k) (1u << OBJ_##k)

const struct obs_reader obs_readers[OBS_NR] = {
	[OBS_REG] = { reg, 0, true },
	[OBS_NPT] = { npt, KIND(NPT) | KIND(S2PAGE), false },
	[OBS_SMMU] = { smmu, KIND(SMMU), false },
	[OBS_SPT] = { spt, KIND(SMMU) | KIND(SPT), false },
	[OBS_CTXT] = { ctxt, 0, true },
	[OBS_BOOT_INFO] = { boot_info, KIND(INFO), false },
	[OBS_STATE_INFO] = { state_info, KIND(INFO), false },
	[OBS_CORE_DATA] = { core_data, KIND(CORE), false },
	[OBS_DIRTY] = { dirty, 0, true },
	[OBS_CUR_VCPUID] = { cur_vcpuid, 0, true },
	[OBS_DATA_LOG] = { data_log, 0, true },
	[OBS_CORE_LOG] = { core_log, 0, true },
	[OBS_SMMU_CFG] = { smmu_cfg, 0, true },
};
