// SPDX-License-Identifier: GPL-2.0-only
/* BootOps' operations on what is encrypted, one step each.  [TrapHandlerSpec; spec/32 4.4] */
#include "oracle/spec/mmap.h"
#include "oracle/spec/steps.h"

/*
 * OLOAD_ENC_VCPU vmid vcpuid.  The registers come from outside; which ones, and how many values they take, is a parameter of the
 * model.  32/E-T13: the top specification loads the host's context, from the host's oracle: the body's context, and the erratum says
 * whose oracle.
 */
void local_load_encryted_vcpu(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	u64 vcpuid = arg[1];

	if (!is_vmid(arg[0]) || !abs_is_vcpu(s, vcpuid)) {
		effect_stuck(out);
		return;
	}
	if (abs_vm(s, vmid, F_INFO_vm_state, 0) != READY ||
	    abs_vm(s, vmid, F_INFO_vm_vcpu_state, vcpuid) != READY) {
		GOES(load_encrypted_vcpu, NOT_READY);
		effect_halts(out, LK(INFO_ID + vmid));
		return;
	}
	GOES(load_encrypted_vcpu, LOADED);
	effect_take_any(out, MV_STREAM_DATA,
	                abs_published(s, ERRATUM_DECRYPT_ORACLE) ? (u16)vmid : HOSTVISOR);
	effect_reg(out,
	           (struct want_reg){
			   .saved = true, .any = true, .vmid = (u16)vmid, .vcpuid = (u16)vcpuid });
	/* 32/E-A2: as published the setter of vm_inc_exe writes the number of images */
	effect_vm(out, s, vmid,
	          abs_published(s, ERRATUM_SET_VM_INC_EXE) ? F_INFO_vm_next_load_info
	                                                   : F_INFO_vm_inc_exe,
	          0, value_of(1));
}

/* 32/E-A9: as published the frame's number is the byte address that the caller passes. */
static u64 buffer_frame(struct abs *s, u64 buf)
{
	return abs_published(s, ERRATUM_MEM_BUF_PFN) ? buf : buf / PAGE_SIZE;
}

/* OSAVE_ENC_BUF vmid inbuf outbuf.  What the frame of @inbuf holds stays unknown: the host's oracle says what it is encrypted. */
void local_save_encrypt_buf(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 vmid = arg[0], in = arg[1], to = arg[2];

	if (!is_gfn(in / PAGE_SIZE) || !is_gfn(to / PAGE_SIZE)) {
		effect_stuck(out);
		return;
	}
	if (abs_page(s, in / PAGE_SIZE).owner != vmid ||
	    abs_page(s, to / PAGE_SIZE).owner != HOSTVISOR) {
		GOES(save_encrypt_buf, NOT_ITS);
		effect_halts(out, LK(S2PAGE_ID));
		return;
	}
	GOES(save_encrypt_buf, SAVED);
	if (!is_pfn(buffer_frame(s, in)) || !is_pfn(buffer_frame(s, to))) {
		effect_stuck(out);
		return;
	}
	effect_flat(out, buffer_frame(s, to),
	            effect_take(out, MV_STREAM_DATA, HOSTVISOR, INVALID64));
}

/*
 * OLOAD_ENC_BUF vmid inbuf.  32/E-B5: as published any page of the host's, also one that a device of its own maps; as intended, and
 * in the top specification, one with a count halts the machine.
 */
void local_load_decrypt_buf(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 in = arg[1], pfn = in / PAGE_SIZE, keeps;
	vmid_t vmid = (vmid_t)arg[0];
	struct page page;

	if (!is_vmid(arg[0]) || !is_pfn(pfn)) {
		effect_stuck(out);
		return;
	}
	keeps = LK(INFO_ID + vmid);
	if (abs_vm(s, vmid, F_INFO_vm_state, 0) != READY) {
		GOES(load_decrypt_buf, NOT_READY);
		effect_halts(out, keeps);
		return;
	}
	keeps |= LK(S2PAGE_ID);
	page = abs_page(s, pfn);
	if (page.owner != HOSTVISOR) {
		GOES(load_decrypt_buf, NOT_HOST);
		effect_halts(out, keeps);
		return;
	}
	if (page.count > 0 && !abs_published(s, ERRATUM_DECRYPT_BUF_COUNT)) {
		GOES(load_decrypt_buf, COUNTED);
		effect_halts(out, keeps);
		return;
	}
	GOES(load_decrypt_buf, LOADED);
	if (!unmap_host(s, pfn, keeps, out))
		return;
	if (!is_pfn(buffer_frame(s, in))) {
		effect_stuck(out);
		return;
	}
	effect_page(out, s, pfn, (struct page){ vmid, 0, INVALID64 });
	effect_flat(out, buffer_frame(s, in),
	            effect_take(out, MV_STREAM_DATA, HOSTVISOR, INVALID64));
}
