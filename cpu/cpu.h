/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One simulated CPU: what RData holds for each CPU, and how its calls end. */
#include "cpu/bars.h"
#include "cpu/env.h"
#include "cpu/panic.h"
#include "cpu/params.h"
#include "cpu/stats.h"
#include "cpu/stuck.h"
#include "shmem/obj/regs.h"
#include "sim/base/addr.h"
#include "sim/base/consts.h"
#include "sim/base/errata.h"
#include "sim/base/flag.h"
#include "sim/base/rng.h"
#include "sim/base/ticks.h"
#include "sim/base/types.h"

#include <setjmp.h>

struct control_ops;
struct log_writer;
struct locks;
struct say;
struct shared;
struct tlb;

/* lock[id] of this CPU.  [RData.LockState] */
enum lock_state {
	LOCK_FALSE,      /* LockFalse: free, for this CPU */
	LOCK_OWN,        /* LockOwn false: taken, the object not pulled */
	LOCK_OWN_PULLED, /* LockOwn true: taken and pulled */
};

/* How the core is entered: a hypercall of the host, a fault of the host, a vCPU to run, an exit of a guest. */
enum core_entry { ENTRY_HVC, ENTRY_FAULT, ENTRY_RUN, ENTRY_EXIT };

/* How a call ended. */
enum outcome {
	OUT_OK,
	OUT_STUCK,   /* it broke a rule: c->stuck */
	OUT_PANIC,   /* it, or another CPU, halted the machine */
	OUT_STOPPED, /* the machine was stopped while it waited */
};

/**
 * struct cpu_published - what observers may read while the CPU runs; relaxed atomics, so that they order nothing
 * @held:     bit lk: lock[lk] is not LockFalse
 * @waits:    the wait it is in: waits_of(lk, ticket), or 0
 * @progress: operations so far
 */
struct cpu_published {
	u64 held, waits, progress;
};

/**
 * struct device_write - what a CPU wrote to a device's register last; no part of the model, for who looks
 * @bytes: 4 or 8; 0: nothing yet
 */
struct device_write {
	u64 addr, value;
	u32 bytes;
};

/**
 * struct data_logs - how many values of each oracle were used: one for the machine; relaxed atomics
 * @data, @core: [N_VMID] data_log and core_data_log
 */
struct data_logs {
	u64 data[N_VMID], core[N_VMID];
};

/**
 * struct cpu - written by its thread only; others read it after they have met it, or @pub at any time
 * @id:     number, 0..MAX_CPU-1
 * @bars, @tstate, @lock: RData's per-CPU fields
 * @bound:  lock_bound that wait_lock promises
 * @total_cpu: TOTAL_CPU of the machine
 * @log:    the CPU's stream
 * @say:    what the stream has said of registers (cpu/say.h), or NULL: there is no log
 * @control: who is told what the CPU does, or NULL (cpu/point.h); @control_arg is its own
 * @env:    NULL: the other CPUs are threads (cpu/env.h)
 * @env_arg: the environment's own
 * @level:  with @env: what taking a lock is made of
 * @effects: writes so far that changed something, and values taken from outside: what an operation did, for who counts
 * @n_diffs: of each object: cells that its section, since it was pulled, has changed and not pushed
 * @surprises: operations that came out otherwise than the scenario says
 * @op_marks: a bit for each operation that is open (cpu/op.h), the innermost lowest: the stream has its mark
 * @weak:   primitives of shared objects do not look at @bars (the source's weaker form)
 * @panicked: this CPU halted the machine: its getters answer 0 and its setters do nothing until the call ends
 * @panic:  why; what it was when @panicked was set last
 * @tlbs:   [n_tlbs] the machine's translation buffers, by CPU (shmem/tlb.h); NULL: it has none
 * @shadow_ctxts: [N_VMID * vcpu_per_vm] of the machine, by ctxt_id(); plain memory
 * @jump:   where stuck and halt go; valid below cpu_call()
 * @gives_way: the CPU looks at a lock before it takes a ticket, and stays out for a while if somebody is inside: always
 *            with admission, else when it had to wait (lock/way.h)
 * @longer: locks go the longer way, where all points are and @passed is asked; @timing: there with clocks for wait and hold
 *          times, by @ticks
 * @points: of 100 points between steps, at how many the CPU is delayed (cpu/perturb.h), from the stream @perturb_rng;
 *            POINTS_CONTROLLED: @control is told of each (cpu/point.h)
 * @passed: with @longer told when the CPU has passed a lock of the hypervisor on: for who looks on, takes no lock and changes
 *           nothing.  NULL: nobody; @passed_arg is the observer's
 * @leave_step: the CPU is inside a step that nobody else can be in: what must be done before it leaves by a jump; else NULL
 * @served: tickets of the locks that wait_lock took: the words' now halves until they are passed on
 * @hold_word: address of the word of the last log_hold, for barrier() under ThreadSanitizer
 */
