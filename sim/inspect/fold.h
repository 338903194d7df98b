/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The pure folds over the logs of a source, one result a lock, in order of first appearance. */
#include "sim/log/source.h"

#include <stdio.h>

enum fold_fn {
#define FN(name, state, unasked) FOLD_##name,
#include "sim/inspect/fold.def"
	FOLD_FN_NR
};

/* FOLD_FN_NR when there is no such function. */
enum fold_fn fold_fn_by_name(const char *name);
const char *fold_fn_name(enum fold_fn fn);
/* A bit 1 << fn for each function that is shown unless others are asked for. */
u32 fold_default_fns(void);

/**
 * struct fold_options
 * @fns:      bits 1 << fn: the functions to show
 * @t, @n:    start counters: as they are for CalTicketLock, mod 2^32 for CalTicketLockWraparound, @n for
 *            Q_CalTicketLock's now
 * @fairness: [CalLock.fairness]: 20, or more above ten CPUs
 */
struct fold_options {
	u32 fns;
	u64 t, n;
	u32 fairness;
};

struct fold;

struct fold *fold_new(const struct fold_options *opt);
void fold_free(struct fold *f);

/* Reads @s to its end (marks are passed over).  Errors: the source's. */
MUST_CHECK int fold_read(struct fold *f, struct log_source *s, struct err *e);

u32 fold_n_locks(const struct fold *f);

/* The result of lock @i, 0..n-1: one JSON object and a newline, or a few lines for people. */
void fold_print_json(const struct fold *f, u32 i, FILE *out);
void fold_print_text(const struct fold *f, u32 i, FILE *out);
