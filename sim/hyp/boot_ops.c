// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/boot_ops.h"

#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/boot_core.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"

/* Pages that @size bytes take. */
static u64 pages_of(u64 size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}

u64 search_load_info(struct cpu *c, vmid_t vmid, u64 addr)
{
	u64 ret = 0;
	u32 num;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, addr);
	OP_BEGIN(c, search_load_info, vmid, addr);
	acquire_lock_vm(c, vmid);
	num = get_vm_next_load_idx(c, vmid);
	RELY(c, num <= MAX_LOAD_INFO_NUM, STUCK_RANGE, vmid, addr, num);
	for (u32 i = 0; i < num; i++) {
		u64 base = get_vm_load_addr(c, vmid, i), size = get_vm_load_size(c, vmid, i);
		u64 remap = get_vm_remap_addr(c, vmid, i);

		RELY(c, is_addr(base) && is_addr(size) && is_addr(remap), STUCK_RANGE, vmid, addr,
		     i, base, size, remap);
		RELY(c, remap + size <= KVM_ADDR_SPACE, STUCK_RANGE, vmid, addr, i, base, size,
		     remap);
		if (addr >= base && addr < base + size)
			ret = addr - base + remap;
	}
	release_lock_vm(c, vmid);
	return check64(c, OP_GIVE(c, search_load_info, ret));
}

void set_vcpu_active(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u32 vm_state, vcpu_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	OP_BEGIN(c, set_vcpu_active, vmid, vcpuid);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	vcpu_state = get_vcpu_state(c, vmid, vcpuid);
	if (vm_state == VERIFIED && vcpu_state == READY)
		set_vcpu_state(c, vmid, vcpuid, ACTIVE);
	else
		panic(c, PANIC_VCPU_NOT_RUNNABLE, vmid, vcpuid, vm_state, vcpu_state);
	release_lock_vm(c, vmid);
	OP_END(c, set_vcpu_active);
}

void set_vcpu_inactive(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u32 vcpu_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	OP_BEGIN(c, set_vcpu_inactive, vmid, vcpuid);
	acquire_lock_vm(c, vmid);
	vcpu_state = get_vcpu_state(c, vmid, vcpuid);
	if (vcpu_state == ACTIVE)
		set_vcpu_state(c, vmid, vcpuid, READY);
	else
		panic(c, PANIC_VCPU_NOT_ACTIVE, vmid, vcpuid, vcpu_state);
	release_lock_vm(c, vmid);
	OP_END(c, set_vcpu_inactive);
}

void register_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u32 vm_state, vcpu_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	OP_BEGIN(c, register_vcpu, vmid, vcpuid);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	vcpu_state = get_vcpu_state(c, vmid, vcpuid);
	if (vm_state == READY && vcpu_state == UNUSED) {
		set_vm_vcpu(c, vmid, vcpuid, get_shared_vcpu(c, vmid, vcpuid));
		set_vcpu_state(c, vmid, vcpuid, READY);
		set_shadow_ctxt(c, vmid, vcpuid, CTXT_DIRTY, INVALID64);
	} else {
		panic(c, PANIC_VCPU_NOT_NEW, vmid, vcpuid, vm_state, vcpu_state);
	}
	release_lock_vm(c, vmid);
	OP_END(c, register_vcpu);
}

u32 register_kvm(struct cpu *c)
{
	u32 vmid = gen_vmid(c), vm_state;

	OP_BEGIN(c, register_kvm, vmid);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == UNUSED) {
		set_vm_kvm(c, vmid, get_shared_kvm(c, vmid));
		set_vm_state(c, vmid, READY);
	} else {
		panic(c, PANIC_VM_NOT_UNUSED, vmid, vm_state);
	}
	release_lock_vm(c, vmid);
	return check(c, OP_GIVE(c, register_kvm, vmid));
}

/* A VM that is READY gets one more image: its number. */
static u32 new_image(struct cpu *c, vmid_t vmid, u64 load_addr, u64 size)
{
	u32 load_idx = get_vm_next_load_idx(c, vmid);
	u64 remap;

	if (load_idx >= MAX_LOAD_INFO_NUM)
		return load_idx;
	set_vm_next_load_idx(c, vmid, load_idx + 1);
	remap = alloc_remap_addr(c, pages_of(size));
	set_vm_load_addr(c, vmid, load_idx, load_addr);
	set_vm_load_size(c, vmid, load_idx, size);
	set_vm_remap_addr(c, vmid, load_idx, remap);
	set_vm_mapped_pages(c, vmid, load_idx, 0);
	return load_idx;
}

u32 set_boot_info(struct cpu *c, vmid_t vmid, u64 load_addr, u64 size)
{
	u32 load_idx = 0, vm_state;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_addr(load_addr) && is_addr(size), STUCK_RANGE, vmid, load_addr,
	     size);
	OP_BEGIN(c, set_boot_info, vmid, load_addr, size);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == READY)
		load_idx = new_image(c, vmid, load_addr, size);
	else
		panic(c, PANIC_VM_NOT_READY, vmid, vm_state);
	release_lock_vm(c, vmid);
	return check(c, OP_GIVE(c, set_boot_info, load_idx));
}

