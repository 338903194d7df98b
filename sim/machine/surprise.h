/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a run says in its log of how it went: marks SURPRISE, STALL and DEADLOCK (sim/log/mark.def). */
#include "sim/machine/machine.h"

/* How an operation ended, and how it should have; in the order of sim/log/mark_arg.def (ANSWER). */
enum run_answer { RUN_DID, RUN_REFUSED, RUN_PANICKED, RUN_WAS_STUCK, RUN_OTHER };

/* What it is about: a frame, a VM, a vCPU of the VM before, or a bank (smmu_id()); in the order of ABOUT there. */
struct run_about {
	enum run_about_what { RUN_ABOUT_FRAME, RUN_ABOUT_VM, RUN_ABOUT_VCPU, RUN_ABOUT_BANK } what;
	u64 number;
};

enum { RUN_ABOUT_MAX = 8 };

/*
 * An operation of CPU @c came out otherwise than its scenario says; @text says which and how, @about, [n], what it
 * is about.  On the CPU's thread, before the
 * operation's end is told.
 */
void surprise_of_cpu(struct cpu *c, enum run_answer expected, enum run_answer came,
                     const struct run_about *about, u32 n, const char *text);

/**
 * struct run_differs - what the machine does not hold as its scenario says
 * @about: [n_about] what it is about, as the last episode has it; none: the scenario does not know, or it was in another episode
 * @text:  for people
 */
struct run_differs {
	u32 n_about;
	struct run_about about[RUN_ABOUT_MAX];
	char text[256];
};

/* It is about this as well; after RUN_ABOUT_MAX nothing more. */
void differs_about(struct run_differs *d, enum run_about_what what, u64 number);

/* The end of the run is not as its scenario says: @d.  All CPUs have ended. */
void surprise_of_run(struct machine *m, const struct run_differs *d);

/**
 * struct stall - a CPU that does not move, as the watch saw it
 * @waits:  its wait (cpu/cpu.h: waits_of()), or 0: it waits for no lock
 * @sleeps: it sleeps on its ticket's slot; @now: the ticket that is served
 */
struct stall {
	u32 cpu, now;
	u64 waits, ms;
	bool sleeps;
};

/* Look at CPU @cpu, which has not moved for @ms. */
void stall_look(const struct machine *m, u32 cpu, u64 ms, struct stall *out);
/* All CPUs have ended. */
void stall_say(struct machine *m, const struct stall *s);
