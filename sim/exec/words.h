/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Words of a script's line, and how values are printed.  For sim/exec/ only. */
#include "cpu/cpu.h"
#include "sim/log/text/text_line.h"

struct env;
struct env_event;
struct panic_report;

/* A number, 0..max: decimal, 0x..., or a name.  *@what stands in the message. */
MUST_CHECK int script_number(struct text_line *l, u64 max, const char *what, u64 *out,
                             struct err *e);
/* The line's first word, for what is wrong with the line as a whole; the line stays where it is. */
struct text_word script_first(const struct text_line *l);
/* Where the word stands in its line, from 1 on. */
u64 script_column(const struct text_line *l, struct text_word w);
/* Nothing more on the line. */
MUST_CHECK int script_end(struct text_line *l, struct err *e);
/* "INC_TICKET 10", "ONPT pt_pgd_next[0]=0>5": up to @stop (";" or NULL: the end).  Payloads belong to @env. */
MUST_CHECK int script_event(struct text_line *l, lk_t lk, struct env *env, const char *stop,
                            struct env_event *out, bool *stopped, struct err *e);

/* "3", "0x6011000": small numbers in decimal.  Returns buf. */
const char *number_print(u64 v, char *buf, size_t size);
/* "STUCK_TSTATE: sentence; cpu 2, bars ..., tstate 1, NPT:3 LockOwn true".  Returns buf. */
const char *stuck_print(const struct cpu *c, char *buf, size_t size);
/* "PANIC_PAGE_PRIVATE: sentence; pfn=0x200, owner=1, count=0".  Returns buf. */
const char *panic_print(const struct panic_report *p, char *buf, size_t size);
/* "ok", "stuck", ... */
const char *outcome_word(enum outcome o);

/* A name of a number, the @i-th, for completion; NULL beyond the last. */
const char *constant_word(u32 i);
