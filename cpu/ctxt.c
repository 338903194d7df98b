// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/ctxt.h"

#include "cpu/intake.h"
#include "cpu/say.h"

/* Two registers of one context may have one number: @sp_el1 gives SP_EL1 the field that the published table forgot. */
static enum reg field_of(u32 index, bool sp_el1)
{
	return sp_el1 && index == CTXT_SP_EL1 ? R_sp_el1 : reg_by_index(index);
}

u64 get_shadow_ctxt_specx(const struct ctxt *ctxt, u32 index, bool sp_el1)
{
	enum reg r = field_of(index, sp_el1);

	return r == REG_NR ? 0 : ctxt->r[r];
}

void set_shadow_ctxt_specx(struct ctxt *ctxt, u32 index, u64 value, bool sp_el1)
{
	enum reg r = field_of(index, sp_el1);

	if (r != REG_NR)
		ctxt->r[r] = value;
}

/* A context, of which registers in @blocks are about to change. */
static struct ctxt *to_change(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 blocks)
{
	u32 id = ctxt_id(c, vmid, vcpuid);

	point_use_ctxt(c, id, true);
	say_touch(c, id, blocks);
	return &c->shadow_ctxts[id];
}

static const struct ctxt *to_read(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u32 id = ctxt_id(c, vmid, vcpuid);

	point_use_ctxt(c, id, false);
	return &c->shadow_ctxts[id];
}

u64 get_shadow_ctxt(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid, index);
	return get_shadow_ctxt_specx(to_read(c, vmid, vcpuid), index,
	                             !published(c, ERRATUM_SP_EL1));
}

void set_shadow_ctxt(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u32 index, u64 value)
{
	enum reg r;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid, index, value);
	r = field_of(index, !published(c, ERRATUM_SP_EL1));
	if (r != REG_NR)
		to_change(c, vmid, vcpuid, reg_block(r))->r[r] = value;
}

u64 get_shadow_esr(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return to_read(c, vmid, vcpuid)->r[R_esr_el2];
}

void clear_shadow_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	regs_clear(to_change(c, vmid, vcpuid, move_blocks(MV_MOVE_SAVE_GP)), MOVE_GP);
}

void reset_fp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	regs_clear(to_change(c, vmid, vcpuid, move_blocks(MV_MOVE_SAVE_FP)), MOVE_FP);
}

u64 get_shadow_dirty_bit(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	return to_read(c, vmid, vcpuid)->r[R_dirty];
}

void set_shadow_dirty_bit(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid, u64 value)
{
	u64 *dirty;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid, value);
	dirty = &to_change(c, vmid, vcpuid, reg_block(R_dirty))->r[R_dirty];
	if (published(c, ERRATUM_DIRTY_BIT) || value == 0)
		*dirty = value;
	else
		*dirty |= value;
}

/* SOURCE: those of the saved context, although the running code's are in the CPU (mem_load_spec, ...) */
static struct ctxt *access_ctxt(struct cpu *c, bool write)
{
	if (!published(c, ERRATUM_ACCESS_REGISTERS))
		return &c->regs;
	point_use_ctxt(c, ctxt_id(c, c->cur_vmid, c->cur_vcpuid), write);
	return cur_ctxt(c);
}

u64 get_access_reg(struct cpu *c, u32 index)
{
	return get_shadow_ctxt_specx(access_ctxt(c, false), index, !published(c, ERRATUM_SP_EL1));
}

void set_access_reg(struct cpu *c, u32 index, u64 value)
{
	struct ctxt *ctxt = access_ctxt(c, true);

	say_load(c, !published(c, ERRATUM_ACCESS_REGISTERS), index, value);
	set_shadow_ctxt_specx(ctxt, index, value, !published(c, ERRATUM_SP_EL1));
}

u32 get_cur_vmid(struct cpu *c)
{
	return cpu_halted(c) ? 0 : c->cur_vmid;
}

u32 get_cur_vcpuid(struct cpu *c)
{
	return cpu_halted(c) ? 0 : c->cur_vcpuid;
}

void set_per_cpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	c->cur_vmid = vmid;
	c->cur_vcpuid = vmid == HOSTVISOR || vmid == COREVISOR ? c->id : vcpuid;
}

void encrypt_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	(void)c;
	(void)vmid;
	(void)vcpuid;
}

void encrypt_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	(void)c;
	(void)vmid;
	(void)vcpuid;
}

/*
 * The counter is shared and the number of values is the parameter's to say: the function is asked on a copy first, so
 * that one atomic addition takes all of them.
 */
static void decrypt(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid,
                    u32 (*fresh)(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n))
{
	struct ctxt *ctxt = to_change(c, vmid, vcpuid, REG_ALL_BLOCKS), trial = *ctxt;
	vmid_t from = published(c, ERRATUM_DECRYPT_ORACLE) ? vmid : HOSTVISOR;
	u32 used = fresh(c->params, &trial, from, 0);
	u64 n = data_log_take(c, from, used);

	/* Taking the values is a step of its own. */
	point_use_ctxt(c, ctxt_id(c, vmid, vcpuid), true);
	say_data(c, from, n, used);
	fresh(c->params, ctxt, from, n);
}

void decrypt_gp_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	decrypt(c, vmid, vcpuid, c->params->decrypt_gp_regs);
}

void decrypt_sys_regs(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	decrypt(c, vmid, vcpuid, c->params->decrypt_sys_regs);
}
