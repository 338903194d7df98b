/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a CPU of a booted machine wrote to the log, short enough for a table:
 *   S2PAGE+    a whole acquisition: INC_TICKET 10, GET_NOW, HOLD_LOCK, barrier, OPULL
 *   S2PAGE-    a whole release: the push, of an object that did not change, barrier, INC_NOW
 *   S2PAGE*    a whole release of an object that changed
 *   F          OFLATMEM
 *   [f(1,2)    an atomic operation begins
 *   OEVENT]    and ends; OEVENT!] the machine halted in it
 * Anything else stands in its own words, but that of a panic, of which kit_expect_panic_mark() tells.
 */
#include "tests/kit_machine.h"

/* The events of CPU @cpu since the last call; malloc'ed. */
char *kit_events(struct test_machine *t, u32 cpu);
/* The same as the text form has them, one a line, without digests. */
char *kit_text(struct test_machine *t, u32 cpu);

/*
 * The marks of CPU @cpu in @l so far that have a bit in @kinds (KIT_MARK()), "op 2 4096; panic 3 1; sevent 2 1": words, and
 * arguments as numbers without the zeros that need not be written, and a sentence.  Valid until the next call.
 */
#define KIT_MARK(kind) (1ull << ((kind)-EV_END))
/* All but barriers and episodes. */
#define KIT_MARKS_ALL  (~(KIT_MARK(MARK_BARRIER) | KIT_MARK(MARK_EPISODE)))
const char *kit_marks(const struct log *l, u32 cpu, u64 kinds);

/* The last panic mark of the CPU's stream is its report. */
void kit_expect_panic_mark(const struct test_machine *t, u32 cpu);

/*
 * What it said of entries, registers, values from outside and devices since the last call, marks of operations among them:
 * "enter hvc 13 0 0; move save_gp; regs x5=7"; digests are left out.  malloc'ed.
 */
char *kit_said(struct test_machine *t, u32 cpu);
void kit_expect_said(struct test_machine *t, u32 cpu, const char *want);

/* They are @want. */
void kit_expect_events(struct test_machine *t, u32 cpu, const char *want);

/*
 * The log of the machine, as far as it goes, is judged without a finding, and memory is what it says: by the checks of the locks,
 * of the log, and of each operation's step.  The invariants, and the ways that owners and states may go, hold of the hypervisor's
 * entries; these tests call what lies below in any state.
 */
void kit_judge(const struct test_machine *t);
/* The same of a machine whose contexts a test has written past the primitives: the log does not say it. */
void kit_judge_poked(const struct test_machine *t);
