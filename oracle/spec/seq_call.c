// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequences of hypercalls and of the host's faults.  [TrapDispatcher, MemHandler, FaultHandler; TrapHandlerSpec:
 * host_hvc_handler_spec, host_npt_handler_spec]  Where the top specification slips (32/E-T1 to E-T6: other arguments, other locks, one
 * event twice) they follow the bodies, as column R of the pages recommends.
 */
#include "oracle/spec/seq_steps.h"

/* The attributes of a bank's entry as intended.  Erratum smmu-pte-attrs */
enum { PTE_ATTRS_INTENDED = 0x700 };

/* Hypercalls of the host.  [32 section 7.1] */

void seq_timer_set_cntvoff(struct seq *s, const struct seq_env *e)
{
	(void)e;
	returns(s);
}

/* 32/E-D2: the start is bounded by 2^48 as published, and the callee relies on 2^40; the end is bounded as intended. */
void seq_clear_vm_stage2_range(struct seq *s, const struct seq_env *e)
{
	bool wide = published(e, ERRATUM_CLEAR_RANGE_BOUND);

	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_paddr(s->x[3]));
		RANGES(wide ? is_addr(s->x[2]) : is_paddr(s->x[2]));
		RANGES(published(e, ERRATUM_HOST_OUTSIDE_SPEC) || is_paddr(s->x[2] + s->x[3]));
		if (!is_paddr(s->x[2])) {
			is_stuck(s);
			return;
		}
		DO(get_vm_poweron, s->x[1]);
		s->i = s->result == 0 ? s->x[3] / PAGE_SIZE : 0;
		if (s->result == 0 && !published(e, ERRATUM_DEAD_VM_ENTRIES)) {
			DO(get_vm_banks, s->x[1]);
			s->i = s->result == 0 ? s->i : 0;
		}
		for (s->v[0] = s->x[2] / PAGE_SIZE; s->i > 0; s->v[0]++, s->i--)
			DO(clear_vm_page, s->x[1], s->v[0]);
		returns(s);
	}
}

/* 32/E-D4: the number of the image is thrown away.  32/E-T2: the top specification tests other arguments. */
void seq_set_boot_info(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_paddr(s->x[2]) && is_paddr(s->x[3]));
		RANGES(is_paddr(s->x[2] + s->x[3]));
		DO(set_boot_info, s->x[1], s->x[2], s->x[3]);
		returns(s);
	}
}

/* 32/E-T3: the top specification tests another argument. */
void seq_remap_vm_image(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_pfn(s->x[2]) && is_load_idx(s->x[3]));
		DO(remap_vm_image, s->x[1], s->x[2], s->x[3]);
		returns(s);
	}
}

void seq_verify_and_load_images(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]));
		DO(verify_and_load_images, s->x[1]);
		returns(s);
	}
}

void seq_el2_free_smmu_pgd(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_smmu_cfg(s->x[1]) && is_smmu(s->x[2]));
		DO(el2_free_smmu_pgd, s->x[1], s->x[2]);
		returns(s);
	}
}

void seq_el2_alloc_smmu_pgd(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_smmu_cfg(s->x[1]) && s->x[2] < COREVISOR && is_smmu(s->x[3]));
		DO(el2_alloc_smmu_pgd, s->x[1], s->x[2], s->x[3]);
		returns(s);
	}
}

/* Two sections: the owner of the bank may change between them. */
void seq_el2_arm_lpae_map(struct seq *s, const struct seq_env *e)
{
	u64 attrs = published(e, ERRATUM_SMMU_PTE_ATTRS) ? PTE_AF_OR_SH_IS : PTE_ATTRS_INTENDED;

	switch (s->at) {
	case 0:
		RANGES(is_smmu_addr(s->x[1]) && is_paddr(s->x[2]));
		RANGES(s->x[3] < INT64_MAX && phys_page(s->x[3]) == 0);
		RANGES(is_smmu_cfg(s->x[4]) && is_smmu(s->x[5]));
		DO(smmu_assign_page, s->x[4], s->x[5], s->x[2] / PAGE_SIZE, s->x[1] / PAGE_SIZE);
		DO(smmu_map_page, s->x[4], s->x[5], s->x[1], s->x[2] | s->x[3] | attrs);
		returns(s);
	}
}

