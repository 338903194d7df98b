/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A script's machine just before a call: what the call has changed, and what differs from the log's machine.  For
 * sim/exec/record.c.
 */
#include "sim/exec/env.h"
#include "sim/machine/machine.h"

/* What a CPU keeps between two calls beside registers. */
struct seen_mode {
	u32 cur_vmid, cur_vcpuid, tstate;
	enum bars bars;
	bool ihost, icore;
	u8 lock[LK_SPACE];
};

/**
 * struct seen
 * @mode, @regs: of the CPU that calls
 * @ctxts: [n_ctxts] the machine's saved contexts
 * @taken: answers of the script
 */
struct seen {
	struct seen_mode mode;
	struct ctxt regs;
	u32 n_ctxts;
	struct ctxt *ctxts;
	struct fixed fixed;
	struct data_logs data_logs;
	u64 digest[ID_END];
	bool halted;
	u64 taken;
};

/* CPU @cpu of @m, whose environment is @env, is about to call.  As often as one likes. */
void seen_take(struct seen *s, const struct machine *m, const struct env *env, u32 cpu);
void seen_free(struct seen *s);

/* Answers that the script's environment has given so far. */
u64 seen_answers(const struct env *env);
/* Has the call changed more of its machine than what its CPU gives? */
bool seen_changed(const struct seen *s, const struct machine *m, u32 cpu);
/*
 * What is another in machine @m than what was seen, saved contexts apart; NULL: nothing.
 * @m: NULL: a machine that has done nothing, whose regions, SMMUs and contents are as they were seen
 */
const char *seen_differs(const struct seen *s, const struct machine *m, u32 cpu, char *buf,
                         size_t size);
/* Are the saved contexts others than those of @m?  NULL: than those of a machine that has done nothing. */
bool seen_ctxts_differ(const struct seen *s, const struct machine *m);
