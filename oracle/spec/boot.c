// SPDX-License-Identifier: GPL-2.0-only
/* VMPower's, BootCore's and BootOps' operations on VMs and their images, one step each.  [TrapHandlerSpec; spec/32 section 4] */
#include "oracle/spec/mmap.h"
#include "oracle/spec/steps.h"

static u64 vm_state(struct abs *s, vmid_t vmid)
{
	return abs_vm(s, vmid, F_INFO_vm_state, 0);
}

static bool one_is_active(struct abs *s, vmid_t vmid)
{
	bool active = false;

	for (u64 i = 0; i < s->total_cpu; i++)
		active |= abs_vm(s, vmid, F_INFO_vm_vcpu_state, i) == ACTIVE;
	return active;
}

/* OVM_GET vmid: get_vm_poweron.  Every state but POWEROFF is on; 40/K16: as intended also a VM of which a vCPU runs still. */
void read_vm_poweron(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];

	if (!is_vmid(arg[0])) {
		effect_stuck(out);
	} else if (vm_state(s, vmid) != POWEROFF) {
		GOES(get_vm_poweron, ON);
		out->result = 1;
	} else if (!abs_published(s, ERRATUM_POWEROFF_OTHER_VCPU) && one_is_active(s, vmid)) {
		GOES(get_vm_poweron, RUNS);
		out->result = 1;
	} else {
		GOES(get_vm_poweron, OFF);
	}
}

/* OVM_GET vmid addr: search_load_info.  The last image that has the address counts. */
void read_load_info(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	u64 n, addr = arg[1];

	GOES(search_load_info, NONE);
	if (!is_vmid(arg[0])) {
		effect_stuck(out);
		return;
	}
	n = abs_vm(s, vmid, F_INFO_vm_next_load_info, 0);
	if (n > MAX_LOAD_INFO_NUM) {
		effect_stuck(out);
		return;
	}
	for (u64 i = 0; i < n; i++) {
		u64 base = abs_vm(s, vmid, F_INFO_vm_load_addr, i);
		u64 size = abs_vm(s, vmid, F_INFO_vm_load_size, i);

		if (addr < base || addr >= base + size)
			continue;
		GOES(search_load_info, FOUND);
		out->result = addr - base + abs_vm(s, vmid, F_INFO_vm_remap_addr, i);
	}
}

/* OVM_GET vmid: is_inc_exe. */
void read_inc_exe(struct abs *s, const u64 *arg, struct effect *out)
{
	GOES(is_inc_exe, READ);
	if (!is_vmid(arg[0])) {
		effect_stuck(out);
		return;
	}
	out->result = abs_vm(s, (vmid_t)arg[0], F_INFO_vm_inc_exe, 0);
}

/* OVM_ACTIVE vmid vcpuid.  32/E-T7: the top specification forgets that INFO stays held when the machine halts. */
void local_set_vcpu_active(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];

	if (!is_vmid(arg[0]) || !abs_is_vcpu(s, arg[1])) {
		effect_stuck(out);
	} else if (vm_state(s, vmid) != VERIFIED) {
		GOES(set_vcpu_active, NOT_VERIFIED);
		effect_halts(out, LK(INFO_ID + vmid));
	} else if (abs_vm(s, vmid, F_INFO_vm_vcpu_state, arg[1]) != READY) {
		GOES(set_vcpu_active, NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
	} else {
		GOES(set_vcpu_active, ACTIVE);
		effect_vm(out, s, vmid, F_INFO_vm_vcpu_state, arg[1], value_of(ACTIVE));
	}
}

/* OVM_INACTIVE vmid vcpuid, in any state of the VM.  32/E-T7, as above. */
void local_set_vcpu_inactive(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];

	if (!is_vmid(arg[0]) || !abs_is_vcpu(s, arg[1])) {
		effect_stuck(out);
	} else if (abs_vm(s, vmid, F_INFO_vm_vcpu_state, arg[1]) != ACTIVE) {
		GOES(set_vcpu_inactive, NOT_ACTIVE);
		effect_halts(out, LK(INFO_ID + vmid));
	} else {
		GOES(set_vcpu_inactive, READY);
		effect_vm(out, s, vmid, F_INFO_vm_vcpu_state, arg[1], value_of(READY));
	}
}

/* OVM_POWEROFF vmid, whatever the VM's state was. */
void local_set_vm_poweroff(struct abs *s, const u64 *arg, struct effect *out)
{
	GOES(set_vm_poweroff, OFF);
	if (!is_vmid(arg[0])) {
		effect_stuck(out);
		return;
	}
	effect_vm(out, s, (vmid_t)arg[0], F_INFO_vm_state, 0, value_of(POWEROFF));
}

/*
 * OREG_VCPU vmid vcpuid.  32/E-B9: the top specification does not mark the context as never run, body and layer do; without it the
 * first run would not reset the registers.  32/E-T7: as above.
 */
