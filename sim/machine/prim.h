/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Every primitive of the machine, and the hypervisor's functions, by name: for scripts, for coverage of the source, for micro-benchmarks. */
#include "cpu/cpu.h"

enum prim_arg {
#define ARG(kind, type, sentence) PRIM_ARG_##kind,
#include "sim/machine/prim_arg.def"
	PRIM_ARG_NR
};

enum prim_family {
	PRIM_CORE,
	PRIM_LOCK,
	PRIM_PULL,
	PRIM_PUSH,
	PRIM_FLAT,
	PRIM_PARAM,
	PRIM_GETTER,
	PRIM_SETTER,
	PRIM_PT,
	PRIM_SPT,
	PRIM_FIXED,
	PRIM_CTXT,
	PRIM_INTAKE,
	PRIM_MOVE,
	PRIM_FAULT,
	PRIM_ACCESS,
	PRIM_LOCKS,
	PRIM_LAYERS,
	PRIM_HYP, /* not of the machine: the hypervisor's */
	PRIM_FAMILY_NR
};

enum { PRIM_MAX_ARGS = 5 };

/**
 * struct prim
 * @function: the C function's name; another row's where the two differ in strength only
 * @source: names of the source's definitions, a space between; "": none
 * @returns: it gives a value
 * @arg:    [n_args]
 * @call:   @a: [n_args]; an event is the address of a struct shared_event.  Below cpu_call().
 */
struct prim {
	const char *name, *function, *source;
	enum prim_family family;
	bool returns;
	u32 n_args;
	enum prim_arg arg[PRIM_MAX_ARGS];
	u64 (*call)(struct cpu *c, const u64 *a);
};

/* [n_prims] */
extern const struct prim prims[];
extern const u32 n_prims;

/* Call @p on @c, below cpu_call(); *value: what it gave, 0 when it did not come back. */
enum outcome prim_run(struct cpu *c, const struct prim *p, const u64 *a, u64 *value);

/* NULL: there is none. */
const struct prim *prim_by_name(const char *name);
/* "vmid", and its range in words; the largest value that its type has (0: not a number). */
const char *prim_arg_name(enum prim_arg a);
const char *prim_arg_sentence(enum prim_arg a);
u64 prim_arg_max(enum prim_arg a);
const char *prim_family_name(enum prim_family f);
/* Source definitions that are part of others: name and sentence of number @i; false beyond the last. */
bool prim_helper(u32 i, const char **name, const char **sentence);
