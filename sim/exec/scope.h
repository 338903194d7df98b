/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scope: a script (sim/exec/exec.h) with a part that is explored.
 *
 *   depend tickets|cells              by which dependence, before concurrent
 *   grain lock|word|cell|word,cell    how fine steps are, before concurrent
 *   checks only|skip NAME[,NAME]...   which checks and groups of checks each execution is judged by, before concurrent
 *   errata, erratum, boot, set cell   the machine, in this order
 *   set tlb 0|1                       has each CPU a translation buffer? where set cell may stand
 *   what comes before                 once, in this order: calls, cpu N, feed, expect
 *   concurrent
 *   cpu N                             the next calls are CPU N's program, in this order
 *   NAME ARG... | hvc | fault | run | trap | irq
 *   expect ...                        what the call before must come to, in every execution
 *   feed data|core VMID VALUE...      the next values of that oracle that CPU N takes
 *   end
 *   what comes behind                 on CPU 0 or by cpu N, when every program has ended and the machine has not halted: calls,
 *                                     feed, get cell, expect; expect there holds in every execution
 *   expect verdict clean|WORD[,WORD]...   what the search must find: rows, checks, clauses, deadlock, halt, stuck, expect
 *   expect classes N                  how many classes the search must have
 *
 * dump is for who reads what exec prints: a scope leaves it out.  docs/explore.md says what is refused.
 *
 * Which value a CPU takes from an oracle (feed, and the values of run): the next of the call's own (@core of the call), of
 * which those that are left are gone when it ends; then the next that the CPU was fed in concurrent before the call and has not
 * taken; then the one that was fed by number outside of concurrent, before the call; then the oracle's own.
 */
#include "shmem/obj/regs.h"
#include "sim/base/err.h"
#include "sim/base/errata.h"
#include "sim/log/panic_reason.h"
#include "sim/log/stuck_rule.h"
#include "sim/machine/prim.h"

#include <stdio.h>

enum { SCOPE_REGS = 8, SCOPE_CORE_VALUES = 4, SCOPE_CALL_TEXT = 192, SCOPE_VERDICT_TEXT = 256 };

/* What a call must have come to. */
enum scope_expect_kind { EXPECT_OK, EXPECT_VALUE, EXPECT_STUCK, EXPECT_PANIC };

/**
 * struct scope_expect
 * @value:  of EXPECT_VALUE
 * @rule:   of EXPECT_STUCK, STUCK_NONE: any; @reason: of EXPECT_PANIC, PANIC_NONE: any
 * @n, @values: of the reason; 0: any
 * @line, @column: of what stands behind expect, in its file; @text: "stuck STUCK_RANGE": as a message says it
 */
struct scope_expect {
	enum scope_expect_kind kind;
	u64 value;
	enum stuck_rule rule;
	enum panic_reason reason;
	u32 n;
	u64 values[PANIC_MAX_VALUES];
	u64 line, column;
	char text[SCOPE_CALL_TEXT];
};

/* What a call came to: @value if it @gives one. */
struct scope_outcome {
	enum outcome outcome;
	bool gives;
	u64 value;
	enum stuck_rule rule;
	struct panic_report panic;
};

/**
 * struct scope_call - a call of a primitive, of an operation or of an entry of the core
 * @cpu:    who makes it
 * @args:   [prim->n_args]
 * @reg, @value: [n_regs] registers of the CPU that are set before the call (of an entry of the core: its arguments)
 * @n_core, @core: of run: what the core's oracle of @core_vmid has for this call, in the order in which it is taken; 0: nothing
 * @expect: [n_expects]
 * @line, @column: of its name, in its file; @text: as it was written, one blank between two words
 */
struct scope_call {
	u32 cpu;
	const struct prim *prim;
	u64 args[PRIM_MAX_ARGS];
	u32 n_regs;
	u8 reg[SCOPE_REGS];
	u64 value[SCOPE_REGS];
	u32 n_core;
	vmid_t core_vmid;
	u64 core[SCOPE_CORE_VALUES];
	struct scope_expect *expect;
	u32 n_expects, cap_expects;
	u64 line, column;
	char text[SCOPE_CALL_TEXT];
};

struct scope_calls {
	struct scope_call *v;
	u32 n, cap;
};

enum scope_part { SCOPE_BEFORE, SCOPE_CONCURRENT, SCOPE_BEHIND };

/**
 * struct scope_feed - a value from outside
 * @core:   of the core's oracle of @vmid; false: of its data oracle
 * @part:   where it is fed
 * @call:   it is there from this call on: an index into the calls of @part, or of the CPU's program; the number of them: behind
 *          the last
 * @cpu:    of SCOPE_CONCURRENT: the CPU that takes it, or SCOPE_ANY_CPU: whoever takes the number that it has got
 * @n:      which it is of those that are fed to this oracle in @part, to @cpu; from 0 on, in their order.  Outside of
 *          concurrent the number that a value gets is the higher of: how many were taken of the oracle when the line is
 *          reached; one more than the highest that was fed
 */
struct scope_feed {
	bool core;
	enum scope_part part;
	u32 cpu, call;
	vmid_t vmid;
	u64 n, value;
};

