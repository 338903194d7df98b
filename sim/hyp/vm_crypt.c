// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/vm_crypt.h"

#include "cpu/ctxt.h"
#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "shmem/phys.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/page_mgr.h"

void save_encrypted_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	encrypt_gp_regs(c, vmid, vcpuid);
	encrypt_sys_regs(c, vmid, vcpuid);
}

void load_encrypted_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u32 vm_state, vcpu_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	OP_BEGIN(c, load_encrypted_vcpu, vmid, vcpuid);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	vcpu_state = get_vcpu_state(c, vmid, vcpuid);
	if (vm_state == READY && vcpu_state == READY) {
		decrypt_gp_regs(c, vmid, vcpuid);
		decrypt_sys_regs(c, vmid, vcpuid);
		set_vm_inc_exe(c, vmid, 1);
	} else {
		panic(c, PANIC_VCPU_NOT_LOADABLE, vmid, vcpuid, vm_state, vcpu_state);
	}
	release_lock_vm(c, vmid);
	OP_END(c, load_encrypted_vcpu);
}

void save_encrypt_buf(struct cpu *c, vmid_t vmid, u64 inbuf, u64 outbuf)
{
	u32 in_owner, out_owner;

	if (cpu_halted(c))
		return;
	OP_BEGIN(c, save_encrypt_buf, vmid, inbuf, outbuf);
	acquire_lock_s2page(c);
	in_owner = get_pfn_owner(c, inbuf / PAGE_SIZE);
	out_owner = get_pfn_owner(c, outbuf / PAGE_SIZE);
	if (in_owner == vmid && out_owner == HOSTVISOR)
		encrypt_mem_buf(c, vmid, inbuf, outbuf);
	else
		panic(c, PANIC_BUF_OWNERS, inbuf, in_owner, outbuf, out_owner);
	release_lock_s2page(c);
	OP_END(c, save_encrypt_buf);
}

/* SOURCE: a page with a count is taken too (local_load_decrypt_buf refuses it) */
static bool may_take(struct cpu *c, u64 pfn)
{
	if (get_pfn_owner(c, pfn) != HOSTVISOR)
		return false;
	return published(c, ERRATUM_DECRYPT_BUF_COUNT) || get_pfn_count(c, pfn) == 0;
}

static void take_buf(struct cpu *c, vmid_t vmid, u64 inbuf)
{
	u64 pfn = inbuf / PAGE_SIZE;

	acquire_lock_s2page(c);
	if (may_take(c, pfn)) {
		set_pfn_owner(c, pfn, vmid);
		set_pfn_count(c, pfn, 0);
		set_pfn_map(c, pfn, INVALID64);
		clear_pfn_host(c, pfn);
		decrypt_mem_buf(c, vmid, inbuf);
	} else {
		panic(c, PANIC_BUF_NOT_FREE, pfn, get_pfn_owner(c, pfn), get_pfn_count(c, pfn));
	}
	release_lock_s2page(c);
}

void load_decrypt_buf(struct cpu *c, vmid_t vmid, u64 inbuf)
{
	u32 vm_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_pfn(inbuf / PAGE_SIZE), STUCK_RANGE, vmid, inbuf);
	OP_BEGIN(c, load_decrypt_buf, vmid, inbuf);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == READY)
		take_buf(c, vmid, inbuf);
	else
		panic(c, PANIC_VM_NOT_READY, vmid, vm_state);
	release_lock_vm(c, vmid);
	OP_END(c, load_decrypt_buf);
}
