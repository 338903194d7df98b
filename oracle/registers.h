/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Registers of the CPUs and saved contexts, rebuilt from a log's marks alone (ENTER, LEAVE, REGS, CTXT, MOVE; OP, ACCESS and
 * SEVENT of loads), with
 * who runs on each CPU and in which mode.  In a log that is right the digests that it carries are those of what is rebuilt.
 *
 * Events in merged order, every CPU's in its own; an episode begins with every register 0 and the host on every CPU.
 */
#include "shmem/obj/regs.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

struct registers;

/* Who runs on a CPU, as its last ENTER or LEAVE says. */
struct runs_on {
	bool ihost, icore;
	u32 vmid, vcpuid;
};

enum registers_row {
	REGISTERS_OK,
	REGISTERS_DIGEST,  /* the digest that the mark carries is not that of what is rebuilt */
	REGISTERS_NO_CTXT, /* there is no such context */
	REGISTERS_NO_REG,  /* there is no such register */
	REGISTERS_NR
};

/* @config stays the caller's.  Contexts take memory when the log first speaks of them. */
struct registers *registers_new(const struct log_config *config);
void registers_free(struct registers *r);

/*
 * Take the next event; those that are no such marks change nothing.  On anything but REGISTERS_OK the event was taken as far as
 * it goes: differences are applied, and the digest is that of what is rebuilt from then on.
 */
enum registers_row registers_event(struct registers *r, const struct event *e);

/* @cpu is one of the log's. */
const struct ctxt *registers_of_cpu(const struct registers *r, cpu_t cpu);
/* NULL: there is no such context. */
const struct ctxt *registers_of_vcpu(const struct registers *r, u64 vmid, u64 vcpuid);
struct runs_on registers_runs_on(const struct registers *r, cpu_t cpu);

/* What a row means. */
const char *registers_sentence(enum registers_row row);
