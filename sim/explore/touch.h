/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The resources that steps touch, by numbers that stay the same throughout a search, and who touched each last in the execution
 * that runs.
 */
#include "sim/explore/step.h"

enum resource_kind {
	RESOURCE_LOCK,  /* whose ticket comes next: of a lock; with GRAIN_WORD its word */
	RESOURCE_DATA,  /* the number of the next value of a VM's data oracle */
	RESOURCE_CORE,  /* the same of the core's */
	RESOURCE_HALT,  /* whether the machine has halted, and who halted it */
	RESOURCE_FRAME, /* what a frame holds */
	RESOURCE_CELL, /* a cell that somebody reads without its lock: object and number of the cell */
	RESOURCE_SHARED,  /* what is said and done under the lock: of a lock that may be broken */
	RESOURCE_BUFFER,  /* all slots of a CPU's translation buffer */
	RESOURCE_SLOT,    /* one: CPU and number of the slot */
	RESOURCE_AT_WORK, /* whether somebody has the lock; who asks changes it, so that asking is ordered with each who comes or goes */
	RESOURCE_CTXT,    /* a saved context for which CPUs race */
};

struct touches;

struct touches *touches_new(void);
void touches_free(struct touches *t);
/* A new execution: nobody has touched anything. */
void touches_begin(struct touches *t);
/*
 * Step number @k of @x, which is its CPU's last one, touches a resource: noted once, and what happens before it by that is joined to
 * the CPU's clock.  Returns whether another CPU has touched the resource, in this execution or in one before.
 */
bool touches_add(struct touches *t, struct execution *x, u32 k, enum resource_kind kind, u64 id,
                 bool write);

/* What a resource is called in every search of the scope: kind and id in one; and its number here. */
u64 touches_key(const struct touches *t, u32 number);
u32 touches_number(struct touches *t, u64 key);