enum { SCOPE_ANY_CPU = 0xffffffff };

/* A cell as it is at the start, behind what boot makes: field and index as obj_set() takes them. */
struct scope_cell {
	lk_t obj;
	u32 field;
	u64 index, value;
	char text[SCOPE_CALL_TEXT];
};

/**
 * struct scope_look - a cell that is looked at behind end, without a lock and without an event
 * @cell:   its @value is not used
 * @call:   before this call of @after is made; the number of them: behind the last
 * @expect: [n_expects] what its value must be, as that of a call
 */
struct scope_look {
	struct scope_cell cell;
	u32 call;
	struct scope_expect *expect;
	u32 n_expects, cap_expects;
	u64 line;
};

enum scope_depend { DEPEND_DEFAULT, DEPEND_TICKETS, DEPEND_CELLS };

/* How fine steps are (sim/explore/grain.h): GRAIN_WORD and GRAIN_CELL are bits, beside GRAIN_LOCK. */
enum scope_grain {
	GRAIN_DEFAULT,
	GRAIN_LOCK = 1,
	GRAIN_WORD = 2 | GRAIN_LOCK,
	GRAIN_CELL = 4 | GRAIN_LOCK,
	GRAIN_BOTH = GRAIN_WORD | GRAIN_CELL,
};

/* Where nobody says. */
static inline enum scope_grain grain_settled(enum scope_grain g)
{
	return g == GRAIN_DEFAULT ? GRAIN_LOCK : g;
}

/**
 * struct scope_checks - which checks a scope is judged by
 * @text: "only NAME,NAME", "skip NAME"; "": all.  Names are not looked at but for their form: who judges knows them
 * @line, @column: of the names
 */
struct scope_checks {
	char text[SCOPE_VERDICT_TEXT];
	u64 line, column;
};

/**
 * struct scope
 * @cpus:    of the machine: one more than the highest number in the file, or what scope_opts asks for if that is more
 * @pages:   boot PAGES: managed pages; 0: a machine without memory (no boot)
 * @before, @after: in their order; @program: [cpu] the explored part
 * @feed:    [n_feeds] by part, then by CPU, then in the order of the file; @cell: [n_cells]; @look:
 *           [n_looks] in the order of the file
 * @concurrent_line, @concurrent_column: of that word
 * @tlb:     each CPU has a translation buffer
 * @verdict: "" : the scope does not say; else as it was written, not looked at but for its form; its words stand at @verdict_line,
 *           @verdict_column
 * @classes: if @has_classes
 */
struct scope {
	char *name;
	u32 cpus;
	u64 seed, pages;
	struct errata errata;
	struct scope_calls before, after;
	struct scope_calls program[MAX_CPU];
	struct scope_feed *feed;
	u32 n_feeds, cap_feeds;
	struct scope_cell *cell;
	u32 n_cells, cap_cells;
	struct scope_look *look;
	u32 n_looks, cap_looks;
	u64 concurrent_line, concurrent_column;
	enum scope_depend depend;
	enum scope_grain grain;
	bool tlb;
	struct scope_checks checks;
	char verdict[SCOPE_VERDICT_TEXT];
	u64 verdict_line, verdict_column;
	bool has_classes;
	u64 classes, classes_line;
};

/**
 * struct scope_opts - what a file does not say
 * @cpus:   at least so many; 0, 1: as many as the file names
 * @errata: errata and erratum of the file count after these
 */
struct scope_opts {
	u32 cpus;
	u64 seed;
	struct errata errata;
};

/*
 * Read a scope; nothing is executed.  @path: "-": standard input.  @text: [len], @name stands in messages and is the scope's.
 * Errors: ERR_TEXT "FILE:LINE:COLUMN: expected WHAT, found WHAT"; of scope_read() also ERR_OPEN, ERR_NOT_FILE, those of
 * slurp().
 */
MUST_CHECK int scope_read(struct scope **out, const char *path, const struct scope_opts *o,
                          struct err *e);
MUST_CHECK int scope_parse(struct scope **out, const char *name, const char *text, size_t len,
                           const struct scope_opts *o, struct err *e);
/* NULL: nothing. */
void scope_free(struct scope *s);

/*
 * As a file: reading it with the same seed, the defaults of all errata and no CPUs asked for gives an equal scope (lines and
 * name apart).
 */
void scope_print(FILE *f, const struct scope *s);

/* "lock", "word", "cell", "word,cell"; GRAIN_DEFAULT is "lock". */
const char *scope_grain_name(enum scope_grain g);
/* @len bytes; GRAIN_DEFAULT: there is none of that name. */
enum scope_grain scope_grain_by_name(const char *name, size_t len);

/* Has the call come to what @x says? */
bool scope_expect_holds(const struct scope_expect *x, const struct scope_outcome *o);
/* "ok", "5", "stuck STUCK_RANGE", "panic PANIC_PAGE_PRIVATE 512 1 0": as an expectation says it.  Returns buf. */
const char *scope_outcome_print(const struct scope_outcome *o, char *buf, size_t size);
