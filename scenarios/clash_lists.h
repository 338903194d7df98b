/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Operations of clash by an object that they come to.  At a date about one who has posted holds in a section of that object, and
 * who comes does something that comes to it too.
 */
#include "scenarios/clash_world.h"

/* Fills clash.listed, before the run. */
void clash_lists_begin(struct kit *kit);
/* Is it a lock of an object of the list? */
bool clash_list_has(enum clash_list list, lk_t lk);
/* A list that has the operation, any of them; LIST_NONE: there is none. */
enum clash_list clash_list_of(const struct kit_cpu *k, struct rng *r, u32 op);
/* Is the object one for all VMs, so that who comes has a VM of its own? */
bool clash_list_elsewhere(enum clash_list list);
/* Number of the operation of this name. */
u32 clash_op_named(const struct kit *kit, const char *name);
