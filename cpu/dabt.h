/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Fault syndromes, and the physical CPU's own registers that tell of a fault. */
#include "cpu/cpu.h"

/* Fields of a syndrome; pure, also on a halted machine. */
u32 host_dabt_get_rd(struct cpu *c, u32 hsr);
/* Bytes of the access: 1, 2, 4 or 8. */
u32 host_dabt_get_as(struct cpu *c, u32 hsr);
/* ESR_ELx_WNR (64) or 0. */
u32 host_dabt_is_write(struct cpu *c, u32 hsr);

/* Go on behind the instruction.  Stuck: STUCK_OVERFLOW (elr_el2 + 4).  Errata: host-skip-instr, core-handle-sys64, pc-overflow */
void host_skip_instr(struct cpu *c);
void core_handle_sys64(struct cpu *c);

/* @addr with the offset in its page from far_el2. */
u64 host_get_fault_ipa(struct cpu *c, u64 addr);
u64 read_hpfar_el2(struct cpu *c);
u64 read_esr_el2(struct cpu *c);
