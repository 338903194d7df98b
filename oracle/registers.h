/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Registers of the CPUs and saved contexts, rebuilt from a log's marks alone (ENTER, LEAVE, REGS, CTXT, MOVE; OP, ACCESS and
 * SEVENT of loads; ERRATUM), with who runs on each CPU and in which mode.  In a log that is right the digests that it carries are those
 * of what is rebuilt, and entries and exits fit each other.
 *
 * Events in merged order, every CPU's in its own; an episode begins with every register 0 and the host on every CPU.  A step
 * that a kill left out, and the merge filled in, is the last one of its CPU: nothing that is told behind it rests on it.
 *
 * Behind a digest that is wrong it is not known which register differs.  From then on registers are in doubt, by the groups in
 * which they move: those of that set, and of what is moved from it.  A digest is compared when none is in doubt.  Doubt ends
 * where a mark tells every register of a group, where the group comes from a set without it, and with the episode.
 */
#include "shmem/obj/regs.h"
#include "sim/log/event.h"
#include "sim/log/op.h"

#include <stddef.h>

struct registers;

/* Who runs on a CPU, as its last ENTER or LEAVE says. */
struct runs_on {
	bool ihost, icore;
	u32 vmid, vcpuid;
};

/* What can be wrong, in the order in which a mark is looked at. */
enum registers_row {
	REGISTERS_OK,
	REGISTERS_NO_REG,  /* there is no such register, or no such move */
	REGISTERS_NO_CTXT, /* there is no such context */
	REGISTERS_ENTER,   /* an ENTER by a CPU that is in the core */
	REGISTERS_LEAVE,   /* a LEAVE by a CPU that is not in the core */
	REGISTERS_MODE, /* an ENTER that the mode does not have, or a LEAVE that stays in the core */
	REGISTERS_WHO,  /* an ENTER by somebody else than whom the CPU left the core for */
	REGISTERS_VCPU,   /* a LEAVE for somebody who cannot run there */
	REGISTERS_UNSAID, /* a load from a context of which nothing was said in this episode */
	REGISTERS_DIGEST, /* the digest that the mark carries is not that of what is rebuilt */
	REGISTERS_NR
};

/*
 * Of a machine of @cpus CPUs, VMs of @total_cpu vCPUs each.  @loads_saved: what running code loads goes to the saved context of
 * who runs (erratum access-registers, published), until a mark says that a CPU follows the other side.  Contexts take memory when the log first speaks of them.
 */
struct registers *registers_new(u32 cpus, u32 total_cpu, bool loads_saved);
void registers_free(struct registers *r);
/* An episode begins. */
void registers_reset(struct registers *r);

/* Does a mark say something of registers, or of who runs?  Of operations, which are many, loads do. */
static inline bool registers_is_mark(const struct event *e)
{
	if (e->kind == MARK_OP || e->kind == MARK_SEVENT)
		return e->arg == OP_mem_load || e->arg == OP_dev_load;
	return (e->kind >= MARK_ENTER && e->kind <= MARK_MOVE) || e->kind == MARK_ACCESS ||
	       e->kind == MARK_ERRATUM;
}

/*
 * Take the next event; those that are no such marks change nothing, but for the first MARK_EPISODE of an episode, which resets.
 * On anything but REGISTERS_OK the event was taken as far as it goes: differences are applied.
 */
enum registers_row registers_event(struct registers *r, const struct event *e);

/*
 * What registers_event() may change at @e, no MARK_EPISODE, is told beforehand: @note is called with each piece.  For who wants to
 * have it back.
 */
void registers_before(struct registers *r, const struct event *e,
                      void (*note)(void *arg, void *at, size_t size), void *arg);

/* @cpu is one of the log's. */
const struct ctxt *registers_of_cpu(const struct registers *r, cpu_t cpu);
/* NULL: there is no such context. */
const struct ctxt *registers_of_vcpu(const struct registers *r, u64 vmid, u64 vcpuid);
/* May some of a CPU's registers, or of a context that there is, hold something else than is rebuilt? */
bool registers_doubt_cpu(const struct registers *r, cpu_t cpu);
bool registers_doubt_vcpu(const struct registers *r, u64 vmid, u64 vcpuid);
struct runs_on registers_runs_on(const struct registers *r, cpu_t cpu);

/* Registers of a CPU, or with @saved of a context; NULL: there is no such context, or some may hold something else. */
static inline const struct ctxt *registers_known(const struct registers *r, bool saved, cpu_t cpu,
                                                 u64 vmid, u64 vcpuid)
{
	const struct ctxt *set =
		saved ? registers_of_vcpu(r, vmid, vcpuid) : registers_of_cpu(r, cpu);

	if (!set || (saved ? registers_doubt_vcpu(r, vmid, vcpuid) : registers_doubt_cpu(r, cpu)))
		return NULL;
	return set;
}

/* Digests so far that were compared; *@whole: all of them, not seven bits; *@doubted: that were not compared, for doubt. */
u64 registers_digests(const struct registers *r, u64 *whole, u64 *doubted);
