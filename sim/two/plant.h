/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Secrets are put into a machine between two steps, where only those can see them who may: pages that are not the principal's,
 * when they have come to their owner, contexts and registers of others before each step, values that others store.  Both runs
 * have them; they differ in the kinds that are varied.
 *
 * Left alone is what decides which way the core goes, since that is the schedule's: of registers and contexts all but those
 * that move with x0..x30, floating point, system registers, pc and what stands for it.
 */
#include "cpu/cpu.h"
#include "sim/machine/machine.h"
#include "sim/two/secret.h"

/**
 * struct plant - of one run
 * @p:     the principal
 * @run:   0 or 1; @vary: kinds that differ, bits
 * @spare: registers of saved contexts in which a scenario finds again what it left: they are left alone
 * @time:  the step that is next
 * @owner: [MAX_S2PAGE_NUM, pages on touch] 1 + the owner for whom the page was filled; 0: not yet
 * @reads: digest of the page records when they were looked through; @looked: they were
 * @store: the register that a store takes, and what it held; NULL: none
 */
struct plant {
	vmid_t p;
	u32 run, vary;
	bool spare;
	u64 time;
	u32 *owner;
	u64 reads;
	bool looked;
	u64 *store, kept;
};

/* Of a machine that begins.  plant_free() when it is over. */
void plant_begin(struct plant *pl, vmid_t p, u32 run, u32 vary, bool spare);
void plant_free(struct plant *pl);
/* Before step number @step. */
void plant_secrets(struct plant *pl, struct machine *m, u64 step);
/*
 * Around a store of register number @reg (enum ctxt_index) by what runs on @c: if that is not the principal, it stores a secret,
 * and has what it had afterwards.
 */
void plant_store(struct plant *pl, struct cpu *c, u32 reg);
void plant_stored(struct plant *pl);
