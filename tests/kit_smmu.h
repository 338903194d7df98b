/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* More of tests/kit_hyp.h, for what no function of the hypervisor does. */
#include "tests/kit_hyp.h"

/* Write a cell, in a section of CPU 0. */
void kit_set_cell(struct test_machine *t, lk_t lk, u32 field, u64 index, u64 value);

/* CPU 0 halts the machine: from now on its calls answer 0 and do nothing. */
void kit_halt(struct test_machine *t);

/* Stuck by the rule, in the primitive @in. */
#define STUCK_IN(rule, in, f, ...)                         \
	do {                                               \
		STUCK(rule, f, __VA_ARGS__);               \
		assert_string_equal(CPU0->stuck.prim, in); \
	} while (0)

/* What CPU 0 wrote to the log since the last time has @part in it, in the words of the text form. */
void kit_expect_text(struct test_machine *t, const char *part);

/* The log is judged, and the machine goes. */
void kit_end(struct test_machine *t);

#define CPU0 (&t.m->cpu[0])
