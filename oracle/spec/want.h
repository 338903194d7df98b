/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* An entry of the core on its way: what it wants next, and what it knows (oracle/spec/seq.h). */
#include "oracle/world/trail.h"
#include "shmem/obj/regs.h"
#include "sim/base/errata.h"

enum seq_kind {
	SEQ_UNKNOWN, /* it depends on registers that are not known */
	SEQ_OP,      /* the atomic operation @op with @arg */
	SEQ_TAKE,    /* @n values of stream @stream for @vmid */
	SEQ_HALT,    /* the machine halts, in no operation */
	SEQ_STUCK,   /* the call is stuck */
	SEQ_LEAVE, /* the CPU leaves the core for @vmid's @vcpuid, the host's with @ihost; with @gives x0 is @x0 */
};

/**
 * struct seq_want - what comes next
 */
struct seq_want {
	u32 kind, op;
	u32 stream, vmid, vcpuid, ihost, gives, spare;
	u64 n, x0, arg[TRAIL_ARGS];
};

enum { SEQ_X = 6 };

/**
 * struct seq - an entry that has begun; words of 8 bytes, and no pointer
 * @row:   which sequence it is
 * @at:    where it goes on
 * @entry, @vmid, @vcpuid: of the mark enter, MV_ENTRY_*
 * @x, @ec, @esr, @hpfar: the registers of the CPU at the entry
 * @result: what the last operation gave, or the last value that was taken
 * @i, @v: what it keeps between two stops
 */
struct seq {
	u32 row, at;
	u32 entry, cpu, vmid, vcpuid;
	u64 x[SEQ_X], ec, esr, hpfar;
	u64 result, i, v[3];
	struct seq_want want;
};

_Static_assert(sizeof(struct seq) % 8 == 0, "words");

/**
 * struct seq_env - what a sequence may know besides its registers and what operations give
 * @saved: the saved context of a vCPU as it is now; NULL: it is not known, or there is none
 */
struct seq_env {
	const struct errata *errata;
	u32 total_cpu;
	const struct ctxt *(*saved)(const void *arg, u64 vmid, u64 vcpuid);
	const void *arg;
};
