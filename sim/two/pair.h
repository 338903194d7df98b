/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Two runs of one program that differ in what one principal must not see, step by step: what it sees is compared as the security
 * proof compares it.  Who has the machines tells where a step begins and ends; a step is one entry of the core, or one access.
 *
 * [SecuritySecurityDef: integrity, confidentiality, restore]
 */
#include "sim/two/two.h"

void pair_init(struct pair *pr, vmid_t p, u32 vary, bool spare);
void pair_free(struct pair *pr);
/* The program is run once more, if there are findings of which it must be known what was seen before: false, there are none. */
bool pair_again(struct pair *pr);

/* Machines of their own begin. */
void pair_begin(struct pair *pr, struct machine *a, struct machine *b);
/* What may be a step begins, by CPU @cpu: secrets are put there, and the starts are compared. */
void pair_before(struct pair *pr, u32 cpu);
/* Around a store by that CPU: plant_store(), in both. */
void pair_store(struct pair *pr, u32 reg);
/* The step is over; @op says what was done. */
void pair_after(struct pair *pr, const char *op, enum outcome a, enum outcome b);
/* What was done is no step: it may have changed what is there, and both runs go on from that. */
void pair_skip(struct pair *pr);
/* The programs go on differently. */
void pair_part(struct pair *pr);
/* The program is at its end, or its machines are about to go. */
void pair_end(struct pair *pr);

const char *two_kind_name(enum two_kind kind);
const char *two_split_name(enum two_split split);
