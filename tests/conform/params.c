// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/params.h"

#include "sim/base/consts.h"

enum { BASE_DATA = 1000, BASE_CORE = 2000, BASE_REGION = 6000, BASE_SMMU = 7000 };

u64 vector_mix(u64 seed, u64 a, u64 b)
{
	return seed * 6364136223846793005u + a * 1442695040888963407u + b * 2862933555777941757u +
	       12345;
}

/* Registers are counted within their group; the groups keep apart by these. */
static u64 group_base(enum reg_group group)
{
	switch (group) {
	case REGS:
		return 0;
	case TRAP:
		return 100;
	case STATES:
	case REG_GROUP_NR:
		break;
	}
	return 200;
}

void vector_regs(struct ctxt *c, enum reg_group group, u64 seed, u64 base)
{
	u64 k = group_base(group);

	for (u32 r = 0; r < REG_NR; r++)
		if (reg_group((enum reg)r) == group)
			c->r[r] = vector_mix(seed, base, k++) >> 24;
}

void vector_fixed(struct fixed *f, u64 seed)
{
	struct smmu_conf *s = &f->smmu;

	*f = (struct fixed){ .region_cnt = (u32)(seed % 33), .smmu = { .smmu_num = 2 } };
	for (u64 i = 0; i < MAX_MEMBLOCK_NUM; i++)
		f->region[i] =
			(struct mem_region){ .mb_base = vector_mix(seed, BASE_REGION + i, 0),
			                     .mb_size = vector_mix(seed, BASE_REGION + i, 1),
			                     .mb_flag = vector_mix(seed, BASE_REGION + i, 2),
			                     .mb_index = vector_mix(seed, BASE_REGION + i, 3) };
	for (u64 i = 0; i < SMMU_NUM; i++) {
		s->smmu_phys_base[i] = vector_mix(seed, BASE_SMMU + i, 0);
		s->smmu_size[i] = vector_mix(seed, BASE_SMMU + i, 1);
		s->smmu_pgshift[i] = (u32)vector_mix(seed, BASE_SMMU + i, 2);
		s->smmu_dev_context_banks[i] = (u32)vector_mix(seed, BASE_SMMU + i, 3);
	}
}

static u64 data_value(const struct params *p, vmid_t vmid, u64 n)
{
	return vector_mix(p->seed, BASE_DATA + (u64)vmid, n);
}

static u64 core_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)cpu;
	return vector_mix(p->seed, BASE_CORE + (u64)vmid, n);
}

static u32 verify_img(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)p;
	(void)cpu;
	return (u32)((addr + vmid) % 2);
}

static u64 reg_desc(const struct params *p, u32 index)
{
	(void)p;
	return 1000 + 7 * (u64)index;
}

static u64 shared_kvm(const struct params *p, vmid_t vmid)
{
	(void)p;
	return 1048576 + 4096 * (u64)vmid;
}

static u64 shared_vcpu(const struct params *p, vmid_t vmid, vcpuid_t vcpuid)
{
	(void)p;
	return 2097152 + 65536 * (u64)vmid + 256 * (u64)vcpuid;
}

static u64 exception_vector(const struct params *p, u64 pstate)
{
	(void)p;
	return 512 + (pstate & 15);
}

static u32 next_values(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n,
                       const enum reg *to, u32 count)
{
	for (u32 i = 0; i < count; i++)
		ctxt->r[to[i]] = data_value(p, vmid, n + i);
	return count;
}

static u32 decrypt_gp(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n)
{
	enum reg x[R_x30 - R_x0 + 1];

	for (u32 i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = (enum reg)(R_x0 + i);
	return next_values(p, ctxt, vmid, n, x, ARRAY_SIZE(x));
}

static u32 decrypt_sys(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n)
{
	static const enum reg sys[] = { R_sp_el1, R_elr_el1, R_ttbr0_el1, R_pc, R_pstate };

	return next_values(p, ctxt, vmid, n, sys, ARRAY_SIZE(sys));
}

void vector_params(struct params *p, u64 seed)
{
	*p = (struct params){ .seed = seed,
		              .doracle = data_value,
		              .core_doracle = core_value,
		              .verify_img = verify_img,
		              .reg_desc = reg_desc,
		              .shared_kvm = shared_kvm,
		              .shared_vcpu = shared_vcpu,
		              .exception_vector = exception_vector,
		              .decrypt_gp_regs = decrypt_gp,
		              .decrypt_sys_regs = decrypt_sys,
		              .vcpu_per_vm = VCPU_PER_VM };
}
