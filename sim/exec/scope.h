/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scope: a script (sim/exec/exec.h) with a part that is explored.
 *
 *   what comes before                 once, in this order: boot, calls, cpu N, feed, errata, erratum, expect
 *   concurrent
 *   cpu N                             the next calls are CPU N's program, in this order
 *   NAME ARG... | hvc | fault | run | trap | irq
 *   expect ...                        what the call before must come to, in every execution
 *   feed data|core VMID VALUE...      the next values of that oracle that CPU N takes
 *   end
 *   what comes behind                 on CPU 0 or by cpu N, when every program has ended and the machine has not halted; expect there
 *                                     holds in every execution
 *   expect verdict clean|WORD[,WORD]...   what the search must find: rows, checks, clauses, deadlock, halt, stuck
 *   expect classes N                  how many classes the search must have
 *   depend tickets|cells              by which dependence; may stand in the first line of what comes before
 */
#include "shmem/obj/regs.h"
#include "sim/base/err.h"
#include "sim/base/errata.h"
#include "sim/log/panic_reason.h"
#include "sim/log/stuck_rule.h"
#include "sim/machine/prim.h"

enum { SCOPE_REGS = 8, SCOPE_CALL_TEXT = 96 };

/* What a call must have come to. */
enum scope_expect_kind { EXPECT_OK, EXPECT_VALUE, EXPECT_STUCK, EXPECT_PANIC };

/**
 * struct scope_expect
 * @value:  of EXPECT_VALUE
 * @rule:   of EXPECT_STUCK, STUCK_NONE: any; @reason: of EXPECT_PANIC, PANIC_NONE: any
 * @n, @values: of the reason; 0: any
 * @line, @text: as it was written
 */
struct scope_expect {
	enum scope_expect_kind kind;
	u64 value;
	enum stuck_rule rule;
	enum panic_reason reason;
	u32 n;
	u64 values[PANIC_MAX_VALUES];
	u64 line;
	char text[SCOPE_CALL_TEXT];
};

/**
 * struct scope_call - a call of a primitive, of an operation or of an entry of the core
 * @cpu:    who makes it
 * @args:   [prim->n_args]
 * @reg, @value: [n_regs] registers of the CPU that are set before the call (of an entry of the core: its arguments)
 * @expect: [n_expects]
 * @line, @text: as it was written
 */
struct scope_call {
	u32 cpu;
	const struct prim *prim;
	u64 args[PRIM_MAX_ARGS];
	u32 n_regs;
	u8 reg[SCOPE_REGS];
	u64 value[SCOPE_REGS];
	struct scope_expect *expect;
	u32 n_expects;
	u64 line;
	char text[SCOPE_CALL_TEXT];
};

struct scope_calls {
	struct scope_call *v;
	u32 n, cap;
};

/**
 * struct scope_feed - a value from outside
 * @cpu:    the CPU that takes it, or SCOPE_ANY_CPU: whoever takes number @n (fed before concurrent)
 * @n:      the number of the value: of all, or (@cpu) of those that the CPU takes in the explored part
 */
struct scope_feed {
	bool core;
	u32 cpu;
	vmid_t vmid;
	u64 n, value;
};

enum { SCOPE_ANY_CPU = 0xffffffff };

enum scope_depend { DEPEND_DEFAULT, DEPEND_TICKETS, DEPEND_CELLS };

/**
 * struct scope
 * @cpus:    of the machine: the highest number in the file, and 1, or what exec_opts asks for if that is more
 * @pages:   boot PAGES: managed pages; 0: a machine without memory (no boot)
 * @before, @after: in their order; @program: [cpu] the explored part
 * @feed:    [n_feeds]
 * @verdict: "" : the scope does not say; else as it was written
 * @classes: 0: the scope does not say
 */
struct scope {
	char *name;
	u32 cpus;
	u64 seed, pages;
	struct errata errata;
	struct scope_calls before, after;
	struct scope_calls program[MAX_CPU];
	struct scope_feed *feed;
	u32 n_feeds;
	enum scope_depend depend;
	char verdict[256];
	u64 verdict_line, classes, classes_line;
};
