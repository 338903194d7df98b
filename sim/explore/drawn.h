/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Scopes that are drawn: what the operations of a scenario did in a run in one thread, CPUs in turn, as the programs of a scope.
 *
 * storm: the run of a seed.  Its first operations, which boot VMs, stand before concurrent, the next ones are the programs.
 *
 * clash: one of DRAWN_STARTS starts, by the seed: VMs in several states, banks with pages, pages that are shared, made as clash begins its
 * episodes.  The programs are drawn by clash's weights, from what the machine holds by then, and CPUs often come to what another was about.
 *
 * One seed, one scope, on every machine.  The machine on which it is drawn is the drawer's own.
 */
#include "sim/exec/scope.h"
#include "sim/explore/drawn_opts.h"

struct drawer;
struct machine;

/* [n_drawn_rows] */
extern const struct drawn_row drawn_rows[];
extern const u32 n_drawn_rows;
/* NULL: there is none. */
const struct drawn_row *drawn_row_by_name(const char *name);

/* The start of the scope of @o->seed.  Errors: ERR_USAGE (an option, a size); ERR_MEMORY. */
MUST_CHECK int drawer_new(struct drawer **out, const struct drawn_opts *o, struct err *e);
/* NULL: nothing. */
void drawer_free(struct drawer *d);
/* Has the scope of @seed the same start? */
bool drawer_starts(const struct drawer *d, u64 seed);
/* The scope of a seed that has its start. */
MUST_CHECK int drawer_scope(struct drawer *d, u64 seed, struct scope **out, struct err *e);
/* *@io, one of its scopes, becomes that of @seed: other programs behind the same start. */
void drawer_redraw(struct drawer *d, u64 seed, struct scope *io);
/* "clash --cpus 3 --ops 8 --seed 5", the scope's name.  Returns @buf. */
const char *drawer_name(const struct drawer *d, u64 seed, char *buf, size_t size);

/* Its machine, as it stands behind the programs that were drawn last. */
const struct machine *drawer_machine(const struct drawer *d);

/* The scope that @o says, by a drawer of its own. */
MUST_CHECK int drawn_scope(struct scope **out, const struct drawn_opts *o, struct err *e);