struct cpu {
	cpu_t id;
	enum bars bars;
	u32 tstate;
	bool keep_reads;
	bool longer;
	bool timing;
	bool gives_way;
	u8 points;
	u8 lock[LK_SPACE];
	u32 bound;
	u32 total_cpu;
	struct log_writer *log;
	struct say *say;
	struct locks *locks;
	struct shared *shared;
	struct tlb *tlbs;
	u32 n_tlbs;
	struct flag *halt;
	const struct flag *stop;
	const struct control_ops *control;
	void *control_arg;
	const struct env_ops *env;
	void *env_arg;
	enum env_level level;
	bool weak, panicked;
	u64 effects, op_marks, surprises;
	u32 n_diffs[LK_SPACE];
	struct errata errata;
	const struct params *params;
	u32 cur_vmid, cur_vcpuid, vcpu_per_vm;
	bool ihost, icore;
	struct ctxt regs;
	struct ctxt *shadow_ctxts;
	struct data_logs *data_logs;
	u64 *hold_word;
	u32 served[ID_END];
	u32 permit; /* acquisitions that the CPU's admission is still good for; 0: none held */
	struct ticks ticks;
	struct cpu_stats stats;
	struct device_write device;
	struct stuck stuck;
	struct panic_report panic;
	struct rng perturb_rng;
	sigjmp_buf jump;
	bool in_call;
	void (*leave_step)(struct cpu *c);
	void (*passed)(struct cpu *c);
	void *passed_arg;
	_Alignas(CACHE_LINE) struct cpu_published pub;
} __attribute__((aligned(CACHE_LINE)));

/**
 * cpu_call() - run simulated code on a CPU and say how it ended
 * @fn: leaves early by stuck() or cpu_leave(); must own no host resource
 *
 * On OUT_STUCK c->stuck is the report; locks that the CPU holds stay held.
 */
enum outcome cpu_call(struct cpu *c, void (*fn)(struct cpu *c, void *arg), void *arg);

/* Leave the call: OUT_PANIC or OUT_STOPPED. */
__attribute__((noreturn, cold)) void cpu_leave(struct cpu *c, enum outcome why);

__attribute__((cold)) bool cpu_halted_how(struct cpu *c);

/*
 * Has the machine halted?  True for the CPU that called panic() and wherever a script is the environment: the primitive
 * answers 0 or does nothing, as the source says.  In a run every other CPU leaves its operation here.
 */
static inline bool cpu_halted(struct cpu *c)
{
	return unlikely(flag_get(c->halt)) && cpu_halted_how(c);
}

/* As published, or as intended? */
static inline bool published(const struct cpu *c, enum erratum id)
{
	return errata_published(&c->errata, id);
}

/* Is there a lock of this number?  Flat memory has none, but as published its number is also the core lock's. */
static inline bool lk_is(const struct cpu *c, lk_t lk)
{
	if (unlikely(c->env) && published(c, ERRATUM_LOCK_NUMBERING))
		return lk < LK_SPACE;
	return lk != FLATMEM_ID && lk < ID_END;
}

/* Do the steps on tickets and pulls stop on a halted machine?  As published they go on. */
static inline bool ticket_halted(struct cpu *c)
{
	return !published(c, ERRATUM_TICKET_HALT) && cpu_halted(c);
}

static inline bool is_vcpu(const struct cpu *c, u64 vcpuid)
{
	return vcpuid < c->vcpu_per_vm;
}

static inline u32 ctxt_id(const struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	return vmid * c->vcpu_per_vm + vcpuid;
}

/* The saved context of what runs on this CPU. */
static inline struct ctxt *cur_ctxt(struct cpu *c)
{
	return &c->shadow_ctxts[ctxt_id(c, c->cur_vmid, c->cur_vcpuid)];
}

/* The number, or 0 when the machine has halted.  Source: AbstractMachineSpec, check_spec, check64_spec */
u32 check(struct cpu *c, u32 n);
u64 check64(struct cpu *c, u64 n);

/* Leave when the machine has halted or was stopped; every loop that waits asks. */
static inline void cpu_look(struct cpu *c)
{
	if (unlikely(flag_get(c->halt)))
		cpu_leave(c, OUT_PANIC);
	if (unlikely(flag_get(c->stop)))
		cpu_leave(c, OUT_STOPPED);
}

/* A lock was passed on: on the longer way, who looks on is told. */
static inline void cpu_passed(struct cpu *c)
{
	if (unlikely(c->longer) && c->passed)
		c->passed(c);
}

/* "LockOwn true", ... */
const char *lock_state_name(enum lock_state s);

/* A wait for ticket @ticket of lock @lk, as one number that is not 0. */
static inline u64 waits_of(lk_t lk, u32 ticket)
{
	return (u64)ticket << 8 | (lk + 1);
}

/* The lock of a wait that is not 0. */
static inline lk_t waits_lock(u64 waits)
{
	return (lk_t)(waits & 0xff) - 1;
}

/* The ticket of a wait that is not 0. */
static inline u32 waits_ticket(u64 waits)
{
	return (u32)(waits >> 8);
}

static inline void pub_store(u64 *field, u64 v)
{
	__atomic_store_n(field, v, __ATOMIC_RELAXED);
}

static inline u64 pub_load(const u64 *field)
{
	return __atomic_load_n(field, __ATOMIC_RELAXED);
}

/* Bit lk: the CPU has lock lk. */
static inline u64 cpu_held(const struct cpu *c)
{
	return pub_load(&c->pub.held);
}