void local_register_vcpu(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	u64 vcpuid = arg[1];

	if (!is_vmid(arg[0]) || !abs_is_vcpu(s, vcpuid)) {
		effect_stuck(out);
		return;
	}
	if (vm_state(s, vmid) != READY) {
		GOES(register_vcpu, VM_NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
	} else if (abs_vm(s, vmid, F_INFO_vm_vcpu_state, vcpuid) != UNUSED) {
		GOES(register_vcpu, NOT_UNUSED);
		effect_halts(out, LK(INFO_ID + vmid));
	} else {
		struct value vcpu = effect_take(out, MV_STREAM_SHARED_VCPU, (u16)vmid, vcpuid);

		GOES(register_vcpu, READY);
		effect_vm(out, s, vmid, F_INFO_vm_vcpu, vcpuid, vcpu);
		effect_vm(out, s, vmid, F_INFO_vm_vcpu_state, vcpuid, value_of(READY));
		effect_reg(out, (struct want_reg){ .saved = true,
		                                   .vmid = (u16)vmid,
		                                   .vcpuid = (u16)vcpuid,
		                                   .reg = R_dirty,
		                                   .value = value_of(INVALID64) });
	}
}

/* OGEN_VMID.  32/E-T7: as above, with CORE. */
void local_gen_vmid(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = abs_core(s, F_CORE_next_vmid);

	(void)arg;
	if (!is_vmid(vmid)) {
		effect_stuck(out);
	} else if (vmid >= COREVISOR) {
		GOES(gen_vmid, NONE_LEFT);
		effect_halts(out, LK(CORE_ID));
	} else {
		GOES(gen_vmid, NEXT);
		effect_core(out, s, F_CORE_next_vmid, vmid + 1);
		out->result = vmid;
	}
}

/* OREG_KVM vmid: what register_kvm does behind gen_vmid.  32/E-T7: as above. */
void local_register_kvm(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];

	if (!is_vmid(arg[0])) {
		effect_stuck(out);
	} else if (vm_state(s, vmid) != UNUSED) {
		GOES(register_kvm, NOT_UNUSED);
		effect_halts(out, LK(INFO_ID + vmid));
	} else {
		GOES(register_kvm, READY);
		effect_vm(out, s, vmid, F_INFO_vm_kvm, 0,
		          effect_take(out, MV_STREAM_SHARED_KVM, (u16)vmid, 0));
		effect_vm(out, s, vmid, F_INFO_vm_state, 0, value_of(READY));
		out->result = vmid;
	}
}

/*
 * OBOOT_INFO vmid load_addr size.  32/E-B3: the top specification halts for 0 pages, and keeps no locks when the addresses are used
 * up; body and layer take an image of 0 pages, and keep both.  The block of addresses that would end at REMAP_END is refused.
 */
void local_set_boot_info(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	u64 size = arg[2], bytes = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE, i, remap;

	if (!is_vmid(arg[0]) || !is_addr(arg[1]) || !is_addr(size)) {
		effect_stuck(out);
		return;
	}
	if (vm_state(s, vmid) != READY) {
		GOES(set_boot_info, NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
		return;
	}
	i = abs_vm(s, vmid, F_INFO_vm_next_load_info, 0);
	out->result = i;
	if (i >= MAX_LOAD_INFO_NUM) {
		GOES(set_boot_info, FULL);
		return;
	}
	remap = abs_core(s, F_CORE_next_remap_ptr);
	if (remap + bytes >= REMAP_END) {
		GOES(set_boot_info, NO_SPACE);
		effect_halts(out, LK(INFO_ID + vmid) | LK(CORE_ID));
		return;
	}
	GOES(set_boot_info, ADDED);
	effect_core(out, s, F_CORE_next_remap_ptr, remap + bytes);
	effect_vm(out, s, vmid, F_INFO_vm_next_load_info, 0, value_of(i + 1));
	effect_vm(out, s, vmid, F_INFO_vm_load_addr, i, value_of(arg[1]));
	effect_vm(out, s, vmid, F_INFO_vm_load_size, i, value_of(size));
	effect_vm(out, s, vmid, F_INFO_vm_remap_addr, i, value_of(remap));
	effect_vm(out, s, vmid, F_INFO_vm_mapped_pages, i, value_of(0));
}

/* OREMAP_IMAGE vmid pfn load_idx: one page, the image's next one.  Who has the frame is not asked. */
void local_remap_vm_image(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	u64 pfn = arg[1], i = arg[2], pages, mapped, remap;

	if (!is_vmid(arg[0]) || !is_pfn(pfn) || !is_load_idx(i)) {
		effect_stuck(out);
		return;
	}
	if (vm_state(s, vmid) != READY) {
		GOES(remap_vm_image, NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
		return;
	}
	if (i >= abs_vm(s, vmid, F_INFO_vm_next_load_info, 0)) {
		GOES(remap_vm_image, NO_IMAGE);
		return;
	}
	pages = (abs_vm(s, vmid, F_INFO_vm_load_size, i) + PAGE_SIZE - 1) / PAGE_SIZE;
	mapped = abs_vm(s, vmid, F_INFO_vm_mapped_pages, i);
	if (mapped >= pages) {
		GOES(remap_vm_image, COMPLETE);
		return;
	}
	GOES(remap_vm_image, MAPPED);
	remap = abs_vm(s, vmid, F_INFO_vm_remap_addr, i);
	if (local_mmap(s, COREVISOR, remap + mapped * PAGE_SIZE, 3, pfn * PAGE_SIZE | PAGE_HYP,
	               LK(INFO_ID + vmid), out))
		effect_vm(out, s, vmid, F_INFO_vm_mapped_pages, i, value_of(mapped + 1));
}
