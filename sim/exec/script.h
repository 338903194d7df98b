/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the parts of the interpreter share: its state, and words of a line.  For sim/exec/ only. */
#include "sim/exec/call.h"
#include "sim/exec/exec.h"
#include "sim/exec/scope.h"
#include "sim/exec/words.h"

/* What the last call came to, if there was one. */
struct exec_last {
	bool have;
	struct scope_outcome o;
};

struct concurrent;
struct exec_machine;
struct read_call;
struct record;

/**
 * struct exec
 * @m, @env: of @machine
 * @record: the log that the script leaves, or NULL
 * @looks:  at a machine that has no scripted environment
 * @concurrent: the programs that are being read; NULL: none are
 */
struct exec {
	struct exec_opts o;
	struct exec_machine *machine;
	struct machine *m;
	struct env *env;
	struct record *record;
	struct concurrent *concurrent;
	struct errata errata;
	u32 cpu;
	bool weak, looks;
	enum env_level level;
	struct exec_last last;
	u32 n_failed;
	u64 line;
};

static inline struct cpu *exec_cpu(const struct exec *x)
{
	return &x->m->cpu[x->cpu];
}

/* get and set; dump. */
MUST_CHECK int state_get(struct exec *x, struct text_line *l, struct err *e);
MUST_CHECK int state_set(struct exec *x, struct text_line *l, struct err *e);
MUST_CHECK int dump(struct exec *x, struct text_line *l, struct err *e);

/*
 * Another machine, with an environment of its own.  @pages: 0: objects that are 0, no memory regions, no SMMUs; else as it
 * boots with so many managed pages (sim/machine/boot.h).  Errors: ERR_MEMORY, and the one before is there still.
 */
MUST_CHECK int exec_make(struct exec *x, u64 pages, struct err *e);
void exec_drop(struct exec *x);
/* What a script can switch is as the options say. */
void exec_as_at_start(struct exec *x);

MUST_CHECK int do_expect(struct exec *x, struct text_line *l, struct err *e);
MUST_CHECK int do_boot(struct exec *x, struct text_line *l, struct err *e);
MUST_CHECK int do_reset(struct exec *x, struct text_line *l, struct err *e);
MUST_CHECK int do_feed(struct exec *x, struct text_line *l, struct err *e);
/*
 * Until the next exec_own() the CPU that calls takes these first: @call's own values, then those of @feed[0..n) that are not
 * @used, of each oracle in their order.  exec_own_taken() marks which of these were taken, and ends it; @used: [n].
 */
void exec_own(struct exec *x, const struct scope_call *call, const struct scope_feed *feed,
              const bool *used, u32 n);
void exec_own_taken(struct exec *x, bool *used);
/* Make the call that a line says. */
MUST_CHECK int exec_call_line(struct exec *x, struct read_call *call, struct err *e);

/* Judge the last call, whose expectation is in @file. */
void exec_judge(struct exec *x, const struct scope_expect *expect, const char *file);

/* For completion, the @i-th word, NULL beyond the last: what dump takes; what get and set take. */
const char *dump_word(u32 i);
const char *state_word(u32 i);

/* The CPUs have translation buffers from now on, or none. */
void exec_tlb(struct exec *x, bool on);

/*
 * Call @p with @args on the CPU and say how it ended, as exec_report() does with @call, @n, @a and @event.  Errors: of the log that
 * the script leaves.
 */
MUST_CHECK int exec_prim(struct exec *x, const struct prim *p, const u64 *args, const char *call,
                         u32 n, const u64 *a, const char *event, struct err *e);

/* A string in JSON, quoted. */
void print_json_string(FILE *f, const char *s);

/* Say how a call ended, and remember it.  @event: stands for a[0]; NULL: a[0] does. */
void exec_report(struct exec *x, const char *call, u32 n, const u64 *a, const char *event,
                 enum outcome outcome, bool gives, u64 value);
/* Say what get found, or that set has @set it, and remember it. */
void exec_report_state(struct exec *x, const char *name, bool set, u64 value);
