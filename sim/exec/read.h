/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Lines of a script, read and not done: exec does what they say at once, or at the end of concurrent; a scope keeps it.
 * For sim/exec/ only.  All of these, but those that say something else: 0, or ERR_TEXT with the place.
 */
#include "sim/exec/entry.h"
#include "sim/log/text/text_line.h"

struct env;

/*
 * The line that begins with @w: a call of a primitive or of an operation of scopes; hvc, fault, run, trap, irq.
 * @env: owns what an event carries; NULL: primitives that need a scripted environment are refused.  1: it is no call.
 */
MUST_CHECK int read_call(struct text_line *l, struct text_word w, struct env *env,
                         struct read_call *out, struct err *e);

/* The values behind data|core VMID: [n], at least one. */
struct read_feed {
	bool core;
	vmid_t vmid;
	u64 *v;
	u32 n, cap;
};

/* @out is empty when it fails; else who calls frees @out->v. */
MUST_CHECK int read_feed(struct text_line *l, struct read_feed *out, struct err *e);

MUST_CHECK int read_cpu(struct text_line *l, u32 cpus, u32 *out, struct err *e);
MUST_CHECK int read_boot(struct text_line *l, u64 *pages, struct err *e);
/* default|intended; NAME published|intended: *io as they change it. */
MUST_CHECK int read_errata(struct text_line *l, struct errata *io, struct err *e);
MUST_CHECK int read_erratum(struct text_line *l, struct errata *io, struct err *e);
MUST_CHECK int read_depend(struct text_line *l, enum scope_depend *out, struct err *e);
MUST_CHECK int read_grain(struct text_line *l, enum scope_grain *out, struct err *e);
/* only|skip NAME[,NAME]... */
MUST_CHECK int read_checks(struct text_line *l, struct scope_checks *out, struct err *e);
/*
 * Is @w words of letters, digits, '_' and '-', with commas between?  @one: "a word of the verdict", expected where there is none;
 * @more: expected behind the last comma.
 */
MUST_CHECK int read_words(const struct text_line *l, struct text_word w, const char *one,
                          const char *more, struct err *e);
/* The line of depend, grain or checks: which are for who searches, and nothing to who makes calls. */
MUST_CHECK int read_for_search(struct text_line *l, struct err *e);
/* OBJECT FIELD[INDEX]; *w: the second. */
MUST_CHECK int read_cell(struct text_line *l, struct scope_cell *out, struct text_word *w,
                         struct err *e);
/* One of two words, and the line's end; *@first says whether it is the first. */
MUST_CHECK int read_either(struct text_line *l, const char *a, const char *b, bool *first,
                           struct err *e);

/* Why a line of this part of a scope may not begin with @w, as what is expected instead; NULL: it may. */
const char *read_refusal(struct text_word w, enum scope_part part);

/* The script ends, and the concurrent at this place has no end: ERR_TEXT. */
MUST_CHECK int read_unclosed(const char *file, u64 line, u64 column, struct err *e);

/* The words of the line, a blank between, without the comment; too long: refused. */
MUST_CHECK int read_text(const struct text_line *l, char *buf, size_t size, struct err *e);

/* Does the primitive need a scripted environment?  [the lower compositions; a push whose contents the caller gives] */
bool read_needs_env(const struct prim *p);
