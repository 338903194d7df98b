// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/intake.h"

#include "cpu/point.h"
#include "cpu/say.h"
#include "sim/base/check.h"

u64 data_log_take(struct cpu *c, vmid_t vmid, u64 n)
{
	SIM_ASSERT(vmid < N_VMID);
	point(c, POINT_DATA, vmid);
	return __atomic_fetch_add(&c->data_logs->data[vmid], n, __ATOMIC_RELAXED);
}

static u64 data_next(struct cpu *c, vmid_t vmid)
{
	u64 n = data_log_take(c, vmid, 1), value = c->params->doracle(c->params, vmid, n);

	say_outside(c, MV_STREAM_DATA, vmid, n, value);
	return value;
}

u64 data_peek(struct cpu *c, vmid_t vmid)
{
	u64 n, value;

	SIM_ASSERT(vmid < N_VMID);
	point(c, POINT_DATA, vmid);
	n = __atomic_load_n(&c->data_logs->data[vmid], __ATOMIC_RELAXED);
	value = c->params->doracle(c->params, vmid, n);
	say_outside(c, MV_STREAM_DATA_PEEK, vmid, n, value);
	return value;
}

static u64 core_next(struct cpu *c, vmid_t vmid)
{
	u64 n, value;

	point(c, POINT_CORE, vmid);
	n = __atomic_fetch_add(&c->data_logs->core[vmid], 1, __ATOMIC_RELAXED);
	value = c->params->core_doracle(c->params, c->id, vmid, n);
	say_outside(c, MV_STREAM_CORE, vmid, n, value);
	return value;
}

u64 get_int_esr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return data_next(c, vmid);
}

u64 get_int_gpr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid, index);
	return data_next(c, vmid);
}

u64 get_int_pc(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return data_next(c, vmid);
}

u64 get_int_pstate(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return data_next(c, vmid);
}

void set_int_gpr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index, u64 value)
{
	(void)c;
	(void)vmid;
	(void)vcpuid;
	(void)index;
	(void)value;
}

u64 get_vm_fault_addr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return core_next(c, vmid);
}

u64 get_int_new_pte(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return core_next(c, vmid);
}

u64 get_int_new_level(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return core_next(c, vmid);
}

u64 get_int_run_vcpuid(struct cpu *c, vmid_t vmid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	return core_next(c, vmid);
}

u64 read_actlr_el1(struct cpu *c)
{
	return cpu_halted(c) ? 0 : data_next(c, c->cur_vmid);
}

u64 readq_relaxed(struct cpu *c, u64 addr)
{
	(void)addr;
	return cpu_halted(c) ? 0 : data_next(c, HOSTVISOR);
}

u64 readl_relaxed(struct cpu *c, u64 addr)
{
	return readq_relaxed(c, addr) & INVALID;
}

static void device_write(struct cpu *c, u32 bytes, u64 value, u64 addr)
{
	if (cpu_halted(c))
		return;
	c->device = (struct device_write){ .addr = addr, .value = value, .bytes = bytes };
	say_device(c, &c->device);
}

void writeq_relaxed(struct cpu *c, u64 value, u64 addr)
{
	device_write(c, 8, value, addr);
}

void writel_relaxed(struct cpu *c, u64 value, u64 addr)
{
	device_write(c, 4, value & INVALID, addr);
}

u64 get_shared_kvm(struct cpu *c, vmid_t vmid)
{
	u64 value;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	value = c->params->shared_kvm(c->params, vmid);
	say_outside(c, MV_STREAM_SHARED_KVM, vmid, 0, value);
	return value;
}

u64 get_shared_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 value;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	value = c->params->shared_vcpu(c->params, vmid, vcpuid);
	say_outside(c, MV_STREAM_SHARED_VCPU, vmid, vcpuid, value);
	return value;
}

u32 verify_image(struct cpu *c, vmid_t vmid, u64 addr)
{
	u32 valid;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(addr), STUCK_RANGE, vmid, addr);
	valid = c->params->verify_img(c->params, c->id, vmid, addr);
	say_outside(c, MV_STREAM_VERIFY_IMAGE, vmid, addr, valid);
	return valid;
}

u64 get_sys_reg_desc_val(struct cpu *c, u32 index)
{
	u64 value;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_reg(index), STUCK_RANGE, index);
	value = c->params->reg_desc(c->params, index);
	say_outside(c, MV_STREAM_REG_DESC, 0, index, value);
	return value;
}

u64 get_exception_vector(struct cpu *c, u64 pstate)
{
	u64 value = c->params->exception_vector(c->params, pstate);

	if (!flag_get(c->halt))
		say_outside(c, MV_STREAM_VECTOR, 0, pstate, value);
	return value;
}
