/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Bugs to run and to read: hypsim run bug/NAME.  Each is a file: one function of the hypervisor in a copy that has the bug, which
 * all CPUs of a small workload call.  With -o bug=0 they call the hypervisor's own, and nothing is found.
 *
 * A CPU has a few pages of its own and lives the life of two VMs with them, again and again:
 *
 *   register VM 1, give it a context bank with a page, verify it; give it pages, share them, touch them as the host, take them
 *   back from the host; power it off; the bank and the pages go back to the host; VM 2 gets the bank
 *
 * So what a CPU does next is never forbidden, and the locks are all that CPUs have in common.
 */
#include "scenarios/scenario.h"

/**
 * struct bug_hyp - the functions with a bug; NULL: the hypervisor's own
 */
struct bug_hyp {
	void (*assign_pfn_to_vm)(struct cpu *c, u32 vmid, u64 gfn, u64 pfn);
	void (*grant_vm_page)(struct cpu *c, u32 vmid, u64 pfn);
	void (*revoke_vm_page)(struct cpu *c, u32 vmid, u64 pfn);
	void (*clear_vm_page)(struct cpu *c, u32 vmid, u64 pfn);
	void (*el2_alloc_smmu_pgd)(struct cpu *c, u32 cbndx, vmid_t vmid, u32 index);
};

/**
 * struct bug
 * @hyp:      what it has wrong
 * @named_by: the checks that name it, with commas
 */
struct bug {
	struct scenario scenario;
	struct bug_hyp hyp;
	const char *named_by;
};

/* Of struct scenario, for each bug. */
extern const struct scenario_option bug_options[];
extern const char *const bug_errata[];
int bug_begin(struct workload *w, const struct scenario_setup *setup, struct err *e);
void bug_end(struct workload *w);

/* The rest of a bug's scenario is @name, @sentence, @aim. */
#define BUG_SCENARIO(waits, n_cpus, sides)                                               \
	.expected = VERDICT_VIOLATION, .cpus = (n_cpus), .min_cpus = 1, .wait = (waits), \
	.options = bug_options, .errata = (sides), .begin = bug_begin, .end = bug_end
