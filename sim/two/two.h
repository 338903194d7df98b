/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What two runs are: the state of a comparison, its counts and findings. */
#include "oracle/obs/obs.h"
#include "sim/two/finding.h"
#include "sim/two/plant.h"

enum { TWO_FINDINGS = 32 };

/* Why two runs are compared no longer, until a machine begins. */
enum two_split {
	SPLIT_NONE,
	SPLIT_HALTED_BOTH, /* the machine has halted in both: nothing is left to compare */
	SPLIT_HALTED,      /* in one of them: a channel that the proof does not close */
	SPLIT_STUCK,       /* a call was stuck in one of them */
	SPLIT_WAY,         /* the programs went on differently */
	SPLIT_FOUND,       /* what was found cannot be made equal again */
	SPLIT_NR
};

/**
 * struct two_counts - of one principal
 * @steps:     steps that were made, @in_role: of these, those in which the principal is one before and after, in both runs
 * @starts:    comparisons before steps
 * @compared:  comparisons of the two runs; @restored: of these, those at which the principal runs again; @ends: of these, at an end
 * @integrity: comparisons of one run, before and after a step
 * @inside:    comparisons inside steps, where the CPU holds no lock
 * @masked:    contents of shared pages that were left out of them
 * @discarded: steps in which two runs that had parted were not compared
 * @split:     [SPLIT_NR] how often they parted
 */
struct two_counts {
	u64 steps, in_role, starts, compared, restored, ends, integrity, inside, masked, discarded;
	u64 split[SPLIT_NR];
};

/**
 * struct two_cut - what the principal sees of the shared objects at a point inside a step of run 0
 * @list: the same as lists, where the step is one of pair.details
 */
struct two_cut {
	u64 row[OBS_NR];
	struct obs_items list[OBS_NR];
};

/* The first difference of a row inside a step: of what kind, in which run, and the first of @n places; 0: not known where. */
struct two_inside_row {
	enum two_kind kind;
	u32 run;
	u64 key, value[2];
	u32 n;
};

struct pair;

/**
 * struct two_side - one run
 * @pr:     whose run it is
 * @n_cuts: points inside this step so far
 * @now:    what the principal sees; @before: before the step
 * @was:    [OBS_NR] the same as lists, where the step is one of @details
 * @active: the principal runs on the step's CPU; @role: it is a principal
 */
struct two_side {
	struct machine *m;
	struct plant plant;
	struct obs_view view;
	struct obs_prints now, before;
	struct obs_items was[OBS_NR];
	bool active, role;
	struct pair *pr;
	u32 n_cuts;
};

/**
 * struct pair
 * @details: [n_details] steps of which it must be known what was seen before; those of the first time that the program was run
 * @in_role: the principal was one before this step
 * @stepping: a step is being made
 * @cut:    [n_cuts] of run 0, of this step
 * @inside: [OBS_NR] what differs inside this step: the rows of @inside_rows; @inside_compared: comparisons there
 * @verified: bit v: VM v was VERIFIED at some time
 */
struct pair {
	vmid_t p;
	struct two_side side[2];
	u32 vary;
	bool spare;
	u32 cpu;
	enum two_split split;
	bool listed, in_role, stepping;
	struct two_cut *cut;
	u32 n_cuts, cuts_cap;
	struct two_inside_row inside[OBS_NR];
	u32 inside_rows;
	u64 inside_compared;
	u64 details[TWO_FINDINGS];
	u32 n_details;
	u32 verified;
	struct two_counts count;
	struct two_finding finding[TWO_FINDINGS];
	u32 n_findings;
	u64 lost; /* other findings than those kept */
};
