// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/params.h"

#include "oracle/data.h"
#include "shmem/obj/obj.h"
#include "sim/base/consts.h"
#include "sim/log/config.h"
#include "sim/log/mark_arg.h"

static u64 data_value(const struct params *p, vmid_t vmid, u64 n)
{
	const struct data_oracle d = { doracle, p->seed, p->guest_base, p->guest_span };

	return data_oracle_value(&d, vmid, n);
}

static u64 core_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)cpu;
	return core_doracle(p->seed, vmid, n);
}

static u32 good_image(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)p;
	(void)cpu;
	(void)vmid;
	(void)addr;
	return 1;
}

static u64 reset_value(const struct params *p, u32 index)
{
	(void)p;
	(void)index;
	return 0;
}

static u64 kvm_of(const struct params *p, vmid_t vmid)
{
	(void)p;
	return SHARED_KVM_START + (u64)vmid;
}

static u64 vcpu_of(const struct params *p, vmid_t vmid, vcpuid_t vcpuid)
{
	return SHARED_VCPU_START + (u64)vmid * p->vcpu_per_vm + vcpuid;
}

static u64 vector_of(const struct params *p, u64 pstate)
{
	(void)p;
	(void)pstate;
	return 0;
}

/* Each general register takes the next value. */
static u32 fresh_gp(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n)
{
	for (u32 i = CTXT_X0; i <= CTXT_X30; i++)
		ctxt->r[reg_by_index(i)] = p->doracle(p, vmid, n + i - CTXT_X0);
	return CTXT_X30 - CTXT_X0 + 1;
}

/* Each system register takes the next value, in the order of their numbers; that of one without a field is dropped. */
static u32 fresh_sys(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < CTXT_SYSREGS_SIZE; i++) {
		enum reg r = reg_by_index(CTXT_SYSREGS_START + i);

		if (r != REG_NR)
			ctxt->r[r] = p->doracle(p, vmid, n + i);
	}
	return CTXT_SYSREGS_SIZE;
}

void params_init(struct params *p, u64 seed, u32 vcpu_per_vm)
{
	*p = (struct params){ .seed = seed,
		              .doracle = data_value,
		              .core_doracle = core_value,
		              .verify_img = good_image,
		              .reg_desc = reset_value,
		              .shared_kvm = kvm_of,
		              .shared_vcpu = vcpu_of,
		              .exception_vector = vector_of,
		              .decrypt_gp_regs = fresh_gp,
		              .decrypt_sys_regs = fresh_sys,
		              .vcpu_per_vm = vcpu_per_vm };
}

void params_tell(const struct params *p, struct log_config *c)
{
	c->seed = p->seed;
	if (p->doracle == data_value) {
		c->guest_base = p->guest_base;
		c->guest_span = p->guest_span;
	}
}

bool params_known(const struct params *p, u32 stream, const struct log_config *c)
{
	switch (stream) {
	case MV_STREAM_DATA:
	case MV_STREAM_DATA_PEEK:
		return p->doracle == data_value && p->seed == c->seed &&
		       p->guest_base == c->guest_base && p->guest_span == c->guest_span;
	case MV_STREAM_CORE:
		return p->core_doracle == core_value && p->seed == c->seed;
	case MV_STREAM_SHARED_KVM:
		return p->shared_kvm == kvm_of;
	case MV_STREAM_SHARED_VCPU:
		return p->shared_vcpu == vcpu_of;
	case MV_STREAM_REG_DESC:
		return p->reg_desc == reset_value;
	case MV_STREAM_VECTOR:
		return p->exception_vector == vector_of;
	default:
		return false;
	}
}