/* 32/E-T6: the top specification makes its event and does not keep it. */
void seq_el2_arm_lpae_iova_to_phys(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_smmu_addr(s->x[1]) && is_smmu_cfg(s->x[2]) && is_smmu(s->x[3]));
		DO(el2_arm_lpae_iova_to_phys, s->x[1], s->x[2], s->x[3]);
		gives(s, s->result);
	}
}

void seq_el2_arm_lpae_clear(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_smmu_addr(s->x[1]) && is_smmu_cfg(s->x[2]) && is_smmu(s->x[3]));
		DO(el2_arm_lpae_clear, s->x[1], s->x[2], s->x[3]);
		returns(s);
	}
}

/* 32/E-D5.  Returns: false: the machine halts. */
static bool ioremap_ok(const struct seq *s, const struct seq_env *e)
{
	u64 gpa = s->x[2], pa = s->x[3], size = s->x[4];

	if (published(e, ERRATUM_IOREMAP_BOUND))
		return is_vmid(s->x[1]) && is_addr(gpa + size) && is_paddr(pa + size);
	return is_vm(s->x[1]) && is_addr(gpa) && is_paddr(pa) && is_paddr(size) &&
	       is_addr(gpa + pages(size) * PAGE_SIZE) && is_paddr(pa + pages(size) * PAGE_SIZE);
}

void seq_kvm_phys_addr_ioremap(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		RANGES(ioremap_ok(s, e));
		if (!is_addr(s->x[2]) || !is_paddr(s->x[3]) || !is_addr(s->x[4])) {
			is_stuck(s);
			return;
		}
		for (s->i = 0; s->i < pages(s->x[4]); s->i++)
			DO(map_io, s->x[1], s->x[2] + s->i * PAGE_SIZE, s->x[3] + s->i * PAGE_SIZE);
		returns(s);
	}
}

void seq_register_kvm(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		DO(gen_vmid);
		s->v[0] = s->result;
		DO(register_kvm, s->v[0]);
		gives(s, s->v[0]);
	}
}

void seq_register_vcpu(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_vcpu(e, s->x[2]));
		DO(register_vcpu, s->x[1], s->x[2]);
		returns(s);
	}
}

void seq_save_encrypt_buf(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_paddr(s->x[2]) && is_paddr(s->x[3]));
		DO(save_encrypt_buf, s->x[1], s->x[2], s->x[3]);
		returns(s);
	}
}

void seq_load_decrypt_buf(struct seq *s, const struct seq_env *e)
{
	(void)e;
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_paddr(s->x[2]));
		DO(load_decrypt_buf, s->x[1], s->x[2]);
		returns(s);
	}
}

void seq_save_encrypted_vcpu(struct seq *s, const struct seq_env *e)
{
	RANGES(is_vm(s->x[1]) && is_vcpu(e, s->x[2]));
	returns(s);
}

void seq_load_encrypted_vcpu(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		RANGES(is_vm(s->x[1]) && is_vcpu(e, s->x[2]));
		DO(load_encrypted_vcpu, s->x[1], s->x[2]);
		returns(s);
	}
}

/* A number that is no call does nothing. */
void seq_no_call(struct seq *s, const struct seq_env *e)
{
	(void)e;
	returns(s);
}

/* A fault of the host.  [32 section 6.2] */

static u64 fault_addr(const struct seq *s, const struct seq_env *e)
{
	return published(e, ERRATUM_HPFAR_MASK) ? (s->hpfar & HPFAR_MASK) * 256
	                                        : phys_page(s->hpfar / 16 * PAGE_SIZE);
}

void seq_handle_host_stage2_fault(struct seq *s, const struct seq_env *e)
{
	switch (s->at) {
	case 0:
		if (s->esr > INVALID) {
			is_stuck(s);
			return;
		}
		DO(emulate_mmio, fault_addr(s, e), s->esr);
		if (s->result != INVALID) {
			to_host(s);
			return;
		}
		if (!is_paddr(fault_addr(s, e))) {
			wants(s, published(e, ERRATUM_HOST_OUTSIDE_SPEC) ? SEQ_STUCK : SEQ_HALT);
			return;
		}
		DO(map_page_host, fault_addr(s, e));
		to_host(s);
	}
}
