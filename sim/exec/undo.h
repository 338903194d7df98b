/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a call of a script did, so that a stuck one can be undone as a whole.  For sim/exec/env.c. */
#include "sim/base/types.h"

struct cpu;
struct env;
struct env_undo;
struct machine;
struct obj;

struct env_undo *undo_new(struct machine *m);
void undo_free(struct env_undo *u);

void undo_begin(struct env_undo *u, const struct env *e, const struct cpu *c);
/* Cells [first, first + n) of a field are about to change. */
void undo_note(struct env_undo *u, const struct obj *o, u32 field, u64 first, u64 n);
/* Event @i of log @lk has become applied. */
void undo_applied(struct env_undo *u, lk_t lk, u32 i);
/* All as it was at undo_begin(), but @c's stuck report. */
void undo_run(struct env_undo *u, struct env *e, struct cpu *c);
/* The call stands. */
void undo_forget(struct env_undo *u);
