/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How the changes of a life are printed. */
#include "oracle/world/world.h"
#include "sim/inspect/life_what.h"

#include <stdio.h>

/**
 * struct life_at - where a change is
 * @work, @atomic: the operation of the workload, and the innermost of the hypervisor, that the CPU was in; NULL: in none
 */
struct life_at {
	u64 index, ns;
	u32 cpu;
	const char *work, *atomic;
};

/**
 * struct life_cell - a cell that changed
 */
struct life_cell {
	struct log_cell cell;
	u64 before, after;
};

/* "    1203  CPU 2  map_pfn_vm in vcpu_run: VM 1 maps gfn 0x80000 to frame 0x210, pte 0x2107ff" */
void life_print_text(FILE *f, const struct log_config *config, const struct life_at *at,
                     const struct change *c);
/* One object, one line. */
void life_print_json(FILE *f, const struct life_at *at, const struct change *c);
void life_print_cell(FILE *f, const struct log_config *config, const struct life_at *at,
                     const struct life_cell *c, bool json);
/* What is there behind event number @index - 1, the last that was taken: of a page, a VM or a bank. */
void life_print_end(FILE *f, const struct world *w, const struct life_options *o, u64 index);
