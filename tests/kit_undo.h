/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A booted machine with VMs that run, whose CPUs are controlled and which can be undone, and operations of its hosts and
 * guests, one after the other on one thread.  A CPU that would have to wait leaves its call instead.
 */
#include "sim/machine/undo.h"
#include "tests/kit_machine.h"

/**
 * struct kit_undo_opts
 * @tlb:      with translation buffers
 * @off:      without a log
 * @intended: errata; else as published
 */
struct kit_undo_opts {
	u32 cpus;
	bool tlb, off, intended;
};

/**
 * struct kit_undo
 * @ran: a bit for each CPU that did something since the last undo
 * @ended: [how] calls
 */
struct kit_undo {
	struct test_machine t;
	struct machine_undo *undo;
	u64 ran, ended[OUT_STOPPED + 1];
};

/* The base is the machine when its VMs are made.  One at a time. */
void kit_undo_make(struct kit_undo *k, const struct kit_undo_opts *o);
void kit_undo_free(struct kit_undo *k);

/* @fn on CPU @cpu. */
enum outcome kit_undo_call(struct kit_undo *k, u32 cpu, void (*fn)(struct cpu *c, void *arg),
                           void *arg);
/* All is as at the base. */
void kit_undo_back(struct kit_undo *k);

/*
 * An operation of a host or a guest, as @seed says, on the CPU that it says.  @legal: nothing halts and nothing is stuck; else
 * also single primitives, on any arguments, accesses beyond what is mapped, panics, sections that are left open.
 */
enum outcome kit_undo_any(struct kit_undo *k, u64 seed, bool legal);
