/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Events that are about what somebody asks for: frames, VMs, vCPUs, banks (thing.h), cells, arguments. */
#include "sim/base/vec.h"
#include "sim/inspect/cell.h"
#include "sim/inspect/thing.h"

/**
 * struct about_arg - an argument of a mark
 * @name: [name_len]; 0: whatever its name
 * @word: as it was given: a number, or a word of the argument's type
 * @number: it is a number, @v
 */
struct about_arg {
	const char *name;
	size_t name_len;
	const char *word;
	bool number;
	u64 v;
};

/**
 * struct about - of each kind any one, and of all kinds that are asked for one; all 0: nothing is asked for
 * @frames: numbers; @records: of their records, about_know()
 * @vms, @banks: bits
 * @vcpus: thing_vcpu()
 */
struct about {
	VEC(u64) frames, records;
	u64 vms, banks;
	VEC(u64) vcpus;
	VEC(struct log_cell) cells;
	VEC(struct about_arg) args;
};

/* Before the first event: what a log of this configuration says of it. */
void about_know(struct about *a, const struct log_config *c);
void about_free(struct about *a);

/* Is anything asked for? */
bool about_asks(const struct about *a);

/* Is @e, whose differences have both values, about what is asked for? */
bool about_event(const struct about *a, const struct log_config *c, const struct event *e);