/* The core maps @pfn behind the pages that it has of the image. */
static void next_page(struct cpu *c, vmid_t vmid, u64 pfn, u32 load_idx)
{
	u64 size, mapped, remap, target;

	if (load_idx >= get_vm_next_load_idx(c, vmid))
		return;
	size = get_vm_load_size(c, vmid, load_idx);
	mapped = get_vm_mapped_pages(c, vmid, load_idx);
	remap = get_vm_remap_addr(c, vmid, load_idx);
	RELY_OF("remap_vm_image", c, is_addr(size) && is_addr(mapped) && is_addr(remap),
	        STUCK_RANGE, vmid, pfn, load_idx, size, mapped, remap);
	target = remap + mapped * PAGE_SIZE;
	RELY_OF("remap_vm_image", c, is_addr(target), STUCK_RANGE, vmid, pfn, load_idx, size,
	        mapped, remap);
	if (mapped >= pages_of(size))
		return;
	map_s2pt(c, COREVISOR, target, 3, pfn * PAGE_SIZE | PAGE_HYP);
	set_vm_mapped_pages(c, vmid, load_idx, mapped + 1);
}

void remap_vm_image(struct cpu *c, vmid_t vmid, u64 pfn, u32 load_idx)
{
	u32 vm_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_load_idx(load_idx) && is_pfn(pfn), STUCK_RANGE, vmid, pfn,
	     load_idx);
	OP_BEGIN(c, remap_vm_image, vmid, pfn, load_idx);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == READY)
		next_page(c, vmid, pfn, load_idx);
	else
		panic(c, PANIC_VM_NOT_READY, vmid, vm_state);
	release_lock_vm(c, vmid);
	OP_END(c, remap_vm_image);
}

/* The frame of an entry that a walk of @addr found. */
static u64 frame_at(u64 pte, u64 addr)
{
	bool block = pte != 0 && !is_table(pte);

	return phys_page(pte) / PAGE_SIZE + (block ? addr / PAGE_SIZE % PMD_PAGE_NUM : 0);
}

/*
 * Erratum image-frames as intended: the frames that the VM has got are those that were checked.
 * SOURCE: neither remap_vm_image nor unmap_and_load_vm_image asks whether the frames of the block are those that were remapped,
 * nor whether an image before lies in it
 */
static void same_frames(struct cpu *c, vmid_t vmid, u32 load_idx)
{
	u64 load = get_vm_load_addr(c, vmid, load_idx);
	u64 remap = get_vm_remap_addr(c, vmid, load_idx);

	for (u64 n = get_vm_mapped_pages(c, vmid, load_idx); n > 0 && !cpu_halted(c); n--) {
		u64 checked = frame_at(walk_s2pt(c, COREVISOR, remap), remap);

		if (checked != frame_at(walk_s2pt(c, vmid, load), load))
			panic(c, PANIC_IMAGE_OTHER_FRAME, vmid, load_idx, remap, load);
		remap += PAGE_SIZE;
		load += PAGE_SIZE;
	}
}

/* The VM gets the frames first, so that nobody changes them between look and use. */
static void load_image(struct cpu *c, vmid_t vmid, u32 load_idx)
{
	u64 load_addr, remap_addr, mapped;

	RELY_OF("verify_and_load_images", c, is_load_idx(load_idx), STUCK_RANGE, vmid, load_idx);
	load_addr = get_vm_load_addr(c, vmid, load_idx);
	remap_addr = get_vm_remap_addr(c, vmid, load_idx);
	mapped = get_vm_mapped_pages(c, vmid, load_idx);
	RELY_OF("verify_and_load_images", c,
	        is_addr(load_addr) && is_addr(remap_addr) && is_addr(mapped), STUCK_RANGE, vmid,
	        load_idx, load_addr, remap_addr, mapped);
	unmap_and_load_vm_image(c, vmid, load_addr, remap_addr, mapped);
	if (verify_image(c, vmid, remap_addr) == 0)
		panic(c, PANIC_IMAGE_INVALID, vmid, load_idx, remap_addr);
}

void verify_and_load_images(struct cpu *c, vmid_t vmid)
{
	u32 vm_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, verify_and_load_images, vmid);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == READY) {
		u32 cnt = get_vm_next_load_idx(c, vmid);

		for (u32 i = 0; i < cnt && !cpu_halted(c); i++)
			load_image(c, vmid, i);
		for (u32 i = 0; i < cnt && !published(c, ERRATUM_IMAGE_FRAMES); i++)
			same_frames(c, vmid, i);
		set_vm_state(c, vmid, VERIFIED);
	} else {
		panic(c, PANIC_VM_NOT_READY, vmid, vm_state);
	}
	release_lock_vm(c, vmid);
	OP_END(c, verify_and_load_images);
}

void map_io(struct cpu *c, vmid_t vmid, u64 gpa, u64 pa)
{
	u32 vm_state;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_addr(gpa) && is_addr(pa), STUCK_RANGE, vmid, gpa, pa);
	OP_BEGIN(c, map_io, vmid, gpa, pa);
	acquire_lock_vm(c, vmid);
	vm_state = get_vm_state(c, vmid);
	if (vm_state == READY)
		map_vm_io(c, vmid, gpa, pa);
	else
		panic(c, PANIC_VM_NOT_READY, vmid, vm_state);
	release_lock_vm(c, vmid);
	OP_END(c, map_io);
}

u32 is_inc_exe(struct cpu *c, vmid_t vmid)
{
	u32 inc_exe;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, is_inc_exe, vmid);
	acquire_lock_vm(c, vmid);
	inc_exe = get_vm_inc_exe(c, vmid);
	release_lock_vm(c, vmid);
	return check(c, OP_GIVE(c, is_inc_exe, inc_exe));
}
