// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/vcpu_ops.h"

#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_ops.h"
#include "sim/hyp/vm_power.h"

void reset_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 pc;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	pc = get_int_pc(c, vmid, vcpuid);
	if (search_load_info(c, vmid, pc) == 0) {
		panic(c, PANIC_ENTRY_POINT, vmid, vcpuid, pc);
		return;
	}
	clear_shadow_gp_regs(c, vmid, vcpuid);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_PSTATE, get_int_pstate(c, vmid, vcpuid));
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_PC, pc);
	reset_fp_regs(c, vmid, vcpuid);
}

/* MPIDR_EL1 of a vCPU: affinity levels 0..2 from its number, and bit 31. */
static u64 mpidr_of(vcpuid_t vcpuid)
{
	return (vcpuid & 15) + ((vcpuid / 16) & 255) * 256 + ((vcpuid / 4096) & 255) * 65536 +
	       0x80000000ull;
}

/* SOURCE: counts the registers from 1 and writes one further on: MPIDR's value into CSSELR, ACTLR's into CPACR */
void reset_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	bool slip = published(c, ERRATUM_RESET_SYS_REGS);

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	for (u32 i = 1; i <= CTXT_SYSREGS_SIZE; i++) {
		u32 index = CTXT_SYSREGS_START + i - 1;
		u64 val;

		if (index == CTXT_MPIDR_EL1)
			val = mpidr_of(vcpuid);
		else if (index == CTXT_ACTLR_EL1)
			val = read_actlr_el1(c);
		else
			val = get_sys_reg_desc_val(c, slip ? i : index);
		set_shadow_ctxt(c, vmid, vcpuid, slip ? index + 1 : index, val);
	}
}

void sync_dirty_to_shadow(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 dirty;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	dirty = get_shadow_dirty_bit(c, vmid, vcpuid);
	for (u32 i = 0; i <= CTXT_X30; i++)
		if (dirty & 1u << i)
			set_shadow_ctxt(c, vmid, vcpuid, i, get_int_gpr(c, vmid, vcpuid, i));
}

void prep_wfx(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	set_shadow_dirty_bit(c, vmid, vcpuid, DIRTY_PC_FLAG);
}

/* Show the host registers x1 to x@last. */
static void expose(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 last)
{
	for (u32 i = CTXT_X1; i <= last; i++)
		set_int_gpr(c, vmid, vcpuid, i, get_shadow_ctxt(c, vmid, vcpuid, i));
}

void prep_hvc(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 psci_fn;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	psci_fn = get_shadow_ctxt(c, vmid, vcpuid, CTXT_X0);
	set_shadow_dirty_bit(c, vmid, vcpuid, 1);
	set_int_gpr(c, vmid, vcpuid, CTXT_X0, psci_fn);
	switch (psci_fn & 0xffffffff) {
	case PSCI_0_2_FN64_CPU_ON:
		expose(c, vmid, vcpuid, CTXT_X3);
		break;
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
		expose(c, vmid, vcpuid, CTXT_X2);
		break;
	case PSCI_0_2_FN_SYSTEM_OFF:
		set_vm_poweroff(c, vmid);
		break;
	default:
		break;
	}
}

/* SOURCE: the shift is an int's, so that bit 31 brings all above it with it */
static u64 flag_of(const struct cpu *c, u32 rd)
{
	u64 flag = 1ull << rd;

	return published(c, ERRATUM_ABORT_FLAG) && rd == 31 ? (u64)(s64)INT32_MIN : flag;
}

void prep_abort(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 esr, hpfar;
	u32 rd;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	esr = get_int_esr(c, vmid, vcpuid);
	rd = esr / 65536 & 31;
	hpfar = get_shadow_ctxt(c, vmid, vcpuid, CTXT_HPFAR_EL2);
	RELY(c, is_gfn(hpfar / 16), STUCK_RANGE, vmid, vcpuid, hpfar);
	if (hpfar / 16 * PAGE_SIZE >= MAX_MMIO_ADDR)
		return;
	set_shadow_dirty_bit(c, vmid, vcpuid, DIRTY_PC_FLAG);
	if ((esr & ESR_ELx_WNR) == 0 && (esr & ESR_ELx_S1PTW) == 0)
		set_shadow_dirty_bit(c, vmid, vcpuid, flag_of(c, rd));
	else
		set_int_gpr(c, vmid, vcpuid, rd, get_shadow_ctxt(c, vmid, vcpuid, rd));
}

