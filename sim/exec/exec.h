/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A script: one call a line, with a scripted environment.
 *
 *   NAME ARG...                       call a primitive or a function of the hypervisor (hypsim list primitives)
 *   expect ok|VALUE|stuck [RULE]|panic [REASON [VALUE...]]   what the call before came to
 *   cpu N                             the CPU that makes the following calls
 *   env LK : CPU EVENT [ARG] [field[index]=old>new]... ; ...   the environment's next answer on log LK
 *   level high|ticket                 what acquire_lock_* and release_lock_* are
 *   weak [on|off]                     primitives do not look at bars
 *   erratum NAME published|intended   from here on
 *   get WHAT | set WHAT VALUE         look at or set a part of the state, as a call; "device" is what was written to one last
 *   dump WHAT                         show an object, a log, a CPU
 *   boot [PAGES]                      a machine as it boots (sim/machine/boot.h), with so many managed pages; logs are empty,
 *                                     answers and values that were left are dropped, the switches stay
 *   feed data|core VMID VALUE...      the next values of the VM's data oracle, or of the core's
 *   hvc NUMBER [X1..X5]               the host calls the core: x0..x5 (0 where not said), and host_hvc_handler
 *   fault ADDR [ESR [VALUE]]          the host touches an address: hpfar_el2, far_el2, esr_el2, the register that ESR names, and
 *                                     host_npt_handler
 *   run VMID VCPUID [ADDR PTE LEVEL]  the host has a vCPU run: x0, host_vcpu_run_handler, and what the host offers in it: the
 *                                     vCPU, and for a guest's address without a page an entry and its level
 *   trap CLASS [X0..X3]               the guest traps: ec, esr_el2, registers that are said, and vm_exit_handler
 *   irq                               the guest is interrupted: ec, and vm_exit_handler
 *   reset                             a machine as at the start, and its switches
 *   concurrent                        the lines up to end are a scope's (sim/exec/scope.h): cpu N says whose program the
 *   end                               next calls are; at end CPU 0 makes its calls, then CPU 1, ...
 *   expect verdict WORDS, expect classes N, depend tickets|cells, grain WORD     for who searches; read, and nothing is done
 *
 * Numbers are decimal, 0x..., or names: constants, lock names (NPT:3), registers.  # begins a comment.
 */
#include "cpu/cpu.h"
#include "sim/base/err.h"
#include "sim/base/errata.h"
#include "sim/base/types.h"
#include "sim/exec/record_types.h"

#include <stdio.h>

struct exec;
struct machine;

/**
 * struct exec_opts
 * @weak, @ticket: how the script begins
 * @sequential: concurrent is refused
 * @before: told of each call before it is made: its name and arguments, [n]; an entry of the core has none, its registers are
 *          set.  NULL: nobody asks
 * @failed: told of each expectation, of @line in @file, that does not hold.  NULL: nobody asks
 * @record: the log that the script leaves; NULL: none
 */
struct exec_opts {
	u32 cpus;
	u64 seed;
	struct errata errata;
	bool weak, ticket, json, sequential;
	FILE *out;
	void (*before)(void *arg, const char *name, u32 n, const u64 *args);
	void *before_arg;
	void (*failed)(void *arg, const char *file, u64 line, const char *expected,
	               const char *got);
	void *failed_arg;
	const struct exec_record *record;
};

/* Errors: ERR_MEMORY. */
MUST_CHECK int exec_new(struct exec **out, const struct exec_opts *o, struct err *e);
void exec_free(struct exec *x);
/* The script has ended: its log is closed.  Errors: those of opening and writing it; ERR_TEXT: concurrent without end. */
MUST_CHECK int exec_end(struct exec *x, struct err *e);

/*
 * One line, without its newline; @file and @number stand in messages.  Errors: ERR_TEXT with "FILE:LINE:COLUMN:
 * expected WHAT, found WHAT"; the machine is as it was.
 */
MUST_CHECK int exec_line(struct exec *x, const char *line, size_t len, const char *file, u64 number,
                         struct err *e);

/* For who looks on: the machine, which boot and reset replace; the CPU that makes the next call; how the last one ended. */
struct machine *exec_machine(const struct exec *x);
u32 exec_cpu_number(const struct exec *x);
enum outcome exec_outcome(const struct exec *x);

/* Are lines of concurrent being collected? */
bool exec_collects(const struct exec *x);

/* Expectations that failed so far. */
u32 exec_failed(const struct exec *x);

/* The i-th word that can begin a line, for completion; NULL beyond the last. */
const char *exec_word(u32 i);
