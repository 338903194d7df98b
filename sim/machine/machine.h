/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The whole machine: CPUs, locks, shared objects, flags, log. */
#include "cpu/cpu.h"
#include "lock/ticket.h"
#include "shmem/shared.h"
#include "sim/log/write/log.h"

/**
 * struct machine_params - what a machine is made from
 * @cpus:      1..MAX_CPU
 * @start_ticket, @start_now: every word at the start of an episode; equal
 * @keep_reads: log every look at a word, not only those that show progress
 * @timing:    clocks for wait and hold times; with a log, timestamps too
 * @tlb:       each CPU has a translation buffer (shmem/tlb.h); the published machine has none
 * @perturb:   of 100 points between steps, at how many a CPU is delayed (cpu/perturb.h); 0: at none
 * @errata:    which side of each slip the machine follows
 * @model:     what the source leaves open; NULL: the defaults (cpu/params.h)
 * @fixed:     memory regions and SMMUs; NULL: none
 */
struct machine_params {
	u32 cpus;
	u32 start_ticket, start_now;
	u64 seed;
	struct wait_policy policy;
	bool keep_reads, timing, tlb;
	u32 perturb;
	struct errata errata;
	const struct params *model;
	const struct fixed *fixed;
};

/**
 * struct machine
 * @halt: the machine has panicked
 * @stop: the machine was stopped: CPUs leave where they wait
 * @config: of the log; owned by the caller of machine_create
 */
struct machine {
	struct machine_params params;
	struct flag halt, stop;
	struct locks locks;
	struct shared shared;
	struct log *log;
	struct params model;
	struct data_logs data_logs;
	struct ctxt *shadow_ctxts;  /* [N_VMID * vcpu_per_vm] address space, pages on touch */
	struct say *says;           /* [params.cpus]; NULL: there is no log */
	struct say_set *said_ctxts; /* [N_VMID * vcpu_per_vm], when there is a log */
	u64 episode;
	u32 n_init;
	const struct init_row *init;
	struct tlb *tlbs; /* [params.cpus]; NULL: none */
	struct cpu *cpu;  /* [params.cpus] */
};

/*
 * Make a machine that writes to @log (which stays the caller's) and begins with the contents in @log's configuration.
 * Errors: ERR_MEMORY.
 */
MUST_CHECK int machine_create(struct machine **out, const struct machine_params *p, struct log *log,
                              struct err *e);
void machine_free(struct machine *m);

/* Every CPU's stream begins episode number m->episode with a mark.  No CPU may run. */
void machine_begin_episode(struct machine *m);

/*
 * The episode is over and no CPU runs: each stream says what is left to say of registers, with whole digests (cpu/say.h);
 * that of CPU 0 says what each object whose lock is free holds, as a digest of
 * the memory itself, so that who reads the log finds writes that no push told of.
 */
void machine_end_episode(struct machine *m);

/* A machine of its own: words at their start value, contents initial, CPUs free; the next episode's number. */
void machine_reset(struct machine *m);

/* Stop or halt and let every sleeper see it. */
void machine_stop(struct machine *m);