void update_exception_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 pstate, pc;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	pstate = get_shadow_ctxt(c, vmid, vcpuid, CTXT_PSTATE);
	pc = get_shadow_ctxt(c, vmid, vcpuid, CTXT_PC);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_ELR_EL1, pc);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_PC, get_exception_vector(c, pstate));
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_PSTATE, PSTATE_FAULT_BITS_64);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_SPSR_0, pstate);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_ESR_EL1, ESR_ELx_EC_UNKNOWN);
}

void post_handle_shadow_s2pt_fault(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u64 addr)
{
	u64 pte, level;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_vcpu(c, vcpuid) && is_addr(addr), STUCK_RANGE, vmid, vcpuid,
	     addr);
	pte = get_int_new_pte(c, vmid, vcpuid);
	level = get_int_new_level(c, vmid, vcpuid);
	prot_and_map_vm_s2pt(c, vmid, addr, pte, level == 2 ? 2 : 3);
}

void save_shadow_kvm_regs(struct cpu *c)
{
	u32 vmid = get_cur_vmid(c), vcpuid = get_cur_vcpuid(c);
	u64 class;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	if (get_shadow_ctxt(c, vmid, vcpuid, CTXT_EC) != ARM_EXCEPTION_TRAP)
		return;
	class = (get_shadow_esr(c, vmid, vcpuid) & ESR_ELx_EC_MASK) >> ESR_ELx_EC_SHIFT;
	switch (class) {
	case ESR_ELx_EC_WFx:
		prep_wfx(c, vmid, vcpuid);
		break;
	case ESR_ELx_EC_HVC32:
	case ESR_ELx_EC_HVC64:
		prep_hvc(c, vmid, vcpuid);
		break;
	case ESR_ELx_EC_IABT_LOW:
	case ESR_ELx_EC_DABT_LOW:
		prep_abort(c, vmid, vcpuid);
		break;
	default:
		panic(c, PANIC_TRAP_NOT_PREPARED, vmid, vcpuid, class);
	}
}

static void first_run(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (is_inc_exe(c, vmid) == 0) {
		reset_gp_regs(c, vmid, vcpuid);
		reset_sys_regs(c, vmid, vcpuid);
	}
	set_shadow_dirty_bit(c, vmid, vcpuid, 0);
}

static void skip_instr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 pc = get_shadow_ctxt(c, vmid, vcpuid, CTXT_PC);

	/* SOURCE: the sum must be a number of 64 bits, whatever pc the guest has */
	RELY_OF("restore_shadow_kvm_regs", c,
	        pc <= INVALID64 - 4 || !published(c, ERRATUM_PC_OVERFLOW), STUCK_OVERFLOW, vmid,
	        vcpuid, pc);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_PC, pc + 4);
}

static void later_run(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u64 dirty)
{
	u64 addr;

	if (get_shadow_ctxt(c, vmid, vcpuid, CTXT_EC) == ARM_EXCEPTION_TRAP)
		sync_dirty_to_shadow(c, vmid, vcpuid);
	if (dirty & PENDING_EXCEPT_INJECT_FLAG)
		update_exception_gp_regs(c, vmid, vcpuid);
	if (dirty & DIRTY_PC_FLAG)
		skip_instr(c, vmid, vcpuid);
	set_shadow_dirty_bit(c, vmid, vcpuid, 0);
	set_shadow_ctxt(c, vmid, vcpuid, CTXT_FAR_EL2, 0);
	addr = get_vm_fault_addr(c, vmid, vcpuid);
	if (addr >= PAGE_SIZE && is_addr(addr))
		post_handle_shadow_s2pt_fault(c, vmid, vcpuid, addr);
}

void restore_shadow_kvm_regs(struct cpu *c)
{
	u32 vmid = get_cur_vmid(c), vcpuid = get_cur_vcpuid(c);
	u64 dirty;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	dirty = get_shadow_ctxt(c, vmid, vcpuid, CTXT_DIRTY);
	if (dirty == INVALID64)
		first_run(c, vmid, vcpuid);
	else
		later_run(c, vmid, vcpuid, dirty);
}
