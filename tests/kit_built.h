/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Scopes that a test builds call by call. */
#include "sim/base/rng.h"
#include "sim/exec/scope.h"

/* @line: of the last call. */
struct built {
	struct scope s;
	u64 line;
};

void built_begin(struct built *b, u32 cpus);
void built_drop(struct built *b);
/* The next call of CPU @cpu: of the primitive of that name, which has @n arguments, at most one. */
void built_call(struct built *b, u32 cpu, const char *name, u32 n, u64 arg);
/* Locks by number: 0 is S2PAGE, then those of VMs. */
void built_lock(struct built *b, u32 cpu, u32 lk);
void built_unlock(struct built *b, u32 cpu, u32 lk);
void built_section(struct built *b, u32 cpu, u32 lk);
/* A random program of two to four CPUs: sections, nested ones, halts. */
void built_random(struct built *b, struct rng *r);
/* The same of @cpus CPUs, each of which takes 1..@budget tickets. */
void built_random_of(struct built *b, struct rng *r, u32 cpus, u32 budget);
