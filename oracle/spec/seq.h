/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an entry of the core comes to: which atomic operations it does one after the other, with which arguments, what it takes from
 * outside between them, and how it ends, each given what came before.  [TrapHandlerSpec: host_hvc_handler_spec and its like]
 *
 * A sequence stops where something must come from the log, and says what that must be (struct seq_want).  What each operation does
 * is its own step's business, and what is inside an operation is as well (oracle/spec/spec.h).
 */
#include "oracle/spec/want.h"

enum seq_row {
#define SEQ(entry, what, sequence, operations, source, errata) SEQ_##entry##_##what,
#include "oracle/spec/seq.def"
	SEQ_NR
};

/* An entry begins, with registers @regs: @s->want is what comes first. */
void seq_begin(struct seq *s, const struct seq_env *env, u32 entry, cpu_t cpu, u32 vmid, u32 vcpuid,
               const struct ctxt *regs);
/* What was wanted has come, and it gave @result: @s->want is what comes next. */
void seq_next(struct seq *s, const struct seq_env *env, u64 result);

/* "CLEAR_VM_S2_RANGE", "clear_vm_stage2_range", "get_vm_poweron get_vm_banks? clear_vm_page*", ...: of a row below SEQ_NR. */
const char *seq_what(enum seq_row row);
const char *seq_sequence(enum seq_row row);
const char *seq_operations(enum seq_row row);
const char *seq_source(enum seq_row row);
const char *seq_errata(enum seq_row row);
/* MV_ENTRY_* */
u32 seq_entry(enum seq_row row);
/* "hypercall 14, CLEAR_VM_S2_RANGE(0x3, ...)": what began; returns buf. */
const char *seq_print(const struct seq *s, char *buf, size_t size);
/* "clear_vm_page(vmid=3, pfn=0x210)", "that the machine halts"; returns buf. */
const char *seq_print_want(const struct seq_want *w, char *buf, size_t size);
